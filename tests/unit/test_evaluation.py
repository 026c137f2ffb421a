"""One case, evaluated: names, old law and new, and every part of the outcome."""

from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest

from bizrules.cases import Act, Case, Party, PartyKind, Prior, Priors
from bizrules.conditions import ALWAYS, AllOf, AnyOf, Condition, Op
from bizrules.engine import Engine
from bizrules.errors import CaseError, Severity
from bizrules.evaluation import Answer
from bizrules.loading import check_case
from bizrules.outcomes import FineState, LawChoice, Outcome, Question, Verdict
from bizrules.penalties import Grade, Modality, OtherKind, PenaltyKind, Provision, Tier
from bizrules.provenance import Instrument, InstrumentKind, NormLevel
from bizrules.rules import (
    Axis,
    Combination,
    Duty,
    Effect,
    Ground,
    ListKind,
    Measure,
    Rule,
    RuleEffect,
    Trigger,
)
from bizrules.truth import Truth
from bizrules.values import DateSpan, Interval, Money
from bizrules.wording import phrase
from property.worlds import (
    CITE,
    DISTRICT,
    ONE,
    case,
    check,
    engine,
    fine_tier,
    is_true,
    knowledge,
    measure_rule,
    provision,
    rule,
    ruleset,
    violation,
)
from strategies import text

SOLD, MINOR = is_true("sold"), is_true("minor")
BORDER = date(2022, 1, 1)
BEFORE, AFTER = Interval(until=BORDER), Interval(BORDER)
SPANNING = case(committed=date(2021, 12, 31), decided=date(2022, 6, 1))
"""A case whose act lies before the border, and whose decision after it."""
THEN, TODAY = "2021-12-31", "2022-06-01"
"""Its days, which say whose law stands in front."""


def old(permits: Grade, when: Condition = ALWAYS, *, shall: bool = False) -> Rule:
    """A rule of the old law."""
    return _of(BEFORE, permits, when, shall=shall)


def new(permits: Grade, when: Condition = ALWAYS, *, shall: bool = False) -> Rule:
    """A rule of the new law."""
    return _of(AFTER, permits, when, shall=shall)


def _of(days: Interval, permits: Grade, when: Condition, *, shall: bool) -> Rule:
    modality = Modality.SHALL if shall else Modality.MAY
    name = f"r.national/{'old' if days is BEFORE else 'new'}-{permits.code}"
    return rule(name, permits, when, in_force=days, modality=modality)


def refused(built: Engine, one: Case) -> dict[str, str]:
    """Codes of the problems of a case, by place."""
    with pytest.raises(CaseError) as caught:
        built.evaluate(one)
    assert {problem.location.source for problem in caught.value.problems} == {f"case {one.id}"}
    return {problem.location.path: problem.code for problem in caught.value.problems}


class TestNames:
    """Names that nobody declared are reported, all of them, with those that are near."""

    def test_everything_at_once(self) -> None:
        """Region, violation, measures, groups and facts are reported together."""
        wrong = case(
            region="530130",
            violation="test.oen",
            measures=("seizure", "siezure"),
            examined={"crime", "crimes"},
            facts={"solt": True, "sold": "perhaps"},
        )
        assert refused(engine(), wrong) == {
            "$.region": "unknown-region",
            "$.violation": "unknown-violation",
            "$.measures": "unknown-measure",
            "$.examined": "unknown-group",
            "$.facts.solt": "unknown-fact",
            "$.facts.sold": "not-a-boolean",
        }

    @pytest.mark.parametrize(
        ("wrong", "help_"),
        [
            (case(region="530130"), "`530103 盘龙区`"),
            (case(violation="test.oen"), "did you mean `test.one`"),
            (case(measures=("siezure",)), "did you mean `seizure`"),
            (case(examined={"crimes"}), "did you mean `crime`"),
            (case(facts={"solt": True}), "did you mean `sold`?"),
        ],
    )
    def test_near_names(self, wrong: Case, help_: str) -> None:
        """The help names what was perhaps meant."""
        with pytest.raises(CaseError) as caught:
            engine().evaluate(wrong)
        (problem,) = caught.value.problems
        assert help_ in problem.help()

    def test_unknown_prior(self) -> None:
        """A prior violation that the catalogue does not have would make a first offender."""
        found = (Prior(), Prior(violation="test.one"), Prior(violation="test.oen"))
        wrong = case(priors=Priors(searched_since="2018-01-01", found=found))
        assert refused(engine(), wrong) == {"$.priors.found.2.violation": "unknown-violation"}
        with pytest.raises(CaseError) as caught:
            engine().evaluate(wrong)
        assert "did you mean `test.one`" in caught.value.problems[0].help()
        place = caught.value.problems[0].location
        (checked,) = check_case(wrong, engine().knowledge)
        assert (checked.code, checked.location) == ("unknown-violation", place)

    def test_a_good_case(self) -> None:
        """A case whose names are all known is evaluated."""
        outcome = engine().evaluate(case(measures=("seizure",), examined={"crime"}))
        assert outcome.settled


