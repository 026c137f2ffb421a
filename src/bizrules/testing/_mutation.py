"""Mutants against golden cases: which changes of the rules do the golden cases notice?

Only golden cases that a change can touch are run again, with an engine in which the changed rules
stand in the place of the others.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import TypeAlias

import attrs

from bizrules.assessment import Assessor
from bizrules.cases import Case
from bizrules.concurrence import acts_of
from bizrules.conditions import Condition, Not, facts_read, without
from bizrules.derivation import act_span, decision_span, discovery
from bizrules.engine import Engine
from bizrules.facts import Vocabulary
from bizrules.implication import implies
from bizrules.loading import GoldenCase, GoldenMatter
from bizrules.matching import Matcher, View, compile_condition
from bizrules.rules import Axis, Rule, Ruleset, Violation
from bizrules.selection import Candidate, Moment, Stretch
from bizrules.testing._alterations import Change
from bizrules.testing._goldens import names_draft, run_golden
from bizrules.testing._matters import run_matter
from bizrules.testing._mutants import OF_CONDITIONS, Mutant
from bizrules.values import DateSpan

_Elements: TypeAlias = frozenset[str]


class Fate(Enum):
    """What becomes of a mutant.

    NOTICED: some golden case fails. SURVIVED: none does, though some case could. EQUIVALENT: it is
    proved that the changed rules hold and fail in the same cases, so that none could.
    """

    NOTICED = "noticed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"


@attrs.frozen(kw_only=True)
class MutantResult:
    """What became of a mutant.

    Attributes:
        mutant: The mutant.
        fate: What became of it.
        noticed_by: Id of the golden case or matter that noticed it first; None if none did.
        run: How many golden cases and matters were run on it.
    """

    mutant: Mutant
    fate: Fate
    noticed_by: str | None = None
    run: int = 0


@attrs.frozen(kw_only=True)
class MutationScore:
    """How many mutants were noticed.

    Attributes:
        tried: All of them.
        noticed: Those that some golden case noticed.
        equivalent: Those that no case could notice.
    """

    tried: int
    noticed: int
    equivalent: int

    @classmethod
    def of(cls, results: Iterable[MutantResult]) -> "MutationScore":
        """The score of the results."""
        fates = [result.fate for result in results]
        return cls(
            tried=len(fates),
            noticed=fates.count(Fate.NOTICED),
            equivalent=fates.count(Fate.EQUIVALENT),
        )

    @property
    def counted(self) -> int:
        """Those that count: all but the equivalent ones."""
        return self.tried - self.equivalent

    @property
    def survived(self) -> int:
        """Those that no golden case noticed, though some case could."""
        return self.counted - self.noticed

    @property
    def share(self) -> Fraction | None:
        """Share of those that count that was noticed; None if none counts."""
        return Fraction(self.noticed, self.counted) if self.counted else None


@attrs.frozen(kw_only=True)
class _Sitting:
    """A case under the law of one time, as it is before anything is changed.

    Attributes:
        case: The case.
        stretch: The law.
        moment: The days that say which law it is.
        view: The facts, read and derived.
        elements: Elements of the offence, its own and those of the same act.
        candidates: The candidates of the law by id.
    """

    case: Case
    stretch: Stretch
    moment: Moment
    view: View
    elements: _Elements
    candidates: Mapping[str, Candidate]


@attrs.frozen(eq=False, slots=False)
class _Trial:
    """A golden case or matter.

    Attributes:
        golden: What is run.
        engine: The rules as they are, with the drafts if it expects something of one.
        at: Its place among all.
    """

    golden: GoldenCase | GoldenMatter
    engine: Engine
    at: int

    @cached_property
    def passes(self) -> bool:
        """Whether it passes, and expects anything at all, before anything is changed."""
        return self.golden.expect is not None and self.run(self.engine)

    def run(self, engine: Engine) -> bool:
        """Whether it passes with the rules of the engine."""
        if isinstance(self.golden, GoldenCase):
            return run_golden(engine, self.golden).passed
        return run_matter(engine, self.golden).passed

    @property
    def id(self) -> str:
        """Its id."""
        golden = self.golden
        return golden.case.id if isinstance(golden, GoldenCase) else golden.id

    @cached_property
    def named(self) -> frozenset[str]:
        """Rules of which it expects something."""
        return frozenset(_named(self.golden))

    @property
    def is_exact(self) -> bool:
        """Whether it depends on what an unknown rule waits for, not only on that it is unknown."""
        golden = self.golden
        return isinstance(golden, GoldenMatter) or bool(golden.expect and golden.expect.asks)

    @cached_property
    def sittings(self) -> tuple[_Sitting, ...]:
        """Its cases, each under every law that is looked at."""
        golden, assessor = self.golden, self.engine.assessor
        acts = (
            ((golden.case,),)
            if isinstance(golden, GoldenCase)
            else tuple(own for _, own in acts_of(golden.cases))
        )
        return tuple(
            sitting for own in acts for case in own for sitting in _sittings(case, own, assessor)
        )


def _named(golden: GoldenCase | GoldenMatter) -> Iterator[str]:
    if golden.expect is None:
        return
    for given in (golden.expect.holds, golden.expect.fails):
        listed = given.values() if isinstance(given, Mapping) else [given or ()]
        yield from (rule for rules in listed for rule in rules)


def _moments(case: Case) -> tuple[Moment, ...]:
    """The days of the law of the act and of that of the decision, as evaluation takes them."""
    decided = decision_span(case)
    if case.committed is None:
        acted = DateSpan(None, discovery(case).latest or decided.latest)
    else:
        acted = act_span(case)
    found = (Moment(acted, acted, decided), Moment(decided, acted, decided))
    return tuple(dict.fromkeys(found))


def _sittings(case: Case, act: Sequence[Case], assessor: Assessor) -> Iterator[_Sitting]:
    entries = assessor.violations
    own = entries[case.violation].elements
    joint = frozenset[str]().union(*(entries[one.violation].elements for one in act)) - own
    stated = assessor.read(case)
    for moment in _moments(case):
        stretch = assessor.selector.stretch(case.region, case.violation, moment, joint)
        yield _Sitting(
            case=case,
            stretch=stretch,
            moment=moment,
            view=assessor.derive(case, stretch, stated).view,
            elements=own | joint,
            candidates={c.rule.id: c for c in (*stretch.penalty, *stretch.compulsion)},
        )


@attrs.frozen
class _Seat:
    """What a rule has to do with a case: whether it may speak there, and whether it holds.

    Attributes:
        trial: The golden case or matter.
        sitting: The case under one law.
        candidate: The rule, compiled; None if it does not speak.
        truth: Whether it holds; None if unknown, or if it does not speak.
    """

    trial: _Trial
    sitting: _Sitting
    candidate: Candidate | None
    truth: bool | None


@attrs.define(kw_only=True)
class MutationRun:
    """Runs golden cases on mutants.

    Attributes:
        engine: The rules as they are.
        goldens: Golden cases.
        matters: Golden matters.
    """

    engine: Engine
    goldens: Sequence[GoldenCase] = ()
    matters: Sequence[GoldenMatter] = ()
    _trials: Mapping[tuple[str, str], list[_Trial]] = attrs.field(init=False, repr=False)
    _seats: dict[str, tuple[_Seat, ...]] = attrs.field(factory=dict, init=False, repr=False)
    _failing: dict[int, str] = attrs.field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Sort the golden cases by place and violation."""
        self._trials = {}
        given: tuple[GoldenCase | GoldenMatter, ...] = (*self.goldens, *self.matters)
        for at, golden in enumerate(given):
            trial = _Trial(golden, self._engine_for(golden), at)
            cases = (golden.case,) if isinstance(golden, GoldenCase) else golden.cases
            for key in dict.fromkeys((case.region, case.violation) for case in cases):
                self._trials.setdefault(key, []).append(trial)

    def _engine_for(self, golden: GoldenCase | GoldenMatter) -> Engine:
        is_draft = names_draft(self.engine, _named(golden))
        return self.engine.with_drafts if is_draft else self.engine

    @property
    def failing(self) -> tuple[str, ...]:
        """Golden cases that were left aside since they fail before anything is changed."""
        return tuple(self._failing[at] for at in sorted(self._failing))

    def results(self, mutants: Iterable[Mutant]) -> Iterator[MutantResult]:
        """What becomes of each mutant, one after the other.

        Args:
            mutants: Mutants of the rules of the engine.
        """
        for _, own in groupby(mutants, key=lambda one: one.ruleset):
            # What is known of the rules of one ruleset is of no use for the next.
            self._seats.clear()
            yield from map(self.result, own)

    def result(self, mutant: Mutant) -> MutantResult:
        """What becomes of a mutant."""
        trials = self.touched(mutant)
        engine = with_rules(self.engine, mutant.rules) if trials else self.engine
        for number, trial in enumerate(trials, start=1):
            if not trial.run(engine):
                return MutantResult(
                    mutant=mutant, fate=Fate.NOTICED, noticed_by=trial.id, run=number
                )
        fate = Fate.EQUIVALENT if is_equivalent(mutant, self.engine) else Fate.SURVIVED
        return MutantResult(mutant=mutant, fate=fate, run=len(trials))

    def touched(self, mutant: Mutant) -> tuple[_Trial, ...]:
        """What the change can touch, that which expects something of the rules first.

        INVARIANT: the outcome of every other golden case is the same, as far as it is expected.
        """
        found: dict[int, _Trial] = {}
        for old, new in zip(mutant.originals, mutant.rules, strict=True):
            effect = _Reach(self.engine, mutant.change, old, new)
            for seat in self._seats_of(old):
                if seat.trial.at not in found and effect.touches(seat):
                    found[seat.trial.at] = seat.trial
        changed = {rule.id for rule in mutant.rules}
        return tuple(
            sorted(found.values(), key=lambda trial: (not changed & trial.named, trial.at))
        )

    def _seats_of(self, rule: Rule) -> tuple[_Seat, ...]:
        known = self._seats.get(rule.id)
        if known is None:
            known = self._seats[rule.id] = tuple(self._find_seats(rule))
        return known

    def _find_seats(self, rule: Rule) -> Iterator[_Seat]:
        for (region, violation), trials in self._trials.items():
            if rule.violations is not None and violation not in rule.violations:
                continue
            if rule.region not in self.engine.regions.ancestors(region):
                continue
            for trial in trials:
                if not trial.passes:
                    if trial.golden.expect is not None:
                        self._failing[trial.at] = trial.id
                    continue
                for sitting in trial.sittings:
                    candidate = sitting.candidates.get(rule.id)
                    truth = None if candidate is None else candidate.match(sitting.view)
                    yield _Seat(trial, sitting, candidate, truth)


