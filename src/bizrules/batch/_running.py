"""A run from file to file: checked, evaluated part by part, put together."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import attrs
import pyarrow as pa

from bizrules.batch._encodings import UTF_8, encoding_named
from bizrules.batch._engine import BatchEngine
from bizrules.batch._files import (
    ROWS,
    File,
    Form,
    digest_of,
    file_of,
    replacing,
    unreadable,
    writing,
)
from bizrules.batch._forms import check_columns
from bizrules.batch._opening import PriorsFile, open_source
from bizrules.batch._parts import PROBLEM_SCHEMA, Chunk, chunks_of
from bizrules.batch._priors import PriorsCount, SortedPriors, bucket_count, sort_priors
from bizrules.batch._progress import Progress, Report
from bizrules.batch._resume import Journal, Record, alone, parts_folder
from bizrules.batch._schema import OUTCOME_SCHEMA, check_cases, check_priors
from bizrules.batch._sinks import Target, batches_in, plain_schema
from bizrules.batch._sources import Source
from bizrules.batch._workers import Crew, Job, Load
from bizrules.engine import Engine, core_version
from bizrules.errors import DocumentError, Problem, ProblemsError
from bizrules.nearness import near_names
from bizrules.provenance import Location

_T = TypeVar("_T")

_FORMAT: Final = "1"
# Packed files hold several times their size.
_PACKED: Final = 6


@attrs.frozen(kw_only=True)
class BatchSummary:
    """What a run came to.

    Attributes:
        rows: Cases.
        settled: Cases whose outcome is settled and not contested.
        open: Cases whose outcome is open or contested.
        contested: Cases whose outcome is contested.
        bad: Cases with an error; almost all of them have no outcome.
        problems: How often each problem occurred, by code, warnings and notes included.
        routes: Cases by the way in which they were evaluated.
        priors: What the table of earlier violations came to; None without one.
        kept: Cases that an earlier run had evaluated, which this one went on with.
        seconds: How long this run took.
    """

    rows: int
    settled: int
    open: int
    contested: int
    bad: int
    problems: Mapping[str, int]
    routes: Mapping[str, int]
    priors: PriorsCount | None
    kept: int
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Cases a second of this run."""
        return (self.rows - self.kept) / self.seconds if self.seconds > 0 else 0.0


@attrs.frozen(kw_only=True)
class Order:
    """What a run is told, but for how it is done.

    Attributes:
        source: The cases.
        target: Where the outcomes go.
        priors: The earlier violations.
        problems: Where the problems go.
        source_form: Form of the source, whatever its suffix says.
        target_form: Form of the target, whatever its suffix says.
        columns: Columns to write; none means all.
        chunk: Cases of a part.
        lang: Language of the problems.
        encoding: Encoding of the files of text that are read.
    """

    source: Path
    target: Path
    priors: Path | None
    problems: Path | None
    source_form: Form | None
    target_form: Form | None
    columns: tuple[str, ...]
    chunk: int
    lang: str
    encoding: str


@attrs.define
class _Found:
    """Problems of the boundary, gathered before any is raised."""

    problems: list[Problem] = attrs.field(factory=list)

    def tried(self, attempt: Callable[[], _T]) -> _T | None:
        """What the attempt gives; None if it has problems, which are kept."""
        try:
            return attempt()
        except ProblemsError as error:
            self.problems.extend(error.problems)
            return None


@attrs.frozen(eq=False)
class Files:
    """What a run reads and writes, without problems.

    Attributes:
        order: What it is told.
        source: The cases.
        target: Where the outcomes go.
        problems: Where the problems go.
        priors: The earlier violations.
    """

    order: Order
    source: Source
    target: Target
    problems: Target | None
    priors: PriorsFile | None

    @classmethod
    def checked(cls, order: Order, engine: Engine) -> "Files":
        """The files, opened.

        Raises:
            DocumentError: With every problem of files and columns.
        """
        found = _Found()
        encoding = found.tried(lambda: encoding_named(order.encoding, order.source))
        order = attrs.evolve(order, encoding=encoding or UTF_8)
        source = found.tried(lambda: _opened(order, engine))
        target = found.tried(lambda: _target(order.target, order.target_form, OUTCOME_SCHEMA))
        problems = found.tried(lambda: _target(order.problems, None, PROBLEM_SCHEMA))
        priors = found.tried(lambda: _priors(order))
        found.problems += [*_column_problems(order), *_same_files(order)]
        if found.problems or source is None or target is None:
            raise DocumentError(found.problems)
        if order.columns:
            target = attrs.evolve(target, schema=plain_schema(OUTCOME_SCHEMA, order.columns))
        return cls(order, source, target, problems, priors)


