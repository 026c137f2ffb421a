"""Conditions as data: a typed tree over facts (适用条件).

Nodes hold no behaviour; `matching` gives them their truth, `grammar` their written form.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

import attrs

from bizrules.facts import Value
from bizrules.provenance import Citation, Location, Text
from bizrules.values import Interval, Money


class Op(Enum):
    """A test of one fact; the value is how documents write it.

    以上, 以下, 以内 include the number (`at_least`, `at_most`); 不满, 不足, 超过 do not
    (`below`, `above`). `between` includes both ends.
    """

    IS = "is"
    IN = "in"
    NOT_IN = "not_in"
    BELOW = "below"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOVE = "above"
    BETWEEN = "between"
    CONTAINS = "contains"
    BEFORE = "before"
    ON_OR_AFTER = "on_or_after"


@attrs.frozen
class Share:
    """A fact taken times an exact factor, to compare another with (其他事实的倍数或者百分比).

    Attributes:
        fact: Name of the fact.
        times: The factor; 20 percent is 1/5.
    """

    fact: str
    times: Fraction = Fraction(1)


Operand: TypeAlias = Value | tuple[Value, ...] | Share


@attrs.frozen
class Test:
    """A test of the sum of one or more facts (one fact in most cases) against an operand.

    Attributes:
        facts: Names of the facts; more than one are added.
        op: The test.
        operand: What it is tested against: a value of the fact's kind; for `in`, `not_in` and
            `contains` a tuple of codes; for `between` the two ends; or a share of another fact.
    """

    facts: tuple[str, ...]
    op: Op
    operand: Operand
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class AllOf:
    """Every part holds; true when there is none."""

    parts: "tuple[Condition, ...]"
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class AnyOf:
    """Some part holds; false when there is none."""

    parts: "tuple[Condition, ...]"
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class Not:
    """The part does not hold."""

    part: "Condition"
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class AtLeast:
    """At least `count` of the parts hold."""

    count: int
    parts: "tuple[Condition, ...]"
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class PerKind:
    """For each kind of goods (or other choice) its own condition; other kinds do not qualify.

    Means: for some branch, the fact is the branch's choice and the branch's condition holds.
    """

    fact: str
    branches: "tuple[tuple[str, Condition], ...]"
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class Defined:
    """A legal concept defined once under a name, with its own citation.

    Attributes:
        name: Name of the definition, with the ruleset that holds it: `ruleset#name`.
        label: What it is called.
        condition: What it means.
        citations: Where it is defined.
        in_force: Days on which the definition is in force.
        published: Day from which it was known; None if not recorded.
        others: Other definitions of the concept in its place, nearest first, for other days.
    """

    name: str
    label: Text
    condition: "Condition"
    citations: tuple[Citation, ...] = ()
    in_force: Interval = Interval()
    published: date | None = None
    others: "tuple[Defined, ...]" = ()
    location: Location | None = attrs.field(default=None, eq=False, repr=False)


Condition: TypeAlias = Test | AllOf | AnyOf | Not | AtLeast | PerKind | Defined

ALWAYS = AllOf(())
NEVER = AnyOf(())


def children(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside a condition."""
    if isinstance(condition, (AllOf, AnyOf, AtLeast)):
        return condition.parts
    if isinstance(condition, Not):
        return (condition.part,)
    if isinstance(condition, PerKind):
        return tuple(branch for _, branch in condition.branches)
    if isinstance(condition, Defined):
        return (condition.condition,)
    return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and everything inside it, outer before inner."""
    yield condition
    for child in children(condition):
        yield from walk(child)


def tests_of(condition: Condition) -> Iterator[Test]:
    """Every test inside the condition, in order of writing."""
    return (node for node in walk(condition) if isinstance(node, Test))


def facts_read(condition: Condition) -> frozenset[str]:
    """Names of all facts that the condition reads."""
    names: set[str] = set()
    for node in walk(condition):
        if isinstance(node, Test):
            names.update(node.facts)
            if isinstance(node.operand, Share):
                names.add(node.operand.fact)
        elif isinstance(node, PerKind):
            names.add(node.fact)
    return frozenset(names)


def without(condition: Condition, facts: frozenset[str], *, positive: bool = True) -> Condition:
    """The condition with every test of the given facts unable to help it.

    Used for elements of the offence, which cannot make it heavier again: a test of such a fact
    counts as failed where the condition needs it, and as passed where the condition excludes it.
    """
    if isinstance(condition, Test):
        read = facts_read(condition)
        return (NEVER if positive else ALWAYS) if read & facts else condition
    if isinstance(condition, Not):
        return Not(without(condition.part, facts, positive=not positive), condition.location)
    if isinstance(condition, Defined):
        inner = without(condition.condition, facts, positive=positive)
        others = tuple(
            attrs.evolve(one, condition=without(one.condition, facts, positive=positive))
            for one in condition.others
        )
        return attrs.evolve(condition, condition=inner, others=others)
    if isinstance(condition, PerKind):
        if condition.fact in facts:
            return NEVER if positive else ALWAYS
        branches = tuple(
            (code, without(branch, facts, positive=positive)) for code, branch in condition.branches
        )
        return attrs.evolve(condition, branches=branches)
    parts = tuple(without(part, facts, positive=positive) for part in condition.parts)
    return attrs.evolve(condition, parts=parts)


def magnitude(value: Value) -> int | Decimal:
    """The number behind an ordered value other than a level: fen of money, ordinal of a date."""
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return value
    msg = f"`{value}` has no magnitude"
    raise TypeError(msg)
