"""What counts as first at each place whose definition is known: written, loaded, and tried out."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

import attrs
import pytest

from bizrules._yaml import read_yaml
from bizrules.cases import Case, Prior, Priors
from bizrules.derivation import (
    Known,
    first_violation,
    missing_registers,
    prior_count,
    repeat_derivation,
    search_start,
)
from bizrules.engine import Engine
from bizrules.facts import Value
from bizrules.history import Counting, FirstViolation, Register, RepeatCount
from bizrules.loading import Knowledge, load_ruleset, load_vocabulary
from bizrules.regions import Region
from bizrules.values import add_months

ZONE: Final = Region("310115901", "某功能区", "zone", "310115")

FIRST: Final[Mapping[str, str]] = {
    "fv-national": "{search: {months: 24}}",
    "fv-12m": """
      {window: {months: 12}, anchor: discovered, counted_by: discovered, area: authority}""",
    "fv-lishui": """
      {window: {calendar_years: 1}, anchor: discovered, counted_by: discovered, same: field,
       area: prefecture}""",
    "fv-bz": "{window: {months: 36}, same: department, registers: [case_system, credit_china]}",
    # Each body sets the period; a body that counts in days.
    "fv-bz-general": "{window: {days: 365}, area: prefecture}",
    "fv-sh-old": "{window: {months: 60}}",
    "fv-sh-new": """
      window: {months: 24}
      special_windows: [{violations: [trademark.infringement], window: {months: 60}}]""",
    # One year between the acts, whenever they were decided.
    "fv-tax-old": "{window: {months: 12}, counted_by: committed}",
    "fv-tax-national": "{search: {months: 60}}",
    "fv-traffic-6m": """
      {window: {months: 6}, counted_by: committed, same: any, unhandled: true,
       registers: [traffic_system]}""",
    "fv-fire-fj": """
      {window: {months: 12}, anchor: discovered, counted_by: discovered, same: department,
       area: province}""",
    "fv-fire-hn": "{search: {months: 24}, anchor: discovered, counted_by: discovered}",
    "fv-fire-sc": "{search: {months: 24}, anchor: discovered, counted_by: discovered}",
    # The day on which the list took effect is not known; this one stands for it.
    "fv-gs-em": """
      {since: 2021-12-01, anchor: discovered, counted_by: discovered, area: province}""",
    "fv-js-em": "{search: {months: 24}}",
    "fv-wh-em": "{search: {months: 24}}",
    "fv-jm-eco": "{search: {months: 24}}",
    "fv-cy-cult": "{search: {months: 24}, same: department, registers: [enterprise_credit]}",
    "fv-tj-market": "{search: {months: 24}, same: department, registers: [enterprise_credit]}",
    "fv-gd-agri": "{search: {months: 24}}",
    "fv-hs-agri": "{search: {months: 24}, anchor: discovered, counted_by: discovered}",
}
"""The definitions of *first*, as a ruleset writes them under `first_violation`."""

COUNTS: Final[Mapping[str, str]] = {
    "fv-gd-eco-window": "{window: {months: 12}, counted_by: committed, same: article}",
    "fv-gd-eco-window-two": "{window: {months: 24}, counted_by: committed, same: article}",
    "fv-jm-eco-count": "{window: {months: 24}, results: [warned, penalised]}",
    # Small firms in Hunan: a year without a case.
    "fv-fire-hn": "{window: {months: 12}, same: department}",
}
"""The counts of repeats, as a vocabulary writes them under `counts`."""

WINDOWS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "fv-12m": (
        ("2024-02-29", "2023-02-28"),
        ("2025-02-28", "2024-02-28"),
        ("2025-03-01", "2024-03-01"),
        ("2024-01-01", "2023-01-01"),
        ("2023-12-31", "2022-12-31"),
    ),
    "fv-lishui": (
        ("2024-12-31", "2024-01-01"),
        ("2024-02-29", "2024-01-01"),
        ("2023-01-02", "2023-01-01"),
    ),
    "fv-bz": (
        ("2024-02-29", "2021-02-28"),
        ("2023-02-28", "2020-02-28"),
        ("2023-03-01", "2020-03-01"),
        ("2023-12-31", "2020-12-31"),
    ),
    "fv-bz-general": (
        ("2024-02-28", "2023-02-28"),
        ("2025-02-28", "2024-02-29"),
        ("2024-03-01", "2023-03-02"),
        ("2023-12-31", "2022-12-31"),
    ),
    "fv-sh-old": (
        ("2025-02-28", "2020-02-28"),
        ("2025-03-01", "2020-03-01"),
        ("2024-02-29", "2019-02-28"),
        ("2024-12-31", "2019-12-31"),
    ),
    "fv-sh-new": (
        ("2026-02-28", "2024-02-28"),
        ("2026-03-01", "2024-03-01"),
        ("2028-02-29", "2026-02-28"),
        ("2025-10-31", "2023-10-31"),
    ),
    "fv-tax-old": (("2021-02-28", "2020-02-28"), ("2020-02-29", "2019-02-28")),
    "fv-traffic-6m": (
        ("2024-08-31", "2024-02-29"),
        ("2023-08-31", "2023-02-28"),
        ("2023-08-30", "2023-02-28"),
        ("2023-12-31", "2023-06-30"),
        ("2023-03-31", "2022-09-30"),
        ("2024-02-29", "2023-08-29"),
        ("2023-01-01", "2022-07-01"),
    ),
    "fv-fire-fj": (("2024-02-29", "2023-02-28"), ("2023-05-31", "2022-05-31")),
    "fv-gs-em": (("2021-12-31", "2021-12-01"), ("2024-02-29", "2021-12-01")),
    "fv-gd-eco-window": (("2024-02-29", "2023-02-28"), ("2025-02-28", "2024-02-28")),
    "fv-gd-eco-window-two": (("2024-02-29", "2022-02-28"), ("2023-02-28", "2021-02-28")),
    "fv-jm-eco-count": (("2022-02-28", "2020-02-28"), ("2022-03-01", "2020-03-01")),
}
"""For the anchor day of a case, the first day of the window, worked out by hand."""

KNOWN: Final = 23
ROWS: Final = [(name, anchor, begin) for name, rows in WINDOWS.items() for anchor, begin in rows]
ENDLESS: Final = sorted(FIRST.keys() - WINDOWS.keys())


@pytest.fixture(scope="module")
def national() -> Knowledge:
    """The rulesets of the library and the installed packages, with a functional zone in Pudong."""
    core = Engine.load().knowledge
    return attrs.evolve(core, regions=core.regions.with_zones([ZONE]))


@pytest.fixture(scope="module")
def definitions(national: Knowledge) -> Mapping[str, Counting]:
    """Every definition and count, read by the loader."""
    return dict(_read(national))


def _read(national: Knowledge) -> Iterator[tuple[str, Counting]]:
    for name, written in COUNTS.items():
        text = f"""
