"""What two views of rulesets say for all their entries, compared."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Final

import attrs

from bizrules.analysis._changes import ChangeKind, Difference, Direction, Part
from bizrules.analysis._directions import of_concept
from bizrules.analysis._fines import compare_shares
from bizrules.analysis._views import View
from bizrules.analysis._windows import is_wider
from bizrules.analysis._words import Words
from bizrules.conditions import Condition
from bizrules.facts import Vocabulary
from bizrules.implication import implies
from bizrules.penalties import Band, BandTable, Grade, Shape
from bizrules.provenance import Text
from bizrules.refinement import Extent, facts_apart
from bizrules.rules import Combination, Definition, Duty
from bizrules.values import Interval

_SEVERITY: Final = {Combination.LENIENT: 0, Combination.ORDINARY: 1, Combination.HEAVIER: 2}
_WHOLE: Final = Band(low=Fraction(0), high=Fraction(1))
_TOLD: Final = {True: Direction.STRICTER, False: Direction.LOOSER, None: Direction.UNTOLD}


@attrs.frozen(kw_only=True, slots=False)
class GeneralComparer:
    """Compares what holds for all entries of two views.

    Attributes:
        old: The earlier view.
        new: The later view.
        vocabulary: Declarations of the facts of both.
        words: Says the parts.
    """

    old: View
    new: View
    vocabulary: Vocabulary
    words: Words

    @cached_property
    def apart(self) -> frozenset[str]:
        """Facts that the two define differently."""
        return facts_apart(self.old.ruleset, self.new.ruleset)

    def differences(self) -> tuple[Difference, ...]:
        """What is different for all entries."""
        return (
            *self._first_violation(),
            *self._plain(),
            *self._bands(),
            *self._definitions(),
            *self._duties(),
        )

    def _first_violation(self) -> Iterator[Difference]:
        if self.apart:
            old, new = self.old.ruleset, self.new.ruleset
            wider = is_wider(old.first_violation, new.first_violation, None)
            yield self.first_violation("", _TOLD[wider])

    def first_violation(self, violation: str, direction: Direction) -> Difference:
        """What the two count as a first violation where it is about this violation."""
        say = self.words.first_violation
        return Difference(
            part=Part.FIRST_VIOLATION,
            old=say(self.old.ruleset, violation),
            new=say(self.new.ruleset, violation),
            direction=direction,
        )

    def _plain(self) -> Iterator[Difference]:
        """How circumstances combine; how it stands to superior lists, and to earlier acts."""
        old, new = self.old.ruleset, self.new.ruleset
        if old.combination is not new.combination:
            yield Difference(
                part=Part.COMBINATION,
                old=self.words.combination(old),
                new=self.words.combination(new),
                direction=_combined(old.combination, new.combination),
            )
        for part, before, after, say in (
            (Part.SUPPLEMENTS, old.supplements, new.supplements, self.words.supplements),
            (Part.REACH, old.reach, new.reach, self.words.reach),
        ):
            if before is not after:
                texts = say(old), say(new)
                yield Difference(part=part, old=texts[0], new=texts[1], direction=Direction.UNTOLD)

    def _bands(self) -> Iterator[Difference]:
        old, new = self.old.ruleset.bands, self.new.ruleset.bands
        if _content(old) != _content(new):
            yield Difference(
                part=Part.BANDS,
                old=self.words.bands(old),
                new=self.words.bands(new),
                direction=compare_bands(old, new),
            )

    def _definitions(self) -> Iterator[Difference]:
        old, new = self.old.definitions, self.new.definitions
        for name in sorted({*old, *new}):
            before, after = old.get(name), new.get(name)
            direction = self._defined(before, after)
            texts = self.words.definition(before), self.words.definition(after)
            if direction is not Direction.NEUTRAL or texts[0] != texts[1]:
                label = next(one.label for one in (after, before) if one is not None)
                yield Difference(
                    part=Part.DEFINITIONS,
                    of=label,
                    change=_change(before, after),
                    old=texts[0],
                    new=texts[1],
                    direction=direction,
                )

    def _defined(self, old: Definition | None, new: Definition | None) -> Direction:
        """What another meaning is to the rules that use the concept."""
        if old is None or new is None:
            return Direction.UNTOLD
        found = self._extent(old.condition, new.condition)
        if found is Extent.SAME:
            return Direction.NEUTRAL
        if found is Extent.UNTOLD:
            return Direction.UNTOLD
        names = frozenset(f"{one.ruleset}#{one.name}" for one in (old, new))
        rules = (*self.old.rules, *self.new.rules)
        return of_concept(rules, names, fewer=found is Extent.NARROWER)

    def _extent(self, old: Condition, new: Condition) -> Extent:
        """How the cases of the new condition stand to those of the old one."""
        if old == new:
            return Extent.SAME
        there = {fact: f"{fact}@elsewhere" for fact in self.apart}
        inside = implies(new, old, self.vocabulary, names=there)
        around = implies(old, new, self.vocabulary, names=there)
        if inside:
            return Extent.SAME if around else Extent.NARROWER
        return Extent.WIDER if around else Extent.UNTOLD

    def _duties(self) -> Iterator[Difference]:
        old = {_local(duty): duty for duty in self.old.duties}
        new = {_local(duty): duty for duty in self.new.duties}
        for name in (*new, *(name for name in old if name not in new)):
            before, after = old.get(name), new.get(name)
            direction = _bound(before, after)
            if direction is not None:
                yield Difference(
                    part=Part.DUTIES,
                    of=Text(zh=name, en=name),
                    change=_change(before, after),
                    old=self.words.duty(before),
                    new=self.words.duty(after),
                    direction=direction,
                )


def _change(old: object, new: object) -> ChangeKind | None:
    """Whether something was added or repealed; None if it is there on both sides."""
    if old is None:
        return ChangeKind.ADDED
    return ChangeKind.REPEALED if new is None else None


def _bound(old: Duty | None, new: Duty | None) -> Direction | None:
    """What another duty means; nothing if only its words differ, None if it is the same."""
    if old is None or new is None:
        return Direction.UNTOLD
    before, after = _ordered(old), _ordered(new)
    if before == after:
        return None
    reworded = before == attrs.evolve(after, text=before.text)
    return Direction.NEUTRAL if reworded else Direction.UNTOLD


def _local(duty: Duty) -> str:
    return duty.id.partition("/")[2] or duty.id


def _ordered(duty: Duty) -> Duty:
    """What a duty orders, wherever it stands and however long it is in force."""
    return attrs.evolve(duty, id="", ruleset="", citations=(), in_force=Interval(), met_by=None)


def _combined(old: Combination | None, new: Combination | None) -> Direction:
    """Stricter if the heavier side gains; a contest or silence proposes nothing."""
    if old not in _SEVERITY or new not in _SEVERITY:
        return Direction.UNTOLD
    return Direction.STRICTER if _SEVERITY[new] > _SEVERITY[old] else Direction.LOOSER


def _content(tables: tuple[BandTable, ...]) -> list[object]:
    return [(table.shapes, table.bands) for table in tables]


def compare_bands(old: tuple[BandTable, ...], new: tuple[BandTable, ...]) -> Direction:
    """What other bands mean for the party: higher shares of the span are stricter.

    A grade without a band has the whole span. Where only one side has a table for a shape of
    range, the other leaves it to another ruleset, and nothing is told.

    Args:
        old: The band tables as they were.
        new: As they are.
    """
    found = []
    for shape, grade in product(Shape, Grade):
        before, after = _table(old, shape), _table(new, shape)
        if before is None or after is None:
            found.append(Direction.NEUTRAL if before is after else Direction.UNTOLD)
            continue
        bands = before.bands.get(grade, _WHOLE), after.bands.get(grade, _WHOLE)
        found.append(compare_shares(*bands))
    return Direction.together(found)


def _table(tables: tuple[BandTable, ...], shape: Shape) -> BandTable | None:
    return next((table for table in tables if shape in table.shapes), None)
