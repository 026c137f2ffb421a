"""The norms that one act broke, side by side: which of them the fine follows.

Special provisions and absorption come first and are told in `concurrence`; here the statutory
fines are compared, then the other kinds of penalty, under every answer to what is not known.

*Source*: 行政处罚法 29.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

import attrs

from bizrules.assessment import Assessment
from bizrules.cases import Case
from bizrules.comparison import KindWeights, Order, compare_ranges, weigh_open
from bizrules.evaluation import Answer, Evaluator
from bizrules.fines import WITHOUT_FINE
from bizrules.matters import Basis
from bizrules.outcomes import Fine, FineRange, FineState, LawChoice, Outcome
from bizrules.penalties import Grade, PenaltyKind
from bizrules.questions import open_facts_of
from bizrules.resolution import LAWFUL
from bizrules.rules import Ground, Trigger, Violation
from bizrules.statutory import Answers, Grid, Threat, answers_to, threat_of
from bizrules.truth import Truth

Found: TypeAlias = frozenset[int] | None
"""Contenders that may be applied under some answers; None if that is open even then."""


@attrs.frozen(kw_only=True, eq=False)
class Contender:
    """One case of an act, with what decides between it and the others.

    Attributes:
        outcome: Its outcome.
        answer: What the outcome answers from.
        violation: Its entry in the catalogue.
        threat: The statutory fine and the other kinds of penalty.
        statutory: The fine, for people.
        penalised: Whether its outcome leads to a fine where the provision threatens one.
        established: Whether the violation may stand, so that it can take the place of others.
        waits: Facts for which that waits.
        crime_duties: Its duties that follow from the suspicion of a crime.
    """

    outcome: Outcome
    answer: Answer
    violation: Violation
    threat: Threat
    statutory: Fine
    penalised: Truth
    established: Truth
    waits: frozenset[str]
    crime_duties: frozenset[str]

    @property
    def case(self) -> Case:
        """The case."""
        return self.outcome.case

    @property
    def law(self) -> Assessment:
        """The law applied to it."""
        return self.answer.main

    def asks(self, name: str) -> bool:
        """Whether its provision, or whether it stands, waits for a fact."""
        return name in self.waits or name in self.threat.weighing_kinds().unknown()


@attrs.frozen(kw_only=True, eq=False)
class Selected:
    """Which of the contenders is applied.

    Attributes:
        basis: What chose it.
        winner: Its place among the contenders; None if there is none, or not yet.
        fined: Places of those that may be fined.
        equals: Places of those that are as heavy as the winner in every case.
        open_facts: Facts for which the choice waits.
        idle_facts: Unknown facts that cannot change it.
        chosen: Whether nothing can change it.
        doubtful: Whether it is open which norms stand, so that there is no choice yet.
    """

    basis: Basis
    winner: int | None = None
    fined: frozenset[int] = frozenset()
    equals: frozenset[int] = frozenset()
    open_facts: tuple[str, ...] = ()
    idle_facts: tuple[str, ...] = ()
    chosen: bool = True
    doubtful: bool = False


@attrs.frozen(eq=False)
class Trial:
    """The contenders under one answer to every question about their fines.

    Attributes:
        rest: The contenders.
        answers: The answers.
        ranges: The statutory range of those that have a fine, by place.
    """

    rest: tuple[Contender, ...]
    answers: Answers
    ranges: Mapping[int, FineRange]

    def kinds(self, at: int, *, certain: bool) -> KindWeights:
        """The penalties besides the fine that are surely open, or at most."""
        return weigh_open(self.rest[at].threat.kinds(self.answers, certain=certain))

    def highest(self) -> tuple[int, ...]:
        """Those above whose fine there is none."""
        # INVARIANT: under answers to all facts no range multiplies an unknown amount.
        found = self.ranges.items()
        return tuple(
            at
            for at, own in found
            if all(compare_ranges(own, other) is not Order.LIGHTER for _, other in found)
        )

    def tied(self) -> frozenset[int]:
        """Those whose fine is as high as another's while it is open what they carry besides."""
        highest = self.highest()
        return frozenset(
            at
            for at in highest
            if len(highest) > 1 and self.kinds(at, certain=True) != self.kinds(at, certain=False)
        )

    def best(self) -> Found:
        """Those with the highest fine and the heaviest other kinds; equals are all named.

        None if that is open, or if one of them may yet go without a fine: the next one would then
        take its place.
        """
        highest = self.highest()
        top = [
            at
            for at in highest
            if all(
                self.kinds(at, certain=True) >= self.kinds(other, certain=False)
                for other in highest
                if other != at
            )
        ]
        sure = frozenset(at for at in top if self.rest[at].penalised is Truth.TRUE)
        return sure if sure or not highest else None


