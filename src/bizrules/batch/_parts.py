"""Rows in chunks of one size, and the outcomes of a chunk."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bizrules.batch._cells import with_priors
from bizrules.batch._engine import BatchEngine
from bizrules.batch._lines import joined
from bizrules.batch._plain_route import OutcomeRow, columns_of, outcome_batch, refused
from bizrules.batch._resume import Record
from bizrules.batch._schema import OUTCOME_SCHEMA
from bizrules.batch._sources import Block
from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.loading import case_from_plain
from bizrules.provenance import Location

# A case file has some columns inside others.
_COLUMN_OF: Final[Mapping[str, str]] = {
    "$.party.kind": "$.party_kind",
    "$.party.age": "$.party_age",
    "$.party.birth_date": "$.birth_date",
    "$.priors.searched_since": "$.searched_since",
    "$.priors.registers": "$.registers",
    "$.committed.from": "$.committed_from",
    "$.committed.to": "$.committed",
}
PROBLEM_SCHEMA: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("case", pa.string()),
        ("code", pa.string()),
        ("severity", pa.string()),
        ("path", pa.string()),
        ("text", pa.string()),
    ]
)
"""Columns of the file of problems; rows are counted from 1."""


@attrs.frozen(kw_only=True, eq=False)
class Chunk:
    """Consecutive cases, with the earlier violations on record for them.

    Attributes:
        number: Its number, from 0.
        first: Number of its first row, from 0.
        block: The rows.
        priors: Earlier violations, each with the id of its case.
    """

    number: int
    first: int
    block: Block
    priors: pa.RecordBatch | None = None


def chunks_of(blocks: Iterable[Block], size: int) -> Iterator[Chunk]:
    """The rows in chunks of one size, whatever the blocks were; the last one may be smaller."""
    waiting: list[Block] = []
    rows = number = 0
    for block in blocks:
        waiting.append(block)
        rows += block.columns.num_rows
        while rows >= size:
            whole = joined(waiting)
            yield Chunk(number=number, first=number * size, block=_slice(whole, 0, size))
            number += 1
            rows -= size
            waiting = [_slice(whole, size, rows)] if rows else []
    if rows:
        yield Chunk(number=number, first=number * size, block=joined(waiting))


def _slice(block: Block, first: int, rows: int) -> Block:
    inside = range(first, first + rows)
    if first == 0 and rows == block.columns.num_rows:
        return block
    return Block(
        columns=block.columns.slice(first, rows),
        odd={row - first: data for row, data in block.odd.items() if row in inside},
        bad={row - first: problems for row, problems in block.bad.items() if row in inside},
    )


def evaluate_chunk(
    runner: BatchEngine, chunk: Chunk, lang: str
) -> tuple[pa.RecordBatch, Counter[str]]:
    """The outcomes of a chunk in the order of its rows, and how many rows went which way.

    Args:
        runner: What evaluates columns.
        chunk: The rows.
        lang: Language of the problems.
    """
    before = _routes(runner)
    block = chunk.block
    apart = sorted({*block.odd, *block.bad})
    if not apart:
        found = runner.evaluate(block.columns, chunk.priors)
        return found, _routes(runner) - before
    named = _priors_by_case(block, chunk.priors)
    alone = [_alone(runner.engine, chunk, row, named, lang) for row in apart]
    taken = sorted(set(range(block.columns.num_rows)) - set(apart))
    pieces = [outcome_batch(alone)]
    if taken:
        pieces.append(runner.evaluate(block.columns.take(pa.array(taken)), chunk.priors))
    whole = pa.Table.from_batches(pieces, OUTCOME_SCHEMA).combine_chunks()
    order = pc.sort_indices(pa.array([*apart, *taken]))
    routes = _routes(runner) - before
    refusals = sum(one["settled"] is None for one in alone)
    routes += Counter(problems=refusals, one_by_one=len(apart) - refusals)
    return whole.take(order).combine_chunks().to_batches()[0], routes


def _routes(runner: BatchEngine) -> Counter[str]:
    return Counter(attrs.asdict(runner.counts))


def _priors_by_case(
    block: Block, priors: pa.RecordBatch | None
) -> Mapping[str, list[dict[str, object]]]:
    """The earlier violations of the rows that stand apart."""
    found: dict[str, list[dict[str, object]]] = {}
    if priors is None or not block.odd:
        return found
    ids = block.columns.column("id").take(pa.array(sorted(block.odd)))
    for row in priors.filter(pc.is_in(priors.column("case"), ids.drop_null())).to_pylist():
        found.setdefault(row["case"], []).append(row)
    return found


def _alone(
    engine: Engine,
    chunk: Chunk,
    row: int,
    priors: Mapping[str, Sequence[Mapping[str, object]]],
    lang: str,
) -> OutcomeRow:
    """The outcome of a row that does not fit the columns, read as a case file has it."""
    block = chunk.block
    name = block.columns.column("id")[row].as_py()
    if row in block.bad:
        return refused({"id": name}, block.bad[row], lang)
    data = block.odd[row]
    if isinstance(data, dict) and name in priors:
        data = with_priors(data, priors[name])
    try:
        case = case_from_plain(data, engine.knowledge, name=f"case {name or ''}")
        return columns_of(engine.evaluate(case), lang)
    except CaseError as error:
        return refused({"id": name}, [_by_column(one) for one in error.problems], lang)


def _by_column(problem: Problem) -> Problem:
    place = problem.location
    path = _COLUMN_OF.get(place.path, place.path)
    return attrs.evolve(problem, location=Location(place.source, path=path))


def record_of(outcomes: pa.RecordBatch, routes: Mapping[str, int]) -> Record:
    """What a part holds.

    Args:
        outcomes: Its rows.
        routes: Rows by the way in which they were evaluated.
    """
    bad = _with_errors(outcomes)
    settled = _true(outcomes.column("settled"))
    contested = _true(outcomes.column("contested"))
    good = pc.invert(bad)
    closed = pc.and_(good, pc.and_(settled, pc.invert(contested)))
    codes = pc.struct_field(outcomes.column("problems").flatten(), "code")
    counted = pc.value_counts(codes).to_pylist()
    return Record(
        rows=outcomes.num_rows,
        settled=closed.true_count,
        open=good.true_count - closed.true_count,
        contested=pc.and_(good, contested).true_count,
        bad=bad.true_count,
        problems={one["values"]: one["counts"] for one in counted},
        routes=dict(routes),
    )


def _true(column: pa.Array) -> pa.Array:
    return pc.fill_null(column, fill_value=False)


def _with_errors(outcomes: pa.RecordBatch) -> pa.Array:
    """Rows without an outcome, and those that have one beside an error."""
    problems = outcomes.column("problems")
    severities = pc.struct_field(problems.flatten(), "severity")
    rows = pc.list_parent_indices(problems).filter(pc.equal(severities, "error"))
    found = pc.is_in(pa.array(np.arange(outcomes.num_rows)), rows.cast(pa.int64()))
    return pc.or_(found, outcomes.column("settled").is_null())


def problem_rows(outcomes: pa.RecordBatch, first: int) -> pa.RecordBatch:
    """Every problem of the rows as a row of its own, in their order.

    Args:
        outcomes: The rows.
        first: Number of the first of them, from 0.
    """
    problems = outcomes.column("problems")
    found = problems.flatten()
    at = pc.list_parent_indices(problems)
    columns = {
        "row": pc.add(at.cast(pa.int64()), first + 1),
        "case": outcomes.column("case").take(at),
        **{name: pc.struct_field(found, name) for name in PROBLEM_SCHEMA.names[2:]},
    }
    return pa.RecordBatch.from_arrays(
        [columns[name].cast(PROBLEM_SCHEMA.field(name).type) for name in PROBLEM_SCHEMA.names],
        schema=PROBLEM_SCHEMA,
    )
