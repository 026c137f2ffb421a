"""What is worked out on reading, worked out anew each time, without memory or shortcut."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial

import attrs

from bizrules.assessment import Assessment, Assessor, weights
from bizrules.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    PerKind,
    Share,
    Test,
    facts_read,
    magnitude,
)
from bizrules.errors import Problem
from bizrules.evaluation import Answer
from bizrules.facts import NUMERIC, Fact, Kind, Vocabulary, parse_value
from bizrules.history import Counting, FirstViolation
from bizrules.history_wording import counting_text
from bizrules.intertemporal import tie_facts
from bizrules.matching import Names, View, comparable, compile_condition, parts_of, value_of
from bizrules.outcomes import CHANGES, LawChoice, Miss, NearMiss, Trace, Verdict
from bizrules.penalties import Modality
from bizrules.provenance import Citation, Location, Text
from bizrules.questions import DATE_FACTS, representative_answers
from bizrules.regions import NATIONAL
from bizrules.resolution import resolve
from bizrules.rules import Measure, Reach
from bizrules.selection import Candidate
from bizrules.truth import Truth
from bizrules.values import Money, Plain
from bizrules.wording import (
    both,
    join_clauses,
    negated,
    phrase,
    say_condition,
    say_known,
    say_value,
)

NODES: Mapping[type, str] = {
    AllOf: "all",
    AnyOf: "any",
    Not: "not",
    AtLeast: "at_least",
    PerKind: "per_kind",
    Defined: "defined",
    Test: "test",
}


def said(zh: str, en: str) -> Text:
    """A text that is there at once."""
    return Text(zh, en)


def truth_of(condition: Condition, vocabulary: Vocabulary, view: View, names: Names) -> Truth:
    """Truth of a condition, compiled for the occasion."""
    return Truth.of(compile_condition(condition, vocabulary, names)(view))


@attrs.frozen
class PlainTracer:
    """Traces the candidates of a law, each node by compiling it and rendering its words."""

    law: Assessment
    assessor: Assessor
    candidate: Candidate

    def trace(self) -> Trace:
        """Why the candidate holds, with what bears on it besides."""
        why, notes = self._visit(self.candidate.condition), []
        if self.candidate.has_elements:
            notes.append(("element", Truth.TRUE, "trace.element"))
        if self.candidate.has_joint_elements:
            notes.append(("element", Truth.TRUE, "trace.element-joint"))
        if self.candidate.rule.id in self.law.stretch.doubtful:
            notes.append(("in_force", Truth.UNKNOWN, "trace.in-force"))
        if not notes:
            return why
        found = [Trace(node=node, truth=told, text=phrase(key)) for node, told, key in notes]
        truth = why.truth & found[-1].truth
        return Trace(node="all", truth=truth, text=why.text, children=(why, *found))

    def _visit(self, node: Condition) -> Trace:
        law, names = self.law, self.candidate.names
        words, view = law.vocabulary, law.reading.view
        plain = Trace(
            node=NODES[type(node)],
            truth=truth_of(node, words, view, names),
            text=said(say_condition(node, words, "zh"), say_condition(node, words, "en")),
            children=tuple(self._visit(part) for part in parts_of(node)),
        )
        if isinstance(node, Defined):
            whose = self._whose(node.name)
            return attrs.evolve(plain, citations=node.citations, definition=whose)
        if not isinstance(node, Test):
            return plain
        read = tuple(sorted(facts_read(node)))
        definition, citations = self._definition(read)
        return attrs.evolve(
            plain,
            found=found_of(read, words, view, names),
            facts=read,
            derived=not law.reading.derived.isdisjoint(read),
            definition=definition,
            citations=citations,
        )

    def _definition(self, read: tuple[str, ...]) -> tuple[Text | None, tuple[Citation, ...]]:
        countings = dict.fromkeys(one for fact in read for one in self._countings(fact))
        if not countings:
            return None, ()
        texts = [self._counting_text(counting) for counting in countings]
        told = both(lambda lang: join_clauses((one.in_(lang) for one in texts), lang, "or"))
        cited = dict.fromkeys(citation for one in countings for citation in one.citations)
        return said(told.zh, told.en), tuple(cited)

    def _countings(self, fact: str) -> tuple[Counting, ...]:
        key, stretch = self.candidate.names.get(fact), self.law.stretch
        if key is None:
            return self.assessor.countings(fact, stretch)
        return tuple(one for step in stretch.plan if step.key == key for one in step.definitions)

    def _counting_text(self, counting: Counting) -> Text:
        told = counting_text(counting, self.law.case.violation)
        whose = self._whose(counting.ruleset) if isinstance(counting, FirstViolation) else None
        return told if whose is None else phrase("whose.counting", counting=told, whose=whose)

    def _whose(self, name: str) -> Text | None:
        near = self.assessor.selector.near(self.law.case.region)
        ruleset = name.partition("#")[0]
        found = next((one for one in near if one.id == ruleset and one.region != NATIONAL), None)
        return None if found is None else phrase("whose", ruleset=found.title)


def found_of(read: Iterable[str], vocabulary: Vocabulary, view: View, names: Names) -> Text | None:
    """What a view knows of some facts, in words."""
    known = [(vocabulary[name], view.get(names.get(name, name))) for name in read]
    values = [(fact, value_of(fact, found)) for fact, found in known if found is not None]
    if not values:
        return None
    if len(known) > 1:
        return both(partial(say_known, values))
    ((fact, value),) = values
    return both(partial(say_value, fact, value))


def open_facts(
    condition: Condition, vocabulary: Vocabulary, view: View, names: Names
) -> frozenset[str]:
    """Unknown facts of the parts that cannot be told, if the whole cannot."""
    if truth_of(condition, vocabulary, view, names) is not Truth.UNKNOWN:
        return frozenset()
    if isinstance(condition, Test):
        read = facts_read(condition)
        return frozenset(name for name in read if view.get(names.get(name, name)) is None)
    parts = (open_facts(part, vocabulary, view, names) for part in parts_of(condition))
    return frozenset(name for part in parts for name in part)


def cheapest_repair(
    condition: Condition, vocabulary: Vocabulary, view: View, names: Names
) -> list[Test] | None:
    """The fewest failed tests that would have to pass, however many they are."""
    if truth_of(condition, vocabulary, view, names) is not Truth.FALSE:
        return []
    if isinstance(condition, Test):
        return [condition]
    if isinstance(condition, Not):
        inner = condition.part
        while isinstance(inner, Defined):
            inner = inner.condition
        opposite = negated(inner, vocabulary)
        return None if opposite is None else cheapest_repair(opposite, vocabulary, view, names)
    repairs = [cheapest_repair(part, vocabulary, view, names) for part in parts_of(condition)]
    if isinstance(condition, (AllOf, Defined)):
        return None if None in repairs else _together(r for r in repairs if r is not None)
    possible = sorted((r for r in repairs if r is not None), key=len)
    needed = condition.count if isinstance(condition, AtLeast) else 1
    return _together(possible[:needed]) if len(possible) >= needed else None


def _together(repairs: Iterable[list[Test]]) -> list[Test]:
    return list(dict.fromkeys(test for repair in repairs for test in repair))


def near_misses(law: Assessment) -> tuple[NearMiss, ...]:
    """Lenient rules that failed by one test or two, all of them told before the first eight."""
    best = min(law.base.permitted)
    settled = {candidate.rule.id for candidate in (*law.held, *law.unknown)}
    found = []
    for candidate in law.stretch.penalty:
        rule, view = candidate.rule, law.reading.view
        if rule.id in settled or not rule.permits or min(rule.permits) >= best:
            continue
        tests = cheapest_repair(candidate.condition, law.vocabulary, view, candidate.names)
        if tests is not None and 0 < len(tests) <= 2:
            found.append(_near_miss(candidate, tests, law))
    found.sort(key=lambda n: (not n.curable, len(n.misses), min(n.permits), n.rule))
    return tuple(found[:8])


def _near_miss(candidate: Candidate, tests: Iterable[Test], law: Assessment) -> NearMiss:
    misses = tuple(_miss(test, candidate, law) for test in tests)
    decided = law.case.decided
    curable = all(miss.cure is not None for miss in misses)
    return NearMiss(
        rule=candidate.rule.id,
        title=candidate.rule.title,
        permits=candidate.rule.permits,
        misses=misses,
        curable=curable,
        until=decided.exact if curable and decided is not None else None,
    )


def _miss(test: Test, candidate: Candidate, law: Assessment) -> Miss:
    words, view, names = law.vocabulary, law.reading.view, candidate.names
    read = tuple(sorted(facts_read(test)))
    return Miss(
        facts=read,
        text=said(say_condition(test, words, "zh"), say_condition(test, words, "en")),
        found=found_of(read, words, view, names),
        gap=_gap(test, words, view, names),
        cure=_cure(test, words),
    )


def _cure(test: Test, vocabulary: Vocabulary) -> Text | None:
    fact = vocabulary[test.facts[0]]
    if len(test.facts) > 1 or fact.cure is None or isinstance(test.operand, Share):
        return None
    to = Plain(fact.cure.to)
    reached = parse_value(fact, [to] if fact.kind is Kind.SET else to, Location("cure"))
    if isinstance(reached, Problem):
        return None
    holds = compile_condition(test, vocabulary)({fact.name: comparable(fact, reached)})
    return fact.cure.how if holds else None


def _gap(test: Test, vocabulary: Vocabulary, view: View, names: Names) -> Text | None:
    fact = vocabulary[test.facts[0]]
    if fact.kind not in NUMERIC or isinstance(test.operand, Share) or len(test.facts) > 1:
        return None
    found = Decimal(view[names.get(fact.name, fact.name)])
    ends = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    gap = min(abs(found - Decimal(magnitude(end))) for end in ends)
    amount = Money(int(gap)) if fact.kind is Kind.MONEY else gap
    told = both(partial(say_value, fact, amount))
    return phrase("gap.by", amount=told) if gap else phrase("gap.at-limit")


def deciding(law: Assessment) -> list[Candidate]:
    """Unknown rules that change the result alone, beside another one, or beside all others."""
    found = []
    base = weights(law.held)
    for candidate in law.unknown:
        own = weights([candidate])
        others = [other for other in law.unknown if other is not candidate]
        trials = [[], others, *([other] for other in others)]
        if any(
            resolve([*base, *weights(trial)], one) != resolve([*base, *weights(trial), *own], one)
            for trial in trials
            for one in law.stretch.combinations
        ):
            found.append(candidate)
    return found


def deciding_measures(law: Assessment) -> list[Candidate]:
    """Rules about an open measure: those that bind, and any where nothing allows to omit it."""

    def speaks(candidate: Candidate, measure: Measure) -> bool:
        return candidate.rule.measures is None or measure in candidate.rule.measures

    return [
        candidate
        for candidate in law.waiting
        if any(
            outcome.verdict is Verdict.OPEN
            and speaks(candidate, outcome.measure)
            and (
                candidate.rule.modality is Modality.SHALL
                or not any(speaks(other, outcome.measure) for other in law.holding)
            )
            for outcome in law.measures
        )
    ]


def settles(assessor: Assessor, law: Assessment, fact: Fact) -> list[bool]:
    """For each answer whether the law, judged anew with it, leaves nothing open."""
    candidates = [*law.stretch.penalty, *law.stretch.compulsion]
    keys = {c.names.get(fact.name, fact.name) for c in candidates} | {fact.name}
    found = []
    for value in representative_answers(fact, candidates):
        view = {**law.reading.view, **dict.fromkeys(keys, value)}
        reading = attrs.evolve(law.reading, view=view)
        judged = assessor.judge(law.case, law.stretch, law.on, reading)
        found.append(judged.settled and not judged.has_open_measure)
    return found


@attrs.define
class _Asked:
    rules: set[str] = attrs.field(factory=set)
    changes: set[str] = attrs.field(factory=set)


Asked = tuple[str, tuple[str, ...], tuple[str, ...], Fraction]
"""A question: its fact, what it changes, the rules that wait, the share of answers that settle."""


def asked(assessor: Assessor, answer: Answer) -> list[Asked]:
    """The questions of an answer in their order, every trial judged anew."""
    needs: dict[str, _Asked] = {}
    for name, change, rule in _needs(answer):
        found = needs.setdefault(name, _Asked())
        found.changes.add(change)
        found.rules.update(() if rule is None else (rule,))
    words = assessor.vocabulary
    questions = [_question(name, one, assessor, answer) for name, one in needs.items()]
    return sorted(questions, key=lambda one: _rank(one, words))


def _needs(answer: Answer) -> Iterator[tuple[str, str, str | None]]:
    """What is needed, for what, and by which rule."""
    applied, laws = answer.applied, [answer.main]
    if applied.other is not None and not applied.settled:
        laws.append(applied.other)
    for law in (law for law in laws if not law.settled):
        yield from _needed_by(law, deciding(law), "grade")
        if law.stretch.is_violation is None or len(law.stretch.combinations) > 1:
            yield law.date, "grade", None
    yield from _needed_by(applied.current, deciding_measures(applied.current), "compulsion")
    settled = all(law.settled for law in laws)
    fined: list[Answer | Assessment] = [answer]
    if applied.choice is LawChoice.OPEN and answer.main.settled:
        fined += [law for law in (applied.other,) if law is not None and law.settled]
    for name in [name for one in fined for name in one.fine().open_facts]:
        yield name, "fine", None
        if settled and not applied.settled:
            yield name, "grade", None
    for name in tie_facts(applied):
        yield name, "grade" if settled and not applied.settled else "kinds", None


def _needed_by(
    law: Assessment, candidates: Iterable[Candidate], change: str
) -> Iterator[tuple[str, str, str | None]]:
    for candidate in candidates:
        for name in _waited_for(law, candidate):
            yield name, change, candidate.rule.id


def _question(name: str, one: _Asked, assessor: Assessor, answer: Answer) -> Asked:
    share, words = Fraction(0), assessor.vocabulary
    if one.rules and not (name in DATE_FACTS and name not in words):
        found = settles(assessor, answer.main, words[name])
        share = Fraction(sum(found), len(found)) if found else share
    changes = tuple(change for change in CHANGES if change in one.changes)
    return name, changes, tuple(sorted(one.rules)), share


def _rank(one: Asked, vocabulary: Vocabulary) -> tuple[object, ...]:
    name, changes, rules, share = one
    group = vocabulary[name].group if name in vocabulary else None
    first = ("choice" not in changes, changes == ("fine",))
    return (*first, group is not None, group or "", -share, -len(rules), name)


def _waited_for(law: Assessment, candidate: Candidate) -> frozenset[str]:
    view, names = law.reading.view, candidate.names
    found = open_facts(candidate.condition, law.vocabulary, view, names)
    if not law.stretch.waits_for_date(candidate):
        return found
    act, decision = law.case.committed, law.case.decided
    spans = {"committed": act.ended if act is not None else None, "decided": decision}
    reach = {Reach.NEVER: "committed", Reach.ALWAYS: "decided"}
    own = reach.get(candidate.rule.reach, law.date)
    span = spans.pop(own)
    return found | {next(iter(spans)) if span is not None and span.exact is not None else own}
