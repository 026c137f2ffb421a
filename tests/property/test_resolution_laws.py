"""Laws of the resolution table, on generated sets of rules."""

from datetime import date
from itertools import combinations

import attrs
from hypothesis import given
from hypothesis import strategies as st

import reference
from bizrules.penalties import FineEffect, Grade, Modality, PenaltyKind
from bizrules.provenance import Citation, NormLevel, Text
from bizrules.resolution import Resolution, is_settled, possible_results, resolve
from bizrules.rules import Combination, Ground, Rule, RuleEffect
from bizrules.values import Interval
from bizrules.weights import Weight, weigh

REGIONS = ("000000", "530000", "530100", "530103")
PERMITS: tuple[tuple[Grade, ...], ...] = (
    (Grade.EXEMPT,),
    (Grade.LIGHTER,),
    (Grade.MITIGATED,),
    (Grade.LIGHTER, Grade.MITIGATED),
    (Grade.MITIGATED, Grade.EXEMPT),
    (Grade.LIGHTER, Grade.MITIGATED, Grade.EXEMPT),
    (Grade.EXEMPT, Grade.LIGHTER),
    (Grade.HEAVIER,),
)


NOTHING = st.just(RuleEffect())
KINDS = st.frozensets(
    st.sampled_from((PenaltyKind.FINE, PenaltyKind.WARNING, PenaltyKind.SUSPENSION)), max_size=2
)
EFFECTS = (
    st.builds(
        RuleEffect,
        waives=KINDS | st.just(frozenset({PenaltyKind.ORDER})),
        keeps=KINDS,
        instead=st.sampled_from((None, None, PenaltyKind.WARNING, PenaltyKind.CRITICISM)),
        fine=st.sampled_from((None, None, FineEffect(amount=100), FineEffect(amount=200))),
    )
    | NOTHING
)
COMBINATIONS = st.sampled_from(Combination)


@st.composite
def rule_sets(
    draw: st.DrawFn, most: int = 6, effects: st.SearchStrategy[RuleEffect] = NOTHING
) -> list[Rule]:
    """Rules of every shape, level, place and age, each with an id of its own."""
    count = draw(st.integers(0, most))
    return [
        Rule(
            id=f"r/{index}",
            ruleset="r",
            title=Text("规则", "rule"),
            ground=Ground.LISTED,
            permits=draw(st.sampled_from(PERMITS)),
            modality=draw(st.sampled_from(Modality)),
            violations=draw(st.sampled_from((None, frozenset({"v"})))),
            citations=(Citation("行政处罚法", "33"),),
            level=draw(st.sampled_from(NormLevel)),
            region=draw(st.sampled_from(REGIONS)),
            in_force=Interval(draw(st.sampled_from((None, date(2020, 1, 1), date(2022, 1, 1))))),
            effect=draw(effects),
        )
        for index in range(count)
    ]


def weight(rule: Rule) -> Weight:
    """The rule's weight as the library computes it."""
    return weigh(rule, depth=REGIONS.index(rule.region))


def as_result(found: Resolution) -> reference.Result:
    """The part of a resolution that the reference computes."""
    return found.grade, frozenset(found.permitted), found.modality, found.contested


class TestAgreement:
    """The table of the library gives what the reference gives."""

    @given(rule_sets())
    def test_same_result(self, rules: list[Rule]) -> None:
        """The same rules lead to the same grade, permitted set, modality and contest."""
        assert as_result(resolve(map(weight, rules))) == reference.result(rules)

    @given(rule_sets(4), rule_sets(5))
    def test_settledness_is_exact(self, held: list[Rule], unknown: list[Rule]) -> None:
        """Trying the unknown rules one by one says the same as trying every set of them."""
        unknown = [attrs.evolve(rule, id=f"u/{i}") for i, rule in enumerate(unknown)]
        weights = [weight(rule) for rule in held]
        found = is_settled(weights, [weight(rule) for rule in unknown], resolve(weights))
        assert found is reference.settled(held, unknown)

    @given(rule_sets(3), rule_sets(5))
    def test_possible_grades_are_exact(self, held: list[Rule], unknown: list[Rule]) -> None:
        """The grades still possible are those of some completion."""
        unknown = [attrs.evolve(rule, id=f"u/{i}") for i, rule in enumerate(unknown)]
        found = possible_results([weight(r) for r in held], [weight(r) for r in unknown])
        wanted = {grade for grade, *_ in reference.completions(held, unknown) if grade is not None}
        assert found - {None} == wanted


