"""What counts as a first violation or as a repeat, as it is written."""

from datetime import date

import attrs

from bizrules.documents.parts import CitationDocument
from bizrules.history import Anchor, Area, Identity, PriorResult, Register


@attrs.frozen(kw_only=True)
class WindowDocument:
    """A period back from a date; exactly one of the keys.

    Attributes:
        days: *Unit*: days.
        months: *Unit*: months.
        calendar_years: *Unit*: calendar years (自然年度).
    """

    days: int | None = None
    months: int | None = None
    calendar_years: int | None = None


@attrs.frozen(kw_only=True)
class SpecialWindowDocument:
    """Another window for some violations.

    Attributes:
        violations: Violations it is for.
        window: The window.
    """

    violations: tuple[str, ...]
    window: WindowDocument


@attrs.frozen(kw_only=True)
class CountingDocument:
    """Which earlier violations count.

    Attributes:
        window: How far back earlier violations count; leave out for no limit.
        special_windows: Other windows for some violations.
        since: Earlier violations count from this day on.
        search: Without a window: how far back the register must have been searched.
        anchor: From which date of the case the window runs back.
        counted_by: Which date of the earlier violation must lie in the window.
        same: Which earlier violations count.
        area: Where they must have been dealt with.
        results: With which results they count; leave out for all.
        unhandled: Whether one not yet dealt with counts whenever it was.
        registers: Registers that have to be searched.
        cite: Where it is fixed.
    """

    window: WindowDocument | None = None
    special_windows: tuple[SpecialWindowDocument, ...] = ()
    since: date | None = None
    search: WindowDocument | None = None
    anchor: Anchor = Anchor.COMMITTED
    counted_by: Anchor = Anchor.DECIDED
    same: Identity = Identity.VIOLATION
    area: Area = Area.ANYWHERE
    results: tuple[PriorResult, ...] | None = None
    unhandled: bool = False
    registers: tuple[Register, ...] = ()
    cite: tuple[CitationDocument, ...] = ()


@attrs.frozen(kw_only=True)
class FirstViolationDocument(CountingDocument):
    """What counts as a first violation: that none of these was before."""


@attrs.frozen(kw_only=True)
class RepeatCountDocument(CountingDocument):
    """How repeats are counted.

    Attributes:
        includes_present: Whether the act of the case itself counts as one.
    """

    includes_present: bool = False
