"""The engine of a bundle as a worker of a cluster keeps it: tables of cases in, outcomes out."""

from datetime import date
from typing import Final, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bizrules.batch._engine import BatchEngine
from bizrules.batch._schema import OUTCOME_SCHEMA, BatchInputError, check_cases
from bizrules.bundles import BundleSource
from bizrules.engine import Engine
from bizrules.errors import Problem
from bizrules.provenance import Location

_Numbers: TypeAlias = npt.NDArray[np.int64]

ROWS: Final = 131_072
"""How many cases are evaluated at once."""


def _without_dictionaries(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind):
        return pa.list_(_without_dictionaries(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(one.name, _without_dictionaries(one.type)) for one in kind])
    return kind


PLAIN_OUTCOME_SCHEMA: Final = pa.schema(
    [(one.name, _without_dictionaries(one.type)) for one in OUTCOME_SCHEMA]
)
"""The columns of `OUTCOME_SCHEMA` without dictionaries, which not every system reads."""


@attrs.define
class BundledEngine:
    """The engine of a bundle, for tables of cases.

    A worker makes one and keeps it: the bundle is read once, and a place is compiled when its
    first case comes. One thread uses it at a time.

    Attributes:
        bundle: The file of the bundle, or the bytes of it.
        priors: Column with the earlier violations of each case, a list of structures with the
            fields of `Prior`; None if no column has them.
        as_known_on: Only rules published by that day are used, as in `Engine.load_bundle`.
        drafts: Whether drafts (征求意见稿) decide cases too.

    Raises:
        ValueError: If `as_known_on` is no date.
        BundleError: If the bundle is damaged, of a format or for a version that does not fit, or
            needs a package that is not installed.
    """

    bundle: BundleSource = attrs.field(repr=False)
    priors: str | None = attrs.field(default=None, kw_only=True)
    as_known_on: date | str | None = attrs.field(default=None, kw_only=True)
    drafts: bool = attrs.field(default=False, kw_only=True)
    _runner: BatchEngine = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Read the bundle."""
        engine = Engine.load_bundle(self.bundle, as_known_on=self.as_known_on, drafts=self.drafts)
        self._runner = BatchEngine(engine)

    def __call__(self, cases: pa.Table) -> pa.Table:
        """The outcomes of the cases, in their order, in the columns of `PLAIN_OUTCOME_SCHEMA`.

        Raises:
            BatchInputError: If a column is unknown, missing or of a wrong type.
        """
        batches = cases.combine_chunks().to_batches(max_chunksize=ROWS)
        found = [evaluate_nested(self._runner, batch, self.priors) for batch in batches]
        return pa.Table.from_batches(found, PLAIN_OUTCOME_SCHEMA)


def evaluate_nested(
    runner: BatchEngine, batch: pa.RecordBatch, column: str | None
) -> pa.RecordBatch:
    """The outcomes of a batch, in its order, in the columns of `PLAIN_OUTCOME_SCHEMA`.

    Args:
        runner: What evaluates.
        batch: The cases.
        column: Which column has the earlier violations of each case; None if none has.

    Raises:
        BatchInputError: If a column is unknown, missing or of a wrong type.
    """
    if column is None:
        return runner.evaluate(batch).cast(PLAIN_OUTCOME_SCHEMA)
    nested = _nested(batch, column)
    cases = batch.drop_columns([column])
    if nested is None:
        return runner.evaluate(cases).cast(PLAIN_OUTCOME_SCHEMA)
    check_cases(cases.schema, runner.engine)
    ids = cases.column("id").cast(pa.string())
    rows, priors = _flattened(ids, nested)
    turns = _turns(ids) if len(rows) else np.zeros(len(ids), np.int64)
    found, order = [], []
    # One turn is all it takes, unless an id occurs twice.
    for turn in range(int(turns.max(initial=0)) + 1):
        taken = turns == turn
        found.append(runner.evaluate(cases.filter(taken), priors.filter(taken[rows])))
        order.append(np.flatnonzero(taken))
    outcomes = pa.concat_batches([one.cast(PLAIN_OUTCOME_SCHEMA) for one in found])
    return outcomes if len(found) == 1 else outcomes.take(np.argsort(np.concatenate(order)))


def _nested(batch: pa.RecordBatch, column: str) -> pa.Array | None:
    """The column of lists; None if nothing can stand in it."""
    if column not in batch.schema.names:
        raise BatchInputError([Problem("missing-column", Location("cases"), {"column": column})])
    found = batch.column(column)
    kind = found.type
    if pa.types.is_null(kind):
        return None
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    if is_list and pa.types.is_null(kind.value_type):
        return None
    if not is_list or not pa.types.is_struct(kind.value_type):
        details = {"column": column, "found": str(kind), "expected": "list<struct>"}
        place = Location("cases", path=f"$.{column}")
        raise BatchInputError([Problem("column-type", place, details)])
    return found


def _flattened(ids: pa.Array, nested: pa.Array) -> tuple[_Numbers, pa.RecordBatch]:
    """For every earlier violation the row of its case, and all of them one below the other."""
    lengths = pc.list_value_length(nested).fill_null(0).to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(nested)), lengths)
    flat, cases = nested.flatten(), ids.take(pa.array(rows))
    names = ["case", *(field.name for field in flat.type)]
    priors = pa.RecordBatch.from_arrays([cases, *flat.flatten()], names)
    # Without an id there is no case, and no earlier violation of one.
    known = cases.is_valid()
    return rows[known.to_numpy(zero_copy_only=False)], priors.filter(known)


def _turns(ids: pa.Array) -> _Numbers:
    """For each row how many rows before it have the same id.

    Earlier violations are found by the id of their case. So rows with the same id, each with
    lists of its own, are evaluated one after the other.
    """
    first = pc.index_in(ids, value_set=ids).to_numpy()
    order = np.argsort(first, kind="stable")
    ordered = first[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    lengths = np.diff(starts, append=len(ordered))
    turns = np.empty(len(ordered), np.int64)
    turns[order] = np.arange(len(ordered)) - np.repeat(starts, lengths)
    turns[ids.is_null().to_numpy(zero_copy_only=False)] = 0
    return turns
