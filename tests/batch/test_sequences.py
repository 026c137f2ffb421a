"""Numbers of sequences: equal sequences have the same number, however they are kept."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bizrules.batch._arrays import Numbering
from bizrules.batch._kernel import Array
from bizrules.batch._sequences import (
    MEASURES,
    NO_KEY,
    NODE,
    OPEN,
    VERDICT,
    ZERO,
    key_of,
    number_of,
)

_NUMBERS = st.integers(0, 5) | st.integers(2**14 - 3, 2**14 + 1) | st.integers(0, 2**31 - 1)
_VERDICTS = st.tuples(st.just(VERDICT), st.integers(0, 9), st.lists(_NUMBERS, max_size=6))
_PAIRS = st.tuples(st.sampled_from([NODE, ZERO]), _NUMBERS, st.lists(_NUMBERS, min_size=1))
_OTHERS = st.tuples(st.sampled_from([MEASURES, OPEN]), _NUMBERS, st.lists(_NUMBERS, max_size=3))
_SEQUENCES = (_VERDICTS | _PAIRS | _OTHERS).map(
    lambda one: np.array([one[0], one[1], *one[2]], dtype=np.int32)
)


def _same(one: Array, two: Array) -> bool:
    return np.array_equal(one, two)


@given(st.lists(_SEQUENCES, max_size=40))
def test_numbers_tell_sequences_apart(sequences: list[Array]) -> None:
    """Two sequences have the same number if and only if they are equal."""
    numbering = Numbering()
    numbers = [numbering.number(one)[0] for one in sequences]
    for (one, mine), (two, its) in combinations(zip(sequences, numbers, strict=True), 2):
        assert (mine == its) == _same(one, two)
    assert sorted(set(numbers)) == list(range(len(numbering)))


@given(st.lists(_SEQUENCES, max_size=20), _SEQUENCES)
def test_compiled_code_finds_the_number(known: list[Array], wanted: Array) -> None:
    """What has a number is found by it; what has none is written down with its row."""
    numbering = Numbering()
    for one in known:
        numbering.number(one)
    for one in [*known, wanted]:
        news = np.zeros(len(one) + 3, dtype=np.int32)
        news[0] = 1
        found = number_of(numbering.table, key_of(one), one, len(one), 7, news)
        if any(_same(one, other) for other in known):
            assert (found, news[0]) == (numbering.number(one)[0], 1)
        else:
            assert found == -1
            assert news[1 : news[0]].tolist() == [7, len(one), *one]


@given(_SEQUENCES, _SEQUENCES)
def test_keys_tell_sequences_apart(one: Array, two: Array) -> None:
    """Different sequences have different keys, if they have any."""
    keys = key_of(one), key_of(two)
    assert min(keys) >= NO_KEY
    assert keys[0] != keys[1] or keys[0] == NO_KEY or _same(one, two)


def test_many_sequences() -> None:
    """Tables grow and keep what they know, of sequences with a key and of long ones."""
    numbering = Numbering()
    short = [np.array([NODE, i, i % 7], dtype=np.int32) for i in range(3000)]
    long = [np.array([VERDICT, 0, *[i] * 5], dtype=np.int32) for i in range(3000)]
    numbers = [numbering.number(one)[0] for one in [*short, *long]]
    assert numbers == list(range(6000))
    news = np.ones(9, dtype=np.int32)
    for one, number in zip([*short, *long], numbers, strict=True):
        assert number_of(numbering.table, key_of(one), one, len(one), 0, news) == number
