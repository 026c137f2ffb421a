"""Earlier violations from a second table."""

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.tables import Row, case_rows, comparable, one_by_one, read, small_engine, write
from bizrules.batch._priors import bucket_count, buckets_of, sort_priors
from bizrules.batch.files import evaluate_file
from bizrules.errors import DocumentError

ROWS = case_rows(24)
PRIORS: Sequence[Row] = [
    {"case": f"案-{at}", "decided": day, "region": "530103", "violation": "stall.street"}
    for at, day in [
        (20, "2020-05-01"),
        (4, "2021-05-01"),
        (1, "2021-06-01"),
        (99, "2021-06-01"),
        (4, "2015-06-01"),
        (17, "2021-06-01"),
        (2, None),
    ]
]


def write_priors(path: Path) -> Path:
    """The earlier violations in a file, in the form that its name says."""
    table = pa.Table.from_pylist([dict(row) for row in PRIORS])
    if path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row) for row in PRIORS), encoding="utf-8")
    elif path.suffix == ".csv":
        pa.csv.write_csv(table, path)
    else:
        at = table.schema.get_field_index("decided")
        days = table.column("decided").cast(pa.date32())
        named = table.column("violation").dictionary_encode()
        typed = table.set_column(at, "decided", days)
        typed = typed.set_column(typed.schema.get_field_index("violation"), "violation", named)
        if path.suffix == ".parquet":
            pq.write_table(typed, path)
        else:
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, typed.schema) as writer:
                writer.write_table(typed)
    return path


