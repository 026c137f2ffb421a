"""The timeline as text: one item below the other, along a rail."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from bizrules import phrases
from bizrules.timeline._days import days_of, length_between, marked, uncertain
from bizrules.timeline._items import Item, ItemKind, Timeline
from bizrules.timeline._measuring import cells, wrap
from bizrules.wording import say_citations

COLUMNS: Final = 80
_NOTABLE: Final = 31
_MARKS: Final = {
    ItemKind.LAW: "§",
    ItemKind.WINDOW: "◇",
    ItemKind.PRIOR: "▲",
    ItemKind.ACT: "●",
    ItemKind.EVENT: "○",
    ItemKind.LIMITATION: "◇",
    ItemKind.DEADLINE: "◆",
    ItemKind.OPENING: "▷",
    ItemKind.SURCHARGE: "◆",
}
_MISSED: Final = "✗"


def render_text(timeline: Timeline, lang: str = "zh") -> str:
    """The timeline in 80 columns, a Chinese character taking two.

    Items stand by date, those of unknown date at the end. Between items more than a month apart
    stands how long it is from one to the other; the rail itself has no scale.

    Args:
        timeline: The timeline.
        lang: `zh` or `en`.
    """
    return "\n".join(_lines(timeline, lang)) + "\n"


def _lines(timeline: Timeline, lang: str) -> Iterator[str]:
    title = phrases.say("timeline.title", lang, case=" ".join(timeline.case.split()))
    yield from wrap(title, COLUMNS, cells)
    subtitle = phrases.say("timeline.subtitle", lang, title=timeline.title.in_(lang))
    yield from wrap(subtitle, COLUMNS, cells)
    if timeline.law is not None:
        law = phrases.say("timeline.law-applied", lang, text=timeline.law.in_(lang))
        yield from wrap(law, COLUMNS, cells)
    yield ""
    if not timeline.items:
        yield phrases.say("timeline.no-dates", lang)
    dates, kinds = _widths(timeline, lang)
    before: date | None = None
    for item in timeline.items:
        first = item.days[0]
        if before is not None:
            gap = length_between(before, first, lang) if (first - before).days > _NOTABLE else ""
            yield f"{' ' * dates}  {'┊' if gap else '│'} {gap}".rstrip()
        yield from _rows(item, days_of(item, lang), (dates, kinds), lang)
        before = first
    if timeline.undated:
        yield ""
        yield phrases.say("timeline.undated", lang)
    for item in timeline.undated:
        yield from _unknown(item, kinds, lang)


def _widths(timeline: Timeline, lang: str) -> tuple[int, int]:
    """Width of the dates and of the kinds."""
    days = (cells(day) for item in timeline.items for day in _split(days_of(item, lang)))
    kinds = (cells(_kind(item, lang)) for item in (*timeline.items, *timeline.undated))
    return max(days, default=0), max(kinds, default=0)


def _split(days: list[str]) -> list[str]:
    """A span between two days takes two lines."""
    found = []
    for day in days:
        first, mark, last = day.partition("~")
        found += [first, mark + last] if mark else [first]
    return found


def _kind(item: Item, lang: str) -> str:
    return phrases.say(f"timeline.kind.{item.kind.value}", lang)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))


def _rows(item: Item, days: list[str], widths: tuple[int, int], lang: str) -> Iterator[str]:
    """The lines of an item: its days on the left of the rail, what it says on the right."""
    dates, kinds = widths
    mark = _MISSED if item.overdue else _MARKS[item.kind]
    left = _split(days)
    right = list(_said(item, COLUMNS - dates - kinds - 6, lang))
    for at in range(max(len(left), len(right))):
        day = _padded(left[at] if at < len(left) else "", dates)
        kind = _padded(_kind(item, lang) if at == 0 else "", kinds)
        said = right[at] if at < len(right) else ""
        yield f"{day}  {'│' if at else mark} {kind}  {said}".rstrip()


def _said(item: Item, width: int, lang: str) -> Iterator[str]:
    yield from wrap(marked(item, lang), width, cells)
    notes = [note.in_(lang) for note in item.notes]
    rough = uncertain(item)
    if rough is not None:
        notes.insert(0, rough.in_(lang))
    if item.citations:
        notes.append(say_citations(item.citations, lang))
    if notes:
        said = phrases.say("note.mark", lang).join(notes)
        yield from (f"  {line}" for line in wrap(said, width - 2, cells))


def _unknown(item: Item, kinds: int, lang: str) -> Iterator[str]:
    for at, line in enumerate(_said(item, COLUMNS - kinds - 6, lang)):
        kind = _padded("" if at else _kind(item, lang), kinds)
        yield f"  {'  ' if at else '? '}{kind}  {line}".rstrip()
