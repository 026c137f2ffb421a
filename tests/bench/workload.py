"""A seeded workload: rules over violations, cases with missing facts, of any size."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, TypeAlias

import attrs
from drawn_provisions import BANDS, maximum, provision

from bizrules.cases import Case, Party
from bizrules.conditions import AllOf, AnyOf, Condition, Not, Op, Test
from bizrules.engine import Engine
from bizrules.facts import Choice, Fact, Kind, Value, Vocabulary
from bizrules.loading import Knowledge, default_regions
from bizrules.penalties import Grade, Modality, Provision
from bizrules.provenance import Citation, Instrument, InstrumentKind, NormLevel, Text
from bizrules.regions import NATIONAL
from bizrules.rules import Axis, Effect, Ground, ListKind, Rule, Ruleset, Violation
from bizrules.values import Interval, Money

COUNTS = {"exempt": 398, "lighter": 412, "mitigated": 237, "heavier": 704, "no_compulsion": 18}
GRADES = {
    "exempt": Grade.EXEMPT,
    "lighter": Grade.LIGHTER,
    "mitigated": Grade.MITIGATED,
    "heavier": Grade.HEAVIER,
}
GROUNDS = {
    "exempt": Ground.MINOR,
    "lighter": Ground.REMEDY,
    "mitigated": Ground.MERIT,
    "heavier": Ground.AGGRAVATION,
}
# Three batches, as Panlong published them; all are in force when the cases happen.
BATCHES = (date(2021, 12, 1), date(2022, 5, 1), date(2022, 7, 1))
PARTS = (2, 6)
UNKNOWN = 0.1
CITATION = Citation("行政处罚法", "33", 1)
COMMITTED = date(2024, 3, 1)
DECIDED = date(2024, 5, 20)
Loop: TypeAlias = Callable[[dict[str, Any]], tuple[list[str], list[str]]]


def _text(name: str) -> Text:
    return Text(name, name)


LISTS = {name: ListKind(id=name, name=_text(name), effect=Effect(name)) for name in COUNTS}


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


def condition(rng: random.Random, parts: tuple[int, int] = PARTS) -> Condition:
    """A conjunction of two to six conditions, or as many as given, with some `any` and `not`."""
    found: list[Condition] = []
    for _ in range(rng.randint(*parts)):
        roll = rng.random()
        if roll < 0.15:
            found.append(AnyOf((_test(rng), _test(rng))))
        elif roll < 0.3:
            found.append(Not(_test(rng)))
        else:
            found.append(_test(rng))
    return AllOf(tuple(found))


def _rule(rng: random.Random, name: str, home: "_Home", violation: str | None = None) -> Rule:
    compulsion = name == "no_compulsion"
    return Rule(
        id=f"{home.ruleset}/{home.next_number():06d}",
        ruleset=home.ruleset,
        title=_text(f"{name} {violation or 'of law'}"),
        list=None if violation is None else name,
        ground=Ground.LISTED if violation is not None else GROUNDS[name],
        axis=Axis.COMPULSION if compulsion else Axis.PENALTY,
        permits=() if compulsion else (GRADES[name],),
        modality=rng.choice((Modality.SHALL, Modality.MAY)),
        violations=None if violation is None else frozenset({violation}),
        condition=condition(rng, home.parts),
        citations=(CITATION,),
        level=NormLevel.LAW if violation is None else NormLevel.DOCUMENT,
        region=home.region,
        in_force=Interval() if violation is None else Interval(rng.choice(BATCHES)),
    )


@attrs.define
class _Home:
    """Where rules stand: their ruleset, its place, and how many conditions each has."""

    ruleset: str
    region: str
    parts: tuple[int, int]
    count: int = 0

    def next_number(self) -> int:
        """The number of the next rule."""
        self.count += 1
        return self.count


def _ruleset(home: _Home, rules: Sequence[Rule]) -> Ruleset:
    national = home.region == NATIONAL
    return Ruleset(
        id=home.ruleset,
        version="1",
        title=_text(home.ruleset),
        region=home.region,
        instrument=Instrument(
            name=home.ruleset,
            level=NormLevel.LAW if national else NormLevel.DOCUMENT,
            kind=InstrumentKind.STATUTE if national else InstrumentKind.LIST,
        ),
        in_force=Interval(BATCHES[0]),
        lists={} if national else LISTS,
        bands=(BANDS,) if national else (),
        rules=tuple(rules),
        digest=sha256(home.ruleset.encode()).hexdigest(),
    )


class _Loops(dict[str, Loop]):
    """Hand-written loops by violation, each written when it is first asked for."""

    def __init__(self, candidates: Mapping[str, Sequence[Rule]]) -> None:
        self._candidates = candidates

    def __missing__(self, violation: str) -> Loop:
        """Write the loop of the violation."""
        made = self[violation] = hand_written(self._candidates[violation])
        return made


@attrs.frozen
class Workload:
    """An engine, cases, and the same rules written out by hand.

    Attributes:
        engine: The library.
        cases: Cases, in random order of violations.
        loops: For each violation a hand-written loop over its candidate rules: functions from the
            facts to True, False or None, giving the ids that hold and those unknown.
        candidates: For each violation its rules on the penalty axis by id, the general ones last.
        regions: For each violation where its rules are in force, and its cases happen.
    """

    engine: Engine
    cases: list[Case]
    loops: Mapping[str, Loop]
    candidates: Mapping[str, Sequence[Rule]]
    regions: Mapping[str, str]


def build(
    scale: int = 1,
    cases: int = 2000,
    seed: int = 20220417,
    *,
    unknown: float = UNKNOWN,
    parts: tuple[int, int] = PARTS,
    districts: int = 1,
) -> Workload:
    """The workload with `scale` times 1,769 rules over `scale` times 600 violations.

    Args:
        scale: How large it is.
        cases: How many cases.
        seed: What it is drawn from; the same seed gives the same rules for any `unknown`.
        unknown: Probability that a case lacks a fact.
        parts: Fewest and most conditions of a rule.
        districts: Over how many districts the violations are spread, each with a ruleset of its
            own, as the lists of a country are.
    """
    rng = random.Random(seed)
    names = [f"field.v{i:06d}" for i in range(600 * scale)]
    counties = _counties()[:districts]
    regions = {name: counties[i * districts // len(names)] for i, name in enumerate(names)}
    homes = {code: _Home(f"bench-{code}", code, parts) for code in counties}
    owned = _owned(rng, names, scale)
    rules = [_rule(rng, one, homes[regions[name]], name) for name in names for one in owned[name]]
    law = _Home("general", NATIONAL, parts)
    # Drawn apart: they are the same at any scale.
    drawn = random.Random(f"{seed} law")
    general = [_rule(drawn, drawn.choice(tuple(GRADES)), law) for _ in range(12)]
    by_region: dict[str, list[Rule]] = {code: [] for code in counties}
    by_violation: dict[str, list[Rule]] = {name: [] for name in names}
    for rule in rules:
        by_region[rule.region].append(rule)
        if rule.axis is Axis.PENALTY:
            by_violation[next(iter(rule.violations or ()))].append(rule)
    drawn = random.Random(f"{seed} fines")
    knowledge = Knowledge(
        vocabulary=vocabulary(),
        violations={name: violation(name, provision(drawn)) for name in names},
        rulesets=(
            *(_ruleset(homes[code], found) for code, found in sorted(by_region.items())),
            _ruleset(law, general),
        ),
        regions=default_regions(),
    )
    candidates = {name: (*found, *general) for name, found in by_violation.items()}
    drawn = random.Random(f"{seed} cases")
    chosen = [drawn.choice(names) for _ in range(cases)]
    made = [_case(drawn, i, name, regions[name], unknown) for i, name in enumerate(chosen)]
    loops = _Loops(candidates)
    return Workload(Engine(knowledge=knowledge), made, loops, candidates, regions)


def _owned(rng: random.Random, names: Sequence[str], scale: int) -> Mapping[str, list[str]]:
    """For each violation the lists its rules are on: one at least, eight at the most."""
    lists = [name for name, count in COUNTS.items() for _ in range(count * scale)]
    rng.shuffle(lists)
    further = rng.sample(range(7 * len(names)), len(lists) - len(names))
    owners = [*range(len(names)), *(slot // 7 for slot in further)]
    found: dict[str, list[str]] = {name: [] for name in names}
    for owner, one in zip(owners, lists, strict=True):
        found[names[owner]].append(one)
    return found


def _counties() -> list[str]:
    """Codes of counties and districts, Panlong's first."""
    codes = [region.code for region in default_regions().regions if region.level == "county"]
    return ["530103", *(code for code in codes if code != "530103")]


