"""The compiled loops over rows: which rules hold, which fine, what is asked.

They know no law. What rules lead to comes to them as numbers that the engine worked out: a row
writes down what was found as a short sequence, and looks up what that sequence leads to.
"""

from typing import Final, NamedTuple

import numpy as np

from bizrules.batch._compiling import compiled, inlined
from bizrules.batch._kernel import (
    MOST_TOKENS,
    NULL,
    UNKNOWN,
    Array,
    Program,
    Sequences,
    Values,
    find,
    fingerprint,
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
        told: Truths, a line each: of rules that speak in many rows, then of the other rules of each
            row's law.
        lines: For each rule that speaks in many rows its line; -1 for the others.
        shared: How many speak in many rows.
    """

    rows: Array
    values: Values
    laws: Array
    measures: Array
    told: Array
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


@inlined
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


class _Room(NamedTuple):
    """Room for one row.

    Attributes:
        hits: The entries of the rules that did not fail.
        truths: Their truths.
        places: Where each stands in its sequence.
        order: Numbers of the hits, by id of the rule.
        tokens: A sequence.
    """

    hits: Array
    truths: Array
    places: Array
    order: Array
    tokens: Array


@inlined
def _penalty_sequence(count: int, way: int, entries: Array, room: _Room) -> int:
    """The sequence of the penalty axis; returns its length.

    Neighbours of one sort are named once, and what cannot be told twice where there are several,
    but not at all behind one of its sort that holds: another such rule adds nothing.
    """
    hits, truths, places, tokens = room.hits, room.truths, room.places, room.tokens
    tokens[0], tokens[1] = VERDICT, way
    end, sort, held_at, untold_at, untold = 2, np.int32(-1), -1, -1, 0
    for i in range(count):
        token = entries[hits[i], 2]
        if token < 0:
            break
        if token != sort:
            sort, held_at, untold = token, -1, 0
        if truths[i] == UNKNOWN:
            if held_at >= 0:
                places[i] = NOWHERE
                continue
            if untold < 2:  # noqa: PLR2004 - named twice
                tokens[end] = token + 1
                untold_at, untold = end - 2, untold + 1
                end += 1
            places[i] = untold_at
        elif held_at < 0:
            tokens[end] = token
            held_at = end - 2
            end += 1
    return end


@inlined
def _measure_sequence(count: int, measures: int, entries: Array, rules: Array, room: _Room) -> int:
    """The sequence of the measures: each sort of rule that did not fail once."""
    hits, truths, places, tokens = room.hits, room.truths, room.places, room.tokens
    tokens[0], tokens[1] = MEASURES, measures
    end = 2
    for i in range(count):
        if entries[hits[i], 2] >= 0:
            continue
        token = 2 * rules[entries[hits[i], 0], 4] + (truths[i] == UNKNOWN)
        place = 2
        while place < end and tokens[place] != token:
            place += 1
        if place == end:
            tokens[end] = token
            end += 1
        places[i] = place - 2
    return end


@inlined
def _undated_sequence(count: int, entries: Array, rules: Array, room: _Room) -> int:
    """The rulesets that bear on the row though nobody knows since when they are in force."""
    room.tokens[0] = UNDATED
    end = 1
    for i in range(count):
        ruleset = rules[entries[room.hits[i], 0], 3]
        if ruleset >= 0:
            end = sorted_in(room.tokens, 1, end, ruleset)
    return end


@inlined
def _look(told: Array, row: int, entries: Array, own: tuple[int, int, int], room: _Room) -> int:
    """Which rules of a row did not fail; returns how many.

    `own` says where the rules of its law begin and end, and the first line of those that speak in
    few rows.
    """
    first, last, line_of_own = own
    count = 0
    for i in range(first, last):
        line = entries[i, 4]
        is_own = line < 0
        truth_ = told[line_of_own if is_own else line, row]
        line_of_own += is_own
        room.hits[count], room.truths[count] = i, truth_
        count += truth_ != 0
    return count


@inlined
def _list(count: int, at: int, entries: Array, room: _Room, found: Found, ends: Array) -> None:
    """Write down the rules of a row by id."""
    hits, truths, places, order = room.hits, room.truths, room.places, room.order
    held, rules, of_rules = found.held, found.rules, found.places
    for i in range(count):
        # They are found in the order in which they rank.
        id_, to = entries[hits[i], 1], i
        while to > 0 and entries[hits[order[to - 1]], 1] > id_:
            order[to] = order[to - 1]
            to -= 1
        order[to] = i
    held_end, end = ends[0], ends[1]
    for i in range(count):
        one = order[i]
        held[held_end], rules[end] = entries[hits[one], 3], entries[hits[one], 0]
        of_rules[end] = places[one]
        held_end += truths[one] == 1
        end += truths[one] == UNKNOWN
    found.held_starts[at + 1], found.starts[at + 1] = held_end, end
    ends[0], ends[1] = held_end, end


@compiled
def _new_room(heads: Array) -> _Room:
    """Room for the rules of the law with the most."""
    most = 1
    for law in range(len(heads)):
        most = max(most, heads[law, 1] - heads[law, 0])
    return _Room(
        np.empty(most + 1, np.int32),
        np.empty(most + 1, np.int8),
        np.empty(most + 1, np.int32),
        np.empty(most + 1, np.int32),
        np.empty(most + 2, np.int32),
    )


@compiled
def match(
    laws: Laws, cases: Cases, entries: Array, sequences: Sequences, found: Found, news: Array
) -> None:
    """Find the rules of every row that hold or cannot be told, and what they lead to.

    `entries` are those of the laws, with the line of each rule that speaks in many rows, else -1.
    """
    heads, rules = laws.heads, laws.rules
    rows, of_rows, measures, told = cases.rows, cases.laws, cases.measures, cases.told
    table, pool = sequences.slots, sequences.pool
    verdicts, measured, undated, odd = found.verdicts, found.measures, found.undated, found.odd
    room, ends = _new_room(heads), np.zeros(2, np.int64)
    tokens = room.tokens
    found.held_starts[0], found.starts[0] = 0, 0
    for at in range(len(rows)):
        row = rows[at]
        law, measure = of_rows[row], measures[row]
        own = heads[law, 0], heads[law, 1], cases.shared
        count = _look(told, row, entries, own, room)
        if heads[law, 4] != 0 and measure == 0:
            while count > 0 and entries[room.hits[count - 1], 2] < 0:
                count -= 1
        size = _penalty_sequence(count, heads[law, 2], entries, room)
        odd[at] = size - 2 > MOST_TOKENS
        verdicts[at] = _number(table, pool, tokens, size, at, news)
        measured[at], undated[at] = -2, -2
        if measure > 0:
            size = _measure_sequence(count, measure, entries, rules, room)
            odd[at] = odd[at] or size - 2 > MOST_TOKENS
            measured[at] = _number(table, pool, tokens, size, at, news)
        if heads[law, 3] != 0:
            size = _undated_sequence(count, entries, rules, room)
            if size > 1:
                undated[at] = _number(table, pool, tokens, size, at, news)
        _list(count, at, entries, room, found, ends)


@compiled
def first_of_each(news: Array) -> tuple[Array, Array]:
    """Where each different sequence without a number stands first, and which each of them is."""
    at, total = 1, 0
    while at < news[0]:
        at, total = at + 2 + news[at + 1], total + 1
    size = 8
    while size < 2 * total:
        size *= 2
    slots = np.full(size, -1, np.int32)
    firsts, kinds = np.empty(total, np.int64), np.empty(total, np.int32)
    at, found = 1, 0
    for one in range(total):
        count = news[at + 1]
        place = fingerprint(news[at + 2 : at + 2 + count], count) & (size - 1)
        while slots[place] >= 0 and not _is_same(news, firsts[slots[place]], at):
            place = (place + 1) & (size - 1)
        if slots[place] < 0:
            slots[place], firsts[found] = found, at
            found += 1
        kinds[one] = slots[place]
        at += 2 + count
    return firsts[:found], kinds


@inlined
def _is_same(news: Array, one: int, two: int) -> bool:
    """Whether two sequences are equal."""
    same = news[one + 1] == news[two + 1]
    i = 0
    while same and i < news[one + 1]:
        same = news[one + 2 + i] == news[two + 2 + i]
        i += 1
    return bool(same)


@compiled
def write_numbers(news: Array, kinds: Array, numbers: Array, outs: tuple[Array, ...]) -> None:
    """Write the number of each sequence to its row: by what it is about, three and three alike."""
    at = 1
    for one in range(len(kinds)):
        about = news[at + 2] % 3
        if about == 0:
            outs[0][news[at]] = numbers[kinds[one]]
        elif about == 1:
            outs[1][news[at]] = numbers[kinds[one]]
        else:
            outs[2][news[at]] = numbers[kinds[one]]
        at += 2 + news[at + 1]


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
