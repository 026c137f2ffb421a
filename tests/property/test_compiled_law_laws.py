"""Laws of compiled law: a case means the same however often its law was met before."""

from collections.abc import Callable
from datetime import date

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.evaluation import Answer, CompiledAnswer
from bizrules.outcomes import Outcome
from bizrules.plain import to_plain
from bizrules.questions import asked_facts
from property.worlds import (
    CASES,
    CHANGING_WORLDS,
    EXACT_CASES,
    ROUGHLY_TURNING_CASES,
    TURNING_CASES,
    TURNING_WORLDS,
    WORLDS,
    World,
)

AFTER_ALL = date(2030, 1, 1)
"""A day on which no law of a world changes any more."""

MEETINGS = 3
"""The law is compiled once a case meets it for the second time; the first is matched plainly."""


def told(built: Engine, one: Case) -> dict[str, object] | tuple[Problem, ...]:
    """All that an outcome says, with every trace; or why the case is refused."""
    return _told(built.evaluate, one)


def plainly_told(built: Engine, one: Case) -> dict[str, object] | tuple[Problem, ...]:
    """The same by the plain way."""
    return _told(built._evaluator.evaluate_plainly, one)


def _told(
    evaluate: Callable[[Case], Outcome], one: Case
) -> dict[str, object] | tuple[Problem, ...]:
    try:
        return to_plain(evaluate(one))
    except CaseError as error:
        return error.problems


class TestCompiledLaw:
    """The first evaluation is the plain way; each later one says the same in every part."""

    @given(WORLDS | CHANGING_WORLDS, CASES)
    def test_same_outcome(self, world: World, one: Case) -> None:
        """Rules of every kind, dates of every kind: outcomes, traces and problems are equal."""
        first, *others = [told(world.engine, one) for _ in range(MEETINGS)]
        assert all(other == first for other in others)

    @given(WORLDS, st.lists(CASES | EXACT_CASES, min_size=2, max_size=5))
    def test_other_cases_leave_nothing_behind(self, world: World, cases: list[Case]) -> None:
        """What was kept from other cases changes nothing in a case."""
        wanted = [told(world.anew().engine, one) for one in cases]
        for _ in range(MEETINGS):
            assert [told(world.engine, one) for one in cases] == wanted

    @given(WORLDS, EXACT_CASES)
    def test_exact_days_are_compiled(self, world: World, one: Case) -> None:
        """A case of one day, decided or not, is matched by compiled code from then on."""
        *_, outcome = [world.engine.evaluate(one) for _ in range(MEETINGS)]
        assert isinstance(outcome.source, CompiledAnswer)

    @given(WORLDS, EXACT_CASES)
    def test_undecided_cases_are_compiled(self, world: World, one: Case) -> None:
        """A case not decided yet, after which no law changes, is too, with the same outcome."""
        undecided = attrs.evolve(one, committed=AFTER_ALL, decided=None)
        first, *_, outcome = [world.engine.evaluate(undecided) for _ in range(MEETINGS)]
        assert isinstance(outcome.source, CompiledAnswer)
        assert to_plain(outcome) == to_plain(first)


class TestTwoLaws:
    """Old law or new, both compiled: the choice and all that follows is that of the plain way."""

    @given(TURNING_WORLDS | CHANGING_WORLDS, ROUGHLY_TURNING_CASES)
    def test_same_outcome(self, world: World, one: Case) -> None:
        """Days on both sides of a border, exact or rough: every part is equal, traces included."""
        wanted = plainly_told(world.engine, one)
        assert [told(world.engine, one) for _ in range(MEETINGS)] == [wanted] * MEETINGS

    @given(TURNING_WORLDS, st.lists(ROUGHLY_TURNING_CASES, min_size=2, max_size=6))
    def test_other_cases_leave_nothing_behind(self, world: World, cases: list[Case]) -> None:
        """What was kept from choices in other cases changes nothing in a case."""
        wanted = [plainly_told(world.engine, one) for one in cases]
        for _ in range(MEETINGS):
            assert [told(world.engine, one) for one in cases] == wanted

    @given(TURNING_WORLDS, TURNING_CASES)
    def test_exact_days_are_compiled(self, world: World, one: Case) -> None:
        """Two exact days are matched by compiled code, whatever law they lead to."""
        assume(not isinstance(told(world.engine, one), tuple))
        *_, outcome = [world.engine.evaluate(one) for _ in range(MEETINGS)]
        assert isinstance(outcome.source, CompiledAnswer)

    @given(TURNING_WORLDS, ROUGHLY_TURNING_CASES)
    def test_what_is_read_without_words(self, world: World, one: Case) -> None:
        """Row of the table, choice of law and facts asked are the same with and without words."""
        assume(not isinstance(told(world.engine, one), tuple))
        for _ in range(MEETINGS):
            outcome = world.engine.evaluate(one)
            source = outcome.source
            assert isinstance(source, Answer)
            assert source.row() == outcome.reason.row
            assert source.applied.choice is outcome.law_applied.choice
            assert list(asked_facts(source)) == sorted(one.fact for one in outcome.questions)
