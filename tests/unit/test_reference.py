"""The reference says what the design says: its rows by hand."""

from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

import reference
from bizrules.conditions import Op, PerKind, Share
from bizrules.penalties import Grade, Modality
from bizrules.provenance import NormLevel
from bizrules.rules import Rule
from bizrules.truth import Truth
from bizrules.values import Money
from property.worlds import CITY, DISTRICT, FACTS, NATIONAL, ONE, check, is_true, rule

EXEMPT, MITIGATED, LIGHTER, ORDINARY, HEAVIER = Grade
SHALL, MAY = Modality.SHALL, Modality.MAY
EITHER = (LIGHTER, MITIGATED)


def law(name: str, *permits: Grade, shall: bool = False) -> Rule:
    """A rule of national law for all violations."""
    return rule(name, permits, modality=SHALL if shall else MAY)


def listed(name: str, *permits: Grade, shall: bool = False) -> Rule:
    """An entry of a district's list for one violation."""
    return attrs.evolve(
        law(name, *permits, shall=shall),
        level=NormLevel.DOCUMENT,
        region=DISTRICT,
        violations=frozenset({ONE}),
    )


class TestRows:
    """First row that fits."""

    @pytest.mark.parametrize(
        ("held", "grade", "permitted", "modality", "contested"),
        [
            # 1: a law that binds to exempt; nothing defeats it.
            ([law("a", EXEMPT, shall=True), law("b", HEAVIER)], EXEMPT, {EXEMPT}, SHALL, False),
            # 2: an exemption that may be given leaves all milder grades open.
            (
                [law("a", EXEMPT)],
                EXEMPT,
                {EXEMPT, MITIGATED, LIGHTER, ORDINARY},
                MAY,
                False,
            ),
            # 2: a list that binds, unless a heavier ground of law holds.
            ([listed("a", EXEMPT, shall=True)], EXEMPT, {EXEMPT}, SHALL, False),
            (
                [listed("a", EXEMPT, shall=True), law("b", HEAVIER)],
                None,
                {EXEMPT, ORDINARY, HEAVIER},
                None,
                True,
            ),
            # 3: the law leaves a choice; the list names one of the two.
            ([law("a", *EITHER, shall=True)], LIGHTER, {*EITHER}, SHALL, False),
            (
                [law("a", *EITHER, shall=True), listed("b", MITIGATED, shall=True)],
                MITIGATED,
                {MITIGATED},
                SHALL,
                False,
            ),
            (
                [law("a", *EITHER, shall=True), listed("b", MITIGATED)],
                MITIGATED,
                {*EITHER},
                SHALL,
                False,
            ),
            # 3: a list that leaves nothing of the law is left aside.
            (
                [law("a", MITIGATED, shall=True), listed("b", LIGHTER, shall=True)],
                MITIGATED,
                {MITIGATED},
                SHALL,
                False,
            ),
            # 4 and 6.
            ([law("a", HEAVIER, shall=True)], HEAVIER, {HEAVIER}, SHALL, False),
            ([law("a", HEAVIER)], HEAVIER, {ORDINARY, HEAVIER}, MAY, False),
            ([], ORDINARY, {ORDINARY}, None, False),
        ],
    )
    def test_rows(
        self,
        held: list[Rule],
        grade: Grade | None,
        permitted: set[Grade],
        modality: Modality | None,
        contested: bool,
    ) -> None:
        """The rules that hold lead to what the table says, in whatever order they are given."""
        wanted = (grade, frozenset(permitted), modality, contested)
        assert reference.result(held) == wanted
        assert reference.result(held[::-1]) == wanted

    def test_settled(self) -> None:
        """All ways in which the unknown rules can turn out have to agree."""
        held, unknown = [law("a", EXEMPT, shall=True)], [law("b", HEAVIER), law("c", LIGHTER)]
        assert len(list(reference.completions(held, unknown))) == 4
        assert reference.settled(held, unknown)
        assert not reference.settled([], unknown)
        assert reference.settled([], [])


class TestRank:
    """Higher norms, then special entries, superior places, later ones."""

    def test_rank(self) -> None:
        """The order in which norms that conflict are heard."""
        rules = [
            law("1"),
            attrs.evolve(law("2"), level=NormLevel.RULE, violations=frozenset({ONE})),
            attrs.evolve(law("3"), level=NormLevel.RULE, region=NATIONAL),
            attrs.evolve(law("4"), level=NormLevel.RULE, region="530000"),
            attrs.evolve(law("5"), level=NormLevel.RULE, region=CITY),
            attrs.evolve(law("6"), level=NormLevel.RULE, region=DISTRICT),
        ]
        assert sorted([*rules[3:], *rules[:3]], key=reference.rank) == rules
        assert max(rules, key=reference.speciality).id == "2"


class TestTruth:
    """Truth of a condition, by hand."""

    @pytest.mark.parametrize(
        ("width", "truth"), [("20", Truth.TRUE), ("20.1", Truth.FALSE), (None, Truth.UNKNOWN)]
    )
    def test_share(self, width: str | None, truth: Truth) -> None:
        """20 percent of the width is included."""
        share = Share("passage_width", Fraction(1, 5))
        facts = {"passage_width": Decimal(100)}
        if width is not None:
            facts["blocked_width"] = Decimal(width)
        found = reference.truth(check("blocked_width", Op.AT_MOST, share), facts, FACTS)
        assert found is truth

    def test_per_kind(self) -> None:
        """Other kinds do not qualify, whatever else is unknown."""
        condition = PerKind("goods_kind", (("leaf", is_true("sold")),))
        assert reference.truth(condition, {"goods_kind": "other"}, FACTS) is Truth.FALSE
        assert reference.truth(condition, {"goods_kind": "leaf"}, FACTS) is Truth.UNKNOWN

    def test_between(self) -> None:
        """Both ends belong to it."""
        between = check("goods_value", Op.BETWEEN, (Money(1), Money(3)))
        found = [reference.truth(between, {"goods_value": Money(n)}, FACTS).flag for n in range(5)]
        assert found == [False, True, True, True, False]
