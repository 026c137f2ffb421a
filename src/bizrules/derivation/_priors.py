"""Facts that follow from the register of earlier violations (既往违法记录)."""

from datetime import date
from typing import Final

import attrs

from bizrules.cases import Case, Prior
from bizrules.derivation._known import Derivation, Known, act_span
from bizrules.facts import Value
from bizrules.history import (
    Anchor,
    Area,
    Counting,
    Identity,
    PriorResult,
    Register,
    RepeatCount,
    Window,
    WindowUnit,
)
from bizrules.rules import Violation
from bizrules.values import DateSpan, add_days, add_months


def prior_count(known: Known) -> Value | None:
    """How many earlier violations count; unknown unless the register was searched far enough."""
    counted = _count_priors(known)
    return None if counted is None else counted[0]


def repeat_derivation(fact: str, count: RepeatCount) -> Derivation:
    """The derivation of a fact that counts repeats (多次违法)."""

    def compute(known: Known) -> Value | None:
        counted = _count_priors(attrs.evolve(known, first=count))
        return None if counted is None else counted[0] + count.includes_present

    return Derivation(name=fact, reads=_reads(count), compute=compute)


FIRST_READS: Final = (
    "priors",
    "violation",
    "committed",
    "discovered",
    "decided",
    "authority",
    "region",
)
"""What a definition of a first violation may read; which of it depends on the ruleset."""


def _reads(count: Counting) -> tuple[str, ...]:
    """What a count reads: the act itself besides its anchor, since later ones do not count."""
    special = bool(count.special_windows) or count.identity is not Identity.ANY
    placed = count.area not in (Area.ANYWHERE, Area.AUTHORITY)
    read = {
        "violation": special,
        "authority": count.area is Area.AUTHORITY,
        "region": placed,
    }
    always = {"priors", "committed", count.anchor.value}
    return tuple(name for name in FIRST_READS if name in always or read.get(name))


def first_violation(known: Known) -> Value | None:
    """Whether this is a first violation in the sense of the ruleset that asks (初次违法).

    One earlier violation that counts makes it false, whatever else is unknown. It is true only
    if the register was searched back to the beginning of the window and none may count.

    *Source*: 行政处罚法 33(1), which sets no window; the definitions of the rulesets.
    """
    priors = known.case.priors
    if priors is None:
        return None
    counts = [_counts(prior, known) for prior in priors.found]
    if True in counts:
        return False
    counted = _count_priors(known)
    return None if counted is None else counted[0] == 0


def _count_priors(known: Known) -> tuple[int] | None:
    priors = known.case.priors
    if priors is None or not _searched_enough(known):
        return None
    counts = [_counts(prior, known) for prior in priors.found]
    return None if None in counts else (counts.count(True),)


def _searched_enough(known: Known) -> bool:
    priors = known.case.priors
    if priors is None or priors.searched_since is None or missing_registers(known):
        return False
    start = search_start(known)
    return start is not None and priors.searched_since <= start


def missing_registers(known: Known) -> tuple[Register, ...]:
    """Registers that have to be searched and were not, as far as the case names any."""
    priors = known.case.priors
    if priors is None or priors.registers is None:
        return known.first.registers if priors is None else ()
    return tuple(one for one in known.first.registers if one not in priors.registers)


def search_start(known: Known) -> date | None:
    """Day back to which the registers must be searched; None where no window says."""
    first = known.first
    window = first.window_for(known.violation.id) or first.search
    start = window_start(known.case, first, window).earliest if window else None
    if first.since is not None:
        start = first.since if start is None else max(start, first.since)
    return start


def anchor_span(case: Case, anchor: Anchor) -> DateSpan:
    """The days of the case from one of which a window runs back."""
    if anchor is Anchor.COMMITTED:
        return act_span(case)
    span = case.discovered if anchor is Anchor.DISCOVERED else case.decided
    return span or DateSpan()


def window_start(case: Case, first: Counting, window: Window) -> DateSpan:
    """First day of the window, as exactly as the anchor is known.

    A window of months or days begins on the corresponding day and includes it. One calendar year
    is the year of the anchor itself (自然年度).
    """
    anchor = anchor_span(case, first.anchor)
    return DateSpan(_back(anchor.earliest, window), _back(anchor.latest, window))


def _back(day: date | None, window: Window) -> date | None:
    if day is None:
        return None
    if window.unit is WindowUnit.CALENDAR_YEARS:
        return add_months(day.replace(month=1, day=1), -12 * (window.length - 1))
    if window.unit is WindowUnit.DAYS:
        return add_days(day, -window.length)
    return add_months(day, -window.length)


def _counts(prior: Prior, known: Known) -> bool | None:
    parts = (
        _is_earlier(prior, known),
        _in_window(prior, known),
        same_identity(prior, known),
        same_area(prior, known),
        prior.result in known.first.results,
    )
    if False in parts:
        return False
    return None if None in parts else True


def _is_earlier(prior: Prior, known: Known) -> bool | None:
    """Whether it was committed before this act ended.

    A record without that day is earlier if it was dealt with before the act; without any day it
    is taken as earlier, and one dealt with only later may be either.
    """
    act = act_span(known.case)
    if prior.committed is None:
        steps = [day for day in (prior.discovered, prior.decided) if day is not None]
        later = act.earliest is not None and bool(steps) and act.earliest < min(steps)
        return None if later else True
    if act.latest is None or prior.committed == act.earliest:
        return True
    if prior.committed > act.latest:
        return False
    return True if act.earliest is not None and prior.committed < act.earliest else None