@attrs.frozen(slots=False)
class _Reach:
    """How far the change of one rule reaches.

    Attributes:
        engine: The rules as they are.
        change: What is changed.
        old: The rule.
        new: The rule, changed.
    """

    engine: Engine
    change: Change
    old: Rule
    new: Rule
    _matchers: dict[_Elements, Matcher] = attrs.field(factory=dict, init=False)

    def touches(self, seat: _Seat) -> bool:
        """Whether the outcome of the case may be another, as far as it is expected."""
        candidate = seat.candidate
        if self.change is Change.DAYS and self._is_moved(seat):
            return True
        if candidate is None:
            return False
        # Which definition of a concept counts on a day is not looked into here.
        if candidate.varies or not self._derives_the_same(seat, candidate):
            return True
        if self.old.axis is Axis.COMPULSION and not seat.sitting.case.measures:
            return False
        truth = self._matcher(seat, candidate)(seat.sitting.view)
        if self.change in OF_CONDITIONS:
            return truth is not seat.truth or (truth is None and seat.trial.is_exact)
        return truth is not False or seat.truth is not False

    def _is_moved(self, seat: _Seat) -> bool:
        """Whether the rule is in force on some of the days only before or after the change."""
        span = seat.sitting.moment.span(self.old.reach)
        known = self.engine.as_known_on
        days = (rule.in_force.as_known_on(known) for rule in (self.old, self.new))
        before, after = (interval.covers(span) for interval in days)
        return before is not after

    def _derives_the_same(self, seat: _Seat, candidate: Candidate) -> bool:
        """Whether every derived fact that it no longer reads is read by another rule likewise."""
        others = seat.sitting.candidates.values()
        return all(
            any(
                one is not candidate
                and name in one.reads
                and one.names.get(name) == candidate.names.get(name)
                for one in others
            )
            for name in self._no_longer_derived
        )

    @cached_property
    def _no_longer_derived(self) -> frozenset[str]:
        gone = facts_read(self.old.condition) - facts_read(self.new.condition)
        return gone & self.engine.assessor.selector.derived.keys()

    def _matcher(self, seat: _Seat, candidate: Candidate) -> Matcher:
        """The changed condition, compiled as it is for this case."""
        elements = seat.sitting.elements if self.new.is_heavier else frozenset()
        if elements not in self._matchers:
            condition = without(self.new.condition, elements)
            names = candidate.names
            vocabulary = self.engine.vocabulary
            self._matchers[elements] = compile_condition(condition, vocabulary, names)
        return self._matchers[elements]


