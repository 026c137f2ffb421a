"""Where the truth of a test turns, one grain apart."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules.conditions import AllOf, Condition, Not, Op, Operand, Share
from bizrules.conditions import Test as FactTest
from bizrules.facts import ORDERED, Kind, Value, Vocabulary
from bizrules.matching import comparable, compile_condition
from bizrules.testing import Boundary, boundaries
from bizrules.testing._boundaries import grain_of, is_touched
from bizrules.values import Money
from strategies import VOCABULARY, conditions, fact, values

HEIGHT = fact("height", Kind.INTEGER)
FACTS = Vocabulary({**VOCABULARY.facts, "height": HEIGHT})


def check(name: str, op: Op, operand: Operand) -> FactTest:
    """A test of one fact."""
    return FactTest((name,), op, operand)


def sides(test: FactTest) -> list[tuple[Value | None, Value | None]]:
    """For each border the value that passes and the one that fails."""
    return [(one.holds, one.fails) for one in boundaries(test, FACTS)]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (check("goods_value", Op.BELOW, Money(50_000)), [(Money(49_999), Money(50_000))]),
        (check("goods_value", Op.AT_MOST, Money(50_000)), [(Money(50_000), Money(50_001))]),
        (check("goods_value", Op.IS, Money(0)), [(Money(0), Money(1))]),
        (
            check("goods_value", Op.BETWEEN, (Money(5), Money(9))),
            [(Money(5), Money(4)), (Money(9), Money(10))],
        ),
        (check("staff", Op.AT_LEAST, 3), [(3, 2)]),
        (check("staff", Op.ABOVE, 0), [(1, 0)]),
        (check("staff", Op.IS, 2), [(2, 1), (2, 3)]),
        (check("staff", Op.IN, (2, 3, 7)), [(2, 1), (3, 4), (7, 6), (7, 8)]),
        (check("staff", Op.NOT_IN, (2,)), [(1, 2), (3, 2)]),
        (check("days_late", Op.AT_MOST, 15), [(15, 16)]),
        (check("area", Op.AT_MOST, Decimal(20)), [(Decimal(20), Decimal("20.01"))]),
        (check("area", Op.BELOW, Decimal("0.1")), [(Decimal("0.09"), Decimal("0.1"))]),
        (check("area", Op.ABOVE, Decimal("0.125")), [(Decimal("0.126"), Decimal("0.125"))]),
        (check("harm", Op.AT_MOST, "slight"), [("slight", "serious")]),
        (check("harm", Op.IS, "slight"), [("slight", "none"), ("slight", "serious")]),
        (check("harm", Op.IN, ("none", "serious")), [("none", "slight"), ("serious", "slight")]),
        (
            check("ordered_on", Op.BEFORE, date(2022, 3, 1)),
            [(date(2022, 2, 28), date(2022, 3, 1))],
        ),
        (
            check("ordered_on", Op.ON_OR_AFTER, date(2022, 3, 1)),
            [(date(2022, 3, 1), date(2022, 2, 28))],
        ),
        (
            FactTest(("goods_value", "test.gains"), Op.AT_MOST, Money(100)),
            [(Money(100), Money(101))],
        ),
    ],
)
def test_the_nearest_values(test: FactTest, expected: list[tuple[Value, Value]]) -> None:
    """以上, 以下 include the number, 不满, 超过 do not; a grain is a fen, a day, a step."""
    assert sides(test) == expected


@pytest.mark.parametrize(
    "test",
    [
        check("sold", Op.IS, True),
        check("goods_kind", Op.IN, ("leaf",)),
        check("licence_class", Op.IS, "A"),
        check("exits", Op.CONTAINS, ("north",)),
        check("staff", Op.AT_LEAST, 0),
        check("harm", Op.AT_MOST, "serious"),
        check("ordered_on", Op.ON_OR_AFTER, date.min),
    ],
)
def test_no_border(test: FactTest) -> None:
    """What has no order has no border, nor has a test that every value passes."""
    assert boundaries(test, FACTS) == ()


def test_every_test_of_a_condition() -> None:
    """The borders of a condition are those of its tests, in order of writing."""
    one, two = check("staff", Op.AT_LEAST, 3), check("days_late", Op.BELOW, 5)
    found = boundaries(AllOf((one, Not(two))), FACTS)
    assert [(border.test, border.facts) for border in found] == [
        (one, ("staff",)),
        (two, ("days_late",)),
    ]


@pytest.mark.parametrize(
    ("op", "base", "expected"),
    [
        (Op.AT_MOST, Decimal(10), (Decimal(2), Decimal("2.01"))),
        (Op.BELOW, Decimal(10), (Decimal("1.99"), Decimal(2))),
        (Op.ABOVE, Decimal("7.33"), (Decimal("1.47"), Decimal("1.46"))),
        (Op.AT_LEAST, Decimal("7.33"), (Decimal("1.47"), Decimal("1.46"))),
        (Op.AT_LEAST, Decimal(0), None),
    ],
)
def test_a_share_turns_where_its_base_says(
    op: Op, base: Decimal, expected: tuple[Value, Value] | None
) -> None:
    """A share of another fact has no border of its own; with the base it has."""
    test = check("blocked_width", op, Share("passage_width", Fraction(1, 5)))
    (border,) = boundaries(test, FACTS)
    assert (border.holds, border.fails, border.share) == (None, None, test.operand)
    assert border.sides() is None
    assert border.sides(base) == expected


def test_a_share_that_must_be_met_exactly() -> None:
    """Equality with a share has two borders, and none where no value of the grain is equal."""
    test = check("blocked_width", Op.IS, Share("passage_width", Fraction(1, 5)))
    lower, upper = boundaries(test, FACTS)
    assert lower.sides(Decimal(10)) == (Decimal(2), Decimal("1.99"))
    assert upper.sides(Decimal(10)) == (Decimal(2), Decimal("2.01"))
    assert lower.sides(Decimal("7.33")) is None


def touched(border: Boundary, **view: object) -> bool:
    """Whether a view touches the border."""
    return is_touched(border, view, {})


def test_what_touches_a_border() -> None:
    """The two sides and what lies between them touch a border; nothing else does."""
    (border,) = boundaries(check("area", Op.AT_MOST, Decimal(3)), FACTS)
    assert touched(border, area=Decimal(3))
    assert touched(border, area=Decimal("3.001"))
    assert touched(border, area=Decimal("3.01"))
    assert not touched(border, area=Decimal("3.02"))
    assert not touched(border, area=Decimal("2.99"))
    assert not touched(border)


def test_what_touches_a_share() -> None:
    """A share is touched where the base is known and the amount is next to the share of it."""
    share = Share("passage_width", Fraction(1, 5))
    (border,) = boundaries(check("blocked_width", Op.AT_MOST, share), FACTS)
    assert touched(border, blocked_width=Decimal(2), passage_width=Decimal(10))
    assert not touched(border, blocked_width=Decimal("1.99"), passage_width=Decimal(10))
    assert not touched(border, blocked_width=Decimal(2))


def test_a_derived_fact_is_read_under_its_name() -> None:
    """A fact that the ruleset defines for itself is read under the name the view has for it."""
    (border,) = boundaries(check("staff", Op.AT_LEAST, 3), FACTS)
    assert is_touched(border, {"staff@own": 2}, {"staff": "staff@own"})


def test_grain() -> None:
    """Money counts in fen, numbers in hundredths unless a threshold is finer."""
    assert grain_of(FACTS["goods_value"]) == 1
    assert grain_of(FACTS["area"], Decimal("0.5")) == Fraction(1, 100)
    assert grain_of(FACTS["area"], (Decimal("0.5"), Decimal("0.0625"))) == Fraction(1, 10_000)


@given(st.data())
def test_the_sides_pass_and_fail(data: st.DataObject) -> None:
    """Of every border one side passes the test and the other fails it, and they are neighbours."""
    condition: Condition = data.draw(conditions(FACTS))
    for border in boundaries(condition, FACTS):
        base = None
        if border.share is not None:
            base = data.draw(values(FACTS[border.share.fact]))
        found = border.sides(base)
        if found is None:
            continue
        matcher = compile_condition(border.test, FACTS)
        view: dict[str, Any] = dict.fromkeys(border.facts[1:], 0)
        if base is not None and border.share is not None:
            view[border.share.fact] = comparable(FACTS[border.share.fact], base)
        if border.share is not None and border.share.fact in border.facts:
            continue
        ends = [comparable(border.fact, side) for side in found]
        truths = [matcher({**view, border.facts[0]: end}) for end in ends]
        assert truths == [True, False]
        assert all(is_touched(border, {**view, border.facts[0]: end}, {}) for end in ends)
        assert border.fact.kind in ORDERED