def _in_window(prior: Prior, known: Known) -> bool | None:
    first = known.first
    if prior.result is PriorResult.PENDING and first.unhandled:
        return True
    if prior.result is PriorResult.PENDING and first.counted_by is Anchor.DECIDED:
        # Without a window every earlier violation counts, and this one may yet be found one.
        return None if first.window_for(known.violation.id) is None else False
    return _is_day_in_window(prior, known)


def _is_day_in_window(prior: Prior, known: Known) -> bool | None:
    first = known.first
    day: date | None = getattr(prior, first.counted_by.value)
    if day is None and _is_surely_before(prior, known):
        return False
    if first.since is not None and day is not None and day < first.since:
        return False
    window = first.window_for(known.violation.id)
    if window is None:
        if day is None:
            return True if first.since is None else None
        return _is_before_anchor(day, known)
    return None if day is None else _is_in(window, day, known)


def _is_in(window: Window, day: date, known: Known) -> bool | None:
    start = window_start(known.case, known.first, window)
    if start.earliest is not None and day < start.earliest:
        return False
    if start.latest is None or day < start.latest:
        return None
    return _is_before_anchor(day, known)


def _is_before_anchor(day: date, known: Known) -> bool | None:
    """Whether the step that counts lies before the anchor, as repeats want it.

    The law punishes who offends again *after* it was punished (受处罚后…又); what is dealt with
    only after the present act still bars a *first* violation.
    """
    if not isinstance(known.first, RepeatCount):
        return True
    anchor = anchor_span(known.case, known.first.anchor)
    if anchor.latest is not None and anchor.latest < day:
        return False
    return True if anchor.earliest is not None and day <= anchor.earliest else None


def _is_surely_before(prior: Prior, known: Known) -> bool:
    """Whether an undated step lies before the window, because a later step of it does."""
    first = known.first
    steps = list(Anchor)[list(Anchor).index(first.counted_by) + 1 :]
    days = [day for day in (getattr(prior, step.value) for step in steps) if day is not None]
    window = first.window_for(known.violation.id)
    start = window_start(known.case, first, window).earliest if window else None
    starts = [day for day in (start, first.since) if day is not None]
    return bool(days and starts) and min(days) < max(starts)


def same_identity(prior: Prior, known: Known) -> bool | None:
    """Whether what was violated then is what the definition counts; None if nobody can tell."""
    identity, entry = known.first.identity, known.violations.get(prior.violation or "")
    if identity is Identity.ANY:
        return True
    if identity is Identity.FIELD:
        field = _field(prior, known)
        return None if field is None else field == known.violation.field
    if identity is Identity.DEPARTMENT:
        department = prior.department
        if department is None and entry is not None:
            department = entry.department
        return None if department is None else department == known.violation.department
    if prior.violation == known.violation.id:
        return True
    if identity is Identity.VIOLATION:
        return False if prior.violation is not None else _other_field(prior, known)
    same = _same_article if identity is Identity.ARTICLE else _same_law
    return same(entry, prior, known)


def _other_field(prior: Prior, known: Known) -> bool | None:
    """False for a record of another field; within the field, or without one, nobody knows."""
    return False if _field(prior, known) not in (None, known.violation.field) else None


def _same_article(entry: Violation | None, prior: Prior, known: Known) -> bool | None:
    """Whether both broke the same article, paragraph and item, in whatever version."""
    if entry is None:
        return _other_field(prior, known)
    if not entry.broken or not known.violation.broken:
        return None
    return not _broken(entry).isdisjoint(_broken(known.violation))


def _same_law(entry: Violation | None, _: Prior, known: Known) -> bool | None:
    """Whether both broke a norm of one law or are punished by it; a field alone does not tell."""
    laws = _laws(known.violation)
    others = frozenset[str]() if entry is None else _laws(entry)
    return not laws.isdisjoint(others) if laws and others else None


def _laws(violation: Violation) -> frozenset[str]:
    cited = (*violation.broken, *(provision.citation for provision in violation.provisions))
    return frozenset(citation.law for citation in cited)


def _broken(violation: Violation) -> frozenset[tuple[object, ...]]:
    return frozenset((c.law, c.article, c.paragraph, c.item) for c in violation.broken)


def _field(prior: Prior, known: Known) -> str | None:
    if prior.field is not None:
        return prior.field
    entry = known.violations.get(prior.violation or "")
    return entry.field if entry else None


def same_area(prior: Prior, known: Known) -> bool | None:
    """Whether it was dealt with where the definition counts; None if nobody can tell."""
    area, case = known.first.area, known.case
    if area is Area.ANYWHERE:
        return True
    if area is Area.AUTHORITY:
        if prior.authority is None or case.authority is None:
            return None
        return prior.authority == case.authority
    if prior.region is None:
        return None
    wanted = _area_of(known.line(case.region), area)
    if wanted in known.line(prior.region):
        return True
    # A record that names only a superior place (a whole province) may or may not be in the area.
    return None if prior.region in known.line(wanted) else False


def _area_of(line: tuple[str, ...], area: Area) -> str:
    """The province, the prefecture or the region itself, among a region and those above it.

    Below a municipality (直辖市) the prefecture is the municipality; a county directly under its
    province is its own.
    """
    if area is Area.REGION or len(line) == 1:
        return line[0]
    province = line[-2]
    if area is Area.PROVINCE or province[:2] in _MUNICIPALITIES:
        return province
    return line[-3] if len(line) > _BELOW_PROVINCE else province


_MUNICIPALITIES: Final = frozenset({"11", "12", "31", "50"})
_BELOW_PROVINCE: Final = 2