class TestLawInTime:
    """从旧兼从轻: the law of the act, unless the law of the decision is more lenient."""

    @pytest.mark.parametrize(
        ("rules", "facts", "choice", "grade"),
        [
            ([], {}, LawChoice.SAME, Grade.ORDINARY),
            ([rule("r.national/1", Grade.LIGHTER)], {}, LawChoice.SAME, Grade.LIGHTER),
            ([old(Grade.EXEMPT)], {}, LawChoice.OLD, Grade.EXEMPT),
            ([new(Grade.EXEMPT)], {}, LawChoice.NEW, Grade.EXEMPT),
            ([old(Grade.LIGHTER), new(Grade.LIGHTER)], {}, LawChoice.OLD, Grade.LIGHTER),
            ([old(Grade.LIGHTER), new(Grade.MITIGATED)], {}, LawChoice.NEW, Grade.MITIGATED),
            ([old(Grade.LIGHTER), new(Grade.HEAVIER)], {}, LawChoice.OLD, Grade.LIGHTER),
            ([old(Grade.HEAVIER), new(Grade.LIGHTER, MINOR)], {"minor": False}, LawChoice.NEW, 3),
            # An exemption that binds is more lenient than one that leaves the fine open.
            ([old(Grade.EXEMPT), new(Grade.EXEMPT, shall=True)], {}, LawChoice.NEW, Grade.EXEMPT),
            # A contested result counts as the heaviest grade it leaves open.
            (
                [old(Grade.LIGHTER), old(Grade.HEAVIER), new(Grade.HEAVIER, MINOR)],
                {"minor": False},
                LawChoice.NEW,
                Grade.ORDINARY,
            ),
        ],
    )
    def test_both_laws_are_known(
        self, rules: list[Rule], facts: dict[str, bool], choice: LawChoice, grade: Grade
    ) -> None:
        """The more lenient result is chosen; of equals, that of the old law."""
        outcome = engine(*rules).evaluate(case(**_spanning(facts)))
        assert outcome.settled
        assert (outcome.law_applied.choice, outcome.grade) == (choice, grade)

    @pytest.mark.parametrize(
        ("rules", "choice", "grade"),
        [
            # Nothing betters an exemption that binds, whichever law has it.
            ([old(Grade.EXEMPT, shall=True), new(Grade.EXEMPT, MINOR)], LawChoice.OLD, 0),
            # On a tie the old law applies, so which one does is open; what it leads to is not.
            ([old(Grade.EXEMPT, MINOR), new(Grade.EXEMPT, shall=True)], LawChoice.OPEN, 0),
            ([old(Grade.LIGHTER, MINOR), new(Grade.EXEMPT, shall=True)], LawChoice.NEW, 0),
            # Whatever the other law leads to, it is more severe.
            ([old(Grade.LIGHTER), new(Grade.HEAVIER, MINOR)], LawChoice.OLD, Grade.LIGHTER),
            ([old(Grade.HEAVIER, MINOR), new(Grade.MITIGATED)], LawChoice.NEW, Grade.MITIGATED),
        ],
    )
    def test_one_law_prevails_whatever_is_learnt(
        self, rules: list[Rule], choice: LawChoice, grade: Grade
    ) -> None:
        """An open question of the other law does not matter if no answer can change the result."""
        outcome = engine(*rules).evaluate(SPANNING)
        assert outcome.settled
        assert (outcome.law_applied.choice, outcome.grade) == (choice, grade)
        assert outcome.possible == (grade,)
        assert outcome.questions == ()

    @pytest.mark.parametrize(
        ("rules", "leading", "possible"),
        [
            ([old(Grade.LIGHTER, MINOR), new(Grade.LIGHTER)], TODAY, [Grade.LIGHTER]),
            ([old(Grade.LIGHTER), new(Grade.EXEMPT, MINOR)], THEN, [0, Grade.LIGHTER]),
            (
                [old(Grade.EXEMPT, SOLD), new(Grade.LIGHTER, MINOR)],
                THEN,
                [Grade.EXEMPT, Grade.LIGHTER, Grade.ORDINARY],
            ),
            # A contested new law is no result that could prevail.
            (
                [old(Grade.LIGHTER, MINOR), new(Grade.LIGHTER), new(Grade.HEAVIER)],
                THEN,
                [Grade.LIGHTER, Grade.ORDINARY],
            ),
            # The heaviest grade is no milder than a contested result, whatever is permitted.
            (
                [
                    old(Grade.LIGHTER),
                    old(Grade.HEAVIER),
                    old(Grade.EXEMPT, MINOR),
                    new(Grade.HEAVIER, shall=True),
                ],
                THEN,
                [Grade.HEAVIER],
            ),
        ],
    )
    def test_the_choice_waits(self, rules: list[Rule], leading: str, possible: list[Grade]) -> None:
        """While an answer could change the choice there is no grade, and neither law is chosen."""
        outcome = engine(*rules).evaluate(SPANNING)
        assert not outcome.settled
        assert (outcome.grade, outcome.modality) == (None, None)
        assert (outcome.law_applied.choice, outcome.law_applied.basis) == (LawChoice.OPEN, None)
        assert outcome.law_applied.on == leading
        assert list(outcome.possible) == possible
        assert outcome.questions

    def test_measures_and_duties_follow_the_law_of_the_decision(self) -> None:
        """The penalty may follow the old law; what is done today follows the law of today."""
        about = measure_rule("r.national/m", [Measure.SEIZURE], in_force=AFTER)
        bygone = measure_rule("r.national/n", [Measure.SEIZURE], in_force=BEFORE)
        duties = tuple(
            Duty(
                id=f"r.national/{name}",
                ruleset="r.national",
                text=text(name),
                trigger=Trigger.ALWAYS,
                citations=(CITE,),
                in_force=days,
            )
            for name, days in (("before", BEFORE), ("after", AFTER))
        )
        built = engine(old(Grade.EXEMPT), about, bygone, duties=duties)
        outcome = built.evaluate(attrs.evolve(SPANNING, measures=("seizure",)))
        assert (outcome.law_applied.choice, outcome.grade) == (LawChoice.OLD, Grade.EXEMPT)
        assert [m.rules for m in outcome.compulsion] == [("r.national/m",)]
        assert [f.rule for f in outcome.held] == ["r.national/m", "r.national/old-exempt"]
        assert [f.trace.truth for f in outcome.held] == [Truth.TRUE, Truth.TRUE]
        assert [duty.duty for duty in outcome.duties] == ["r.national/after"]

    def test_an_act_without_a_date(self) -> None:
        """It may have been committed under the old law, up to the day of its discovery."""
        built = engine(old(Grade.EXEMPT))
        undated = case(committed=None, decided="2022-06-01")
        outcome = built.evaluate(undated)
        assert not outcome.settled
        assert [question.fact for question in outcome.questions] == ["committed"]
        early = built.evaluate(attrs.evolve(undated, discovered="2021-12-31"))
        assert (early.settled, early.grade) == (True, Grade.EXEMPT)
        assert early.law_applied.on == "..2021-12-31"

    def test_an_open_measure_keeps_the_choice_open(self) -> None:
        """A law that prevails by its grade waits where a measure of today is open."""
        about = measure_rule("r.national/m", [Measure.SEIZURE], MINOR, in_force=AFTER)
        built = engine(old(Grade.LIGHTER), new(Grade.HEAVIER, SOLD), about)
        assert built.evaluate(SPANNING).settled
        seized = case(**_spanning({}), measures=("seizure",))
        assert not built.evaluate(seized).settled

    @pytest.mark.parametrize(
        ("maximum", "choice"), [(400, LawChoice.NEW), (500, LawChoice.OLD), (600, LawChoice.OLD)]
    )
    def test_fines_break_a_tie(self, maximum: int, choice: LawChoice) -> None:
        """Of the same grade, the law with the lower maximum is the more lenient."""
        versions = (
            provision(fine_tier(100, 500), in_force=BEFORE),
            provision(fine_tier(100, maximum), in_force=AFTER),
        )
        outcome = engine(violations=[violation(ONE, *versions)]).evaluate(SPANNING)
        assert (outcome.law_applied.choice, outcome.settled) == (choice, True)
        assert outcome.fine.range is not None
        assert outcome.fine.range.high == (maximum if choice is LawChoice.NEW else 500)

    @pytest.mark.parametrize(
        ("minimum", "choice"), [(50, LawChoice.NEW), (100, LawChoice.OLD), (150, LawChoice.OLD)]
    )
    def test_of_one_maximum_the_lower_minimum(self, minimum: int, choice: LawChoice) -> None:
        """Of ranges with the same upper end the one that begins lower is the more lenient."""
        versions = (
            provision(fine_tier(100, 500), in_force=BEFORE),
            provision(fine_tier(minimum, 500), in_force=AFTER),
        )
        outcome = engine(violations=[violation(ONE, *versions)]).evaluate(SPANNING)
        assert outcome.law_applied.choice is choice

    def test_a_fine_without_maximum_is_the_most_severe(self) -> None:
        """A fine that only has a minimum is not compared by it."""
        versions = (
            provision(fine_tier(100, None), in_force=BEFORE),
            provision(fine_tier(100, 10**9), in_force=AFTER),
        )
        outcome = engine(violations=[violation(ONE, *versions)]).evaluate(SPANNING)
        assert outcome.law_applied.choice is LawChoice.NEW

    @pytest.mark.parametrize(
        ("old_tier", "new_tier", "leading", "asked"),
        [
            (fine_tier(100, 500), fine_tier(1, 5, base="goods_value"), TODAY, ["goods_value"]),
            (fine_tier(1, 5, base="goods_value"), fine_tier(100, 500), THEN, ["goods_value"]),
            (
                fine_tier(1, 5, base="goods_value"),
                fine_tier(1, 6, SOLD),
                THEN,
                ["goods_value", "sold"],
            ),
        ],
    )
    def test_an_open_fine_cannot_break_a_tie(
        self, old_tier: Tier, new_tier: Tier, leading: str, asked: list[str]
    ) -> None:
        """The same result under both laws is settled; the choice waits for what the fines do."""
        versions = provision(old_tier, in_force=BEFORE), provision(new_tier, in_force=AFTER)
        built = engine(violations=[violation(ONE, *versions)])
        outcome = built.evaluate(SPANNING)
        assert (outcome.settled, outcome.grade) == (True, Grade.ORDINARY)
        assert outcome.law_applied.choice is LawChoice.OPEN
        assert outcome.law_applied.on == leading
        assert [(one.fact, one.changes) for one in outcome.questions] == [
            (name, ("fine",)) for name in asked
        ]

    @pytest.mark.parametrize(
        ("value", "choice", "permitted"),
        [
            (99, LawChoice.NEW, (Grade.MITIGATED, Grade.LIGHTER, Grade.ORDINARY)),
            (100, LawChoice.OLD, (Grade.LIGHTER, Grade.ORDINARY)),
        ],
    )
    def test_a_fine_decides_between_two_results(
        self, value: int, choice: LawChoice, permitted: tuple[Grade, ...]
    ) -> None:
        """Where both laws name the same grade and permit different ones, the fine decides."""
        either = rule("r.national/new", (Grade.LIGHTER, Grade.MITIGATED), in_force=AFTER)
        versions = (
            provision(fine_tier(100, 500), in_force=BEFORE),
            provision(fine_tier(1, 5, base="goods_value"), in_force=AFTER),
        )
        built = engine(old(Grade.LIGHTER), either, violations=[violation(ONE, *versions)])
        outcome = built.evaluate(SPANNING)
        assert (outcome.settled, outcome.grade) == (False, None)
        assert outcome.possible == (Grade.LIGHTER,)
        (question,) = outcome.questions
        assert (question.fact, question.changes) == ("goods_value", ("grade", "fine"))
        known = built.evaluate(attrs.evolve(SPANNING, facts={"goods_value": Money(value)}))
        assert (known.settled, known.grade) == (True, Grade.LIGHTER)
        assert (known.law_applied.choice, known.permitted) == (choice, permitted)

    def test_a_new_law_does_not_reach_back_before_a_decision(self) -> None:
        """Without a date of decision a more lenient new law may or may not come to apply."""
        built = engine(old(Grade.LIGHTER, MINOR), new(Grade.LIGHTER, SOLD))
        outcome = built.evaluate(case(committed=date(2021, 12, 31), decided=None))
        assert (outcome.law_applied.choice, outcome.law_applied.on) == (LawChoice.OPEN, THEN)
        assert not outcome.settled

    def test_the_result_under_the_other_law_is_kept(self) -> None:
        """The outcome says what the law that was not applied would have led to."""
        versions = (
            provision(fine_tier(100, 500), in_force=BEFORE),
            provision(fine_tier(100, 600), in_force=AFTER),
        )
        built = engine(old(Grade.LIGHTER), violations=[violation(ONE, *versions)])
        law = built.evaluate(SPANNING).law_applied
        assert (law.choice, law.on) == (LawChoice.OLD, "2021-12-31")
        assert law.other is not None
        assert (law.other.on, law.other.grade) == ("2022-06-01", Grade.ORDINARY)
        assert (law.other.permitted, law.other.settled) == ((Grade.ORDINARY,), True)
        assert not law.other.contested
        assert law.other.fine is not None
        assert law.other.fine.high == 600

    @pytest.mark.parametrize(
        ("committed", "decided", "choice", "on"),
        [
            ("2022-03-01", "2022-05-20", LawChoice.SAME, "2022-05-20"),
            ("2022-03-01", "2022-05", LawChoice.SAME, "2022-05"),
            ("2022", "2022", LawChoice.SAME, "2022"),
            ("2022-03-01", None, LawChoice.SAME, "2022-03-01.."),
            (None, "2022-05-20", LawChoice.DECISION_ONLY, "2022-05-20"),
            (None, DateSpan(None, date(2022, 5, 20)), LawChoice.DECISION_ONLY, "..2022-05-20"),
            (None, None, LawChoice.UNDATED, ""),
        ],
    )
    def test_days_of_the_law(
        self,
        committed: str | None,
        decided: str | DateSpan | None,
        choice: LawChoice,
        on: str,
    ) -> None:
        """The outcome says of which days the law is, as precisely as it is known."""
        outcome = engine().evaluate(case(committed=committed, decided=decided))
        assert (outcome.law_applied.choice, outcome.law_applied.on) == (choice, on)
        assert outcome.law_applied.other is None
        assert outcome.law_applied.text.zh

    def test_a_continuing_act_has_the_law_of_its_end(self) -> None:
        """An act that went on into the new law is judged by it."""
        act = Act(began=date(2021, 6, 1), ended=date(2022, 2, 1))
        outcome = engine(old(Grade.EXEMPT)).evaluate(case(committed=act))
        assert (outcome.law_applied.choice, outcome.grade) == (LawChoice.SAME, Grade.ORDINARY)


