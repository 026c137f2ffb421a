from datetime import date

import attrs
import pytest

from bizrules.cases import Prior, PriorResult, Priors
from bizrules.rules import Anchor, Area, FirstViolation, Identity, Window, WindowUnit
from records import CASE, SEARCHED, counts, recorded

TWO_YEARS = FirstViolation(window=Window(24))


class TestRecords:
    """A first violation needs a search of the records that reaches far enough."""

    @pytest.mark.parametrize(
        ("since", "first"),
        [
            (date(2020, 2, 29), True),
            (date(2020, 3, 1), True),
            (date(2020, 3, 2), None),
            (None, None),
        ],
    )
    def test_search(self, since: date | None, first: bool | None) -> None:
        """The search has to go back to the first day of the window."""
        expected = (first, None if first is None else 0)
        assert counts(recorded(since=since), TWO_YEARS) == expected

    def test_no_search(self) -> None:
        """Without any search nobody knows, even under a definition without a window."""
        case = attrs.evolve(CASE, committed="2022-03-01")
        assert counts(case, TWO_YEARS) == (None, None)

    def test_one_prior_settles_it(self) -> None:
        """A prior that counts defeats `first` however far the search went; the number is open."""
        case = recorded(
            Prior(decided=date(2021, 1, 1), violation="food.label"), since=date(2021, 6, 1)
        )
        assert counts(case, TWO_YEARS) == (False, None)

    def test_no_window(self) -> None:
        """Without window and search period no search is ever far enough."""
        assert counts(recorded(), FirstViolation()) == (None, None)

    @pytest.mark.parametrize(
        ("since", "first"), [(date(2021, 3, 1), True), (date(2021, 3, 2), None)]
    )
    def test_search_period(self, since: date, first: bool | None) -> None:
        """A definition without window may say how far back a search has to go."""
        definition = FirstViolation(search=Window(12))
        assert counts(recorded(since=since), definition)[0] is first
        old = Prior(decided=date(1999, 1, 1), violation="food.label")
        assert counts(recorded(old, since=since), definition)[0] is False

    @pytest.mark.parametrize(
        ("since", "first"), [(date(2021, 12, 1), True), (date(2021, 12, 2), None)]
    )
    def test_search_since_the_list(self, since: date, first: bool | None) -> None:
        """Where only violations since a day count, the search need not go beyond it."""
        for definition in (
            FirstViolation(since=date(2021, 12, 1)),
            FirstViolation(since=date(2021, 12, 1), window=Window(24)),
            FirstViolation(since=date(2021, 12, 1), window=Window(24), anchor=Anchor.DECIDED),
        ):
            assert counts(recorded(since=since), definition)[0] is first


