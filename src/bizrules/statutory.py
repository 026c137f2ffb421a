"""The fine that a provision threatens in a case, under every answer to what is not yet known.

Which of several provisions threatens the higher fine (行政处罚法 29) must be told while amounts are
unknown: twenty times the goods is above 50,000 yuan if that multiple applies only from 10,000
yuan of goods on. So the provisions are looked at side by side, each unknown fact taking one value
of every stretch in which they stay the same or grow in proportion.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import prod
from typing import Final, TypeAlias

import attrs

from bizrules.conditions import Condition, Share, facts_read, tests_of
from bizrules.facts import CODED, Fact, Kind, Vocabulary
from bizrules.matching import Comparable, Matcher, View, comparable, compile_condition
from bizrules.outcomes import FineRange
from bizrules.penalties import FineScale, OtherKind, Provision

MOST_ANSWERS: Final = 4096
"""So many combinations of answers are looked at; where there are more, the facts are asked."""

_ENDLESS: Final = 10**18
"""An amount above those of all cases. *Unit*: fen."""

Answers: TypeAlias = Mapping[str, Comparable]
"""An answer to each unknown fact; versions of a provision are told by `_version_key`."""


@attrs.frozen(kw_only=True, eq=False)
class Threat:
    """What one provision threatens, compiled.

    Attributes:
        versions: Its versions that may be in force; more than one while a date is open.
        view: Facts known in the case.
        tells: Dates and facts that decide between the versions.
    """

    versions: tuple["_Version", ...]
    view: View
    tells: tuple[str, ...] = ("committed",)

    def unknown(self) -> frozenset[str]:
        """Facts that are not known and can change the fine."""
        read = (name for version in self.versions for name in version.reads)
        return frozenset(name for name in read if self.view.get(name) is None)

    def range(self, answers: Answers) -> FineRange | None:
        """The statutory range under the answers; None if there is no fine."""
        version = self._version(answers)
        return None if version is None else version.range({**answers, **self.view})

    def kinds(self, answers: Answers, *, certain: bool) -> tuple[OtherKind, ...]:
        """The penalties besides the fine that are open under the answers.

        Args:
            answers: The answers.
            certain: Whether to leave out those of which the answers do not tell it.
        """
        version = self._version(answers)
        if version is None:
            return ()
        view = {**answers, **self.view}
        told = ((holds(view), kind) for holds, kind in version.kinds)
        return tuple(kind for open_, kind in told if open_ or (open_ is None and not certain))

    def _version(self, answers: Answers) -> "_Version | None":
        if not self.versions:
            return None
        chosen = answers.get(self.version_key, 0) if len(self.versions) > 1 else 0
        return self.versions[chosen if isinstance(chosen, int) else 0]

    def weighing_kinds(self) -> "Threat":
        """The same, asking also for the facts on which the penalties besides the fine depend."""
        versions = tuple(version.weighing_kinds() for version in self.versions)
        return attrs.evolve(self, versions=versions)

    @property
    def version_key(self) -> str:
        """Name under which an answer says which version it is."""
        return f"#{id(self)}"


@attrs.frozen(kw_only=True, eq=False)
class _Version:
    """One version of a provision."""

    ready: Matcher
    tiers: tuple[tuple[Matcher, FineScale | None, str], ...]
    conditions: tuple[Condition, ...]
    reads: frozenset[str]
    floors: Mapping[str, frozenset[int]]
    kinds: tuple[tuple[Matcher, OtherKind], ...]

    def weighing_kinds(self) -> "_Version":
        """The same, reading what the penalties besides the fine depend on."""
        more = tuple(kind.when for _, kind in self.kinds if kind.kind.is_penalty)
        return attrs.evolve(
            self,
            conditions=(*self.conditions, *more),
            reads=self.reads.union(*map(facts_read, more)),
        )

    def range(self, view: View) -> FineRange | None:
        """The range of the first tier whose switch holds."""
        if self.ready(view) is not True:
            return None
        for holds, scale, tier in self.tiers:
            if holds(view) is True:
                return None if scale is None else _range(scale, view, tier)
        return None


def _range(scale: FineScale, view: View, tier: str) -> FineRange:
    low, high = scale.low or Fraction(0), scale.high
    amount = 1 if scale.base is None else max(view[scale.base], scale.base_floor or 0)
    return FineRange(
        low=low * amount,
        high=None if high is None else high * amount,
        low_closed=scale.low is not None,
        tier=tier,
    )


def threat_of(
    provisions: Sequence[Provision],
    vocabulary: Vocabulary,
    view: View,
    tells: tuple[str, ...] = ("committed",),
) -> Threat:
    """What the versions of a provision threaten.

    Args:
        provisions: Versions that may be in force.
        vocabulary: Declarations of facts.
        view: Facts known in the case.
        tells: Dates and facts that decide between them.
    """
    versions = tuple(_compiled(provision, vocabulary) for provision in provisions)
    return Threat(versions=versions, view=view, tells=tells)


def _compiled(provision: Provision, vocabulary: Vocabulary) -> _Version:
    conditions = (provision.only_after, *(tier.when for tier in provision.tiers))
    scales = [tier.fine for tier in provision.tiers if tier.fine is not None]
    bases = frozenset(scale.base for scale in scales if scale.base is not None)
    floors = {
        base: frozenset(s.base_floor for s in scales if s.base == base and s.base_floor)
        for base in bases
    }
    return _Version(
        ready=compile_condition(provision.only_after, vocabulary),
        tiers=tuple(
            (compile_condition(tier.when, vocabulary), tier.fine, tier.id)
            for tier in provision.tiers
        ),
        conditions=conditions,
        reads=bases.union(*map(facts_read, conditions)) if any(scales) else frozenset(),
        floors=floors,
        kinds=tuple((compile_condition(kind.when, vocabulary), kind) for kind in provision.kinds),
    )


def answers_to(threats: Iterable[Threat], vocabulary: Vocabulary) -> "Grid | None":
    """Every combination of answers that can make a difference between the threats.

    None if there are too many, or if a test adds or compares facts that are not known, so that
    one answer at a time cannot stand for a stretch.
    """
    found = tuple(threats)
    unknown = frozenset(name for threat in found for name in threat.unknown())
    versions = [version for threat in found for version in threat.versions]
    choices: dict[str, tuple[Comparable, ...]] = {}
    for name in sorted(unknown):
        answers = None if name not in vocabulary else _answers(vocabulary[name], versions)
        if not answers:
            return None
        choices[name] = answers
    for threat in found:
        if len(threat.versions) > 1:
            choices[threat.version_key] = tuple(range(len(threat.versions)))
    if prod(map(len, choices.values())) > MOST_ANSWERS:
        return None
    return Grid(choices, {threat.version_key: threat.tells for threat in found})


@attrs.frozen(eq=False)
class Grid:
    """Combinations of answers.

    Attributes:
        choices: The answers to each unknown fact.
        tells: Facts that stand behind a choice that is none itself.
    """

    choices: Mapping[str, tuple[Comparable, ...]]
    tells: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)

    def __iter__(self) -> Iterator[Answers]:
        """Each combination."""
        names = tuple(self.choices)
        return (dict(zip(names, values, strict=True)) for values in product(*self.choices.values()))

    def deciding(self, results: Iterable[object]) -> tuple[str, ...]:
        """Facts of which an answer changes the result, the other answers being the same.

        Args:
            results: The result under each combination, in order.
        """
        names = tuple(self.choices)
        told = list(zip(product(*self.choices.values()), results, strict=True))
        found: set[str] = set()
        for at, name in enumerate(names):
            seen: dict[tuple[object, ...], object] = {}
            for values, result in told:
                rest = (*values[:at], *values[at + 1 :])
                if seen.setdefault(rest, result) != result:
                    found.update(self.tells.get(name, (name,)))
                    break
        return tuple(sorted(found))


def _answers(fact: Fact, versions: Iterable[_Version]) -> tuple[Comparable, ...] | None:
    """One answer for each stretch of values, and the ends of the stretch."""
    if fact.kind is Kind.BOOLEAN:
        return (True, False)
    if fact.kind is Kind.LEVEL:
        return tuple(range(len(fact.choices)))
    if fact.kind in CODED and fact.kind is not Kind.SET:
        return tuple(fact.ranks)
    if fact.kind not in _AMOUNTS:
        return None
    limits = _limits(fact, versions)
    return None if limits is None else _stretches(limits)


_AMOUNTS: Final = frozenset({Kind.MONEY, Kind.INTEGER, Kind.DAYS})


def _limits(fact: Fact, versions: Iterable[_Version]) -> set[int] | None:
    """Amounts at which a provision changes; None if they depend on other facts."""
    limits: set[int] = set()
    for version in versions:
        limits.update(version.floors.get(fact.name, ()))
        for test in (t for condition in version.conditions for t in tests_of(condition)):
            shared = isinstance(test.operand, Share) and test.operand.fact == fact.name
            if fact.name not in test.facts and not shared:
                continue
            if len(test.facts) > 1 or isinstance(test.operand, Share):
                return None
            ends = test.operand if isinstance(test.operand, tuple) else (test.operand,)
            limits.update(found for end in ends if isinstance(found := comparable(fact, end), int))
    return limits


def _stretches(limits: set[int]) -> tuple[int, ...]:
    """Both ends and the middle of every stretch between the limits, and the limits.

    Inside a stretch fines grow in proportion, so what holds at both ends and in the middle holds
    all over it.
    """
    # A base on which nothing else turns is more than nothing: without one there is no multiple.
    ends = {1, _ENDLESS, *(one for at in limits for one in (at - 1, at, at + 1) if one >= 0)}
    marks = sorted(ends)
    middles = {(low + high) // 2 for low, high in pairwise(marks)}
    return tuple(sorted(ends | middles))
