"""What a batch executes outside of compiled loops, counted in bytecodes: nothing for a row."""

from types import ModuleType

import pytest
from case_table import columns
from numba.core.dispatcher import Dispatcher
from workload import build

from bizrules.batch import BatchEngine, _asking, _blocks, _filling, _loops, _matching, _shared
from unit.test_evaluation_cost import executed

ROWS = 6000
MOST_GROWTH = 1.05
"""With three times the rows: Python goes by columns and laws, not by rows."""


def test_nothing_is_done_row_by_row() -> None:
    """Three times the rows of laws that were met before execute no more of Python."""
    work = build(cases=1)
    batch = columns(work, ROWS).combine_chunks().to_batches()[0]
    engine = BatchEngine(work.engine)
    small, large = batch.slice(0, ROWS // 3), batch
    for one in (small, large):
        engine.evaluate(one)
    costs = [executed(lambda one=one: engine.evaluate(one)) for one in (small, large)]  # type: ignore[misc]
    assert costs[1] <= costs[0] * MOST_GROWTH


@pytest.mark.parametrize("module", [_asking, _blocks, _filling, _loops, _matching, _shared])
def test_no_references_are_counted(module: ModuleType) -> None:
    """Loops over rows are compiled without counting who refers to their arrays."""
    loops = [one for one in vars(module).values() if isinstance(one, Dispatcher)]
    counting = {one.py_func.__name__ for one in loops if one.targetoptions.get("_nrt", True)}
    assert loops
    assert counting <= {"sort_by_law"}
