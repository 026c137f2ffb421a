"""Compiled loops that fill a column of rows from the buffers of an Arrow array."""

from typing import Final

import numpy as np

from bizrules.batch._columns import LARGEST
from bizrules.batch._compiling import compiled
from bizrules.batch._kernel import MISSING, NULL, UNREADABLE, Array

DAY_ZERO: Final = 719163
"""The first day of 1970, from which Arrow counts days."""

LAST_DAY: Final = 3652059
"""The last day of the year 9999."""

REFUSED: Final = NULL + 2
"""In a table of codes: a value that does not fit."""


@compiled
def fill_bits(bits: Array, there: Array, missing: int, out: Array) -> None:
    """Booleans, a byte each."""
    for row in range(len(out)):
        out[row] = bits[row] if there[row] != 0 else missing


@compiled
def _mark(wrong: int, there: Array, out: Array, odd: Array) -> None:
    """Mark the rows with a value that does not fit, if there are any."""
    if wrong != 0:
        for row in range(len(out)):
            odd[row] |= (there[row] != 0) & (out[row] == NULL)


@compiled
def fill_numbers(numbers: Array, there: Array, factor: int, out: Array, odd: Array) -> None:
    """Whole numbers not below zero, times a factor."""
    most, wrong = LARGEST // factor, 0
    for row in range(len(out)):
        found = numbers[row]
        known = there[row] != 0
        fits = (found >= 0) & (found <= most)
        wrong += known & (not fits)
        out[row] = found * factor if known & fits else NULL
    _mark(wrong, there, out, odd)


@compiled
def fill_days(days: Array, there: Array, out: Array, odd: Array) -> None:
    """Days since 1970 as ordinals."""
    wrong = 0
    for row in range(len(out)):
        found = days[row] + np.int64(DAY_ZERO)
        known = there[row] != 0
        fits = (found >= 1) & (found <= LAST_DAY)
        wrong += known & (not fits)
        out[row] = found if known & fits else NULL
    _mark(wrong, there, out, odd)


@compiled
def fill_wide(words: Array, there: Array, ratio: tuple[int, int], out: Array, odd: Array) -> None:
    """Decimals of two words not below zero, times a ratio that must leave whole numbers."""
    factor, divisor = ratio
    most, wrong = LARGEST // factor, 0
    for row in range(len(out)):
        found, above = words[2 * row], words[2 * row + 1]
        known = there[row] != 0
        fits = (above == 0) & (found >= 0) & (found <= most)
        wrong += known & (not fits)
        out[row] = found * factor if known & fits else NULL
    _mark(wrong, there, out, odd)
    if divisor != 1:
        for row in range(len(out)):
            if out[row] != NULL:
                odd[row] |= out[row] % divisor != 0
                out[row] //= divisor


@compiled
def fill_codes(numbers: Array, there: Array, table: Array, out: Array, odd: Array) -> None:
    """Codes by their numbers in a dictionary."""
    wrong = 0
    for row in range(len(out)):
        found = table[numbers[row]] if there[row] != 0 else NULL
        wrong += found == REFUSED
        out[row] = found
    if wrong != 0:
        for row in range(len(out)):
            if out[row] == REFUSED:
                odd[row] = True
                out[row] = NULL


@compiled
def fill_narrow(numbers: Array, there: Array, table: Array, out: Array, odd: Array) -> None:
    """Codes of a byte by their numbers in a dictionary."""
    wrong = 0
    for row in range(len(out)):
        found = table[numbers[row]] if there[row] != 0 else np.int8(MISSING)
        wrong += found == UNREADABLE
        out[row] = found
    if wrong != 0:
        for row in range(len(out)):
            if out[row] == UNREADABLE:
                odd[row] = True
                out[row] = MISSING


@compiled
def fill_sets(
    ends: Array, numbers: Array, there: Array, table: Array, out: Array, odd: Array
) -> None:
    """Lists of codes as bits; `numbers` is -1 for a member that is null."""
    for row in range(len(out)):
        out[row] = NULL
        if there[row] == 0:
            continue
        bits = 0
        for i in range(ends[row], ends[row + 1]):
            found = REFUSED if numbers[i] < 0 else table[numbers[i]]
            if found == REFUSED:
                odd[row] = True
            else:
                bits |= 1 << found
        out[row] = bits


@compiled
def fill_lists(ends: Array, numbers: Array, width: int, out: Array, odd: Array) -> None:
    """Short lists of codes below `width` as one number each, 0 for none; long ones are odd."""
    for row in range(len(out)):
        found = 0
        for i in range(ends[row], ends[row + 1]):
            if numbers[i] < 0 or found > LARGEST // width:
                odd[row] = True
            else:
                found = found * width + numbers[i] + 1
        out[row] = found
