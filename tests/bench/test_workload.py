from collections import Counter

import numpy as np
import pytest
from case_table import case_of, columns
from peers.forms import plain_facts
from peers.written_numpy import Block, Written, arrays
from peers.written_python import matching, telling, tracing
from workload import BATCHES, COUNTS, FACTS, PARTS, Workload, build, plain

from bizrules.conditions import AllOf

GENERAL = 12


@pytest.fixture(scope="module")
def work() -> Workload:
    """The workload at its smallest."""
    return build(cases=200)


def test_counts(work: Workload) -> None:
    """The lists have the entries of Panlong's, one to eight a violation, and twelve general."""
    own = [rule for rule in work.engine.rules.values() if rule.violations is not None]
    assert Counter(rule.list for rule in own) == COUNTS
    about = Counter(name for rule in own for name in rule.violations or ())
    assert len(about) == 600
    assert max(about.values()) <= 8
    assert len(work.engine.rules) - len(own) == GENERAL
    assert {rule.in_force.start for rule in own} == set(BATCHES)


def test_conditions(work: Workload) -> None:
    """Every rule is a conjunction of two to six conditions, or of as many as asked for."""
    assert _lengths(work) == set(range(PARTS[0], PARTS[1] + 1))
    assert _lengths(build(cases=0, parts=(9, 9))) == {9}


def _lengths(work: Workload) -> set[int]:
    conditions = [rule.condition for rule in work.engine.rules.values()]
    return {len(one.parts) for one in conditions if isinstance(one, AllOf)}


def test_general(work: Workload) -> None:
    """The general rules are the same at any scale, so that scales differ by the others alone."""

    def general(one: Workload) -> list[object]:
        return [rule.condition for rule in one.engine.rules.values() if rule.is_general]

    assert general(work) == general(build(scale=2, cases=0, districts=2))


def test_districts() -> None:
    """Spread over districts, a violation's rules and cases lie in one of them."""
    work = build(scale=2, cases=50, districts=5)
    assert len(set(work.regions.values())) == 5
    for case in work.cases:
        assert case.region == work.regions[case.violation]
        regions = {rule.region for rule in work.candidates[case.violation][:-GENERAL]}
        assert regions <= {case.region}


def test_library(work: Workload) -> None:
    """The library finds what the plain loop finds: what holds, and what cannot be told."""
    for case in work.cases:
        outcome = work.engine.evaluate(case)
        found = [one.rule for one in outcome.held], [one.rule for one in outcome.unknown]
        assert found == work.loops[case.violation](plain(case))


def test_written(work: Workload) -> None:
    """The generated functions find what the plain loop finds."""
    for case in work.cases:
        rules, facts = work.candidates[case.violation], plain_facts(case)
        held, unknown = work.loops[case.violation](plain(case))
        assert matching(rules)(facts) == held
        assert telling(rules)(facts) == (held, unknown)
        traced = tracing(rules)(facts)
        assert [rule for rule, truths in traced if all(truths)] == held
        cannot = [rule for rule, truths in traced if None in truths and False not in truths]
        assert cannot == unknown


def test_masks(work: Workload) -> None:
    """The masks of NumPy hold and fail where the plain loop says so."""
    table = columns(work, 300)
    candidates = list(work.candidates.values())
    written = Written(
        [Block.of(rules[:-GENERAL], three=True) for rules in candidates],
        Block.of(candidates[0][-GENERAL:], three=True),
    )
    found: dict[int, tuple[list[str], list[str]]] = {row: ([], []) for row in range(300)}
    violations = table["violation"].combine_chunks().indices.to_numpy()
    for group in written.match(violations, arrays(table)):
        rows = np.arange(300)[group.rows]
        for truths, masks in ((0, group.holds), (1, group.unknown)):
            for rule, mask in zip(group.rules, masks, strict=True):
                for row in rows[mask]:
                    found[row][truths].append(rule)
    for row, (held, unknown) in found.items():
        case = case_of(table, row)
        expected = work.loops[case.violation](plain(case))
        assert (sorted(held), sorted(unknown)) == expected


def test_table(work: Workload) -> None:
    """Cases in columns are as those one by one: every fact is there, a tenth of them unknown."""
    table = columns(work, 2000)
    assert set(FACTS) <= set(table.column_names)
    unknown = sum(table[name].null_count for name in FACTS) / (2000 * len(FACTS))
    assert unknown == pytest.approx(0.1, abs=0.01)
    sorted_by = columns(work, 50, ordered=True)["violation"].to_pylist()
    assert sorted_by == sorted(sorted_by)
    for row in range(20):
        case = case_of(table, row)
        assert work.engine.evaluate(case).case.id == str(row)
        assert set(case.facts) == {name for name in FACTS if table[name][row].is_valid}
