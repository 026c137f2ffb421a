"""Near misses: lenient rules that failed by few conditions, and what the party can still cure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias
from weakref import ref

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
    Op,
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
from bizrules.selection import Candidate, Stretch
from bizrules.shared_records import FromGiven, draft_of
from bizrules.signatures import Failures, failing_parts, failures_of
from bizrules.tracing import Parts, finder
from bizrules.values import Money, Plain
from bizrules.wording import condition_text, negated, phrase, say_value

MOST_MISSES: Final = 2
MOST_NEAR_MISSES: Final = 8
MOST_KEPT: Final = 128
"""For so many ways in which the tests of a rule fail is kept what it lacks."""

_MOST_BLOCKS: Final = 8


@attrs.frozen(eq=False)
class Lack:
    """A test that a rule may lack, with what can be said of it in every case.

    Attributes:
        test: The test.
        holds: Its truth over a view.
        cure: How the party can still cure it, if it can.
        parts: What is said of it, by the names of the fields of a miss.
        miss: The miss, where it says the same of every case: what is not so is the opposite.
    """

    test: Test
    holds: Matcher
    cure: Text | None
    parts: Parts
    miss: Miss | None


Lacks: TypeAlias = tuple[Lack, ...]
Repair: TypeAlias = Callable[[View], Lacks | None]
"""The fewest failed tests that would have to pass for a condition not to fail over a view.

