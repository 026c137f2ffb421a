"""Rules as code for the five lists of lenient enforcement (柔性执法“五张清单”)."""

from bizrules.cases import Act, Case, Party, Prior, Priors
from bizrules.engine import Engine, default_engine, evaluate
from bizrules.errors import (
    BizrulesError,
    CaseError,
    DocumentError,
    PluginError,
    Problem,
    UnknownNameError,
)
from bizrules.explanation import explain
from bizrules.hookspecs import hookimpl
from bizrules.outcomes import Finding, Fine, Outcome, Question
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Citation
from bizrules.truth import Truth
from bizrules.values import Money

__all__ = [
    "Act",
    "BizrulesError",
    "Case",
    "CaseError",
    "Citation",
    "DocumentError",
    "Engine",
    "Finding",
    "Fine",
    "Grade",
    "Modality",
    "Money",
    "Outcome",
    "Party",
    "PluginError",
    "Prior",
    "Priors",
    "Problem",
    "Question",
    "Truth",
    "UnknownNameError",
    "default_engine",
    "evaluate",
    "explain",
    "hookimpl",
]
