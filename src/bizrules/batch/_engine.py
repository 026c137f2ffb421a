"""The engine for columns: which rows the compiled loops take, and which go one by one."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

import attrs
import numpy as np
import pyarrow as pa

from bizrules.batch._cases import Row, rows_of
from bizrules.batch._forms import with_plain_texts
from bizrules.batch._kernel import Array
from bizrules.batch._outcomes import Dictionaries
from bizrules.batch._plain_route import evaluate_rows
from bizrules.batch._rows import Rows
from bizrules.batch._schema import OUTCOME_SCHEMA, BatchInputError, check_cases, check_priors
from bizrules.batch._together import Together
from bizrules.engine import Engine, default_engine
from bizrules.errors import Problem
from bizrules.provenance import Location

_SHOWN: Final = 5
"""So many rows are named at most."""

CHUNK: Final = 131_072
"""So many rows are looked at together; more only cost memory."""

_PIECE: Final = 2048
"""So many rows that go one by one stand in memory as objects."""


@attrs.define
class RouteCounts:
    """How many rows took which route.

    Attributes:
        kernel: Evaluated by the compiled loops.
        one_by_one: Evaluated one by one.
        problems: Rows that could not be evaluated.
    """

    kernel: int = 0
    one_by_one: int = 0
    problems: int = 0


class BatchEngine:
    """Evaluates cases in columns; row by row what `Engine.evaluate` answers.

    Laws are compiled when a row first comes under them, and kept: the first batch takes longer
    than the following ones. Not for several threads at once; give each its own.

    Attributes:
        counts: How many rows took which route so far.
    """

    def __init__(self, engine: Engine, *, lang: str = "zh") -> None:
        """Compile nothing yet.

        Args:
            engine: The engine.
            lang: Language of the problems, `zh` or `en`.
        """
        self.engine = engine
        self.counts = RouteCounts()
        self._lang = lang
        self._dictionaries = Dictionaries.of(engine)
        self._together = Together(engine, self._dictionaries, lang)

    def evaluate(
        self, batch: pa.RecordBatch, priors: pa.RecordBatch | pa.Table | None = None
    ) -> pa.RecordBatch:
        """The outcomes of cases, row by row.

        Args:
            batch: The cases; see `case_schema`.
            priors: Earlier violations found: the column `case` and the fields of `Prior`.

        Raises:
            BatchInputError: If a column is unknown, missing, doubled or of a wrong type, or an
                earlier violation does not say whose it is.
        """
        check_cases(batch.schema, self.engine)
        return self.evaluate_with(batch, prior_rows(priors))

    def evaluate_with(
        self, batch: pa.RecordBatch, found: Mapping[str, Sequence[Row]]
    ) -> pa.RecordBatch:
        """The outcomes of cases whose columns were checked, with earlier violations by case."""
        parts = [
            self._evaluate(with_plain_texts(batch.slice(start, CHUNK)), found)
            for start in range(0, batch.num_rows, CHUNK)
        ]
        if not parts:
            return self._dictionaries.batch([])
        return parts[0] if len(parts) == 1 else pa.concat_batches(parts)

    def _evaluate(
        self, batch: pa.RecordBatch, priors: Mapping[str, Sequence[Row]]
    ) -> pa.RecordBatch:
        rows = Rows(batch, priors)
        try:
            together, taken = self._together.evaluate(rows)
        except BaseException:
            # What was learnt by halves must answer nobody.
            self._together = Together(self.engine, self._dictionaries, self._lang)
            raise
        self.counts.kernel += len(taken)
        if len(taken) == batch.num_rows:
            return together
        left = np.setdiff1d(np.arange(batch.num_rows), taken, assume_unique=True)
        alone = self._one_by_one(rows, left)
        order = np.empty(batch.num_rows, dtype=np.int64)
        order[np.concatenate([taken, left])] = np.arange(batch.num_rows)
        return pa.concat_batches([together, alone]).take(pa.array(order))

    def _one_by_one(self, rows: Rows, left: Array) -> pa.RecordBatch:
        parts = [
            self._some(rows, left[start : start + _PIECE]) for start in range(0, len(left), _PIECE)
        ]
        return parts[0] if len(parts) == 1 else pa.concat_batches(parts)

    def _some(self, rows: Rows, places: Array) -> pa.RecordBatch:
        """The outcomes of so many rows as may stand in memory as objects."""
        batch = rows.batch.take(pa.array(places))
        made = list(evaluate_rows(self.engine, batch, rows.priors_of, self._lang))
        refused = sum(one["settled"] is None for one in made)
        self.counts.problems += refused
        self.counts.one_by_one += len(made) - refused
        return self._dictionaries.batch(made)


def prior_rows(priors: pa.RecordBatch | pa.Table | None) -> dict[str, list[Row]]:
    """Earlier violations by case.

    Raises:
        BatchInputError: If a column is unknown, missing, doubled or of a wrong type, or an earlier
            violation does not say whose it is.
    """
    if priors is None:
        return {}
    check_priors(priors.schema)
    table = pa.Table.from_batches([priors]) if isinstance(priors, pa.RecordBatch) else priors
    found: dict[str, list[Row]] = {}
    ownerless = []
    rows = chain.from_iterable(map(rows_of, table.to_batches()))
    for place, row in enumerate(rows):
        if row["case"] is None:
            ownerless.append(Location("priors", path=f"$[{place}].case"))
        else:
            found.setdefault(str(row["case"]), []).append(row)
    if ownerless:
        # Whose they are cannot be told, so that nobody is taken for a first offender.
        details = {"key": "case"}
        raise BatchInputError([Problem("missing-key", o, details) for o in ownerless[:_SHOWN]])
    return found


def evaluate_table(
    data: object, engine: Engine | None = None, priors: object | None = None
) -> pa.Table:
    """The outcomes of cases in a table of any library that speaks Arrow.

    Args:
        data: Anything with the Arrow C stream interface: PyArrow, Polars, pandas, DuckDB.
        engine: The engine; by default that of the national rulesets and every installed plugin.
        priors: Earlier violations found, likewise: the column `case` and the fields of `Prior`.

    Raises:
        BatchInputError: If a column is unknown, missing, doubled or of a wrong type, or an earlier
            violation does not say whose it is.
    """
    runner = BatchEngine(engine or default_engine())
    table = _table(data)
    check_cases(table.schema, runner.engine)
    found = prior_rows(None if priors is None else _table(priors))
    parts = [runner.evaluate_with(one, found) for one in table.to_batches(max_chunksize=CHUNK)]
    return pa.Table.from_batches(parts, schema=OUTCOME_SCHEMA)


def _table(data: object) -> pa.Table:
    return data if isinstance(data, pa.Table) else pa.table(data)
