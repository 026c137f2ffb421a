"""The form of conditions, and which facts to change so that a case shows something of them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules.cases import Act, Case, Party, Prior, Priors
from bizrules.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
)
from bizrules.conditions import Test as FactTest
from bizrules.engine import default_engine
from bizrules.facts import Value
from bizrules.matching import comparable, compile_condition
from bizrules.penalties import Grade
from bizrules.rules import Rule
from bizrules.testing._proof import (
    Shows,
    _search,
)
from bizrules.testing._proof._forms import Form, form_of
from bizrules.testing._proof._points import Point
from bizrules.testing._proof._retelling import altered
from bizrules.testing._proof._search import Search
from bizrules.testing._proof._trials import trial_values
from bizrules.values import Money
from property.worlds import check, is_true, rule
from strategies import VOCABULARY, assignments, conditions, text

A, B, C = is_true("sold"), is_true("minor"), is_true("recalled")


def ruled(condition: Condition) -> Rule:
    """A rule with the condition."""
    return rule("r", Grade.EXEMPT, condition)


class TestForms:
    """The gates and leaves of a condition say the same as the condition."""

    @given(st.data())
    def test_truth(self, data: st.DataObject) -> None:
        """The truth of a form over the truths of its leaves is that of the condition."""
        condition = data.draw(conditions())
        view = view_of(data.draw(assignments(condition=condition)))
        form = form_of(condition, ruled(condition))
        assert form.truth(truths(form, view)) is compile_condition(condition, VOCABULARY)(view)

    @pytest.mark.parametrize(
        ("condition", "given", "decisive"),
        [
            (AllOf((A, B)), [True, True], [True, True]),
            (AllOf((A, B)), [False, True], [True, False]),
            (AllOf((A, B)), [False, False], [False, False]),
            (AllOf((A, B)), [False, None], [True, False]),
            (AllOf((A, B)), [True, None], [False, False]),
            (AnyOf((A, B)), [True, False], [True, False]),
            (AnyOf((A, B)), [True, None], [True, False]),
            (AnyOf((A, B)), [True, True], [False, False]),
            (Not(A), [False], [True]),
            (AtLeast(2, (A, B, C)), [True, True, False], [True, True, False]),
            (AtLeast(2, (A, B, C)), [True, False, False], [False, True, True]),
        ],
    )
    def test_decisive(
        self, condition: Condition, given: list[bool | None], decisive: list[bool]
    ) -> None:
        """A leaf decides if the rule would come out otherwise were that leaf alone otherwise."""
        form = form_of(condition, ruled(condition))
        assert [form.is_decisive(at, given) for at in range(len(given))] == decisive

    @given(st.data())
    def test_ways(self, data: st.DataObject) -> None:
        """A way to a truth, and a way for a leaf to decide, lead there whatever else is so."""
        condition = data.draw(conditions(most=6))
        form = form_of(condition, ruled(condition))
        start = data.draw(st.lists(st.booleans(), min_size=len(form.leaves)))
        wanted = data.draw(st.booleans())
        for way in (*zip(range(3), form.ways_to_be(wanted, start), strict=False),):
            met = applied(way[1], start)
            if met is not None:
                assert form.truth(met) is wanted
        leaf = data.draw(st.sampled_from(range(len(form.leaves))))
        for way in (*zip(range(3), form.ways_to_decide(leaf, wanted, start), strict=False),):
            met = applied(way[1], start)
            if met is not None:
                assert form.is_decisive(leaf, met)
                assert met[leaf] is wanted

    def test_own_concepts_are_taken_apart(self) -> None:
        """A concept of the rule's ruleset is its conditions; one of another is one condition."""
        own = Defined("here#small", text("small"), AllOf((A, B)))
        other = Defined("there#small", text("small"), AllOf((A, B)))
        named = attrs.evolve(ruled(AllOf((own, other))), ruleset="here")
        form = form_of(named.condition, named)
        assert [leaf.node for leaf in form.leaves] == [A, B, other]

    def test_kinds_are_conditions(self) -> None:
        """The kind of goods of a branch is a condition of its own."""
        condition = PerKind("goods_kind", (("leaf", A), ("other", B)))
        form = form_of(condition, ruled(condition))
        kinds = [check("goods_kind", Op.IS, code) for code in ("leaf", "other")]
        assert [leaf.node for leaf in form.leaves] == [kinds[0], A, kinds[1], B]


