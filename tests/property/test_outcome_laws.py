"""Laws that every outcome obeys, whatever the rules and the case."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bizrules._tree import Document
from bizrules.case_dates import in_order
from bizrules.cases import Case
from bizrules.conditions import Condition, Op, facts_read
from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.facts import parse_value
from bizrules.grammar import print_condition
from bizrules.loading import Knowledge, load_documents
from bizrules.outcomes import FineRange, FineState, Outcome, Question
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Location
from bizrules.rules import Rule, Ruleset
from bizrules.values import Money
from property.worlds import (
    CASES,
    CITY,
    CONDITIONS,
    DAYS,
    DISTRICT,
    FACTS,
    NATIONAL,
    ONE,
    RULES,
    SIBLING,
    VALUES,
    WORLDS,
    World,
    case,
    check,
    is_true,
    measure_rule,
    numbered,
    rule,
    ruleset,
    violation,
)
from strategies import REGIONS, VOCABULARY, assignments, conditions, values
from strategies import cases as any_cases

ELSEWHERE: Final = "440100"
"""A city that no case of these worlds lies in."""


def said(outcome: Outcome) -> tuple[object, ...]:
    """What the outcome says, apart from the fine."""
    verdicts = tuple((measure.measure, measure.verdict) for measure in outcome.compulsion)
    result = (outcome.grade, outcome.permitted, outcome.modality, outcome.contested)
    return (*result, outcome.settled, verdicts)


def everything(outcome: Outcome) -> tuple[object, ...]:
    """All that can be read of an outcome, but for the receipt."""
    return (
        said(outcome),
        outcome.crime_suspected,
        outcome.problems,
        outcome.findings,
        tuple(finding.trace for finding in outcome.findings),
        outcome.reason,
        outcome.possible,
        outcome.fine,
        outcome.other_kinds,
        outcome.duties,
        outcome.questions,
        outcome.near_misses,
        outcome.law_applied,
        outcome.citations,
        outcome.labels,
    )


def with_rule(world: World, added: Ruleset) -> World:
    """The world with one more ruleset."""
    return world.with_rulesets([*world.knowledge.rulesets, added])


@st.composite
def lessons(draw: st.DrawFn) -> tuple[World, Case, Case]:
    """A world, a case, and the same case with one more fact known."""
    world, before = draw(WORLDS), draw(CASES)
    examined = {f.name for f in FACTS.facts.values() if f.group in before.examined}
    derived: set[str] = set()
    if before.priors is not None:
        derived.add("first_violation")
    if before.party.age is not None:
        derived.add("age_at_act")
    unknown = sorted(set(VALUES) - set(before.facts) - examined - derived)
    assume(unknown)
    name = draw(st.sampled_from(unknown))
    value = draw(st.sampled_from(VALUES[name]))
    return world, before, attrs.evolve(before, facts={**before.facts, name: value})


class TestLearning:
    """Learning a fact adds to what is known and takes nothing back."""

    @given(lessons())
    def test_a_settled_outcome_stays(self, lesson: tuple[World, Case, Case]) -> None:
        """Nothing that is learnt changes a settled outcome."""
        world, before, after = lesson
        outcome = world.engine.evaluate(before)
        assume(outcome.settled)
        assert said(world.engine.evaluate(after)) == said(outcome)

    @given(lessons())
    def test_a_possible_grade_was_possible_before(self, lesson: tuple[World, Case, Case]) -> None:
        """Grades are ruled out, never brought back in."""
        world, before, after = lesson
        earlier, later = (set(world.engine.evaluate(one).possible) for one in (before, after))
        assert later <= earlier

    @given(WORLDS, CASES)
    def test_the_grade_is_possible(self, world: World, one: Case) -> None:
        """A grade that is proposed is the only one possible."""
        outcome = world.engine.evaluate(one)
        assume(outcome.grade is not None)
        assert outcome.possible == (outcome.grade,)


class TestOrder:
    """The order in which rules and rulesets are given has no meaning."""

    @given(WORLDS, CASES)
    def test_order_is_irrelevant(self, world: World, one: Case) -> None:
        """Rules and rulesets in reverse lead to the same outcome in every part."""
        turned = [
            attrs.evolve(ruleset, rules=ruleset.rules[::-1])
            for ruleset in reversed(world.knowledge.rulesets)
        ]
        other = world.with_rulesets(turned).engine.evaluate(one)
        outcome = world.engine.evaluate(one)
        assert everything(other) == everything(outcome)
        assert other.receipt == outcome.receipt


class TestIrrelevance:
    """What does not bear on a case changes nothing."""

    @given(WORLDS, CASES)
    def test_a_fact_that_nothing_reads(self, world: World, one: Case) -> None:
        """A fact that no candidate, provision or duty reads changes nothing but the receipt."""
        read = read_facts(world.knowledge)
        unread = [name for name in VALUES if name not in read and name != "crime_suspected"]
        assume(unread)
        less = {name: value for name, value in one.facts.items() if name not in unread}
        more = {**less, **{name: VALUES[name][0] for name in unread}}
        without, with_it = (attrs.evolve(one, facts=facts) for facts in (less, more))
        found = world.engine.evaluate(with_it)
        assert everything(found) == everything(world.engine.evaluate(without))

    @given(WORLDS, CASES, st.lists(RULES, max_size=3), st.booleans())
    def test_rules_of_another_region(
        self, world: World, one: Case, rules: list[Rule], near: bool
    ) -> None:
        """Rules of a place that is neither the case's nor above it change nothing."""
        other = {DISTRICT: SIBLING, CITY: DISTRICT, SIBLING: DISTRICT}[one.region]
        region = other if near else ELSEWHERE
        added = ruleset("r.other", numbered(rules), region=region)
        found = with_rule(world, added).engine.evaluate(one)
        assert everything(found) == everything(world.engine.evaluate(one))


