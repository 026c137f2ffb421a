"""Whether one condition entails another: every case that meets the one meets the other.

Both conditions become formulas of *claims* without negation; a claim says that something read of
the case is known and lies in a set. The proof keeps, for everything read, the set in which it lies,
and splits these sets and the alternatives of the one until the other is certain.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Final, TypeAlias

import attrs

from bizrules.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
    Test,
    magnitude,
)
from bizrules.facts import NUMERIC, Fact, Kind, Value, Vocabulary

Key: TypeAlias = tuple[str, ...]
"""What a claim is about: an amount, a share, whether a set has a member, or one whole test."""

Cut: TypeAlias = tuple[int | Fraction | float, int]
"""A place on the line just before a number (0) or just after it (1)."""

_FUEL: Final = 4000
_LOWEST: Final[Cut] = (float("-inf"), 0)
_HIGHEST: Final[Cut] = (float("inf"), 1)
# Stands for 0 of 0, which passes every test against a share that includes the limit.
_NOTHING_OF_NOTHING: Final = -1


@attrs.frozen
class _Region:
    """Numbers on a line, as stretches between cuts: sorted, apart, none empty."""

    stretches: tuple[tuple[Cut, Cut], ...]

    @classmethod
    def of(cls, *stretches: tuple[Cut, Cut]) -> "_Region":
        """The numbers in any of the stretches."""
        found: list[tuple[Cut, Cut]] = []
        for low, high in sorted(one for one in stretches if one[0] < one[1]):
            if found and low <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], high))
            else:
                found.append((low, high))
        return cls(tuple(found))

    def __and__(self, other: "_Region") -> "_Region":
        """The numbers in both."""
        return _Region.of(
            *((max(a, c), min(b, d)) for a, b in self.stretches for c, d in other.stretches)
        )

    def without(self, other: "_Region") -> "_Region":
        """The numbers that are not in the other."""
        ends = [_LOWEST, *(cut for stretch in other.stretches for cut in stretch), _HIGHEST]
        return self & _Region.of(*zip(ends[::2], ends[1::2], strict=True))

    def within(self, other: "_Region") -> bool:
        """Whether all its numbers are in the other."""
        return self & other == self


@attrs.frozen
class _Claim:
    """Something read of the case is known and lies in a region."""

    key: Key
    region: _Region

    @property
    def keys(self) -> frozenset[Key]:
        """What it is about."""
        return frozenset({self.key})


@attrs.frozen(slots=False)
class _Count:
    """At least `count` of the parts hold: all of them, one of them, or in between."""

    count: int
    parts: "tuple[_Formula, ...]"

    @cached_property
    def keys(self) -> frozenset[Key]:
        """What its claims are about."""
        return frozenset(key for part in self.parts for key in part.keys)


_Formula: TypeAlias = _Claim | _Count


def _all(parts: Iterable[_Formula]) -> _Formula:
    found = tuple(parts)
    return found[0] if len(found) == 1 else _Count(len(found), found)


def _any(parts: Iterable[_Formula]) -> _Formula:
    found = tuple(parts)
    return found[0] if len(found) == 1 else _Count(1, found)


def implies(
    one: Condition,
    other: Condition,
    vocabulary: Vocabulary,
    *,
    names: Mapping[str, str] | None = None,
) -> bool:
    """Whether every case that meets the one condition is sure to meet the other.

    If it says so, that is so: wherever `one` is true, `other` is true, not unknown. It may say no
    where the reason lies deeper than it looks: between a sum and one of its facts, in the cases
    that derivations exclude, or in very long alternatives.

    Args:
        one: The condition that is given.
        other: The condition that is to follow.
        vocabulary: Declarations of the facts of both.
        names: Other names for facts that `one` reads. A fact that the two define differently gets
            a name of its own, and then nothing follows from one to the other.
    """
    given = _Reader(vocabulary, names or {}).formula(one)
    wanted = _Reader(vocabulary, {}).formula(other)
    return given == wanted or _Prover().proves(given, wanted)


@attrs.frozen
class _Reader:
    """Reads conditions as formulas.

    Attributes:
        vocabulary: Declarations of the facts.
        names: Names under which some facts are known.
    """

    vocabulary: Vocabulary
    names: Mapping[str, str]

    def formula(self, condition: Condition, *, holds: bool = True) -> _Formula:
        """What must be claimed for the condition to be true, or else false."""
        if isinstance(condition, Test):
            return self._test(condition, holds=holds)
        if isinstance(condition, Not):
            return self.formula(condition.part, holds=not holds)
        if isinstance(condition, Defined):
            return self.formula(condition.condition, holds=holds)
        if isinstance(condition, PerKind):
            branches = (
                AllOf((Test((condition.fact,), Op.IS, code), branch))
                for code, branch in condition.branches
            )
            return self.formula(AnyOf(tuple(branches)), holds=holds)
        total = len(condition.parts)
        count = _needed(condition) if holds else total - _needed(condition) + 1
        parts = tuple(self.formula(part, holds=holds) for part in condition.parts)
        return parts[0] if total == count == 1 else _Count(count, parts)

    def _test(self, test: Test, *, holds: bool) -> _Formula:
        fact = self.vocabulary[test.facts[0]]
        if isinstance(test.operand, Share):
            return self._share(test, test.operand, holds=holds)
        if fact.kind is Kind.SET:
            return self._members(test, fact, holds=holds)
        facts = [self.vocabulary[name] for name in test.facts]
        domain = _domain(fact, facts)
        whole = all(one.kind is not Kind.NUMBER for one in facts)
        region = _Region.of(*_stretches(test, fact)) if not whole else _whole(test, fact)
        region &= domain
        key = ("amount", *sorted(map(self._name, test.facts)))
        return _Claim(key, region if holds else domain.without(region))

    def _name(self, fact: str) -> str:
        return self.names.get(fact, fact)

    def _share(self, test: Test, share: Share, *, holds: bool) -> _Formula:
        """A test against a share of another fact, as a region of the ratio between the two."""
        read = [self.vocabulary[name] for name in (*test.facts, share.fact)]
        if any(fact.derived or fact.kind not in NUMERIC for fact in read) or share.times < 0:
            return self._opaque(test, holds=holds)
        nothing = ((_NOTHING_OF_NOTHING, 0), (_NOTHING_OF_NOTHING, 1))
        domain = _Region.of(nothing, ((0, 0), _HIGHEST))
        low, high = _ends(test.op, share.times)
        found = [(low, high)] if test.op in (Op.ABOVE, Op.BELOW) else [nothing, (low, high)]
        region = _Region.of(*found) & domain
        if test.op is Op.BELOW:
            region &= _Region.of(((0, 0), _HIGHEST))
        names = sorted(map(self._name, test.facts))
        key = ("share", *names, "of", self._name(share.fact))
        return _Claim(key, region if holds else domain.without(region))

    def _members(self, test: Test, fact: Fact, *, holds: bool) -> _Formula:
        """A test of a set: which members it has, and for `is` which it has not."""
        operand = test.operand if isinstance(test.operand, (tuple, frozenset)) else ()
        wanted = frozenset(map(str, operand))
        name = self._name(fact.name)
        claims = [
            _Claim(("member", name, code), _YES if (code in wanted) is holds else _NO)
            for code in fact.ranks
            if code in wanted or test.op is Op.IS
        ]
        if not claims or not wanted <= fact.ranks.keys() or test.op not in (Op.IS, Op.CONTAINS):
            return self._opaque(test, holds=holds)
        return _all(claims) if holds else _any(claims)

    def _opaque(self, test: Test, *, holds: bool) -> _Formula:
        """A test that is compared only with itself."""
        read = (*test.facts, test.operand.fact) if isinstance(test.operand, Share) else test.facts
        names = map(self._name, read)
        return _Claim(("test", test.op.value, repr(test.operand), *names), _YES if holds else _NO)


_NO: Final = _Region.of(((0, 0), (1, 0)))
_YES: Final = _Region.of(((1, 0), (2, 0)))


def _needed(condition: AllOf | AnyOf | AtLeast) -> int:
    if isinstance(condition, AtLeast):
        return condition.count
    return len(condition.parts) if isinstance(condition, AllOf) else 1


def _domain(fact: Fact, facts: Iterable[Fact]) -> _Region:
    """All values: codes by their number, and amounts that are stated not below zero."""
    if fact.kind is Kind.BOOLEAN:
        return _Region.of(((0, 0), (2, 0)))
    if fact.ranks:
        return _Region.of(((0, 0), (len(fact.ranks), 0)))
    if all(one.kind in NUMERIC and not one.derived for one in facts):
        return _Region.of(((0, 0), _HIGHEST))
    return _Region.of((_LOWEST, _HIGHEST))


def _number(fact: Fact, value: Value) -> int | Fraction:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        # Each text has a number of its own; that there are numbers without text does no harm.
        return fact.ranks[value] if fact.ranks else int.from_bytes(b"1" + value.encode())
    return Fraction(magnitude(value))


def _ends(op: Op, number: int | Fraction) -> tuple[Cut, Cut]:
    """The stretch of the line that passes a test against one number."""
    low: Cut = (number, 1 if op is Op.ABOVE else 0)
    high: Cut = (number, 0 if op in (Op.BELOW, Op.BEFORE) else 1)
    if op in (Op.BELOW, Op.BEFORE, Op.AT_MOST):
        low = _LOWEST
    elif op in (Op.ABOVE, Op.AT_LEAST, Op.ON_OR_AFTER):
        high = _HIGHEST
    return low, high


def _stretches(test: Test, fact: Fact) -> Iterator[tuple[Cut, Cut]]:
    """The stretches of the line that pass the test."""
    operand = test.operand
    if not isinstance(operand, tuple):
        if not isinstance(operand, Share):
            yield _ends(test.op, _number(fact, operand))
        return
    numbers = [_number(fact, value) for value in operand]
    if test.op is Op.BETWEEN:
        yield (numbers[0], 0), (numbers[1], 1)
    elif test.op is Op.NOT_IN:
        points = _Region.of(*(((number, 0), (number, 1)) for number in numbers))
        yield from _Region.of((_LOWEST, _HIGHEST)).without(points).stretches
    else:
        yield from (((number, 0), (number, 1)) for number in numbers)


def _whole(test: Test, fact: Fact) -> _Region:
    """The same of a line of whole numbers: below 5 is at most 4."""
    return _Region.of(*((_up(low), _up(high)) for low, high in _stretches(test, fact)))


def _up(cut: Cut) -> Cut:
    """The same cut just before a whole number."""
    number, after = cut
    if isinstance(number, float):
        return cut
    # The first whole number that lies behind the cut.
    return (number.__floor__() + 1 if after else number.__ceil__(), 0)


@attrs.define
class _Prover:
    """Looks for a proof, and gives up after so many branches.

    What a branch takes grows with the length of the conditions, not with the number of ways in
    which their alternatives combine.

    Attributes:
        fuel: Branches that may still be looked into.
    """

    fuel: int = _FUEL

    def proves(self, given: _Formula, wanted: _Formula) -> bool:
        """Whether the wanted formula holds wherever the given one does."""
        if isinstance(wanted, _Count) and wanted.count == len(wanted.parts):
            return all(self.proves(given, part) for part in wanted.parts)
        return self._holds(_Known({}, ()).with_(given), wanted)

    def _holds(self, known: "_Known | None", wanted: _Formula) -> bool:
        """Whether the wanted formula holds in every branch, one looked into after the other."""
        if known is None or known.makes_certain(wanted):
            return True
        ways = [known.branches(wanted)]
        while ways:
            branches = ways[-1]
            if branches is None or self.fuel <= 0:
                return False
            try:
                branch = next(branches)
            except StopIteration:
                ways.pop()
                continue
            self.fuel -= 1
            if branch is not None and not branch.makes_certain(wanted):
                ways.append(branch.branches(wanted))
        return True


@attrs.frozen
class _Known:
    """What is known on one way of the proof.

    Attributes:
        regions: Where everything known lies.
        waiting: Alternatives not looked into yet.
    """

    regions: Mapping[Key, _Region]
    waiting: tuple[_Count, ...]

    def with_(self, *formulas: _Formula) -> "_Known | None":
        """With the formulas besides; None if no case can be like that."""
        regions, waiting = dict(self.regions), list(self.waiting)
        todo = list(formulas)
        while todo:
            formula = todo.pop(0)
            if isinstance(formula, _Claim):
                found = regions.get(formula.key)
                region = formula.region if found is None else found & formula.region
                if not region.stretches:
                    return None
                regions[formula.key] = region
            elif formula.count > len(formula.parts):
                return None
            elif formula.count == len(formula.parts):
                todo.extend(formula.parts)
            elif formula.count > 0:
                waiting.append(formula)
        return _Known(regions, tuple(waiting))

    def makes_certain(self, wanted: _Formula) -> bool:
        """Whether the wanted formula holds in all that is known without alternatives."""
        if isinstance(wanted, _Claim):
            region = self.regions.get(wanted.key)
            return region is not None and region.within(wanted.region)
        if any(_leaves(one, wanted) for one in self.waiting):
            return True
        certain = 0
        for part in wanted.parts:
            if certain >= wanted.count:
                break
            certain += self.makes_certain(part)
        return certain >= wanted.count

    def branches(self, wanted: _Formula) -> "Iterator[_Known | None] | None":
        """Ways into which it divides, one of which every case takes; None if it does not."""
        near = [one for one in self.waiting if one.keys & wanted.keys]
        split = None if near else self._split(wanted)
        if split is not None:
            return iter(split)
        # Alternatives that have nothing to do with it may still exclude each other.
        chosen = next(iter(near or self.waiting), None)
        if chosen is None:
            return None
        rest = _Known(self.regions, tuple(one for one in self.waiting if one is not chosen))
        return (rest.with_(*parts) for parts in combinations(chosen.parts, chosen.count))

    def _split(self, wanted: _Formula) -> "tuple[_Known | None, ...] | None":
        """What is known, divided at the border of a claim that it neither makes nor excludes."""
        for claim in _claims(wanted):
            region = self.regions.get(claim.key)
            if region is None:
                continue
            inside = region & claim.region
            if inside.stretches and inside != region:
                outside = _Claim(claim.key, region.without(claim.region))
                return self.with_(claim), self.with_(outside)
        return None


def _leaves(given: _Count, wanted: _Count) -> bool:
    """Whether enough of the wanted parts are among those of which the given count holds."""
    if given.count - len(given.parts) + len(wanted.parts) < wanted.count:
        return False
    shared = Counter(given.parts) & Counter(wanted.parts)
    return given.count - (len(given.parts) - shared.total()) >= wanted.count


def _claims(formula: _Formula) -> Iterator[_Claim]:
    if isinstance(formula, _Claim):
        yield formula
    else:
        for part in formula.parts:
            yield from _claims(part)