def _spanning(facts: dict[str, bool]) -> dict[str, object]:
    return {"committed": SPANNING.committed, "decided": SPANNING.decided, "facts": facts}


LISTED = ListKind(id="exempt", name=text("exempt list"), effect=Effect.EXEMPT)


class TestFindings:
    """Every candidate rule with its truth and its reasons."""

    def test_findings(self) -> None:
        """A finding says what the rule is, where it stands, and whether it holds."""
        built = engine(
            rule("r.national/2", Grade.LIGHTER, SOLD, ground=Ground.REMEDY),
            rule("r.national/1", Grade.EXEMPT, list="exempt"),
            rule("r.national/3", Grade.HEAVIER, MINOR, list="unknown"),
            lists={"exempt": LISTED},
        )
        outcome = built.evaluate(case(facts={"minor": False}))
        one, two, three = outcome.findings
        assert [f.rule for f in outcome.findings] == [f"r.national/{n}" for n in (1, 2, 3)]
        assert [f.truth for f in outcome.findings] == [Truth.TRUE, Truth.UNKNOWN, Truth.FALSE]
        assert (outcome.held, outcome.unknown, outcome.failed) == ((one,), (two,), (three,))
        assert (one.list, two.list, three.list) == (LISTED.name, None, None)
        assert (two.ground, two.permits) == (Ground.REMEDY, (Grade.LIGHTER,))
        assert two.citations == built.rule("r.national/2").citations

    def test_the_second_axis_shows_only_with_measures(self) -> None:
        """Rules about measures are findings where a measure is in question."""
        measures = [Measure.SEIZURE, Measure.SEALING]
        built = engine(
            rule("r.national/z"),
            measure_rule("r.national/a", measures),
            measure_rule("r.national/b", [Measure.SEIZURE], SOLD, modality=Modality.SHALL),
        )
        assert [f.rule for f in built.evaluate(case()).findings] == ["r.national/z"]
        outcome = built.evaluate(case(measures=("seizure", "sealing")))
        first, second, third = outcome.findings
        assert [f.rule[-1] for f in outcome.findings] == ["a", "b", "z"]
        assert (first.axis, third.axis) == (Axis.COMPULSION, Axis.PENALTY)
        assert first.measures == (Measure.SEALING, Measure.SEIZURE)
        assert (first.truth, second.truth) == (Truth.TRUE, Truth.UNKNOWN)
        assert [m.verdict for m in outcome.compulsion] == [Verdict.OPEN, Verdict.MAY_OMIT]
        assert second.trace.facts == ("sold",)

    def test_elements_of_the_offence(self) -> None:
        """An element cannot make it heavier again, and the trace says so."""
        built = engine(
            rule("r.national/1", Grade.HEAVIER, AnyOf((SOLD, MINOR))),
            violations=[violation(ONE, elements=frozenset({"sold"}))],
        )
        outcome = built.evaluate(case(facts={"sold": True, "minor": False}))
        (finding,) = outcome.failed
        assert outcome.grade is Grade.ORDINARY
        assert [child.node for child in finding.trace.children] == ["any", "element"]
        assert finding.trace.truth is Truth.FALSE

    def test_a_rule_in_force_on_some_of_the_days(self) -> None:
        """The trace says that the date has to be known."""
        built = engine(rule("r.national/1", in_force=Interval(date(2022, 6, 1))))
        outcome = built.evaluate(case(committed=None, decided="2022"))
        (finding,) = outcome.unknown
        condition, note = finding.trace.children
        assert (condition.truth, note.node, note.truth) == (Truth.TRUE, "in_force", Truth.UNKNOWN)
        assert finding.trace.truth is Truth.UNKNOWN

    def test_both_notes(self) -> None:
        """A heavier rule may have elements taken out and a doubtful date."""
        built = engine(
            rule(
                "r.national/1",
                Grade.HEAVIER,
                AllOf((SOLD, MINOR)),
                in_force=Interval(date(2022, 6, 1)),
            ),
            violations=[violation(ONE, elements=frozenset({"sold"}))],
        )
        (finding,) = built.evaluate(case(committed=None, decided="2022")).findings
        assert [child.node for child in finding.trace.children] == ["all", "element", "in_force"]
        assert finding.trace.truth is finding.truth


