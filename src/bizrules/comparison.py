"""Which of two penalties is the heavier: fines, ranges of fines, other kinds.

Used to choose between old and new law (行政处罚法 37) and between several norms broken by one act
(29). What cannot be told because an amount is not known is None.
"""

from collections.abc import Iterable
from enum import IntEnum
from fractions import Fraction
from typing import Final, TypeAlias

from bizrules.outcomes import Fine, FineRange, KindOutcome
from bizrules.penalties import Modality, OtherKind, PenaltyKind
from bizrules.truth import Truth


class Order(IntEnum):
    """How one penalty stands to another."""

    LIGHTER = -1
    EQUAL = 0
    HEAVIER = 1


KindWeights: TypeAlias = tuple[tuple[int, bool], ...]
"""Other kinds of penalty, the heaviest first: rank of the kind, and whether it is SHALL."""

NO_FINE: Final = FineRange(low=Fraction(0), high=Fraction(0))
_RANKS: Final = {kind: rank for rank, kind in enumerate(PenaltyKind)}


def compare_fines(one: Fine, other: Fine) -> Order | None:
    """How the first fine stands to the second; None if an unknown fact decides.

    Of two ranges the one with the higher upper end is the heavier, with equal ones the one with
    the higher lower end. No fine, one waived and one not yet due count as nothing.
    """
    if one.is_unknown or other.is_unknown:
        return None
    found = {compare_ranges(a, b) for a in _ranges(one) for b in _ranges(other)}
    return found.pop() if len(found) == 1 else None


def compare_ranges(one: FineRange, other: FineRange) -> Order | None:
    """How the first range stands to the second; None if they multiply amounts not known.

    Two multiples of one amount compare as the multiples do; a multiple of an amount that is not
    known compares only with nothing.
    """
    if one.base != other.base:
        if other == NO_FINE:
            return Order.HEAVIER
        return Order.LIGHTER if one == NO_FINE else None
    mine, theirs = _ends(one), _ends(other)
    if mine == theirs:
        return Order.EQUAL
    return Order.HEAVIER if mine > theirs else Order.LIGHTER


def _ranges(fine: Fine) -> tuple[FineRange, ...]:
    """The ranges that are possible."""
    found = fine.alternatives or (fine.range or NO_FINE,)
    return (*found, NO_FINE) if fine.may_be_none else found


def _ends(found: FineRange) -> tuple[float | Fraction, Fraction]:
    # A provision without an upper end is above every one that has one.
    high = float("inf") if found.high is None else found.high
    return high, found.low or Fraction(0)


def weigh_kinds(kinds: Iterable[KindOutcome], *, certain: bool = False) -> KindWeights:
    """The penalties besides the fine that are open, the heaviest first.

    Their order is that of 行政处罚法 9; of one kind what must be imposed is heavier than what may.

    Args:
        kinds: What happens to each kind.
        certain: Whether to leave out those of which it is not known whether they are open.
    """
    counted = (Truth.TRUE,) if certain else (Truth.TRUE, Truth.UNKNOWN)
    return weigh_open(one for one in kinds if not one.waived and one.truth in counted)


def weigh_open(kinds: Iterable[KindOutcome | OtherKind]) -> KindWeights:
    """The penalties among kinds that are open, the heaviest first; an order is none."""
    found = [
        (_RANKS[one.kind], one.modality is Modality.SHALL) for one in kinds if one.kind.is_penalty
    ]
    return tuple(sorted(found, reverse=True))
