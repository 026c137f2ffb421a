"""The kinds of documents."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from bizrules.documents.cases import CasesDocument, GoldenDocument
from bizrules.documents.ruleset import RulesetDocument
from bizrules.documents.violations import ViolationsDocument
from bizrules.documents.vocabulary import VocabularyDocument

AnyDocument: TypeAlias = (
    VocabularyDocument | ViolationsDocument | RulesetDocument | CasesDocument | GoldenDocument
)

KINDS: Final[Mapping[str, type[AnyDocument]]] = {
    "vocabulary": VocabularyDocument,
    "violations": ViolationsDocument,
    "ruleset": RulesetDocument,
    "cases": CasesDocument,
    "golden": GoldenDocument,
}
"""The class of each kind of document, by what `document:` says."""
