"""Arrow columns as whole numbers, with the rows in which a value does not fit."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from bizrules.batch._columns import LARGEST, MOST_CODES, NOT_NAMED, Columns, coded, scale_of
from bizrules.batch._filling import (
    REFUSED,
    fill_bits,
    fill_codes,
    fill_days,
    fill_narrow,
    fill_numbers,
    fill_sets,
    fill_wide,
)
from bizrules.batch._kernel import MISSING, MOST_NARROW, NULL, UNREADABLE, Array
from bizrules.errors import Problem
from bizrules.facts import Fact, Kind, parse_value
from bizrules.matching import comparable
from bizrules.provenance import Location
from bizrules.values import FEN_PER_YUAN

_PLACE: Final = Location("cases")


def fill(fact: Fact, array: pa.Array, columns: Columns, out: Array, odd: Array) -> None:
    """Read a column of a fact.

    Args:
        fact: The fact.
        array: The column.
        columns: Knows the texts that conditions name.
        out: Receives the values.
        odd: Is set where a value does not fit.
    """
    found = array.type
    if types.is_null(found):
        out[:] = NULL
    elif types.is_boolean(found):
        missing = out.dtype.type(MISSING if out.dtype == np.int8 else NULL)
        fill_bits(_bits(array.buffers()[1], array), there(array), missing, out)
    elif types.is_date32(found):
        fill_days(buffer(array, np.int32), there(array), out, odd)
    elif types.is_integer(found):
        factor = FEN_PER_YUAN if fact.kind is Kind.MONEY else scale_of(fact)
        fill_numbers(whole(array), there(array), factor, out, odd)
    elif types.is_decimal(found):
        _fill_decimals(fact, array, out, odd)
    elif fact.kind is Kind.SET:
        _fill_sets(fact, array, out, odd)
    else:
        fill_texts(array, lambda given: _code(fact, given, columns), out, odd)


def is_narrow(fact: Fact, kind: pa.DataType) -> bool:
    """Whether a column of the type says about the fact what a byte can hold."""
    if fact.kind is Kind.BOOLEAN:
        return bool(types.is_boolean(kind))
    few = fact.kind in (Kind.CHOICE, Kind.LEVEL) and len(fact.choices) <= MOST_NARROW
    return few and not types.is_null(kind)


def there(array: pa.Array) -> Array:
    """A byte for every row: 0 where there is no value."""
    if array.null_count == 0:
        return np.ones(len(array), dtype=np.uint8)
    return _bits(array.buffers()[0], array)


def _bits(kept: pa.Buffer, array: pa.Array) -> Array:
    """The bits of the rows of an array, a byte each."""
    first = array.offset
    used = np.frombuffer(kept, np.uint8)[first >> 3 : (first + len(array) + 7) >> 3]
    return np.unpackbits(used, bitorder="little")[first & 7 : (first & 7) + len(array)]


def buffer(array: pa.Array, dtype: type[np.generic], width: int = 1) -> Array:
    """The values of an array, as many numbers each as the width says."""
    kept = array.buffers()[1]
    if kept is None:
        return np.zeros(len(array) * width, dtype)
    return np.frombuffer(kept, dtype)[array.offset * width : (array.offset + len(array)) * width]


def whole(array: pa.Array) -> Array:
    """The values of an array of whole numbers; those beyond 63 bits are negative."""
    numbers = buffer(array, array.type.to_pandas_dtype())
    # Compiled code would compare numbers without a sign as binary fractions.
    return numbers.astype(np.int64) if numbers.dtype == np.uint64 else numbers


def _fill_decimals(fact: Fact, array: pa.Array, out: Array, odd: Array) -> None:
    if not types.is_decimal128(array.type):
        texts = array.cast(pa.string())
        fill_texts(texts, lambda given: _amount(fact, Decimal(given)), out, odd)
        return
    wanted, scale = 2 if fact.kind is Kind.MONEY else 6, array.type.scale
    factor, divisor = 10 ** max(wanted - scale, 0), 10 ** max(scale - wanted, 0)
    if divisor > LARGEST or factor > LARGEST:
        texts = array.cast(pa.string())
        fill_texts(texts, lambda given: _amount(fact, Decimal(given)), out, odd)
        return
    words = buffer(array, np.int64, 2)
    fill_wide(words, there(array), (factor, divisor), out, odd)


def _amount(fact: Fact, given: Decimal) -> int:
    value = parse_value(fact, given, _PLACE)
    found = None if isinstance(value, Problem) else coded(fact, comparable(fact, value))
    return REFUSED if found is None else found


def _code(fact: Fact, given: str, columns: Columns) -> int:
    """The number of a text; of a value that does not fit `REFUSED`."""
    value = parse_value(fact, given, _PLACE)
    if isinstance(value, Problem):
        return REFUSED
    if fact.kind is Kind.TEXT:
        return columns.texts(fact.name).get(given, NOT_NAMED)
    found = coded(fact, comparable(fact, value))
    return REFUSED if found is None else found


def fill_texts(array: pa.Array, code: Callable[[str], int], out: Array, odd: Array) -> None:
    """Read a column of texts, each different one once."""
    numbers, names = dictionary(array)
    table = table_of(names, code)
    kept = buffer(numbers, numbers.type.to_pandas_dtype())
    if out.dtype != np.int8:
        fill_codes(kept, there(numbers), table, out, odd)
        return
    bytes_ = np.where(table == REFUSED, UNREADABLE, np.where(table == NULL, MISSING, table))
    fill_narrow(kept, there(numbers), bytes_.astype(np.int8), out, odd)


def table_of(names: Sequence[str | None], code: Callable[[str], int]) -> Array:
    """The codes of names; a name may be null."""
    codes = [NULL if name is None else code(name) for name in names]
    return np.array(codes or [NULL], dtype=np.int64)


def encoded(array: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The numbers of texts and the texts they stand for, as an array."""
    if not types.is_dictionary(array.type):
        array = array.dictionary_encode()
    return array.indices, array.dictionary


def dictionary(array: pa.Array) -> tuple[pa.Array, list[str | None]]:
    """The numbers of texts and the texts they stand for."""
    numbers, texts = encoded(array)
    return numbers, texts.to_pylist()


def flat(array: pa.Array) -> tuple[Array, Array, list[str | None]]:
    """A column of lists of texts: where each begins, the numbers of the texts, the texts."""
    inner = array.type.value_type
    if types.is_null(inner):
        inner = pa.string()
    listed = array.cast(pa.list_(inner))
    ends = np.concatenate([[0], np.cumsum(pc.list_value_length(listed).fill_null(0).to_numpy())])
    numbers, names = dictionary(listed.flatten())
    places = numbers.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
    return ends.astype(np.int64), places, names


def _fill_sets(fact: Fact, array: pa.Array, out: Array, odd: Array) -> None:
    ends, numbers, names = flat(array)
    if len(fact.choices) > MOST_CODES:
        odd |= array.is_valid().to_numpy(zero_copy_only=False)
        out[:] = NULL
        return

    def bit(name: str) -> int:
        return fact.ranks.get(name, REFUSED)

    refusing = [REFUSED if name is None else bit(name) for name in names] or [REFUSED]
    fill_sets(ends, numbers, there(array), np.array(refusing, dtype=np.int64), out, odd)
