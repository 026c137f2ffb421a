"""The violation catalogue as it is written."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import attrs

from bizrules._structure import Raw
from bizrules.documents.parts import CitationDocument, IntervalDocument
from bizrules.penalties import Modality, PenaltyKind
from bizrules.provenance import Text
from bizrules.rules import Ground


@attrs.frozen(kw_only=True)
class LimitationDocument:
    """Limitation period of a special law.

    Attributes:
        months: Its length. *Unit*: months.
        cite: Where it stands.
    """

    months: int
    cite: tuple[CitationDocument, ...]


@attrs.frozen(kw_only=True)
class FineDocument:
    """Range of a fine as the provision writes it.

    Attributes:
        min: Minimum. *Unit*: yuan, or times or percent of the base.
        max: Maximum. *Unit*: as for `min`.
        times: Money fact that the numbers multiply.
        percent: Money fact of which the numbers are percentages.
        base_floor: A smaller base counts as this much. *Unit*: yuan.
    """

    min: Decimal | None = None
    max: Decimal | None = None
    times: str | None = None
    percent: str | None = None
    base_floor: Decimal | None = None


@attrs.frozen(kw_only=True)
class TierDocument:
    """One step of a provision; the first whose `when` holds is taken.

    Attributes:
        id: Name inside the provision.
        label: What the tier is called.
        when: Its switch condition.
        fine: The fine; leave out if the tier carries none.
        modality: `shall` (处) or `may` (可以处).
        cite: Where it stands, if elsewhere than the provision.
    """

    id: str
    label: Text | None = None
    when: Raw | None = None
    fine: FineDocument | None = None
    modality: Modality = Modality.SHALL
    cite: CitationDocument | None = None


@attrs.frozen(kw_only=True)
class OtherKindDocument:
    """A penalty besides the fine, or an order.

    Attributes:
        kind: What it is.
        modality: `shall` or `may`.
        when: When it is open at all.
        note: What precisely is confiscated, suspended and so on.
    """

    kind: PenaltyKind
    modality: Modality = Modality.SHALL
    when: Raw | None = None
    note: Text | None = None


@attrs.frozen(kw_only=True)
class ProvisionDocument:
    """A penalty provision in one version.

    Attributes:
        id: Name inside the violation; versions of one provision share it.
        cite: Where it stands.
        in_force: Days on which this version is in force.
        published: Day on which this version was promulgated.
        only_after: Condition before which there is no fine at all; an empty list is none.
        tiers: Steps in the order in which they are tried.
        kinds: Penalties besides the fine, and orders.
        checked: How the range was verified.
        unverified: Why it could not be.
    """

    id: str
    cite: CitationDocument
    in_force: IntervalDocument | None = None
    published: date | None = None
    only_after: Raw | None = attrs.field(default=None, metadata={"schema": "switch"})
    tiers: tuple[TierDocument, ...] = ()
    kinds: tuple[OtherKindDocument, ...] = ()
    checked: str | None = None
    unverified: Text | None = None


@attrs.frozen(kw_only=True)
class ViolationDocument:
    """An entry of the violation catalogue.

    Attributes:
        title: What it is called.
        department: Department that enforces it.
        field: Field of law, for priors of the same field.
        broken: Norms broken.
        elements: Facts that are elements of the offence.
        displaces: Grounds that a law or administrative regulation displaces for it.
        absorbs: Violations that merge into it where one act breaks both.
        special_to: Violations whose general provision it displaces.
        limitation: Limitation period of a special law.
        in_force: Days on which it is a violation.
        provisions: Penalty provisions, in their versions.
        no_provision: Why none is given.
    """

    title: Text
    department: str
    field: str
    broken: tuple[CitationDocument, ...] = ()
    elements: tuple[str, ...] = ()
    displaces: tuple[Ground, ...] = ()
    absorbs: tuple[str, ...] = ()
    special_to: tuple[str, ...] = ()
    limitation: LimitationDocument | None = None
    in_force: IntervalDocument | None = None
    provisions: tuple[ProvisionDocument, ...] = ()
    no_provision: Text | None = None


@attrs.frozen(kw_only=True)
class ViolationsDocument:
    """Violations declared together (违法行为目录).

    Attributes:
        format: Version of the format.
        document: `violations`.
        id: Unique over all documents.
        violations: The violations by id.
    """

    format: str
    document: str
    id: str
    violations: Mapping[str, Raw] = attrs.field(metadata={"item": ViolationDocument})
