"""Which rules, bands and definitions speak about a case: by region, violation, department, date.

Everything that depends only on place and violation is worked out once and kept, rules compiled;
for each stretch of time in which the law stays the same the candidates are kept too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Final

import attrs

from bizrules.concepts import concepts_on, dated_concepts
from bizrules.conditions import Condition, facts_read, without
from bizrules.facts import Vocabulary
from bizrules.history import FirstViolation
from bizrules.matching import Matcher, View, compile_condition, compiled_late
from bizrules.moments import Moment, days_of
from bizrules.penalties import BandTable, Provision
from bizrules.regions import RegionTable
from bizrules.rules import Axis, Combination, Duty, Reach, Rule, Ruleset, Violation
from bizrules.values import DateSpan, Interval
from bizrules.weights import Weight, weigh

__all__ = ["Candidate", "Moment", "Place", "Selector", "Step", "Stretch"]


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
        in_force: Days on which it is in force, as far as its end was known.
        others: The condition with the definitions of other possible days, where they differ.
        varies: Whether a concept it uses has definitions for several times.
        has_elements: Whether elements of the offence were taken out of its condition.
        has_joint_elements: Whether elements of another offence were, committed by the same act.
    """

    rule: Rule
    ruleset: Ruleset
    condition: Condition
    match: Matcher = attrs.field(eq=False)
    names: Mapping[str, str]
    reads: frozenset[str]
    weight: Weight | None
    in_force: Interval = Interval()
    others: tuple[Condition, ...] = ()
    varies: bool = False
    has_elements: bool = False
    has_joint_elements: bool = False

    @property
    def law(self) -> tuple[Rule, Condition, tuple[Condition, ...]]:
        """What makes it the same law on other days: the rule, and what its concepts mean."""
        return self.rule, self.condition, self.others


@attrs.frozen(kw_only=True)
class Step:
    """A derived fact that the law of a stretch reads.

    Attributes:
        name: The fact.
        key: Name under which it stands in the view.
        first: Definition of a first violation to compute it with.
        others: Definitions that may be in force in its place, as the date is uncertain.
    """

    name: str
    key: str
    first: FirstViolation
    others: tuple[FirstViolation, ...] = ()

    @property
    def definitions(self) -> tuple[FirstViolation, ...]:
        """Every definition with which it may have to be computed."""
        return (self.first, *self.others)


_NO_DEFINITION = FirstViolation()
MOST_JOINT: Final = 2000
"""For so many acts that break several norms the law is kept; it is worked out anew for others."""

_NO_ELEMENTS: frozenset[str] = frozenset()


@attrs.frozen(kw_only=True)
class Stretch:
    """The law of a place about a violation on certain days.

    Attributes:
        penalty: Candidates on the penalty axis, by id.
        compulsion: Candidates on the compulsion axis, by id.
        provisions: Penalty provision in force; several versions where some are in force on only
            some of the possible days, none if there is none.
        bands: Band tables, the nearest first; several such lists where some tables are in force
            on only some of the possible days.
        duties: Duties in force on any of the possible days, by id.
        combinations: How lenient and heavier rules combine; several ways where some of what says
            so is in force on only some of the days.
        is_violation: Whether the act is a violation at all; None if only on some of the days.
        lacks_provision: Whether the catalogue has provisions, but none of these days.
        rulesets: Rulesets that contribute, by id.
        plan: Derived facts to compute, in order.
        doubtful: Ids of rules that are in force on only some of the possible days.
        doubtful_duties: Ids of duties that are.
        reads: Facts that the candidates read.
    """

    penalty: tuple[Candidate, ...]
    compulsion: tuple[Candidate, ...]
    provisions: tuple[Provision, ...]
    bands: tuple[tuple[BandTable, ...], ...]
    duties: tuple[Duty, ...]
    combinations: tuple[Combination, ...]
    is_violation: bool | None = True
    lacks_provision: bool = False
    rulesets: tuple[Ruleset, ...]
    plan: tuple[Step, ...]
    doubtful: frozenset[str] = frozenset()
    doubtful_duties: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()

    def same_law(self, other: "Stretch") -> bool:
        """Whether both hold the same rules, definitions, provision, bands and combination.

        In doubt about the last three, even the same possible days may turn out different law.
        """
        if max(len(self.provisions), len(self.bands), len(self.combinations)) > 1:
            return False
        return self is other or (
            [c.law for c in self.penalty] == [c.law for c in other.penalty]
            and self.doubtful_penalty == other.doubtful_penalty
            and self.definitions == other.definitions
            and self.provisions == other.provisions
            and self.bands == other.bands
            and self.combinations == other.combinations
            and self.is_violation is other.is_violation
        )

    @property
    def doubtful_penalty(self) -> frozenset[str]:
        """Doubtful rules on the penalty axis: measures and duties follow the decision anyway."""
        return self.doubtful & {c.rule.id for c in self.penalty}

    @property
    def definitions(self) -> Mapping[str, tuple[FirstViolation, ...]]:
        """By which definitions the rules on the penalty axis are read."""
        keys = {key for c in self.penalty for key in c.names.values()}
        return {step.key: step.definitions for step in self.plan if step.key in keys}

    def waits_for_date(self, candidate: Candidate) -> bool:
        """Whether the rule, or a definition it is read by, is in force on only some of the days."""
        keys = set(candidate.names.values())
        return bool(candidate.rule.id in self.doubtful or candidate.others) or any(
            step.others and step.key in keys for step in self.plan
        )


