"""What a rule weighs: how it ranks beside others when they meet."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TypeAlias

import attrs

from bizrules.penalties import Grade, Modality
from bizrules.rules import Rule, RuleEffect
from bizrules.values import Interval

Class: TypeAlias = tuple[int, int, int]
"""A class of rules that weigh alike among given ones."""


@attrs.frozen(kw_only=True, cache_hash=True)
class Weight:
    """What resolution needs to know of a rule, computed once.

    Attributes:
        rule: Id of the rule.
        permits: Grades it permits, the one named first in front.
        shall: Whether it binds.
        of_law: Whether its norm is a law, regulation or rule rather than a document.
        precedence: Sorts norms that conflict: higher, then more special, then superior, then later.
        specificity: Sorts rules for the proposal: most special last.
        effect: What it orders beyond the grade; None if nothing.
    """

    rule: str
    permits: tuple[Grade, ...]
    shall: bool
    of_law: bool
    precedence: tuple[int, ...]
    specificity: tuple[int, ...]
    effect: RuleEffect | None = None

    @property
    def is_exemption(self) -> bool:
        """Whether EXEMPT is the grade it names first."""
        return self.permits[0] is Grade.EXEMPT


def weigh(rule: Rule, *, depth: int) -> Weight:
    """The weight of a rule on the penalty axis.

    Args:
        rule: The rule.
        depth: How deep its region lies: 0 for the whole country.
    """
    start = _ordinal(rule.in_force)
    special = 0 if rule.is_general else 1
    return Weight(
        rule=rule.id,
        permits=rule.permits,
        shall=rule.modality is Modality.SHALL,
        of_law=rule.level.is_law,
        precedence=(-int(rule.level), -special, depth, -start),
        specificity=(special, depth, int(rule.level), start),
        effect=None if rule.effect == RuleEffect() else rule.effect,
    )


def alike(weights: Iterable[Weight]) -> Mapping[Weight, Class]:
    """The class of each rule among the given ones.

    INVARIANT: a result is made of what the rules order and of two sequences of permitted grades:
    of the lenient rules that bind by precedence, and of all lenient rules by specificity. Rules of
    one class order the same, and in neither sequence does a rule that permits something else stand
    between them. So a result depends only on which classes are there: a second rule of a class
    adds nothing to the first.
    """
    given = dict.fromkeys(weights)
    lenient = [weight for weight in given if weight.permits[0] is not Grade.HEAVIER]
    lenient.sort(key=lambda weight: (weight.precedence, weight.rule))
    binding = _runs(weight for weight in lenient if weight.shall)
    special = _runs(sorted(lenient, key=lambda weight: (weight.specificity, weight.rule)))
    orders: dict[object, int] = {}
    found = {}
    for weight in given:
        order = (weight.permits, weight.shall, weight.of_law, weight.effect)
        number = orders.setdefault(order, len(orders))
        found[weight] = (number, binding.get(weight, 0), special.get(weight, 0))
    return found


def _runs(ordered: Iterable[Weight]) -> Mapping[Weight, int]:
    """For each rule the number of the run of neighbours that permit the same."""
    runs = groupby(ordered, key=lambda weight: weight.permits)
    return {weight: number for number, (_, run) in enumerate(runs) for weight in run}


def _ordinal(interval: Interval) -> int:
    return interval.start.toordinal() if interval.start else 0
