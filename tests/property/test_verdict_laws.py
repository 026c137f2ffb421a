"""Laws of remembered results: they are those of the plain table."""

import attrs
from hypothesis import given
from hypothesis import strategies as st

from bizrules.provenance import NormLevel
from bizrules.resolution import Resolution
from bizrules.rules import Combination, Rule
from bizrules.selection import Stretch
from bizrules.values import Interval
from bizrules.verdicts import Verdicts, judge_penalty
from bizrules.weights import Weight
from property.test_resolution_laws import EFFECTS, REGIONS, rule_sets, weight

WAYS = st.lists(st.sampled_from(Combination), min_size=1, max_size=2, unique=True)
SHARED = Verdicts()
"""One table for all examples: what one case left behind must fit every other."""


def stretch(combinations: list[Combination], *, is_violation: bool | None) -> Stretch:
    """A law of which only the way matters in which its rules combine."""
    return Stretch(
        penalty=(),
        compulsion=(),
        provisions=(),
        bands=(),
        duties=(),
        combinations=tuple(combinations),
        is_violation=is_violation,
        rulesets=(),
        plan=(),
    )


def told(found: Resolution) -> tuple[object, ...]:
    """All that a result says but the rules that carried it."""
    return found, found.row, found.effects


def tied(rules: list[Rule]) -> list[Rule]:
    """The same rules, all of one rank: then only their ids put them in order."""
    return [
        attrs.evolve(
            rule,
            level=NormLevel.LAW,
            region=REGIONS[0],
            violations=None,
            in_force=Interval(),
        )
        for rule in rules
    ]


RULES = rule_sets(8, EFFECTS) | rule_sets(8, EFFECTS).map(tied) | rule_sets(8).map(tied)


class TestVerdicts:
    """A key leads to what the rules lead to from which it was made."""

    @given(
        RULES,
        st.integers(0, 255),
        WAYS,
        st.sampled_from((True, True, True, None, False)),
        st.permutations(range(8)),
    )
    def test_same_as_the_table(
        self,
        rules: list[Rule],
        split: int,
        ways: list[Combination],
        is_violation: bool | None,
        order: list[int],
    ) -> None:
        """Result, effects in their order, row and settledness are those of the plain table."""
        given_weights = [weight(rule) for rule in rules]
        shuffled = [given_weights[i] for i in order if i < len(given_weights)]
        held = [one for i, one in enumerate(shuffled) if split >> i & 1]
        unknown = [one for i, one in enumerate(shuffled) if not split >> i & 1]
        wanted, settled = judge_penalty(held, unknown, ways, is_violation)
        found = SHARED.of(stretch(ways, is_violation=is_violation), SHARED.key(held, unknown))
        assert told(found.result) == told(wanted)
        assert found.settled is settled

    @given(RULES, st.integers(0, 255))
    def test_samples_have_the_key(self, rules: list[Rule], split: int) -> None:
        """The weights that stand for a key have that key."""
        verdicts = Verdicts()
        sides: tuple[list[Weight], list[Weight]] = [], []
        for index, rule in enumerate(rules):
            sides[split >> index & 1].append(weight(rule))
        key = verdicts.key(*sides)
        assert verdicts.key(*verdicts.samples(key)) == key

    @given(rule_sets(6))
    def test_repeated_neighbours(self, rules: list[Rule]) -> None:
        """A second rule of the same weight beside the first adds nothing to the key."""
        verdicts, found = Verdicts(), [weight(rule) for rule in rules]
        assert verdicts.key([*found, *found], []) == verdicts.key(found, [])
