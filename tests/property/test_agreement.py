"""The library agrees with the reference, which knows no index, no compiling and no shortcut."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import TypeAlias

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from bizrules.cases import Case
from bizrules.conditions import (
    AnyOf,
    AtLeast,
    Condition,
    Not,
    Op,
    PerKind,
    children,
    facts_read,
)
from bizrules.conditions import Test as FactTest
from bizrules.derivation import act_span, decision_span, discovery
from bizrules.errors import CaseError
from bizrules.facts import Kind, Value, Vocabulary
from bizrules.loading import Knowledge
from bizrules.matching import comparable, compile_condition
from bizrules.outcomes import LawChoice, Outcome, Verdict
from bizrules.penalties import Modality, Provision
from bizrules.rules import Axis, Measure, Rule, Ruleset
from bizrules.tracing import trace
from bizrules.truth import Truth
from bizrules.values import DateSpan, Interval
from property.worlds import (
    BORDERS,
    CHANGING_WORLDS,
    CONDITIONS,
    EXACT_CASES,
    FACTS,
    PLAIN_CASES,
    PLAIN_WORLDS,
    World,
    check,
)
from reference import all_of, any_of, at_least
from strategies import VOCABULARY, assignments, conditions, vocabularies

Facts: TypeAlias = Mapping[str, Value]
Told: TypeAlias = dict[str, tuple[Rule, Truth, Truth]]
"""Candidate rules by id: the rule, its truth, and whether it is in force."""


def truth_of(condition: Condition, facts: Facts, vocabulary: Vocabulary) -> Truth:
    """Truth of a condition as the library compiles it."""
    view = {name: comparable(vocabulary[name], value) for name, value in facts.items()}
    return Truth.of(compile_condition(condition, vocabulary)(view))


class TestConditions:
    """A compiled condition has the truth that Kleene's tables give."""

    @given(st.data(), conditions())
    def test_any_condition(self, data: st.DataObject, condition: Condition) -> None:
        """Conditions that a document may hold, with facts at their thresholds."""
        facts = data.draw(assignments(VOCABULARY, condition))
        expected = reference.truth(condition, facts, VOCABULARY)
        assert truth_of(condition, facts, VOCABULARY) is expected

    @given(st.data(), vocabularies())
    def test_any_vocabulary(self, data: st.DataObject, vocabulary: Vocabulary) -> None:
        """Conditions over facts nobody has thought of."""
        condition = data.draw(conditions(vocabulary))
        facts = data.draw(assignments(vocabulary, condition))
        expected = reference.truth(condition, facts, vocabulary)
        assert truth_of(condition, facts, vocabulary) is expected

    @given(st.data(), conditions(most=5))
    def test_every_trace(self, data: st.DataObject, condition: Condition) -> None:
        """The root of a trace, and each of its parts, says the truth of its condition."""
        facts = data.draw(assignments(VOCABULARY, condition))
        view = {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}
        why = trace(condition, VOCABULARY, view, names={})
        assert why.truth is reference.truth(condition, facts, VOCABULARY)
        for part in why.children:
            assert part.text.zh
            assert part.text.en

    @given(st.data(), CONDITIONS)
    def test_unknown_means_either(self, data: st.DataObject, condition: Condition) -> None:
        """A condition that is told stays as told, whatever the unknown facts turn out to be."""
        facts = data.draw(assignments(FACTS, condition))
        told = truth_of(condition, facts, FACTS)
        learnt = {**data.draw(assignments(FACTS, condition, unknown=False)), **facts}
        assert told in (Truth.UNKNOWN, truth_of(condition, learnt, FACTS))


def in_force(interval: Interval, span: DateSpan, known_on: date | None) -> Truth:
    """Whether it is in force on all possible days, on none, or on some: by trying them."""
    first, last = span.earliest or date(1900, 1, 1), span.latest or date(2100, 1, 1)
    days = {first, last}
    for border in BORDERS:
        days |= {border, border - timedelta(days=1)}
    start, until = reference.known(interval, known_on)
    tried = {start <= day < until for day in days if first <= day <= last}
    return Truth.UNKNOWN if len(tried) > 1 else Truth.of(tried.pop())


