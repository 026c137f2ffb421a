"""Runs that are stopped, at whatever moment, and go on."""

import json
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from batch.tables import case_rows, comparable, one_by_one, read, small_engine, write
from bizrules.batch._resume import Journal, Record, alone
from bizrules.batch.files import BatchSummary, Progress, evaluate_file, parts_folder
from bizrules.errors import DocumentError
from cli.running import environment

ROWS = case_rows(24)
TESTS = Path(__file__).parent.parent
# Forks before any thread is there; each child dies at one of the moments at which a file takes its
# place, the last ones at none, and another child goes on with what it left.
KILLED = """
import os, signal, sys
from pathlib import Path
from batch.tables import small_engine
from bizrules.batch.files import evaluate_file, parts_folder

folder = Path(sys.argv[1])
replace, unlink = Path.replace, Path.unlink
moments = 0

def counting(act):
    def counted(self, *args, **given):
        global moments
        if moments == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        moments += 1
        return act(self, *args, **given)
    return counted

def run(**given):
    evaluate_file(
        folder / "cases.json", target, engine=small_engine(), priors=folder / "priors.csv",
        problems=target.with_suffix(".bad.csv"), chunk=12, lang="en", **given,
    )

small_engine()
for kill_at in range(100):
    target = folder / f"out-{kill_at}.jsonl"
    child = os.fork()
    if child == 0:
        Path.replace, Path.unlink = counting(replace), counting(unlink)
        run()
        os._exit(0)
    done = os.waitpid(child, 0)[1] == 0
    if target.exists():
        assert target.read_bytes().count(b"\\n") == 24
    if not done:
        child = os.fork()
        if child == 0:
            run(resume=True, overwrite=target.exists() and not parts_folder(target).exists())
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0, kill_at
    assert not parts_folder(target).exists()
    if done:
        break
print(kill_at)
"""


def run(source: Path, target: Path, **given: object) -> BatchSummary:
    """Evaluate a file under the small engine."""
    return evaluate_file(source, target, engine=small_engine(), lang="en", **given)  # type: ignore[arg-type]


class StoppedError(Exception):
    """Somebody stopped the run."""


