"""Which rules, bands and definitions speak about a case: by region, violation, department, date.

Everything that depends only on place and violation is worked out once and kept, rules compiled;
for each stretch of time in which the law stays the same the candidates are kept too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
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
class Step:
    """A derived fact that the law of a stretch reads.

    Attributes:
        name: The fact.
        key: Name under which it stands in the view.
        first: Definition of a first violation to compute it with.
    """

    name: str
    key: str
    first: FirstViolation


_NO_DEFINITION = FirstViolation()


@attrs.frozen(kw_only=True)
class Stretch:
    """The law of a place about a violation on certain days.

    Attributes:
        penalty: Candidates on the penalty axis, by id.
        compulsion: Candidates on the compulsion axis, by id.
        provisions: Penalty provision in force; several versions where some are in force on only
            some of the possible days, none if there is none.
        bands: Band tables, the nearest first.
        duties: Duties in force, by id.
        combination: How lenient and heavier rules combine.
        rulesets: Rulesets that contribute, by id.
        plan: Derived facts to compute, in order.
        doubtful: Ids of rules that are in force on only some of the possible days.
        reads: Facts that the candidates read.
    """

    penalty: tuple[Candidate, ...]
    compulsion: tuple[Candidate, ...]
    provisions: tuple[Provision, ...]
    bands: tuple[BandTable, ...]
    duties: tuple[Duty, ...]
    combination: Combination
    rulesets: tuple[Ruleset, ...]
    plan: tuple[Step, ...]
    doubtful: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()

    def same_law(self, other: "Stretch") -> bool:
        """Whether both hold the same rules, provision, bands and combination."""
        return self is other or (
            [c.rule for c in self.penalty] == [c.rule for c in other.penalty]
            and self.doubtful == other.doubtful
            and len(self.provisions) < 2  # noqa: PLR2004 - one version
            and self.provisions == other.provisions
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
        derived: Derived facts in the order of computing, each with whether it depends on the
            ruleset's definition of a first violation.
        as_known_on: Only what was published by that day; None for all.
    """

    vocabulary: Vocabulary
    rulesets: tuple[Ruleset, ...]
    violations: Mapping[str, Violation]
    regions: RegionTable
    derived: Mapping[str, bool]
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
        place = _Place(
            candidates=tuple(sorted(candidates, key=lambda c: c.rule.id)),
            rulesets=rulesets,
            violation=entry,
            borders=_borders(candidates, rulesets, entry),
        )
        self._places[region, violation] = place
        return place

    def near(self, region: str) -> tuple[Ruleset, ...]:
        """Rulesets of the region and its ancestors, the nearest first.

        In one place those of a department come before those for all, then by id.
        """
        known = self._near.get(region)
        if known is None:
            line = self.regions.ancestors(region)
            depth = {code: i for i, code in enumerate(line)}
            own = [ruleset for ruleset in self.rulesets if ruleset.region in depth]
            own.sort(key=lambda r: (depth[r.region], r.department is None, r.id))
            known = tuple(own)
            self._near[region] = known
        return known

    def _fits(self, rule: Rule, ruleset: Ruleset, violation: Violation) -> bool:
        if not self._is_known(rule.published or _published(ruleset)):
            return False
        if rule.ground in violation.displaces and rule.is_general:
            return False
        if rule.violations is not None and violation.id not in rule.violations:
            return False
        if rule.departments is not None:
            return violation.department in rule.departments
        return ruleset.department in (None, violation.department)

    def _is_known(self, published: date | None) -> bool:
        return self.as_known_on is None or published is None or published <= self.as_known_on

    def _speaks(self, ruleset: Ruleset, span: DateSpan) -> bool:
        """Whether what the ruleset declares besides its rules is law on those days."""
        return self._is_known(_published(ruleset)) and ruleset.in_force.covers(span) is True

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
        """Names under which the ruleset reads the facts that depend on its definitions.

        Rulesets without a definition of their own share one with all of their place and
        department.
        """
        own = ruleset.first_violation is not None
        scope = ruleset.id if own else f"{ruleset.region}/{ruleset.department or ''}"
        return {name: f"{name}@{scope}" for name in reads if self.derived.get(name)}

    def first_violation(self, ruleset: Ruleset, span: DateSpan) -> FirstViolation:
        """The ruleset's definition of a first violation, or the nearest superior one in force.

        Among those of one place the department's own comes before the general one, then the
        later before the earlier.
        """
        if ruleset.first_violation is not None:
            return ruleset.first_violation
        fitting = [
            r
            for r in self.near(ruleset.region)
            if r.first_violation is not None
            and r.department in (None, ruleset.department)
            and r.in_force.covers(span) is not False
            and self._is_known(_published(r))
        ]
        fitting.sort(
            key=lambda r: (
                -len(self.regions.ancestors(r.region)),
                r.department != ruleset.department,
                -(r.in_force.start or date.min).toordinal(),
                r.id,
            )
        )
        found = fitting[0].first_violation if fitting else None
        return found or FirstViolation()

    def _build(self, place: _Place, span: DateSpan) -> Stretch:
        truths = [(c, c.rule.in_force.covers(span)) for c in place.candidates]
        kept = self._without_supplements([one for one in truths if one[1] is not False])
        department = place.violation.department
        rulesets = [r for r in place.rulesets if self._speaks(r, span)]
        fitting = [r for r in rulesets if r.department in (None, department)]
        provisions = _provisions(place.violation, span)
        duties = _duties(fitting, department, span)
        reads = frozenset(name for c, _ in kept for name in c.reads)
        also = frozenset(name for condition in _besides(provisions, duties) for name in condition)
        return Stretch(
            penalty=tuple(c for c, _ in kept if c.rule.axis is Axis.PENALTY),
            compulsion=tuple(c for c, _ in kept if c.rule.axis is Axis.COMPULSION),
            provisions=provisions,
            bands=tuple(table for ruleset in fitting for table in ruleset.bands),
            duties=duties,
            combination=_combination(fitting),
            rulesets=_stamped(fitting, [c for c, _ in kept], duties),
            plan=self._plan(reads | also, [c for c, _ in kept], span),
            doubtful=frozenset(c.rule.id for c, truth in kept if truth is None),
            reads=reads,
        )

    def _without_supplements(
        self, kept: list[tuple[Candidate, bool | None]]
    ) -> list[tuple[Candidate, bool | None]]:
        """Leave out what a supplementing ruleset says where a superior list in force speaks."""

        def spoken(candidate: Candidate) -> bool | None:
            """Whether a superior list speaks; None if it is in force on only some of the days."""
            own = len(self.regions.ancestors(candidate.rule.region))
            superior = [
                truth
                for other, truth in kept
                if other.rule.list is not None
                and not other.rule.is_general
                and other.rule.axis is candidate.rule.axis
                and len(self.regions.ancestors(other.rule.region)) < own
            ]
            return True if True in superior else None if superior else False

        found = []
        for candidate, truth in kept:
            silent = spoken(candidate) if candidate.ruleset.supplements else False
            if silent is not True:
                found.append((candidate, None if silent is None else truth))
        return found

    def _plan(
        self, reads: frozenset[str], candidates: list[Candidate], span: DateSpan
    ) -> tuple[Step, ...]:
        steps = []
        for name, by_ruleset in self.derived.items():
            if name not in reads:
                continue
            if not by_ruleset:
                steps.append(Step(name=name, key=name, first=_NO_DEFINITION))
                continue
            using = {c.names[name]: c.ruleset for c in candidates if name in c.names}
            steps += [
                Step(name=name, key=key, first=self.first_violation(using[key], span))
                for key in sorted(using)
            ]
        return tuple(steps)


