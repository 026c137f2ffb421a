"""Outcomes in files: parts while a run lasts, put together into one file at its end."""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

import attrs
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from pyarrow import types

from bizrules.batch._files import File, Form

_PACKED: Final = pa.ipc.IpcWriteOptions(compression="lz4")
# Within quotes JSON escapes these.
_ESCAPED: Final = r'["\\\x00-\x1f]'


def plain_type(given: pa.DataType) -> pa.DataType:
    """The type without dictionaries, as any reader knows it."""
    if types.is_dictionary(given):
        return plain_type(given.value_type)
    if types.is_list(given):
        return pa.list_(plain_type(given.value_type))
    if types.is_struct(given):
        return pa.struct([(field.name, plain_type(field.type)) for field in given])
    return given


def plain_schema(schema: pa.Schema, columns: Sequence[str] = ()) -> pa.Schema:
    """Some columns of the schema, or all, without dictionaries."""
    names = columns or schema.names
    return pa.schema([(name, plain_type(schema.field(name).type)) for name in names])


@attrs.frozen
class Target:
    """A file of rows to be written.

    Attributes:
        file: The file.
        schema: Its columns.
    """

    file: File
    schema: pa.Schema

    def write_part(self, batch: pa.RecordBatch, path: Path) -> None:
        """Write rows that will stand together in the file.

        Args:
            batch: The rows; columns that the file does not have are left out.
            path: Where to write them until the file is put together.
        """
        plain = batch.select(self.schema.names).cast(self.schema)
        if self.file.form.is_text:
            with path.open("wb") as part:
                self._write_text(plain, part)
        else:
            write_arrow([plain], self.schema, path)

    def put_together(self, parts: Iterable[Path], draft: Path) -> None:
        """Write the parts one after the other as the file.

        Args:
            parts: What `write_part` wrote.
            draft: Where to write.
        """
        if self.file.form.is_text:
            with self._text_stream(draft) as stream:
                for part in parts:
                    with part.open("rb") as opened:
                        shutil.copyfileobj(opened, stream, 1 << 20)
        else:
            self._write_columns(batches_in(parts), draft)

    def write_whole(self, batches: Iterable[pa.RecordBatch], draft: Path) -> None:
        """Write rows as the file.

        Args:
            batches: The rows.
            draft: Where to write.
        """
        plain = (batch.select(self.schema.names).cast(self.schema) for batch in batches)
        if self.file.form.is_text:
            with self._text_stream(draft) as stream:
                for batch in plain:
                    self._write_text(batch, stream)
        else:
            self._write_columns(plain, draft)

    def _text_stream(self, draft: Path) -> pa.NativeFile:
        """The file of text, compressed if its name says so, after its first line."""
        stream = pa.output_stream(draft, compression=self.file.compression)
        if self.file.form is Form.CSV:
            pacsv.write_csv(_cells(self.schema.empty_table()), stream)
        return stream

    def _write_text(self, batch: pa.RecordBatch, stream: IO[bytes] | pa.NativeFile) -> None:
        if self.file.form is Form.CSV:
            options = pacsv.WriteOptions(include_header=False)
            pacsv.write_csv(_cells(pa.Table.from_batches([batch])), stream, options)
        elif batch.num_rows:
            stream.write(_json_lines(batch))

    def _write_columns(self, batches: Iterable[pa.RecordBatch], draft: Path) -> None:
        if self.file.form is Form.ARROW:
            write_arrow(batches, self.schema, draft)
            return
        with pq.ParquetWriter(draft, self.schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)


def write_arrow(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path) -> None:
    """Write an Arrow file."""
    with (
        pa.OSFile(str(path), "wb") as file,
        pa.ipc.new_file(file, schema, options=_PACKED) as writer,
    ):
        for batch in batches:
            writer.write_batch(batch)


def batches_in(paths: Iterable[Path]) -> Iterator[pa.RecordBatch]:
    """The rows of Arrow files, one after the other."""
    for path in paths:
        with pa.memory_map(str(path)) as mapped:
            reader = pa.ipc.open_file(mapped)
            for at in range(reader.num_record_batches):
                yield reader.get_batch(at)


def _cells(table: pa.Table) -> pa.Table:
    """The columns as cells of CSV: lists of texts joined by semicolons, what is nested as JSON."""
    columns = []
    for field in table.schema:
        column = table.column(field.name).combine_chunks()
        if types.is_list(field.type):
            column = _list_cells(column)
        columns.append(column)
    return pa.Table.from_arrays(columns, table.schema.names)


def _list_cells(column: pa.ListArray) -> pa.Array:
    values = column.values
    is_simple = types.is_string(values.type) and not pc.any(pc.match_substring(values, ";")).as_py()
    if is_simple:
        return pc.binary_join(column, ";")
    return pc.if_else(column.is_valid(), _json(column), None)


def _json_lines(batch: pa.RecordBatch) -> pa.Buffer:
    """The rows as JSON, one a line."""
    lines = pc.binary_join_element_wise(_json(batch.to_struct_array()), "\n", "")
    # The texts of a column stand in memory one after the other.
    first, last = lines.offset, lines.offset + len(lines)
    ends = memoryview(lines.buffers()[1]).cast("i")
    return lines.buffers()[2].slice(ends[first], ends[last] - ends[first])


def _json(column: pa.Array) -> pa.Array:
    """Each value as JSON."""
    given = column.type
    if types.is_string(given):
        texts = _json_texts(column)
    elif types.is_list(given):
        inner = pa.ListArray.from_arrays(column.offsets, _json(column.values))
        texts = pc.binary_join_element_wise("[", pc.binary_join(inner, ","), "]", "")
    elif types.is_struct(given):
        parts: list[pa.Array | str] = []
        for at, field in enumerate(given):
            mark = "," if at else "{"
            parts += [f"{mark}{json.dumps(field.name)}:", _json(column.field(at))]
        texts = pc.binary_join_element_wise(*parts, "}", "")
    else:
        texts = pc.cast(column, pa.string())
    return pc.if_else(column.is_valid(), texts, "null")


def _json_texts(column: pa.Array) -> pa.Array:
    quoted = pc.binary_join_element_wise('"', column, '"', "")
    special = pc.fill_null(pc.match_substring_regex(column, _ESCAPED), fill_value=False)
    if not special.true_count:
        return quoted
    escaped = [json.dumps(text, ensure_ascii=False) for text in column.filter(special).to_pylist()]
    return pc.replace_with_mask(quoted, special, pa.array(escaped, pa.string()))
