"""Documents into the model: everything linked, and every problem reported at once.

Reading goes in passes over all documents: facts, then violations, then rulesets with their
definitions, then golden cases. Nothing is returned unless nothing is wrong.
"""

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
