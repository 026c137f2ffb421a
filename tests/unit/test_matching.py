"""One condition against the facts of a case."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import product

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
from bizrules.facts import Kind, Value
from bizrules.matching import (
    UnreadableError,
    comparable,
    compile_condition,
    limit_of,
    reader,
    value_of,
)
from bizrules.truth import Truth
from bizrules.values import Money, Plain
from property.worlds import check, is_false, is_true
from reference import all_of, any_of, at_least
from strategies import VOCABULARY, text

YES, NO = is_true("recalled"), is_true("sold")
"""Conditions whose truth is that of the facts `recalled` and `sold`."""


def match(
    condition: Condition, facts: Mapping[str, Value], names: Mapping[str, str] | None = None
) -> bool | None:
    """Truth of a condition over typed facts; None is unknown."""
    view = {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}
    return compile_condition(condition, VOCABULARY, names)(view)


LEVELS = ("no", "by_deadline", "on_the_spot", "on_own_initiative")
DAYS = (date(2022, 2, 28), date(2022, 3, 1), date(2022, 3, 2))
COUNTS = (2, 3, 4)
WIDTHS = (Decimal("19.99"), Decimal(20), Decimal("20.01"))
AMOUNTS = (Money(49_999), Money(50_000), Money(50_001))


class TestTests:
    """以上, 以下, 以内 include the number; 不满, 不足, 超过 do not."""

    @pytest.mark.parametrize(
        ("name", "op", "operand", "values", "passing"),
        [
            ("recalled", Op.IS, True, (True, False), (True,)),
            ("recalled", Op.IS, False, (True, False), (False,)),
            ("goods_kind", Op.IS, "leaf", ("leaf", "other"), ("leaf",)),
            ("goods_kind", Op.IN, ("leaf", "other"), ("cigarettes", "leaf"), ("leaf",)),
            ("goods_kind", Op.NOT_IN, ("leaf",), ("cigarettes", "leaf"), ("cigarettes",)),
            ("corrected", Op.IS, "by_deadline", LEVELS, LEVELS[1:2]),
            ("corrected", Op.IN, ("no", "on_the_spot"), LEVELS, LEVELS[0:3:2]),
            ("corrected", Op.NOT_IN, ("no",), LEVELS, LEVELS[1:]),
            ("corrected", Op.BELOW, "on_the_spot", LEVELS, LEVELS[:2]),
            ("corrected", Op.AT_MOST, "on_the_spot", LEVELS, LEVELS[:3]),
            ("corrected", Op.AT_LEAST, "on_the_spot", LEVELS, LEVELS[2:]),
            ("corrected", Op.ABOVE, "on_the_spot", LEVELS, LEVELS[3:]),
            ("corrected", Op.BETWEEN, ("by_deadline", "on_the_spot"), LEVELS, LEVELS[1:3]),
            ("prior_times", Op.IS, 3, COUNTS, (3,)),
            ("prior_times", Op.BELOW, 3, COUNTS, (2,)),
            ("prior_times", Op.AT_MOST, 3, COUNTS, (2, 3)),
            ("prior_times", Op.AT_LEAST, 3, COUNTS, (3, 4)),
            ("prior_times", Op.ABOVE, 3, COUNTS, (4,)),
            ("prior_times", Op.BETWEEN, (2, 3), (1, *COUNTS), (2, 3)),
            ("days_late", Op.AT_MOST, 15, (14, 15, 16), (14, 15)),
            ("blocked_width", Op.BELOW, Decimal(20), WIDTHS, WIDTHS[:1]),
            ("blocked_width", Op.AT_MOST, Decimal("20.0"), WIDTHS, WIDTHS[:2]),
            ("goods_value", Op.IS, Money(50_000), AMOUNTS, AMOUNTS[1:2]),
            ("goods_value", Op.BELOW, Money(50_000), AMOUNTS, AMOUNTS[:1]),
            ("goods_value", Op.AT_MOST, Money(50_000), AMOUNTS, AMOUNTS[:2]),
            ("goods_value", Op.AT_LEAST, Money(50_000), AMOUNTS, AMOUNTS[1:]),
            ("goods_value", Op.ABOVE, Money(50_000), AMOUNTS, AMOUNTS[2:]),
            ("ordered_on", Op.BEFORE, date(2022, 3, 1), DAYS, DAYS[:1]),
            ("ordered_on", Op.ON_OR_AFTER, date(2022, 3, 1), DAYS, DAYS[1:]),
            ("ordered_on", Op.BETWEEN, (DAYS[1], DAYS[2]), DAYS, DAYS[1:]),
            ("licence_class", Op.IS, "甲", ("甲", "乙"), ("甲",)),
            ("licence_class", Op.IN, ("甲", "乙"), ("甲", "丙"), ("甲",)),
        ],
    )
    def test_thresholds(
        self,
        name: str,
        op: Op,
        operand: Operand,
        values: tuple[Value, ...],
        passing: tuple[Value, ...],
    ) -> None:
        """Each test passes exactly the values it should, on both sides of its threshold."""
        test = check(name, op, operand)
        assert tuple(value for value in values if match(test, {name: value})) == passing
        assert match(test, {}) is None

    @pytest.mark.parametrize(
        ("found", "holds"),
        [
            (frozenset(), False),
            (frozenset({"north"}), False),
            (frozenset({"north", "south"}), True),
            (frozenset({"north", "south", "east"}), True),
        ],
    )
    def test_contains(self, found: frozenset[str], holds: bool) -> None:
        """A set contains all the codes asked for; others do not matter."""
        test = check("exits", Op.CONTAINS, ("north", "south"))
        assert match(test, {"exits": found}) is holds

    @pytest.mark.parametrize(
        ("width", "holds"), [(WIDTHS[0], True), (WIDTHS[1], True), (WIDTHS[2], False)]
    )
    def test_share_of_another_fact(self, width: Decimal, holds: bool) -> None:
        """A fifth of the width is included in 20 percent of it, a hair more is not."""
        test = check("blocked_width", Op.AT_MOST, Share("passage_width", Fraction(1, 5)))
        facts = {"blocked_width": width, "passage_width": Decimal(100)}
        assert match(test, facts) is holds

    @pytest.mark.parametrize("missing", ["blocked_width", "passage_width"])
    def test_share_with_an_unknown_fact(self, missing: str) -> None:
        """A comparison of two facts needs both."""
        test = check("blocked_width", Op.AT_MOST, Share("passage_width"))
        facts = {"blocked_width": Decimal(1), "passage_width": Decimal(1)}
        del facts[missing]
        assert match(test, facts) is None

    @pytest.mark.parametrize(
        ("value", "gains", "holds"),
        [(60_000, 40_000, True), (60_000, 40_001, False), (0, 0, True)],
    )
    def test_sum(self, value: int, gains: int, holds: bool) -> None:
        """Amounts are added before they are compared."""
        test = check(("goods_value", "test.gains"), Op.AT_MOST, Money(100_000))
        facts = {"goods_value": Money(value), "test.gains": Money(gains)}
        assert match(test, facts) is holds
        assert match(test, {"goods_value": Money(value)}) is None

    @pytest.mark.parametrize(
        ("op", "passing"),
        [
            (Op.BELOW, [9]),
            (Op.AT_MOST, [9, 10]),
            (Op.AT_LEAST, [10, 11]),
            (Op.ABOVE, [11]),
            (Op.IS, [10]),
        ],
    )
    def test_sums_and_shares_at_their_thresholds(self, op: Op, passing: list[int]) -> None:
        """A sum, and a share of another fact, include and exclude as a single amount does."""
        summed = check(("staff", "prior_times"), op, 10)
        shared = check("staff", op, Share("prior_times", Fraction(1, 2)))
        around = (9, 10, 11)
        assert [n for n in around if match(summed, {"staff": n - 3, "prior_times": 3})] == passing
        assert [n for n in around if match(shared, {"staff": n, "prior_times": 20})] == passing

    def test_sum_between(self) -> None:
        """A sum may lie between two ends."""
        test = check(("blocked_width", "area"), Op.BETWEEN, (Decimal("0.3"), Decimal("0.4")))
        assert match(test, {"blocked_width": Decimal("0.1"), "area": Decimal("0.2")}) is True

    def test_sum_against_a_share(self) -> None:
        """The sum of two facts is compared with a multiple of a third."""
        test = check(("blocked_width", "area"), Op.ABOVE, Share("passage_width", Fraction(3, 2)))
        facts = {"blocked_width": Decimal(80), "area": Decimal(70), "passage_width": Decimal(100)}
        assert match(test, facts) is False
        assert match(test, {**facts, "area": Decimal("70.001")}) is True

    def test_nothing_is_rounded(self) -> None:
        """Sums and multiples of long numbers are exact, whatever decimals would round to."""
        share = Share("passage_width", Fraction(1_000_001, 1_000_000))
        facts = {
            "passage_width": Decimal("10000000000000000000000.1"),
            "blocked_width": Decimal("10000010000000000000000.1"),
            "area": Decimal("0.000000000000000000001"),
        }
        assert match(check("blocked_width", Op.BELOW, share), facts) is True
        more = check(("passage_width", "area"), Op.ABOVE, facts["passage_width"])
        assert match(more, facts) is True

    def test_a_share_has_no_limit_of_its_own(self) -> None:
        """What is compared with another fact has no fixed limit."""
        with pytest.raises(TypeError, match="no fixed limit"):
            limit_of(VOCABULARY["area"], check("area", Op.BELOW, Share("passage_width")))


TRUTHS = (True, False, None)


def facts_of(*truths: bool | None) -> dict[str, Value]:
    """Values of `recalled`, `sold`, … that have these truths."""
    names = ("recalled", "sold", "incident", "minor")
    return {n: t for n, t in zip(names, truths, strict=False) if t is not None}


PARTS = tuple(is_true(name) for name in ("recalled", "sold", "incident"))


class TestConnectives:
    """Parts are joined by Kleene's tables."""

    @pytest.mark.parametrize("truths", list(product(TRUTHS, repeat=3)))
    def test_three_parts(self, truths: tuple[bool | None, ...]) -> None:
        """All, any and at least so many of three parts, for every combination."""
        facts, values = facts_of(*truths), [Truth.of(truth) for truth in truths]
        assert match(AllOf(PARTS), facts) is all_of(values).flag
        assert match(AnyOf(PARTS), facts) is any_of(values).flag
        for count in (1, 2, 3):
            assert match(AtLeast(count, PARTS), facts) is at_least(count, values).flag

    @pytest.mark.parametrize(("truth", "other"), [(True, False), (False, True), (None, None)])
    def test_negation(self, truth: bool | None, other: bool | None) -> None:
        """The negation of what is unknown is unknown."""
        assert match(Not(YES), facts_of(truth)) is other
        assert match(is_false("recalled"), facts_of(truth)) is other

    def test_no_parts(self) -> None:
        """Nothing is asked by an empty conjunction, nothing offered by an empty disjunction."""
        assert match(ALWAYS, {}) is True
        assert match(NEVER, {}) is False

    @pytest.mark.parametrize("truth", TRUTHS)
    def test_one_part(self, truth: bool | None) -> None:
        """One part alone is itself."""
        for condition in (AllOf((YES,)), AnyOf((YES,)), Defined("t#a", text("a"), YES)):
            assert match(condition, facts_of(truth)) is truth

    @pytest.mark.parametrize(
        ("kind", "staff", "recalled", "truth"),
        [
            ("cigarettes", 3, None, True),
            ("cigarettes", 4, True, False),
            ("cigarettes", None, True, None),
            ("leaf", 9, True, True),
            ("leaf", 1, False, False),
            ("other", 1, True, False),
            (None, 4, False, False),
            (None, 3, True, None),
        ],
    )
    def test_per_kind(
        self, kind: str | None, staff: int | None, recalled: bool | None, truth: bool | None
    ) -> None:
        """Each kind of goods has its condition; other kinds do not qualify."""
        condition = PerKind(
            "goods_kind", (("cigarettes", check("staff", Op.AT_MOST, 3)), ("leaf", YES))
        )
        given: dict[str, Value | None] = {"goods_kind": kind, "staff": staff, "recalled": recalled}
        facts = {name: value for name, value in given.items() if value is not None}
        assert match(condition, facts) is truth

    def test_other_names(self) -> None:
        """A fact may be read under another name, in a test, a sum, a share or per kind."""
        names = {"sold": "recalled", "area": "passage_width", "test.gains": "goods_value"}
        width = Decimal(5)
        facts: dict[str, Value] = {
            "recalled": True,
            "passage_width": width,
            "goods_value": Money(50),
            "blocked_width": width,
        }
        for condition in (
            is_true("sold"),
            Not(is_false("sold")),
            check("blocked_width", Op.IS, Share("area")),
            check(("goods_value", "test.gains"), Op.IS, Money(100)),
        ):
            assert match(condition, facts, names) is True
            assert match(condition, facts) is None


