"""Timing in turns: every contender in every round, so that all meet the same machine."""

import gc
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter_ns, process_time_ns
from typing import Any, Final, Self

import attrs

WARM: Final = 3
"""Rounds that go before those that count."""


@attrs.frozen
class Contender:
    """Something to be timed.

    Attributes:
        name: What the tables call it.
        call: Does the work for the case of that number.
        count: How many cases it takes in a round; the slow ones take fewer.
    """

    name: str
    call: Callable[[int], Any]
    count: int


@attrs.frozen
class Spread:
    """A figure as it came out in several rounds.

    Attributes:
        best: The best round.
        middle: The median of the rounds.
        worst: The worst round.
    """

    best: float
    middle: float
    worst: float

    @classmethod
    def of(cls, found: Sequence[float]) -> Self:
        """The spread of figures of which small ones are good."""
        return cls(min(found), median(found), max(found))

    @classmethod
    def of_rates(cls, found: Sequence[float]) -> Self:
        """The spread of figures of which large ones are good."""
        return cls(max(found), median(found), min(found))


def _nothing(_number: int) -> None:
    """What the clock and the call cost by themselves."""


def _middle_time(call: Callable[[int], Any], count: int) -> float:
    """Median time of one call. *Unit*: microseconds."""
    times = []
    for number in range(count):
        start = perf_counter_ns()
        call(number)
        times.append(perf_counter_ns() - start)
    return median(times) / 1000


def in_turns(contenders: Sequence[Contender], rounds: int) -> Mapping[str, tuple[float, ...]]:
    """Median time of a case in each round, without what the clock costs. *Unit*: microseconds."""
    found: dict[str, list[float]] = {one.name: [] for one in contenders}
    # Rules are compiled when they are used again, and Python adapts its own code to what it meets.
    for _ in range(WARM):
        for one in contenders:
            _middle_time(one.call, one.count)
    # What was built so far is looked at no more, as in a server that has started.
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        clock = _middle_time(_nothing, 2000)
        for one in contenders:
            gc.collect()
            found[one.name].append(_middle_time(one.call, one.count) - clock)
    gc.unfreeze()
    return {name: tuple(times) for name, times in found.items()}


def whole_runs(
    contenders: Mapping[str, Callable[[], object]], rounds: int
) -> Mapping[str, tuple[float, ...]]:
    """Time of a whole run in each round, after one that is not counted. *Unit*: seconds.

    It is processor time, of all threads together: what one core would take that does nothing else.
    """
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, run in contenders.items():
            gc.collect()
            start = process_time_ns()
            answer = run()
            took = (process_time_ns() - start) / 1e9
            del answer
            if number:
                found[name].append(took)
    return {name: tuple(times) for name, times in found.items()}


def ratios(found: Sequence[float], floor: Sequence[float]) -> Spread:
    """The figure as times that of the floor in the same round."""
    return Spread.of([one / other for one, other in zip(found, floor, strict=True)])
