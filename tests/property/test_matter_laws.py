"""Laws of several cases of one party together."""

from fractions import Fraction
from itertools import permutations
from typing import Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from bizrules.cases import Case, FactInput
from bizrules.comparison import compare_fines
from bizrules.conditions import Op
from bizrules.engine import Engine
from bizrules.matters import Basis, MatterOutcome, Role
from bizrules.outcomes import FineState, Outcome
from bizrules.penalties import Grade, Modality
from bizrules.plain import same_outcome
from bizrules.values import Money
from property.worlds import case, check, engine, fine_tier, is_true, provision, rule, violation

_PROVISIONS: Final = (
    provision(fine_tier(100_000, 500_000)),
    provision(fine_tier(100_000, 1_000_000)),
    provision(fine_tier(None, 1_000_000)),
    provision(fine_tier(10, 20, base="goods_value")),
    provision(fine_tier(15, 30, base="goods_value", base_floor=50_000)),
    provision(
        fine_tier(100_000, 200_000, check("goods_value", Op.BELOW, Money(50_000))),
        fine_tier(3, 5, base="goods_value"),
    ),
    provision(fine_tier(100_000, 700_000), only_after=is_true("sold")),
    provision(),
)
VIOLATIONS: Final = tuple(violation(f"test.v{n}", one) for n, one in enumerate(_PROVISIONS))
EXEMPTED: Final = violation("test.exempt", provision(fine_tier(1, 100_000_000)))
RULES: Final = (
    rule("exempt", modality=Modality.SHALL, violations=frozenset({EXEMPTED.id})),
    rule("maybe", when=is_true("recalled"), violations=frozenset({"test.v1", "test.v4"})),
    rule("heavier", Grade.HEAVIER, is_true("incident")),
)
ENGINE: Final[Engine] = engine(*RULES, violations=(*VIOLATIONS, EXEMPTED))
FACTS: Final = st.fixed_dictionaries(
    {"crime_suspected": st.just(False)},
    optional={
        "goods_value": st.sampled_from((0, 49_999, 50_000, 9_000_000)).map(Money),
        "sold": st.booleans(),
        "recalled": st.booleans(),
        "incident": st.booleans(),
    },
)
_NAMES: Final = [entry.id for entry in VIOLATIONS]
ACTS: Final = st.builds(
    lambda names, facts: tuple(
        case(id=name, violation=name, act="x", facts=facts) for name in names
    ),
    st.lists(st.sampled_from(_NAMES), min_size=1, max_size=4, unique=True),
    FACTS,
)
"""Cases of one act, all knowing the same."""


def joint(cases: tuple[Case, ...]) -> MatterOutcome:
    """The joint outcome."""
    return ENGINE.evaluate_matter(cases)


def applied(matter: MatterOutcome) -> str | None:
    """The case whose provision is applied in the one act."""
    found = matter.acts[0].applied
    return None if found is None else found.case.id


def reference(outcomes: dict[str, Outcome]) -> set[str]:
    """Cases that may be applied in an act of which everything is known, by 行政处罚法 29."""
    fined = {
        name: outcome.fine
        for name, outcome in outcomes.items()
        if outcome.grade is not Grade.EXEMPT and outcome.fine.state is FineState.RANGE
    }
    ends = {}
    for name, fine in fined.items():
        assert fine.statutory is not None
        high = fine.statutory.high
        assert high is not None
        ends[name] = (high, fine.statutory.low or Fraction(0))
    return {name for name, end in ends.items() if end == max(ends.values())}


class TestOneCase:
    """A matter of one case gives that case's outcome."""

    @given(ACTS)
    def test_alone(self, cases: tuple[Case, ...]) -> None:
        """Alone, with or without a name for its act, it has the outcome `evaluate` gives."""
        for one in (cases[0], attrs.evolve(cases[0], act=None)):
            [part] = joint((one,)).parts
            assert same_outcome(part.outcome, ENGINE.evaluate(one))


class TestOrder:
    """The order of the cases never matters, but between equals."""

    @given(ACTS)
    def test_permuted(self, cases: tuple[Case, ...]) -> None:
        """Every order gives the same choice; equals take turns."""
        first = joint(cases)
        for other in map(joint, permutations(cases)):
            assert other.acts[0].chosen == first.acts[0].chosen
            assert other.acts[0].basis == first.acts[0].basis
            if first.acts[0].basis is not Basis.EQUAL:
                assert applied(other) == applied(first)


class TestHigherFine:
    """One act is fined once, by the provision with the higher statutory fine."""

    @given(ACTS)
    def test_no_fined_part_is_above(self, cases: tuple[Case, ...]) -> None:
        """No part that is fined elsewhere has a higher statutory fine than the one applied."""
        [act] = joint(cases).acts
        if act.applied is not None:
            for part in act.parts:
                if part.role is Role.FINED_ELSEWHERE:
                    order = compare_fines(part.statutory, act.applied.statutory)
                    assert order is None or order <= 0
        assert sum(part.role is Role.APPLIED for part in act.parts) <= 1

    @given(ACTS)
    def test_reference(self, cases: tuple[Case, ...]) -> None:
        """Where everything is known the choice is that of the one-page evaluator."""
        known: dict[str, FactInput] = {
            "goods_value": Money(60_000),
            "sold": True,
            "recalled": False,
            "incident": False,
        }
        full = tuple(attrs.evolve(c, facts={**known, **c.facts}) for c in cases)
        [act] = joint(full).acts
        best = reference({part.case.id: part.outcome for part in act.parts})
        assert act.chosen
        if act.contested:
            assert act.basis in (Basis.LONE, Basis.DISCRETION) or applied(joint(full)) in best
        elif best:
            assert applied(joint(full)) in best
        else:
            assert act.applied is None

    @given(ACTS, st.sampled_from((1, 30_000, 49_999, 50_000, 77_777, 10**9)), st.booleans())
    def test_learning_never_changes_a_choice(
        self, cases: tuple[Case, ...], goods: int, told: bool
    ) -> None:
        """A choice once made stands whatever the unknown facts turn out to be."""
        before = joint(cases)
        if not before.acts[0].chosen or applied(before) is None:
            return
        known: dict[str, FactInput] = {"goods_value": Money(goods), "sold": told, "recalled": told}
        [act] = joint(tuple(attrs.evolve(c, facts={**known, **c.facts}) for c in cases)).acts
        if before.acts[0].basis is Basis.LONE:
            return
        best = reference({part.case.id: part.outcome for part in act.parts})
        assert not best or applied(before) in best


class TestExempt:
    """What is exempt is not fined and moves no fine."""

    @given(ACTS)
    def test_adding_an_exempt_case(self, cases: tuple[Case, ...]) -> None:
        """A further norm that leads to no penalty changes nothing for the others."""
        facts = cases[0].facts
        more = case(id="exempt", violation=EXEMPTED.id, act="x", facts=facts)
        before, after = joint(cases), joint((*cases, more))
        assert applied(before) == applied(after)
        assert after.parts[-1].role is Role.EXEMPT
        assert after.fine == before.fine


class TestSplitting:
    """Several acts are fined at least as often as one."""

    @given(ACTS)
    def test_number_of_fines(self, cases: tuple[Case, ...]) -> None:
        """Taking an act apart never lowers the number of fines."""
        apart = joint(tuple(attrs.evolve(c, act=None) for c in cases))
        fines = sum(part.role is Role.APPLIED for part in apart.parts)
        together = sum(part.role is Role.APPLIED for part in joint(cases).parts)
        assert together <= 1
        assert together <= fines
