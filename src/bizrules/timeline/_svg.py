"""The timeline as a drawing: a time axis, and below it a lane for each group of items."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import attrs

from bizrules import phrases
from bizrules.timeline._axis import Axis, Gap, axis_of, tick_text
from bizrules.timeline._days import is_rough, length_between, said_days, short_span
from bizrules.timeline._items import Item, ItemKind, Lane, Timeline
from bizrules.timeline._layout import (
    BAR,
    LINE,
    SIZE,
    SMALL,
    SMALL_LINE,
    Box,
    Placed,
    placed,
    text_width,
)
from bizrules.timeline._marking import bar, mark
from bizrules.timeline._measuring import ems, shorten, wrap
from bizrules.timeline._xml import STYLE, clean, line, number, text, title
from bizrules.wording import join, say_citations

WIDTH: Final = 960
_MARGIN: Final = 20.0
_GUTTER: Final = 116.0
_INSET: Final = 14.0
_PAD: Final = 10.0
_EDGE: Final = 4.0
_MOST_LINES: Final = 2
_LAW_SIZE: Final = 12.0
_TITLE_SIZE: Final = 18.0


@attrs.frozen(kw_only=True)
class _Strip:
    """A lane with what stands in it."""

    lane: Lane
    top: float
    bottom: float
    items: tuple[Placed, ...]


def render_svg(timeline: Timeline, lang: str = "zh") -> str:
    """The timeline as an SVG document of its own, 960 px wide, for light and dark pages.

    Time is in proportion; where a long period would leave no room for the rest, the axis is
    broken and says for how long. No label covers another.

    Args:
        timeline: The timeline.
        lang: `zh` or `en`.
    """
    y, head = _head(timeline, lang)
    body: list[str] = []
    broken = False
    if timeline.items:
        y, body, broken = _chart(timeline, y, lang)
    y, foot = _foot(timeline, y, lang, broken=broken)
    return "\n".join((*_opening(timeline, y + _MARGIN, lang), *head, *body, *foot, "</svg>\n"))


def _opening(timeline: Timeline, height: float, lang: str) -> tuple[str, ...]:
    """The beginning of the document: what it is, its style, its page."""
    name = phrases.say("timeline.title", lang, case=timeline.case)
    code = "zh-CN" if lang == "zh" else lang
    size = f'width="{WIDTH}" height="{number(height)}"'
    return (
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}'
            f' viewBox="0 0 {WIDTH} {number(height)}" role="img" aria-labelledby="title desc"'
            f' xml:lang="{code}">'
        ),
        f'<title id="title">{clean(name)}</title>',
        f'<desc id="desc">{clean(_description(timeline, lang))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" {size} rx="8"/>',
    )


def _description(timeline: Timeline, lang: str) -> str:
    """What the drawing shows, for who cannot see it: every item with its day."""
    lanes = join((phrases.say(f"timeline.lane.{lane.value}", lang) for lane in Lane), lang)
    said = [phrases.say("timeline.description", lang, lanes=lanes)]
    for item in timeline.items:
        day = short_span(item.on)
        label = item.label.in_(lang)
        said.append(phrases.say("timeline.description.item", lang, day=day, label=label))
    return "\n".join(said)


def _head(timeline: Timeline, lang: str) -> tuple[float, list[str]]:
    """Case, violation and law applied; where they end."""
    width = WIDTH - 2 * _MARGIN
    name = " ".join(phrases.say("timeline.title", lang, case=timeline.case).split())
    subtitle = phrases.say("timeline.subtitle", lang, title=timeline.title.in_(lang))
    rows = [("title", _TITLE_SIZE, name), ("label", SIZE, subtitle)]
    if timeline.law is not None:
        said = phrases.say("timeline.law-applied", lang, text=timeline.law.in_(lang))
        rows.append(("note", _LAW_SIZE, said))
    y, found = _MARGIN, []
    for style, size, said in rows:
        for one in wrap(said, width / size, ems):
            y += size * 1.5
            found.append(text(_MARGIN, y - size * 0.3, one, style))
    return y + 2 * _PAD, found


def _chart(timeline: Timeline, top: float, lang: str) -> tuple[float, list[str], bool]:
    """Axis and lanes; where they end, and whether the axis is broken."""
    days = [day for item in timeline.items for day in item.days]
    axis = axis_of(days, _GUTTER + _INSET, WIDTH - _MARGIN - _INSET)
    y = top + 2 * SMALL_LINE + _PAD
    strips = []
    for lane in Lane:
        items = tuple(item for item in timeline.items if item.kind.lane is lane)
        if items:
            strips.append(_strip(lane, items, axis, y, lang))
            y = strips[-1].bottom
    chart = Box(_GUTTER, top + SMALL_LINE + _PAD, WIDTH - _MARGIN, y)
    found = [
        *_guides(timeline.items, axis, chart),
        *_lanes(strips, lang),
        *_axis(axis, chart, lang),
        *(part for strip in strips for one in strip.items for part in _item(one, chart, lang)),
    ]
    return y, found, bool(axis.breaks)


def _strip(lane: Lane, items: tuple[Item, ...], axis: Axis, top: float, lang: str) -> _Strip:
    room = Box(_GUTTER, top + _PAD, WIDTH - _MARGIN, top)
    found = placed(items, axis, room, lang)
    height = len(_title_lines(lane, lang)) * LINE
    bottom = max(top + _PAD + height, *(one.box.bottom for one in found)) + _PAD / 2
    return _Strip(lane=lane, top=top, bottom=bottom, items=found)


def _lanes(strips: Iterable[_Strip], lang: str) -> Iterator[str]:
    """The lines between lanes, and what each lane is called."""
    for strip in strips:
        yield line("rule", _MARGIN, strip.top, WIDTH - _MARGIN, strip.top)
        for at, one in enumerate(_title_lines(strip.lane, lang)):
            y = strip.top + _PAD + SIZE + at * LINE
            yield text(_MARGIN, y, one, f"lane {strip.lane.value}")


def _title_lines(lane: Lane, lang: str) -> list[str]:
    """What a lane is called, in the room left of the chart."""
    width = (_GUTTER - _MARGIN - _PAD) / SIZE
    return wrap(phrases.say(f"timeline.lane.{lane.value}", lang), width, ems)


def _guides(items: Iterable[Item], axis: Axis, chart: Box) -> Iterator[str]:
    """A line through all lanes on every day on which something happened."""
    kinds = (ItemKind.ACT, ItemKind.EVENT)
    days = {day for item in items if item.kind in kinds for day in item.days}
    for day in sorted(days):
        x = axis.x(day)
        yield line("guide", x, chart.top, x, chart.bottom)


def _axis(axis: Axis, chart: Box, lang: str) -> Iterator[str]:
    """The axis with its breaks and dates."""
    y = chart.top
    taken: list[Box] = []
    yield line("axis", chart.left, y, chart.right, y)
    for gap in axis.breaks:
        yield from _break(gap, y, taken, lang)
    for day in axis.marks():
        yield from _tick(day, axis, y, taken)


def _break(gap: Gap, y: float, taken: list[Box], lang: str) -> Iterator[str]:
    middle = gap.left + gap.width / 2
    said = length_between(gap.first, gap.last, lang)
    half = text_width(said, SMALL) / 2
    # Above the dates, so that both have room.
    taken.append(Box(middle - 5, y - SMALL_LINE, middle + 5, y))
    yield text(middle - half, y - SMALL_LINE - _PAD + 1, said, "note")
    yield f'<rect class="page" x="{number(middle - 4)}" y="{number(y - 5)}" width="8" height="10"/>'
    for x in (middle - 4, middle + 4):
        yield line("axis", x - 3, y + 6, x + 3, y - 6)


def _tick(day: date, axis: Axis, y: float, taken: list[Box]) -> Iterator[str]:
    said = tick_text(day, axis)
    width = text_width(said, SMALL)
    x = axis.x(day)
    left = min(max(x - width / 2, _MARGIN), WIDTH - _EDGE - width)
    box = Box(left - _PAD / 2, y - SMALL_LINE, left + width + _PAD / 2, y)
    if any(box.meets(other) for other in taken):
        return
    taken.append(box)
    yield line("axis", x, y - 3, x, y + 3)
    yield text(left, y - 6, said, "note")


def _item(one: Placed, chart: Box, lang: str) -> Iterator[str]:
    """An item with its mark, its text, and all of it as a tooltip."""
    item = one.item
    notes = [note.in_(lang) for note in item.notes]
    if item.citations:
        notes.append(say_citations(item.citations, lang))
    full = "\n".join((f"{said_days(item, lang)} {item.label.in_(lang)}", *notes))
    style = f"{item.kind.lane.value} missed" if item.overdue else item.kind.lane.value
    yield f'<g class="item {style}">{title(full)}'
    if one.is_bar:
        yield bar(one, chart)
        y = one.box.top + BAR + 2
    else:
        yield mark(item, one.start, one.box.top + LINE / 2)
        y = one.box.top
    side = " left" if one.is_left else ""
    for at, said in enumerate(one.lines):
        yield text(one.text, y + SIZE + at * LINE, said, f"label{side}")
    y += len(one.lines) * LINE
    for at, said in enumerate(one.notes):
        yield text(one.text, y + SMALL + at * SMALL_LINE, said, f"note{side}")
    yield "</g>"


def _foot(timeline: Timeline, top: float, lang: str, *, broken: bool) -> tuple[float, list[str]]:
    """What has no date, and what the signs mean; where they end."""
    rows = list(_unknown(timeline, lang))
    if broken:
        rows.append(("note", SMALL, phrases.say("timeline.broken", lang)))
    if any(_is_hollow(item) for item in timeline.items):
        rows.append(("note", SMALL, phrases.say("timeline.dashed", lang)))
    y, found = top + _PAD, []
    if rows and timeline.items:
        found.append(line("rule", _MARGIN, top, WIDTH - _MARGIN, top))
    for style, size, said in rows:
        y += LINE
        found.append(text(_MARGIN, y - LINE + size, said, style))
    return y, found


def _is_hollow(item: Item) -> bool:
    return not item.certain or (item.since is None and is_rough(item.on))


def _unknown(timeline: Timeline, lang: str) -> Iterator[tuple[str, float, str]]:
    """What has no date: events on one line, and each deadline that follows for sure."""
    if not timeline.items:
        yield "label", SIZE, phrases.say("timeline.no-dates", lang)
    if not timeline.undated:
        return
    yield "lane", SIZE, phrases.say("timeline.undated", lang)
    plain = [item for item in timeline.undated if not item.notes]
    sure = [item for item in timeline.undated if item.notes and item.certain]
    said = [phrases.say("list.mark", lang).join(item.label.in_(lang) for item in plain)]
    for item in sure:
        notes = (note.in_(lang) for note in item.notes)
        said.append(phrases.say("note.mark", lang).join((item.label.in_(lang), *notes)))
    left = len(timeline.undated) - len(plain) - len(sure)
    if left:
        said.append(phrases.say("timeline.unsure", lang, count=left))
    width = (WIDTH - 2 * _MARGIN) / SIZE
    for one in said:
        for row in shorten(wrap(one, width, ems), _MOST_LINES, width, ems):
            yield "label", SIZE, row
