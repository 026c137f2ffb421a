"""`bizrules test`: golden cases and the scoreboard."""

import json
from pathlib import Path

import pytest

from bizrules.cli._board import print_board
from bizrules.cli._screen import Screen
from bizrules.errors import Problem
from bizrules.loading import Official
from bizrules.penalties import Grade
from bizrules.provenance import Location
from bizrules.testing import Judgement, Scoreboard, ScoreRow, Standing
from cli.running import SMALL, Call, case, case_file

HEAD = "document: golden\n"
OFFICIAL = Official(grade=Grade.EXEMPT, quality="gold")
PASSES = case(
    "passes",
    more="facts: {harm: none, minor: true, obstructed: false}\n"
    "expect: {grade: exempt, fails: [small.district/worse]}",
)
FAILS = case(
    "fails",
    more="facts: {harm: none, minor: true}\n"
    "expect: {grade: heavier, asks: [goods_value], fine: {low: 500, state: range}}",
)


@pytest.fixture
def goldens(tmp_path: Path) -> Path:
    """A golden file with a case that passes and one that fails."""
    path = tmp_path / "golden.yaml"
    path.write_text(case_file(PASSES, FAILS, head=HEAD), encoding="utf-8")
    return path


def test_differences_are_told(call: Call, goldens: Path) -> None:
    """A failed case says where it stands and in what its outcome differs."""
    result = call("test", goldens, "--lang", "en")
    assert result.lines == [
        f"FAILED fails  {goldens}:11:5",
        "    grade: expected heavier, found exempt",
        "    fine.state: expected range, found waived",
        "    fine.low: expected 500, found 0",
        "    asks goods_value: expected true, found false",
        "1 passed, 1 failed",
    ]
    assert result.status == 1


def test_last_line_is_the_same_in_every_language(call: Call, goldens: Path) -> None:
    """Scripts read the last line, whoever else reads the rest."""
    result = call("test", goldens)
    assert result.lines[-1] == "1 passed, 1 failed"
    assert result.lines[1] == "    grade：应为 heavier，实为 exempt"


def test_cases_of_the_engine(call: Call) -> None:
    """Without a path the cases that came with the rules are run."""
    result = call("test")
    assert result.lines == ["1 passed, 0 failed"]
    assert result.status == 0


def test_folder_of_the_library(call: Call) -> None:
    """Rules that the engine has already are not loaded twice."""
    assert call("test", SMALL).lines == ["1 passed, 0 failed"]


def test_copy_of_the_library(call: Call, tmp_path: Path) -> None:
    """A copy with the same content is known; one that differs clashes."""
    for file in SMALL.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert call("test", tmp_path).lines == ["1 passed, 0 failed"]
    (tmp_path / "law.yaml").write_bytes((SMALL / "law.yaml").read_bytes() + b"# changed\n")
    result = call("test", tmp_path)
    assert result.status == 1
    assert "[duplicate-id]" in result.err


RULES = """
format: 1
document: ruleset
id: more.rules
version: "1"
title: {zh: 规则, en: rules}
region: national
instrument: {name: 行政处罚法, level: law, kind: statute}
rules:
  - id: "1"
    title: {zh: 甲, en: a}
    ground: minor
    permits: [exempt]
    modality: shall
    when: [channel: online]
    cite: [{law: 行政处罚法, article: 33}]
"""


