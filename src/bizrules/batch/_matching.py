"""The compiled loop that matches: which rules of a row hold, and what they lead to."""

from typing import Final, NamedTuple

import numpy as np

from bizrules.batch._compiling import compiled, inlined
from bizrules.batch._kernel import UNKNOWN, Array, Whole, bit_place
from bizrules.batch._loops import PER_WORD, Cases, Found, Laws, sorted_in
from bizrules.batch._sequences import (
    MEASURES,
    MOST_TOKENS,
    NO_KEY,
    UNDATED,
    VERDICT,
    Sequences,
    add_token,
    number_of,
    verdict_key,
)

NOWHERE: Final = MOST_TOKENS + 1
"""The place of a rule that is not named in its sequence."""

_BOTH: Final = 3


class Lines(NamedTuple):
    """Where the truths of the rules of each law stand in a row.

    The first lines are those of rules that speak in many rows, the same in every law; behind them
    stand the other rules of the law, in its order.

    Attributes:
        entries: For each law and line the entry of the law whose truth stands there.
        masks: For each law the bits of its lines, in as many numbers as a row has.
    """

    entries: Array
    masks: Array


@compiled
def place_rules(laws: Laws, lines: Array, shared: int, out: Lines) -> None:
    """Write down where the rules of each law stand; `lines` has the line of each shared rule."""
    heads, entries = laws.heads, laws.entries
    out.masks[:, :] = 0
    for law in range(len(heads)):
        own = shared
        for i in range(heads[law, 0], heads[law, 1]):
            line = np.int64(lines[entries[i, 0]])
            if line < 0:
                line = np.int64(own)
                own += 1
            out.entries[law, line] = i
            out.masks[law, line // PER_WORD] |= np.int64(_BOTH) << np.int64(2 * (line % PER_WORD))


@compiled
def pack(told: Array, out: Array) -> None:
    """Write truths, a line each, as two bits each in every row; all further bits are empty."""
    for word in range(len(out)):
        into = out[word]
        into[:] = 0
        for line in range(PER_WORD * word, min(PER_WORD * (word + 1), len(told))):
            shift, truths = np.int64(2 * (line % PER_WORD)), told[line]
            for row in range(len(truths)):
                into[row] |= np.int64(truths[row]) << shift


class Room(NamedTuple):
    """Room for one row.

    Attributes:
        hits: The entries of the rules that did not fail, in the order of the law.
        truths: Their truths.
        places: Where each stands in its sequence.
        order: Numbers of the hits, by id of the rule.
        tokens: A sequence.
        ends: Where what holds and what cannot be told goes that is found next.
    """

    hits: Array
    truths: Array
    places: Array
    order: Array
    tokens: Array
    ends: Array


@inlined
def _look(truths: Array, row: int, law: int, lines: Lines, room: Room) -> int:
    """Which rules of a row did not fail; returns how many."""
    hits, found, count = room.hits, room.truths, 0
    for word in range(len(truths)):
        bits = truths[word, row] & lines.masks[law, word]
        while bits != 0:
            line = bit_place(bits & -bits) >> 1
            truth = np.int8((bits >> np.int64(2 * line)) & _BOTH)
            bits &= ~(np.int64(_BOTH) << np.int64(2 * line))
            entry, to = lines.entries[law, PER_WORD * word + line], count
            while to > 0 and hits[to - 1] > entry:
                hits[to], found[to] = hits[to - 1], found[to - 1]
                to -= 1
            hits[to], found[to] = entry, truth
            count += 1
    return count


@inlined
def _penalty_sequence(count: int, way: int, entries: Array, room: Room) -> tuple[int, Whole]:
    """The sequence of the penalty axis; returns its length and its key.

    Neighbours of one sort are named once, and what cannot be told twice where there are several,
    but not at all behind one of its sort that holds: another such rule adds nothing.
    Written without branches, since which way they go is different in every row.
    """
    hits, truths, places, tokens = room.hits, room.truths, room.places, room.tokens
    tokens[0], tokens[1] = VERDICT, way
    end, sort, is_held, untold_at, untold = 2, np.int64(-1), False, 0, 0
    key: Whole = np.int64(0)
    for i in range(count):
        token, is_open = np.int64(entries[hits[i], 2]), truths[i] == UNKNOWN
        if token < 0:
            break
        is_held &= token == sort
        untold = untold if token == sort else 0
        sort = token
        is_named = (not is_held) & ((not is_open) | (untold < 2))  # noqa: PLR2004 - named twice
        tokens[end] = token + is_open
        key = add_token(key, token + is_open) if is_named else key
        untold_at = end - 2 if is_named & is_open else untold_at
        places[i] = NOWHERE if is_held else untold_at
        untold += is_open
        is_held |= not is_open
        end += is_named
    return end, verdict_key(key, np.int64(way))


@inlined
def _measure_sequence(count: int, measures: int, entries: Array, rules: Array, room: Room) -> int:
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
def _undated_sequence(count: int, entries: Array, rules: Array, room: Room) -> int:
    """The rulesets that bear on the row though nobody knows since when they are in force."""
    room.tokens[0] = UNDATED
    end = 1
    for i in range(count):
        ruleset = rules[entries[room.hits[i], 0], 3]
        if ruleset >= 0:
            end = sorted_in(room.tokens, 1, end, ruleset)
    return end


@inlined
def _list(count: int, at: int, entries: Array, room: Room, found: Found) -> None:
    """Write down the rules of a row by id."""
    hits, truths, places, order = room.hits, room.truths, room.places, room.order
    held, rules, of_rules, ends = found.held, found.rules, found.places, room.ends
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


def new_room(most: int) -> Room:
    """Room for the rules of a row, of which there are at most so many."""
    return Room(
        np.empty(most + 1, np.int32),
        np.empty(most + 1, np.int8),
        np.empty(most + 1, np.int32),
        np.empty(most + 1, np.int32),
        np.empty(most + 2, np.int32),
        np.zeros(2, np.int64),
    )


@compiled
def match(
    laws: Laws,
    lines: Lines,
    cases: Cases,
    sequences: Sequences,
    work: tuple[Room, Array],
    found: Found,
) -> None:
    """Find the rules of every row that hold or cannot be told, and what they lead to."""
    heads, entries, rules = laws.heads, laws.entries, laws.rules
    rows, of_rows, measures, truths = cases.rows, cases.laws, cases.measures, cases.truths
    verdicts, measured, undated, odd = found.verdicts, found.measures, found.undated, found.odd
    room, news = work
    tokens = room.tokens
    found.held_starts[0], found.starts[0] = 0, 0
    for at in range(len(rows)):
        row = rows[at]
        law, measure = of_rows[row], measures[row]
        count = _look(truths, row, law, lines, room)
        if heads[law, 4] != 0 and measure == 0:
            while count > 0 and entries[room.hits[count - 1], 2] < 0:
                count -= 1
        size, key = _penalty_sequence(count, heads[law, 2], entries, room)
        odd[at] = size - 2 > MOST_TOKENS
        verdicts[at] = number_of(sequences, key, tokens, size, at, news)
        measured[at], undated[at] = -2, -2
        if measure > 0:
            size = _measure_sequence(count, measure, entries, rules, room)
            odd[at] = odd[at] or size - 2 > MOST_TOKENS
            measured[at] = number_of(sequences, NO_KEY, tokens, size, at, news)
        if heads[law, 3] != 0:
            size = _undated_sequence(count, entries, rules, room)
            if size > 1:
                undated[at] = number_of(sequences, NO_KEY, tokens, size, at, news)
        _list(count, at, entries, room, found)