def read_facts(known: Knowledge) -> frozenset[str]:
    """Facts that any rule, duty or provision reads; elements are read by none of them."""
    read: set[str] = set()
    for one in known.rulesets:
        for part in one.rules:
            read |= facts_read(part.condition)
        for duty in one.duties:
            read |= facts_read(duty.when)
    for entry in known.violations.values():
        for provision in entry.provisions:
            for tier in provision.tiers:
                base = tier.fine.base if tier.fine else None
                read |= facts_read(tier.when) | ({base} if base else set())
            for kind in provision.kinds:
                read |= facts_read(kind.when)
            read |= facts_read(provision.only_after)
    return frozenset(read)


class TestLeniency:
    """Lenient rules help, and a law that binds to exempt prevails."""

    @given(
        WORLDS,
        CASES,
        CONDITIONS,
        st.sampled_from(((Grade.EXEMPT,), (Grade.LIGHTER,), (Grade.LIGHTER, Grade.MITIGATED))),
    )
    def test_an_optional_lenient_rule_never_harms(
        self, world: World, one: Case, when: Condition, permits: tuple[Grade, ...]
    ) -> None:
        """With it neither end of what is permitted is heavier, nor is what can be proposed."""
        outcome = world.engine.evaluate(one)
        added = ruleset("r.added", [rule("r.added/1", permits, when)])
        found = with_rule(world, added).engine.evaluate(one)
        assume(outcome.law_applied.choice is found.law_applied.choice)
        assert min(found.permitted) <= min(outcome.permitted)
        assert max(found.permitted) <= max(outcome.permitted)
        if found.grade is not None and outcome.grade is not None:
            assert found.grade <= max(outcome.grade, *permits)

    @given(WORLDS, CASES)
    def test_a_binding_exemption_of_law_prevails(self, world: World, one: Case) -> None:
        """Where a law binds to exempt, nothing defeats it and nothing is left to ask."""
        binding = rule("r.law/1", Grade.EXEMPT, modality=Modality.SHALL)
        found = with_rule(world, ruleset("r.law", [binding])).engine.evaluate(one)
        assert (found.grade, found.modality) == (Grade.EXEMPT, Modality.SHALL) or not found.settled
        assert found.permitted == (Grade.EXEMPT,)
        assert not found.contested
        assert set(found.possible) == {Grade.EXEMPT}


