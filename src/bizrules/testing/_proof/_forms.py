"""The form of a condition: its leaves, where each is written, and the gates between them."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import combinations
from typing import Final, TypeAlias

import attrs

from bizrules.conditions import AllOf, AnyOf, AtLeast, Condition, Defined, Not, Op, PerKind, Test
from bizrules.provenance import Location
from bizrules.rules import Rule

Truths: TypeAlias = Sequence[bool | None]
"""The truth of each leaf; None is unknown."""

Demand: TypeAlias = tuple[tuple[int, bool], ...]
"""Leaves by their number, each with the truth that it must have."""


class Gate(Enum):
    """How the parts of a condition make its truth."""

    ALL = "all"
    ANY = "any"
    NOT = "not"
    COUNT = "count"


@attrs.frozen
class Branch:
    """A condition that has parts: gates further down, or the numbers of leaves."""

    gate: Gate
    parts: "tuple[Branch | int, ...]"
    count: int = 0


def _meaning(node: Test | Defined) -> Test | str:
    """What makes two leaves in one place the same: of a concept its name, whatever the day."""
    return node.name.rpartition("#")[2] if isinstance(node, Defined) else node


@attrs.frozen
class Leaf:
    """A condition that is tested as one (单项条件): a test, or a concept of another ruleset.

    Attributes:
        node: The condition.
        place: Where it is written. What is written once and used by several rules is one leaf.
    """

    node: Test | Defined = attrs.field(eq=_meaning)
    place: Location


@attrs.frozen
class Form:
    """A condition as gates over leaves.

    Attributes:
        root: The outermost gate, or the only leaf.
        leaves: The leaves, in order of writing.
    """

    root: Branch | int
    leaves: tuple[Leaf, ...]

    def truth(self, truths: Truths) -> bool | None:
        """The truth of the condition by those of its leaves, by Kleene's tables."""
        return _truth(self.root, truths)

    def is_decisive(self, leaf: int, truths: Truths) -> bool:
        """Whether the truth would be another one if the leaf alone had the opposite truth.

        Only where the truths of both the leaf and the condition are known.
        """
        own, whole = truths[leaf], self.truth(truths)
        if own is None or whole is None:
            return False
        flipped = [not own if at == leaf else one for at, one in enumerate(truths)]
        return self.truth(flipped) is not whole

    def ways_to_be(self, wanted: bool, truths: Truths) -> Iterator[Demand]:
        """What the leaves must be for the condition to have the truth; the nearest ways first.

        Args:
            wanted: The truth.
            truths: Truths that the leaves have; ways that keep them come first.
        """
        return _ways(self.root, wanted, truths)

    def ways_to_decide(self, leaf: int, own: bool, truths: Truths) -> Iterator[Demand]:
        """What the leaves must be for one of them to be decisive with a truth of its own."""
        for rest in _ways_past(self.root, leaf, truths):
            yield ((leaf, own), *rest)


def form_of(condition: Condition, rule: Rule) -> Form:
    """The form of a condition of a rule.

    The concepts that the rule's own ruleset defines are taken apart; one of another ruleset is a
    leaf.

    Args:
        condition: The condition, or what is left of it in a case.
        rule: The rule.
    """
    leaves: list[Leaf] = []

    def leaf(node: Test | Defined, place: Location | None, path: str) -> int:
        leaves.append(Leaf(node, place or Location(rule.id, path=path)))
        return len(leaves) - 1

    def visit(node: Condition, path: str) -> Branch | int:
        if isinstance(node, Test):
            return leaf(node, node.location, path)
        if isinstance(node, Defined):
            own = node.name.partition("#")[0] == rule.ruleset
            inside = f"{path}.{node.name}"
            return visit(node.condition, inside) if own else leaf(node, node.location, path)
        if isinstance(node, Not):
            return Branch(Gate.NOT, (visit(node.part, f"{path}.not"),))
        if isinstance(node, PerKind):
            kinds = []
            for code, branch in node.branches:
                kind = leaf(Test((node.fact,), Op.IS, code), node.location, path)
                kinds.append(Branch(Gate.ALL, (kind, visit(branch, f"{path}.{code}"))))
            return Branch(Gate.ANY, tuple(kinds))
        parts = tuple(visit(part, f"{path}[{at}]") for at, part in enumerate(node.parts))
        return Branch(_GATES[type(node)], parts, node.count if isinstance(node, AtLeast) else 0)

    return Form(visit(condition, "$.condition"), tuple(leaves))


_GATES: Final = {AllOf: Gate.ALL, AnyOf: Gate.ANY, AtLeast: Gate.COUNT}


def _truth(node: Branch | int, truths: Truths) -> bool | None:
    if isinstance(node, int):
        return truths[node]
    found = [_truth(part, truths) for part in node.parts]
    if node.gate is Gate.NOT:
        return None if found[0] is None else not found[0]
    needed = {Gate.ALL: len(found), Gate.ANY: 1}.get(node.gate, node.count)
    certain = found.count(True)
    if certain >= needed:
        return True
    return None if certain + found.count(None) >= needed else False


def _ways(node: Branch | int, wanted: bool, truths: Truths) -> Iterator[Demand]:
    if isinstance(node, int):
        yield ((node, wanted),)
        return
    if node.gate is Gate.NOT:
        yield from _ways(node.parts[0], not wanted, truths)
        return
    yield from _enough(node.parts, _how_many(node, wanted), wanted, truths)


def _how_many(node: Branch, wanted: bool) -> int:
    """How many of the parts must have the truth for the branch to have it."""
    needed = {Gate.ALL: len(node.parts), Gate.ANY: 1}.get(node.gate, node.count)
    return needed if wanted else len(node.parts) - needed + 1


def _enough(
    parts: Iterable[Branch | int], count: int, wanted: bool, truths: Truths
) -> Iterator[Demand]:
    """Ways in which that many of the parts have the truth; parts that have it already first."""
    near = sorted(parts, key=lambda part: _truth(part, truths) is not wanted)
    for chosen in combinations(near, count):
        yield from _together([(part, wanted) for part in chosen], truths)


def _together(wants: Sequence[tuple[Branch | int, bool]], truths: Truths) -> Iterator[Demand]:
    """Ways in which every part has the truth that is wanted of it."""
    if not wants:
        yield ()
        return
    (part, wanted), *rest = wants
    for first in _ways(part, wanted, truths):
        for others in _together(rest, truths):
            yield (*first, *others)


def _ways_past(node: Branch | int, leaf: int, truths: Truths) -> Iterator[Demand]:
    """What the other leaves must be for the leaf to decide the branch in which it stands."""
    if isinstance(node, int):
        yield ()
        return
    within = next(part for part in node.parts if _holds_leaf(part, leaf))
    others = [part for part in node.parts if part != within]
    for inner in _ways_past(within, leaf, truths):
        for beside in _ways_beside(node, others, truths):
            yield (*inner, *beside)


def _ways_beside(node: Branch, others: Sequence[Branch | int], truths: Truths) -> Iterator[Demand]:
    """Ways in which the branch is exactly one part short of being true."""
    if node.gate is Gate.NOT:
        yield ()
        return
    needed = {Gate.ALL: len(node.parts), Gate.ANY: 1}.get(node.gate, node.count) - 1
    near = sorted(others, key=lambda part: _truth(part, truths) is not True)
    for met in combinations(near, needed):
        wants = [(part, part in met) for part in others]
        yield from _together(wants, truths)


def _holds_leaf(node: Branch | int, leaf: int) -> bool:
    if isinstance(node, int):
        return node == leaf
    return any(_holds_leaf(part, leaf) for part in node.parts)
