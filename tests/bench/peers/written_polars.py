"""Polars as a programmer would write it: the frame parted by violation, rules as expressions."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import attrs
import polars as pl
from case_table import CODES

from bizrules.conditions import AllOf, AnyOf, Condition, Not, Op, Test
from bizrules.rules import Rule
from bizrules.values import Money


def expression(node: Condition) -> Any:  # noqa: ANN401 - an expression of Polars
    """The condition as an expression; null is unknown, and Kleene's tables hold."""
    if isinstance(node, Not):
        return ~expression(node.part)
    if isinstance(node, (AllOf, AnyOf)):
        join = and_ if isinstance(node, AllOf) else or_
        return reduce(join, map(expression, node.parts))
    assert isinstance(node, Test)
    return _leaf(pl.col(node.facts[0]), node.op, node.operand)


def _leaf(column: Any, op: Op, operand: object) -> Any:  # noqa: ANN401 - expressions of Polars
    if op is Op.IS:
        return column if operand is True else ~column
    if isinstance(operand, tuple):
        return reduce(or_, (column == CODES.index(str(code)) for code in operand))
    limit = operand.fen if isinstance(operand, Money) else operand
    assert isinstance(limit, (int, date))
    if op in {Op.BELOW, Op.BEFORE}:
        return column < limit
    if op is Op.AT_MOST:
        return column <= limit
    return column > limit if op is Op.ABOVE else column >= limit


@attrs.frozen
class Written:
    """The rules of a workload as expressions.

    Attributes:
        own: For each violation, by its number, its rules without the general ones.
        general: Rules for all violations.
    """

    own: Sequence[Sequence[Any]]
    general: Sequence[Any]

    @classmethod
    def of(cls, own: Sequence[Sequence[Rule]], general: Sequence[Rule]) -> "Written":
        """The rules as expressions named by their ids."""

        def named(rules: Sequence[Rule]) -> list[Any]:
            return [expression(rule.condition).alias(rule.id) for rule in rules]

        return cls([named(rules) for rules in own], named(general))

    def match(self, frame: Any) -> tuple[Any, list[Any]]:  # noqa: ANN401 - frames of Polars
        """Truths of the general rules, and of its own rules for each group of rows.

        A group's frame has the numbers of its rows in the column `row`.
        """
        general = frame.select(self.general)
        groups = frame.with_row_index("row").partition_by("violation", maintain_order=False)
        own = [
            group.select("row", *self.own[number])
            for group in groups
            if self.own[number := group.item(0, "violation")]
        ]
        return general, own