None if no change of single tests would do, or none of as few as `MOST_MISSES`.
"""
_Missed: TypeAlias = "Miss | Parts"
"""A miss that says the same of every case, or what one says by the names of its fields."""


def near_misses_of(assessment: Assessment) -> tuple[NearMiss, ...]:
    """Lenient rules that failed by at most two conditions, curable ones first.

    Only rules that would permit a grade more lenient than those permitted now are named.
    """
    ranked = _RANKED(assessment.stretch, assessment.vocabulary)
    milder = ranked.milder[min(assessment.result.permitted)]
    if not milder:
        return ()
    view, found = assessment.reading.view, list[_Placed]()
    for look, places in ranked.looks:
        look(view, places, milder, found)
    if ranked.varies:
        # What another possible day says of its concepts may still let a rule hold.
        untold = {c.rule.id for c in assessment.unknown}
        found = [one for one in found if one[1].rule not in untold]
    if len(found) > 1:
        found.sort()
    decided = assessment.case.decided
    day = decided.exact if decided is not None else None
    return tuple([one.same or one.told(view, day) for _, one in found[:MOST_NEAR_MISSES]])


_MissDraft: Final = draft_of(Miss)
_NearMissDraft: Final = draft_of(NearMiss)
_RANK: Final = 24
"""By so many bits what a rule lacks stands in front of where it ranks among the others."""


@attrs.frozen(eq=False)
class _Lacking:
    """The few tests that a rule lacks, and what can be said of them in every case.

    Attributes:
        rank: Sorts near misses: whether it cannot be cured, how many are missed.
        rule: Id of the rule.
        curable: Whether the party can still cure all of them.
        misses: What is said of each.
        parts: What the near miss says besides, by the names of its fields.
        same: The near miss, where it is the same in every case.
    """

    rank: int
    rule: str
    curable: bool
    misses: tuple[_Missed, ...]
    parts: Parts
    same: NearMiss | None = attrs.field(init=False)

    @classmethod
    def of(cls, rule: Rule, lacks: Lacks) -> "_Lacking":
        """What the rule lacks."""
        curable = all(one.cure is not None for one in lacks)
        rank = (not curable) * (MOST_MISSES + 1) + len(lacks)
        misses = tuple([one.miss or one.parts for one in lacks])
        parts = {"title": rule.title, "permits": rule.permits, "until": None}
        return cls(rank << _RANK, rule.id, curable, misses, parts)

    @same.default
    def _said_of_every_case(self) -> NearMiss | None:
        """Where it can be cured, the case says until when; else the failed tests may say it all."""
        is_same = not self.curable and all(isinstance(one, Miss) for one in self.misses)
        return self.told({}, None) if is_same else None

    def told(self, view: View, decided: date | None) -> NearMiss:
        """The near miss of a case.

        Args:
            view: Its facts.
            decided: Its day of decision.
        """
        draft = _NearMissDraft()
        misses = [_missed(one, view) if type(one) is dict else one for one in self.misses]
        draft.rule = self.rule
        draft.misses = tuple(misses)
        draft.curable = self.curable
        draft._parts = self.parts  # noqa: SLF001 - the record is begun here
        if self.curable:
            draft.until = decided
        draft.__class__ = NearMiss
        made: NearMiss = draft
        return made


_Placed: TypeAlias = tuple[int, _Lacking]
"""What a rule lacks, with its rank among all near misses of the case in front."""


@attrs.frozen(eq=False)
class _Tried:
    """A rule that would permit something milder, and what was worked out about it.

    Attributes:
        rule: The rule.
        repair: What it lacks.
        needed: Which of the tests that may fail are all needed.
        kept: What it lacks, by how its tests fail.
    """

    rule: Rule
    repair: Repair
    needed: int
    kept: dict[int, _Lacking | None] = attrs.field(factory=dict, init=False)

    def lacking(self, view: View, failures: int) -> _Lacking | None:
        """The few tests that it lacks; None where it does not fail, or by more.

        Args:
            view: The facts.
            failures: How its tests fail.
        """
        is_far = (failures & self.needed).bit_count() > MOST_MISSES
        lacks = None if is_far else self.repair(view)
        found = _Lacking.of(self.rule, lacks) if lacks else None
        if len(self.kept) < MOST_KEPT:
            self.kept[failures] = found
        return found


def _needed(condition: Condition) -> int:
    """Which of the parts that may fail are tests that all have to pass: the bits of their places.

    What a negation lacks may be a test that stands beside it, so negations do not count.
    """
    tests = dict.fromkeys(_conjuncts(condition))
    parts = failing_parts(condition)
    return sum(1 << place for place, one in enumerate(parts) if one[1] and one[0] in tests)


def _conjuncts(condition: Condition) -> Iterator[Test]:
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, (AllOf, Defined)):
        for part in parts_of(condition):
            yield from _conjuncts(part)


class _Block:
    """Rules that are tried together: those for all violations, or those of one."""

    __slots__ = ("_failures", "_is_first", "_kept", "_law", "_rules")

    def __init__(self, candidates: Sequence[Candidate], vocabulary: Vocabulary) -> None:
        """Nothing tried yet."""
        law = [(one.condition, one.names) for one in candidates]
        self._law = law, vocabulary
        self._rules = tuple(
            _Tried(c.rule, _repair(c.condition, vocabulary, c.names), _needed(c.condition))
            for c in candidates
        )
        self._kept = tuple(one.kept for one in self._rules)
        self._failures: Failures | None = None
        self._is_first = True

    def look(self, view: View, places: Sequence[int], milder: int, found: list[_Placed]) -> None:
        """Add what each rule lacks that lacks little.

        Args:
            view: The facts.
            places: Where each rule ranks among all of its stretch.
            milder: Where those end that would permit something milder.
            found: What is found.
        """
        if self._failures is None:
            if self._is_first:
                # The code is written when it is asked a second time: writing takes longer.
                self._is_first = False
                self._look_once(view, places, milder, found)
                return
            self._failures = failures_of(*self._law)
        kept = self._kept
        for number, failures in enumerate(self._failures(view)):
            if failures and places[number] < milder:
                lackings = kept[number]
                if failures in lackings:
                    lacking = lackings[failures]
                else:
                    lacking = self._rules[number].lacking(view, failures)
                if lacking is not None:
                    found.append((lacking.rank + places[number], lacking))

    def _look_once(
        self, view: View, places: Sequence[int], milder: int, found: list[_Placed]
    ) -> None:
        for place, one in zip(places, self._rules, strict=True):
            lacks = one.repair(view) if place < milder else None
            if lacks:
                lacking = _Lacking.of(one.rule, lacks)
                found.append((lacking.rank + place, lacking))


_Look: TypeAlias = Callable[[View, Sequence[int], int, list[_Placed]], None]


@attrs.frozen(eq=False)
class _Ranked:
    """The rules of a stretch that would permit something milder than the heaviest grade.

    Attributes:
        looks: What finds those for all violations that are missed and those of its own, with the
            place of each among all by the mildest grade that they permit and their ids.
        milder: For each grade how many of them would permit something milder.
        varies: Whether other possible days define the concepts of a rule in another way.
    """

    looks: tuple[tuple[_Look, tuple[int, ...]], ...]
    milder: tuple[int, ...]
    varies: bool


def _ranked(stretch: Stretch, vocabulary: Vocabulary) -> _Ranked:
    grades = {c.rule.id: min(c.rule.permits) for c in stretch.penalty if c.rule.permits}
    lenient = [c for c in stretch.penalty if grades.get(c.rule.id, Grade.HEAVIER) < Grade.HEAVIER]
    order = sorted((grades[c.rule.id], c.rule.id) for c in lenient)
    places = {name: place for place, (_, name) in enumerate(order)}
    general = tuple(c for c in lenient if c.rule.is_general)
    own = tuple(c for c in lenient if not c.rule.is_general)
    found = []
    if general:
        found.append((_shared(general, vocabulary), general))
    if own:
        found.append((_Block(own, vocabulary), own))
    return _Ranked(
        looks=tuple((block.look, tuple(places[c.rule.id] for c in some)) for block, some in found),
        milder=tuple(sum(grade < one for grade, _ in order) for one in Grade),
        varies=any(candidate.others for candidate in lenient),
    )


_RANKED: Final[Remembered[Stretch, _Ranked]] = Remembered(_ranked)
_Shared: TypeAlias = list[tuple[tuple[ref[Candidate], ...], Vocabulary, _Block]]
_SHARED: Final[Remembered[Candidate, _Shared]] = Remembered(lambda _: [])
"""Blocks of rules for all violations, which many stretches share, by the first of the rules."""


def _shared(candidates: Sequence[Candidate], vocabulary: Vocabulary) -> _Block:
    known = _SHARED(candidates[0])
    for kept, words, block in known:
        are_same = len(kept) == len(candidates) and all(
            one() is other for one, other in zip(kept, candidates, strict=True)
        )
        if are_same and words is vocabulary:
            return block
    made = _Block(candidates, vocabulary)
    known[:] = [(tuple(map(ref, candidates)), vocabulary, made), *known[: _MOST_BLOCKS - 1]]
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
    said, fact = None, vocabulary[test.facts[0]]
    if fact.kind is Kind.BOOLEAN and test.op is Op.IS:
        said = _missed(parts, {names.get(fact.name, fact.name): test.operand is not True})
    return Lack(test, compile_condition(test, vocabulary, names), cure, parts, said)


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
