"""Which rules, bands and definitions speak about a case: by region, violation, department, date.

Everything that depends only on place and violation is worked out once and kept, rules compiled;
for each stretch of time in which the law stays the same the candidates are kept too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date

import attrs

from bizrules.conditions import Condition, facts_read, without
from bizrules.facts import Vocabulary
from bizrules.matching import Matcher, compile_condition
from bizrules.penalties import BandTable, Provision
from bizrules.regions import RegionTable
from bizrules.rules import (
    Axis,
    Combination,
    Duty,
    FirstViolation,
    Rule,
    Ruleset,
    Violation,
)
from bizrules.values import DateSpan, Interval
from bizrules.weights import Weight, weigh


@attrs.frozen(kw_only=True)
class Candidate:
    """A rule that may speak about a violation at a place, compiled.

    Attributes:
        rule: The rule.
        ruleset: Its ruleset.
        condition: Its condition, elements of the offence taken out of heavier rules.
        match: The condition as a function over the view.
        names: Names of the view under which derived facts of its ruleset are read.
        reads: Facts it reads.
        weight: Its weight; None off the penalty axis.
        has_elements: Whether elements of the offence were taken out of its condition.
    """

    rule: Rule
    ruleset: Ruleset
    condition: Condition
    match: Matcher = attrs.field(eq=False)
    names: Mapping[str, str]
    reads: frozenset[str]
    weight: Weight | None
    has_elements: bool = False


@attrs.frozen(kw_only=True)
class Stretch:
    """The law of a place about a violation on certain days.

    Attributes:
        penalty: Candidates on the penalty axis, by id.
        compulsion: Candidates on the compulsion axis, by id.
        provision: Penalty provision in force; None if there is none.
        bands: Band tables, the nearest first.
        duties: Duties in force, by id.
        combination: How lenient and heavier rules combine.
        rulesets: Rulesets that contribute, by id.
        definitions: Definitions of a first violation that candidates use, by name in the view.
        doubtful: Ids of rules that are in force on only some of the possible days.
        reads: Facts that the candidates read.
    """

    penalty: tuple[Candidate, ...]
    compulsion: tuple[Candidate, ...]
    provision: Provision | None
    bands: tuple[BandTable, ...]
    duties: tuple[Duty, ...]
    combination: Combination
    rulesets: tuple[Ruleset, ...]
    definitions: Mapping[str, FirstViolation]
    doubtful: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()

    def same_law(self, other: "Stretch") -> bool:
        """Whether both hold the same rules, provision, bands and combination."""
        return self is other or (
            [c.rule for c in self.penalty] == [c.rule for c in other.penalty]
            and self.doubtful == other.doubtful
            and self.provision == other.provision
            and self.bands == other.bands
            and self.combination is other.combination
        )


@attrs.frozen(kw_only=True)
class _Place:
    """Everything about one violation at one place, whatever the date."""

    candidates: tuple[Candidate, ...]
    rulesets: tuple[Ruleset, ...]
    violation: Violation
    borders: tuple[date, ...]


BY_RULESET = ("first_violation", "prior_count")


@attrs.define
class Selector:
    """Finds the candidates; keeps what it worked out.

    Safe for threads: what is kept is only ever added to, and two threads that work out the same
    place write the same thing.

    Args:
        vocabulary: Declarations of facts.
        rulesets: All rulesets.
        violations: The catalogue.
        regions: Known regions.
        by_ruleset: Derived facts that depend on the ruleset's definition of a first violation.
        as_known_on: Only rules published by that day; None for all.
    """

    vocabulary: Vocabulary
    rulesets: tuple[Ruleset, ...]
    violations: Mapping[str, Violation]
    regions: RegionTable
    by_ruleset: frozenset[str] = frozenset(BY_RULESET)
    as_known_on: date | None = None
    _places: dict[tuple[str, str], _Place] = attrs.field(factory=dict, init=False, repr=False)
    _stretches: dict[tuple[str, str, int], Stretch] = attrs.field(
        factory=dict, init=False, repr=False
    )
    _near: dict[str, tuple[Ruleset, ...]] = attrs.field(factory=dict, init=False, repr=False)

    def stretch(self, region: str, violation: str, span: DateSpan) -> Stretch:
        """The law about the violation at the place on the day, or on the days of the span."""
        place = self._places.get((region, violation)) or self._settle(region, violation)
        first, last = span.earliest, span.latest
        if first is not None and last is not None:
            index = bisect_right(place.borders, first)
            if first == last or index == bisect_right(place.borders, last):
                key = (region, violation, index)
                known = self._stretches.get(key)
                if known is None:
                    known = self._stretches[key] = self._build(place, DateSpan.on(first))
                return known
        return self._build(place, span)

    def _settle(self, region: str, violation: str) -> _Place:
        entry = self.violations[violation]
        rulesets = self.near(region)
        candidates = [
            self._compile(rule, ruleset, entry)
            for ruleset in rulesets
            for rule in ruleset.rules
            if self._fits(rule, ruleset, entry)
        ]
        kept = _without_supplements(candidates, self.regions)
        place = _Place(
            candidates=tuple(sorted(kept, key=lambda c: c.rule.id)),
            rulesets=rulesets,
            violation=entry,
            borders=_borders(kept, rulesets, entry),
        )
        self._places[region, violation] = place
        return place

    def near(self, region: str) -> tuple[Ruleset, ...]:
        """Rulesets of the region and its ancestors, the nearest first, then by id."""
        known = self._near.get(region)
        if known is None:
            line = self.regions.ancestors(region)
            depth = {code: i for i, code in enumerate(line)}
            own = [ruleset for ruleset in self.rulesets if ruleset.region in depth]
            known = tuple(sorted(own, key=lambda r: (depth[r.region], r.id)))
            self._near[region] = known
        return known

    def _fits(self, rule: Rule, ruleset: Ruleset, violation: Violation) -> bool:
        published = rule.published or ruleset.published
        if self.as_known_on is not None and published is not None and published > self.as_known_on:
            return False
        if rule.ground in violation.displaces and rule.is_general:
            return False
        if rule.violations is not None and violation.id not in rule.violations:
            return False
        if rule.departments is not None:
            return violation.department in rule.departments
        return ruleset.department in (None, violation.department)

    def _compile(self, rule: Rule, ruleset: Ruleset, violation: Violation) -> Candidate:
        names = self.names_for(ruleset, facts_read(rule.condition))
        condition, has_elements = rule.condition, False
        if rule.is_heavier and violation.elements & facts_read(condition):
            condition, has_elements = without(condition, violation.elements), True
        depth = len(self.regions.ancestors(rule.region)) - 1
        return Candidate(
            rule=rule,
            ruleset=ruleset,
            condition=condition,
            match=compile_condition(condition, self.vocabulary, names),
            names=names,
            reads=facts_read(condition),
            weight=weigh(rule, depth=depth) if rule.axis is Axis.PENALTY else None,
            has_elements=has_elements,
        )

    def names_for(self, ruleset: Ruleset, reads: Iterable[str]) -> Mapping[str, str]:
        """Names under which the ruleset reads the facts that depend on its definitions."""
        wanted = self.by_ruleset & set(reads)
        if not wanted:
            return {}
        first = self.first_violation(ruleset)
        return {name: f"{name}@{first.ruleset}" for name in wanted}

    def first_violation(self, ruleset: Ruleset) -> FirstViolation:
        """The ruleset's definition of a first violation, or the nearest superior one's."""
        if ruleset.first_violation is not None:
            return ruleset.first_violation
        superior = [r for r in self.near(ruleset.region) if r.first_violation is not None]
        fitting = [r for r in superior if r.department in (None, ruleset.department)]
        fitting.sort(key=lambda r: -len(self.regions.ancestors(r.region)))
        same = [r for r in fitting if r.department == ruleset.department]
        for chosen in (*same, *fitting):
            if chosen.first_violation is not None:
                return chosen.first_violation
        return FirstViolation()

    def _build(self, place: _Place, span: DateSpan) -> Stretch:
        truths = [(c, c.rule.in_force.covers(span)) for c in place.candidates]
        kept = [(c, truth) for c, truth in truths if truth is not False]
        rulesets = [r for r in place.rulesets if r.in_force.covers(span) is True]
        department = place.violation.department
        fitting = [r for r in rulesets if r.department in (None, department)]
        definitions = {
            name: self.first_violation(c.ruleset) for c, _ in kept for name in c.names.values()
        }
        return Stretch(
            penalty=tuple(c for c, _ in kept if c.rule.axis is Axis.PENALTY),
            compulsion=tuple(c for c, _ in kept if c.rule.axis is Axis.COMPULSION),
            provision=_provision(place.violation, span),
            bands=_bands(fitting, department),
            duties=_duties(fitting, department, span),
            combination=_combination(fitting),
            rulesets=_stamped(fitting, [c for c, _ in kept]),
            definitions=definitions,
            doubtful=frozenset(c.rule.id for c, truth in kept if truth is None),
            reads=frozenset(name for c, _ in kept for name in c.reads),
        )


def _borders(
    candidates: Iterable[Candidate], rulesets: Iterable[Ruleset], violation: Violation
) -> tuple[date, ...]:
    intervals: list[Interval] = [candidate.rule.in_force for candidate in candidates]
    for ruleset in rulesets:
        intervals.append(ruleset.in_force)
        intervals += [duty.in_force for duty in ruleset.duties]
    intervals += [provision.in_force for provision in violation.provisions]
    days = {day for interval in intervals for day in (interval.start, interval.until)}
    return tuple(sorted(day for day in days if day is not None))


def _without_supplements(candidates: list[Candidate], regions: RegionTable) -> list[Candidate]:
    """Leave out what a supplementing ruleset says where a superior list speaks."""
    depth = {c.rule.region: len(regions.ancestors(c.rule.region)) for c in candidates}
    speaking = [c for c in candidates if c.rule.violations is not None and c.rule.list is not None]

    def silent(candidate: Candidate) -> bool:
        own = depth[candidate.rule.region]
        return candidate.ruleset.supplements and any(
            depth[other.rule.region] < own and other.rule.axis is candidate.rule.axis
            for other in speaking
        )

    return [candidate for candidate in candidates if not silent(candidate)]


def _provision(violation: Violation, span: DateSpan) -> Provision | None:
    for provision in violation.provisions:
        if provision.in_force.covers(span) is True:
            return provision
    possible = [p for p in violation.provisions if p.in_force.covers(span) is None]
    return possible[-1] if possible else None


def _bands(rulesets: Iterable[Ruleset], department: str) -> tuple[BandTable, ...]:
    """Band tables, the nearest place first, the department's own before those for all."""
    ordered = list(rulesets)
    own = [r for r in ordered if r.department == department]
    common = [r for r in ordered if r.department != department]
    rank = {r.id: i for i, r in enumerate(ordered)}
    chosen = sorted(
        own + common, key=lambda r: (_region_rank(r, ordered), r.department is None, rank[r.id])
    )
    return tuple(table for ruleset in chosen for table in ruleset.bands)


def _region_rank(ruleset: Ruleset, ordered: list[Ruleset]) -> int:
    return next(i for i, other in enumerate(ordered) if other.region == ruleset.region)


def _duties(rulesets: Iterable[Ruleset], department: str, span: DateSpan) -> tuple[Duty, ...]:
    found = [
        duty
        for ruleset in rulesets
        for duty in ruleset.duties
        if duty.in_force.covers(span) is True
        and (duty.departments is None or department in duty.departments)
    ]
    return tuple(sorted(found, key=lambda duty: duty.id))


def _combination(rulesets: Iterable[Ruleset]) -> Combination:
    declared = (r.combination for r in rulesets if r.combination is not None)
    return next(declared, Combination.CONTEST)


def _stamped(rulesets: Iterable[Ruleset], candidates: Iterable[Candidate]) -> tuple[Ruleset, ...]:
    used = {c.ruleset.id: c.ruleset for c in candidates}
    for ruleset in rulesets:
        if ruleset.bands or ruleset.duties or ruleset.combination:
            used[ruleset.id] = ruleset
    return tuple(used[key] for key in sorted(used))