class TestFines:
    """A fine never leaves what the provision opens, unless the grade is below its minimum."""

    @given(WORLDS, CASES)
    def test_fines_lie_in_the_statutory_range(self, world: World, one: Case) -> None:
        """The range of the grade lies in the statutory one; mitigated it may go below, only."""
        outcome = world.engine.evaluate(one)
        fine = outcome.fine
        ordered = [world.engine.rule(name).effect for name in outcome.reason.determining]
        if fine.state is FineState.WAIVED:
            assert outcome.grade is Grade.EXEMPT or any(effect.instead for effect in ordered)
        if fine.range is None or fine.statutory is None:
            return
        low, high = _ends(fine.range)
        if outcome.grade is not Grade.MITIGATED:
            assert low >= _ends(fine.statutory)[0]
            assert high <= _ends(fine.statutory)[1]
        elif not any(effect.fine for effect in ordered):
            assert high in _ends(fine.statutory)

    @given(WORLDS, CASES)
    def test_fines_are_whole_fen(self, world: World, one: Case) -> None:
        """Ends that are money are whole fen and in order."""
        fine = world.engine.evaluate(one).fine
        for found in (fine.range, fine.statutory, *fine.alternatives):
            if found is not None and found.base is None:
                low, high = _ends(found)
                assert low <= high
                assert all(end.denominator == 1 for end in (found.low, found.high) if end)

    @given(WORLDS, CASES)
    def test_an_open_outcome_shows_the_statutory_range(self, world: World, one: Case) -> None:
        """Without a grade nothing that a rule orders of the penalties counts yet."""
        outcome = world.engine.evaluate(one)
        if outcome.grade is None:
            assert outcome.fine.range == outcome.fine.statutory
            assert not any(kind.waived for kind in outcome.other_kinds)


def _ends(found: FineRange) -> tuple[Fraction, Fraction | float]:
    high = float("inf") if found.high is None else found.high
    return found.low or Fraction(0), high


class TestReasons:
    """No outcome without a reason."""

    @given(WORLDS, CASES)
    def test_every_outcome_has_a_citation(self, world: World, one: Case) -> None:
        """An outcome rests on articles, or it is ordinary, or it is open."""
        outcome = world.engine.evaluate(one)
        assert outcome.citations or not outcome.settled or outcome.grade is Grade.ORDINARY
        if outcome.settled:
            assert outcome.reason.determining or outcome.grade is Grade.ORDINARY
        assert {*outcome.reason.determining, *outcome.reason.opposing} <= {
            finding.rule for finding in outcome.held
        }

    @given(WORLDS, CASES)
    def test_near_misses_would_be_more_lenient(self, world: World, one: Case) -> None:
        """A near miss is a rule that failed and would permit what is not permitted now."""
        outcome = world.engine.evaluate(one)
        failed = {finding.rule for finding in outcome.failed}
        for near in outcome.near_misses:
            assert near.rule in failed
            assert min(near.permits) < min(outcome.permitted)
            assert 0 < len(near.misses) <= 2
            assert near.curable is all(miss.cure is not None for miss in near.misses)


def reply(one: Case, question: Question, data: st.DataObject) -> Case:
    """The case with any valid answer to a question."""
    if question.fact in ("committed", "decided"):
        acts = [attrs.evolve(one, committed=day) for day in DAYS]
        decisions = [attrs.evolve(one, decided=day) for day in DAYS]
        dated = acts if question.fact == "committed" else decisions
        return data.draw(st.sampled_from([case for case in dated if in_order(case)]))
    declared = FACTS[question.fact]
    answers = values(declared) | st.sampled_from(VALUES[question.fact])
    return attrs.evolve(one, facts={**one.facts, question.fact: data.draw(answers)})


