"""What has to be done by when, whether it was done in time, and what grows after that."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from bizrules.duties import accrued
from bizrules.facts import Value
from bizrules.outcomes import DueDuty
from bizrules.provenance import Text
from bizrules.rules import Accrual, Duty
from bizrules.timeline._items import Item, ItemKind
from bizrules.timeline._law import LawOfCase
from bizrules.values import DateSpan, Money, add_days
from bizrules.wording import both, phrase, say_share, say_yuan

FINED: Final = "fine_decided"
"""Money fact: the fine that was imposed."""


def deadlines(duties: Iterable[DueDuty]) -> Iterator[Item]:
    """The duties that have a period, those of unknown start without a day.

    What has to wait until its period is over stands on the day on which it opens. A deadline was
    missed only if that is certain: the duty was certainly done after the last day, and nothing is
    unknown that could have prolonged the period.

    Args:
        duties: What follows from the outcome.
    """
    for duty in duties:
        if duty.period is None:
            continue
        day = duty.opens or duty.due
        yield Item(
            kind=ItemKind.OPENING if duty.opens is not None else ItemKind.DEADLINE,
            on=DateSpan() if day is None else DateSpan.on(day),
            label=duty.text,
            notes=tuple(_notes(duty)),
            citations=duty.citations,
            overdue=duty.overdue and duty.certain,
            certain=duty.certain,
            verified=duty.verified,
        )


def _notes(duty: DueDuty) -> Iterator[Text]:
    yield phrase(f"modality.{duty.modality.value}")
    late = duty.late if duty.certain else None
    dated = duty.opens is not None or duty.due is not None
    said = late or duty.prolonged if dated else duty.period
    if said is not None:
        yield said
    if duty.same_hour and duty.due is not None:
        yield phrase("timeline.same-hour")
    if not duty.verified:
        yield phrase("timeline.unverified")
    if not duty.certain:
        yield phrase("duty.uncertain")
    if duty.accrual is not None:
        yield duty.accrual


def surcharges(duties: Iterable[DueDuty], law: LawOfCase) -> Iterator[Item]:
    """What accrued on a fine that was paid late, and when it grows no more."""
    for duty in duties:
        declared = law.duties.get(duty.duty)
        if declared is None or declared.accrues is None or duty.capped_on is None:
            continue
        last = duty.due if duty.opens is None else add_days(duty.opens, -1)
        certain = duty.certain and not _is_open(declared, law)
        yield _surcharge(duty, duty.capped_on, phrase("timeline.capped"), certain=certain)
        if last is not None and duty.met is not None and duty.met > last:
            late = (duty.met - last).days
            label = _accrued(late, declared.accrues, law.facts.get(FINED))
            yield _surcharge(duty, duty.met, label, certain=certain)


def _is_open(declared: Duty, law: LawOfCase) -> bool:
    """Whether facts that could add days to the period are not known."""
    names = declared.deadline.extended_by if declared.deadline else ()
    return any(name not in law.facts for name in names)


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
