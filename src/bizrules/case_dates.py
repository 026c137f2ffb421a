"""The order in which the dates of a case follow each other."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, TypeAlias

from bizrules.cases import Case, format_span
from bizrules.errors import Problem
from bizrules.provenance import Location
from bizrules.values import DateSpan

Locate: TypeAlias = Callable[..., Location]
"""The place of a part of a case, by its path."""

DATES: Final = ("discovered", "filed", "notified", "decided")
"""Dates of a case after the act, in the order in which they follow each other."""


def in_order(case: Case) -> bool:
    """Whether no date certainly lies before one that it must follow."""
    act = case.committed
    if act is not None and act.began is not None and _is_before(act.ended, act.began):
        return False
    begun = None if act is None else act.began or act.ended
    last: date | None = None
    for span in (begun, case.discovered, case.filed, case.notified, case.decided):
        if span is None:
            continue
        if last is not None and span.latest is not None and span.latest < last:
            return False
        if span.earliest is not None and (last is None or last < span.earliest):
            last = span.earliest
    return True


def order_problems(case: Case, locate: Locate) -> Iterator[Problem]:
    """Committed ≤ discovered ≤ filed ≤ notified ≤ decided, as far as the dates are certain.

    An act that continues may be discovered before it ends, so it counts from its beginning.
    """
    act = case.committed
    seen: list[tuple[str, DateSpan]] = []
    if act is not None:
        seen.append(("committed", act.began or act.ended))
        if act.began is not None and _is_before(act.ended, act.began):
            yield _order_problem(("to", act.ended), ("from", act.began), locate("committed", "to"))
    for name in DATES:
        span: DateSpan | None = getattr(case, name)
        if span is None:
            continue
        for earlier in reversed(seen):
            if _is_before(span, earlier[1]):
                yield _order_problem((name, span), earlier, locate(name))
                break
        seen.append((name, span))


def _is_before(one: DateSpan, other: DateSpan) -> bool:
    return one.latest is not None and other.earliest is not None and one.latest < other.earliest


def _order_problem(
    later: tuple[str, DateSpan], earlier: tuple[str, DateSpan], location: Location
) -> Problem:
    details = {
        "later": later[0],
        "later_date": format_span(later[1]),
        "earlier": earlier[0],
        "earlier_date": format_span(earlier[1]),
    }
    return Problem("dates-out-of-order", location, details)