def judged(*rules: Rule, facts: dict[str, bool] | None = None, **changes: Any) -> Outcome:  # noqa: ANN401 - any field
    """The outcome of the usual case under national rules."""
    return engine(*rules, **changes).evaluate(case(facts=facts or {}))


class TestReasons:
    """Row of the table, who carried it, and who stood on the other side."""

    def test_a_settled_outcome(self) -> None:
        """The row names its rules and rests on its article."""
        reason = judged(rule("r.national/1", Grade.LIGHTER)).reason
        assert (reason.row, reason.determining) == ("lenient", ("r.national/1",))
        assert [citation.article for citation in reason.citations] == ["32"]
        assert reason.text == phrase("row.lenient")

    def test_an_open_outcome(self) -> None:
        """While it is open no row has applied, and nothing is cited for it."""
        reason = judged(rule("r.national/1", Grade.LIGHTER, SOLD)).reason
        assert (reason.row, reason.citations, reason.determining) == ("open", (), ())
        assert reason.text == phrase("row.open")

    def test_a_contested_outcome(self) -> None:
        """Both sides are named, also while something is open."""
        sides = rule("r.national/1", Grade.LIGHTER), rule("r.national/2", Grade.HEAVIER)
        outcome = judged(*sides)
        assert (outcome.grade, outcome.modality, outcome.contested) == (None, None, True)
        assert outcome.settled
        assert outcome.permitted == (Grade.LIGHTER, Grade.ORDINARY, Grade.HEAVIER)
        reason = outcome.reason
        assert (reason.row, len(reason.citations)) == ("contested", 1)
        assert (reason.determining, reason.opposing) == (("r.national/1",), ("r.national/2",))
        waiting = rule("r.national/3", Grade.EXEMPT, SOLD, modality=Modality.SHALL)
        unsettled = judged(*sides, waiting)
        assert (unsettled.reason.row, unsettled.reason.citations) == ("contested", ())
        assert unsettled.reason.text == reason.text == phrase("row.contested")
        assert not unsettled.settled

    def test_a_declared_combination(self) -> None:
        """Where a ruleset sets both sides off, the reason says so, and cites no row of the law."""
        outcome = judged(
            rule("r.national/1", Grade.LIGHTER),
            rule("r.national/2", Grade.HEAVIER),
            combination=Combination.ORDINARY,
        )
        assert (outcome.grade, outcome.contested) == (Grade.ORDINARY, False)
        assert (outcome.reason.row, outcome.reason.citations) == ("set-off", ())

    def test_a_rule_left_aside(self) -> None:
        """A binding rule that leaves nothing of a higher one is named."""
        outcome = judged(
            rule("r.national/1", Grade.LIGHTER, modality=Modality.SHALL, violations={ONE}),
            rule("r.national/2", Grade.MITIGATED, modality=Modality.SHALL),
        )
        assert outcome.grade is Grade.LIGHTER
        assert outcome.reason.left_aside == ("r.national/2",)


