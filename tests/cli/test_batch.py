"""`bizrules batch`: outcomes of a file in another file, with a summary and a status."""

import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bizrules.batch import files
from bizrules.cli import _batch, _batching, _extras
from bizrules.cli._screen import Screen
from bizrules.engine import Engine
from cli.running import Call, process, small_knowledge

HEAD = "id,region,violation,committed,decided,harm,minor,corrected,goods_value,obstructed,channel\n"
DAYS = "530103,stall.street,2022-03-01,2022-05-20"
EXEMPT = f"a,{DAYS},none,true,,66,,\n"
OPEN = f"b,{DAYS},none,,true,66,,\n"
CONTESTED = f"c,{DAYS},none,false,true,66,true,online\n"
BAD = f"d,{DAYS},none,,,-1,,\n"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A file of four cases: settled, open, contested, wrong."""
    path = tmp_path / "cases.csv"
    path.write_text(HEAD + EXEMPT + OPEN + CONTESTED + BAD, encoding="utf-8")
    return path


def test_batch(call: Call, cases: Path, tmp_path: Path) -> None:
    """Every case has its row; the summary counts them, and says what was wrong how often."""
    target = tmp_path / "out.parquet"
    result = call("batch", cases, "-o", target, "--lang", "en")
    assert result.status == 1
    assert result.err == ""
    assert result.lines[0].startswith("cases: 4 in ")
    assert result.lines[1:5] == [
        "settled: 1",
        "open or contested: 2, of these contested: 1",
        "with errors: 1",
        "problem [negative-money]: 1",
    ]
    assert pq.read_table(target).column("grade").to_pylist() == ["exempt", None, None, None]
    again = call("batch", cases, "-o", target, "--lang", "en")
    assert (again.status, again.out) == (1, "")
    assert "[batch-target-exists]" in again.err
    assert call("batch", cases, "-o", target, "--overwrite", "--quiet").out == ""


@pytest.mark.parametrize(
    ("rows", "status"), [("", 0), (EXEMPT, 0), (EXEMPT + OPEN, 3), (CONTESTED, 3), (OPEN + BAD, 1)]
)
def test_status(rows: str, status: int, call: Call, tmp_path: Path) -> None:
    """The status is that of `evaluate`: problems before open cases before settled ones."""
    source = tmp_path / "cases.csv"
    source.write_text(HEAD + rows, encoding="utf-8")
    assert call("batch", source, "-o", tmp_path / "out.csv").status == status


def test_summary_as_data(call: Call, cases: Path, tmp_path: Path) -> None:
    """A program reads the same figures as JSON, stray earlier violations among them."""
    priors = tmp_path / "priors.csv"
    priors.write_text("case,decided\na,2021-05-01\nz,2021-05-01\n", encoding="utf-8")
    target = tmp_path / "out"
    options = ("--priors", priors, "--columns", "case, grade", "--format", "jsonl", "--chunk", 2)
    result = call("batch", cases, "-o", target, *options, "--summary", "json")
    found = json.loads(result.out)
    assert found["priors"] == {"rows": 2, "stray": 1, "examples": ["z"]}
    counts = ("rows", "settled", "open", "contested", "bad", "kept")
    assert [found[key] for key in counts] == [4, 1, 2, 1, 1, 0]
    assert json.loads(target.read_text(encoding="utf-8").splitlines()[0]) == {
        "case": "a",
        "grade": "exempt",
    }


def test_in_chinese(call: Call, cases: Path, tmp_path: Path) -> None:
    """The summary and the problems in the file are in the language of the run."""
    priors = tmp_path / "priors.csv"
    priors.write_text("case\nz\n", encoding="utf-8")
    bad = tmp_path / "bad.csv"
    options = ("--priors", priors, "--problems", bad, "--lang", "zh")
    result = call("batch", cases, "-o", tmp_path / "out.csv", *options)
    assert "结论确定：1 件" in result.lines
    assert "无对应案件的既往违法记录所写案号：`z`" in result.lines
    assert "为负数" in bad.read_text(encoding="utf-8")


def test_wrong_input(call: Call, tmp_path: Path) -> None:
    """What cannot be read is told all at once, with place, code and help."""
    source = tmp_path / "cases.csv"
    source.write_text("id,region,violaton\n", encoding="utf-8")
    result = call("batch", source, "-o", tmp_path / "out.xlsx", "--lang", "en")
    assert result.status == 1
    for code in ("missing-column", "unknown-column", "batch-form"):
        assert f"[{code}]" in result.err
    assert "did you mean `violation`?" in result.err
    assert call("batch", source).status == 2
    assert call("batch", source, "-o", tmp_path / "out.csv", "--workers", 0).status == 2


def test_another_encoding(call: Call, tmp_path: Path) -> None:
    """Rows that are not UTF-8 are counted with what to do; in their own encoding they are read."""
    source = tmp_path / "cases.csv"
    source.write_text(HEAD + EXEMPT.replace("a", "案", 1), encoding="gb18030")
    target = tmp_path / "out.jsonl"
    result = call("batch", source, "-o", target, "--lang", "en")
    assert result.status == 1
    assert "problem [row-encoding]: 1" in result.lines
    assert any(line.endswith("--encoding gb18030") for line in result.lines)
    options = ("--overwrite", "--encoding", "gb18030", "--lang", "zh")
    result = call("batch", source, "-o", target, *options)
    assert result.status == 0
    assert "编码" not in result.out
    assert json.loads(target.read_text(encoding="utf-8"))["case"] == "案"
    result = call("batch", source, "-o", target, "--overwrite", "--encoding", "gb", "--lang", "en")
    assert "[unknown-encoding]" in result.err


def test_an_extra_that_is_missing(
    call: Call, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra it is said how to install it."""

    def missing(_name: str) -> None:
        raise ModuleNotFoundError(name="pyarrow")

    monkeypatch.setattr(_extras, "import_module", missing)
    result = call("batch", cases, "-o", tmp_path / "out.csv", "--lang", "en")
    assert result.status == 1
    assert "pip install 'bizrules[batch]'" in result.err