class TestEffects:
    """What rules order beyond the grade is settled as the grade is, and never harms."""

    @given(rule_sets(4, EFFECTS), rule_sets(4, EFFECTS), COMBINATIONS)
    def test_settled_is_sound(
        self, held: list[Rule], unknown: list[Rule], combination: Combination
    ) -> None:
        """If no unknown rule alone changes what is ordered, no set of them does."""
        base = [weight(rule) for rule in held]
        others = [weight(attrs.evolve(rule, id=f"u/{i}")) for i, rule in enumerate(unknown)]
        found = resolve(base, combination)
        ways = (
            resolve((*base, *chosen), combination)
            for count in range(len(others) + 1)
            for chosen in combinations(others, count)
        )
        same = all(way == found for way in ways)
        assert is_settled(base, others, found, combination) is same

    @given(rule_sets(4, EFFECTS), EFFECTS, EFFECTS)
    def test_a_second_ground_never_harms(
        self, rules: list[Rule], one: RuleEffect, other: RuleEffect
    ) -> None:
        """Beside a ground of law that binds, another lets nothing stand again that was waived."""
        first = exempting("first", one)
        second = exempting("second", attrs.evolve(other, keeps=frozenset()))
        before = resolve(map(weight, [*rules, first]))
        after = resolve(map(weight, [*rules, first, second]))
        assert waived(after) >= waived(before)
        if other == RuleEffect():
            assert waived(after) >= frozenset(PenaltyKind) - {PenaltyKind.ORDER}
            assert not any(effect.instead for effect in after.effects)


def exempting(name: str, effect: RuleEffect) -> Rule:
    """A SHALL ground of law for exemption."""
    return Rule(
        id=name,
        ruleset="r",
        title=Text("规则", "rule"),
        ground=Ground.MINOR,
        permits=(Grade.EXEMPT,),
        modality=Modality.SHALL,
        citations=(Citation("行政处罚法", "33"),),
        level=NormLevel.LAW,
        region="000000",
        effect=effect,
    )


def waived(found: Resolution) -> set[PenaltyKind]:
    """Kinds that an exemption waives."""
    return {
        kind
        for kind in PenaltyKind
        if kind.is_penalty
        and (
            not found.effects
            or any(kind in (e.waives or frozenset(PenaltyKind) - e.keeps) for e in found.effects)
        )
    }


class TestTable:
    """Laws a lawyer would name."""

    @given(rule_sets())
    def test_order_is_irrelevant(self, rules: list[Rule]) -> None:
        """The order in which rules are given changes nothing."""
        assert resolve(map(weight, rules)) == resolve(map(weight, reversed(rules)))

    @given(rule_sets())
    def test_binding_exemption_of_law_is_never_defeated(self, rules: list[Rule]) -> None:
        """A SHALL ground of law for exemption wins over whatever else holds."""
        exemption = exempting("law", RuleEffect())
        found = resolve(map(weight, [*rules, exemption]))
        assert (found.grade, found.modality) == (Grade.EXEMPT, Modality.SHALL)

    @given(rule_sets())
    def test_heavier_never_meets_lenient_quietly(self, rules: list[Rule]) -> None:
        """Where both sides hold and nothing binds to exempt, there is no grade."""
        found = resolve(map(weight, rules))
        if found.contested:
            assert found.grade is None
            assert found.determining
            assert found.opposing

    @given(rule_sets())
    def test_grade_is_permitted(self, rules: list[Rule]) -> None:
        """A grade that is proposed is among those permitted."""
        found = resolve(map(weight, rules))
        assert found.grade is None or found.grade in found.permitted
