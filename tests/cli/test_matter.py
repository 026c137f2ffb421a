"""`bizrules matter`: several cases of one party together."""

import json
from pathlib import Path

import pytest

from cli.running import Call, case, case_file

KNOWN = "facts: {harm: none, minor: true, goods_value: 66}"
ONE = case("one", more=KNOWN)
TWO = case("two", more="facts: {harm: none, corrected: true, goods_value: 66}")
MATTERS = (
    "format: 1\nmatters:\n  - id: m-1\n    cases:\n"
    + "".join(f"    {line}\n" for line in ONE.splitlines())
    + "  - id: m-2\n    cases:\n"
    + "".join(f"    {line}\n" for line in case("two", more=KNOWN).splitlines())
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder for case files."""
    return tmp_path


def write(path: Path, text: str) -> Path:
    """The file with the text."""
    path.write_text(text, encoding="utf-8")
    return path


def test_cases_are_one_matter(call: Call, files: Path) -> None:
    """The cases of a plain file are dealt with together; an open one shows in the status."""
    path = write(files / "cases.yaml", case_file(ONE, TWO))
    result = call("matter", path, "--lang", "en")
    assert result.lines[0] == "Joint recommendation"
    assert "Number of acts: 2; number of cases: 2." in result.out
    assert result.status == 3
    assert call("matter", write(path, case_file(ONE))).status == 0


def test_matters(call: Call, files: Path) -> None:
    """Each entry of `matters` is one matter, whatever the form."""
    path = write(files / "matters.yaml", MATTERS)
    result = call("matter", path)
    assert result.out.count(" 合并处理意见\n") == 2
    assert "案件 m-2 合并处理意见" in result.out
    assert "# 案件 m-1" in call("matter", path, "--format", "markdown").out
    data = [json.loads(line) for line in call("matter", path, "--format", "json").lines]
    assert [one["matter"] for one in data] == ["m-1", "m-2"]
    assert data[0]["acts"][0]["parts"][0]["role"] == "exempt"
    assert result.status == 0


def test_a_bad_matter_never_stops_the_rest(call: Call, files: Path) -> None:
    """Problems of a matter are told beside the results of the others."""
    text = MATTERS + "  - id: m-3\n    cases: []\n  - id: m-4\n    nope: 1\n"
    text += "  - id: m-5\n    expect: {}\n    cases:\n"
    text += "".join(f"    {line}\n" for line in ONE.splitlines())
    text += "  - id: m-6\n    cases:\n"
    text += "".join(f"    {line}\n" for line in (ONE + ONE).splitlines())
    path = write(files / "matters.yaml", text)
    result = call("matter", path, "--lang", "en")
    assert result.status == 1
    assert "m-2" in result.out
    for said in ("no-case", "expect-not-allowed", "matter-duplicate-case", "matter m-6 has"):
        assert said in result.err
    data = [json.loads(line) for line in call("matter", path, "--format", "json").lines]
    assert data[-1]["problems"][0]["code"] == "matter-duplicate-case"
    plain = write(files / "plain.yaml", case_file(ONE, ONE))
    assert "the matter has these problems" in call("matter", plain, "--lang", "en").err


def test_evaluate_takes_no_matters(call: Call, files: Path) -> None:
    """`evaluate` says what to use instead, and goes on with the other cases."""
    path = write(files / "both.yaml", MATTERS.replace("matters:", f"cases:\n{TWO}matters:"))
    result = call("evaluate", path, "--lang", "en")
    assert result.status == 1
    assert "`m-1` is a matter, not a single case" in result.err
    assert "two" in result.out


def test_neither_cases_nor_matters(call: Call, files: Path) -> None:
    """A file without either holds no case."""
    path = files / "empty.yaml"
    for text in ("format: 1\n", "format: 1\ncases: []\n", "format: 1\ndocument: golden\n"):
        write(path, text)
        assert "no-case" in call("matter", path).err
    assert call("test", path).status == 1
    assert call("matter", write(path, "format: 1\ndocument: ruleset\n")).status == 1


GOLDEN = MATTERS.replace("format: 1", "format: 1\ndocument: golden")
EXPECTED = """    expect:
      acts: [{act: null, applied: null, basis: lone, settled: true}]
      roles: {two: exempt}
      holds: {two: [small.law/minor]}
      asks: []
      fine: {}
"""


def test_goldens(call: Call, files: Path) -> None:
    """Golden matters are run with the other goldens."""
    path = write(files / "golden.yaml", GOLDEN + EXPECTED)
    assert call("test", path).lines == ["1 passed, 0 failed"]
    write(path, GOLDEN + EXPECTED.replace("lone", "sole"))
    result = call("test", path, "--lang", "en")
    assert result.lines[1:] == ["    acts.1.basis: expected sole, found lone", "0 passed, 1 failed"]


def test_bad_goldens(call: Call, files: Path) -> None:
    """Unknown cases, rules and facts in an expectation are told; the others are run."""
    wrong = EXPECTED.replace("asks: []", "asks: [nope]").replace("two: exempt", "tow: exempt")
    wrong = wrong.replace("applied: null", "applied: tow").replace("/minor", "/mnior")
    good = EXPECTED.replace("two", "one") + "  - id: m-2"
    path = write(files / "golden.yaml", GOLDEN.replace("  - id: m-2", good) + wrong)
    result = call("test", path, "--lang", "en")
    assert result.lines[-1] == "1 passed, 1 failed"
    for code in ("unknown-fact", "unknown-entry", "unknown-rule"):
        assert code in result.err
