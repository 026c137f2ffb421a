"""Real rules: what a golden case leads to by compiled law is what it leads to rule by rule."""

from collections import Counter
from collections.abc import Iterable
from itertools import cycle

import attrs

from bizrules.batch import columns_of
from bizrules.cases import Case
from bizrules.errors import CaseError, Problem
from bizrules.evaluation import CompiledAnswer
from bizrules.outcomes import LawChoice, Outcome
from bizrules.plain import record_of
from legal.encoded import engine

EARLIER = ("2019-06-01", "2021-06-01", "2021", "2021-10-01", "2021-12", "2022-06")
"""When an act may have happened, or when at the earliest and at the latest: under older law."""

IN_EVERY_WORD = 8
"""Of so many cases one is compared with all its texts and traces, which takes the longest."""


def _met(one: Case) -> Outcome | tuple[Problem, ...]:
    """The outcome of a case whose law was met before."""
    try:
        return [engine().evaluate(one) for _ in range(3)][-1]
    except CaseError as error:
        return error.problems


def _plainly(one: Case) -> Outcome | tuple[Problem, ...]:
    """The outcome of a case by the plain way."""
    try:
        return engine()._evaluator.evaluate_plainly(one)
    except CaseError as error:
        return error.problems


def _compare(cases: Iterable[Case]) -> Counter[tuple[bool, LawChoice]]:
    """How many went which way, all of them to what the plain way says."""
    found: Counter[tuple[bool, LawChoice]] = Counter()
    for number, one in enumerate(cases):
        outcome, plain = _met(one), _plainly(one)
        if not (isinstance(outcome, Outcome) and isinstance(plain, Outcome)):
            assert outcome == plain, one.id
            continue
        assert columns_of(outcome) == columns_of(plain), one.id
        if number % IN_EVERY_WORD == 0:
            assert record_of(outcome) == record_of(plain), one.id
        is_compiled = isinstance(outcome.source, CompiledAnswer)
        found[is_compiled, outcome.law_applied.choice] += 1
    return found


def test_golden_cases() -> None:
    """Every golden case comes out the same, nearly all of them by compiled law."""
    found = _compare(golden.case for golden in engine().knowledge.goldens)
    plain = sum(count for (is_compiled, _), count in found.items() if not is_compiled)
    assert plain * 50 < found.total()


def test_golden_cases_under_older_law() -> None:
    """So does each second one, its act moved to earlier days so that two laws are looked at."""
    moved = (
        attrs.evolve(golden.case, committed=day)
        for golden, day in zip(engine().knowledge.goldens[::2], cycle(EARLIER), strict=False)
    )
    found = _compare(moved)
    choices = {choice for is_compiled, choice in found if is_compiled}
    assert choices == {LawChoice.SAME, LawChoice.OLD, LawChoice.NEW, LawChoice.OPEN}
    assert sum(found[True, choice] for choice in choices) * 10 > 9 * found.total()