class TestPenalties:
    """Fine and other kinds follow the grade, and only a grade."""

    PROVISION = provision(fine_tier(100, 500), kinds=(OtherKind(kind=PenaltyKind.CONFISCATION),))

    def built(self, *rules: Rule, entry: Provision = PROVISION) -> Engine:
        """An engine of these rules and one provision."""
        return engine(*rules, violations=[violation(ONE, entry)])

    def test_an_exemption_waives(self) -> None:
        """An exemption waives the fine and the other penalties."""
        outcome = self.built(rule("r.national/1", modality=Modality.SHALL)).evaluate(case())
        assert outcome.fine.state is FineState.WAIVED
        assert [(kind.kind, kind.waived) for kind in outcome.other_kinds] == [
            (PenaltyKind.CONFISCATION, True)
        ]

    def test_an_open_choice_of_law(self) -> None:
        """While the law is open the fine is the statutory one, though one law is settled."""
        effect = RuleEffect(waives=frozenset({PenaltyKind.FINE, PenaltyKind.CONFISCATION}))
        lenient = rule("r.national/new", Grade.LIGHTER, in_force=AFTER, effect=effect)
        built = self.built(old(Grade.EXEMPT, MINOR), lenient)
        outcome = built.evaluate(SPANNING)
        assert (outcome.law_applied.choice, outcome.settled) == (LawChoice.OPEN, False)
        assert outcome.law_applied.on == TODAY
        assert outcome.fine.range is not None
        assert (outcome.fine.range.low, outcome.fine.range.high) == (Fraction(100), Fraction(500))
        assert not any(kind.waived for kind in outcome.other_kinds)

    def test_an_unknown_base(self) -> None:
        """A fine that waits for its base leaves the outcome settled, and asks."""
        built = self.built(entry=provision(fine_tier(1, 5, base="goods_value")))
        outcome = built.evaluate(case())
        assert outcome.settled
        assert outcome.fine.state is FineState.SYMBOLIC
        assert [q.fact for q in outcome.questions] == ["goods_value"]
        known = built.evaluate(case(facts={"goods_value": Money(200)}))
        assert known.fine.range is not None
        assert known.fine.range.high == 1000


