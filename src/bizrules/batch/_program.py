"""Conditions written as programs for the compiled loops."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

import attrs
import numpy as np

from bizrules.batch import _kernel as kernel
from bizrules.batch._arrays import Growing
from bizrules.batch._columns import (
    IMPOSSIBLE,
    LARGEST,
    MOST_CODES,
    Columns,
    UnsupportedError,
    at_least,
    at_most,
    scale_of,
)
from bizrules.conditions import (
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
    Test,
)
from bizrules.facts import NUMERIC, Fact, Kind
from bizrules.matching import Comparable, comparable, parts_of

_LARGEST_FACTOR: Final = 10**12

Names: TypeAlias = Mapping[str, int]
"""The column under which a fact is read, where that is not its own."""


@attrs.frozen
class _Gate:
    """Parts of which some number must hold."""

    count: int
    parts: "tuple[_Node, ...]"


@attrs.frozen
class _Leaf:
    """A test of a column, or of a sum."""

    kind: int
    argument: int
    limit: int


_Node: TypeAlias = _Gate | _Leaf
_OPPOSITE: Final[Mapping[Op, Op]] = {
    Op.BELOW: Op.AT_LEAST,
    Op.AT_LEAST: Op.BELOW,
    Op.AT_MOST: Op.ABOVE,
    Op.ABOVE: Op.AT_MOST,
    Op.BEFORE: Op.ON_OR_AFTER,
    Op.ON_OR_AFTER: Op.BEFORE,
}
_LIMITS: Final[Mapping[Op, tuple[bool, Callable[[Fraction], int], int]]] = {
    Op.AT_LEAST: (True, at_least, 0),
    Op.ON_OR_AFTER: (True, at_least, 0),
    Op.ABOVE: (True, at_most, 1),
    Op.AT_MOST: (False, at_most, 0),
    Op.BELOW: (False, at_least, -1),
    Op.BEFORE: (False, at_least, -1),
}


def _all(parts: Sequence[_Node]) -> _Node:
    return parts[0] if len(parts) == 1 else _Gate(len(parts), tuple(parts))


def _any(parts: Sequence[_Node]) -> _Node:
    return parts[0] if len(parts) == 1 else _Gate(1, tuple(parts))


@attrs.define
class Programs:
    """All programs, and the numbers under which they begin.

    Negations are moved to the tests: in Kleene's logic that changes neither a truth nor what can
    still change it.
    """

    columns: Columns
    _code: Growing = attrs.field(init=False, factory=lambda: Growing(np.int64))
    _terms: Growing = attrs.field(init=False, factory=lambda: Growing(np.int64))
    _sums: dict[tuple[object, ...], int] = attrs.field(init=False, factory=dict)
    _known: dict[tuple[object, ...], tuple[int, Condition]] = attrs.field(init=False, factory=dict)

    def add(self, condition: Condition, names: Names) -> int:
        """Where the program of a condition begins.

        Raises:
            UnsupportedError: If it cannot be written as a program.
        """
        key = (id(condition), *sorted(names.items()))
        known = self._known.get(key)
        if known is None:
            node = self._node(condition, names, positive=True)
            if _depth(node) >= kernel.MOST_DEEP:
                raise UnsupportedError("depth")
            # The condition is kept, so that its identity stays its own.
            known = self._known[key] = (len(self._code) // 2, condition)
            self._write(node)
        return known[0]

    def kernel(self, slots: kernel.Array) -> kernel.Program:
        """All programs, for rows in which the columns lie as the slots say."""
        return kernel.Program(self._code.values.reshape(-1, 2), self._terms.values, slots)

    def tests_of(self, start: int) -> list[int]:
        """Where the tests of a program stand."""
        code = self._code.values.reshape(-1, 2)
        is_gate = code[start, 0] & 0xFF == kernel.GATE
        end = int(code[start, 0] >> 32) if is_gate else start + 1
        return [node for node in range(start, end) if code[node, 0] & 0xFF != kernel.GATE]

    def _write(self, node: _Node) -> None:
        at = len(self._code)
        if isinstance(node, _Leaf):
            self._code.extend([node.kind | node.argument << 8, node.limit])
            return
        self._code.extend([0, len(node.parts)])
        for part in node.parts:
            self._write(part)
        end = len(self._code) // 2
        self._code.values[at] = kernel.GATE | max(node.count, 0) << 8 | end << 32

    def _node(self, condition: Condition, names: Names, *, positive: bool) -> _Node:
        if isinstance(condition, Test):
            return self._test(condition, names, positive=positive)
        if isinstance(condition, Not):
            return self._node(condition.part, names, positive=not positive)
        parts = [self._node(one, names, positive=positive) for one in parts_of(condition)]
        if isinstance(condition, AtLeast):
            count = condition.count
            return _Gate(count if positive else len(parts) - count + 1, tuple(parts))
        if isinstance(condition, Defined):
            return parts[0]
        is_any = isinstance(condition, (AnyOf, PerKind))
        return self._joined(parts, every=is_any is not positive)

    def _joined(self, parts: Sequence[_Node], *, every: bool) -> _Node:
        """All or any of the parts, those of the same sort inside taken out of their gates."""
        flat: list[_Node] = []
        for part in parts:
            inner = part.parts if isinstance(part, _Gate) else ()
            wanted = len(inner) if every else 1
            if isinstance(part, _Gate) and inner and part.count == wanted:
                flat += inner
            else:
                flat.append(part)
        return _all(flat) if every else _any(flat)

    def _test(self, test: Test, names: Names, *, positive: bool) -> _Node:
        fact = self.columns.vocabulary[test.facts[0]]
        if len(test.facts) > 1 or isinstance(test.operand, Share):
            return self._sum(test, names, positive=positive)
        column = names.get(fact.name, self.columns.column(fact.name))
        if isinstance(test.operand, tuple):
            return self._several(fact, column, test, positive=positive)
        value = comparable(fact, test.operand)
        if test.op is Op.IS:
            return _Leaf(kernel.EQ if positive else kernel.NE, column, self._exact(fact, value))
        op = test.op if positive else _OPPOSITE[test.op]
        return _bounded(column, op, self._limit(fact, value), (kernel.GE, kernel.LE))

    def _exact(self, fact: Fact, value: Comparable) -> int:
        if fact.kind is Kind.NUMBER and self._limit(fact, value).denominator != 1:
            return IMPOSSIBLE
        return self.columns.code(fact, value)

    def _limit(self, fact: Fact, value: Comparable) -> Fraction:
        if fact.kind in NUMERIC and not isinstance(value, (str, frozenset)):
            return Fraction(value) * scale_of(fact)  # type: ignore[arg-type]  # no date
        return Fraction(self.columns.code(fact, value))

    def _several(self, fact: Fact, column: int, test: Test, *, positive: bool) -> _Node:
        """A test against several values: two ends, or codes."""
        given = test.operand if isinstance(test.operand, tuple) else ()
        values = [comparable(fact, one) for one in given]
        if test.op is Op.BETWEEN:
            ends = zip((Op.AT_LEAST, Op.AT_MOST), values, strict=True)
            kinds = (kernel.GE, kernel.LE)
            found = [
                _bounded(column, op if positive else _OPPOSITE[op], self._limit(fact, end), kinds)
                for op, end in ends
            ]
            return _all(found) if positive else _any(found)
        if test.op is Op.CONTAINS:
            mask = self.columns.code(fact, frozenset(map(str, values)))
            return _Leaf(kernel.CONTAINS if positive else kernel.LACKS, column, mask)
        wanted = positive is (test.op is Op.IN)
        codes = {self._exact(fact, value) for value in values}
        if fact.choices and len(fact.choices) <= MOST_CODES:
            mask = sum(1 << one for one in codes)
            every = (1 << len(fact.choices)) - 1
            return _Leaf(kernel.AMONG, column, mask if wanted else every ^ mask)
        kind = kernel.EQ if wanted else kernel.NE
        leaves = [_Leaf(kind, column, code) for code in sorted(codes)]
        return _any(leaves) if wanted else _all(leaves)

    def _sum(self, test: Test, names: Names, *, positive: bool) -> _Node:
        """A test of a sum, or against a share of another fact; both sides in one scale."""
        share = test.operand if isinstance(test.operand, Share) else None
        read = [self.columns.vocabulary[name] for name in test.facts]
        other = [] if share is None else [self.columns.vocabulary[share.fact]]
        if any(fact.kind not in NUMERIC for fact in (*read, *other)):
            raise UnsupportedError(test.facts[0])
        scale = max(map(scale_of, (*read, *other)))
        terms = [(self._column(fact, names), scale // scale_of(fact)) for fact in read]
        base = (-1, 0, 1)
        if share is not None:
            factor = share.times.numerator * (scale // scale_of(other[0]))
            base = (self._column(other[0], names), factor, share.times.denominator)
        if max(abs(base[1]), base[2]) > _LARGEST_FACTOR:
            raise UnsupportedError(test.facts[0])
        number = self._number_of_sum(terms, base)
        ends = test.operand if isinstance(test.operand, tuple) else (test.operand,)
        limits = [
            Fraction(0) if isinstance(end, Share) else Fraction(comparable(read[0], end)) * scale  # type: ignore[arg-type]  # a number
            for end in ends
        ]
        return _sum_test(number, test.op, limits, positive=positive)

    def _column(self, fact: Fact, names: Names) -> int:
        return names.get(fact.name, self.columns.column(fact.name))

    def _number_of_sum(self, terms: Sequence[tuple[int, int]], base: tuple[int, int, int]) -> int:
        key = (tuple(terms), base)
        known = self._sums.get(key)
        if known is None:
            known = self._sums[key] = len(self._terms)
            self._terms.extend([len(terms), *base])
            self._terms.extend([number for term in terms for number in term])
        return known


def _bounded(argument: int, op: Op, limit: Fraction, kinds: tuple[int, int]) -> _Leaf:
    """A comparison of whole numbers with a limit that need not be whole."""
    is_lower, rounded, step = _LIMITS[op]
    return _Leaf(kinds[0] if is_lower else kinds[1], argument, rounded(limit) + step)


def _sum_test(number: int, op: Op, limits: Sequence[Fraction], *, positive: bool) -> _Node:
    kinds = (kernel.SUM_GE, kernel.SUM_LE)
    if op is Op.IS:
        if limits[0].denominator != 1 or abs(limits[0]) > LARGEST:
            raise UnsupportedError(op.value)
        return _Leaf(kernel.SUM_EQ if positive else kernel.SUM_NE, number, int(limits[0]))
    if op is Op.BETWEEN:
        ends = zip((Op.AT_LEAST, Op.AT_MOST), limits, strict=True)
        found = [
            _bounded(number, one if positive else _OPPOSITE[one], limit, kinds)
            for one, limit in ends
        ]
        return _all(found) if positive else _any(found)
    if op not in _LIMITS:
        raise UnsupportedError(op.value)
    return _bounded(number, op if positive else _OPPOSITE[op], limits[0], kinds)


def _depth(node: _Node) -> int:
    if isinstance(node, _Leaf):
        return 0
    return 1 + max(map(_depth, node.parts), default=0)
