"""The package as an installed plugin: Hunan (湖南省)."""

from collections import Counter
from pathlib import Path

import pytest

import bizrules_hunan
from bizrules.engine import Engine, default_engine
from bizrules.loading import GoldenCase
from bizrules.rules import Axis, Rule, Ruleset
from bizrules.testing import run_golden, run_goldens
from bizrules.truth import Truth

PLUGIN = "bizrules-hunan"
REGION = "430000"
RULESETS = 11
COUNTS = {"exempt": 20, "lighter": 15, "heavier": 1}
HOLDS = (
    "hunan.ecology-2023-1-holds",
    "hunan.ecology-2023/1",
)


@pytest.fixture(scope="module", name="engine")
def installed() -> Engine:
    """The library with every installed package."""
    return default_engine()


def own_rulesets(engine: Engine) -> list[Ruleset]:
    """The rulesets of this package."""
    return [ruleset for ruleset in engine.rulesets if ruleset.plugin == PLUGIN]


def own_goldens(engine: Engine) -> list[GoldenCase]:
    """The golden cases that lie in this package."""
    (folder,) = bizrules_hunan.bizrules_documents()
    return [
        golden
        for golden in engine.knowledge.goldens
        if golden.location is not None and Path(golden.location.source).is_relative_to(folder)
    ]


def effect(rule: Rule, ruleset: Ruleset) -> str:
    """Effect of the list of an entry; of a ground of law the grade it leads to."""
    if rule.list is not None:
        return ruleset.lists[rule.list].effect.value
    return "no_compulsion" if rule.axis is Axis.COMPULSION else rule.permits[0].code


def test_ships_its_own_places_only(engine: Engine) -> None:
    """Every ruleset of the package is for Hunan or a place in it."""
    found = own_rulesets(engine)
    assert len(found) == RULESETS
    assert all(engine.regions.is_within(ruleset.region, REGION) for ruleset in found)


def test_counts_by_effect(engine: Engine) -> None:
    """The entries are as many, list by list, as the page of the package says."""
    counted = Counter(
        effect(rule, ruleset) for ruleset in own_rulesets(engine) for rule in ruleset.rules
    )
    assert counted == COUNTS


def test_an_entry_decides_a_case(engine: Engine) -> None:
    """A case that meets all conditions of an entry is decided by it."""
    case, rule = HOLDS
    (golden,) = (one for one in own_goldens(engine) if one.case.id == case)
    outcome = run_golden(engine, golden).outcome
    assert outcome is not None
    assert rule in {one.rule for one in outcome.findings if one.truth is Truth.TRUE}


def test_golden_cases_pass(engine: Engine) -> None:
    """Every golden case beside the rules comes out as written."""
    results = run_goldens(engine, own_goldens(engine))
    assert results
    assert [result.id for result in results if not result.passed] == []