@attrs.frozen(kw_only=True, eq=False)
class Run:
    """A run whose files have no problems.

    Attributes:
        files: What it reads and writes.
        engine: What evaluates.
        journal: Its parts.
        kept: Parts that an earlier run finished.
    """

    files: Files
    engine: Engine
    journal: Journal
    kept: dict[int, Record]

    @classmethod
    @contextmanager
    def prepared(
        cls, order: Order, engine: Engine, *, resume: bool, overwrite: bool
    ) -> Iterator["Run"]:
        """The run, its files opened and checked; meanwhile no other writes its target.

        Args:
            order: What it is told.
            engine: What evaluates.
            resume: Whether to go on with an earlier run.
            overwrite: Whether to replace what is there.

        Yields:
            The run.

        Raises:
            DocumentError: With every problem of files, columns and what is there already.
        """
        files = Files.checked(order, engine)
        order = files.order
        with alone(order.target):
            there = list(_there_already(order, resume=resume, overwrite=overwrite))
            if there:
                raise DocumentError(there)
            stamp = _stamp(order, engine, files.target.file, files.source.file)
            journal = Journal.resume(order.target, stamp) if resume else None
            kept = {} if journal is None else journal.whole_parts()
            yield cls(
                files=files,
                engine=engine,
                journal=journal or Journal.begin(order.target, stamp),
                kept=kept,
            )

    def evaluate(self, load: Engine | Load, workers: int, report: Report) -> BatchSummary:
        """Evaluate what is left, and put the target together.

        Args:
            load: The engine, or what loads it in another process.
            workers: Processes that evaluate.
            report: Is called after every part.

        Raises:
            DocumentError: If a file can no longer be read or written.
            WorkerError: If a process dies.
        """
        records = dict(self.kept)
        if self.journal.has_signed("target", self.files.order.target):
            self.journal.clear()
            return self._summary(records, None)
        priors = self._sorted_priors()
        job = Job(
            target=self.files.target,
            journal=self.journal,
            lang=self.files.order.lang,
            apart=self.files.problems is not None,
        )
        progress = _Meter(self, report)
        progress.tell(records)
        for number, record in self._parts(job, load, workers, priors):
            self.journal.finish_part(number, record)
            records[number] = record
            progress.tell(records)
        self._put_together(records)
        return self._summary(records, None if priors is None else priors.count)

    def _parts(
        self, job: Job, load: Engine | Load, workers: int, priors: SortedPriors | None
    ) -> Iterator[tuple[int, Record]]:
        """The parts that are left, written one by one; they do not count yet."""
        chunks = self._chunks(priors)
        if workers == 1:
            runner = BatchEngine(self.engine, lang=self.files.order.lang)
            for chunk in chunks:
                yield chunk.number, job.write_part(runner, chunk)
            return
        with Crew.start(workers, self._sent(load), job) as crew:
            yield from crew.run(chunks)

    def _sent(self, load: Engine | Load) -> Load:
        """What loads the engine in another process: an engine itself goes as a bundle."""
        if not isinstance(load, Engine):
            return load
        path = self.journal.drafts / "engine.bundle"
        bundle = load.bundle()
        with writing(path):
            path.write_bytes(bundle)
        return partial(_from_bundle, path, as_known_on=load.as_known_on, drafts=load.drafts)

    def _chunks(self, priors: SortedPriors | None) -> Iterator[Chunk]:
        """The chunks that are left, each with the earlier violations of its cases."""
        blocks = _readable(self.files.source.blocks(), self.files.source.file)
        for chunk in chunks_of(blocks, self.files.order.chunk):
            if chunk.number not in self.kept:
                found = None if priors is None else priors.of_chunk(chunk.number)
                yield attrs.evolve(chunk, priors=found)

    def _sorted_priors(self) -> SortedPriors | None:
        files = self.files
        if files.priors is None:
            return None
        folder = self.journal.drafts / "priors"
        ids = (
            block.columns.column("id").cast(pa.string())
            for block in _readable(files.source.blocks(["id"]), files.source.file)
        )
        sizes = (one.path.stat().st_size for one in (files.priors.file, files.source.file))
        buckets = bucket_count(_PACKED * sum(sizes))
        found = _readable(files.priors.batches(), files.priors.file)
        with writing(folder):
            folder.mkdir()
            return sort_priors(ids, found, folder, chunk=files.order.chunk, buckets=buckets)

    def _put_together(self, records: Mapping[int, Record]) -> None:
        """Write target and problems in one step each, and remove the parts.

        Raises:
            DocumentError: If a part is not as it was written, or a file cannot be written.
        """
        journal, files = self.journal, self.files
        if files.problems is not None:
            apart = (number for number in self._unchanged(records) if records[number].apart)
            with replacing(files.problems.file.path) as draft:
                files.problems.write_whole(batches_in(map(journal.problems_part, apart)), draft)
                journal.sign("problems", draft)
        with replacing(files.order.target, journal.folder / "whole") as draft:
            files.target.put_together(map(journal.part, self._unchanged(records)), draft)
            journal.sign("target", draft)
        journal.clear()

    def _unchanged(self, records: Mapping[int, Record]) -> Iterator[int]:
        """The parts in their order, each looked at before it is read."""
        for number in sorted(records):
            problem = self.journal.change(number, records[number])
            if problem is not None:
                raise DocumentError([problem])
            yield number

    def _summary(self, records: Mapping[int, Record], priors: PriorsCount | None) -> BatchSummary:
        found = records.values()
        problems = sum((Counter(one.problems) for one in found), Counter[str]())
        routes = sum((Counter(one.routes) for one in found), Counter[str]())
        return BatchSummary(
            rows=sum(one.rows for one in found),
            settled=sum(one.settled for one in found),
            open=sum(one.open for one in found),
            contested=sum(one.contested for one in found),
            bad=sum(one.bad for one in found),
            problems=dict(problems.most_common()),
            routes=dict(routes.most_common()),
            priors=priors,
            kept=sum(one.rows for one in self.kept.values()),
        )


