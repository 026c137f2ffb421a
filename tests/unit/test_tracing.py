"""Why a condition has its truth, and what it waits for."""

from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from decimal import Decimal
from fractions import Fraction
from pickle import dumps, loads

import attrs
import pytest

from bizrules.conditions import AllOf, AnyOf, AtLeast, Condition, Defined, Not, Op, PerKind, Share
from bizrules.facts import Value
from bizrules.matching import comparable
from bizrules.outcomes import Trace
from bizrules.penalties import Grade
from bizrules.tracing import Telling, open_facts, trace
from bizrules.truth import Truth
from bizrules.values import Money
from property.worlds import CITE, case, check, engine, is_true, rule
from strategies import VOCABULARY, text

YES, NO = is_true("recalled"), is_true("sold")
"""Conditions whose truth is that of the facts `recalled` and `sold`."""


def traced(condition: Condition, facts: Mapping[str, Value], **more: object) -> Trace:
    """The trace of a condition over typed facts."""
    view = {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}
    derived = frozenset(str(name) for name in more)
    return trace(condition, VOCABULARY, view, names={}, telling=Telling(derived=derived))


def _carried(record: object) -> object:
    """The record as another process gets it."""
    return loads(dumps(record))  # noqa: S301 - made here


class TestTrace:
    """A trace says for every part whether it holds, what was found, and where it is defined."""

    def test_a_test(self) -> None:
        """A test says what it asks, what the case says, and which facts it reads."""
        why = traced(check("goods_value", Op.BELOW, Money(50_000)), {"goods_value": Money(6600)})
        assert (why.node, why.truth, why.facts) == ("test", Truth.TRUE, ("goods_value",))
        assert why.text.zh == "〔goods_value〕不足500元"
        assert why.found is not None
        assert (why.found.zh, why.found.en) == ("66元", "66 yuan")
        assert not why.derived
        assert why.children == ()

    def test_an_unknown_fact(self) -> None:
        """Where nothing is known nothing is found."""
        why = traced(YES, {})
        assert (why.truth, why.found) == (Truth.UNKNOWN, None)

    def test_a_derived_fact(self) -> None:
        """A fact that was computed is marked."""
        why = traced(AllOf((YES, NO)), {"recalled": True, "sold": True}, recalled=True)
        assert [child.derived for child in why.children] == [True, False]

    def test_several_facts(self) -> None:
        """Where a test reads several facts, what was found names each that is known."""
        test = check("blocked_width", Op.AT_MOST, Share("passage_width", Fraction(1, 5)))
        both = traced(test, {"blocked_width": Decimal(20), "passage_width": Decimal(100)})
        assert both.facts == ("blocked_width", "passage_width")
        assert both.found is not None
        assert both.found.en == "[blocked_width]: 20 cm; [passage_width]: 100 cm"
        one = traced(test, {"passage_width": Decimal(100)})
        assert (one.truth, one.facts) == (Truth.UNKNOWN, both.facts)
        assert one.found is not None
        assert one.found.en == "[passage_width]: 100 cm"

    def test_a_definition(self) -> None:
        """A defined concept carries its citations, with its meaning inside."""
        why = traced(Defined("t#a", text("timely"), YES, (CITE,)), {"recalled": False})
        assert (why.node, why.truth, why.citations) == ("defined", Truth.FALSE, (CITE,))
        assert why.text.en == "[timely]"
        assert [child.node for child in why.children] == ["test"]

    def test_a_tree(self) -> None:
        """Every connective is a node with its parts in the order of writing."""
        condition = AllOf(
            (
                AnyOf((YES, NO)),
                Not(is_true("incident")),
                AtLeast(2, (YES, NO, is_true("minor"))),
                PerKind("goods_kind", (("leaf", YES), ("other", NO))),
            )
        )
        why = traced(condition, {"recalled": True, "goods_kind": "leaf", "incident": False})
        assert [child.node for child in why.children] == ["any", "not", "at_least", "per_kind"]
        found = [child.truth for child in why.children]
        assert found == [Truth.TRUE, Truth.TRUE, Truth.UNKNOWN, Truth.TRUE]
        leaf, other = why.children[3].children
        assert (leaf.node, leaf.truth) == ("all", Truth.TRUE)
        assert [part.truth for part in other.children] == [Truth.FALSE, Truth.UNKNOWN]
        assert why.truth is Truth.UNKNOWN

    def test_another_name(self) -> None:
        """What stands under another name in the view is found under the fact's own."""
        why = trace(
            YES,
            VOCABULARY,
            {"recalled@r": True},
            names={"recalled": "recalled@r"},
        )
        assert (why.truth, why.facts) == (Truth.TRUE, ("recalled",))
        assert why.found is not None

    def test_what_is_the_same_is_shared(self) -> None:
        """Cases that turn out alike share what is said of them, but not what each says itself."""
        small = check("goods_value", Op.BELOW, Money(50_000))
        condition = AllOf((small, AnyOf((YES, NO)), Defined("t#a", text("timely"), Not(YES))))
        built = engine(rule("r/1", Grade.EXEMPT, condition))
        facts = [{"goods_value": value, "recalled": True} for value in (9, 9, 12, 13)]
        found = [built.evaluate(case(facts=one)).findings[0].trace for one in facts]
        values = [one.children[0].found for one in found]
        assert [value and value.en for value in values] == [
            "9 yuan",
            "9 yuan",
            "12 yuan",
            "13 yuan",
        ]
        either = [one.children[1] for one in found]
        assert [part.found and part.found.en for part in either[0].children] == ["yes", None]
        # The second one is the first to be kept.
        assert either[1] is either[2] is either[3]
        assert found[2].children[2] is found[3].children[2]
        assert found[2].children[0] is not found[3].children[0]


class TestOpenFacts:
    """Which unknown facts a condition waits for."""

    def test_tests_of_several_facts(self) -> None:
        """A test of several facts waits for those that are unknown, and once told for none."""
        share = check("blocked_width", Op.AT_MOST, Share("passage_width", Fraction(1, 5)))
        condition = AllOf((share, YES))
        wide = {"passage_width": Decimal(100)}
        assert open_facts(condition, VOCABULARY, wide, {}) == {"blocked_width", "recalled"}
        told = {**wide, "blocked_width": Decimal(9)}
        assert open_facts(condition, VOCABULARY, told, {}) == {"recalled"}
        assert open_facts(condition, VOCABULARY, {**told, "recalled": True}, {}) == set()


class TestRecords:
    """What is worked out on reading is a record like any other."""

    @pytest.mark.parametrize("again", [copy, deepcopy, attrs.evolve, _carried])
    def test_copies(self, again: Callable[[object], object]) -> None:
        """Traces, questions, near misses and what they say are equal to their copies."""
        small = check("goods_value", Op.BELOW, Money(500))
        built = engine(
            rule("r/1", Grade.EXEMPT, AllOf((YES, NO))),
            rule("r/2", Grade.LIGHTER, AllOf((small, is_true("minor")))),
        )
        outcome = built.evaluate(case(facts={"goods_value": 9, "recalled": True, "minor": True}))
        near = outcome.near_misses[0]
        for one in (outcome.findings[0].trace, outcome.questions[0], near, near.misses[0]):
            assert again(one) == one
            assert hash(again(one)) == hash(one)
            assert repr(again(one)) == repr(one)
