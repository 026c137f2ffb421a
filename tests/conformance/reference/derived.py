"""Facts that are computed from the case where nobody stated them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from conformance.reference.conditions import Data, value
from conformance.reference.days import act_span, day, months_later, span
from conformance.reference.history import Definition
from conformance.reference.worlds import World

NATURAL = (None, "individual", "individual_business")
ADULT, TWO_YEARS, FIVE_YEARS = 18, 24, 60
_LIMITATIONS = ("limitation_run_out", "ordinary_limitation_run_out")


def facts_of(world: World, case: Data) -> tuple[dict[str, Any], set[str]]:
    """The facts of a case, stated, examined and derived; and those contradicted."""
    stated = {n: value(world.facts[n], raw) for n, raw in case.get("facts", {}).items()}
    found: dict[str, Any] = {}
    for name, fact in world.facts.items():
        examined = fact.get("group") in case.get("examined", [])
        if examined and fact["kind"] in ("boolean", "integer"):
            found[name] = False if fact["kind"] == "boolean" else 0
    found.update(stated)
    wrong = set()
    for name, compute in _DERIVED.items():
        told = compute(case, found) if name in world.facts else None
        if told is not None and name not in stated:
            found[name] = value(world.facts[name], told) if name == "party_kind" else told
        elif told is not None and stated[name] != told:
            wrong.add(name)
    special = world.violations[case["violation"]].get("limitation")
    for name in (name for name in _LIMITATIONS if name in world.facts and name not in stated):
        periods = _periods(special, found, extended=name == _LIMITATIONS[0])
        runs = {_run_out(case, months) for months in periods}
        if runs in ({True}, {False}):
            found[name] = runs == {True}
        elif True in runs and name == _LIMITATIONS[0]:
            found.pop(name, None)
    return found, wrong | _repeats(world, case, found)


def _repeats(world: World, case: Data, found: dict[str, Any]) -> set[str]:
    """Adds the counts of earlier violations that nobody stated; those that contradict."""
    wrong = set()
    for name, fact in world.facts.items():
        if "counts" not in fact:
            continue
        counts = fact["counts"]
        count = Definition(counts, case, world.violations, before=True).record().count
        told = None if count is None else count + bool(counts.get("includes_present"))
        if told is not None and name not in case.get("facts", {}):
            found[name] = told
        elif told is not None and found[name] != told:
            wrong.add(name)
    return wrong


def _periods(special: Data | None, facts: Mapping[str, Any], *, extended: bool) -> list[int]:
    """Limitation periods in months that the facts leave open."""
    if special is not None:
        return [special["months"]]
    touched, harm = facts.get("life_health_finance"), facts.get("harm")
    if not extended or touched is False or harm == 0:
        return [TWO_YEARS]
    return [FIVE_YEARS] if touched and harm is not None else [TWO_YEARS, FIVE_YEARS]


def _run_out(case: Data, months: int) -> bool | None:
    """Whether the act was discovered after the period; a discovery on its last day is in time."""
    first, last = act_span(case)
    later = [span(case[name])[1] for name in ("filed", "notified", "decided") if name in case]
    known = "discovered" in case
    found = span(case["discovered"]) if known else (first, min(later, default=date.max))
    if first != date.min and found[1] <= months_later(first, months):
        return False
    if last == date.max or not known:
        return None
    return True if found[0] > months_later(last, months) else None


def _party_kind(case: Data, _facts: Mapping[str, Any]) -> str | None:
    found: str | None = case.get("party", {}).get("kind")
    return found


def _age_at_act(case: Data, _facts: Mapping[str, Any]) -> int | None:
    party, act = case.get("party", {}), act_span(case)
    if party.get("kind") not in NATURAL:
        return None
    if "age" in party:
        return int(party["age"])
    if "birth_date" not in party or date.min in act or date.max in act:
        return None
    born = day(party["birth_date"])
    ages = {
        on.year - born.year - (months_later(born, 12 * (on.year - born.year)) >= on) for on in act
    }
    return ages.pop() if len(ages) == 1 else None


def _party_is_minor(case: Data, facts: Mapping[str, Any]) -> bool | None:
    if case.get("party", {}).get("kind") not in NATURAL:
        return False
    age = facts.get("age_at_act", _age_at_act(case, facts))
    return None if age is None else age < ADULT


def _violation_months(case: Data, _facts: Mapping[str, Any]) -> int | None:
    given = case.get("committed")
    if not isinstance(given, dict) or "to" not in given or len(set(span(given["from"]))) > 1:
        return None
    began, ended = day(given["from"]), act_span(case)
    if ended[0] != ended[1]:
        return None
    months = (ended[0].year - began.year) * 12 + ended[0].month - began.month
    return months - (months_later(began, months) > ended[0])


def _days_to_correct(_case: Data, facts: Mapping[str, Any]) -> int | None:
    if "ordered_on" not in facts or "corrected_on" not in facts:
        return None
    days: int = (facts["corrected_on"] - facts["ordered_on"]).days
    return max(days, 0)


_DERIVED = {
    "party_kind": _party_kind,
    "age_at_act": _age_at_act,
    "party_is_minor": _party_is_minor,
    "violation_months": _violation_months,
    "days_to_correct": _days_to_correct,
}
