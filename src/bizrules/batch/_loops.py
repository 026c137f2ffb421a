"""The compiled loops over rows: which rules hold, which fine, what is asked.

They know no law. What rules lead to comes to them as numbers that the engine worked out: a row
writes down what was found as a short sequence, and looks up what that sequence leads to.
"""

from typing import Final, NamedTuple

import numpy as np

from bizrules.batch._compiling import compiled
from bizrules.batch._kernel import (
    MOST_TOKENS,
    NULL,
    UNKNOWN,
    Array,
    Program,
    Sequences,
    collect,
    find,
    is_overflown,
    truth,
    value,
)

VERDICT, MEASURES, UNDATED, NODE, OPEN, ZERO = range(6)
"""What a sequence is about: its first number."""

NOWHERE: Final = MOST_TOKENS + 1
"""The place of a rule that is not named in its sequence."""

HARD: Final = -1
"""The law of a row that goes one by one."""


class Laws(NamedTuple):
    """The laws met, and the rules that speak in them.

    Attributes:
        heads: For each law where its rules begin and end, how they combine, and whether there is a
            ruleset of which nobody knows since when it is in force.
        entries: For each rule of a law, by id, the rule; and beside it, in the order in which the
            rules of the penalty axis follow each other in a sequence, places of rules, then -1.
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
        shared: The truths of rules that speak in many rows, a line each.
        lines: For each rule its line there; -1 for none.
        own: The truths of the other rules of each row's law, a line each.
    """

    rows: Array
    values: Array
    laws: Array
    measures: Array
    shared: Array
    lines: Array
    own: Array


class Found(NamedTuple):
    """What was found in each row, in the order of `Cases.rows`.

    Attributes:
        starts: Where the rules of a row begin that did not fail.
        rules: Those rules, by id.
        truths: Their truths.
        places: Where each stands in its sequence.
        verdicts: Number of the sequence of the penalty axis; -1 if it has none yet.
        measures: The same for the measures; -2 where the case has none.
        undated: The same for rulesets that nobody knows the beginning of; -2 where there is none.
        odd: Whether the row goes one by one after all.
    """

    starts: Array
    rules: Array
    truths: Array
    places: Array
    verdicts: Array
    measures: Array
    undated: Array
    odd: Array


@compiled
def _number(slots: Array, pool: Array, tokens: Array, count: int, place: int, news: Array) -> int:
    """The number of a sequence; one that has none is written down with its row and length."""
    number = find(slots, pool, tokens, count)
    if number < 0:
        at = news[0]
        news[at], news[at + 1] = place, count
        for i in range(count):
            news[at + 2 + i] = tokens[i]
        news[0] = at + 2 + count
    return number


@compiled
def _place_of(tokens: Array, count: int, token: int, heavier: int) -> tuple[int, int]:
    """Where a token stands that is named already, and how often.

    Of heavier rules the order has no meaning; a lenient one must be the neighbour.
    """
    at, same = -1, 0
    for back in range(count - 1, 1, -1):
        if tokens[back] == token:
            at, same = max(at, back), same + 1
        elif heavier == 0:
            break
    return at, same


@compiled
def _penalty_sequence(
    head: tuple[int, int, int],
    entries: Array,
    rules: Array,
    truths: Array,
    tokens: Array,
    places: Array,
) -> int:
    """The sequence of the penalty axis; returns its length.

    Each sort of heavier rule is named once, and of lenient ones each run of neighbours. What
    cannot be told is named twice where there are several, and not at all beside one of its sort
    that holds: another such rule adds nothing.
    """
    first, last, way = head
    tokens[0], tokens[1] = VERDICT, way
    count = 2
    for i in range(first, last):
        place = entries[i, 1]
        if place < 0:
            break
        if truths[place] == 0:
            continue
        rule = entries[first + place, 0]
        untold = truths[place] == UNKNOWN
        held, heavier = rules[rule, 1], rules[rule, 2]
        at, same = _place_of(tokens, count, held + untold, heavier)
        places[place] = at - 2
        if untold:
            if _place_of(tokens, count, held, heavier)[1] > 0:
                places[place] = NOWHERE
                continue
            if same == 2:  # noqa: PLR2004 - named twice
                continue
        elif same > 0:
            continue
        tokens[count] = held + untold
        places[place] = count - 2
        count += 1
    return count


@compiled
def _measure_sequence(
    head: tuple[int, int, int],
    entries: Array,
    rules: Array,
    truths: Array,
    tokens: Array,
    places: Array,
) -> int:
    """The sequence of the measures: each sort of rule that did not fail once."""
    first, last, measured = head
    tokens[0], tokens[1] = MEASURES, measured
    count = 2
    for i in range(first, last):
        rule, found = entries[i, 0], truths[i - first]
        if rules[rule, 1] >= 0 or found == 0:
            continue
        token = 2 * rules[rule, 4] + (found == UNKNOWN)
        at, same = _place_of(tokens, count, token, 1)
        if same == 0:
            tokens[count] = token
            at = count
            count += 1
        places[i - first] = at - 2
    return count


@compiled
def _undated_sequence(
    first: int, last: int, entries: Array, rules: Array, truths: Array, tokens: Array
) -> int:
    """The rulesets that bear on the row though nobody knows since when they are in force."""
    tokens[0] = UNDATED
    count = 1
    for i in range(first, last):
        ruleset = rules[entries[i, 0], 3]
        if ruleset >= 0 and truths[i - first] != 0:
            count = _sorted_in(tokens, 1, count, ruleset)
    return count


