"""What one evaluation costs, as ratios in one run against plain Python over the same rules."""

import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter_ns
from typing import Any

import attrs
from workload import Workload, build, plain, waiting

from bizrules.cases import Case

ROUNDS = 5


def _p50(call: Callable[[int], Any], count: int) -> float:
    """Median time of one call over all cases. *Unit*: microseconds."""
    times = []
    for index in range(count):
        start = perf_counter_ns()
        call(index)
        times.append(perf_counter_ns() - start)
    return median(times) / 1000


def _measure(work: Workload) -> tuple[float, float]:
    """Medians of the library and of the hand-written loop, the best of some paired rounds."""
    facts = [plain(case) for case in work.cases]
    loops = [work.loops[case.violation] for case in work.cases]
    count = len(work.cases)
    for case in work.cases:
        work.engine.evaluate(case)
    rounds = [
        (
            _p50(lambda i: work.engine.evaluate(work.cases[i]), count),
            _p50(lambda i: loops[i](facts[i]), count),
        )
        for _ in range(ROUNDS)
    ]
    return min(library for library, _ in rounds), min(loop for _, loop in rounds)


def test_one_case() -> None:
    """`evaluate` against a loop over the candidate rules: the bar is a ratio of 3."""
    work = build()
    for case, loop in ((c, work.loops[c.violation]) for c in work.cases):
        held, unknown = loop(plain(case))
        outcome = work.engine.evaluate(case)
        assert held == [f.rule for f in outcome.held]
        assert unknown == [f.rule for f in outcome.unknown]
    library, loop_time = _measure(work)
    print(f"\nevaluate, 1,769 rules: {library:.1f} µs, loop {loop_time:.1f} µs", end="")
    print(f", ratio {library / loop_time:.2f} (bar 3)")


def test_growth() -> None:
    """`evaluate` with ten times the rules of other violations: the time should stay."""
    small, _ = _measure(build())
    large, _ = _measure(build(scale=10))
    print(f"\n1,769 rules {small:.1f} µs, 17,690 rules {large:.1f} µs, ratio {large / small:.2f}")


def test_undecided() -> None:
    """`evaluate` of cases without a date of decision against the same decided: the law is kept."""
    work = build()
    decided, loop = _measure(work)
    undecided, _ = _measure(attrs.evolve(work, cases=[_open(case) for case in work.cases]))
    print(f"\ndecided {decided:.1f} µs, undecided {undecided:.1f} µs", end="")
    print(f", ratio {undecided / decided:.2f} (bar 2), to the loop {undecided / loop:.2f}")


def _open(case: Case) -> Case:
    return attrs.evolve(case, decided=None)


def test_questions() -> None:
    """The questions of open outcomes, many rules waiting: the time should grow with the rules."""
    small, large = (_time_of_questions(count) for count in (100, 400))
    print(f"\nquestions, 100 unknown rules {small:.1f} ms, 400 {large:.1f} ms", end="")
    print(f", ratio {large / small:.1f} (bar 8)")


def _time_of_questions(count: int) -> float:
    """The best of some rounds. *Unit*: milliseconds."""
    engine, case = waiting(count)
    times = []
    for _ in range(ROUNDS):
        outcome = engine.evaluate(case)
        start = perf_counter_ns()
        assert len(outcome.questions) == count
        times.append(perf_counter_ns() - start)
    return min(times) / 1_000_000


def test_import() -> None:
    """Importing the library against importing what it is built on: the bar is a ratio of 2."""

    def cost(statement: str) -> float:
        code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
        runs = [
            float(
                subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
            )
            for _ in range(9)
        ]
        return min(runs)

    base = cost("import attrs, yaml, pluggy, cattrs")
    own = cost("import bizrules")
    used = cost("from bizrules import Case, evaluate, explain")
    print(f"\nimport {own * 1000:.0f} ms, its bases {base * 1000:.0f} ms", end="")
    print(f", ratio {own / base:.2f} (bar 2)")
    print(f"with everything that one evaluation uses {used * 1000:.0f} ms, ratio {used / base:.2f}")