class TestDuties:
    """Duties follow the outcome, and only for the outcome that is certain."""

    def test_duties(self) -> None:
        """A duty on an exemption follows where the case is exempt."""
        duty = Duty(
            id="r.national/educate",
            ruleset="r.national",
            text=text("educate"),
            trigger=Trigger.EXEMPT,
            citations=(CITE,),
        )
        grounded = Duty(
            id="r.national/order",
            ruleset="r.national",
            text=text("order"),
            trigger=Trigger.GROUND,
            grounds=frozenset({Ground.MINOR}),
            when=SOLD,
            citations=(CITE,),
        )
        built = engine(
            rule("r.national/1", Grade.EXEMPT, MINOR, ground=Ground.MINOR), duties=(duty, grounded)
        )
        exempt = built.evaluate(case(facts={"minor": True}))
        assert [(d.duty, d.certain) for d in exempt.duties] == [
            ("r.national/educate", True),
            ("r.national/order", False),
        ]
        assert CITE in exempt.citations
        assert built.evaluate(case(facts={"minor": False})).duties == ()
        assert built.evaluate(case()).duties == ()

    @pytest.mark.parametrize(
        ("stated", "truth", "count"),
        [({"crime_suspected": True}, Truth.TRUE, 1), ({}, Truth.UNKNOWN, 0)],
    )
    def test_crime(self, stated: dict[str, bool], truth: Truth, count: int) -> None:
        """A suspected crime is flagged on the outcome and calls for its duty."""
        duty = Duty(
            id="r.national/transfer",
            ruleset="r.national",
            text=text("transfer"),
            trigger=Trigger.CRIME,
            citations=(CITE,),
        )
        outcome = engine(duties=(duty,)).evaluate(case(facts=stated))
        assert outcome.crime_suspected is truth
        assert len(outcome.duties) == count


