"""Timelines of any case: nothing fails, nothing is lost, no label covers another."""

from datetime import date
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import attrs
from hypothesis import given
from hypothesis import strategies as st

from bizrules.case_dates import in_order
from bizrules.cases import Case
from bizrules.outcomes import Outcome
from bizrules.provenance import Text
from bizrules.timeline import Item, ItemKind, Timeline, render_svg, render_text, timeline_of
from bizrules.timeline._axis import axis_of
from bizrules.timeline._layout import Box, placed
from bizrules.timeline._measuring import cells
from bizrules.values import DateSpan
from outcome_samples import engine as sample_engine
from strategies import cases as any_cases
from strategies import dates, spans

ENGINE = sample_engine()
CASES = any_cases(
    ENGINE.vocabulary, regions=("530103", "530102"), violations=sorted(ENGINE.violations)
).filter(in_order)
LANGUAGES = st.sampled_from(("zh", "en"))
WORDS = st.text("违法行为、；（）《》 abcWM,.-", min_size=1, max_size=80).filter(str.strip)
TEXTS = st.builds(lambda word: Text(zh=word, en=word), WORDS)
DAYS = dates().flatmap(spans) | st.just(DateSpan())
ITEMS = st.builds(
    Item,
    kind=st.sampled_from(ItemKind),
    on=DAYS,
    since=st.none() | DAYS,
    label=TEXTS,
    notes=st.lists(TEXTS, max_size=2).map(tuple),
    overdue=st.booleans(),
    certain=st.booleans(),
)


def evaluated(case: Case) -> Outcome:
    """The outcome of a case."""
    return ENGINE.evaluate(case)


def known_days(case: Case) -> set[date]:
    """Every day that the case names of itself."""
    act = case.committed
    steps = (case.discovered, case.filed, case.notified, case.decided)
    acted = () if act is None else (act.began, act.ended)
    spans = [span for span in (*steps, *acted) if span is not None]
    stated = [value for value in case.facts.values() if isinstance(value, date)]
    found = [day for span in spans for day in (span.earliest, span.latest)]
    return {day for day in (*found, *stated) if day is not None}


class TestAnyCase:
    """Any case has a timeline in either language."""

    @given(CASES, LANGUAGES)
    def test_every_known_date_appears(self, case: Case, lang: str) -> None:
        """No date that the case states is missing from the text or from the drawing."""
        timeline = timeline_of(evaluated(case), ENGINE)
        said, drawn = render_text(timeline, lang), render_svg(timeline, lang)
        ET.fromstring(drawn)  # noqa: S314 - our own
        for day in known_days(case):
            assert day.isoformat() in said
            assert day.isoformat() in drawn

    @given(CASES)
    def test_events_are_never_lost(self, case: Case) -> None:
        """The act and the four steps of the authority are there, with a date or without."""
        timeline = timeline_of(evaluated(case), ENGINE)
        every = (*timeline.items, *timeline.undated)
        assert sum(item.kind is ItemKind.ACT for item in every) == 1
        assert sum(item.kind is ItemKind.EVENT for item in every) >= 4
        assert all(item.days for item in timeline.items)
        assert not any(item.days for item in timeline.undated)


@given(st.lists(ITEMS, max_size=8), LANGUAGES)
def test_any_items_are_drawn(items: list[Item], lang: str) -> None:
    """Whatever the items say and however much of their dates is known, they can be drawn."""
    timeline = Timeline(
        case="1",
        title=Text(zh="甲", en="A"),
        items=tuple(item for item in items if item.days),
        undated=tuple(item for item in items if not item.days),
    )
    ET.fromstring(render_svg(timeline, lang))  # noqa: S314 - our own
    assert all(cells(line) <= 80 for line in render_text(timeline, lang).splitlines())


@given(st.lists(ITEMS.filter(lambda item: bool(item.days)), min_size=1, max_size=10), LANGUAGES)
def test_no_label_covers_another(items: list[Item], lang: str) -> None:
    """The boxes of a lane, marks and labels included, have no area in common and stay inside."""
    axis = axis_of((day for item in items for day in item.days), 130, 926)
    room = Box(116, 0, 940, 0)
    found = placed(items, axis, room, lang)
    assert not any(one.box.meets(other.box) for one, other in combinations(found, 2))
    assert all(one.box.left >= 100 and one.box.right <= 960 for one in found)


@given(st.lists(dates(), min_size=1, max_size=30))
def test_the_axis_keeps_the_order_of_days(days: list[date]) -> None:
    """A later day stands further to the right, from one end of the axis to the other."""
    axis = axis_of(days, 100, 900)
    places = [axis.x(day) for day in sorted(set(days))]
    assert all(one < other for one, other in pairwise(places))
    assert places[0] == 100
    assert len(places) == 1 or round(places[-1], 3) == 900


@given(st.lists(ITEMS, max_size=5))
def test_drawing_twice_gives_the_same(items: list[Item]) -> None:
    """The same timeline is drawn the same."""
    known = tuple(item for item in items if item.days)
    timeline = Timeline(case="1", title=Text(zh="甲", en="A"), items=known)
    assert render_svg(timeline) == render_svg(attrs.evolve(timeline))
