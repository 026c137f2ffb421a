"""Entries of a place beside those of its superior places: what refines, narrows or goes beyond.

*Source*: 国办发〔2022〕27号: a subordinate authority may spell out and quantify the benchmarks of
its superior, but not go beyond the grades and the range that these fix.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from enum import Enum

import attrs

from bizrules.derivation import CORE_DERIVATIONS
from bizrules.errors import Problem, Severity
from bizrules.facts import Vocabulary
from bizrules.history import FirstViolation
from bizrules.implication import implies
from bizrules.provenance import Location
from bizrules.regions import RegionTable
from bizrules.rules import Axis, Rule, Ruleset
from bizrules.values import Interval


class Extent(Enum):
    """How the cases of one rule stand to those of another."""

    SAME = "same"
    NARROWER = "narrower"
    WIDER = "wider"
    UNTOLD = "untold"


def extent(one: Rule, other: Rule, vocabulary: Vocabulary, *, apart: Iterable[str] = ()) -> Extent:
    """How the cases that meet the first condition stand to those that meet the second.

    What could not be expressed is a fact of its own in each rule; with the same words it is the
    same.

    Args:
        one: A rule.
        other: The rule it is compared with.
        vocabulary: Declarations of the facts of both.
        apart: Facts that the two define differently.
    """
    there = {fact: f"{fact}@elsewhere" for fact in apart}
    back = dict(there)
    if [u.text for u in one.unexpressed] == [u.text for u in other.unexpressed]:
        own, others = f"{one.id}#unexpressed", f"{other.id}#unexpressed"
        there[own], back[others] = others, own
    inside = implies(one.condition, other.condition, vocabulary, names=there)
    around = implies(other.condition, one.condition, vocabulary, names=back)
    if inside:
        return Extent.SAME if around else Extent.NARROWER
    return Extent.WIDER if around else Extent.UNTOLD


def facts_apart(one: Ruleset, other: Ruleset) -> frozenset[str]:
    """Facts that two rulesets define differently, those that count earlier violations."""
    if _counting(one.first_violation) == _counting(other.first_violation):
        return frozenset()
    return frozenset(one.name for one in CORE_DERIVATIONS if one.by_ruleset)


def _counting(given: FirstViolation | None) -> FirstViolation | None:
    """The definition of a first violation, wherever it stands."""
    return given and attrs.evolve(given, ruleset="", citations=())


def same_direction(one: Rule, other: Rule) -> bool:
    """Whether both are lenient, or both heavier, on the same axis."""
    return (one.axis, one.is_lenient, one.is_heavier) == (
        other.axis,
        other.is_lenient,
        other.is_heavier,
    )


def is_beyond(one: Rule, other: Rule) -> bool:
    """Whether a rule permits a grade more lenient, or heavier, than any that the other permits."""
    if one.axis is Axis.COMPULSION or not one.permits or not other.permits:
        return False
    if one.is_heavier:
        return max(one.permits) > max(other.permits)
    return min(one.permits) < min(other.permits)


@attrs.frozen(kw_only=True)
class Refinements:
    """Compares the entries of inferior places with those of superior ones.

    Attributes:
        rulesets: All rulesets by id.
        vocabulary: Declared facts.
        regions: Known regions.
    """

    rulesets: Mapping[str, Ruleset]
    vocabulary: Vocabulary
    regions: RegionTable

    def problems(self, checked: Container[str]) -> Iterator[Problem]:
        """What deserves attention about the rules of the rulesets checked.

        Args:
            checked: Ids of rulesets.
        """
        rules = {rule.id: rule for ruleset in self.rulesets.values() for rule in ruleset.rules}
        listed = _by_violation(rules.values())
        for rule in rules.values():
            if rule.ruleset not in checked:
                continue
            if rule.refines is not None:
                yield from self._refined(rule, rules[rule.refines])
            elif rule.list is not None:
                names = sorted(rule.violations or ())
                near = {one.id: one for name in names for one in listed[name]}
                yield from self._listed(rule, near.values())

    def _extent(self, rule: Rule, superior: Rule) -> Extent:
        own = self.rulesets[rule.ruleset]
        apart: frozenset[str] = frozenset()
        # Without a definition of its own a place has that of its superior.
        if own.first_violation is not None:
            apart = facts_apart(own, self.rulesets[superior.ruleset])
        return extent(rule, superior, self.vocabulary, apart=apart)

    def _refined(self, rule: Rule, superior: Rule) -> Iterator[Problem]:
        """What to say of a rule about the entry that it says it refines."""
        if not same_direction(rule, superior):
            yield _note("cannot-compare", rule, superior)
            return
        if is_beyond(rule, superior):
            yield _beyond(rule, superior, "grades")
        found = self._extent(rule, superior)
        if found is Extent.WIDER:
            yield _beyond(rule, superior, "condition")
        elif found is Extent.NARROWER:
            yield _note("narrows-superior", rule, superior)
        elif found is Extent.UNTOLD:
            yield _note("cannot-compare", rule, superior)

    def _listed(self, rule: Rule, rules: Iterable[Rule]) -> Iterator[Problem]:
        """What to say of a listed entry about other ones for the same violations.

        Nothing, if one of a superior place covers it; else the nearest beyond which it goes.
        """
        above = [one for one in rules if self._is_above(rule, one)]
        if not above:
            return
        above.sort(key=lambda one: (-len(self.regions.ancestors(one.region)), one.id))
        extents = [(one, self._extent(rule, one)) for one in above]
        inside = [one for one, found in extents if found in (Extent.SAME, Extent.NARROWER)]
        if any(not is_beyond(rule, one) for one in inside):
            return
        for one, found in extents:
            if found is Extent.WIDER:
                yield _beyond(rule, one, "condition")
                return
            if one in inside:
                yield _beyond(rule, one, "grades")
                return

    def _is_above(self, rule: Rule, other: Rule) -> bool:
        """Whether the other is of a superior place, about the same departments, days and so on."""
        return (
            other.region != rule.region
            and same_direction(rule, other)
            and _overlap(rule.departments, other.departments)
            and _overlap(rule.measures, other.measures)
            and _meet(rule.in_force, other.in_force)
            and rule.region in self.regions
            and self.regions.is_within(rule.region, other.region)
        )


def _by_violation(rules: Iterable[Rule]) -> Mapping[str, list[Rule]]:
    """The listed entries for certain violations, by these."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        for name in (rule.violations or ()) if rule.list is not None else ():
            found.setdefault(name, []).append(rule)
    return found


def _overlap(one: frozenset[object] | None, other: frozenset[object] | None) -> bool:
    return one is None or other is None or bool(one & other)


def _meet(one: Interval, other: Interval) -> bool:
    """Whether there is a day in both intervals."""
    starts = [day for day in (one.start, other.start) if day is not None]
    first = max(starts, default=None)
    if first is None:
        return True
    return all(end is None or first < end for end in (one.until, other.until))


def _beyond(rule: Rule, superior: Rule, how: str) -> Problem:
    return _problem(
        "widens-superior", rule, superior, Severity.WARNING, how_phrase=f"refinement.{how}"
    )


def _note(code: str, rule: Rule, superior: Rule) -> Problem:
    return _problem(code, rule, superior, Severity.NOTE)


def _problem(code: str, rule: Rule, superior: Rule, severity: Severity, **details: str) -> Problem:
    place = rule.location or Location(rule.id)
    return Problem(code, place, {"rule": rule.id, "other": superior.id, **details}, severity)
