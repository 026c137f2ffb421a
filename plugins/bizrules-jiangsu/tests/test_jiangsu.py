"""The package as an installed plugin: Jiangsu (江苏省)."""

from collections import Counter
from pathlib import Path

import attrs
import pytest

import bizrules_jiangsu
from bizrules.cases import Case
from bizrules.cli import main
from bizrules.engine import Engine, default_engine
from bizrules.loading import GoldenCase
from bizrules.penalties import Grade
from bizrules.rules import Axis, Rule, Ruleset
from bizrules.testing import run_golden, run_goldens
from bizrules.truth import Truth

PLUGIN = "bizrules-jiangsu"
REGION = "320000"
RULESETS = 9
COUNTS = {"exempt": 14, "lighter": 2, "heavier": 1, "no_compulsion": 16}
BY_THE_TOTAL = "jiangsu.labour-2022-4-holds-by-the-total"
HOLDS = (
    "jiangsu.emergency-1-holds",
    "jiangsu.emergency/1",
)


@pytest.fixture(scope="module", name="engine")
def installed() -> Engine:
    """The library with every installed package."""
    return default_engine()


def own_rulesets(engine: Engine) -> list[Ruleset]:
    """The rulesets of this package."""
    return [ruleset for ruleset in engine.rulesets if ruleset.plugin == PLUGIN]


def own_goldens(engine: Engine) -> list[GoldenCase]:
    """The golden cases that lie in this package."""
    (folder,) = bizrules_jiangsu.bizrules_documents()
    return [
        golden
        for golden in engine.knowledge.goldens
        if golden.location is not None and Path(golden.location.source).is_relative_to(folder)
    ]


def effect(rule: Rule, ruleset: Ruleset) -> str:
    """Effect of the list of an entry; of a ground of law the grade it leads to."""
    if rule.list is not None:
        return ruleset.lists[rule.list].effect.value
    return "no_compulsion" if rule.axis is Axis.COMPULSION else rule.permits[0].code


def test_ships_its_own_places_only(engine: Engine) -> None:
    """Every ruleset of the package is for Jiangsu or a place in it."""
    found = own_rulesets(engine)
    assert len(found) == RULESETS
    assert all(engine.regions.is_within(ruleset.region, REGION) for ruleset in found)


def test_counts_by_effect(engine: Engine) -> None:
    """The entries are as many, list by list, as the page of the package says."""
    counted = Counter(
        effect(rule, ruleset) for ruleset in own_rulesets(engine) for rule in ruleset.rules
    )
    assert counted == COUNTS


def test_an_entry_decides_a_case(engine: Engine) -> None:
    """A case that meets all conditions of an entry is decided by it."""
    case, rule = HOLDS
    (golden,) = (one for one in own_goldens(engine) if one.case.id == case)
    outcome = run_golden(engine, golden).outcome
    assert outcome is not None
    assert rule in {one.rule for one in outcome.findings if one.truth is Truth.TRUE}


@pytest.fixture(name="case")
def deposits(engine: Engine) -> Case:
    """Deposits taken from four workers and given back by the deadline; nobody states the mean."""
    (golden,) = (one for one in own_goldens(engine) if one.case.id == BY_THE_TOTAL)
    return golden.case


def with_facts(case: Case, **facts: str | int | None) -> Case:
    """The case with facts of Jiangsu and others changed; None leaves one out."""
    names = {"taken": "jiangsu.amount_taken", "mean": "jiangsu.amount_per_worker"}
    changed = {names.get(name, name): value for name, value in facts.items()}
    kept = {name: value for name, value in {**case.facts, **changed}.items() if value is not None}
    return attrs.evolve(case, facts=kept)


class TestAmountPerWorker:
    """The amount taken a head is computed, and may be stated as before."""

    @pytest.mark.parametrize(
        ("taken", "workers", "grade"),
        [("800", 4, Grade.EXEMPT), ("800.01", 4, Grade.ORDINARY), ("2000", 10, Grade.EXEMPT)],
    )
    def test_the_limit(
        self, engine: Engine, case: Case, taken: str, workers: int, grade: Grade
    ) -> None:
        """200 yuan a head are within 200元以下, and a part of a fen more is not."""
        outcome = engine.evaluate(with_facts(case, taken=taken, workers_affected=workers))
        assert outcome.grade is grade

    def test_stated(self, engine: Engine, case: Case) -> None:
        """Who states the mean need not state the total."""
        for mean, grade in (("200", Grade.EXEMPT), ("200.01", Grade.ORDINARY)):
            outcome = engine.evaluate(with_facts(case, taken=None, mean=mean))
            assert outcome.grade is grade

    def test_contradiction(self, engine: Engine, case: Case) -> None:
        """A mean that is not that of the total is a problem of the case."""
        outcome = engine.evaluate(with_facts(case, mean="150"))
        assert [problem.code for problem in outcome.problems] == ["contradiction"]
        assert not engine.evaluate(with_facts(case, mean="200")).problems

    def test_unknown_total(self, engine: Engine, case: Case) -> None:
        """Without the total there is no mean, and it is asked for."""
        outcome = engine.evaluate(with_facts(case, taken=None))
        truths = {one.rule: one.truth for one in outcome.findings}
        assert truths["jiangsu.labour-2022/4"] is Truth.UNKNOWN
        assert "jiangsu.amount_per_worker" in {question.fact for question in outcome.questions}

    def test_no_worker(self, engine: Engine, case: Case) -> None:
        """There is no mean over nobody; at most three workers are within the other limit."""
        outcome = engine.evaluate(with_facts(case, workers_affected=0, mean="9999"))
        assert not outcome.problems
        assert outcome.grade is Grade.EXEMPT


def test_nothing_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    """The check finds neither errors nor warnings: what a derivation reads is in use."""
    (folder,) = bizrules_jiangsu.bizrules_documents()
    assert main(["check", str(folder), "--strict", "--lang", "en"]) == 0
    assert "[unread-fact]" not in capsys.readouterr().out


def test_golden_cases_pass(engine: Engine) -> None:
    """Every golden case beside the rules comes out as written."""
    results = run_goldens(engine, own_goldens(engine))
    assert results
    assert [result.id for result in results if not result.passed] == []
