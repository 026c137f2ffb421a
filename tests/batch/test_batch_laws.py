"""Laws of the column engine: batch equals one by one, in every column."""

from collections.abc import Sequence

import attrs
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.case_columns import batch_of, can_be_written, prior_rows, row_of
from bizrules.batch import BatchEngine, _shared
from bizrules.batch._cases import rows_of
from bizrules.batch._kernel import MISSING, MOST_NARROW, UNREADABLE, narrowed
from bizrules.batch._plain_route import evaluate_row
from bizrules.cases import Case
from bizrules.engine import Engine
from property.worlds import CASES, CHANGING_WORLDS, PLAIN_CASES, PLAIN_WORLDS, WORLDS, World


def check_equal(
    engine: Engine, batch: pa.RecordBatch, priors: pa.Table | None = None
) -> BatchEngine:
    """Compare every row and column with one evaluation of the row's case."""
    runner = BatchEngine(engine)
    out = runner.evaluate(batch, priors)
    found: dict[str, list[dict[str, object]]] = {}
    for row in [] if priors is None else priors.to_pylist():
        found.setdefault(str(row["case"]), []).append(row)
    for given_row, got in zip(rows_of(batch), out.to_pylist(), strict=True):
        expected = evaluate_row(engine, given_row, found.get(str(given_row["id"]), []), "zh")
        different = {
            name: (got[name], value) for name, value in expected.items() if got[name] != value
        }
        assert different == {}, given_row
    return runner


def _check(world: World, cases: Sequence[Case]) -> None:
    known = [case for case in cases if can_be_written(case)]
    numbered = [attrs.evolve(case, id=f"{number}") for number, case in enumerate(known)]
    if not numbered:
        return
    found = prior_rows(numbered)
    check_equal(world.engine, batch_of(world.engine, map(row_of, numbered)), _table(found))


def _table(priors: Sequence[dict[str, object]]) -> pa.Table | None:
    if not priors:
        return None
    days = ("committed", "discovered", "decided")
    types = [(name, pa.date32() if name in days else pa.string()) for name in priors[0]]
    return pa.Table.from_pylist(list(priors), schema=pa.schema(types))


@given(WORLDS, st.lists(CASES, min_size=1, max_size=12))
def test_batch_is_one_by_one(world: World, cases: list[Case]) -> None:
    """Cases evaluated together come out as each does alone, in every column."""
    _check(world, cases)


@given(PLAIN_WORLDS, st.lists(PLAIN_CASES, min_size=1, max_size=12))
def test_batch_is_one_by_one_where_nothing_is_derived(world: World, cases: list[Case]) -> None:
    """The same where nothing is derived, so that the compiled loops take more of the rows."""
    _check(world, cases)


@given(PLAIN_WORLDS | WORLDS, st.lists(PLAIN_CASES, min_size=1, max_size=12))
def test_batch_is_one_by_one_column_by_column(world: World, cases: list[Case]) -> None:
    """The same where every rule is worked out for whole columns, as in large batches."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_shared, "_FEWEST", 1)
        patched.setattr(_shared, "_SHARE", len(cases) + 1)
        _check(world, cases)


@given(CHANGING_WORLDS, st.lists(PLAIN_CASES, min_size=1, max_size=12))
def test_batch_is_one_by_one_where_the_law_changes(world: World, cases: list[Case]) -> None:
    """The same where the act becomes a violation or ceases to be one."""
    _check(world, cases)


@given(st.integers(0, MOST_NARROW), st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300))
def test_a_limit_of_a_byte_compares_as_it_does(code: int, limit: int) -> None:
    """A code that a byte holds compares with a limit cut to a byte as with the limit itself."""
    cut = int(narrowed(limit))
    assert MISSING < UNREADABLE <= cut <= -UNREADABLE
    assert (code >= cut, code <= cut, code == cut) == (code >= limit, code <= limit, code == limit)
