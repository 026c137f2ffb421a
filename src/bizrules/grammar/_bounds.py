"""Whether some value can pass several tests of one mapping."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

import attrs

from bizrules.conditions import Op, Share, Test, magnitude
from bizrules.errors import Problem
from bizrules.facts import NUMERIC, ORDERED, Fact, Kind, Value, plain_value
from bizrules.grammar._operands import widest
from bizrules.provenance import Location

Number: TypeAlias = int | Decimal | Fraction

_OPEN: Final = frozenset({Op.ABOVE, Op.BELOW, Op.BEFORE})
_LOW: Final = frozenset({Op.AT_LEAST, Op.ABOVE, Op.ON_OR_AFTER, Op.IS})
_HIGH: Final = frozenset({Op.AT_MOST, Op.BELOW, Op.BEFORE, Op.IS})


@attrs.frozen
class _End:
    """One end of an interval, and the value that makes it."""

    number: Number
    is_open: bool
    value: Value

    @property
    def shown(self) -> str:
        """How documents write it."""
        return str(plain_value(self.value))


def contradictions(
    facts: tuple[Fact, ...], tests: Iterable[Test], location: Location
) -> list[Problem]:
    """The problem that no value passes all the tests, if none does.

    Args:
        facts: The facts tested, more than one for a sum.
        tests: All tests of one mapping; those against another fact are left aside.
        location: Where the mapping stands.
    """
    fact = widest(facts)
    fixed = [test for test in tests if not isinstance(test.operand, Share)]
    if fact.kind in ORDERED:
        low, high = _ends(fact, fixed)
        if low and high and _is_empty(fact, low, high):
            details = {"low": low.shown, "high": high.shown}
            return [Problem("empty-interval", location, details)]
    if fact.kind is Kind.BOOLEAN and len({test.operand for test in fixed}) > 1:
        return [Problem("impossible-tests", location, {"fact": fact.name})]
    if fact.kind in (Kind.LEVEL, Kind.CHOICE, Kind.TEXT) and not _some_code_passes(fact, fixed):
        return [Problem("impossible-tests", location, {"fact": fact.name})]
    return []


def _ends(fact: Fact, tests: list[Test]) -> tuple[_End | None, _End | None]:
    lows, highs = _limits_of_kind(fact)
    for test in tests:
        lows.extend(_end(fact, test.op, value) for value in _values(test, _LOW, 0))
        highs.extend(_end(fact, test.op, value) for value in _values(test, _HIGH, 1))
    low = max(lows, key=lambda end: (end.number, end.is_open), default=None)
    high = min(highs, key=lambda end: (end.number, not end.is_open), default=None)
    return low, high


def _limits_of_kind(fact: Fact) -> tuple[list[_End], list[_End]]:
    """Counts, measures and amounts are never below zero; a level has its first and last choice."""
    if fact.kind in NUMERIC:
        return [_End(0, False, 0)], []
    if fact.kind is Kind.LEVEL and fact.choices:
        first, last = fact.choices[0].code, fact.choices[-1].code
        return [_End(0, False, first)], [_End(fact.ranks[last], False, last)]
    return [], []


def _values(test: Test, ops: frozenset[Op], end: int) -> Iterator[Value]:
    operand = test.operand
    if test.op is Op.BETWEEN and isinstance(operand, tuple):
        yield operand[end]
    elif test.op in ops and not isinstance(operand, tuple | Share):
        yield operand


def _end(fact: Fact, op: Op, value: Value) -> _End:
    number = fact.ranks[str(value)] if fact.kind is Kind.LEVEL else magnitude(value)
    return _End(number, op in _OPEN, value)


def _is_empty(fact: Fact, low: _End, high: _End) -> bool:
    if fact.kind is Kind.NUMBER:
        return low.number > high.number or (
            low.number == high.number and (low.is_open or high.is_open)
        )
    # Between whole numbers, days, fen and choices an open end excludes the next value too.
    return low.number + low.is_open > high.number - high.is_open


_PASSES: Final[Mapping[Op, Callable[[Any, Any], bool]]] = {
    Op.IS: lambda found, limit: found == limit,
    Op.IN: lambda found, limit: found in limit,
    Op.NOT_IN: lambda found, limit: found not in limit,
    Op.BELOW: lambda found, limit: found < limit,
    Op.AT_MOST: lambda found, limit: found <= limit,
    Op.AT_LEAST: lambda found, limit: found >= limit,
    Op.ABOVE: lambda found, limit: found > limit,
    Op.BETWEEN: lambda found, limit: limit[0] <= found <= limit[1],
}


def _some_code_passes(fact: Fact, tests: list[Test]) -> bool:
    if fact.kind is Kind.TEXT:
        return _some_text_passes(tests)
    # Codes of a choice have no order, so any numbers do.
    rank: Callable[[Any], int] = fact.ranks.__getitem__
    limits = [
        (test.op, tuple(map(rank, test.operand)))
        if isinstance(test.operand, tuple)
        else (test.op, rank(test.operand))
        for test in tests
    ]
    return any(all(_PASSES[op](rank(code), limit) for op, limit in limits) for code in fact.ranks)


def _some_text_passes(tests: list[Test]) -> bool:
    """Of texts without end, some pass unless only a few are wanted, and each fails a test."""
    wanted = [test.operand for test in tests if test.op in (Op.IS, Op.IN)]
    if not wanted:
        return True
    first = wanted[0] if isinstance(wanted[0], tuple) else (wanted[0],)
    return any(all(_PASSES[test.op](text, test.operand) for test in tests) for text in first)