class TestRecord:
    """What is needed to compute the outcome again, and to name what it is about."""

    def test_receipt(self) -> None:
        """The receipt names library, rulesets, knowledge and case."""
        built = engine(rule("r.national/1"))
        receipt = built.evaluate(case()).receipt
        (stamp,) = receipt.rulesets
        assert (stamp.id, stamp.version, stamp.plugin) == ("r.national", "1", "bizrules")
        assert stamp.digest == "digest of r.national"
        assert receipt.as_known_on is None
        assert receipt == built.evaluate(case()).receipt
        assert receipt.case != built.evaluate(case(facts={"sold": True})).receipt.case
        assert receipt.case != built.evaluate(case(id="b")).receipt.case
        assert receipt.knowledge == engine(rule("r.national/1")).evaluate(case()).receipt.knowledge

    def test_receipt_of_two_laws(self) -> None:
        """The rulesets of both laws were needed for the choice between them."""
        rulesets = [
            ruleset("r.old", [rule("r.old/1", Grade.LIGHTER, in_force=BEFORE)]),
            ruleset("r.new", [rule("r.new/1", Grade.EXEMPT, in_force=AFTER)]),
            ruleset("r.district", [rule("r.district/1", in_force=BEFORE)], region=DISTRICT),
            ruleset("r.other", [rule("r.other/1")], region="440000"),
        ]
        outcome = Engine(knowledge=knowledge(rulesets)).evaluate(SPANNING)
        assert [stamp.id for stamp in outcome.receipt.rulesets] == ["r.district", "r.new", "r.old"]

    def test_labels(self) -> None:
        """Region, violation, department and party have names."""
        party = Party(kind=PartyKind.ENTERPRISE)
        labels = engine().evaluate(case(party=party)).labels
        assert labels["region"].zh == "云南省昆明市盘龙区"
        assert labels["violation"].en == "[test.one]"
        assert labels["department"].en == "market regulation"
        assert labels["party"].en
        assert "party" not in engine().evaluate(case()).labels

    def test_a_department_of_a_plugin(self) -> None:
        """A department that the library does not know is named by its code."""
        built = engine(violations=[violation(ONE, department="lighthouse_authority")])
        assert built.evaluate(case()).labels["department"].zh == "lighthouse_authority"

    def test_near_misses_are_spotted(self) -> None:
        """The outcome names rules that failed by little."""
        outcome = judged(rule("r.national/1", Grade.EXEMPT, SOLD), facts={"sold": False})
        assert [near.rule for near in outcome.near_misses] == ["r.national/1"]

    def test_nothing_costly_is_computed_before_it_is_read(self) -> None:
        """The parts of an outcome are computed when they are read, and once."""
        read: list[str] = []
        built = engine(rule("r.national/1", Grade.EXEMPT, check("staff", Op.ABOVE, 3)))
        evaluator = built._evaluator
        ask = evaluator.ask

        def noted(answer: Answer) -> tuple[Question, ...]:
            read.append("questions")
            return ask(answer)

        evaluator.ask = noted
        outcome = built.evaluate(case())
        assert read == []
        assert outcome.questions is outcome.questions
        assert read == ["questions"]


