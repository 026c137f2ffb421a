"""What follows by law from an outcome, with dates."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from math import ceil, floor
from typing import Final

import attrs

from bizrules import wording
from bizrules.cases import Case
from bizrules.facts import Vocabulary
from bizrules.matching import View, compile_condition
from bizrules.outcomes import DueDuty, Fine, FineState
from bizrules.penalties import Grade
from bizrules.provenance import Text
from bizrules.rules import Accrual, CalendarKind, Deadline, Duty, Ground, Measure, Trigger
from bizrules.truth import Truth
from bizrules.values import DateSpan, Money, add_days
from bizrules.wording import phrase
from bizrules.workdays import WorkCalendar, add_workdays


@attrs.frozen(kw_only=True)
class Situation:
    """An outcome, as far as duties depend on it.

    Attributes:
        case: The case.
        grade: Grade proposed; None where open or contested.
        contested: Whether the outcome is contested.
        grounds: Grounds of the rules that carried it, each with the ruleset of the rule.
        fine: The fine.
        crime: Whether a crime is suspected.
        vocabulary: Declarations of facts.
        view: Known facts.
    """

    case: Case
    grade: Grade | None
    contested: bool
    grounds: frozenset[tuple[str, Ground]]
    fine: Fine
    crime: Truth
    vocabulary: Vocabulary
    view: View


_FINED = frozenset({FineState.RANGE, FineState.SYMBOLIC, FineState.UNDETERMINED})


def _is_penalty(at: Situation) -> bool:
    return at.contested or (at.grade is not None and at.grade > Grade.EXEMPT)


def _has_measure(at: Situation, duty: Duty, *, execution: bool) -> bool:
    """Whether the case has a measure, or a way of execution, that the duty is for."""
    found = {m for m in map(Measure, at.case.measures) if m.is_execution is execution}
    return bool(found if duty.measures is None else found & duty.measures)


def _carries(duty: Duty, ruleset: str, ground: Ground) -> bool:
    """Whether a ground calls for the duty; a list calls only for what it orders itself."""
    own = ground is not Ground.LISTED or ruleset == duty.ruleset
    return own and ground in duty.grounds


_TRIGGERS: Mapping[Trigger, Callable[[Situation, Duty], bool]] = {
    Trigger.ALWAYS: lambda _at, _duty: True,
    Trigger.CRIME: lambda at, _duty: at.crime is Truth.TRUE,
    Trigger.EXEMPT: lambda at, _duty: at.grade is Grade.EXEMPT,
    Trigger.PENALTY: lambda at, _duty: _is_penalty(at),
    Trigger.FINE: lambda at, _duty: _is_penalty(at) and at.fine.state in _FINED,
    Trigger.MITIGATED: lambda at, _duty: at.grade is Grade.MITIGATED,
    Trigger.CONTESTED: lambda at, _duty: at.contested,
    Trigger.MEASURE: lambda at, duty: _has_measure(at, duty, execution=False),
    Trigger.EXECUTION: lambda at, duty: _has_measure(at, duty, execution=True),
    Trigger.GROUND: lambda at, duty: any(_carries(duty, *carried) for carried in at.grounds),
}


def due_duties(
    duties: tuple[Duty, ...], at: Situation, calendar: WorkCalendar
) -> tuple[DueDuty, ...]:
    """The duties that follow, those with a date first, by date."""
    found = []
    for duty in duties:
        if not _TRIGGERS[duty.trigger](at, duty):
            continue
        holds = compile_condition(duty.when, at.vocabulary)(at.view)
        if holds is not False:
            found.append(_due(duty, at, calendar, certain=holds is True))
    return tuple(sorted(found, key=lambda d: (d.due is None, d.due or date.max, d.duty)))


def _due(duty: Duty, at: Situation, calendar: WorkCalendar, *, certain: bool) -> DueDuty:
    due, verified = _date(duty.deadline, at, calendar)
    capped = None if due is None or duty.accrues is None else capped_on(due, duty.accrues)
    return DueDuty(
        duty=duty.id,
        text=duty.text,
        modality=duty.modality,
        since=_start(duty.deadline.anchor, at) if duty.deadline else None,
        due=due,
        period=_period(duty.deadline, at.vocabulary),
        accrual=_accrual(duty.accrues, capped),
        capped_on=capped,
        verified=verified,
        certain=certain,
        citations=duty.citations,
    )


def capped_on(due: date, accrual: Accrual) -> date:
    """The day on which what accrues after a deadline reaches its cap.

    The first day after the deadline is the first that counts: at 3 per cent a day the cap of the
    whole amount is reached on the 34th (行政处罚法 72; 行政强制法 45).
    """
    return add_days(due, ceil(accrual.cap / accrual.rate))


def accrued(amount: Money, days: int, accrual: Accrual) -> Money:
    """What has accrued on an amount after so many days past the deadline, capped, to the fen."""
    share = min(accrual.rate * max(days, 0), accrual.cap)
    return Money(floor(amount.fen * share))


def _accrual(accrual: Accrual | None, capped: date | None) -> Text | None:
    if accrual is None:
        return None
    said = {
        "rate": wording.both(partial(wording.say_share, accrual.rate)),
        "cap": wording.both(partial(wording.say_share, accrual.cap)),
    }
    if capped is None:
        return phrase("accrual", **said)
    return phrase("accrual.until", **said, day=wording.both(partial(wording.say_date, capped)))


def _period(deadline: Deadline | None, vocabulary: Vocabulary) -> Text | None:
    if deadline is None:
        return None
    kind = "hours" if deadline.hours else deadline.kind.value
    if deadline.anchor in _CASE_DATES:
        anchor = phrase(f"after.{deadline.anchor}")
    else:
        anchor = vocabulary[deadline.anchor].label
    way = "before" if deadline.before else "period"
    return phrase(f"{way}.{kind}", n=deadline.length, after=anchor)


_CASE_DATES = frozenset({"committed", "discovered", "filed", "notified", "decided"})


def _date(
    deadline: Deadline | None, at: Situation, calendar: WorkCalendar
) -> tuple[date | None, bool]:
    """Last day of a period, and whether it is known; the day of the event does not count."""
    start = None if deadline is None else _start(deadline.anchor, at)
    if deadline is None or start is None:
        return None, True
    length = _length(deadline, at.view)
    if deadline.kind is CalendarKind.CALENDAR:
        return add_days(start, length), True
    due = add_workdays(start, length, calendar)
    return due, due is not None


def _length(deadline: Deadline, view: View) -> int:
    """How many days; hours end on the day on which the last of them does."""
    days = -(-deadline.length // _HOURS_A_DAY) if deadline.hours else deadline.length
    for name in deadline.extended_by:
        more = view.get(name)
        days += more if isinstance(more, int) else 0
    return -days if deadline.before else days


_HOURS_A_DAY: Final = 24


def _start(after: str, at: Situation) -> date | None:
    if after not in _CASE_DATES:
        found = at.view.get(after)
        return found if isinstance(found, date) else None
    if after == "committed":
        return at.case.committed.ended.exact if at.case.committed else None
    span: DateSpan | None = getattr(at.case, after)
    return span.exact if span is not None else None
