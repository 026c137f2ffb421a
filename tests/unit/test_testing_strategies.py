"""Strategies made of a vocabulary and rules: what they draw fits, and lies where rules turn."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import Final

import attrs
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from bizrules import conditions as terms
from bizrules.cases import Case
from bizrules.conditions import Condition, Op, Share
from bizrules.engine import Engine, default_engine
from bizrules.facts import Kind, Value, Vocabulary, parse_value, plain_value
from bizrules.loading import check_case
from bizrules.matching import comparable, compile_condition
from bizrules.provenance import Location
from bizrules.rules import Ruleset
from bizrules.testing import strategies as drawn
from bizrules.testing._aiming import DAY, aim, near_values
from bizrules.testing._drafting import drafted
from bizrules.testing._scene import scene_of
from bizrules.truth import Truth
from bizrules.values import DateSpan, Money
from strategies import VOCABULARY, conditions

PANLONG: Final = "bizrules-panlong"
LIAONING: Final = "bizrules-liaoning"
ADULT: Final = 18
ZHEJIANG: Final = "bizrules-zhejiang"
TWO_AMOUNTS: Final = ("goods_value", "test.gains")
ENOUGH: Final = settings(
    max_examples=2000,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
)
SOME_CONDITIONS: Final = conditions(most=4)


@st.composite
def aimed(draw: st.DrawFn) -> tuple[Condition, bool, bool | None]:
    """A condition, how it was wanted, and its truth over the facts drawn for it."""
    condition = draw(SOME_CONDITIONS)
    wanted = draw(st.booleans())
    found: dict[str, Value] = {}
    aim(draw, condition, VOCABULARY, found, wanted=wanted)
    view = {name: comparable(VOCABULARY[name], value) for name, value in found.items()}
    return condition, wanted, compile_condition(condition, VOCABULARY)(view)


class TestFacts:
    """Facts fit their vocabulary, known or not."""

    @given(st.data())
    def test_every_value_fits_its_fact(self, data: st.DataObject) -> None:
        """What is drawn for a fact is a value of it, for every kind."""
        fact = data.draw(st.sampled_from(list(VOCABULARY.facts.values())))
        value = data.draw(drawn.values(fact))
        assert parse_value(fact, value, Location("test")) == value
        if fact.kind is not Kind.NUMBER:
            plain = plain_value(value)
            assert plain is not None

    @given(drawn.facts(VOCABULARY, unknown=False))
    def test_all_may_be_known(self, found: dict[str, Value]) -> None:
        """Without unknown facts every fact has a value."""
        assert found.keys() == VOCABULARY.facts.keys()

    def test_facts_shrink_to_none(self) -> None:
        """The smallest facts are none; of those that must be there the value is the plainest."""
        assert find(drawn.facts(VOCABULARY), lambda _: True, settings=ENOUGH) == {}
        one = find(drawn.facts(VOCABULARY), lambda found: "goods_value" in found, settings=ENOUGH)
        assert one == {"goods_value": Money(0)}

    def test_thresholds_of_an_engine(self) -> None:
        """With an engine values lie at the thresholds of its rules."""
        engine = default_engine()
        near = scene_of(engine, "530103", "food.past-shelf-life").near["age_at_act"]
        assert {13, 14} <= set(near)
        found = drawn.facts(engine, names=["age_at_act"], unknown=False)
        for value in (13, 14):
            assert find(found, lambda one, value=value: one["age_at_act"] == value)  # type: ignore[misc]  # a default


class TestAiming:
    """Facts are drawn so that a condition holds or fails."""

    @settings(max_examples=50)
    @given(aimed())
    def test_a_lone_test_is_met(self, found: tuple[Condition, bool, bool | None]) -> None:
        """A test turns out as wanted, or no value near it does so and nothing is drawn."""
        condition, wanted, truth = found
        if isinstance(condition, terms.Test):
            assert truth in (wanted, None)

    def test_most_conditions_are_met(self) -> None:
        """Of all conditions by far the most turn out as wanted."""
        counts: Counter[bool] = Counter()

        @settings(ENOUGH, max_examples=300, phases=(Phase.generate,), derandomize=True)
        @given(aimed())
        def count(found: tuple[Condition, bool, bool | None]) -> None:
            counts[found[1] is found[2]] += 1

        count()
        assert counts[True] > 3 * counts[False]

    @pytest.mark.parametrize(
        ("test", "fact", "expected"),
        [
            (terms.Test(("staff",), Op.AT_MOST, 3), "staff", {3, 4}),
            (terms.Test(("staff",), Op.BELOW, 3), "staff", {2, 3}),
            (terms.Test(("goods_value",), Op.ABOVE, Money(500)), "goods_value", {Money(500)}),
            (terms.Test(("harm",), Op.AT_LEAST, "slight"), "harm", {"none", "slight"}),
            (terms.Test(("ordered_on",), Op.BEFORE, DAY), "ordered_on", {DAY}),
            (terms.Test(("recalled",), Op.IS, True), "recalled", {True, False}),
            (terms.Test(("goods_kind",), Op.IS, "leaf"), "goods_kind", {"cigarettes", "leaf"}),
            (terms.Test(("licence_class",), Op.IS, "A"), "licence_class", {"A", "甲"}),
            (
                terms.Test(("exits",), Op.CONTAINS, ("north", "south")),
                "exits",
                {frozenset({"north", "south"}), frozenset({"north"}), frozenset()},
            ),
            (terms.Test(TWO_AMOUNTS, Op.AT_MOST, Money(9)), "test.gains", {Money(0)}),
            (terms.Test(TWO_AMOUNTS[:1], Op.IS, Share("test.gains")), TWO_AMOUNTS[0], {Money(1)}),
        ],
    )  # fmt: skip
    def test_values_near_a_test(self, test: terms.Test, fact: str, expected: set[object]) -> None:
        """The values at and beside the border of a test are among those drawn."""
        assert expected <= set(near_values(test, VOCABULARY)[fact])


class TestCases:
    """Cases can be evaluated, and lie where the rules of a package turn."""

    @settings(max_examples=50)
    @given(st.data())
    def test_every_case_can_be_evaluated(self, data: st.DataObject) -> None:
        """Names are known, values fit, dates are in order."""
        engine = default_engine()
        case = data.draw(drawn.cases(engine))
        assert check_case(case, engine.knowledge) == ()
        assert engine.evaluate(case).case is case

    @pytest.mark.parametrize("violation", ["ozone.monitoring-missing", "plateau.alien-species"])
    def test_the_act_is_a_violation(self, violation: str) -> None:
        """Of a violation that began on some day no case is drawn that was decided before."""
        engine = default_engine()
        start = engine.violations[violation].in_force.start
        found = drawn.answered(engine, drawn.cases(engine, violations=[violation]))

        @settings(max_examples=30)
        @given(found)
        def evaluates(case: Case) -> None:
            engine.evaluate(case)
            decided = case.decided.latest if case.decided else None
            assert start is None or decided is None or decided >= start

        evaluates()

    def test_cases_lie_in_and_about_a_package(self) -> None:
        """The places are those of the package, one inside, one beside and the one above."""
        scope = drawn.scope_of(default_engine(), PANLONG)
        assert {"530103", "530100"} < set(scope.regions)
        assert Counter(scope.regions).most_common(1)[0][0] == "530103"
        assert all(code in default_engine().regions for code in scope.regions)

    def test_places_and_violations_may_be_given(self) -> None:
        """Cases stay in the places and under the violations that are given."""
        found = drawn.cases(
            default_engine(), regions=["310101"], violations=["food.past-shelf-life"]
        )
        case = find(found, lambda case: bool(case.facts), settings=ENOUGH)
        assert (case.region, case.violation) == ("310101", "food.past-shelf-life")
        with pytest.raises(NoSuchExample):
            find(
                found,
                lambda case: case.region != "310101",
                settings=settings(ENOUGH, max_examples=50),
            )

    def test_the_smallest_case_says_nothing(self) -> None:
        """A case of which nothing is asked shrinks to one on an ordinary day, without facts."""
        case = find(drawn.cases(default_engine(), package=PANLONG), lambda _: True, settings=ENOUGH)
        assert case.facts == {}
        assert (case.priors, case.measures, case.examined) == (None, (), frozenset())
        assert case.decided == DateSpan.on(DAY)

    @pytest.mark.parametrize(
        "wanted", ["held", "failed", "unknown", "settled", "contested", "borders", "priors"]
    )
    def test_rules_meet_cases_of_every_kind(self, wanted: str) -> None:
        """Entries of a package hold, fail and wait; outcomes are settled and contested."""
        engine = default_engine()
        own = {one.id for one in engine.rulesets if one.plugin == ZHEJIANG}
        found = drawn.cases(engine, package=ZHEJIANG)
        case = find(
            found,
            lambda case: _is(wanted, case, engine, own),
            settings=settings(ENOUGH, phases=(Phase.generate,)),
        )
        assert _is(wanted, case, engine, own)

    def test_most_rules_of_a_package_are_reached(self) -> None:
        """Of the rules of a package more than half come up in a few hundred cases."""
        engine = default_engine()
        own = {rule.id for one in engine.rulesets if one.plugin == LIAONING for rule in one.rules}
        reached, held = set[str](), set[str]()

        @settings(ENOUGH, max_examples=100, phases=(Phase.generate,), derandomize=True)
        @given(drawn.cases(engine, package=LIAONING))
        def reach(case: Case) -> None:
            outcome = engine.evaluate(case)
            reached.update(one.rule for one in outcome.findings)
            held.update(one.rule for one in outcome.held)

        reach()
        assert len(reached & own) > len(own) / 2
        assert len(held & own) > len(own) / 2

    def test_few_cases_end_in_a_limitation(self) -> None:
        """In most cases act and decision lie within a year, and a party of known age is grown."""
        counts: Counter[str] = Counter()

        @settings(ENOUGH, max_examples=200, phases=(Phase.generate,), derandomize=True)
        @given(drawn.cases(default_engine(), package=ZHEJIANG))
        def count(case: Case) -> None:
            act = case.committed.ended.earliest if case.committed else None
            decided = case.decided.latest if case.decided else None
            if act and decided:
                counts["far" if decided - act > timedelta(days=365) else "near"] += 1
            if case.party.age is not None:
                counts["grown" if case.party.age >= ADULT else "young"] += 1

        count()
        assert counts["near"] > 3 * counts["far"] > 0
        assert counts["grown"] > counts["young"]

    def test_a_failure_in_a_rule_shrinks_to_it(self) -> None:
        """What a rule needs is left of a case in which it must hold, and little else."""
        engine = default_engine()
        own = {rule.id for one in engine.rulesets if one.plugin == LIAONING for rule in one.rules}

        def holds(case: Case) -> bool:
            return any(one.rule in own for one in engine.evaluate(case).held)

        case = find(drawn.cases(engine, package=LIAONING), holds, settings=ENOUGH)
        assert (case.priors, case.measures, case.examined) == (None, (), frozenset())
        for name in case.facts:
            fewer = {fact: value for fact, value in case.facts.items() if fact != name}
            assert not holds(attrs.evolve(case, facts=fewer))

    def test_answers_lead_to_an_end(self) -> None:
        """With every question answered nothing is left to ask."""
        engine = default_engine()
        found = drawn.answered(engine, drawn.cases(engine, package=PANLONG))
        case = find(
            found,
            lambda case: len(case.facts) > 3,
            settings=settings(ENOUGH, phases=(Phase.generate,)),
        )
        assert engine.evaluate(case).questions == ()


def _is(wanted: str, case: Case, engine: Engine, own: set[str]) -> bool:
    outcome = engine.evaluate(case)
    if wanted in ("settled", "contested"):
        return bool(getattr(outcome, wanted))
    if wanted == "borders":
        return case.decided is not None and case.decided.earliest not in (
            None, DAY, DAY + timedelta(days=1)
        )  # fmt: skip
    if wanted == "priors":
        return case.priors is not None and bool(case.priors.found)
    findings = getattr(outcome, wanted)
    return any(one.rule.partition("/")[0] in own for one in findings)


class TestScene:
    """What bears on the cases of a violation at a place."""

    def test_the_borders_of_validity(self) -> None:
        """The days about every first and last day are among those of the scene."""
        engine = default_engine()
        scene = scene_of(engine, "530103", "food.past-shelf-life")
        starts = [one.in_force.start for one in scene.stretch.rulesets if one.in_force.start]
        assert starts
        for day in starts:
            assert {day - timedelta(days=1), day, day + timedelta(days=1)} <= set(scene.days)

    def test_what_is_read(self) -> None:
        """Conditions, bases of fines, and what computed facts are computed from are read."""
        scene = scene_of(default_engine(), "530103", "food.past-shelf-life")
        assert {"harm", "corrected", "goods_value", "crime_suspected"} <= scene.reads
        assert "party_is_minor" in scene.reads
        assert "age_at_act" in scene.reads

    def test_a_scene_is_worked_out_once(self) -> None:
        """The same engine, place and violation have one scene."""
        first = scene_of(default_engine(), "530103", "food.past-shelf-life")
        assert scene_of(default_engine(), "530103", "food.past-shelf-life") is first


class TestRulesets:
    """Rulesets are written as documents and load."""

    @settings(max_examples=50)
    @given(drawn.rulesets(VOCABULARY))
    def test_they_load_over_any_vocabulary(self, found: Ruleset) -> None:
        """Every ruleset that is drawn loads without a problem."""
        assert found.id == "drawn"
        for rule in found.rules:
            assert terms.facts_read(rule.condition) <= VOCABULARY.facts.keys()

    @settings(max_examples=20)
    @given(st.data())
    def test_they_join_an_engine(self, data: st.DataObject) -> None:
        """With an engine they name its violations, and decide its cases at their place."""
        engine = default_engine()
        found = data.draw(drawn.rulesets(engine, region="530112"))
        assert found.region == "530112"
        rulesets = tuple(sorted((*engine.rulesets, found), key=lambda one: one.id))
        joined = attrs.evolve(engine, knowledge=attrs.evolve(engine.knowledge, rulesets=rulesets))
        case = data.draw(drawn.cases(joined, regions=["530112"]))
        own = [one for one in joined.evaluate(case).findings if one.rule.startswith("drawn/")]
        assert all(one.truth in Truth for one in own)

    def test_an_empty_vocabulary(self) -> None:
        """Without facts rules have no condition."""
        found = drawn.rulesets(Vocabulary({}), violations=())
        one = find(found, lambda ruleset: bool(ruleset.rules), settings=ENOUGH)
        assert one.rules[0].condition == terms.ALWAYS

    def test_every_shape_of_condition_is_drawn(self) -> None:
        """Sums, shares, conditions per kind and both axes all occur."""
        found = drawn.rulesets(VOCABULARY)
        for has in (_has_sum, _has_share, _has_kinds, _has_measures):
            assert has(find(found, has, settings=settings(ENOUGH, phases=(Phase.generate,))))

    def test_documents_are_plain_data(self) -> None:
        """The document is what loads as the ruleset."""
        document = find(
            drawn.ruleset_documents(VOCABULARY), lambda one: bool(one["rules"]), settings=ENOUGH
        )
        assert drafted(document, VOCABULARY).rules[0].id == "drawn/1"


def _nodes(found: Ruleset) -> list[Condition]:
    return [node for rule in found.rules for node in terms.walk(rule.condition)]


def _has_sum(found: Ruleset) -> bool:
    return any(isinstance(one, terms.Test) and len(one.facts) > 1 for one in _nodes(found))


def _has_share(found: Ruleset) -> bool:
    shares = [
        one.operand
        for one in _nodes(found)
        if isinstance(one, terms.Test) and isinstance(one.operand, Share)
    ]
    return any(share.times > Fraction(0) for share in shares)


def _has_kinds(found: Ruleset) -> bool:
    return any(isinstance(one, terms.PerKind) for one in _nodes(found))


def _has_measures(found: Ruleset) -> bool:
    return any(rule.measures for rule in found.rules)
