"""What became of the entries of a ruleset, as data."""

from collections.abc import Iterable
from enum import Enum

import attrs

from bizrules.analysis._views import View
from bizrules.provenance import Text
from bizrules.rules import Rule


class Direction(Enum):
    """What a difference means for the party.

    NEUTRAL: nothing; UNTOLD: it cannot be told, or it goes both ways.
    """

    STRICTER = "stricter"
    LOOSER = "looser"
    NEUTRAL = "neutral"
    UNTOLD = "untold"

    @classmethod
    def together(cls, directions: "Iterable[Direction]") -> "Direction":
        """The direction of several differences taken together."""
        found = set(directions) - {cls.NEUTRAL}
        if not found:
            return cls.NEUTRAL
        return found.pop() if len(found) == 1 else cls.UNTOLD


class ChangeKind(Enum):
    """What became of an entry, in the order in which changes are shown."""

    ADDED = "added"
    REPEALED = "repealed"
    MOVED = "moved"
    STRICTER = "stricter"
    LOOSER = "looser"
    CHANGED = "changed"
    REWORDED = "reworded"


class Part(Enum):
    """A part of an entry, or of what holds for all of them, in the order in which it is shown."""

    LIST = "list"
    GROUND = "ground"
    LEVEL = "level"
    MODALITY = "modality"
    GRADES = "grades"
    VIOLATIONS = "violations"
    DEPARTMENTS = "departments"
    MEASURES = "measures"
    CONDITION = "condition"
    FIRST_VIOLATION = "first_violation"
    EFFECT = "effect"
    TITLE = "title"
    CITATIONS = "citations"
    ENTRY = "entry"
    DAYS = "days"
    COMBINATION = "combination"
    SUPPLEMENTS = "supplements"
    REACH = "reach"
    BANDS = "bands"
    DEFINITIONS = "definitions"
    DUTIES = "duties"


@attrs.frozen(kw_only=True)
class Difference:
    """A part of an entry, or of what holds for all entries, that is not what it was.

    Attributes:
        part: The part.
        of: Which one it is, of definitions and duties; None for other parts.
        change: Whether it was added or repealed; None if it is there on both sides.
        old: What it was, in words.
        new: What it is.
        direction: What that means for the party.
    """

    part: Part
    of: Text | None = None
    change: ChangeKind | None = None
    old: Text
    new: Text
    direction: Direction = Direction.NEUTRAL


@attrs.frozen(kw_only=True)
class Change:
    """What became of one entry.

    Attributes:
        kind: What became of it.
        old: The entry as it was; None if it was added.
        new: The entry as it is; None if it was repealed.
        differences: What is not what it was, part by part.
    """

    kind: ChangeKind
    old: Rule | None = None
    new: Rule | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def direction(self) -> Direction:
        """What it means for the party; of an entry added or repealed it is not told."""
        if self.old is None or self.new is None:
            return Direction.UNTOLD
        return Direction.together(one.direction for one in self.differences)


@attrs.frozen(kw_only=True)
class LegalDiff:
    """What changed between two views.

    Attributes:
        old: The earlier view.
        new: The later view.
        changes: The changes, kind by kind, each in the order of the entries.
        unchanged: How many entries are as they were.
        general: What is different for all entries: what counts as a first violation, how
            circumstances combine, bands, reach, definitions, duties and so on.
    """

    old: View
    new: View
    changes: tuple[Change, ...]
    unchanged: int
    general: tuple[Difference, ...] = ()

    def of_kind(self, kind: ChangeKind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)
