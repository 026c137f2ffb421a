"""Laws of what counts as a first violation, on generated records and definitions."""

from datetime import date, timedelta
from typing import Any, TypeAlias

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from bizrules.cases import Case, Prior, PriorResult, Priors
from bizrules.rules import Anchor, Area, FirstViolation, Identity, Window, WindowUnit
from bizrules.values import DateSpan
from records import CASE, CATALOGUE, counts
from strategies import REGIONS

days = st.dates(date(2016, 1, 1), date(2022, 12, 31))
maybe = st.none() | days
windows = st.builds(Window, st.integers(1, 60), st.sampled_from(WindowUnit))
Truth: TypeAlias = bool | None

definitions = st.builds(
    FirstViolation,
    window=st.none() | windows,
    since=maybe,
    search=st.none() | windows,
    anchor=st.sampled_from(Anchor),
    counted_by=st.sampled_from(Anchor),
    identity=st.sampled_from(Identity),
    area=st.sampled_from(Area),
    counts_exemptions=st.booleans(),
)
priors = st.builds(
    Prior,
    committed=maybe,
    discovered=maybe,
    decided=maybe,
    region=st.none() | st.sampled_from((*REGIONS, "530302", "110105", "000000")),
    violation=st.none() | st.sampled_from((*CATALOGUE, "unlisted.act")),
    field=st.none() | st.sampled_from(("food", "fire")),
    department=st.none() | st.sampled_from(("market_regulation", "fire_rescue")),
    result=st.sampled_from(PriorResult),
)
records = st.builds(Priors, searched_since=maybe, found=st.lists(priors, max_size=4))


@st.composite
def rough_days(draw: st.DrawFn) -> DateSpan | None:
    """A date known to the day, roughly, or not at all."""
    first = draw(maybe)
    if first is None:
        return None
    return DateSpan(first, first + timedelta(days=draw(st.sampled_from((0, 0, 30, 365)))))


@st.composite
def recorded_cases(draw: st.DrawFn) -> Case:
    """Cases with dates known more or less exactly, and a record of earlier violations."""
    return attrs.evolve(
        CASE,
        committed=draw(rough_days()),
        discovered=draw(rough_days()),
        decided=draw(rough_days()),
        priors=draw(st.none() | records),
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

    @given(recorded_cases(), definitions, priors)
    def test_a_prior_never_helps(
        self, case: Case, definition: FirstViolation, prior: Prior
    ) -> None:
        """Adding an earlier violation never makes `first` true, and never saves it."""
        assume(case.priors is not None)
        assert case.priors is not None
        before = first(case, definition)
        after = first(with_found(case, *case.priors.found, prior), definition)
        assert after in {True: (True, False, None), None: (None, False), False: (False,)}[before]

    @given(recorded_cases(), definitions)
    def test_order_of_priors(self, case: Case, definition: FirstViolation) -> None:
        """The order in which priors were found does not matter."""
        assume(case.priors is not None)
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

    @given(recorded_cases(), definitions, st.integers(0, 2000))
    def test_a_longer_search(self, case: Case, definition: FirstViolation, more: int) -> None:
        """A search that goes further back and finds nothing new can settle, never unsettle."""
        assume(case.priors is not None and case.priors.searched_since is not None)
        assert case.priors is not None
        assert case.priors.searched_since is not None
        since = case.priors.searched_since - timedelta(days=more)
        longer = attrs.evolve(case, priors=attrs.evolve(case.priors, searched_since=since))
        before = first(case, definition)
        assert before is None or first(longer, definition) is before

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
        endless = attrs.evolve(definition, window=None)
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
        strict = attrs.evolve(definition, counts_exemptions=True)
        lenient = attrs.evolve(definition, counts_exemptions=False)
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
        for known, learnt in zip(before, after, strict=True):
            assert known is None or learnt == known
