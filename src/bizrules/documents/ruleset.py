"""The ruleset as it is written."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import attrs

from bizrules._structure import Raw
from bizrules.documents.histories import FirstViolationDocument
from bizrules.documents.parts import CitationDocument, IntervalDocument
from bizrules.penalties import Grade, Modality, PenaltyKind, Shape
from bizrules.provenance import InstrumentKind, NormLevel, Status, Text
from bizrules.rules import (
    Axis,
    Combination,
    Effect,
    Ground,
    Measure,
    Reach,
    Trigger,
    Unexpressed,
)


@attrs.frozen(kw_only=True)
class InstrumentDocument:
    """The document that carries the rules.

    Attributes:
        name: Name as issued.
        number: Document number (文号).
        issued: Day it was issued.
        level: Rank as a norm: law, administrative_regulation, local_regulation, rule, document.
        kind: What it is; one kind is never presented as another.
    """

    name: str
    number: str | None = None
    issued: date | None = None
    level: NormLevel
    kind: InstrumentKind


@attrs.frozen(kw_only=True)
class ListDocument:
    """A list of a ruleset.

    Attributes:
        name: Its printed name.
        effect: Its effect.
    """

    name: Text
    effect: Effect


@attrs.frozen(kw_only=True)
class PreambleDocument:
    """Conditions for every rule of the ruleset.

    Attributes:
        when: What must hold.
        unless: What excludes.
    """

    when: Raw | None = None
    unless: Raw | None = None


@attrs.frozen(kw_only=True)
class BandTableDocument:
    """Bands of the grades for provisions of some shapes.

    Attributes:
        id: Name inside the ruleset.
        shapes: Shapes of range it applies to; leave out for all.
        grades: Band of each grade, a share of the span such as `"[0, 0.3]"`; ( ) open, [ ] closed.
        cite: Where the bands are fixed.
    """

    id: str
    shapes: tuple[Shape, ...] | None = None
    grades: Mapping[str, str]
    cite: tuple[CitationDocument, ...] = ()


@attrs.frozen(kw_only=True)
class DefinitionDocument:
    """A legal concept, reusable by name.

    Attributes:
        label: What it is called.
        when: What must hold.
        unless: What excludes.
        cite: Where it is defined.
        in_force: Days on which it is in force; leave out for those of the ruleset.
    """

    label: Text
    when: Raw | None = None
    unless: Raw | None = None
    cite: tuple[CitationDocument, ...] = ()
    in_force: IntervalDocument | None = None


@attrs.frozen(kw_only=True)
class BatchDocument:
    """A batch of a published list.

    Attributes:
        id: Its name.
        published: When, to the day or the month.
        in_force: First day of its entries; leave out for the day it was published.
        repeals: Entries of earlier batches that it repeals.
        total: How many entries its issuer counted.
        counts: How many of each list.
        note: A remark for readers.
    """

    id: str
    published: str | None = None
    in_force: date | None = None
    repeals: tuple[str, ...] = ()
    total: int | None = None
    counts: Mapping[str, int] = attrs.field(factory=dict)
    note: Text | None = None


@attrs.frozen(kw_only=True)
class FineEffectDocument:
    """What a rule fixes about the fine.

    Attributes:
        amount: A fixed amount. *Unit*: yuan.
        low: Lower end of a fixed range. *Unit*: yuan.
        high: Upper end of a fixed range. *Unit*: yuan.
        band: A band of the statutory span, such as `"[0, 0.2]"`.
        floor: For mitigated, the share of the statutory minimum below which it may not go.
    """

    amount: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    band: str | None = None
    floor: Decimal | None = None


@attrs.frozen(kw_only=True)
class EffectDocument:
    """What a rule orders beyond its grade.

    Attributes:
        waives: Kinds of penalty it waives; leave out for what the grade waives.
        keeps: Kinds that stay in spite of it.
        instead: Kind ordered in place of a fine.
        fine: What it fixes about the fine.
    """

    waives: tuple[PenaltyKind, ...] = ()
    keeps: tuple[PenaltyKind, ...] = ()
    instead: PenaltyKind | None = None
    fine: FineEffectDocument | None = None


@attrs.frozen(kw_only=True)
class RuleDocument:
    """Conditions under which a list or a ground of law applies.

    Attributes:
        id: Name inside the ruleset.
        title: Its name.
        list: List it stands on.
        ground: Its door; what stands on a `list` is `listed` unless it says otherwise.
        axis: Penalty or compulsion.
        permits: Grades it permits, the one the norm names first in front.
        modality: `shall` or `may`.
        violations: Violations it is for; leave out for all.
        departments: Departments it is for; leave out for all.
        measures: Measures it is for (compulsion only); leave out for all.
        when: What must hold.
        unless: What excludes.
        effect: What it orders beyond its grade.
        cite: Articles it rests on.
        batch: Batch with which it came.
        replaces: Earlier version of the same entry, which ends when this one begins.
        refines: Entry of a superior ruleset that it spells out for its place, by full id.
        entry: Number as printed.
        status: How well it is attested.
        in_force: Days on which it is in force; leave out for those of the ruleset.
        unexpressed: Conditions that could not be expressed.
        note: A remark for readers.
    """

    id: str
    title: Text
    list: str | None = None
    ground: Ground | None = None
    axis: Axis | None = None
    permits: tuple[Grade, ...] | None = None
    modality: Modality
    violations: tuple[str, ...] | None = None
    departments: tuple[str, ...] | None = None
    measures: tuple[Measure, ...] | None = None
    when: Raw | None = None
    unless: Raw | None = None
    effect: EffectDocument | None = None
    cite: tuple[CitationDocument, ...] = ()
    batch: str | None = None
    replaces: str | None = None
    refines: str | None = None
    entry: str | None = None
    status: Status | None = None
    in_force: IntervalDocument | None = None
    unexpressed: tuple[Unexpressed, ...] = ()
    note: Text | None = None


@attrs.frozen(kw_only=True)
class DeadlineDocument:
    """A period of a duty; one of `days` to `months`, and one of `after` and `before`.

    Attributes:
        days: *Unit*: calendar days.
        working_days: *Unit*: working days.
        hours: *Unit*: hours.
        months: *Unit*: months.
        after: Date from which it runs: of the case, or a date fact.
        before: Date ahead of which it runs.
        extended_by: Facts whose days are added.
        waits: Whether the act is open only once the period is over.
    """

    days: int | None = None
    working_days: int | None = None
    hours: int | None = None
    months: int | None = None
    after: str | None = None
    before: str | None = None
    extended_by: tuple[str, ...] = ()
    waits: bool = False


@attrs.frozen(kw_only=True)
class AccrualDocument:
    """What grows day by day after the deadline.

    Attributes:
        rate: Share of the amount added a day.
        cap: Share of the amount beyond which it does not grow.
    """

    rate: Decimal
    cap: Decimal = Decimal(1)


@attrs.frozen(kw_only=True)
class DutyDocument:
    """What follows by law from an outcome.

    Attributes:
        id: Name inside the ruleset.
        text: What has to be done.
        on: Outcome it follows.
        grounds: With `on: ground`: grounds one of which must have settled the outcome.
        except_grounds: With `on: exempt`: grounds on which it does not follow.
        measures: With `on: measure` or `execution`: measures it is for; leave out for all.
        when: A condition of the case besides.
        departments: Departments it is for; leave out for all (or the ruleset's).
        modality: `shall` or `may`.
        deadline: By when.
        accrues: What grows day by day once the deadline has passed.
        met_by: Date that shows when it was done: of the case, or a date fact.
        cite: Articles it rests on.
        in_force: Days on which it is in force; leave out for those of the ruleset.
    """

    id: str
    text: Text
    on: Trigger
    grounds: tuple[Ground, ...] = ()
    except_grounds: tuple[Ground, ...] = ()
    measures: tuple[Measure, ...] = ()
    when: Raw | None = None
    departments: tuple[str, ...] | None = None
    modality: Modality = Modality.SHALL
    deadline: DeadlineDocument | None = None
    accrues: AccrualDocument | None = None
    met_by: str | None = None
    cite: tuple[CitationDocument, ...] = ()
    in_force: IntervalDocument | None = None


@attrs.frozen(kw_only=True)
class RulesetDocument:
    """Rules issued together (规则集).

    Attributes:
        format: Version of the format.
        document: `ruleset`.
        id: Unique over all documents.
        version: Version of the encoding.
        title: Its name.
        region: `national` or a GB/T 2260 code.
        department: Department it is for; leave out for all.
        instrument: The document that carries it.
        in_force: Days on which it is in force.
        published: Day from which it was known.
        reach_back: Whether its rules reach back to acts before them.
        checked_on: Day on which its content was last compared with the source.
        status: How well it is attested.
        supplements: Whether it is silent where a superior ruleset speaks.
        combination: How lenient and heavier circumstances combine.
        lists: Its lists by id.
        preamble: Conditions for every rule.
        first_violation: Its definition of a first violation.
        bands: Its band tables.
        define: Its definitions by name.
        batches: Batches its issuer published.
        rules: Its rules.
        duties: Duties it declares.
    """

    format: str
    document: str
    id: str
    version: str
    title: Text
    region: str
    department: str | None = None
    instrument: InstrumentDocument
    in_force: IntervalDocument | None = None
    published: date | None = None
    reach_back: Reach = Reach.IF_MORE_LENIENT
    checked_on: date | None = None
    status: Status = Status.CONFIRMED
    supplements: bool = False
    combination: Combination | None = None
    lists: Mapping[str, ListDocument] = attrs.field(factory=dict)
    preamble: PreambleDocument | None = None
    first_violation: FirstViolationDocument | None = None
    bands: tuple[BandTableDocument, ...] = ()
    define: Mapping[str, Raw] = attrs.field(factory=dict, metadata={"item": DefinitionDocument})
    batches: tuple[BatchDocument, ...] = ()
    rules: tuple[Raw, ...] = attrs.field(default=(), metadata={"item": RuleDocument})
    duties: tuple[Raw, ...] = attrs.field(default=(), metadata={"item": DutyDocument})
