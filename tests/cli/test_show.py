"""`bizrules show`: what stands around a rule."""

import json
from pathlib import Path

from cli.running import Call, process

RULES = """
format: 1
document: ruleset
id: more.list
version: "1"
title: {zh: 清单, en: list}
region: "530103"
instrument: {name: 清单, level: document, kind: list}
first_violation: {window: {months: 24}, same: field}
rules:
  - id: "1"
    title: {zh: 甲, en: a}
    ground: first
    permits: [exempt]
    modality: may
    violations: [food.past-shelf-life]
    when: [first_violation]
    cite: [{law: 清单, unverified: {zh: 测试, en: test}}]
"""
CASE = """
  - id: {id}
    region: "530103"
    violation: food.past-shelf-life
    expect: {{{key}: [more.list/1]}}
"""


def test_what_counts_and_what_is_threatened(tmp_path: Path) -> None:
    """Which earlier violations count there, the provision tier by tier, and its golden cases."""
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    cases = [CASE.format(id=f"f-{at}", key="fails") for at in range(9)]
    cases += [CASE.format(id=f"h-{at}", key="holds") for at in range(3)]
    cases += ["  - id: none\n"]
    (tmp_path / "cases").mkdir()
    text = "format: 1\ndocument: golden\ncases:\n" + "".join(cases)
    (tmp_path / "cases" / "golden.yaml").write_text(text, encoding="utf-8")
    for name, other in (
        ("case.yaml", "format: 1\ncases: [{id: more.list/1}]\n"),
        ("broken.yaml", "[more.list/1"),
        ("odd.yaml", "format: 1\ndocument: golden\ncases: more.list/1\n"),
    ):
        (tmp_path / "cases" / name).write_text(other, encoding="utf-8")
    arguments = ("show", "more.list/1", "--no-plugins", "--rulesets", tmp_path / "rules.yaml")
    shown = process(*arguments, "--lang", "en").out
    assert (
        "- first violation: in the 24 months before the end of the act, in the same field" in shown
    )
    assert "- goods worth less than 10,000 yuan: a fine of 50,000 yuan to 100,000 yuan" in shown
    found = json.loads(process(*arguments, "--format", "json").out)
    (counted,) = found["counts"]
    assert counted["fact"] == "first_violation"
    assert counted["text"]["en"] in shown
    (provision,) = found["provisions"]["food.past-shelf-life"]
    assert {"low": 50_000, "high": 100_000} in [
        {key: tier[key] for key in ("low", "high")} for tier in provision["tiers"]
    ]
    assert found["examples"][2:4] == [
        {"case": "h-2", "holds": True},
        {"case": "f-0", "holds": False},
    ]
    assert len(found["examples"]) == 12
    _, _, examples = shown.partition("Cases that show it\n")
    lines = [line.strip("- ") for line in examples.strip().split("\n")]
    assert lines[:4] == [
        "h-0: it applies",
        "h-1: it applies",
        "h-2: it applies",
        "f-0: it does not apply",
    ]
    assert lines[10:] == ["and 2 more"]


def test_a_rule_for_many_violations(call: Call) -> None:
    """Of many violations the provisions are named, not told."""
    shown = call("show", "small.district/worse", "--lang", "en").out
    assert "Penalty provisions" in shown
    assert "Which earlier violations count" not in shown
    found = json.loads(call("show", "small.district/worse", "--format", "json").out)
    assert (found["counts"], found["examples"]) == ([], [])