def _published(ruleset: Ruleset) -> date | None:
    """Day from which a ruleset was known: as recorded, else the day its instrument was issued."""
    return ruleset.published or ruleset.instrument.issued


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


def _besides(provisions: Iterable[Provision], duties: Iterable[Duty]) -> Iterator[frozenset[str]]:
    """Facts read besides by the provision and the duties."""
    for duty in duties:
        yield facts_read(duty.when)
    for provision in provisions:
        yield facts_read(provision.only_after)
        yield from (facts_read(tier.when) for tier in provision.tiers)
        yield from (facts_read(kind.when) for kind in provision.kinds)


def _provisions(violation: Violation, span: DateSpan) -> tuple[Provision, ...]:
    """The version surely in force; where none is, those in force on some of the days."""
    for provision in violation.provisions:
        if provision.in_force.covers(span) is True:
            return (provision,)
    return tuple(p for p in violation.provisions if p.in_force.covers(span) is None)


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


def _stamped(
    rulesets: Iterable[Ruleset], candidates: Iterable[Candidate], duties: Iterable[Duty]
) -> tuple[Ruleset, ...]:
    """Rulesets that the outcome draws on: their rules, bands, combination or duties."""
    used = {c.ruleset.id: c.ruleset for c in candidates}
    dutiful = {duty.ruleset for duty in duties}
    for ruleset in rulesets:
        if ruleset.bands or ruleset.combination or ruleset.id in dutiful:
            used[ruleset.id] = ruleset
    return tuple(used[key] for key in sorted(used))
