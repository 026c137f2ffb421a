"""Results remembered: what the rules that hold, and those that cannot be told, lead to.

A result does not depend on which rules there are, only on what they weigh and on how they follow
each other. So every kind of weight has a number, a case is a short sequence of numbers, its key,
and what was worked out once for a key is kept for every case, violation and place.
"""

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final, TypeAlias

import attrs

from bizrules.outcome_parts import OutcomeForm
from bizrules.resolution import LAWFUL, Resolution, is_settled, resolve
from bizrules.rules import Combination
from bizrules.selection import Stretch
from bizrules.weights import Weight

Key: TypeAlias = tuple[int, ...]
"""The rules on the penalty axis that did not fail: a number each, in order of rank.

The number of a rule that holds is `Verdicts.number` of its weight, and that plus one of a rule
that cannot be told. Of equal neighbours only one stands.
"""

Rank: TypeAlias = tuple[tuple[int, ...], str]
"""Sorts rules for a key."""

UNTOLD: Final = 1
"""What is added to the number of a rule that cannot be told."""

MOST_KEPT: Final = 65_536
"""So many results are kept for one way in which rules combine; more are worked out each time."""


@attrs.frozen(kw_only=True, eq=False)
class PenaltyVerdict:
    """What the rules of a key lead to on the penalty axis.

    Attributes:
        result: The result of the rules that hold; it names no rule, since a key knows none.
        settled: Whether neither an answer nor an uncertain date can change it.
        form: What an outcome says of that.
    """

    result: Resolution
    settled: bool
    form: OutcomeForm = attrs.field(init=False, repr=False)

    @form.default
    def _said(self) -> OutcomeForm:
        # Until it is settled no grade is proposed.
        result, settled = self.result, self.settled
        return (
            result.grade if settled else None,
            result.permitted,
            result.modality if settled else None,
            result.contested,
            settled,
        )


def rank_of(weight: Weight) -> Rank:
    """Where the rule stands in a key: norms that conflict in their order, then by id."""
    return weight.precedence, weight.rule


def judge_penalty(
    held: Sequence[Weight],
    unknown: Sequence[Weight],
    combinations: Sequence[Combination],
    is_violation: bool | None,
) -> tuple[Resolution, bool]:
    """The result of the rules that hold, and whether neither an answer nor a date can change it.

    Args:
        held: Rules that hold.
        unknown: Rules that cannot be told.
        combinations: How lenient and heavier rules combine; several ways if a date decides.
        is_violation: Whether the act is a violation at all; None if only on some of the days.
    """
    if is_violation is False:
        return LAWFUL, True
    first, *others = combinations
    base = resolve(held, first)
    if any(resolve(held, other) != base for other in others):
        return base, False
    if is_violation is None and base.permitted != LAWFUL.permitted:
        return base, False
    if not unknown:
        return base, True
    return base, all(is_settled(held, unknown, base, one) for one in combinations)


class VerdictTable(dict[Key, PenaltyVerdict]):
    """Verdicts under one way in which rules combine, each worked out when first asked for.

    Safe for threads: it is only ever added to, and two threads that work out the same key find the
    same.
    """

    def __init__(
        self,
        numbering: "Verdicts",
        combinations: tuple[Combination, ...],
        is_violation: bool | None,
    ) -> None:
        """Nothing worked out yet."""
        super().__init__()
        self._numbering = numbering
        self._combinations = combinations
        self._is_violation = is_violation

    def __missing__(self, key: Key) -> PenaltyVerdict:
        """Work out a key."""
        held, unknown = self._numbering.samples(key)
        result, settled = judge_penalty(held, unknown, self._combinations, self._is_violation)
        bare = attrs.evolve(result, determining=(), opposing=(), left_aside=())
        verdict = PenaltyVerdict(result=bare, settled=settled)
        return verdict if len(self) >= MOST_KEPT else self.setdefault(key, verdict)


@attrs.frozen(eq=False)
class Verdicts:
    """Numbers of weights, and what their sequences lead to; one for an engine.

    INVARIANT: level, special or general, place and date settle both the precedence and the
    specificity of a rule, so rules that tie in one tie in the other, and the order of a key is all
    that resolution knows of ranks. Two neighbours of one class lead to what one of them leads to:
    every set is intersected, and every share added, twice. A rule that orders something beyond its
    grade keeps its id, because what rules order is listed by id.
    """

    _numbers: dict[Weight, int] = attrs.field(factory=dict, init=False, repr=False)
    _samples: list[Weight] = attrs.field(factory=list, init=False, repr=False)
    _tables: dict[tuple[tuple[Combination, ...], bool | None], VerdictTable] = attrs.field(
        factory=dict, init=False, repr=False
    )
    _numbering: Lock = attrs.field(factory=Lock, init=False, repr=False)

    def number(self, weight: Weight) -> int:
        """The number of rules of this weight that hold."""
        bare = weight if weight.effect is not None else attrs.evolve(weight, rule="")
        known = self._numbers.get(bare)
        if known is None:
            with self._numbering:
                known = self._numbers.get(bare)
                if known is None:
                    known = 2 * len(self._samples)
                    self._samples.append(bare)
                    self._numbers[bare] = known
        return known

    def key(self, held: Iterable[Weight], unknown: Iterable[Weight]) -> Key:
        """The key of the rules that hold and of those that cannot be told."""
        ranked = [(rank_of(weight), self.number(weight)) for weight in held]
        ranked += [(rank_of(weight), self.number(weight) + UNTOLD) for weight in unknown]
        found: list[int] = []
        for _, number in sorted(ranked):
            if not found or found[-1] != number:
                found.append(number)
        return tuple(found)

    def table(self, stretch: Stretch) -> VerdictTable:
        """The verdicts under the law of a stretch, by key."""
        way = stretch.combinations, stretch.is_violation
        known = self._tables.get(way)
        if known is None:
            known = self._tables.setdefault(way, VerdictTable(self, *way))
        return known

    def of(self, stretch: Stretch, key: Key) -> PenaltyVerdict:
        """What the rules of the key lead to under the law of the stretch."""
        return self.table(stretch)[key]

    def samples(self, key: Key) -> tuple[list[Weight], list[Weight]]:
        """Weights that have this key: of rules that hold, and of those that cannot be told.

        A rule that orders nothing beyond its grade gets an id that puts it where it stands.
        """
        sides: tuple[list[Weight], list[Weight]] = [], []
        after, precedence = "", None
        for position, number in enumerate(key):
            weight = self._samples[number >> 1]
            if weight.precedence != precedence:
                after, precedence = "", weight.precedence
            if weight.effect is None:
                # No id has a character that sorts before this one.
                weight = attrs.evolve(weight, rule=f"{after}\0{position:06}")
            else:
                after = weight.rule
            sides[number & UNTOLD].append(weight)
        return sides
