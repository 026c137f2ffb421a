"""JSON Lines, one case a line: its columns by name, or nested as in case files.

Blocks of lines are read by columns. Lines that do not fit them are found by halving, and read as
lines of the command `evaluate` are: nothing is read differently because of its neighbours.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

import attrs
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson

from bizrules._yaml import read_bytes
from bizrules.batch._cells import (
    MONEY,
    NEEDED,
    NUMBER,
    OWN_TYPES,
    PRIOR_FIELDS,
    RowWriter,
    read_texts,
)
from bizrules.batch._encodings import MARK, not_in_encoding
from bizrules.batch._files import File, Position, read_steps
from bizrules.batch._sources import Block, true_at
from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location
from bizrules.values import Plain

_BOM: Final = b"\xef\xbb\xbf"
_MARK: Final = MARK.encode()
_BLANKS: Final = b" \t\r"
_BLOCK: Final = 2 << 20
# So few lines are read one by one, rather than halved once more.
_FEW: Final = 4
_SEEN_FIRST: Final = 200
_NESTED: Final = frozenset({"party", "facts", "priors"})
# Keys of a case file that have no column.
_NO_COLUMN: Final = _NESTED | {"act", "format"}
_SEARCH_TYPE: Final = pa.struct(
    [
        ("searched_since", pa.string()),
        ("registers", OWN_TYPES["registers"]),
        ("found", pa.list_(pa.struct([(name, pa.string()) for name in PRIOR_FIELDS]))),
    ]
)
_AMOUNT: Final = re.compile(
    r"[+-]?(?:[0-9]{1,22}(?:\.[0-9]{0,22})?|\.[0-9]{1,22})(?:[eE][+-]?[0-9]{1,2})?"
)
_PARTY_TYPE: Final = pa.struct(
    [("kind", pa.string()), ("age", pa.int64()), ("birth_date", pa.string())]
)
_IN_PARTY: Final = {"party_kind": "kind", "party_age": "age", "birth_date": "birth_date"}
_IN_SEARCH: Final = ("searched_since", "registers")

Line: TypeAlias = tuple[int, bytes]
"""The number of a line in its file, from 1, and what stands on it."""


def read_lines(lines: Sequence[Line], schema: pa.Schema) -> pa.Table | None:
    """The lines by the columns of a schema; None if one of them does not fit."""
    # INVARIANT: what is no object never reaches the reader; a `null` ends its process.
    if not all(map(_is_like_object, lines)):
        return None
    text = b"\n".join(line for _, line in lines)
    if _MARK in text:
        return None
    options = pajson.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    try:
        table = pajson.read_json(
            pa.BufferReader(text),
            read_options=pajson.ReadOptions(use_threads=False, block_size=len(text) + 1),
            parse_options=options,
        )
    except pa.ArrowException:
        return None
    # Two on one line are no line of either.
    return table if table.num_rows == len(lines) else None


def _is_like_object(line: Line) -> bool:
    """Whether the line begins and ends as one object does, so that none goes on in the next."""
    text = line[1].strip(_BLANKS)
    return text[:1] == b"{" and text[-1:] == b"}"


def line_blocks(file: File, position: Position) -> Iterator[list[Line]]:
    """The lines of a file that are not blank, many at a time.

    Raises:
        OSError: If it cannot be read.
        pyarrow.ArrowException: If it is not compressed as its name says.
    """
    rest, number = b"", 0
    pending: list[Line] = []
    size = 0
    for piece in read_steps(file, position):
        *whole, rest = (rest + piece).split(b"\n")
        if number == 0 and whole:
            whole[0] = whole[0].removeprefix(_BOM)
        pending += [(number + at, line) for at, line in enumerate(whole, 1) if line.strip()]
        number += len(whole)
        size += len(piece)
        if size >= _BLOCK and pending:
            yield pending
            pending, size = [], 0
    last = rest.removeprefix(_BOM) if number == 0 else rest
    if last.strip():
        pending.append((number + 1, last))
    if pending:
        yield pending


def line_problem(line: Line, file: File) -> Problem | None:
    """The problem of a line that is not of the encoding of its file; None if it is."""
    number, raw = line
    if _MARK not in raw:
        return None
    place = Location(file.name, line=number, column=1)
    return not_in_encoding("row-encoding", place, raw.decode(), file.encoding)


@attrs.define
class _Names:
    """The columns that lines were seen to have.

    Attributes:
        columns: Columns that stand by their own name.
        facts: Facts that stand under `facts`.
        nested: Which of `party` and `priors` stand there.
    """

    columns: set[str] = attrs.field(factory=set)
    facts: set[str] = attrs.field(factory=set)
    nested: set[str] = attrs.field(factory=set)

    def learn(self, lines: Sequence[Line], known: Mapping[str, pa.DataType]) -> None:
        """Take in the names of the lines."""
        for _, line in lines:
            try:
                data = json.loads(line)
            except ValueError:
                continue
            if not isinstance(data, dict):
                continue
            self.columns |= data.keys() & known.keys()
            self.nested |= data.keys() & _NESTED
            inner = data.get("facts")
            if isinstance(inner, dict):
                self.facts |= inner.keys() & known.keys()


@attrs.define(eq=False)
class LinesSource:
    """A file of JSON Lines."""

    file: File
    wanted: Mapping[str, pa.DataType]
    writer: RowWriter
    position: Position
    rows: int | None = None
    _names: _Names = attrs.field(factory=_Names, init=False)

    def schema(self) -> pa.Schema:
        """The columns of the first line with their types, and those that every line must have."""
        names = dict.fromkeys([*NEEDED, *self._first()])
        return pa.schema([(name, self.wanted.get(name, pa.string())) for name in names])

    def _first(self) -> list[str]:
        """The columns of the first line, those aside that stand inside others."""
        for lines in line_blocks(self.file, Position(0)):
            try:
                data = json.loads(lines[0][1])
            except ValueError:
                break
            return (
                [name for name in data if name not in _NO_COLUMN] if isinstance(data, dict) else []
            )
        return []

    def blocks(self, only: Sequence[str] = ()) -> Iterator[Block]:
        """All lines in their order.

        Args:
            only: Columns to read; none means all.
        """
        self.position.at = 0
        for lines in line_blocks(self.file, self.position):
            if not self._names.columns:
                self._names.learn(lines[:_SEEN_FIRST], self.wanted)
            table = read_lines(lines, self._schema())
            pieces = list(self._halves(lines)) if table is None else [self._block(lines, table)]
            block = joined(pieces)
            yield attrs.evolve(block, columns=block.columns.select(list(only))) if only else block

    def _halves(self, lines: Sequence[Line]) -> Iterator[Block]:
        """Lines that do not all fit."""
        if len(lines) <= _FEW:
            for line in lines:
                # With its own names known, how it is read does not depend on other lines.
                self._names.learn([line], self.wanted)
                alone = read_lines([line], self._schema())
                yield self._single(line) if alone is None else self._block([line], alone)
            return
        middle = len(lines) // 2
        for half in (lines[:middle], lines[middle:]):
            table = read_lines(half, self._schema())
            if table is None:
                yield from self._halves(half)
            else:
                yield self._block(half, table)

    def _schema(self) -> pa.Schema:
        """The columns seen, days as text."""
        names = self._names
        fields = [(name, _read_as(self.wanted[name])) for name in sorted({*NEEDED, *names.columns})]
        if names.facts:
            inner = [(name, _read_as(self.wanted[name])) for name in sorted(names.facts)]
            fields.append(("facts", pa.struct(inner)))
        if "party" in names.nested:
            fields.append(("party", _PARTY_TYPE))
        if "priors" in names.nested:
            fields.append(("priors", _SEARCH_TYPE))
        return pa.schema(fields)

    def _block(self, lines: Sequence[Line], table: pa.Table) -> Block:
        """The columns in the one form; lines with values in two places, or odd ones, apart."""
        batch = table.combine_chunks().to_batches()[0]
        odd = pa.repeat(pa.scalar(value=False), batch.num_rows)
        found: dict[str, pa.Array] = {}
        for name, column in _leaves(batch):
            values, strange = column, None
            if pa.types.is_string(column.type):
                values, strange = read_texts(column, self.wanted[name])
                odd = pc.or_(odd, strange)
            if name in found:
                twice = pc.and_(pc.is_valid(found[name]), pc.is_valid(values))
                odd = pc.or_(odd, twice)
                values = pc.coalesce(found[name], values)
            found[name] = values
        if "priors" in batch.schema.names:
            # Earlier violations that a line names itself are its own, whatever other lines say.
            own = pc.list_value_length(pc.struct_field(batch.column("priors"), "found"))
            odd = pc.or_(odd, pc.fill_null(pc.greater(own, 0), fill_value=False))
        columns = pa.RecordBatch.from_arrays(list(found.values()), list(found))
        rows = {row: self._single(lines[row]) for row in true_at(odd)}
        return Block(
            columns=columns,
            odd={row: one.odd[0] for row, one in rows.items() if one.odd},
            bad={row: one.bad[0] for row, one in rows.items() if one.bad},
        )

    def _single(self, line: Line) -> Block:
        """One line, read as `evaluate` reads it."""
        number, text = line
        found = line_problem(line, self.file)
        if found is not None:
            return Block(columns=_only_id(None), bad={0: (found,)})
        try:
            (document,) = read_bytes(text, f"{self.file.name}:{number}", kind="json")
        except DocumentError as error:
            return Block(columns=_only_id(None), bad={0: error.problems})
        data = document.data
        if isinstance(data, dict):
            data.pop("format", None)
            data = self.writer.from_values(data)
            self._write_out(data.get("facts"))
        name = data.get("id") if isinstance(data, dict) else None
        return Block(columns=_only_id(name), odd={0: data})

    def _write_out(self, facts: object) -> None:
        """Amounts in JSON may have exponents; where they stand in columns these are read, too."""
        if not isinstance(facts, dict):
            return
        for name, value in facts.items():
            is_amount = self.wanted.get(name) in (MONEY, NUMBER)
            if is_amount and isinstance(value, str) and _AMOUNT.fullmatch(value):
                facts[name] = Plain(f"{Decimal(value):f}")


def _only_id(name: object) -> pa.RecordBatch:
    found = str(name) if isinstance(name, str) else None
    return pa.RecordBatch.from_pylist([{"id": found}], pa.schema([("id", pa.string())]))


def _read_as(wanted: pa.DataType) -> pa.DataType:
    """The type as which JSON holds the column."""
    return pa.string() if wanted == pa.date32() else wanted


def _leaves(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.Array]]:
    """The columns with those that stand inside others, each under its own name."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name == "facts":
            for fact in column.type.names:
                yield fact, pc.struct_field(column, fact)
        elif name == "party":
            for own, inner in _IN_PARTY.items():
                yield own, pc.struct_field(column, inner)
        elif name == "priors":
            for own in _IN_SEARCH:
                yield own, pc.struct_field(column, own)
        else:
            yield name, column


def joined(blocks: Sequence[Block]) -> Block:
    """Blocks one after the other as one; a column that one of them lacks is not known there."""
    if len(blocks) == 1:
        return blocks[0]
    table = pa.concat_tables(
        [pa.Table.from_batches([block.columns]) for block in blocks], promote_options="default"
    ).combine_chunks()
    odd: dict[int, object] = {}
    bad: dict[int, tuple[Problem, ...]] = {}
    first = 0
    for block in blocks:
        odd |= {first + row: data for row, data in block.odd.items()}
        bad |= {first + row: problems for row, problems in block.bad.items()}
        first += block.columns.num_rows
    return Block(columns=table.to_batches()[0], odd=odd, bad=bad)
