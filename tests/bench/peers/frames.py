"""The columns that Polars and DuckDB are given: codes as numbers, amounts in fen."""

import pyarrow as pa
import pyarrow.compute as pc
from workload import FACTS


def frame(table: pa.Table) -> pa.Table:
    """Violation and facts in the form that is quickest to compare; null is unknown."""
    made = {"violation": table["violation"].combine_chunks().indices}
    return pa.table(made | {name: _column(name, table[name].combine_chunks()) for name in FACTS})


def _column(name: str, column: pa.Array) -> pa.Array:
    kind = name.split("_", 1)[0]
    if kind == "choice":
        return column.indices
    if kind == "amount":
        fen = pc.multiply(column, pa.scalar(100, pa.decimal128(3, 0)))
        return fen.cast(pa.int64())
    return column
