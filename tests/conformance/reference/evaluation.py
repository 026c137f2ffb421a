"""One case under one law, or under the more lenient of two (从旧兼从轻)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from conformance.reference.conditions import Data, open_facts, reads
from conformance.reference.days import Span, act_span, span
from conformance.reference.derived import facts_of
from conformance.reference.fines import (
    WITHOUT_FINE,
    Fine,
    compare,
    fine_for,
    other_kinds,
    weigh_kinds,
)
from conformance.reference.resolution import EXEMPT, LAWFUL, Result, deciding, resolve, subsets
from conformance.reference.worlds import HEAVIER, Law, Moment, Rule, World, split

EVENTS = ("notified", "filed", "discovered")


class RefusedError(Exception):
    """A case that cannot be evaluated; carries the code of the problem."""


@dataclass(frozen=True)
class Assessed:
    """A case under one law."""

    law: Law
    facts: Mapping[str, Any]

    @cached_property
    def told(self) -> tuple[list[Rule], list[Rule]]:
        """Rules of the penalty axis that hold, and that cannot be told."""
        return split(self.law.penalty, self.facts)

    @cached_property
    def base(self) -> Result:
        """Where the rules that hold lead."""
        if self.law.is_violation is False:
            return LAWFUL
        return resolve(self.told[0], self.law.combination)

    @cached_property
    def deciding(self) -> list[Rule]:
        """Unknown rules that can change the result."""
        return deciding(*self.told, self.law.combination)

    @cached_property
    def settled(self) -> bool:
        """Whether every completion says the same."""
        if self.law.is_violation is None and self.base.permitted != {EXEMPT}:
            return False
        return not self.deciding

    @property
    def result(self) -> Result | None:
        """The result, if it is settled."""
        return self.base if self.settled else None

    def possible(self) -> set[int | None]:
        """Grades that some completion proposes; None where it is contested."""
        if self.law.is_violation is False:
            return {EXEMPT}
        held, unknown = self.told
        found = {resolve([*held, *way], self.law.combination).grade for way in subsets(unknown)}
        return found | ({EXEMPT} if self.law.is_violation is None else set())

    def fine(self, *, settled: bool | None = None) -> Fine:
        """The fine of the result; the statutory one while it is open."""
        final = self.settled if settled is None else settled
        return fine_for(self.law, self.facts, self.base if final else None)

    @property
    def grades(self) -> tuple[int, int]:
        """The grade proposed, and the heaviest permitted."""
        heaviest = max(self.base.permitted)
        return heaviest if self.base.grade is None else self.base.grade, heaviest

    def kinds(self, *, certain: bool) -> list[tuple[int, bool]]:
        """The other kinds that stand open, the heaviest first."""
        return weigh_kinds(other_kinds(self.law, self.facts, self.result), certain=certain)

    @property
    def leaves_nothing(self) -> bool:
        """Whether a settled exemption leaves no penalty at all."""
        exempt = self.settled and self.base.permitted == {EXEMPT}
        return exempt and self.fine().state in WITHOUT_FINE and not self.kinds(certain=False)


@dataclass(frozen=True)
class Applied:
    """The law applied, the law of the decision, and the other law where there was a choice."""

    case: Data
    main: Assessed
    current: Assessed
    choice: str
    settled: bool
    other: Assessed | None = None
    basis: str | None = None
    contradicted: frozenset[str] = frozenset()

    @property
    def result(self) -> Result | None:
        """The result, if nothing can change it."""
        return self.main.base if self.settled else None

    def measures(self) -> Iterator[tuple[str, str, list[Rule], list[Rule]]]:
        """Each measure with its verdict, the rules behind it and those that may change it."""
        rules = [rule for rule in self.current.law.rules if rule.axis == "compulsion"]
        held, unknown = split(rules, self.current.facts)
        for measure in self.case.get("measures", []):
            own, waiting = (
                [r for r in found if measure in r.given.get("measures", [measure])]
                for found in (held, unknown)
            )
            binding = [rule for rule in own if rule.shall]
            waiting = [rule for rule in waiting if rule.shall or not own]
            verdict = "may_omit" if own else "no_ground"
            if binding:
                verdict, waiting = "must_omit", []
            elif waiting:
                verdict = "open"
            yield measure, verdict, binding or own, waiting

    @property
    def is_settled(self) -> bool:
        """Whether neither the penalty nor a measure is open."""
        return self.settled and all(verdict != "open" for _, verdict, _, _ in self.measures())

    @property
    def laws(self) -> list[Assessed]:
        """The laws that may still come to apply, the one in front first."""
        return [self.main, *([self.other] if self.other and not self.settled else [])]


def spans(case: Data) -> tuple[Span, Span, bool]:
    """Days of the act and of the decision, and whether the act has a date."""
    act, decided = act_span(case), case.get("decided")
    events = [span(case[name]) for name in EVENTS if name in case]
    starts = [one[0] for one in (*events, act) if one[0] != date.min]
    decision = (max(starts, default=date.min), date.max) if decided is None else span(decided)
    if "committed" in case:
        return act, decision, True
    found = "discovered" in case
    latest = span(case["discovered"])[1] if found else min(d[1] for d in [*events, decision])
    return (date.min, latest), decision, False


def apply(world: World, case: Data, elements: frozenset[str] = frozenset()) -> Applied:
    """The case under the law of the act, unless that of the decision is more lenient.

    Args:
        world: The world.
        case: The case.
        elements: Elements of other norms that the same act broke.
    """
    facts, wrong = facts_of(world, case)
    act, decision, dated = spans(case)
    old = Assessed(world.law(case, Moment(act, act, decision), elements), facts)
    new = Assessed(world.law(case, Moment(decision, act, decision), elements), facts)
    if old.law.is_violation is False and new.law.is_violation is False:
        raise RefusedError("violation-not-in-force")
    choice = "same" if dated else "decision_only"
    if not dated and decision == (date.min, date.max):
        choice = "undated"
    if choice == "undated" or old.law.same(new.law):
        found = Applied(case, new, new, choice, new.settled)
    else:
        found = _Pair(case, old, new).choose()
    asked = {name for law in (old.law, new.law) for name in _read(world, case, law)}
    wrong = (wrong & asked) | _contradicted(case, (*old.law.rules, *new.law.rules))
    return Applied(**{**vars(found), "contradicted": frozenset(wrong)})


def _read(world: World, case: Data, law: Law) -> Iterator[str]:
    """Facts that something reads: what nobody asks for contradicts nothing."""
    parts = [
        one.get("when", []) for r in world.speaking(case, law.moment) for one in r.get("duties", [])
    ]
    for provision in law.provisions:
        parts.append(provision.get("only_after", []))
        parts += [one.get("when", []) for one in provision.get("tiers", [])]
        parts += [one.get("when", []) for one in provision.get("kinds", [])]
    nodes = [*map(law.reader.read, parts), *(rule.node for rule in law.rules)]
    yield from (name for node in nodes for name in reads(node))


def _contradicted(case: Data, rules: Iterable[Rule]) -> set[str]:
    """What is stated of earlier violations and is otherwise by the record, as a rule reads it."""
    stated, found = case.get("facts", {}), set()
    for rule, history in ((rule, rule.history) for rule in rules):
        if history is not None:
            told = {"first_violation": history.first, "prior_count": history.count}
            asked = reads(rule.node) & stated.keys() & told.keys()
            found |= {name for name in asked if told[name] not in (None, stated[name])}
    return found


@dataclass(frozen=True)
class _Pair:
    """The law of the act and the law of the decision, where they differ."""

    case: Data
    old: Assessed
    new: Assessed

    def applied(self, lead: Assessed, basis: str) -> Applied:
        choice, other = ("old", self.new) if lead is self.old else ("new", self.old)
        return Applied(self.case, lead, self.new, choice, settled=True, other=other, basis=basis)

    def open(self, lead: Assessed, *, settled: bool) -> Applied:
        other = self.new if lead is self.old else self.old
        return Applied(self.case, lead, self.new, "open", settled=settled, other=other)

    def choose(self) -> Applied:
        """The milder one; open while one of them is, unless nothing can change the choice."""
        old, new = self.old, self.new
        if old.settled and new.settled:
            return self.settled()
        if _prevails(old, new):
            return self.applied(old, _by_grade(old))
        if old.leaves_nothing:
            return self.applied(old, "lawful" if old.base is LAWFUL else "equal")
        if _prevails(new, old):
            return self.applied(new, _by_grade(new))
        if new.leaves_nothing:
            return self.open(new, settled=True)
        dated = new.law.moment.law[1] != date.max
        return self.open(new if dated and new.grades < old.grades else old, settled=False)

    def settled(self) -> Applied:
        """Between two results: by grade, unless the fines say the opposite; then by the fines."""
        old, new = self.old, self.new
        if old.grades != new.grades:
            return self.by_grades()
        order = compare(old.fine(), new.fine())
        if order is None:
            agree = old.base.says == new.base.says
            return self.open(old if old.fine().open_facts else new, settled=agree)
        if order:
            return self.applied(old if order < 0 else new, "fine")
        return self.by_kinds()

    def by_grades(self) -> Applied:
        old, new = self.old, self.new
        lead, other = (old, new) if old.grades < new.grades else (new, old)
        if lead.fine().state not in WITHOUT_FINE:
            order = compare(lead.fine(), other.fine())
            if order is None:
                return self.open(lead, settled=False)
            if order > 0:
                return self.applied(other, "fine")
        by_grade = old.grades[0] != new.grades[0]
        return self.applied(lead, _by_grade(lead) if by_grade else "permitted")

    def by_kinds(self) -> Applied:
        old, new = self.old, self.new
        most, least = old.kinds(certain=False), new.kinds(certain=True)
        if most <= least:
            return self.applied(old, "kinds" if most < least else "equal")
        if new.kinds(certain=False) < old.kinds(certain=True):
            return self.applied(new, "kinds")
        return self.open(old, settled=old.base.says == new.base.says)


def _prevails(one: Assessed, other: Assessed) -> bool:
    """Whether a settled result is milder than all that the other law may still lead to."""
    if not one.settled or one.base.grade is None:
        return False
    fixed = any("fine" in rule.effect for law in (one, other) for rule in law.law.penalty)
    same = (one.law.provisions, one.law.bands) == (other.law.provisions, other.law.bands)
    if not (same and not fixed) and one.fine().state not in WITHOUT_FINE:
        return False
    grade = one.base.grade
    return all(grade < (HEAVIER if two is None else two) for two in other.possible())


def _by_grade(lead: Assessed) -> str:
    return "lawful" if lead.base is LAWFUL else "grade"


def waiting_facts(one: Assessed, rule: Rule) -> frozenset[str]:
    """Unknown facts for which a rule waits, and the date that says whether it is in force."""
    found = open_facts(rule.node, rule.facts(one.facts))
    if rule.doubtful:
        moment, reach = one.law.moment, rule.ruleset.get("reach_back")
        date_of = "decided" if moment.law == moment.decision else "committed"
        found |= {{"never": "committed", "always": "decided"}.get(str(reach), date_of)}
    return found


def findings(applied: Applied) -> list[tuple[Rule, bool | None]]:
    """Every rule that speaks, with its truth."""
    rules = list(applied.main.law.penalty)
    if applied.case.get("measures"):
        rules += [rule for rule in applied.current.law.rules if rule.axis == "compulsion"]
    return [
        (rule, rule.truth(applied.main.facts)) for rule in sorted(rules, key=lambda one: one.id)
    ]
