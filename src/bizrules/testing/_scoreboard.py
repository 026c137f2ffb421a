"""Published cases: what the library proposes beside what the authority really decided.

Each case is computed twice: as published, and with its account taken as complete, that is with
every group of circumstances added to those examined where the record says that the account is
complete. An officer who writes down everything relevant leaves out what was not there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from fractions import Fraction
from typing import Final

import attrs

from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.loading import GoldenCase, Official
from bizrules.outcomes import FineRange, Outcome, Question, Reason, Verdict
from bizrules.penalties import Grade
from bizrules.provenance import Text
from bizrules.values import FEN_PER_YUAN

_TAKEN: Final = frozenset({"taken", "kept", "imposed", "upheld", "lawful", Verdict.NO_GROUND.value})
"""What records call a measure that stood; every other word says that it was left out or lifted."""


class Standing(Enum):
    """How the outcome of the library stands to the decision of the authority.

    AGREED: the same grade, or the same about every measure. CHOICE: another grade is proposed,
    but that of the authority is permitted. OPEN: facts are missing. CONTESTED: lenient and
    heavier circumstances meet. DISAGREED: the grade of the authority is not permitted.
    The three of the range are for records that name no grade: the fine lies in the statutory
    range, or not, or it cannot be told. UNFIT: the case has problems.
    """

    AGREED = "agreed"
    CHOICE = "choice"
    OPEN = "open"
    CONTESTED = "contested"
    DISAGREED = "disagreed"
    RANGE_OK = "range_ok"
    RANGE_DIFFERS = "range_differs"
    RANGE_UNKNOWN = "range_unknown"
    UNFIT = "unfit"


@attrs.frozen(kw_only=True)
class Judgement:
    """One computation of a published case.

    Attributes:
        standing: How it stands to the decision.
        grade: Grade proposed; None where open or contested.
        permitted: Grades permitted.
        possible: Grades that open questions could still lead to.
        questions: The open questions, most useful first.
        only_official: Whether the case is open, yet can lead to the grade of the decision only.
        reason: Why the library proposes what it proposes; None if the case has problems.
        fine: The fine that is open, in words; None if the case has problems.
        measures: What is said of each measure, by its code.
        problems: What is wrong with the case.
    """

    standing: Standing
    grade: Grade | None = None
    permitted: tuple[Grade, ...] = ()
    possible: tuple[Grade, ...] = ()
    questions: tuple[Question, ...] = ()
    only_official: bool = False
    reason: Reason | None = None
    fine: Text | None = None
    measures: Mapping[str, Verdict] = attrs.field(factory=dict)
    problems: tuple[Problem, ...] = ()


@attrs.frozen(kw_only=True)
class ScoreRow:
    """A published case, computed twice.

    Attributes:
        case: Its id.
        official: What the authority decided.
        published: The case as published.
        complete: The case with its account taken as complete; as published if the record does
            not say that the account is complete.
    """

    case: str
    official: Official
    published: Judgement
    complete: Judgement


@attrs.frozen
class Scoreboard:
    """All published cases.

    Attributes:
        rows: One row for each case, in the order given.
    """

    rows: tuple[ScoreRow, ...]

    def counts(self, *, complete: bool = False) -> Mapping[str, Mapping[Standing, int]]:
        """How many cases stand where, by quality of the label.

        Args:
            complete: Whether to count the second computation instead of the first.
        """
        found: dict[str, Counter[Standing]] = {}
        for row in self.rows:
            judgement = row.complete if complete else row.published
            found.setdefault(row.official.quality, Counter())[judgement.standing] += 1
        return found


def scoreboard(engine: Engine, goldens: Iterable[GoldenCase]) -> Scoreboard:
    """What the engine proposes for published cases, beside what was decided.

    Args:
        engine: What evaluates them.
        goldens: Golden cases; those without an official decision are passed over.
    """
    rows = [_row(engine, golden.case, golden.official) for golden in goldens if golden.official]
    return Scoreboard(tuple(rows))


def _row(engine: Engine, case: Case, official: Official) -> ScoreRow:
    published = judge(engine, case, official)
    complete = published
    if official.complete:
        groups = frozenset(engine.vocabulary.groups)
        complete = judge(engine, attrs.evolve(case, examined=case.examined | groups), official)
    return ScoreRow(case=case.id, official=official, published=published, complete=complete)


def judge(engine: Engine, case: Case, official: Official) -> Judgement:
    """A case, evaluated and compared with what was decided.

    Args:
        engine: What evaluates it.
        case: The case.
        official: What was decided.
    """
    try:
        outcome = engine.evaluate(case)
    except CaseError as error:
        return Judgement(standing=Standing.UNFIT, problems=error.problems)
    standing = _standing(outcome, official)
    is_open = standing is Standing.OPEN and official.grade is not None
    return Judgement(
        standing=standing,
        grade=outcome.grade,
        permitted=outcome.permitted,
        possible=outcome.possible,
        questions=() if outcome.settled else outcome.questions,
        only_official=is_open and outcome.possible == (official.grade,),
        reason=outcome.reason,
        fine=outcome.fine.text,
        measures={one.measure.value: one.verdict for one in outcome.compulsion},
        problems=outcome.problems,
    )


def _standing(outcome: Outcome, official: Official) -> Standing:
    if official.grade is not None:
        return _standing_of_grade(outcome, official.grade)
    if official.compulsion:
        return _standing_of_measures(outcome, official.compulsion)
    return _standing_of_fine(outcome, official)


def _standing_of_grade(outcome: Outcome, decided: Grade) -> Standing:
    """First row that fits: nothing is proposed in a contested case, so it leaves no choice."""
    if outcome.grade == decided:
        return Standing.AGREED
    if outcome.contested:
        return Standing.CONTESTED
    if not outcome.settled:
        return Standing.OPEN
    return Standing.CHOICE if decided in outcome.permitted else Standing.DISAGREED


def _standing_of_measures(outcome: Outcome, decided: Mapping[str, str]) -> Standing:
    """The worst of the measures; a measure the case does not name is open."""
    verdicts = {one.measure.value: one.verdict for one in outcome.compulsion}
    found = {_of_measure(verdicts.get(name), word) for name, word in decided.items()}
    for standing in (Standing.DISAGREED, Standing.OPEN, Standing.CHOICE):
        if standing in found:
            return standing
    return Standing.AGREED


def _of_measure(verdict: Verdict | None, decided: str) -> Standing:
    if verdict is None or verdict is Verdict.OPEN:
        return Standing.OPEN
    omitted = decided not in _TAKEN
    if verdict is Verdict.MAY_OMIT:
        return Standing.AGREED if omitted else Standing.CHOICE
    return Standing.AGREED if omitted is (verdict is Verdict.MUST_OMIT) else Standing.DISAGREED


def _standing_of_fine(outcome: Outcome, official: Official) -> Standing:
    if official.fine is None:
        return Standing.RANGE_UNKNOWN
    fen = Fraction(official.fine) * FEN_PER_YUAN
    fine = outcome.fine
    ranges = fine.alternatives if fine.statutory is None else (fine.statutory,)
    inside = {_lies_in(fen, one) for one in ranges}
    if inside == {True}:
        return Standing.RANGE_OK
    # The ranges of open tiers are those of the grade: outside of them is not yet unlawful.
    is_graded = fine.statutory is None and outcome.grade is not None
    return Standing.RANGE_DIFFERS if inside == {False} and not is_graded else Standing.RANGE_UNKNOWN


def _lies_in(fen: Fraction, one: FineRange) -> bool | None:
    """Whether the amount lies in the range; None if the amount of its base is not known."""
    if one.base is not None:
        return None
    low = one.low is None or fen > one.low or (one.low_closed and fen == one.low)
    high = one.high is None or fen < one.high or (one.high_closed and fen == one.high)
    return low and high