@attrs.define
class _Meter:
    """Says how far a run is."""

    run: Run
    report: Report
    started: float = attrs.field(factory=time.monotonic)

    def tell(self, records: Mapping[int, Record]) -> None:
        """Say it."""
        source = self.run.files.source
        rows = sum(one.rows for one in records.values())
        share = None
        if source.rows:
            share = rows / source.rows
        elif source.position is not None and source.position.size:
            share = min(1.0, source.position.at / source.position.size)
        self.report(
            Progress(
                rows=rows,
                kept=sum(one.rows for one in self.run.kept.values()),
                total=source.rows,
                share=share,
                seconds=time.monotonic() - self.started,
            )
        )


def _from_bundle(path: Path, *, as_known_on: date | None, drafts: bool) -> Engine:
    return Engine.load_bundle(path, as_known_on=as_known_on, drafts=drafts)


def _opened(order: Order, engine: Engine) -> Source:
    file = file_of(order.source, form=order.source_form, encoding=order.encoding)
    source = open_source(file, engine)
    check_columns(lambda found: check_cases(found, engine), source.schema(), source.file.name)
    return source


def _target(path: Path | None, form: Form | None, schema: pa.Schema) -> Target | None:
    if path is None:
        return None
    file = file_of(path, form=form)
    if file.form not in ROWS:
        details = {"found": path.suffix, "choices": ".parquet,.csv,.jsonl,.arrow"}
        raise DocumentError([Problem("batch-form", Location(str(path)), details)])
    if not path.parent.is_dir():
        details = {"reason_phrase": "files.no-folder"}
        raise DocumentError([Problem("file-unwritable", Location(str(path)), details)])
    return Target(file, plain_schema(schema))


def _priors(order: Order) -> PriorsFile | None:
    if order.priors is None:
        return None
    found = PriorsFile.open(file_of(order.priors, encoding=order.encoding))
    check_columns(check_priors, found.schema, found.file.name)
    return found


def _column_problems(order: Order) -> Iterator[Problem]:
    """Columns to write that outcomes do not have."""
    for name in order.columns:
        if name not in OUTCOME_SCHEMA.names:
            near = near_names(name, OUTCOME_SCHEMA.names)
            details = {"found": name, "near_names": near, "choices": ",".join(OUTCOME_SCHEMA.names)}
            yield Problem("unknown-outcome-column", Location(str(order.target)), details)


def _same_files(order: Order) -> Iterator[Problem]:
    """A file that would be read and written, or written twice."""
    read = {path.resolve() for path in (order.source, order.priors) if path is not None}
    for path in (order.target, order.problems):
        if path is not None and path.resolve() in read:
            yield Problem("batch-same-file", Location(str(path)))
        if path is not None:
            read.add(path.resolve())


def _there_already(order: Order, *, resume: bool, overwrite: bool) -> Iterator[Problem]:
    """What stands where the run would write."""
    if overwrite:
        return
    folder = parts_folder(order.target)
    if folder.exists() and not resume:
        yield Problem("batch-unfinished", Location(str(folder)))
    for name, path in (("target", order.target), ("problems", order.problems)):
        is_own = resume and path is not None and Journal(folder).has_signed(name, path)
        if path is not None and path.exists() and not is_own:
            yield Problem("batch-target-exists", Location(str(path)))


def _stamp(order: Order, engine: Engine, target: File, source: File) -> dict[str, str]:
    """What the parts of a run depend on."""
    return {
        "format": _FORMAT,
        "library": core_version(),
        "source": f"{source.form.value} {digest_of(order.source)}",
        "encoding": order.encoding,
        "priors": "" if order.priors is None else digest_of(order.priors),
        "knowledge": _knowledge(engine),
        "chunk": str(order.chunk),
        "columns": ",".join(order.columns),
        "target": f"{target.form.value} {target.compression or ''}",
        "problems": "" if order.problems is None else "apart",
        "lang": order.lang,
    }


def _knowledge(engine: Engine) -> str:
    """Digest over the documents of the engine and how it reads them."""
    said = [f"{name} {value}" for name, value in sorted(engine.knowledge.digests.items())]
    said += [f"{plugin.name} {plugin.version}" for plugin in engine.plugins]
    said += [f"{engine.as_known_on} {engine.drafts}"]
    return sha256("\n".join(said).encode()).hexdigest()


def _readable(found: Iterable[_T], file: File) -> Iterator[_T]:
    """What a file holds; that it cannot be read is a problem of the file."""
    try:
        yield from found
    except (OSError, pa.ArrowException) as error:
        raise DocumentError([unreadable(file.path, error)]) from None
