"""What is worked out on reading: told without working everything out anew, and told the same."""

from fractions import Fraction
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from bizrules.assessment import Assessment
from bizrules.cases import Case
from bizrules.conditions import AllOf, Condition, Not
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.evaluation import Answer
from bizrules.facts import Cure, Kind, Vocabulary
from bizrules.matching import comparable
from bizrules.near_misses import MOST_MISSES, cheapest_repair
from bizrules.outcomes import Outcome, Trace
from bizrules.penalties import Grade
from bizrules.questions import question_about
from bizrules.selection import Candidate
from bizrules.signatures import SIGNATURES, compiled_tests, failing_parts, failures_of
from bizrules.tracing import open_facts, residual, trace
from bizrules.truth import Truth
from property import plain_routes
from property.worlds import (
    CASES,
    CHANGING_WORLDS,
    FACTS,
    VALUES,
    WORLDS,
    World,
    case,
    engine,
    is_true,
    rule,
)
from strategies import VOCABULARY, assignments, conditions, text

TIMES = 3
"""A case comes so often: at first nothing is kept, then code is written, then all is found."""

VIEWS = 3
"""So many cases are tried with one condition, as what was told of one case is kept."""


def outcome_of(built: Engine, one: Case) -> Outcome | None:
    """The outcome; None for a case that is refused."""
    try:
        return built.evaluate(one)
    except CaseError:
        return None


def answer_of(outcome: Outcome) -> Answer:
    """What the outcome is worked out by."""
    assert isinstance(outcome.source, Answer)
    return outcome.source


def rendered(told: Trace) -> Trace:
    """The trace with every text said."""
    said = attrs.evolve(told, children=tuple(map(rendered, told.children)))
    for one in (said.text, said.found, said.definition):
        assert one is None or (one.zh and one.en)
    return said


class TestConditions:
    """One condition over several views, all read through what is kept of it."""

    @given(st.data(), conditions(most=6))
    def test_signatures(self, data: st.DataObject, condition: Condition) -> None:
        """A signature says of every test, each counted once, how it turns out."""
        names = data.draw(st.sampled_from(({}, {name: f"{name}@r" for name in VOCABULARY.facts})))
        signature = SIGNATURES(condition, VOCABULARY, names)
        tests = list(dict.fromkeys(compiled_tests(condition)))
        for _ in range(VIEWS):
            facts = data.draw(assignments(VOCABULARY, condition))
            view = {
                names.get(name, name): comparable(VOCABULARY[name], value)
                for name, value in facts.items()
            }
            bits = {Truth.TRUE: 1, Truth.FALSE: 0, Truth.UNKNOWN: 2}
            truths = [plain_routes.truth_of(test, VOCABULARY, view, names) for test in tests]
            expected = sum(bits[truth] << 2 * number for number, truth in enumerate(truths))
            assert signature(view) == expected

    @given(st.data(), st.lists(conditions(most=6), min_size=1, max_size=3))
    def test_failures(self, data: st.DataObject, several: list[Condition]) -> None:
        """Of several conditions it is told which tests fail; none does where nothing fails."""
        other = {name: f"{name}@r" for name in VOCABULARY.facts}
        law = [(one, data.draw(st.sampled_from(({}, other)))) for one in several]
        failures = failures_of(law, VOCABULARY)
        for _ in range(VIEWS):
            known = data.draw(assignments(VOCABULARY, AllOf(tuple(several))))
            facts = {name: comparable(VOCABULARY[name], value) for name, value in known.items()}
            # Under its other name a fact may well be unknown.
            view = facts | {f"{name}@r": facts[name] for name in sorted(facts)[::2]}
            found = failures(view)
            for (one, names), number in zip(law, found, strict=True):
                parts = failing_parts(one)
                truths = [plain_routes.truth_of(test, VOCABULARY, view, names) for test, _ in parts]
                fails = [Truth.FALSE if is_plain else Truth.TRUE for _, is_plain in parts]
                expected = sum(
                    1 << place
                    for place, pair in enumerate(zip(truths, fails, strict=True))
                    if pair[0] is pair[1]
                )
                assert number == expected
                whole = plain_routes.truth_of(one, VOCABULARY, view, names)
                assert number or whole is not Truth.FALSE or not parts

    @given(st.data(), conditions(most=6))
    def test_open_facts(self, data: st.DataObject, condition: Condition) -> None:
        """The facts that are waited for are those of the parts that cannot be told."""
        for _ in range(VIEWS):
            facts = data.draw(assignments(VOCABULARY, condition))
            view = {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}
            expected = plain_routes.open_facts(condition, VOCABULARY, view, {})
            assert open_facts(condition, VOCABULARY, view, {}) == expected

    @given(st.data(), conditions(most=6))
    def test_residual(self, data: st.DataObject, condition: Condition) -> None:
        """What is left of a condition has its truth, now and once all is known."""
        for _ in range(VIEWS):
            facts = data.draw(assignments(VOCABULARY, condition))
            learnt = {**data.draw(assignments(VOCABULARY, condition, unknown=False)), **facts}
            now, then = (
                {name: comparable(VOCABULARY[name], value) for name, value in known.items()}
                for known in (facts, learnt)
            )
            left = residual(condition, VOCABULARY, now, {})
            for view in (now, then):
                expected = plain_routes.truth_of(condition, VOCABULARY, view, {})
                assert plain_routes.truth_of(left, VOCABULARY, view, {}) is expected

    @given(st.data(), conditions(most=6))
    def test_repairs(self, data: st.DataObject, condition: Condition) -> None:
        """What is lacked is the same, unless it is more than is ever named."""
        for _ in range(VIEWS):
            facts = data.draw(assignments(VOCABULARY, condition))
            view = {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}
            expected = plain_routes.cheapest_repair(condition, VOCABULARY, view, {})
            if expected is not None and len(expected) > MOST_MISSES:
                expected = None
            assert cheapest_repair(condition, VOCABULARY, view, {}) == expected

    @given(st.data(), conditions(most=6))
    def test_traces(self, data: st.DataObject, condition: Condition) -> None:
        """A trace has the truth, the words and the findings of every part."""
        built = engine(rule("r/1", when=condition), vocabulary=VOCABULARY)
        for _ in range(VIEWS):
            facts = data.draw(assignments(VOCABULARY, condition))
            outcome = outcome_of(built, case(facts=dict(facts)))
            if outcome is None:
                continue
            law = answer_of(outcome).main
            (candidate,) = law.stretch.penalty
            tracer = plain_routes.PlainTracer(law, built.assessor, candidate)
            assert rendered(outcome.findings[0].trace) == tracer.trace()

    def test_one_condition_under_two_vocabularies(self) -> None:
        """Engines that share a condition each tell it in their own words."""
        shared = AllOf((is_true("sold"), Not(is_true("minor"))))
        renamed = attrs.evolve(FACTS["sold"], label=text("passed on"))
        other = Vocabulary({**FACTS.facts, "sold": renamed}, FACTS.groups)
        told = [
            trace(shared, words, {"sold": True}, names={}).children[0].text.en
            for words in (FACTS, other, FACTS, other)
        ]
        assert told == ["[sold]", "[passed on]"] * 2