def with_rules(engine: Engine, rules: Iterable[Rule]) -> Engine:
    """The engine with the rules in the place of those of the same id.

    Args:
        engine: The rules as they are.
        rules: The rules to put in their place.
    """
    changed = {rule.id: rule for rule in rules}
    homes = {rule.ruleset for rule in changed.values()}

    def renewed(ruleset: Ruleset) -> Ruleset:
        if ruleset.id not in homes:
            return ruleset
        return attrs.evolve(
            ruleset, rules=tuple(changed.get(rule.id, rule) for rule in ruleset.rules)
        )

    rulesets = tuple(map(renewed, engine.rulesets))
    return attrs.evolve(engine, knowledge=attrs.evolve(engine.knowledge, rulesets=rulesets))


def is_equivalent(mutant: Mutant, engine: Engine) -> bool:
    """Whether it is proved that the changed rules hold, fail and wait in the same cases.

    Args:
        mutant: The mutant.
        engine: The rules as they are.
    """
    if mutant.change not in OF_CONDITIONS:
        return False
    return all(
        _same_truth(one, other, engine.vocabulary)
        for old, new in zip(mutant.originals, mutant.rules, strict=True)
        for one, other in _compared(old, new, engine.violations)
    )


def _compared(
    old: Rule, new: Rule, violations: Mapping[str, Violation]
) -> Iterator[tuple[Condition, Condition]]:
    """The two conditions as they count: what constitutes an offence does not aggravate it."""
    if not old.is_heavier:
        yield old.condition, new.condition
        return
    read = facts_read(old.condition)
    names = violations if old.violations is None else sorted(old.violations)
    for elements in dict.fromkeys(violations[name].elements & read for name in names):
        yield without(old.condition, elements), without(new.condition, elements)


def _same_truth(one: Condition, other: Condition, vocabulary: Vocabulary) -> bool:
    """Whether the two are true in the same cases and false in the same."""

    def both_ways(a: Condition, b: Condition) -> bool:
        return implies(a, b, vocabulary) and implies(b, a, vocabulary)

    return one == other or (both_ways(one, other) and both_ways(Not(one), Not(other)))