def without_elements(
    condition: Condition, facts: Facts, elements: frozenset[str], *, helps: bool = True
) -> Truth:
    """Truth of a condition to whose truth no test of an element may contribute."""
    read = facts_read(condition) if isinstance(condition, FactTest) else frozenset()
    if isinstance(condition, PerKind):
        read = frozenset({condition.fact})
    if read & elements:
        return Truth.of(not helps)
    if isinstance(condition, FactTest):
        return reference.truth(condition, facts, FACTS)
    if isinstance(condition, Not):
        return ~without_elements(condition.part, facts, elements, helps=not helps)
    parts = [without_elements(part, facts, elements, helps=helps) for part in children(condition)]
    if isinstance(condition, PerKind):
        kinds = [check(condition.fact, Op.IS, code) for code, _ in condition.branches]
        of_kind = [reference.truth(kind, facts, FACTS) for kind in kinds]
        return any_of(kind & part for kind, part in zip(of_kind, parts, strict=True))
    if isinstance(condition, AtLeast):
        return at_least(condition.count, parts)
    return any_of(parts) if isinstance(condition, AnyOf) else all_of(parts)


def speaks(rule: Rule, ruleset: Ruleset, case: Case, known: Knowledge) -> bool:
    """Whether the rule is about the case's place, violation and department."""
    entry = known.violations[case.violation]
    departments = rule.departments or {ruleset.department or entry.department}
    return (
        rule.region in known.regions.ancestors(case.region)
        and entry.department in departments
        and (rule.violations is None or entry.id in rule.violations)
        and not (rule.violations is None and rule.ground in entry.displaces)
    )


def depth(region: str) -> int:
    """How deep a region lies: the country, its provinces, their prefectures, their counties."""
    if region == "000000":
        return 0
    return 1 + (region[2:] != "0000") + (region[4:] != "00")


def was_known(published: date | None, known_on: date | None) -> bool:
    """Whether it had been published by the day; what has no such day always had been."""
    return known_on is None or published is None or published <= known_on


def tell(world: World, case: Case, law: DateSpan) -> Told:
    """Truth of every rule that speaks about the case under the law of those days."""
    known, act, decision = world.knowledge, acted(case), decision_span(case)
    entry = known.violations[case.violation]
    facts = known_facts(case)
    speaking = {
        rule.id: (
            rule,
            ruleset,
            in_force(
                rule.in_force,
                reference.days_that_decide(ruleset.reach, law, act, decision),
                world.known_on,
            ),
        )
        for ruleset in known.rulesets
        for rule in ruleset.rules
        if speaks(rule, ruleset, case, known) and was_known(rule.published, world.known_on)
    }
    speaking = {name: one for name, one in speaking.items() if one[2] is not Truth.FALSE}
    told = {}
    for name, (rule, ruleset, force) in speaking.items():
        silenced = any_of(
            other_force
            for other, _, other_force in speaking.values()
            if ruleset.supplements
            and depth(other.region) < depth(rule.region)
            and other.axis is rule.axis
            and other.list is not None
            and other.violations is not None
        )
        if silenced is not Truth.TRUE:
            elements = entry.elements if rule.is_heavier else frozenset()
            truth = without_elements(rule.condition, facts, elements)
            told[name] = (rule, truth & force & ~silenced, force & ~silenced)
    return told


def known_facts(case: Case) -> dict[str, Value]:
    """What is known: what is stated, and what was looked for in vain."""
    not_found = {Kind.BOOLEAN: False, Kind.INTEGER: 0}
    facts: dict[str, Value] = {
        fact.name: not_found[fact.kind]
        for fact in FACTS.facts.values()
        if fact.group in case.examined and fact.kind in not_found
    }
    facts.update(case.facts)  # type: ignore[arg-type]  # the strategies draw typed values
    return facts


