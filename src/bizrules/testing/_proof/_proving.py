"""What the golden cases that pass show of rules."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from bizrules.conditions import facts_read, without
from bizrules.engine import Engine
from bizrules.outcomes import Outcome
from bizrules.rules import Rule
from bizrules.testing._goldens import GoldenResult
from bizrules.testing._matters import MatterResult
from bizrules.testing._proof._agreement import agreements
from bizrules.testing._proof._forms import form_of
from bizrules.testing._proof._points import Key, Point, Proof, Shown, points_of
from bizrules.testing._proof._search import Search
from bizrules.testing._proof._sightings import Observer

MOST_CASES: Final = 3


def prove(
    engine: Engine,
    results: Iterable[GoldenResult | MatterResult],
    *,
    rulesets: Iterable[str] | None = None,
) -> Proof:
    """What golden cases show of rules, and what they leave out.

    Only cases that expect something and came out as expected show anything.

    Args:
        engine: What evaluated them.
        results: The golden cases and matters, run.
        rulesets: Ids of the rulesets to look at; None for all.
    """
    wanted = None if rulesets is None else frozenset(rulesets)
    looked_at = {one.id: one for one in engine.rulesets if wanted is None or one.id in wanted}
    rules = {rule.id: rule for ruleset in looked_at.values() for rule in ruleset.rules}
    points = tuple(points_of(rules, engine))
    found = _Witnesses(points)
    observer = Observer(engine.vocabulary, found.waiting)
    cases = 0
    for name, outcome in _passed(results):
        cases += 1
        for sighting in observer.sightings(outcome):
            for key in observer.shown_by(sighting):
                found.add(key, name)
    reach = Reach(engine, rules)
    shown = tuple(
        Shown(
            point=point,
            by=found.by(point.key),
            possible=bool(found.by(point.key)) or reach.is_possible(point),
        )
        for point in points
    )
    return Proof(points=shown, rulesets=looked_at, rules=rules, cases=cases)


class _Witnesses:
    """The cases that show each point, a few of them.

    Attributes:
        waiting: Rules of which some point has fewer cases than that; the others need no more
            looking at.
    """

    def __init__(self, points: Iterable[Point]) -> None:
        """Nothing seen yet."""
        self._by: dict[Key, dict[str, None]] = {point.key: {} for point in points}
        self._rules = {point.key: point.rules for point in points}
        open_points = Counter(name for rules in self._rules.values() for name in rules)
        self._open = open_points
        self.waiting = set(open_points)

    def add(self, key: Key, case: str) -> None:
        """A case that shows the point of the key, if it is one."""
        by = self._by.get(key)
        if by is None or case in by or len(by) == MOST_CASES:
            return
        by[case] = None
        if len(by) == MOST_CASES:
            for name in self._rules[key]:
                self._open[name] -= 1
                if not self._open[name]:
                    self.waiting.discard(name)

    def by(self, key: Key) -> tuple[str, ...]:
        """The cases that show the point."""
        return tuple(self._by[key])


def _passed(
    results: Iterable[GoldenResult | MatterResult],
) -> Iterator[tuple[str, Outcome]]:
    """The outcomes of what passed, by the id of the case or matter."""
    for result in results:
        if not (result.passed and result.golden.expect is not None):
            continue
        if isinstance(result, MatterResult):
            parts = result.outcome.parts if result.outcome is not None else ()
            yield from ((result.id, part.outcome) for part in parts)
        elif result.outcome is not None:
            yield result.id, result.outcome


@attrs.frozen(eq=False)
class Reach:
    """Which points some case could show at all.

    Attributes:
        engine: What knows the facts and the violations.
        rules: The rules, by id.
    """

    engine: Engine
    rules: Mapping[str, Rule]
    _searches: dict[str, tuple[Search, ...]] = attrs.field(factory=dict, init=False)

    def is_possible(self, point: Point) -> bool:
        """Whether some values show the point, for some violation that the rule is for."""
        return any(search.is_possible(point) for name in point.rules for search in self._of(name))

    def _of(self, name: str) -> tuple[Search, ...]:
        if name not in self._searches:
            rule, vocabulary = self.rules[name], self.engine.vocabulary
            conditions = (
                without(rule.condition, elements) if elements else rule.condition
                for elements in self._elements(rule)
            )
            self._searches[name] = tuple(
                Search(
                    condition=one,
                    form=form_of(one, rule),
                    vocabulary=vocabulary,
                    always=tuple(agreements(one, self.engine)),
                )
                for one in conditions
            )
        return self._searches[name]

    def _elements(self, rule: Rule) -> tuple[frozenset[str], ...]:
        """The elements of an offence that the rule reads, for each violation it is for.

        What constitutes an offence does not make it heavier again.
        """
        reads = facts_read(rule.condition)
        if not rule.is_heavier or rule.violations is None:
            return (frozenset(),)
        violations = self.engine.violations
        found = (violations[name].elements & reads for name in sorted(rule.violations))
        return tuple(dict.fromkeys(found))
