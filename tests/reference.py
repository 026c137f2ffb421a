"""The semantics in one page: no index, no compiling, no shortcut.

The library must agree with it on every generated case. Facts are typed values by name; a fact
that is not there is unknown. Sets of rules are enumerated, not reasoned about.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from bizrules.conditions import (
    AllOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
    Test,
    magnitude,
)
from bizrules.facts import Kind, Value, Vocabulary
from bizrules.penalties import Grade, Modality, PenaltyKind, Provision
from bizrules.rules import Reach, Rule
from bizrules.truth import Truth
from bizrules.values import DateSpan, Interval

Facts: TypeAlias = Mapping[str, Value]
Result: TypeAlias = tuple[Grade | None, frozenset[Grade], Modality | None, bool]
Law: TypeAlias = tuple[Result, Provision | None]
LENIENT = frozenset({Grade.EXEMPT, Grade.MITIGATED, Grade.LIGHTER})
LAWFUL: Result = (Grade.EXEMPT, frozenset({Grade.EXEMPT}), Modality.SHALL, False)


def all_of(values: Iterable[Truth]) -> Truth:
    """Conjunction of many; true for none."""
    result = Truth.TRUE
    for value in values:
        result = result & value
    return result


def any_of(values: Iterable[Truth]) -> Truth:
    """Disjunction of many; false for none."""
    result = Truth.FALSE
    for value in values:
        result = result | value
    return result


def at_least(count: int, values: Iterable[Truth]) -> Truth:
    """True if at least `count` are true, unknown if the unknown ones could still make it so."""
    seen = list(values)
    certain = sum(value is Truth.TRUE for value in seen)
    possible = certain + sum(value is Truth.UNKNOWN for value in seen)
    if certain >= count:
        return Truth.TRUE
    return Truth.UNKNOWN if possible >= count else Truth.FALSE


def truth(condition: Condition, facts: Facts, vocabulary: Vocabulary) -> Truth:
    """Truth of a condition, by Kleene's tables."""
    if isinstance(condition, Test):
        return test(condition, facts, vocabulary)
    if isinstance(condition, Defined):
        return truth(condition.condition, facts, vocabulary)
    if isinstance(condition, Not):
        return ~truth(condition.part, facts, vocabulary)
    if isinstance(condition, PerKind):
        branches = [
            AllOf((Test((condition.fact,), Op.IS, code), branch))
            for code, branch in condition.branches
        ]
        return any_of(truth(branch, facts, vocabulary) for branch in branches)
    parts = [truth(part, facts, vocabulary) for part in condition.parts]
    if isinstance(condition, AtLeast):
        return at_least(condition.count, parts)
    return all_of(parts) if isinstance(condition, AllOf) else any_of(parts)


def test(node: Test, facts: Facts, vocabulary: Vocabulary) -> Truth:
    """Truth of a test; unknown if any fact it reads is."""
    read = [*node.facts, *([node.operand.fact] if isinstance(node.operand, Share) else [])]
    if any(name not in facts for name in read):
        return Truth.UNKNOWN
    found, fact, limit = facts[node.facts[0]], vocabulary[node.facts[0]], node.operand
    if node.op in (Op.IN, Op.NOT_IN) and isinstance(limit, tuple):
        return Truth.of((found in limit) is (node.op is Op.IN))
    if node.op is Op.CONTAINS and isinstance(limit, tuple) and isinstance(found, frozenset):
        return Truth.of(all(code in found for code in limit))
    if fact.kind in (Kind.BOOLEAN, Kind.CHOICE, Kind.TEXT, Kind.SET):
        return Truth.of(found == limit)

    def size(value: Value) -> Fraction:
        return Fraction(fact.ranks[value] if fact.kind is Kind.LEVEL else magnitude(value))  # type: ignore[index]

    total = sum((size(facts[name]) for name in node.facts), Fraction(0))
    if isinstance(limit, Share):
        low = high = size(facts[limit.fact]) * limit.times
    elif isinstance(limit, tuple):
        low, high = (size(end) for end in limit)
    else:
        low = high = size(limit)
    return Truth.of(
        {
            Op.IS: total == low,
            Op.BELOW: total < high,
            Op.BEFORE: total < high,
            Op.AT_MOST: total <= high,
            Op.AT_LEAST: total >= low,
            Op.ON_OR_AFTER: total >= low,
            Op.ABOVE: total > low,
            Op.BETWEEN: low <= total <= high,
        }[node.op]
    )


def rank(rule: Rule) -> tuple[int, int, int, int, str]:
    """Precedence among norms that conflict: higher, more special, superior place, later."""
    depth = (
        0
        if rule.region == "000000"
        else 1 + (rule.region[2:] != "0000") + (rule.region[4:] != "00")
    )
    start = rule.in_force.start.toordinal() if rule.in_force.start else 0
    return (-rule.level, 0 if rule.violations else 1, depth, -start, rule.id)


def speciality(rule: Rule) -> tuple[int, int, int, int, str]:
    """Most special last: for the violation, then deeper place, higher norm, later."""
    level, general, depth, start, name = rank(rule)
    return (1 - general, depth, -level, -start, name)


