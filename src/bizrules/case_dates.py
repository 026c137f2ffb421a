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

CASE_DATES: Final = ("committed", *DATES)
"""All dates of a case: a period may run from each of them."""

_Dated: TypeAlias = tuple[str, DateSpan]


def in_order(case: Case) -> bool:
    """Whether no date certainly lies before one that it must follow.

    The same as `order_problems` having nothing to say, for nearly every case and so quickly told.
    """
    act, reached = case.committed, None
    if act is not None:
        if act.began is not None and _is_before(act.ended, act.began):
            return False
        reached = (act.began or act.ended).earliest
    for span in (case.discovered, case.filed, case.notified, case.decided):
        if span is None:
            continue
        first, last = span.earliest, span.latest
        if reached is not None and last is not None and last < reached:
            return False
        if first is not None and (reached is None or reached < first):
            reached = first
    return next(_late_priors(case), None) is None


def order_problems(case: Case, locate: Locate) -> Iterator[Problem]:
    """Committed ≤ discovered ≤ filed ≤ notified ≤ decided, as far as the dates are certain.

    No earlier violation on record can have been decided after the case itself.
    An act that continues may be discovered before it ends, so it counts from its beginning.
    """
    for later, earlier in _out_of_order(case):
        path = ("committed", "to") if later[0] == "to" else (later[0],)
        yield _order_problem(later, earlier, locate(*path))
    for index, name, decided, day in _late_priors(case):
        later = f"priors.found[{index}].{name}", DateSpan.on(day)
        place = locate("priors", "found", index, name)
        yield _order_problem(("decided", DateSpan.on(decided)), later, place)


def _late_priors(case: Case) -> Iterator[tuple[int, str, date, date]]:
    """Steps of earlier violations that certainly lie after the decision of the case."""
    decided = case.decided.latest if case.decided is not None else None
    if case.priors is None or decided is None:
        return
    for index, prior in enumerate(case.priors.found):
        for name in ("committed", "discovered", "decided"):
            day: date | None = getattr(prior, name)
            if day is not None and decided < day:
                yield index, name, decided, day
                break


def _out_of_order(case: Case) -> Iterator[tuple[_Dated, _Dated]]:
    """Dates that certainly lie before one that they must follow, each with the nearest such."""
    act = case.committed
    seen: list[_Dated] = []
    if act is not None:
        seen.append(("committed", act.began or act.ended))
        if act.began is not None and _is_before(act.ended, act.began):
            yield ("to", act.ended), ("from", act.began)
    for name in DATES:
        span: DateSpan | None = getattr(case, name)
        if span is None:
            continue
        for earlier in reversed(seen):
            if _is_before(span, earlier[1]):
                yield (name, span), earlier
                break
        seen.append((name, span))


def _is_before(one: DateSpan, other: DateSpan) -> bool:
    return one.latest is not None and other.earliest is not None and one.latest < other.earliest


def _order_problem(later: _Dated, earlier: _Dated, location: Location) -> Problem:
    details = {
        "later": later[0],
        "later_date": format_span(later[1]),
        "earlier": earlier[0],
        "earlier_date": format_span(earlier[1]),
    }
    return Problem("dates-out-of-order", location, details)
