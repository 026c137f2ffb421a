"""Columns of tables that come with types: in one form each, whatever library wrote them."""

from collections.abc import Callable
from typing import Final

import attrs
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from bizrules.batch._schema import BatchInputError
from bizrules.errors import Problem
from bizrules.provenance import Location

_SHOWN: Final = 5
_TEXTS: Final = pa.list_(pa.string())
_NAMED: Final = pa.dictionary(pa.int32(), pa.string())


def one_form(given: pa.DataType) -> pa.DataType:
    """The type in which a column is evaluated: text, lists and days come in several widths."""
    if types.is_dictionary(given) and _is_text(given.value_type):
        return _NAMED
    if _is_text(given):
        return pa.string()
    if _is_list(given) and (_is_text(given.value_type) or types.is_null(given.value_type)):
        return _TEXTS
    # Some libraries have moments only, and write days as midnights.
    is_day = types.is_date(given) or (types.is_timestamp(given) and given.tz is None)
    return pa.date32() if is_day else given


def _is_text(given: pa.DataType) -> bool:
    return bool(
        types.is_string(given) or types.is_large_string(given) or types.is_string_view(given)
    )


def _is_list(given: pa.DataType) -> bool:
    return bool(
        types.is_list(given)
        or types.is_large_list(given)
        or types.is_list_view(given)
        or types.is_large_list_view(given)
        or types.is_fixed_size_list(given)
    )


def with_plain_texts(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with texts that Arrow can take apart, and lists of them, whoever wrote them."""
    for place, field in enumerate(batch.schema):
        wanted = one_form(field.type) if _is_view(field.type) or _is_list(field.type) else None
        if wanted is not None and wanted != field.type:
            batch = batch.set_column(place, field.name, batch.column(place).cast(wanted))
    return batch


def _is_view(given: pa.DataType) -> bool:
    found = given.value_type if types.is_dictionary(given) else given
    return bool(types.is_string_view(found))


def schema_in_one_form(schema: pa.Schema) -> pa.Schema:
    """The columns with the types in which they are evaluated."""
    return pa.schema([(field.name, one_form(field.type)) for field in schema])


def in_one_form(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.Array]:
    """The columns in one form, and in which rows a moment is no midnight, and so no day."""
    odd = pa.repeat(pa.scalar(value=False), batch.num_rows)
    columns = []
    for column in batch.columns:
        wanted = one_form(column.type)
        if types.is_timestamp(column.type) and wanted == pa.date32():
            days = pc.cast(column, wanted, safe=False)
            moved = pc.not_equal(pc.cast(days, column.type), column)
            odd = pc.or_(odd, pc.fill_null(moved, fill_value=False))
            columns.append(days)
        else:
            columns.append(column if column.type == wanted else column.cast(wanted))
    return pa.RecordBatch.from_arrays(columns, batch.schema.names), odd


def moment_problems(batch: pa.RecordBatch, source: str, first: int = 0) -> list[Problem]:
    """Moments that are no midnights where days are wanted: cut to days, some would be wrong.

    Args:
        batch: Columns as they came.
        source: What problems call the table.
        first: Rows of the table before these.
    """
    found = []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if types.is_timestamp(field.type) and one_form(field.type) == pa.date32():
            _, odd = in_one_form(pa.RecordBatch.from_arrays([column], [field.name]))
            for row in pc.indices_nonzero(odd).to_pylist()[:_SHOWN]:
                place = Location(source, path=f"$[{first + row}].{field.name}")
                details = {"found": str(column[row].cast(pa.string()))}
                found.append(Problem("not-a-date", place, details))
    return found


def check_columns(check: Callable[[pa.Schema], None], schema: pa.Schema, source: str) -> None:
    """Check columns; problems name the file they stand in.

    Args:
        check: Refuses what cannot be read.
        schema: The columns.
        source: The file.

    Raises:
        BatchInputError: With all problems.
    """
    try:
        check(schema)
    except BatchInputError as error:
        raise BatchInputError(
            attrs.evolve(one, location=attrs.evolve(one.location, source=source))
            for one in error.problems
        ) from None
