"""Old law or new, on assessments of both."""

from datetime import date
from typing import Any

import attrs
import pytest

from bizrules.assessment import Assessment
from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.facts import plain_value
from bizrules.intertemporal import Applied, choose, rank
from bizrules.outcomes import LawBasis, LawChoice, Verdict
from bizrules.penalties import Grade, Modality, OtherKind, PenaltyKind, Provision
from bizrules.rules import Measure, Reach, Rule, RuleEffect, Violation
from bizrules.selection import Moment
from bizrules.values import DateSpan, Interval, Money
from property.worlds import (
    ONE,
    case,
    engine,
    fine_tier,
    is_true,
    measure_rule,
    provision,
    rule,
    violation,
)

BORDER = date(2022, 1, 1)
BEFORE, AFTER = Interval(until=BORDER), Interval(BORDER)
ACT, DECISION = DateSpan.on(date(2021, 12, 31)), DateSpan.on(date(2022, 6, 1))
CASE = case(committed=ACT, decided=DECISION)
MINOR = is_true("minor")
REVOCATION = OtherKind(kind=PenaltyKind.REVOCATION)


def versions(*parts: dict[str, object], fines: tuple[int, int] = (500, 500)) -> list[Provision]:
    """An old and a new version, each with its maximum and what it is given."""
    given = parts or ({}, {})
    return [
        attrs.evolve(provision(fine_tier(100, fines[n])), in_force=days, **given[n])  # type: ignore[arg-type]  # names of fields
        for n, days in enumerate((BEFORE, AFTER))
    ]


def applied(*rules: Rule, entry: Violation | None = None, one: Case = CASE) -> Applied:
    """What is chosen for the case by the rules of one national ruleset."""
    built = engine(*rules, violations=[entry or violation(ONE)])
    return choose(*_both(built, one))


def _both(built: Engine, one: Case) -> tuple[Assessment, Assessment]:
    assessor = built._evaluator.assessor
    reading = assessor.read(one)
    old, new = (
        assessor.assess(one, reading, Moment(law, ACT, DECISION)) for law in (ACT, DECISION)
    )
    return old, new


def then(permits: Grade, **changes: Any) -> Rule:  # noqa: ANN401 - any field
    """A rule of the old law."""
    return rule(f"r.national/old-{permits.code}", permits, in_force=BEFORE, **changes)


def now(permits: Grade, **changes: Any) -> Rule:  # noqa: ANN401 - any field
    """A rule of the new law."""
    return rule(f"r.national/new-{permits.code}", permits, in_force=AFTER, **changes)


