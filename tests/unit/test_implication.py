"""Which conditions follow from which, with the boundaries on both sides."""

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
from bizrules.conditions import Test as FactTest
from bizrules.facts import Kind, Vocabulary
from bizrules.implication import _Prover, _Reader, implies
from bizrules.values import Money
from strategies import VOCABULARY, fact, text


def of(name: str, op: Op = Op.IS, operand: Operand | None = None) -> FactTest:
    """A test of one fact; without an operand, that it is true."""
    return FactTest((name,), op, True if operand is None else operand)


def yuan(op: Op, amount: str, name: str = "goods_value") -> FactTest:
    """A test of an amount of money in yuan."""
    return of(name, op, Money.from_yuan(amount))


def share(op: Op, percent: int, name: str = "blocked_width") -> FactTest:
    """A test of a width against a share of the passage."""
    return of(name, op, Share("passage_width", Fraction(percent, 100)))


RECALLED, SOLD = of("recalled"), of("sold")

NARROWER: list[tuple[Condition, Condition]] = [
    (yuan(Op.BELOW, "500"), yuan(Op.AT_MOST, "500")),
    (yuan(Op.ABOVE, "500"), yuan(Op.AT_LEAST, "500")),
    (yuan(Op.AT_MOST, "499.98"), yuan(Op.BELOW, "500")),
    (of("staff", Op.BELOW, 5), of("staff", Op.BELOW, 6)),
    (of("staff", Op.IS, 5), of("staff", Op.BETWEEN, (5, 7))),
    (of("staff", Op.IS, 7), of("staff", Op.BETWEEN, (5, 7))),
    (of("staff", Op.BETWEEN, (5, 7)), of("staff", Op.AT_LEAST, 5)),
    (of("area", Op.BELOW, Decimal(5)), of("area", Op.AT_MOST, Decimal(5))),
    (of("area", Op.AT_MOST, Decimal("4.9")), of("area", Op.BELOW, Decimal(5))),
    (of("harm", Op.IS, "none"), of("harm", Op.AT_MOST, "slight")),
    (of("harm", Op.AT_MOST, "slight"), of("harm", Op.IN, ("none", "slight", "serious"))),
    (of("goods_kind", Op.IS, "leaf"), of("goods_kind", Op.NOT_IN, ("cigarettes",))),
    (of("licence_class", Op.IS, "A"), of("licence_class", Op.NOT_IN, ("B", "C"))),
    (of("licence_class", Op.NOT_IN, ("B", "C")), of("licence_class", Op.NOT_IN, ("C",))),
    (of("ordered_on", Op.BEFORE, date(2022, 3, 1)), of("ordered_on", Op.BEFORE, date(2022, 3, 2))),
    (
        of("ordered_on", Op.ON_OR_AFTER, date(2022, 3, 2)),
        Not(of("ordered_on", Op.BEFORE, date(2022, 3, 1))),
    ),
    (of("exits", Op.CONTAINS, ("north", "south")), of("exits", Op.CONTAINS, ("south",))),
    (of("exits", Op.IS, frozenset({"north"})), of("exits", Op.CONTAINS, ("north",))),
    (of("exits", Op.IS, frozenset({"north"})), Not(of("exits", Op.CONTAINS, ("south",)))),
    (share(Op.AT_MOST, 20), share(Op.AT_MOST, 30)),
    (share(Op.BELOW, 20), share(Op.AT_MOST, 20)),
    (share(Op.AT_LEAST, 30), share(Op.AT_LEAST, 20)),
    (share(Op.ABOVE, 30), Not(share(Op.BELOW, 30))),
    (AllOf((RECALLED, SOLD)), RECALLED),
    (RECALLED, AnyOf((SOLD, RECALLED))),
    (AllOf((RECALLED, SOLD)), AtLeast(1, (RECALLED, SOLD, of("minor")))),
    (AtLeast(2, (RECALLED, SOLD, of("minor"))), AnyOf((RECALLED, SOLD))),
    (AllOf((AnyOf((RECALLED, SOLD)), Not(RECALLED))), SOLD),
    (
        PerKind("goods_kind", (("leaf", RECALLED),)),
        PerKind("goods_kind", (("cigarettes", RECALLED), ("leaf", ALWAYS))),
    ),
    (PerKind("goods_kind", (("leaf", RECALLED),)), of("goods_kind", Op.IS, "leaf")),
    (NEVER, RECALLED),
    (RECALLED, ALWAYS),
]
"""The first of each pair implies the second, and not the other way round."""

