"""What follows by law from an outcome, with dates."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from math import ceil, floor
from typing import Final

import attrs

from bizrules import wording
from bizrules.case_dates import CASE_DATES
from bizrules.cases import Case
from bizrules.facts import Vocabulary
from bizrules.matching import View, compile_condition
from bizrules.outcomes import DueDuty, Fine, FineState
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Text
from bizrules.rules import Accrual, CalendarKind, Deadline, Duty, Ground, Measure, Trigger
from bizrules.truth import Truth
from bizrules.values import DateSpan, Money, add_days, add_months
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


def _is_fined(at: Situation) -> bool:
    """Whether a fine stands; it does under an exemption that waives only other kinds."""
    return (at.contested or at.grade is not None) and at.fine.state in _FINED


def _is_penalty(at: Situation) -> bool:
    return at.contested or at.grade not in (None, Grade.EXEMPT) or _is_fined(at)


def _has_measure(at: Situation, duty: Duty, *, execution: bool) -> bool:
    """Whether the case has a measure, or a way of execution, that the duty is for."""
    found = {m for m in map(Measure, at.case.measures) if m.is_execution is execution}
    return bool(found if duty.measures is None else found & duty.measures)


def _carries(duty: Duty, ruleset: str, ground: Ground) -> bool:
    """Whether a ground calls for the duty; a list calls only for what it orders itself."""
    own = ground is not Ground.LISTED or ruleset == duty.ruleset
    return own and ground in duty.grounds


def _is_excepted(at: Situation, duty: Duty) -> bool:
    """Whether no ground carried the outcome but those on which the duty does not follow."""
    carried = {ground for _, ground in at.grounds}
    return bool(duty.except_grounds) and carried <= duty.except_grounds


_TRIGGERS: Mapping[Trigger, Callable[[Situation, Duty], bool]] = {
    Trigger.ALWAYS: lambda _at, _duty: True,
    Trigger.CRIME: lambda at, _duty: at.crime is Truth.TRUE,
    Trigger.EXEMPT: lambda at, duty: at.grade is Grade.EXEMPT and not _is_excepted(at, duty),
    Trigger.PENALTY: lambda at, _duty: _is_penalty(at),
    Trigger.FINE: lambda at, _duty: _is_fined(at),
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
    return tuple(sorted(found, key=_rank))


def _rank(duty: DueDuty) -> tuple[bool, date, str]:
    day = duty.due or duty.opens
    return day is None, day or date.max, duty.duty


def _due(duty: Duty, at: Situation, calendar: WorkCalendar, *, certain: bool) -> DueDuty:
    last, verified = _date(duty.deadline, at, calendar)
    capped = None if last is None or duty.accrues is None else capped_on(last, duty.accrues)
    waits = duty.deadline is not None and duty.deadline.waits
    due = None if waits else last
    late = _late(duty, due, at) if certain else None
    return DueDuty(
        duty=duty.id,
        text=duty.text,
        modality=duty.modality,
        since=_start(duty.deadline.anchor, at) if duty.deadline else None,
        due=due,
        opens=add_days(last, 1) if waits and last is not None else None,
        same_hour=_ends_at_the_hour(duty.deadline),
        period=_period(duty.deadline, at),
        accrual=_accrual(duty.accrues, capped),
        capped_on=capped,
        met=_start(duty.met_by, at) if duty.met_by else None,
        prolonged=None if last is None else _prolonged(duty, at),
        late=late,
        overdue=late is not None and not _prolonging(duty, at),
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


def _period(deadline: Deadline | None, at: Situation) -> Text | None:
    """The period in words, with the days that are added to it."""
    if deadline is None:
        return None
    kind = "hours" if deadline.hours else deadline.kind.value
    way = "before" if deadline.before else "waits" if deadline.waits else "period"
    if deadline.anchor in CASE_DATES:
        anchor = phrase(f"after.{deadline.anchor}")
    else:
        anchor = at.vocabulary[deadline.anchor].label
    period = phrase(f"{way}.{kind}", n=deadline.length, after=anchor)
    more = [text for name in deadline.extended_by for text in _added(name, at)]
    if not more:
        return period
    said = wording.both(lambda lang: wording.join((text.in_(lang) for text in more), lang))
    return phrase("period.extended", period=period, more=said)


def _added(name: str, at: Situation) -> Iterator[Text]:
    """What a fact adds to a period: its days, or that they are not known."""
    label, days = at.vocabulary[name].label, at.view.get(name)
    if days is None:
        yield label
    elif days:
        yield phrase("period.added", fact=label, n=days)


def _date(
    deadline: Deadline | None, at: Situation, calendar: WorkCalendar
) -> tuple[date | None, bool]:
    """Last day of a period, and whether it is known; the day of the event does not count.

    Of working days ahead of an event, all lie between the last day and the event: whether the day
    of the notice counts is disputed, so the earlier reading is taken.
    """
    start = None if deadline is None else _start(deadline.anchor, at)
    if deadline is None or start is None:
        return None, True
    length = _length(deadline, at.view)
    if deadline.kind is CalendarKind.CALENDAR:
        return add_days(start, length), True
    if deadline.kind is CalendarKind.MONTHS:
        months = -deadline.length if deadline.before else deadline.length
        return add_days(add_months(start, months), length), True
    due = add_workdays(start, length, calendar)
    if due is not None and deadline.before:
        due = add_days(due, -1)
    return due, due is not None


def _length(deadline: Deadline, view: View) -> int:
    """How many days, besides whole months; hours end on the day on which the last of them does."""
    days = -(-deadline.length // _HOURS_A_DAY) if deadline.hours else deadline.length
    if deadline.kind is CalendarKind.MONTHS:
        days = 0
    for name in deadline.extended_by:
        more = view.get(name)
        days += more if isinstance(more, int) else 0
    return -days if deadline.before else days


def _ends_at_the_hour(deadline: Deadline | None) -> bool:
    """Whether a period ends at the hour at which it began, as 24 hours do."""
    return deadline is not None and deadline.hours and not deadline.length % _HOURS_A_DAY


_HOURS_A_DAY: Final = 24


def _late(duty: Duty, due: date | None, at: Situation) -> Text | None:
    """That a duty was done after its last day; what may be done has no deadline to miss."""
    done = None if duty.met_by is None else _span(duty.met_by, at)
    if due is None or done is None or duty.modality is not Modality.SHALL:
        return None
    if done.earliest is None or done.earliest <= due:
        return None
    day = wording.both(partial(wording.say_span, done))
    if not _prolonging(duty, at):
        return phrase("duty.missed", day=day)
    return phrase("duty.missed.unless", day=day, names=_names(duty, at))


def _prolonged(duty: Duty, at: Situation) -> Text | None:
    """What could still move the last day because it is not known."""
    return phrase("duty.prolonged", names=_names(duty, at)) if _prolonging(duty, at) else None


def _names(duty: Duty, at: Situation) -> Text:
    found = _prolonging(duty, at)
    return wording.both(lambda lang: wording.join((one.in_(lang) for one in found), lang))


def _prolonging(duty: Duty, at: Situation) -> tuple[Text, ...]:
    """Facts that could add days to the period and are not known."""
    names = duty.deadline.extended_by if duty.deadline else ()
    return tuple(at.vocabulary[name].label for name in names if at.view.get(name) is None)


def _start(after: str, at: Situation) -> date | None:
    span = _span(after, at)
    return None if span is None else span.exact


def _span(name: str, at: Situation) -> DateSpan | None:
    """A date of the case or a date fact, as exactly as it is known."""
    if name not in CASE_DATES:
        found = at.view.get(name)
        return DateSpan.on(found) if isinstance(found, date) else None
    if name == "committed":
        return at.case.committed.ended if at.case.committed else None
    span: DateSpan | None = getattr(at.case, name)
    return span
