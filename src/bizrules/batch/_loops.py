"""The compiled loops over rows: which rules hold, which fine, what is asked.

They know no law. What rules lead to comes to them as numbers that the engine worked out: a row
writes down what was found as a short sequence, and looks up what that sequence leads to.
"""

from typing import Final, NamedTuple

from bizrules.batch._compiling import compiled, inlined
from bizrules.batch._kernel import NULL, Array, Program, Values, is_overflown, truth, value
from bizrules.batch._sequences import NODE, OPEN, ZERO, Sequences, number_of, pair_key

PER_WORD: Final = 32
"""So many truths stand in a number, two bits each."""

HARD: Final = -1
"""The law of a row that goes one by one."""


class Laws(NamedTuple):
    """The laws met, and the rules that speak in them.

    Attributes:
        heads: For each law where its rules begin and end, how they combine, whether there is a
            ruleset of which nobody knows since when it is in force, and whether there are rules
            about measures.
        entries: For each rule of a law the rule; its place by id; its number in a sequence if it
            holds, -1 off the penalty axis; and its number among the names of rules. Those of the
            penalty axis stand in the order in which they follow each other in a sequence, then the
            others.
        rules: For each rule where its condition begins; its number in a sequence if it holds, -1
            off the penalty axis; whether it makes heavier; the number of its ruleset if nobody
            knows since when that is in force, else -1; its sort, if it is about measures.
    """

    heads: Array
    entries: Array
    rules: Array


class Cases(NamedTuple):
    """Rows to be looked at.

    Attributes:
        rows: Which rows.
        values: The values of every row, by slot.
        laws: The law of every row.
        measures: The measures of every row, as a number; 0 for none.
        truths: The truths of the rules of each row's law, two bits each; see `Lines`.
        lines: For each rule that speaks in many rows its line; -1 for the others.
        shared: How many speak in many rows.
    """

    rows: Array
    values: Values
    laws: Array
    measures: Array
    truths: Array
    lines: Array
    shared: int


class Found(NamedTuple):
    """What was found in each row, in the order of `Cases.rows`.

    Attributes:
        held_starts: Where the rules of a row begin that hold.
        held: Their numbers among the names of rules, by id.
        starts: Where the rules of a row begin that cannot be told.
        rules: Those rules, by id.
        places: Where each of these stands in its sequence.
        verdicts: Number of the sequence of the penalty axis; -1 if it has none yet.
        measures: The same for the measures; -2 where the case has none.
        undated: The same for rulesets that nobody knows the beginning of; -2 where there is none.
        odd: Whether the row goes one by one after all.
    """

    held_starts: Array
    held: Array
    starts: Array
    rules: Array
    places: Array
    verdicts: Array
    measures: Array
    undated: Array
    odd: Array


class Fines(NamedTuple):
    """The penalty provisions met.

    Attributes:
        heads: For each provision the program of what must have happened before there is a fine;
            where its tiers begin and end; the number of the place where there is no fine yet, next
            to which is that without a tier; where its tests begin and end, and what it reads.
        tiers: For each tier the program of its switch; its number as a place where a search may
            end; the column of the amount that its fine multiplies, -1 for none; and as how much a
            smaller amount counts.
        lists: Tests and columns.
    """

    heads: Array
    tiers: Array
    lists: Array


@compiled
def choose_fines(
    program: Program,
    fines: Fines,
    cases: Cases,
    of_laws: Array,
    sequences: Sequences,
    news: Array,
    work: tuple[Array, Array, Array, Array, Array, Array],
) -> None:
    """Find for every row the place in its provision where its fine stands."""
    code, sums, slots = program.code, program.sums, program.slots
    heads, tiers, lists = fines.heads, fines.tiers, fines.lists
    rows, values, laws = cases.rows, cases.values, cases.laws
    told, results, out, odd, stack, tokens = work
    for at in range(len(rows)):
        row = rows[at]
        fine = of_laws[laws[row]]
        tier, node = -3, heads[fine, 3]
        begin = heads[fine, 1]
        if told[0, row] == 1:
            tier, node = -2, node + 1
            for i in range(begin, heads[fine, 2]):
                switch = told[i - begin + 1, row]
                if switch != 0:
                    tier, node = (i, tiers[i, 1]) if switch == 1 else (-3, -1)
                    break
        elif told[0, row] == 0:
            tier = -1
        tokens[0], tokens[1], tokens[2] = NODE, node, results[at]
        count = 3
        if tier == -3:  # noqa: PLR2004 - it cannot be told
            tokens[0], tokens[1] = OPEN, fine
            for i in range(heads[fine, 4], heads[fine, 5]):
                tokens[count] = truth(code, sums, slots, values, row, stack, lists[i])
                count += 1
            for i in range(heads[fine, 6], heads[fine, 7]):
                tokens[count] = value(slots, values, row, lists[i]) != NULL
                count += 1
        elif tier >= 0 and tiers[tier, 2] >= 0:
            amount = value(slots, values, row, tiers[tier, 2])
            if amount != NULL and max(amount, tiers[tier, 3]) == 0:
                tokens[0] = ZERO
        odd[at] = is_overflown(stack) or odd[at]
        key = pair_key(tokens, count)
        out[at] = number_of(sequences, key, tokens, count, at, news)


