"""`bizrules diff`, `rules --on` and `show --on`: a list in two batches."""

import json
from pathlib import Path

import pytest

from cli.running import Call, Result

BATCHED = Path(__file__).parent / "batched"
BEFORE, AFTER = "small.batched@2022-05-31", "small.batched@2022-06-01"


@pytest.fixture
def batched(call: Call) -> Call:
    """Runs a command over the list in two batches, in English unless told otherwise."""

    def run(*args: str, lang: str = "en") -> Result:
        result: Result = call(*args, "--rulesets", BATCHED, "--lang", lang)
        return result

    return run


def test_every_kind_of_change(batched: Call) -> None:
    """What the second batch did to each entry, counted and told."""
    result = batched("diff", BEFORE, AFTER)
    assert result.status == 0
    assert result.lines[3].strip() == (
        "Added: 1; Repealed: 1; Moved: 1; Stricter: 2; Looser: 1; Changed: 1; Reworded: 1;"
        " Unchanged: 1"
    )
    lines = [line.strip() for line in result.lines]
    assert "- stalls (small.batched/stall → small.batched/stall-2; no. 1)" in lines
    assert "- before: corrected; and value of the goods: less than 500 yuan" in lines
    assert "- now: corrected; and value of the goods: less than 1,000 yuan" in lines
    assert "- list: exemptions → lighter penalties" in lines


def test_the_same_day_twice(batched: Call) -> None:
    """A ruleset does not differ from itself, and looks the other way round from behind."""
    assert "No entry has changed; Unchanged: 8" in batched("diff", BEFORE, BEFORE).out
    back = batched("diff", AFTER, BEFORE).out
    assert "Stricter: 1; Looser: 2" in back


def test_chinese_and_markdown(batched: Call) -> None:
    """Chinese is spoken throughout, and Markdown has headings."""
    result = batched("diff", BEFORE, AFTER, "--format", "markdown", lang="zh")
    assert result.lines[0].startswith("# 规则集对照：摊位清单（2022年5月31日）与")
    assert "## 收紧" in result.lines
    assert "conditions" not in result.out


def test_json(batched: Call) -> None:
    """JSON has every change with its kind, direction, entries and differences."""
    found = json.loads(batched("diff", BEFORE, AFTER, "--format", "json").out)
    kinds = [(one["kind"], one["direction"]) for one in found["changes"]]
    assert kinds == [
        ("added", "untold"),
        ("repealed", "untold"),
        ("moved", "stricter"),
        ("stricter", "stricter"),
        ("stricter", "stricter"),
        ("looser", "looser"),
        ("changed", "untold"),
        ("reworded", "neutral"),
    ]
    assert (found["unchanged"], found["new"]["day"]) == (1, "2022-06-01")
    assert set(found["changes"][5]["old"]["condition"]) == {"zh", "en"}


@pytest.mark.parametrize(
    ("view", "status", "message"),
    [
        ("small.bached@2022-06-01", 1, "there is no ruleset `small.bached`; did you mean `small.b"),
        ("small.batched@2021-12-31", 1, "not in force on 2021-12-31; it begins on 2022-01-01"),
        ("small.batched@2030-01-01", 1, "not in force on 2030-01-01; it ended on 2030-01-01"),
        ("small.batched@2022-02-30", 2, "`2022-02-30` is not a date"),
        ("small.batched", 2, "write RULESET@DATE"),
        ("@2022-06-01", 2, "write RULESET@DATE"),
    ],
)
def test_what_cannot_be_compared(batched: Call, view: str, status: int, message: str) -> None:
    """A name, a date or a day out of force is an error that says what would do."""
    result = batched("diff", view, AFTER)
    assert result.status == status
    assert message in result.err
    assert result.out == ""


def test_rules_on_a_day(batched: Call) -> None:
    """The list of a day has each entry once, in the version of that day."""

    def listed(*options: str) -> set[str]:
        lines = batched("rules", *options).lines[1:]
        return {line.split("\t")[0] for line in lines if line.startswith("small.batched/")}

    names = ("stall", "sign", "noise", "worse", "mixed", "words", "same")
    first = {f"small.batched/{name}" for name in (*names, "gone")}
    second = {f"small.batched/{name}" for name in (*(f"{one}-2" for one in names), "new")}
    assert listed("--on", "2022-05-31") == first
    assert listed("--on", "2022-06-01") == second
    assert listed("--on", "2022-06-01", "--as-known-on", "2022-05-01") == first
    assert listed("--on", "2021-12-31") == set()


def test_show_on_a_day(batched: Call) -> None:
    """Any version of an entry leads to that of the day."""
    for name in ("small.batched/stall", "small.batched/stall-2"):
        assert "500 yuan" in batched("show", name, "--on", "2022-05-31").out
        assert "1,000 yuan" in batched("show", name, "--on", "2022-06-01").out
    conditions, _, _ = batched("show", "small.batched/stall").out.partition("Penalty provision")
    assert "1,000" not in conditions


def test_show_of_an_ended_entry(batched: Call) -> None:
    """An ended entry is not shown; when it ended is, in either language."""
    result = batched("show", "small.batched/gone", "--on", "2022-06-01")
    assert result.status == 1
    assert result.out == ""
    assert "[rule-not-in-force] no version of the rule `small.batched/gone`" in result.err
    assert "it ended on 2022-06-01" in result.err
    late = batched("show", "small.batched/stall", "--on", "2030-01-01", lang="zh")
    assert "最后版本 `small.batched/stall-2` 已自2030-01-01起失效" in late.err


def test_help(batched: Call) -> None:
    """The command explains how a ruleset on a day is written."""
    assert "RULESET@DATE RULESET@DATE" in batched("diff", "--help").out


def test_notes_of_check_never_fail(call: Call, tmp_path: Path) -> None:
    """What is only worth knowing is printed, but is no warning, not even with `--strict`."""
    for when, code, status in (
        ("corrected, goods_value: {below: 400}", "narrows-superior", 0),
        ("goods_value: {below: 500}", "widens-superior", 1),
    ):
        own = tmp_path / "own.yaml"
        own.write_text(
            "format: 1\ndocument: ruleset\nid: own\nversion: '1'\ntitle: {zh: 村, en: village}\n"
            "region: '530103'\ninstrument: {name: 村规, level: document, kind: list}\n"
            "rules:\n  - {id: a, title: {zh: 甲, en: a}, ground: listed, modality: may,"
            f" permits: [exempt], when: [{when}], refines: small.batched/stall,"
            " cite: [{law: 村规, unverified: {zh: 测试, en: test}}]}\n",
            encoding="utf-8",
        )
        result = call("check", own, "--rulesets", BATCHED, "--strict", "--lang", "en")
        assert f"[{code}] `own/a`" in result.out
        assert result.status == status
