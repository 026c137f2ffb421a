"""Numbers for sequences of numbers, and for keys that are one number; compiled.

A row writes down what was found in it as a short sequence; what that leads to is worked out once.
Most sequences fit into a single number, their key, which is found with one look.
"""

from typing import Final, NamedTuple

import numpy as np

from bizrules.batch._compiling import compiled, inlined, making_arrays
from bizrules.batch._kernel import Array, Whole

VERDICT, MEASURES, UNDATED, NODE, OPEN, ZERO = range(6)
"""What a sequence is about: its first number."""

MOST_TOKENS: Final = 60
"""So many numbers may stand in a sequence behind the first two."""

NO_KEY: Final = -1
"""The key of a sequence that does not fit into one."""

_TOKEN: Final = 14
_TOKENS: Final = 4
_WAY: Final = 3
_HALF: Final = 29
_ABOUT: Final = 59
_SPREAD: Final = 0x9E3779B97F4A7C15


class Sequences(NamedTuple):
    """The sequences that have a number.

    Attributes:
        keys: A table of the keys and their numbers in turn; -1 for nothing.
        slots: A table of where each of the others begins in the pool; -1 for nothing.
        pool: For each of these its number, its length, and the sequence.
    """

    keys: Array
    slots: Array
    pool: Array


def new_table(size: int) -> Array:
    """An empty table; its size is a power of two."""
    return np.full(size, -1, dtype=np.int32)


def new_keys(size: int) -> Array:
    """An empty table of keys with their numbers; the size is a power of two."""
    return np.full(2 * size, -1, dtype=np.int64)


@inlined
def add_token(key: Whole, token: Whole) -> Whole:
    """The key of the tokens of a verdict with one more; those that do not fit leave no key."""
    fits = (key >= 0) & (key >> (_TOKEN * (_TOKENS - 1)) == 0) & (token + 1 < 1 << _TOKEN)
    return (key << _TOKEN) | (token + 1) if fits else NO_KEY


@inlined
def verdict_key(key: Whole, way: Whole) -> Whole:
    """The key of a verdict, from that of its tokens and the way in which rules combine."""
    return key | (np.int64(way) << (_TOKEN * _TOKENS)) if key >= 0 and way >> _WAY == 0 else NO_KEY


@inlined
def pair_key(tokens: Array, count: int) -> Whole:
    """The key of a sequence of two numbers behind the first."""
    one, two = np.int64(tokens[1]), np.int64(tokens[2])
    fits = count == 3 and (one | two) >> _HALF == 0  # noqa: PLR2004 - two behind the first
    return (np.int64(tokens[0]) << _ABOUT) | (one << _HALF) | two if fits else NO_KEY


@compiled
def key_of(sequence: Array) -> Whole:
    """The key of a sequence; `NO_KEY` if it does not fit."""
    if sequence[0] == VERDICT:
        key: Whole = np.int64(0)
        for i in range(2, len(sequence)):
            key = add_token(key, np.int64(sequence[i]))
        return verdict_key(key, np.int64(sequence[1]))
    if sequence[0] == NODE or sequence[0] == ZERO:
        return pair_key(sequence, len(sequence))
    return NO_KEY


@inlined
def _key_place(key: Whole, size: int) -> int:
    mixed = np.uint64(key) * np.uint64(_SPREAD)
    return np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(size - 1))  # type: ignore[return-value]  # compiled


@compiled
def insert_key(keys: Array, key: int, number: int) -> None:
    """Put a key that is not there yet into the table."""
    size = len(keys) >> 1
    at = _key_place(key, size)
    while keys[2 * at] >= 0:
        at = (at + 1) & (size - 1)
    keys[2 * at], keys[2 * at + 1] = key, number


@inlined
def _find_key(keys: Array, key: Whole) -> int:
    """The number of a key; -1 if it has none."""
    size = len(keys) >> 1
    at = _key_place(key, size)
    while keys[2 * at] != key and keys[2 * at] >= 0:
        at = (at + 1) & (size - 1)
    return np.int64(keys[2 * at + 1])  # type: ignore[return-value]  # compiled


@inlined
def fingerprint(tokens: Array, count: int) -> int:
    """A hash of the first numbers."""
    mixed = np.uint64(0xCBF29CE484222325)
    for i in range(count):
        mixed ^= np.uint64(tokens[i] & 0xFFFFFFFF)
        mixed *= np.uint64(0x100000001B3)
        mixed ^= mixed >> np.uint64(29)
    return np.int64(mixed >> np.uint64(1))  # type: ignore[return-value]  # compiled


@compiled
def insert(slots: Array, hashed: int, place: int) -> None:
    """Put a sequence that is not there yet into the table."""
    mask = len(slots) - 1
    at = hashed & mask
    while slots[at] >= 0:
        at = (at + 1) & mask
    slots[at] = place


@inlined
def find(slots: Array, pool: Array, tokens: Array, count: int) -> int:
    """The number of a sequence; -1 if it has none."""
    hashed = fingerprint(tokens, count)
    mask = len(slots) - 1
    at = hashed & mask
    while slots[at] >= 0:
        place = slots[at]
        if pool[place + 1] == count:
            i = 0
            while i < count and pool[place + 2 + i] == tokens[i]:
                i += 1
            if i == count:
                return int(pool[place])
        at = (at + 1) & mask
    return -1


@inlined
def number_of(
    sequences: Sequences, key: Whole, tokens: Array, count: int, place: int, news: Array
) -> int:
    """The number of a sequence; one that has none is written down with its row and length."""
    if key >= 0:
        number = _find_key(sequences.keys, key)
    else:
        number = find(sequences.slots, sequences.pool, tokens, count)
    if number < 0:
        at = news[0]
        news[at], news[at + 1] = place, count
        for i in range(count):
            news[at + 2 + i] = tokens[i]
        news[0] = at + 2 + count
    return number


@making_arrays
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


@compiled
def _place(key: int, mask: int) -> int:
    mixed = np.uint64(key)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return np.int64(mixed >> np.uint64(33)) & mask  # type: ignore[return-value]  # compiled


@compiled
def find_keys(slots: Array, known: Array, keys: Array, out: Array) -> int:
    """The numbers of keys, -1 for those that have none; returns how many those are."""
    missing = 0
    for row in range(len(keys)):
        at = _place(keys[row], len(slots) - 1)
        out[row] = -1
        while slots[at] >= 0:
            if known[slots[at]] == keys[row]:
                out[row] = slots[at]
                break
            at = (at + 1) & (len(slots) - 1)
        missing += out[row] < 0
    return missing


@compiled
def insert_keys(slots: Array, known: Array, first: int) -> None:
    """Put the keys from the number `first` on, none of which is there yet, into the table."""
    for number in range(first, len(known)):
        at = _place(known[number], len(slots) - 1)
        while slots[at] >= 0:
            at = (at + 1) & (len(slots) - 1)
        slots[at] = number