class TestQuestions:
    """Questions lead to the end."""

    @given(WORLDS, CASES, st.data())
    def test_an_answer_is_asked_for_once(
        self, world: World, one: Case, data: st.DataObject
    ) -> None:
        """A question that was answered, either way, is not asked again."""
        questions = world.engine.evaluate(one).questions
        assume(questions)
        question = data.draw(st.sampled_from(questions))
        asked = {q.fact for q in world.engine.evaluate(reply(one, question, data)).questions}
        assert question.fact not in asked

    @given(WORLDS, CASES, st.data())
    def test_answers_lead_to_the_end(self, world: World, one: Case, data: st.DataObject) -> None:
        """Whoever answers whatever is asked comes to a settled outcome with a known fine."""
        outcome = world.engine.evaluate(one)
        for _ in range(len(VALUES) + 2):
            for question in outcome.questions:
                one = reply(one, question, data)
            outcome = world.engine.evaluate(one)
            if not outcome.questions:
                break
        assert outcome.questions == ()
        assert outcome.settled
        assert outcome.fine.open_facts == ()

    @given(WORLDS, CASES)
    def test_questions_are_for_what_is_open(self, world: World, one: Case) -> None:
        """A settled outcome asks only about the fine, an open one asks for something else too."""
        outcome = world.engine.evaluate(one)
        changes = {change for question in outcome.questions for change in question.changes}
        assert bool(changes - {"fine"}) is not outcome.settled
        for question in outcome.questions:
            assert question.fact not in one.facts
            assert 0 <= question.settles <= 1
            assert question.rules or "fine" in question.changes


def document(when: Iterable[Condition]) -> Document:
    """A ruleset document with one rule for each condition."""
    texts = {"zh": "规则", "en": "rule"}
    modalities = ("may", "shall")
    permits = (["lighter", "mitigated"], ["exempt"], ["heavier"])
    rules = [
        {
            "id": str(index),
            "title": texts,
            "ground": "special",
            "permits": permits[index % 3],
            "modality": modalities[index % 2],
            "when": print_condition(condition),
            "cite": [{"law": "行政处罚法", "article": "33"}],
        }
        for index, condition in enumerate(when)
    ]
    data = {
        "format": "1",
        "document": "ruleset",
        "id": "test",
        "version": "1",
        "title": texts,
        "region": "national",
        "instrument": {"name": "中华人民共和国行政处罚法", "level": "law", "kind": "statute"},
        "in_force": {"from": "2021-07-15"},
        "status": "confirmed",
        "define": {
            "timely": {
                "label": texts,
                "when": [{"corrected": {"at_least": "by_deadline"}}],
            },
            "small_and_recalled": {
                "label": texts,
                "when": [{"goods_value": {"below": "500"}}, "recalled"],
            },
        },
        "rules": rules,
    }
    return Document("test", data)


class TestCheckedRules:
    """What was checked when it was loaded never fails when it is evaluated."""

    @given(st.lists(conditions(most=5), min_size=1, max_size=3), st.data())
    def test_no_kind_error(self, when: list[Condition], data: st.DataObject) -> None:
        """Rules that the loader accepts are evaluated, and every part of the outcome is read."""
        names = ("test.one", "test.two")
        base = Knowledge(
            vocabulary=VOCABULARY, violations={name: violation(name) for name in names}
        )
        engine = Engine(knowledge=load_documents([document(when)], base=base))
        one = data.draw(any_cases(regions=REGIONS, violations=names, condition=when[0]))
        assert len(everything(engine.evaluate(one))) > 0

    @given(conditions(most=5), st.data())
    def test_typed_facts_are_accepted(self, when: Condition, data: st.DataObject) -> None:
        """Facts of the right type are read by a rule over any of them."""
        entry = violation(ONE)
        base = Knowledge(
            vocabulary=VOCABULARY,
            violations={ONE: entry},
            rulesets=(ruleset("r.national", [rule("r.national/1", when=when)]),),
        )
        facts = data.draw(assignments(VOCABULARY, when, unknown=False))
        outcome = Engine(knowledge=base).evaluate(case(facts=facts))
        assert outcome.settled