class TestWindows:
    """The window begins on the corresponding day and includes it."""

    @pytest.mark.parametrize(
        ("window", "committed", "begins"),
        [
            (Window(24), "2022-03-01", date(2020, 3, 1)),
            (Window(12), "2024-02-29", date(2023, 2, 28)),
            (Window(6), "2022-08-31", date(2022, 2, 28)),
            (Window(90, WindowUnit.DAYS), "2022-03-31", date(2021, 12, 31)),
            (Window(1, WindowUnit.CALENDAR_YEARS), "2022-03-01", date(2022, 1, 1)),
            (Window(1, WindowUnit.CALENDAR_YEARS), "2022-12-31", date(2022, 1, 1)),
            (Window(2, WindowUnit.CALENDAR_YEARS), "2022-03-01", date(2021, 1, 1)),
        ],
    )
    def test_first_day(self, window: Window, committed: str, begins: date) -> None:
        """A prior of the day before does not count, one of the first day does."""
        case = attrs.evolve(CASE, committed=committed)
        before = date.fromordinal(begins.toordinal() - 1)
        after = date.fromordinal(begins.toordinal() + 1)
        for day, expected in ((before, (True, 0)), (begins, (False, 1)), (after, (False, 1))):
            prior = Prior(decided=day, violation="food.label")
            assert counts(recorded(prior, case=case), FirstViolation(window=window)) == expected

    @pytest.mark.parametrize(
        ("day", "first"),
        [
            (date(2020, 2, 29), True),
            (date(2020, 3, 1), None),
            (date(2020, 3, 30), None),
            (date(2020, 3, 31), False),
            (None, None),
        ],
    )
    def test_rough_anchor(self, day: date | None, first: bool | None) -> None:
        """An act known to the month leaves open only priors within the month in question."""
        case = attrs.evolve(CASE, committed="2022-03")
        prior = Prior(decided=day, violation="food.label")
        assert counts(recorded(prior, case=case), TWO_YEARS)[0] is first

    def test_rough_anchor_needs_the_longer_search(self) -> None:
        """With an act known to the month the search goes back to the earliest possible day."""
        case = attrs.evolve(CASE, committed="2022-03")
        for since, first in ((date(2020, 3, 1), True), (date(2020, 3, 2), None)):
            assert counts(recorded(since=since, case=case), TWO_YEARS)[0] is first

    @pytest.mark.parametrize(
        ("anchor", "first"),
        [(Anchor.COMMITTED, False), (Anchor.DISCOVERED, True), (Anchor.DECIDED, True)],
    )
    def test_anchors(self, anchor: Anchor, first: bool) -> None:
        """The window runs back from the act, its discovery or the decision."""
        case = attrs.evolve(
            CASE, committed="2022-03-01", discovered="2022-03-02", decided="2022-05-20"
        )
        prior = Prior(decided=date(2020, 3, 1), violation="food.label")
        definition = attrs.evolve(TWO_YEARS, anchor=anchor)
        assert counts(recorded(prior, case=case), definition)[0] is first

    @pytest.mark.parametrize("anchor", list(Anchor))
    def test_no_anchor(self, anchor: Anchor) -> None:
        """Without the date from which the window runs nobody knows."""
        prior = Prior(decided=date(2021, 3, 1), violation="food.label")
        for found in ((), (prior,)):
            case = attrs.evolve(CASE, priors=Priors(searched_since=SEARCHED, found=found))
            definition = attrs.evolve(TWO_YEARS, anchor=anchor)
            assert counts(case, definition) == (None, None)

    @pytest.mark.parametrize(
        ("counted_by", "first"),
        [(Anchor.COMMITTED, True), (Anchor.DISCOVERED, True), (Anchor.DECIDED, False)],
    )
    def test_counted_by(self, counted_by: Anchor, first: bool) -> None:
        """A prior is placed by the date that the definition names."""
        prior = Prior(
            committed=date(2019, 1, 1),
            discovered=date(2020, 2, 29),
            decided=date(2020, 3, 1),
            violation="food.label",
        )
        definition = attrs.evolve(TWO_YEARS, counted_by=counted_by)
        assert counts(recorded(prior), definition)[0] is first

    @pytest.mark.parametrize(
        ("day", "first"),
        [(date(2021, 11, 30), True), (date(2021, 12, 1), False), (None, None)],
    )
    def test_since(self, day: date | None, first: bool | None) -> None:
        """A prior before the day from which priors count does not."""
        prior = Prior(decided=day, violation="food.label")
        for window in (None, Window(24)):
            definition = FirstViolation(since=date(2021, 12, 1), window=window)
            assert counts(recorded(prior), definition)[0] is first

    def test_ends_of_time(self) -> None:
        """A window that would begin before the first year begins with it."""
        case = attrs.evolve(CASE, committed="0001-06-01")
        for unit in WindowUnit:
            found = counts(
                recorded(since=date.min, case=case),
                FirstViolation(window=Window(1000, unit)),
            )
            assert found == (True, 0)


class TestIdentity:
    """Which earlier violations count: the same one, the field, the department, or any."""

    @pytest.mark.parametrize(
        ("prior", "same", "field", "department"),
        [
            (Prior(violation="food.label"), True, True, True),
            (Prior(violation="food.shelf-life"), False, True, True),
            (Prior(violation="ad.claim"), False, False, True),
            (Prior(violation="fire.exit"), False, False, False),
            (Prior(field="food"), None, True, None),
            (Prior(field="fire"), False, False, None),
            (Prior(field="food", department="market_regulation"), None, True, True),
            (Prior(department="market_regulation"), None, None, True),
            (Prior(department="fire_rescue"), None, None, False),
            (Prior(violation="unlisted.act"), False, None, None),
            (Prior(violation="unlisted.act", field="food"), False, True, None),
            (Prior(), None, None, None),
        ],
    )
    def test_counts(
        self, prior: Prior, same: bool | None, field: bool | None, department: bool | None
    ) -> None:
        """A prior of which too little is known may count, so nobody can call this the first."""
        case = recorded(attrs.evolve(prior, decided=date(2021, 3, 1)))
        expected = {
            Identity.VIOLATION: same,
            Identity.FIELD: field,
            Identity.DEPARTMENT: department,
            Identity.ANY: True,
        }
        for identity, counted in expected.items():
            first, count = counts(case, attrs.evolve(TWO_YEARS, identity=identity))
            assert first is (None if counted is None else not counted)
            assert count == (None if counted is None else int(counted))


