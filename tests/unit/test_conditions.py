from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bizrules import conditions
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
    PerKind,
    Share,
    children,
    facts_read,
    magnitude,
    walk,
    without,
)
from bizrules.conditions import Test as FactTest
from bizrules.facts import Value
from bizrules.matching import compile_condition
from bizrules.provenance import Location
from bizrules.values import Money
from strategies import VOCABULARY, text

RECALLED = FactTest(("recalled",), Op.IS, True)
SOLD = FactTest(("sold",), Op.IS, True)
INCIDENT = FactTest(("incident",), Op.IS, True)
WIDTH = FactTest(("blocked_width",), Op.AT_MOST, Share("passage_width", Fraction(1, 5)))
SUM = FactTest(("goods_value", "test.gains"), Op.BELOW, Money(50000))
PER_KIND = PerKind("goods_kind", (("cigarettes", RECALLED), ("leaf", SOLD)))
DEFINED = Defined("test#timely", text("timely"), RECALLED)


class TestReading:
    """The tree can be walked, and says what it reads."""

    @pytest.mark.parametrize(
        ("condition", "inside"),
        [
            (RECALLED, ()),
            (ALWAYS, ()),
            (AllOf((RECALLED, SOLD)), (RECALLED, SOLD)),
            (AnyOf((SOLD,)), (SOLD,)),
            (AtLeast(1, (SOLD, RECALLED)), (SOLD, RECALLED)),
            (Not(SOLD), (SOLD,)),
            (PER_KIND, (RECALLED, SOLD)),
            (DEFINED, (RECALLED,)),
        ],
    )
    def test_children(self, condition: Condition, inside: tuple[Condition, ...]) -> None:
        """Every node gives the conditions directly inside it."""
        assert children(condition) == inside

    def test_walk_goes_outer_before_inner(self) -> None:
        """The walk meets a node before what is inside it, in order of writing."""
        inner = Not(SOLD)
        whole = AllOf((RECALLED, inner, DEFINED))
        assert list(walk(whole)) == [whole, RECALLED, inner, SOLD, DEFINED, RECALLED]
        assert list(conditions.tests_of(whole)) == [RECALLED, SOLD, RECALLED]

    @pytest.mark.parametrize(
        ("condition", "names"),
        [
            (RECALLED, {"recalled"}),
            (WIDTH, {"blocked_width", "passage_width"}),
            (SUM, {"goods_value", "test.gains"}),
            (PER_KIND, {"goods_kind", "recalled", "sold"}),
            (AllOf((Not(DEFINED), AtLeast(1, (WIDTH,)))), set(facts_read(WIDTH)) | {"recalled"}),
            (NEVER, set()),
        ],
    )
    def test_facts_read(self, condition: Condition, names: set[str]) -> None:
        """The fact compared with and the fact that tells the kinds apart are read too."""
        assert facts_read(condition) == names

    def test_location_is_no_part(self) -> None:
        """The same test written in two places is the same test."""
        assert FactTest(("sold",), Op.IS, True, Location("a.yaml", 1)) == SOLD

    def test_a_whole_fact(self) -> None:
        """A fact compared with another without a factor is compared with all of it."""
        whole = FactTest(("blocked_width",), Op.AT_MOST, Share("passage_width"))
        assert compile_condition(whole, VOCABULARY)({"blocked_width": 90, "passage_width": 90})
        over = {"blocked_width": 91, "passage_width": 90}
        assert compile_condition(whole, VOCABULARY)(over) is False


class TestElements:
    """An element of the offence cannot make it heavier again, whichever way it is written."""

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            (INCIDENT, NEVER),
            (SOLD, SOLD),
            (Not(INCIDENT), Not(ALWAYS)),
            (Not(Not(INCIDENT)), Not(Not(NEVER))),
            (AllOf((SOLD, INCIDENT)), AllOf((SOLD, NEVER))),
            (AnyOf((SOLD, INCIDENT)), AnyOf((SOLD, NEVER))),
            (AtLeast(1, (SOLD, INCIDENT)), AtLeast(1, (SOLD, NEVER))),
            (Defined("d", text("d"), INCIDENT), Defined("d", text("d"), NEVER)),
            (
                PerKind("goods_kind", (("leaf", INCIDENT), ("other", SOLD))),
                PerKind("goods_kind", (("leaf", NEVER), ("other", SOLD))),
            ),
        ],
    )
    def test_without(self, condition: Condition, expected: Condition) -> None:
        """The test fails where it is needed and passes where it excludes."""
        assert without(condition, frozenset({"incident"})) == expected

    @pytest.mark.parametrize(("positive", "expected"), [(True, NEVER), (False, ALWAYS)])
    def test_kind_that_is_an_element(self, positive: bool, expected: Condition) -> None:
        """Branches by a fact that is an element are of no help either."""
        assert without(PER_KIND, frozenset({"goods_kind"}), positive=positive) == expected

    @pytest.mark.parametrize("name", ["blocked_width", "passage_width", "goods_value"])
    def test_any_fact_of_a_comparison(self, name: str) -> None:
        """A comparison of two facts or a sum falls when either of them is an element."""
        expected = [NEVER if name in facts_read(test) else test for test in (WIDTH, SUM)]
        assert [without(test, frozenset({name})) for test in (WIDTH, SUM)] == expected

    @pytest.mark.parametrize("present", [True, False])
    def test_nothing_is_gained_by_the_element(self, present: bool) -> None:
        """With the element there or not, a condition that needs its presence or absence fails."""
        view = {"incident": present, "sold": True}
        for condition in (AllOf((SOLD, INCIDENT)), AllOf((SOLD, Not(INCIDENT)))):
            stripped = without(condition, frozenset({"incident"}))
            assert compile_condition(stripped, VOCABULARY)(view) is False


class TestMagnitudes:
    """Ordered values have a number behind them."""

    @pytest.mark.parametrize(
        ("value", "number"),
        [
            (Money(6650), 6650),
            (date(2022, 3, 1), date(2022, 3, 1).toordinal()),
            (7, 7),
            (Decimal("0.5"), Decimal("0.5")),
        ],
    )
    def test_number(self, value: Value, number: int | Decimal) -> None:
        """Money counts in fen, a date in days."""
        assert magnitude(value) == number

    @pytest.mark.parametrize("value", [True, "slight", frozenset({"north"})])
    def test_nothing_to_measure(self, value: Value) -> None:
        """A boolean, a word and a set have none."""
        with pytest.raises(TypeError, match="has no magnitude"):
            magnitude(value)
