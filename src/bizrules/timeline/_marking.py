"""The marks of the drawing; each kind has a shape of its own, not only a colour."""

from collections.abc import Iterable
from typing import Final

from bizrules.timeline._items import Item, ItemKind
from bizrules.timeline._layout import BAR, MARK, Box, Placed
from bizrules.timeline._xml import number

_POINT: Final = 5.0


def mark(item: Item, x: float, y: float) -> str:
    """A mark at a place: a disc, ring, triangle, square or diamond; hollow where uncertain."""
    style = "mark" if item.certain and item.kind is not ItemKind.EVENT else "mark hollow"
    if item.kind in (ItemKind.ACT, ItemKind.EVENT):
        return f'<circle class="{style}" cx="{number(x)}" cy="{number(y)}" r="{number(MARK - 1)}"/>'
    return f'<path class="{style}" d="{_path(item.kind, x, y)}"/>'


def _path(kind: ItemKind, x: float, y: float) -> str:
    near, far = MARK - 1, MARK
    corners: tuple[tuple[float, float], ...] = ((0, -far), (far, 0), (0, far), (-far, 0))
    if kind is ItemKind.PRIOR:
        corners = ((0, -far), (far, near), (-far, near))
    elif kind is ItemKind.LAW:
        corners = ((-near, -near), (near, -near), (near, near), (-near, near))
    elif kind is ItemKind.OPENING:
        corners = ((-near, -far), (far, 0), (-near, far))
    return closed((x + across, y + down) for across, down in corners)


def closed(points: Iterable[tuple[float, float]]) -> str:
    """The outline through the points."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def bar(one: Placed, chart: Box) -> str:
    """A bar from the first day to the last; dashed where the day lies somewhere in it.

    An end that is open is drawn as a point.
    """
    item = one.item
    top, bottom = one.box.top, one.box.top + BAR
    middle = (top + bottom) / 2
    start, end = one.start, max(one.end, one.start + 2)
    before = item.on if item.since is None else item.since
    back = _POINT if before.earliest is None and start <= chart.left else 0.0
    on = _POINT if item.on.latest is None and end >= chart.right else 0.0
    points = (
        (start, middle),
        (start + back, top),
        (end - on, top),
        (end, middle),
        (end - on, bottom),
        (start + back, bottom),
    )
    style = "bar" if item.certain and item.since is not None else "bar hollow"
    return f'<path class="{style}" d="{closed(points)}"/>'
