"""What other engines are given: rules without unknown, facts as plain data."""

from collections.abc import Sequence
from datetime import date
from typing import Final, TypeAlias

import attrs

from bizrules.cases import Case
from bizrules.conditions import AllOf, AnyOf, Condition, Not, Op, Test
from bizrules.rules import Rule
from bizrules.values import Money

Plain: TypeAlias = bool | int | str
"""A fact as every engine takes it: amounts in fen, days as their number."""

Limit: TypeAlias = bool | int | tuple[str, ...]


@attrs.frozen
class Leaf:
    """A fact that is known and compares so: `==`, `in`, `not in`, `<`, `<=`, `>` or `>=`."""

    fact: str
    op: str
    limit: Limit


@attrs.frozen
class Every:
    """All parts."""

    parts: "tuple[Form, ...]"


@attrs.frozen
class Some:
    """One of the parts at least."""

    parts: "tuple[Form, ...]"


Form: TypeAlias = Leaf | Every | Some
"""A condition of two values: leaves joined by `and` and `or`, nothing negated."""

OPS: Final = {
    Op.IS: "==",
    Op.IN: "in",
    Op.BELOW: "<",
    Op.AT_MOST: "<=",
    Op.AT_LEAST: ">=",
    Op.ABOVE: ">",
    Op.BEFORE: "<",
    Op.ON_OR_AFTER: ">=",
}
OPPOSITE: Final = {"==": "==", "in": "not in", "<": ">=", "<=": ">", ">=": "<", ">": "<="}


def sure(node: Condition, *, holds: bool = True) -> Form:
    """Where the condition surely holds (or surely fails): by Kleene's tables, without unknown.

    An engine that knows no unknown tells from it what holds, an absent fact making its leaf false.
    """
    if isinstance(node, Not):
        return sure(node.part, holds=not holds)
    if isinstance(node, (AllOf, AnyOf)):
        parts = tuple(sure(part, holds=holds) for part in node.parts)
        return Every(parts) if isinstance(node, AllOf) is holds else Some(parts)
    assert isinstance(node, Test)
    return _leaf(node, holds=holds)


def _leaf(test: Test, *, holds: bool) -> Leaf:
    op, limit = OPS[test.op], _limit(test.operand)
    if op == "==":
        return Leaf(test.facts[0], op, limit is holds)
    return Leaf(test.facts[0], op if holds else OPPOSITE[op], limit)


def _limit(operand: object) -> Limit:
    if isinstance(operand, tuple):
        return tuple(str(code) for code in operand)
    if isinstance(operand, date):
        return operand.toordinal()
    if isinstance(operand, Money):
        return operand.fen
    assert isinstance(operand, int)
    return operand


def plain_facts(case: Case) -> dict[str, Plain]:
    """The known facts of a case as plain data."""
    return {name: _plain(value) for name, value in case.facts.items()}


def _plain(value: object) -> Plain:
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, date):
        return value.toordinal()
    assert isinstance(value, (bool, int, str))
    return value


def forms(rules: Sequence[Rule]) -> list[tuple[str, Form]]:
    """For each rule its id and where it surely holds."""
    return [(rule.id, sure(rule.condition)) for rule in rules]


def facts_of(form: Form) -> set[str]:
    """Names of the facts that the form reads."""
    if isinstance(form, Leaf):
        return {form.fact}
    return {name for part in form.parts for name in facts_of(part)}
