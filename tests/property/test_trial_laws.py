"""What one more answer would change: told without judging everything anew, and told the same."""

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules import trials
from bizrules.assessment import Assessment
from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.evaluation import Answer
from bizrules.penalties import Grade, Modality, PenaltyKind
from bizrules.questions import deciding, deciding_measures, representative_answers
from bizrules.resolution import resolve
from bizrules.rules import Combination, RuleEffect
from bizrules.trials import Trials
from bizrules.values import Interval
from bizrules.weights import Weight, alike
from property import plain_routes
from property.worlds import (
    BORDERS,
    CASES,
    CHANGING_WORLDS,
    ONE,
    WORLDS,
    World,
    case,
    engine,
    is_true,
    rule,
    violation,
)

PERMITS = ((Grade.EXEMPT,), (Grade.LIGHTER,), (Grade.MITIGATED, Grade.LIGHTER), (Grade.HEAVIER,))
EFFECTS = (
    None,
    RuleEffect(waives=frozenset({PenaltyKind.WARNING})),
    RuleEffect(keeps=frozenset({PenaltyKind.FINE})),
    RuleEffect(instead=PenaltyKind.WARNING),
)
RANKS = tuple((level, special, depth) for level in (1, 4) for special in (0, 1) for depth in (0, 3))


@st.composite
def ranked(draw: st.DrawFn) -> list[Weight]:
    """Weights that often order the same and often rank the same, the ids in any order."""
    ids = draw(st.permutations([f"r/{number}" for number in range(draw(st.integers(0, 7)))]))
    return [draw(_weights(name)) for name in ids]


def _weights(name: str) -> st.SearchStrategy[Weight]:
    def build(
        rank: tuple[int, int, int], start: int, order: tuple[tuple[Grade, ...], bool, bool, int]
    ) -> Weight:
        (level, special, depth), (permits, shall, of_law, effect) = rank, order
        return Weight(
            rule=name,
            permits=permits,
            shall=shall,
            of_law=of_law,
            precedence=(-level, -special, depth, -start),
            specificity=(special, depth, level, start),
            effect=EFFECTS[effect],
        )

    return st.builds(
        build,
        rank=st.sampled_from(RANKS),
        start=st.sampled_from((0, date(2022, 1, 1).toordinal())),
        order=st.tuples(st.sampled_from(PERMITS), st.booleans(), st.booleans(), st.integers(0, 3)),
    )


class TestClasses:
    """Rules of one class count as one."""

    @given(ranked(), st.data(), st.sampled_from(Combination))
    def test_one_of_each_class_is_enough(
        self, several: list[Weight], data: st.DataObject, combination: Combination
    ) -> None:
        """A result depends on which classes hold, whichever rules stand for them."""
        classes = alike(several)
        some = [one for one in several if data.draw(st.booleans())]
        there = {classes[one] for one in some}
        others = data.draw(st.permutations([one for one in several if classes[one] in there]))
        one_of_each = {classes[one]: one for one in others}.values()
        assert resolve(one_of_each, combination) == resolve(some, combination)

    @pytest.mark.parametrize(
        ("between", "classes"),
        [
            ((Grade.LIGHTER,), 1),
            # Heavier rules are sought in no order.
            ((Grade.HEAVIER,), 2),
            ((Grade.LIGHTER, Grade.MITIGATED), 3),
        ],
    )
    def test_what_stands_between(self, between: tuple[Grade, ...], classes: int) -> None:
        """Rules that order the same are alike unless a lenient one that does not stands between."""
        lighter = Weight(
            rule="r/1",
            permits=(Grade.LIGHTER,),
            shall=True,
            of_law=True,
            precedence=(0,),
            specificity=(0,),
        )
        other = attrs.evolve(lighter, rule="r/2", permits=between)
        found = alike([lighter, other, attrs.evolve(lighter, rule="r/3")])
        assert len(set(found.values())) == classes


def laws_of(built: Engine, one: Case) -> list[Assessment]:
    """The case under the law applied and the other one."""
    answer = built.evaluate(one).source
    assert isinstance(answer, Answer)
    laws = (answer.applied.main, answer.applied.other)
    return [law for law in laws if law is not None]


class TestTrials:
    """Trials find what judging the whole law again finds."""

    @given(WORLDS | CHANGING_WORLDS, CASES)
    def test_deciding(self, world: World, one: Case) -> None:
        """The rules that are asked about are those that some trial shows to matter."""
        try:
            laws = laws_of(world.engine, one)
        except CaseError:
            return
        for law in laws:
            assert deciding(law) == plain_routes.deciding(law)
            assert deciding_measures(law) == plain_routes.deciding_measures(law)

    @given(WORLDS | CHANGING_WORLDS, CASES)
    def test_answers(self, world: World, one: Case) -> None:
        """An answer settles if the law judged with it is settled, whatever fact it is."""
        assessor, facts = world.engine.assessor, world.knowledge.vocabulary.facts
        try:
            laws = laws_of(world.engine, one)
        except CaseError:
            return
        for law in laws:
            for fact in facts.values():
                trial = Trials.of(law).about(fact.name)
                answers = representative_answers(fact, trial.readers.candidates)
                found = [trial.settles(value) for value in answers]
                assert found == plain_routes.settles(assessor, law, fact)

    def test_twins(self) -> None:
        """Of two unknown rules that weigh alike, both are asked about."""
        twins = [rule(f"twin/{name}", Grade.LIGHTER, is_true(name)) for name in ("minor", "sold")]
        [law] = laws_of(engine(*twins), case())
        assert [c.rule.id for c in deciding(law)] == ["twin/minor", "twin/sold"]

    def test_twins_that_change_nothing(self) -> None:
        """Who may exempt may also be lighter: that is asked about neither once nor twice."""
        twins = [rule(f"twin/{name}", Grade.LIGHTER, is_true(name)) for name in ("minor", "sold")]
        binding = rule("shall", Grade.LIGHTER, is_true("recalled"), modality=Modality.SHALL)
        [law] = laws_of(engine(rule("may"), binding, *twins), case())
        assert [c.rule.id for c in deciding(law)] == ["shall"]

    def test_no_violation(self) -> None:
        """Under a law that does not know the violation no answer leaves anything open."""
        lawful = violation(ONE, in_force=Interval(BORDERS[1]))
        built = engine(rule("r", Grade.LIGHTER, is_true("sold")), violations=(lawful,))
        [old, _] = laws_of(built, case(committed=date(2021, 12, 1), facts={}))
        assert old.stretch.is_violation is False
        assert Trials.of(old).about("sold").settles(value=True)

    @given(WORLDS, st.lists(CASES, min_size=1, max_size=3))
    def test_nothing_is_kept(self, world: World, several: list[Case]) -> None:
        """Where nothing is kept, the same is found."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(trials, "MOST_KEPT", 0)
            for one in several:
                try:
                    [law, *_] = laws_of(world.engine, one)
                except CaseError:
                    continue
                assert deciding(law) == plain_routes.deciding(law)
                for fact in world.knowledge.vocabulary.facts.values():
                    trial = Trials.of(law).about(fact.name)
                    answers = representative_answers(fact, trial.readers.candidates)
                    found = [trial.settles(value) for value in answers]
                    assert found == plain_routes.settles(world.engine.assessor, law, fact)