@compiled
def match(
    laws: Laws,
    cases: Cases,
    sequences: Sequences,
    found: Found,
    news: Array,
) -> None:
    """Find the rules of every row that hold or cannot be told, and what they lead to."""
    heads, entries, rules = laws.heads, laws.entries, laws.rules
    rows, of_rows, measures = cases.rows, cases.laws, cases.measures
    shared, lines, own = cases.shared, cases.lines, cases.own
    table, pool = sequences.slots, sequences.pool
    starts, out_rules, out_truths, out_places = (
        found.starts,
        found.rules,
        found.truths,
        found.places,
    )
    verdicts, measured, undated, odd = found.verdicts, found.measures, found.undated, found.odd
    most = 1
    for law in range(len(heads)):
        most = max(most, heads[law, 1] - heads[law, 0])
    truths, places = np.empty(most, np.int8), np.empty(most, np.int32)
    tokens = np.empty(most + 2, np.int32)
    end = 0
    for at in range(len(rows)):
        row = rows[at]
        law = of_rows[row]
        first, last, way = heads[law, 0], heads[law, 1], heads[law, 2]
        line = 0
        for i in range(first, last):
            rule = entries[i, 0]
            if lines[rule] >= 0:
                truths[i - first] = shared[lines[rule], row]
            else:
                truths[i - first] = own[line, row]
                line += 1
            if rules[rule, 1] < 0 and measures[row] == 0:
                truths[i - first] = 0
        count = _penalty_sequence((first, last, way), entries, rules, truths, tokens, places)
        odd[at] = count - 2 > MOST_TOKENS
        verdicts[at] = _number(table, pool, tokens, count, at, news)
        measured[at], undated[at] = -2, -2
        if measures[row] > 0:
            head = (first, last, measures[row])
            count = _measure_sequence(head, entries, rules, truths, tokens, places)
            odd[at] = odd[at] or count - 2 > MOST_TOKENS
            measured[at] = _number(table, pool, tokens, count, at, news)
        count = 0
        if heads[law, 3] != 0:
            count = _undated_sequence(first, last, entries, rules, truths, tokens)
        if count > 1:
            undated[at] = _number(table, pool, tokens, count, at, news)
        starts[at] = end
        for i in range(last - first):
            if truths[i] != 0:
                out_rules[end], out_truths[end] = entries[first + i, 0], truths[i]
                out_places[end] = places[i]
                end += 1
    starts[len(rows)] = end


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
    work: tuple[Array, Array, Array, Array, Array],
) -> None:
    """Find for every row the place in its provision where its fine stands."""
    code, sums, slots = program.code, program.sums, program.slots
    heads, tiers, lists = fines.heads, fines.tiers, fines.lists
    rows, values, laws = cases.rows, cases.values, cases.laws
    table, pool = sequences.slots, sequences.pool
    told, results, out, odd, stack = work
    tokens = np.empty(len(lists) + 3, np.int32)
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
        out[at] = _number(table, pool, tokens, count, at, news)


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
    work: tuple[Asked, Array, Array],
    out: tuple[Array, Array],
) -> int:
    """Write down by name what is asked in every row; returns how much, or -1 for no room."""
    asked, stack, columns = work
    code, sums, slots, rules = program.code, program.sums, program.slots, laws.rules
    rows, values = cases.rows, cases.values
    verdicts, measures, firsts = found.verdicts, found.measures, found.starts
    of_rows, truths, places = found.rules, found.truths, found.places
    bits, opens, open_names, fines = asked.deciding, asked.starts, asked.names, asked.fines
    owners = asked.owners
    starts, names = out
    end = 0
    for at in range(len(rows)):
        starts[at] = end
        if end + len(owners) > len(names):
            return -1
        row = rows[at]
        deciding, measured = bits[verdicts[at]], np.int64(0)
        if measures[at] >= 0:
            measured = bits[measures[at]]
        count = 0
        if deciding != 0 or measured != 0:
            for i in range(firsts[at], firsts[at + 1]):
                rule = of_rows[i]
                own = deciding if rules[rule, 1] >= 0 else measured
                if truths[i] == UNKNOWN and (own >> places[i]) & 1:
                    part = (rules[rule, 0], columns, count)
                    count = collect(code, sums, slots, values, row, stack, part)
        first = end
        for i in range(count):
            end = _sorted_in(names, first, end, owners[columns[i]])
        if fines[at]:
            for i in range(opens[chosen[at]], opens[chosen[at] + 1]):
                end = _sorted_in(names, first, end, open_names[i])
    starts[len(rows)] = end
    return end


@compiled
def _sorted_in(names: Array, first: int, end: int, name: int) -> int:
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
def split(found: Found, wanted: int, starts: Array, rules: Array, table: Array) -> int:
    """The rules of every row with one truth; returns how many there are."""
    firsts, of_rows, truths = found.starts, found.rules, found.truths
    end = 0
    for at in range(len(starts) - 1):
        starts[at] = end
        for i in range(firsts[at], firsts[at + 1]):
            if truths[i] == wanted:
                rules[end] = table[of_rows[i]]
                end += 1
    starts[len(starts) - 1] = end
    return end


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
