"""A time axis on which a week and five years are both legible."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Final

import attrs

BREAK: Final = 88.0
"""Width of a break. *Unit*: px."""

_LONG: Final = 270
_MOST_BREAKS: Final = 3
_SHARE: Final = 4
_LEAST: Final = 6.0
_QUARTER: Final = 3


@attrs.frozen
class Gap:
    """Time between two days that stand on the axis.

    Attributes:
        first: The earlier day.
        last: The later day.
        left: Where it begins. *Unit*: px.
        width: How wide it is. *Unit*: px.
        is_broken: Whether time is left out of it.
    """

    first: date
    last: date
    left: float
    width: float
    is_broken: bool = False

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.last - self.first).days


@attrs.frozen(kw_only=True)
class Axis:
    """Where each day stands.

    Attributes:
        days: Days that something falls on, in order.
        left: Where the first of them stands. *Unit*: px.
        right: Where the last of them stands. *Unit*: px.
        gaps: What lies between them.
    """

    days: tuple[date, ...]
    left: float
    right: float
    gaps: tuple[Gap, ...]

    def x(self, day: date) -> float:
        """Where a day stands; outside the axis, its nearer end."""
        at = bisect_right(self.days, day) - 1
        if at < 0:
            return self.left
        if at >= len(self.gaps):
            return self.gaps[-1].left + self.gaps[-1].width if self.gaps else self.left
        gap = self.gaps[at]
        return gap.left + gap.width * (day - gap.first).days / gap.days

    @property
    def breaks(self) -> tuple[Gap, ...]:
        """Where time is left out."""
        return tuple(gap for gap in self.gaps if gap.is_broken)

    def marks(self) -> Iterator[date]:
        """Days to write at the axis, the most useful first: ends, years, quarters, months."""
        runs = list(self._runs())
        yield from dict.fromkeys(day for run in runs for day in run)
        starts = [day for first, last in runs for day in _month_starts(first, last)]
        yield from (day for day in starts if day.month == 1)
        yield from (day for day in starts if day.month != 1 and day.month % _QUARTER == 1)
        yield from (day for day in starts if day.month % _QUARTER != 1)

    def _runs(self) -> Iterator[tuple[date, date]]:
        """First and last day of each part between breaks."""
        first = self.days[0]
        for gap in self.breaks:
            yield first, gap.first
            first = gap.last
        yield first, self.days[-1]


def _month_starts(first: date, last: date) -> Iterator[date]:
    for year in range(first.year, last.year + 1):
        for month in range(1, 13):
            day = date(year, month, 1)
            if first < day < last:
                yield day


def axis_of(days: Iterable[date], left: float, right: float) -> Axis:
    """The axis of the days from one end to the other.

    Between days, time is in proportion, but every gap has a least width. Gaps of more than nine
    months that would leave little room for the rest are broken: they take a fixed width.

    Args:
        days: Days on which something falls; at least one.
        left: Where the first stands. *Unit*: px.
        right: Where the last stands. *Unit*: px.
    """
    known = tuple(sorted(set(days)))
    spans = list(pairwise(known))
    lengths = [(last - first).days for first, last in spans]
    broken = _broken(lengths)
    whole = [length for at, length in enumerate(lengths) if at not in broken]
    room = right - left - BREAK * len(broken)
    least = min(_LEAST, room / 2 / len(whole)) if whole else 0.0
    scale = (room - least * len(whole)) / sum(whole) if whole else 0.0
    gaps, x = [], left
    for at, (first, last) in enumerate(spans):
        width = BREAK if at in broken else least + lengths[at] * scale
        gaps.append(Gap(first, last, x, width, at in broken))
        x += width
    return Axis(days=known, left=left, right=right, gaps=tuple(gaps))


def _broken(lengths: list[int]) -> set[int]:
    """Which gaps to break, the longest first; the last one is always left whole."""
    broken: set[int] = set()
    while len(broken) < min(_MOST_BREAKS, len(lengths) - 1):
        left = [(length, -at) for at, length in enumerate(lengths) if at not in broken]
        length, at = max(left)
        if length <= _LONG or length * _SHARE <= sum(one for one, _ in left):
            break
        broken.add(-at)
    return broken


def tick_text(day: date, axis: Axis) -> str:
    """What to write for a day: the day, or the month or year that begins with it."""
    at = bisect_left(axis.days, day)
    if at < len(axis.days) and axis.days[at] == day:
        return day.isoformat()
    return f"{day:%Y}" if day.month == 1 else f"{day:%Y-%m}"