def curable(vocabulary: Vocabulary) -> Vocabulary:
    """The facts, each of which the party can bring about, as far as one value reaches."""
    to = {"goods_value": "499", "staff": "3", "harm": "slight", "exits": "north"}
    facts = {
        name: attrs.evolve(fact, cure=Cure(to=to.get(name, "true"), how=text(f"cure {name}")))
        for name, fact in vocabulary.facts.items()
        if fact.kind is Kind.BOOLEAN or name in to
    }
    return attrs.evolve(vocabulary, facts={**vocabulary.facts, **facts})


CURABLE = curable(FACTS)


def check_near_misses(built: Engine, one: Case) -> None:
    """The near misses are those found anew, however often the case comes."""
    outcome = outcome_of(built, one)
    if outcome is not None:
        expected = plain_routes.near_misses(answer_of(outcome).main)
        for _ in range(TIMES):
            assert built.evaluate(one).near_misses == expected


def asked_for(question: tuple[str, tuple[str, ...], tuple[str, ...], Fraction]) -> dict[str, Any]:
    """What a question is asked for."""
    return {"changes": question[1], "rules": question[2]}


class TestOutcomes:
    """Whole outcomes, of worlds in which rules meet and laws change."""

    @given(WORLDS | CHANGING_WORLDS, st.lists(CASES, min_size=1, max_size=3))
    def test_traces(self, world: World, several: list[Case]) -> None:
        """Every finding is traced as if its rule were the only one and the case the first."""
        assessor = world.engine.assessor
        for outcome in (outcome_of(world.engine, one) for one in several):
            if outcome is None:
                continue
            answer = answer_of(outcome)
            laws = {c.rule.id: (answer.applied.current, c) for c in _measured(answer)}
            laws |= {c.rule.id: (answer.main, c) for c in answer.main.stretch.penalty}
            for finding in outcome.findings:
                law, candidate = laws[finding.rule]
                expected = plain_routes.PlainTracer(law, assessor, candidate).trace()
                assert rendered(finding.trace) == expected

    @given(WORLDS | CHANGING_WORLDS, st.lists(CASES, min_size=1, max_size=3))
    def test_near_misses(self, world: World, several: list[Case]) -> None:
        """The near misses are those found when every rule is looked at anew."""
        for one in several:
            check_near_misses(world.engine, one)

    @given(st.lists(conditions(FACTS, most=4), min_size=1, max_size=10), st.data())
    def test_near_misses_that_can_be_cured(
        self, several: list[Condition], data: st.DataObject
    ) -> None:
        """Among many rules, some of them curable, the same ones are named in the same order."""
        grades = (Grade.EXEMPT, Grade.MITIGATED, Grade.LIGHTER)
        rules = [
            rule(f"r/{number:02}", data.draw(st.sampled_from(grades)), condition)
            for number, condition in enumerate(several)
        ]
        built = engine(*rules, vocabulary=CURABLE)
        facts = {
            name: data.draw(st.sampled_from(values))
            for name, values in VALUES.items()
            if name not in ("first_violation", "age_at_act")
        }
        check_near_misses(built, case(facts=facts))
        less = {name: value for name, value in facts.items() if data.draw(st.booleans())}
        check_near_misses(built, case(facts=less, decided=None))

    @given(WORLDS | CHANGING_WORLDS, st.lists(CASES, min_size=1, max_size=3))
    def test_questions(self, world: World, several: list[Case]) -> None:
        """The same is asked in the same order, for the same rules, with the same share."""
        assessor = world.engine.assessor
        for one in several:
            outcome = outcome_of(world.engine, one)
            if outcome is None:
                continue
            expected = plain_routes.asked(assessor, answer_of(outcome))
            anew = [
                question_about(q[0], assessor, answer_of(outcome), **asked_for(q)) for q in expected
            ]
            for _ in range(TIMES):
                found = world.engine.evaluate(one).questions
                asked = [(q.fact, q.changes, q.rules, q.settles) for q in found]
                assert asked == expected
                assert list(found) == anew


def _measured(answer: Answer) -> tuple[Candidate, ...]:
    current: Assessment = answer.applied.current
    return current.stretch.compulsion