@attrs.frozen
class Law:
    """What the reference says of a case under the law of certain days.

    Attributes:
        told: The rules.
        verdicts: What is said about the measures.
        violation: Whether the act is a violation.
        versions: Versions of the provision that may be in force; one that is None is none.
    """

    told: Told
    verdicts: tuple[Verdict, ...]
    violation: Truth
    versions: tuple[Provision | None, ...]

    @property
    def held(self) -> list[Rule]:
        """Rules on the penalty axis that hold."""
        return sided(self.told, Axis.PENALTY, Truth.TRUE)

    @property
    def results(self) -> frozenset[reference.Result]:
        """Results of every way in which the unknown rules, and the law, could turn out."""
        unknown = sided(self.told, Axis.PENALTY, Truth.UNKNOWN)
        ways = set(reference.completions(self.held, unknown))
        if self.violation is not Truth.TRUE:
            ways = {reference.LAWFUL} | (ways if self.violation is Truth.UNKNOWN else set())
        return frozenset(ways)

    @property
    def ways(self) -> Iterable[reference.Law]:
        """Every result with every version of the provision that may be in force."""
        return product(self.results, self.versions)

    @property
    def decided(self) -> bool:
        """Whether there is one result."""
        return len(self.results) == 1

    @property
    def parts(self) -> tuple[object, ...]:
        """All that it consists of; rules in force on some of the days are marked."""
        rules = {
            f"{name} {force.value}": rule
            for name, (rule, _, force) in self.told.items()
            if rule.axis is Axis.PENALTY
        }
        return rules, self.violation, self.versions


def law_of(world: World, case: Case, span: DateSpan) -> Law:
    """The case under the law of those days."""
    told = tell(world, case, span)
    entry = world.knowledge.violations[case.violation]
    published = [p for p in entry.provisions if was_known(p.published, world.known_on)]
    forces = [(p, in_force(p.in_force, span, world.known_on)) for p in published]
    sure = [p for p, force in forces if force is Truth.TRUE]
    doubtful = [p for p, force in forces if force is Truth.UNKNOWN]
    return Law(
        told=told,
        verdicts=tuple(verdict(told, Measure(measure)) for measure in case.measures),
        violation=in_force(entry.in_force, span, world.known_on),
        versions=tuple(sure or doubtful) or (None,),
    )


def sided(told: Told, axis: Axis, truth: Truth) -> list[Rule]:
    """Rules of the axis that have the truth."""
    return [rule for rule, found, _ in told.values() if found is truth and rule.axis is axis]


def verdict(told: Told, measure: Measure) -> Verdict:
    """What every completion of the second axis says about the measure, if they agree."""
    about = [
        (rule.modality, found)
        for rule, found, _ in told.values()
        if rule.axis is Axis.COMPULSION and measure in (rule.measures or {measure})
    ]
    ways = [(True, False) if found is Truth.UNKNOWN else (found.flag,) for _, found in about]
    said = set()
    for way in product(*ways):
        held = {modality for (modality, _), holds in zip(about, way, strict=True) if holds}
        may = Verdict.MAY_OMIT if held else Verdict.NO_GROUND
        said.add(Verdict.MUST_OMIT if Modality.SHALL in held else may)
    return said.pop() if len(said) == 1 else Verdict.OPEN


def chosen(old: Law, new: Law) -> set[tuple[LawChoice, reference.Result]]:
    """从旧兼从轻 for every way in which what is unknown under both laws could turn out."""
    return {
        (LawChoice.NEW, two[0]) if reference.new_is_milder(one, two) else (LawChoice.OLD, one[0])
        for one, two in product(old.ways, new.ways)
    }


def agrees_with(outcome: Outcome, law: Law, new: Law) -> bool:
    """Whether the outcome is that of the law, and of the new law about measures."""
    _, permitted, _, contested = reference.result(law.held)
    findings = findings_of(law, Axis.PENALTY)
    if law.violation is Truth.FALSE:
        _, permitted, _, contested = reference.LAWFUL
        findings = {}
    if outcome.case.measures:
        findings |= findings_of(new, Axis.COMPULSION)
    return (
        {finding.rule: finding.truth for finding in outcome.findings} == findings
        and frozenset(outcome.permitted) == permitted
        and outcome.contested is contested
    )


