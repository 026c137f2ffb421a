"""Laws of several cases of one party together."""

from fractions import Fraction
from itertools import permutations
from typing import Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from bizrules.cases import Case, FactInput
from bizrules.comparison import compare_fines
from bizrules.conditions import ALWAYS, Op
from bizrules.engine import Engine
from bizrules.matters import Basis, MatterOutcome, Role
from bizrules.outcomes import FineState, Outcome
from bizrules.penalties import Grade, Modality, OtherKind, PenaltyKind
from bizrules.plain import same_outcome
from bizrules.rules import Ground
from bizrules.truth import Truth
from bizrules.values import Money
from property.worlds import case, check, engine, fine_tier, is_true, provision, rule, violation


def _kind(
    kind: PenaltyKind, fact: str | None = None, modality: Modality = Modality.SHALL
) -> OtherKind:
    """A penalty besides the fine, open if the fact is true."""
    return OtherKind(kind=kind, when=ALWAYS if fact is None else is_true(fact), modality=modality)


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
    provision(fine_tier(100_000, 500_000), kinds=(_kind(PenaltyKind.REVOCATION, "sold"),)),
    provision(fine_tier(100_000, 500_000), kinds=(_kind(PenaltyKind.SUSPENSION),)),
    provision(
        fine_tier(100_000, 500_000),
        kinds=(
            _kind(PenaltyKind.SUSPENSION, "recalled"),
            _kind(PenaltyKind.CONFISCATION, "sold", Modality.MAY),
        ),
    ),
    provision(
        fine_tier(10, 20, base="goods_value"), kinds=(_kind(PenaltyKind.RESTRICTION, "recalled"),)
    ),
)
VIOLATIONS: Final = tuple(violation(f"test.v{n}", one) for n, one in enumerate(_PROVISIONS))
SPECIAL: Final = violation(
    "test.special",
    provision(fine_tier(50_000, 400_000)),
    special_to=frozenset({"test.v0", "test.v1"}),
)
ABSORBING: Final = violation(
    "test.absorbing",
    provision(fine_tier(50_000, 600_000)),
    absorbs=frozenset({"test.v3", SPECIAL.id}),
)
EXEMPTED: Final = violation("test.exempt", provision(fine_tier(1, 100_000_000)))
RULES: Final = (
    rule("exempt", modality=Modality.SHALL, violations=frozenset({EXEMPTED.id})),
    rule("maybe", when=is_true("recalled"), violations=frozenset({"test.v1", "test.v4"})),
    rule("heavier", Grade.HEAVIER, is_true("incident")),
    rule(
        "never",
        when=is_true("minor"),
        modality=Modality.SHALL,
        ground=Ground.NOT_ESTABLISHED,
        violations=frozenset({SPECIAL.id, ABSORBING.id}),
    ),
    rule(
        "slight", when=is_true("sold"), modality=Modality.SHALL, violations=frozenset({SPECIAL.id})
    ),
)
ENGINE: Final[Engine] = engine(*RULES, violations=(*VIOLATIONS, SPECIAL, ABSORBING, EXEMPTED))
FACTS: Final = st.fixed_dictionaries(
    {"crime_suspected": st.just(False)},
    optional={
        "goods_value": st.sampled_from((0, 49_999, 50_000, 9_000_000)).map(Money),
        "sold": st.booleans(),
        "recalled": st.booleans(),
        "incident": st.booleans(),
        "minor": st.booleans(),
    },
)
LEARNT: Final[st.SearchStrategy[dict[str, FactInput]]] = st.fixed_dictionaries(
    {
        "goods_value": st.sampled_from((1, 30_000, 49_999, 50_000, 77_777, 10**9)).map(Money),
        **dict.fromkeys(("sold", "recalled", "incident", "minor"), st.booleans()),
    }
)
"""What the facts that are not known may turn out to be, each for itself."""
_TIED: Final = [
    entry.id
    for entry, one in zip(VIOLATIONS, _PROVISIONS, strict=True)
    if one.tiers == _PROVISIONS[0].tiers
]
_GIVING_WAY: Final = ["test.v0", "test.v1", "test.v3", SPECIAL.id, ABSORBING.id]
_NAMES: Final = [entry.id for entry in (*VIOLATIONS, SPECIAL, ABSORBING)]
ACTS: Final = st.builds(
    lambda names, facts: tuple(
        case(id=name, violation=name, act="x", facts=facts) for name in names
    ),
    st.one_of(
        [
            st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)
            for names in (_NAMES, _TIED, _GIVING_WAY)
        ]
    ),
    FACTS,
)
"""Cases of one act, all knowing the same; often with equal fines, or norms that give way."""


def joint(cases: tuple[Case, ...]) -> MatterOutcome:
    """The joint outcome."""
    return ENGINE.evaluate_matter(cases)


def applied(matter: MatterOutcome) -> str | None:
    """The case whose provision is applied in the one act."""
    found = matter.acts[0].applied
    return None if found is None else found.case.id


