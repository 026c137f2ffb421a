"""The package as an installed plugin: Hubei (湖北省)."""

from collections import Counter
from pathlib import Path

import attrs
import pytest

import bizrules_hubei
from bizrules.cases import Case
from bizrules.engine import Engine, default_engine
from bizrules.loading import GoldenCase
from bizrules.penalties import Grade
from bizrules.rules import Axis, Rule, Ruleset
from bizrules.testing import run_golden, run_goldens
from bizrules.truth import Truth

PLUGIN = "bizrules-hubei"
REGION = "420000"
ZONE = "420113-whkfq"
RULESETS = 9
COUNTS = {"exempt": 16, "lighter": 2, "heavier": 2, "no_compulsion": 2}
HOLDS = (
    "hubei.construction-1-轻-holds",
    "hubei.construction/1-轻",
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
    (folder,) = bizrules_hubei.bizrules_documents()
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
    """Every ruleset of the package is for Hubei or a place in it."""
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


def rulesets_of(engine: Engine, case: Case) -> set[str]:
    """Rulesets of this package on which the outcome of a case draws."""
    own = {ruleset.id for ruleset in own_rulesets(engine)}
    return own & {stamp.id for stamp in engine.evaluate(case).receipt.rulesets}


def test_the_zone_hears_the_list_of_its_district(engine: Engine) -> None:
    """A list issued for the zone and Hannan decides in both, and nowhere else in Wuhan."""
    (golden,) = (one for one in own_goldens(engine) if one.case.id == "hannan.culture-2021-1-holds")
    assert golden.case.region == "420113"
    in_zone = attrs.evolve(golden.case, region=ZONE)
    elsewhere = attrs.evolve(golden.case, region="420106")
    assert "hannan.culture-2021" in rulesets_of(engine, in_zone)
    assert rulesets_of(engine, in_zone) == rulesets_of(engine, golden.case)
    assert "hannan.culture-2021" not in rulesets_of(engine, elsewhere)
    assert engine.evaluate(in_zone).grade is Grade.EXEMPT


def test_the_zone_lies_in_its_province(engine: Engine) -> None:
    """The zone names its district, and the line goes on from there."""
    assert engine.regions.ancestors(ZONE) == (ZONE, "420113", "420100", "420000", "000000")
    assert engine.regions.name(ZONE) == "湖北省武汉市汉南区武汉经济技术开发区"


def test_golden_cases_pass(engine: Engine) -> None:
    """Every golden case beside the rules comes out as written."""
    results = run_goldens(engine, own_goldens(engine))
    assert results
    assert [result.id for result in results if not result.passed] == []