EXAMPLES: Mapping[str, tuple[Value, object]] = {
    "recalled": (True, True),
    "goods_kind": ("leaf", "leaf"),
    "corrected": ("on_the_spot", 2),
    "staff": (3, 3),
    "area": (Decimal("2.5"), Decimal("2.5")),
    "goods_value": (Money(6600), 6600),
    "ordered_on": (date(2022, 3, 1), date(2022, 3, 1)),
    "days_late": (15, 15),
    "licence_class": ("甲", "甲"),
    "exits": (frozenset({"north"}), frozenset({"north"})),
}
"""A value of each kind, and how it is compared."""


class TestReading:
    """Raw values become comparable, on the short way and on the long one."""

    def test_every_kind_has_an_example(self) -> None:
        """The table below leaves out no kind."""
        assert {VOCABULARY[name].kind for name in EXAMPLES} == set(Kind)

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_there_and_back(self, name: str) -> None:
        """A typed value is read into its comparable form, and comes back from it."""
        value, form = EXAMPLES[name]
        fact = VOCABULARY[name]
        assert comparable(fact, value) == form
        assert reader(fact)(value) == form
        assert value_of(fact, comparable(fact, value)) == value

    @pytest.mark.parametrize(
        ("name", "raw", "form"),
        [
            ("recalled", Plain("true"), True),
            ("recalled", Plain("false"), False),
            ("goods_kind", Plain("leaf"), "leaf"),
            ("corrected", Plain("no"), 0),
            ("staff", Plain("12"), 12),
            ("area", "2.50", Decimal("2.5")),
            ("area", 3, Decimal(3)),
            ("goods_value", "66", 6600),
            ("goods_value", 66, 6600),
            ("goods_value", Decimal("66.05"), 6605),
            ("ordered_on", "2022-03-01", date(2022, 3, 1)),
            ("days_late", Plain("0"), 0),
            ("exits", ["north", "north"], frozenset({"north"})),
        ],
    )
    def test_the_long_way(self, name: str, raw: object, form: object) -> None:
        """What documents and callers write besides is read as well."""
        assert reader(VOCABULARY[name])(raw) == form

    @pytest.mark.parametrize(
        ("name", "raw", "code"),
        [
            ("recalled", 1, "not-a-boolean"),
            ("recalled", "true", "not-a-boolean"),
            ("goods_kind", "Leaf", "not-in-choices"),
            ("goods_kind", ["leaf"], "not-in-choices"),
            ("corrected", 2, "not-in-choices"),
            ("staff", True, "not-an-integer"),
            ("staff", -1, "negative-count"),
            ("staff", "3", "not-an-integer"),
            ("area", 2.5, "not-a-number"),
            ("goods_value", Money(-1), "negative-money"),
            ("goods_value", 0.5, "not-money"),
            ("ordered_on", "2022-02-30", "no-such-date"),
            ("ordered_on", datetime(2022, 3, 1, 12), "not-a-date"),  # noqa: DTZ001 - no zone needed
            ("days_late", Decimal(3), "not-an-integer"),
            ("licence_class", "", "not-text"),
            ("exits", "north", "not-a-list"),
            ("exits", ["up"], "not-in-choices"),
            ("recalled", None, "not-a-boolean"),
        ],
    )
    def test_what_does_not_fit(self, name: str, raw: object, code: str) -> None:
        """A value that does not fit is refused with a problem that names the fact."""
        with pytest.raises(UnreadableError) as caught:
            reader(VOCABULARY[name])(raw)
        assert caught.value.problem.code == code
        assert caught.value.problem.location.path == f"$.facts.{name}"
