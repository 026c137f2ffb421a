"""One condition against one case: its truth, and on demand why.

A condition is compiled once into a function over the *view* of a case: a mapping from the name
of a fact to its value in comparable form. The functions answer True, False or None for unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeAlias

from bizrules.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Not,
    Op,
    PerKind,
    Share,
    Test,
    children,
)
from bizrules.errors import Problem
from bizrules.facts import Fact, Kind, Value, Vocabulary, parse_value
from bizrules.provenance import Location
from bizrules.values import MAX_SIGNS, Money

Comparable: TypeAlias = bool | int | str | Decimal | date | frozenset[str]
"""A value ready to compare: money in fen, a level as its rank, other kinds as they are."""

View: TypeAlias = Mapping[str, Any]
"""Known facts of a case by name, each a `Comparable`; a fact that is not there is unknown."""

Matcher: TypeAlias = Callable[[View], bool | None]
"""Truth of a condition over a view; None is unknown."""

Reader: TypeAlias = Callable[[object], Comparable]
"""Reads a raw value into comparable form."""

Names: TypeAlias = Mapping[str, str]
"""Under which name of the view a fact is read, where that is another than its own."""


class UnreadableError(Exception):
    """A raw value that does not fit its fact; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        """Carry the problem."""
        super().__init__(problem.code)
        self.problem = problem


def comparable(fact: Fact, value: Value) -> Comparable:
    """The value in comparable form."""
    if isinstance(value, Money):
        return value.fen
    if fact.kind is Kind.LEVEL and isinstance(value, str):
        return fact.ranks[value]
    return value


Turn: TypeAlias = Callable[[Any], Comparable]
"""Turns a value into comparable form."""


def turns_of(facts: Iterable[Fact]) -> dict[str, Turn]:
    """What turns the values of facts, by name; facts whose values stay as they are have nothing."""
    turns: dict[str, Turn] = {}
    for fact in facts:
        if fact.kind is Kind.MONEY:
            turns[fact.name] = attrgetter("fen")
        elif fact.kind is Kind.LEVEL:
            turns[fact.name] = partial(comparable, fact)
    return turns


def value_of(fact: Fact, found: Comparable) -> Value:
    """The value behind its comparable form."""
    if fact.kind is Kind.MONEY and isinstance(found, int):
        return Money(found)
    if fact.kind is Kind.LEVEL and isinstance(found, int):
        return fact.choices[found].code
    return found


def reader(fact: Fact) -> Reader:
    """A function from a raw value of the fact to its comparable form.

    The function raises `UnreadableError` if the value does not fit; the problem's place names
    only the fact.
    """

    def slow(raw: object) -> Comparable:
        value = parse_value(fact, raw, Location("case", path=f"$.facts.{fact.name}"))
        if isinstance(value, Problem):
            raise UnreadableError(value)
        return comparable(fact, value)

    fast = _FAST_READERS.get(fact.kind)
    return fast(fact, slow) if fast else slow


def _read_boolean(_fact: Fact, slow: Reader) -> Reader:
    return lambda raw: raw if raw is True or raw is False else slow(raw)


def _read_level(fact: Fact, slow: Reader) -> Reader:
    ranks = dict(fact.ranks)

    def read(raw: object) -> Comparable:
        rank = ranks.get(raw) if type(raw) is str else None
        return slow(raw) if rank is None else rank

    return read


def _read_choice(fact: Fact, slow: Reader) -> Reader:
    codes = {code: code for code in fact.ranks}

    def read(raw: object) -> Comparable:
        return codes[raw] if type(raw) is str and raw in codes else slow(raw)

    return read


def _read_money(_fact: Fact, slow: Reader) -> Reader:
    return lambda raw: raw.fen if type(raw) is Money and 0 <= raw.fen < _SHORT else slow(raw)


def _read_integer(_fact: Fact, slow: Reader) -> Reader:
    return lambda raw: raw if type(raw) is int and 0 <= raw < _SHORT else slow(raw)


