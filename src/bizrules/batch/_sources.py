"""Tables of cases, read block by block: Parquet and Arrow with their types, CSV by its text.

A row that does not fit the columns is not lost: it is kept as a case file would write it, and what
cannot be read at all stays a row with its problems.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol, Self

import attrs
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from bizrules.batch._cells import RowWriter, read_texts
from bizrules.batch._encodings import MARK, not_in_encoding
from bizrules.batch._files import File, Position, read_steps
from bizrules.batch._forms import in_one_form, schema_in_one_form
from bizrules.errors import Problem
from bizrules.provenance import Location

_BUFFER: Final = 1 << 20
_BLOCK: Final = 4 << 20
_ROWS: Final = 65536


@attrs.frozen(kw_only=True, eq=False)
class Block:
    """Consecutive rows of a file.

    Attributes:
        columns: All rows, in the one form; where `odd` or `bad` has a row, only its id counts.
        odd: Rows that do not fit the columns, as case files write them, by their number here.
        bad: Rows that cannot be read, by their number here.
    """

    columns: pa.RecordBatch
    odd: Mapping[int, object] = attrs.field(factory=dict)
    bad: Mapping[int, tuple[Problem, ...]] = attrs.field(factory=dict)


class Source(Protocol):
    """A file of cases."""

    @property
    def file(self) -> File:
        """The file."""

    @property
    def rows(self) -> int | None:
        """How many rows it has; None if that is not known before it is read."""

    @property
    def position(self) -> Position | None:
        """How far it was read; None if its rows are counted."""

    def schema(self) -> pa.Schema:
        """Its columns with the types in which they are evaluated.

        Where each row names its own, those of the first row and those that must be there.
        """

    def blocks(self, only: Sequence[str] = ()) -> Iterator[Block]:
        """All rows in their order.

        Args:
            only: Columns to read; none means all.
        """


@attrs.define(eq=False)
class TypedSource(ABC):
    """A Parquet file or an Arrow file, whose columns have types."""

    file: File
    writer: RowWriter
    given: pa.Schema
    rows: int | None = None
    position: None = None

    def schema(self) -> pa.Schema:
        """Its columns with the types in which they are evaluated."""
        return schema_in_one_form(self.given)

    def blocks(self, only: Sequence[str] = ()) -> Iterator[Block]:
        """All rows in their order."""
        for batch in self.batches(only):
            if batch.num_rows:
                yield typed_block(batch, self.writer)

    @abstractmethod
    def batches(self, only: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows as they stand."""


def typed_block(batch: pa.RecordBatch, writer: RowWriter) -> Block:
    """Rows of typed columns in one form.

    Args:
        batch: Columns without problems of names and types.
        writer: Writes the rows that do not fit.
    """
    columns, odd = in_one_form(batch)
    rows = {row: writer.from_values(_plain_row(batch, row)) for row in true_at(odd)}
    return Block(columns=columns, odd=rows)


def _plain_row(batch: pa.RecordBatch, row: int) -> dict[str, object]:
    values = batch.slice(row, 1).to_pylist()[0]
    return {
        name: value if isinstance(value, bool | int | list) or value is None else str(value)
        for name, value in values.items()
    }


def true_at(mask: pa.Array) -> list[int]:
    """Numbers of the rows in which the mask is true."""
    found: list[int] = pa.compute.indices_nonzero(mask).to_pylist() if mask.true_count else []
    return found


