from collections.abc import Mapping
from datetime import date

import attrs
import pytest

from bizrules.conditions import AllOf, Op
from bizrules.conditions import Test as FactTest
from bizrules.history import FirstViolation, Window
from bizrules.penalties import OtherKind, PenaltyKind, Provision, Tier
from bizrules.rules import Axis, Effect, ListKind, Ruleset
from bizrules.selection import Step, Stretch
from bizrules.values import DateSpan, Interval
from rulebook import (
    CITE,
    FOOD,
    KUNMING,
    NATIONAL,
    PANLONG,
    YUNNAN,
    duty,
    holds,
    ids,
    rule,
    ruleset,
    since,
    stretch,
)
from strategies import text


def definition(months: int) -> FirstViolation:
    """A definition told from others by its window."""
    return FirstViolation(window=Window(months))


def months_of(found: Stretch) -> Mapping[str, int | None]:
    """The window by which the `first` of each ruleset that asks is computed."""
    windows = {step.key: step.first.window for step in found.plan}
    asked = {c.ruleset.id: windows[c.names["first_violation"]] for c in found.penalty}
    return {name: window.length if window else None for name, window in asked.items()}


class TestFirstViolation:
    """A rule gets the definition of its own ruleset, or the nearest one above it."""

    asking = (rule(condition=holds("first_violation")),)

    @pytest.mark.parametrize(
        ("defining", "expected"),
        [
            ([("city", KUNMING, None, 2), ("country", NATIONAL, None, 3)], 2),
            ([("country", NATIONAL, None, 3), ("neighbour", "530102", None, 4)], 3),
            # Nearness comes before the department, in one place the department comes first.
            ([("city", KUNMING, None, 2), ("country", NATIONAL, "market_regulation", 3)], 2),
            ([("a-city", KUNMING, None, 2), ("b-city", KUNMING, "market_regulation", 3)], 3),
            ([("city", KUNMING, "fire_rescue", 2), ("country", NATIONAL, None, 3)], 3),
            ([("same place", PANLONG, None, 2), ("city", KUNMING, None, 3)], 2),
            ([("neighbour", "530102", None, 4)], None),
            ([], None),
        ],
    )
    def test_nearest(
        self, defining: list[tuple[str, str, str | None, int]], expected: int | None
    ) -> None:
        """Another department's definition and a neighbour's are never taken."""
        made = [
            ruleset(name, region, department=department, first_violation=definition(months))
            for name, region, department, months in defining
        ]
        asking = ruleset("asking", department="market_regulation", rules=self.asking)
        assert months_of(stretch(asking, *made)) == {"asking": expected}
        own = attrs.evolve(asking, first_violation=definition(1))
        assert months_of(stretch(own, *made)) == {"asking": 1}

    def test_a_ruleset_for_all_departments(self) -> None:
        """A ruleset for all departments takes no definition of one of them."""
        asking = ruleset("asking", rules=self.asking)
        special = ruleset(
            "market", KUNMING, department="market_regulation", first_violation=definition(2)
        )
        general = ruleset("law", NATIONAL, first_violation=definition(3))
        assert months_of(stretch(asking, special, general)) == {"asking": 3}

    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            (DateSpan.on(date(2024, 12, 31)), 3),
            (DateSpan.on(date(2025, 1, 1)), 2),
            (DateSpan(date(2025, 1, 1), None), 2),
            # In doubt the nearest one is followed.
            (DateSpan(date(2024, 12, 31), date(2025, 1, 1)), 2),
        ],
    )
    def test_in_force(self, on: DateSpan, expected: int) -> None:
        """A definition is lent only on days on which its ruleset may be in force."""
        asking = ruleset("asking", rules=self.asking)
        later = ruleset(
            "city",
            KUNMING,
            in_force=since(date(2025, 1, 1)),
            first_violation=definition(2),
        )
        law = ruleset("law", NATIONAL, first_violation=definition(3))
        assert months_of(stretch(asking, later, law, on=on)) == {"asking": expected}

    def test_the_later_one(self) -> None:
        """Of two definitions of one place and department the later one is followed."""
        asking = ruleset("asking", rules=self.asking)
        dated = [(2, None), (3, date(2021, 1, 1)), (4, date(2020, 1, 1)), (5, date(2023, 1, 1))]
        made = [
            ruleset(f"law{n}", NATIONAL, in_force=Interval(day), first_violation=definition(n))
            for n, day in dated
        ]
        assert months_of(stretch(asking, *made)) == {"asking": 3}
        assert months_of(stretch(asking, made[0])) == {"asking": 2}

    def test_computed_once(self) -> None:
        """Rulesets of one place that borrow their definition share what is computed by it."""
        borrowing = [ruleset(name, rules=self.asking) for name in ("a", "b")]
        own = ruleset("c", rules=self.asking, first_violation=definition(1))
        law = ruleset("law", NATIONAL, rules=self.asking, first_violation=definition(3))
        found = stretch(*borrowing, own, law)
        assert len(found.plan) == 3
        # The definition of the place comes before that of the country.
        assert months_of(found) == {"a": 1, "b": 1, "c": 1, "law": 3}

    def test_departments_do_not_share(self) -> None:
        """In one place a department may borrow another definition than rulesets for all."""
        market = "market_regulation"
        asking = [
            ruleset("all", rules=self.asking),
            ruleset("market", department=market, rules=self.asking),
        ]
        lending = [
            ruleset("law", NATIONAL, first_violation=definition(3)),
            ruleset("list", NATIONAL, department=market, first_violation=definition(2)),
        ]
        assert months_of(stretch(*asking, *lending)) == {"all": 3, "market": 2}

    def test_each_ruleset_its_own(self) -> None:
        """Two rulesets that ask for the same fact may mean different things by it."""
        law = ruleset("law", NATIONAL, rules=self.asking, first_violation=definition(3))
        local = ruleset("local", rules=self.asking, first_violation=definition(1))
        found = stretch(law, local)
        assert months_of(found) == {"law": 3, "local": 1}
        one, other = found.penalty
        view = {one.names["first_violation"]: True, other.names["first_violation"]: False}
        assert [candidate.match(view) for candidate in (one, other)] == [True, False]