FORM, LOW, HIGH, LOW_UP, LOW_DOWN, HIGH_UP, HIGH_DOWN, CLOSED, BASE, FLOOR = range(10)
"""Columns of the table of ranges.

The form is 0 without a range, 1 for amounts, 2 for multiples, 3 for multiples that go one by one
once the amount is known, 4 for what goes one by one anyway. Then the ends of amounts, the upper -1
if there is none; numerator and denominator of the multiples; whether the lower end belongs to the
range (1), and the upper one (2); the column of the amount that is multiplied, and as how much a
smaller one counts.
"""

NO_RANGE, AMOUNTS, MULTIPLES, ONLY_MULTIPLES, BY_CASE = range(5)
_BOTH: Final = 3
_SAFE: Final = 4.0e18


class Ends(NamedTuple):
    """Ends of fines: the amounts, which of them belong to it, and whether they are multiples."""

    low: Array
    high: Array
    closed: Array
    symbolic: Array
    odd: Array


@compiled
def _inward(table: Array, one: int, counted: int) -> tuple[int, int, int, bool]:
    """The ends of a multiple moved inward to whole fen; whether the row goes one by one.

    So does a range without a whole fen inside, and an amount too large to compute with.
    """
    up, down = max(table[one, LOW_UP], table[one, HIGH_UP]), table[one, HIGH_DOWN]
    if float(counted) * up > _SAFE:
        return 0, 0, 0, True
    total, closed = counted * table[one, LOW_UP], table[one, CLOSED]
    low, moved = total // table[one, LOW_DOWN], False
    if total % table[one, LOW_DOWN] != 0:
        low, closed, moved = low + 1, closed | 1, True
    if down == 0:
        return low, -1, closed, False
    total = counted * table[one, HIGH_UP]
    high = total // down
    if total % down != 0:
        closed, moved = closed | 2, True
    empty = low > high or (low == high and closed != _BOTH)
    return low, high, closed, moved and empty


@compiled
def compute_ends(slots: Array, table: Array, cases: Cases, chosen: Array, ends: Ends) -> None:
    """The ends of every fine."""
    rows, values = cases.rows, cases.values
    lows, highs, closes, symbolic, odd = ends.low, ends.high, ends.closed, ends.symbolic, ends.odd
    for at in range(len(rows)):
        one = chosen[at]
        form = table[one, FORM]
        lows[at], highs[at], closes[at] = table[one, LOW], table[one, HIGH], table[one, CLOSED]
        symbolic[at] = False
        if MULTIPLES <= form <= ONLY_MULTIPLES:
            amount = value(slots, values, rows[at], table[one, BASE])
            symbolic[at] = amount == NULL
            if amount != NULL:
                counted = max(amount, table[one, FLOOR])
                low, high, closed, hard = _inward(table, one, counted)
                lows[at], highs[at], closes[at] = low, high, closed
                odd[at] = odd[at] or hard or form == ONLY_MULTIPLES
        odd[at] = odd[at] or form == BY_CASE


@inlined
def sorted_in(names: Array, first: int, end: int, name: int) -> int:
    """Put a name among those from `first` to `end`, which are sorted; returns where they end."""
    at = end
    while at > first and names[at - 1] >= name:
        if names[at - 1] == name:
            return end
        at -= 1
    for i in range(end, at, -1):
        names[i] = names[i - 1]
    names[at] = name
    return end + 1


@compiled
def spread(chosen: Array, starts: Array, values: Array, ends: Array, out: Array) -> None:
    """Lists by their numbers: `ends` receives where each begins, `out` the values."""
    end = 0
    for at in range(len(chosen)):
        ends[at] = end
        if chosen[at] >= 0:
            for i in range(starts[chosen[at]], starts[chosen[at] + 1]):
                out[end] = values[i]
                end += 1
    ends[len(chosen)] = end
