"""Many cases at once: columns in, columns out (批量办理).

Cases come as Arrow columns, outcomes leave as Arrow columns, row by row what `evaluate` answers.
Needs the extra `batch`.
"""

from bizrules.batch._engine import BatchEngine, RouteCounts, evaluate_table
from bizrules.batch._plain_route import columns_of
from bizrules.batch._schema import OUTCOME_SCHEMA, BatchInputError, case_schema

__all__ = [
    "OUTCOME_SCHEMA",
    "BatchEngine",
    "BatchInputError",
    "RouteCounts",
    "case_schema",
    "columns_of",
    "evaluate_table",
]