def learn(cases: tuple[Case, ...], learnt: dict[str, FactInput]) -> tuple[Case, ...]:
    """The cases when what was unknown is known."""
    return tuple(attrs.evolve(one, facts={**learnt, **one.facts}) for one in cases)


def given_way(outcomes: dict[str, Outcome]) -> dict[str, Role]:
    """Which cases of a known act give way: displaced ones first, of the rest those absorbed."""
    found: dict[str, Role] = {}
    for entry, names, role in (
        (SPECIAL, SPECIAL.special_to, Role.DISPLACED),
        (ABSORBING, ABSORBING.absorbs, Role.ABSORBED),
    ):
        outcome = outcomes.get(entry.id)
        if outcome is not None and "never" not in {one.rule for one in outcome.held}:
            found |= dict.fromkeys(names & outcomes.keys() - found.keys(), role)
    return found


def severity(outcome: Outcome) -> tuple[object, ...]:
    """What is compared: upper end, lower end, then the other kinds, the heaviest first."""
    statutory = outcome.fine.statutory
    assert statutory is not None
    kinds = list(PenaltyKind)
    opened = sorted(
        (
            (kinds.index(one.kind), one.modality is Modality.SHALL)
            for one in outcome.other_kinds
            if one.truth is Truth.TRUE
        ),
        reverse=True,
    )
    assert statutory.high is not None
    return statutory.high, statutory.low or Fraction(0), opened


def reference(outcomes: dict[str, Outcome]) -> set[str]:
    """Cases that may be applied in an act of which everything is known, by 行政处罚法 29."""
    gone = given_way(outcomes)
    found = {
        name: severity(outcome)
        for name, outcome in outcomes.items()
        if name not in gone
        and outcome.grade is not Grade.EXEMPT
        and outcome.fine.state is FineState.RANGE
    }
    return {name for name, one in found.items() if one == max(found.values())}


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

    @given(ACTS, LEARNT)
    def test_no_fined_part_is_above(
        self, cases: tuple[Case, ...], learnt: dict[str, FactInput]
    ) -> None:
        """No part fined elsewhere has a higher statutory fine, whatever is learnt about amounts."""
        [act] = joint(cases).acts
        assert sum(part.role is Role.APPLIED for part in act.parts) <= 1
        if act.applied is None:
            return
        later = {part.case.id: part.statutory for part in joint(learn(cases, learnt)).parts}
        for part in act.parts:
            if part.role is Role.FINED_ELSEWHERE:
                order = compare_fines(later[part.case.id], later[act.applied.case.id])
                assert order is not None
                assert order <= 0

    @given(ACTS)
    def test_reference(self, cases: tuple[Case, ...]) -> None:
        """Where everything is known the choice is that of the one-page evaluator."""
        known: dict[str, FactInput] = {
            "goods_value": Money(60_000),
            "sold": True,
            "recalled": False,
            "incident": False,
            "minor": False,
        }
        full = learn(cases, known)
        [act] = joint(full).acts
        best = reference({part.case.id: part.outcome for part in act.parts})
        assert act.chosen
        if act.contested:
            assert act.basis in (Basis.LONE, Basis.DISCRETION) or applied(joint(full)) in best
        elif best:
            assert applied(joint(full)) in best
        else:
            assert act.applied is None

    @given(ACTS, LEARNT)
    def test_learning_never_changes_a_choice(
        self, cases: tuple[Case, ...], learnt: dict[str, FactInput]
    ) -> None:
        """A choice once made stands whatever the unknown facts turn out to be."""
        before = joint(cases)
        [now], [later] = before.acts, joint(learn(cases, learnt)).acts
        if not now.chosen or applied(before) is None or now.basis in (Basis.LONE, Basis.REMAINS):
            return
        best = reference({part.case.id: part.outcome for part in later.parts})
        assert not best or applied(before) in best

    @given(ACTS, LEARNT)
    def test_learning_never_changes_what_gives_way(
        self, cases: tuple[Case, ...], learnt: dict[str, FactInput]
    ) -> None:
        """Nor does which norms stand, once the choice is made; known in full, it is told."""
        [now], [later] = joint(cases).acts, joint(learn(cases, learnt)).acts
        gone = given_way({part.case.id: part.outcome for part in later.parts})
        for part, after in zip(now.parts, later.parts, strict=True):
            assert gone.get(after.case.id) is (None if after.role.stands else after.role)
            if now.chosen or not part.role.stands:
                assert part.role.stands == after.role.stands

    @given(ACTS, LEARNT)
    def test_open_choices_ask(self, cases: tuple[Case, ...], learnt: dict[str, FactInput]) -> None:
        """A choice that is not made is asked for, and made when everything is known."""
        matter = joint(cases)
        if not matter.acts[0].chosen:
            assert matter.questions
        assert joint(learn(cases, learnt)).acts[0].chosen


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
