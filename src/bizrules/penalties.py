"""Penalties as data: grades, kinds, provisions with tiers, bands of the range."""

from collections.abc import Mapping
from datetime import date
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Final

import attrs

from bizrules.conditions import ALWAYS, Condition, facts_read
from bizrules.provenance import Citation, Location, Text
from bizrules.values import Interval


class Grade(IntEnum):
    """Grade of penalty (处罚档次), most lenient first."""

    EXEMPT = 0
    MITIGATED = 1
    LIGHTER = 2
    ORDINARY = 3
    HEAVIER = 4

    @property
    def code(self) -> str:
        """How documents write it: `exempt`, `mitigated`, `lighter`, `ordinary`, `heavier`."""
        return self.name.lower()

    def __str__(self) -> str:
        """The code."""
        return self.code


GRADES: Final[Mapping[str, Grade]] = {grade.code: grade for grade in Grade}


class Modality(Enum):
    """Whether the norm binds (应当) or leaves the choice to the authority (可以)."""

    SHALL = "shall"
    MAY = "may"


class PenaltyKind(Enum):
    """Kind of penalty or accompanying order.

    *Source*: 行政处罚法 9; an order to correct (28) is not a penalty.
    """

    WARNING = "warning"
    CRITICISM = "criticism"
    FINE = "fine"
    CONFISCATION = "confiscation"
    SUSPENSION = "suspension"
    REVOCATION = "revocation"
    RESTRICTION = "restriction"
    DETENTION = "detention"
    ORDER = "order"

    @property
    def is_penalty(self) -> bool:
        """Whether it is a penalty in the sense of 行政处罚法 9."""
        return self is not PenaltyKind.ORDER


@attrs.frozen(kw_only=True)
class FineScale:
    """Range of a fine as the provision writes it (罚款幅度).

    Attributes:
        low: Statutory minimum; None if the provision states only a maximum (以下).
        high: Statutory maximum; None if it states only a minimum (以上).
        base: Fact whose amount the numbers multiply; None if they are money.
            *Unit*: fen without a base, else times the base (5 percent is 1/20).
        base_floor: A smaller base counts as this much. *Unit*: fen.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    base: str | None = None
    base_floor: int | None = None


@attrs.frozen(kw_only=True)
class OtherKind:
    """A penalty other than a fine, or an order, that the provision carries.

    Attributes:
        kind: What it is.
        modality: SHALL (并处、没收) or MAY (可以).
        when: When it is open at all (such as 情节严重的).
        note: What precisely is confiscated, suspended and so on.
    """

    kind: PenaltyKind
    modality: Modality = Modality.SHALL
    when: Condition = ALWAYS
    note: Text | None = None


@attrs.frozen(kw_only=True)
class Tier:
    """One step of a provision, with its switch condition.

    Attributes:
        id: Name inside the provision.
        when: Switch; the first tier whose switch holds is taken.
        fine: The fine; None if the tier carries no fine.
        modality: SHALL (处) or MAY (可以处).
        label: What the tier is called.
        citation: Where it stands, if elsewhere than the provision.
    """

    id: str
    when: Condition = ALWAYS
    fine: FineScale | None = None
    modality: Modality = Modality.SHALL
    label: Text | None = None
    citation: Citation | None = None


@attrs.frozen(kw_only=True)
class Provision:
    """A penalty provision (罚则) in one version.

    Attributes:
        id: Name inside the violation.
        citation: Where it stands.
        tiers: Steps in the order in which they are tried.
        kinds: Penalties besides the fine.
        only_after: What must have happened before there is any fine (逾期不改正、拒不改正).
        in_force: Days on which this version is in force.
        published: Day on which this version was promulgated; None if not recorded.
        checked: How the range was verified, such as `fine_provisions 2021-04-29`.
        unverified: Why it could not be.
    """

    id: str
    citation: Citation
    tiers: tuple[Tier, ...] = ()
    kinds: tuple[OtherKind, ...] = ()
    only_after: Condition = ALWAYS
    in_force: Interval = Interval()
    published: date | None = None
    checked: str | None = None
    unverified: Text | None = None
    location: Location | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def facts_of_fine(self) -> frozenset[str]:
        """Facts on which its fine depends: those of its switches, and the amounts it multiplies."""
        switches = (self.only_after, *(tier.when for tier in self.tiers))
        bases = (tier.fine.base for tier in self.tiers if tier.fine is not None)
        read = frozenset(base for base in bases if base is not None)
        return read.union(*map(facts_read, switches))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Its conditions: what must have happened before, those of its tiers and other kinds."""
        return (
            self.only_after,
            *(tier.when for tier in self.tiers),
            *(kind.when for kind in self.kinds),
        )


@attrs.frozen(kw_only=True)
class Band:
    """Part of a range that belongs to a grade, as shares of the span.

    Attributes:
        low: Share of the span at which it begins, 0 to 1.
        high: Share at which it ends.
        low_closed: Whether the beginning belongs to it.
        high_closed: Whether the end belongs to it.
    """

    low: Fraction
    high: Fraction
    low_closed: bool = True
    high_closed: bool = True


class Shape(Enum):
    """Shape of a statutory range."""

    RANGE = "range"
    MAX_ONLY = "max_only"
    MIN_ONLY = "min_only"


@attrs.frozen(kw_only=True)
class BandTable:
    """Bands of the grades (裁量幅度) for provisions of some shapes.

    Attributes:
        id: Name inside the ruleset.
        shapes: Shapes of range it applies to.
        bands: Band of each grade; a grade without one has the whole range.
        citations: Where the bands are fixed.
    """

    id: str
    shapes: frozenset[Shape] = frozenset(Shape)
    bands: Mapping[Grade, Band] = attrs.field(factory=dict, hash=False)
    citations: tuple[Citation, ...] = ()


@attrs.frozen(kw_only=True)
class FineEffect:
    """What a rule fixes about the fine (处理方式).

    Attributes:
        amount: A fixed amount. *Unit*: fen.
        low: Lower end of a fixed range. *Unit*: fen.
        high: Upper end of a fixed range. *Unit*: fen.
        band: A band of the statutory span.
        floor: For MITIGATED, the share of the statutory minimum below which it may not go.
    """

    amount: int | None = None
    low: int | None = None
    high: int | None = None
    band: Band | None = None
    floor: Fraction | None = None
