"""A draft (征求意见稿) is listed and shown, and decides a case only where it is asked to."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bizrules import Case, explain
from bizrules.engine import Engine
from bizrules.loading import Expect, ExpectMatter, GoldenCase, GoldenMatter
from bizrules.testing import run_golden, run_matter
from bizrules.truth import Truth
from cli.running import SMALL, Call

DRAFT = """
format: 1
document: ruleset
id: more.draft
version: "1"
title: {zh: 小区清单（征求意见稿）, en: list of the district (draft)}
region: "530103"
department: urban_management
instrument: {name: 小区清单（征求意见稿）, level: document, kind: draft}
in_force: {from: 2020-01-01}
lists:
  exempt: {name: {zh: 不予处罚清单, en: exemptions}, effect: exempt}
bands:
  - id: default
    grades: {lighter: "[0, 0.1]"}
    cite: [{law: 小区清单, unverified: {zh: 测试, en: test}}]
rules:
  - id: "1"
    title: {zh: 轻微占道, en: a small stall}
    list: exempt
    ground: listed
    modality: shall
    violations: [stall.street]
    when: [harm: none]
    cite: [{law: 小区清单, entry: "1", unverified: {zh: 测试, en: test}}]
duties:
  - id: tell
    text: {zh: 告知, en: tell}
    on: always
    modality: shall
    cite: [{law: 小区清单, unverified: {zh: 测试, en: test}}]
"""
GOLDEN = """
format: 1
document: golden
cases:
  - id: drafted
    region: "530103"
    violation: stall.street
    committed: 2022-03-01
    decided: 2022-05-20
    facts: {harm: none}
    expect: {holds: [more.draft/1]}
"""
CASE = Case(
    id="c",
    region="530103",
    violation="stall.street",
    committed=date(2022, 3, 1),
    decided=date(2022, 5, 20),
    facts={"harm": "none"},
)
RULE = "more.draft/1"


@pytest.fixture(name="draft")
def written(tmp_path: Path) -> Path:
    """The draft as a file."""
    path = tmp_path / "draft.yaml"
    path.write_text(DRAFT, encoding="utf-8")
    return path


@pytest.fixture(name="load")
def loader(draft: Path) -> Callable[..., Engine]:
    """An engine of the small documents and the draft."""

    def load(*, drafts: bool = False) -> Engine:
        return Engine.load(SMALL, draft, national=False, plugins=False, drafts=drafts)

    return load


class TestEngine:
    """A draft is part of what an engine knows, and no law of a case."""

    def test_decides_nothing(self, load: Callable[..., Engine]) -> None:
        """Its rules are no candidates, its duties do not follow, and no receipt names it."""
        engine = load()
        assert RULE in engine.rules
        assert engine.draft_ids == {"more.draft"}
        outcome = engine.evaluate(CASE)
        assert RULE not in {finding.rule for finding in outcome.findings}
        assert not any(due.duty.startswith("more.draft/") for due in outcome.duties)
        assert "more.draft" not in {stamp.id for stamp in outcome.receipt.rulesets}
        assert not outcome.receipt.drafts

    def test_decides_where_asked(self, load: Callable[..., Engine]) -> None:
        """With the drafts it speaks as a ruleset of its place, and the receipt says so."""
        outcome = load(drafts=True).evaluate(CASE)
        truths = {finding.rule: finding.truth for finding in outcome.findings}
        assert truths[RULE] is Truth.TRUE
        assert "more.draft/tell" in {due.duty for due in outcome.duties}
        assert "more.draft" in {stamp.id for stamp in outcome.receipt.rulesets}
        assert outcome.receipt.drafts
        assert "Drafts" in explain(outcome, lang="en", full=True)
        assert "征求意见稿" in explain(outcome, lang="zh", full=True)

    def test_the_same_engine_with_drafts(self, load: Callable[..., Engine]) -> None:
        """An engine gives itself with the drafts, built once."""
        engine = load()
        assert engine.with_drafts is engine.with_drafts
        assert engine.with_drafts.with_drafts is engine.with_drafts
        assert engine.with_drafts.evaluate(CASE).grade is load(drafts=True).evaluate(CASE).grade
        assert engine.evaluate(CASE).receipt.knowledge == (
            engine.with_drafts.evaluate(CASE).receipt.knowledge
        )


class TestGoldens:
    """A golden case about an entry of a draft is evaluated with the drafts."""

    @pytest.mark.parametrize("expect", [Expect(holds=(RULE,)), Expect(holds=(RULE,), fails=())])
    def test_golden(self, expect: Expect, load: Callable[..., Engine]) -> None:
        """What names the draft is run with it."""
        assert run_golden(load(), GoldenCase(case=CASE, expect=expect)).passed

    def test_fails(self, load: Callable[..., Engine]) -> None:
        """That an entry of a draft fails is not passed for its being no candidate."""
        result = run_golden(load(), GoldenCase(case=CASE, expect=Expect(fails=(RULE,))))
        assert [one.found for one in result.differences] == ["true"]

    def test_other_goldens(self, load: Callable[..., Engine]) -> None:
        """What does not name it is run without it."""
        outcome = run_golden(load(), GoldenCase(case=CASE, expect=Expect(fails=()))).outcome
        assert outcome is not None
        assert not outcome.receipt.drafts

    def test_matter(self, load: Callable[..., Engine]) -> None:
        """The same holds for golden matters."""
        expect = ExpectMatter(holds={"c": (RULE,)})
        golden = GoldenMatter(id="m", cases=(CASE,), expect=expect)
        assert run_matter(load(), golden).passed


class TestCommands:
    """The command line lists a draft as one."""

    def test_rules_and_show(self, call: Call, draft: Path) -> None:
        """The status of its entries is that of a draft, in both languages."""
        out = call("rules", "--rulesets", draft, "--lang", "en").out
        assert "a draft put out for comment; it decides no case" in out
        assert "征求意见稿，不作为处理依据" in call("show", RULE, "--rulesets", draft).out
        drafts = call("rules", "--rulesets", draft, "--status", "draft").lines
        assert [line.split("\t")[0] for line in drafts[1:]] == [RULE]
        assert RULE not in call("rules", "--rulesets", draft, "--status", "confirmed").out
        shown = json.loads(call("show", RULE, "--rulesets", draft, "--format", "json").out)
        assert shown["draft"] is True

    def test_evaluate(self, call: Call, draft: Path, tmp_path: Path) -> None:
        """`--drafts` lets it decide; without it the outcome says nothing of the draft."""
        path = tmp_path / "case.yaml"
        case = GOLDEN.replace("document: golden\n", "").replace(
            "    expect: {holds: [more.draft/1]}\n", ""
        )
        path.write_text(case, encoding="utf-8")
        command = ("evaluate", path, "--rulesets", draft, "--format", "json")
        without, with_drafts = call(*command), call(*command, "--drafts")
        assert RULE not in without.out
        assert RULE in with_drafts.out
        assert json.loads(with_drafts.out)["receipt"]["drafts"] is True

    def test_test(self, call: Call, draft: Path) -> None:
        """`bizrules test` runs the golden cases of a draft with the drafts."""
        (draft.parent / "golden.yaml").write_text(GOLDEN, encoding="utf-8")
        assert "1 passed, 0 failed" in call("test", draft.parent).out
