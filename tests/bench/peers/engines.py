"""Other engines that take one case at a time, each as its own documents advise to be quick.

None of them knows three values: each is given where a rule surely holds (`forms.sure`), every
test guarded against an absent fact where the engine would not answer false by itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress, product
from typing import Any, Final, TypeAlias

import attrs
import cedarpy
import datalogic_py
import rule_engine
import zen
from workload import FACTS

from bizrules.rules import Rule

from .forms import Every, Form, Leaf, Plain, facts_of, forms

Matching: TypeAlias = Callable[[Any], Sequence[str]]


@attrs.frozen
class Peer:
    """An engine that answers which rules hold.

    Attributes:
        name: What the tables call it.
        package: Package it comes from.
        write: Writes the rules of a violation for it; the function gives the ids that hold.
        take: The facts as it takes them, made before the clock starts.
    """

    name: str
    package: str
    write: Callable[[Sequence[Rule]], Matching]
    take: Callable[[Mapping[str, Plain]], Any] = dict


def _joined(form: Form, leaf: Callable[[Leaf], str], both: str, either: str) -> str:
    """The form as text of an expression."""
    if isinstance(form, Leaf):
        return leaf(form)
    parts = (_joined(part, leaf, both, either) for part in form.parts)
    return f"({(both if isinstance(form, Every) else either).join(parts)})"


def _said(limit: object) -> str:
    """A limit as JSON, which all these languages share."""
    return json.dumps(list(limit) if isinstance(limit, tuple) else limit)


def _zen_leaf(leaf: Leaf) -> str:
    test = f"{leaf.fact} {leaf.op} {_said(leaf.limit)}"
    return test if leaf.op in {"==", "in"} else f"({leaf.fact} != null and {test})"


def zen_expressions(rules: Sequence[Rule]) -> Matching:
    """One expression: the list of all truths."""
    ids = [rule.id for rule in rules]
    text = ", ".join(_joined(form, _zen_leaf, " and ", " or ") for _, form in forms(rules))
    compiled = zen.compile_expression(f"[{text}]")
    return lambda facts: list(compress(ids, compiled.evaluate(facts)))


def zen_tables(rules: Sequence[Rule]) -> Matching:
    """A decision table that collects: a rule with alternatives has a row for each."""
    rows = [(rule, row) for rule, form in forms(rules) for row in _rows(form)]
    read = sorted({name for _, form in forms(rules) for name in facts_of(form)})
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": name, "name": name, "field": name} for name in read],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": [
            {"_id": str(index), "rule": json.dumps(rule), **_cells(row)}
            for index, (rule, row) in enumerate(rows)
        ],
    }
    decision = zen.ZenEngine().create_decision(zen.ZenDecisionContent(json.dumps(_graph(table))))

    def match(facts: Mapping[str, Plain]) -> Sequence[str]:
        found: Any = decision.evaluate(facts)["result"]  # type: ignore[arg-type, unused-ignore]
        return list(dict.fromkeys(row["rule"] for row in found))

    return match


def _rows(form: Form) -> Iterator[tuple[Leaf, ...]]:
    """The form as alternatives of tests that all hold."""
    if isinstance(form, Leaf):
        yield (form,)
    elif isinstance(form, Every):
        for choice in product(*(list(_rows(part)) for part in form.parts)):
            yield tuple(leaf for row in choice for leaf in row)
    else:
        for part in form.parts:
            yield from _rows(part)


def _cells(row: Sequence[Leaf]) -> dict[str, str]:
    cells: dict[str, list[str]] = {}
    for leaf in row:
        test = f"$ {leaf.op} {_said(leaf.limit)}"
        guarded = test if leaf.op in {"==", "in"} else f"$ != null and {test}"
        cells.setdefault(leaf.fact, []).append(guarded)
    return {fact: " and ".join(tests) for fact, tests in cells.items()}


def _graph(table: Mapping[str, object]) -> Mapping[str, object]:
    """A decision of one table."""
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


_JSON_LOGIC: Final = {"==": "===", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def _json_logic(form: Form) -> object:
    if not isinstance(form, Leaf):
        join = "and" if isinstance(form, Every) else "or"
        return {join: [_json_logic(part) for part in form.parts]}
    fact: object = {"var": form.fact}
    known = {"!==": [fact, None]}
    if isinstance(form.limit, tuple):
        within: object = {"in": [fact, list(form.limit)]}
        return within if form.op == "in" else {"and": [known, {"!": [within]}]}
    test: object = {_JSON_LOGIC[form.op]: [fact, form.limit]}
    # What is absent counts as nothing: it lies below every limit, and above none.
    return {"and": [known, test]} if form.op in {"<", "<="} or not form.limit else test


def datalogic(rules: Sequence[Rule]) -> Matching:
    """One rule: the list of all truths."""
    ids = [rule.id for rule in rules]
    engine = datalogic_py.Engine()
    compiled = engine.compile([_json_logic(form) for _, form in forms(rules)])
    evaluate = engine.session().evaluate
    return lambda facts: list(compress(ids, evaluate(compiled, facts)))


def _rule_engine_leaf(leaf: Leaf) -> str:
    if leaf.op == "==":
        return f"{leaf.fact} == {_said(leaf.limit)}"
    if not isinstance(leaf.limit, tuple):
        return f"({leaf.fact} != null and {leaf.fact} {leaf.op} {leaf.limit})"
    # Its `in` costs more than the comparisons one by one.
    if leaf.op == "in":
        return f"({' or '.join(f'{leaf.fact} == {_said(code)}' for code in leaf.limit)})"
    return f"({' and '.join(f'{leaf.fact} != {_said(code)}' for code in (None, *leaf.limit))})"


def rule_engines(rules: Sequence[Rule]) -> Matching:
    """A rule each, tried one after the other."""
    context = rule_engine.Context(default_value=None)
    tried = [
        (rule, rule_engine.Rule(_joined(form, _rule_engine_leaf, " and ", " or "), context).matches)
        for rule, form in forms(rules)
    ]
    return lambda facts: [rule for rule, matches in tried if matches(facts)]


def _cedar_leaf(leaf: Leaf) -> str:
    fact = f"context.{leaf.fact}"
    if isinstance(leaf.limit, tuple):
        test = f"{_said(leaf.limit)}.contains({fact})"
        test = test if leaf.op == "in" else f"!{test}"
    else:
        test = f"{fact} {leaf.op} {_said(leaf.limit)}"
    return f"(context has {leaf.fact} && {test})"


def cedar(rules: Sequence[Rule]) -> Matching:
    """A policy each, in one parsed set; the reasons of the decision are the rules that hold."""
    text = "\n".join(
        f"@id({_said(rule)}) permit(principal, action, resource) "
        f"when {{ {_joined(form, _cedar_leaf, ' && ', ' || ')} }};"
        for rule, form in forms(rules)
    )
    policies = cedarpy.PolicySet.from_str(text)
    entities = cedarpy.Entities.from_json_str("[]")

    def match(request: dict[str, Any]) -> Sequence[str]:
        answer = cedarpy.is_authorized(request, policies, entities)
        return list(answer.diagnostics.id_annotations_by_reason.values())

    return match


def _complete(facts: Mapping[str, Plain]) -> dict[str, Plain | None]:
    """Every fact, because `rule-engine` is slow where a name is missing."""
    return {name: facts.get(name) for name in FACTS}


def _request(facts: Mapping[str, Plain]) -> dict[str, Any]:
    named = {"principal": 'Party::"p"', "action": 'Action::"a"', "resource": 'Case::"c"'}
    return {**named, "context": dict(facts)}


PEERS: Final = (
    Peer("zen-engine, expressions", "zen-engine", zen_expressions),
    Peer("zen-engine, decision tables", "zen-engine", zen_tables),
    Peer("datalogic-py", "datalogic-py", datalogic),
    Peer("rule-engine", "rule-engine", rule_engines, _complete),
    Peer("cedarpy", "cedarpy", cedar, _request),
)
