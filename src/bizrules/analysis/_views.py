"""A ruleset as it is on one day."""

from collections.abc import Mapping
from datetime import date

import attrs

from bizrules.assessment import near_names
from bizrules.engine import Engine
from bizrules.errors import NotInForceError, UnknownNameError
from bizrules.facts import Vocabulary
from bizrules.rules import Rule, Ruleset, Violation


@attrs.frozen(kw_only=True, eq=False)
class View:
    """A ruleset on one day.

    Attributes:
        ruleset: The ruleset with all that it ever held.
        day: The day.
        rules: Its rules in force that day, in their order.
        vocabulary: Declarations of the facts they read.
        violations: The violation catalogue.
    """

    ruleset: Ruleset
    day: date
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    violations: Mapping[str, Violation] = attrs.field(factory=dict)


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
        raise UnknownNameError("ruleset", ruleset_id, near_names(ruleset_id, by_id))
    ruleset = by_id[ruleset_id]
    days = ruleset.in_force.as_known_on(engine.as_known_on)
    if not days.contains(day):
        raise NotInForceError.among("ruleset", ruleset_id, day, {ruleset_id: days})
    return View(
        ruleset=ruleset,
        day=day,
        rules=tuple(rule for rule in ruleset.rules if engine.is_in_force(rule, day)),
        vocabulary=engine.vocabulary,
        violations=engine.violations,
    )
