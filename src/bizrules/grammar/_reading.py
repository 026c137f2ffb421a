"""Plain data into conditions, each form by the function whose docstring is its production."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, TypeAlias, cast

import attrs

from bizrules._structure import Raw
from bizrules._tree import shown
from bizrules.conditions import (
    NEVER,
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
from bizrules.errors import Problem
from bizrules.facts import NUMERIC, Fact, Kind, Value, Vocabulary
from bizrules.grammar._bounds import contradictions
from bizrules.grammar._operands import (
    fact_value,
    not_in_choices,
    parse_ratio,
    same_measure,
    widest,
)
from bizrules.nearness import near_names
from bizrules.provenance import Location
from bizrules.rules import Definition
from bizrules.values import parse_integer

Scope: TypeAlias = Mapping[str, Definition | Defined]
"""Definitions by the name under which a condition may use them."""

OPS: Final[Mapping[str, Op]] = {op.value: op for op in Op}

_EQUAL: Final = (Op.IS, Op.IN, Op.NOT_IN)
_ORDER: Final = (Op.BELOW, Op.AT_MOST, Op.AT_LEAST, Op.ABOVE, Op.BETWEEN)
_NUMBERS: Final = (Op.IS, *_ORDER)
FITTING: Final[Mapping[Kind, tuple[Op, ...]]] = {
    Kind.BOOLEAN: (Op.IS,),
    Kind.CHOICE: _EQUAL,
    Kind.TEXT: _EQUAL,
    Kind.LEVEL: (*_EQUAL, *_ORDER),
    Kind.INTEGER: _NUMBERS,
    Kind.NUMBER: _NUMBERS,
    Kind.MONEY: _NUMBERS,
    Kind.DAYS: _NUMBERS,
    Kind.DATE: (Op.IS, Op.BEFORE, Op.ON_OR_AFTER, Op.BETWEEN),
    Kind.SET: (Op.CONTAINS,),
}
"""The tests that fit each kind of fact."""

_OF_SHARES: Final = frozenset(_NUMBERS) - {Op.BETWEEN}
_PERCENT: Final = 100


def parse_condition(
    raw: Raw, vocabulary: Vocabulary, scope: Scope
) -> tuple[Condition, list[Problem]]:
    """Condition = word | mapping | "[" condition {"," condition} "]".

    All conditions of a list must hold; a list of one is that one.

    Args:
        raw: The condition as written.
        vocabulary: The facts it may read.
        scope: The definitions it may use.

    Returns:
        The condition, and what is wrong with it; with problems it is of no use.
    """
    reader = _Reader(vocabulary, scope)
    return reader.condition(raw), reader.problems


def parse_exclusion(
    raw: Raw, vocabulary: Vocabulary, scope: Scope
) -> tuple[Condition, list[Problem]]:
    """Exclusion = condition | "[" condition {"," condition} "]"; any of the list excludes.

    Args:
        raw: What stands under `unless`.
        vocabulary: The facts it may read.
        scope: The definitions it may use.

    Returns:
        The condition that excludes, not negated, and what is wrong with it.
    """
    reader = _Reader(vocabulary, scope)
    if not isinstance(raw.data, list):
        return reader.condition(raw), reader.problems
    parts = reader.parts(raw)
    return parts[0] if len(parts) == 1 else AnyOf(parts, raw.location), reader.problems


def _item(raw: Raw, index: int) -> Raw:
    return Raw(raw.document, (*raw.path, index), cast("list[object]", raw.data)[index])


def _field(raw: Raw, key: str) -> Raw:
    return Raw(raw.document, (*raw.path, key), cast("dict[str, object]", raw.data)[key])


def _shape_phrase(data: object) -> str:
    if isinstance(data, dict):
        return "shape.mapping"
    return "shape.sequence" if isinstance(data, list) else "shape.scalar"


@attrs.frozen(eq=False)
class _Reader:
    """Reads one condition; the problems of all its parts end up together."""

    vocabulary: Vocabulary
    scope: Scope
    problems: list[Problem] = attrs.field(factory=list)

    def refuse(self, code: str, location: Location, **details: str) -> Condition:
        """Note a problem; what could not be read holds for nothing."""
        self.problems.append(Problem(code, location, details))
        return NEVER

    def condition(self, raw: Raw) -> Condition:
        """Condition = word | mapping | "[" condition {"," condition} "]"."""
        data = raw.data
        if isinstance(data, str):
            return self.word(raw, str(data))
        if isinstance(data, dict):
            return self.mapping(raw, data)
        if isinstance(data, list):
            parts = self.parts(raw)
            return parts[0] if len(parts) == 1 else AllOf(parts, raw.location)
        if data is None:
            return self.refuse("value-missing", raw.location)
        return self._wrong_shape(raw, "shape.condition")

    def parts(self, raw: Raw) -> tuple[Condition, ...]:
        """Parts = "[" condition {"," condition} "]"."""
        if not isinstance(raw.data, list):
            self._wrong_shape(raw, "shape.sequence")
            return ()
        if not raw.data:
            self.refuse("empty-condition", raw.location)
        return tuple(self.condition(_item(raw, index)) for index in range(len(raw.data)))

    def word(self, raw: Raw, name: str) -> Condition:
        """Word = name of a boolean fact that must be true | name of a definition."""
        fact = self.vocabulary.facts.get(name)
        if fact is None:
            return self.definition(raw, name, raw.location)
        if fact.kind is not Kind.BOOLEAN:
            return self._wrong_kind(fact, "true", raw.location)
        return Test((name,), Op.IS, True, raw.location)

    def definition(self, raw: Raw, name: str, location: Location) -> Condition:
        """Word = name of a definition in scope; an unknown word may have been meant as a fact."""
        found = self.scope.get(name)
        if found is None:
            self._unknown_fact(name, location)
            return NEVER
        if isinstance(found, Defined):
            return attrs.evolve(found, location=raw.location)
        others = tuple(_defined(other) for other in found.others)
        return attrs.evolve(_defined(found), others=others, location=raw.location)

    def mapping(self, raw: Raw, data: Mapping[str, object]) -> Condition:
        """Mapping = sum | per | "{" entry {"," entry} "}"; all entries must hold."""
        if "sum" in data:
            return self.sum(raw, data)
        if "per" in data or "kinds" in data:
            return self.per(raw, data)
        parts = tuple(self.entry(_field(raw, key), key) for key in data)
        if not parts:
            return self.refuse("empty-condition", raw.location)
        return parts[0] if len(parts) == 1 else AllOf(parts, raw.location)

    def entry(self, raw: Raw, key: str) -> Condition:
        """Entry = "all:" parts | "any:" parts | "not:" condition | "at_least:" count | test."""
        if key == "all":
            return AllOf(self.parts(raw), raw.location)
        if key == "any":
            return AnyOf(self.parts(raw), raw.location)
        if key == "not":
            return Not(self.condition(raw), raw.location)
        if key == "at_least":
            return self.count(raw)
        fact = self.vocabulary.facts.get(key)
        if fact is not None:
            return self.tests((fact,), raw)
        return self.negatable(raw, key)

    def negatable(self, raw: Raw, key: str) -> Condition:
        """Test = name of a definition ":" ("true" | "false")."""
        found = self.definition(raw, key, raw.key_location)
        if not isinstance(found, Defined):
            return found
        if raw.data is True or raw.data == "true":
            return found
        if raw.data is False or raw.data == "false":
            return Not(found, raw.location)
        return self.refuse("not-a-boolean", raw.location, found=shown(str(raw.data)))

    def count(self, raw: Raw) -> Condition:
        """Count = "{" integer ":" parts "}"."""
        data = raw.data
        if not isinstance(data, dict) or len(data) != 1:
            return self._wrong_shape(raw, "shape.count")
        ((written, _),) = data.items()
        inside = _field(raw, written)
        parts = self.parts(inside)
        try:
            number = parse_integer(str(written))
        except ValueError:
            return self.refuse("not-an-integer", inside.key_location, found=shown(str(written)))
        if number < 1:
            return self.refuse("empty-condition", inside.key_location)
        if number > len(parts) > 0:
            total = str(len(parts))
            return self.refuse(
                "impossible-count", inside.key_location, count=str(number), total=total
            )
        return AtLeast(number, parts, raw.location)

    def sum(self, raw: Raw, data: Mapping[str, object]) -> Condition:
        """Sum = "{" "sum:" "[" name {"," name} "]" {"," operator ":" operand} "}"."""
        listed = _field(raw, "sum")
        if not isinstance(listed.data, list):
            return self._wrong_shape(listed, "shape.sequence")
        if not listed.data:
            return self.refuse("empty-condition", listed.location)
        found = [self.fact(_item(listed, index)) for index in range(len(listed.data))]
        facts = tuple(fact for fact in found if fact is not None)
        if len(facts) < len(found):
            return NEVER
        for index, fact in enumerate(facts):
            if fact.kind not in NUMERIC:
                return self._wrong_kind(fact, "sum", _item(listed, index).location)
            if not same_measure(facts[0], fact):
                location = _item(listed, index).location
                other = facts[0].name
                return self.refuse("kinds-differ", location, fact=fact.name, other=other)
        return self.bounds(facts, raw, [key for key in data if key != "sum"])

    def per(self, raw: Raw, data: Mapping[str, object]) -> Condition:
        """Per = "{" "per:" name "," "kinds:" "{" code ":" condition {...} "}" "}"."""
        missing = next((key for key in ("per", "kinds") if key not in data), None)
        if missing:
            return self.refuse("missing-key", raw.location, key=missing)
        for key in data.keys() - {"per", "kinds"}:
            near = near_names(key, ("per", "kinds"))
            self.refuse("unknown-key", _field(raw, key).key_location, key=key, near_names=near)
        fact = self.fact(_field(raw, "per"))
        if fact is None:
            return NEVER
        if fact.kind not in (Kind.CHOICE, Kind.LEVEL):
            return self._wrong_kind(fact, "per", _field(raw, "per").location)
        kinds = _field(raw, "kinds")
        if not isinstance(kinds.data, dict):
            return self._wrong_shape(kinds, "shape.mapping")
        if not kinds.data:
            return self.refuse("empty-condition", kinds.location)
        branches = tuple(self.branch(fact, _field(kinds, code), code) for code in kinds.data)
        return PerKind(fact.name, branches, raw.location)

    def branch(self, fact: Fact, raw: Raw, code: str) -> tuple[str, Condition]:
        """Branch = code ":" condition."""
        if code not in fact.ranks:
            self.problems.append(not_in_choices(fact, code, raw.key_location))
        return str(code), self.condition(raw)

    def fact(self, raw: Raw) -> Fact | None:
        """Name = the name of a declared fact."""
        if not isinstance(raw.data, str):
            self._wrong_shape(raw, "shape.scalar")
            return None
        fact = self.vocabulary.facts.get(str(raw.data))
        if fact is None:
            self._unknown_fact(str(raw.data), raw.location)
        return fact

    def tests(self, facts: tuple[Fact, ...], raw: Raw) -> Condition:
        """Test = name ":" (value | "{" operator ":" operand {"," operator ":" operand} "}")."""
        if isinstance(raw.data, dict):
            return self.bounds(facts, raw, list(raw.data))
        if isinstance(raw.data, list):
            return self._wrong_shape(raw, "shape.test")
        if Op.IS not in FITTING[facts[0].kind]:
            return self._wrong_kind(facts[0], Op.IS.value, raw.location)
        return self.test(facts, Op.IS, raw, raw.location)

    def bounds(self, facts: tuple[Fact, ...], raw: Raw, keys: list[str]) -> Condition:
        """Operator ":" operand {"," operator ":" operand}; all must hold, and can."""
        if not keys:
            return self.refuse("empty-condition", raw.location)
        before = len(self.problems)
        found = [self.operation(facts, _field(raw, key), key) for key in keys]
        if len(self.problems) == before:
            tests = [test for test in found if isinstance(test, Test)]
            self.problems.extend(contradictions(facts, tests, raw.location))
        return found[0] if len(found) == 1 else AllOf(tuple(found), raw.location)

    def operation(self, facts: tuple[Fact, ...], raw: Raw, key: str) -> Condition:
        """Operator = "is" | "in" | "not_in" | "below" | … | "before" | "on_or_after"."""
        fact = facts[0]
        op = OPS.get(key)
        if op is None:
            near = near_names(key, OPS)
            fitting = (op.value for op in FITTING[fact.kind])
            return self.refuse(
                "unknown-test",
                raw.key_location,
                test=key,
                near_names=near,
                choices=",".join(fitting),
            )
        if op not in FITTING[fact.kind]:
            return self._wrong_kind(fact, key, raw.key_location)
        return self.test(facts, op, raw, raw.location)

    def test(self, facts: tuple[Fact, ...], op: Op, raw: Raw, location: Location) -> Condition:
        """Operand = value | "[" value {"," value} "]" | "[" low "," high "]" | share."""
        operand: Operand | None
        if isinstance(raw.data, dict):
            operand = self.share(facts, op, raw)
        elif op in (Op.IN, Op.NOT_IN, Op.CONTAINS):
            operand = self.several(widest(facts), raw)
        elif op is Op.BETWEEN:
            operand = self.ends(widest(facts), raw)
        else:
            operand = self.value(widest(facts), raw)
        if operand is None:
            return NEVER
        return Test(tuple(fact.name for fact in facts), op, operand, location)

    def value(self, fact: Fact, raw: Raw) -> Value | None:
        """Value = scalar of the fact's kind [unit]."""
        if isinstance(raw.data, list | dict):
            self._wrong_shape(raw, "shape.scalar")
            return None
        found = fact_value(fact, raw)
        if isinstance(found, Problem):
            self.problems.append(found)
            return None
        return found

    def several(self, fact: Fact, raw: Raw) -> tuple[Value, ...] | None:
        """Values = "[" value {"," value} "]"."""
        if not isinstance(raw.data, list):
            self._wrong_shape(raw, "shape.sequence")
            return None
        if not raw.data:
            self.refuse("empty-condition", raw.location)
            return None
        # A member of a set is read as one of its choices.
        single = attrs.evolve(fact, kind=Kind.CHOICE) if fact.kind is Kind.SET else fact
        found = [self.value(single, _item(raw, index)) for index in range(len(raw.data))]
        values = tuple(value for value in found if value is not None)
        return values if len(values) == len(found) else None

    def ends(self, fact: Fact, raw: Raw) -> tuple[Value, ...] | None:
        """Ends = "[" low "," high "]", both included."""
        if isinstance(raw.data, list) and len(raw.data) != 2:  # noqa: PLR2004 - two ends
            found = str(len(raw.data))
            self.refuse("wrong-length", raw.location, expected="2", found=found)
            return None
        return self.several(fact, raw)

    def share(self, facts: tuple[Fact, ...], op: Op, raw: Raw) -> Share | None:
        """Share = "{" ["times:" factor | "percent:" number] "of:" name "}"."""
        data = cast("dict[str, object]", raw.data)
        for key in data.keys() - {"times", "percent", "of"}:
            near = near_names(key, ("times", "percent", "of"))
            self.refuse("unknown-key", _field(raw, key).key_location, key=key, near_names=near)
        if "of" not in data:
            self.refuse("missing-key", raw.location, key="of")
            return None
        if op not in _OF_SHARES:
            self._wrong_shape(raw, "shape.sequence")
            return None
        other = self.fact(_field(raw, "of"))
        if other is None:
            return None
        if not same_measure(facts[0], other):
            location = _field(raw, "of").location
            self.refuse("kinds-differ", location, fact=facts[0].name, other=other.name)
            return None
        factor = self.factor(raw, data)
        return None if factor is None else Share(other.name, factor)

    def factor(self, raw: Raw, data: Mapping[str, object]) -> Fraction | None:
        """Factor = number | integer "/" integer; a hundredth of it under `percent`."""
        written = [key for key in ("times", "percent") if key in data]
        if len(written) > 1:
            key = _field(raw, "percent").key_location
            self.refuse("keys-exclude", key, key="percent", other="times")
            return None
        if not written:
            return Fraction(1)
        node = _field(raw, written[0])
        try:
            factor = parse_ratio(str(node.data) if isinstance(node.data, str | int) else "")
        except ValueError:
            self.refuse("not-a-number", node.location, found=shown(str(node.data)))
            return None
        return factor / _PERCENT if written[0] == "percent" else factor

    def _unknown_fact(self, name: str, location: Location) -> None:
        near = near_names(name, [*self.vocabulary.facts, *self.scope])
        self.refuse("unknown-fact", location, fact=shown(name), near_names=near)

    def _wrong_kind(self, fact: Fact, test: str, location: Location) -> Condition:
        fitting = ",".join(op.value for op in FITTING[fact.kind])
        return self.refuse(
            "wrong-kind",
            location,
            test=test,
            fact=fact.name,
            kind_phrase=f"kind.{fact.kind.value}",
            tests=fitting,
        )

    def _wrong_shape(self, raw: Raw, expected: str) -> Condition:
        found = _shape_phrase(raw.data)
        return self.refuse(
            "wrong-shape", raw.location, expected_phrase=expected, found_phrase=found
        )


def _defined(found: Definition) -> Defined:
    return Defined(
        name=f"{found.ruleset}#{found.name}",
        label=found.label,
        condition=found.condition,
        citations=found.citations,
        in_force=found.in_force,
        published=found.published,
    )