def contender_of(outcome: Outcome, evaluator: Evaluator) -> Contender:
    """A case of an act, made ready to be set beside the others.

    Args:
        outcome: Its outcome, of the evaluator.
        evaluator: What evaluated it.
    """
    # INVARIANT: the outcomes of an evaluator answer from an `Answer`.
    answer = cast("Answer", outcome.source)
    law, *others = _laws(answer)
    # Either law may come to apply while the choice is open.
    provisions = [*law.stretch.provisions, *(p for one in others for p in one.stretch.provisions)]
    tells = _deciding(outcome) if others else (law.date,)
    crime = outcome.crime_suspected is Truth.TRUE
    duties = answer.applied.current.stretch.duties if crime else ()
    established, waits = _established(answer)
    return Contender(
        outcome=outcome,
        answer=answer,
        violation=evaluator.assessor.violations[outcome.case.violation],
        threat=threat_of(tuple(dict.fromkeys(provisions)), law.vocabulary, law.reading.view, tells),
        statutory=attrs.evolve(law, settled=False).fine(),
        penalised=_penalised(outcome, answer),
        established=established,
        waits=waits,
        crime_duties=frozenset(d.id for d in duties if d.trigger is Trigger.CRIME),
    )


def _laws(answer: Answer) -> tuple[Assessment, ...]:
    """The law applied; both while it is open which is."""
    other = answer.applied.other
    is_open = answer.applied.choice is LawChoice.OPEN and other is not None
    return (answer.main, other) if is_open and other is not None else (answer.main,)


def _deciding(outcome: Outcome) -> tuple[str, ...]:
    """Facts on which the choice between old and new law waits."""
    return tuple(q.fact for q in outcome.questions if q.changes != ("compulsion",))


def _established(answer: Answer) -> tuple[Truth, frozenset[str]]:
    """Whether the violation may stand at all, and facts for which that waits."""
    found = [_stands(law) for law in _laws(answer)]
    truths = {truth for truth, _ in found}
    waits = frozenset[str]().union(*(facts for _, facts in found))
    return truths.pop() if len(truths) == 1 else Truth.UNKNOWN, waits


def _stands(law: Assessment) -> tuple[Truth, frozenset[str]]:
    """The same under one law: a ground on which it is not established must not carry the result."""
    base = law.base
    if base is LAWFUL:
        return Truth.FALSE, frozenset()
    grounds = {c.rule.id for c in law.held if c.rule.ground is Ground.NOT_ESTABLISHED}
    carries = base.permitted == (Grade.EXEMPT,) or not grounds.isdisjoint(base.determining)
    if grounds and carries and (law.settled or base.row == "shall-exempt"):
        return Truth.FALSE, frozenset()
    doubts = [c for c in law.unknown if c.rule.ground is Ground.NOT_ESTABLISHED]
    waits = frozenset[str]().union(*(open_facts_of(law, one) for one in doubts))
    if law.stretch.is_violation is None:
        return Truth.UNKNOWN, waits | {law.date}
    is_open = bool(doubts) or (bool(grounds) and not law.settled)
    return Truth.UNKNOWN if is_open else Truth.TRUE, waits


def _penalised(outcome: Outcome, answer: Answer) -> Truth:
    """Whether the outcome leads to a fine, if the provision threatens one."""
    laws = _laws(answer)
    if outcome.grade is Grade.EXEMPT:
        # A rule may waive other penalties and leave the fine.
        return Truth.of(any(law.fine().state not in WITHOUT_FINE for law in laws))
    if outcome.grade is not None:
        return Truth.of(outcome.fine.state is not FineState.WAIVED)
    other = answer.applied.other
    laws = (answer.main,) if other is None else (answer.main, other)
    grades = {grade for law in laws for grade in law.possible()} | set(outcome.permitted)
    waived = any(
        c.rule.effect.instead is not None or PenaltyKind.FINE in c.rule.effect.waives
        for law in laws
        for c in (*law.held, *law.unknown)
    )
    # A result that may still be contested (None) may leave the exemption open.
    is_open = waived or Grade.EXEMPT in grades or (None in grades and not outcome.contested)
    return Truth.UNKNOWN if is_open else Truth.TRUE


