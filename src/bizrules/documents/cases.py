"""Cases and golden cases as they are written."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import attrs

from bizrules._structure import Raw
from bizrules.cases import PartyKind
from bizrules.history import PriorResult, Register
from bizrules.matters import Basis, Role
from bizrules.outcomes import FineState, LawBasis, LawChoice, Verdict
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
        registers: Registers that were searched.
        found: Earlier violations found.
    """

    searched_since: date | None = None
    registers: tuple[Register, ...] | None = None
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
class ExpectedLawDocument:
    """The law that a golden case expects to be applied.

    Attributes:
        choice: Whether the old or the new law, or one and the same.
        basis: What tells old and new law apart.
    """

    choice: LawChoice | None = None
    basis: LawBasis | None = None


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
        law: Which law is applied, and why.
        duties: Duties that must follow, each with its last day; `null` where it has none.
        no_duties: Duties that must not follow.
        capped: Duties after which something accrues, each with the day on which it is capped.
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
    law: ExpectedLawDocument | None = None
    duties: Mapping[str, date | None] | None = None
    no_duties: tuple[str, ...] | None = None
    capped: Mapping[str, date] | None = None


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
        act: Name of the act, where one act broke several norms.
        authority: Which authority deals with it.
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
    act: str | None = None
    authority: str | None = None
    party: PartyDocument | None = None
    facts: Mapping[str, Raw] = attrs.field(factory=dict, metadata={"schema": "facts"})
    examined: tuple[str, ...] = ()
    priors: PriorsDocument | None = None
    measures: tuple[Measure, ...] = ()
    expect: ExpectDocument | None = None
    official: OfficialDocument | None = None


@attrs.frozen(kw_only=True)
class ExpectedSumDocument:
    """The sum of the fines that a golden matter expects.

    Attributes:
        low: Lower end. *Unit*: yuan.
        high: Upper end. *Unit*: yuan.
    """

    low: Decimal | None = None
    high: Decimal | None = None


@attrs.frozen(kw_only=True)
class ExpectedActDocument:
    """What a golden matter expects of one act.

    Attributes:
        act: Its name; left out for a case that is an act of its own.
        applied: Case whose provision is applied; `null` if none is, or it is open which.
        basis: What chose the provision.
        settled: Whether nothing unknown can change its result.
    """

    act: str | None = None
    applied: str | None = None
    basis: Basis | None = None
    settled: bool | None = None


@attrs.frozen(kw_only=True)
class ExpectMatterDocument:
    """What the joint outcome of a golden matter must be.

    Attributes:
        acts: The acts, in the order in which they first appear.
        roles: What becomes of each case.
        fine: Sum of the fines that are certain.
        crime: Whether a crime is suspected.
        settled: Whether nothing unknown can change the result.
        asks: Facts that must be asked for.
        holds: Rules that must hold, for each case.
        fails: Rules that must not hold, for each case.
    """

    acts: tuple[ExpectedActDocument, ...] | None = None
    roles: Mapping[str, Role] | None = None
    fine: ExpectedSumDocument | None = None
    crime: bool | None = None
    settled: bool | None = None
    asks: tuple[str, ...] | None = None
    holds: Mapping[str, tuple[str, ...]] | None = None
    fails: Mapping[str, tuple[str, ...]] | None = None


@attrs.frozen(kw_only=True)
class MatterDocument:
    """Several cases of one party.

    Attributes:
        id: The caller's name for it.
        cases: The cases; those with the same `act` are one act.
        expect: What the joint outcome must be (golden cases only).
    """

    id: str
    cases: tuple[Raw, ...] = attrs.field(metadata={"item": CaseDocument})
    expect: ExpectMatterDocument | None = None


@attrs.frozen(kw_only=True)
class CasesDocument:
    """Cases to be evaluated.

    Attributes:
        format: Version of the format.
        document: `cases`, or left out.
        cases: The cases.
        matters: Matters, each of several cases of one party.
    """

    format: str
    document: str = "cases"
    cases: tuple[Raw, ...] = attrs.field(default=(), metadata={"item": CaseDocument})
    matters: tuple[Raw, ...] = attrs.field(default=(), metadata={"item": MatterDocument})


@attrs.frozen(kw_only=True)
class GoldenDocument:
    """Cases whose outcome is known.

    Attributes:
        format: Version of the format.
        document: `golden`.
        cases: The cases.
        matters: Matters, each of several cases of one party.
    """

    format: str
    document: str
    cases: tuple[Raw, ...] = attrs.field(default=(), metadata={"item": CaseDocument})
    matters: tuple[Raw, ...] = attrs.field(default=(), metadata={"item": MatterDocument})