class TestPlan:
    """Derived facts are computed where something reads them, in the order given."""

    def test_order_and_keys(self) -> None:
        """What depends on a definition stands under a name of its ruleset."""
        condition = AllOf((holds("first_violation"), FactTest(("age_at_act",), Op.BELOW, 14)))
        counting = FactTest(("prior_count",), Op.AT_LEAST, 2)
        rules = (rule(condition=condition), rule("2", condition=counting))
        plan = stretch(ruleset("own", rules=rules, first_violation=definition(24))).plan
        assert [(step.name, step.key) for step in plan] == [
            ("age_at_act", "age_at_act"),
            ("first_violation", "first_violation@own"),
            ("prior_count", "prior_count@own"),
        ]

    def test_nothing_to_compute(self) -> None:
        """Rules that read stated facts only need no plan."""
        found = stretch(ruleset("own", rules=(rule(condition=holds("recalled")),)))
        assert found.plan == ()
        assert found.reads == frozenset({"recalled"})
        assert found.penalty[0].names == {}

    def test_provisions_and_duties_read_too(self) -> None:
        """What only a tier, a kind, a precondition or a duty reads is computed as well."""
        provision = Provision(
            id="124",
            citation=CITE,
            only_after=FactTest(("days_to_correct",), Op.ABOVE, 15),
            tiers=(Tier(id="t", when=FactTest(("violation_months",), Op.ABOVE, 3)),),
            kinds=(
                OtherKind(kind=PenaltyKind.DETENTION, when=FactTest(("age_at_act",), Op.ABOVE, 15)),
            ),
        )
        own = ruleset("own", duties=(duty("own/a", when=holds("party_is_minor")),))
        violation = attrs.evolve(FOOD, provisions=(provision,))
        plan = stretch(own, violation=violation).plan
        assert [step.name for step in plan] == [
            "age_at_act",
            "party_is_minor",
            "days_to_correct",
            "violation_months",
        ]
        assert plan[0] == Step(name="age_at_act", key="age_at_act", first=FirstViolation())


LISTS = {"exempt": ListKind(id="exempt", name=text("exempt"), effect=Effect.EXEMPT)}


class TestSupplements:
    """A ruleset that only supplements is silent where a superior list speaks."""

    entry = rule(violations=frozenset({"food"}), list="exempt")
    below = ruleset("below", supplements=True, rules=(rule("own", violations=None),))

    @pytest.mark.parametrize(
        ("superior", "silent"),
        [
            (ruleset("above", YUNNAN, lists=LISTS, rules=(entry,)), True),
            # A general ground, a rule off the lists, another axis, and the same place.
            (ruleset("above", YUNNAN, rules=(rule(list="exempt"),)), False),
            (ruleset("above", YUNNAN, rules=(attrs.evolve(entry, list=None),)), False),
            (ruleset("above", YUNNAN, rules=(attrs.evolve(entry, axis=Axis.COMPULSION),)), False),
            (ruleset("beside", PANLONG, rules=(entry,)), False),
            (ruleset("elsewhere", "110000", rules=(entry,)), False),
            (
                ruleset("above", YUNNAN, rules=(attrs.evolve(entry, violations=frozenset({"x"})),)),
                False,
            ),
            # A list that has ended or has not begun does not speak.
            (ruleset("above", YUNNAN, rules=(entry,), in_force=since(date(2022, 6, 2))), False),
            (
                ruleset("above", YUNNAN, rules=(entry,), in_force=Interval(None, date(2022, 6, 1))),
                False,
            ),
            (ruleset("above", YUNNAN, rules=(entry,), in_force=since(date(2022, 6, 1))), True),
        ],
    )
    def test_silent(self, superior: Ruleset, silent: bool) -> None:
        """Only an entry for the violation on a list above, in force that day, silences it."""
        found = stretch(superior, self.below)
        assert ("below/own" not in ids(found.penalty)) is silent

    def test_only_supplements_are_silent(self) -> None:
        """A ruleset that does not supplement speaks beside the superior one."""
        superior = ruleset("above", YUNNAN, rules=(self.entry,))
        speaking = attrs.evolve(self.below, supplements=False)
        assert ids(stretch(superior, speaking).penalty) == ["above/1", "below/own"]

    def test_in_doubt(self) -> None:
        """Where it is uncertain whether the superior list speaks, the supplement is doubtful."""
        superior = ruleset("above", YUNNAN, rules=(self.entry,), in_force=since(date(2022, 6, 2)))
        found = stretch(superior, self.below, on=DateSpan(date(2022, 6, 1), date(2022, 6, 2)))
        assert ids(found.penalty) == ["above/1", "below/own"]
        assert found.doubtful == frozenset({"above/1", "below/own"})