class TestArea:
    """Where an earlier violation must have been dealt with."""

    @pytest.mark.parametrize(
        ("region", "province", "prefecture", "county"),
        [
            ("530103", True, True, True),
            ("530102", True, True, False),
            ("530302", True, False, False),
            ("520103", False, False, False),
            # A record kept by a superior authority does not say in which county it was.
            ("530100", True, True, None),
            ("530000", True, None, None),
            ("530300", True, False, False),
            ("510000", False, False, False),
            ("500000", False, False, False),
            ("000000", None, None, None),
            (None, None, None, None),
        ],
    )
    def test_counts(
        self,
        region: str | None,
        province: bool | None,
        prefecture: bool | None,
        county: bool | None,
    ) -> None:
        """Only a place known to lie in the area counts, only one known to lie outside does not."""
        case = recorded(Prior(decided=date(2021, 3, 1), violation="food.label", region=region))
        expected = {
            Area.ANYWHERE: True,
            Area.PROVINCE: province,
            Area.PREFECTURE: prefecture,
            Area.REGION: county,
        }
        for area, counted in expected.items():
            first, _ = counts(case, attrs.evolve(TWO_YEARS, area=area))
            assert first is (None if counted is None else not counted)


class TestResults:
    """Whether an earlier exemption counts is a matter of definition."""

    @pytest.mark.parametrize(
        ("result", "counted"),
        [
            (PriorResult.PENALISED, True),
            (PriorResult.WARNED, True),
            (PriorResult.EXEMPTED, False),
        ],
    )
    def test_exemptions(self, result: PriorResult, counted: bool) -> None:
        """A warning is a penalty and always counts, an exemption only where it is said to."""
        prior = Prior(decided=date(2021, 3, 1), violation="food.label", result=result)
        lenient = attrs.evolve(TWO_YEARS, counts_exemptions=False)
        assert counts(recorded(prior), TWO_YEARS) == (False, 1)
        assert counts(recorded(prior), lenient) == (not counted, int(counted))

    def test_several(self) -> None:
        """Priors are counted one by one, and one that is in doubt leaves the number open."""
        one = Prior(decided=date(2021, 3, 1), violation="food.label")
        two = Prior(decided=date(2021, 9, 1), violation="food.label")
        other = Prior(decided=date(2021, 9, 1), violation="ad.claim")
        doubtful = Prior(violation="food.label")
        assert counts(recorded(one, two, other), TWO_YEARS) == (False, 2)
        assert counts(recorded(one, doubtful), TWO_YEARS) == (False, None)
        assert counts(recorded(other, doubtful), TWO_YEARS) == (None, None)


def same(day: str, **changes: str) -> Prior:
    """An earlier violation of the same kind in the same county, all its dates on one day."""
    prior = Prior(
        committed=date.fromisoformat(day),
        discovered=date.fromisoformat(day),
        decided=date.fromisoformat(day),
        violation="food.label",
        region="530103",
    )
    dates = {"committed", "discovered", "decided"}
    given = {k: date.fromisoformat(v) if k in dates else v for k, v in changes.items()}
    return attrs.evolve(prior, **given)  # type: ignore[arg-type]  # names of fields


SEARCH = Window(24)
FOUND = FirstViolation(anchor=Anchor.DISCOVERED, counted_by=Anchor.DISCOVERED)
ACTS = FirstViolation(counted_by=Anchor.COMMITTED)
ANY_OF_DEPARTMENT = FirstViolation(identity=Identity.DEPARTMENT)
LIST_IN_FORCE = date(2021, 12, 1)

