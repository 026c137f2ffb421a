"""Columns read into cases: what many rows share is read once, what does not fit row by row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Final, TypeAlias, cast

import attrs
import numpy as np
import pyarrow as pa
from pyarrow import types

from bizrules.batch._cases import OWN, CaseRow, Row, day_or_number, prior_of, rows_of
from bizrules.batch._columns import LARGEST
from bizrules.batch._inputs import buffer, dictionary, there
from bizrules.batch._kernel import Array
from bizrules.batch._schema import DATES, NAMES, is_text
from bizrules.cases import Act, Case, FactInput, Party, PartyKind, Priors, to_day, to_span
from bizrules.errors import Problem
from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.history import Register
from bizrules.values import FEN_PER_YUAN, DateSpan, Money

ReadCase: TypeAlias = tuple[str | None, Case, Sequence[Problem]]
"""The id of a row, its case, and what is wrong with it but for what evaluation itself finds."""

_Search: TypeAlias = tuple[date | None, frozenset[Register] | None]
"""The day back to which the registers were searched, and which these are."""

_Values: TypeAlias = Sequence[Any]
"""The values of a column, None where it is null."""


class _Unfit(Enum):
    """Stands for a value that only the reader of single rows knows to take."""

    UNFIT = "unfit"


_UNFIT: Final = _Unfit.UNFIT


def read_cases(
    batch: pa.RecordBatch,
    vocabulary: Vocabulary,
    priors_of: Callable[[Row], Sequence[Row]],
) -> Iterator[ReadCase]:
    """The cases of rows; what could not be read is left out of them, and is among the problems.

    Args:
        batch: The rows.
        vocabulary: Declarations of facts.
        priors_of: Finds the earlier violations of a row by its id.
    """
    columns = CaseColumns(batch)
    rows = zip(columns.own(), columns.facts(vocabulary), strict=True)
    for row, ((name, *said), given) in enumerate(rows):
        found = priors_of({"id": name})
        priors = [prior_of(one) for one in found]
        if columns.odd[row] or None in priors or None in (name, *said[:2]):
            reader = CaseRow(rows_of(batch.slice(row, 1))[0], found)
            yield name, reader.case(), reader.problems
        else:
            yield name, _case(name, said, given, priors), ()


def _case(name: str, said: Sequence[Any], facts: Mapping[str, FactInput], found: _Values) -> Case:
    region, violation, act, dates, authority, party, measures, examined, search = said
    discovered, filed, notified, decided = dates
    priors = None
    if found or search is not None:
        since, registers = search or (None, None)
        priors = Priors(searched_since=since, registers=registers, found=found)
    return Case(
        id=name,
        region=region,
        violation=violation,
        committed=act,
        discovered=discovered,
        filed=filed,
        notified=notified,
        decided=decided,
        authority=authority,
        party=party,
        facts=facts,
        examined=examined,
        measures=measures,
        priors=priors,
    )


@attrs.define(eq=False)
class CaseColumns:
    """The columns of rows as values.

    Attributes:
        batch: The rows.
        odd: Rows with a value that does not fit: they are read one by one.
    """

    batch: pa.RecordBatch
    odd: Array = attrs.field(init=False)

    @odd.default
    def _none_odd(self) -> Array:
        return np.zeros(self.batch.num_rows, dtype=np.bool_)

    def own(self) -> Iterator[tuple[Any, ...]]:
        """What each row says besides facts, in the order of the fields of a case."""
        return zip(
            *(self._texts(name) for name in NAMES),
            self._acts(),
            zip(*(self._spans(name) for name in DATES[2:]), strict=True),
            self._texts("authority"),
            self._parties(),
            self._lists("measures", tuple),
            self._lists("examined", frozenset),
            self._searches(),
            strict=True,
        )

    def facts(self, vocabulary: Vocabulary) -> list[dict[str, FactInput]]:
        """The facts that each row states, in the order of the columns."""
        found: list[dict[str, FactInput]] = [{} for _ in range(self.batch.num_rows)]
        for name in self.batch.schema.names:
            column = None if name in OWN else self._column(name)
            if column is None:
                continue
            values = _fact_values(vocabulary[name], column)
            if 2 * column.null_count > len(column):
                rows = np.flatnonzero(there(column)).tolist()
                stated = zip(
                    [found[row] for row in rows], [values[row] for row in rows], strict=True
                )
            else:
                stated = zip(found, values, strict=True)
            for facts, value in stated:
                if value is not None:
                    facts[name] = value
        return found

    def _column(self, name: str) -> pa.Array | None:
        """A column; None if there is none, or nothing in it."""
        if name not in self.batch.schema.names:
            return None
        found = self.batch.column(name)
        return None if found.null_count == len(found) else found

    def _nothing(self, value: object = None) -> _Values:
        """The values of a column in which nothing stands."""
        return [value] * self.batch.num_rows

    def _texts(self, name: str) -> _Values:
        column = self._column(name)
        return self._nothing() if column is None else self._read(column, str)

    def _read(self, column: pa.Array, read: Callable[[Any], object]) -> list[Any]:
        """Texts or days, each different one read once; unfit where it is no such value.

        Args:
            column: The column.
            read: Reads a text or a day; a ValueError says that it does not fit.
        """
        codes, values = _coded(column)
        found = [_read_one(value, read) for value in values]
        wrong = np.array([*(one is _UNFIT for one in found), False])
        if wrong.any():
            self.odd |= wrong[codes]
        return _spread(codes, found)

    def _spans(self, name: str) -> _Values:
        column = self._column(name)
        return self._nothing() if column is None else self._read(column, to_span)

    def _days(self, name: str) -> _Values:
        column = self._column(name)
        return self._nothing() if column is None else self._read(column, to_day)

    def _acts(self) -> _Values | Iterator[Act | None]:
        ended, began = (self._column(name) for name in DATES[:2])
        if began is None:
            return self._nothing() if ended is None else self._read(ended, _on)
        return map(_act, self._spans("committed"), self._spans("committed_from"))

    def _parties(self) -> _Values | Iterator[Party]:
        kinds, ages = self._column("party_kind"), self._column("party_age")
        found = self._nothing() if kinds is None else self._read(kinds, PartyKind)
        counted = self._nothing()
        if ages is not None:
            counted = ages.to_pylist()
            self.odd |= np.array([age is not None and age < 0 for age in counted])
        known: dict[tuple[object, ...], Party] = {}

        def party(*said: Any) -> Party:  # noqa: ANN401 - kind, age and day of birth
            if said not in known:
                kind, age, born = (None if one is _UNFIT else one for one in said)
                known[said] = Party(kind=kind, age=age, birth_date=born)
            return known[said]

        return map(party, found, counted, self._days("birth_date"))

    def _lists(self, name: str, made: Callable[[list[str]], object]) -> _Values:
        """Lists of texts; unfit where a member is null."""
        column, nothing = self._column(name), made([])
        if column is None:
            return self._nothing(nothing)
        found = column.to_pylist()
        self.odd |= np.array([one is not None and None in one for one in found])
        return [nothing if one is None else made(one) for one in found]

    def _searches(self) -> _Values | Iterator[_Search | None]:
        """Since when which registers were searched; None where neither is said."""
        since, column = self._days("searched_since"), self._column("registers")
        if column is None:
            return [None if day is None else (day, None) for day in since]
        named = column.to_pylist()
        known = {register.value for register in Register}
        self.odd |= np.array([one is not None and not known.issuperset(one) for one in named])
        return map(_search, since, named)


def _search(since: date | None, named: list[str] | None) -> _Search | None:
    if named is None:
        return None if since is None else (since, None)
    known = [register for register in Register if register.value in named]
    return since, frozenset(known)


def _on(day: date | str) -> Act:
    return Act(ended=to_span(day))


def _act(ended: Any, began: Any) -> Act | None:  # noqa: ANN401 - spans, or unfit
    if ended is _UNFIT or began is _UNFIT:
        return None
    if ended is None and began is not None:
        return Act(ended=DateSpan(began.earliest, None), began=began)
    return None if ended is None else Act(ended=ended, began=began)


def _read_one(value: object, read: Callable[[Any], object]) -> object:
    if value is None:
        return None
    if not isinstance(value, (str, date)):
        # A day beyond the calendar.
        return _UNFIT
    try:
        return read(value)
    except ValueError:
        return _UNFIT


def _coded(column: pa.Array) -> tuple[Array, list[Any]]:
    """The different values of a column and for each row which it is; the last one where null."""
    if types.is_date32(column.type):
        numbers, codes = np.unique(buffer(column, np.int32), return_inverse=True)
        values = [day_or_number(number) for number in numbers.tolist()]
        return np.where(there(column) != 0, codes, -1), values
    kept, texts = dictionary(column)
    codes = buffer(kept, kept.type.to_pandas_dtype()).astype(np.int64)
    return np.where(there(kept) != 0, codes, -1), texts


def _spread(codes: Array, values: Sequence[object]) -> list[Any]:
    """The value of each row."""
    table = np.empty(len(values) + 1, dtype=object)
    for place, value in enumerate(values):
        table[place] = value
    found: list[Any] = table[codes].tolist()
    return found


_TRUTHS: Final = (False, True)


def _fact_values(fact: Fact, column: pa.Array) -> _Values:
    """The values of a fact, typed where they fit as they stand and raw where they do not."""
    kind = column.type
    if types.is_boolean(kind):
        codes = column.cast(pa.int8()).fill_null(-1).to_numpy(zero_copy_only=False)
        return _spread(codes, _TRUTHS)
    if is_text(kind) or types.is_date32(kind):
        return _spread(*_coded(column))
    if fact.kind is Kind.MONEY and (types.is_decimal128(kind) or types.is_integer(kind)):
        return _money(column)
    if types.is_integer(kind):
        numbers = buffer(column, kind.to_pandas_dtype()).astype(object)
        numbers[there(column) == 0] = None
        return cast("_Values", numbers.tolist())
    found: _Values = column.to_pylist()
    return found


_FINEST: Final = 2
"""Decimals of an amount in yuan."""


def _money(column: pa.Array) -> _Values:
    """Amounts; one that is negative, finer than a fen or very large stays as it stands."""
    known = there(column) != 0
    if types.is_integer(column.type):
        numbers = buffer(column, column.type.to_pandas_dtype())
        factor, above = FEN_PER_YUAN, np.zeros(len(column), dtype=np.int64)
    elif 0 <= column.type.scale <= _FINEST:
        words = buffer(column, np.int64, 2)
        numbers, above = words[0::2], words[1::2]
        factor = 10 ** (_FINEST - column.type.scale)
    else:
        found: _Values = column.to_pylist()
        return found
    fits = known & (above == 0) & (numbers >= 0) & (numbers <= LARGEST // factor)
    fen = np.where(fits, numbers, 0).astype(np.int64) * factor
    values: list[object] = [
        Money(one) if fit else None for one, fit in zip(fen.tolist(), fits.tolist(), strict=True)
    ]
    for row in np.flatnonzero(known & ~fits).tolist():
        values[row] = column[row].as_py()
    return values
