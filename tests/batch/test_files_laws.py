"""Laws of reading and writing: columns say what cases say, and what is written can be read."""

import json
import tempfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.tables import Row, comparable, small_engine
from bizrules._structure import Raw
from bizrules._tree import Document
from bizrules.batch._cells import RowWriter, column_types, list_of, read_texts
from bizrules.batch._engine import BatchEngine
from bizrules.batch._files import Form, file_of
from bizrules.batch._opening import open_source
from bizrules.batch._parts import chunks_of, evaluate_chunk
from bizrules.batch._schema import OUTCOME_SCHEMA
from bizrules.batch._sinks import Target
from bizrules.batch._sources import Block
from bizrules.errors import DocumentError, Problem
from bizrules.facts import Kind, Value
from bizrules.grammar import fact_value
from bizrules.values import Money

FACTS = small_engine().vocabulary.facts
TYPES = column_types(small_engine().vocabulary)
NUMBERS = st.from_regex(r"-?0?[0-9]{1,25}(\.[0-9]{0,14})?([eE]-?[0-9])?", fullmatch=True)
DAYS = st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9]", fullmatch=True)
WORDS = st.sampled_from(
    [
        *("true", "FALSE", "ja", "none", "slight", "market", "north", " ", "12 m2", "１"),
        *("0", "00", "1", "-1", "+5", "66.5", "66.555", "1e2", "99999999999999999999.99"),
        *("2022-02-28", "2022-02-30", "2022-02", "0000-01-01"),
        *("north;south", '["north"]', "[]", "[1]", "["),
    ]
)
CELLS = st.one_of(st.none(), WORDS, NUMBERS, DAYS, st.text(min_size=1, max_size=6))


def comparable_value(value: Value) -> object:
    """The value as a column has it."""
    if isinstance(value, Money):
        return value.yuan
    return sorted(value) if isinstance(value, frozenset) else value


@pytest.mark.parametrize("name", sorted(FACTS))
@given(cells=st.lists(CELLS, max_size=8))
@settings(max_examples=30)
def test_a_cell_in_a_column_is_the_value_of_a_case(name: str, cells: list[str | None]) -> None:
    """What text becomes in a column is what a case file means by it; all else stands apart."""
    fact = FACTS[name]
    column, odd = read_texts(pa.array(cells, pa.string()), TYPES[name])
    writer = RowWriter(small_engine().vocabulary)
    for cell, value, apart in zip(cells, column.to_pylist(), odd.to_pylist(), strict=True):
        if cell is None:
            assert (value, apart) == (None, False)
            continue
        row: Any = writer.from_texts({"id": "a", name: cell})
        data = row["facts"][name]
        expected = fact_value(fact, Raw(Document("case", data), (), data))
        if apart:
            assert value is None
        elif fact.kind in (Kind.CHOICE, Kind.LEVEL, Kind.TEXT, Kind.SET):
            # Codes are checked by whoever evaluates.
            assert value == (list_of(cell) if fact.kind is Kind.SET else cell)
        else:
            assert not isinstance(expected, Problem)
            assert value == comparable_value(expected)
    many, odd_of_many = read_texts(pa.array(cells * 5, pa.string()), TYPES[name])
    assert (many.to_pylist(), odd_of_many.to_pylist()) == (
        column.to_pylist() * 5,
        odd.to_pylist() * 5,
    )


@pytest.mark.parametrize("name", sorted(FACTS))
def test_what_fits_is_read_in_columns(name: str) -> None:
    """Plain values are read in columns, so that none of them is left to the slow way."""
    kind = FACTS[name].kind
    proper = ["true", "0", "1", "66.5", "2022-02-28"]
    column, odd = read_texts(pa.array(proper), TYPES[name])
    assert [not one for one in odd.to_pylist()] == [_fits(one, kind) for one in proper]
    assert all(
        (value is not None) == _fits(one, kind)
        for one, value in zip(proper, column.to_pylist(), strict=True)
    )


def _fits(text: str, kind: Kind) -> bool:
    """Whether the plain text fits a column of the kind."""
    fitting = {
        Kind.BOOLEAN: {"true"},
        Kind.INTEGER: {"0", "1"},
        Kind.DAYS: {"0", "1"},
        Kind.MONEY: {"0", "1", "66.5"},
        Kind.NUMBER: {"0", "1", "66.5"},
        Kind.DATE: {"2022-02-28"},
    }
    return text in fitting.get(kind, {text})


VALUES: dict[str, st.SearchStrategy[object]] = {
    "id": st.sampled_from(["a", "b", "案", 7]),
    "region": st.sampled_from(["530103", 530103, "9", None]),
    "violation": st.sampled_from(["stall.street", "stall.stret", None]),
    "committed": st.sampled_from(
        ["2022-03-01", "2022-03", "2022-02-30", {"earliest": "2022-03-01"}, None]
    ),
    "committed_from": st.sampled_from(["2022-01-01", None]),
    "harm": st.sampled_from(["none", "slight", "huge", 1, None]),
    "minor": st.sampled_from([True, False, "true", None]),
    "goods_value": st.sampled_from([66, 66.5, "66.50", "66.555", 1e2, -1, "1e2", "007", None]),
    "stall_area": st.sampled_from([1, 2.25, "3", "4 m2", None]),
    "exits": st.sampled_from([[], ["north"], ["up"], "north", None]),
    "hram": st.sampled_from([1, None]),
    "act": st.sampled_from(["x", None]),
    "party_age": st.sampled_from([30, "30", -1, None]),
    "party": st.sampled_from([{"kind": "enterprise"}, {"age": 3}, {"knd": 1}, None]),
    "facts": st.sampled_from([{"minor": True}, {"goods_value": 5, "hram": 1}, {"harm": None}]),
    "priors": st.sampled_from(
        [{"searched_since": "2019-01-01"}, {"found": [{"decided": "2021-05-01"}]}, None]
    ),
}
LINES = st.fixed_dictionaries({}, optional=VALUES).map(
    lambda row: json.dumps({key: value for key, value in row.items() if value is not None})
)


