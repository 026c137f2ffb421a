"""Arrays that grow, and numbers for keys and for sequences of numbers."""

from collections.abc import Sequence
from math import prod
from typing import Final

import numpy as np
import numpy.typing as npt

from bizrules.batch._kernel import Array
from bizrules.batch._sequences import (
    Sequences,
    find_keys,
    fingerprint,
    insert,
    insert_key,
    insert_keys,
    key_of,
    new_keys,
    new_table,
)

_FIRST: Final = 256
_CACHE_LINE: Final = 64


class Scratch:
    """Arrays that are used again for every batch: memory asked for anew costs more than it."""

    def __init__(self) -> None:
        """Nothing asked for yet."""
        self._kept: dict[str, Array] = {}

    def array(self, name: str, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
        """The array of a name, in a shape; what is in it has no meaning."""
        size = prod(shape)
        kept = self._kept.get(name)
        if kept is None or len(kept) < size:
            kept = self._kept[name] = np.empty(size, dtype=dtype)
        return kept[:size].reshape(shape)

    def lines(self, name: str, count: int, width: int, dtype: npt.DTypeLike) -> Array:
        """As many lines as the count says, each a little longer than the width.

        Were they apart by a power of two, a cache could keep but a few of them at a time.
        """
        each = _CACHE_LINE // np.dtype(dtype).itemsize
        return self.array(name, (count, each * ((width // each + 2) | 1)), dtype)


class Growing:
    """A one-dimensional array to which values are added at the end."""

    __slots__ = ("_kept", "_length")

    def __init__(self, dtype: npt.DTypeLike = np.int32, values: Sequence[int] = ()) -> None:
        """Begin with the values."""
        self._kept: Array = np.empty(_FIRST, dtype=dtype)
        self._length = 0
        self.extend(values)

    def __len__(self) -> int:
        """How many values there are."""
        return self._length

    def append(self, value: int) -> None:
        """Add a value."""
        if self._length == len(self._kept):
            self._reserve(self._length + 1)
        self._kept[self._length] = value
        self._length += 1

    def extend(self, values: Sequence[int] | Array) -> None:
        """Add several values."""
        end = self._length + len(values)
        if end > len(self._kept):
            self._reserve(end)
        self._kept[self._length : end] = values
        self._length = end

    def _reserve(self, needed: int) -> None:
        grown = np.empty(max(needed, 2 * len(self._kept)), dtype=self._kept.dtype)
        grown[: self._length] = self._kept[: self._length]
        self._kept = grown

    @property
    def values(self) -> Array:
        """The values; no longer up to date once more are added."""
        return self._kept[: self._length]


class Numbering:
    """A number for every sequence of numbers that was met.

    The table is searched by compiled code, exactly: sequences are compared, not only their hashes.
    """

    def __init__(self) -> None:
        """Nothing met yet."""
        self._known: dict[bytes, int] = {}
        self._keys = new_keys(1024)
        self._slots = new_table(1024)
        self._pool = Growing(np.int32)

    def __len__(self) -> int:
        """How many sequences have a number."""
        return len(self._known)

    def number(self, sequence: Array) -> tuple[int, bool]:
        """The number of a sequence, and whether it is new."""
        given = sequence.tobytes()
        known = self._known.get(given)
        if known is not None:
            return known, False
        number = self._known[given] = len(self._known)
        key = int(key_of(sequence))
        if key >= 0:
            self._add_key(key, number)
        else:
            self._add_long(sequence, number)
        return number, True

    def _add_key(self, key: int, number: int) -> None:
        # Half of it stays empty, even if every sequence had a key.
        if 4 * len(self._known) > len(self._keys):
            old = self._keys.reshape(-1, 2)
            self._keys = new_keys(2 * len(self._keys))
            for one, its_number in old[old[:, 0] >= 0].tolist():
                insert_key(self._keys, one, its_number)
        insert_key(self._keys, key, number)

    def _add_long(self, sequence: Array, number: int) -> None:
        place = len(self._pool)
        self._pool.extend([number, len(sequence)])
        self._pool.extend(sequence)
        if 2 * len(self._known) > len(self._slots):
            self._grow()
        else:
            insert(self._slots, int(fingerprint(sequence, len(sequence))), place)

    def _grow(self) -> None:
        self._slots = new_table(4 * len(self._slots))
        pool, place = self._pool.values, 0
        while place < len(pool):
            end = place + 2 + int(pool[place + 1])
            insert(self._slots, int(fingerprint(pool[place + 2 : end], end - place - 2)), place)
            place = end

    @property
    def table(self) -> Sequences:
        """What compiled code searches."""
        return Sequences(self._keys, self._slots, self._pool.values)


class Keys:
    """A number for every key met, a key being one number."""

    def __init__(self) -> None:
        """Nothing met yet."""
        self._known = Growing(np.int64)
        self._slots = new_table(1024)

    def __len__(self) -> int:
        """How many keys have a number."""
        return len(self._known)

    def numbers(self, keys: Array) -> Array:
        """The number of each key; -1 for those that have none."""
        out = np.empty(len(keys), dtype=np.int32)
        find_keys(self._slots, self._known.values, keys, out)
        return out

    def add(self, keys: Array) -> None:
        """Number keys that have none yet, each once."""
        first = len(self._known)
        self._known.extend(keys)
        if 2 * len(self._known) > len(self._slots):
            size = len(self._slots)
            while 2 * len(self._known) > size:
                size *= 4
            self._slots, first = new_table(size), 0
        insert_keys(self._slots, self._known.values, first)
