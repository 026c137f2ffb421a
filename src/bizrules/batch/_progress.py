"""How far a run is, and how long it will still take."""

from collections.abc import Callable
from typing import TypeAlias

import attrs


@attrs.frozen(kw_only=True)
class Progress:
    """How far a run is.

    Attributes:
        rows: Rows done, those of an earlier run included.
        kept: Rows done by an earlier run, which this one goes on with.
        total: Rows there are; None while that is not known.
        share: Share done, from 0 to 1; None if it cannot be told.
        seconds: Time since the run began to evaluate.
    """

    rows: int
    kept: int = 0
    total: int | None = None
    share: float | None = None
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Rows a second of this run; 0 before it did any."""
        return (self.rows - self.kept) / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds to go at this rate; None if that cannot be told."""
        if self.rate <= 0:
            return None
        total = self.total
        if total is None:
            total = round(self.rows / self.share) if self.share else None
        return None if total is None else max(0.0, (total - self.rows) / self.rate)


Report: TypeAlias = Callable[[Progress], None]
"""Is called after each part of a run."""
