"""Near misses: lenient rules that failed by few conditions, and what the party can still cure."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias

import attrs

from bizrules import phrases
from bizrules.assessment import Assessment
from bizrules.compiling import Compiler
from bizrules.conditions import (
    AllOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Share,
    Test,
    facts_read,
    magnitude,
)
from bizrules.errors import Problem
from bizrules.facts import NUMERIC, Fact, Kind, Vocabulary, parse_value
from bizrules.matching import (
    Matcher,
    Names,
    View,
    comparable,
    compile_condition,
    parts_of,
)
from bizrules.outcomes import Miss, NearMiss
from bizrules.penalties import Grade
from bizrules.provenance import Location, Text
from bizrules.remembering import Remembered
from bizrules.rules import Rule
from bizrules.selection import Stretch
from bizrules.shared_records import FromGiven, draft_of
from bizrules.signatures import once_a_signature
from bizrules.tracing import Parts, finder
from bizrules.values import Money, Plain
from bizrules.wording import condition_text, negated, phrase, say_value

MOST_MISSES: Final = 2
MOST_NEAR_MISSES: Final = 8


@attrs.frozen(eq=False)
class Lack:
    """A test that a rule may lack, with what can be said of it in every case.

    Attributes:
        test: The test.
        holds: Its truth over a view.
        cure: How the party can still cure it, if it can.
        parts: What is said of it, by the names of the fields of a miss.
    """

    test: Test
    holds: Matcher
    cure: Text | None
    parts: Parts


Lacks: TypeAlias = tuple[Lack, ...]
Repair: TypeAlias = Callable[[View], Lacks | None]
"""The fewest failed tests that would have to pass for a condition not to fail over a view.

None if no change of single tests would do, or none of as few as `MOST_MISSES`.
"""
_Rank: TypeAlias = tuple[bool, int, Grade, str]
"""Sorts near misses: whether it cannot be cured, how many are missed, the grade, the rule."""

_Lacking: TypeAlias = Callable[[View], tuple[bool, tuple[Parts, ...]] | None]
"""What is said of the few tests that a condition lacks, and whether one cannot be cured.

