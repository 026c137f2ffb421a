"""Conditions as short programs, and their truth over a row; compiled.

A truth is 0, 1 or 2 for unknown. A program is a run of nodes; a gate holds its parts behind it.
"""

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from bizrules.batch._compiling import compiled, inlined

Array: TypeAlias = npt.NDArray[Any]

Whole: TypeAlias = int | np.int64
"""A number, in machine code of 64 bits."""

Code: TypeAlias = int | np.int8
"""A number, or one of a byte."""


NULL: Final = np.iinfo(np.int64).min
"""A value that is not known."""

MISSING: Final = -128
"""A value that is not known, in a byte."""

UNREADABLE: Final = -127
"""In a table of bytes: a value that does not fit."""

MOST_NARROW: Final = 100
"""So many codes fit into a byte, with room for what is no code."""

UNKNOWN: Final = 2
"""The truth of what cannot be told."""

GATE, GE, LE, EQ, NE, AMONG, CONTAINS, LACKS, SUM_GE, SUM_LE, SUM_EQ, SUM_NE = range(12)
"""What a node does: a gate counts the parts that hold, all others test."""

MOST_DEEP: Final = 64
_DE_BRUIJN: Final = 0x03F79D71B4CB0A89
_SAFE: Final = 4.0e18


class Program(NamedTuple):
    """All conditions, one behind the other.

    Attributes:
        code: Two numbers a node: what it does (8 bits), an argument (24), where it ends (32); and
            its limit. The argument of a gate is how many parts must hold, its limit how many it
            has; that of a test is a column, or where a sum begins.
        sums: For each sum how many columns are added, the column that the sum is compared with (-1
            for none), what that and what the sum is multiplied with, then each column added and
            what it is multiplied with.
        slots: For each column where a row has it: a line of numbers; from -2 downwards one of
            bytes; -1 for nowhere.
    """

    code: Array
    sums: Array
    slots: Array


class Values(NamedTuple):
    """The values of every row, a line for each column.

    Attributes:
        wide: Numbers.
        narrow: Codes of a byte: what has few of them takes little of the processor's cache.
    """

    wide: Array
    narrow: Array


def new_stack() -> Array:
    """Room for the gates that are open; the last number tells of amounts too large to compute."""
    return np.zeros(3 * MOST_DEEP + 1, dtype=np.int64)


@compiled
def is_overflown(stack: Array) -> bool:
    """Whether an amount was too large since this was last asked."""
    found = stack[3 * MOST_DEEP] != 0
    stack[3 * MOST_DEEP] = 0
    return bool(found)


@inlined
def value(slots: Array, values: Values, row: int, column: int) -> int:
    """The value of a column in a row."""
    slot = slots[column]
    if slot >= 0:
        return np.int64(values.wide[slot, row])  # type: ignore[return-value]  # compiled
    if slot == -1:
        return NULL
    found = values.narrow[-2 - slot, row]
    return NULL if found == MISSING else np.int64(found)  # type: ignore[return-value]  # compiled


def _bit_places() -> Array:
    """Where a bit stands, by the upper six bits of its product with the constant."""
    places = np.empty(64, dtype=np.int64)
    for place in range(64):
        places[(_DE_BRUIJN << place & (1 << 64) - 1) >> 58] = place
    return places


_PLACES: Final = _bit_places()


@inlined
def bit_place(bit: int) -> int:
    """Where the only bit of a number stands."""
    return _PLACES[((bit * np.int64(_DE_BRUIJN)) >> np.int64(58)) & 63]  # type: ignore[no-any-return]  # compiled


@inlined
def narrowed(limit: int) -> np.int8:
    """The limit as a byte that compares with codes as it does."""
    return np.int8(max(UNREADABLE, min(limit, -UNREADABLE)))


@inlined
def compare(kind: int, found: int, limit: int) -> int:  # noqa: PLR0911 - one for each kind
    """The truth of a test of one value that is known."""
    if kind == GE:
        return int(found >= limit)
    if kind == LE:
        return int(found <= limit)
    if kind == EQ:
        return int(found == limit)
    if kind == AMONG:
        return (limit >> found) & 1
    if kind == NE:
        return int(found != limit)
    if kind == CONTAINS:
        return int((found & limit) == limit)
    return int((found & limit) != limit)


