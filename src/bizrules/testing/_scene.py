"""What bears on the cases of one violation at one place, whatever the day: the scene of a case."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from typing import Final

import attrs

from bizrules.conditions import Condition, Test, facts_read, tests_of
from bizrules.derivation import CORE_DERIVATIONS
from bizrules.engine import Engine
from bizrules.facts import Kind, Value, Vocabulary
from bizrules.matching import comparable, compile_condition
from bizrules.penalties import Grade, Modality
from bizrules.rules import Measure, Rule, Violation
from bizrules.selection import Candidate, Moment, Stretch
from bizrules.testing._aiming import DAY, near_values
from bizrules.values import DateSpan, Interval

_EVER: Final = Moment.on(DateSpan())
_ALWAYS_READ: Final = frozenset({"crime_suspected"})
_MANY: Final = 4096


@attrs.frozen(eq=False)
class Scene:
    """The law of a place about a violation, of all days.

    Attributes:
        engine: The engine.
        region: The place.
        violation: The entry of the catalogue.
        stretch: The law.
    """

    engine: Engine
    region: str
    violation: Violation
    stretch: Stretch

    @property
    def vocabulary(self) -> Vocabulary:
        """Declared facts."""
        return self.engine.vocabulary

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every rule that may speak, of both axes."""
        return (*self.stretch.penalty, *self.stretch.compulsion)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that may be looked at: of rules, provisions and duties."""
        found = [condition for one in self.candidates for condition in (one.condition, *one.others)]
        for provision in self.stretch.provisions:
            found.append(provision.only_after)
            found += [tier.when for tier in provision.tiers]
            found += [kind.when for kind in provision.kinds]
        found += [duty.when for duty in self.stretch.duties]
        return tuple(found)

    @cached_property
    def reads(self) -> frozenset[str]:
        """Facts that bear on the outcome, those from which others are computed included."""
        found = {*_ALWAYS_READ, *self._read_elsewhere()}
        for condition in self.conditions:
            found |= facts_read(condition)
        waiting, derivations = set(found), {one.name: one for one in self.engine.derivations}
        while waiting:
            derivation = derivations.get(waiting.pop())
            new = set(derivation.reads if derivation else ()) - found
            found |= new
            waiting |= new
        # What the core computes it may compute from one another, whatever the rules read.
        for derivation in CORE_DERIVATIONS:
            found.update(derivation.reads)
        return frozenset(found)

    def _read_elsewhere(self) -> Iterator[str]:
        """Facts that are no part of a condition: bases of fines, dates and days of duties."""
        for provision in self.stretch.provisions:
            for tier in provision.tiers:
                if tier.fine is not None and tier.fine.base is not None:
                    yield tier.fine.base
        for duty in self.stretch.duties:
            if duty.deadline is not None:
                yield from (duty.deadline.anchor, *duty.deadline.extended_by)
            if duty.met_by is not None:
                yield duty.met_by

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Declared facts that bear on the outcome, by name."""
        return tuple(sorted(name for name in self.reads if name in self.vocabulary))

    @cached_property
    def near(self) -> Mapping[str, tuple[Value, ...]]:
        """For each fact the values at the borders of all tests of it."""
        return near_all(self.conditions, self.vocabulary)

    @cached_property
    def usual(self) -> Mapping[str, tuple[Value, ...]]:
        """For facts on which an exemption that binds turns the values with which it fails.

        Without them most cases would end there, whatever else is drawn.
        """
        tests = [
            test
            for candidate in self.stretch.penalty
            if binds_to_exempt(candidate.rule)
            for test in tests_of(candidate.condition)
        ]
        found: dict[str, set[Value]] = {}
        for test in tests:
            name = test.facts[0]
            fact = self.vocabulary[name]
            if fact.kind in (Kind.BOOLEAN, Kind.INTEGER) and len(test.facts) == 1:
                near = near_values(test, self.vocabulary)[name]
                passes = compile_condition(test, self.vocabulary)
                failing = {one for one in near if passes({name: comparable(fact, one)}) is False}
                found[name] = found[name] & failing if name in found else failing
        return {name: tuple(sorted(some, key=str)) for name, some in found.items() if some}

    @cached_property
    def days(self) -> tuple[date, ...]:
        """First and last days of what is in force for some time only, and those beside them."""
        borders: set[date] = set()
        for interval in self._intervals():
            borders |= {day for day in (interval.start, interval.until) if day is not None}
        ordinals = {day.toordinal() + step for day in borders for step in (-1, 0, 1)}
        return tuple(date.fromordinal(day) for day in sorted(ordinals))

    @cached_property
    def decision_days(self) -> tuple[date, ...]:
        """Days on which the act is a violation, the ordinary one first if it is one of them.

        A case under a violation that is none, neither then nor when it is decided, is faulty.
        """
        in_force = self.violation.in_force
        found = [day for day in (DAY, *self.days) if in_force.contains(day)]
        return tuple(found) or (in_force.start or DAY,)

    def _intervals(self) -> Iterator[Interval]:
        yield self.violation.in_force
        yield from (provision.in_force for provision in self.violation.provisions)
        yield from (ruleset.in_force for ruleset in self.stretch.rulesets)
        yield from (candidate.in_force for candidate in self.candidates)

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Compulsory measures of which some rule speaks; two of them where all are meant."""
        found: set[Measure] = set()
        for candidate in self.stretch.compulsion:
            found |= candidate.rule.measures or {Measure.SEALING, Measure.SEIZURE}
        return tuple(sorted(measure.value for measure in found))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that may speak, by id."""
        return tuple(sorted((one.rule for one in self.candidates), key=lambda rule: rule.id))


@lru_cache(maxsize=_MANY)
def scene_of(engine: Engine, region: str, violation: str) -> Scene:
    """The scene of a violation at a place.

    Args:
        engine: The engine.
        region: The place.
        violation: Id of the violation.
    """
    stretch = engine.assessor.selector.stretch(region, violation, _EVER)
    return Scene(engine, region, engine.violations[violation], stretch)


def binds_to_exempt(rule: Rule) -> bool:
    """Whether nothing but an exemption is left where the rule holds."""
    return rule.modality is Modality.SHALL and rule.permits == (Grade.EXEMPT,)


def near_all(
    conditions: Iterable[Condition], vocabulary: Vocabulary
) -> Mapping[str, tuple[Value, ...]]:
    """For each fact the values at the borders of every test of it in the conditions."""
    found: dict[str, dict[Value, None]] = {}
    tests: dict[Test, None] = dict.fromkeys(
        test for condition in conditions for test in tests_of(condition)
    )
    for test in tests:
        for name, some in near_values(test, vocabulary).items():
            found.setdefault(name, {}).update(dict.fromkeys(some))
    return {name: tuple(some) for name, some in found.items()}