def waiting(count: int) -> tuple[Engine, Case]:
    """An engine of one violation, each rule of which waits for a fact of its own, and a case."""
    names = [f"asked_{i}" for i in range(count)]
    facts = {name: Fact(name=name, kind=Kind.BOOLEAN, label=_text(name)) for name in names}
    rng = random.Random(count)
    home = _Home("bench", "530103", PARTS)
    plain_rules = [_rule(rng, "lighter", home, "field.v") for _ in range(count)]
    rules = [
        attrs.evolve(rule, condition=Test((name,), Op.IS, True))
        for rule, name in zip(plain_rules, names, strict=True)
    ]
    knowledge = Knowledge(
        vocabulary=Vocabulary(facts),
        violations={"field.v": violation("field.v", maximum(rng))},
        rulesets=(_ruleset(home, rules),),
        regions=default_regions(),
    )
    return Engine(knowledge=knowledge), attrs.evolve(
        _case(rng, 0, "field.v", "530103", UNKNOWN), facts={}
    )


def violation(name: str, penal: Provision) -> Violation:
    """An entry of the catalogue."""
    return Violation(
        id=name,
        title=_text(name),
        department="market_regulation",
        field="field",
        provisions=(penal,),
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


def _case(rng: random.Random, number: int, about: str, region: str, unknown: float) -> Case:
    facts = {name: _value(rng, name) for name in FACTS if rng.random() >= unknown}
    return Case(
        id=str(number),
        region=region,
        violation=about,
        committed=COMMITTED,
        decided=DECIDED,
        party=Party(kind="enterprise"),
        facts=facts,
    )


def plain(case: Case) -> dict[str, Any]:
    """The facts as the hand-written loop takes them: money in fen, all else as it is."""
    return {
        name: value.fen if isinstance(value, Money) else value for name, value in case.facts.items()
    }


def hand_written(rules: Sequence[Rule]) -> Loop:
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