class ParquetSource(TypedSource):
    """A Parquet file, read without holding a whole group of rows."""

    def batches(self, only: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows as they stand."""
        with pq.ParquetFile(self.file.path, buffer_size=_BUFFER, pre_buffer=False) as opened:
            # Of a group many pages may be open at once, so it is not read in larger pieces.
            yield from opened.iter_batches(_ROWS, columns=list(only) or None)


class ArrowSource(TypedSource):
    """An Arrow file, or an Arrow stream in a file, mapped into memory."""

    def batches(self, only: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows as they stand."""
        with pa.memory_map(str(self.file.path)) as mapped:
            for batch in arrow_batches(mapped):
                yield batch.select(list(only)) if only else batch


def arrow_batches(mapped: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    """The batches of an Arrow file or stream, one at a time."""
    opened = open_arrow(mapped)
    if isinstance(opened, pa.RecordBatchFileReader):
        yield from (opened.get_batch(at) for at in range(opened.num_record_batches))
    else:
        yield from opened


def open_arrow(mapped: pa.NativeFile) -> pa.RecordBatchFileReader | pa.RecordBatchStreamReader:
    """The reader of an Arrow file, or of an Arrow stream in a file.

    Raises:
        pyarrow.ArrowInvalid: If it is neither.
    """
    try:
        return pa.ipc.open_file(mapped)
    except pa.ArrowInvalid:
        mapped.seek(0)
        return pa.ipc.open_stream(mapped)


@attrs.define(eq=False)
class CsvSource:
    """A CSV file: its first line names the columns, and their types come from the vocabulary."""

    file: File
    wanted: Mapping[str, pa.DataType]
    writer: RowWriter
    header: list[str]
    position: Position
    rows: int | None = None

    def schema(self) -> pa.Schema:
        """Its columns with the types of the vocabulary; text where it has none of the name."""
        return pa.schema([(name, self.wanted.get(name, pa.string())) for name in self.header])

    def blocks(self, only: Sequence[str] = ()) -> Iterator[Block]:
        """All rows in their order; one with too few or too many cells cannot be read."""
        self.position.at = 0
        for texts, bad in csv_texts(self.file, self.header, self.position, only):
            yield self._typed(texts, bad)

    def _typed(self, texts: pa.RecordBatch, bad: Mapping[int, tuple[Problem, ...]]) -> Block:
        odd = pa.repeat(pa.scalar(value=False), texts.num_rows)
        columns = []
        for name, column in zip(texts.schema.names, texts.columns, strict=True):
            values, strange = read_texts(column, self.wanted[name])
            odd = pa.compute.or_(odd, strange)
            columns.append(values)
        rows = {
            row: self.writer.from_texts(texts.slice(row, 1).to_pylist()[0])
            for row in true_at(odd)
            if row not in bad
        }
        named = pa.RecordBatch.from_arrays(columns, texts.schema.names)
        return Block(columns=named, odd=rows, bad=bad)


Texts = tuple[pa.RecordBatch, Mapping[int, tuple[Problem, ...]]]


def csv_header(file: File) -> list[str]:
    """The columns of a CSV file.

    Raises:
        pyarrow.ArrowException: If there are none.
        OSError: If it cannot be read.
    """
    with _Steps.of(file).stream() as stream:
        reader = pacsv.open_csv(stream, parse_options=_parse_options([]))
        names: list[str] = reader.schema.names
        return names


def csv_texts(
    file: File, header: Sequence[str], position: Position, only: Sequence[str] = ()
) -> Iterator[Texts]:
    """The cells of a CSV file as text, null where nothing stands, and rows that cannot be read.

    Args:
        file: The file.
        header: Its columns.
        position: Learns how far the file was read.
        only: Columns to read; none means all.
    """
    wrong: list[pacsv.InvalidRow] = []
    kept = list(only) or list(header)
    convert = pacsv.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()),
        include_columns=kept,
        strings_can_be_null=True,
        null_values=[""],
        check_utf8=False,
    )
    # Only one thread numbers the rows that are left out.
    reading = pacsv.ReadOptions(use_threads=False, block_size=_BLOCK)
    steps = _Steps.of(file)
    splice = _Splice(file, steps.position, list(header), kept, wrong)
    with steps.stream() as stream:
        reader = pacsv.open_csv(
            stream,
            read_options=reading,
            parse_options=_parse_options(wrong),
            convert_options=convert,
        )
        for batch in reader:
            position.at = steps.parsed()
            yield splice.whole(batch)
    position.at = steps.position.at
    if wrong:
        yield splice.whole(
            pa.RecordBatch.from_pylist([], pa.schema([(n, pa.string()) for n in kept]))
        )


