"""The floor: Python as a programmer would generate it, one function a violation."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from bizrules.conditions import AllOf, AnyOf, Condition, Not
from bizrules.rules import Rule

from .forms import Every, Form, Leaf, Plain, forms, sure

Facts: TypeAlias = Mapping[str, Plain]
Matching: TypeAlias = Callable[[Facts], list[str]]
Telling: TypeAlias = Callable[[Facts], tuple[list[str], list[str]]]


def matching(rules: Sequence[Rule]) -> Matching:
    """The ids of the rules that hold: conditions written out, a fact read where it is tested."""
    lines = ["def match(facts):", "    get = facts.get", "    held = []"]
    for index, (rule, form) in enumerate(forms(rules)):
        lines.append(f"    if {_source(form, f'a{index}')}: held.append({rule!r})")
    return _compiled([*lines, "    return held"], "match")


def telling(rules: Sequence[Rule]) -> Telling:
    """The ids of the rules that hold, and of those that cannot be told."""
    lines = ["def tell(facts):", "    get = facts.get", "    held, unknown = [], []"]
    for index, rule in enumerate(rules):
        holds = _source(sure(rule.condition), f"a{index}")
        fails = _source(sure(rule.condition, holds=False), f"b{index}")
        lines.append(f"    if {holds}: held.append({rule.id!r})")
        lines.append(f"    elif not {fails}: unknown.append({rule.id!r})")
    return _compiled([*lines, "    return held, unknown"], "tell")


def tracing(rules: Sequence[Rule]) -> Callable[[Facts], list[tuple[str, list[bool | None]]]]:
    """For each rule the truth of every one of its conditions, unknown being None."""
    lines = ["def trace(facts):", "    get = facts.get", "    return ["]
    for rule in rules:
        parts = rule.condition.parts if isinstance(rule.condition, AllOf) else (rule.condition,)
        lines.append(f"        ({rule.id!r}, [{', '.join(_truth(part) for part in parts)}]),")
    return _compiled([*lines, "    ]"], "trace")


def _compiled(lines: Sequence[str], name: str) -> Callable[[Facts], Any]:
    names: dict[str, Callable[[Facts], Any]] = {}
    exec("\n".join(lines), names)  # noqa: S102 - our own rules
    return names[name]


def _source(form: Form, name: str) -> str:
    """The form as an expression; `name` is a variable of its own to keep a fact in."""
    if isinstance(form, Leaf):
        if form.op == "==":
            return f"get({form.fact!r}) is {form.limit}"
        if form.op == "in":
            return f"get({form.fact!r}) in {form.limit!r}"
        return f"(({name} := get({form.fact!r})) is not None and {name} {form.op} {form.limit!r})"
    parts = [_source(part, name) for part in form.parts]
    return f"({(' and ' if isinstance(form, Every) else ' or ').join(parts)})"


def _truth(node: Condition) -> str:
    """The truth of a condition as an expression of three values."""
    if isinstance(node, (Not, AnyOf)):
        holds, fails = _source(sure(node), "x"), _source(sure(node, holds=False), "x")
        return f"True if {holds} else False if {fails} else None"
    leaf = sure(node)
    assert isinstance(leaf, Leaf)
    test = f"x is {leaf.limit}" if leaf.op == "==" else f"x {leaf.op} {leaf.limit!r}"
    return f"None if (x := get({leaf.fact!r})) is None else {test}"
