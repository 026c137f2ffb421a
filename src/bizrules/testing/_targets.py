"""The rules at which a case is aimed: where, under what and when each of them can speak."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import attrs

from bizrules.engine import Engine
from bizrules.penalties import Grade
from bizrules.rules import Rule, Ruleset, Violation
from bizrules.selection import Candidate
from bizrules.testing._aiming import DAY
from bizrules.testing._scene import Scene, binds_to_exempt

_BEFORE: Final = timedelta(days=60)
_LATER: Final = timedelta(days=90)
_ONE: Final = timedelta(days=1)
_MANY: Final = 64
_TIMES: Final = 3
_MEASURES: Final = len(Grade)
_BINDING: Final = len(Grade) + 1


@attrs.frozen(kw_only=True)
class Target:
    """A rule at which cases are aimed.

    Attributes:
        rule: The rule.
        violations: Ids of the violations about which it may speak; never empty.
    """

    rule: Rule
    violations: tuple[str, ...]


@lru_cache(maxsize=_MANY)
def targets_of(engine: Engine, package: str | None) -> tuple[Target, ...]:
    """The rules of a package that may speak about some violation, by id.

    Args:
        engine: The engine.
        package: Name of the package; None for all rules.
    """
    own = [one for one in engine.rulesets if package in (None, one.plugin)]
    found = [
        Target(rule=rule, violations=spoken)
        for ruleset in own
        for rule in ruleset.rules
        if (spoken := tuple(_spoken_of(rule, ruleset, engine.violations.values())))
    ]
    return tuple(sorted(found, key=lambda target: target.rule.id))


def _spoken_of(rule: Rule, ruleset: Ruleset, violations: Iterable[Violation]) -> list[str]:
    """Violations about which the rule may speak, as far as place and time allow."""
    return sorted(one.id for one in violations if _may_speak(rule, ruleset, one))


def _may_speak(rule: Rule, ruleset: Ruleset, violation: Violation) -> bool:
    if rule.is_general and rule.ground in violation.displaces:
        return False
    if rule.violations is not None and violation.id not in rule.violations:
        return False
    if rule.departments is not None:
        return violation.department in rule.departments
    return ruleset.department in (None, violation.department)


def days_about(rule: Rule, scene: Scene) -> tuple[date, ...]:
    """Days on which to decide about a rule: mostly ordinary ones on which it is in force.

    Besides them the first day, the day before, the last day and the day after.

    Args:
        rule: The rule.
        scene: Where and about what the case is.
    """
    spans = (rule.in_force, scene.violation.in_force)
    start = max((one.start for one in spans if one.start is not None), default=None)
    until = min((one.until for one in spans if one.until is not None), default=None)
    found = [_inside(start, until)] * 6
    if start is not None:
        found += [start, start - _ONE]
    if until is not None:
        found += [until - _ONE, until]
    kept = tuple(day for day in found if scene.violation.in_force.contains(day))
    return kept or scene.decision_days


def _inside(start: date | None, until: date | None) -> date:
    """An ordinary day of an interval, a while after its beginning where it is long enough."""
    if (start is None or start <= DAY - _BEFORE) and (until is None or until > DAY):
        return DAY
    if start is None:
        return until - _LATER if until is not None else DAY
    if until is None or start + _LATER < until:
        return start + _LATER
    return start + (until - start) // 2


def pools(candidates: Sequence[Candidate]) -> tuple[tuple[Rule, ...], ...]:
    """The rules of candidates by what they lead to, so that rare outcomes are aimed at as often.

    What binds to exempt stands there once where all others stand several times: by itself it
    would end most of the cases.

    Args:
        candidates: The candidates.
    """
    found: dict[int, list[Rule]] = {}
    for candidate in candidates:
        found.setdefault(_kind(candidate.rule), []).append(candidate.rule)
    binding = found.pop(_BINDING, [])
    others = [tuple(found[kind]) for kind in sorted(found)] * _TIMES
    return (*others, tuple(binding)) if binding else tuple(others)


def _kind(rule: Rule) -> int:
    if binds_to_exempt(rule):
        return _BINDING
    if not rule.permits:
        return _MEASURES
    return rule.permits[0]
