"""`bizrules evaluate` and `bizrules explain`."""

import json
from pathlib import Path

import pytest

from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.provenance import Location
from cli.running import BAD, CONTESTED, EXEMPT, OPEN, SMALL, Call, case, case_file


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A case file with a settled, an open, a contested and a bad case."""
    path = tmp_path / "cases.yaml"
    path.write_text(case_file(EXEMPT, OPEN, CONTESTED, BAD), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "status"), [("exempt", 0), ("open", 3), ("contested", 3), ("bad", 1)]
)
def test_status_says_how_the_case_stands(call: Call, cases: Path, name: str, status: int) -> None:
    """Settled is 0, open and contested are 3, problems are 1."""
    assert call("evaluate", cases, "--case", name).status == status


def test_problems_come_before_open_cases(call: Call, cases: Path) -> None:
    """The status of several cases is that of the worst."""
    assert call("evaluate", cases).status == 1
    assert call("evaluate", cases, "--case", "exempt", "--case", "open").status == 3


def test_bad_case_never_stops_the_rest(call: Call, tmp_path: Path) -> None:
    """Problems of a bad case go to the standard error, the next case is evaluated."""
    path = tmp_path / "cases.yaml"
    path.write_text(case_file(BAD, EXEMPT), encoding="utf-8")
    result = call("evaluate", path, "--lang", "en")
    assert result.status == 1
    assert "exempt" in result.out
    assert "case bad could not be evaluated:" in result.err
    assert f"{path}:8:13: error [unknown-fact]" in result.err
    assert "did you mean `harm`?" in result.err
    assert "[negative-money]" in result.err


def test_text_is_chinese_without_any_locale(call: Call, cases: Path) -> None:
    """An officer reads Chinese unless something says otherwise."""
    result = call("evaluate", cases, "--case", "exempt")
    assert "应当不予行政处罚" in result.out
    assert not result.err


def test_text_is_english_on_demand(call: Call, cases: Path) -> None:
    """`--lang en` gives the explanation in English."""
    result = call("evaluate", cases, "--case", "exempt", "--lang", "en")
    assert "应当" not in result.out
    assert "exempt" in result.out


def test_several_cases_are_set_apart(call: Call, cases: Path) -> None:
    """A line stands between two cases, none before the first."""
    result = call("evaluate", cases, "--case", "exempt", "--case", "open")
    assert result.lines.count("-" * 72) == 1
    assert not result.out.startswith("-")


def test_json_is_one_object_a_case(call: Call, cases: Path) -> None:
    """Each line is a case; a bad one carries its problems instead of an outcome."""
    result = call("evaluate", cases, "--format", "json", "--lang", "en")
    found = [json.loads(line) for line in result.lines]
    assert [one["case"] for one in found] == ["exempt", "open", "contested", "bad"]
    assert [one.get("grade") for one in found] == ["exempt", None, None, None]
    assert found[3].keys() == {"case", "file", "problems"}
    assert [one["code"] for one in found[3]["problems"]] == ["unknown-fact", "negative-money"]
    assert found[3]["problems"][0]["line"] == 20 + 6
    assert result.status == 1
    assert not result.err


def test_json_lines_are_the_same_when_piped(call: Call, cases: Path) -> None:
    """Both forms are one line a case where no person reads."""
    lines = call("evaluate", cases, "--format", "jsonl").out
    assert lines == call("evaluate", cases, "--format", "json").out


def test_markdown(call: Call, cases: Path) -> None:
    """Markdown has headings."""
    assert call("evaluate", cases, "--case", "exempt", "--format", "markdown").out.startswith("#")


def test_full_lists_failed_rules(call: Call, cases: Path) -> None:
    """With `--full` nothing is left out."""
    short = call("evaluate", cases, "--case", "exempt")
    full = call("evaluate", cases, "--case", "exempt", "--full")
    assert len(full.lines) >= len(short.lines)
    assert "small.province/lasting" in full.out


def test_several_files_and_forms(call: Call, tmp_path: Path) -> None:
    """YAML, JSON and JSON Lines are told apart by their suffix."""
    one = {"id": "j", "region": "530103", "violation": "stall.street"}
    (tmp_path / "a.yaml").write_text(case_file(EXEMPT), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"format": 1, "cases": [one]}), encoding="utf-8")
    lines = [
        json.dumps(one | {"id": "l1"}),
        json.dumps(one | {"id": "l2", "format": 1}),
        json.dumps({"format": 1, "cases": [one | {"id": "l3"}]}),
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(lines), encoding="utf-8")
    paths = [tmp_path / name for name in ("a.yaml", "b.json", "c.jsonl")]
    result = call("evaluate", *paths, "--format", "jsonl")
    assert [json.loads(line)["case"] for line in result.lines] == ["exempt", "j", "l1", "l2", "l3"]


def test_bad_line_is_located(call: Call, tmp_path: Path) -> None:
    """A problem of a case on a line of its own names the line."""
    path = tmp_path / "cases.jsonl"
    good = {"id": "good", "region": "530103", "violation": "stall.street"}
    lines = [
        good,
        good | {"id": "bad", "region": "999999"},
        good | {"id": "old", "format": 7},
        good | {"id": 5, "region": "999999"},
        [1],
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    result = call("evaluate", path, "--format", "jsonl", "--lang", "en")
    found = [json.loads(line) for line in result.lines]
    assert [one["case"] for one in found] == ["good", "bad", "old", "5", None]
    assert found[1]["problems"][0]["source"] == f"{path}:2"
    assert [one["problems"][0]["code"] for one in found[1:3]] == [
        "unknown-region",
        "format-unknown",
    ]


@pytest.mark.parametrize("from_stdin", [True, False])
def test_line_with_a_fault_does_not_stop_the_rest(
    call: Call, tmp_path: Path, from_stdin: bool
) -> None:
    """A line that is no JSON gives its problem with its number; the others are evaluated."""
    good = json.dumps({"id": "good", "region": "530103", "violation": "stall.street"})
    text = "\n".join([good, '{"id": ', "", good.replace("good", "last"), '{"a": 1, "a": 2}'])
    path = tmp_path / "cases.jsonl"
    path.write_text(text, encoding="utf-8")
    given = ("-", "--input", "jsonl") if from_stdin else (path,)
    result = call("evaluate", *given, "--format", "jsonl", stdin=text)
    found = [json.loads(line) for line in result.lines]
    assert [one["case"] for one in found] == ["good", None, "last", None]
    assert [(p["code"], p["line"]) for one in found[1::2] for p in one["problems"]] == [
        ("json-syntax", 2),
        ("duplicate-key", 5),
    ]
    assert result.status == 1
    asked = call(
        "ask", *given, "--case", "last", "--answers", path.with_suffix(".yaml"), stdin=text
    )
    assert "file-unreadable" in asked.err
    assert call("ask", path, "--case", "last", stdin="q\n").status == 3


@pytest.mark.parametrize("text", [b"{\n[", b"\xff\n{}", b"\n"])
def test_lines_without_a_case(call: Call, tmp_path: Path, text: bytes) -> None:
    """Nothing but faults, or a fault of the whole file, gives problems only."""
    path = tmp_path / "cases.jsonl"
    path.write_bytes(text)
    result = call("evaluate", path, "--format", "jsonl")
    assert {json.loads(line)["case"] for line in result.lines} == {None}
    assert result.status == 1


@pytest.mark.parametrize("kind", ["yaml", "json", "jsonl"])
def test_standard_input(call: Call, kind: str) -> None:
    """`-` reads the standard input in the form that `--input` names."""
    one = {"id": "i", "region": "530103", "violation": "stall.street"}
    data = json.dumps(one) if kind == "jsonl" else json.dumps({"format": 1, "cases": [one]})
    result = call("evaluate", "-", "--input", kind, "--format", "json", stdin=data)
    assert json.loads(result.out)["case"] == "i"
    assert result.status == 3


def test_unreadable_input_is_a_problem(call: Call) -> None:
    """What is no document at all is reported under the name of the standard input."""
    result = call("evaluate", "-", "--format", "json", stdin="{")
    assert json.loads(result.out)["file"] == "<stdin>"
    assert result.status == 1


def test_missing_file_is_a_problem(call: Call, cases: Path, tmp_path: Path) -> None:
    """A file that is not there does not stop the others."""
    missing = tmp_path / "none.yaml"
    result = call("evaluate", missing, cases, "--case", "exempt", "--lang", "en")
    assert result.status == 1
    assert f"{missing}: error [file-unreadable]" in result.err
    assert "exempt" in result.out


def test_document_that_is_no_case_file(call: Call) -> None:
    """A vocabulary holds no cases."""
    result = call("evaluate", SMALL / "vocabulary.yaml", "--lang", "en")
    assert result.status == 1
    assert "[document-unexpected]" in result.err


def test_unknown_case_id(call: Call, cases: Path) -> None:
    """An id that is not in the file is named, with those near it."""
    result = call("evaluate", cases, "--case", "exemt", "--lang", "en")
    assert result.status == 1
    assert "[unknown-case] there is no case `exemt`; did you mean `exempt`?" in result.err


def test_golden_file_shows_what_was_decided(call: Call) -> None:
    """In text form a published case ends with the official result; expectations are ignored."""
    result = call("evaluate", SMALL / "golden.yaml")
    assert "官方结果：不予行政处罚（小区城管局，结果明确载明）" in result.out
    assert "案例说明：公布的案例" in result.out
    assert result.status == 3


def test_golden_file_with_a_wrong_expectation(call: Call, tmp_path: Path) -> None:
    """What is expected does not matter to an evaluation, not even if it names nothing."""
    path = tmp_path / "golden.yaml"
    golden = case("g", more="expect: {holds: [small.law/nothing]}\nofficial: {quality: gold}")
    path.write_text(case_file(golden, head="document: golden\n"), encoding="utf-8")
    result = call("evaluate", path, "--lang", "en")
    assert result.status == 3
    assert "Officially decided" not in result.out


def test_expectation_in_a_plain_case_file(call: Call, tmp_path: Path) -> None:
    """A plain case file must not tell the result."""
    path = tmp_path / "cases.yaml"
    path.write_text(case_file(case(more="expect: {grade: exempt}")), encoding="utf-8")
    result = call("evaluate", path, "--lang", "en")
    assert result.status == 1
    assert "[expect-not-allowed]" in result.err


def test_contradiction_is_a_problem(call: Call, tmp_path: Path) -> None:
    """A stated fact that the case itself contradicts is reported beside the outcome."""
    path = tmp_path / "cases.yaml"
    rules = tmp_path / "rules.yaml"
    rules.write_text(PRIOR_RULES, encoding="utf-8")
    more = "facts: {prior_count: 2}\npriors: {searched_since: 2000-01-01, found: []}"
    path.write_text(case_file(case(more=more)), encoding="utf-8")
    result = call("evaluate", path, "--rulesets", rules, "--lang", "en")
    assert "`prior_count` is stated as" in result.out
    assert result.status == 1
    assert call("evaluate", path, "--rulesets", rules, "--format", "json").status == 1


PRIOR_RULES = """
format: 1
document: ruleset
id: more.priors
version: "1"
title: {zh: 既往, en: priors}
region: national
instrument: {name: 行政处罚法, level: law, kind: statute}
first_violation: {search: {months: 24}}
rules:
  - id: several
    title: {zh: 屡犯, en: several}
    ground: repeat
    permits: [heavier]
    modality: may
    when: [prior_count: {at_least: 2}]
    cite: [{law: 行政处罚法, article: 32}]
