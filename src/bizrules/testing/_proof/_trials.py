"""Values of a fact worth trying: one for each way in which tests can tell values apart."""

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bizrules.conditions import Op, Share, Test
from bizrules.facts import NUMERIC, ORDERED, Fact, Kind, Value, Vocabulary
from bizrules.matching import Comparable, comparable
from bizrules.testing._boundaries import boundaries_of, grain_of
from bizrules.values import FEN_PER_YUAN

OTHER_TEXT: Final = "…"
_BASES: Final = (1, 2, 10)


def trial_values(
    name: str, tests: Iterable[Test], vocabulary: Vocabulary
) -> tuple[Comparable, ...]:
    """Values to try for a fact, in comparable form, each once; plain ones first.

    Args:
        name: The fact.
        tests: The tests of a condition, those of other facts too.
        vocabulary: Declarations of the facts.
    """
    fact = vocabulary[name]
    reading = [test for test in tests if name in _read(test)]
    return tuple(dict.fromkeys(_values(fact, reading, vocabulary)))


def _read(test: Test) -> tuple[str, ...]:
    share = test.operand.fact if isinstance(test.operand, Share) else None
    return test.facts if share is None else (*test.facts, share)


def _values(fact: Fact, tests: Iterable[Test], vocabulary: Vocabulary) -> Iterator[Comparable]:
    if fact.kind is Kind.BOOLEAN:
        yield from (True, False)
    elif fact.kind is Kind.LEVEL:
        yield from range(len(fact.choices))
    elif fact.kind is Kind.CHOICE:
        yield from fact.ranks
    elif fact.kind is Kind.TEXT:
        yield from (str(one) for test in tests for one in _operands(test))
        yield OTHER_TEXT
    elif fact.kind is Kind.SET:
        yield from _sets(fact, tests)
    elif fact.kind in ORDERED:
        yield from _amounts(fact, tests, vocabulary)


def _operands(test: Test) -> tuple[Value, ...]:
    if isinstance(test.operand, Share):
        return ()
    return test.operand if isinstance(test.operand, tuple) else (test.operand,)


def _sets(fact: Fact, tests: Iterable[Test]) -> Iterator[Comparable]:
    wanted = []
    for test in tests:
        if test.op is Op.CONTAINS:
            wanted.append(frozenset(str(one) for one in _operands(test)))
        else:
            wanted += [one for one in _operands(test) if isinstance(one, frozenset)]
    yield from wanted
    yield frozenset[str]().union(*wanted)
    yield frozenset[str]()
    yield from (frozenset({code}) for code in fact.ranks)
    for one in wanted:
        yield from (one - {code} for code in sorted(one))


def _amounts(fact: Fact, tests: Iterable[Test], vocabulary: Vocabulary) -> Iterator[Comparable]:
    for test in tests:
        if isinstance(test.operand, Share):
            yield from _of_share(fact, test, test.operand)
            continue
        for boundary in boundaries_of(test, vocabulary):
            ends = (boundary.holds, boundary.fails)
            found = (comparable(boundary.fact, end) for end in ends if end is not None)
            yield from (_kept(fact, one) for one in found)
        # A test without a border is passed by every value, or by none.
        yield from (_kept(fact, comparable(fact, one)) for one in _operands(test))
    if fact.kind in NUMERIC:
        yield 0


def _kept(fact: Fact, found: Comparable) -> Comparable:
    """The amount as one of the fact: a part of a sum may count whole ones only."""
    return found if fact.kind is Kind.NUMBER or not isinstance(found, Decimal) else int(found)


def _of_share(fact: Fact, test: Test, share: Share) -> Iterator[Comparable]:
    """Bases of which the share is a whole number, and amounts at and beside these shares."""
    unit = FEN_PER_YUAN if fact.kind is Kind.MONEY else 1
    for times in _BASES:
        base = Fraction(share.times.denominator * unit * times)
        if fact.name == share.fact:
            yield _number(fact, base)
        if fact.name in test.facts:
            limit, grain = base * share.times, grain_of(fact)
            found = (limit, limit - grain, limit + grain)
            yield from (_number(fact, one) for one in found if one >= 0)


def _number(fact: Fact, number: Fraction) -> Comparable:
    if fact.kind is Kind.NUMBER:
        return Decimal(number.numerator) / Decimal(number.denominator)
    return math.floor(number)
