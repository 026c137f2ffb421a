"""Files and streams of cases of any size: outcomes as they come, in little memory.

`evaluate_file` takes Parquet, Arrow, CSV, JSON Lines and case files, and writes any of the first
four. `evaluate_stream` takes whatever speaks the Arrow C stream interface. Needs the extra
`batch`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import attrs
import pyarrow as pa

from bizrules.batch._cells import RowWriter
from bizrules.batch._encodings import UTF_8
from bizrules.batch._engine import BatchEngine
from bizrules.batch._files import Form
from bizrules.batch._forms import in_one_form, moment_problems, schema_in_one_form
from bizrules.batch._parts import chunks_of, evaluate_chunk
from bizrules.batch._priors import HeldPriors, PriorsCount, ownerless
from bizrules.batch._progress import Progress, Report
from bizrules.batch._resume import parts_folder
from bizrules.batch._running import BatchSummary, Order, Run
from bizrules.batch._schema import OUTCOME_SCHEMA, BatchInputError, check_cases, check_priors
from bizrules.batch._sources import Block, typed_block
from bizrules.batch._workers import WorkerError
from bizrules.engine import Engine, default_engine

__all__ = [
    "CHUNK",
    "BatchSummary",
    "Form",
    "PriorsCount",
    "Progress",
    "WorkerError",
    "evaluate_file",
    "evaluate_stream",
    "parts_folder",
]

CHUNK: Final = 32_768
"""Cases that are evaluated together."""

EngineGiven: TypeAlias = Engine | Callable[[], Engine] | None
"""An engine, a function that loads one, or None for the default engine."""


class ArrowStream(Protocol):
    """What speaks the Arrow C stream interface: Polars, pandas, DuckDB, PyArrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The stream."""


def evaluate_stream(
    data: ArrowStream,
    *,
    engine: EngineGiven = None,
    priors: ArrowStream | None = None,
    chunk: int = CHUNK,
    lang: str = "zh",
) -> pa.RecordBatchReader:
    """The outcomes of a stream of cases, row by row, worked out as they are read.

    Args:
        data: The cases, in columns as `case_schema` names them.
        engine: What evaluates them.
        priors: Earlier violations, each with its `case`; they are held in memory.
        chunk: How many cases are evaluated together.
        lang: Language of the problems.

    Returns:
        A reader of the columns of `OUTCOME_SCHEMA`.

    Raises:
        BatchInputError: If a column is unknown, missing or of a wrong type, or an earlier
            violation does not say whose it is, or has a moment of a day where a day stands.
    """
    _at_least_one(chunk=chunk)
    runner = BatchEngine(_engine_of(engine), lang=lang)
    cases = pa.RecordBatchReader.from_stream(data)
    check_cases(schema_in_one_form(cases.schema), runner.engine)
    held = None if priors is None else HeldPriors(_held(priors))
    writer = RowWriter(runner.engine.vocabulary)

    def outcomes() -> Iterator[pa.RecordBatch]:
        for part in chunks_of(_blocks(cases, writer), chunk):
            ids = part.block.columns.column("id").cast(pa.string())
            found = None if held is None else held.of(ids)
            yield evaluate_chunk(runner, attrs.evolve(part, priors=found), lang)[0]

    return pa.RecordBatchReader.from_batches(OUTCOME_SCHEMA, outcomes())


def _blocks(batches: Iterable[pa.RecordBatch], writer: RowWriter) -> Iterator[Block]:
    return (typed_block(batch, writer) for batch in batches if batch.num_rows)


def _held(priors: ArrowStream) -> pa.Table:
    found = pa.RecordBatchReader.from_stream(priors)
    schema = schema_in_one_form(found.schema)
    check_priors(schema)
    table = pa.Table.from_batches(_told_apart(found), schema)
    at = schema.get_field_index("case")
    return table.set_column(at, "case", table.column("case").cast(pa.string()))


def _told_apart(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Earlier violations in one form, once each says whose it is and on which days it was."""
    first = 0
    for batch in batches:
        whole, _ = in_one_form(batch)
        problems = [
            *moment_problems(batch, "priors", first),
            *ownerless(whole, "priors", first),
        ]
        if problems:
            raise BatchInputError(problems)
        yield whole
        first += batch.num_rows


def _at_least_one(**given: int) -> None:
    for name, number in given.items():
        if number < 1:
            msg = f"`{name}` is at least 1, not {number}"
            raise ValueError(msg)


def _engine_of(given: EngineGiven) -> Engine:
    if given is None:
        return default_engine()
    return given if isinstance(given, Engine) else given()


def evaluate_file(  # noqa: PLR0913 - one argument for each thing a run may be told
    source: Path | str,
    target: Path | str,
    *,
    engine: EngineGiven = None,
    priors: Path | str | None = None,
    workers: int = 1,
    resume: bool = False,
    overwrite: bool = False,
    columns: Sequence[str] = (),
    problems: Path | str | None = None,
    forms: tuple[Form | None, Form | None] = (None, None),
    progress: Report | None = None,
    chunk: int = CHUNK,
    lang: str = "zh",
    encoding: str = UTF_8,
) -> BatchSummary:
    """The outcomes of all cases of a file in another file, in the same order.

    The target appears when it is whole. Until then parts stand in a folder beside it, and what
    was stopped, at whatever moment, can be resumed.

    Args:
        source: The cases; its suffix says how they are written.
        target: Where the outcomes go; its suffix says how.
        engine: What evaluates them. With several workers a function that can be sent to another
            process, such as `functools.partial(Engine.load, "rules")`, spares them a copy.
        priors: A table of earlier violations: `case` and the fields of `Prior`.
        workers: Processes that evaluate.
        resume: Whether to go on with an earlier run that was stopped, if there is one.
        overwrite: Whether to replace a target that is there, and drop parts that are.
        columns: Columns of outcomes to write; none means all.
        problems: A file for the problems, one a row.
        forms: Forms of source and target, where their suffixes do not say them.
        progress: Is called after every part.
        chunk: How many cases are evaluated together, and written as a part.
        lang: Language of the problems.
        encoding: Encoding of the CSV and JSON Lines that are read, such as `gb18030`; one
            with the byte order mark of UTF-8 is UTF-8 in any case.

    Raises:
        DocumentError: If a file cannot be read or written as what it is, or a column is unknown,
            missing or of a wrong type; with every problem. Also if another run is writing the
            target, or an earlier violation does not say whose it is.
        WorkerError: If a process dies; parts that are whole stay for another run.
    """
    _at_least_one(chunk=chunk, workers=workers)
    started = time.monotonic()
    order = Order(
        source=Path(source),
        target=Path(target),
        priors=None if priors is None else Path(priors),
        problems=None if problems is None else Path(problems),
        source_form=forms[0],
        target_form=forms[1],
        columns=tuple(columns),
        chunk=chunk,
        lang=lang,
        encoding=encoding,
    )
    load = default_engine if engine is None else engine
    with Run.prepared(order, _engine_of(engine), resume=resume, overwrite=overwrite) as run:
        found = run.evaluate(load, workers, progress or _silent)
    return attrs.evolve(found, seconds=time.monotonic() - started)


def _silent(_progress: Progress) -> None:
    """Nobody wants to know."""
