from datetime import date

import attrs
import pytest

from bizrules.cases import Prior, Priors
from bizrules.derivation import repeat_derivation
from bizrules.history import (
    Anchor,
    Area,
    FirstViolation,
    Identity,
    PriorResult,
    RepeatCount,
    Window,
    WindowUnit,
)
from records import CASE, SEARCHED, counts, known, recorded

TWO_YEARS = FirstViolation(window=Window(24))
PENALTIES = frozenset(PriorResult) - {PriorResult.EXEMPTED}


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


class TestArticles:
    """The same article, or the same law, is told by what both violations broke."""

    @pytest.mark.parametrize(
        ("prior", "article", "law"),
        [
            (Prior(violation="food.label"), 1, 1),
            # Nothing is said of what these two broke, or who would know them.
            (Prior(violation="food.shelf-life"), None, None),
            (Prior(violation="unlisted.act"), None, None),
            (Prior(violation="unlisted.act", field="fire"), 0, None),
            (Prior(field="food"), None, None),
            (Prior(field="fire"), 0, None),
        ],
    )
    def test_counts(self, prior: Prior, article: int | None, law: int | None) -> None:
        """Without what was broken nobody knows; another field is no other law for that."""
        case = recorded(attrs.evolve(prior, decided=date(2021, 3, 1)))
        for identity, number in ((Identity.ARTICLE, article), (Identity.LAW, law)):
            assert counts(case, attrs.evolve(TWO_YEARS, identity=identity))[1] == number


class TestAuthority:
    """The same authority is told by its name."""

    @pytest.mark.parametrize(
        ("own", "other", "number"),
        [("甲局", "甲局", 1), ("甲局", "乙局", 0), ("甲局", None, None), (None, "甲局", None)],
    )
    def test_counts(self, own: str | None, other: str | None, number: int | None) -> None:
        """Where either is not on record nobody knows."""
        prior = Prior(decided=date(2021, 3, 1), violation="food.label", authority=other)
        case = attrs.evolve(recorded(prior), authority=own)
        assert counts(case, attrs.evolve(TWO_YEARS, area=Area.AUTHORITY))[1] == number


class TestOrder:
    """What was committed after this act is no earlier violation."""

    @pytest.mark.parametrize(
        ("act", "prior", "number"),
        [
            ("2022-03-01", date(2022, 3, 2), 0),
            ("2022-03-01", date(2022, 3, 1), 1),
            ("2022-03-01", None, None),
            ("2022-03", None, None),
            ("2022-04-05", None, 1),
            ("2022-04-06", None, 1),
            ("2022-03", date(2022, 3, 15), None),
            ("2022-03", date(2022, 3, 1), 1),
            ("2022-03", date(2022, 2, 28), 1),
            ("2022-03", date(2022, 4, 1), 0),
        ],
    )
    def test_counts(self, act: str, prior: date | None, number: int | None) -> None:
        """One without a date of the act is earlier if it was decided by then, else may be later."""
        one = Prior(committed=prior, decided=date(2022, 4, 5), violation="food.label")
        case = recorded(one, case=attrs.evolve(CASE, committed=act))
        assert counts(case, TWO_YEARS)[1] == number


class TestAfterTheAct:
    """A penalty after the act: it bars *first*, but is no repeat after a punishment."""

    YEAR = RepeatCount(window=Window(12))

    @pytest.mark.parametrize(
        ("decided", "number"),
        [
            (date(2021, 2, 28), 0),
            (date(2021, 3, 1), 1),
            (date(2022, 3, 1), 1),
            (date(2022, 3, 2), 0),
        ],
    )
    def test_repeats(self, decided: date, number: int) -> None:
        """Only a penalty in the year up to the act makes the act a repeat."""
        prior = Prior(committed=date(2021, 1, 10), decided=decided, violation="food.label")
        compute = repeat_derivation("repeats", self.YEAR).compute
        assert compute(known(recorded(prior), first=FirstViolation())) == number

    def test_an_act_in_doubt(self) -> None:
        """While the act may lie before or after the penalty, the count is not known."""
        prior = Prior(
            committed=date(2021, 1, 10), decided=date(2022, 3, 15), violation="food.label"
        )
        case = recorded(prior, case=attrs.evolve(CASE, committed="2022-03"))
        compute = repeat_derivation("repeats", self.YEAR).compute
        assert compute(known(case, first=FirstViolation())) is None

    def test_first(self) -> None:
        """Whoever offended before is no first offender, even if that was decided only later."""
        prior = Prior(
            committed=date(2021, 1, 10), decided=date(2022, 3, 15), violation="food.label"
        )
        assert counts(recorded(prior), TWO_YEARS)[0] is False


class TestPending:
    """An earlier violation not yet dealt with."""

    @pytest.mark.parametrize(
        ("definition", "first"),
        [
            (FirstViolation(search=Window(24)), None),
            (FirstViolation(window=Window(24)), True),
            (FirstViolation(window=Window(24), unhandled=True), False),
            (FirstViolation(window=Window(24), counted_by=Anchor.COMMITTED), False),
        ],
    )
    def test_first(self, definition: FirstViolation, first: bool | None) -> None:
        """Without a window it leaves *first* open; with one it counts as the definition says."""
        prior = Prior(
            committed=date(2022, 2, 1), violation="food.label", result=PriorResult.PENDING
        )
        assert counts(recorded(prior), definition)[0] is first


class TestUndatedSteps:
    """A step that is not dated is no later than the steps after it."""

    @pytest.mark.parametrize(
        ("prior", "first"),
        [
            (Prior(decided=date(2020, 2, 29)), True),
            (Prior(decided=date(2020, 3, 1)), None),
            (Prior(discovered=date(2020, 2, 29), decided=date(2022, 1, 1)), True),
            (Prior(discovered=date(2020, 3, 1), decided=date(2022, 1, 1)), None),
            (Prior(), None),
        ],
    )
    def test_later_step_before_the_window(self, prior: Prior, first: bool | None) -> None:
        """What was decided before the window began was also committed before it."""
        case = recorded(attrs.evolve(prior, violation="food.label"))
        by_act = attrs.evolve(TWO_YEARS, counted_by=Anchor.COMMITTED)
        assert counts(case, by_act)[0] is first

    def test_earlier_step_tells_nothing(self) -> None:
        """What was committed before the window may have been decided within it."""
        prior = Prior(committed=date(2020, 2, 29), violation="food.label")
        assert counts(recorded(prior), TWO_YEARS)[0] is None

    def test_later_step_before_the_first_day(self) -> None:
        """Nor does it count from a day on if a later step lies before that day."""
        prior = Prior(decided=date(2021, 11, 30), violation="food.label")
        definition = FirstViolation(since=date(2021, 12, 1), counted_by=Anchor.DISCOVERED)
        assert counts(recorded(prior), definition)[0] is True


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
        lenient = attrs.evolve(TWO_YEARS, results=PENALTIES)
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