def _read_date(_fact: Fact, slow: Reader) -> Reader:
    return lambda raw: raw if type(raw) is date else slow(raw)


_SHORT: Final = 10 ** (MAX_SIGNS - 1)
"""Whole numbers below it are short enough, in fen too."""

_FAST_READERS: Final[Mapping[Kind, Callable[[Fact, Reader], Reader]]] = {
    Kind.BOOLEAN: _read_boolean,
    Kind.LEVEL: _read_level,
    Kind.CHOICE: _read_choice,
    Kind.MONEY: _read_money,
    Kind.INTEGER: _read_integer,
    Kind.DAYS: _read_integer,
    Kind.DATE: _read_date,
}


def compile_condition(
    condition: Condition, vocabulary: Vocabulary, names: Names | None = None
) -> Matcher:
    """The condition as a function over a view.

    Args:
        condition: A condition checked against the vocabulary.
        vocabulary: Declarations of its facts.
        names: Names of the view under which some facts are read.
    """
    names = names or {}
    if isinstance(condition, Test):
        return _compile_test(condition, vocabulary, names)
    parts = tuple(compile_condition(part, vocabulary, names) for part in parts_of(condition))
    if isinstance(condition, AtLeast):
        return _counting(condition.count, parts)
    if isinstance(condition, Not):
        return _negation(parts[0])
    return _disjunction(parts) if isinstance(condition, (AnyOf, PerKind)) else _conjunction(parts)


def compiled_late(condition: Condition, vocabulary: Vocabulary, names: Names) -> Matcher:
    """The function that `compile_condition` makes, made when it is first called.

    Many laws are met whose conditions are told by other means.
    """
    made: Matcher | None = None

    def match(view: View) -> bool | None:
        nonlocal made
        if made is None:
            made = compile_condition(condition, vocabulary, names)
        return made(view)

    return match


def _negation(part: Matcher) -> Matcher:
    def match(view: View) -> bool | None:
        truth = part(view)
        return None if truth is None else not truth

    return match


def _conjunction(parts: tuple[Matcher, ...]) -> Matcher:
    if len(parts) == 1:
        return parts[0]

    def match(view: View) -> bool | None:
        result: bool | None = True
        for part in parts:
            truth = part(view)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return match


def _disjunction(parts: tuple[Matcher, ...]) -> Matcher:
    if len(parts) == 1:
        return parts[0]

    def match(view: View) -> bool | None:
        result: bool | None = False
        for part in parts:
            truth = part(view)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    return match


