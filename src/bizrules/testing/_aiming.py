"""Facts drawn so that a condition turns out as wanted, at its boundaries as often as not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

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
)
from bizrules.facts import Fact, Kind, Value, Vocabulary
from bizrules.matching import comparable, compile_condition, value_of
from bizrules.testing._boundaries import boundaries_of
from bizrules.values import Money

DAY: Final = date(2024, 6, 3)
"""The day about which dates lie where nothing says more: an ordinary working day."""

_SPREAD: Final = 800
_BASES: Final = (100, 1, 10_000)


def values(fact: Fact) -> st.SearchStrategy[Value]:
    """Any value of the fact, small and plain ones first.

    Args:
        fact: Its declaration.
    """
    codes = [choice.code for choice in fact.choices]
    if fact.kind is Kind.SET:
        return st.frozensets(st.sampled_from(codes)) if codes else st.just(frozenset())
    return {
        Kind.BOOLEAN: _booleans,
        Kind.CHOICE: lambda: st.sampled_from(codes),
        Kind.LEVEL: lambda: st.sampled_from(codes),
        Kind.INTEGER: _counts,
        Kind.NUMBER: _numbers,
        Kind.MONEY: _amounts,
        Kind.DATE: _days,
        Kind.DAYS: _counts,
        Kind.TEXT: _texts,
    }[fact.kind]()


def _booleans() -> st.SearchStrategy[Value]:
    return st.booleans()


def _counts() -> st.SearchStrategy[Value]:
    return st.integers(0, 200)


def _numbers() -> st.SearchStrategy[Value]:
    return st.integers(0, 100_000).map(lambda hundredths: Decimal(hundredths) / 100)


def _amounts() -> st.SearchStrategy[Value]:
    return st.one_of(st.integers(0, 100_000), st.integers(0, 10**9)).map(Money)


def _days() -> st.SearchStrategy[Value]:
    return st.integers(-_SPREAD, _SPREAD).map(lambda days: DAY + timedelta(days=days))


def _texts() -> st.SearchStrategy[Value]:
    return st.text("甲乙AB12", min_size=1, max_size=4)


def near_values(test: Test, vocabulary: Vocabulary) -> Mapping[str, tuple[Value, ...]]:
    """For each fact that a test reads, the values at and beside its border; none without one.

    A sum turns in its first fact, while the others are nothing; against a share of another fact
    it turns beside some amounts of that fact.

    Args:
        test: The test.
        vocabulary: Declarations of its facts.
    """
    found: dict[str, list[Value]] = {name: [] for name in facts_read(test)}
    first = vocabulary[test.facts[0]]
    for name in test.facts[1:]:
        found[name].append(value_of(vocabulary[name], _nothing(vocabulary[name])))
    if isinstance(test.operand, Share):
        base = vocabulary[test.operand.fact]
        for amount in _BASES:
            given = value_of(base, _counted(base, amount))
            found[base.name].append(given)
            for border in boundaries_of(test, vocabulary):
                found[first.name] += border.sides(given) or ()
        return {name: tuple(dict.fromkeys(some)) for name, some in found.items()}
    for border in boundaries_of(test, vocabulary):
        found[first.name] += [_of(first, value) for value in border.sides() or ()]
    found[first.name] += _written(test, first)
    return {name: tuple(dict.fromkeys(some)) for name, some in found.items()}


def _nothing(fact: Fact) -> int | Decimal:
    return Decimal(0) if fact.kind is Kind.NUMBER else 0


def _counted(fact: Fact, amount: int) -> int | Decimal:
    return Decimal(amount) if fact.kind is Kind.NUMBER else amount


def _of(fact: Fact, value: Value) -> Value:
    """The value in the type of the fact; a sum may be a decimal where its first fact is whole."""
    return int(value) if isinstance(value, Decimal) and fact.kind is not Kind.NUMBER else value


def _written(test: Test, fact: Fact) -> Iterator[Value]:
    """The values that the test names, and those beside them that have no order."""
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    if fact.kind is Kind.SET:
        named = frozenset(str(one) for one in operands)
        yield from (named, frozenset(), *(named - {one} for one in sorted(named)))
    elif fact.kind is Kind.BOOLEAN:
        yield from (True, False)
    elif fact.kind is Kind.CHOICE:
        yield from (choice.code for choice in fact.choices)
    elif not isinstance(test.operand, Share):
        yield from (one for one in operands if not isinstance(one, Share))
        if fact.kind is Kind.TEXT:
            yield "甲"


def aim(
    draw: st.DrawFn,
    condition: Condition,
    vocabulary: Vocabulary,
    found: dict[str, Value],
    *,
    wanted: bool = True,
) -> None:
    """Add facts to those found so that the condition holds, or fails, as far as that is possible.

    Args:
        draw: Given by hypothesis.
        condition: The condition.
        vocabulary: Declarations of its facts.
        found: Facts so far; what is there is kept.
        wanted: Whether it shall hold.
    """
    if isinstance(condition, Test):
        _aim_at_test(draw, condition, vocabulary, found, wanted=wanted)
    elif isinstance(condition, Not):
        aim(draw, condition.part, vocabulary, found, wanted=not wanted)
    elif isinstance(condition, Defined):
        aim(draw, condition.condition, vocabulary, found, wanted=wanted)
    elif isinstance(condition, PerKind):
        _aim_at_kind(draw, condition, vocabulary, found, wanted=wanted)
    else:
        for part in _parts_to_aim_at(draw, condition, wanted=wanted):
            aim(draw, part, vocabulary, found, wanted=wanted)


def _parts_to_aim_at(
    draw: st.DrawFn, condition: AllOf | AnyOf | AtLeast, *, wanted: bool
) -> Sequence[Condition]:
    """All parts where all are needed, else as many as are enough."""
    parts = condition.parts
    if not parts or (isinstance(condition, AllOf) is wanted and not isinstance(condition, AtLeast)):
        return parts
    needed = 1
    if isinstance(condition, AtLeast):
        needed = condition.count if wanted else len(parts) - condition.count + 1
    first = draw(st.integers(0, len(parts) - 1))
    turned = (*parts[first:], *parts[:first])
    return turned[: max(needed, 0)]


def _aim_at_kind(
    draw: st.DrawFn,
    condition: PerKind,
    vocabulary: Vocabulary,
    found: dict[str, Value],
    *,
    wanted: bool,
) -> None:
    code, branch = draw(st.sampled_from(condition.branches))
    found.setdefault(condition.fact, code)
    chosen = dict(condition.branches).get(str(found[condition.fact]), branch)
    aim(draw, chosen, vocabulary, found, wanted=wanted)


def _aim_at_test(
    draw: st.DrawFn,
    test: Test,
    vocabulary: Vocabulary,
    found: dict[str, Value],
    *,
    wanted: bool,
) -> None:
    near = near_values(test, vocabulary)
    # The first fact comes last: whether the test holds is then only its own.
    for name in sorted(near, key=lambda one: one == test.facts[0]):
        if name in found:
            continue
        passing = [value for value in near[name] if name != test.facts[0]]
        if name == test.facts[0]:
            passing = _passing(test, vocabulary, found, near[name], wanted=wanted)
        if passing:
            found[name] = draw(st.sampled_from(passing))


def _passing(
    test: Test,
    vocabulary: Vocabulary,
    found: Mapping[str, Value],
    values: Sequence[Value],
    *,
    wanted: bool,
) -> list[Value]:
    """The values of the first fact with which the test turns out as wanted."""
    truth: Callable[[Mapping[str, Any]], bool | None] = compile_condition(test, vocabulary)
    view = {name: comparable(vocabulary[name], value) for name, value in found.items()}
    first = vocabulary[test.facts[0]]
    return [
        value for value in values if truth({**view, first.name: comparable(first, value)}) is wanted
    ]
