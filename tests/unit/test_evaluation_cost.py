"""What one evaluation executes, counted in bytecodes: no clock, no machine too slow for it."""

import sys
from collections.abc import Callable, Sequence
from statistics import median
from types import FrameType
from typing import Any

from peers.forms import plain_facts
from peers.written_python import telling
from workload import Workload, build

from bizrules.cases import Case
from bizrules.evaluation import CompiledAnswer

CASES = 60
MOST_TO_WRITTEN = 3.6
"""The whole outcome, to matched ids alone by code written for the violation."""
MOST_GROWTH = 1.05
"""With ten times the rules, all of them about other violations."""


def executed(call: Callable[[], object]) -> int:
    """How many bytecodes a call executes."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - itself
        nonlocal count
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def whole(work: Workload, one: Case) -> None:
    """Evaluate, and read the whole outcome but what explains it."""
    outcome = work.engine.evaluate(one)
    fine = outcome.fine
    for finding in (*outcome.held, *outcome.unknown):
        _ = finding.rule, finding.truth
    _ = outcome.grade, outcome.permitted, outcome.modality, outcome.settled, outcome.contested
    _ = fine.state, fine.range, outcome.receipt


def met(work: Workload) -> Sequence[Case]:
    """The cases of a workload, each of which was met before."""
    for one in work.cases:
        for _ in range(3):
            whole(work, one)
    return work.cases


def cost(work: Workload) -> float:
    """Bytecodes of a whole outcome: more in half of the cases, fewer in the others."""
    return median(executed(lambda one=one: whole(work, one)) for one in met(work))  # type: ignore[misc]


def test_cost_to_written_code() -> None:
    """The whole outcome costs a few times what matching by written code costs."""
    work = build(cases=CASES)
    written = []
    for one in work.cases:
        match, facts = telling(work.candidates[one.violation]), plain_facts(one)
        written.append(executed(lambda match=match, facts=facts: match(facts)))  # type: ignore[misc]
    ratio = cost(work) / median(written)
    assert ratio <= MOST_TO_WRITTEN
    assert all(isinstance(work.engine.evaluate(one).source, CompiledAnswer) for one in work.cases)


def test_cost_with_more_rules() -> None:
    """Ten times the rules, about other violations, cost an evaluation nothing."""
    small, large = (cost(build(scale=scale, cases=CASES)) for scale in (1, 10))
    assert large <= small * MOST_GROWTH