class TestBases:
    """Grade, what else is permitted, fine and other kinds are looked at in this order."""

    def test_grade(self) -> None:
        """The more lenient grade prevails, whatever the kinds are."""
        harsh = violation(ONE, *versions({}, {"kinds": (REVOCATION,)}, fines=(500, 500)))
        found = applied(then(Grade.HEAVIER), now(Grade.LIGHTER), entry=harsh)
        assert (found.choice, found.basis) == (LawChoice.NEW, LawBasis.GRADE)
        assert found.settled
        assert found.other is not None
        assert found.other.base.grade is Grade.HEAVIER

    @pytest.mark.parametrize(
        ("fines", "choice", "basis"),
        [
            ((500, 501), LawChoice.OLD, LawBasis.FINE),
            ((500, 500), LawChoice.NEW, LawBasis.GRADE),
            ((501, 500), LawChoice.NEW, LawBasis.GRADE),
        ],
    )
    def test_a_lighter_grade_of_a_heavier_fine(
        self, fines: tuple[int, int], choice: LawChoice, basis: LawBasis
    ) -> None:
        """A grade is a share of its own range: where the fines say the opposite, they decide."""
        entry = violation(ONE, *versions(fines=fines))
        found = applied(then(Grade.HEAVIER), now(Grade.LIGHTER), entry=entry)
        assert (found.choice, found.basis, found.settled) == (choice, basis, True)

    def test_permitted(self) -> None:
        """Of one grade, the law that leaves no heavier one open prevails."""
        shall = now(Grade.LIGHTER, modality=Modality.SHALL)
        found = applied(then(Grade.LIGHTER), shall)
        assert (found.choice, found.basis) == (LawChoice.NEW, LawBasis.PERMITTED)

    @pytest.mark.parametrize(
        ("fines", "choice", "basis"),
        [
            ((500, 499), LawChoice.NEW, LawBasis.FINE),
            ((500, 500), LawChoice.OLD, LawBasis.EQUAL),
            ((500, 501), LawChoice.OLD, LawBasis.FINE),
        ],
    )
    def test_fine(self, fines: tuple[int, int], choice: LawChoice, basis: LawBasis) -> None:
        """Of one result, the lower fine prevails; where all is equal the old law stays."""
        found = applied(entry=violation(ONE, *versions(fines=fines)))
        assert (found.choice, found.basis, found.settled) == (choice, basis, True)

    def test_the_fine_before_the_kinds(self) -> None:
        """A lower fine prevails over a milder kind."""
        entry = violation(ONE, *versions({}, {"kinds": (REVOCATION,)}, fines=(500, 499)))
        found = applied(entry=entry)
        assert (found.choice, found.basis) == (LawChoice.NEW, LawBasis.FINE)

    @pytest.mark.parametrize(
        ("kinds", "choice", "basis"),
        [
            (((REVOCATION,), ()), LawChoice.NEW, LawBasis.KINDS),
            (((), (REVOCATION,)), LawChoice.OLD, LawBasis.KINDS),
            (((REVOCATION,), (REVOCATION,)), LawChoice.OLD, LawBasis.EQUAL),
            (
                ((REVOCATION,), (attrs.evolve(REVOCATION, modality=Modality.MAY),)),
                LawChoice.NEW,
                LawBasis.KINDS,
            ),
        ],
    )
    def test_kinds(
        self, kinds: tuple[tuple[OtherKind, ...], ...], choice: LawChoice, basis: LawBasis
    ) -> None:
        """Of one fine, the milder kinds besides it prevail."""
        entry = violation(ONE, *versions({"kinds": kinds[0]}, {"kinds": kinds[1]}))
        found = applied(entry=entry)
        assert (found.choice, found.basis) == (choice, basis)

    def test_kinds_that_an_exemption_waives(self) -> None:
        """A kind that nobody will impose tells the laws not apart."""
        entry = violation(ONE, *versions({"kinds": (REVOCATION,)}, {}))
        found = applied(rule("r.national/1"), entry=entry)
        assert (found.choice, found.basis) == (LawChoice.OLD, LawBasis.EQUAL)


class TestLawful:
    """A law that does not regard the act as a violation is the more lenient one."""

    @pytest.mark.parametrize(("days", "choice"), [(BEFORE, LawChoice.NEW), (AFTER, LawChoice.OLD)])
    def test_prevails(self, days: Interval, choice: LawChoice) -> None:
        """Whether it became a violation after the act or ceased to be one before the decision."""
        found = applied(rule("r.national/1", Grade.HEAVIER), entry=violation(ONE, in_force=days))
        assert (found.choice, found.basis, found.settled) == (choice, LawBasis.LAWFUL, True)
        assert (found.main.base.row, found.main.base.permitted) == ("lawful", (Grade.EXEMPT,))
        assert found.main.base.modality is Modality.SHALL
        assert found.main.held == []

    def test_whatever_is_unknown(self) -> None:
        """Nothing that is unknown under the other law can change it."""
        entry = violation(ONE, in_force=BEFORE)
        found = applied(rule("r.national/1", Grade.LIGHTER, MINOR), entry=entry)
        assert (found.choice, found.settled) == (LawChoice.NEW, True)
        assert found.other is not None
        assert not found.other.settled

    def test_an_exemption_that_binds(self) -> None:
        """Where the other law must exempt as well, the result is the same."""
        binding = rule("r.national/1", modality=Modality.SHALL)
        found = applied(binding, entry=violation(ONE, in_force=BEFORE))
        assert found.main.base.permitted == (Grade.EXEMPT,)
        assert found.settled

    def test_on_some_of_the_days(self) -> None:
        """Where the law changed on one of the possible days the result is open, and asked for."""
        built = engine(violations=[violation(ONE, in_force=BEFORE)])
        rough = case(committed="2020-03-01", decided=DateSpan(ACT.earliest, BORDER))
        outcome = built.evaluate(rough)
        assert (outcome.settled, outcome.grade) == (False, None)
        assert outcome.possible == (Grade.EXEMPT, Grade.ORDINARY)
        assert [question.fact for question in outcome.questions] == ["decided"]

    def test_never_a_violation(self) -> None:
        """An act that was no violation on either day is no case at all."""
        built = engine(violations=[violation(ONE, in_force=BEFORE)])
        with pytest.raises(CaseError) as caught:
            built.evaluate(case(committed=BORDER, decided=DECISION))
        (problem,) = caught.value.problems
        assert problem.code == "violation-not-in-force"
        assert problem.details == {"found": ONE, "start": "…", "end": "2022-01-01"}
        assert problem.location.path == "$.violation"


