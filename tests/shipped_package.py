"""What is true of every package of rules in this repository, as an installed plugin."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from bizrules.engine import Engine, default_engine
from bizrules.loading import GoldenCase
from bizrules.rules import Axis, Rule, Ruleset
from bizrules.testing import run_golden, run_goldens
from bizrules.truth import Truth


def own_rulesets(engine: Engine, plugin: str) -> list[Ruleset]:
    """The rulesets of a package."""
    return [ruleset for ruleset in engine.rulesets if ruleset.plugin == plugin]


def own_goldens(engine: Engine, plugin: str) -> list[GoldenCase]:
    """The golden cases that lie in a package."""
    (folder,) = next(one.documents for one in engine.plugins if one.name == plugin)
    return [
        golden
        for golden in engine.knowledge.goldens
        if golden.location is not None and Path(golden.location.source).is_relative_to(folder)
    ]


def own_golden(engine: Engine, plugin: str, case: str) -> GoldenCase:
    """The golden case of a package by the id of its case."""
    (golden,) = (one for one in own_goldens(engine, plugin) if one.case.id == case)
    return golden


def _effect(rule: Rule, ruleset: Ruleset) -> str:
    """Effect of the list of an entry; of a ground of law the grade it leads to."""
    if rule.list is not None:
        return ruleset.lists[rule.list].effect.value
    return "no_compulsion" if rule.axis is Axis.COMPULSION else rule.permits[0].code


class ShippedPackage:
    """Tests of a package; its own test class says what it ships.

    Attributes:
        PLUGIN: Name of the distribution.
        REGION: GB/T 2260 code of its own region.
        RULESETS: How many rulesets it ships.
        COUNTS: How many entries, by the effect of their list.
        HOLDS: A golden case of the package, and the entry that decides it.
    """

    PLUGIN: ClassVar[str]
    REGION: ClassVar[str]
    RULESETS: ClassVar[int]
    COUNTS: ClassVar[Mapping[str, int]]
    HOLDS: ClassVar[tuple[str, str]]

    @pytest.fixture(name="engine")
    def installed(self) -> Engine:
        """The library with every installed package."""
        return default_engine()

    def test_ships_its_own_places_only(self, engine: Engine) -> None:
        """Every ruleset of the package is for its own region or a place in it."""
        found = own_rulesets(engine, self.PLUGIN)
        assert len(found) == self.RULESETS
        assert all(engine.regions.is_within(ruleset.region, self.REGION) for ruleset in found)

    def test_counts_by_effect(self, engine: Engine) -> None:
        """The entries are as many, list by list, as the page of the package says."""
        counted = Counter(
            _effect(rule, ruleset)
            for ruleset in own_rulesets(engine, self.PLUGIN)
            for rule in ruleset.rules
        )
        assert counted == self.COUNTS

    def test_an_entry_decides_a_case(self, engine: Engine) -> None:
        """A case that meets all conditions of an entry is decided by it."""
        case, rule = self.HOLDS
        outcome = run_golden(engine, own_golden(engine, self.PLUGIN, case)).outcome
        assert outcome is not None
        assert rule in {one.rule for one in outcome.findings if one.truth is Truth.TRUE}

    def test_golden_cases_pass(self, engine: Engine) -> None:
        """Every golden case beside the rules comes out as written."""
        results = run_goldens(engine, own_goldens(engine, self.PLUGIN))
        assert results
        assert [result.id for result in results if not result.passed] == []