@attrs.frozen(kw_only=True, eq=False)
class Place:
    """Everything about one violation at one place, whatever the date.

    INVARIANT: what is in force is told by comparing the first and the last of the days with the
    borders, an open end lying beyond all of them. So the law depends only on the stretches of time
    in which the two lie, and is kept for each such pair: at most the square of the stretches, and
    that once more for every kind of reach that the rulesets of the place have.
    """

    candidates: tuple[Candidate, ...]
    rulesets: tuple[Ruleset, ...]
    violation: Violation
    borders: tuple[date, ...]
    reaches: tuple[Reach, ...]
    stretches: dict[tuple[int, ...], Stretch] = attrs.field(factory=dict, init=False)

    def key(self, moment: Moment) -> tuple[int, ...]:
        """Numbers of the stretches of time in which the days begin and end."""
        borders, found = self.borders, []
        for span in map(moment.span, self.reaches if borders else ()):
            first, last = span.earliest, span.latest
            found.append(0 if first is None else bisect_right(borders, first))
            found.append(len(borders) if last is None else bisect_right(borders, last))
        return tuple(found)


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
    _places: dict[tuple[str, str, frozenset[str]], Place] = attrs.field(
        factory=dict, init=False, repr=False
    )
    _joint: dict[tuple[str, str, frozenset[str]], Place] = attrs.field(
        factory=dict, init=False, repr=False
    )
    _near: dict[str, tuple[Ruleset, ...]] = attrs.field(factory=dict, init=False, repr=False)
    _general: dict[tuple[str, frozenset[str], frozenset[str]], Candidate] = attrs.field(
        factory=dict, init=False, repr=False
    )
    _of_days: dict[tuple[int, tuple[DateSpan, ...]], tuple[Candidate, Candidate]] = attrs.field(
        factory=dict, init=False, repr=False
    )

    def stretch(
        self,
        region: str,
        violation: str,
        moment: Moment,
        elements: frozenset[str] = _NO_ELEMENTS,
    ) -> Stretch:
        """The law about the violation at the place on the days of the moment.

        Args:
            region: Where.
            violation: The violation.
            moment: When.
            elements: Elements of other violations that the same act broke (同一违法行为): no more
                than its own do they make it heavier.
        """
        place = self.place(region, violation, elements)
        key = place.key(moment)
        known = place.stretches.get(key)
        if known is None:
            known = place.stretches.setdefault(key, self._build(place, moment))
        return known

    def place(self, region: str, violation: str, elements: frozenset[str] = _NO_ELEMENTS) -> Place:
        """What may speak about the violation at the place, whatever the date; as in `stretch`."""
        kept = self._joint if elements else self._places
        known = kept.get((region, violation, elements))
        if known is None:
            known = self._settle(region, violation, elements)
            if not elements or len(kept) < MOST_JOINT:
                return kept.setdefault((region, violation, elements), known)
        return known

    def _settle(self, region: str, violation: str, elements: frozenset[str]) -> Place:
        entry = self.violations[violation]
        rulesets = self.near(region)
        candidates = [
            self._candidate(rule, ruleset, entry, elements)
            for ruleset in rulesets
            for rule in ruleset.rules_on(violation)
            if self._fits(rule, ruleset, entry)
        ]
        # The days of the law always count: violations and provisions reach back as law does.
        reaching = {Reach.IF_MORE_LENIENT, *(r.reach for r in rulesets)}
        reaching |= {candidate.rule.reach for candidate in candidates}
        return Place(
            candidates=tuple(sorted(candidates, key=lambda c: c.rule.id)),
            rulesets=rulesets,
            violation=entry,
            borders=_borders(candidates, rulesets, entry),
            reaches=tuple(reach for reach in Reach if reach in reaching),
        )

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
        if not self._is_known(rule.published or ruleset.known_from):
            return False
        if rule.ground in violation.displaces and rule.is_general:
            return False
        if rule.departments is not None:
            return violation.department in rule.departments
        return ruleset.department in (None, violation.department)

    def _is_known(self, published: date | None) -> bool:
        return self.as_known_on is None or published is None or published <= self.as_known_on

    def _ways(self, rulesets: Iterable[Ruleset], moment: Moment) -> tuple[tuple[Ruleset, ...], ...]:
        """Which of the rulesets are law together, for each way an uncertain date may turn out."""
        given = tuple(rulesets)
        found = []
        for reach in Reach:
            own = [ruleset for ruleset in given if ruleset.reach is reach]
            days = days_of(moment.span(reach), (r.in_force for r in own))
            found.append({frozenset(r.id for r in own if self._covers(r, day)) for day in days})
        chosen = {frozenset().union(*choice) for choice in product(*found)}
        return tuple(tuple(r for r in given if r.id in ids) for ids in sorted(chosen, key=sorted))

    def _covers(self, ruleset: Ruleset, span: DateSpan) -> bool | None:
        """Whether the ruleset is in force on the days, as far as it was known."""
        if not self._is_known(ruleset.known_from):
            return False
        return ruleset.in_force.as_known_on(self.as_known_on).covers(span)

    def _candidate(
        self, rule: Rule, ruleset: Ruleset, violation: Violation, joint: frozenset[str]
    ) -> Candidate:
        """The rule compiled for a violation; one for all violations only once."""
        elements = violation.elements | joint
        if elements:
            # What constitutes an offence does not aggravate it, nor another one of the same act.
            elements = elements & self._facts_of(rule) if rule.is_heavier else _NO_ELEMENTS
        if not rule.is_general:
            return self._compile(rule, ruleset, elements, own=violation.elements)
        key = rule.id, elements, elements & violation.elements
        known = self._general.get(key)
        if known is None:
            made = self._compile(rule, ruleset, elements, own=violation.elements)
            known = self._general.setdefault(key, made)
        return known

    @staticmethod
    def _facts_of(rule: Rule) -> frozenset[str]:
        """Facts that a rule reads, with any definition of the concepts that it uses."""
        reads = facts_read(rule.condition)
        return reads.union(*(facts_read(one.condition) for one in dated_concepts(rule.condition)))

    def _compile(
        self, rule: Rule, ruleset: Ruleset, elements: frozenset[str], *, own: frozenset[str]
    ) -> Candidate:
        names = self.names_for(ruleset, self._facts_of(rule))
        condition = without(rule.condition, elements) if elements else rule.condition
        return Candidate(
            rule=rule,
            ruleset=ruleset,
            condition=condition,
            match=compiled_late(condition, self.vocabulary, names),
            names=names,
            reads=facts_read(condition),
            weight=weigh(rule, depth=self._depth(rule)) if rule.axis is Axis.PENALTY else None,
            in_force=rule.in_force.as_known_on(self.as_known_on),
            varies=next(dated_concepts(rule.condition), None) is not None,
            has_elements=bool(elements & own),
            has_joint_elements=bool(elements - own),
        )

    def _dated(self, candidate: Candidate, moment: Moment) -> Candidate:
        """The candidate with the definitions of concepts of the days; unknown where they differ."""
        days = days_of(
            moment.span(candidate.rule.reach),
            (concept.in_force for concept in dated_concepts(candidate.condition)),
        )
        # By identity, since a candidate is long to hash; what is kept keeps it alive.
        key = id(candidate), days
        known = self._of_days.get(key)
        if known is None:
            made = candidate, self._defined(candidate, days)
            known = self._of_days.setdefault(key, made)
        return known[1]

    def _defined(self, candidate: Candidate, days: Iterable[DateSpan]) -> Candidate:
        found = dict.fromkeys(
            concepts_on(candidate.condition, day.earliest or date.min, self.as_known_on)
            for day in days
        )
        first, *others = found
        matchers = [compile_condition(one, self.vocabulary, candidate.names) for one in found]

        def match(view: View) -> bool | None:
            truths = {matcher(view) for matcher in matchers}
            return truths.pop() if len(truths) == 1 else None

        return attrs.evolve(
            candidate,
            condition=first,
            match=match if others else matchers[0],
            reads=frozenset(name for one in found for name in facts_read(one)),
            others=tuple(others),
        )

    def names_for(self, ruleset: Ruleset, reads: Iterable[str]) -> Mapping[str, str]:
        """Names under which the ruleset reads the facts that depend on its definitions.

        Rulesets without a definition of their own share one with all of their place and
        department.
        """
        own = ruleset.first_violation is not None
        scope = ruleset.id if own else f"{ruleset.region}/{ruleset.department or ''}"
        return {name: f"{name}@{scope}" for name in reads if self.derived.get(name)}

    def first_violations(self, ruleset: Ruleset, span: DateSpan) -> tuple[FirstViolation, ...]:
        """The ruleset's definition of a first violation, or the nearest superior one in force.

        Among those of one place the department's own comes before the general one, then the
        later before the earlier. Several are possible where one is in force on only some of the
        days; the nearest of them stands in front.
        """
        if ruleset.first_violation is not None:
            return (ruleset.first_violation,)
        fitting = [
            r
            for r in self.near(ruleset.region)
            if r.first_violation is not None
            and r.department in (None, ruleset.department)
            and self._covers(r, span) is not False
        ]
        fitting.sort(
            key=lambda r: (
                -len(self.regions.ancestors(r.region)),
                r.department != ruleset.department,
                -(r.in_force.start or date.min).toordinal(),
                r.id,
            )
        )
        found: dict[int, None] = {}
        for day in days_of(span, (r.in_force for r in fitting)):
            index = next((i for i, r in enumerate(fitting) if self._covers(r, day)), len(fitting))
            found[index] = None
        ordered = [*(r.first_violation for r in fitting), None]
        return tuple(ordered[index] or _NO_DEFINITION for index in sorted(found))

    def _build(self, place: Place, moment: Moment) -> Stretch:
        law = moment.law
        is_violation = place.violation.in_force.as_known_on(self.as_known_on).covers(law)
        kept = self._kept(place, moment)
        if is_violation is False:
            # What is no violation needs neither leniency nor severity.
            kept = [one for one in kept if one[0].rule.axis is not Axis.PENALTY]
        department = place.violation.department
        speaking = self._speaking(place, moment)
        fitting = [r for r, _ in speaking]
        ways = self._ways([r for r in fitting if r.bands or r.combination], moment)
        provisions = self._provisions(place.violation, law)
        due = self._duties(speaking, department, moment)
        duties = tuple(duty for duty, _ in due)
        reads = frozenset(name for c, _ in kept for name in c.reads)
        besides = (*(one.when for one in duties), *(c for p in provisions for c in p.conditions))
        also = frozenset(name for condition in besides for name in facts_read(condition))
        return Stretch(
            penalty=tuple(c for c, _ in kept if c.rule.axis is Axis.PENALTY),
            compulsion=tuple(c for c, _ in kept if c.rule.axis is Axis.COMPULSION),
            provisions=provisions,
            bands=tuple(dict.fromkeys(tuple(t for r in way for t in r.bands) for way in ways)),
            duties=duties,
            combinations=_combinations(ways),
            is_violation=is_violation,
            lacks_provision=bool(is_violation is not False and place.violation.provisions)
            and not provisions,
            rulesets=_stamped(fitting, [c for c, _ in kept], duties),
            plan=self._plan(reads | also, [c for c, _ in kept], law),
            doubtful=frozenset(c.rule.id for c, truth in kept if truth is None),
            doubtful_duties=frozenset(duty.id for duty, truth in due if truth is None),
            reads=reads,
        )

    def _kept(self, place: Place, moment: Moment) -> list[tuple[Candidate, bool | None]]:
        """The candidates of the moment, each with whether it is in force on all of its days."""
        truths = [(c, c.in_force.covers(moment.span(c.rule.reach))) for c in place.candidates]
        kept = self._without_supplements([one for one in truths if one[1] is not False])
        return [(self._dated(c, moment) if c.varies else c, truth) for c, truth in kept]

    def _speaking(self, place: Place, moment: Moment) -> list[tuple[Ruleset, bool | None]]:
        """The rulesets for the department, each with whether it is in force on all of its days."""
        return [
            (r, truth)
            for r in place.rulesets
            if r.department in (None, place.violation.department)
            and (truth := self._covers(r, moment.span(r.reach))) is not False
        ]

    def _provisions(self, violation: Violation, span: DateSpan) -> tuple[Provision, ...]:
        """The version surely in force; where none is, those in force on some of the days."""
        known = [p for p in violation.provisions if self._is_known(p.published)]
        truths = [(p, p.in_force.as_known_on(self.as_known_on).covers(span)) for p in known]
        for provision, truth in truths:
            if truth is True:
                return (provision,)
        return tuple(provision for provision, truth in truths if truth is None)

    def _duties(
        self, rulesets: Iterable[tuple[Ruleset, bool | None]], department: str, moment: Moment
    ) -> list[tuple[Duty, bool | None]]:
        """The duties by id, each with whether it is in force on all the days or on only some."""
        found = [
            (duty, truth and speaks)
            for ruleset, speaks in rulesets
            for days in (moment.span(ruleset.reach),)
            for duty in ruleset.duties
            if (truth := duty.in_force.as_known_on(self.as_known_on).covers(days)) is not False
            and (duty.departments is None or department in duty.departments)
        ]
        return sorted(found, key=lambda one: one[0].id)

    def _without_supplements(
        self, kept: list[tuple[Candidate, bool | None]]
    ) -> list[tuple[Candidate, bool | None]]:
        """Leave out what a supplementing ruleset says where a superior list in force speaks."""
        lists = [one for one in kept if one[0].rule.list is not None and not one[0].rule.is_general]
        perhaps = self._highest(candidate.rule for candidate, _ in lists)
        surely = self._highest(candidate.rule for candidate, truth in lists if truth)
        found = []
        for candidate, truth in kept:
            axis, depth = candidate.rule.axis, self._depth(candidate.rule)
            if not candidate.ruleset.supplements or depth <= perhaps.get(axis, depth):
                found.append((candidate, truth))
            elif depth <= surely.get(axis, depth):
                found.append((candidate, None))
        return found

    def _highest(self, rules: Iterable[Rule]) -> Mapping[Axis, int]:
        """How deep the highest place lies that the rules come from, by axis."""
        found: dict[Axis, int] = {}
        for rule in rules:
            depth = self._depth(rule)
            found[rule.axis] = min(depth, found.get(rule.axis, depth))
        return found

    def _depth(self, rule: Rule) -> int:
        """How deep the region of a rule lies: 0 for the whole country."""
        return len(self.regions.ancestors(rule.region)) - 1

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
            for key in sorted(using):
                first, *others = self.first_violations(using[key], span)
                steps.append(Step(name=name, key=key, first=first, others=tuple(others)))
        return tuple(steps)


def _borders(
    candidates: Sequence[Candidate], rulesets: Iterable[Ruleset], violation: Violation
) -> tuple[date, ...]:
    intervals: list[Interval] = [candidate.rule.in_force for candidate in candidates]
    for ruleset in rulesets:
        intervals.append(ruleset.in_force)
        intervals += [duty.in_force for duty in ruleset.duties]
    for candidate in candidates:
        if candidate.varies:
            intervals += [one.in_force for one in dated_concepts(candidate.condition)]
    intervals += [violation.in_force, *(p.in_force for p in violation.provisions)]
    days = {day for interval in intervals for day in (interval.start, interval.until)}
    return tuple(sorted(day for day in days if day is not None))


def _combinations(ways: Iterable[Iterable[Ruleset]]) -> tuple[Combination, ...]:
    """How lenient and heavier rules combine in each way; a contest stands in front."""
    found = set()
    for way in ways:
        declared = (r.combination for r in way if r.combination is not None)
        found.add(next(declared, Combination.CONTEST))
    return tuple(one for one in Combination if one in found)


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
