"""Conditions worked out for the rows of one law together, a block of rows at a time; compiled.

A processor guesses badly which way a test goes in the next row, so each step of a program is
taken for a block of rows before the next one. Inside this module a truth is 0, 1 for unknown, or
2: *and* is then the smaller of two, *or* the greater.
"""

from typing import Final, NamedTuple

import numpy as np

from bizrules.batch._compiling import compiled, inlined, making_arrays
from bizrules.batch._kernel import (
    AMONG,
    CONTAINS,
    EQ,
    GATE,
    GE,
    LE,
    MISSING,
    MOST_DEEP,
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
    new_stack,
    truth,
)
from bizrules.batch._loops import PER_WORD, Cases, Fines, Laws

BLOCK: Final = 512
_FEW: Final = 6


class Order(NamedTuple):
    """Rows by their laws.

    Attributes:
        rows: The rows of the first law, then those of the next.
        starts: Where those of each law begin.
    """

    rows: Array
    starts: Array


class Room(NamedTuple):
    """Room to work in.

    Attributes:
        lines: Truths of a part, then of what every open gate has so far.
        stack: The gates that are open.
        told: Truths of a program.
        odd: Is set for rows with an amount too large to compute with.
    """

    lines: Array
    stack: Array
    told: Array
    odd: Array


@making_arrays
def sort_by_law(rows: Array, laws: Array, count: int) -> tuple[Array, Array]:
    """The rows by their laws, and where those of each law begin."""
    starts = np.zeros(count + 2, np.int64)
    for at in range(len(rows)):
        starts[laws[rows[at]] + 2] += 1
    for law in range(2, count + 2):
        starts[law] += starts[law - 1]
    out = np.empty(len(rows), np.int64)
    for at in range(len(rows)):
        law = laws[rows[at]] + 1
        out[starts[law]] = rows[at]
        starts[law] += 1
    return out, starts[: count + 1]


@inlined
def _test(kind: int, limit: Code, missing: Code, values: Array, rows: Array, out: Array) -> None:
    """The truth of a test of one column."""
    if kind == GE:
        for i in range(len(rows)):
            found = values[rows[i]]
            out[i] = 1 if found == missing else 2 * (found >= limit)
    elif kind == LE:
        for i in range(len(rows)):
            found = values[rows[i]]
            out[i] = 1 if found == missing else 2 * (found <= limit)
    elif kind == EQ:
        for i in range(len(rows)):
            found = values[rows[i]]
            out[i] = 1 if found == missing else 2 * (found == limit)
    elif kind == NE:
        for i in range(len(rows)):
            found = values[rows[i]]
            out[i] = 1 if found == missing else 2 * (found != limit)
    elif kind == AMONG:
        for i in range(len(rows)):
            found = values[rows[i]]
            out[i] = 1 if found == missing else 2 * ((limit >> (found & 63)) & 1)
    else:
        wanted = kind == CONTAINS
        for i in range(len(rows)):
            found = values[rows[i]]
            out[i] = 1 if found == missing else 2 * (((found & limit) == limit) == wanted)


@inlined
def _among(codes: int, values: Array, rows: Array, out: Array) -> None:
    """Whether a code of a byte is among those of the bits."""
    for i in range(len(rows)):
        found = values[rows[i]]
        out[i] = 1 if found == MISSING else 2 * ((codes >> (found & 63)) & 1)


@compiled
def _leaf(
    node: tuple[int, int],
    sums: Array,
    slots: Array,
    values: Values,
    rows: Array,
    room: Room,
    out: Array,
) -> None:
    """The truth of a test in some rows."""
    word, limit = node
    kind, argument = word & 0xFF, (word >> 8) & 0xFFFFFF
    if kind >= SUM_GE:
        for i in range(len(rows)):
            test = (kind, argument, limit)
            found = compare_sum(test, sums, slots, values, rows[i], room.stack)
            out[i] = 1 if found == UNKNOWN else 2 * found
            room.odd[rows[i]] = is_overflown(room.stack) or room.odd[rows[i]]
        return
    slot = slots[argument]
    if slot == -1:
        out[: len(rows)] = 1
    elif slot >= 0:
        _test(kind, limit, NULL, values.wide[slot], rows, out)
    elif kind == AMONG:
        _among(limit, values.narrow[-2 - slot], rows, out)
    else:
        _test(kind, narrowed(limit), np.int8(MISSING), values.narrow[-2 - slot], rows, out)


