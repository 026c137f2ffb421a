"""Conditions of rules that speak in many rows, worked out column by column.

A processor compares a whole column in one go; a program that is run row by row it has to guess
its way through. Inside this module a truth is 0, 1 for unknown, or 2: *and* is then the smaller
of two, *or* the greater.
"""

from typing import Final

import attrs
import numpy as np

from bizrules.batch._compiling import compiled
from bizrules.batch._kernel import (
    AMONG,
    CONTAINS,
    EQ,
    GATE,
    GE,
    LE,
    MISSING,
    NE,
    NULL,
    SUM_GE,
    UNKNOWN,
    Array,
    Code,
    Program,
    Values,
    compare_sum,
    is_overflown,
    narrowed,
)

_FEWEST: Final = 1024
_SHARE: Final = 4


@compiled
def count_rules(laws: Array, heads: Array, entries: Array, rules: Array) -> None:
    """In how many rows each rule speaks; `laws` says how many each law has."""
    for law in range(len(laws)):
        if laws[law] > 0:
            for i in range(heads[law, 0], heads[law, 1]):
                rules[entries[i, 0]] += laws[law]


@compiled
def test_column(
    kind: int, limits: tuple[Code, int], missing: Code, values: Array, out: Array
) -> None:
    """The truth of a test of one column; the limit once as wide as the values, once as bits."""
    limit, codes = limits
    if kind == GE:
        for row in range(len(out)):
            out[row] = 1 if values[row] == missing else 2 * (values[row] >= limit)
    elif kind == LE:
        for row in range(len(out)):
            out[row] = 1 if values[row] == missing else 2 * (values[row] <= limit)
    elif kind == EQ:
        for row in range(len(out)):
            out[row] = 1 if values[row] == missing else 2 * (values[row] == limit)
    elif kind == NE:
        for row in range(len(out)):
            out[row] = 1 if values[row] == missing else 2 * (values[row] != limit)
    elif kind == AMONG:
        for row in range(len(out)):
            out[row] = 1 if values[row] == missing else 2 * ((codes >> (values[row] & 63)) & 1)
    else:
        wanted = kind == CONTAINS
        for row in range(len(out)):
            held = (values[row] & limit) == limit
            out[row] = 1 if values[row] == missing else 2 * (held == wanted)


@compiled
def sum_column(
    node: tuple[int, int, int],
    program: Program,
    values: Values,
    stack: Array,
    out: Array,
    odd: Array,
) -> None:
    """The truth of a test of several columns."""
    sums, slots = program.sums, program.slots
    for row in range(len(out)):
        found = compare_sum(node, sums, slots, values, row, stack)
        out[row] = 1 if found == UNKNOWN else 2 * found
        odd[row] = is_overflown(stack) or odd[row]


@compiled
def count_column(needed: int, parts: Array, out: Array) -> None:
    """Whether so many of the parts hold."""
    for row in range(len(out)):
        certain, possible = 0, 0
        for part in range(len(parts)):
            certain += parts[part, row] == 2  # noqa: PLR2004 - true
            possible += parts[part, row] > 0
        out[row] = 2 if certain >= needed else int(possible >= needed)


@compiled
def recode(out: Array) -> None:
    """Truths as the loops over rows write them."""
    for row in range(len(out)):
        out[row] = (2 * out[row]) % 3


@attrs.define(eq=False)
class SharedTruths:
    """The truths of some rules in every row.

    Attributes:
        program: The programs.
        values: The values of every row, by slot.
        stack: Room for the gates.
        odd: Rows that go one by one.
    """

    program: Program
    values: Values
    stack: Array
    odd: Array

    def write(self, starts: Array, out: Array) -> None:
        """The truths of programs, one line each."""
        for line, start in zip(out, starts.tolist(), strict=False):
            self._write(start, line)
            recode(line)

    def _write(self, node: int, out: Array) -> int:
        """Write the truths of a node; returns where it ends."""
        word, limit = self.program.code[node].tolist()
        kind, argument = word & 0xFF, (word >> 8) & 0xFFFFFF
        if kind == GATE:
            self._write_gate(node, argument, limit, out)
            return int(word >> 32)
        if kind >= SUM_GE:
            test = (kind, argument, limit)
            sum_column(test, self.program, self.values, self.stack, out, self.odd)
            return node + 1
        slot = int(self.program.slots[argument])
        if slot == -1:
            out[:] = 1
        elif slot >= 0:
            test_column(kind, (limit, limit), NULL, self.values.wide[slot, : len(out)], out)
        else:
            limits = narrowed(limit), limit
            values = self.values.narrow[-2 - slot, : len(out)]
            test_column(kind, limits, np.int8(MISSING), values, out)
        return node + 1

    def _write_gate(self, node: int, needed: int, parts: int, out: Array) -> None:
        if needed <= 0 or needed > parts:
            out[:] = 2 if needed <= 0 else 0
            return
        one_or_all = needed in (1, parts)
        own = np.empty((1 if one_or_all else parts, len(out)), dtype=np.int8)
        node = self._write(node + 1, out if one_or_all else own[0])
        for part in range(1, parts):
            line = own[0 if one_or_all else part]
            node = self._write(node, line)
            if one_or_all:
                join = np.minimum if needed == parts else np.maximum
                join(out, line, out=out)
        if not one_or_all:
            count_column(needed, own, out)


def shared_rules(laws: Array, heads: Array, entries: Array, count: int) -> Array:
    """Rules that speak in so many rows that whole columns pay.

    Args:
        laws: The laws of the rows.
        heads: As in `Laws`.
        entries: As in `Laws`.
        count: How many rules there are.
    """
    rules = np.zeros(count, dtype=np.int64)
    if len(laws) < _FEWEST:
        return np.flatnonzero(rules)
    count_rules(np.bincount(laws, minlength=len(heads)), heads, entries, rules)
    return np.flatnonzero(rules * _SHARE >= len(laws))
