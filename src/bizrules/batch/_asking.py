"""What is asked in every row; compiled.

A fact is asked if it is not known and can still change a rule that decides. Which facts of a row
are not known is written down as bits first, so that most rules need no look at any value.
"""

from typing import Final, NamedTuple

import numpy as np

from bizrules.batch._compiling import compiled, inlined
from bizrules.batch._kernel import (
    GATE,
    MISSING,
    NULL,
    SUM_GE,
    Array,
    Program,
    Values,
    bit_place,
    collect,
)
from bizrules.batch._loops import Cases, Found, Laws, sorted_in

_BLOCK: Final = 1024


class Gaps(NamedTuple):
    """Columns as bits, 64 in a number.

    Attributes:
        rows: For each row, which columns are not known.
        direct: For each rule, the columns of the tests that stand in its outermost gate.
        nested: For each rule, those of all its other tests.
    """

    rows: Array
    direct: Array
    nested: Array


@inlined
def _bit(column: int) -> int:
    return np.int64(1) << np.int64(column & 63)  # type: ignore[return-value]  # compiled


@compiled
def find_gaps(slots: Array, values: Values, count: int, nowhere: Array, out: Array) -> None:
    """Which columns are not known in each of the rows; `nowhere` is room for those of no row."""
    nowhere[:] = 0
    for column in range(len(slots)):
        if slots[column] == -1:
            nowhere[column >> 6] |= _bit(column)
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        for word in range(len(out)):
            out[word, first:last] = nowhere[word]
        for column in range(len(slots)):
            slot, bit = slots[column], _bit(column)
            line = out[column >> 6, first:last]
            if slot == -1:
                continue
            if slot >= 0:
                wide = values.wide[slot, first:last]
                for row in range(len(line)):
                    line[row] |= bit if wide[row] == NULL else 0
            else:
                narrow = values.narrow[-2 - slot, first:last]
                for row in range(len(line)):
                    line[row] |= bit if narrow[row] == MISSING else 0


@inlined
def _add_columns(word: int, sums: Array, out: Array) -> None:
    """Add the columns of a test."""
    at = (word >> 8) & 0xFFFFFF
    if word & 0xFF < SUM_GE:
        out[at >> 6] |= _bit(at)
        return
    for i in range(at + 4, at + 4 + 2 * sums[at], 2):
        out[sums[i] >> 6] |= _bit(sums[i])
    if sums[at + 1] >= 0:
        out[sums[at + 1] >> 6] |= _bit(sums[at + 1])


@compiled
def mask_rules(program: Program, rules: Array, direct: Array, nested: Array) -> None:
    """The columns that each rule reads."""
    code, sums = program.code, program.sums
    for rule in range(len(rules)):
        node = rules[rule, 0]
        direct[rule, :], nested[rule, :] = 0, 0
        end, inner = node + 1, node
        if code[node, 0] & 0xFF == GATE:
            node, end = node + 1, code[node, 0] >> 32
            inner = node
        while node < end:
            word = code[node, 0]
            if word & 0xFF == GATE:
                inner = max(inner, word >> 32)
            elif node < inner:
                _add_columns(word, sums, nested[rule])
            else:
                _add_columns(word, sums, direct[rule])
            node += 1


class Asked(NamedTuple):
    """What may be asked, by number of the sequence that leads to it.

    Attributes:
        deciding: For verdicts and measures which places of the sequence decide, as bits.
        starts: For fines where the names begin that are open.
        names: Those names.
        fines: Whether to ask for them, by place of the row.
        owners: For each column the name of its fact.
    """

    deciding: Array
    starts: Array
    names: Array
    fines: Array
    owners: Array


@compiled
def ask(
    program: Program,
    laws: Laws,
    cases: Cases,
    found: Found,
    chosen: Array,
    work: tuple[Asked, Gaps, Array, Array, Array],
    out: tuple[Array, Array],
) -> int:
    """Write down by name what is asked in every row; returns how much, or -1 for no room."""
    asked, gaps, stack, columns, wanted = work
    rules, verdicts, measures = laws.rules, found.verdicts, found.measures
    bits, opens, owners, fines = asked.deciding, asked.starts, asked.owners, asked.fines
    starts, names = out
    wanted[:] = 0
    end = 0
    for at in range(len(cases.rows)):
        starts[at] = first = end
        if end + len(owners) > len(names):
            return -1
        row = cases.rows[at]
        deciding = bits[verdicts[at]]
        measured = bits[measures[at]] if measures[at] >= 0 else np.int64(0)
        if deciding != 0 or measured != 0:
            count = 0
            for i in range(found.starts[at], found.starts[at + 1]):
                rule = found.rules[i]
                own = deciding if rules[rule, 1] >= 0 else measured
                decides = (own >> found.places[i]) & 1 != 0
                if decides and _add_gaps(gaps, rule, row, wanted):
                    part = (rules[rule, 0], columns, count)
                    count = _collect(program, cases.values, row, stack, part)
            end = _name_all((columns, count, wanted), owners, names, first, end)
        if fines[at]:
            for i in range(opens[chosen[at]], opens[chosen[at] + 1]):
                end = sorted_in(names, first, end, asked.names[i])
    starts[len(cases.rows)] = end
    return end


@compiled
def _collect(
    program: Program, values: Values, row: int, stack: Array, work: tuple[int, Array, int]
) -> int:
    """Add the columns that can still change a rule with gates inside."""
    return collect(program.code, program.sums, program.slots, values, row, stack, work)


@inlined
def _add_gaps(gaps: Gaps, rule: int, row: int, wanted: Array) -> bool:
    """Add what is not known of a rule; whether there is such inside the gates of it."""
    inside = np.int64(0)
    for word in range(len(wanted)):
        missing = gaps.rows[word, row]
        wanted[word] |= gaps.direct[rule, word] & missing
        inside |= gaps.nested[rule, word] & missing
    return bool(inside != 0)


@inlined
def _name_all(
    work: tuple[Array, int, Array], owners: Array, names: Array, first: int, end: int
) -> int:
    """Name the columns found and those wanted, after which none is; returns where names end."""
    columns, count, wanted = work
    for i in range(count):
        end = sorted_in(names, first, end, owners[columns[i]])
    for word in range(len(wanted)):
        left = wanted[word]
        wanted[word] = 0
        while left != 0:
            lowest = left & -left
            left ^= lowest
            column = 64 * word + bit_place(lowest)
            end = sorted_in(names, first, end, owners[column])
    return end
