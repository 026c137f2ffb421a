"""`bizrules mutate`: changes of the rules that no golden case notices."""

import io
import json
from pathlib import Path

import pytest

from bizrules.cli import main
from cli.running import SMALL, Call, case, case_file

RULES = """\
format: 1
document: ruleset
id: own
version: "1"
title: {zh: 本地清单, en: own lists}
region: "530103"
instrument: {name: 本地清单, level: document, kind: list}
lists:
  exempt: {name: {zh: 不予, en: exempt}, effect: exempt}
rules:
  - id: small
    title: {zh: 货值较小, en: goods of little value}
    list: exempt
    modality: may
    violations: [stall.street]
    when: [goods_value: {below: 500}, any: [corrected, corrected: true]]
    unless: [obstructed]
    cite: [{law: 本地清单, unverified: {zh: 测试, en: test}}]
"""
BELOW_500 = "value of the goods: less than 500 yuan"
FACTS = "harm: serious, minor: false, corrected: true, obstructed: false"
NOT_BELOW = case(
    "not-below", more=f"facts: {{{FACTS}, goods_value: 500}}\nexpect: {{fails: [own/small]}}"
)
BELOW = case(
    "below", more=f"facts: {{{FACTS}, goods_value: 66}}\nexpect: {{grade: exempt, modality: may}}"
)
WRONG = case("wrong", more=f"facts: {{{FACTS}, goods_value: 66}}\nexpect: {{grade: heavier}}")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with a rule, and golden cases on one side of its border and on it."""
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    goldens = case_file(NOT_BELOW, BELOW, head="document: golden\n")
    (tmp_path / "golden.yaml").write_text(goldens, encoding="utf-8")
    return tmp_path


def test_survivors_are_told_with_place_and_change(call: Call, package: Path) -> None:
    """Only the rules of the folder are changed; a survivor says where it stands and what it is."""
    result = call("mutate", package, "--lang", "en")
    assert result.status == 0
    moved = f"{BELOW_500} → {BELOW_500.replace('500', '499.99')}"
    assert result.lines == [
        "goods of little value (own/small): 6 of 11 changes noticed; 2 more change nothing",
        f"  {package}/rules.yaml:16:33: threshold one step off: {moved}",
        f"  {package}/rules.yaml:16:44: left out: corrected; or corrected",
        f"  {package}/rules.yaml:16:45: the opposite: corrected → not corrected",
        "      before: corrected; or corrected",
        "      after: not corrected; or corrected",
        f"  {package}/rules.yaml:16:67: the opposite: corrected → not corrected",
        "      before: corrected; or corrected",
        "      after: corrected; or not corrected",
        f"  {package}/rules.yaml:17:14: left out: obstructed the inspection",
        "      before: it is not so that obstructed the inspection",
        "      after: –",
        "What was changed:",
        "change\ttried\tnoticed\tnot noticed\tchanges nothing",
        "condition left out\t4\t1\t2\t1",
        "threshold one step off\t1\t0\t1\t0",
        "border open or closed\t1\t1\t0\t0",
        "all or any\t2\t1\t0\t1",
        "the opposite\t3\t1\t2\t0",
        "grade or list\t1\t1\t0\t0",
        "must or may\t1\t1\t0\t0",
        "Score 54.5%: golden cases notice 6 of 11 changes; 2 more change nothing and do not count.",
    ]


def test_the_same_in_chinese(call: Call, package: Path) -> None:
    """Every text has its Chinese form."""
    lines = call("mutate", package, "--lang", "zh").lines
    assert lines[0] == "货值较小（own/small）：11 处改动中发现 6 处，另有 2 处改了等于没改"
    assert lines[1].endswith("界限挪动一档：货值金额不足500元 → 货值金额不足499.99元")
    assert lines[4:6] == [
        "      改前：已经改正，或者已经改正",
        "      改后：尚未改正，或者已经改正",
    ]


def test_plain_data(call: Call, package: Path) -> None:
    """As JSON every place has its score, and a survivor its source, line and both texts."""
    data = json.loads(call("mutate", package, "--format", "json", "--lang", "en").out)
    counts = {
        "score": 54.5,
        "tried": 13,
        "counted": 11,
        "noticed": 6,
        "survived": 5,
        "equivalent": 2,
    }
    assert {key: data[key] for key in counts} == counts
    assert data["changes"]["border"]["score"] == 100.0
    assert data["changes"]["connective"]["counted"] == 1
    (place,) = data["places"]
    assert (place["rule"], place["ruleset"], place["definition"]) == ("own/small", "own", None)
    assert place["survivors"][0] == {
        "change": "threshold",
        "text": f"threshold one step off: {BELOW_500} → {BELOW_500.replace('500', '499.99')}",
        "before": BELOW_500,
        "after": BELOW_500.replace("500", "499.99"),
        "source": str(package / "rules.yaml"),
        "line": 16,
        "column": 33,
        "path": "$.rules[0].when[0].goods_value.below",
    }
    assert data["failing"] == []


def test_a_low_score_fails(call: Call, package: Path) -> None:
    """A score below what is wanted fails, one above it does not."""
    assert call("mutate", package, "--fail-under", "54.5").status == 0
    result = call("mutate", package, "--fail-under", "54.6", "--lang", "en")
    assert result.status == 1
    assert result.err == "the score 54.5% is below 54.6%\n"
    assert call("mutate", package, "--fail-under", "101").status == 2


def test_one_rule(call: Call) -> None:
    """With `--rule` nothing else is changed; the days it shares with others are not its own."""
    result = call("mutate", "--rule", "small.law/minor", "--format", "json")
    (place,) = json.loads(result.out)["places"]
    assert place["rule"] == "small.law/minor"
    unknown = call("mutate", "--rule", "small.law/mino", "--lang", "en")
    assert unknown.status == 1
    assert "did you mean `small.law/minor`" in unknown.err


def test_what_stands_for_several_rules(call: Call) -> None:
    """The days of a ruleset are changed for all of its rules, under its own name."""
    data = json.loads(call("mutate", "--format", "json", "--lang", "en").out)
    shared = [place for place in data["places"] if place["rule"] is None]
    assert [place["ruleset"] for place in shared] == [
        "small.district",
        "small.law",
        "small.province",
    ]
    assert shared[0]["title"] == "lists of the district: what stands for several rules"


def test_one_package(call: Call, package: Path) -> None:
    """`bizrules` are the rules of the library, here the small ones."""
    arguments = ("--rulesets", package / "rules.yaml", "--format", "json")
    data = json.loads(call("mutate", "--package", "bizrules", *arguments).out)
    assert {place["ruleset"] for place in data["places"]} >= {"small.law", "small.district"}
    unknown = call("mutate", "--package", "bizrule", "--lang", "en")
    assert unknown.status == 1
    assert unknown.err == (
        "bizrules: error [unknown-package] there is no package `bizrule`; "
        "did you mean `bizrules`?\n"
    )


def test_a_sample(call: Call) -> None:
    """So many changes of all, the same for the same seed."""
    first, same, other = (
        json.loads(call("mutate", "--sample", "5", "--seed", seed, "--format", "json").out)
        for seed in "112"
    )
    assert first["tried"] == other["tried"] == 5
    assert first == same != other


def test_golden_cases_that_fail_already_are_named(call: Call, package: Path) -> None:
    """They cannot notice anything."""
    path = package / "golden.yaml"
    path.write_text(case_file(WRONG, NOT_BELOW, head="document: golden\n"), encoding="utf-8")
    result = call("mutate", package, "--lang", "en")
    assert result.err == "golden cases that fail already are left aside: wrong\n"
    assert result.status == 0


def test_a_golden_file_that_cannot_be_read_is_a_problem(call: Call, package: Path) -> None:
    """The rest is run, and the fault is told."""
    (package / "golden.yaml").write_text("format: 1\ndocument: golden\ncases: [{id: a}]\n")
    (package / "torn.yaml").write_text("cases: [", encoding="utf-8")
    result = call("mutate", package, "--lang", "en")
    assert result.status == 1
    assert "torn.yaml" in result.err
    assert "golden.yaml" in result.err
    assert result.lines[-1].startswith("Score 0.0%")


def test_where_there_are_no_rules_there_is_nothing_to_change(call: Call, package: Path) -> None:
    """That is said, and is no success."""
    result = call("mutate", package / "golden.yaml", "--rulesets", package, "--lang", "en")
    assert result.status == 1
    assert result.err == "there is nothing to change\n"
    empty = call("mutate", package / "golden.yaml", "--rulesets", package, "--format", "json")
    assert json.loads(empty.out)["score"] is None


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_it_is(
    small: None,  # noqa: ARG001 - for what it does
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The bar goes to the standard error and counts every change; the results stay apart."""
    terminal = _Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stderr", terminal)
    assert main(["mutate", str(SMALL), "--lang", "en"]) == 0
    shown = terminal.getvalue()
    assert "changes tried" in shown
    assert "53/53" in shown
    assert " a second" in shown
    assert "changes tried" not in capsys.readouterr().out
