"""Two views of rulesets compared, entry by entry."""

from bizrules.analysis._changes import Change, ChangeKind, Difference, Direction, LegalDiff, Part
from bizrules.analysis._differences import Comparer
from bizrules.analysis._pairing import pairs
from bizrules.analysis._views import View
from bizrules.rules import Rule

# What goes with another change but is none by itself: a new version has other days in any case.
_ACCOMPANYING = frozenset({Part.ENTRY, Part.DAYS})
_KINDS = {
    Direction.STRICTER: ChangeKind.STRICTER,
    Direction.LOOSER: ChangeKind.LOOSER,
    Direction.UNTOLD: ChangeKind.CHANGED,
    Direction.NEUTRAL: ChangeKind.REWORDED,
}


def diff_rulesets(old: View, new: View) -> LegalDiff:
    """What became of each entry of the one view in the other.

    Stricter and looser are meant for the party: a lenient entry for fewer cases is stricter, a
    heavier one for more cases as well.

    Args:
        old: The earlier view.
        new: The later view, of the same ruleset or of another.
    """
    comparer = Comparer(old, new)
    changes: list[Change] = []
    unchanged = 0
    for before, after in pairs(old, new):
        change = _change(before, after, comparer)
        if change is None:
            unchanged += 1
        else:
            changes.append(change)
    order = list(ChangeKind)
    changes.sort(key=lambda change: order.index(change.kind))
    return LegalDiff(
        old=old,
        new=new,
        changes=tuple(changes),
        unchanged=unchanged,
        general=comparer.general(),
    )


def _change(old: Rule | None, new: Rule | None, comparer: Comparer) -> Change | None:
    if old is None:
        return Change(kind=ChangeKind.ADDED, new=new)
    if new is None:
        return Change(kind=ChangeKind.REPEALED, old=old)
    differences = comparer.differences(old, new)
    if all(one.part in _ACCOMPANYING for one in differences):
        return None
    return Change(kind=_kind(differences), old=old, new=new, differences=differences)


def _kind(differences: tuple[Difference, ...]) -> ChangeKind:
    if any(one.part is Part.LIST for one in differences):
        return ChangeKind.MOVED
    return _KINDS[Direction.together(one.direction for one in differences)]
