"""A batch of rows: their dates, places and codes as numbers, any of them as values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from bizrules.batch._cases import Row, rows_of
from bizrules.batch._filling import (
    REFUSED,
    fill_codes,
    fill_days,
    fill_lists,
    fill_numbers,
    fill_sets,
)
from bizrules.batch._inputs import (
    buffer,
    dictionary,
    encoded,
    fill_texts,
    flat,
    table_of,
    there,
    whole,
)
from bizrules.batch._kernel import NULL, Array
from bizrules.batch._spans import AFTER_ALL, BEFORE_ALL, Spans, absent
from bizrules.case_dates import DATES
from bizrules.cases import to_span

_WIDTH: Final = 64
_WHOSE: Final = frozenset({"id", "region", "violation", "authority"})


@attrs.define(eq=False)
class Rows:
    """A batch of rows.

    Attributes:
        batch: The columns.
        priors: Earlier violations by case.
        odd: Rows that go one by one.
    """

    batch: pa.RecordBatch
    priors: Mapping[str, Sequence[Row]]
    odd: Array = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Rows without an id go one by one."""
        ids = self.batch.column("id")
        self.odd = ids.is_null().to_numpy(zero_copy_only=False).copy()

    def __len__(self) -> int:
        """How many rows there are."""
        return int(self.batch.num_rows)

    def column(self, name: str) -> pa.Array | None:
        """A column; None if there is none, or nothing in it."""
        if name not in self.batch.schema.names:
            return None
        found = self.batch.column(name)
        return None if types.is_null(found.type) else found

    def values(self, places: Array) -> list[Row]:
        """The rows at some places as values."""
        return rows_of(self.batch.take(pa.array(places)))

    def priors_of(self, row: Row) -> Sequence[Row]:
        """What was found for a row in the registers."""
        name = row["id"]
        return self.priors.get(name, ()) if isinstance(name, str) else ()

    def with_priors(self) -> Iterator[tuple[int, Row]]:
        """Rows with something found in the registers; of their values what says whose it is."""
        if not self.priors:
            return
        known = pa.array(list(self.priors), pa.string())
        found = pc.is_in(self.batch.column("id").cast(pa.string()), value_set=known)
        places = np.flatnonzero(found.to_numpy(zero_copy_only=False))
        named = [name for name in self.batch.schema.names if name in _WHOSE]
        yield from zip(
            places.tolist(), rows_of(self.batch.select(named).take(pa.array(places))), strict=True
        )

    def codes(self, name: str, code: Callable[[str], int]) -> Array:
        """A column of texts as numbers, `NULL` where there is none."""
        out = np.full(len(self), NULL, dtype=np.int64)
        found = self.column(name)
        if found is not None:
            fill_texts(found, code, out, self.odd)
        return out

    def places_among(self, name: str, names: pa.Array) -> Array:
        """Where the texts of a column stand among names; negative where they do not."""
        found = self.column(name)
        if found is None:
            return np.full(len(self), NULL, dtype=np.int64)
        numbers, texts = encoded(found)
        table = pc.index_in(texts.cast(names.type), value_set=names).fill_null(-1)
        # The last entry stands for rows without a text.
        codes = np.append(table.to_numpy(zero_copy_only=False).astype(np.int64), NULL)
        out: Array = codes[numbers.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)]
        return out

    def days(self, name: str) -> Array:
        """A column of exact days as ordinals, `NULL` where there is none."""
        span = self.span(name)
        exact = span.first == span.last
        self.odd |= ~exact & (span.first != BEFORE_ALL)
        return np.where(exact, span.first, NULL)

    def span(self, name: str) -> Spans:
        """First and last days of a date; open at both ends where there is none."""
        first = np.full(len(self), NULL, dtype=np.int64)
        found = self.column(name)
        if found is None:
            return absent(len(self))
        if types.is_date32(found.type):
            fill_days(buffer(found, np.int32), there(found), first, self.odd)
            known = first != NULL
            return Spans(np.where(known, first, BEFORE_ALL), np.where(known, first, AFTER_ALL))
        last = np.full(len(self), NULL, dtype=np.int64)
        numbers, names = dictionary(found)
        kept = buffer(numbers, numbers.type.to_pandas_dtype())
        for out, is_first in ((first, True), (last, False)):
            table = table_of(names, partial(_end, ahead=is_first))
            fill_codes(kept, there(numbers), table, out, self.odd)
        return Spans(
            np.where(first == NULL, BEFORE_ALL, first), np.where(last == NULL, AFTER_ALL, last)
        )

    def numbers(self, name: str) -> Array:
        """A column of whole numbers, `NULL` where there is none."""
        out = np.full(len(self), NULL, dtype=np.int64)
        found = self.column(name)
        if found is not None:
            fill_numbers(whole(found), there(found), 1, out, self.odd)
        return out

    def sets(self, name: str, codes: Sequence[str]) -> Array:
        """A column of lists of at most 62 codes as bits, `NULL` where there is none."""
        out = np.full(len(self), NULL, dtype=np.int64)
        found = self.column(name)
        if found is None:
            return out
        ends, numbers, names = flat(found)
        places = {code: place for place, code in enumerate(codes)}
        table = np.array([places.get(one or "", REFUSED) for one in names] or [REFUSED])
        fill_sets(ends, numbers, there(found), table, out, self.odd)
        return out

    def lists(self, name: str, codes: Mapping[str, int]) -> Array:
        """A column of lists of codes as one number each, 0 for an empty one."""
        out = np.zeros(len(self), dtype=np.int64)
        found = self.column(name)
        if found is None:
            return out
        ends, numbers, names = flat(found)
        table = np.array([codes.get(one or "", -1) for one in names] or [-1], dtype=np.int64)
        mapped = np.where(numbers < 0, -1, table[np.maximum(numbers, 0)])
        fill_lists(ends, mapped, _WIDTH, out, self.odd)
        return out

    def disordered(self, spans: Mapping[str, Spans], began: Spans) -> Array:
        """Rows with a date that certainly lies before one that it must follow."""
        act = spans["committed"]
        found = np.zeros(len(self), dtype=np.bool_)
        latest = act.first
        if not began.is_absent:
            found |= act.last < began.first
            latest = np.where(began.first == BEFORE_ALL, act.first, began.first)
        for name in DATES:
            if not spans[name].is_absent:
                found |= spans[name].last < latest
                latest = np.maximum(latest, spans[name].first)
        return found


def listed(number: int, codes: Sequence[str]) -> tuple[str, ...]:
    """The codes behind the number of a list."""
    found: list[str] = []
    while number:
        number, code = divmod(number - 1, _WIDTH)
        found.append(codes[code])
    return tuple(reversed(found))


def _end(given: str, *, ahead: bool) -> int:
    """The first or last day of a date in text."""
    try:
        span = to_span(given)
    except ValueError:
        return REFUSED
    day = None if span is None else span.earliest if ahead else span.latest
    return REFUSED if day is None else day.toordinal()