def findings_of(law: Law, axis: Axis) -> dict[str, Truth]:
    """Truth of each rule of the axis."""
    return {name: truth for name, (rule, truth, _) in law.told.items() if rule.axis is axis}


def result_of(outcome: Outcome) -> reference.Result:
    """The part of an outcome that the reference computes."""
    return outcome.grade, frozenset(outcome.permitted), outcome.modality, outcome.contested


def acted(case: Case) -> DateSpan:
    """Days on which the act may have ended: any day up to its discovery, or to the decision."""
    if case.committed is None:
        return DateSpan(None, discovery(case).latest or decision_span(case).latest)
    return act_span(case)


def agree(world: World, case: Case) -> None:
    """Fail unless the outcome is what the reference says."""
    new = law_of(world, case, decision_span(case))
    old = law_of(world, case, acted(case))
    if old.violation is new.violation is Truth.FALSE:
        with pytest.raises(CaseError) as caught:
            world.engine.evaluate(case)
        assert [problem.code for problem in caught.value.problems] == ["violation-not-in-force"]
        return
    outcome = world.engine.evaluate(case)
    same = old.parts == new.parts and len(new.versions) == 1
    laws = [new] if same else [old, new]
    assert tuple(measure.verdict for measure in outcome.compulsion) == new.verdicts
    assert any(agrees_with(outcome, law, new) for law in laws)
    if Verdict.OPEN in new.verdicts:
        assert not outcome.settled
    elif all(law.decided and len(law.versions) == 1 for law in laws):
        # Between two laws that are open the library may wait; it never decides too early.
        assert outcome.settled
    elif same:
        assert not outcome.settled
    if outcome.settled or outcome.grade is not None:
        # While only a measure is open, the penalty stands.
        assert outcome.settled or Verdict.OPEN in new.verdicts
        agree_on_the_law(outcome, old, new)
    else:
        assert outcome.modality is None


def agree_on_the_law(outcome: Outcome, old: Law, new: Law) -> None:
    """Fail unless the result, and the law that it follows, are what the reference says."""
    found = chosen(old, new)
    assert {result for _, result in found} == {result_of(outcome)}
    choice = outcome.law_applied.choice
    if choice in (LawChoice.OLD, LawChoice.NEW) and old.decided and new.decided:
        assert {one for one, _ in found} == {choice}


class TestOutcomes:
    """The outcome of a case is what the page of the reference says."""

    @given(PLAIN_WORLDS, EXACT_CASES)
    def test_one_law(self, world: World, case: Case) -> None:
        """Where the law did not change, the one table decides."""
        agree(world, case)

    @given(PLAIN_WORLDS, PLAIN_CASES)
    def test_two_laws(self, world: World, case: Case) -> None:
        """Where it did, or dates are known roughly, the old law yields to a more lenient one."""
        agree(world, case)

    @given(CHANGING_WORLDS, PLAIN_CASES)
    def test_violations_that_end_or_begin(self, world: World, case: Case) -> None:
        """A law that does not regard the act as a violation is the more lenient one."""
        agree(world, case)

    @given(PLAIN_WORLDS, st.lists(PLAIN_CASES, max_size=4))
    def test_one_engine(self, world: World, cases: Sequence[Case]) -> None:
        """What an engine keeps from one case never shows in the next."""
        found = [result_of(world.engine.evaluate(case)) for case in [*cases, *reversed(cases)]]
        fresh = [result_of(world.anew().engine.evaluate(case)) for case in cases]
        assert found == [*fresh, *reversed(fresh)]

    @given(PLAIN_WORLDS, PLAIN_CASES)
    def test_traces_agree_with_findings(self, world: World, case: Case) -> None:
        """The trace of a finding has the finding's truth."""
        for finding in world.engine.evaluate(case).findings:
            assert finding.trace.truth is finding.truth
