"""Facts that follow from the party, the act and its discovery."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from bizrules.cases import Case, PartyKind
from bizrules.derivation._known import Known, act_span, discovery
from bizrules.facts import Value
from bizrules.values import DateSpan, add_months

ORDINARY_LIMITATION_MONTHS: Final = 24
EXTENDED_LIMITATION_MONTHS: Final = 60
_MAJORITY: Final = 18
_NATURAL: Final = (PartyKind.INDIVIDUAL, PartyKind.INDIVIDUAL_BUSINESS)


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
    return _same_for(known.case, limitation_months(known))


def limitation_in_doubt(known: Known) -> bool:
    """Whether one of the periods that the facts leave open has certainly run out.

    *Source*: 行政处罚法 36.
    """
    return any(_run_out(known.case, months) is True for months in limitation_months(known))


def ordinary_limitation_run_out(known: Known) -> Value | None:
    """As `limitation_run_out`, without the five years that came in 2021.

    *Source*: 行政处罚法 (2017) 29.
    """
    return _same_for(known.case, limitation_months(known, extended=False))


def limitation_months(known: Known, *, extended: bool = True) -> tuple[int, ...]:
    """Limitation periods that the facts leave open, the shorter first. *Unit*: months.

    Args:
        known: What is known of the case.
        extended: Whether the law knows the five years that came in 2021.

    *Source*: 行政处罚法 36.
    """
    special = known.violation.limitation
    if special is not None:
        return (special.months,)
    touched, harm = known.stated.get("life_health_finance"), known.stated.get("harm")
    if not extended or touched is False or harm == "none":
        return (ORDINARY_LIMITATION_MONTHS,)
    if touched is True and harm is not None:
        return (EXTENDED_LIMITATION_MONTHS,)
    return (ORDINARY_LIMITATION_MONTHS, EXTENDED_LIMITATION_MONTHS)


def limitation_end(known: Known, *, extended: bool = True) -> Mapping[int, DateSpan]:
    """Last day on which a discovery is in time, by the periods in months that are open.

    Args:
        known: What is known of the case.
        extended: Whether the law knows the five years that came in 2021.

    *Source*: 行政处罚法 36.
    """
    ended = act_span(known.case)
    return {
        months: DateSpan(_later(ended.earliest, months), _later(ended.latest, months))
        for months in limitation_months(known, extended=extended)
    }


def _later(day: date | None, months: int) -> date | None:
    return None if day is None else add_months(day, months)


def _same_for(case: Case, periods: Iterable[int]) -> bool | None:
    """Whether the act was discovered too late, if that is the same for every period."""
    found = {_run_out(case, months) for months in periods}
    return found.pop() if len(found) == 1 else None


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