VARIANTS = {
    "national law": FirstViolation(search=SEARCH),
    "12 months, same authority": attrs.evolve(FOUND, window=Window(12), area=Area.REGION),
    "Lishui": attrs.evolve(
        FOUND,
        window=Window(1, WindowUnit.CALENDAR_YEARS),
        area=Area.PREFECTURE,
        identity=Identity.FIELD,
    ),
    "Bazhong market": attrs.evolve(ANY_OF_DEPARTMENT, window=Window(36)),
    "Bazhong, period of each body": FirstViolation(window=Window(24), area=Area.PREFECTURE),
    "Shanghai market 2024": FirstViolation(window=Window(60)),
    "Shanghai market 2025": FirstViolation(window=Window(24)),
    "Shanghai 2025, repeats punished for longer": FirstViolation(window=Window(60)),
    "old local tax rule": attrs.evolve(ACTS, window=Window(12)),
    "national tax list": FirstViolation(search=Window(60)),
    "traffic": attrs.evolve(ACTS, window=Window(6), identity=Identity.ANY),
    "Fujian fire": attrs.evolve(FOUND, window=Window(12), identity=Identity.ANY),
    "Hunan fire": attrs.evolve(FOUND, search=SEARCH),
    "Hunan fire, small firms": attrs.evolve(ANY_OF_DEPARTMENT, window=Window(12)),
    "Sichuan fire": attrs.evolve(FOUND, search=SEARCH),
    "Gansu work safety": attrs.evolve(FOUND, since=LIST_IN_FORCE, area=Area.PROVINCE),
    "Jiangsu work safety": attrs.evolve(ANY_OF_DEPARTMENT, search=Window(36)),
    "Weihai work safety": attrs.evolve(ANY_OF_DEPARTMENT, search=Window(36)),
    "Jiangmen ecology": FirstViolation(search=SEARCH),
    "Guangdong ecology, one year": attrs.evolve(ACTS, window=Window(12)),
    "Guangdong ecology, two years": attrs.evolve(ACTS, window=Window(24)),
    "Jiangmen ecology, counting": FirstViolation(window=Window(24), counts_exemptions=False),
    "Sichuan and Chongqing culture": attrs.evolve(ANY_OF_DEPARTMENT, search=SEARCH),
    "Tianjin market": attrs.evolve(ANY_OF_DEPARTMENT, search=SEARCH),
    "Guangdong agriculture": FirstViolation(search=SEARCH, counts_exemptions=True),
    "Huangshi agriculture": attrs.evolve(FOUND, search=SEARCH),
}
"""The definitions of `first` that were met in published instruments.

What they ask besides (no fatal accident, no entry in the dishonesty list) are facts of the rule.
"""

_NO_WINDOW = [name for name, definition in VARIANTS.items() if definition.search is not None]
_ONLY_THE_SAME = [
    name for name, definition in VARIANTS.items() if definition.identity is Identity.VIOLATION
]


