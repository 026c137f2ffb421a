"""Outcomes as plain data and back, without loss and without an engine.

An outcome that was read back answers from what was recorded: it is explained and reported as it
was when it was computed, years later and whatever the rules have become.
"""

from collections.abc import Mapping
from typing import Final, cast

import attrs

from bizrules._structure import from_plain, unstructure
from bizrules.cases import Case, FactInput, plain_facts
from bizrules.errors import DocumentError, Problem
from bizrules.loading import case_to_plain
from bizrules.matters import ActOutcome, Basis, MatterOutcome, Part, Role
from bizrules.outcomes import (
    DueDuty,
    Finding,
    Fine,
    KindOutcome,
    LawApplied,
    MeasureOutcome,
    NearMiss,
    Outcome,
    Question,
    Reason,
    Trace,
)
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Citation, Location, NormLevel, Text
from bizrules.receipts import Receipt
from bizrules.rules import Axis, Ground, Measure
from bizrules.truth import Truth

FORMAT: Final = 1


@attrs.frozen(kw_only=True)
class RecordedFinding:
    """A finding with its trace.

    Attributes:
        rule: As in `Finding`, like everything down to `measures`.
        trace: Why.
    """

    rule: str
    title: Text
    list: Text | None
    ground: Ground
    axis: Axis
    permits: tuple[Grade, ...]
    modality: Modality
    truth: Truth
    level: NormLevel
    citations: tuple[Citation, ...]
    measures: tuple[Measure, ...]
    trace: Trace


@attrs.frozen(kw_only=True)
class RecordedOutcome:
    """Everything an outcome says; the fields are those of `Outcome`."""

    format: int
    case: Case
    grade: Grade | None
    permitted: tuple[Grade, ...]
    modality: Modality | None
    contested: bool
    settled: bool
    crime_suspected: Truth
    problems: tuple[Problem, ...]
    reason: Reason
    possible: tuple[Grade, ...]
    fine: Fine
    other_kinds: tuple[KindOutcome, ...]
    compulsion: tuple[MeasureOutcome, ...]
    findings: tuple[RecordedFinding, ...]
    questions: tuple[Question, ...]
    near_misses: tuple[NearMiss, ...]
    duties: tuple[DueDuty, ...]
    law_applied: LawApplied
    receipt: Receipt
    labels: Mapping[str, Text]


@attrs.frozen(eq=False)
class Recorded:
    """The source of an outcome that was read back."""

    record: RecordedOutcome

    def findings(self) -> tuple[Finding, ...]:
        """All findings, each with its recorded trace."""
        return tuple(_finding(recorded) for recorded in self.record.findings)

    def reason(self) -> Reason:
        """The row that applied, in words."""
        return self.record.reason

    def possible(self) -> tuple[Grade, ...]:
        """Grades that were still possible."""
        return self.record.possible

    def fine(self) -> Fine:
        """The fine."""
        return self.record.fine

    def other_kinds(self) -> tuple[KindOutcome, ...]:
        """The other kinds of penalty."""
        return self.record.other_kinds

    def compulsion(self) -> tuple[MeasureOutcome, ...]:
        """The measures."""
        return self.record.compulsion

    def duties(self) -> tuple[DueDuty, ...]:
        """The duties."""
        return self.record.duties

    def questions(self) -> tuple[Question, ...]:
        """The questions."""
        return self.record.questions

    def near_misses(self) -> tuple[NearMiss, ...]:
        """The near misses."""
        return self.record.near_misses

    def law_applied(self) -> LawApplied:
        """Which law was applied."""
        return self.record.law_applied

    def receipt(self) -> Receipt:
        """What is needed to compute the outcome again."""
        return self.record.receipt

    def labels(self) -> Mapping[str, Text]:
        """Names for the explanation."""
        return self.record.labels


_PARTS: Final = tuple(
    field.name
    for field in attrs.fields(RecordedOutcome)
    if field.name not in ("format", "findings")
)
_FINDING_PARTS: Final = tuple(
    field.name for field in attrs.fields(RecordedFinding) if field.name != "trace"
)


def to_plain(thing: Outcome | Case) -> dict[str, object]:
    """An outcome with all its traces, or a case in document form, as JSON-able data.

    `outcome_from_plain` reads outcomes back, `loading.case_from_plain` cases.

    Args:
        thing: The outcome or the case.
    """
    if isinstance(thing, Case):
        return case_to_plain(thing)
    plain: dict[str, object] = unstructure(record_of(thing))
    return plain


