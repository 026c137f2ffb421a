"""Which earlier violations count, as data: for *first* (初次违法) and for repeats (再次违法)."""

from datetime import date
from enum import Enum
from typing import Final

import attrs

from bizrules.provenance import Citation

BY_DEFINITION: Final = frozenset({"first_violation", "prior_count"})
"""Derivations that follow the definition of a first violation of the ruleset that asks."""


class Anchor(Enum):
    """Date of a case, or of a prior, from which a window is counted."""

    COMMITTED = "committed"
    DISCOVERED = "discovered"
    DECIDED = "decided"


class Identity(Enum):
    """Which earlier violations count.

    ARTICLE: of the same article, paragraph and item; LAW: of the same law (违反本法规定).
    """

    VIOLATION = "violation"
    ARTICLE = "article"
    LAW = "law"
    FIELD = "field"
    DEPARTMENT = "department"
    ANY = "any"


class Area(Enum):
    """Where, or by whom, an earlier violation must have been dealt with."""

    ANYWHERE = "anywhere"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    REGION = "region"
    AUTHORITY = "authority"


class Register(Enum):
    """A register in which earlier violations are looked up (查询渠道)."""

    CASE_SYSTEM = "case_system"
    ENTERPRISE_CREDIT = "enterprise_credit"
    CREDIT_CHINA = "credit_china"
    TAX_SYSTEM = "tax_system"
    TRAFFIC_SYSTEM = "traffic_system"
    FIRE_SYSTEM = "fire_system"
    ECOLOGY_SYSTEM = "ecology_system"
    MARKET_SYSTEM = "market_system"


class PriorResult(Enum):
    """How an earlier violation was dealt with; `pending` is not yet."""

    EXEMPTED = "exempted"
    WARNED = "warned"
    PENALISED = "penalised"
    PENDING = "pending"


class WindowUnit(Enum):
    """Unit of a window: months and days run back from the anchor, calendar years do not."""

    DAYS = "days"
    MONTHS = "months"
    CALENDAR_YEARS = "calendar_years"


@attrs.frozen
class Window:
    """A period back from the anchor; a calendar year counts as a whole (自然年度)."""

    length: int
    unit: WindowUnit = WindowUnit.MONTHS


@attrs.frozen(kw_only=True)
class SpecialWindow:
    """Another window for some violations, as where their law punishes repeats over longer."""

    violations: frozenset[str]
    window: Window


@attrs.frozen(kw_only=True)
class Counting:
    """Which earlier violations count.

    Attributes:
        window: How far back earlier violations count; None without limit.
        special_windows: Other windows for some violations.
        since: Earlier violations count only from this day on.
        search: How far back the register must have been searched where `window` is None.
        anchor: Date of the case from which the window runs back.
        counted_by: Date of the earlier violation that must lie in the window.
        identity: Which earlier violations count.
        area: Where they must have been dealt with.
        results: With which results they count; a pending one has no result and counts as such.
        unhandled: Whether one not yet dealt with counts whenever it was.
        registers: Registers that have to be searched; empty if none is named.
        citations: Where it is fixed.
    """

    window: Window | None = None
    special_windows: tuple[SpecialWindow, ...] = ()
    since: date | None = None
    search: Window | None = None
    anchor: Anchor = Anchor.COMMITTED
    counted_by: Anchor = Anchor.DECIDED
    identity: Identity = Identity.VIOLATION
    area: Area = Area.ANYWHERE
    results: frozenset[PriorResult] = frozenset(PriorResult)
    unhandled: bool = False
    registers: tuple[Register, ...] = ()
    citations: tuple[Citation, ...] = ()

    def window_for(self, violation: str) -> Window | None:
        """The window for a violation."""
        for special in self.special_windows:
            if violation in special.violations:
                return special.window
        return self.window


@attrs.frozen(kw_only=True)
class FirstViolation(Counting):
    """What counts as a first violation at a place (初次违法、首次违法).

    It is one if no earlier violation counts.

    Attributes:
        ruleset: Ruleset that fixes it.
    """

    ruleset: str = ""


@attrs.frozen(kw_only=True)
class RepeatCount(Counting):
    """How repeats are counted for a provision or a rule (多次违法), such as three in two years.

    The step that counts must lie in the window and not after the anchor: who is punished only
    after the act did not offend again after a punishment.

    Attributes:
        includes_present: Whether the act of the case itself counts as one.
    """

    includes_present: bool = False
