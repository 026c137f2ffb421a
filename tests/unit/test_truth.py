import copy
from itertools import product

import pytest

from bizrules.truth import Truth
from reference import all_of, any_of, at_least

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


class TestOperators:
    """Kleene's tables, cell by cell."""

    @pytest.mark.parametrize(
        ("one", "other", "both", "either"),
        [
            (T, T, T, T),
            (T, F, F, T),
            (T, U, U, T),
            (F, T, F, T),
            (F, F, F, F),
            (F, U, F, U),
            (U, T, U, T),
            (U, F, F, U),
            (U, U, U, U),
        ],
    )
    def test_and_or(self, one: Truth, other: Truth, both: Truth, either: Truth) -> None:
        """False settles a conjunction and true a disjunction, whatever the other part is."""
        assert one & other is both
        assert one | other is either

    @pytest.mark.parametrize(("value", "negated"), [(T, F), (F, T), (U, U)])
    def test_not(self, value: Truth, negated: Truth) -> None:
        """What is unknown stays unknown when denied."""
        assert ~value is negated


class TestMany:
    """Conjunction, disjunction and counting over any number of values."""

    @pytest.mark.parametrize(
        ("values", "every", "some"),
        [
            ([], T, F),
            ([U], U, U),
            ([T, U, T], U, T),
            ([T, U, F], F, T),
            ([U, F, F], F, U),
            ([F, F], F, F),
            ([T, T], T, T),
        ],
    )
    def test_all_and_any(self, values: list[Truth], every: Truth, some: Truth) -> None:
        """All of none is true, any of none is false."""
        assert all_of(iter(values)) is every
        assert any_of(iter(values)) is some

    @pytest.mark.parametrize(
        ("count", "values", "expected"),
        [
            (0, [], T),
            (1, [], F),
            (0, [F, U], T),
            (2, [T, T, F], T),
            (2, [T, U, F], U),
            (2, [T, F, F], F),
            (2, [U, U, F], U),
            (3, [T, T, U], U),
            (3, [T, T, F], F),
        ],
    )
    def test_at_least(self, count: int, values: list[Truth], expected: Truth) -> None:
        """The unknown values matter only while they could make up the number."""
        assert at_least(count, iter(values)) is expected


class TestBooleans:
    """A truth value is no boolean and does not pass for one."""

    @pytest.mark.parametrize(("flag", "value"), [(True, T), (False, F), (None, U)])
    def test_there_and_back(self, flag: bool | None, value: Truth) -> None:
        """A flag becomes a truth value and a flag again; None is unknown."""
        assert Truth.of(flag) is value
        assert value.flag is flag

    @pytest.mark.parametrize("value", list(Truth))
    def test_refuses_bool(self, value: Truth) -> None:
        """No truth value answers `if`, not even true."""
        with pytest.raises(TypeError, match="not a boolean"):
            bool(value)

    def test_refuses_and(self) -> None:
        """`and` between truth values fails loudly instead of taking one of the two."""
        for one, other in product(Truth, repeat=2):
            with pytest.raises(TypeError):
                one and other  # noqa: B018 - it is the expression that has to fail

    @pytest.mark.parametrize("value", list(Truth))
    def test_copies_are_the_member(self, value: Truth) -> None:
        """A copy is the same member, so `is` goes on working."""
        assert copy.copy(value) is value
        assert copy.deepcopy(value) is value
