"""Streams of cases from any library that speaks Arrow."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import pyarrow as pa
import pytest

from batch.tables import (
    SCHEMA,
    Row,
    case_rows,
    comparable,
    nested,
    one_by_one,
    small_engine,
    table_of,
)
from bizrules.batch import evaluate_table
from bizrules.batch._schema import OUTCOME_SCHEMA, BatchInputError
from bizrules.batch.files import evaluate_stream

ROWS = case_rows(16)
PRIORS: list[Row] = [
    {"case": "案-4", "decided": "2020-05-01", "region": "530103", "violation": "stall.street"},
    {"case": "案-0", "decided": "2021-05-01", "region": "530103", "violation": "stall.street"},
    {"case": "案-99", "decided": "2021-05-01", "region": "530103", "violation": "stall.street"},
    {"case": "案-4", "decided": "2021-06-01", "region": "530103", "violation": "stall.street"},
]


def outcomes(data: object, **given: object) -> Sequence[Row]:
    """The outcomes of a stream, comparable."""
    reader = evaluate_stream(data, engine=small_engine(), lang="en", **given)  # type: ignore[arg-type]
    assert reader.schema == OUTCOME_SCHEMA
    return comparable(reader.read_all())


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_arrow(chunk: int) -> None:
    """A table, a reader, a batch: the outcomes are those of the cases one by one."""
    table = table_of(ROWS)
    for data in (table, table.to_reader(3), table.combine_chunks().to_batches()[0]):
        assert outcomes(data, chunk=chunk) == one_by_one(ROWS)


def test_polars() -> None:
    """A frame of Polars, with text, lists and categories of its own."""
    polars = pytest.importorskip("polars")
    frame = polars.from_arrow(table_of(ROWS))
    coded = frame.with_columns(
        polars.col("harm").cast(polars.Categorical),
        polars.col("violation").cast(polars.Enum(["stall.street", "stall.stret"])),
    )
    assert outcomes(frame) == outcomes(coded) == one_by_one(ROWS)
    for one in (frame, coded):
        assert comparable(evaluate_table(one, small_engine())) == outcomes_zh(one)


def outcomes_zh(data: object) -> Sequence[Row]:
    """The outcomes of a stream with problems in Chinese, as those of a table have them."""
    return comparable(evaluate_stream(data, engine=small_engine()).read_all())  # type: ignore[arg-type]


def test_categories_of_pandas() -> None:
    """A frame of pandas with categories, as a stream and as a table."""
    pytest.importorskip("pandas")
    frame = table_of(ROWS).drop_columns(["goods_value"]).to_pandas()
    for name in ("harm", "violation", "region"):
        frame[name] = frame[name].astype("category")
    expected = one_by_one([{**row, "goods_value": None} for row in ROWS])
    assert outcomes(frame) == expected
    assert comparable(evaluate_table(frame, small_engine())) == expected


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"case": ["案-4", None], "decided": ["2020-05-01"] * 2}, "missing-key"),
        ({"case": ["案-4"], "decided": [datetime(2020, 5, 1, 23, 59)]}, "not-a-date"),  # noqa: DTZ001
    ],
)
def test_priors_that_cannot_be_told(values: dict[str, Sequence[object]], code: str) -> None:
    """Nobody's earlier violation, or one at a moment of a day, is refused and never dropped."""
    with pytest.raises(BatchInputError) as error:
        outcomes(table_of(ROWS), priors=pa.table(values))
    assert [problem.code for problem in error.value.problems] == [code]
    assert error.value.problems[0].location.source == "priors"


def test_priors_at_midnight_are_days() -> None:
    """A library without days writes them as midnights."""
    rows = [{**one, "decided": datetime.fromisoformat(one["decided"])} for one in PRIORS]
    found = outcomes(table_of(ROWS), priors=pa.Table.from_pylist(rows))
    assert found == one_by_one(ROWS, PRIORS)


def test_pandas() -> None:
    """A frame of pandas, which has moments and no days."""
    pandas = pytest.importorskip("pandas")
    frame = table_of(ROWS).drop_columns(["goods_value"]).to_pandas()
    frame["committed"] = pandas.to_datetime(frame["committed"])
    found = outcomes(frame)
    assert found == one_by_one([{**row, "goods_value": None} for row in ROWS])


def test_duckdb() -> None:
    """The result of a query of DuckDB."""
    duckdb = pytest.importorskip("duckdb")
    table = table_of(ROWS)
    with duckdb.connect() as connection:
        connection.register("cases", table)
        assert outcomes(connection.sql("select * from cases")) == one_by_one(ROWS)


def test_priors() -> None:
    """Earlier violations are found by the id of the case, in whatever order they stand."""
    found = outcomes(table_of(ROWS), priors=pa.Table.from_pylist(list(PRIORS)), chunk=5)
    assert found == one_by_one(ROWS, PRIORS)
    assert found != one_by_one(ROWS)
    assert "priors" in nested(ROWS[4])


def test_a_stream_is_read_as_outcomes_are() -> None:
    """Nothing is read before somebody wants its outcome."""
    given: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for at in range(0, 16, 4):
            given.append(at)
            yield from table_of(ROWS[at : at + 4]).to_batches()

    data = pa.RecordBatchReader.from_batches(SCHEMA, batches())
    reader = evaluate_stream(data, engine=small_engine(), chunk=4)
    assert given == []
    reader.read_next_batch()
    assert given == [0]
    assert reader.read_all().num_rows == 12


def test_columns_are_checked_first() -> None:
    """A column that nobody knows is told of before anything is read."""
    with pytest.raises(BatchInputError) as error:
        evaluate_stream(pa.table({"id": ["a"], "hram": ["none"]}), engine=small_engine())
    assert {one.code for one in error.value.problems} == {"missing-column", "unknown-column"}
    with pytest.raises(BatchInputError):
        evaluate_stream(table_of(ROWS), priors=pa.table({"cas": ["a"]}), engine=small_engine())


def test_chunks_have_cases() -> None:
    """A chunk of no cases is refused."""
    with pytest.raises(ValueError, match="`chunk` is at least 1, not 0"):
        evaluate_stream(table_of(ROWS), engine=small_engine(), chunk=0)