@cache
def runner() -> BatchEngine:
    """What evaluates columns."""
    return BatchEngine(small_engine(), lang="en")


def outcomes_of(lines: Sequence[str], folder: Path) -> Sequence[Row]:
    """The outcomes of the lines of a file."""
    source = folder / "cases.jsonl"
    source.write_text("\n".join(lines), encoding="utf-8")
    chunks = chunks_of(open_source(file_of(source), small_engine()).blocks(), 100)
    made = [evaluate_chunk(runner(), chunk, "en")[0] for chunk in chunks]
    found = comparable(pa.Table.from_batches(made, OUTCOME_SCHEMA))
    assert len(found) == len(lines)
    return found


@given(st.lists(st.one_of(LINES, st.sampled_from(["{", "[]", "7", '{"id": "a"} {}'])), max_size=7))
@settings(max_examples=60)
def test_a_line_is_read_alike_among_any_others(lines: list[str]) -> None:
    """The outcome of a line does not depend on the lines around it."""
    with tempfile.TemporaryDirectory() as folder:
        together = outcomes_of(lines, Path(folder))
        alone = [one for line in lines for one in outcomes_of([line], Path(folder))]
    assert together == alone


SAID = st.one_of(st.none(), st.text(max_size=6), st.sampled_from(['"', "\\", "\n", "\x1f", ";"]))
ROW = st.fixed_dictionaries(
    {
        "text": SAID,
        "flag": st.one_of(st.none(), st.booleans()),
        "amount": st.one_of(st.none(), st.decimals("-9", "9", places=2)),
        "count": st.one_of(st.none(), st.integers(-9, 9)),
        "names": st.one_of(st.none(), st.lists(st.text(max_size=3), max_size=3)),
        "parts": st.one_of(
            st.none(),
            st.lists(st.fixed_dictionaries({"code": SAID, "at": st.integers(0, 9)}), max_size=2),
        ),
    }
)
WRITTEN = pa.schema(
    [
        ("text", pa.string()),
        ("flag", pa.bool_()),
        ("amount", pa.decimal128(12, 2)),
        ("count", pa.int64()),
        ("names", pa.list_(pa.string())),
        ("parts", pa.list_(pa.struct([("code", pa.string()), ("at", pa.int64())]))),
    ]
)


@given(st.lists(ROW, max_size=6), st.integers(0, 3))
def test_lines_of_json_say_every_value(rows: list[dict[str, object]], skipped: int) -> None:
    """Written as JSON Lines and read by any other reader, rows are what they were."""
    batch = pa.RecordBatch.from_pylist(rows, WRITTEN).slice(skipped)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.jsonl"
        Target(file_of(path), WRITTEN).write_whole([batch], path)
        lines = path.read_bytes().split(b"\n")[:-1]
    found = [json.loads(line, parse_float=Decimal) for line in lines]
    assert found == [{**row, "amount": row["amount"]} for row in batch.to_pylist()]


@given(st.lists(st.integers(0, 9), max_size=6), st.integers(1, 7))
def test_chunks_are_the_rows_in_order(sizes: list[int], size: int) -> None:
    """Chunks have every row once, in order, with what stands apart at its place."""
    rows = sum(sizes)
    blocks, first = [], 0
    for count in sizes:
        names = pa.array([str(at) for at in range(first, first + count)], pa.string())
        odd = {at: str(first + at) for at in range(count) if (first + at) % 3 == 0}
        bad: dict[int, tuple[Problem, ...]] = {
            at: () for at in range(count) if (first + at) % 5 == 1
        }
        columns = pa.RecordBatch.from_arrays([names], ["id"])
        blocks.append(Block(columns=columns, odd=odd, bad=bad))
        first += count
    found = list(chunks_of(blocks, size))
    assert [one.number for one in found] == list(range(-(-rows // size)))
    assert all(one.first == one.number * size for one in found)
    ids = [name for one in found for name in one.block.columns.column("id").to_pylist()]
    assert ids == [str(at) for at in range(rows)]
    odd_rows = {one.first + at: data for one in found for at, data in one.block.odd.items()}
    assert odd_rows == {at: str(at) for at in range(0, rows, 3)}
    assert {one.first + at for one in found for at in one.block.bad} == set(range(1, rows, 5))


def test_names_say_forms() -> None:
    """The suffix says how a file is written, and whether its text is compressed."""
    said = {
        "a.parquet": (Form.PARQUET, None),
        "a.PQ": (Form.PARQUET, None),
        "a.feather": (Form.ARROW, None),
        "a.csv.gz": (Form.CSV, "gzip"),
        "a.b.ndjson.zst": (Form.JSONL, "zstd"),
        "a.yml": (Form.CASES, None),
    }
    for name, expected in said.items():
        file = file_of(Path(name))
        assert (file.form, file.compression) == expected
    for name in ("a", "a.xlsx", "a.gz", "a.parquet.gz", ".csv"):
        with pytest.raises(DocumentError):
            file_of(Path(name))
    assert file_of(Path("a.txt"), form=Form.CSV).form is Form.CSV


def test_days_are_days() -> None:
    """A day of a column is that day."""
    column, _ = read_texts(pa.array(["2024-02-29"]), pa.date32())
    assert column.to_pylist() == [date(2024, 2, 29)]