class _Steps:
    """Pieces of UTF-8 as a file, read ahead of those who read the rows."""

    def __init__(self, pieces: Iterator[bytes], position: Position) -> None:
        self.position = position
        self.closed = False
        self._pieces = pieces
        self._left = b""
        self._ahead: deque[int] = deque()

    @classmethod
    def of(cls, file: File) -> Self:
        """The file from its beginning."""
        position = Position(0)
        return cls(read_steps(file, position), position)

    def stream(self) -> pa.NativeFile:
        """As Arrow reads it."""
        return pa.PythonFile(self, mode="r")

    def parsed(self) -> int:
        """How far the file was read for one more block of rows: Arrow makes one of every piece."""
        return self._ahead.popleft() if self._ahead else self.position.at

    def read(self, size: int = -1) -> bytes:
        """The next bytes, not more than asked for."""
        if not self._left:
            self._left = next(self._pieces, b"")
        piece, self._left = self._left[:size], self._left[size:]
        if piece:
            self._ahead.append(self.position.at)
        return piece

    def readable(self) -> bool:
        """It can be read."""
        return True

    def close(self) -> None:
        """The pieces end with whoever gives them."""
        self.closed = True


def _parse_options(wrong: list[pacsv.InvalidRow]) -> pacsv.ParseOptions:
    def keep(row: pacsv.InvalidRow) -> str:
        wrong.append(row)
        return "skip"

    return pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=keep)


@attrs.define
class _Splice:
    """Puts rows that were left out back in their places.

    Attributes:
        file: The file.
        position: How far it was read.
        header: Its columns.
        kept: The columns that are read.
        wrong: Rows left out, in their order, until they are put back.
        next: Number of the next row, from 0.
    """

    file: File
    position: Position
    header: list[str]
    kept: list[str]
    wrong: list[pacsv.InvalidRow]
    next: int = 0

    def whole(self, batch: pa.RecordBatch) -> Texts:
        """The rows with those left out before, between and right after them."""
        pieces: list[pa.RecordBatch] = []
        bad: dict[int, tuple[Problem, ...]] = {}
        done = 0
        start = self.next
        # The header is the first row that the reader counts.
        while self.wrong and (gap := self.wrong[0].number - 2 - self.next) <= batch.num_rows - done:
            row = self.wrong.pop(0)
            pieces += [batch.slice(done, gap), self._empty(row, batch.schema)]
            done += gap
            self.next += gap + 1
            bad[self.next - 1 - start] = tuple(self._problems(row))
        pieces.append(batch.slice(done))
        self.next += batch.num_rows - done
        whole = pa.Table.from_batches(pieces).combine_chunks().to_batches()
        texts = whole[0] if whole else batch
        return _readable(texts, bad, self.file, start) if self.position.has_marks else (texts, bad)

    def _empty(self, row: pacsv.InvalidRow, schema: pa.Schema) -> pa.RecordBatch:
        """A row left out: of its cells only the id, if it is the first."""
        first = row.text.partition(",")[0].strip('"')
        cells = dict.fromkeys(self.kept)
        if self.header[0] == "id" and "id" in cells and MARK not in first:
            cells["id"] = first or None
        return pa.RecordBatch.from_pylist([cells], schema)

    def _problems(self, row: pacsv.InvalidRow) -> Iterator[Problem]:
        place = Location(self.file.name, path=f"$[{row.number - 2}]")
        if MARK in row.text:
            yield not_in_encoding("row-encoding", place, row.text, self.file.encoding)
        details = {"found": str(row.actual_columns), "expected": str(row.expected_columns)}
        yield Problem("ragged-row", place, details)


def _readable(
    texts: pa.RecordBatch, bad: dict[int, tuple[Problem, ...]], file: File, start: int
) -> Texts:
    """The texts without those that are not of the encoding; a row with one cannot be read."""
    columns = []
    wrong: dict[int, str] = {}
    for column in texts.columns:
        marked = pa.compute.match_substring(column, MARK)
        for row in true_at(marked):
            wrong[row] = wrong.get(row, "") + column[row].as_py()
        blank = pa.scalar(None, pa.string())
        columns.append(pa.compute.if_else(marked, blank, column) if marked.true_count else column)
    for row, found in wrong.items():
        place = Location(file.name, path=f"$[{start + row}]")
        bad[row] = (not_in_encoding("row-encoding", place, found, file.encoding),)
    return pa.RecordBatch.from_arrays(columns, texts.schema.names), bad
