"""Old law and new law on the national rules: what follows which of the two."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bizrules.cases import Case, Party, Prior, Priors
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.outcomes import FineState, LawBasis, LawChoice, Outcome
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


_OF_MEASURES = ("freezing-decision", "freezing-extended", "sealing-extended")


class TestMeasures:
    """A duty about one measure does not follow from another."""

    @pytest.mark.parametrize(
        ("measure", "duties"),
        [
            ("restraint", set()),
            ("freezing", {"freezing-decision", "freezing-period"}),
            ("seizure", {"sealing-period", "settle-sealed"}),
        ],
    )
    def test_duties_of_a_measure(self, engine: Engine, measure: str, duties: set[str]) -> None:
        """Sealing and freezing each have their own period."""
        found = outcome(
            engine,
            CARRIAGE,
            {
                "illegal_gains": "0",
                "first_violation": False,
                "measure_needless": False,
                "extension_approved": False,
            },
            committed=date(2024, 6, 1),
            discovered=date(2024, 6, 2),
            decided=date(2024, 8, 1),
            measures=(measure,),
        )
        names = {duty.duty.partition("/")[2] for duty in found.duties}
        of_measures = {*_OF_MEASURES, "freezing-period", "sealing-period", "settle-sealed", "lift"}
        assert names & of_measures == duties


def known_on(day: str | None) -> Engine:
    """The national rules as they were known on a day."""
    return Engine.load(plugins=False, as_known_on=date.fromisoformat(day) if day else None)


class TestKnownOn:
    """As known on a day: what was published later is not there, an end announced later not yet."""

    carriage: ClassVar[dict[str, Any]] = {"illegal_gains": "0", "first_violation": False}

    @pytest.mark.parametrize(
        ("known", "low", "choice"),
        [
            ("2023-07-19", 30_000, LawChoice.SAME),
            ("2023-07-20", 10_000, LawChoice.NEW),
            (None, 10_000, LawChoice.NEW),
        ],
    )
    def test_a_later_version_is_not_there(
        self,
        known: str | None,
        low: int,
        choice: LawChoice,
    ) -> None:
        """Before the amendment was published the old range is found, though the new is there."""
        found = outcome(
            known_on(known),
            CARRIAGE,
            self.carriage,
            committed=date(2023, 7, 1),
            discovered=date(2023, 7, 2),
            decided=date(2023, 8, 1),
        )
        assert found.fine.range is not None
        assert found.fine.range.low == Fraction(low * 100)
        assert found.law_applied.choice is choice
        assert found.receipt.as_known_on == (known and date.fromisoformat(known))

    @pytest.mark.parametrize(
        ("known", "grade"),
        [("2023-07-19", Grade.ORDINARY), ("2023-07-20", Grade.EXEMPT), (None, Grade.EXEMPT)],
    )
    def test_a_later_end_is_not_yet_one(self, known: str | None, grade: Grade) -> None:
        """A penalty dropped in 2023 still stood for whoever looked the day before."""
        found = outcome(
            known_on(known),
            "transport.certificate-not-carried",
            {"first_violation": False},
            committed=date(2023, 7, 1),
            discovered=date(2023, 7, 2),
            decided=date(2023, 8, 1),
        )
        assert found.grade is grade

    @pytest.mark.parametrize(
        ("known", "grade", "held"),
        [
            ("2021-01-21", Grade.EXEMPT, "national.penalty-law-2017/27-2"),
            ("2021-01-22", Grade.EXEMPT, "national.penalty-law/33-1a"),
        ],
    )
    def test_the_old_penalty_law_does_not_end(
        self,
        known: str,
        grade: Grade,
        held: str,
    ) -> None:
        """The end of the law of 2017 came with the revision of 2021 and was not known before it."""
        found = outcome(
            known_on(known),
            "fire.lane-blocked",
            {"harm": "none", "corrected": "on_the_spot", "violation_minor": True},
            committed=date(2021, 7, 20),
            discovered=date(2021, 7, 20),
            decided=date(2021, 8, 2),
        )
        assert found.grade is grade
        holding = {one.rule for one in found.findings if one.truth.value == "true"}
        assert held in holding

    def test_an_old_outcome_again(self) -> None:
        """What was found before a revision was published is found again after it."""
        case = {
            "committed": date(2025, 5, 1),
            "discovered": date(2025, 5, 2),
            "decided": date(2025, 6, 26),
        }
        facts = {"serious_circumstances": False, "first_violation": False}
        promotion = "competition.misleading-promotion"
        then = outcome(known_on("2025-06-26"), promotion, facts, **case)
        again = outcome(known_on(None), promotion, facts, **case)
        assert (then.grade, then.permitted, then.fine) == (again.grade, again.permitted, again.fine)
        assert then.law_applied == again.law_applied


class TestNeitherDay:
    """What was a violation on neither day is no case at all."""

    @pytest.mark.parametrize(
        ("violation", "committed", "decided"),
        [
            ("ozone.monitoring-missing", date(2024, 2, 1), date(2024, 2, 29)),
            ("transport.certificate-not-carried", date(2023, 7, 20), date(2023, 8, 1)),
        ],
    )
    def test_refused(self, engine: Engine, violation: str, committed: date, decided: date) -> None:
        """Before it came into force, and after it ended, the violation is not in force."""
        with pytest.raises(CaseError) as caught:
            outcome(engine, violation, {}, committed=committed, decided=decided)
        assert [one.code for one in caught.value.problems] == ["violation-not-in-force"]


# An invented list of a district: test data, issued by nobody.
INVENTED = """
format: 1
document: ruleset
id: test.invented-list
version: "1"
title: {{zh: 虚构的测试清单, en: an invented list for tests}}
region: "530103"
instrument: {{name: 虚构的测试清单, level: document, kind: list}}
in_force: {{{days}}}
published: 2022-01-01
reach_back: {reach}
status: illustration
lists:
  one: {{name: {{zh: 测试, en: test}}, effect: {effect}}}