def test_rules_beside_the_cases(call: Call, tmp_path: Path) -> None:
    """Rules that lie beside their golden cases are loaded for them; case files are passed over."""
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    more = "facts: {channel: online}\nexpect: {grade: exempt, holds: [more.rules/1]}"
    golden = tmp_path / "golden.yaml"
    golden.write_text(case_file(case(more=more), head=HEAD), encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(case_file(case()), encoding="utf-8")
    (tmp_path / "list.yaml").write_text("[1]", encoding="utf-8")
    assert call("test", tmp_path).lines == ["1 passed, 0 failed"]
    result = call("test", golden, "--lang", "en")
    assert "[unknown-rule]" in result.err
    assert result.lines == ["FAILED c-1", "0 passed, 1 failed"]


def test_bad_case_does_not_stop_the_rest(call: Call, tmp_path: Path) -> None:
    """A golden case with problems counts as failed; the others are run."""
    path = tmp_path / "golden.yaml"
    bad = case("bad", more="facts: {hram: none}")
    nameless = "  - {region: '530103'}\n"
    path.write_text(case_file(bad, PASSES, nameless, head=HEAD), encoding="utf-8")
    result = call("test", path, "--lang", "en")
    assert result.lines == ["FAILED bad", "FAILED ?", "1 passed, 2 failed"]
    assert f"{path}:9:13: error [unknown-fact]" in result.err
    assert "[missing-key]" in result.err


def test_files_that_cannot_be_read(call: Call, goldens: Path, tmp_path: Path) -> None:
    """A file that cannot be read, or holds no cases, counts as failed."""
    empty = tmp_path / "empty.yaml"
    empty.write_text("format: 1\ndocument: golden\ncases: []\nextra: 1\n", encoding="utf-8")
    result = call("test", goldens, empty, tmp_path / "none.yaml", "--lang", "en")
    assert result.lines[-1] == "1 passed, 3 failed"
    assert "[file-unreadable]" in result.err
    assert "[unknown-key]" in result.err


def test_plain_case_file_is_refused(call: Call, tmp_path: Path) -> None:
    """A case file that does not say it is golden fails if it is named; in a folder it may lie."""
    path = tmp_path / "cases.yaml"
    path.write_text(case_file(case()), encoding="utf-8")
    result = call("test", path, "--lang", "en")
    assert result.lines == ["0 passed, 1 failed"]
    assert result.status == 1
    assert "error [not-golden]" in result.err
    assert "write `document: golden` at the top" in result.err
    assert call("test", tmp_path).lines == ["0 passed, 0 failed"]


def test_contradiction_fails(call: Call, tmp_path: Path) -> None:
    """A case that contradicts itself fails, whether or not anything is expected."""
    rules = RULES.replace("rules:\n", "first_violation: {search: {months: 24}}\nrules:\n")
    rules = rules.replace("channel: online", "prior_count: 0")
    (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
    more = "facts: {prior_count: 2}\npriors: {searched_since: 1990-01-01, found: []}"
    golden = tmp_path / "golden.yaml"
    golden.write_text(case_file(case(more=more), head=HEAD), encoding="utf-8")
    result = call("test", tmp_path, "--lang", "en")
    assert "`prior_count` is stated as" in result.out
    assert result.lines[-1] == "0 passed, 1 failed"


def test_json(call: Call, goldens: Path, tmp_path: Path) -> None:
    """JSON says what differs as data."""
    none = tmp_path / "none.yaml"
    bad = tmp_path / "bad.yaml"
    bad.write_text(case_file(case("bad", more="facts: {a: 1}"), head=HEAD), encoding="utf-8")
    result = call("test", goldens, bad, none, "--format", "json", "--lang", "en")
    found = json.loads(result.out)
    assert (found["passed"], found["failed"]) == (1, 3)
    passes, fails, unfit = found["cases"]
    assert (passes["case"], passes["passed"], passes["differences"]) == ("passes", True, [])
    assert fails["differences"][0] == {
        "part": "grade",
        "expected": "heavier",
        "found": "exempt",
        "text": "grade: expected heavier, found exempt",
    }
    assert unfit["problems"][0]["code"] == "unknown-fact"
    assert found["files"][0][0]["code"] == "file-unreadable"
    assert "scoreboard" not in found
    assert result.status == 1


def official(name: str, facts: str, decided: str, *, quality: str = "gold", more: str = "") -> str:
    """A published case."""
    lines = f"facts: {{{facts}}}\nofficial: {{quality: {quality}, {decided}}}\n{more}"
    return case(name, more=lines)


KNOWN = "harm: none, minor: false, obstructed: false"

PUBLISHED = (
    official("agrees", "harm: none, minor: true", "grade: exempt, fine: 0, complete: true"),
    official("chosen", f"{KNOWN}, corrected: true, goods_value: 66", "grade: ordinary"),
    official("waits", "harm: none, corrected: true, goods_value: 66", "grade: exempt"),
    official(
        "complete",
        "harm: slight, corrected: true, goods_value: 66, minor: false",
        "grade: exempt, complete: true",
        quality="silver",
    ),
    official(
        "disputed",
        "harm: none, corrected: true, goods_value: 66, minor: false, obstructed: true,"
        " channel: online",
        "grade: heavier, contested: true, authority: 某局",
    ),
    official("differs", "harm: none, minor: true", "grade: heavier, complete: true"),
    official("fined", f"{KNOWN}, goods_value: 66", "fine: 600", quality="unlabelled"),
    official("beyond", f"{KNOWN}, goods_value: 66", "fine: 6000", quality="unlabelled"),
    official("bare", KNOWN, "fine: 600", quality="unlabelled"),
    official("odd", KNOWN, "grade: exempt", quality="bronze"),
    official(
        "seized",
        "minor: true",
        "compulsion: {seizure: lifted, sealing: no_ground}, complete: true",
        more="measures: [seizure, sealing]",
    ),
)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A file with published cases of every standing."""
    path = tmp_path / "published.yaml"
    text = case_file(*PUBLISHED, head=HEAD)
    path.write_text(text, encoding="utf-8")
    return path


def test_scoreboard(call: Call, published: Path) -> None:
    """Counts by quality, computed twice; each case; the reasons; and the last line."""
    result = call("test", published, "--scoreboard", "--lang", "en")
    lines = result.lines
    assert result.status == 0
    assert lines[-1] == "0 passed, 0 failed"
    assert lines[1] == "Published cases compared: 11, of which 4 have a complete account"
    start = lines.index("As published")
    assert lines[start + 1].split("\t") == [
        "standing",
        "outcome named",
        "outcome implied",
        "no grade named",
        "bronze",
        "total",
    ]
    assert "agreed\t2\t0\t0\t0\t2" in lines
    assert "fine within the statutory range\t0\t0\t1\t0\t1" in lines
    assert lines.count("total\t6\t1\t3\t1\t11") == 2
    row = next(line for line in lines if line.startswith("complete\t"))
    assert row.split("\t")[3:] == [
        "facts are missing, but only the decided grade is possible",
        "agreed",
    ]


def test_scoreboard_gives_both_reasons(call: Call, published: Path) -> None:
    """Where the library disagrees, its reason stands beside what was decided."""
    lines = call("test", published, "--scoreboard", "--lang", "en").lines
    at = lines.index("differs: disagreed")
    assert lines[at + 1].startswith("    Officially decided: a heavier penalty")
    assert lines[at + 2].startswith("    The library: no penalty. ")
    assert lines[at + 3] == "    Rules: small.law/minor"
    beyond = lines.index("beyond: fine outside the statutory range")
    assert lines[beyond + 1].startswith("    Officially decided: a fine of 6,000 yuan")
    assert lines[beyond + 2] == "    The library: 500 yuan to 1,000 yuan"
    disputed = lines.index("disputed: contested")
    assert "某局" in lines[disputed + 1]
    assert "reasonable officers differ" in lines[disputed + 1]
    assert any(line.startswith("    Rules against: ") for line in lines[disputed:])
    waits = lines.index("waits: facts are missing, but only the decided grade is possible")
    assert "    Still possible: no penalty" in lines[waits:]
    assert any(line.startswith("    Missing: minor") for line in lines[waits:])


def test_scoreboard_tells_of_measures(call: Call, tmp_path: Path) -> None:
    """A record about measures is compared in the words of the second axis."""
    path = tmp_path / "golden.yaml"
    measures = "measures: [seizure]"
    cases = (
        official("waits", "harm: none", "compulsion: {seizure: lifted}", more=measures),
        official("stood", "minor: true", "compulsion: {seizure: no_ground}", more=measures),
    )
    path.write_text(case_file(*cases, head=HEAD), encoding="utf-8")
    lines = call("test", path, "--scoreboard", "--lang", "en").lines
    at = lines.index("waits: facts are missing")
    assert lines[at + 2].startswith("    The library: ")
    assert lines[at + 3] == "    Missing: minor"
    assert not any("grade proposed" in line for line in lines)
    assert any(line.startswith("stood: within the authority's choice") for line in lines)


def test_scoreboard_in_chinese(call: Call, published: Path) -> None:
    """The scoreboard speaks as officers do."""
    out = call("test", published, "--scoreboard").out
    assert "公布案例对照：共 11 件，其中 4 件公布内容完整" in out
    assert "官方结果：罚款6000元（未载明档次）" in out
    assert "宽严情节并存" in out


def test_scoreboard_as_json(call: Call, published: Path) -> None:
    """Rows and counts are data."""
    found = json.loads(call("test", published, "--scoreboard", "--format", "json").out)
    board = found["scoreboard"]
    assert board["published"]["gold"] == {
        "agreed": 2,
        "choice": 1,
        "open": 1,
        "contested": 1,
        "disagreed": 1,
    }
    rows = {row["case"]: row for row in board["rows"]}
    assert rows["complete"]["published"]["standing"] == "open"
    assert rows["complete"]["complete"]["standing"] == "agreed"
    assert rows["seized"]["official"]["compulsion"] == {"seizure": "lifted", "sealing": "no_ground"}
    assert rows["seized"]["published"]["measures"]["seizure"] == "may_omit"
    assert rows["fined"]["official"]["fine"] == "600"


def test_scoreboard_tells_unfit_cases(capsys: pytest.CaptureFixture[str]) -> None:
    """A published case that cannot be evaluated shows its problems."""
    problem = Problem("unknown-region", Location("case c"), {"found": "999999"})
    judgement = Judgement(standing=Standing.UNFIT, problems=(problem,))
    row = ScoreRow(case="c", official=OFFICIAL, published=judgement, complete=judgement)
    print_board(Scoreboard((row,)), Screen("en"))
    out = capsys.readouterr().out
    assert "c: the case itself has problems" in out
    assert "case c: error [unknown-region]" in out


def test_measures_of_a_published_case(call: Call, published: Path) -> None:
    """What became of measures is told in the words of the verdicts, or in those of the record."""
    result = call("evaluate", published, "--case", "seized", "--lang", "en")
    decided = next(line for line in result.lines if line.startswith("Officially decided: "))
    assert ": lifted; " in decided
    assert call("evaluate", published, "--case", "seized").status == result.status


def test_scoreboard_cuts_long_lists(call: Call, tmp_path: Path) -> None:
    """Three missing facts are named, and how many more there are."""
    path = tmp_path / "golden.yaml"
    many = official("many", "harm: none", "grade: exempt")
    path.write_text(case_file(many, head=HEAD), encoding="utf-8")
    out = call("test", path, "--scoreboard", "--lang", "en").out
    assert "Missing: " in out
    assert "minor, channel, corrected and 2 more" in out
