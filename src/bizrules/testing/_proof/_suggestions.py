"""Cases that would show what no golden case shows, for a person to confirm."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from operator import itemgetter
from typing import Final

import attrs

from bizrules.cases import Case
from bizrules.conditions import Op, Test
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.facts import Fact, Vocabulary
from bizrules.matching import Comparable, value_of
from bizrules.outcomes import Outcome
from bizrules.provenance import Text
from bizrules.rules import Axis, Measure, Rule, Violation
from bizrules.testing._goldens import GoldenResult, names_draft
from bizrules.testing._proof._points import Key, Point, Proof
from bizrules.testing._proof._retelling import altered
from bizrules.testing._proof._search import Change, Search
from bizrules.testing._proof._sightings import Observer, Sighting
from bizrules.values import Interval
from bizrules.wording import both, condition_text, phrase, say_value

MOST_BASES: Final = 8
MOST_CHANGES: Final = 12
MOST_BUILT: Final = 3
MOST_TRIES: Final = 40


@attrs.frozen(kw_only=True, eq=False)
class Suggestion:
    """A case that would show something that no golden case shows.

    Attributes:
        case: The case.
        points: What it would show; the one it was made for stands in front.
        rule: The rule it was made for.
        origin: Id of the golden case that it changes; None if it was built from the rule.
        changed: What is other than in that case, fact by fact, in words.
        outcome: What the library answers today.
    """

    case: Case
    points: tuple[Point, ...]
    rule: Rule
    origin: str | None
    changed: tuple[Text, ...]
    outcome: Outcome


@attrs.frozen(eq=False)
class _Base:
    """A case to go on from, with the rule as a candidate in it."""

    case: Case
    sighting: Sighting
    origin: str | None


@attrs.frozen(kw_only=True, eq=False)
class Suggestions:
    """Cases for everything that is missing.

    Attributes:
        cases: The cases.
        unreached: What no case was found for.
    """

    cases: tuple[Suggestion, ...]
    unreached: tuple[Point, ...]


def suggest(engine: Engine, proof: Proof, results: Iterable[GoldenResult]) -> Suggestions:
    """Cases that would show what golden cases do not show; a case for several things stands once.

    Each is a golden case with as few facts changed as can be, or is built from the rule where no
    golden case has it as a candidate.

    Args:
        engine: What evaluates them.
        proof: What is shown and what is missing.
        results: The golden cases, run.
    """
    suggester = _Suggester(engine, proof, results)
    cases = tuple(suggester.suggestions())
    return Suggestions(cases=cases, unreached=tuple(suggester.unreached))


@attrs.define(eq=False)
class _Suggester:
    """Makes cases out of cases.

    Args:
        engine: What evaluates them.
        proof: What is shown and what is missing.
        results: The golden cases, run.
    """

    engine: Engine
    proof: Proof
    results: Iterable[GoldenResult]
    unreached: list[Point] = attrs.field(factory=list, init=False)
    _observer: Observer = attrs.field(init=False)
    _bases: dict[str, list[_Base]] = attrs.field(factory=dict, init=False)
    _taken: set[str] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        """Gather the cases to go on from."""
        waiting = {name for one in self.proof.missing for name in one.point.rules}
        self._observer = Observer(self.engine.vocabulary, waiting)
        for result in self.results:
            self._taken.add(result.id)
            if result.outcome is not None:
                self._keep(result.outcome, result.id)

    def _keep(self, outcome: Outcome, origin: str | None) -> None:
        for sighting in self._observer.sightings(outcome):
            found = self._bases.setdefault(sighting.candidate.rule.id, [])
            found.append(_Base(outcome.case, sighting, origin))

    def suggestions(self) -> Iterator[Suggestion]:
        """Cases for what is missing; `unreached` receives what no case was found for."""
        missing = {one.point.key: one.point for one in self.proof.missing}
        for key in tuple(missing):
            if key not in missing:
                continue
            found = next(self._for(missing[key]), None)
            if found is None:
                self.unreached.append(missing.pop(key))
                continue
            shown = self._keys(found.outcome)
            others = [one for one in missing if one in shown and one != key]
            points = tuple(missing.pop(one) for one in (key, *others))
            yield attrs.evolve(found, points=points)
            self._keep(found.outcome, found.origin)

    def _keys(self, outcome: Outcome) -> set[Key]:
        sightings = self._observer.sightings(outcome)
        return {key for one in sightings for key in self._observer.shown_by(one)}

    def _for(self, point: Point) -> Iterator[Suggestion]:
        for name in point.rules:
            rule = self.proof.rules[name]
            tries = sorted(self._tries(point, rule), key=itemgetter(0))
            for _, base, change in tries:
                found = self._made(point, rule, base, change)
                if found is not None:
                    yield found

    def _tries(self, point: Point, rule: Rule) -> Iterator[tuple[int, _Base, Change]]:
        for base in self._known_bases(rule):
            candidate = base.sighting.candidate
            search = Search(
                condition=candidate.condition,
                form=base.sighting.form,
                vocabulary=self.engine.vocabulary,
                names=candidate.names,
                view=base.sighting.view,
            )
            for cost, change in islice(search.changes(point), MOST_CHANGES):
                yield cost, base, change

    def _known_bases(self, rule: Rule) -> list[_Base]:
        """Cases in which the rule is a candidate, those in which it holds first."""
        if rule.id not in self._bases:
            for case in islice(built_cases(rule, self.engine), MOST_TRIES):
                outcome = self._evaluated(case, rule)
                if outcome is not None:
                    self._keep(outcome, None)
                if len(self._bases.get(rule.id, ())) >= MOST_BUILT:
                    break
        found = self._bases.get(rule.id, [])
        ordered = sorted(found, key=lambda base: self._whole(base.sighting) is not True)
        return ordered[:MOST_BASES]

    def _whole(self, sighting: Sighting) -> bool | None:
        return sighting.form.truth(self._observer.truths(sighting))

    def _made(self, point: Point, rule: Rule, base: _Base, change: Change) -> Suggestion | None:
        """The changed case, if it shows the point and contradicts itself in nothing."""
        for case in altered(base.case, change, self.engine.vocabulary):
            outcome = self._evaluated(case, rule)
            if outcome is not None and point.key in self._keys(outcome):
                named = attrs.evolve(case, id=self._name(rule), location=None)
                return Suggestion(
                    case=named,
                    points=(point,),
                    rule=rule,
                    origin=base.origin,
                    changed=_told(change, self.engine.vocabulary),
                    outcome=attrs.evolve(outcome, case=named),
                )
        return None

    def _evaluated(self, case: Case, rule: Rule) -> Outcome | None:
        draft = names_draft(self.engine, (rule.id,))
        engine = self.engine.with_drafts if draft else self.engine
        try:
            outcome = engine.evaluate(case)
        except CaseError:
            return None
        return None if any(not one.is_warning for one in outcome.problems) else outcome

    def _name(self, rule: Rule) -> str:
        """An id that no golden case has."""
        stem = rule.id.replace("/", "-")
        number = 1
        while f"{stem}-{number}" in self._taken:
            number += 1
        self._taken.add(f"{stem}-{number}")
        return f"{stem}-{number}"


def built_cases(rule: Rule, engine: Engine) -> Iterator[Case]:
    """Cases without any facts, of the violations and on a day that the rule is for.

    Args:
        rule: The rule.
        engine: What knows the violations.
    """
    measures = sorted(one.value for one in rule.measures or ())
    if rule.axis is Axis.COMPULSION:
        measures = measures or [one.value for one in Measure]
    violations = engine.violations
    names = sorted(violations if rule.violations is None else rule.violations)
    for one in sorted((violations[name] for name in names), key=lambda one: len(one.elements)):
        if rule.departments is None or one.department in rule.departments:
            for day in _days(rule, one):
                yield Case(
                    id=rule.id,
                    region=rule.region,
                    violation=one.id,
                    committed=day,
                    decided=day,
                    measures=measures[:1],
                )


def _days(rule: Rule, violation: Violation) -> Iterator[date | None]:
    """Days on which the rule and the violation are in force, those with a provision first.

    None, for a case without dates, where nothing says since or until when they are.
    """
    # Some lists are older than the oldest provision on record.
    for provision in (*(one.in_force for one in violation.provisions), Interval()):
        days = (rule.in_force, violation.in_force, provision)
        start = max((one.start for one in days if one.start is not None), default=None)
        until = min((one.until for one in days if one.until is not None), default=None)
        if start is not None and (until is None or start < until):
            yield start
        elif start is None:
            yield None if until is None else until - timedelta(days=1)


def _told(change: Change, vocabulary: Vocabulary) -> tuple[Text, ...]:
    """The facts with their new values, in words."""
    return tuple(_told_fact(vocabulary[name], change[name], vocabulary) for name in sorted(change))


def _told_fact(fact: Fact, found: Comparable, vocabulary: Vocabulary) -> Text:
    value = value_of(fact, found)
    if isinstance(value, bool):
        return condition_text(Test((fact.name,), Op.IS, value), vocabulary)
    said = both(lambda lang: say_value(fact, value, lang))
    return phrase("pair", label=fact.label, value=said)
