"""Conditions over plain facts: what is written, and its truth by Kleene's tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

Data: TypeAlias = Mapping[str, Any]
Facts: TypeAlias = Mapping[str, Any]
Truth: TypeAlias = bool | None

AMOUNTS = ("integer", "number", "money", "days")


@dataclass(frozen=True)
class Test:
    """One test of the sum of some facts; the other side may be a multiple of another fact."""

    facts: tuple[str, ...]
    op: str
    operand: Any
    of: str | None = None


@dataclass(frozen=True)
class Count:
    """So many of the parts hold: all, any (1) and `at_least`."""

    need: int
    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Node"


Node: TypeAlias = Test | Count | Not
ALWAYS = Count(0, ())
NEVER = Count(1, ())


def value(fact: Data, raw: object) -> Any:  # noqa: ANN401 - a value of any kind
    """A written value, ready to compare: money in fen, a level as its rank."""
    kind, text = fact["kind"], str(raw).partition(" ")[0]
    if kind in ("integer", "days"):
        return int(text)
    if kind in ("number", "money"):
        return Fraction(text) * (100 if kind == "money" else 1)
    if kind == "level":
        return list(fact["choices"]).index(str(raw))
    if kind == "date":
        return date.fromisoformat(text)
    return frozenset(raw) if kind == "set" and isinstance(raw, list) else raw


@dataclass(frozen=True)
class Reader:
    """Reads conditions; `defined` gives what a defined concept means."""

    facts: Mapping[str, Data]
    defined: Callable[[str], Node]

    def when(self, given: Data) -> Node:
        """What must hold and what excludes, under `when` and `unless`."""
        parts = [self.read(given["when"])] if "when" in given else []
        if "unless" in given:
            unless = given["unless"]
            several = unless if isinstance(unless, list) else [unless]
            parts.append(Not(Count(1, tuple(map(self.read, several)))))
        return Count(len(parts), tuple(parts))

    def read(self, given: Any) -> Node:  # noqa: ANN401 - a condition has many shapes
        """Any condition; lists and mappings must hold as a whole."""
        if isinstance(given, str):
            return self._entry(given, given=True)
        if isinstance(given, list):
            parts = tuple(map(self.read, given))
        elif "sum" in given:
            tests = {op: operand for op, operand in given.items() if op != "sum"}
            parts = tuple(self._tests(tuple(given["sum"]), tests))
        elif "per" in given:
            return Count(1, tuple(self._branches(given["per"], given["kinds"])))
        else:
            parts = tuple(self._entry(key, given=inside) for key, inside in given.items())
        return Count(len(parts), parts)

    def _branches(self, fact: str, kinds: Data) -> Iterator[Node]:
        for code, inside in kinds.items():
            yield Count(2, (*self._tests((fact,), {"is": code}), self.read(inside)))

    def _entry(self, key: str, *, given: Any) -> Node:  # noqa: ANN401 - an operand of any kind
        if key in ("all", "any"):
            parts = tuple(map(self.read, given))
            return Count(1 if key == "any" else len(parts), parts)
        if key == "not":
            return Not(self.read(given))
        if key == "at_least":
            ((need, parts),) = given.items()
            return Count(int(need), tuple(map(self.read, parts)))
        if key not in self.facts:
            return self.defined(key) if given is True else Not(self.defined(key))
        tests = given if isinstance(given, dict) else {"is": given}
        parts = tuple(self._tests((key,), tests))
        return Count(len(parts), parts)

    def _tests(self, names: tuple[str, ...], tests: Data) -> Iterator[Test]:
        fact = next((self.facts[n] for n in names if self.facts[n]["kind"] == "number"), None)
        fact = fact or self.facts[names[0]]
        for op, operand in tests.items():
            if isinstance(operand, dict):
                share = Fraction(str(operand.get("percent", 100))) / 100
                times = Fraction(str(operand["times"])) if "times" in operand else share
                yield Test(names, op, times, operand["of"])
            elif op == "contains":
                yield Test(names, op, frozenset(operand))
            elif isinstance(operand, list) and op != "is":
                yield Test(names, op, tuple(value(fact, one) for one in operand))
            else:
                yield Test(names, op, value(fact, operand))


_PASSES: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda found, limit: found == limit,
    "in": lambda found, limit: found in limit,
    "not_in": lambda found, limit: found not in limit,
    "below": lambda found, limit: found < limit,
    "before": lambda found, limit: found < limit,
    "at_most": lambda found, limit: found <= limit,
    "at_least": lambda found, limit: found >= limit,
    "on_or_after": lambda found, limit: found >= limit,
    "above": lambda found, limit: found > limit,
    "between": lambda found, limit: limit[0] <= found <= limit[1],
    "contains": lambda found, limit: limit <= found,
}


def truth(node: Node, facts: Facts) -> Truth:
    """True, false, or None for unknown."""
    if isinstance(node, Not):
        inner = truth(node.part, facts)
        return None if inner is None else not inner
    if isinstance(node, Count):
        found = [truth(part, facts) for part in node.parts]
        if found.count(True) >= node.need:
            return True
        return None if found.count(True) + found.count(None) >= node.need else False
    if any(name not in facts for name in reads(node)):
        return None
    first, *more = (facts[name] for name in node.facts)
    limit = node.operand if node.of is None else node.operand * facts[node.of]
    return _PASSES[node.op](first + sum(more) if more else first, limit)


def reads(node: Node) -> frozenset[str]:
    """Facts that a condition reads."""
    if isinstance(node, Test):
        return frozenset(node.facts) | ({node.of} if node.of else frozenset())
    parts = (node.part,) if isinstance(node, Not) else node.parts
    return frozenset().union(*map(reads, parts))


def open_facts(node: Node, facts: Facts) -> frozenset[str]:
    """Unknown facts that can still change the truth of a condition that is unknown."""
    if truth(node, facts) is not None:
        return frozenset()
    if isinstance(node, Test):
        return reads(node) - facts.keys()
    parts = (node.part,) if isinstance(node, Not) else node.parts
    return frozenset().union(*(open_facts(part, facts) for part in parts))


def without(node: Node, names: frozenset[str], *, positive: bool = True) -> Node:
    """The condition in which no test of the facts can help it."""
    if isinstance(node, Test):
        return (NEVER if positive else ALWAYS) if reads(node) & names else node
    if isinstance(node, Not):
        return Not(without(node.part, names, positive=not positive))
    return Count(node.need, tuple(without(one, names, positive=positive) for one in node.parts))


_OPPOSITE = {"below": "at_least", "at_most": "above", "before": "on_or_after", "in": "not_in"}
_OPPOSITES = {**_OPPOSITE, **{two: one for one, two in _OPPOSITE.items()}}


def opposite(node: Node, kinds: Callable[[str], str]) -> Node | None:
    """The condition that holds where this one does not, said without a negation."""
    if isinstance(node, Not):
        return node.part
    if isinstance(node, Count):
        if node.need not in (1, len(node.parts)):
            return None
        parts = tuple(opposite(part, kinds) or Not(part) for part in node.parts)
        need = 1 if node.need == len(parts) else len(parts)
        return None if all(isinstance(part, Not) for part in parts) else Count(need, parts)
    if kinds(node.facts[0]) == "boolean":
        return Test(node.facts, "is", not node.operand)
    if node.op == "is" and kinds(node.facts[0]) in ("choice", "level", "text"):
        return Test(node.facts, "not_in", (node.operand,))
    turned = _OPPOSITES.get(node.op)
    return Test(node.facts, turned, node.operand, node.of) if turned else None


def answers(fact: Data, nodes: Iterable[Node], name: str) -> list[Any]:
    """One answer for each stretch of values that some test of the fact tells apart."""
    if fact["kind"] == "boolean":
        return [True, False]
    if fact["kind"] == "set":
        return [frozenset(), frozenset(fact["choices"])]
    if fact["kind"] in ("choice", "level"):
        return [value(fact, code) for code in fact["choices"]]
    if fact["kind"] not in AMOUNTS:
        return []
    limits = {end for node in nodes for end in _limits(node, name)}
    around = (end + step for end in sorted(limits) for step in (-1, 0, 1))
    return list(dict.fromkeys(one for one in around if one >= 0))


def stretches(
    fact: Data, nodes: Iterable[Node], name: str, more: Iterable[Fraction] = ()
) -> list[Any]:
    """Answers at the ends of every stretch of values between limits; an amount may be any."""
    if fact["kind"] not in AMOUNTS:
        return answers(fact, nodes, name)
    limits = {Fraction(end) for node in nodes for end in _limits(node, name)} | {*more, Fraction(0)}
    around = [end + step for end in sorted(limits) for step in (-1, 0, 1)]
    return [one for one in around if one >= 0] + [max(limits) * 1000 + 10**15]


def _limits(node: Node, name: str) -> Iterator[Any]:
    if isinstance(node, Test):
        if name in node.facts and node.of is None:
            yield from node.operand if isinstance(node.operand, tuple) else (node.operand,)
        return
    for part in (node.part,) if isinstance(node, Not) else node.parts:
        yield from _limits(part, name)


def every_answer(choices: Mapping[Any, list[Any]]) -> Iterator[dict[Any, Any]]:
    """Every way to answer several facts."""
    for combination in product(*choices.values()):
        yield dict(zip(choices, combination, strict=True))