def stop_after(rows: int) -> object:
    """A listener that stops the run once so many rows are done."""

    def listen(progress: Progress) -> None:
        if progress.rows >= rows:
            raise StoppedError

    return listen


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
def test_killed_at_any_moment_nothing_is_half_written(tmp_path: Path) -> None:
    """Wherever a run is killed, the target is whole or absent, and going on makes it the same."""
    write(ROWS, tmp_path / "cases.json")
    (tmp_path / "priors.csv").write_text("case,decided\n案-4,2021-05-01\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env=environment(PYTHONPATH=str(TESTS)),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    moments = int(done.stdout)
    assert moments > 10
    whole = (tmp_path / f"out-{moments}.jsonl").read_bytes()
    bad = (tmp_path / f"out-{moments}.bad.csv").read_bytes()
    for at in range(moments):
        assert (tmp_path / f"out-{at}.jsonl").read_bytes() == whole
        assert (tmp_path / f"out-{at}.bad.csv").read_bytes() == bad


def test_a_run_goes_on_after_its_last_whole_part(tmp_path: Path) -> None:
    """What an earlier run evaluated is not evaluated again, and the outcomes are the same."""
    source = write(ROWS, tmp_path / "cases.parquet")
    target = tmp_path / "out.parquet"
    with pytest.raises(StoppedError):
        run(source, target, chunk=5, progress=stop_after(10))
    assert not target.exists()
    seen: list[Progress] = []
    summary = run(source, target, chunk=5, resume=True, progress=seen.append)
    assert (summary.rows, summary.kept, seen[0].rows, seen[0].kept) == (24, 10, 10, 10)
    assert (summary.settled, summary.open, summary.bad) == (3, 12, 9)
    assert comparable(read(target)) == one_by_one(ROWS)
    assert not parts_folder(target).exists()


def test_a_run_that_would_lead_to_something_else_is_not_resumed(tmp_path: Path) -> None:
    """If cases, rules or options differ, everything that does is told, and nothing is touched."""
    source = write(ROWS, tmp_path / "cases.csv")
    target = tmp_path / "out.csv"
    with pytest.raises(StoppedError):
        run(source, target, chunk=5, progress=stop_after(10))
    before = sorted(parts_folder(target).iterdir())
    with source.open("a", encoding="utf-8") as file:
        file.write("x,530103,stall.street\n")
    with pytest.raises(DocumentError) as error:
        evaluate_file(
            source,
            target,
            engine=attrs.evolve(small_engine(), as_known_on="2022-01-01"),
            chunk=6,
            columns=["case"],
            problems=tmp_path / "bad.csv",
            lang="zh",
            resume=True,
        )
    said = {problem.details["what_phrase"] for problem in error.value.problems}
    names = ("source", "knowledge", "chunk", "columns", "problems", "lang")
    assert said == {f"batch.stamp.{name}" for name in names}
    assert sorted(parts_folder(target).iterdir()) == before


def test_parts_are_not_dropped_unasked(tmp_path: Path) -> None:
    """A new run over the parts of another has to say whether to go on or to start afresh."""
    source = write(ROWS, tmp_path / "cases.csv")
    target = tmp_path / "out.csv"
    with pytest.raises(StoppedError):
        run(source, target, chunk=5, progress=stop_after(10))
    with pytest.raises(DocumentError) as error:
        run(source, target, chunk=5)
    assert [problem.code for problem in error.value.problems] == ["batch-unfinished"]
    assert run(source, target, chunk=8, overwrite=True).kept == 0


def test_without_an_earlier_run_there_is_a_new_one(tmp_path: Path) -> None:
    """To resume what never began is to begin."""
    source = write(ROWS[:2], tmp_path / "cases.csv")
    assert run(source, tmp_path / "out.csv", resume=True).rows == 2


def test_only_whole_parts_count(tmp_path: Path) -> None:
    """A part without its record, cut short, or with a record that cannot be read is done again."""
    target = tmp_path / "out.csv"
    journal = Journal.begin(target, {"format": "1"})
    record = Record(rows=1, settled=1, open=0, contested=0, bad=0, size=5)
    for number in range(4):
        journal.draft(number).write_bytes(b"whole")
        if number != 1:
            journal.finish_part(number, record)
    journal.part(2).write_bytes(b"cut")
    (journal.folder / "000003.json").write_text(json.dumps({"rows": 1}), encoding="utf-8")
    resumed = Journal.resume(target, {"format": "1"})
    assert resumed is not None
    assert resumed.whole_parts() == {0: record}
    resumed.clear()
    assert Journal.resume(target, {"format": "1"}) is None


def test_parts_need_a_folder(tmp_path: Path) -> None:
    """Where no folder can be made for the parts, that is said."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DocumentError):
        Journal.begin(tmp_path / "file" / "out.csv", {})


@pytest.mark.parametrize("given", [{}, {"resume": True}, {"overwrite": True}])
def test_two_runs_never_write_one_target(given: dict[str, object], tmp_path: Path) -> None:
    """While a run lasts, another on its target is refused, and the first one loses nothing."""
    source = write(ROWS, tmp_path / "cases.csv")
    target = tmp_path / "out.parquet"
    refused: list[str] = []

    def listen(_: Progress) -> None:
        with pytest.raises(DocumentError) as error:
            run(source, target, chunk=5, **given)
        refused.extend(problem.code for problem in error.value.problems)

    assert run(source, target, chunk=5, progress=listen).rows == 24
    assert set(refused) == {"batch-running"}
    assert comparable(read(target)) == one_by_one(ROWS)
    assert sorted(tmp_path.iterdir()) == [source, target]


@pytest.mark.parametrize("name", ["000001.part", "000000.problems"])
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_a_part_that_changed_is_not_put_together(name: str, form: str, tmp_path: Path) -> None:
    """A part shorter than it was written stops the run; resumed, it is evaluated again."""
    source = write(ROWS, tmp_path / "cases.csv")
    target = tmp_path / f"out.{form}"

    def cut(progress: Progress) -> None:
        if progress.rows == 24:
            (parts_folder(target) / name).write_bytes(b"")

    with pytest.raises(DocumentError) as error:
        run(source, target, chunk=5, progress=cut, problems=tmp_path / "bad.csv")
    assert [problem.code for problem in error.value.problems] == ["batch-part-changed"]
    assert not target.exists()
    summary = run(source, target, chunk=5, resume=True, problems=tmp_path / "bad.csv")
    assert (summary.rows, summary.kept) == (24, 19)
    run(source, tmp_path / f"one.{form}", chunk=5)
    assert target.read_bytes() == (tmp_path / f"one.{form}").read_bytes()


def test_drafts_of_an_earlier_run_are_gone(tmp_path: Path) -> None:
    """What a run left unfinished is not where the next one writes, and is removed."""
    journal = Journal.begin(tmp_path / "out.csv", {"format": "1"})
    journal.draft(0).write_bytes(b"half")
    resumed = Journal.resume(tmp_path / "out.csv", {"format": "1"})
    assert resumed is not None
    assert resumed.drafts != journal.drafts
    assert not journal.drafts.exists()


def test_a_part_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    """If the disk no longer takes a part, that is a problem of the file."""
    source = write(ROWS, tmp_path / "cases.csv")
    target = tmp_path / "out.csv"

    def remove(_: Progress) -> None:
        for path in parts_folder(target).glob("drafts-*"):
            path.rmdir()

    with pytest.raises(DocumentError) as error:
        run(source, target, chunk=5, progress=remove)
    assert [problem.code for problem in error.value.problems] == ["file-unwritable"]


def test_a_lock_needs_a_folder(tmp_path: Path) -> None:
    """Where nothing can be written beside the target, that is said."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DocumentError) as error, alone(tmp_path / "file" / "out.csv"):
        pass
    assert [problem.code for problem in error.value.problems] == ["file-unwritable"]