def lone(rest: tuple[Contender, ...], basis: Basis) -> Selected:
    """An act of which one norm stands: there is nothing to choose."""
    fined = select(rest).fined
    winner = 0 if fined and rest[0].penalised is Truth.TRUE else None
    return Selected(basis=basis, winner=winner, fined=fined)


def select(rest: tuple[Contender, ...]) -> Selected:
    """The contender to be applied, under every answer to what is not known.

    Facts that only the other kinds of penalty wait for are looked at where equal fines leave it to
    those kinds, and where it makes a difference.
    """
    able = [at for at, c in enumerate(rest) if c.penalised is not Truth.FALSE]
    unknown = frozenset[str]().union(*(rest[at].threat.unknown() for at in able))
    grid = answers_to((rest[at].threat for at in able), rest[0].law.vocabulary)
    if grid is None:
        return _unanswered(rest, able, unknown)
    trials = _trials(rest, able, grid)
    found = _chosen(rest, trials, grid, unknown)
    tied = frozenset[int]().union(*(trial.tied() for trial in trials))
    if found.winner is not None or not tied:
        return found
    more = tuple(
        attrs.evolve(one, threat=one.threat.weighing_kinds()) if at in tied else one
        for at, one in enumerate(rest)
    )
    unknown = unknown.union(*(more[at].threat.unknown() for at in tied))
    grid = answers_to((more[at].threat for at in able), rest[0].law.vocabulary)
    if grid is None:
        return _unanswered(more, able, unknown)
    return _chosen(more, _trials(more, able, grid), grid, unknown)


def _trials(rest: tuple[Contender, ...], able: list[int], grid: Grid) -> list[Trial]:
    """The contenders that may be fined, under each answer."""
    found = []
    for answers in grid:
        ranges = ((at, rest[at].threat.range(answers)) for at in able)
        found.append(Trial(rest, answers, {at: one for at, one in ranges if one is not None}))
    return found


def _chosen(
    rest: tuple[Contender, ...], trials: list[Trial], grid: Grid, unknown: frozenset[str]
) -> Selected:
    """The contender that is the best in all trials."""
    fined = frozenset(at for trial in trials for at in trial.ranges)
    if not fined:
        return Selected(basis=Basis.NO_FINE)
    results = [trial.best() for trial in trials]
    common = _common(results)
    if common:
        winner = min(common)
        return Selected(
            basis=Basis.EQUAL if len(common) > 1 else _basis(winner, trials),
            winner=winner,
            fined=fined,
            equals=common if len(common) > 1 else frozenset(),
            idle_facts=tuple(sorted(unknown)),
        )
    open_facts = grid.deciding(results)
    waits = bool(open_facts) or any(
        rest[at].penalised is Truth.UNKNOWN and not rest[at].outcome.settled for at in fined
    )
    return Selected(
        basis=Basis.OPEN if waits else Basis.DISCRETION,
        fined=fined,
        open_facts=open_facts,
        chosen=not waits,
    )


def _common(results: Iterable[Found]) -> frozenset[int]:
    """The contenders that may be applied under every answer under which there is a fine at all."""
    found = [result for result in results if result is None or result]
    sure = [result for result in found if result is not None]
    return frozenset.intersection(*sure) if sure and len(sure) == len(found) else frozenset()


def _unanswered(rest: tuple[Contender, ...], able: list[int], unknown: frozenset[str]) -> Selected:
    """Where there are too many answers to look at, all facts are asked, unless one norm is left."""
    fined = frozenset(able)
    if len(able) == 1 and rest[able[0]].penalised is Truth.TRUE:
        return Selected(basis=Basis.SOLE, winner=able[0], fined=fined)
    open_facts = tuple(sorted(unknown))
    return Selected(basis=Basis.OPEN, fined=fined, open_facts=open_facts, chosen=False)


def _basis(winner: int, trials: Iterable[Trial]) -> Basis:
    """What set the winner apart: the fine under some answers, else the other kinds."""
    found = Basis.SOLE
    for trial in trials:
        own = trial.ranges.get(winner)
        for at, other in trial.ranges.items():
            if at == winner or own is None:
                continue
            if compare_ranges(own, other) is Order.HEAVIER:
                return Basis.HIGHER_FINE
            if trial.kinds(winner, certain=False) > trial.kinds(at, certain=True):
                found = Basis.KINDS
            elif found is Basis.SOLE:
                found = Basis.EQUAL
    return found
