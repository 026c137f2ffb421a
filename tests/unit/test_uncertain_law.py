"""What is law on only some of the days on which a date may lie is never taken for granted."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest

from bizrules.cases import Case, Prior, Priors
from bizrules.engine import Engine
from bizrules.history import FirstViolation, Window
from bizrules.outcomes import FineState, LawChoice, Outcome
from bizrules.penalties import Band, BandTable, Grade
from bizrules.rules import Combination, Duty, Reach, Ruleset, Trigger
from bizrules.values import Interval
from property.worlds import (
    CITE,
    CITY,
    DISTRICT,
    ONE,
    case,
    fine_tier,
    is_true,
    knowledge,
    provision,
    rule,
    ruleset,
    violation,
)
from strategies import text

BORDER = date(2022, 7, 1)
SINCE, UNTIL = Interval(BORDER), Interval(until=BORDER)
LIGHTER, HEAVIER = rule("lighter", Grade.LIGHTER), rule("heavier", Grade.HEAVIER)


def table(name: str, low: str, high: str) -> BandTable:
    """Bands for a lighter penalty."""
    return BandTable(id=name, bands={Grade.LIGHTER: Band(low=Fraction(low), high=Fraction(high))})


def outcome(rulesets: Iterable[Ruleset], **changes: Any) -> Outcome:  # noqa: ANN401 - parts of a case
    """The outcome of a case of 2022 of which no more is known, unless it is said."""
    fined = violation(ONE, provision(fine_tier(1_000_000, 2_000_000)))
    engine = Engine(knowledge=knowledge(rulesets, [fined]))
    asked: Case = case(**{"committed": "2022", "decided": "2022", **changes})
    return engine.evaluate(asked)


def asked(found: Outcome) -> set[str]:
    """The facts asked for."""
    return {question.fact for question in found.questions}


NATIONAL = ruleset("r.national", [LIGHTER], bands=(table("default", "0", "3/10"),))


class TestBands:
    """A fine is computed by every table that may be in force."""

    city = ruleset("r.city", region=CITY, in_force=SINCE, bands=(table("own", "0", "1/10"),))

    @pytest.mark.parametrize(
        ("decided", "highs"),
        [("2022-06", {1_300_000}), ("2022-07", {1_100_000}), ("2022", {1_100_000, 1_300_000})],
    )
    def test_either_table(self, decided: str, highs: set[int]) -> None:
        """In doubt both ranges are given and the date is asked for."""
        found = outcome([NATIONAL, self.city], committed=decided, decided=decided)
        fine = found.fine
        assert {one.high for one in fine.alternatives or (fine.range,) if one} == highs
        doubt = len(highs) > 1
        assert (fine.state is FineState.UNDETERMINED) is doubt
        assert ("decided" in asked(found) or "committed" in asked(found)) is doubt

    def test_tables_that_agree(self) -> None:
        """Where every table leads to the same range, nothing is asked."""
        same = attrs.evolve(self.city, bands=(table("own", "0", "3/10"),))
        found = outcome([NATIONAL, same])
        assert found.fine.state is FineState.RANGE
        assert not asked(found)

    def test_a_table_replaced(self) -> None:
        """A table and its successor are never in force together, nor both out of force."""
        before = ruleset("r.old", region=CITY, in_force=UNTIL, bands=(table("a", "0", "1/5"),))
        found = outcome([NATIONAL, before, self.city])
        assert {one.high for one in found.fine.alternatives} == {1_100_000, 1_200_000}

    def test_no_grade(self) -> None:
        """Without a grade no table is used, so none is in doubt."""
        found = outcome([attrs.evolve(NATIONAL, rules=()), self.city])
        assert found.fine.state is FineState.RANGE

    @pytest.mark.parametrize(("reach", "doubt"), [(Reach.ALWAYS, False), (Reach.NEVER, True)])
    def test_reach(self, reach: Reach, doubt: bool) -> None:
        """How far the ruleset reaches back says which date counts."""
        placed = attrs.evolve(self.city, reach=reach)
        found = outcome([NATIONAL, placed], decided=date(2023, 1, 1))
        assert bool(found.fine.alternatives) is doubt


class TestCombination:
    """How lenient and heavier rules combine is settled only if every way agrees."""

    national = ruleset("r.national", [LIGHTER, HEAVIER])
    local = ruleset("r.city", region=CITY, in_force=SINCE, combination=Combination.LENIENT)

    @pytest.mark.parametrize(
        ("day", "grade", "contested"),
        [("2022-06", None, True), ("2022-07", Grade.LIGHTER, False)],
    )
    def test_certain(self, day: str, grade: Grade | None, contested: bool) -> None:
        """Before it is in force the sides stand against each other, after it the lenient wins."""
        found = outcome([self.national, self.local], committed=day, decided=day)
        assert (found.grade, found.contested, found.settled) == (grade, contested, True)

    def test_in_doubt(self) -> None:
        """While the date is open, so is the outcome, and the date is asked for."""
        found = outcome([self.national, self.local])
        assert (found.grade, found.settled) == (None, False)
        assert found.possible == (Grade.LIGHTER,)
        assert asked(found) & {"committed", "decided"}

    def test_both_ways_agree(self) -> None:
        """With one side only, nothing has to combine."""
        found = outcome([attrs.evolve(self.national, rules=(LIGHTER,)), self.local])
        assert (found.grade, found.settled) == (Grade.LIGHTER, True)

    def test_an_unknown_rule(self) -> None:
        """A rule that would meet the other side in only one of the ways keeps it open."""
        heavier = rule("heavier", Grade.HEAVIER, is_true("sold"))
        found = outcome([ruleset("r.national", [LIGHTER, heavier]), self.local])
        assert not found.settled
        assert "sold" in asked(found)


class TestDuties:
    """A duty that is in force on only some of the days follows only perhaps."""

    @pytest.mark.parametrize(
        ("days", "of_duty"), [(SINCE, Interval()), (Interval(), SINCE), (SINCE, SINCE)]
    )
    def test_in_doubt(self, days: Interval, of_duty: Interval) -> None:
        """It is named, and said not to be certain."""
        duty = Duty(
            id="r.city/report",
            ruleset="r.city",
            text=text("report"),
            trigger=Trigger.ALWAYS,
            citations=(CITE,),
            in_force=of_duty,
        )
        local = ruleset("r.city", region=CITY, in_force=days, duties=(duty,))
        for decided, certain in (("2022", [False]), ("2022-07", [True]), ("2022-06", [])):
            found = outcome([NATIONAL, local], decided=decided)
            assert [one.certain for one in found.duties] == certain


def counting(months: int, source: str) -> FirstViolation:
    """A definition with its window."""
    return FirstViolation(window=Window(months), ruleset=source)


class TestDefinitions:
    """A derived fact is known only if every definition that may be in force leads to it."""

    asking = ruleset(
        "r.district",
        [rule("first", Grade.LIGHTER, is_true("first_violation"))],
        region=DISTRICT,
    )
    national = ruleset("r.national", first_violation=counting(24, "r.national"))
    city = ruleset("r.city", region=CITY, in_force=SINCE, first_violation=counting(60, "r.city"))

    @pytest.mark.parametrize(
        ("prior", "day", "grade"),
        [
            (date(2018, 1, 1), "2022-06", Grade.LIGHTER),
            (date(2018, 1, 1), "2022-07", Grade.ORDINARY),
            (date(2018, 1, 1), "2022", None),
            # All definitions agree.
            (date(2021, 12, 1), "2022", Grade.ORDINARY),
            (date(2010, 12, 1), "2022", Grade.LIGHTER),
        ],
    )
    def test_window(self, prior: date, day: str, grade: Grade | None) -> None:
        """Where the definitions part, the outcome is open and the date is asked for."""
        priors = Priors(
            searched_since=date(2000, 1, 1), found=(Prior(decided=prior, violation=ONE),)
        )
        found = outcome(
            [self.asking, self.national, self.city], committed=day, decided=day, priors=priors
        )
        assert found.grade is grade
        assert bool(asked(found) & {"committed", "decided"}) is (grade is None)

    def test_another_definition_is_other_law(self) -> None:
        """The rule stays, its definition changes: old law and new are told apart."""
        priors = Priors(
            searched_since=date(2000, 1, 1),
            found=(Prior(decided=date(2018, 1, 1), violation=ONE),),
        )
        found = outcome(
            [self.asking, self.national, self.city],
            committed=date(2022, 6, 1),
            decided=date(2022, 8, 1),
            priors=priors,
        )
        assert found.law_applied.choice is LawChoice.OLD
        assert found.grade is Grade.LIGHTER
