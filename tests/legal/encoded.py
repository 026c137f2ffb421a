"""The encoded law as every legal test sees it: national rulesets, installed packages, goldens."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from bizrules.engine import Engine, default_engine
from bizrules.outcomes import Finding
from bizrules.rules import Ruleset
from bizrules.testing import GoldenResult, run_goldens

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent


def read(name: str) -> Any:  # noqa: ANN401 - data of the tests, of any form
    """The data of a YAML file in this folder."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def engine() -> Engine:
    """The national rulesets and every installed package."""
    return default_engine()


@cache
def rulesets() -> Mapping[str, Ruleset]:
    """All rulesets, by id."""
    return {ruleset.id: ruleset for ruleset in engine().rulesets}


@cache
def results() -> tuple[GoldenResult, ...]:
    """Every golden case that lies beside the rules, evaluated once for all tests."""
    return run_goldens(engine(), engine().knowledge.goldens)


@cache
def named() -> Mapping[str, tuple[tuple[GoldenResult, Finding], ...]]:
    """For each rule, the golden cases that name it and in which it is a candidate."""
    found: dict[str, list[tuple[GoldenResult, Finding]]] = {rule: [] for rule in engine().rules}
    for result in results():
        for finding in _findings(result):
            found[finding.rule].append((result, finding))
    return {rule: tuple(cases) for rule, cases in found.items()}


def _findings(result: GoldenResult) -> Iterator[Finding]:
    """The findings about the rules that the golden case names."""
    expect = result.golden.expect
    if expect is None or result.outcome is None:
        return
    rules = {*(expect.holds or ()), *(expect.fails or ())}
    yield from (one for one in result.outcome.findings if one.rule in rules)