None where the condition does not fail, or by more.
"""

_Ranked: TypeAlias = tuple[Grade, str, Rule, _Lacking]


def near_misses_of(assessment: Assessment) -> tuple[NearMiss, ...]:
    """Lenient rules that failed by at most two conditions, curable ones first.

    Only rules that would permit a grade more lenient than those permitted now are named.
    """
    best = min(assessment.result.permitted)
    if best is Grade.EXEMPT:
        return ()
    settled = {c.rule.id for c in (*assessment.held, *assessment.unknown)}
    view, found = assessment.reading.view, []
    for grade, name, rule, lacking in _RANKED(assessment.stretch, assessment.vocabulary):
        if grade >= best:
            break
        if name not in settled and (lacks := lacking(view)) is not None:
            found.append(((lacks[0], len(lacks[1]), grade, name), rule, lacks[1]))
    found.sort(key=lambda one: one[0])
    return tuple([_near_miss(*one, assessment) for one in found[:MOST_NEAR_MISSES]])


def _ranked(stretch: Stretch, vocabulary: Vocabulary) -> tuple[_Ranked, ...]:
    """Rules on the penalty axis by the mildest grade they permit, each with its repair."""
    found = [
        (min(c.rule.permits), c.rule.id, c.rule, _lackings(c.condition, vocabulary, c.names))
        for c in stretch.penalty
        if c.rule.permits
    ]
    return tuple(sorted(found, key=lambda one: one[:2]))


_RANKED: Final[Remembered[Stretch, tuple[_Ranked, ...]]] = Remembered(_ranked)


_MissDraft: Final = draft_of(Miss)
_NearMissDraft: Final = draft_of(NearMiss)


def _near_miss(
    rank: _Rank, rule: Rule, lacks: tuple[Parts, ...], assessment: Assessment
) -> NearMiss:
    view, decided = assessment.reading.view, assessment.case.decided
    draft, curable = _NearMissDraft(), not rank[0]
    draft.rule = rule.id
    draft.title = rule.title
    draft.permits = rule.permits
    draft.misses = tuple([_missed(parts, view) for parts in lacks])
    draft.curable = curable
    draft.until = decided.exact if curable and decided is not None else None
    draft.__class__ = NearMiss
    made: NearMiss = draft
    return made


def _missed(parts: Parts, view: View) -> Miss:
    """What a rule missed; what the case says, and by how much it is missed, is said when read."""
    draft = _MissDraft()
    draft._parts = parts  # noqa: SLF001 - the record is begun here
    draft._given = view  # noqa: SLF001 - likewise
    draft.__class__ = Miss
    made: Miss = draft
    return made


def cheapest_repair(
    condition: Condition, vocabulary: Vocabulary, view: View, names: Names
) -> list[Test] | None:
    """The fewest failed tests that would have to pass for the condition not to fail.

    Unknown parts count as passed. None if no change of single tests would do, as under a
    negation that has no opposite, or none of as few as `MOST_MISSES`.
    """
    lacks = _repairs(condition, vocabulary, names)(view)
    return None if lacks is None else [lack.test for lack in lacks]


def _repair(condition: Condition, vocabulary: Vocabulary, names: Names) -> Repair:
    return _Repairing(vocabulary, names).of(condition)


_repairs: Final[Compiler[Repair]] = Compiler(_repair)


def _lacking(condition: Condition, vocabulary: Vocabulary, names: Names) -> _Lacking:
    repair = _repair(condition, vocabulary, names)

    def lacking(view: View) -> tuple[bool, tuple[Parts, ...]] | None:
        lacks = repair(view)
        if not lacks:
            return None
        return any(one.cure is None for one in lacks), tuple(one.parts for one in lacks)

    return once_a_signature(lacking, condition, vocabulary, names)


_lackings: Final[Compiler[_Lacking]] = Compiler(_lacking)


@attrs.frozen(eq=False)
class _Repairing:
    """Compiles the repair of a condition; tests that are equal are lacked once.

    INVARIANT: a repair is empty exactly where its condition does not fail. Where more are lacked
    than are ever named, that counts as beyond repair: another way to pass is no shorter for it,
    and a conjunction that needs it lacks as many.
    """

    vocabulary: Vocabulary
    names: Names
    _lacks: dict[Test, Lack] = attrs.field(factory=dict, init=False)

    def of(self, condition: Condition) -> Repair:
        """The repair of a condition."""
        if isinstance(condition, Test):
            return _of_test(self._lack(condition))
        if isinstance(condition, Not):
            return self._of_negation(condition)
        parts = tuple(self.of(part) for part in parts_of(condition))
        if isinstance(condition, (AllOf, Defined)):
            return parts[0] if len(parts) == 1 else partial(_lacked_by_all, parts)
        count = condition.count if isinstance(condition, AtLeast) else 1
        return partial(_lacked_by_enough, count, parts)

    def _of_negation(self, condition: Not) -> Repair:
        """The repair of the opposite; None where that cannot be said without the negation."""
        holds = compile_condition(condition.part, self.vocabulary, self.names)
        inner = condition.part
        while isinstance(inner, Defined):
            inner = inner.condition
        opposite = negated(inner, self.vocabulary)
        repair = None if opposite is None else self.of(opposite)

        def lacked(view: View) -> Lacks | None:
            if not holds(view):
                return ()
            return None if repair is None else repair(view)

        return lacked

    def _lack(self, test: Test) -> Lack:
        known = self._lacks.get(test)
        if known is None:
            known = self._lacks[test] = _lack(test, self.vocabulary, self.names)
        return known


def _lack(test: Test, vocabulary: Vocabulary, names: Names) -> Lack:
    read = tuple(sorted(facts_read(test)))
    text, cure = condition_text(test, vocabulary), _cure(test, vocabulary)
    find = FromGiven(finder(read, vocabulary, names))
    gap = FromGiven(_gap(test, vocabulary, names))

    parts = {"facts": read, "text": text, "found": find, "gap": gap, "cure": cure}
    return Lack(test, compile_condition(test, vocabulary, names), cure, parts)


def _of_test(lack: Lack) -> Repair:
    holds, lacks = lack.holds, (lack,)
    return lambda view: lacks if holds(view) is False else ()


def _lacked_by_all(parts: tuple[Repair, ...], view: View) -> Lacks | None:
    found: Lacks = ()
    for part in parts:
        lacks = part(view)
        if lacks:
            found = _together(found, lacks)
            if len(found) > MOST_MISSES:
                return None
        elif lacks is None:
            return None
    return found


def _lacked_by_enough(count: int, parts: tuple[Repair, ...], view: View) -> Lacks | None:
    """What the so many parts that lack least lack together; nothing where enough do not fail."""
    repairs = [part(view) for part in parts]
    if repairs.count(()) >= count:
        return ()
    possible = sorted([lacks for lacks in repairs if lacks is not None], key=len)[:count]
    if len(possible) < count:
        return None
    found: Lacks = ()
    for lacks in possible:
        found = _together(found, lacks)
    return found if len(found) <= MOST_MISSES else None


def _together(some: Lacks, others: Iterable[Lack]) -> Lacks:
    return (*some, *[lack for lack in others if lack not in some]) if some else tuple(others)


def _cure(test: Test, vocabulary: Vocabulary) -> Text | None:
    """How to cure, if the value that the party can still reach passes the test."""
    fact = vocabulary[test.facts[0]]
    if len(test.facts) > 1 or fact.cure is None or isinstance(test.operand, Share):
        return None
    to = Plain(fact.cure.to)
    reached = parse_value(fact, [to] if fact.kind is Kind.SET else to, Location("cure"))
    if isinstance(reached, Problem):
        return None
    view = {fact.name: comparable(fact, reached)}
    return fact.cure.how if compile_condition(test, vocabulary)(view) else None


_AT_LIMIT: Final = phrase("gap.at-limit")


def _gap(test: Test, vocabulary: Vocabulary, names: Names) -> Callable[[View], Text | None]:
    """A function that says by how much a numeric test is missed."""
    fact = vocabulary[test.facts[0]]
    if fact.kind not in NUMERIC or isinstance(test.operand, Share) or len(test.facts) > 1:
        return lambda _view: None
    key = names.get(fact.name, fact.name)
    ends = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    limits = tuple(magnitude(end) for end in ends)

    def gap(view: View) -> Text:
        # INVARIANT: a test that failed knows its fact.
        found = view[key]
        distance = min([abs(found - limit) for limit in limits])
        return Text.said_by(partial(_say_gap, fact, distance)) if distance else _AT_LIMIT

    return gap


def _say_gap(fact: Fact, gap: int | Decimal, lang: str) -> str:
    amount = say_value(fact, Money(int(gap)) if fact.kind is Kind.MONEY else gap, lang)
    return phrases.say("gap.by", lang, amount=amount)