@compiled
def _join(gate: tuple[int, int], part: Array, certain: Array, possible: Array) -> bool:
    """Add a part to a gate; returns whether the rest can still change anything."""
    needed, parts = gate
    most, least = 0, 2
    if needed == parts:
        for i in range(len(part)):
            certain[i] = min(certain[i], part[i])
            most = max(most, certain[i])
        return most > 0
    if needed == 1:
        for i in range(len(part)):
            certain[i] = max(certain[i], part[i])
            least = min(least, certain[i])
        return least < 2  # noqa: PLR2004 - true
    for i in range(len(part)):
        certain[i] += part[i] == 2  # noqa: PLR2004 - true
        possible[i] += part[i] > 0
    return True


@compiled
def judge_block(
    program: Program, values: Values, rows: Array, start: int, room: Room, out: Array
) -> None:
    """The truths of the program at `start` in some rows, at most a block of them."""
    lines, stack, code = room.lines, room.stack, program.code
    count = len(rows)
    part = lines[0, :count]
    top, node = -3, start
    while True:
        word, limit = code[node, 0], code[node, 1]
        needed = (word >> 8) & 0xFFFFFF
        if word & 0xFF != GATE:
            _leaf((word, limit), program.sums, program.slots, values, rows, room, part)
            node += 1
        elif needed > 0 and limit >= needed:
            top += 3
            stack[top], stack[top + 1], stack[top + 2] = needed, limit, word >> 32
            line = 1 + 2 * (top // 3)
            lines[line, :count] = 2 if needed == limit else 0
            lines[line + 1, :count] = 0
            node += 1
            continue
        else:
            part[:] = 2 if needed <= 0 else 0
            node = word >> 32
        while top >= 0:
            line = 1 + 2 * (top // 3)
            certain, possible = lines[line, :count], lines[line + 1, :count]
            gate = (stack[top], stack[top + 1])
            if _join(gate, part, certain, possible) and node != stack[top + 2]:
                break
            node = stack[top + 2]
            for i in range(count):
                if gate[0] == gate[1] or gate[0] == 1:
                    part[i] = certain[i]
                elif certain[i] >= gate[0]:
                    part[i] = 2
                else:
                    part[i] = possible[i] >= gate[0]
            top -= 3
        if top < 0:
            for i in range(count):
                out[i] = (2 * part[i]) % 3
            return


@compiled
def _judge(
    program: Program, values: Values, rows: Array, start: int, room: Room, out: Array
) -> None:
    """The truths of a program in some rows: few are looked at one by one."""
    if len(rows) > _FEW:
        judge_block(program, values, rows, start, room, out)
        return
    code, sums, slots, stack = program.code, program.sums, program.slots, room.stack
    for at in range(len(rows)):
        out[at] = truth(code, sums, slots, values, rows[at], stack, start)
        room.odd[rows[at]] = is_overflown(stack) or room.odd[rows[at]]


@compiled
def judge_laws(
    program: Program, laws: Laws, cases: Cases, order: Order, room: Room, out: Array
) -> None:
    """Add the truths of the rules that speak in few rows to `out`: see `Lines`."""
    heads, entries, rules = laws.heads, laws.entries, laws.rules
    lines, values, shared = cases.lines, cases.values, cases.shared
    sorted_rows, starts, told = order.rows, order.starts, room.told
    for law in range(len(starts) - 1):
        for first in range(starts[law], starts[law + 1], BLOCK):
            rows = sorted_rows[first : min(first + BLOCK, starts[law + 1])]
            line = shared
            for i in range(heads[law, 0], heads[law, 1]):
                rule = entries[i, 0]
                if lines[rule] < 0:
                    _judge(program, values, rows, rules[rule, 0], room, told)
                    shift, into = np.int64(2 * (line % PER_WORD)), out[line // PER_WORD]
                    for at in range(len(rows)):
                        into[rows[at]] |= np.int64(told[at]) << shift
                    line += 1


@compiled
def judge_provisions(
    program: Program,
    fines: Fines,
    of_laws: Array,
    cases: Cases,
    order: Order,
    room: Room,
    out: Array,
) -> None:
    """The truths of what must have happened before there is a fine, then those of every switch."""
    heads, tiers, values = fines.heads, fines.tiers, cases.values
    sorted_rows, starts, told = order.rows, order.starts, room.told
    for law in range(len(starts) - 1):
        for first in range(starts[law], starts[law + 1], BLOCK):
            rows = sorted_rows[first : min(first + BLOCK, starts[law + 1])]
            fine = of_laws[law]
            begin, end = heads[fine, 1], heads[fine, 2]
            for i in range(begin - 1, end):
                start = heads[fine, 0] if i < begin else tiers[i, 0]
                _judge(program, values, rows, start, room, told)
                for at in range(len(rows)):
                    out[i - begin + 1, rows[at]] = told[at]


def new_room(odd: Array) -> Room:
    """Room for the gates that are open in a block."""
    lines = np.zeros((2 * MOST_DEEP + 2, BLOCK), dtype=np.int8)
    return Room(lines, new_stack(), np.empty(BLOCK, dtype=np.int8), odd)
