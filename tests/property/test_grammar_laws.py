"""Laws of the condition language."""

import json
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

import reference
from bizrules._structure import Raw
from bizrules._tree import Document
from bizrules.conditions import AllOf, AnyOf, Condition, Not
from bizrules.facts import Value, Vocabulary
from bizrules.grammar import (
    OPS,
    RESERVED,
    Scope,
    combine,
    parse_condition,
    parse_ratio,
    parse_share,
    print_condition,
    print_ratio,
    print_share,
)
from bizrules.matching import comparable, compile_condition
from bizrules.penalties import Band
from bizrules.truth import Truth
from bizrules.values import Plain
from strategies import DEFINITIONS, VOCABULARY, assignments, conditions, vocabularies


def read(data: object, vocabulary: Vocabulary, scope: Scope) -> Condition:
    """The condition that the plain data say, which must be without fault."""
    raw = Raw(Document("test", data), (), data)
    condition, problems = parse_condition(raw, vocabulary, scope)
    assert problems == []
    return condition


class TestPrintingAndParsing:
    """parse ∘ print = id, also through JSON."""

    @given(conditions())
    def test_every_condition_is_read_back(self, condition: Condition) -> None:
        """A printed condition is read back as the same condition."""
        assert read(print_condition(condition), VOCABULARY, DEFINITIONS) == condition

    @given(conditions())
    def test_json_keeps_a_condition(self, condition: Condition) -> None:
        """A printed condition survives JSON."""
        data = json.loads(json.dumps(print_condition(condition), ensure_ascii=False))
        assert read(data, VOCABULARY, DEFINITIONS) == condition

    @given(st.data())
    def test_any_vocabulary_will_do(self, data: st.DataObject) -> None:
        """The law holds over every vocabulary."""
        vocabulary = data.draw(vocabularies())
        condition = data.draw(conditions(vocabulary))
        assert read(print_condition(condition), vocabulary, {}) == condition

    @given(conditions())
    def test_printing_is_stable(self, condition: Condition) -> None:
        """What is read back prints the same."""
        printed = print_condition(condition)
        assert print_condition(read(printed, VOCABULARY, DEFINITIONS)) == printed


NAMES = (*VOCABULARY.facts, *DEFINITIONS, "wrong")
WORDS = (*NAMES, *OPS, *RESERVED, "none", "slight", "leaf", "north", "true", "2022-03-01", "5 m2")
SCALARS = st.one_of(
    st.sampled_from(WORDS).map(Plain), st.sampled_from(WORDS), st.integers(-2, 300), st.booleans()
)


def shapes(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Lists and mappings with words of the language as keys."""
    return st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from((*WORDS, "1", "2")), inner, max_size=3),
    )


class TestAnythingWritten:
    """Whatever is written is read or refused; what is read can be evaluated."""

    @given(st.recursive(st.one_of(st.none(), SCALARS), shapes, max_leaves=12), assignments())
    def test_nothing_written_breaks_the_reader(self, data: object, facts: dict[str, Value]) -> None:
        """Any data yield a condition or problems, and a condition without problems a truth."""
        raw = Raw(Document("test", data), (), data)
        condition, problems = parse_condition(raw, VOCABULARY, DEFINITIONS)
        for problem in problems:
            assert problem.text("zh")
            assert problem.help("en")
        if not problems:
            view = {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}
            found = Truth.of(compile_condition(condition, VOCABULARY)(view))
            assert found is reference.truth(condition, facts, VOCABULARY)

    @given(st.data())
    def test_a_condition_over_any_facts_has_a_truth(self, data: st.DataObject) -> None:
        """Matching and reference agree on every condition at its thresholds."""
        condition = data.draw(conditions())
        facts = data.draw(assignments(VOCABULARY, condition))
        view = {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}
        found = Truth.of(compile_condition(condition, VOCABULARY)(view))
        assert found is reference.truth(condition, facts, VOCABULARY)


class TestCombining:
    """A combination holds all that is wanted and denies all that excludes."""

    @given(conditions(most=3), conditions(most=3), conditions(most=3), conditions(most=3))
    def test_nothing_is_lost(
        self, before: Condition, when: Condition, barred: Condition, unless: Condition
    ) -> None:
        """The combination is the plain conjunction, its parts not nested without need."""
        both = combine(before, when, barred, unless)
        assert isinstance(both, AllOf)
        *wanted, excluded = both.parts
        assert isinstance(excluded, Not)
        inner = excluded.part
        found = inner.parts if isinstance(inner, AnyOf) else (inner,)
        assert [*wanted] == [*_parts(before, AllOf), *_parts(when, AllOf)]
        assert [*found] == [*_parts(barred, AnyOf), *_parts(unless, AnyOf)]

    @given(conditions())
    def test_one_condition_stays_itself(self, condition: Condition) -> None:
        """Combining one condition with nothing changes nothing but a needless conjunction."""
        parts = _parts(condition, AllOf)
        expected = parts[0] if len(parts) == 1 else AllOf(parts)
        assert combine(None, condition, None, None) == expected


def _parts(condition: Condition, cls: type[AllOf | AnyOf]) -> tuple[Condition, ...]:
    if isinstance(condition, AllOf | AnyOf) and isinstance(condition, cls):
        return condition.parts
    return (condition,)


class TestShares:
    """Ratios and bands are exact and read back."""

    @given(st.fractions(0, 1000, max_denominator=10**6))
    def test_a_ratio_is_read_back(self, ratio: Fraction) -> None:
        """A printed ratio is read back exactly, decimal or not."""
        assert parse_ratio(print_ratio(ratio)) == ratio

    @given(
        st.fractions(0, 1, max_denominator=100),
        st.fractions(0, 1, max_denominator=100),
        st.booleans(),
        st.booleans(),
    )
    def test_a_band_is_read_back(
        self, one: Fraction, other: Fraction, low_closed: bool, high_closed: bool
    ) -> None:
        """A printed band is read back with its ends."""
        low, high = min(one, other), max(one, other)
        if low == high:
            low_closed = high_closed = True
        band = Band(low=low, high=high, low_closed=low_closed, high_closed=high_closed)
        assert parse_share(print_share(band)) == band
