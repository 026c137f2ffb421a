"""Every number in a condition is tested on both of its sides, and at the number itself."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from bizrules import conditions
from bizrules.cases import Case
from bizrules.facts import Kind
from bizrules.outcomes import Trace
from bizrules.rules import Rule
from bizrules.truth import Truth
from bizrules.values import FEN_PER_YUAN
from bizrules.wording import say_condition
from legal.encoded import engine, named

NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.DAYS})


def _thresholds(rule: Rule) -> Iterator[conditions.Test]:
    """The tests of a rule that compare a quantity with a number or with another quantity."""
    kinds = engine().vocabulary
    for test in conditions.tests_of(rule.condition):
        if kinds[test.facts[0]].kind in NUMERIC:
            yield test


def _words(test: conditions.Test) -> str:
    return say_condition(test, engine().vocabulary, "zh")


def _leaves(trace: Trace) -> Iterator[Trace]:
    if trace.node == "test":
        yield trace
    for child in trace.children:
        yield from _leaves(child)


@cache
def _truths(rule: str) -> frozenset[tuple[str, Truth]]:
    """Each test of the rule, in words, with each truth it has in a golden case."""
    return frozenset(
        (leaf.text.zh, leaf.truth)
        for _, finding in named()[rule]
        for leaf in _leaves(finding.trace)
    )


def _stated(case: Case, name: str) -> Decimal | None:
    """The quantity as the case states it, money in fen; None if it does not."""
    given: Any = case.facts.get(name)
    if given is None:
        return None
    if not isinstance(given, (str, int, float, Decimal)):
        return Decimal(conditions.magnitude(given))
    factor = FEN_PER_YUAN if engine().vocabulary[name].kind is Kind.MONEY else 1
    return Decimal(str(given)) * factor


def _is_at(test: conditions.Test, case: Case) -> bool:
    """Whether the case states exactly a number at which the test turns."""
    parts = [_stated(case, name) for name in test.facts]
    if None in parts:
        return False
    total = sum(part for part in parts if part is not None)
    operand = test.operand
    if isinstance(operand, conditions.Share):
        other = _stated(case, operand.fact)
        share = operand.times
        return other is not None and total * share.denominator == other * share.numerator
    ends = operand if isinstance(operand, tuple) else (operand,)
    return total in {Decimal(conditions.magnitude(end)) for end in ends}


def _is_derived(test: conditions.Test) -> bool:
    """Whether a quantity of the test is usually computed from the case."""
    facts = [engine().vocabulary[name] for name in test.facts]
    return any(fact.derived is not None or fact.counts is not None for fact in facts)


def test_every_threshold_is_met_and_missed() -> None:
    """Each comparison of a quantity is true in one golden case of its rule, false in another."""
    missing = [
        (rule.id, _words(test), truth.value)
        for rule in engine().rules.values()
        for test in _thresholds(rule)
        for truth in (Truth.TRUE, Truth.FALSE)
        if (_words(test), truth) not in _truths(rule.id)
    ]
    assert missing == []


def test_every_threshold_is_tested_at_the_number() -> None:
    """For each comparison some golden case of its rule states exactly the number."""
    missing = [
        (rule.id, _words(test))
        for rule in engine().rules.values()
        for test in _thresholds(rule)
        if not _is_derived(test)
        and test.op is not conditions.Op.IN
        and not any(_is_at(test, result.golden.case) for result, _ in named()[rule.id])
    ]
    assert missing == []
