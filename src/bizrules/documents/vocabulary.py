"""The vocabulary as it is written."""

from collections.abc import Mapping

import attrs

from bizrules._structure import Raw
from bizrules.documents.histories import RepeatCountDocument
from bizrules.facts import Answerer, Kind
from bizrules.provenance import Text
from bizrules.values import Unit


@attrs.frozen(kw_only=True)
class CureDocument:
    """How a party can still bring a fact about.

    Attributes:
        to: The value that can still be reached.
        how: What the party has to do.
    """

    to: str
    how: Text


@attrs.frozen(kw_only=True)
class FactDocument:
    """Declaration of a fact.

    Attributes:
        kind: Kind of value.
        label: Name for people; for a boolean, the statement that it makes when true.
        choices: Values of a choice, level (lowest first) or set, with their labels.
        unit: Unit of a number.
        question: The question to put.
        evidence: What evidences it.
        answered_by: Who can answer.
        judgement: Whether a person judges it where the instrument gives no threshold.
        cure: What the party can still reach, and how.
        group: Group of circumstances that are examined together.
        derived: Name of the derivation that computes it when nobody stated it.
        denial: For a boolean, what false says.
        counts: For an integer: which earlier violations it counts when nobody stated it.
    """

    kind: Kind
    label: Text
    choices: Mapping[str, Text] | None = None
    unit: Unit | None = None
    question: Text | None = None
    evidence: Text | None = None
    answered_by: tuple[Answerer, ...] | None = None
    judgement: bool = False
    cure: CureDocument | None = None
    group: str | None = None
    derived: str | None = None
    denial: Text | None = None
    counts: RepeatCountDocument | None = None


@attrs.frozen(kw_only=True)
class VocabularyDocument:
    """Facts and groups declared together (事实表).

    Attributes:
        format: Version of the format.
        document: `vocabulary`.
        id: Unique over all documents.
        prefix: Prefix of every fact; required outside the core.
        groups: Circumstances that an officer examines together, with their labels.
        facts: The facts by name.
    """

    format: str
    document: str
    id: str
    prefix: str | None = None
    groups: Mapping[str, Text] = attrs.field(factory=dict)
    facts: Mapping[str, Raw] = attrs.field(factory=dict, metadata={"item": FactDocument})
