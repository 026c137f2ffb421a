"""The days that decide which law is looked at."""

from collections.abc import Iterable
from datetime import date

import attrs

from bizrules.rules import Reach
from bizrules.values import DateSpan, Interval


@attrs.frozen
class Moment:
    """The days that decide which law is looked at.

    Attributes:
        law: Days of the law: those of the act, or those of the decision.
        act: Days of the act.
        decision: Days of the decision.
    """

    law: DateSpan
    act: DateSpan
    decision: DateSpan

    @classmethod
    def on(cls, span: DateSpan) -> "Moment":
        """Act and decision on the same days."""
        return cls(span, span, span)

    def span(self, reach: Reach) -> DateSpan:
        """The days on which a rule must be in force, by how far it reaches back."""
        if reach is Reach.IF_MORE_LENIENT:
            return self.law
        return self.act if reach is Reach.NEVER else self.decision


def days_of(span: DateSpan, intervals: Iterable[Interval]) -> tuple[DateSpan, ...]:
    """A day for each stretch of the span between the ends of the intervals."""
    first, last = span.earliest or date.min, span.latest or date.max
    ends = {end for interval in intervals for end in (interval.start, interval.until)}
    inside = sorted(end for end in ends if end is not None and first < end <= last)
    return tuple(DateSpan.on(day) for day in (first, *inside))
