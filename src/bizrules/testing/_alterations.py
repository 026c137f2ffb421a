"""A condition with one thing changed in it, for every thing that could be changed (变动).

What is changed is what an author can get wrong in one place: a condition left out, a threshold one
step off, a border open instead of closed, `all` for `any`, one code too few.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial
from typing import Final, TypeAlias

import attrs

from bizrules.conditions import (
    ALWAYS,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    Operand,
    PerKind,
    Share,
    Test,
    magnitude,
)
from bizrules.facts import CODED, ORDERED, Fact, Kind, Value, Vocabulary
from bizrules.matching import comparable, value_of
from bizrules.provenance import Location
from bizrules.testing._boundaries import HUNDREDTH, grain_of
from bizrules.values import add_days

Put: TypeAlias = "Callable[[Condition], Condition]"
"""Puts a condition in the place of another inside a whole."""

PREAMBLE: Final = "$.preamble"


class Change(Enum):
    """What is changed.

    DROPPED: a condition, or one of several alternatives, is left out. THRESHOLD: a number, level or
    date is one step off. BORDER: a closed border is open, or the reverse (以下、不满).
    CONNECTIVE: any is enough where all are needed, or the reverse. COUNT: one more or one fewer of
    several is needed. NEGATED: the opposite is asked for. CODE: one of several codes is left out.
    DAYS: the first day in force, or the first day no longer in force, is one day off. PERMITS: the
    grades permitted are others, and with them the list. MODALITY: must for may, or the reverse.
    EFFECT: what is ordered about the fine or about other kinds is left out or one step off.
    """

    DROPPED = "dropped"
    THRESHOLD = "threshold"
    BORDER = "border"
    CONNECTIVE = "connective"
    COUNT = "count"
    NEGATED = "negated"
    CODE = "code"
    DAYS = "days"
    PERMITS = "permits"
    MODALITY = "modality"
    EFFECT = "effect"


@attrs.frozen(kw_only=True)
class Alteration:
    """A condition with one thing changed.

    Attributes:
        change: What is changed.
        whole: The whole condition, changed.
        old: The part that is changed.
        new: What stands in its place; None if nothing does.
        location: Where the part stands.
        definition: Name of the innermost definition that the part belongs to, if it does.
    """

    change: Change
    whole: Condition
    old: Condition
    new: Condition | None
    location: Location | None = attrs.field(default=None, eq=False)
    definition: str | None = None

    @property
    def in_preamble(self) -> bool:
        """Whether the part stands in the preamble of the ruleset and so is for all its rules."""
        return self.definition is None and is_preamble(self.location)


def is_preamble(location: Location | None) -> bool:
    """Whether a place lies in the preamble of a ruleset."""
    return location is not None and location.path.startswith(PREAMBLE)


def alterations(condition: Condition, vocabulary: Vocabulary) -> tuple[Alteration, ...]:
    """The condition of a rule with one thing changed, in every way, in order of writing.

    None of them equals the condition, and no two are equal.

    Args:
        condition: A condition checked against the vocabulary.
        vocabulary: Declarations of its facts.
    """
    found: dict[Condition, Alteration] = {}
    for one in _Altering(vocabulary).rule(condition):
        if one.whole != condition:
            found.setdefault(one.whole, one)
    return tuple(found.values())


def _all(parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _any(parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _place(condition: Condition) -> Location | None:
    """Where a condition stands; what a rule is put together of stands where its first part does."""
    if condition.location is not None:
        return condition.location
    if isinstance(condition, Not):
        return _place(condition.part)
    parts = condition.parts if isinstance(condition, (AllOf, AnyOf, AtLeast)) else ()
    return _place(parts[0]) if parts else None


def _replaced(parts: Sequence[Condition], at: int, new: Condition | None) -> list[Condition]:
    return [*parts[:at], *(() if new is None else (new,)), *parts[at + 1 :]]


@attrs.frozen
class _Altering:
    """Changes conditions.

    Attributes:
        vocabulary: Declarations of the facts.
        definition: Name of the definition that is being changed, if one is.
    """

    vocabulary: Vocabulary
    definition: str | None = None

    def rule(self, whole: Condition) -> Iterator[Alteration]:
        """The condition of a rule or definition: preamble, conditions, and what excludes it."""
        parts = _loose(whole, AllOf)
        yield from self._joined(parts, AnyOf, _all)
        for at, part in enumerate(parts):
            put = partial(_put_part, parts, at)
            if isinstance(part, Not) and part.location is None:
                yield from self._exclusion(part, put, _all(_replaced(parts, at, None)))
                continue
            yield self._dropped(part, _all(_replaced(parts, at, None)))
            yield from self._inside(part, put)

    def _exclusion(self, node: Not, put: Put, without: Condition) -> Iterator[Alteration]:
        """What a rule excludes: any one of the alternatives does."""
        parts = _loose(node.part, AnyOf)
        yield from self._joined(parts, AllOf, lambda given: put(Not(_any(given))))
        for at, part in enumerate(parts):
            rest = _replaced(parts, at, None)
            yield self._dropped(part, put(Not(_any(rest))) if rest else without)
            yield from self._inside(part, partial(_put_excluded, parts, at, put))

    def _joined(
        self,
        parts: Sequence[Condition],
        join: type[AllOf] | type[AnyOf],
        put: Callable[[Sequence[Condition]], Condition],
    ) -> Iterator[Alteration]:
        """The parts written together, preamble apart from rule, joined the other way."""
        for shared in (True, False):
            at = [
                number
                for number, part in enumerate(parts)
                if is_preamble(part.location) is shared
                and not (isinstance(part, Not) and part.location is None)
            ]
            if len(at) > 1:
                group = tuple(parts[number] for number in at)
                new = join(group)
                # In a document they stand together, so they do here.
                changed = [*parts[: at[0]], new, *parts[at[-1] + 1 :]]
                old = AllOf(group) if join is AnyOf else AnyOf(group)
                yield self._made(Change.CONNECTIVE, old, new, put(changed))

    def _inside(self, node: Condition, put: Put) -> Iterator[Alteration]:
        """Everything that can be changed in a part, which itself stays."""
        if isinstance(node, Test):
            for change, new in altered_tests(node, self.vocabulary):
                yield self._made(change, node, new, put(new))
        elif isinstance(node, Not):
            yield self._made(Change.NEGATED, node, node.part, put(node.part))
            yield from self._inside(node.part, lambda inner: put(attrs.evolve(node, part=inner)))
        elif isinstance(node, Defined):
            yield self._made(Change.NEGATED, node, Not(node), put(Not(node)))
            altering = attrs.evolve(self, definition=node.name)
            for one in altering.rule(node.condition):
                whole = put(attrs.evolve(node, condition=one.whole))
                yield attrs.evolve(one, whole=whole)
        elif isinstance(node, PerKind):
            yield from self._per_kind(node, put)
        else:
            yield from self._parts(node, put)

    def _parts(self, node: AllOf | AnyOf | AtLeast, put: Put) -> Iterator[Alteration]:
        parts = node.parts
        for change, new in _rejoined(node):
            yield self._made(change, node, new, put(new))
        for at, part in enumerate(parts):
            if len(parts) > 1:
                rest = tuple(_replaced(parts, at, None))
                left: Condition = attrs.evolve(node, parts=rest)
                if isinstance(left, AtLeast):
                    left = attrs.evolve(left, count=min(left.count, len(rest)))
                yield self._dropped(part, put(left))
            yield from self._inside(part, partial(_put_inside, node, at, put))

    def _per_kind(self, node: PerKind, put: Put) -> Iterator[Alteration]:
        branches = node.branches
        for at, (code, inner) in enumerate(branches):
            rest = (*branches[:at], *branches[at + 1 :])
            if rest:
                branch = attrs.evolve(node, branches=(branches[at],))
                yield self._dropped(branch, put(attrs.evolve(node, branches=rest)))
            place = partial(_put_branch, node, at, code, put)
            if inner != ALWAYS:
                yield self._dropped(inner, place(ALWAYS))
                yield from self._inside(inner, place)

    def _dropped(self, part: Condition, whole: Condition) -> Alteration:
        return self._made(Change.DROPPED, part, None, whole)

    def _made(
        self, change: Change, old: Condition, new: Condition | None, whole: Condition
    ) -> Alteration:
        return Alteration(
            change=change,
            whole=whole,
            old=old,
            new=new,
            location=_place(old),
            definition=self.definition,
        )


def _loose(condition: Condition, kind: type[AllOf] | type[AnyOf]) -> tuple[Condition, ...]:
    """The parts of which a rule is put together, which as a whole stand nowhere in the document."""
    if isinstance(condition, kind) and condition.location is None:
        return condition.parts
    return (condition,)


def _put_part(parts: Sequence[Condition], at: int, new: Condition) -> Condition:
    return _all(_replaced(parts, at, new))


def _put_excluded(parts: Sequence[Condition], at: int, put: Put, new: Condition) -> Condition:
    return put(Not(_any(_replaced(parts, at, new))))


def _put_inside(node: AllOf | AnyOf | AtLeast, at: int, put: Put, new: Condition) -> Condition:
    return put(attrs.evolve(node, parts=tuple(_replaced(node.parts, at, new))))


def _put_branch(node: PerKind, at: int, code: str, put: Put, new: Condition) -> Condition:
    branches = (*node.branches[:at], (code, new), *node.branches[at + 1 :])
    return put(attrs.evolve(node, branches=branches))


def _rejoined(node: AllOf | AnyOf | AtLeast) -> Iterator[tuple[Change, Condition]]:
    """The same parts, more or fewer of them needed."""
    if isinstance(node, AtLeast):
        for count in (node.count - 1, node.count + 1):
            if 0 < count <= len(node.parts):
                yield Change.COUNT, attrs.evolve(node, count=count)
    elif len(node.parts) > 1:
        join = AnyOf if isinstance(node, AllOf) else AllOf
        yield Change.CONNECTIVE, join(node.parts, node.location)


_BORDERS: Final = {
    Op.BELOW: Op.AT_MOST,
    Op.AT_MOST: Op.BELOW,
    Op.ABOVE: Op.AT_LEAST,
    Op.AT_LEAST: Op.ABOVE,
}
_STEPPED: Final = frozenset({*_BORDERS, Op.BEFORE, Op.ON_OR_AFTER, Op.IS})
_SEVERAL: Final = frozenset({Op.IN, Op.NOT_IN, Op.CONTAINS})


def altered_tests(test: Test, vocabulary: Vocabulary) -> Iterator[tuple[Change, Test]]:
    """A test with one thing changed; no two mean the same."""
    fact = _measure(test, vocabulary)
    seen = {_meaning(test, fact)}
    for change, new in _altered(test, fact):
        meaning = _meaning(new, fact)
        if meaning not in seen:
            seen.add(meaning)
            yield change, new


def _measure(test: Test, vocabulary: Vocabulary) -> Fact:
    """The fact by whose kind the test counts; one number makes a sum a number."""
    facts = [vocabulary[name] for name in test.facts]
    return next((one for one in facts if one.kind is Kind.NUMBER), facts[0])


def _altered(test: Test, fact: Fact) -> Iterator[tuple[Change, Test]]:
    operand = test.operand
    if isinstance(operand, bool):
        yield Change.NEGATED, attrs.evolve(test, operand=not operand)
    elif test.op is Op.IS and fact.kind is Kind.CHOICE and isinstance(operand, str):
        yield Change.NEGATED, attrs.evolve(test, op=Op.NOT_IN, operand=(operand,))
    if test.op in _BORDERS and fact.kind is not Kind.LEVEL:
        yield Change.BORDER, attrs.evolve(test, op=_BORDERS[test.op])
    if isinstance(operand, tuple):
        yield from _altered_values(test, operand, fact)
    else:
        for value in _near(test, operand, fact):
            yield Change.THRESHOLD, attrs.evolve(test, operand=value)


def _near(test: Test, operand: Value | Share, fact: Fact) -> Iterator[Operand]:
    """One step below and above what an amount is tested against; of a share, one hundredth."""
    if isinstance(operand, Share):
        for times in (operand.times - HUNDREDTH, operand.times + HUNDREDTH):
            if times > 0:
                yield attrs.evolve(operand, times=times)
    elif test.op in _STEPPED:
        yield from _neighbours(fact, operand, operand)


def _altered_values(
    test: Test, operand: tuple[Value, ...], fact: Fact
) -> Iterator[tuple[Change, Test]]:
    if test.op in _SEVERAL and len(operand) > 1:
        for at in range(len(operand)):
            rest = (*operand[:at], *operand[at + 1 :])
            yield Change.CODE, attrs.evolve(test, operand=rest)
    if test.op is Op.BETWEEN:
        low, high = operand
        ends = [(value, high) for value in _neighbours(fact, low, operand)]
        ends += [(low, value) for value in _neighbours(fact, high, operand)]
        for end in ends:
            if _rank(fact, end[0]) <= _rank(fact, end[1]):
                yield Change.THRESHOLD, attrs.evolve(test, operand=end)


def _rank(fact: Fact, value: Value) -> Fraction:
    """The place of a value of an ordered kind among the others."""
    return Fraction(fact.ranks[value] if isinstance(value, str) else magnitude(value))


def _neighbours(fact: Fact, value: Value, written: object) -> Iterator[Value]:
    """The values one step below and above, as far as there are any."""
    if fact.kind not in ORDERED or isinstance(value, frozenset):
        return
    step = grain_of(fact, written)
    for sign in (-1, 1):
        new = _stepped(fact, value, sign * step)
        if new is not None:
            yield new


def _stepped(fact: Fact, value: Value, step: Fraction) -> Value | None:
    found = comparable(fact, value)
    if isinstance(found, Decimal):
        new = found + Decimal(step.numerator) / Decimal(step.denominator)
        return new if new >= 0 else None
    if isinstance(found, int):
        rank = found + step.numerator
        is_known = rank >= 0 and (fact.kind is not Kind.LEVEL or rank < len(fact.choices))
        return value_of(fact, rank) if is_known else None
    return None if isinstance(found, (str, frozenset)) else add_days(found, step.numerator)


def _meaning(test: Test, fact: Fact) -> tuple[Op, Operand | Fraction]:
    """The same for tests that the same values pass, as below 5 is at most 4 in whole numbers."""
    operand = test.operand
    if fact.kind in CODED and isinstance(operand, tuple):
        return test.op, tuple(sorted(map(str, operand)))
    is_whole = fact.kind in ORDERED and fact.kind is not Kind.NUMBER
    if not is_whole or isinstance(operand, (tuple, Share)):
        return test.op, operand
    rank = _rank(fact, operand)
    if test.op in (Op.BELOW, Op.BEFORE):
        return Op.AT_MOST, rank - 1
    if test.op in (Op.ABOVE, Op.ON_OR_AFTER):
        return Op.AT_LEAST, rank + (1 if test.op is Op.ABOVE else 0)
    return test.op, rank