"""


def test_case_that_only_the_engine_refuses(
    call: Call, cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Problems that come up only in the evaluation are shown like the others."""

    def refuse(_engine: object, _case: object) -> None:
        raise CaseError([Problem("unknown-region", Location("case exempt"), {"found": "x"})])

    monkeypatch.setattr(Engine, "evaluate", refuse)
    result = call("evaluate", cases, "--case", "exempt", "--lang", "en")
    assert result.status == 1
    assert "[unknown-region]" in result.err


def test_explain_shows_everything(call: Call, cases: Path) -> None:
    """The full trace, failed rules included."""
    result = call("explain", cases, "--case", "exempt")
    assert "small.province/lasting" in result.out
    assert result.status == 0


def test_explain_as_a_page(call: Call, cases: Path) -> None:
    """HTML is a whole page that runs no script; problems stay on the standard error."""
    result = call("explain", cases, "--html", "--lang", "zh")
    assert result.out.startswith('<!doctype html>\n<html lang="zh-CN">')
    assert result.out.endswith("</html>\n")
    assert "<script" not in result.out
    assert "[unknown-fact]" in result.err
    assert result.status == 1
    assert '<html lang="en">' in call("explain", cases, "--html", "--lang", "en").out


def test_as_known_on(call: Call, cases: Path) -> None:
    """The option reaches the receipt."""
    result = call("evaluate", cases, "--as-known-on", "2021-01-01", "--format", "json")
    assert json.loads(result.lines[0])["receipt"]["as_known_on"] == "2021-01-01"