def test_a_run_that_was_stopped(
    call: Call, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends with 130 and says how to go on; then the rest is evaluated."""
    target = tmp_path / "out.csv"
    evaluate = files.evaluate_file

    def stopped(*args: object, **given: object) -> object:
        def stop(progress: files.Progress) -> None:
            if progress.rows == 2:
                raise KeyboardInterrupt

        return evaluate(*args, **{**given, "progress": stop})  # type: ignore[arg-type]

    monkeypatch.setattr(_batching, "evaluate_file", stopped)
    result = call("batch", cases, "-o", target, "--chunk", 2, "--lang", "en")
    assert result.status == 130
    assert f"{target}.parts, and --resume goes on" in result.err.splitlines()[0]
    monkeypatch.setattr(_batching, "evaluate_file", evaluate)
    result = call("batch", cases, "-o", target, "--chunk", 2, "--resume", "--lang", "en")
    assert "taken over from the earlier run: 2" in result.lines
    assert len(target.read_text(encoding="utf-8").splitlines()) == 5


def test_as_a_process_with_workers(tmp_path: Path) -> None:
    """The program itself starts workers, which load the bundle that it was given."""
    source = tmp_path / "cases.jsonl"
    lines = [{"id": name, "region": "530103", "violation": "nope"} for name in ("a", "b")]
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    target = tmp_path / "out.jsonl"
    bundle = tmp_path / "small.bundle"
    bundle.write_bytes(Engine(knowledge=small_knowledge()).bundle())
    options = ("--bundle", bundle, "--workers", "2", "--chunk", "1", "-q")
    result = process("batch", source, "-o", target, *options)
    assert (result.status, result.out, result.err) == (1, "", "")
    found = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [one["case"] for one in found] == ["a", "b"]
    assert {one["problems"][0]["code"] for one in found} == {"unknown-violation"}


class _Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        """Somebody does."""
        return True


def test_progress_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar says how many cases are done, how fast, and how long it will take."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    stream = _Terminal()
    with _batching._shown(Screen("en", err=stream), quiet=False) as report:
        assert report is not None
        report(files.Progress(rows=0, total=4000))
        report(files.Progress(rows=1000, total=4000, share=0.25, seconds=0.5))
        report._bar.refresh()
        assert "1,000 of 4,000 cases, 2,000 a second, 0:02 to go" in stream.getvalue()
        report(files.Progress(rows=9000, kept=1000, share=0.5, seconds=2.0))
        report._bar.refresh()
        assert "9,000 cases, 4,000 a second, 0:02 to go" in stream.getvalue()
    with _batching._shown(Screen("en", err=io.StringIO()), quiet=False) as report:
        assert report is None
    with _batching._shown(Screen("en", err=stream), quiet=True) as report:
        assert report is None


def test_spans_of_time() -> None:
    """Time to go is shown as clocks show it, and not at all where it is not known."""
    seconds = (None, 0.4, 61.0, 3600.0)
    assert [_batching._span(one) for one in seconds] == ["…", "0:00", "1:01", "1:00:00"]


def test_the_default_is_that_of_the_library() -> None:
    """The command line, which knows the library only once it runs, has its default."""
    defaults = {param.name: param.default for param in _batch.batch.params}
    assert defaults["chunk"] == files.CHUNK
