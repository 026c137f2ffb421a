"""Cases and golden cases as they are written."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import attrs

from bizrules._structure import Raw
from bizrules.cases import PartyKind, PriorResult
from bizrules.outcomes import FineState, Verdict
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Text
from bizrules.rules import Measure


@attrs.frozen(kw_only=True)
class PartyDocument:
    """The party.

    Attributes:
        kind: What kind of party it is.
        age: Age at the act in full years, for natural persons.
        birth_date: Date of birth, for natural persons.
    """

    kind: PartyKind | None = None
    age: int | None = None
    birth_date: date | None = None


@attrs.frozen(kw_only=True)
class PriorDocument:
    """An earlier violation on record.

    Attributes:
        committed: When it was committed.
        discovered: When it was discovered.
        decided: When it was decided.
        authority: Which authority dealt with it.
        region: Where. GB/T 2260 code.
        violation: Which violation of the catalogue.
        field: Field of law, if the violation is not known.
        department: Department, if the field is not known.
        result: How it was dealt with.
    """

    committed: date | None = None
    discovered: date | None = None
    decided: date | None = None
    authority: str | None = None
    region: str | None = None
    violation: str | None = None
    field: str | None = None
    department: str | None = None
    result: PriorResult = PriorResult.PENALISED


@attrs.frozen(kw_only=True)
class PriorsDocument:
    """What a search of the records found.

    Attributes:
        searched_since: Day back to which the records were searched.
        found: Earlier violations found.
    """

    searched_since: date | None = None
    found: tuple[PriorDocument, ...] = ()


@attrs.frozen(kw_only=True)
class ExpectedFineDocument:
    """The fine that a golden case expects.

    Attributes:
        low: Lower end. *Unit*: yuan.
        high: Upper end. *Unit*: yuan.
        state: What can be said of the fine.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    state: FineState | None = None


@attrs.frozen(kw_only=True)
class ExpectDocument:
    """What a golden case expects; what is left out is not compared.

    Attributes:
        grade: The grade proposed; `null` where none may be.
        permitted: Grades left open.
        modality: `shall` or `may`.
        settled: Whether nothing unknown can change the outcome.
        contested: Whether lenient and heavier circumstances meet.
        fine: The fine.
        compulsion: What is said of each measure.
        asks: Facts that must be asked for.
        holds: Rules that must hold.
        fails: Rules that must not hold.
    """

    grade: Grade | None = None
    permitted: tuple[Grade, ...] | None = None
    modality: Modality | None = None
    settled: bool | None = None
    contested: bool | None = None
    fine: ExpectedFineDocument | None = None
    compulsion: Mapping[str, Verdict] | None = None
    asks: tuple[str, ...] | None = None
    holds: tuple[str, ...] | None = None
    fails: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class OfficialDocument:
    """What an authority decided in a published case.

    Attributes:
        grade: The grade; `null` where the record names none.
        fine: The fine. *Unit*: yuan.
        compulsion: What became of each measure.
        quality: How sure the label is: `gold`, `silver`, `unlabelled`.
        contested: Whether reasonable officers differ.
        complete: Whether the published account is complete.
        authority: Who decided.
        note: A remark for readers.
    """

    grade: Grade | None = None
    fine: Decimal | None = None
    compulsion: Mapping[str, str] | None = None
    quality: str
    contested: bool = False
    complete: bool = False
    authority: str | None = None
    note: Text | None = None


@attrs.frozen(kw_only=True)
class CaseDocument:
    """A case.

    Attributes:
        id: The caller's name for it.
        region: Where the act was committed. GB/T 2260 code.
        violation: Id in the violation catalogue.
        committed: When: a day, month or year; or `{from: …, to: …}` for a continuing act.
        discovered: When the authority discovered it.
        filed: When the case was filed.
        notified: When the party was told of the intended penalty.
        decided: When it is decided.
        party: The party.
        facts: What is known, by name of the fact.
        examined: Groups of circumstances that were examined.
        priors: What a search of the records found.
        measures: Compulsory measures proposed or taken.
        expect: What the outcome must be (golden cases only).
        official: What the authority decided (published cases only).
    """

    id: str
    region: str
    violation: str
    committed: Raw | None = attrs.field(default=None, metadata={"schema": "act"})
    discovered: Raw | None = attrs.field(default=None, metadata={"schema": "day"})
    filed: Raw | None = attrs.field(default=None, metadata={"schema": "day"})
    notified: Raw | None = attrs.field(default=None, metadata={"schema": "day"})
    decided: Raw | None = attrs.field(default=None, metadata={"schema": "day"})
    party: PartyDocument | None = None
    facts: Mapping[str, Raw] = attrs.field(factory=dict, metadata={"schema": "facts"})
    examined: tuple[str, ...] = ()
    priors: PriorsDocument | None = None
    measures: tuple[Measure, ...] = ()
    expect: ExpectDocument | None = None
    official: OfficialDocument | None = None


@attrs.frozen(kw_only=True)
class CasesDocument:
    """Cases to be evaluated.

    Attributes:
        format: Version of the format.
        document: `cases`, or left out.
        cases: The cases.
    """

    format: str
    document: str = "cases"
    cases: tuple[Raw, ...] = attrs.field(metadata={"item": CaseDocument})


@attrs.frozen(kw_only=True)
class GoldenDocument:
    """Cases whose outcome is known.

    Attributes:
        format: Version of the format.
        document: `golden`.
        cases: The cases.
    """

    format: str
    document: str
    cases: tuple[Raw, ...] = attrs.field(metadata={"item": CaseDocument})
