"""Many conditions as one function: Python written from their nodes and compiled once.

No text of a document becomes code (`written_code`), and a condition means here what `matching`
says it means; property tests compare the two.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

import attrs

from bizrules.conditions import (
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
    Test,
    facts_read,
)
from bizrules.facts import Fact, Kind, Value, Vocabulary
from bizrules.matching import (
    Names,
    comparable,
    exact_amount,
    exact_limit,
    limit_of,
    parts_of,
    predicate_for,
    predicate_of,
)
from bizrules.written_code import SIGNS, CodeWriter

Look: TypeAlias = Callable[[str], Value | None]
"""Finds the value of a fact, None if it is unknown."""

Block: TypeAlias = Callable[[Look], int]
"""Which of its conditions hold and which cannot be told: two bits for each, in their order.

Of condition `n` bit `2n` says that it holds, bit `2n + 1` that it cannot be told.
"""

_OFTEN: Final = 3
"""A fact that so many tests of a block read is looked up once, ahead of them."""

_MOST_INLINE: Final = 6
"""So many alternatives are written in place; more become a function of their own."""


@attrs.frozen
class _Atom:
    """A test: the facts that it reads, and when it fails, with a place for each of their values."""

    keys: tuple[str, ...]
    holds: str
    negated: bool

    def opposite(self) -> "_Atom":
        return attrs.evolve(self, negated=not self.negated)

    def fails(self, values: Sequence[str]) -> str:
        """The failure in code, over the names under which the values stand there."""
        held = self.holds.format(*values)
        return held if self.negated else f"not {held}"


@attrs.frozen
class _Group:
    """So many of the parts have to hold: all, one, or some number of them."""

    needed: int
    parts: "tuple[_Atom | _Group, ...]"

    def opposite(self) -> "_Group":
        """Holds where this one fails: too many parts fail for enough to hold."""
        negated = tuple(part.opposite() for part in self.parts)
        return _Group(len(negated) - self.needed + 1, negated)


_Node: TypeAlias = _Atom | _Group


def compile_block(conditions: Iterable[tuple[Condition, Names]], vocabulary: Vocabulary) -> Block:
    """The conditions as one function over the values of facts.

    Args:
        conditions: Conditions checked against the vocabulary, each with the names under which some
            of its facts are read.
        vocabulary: Declarations of the facts.
    """
    return _Writer(vocabulary).block(conditions)


@attrs.define
class _Writer(CodeWriter):
    """Writes the code of a block.

    Attributes:
        vocabulary: Declarations of the facts.
        written: Functions written so far.
    """

    vocabulary: Vocabulary
    written: list[str] = attrs.field(factory=list)
    _keys: dict[str, str] = attrs.field(factory=dict)

    def block(self, conditions: Iterable[tuple[Condition, Names]]) -> Block:
        nodes = [self._node(condition, names) for condition, names in conditions]
        often = self._read_often(nodes)
        lines = ["def block(get):", "  found = 0"]
        lines += [f"  {value} = get({key})" for key, value in often.items()]
        for number, node in enumerate(nodes):
            lines += self._candidate(node, number, often)
        made: Block = self._made([*self.written, *lines, "  return found"], "block")
        return made

    def _key(self, name: str, names: Names) -> str:
        read = names.get(name, name)
        if read not in self._keys:
            self._keys[read] = self._entry(read)
        return self._keys[read]

    @staticmethod
    def _read_often(nodes: Iterable[_Node]) -> dict[str, str]:
        atoms = [atom for node in nodes for part in _conjuncts(node) for atom in _inline(part)]
        counted = Counter(key for atom in atoms for key in atom.keys)
        often = [key for key, count in counted.items() if count >= _OFTEN]
        return {key: f"f{index}" for index, key in enumerate(often)}

    def _node(self, condition: Condition, names: Names) -> _Node:
        """The condition with its negations moved down to its tests."""
        if isinstance(condition, Test):
            return self._atom(condition, names)
        if isinstance(condition, Not):
            return self._node(condition.part, names).opposite()
        if isinstance(condition, Defined):
            return self._node(condition.condition, names)
        parts = tuple(self._node(part, names) for part in parts_of(condition))
        if isinstance(condition, AtLeast):
            return _Group(condition.count, parts)
        return _Group(1 if isinstance(condition, (AnyOf, PerKind)) else len(parts), parts)

    def _atom(self, test: Test, names: Names) -> _Atom:
        keys = tuple(self._key(name, names) for name in test.facts)
        fact = self.vocabulary[test.facts[0]]
        if isinstance(test.operand, Share):
            other = self._key(test.operand.fact, names)
            return _Atom((*keys, other), self._share(test, test.operand), negated=False)
        if len(keys) > 1:
            limit = exact_limit(fact, test)
            return _Atom(keys, self._comparison(test.op, self._sum(test), limit), negated=False)
        if fact.kind is Kind.BOOLEAN and test.op is Op.IS:
            return _Atom(keys, "{0}", negated=test.operand is not True)
        return _Atom(keys, self._test(fact, test), negated=False)

    def _test(self, fact: Fact, test: Test) -> str:
        """A test of one fact against a fixed limit."""
        holds = predicate_of(fact, test)
        if fact.kind in (Kind.LEVEL, Kind.CHOICE):
            codes = frozenset(code for code in fact.ranks if holds(comparable(fact, code)))
            return f"({{0}} in {self._entry(_shared(codes))})"
        value = "{0}.fen" if fact.kind is Kind.MONEY else "{0}"
        return self._comparison(test.op, value, limit_of(fact, test))

    def _comparison(self, op: Op, value: str, limit: Any) -> str:  # noqa: ANN401 - as `limit_of`
        if op is Op.BETWEEN:
            low, high = map(self._entry, limit)
            return f"({low} <= {value} <= {high})"
        if op in SIGNS:
            return f"({value} {SIGNS[op]} {self._entry(limit)})"
        return f"{self._called(predicate_for(op, limit))}({value})"

    def _sum(self, test: Test) -> str:
        amounts = (self._amount(test, name, place) for place, name in enumerate(test.facts))
        return f"({' + '.join(amounts)})"

    def _amount(self, test: Test, name: str, place: int) -> str:
        """A value for computing with: decimals are rounded by their context, fractions never."""
        if self.vocabulary[name].kind is Kind.MONEY:
            return f"{{{place}}}.fen"
        if any(self.vocabulary[one].kind is Kind.NUMBER for one in facts_read(test)):
            return f"{self._called(exact_amount)}({{{place}}})"
        return f"{{{place}}}"

    def _share(self, test: Test, share: Share) -> str:
        # Cross-multiplied, so that whole numbers stay whole and no amount is ever rounded.
        base = self._amount(test, share.fact, len(test.facts))
        total = f"{self._sum(test)} * {self._entry(share.times.denominator)}"
        return f"({total} {SIGNS[test.op]} {base} * {self._entry(share.times.numerator)})"

    def _candidate(self, node: _Node, number: int, often: dict[str, str]) -> Iterator[str]:
        """A condition of the block: it is left as soon as a part of it fails."""
        held, untold = 1 << 2 * number, 2 << 2 * number
        yield "  while True:"
        yield f"    told = {held}"
        for part in sorted(_conjuncts(node), key=lambda part: _cost(part, often)):
            atoms = _inline(part)
            if len(atoms) == 1:
                yield from self._conjunct(atoms[0], untold, often)
            elif atoms:
                yield from self._alternatives(atoms, untold, often)
            elif isinstance(part, _Group):
                yield f"    value = {self._function(part)}(get)"
                yield f"    if value is None: told = {untold}"
                yield "    elif not value: break"
        yield "    found |= told"
        yield "    break"

    def _values(self, atom: _Atom, often: dict[str, str]) -> tuple[list[str], list[str]]:
        """Lines that look up what a test reads, and the names under which the values stand."""
        values = [often.get(key, f"v{place}") for place, key in enumerate(atom.keys)]
        lines = [
            f"{value} = get({key})"
            for key, value in zip(atom.keys, values, strict=True)
            if key not in often
        ]
        return lines, values

    def _conjunct(self, atom: _Atom, untold: int, often: dict[str, str]) -> Iterator[str]:
        lines, values = self._values(atom, often)
        yield from (f"    {line}" for line in lines)
        yield f"    if {_missing(values)}: told = {untold}"
        yield f"    elif {atom.fails(values)}: break"

    def _alternatives(
        self, atoms: Sequence[_Atom], untold: int, often: dict[str, str]
    ) -> Iterator[str]:
        """One of several tests has to hold: each is looked at where those before it do not."""
        indent = "    "
        yield f"{indent}open_ = False"
        for atom in atoms:
            lines, values = self._values(atom, often)
            yield from (f"{indent}{line}" for line in lines)
            missing = _missing(values)
            yield f"{indent}if {missing}: open_ = True"
            # Where nothing is known, the others decide; where this one holds, nothing is left.
            yield f"{indent}if {missing} or {atom.fails(values)}:"
            indent += " "
        yield f"{indent}if open_: told = {untold}"
        yield f"{indent}else: break"

    def _function(self, group: _Group) -> str:
        """A function that tells whether enough of the parts hold, and gives its name."""
        least = group.needed
        if least == len(group.parts):
            lines = ["  open_ = False"]
            steps = ("if value is None: open_ = True", "elif not value: return False")
            last = "return None if open_ else True"
        elif least == 1:
            lines = ["  open_ = False"]
            steps = ("if value is None: open_ = True", "elif value: return True")
            last = "return None if open_ else False"
        else:
            lines = ["  held = open_ = 0"]
            steps = ("if value is None: open_ += 1", "elif value: held += 1")
            last = f"return True if held >= {least} else None if held + open_ >= {least} else False"
        for part in group.parts:
            lines += [f"  {line}" for line in (*self._value(part), *steps)]
        name = f"g{len(self.written)}"
        self.written += [f"def {name}(get):", *lines, f"  {last}"]
        return name

    def _value(self, node: _Node) -> Iterator[str]:
        """Lines that put the truth of a part into `value`."""
        if isinstance(node, _Group):
            yield f"value = {self._function(node)}(get)"
            return
        lines, values = self._values(node, {})
        yield from lines
        yield f"value = None if {_missing(values)} else not ({node.fails(values)})"


@lru_cache(maxsize=4096)
def _shared(codes: frozenset[str]) -> frozenset[str]:
    """The same set for equal ones, so that it stays near the processor."""
    return codes


def _missing(values: Iterable[str]) -> str:
    return " or ".join(f"{value} is None" for value in dict.fromkeys(values))


def _conjuncts(node: _Node) -> Iterator[_Node]:
    """What has to hold for a condition to hold, conjunctions taken apart."""
    if isinstance(node, _Group) and node.needed == len(node.parts):
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node


def _disjuncts(node: _Node) -> Iterator[_Node]:
    """Of what one has to hold, alternatives taken apart."""
    if isinstance(node, _Group) and node.needed == 1:
        for part in node.parts:
            yield from _disjuncts(part)
    else:
        yield node


def _inline(node: _Node) -> list[_Atom]:
    """The tests of which one has to hold, if a part is no more than that."""
    found = list(_disjuncts(node))
    atoms = [part for part in found if isinstance(part, _Atom)]
    return atoms if len(atoms) == len(found) <= _MOST_INLINE else []


def _cost(node: _Node, often: dict[str, str]) -> tuple[int, int]:
    """Sorts the parts of a conjunction: what is at hand first, then the shorter."""
    atoms = _inline(node)
    missing = sum(key not in often for atom in atoms for key in atom.keys)
    return (0 if atoms else 1, missing + len(atoms))
