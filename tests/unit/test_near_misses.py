"""Lenient rules that failed by few conditions, and what the party can still cure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

from bizrules.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    Operand,
    PerKind,
    Share,
)
from bizrules.facts import Cure, Value
from bizrules.matching import comparable
from bizrules.near_misses import cheapest_repair
from bizrules.outcomes import Miss, NearMiss
from bizrules.penalties import Grade, Modality
from bizrules.rules import Rule
from bizrules.values import Money
from property.worlds import FACTS, case, check, engine, is_false, is_true, rule
from strategies import text

SOLD, MINOR, RECALLED = is_true("sold"), is_true("minor"), is_true("recalled")
UNSOLD = is_false("sold")
SMALL = check("goods_value", Op.BELOW, Money(50_000))
NOTHING: Mapping[str, Value] = {"sold": False, "minor": False, "recalled": False}


def repair(condition: Condition, facts: Mapping[str, Value]) -> list[Condition] | None:
    """The fewest tests that would have to pass."""
    view = {name: comparable(FACTS[name], value) for name, value in facts.items()}
    found = cheapest_repair(condition, FACTS, view, {})
    return None if found is None else list(found)


class TestCheapestRepair:
    """The fewest failed tests that would have to pass for a condition not to fail."""

    @pytest.mark.parametrize(
        ("condition", "facts", "tests"),
        [
            (SOLD, NOTHING, [SOLD]),
            (SOLD, {}, []),
            (SOLD, {"sold": True}, []),
            (ALWAYS, NOTHING, []),
            (AllOf((SOLD, MINOR)), NOTHING, [SOLD, MINOR]),
            (AllOf((SOLD, MINOR)), {"sold": False}, [SOLD]),
            (AllOf((SOLD, AnyOf((SOLD, MINOR)))), NOTHING, [SOLD]),
            (AnyOf((AllOf((SOLD, MINOR)), RECALLED)), NOTHING, [RECALLED]),
            (AnyOf((AllOf((SOLD, MINOR)), RECALLED)), {"sold": False, "recalled": False}, [SOLD]),
            (AtLeast(2, (SOLD, MINOR, RECALLED)), NOTHING, [SOLD, MINOR]),
            (AtLeast(2, (SOLD, MINOR, RECALLED)), {**NOTHING, "minor": True}, [SOLD]),
            (AtLeast(2, (SOLD, MINOR, NEVER)), NOTHING, [SOLD, MINOR]),
            (AnyOf((NEVER, SOLD)), NOTHING, [SOLD]),
            (Defined("t#d", text("d"), AllOf((SOLD, MINOR))), NOTHING, [SOLD, MINOR]),
            (
                PerKind("goods_kind", (("leaf", SOLD), ("cigarettes", ALWAYS))),
                {"goods_kind": "leaf", "sold": False},
                [SOLD],
            ),
            (
                PerKind("goods_kind", (("leaf", AllOf((SOLD, MINOR))), ("cigarettes", ALWAYS))),
                {**NOTHING, "goods_kind": "leaf"},
                [check("goods_kind", Op.IS, "cigarettes")],
            ),
        ],
    )
    def test_repairs(
        self, condition: Condition, facts: Mapping[str, Value], tests: list[Condition]
    ) -> None:
        """Unknown parts count as passed, and no test is named twice."""
        assert repair(condition, facts) == tests

    @pytest.mark.parametrize(
        ("condition", "facts", "tests"),
        [
            (Not(SOLD), {"sold": True}, [UNSOLD]),
            (Not(UNSOLD), NOTHING, [SOLD]),
            (Not(AnyOf((SOLD,))), {"sold": True}, [UNSOLD]),
            (Not(AnyOf((SOLD, MINOR))), {"sold": True, "minor": False}, [UNSOLD]),
            (Not(AnyOf((SOLD, MINOR))), {"sold": True}, [UNSOLD]),
            (Not(AllOf((SOLD, MINOR))), {"sold": True, "minor": True}, [UNSOLD]),
            (Not(Not(SOLD)), NOTHING, [SOLD]),
            (Not(Defined("t#d", text("d"), SOLD)), {"sold": True}, [UNSOLD]),
            (
                Not(check("harm", Op.ABOVE, "none")),
                {"harm": "slight"},
                [check("harm", Op.AT_MOST, "none")],
            ),
            (
                Not(AnyOf((SOLD, check("goods_kind", Op.IS, "leaf")))),
                {"sold": False, "goods_kind": "leaf"},
                [check("goods_kind", Op.NOT_IN, ("leaf",))],
            ),
        ],
    )
    def test_exclusions(
        self, condition: Condition, facts: Mapping[str, Value], tests: list[Condition]
    ) -> None:
        """An exclusion that holds is missed by its opposite."""
        assert repair(condition, facts) == tests

    @pytest.mark.parametrize(
        ("condition", "facts"),
        [
            (NEVER, {}),
            (AtLeast(2, (SOLD, NEVER)), NOTHING),
            (AllOf((SOLD, NEVER)), NOTHING),
            (Not(ALWAYS), {}),
            (Not(check("exits", Op.CONTAINS, ("north",))), {"exits": frozenset({"north"})}),
            (Not(AtLeast(1, (SOLD, MINOR))), {"sold": True}),
        ],
    )
    def test_beyond_repair(self, condition: Condition, facts: Mapping[str, Value]) -> None:
        """What no change of single tests would mend is no near miss."""
        assert repair(condition, facts) is None


def missed(*rules: Rule, **facts: object) -> tuple[NearMiss, ...]:
    """Near misses of the usual case with these facts."""
    return engine(*rules).evaluate(case(facts=facts)).near_misses


class TestNearMisses:
    """Which rules are named, and in which order."""

    def test_a_rule_that_failed_by_one_condition(self) -> None:
        """The rule is named with what it permits and what it missed."""
        lenient = rule("r.national/1", Grade.EXEMPT, AllOf((MINOR, SOLD)))
        (near,) = missed(lenient, minor=True, sold=False)
        assert (near.rule, near.title, near.permits) == (lenient.id, lenient.title, lenient.permits)
        (miss,) = near.misses
        assert (miss.facts, miss.text) == (("sold",), text("sold"))
        assert (near.curable, near.until) == (False, None)

    @pytest.mark.parametrize(("count", "named"), [(1, 1), (2, 1), (3, 0)])
    def test_at_most_two_conditions(self, count: int, named: int) -> None:
        """A rule that failed by more than two conditions was not near."""
        tests = (SOLD, MINOR, RECALLED)[:count]
        assert len(missed(rule("r.national/1", when=AllOf(tests)), **NOTHING)) == named

    def test_a_rule_beyond_repair(self) -> None:
        """A rule that single facts would not have saved is not named."""
        never = rule("r.national/1", when=AllOf((SOLD, NEVER)))
        assert missed(never, sold=False) == ()

    @pytest.mark.parametrize(
        ("permits", "named"),
        [(Grade.EXEMPT, True), (Grade.MITIGATED, True), (Grade.LIGHTER, False)],
    )
    def test_only_more_lenient_rules(self, permits: Grade, named: bool) -> None:
        """A rule that would permit nothing milder than is permitted now is no loss."""
        held = rule("r.national/1", Grade.LIGHTER)
        assert bool(missed(held, rule("r.national/2", permits, SOLD), sold=False)) is named

    def test_heavier_rules_are_not_named(self) -> None:
        """Nobody wants to have met a heavier ground."""
        assert missed(rule("r.national/1", Grade.HEAVIER, SOLD), sold=False) == ()

    def test_held_and_open_rules_are_not_named(self) -> None:
        """Only rules that failed are near misses, not those that hold or wait."""
        held = rule("r.national/1", Grade.LIGHTER, is_false("sold"))
        waiting = rule("r.national/2", Grade.EXEMPT, MINOR)
        assert missed(held, waiting, sold=False) == ()

    def test_order(self) -> None:
        """Curable ones first, then fewer misses, then the milder grade, then by id."""
        rules = (
            rule("r.national/a", Grade.LIGHTER, AllOf((SOLD, MINOR))),
            rule("r.national/b", Grade.LIGHTER, SOLD),
            rule("r.national/c", Grade.EXEMPT, SOLD),
            rule("r.national/d", Grade.EXEMPT, MINOR),
            rule("r.national/e", Grade.LIGHTER, RECALLED),
        )
        found = missed(*rules, **NOTHING)
        assert [near.rule[-1] for near in found] == ["e", "c", "d", "b", "a"]

    def test_not_too_many(self) -> None:
        """A long list of near misses helps nobody."""
        rules = [rule(f"r.national/{number}", when=SOLD) for number in range(12)]
        assert len(missed(*rules, sold=False)) == 8

    def test_a_definition_of_its_own(self) -> None:
        """A fact that the ruleset reads under its own definition is found and shown."""
        built = engine(rule("r.national/1", when=is_true("first_violation")))
        (near,) = built.evaluate(case(facts={"first_violation": False})).near_misses
        assert near.misses[0].found is not None


def miss_of(name: str, op: Op, operand: Operand, value: object) -> Miss:
    """The only miss of a rule with one test."""
    (near,) = missed(rule("r.national/1", when=check(name, op, operand)), **{name: value})
    return near.misses[0]


class TestGaps:
    """By how much a number was missed."""

    @pytest.mark.parametrize(
        ("name", "op", "operand", "value", "amount"),
        [
            ("goods_value", Op.BELOW, Money(50_000), Money(66_000), "160 yuan"),
            ("goods_value", Op.AT_MOST, Money(50_000), Money(50_001), "0.01 yuan"),
            ("goods_value", Op.AT_LEAST, Money(50_000), Money(0), "500 yuan"),
            ("staff", Op.AT_MOST, 3, 5, "2"),
            ("staff", Op.BETWEEN, (3, 5), 1, "2"),
            ("staff", Op.BETWEEN, (3, 5), 9, "4"),
            ("days_late", Op.AT_MOST, 15, 16, "1 day"),
            ("blocked_width", Op.BELOW, Decimal("1.5"), Decimal("1.75"), "0.25 cm"),
        ],
    )
    def test_amounts(self, name: str, op: Op, operand: Operand, value: object, amount: str) -> None:
        """The gap is the distance to the nearest end, in the unit of the fact."""
        gap = miss_of(name, op, operand, value).gap
        assert gap is not None
        assert amount in gap.en

    def test_at_the_limit(self) -> None:
        """A value just at a limit that is excluded is said to lie on it."""
        on_it = miss_of("goods_value", Op.BELOW, Money(50_000), Money(50_000)).gap
        beyond = miss_of("goods_value", Op.BELOW, Money(50_000), Money(50_001)).gap
        assert on_it is not None
        assert beyond is not None
        assert on_it != beyond
        assert "500" not in on_it.en

    @pytest.mark.parametrize(
        ("test", "facts"),
        [
            (SOLD, {"sold": False}),
            (check("harm", Op.AT_MOST, "none"), {"harm": "slight"}),
            (check("ordered_on", Op.BEFORE, date(2022, 1, 1)), {"ordered_on": date(2022, 1, 2)}),
            (
                check("blocked_width", Op.AT_MOST, Share("passage_width", Fraction(1, 5))),
                {"blocked_width": 30, "passage_width": 100},
            ),
            (
                check(("goods_value", "test.gains"), Op.BELOW, Money(5)),
                {"goods_value": Money(9), "test.gains": Money(9)},
            ),
        ],
    )
    def test_no_gap(self, test: Condition, facts: dict[str, object]) -> None:
        """Only the amount of one fact has a distance to a fixed limit."""
        (near,) = missed(rule("r.national/1", when=test), **facts)
        assert near.misses[0].gap is None
        assert near.misses[0].found is not None


def curing(name: str, to: str) -> Cure:
    """A cure that reaches a value."""
    return Cure(to=to, how=text(f"make {name} {to}"))


class TestCures:
    """What the party can still bring about, and by when."""

    def near(self, test: Condition, facts: dict[str, object], **cures: str) -> NearMiss:
        """The only near miss of a rule with one test, where these facts can be cured."""
        curable = {n: attrs.evolve(FACTS[n], cure=curing(n, to)) for n, to in cures.items()}
        vocabulary = attrs.evolve(FACTS, facts={**FACTS.facts, **curable})
        built = engine(rule("r.national/1", when=test), vocabulary=vocabulary)
        (near,) = built.evaluate(case(facts=facts)).near_misses
        return near

    def test_a_cure(self) -> None:
        """What can still be done is said, and that it must be done before the decision."""
        near = self.near(RECALLED, {"recalled": False}, recalled="true")
        assert near.misses[0].cure == text("make recalled true")
        assert (near.curable, near.until) == (True, date(2022, 5, 20))

    @pytest.mark.parametrize("decided", [None, "2022-05"])
    def test_a_date_that_is_not_known(self, decided: str | None) -> None:
        """Without a day of decision there is a cure, and no last day for it."""
        built = engine(rule("r.national/1", when=RECALLED))
        (near,) = built.evaluate(case(facts={"recalled": False}, decided=decided)).near_misses
        assert (near.curable, near.until) == (True, None)

    @pytest.mark.parametrize(
        ("wanted", "cured"),
        [("by_deadline", False), ("slight", False), ("none", True)],
    )
    def test_a_cure_that_reaches_far_enough(self, wanted: str, cured: bool) -> None:
        """A cure counts only if what it reaches is what the rule asks for."""
        facts: dict[str, object] = {"harm": "serious"}
        near = self.near(check("harm", Op.AT_MOST, "none"), facts, harm=wanted)
        assert near.curable is cured
        assert (near.misses[0].cure is not None) is cured

    def test_a_set_can_be_cured(self) -> None:
        """The code that can still be reached may be all that a set lacks."""
        lacking = check("exits", Op.CONTAINS, ("north",))
        assert self.near(lacking, {"exits": ["south"]}, exits="north").curable

    def test_an_exclusion_can_be_cured(self) -> None:
        """What excludes a rule may be undone."""
        near = self.near(Not(AnyOf((SOLD, MINOR))), {"sold": True, "minor": False}, sold="false")
        assert near.curable

    @pytest.mark.parametrize(
        ("test", "facts"),
        [
            (SOLD, {"sold": False}),
            (
                check("blocked_width", Op.AT_MOST, Share("passage_width")),
                {"blocked_width": 30, "passage_width": 20},
            ),
            (
                check(("goods_value", "test.gains"), Op.BELOW, Money(5)),
                {"goods_value": Money(9), "test.gains": Money(9)},
            ),
        ],
    )
    def test_no_cure(self, test: Condition, facts: dict[str, object]) -> None:
        """Sums and comparisons with other facts are not cured by one value."""
        near = self.near(test, facts, blocked_width="10", goods_value="0")
        assert (near.curable, near.misses[0].cure, near.until) == (False, None, None)

    def test_every_miss_must_be_curable(self) -> None:
        """A rule can be saved only if all that it missed can be cured."""
        facts: dict[str, object] = {"recalled": False, "sold": False}
        near = self.near(AllOf((RECALLED, SOLD)), facts, recalled="true")
        assert not near.curable
        assert [miss.cure is not None for miss in near.misses] == [True, False]


def test_the_limited_exemption_is_no_near_miss() -> None:
    """Where an exemption binds there is nothing better to have missed."""
    binding = rule("r.national/1", Grade.EXEMPT, modality=Modality.SHALL)
    assert missed(binding, rule("r.national/2", Grade.EXEMPT, SOLD), sold=False) == ()