def _counting(count: int, parts: tuple[Matcher, ...]) -> Matcher:
    def match(view: View) -> bool | None:
        truths = [part(view) for part in parts]
        certain = truths.count(True)
        if certain >= count:
            return True
        return None if certain + truths.count(None) >= count else False

    return match


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions inside a condition, those for each kind with the test of the kind."""
    if isinstance(condition, PerKind):
        return tuple(
            AllOf((Test((condition.fact,), Op.IS, code), branch))
            for code, branch in condition.branches
        )
    return children(condition)


def _compile_test(test: Test, vocabulary: Vocabulary, names: Names) -> Matcher:
    keys = tuple(names.get(fact, fact) for fact in test.facts)
    fact = vocabulary[test.facts[0]]
    if isinstance(test.operand, Share):
        other = names.get(test.operand.fact, test.operand.fact)
        return _compare_share(keys, test.op, other, test.operand)
    if len(keys) > 1:
        return _compare_sum(keys, predicate_for(test.op, exact_limit(fact, test)))
    if fact.kind is Kind.BOOLEAN and test.op is Op.IS:
        return _is_true(keys[0]) if test.operand is True else _is_false(keys[0])
    return _compare(keys[0], test.op, limit_of(fact, test), predicate_of(fact, test))


def _is_true(key: str) -> Matcher:
    return lambda view: view.get(key)


def _is_false(key: str) -> Matcher:
    def match(view: View) -> bool | None:
        found = view.get(key)
        return None if found is None else not found

    return match


def limit_of(fact: Fact, test: Test) -> Any:  # noqa: ANN401 - a comparable of the fact's kind
    """What a fact is tested against, in comparable form.

    Raises:
        TypeError: If that is a share of another fact.
    """
    operand = test.operand
    if isinstance(operand, tuple):
        return tuple(comparable(fact, value) for value in operand)
    if isinstance(operand, Share):
        msg = "a share has no fixed limit"
        raise TypeError(msg)
    return comparable(fact, operand)


def exact_limit(fact: Fact, test: Test) -> Any:  # noqa: ANN401 - a comparable of the fact's kind
    """What a sum is tested against, for computing with."""
    limit = limit_of(fact, test)
    return tuple(map(exact_amount, limit)) if isinstance(limit, tuple) else exact_amount(limit)


def predicate_of(fact: Fact, test: Test) -> Callable[[Any], bool]:
    """The test of one fact as a function over its comparable values."""
    return predicate_for(test.op, limit_of(fact, test))


def predicate_for(op: Op, limit: Any) -> Callable[[Any], bool]:  # noqa: ANN401 - as `limit_of`
    """A test against a limit as a function over comparable values."""
    return _PREDICATES[op](limit)


def exact_amount(found: Any) -> Any:  # noqa: ANN401 - an amount
    """The amount for computing with: decimals are rounded by their context, fractions never."""
    return Fraction(found) if isinstance(found, Decimal) else found


_PREDICATES: Final[Mapping[Op, Callable[[Any], Callable[[Any], bool]]]] = {
    Op.IS: lambda limit: lambda found: found == limit,
    Op.IN: lambda limit: frozenset(limit).__contains__,
    Op.NOT_IN: lambda limit: lambda found: found not in limit,
    Op.BELOW: lambda limit: lambda found: found < limit,
    Op.AT_MOST: lambda limit: lambda found: found <= limit,
    Op.AT_LEAST: lambda limit: lambda found: found >= limit,
    Op.ABOVE: lambda limit: lambda found: found > limit,
    Op.BETWEEN: lambda limit: lambda found: limit[0] <= found <= limit[1],
    Op.CONTAINS: lambda limit: frozenset(limit).issubset,
    Op.BEFORE: lambda limit: lambda found: found < limit,
    Op.ON_OR_AFTER: lambda limit: lambda found: found >= limit,
}


def _compare(key: str, op: Op, limit: Any, holds: Callable[[Any], bool]) -> Matcher:  # noqa: ANN401
    # The four commonest tests are written out: one call less on the hot path.
    if op is Op.AT_MOST:
        return lambda view: None if (found := view.get(key)) is None else found <= limit
    if op is Op.AT_LEAST:
        return lambda view: None if (found := view.get(key)) is None else found >= limit
    if op is Op.BELOW:
        return lambda view: None if (found := view.get(key)) is None else found < limit
    if op is Op.IS:
        return lambda view: None if (found := view.get(key)) is None else found == limit
    return lambda view: None if (found := view.get(key)) is None else holds(found)


def _compare_sum(keys: tuple[str, ...], holds: Callable[[Any], bool]) -> Matcher:
    def match(view: View) -> bool | None:
        found = [view.get(key) for key in keys]
        return None if None in found else holds(sum(map(exact_amount, found)))

    return match


def _compare_share(keys: tuple[str, ...], op: Op, other: str, share: Share) -> Matcher:
    # Cross-multiplied, so that whole numbers stay whole and no amount is ever rounded.
    numerator, denominator = share.times.numerator, share.times.denominator
    build = _PREDICATES[op]

    def match(view: View) -> bool | None:
        found = [view.get(key) for key in keys]
        base = view.get(other)
        if base is None or None in found:
            return None
        total = sum(map(exact_amount, found))
        return build(exact_amount(base) * numerator)(total * denominator)

    return match
