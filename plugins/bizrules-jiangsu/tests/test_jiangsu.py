"""The package as an installed plugin: Jiangsu (江苏省)."""

from typing import ClassVar

import attrs
import pytest

import bizrules_jiangsu
from bizrules.cases import Case
from bizrules.cli import main
from bizrules.engine import Engine, default_engine
from bizrules.penalties import Grade
from bizrules.truth import Truth
from shipped_package import ShippedPackage, own_golden

PLUGIN = "bizrules-jiangsu"
BY_THE_TOTAL = "jiangsu.labour-2022-4-holds-by-the-total"


@pytest.fixture(scope="module", name="engine")
def installed() -> Engine:
    """The library with every installed package."""
    return default_engine()


class TestJiangsu(ShippedPackage):
    """What the package ships."""

    PLUGIN = PLUGIN
    REGION = "320000"
    RULESETS = 9
    COUNTS: ClassVar = {"exempt": 14, "lighter": 2, "heavier": 1, "no_compulsion": 16}
    HOLDS = ("jiangsu.emergency-1-holds", "jiangsu.emergency/1")


@pytest.fixture(name="case")
def deposits(engine: Engine) -> Case:
    """Deposits taken from four workers and given back by the deadline; nobody states the mean."""
    return own_golden(engine, PLUGIN, BY_THE_TOTAL).case


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
