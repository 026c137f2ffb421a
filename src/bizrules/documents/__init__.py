"""The documents as they are written: one class for each mapping of the format.

The classes mirror `docs/reference/formats.md` key by key. A key that is a Python keyword has an
underscore behind its name here (`from_`). Conditions and values of facts stay as they were
written (`Raw`): `grammar` and `loading` read them with the vocabulary. So do the entries of a
document, each of which is read on its own, so that a fault in one does not hide those of the rest.
Metadata say what such a value may look like where it is no condition: the class of an entry under
`item`, a part of the schema under `schema`.

Each name is imported from its module when it is first asked for: most users want only a few.
"""

from typing import TYPE_CHECKING, Final

from bizrules.late_imports import late_names

if TYPE_CHECKING:
    from bizrules.documents.cases import (
        CaseDocument,
        CasesDocument,
        ExpectDocument,
        ExpectedActDocument,
        ExpectedFineDocument,
        ExpectedLawDocument,
        ExpectedSumDocument,
        ExpectMatterDocument,
        GoldenDocument,
        MatterDocument,
        OfficialDocument,
        PartyDocument,
        PriorDocument,
        PriorsDocument,
    )
    from bizrules.documents.histories import (
        CountingDocument,
        FirstViolationDocument,
        RepeatCountDocument,
        WindowDocument,
    )
    from bizrules.documents.kinds import KINDS, AnyDocument
    from bizrules.documents.parts import (
        CitationDocument,
        IntervalDocument,
    )
    from bizrules.documents.ruleset import (
        AccrualDocument,
        BandTableDocument,
        BatchDocument,
        DeadlineDocument,
        DefinitionDocument,
        DutyDocument,
        EffectDocument,
        FineEffectDocument,
        InstrumentDocument,
        ListDocument,
        PreambleDocument,
        RuleDocument,
        RulesetDocument,
    )
    from bizrules.documents.violations import (
        FineDocument,
        LimitationDocument,
        OtherKindDocument,
        ProvisionDocument,
        TierDocument,
        ViolationDocument,
        ViolationsDocument,
    )
    from bizrules.documents.vocabulary import (
        CureDocument,
        FactDocument,
        VocabularyDocument,
    )

__all__ = [
    "FORMAT",
    "KINDS",
    "AccrualDocument",
    "AnyDocument",
    "BandTableDocument",
    "BatchDocument",
    "CaseDocument",
    "CasesDocument",
    "CitationDocument",
    "CountingDocument",
    "CureDocument",
    "DeadlineDocument",
    "DefinitionDocument",
    "DutyDocument",
    "EffectDocument",
    "ExpectDocument",
    "ExpectMatterDocument",
    "ExpectedActDocument",
    "ExpectedFineDocument",
    "ExpectedLawDocument",
    "ExpectedSumDocument",
    "FactDocument",
    "FineDocument",
    "FineEffectDocument",
    "FirstViolationDocument",
    "GoldenDocument",
    "InstrumentDocument",
    "IntervalDocument",
    "LimitationDocument",
    "ListDocument",
    "MatterDocument",
    "OfficialDocument",
    "OtherKindDocument",
    "PartyDocument",
    "PreambleDocument",
    "PriorDocument",
    "PriorsDocument",
    "ProvisionDocument",
    "RepeatCountDocument",
    "RuleDocument",
    "RulesetDocument",
    "TierDocument",
    "ViolationDocument",
    "ViolationsDocument",
    "VocabularyDocument",
    "WindowDocument",
]

FORMAT: Final = "1"
"""The format that this version reads."""

_MODULES: Final = {
    "AccrualDocument": "ruleset",
    "AnyDocument": "kinds",
    "BandTableDocument": "ruleset",
    "BatchDocument": "ruleset",
    "CaseDocument": "cases",
    "CasesDocument": "cases",
    "CitationDocument": "parts",
    "CountingDocument": "histories",
    "CureDocument": "vocabulary",
    "DeadlineDocument": "ruleset",
    "DefinitionDocument": "ruleset",
    "DutyDocument": "ruleset",
    "EffectDocument": "ruleset",
    "ExpectDocument": "cases",
    "ExpectMatterDocument": "cases",
    "ExpectedActDocument": "cases",
    "ExpectedFineDocument": "cases",
    "ExpectedLawDocument": "cases",
    "ExpectedSumDocument": "cases",
    "FactDocument": "vocabulary",
    "FineDocument": "violations",
    "FineEffectDocument": "ruleset",
    "FirstViolationDocument": "histories",
    "GoldenDocument": "cases",
    "InstrumentDocument": "ruleset",
    "IntervalDocument": "parts",
    "KINDS": "kinds",
    "LimitationDocument": "violations",
    "ListDocument": "ruleset",
    "MatterDocument": "cases",
    "OfficialDocument": "cases",
    "OtherKindDocument": "violations",
    "PartyDocument": "cases",
    "PreambleDocument": "ruleset",
    "PriorDocument": "cases",
    "PriorsDocument": "cases",
    "ProvisionDocument": "violations",
    "RepeatCountDocument": "histories",
    "RuleDocument": "ruleset",
    "RulesetDocument": "ruleset",
    "TierDocument": "violations",
    "ViolationDocument": "violations",
    "ViolationsDocument": "violations",
    "VocabularyDocument": "vocabulary",
    "WindowDocument": "histories",
}


__getattr__ = late_names(globals(), _MODULES)


def __dir__() -> list[str]:
    """The names that other modules use."""
    return __all__
