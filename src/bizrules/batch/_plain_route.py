"""One by one: a row becomes a case, the engine evaluates it, the outcome becomes a row.

This is what every other route must equal, and what takes the rows that no other route can.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

import pyarrow as pa

from bizrules.answers import Answer
from bizrules.batch._case_columns import read_cases
from bizrules.batch._cases import CaseRow, Row, all_problems
from bizrules.batch._schema import AMOUNT, OUTCOME_SCHEMA
from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.outcomes import Fine, FineRange, LawChoice, Outcome
from bizrules.provenance import Location
from bizrules.questions import asked_facts
from bizrules.truth import Truth
from bizrules.values import format_decimal

OutcomeRow: TypeAlias = dict[str, object]
"""The values of a row of outcomes by column."""

_TRUTHS: Final[Mapping[Truth, bool | None]] = {
    Truth.TRUE: True,
    Truth.FALSE: False,
    Truth.UNKNOWN: None,
}


def columns_of(outcome: Outcome, lang: str = "zh") -> OutcomeRow:
    """The outcome as a row of `OUTCOME_SCHEMA`; a problem if its fine has no room there.

    Args:
        outcome: The outcome.
        lang: Language of the problems.
    """
    row, asked, law = _said(outcome)
    fine = fine_columns(outcome.fine)
    if _is_beyond(fine):
        place = Location(f"case {outcome.case.id}", path="$.facts")
        return refused({"id": outcome.case.id}, [Problem("fine-beyond", place)], lang)
    return {
        "case": outcome.case.id,
        "grade": outcome.grade.code if outcome.grade is not None else None,
        "permitted": [grade.code for grade in outcome.permitted],
        "modality": outcome.modality.value if outcome.modality is not None else None,
        "settled": outcome.settled,
        "contested": outcome.contested,
        "crime_suspected": _TRUTHS[outcome.crime_suspected],
        "row": row,
        **fine,
        "held": [finding.rule for finding in outcome.held],
        "unknown": [finding.rule for finding in outcome.unknown],
        "questions": asked,
        "compulsion": [
            {"measure": one.measure.value, "verdict": one.verdict.value}
            for one in outcome.compulsion
        ],
        "law": law.value,
        "problems": [problem_data(problem, lang) for problem in outcome.problems],
    }


def _said(outcome: Outcome) -> tuple[str, list[str], LawChoice]:
    """The row that applied, what is asked, and which law it is, without their words."""
    source = outcome.source
    if isinstance(source, Answer):
        return source.row(), list(asked_facts(source)), source.applied.choice
    asked = sorted(question.fact for question in outcome.questions)
    return outcome.reason.row, asked, outcome.law_applied.choice


_NO_FINE: Final[OutcomeRow] = dict.fromkeys(
    name for name in OUTCOME_SCHEMA.names if name.startswith("fine_")
)


def fine_columns(fine: Fine) -> OutcomeRow:
    """The columns of the fine."""
    found = fine.range
    columns = dict(_NO_FINE)
    columns["fine_state"] = fine.state.value
    if found is None:
        return columns
    columns["fine_low_closed"] = found.low_closed
    columns["fine_high_closed"] = found.high_closed
    if found.base is not None:
        columns["fine_base"] = found.base
        columns["fine_low_times"] = multiple(found.low)
        columns["fine_high_times"] = multiple(found.high)
    elif _has_fen(found):
        columns["fine_low"] = yuan(found.low)
        columns["fine_high"] = yuan(found.high)
    else:
        _between_fen(found, columns)
    return columns


_BEYOND: Final = 10 ** (AMOUNT.precision - AMOUNT.scale)
"""From here on amounts have no room in a column. *Unit*: yuan."""


def _is_beyond(fine: OutcomeRow) -> bool:
    """Whether an end of the fine has no room in its column."""
    ends = (fine["fine_low"], fine["fine_high"])
    return any(isinstance(end, Decimal) and end >= _BEYOND for end in ends)


def _has_fen(found: FineRange) -> bool:
    ends = (end for end in (found.low, found.high) if end is not None)
    return all(end.denominator == 1 for end in ends)


def _between_fen(found: FineRange, columns: OutcomeRow) -> None:
    """A range without a whole fen inside, as the open range between the fen around it."""
    low, high = found.low or Fraction(0), found.high
    columns["fine_low"] = yuan(Fraction(low.__floor__()))
    columns["fine_high"] = None if high is None else yuan(Fraction(high.__ceil__()))
    columns["fine_low_closed"] = columns["fine_high_closed"] = False


def yuan(fen: Fraction | None) -> Decimal | None:
    """A whole number of fen in yuan."""
    if fen is None:
        return None
    number = int(fen)
    if abs(number) < _LONG:
        return Decimal(number).scaleb(-2)
    return Decimal((int(number < 0), tuple(map(int, str(abs(number)))), -2))


_LONG: Final = 10**18
"""A decimal context may round longer numbers."""


def multiple(times: Fraction | None) -> str | None:
    """A multiple exactly: in decimals where these end, else as a fraction."""
    if times is None:
        return None
    rest = times.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{times.numerator}/{times.denominator}"
    return format_decimal(Decimal(times.numerator) / Decimal(times.denominator))


def problem_data(problem: Problem, lang: str) -> dict[str, str]:
    """A problem as the column has it."""
    return {
        "code": problem.code,
        "text": problem.text(lang),
        "severity": problem.severity.value,
        "path": problem.location.path.removeprefix("$").removeprefix("."),
    }


def refused(row: Row, problems: Sequence[Problem], lang: str) -> OutcomeRow:
    """A row without an outcome, but with its problems."""
    columns: OutcomeRow = dict.fromkeys(OUTCOME_SCHEMA.names)
    columns["case"] = row.get("id")
    columns["problems"] = [problem_data(problem, lang) for problem in problems]
    return columns


def evaluate_row(engine: Engine, row: Row, priors: Sequence[Row], lang: str) -> OutcomeRow:
    """The outcome of a row; problems where it cannot be evaluated."""
    reader = CaseRow(row, priors)
    case = reader.case()
    try:
        outcome = engine.evaluate(case)
    except CaseError as error:
        return refused(row, all_problems(reader.problems, error), lang)
    if reader.problems:
        return refused(row, all_problems(reader.problems, None), lang)
    return columns_of(outcome, lang)


def evaluate_rows(
    engine: Engine,
    batch: pa.RecordBatch,
    priors_of: Callable[[Row], Sequence[Row]],
    lang: str,
) -> Iterator[OutcomeRow]:
    """The outcomes of rows, each as `evaluate_row` has it; the rows are read column by column.

    All their values stand in memory, so a few thousand rows should come at once.

    Args:
        engine: The engine.
        batch: The rows.
        priors_of: Finds the earlier violations of a row by its id.
        lang: Language of the problems.
    """
    for name, case, problems in read_cases(batch, engine.vocabulary, priors_of):
        try:
            outcome = engine.evaluate(case)
        except CaseError as error:
            yield refused({"id": name}, all_problems(problems, error), lang)
            continue
        if problems:
            yield refused({"id": name}, all_problems(problems, None), lang)
        else:
            yield columns_of(outcome, lang)


def outcome_batch(rows: Sequence[OutcomeRow]) -> pa.RecordBatch:
    """The rows as columns."""
    return pa.RecordBatch.from_pylist([dict(row) for row in rows], schema=OUTCOME_SCHEMA)