def applied(demand: tuple[tuple[int, bool], ...], start: list[bool]) -> list[bool] | None:
    """The truths with those demanded; None if the demands contradict each other."""
    wanted: dict[int, bool] = {}
    for at, truth in demand:
        if wanted.setdefault(at, truth) is not truth:
            return None
    return [wanted.get(at, truth) for at, truth in enumerate(start)]


def view_of(facts: Mapping[str, Value]) -> dict[str, Any]:
    """Facts in comparable form."""
    return {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}


def truths(form: Form, view: Mapping[str, Any]) -> list[bool | None]:
    """The truth of each leaf."""
    return [compile_condition(leaf.node, VOCABULARY)(view) for leaf in form.leaves]


class TestSearch:
    """Which facts to change so that a case shows a point."""

    @given(st.data())
    def test_nothing_impossible_is_ever_shown(self, data: st.DataObject) -> None:
        """What is said to be impossible is shown by no case that is drawn."""
        condition = data.draw(conditions(most=5))
        named = ruled(condition)
        form = form_of(condition, named)
        search = Search(condition=condition, form=form, vocabulary=VOCABULARY)
        view = view_of(data.draw(assignments(condition=condition, unknown=False)))
        found = truths(form, view)
        for at, leaf in enumerate(form.leaves):
            shows = Shows.MET if found[at] else Shows.NOT_MET
            if form.is_decisive(at, found):
                point = Point(
                    shows=shows, rules=(named.id,), ruleset="r", leaf=leaf, text=text("leaf")
                )
                assert search.is_possible(point)

    @given(st.data())
    def test_changes_show_the_point(self, data: st.DataObject) -> None:
        """After a change that is found, the case shows what was looked for."""
        condition = data.draw(conditions(most=5))
        named = ruled(condition)
        form = form_of(condition, named)
        view = view_of(data.draw(assignments(condition=condition)))
        search = Search(condition=condition, form=form, vocabulary=VOCABULARY, view=view)
        at = data.draw(st.sampled_from(range(len(form.leaves))))
        shows = data.draw(st.sampled_from((Shows.HOLDS, Shows.FAILS, Shows.MET, Shows.NOT_MET)))
        leaf = form.leaves[at] if shows in (Shows.MET, Shows.NOT_MET) else None
        point = Point(shows=shows, rules=(named.id,), ruleset="r", leaf=leaf, text=text("point"))
        costs = []
        for cost, change in search.changes(point):
            found = truths(form, {**view, **change})
            costs.append(cost)
            assert cost == len(change)
            if leaf is None:
                assert form.truth(found) is shows.side
            else:
                where = [i for i, one in enumerate(form.leaves) if one == leaf]
                assert any(found[i] is shows.side and form.is_decisive(i, found) for i in where)
        assert costs == sorted(costs)

    def test_too_many_values_are_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What takes too long to try is taken to be possible, and no case is made up for it."""
        monkeypatch.setattr(_search, "MOST_TRIALS", 1)
        condition = check(("goods_value", "test.gains"), Op.AT_MOST, Money(9))
        named = ruled(condition)
        form = form_of(condition, named)
        search = Search(condition=condition, form=form, vocabulary=VOCABULARY)
        point = Point(shows=Shows.HOLDS, rules=(named.id,), ruleset="r", text=text("point"))
        assert search.is_possible(point)
        assert list(search.changes(point)) == []


NATIONAL_FACTS = default_engine().vocabulary
ACT = Case(
    id="act",
    region="530103",
    violation="food.past-shelf-life",
    committed="2022-03-01",
    discovered="2022-03-05",
    filed="2022-03-06",
    decided="2022-05-20",
    party=Party(kind="individual", birth_date="1990-01-01"),
    facts={"ordered_on": date(2022, 3, 5)},
    priors=Priors(searched_since="2018-01-01", found=[Prior(committed="2021-01-01")]),
)


class TestRetelling:
    """A fact that follows from the case is changed where it comes from."""

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("party_kind", "enterprise", {"party": Party(kind="enterprise")}),
            (
                "party_kind",
                "individual_business",
                {"party": Party(kind="individual_business", birth_date="1990-01-01")},
            ),
            ("age_at_act", 13, {"party": Party(kind="individual", age=13)}),
            ("party_is_minor", True, {"party": Party(kind="individual", age=17)}),
            ("party_is_minor", False, {"party": Party(kind="individual", age=18)}),
            ("violation_months", 6, {"committed": Act(ended="2022-03-01", began="2021-09-01")}),
            (
                "days_to_correct",
                7,
                {"facts": {"ordered_on": date(2022, 3, 5), "corrected_on": date(2022, 3, 12)}},
            ),
            (
                "first_violation",
                True,
                {
                    "facts": {"ordered_on": date(2022, 3, 5), "first_violation": True},
                    "priors": None,
                },
            ),
            ("limitation_run_out", False, {"discovered": "2022-03-01"}),
            (
                "limitation_run_out",
                True,
                {"discovered": "2024-03-02", "filed": "2024-03-02", "decided": "2024-03-02"},
            ),
        ],
    )
    def test_sources(self, name: str, value: Value, expected: dict[str, Any]) -> None:
        """The party, the dates or the records say it, and nothing contradicts it."""
        change = {name: comparable(NATIONAL_FACTS[name], value)}
        first = next(altered(ACT, change, NATIONAL_FACTS))
        assert first == attrs.evolve(ACT, **expected)
        assert default_engine().evaluate(first).problems == ()

    def test_stated_where_nothing_says_it(self) -> None:
        """Where the case has no source for a fact, the fact is stated."""
        bare = attrs.evolve(ACT, committed=None, discovered=None, facts={})
        for name, value in {"violation_months": 3, "days_to_correct": 2}.items():
            (stated,) = altered(bare, {name: value}, NATIONAL_FACTS)
            assert stated.facts == {name: value}
        assert len(list(altered(bare, {"limitation_run_out": True}, NATIONAL_FACTS))) == 1

    def test_an_organisation_has_no_age(self) -> None:
        """The age of a firm makes it a natural person."""
        firm = attrs.evolve(ACT, party=Party(kind="enterprise"))
        first = next(altered(firm, {"age_at_act": 15}, NATIONAL_FACTS))
        assert first.party == Party(kind="individual", age=15)


@pytest.mark.parametrize(
    ("name", "test", "expected"),
    [
        ("exits", check("exits", Op.CONTAINS, ("north", "south")), frozenset({"north", "south"})),
        ("exits", check("exits", Op.CONTAINS, ("north", "south")), frozenset({"south"})),
        ("licence_class", check("licence_class", Op.NOT_IN, ("A",)), "A"),
        ("licence_class", check("licence_class", Op.NOT_IN, ("A",)), "…"),
        ("goods_kind", check("goods_kind", Op.IS, "leaf"), "other"),
        ("harm", check("harm", Op.IS, "slight"), 2),
        ("staff", check("staff", Op.AT_LEAST, 3), 2),
        ("staff", check(("staff", "prior_times"), Op.AT_LEAST, 3), 0),
        (
            "passage_width",
            check("blocked_width", Op.AT_MOST, Share("passage_width", Fraction(1, 5))),
            Decimal(5),
        ),
        (
            "blocked_width",
            check("blocked_width", Op.AT_MOST, Share("passage_width", Fraction(1, 5))),
            Decimal("1.01"),
        ),
        ("goods_value", check("goods_value", Op.AT_MOST, Share("test.gains", Fraction(2))), 201),
    ],
)
def test_values_worth_trying(name: str, test: FactTest, expected: object) -> None:
    """Among the values tried for a fact are those on both sides of every test."""
    assert expected in trial_values(name, [test], VOCABULARY)