class TestOpen:
    """While an unknown fact decides, neither law is chosen."""

    @pytest.mark.parametrize(
        ("rules", "leading"),
        [
            ([then(Grade.LIGHTER), now(Grade.EXEMPT, condition=MINOR)], ACT),
            ([then(Grade.LIGHTER, condition=MINOR), now(Grade.LIGHTER)], DECISION),
        ],
    )
    def test_grades(self, rules: list[Rule], leading: DateSpan) -> None:
        """The law that looks more lenient so far stands in front."""
        found = applied(*rules)
        assert (found.choice, found.basis, found.settled) == (LawChoice.OPEN, None, False)
        assert found.main.on == leading
        assert found.other is not None

    def test_fines(self) -> None:
        """Where both agree but for a fine that is open, the outcome is settled all the same."""
        multiple = provision(fine_tier(1, 5, base="goods_value"), in_force=AFTER)
        entry = violation(ONE, versions()[0], multiple)
        found = applied(entry=entry)
        assert (found.choice, found.settled, found.main.on) == (LawChoice.OPEN, True, DECISION)
        cheap = attrs.evolve(CASE, facts={"goods_value": plain_value(Money(99))})
        assert applied(entry=entry, one=cheap).basis is LawBasis.FINE

    def test_what_prevails_anyway(self) -> None:
        """What is unknown under one law does not matter where the other betters all of it."""
        found = applied(then(Grade.LIGHTER), now(Grade.HEAVIER, condition=MINOR))
        assert (found.choice, found.basis) == (LawChoice.OLD, LawBasis.GRADE)
        assert found.settled

    @pytest.mark.parametrize("shall_exempt_all", [None, True, False])
    def test_an_exemption_under_which_something_stands(
        self, *, shall_exempt_all: bool | None
    ) -> None:
        """A new law that waives only the fine prevails over an old one that cannot waive all."""
        entry = violation(ONE, *versions({}, {"kinds": (REVOCATION,)}))
        part = RuleEffect(waives=frozenset({PenaltyKind.FINE}))
        rules = [
            then(Grade.EXEMPT, condition=MINOR, modality=Modality.SHALL),
            now(Grade.EXEMPT, modality=Modality.SHALL, effect=part),
        ]
        facts = {} if shall_exempt_all is None else {"minor": shall_exempt_all}
        found = applied(*rules, entry=entry, one=attrs.evolve(CASE, facts=facts))
        assert (found.choice, found.basis, found.settled) == {
            None: (LawChoice.OPEN, None, False),
            True: (LawChoice.OLD, LawBasis.KINDS, True),
            False: (LawChoice.NEW, LawBasis.GRADE, True),
        }[shall_exempt_all]

    @pytest.mark.parametrize(
        ("permits", "basis"), [(Grade.EXEMPT, LawBasis.EQUAL), (Grade.LIGHTER, LawBasis.GRADE)]
    )
    def test_an_old_law_that_leaves_nothing(self, permits: Grade, basis: LawBasis) -> None:
        """Nothing betters it; by the grade only where the new law cannot exempt."""
        rules = [then(Grade.EXEMPT, modality=Modality.SHALL), now(permits, condition=MINOR)]
        found = applied(*rules)
        assert (found.choice, found.basis, found.settled) == (LawChoice.OLD, basis, True)

    def test_a_new_law_that_leaves_nothing(self) -> None:
        """Which law applies is open while the old one may leave nothing either; the result is not.

        On a tie the old law applies.
        """
        exempt = now(Grade.EXEMPT, modality=Modality.SHALL)
        found = applied(then(Grade.EXEMPT, condition=MINOR), exempt)
        assert (found.choice, found.basis, found.settled) == (LawChoice.OPEN, None, True)
        assert found.main.on == DECISION
        found = applied(then(Grade.LIGHTER, condition=MINOR), exempt)
        assert (found.choice, found.basis, found.settled) == (LawChoice.NEW, LawBasis.GRADE, True)

    @pytest.mark.parametrize("facts", [{}, {"minor": True}, {"minor": False}])
    def test_no_fine_is_not_compared(self, facts: dict[str, bool]) -> None:
        """A law that leaves no fine is chosen whether or not the other one may fine yet."""
        later: dict[str, object] = {"only_after": is_true("sold")}
        found = applied(
            then(Grade.LIGHTER, condition=MINOR),
            now(Grade.EXEMPT, modality=Modality.SHALL),
            entry=violation(ONE, *versions(later, later)),
            one=attrs.evolve(CASE, facts=facts),
        )
        assert (found.choice, found.basis, found.settled) == (LawChoice.NEW, LawBasis.GRADE, True)

    def test_an_old_law_under_which_a_fine_stands(self) -> None:
        """An exemption from a warning alone may still be bettered."""
        part = RuleEffect(waives=frozenset({PenaltyKind.WARNING}))
        old = then(Grade.EXEMPT, modality=Modality.SHALL, effect=part)
        found = applied(old, now(Grade.EXEMPT, condition=MINOR), entry=violation(ONE, *versions()))
        assert (found.choice, found.settled) == (LawChoice.OPEN, False)

    def test_measures_of_today(self) -> None:
        """A measure that is open under the law of the decision keeps the case open."""
        about = measure_rule("r.national/m", [Measure.SEIZURE], MINOR, in_force=AFTER)
        found = applied(then(Grade.EXEMPT), about, one=attrs.evolve(CASE, measures=("seizure",)))
        assert found.settled
        assert not found.is_settled
        assert [measure.verdict for measure in found.current.measures] == [Verdict.OPEN]


