"""Documents into the model: everything linked, and every problem reported at once.

Reading goes in passes over all documents: facts, then violations, then rulesets with their
definitions, then golden cases. Nothing is returned unless nothing is wrong.

Each name is imported from its module when it is first asked for: who evaluates cases with what a
bundle brings pays nothing for the reading of documents.
"""

from typing import TYPE_CHECKING, Final

from bizrules.late_imports import late_names

if TYPE_CHECKING:
    from bizrules.loading._cases import case_from_plain, case_to_plain, check_case
    from bizrules.loading._knowledge import (
        CaseReading,
        Expect,
        ExpectedAct,
        ExpectedFine,
        ExpectedLaw,
        ExpectMatter,
        GoldenCase,
        GoldenMatter,
        Knowledge,
        MatterReading,
        Official,
        Origin,
        default_regions,
    )
    from bizrules.loading._linking import (
        Source,
        load_cases,
        load_documents,
        load_each_case,
        load_each_matter,
        load_golden,
        load_golden_matters,
        load_ruleset,
        load_violations,
        load_vocabulary,
    )

__all__ = [
    "CaseReading",
    "Expect",
    "ExpectMatter",
    "ExpectedAct",
    "ExpectedFine",
    "ExpectedLaw",
    "GoldenCase",
    "GoldenMatter",
    "Knowledge",
    "MatterReading",
    "Official",
    "Origin",
    "Source",
    "case_from_plain",
    "case_to_plain",
    "check_case",
    "default_regions",
    "load_cases",
    "load_documents",
    "load_each_case",
    "load_each_matter",
    "load_golden",
    "load_golden_matters",
    "load_ruleset",
    "load_violations",
    "load_vocabulary",
]

_MODULES: Final = {
    "CaseReading": "_knowledge",
    "Expect": "_knowledge",
    "ExpectMatter": "_knowledge",
    "ExpectedAct": "_knowledge",
    "ExpectedFine": "_knowledge",
    "ExpectedLaw": "_knowledge",
    "GoldenCase": "_knowledge",
    "GoldenMatter": "_knowledge",
    "Knowledge": "_knowledge",
    "MatterReading": "_knowledge",
    "Official": "_knowledge",
    "Origin": "_knowledge",
    "Source": "_linking",
    "case_from_plain": "_cases",
    "case_to_plain": "_cases",
    "check_case": "_cases",
    "default_regions": "_knowledge",
    "load_cases": "_linking",
    "load_documents": "_linking",
    "load_each_case": "_linking",
    "load_each_matter": "_linking",
    "load_golden": "_linking",
    "load_golden_matters": "_linking",
    "load_ruleset": "_linking",
    "load_violations": "_linking",
    "load_vocabulary": "_linking",
}


__getattr__ = late_names(globals(), _MODULES)


def __dir__() -> list[str]:
    """The names that other modules use."""
    return __all__
