"""Laws of time, on generated worlds whose law changes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from bizrules.cases import Act, Case, Priors
from bizrules.comparison import Order, compare_fines
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.history import FirstViolation, Window
from bizrules.outcomes import FineState, LawBasis, LawChoice, Outcome
from bizrules.penalties import Grade
from bizrules.rules import Combination, Reach, Rule, Ruleset
from bizrules.values import DateSpan, Interval
from property.histories import (
    BORDERS,
    band_table,
    dated_cases,
    forgotten,
    gist,
    histories,
    intervals,
    laws_of,
    moved,
    rough,
)
from property.test_outcome_laws import everything, said
from property.worlds import (
    DISTRICT,
    ONE,
    TWO,
    World,
    fine_tier,
    is_true,
    knowledge,
    provision,
    rule,
    ruleset,
    violation,
)

LATER: Final = date(2021, 12, 31)
CHANGE: Final = date(2022, 1, 1)


def evaluated(engine: Engine, one: Case) -> Outcome:
    """The outcome; a case whose act was no violation on either day is left out."""
    try:
        return engine.evaluate(one)
    except CaseError:
        assume(condition=False)
        raise


def answer(engine: Engine, one: Case) -> object:
    """All that can be read of the outcome, or what is wrong with the case."""
    try:
        return everything(engine.evaluate(one))
    except CaseError as error:
        return [problem.code for problem in error.problems]


def known_on(world: World, day: date) -> Engine:
    """The engine as of a day."""
    return attrs.evolve(world.engine, as_known_on=day)


def days_of(one: Case) -> tuple[date, date]:
    """Days of the act and of the decision, both exact."""
    assert one.committed is not None
    assert one.decided is not None
    acted, decided = one.committed.ended.exact, one.decided.exact
    assert acted is not None
    assert decided is not None
    return acted, decided


class TestMoving:
    """Only the distances between dates count, not the dates.

    A shift by a multiple of four years keeps every distance in days (the years 1901 to 2099 have a
    leap day every four years). Any other shift keeps distances in months and years, but not those
    in days across the end of a February. Weekdays and official holidays are never kept.
    """

    @given(histories(), dated_cases(), st.sampled_from((-8, -4, 4, 20)))
    def test_four_years(self, world: World, one: Case, years: int) -> None:
        """Moving case and law by the same four years changes nothing but the dates."""
        outcome = evaluated(world.engine, one)
        later = World(moved(world.knowledge, years)).engine.evaluate(moved(one, years))
        assert gist(later) == gist(outcome)
        assert [duty.due for duty in later.duties] == [
            moved(duty.due, years) for duty in outcome.duties
        ]

    @given(histories(), dated_cases(), st.sampled_from((-3, -1, 1, 2, 7)))
    def test_any_years(self, world: World, one: Case, years: int) -> None:
        """By any number of years, what is counted in months and years stays the same."""
        outcome = evaluated(world.engine, one)
        later = World(moved(world.knowledge, years)).engine.evaluate(moved(one, years))
        assert gist(later) == gist(outcome)

    @given(histories(), dated_cases(priors=False), st.data())
    def test_inside_a_stretch(self, world: World, one: Case, data: st.DataObject) -> None:
        """Moving the case alone, each date between the same changes of law, changes nothing.

        Window effects are left out: the case has no earlier violations and no age to compute.
        """
        acted, decided = (data.draw(beside(day)) for day in days_of(one))
        assume(acted <= decided)
        other = attrs.evolve(one, committed=acted, discovered=acted, decided=decided)
        assert gist(evaluated(world.engine, one)) == gist(world.engine.evaluate(other))


def beside(day: date) -> st.SearchStrategy[date]:
    """Days with no change of law between them and the day."""
    last = max((one for one in BORDERS if one <= day), default=BORDERS[0] - timedelta(days=900))
    after = min((one for one in BORDERS if one > day), default=BORDERS[-1] + timedelta(days=900))
    return st.dates(last, after - timedelta(days=1))


class TestLeniency:
    """从旧兼从轻: the outcome is never heavier than under either law."""

    @given(histories(), dated_cases())
    def test_not_heavier(self, world: World, one: Case) -> None:
        """Not by its grade, unless its fine is the lower one, nor then by the fine."""
        outcome = evaluated(world.engine, one)
        laws = laws_of(world.engine, one)
        assume(all(law.settled and law.base.grade is not None for law in laws))
        assume(outcome.law_applied.choice is not LawChoice.OPEN)
        assert outcome.grade is not None
        for law in laws:
            assert law.base.grade is not None
            # A heavier grade is the milder penalty where its own range is that much lower.
            lower_fine = compare_fines(outcome.fine, law.fine()) is Order.LIGHTER
            assert outcome.grade <= law.base.grade or lower_fine
            if (outcome.grade, max(outcome.permitted)) == (law.base.grade, max(law.base.permitted)):
                assert compare_fines(outcome.fine, law.fine()) in (Order.LIGHTER, Order.EQUAL, None)

    @given(histories(), dated_cases())
    def test_one_of_the_two(self, world: World, one: Case) -> None:
        """What is proposed is the result of one of the two laws, never a mixture."""
        outcome = evaluated(world.engine, one)
        assume(outcome.settled)
        results = [(law.base.grade, law.base.permitted) for law in laws_of(world.engine, one)]
        assert (outcome.grade, outcome.permitted) in results

    @given(histories(), dated_cases())
    def test_a_new_law_alone(self, world: World, one: Case) -> None:
        """A case decided on the day of its act has nothing to choose."""
        acted, _ = days_of(one)
        same = attrs.evolve(one, discovered=acted, decided=acted)
        assert evaluated(world.engine, same).law_applied.choice is LawChoice.SAME


@st.composite
def two_laws(draw: st.DrawFn) -> tuple[World, World]:
    """A law replaced by another, and the two exchanged; nothing else ever changes."""
    drawn = draw(histories(reaches=(Reach.IF_MORE_LENIENT,)))
    first, second, common = (timeless(one) for one in drawn.knowledge.rulesets)
    entry = drawn.knowledge.violations[ONE]
    provisions = entry.provisions[:1]
    fixed = attrs.evolve(
        entry,
        in_force=Interval(),
        provisions=tuple(attrs.evolve(one, in_force=Interval()) for one in provisions),
    )
    worlds = []
    for before, after in ((first, second), (second, first)):
        placed = [limited(before, Interval(until=CHANGE)), limited(after, Interval(CHANGE)), common]
        found = attrs.evolve(
            drawn.knowledge,
            rulesets=tuple(placed),
            violations={ONE: fixed, TWO: violation(TWO)},
        )
        worlds.append(World(found))
    return worlds[0], worlds[1]


def timeless(one: Ruleset) -> Ruleset:
    """The ruleset, in force and known always; it neither supplements nor defines."""
    rules = tuple(attrs.evolve(part, in_force=Interval(), published=None) for part in one.rules)
    duties = tuple(attrs.evolve(part, in_force=Interval()) for part in one.duties)
    return attrs.evolve(
        one,
        in_force=Interval(),
        published=None,
        supplements=False,
        rules=rules,
        duties=duties,
    )


def limited(one: Ruleset, days: Interval) -> Ruleset:
    """The ruleset in force on these days only."""
    rules = tuple(attrs.evolve(part, in_force=days) for part in one.rules)
    return attrs.evolve(one, in_force=days, rules=rules)


OPPOSITE: Final = {LawChoice.OLD: LawChoice.NEW, LawChoice.NEW: LawChoice.OLD}


class TestSymmetry:
    """Which law is called old and which new decides only where they are equally lenient."""

    @given(two_laws(), dated_cases())
    def test_exchange(self, worlds: tuple[World, World], one: Case) -> None:
        """Exchanging the two laws exchanges the choice; a tie goes to the old law both times."""
        spanning = attrs.evolve(
            one, committed=LATER, discovered=LATER, decided=CHANGE + timedelta(days=90)
        )
        outcome, turned = (world.engine.evaluate(spanning) for world in worlds)
        choice = outcome.law_applied.choice
        if choice is LawChoice.SAME:
            assert turned.law_applied.choice is choice
        elif LawChoice.OPEN in (choice, turned.law_applied.choice):
            # Where the other can at best tie, the old law applies already and the new one not yet.
            assert {choice, turned.law_applied.choice} <= {LawChoice.OPEN, LawChoice.OLD}
        elif outcome.law_applied.basis is LawBasis.EQUAL:
            assert turned.law_applied.choice is choice is LawChoice.OLD
        else:
            assert turned.law_applied.choice is OPPOSITE[choice]
            assert turned.law_applied.basis is outcome.law_applied.basis
            assert (turned.grade, turned.permitted) == (outcome.grade, outcome.permitted)


class TestReach:
    """How far back a ruleset reaches is what it says."""

    @given(histories(), dated_cases(), st.data())
    def test_which_date_counts(self, world: World, one: Case, data: st.DataObject) -> None:
        """ALWAYS looks at the decision alone, NEVER at the act alone."""
        acted, decided = days_of(one)
        # Where the act is no violation no rule speaks, whatever its reach.
        entries = {ONE: violation(ONE), TWO: violation(TWO)}
        world = World(attrs.evolve(world.knowledge, violations=entries))
        earlier = data.draw(st.dates(acted - timedelta(days=700), decided))
        later = data.draw(st.dates(acted, decided + timedelta(days=700)))
        changed = {
            Reach.ALWAYS: attrs.evolve(one, committed=earlier, discovered=decided),
            Reach.NEVER: attrs.evolve(one, discovered=acted, decided=later),
        }
        for reach, other in changed.items():
            assert speaking(world, other, reach) == speaking(world, one, reach)

    @given(
        histories(), dated_cases(), st.sampled_from((Grade.EXEMPT, Grade.LIGHTER)), st.booleans()
    )
    def test_a_new_list_never_harms(
        self, world: World, one: Case, grade: Grade, general: bool
    ) -> None:
        """A lenient list that begins after the act never makes the outcome heavier.

        The law beside it does not change; a list that refines a law which became more lenient at
        the same time may well propose less than that law alone.
        """
        acted, decided = days_of(one)
        assume(acted < decided)
        still = World(
            attrs.evolve(
                world.knowledge,
                rulesets=tuple(timeless(part) for part in world.knowledge.rulesets),
                violations={ONE: violation(ONE), TWO: violation(TWO)},
            )
        )
        named = None if general else frozenset({ONE})
        new = rule(
            "r.new/1",
            grade,
            list="exempt",
            violations=named,
            in_force=Interval(acted + timedelta(days=1)),
        )
        listed = ruleset("r.new", [new], region=DISTRICT, in_force=new.in_force)
        before = still.engine.evaluate(one)
        after = still.with_rulesets([*still.knowledge.rulesets, listed]).engine.evaluate(one)
        assume(before.settled and after.settled)
        assume(before.grade is not None and after.grade is not None)
        assert before.grade is not None
        assert after.grade is not None
        assert after.grade <= before.grade


def speaking(world: World, one: Case, reach: Reach) -> list[set[str]]:
    """Rules of the reach that speak under the law of the act, and under that of the decision."""
    laws = laws_of(world.engine, one)
    return [
        {
            c.rule.id
            for c in law.stretch.penalty
            if c.rule.reach is reach and not c.ruleset.supplements
        }
        for law in laws
    ]


class TestKnowledge:
    """`as_known_on` answers as one would have answered on that day."""

    @given(histories(), dated_cases(), st.sampled_from((*BORDERS, date(2021, 5, 1))))
    def test_never_heard_of(self, world: World, one: Case, day: date) -> None:
        """What was published later is as if it had never been, and so are ends announced later."""
        then = World(forgotten(world.knowledge, day)).engine
        assert answer(known_on(world, day), one) == answer(then, one)

    @given(histories(), dated_cases())
    def test_once_all_is_known(self, world: World, one: Case) -> None:
        """After everything was published, the day of knowledge makes no difference."""
        outcome = evaluated(world.engine, one)
        later = known_on(world, date(2090, 1, 1)).evaluate(one)
        assert everything(later) == everything(outcome)


class TestInForce:
    """Law speaks while it is in force."""

    @given(histories(), dated_cases())
    def test_no_other_rule_speaks(self, world: World, one: Case) -> None:
        """A rule that has ended, or not begun, by both days is not among the findings."""
        outcome = evaluated(world.engine, one)
        days = days_of(one)
        for finding in outcome.findings:
            interval = world.engine.rule(finding.rule).in_force
            assert any(interval.contains(day) for day in days)

    @given(histories(), dated_cases())
    def test_law_outside_both_days_may_go(self, world: World, one: Case) -> None:
        """Rules and rulesets in force on neither day can be left out."""
        outcome = evaluated(world.engine, one)
        days = days_of(one)

        def lasting(part: Rule | Ruleset) -> bool:
            return any(part.in_force.contains(day) for day in days)

        kept = [
            attrs.evolve(part, rules=tuple(filter(lasting, part.rules)))
            if lasting(part)
            else attrs.evolve(
                part,
                rules=tuple(filter(lasting, part.rules)),
                bands=(),
                combination=None,
                duties=(),
            )
            for part in world.knowledge.rulesets
        ]
        assert gist(world.with_rulesets(kept).engine.evaluate(one)) == gist(outcome)


def inside(span: DateSpan, day: date, data: st.DataObject) -> DateSpan:
    """A span between the day and the whole span."""
    assert span.earliest is not None
    assert span.latest is not None
    return DateSpan(
        data.draw(st.sampled_from((span.earliest, day))),
        data.draw(st.sampled_from((span.latest, day))),
    )


_STEADY: Final[Sequence[tuple[Rule, ...]]] = (
    (rule("r.national/a", Grade.LIGHTER),),
    (rule("r.national/a", Grade.LIGHTER), rule("r.national/b", Grade.HEAVIER)),
    (rule("r.national/a", Grade.LIGHTER, is_true("first_violation")),),
)


@st.composite
def declaring_worlds(draw: st.DrawFn) -> World:
    """Rules that never change, and places that from time to time declare how to read them."""
    fined = violation(ONE, provision(fine_tier(5_000_000, 10_000_000)))
    national = ruleset("r.national", draw(st.sampled_from(_STEADY)))
    placed = [national]
    for name in ("r.a", "r.b"):
        definition = FirstViolation(window=Window(draw(st.sampled_from((1, 12)))), ruleset=name)
        table = band_table(name, draw(st.sampled_from(("1/10", "1/2"))))
        drawn: dict[str, Any] = draw(
            st.sampled_from(
                (
                    {"bands": (table,)},
                    {"combination": Combination.LENIENT},
                    {"combination": Combination.HEAVIER},
                    {"first_violation": definition},
                )
            )
        )
        placed.append(ruleset(name, in_force=draw(intervals()), **drawn))
    return World(knowledge(placed, [fined]))


class TestDoubt:
    """What is settled on all possible days is settled on fewer of them."""

    @given(histories(), dated_cases(), st.data())
    def test_a_narrower_date(self, world: World, one: Case, data: st.DataObject) -> None:
        """Narrowing an uncertain date neither unsettles nor changes a settled outcome."""
        self.narrowed(world, one, data)

    @given(declaring_worlds(), dated_cases(), st.data())
    def test_around_the_rules(self, world: World, one: Case, data: st.DataObject) -> None:
        """So it is where bands, definitions and combinations change in time, and no rule does."""
        priors = one.priors or Priors(searched_since=date(2000, 1, 1))
        self.narrowed(world, attrs.evolve(one, priors=priors), data)

    def narrowed(self, world: World, one: Case, data: st.DataObject) -> None:
        """The law for one world and case."""
        acted, decided = days_of(one)
        wide = [data.draw(rough(acted)), data.draw(rough(decided) | st.just(DateSpan.on(decided)))]
        narrow = [inside(span, day, data) for span, day in zip(wide, (acted, decided), strict=True)]
        first, second = (with_dates(one, spans) for spans in (wide, narrow))
        outcome = evaluated(world.engine, first)
        assume(outcome.settled)
        later = evaluated(world.engine, second)
        assert said(later) == said(outcome)
        if outcome.fine.state is not FineState.UNDETERMINED:
            assert (later.fine.state, later.fine.range) == (outcome.fine.state, outcome.fine.range)


def with_dates(one: Case, spans: Sequence[DateSpan]) -> Case:
    """The case with uncertain dates; when it was discovered is not known."""
    return attrs.evolve(one, committed=Act(ended=spans[0]), discovered=None, decided=spans[1])