class TestVariants:
    """Definitions met in published instruments, each on both sides of its boundaries.

    The act was committed on 1 March 2022, discovered on the 10th and is decided on 20 May.
    """

    case = attrs.evolve(CASE, committed="2022-03-01", discovered="2022-03-10", decided="2022-05-20")

    @pytest.mark.parametrize("name", VARIANTS)
    def test_clean_record(self, name: str) -> None:
        """With nothing found by a search that goes far back, every definition says `first`."""
        assert counts(recorded(case=self.case), VARIANTS[name]) == (True, 0)

    @pytest.mark.parametrize(
        ("name", "begins"),
        [
            ("12 months, same authority", "2021-03-10"),
            ("Lishui", "2022-01-01"),
            ("Bazhong market", "2019-03-01"),
            ("Bazhong, period of each body", "2020-03-01"),
            ("Shanghai market 2024", "2017-03-01"),
            ("Shanghai market 2025", "2020-03-01"),
            ("Shanghai 2025, repeats punished for longer", "2017-03-01"),
            ("old local tax rule", "2021-03-01"),
            ("traffic", "2021-09-01"),
            ("Fujian fire", "2021-03-10"),
            ("Hunan fire, small firms", "2021-03-01"),
            ("Gansu work safety", "2021-12-01"),
            ("Guangdong ecology, one year", "2021-03-01"),
            ("Guangdong ecology, two years", "2020-03-01"),
            ("Jiangmen ecology, counting", "2020-03-01"),
        ],
    )
    def test_first_day(self, name: str, begins: str) -> None:
        """A prior of the day before the window does not count, one of its first day does."""
        begin = date.fromisoformat(begins).toordinal()
        days = [date.fromordinal(begin + step).isoformat() for step in (-1, 0, 1)]
        found = [counts(recorded(same(day), case=self.case), VARIANTS[name]) for day in days]
        assert found == [(True, 0), (False, 1), (False, 1)]
        # The search has to go back to that day, and need not go further.
        for step, first in ((0, True), (1, None)):
            case = recorded(since=date.fromordinal(begin + step), case=self.case)
            assert counts(case, VARIANTS[name])[0] is first

    @pytest.mark.parametrize("name", _NO_WINDOW)
    def test_no_window(self, name: str) -> None:
        """Without a window a violation of long ago counts as one of yesterday."""
        for day in ("1999-01-01", "2022-02-28"):
            found = counts(recorded(same(day), case=self.case), VARIANTS[name])
            assert found == (False, 1)

    def test_every_variant_has_a_boundary(self) -> None:
        """A definition has a window, a first day, or a period of search."""
        for definition in VARIANTS.values():
            assert (definition.window or definition.search or definition.since) is not None

    @pytest.mark.parametrize("name", _ONLY_THE_SAME)
    def test_same_kind(self, name: str) -> None:
        """Where the same kind is meant, another violation of the field does not count."""
        other = same("2022-01-15", violation="food.shelf-life")
        assert counts(recorded(other, case=self.case), VARIANTS[name]) == (True, 0)

    @pytest.mark.parametrize(
        ("name", "prior", "counted"),
        [
            # The same authority: another county is another authority.
            ("12 months, same authority", same("2022-01-15", region="530102"), False),
            # The place is the city, the field is the same; the year is the calendar year.
            ("Lishui", same("2022-01-15", region="530102"), True),
            ("Lishui", same("2022-01-15", region="530302"), False),
            ("Lishui", same("2022-01-15", violation="food.shelf-life"), True),
            ("Lishui", same("2022-01-15", violation="ad.claim"), False),
            # Any market law counts, a fire matter does not.
            ("Bazhong market", same("2020-01-15", violation="ad.claim", region="110105"), True),
            ("Bazhong market", same("2020-01-15", violation="fire.exit"), False),
            ("Bazhong, period of each body", same("2022-01-15", region="530302"), False),
            # The interval lies between the acts, whenever they were decided.
            ("old local tax rule", same("2021-02-28", decided="2022-02-01"), False),
            ("old local tax rule", same("2021-03-01", decided="2021-03-01"), True),
            ("traffic", same("2021-10-01", violation="fire.exit", region="440103"), True),
            # A handling decision in the two years defeats `first`, however old the act.
            ("Shanghai market 2025", same("2019-01-01", decided="2020-03-01"), True),
            ("Shanghai market 2025", same("2019-01-01", decided="2020-02-29"), False),
            # Found since the list, by any authority of the province.
            ("Gansu work safety", same("2021-06-01", discovered="2021-12-01"), True),
            ("Gansu work safety", same("2021-12-02", discovered="2021-11-30"), False),
            ("Gansu work safety", same("2022-01-15", region="530302"), True),
            ("Gansu work safety", same("2022-01-15", region="620102"), False),
            ("Weihai work safety", same("2022-01-15", violation="ad.claim"), True),
            ("Tianjin market", same("2022-01-15", violation="ad.claim", region="120101"), True),
            # One decision not to penalise is enough; where penalties are counted it is not.
            ("Guangdong agriculture", same("2015-01-15", result="exempted"), True),
            ("Jiangmen ecology, counting", same("2022-01-15", result="exempted"), False),
            ("Jiangmen ecology, counting", same("2022-01-15", result="warned"), True),
        ],
    )
    def test_what_counts(self, name: str, prior: Prior, counted: bool) -> None:
        """Place, kind, result and the date that matters are those of the definition."""
        found = counts(recorded(prior, case=self.case), VARIANTS[name])
        assert found == (not counted, int(counted))

    @pytest.mark.parametrize("penalties", [1, 2, 3])
    def test_counting_penalties(self, penalties: int) -> None:
        """Two or three penalties in two years are told apart; exemptions between do not count."""
        found = [same(f"2021-0{month}-01") for month in range(1, penalties + 1)]
        found.append(same("2021-09-01", result="exempted"))
        case = recorded(*found, case=self.case)
        assert counts(case, VARIANTS["Jiangmen ecology, counting"]) == (False, penalties)
