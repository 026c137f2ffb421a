"""A seeded workload: rules over violations, cases with missing facts, of any size."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

import attrs

from bizrules.cases import Case, Party
from bizrules.conditions import AllOf, AnyOf, Condition, Not, Op, Test
from bizrules.engine import Engine
from bizrules.facts import Choice, Fact, Kind, Value, Vocabulary
from bizrules.loading import Knowledge, default_regions
from bizrules.penalties import FineScale, Grade, Modality, Provision, Tier
from bizrules.provenance import Citation, Instrument, InstrumentKind, NormLevel, Text
from bizrules.rules import Axis, Ground, Rule, Ruleset, Violation
from bizrules.values import Money

COUNTS = {"exempt": 398, "lighter": 412, "mitigated": 237, "heavier": 704, "no_compulsion": 18}
GRADES = {
    "exempt": Grade.EXEMPT,
    "lighter": Grade.LIGHTER,
    "mitigated": Grade.MITIGATED,
    "heavier": Grade.HEAVIER,
}
CITATION = Citation("行政处罚法", "33", 1)
DECIDED = date(2024, 5, 20)
Loop: TypeAlias = Callable[[dict[str, Any]], tuple[list[str], list[str]]]


def _text(name: str) -> Text:
    return Text(name, name)


def vocabulary() -> Vocabulary:
    """20 booleans, 8 choices, 8 amounts, 8 integers, 4 dates."""
    facts = [Fact(name=f"flag_{i}", kind=Kind.BOOLEAN, label=_text(f"flag_{i}")) for i in range(20)]
    choices = tuple(Choice(code=f"c{i}", label=_text(f"c{i}")) for i in range(5))
    for i in range(8):
        facts += [
            Fact(name=f"choice_{i}", kind=Kind.CHOICE, label=_text("c"), choices=choices),
            Fact(name=f"amount_{i}", kind=Kind.MONEY, label=_text("a")),
            Fact(name=f"count_{i}", kind=Kind.INTEGER, label=_text("n")),
        ]
    facts += [Fact(name=f"day_{i}", kind=Kind.DATE, label=_text("d")) for i in range(4)]
    return Vocabulary({fact.name: fact for fact in facts})


def _test(rng: random.Random) -> Test:
    shape = rng.choices(("flag", "choice", "amount", "count", "day"), (20, 8, 8, 8, 4))[0]
    if shape == "flag":
        return Test((f"flag_{rng.randrange(20)}",), Op.IS, rng.random() < 0.6)
    if shape == "choice":
        codes = tuple(f"c{i}" for i in rng.sample(range(5), 2))
        return Test((f"choice_{rng.randrange(8)}",), Op.IN, codes)
    index = rng.randrange(8)
    if shape == "amount":
        op = rng.choice((Op.BELOW, Op.AT_MOST, Op.AT_LEAST, Op.ABOVE))
        return Test((f"amount_{index}",), op, Money(rng.randrange(100, 2_000_000)))
    if shape == "count":
        return Test((f"count_{index}",), rng.choice((Op.AT_MOST, Op.AT_LEAST)), rng.randrange(20))
    day = date(2024, 1, 1) + timedelta(days=rng.randrange(300))
    return Test((f"day_{index % 4}",), rng.choice((Op.BEFORE, Op.ON_OR_AFTER)), day)


def condition(rng: random.Random) -> Condition:
    """A conjunction of two to six conditions, with some `any` and `not`."""
    parts: list[Condition] = []
    for _ in range(rng.randint(2, 6)):
        roll = rng.random()
        if roll < 0.15:
            parts.append(AnyOf((_test(rng), _test(rng))))
        elif roll < 0.3:
            parts.append(Not(_test(rng)))
        else:
            parts.append(_test(rng))
    return AllOf(tuple(parts))


def _rule(rng: random.Random, number: int, name: str, violation: str | None) -> Rule:
    compulsion = name == "no_compulsion"
    return Rule(
        id=f"bench/{number:06d}",
        ruleset="bench",
        title=_text(f"rule {number}"),
        ground=Ground.LISTED,
        axis=Axis.COMPULSION if compulsion else Axis.PENALTY,
        permits=() if compulsion else (GRADES[name],),
        modality=rng.choice((Modality.SHALL, Modality.MAY)),
        violations=None if violation is None else frozenset({violation}),
        condition=condition(rng),
        citations=(CITATION,),
        level=NormLevel.LAW if violation is None else NormLevel.DOCUMENT,
        region="000000" if violation is None else "530103",
    )


def _ruleset(name: str, region: str, rules: list[Rule], level: NormLevel) -> Ruleset:
    return Ruleset(
        id=name,
        version="1",
        title=_text(name),
        region=region,
        instrument=Instrument(name=name, level=level, kind=InstrumentKind.LIST),
        rules=tuple(rules),
    )


@attrs.frozen
class Workload:
    """An engine, cases, and the same rules written out by hand.

    Attributes:
        engine: The library.
        cases: Cases, in random order of violations.
        loops: For each violation a hand-written loop over its candidate rules: functions from the
            facts to True, False or None, giving the ids that hold and those unknown.
    """

    engine: Engine
    cases: list[Case]
    loops: dict[str, Loop]


def build(scale: int = 1, cases: int = 2000, seed: int = 20220417) -> Workload:
    """The workload with `scale` times 1,769 rules over `scale` times 600 violations."""
    rng = random.Random(seed)
    names = [f"field.v{i:06d}" for i in range(600 * scale)]
    lists = [name for name, count in COUNTS.items() for _ in range(count * scale)]
    rng.shuffle(lists)
    # Every violation has one rule at least; the rest are spread, eight at the most each.
    owners = [*names, *(rng.choice(names) for _ in range(len(lists) - len(names)))]
    rules = [_rule(rng, i, name, owners[i]) for i, name in enumerate(lists)]
    general = [
        _rule(rng, 900_000 + i, rng.choice(("exempt", "lighter", "mitigated", "heavier")), None)
        for i in range(12)
    ]
    violations = {name: _violation(name) for name in names}
    knowledge = Knowledge(
        vocabulary=vocabulary(),
        violations=violations,
        rulesets=(
            _ruleset("bench", "530103", rules, NormLevel.DOCUMENT),
            _ruleset("general", "000000", general, NormLevel.LAW),
        ),
        regions=default_regions(),
    )
    by_violation: dict[str, list[Rule]] = {name: [] for name in names}
    for rule in rules:
        for name in rule.violations or ():
            if rule.axis is Axis.PENALTY:
                by_violation[name].append(rule)
    loops = {name: hand_written([*found, *general]) for name, found in by_violation.items()}
    made = [_case(rng, i, rng.choice(names)) for i in range(cases)]
    return Workload(Engine(knowledge=knowledge), made, loops)


def waiting(count: int) -> tuple[Engine, Case]:
    """An engine of one violation, each rule of which waits for a fact of its own, and a case."""
    names = [f"asked_{i}" for i in range(count)]
    facts = {name: Fact(name=name, kind=Kind.BOOLEAN, label=_text(name)) for name in names}
    rng = random.Random(count)
    plain_rules = [_rule(rng, i, "lighter", "field.v") for i in range(count)]
    rules = [
        attrs.evolve(rule, condition=Test((name,), Op.IS, True))
        for rule, name in zip(plain_rules, names, strict=True)
    ]
    knowledge = Knowledge(
        vocabulary=Vocabulary(facts),
        violations={"field.v": _violation("field.v")},
        rulesets=(_ruleset("bench", "530103", rules, NormLevel.DOCUMENT),),
        regions=default_regions(),
    )
    return Engine(knowledge=knowledge), attrs.evolve(_case(rng, 0, "field.v"), facts={})


def _violation(name: str) -> Violation:
    tier = Tier(id="t", fine=FineScale(low=None, high=None))
    return Violation(
        id=name,
        title=_text(name),
        department="market_regulation",
        field="field",
        provisions=(Provision(id="p", citation=CITATION, tiers=(tier,)),),
    )


def _value(rng: random.Random, name: str) -> Value:
    kind = name.split("_", 1)[0]
    if kind == "flag":
        return rng.random() < 0.5
    if kind == "choice":
        return f"c{rng.randrange(5)}"
    if kind == "amount":
        return Money(rng.randrange(100, 2_000_000))
    if kind == "count":
        return rng.randrange(20)
    return date(2024, 1, 1) + timedelta(days=rng.randrange(300))


FACTS = tuple(vocabulary().facts)


def _case(rng: random.Random, number: int, violation: str) -> Case:
    facts = {name: _value(rng, name) for name in FACTS if rng.random() >= 0.1}
    return Case(
        id=str(number),
        region="530103",
        violation=violation,
        committed=date(2024, 3, 1),
        decided=DECIDED,
        party=Party(kind="enterprise"),
        facts=facts,
    )


def plain(case: Case) -> dict[str, Any]:
    """The facts as the hand-written loop takes them: money in fen, all else as it is."""
    return {
        name: value.fen if isinstance(value, Money) else value for name, value in case.facts.items()
    }


def hand_written(rules: list[Rule]) -> Loop:
    """The loop a programmer would write: one function a rule, tried one after the other."""
    tried = [(rule.id, _as_function(rule.condition)) for rule in rules]

    def loop(facts: dict[str, Any]) -> tuple[list[str], list[str]]:
        held, unknown = [], []
        for name, holds in tried:
            truth = holds(facts)
            if truth:
                held.append(name)
            elif truth is None:
                unknown.append(name)
        return held, unknown

    return loop


def _as_function(node: Condition) -> Callable[[dict[str, Any]], bool | None]:
    """A conjunction as a plain function over its parts."""
    parts = [_part(part) for part in node.parts] if isinstance(node, AllOf) else [_part(node)]

    def holds(facts: dict[str, Any]) -> bool | None:
        result: bool | None = True
        for part in parts:
            truth = part(facts)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return holds


def _part(node: Condition) -> Callable[[dict[str, Any]], bool | None]:
    if isinstance(node, Not):
        inner = _part(node.part)

        def negated(facts: dict[str, Any]) -> bool | None:
            truth = inner(facts)
            return None if truth is None else not truth

        return negated
    if isinstance(node, AnyOf):
        one, two = (_part(part) for part in node.parts)

        def either(facts: dict[str, Any]) -> bool | None:
            first, second = one(facts), two(facts)
            if first or second:
                return True
            return None if first is None or second is None else False

        return either
    assert isinstance(node, Test)
    return _leaf(node)


def _leaf(test: Test) -> Callable[[dict[str, Any]], bool | None]:
    name, op, limit = test.facts[0], test.op, test.operand
    bound: Any = limit.fen if isinstance(limit, Money) else limit

    def holds(facts: dict[str, Any]) -> bool | None:
        found = facts.get(name)
        if found is None:
            return None
        if op is Op.IS or op is Op.IN:
            return bool(found == bound) if op is Op.IS else found in bound
        if op is Op.AT_LEAST or op is Op.ON_OR_AFTER:
            return bool(found >= bound)
        if op is Op.AT_MOST:
            return bool(found <= bound)
        return bool(found > bound) if op is Op.ABOVE else bool(found < bound)

    return holds
