"""Conditions as plain data again, and several conditions as one."""

from typing import TypeAlias

from bizrules.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    Operand,
    PerKind,
    Share,
    Test,
)
from bizrules.facts import Value, plain_value
from bizrules.grammar._operands import print_ratio

Written: TypeAlias = "str | bool | int | list[Written] | dict[str, Written]"
"""A condition as plain data."""


def combine(
    preamble_when: Condition | None,
    when: Condition | None,
    preamble_unless: Condition | None,
    unless: Condition | None,
) -> Condition:
    """One condition of preamble, conditions and exclusions: all of the first, none of the second.

    Args:
        preamble_when: What must hold for every rule of the ruleset.
        when: What must hold for this rule.
        preamble_unless: What excludes every rule of the ruleset.
        unless: What excludes this rule.
    """
    wanted = [part for given in (preamble_when, when) for part in _conjuncts(given)]
    excluded = [part for given in (preamble_unless, unless) for part in _disjuncts(given)]
    if excluded:
        wanted.append(Not(excluded[0] if len(excluded) == 1 else AnyOf(tuple(excluded))))
    return wanted[0] if len(wanted) == 1 else AllOf(tuple(wanted))


def _conjuncts(condition: Condition | None) -> tuple[Condition, ...]:
    if condition is None:
        return ()
    return condition.parts if isinstance(condition, AllOf) else (condition,)


def _disjuncts(condition: Condition | None) -> tuple[Condition, ...]:
    if condition is None:
        return ()
    return condition.parts if isinstance(condition, AnyOf) else (condition,)


def print_condition(condition: Condition) -> Written:
    """The condition as plain data, from which `parse_condition` makes it again.

    A definition is printed by its own name, without the ruleset that holds it; a conjunction of
    several conditions as a list, as it stands under `when`.
    """
    if isinstance(condition, AllOf) and len(condition.parts) > 1:
        return [_written(part) for part in condition.parts]
    return _written(condition)


def _written(condition: Condition) -> Written:
    if isinstance(condition, Test):
        return _written_test(condition)
    if isinstance(condition, Defined):
        return condition.name.rpartition("#")[2]
    if isinstance(condition, Not):
        return {"not": _written(condition.part)}
    if isinstance(condition, AtLeast):
        return {"at_least": {str(condition.count): _all_written(condition.parts)}}
    if isinstance(condition, PerKind):
        kinds = {code: _written(branch) for code, branch in condition.branches}
        return {"per": condition.fact, "kinds": kinds}
    return {"all" if isinstance(condition, AllOf) else "any": _all_written(condition.parts)}


def _all_written(parts: tuple[Condition, ...]) -> list[Written]:
    return [_written(part) for part in parts]


def _written_test(test: Test) -> Written:
    operand = _written_operand(test.operand)
    if len(test.facts) > 1:
        return {"sum": [*test.facts], test.op.value: operand}
    name = test.facts[0]
    if test.op is Op.IS and not isinstance(test.operand, Share):
        return name if test.operand is True else {name: operand}
    return {name: {test.op.value: operand}}


def _written_operand(operand: Operand) -> Written:
    if isinstance(operand, tuple):
        return [_written_value(value) for value in operand]
    if isinstance(operand, Share):
        factor = {} if operand.times == 1 else {"times": print_ratio(operand.times)}
        return {**factor, "of": operand.fact}
    return _written_value(operand)


def _written_value(value: Value) -> Written:
    plain = plain_value(value)
    return [*plain] if isinstance(plain, list) else plain