class TestReach:
    """A ruleset says itself whether its rules reach back."""

    @pytest.mark.parametrize(
        ("reach", "old", "new"),
        [
            (Reach.IF_MORE_LENIENT, Grade.ORDINARY, Grade.LIGHTER),
            (Reach.NEVER, Grade.ORDINARY, Grade.ORDINARY),
            (Reach.ALWAYS, Grade.LIGHTER, Grade.LIGHTER),
        ],
    )
    def test_a_rule_after_the_act(self, reach: Reach, old: Grade, new: Grade) -> None:
        """A rule that came between act and decision speaks under one law, neither, or both."""
        built = engine(now(Grade.LIGHTER, reach=reach), reach=reach)
        assert tuple(one.base.grade for one in _both(built, CASE)) == (old, new)

    @pytest.mark.parametrize(
        ("reach", "old", "new"),
        [
            (Reach.IF_MORE_LENIENT, Grade.LIGHTER, Grade.ORDINARY),
            (Reach.NEVER, Grade.LIGHTER, Grade.LIGHTER),
            (Reach.ALWAYS, Grade.ORDINARY, Grade.ORDINARY),
        ],
    )
    def test_a_rule_before_the_decision(self, reach: Reach, old: Grade, new: Grade) -> None:
        """A rule that ended between the two likewise."""
        built = engine(then(Grade.LIGHTER, reach=reach), reach=reach)
        assert tuple(one.base.grade for one in _both(built, CASE)) == (old, new)


def test_rank() -> None:
    """A contested result may still become the heaviest."""
    assert rank(None) is Grade.HEAVIER
    assert [rank(grade) for grade in Grade] == list(Grade)
