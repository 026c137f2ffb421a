"""Chunks evaluated by several processes, each with an engine of its own.

Chunks and parts pass through files: a process takes a chunk, writes its part, and says what it
holds. A process that dies is told of with the chunk it had.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final, Self, TypeAlias

import attrs
import pyarrow as pa

from bizrules.batch._engine import BatchEngine
from bizrules.batch._files import writing
from bizrules.batch._parts import Chunk, evaluate_chunk, problem_rows, record_of
from bizrules.batch._resume import Journal, Record
from bizrules.batch._sinks import Target, batches_in, write_arrow
from bizrules.batch._sources import Block
from bizrules.engine import Engine
from bizrules.errors import CodedError, DocumentError, Problem, Severity
from bizrules.provenance import Location

Load: TypeAlias = Callable[[], Engine]
"""Loads an engine; can be sent to another process."""

_ProblemData: TypeAlias = tuple[str, tuple[str, int, int, str], Mapping[str, str], str]
_Rest: TypeAlias = tuple[int, int, Mapping[int, object], Mapping[int, list[_ProblemData]]]
# One that is evaluated and one that waits, so that no process waits for the reader.
_AHEAD: Final = 2
_PATIENCE: Final = 5.0


class WorkerError(CodedError):
    """A process that evaluated cases died, or met an error that is none of the cases."""


@attrs.frozen(kw_only=True)
class Job:
    """What is to be done with every chunk.

    Attributes:
        target: The file to which the parts belong.
        journal: Where the parts stand.
        lang: Language of the problems.
        apart: Whether problems are written apart, too.
    """

    target: Target
    journal: Journal
    lang: str
    apart: bool

    def write_part(self, runner: BatchEngine, chunk: Chunk) -> Record:
        """Evaluate a chunk and write a draft of its part; it does not count yet.

        Args:
            runner: What evaluates.
            chunk: The chunk.

        Raises:
            DocumentError: If it cannot be written.
        """
        outcomes, routes = evaluate_chunk(runner, chunk, self.lang)
        draft = self.journal.draft(chunk.number)
        with writing(draft):
            self.target.write_part(outcomes, draft)
            apart = self._write_problems(problem_rows(outcomes, chunk.first), chunk.number)
            size = draft.stat().st_size
        # What earlier chunks took is given back, or it would stay with the process.
        pa.default_memory_pool().release_unused()
        return attrs.evolve(record_of(outcomes, routes), size=size, apart=apart)

    def _write_problems(self, problems: pa.RecordBatch, number: int) -> int:
        """Write the problems of a part, if they are wanted; how many bytes they are."""
        if not self.apart or not problems.num_rows:
            return 0
        draft = self.journal.problems_draft(number)
        write_arrow([problems], problems.schema, draft)
        return draft.stat().st_size


@attrs.define(eq=False)
class _Worker:
    """A process and the chunks it has been given, the one it is at first."""

    process: SpawnProcess
    connection: Connection
    chunks: deque[tuple[int, int, int]] = attrs.field(factory=deque)


@attrs.define(eq=False)
class Crew:
    """Several processes that evaluate chunks.

    Attributes:
        job: What is to be done.
        workers: The processes.
    """

    job: Job
    workers: list[_Worker]

    @classmethod
    def start(cls, count: int, load: Load, job: Job) -> "Crew":
        """Start the processes.

        Args:
            count: How many.
            load: Loads the engine of each.
            job: What is to be done.
        """
        context = multiprocessing.get_context("spawn")
        workers = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, load, job), daemon=True)
            process.start()
            theirs.close()
            workers.append(_Worker(process, ours))
        return cls(job, workers)

    def __enter__(self) -> Self:
        """The crew stops when it is left."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all processes, whatever they are doing."""
        for worker in self.workers:
            worker.connection.close()
        for worker in self.workers:
            # Whoever waits for a chunk ends by itself.
            worker.process.join(_PATIENCE if not worker.chunks else 0)
            if worker.process.is_alive():
                worker.process.terminate()
                worker.process.join(_PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()

    def run(self, chunks: Iterator[Chunk]) -> Iterator[tuple[int, Record]]:
        """The parts of the chunks, as they are finished; never many chunks are under way.

        Args:
            chunks: The chunks.

        Yields:
            The number of each part, and what it holds.

        Raises:
            WorkerError: If a process dies or fails; it names the chunk.
        """
        for chunk in chunks:
            while min(len(worker.chunks) for worker in self.workers) >= _AHEAD:
                yield from self._wait()
            self._give(min(self.workers, key=lambda worker: len(worker.chunks)), chunk)
        while any(worker.chunks for worker in self.workers):
            yield from self._wait()

    def _give(self, worker: _Worker, chunk: Chunk) -> None:
        folder = self.job.journal.drafts
        worker.chunks.append((chunk.number, chunk.first, chunk.block.columns.num_rows))
        rest = _pack(chunk, folder)
        try:
            worker.connection.send(rest)
        except OSError:
            raise self._death(worker) from None

    def _wait(self) -> Iterator[tuple[int, Record]]:
        """What the processes have finished, once there is something."""
        busy = [worker for worker in self.workers if worker.chunks]
        ready = wait([worker.connection for worker in busy])
        for worker in busy:
            if worker.connection in ready:
                yield self._receive(worker)

    def _receive(self, worker: _Worker) -> tuple[int, Record]:
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            raise self._death(worker) from None
        if isinstance(answer, list):
            raise DocumentError(map(_problem, answer))
        if isinstance(answer, str):
            raise self._error("worker-failed", worker, answer)
        number, _, _ = worker.chunks.popleft()
        _forget(number, self.job.journal.drafts)
        return number, Record(**answer)

    def _death(self, worker: _Worker) -> WorkerError:
        worker.process.join(_PATIENCE)
        code = worker.process.exitcode
        try:
            reason = signal.Signals(-code).name if code is not None and code < 0 else str(code)
        except ValueError:
            reason = str(code)
        return self._error("worker-died", worker, reason)

    def _error(self, code: str, worker: _Worker, reason: str) -> WorkerError:
        number, first, rows = worker.chunks[0]
        return WorkerError(
            code,
            chunk=str(number + 1),
            first=str(first + 1),
            last=str(first + rows),
            reason=reason,
        )


def _serve(connection: Connection, load: Load, job: Job) -> None:
    """A process of the crew: chunk by chunk, until there are no more."""
    # Ctrl-C is for the process that gave the chunks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pa.set_cpu_count(1)
    runner: BatchEngine | None = None
    try:
        while True:
            rest = connection.recv()
            if runner is None:
                runner = BatchEngine(load(), lang=job.lang)
            record = job.write_part(runner, _unpack(rest, job.journal.drafts))
            connection.send(attrs.asdict(record))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except DocumentError as error:
        connection.send(list(map(_problem_data, error.problems)))
    except Exception as error:  # noqa: BLE001 - told to the process that gave the chunk
        connection.send(f"{type(error).__name__}: {error}")


def _columns(number: int, folder: Path) -> Path:
    return folder / f"{number:06d}.columns"


def _priors(number: int, folder: Path) -> Path:
    return folder / f"{number:06d}.priors"


def _pack(chunk: Chunk, folder: Path) -> _Rest:
    """Write the columns of a chunk for another process; the rest it is sent."""
    columns = chunk.block.columns
    with writing(folder):
        _write_plain(columns, _columns(chunk.number, folder))
        if chunk.priors is not None:
            _write_plain(chunk.priors, _priors(chunk.number, folder))
    bad = {
        row: [_problem_data(one) for one in problems] for row, problems in chunk.block.bad.items()
    }
    return chunk.number, chunk.first, dict(chunk.block.odd), bad


def _write_plain(batch: pa.RecordBatch, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
        writer.write_batch(batch)


def _unpack(rest: _Rest, folder: Path) -> Chunk:
    """The chunk that another process wrote."""
    number, first, odd, bad = rest
    (columns,) = batches_in([_columns(number, folder)])
    priors = _priors(number, folder)
    return Chunk(
        number=number,
        first=first,
        block=Block(
            columns=columns,
            odd=odd,
            bad={row: tuple(map(_problem, problems)) for row, problems in bad.items()},
        ),
        priors=next(batches_in([priors])) if priors.exists() else None,
    )


def _forget(number: int, folder: Path) -> None:
    for path in (_columns(number, folder), _priors(number, folder)):
        path.unlink(missing_ok=True)


def _problem_data(problem: Problem) -> _ProblemData:
    place = problem.location
    where = (place.source, place.line, place.column, place.path)
    return problem.code, where, dict(problem.details), problem.severity.value


def _problem(data: _ProblemData) -> Problem:
    code, where, details, severity = data
    return Problem(code, Location(*where), details, Severity(severity))
