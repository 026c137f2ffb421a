"""What follows from an outcome, and by which day."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from chinese_calendar import is_workday

from conformance.reference.conditions import Data, Reader, truth
from conformance.reference.days import Span, act_span, covers, months_later, span
from conformance.reference.evaluation import Applied
from conformance.reference.fines import WITHOUT_FINE
from conformance.reference.resolution import EXEMPT
from conformance.reference.worlds import Rule, World, in_force

MITIGATED = 1
MEASURES = ("restraint", "sealing", "seizure", "freezing", "other_measure")
"""Measures that are no way of execution."""
UNKNOWN: Span = (date.min, date.max)
CASE_DATES = ("committed", "discovered", "filed", "notified", "decided")


def duties(world: World, applied: Applied) -> list[dict[str, Any]]:
    """The duties of the law of the decision, those with a day first."""
    found = [_due(applied, *one) for one in _following(world, applied)]

    def place(duty: Data) -> tuple[object, ...]:
        due = duty["due"] or duty["opens"]
        return due is None, due or "", duty["duty"]

    return sorted(found, key=place)


def _following(world: World, applied: Applied) -> Iterator[tuple[str, Data, bool]]:
    """Each duty that follows, by id, and whether that is certain."""
    moment = applied.current.law.moment
    reader: Reader = applied.current.law.reader
    for ruleset in world.speaking(applied.case, moment):
        days = moment.days(ruleset.get("reach_back", ""))
        for given in ruleset.get("duties", []):
            interval, published = in_force(given, ruleset)
            speaks = covers(interval, days, world.known)
            told = truth(reader.read(given.get("when", [])), applied.main.facts)
            known = world.is_known(published)
            if known and False not in (speaks, told) and _follows(applied, given, ruleset):
                yield f"{ruleset['id']}/{given['id']}", given, bool(speaks and told)


def _follows(applied: Applied, given: Data, ruleset: Data) -> bool:
    """Whether the outcome is one on which the duty follows."""
    result, main = applied.result, applied.main
    grade = None if result is None else result.grade
    contested = applied.main.base.contested
    fine = main.fine(settled=applied.settled).state
    fined = (contested or grade is not None) and fine not in WITHOUT_FINE
    measures = [
        one
        for one in applied.case.get("measures", [])
        if one in given.get("measures", [one]) and (one in MEASURES) == (given["on"] == "measure")
    ]
    carrying = _carrying(applied)
    triggers: Mapping[str, Callable[[], bool]] = {
        "always": lambda: True,
        "crime": lambda: main.facts.get("crime_suspected") is True,
        "exempt": lambda: grade == EXEMPT and _not_excepted(given, carrying),
        "penalty": lambda: fined or contested or grade not in (None, EXEMPT),
        "fine": lambda: fined,
        "mitigated": lambda: grade == MITIGATED,
        "contested": lambda: contested,
        "measure": lambda: bool(measures),
        "execution": lambda: bool(measures),
        "ground": lambda: any(_is_on(rule, given, ruleset) for rule in carrying),
    }
    return triggers[given["on"]]()


def _carrying(applied: Applied) -> list[Rule]:
    """The rules that carried the result."""
    base = applied.main.base
    if applied.result is None and not base.contested:
        return []
    return [rule for rule in applied.main.law.rules if rule.id in base.determining]


def _not_excepted(given: Data, carrying: list[Rule]) -> bool:
    excepted = given.get("except_grounds", [])
    return not excepted or any(rule.ground not in excepted for rule in carrying)


def _is_on(rule: Rule, given: Data, ruleset: Data) -> bool:
    """Whether a rule is on a ground of the duty; of entries of lists, one of its own ruleset."""
    own = rule.ground != "listed" or rule.ruleset["id"] == ruleset["id"]
    return own and rule.ground in given.get("grounds", [])


@dataclass(frozen=True)
class _Period:
    """A period, the day from which it runs, and what is added to it."""

    deadline: Data
    since: date
    added: int

    @property
    def sign(self) -> int:
        """Whether it runs on from the day or back."""
        return 1 if "after" in self.deadline else -1

    def last(self) -> date | None:
        """The last day; None if the calendar of working days is not known."""
        given, added = self.deadline, timedelta(days=self.sign * self.added)
        if "months" in given:
            return months_later(self.since, self.sign * given["months"]) + added
        if "working_days" in given:
            return self._working(given["working_days"] + self.added)
        days = given["days"] if "days" in given else ceil(Fraction(given["hours"], 24))
        return self.since + timedelta(days=self.sign * days) + added

    def _working(self, count: int) -> date | None:
        """Ahead of an event so many full working days lie between."""
        on = self.since
        try:
            while count:
                on += timedelta(days=self.sign)
                count -= is_workday(on)
        except NotImplementedError:
            return None
        return on if self.sign > 0 else on - timedelta(days=1)


def _days(name: str, applied: Applied) -> Span:
    """The days that a date of the case, or one that is a fact, may be."""
    if name not in CASE_DATES:
        found: date | None = applied.main.facts.get(name)
        return (found, found) if found else UNKNOWN
    if name == "committed":
        return act_span(applied.case)
    return span(applied.case[name]) if name in applied.case else UNKNOWN


def _day(name: str | None, applied: Applied) -> date | None:
    """A date that is known to the day."""
    days = UNKNOWN if name is None else _days(name, applied)
    return days[0] if days[0] == days[1] else None


def _last(deadline: Data, since: date | None, applied: Applied) -> date | None:
    """The last day of a period, longer by the days of facts as far as they are known."""
    facts = applied.main.facts
    added = sum(facts.get(name, 0) for name in deadline.get("extended_by", []))
    return None if since is None else _Period(deadline, since, added).last()


def _due(applied: Applied, name: str, given: Data, certain: bool) -> dict[str, Any]:
    deadline = given.get("deadline", {})
    since = _day(deadline.get("after", deadline.get("before")), applied)
    last, waits = _last(deadline, since, applied), deadline.get("waits", False)
    return {
        "duty": name,
        "modality": given.get("modality", "shall"),
        "due": None if waits else _written(last),
        "opens": _written(last + timedelta(days=1)) if waits and last else None,
        "same_hour": deadline.get("hours", 1) % 24 == 0,
        "since": _written(since),
        "capped_on": _written(_capped(given, last)),
        "met": _written(_day(given.get("met_by"), applied)),
        "overdue": certain and _overdue(given, last, applied),
        "verified": since is None or last is not None,
        "certain": certain,
    }


def _overdue(given: Data, last: date | None, applied: Applied) -> bool:
    """Whether it was certainly done late; what may be done, or has to wait, is never late."""
    deadline = given.get("deadline", {})
    if last is None or "met_by" not in given or given.get("modality", "shall") != "shall":
        return False
    open_ended = set(deadline.get("extended_by", [])) - applied.main.facts.keys()
    if open_ended or deadline.get("waits"):
        return False
    return _days(given["met_by"], applied)[0] > last


def _written(found: date | None) -> str | None:
    return None if found is None else str(found)


def _capped(given: Data, last: date | None) -> date | None:
    """The day on which what grows from the day after the last one reaches its limit."""
    if "accrues" not in given or last is None:
        return None
    grows = given["accrues"]
    days = Fraction(str(grows.get("cap", 1))) / Fraction(str(grows["rate"]))
    return last + timedelta(days=ceil(days))