def result(held: Iterable[Rule]) -> Result:
    """Grade, permitted grades, modality, contested: the table of the design, row by row."""
    rules = list(held)
    heavier = [r for r in rules if r.permits[0] is Grade.HEAVIER]
    lenient = [r for r in rules if r.permits[0] is not Grade.HEAVIER]
    certain = [r for r in lenient if r.permits == (Grade.EXEMPT,) and r.modality is Modality.SHALL]
    if any(r.level.is_law for r in certain):  # 1
        return Grade.EXEMPT, frozenset({Grade.EXEMPT}), Modality.SHALL, False
    mandate, permitted = choice(lenient)
    if lenient and heavier:  # 5
        return None, permitted | {Grade.ORDINARY, Grade.HEAVIER}, None, True
    if certain:  # 2, a list that binds
        return Grade.EXEMPT, frozenset({Grade.EXEMPT}), Modality.SHALL, False
    if lenient:  # 2 and 3
        named = [r for r in lenient if r.permits[0] is Grade.EXEMPT] or lenient
        grade = next(
            (
                g
                for r in sorted(named, key=speciality, reverse=True)
                for g in r.permits
                if g in permitted
            ),
            max(permitted),
        )
        bound = mandate is not None and grade in mandate
        return grade, permitted, Modality.SHALL if bound else Modality.MAY, False
    if heavier:  # 4
        shall = any(r.modality is Modality.SHALL for r in heavier)
        open_too = frozenset() if shall else frozenset({Grade.ORDINARY})
        return (
            Grade.HEAVIER,
            open_too | {Grade.HEAVIER},
            Modality.SHALL if shall else Modality.MAY,
            False,
        )
    return Grade.ORDINARY, frozenset({Grade.ORDINARY}), None, False  # 6


def choice(lenient: Sequence[Rule]) -> tuple[frozenset[Grade] | None, frozenset[Grade]]:
    """The mandate of the binding rules, higher norms first, and what is permitted in all."""
    mandate: frozenset[Grade] | None = None
    for rule in sorted((r for r in lenient if r.modality is Modality.SHALL), key=rank):
        narrowed = frozenset(rule.permits) & (mandate or frozenset(Grade))
        mandate = narrowed or mandate
    optional: set[Grade] = set()
    for rule in (r for r in lenient if r.modality is Modality.MAY):
        optional |= LENIENT if rule.permits[0] is Grade.EXEMPT else set(rule.permits)
    if mandate is None:
        return None, frozenset(optional | {Grade.ORDINARY})
    return mandate, mandate | {grade for grade in optional if grade < max(mandate)}


def completions(held: Sequence[Rule], unknown: Sequence[Rule]) -> Iterator[Result]:
    """The results of every way in which the unknown rules could turn out."""
    for count in range(len(unknown) + 1):
        for chosen in combinations(unknown, count):
            yield result([*held, *chosen])


def settled(held: Sequence[Rule], unknown: Sequence[Rule]) -> bool:
    """Whether all completions are the same."""
    return len(set(completions(held, unknown))) == 1


def days_that_decide(reach: Reach, law: DateSpan, act: DateSpan, decision: DateSpan) -> DateSpan:
    """On which days a rule must be in force to speak: those of the law, the act, the decision."""
    return {Reach.IF_MORE_LENIENT: law, Reach.NEVER: act, Reach.ALWAYS: decision}[reach]


def known(interval: Interval, day: date | None) -> tuple[date, date]:
    """First day in force and first day no longer, as one knew them on a day."""
    announced = day is None or interval.end_known is None or interval.end_known <= day
    until = interval.until if announced else None
    return interval.start or date.min, until or date.max


def fine(provision: Provision | None, grade: Grade | None) -> tuple[Fraction, Fraction]:
    """Upper and lower end: nothing, below the minimum, or the lowest or highest 30 per cent."""
    if provision is None or grade is Grade.EXEMPT:
        return Fraction(0), Fraction(0)
    scale = provision.tiers[0].fine
    assert scale is not None
    low, high = scale.low or Fraction(0), scale.high or Fraction(0)
    part = (high - low) * 3 / 10
    bands = {Grade.MITIGATED: (low, Fraction(0)), Grade.LIGHTER: (low + part, low)}
    bands[Grade.HEAVIER] = (high, high - part)
    return bands.get(grade, (high, low)) if grade is not None else (high, low)


def kinds(provision: Provision | None, grade: Grade | None) -> list[tuple[int, bool]]:
    """The other kinds that stand open, the heaviest first, those that must be before may."""
    if provision is None or grade is Grade.EXEMPT:
        return []
    order = list(PenaltyKind)
    found = [(order.index(k.kind), k.modality is Modality.SHALL) for k in provision.kinds]
    return sorted(found, reverse=True)


def new_is_milder(old: Law, new: Law) -> bool:
    """从旧兼从轻: by grade, then what else is permitted, then the fine, then the other kinds.

    Where the lighter grade is that of the heavier fine, the fine decides.
    """

    def grades(law: Law) -> tuple[object, ...]:
        (grade, permitted, _, _), _ = law
        heaviest = max(permitted)
        return (heaviest if grade is None else grade), heaviest

    def threat(law: Law) -> tuple[object, ...]:
        (grade, _, _, _), provision = law
        return fine(provision, grade)

    milder = grades(new) < grades(old)
    if grades(new) != grades(old):
        return threat(new) <= threat(old) if milder else threat(new) < threat(old)
    (grade, _, _, _), _ = new
    rest = [(threat(law), kinds(law[1], grade)) for law in (new, old)]
    return rest[0] < rest[1]
