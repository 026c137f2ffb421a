"""The statutory fine under every answer to what is not known."""

from datetime import date

import pytest

from bizrules.conditions import Condition, Op
from bizrules.penalties import OtherKind, PenaltyKind
from bizrules.statutory import Grid, Threat, answers_to, threat_of
from bizrules.values import Money
from property.worlds import FACTS, check, fine_tier, is_true, provision


def threat(when: Condition | None = None, **facts: object) -> Threat:
    """A fine of 1 to 2 times the goods, if the condition holds; without one it always does."""
    tier = fine_tier(1, 2, base="goods_value") if when is None else fine_tier(1, 2, when)
    return threat_of((provision(tier),), FACTS, facts)


def answers(*threats: Threat) -> Grid:
    """All answers."""
    found = answers_to(threats, FACTS)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("when", "fact", "count"),
    [
        (is_true("sold"), "sold", 2),
        (check("harm", Op.AT_MOST, "slight"), "harm", 3),
        (check("goods_kind", Op.IN, ("leaf",)), "goods_kind", 3),
    ],
)
def test_every_answer(when: Condition, fact: str, count: int) -> None:
    """Yes and no, every level and every choice are looked at."""
    assert {name: len(found) for name, found in answers(threat(when)).choices.items()} == {
        fact: count
    }


def test_stretches() -> None:
    """An amount takes both sides of each limit, the ends, and the middle between them."""
    found = answers(threat(check("goods_value", Op.BELOW, Money(50_000)))).choices["goods_value"]
    assert {1, 49_999, 50_000, 50_001, 25_000} <= set(found)
    assert 0 not in found


def test_what_is_known_is_not_asked() -> None:
    """A known fact has no answers, and the range is that of the fact."""
    known = threat(goods_value=500)
    assert list(answers(known)) == [{}]
    found = known.range({"goods_value": 7})
    assert found is not None
    assert found.low == 500
    assert found.high == 1000


@pytest.mark.parametrize(
    "when",
    [
        check("exits", Op.CONTAINS, ("north",)),
        check("ordered_on", Op.BEFORE, date(2022, 1, 1)),
        check(("goods_value", "test.gains"), Op.BELOW, Money(5)),
    ],
)
def test_what_cannot_be_cut_into_stretches(when: Condition) -> None:
    """Sets, dates and sums of facts are not answered one by one."""
    assert answers_to([threat(when)], FACTS) is None


def test_no_provision() -> None:
    """A violation without a provision threatens nothing."""
    empty = threat_of((), FACTS, {})
    assert empty.range({}) is None
    assert empty.unknown() == frozenset()
    assert empty.weighing_kinds().kinds({}, certain=False) == ()


def test_other_kinds() -> None:
    """What the other kinds wait for is asked only where they are weighed."""
    revoked = OtherKind(kind=PenaltyKind.REVOCATION, when=is_true("sold"))
    order = OtherKind(kind=PenaltyKind.ORDER, when=is_true("recalled"))
    found = threat_of((provision(fine_tier(1, 2), kinds=(revoked, order)),), FACTS, {})
    assert found.unknown() == frozenset()
    assert found.weighing_kinds().unknown() == {"sold"}
    assert found.kinds({}, certain=True) == ()
    assert found.kinds({"sold": True}, certain=True) == (revoked,)
    assert found.kinds({"sold": False, "recalled": True}, certain=False) == (order,)


def test_versions_are_told_by() -> None:
    """A choice between versions is traced to the dates and facts that tell it."""
    found = threat_of(
        (provision(fine_tier(1, 2)), provision(fine_tier(1, 3))), FACTS, {}, ("decided", "sold")
    )
    grid = answers(found)
    assert grid.deciding([found.range(one) for one in grid]) == ("decided", "sold")


def test_deciding_facts() -> None:
    """Only facts of which some answer changes the result decide."""
    grid = Grid({"a": (1, 2), "b": (True, False), "c": (1,)})
    assert grid.deciding([one["a"] == 1 for one in grid]) == ("a",)
    assert grid.deciding([one["a"] == 1 and one["b"] for one in grid]) == ("a", "b")
