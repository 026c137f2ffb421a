"""DuckDB as a programmer would write it: a table sorted by violation, a query for each."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
import duckdb
import pyarrow as pa
from case_table import CODES

from bizrules.conditions import AllOf, AnyOf, Condition, Not, Op, Test
from bizrules.rules import Rule
from bizrules.values import Money

_OPS = {
    Op.BELOW: "<",
    Op.AT_MOST: "<=",
    Op.AT_LEAST: ">=",
    Op.ABOVE: ">",
    Op.BEFORE: "<",
    Op.ON_OR_AFTER: ">=",
}


def expression(node: Condition) -> str:
    """The condition in SQL; NULL is unknown, and Kleene's tables hold."""
    if isinstance(node, Not):
        return f"NOT {expression(node.part)}"
    if isinstance(node, (AllOf, AnyOf)):
        join = " AND " if isinstance(node, AllOf) else " OR "
        return f"({join.join(map(expression, node.parts))})"
    assert isinstance(node, Test)
    name, operand = node.facts[0], node.operand
    if node.op is Op.IS:
        return f"({name} = {operand})"
    if isinstance(operand, tuple):
        codes = ", ".join(str(CODES.index(str(code))) for code in operand)
        return f"({name} IN ({codes}))"
    limit = operand.fen if isinstance(operand, Money) else operand
    said = f"DATE '{limit}'" if isinstance(limit, date) else str(limit)
    return f"({name} {_OPS[node.op]} {said})"


def _select(rules: Sequence[Rule]) -> str:
    return ", ".join(f'{expression(rule.condition)} AS "{rule.id}"' for rule in rules)


@attrs.frozen
class Written:
    """The rules of a workload as queries over the table `cases`.

    Attributes:
        own: For each violation, by its number, the truths of its rules without the general ones.
        general: Those of the rules for all violations.
    """

    own: Sequence[str]
    general: str

    @classmethod
    def of(cls, own: Sequence[Sequence[Rule]], general: Sequence[Rule]) -> "Written":
        """The rules as queries."""
        return cls([_select(rules) for rules in own], _select(general))

    def match(self, connection: Any) -> tuple[pa.Table, list[pa.Table]]:  # noqa: ANN401 - as below
        """Truths of the general rules, and of its own rules for each group of rows.

        The table is sorted first, so that each of the queries reads its own part of it.
        A group has the numbers of its rows in the column `row`.
        """
        general = connection.sql(f"SELECT {self.general} FROM cases").to_arrow_table()  # noqa: S608
        connection.execute(
            "CREATE OR REPLACE TABLE grouped AS "
            "SELECT rowid AS row, * FROM cases ORDER BY violation"
        )
        own = [
            connection.sql(
                f"SELECT row, {text} FROM grouped WHERE violation = {number}"  # noqa: S608
            ).to_arrow_table()
            for number, text in enumerate(self.own)
            if text
        ]
        return general, own


def connect(frame: pa.Table) -> Any:  # noqa: ANN401 - a connection of DuckDB, which may be missing
    """A database of one thread in memory with the table `cases`."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.register("given", frame)
    connection.execute("CREATE TABLE cases AS SELECT * FROM given")
    return connection
