"""Rules as code for the five lists of lenient enforcement (柔性执法“五张清单”).

Each name is imported from its module when it is first asked for, so that importing the package
costs next to nothing and a program pays only for what it uses.
"""

from typing import TYPE_CHECKING, Final

from bizrules.late_imports import late_names

if TYPE_CHECKING:
    from bizrules.cases import Act, Case, Party, Prior, Priors
    from bizrules.engine import Engine, default_engine, evaluate, evaluate_matter
    from bizrules.errors import (
        BizrulesError,
        CaseError,
        DocumentError,
        PluginError,
        Problem,
        UnknownNameError,
    )
    from bizrules.explanation import explain, explain_matter
    from bizrules.hookspecs import hookimpl
    from bizrules.matters import MatterOutcome
    from bizrules.outcomes import Finding, Fine, Outcome, Question
    from bizrules.penalties import Grade, Modality
    from bizrules.plain import matter_from_plain, matter_to_plain, outcome_from_plain, to_plain
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
    "MatterOutcome",
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
    "evaluate_matter",
    "explain",
    "explain_matter",
    "hookimpl",
    "matter_from_plain",
    "matter_to_plain",
    "outcome_from_plain",
    "to_plain",
]

_MODULES: Final = {
    "Act": "cases",
    "BizrulesError": "errors",
    "Case": "cases",
    "CaseError": "errors",
    "Citation": "provenance",
    "DocumentError": "errors",
    "Engine": "engine",
    "Finding": "outcomes",
    "Fine": "outcomes",
    "Grade": "penalties",
    "MatterOutcome": "matters",
    "Modality": "penalties",
    "Money": "values",
    "Outcome": "outcomes",
    "Party": "cases",
    "PluginError": "errors",
    "Prior": "cases",
    "Priors": "cases",
    "Problem": "errors",
    "Question": "outcomes",
    "Truth": "truth",
    "UnknownNameError": "errors",
    "default_engine": "engine",
    "evaluate": "engine",
    "evaluate_matter": "engine",
    "explain": "explanation",
    "explain_matter": "explanation",
    "hookimpl": "hookspecs",
    "matter_from_plain": "plain",
    "matter_to_plain": "plain",
    "outcome_from_plain": "plain",
    "to_plain": "plain",
}


__getattr__ = late_names(globals(), _MODULES)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
