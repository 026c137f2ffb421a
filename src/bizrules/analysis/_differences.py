"""Two versions of an entry compared, part by part: what differs, and to whose good."""

from collections.abc import Callable, Iterator
from functools import cached_property

import attrs

from bizrules.analysis._changes import Difference, Direction, Part
from bizrules.analysis._directions import told
from bizrules.analysis._fines import compare_effects
from bizrules.analysis._general import GeneralComparer
from bizrules.analysis._views import View
from bizrules.analysis._windows import is_wider, rises
from bizrules.analysis._words import Words
from bizrules.conditions import facts_read
from bizrules.facts import Vocabulary
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Citation, Text
from bizrules.refinement import Extent, extent
from bizrules.rules import Rule


@attrs.frozen(slots=False)
class Comparer:
    """Compares entries of two views.

    Attributes:
        old: The earlier view.
        new: The later view.
    """

    old: View
    new: View

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary({**self.old.vocabulary.facts, **self.new.vocabulary.facts})

    @cached_property
    def _words(self) -> Words:
        return Words(self._vocabulary, {**self.old.violations, **self.new.violations})

    @property
    def _is_one_ruleset(self) -> bool:
        return self.old.ruleset.id == self.new.ruleset.id

    @cached_property
    def _general(self) -> GeneralComparer:
        return GeneralComparer(
            old=self.old, new=self.new, vocabulary=self._vocabulary, words=self._words
        )

    def general(self) -> tuple[Difference, ...]:
        """What is different for all entries."""
        return self._general.differences()

    def _first_violation(self, old: Rule, new: Rule) -> Difference:
        """What the rulesets count as a first violation, and what that means for the entry."""
        given = self.old.ruleset.first_violation, self.new.ruleset.first_violation
        wider = is_wider(*given, new.violations)
        rising = rises(old.condition, new.condition)
        direction = Direction.UNTOLD
        if wider is not None and rising is not None:
            direction = told(old, new, fewer=wider is not rising)
        return self._general.first_violation(min(new.violations or ("",)), direction)

    def differences(self, old: Rule, new: Rule) -> tuple[Difference, ...]:
        """What differs between two versions of an entry, in the order of the parts.

        Args:
            old: The entry as it was.
            new: The entry as it is.
        """
        if old == new and self._is_one_ruleset:
            return ()
        return (
            *self._placed(old, new),
            *self._scoped(old, new),
            *self._conditional(old, new),
            *self._ordered(old, new),
            *self._worded(old, new),
        )

    def _placed(self, old: Rule, new: Rule) -> Iterator[Difference]:
        """List, ground, rank of the norm, modality and grades."""
        if not self._same_list(old, new):
            before = self._words.list_name(old, self.old.ruleset)
            after = self._words.list_name(new, self.new.ruleset)
            yield Difference(part=Part.LIST, old=before, new=after)
        if old.ground is not new.ground:
            yield _difference(Part.GROUND, old, new, self._words.ground, Direction.UNTOLD)
        if old.level is not new.level:
            yield _difference(Part.LEVEL, old, new, self._words.level, Direction.UNTOLD)
        if old.modality is not new.modality:
            direction = told(old, new, fewer=new.modality is Modality.MAY)
            yield _difference(Part.MODALITY, old, new, self._words.modality, direction)
        if old.permits != new.permits:
            direction = compare_grades(old.permits, new.permits)
            yield _difference(Part.GRADES, old, new, self._words.grades, direction)

    def _same_list(self, old: Rule, new: Rule) -> bool:
        if self._is_one_ruleset or old.list == new.list:
            return old.list == new.list
        before = self.old.ruleset.lists.get(old.list or "")
        after = self.new.ruleset.lists.get(new.list or "")
        return before is not None and after is not None and before.effect is after.effect

    def _scoped(self, old: Rule, new: Rule) -> Iterator[Difference]:
        """Violations, departments and measures that the entry is for."""
        words = self._words
        scopes: tuple[tuple[Part, object, object, Callable[[Rule], Text]], ...] = (
            (Part.VIOLATIONS, old.violations, new.violations, words.violations),
            (Part.DEPARTMENTS, old.departments, new.departments, words.departments),
            (Part.MEASURES, old.measures, new.measures, words.measures),
        )
        for part, before, after, say in scopes:
            if before != after:
                yield _difference(part, old, new, say, _scope(old, new, before, after))

    def _conditional(self, old: Rule, new: Rule) -> Iterator[Difference]:
        """The condition, and what the ruleset means by a first violation."""
        before, after = self._words.conditions(old.condition, new.condition)
        found = extent(new, old, self._vocabulary)
        if old.condition != new.condition and (found is not Extent.SAME or before != after):
            direction = Direction.UNTOLD
            if found is Extent.SAME:
                direction = Direction.NEUTRAL
            elif found is not Extent.UNTOLD:
                direction = told(old, new, fewer=found is Extent.NARROWER)
            yield Difference(part=Part.CONDITION, old=before, new=after, direction=direction)
        if self._general.apart & (facts_read(old.condition) | facts_read(new.condition)):
            yield self._first_violation(old, new)

    def _ordered(self, old: Rule, new: Rule) -> Iterator[Difference]:
        """What the entry orders beyond the grade."""
        if old.effect != new.effect:
            exempts = old.is_exemption and new.is_exemption
            direction = compare_effects(old.effect, new.effect, exempts=exempts)
            yield _difference(Part.EFFECT, old, new, self._words.effect, direction)

    def _worded(self, old: Rule, new: Rule) -> Iterator[Difference]:
        """Title, citations, printed number and days: nothing that changes a case."""
        if old.title != new.title:
            yield Difference(part=Part.TITLE, old=old.title, new=new.title)
        if self._cited(old, self.old) != self._cited(new, self.new):
            yield _difference(Part.CITATIONS, old, new, self._words.citations)
        if old.entry != new.entry:
            yield _difference(Part.ENTRY, old, new, self._words.entry)
        if old.in_force != new.in_force:
            yield _difference(Part.DAYS, old, new, self._words.days)

    def _cited(self, rule: Rule, view: View) -> frozenset[Citation]:
        """What the entry rests on; between two rulesets not counting their own instruments."""
        own = None if self._is_one_ruleset else view.ruleset.instrument.name
        return frozenset(one for one in rule.citations if one.law != own)


