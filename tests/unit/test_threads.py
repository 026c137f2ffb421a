"""One engine for many threads: what it keeps is only ever added to."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import product
from threading import Barrier, Event

import attrs
import pytest

from bizrules.cases import Prior, Priors
from bizrules.conditions import AllOf, Op
from bizrules.engine import Engine
from bizrules.outcomes import Outcome
from bizrules.penalties import Grade, Modality
from bizrules.rules import Measure, Reach
from bizrules.values import DateSpan, Interval
from property.worlds import (
    BANDS,
    BORDERS,
    DISTRICT,
    FIRST,
    ONE,
    SIBLING,
    TWO,
    case,
    check,
    fine_tier,
    is_true,
    knowledge,
    measure_rule,
    provision,
    rule,
    ruleset,
    violation,
)

THREADS = 8
HEAVIER = rule("heavier", Grade.HEAVIER, is_true("incident"))
NATIONAL_RULES = (
    rule("minor", Grade.EXEMPT, AllOf((is_true("minor"), check("harm", Op.IS, "none")))),
    rule("first", Grade.LIGHTER, is_true("first_violation"), modality=Modality.SHALL),
    attrs.evolve(HEAVIER, in_force=Interval(BORDERS[1])),
    measure_rule("seizure", (Measure.SEIZURE,), is_true("sold")),
)
LOCAL_RULES = (
    rule("old", Grade.MITIGATED, is_true("recalled"), in_force=Interval(until=BORDERS[1])),
    rule("new", Grade.EXEMPT, is_true("recalled"), in_force=Interval(BORDERS[1], BORDERS[2])),
)
VIOLATIONS = (
    violation(
        ONE,
        provision(fine_tier(1_000, 5_000), in_force=Interval(until=BORDERS[1])),
        provision(fine_tier(2_000, 9_000), in_force=Interval(BORDERS[1])),
        elements=frozenset({"incident"}),
    ),
    violation(TWO, provision(fine_tier(500, 1_000)), elements=frozenset({"sold"})),
)
DATES = (
    (date(2021, 12, 1), date(2022, 6, 1)),
    (date(2022, 3, 1), None),
    (None, date(2022, 3, 1)),
    (None, None),
    (DateSpan(date(2021, 7, 1), date(2022, 2, 1)), DateSpan(date(2021, 12, 1), date(2023, 2, 1))),
)
FACTS: tuple[dict[str, bool], ...] = (
    {},
    {"minor": True, "recalled": True, "incident": True},
)
PRIORS = Priors(searched_since=date(2010, 1, 1), found=(Prior(decided=date(2021, 6, 1)),))


def new_engine() -> Engine:
    """An engine that has kept nothing yet, with rules of two places and of every reach."""
    local = [
        ruleset(f"r.{reach.value}", LOCAL_RULES, region=region, reach=reach)
        for reach, region in zip(Reach, (DISTRICT, DISTRICT, SIBLING), strict=True)
    ]
    national = ruleset("r.national", NATIONAL_RULES, first_violation=FIRST, bands=(BANDS,))
    distinct = [
        attrs.evolve(one, rules=tuple(attrs.evolve(r, id=f"{one.id}/{r.id}") for r in one.rules))
        for one in (national, *local)
    ]
    return Engine(knowledge=knowledge(distinct, VIOLATIONS))


CASES = tuple(
    case(
        id=f"{index}",
        committed=days[0],
        decided=days[1],
        facts=facts,
        region=region,
        violation=entry,
        measures=("seizure",),
        priors=PRIORS,
        act="one",
    )
    for index, (days, facts, region, entry) in enumerate(
        product(DATES, FACTS, (DISTRICT, SIBLING), (ONE, TWO))
    )
)


def alone(engine: Engine, index: int) -> list[object]:
    """What comes out for one case."""
    return [told(engine.evaluate(CASES[index]))]


def together(engine: Engine, index: int) -> list[object]:
    """What comes out for two violations by one act: each case takes the other's elements too."""
    first = index - index % 2
    matter = engine.evaluate_matter(CASES[first : first + 2])
    return [told(part.outcome) for part in matter.parts]


def told(outcome: Outcome) -> object:
    """What an outcome says, all that is worked out when it is read included."""
    return (
        (outcome.grade, outcome.permitted, outcome.settled, outcome.fine),
        [(finding.rule, finding.truth) for finding in outcome.findings],
        [(q.fact, q.changes, q.settles) for q in outcome.questions],
        [(measure.measure, measure.verdict) for measure in outcome.compulsion],
        outcome.citations,
    )


TASKS = tuple(product((alone, together), range(len(CASES))))


@pytest.fixture
def _often() -> Iterator[None]:
    """Threads change turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_often")
def test_threads_agree() -> None:
    """Eight threads over one new engine get what one thread gets, whoever comes first."""
    single, shared, start = new_engine(), new_engine(), Barrier(THREADS)
    wanted = {task: task[0](single, task[1]) for task in TASKS}

    def work(number: int) -> dict[object, object]:
        start.wait()
        begin = number * len(TASKS) // THREADS
        return {task: task[0](shared, task[1]) for task in (*TASKS[begin:], *TASKS[:begin])}

    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(work, range(THREADS)):
            assert found == wanted


@pytest.mark.usefixtures("_often")
def test_threads_share_an_outcome() -> None:
    """What an outcome works out when it is read, threads may read at the same time."""
    engine, start = new_engine(), Barrier(THREADS)
    wanted = [told(engine.evaluate(one)) for one in CASES]
    outcomes = [engine.evaluate(one) for one in CASES]

    def read(_number: int) -> list[object]:
        start.wait()
        return [told(outcome) for outcome in outcomes]

    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(read, range(THREADS)):
            assert found == wanted


def with_other_rules(number: int) -> Engine:
    """An engine of the same rulesets in another version: what one rule orders differs."""
    built = new_engine()
    rulesets = [
        attrs.evolve(
            one,
            version=f"{number}",
            digest=f"{number}",
            rules=one.rules if number % 2 else one.rules[:-1],
        )
        for one in built.rulesets
    ]
    return Engine(knowledge=attrs.evolve(built.knowledge, rulesets=tuple(rulesets)))


@pytest.mark.usefixtures("_often")
def test_reload() -> None:
    """While the engine that threads look up is exchanged, each outcome is wholly of one engine."""
    engines = [with_other_rules(number) for number in range(2)]
    wanted = {
        f"{number}": [told(with_other_rules(number).evaluate(one)) for one in CASES]
        for number in range(2)
    }
    assert wanted["0"] != wanted["1"]
    current, stop, start = [engines[0]], Event(), Barrier(THREADS)

    def work(_number: int) -> set[str]:
        start.wait()
        met = set()
        for index, one in enumerate(CASES):
            for _ in range(4):
                outcome = current[0].evaluate(one)
                (version,) = {stamp.version for stamp in outcome.receipt.rulesets}
                met.add(version)
                assert told(outcome) == wanted[version][index]
        return met

    def exchange() -> None:
        while not stop.is_set():
            current[0] = engines[current[0] is engines[0]]

    with ThreadPoolExecutor(THREADS + 1) as pool:
        exchanging = pool.submit(exchange)
        try:
            met = set().union(*pool.map(work, range(THREADS)))
        finally:
            stop.set()
        exchanging.result()
    assert met == {"0", "1"}
