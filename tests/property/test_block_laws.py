"""Laws of generated code: it means what the conditions mean of which it was written."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

import reference
from bizrules.blocks import compile_block
from bizrules.conditions import AllOf, AnyOf, AtLeast, Condition, Not
from bizrules.facts import Value, Vocabulary
from bizrules.truth import Truth
from property.worlds import CONDITIONS, FACTS, is_true
from strategies import VOCABULARY, assignments, conditions, vocabularies


def truths(found: int, count: int) -> list[Truth]:
    """What the bits of a block say of each of its conditions."""
    return [
        Truth.TRUE if bits == 1 else Truth.UNKNOWN if bits == 2 else Truth.FALSE
        for bits in (found >> 2 * number & 3 for number in range(count))
    ]


def agree(
    data: st.DataObject, given_conditions: Sequence[Condition], vocabulary: Vocabulary
) -> None:
    """The block of the conditions and the reference find the same for drawn facts."""
    block = compile_block([(one, {}) for one in given_conditions], vocabulary)
    facts = data.draw(assignments(vocabulary, AllOf(tuple(given_conditions))))
    wanted = [reference.truth(one, facts, vocabulary) for one in given_conditions]
    assert truths(block(facts.get), len(given_conditions)) == wanted


class TestBlocks:
    """A block tells of each of its conditions what Kleene's tables say."""

    @given(st.data(), st.lists(conditions(most=8), max_size=4))
    def test_any_conditions(self, data: st.DataObject, drawn: list[Condition]) -> None:
        """Conditions that documents may hold, with facts at their thresholds."""
        agree(data, drawn, VOCABULARY)

    @given(st.data(), vocabularies())
    def test_any_vocabulary(self, data: st.DataObject, vocabulary: Vocabulary) -> None:
        """Conditions over facts nobody has thought of."""
        agree(data, data.draw(st.lists(conditions(vocabulary), max_size=3)), vocabulary)

    @given(st.data(), st.lists(CONDITIONS, min_size=3, max_size=9))
    def test_facts_read_often(self, data: st.DataObject, drawn: list[Condition]) -> None:
        """A fact that many conditions read means the same to each of them."""
        agree(data, drawn, FACTS)

    @given(
        st.data(),
        st.lists(conditions(most=3), max_size=5),
        st.integers(1, 6),
        st.integers(0, 2),
    )
    def test_groups_and_their_opposites(
        self, data: st.DataObject, parts: list[Condition], count: int, negations: int
    ) -> None:
        """All, any, some number of several and what negates them, down to none of none."""
        drawn = tuple(parts)
        groups: list[Condition] = [AllOf(drawn), AnyOf(drawn), AtLeast(count, drawn)]
        for _ in range(negations):
            groups = [Not(one) for one in groups]
        agree(data, groups, VOCABULARY)


def test_names_of_a_ruleset() -> None:
    """A fact that a ruleset reads under a name of its own is looked up under that name."""
    condition = is_true("sold")
    block = compile_block([(condition, {"sold": "sold@here"}), (condition, {})], VOCABULARY)
    found: dict[str, Value] = {"sold@here": True}
    assert truths(block(found.get), 2) == [Truth.TRUE, Truth.UNKNOWN]
