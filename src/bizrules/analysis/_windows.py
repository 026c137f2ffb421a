"""Two definitions of a first violation compared: under which of them more earlier ones count."""

from collections.abc import Iterator
from typing import Final

import attrs

from bizrules.conditions import Condition, Not, Op, Share, Test, children
from bizrules.history import BY_DEFINITION, FirstViolation, Window, WindowUnit

_RISING: Final = {
    Op.AT_LEAST: True,
    Op.ABOVE: True,
    Op.AT_MOST: False,
    Op.BELOW: False,
}


def is_wider(
    old: FirstViolation | None, new: FirstViolation | None, violations: frozenset[str] | None
) -> bool | None:
    """Whether more earlier violations count than did; None if that cannot be told.

    It is told only where nothing but the windows differs, and each one contains the other.

    Args:
        old: The definition as it was.
        new: The definition as it is.
        violations: Violations that it is about; None for all.
    """
    if old is None or new is None or _besides(old) != _besides(new):
        return None
    pairs = [(_windows(old, name), _windows(new, name)) for name in _names(old, new, violations)]
    if all(_contain(after, before) for before, after in pairs):
        return True
    return False if all(_contain(before, after) for before, after in pairs) else None


def _besides(given: FirstViolation) -> FirstViolation:
    """The definition without its windows, wherever it stands."""
    return attrs.evolve(
        given, ruleset="", citations=(), window=None, special_windows=(), search=None
    )


def _names(
    old: FirstViolation, new: FirstViolation, violations: frozenset[str] | None
) -> frozenset[str]:
    """Violations to compare the windows for; the empty name stands for any other."""
    if violations is not None:
        return violations
    special = (*old.special_windows, *new.special_windows)
    return frozenset({""}.union(*(one.violations for one in special)))


def _windows(given: FirstViolation, violation: str) -> tuple[Window | None, Window | None]:
    """The window for a violation, and how far back the registers must be searched."""
    window = given.window_for(violation)
    return window, window or given.search


def _contain(
    wider: tuple[Window | None, Window | None], other: tuple[Window | None, Window | None]
) -> bool:
    return all(map(_contains, wider, other))


def _contains(wider: Window | None, other: Window | None) -> bool:
    """Whether every day of the one window lies in the other, whatever the anchor."""
    if wider is None or wider == other:
        return True
    if other is None:
        return False
    in_days = WindowUnit.DAYS in (wider.unit, other.unit)
    return _lengths(wider, in_days=in_days)[0] >= _lengths(other, in_days=in_days)[1]


def _lengths(window: Window, *, in_days: bool) -> tuple[int, int]:
    """The least and the greatest length that a window may have, in months or in days."""
    if window.unit is WindowUnit.DAYS:
        return window.length, window.length
    months = window.length, window.length
    if window.unit is WindowUnit.CALENDAR_YEARS:
        months = 12 * (window.length - 1), 12 * window.length
    if not in_days:
        return months
    (least, rest), (most, more) = divmod(months[0], 12), divmod(months[1], 12)
    return 365 * least + 28 * rest, 366 * most + 31 * more


def rises(*conditions: Condition) -> bool | None:
    """Whether conditions hold in more cases when more earlier violations count.

    None if it cannot be told, or goes both ways.
    """
    found = {sign for condition in conditions for sign in _signs(condition)}
    return found.pop() if len(found) == 1 else None


def _signs(condition: Condition, *, affirmed: bool = True) -> Iterator[bool | None]:
    if isinstance(condition, Test):
        sign = _sign(condition)
        if sign is not None or BY_DEFINITION & _read(condition):
            yield None if sign is None else sign is affirmed
        return
    inside = affirmed is not isinstance(condition, Not)
    for child in children(condition):
        yield from _signs(child, affirmed=inside)


def _sign(test: Test) -> bool | None:
    """Whether the test passes more often when more earlier violations count."""
    if test.facts == ("first_violation",) and test.op is Op.IS:
        return test.operand is False
    if test.facts == ("prior_count",) and not isinstance(test.operand, Share):
        return _RISING.get(test.op)
    return None


def _read(test: Test) -> frozenset[str]:
    other = (test.operand.fact,) if isinstance(test.operand, Share) else ()
    return frozenset((*test.facts, *other))
