"""Generated code holds no text of a document, whatever that says."""

import pytest

from bizrules.blocks import compile_block
from bizrules.conditions import AllOf, AnyOf, AtLeast, Condition, Op
from bizrules.conditions import Test as FactTest
from bizrules.facts import Choice, Fact, Kind, Value, Vocabulary
from strategies import VOCABULARY, text

ODD = (
    "'); import os; ('",
    "c0",
    "p0",
    "get",
    "block",
    "{0}",
    "{}",
    "None",
    "a\nb",
    "值\\",
    "'" * 3,
)


@pytest.mark.parametrize("name", ODD)
def test_names_and_codes_are_data(name: str) -> None:
    """A fact, a code or a text of any name is compared, and nothing else."""
    choice = Choice(code=name, label=text("code"))
    facts = (
        Fact(name=name, kind=Kind.CHOICE, label=text("fact"), choices=(choice,)),
        Fact(name=f"{name} text", kind=Kind.TEXT, label=text("text")),
    )
    vocabulary = Vocabulary({fact.name: fact for fact in facts})
    conditions: list[Condition] = [
        FactTest((name,), Op.IS, name),
        FactTest((f"{name} text",), Op.IN, (name, "other")),
    ]
    block = compile_block([(one, {}) for one in conditions], vocabulary)
    known: dict[str, Value] = {name: name, f"{name} text": name}
    assert block(known.get) == 0b0101
    other: dict[str, Value] = {f"{name} text": "?"}
    assert block(other.get) == 0b0010


def test_many_conditions() -> None:
    """A block has as many conditions as there are rules, and a condition as many parts."""
    sold = FactTest(("sold",), Op.IS, operand=True)
    several: list[Condition] = [AtLeast(2, (sold,) * 3), AnyOf((sold,) * 40), AllOf((sold,) * 40)]
    block = compile_block([(one, {}) for one in several * 100], VOCABULARY)
    held: dict[str, Value] = {"sold": True}
    assert block(held.get) == sum(1 << 2 * number for number in range(300))
    failed: dict[str, Value] = {"sold": False}
    assert block(failed.get) == 0
    nothing: dict[str, Value] = {}
    assert block(nothing.get) == sum(2 << 2 * number for number in range(300))


def test_deep_conditions() -> None:
    """Conditions may lie inside each other as deeply as documents allow."""
    condition: Condition = FactTest(("sold",), Op.IS, operand=True)
    recalled = FactTest(("recalled",), Op.IS, operand=True)
    for _ in range(60):
        condition = AnyOf((AllOf((condition, recalled)), recalled))
    block = compile_block([(condition, {})], VOCABULARY)
    assert block({"sold": True, "recalled": True}.get) == 1
    assert block({"sold": True, "recalled": False}.get) == 0
    assert block({"recalled": True}.get) == 1
