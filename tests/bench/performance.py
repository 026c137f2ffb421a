"""The benchmarks: who answers what in which time, and how that grows.

Run as `make bench`, or `make bench BENCH=quick`: quick prints the tables and writes nothing.
"""

import os

# One core, said before anybody counts them.
os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["NUMBA_NUM_THREADS"] = "1"

import sys
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Final

import attrs
import many_cases
import one_case
import pages
import plots
import results
import starting
from peak_memory import measured


@attrs.frozen(kw_only=True)
class Size:
    """How much is measured.

    Attributes:
        cases: Cases one at a time.
        spread: Cases one at a time where there are many violations.
        scales: Multiples of 1,769 rules.
        batch: Cases at once.
        rounds: Rounds of single cases.
        runs: Rounds of batches.
        shares: Shares of facts unknown.
        conditions: Conditions a rule.
        counts: Cases at once, for the curve.
        memory: Cases of the batches whose memory is measured.
    """

    cases: int
    spread: int
    scales: tuple[int, ...]
    batch: int
    rounds: int
    runs: int
    shares: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    conditions: tuple[int, ...] = (2, 4, 6, 8, 10, 12)
    counts: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    memory: tuple[int, ...] = (1_000_000, 4_000_000)


FULL: Final = Size(cases=2000, spread=5000, scales=(1, 10, 100), batch=1_000_000, rounds=7, runs=3)
QUICK: Final = Size(
    cases=600,
    spread=1000,
    scales=(1, 10),
    batch=200_000,
    rounds=3,
    runs=1,
    shares=(0.0, 0.5),
    conditions=(2, 12),
    counts=(1_000, 100_000),
    memory=(400_000,),
)


def _growth(size: Size) -> dict[str, list[dict[str, object]]]:
    few, rounds, runs = size.batch // 5, min(size.rounds, 5), min(size.runs, 2)
    return {
        "one rules": one_case.growth_with_rules(size.scales, cases=size.spread, rounds=rounds),
        "one unknown": one_case.growth_with_unknown(size.shares, cases=size.cases, rounds=rounds),
        "one conditions": one_case.growth_with_conditions(
            size.conditions, cases=size.cases, rounds=rounds
        ),
        "many cases": many_cases.growth_with_cases(size.counts, rounds=runs),
        "many unknown": many_cases.growth_with_unknown(size.shares, cases=few, rounds=runs),
        "many conditions": many_cases.growth_with_conditions(
            size.conditions, cases=few, rounds=runs
        ),
    }


def _many(size: Size) -> list[dict[str, object]]:
    return [
        {
            "rules": 1769 * scale,
            "violations": 600 * scale,
            "cases": size.batch,
            "rows": many_cases.against_peers(
                scale=scale, cases=size.batch, rounds=size.runs, few=scale > 1
            ),
        }
        for scale in size.scales
    ]


def measure(size: Size) -> dict[str, Any]:
    """Everything, in one run."""
    found: dict[str, Any] = {
        "cases": size.batch,
        "machine": results.machine(),
        "versions": results.versions(),
    }
    parts: dict[str, Callable[[], object]] = {
        "one_case": lambda: one_case.against_peers(cases=size.cases, rounds=size.rounds),
        "many_cases": lambda: _many(size),
        "growth": lambda: _growth(size),
        "memory": lambda: [measured(count) for count in size.memory],
        "starting": lambda: starting.rows(
            rounds=size.rounds, country=max(size.scales) >= starting.DISTRICTS
        ),
    }
    for name, part in parts.items():
        start = perf_counter()
        found[name] = part()
        print(f"{name}: {perf_counter() - start:.0f} s", flush=True)
    return found


def write(found: Mapping[str, Any]) -> None:
    """Write the results, the tables of the page and the plots."""
    results.write(found)
    found = results.read()
    page = pages.refreshed(pages.PAGE.read_text(encoding="utf-8"), found)
    pages.PAGE.write_text(page, encoding="utf-8")
    plots.drawn(found)


def main(mode: str) -> None:
    """Measure; a full run is written, a quick one printed."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found = measure(QUICK if mode == "quick" else FULL)
    if mode == "full":
        write(found)
        return
    for name, table in pages.TABLES.items():
        print(f"\n{name}\n\n{table(found)}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "full")
