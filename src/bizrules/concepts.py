"""Legal concepts in time: which definition of a concept a condition means on a day."""

from collections.abc import Iterator
from datetime import date

import attrs

from bizrules.conditions import Condition, Defined, Not, PerKind, Test, walk


def dated_concepts(condition: Condition) -> Iterator[Defined]:
    """Every definition of a concept for which the condition has several, at any depth."""
    for node in walk(condition):
        if isinstance(node, Defined) and node.others:
            yield node
            for other in node.others:
                yield other
                yield from dated_concepts(other.condition)


def concepts_on(condition: Condition, day: date, known_on: date | None) -> Condition:
    """The condition with the definitions in force on a day, as far as they were known.

    Of several the nearest counts. Where none is in force the nearest stays: loading refuses a
    rule on whose days there is none.

    Args:
        condition: The condition.
        day: The day of the law.
        known_on: Only what was published by then; None for all.
    """
    if isinstance(condition, Test):
        return condition
    if isinstance(condition, Not):
        return attrs.evolve(condition, part=concepts_on(condition.part, day, known_on))
    if isinstance(condition, Defined):
        return _defined_on(condition, day, known_on)
    if isinstance(condition, PerKind):
        branches = tuple(
            (code, concepts_on(branch, day, known_on)) for code, branch in condition.branches
        )
        return attrs.evolve(condition, branches=branches)
    parts = tuple(concepts_on(part, day, known_on) for part in condition.parts)
    return attrs.evolve(condition, parts=parts)


def _defined_on(concept: Defined, day: date, known_on: date | None) -> Defined:
    def speaks(one: Defined) -> bool:
        known = known_on is None or one.published is None or one.published <= known_on
        return known and one.in_force.as_known_on(known_on).contains(day)

    chosen = next(filter(speaks, (concept, *concept.others)), concept)
    inner = concepts_on(chosen.condition, day, known_on)
    return attrs.evolve(chosen, condition=inner, others=(), location=concept.location)