def _difference(
    part: Part,
    old: Rule,
    new: Rule,
    say: Callable[[Rule], Text],
    direction: Direction = Direction.NEUTRAL,
) -> Difference:
    return Difference(part=part, old=say(old), new=say(new), direction=direction)


def _scope(old: Rule, new: Rule, before: object, after: object) -> Direction:
    """What a larger or smaller scope means; None is the largest."""
    if after is None:
        return told(old, new, fewer=False)
    if before is None:
        return told(old, new, fewer=True)
    if isinstance(before, frozenset) and isinstance(after, frozenset):
        if after < before:
            return told(old, new, fewer=True)
        if before < after:
            return told(old, new, fewer=False)
    return Direction.UNTOLD


def compare_grades(old: tuple[Grade, ...], new: tuple[Grade, ...]) -> Direction:
    """What other permitted grades mean for the party.

    The grade named first decides. With the same one in front it is stricter to add heavier or to
    take away more lenient grades.

    Args:
        old: Grades permitted, the one named first in front.
        new: Those permitted now.
    """
    if not old or not new:
        return Direction.UNTOLD
    if old[0] is not new[0]:
        return Direction.STRICTER if new[0] > old[0] else Direction.LOOSER
    first = old[0]
    found = [
        Direction.STRICTER if (grade > first) is (grade in new) else Direction.LOOSER
        for grade in set(old) ^ set(new)
    ]
    return Direction.together(found)
