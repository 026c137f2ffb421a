"""What stands on a timeline, as plain data."""

from datetime import date
from enum import Enum
from typing import Final

import attrs

from bizrules.provenance import Citation, Text
from bizrules.values import DateSpan


class Lane(Enum):
    """Group of items that are drawn side by side, from top to bottom."""

    ACT = "act"
    PRIORS = "priors"
    LAW = "law"
    DEADLINES = "deadlines"


class ItemKind(Enum):
    """What an item is; among items of one day the order is this one."""

    LAW = "law"
    WINDOW = "window"
    PRIOR = "prior"
    ACT = "act"
    EVENT = "event"
    LIMITATION = "limitation"
    DEADLINE = "deadline"
    OPENING = "opening"
    SURCHARGE = "surcharge"

    @property
    def lane(self) -> Lane:
        """The lane in which it is drawn."""
        return _LANES.get(self, Lane.DEADLINES)


_LANES: Final = {
    ItemKind.LAW: Lane.LAW,
    ItemKind.WINDOW: Lane.PRIORS,
    ItemKind.PRIOR: Lane.PRIORS,
    ItemKind.ACT: Lane.ACT,
    ItemKind.EVENT: Lane.ACT,
}
_ORDER: Final = {kind: at for at, kind in enumerate(ItemKind)}


@attrs.frozen(kw_only=True)
class Item:
    """An event, a period or a deadline (事项).

    Attributes:
        kind: What it is.
        on: Day on which it falls or opens, or last day of what lasts; open at both ends if not
            known.
        since: First day of what lasts; None for what falls on one day.
        label: What it is, in words.
        notes: What else is to be said of it.
        citations: Articles it rests on.
        overdue: Whether a later event certainly shows that the deadline was missed.
        certain: Whether it is there for sure, or only if an unknown condition holds.
        verified: Whether its working days are officially known.
    """

    kind: ItemKind
    on: DateSpan
    since: DateSpan | None = None
    label: Text
    notes: tuple[Text, ...] = ()
    citations: tuple[Citation, ...] = ()
    overdue: bool = False
    certain: bool = True
    verified: bool = True

    @property
    def days(self) -> tuple[date, ...]:
        """Every day that is known of it, from the first to the last."""
        spans = (self.on,) if self.since is None else (self.since, self.on)
        known = (day for span in spans for day in (span.earliest, span.latest))
        return tuple(sorted({day for day in known if day is not None}))


@attrs.frozen(kw_only=True)
class Timeline:
    """The dates and deadlines of a case (时间线).

    Attributes:
        case: Id of the case.
        title: The violation.
        law: Which law is applied, in words; None where there was nothing to choose.
        items: What has a date, by date.
        undated: What has none yet.
    """

    case: str
    title: Text
    law: Text | None = None
    items: tuple[Item, ...]
    undated: tuple[Item, ...] = ()


def in_order(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items by their first known day, their kind and what they say."""
    return tuple(
        sorted(
            items,
            key=lambda i: (i.days[:1] or (date.max,), _ORDER[i.kind], i.days, i.label.zh),
        )
    )