rules:
  - id: entry
    title: {{zh: 测试条目, en: test entry}}
    list: one
    ground: listed
    modality: may
    violations: [fire.lane-blocked]
    when: [corrected: no]
    cite: [{{law: 虚构的测试清单, entry: "1", unverified: {{zh: 测试数据, en: test data}}}}]
"""
BEGUN, ENDED = "from: 2023-05-01", "from: 2022-01-01, until: 2023-05-01"
EXEMPT, HEAVIER, ORDINARY = Grade.EXEMPT, Grade.HEAVIER, Grade.ORDINARY
BEFORE, ON, AFTER = date(2023, 4, 30), date(2023, 5, 1), date(2023, 5, 2)


class TestReach:
    """Whether a list reaches an act before it, or one after its end, is for the list to say."""

    @pytest.fixture
    def lists(self, tmp_path: Path) -> Callable[[str, str, str], Engine]:
        """Engines of the national rules and an invented list."""

        def build(reach: str, effect: str, days: str) -> Engine:
            path = tmp_path / "list.yaml"
            content = INVENTED.format(reach=reach, effect=effect, days=days)
            path.write_text(content, encoding="utf-8")
            return Engine.load(path, plugins=False)

        return build

    @pytest.mark.parametrize(
        ("reach", "effect", "days", "committed", "decided", "grade"),
        [
            # A lenient list that came between act and decision.
            ("if_more_lenient", "exempt", BEGUN, BEFORE, AFTER, EXEMPT),
            ("never", "exempt", BEGUN, BEFORE, AFTER, ORDINARY),
            ("always", "exempt", BEGUN, BEFORE, AFTER, EXEMPT),
            # A heavier one.
            ("if_more_lenient", "heavier", BEGUN, BEFORE, AFTER, ORDINARY),
            ("never", "heavier", BEGUN, BEFORE, AFTER, ORDINARY),
            ("always", "heavier", BEGUN, BEFORE, AFTER, HEAVIER),
            # A lenient list that ended between act and decision.
            ("if_more_lenient", "exempt", ENDED, BEFORE, AFTER, EXEMPT),
            ("never", "exempt", ENDED, BEFORE, AFTER, EXEMPT),
            ("always", "exempt", ENDED, BEFORE, AFTER, ORDINARY),
            # Act and decision on the first day of the list, and on its last.
            ("if_more_lenient", "exempt", BEGUN, ON, ON, EXEMPT),
            ("never", "exempt", BEGUN, ON, ON, EXEMPT),
            ("always", "exempt", BEGUN, ON, ON, EXEMPT),
            ("if_more_lenient", "exempt", ENDED, BEFORE, BEFORE, EXEMPT),
            ("never", "exempt", ENDED, ON, AFTER, ORDINARY),
            ("always", "exempt", ENDED, ON, ON, ORDINARY),
            # Decided on the first day, before it, committed on it.
            ("if_more_lenient", "exempt", BEGUN, BEFORE, ON, EXEMPT),
            ("always", "exempt", BEGUN, BEFORE, BEFORE, ORDINARY),
            ("never", "exempt", BEGUN, ON, AFTER, EXEMPT),
        ],
    )
    def test_reach(
        self,
        lists: Callable[[str, str, str], Engine],
        reach: str,
        effect: str,
        days: str,
        committed: date,
        decided: date,
        grade: Grade,
    ) -> None:
        """NEVER looks at the act, ALWAYS at the decision, IF_MORE_LENIENT at both."""
        found = outcome(
            lists(reach, effect, days),
            "fire.lane-blocked",
            {"harm": "slight", "first_violation": False},
            committed=committed,
            decided=decided,
        )
        assert found.grade is grade

    @pytest.mark.parametrize(
        ("reach", "choice", "basis"),
        [
            ("if_more_lenient", LawChoice.NEW, LawBasis.GRADE),
            ("never", LawChoice.SAME, None),
            ("always", LawChoice.SAME, None),
        ],
    )
    def test_only_a_comparison_chooses(
        self,
        lists: Callable[[str, str, str], Engine],
        reach: str,
        choice: LawChoice,
        basis: LawBasis | None,
    ) -> None:
        """A list that fixes its reach itself leaves old and new law nothing to differ in."""
        found = outcome(
            lists(reach, "exempt", BEGUN),
            "fire.lane-blocked",
            {"harm": "slight", "first_violation": False},
            committed=BEFORE,
            decided=AFTER,
        )
        assert (found.law_applied.choice, found.law_applied.basis) == (choice, basis)


class TestContradictions:
    """Facts are checked under both laws, whichever applies."""

    def test_what_only_the_other_law_reads(self, engine: Engine) -> None:
        """A contradiction that only the law of the decision reads is reported, and only once."""
        case = Case(
            id="t",
            region="530103",
            violation="plateau.alien-species",
            committed=date(1996, 8, 2),
            decided=date(1996, 10, 1),
            facts={"harm": "none", "age_at_act": 13, "party_is_minor": False},
            examined=frozenset(engine.vocabulary.groups),
        )
        found = engine.evaluate(case)
        assert found.law_applied.on == "1996-08-02"
        errors = [problem for problem in found.problems if not problem.is_warning]
        assert [problem.code for problem in errors] == ["contradiction"]
        assert errors[0].details["fact"] == "party_is_minor"
