"""Cases of a Spark data frame, evaluated where they lie."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

import attrs
import pyarrow as pa
from pyspark import SparkFiles
from pyspark.sql import DataFrame
from pyspark.sql import functions as sql
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from bizrules.batch._engine import BatchEngine
from bizrules.batch._schema import check_cases, check_priors
from bizrules.batch.bundled import PLAIN_OUTCOME_SCHEMA, ROWS, evaluate_nested
from bizrules.engine import Engine, default_engine

# No fact and no column of a case can be called so.
_PRIORS: Final = "$priors"
_OWNERLESS: Final = "an earlier violation has no `case`: whose it is cannot be told"
_CASE: Final = "$case"
_KEPT: Final = 2


def evaluate_dataframe(
    df: DataFrame, engine: Engine | Path | None = None, *, priors: DataFrame | None = None
) -> DataFrame:
    """The outcomes of the cases of a data frame, a row a case; evaluated when Spark needs them.

    The engine goes to every worker as the file of a bundle, which each Python process there reads
    once and keeps.

    Args:
        df: Cases, in the columns of `case_schema`, found by name.
        engine: The engine, or the file of a bundle, which saves making one; None for the default
            engine.
        priors: Earlier violations, in the columns `case` (the id of the case) and the fields of
            `Prior`, found by name. Those whose `case` is not among the cases are left out; one
            without a `case` ends the job, since nobody may be taken for a first offender by it.

    Returns:
        The columns of `OUTCOME_SCHEMA`. A case that cannot be evaluated is a row with its
        problems. As in every data frame, rows have no order.

    Raises:
        BatchInputError: If a column is unknown, missing, doubled or of a wrong type; at once,
            before any job.
        BundleError: If the engine cannot go into a bundle, or the file holds none.
    """
    knowing = _engine(engine)
    check_cases(to_arrow_schema(df.schema, timezone="UTC"), knowing)
    columns = tuple(df.columns)
    # By number: names of facts have dots, which Spark reads as a field of a structure.
    numbered = df.toDF(*(str(number) for number in range(len(columns))))
    if priors is not None:
        check_priors(to_arrow_schema(priors.schema, timezone="UTC"))
        numbered = _with_priors(numbered, str(columns.index("id")), priors)
        columns = (*columns, _PRIORS)
    file = _written(engine.read_bytes()) if isinstance(engine, Path) else _file(knowing)
    df.sparkSession.addArtifacts(str(file), file=True)
    work = _Work(file.name, columns, knowing.as_known_on, knowing.drafts)
    return numbered.mapInArrow(work, from_arrow_schema(PLAIN_OUTCOME_SCHEMA))


def _with_priors(cases: DataFrame, identity: str, priors: DataFrame) -> DataFrame:
    """The cases, each with a list of its earlier violations in an order that is always the same."""
    place = {name: f"${number}" for number, name in enumerate(priors.columns)}
    numbered = priors.toDF(*place.values())
    fields = [sql.col(at).alias(name) for name, at in place.items() if name != "case"]
    whose = sql.coalesce(place["case"], sql.raise_error(sql.lit(_OWNERLESS)))
    listed = numbered.groupBy(whose.alias(_CASE)).agg(
        sql.sort_array(sql.collect_list(sql.struct(*fields))).alias(_PRIORS)
    )
    return cases.join(listed, cases[identity] == listed[_CASE], "left").drop(_CASE)


@attrs.frozen
class _Work:
    """What a worker does with the cases of a partition.

    Attributes:
        bundle: Name of the file of the bundle, among those that Spark brought.
        columns: Names of the columns, which come without them.
        as_known_on: As the engine has it; no part of a bundle.
        drafts: Likewise.
    """

    bundle: str
    columns: tuple[str, ...]
    as_known_on: date | None
    drafts: bool

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The outcomes of the cases, in their order."""
        runner = _runner(SparkFiles.get(self.bundle), self.as_known_on, self.drafts)
        column = _PRIORS if _PRIORS in self.columns else None
        for batch in _gathered(batches):
            yield evaluate_nested(runner, batch.rename_columns(list(self.columns)), column)


@lru_cache(maxsize=_KEPT)
def _runner(bundle: str, as_known_on: date | None, drafts: bool) -> BatchEngine:
    """The engine of the file, kept by the process: tasks come and go."""
    return BatchEngine(Engine.load_bundle(bundle, as_known_on=as_known_on, drafts=drafts))


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in fewer batches: Spark hands over few rows at a time."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) >= ROWS:
            yield pa.concat_batches(held)
            held = []
    if held:
        yield pa.concat_batches(held)


def _engine(given: Engine | Path | None) -> Engine:
    if given is None:
        return default_engine()
    return Engine.load_bundle(given) if isinstance(given, Path) else given


def _file(engine: Engine) -> Path:
    """The file of the engine's bundle, made when it is first asked for."""
    if engine not in _files:
        _files[engine] = _written(engine.bundle())
    return _files[engine]


_files: Final[WeakKeyDictionary[Engine, Path]] = WeakKeyDictionary()


def _written(bundle: bytes) -> Path:
    # Files of a session are told apart by their names alone.
    file = _folder() / f"bizrules-{sha256(bundle).hexdigest()}.bundle"
    file.write_bytes(bundle)
    return file


@cache
def _folder() -> Path:
    """Where bundles lie while the driver runs: Spark fetches them when it needs them."""
    folder = Path(tempfile.mkdtemp(prefix="bizrules-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
