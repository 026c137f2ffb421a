"""Files of cases and of earlier violations, opened by name."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Final

import attrs
import pyarrow as pa
import pyarrow.parquet as pq

from bizrules._tree import Document
from bizrules._yaml import read_file
from bizrules.batch._cells import PRIOR_FIELDS, RowWriter, column_types
from bizrules.batch._encodings import MARK, is_rather_utf_8, not_in_encoding
from bizrules.batch._files import File, Form, Position, raw_steps, read_steps, unreadable
from bizrules.batch._forms import in_one_form, moment_problems, schema_in_one_form
from bizrules.batch._lines import (
    Line,
    LinesSource,
    line_blocks,
    line_problem,
    read_lines,
)
from bizrules.batch._priors import ownerless
from bizrules.batch._sources import (
    ArrowSource,
    Block,
    CsvSource,
    ParquetSource,
    Source,
    arrow_batches,
    csv_header,
    csv_texts,
    open_arrow,
)
from bizrules.engine import Engine
from bizrules.errors import DocumentError, Problem
from bizrules.loading import Knowledge, case_to_plain, load_each_case
from bizrules.provenance import Location

_ROWS: Final = 65536
_FEW: Final = 20
_ID: Final = pa.schema([("id", pa.string()), ("region", pa.string()), ("violation", pa.string())])
_PRIOR_TEXTS: Final = pa.schema([(name, pa.string()) for name in ("case", *PRIOR_FIELDS)])


def open_source(file: File, engine: Engine) -> Source:
    """A file of cases.

    Args:
        file: The file.
        engine: What the cases may name.

    Raises:
        DocumentError: If it cannot be read.
    """
    writer = RowWriter(engine.vocabulary)
    wanted = column_types(engine.vocabulary)
    if file.form is Form.CASES:
        return CasesSource(file, tuple(read_file(file.path)), engine.knowledge)
    try:
        if file.form is Form.PARQUET:
            with pq.ParquetFile(file.path) as opened:
                return ParquetSource(file, writer, opened.schema_arrow, opened.metadata.num_rows)
        if file.form is Form.ARROW:
            return ArrowSource(file, writer, *_arrow_shape(file))
        position = Position(file.path.stat().st_size)
        refuse_other_encoding(file)
        if file.form is Form.CSV:
            return CsvSource(file, wanted, writer, csv_header(file), position)
    except (OSError, pa.ArrowException) as error:
        raise DocumentError([unreadable(file.path, error)]) from None
    return LinesSource(file, wanted, writer, position)


def refuse_other_encoding(file: File) -> None:
    """Refuse a file of text that is plainly in another encoding than it is said to be.

    Raises:
        DocumentError: If the names of the columns, or the Chinese in it, are of another.
        OSError: If it cannot be read.
        pyarrow.ArrowException: If it is not compressed as its name says.
    """
    with closing(raw_steps(file, Position(0))) as raw:
        begin = next(raw, b"")
    if is_rather_utf_8(begin, file.encoding):
        details = {"encoding": file.encoding.upper()}
        raise DocumentError([Problem("file-in-utf-8", Location(file.name), details)])
    with closing(read_steps(file, Position(0))) as pieces:
        names = next(pieces, b"").partition(b"\n")[0].decode()
    # Of JSON Lines the first line is one like any other.
    if file.form is Form.CSV and MARK in names:
        place = Location(file.name, line=1, column=1)
        raise DocumentError([not_in_encoding("header-encoding", place, names, file.encoding)])


def _arrow_shape(file: File) -> tuple[pa.Schema, int | None]:
    """The columns, and how many rows there are; a stream does not say that."""
    with pa.memory_map(str(file.path)) as mapped:
        opened = open_arrow(mapped)
        if isinstance(opened, pa.RecordBatchFileReader):
            rows = sum(opened.get_batch(at).num_rows for at in range(opened.num_record_batches))
            return opened.schema, rows
        return opened.schema, None


@attrs.define(eq=False)
class CasesSource:
    """A case file; its cases are evaluated one by one."""

    file: File
    documents: tuple[Document, ...]
    knowledge: Knowledge
    rows: int | None = None
    position: None = None

    def schema(self) -> pa.Schema:
        """The columns that every case has."""
        return _ID

    def blocks(self, only: Sequence[str] = ()) -> Iterator[Block]:
        """All cases in their order.

        Args:
            only: Columns to read; none means all.

        Raises:
            DocumentError: If it is no case file.
        """
        for document in self.documents:
            found = load_each_case(document, self.knowledge)
            ids = pa.array([one.id for one in found], pa.string())
            batch = pa.RecordBatch.from_arrays([ids], ["id"])
            odd = {
                row: case_to_plain(one.case)
                for row, one in enumerate(found)
                if one.case is not None
            }
            bad = {row: one.problems for row, one in enumerate(found) if one.case is None}
            yield Block(columns=batch.select(list(only)) if only else batch, odd=odd, bad=bad)


@attrs.frozen(eq=False)
class PriorsFile:
    """A file of earlier violations.

    Attributes:
        file: The file.
        schema: Its columns with the types in which they are evaluated.
    """

    file: File
    schema: pa.Schema

    @classmethod
    def open(cls, file: File) -> "PriorsFile":
        """The file, with its columns.

        Raises:
            DocumentError: If it cannot be read.
        """
        try:
            if file.form.is_text:
                refuse_other_encoding(file)
            return cls(file, _prior_columns(file))
        except (OSError, pa.ArrowException) as error:
            raise DocumentError([unreadable(file.path, error)]) from None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in their order, text where the file has no types.

        Raises:
            DocumentError: If a row cannot be read, or does not say whose it is: whoever it is
                might be taken for someone without earlier violations.
        """
        first = 0
        for batch in self._read():
            problems = ownerless(batch, self.file.name, first)
            if problems:
                raise DocumentError(problems)
            yield batch
            first += batch.num_rows

    def _read(self) -> Iterator[pa.RecordBatch]:
        if self.file.form is Form.CSV:
            for texts, bad in csv_texts(self.file, self.schema.names, Position(0)):
                if bad:
                    found = (one for problems in bad.values() for one in problems)
                    raise DocumentError(islice(found, _FEW))
                yield texts
        elif self.file.form is Form.JSONL:
            for lines in line_blocks(self.file, Position(0)):
                yield _prior_lines(lines, self.schema, self.file)
        else:
            first = 0
            for batch in _typed_batches(self.file):
                problems = moment_problems(batch, self.file.name, first)
                if problems:
                    raise DocumentError(problems)
                yield in_one_form(batch)[0]
                first += batch.num_rows