junk_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(min_value=10**30),
        st.floats(),
        st.text(max_size=8),
        st.binary(max_size=4),
        st.decimals(),
        st.fractions(),
        st.complex_numbers(),
        st.dates(),
        st.datetimes(),
        st.integers().map(Money),
        st.sampled_from((object(), len, int, Grade.EXEMPT, FACTS, "1e9", "007", "no")),
        st.sampled_from([value for some in VALUES.values() for value in some]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=2),
        st.frozensets(st.text(max_size=5), max_size=3),
    ),
    max_leaves=4,
)
WIDE: Final = World(
    Knowledge(
        vocabulary=FACTS,
        violations={ONE: violation(ONE)},
        rulesets=(
            ruleset(
                "r.national",
                [
                    rule("r.national/1", Grade.EXEMPT, is_true("recalled")),
                    rule("r.national/2", Grade.LIGHTER, check("harm", Op.AT_MOST, "slight")),
                    rule("r.national/3", Grade.HEAVIER, check("staff", Op.ABOVE, 3)),
                    rule(
                        "r.national/4",
                        Grade.MITIGATED,
                        check("blocked_width", Op.BELOW, Decimal("1.5")),
                    ),
                    rule("r.national/5", Grade.LIGHTER, check("goods_value", Op.BELOW, Money(1))),
                    rule(
                        "r.national/6",
                        Grade.LIGHTER,
                        check("ordered_on", Op.BEFORE, date(2022, 1, 1)),
                    ),
                    measure_rule("r.national/7", None, check("exits", Op.CONTAINS, ("north",))),
                ],
                region=NATIONAL,
            ),
        ),
    )
)
"""A world with a rule over facts of most kinds."""


class TestJunk:
    """A case may say anything; what does not fit is reported, all of it."""

    @given(st.dictionaries(st.sampled_from(sorted(FACTS.facts)), junk_values, max_size=5))
    def test_values_that_do_not_fit(self, facts: dict[str, object]) -> None:
        """Values that do not fit their facts are reported together; others are evaluated."""
        place = Location("case")
        bad = {
            f"$.facts.{name}"
            for name, value in facts.items()
            if isinstance(parse_value(FACTS[name], value, place), Problem)
        }
        one = case(facts=facts, measures=("seizure",))
        if not bad:
            assert len(everything(WIDE.engine.evaluate(one))) > 0
            return
        with pytest.raises(CaseError) as caught:
            WIDE.engine.evaluate(one)
        assert {problem.location.path for problem in caught.value.problems} == bad
        assert all(p.render("zh") and p.render("en") for p in caught.value.problems)

    @given(
        st.dictionaries(st.text(max_size=9), junk_values, min_size=1, max_size=3),
        st.text(max_size=8),
        st.text(max_size=8),
    )
    def test_names_that_nobody_knows(
        self, facts: dict[str, object], region: str, measure: str
    ) -> None:
        """Unknown names anywhere in the case are reported together with the facts."""
        assume(not facts.keys() & FACTS.facts.keys())
        one = case(
            facts=facts,
            region=f"?{region}",
            measures=(f"?{measure}",),
            violation="x",
            examined={"y"},
        )
        with pytest.raises(CaseError) as caught:
            WIDE.engine.evaluate(one)
        codes = [problem.code for problem in caught.value.problems]
        assert codes.count("unknown-fact") == len(facts)
        assert {"unknown-violation", "unknown-region", "unknown-measure", "unknown-group"} < {
            *codes
        }

    @given(st.datetimes())
    def test_a_moment_is_no_date(self, moment: datetime) -> None:
        """A moment cannot be compared with a date, so it is reported like any other value."""
        with pytest.raises(CaseError) as caught:
            WIDE.engine.evaluate(case(facts={"ordered_on": moment}))
        assert [problem.code for problem in caught.value.problems] == ["not-a-date"]
