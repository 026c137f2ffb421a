"""One case at a time: the library, the same rules written by hand, and other engines."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from time import process_time_ns
from typing import Any, Final

import attrs
from peers.engines import PEERS, Peer
from peers.forms import Plain, plain_facts
from peers.written_python import matching, telling, tracing
from rounds import Contender, Spread, in_turns, ratios
from workload import Workload, build, plain

from bizrules.outcomes import Outcome, Trace
from bizrules.rules import Rule
from bizrules.truth import Truth

FLOOR: Final = "Python, a function a violation"
SHARED: Final = "Python, the general rules apart"
TELLING: Final = "Python, what is unknown told too"
TRACED: Final = "Python, the truth of every condition"
WHOLE: Final = "bizrules, whole outcome"
EVERY: Final = "bizrules, with every finding"
READ: Final = "bizrules, with questions, near misses, traces"
SAID: Final = "bizrules, all of it in words"
# What takes long is asked about fewer cases, and checked on as many.
SLOW: Final = 300


def whole(outcome: Outcome) -> int:
    """Read the whole outcome but what explains it; gives how many rules did not fail.

    Read are grade, permitted grades, modality, whether it is settled and whether contested, state
    and range of the fine, the receipt, and the ids of the rules that hold and of those that cannot
    be told.
    """
    fine = outcome.fine
    read = (
        outcome.grade,
        outcome.permitted,
        outcome.modality,
        outcome.settled,
        outcome.contested,
        fine.state,
        fine.range,
        outcome.receipt,
    )
    stand = [one.rule for one in (*outcome.held, *outcome.unknown)]
    return len(stand) if read else 0


def every_finding(outcome: Outcome) -> int:
    """Read the whole outcome, and of every rule its id and its truth, of those that failed too."""
    findings = [(one.rule, one.truth) for one in outcome.findings]
    return whole(outcome) + len(findings)


def explained(outcome: Outcome) -> int:
    """Read what explains it, too: questions, near misses, traces of what holds or is unknown.

    Read are fact, kind, changes and share of each question, rule, misses and curability of each
    near miss, and the truth of every node in the trace of each finding that did not fail, besides
    what `whole` reads.
    """
    asked = [(one.fact, one.kind, one.changes, one.settles) for one in outcome.questions]
    missed = [(one.rule, one.misses, one.curable) for one in outcome.near_misses]
    truths = [truth for one in (*outcome.held, *outcome.unknown) for truth in _truths(one.trace)]
    return whole(outcome) + len(asked) + len(missed) + len(truths)


def _truths(trace: Trace) -> list[Truth]:
    """The truths of a condition and of all its parts."""
    found, waiting = [], [trace]
    while waiting:
        one = waiting.pop()
        found.append(one.truth)
        waiting += one.children
    return found


def said(outcome: Outcome) -> int:
    """Read it in words: the questions, what was missed, every line of the traces, the fine."""
    texts = [outcome.fine.text.zh, outcome.reason.text.zh]
    texts += [one.text("zh") for one in outcome.questions]
    texts += [miss.text.zh for one in outcome.near_misses for miss in one.misses]
    for one in outcome.findings:
        if one.truth is not Truth.FALSE:
            texts += _lines(one.trace)
    return explained(outcome) + len(texts)


def _lines(trace: Any) -> Iterable[str]:  # noqa: ANN401 - a tree of traces
    yield trace.text.zh
    for child in trace.children:
        yield from _lines(child)


@attrs.frozen
class Table:
    """The cases of a workload in every form.

    Attributes:
        work: The workload.
        facts: Facts of each case as plain data.
    """

    work: Workload
    facts: Sequence[Mapping[str, Plain]]

    @classmethod
    def of(cls, work: Workload) -> "Table":
        """The cases in every form."""
        return cls(work, [plain_facts(case) for case in work.cases])

    @property
    def count(self) -> int:
        """How many cases."""
        return len(self.work.cases)

    def truth(self, number: int) -> tuple[list[str], list[str]]:
        """The reference: ids that hold, and ids that cannot be told, by the plain loop."""
        case = self.work.cases[number]
        return self.work.loops[case.violation](plain(case))

    def evaluating(self, read: Callable[[Outcome], int]) -> Callable[[int], int]:
        """The library, with what is read of the outcome."""
        evaluate, cases = self.work.engine.evaluate, self.work.cases
        return lambda number: read(evaluate(cases[number]))

    def written(
        self, write: Callable[[Sequence[Rule]], Callable[[Any], Any]], count: int | None = None
    ) -> Callable[[int], Any]:
        """A function a violation, each written by `write`."""
        made: dict[str, Callable[[Any], Any]] = {}
        for case in self.work.cases[:count]:
            if case.violation not in made:
                made[case.violation] = write(self.work.candidates[case.violation])
        functions = [made[case.violation] for case in self.work.cases[:count]]
        facts = self.facts
        return lambda number: functions[number](facts[number])

    def shared(self) -> Callable[[int], list[str]]:
        """The floor with one function for the general rules, which then stays in the cache."""
        general = next(iter(self.work.candidates.values()))[-12:]
        every = matching(general)
        own = self.written(lambda rules: matching(rules[:-12]))
        facts = self.facts
        return lambda number: own(number) + every(facts[number])

    def peer(self, peer: Peer, count: int) -> Callable[[int], Any]:
        """Another engine, with the facts in its form."""
        made: dict[str, Callable[[Any], Any]] = {}
        for case in self.work.cases[:count]:
            if case.violation not in made:
                made[case.violation] = peer.write(self.work.candidates[case.violation])
        functions = [made[case.violation] for case in self.work.cases[:count]]
        taken = [peer.take(facts) for facts in self.facts[:count]]
        return lambda number: functions[number](taken[number])


def check(table: Table, calls: Mapping[str, Contender]) -> Mapping[str, int]:
    """Compare what every contender finds with the reference, before any time counts.

    Returns:
        For each contender how many cases were compared, all of them equal.
    """
    compared = {}
    for name, one in calls.items():
        for number in range(one.count):
            held, unknown = table.truth(number)
            found = one.call(number)
            if name == TELLING:
                assert found == (held, unknown), (name, number, found)
            elif name == TRACED:
                assert [rule for rule, truths in found if all(truths)] == held, (name, number)
            else:
                assert sorted(found) == held, (name, number, found, held)
        compared[name] = one.count
    return compared


def check_library(table: Table) -> int:
    """Compare what the library finds with the reference: what holds, and what is unknown."""
    for number, case in enumerate(table.work.cases):
        held, unknown = table.truth(number)
        outcome = table.work.engine.evaluate(case)
        assert [one.rule for one in outcome.held] == held, (case.id, held)
        assert [one.rule for one in outcome.unknown] == unknown, (case.id, unknown)
    return table.count


def against_peers(*, cases: int, rounds: int) -> list[dict[str, object]]:
    """Everybody on the same rules and cases; rows of figures."""
    table = Table.of(build(cases=cases))
    slow = min(SLOW, cases)
    by_hand = [
        Contender(FLOOR, table.written(matching), cases),
        Contender(SHARED, table.shared(), cases),
        Contender(TELLING, table.written(telling), cases),
        Contender(TRACED, table.written(tracing), cases),
    ]
    peers = [Contender(peer.name, table.peer(peer, slow), slow) for peer in PEERS]
    compared = dict(check(table, {one.name: one for one in (*by_hand, *peers)}))
    library = [
        Contender(WHOLE, table.evaluating(whole), cases),
        Contender(EVERY, table.evaluating(every_finding), cases),
        Contender(READ, table.evaluating(explained), cases),
        Contender(SAID, table.evaluating(said), cases),
    ]
    compared |= dict.fromkeys((one.name for one in library), check_library(table))
    contenders = [*library, *by_hand, *peers]
    times = in_turns(contenders, rounds)
    return [_row(one, times, compared[one.name]) for one in contenders]


def _row(
    one: Contender, times: Mapping[str, tuple[float, ...]], compared: int
) -> dict[str, object]:
    return {
        "name": one.name,
        "compared": compared,
        "micros": attrs.asdict(Spread.of(times[one.name])),
        "times_floor": attrs.asdict(ratios(times[one.name], times[FLOOR])),
        "per_second": _rate(one),
    }


def _rate(one: Contender) -> float:
    """Cases a second when one follows the other: all cases, not the middle one; best of three."""
    best = float("inf")
    for _ in range(3):
        start = process_time_ns()
        for number in range(one.count):
            one.call(number)
        best = min(best, (process_time_ns() - start) / 1e9)
    return one.count / best


def _curve(tables: Mapping[Any, Table], rounds: int, *, peer: bool) -> list[dict[str, object]]:
    """Library and floor for several workloads, in turns; figures by workload."""
    contenders = []
    for key, table in tables.items():
        check_library(table)
        contenders += [
            Contender(f"{WHOLE} {key}", table.evaluating(whole), table.count),
            Contender(f"{SHARED} {key}", table.shared(), table.count),
        ]
        if peer:
            call = table.peer(PEERS[0], table.count)
            contenders.append(Contender(f"{PEERS[0].name} {key}", call, table.count))
    times = in_turns(contenders, rounds)
    names = (WHOLE, SHARED, *([PEERS[0].name] if peer else []))
    first = next(iter(tables))
    return [
        {
            "at": key,
            "name": name,
            "micros": attrs.asdict(Spread.of(times[f"{name} {key}"])),
            "growth": median(times[f"{name} {key}"]) / median(times[f"{name} {first}"]),
        }
        for name in names
        for key in tables
    ]


def growth_with_rules(scales: Sequence[int], *, cases: int, rounds: int) -> list[dict[str, object]]:
    """1,769 rules and multiples of them, each multiple in as many districts."""
    tables = {
        1769 * scale: Table.of(build(scale=scale, cases=cases, districts=scale)) for scale in scales
    }
    return _curve(tables, rounds, peer=True)


def growth_with_unknown(
    shares: Sequence[float], *, cases: int, rounds: int
) -> list[dict[str, object]]:
    """Cases that lack more and more of the facts."""
    tables = {share: Table.of(build(cases=cases, unknown=share)) for share in shares}
    return _curve(tables, rounds, peer=False)


def growth_with_conditions(
    counts: Sequence[int], *, cases: int, rounds: int
) -> list[dict[str, object]]:
    """Rules of more and more conditions each."""
    tables = {count: Table.of(build(cases=cases, parts=(count, count))) for count in counts}
    return _curve(tables, rounds, peer=False)