@compiled
def compare_sum(
    node: tuple[int, int, int], sums: Array, slots: Array, values: Values, row: int, stack: Array
) -> int:
    """The truth of a test of several values, or of one against a share of another."""
    kind, at, limit = node
    total, size = np.int64(0), 0.0
    for i in range(at + 4, at + 4 + 2 * sums[at], 2):
        found = value(slots, values, row, sums[i])
        if found == NULL:
            return UNKNOWN
        total += found * sums[i + 1]
        size += abs(float(found) * sums[i + 1])
    bound, reach = np.int64(limit), abs(float(limit))
    if sums[at + 1] >= 0:
        base = value(slots, values, row, sums[at + 1])
        if base == NULL:
            return UNKNOWN
        bound += base * sums[at + 2]
        reach += abs(float(base) * sums[at + 2])
    if size * sums[at + 3] > _SAFE or reach > _SAFE:
        stack[3 * MOST_DEEP] = 1
        return UNKNOWN
    total *= sums[at + 3]
    if kind == SUM_GE:
        return int(total >= bound)
    if kind == SUM_LE:
        return int(total <= bound)
    return int((total == bound) == (kind == SUM_EQ))


@inlined
def truth(
    code: Array, sums: Array, slots: Array, values: Values, row: int, stack: Array, start: int
) -> int:
    """The truth of the node at `start`; no part is looked at that cannot change it.

    A gate that needs `n` more parts to hold and can spare `s` is true at `n = 0`, false at
    `s < 0`, and cannot be told if its parts end before.
    """
    top, node = -3, start
    while True:
        word, limit = code[node, 0], code[node, 1]
        kind, argument = word & 0xFF, (word >> 8) & 0xFFFFFF
        node += 1
        if kind == GATE:
            if argument > 0 and limit >= argument:
                top += 3
                stack[top], stack[top + 1], stack[top + 2] = argument, limit - argument, word >> 32
                continue
            found = int(argument <= 0)
            node = word >> 32
        elif kind >= SUM_GE:
            found = compare_sum((kind, argument, limit), sums, slots, values, row, stack)
        else:
            held = value(slots, values, row, argument)
            found = UNKNOWN if held == NULL else compare(kind, held, limit)
        while top >= 0:
            if found == UNKNOWN:
                closed = False
            else:
                stack[top + 1 - found] -= 1
                closed = stack[top] == 0 or stack[top + 1] < 0
            if not closed:
                if node != stack[top + 2]:
                    break
                found = UNKNOWN
            node = stack[top + 2]
            top -= 3
        if top < 0:
            return found


@inlined
def collect(
    code: Array,
    sums: Array,
    slots: Array,
    values: Values,
    row: int,
    stack: Array,
    work: tuple[int, Array, int],
) -> int:
    """Add the columns that are not known and can still change the node; returns how many are there.

    Of a part that is told nothing is added.
    """
    node, out, count = work
    end = node + 1
    if code[node, 0] & 0xFF == GATE:
        # That the whole cannot be told is known.
        node, end = end, code[node, 0] >> 32
    while node < end:
        word = code[node, 0]
        kind = word & 0xFF
        if kind != GATE:
            if kind < SUM_GE:
                column = (word >> 8) & 0xFFFFFF
                if value(slots, values, row, column) == NULL:
                    count = add(out, count, column)
            else:
                count = _collect_sum(word, sums, slots, values, row, (out, count))
            node += 1
        elif truth(code, sums, slots, values, row, stack, node) == UNKNOWN:
            node += 1
        else:
            node = word >> 32
    return count


@compiled
def _collect_sum(
    word: int,
    sums: Array,
    slots: Array,
    values: Values,
    row: int,
    work: tuple[Array, int],
) -> int:
    """Add the columns of a test of several that are not known."""
    out, count = work
    at = (word >> 8) & 0xFFFFFF
    for i in range(at + 4, at + 4 + 2 * sums[at], 2):
        if value(slots, values, row, sums[i]) == NULL:
            count = add(out, count, sums[i])
    share = sums[at + 1]
    if share >= 0 and value(slots, values, row, share) == NULL:
        count = add(out, count, share)
    return count


@inlined
def add(found: Array, count: int, number: int) -> int:
    """Add a number that is not there yet; returns how many there are."""
    for i in range(count):
        if found[i] == number:
            return count
    found[count] = number
    return count + 1
