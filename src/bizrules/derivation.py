"""Derived facts: computed from the case when nobody stated them.

Every derivation is a pure function of the case that says what it reads. What it cannot tell is
None, unknown.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import attrs

from bizrules.cases import Act, Case, PartyKind, Prior, PriorResult
from bizrules.facts import Value
from bizrules.rules import (
    Anchor,
    Area,
    FirstViolation,
    Identity,
    Violation,
    Window,
    WindowUnit,
)
from bizrules.values import DateSpan, add_days, add_months

ORDINARY_LIMITATION_MONTHS: Final = 24
EXTENDED_LIMITATION_MONTHS: Final = 60
_MAJORITY: Final = 18
_NATURAL: Final = (PartyKind.INDIVIDUAL, PartyKind.INDIVIDUAL_BUSINESS)


@attrs.frozen(kw_only=True)
class Known:
    """What a derivation may read.

    Attributes:
        case: The case.
        stated: Facts stated in the case, as typed values.
        violation: Entry of the catalogue.
        first: Definition of a first violation in force for the rule that asks.
        violations: The catalogue, for the fields and departments of priors.
    """

    case: Case
    stated: Mapping[str, Value]
    violation: Violation
    first: FirstViolation
    violations: Mapping[str, Violation] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Derivation:
    """A derived fact.

    Attributes:
        name: Name of the fact.
        reads: What it reads: facts, or parts of the case such as `party`, `committed`, `priors`.
        compute: Its value from what is known, or None.
        by_ruleset: Whether it depends on the ruleset's definition of a first violation.
    """

    name: str
    reads: tuple[str, ...]
    compute: Callable[[Known], Value | None]
    by_ruleset: bool = False


def party_kind(known: Known) -> Value | None:
    """Kind of party, as the case names it."""
    kind = known.case.party.kind
    return None if kind is None else kind.value


def age_at_act(known: Known) -> Value | None:
    """Age of the party in full years when the act ended.

    A year of age is completed on the day after the birthday (周岁自生日的第二天起算). If the day
    of the act is known only roughly, the age is known only if it is the same on all its days.

    *Source*: 行政处罚法 30; way of counting as in 法释〔2006〕1号 2.
    """
    party = known.case.party
    if party.kind not in (None, *_NATURAL):
        return None
    if party.age is not None:
        return party.age
    act = known.case.committed
    if party.birth_date is None or act is None:
        return None
    first, last = act.ended.earliest, act.ended.latest
    if first is None or last is None:
        return None
    ages = {_age(party.birth_date, first), _age(party.birth_date, last)}
    return ages.pop() if len(ages) == 1 else None


def _age(birth: date, day: date) -> int:
    years = day.year - birth.year
    return years if add_months(birth, 12 * years) < day else years - 1


def party_is_minor(known: Known) -> Value | None:
    """Whether the party was under eighteen at the act; an organisation never is."""
    if known.case.party.kind not in (None, *_NATURAL):
        return False
    age = known.stated.get("age_at_act", age_at_act(known))
    return age < _MAJORITY if isinstance(age, int) else None


def violation_months(known: Known) -> Value | None:
    """Full months for which a continuing act went on, where its first and last day are known."""
    act = known.case.committed
    began = act.began.exact if act and act.began else None
    ended = act.ended.exact if act else None
    if began is None or ended is None or ended < began:
        return None
    months = (ended.year - began.year) * 12 + ended.month - began.month
    return months if add_months(began, months) <= ended else months - 1


def days_to_correct(known: Known) -> Value | None:
    """Calendar days from the order to correct to the correction; a correction before it is 0."""
    ordered, corrected = known.stated.get("ordered_on"), known.stated.get("corrected_on")
    if not isinstance(ordered, date) or not isinstance(corrected, date):
        return None
    return max((corrected - ordered).days, 0)


def limitation_run_out(known: Known) -> Value | None:
    """Whether the act was discovered only after the limitation period (追究时效).

    Two years from the end of the act; five where life and health or financial safety are touched
    and there was harm; another period where the violation's own law sets it. The day of the act
    does not count, so a discovery on the same day two years later is still in time.

    *Source*: 行政处罚法 36.
    """
    special = known.violation.limitation
    if special is not None:
        return _run_out(known.case, special.months)
    ordinary = _run_out(known.case, ORDINARY_LIMITATION_MONTHS)
    extended = _run_out(known.case, EXTENDED_LIMITATION_MONTHS)
    if ordinary == extended:
        return ordinary
    touched, harm = known.stated.get("life_health_finance"), known.stated.get("harm")
    if touched is False or harm == "none":
        return ordinary
    return extended if touched is True and harm is not None else None


def ordinary_limitation_run_out(known: Known) -> Value | None:
    """As `limitation_run_out`, without the five years that came in 2021.

    *Source*: 行政处罚法 (2017) 29.
    """
    special = known.violation.limitation
    return _run_out(known.case, special.months if special else ORDINARY_LIMITATION_MONTHS)


def _run_out(case: Case, months: int) -> bool | None:
    if case.committed is None:
        return None
    ended, found = case.committed.ended, discovery(case)
    first, last = ended.earliest, ended.latest
    in_time = None if first is None else add_months(first, months)
    if in_time is not None and found.latest is not None and found.latest <= in_time:
        return False
    too_late = None if last is None or case.discovered is None else add_months(last, months)
    if too_late is not None and found.earliest is not None and found.earliest > too_late:
        return True
    return None


def discovery(case: Case) -> DateSpan:
    """When the act was discovered; without a date, some day from the act to filing or decision."""
    if case.discovered is not None:
        return case.discovered
    later = [span.latest for span in (case.filed, case.notified, case.decided) if span is not None]
    known = [day for day in later if day is not None]
    earliest = case.committed.ended.earliest if case.committed else None
    return DateSpan(earliest, min(known) if known else None)


def prior_count(known: Known) -> Value | None:
    """How many earlier violations count; unknown unless the register was searched far enough."""
    counted = _count_priors(known)
    return None if counted is None else counted[0]


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
    priors, first = known.case.priors, known.first
    since = priors.searched_since if priors else None
    if since is None:
        return False
    window = first.window or first.search
    start = window_start(known.case, first, window).earliest if window else None
    if first.since is not None:
        start = first.since if start is None else max(start, first.since)
    return start is not None and since <= start


def anchor_span(case: Case, anchor: Anchor) -> DateSpan:
    """The days of the case from one of which a window runs back."""
    span = {
        Anchor.COMMITTED: act_span(case),
        Anchor.DISCOVERED: case.discovered,
        Anchor.DECIDED: case.decided,
    }[anchor]
    return span or DateSpan()


def window_start(case: Case, first: FirstViolation, window: Window) -> DateSpan:
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
        _same_identity(prior, known),
        _same_area(prior, known),
        known.first.counts_exemptions or prior.result is not PriorResult.EXEMPTED,
    )
    if False in parts:
        return False
    return None if None in parts else True


def _is_earlier(prior: Prior, known: Known) -> bool | None:
    """Whether it was committed before this act ended; an undated record is taken as earlier."""
    act = act_span(known.case)
    if prior.committed is None or act.latest is None or prior.committed == act.earliest:
        return True
    if prior.committed > act.latest:
        return False
    return True if act.earliest is not None and prior.committed < act.earliest else None


def _in_window(prior: Prior, known: Known) -> bool | None:
    first = known.first
    day: date | None = getattr(prior, first.counted_by.value)
    if first.since is not None:
        if day is None:
            return None
        if day < first.since:
            return False
    if first.window is None:
        return True
    start = window_start(known.case, first, first.window)
    if day is not None and start.latest is not None and day >= start.latest:
        return True
    if day is not None and start.earliest is not None and day < start.earliest:
        return False
    return None


def _same_identity(prior: Prior, known: Known) -> bool | None:
    identity = known.first.identity
    if identity is Identity.ANY:
        return True
    if identity is Identity.VIOLATION:
        if prior.violation is not None:
            return prior.violation == known.violation.id
        return False if _field(prior, known) not in (None, known.violation.field) else None
    if identity is Identity.FIELD:
        field = _field(prior, known)
        return None if field is None else field == known.violation.field
    department = prior.department
    entry = known.violations.get(prior.violation or "")
    if department is None and entry is not None:
        department = entry.department
    return None if department is None else department == known.violation.department


def _field(prior: Prior, known: Known) -> str | None:
    if prior.field is not None:
        return prior.field
    entry = known.violations.get(prior.violation or "")
    return entry.field if entry else None


_AREA_DIGITS: Final = {Area.PROVINCE: 2, Area.PREFECTURE: 4, Area.REGION: 6}


def _same_area(prior: Prior, known: Known) -> bool | None:
    area = known.first.area
    if area is Area.ANYWHERE:
        return True
    if prior.region is None:
        return None
    digits = _AREA_DIGITS[area]
    # A record that names only a superior place (a whole province) may or may not be in the area.
    significant = len(prior.region.rstrip("0"))
    if significant + significant % 2 < digits and known.case.region.startswith(
        prior.region[: significant + significant % 2]
    ):
        return None
    return prior.region[:digits] == known.case.region[:digits]


CORE_DERIVATIONS: Final[tuple[Derivation, ...]] = (
    Derivation(name="party_kind", reads=("party",), compute=party_kind),
    Derivation(name="age_at_act", reads=("party", "committed"), compute=age_at_act),
    Derivation(
        name="party_is_minor", reads=("party", "committed", "age_at_act"), compute=party_is_minor
    ),
    Derivation(name="violation_months", reads=("committed",), compute=violation_months),
    Derivation(
        name="days_to_correct", reads=("ordered_on", "corrected_on"), compute=days_to_correct
    ),
    Derivation(
        name="limitation_run_out",
        reads=("committed", "discovered", "life_health_finance", "harm"),
        compute=limitation_run_out,
    ),
    Derivation(
        name="ordinary_limitation_run_out",
        reads=("committed", "discovered"),
        compute=ordinary_limitation_run_out,
    ),
    Derivation(
        name="first_violation",
        reads=("priors", "committed"),
        compute=first_violation,
        by_ruleset=True,
    ),
    Derivation(
        name="prior_count", reads=("priors", "committed"), compute=prior_count, by_ruleset=True
    ),
)


def act_span(case: Case) -> DateSpan:
    """Days on which the act may have ended; open where nothing is known."""
    act: Act | None = case.committed
    return act.ended if act else DateSpan()


def decision_span(case: Case) -> DateSpan:
    """Days on which the decision may fall: its date, or any day from the last known event on."""
    if case.decided is not None:
        return case.decided
    events = (case.notified, case.filed, case.discovered, act_span(case))
    starts = [span.earliest for span in events if span is not None and span.earliest is not None]
    return DateSpan(max(starts) if starts else None, None)