def record_of(outcome: Outcome) -> RecordedOutcome:
    """Everything the outcome says, computed now."""
    parts = {name: getattr(outcome, name) for name in _PARTS}
    # A caller may give any iterable for a set; plain values are equal to it and can be written.
    facts = cast("Mapping[str, FactInput]", plain_facts(outcome.case.facts))
    parts["case"] = attrs.evolve(outcome.case, facts=facts)
    findings = tuple(
        RecordedFinding(
            **{name: getattr(finding, name) for name in _FINDING_PARTS}, trace=finding.trace
        )
        for finding in outcome.findings
    )
    return RecordedOutcome(format=FORMAT, findings=findings, **parts)


def outcome_from_plain(data: object, *, name: str = "outcome") -> Outcome:
    """The outcome of which `to_plain` made the data; no engine is needed.

    Args:
        data: Plain data.
        name: What to call the data in problems.

    Raises:
        DocumentError: With everything that is wrong with the data.
    """
    record = from_plain(data, RecordedOutcome, name=name)
    if record.format != FORMAT:
        raise DocumentError([_unknown_format(record.format, name)])
    return outcome_of(record)


def outcome_of(record: RecordedOutcome) -> Outcome:
    """The outcome that was recorded."""
    return Outcome(
        case=record.case,
        grade=record.grade,
        permitted=record.permitted,
        modality=record.modality,
        contested=record.contested,
        settled=record.settled,
        crime_suspected=record.crime_suspected,
        problems=record.problems,
        source=Recorded(record),
    )


def _finding(recorded: RecordedFinding) -> Finding:
    parts = {name: getattr(recorded, name) for name in _FINDING_PARTS}
    return Finding(**parts, source=recorded.trace)


def same_outcome(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes say the same in every part, traces included."""
    return record_of(one) == record_of(other)


@attrs.frozen(kw_only=True)
class RecordedPart:
    """A part of a matter; the fields are those of `Part`."""

    outcome: RecordedOutcome
    role: Role
    by: str | None
    text: Text
    statutory: Fine
    crime_duties: tuple[str, ...]


@attrs.frozen(kw_only=True)
class RecordedAct:
    """An act of a matter; the fields are those of `ActOutcome`."""

    act: str | None
    parts: tuple[RecordedPart, ...]
    basis: Basis
    text: Text
    citations: tuple[Citation, ...]
    open_facts: tuple[str, ...]
    asked: tuple[Question, ...]
    chosen: bool


@attrs.frozen(kw_only=True)
class RecordedMatter:
    """Everything a joint outcome says; the fields are those of `MatterOutcome`."""

    format: int
    id: str
    acts: tuple[RecordedAct, ...]


def matter_to_plain(matter: MatterOutcome) -> dict[str, object]:
    """A joint outcome with the outcome of each part, as JSON-able data.

    `matter_from_plain` reads it back.

    Args:
        matter: The joint outcome.
    """
    acts = tuple(_recorded_act(act) for act in matter.acts)
    plain: dict[str, object] = unstructure(RecordedMatter(format=FORMAT, id=matter.id, acts=acts))
    return plain


def _recorded_act(act: ActOutcome) -> RecordedAct:
    parts = tuple(
        RecordedPart(
            outcome=record_of(part.outcome),
            role=part.role,
            by=part.by,
            text=part.text,
            statutory=part.statutory,
            crime_duties=tuple(sorted(part.crime_duties)),
        )
        for part in act.parts
    )
    names = (field.name for field in attrs.fields(RecordedAct) if field.name != "parts")
    return RecordedAct(parts=parts, **{name: getattr(act, name) for name in names})


def matter_from_plain(data: object, *, name: str = "matter") -> MatterOutcome:
    """The joint outcome of which `matter_to_plain` made the data; no engine is needed.

    Args:
        data: Plain data.
        name: What to call the data in problems.

    Raises:
        DocumentError: With everything that is wrong with the data.
    """
    record = from_plain(data, RecordedMatter, name=name)
    if record.format != FORMAT:
        raise DocumentError([_unknown_format(record.format, name)])
    acts = tuple(
        ActOutcome(
            act=act.act,
            parts=tuple(_recalled_part(part) for part in act.parts),
            basis=act.basis,
            text=act.text,
            citations=act.citations,
            open_facts=act.open_facts,
            asked=act.asked,
            chosen=act.chosen,
        )
        for act in record.acts
    )
    return MatterOutcome(id=record.id, acts=acts)


def _recalled_part(part: RecordedPart) -> Part:
    return Part(
        outcome=outcome_of(part.outcome),
        role=part.role,
        by=part.by,
        text=part.text,
        statutory=part.statutory,
        crime_duties=frozenset(part.crime_duties),
    )


def _unknown_format(found: int, name: str) -> Problem:
    details = {"found": str(found), "known": str(FORMAT)}
    return Problem("format-unknown", Location(name, path="$.format"), details)
