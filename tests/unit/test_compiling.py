"""Conditions compiled once for each reading of them."""

import gc
from weakref import ref

import attrs

from bizrules.compiling import Compiler
from bizrules.conditions import AllOf, Condition
from bizrules.facts import Vocabulary
from bizrules.matching import Names
from property.worlds import FACTS, is_true

Built = tuple[Condition, Vocabulary, Names]


class TestCompiler:
    """A condition is compiled once for a vocabulary and the names it is read under."""

    def setup_method(self) -> None:
        """Compile into what is given."""
        self.built: list[Condition] = []

        def build(condition: Condition, vocabulary: Vocabulary, names: Names) -> Built:
            self.built.append(condition)
            return condition, vocabulary, names

        self.compiled = Compiler[Built](build)

    def test_once(self) -> None:
        """Names that say the same are the same."""
        sold = is_true("sold")
        first = self.compiled(sold, FACTS, {})
        assert self.compiled(sold, FACTS, {}) is first
        assert len(self.built) == 1

    def test_each_vocabulary_and_names(self) -> None:
        """Another vocabulary, or other names, are compiled for themselves."""
        sold, other = is_true("sold"), attrs.evolve(FACTS)
        ways: list[tuple[Vocabulary, Names]] = [(FACTS, {}), (other, {}), (FACTS, {"sold": "s@r"})]
        for _ in range(2):
            for words, names in ways:
                _, found, read = self.compiled(sold, words, names)
                assert found is words
                assert read == names
        assert len(self.built) == 3

    def test_the_last_few(self) -> None:
        """Only the last four vocabularies are kept, so that engines that are gone leave nothing."""
        sold = is_true("sold")
        many = [attrs.evolve(FACTS) for _ in range(5)]
        for words in (*many, *many[1:]):
            self.compiled(sold, words, {})
        assert len(self.built) == 5
        self.compiled(sold, many[0], {})
        assert len(self.built) == 6

    def test_a_condition_that_is_gone(self) -> None:
        """What was compiled may hold what it was compiled from, and goes with the condition."""
        condition = AllOf((is_true("sold"),))
        (copied, *_rest), gone = self.compiled(condition, FACTS, {}), ref(condition)
        assert copied == condition
        assert copied is not condition
        del condition, copied
        self.built.clear()
        gc.collect()
        assert gone() is None
