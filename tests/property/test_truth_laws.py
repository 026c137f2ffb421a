"""Laws of Kleene's strong logic of three values."""

from collections.abc import Callable, Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from bizrules.truth import Truth
from reference import all_of, any_of, at_least

truths = st.sampled_from(Truth)
several = st.lists(truths, max_size=6)


def completions(values: Sequence[Truth]) -> list[list[Truth]]:
    """Every way in which the unknown values could turn out."""
    choices = [(Truth.TRUE, Truth.FALSE) if v is Truth.UNKNOWN else (v,) for v in values]
    return [list(chosen) for chosen in product(*choices)]


def settled(values: Sequence[Truth], rule: Callable[[Sequence[Truth]], Truth]) -> Truth:
    """The truth on which all completions agree; unknown if they do not."""
    found = {rule(completion) for completion in completions(values)}
    return found.pop() if len(found) == 1 else Truth.UNKNOWN


class TestAlgebra:
    """And and or form a distributive lattice, and not turns one into the other."""

    @given(truths, truths)
    def test_commutative(self, a: Truth, b: Truth) -> None:
        """The order of two parts does not matter."""
        assert a & b is b & a
        assert a | b is b | a

    @given(truths, truths, truths)
    def test_associative(self, a: Truth, b: Truth, c: Truth) -> None:
        """Grouping does not matter."""
        assert (a & b) & c is a & (b & c)
        assert (a | b) | c is a | (b | c)

    @given(truths, truths, truths)
    def test_distributive(self, a: Truth, b: Truth, c: Truth) -> None:
        """Each of the two distributes over the other."""
        assert a & (b | c) is (a & b) | (a & c)
        assert a | (b & c) is (a | b) & (a | c)

    @given(truths, truths)
    def test_absorption(self, a: Truth, b: Truth) -> None:
        """A part that is already there adds nothing."""
        assert a & (a | b) is a
        assert a | (a & b) is a
        assert a & a is a | a is a

    @given(truths)
    def test_neutral_and_dominant(self, a: Truth) -> None:
        """True is neutral for and and dominant for or; false the other way round."""
        assert a & Truth.TRUE is a
        assert a | Truth.FALSE is a
        assert a & Truth.FALSE is Truth.FALSE
        assert a | Truth.TRUE is Truth.TRUE

    @given(truths, truths)
    def test_de_morgan(self, a: Truth, b: Truth) -> None:
        """Not of and is or of nots, and not of not is nothing."""
        assert ~(a & b) is ~a | ~b
        assert ~(a | b) is ~a & ~b
        assert ~~a is a

    def test_no_excluded_middle(self) -> None:
        """Unknown or not unknown is unknown: this is where it is no logic of two values."""
        assert Truth.UNKNOWN | ~Truth.UNKNOWN is Truth.UNKNOWN
        assert Truth.UNKNOWN & ~Truth.UNKNOWN is Truth.UNKNOWN


class TestMany:
    """Many values are combined as two are, in any order."""

    @given(several, st.randoms(use_true_random=False))
    def test_order(self, values: list[Truth], random: object) -> None:
        """The order of the values does not matter."""
        mixed = list(values)
        random.shuffle(mixed)  # type: ignore[attr-defined]  # a random.Random
        assert all_of(mixed) is all_of(values)
        assert any_of(mixed) is any_of(values)
        assert at_least(2, mixed) is at_least(2, values)

    @given(several, several)
    def test_parts(self, one: list[Truth], other: list[Truth]) -> None:
        """A whole is combined from its parts."""
        assert all_of([*one, *other]) is all_of(one) & all_of(other)
        assert any_of([*one, *other]) is any_of(one) | any_of(other)

    @given(several)
    def test_counting_meets_and_and_or(self, values: list[Truth]) -> None:
        """One of them is any of them; all of them is all of them; none is always true."""
        assert at_least(1, values) is any_of(values)
        assert at_least(len(values), values) is all_of(values)
        assert at_least(0, values) is Truth.TRUE
        assert at_least(len(values) + 1, values) is Truth.FALSE

    @given(several, st.integers(0, 6))
    def test_more_is_harder(self, values: list[Truth], count: int) -> None:
        """To ask for one more never makes it truer."""
        assert at_least(count, values) & at_least(count + 1, values) is at_least(count + 1, values)


class TestLearning:
    """A truth value is known exactly when every completion agrees."""

    @given(several)
    def test_and_or(self, values: list[Truth]) -> None:
        """What is said before the unknown is known is what will hold in any case."""
        assert all_of(values) is settled(values, all_of)
        assert any_of(values) is settled(values, any_of)

    @given(several, st.integers(0, 6))
    def test_counting(self, values: list[Truth], count: int) -> None:
        """Counting, too, says no more and no less than all completions do."""
        assert at_least(count, values) is settled(values, lambda some: at_least(count, some))

    @given(several)
    def test_knowledge_only_grows(self, values: list[Truth]) -> None:
        """Learning a value never changes what was known of the whole."""
        for combine in (all_of, any_of):
            before = combine(values)
            for completion in completions(values):
                assert before in (Truth.UNKNOWN, combine(completion))
