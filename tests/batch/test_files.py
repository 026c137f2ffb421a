"""Files of cases in any form, and outcomes in any form."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from batch.tables import (
    OPEN,
    SCHEMA,
    case_rows,
    comparable,
    flat,
    one_by_one,
    read,
    small_engine,
    table_of,
    write,
)
from bizrules.batch import evaluate_table
from bizrules.batch._files import Position, file_of, replacing
from bizrules.batch._schema import OUTCOME_SCHEMA
from bizrules.batch._sinks import plain_schema
from bizrules.batch._sources import csv_texts
from bizrules.batch.files import BatchSummary, Form, Progress, evaluate_file
from bizrules.errors import DocumentError

ROWS = case_rows(24)
SOURCES = (
    "cases.parquet",
    "cases.arrow",
    "cases.arrows",
    "cases.csv",
    "cases.csv.gz",
    "cases.jsonl",
    "cases.jsonl.zst",
    "nested.jsonl",
    "cases.json",
)


def run(source: Path, target: Path, **given: object) -> BatchSummary:
    """Evaluate a file under the small engine."""
    return evaluate_file(source, target, engine=small_engine(), lang="en", **given)  # type: ignore[arg-type]


def codes(error: pytest.ExceptionInfo[DocumentError]) -> set[str]:
    """Codes of all problems."""
    return {problem.code for problem in error.value.problems}


@pytest.mark.parametrize("name", SOURCES)
def test_every_form_leads_to_what_one_by_one_leads_to(name: str, tmp_path: Path) -> None:
    """The outcomes of a file are those of its cases one by one, whatever its form."""
    summary = run(write(ROWS, tmp_path / name), tmp_path / "out.parquet", chunk=10)
    assert comparable(read(tmp_path / "out.parquet")) == one_by_one(ROWS)
    assert (summary.rows, summary.settled, summary.open, summary.bad) == (24, 3, 12, 9)
    assert sum(summary.routes.values()) == 24


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_chunks_change_nothing(chunk: int, tmp_path: Path) -> None:
    """However many cases are evaluated together, the outcomes are the same."""
    rows = ROWS[:9]
    for name in ("cases.csv", "cases.parquet"):
        run(write(rows, tmp_path / name), tmp_path / "out.parquet", chunk=chunk, overwrite=True)
        assert comparable(read(tmp_path / "out.parquet")) == one_by_one(rows)


def test_every_target_says_the_same(tmp_path: Path) -> None:
    """Each form of target has every row with its values: amounts as digits, lists as lists."""
    source = write(ROWS, tmp_path / "cases.parquet")
    for name in ("out.parquet", "out.arrow", "out.jsonl.gz", "out.csv"):
        run(source, tmp_path / name, chunk=10)
    expected = read(tmp_path / "out.parquet").to_pylist()
    with pa.memory_map(str(tmp_path / "out.arrow")) as mapped:
        assert pa.ipc.open_file(mapped).read_all().to_pylist() == expected
    with pa.input_stream(tmp_path / "out.jsonl.gz", compression="gzip") as stream:
        lines = stream.read().decode().splitlines()
    found = [json.loads(line, parse_float=str) for line in lines]
    amounts = ("fine_low", "fine_high")
    assert found == [
        {k: str(v) if k in amounts and v is not None else v for k, v in row.items()}
        for row in expected
    ]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert [row["held"] for row in cells] == [";".join(row["held"] or ()) for row in expected]
    lows = [row["fine_low"] for row in expected]
    assert [row["fine_low"] for row in cells] == ["" if low is None else str(low) for low in lows]
    assert [json.loads(row["problems"]) for row in cells] == [row["problems"] for row in expected]


def test_columns_that_are_wanted(tmp_path: Path) -> None:
    """Only the columns asked for are written, in that order."""
    source = write(ROWS, tmp_path / "cases.csv")
    run(source, tmp_path / "out.parquet", columns=["grade", "case"])
    found = read(tmp_path / "out.parquet")
    assert found.schema == plain_schema(OUTCOME_SCHEMA, ["grade", "case"])
    assert found.column("case").to_pylist() == [row["id"] for row in ROWS]


def test_rows_that_cannot_be_read_keep_their_place(tmp_path: Path) -> None:
    """A row with too few cells, or not in UTF-8, is a row with a problem at its place."""
    text = (
        "id,region,violation,goods_value\n"
        "a,530103,stall.street,66.5\n"
        "b,530103\n"
        "\n"
        'c,530103,stall.street,"66.555"\n'
        "d,530103,stall.street,\n"
        "e,530103,stall.street,1,2\n"
    )
    (tmp_path / "cases.csv").write_bytes(b"\xef\xbb\xbf" + text.encode() + b"f,530103,\xff,1\n")
    run(tmp_path / "cases.csv", tmp_path / "out.jsonl", problems=tmp_path / "bad.csv", chunk=4)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(line["case"], line["settled"] is None) for line in lines] == [
        ("a", False),
        ("b", True),
        ("c", True),
        ("d", False),
        ("e", True),
        ("f", True),
    ]
    with (tmp_path / "bad.csv").open(encoding="utf-8", newline="") as file:
        bad = [(row["row"], row["case"], row["code"]) for row in csv.DictReader(file)]
    assert bad == [
        ("2", "b", "ragged-row"),
        ("3", "c", "not-money"),
        ("5", "e", "ragged-row"),
        ("6", "f", "row-encoding"),
    ]


def test_lines_that_cannot_be_read_keep_their_place(tmp_path: Path) -> None:
    """A line that is no case, or names what nobody declared, changes no other line."""
    good = flat(case_rows(2)[1])
    lines = [
        json.dumps({**good, "id": "a"}),
        "{oops",
        json.dumps({**good, "id": "b"}) + json.dumps({**good, "id": "c"}),
        "",
        json.dumps({**good, "id": "d", "hram": 1}),
        json.dumps({**good, "id": "e", "goods_value": 66.555}),
        json.dumps({**good, "id": "f", "facts": {"goods_value": 66.5}}),
        json.dumps({**good, "id": "g", "region": 530103, "committed": "2022-03"}),
        json.dumps({**good, "id": "h", "goods_value": 66.5}),
        json.dumps([good]),
        '{"id": "\udcff"}'.encode("utf-8", "surrogateescape").decode("latin-1"),
    ]
    (tmp_path / "cases.jsonl").write_bytes("\n".join(lines).encode("latin-1"))
    run(tmp_path / "cases.jsonl", tmp_path / "out.jsonl")
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(line["case"], [one["code"] for one in line["problems"]]) for line in found] == [
        ("a", []),
        (None, ["json-syntax"]),
        (None, ["json-syntax"]),
        ("d", ["unknown-key"]),
        ("e", ["not-money"]),
        ("f", ["unknown-key"]),
        ("g", []),
        ("h", []),
        (None, ["wrong-shape"]),
        (None, ["row-encoding"]),
    ]
    (tmp_path / "one.jsonl").write_text(lines[7], encoding="utf-8")
    run(tmp_path / "one.jsonl", tmp_path / "one.out.jsonl")
    assert json.loads((tmp_path / "one.out.jsonl").read_text()) == found[6]


def test_a_moment_is_no_day(tmp_path: Path) -> None:
    """Midnights are days, as libraries without days write them; another moment is a problem."""
    table = table_of(case_rows(2)).drop_columns(["committed"])
    moments = pa.array([1646092800, 1646092801], pa.timestamp("s"))
    pa.parquet.write_table(table.append_column("committed", moments), tmp_path / "cases.parquet")
    run(tmp_path / "cases.parquet", tmp_path / "out.parquet")
    first, second = comparable(read(tmp_path / "out.parquet"))
    assert first == one_by_one(case_rows(2))[0]
    assert second["problems"] == ["not-a-date"]


def test_problems_of_the_boundary_come_all_at_once(tmp_path: Path) -> None:
    """Columns, names and files are checked before anything is evaluated, and nothing is written."""
    (tmp_path / "cases.csv").write_text("id,regoin,violation,hram,id\n", encoding="utf-8")
    (tmp_path / "priors.csv").write_text("case,violaton\n", encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        run(
            tmp_path / "cases.csv",
            tmp_path / "out.xlsx",
            priors=tmp_path / "priors.csv",
            problems=tmp_path / "none" / "bad.csv",
            columns=["grad"],
        )
    assert codes(error) == {
        "double-column",
        "missing-column",
        "unknown-column",
        "batch-form",
        "file-unwritable",
        "unknown-outcome-column",
    }
    said = "\n".join(problem.render("en") for problem in error.value.problems)
    assert f"{tmp_path / 'cases.csv'}" in said
    assert "did you mean `harm`" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.csv", "priors.csv"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("none.parquet", None),
        ("bad.parquet", b"no columns here"),
        ("bad.arrow", b"no columns here"),
        ("empty.csv", b""),
        ("bad.csv.gz", b"not packed"),
        ("bad.yaml", b"format: 1\ncases: [\n"),
    ],
)
def test_a_file_that_cannot_be_read(name: str, content: bytes | None, tmp_path: Path) -> None:
    """A file that is not what its name says is a problem of the file."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DocumentError):
        run(tmp_path / name, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


def test_a_column_of_a_wrong_type(tmp_path: Path) -> None:
    """Amounts in binary fractions are refused as a whole, as they are in a case."""
    table = table_of(ROWS)
    at = SCHEMA.get_field_index("goods_value")
    floats = pa.array([66.5] * len(ROWS))
    wrong = table.set_column(at, "goods_value", floats)
    pa.parquet.write_table(wrong, tmp_path / "cases.parquet")
    with pytest.raises(DocumentError) as error:
        run(tmp_path / "cases.parquet", tmp_path / "out.parquet")
    assert codes(error) == {"column-type"}


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    """A target that is there stays, unless it may be replaced; a source is never written over."""
    source = write(ROWS[:2], tmp_path / "cases.csv")
    target = tmp_path / "out.csv"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        run(source, target)
    assert codes(error) == {"batch-target-exists"}
    assert target.read_text(encoding="utf-8") == "mine"
    run(source, target, overwrite=True)
    assert len(target.read_text(encoding="utf-8").splitlines()) == 3
    with pytest.raises(DocumentError) as error:
        run(source, source, overwrite=True)
    assert codes(error) == {"batch-same-file"}


def test_no_cases_are_no_problem(tmp_path: Path) -> None:
    """A file without cases leads to a file without outcomes."""
    for name in ("cases.parquet", "cases.csv", "cases.arrow"):
        summary = run(write([], tmp_path / name), tmp_path / "out.parquet", overwrite=True)
        assert (summary.rows, read(tmp_path / "out.parquet").num_rows) == (0, 0)
        run(tmp_path / name, tmp_path / "out.csv", overwrite=True)
        assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith('"case","grade"')


def test_forms_may_be_named(tmp_path: Path) -> None:
    """Where a suffix does not say the form, the caller does."""
    write(ROWS, tmp_path / "cases.csv").rename(tmp_path / "cases.txt")
    run(tmp_path / "cases.txt", tmp_path / "out", forms=(Form.CSV, Form.PARQUET))
    assert comparable(read(tmp_path / "out")) == one_by_one(ROWS)


def test_progress_is_told(tmp_path: Path) -> None:
    """After each part it is told how far the run is."""
    seen: list[Progress] = []
    for name in ("cases.parquet", "cases.csv"):
        source = write(ROWS, tmp_path / name)
        run(source, tmp_path / "out.csv", chunk=10, progress=seen.append, overwrite=True)
    counted, read_on = seen[:4], seen[4:]
    assert [one.rows for one in counted] == [one.rows for one in read_on] == [0, 10, 20, 24]
    assert [one.total for one in counted] == [24] * 4
    assert [one.total for one in read_on] == [None] * 4
    assert counted[-1].share == read_on[-1].share == 1.0
    assert counted[-1].remaining == 0.0
    assert counted[0].remaining is None


def test_progress_is_that_of_the_rows(tmp_path: Path) -> None:
    """How far a file of CSV is read is told by the rows, however far ahead of them it is read."""
    path = tmp_path / "cases.csv"
    path.write_text("id,note\n" + 40_000 * f"案,{'x' * 90}\n", encoding="utf-8")
    position = Position(path.stat().st_size)
    rows = 0
    for texts, _ in csv_texts(file_of(path), ["id", "note"], position):
        rows += texts.num_rows
        assert abs(rows / 40_000 - position.at / position.size) < 0.01
    assert (rows, position.at) == (40_000, position.size)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    """What fails while it is written leaves the file as it was, and nothing beside it."""
    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")

    def fail() -> None:
        with replacing(path) as draft:
            draft.write_text("new", encoding="utf-8")
            msg = "half"
            raise ValueError(msg)

    with pytest.raises(ValueError, match="half"):
        fail()
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_amounts_stay_exact(tmp_path: Path) -> None:
    """An amount in JSON is read by its digits, wherever it stands."""
    rows = [{**case_rows(1)[0], **OPEN, "id": str(at)} for at in range(3)]
    lines = [json.dumps(flat(row)) for row in rows]
    lines[1] = lines[1].replace('"66.50"', "66.50")
    lines[2] = lines[2].replace('"66.50"', "6.65e1")
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run(tmp_path / "cases.jsonl", tmp_path / "out.parquet")
    found = comparable(read(tmp_path / "out.parquet"))
    assert [{**row, "case": ""} for row in found] == [{**row, "case": ""} for row in [found[0]] * 3]
    assert found == one_by_one(rows)


@pytest.mark.parametrize("line", ["null", "[]", "1", '"x"', "{} null", "null {}"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_line_that_is_no_object_is_a_problem_row(line: str, at: int, tmp_path: Path) -> None:
    """Wherever it stands, it has a row with a problem, and its neighbours have their outcomes."""
    lines = [json.dumps(flat(row)) for row in case_rows(2)]
    lines.insert(at, line)
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    summary = run(tmp_path / "cases.jsonl", tmp_path / "out.parquet")
    found = comparable(read(tmp_path / "out.parquet"))
    assert (summary.rows, summary.bad) == (3, 1)
    assert found[at]["problems"]
    assert [one for place, one in enumerate(found) if place != at] == one_by_one(case_rows(2))


def test_an_amount_that_is_too_long_is_a_problem_of_its_row(tmp_path: Path) -> None:
    """What its column can hold but no fine computed from it is refused, in that row alone."""
    rows = case_rows(2)
    table = table_of(rows).set_column(
        SCHEMA.get_field_index("goods_value"),
        "goods_value",
        pa.array([Decimal("9E+35"), Decimal("66.50")], pa.decimal128(38, 2)),
    )
    pq.write_table(table, tmp_path / "cases.parquet")
    summary = run(tmp_path / "cases.parquet", tmp_path / "out.parquet")
    assert (summary.rows, dict(summary.problems)) == (2, {"not-money": 1})
    of_table = evaluate_table(table, small_engine())
    assert comparable(of_table) == comparable(read(tmp_path / "out.parquet"))
