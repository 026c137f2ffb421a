"""Laws of what counts as a first violation, on generated records and definitions."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from bizrules.cases import Case, Prior, Priors
from bizrules.derivation import anchor_span, repeat_derivation
from bizrules.history import (
    Anchor,
    Area,
    FirstViolation,
    Identity,
    PriorResult,
    Register,
    RepeatCount,
    SpecialWindow,
    Window,
    WindowUnit,
)
from bizrules.values import DateSpan
from records import CASE, CATALOGUE, counts, known
from strategies import REGIONS

days = st.dates(date(2016, 1, 1), date(2022, 12, 31))
maybe = st.none() | days
windows = st.builds(Window, st.integers(1, 60), st.sampled_from(WindowUnit))
Truth: TypeAlias = bool | None

specials = st.builds(
    SpecialWindow,
    violations=st.frozensets(st.sampled_from(tuple(CATALOGUE)), min_size=1),
    window=windows,
)
definitions = st.builds(
    FirstViolation,
    window=st.none() | windows,
    since=maybe,
    search=st.none() | windows,
    anchor=st.sampled_from(Anchor),
    counted_by=st.sampled_from(Anchor),
    identity=st.sampled_from(Identity),
    area=st.sampled_from(Area),
    results=st.frozensets(st.sampled_from(PriorResult)),
    unhandled=st.booleans(),
    special_windows=st.tuples() | st.tuples(specials),
    registers=st.lists(st.sampled_from(Register), unique=True, max_size=2).map(tuple),
)
priors = st.builds(
    Prior,
    committed=maybe,
    discovered=maybe,
    decided=maybe,
    authority=st.none() | st.sampled_from(("甲局", "乙局")),
    region=st.none() | st.sampled_from((*REGIONS, "530302", "110105", "000000")),
    violation=st.none() | st.sampled_from((*CATALOGUE, "unlisted.act")),
    field=st.none() | st.sampled_from(("food", "fire")),
    department=st.none() | st.sampled_from(("market_regulation", "fire_rescue")),
    result=st.sampled_from(PriorResult),
)
records = st.builds(
    Priors,
    searched_since=maybe,
    registers=st.none() | st.frozensets(st.sampled_from(Register)),
    found=st.lists(priors, max_size=4),
)
maybe_searched = st.none() | records
searched = st.builds(
    Priors,
    searched_since=days,
    registers=st.frozensets(st.sampled_from(Register)),
    found=st.lists(priors, max_size=4),
)


@st.composite
def rough_days(draw: st.DrawFn) -> DateSpan | None:
    """A date known to the day, roughly, or not at all."""
    first = draw(maybe)
    if first is None:
        return None
    return DateSpan(first, first + timedelta(days=draw(st.sampled_from((0, 0, 30, 365)))))


@st.composite
def recorded_cases(
    draw: st.DrawFn, searches: st.SearchStrategy[Priors | None] = maybe_searched
) -> Case:
    """Cases with dates known more or less exactly, and a record of earlier violations."""
    return attrs.evolve(
        CASE,
        committed=draw(rough_days()),
        discovered=draw(rough_days()),
        decided=draw(rough_days()),
        authority=draw(st.sampled_from(("甲局", None))),
        priors=draw(searches),
    )


def first(case: Case, definition: FirstViolation) -> Truth:
    """Whether it is a first violation."""
    found = counts(case, definition)[0]
    assert found is None or isinstance(found, bool)
    return found


def with_found(case: Case, *found: Prior) -> Case:
    """The case with another list of earlier violations."""
    assert case.priors is not None
    return attrs.evolve(case, priors=attrs.evolve(case.priors, found=found))


class TestRecords:
    """Knowing more of the record can only defeat `first`, or settle it."""

    @given(recorded_cases(records), definitions, priors)
    def test_a_prior_never_helps(
        self, case: Case, definition: FirstViolation, prior: Prior
    ) -> None:
        """Adding an earlier violation never makes `first` true, and never saves it."""
        assert case.priors is not None
        before = first(case, definition)
        after = first(with_found(case, *case.priors.found, prior), definition)
        assert after in {True: (True, False, None), None: (None, False), False: (False,)}[before]

    @given(recorded_cases(records), definitions)
    def test_order_of_priors(self, case: Case, definition: FirstViolation) -> None:
        """The order in which priors were found does not matter."""
        assert case.priors is not None
        turned = with_found(case, *reversed(case.priors.found))
        assert counts(turned, definition) == counts(case, definition)

    @given(recorded_cases(), definitions)
    def test_number_and_first_agree(self, case: Case, definition: FirstViolation) -> None:
        """A first violation is one with no earlier one that counts."""
        found, number = counts(case, definition)
        assert (found is True) == (number == 0)
        if number is not None:
            assert found is (number == 0)

    @given(recorded_cases(searched), definitions, st.integers(0, 2000))
    def test_a_longer_search(self, case: Case, definition: FirstViolation, more: int) -> None:
        """A search that goes further back and finds nothing new can settle, never unsettle."""
        assert case.priors is not None
        assert case.priors.searched_since is not None
        since = case.priors.searched_since - timedelta(days=more)
        longer = attrs.evolve(case, priors=attrs.evolve(case.priors, searched_since=since))
        before = first(case, definition)
        assert before is None or first(longer, definition) is before

    @given(recorded_cases(records), definitions, priors)
    def test_numbers_grow(self, case: Case, definition: FirstViolation, prior: Prior) -> None:
        """One more prior adds at most one to the number, and never takes one away."""
        assert case.priors is not None
        before = counts(case, definition)[1]
        after = counts(with_found(case, *case.priors.found, prior), definition)[1]
        if before is None:
            assert after is None
        if isinstance(before, int) and isinstance(after, int):
            assert before <= after <= before + 1

    @given(recorded_cases(), definitions, st.booleans())
    def test_the_present_act_adds_one(
        self, case: Case, definition: FirstViolation, present: bool
    ) -> None:
        """A count of repeats is the number of priors up to the anchor, and one more if it says so.

        What was dealt with only after the act bars a *first* violation, but is no repeat.
        """
        given_fields = attrs.asdict(definition, recurse=False)
        del given_fields["ruleset"]
        repeats = RepeatCount(**given_fields, includes_present=present)
        number = counts(case, definition)[1]
        found = repeat_derivation("repeats", repeats).compute(known(case))
        anchor = anchor_span(case, definition.anchor).earliest or date.min
        steps = [
            getattr(one, definition.counted_by.value)
            for one in (case.priors.found if case.priors else ())
        ]
        if any(step is not None and step > anchor for step in steps):
            assert found is None or number is None or int(str(found)) <= int(str(number)) + present
        else:
            assert found == (number + present if isinstance(number, int) else None)

    @given(recorded_cases(searched), definitions, st.sampled_from(Register))
    def test_another_register(
        self, case: Case, definition: FirstViolation, register: Register
    ) -> None:
        """A further register searched without a find can settle, one left out never does."""
        assert case.priors is not None
        assert case.priors.registers is not None
        searched = case.priors.registers
        more = attrs.evolve(case.priors, registers=searched | {register})
        less = attrs.evolve(case.priors, registers=searched - {register})
        wide = counts(attrs.evolve(case, priors=more), definition)
        narrow = counts(attrs.evolve(case, priors=less), definition)
        for fewer, further in zip(narrow, wide, strict=True):
            assert fewer is None or fewer == further

    @given(recorded_cases(), definitions)
    def test_no_search_is_never_first(self, case: Case, definition: FirstViolation) -> None:
        """Without a search nobody can call it the first violation."""
        found = case.priors.found if case.priors is not None else ()
        for unsearched in (None, Priors(found=found)):
            assert first(attrs.evolve(case, priors=unsearched), definition) is not True


class TestDefinitions:
    """A wider definition lets more priors count."""

    @given(recorded_cases(), definitions, windows, st.integers(0, 60))
    def test_a_wider_window(
        self, case: Case, definition: FirstViolation, window: Window, more: int
    ) -> None:
        """A longer window, or none, never turns a repeat into a first violation."""
        narrow = attrs.evolve(definition, window=window)
        longer = attrs.evolve(window, length=window.length + more)
        wide = attrs.evolve(definition, window=longer)
        endless = attrs.evolve(definition, window=None, special_windows=())
        if first(case, narrow) is False:
            assert first(case, wide) is False
            assert first(case, endless) is False
        if first(case, wide) is True:
            assert first(case, narrow) is True

    @given(recorded_cases(), definitions, days, st.integers(0, 2000))
    def test_an_earlier_first_day(
        self, case: Case, definition: FirstViolation, since: date, more: int
    ) -> None:
        """To count from an earlier day never turns a repeat into a first violation."""
        late = attrs.evolve(definition, since=since)
        early = attrs.evolve(definition, since=since - timedelta(days=more))
        if first(case, late) is False:
            assert first(case, early) is False
            assert first(case, attrs.evolve(definition, since=None)) is False

    @given(recorded_cases(), definitions)
    def test_counting_exemptions(self, case: Case, definition: FirstViolation) -> None:
        """To let exemptions count never turns a repeat into a first violation."""
        exempted = {PriorResult.EXEMPTED}
        strict = attrs.evolve(definition, results=definition.results | exempted)
        lenient = attrs.evolve(definition, results=definition.results - exempted)
        if first(case, lenient) is False:
            assert first(case, strict) is False
        if first(case, strict) is True:
            assert first(case, lenient) is True

    @given(recorded_cases(), definitions)
    def test_any_violation_anywhere(self, case: Case, definition: FirstViolation) -> None:
        """Who is first among all violations everywhere is first by any narrower definition."""
        widest = attrs.evolve(definition, identity=Identity.ANY, area=Area.ANYWHERE)
        if first(case, widest) is True:
            assert first(case, definition) is True
        if first(case, definition) is False:
            assert first(case, widest) is False

    @given(recorded_cases(), definitions)
    def test_wider_areas(self, case: Case, definition: FirstViolation) -> None:
        """A wider area never turns a repeat into a first violation."""
        areas = (Area.REGION, Area.PREFECTURE, Area.PROVINCE, Area.ANYWHERE)
        found = [first(case, attrs.evolve(definition, area=area)) for area in areas]
        if False in found:
            assert set(found[found.index(False) :]) == {False}


class TestDates:
    """Learning a date settles, and never contradicts what was settled."""

    @given(recorded_cases(), definitions, st.data())
    def test_learning_the_day(
        self, case: Case, definition: FirstViolation, data: st.DataObject
    ) -> None:
        """Once the rough dates of the case are known exactly, what was known stays."""
        before = counts(case, definition)
        changes: dict[str, Any] = {}
        for name in ("committed", "discovered", "decided"):
            given_span = getattr(case, name)
            span = given_span.ended if name == "committed" and given_span else given_span
            if span is not None:
                changes[name] = data.draw(st.dates(span.earliest, span.latest))
        after = counts(attrs.evolve(case, **changes), definition)
        for told, learnt in zip(before, after, strict=True):
            assert told is None or learnt == told


def with_dates(case: Case, change: Callable[[date], date]) -> Case:
    """The case with each of its dates, and of its record, changed."""

    def on(day: date | None) -> date | None:
        return None if day is None else change(day)

    def span(dates: DateSpan | None) -> DateSpan | None:
        return dates and DateSpan(on(dates.earliest), on(dates.latest))

    record = case.priors
    if record is not None:
        found = [
            attrs.evolve(
                prior,
                committed=on(prior.committed),
                discovered=on(prior.discovered),
                decided=on(prior.decided),
            )
            for prior in record.found
        ]
        record = attrs.evolve(record, searched_since=on(record.searched_since), found=found)
    return attrs.evolve(
        case,
        committed=span(case.committed.ended) if case.committed else None,
        discovered=span(case.discovered),
        decided=span(case.decided),
        priors=record,
    )


def moved(case: Case, years: int) -> Case:
    """The case with each of its dates in another year, which must have it."""
    return with_dates(case, lambda day: day.replace(year=day.year + years))


def quiet(day: date) -> date:
    """The day, or the 28th of its month if it is later."""
    return day.replace(day=min(day.day, 28))


def later(day: date | None, years: int) -> date | None:
    """The same day of another year, which must have it."""
    return None if day is None else day.replace(year=day.year + years)


def has_days(definition: FirstViolation) -> bool:
    """Whether a window of the definition is in days."""
    windows_of = [one.window for one in definition.special_windows]
    windows_of += [one for one in (definition.window, definition.search) if one is not None]
    return any(window.unit is WindowUnit.DAYS for window in windows_of)


class TestMoving:
    """Moving every date, `since` included, by the same whole years changes nothing.

    By a multiple of four years that is so for every case, because the leap years move along. By
    another number of years it is so unless a window is in days and a leap day lies within, or a
    date is the 29th, 30th or 31st: of a month that the other February does not have, or from
    which a window of months goes back to the last of a February.
    """

    @given(recorded_cases(), definitions, st.sampled_from((-8, -4, 4, 8)))
    def test_four_years(self, case: Case, definition: FirstViolation, years: int) -> None:
        """The pattern of leap years repeats every four years from 1904 to 2096."""
        other = attrs.evolve(definition, since=later(definition.since, years))
        assert counts(moved(case, years), other) == counts(case, definition)

    @given(recorded_cases(), definitions, maybe, st.integers(-3, 3))
    def test_any_year(
        self, case: Case, definition: FirstViolation, since: date | None, years: int
    ) -> None:
        """Without days beyond the 28th and windows in days any number of years will do."""
        assume(not has_days(definition))
        case = with_dates(case, quiet)
        since = since and quiet(since)
        here = attrs.evolve(definition, since=since)
        there = attrs.evolve(definition, since=later(since, years))
        assert counts(moved(case, years), there) == counts(case, here)

    def test_where_it_does_not_hold(self) -> None:
        """A window in days over a leap day; the 31st that goes back to the last of February."""
        for window, committed, prior, before, after in (
            (Window(365, WindowUnit.DAYS), "2024-03-01", "2023-03-01", True, False),
            (Window(6), "2023-08-31", "2023-02-28", False, True),
        ):
            found = [Prior(decided=date.fromisoformat(prior), violation="food.label")]
            record = Priors(searched_since=date(2000, 1, 1), found=found)
            case = attrs.evolve(CASE, committed=committed, priors=record)
            definition = FirstViolation(window=window)
            assert first(case, definition) is before
            assert first(moved(case, 1), definition) is after