SAME: list[tuple[Condition, Condition]] = [
    (of("staff", Op.BELOW, 5), of("staff", Op.AT_MOST, 4)),
    (of("staff", Op.ABOVE, 4), of("staff", Op.AT_LEAST, 5)),
    (of("days_late", Op.BETWEEN, (0, 4)), of("days_late", Op.BELOW, 5)),
    (yuan(Op.BELOW, "500"), yuan(Op.AT_MOST, "499.99")),
    (of("harm", Op.BELOW, "serious"), of("harm", Op.IN, ("slight", "none"))),
    (of("recalled", Op.IS, False), Not(RECALLED)),
    (of("area", Op.BELOW, Decimal(5)), Not(of("area", Op.AT_LEAST, Decimal(5)))),
    (
        AnyOf((of("harm", Op.IS, "none"), of("harm", Op.IS, "slight"))),
        of("harm", Op.AT_MOST, "slight"),
    ),
    (AnyOf((yuan(Op.BELOW, "500"), yuan(Op.AT_LEAST, "500"))), yuan(Op.AT_LEAST, "0")),
    (
        FactTest(("goods_value", "test.gains"), Op.BELOW, Money(5)),
        FactTest(("test.gains", "goods_value"), Op.AT_MOST, Money(4)),
    ),
    (
        FactTest(("staff", "prior_times"), Op.BELOW, Decimal("4.5")),
        FactTest(("staff", "prior_times"), Op.AT_MOST, 4),
    ),
    (
        Not(AtLeast(2, (RECALLED, SOLD, of("minor")))),
        AtLeast(2, (Not(RECALLED), Not(SOLD), Not(of("minor")))),
    ),
    (
        Defined(name="t#d", label=text("d"), condition=AllOf((RECALLED, SOLD))),
        AllOf((SOLD, RECALLED)),
    ),
    (
        of("exits", Op.IS, frozenset({"north", "south"})),
        AllOf(
            (of("exits", Op.CONTAINS, ("north", "south")), Not(of("exits", Op.CONTAINS, ("east",))))
        ),
    ),
]
"""The two of each pair imply each other."""

NOTHING: list[tuple[Condition, Condition]] = [
    (RECALLED, SOLD),
    (RECALLED, Not(RECALLED)),
    (of("area", Op.AT_MOST, Decimal(5)), of("area", Op.ABOVE, Decimal(4))),
    (share(Op.AT_MOST, 20), share(Op.AT_MOST, 20, "area")),
    # Where the passage is 0 wide and nothing is blocked, 20 percent of it are not exceeded.
    (share(Op.ABOVE, 30), share(Op.AT_MOST, 20)),
    (of("licence_class", Op.IS, "A"), of("licence_class", Op.IS, "B")),
    # Nothing is known of a fact that only the other reads.
    (RECALLED, AnyOf((SOLD, Not(SOLD)))),
]
"""Neither of the two implies the other."""


@pytest.mark.parametrize(("one", "other"), NARROWER)
def test_narrower(one: Condition, other: Condition) -> None:
    """The narrower condition implies the wider one and is not implied by it."""
    assert implies(one, other, VOCABULARY)
    assert not implies(other, one, VOCABULARY)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same(one: Condition, other: Condition) -> None:
    """Two ways to say the same imply each other."""
    assert implies(one, other, VOCABULARY)
    assert implies(other, one, VOCABULARY)


@pytest.mark.parametrize(("one", "other"), NOTHING)
def test_nothing_follows(one: Condition, other: Condition) -> None:
    """Conditions about different things, or that exclude each other, do not imply each other."""
    assert not implies(one, other, VOCABULARY)
    assert not implies(other, one, VOCABULARY)


def test_a_share_that_includes_the_limit_is_met_by_nothing_of_nothing() -> None:
    """At most 20 percent does not imply below 30 percent: of 0 cm, 0 cm are not below."""
    assert not implies(share(Op.AT_MOST, 20), share(Op.BELOW, 30), VOCABULARY)
    assert implies(share(Op.BELOW, 20), share(Op.BELOW, 30), VOCABULARY)


def test_a_renamed_fact_is_another_fact() -> None:
    """Of a fact that the two define differently, one says nothing about the other."""
    names = {"prior_times": "prior_times@elsewhere"}
    narrow, wide = of("prior_times", Op.AT_MOST, 1), of("prior_times", Op.AT_MOST, 2)
    assert implies(narrow, wide, VOCABULARY)
    assert not implies(narrow, wide, VOCABULARY, names=names)
    assert implies(AllOf((narrow, RECALLED)), RECALLED, VOCABULARY, names=names)
    assert not implies(narrow, narrow, VOCABULARY, names=names)


