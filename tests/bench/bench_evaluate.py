"""Ratios of single evaluations in one run that `performance.py` does not draw."""

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
