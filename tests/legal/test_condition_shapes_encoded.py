"""Every shape of condition met in real lists is used by an encoded rule."""

from collections.abc import Iterator
from typing import Any

import pytest

from bizrules import conditions
from bizrules.history import FirstViolation
from bizrules.rules import Axis, Rule
from legal.encoded import engine, read, rulesets

SHAPES: list[dict[str, Any]] = read("shapes.yaml")
NUMBER = 47
WITHOUT = (34,)


def _shown(rule: Rule) -> Iterator[str]:
    """What the rule uses, in the words of the data file."""
    if rule.axis is Axis.COMPULSION:
        yield "compulsion"
    for node in conditions.walk(rule.condition):
        yield type(node).__name__
        if isinstance(node, conditions.Test):
            yield from (f"{fact} {node.op.value}" for fact in node.facts)
            if isinstance(node.operand, conditions.Share):
                yield "share"
            if len(node.facts) > 1:
                yield "sum"
    first = rulesets()[rule.ruleset].first_violation
    if first is not None:
        yield from (f"first {word}" for word in _first(first))


def _first(first: FirstViolation) -> Iterator[str]:
    """What counts as a first violation in the ruleset."""
    if first.window is None:
        yield "without window"
    else:
        yield f"{first.window.length} {first.window.unit.value}"
    yield first.identity.value
    yield first.counted_by.value


def test_every_shape_is_there() -> None:
    """The shapes are numbered without a gap, each with a name of its own."""
    assert [shape["number"] for shape in SHAPES] == list(range(1, NUMBER + 1))
    assert len({shape["name"] for shape in SHAPES}) == NUMBER


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape["number"]))
def test_every_shape_is_used(shape: dict[str, Any]) -> None:
    """The rules named for a shape use what shows it; a shape without a rule says why."""
    assert ("uses" in shape) != ("reason" in shape)
    wanting = [
        (name, sign)
        for name, signs in shape.get("uses", {}).items()
        for sign in signs
        if sign not in set(_shown(engine().rule(name)))
    ]
    assert wanting == []


def test_few_shapes_have_no_rule() -> None:
    """Only the shapes known to be without an encoded rule give a reason instead of one."""
    assert tuple(shape["number"] for shape in SHAPES if "reason" in shape) == WITHOUT


def test_no_rule_counts_circumstances_yet() -> None:
    """No encoded rule needs so many of several: when one does, its shape is to name it."""
    assert [
        rule.id
        for rule in engine().rules.values()
        if any(isinstance(node, conditions.AtLeast) for node in conditions.walk(rule.condition))
    ] == []
