"""What follows from a condition: never more than the matcher bears out."""

from hypothesis import given
from hypothesis import strategies as st

from bizrules.conditions import AllOf, AnyOf, Condition, Not
from bizrules.facts import Value
from bizrules.implication import implies
from bizrules.matching import comparable, compile_condition
from strategies import VOCABULARY, assignments, conditions


def truth(condition: Condition, facts: dict[str, Value]) -> bool | None:
    """The truth of a condition over the facts, as the matcher has it."""
    view = {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}
    return compile_condition(condition, VOCABULARY)(view)


def equivalent(one: Condition, other: Condition) -> bool:
    """Whether each of the two follows from the other."""
    return implies(one, other, VOCABULARY) and implies(other, one, VOCABULARY)


@st.composite
def related(draw: st.DrawFn) -> tuple[Condition, Condition]:
    """Two conditions, often with parts in common so that one may follow from the other."""
    one, other, third = (draw(conditions(most=3)) for _ in range(3))
    pairs = [
        (one, other),
        (AllOf((one, other)), one),
        (AllOf((one, third)), AnyOf((other, one))),
        (AnyOf((one, other)), AnyOf((other, third, one))),
        (AllOf((AnyOf((one, other)), Not(one))), other),
        (Not(AnyOf((one, other))), Not(one)),
    ]
    return draw(st.sampled_from(pairs))


class TestSoundness:
    """What is said to follow does follow."""

    @given(st.data())
    def test_what_follows_is_true_wherever_the_given_is(self, data: st.DataObject) -> None:
        """No facts, known or unknown, meet the one condition and not the other."""
        one, other = data.draw(related())
        facts = data.draw(assignments(VOCABULARY, AnyOf((one, other))))
        if implies(one, other, VOCABULARY) and truth(one, facts) is True:
            assert truth(other, facts) is True

    @given(st.data())
    def test_equivalent_conditions_are_met_by_the_same_cases(self, data: st.DataObject) -> None:
        """Two conditions called equivalent are true of the same facts."""
        one, other = data.draw(related())
        facts = data.draw(assignments(VOCABULARY, AnyOf((one, other))))
        if equivalent(one, other):
            assert (truth(one, facts) is True) == (truth(other, facts) is True)

    @given(st.data())
    def test_a_condition_and_its_denial(self, data: st.DataObject) -> None:
        """Where a condition implies the denial of another, no facts meet both."""
        one, other = data.draw(conditions(most=4)), data.draw(conditions(most=4))
        facts = data.draw(assignments(VOCABULARY, AnyOf((one, other))))
        if implies(one, Not(other), VOCABULARY):
            assert not (truth(one, facts) is True and truth(other, facts) is True)


class TestForms:
    """What follows by form alone is always seen."""

    @given(conditions())
    def test_reflexive(self, condition: Condition) -> None:
        """Every condition implies itself."""
        assert implies(condition, condition, VOCABULARY)

    @given(conditions(), conditions())
    def test_more_is_narrower(self, one: Condition, other: Condition) -> None:
        """Two conditions together imply each of them."""
        assert implies(AllOf((one, other)), one, VOCABULARY)
        assert implies(AllOf((one, other)), other, VOCABULARY)

    @given(conditions(), conditions())
    def test_an_alternative_is_wider(self, one: Condition, other: Condition) -> None:
        """A condition implies any choice that contains it."""
        assert implies(one, AnyOf((one, other)), VOCABULARY)
        assert implies(one, AnyOf((other, one)), VOCABULARY)

    @given(conditions(most=4))
    def test_denied_twice(self, condition: Condition) -> None:
        """A condition denied twice is the condition."""
        assert equivalent(Not(Not(condition)), condition)

    @given(conditions(most=3), conditions(most=3))
    def test_contraposition_of_an_order(self, one: Condition, other: Condition) -> None:
        """What is denied with a choice is denied by itself."""
        assert implies(Not(AnyOf((one, other))), Not(one), VOCABULARY)

    @given(conditions(most=3), conditions(most=3), conditions(most=3))
    def test_transitive(self, one: Condition, other: Condition, third: Condition) -> None:
        """What follows from what follows, follows; claimed of conditions of a few tests."""
        for chain in (
            (one, other, third),
            (AllOf((one, other)), AnyOf((other, third)), AnyOf((third, other, one))),
            (AllOf((one, third)), third, other),
        ):
            first, middle, last = chain
            if implies(first, middle, VOCABULARY) and implies(middle, last, VOCABULARY):
                assert implies(first, last, VOCABULARY)