LIST = Instrument(name="清单", level=NormLevel.DOCUMENT, kind=InstrumentKind.LIST)
"""An instrument that may have no known day in force."""


class TestUndated:
    """Of a list or a benchmark it must be known since when it is in force."""

    def _undated(self, when: Condition = ALWAYS, **changes: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any field
        """What the outcome says of one district list."""
        entry = rule("r.list/1", Grade.EXEMPT, when)
        entries = ruleset("r.list", [entry], **({"region": DISTRICT, "instrument": LIST} | changes))
        outcome = Engine(knowledge=knowledge([entries]), drafts=True).evaluate(
            case(facts={"minor": False})
        )
        assert all(one.severity is Severity.WARNING for one in outcome.problems)
        assert all(one.render("zh") and one.render("en") for one in outcome.problems)
        return [(one.code, one.details["ruleset"]) for one in outcome.problems]

    def test_what_holds(self) -> None:
        """An entry that carries the outcome may not have been in force then."""
        assert self._undated() == [("ruleset-undated", "r.list")]

    def test_what_could_change_the_outcome(self) -> None:
        """So may one that is not settled yet."""
        assert self._undated(SOLD) == [("ruleset-undated", "r.list")]

    def test_what_fails(self) -> None:
        """An entry that does not apply matters to nobody."""
        assert self._undated(MINOR) == []

    def test_a_benchmark(self) -> None:
        """A discretion benchmark begins on a day as well."""
        benchmark = attrs.evolve(LIST, kind=InstrumentKind.BENCHMARK)
        assert self._undated(instrument=benchmark) == [("ruleset-undated", "r.list")]

    @pytest.mark.parametrize(
        "kind", [InstrumentKind.STATUTE, InstrumentKind.DRAFT, InstrumentKind.ILLUSTRATION]
    )
    def test_other_instruments(self, kind: InstrumentKind) -> None:
        """A law without a first day has always been in force here, and a draft never was."""
        assert self._undated(instrument=attrs.evolve(LIST, kind=kind)) == []

    def test_a_dated_entry(self) -> None:
        """An entry with a first day of its own, as that of its batch, is dated."""
        entry = rule("r.list/1", Grade.EXEMPT, in_force=AFTER)
        entries = ruleset("r.list", [entry], region=DISTRICT, instrument=LIST)
        assert Engine(knowledge=knowledge([entries])).evaluate(case()).problems == ()

    def test_the_second_axis(self) -> None:
        """An entry about measures is told of where a measure is proposed."""
        entry = measure_rule("r.list/1", [Measure.SEALING])
        entries = ruleset("r.list", [entry], region=DISTRICT, instrument=LIST)
        built = Engine(knowledge=knowledge([entries]))
        assert built.evaluate(case()).problems == ()
        (problem,) = built.evaluate(case(measures=("sealing",))).problems
        assert (problem.code, problem.location.path) == ("ruleset-undated", "$.region")
