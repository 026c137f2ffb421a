"""A ruleset as it is on one day."""

from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from bizrules.concepts import concepts_on, dated_concepts
from bizrules.engine import Engine
from bizrules.errors import NotInForceError, UnknownNameError
from bizrules.facts import Vocabulary
from bizrules.nearness import nearest
from bizrules.rules import Definition, Duty, Rule, Ruleset, Violation
from bizrules.values import Interval


@attrs.frozen(kw_only=True, eq=False)
class View:
    """A ruleset on one day.

    Attributes:
        ruleset: The ruleset with all that it ever held.
        day: The day.
        rules: Its rules in force that day, in their order, their concepts as defined that day.
        vocabulary: Declarations of the facts they read.
        violations: The violation catalogue.
        known_on: Only what was published by then is known; None for all.
    """

    ruleset: Ruleset
    day: date
    rules: Sequence[Rule]
    vocabulary: Vocabulary
    violations: Mapping[str, Violation] = attrs.field(factory=dict)
    known_on: date | None = None

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """Its definitions in force that day, by name."""
        held = self.ruleset.definitions
        return {name: one for name, one in held.items() if self._speaks(one.in_force)}

    @property
    def duties(self) -> tuple[Duty, ...]:
        """Its duties in force that day."""
        return tuple(one for one in self.ruleset.duties if self._speaks(one.in_force))

    def _speaks(self, days: Interval) -> bool:
        return days.as_known_on(self.known_on).contains(self.day)


def view_on(engine: Engine, ruleset_id: str, day: date) -> View:
    """The ruleset on the day, as far as the engine knows it.

    Args:
        engine: The engine that holds it.
        ruleset_id: Its id.
        day: The day.

    Raises:
        UnknownNameError: If there is no such ruleset; names near it are carried.
        NotInForceError: If it is not in force that day; when it was or will be is carried.
    """
    by_id = {ruleset.id: ruleset for ruleset in engine.rulesets}
    if ruleset_id not in by_id:
        raise UnknownNameError("ruleset", ruleset_id, nearest(ruleset_id, by_id))
    ruleset = by_id[ruleset_id]
    days = ruleset.in_force.as_known_on(engine.as_known_on)
    if not days.contains(day):
        raise NotInForceError.among("ruleset", ruleset_id, day, {ruleset_id: days})
    rules = (rule for rule in ruleset.rules if engine.is_in_force(rule, day))
    return View(
        ruleset=ruleset,
        day=day,
        rules=tuple(_defined_on(rule, day, engine.as_known_on) for rule in rules),
        vocabulary=engine.vocabulary,
        violations=engine.violations,
        known_on=engine.as_known_on,
    )


def _defined_on(rule: Rule, day: date, known_on: date | None) -> Rule:
    """The rule with its concepts as they are defined on the day."""
    if not any(dated_concepts(rule.condition)):
        return rule
    return attrs.evolve(rule, condition=concepts_on(rule.condition, day, known_on))
