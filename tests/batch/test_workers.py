"""Several processes evaluate what one does."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from batch.tables import (
    case_rows,
    comparable,
    dying_engine,
    failing_engine,
    flat,
    one_by_one,
    read,
    small_engine,
    write,
)
from bizrules.batch.files import WorkerError, evaluate_file, parts_folder
from bizrules.engine import Engine
from bizrules.errors import DocumentError
from cli.running import SMALL

ROWS = case_rows(24)
PRIORS = '{"case": "案-0", "decided": "2021-05-01", "region": "530103"}\n'


def test_any_number_of_workers_leads_to_the_same(tmp_path: Path) -> None:
    """One, two or three processes: the same outcomes, rows that cannot be read included."""
    lines = write(ROWS, tmp_path / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    lines[5] = "{oops"
    lines[9] = lines[9].replace("2022-03-01", "2022-03")
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "priors.jsonl").write_text(PRIORS, encoding="utf-8")
    found = []
    for workers, engine in ((1, small_engine()), (2, small_engine), (3, small_engine())):
        target = tmp_path / f"out{workers}.jsonl"
        summary = evaluate_file(
            tmp_path / "cases.jsonl",
            target,
            engine=engine,
            priors=tmp_path / "priors.jsonl",
            problems=tmp_path / f"bad{workers}.csv",
            workers=workers,
            chunk=5,
        )
        bad = (tmp_path / f"bad{workers}.csv").read_bytes()
        found.append((target.read_bytes(), bad, summary.rows, summary.problems))
    assert found[0] == found[1] == found[2]
    assert not list(tmp_path.glob("*.parts"))


@pytest.mark.parametrize(
    ("rows", "size", "place"),
    [(24, 20_000, "engine.bundle"), (400, 60_000, "000000.part"), (4000, 60_000, "drafts-")],
)
def test_a_full_disk_is_a_problem(
    rows: int, size: int, place: str, tmp_path: Path, full_disk: Callable[[int], None]
) -> None:
    """What has no room is told as with one process: the engine, a part, cases handed over."""
    source, target = write(case_rows(rows), tmp_path / "cases.jsonl"), tmp_path / "out.jsonl"
    # What is compiled here the processes find in the cache of loops.
    evaluate_file(source, tmp_path / "alone.jsonl", engine=small_engine())
    full_disk(size)
    with pytest.raises(DocumentError) as caught:
        evaluate_file(source, target, engine=small_engine(), workers=2)
    full_disk(1 << 30)
    (problem,) = caught.value.problems
    assert problem.code == "file-unwritable"
    assert Path(problem.location.source).name.startswith(place)
    evaluate_file(source, target, engine=small_engine(), workers=2, resume=True)
    assert target.read_bytes() == (tmp_path / "alone.jsonl").read_bytes()


def test_a_worker_that_dies_is_told_of_with_its_chunk(tmp_path: Path) -> None:
    """The message names the cases; what is whole stays, and another run goes on with it."""
    source = write(ROWS, tmp_path / "cases.json")
    target = tmp_path / "out.parquet"
    with pytest.raises(WorkerError) as error:
        evaluate_file(source, target, engine=dying_engine, workers=1 + 1, chunk=5)
    assert error.value.code == "worker-died"
    assert error.value.details["reason"] == "SIGKILL"
    assert (error.value.details["chunk"], error.value.details["first"]) == ("3", "11")
    assert not target.exists()
    assert parts_folder(target).is_dir()
    summary = evaluate_file(source, target, engine=small_engine(), chunk=5, resume=True)
    assert summary.rows == 24
    assert comparable(read(target)) == one_by_one(ROWS)


def test_a_worker_that_fails_says_why(tmp_path: Path) -> None:
    """What goes wrong in a process is told by the one that started it."""
    source = write(ROWS[:3], tmp_path / "cases.json")
    with pytest.raises(WorkerError, match="RuntimeError: no engine here"):
        evaluate_file(source, tmp_path / "out.csv", engine=failing_engine, workers=2)


def test_an_engine_is_loaded_as_it_was(tmp_path: Path) -> None:
    """A function that loads an engine is sent to the processes, with what it was told."""
    load = partial(Engine.load, SMALL, national=False, plugins=False, as_known_on="2022-06-30")
    source = write(ROWS[:8], tmp_path / "cases.json")
    for workers in (1, 2):
        evaluate_file(source, tmp_path / f"{workers}.csv", engine=load, workers=workers, chunk=3)
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    assert flat(ROWS[0])["id"] in (tmp_path / "1.csv").read_text(encoding="utf-8")
