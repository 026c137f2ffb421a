"""Where the marks and labels of the drawing go, so that none covers another."""

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from bizrules import phrases
from bizrules.timeline._axis import Axis
from bizrules.timeline._days import is_rough, marked, said_days, uncertain
from bizrules.timeline._items import Item
from bizrules.timeline._measuring import ems, shorten, wrap
from bizrules.values import DateSpan

SIZE: Final = 12.0
SMALL: Final = 11.0
LINE: Final = 16.0
SMALL_LINE: Final = 14.0
MARK: Final = 6.0
BAR: Final = 7.0
_LABEL: Final = 310.0
_MOST_LINES: Final = 3
_MOST_NOTES: Final = 2
_GAP: Final = 6.0
_ASIDE: Final = MARK + 5.0


@attrs.frozen
class Box:
    """A rectangle. *Unit*: px."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether the two have some area in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def lowered(self, by: float) -> "Box":
        """The rectangle further down."""
        return Box(self.left, self.top + by, self.right, self.bottom + by)


@attrs.frozen(kw_only=True)
class Placed:
    """An item on the drawing.

    Attributes:
        item: The item.
        lines: Its label, line by line; the first begins with its days.
        notes: What else is said, line by line.
        start: Where its mark or bar begins. *Unit*: px.
        end: Where a bar ends; the same place for a mark. *Unit*: px.
        text: Where its text begins, or where it ends. *Unit*: px.
        is_left: Whether its text stands to the left of the mark and ends there.
        box: What it covers, label included.
    """

    item: Item
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    start: float
    end: float
    text: float
    is_left: bool = False
    box: Box

    @property
    def is_bar(self) -> bool:
        """Whether it is drawn as a bar, with its text below."""
        return self.item.since is not None or is_rough(self.item.on)


def text_width(text: str, size: float) -> float:
    """Width of a text of a size. *Unit*: px."""
    return ems(text) * size


def placed(items: Iterable[Item], axis: Axis, room: Box, lang: str) -> tuple[Placed, ...]:
    """The items, each as high as it can stand without covering one before it.

    Args:
        items: The items of a lane.
        axis: Where the days are.
        room: Where marks and labels may go; it is open below.
        lang: `zh` or `en`.
    """
    found: list[Placed] = []
    for item in items:
        loose = _loose(item, axis, room, lang)
        found.append(_lowered(loose, [other.box for other in found]))
    return tuple(found)


def _lowered(loose: Placed, others: Sequence[Box]) -> Placed:
    drops = [0.0, *sorted(other.bottom - loose.box.top for other in others)]
    # Below the lowest of them there is always room.
    boxes = (loose.box.lowered(drop) for drop in drops)
    free = next(box for box in boxes if not any(box.meets(other) for other in others))
    return attrs.evolve(loose, box=free)


def _loose(item: Item, axis: Axis, room: Box, lang: str) -> Placed:
    """The item at the top of the room."""
    lines, notes = label_lines(item, lang)
    width = max(
        *(text_width(line, SIZE) for line in lines),
        *(text_width(note, SMALL) for note in notes),
        0.0,
    )
    height = len(lines) * LINE + len(notes) * SMALL_LINE + _GAP
    start, end = ends(item, axis, room)
    is_left = False
    if item.since is not None or is_rough(item.on):
        text = max(room.left, min(start, room.right - width))
        height += BAR + 2
        left, right = min(start, text), max(end, text + width)
    else:
        is_left = start + _ASIDE + width > room.right
        text = start - _ASIDE if is_left else start + _ASIDE
        left = text - width if is_left else start - MARK
        right = start + MARK if is_left else text + width
    box = Box(left, room.top, right + _GAP, room.top + height)
    return Placed(
        item=item,
        lines=lines,
        notes=notes,
        start=start,
        end=end,
        text=text,
        is_left=is_left,
        box=box,
    )


def label_lines(item: Item, lang: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of the label and of the notes, as much as the drawing has room for."""

    def width_in(size: float) -> float:
        return _LABEL / size

    lines = wrap(f"{said_days(item, lang)} {marked(item, lang)}", width_in(SIZE), ems)
    rough = uncertain(item)
    notes = [note.in_(lang) for note in (*((rough,) if rough else ()), *item.notes)]
    said = phrases.say("note.mark", lang).join(notes)
    small = wrap(said, width_in(SMALL), ems) if said else []
    return (
        tuple(shorten(lines, _MOST_LINES, width_in(SIZE), ems)),
        tuple(shorten(small, _MOST_NOTES, width_in(SMALL), ems)),
    )


def ends(item: Item, axis: Axis, room: Box) -> tuple[float, float]:
    """Where the mark or bar of an item begins and ends; an open end is that of the room."""

    def first(span: DateSpan) -> float:
        return room.left if span.earliest is None else axis.x(span.earliest)

    def last(span: DateSpan) -> float:
        return room.right if span.latest is None else axis.x(span.latest)

    return first(item.on if item.since is None else item.since), last(item.on)