format: 1
document: vocabulary
id: {name}
facts:
  repeats: {{kind: integer, label: {{zh: 次数, en: repeats}}, counts: {written}}}
"""
        counted = load_vocabulary(read_yaml(text.encode(), name))["repeats"].counts
        assert counted is not None
        yield (name if name not in FIRST else f"{name}-count"), counted
    for name, written in FIRST.items():
        text = f"""
format: 1
document: ruleset
id: {name}
version: "1"
title: {{zh: 口径, en: definition}}
region: national
instrument: {{name: 口径, level: document, kind: list}}
first_violation: {written}
"""
        if not written.lstrip().startswith("{"):
            text = text.replace("first_violation: ", "first_violation:")
        found = load_ruleset(read_yaml(text.encode(), name), national).first_violation
        assert found is not None
        assert found.ruleset == name
        yield name, found


def known(case: Case, definition: Counting, national: Knowledge) -> Known:
    """What a derivation may read of the case."""
    return Known(
        case=case,
        stated={},
        violation=national.violations[case.violation],
        first=definition,
        violations=national.violations,
        line=national.regions.ancestors,
    )


def count(case: Case, definition: Counting, national: Knowledge) -> Value | None:
    """How many earlier violations count."""
    about = known(case, definition, national)
    if isinstance(definition, RepeatCount):
        return repeat_derivation("repeats", definition).compute(about)
    number = prior_count(about)
    first = first_violation(about)
    assert number is None or first is (number == 0)
    return number


def act(day: str, *found: Prior, **changes: object) -> Case:
    """A case all of whose steps fall on one day, with what a search without end found."""
    case = Case(
        id="7",
        region="331102",
        violation="advertising.superlative",
        authority="丽水市莲都区市场监督管理局",
        committed=day,
        discovered=day,
        decided=day,
        priors=Priors(searched_since=date(2000, 1, 1), found=found),
    )
    return attrs.evolve(case, **changes)  # type: ignore[arg-type]  # names of fields


def earlier(day: date | str, **changes: object) -> Prior:
    """The same violation before the same authority, all its steps on one day."""
    on = day if isinstance(day, date) else date.fromisoformat(day)
    prior = Prior(
        committed=on,
        discovered=on,
        decided=on,
        authority="丽水市莲都区市场监督管理局",
        region="331102",
        violation="advertising.superlative",
    )
    return attrs.evolve(prior, **changes)  # type: ignore[arg-type]  # names of fields


def test_every_known_variant_is_written() -> None:
    """Each of the known variants is a definition, a count, or both."""
    assert len({name.removesuffix("-two") for name in (*FIRST, *COUNTS)}) == KNOWN


class TestWindows:
    """A prior of the day before a window does not count; one of its first day and after does."""

    @pytest.mark.parametrize(("name", "anchor", "begin"), ROWS)
    def test_borders(
        self,
        name: str,
        anchor: str,
        begin: str,
        definitions: Mapping[str, Counting],
        national: Knowledge,
    ) -> None:
        """The window begins on the day worked out by hand, and includes it."""
        first_day = date.fromisoformat(begin)
        for step, expected in ((-1, 0), (0, 1), (1, 1)):
            case = act(anchor, earlier(first_day + timedelta(days=step)))
            assert count(case, definitions[name], national) == expected, step

    @pytest.mark.parametrize(("name", "anchor", "begin"), ROWS)
    def test_search(
        self,
        name: str,
        anchor: str,
        begin: str,
        definitions: Mapping[str, Counting],
        national: Knowledge,
    ) -> None:
        """A search back to the first day is enough; one that begins a day later is not."""
        first_day = date.fromisoformat(begin)
        for step, expected in ((-1, 0), (0, 0), (1, None)):
            since = first_day + timedelta(days=step)
            case = act(anchor, priors=Priors(searched_since=since))
            assert count(case, definitions[name], national) == expected, step
        about = known(act(anchor), definitions[name], national)
        assert search_start(about) == first_day

    def test_first_of_january(
        self, definitions: Mapping[str, Counting], national: Knowledge
    ) -> None:
        """On 1 January the calendar year has begun: the day before is another year."""
        lishui = definitions["fv-lishui"]
        eve, new_year = earlier("2023-12-31"), earlier("2024-01-01")
        assert count(act("2024-01-01", eve), lishui, national) == 0
        assert count(act("2024-01-01", new_year), lishui, national) == 1
        assert count(act("2023-12-31", earlier("2023-01-01")), lishui, national) == 1

    @pytest.mark.parametrize("name", ENDLESS)
    def test_without_window(
        self, name: str, definitions: Mapping[str, Counting], national: Knowledge
    ) -> None:
        """Without a window a violation of long ago counts as one of yesterday."""
        for day in ("1999-01-01", "2024-02-28"):
            assert count(act("2024-02-29", earlier(day)), definitions[name], national) == 1

    @pytest.mark.parametrize("name", ENDLESS)
    def test_search_without_window(
        self, name: str, definitions: Mapping[str, Counting], national: Knowledge
    ) -> None:
        """Without a window the definition says how far back a search is far enough."""
        definition = definitions[name]
        assert definition.search is not None
        for day in ("2024-02-29", "2023-03-01", "2023-12-31"):
            start = add_months(date.fromisoformat(day), -definition.search.length)
            for step, expected in ((-1, 0), (0, 0), (1, None)):
                priors = Priors(searched_since=start + timedelta(days=step))
                assert count(act(day, priors=priors), definition, national) == expected

    def test_longer_where_the_law_punishes_repeats_for_longer(
        self, definitions: Mapping[str, Counting], national: Knowledge
    ) -> None:
        """In Shanghai five years count where the law counts repeats over five, otherwise two."""
        shanghai = definitions["fv-sh-new"]
        rows = (
            ("trademark.infringement", "2025-09-30", "2020-09-30"),
            ("trademark.infringement", "2025-02-28", "2020-02-28"),
            ("trademark.infringement", "2028-02-29", "2023-02-28"),
            ("advertising.superlative", "2025-09-30", "2023-09-30"),
        )
        for violation, day, begin in rows:
            first_day = date.fromisoformat(begin)
            for step, expected in ((-1, 0), (0, 1), (1, 1)):
                prior = earlier(first_day + timedelta(days=step), violation=violation)
                case = act(day, prior, violation=violation)
                assert count(case, shanghai, national) == expected

    def test_each_year_of_its_own_length(
        self, definitions: Mapping[str, Counting], national: Knowledge
    ) -> None:
        """A window in days crosses a leap day with one day less than a window in months."""
        days, months = definitions["fv-bz-general"], definitions["fv-tax-old"]
        assert search_start(known(act("2024-03-01"), days, national)) == date(2023, 3, 2)
        assert search_start(known(act("2024-03-01"), months, national)) == date(2023, 3, 1)


class TestWhatCounts:
    """Place, kind, result and the date that matters are those of the definition."""

    @pytest.mark.parametrize(
        ("name", "prior", "counted"),
        [
            # The same authority, by its name; where it is not on record nobody knows.
            ("fv-12m", earlier("2024-01-15"), 1),
            ("fv-12m", earlier("2024-01-15", authority="丽水市市场监督管理局"), 0),
            ("fv-12m", earlier("2024-01-15", authority=None), None),
            ("fv-12m", earlier("2024-01-15", region="110105"), 1),
            # The city and the field.
            ("fv-lishui", earlier("2024-01-15", region="331121"), 1),
            ("fv-lishui", earlier("2024-01-15", region="330106"), 0),
            ("fv-lishui", earlier("2024-01-15", violation="advertising.medical"), 1),
            ("fv-lishui", earlier("2024-01-15", violation="food.no-licence"), 0),
            # Any norm of the department, anywhere.
            ("fv-bz", earlier("2022-01-15", violation="food.no-licence", region="110105"), 1),
            ("fv-bz", earlier("2022-01-15", violation="fire.lane-blocked"), 0),
            ("fv-bz-general", earlier("2024-01-15", region="331121"), 1),
            ("fv-bz-general", earlier("2024-01-15", region="330106"), 0),
            # A handling decision within the window defeats `first`, however old the act.
            ("fv-sh-old", earlier("2024-01-15", committed=date(2010, 1, 1)), 1),
            ("fv-sh-old", earlier("2010-01-15", decided=date(2024, 1, 15)), 1),
            ("fv-sh-old", earlier("2024-01-15", violation="advertising.medical"), 0),
            # Between the acts, not between the decisions; an act surely older does not count.
            ("fv-tax-old", earlier("2023-02-27", decided=date(2024, 1, 15)), 0),
            ("fv-tax-old", earlier("2023-02-28", decided=date(2024, 1, 15)), 1),
            (
                "fv-tax-old",
                Prior(decided=date(2023, 2, 27), violation="advertising.superlative"),
                0,
            ),
            (
                "fv-tax-old",
                Prior(decided=date(2023, 2, 28), violation="advertising.superlative"),
                None,
            ),
            # Found since the list took effect, by any authority of the province.
            ("fv-gs-em", earlier("2021-06-01", discovered=date(2021, 12, 1)), 1),
            ("fv-gs-em", earlier("2021-12-02", discovered=date(2021, 11, 30)), 0),
            ("fv-gs-em", earlier("2024-01-15", region="330106"), 1),
            ("fv-gs-em", earlier("2024-01-15", region="620102"), 0),
            ("fv-fire-fj", earlier("2024-01-15", violation="food.no-licence"), 1),
            ("fv-fire-fj", earlier("2024-01-15", violation="fire.lane-blocked"), 0),
            ("fv-fire-fj", earlier("2024-01-15", region="620102"), 0),
            # One decision not to penalise is enough; where penalties are counted it is not.
            ("fv-gd-agri", earlier("2015-01-15", result="exempted"), 1),
            ("fv-jm-eco-count", earlier("2024-01-15", result="exempted"), 0),
            ("fv-jm-eco-count", earlier("2024-01-15", result="warned"), 1),
            ("fv-tj-market", earlier("2024-01-15", violation="food.no-licence"), 1),
        ],
    )
    def test_one_prior(
        self,
        name: str,
        prior: Prior,
        counted: int | None,
        definitions: Mapping[str, Counting],
        national: Knowledge,
    ) -> None:
        """One earlier violation counts, does not, or leaves the number open."""
        registers = frozenset(Register)
        priors = Priors(searched_since=date(2000, 1, 1), registers=registers, found=(prior,))
        case = act("2024-02-29", priors=priors)
        assert count(case, definitions[name], national) == counted

    @pytest.mark.parametrize("name", sorted(COUNTS.keys() - {"fv-fire-hn"}))
    def test_number(
        self, name: str, definitions: Mapping[str, Counting], national: Knowledge
    ) -> None:
        """Two and three penalties in the window are told apart."""
        for number in range(4):
            found = [earlier(date(2024, 1, day + 1)) for day in range(number)]
            assert count(act("2024-02-29", *found), definitions[name], national) == number

    def test_same_article(self, definitions: Mapping[str, Counting], national: Knowledge) -> None:
        """Two violations of one article, paragraph and item are of the same kind."""
        guangdong = definitions["fv-gd-eco-window"]
        for violation, same, counted in (
            ("food.no-licence", "food.beyond-licence", 1),
            ("food.no-licence", "food.past-shelf-life", 0),
            ("food.past-shelf-life", "food.contaminant-over-limit", 0),
        ):
            case = act("2024-02-29", earlier("2024-01-15", violation=same), violation=violation)
            assert count(case, guangdong, national) == counted


class TestPending:
    """Earlier traffic violations must all have been handled, however old they are."""

    @pytest.mark.parametrize(
        ("prior", "counted"),
        [
            (earlier("2015-05-05", result="pending"), 1),
            (earlier("2015-05-05", decided=None, result="pending"), 1),
            (earlier("2015-05-05"), 0),
            (earlier("2024-02-01", result="exempted"), 1),
        ],
    )
    def test_unhandled(
        self,
        prior: Prior,
        counted: int,
        definitions: Mapping[str, Counting],
        national: Knowledge,
    ) -> None:
        """One not yet handled defeats `first`; one handled before the window does not."""
        case = act("2024-02-29", prior)
        assert count(case, definitions["fv-traffic-6m"], national) == counted

    def test_elsewhere(self, definitions: Mapping[str, Counting], national: Knowledge) -> None:
        """Where decisions are counted one not yet decided does not count."""
        pending = earlier("2024-01-15", decided=None, result="pending")
        assert count(act("2024-02-29", pending), definitions["fv-sh-old"], national) == 0


class TestPlaces:
    """Municipalities, counties directly under a province, and functional zones."""

    @pytest.mark.parametrize(
        ("region", "elsewhere", "counted"),
        [
            # Below a municipality the prefecture is the municipality.
            ("310115", "310101", 1),
            ("310115", "310000", 1),
            ("310115", "320500", 0),
            # Below a prefecture-level city its districts belong together.
            ("331102", "331100", 1),
            # A county directly under its province is a place of its own.
            ("429004", "429004", 1),
            ("429004", "429005", 0),
            ("429004", "420106", 0),
            # A zone lies in the region of its parent.
            ("310115901", "310115", 1),
            ("310115901", "310101", 1),
            ("310101", "310115901", 1),
            ("310115901", "330106", 0),
        ],
    )
    def test_prefecture(
        self,
        region: str,
        elsewhere: str,
        counted: int,
        definitions: Mapping[str, Counting],
        national: Knowledge,
    ) -> None:
        """What counts in one city is decided by where both authorities stand."""
        case = act("2024-02-29", earlier("2024-01-15", region=elsewhere), region=region)
        assert count(case, definitions["fv-lishui"], national) == counted

    @pytest.mark.parametrize(
        ("region", "elsewhere", "counted"),
        [
            ("310115", "310101", 1),
            ("310115", "320102", 0),
            ("429004", "420106", 1),
            ("429004", "429005", 1),
            ("310115901", "310101", 1),
            ("331102", "000000", None),
        ],
    )
    def test_province(
        self,
        region: str,
        elsewhere: str,
        counted: int | None,
        definitions: Mapping[str, Counting],
        national: Knowledge,
    ) -> None:
        """Province, city and county authorities count together."""
        case = act("2024-02-29", earlier("2024-01-15", region=elsewhere), region=region)
        assert count(case, definitions["fv-gs-em"], national) == counted


class TestRegisters:
    """Where the source names the registers, a search that left one out is none."""

    @pytest.mark.parametrize(
        ("name", "needed"),
        [
            ("fv-bz", {Register.CASE_SYSTEM, Register.CREDIT_CHINA}),
            ("fv-traffic-6m", {Register.TRAFFIC_SYSTEM}),
            ("fv-cy-cult", {Register.ENTERPRISE_CREDIT}),
            ("fv-tj-market", {Register.ENTERPRISE_CREDIT}),
        ],
    )
    def test_named(
        self,
        name: str,
        needed: set[Register],
        definitions: Mapping[str, Counting],
        national: Knowledge,
    ) -> None:
        """Every register named must have been searched; a case that names none is believed."""
        definition = definitions[name]
        for left_out in needed:
            searched = frozenset(Register) - {left_out}
            priors = Priors(searched_since=date(2000, 1, 1), registers=searched)
            case = act("2024-02-29", priors=priors)
            assert count(case, definition, national) is None
            assert missing_registers(known(case, definition, national)) == (left_out,)
        for registers in (needed, None):
            priors = Priors(searched_since=date(2000, 1, 1), registers=registers)
            assert count(act("2024-02-29", priors=priors), definition, national) == 0
        about = known(act("2024-02-29", priors=None), definition, national)
        assert set(missing_registers(about)) == needed


class TestShipped:
    """The definitions shipped say the same as those tried out here."""

    @pytest.mark.parametrize(
        ("ruleset", "name"),
        [
            ("variant.lishui-2022", "fv-lishui"),
            ("variant.bazhong-market-2022", "fv-bz"),
            ("variant.shanghai-market-2024", "fv-sh-old"),
            ("variant.shanghai-market", "fv-sh-new"),
            ("variant.fujian-fire-2021", "fv-fire-fj"),
            ("variant.hunan-fire", "fv-fire-hn"),
            ("variant.sichuan-fire", "fv-fire-sc"),
            ("variant.jiangsu-emergency-2022", "fv-js-em"),
            ("variant.weihai-emergency-2025", "fv-wh-em"),
            ("variant.sichuan-culture-2025", "fv-cy-cult"),
            ("variant.chongqing-culture-2025", "fv-cy-cult"),
            ("variant.guangdong-agriculture-2022", "fv-gd-agri"),
            ("variant.huangshi-agriculture-2022", "fv-hs-agri"),
            ("national.penalty-law", "fv-national"),
            ("national.tax-first-violation", "fv-tax-national"),
        ],
    )
    def test_definition(
        self,
        ruleset: str,
        name: str,
        definitions: Mapping[str, Counting],
        national: Knowledge,
    ) -> None:
        """Every parameter is the same; only the citation stands in the shipped one alone."""
        (shipped,) = (one for one in national.rulesets if one.id == ruleset)
        found, tried = shipped.first_violation, definitions[name]
        assert found is not None
        assert isinstance(tried, FirstViolation)
        assert attrs.evolve(found, ruleset=name, citations=()) == tried
        assert found.citations

    @pytest.mark.parametrize(
        ("fact", "name"),
        [
            ("same_article_violations_in_one_year", "fv-gd-eco-window"),
            ("same_article_violations_in_two_years", "fv-gd-eco-window-two"),
            ("same_kind_ecology_penalties_in_two_years", "fv-jm-eco-count"),
            ("fire_cases_in_one_year", "fv-fire-hn-count"),
        ],
    )
    def test_count(
        self,
        fact: str,
        name: str,
        definitions: Mapping[str, Counting],
        national: Knowledge,
    ) -> None:
        """The counts of the vocabulary are those tried out."""
        found = national.vocabulary[fact].counts
        assert found is not None
        assert attrs.evolve(found, citations=()) == definitions[name]
