"""What a rule weighs: how it ranks beside others when they meet."""

import attrs

from bizrules.penalties import Grade, Modality
from bizrules.rules import Rule, RuleEffect
from bizrules.values import Interval


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


def _ordinal(interval: Interval) -> int:
    return interval.start.toordinal() if interval.start else 0
