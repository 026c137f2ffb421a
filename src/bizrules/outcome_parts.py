"""Outcomes, findings and receipts put together from parts that many cases share.

They are the same records as those that are built field by field. What nobody may read is worked
out when it is read.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, TypeAlias

from bizrules.cases import Case, fingerprint
from bizrules.errors import Problem
from bizrules.outcomes import Finding, Fine, Outcome, OutcomeSource, TraceSource
from bizrules.penalties import Grade, Modality
from bizrules.receipts import Receipt
from bizrules.shared_records import FromGiven, draft_of
from bizrules.truth import Truth

Parts: TypeAlias = Mapping[str, Any]
"""Fields of a record by name; they are shared, and must never be changed."""

FindingForm: TypeAlias = tuple[str, Truth, Parts]
"""The parts of a finding, its rule and its truth in front of them."""

Standing: TypeAlias = tuple[FindingForm, ...]
"""The forms of the findings that hold, then of those that cannot be told, each by rule id."""

OutcomeForm: TypeAlias = tuple[Grade | None, tuple[Grade, ...], Modality | None, bool, bool]
"""Grade, permitted grades, modality, whether it is contested, whether it is settled."""


class LateSource(OutcomeSource, TraceSource, Protocol):
    """Also computes what every outcome says, but not everybody reads."""

    def crime_suspected(self) -> Truth:
        """Whether a crime is suspected."""

    def problems(self) -> tuple[Problem, ...]:
        """Problems of the case that did not prevent its evaluation."""


_FindingDraft: Final = draft_of(Finding)
_ReceiptDraft: Final = draft_of(Receipt)
_OutcomeDraft: Final = draft_of(Outcome)


def finding_form(parts: Parts) -> FindingForm:
    """The parts of a finding with those in front that are read most.

    Args:
        parts: All its fields but the source.
    """
    return parts["rule"], parts["truth"], parts


def findings_of(forms: Iterable[FindingForm], source: TraceSource) -> tuple[Finding, ...]:
    """Findings of which each says what its parts say.

    Args:
        forms: The parts of each.
        source: Computes their traces.
    """
    found: list[Finding] = []
    for rule, truth, parts in forms:
        finding = _FindingDraft()
        finding.rule = rule
        finding.truth = truth
        finding.source = source
        finding._parts = parts  # noqa: SLF001 - the record is begun here
        finding.__class__ = Finding
        found.append(finding)
    return tuple(found)


def receipt_of(case: Case, said: Parts) -> Receipt:
    """A receipt of which the digest of the case is worked out when it is read.

    Args:
        case: The case.
        said: Its fields, `OF_CASE` among them.
    """
    receipt = _ReceiptDraft()
    receipt._parts = said  # noqa: SLF001 - the record is begun here
    receipt._given = case  # noqa: SLF001 - likewise
    receipt.__class__ = Receipt
    made: Receipt = receipt
    return made


OF_CASE: Final[Parts] = {"case": FromGiven(fingerprint)}
"""The part of a receipt that depends on the case."""


def outcome_of(
    case: Case,
    form: OutcomeForm,
    fine: Fine | None,
    standing: Standing,
    held: int,
    receipt: Parts,
    source: LateSource,
) -> Outcome:
    """An outcome of which all is known that is worked out in any case.

    Args:
        case: The case.
        form: What the rules lead to.
        fine: The fine, if it is at hand; None if the source has to compute it.
        standing: The forms of the findings that did not fail.
        held: How many of these hold.
        receipt: The parts of its receipt.
        source: Computes what an outcome says besides.
    """
    outcome = _OutcomeDraft()
    outcome.case = case
    (
        outcome.grade,
        outcome.permitted,
        outcome.modality,
        outcome.contested,
        outcome.settled,
    ) = form
    outcome.source = source
    found = findings_of(standing, source) if standing else ()
    outcome.held, outcome.unknown = found[:held], found[held:]
    # As `receipt_of`, which every case would pay for calling.
    stamped = _ReceiptDraft()
    stamped._parts = receipt  # noqa: SLF001 - the record is begun here
    stamped._given = case  # noqa: SLF001 - likewise
    stamped.__class__ = Receipt
    outcome.receipt = stamped
    if fine is not None:
        outcome.fine = fine
    outcome.__class__ = Outcome
    made: Outcome = outcome
    return made
