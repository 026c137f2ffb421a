"""Near misses: lenient rules that failed by few conditions, and what the party can still cure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from bizrules.assessment import Assessment
from bizrules.conditions import (
    AllOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Share,
    Test,
    magnitude,
)
from bizrules.errors import Problem
from bizrules.facts import NUMERIC, Fact, Kind, Vocabulary, parse_value
from bizrules.matching import (
    Names,
    View,
    comparable,
    compile_condition,
    parts_of,
    trace,
)
from bizrules.outcomes import Miss, NearMiss
from bizrules.provenance import Location, Text
from bizrules.selection import Candidate
from bizrules.values import Money, Plain
from bizrules.wording import both, negated, phrase, say_value

MOST_MISSES: Final = 2
MOST_NEAR_MISSES: Final = 8


def near_misses_of(assessment: Assessment) -> tuple[NearMiss, ...]:
    """Lenient rules that failed by at most two conditions, curable ones first.

    Only rules that would permit a grade more lenient than those permitted now are named.
    """
    best = min(assessment.base.permitted)
    settled = {c.rule.id for c in (*assessment.held, *assessment.unknown)}
    found = []
    for candidate in assessment.stretch.penalty:
        rule = candidate.rule
        if rule.id in settled or not rule.permits or min(rule.permits) >= best:
            continue
        misses = _misses_of(candidate, assessment)
        if misses:
            found.append(_near_miss(candidate, misses, assessment))
    found.sort(key=lambda n: (not n.curable, len(n.misses), min(n.permits), n.rule))
    return tuple(found[:MOST_NEAR_MISSES])


def _misses_of(candidate: Candidate, assessment: Assessment) -> list[Test] | None:
    view = assessment.reading.view
    missing = cheapest_repair(candidate.condition, assessment.vocabulary, view, candidate.names)
    if missing is None or not 0 < len(missing) <= MOST_MISSES:
        return None
    return missing


def cheapest_repair(
    condition: Condition, vocabulary: Vocabulary, view: View, names: Names
) -> list[Test] | None:
    """The fewest failed tests that would have to pass for the condition not to fail.

    Unknown parts count as passed. None if no change of single tests would do, as under a
    negation that has no opposite.
    """
    if compile_condition(condition, vocabulary, names)(view) is not False:
        return []
    if isinstance(condition, Test):
        return [condition]
    if isinstance(condition, Not):
        return _repair_negation(condition, vocabulary, view, names)
    repairs = [cheapest_repair(part, vocabulary, view, names) for part in parts_of(condition)]
    if isinstance(condition, (AllOf, Defined)):
        return None if None in repairs else _together(r for r in repairs if r is not None)
    possible = sorted((r for r in repairs if r is not None), key=len)
    needed = condition.count if isinstance(condition, AtLeast) else 1
    return _together(possible[:needed]) if len(possible) >= needed else None


def _together(repairs: Iterable[list[Test]]) -> list[Test]:
    return list(dict.fromkeys(test for repair in repairs for test in repair))


def _repair_negation(
    condition: Not, vocabulary: Vocabulary, view: View, names: Names
) -> list[Test] | None:
    """The repair of the opposite; None where that cannot be said without the negation."""
    inner = condition.part
    while isinstance(inner, Defined):
        inner = inner.condition
    opposite = negated(inner, vocabulary)
    return None if opposite is None else cheapest_repair(opposite, vocabulary, view, names)


def _near_miss(candidate: Candidate, misses: list[Test], assessment: Assessment) -> NearMiss:
    found = tuple(_miss(test, candidate, assessment) for test in misses)
    decided = assessment.case.decided
    curable = all(miss.cure is not None for miss in found)
    return NearMiss(
        rule=candidate.rule.id,
        title=candidate.rule.title,
        permits=candidate.rule.permits,
        misses=found,
        curable=curable,
        until=decided.exact if curable and decided is not None else None,
    )


def _miss(test: Test, candidate: Candidate, assessment: Assessment) -> Miss:
    vocabulary, reading = assessment.vocabulary, assessment.reading
    why = trace(test, vocabulary, reading.view, names=candidate.names, derived=reading.derived)
    return Miss(
        facts=why.facts,
        text=why.text,
        found=why.found,
        gap=_gap(test, vocabulary, reading.view, candidate.names),
        cure=_cure(test, vocabulary),
    )


def _cure(test: Test, vocabulary: Vocabulary) -> Text | None:
    """How to cure, if the value that the party can still reach passes the test."""
    fact = vocabulary[test.facts[0]]
    if len(test.facts) > 1 or fact.cure is None or isinstance(test.operand, Share):
        return None
    to = Plain(fact.cure.to)
    reached = parse_value(fact, [to] if fact.kind is Kind.SET else to, Location("cure"))
    if isinstance(reached, Problem):
        return None
    view = {fact.name: comparable(fact, reached)}
    return fact.cure.how if compile_condition(test, vocabulary)(view) else None


def _gap(test: Test, vocabulary: Vocabulary, view: View, names: Names) -> Text | None:
    """By how much a numeric test is missed."""
    fact = vocabulary[test.facts[0]]
    if fact.kind not in NUMERIC or isinstance(test.operand, Share) or len(test.facts) > 1:
        return None
    # INVARIANT: a test that failed knows its fact.
    found = Decimal(view[names.get(fact.name, fact.name)])
    ends = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    gap = min(abs(found - Decimal(magnitude(end))) for end in ends)
    if gap == 0:
        return phrase("gap.at-limit")
    return phrase("gap.by", amount=both(lambda lang: _say_gap(fact, gap, lang)))


def _say_gap(fact: Fact, gap: Decimal, lang: str) -> str:
    return say_value(fact, Money(int(gap)) if fact.kind is Kind.MONEY else gap, lang)