def test_two_facts_may_be_known_under_one_name() -> None:
    """A fact that stands for the same thing as one of the other condition is taken as that."""
    assert implies(RECALLED, SOLD, VOCABULARY, names={"recalled": "sold"})
    assert not implies(RECALLED, RECALLED, VOCABULARY, names={"recalled": "sold"})


def test_a_derived_amount_may_lie_below_zero() -> None:
    """That amounts are not below zero is relied on only where a case states them."""
    derived = attrs.evolve(fact("late_by", Kind.DAYS), derived="late_by")
    both = Vocabulary({"late_by": derived, "days_late": fact("days_late", Kind.DAYS)})
    for name, expected in (("late_by", False), ("days_late", True)):
        known = AnyOf((of(name, Op.BELOW, 5), of(name, Op.AT_LEAST, 5)))
        assert implies(known, of(name, Op.AT_LEAST, 0), both) is expected
    twice = of("late_by", Op.AT_MOST, Share("days_late", Fraction(2)))
    once = of("late_by", Op.AT_MOST, Share("days_late"))
    assert implies(twice, twice, both)
    assert not implies(once, twice, both)
    assert implies(AllOf((Not(twice), of("days_late", Op.IS, 3))), Not(twice), both)


def test_a_proof_that_is_too_long_is_given_up() -> None:
    """Very long alternatives end in no rather than in no answer."""
    names = [f"f{number}" for number in range(60)]
    many = Vocabulary({name: fact(name, Kind.INTEGER) for name in names})
    pairs = zip(names[::2], names[1::2], strict=True)
    given = AllOf(tuple(AnyOf((of(a, Op.IS, 1), of(b, Op.IS, 1))) for a, b in pairs))
    # True, but seen only by looking at all 2^30 ways.
    wanted = AtLeast(30, tuple(of(name, Op.IS, 1) for name in names))
    assert not implies(given, wanted, many)
    assert implies(given, given, many)


class TestManyParts:
    """Long counts are told apart by form, or given up, before their combinations are tried."""

    COUNT = 40
    NAMES = tuple(f"test.part_{number}" for number in range(COUNT))
    PARTS = tuple(of(name) for name in NAMES)
    MANY = Vocabulary({name: fact(name, Kind.BOOLEAN) for name in NAMES})

    @pytest.mark.parametrize(
        ("count", "others", "needed", "follows"),
        [
            (20, PARTS, 1, True),
            (20, PARTS, 20, True),
            (20, PARTS, 21, False),
            # 19 of the 20 that hold may be those that are not among the others.
            (20, PARTS[19:], 1, True),
            (20, PARTS[19:], 2, False),
            (20, PARTS[20:], 1, False),
        ],
    )
    def test_shared_parts(
        self, count: int, others: tuple[Condition, ...], needed: int, follows: bool
    ) -> None:
        """Of the parts that hold, those that the other count does not name may be lost to it."""
        one, other = AtLeast(count, self.PARTS), AtLeast(needed, others)
        assert implies(one, other, self.MANY) is follows

    def test_repeated_parts(self) -> None:
        """A part that is named twice counts twice in the one and once in the other."""
        first, second, third = self.PARTS[:3]
        one = AtLeast(2, (first, first, second))
        assert implies(one, AnyOf((first, third)), self.MANY)
        assert not implies(one, AtLeast(2, (first, third)), self.MANY)

    def test_every_branch_takes_fuel(self) -> None:
        """Where the parts differ in form the proof tries its share of combinations and gives up."""
        wanted = AnyOf(tuple(AllOf((part, Not(Not(part)))) for part in self.PARTS))
        prover = _Prover(fuel=100)
        given = _Reader(self.MANY, {}).formula(AtLeast(20, self.PARTS))
        assert not prover.proves(given, _Reader(self.MANY, {}).formula(wanted))
        assert prover.fuel == 0
        assert not implies(AtLeast(20, self.PARTS), wanted, self.MANY)

    def test_many_alternatives(self) -> None:
        """The depth of a proof is not bounded by the stack."""
        pairs = zip(self.PARTS[::2], self.PARTS[1::2], strict=True)
        one = AllOf(tuple(AnyOf((first, second)) for first, second in pairs) * 30)
        assert not implies(one, AnyOf((self.PARTS[0], self.PARTS[2])), self.MANY)