@pytest.mark.parametrize("form", ["parquet", "arrow", "csv", "jsonl"])
def test_priors_join_their_cases(form: str, tmp_path: Path) -> None:
    """Each case is evaluated with its own earlier violations, in whatever order they stand."""
    priors = write_priors(tmp_path / f"priors.{form}")
    for name in ("cases.parquet", "nested.jsonl"):
        summary = evaluate_file(
            write(ROWS, tmp_path / name),
            tmp_path / "out.parquet",
            engine=small_engine(),
            priors=priors,
            chunk=5,
            lang="en",
            overwrite=True,
        )
        found = comparable(read(tmp_path / "out.parquet"))
        assert found == one_by_one(ROWS, PRIORS)
        assert found != one_by_one(ROWS)
        assert summary.priors is not None
        assert (summary.priors.rows, summary.priors.stray) == (7, 1)
        assert summary.priors.examples == ("案-99",)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("priors.jsonl", '{"case": "a", "region": 530103}', "prior-unreadable"),
        ("priors.jsonl", '{"case": "a"}\n{oops', "prior-unreadable"),
        ("priors.jsonl", '{"case": "a"}\nnull', "prior-unreadable"),
        ("priors.jsonl", "null", "prior-unreadable"),
        ("priors.jsonl", '{"case": "a"}\n{"region": "530103"}', "missing-key"),
        ("priors.csv", "case,region\na,530103\nb\n", "ragged-row"),
        ("priors.csv", "case,violaton\na,b\n", "unknown-column"),
        ("priors.yaml", "format: 1\n", "batch-form"),
        ("priors.parquet", "", "file-unreadable"),
    ],
)
def test_priors_that_cannot_be_read_stop_the_run(
    name: str, text: str, code: str, tmp_path: Path
) -> None:
    """Whose an unreadable entry is cannot be told, so nobody is taken for a first offender."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        evaluate_file(
            write(ROWS, tmp_path / "cases.csv"),
            tmp_path / "out.csv",
            engine=small_engine(),
            priors=tmp_path / name,
        )
    assert {problem.code for problem in error.value.problems} == {code}
    assert not (tmp_path / "out.csv").exists()


def test_a_full_disk_is_a_problem(tmp_path: Path, full_disk: Callable[[int], None]) -> None:
    """Where earlier violations have no room to be sorted the run says so, and goes on later."""
    many = tmp_path / "priors.jsonl"
    many.write_text("\n".join(json.dumps(row) for row in [*PRIORS] * 1500), encoding="utf-8")
    cases, out = write(ROWS, tmp_path / "cases.jsonl"), tmp_path / "out.parquet"

    def run() -> None:
        evaluate_file(cases, out, engine=small_engine(), priors=many, resume=True)

    full_disk(30_000)
    with pytest.raises(DocumentError) as caught:
        run()
    full_disk(1 << 30)
    (problem,) = caught.value.problems
    assert problem.code == "file-unwritable"
    assert Path(problem.location.source).name == "priors"
    assert "File too large" in problem.details["reason"]
    assert not out.exists()
    run()
    assert len(comparable(read(out))) == len(ROWS)


def test_a_prior_with_a_wrong_value_is_a_problem_of_its_case(tmp_path: Path) -> None:
    """A day that does not exist is told of at the case, and no other case is touched."""
    text = "case,decided,result\n案-1,2021-02-30,\n案-4,,acquitted\n"
    (tmp_path / "priors.csv").write_text(text, encoding="utf-8")
    evaluate_file(
        write(ROWS, tmp_path / "cases.csv"),
        tmp_path / "out.parquet",
        engine=small_engine(),
        priors=tmp_path / "priors.csv",
        lang="en",
    )
    found = comparable(read(tmp_path / "out.parquet"))
    expected = one_by_one(ROWS)
    assert found[1]["problems"] == ["no-such-date"]
    assert found[4]["problems"] == ["not-in-choices"]
    assert [row for at, row in enumerate(found) if at not in (1, 4)] == [
        row for at, row in enumerate(expected) if at not in (1, 4)
    ]


IDS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "案", "案件", "ab"]))


@given(
    cases=st.lists(IDS, max_size=30),
    priors=st.lists(IDS, max_size=30),
    chunk=st.integers(1, 7),
    buckets=st.integers(1, 5),
    step=st.integers(1, 9),
)
def test_sorting_is_joining(
    cases: list[str | None], priors: list[str | None], chunk: int, buckets: int, step: int
) -> None:
    """Each chunk gets the entries that name one of its cases, in their order, and none else."""
    texts = pa.array(priors, pa.string())
    table = pa.table({"case": texts, "region": pa.array([str(at) for at in range(len(priors))])})
    ids = pa.array(cases, pa.string())
    with tempfile.TemporaryDirectory() as folder:
        found = sort_priors(
            (ids.slice(at, step) for at in range(0, len(cases), step)),
            iter(table.to_batches(max_chunksize=step)),
            Path(folder),
            chunk=chunk,
            buckets=buckets,
        )
        for number in range(-(-len(cases) // chunk)):
            own = {one for one in cases[number * chunk :][:chunk] if one is not None}
            batch = found.of_chunk(number)
            rows = [] if batch is None else batch.to_pylist()
            by_case = {name: [r["region"] for r in rows if r["case"] == name] for name in own}
            assert by_case == {
                name: [str(at) for at, one in enumerate(priors) if one == name] for name in own
            }
            assert len(rows) == sum(map(len, by_case.values()))
    known = set(cases) - {None}
    assert found.count.rows == len(priors)
    assert found.count.stray == sum(one not in known for one in priors)


@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=20), st.integers(1, 9))
def test_a_bucket_is_made_of_the_text_alone(ids: list[str | None], buckets: int) -> None:
    """The same id lands in the same bucket wherever it stands."""
    whole = buckets_of(pa.array(ids, pa.string()), buckets).tolist()
    assert whole == [int(buckets_of(pa.array([one], pa.string()), buckets)[0]) for one in ids]
    assert all(0 <= bucket < buckets for bucket in whole)
    padded = pa.array(["x", *ids], pa.string()).slice(1)
    assert buckets_of(padded, buckets).tolist() == whole


def test_buckets_are_even_and_enough() -> None:
    """Numbered ids spread evenly, and the more there is, the more buckets there are."""
    counts = [0] * 8
    for bucket in buckets_of(pa.array([f"2022-{at:06d}" for at in range(8000)]), 8).tolist():
        counts[bucket] += 1
    assert min(counts) > 800
    assert [bucket_count(size) for size in (0, 1, 48 << 20, (48 << 20) + 1)] == [1, 1, 1, 2]
    assert bucket_count(1 << 50) == 256