def _prior_columns(file: File) -> pa.Schema:
    if file.form is Form.CSV:
        return pa.schema([(name, pa.string()) for name in csv_header(file)])
    if file.form is Form.JSONL:
        return _PRIOR_TEXTS
    if file.form is Form.PARQUET:
        return schema_in_one_form(pq.read_schema(file.path))
    if file.form is Form.ARROW:
        return schema_in_one_form(_arrow_shape(file)[0])
    raise DocumentError(
        [
            Problem(
                "batch-form",
                Location(file.name),
                {"found": file.path.suffix, "choices": ".parquet,.csv,.jsonl,.arrow"},
            )
        ]
    )


def _typed_batches(file: File) -> Iterator[pa.RecordBatch]:
    if file.form is Form.PARQUET:
        with pq.ParquetFile(file.path, buffer_size=1 << 20, pre_buffer=False) as opened:
            yield from opened.iter_batches(_ROWS)
        return
    with pa.memory_map(str(file.path)) as mapped:
        yield from arrow_batches(mapped)


def _prior_lines(lines: Sequence[Line], schema: pa.Schema, file: File) -> pa.RecordBatch:
    """Lines as text columns."""
    found = read_lines(lines, schema)
    if found is not None:
        return found.combine_chunks().to_batches()[0]
    bad = [line for line in lines if read_lines([line], schema) is None][:_FEW]
    raise DocumentError(_prior_problem(line, file) for line in bad or lines[:1])


def _prior_problem(line: Line, file: File) -> Problem:
    place = Location(file.name, line=line[0], column=1)
    return line_problem(line, file) or Problem("prior-unreadable", place)
