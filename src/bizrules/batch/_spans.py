"""Dates of many rows, each known to lie between two days."""

from datetime import date
from typing import Final

import attrs
import numpy as np

from bizrules.batch._kernel import Array
from bizrules.values import DateSpan

BEFORE_ALL: Final = -1
"""A first day that is not known."""

AFTER_ALL: Final = 1 << 40
"""A last day that is not known."""


@attrs.frozen(eq=False)
class Spans:
    """First and last days of something in every row, as ordinals."""

    first: Array
    last: Array

    @property
    def is_absent(self) -> bool:
        """Whether it is not known in any row, as no column tells it."""
        return bool(len(self.first)) and self.first.strides == (0,)

    def span(self, row: int) -> DateSpan:
        """The span of a row."""
        first, last = int(self.first[row]), int(self.last[row])
        return DateSpan(
            None if first == BEFORE_ALL else date.fromordinal(first),
            None if last == AFTER_ALL else date.fromordinal(last),
        )


def absent(count: int) -> Spans:
    """Dates that are not known in any row; they take no memory."""
    return Spans(np.broadcast_to(BEFORE_ALL, (count,)), np.broadcast_to(AFTER_ALL, (count,)))
