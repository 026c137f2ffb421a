"""What two entries order besides the grade, and what they fix about the fine, compared."""

from fractions import Fraction
from typing import Final

from bizrules.analysis._changes import Direction
from bizrules.penalties import Band, FineEffect, PenaltyKind
from bizrules.rules import RuleEffect

_WEIGHTS: Final = {kind: rank for rank, kind in enumerate(PenaltyKind)}


def compare_effects(old: RuleEffect, new: RuleEffect, *, exempts: bool) -> Direction:
    """What another order means for the party: less waived or more kept is stricter.

    Args:
        old: What the entry ordered.
        new: What it orders now.
        exempts: Whether both exempt, so that without any other word everything is waived.
    """
    return Direction.together(
        (
            # What is no longer waived is added.
            _kinds(_waived(new, exempts), _waived(old, exempts)),
            _kinds(old.keeps, new.keeps),
            _instead(old.instead, new.instead, exempts=exempts),
            _fines(old.fine, new.fine),
        )
    )


def _waived(effect: RuleEffect, exempts: bool) -> frozenset[PenaltyKind]:
    return effect.waives or (frozenset(PenaltyKind) if exempts else frozenset())


def _kinds(old: frozenset[PenaltyKind], new: frozenset[PenaltyKind]) -> Direction:
    """Stricter if kinds are added, looser if some go."""
    if old == new:
        return Direction.NEUTRAL
    if old < new:
        return Direction.STRICTER
    return Direction.LOOSER if new < old else Direction.UNTOLD


def _instead(old: PenaltyKind | None, new: PenaltyKind | None, *, exempts: bool) -> Direction:
    """What is ordered in place of the fine; beside an exemption it is a burden of its own."""
    if old is new:
        return Direction.NEUTRAL
    if old is not None and new is not None:
        return Direction.STRICTER if _WEIGHTS[new] > _WEIGHTS[old] else Direction.LOOSER
    return Direction.STRICTER if (new is not None) is exempts else Direction.LOOSER


def _fines(old: FineEffect | None, new: FineEffect | None) -> Direction:
    """Stricter if what is fixed about the fine rises."""
    if old == new:
        return Direction.NEUTRAL
    if old is None or new is None:
        return Direction.UNTOLD
    found = Direction.together(
        _rising(before, after)
        for before, after in zip(_numbers(old), _numbers(new), strict=True)
        if before != after
    )
    # The numbers are the same where only an end was opened or closed.
    return Direction.UNTOLD if found is Direction.NEUTRAL else found


def _rising(old: int | Fraction | None, new: int | Fraction | None) -> Direction:
    if old is None or new is None:
        return Direction.UNTOLD
    return Direction.STRICTER if new > old else Direction.LOOSER


def _numbers(fine: FineEffect) -> tuple[int | Fraction | None, ...]:
    band = fine.band
    ends = (None, None) if band is None else (band.low, band.high)
    return (fine.amount, fine.low, fine.high, fine.floor, *ends)


def compare_shares(old: Band, new: Band) -> Direction:
    """What another band of the span means for the party: a higher one is stricter."""
    return _fines(FineEffect(band=old), FineEffect(band=new))
