"""What has to be done by when, whether it was done in time, and what grows after that."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import attrs

from bizrules.duties import accrued
from bizrules.facts import Value
from bizrules.outcomes import DueDuty
from bizrules.penalties import Modality
from bizrules.provenance import Text
from bizrules.rules import Accrual
from bizrules.timeline._items import Item, ItemKind
from bizrules.timeline._law import LawOfCase
from bizrules.values import DateSpan, Money
from bizrules.wording import both, join, phrase, say_share, say_span, say_yuan

FINED: Final = "fine_decided"
"""Money fact: the fine that was imposed."""

PAID_ON: Final = "fine_paid_on"
"""Date fact: when it was paid."""

MET_BY: Final[Mapping[str, str]] = {
    "national.penalty-law/decide-within-90-days": "decided",
    "national.penalty-law/serve": "decision_served_on",
    "national.penalty-law/pay": PAID_ON,
    "national.penalty-law/hand-in": "handed_in_on",
}
"""Date of the case, or date fact, on which a duty was done."""


@attrs.frozen(kw_only=True)
class _Doing:
    """When a duty was done, and what could still prolong its period.

    Attributes:
        done: When it was done; None if the case does not say so.
        missed: Whether that is certainly after its last day, as far as this is known.
        prolonging: What the facts are called that could add days and are not known.
    """

    done: DateSpan | None
    missed: bool
    prolonging: tuple[Text, ...] = ()


def deadlines(duties: Iterable[DueDuty], law: LawOfCase) -> Iterator[Item]:
    """The duties that have a period, those of unknown start without a day.

    A deadline was missed only if that is certain: the duty was certainly done after the last day,
    and nothing is unknown that could have prolonged the period.

    Args:
        duties: What follows from the outcome.
        law: The case and the law.
    """
    for duty in duties:
        if duty.period is None:
            continue
        doing = _doing(duty, law)
        yield Item(
            kind=ItemKind.DEADLINE,
            on=DateSpan.on(duty.due) if duty.due else DateSpan(),
            label=duty.text,
            notes=tuple(_notes(duty, doing)),
            citations=duty.citations,
            overdue=doing.missed and not doing.prolonging,
            certain=duty.certain,
            verified=duty.verified,
        )


def _notes(duty: DueDuty, doing: _Doing) -> Iterator[Text]:
    yield phrase(f"modality.{duty.modality.value}")
    if duty.period is not None:
        yield duty.period
    if not duty.verified:
        yield phrase("timeline.unverified")
    if not duty.certain:
        yield phrase("duty.uncertain")
    if doing.missed and doing.done is not None:
        done = doing.done
        day = both(lambda lang: say_span(done, lang))
        if doing.prolonging:
            names = both(lambda lang: join((one.in_(lang) for one in doing.prolonging), lang))
            yield phrase("timeline.missed.unless", day=day, names=names)
        else:
            yield phrase("timeline.missed", day=day)
    if duty.accrual is not None:
        yield duty.accrual


def _doing(duty: DueDuty, law: LawOfCase) -> _Doing:
    """How a duty was done; what may be done has no deadline to miss."""
    done = _done(duty, law)
    missed = (
        duty.certain
        and duty.modality is Modality.SHALL
        and duty.due is not None
        and done is not None
        and done.earliest is not None
        and done.earliest > duty.due
    )
    return _Doing(done=done, missed=missed, prolonging=_prolonging(duty, law))


def _done(duty: DueDuty, law: LawOfCase) -> DateSpan | None:
    name = MET_BY.get(duty.duty)
    if name is None:
        return None
    span: DateSpan | None = getattr(law.case, name, None)
    if span is not None:
        return span
    day = law.facts.get(name)
    return DateSpan.on(day) if isinstance(day, date) else None


def _prolonging(duty: DueDuty, law: LawOfCase) -> tuple[Text, ...]:
    """Facts that could add days to the period and are not known."""
    declared = law.duties.get(duty.duty)
    if declared is None or declared.deadline is None:
        return ()
    unknown = (name for name in declared.deadline.extended_by if name not in law.facts)
    return tuple(law.engine.vocabulary[name].label for name in unknown)


def surcharges(duties: Iterable[DueDuty], law: LawOfCase) -> Iterator[Item]:
    """What accrued on a fine that was paid late, and when it grows no more."""
    for duty in duties:
        declared = law.duties.get(duty.duty)
        if declared is None or declared.accrues is None or duty.due is None:
            continue
        certain = duty.certain and not _prolonging(duty, law)
        if duty.capped_on is not None:
            label = phrase("timeline.capped")
            yield _surcharge(duty, duty.capped_on, label, certain=certain)
        paid = law.facts.get(PAID_ON)
        if isinstance(paid, date) and paid > duty.due:
            late = (paid - duty.due).days
            label = _accrued(late, declared.accrues, law.facts.get(FINED))
            yield _surcharge(duty, paid, label, certain=certain)


def _accrued(late: int, accrual: Accrual, fined: Value | None) -> Text:
    """What has accrued after so many days: a share of the fine, or money where that is known."""
    if isinstance(fined, Money):
        fen = accrued(fined, late, accrual).fen
        said = both(lambda lang: say_yuan(fen, lang))
        return phrase("timeline.surcharge", days=late, amount=said)
    share = min(accrual.rate * late, accrual.cap)
    said = both(lambda lang: say_share(share, lang))
    return phrase("timeline.surcharge.share", days=late, share=said)


def _surcharge(duty: DueDuty, day: date, label: Text, *, certain: bool) -> Item:
    return Item(
        kind=ItemKind.SURCHARGE,
        on=DateSpan.on(day),
        label=label,
        citations=duty.citations,
        certain=certain,
    )
