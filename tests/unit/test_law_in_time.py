"""Old law and new law on the national rules: what follows which of the two."""

from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

import pytest

from bizrules.cases import Case, Party, Prior, Priors
from bizrules.engine import Engine
from bizrules.outcomes import FineState, LawChoice, Outcome
from bizrules.penalties import Grade


@pytest.fixture(scope="module", name="engine")
def national_engine() -> Engine:
    """The national rules alone."""
    return Engine.load(plugins=False)


def outcome(engine: Engine, violation: str, facts: dict[str, Any], **parts: Any) -> Outcome:  # noqa: ANN401 - parts of a case
    """The outcome of a case in which every group of circumstances was examined."""
    case = Case(
        id="t",
        region="530103",
        violation=violation,
        party=Party(kind="enterprise"),
        facts={"harm": "serious", "corrected": "no", "violation_minor": False, **facts},
        examined=frozenset(engine.vocabulary.groups),
        **parts,
    )
    return engine.evaluate(case)


CARRIAGE = "transport.unlicensed-passenger"
EIA = "eia.built-before-approval"


class TestProcedure:
    """Substance follows the old law, procedure the law of the decision."""

    def test_duties_stay(self, engine: Engine) -> None:
        """An act before the law of 2021, punished under the old law, has today's duties."""
        found = outcome(
            engine,
            CARRIAGE,
            {"illegal_gains": "0", "first_violation": False, "hearing_threshold_met": True},
            committed=date(2021, 6, 1),
            discovered=date(2021, 6, 1),
            filed=date(2021, 8, 1),
            notified=date(2021, 9, 1),
            decided=date(2021, 10, 8),
        )
        assert found.law_applied.choice is LawChoice.OLD
        due = {duty.duty: duty.due for duty in found.duties}
        assert date(2021, 10, 30) in due.values()
        assert len(due) >= 5


class TestMilder:
    """从旧兼从轻 looks at both ends of the fine."""

    def test_lower_minimum(self, engine: Engine) -> None:
        """Of two ranges with the same maximum the one that begins lower is applied."""
        found = outcome(
            engine,
            CARRIAGE,
            {"illegal_gains": "0", "first_violation": False},
            committed=date(2023, 6, 1),
            discovered=date(2023, 6, 2),
            decided=date(2023, 8, 1),
        )
        assert found.law_applied.choice is LawChoice.NEW
        assert found.fine.range is not None
        assert found.fine.range.low == Fraction(1_000_000)


class TestDoubt:
    """A provision in force on only some possible days is not certain."""

    facts: ClassVar[dict[str, Any]] = {
        "order_not_obeyed": True,
        "eia_in_review": False,
        "first_violation": False,
        "total_investment": "1000000000",
    }

    def test_year_of_change(self, engine: Engine) -> None:
        """An act some time in 2016 may fall under either version; the date is asked for."""
        found = outcome(
            engine,
            EIA,
            self.facts,
            committed="2016",
            discovered=date(2016, 12, 2),
            decided="2016-12",
        )
        assert found.fine.state is FineState.UNDETERMINED
        assert len(found.fine.alternatives) == 2
        assert "committed" in [question.fact for question in found.questions]

    def test_unknown_act(self, engine: Engine) -> None:
        """Without a date of the act, the older version stays possible and the date is asked for."""
        found = outcome(
            engine, EIA, self.facts, discovered=date(2018, 12, 30), decided=date(2019, 1, 1)
        )
        assert found.fine.state is FineState.UNDETERMINED
        assert "committed" in [question.fact for question in found.questions]


class TestPriors:
    """Only what came before can stand against a first violation."""

    @pytest.mark.parametrize(
        ("committed", "grade"),
        [
            (date(2023, 9, 1), Grade.EXEMPT),
            (date(2023, 8, 2), Grade.EXEMPT),
            (date(2023, 7, 31), Grade.ORDINARY),
        ],
    )
    def test_a_later_act(self, engine: Engine, committed: date, grade: Grade) -> None:
        """A violation committed after this one does not make this one a repetition."""
        prior = Prior(committed=committed, decided=date(2023, 10, 1), violation=CARRIAGE)
        found = outcome(
            engine,
            CARRIAGE,
            {"illegal_gains": "0", "harm": "slight", "corrected": "by_deadline"},
            committed=date(2023, 8, 1),
            discovered=date(2023, 8, 2),
            decided=date(2023, 12, 1),
            priors=Priors(searched_since=date(2018, 1, 1), found=(prior,)),
        )
        assert found.grade is grade


class TestMeasures:
    """A duty about one measure does not follow from another."""

    @pytest.mark.parametrize(
        ("measure", "duties"),
        [
            ("restraint", set()),
            ("freezing", {"freezing-period"}),
            ("seizure", {"sealing-period", "settle-sealed"}),
        ],
    )
    def test_duties_of_a_measure(self, engine: Engine, measure: str, duties: set[str]) -> None:
        """Sealing and freezing each have their own period."""
        found = outcome(
            engine,
            CARRIAGE,
            {"illegal_gains": "0", "first_violation": False, "measure_needless": False},
            committed=date(2024, 6, 1),
            discovered=date(2024, 6, 2),
            decided=date(2024, 8, 1),
            measures=(measure,),
        )
        names = {duty.duty.partition("/")[2] for duty in found.duties}
        assert names & {"freezing-period", "sealing-period", "settle-sealed", "lift"} == duties
