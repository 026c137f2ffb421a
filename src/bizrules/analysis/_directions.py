"""To whose good it is that an entry, or a concept in it, holds in more cases or in fewer."""

from collections.abc import Iterable, Iterator
from typing import Final

from bizrules.analysis._changes import Direction
from bizrules.conditions import Condition, Defined, Not, children
from bizrules.rules import Axis, Rule

_OPPOSITE: Final = {
    Direction.STRICTER: Direction.LOOSER,
    Direction.LOOSER: Direction.STRICTER,
}


def opposite(direction: Direction) -> Direction:
    """The direction the other way round."""
    return _OPPOSITE.get(direction, direction)


def told(old: Rule, new: Rule, *, fewer: bool) -> Direction:
    """What it means that an entry binds in fewer cases than it did, or in more.

    A lenient entry for fewer cases is stricter, a heavier one is looser; of an entry that turned
    from the one into the other nothing can be told.
    """
    stricter = Direction.STRICTER if fewer else Direction.LOOSER
    if _is_lenient(old) and _is_lenient(new):
        return stricter
    if old.is_heavier and new.is_heavier:
        return opposite(stricter)
    return Direction.UNTOLD


def _is_lenient(rule: Rule) -> bool:
    return rule.axis is Axis.COMPULSION or rule.is_lenient


def of_concept(rules: Iterable[Rule], names: frozenset[str], *, fewer: bool) -> Direction:
    """What it means for the rules that use a concept that it holds in fewer cases, or in more.

    Args:
        rules: The rules.
        names: The concept's full names.
        fewer: Whether it holds in fewer cases.
    """
    found = {
        told(rule, rule, fewer=fewer is affirmed)
        for rule in rules
        for affirmed in _uses(rule.condition, names)
    }
    return Direction.together(found) if found else Direction.UNTOLD


def _uses(condition: Condition, names: frozenset[str], *, affirmed: bool = True) -> Iterator[bool]:
    """For each use of the concept whether the condition affirms it; otherwise it denies it."""
    if isinstance(condition, Defined) and condition.name in names:
        yield affirmed
        return
    inside = affirmed is not isinstance(condition, Not)
    for child in children(condition):
        yield from _uses(child, names, affirmed=inside)
