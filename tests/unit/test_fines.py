from fractions import Fraction

import attrs
import pytest

from bizrules.conditions import Op
from bizrules.conditions import Test as FactTest
from bizrules.fines import fine_for, other_kinds, shape_of
from bizrules.outcomes import FineState
from bizrules.penalties import BandTable, FineScale, Grade, Modality, Shape, Tier
from bizrules.provenance import Citation
from bizrules.rules import RuleEffect
from bizrules.values import Money
from provisions import (
    CITE,
    DEFAULT,
    E,
    H,
    L,
    M,
    O,
    band,
    fixing,
    is_true,
    of,
    penal,
    scale,
    shown,
    yuan,
)
from strategies import text


class TestBands:
    """LIGHTER, ORDINARY and HEAVIER are parts of the statutory range, ends included or not."""

    @pytest.mark.parametrize(
        ("statutory", "grade", "expected"),
        [
            (scale("50000", "100000"), L, "[50000, 65000]"),
            (scale("50000", "100000"), O, "(65000, 85000)"),
            (scale("50000", "100000"), H, "[85000, 100000]"),
            # Only a maximum: more than nothing, so the lowest end is open.
            (scale(high="50000"), L, "(0, 15000]"),
            (scale(high="50000"), O, "(15000, 35000)"),
            (scale(high="50000"), H, "[35000, 50000]"),
            # Only a minimum: there is no span.
            (scale("50000"), L, "[50000, oo]"),
            (scale("50000"), H, "[50000, oo]"),
            # A fixed fine has one amount in every grade.
            (scale("500", "500"), L, "[500, 500]"),
            (scale("500", "500"), H, "[500, 500]"),
            (scale("0", "1000"), L, "[0, 300]"),
        ],
    )
    def test_band(self, statutory: FineScale, grade: Grade, expected: str) -> None:
        """The band is a share of the span, and never leaves the range."""
        found = fine_for(penal(statutory), grade, ())
        assert of(found) == (FineState.RANGE, expected)
        assert found.modality is Modality.SHALL
        assert found.citation == CITE
        assert found.open_facts == ()

    def test_a_band_of_one_point_is_said_once(self) -> None:
        """A grade that is one point of the span has no range of shares."""
        table = BandTable(id="third", shapes=frozenset(Shape), bands={L: band("0.3", "0.3")})
        found = fine_for(penal(scale("100", "200"), bands=(table,)), L, ())
        assert found.steps[-1].zh == "从轻处罚取法定幅度的30%处：130元"

    @pytest.mark.parametrize(
        ("tables", "statutory", "expected"),
        [
            ((), scale("100", "200"), "[100, 200]"),
            ((BandTable(id="empty"), DEFAULT), scale("100", "200"), "[100, 200]"),
            (
                (
                    BandTable(
                        id="maximum",
                        shapes=frozenset({Shape.MAX_ONLY}),
                        bands={L: band("0", "0.2")},
                    ),
                    DEFAULT,
                ),
                scale("100", "200"),
                "[100, 130]",
            ),
            (
                (
                    BandTable(
                        id="maximum",
                        shapes=frozenset({Shape.MAX_ONLY}),
                        bands={L: band("0", "0.2")},
                    ),
                    DEFAULT,
                ),
                scale(high="200"),
                "(0, 40]",
            ),
            ((BandTable(id="open", bands={L: band("0", "0.5", "()")}),), scale("0", "2"), "(0, 1)"),
        ],
    )
    def test_tables(
        self, tables: tuple[BandTable, ...], statutory: FineScale, expected: str
    ) -> None:
        """The first table for the shape is used; a grade that it leaves out has the whole range."""
        assert shown(fine_for(penal(statutory, bands=tables), L, ()).range) == expected

    @pytest.mark.parametrize(
        ("statutory", "shape"),
        [
            (scale("1", "2"), Shape.RANGE),
            (scale(high="2"), Shape.MAX_ONLY),
            (scale("1"), Shape.MIN_ONLY),
            (scale(), Shape.MAX_ONLY),
        ],
    )
    def test_shapes(self, statutory: FineScale, shape: Shape) -> None:
        """The shape follows from the ends that the provision names."""
        assert shape_of(statutory) is shape

    def test_ends_are_whole_fen(self) -> None:
        """Ends between two fen move inward and then belong to the range."""
        thirds = BandTable(
            id="thirds", bands={L: band("0", "1/3", "[)"), H: band("2/3", "1", "(]")}
        )
        low, high = (
            fine_for(penal(scale("100", "200"), bands=(thirds,)), grade, ()) for grade in (L, H)
        )
        assert shown(low.range) == "[100, 133.33]"
        assert shown(high.range) == "[166.67, 200]"

    def test_no_grade(self) -> None:
        """Where the outcome is open or contested the statutory range stands, effects or not."""
        found = fine_for(penal(scale("100", "200")), None, [fixing(amount=yuan("150"))])
        assert of(found) == (FineState.RANGE, "[100, 200]")
        assert found.range == found.statutory

    def test_steps(self) -> None:
        """The way from the provision to the range is told step by step, in both languages."""
        labelled = Tier(id="small", label=text("small"), fine=scale("100", "200"))
        plain = fine_for(penal(scale("100", "200")), L, ())
        told = fine_for(penal(labelled), L, ())
        assert len(plain.steps) == len(told.steps) == 2
        assert text("small").zh in told.steps[0].zh
        assert text("small").en in told.steps[0].en
        assert told.text.zh in told.steps[1].zh


class TestMitigation:
    """减轻 goes below the statutory minimum, down to a floor that a rule declares."""

    @pytest.mark.parametrize(
        ("statutory", "effects", "expected"),
        [
            (scale("50000", "100000"), [], "(0, 50000)"),
            (scale("50000"), [], "(0, 50000)"),
            (scale("50000", "100000"), [fixing(floor=Fraction(1, 10))], "[5000, 50000)"),
            # Of several floors the highest protects against all.
            (
                scale("50000", "100000"),
                [fixing(floor=Fraction(1, 10)), fixing(floor=Fraction(1, 5)), RuleEffect()],
                "[10000, 50000)",
            ),
            # Without a minimum there is nothing to go below.
            (scale(high="50000"), [], "(0, 50000]"),
            (scale(high="50000"), [fixing(floor=Fraction(1, 10))], "(0, 50000]"),
            (scale("0", "1000"), [], "[0, 1000]"),
            # What a rule fixes may lie below the minimum: that is mitigation.
            (scale("50000", "100000"), [fixing(amount=yuan("500"))], "[500, 500]"),
            (scale("50000", "100000"), [fixing(low=100, high=yuan("5000"))], "[1, 5000]"),
        ],
    )
    def test_range(self, statutory: FineScale, effects: list[RuleEffect], expected: str) -> None:
        """The minimum itself does not belong to the mitigated range."""
        assert of(fine_for(penal(statutory), M, effects)) == (FineState.RANGE, expected)

    def test_fraction_of_a_fen(self) -> None:
        """Below a minimum between two fen lies the fen before it, which belongs to the range."""
        facts: dict[str, object] = {"goods_value": 333}
        found = fine_for(penal(scale("0.5", "2", times="goods_value"), facts=facts), M, ())
        assert shown(found.range) == "(0, 1.66]"


class TestBases:
    """Multiples of a base are multiplied out once the base is known."""

    provision = scale("10", "20", times="goods_value")

    @pytest.mark.parametrize(
        ("grade", "expected"),
        [
            (L, "[10, 13] x goods_value"),
            (H, "[17, 20] x goods_value"),
            (M, "(0, 10) x goods_value"),
            (None, "[10, 20] x goods_value"),
        ],
    )
    def test_unknown(self, grade: Grade | None, expected: str) -> None:
        """With an unknown base the range stays symbolic, and says what is missing."""
        found = fine_for(penal(self.provision), grade, ())
        assert of(found) == (FineState.SYMBOLIC, expected)
        assert shown(found.statutory) == "[10, 20] x goods_value"
        assert found.open_facts == ("goods_value",)

    @pytest.mark.parametrize(
        ("grade", "expected"),
        [
            (L, "[120000, 156000]"),
            (H, "[204000, 240000]"),
            (M, "(0, 120000)"),
            (None, "[120000, 240000]"),
        ],
    )
    def test_known(self, grade: Grade | None, expected: str) -> None:
        """With the base known the range is money, to the fen."""
        facts: dict[str, object] = {"goods_value": yuan("12000")}
        found = fine_for(penal(self.provision, facts=facts), grade, ())
        assert of(found) == (FineState.RANGE, expected)
        assert found.open_facts == ()
        assert len(found.steps) == 3

    @pytest.mark.parametrize(
        ("amount", "expected"),
        [
            ("9999.99", "[30000, 50000]"),
            ("10000", "[30000, 50000]"),
            ("10000.01", "[30000.03, 50000.05]"),
        ],
    )
    def test_floor_of_the_base(self, amount: str, expected: str) -> None:
        """不足一万元的，按一万元计算: a smaller base counts as the floor."""
        provision = scale("3", "5", times="goods_value", base_floor="10000")
        facts: dict[str, object] = {"goods_value": yuan(amount)}
        assert shown(fine_for(penal(provision, facts=facts), None, ()).range) == expected

    def test_floor_is_told(self) -> None:
        """A step names the floor where it was used, and only there."""
        provision = scale("3", "5", times="goods_value", base_floor="10000")
        below, above = (
            fine_for(penal(provision, facts={"goods_value": yuan(amount)}), None, ()).steps[1].zh
            for amount in ("66", "20000")
        )
        assert "66元" in below
        assert "1万元" in below
        assert "1万元" not in above

    @pytest.mark.parametrize(
        ("provision", "amount", "expected"),
        [
            (scale("1/20", "1/4", times="goods_value"), "333.33", "[16.67, 83.33]"),
            (scale(high="3", times="gains"), "100", "(0, 300]"),
            (scale("1", times="gains"), "100", "[100, oo]"),
            # A multiple of nothing is nothing.
            (scale(high="3", times="gains"), "0", "[0, 0]"),
            (scale("1", "3", times="gains"), "0", "[0, 0]"),
            # Between these two ends there is no whole fen: the exact range is kept.
            (scale("1/5", "2/5", times="gains"), "0.01", "[0.002, 0.004]"),
        ],
    )
    def test_amounts(self, provision: FineScale, amount: str, expected: str) -> None:
        """Shares of a base are exact, and move inward to whole fen."""
        facts: dict[str, object] = {"goods_value": yuan(amount), "gains": yuan(amount)}
        assert shown(fine_for(penal(provision, facts=facts), None, ()).range) == expected

    def test_read_under_another_name(self) -> None:
        """A base that the view holds under another name is found there."""
        given = penal(self.provision, facts={"goods_value@own": yuan("100")})
        renamed = attrs.evolve(given, names={"goods_value": "goods_value@own"})
        assert shown(fine_for(renamed, None, ()).range) == "[1000, 2000]"


SMALL = Tier(
    id="small",
    label=text("small"),
    when=FactTest(("goods_value",), Op.BELOW, Money(yuan("10000"))),
    fine=scale("50000", "100000"),
)
LARGE = Tier(id="large", fine=scale("10", "20", times="goods_value"))
SERIOUS = Tier(id="serious", when=is_true("serious"), fine=scale("200", "500"))


class TestTiers:
    """The first tier whose switch holds is taken; while facts are missing several are open."""

    @pytest.mark.parametrize(
        ("value", "tier", "expected"),
        [
            ("9999.99", "small", "[50000, 100000]"),
            ("10000", "large", "[100000, 200000]"),
            ("10000.01", "large", "[100000.1, 200000.2]"),
        ],
    )
    def test_switch(self, value: str, tier: str, expected: str) -> None:
        """不足一万元 does not include ten thousand yuan."""
        facts: dict[str, object] = {"goods_value": yuan(value)}
        found = fine_for(penal(SMALL, LARGE, facts=facts), None, ())
        assert of(found) == (FineState.RANGE, expected)
        assert found.range is not None
        assert found.range.tier == tier

    def test_open(self) -> None:
        """While the switch is unknown every tier that may apply is named with its range."""
        found = fine_for(penal(SMALL, LARGE), L, ())
        assert of(found) == (FineState.UNDETERMINED, "-")
        assert [shown(one) for one in found.alternatives] == [
            "[50000, 65000]",
            "[10, 13] x goods_value",
        ]
        assert found.open_facts == ("goods_value",)
        assert found.modality is None

    @pytest.mark.parametrize("serious", [True, False, None])
    def test_tiers_tried_in_order(self, serious: bool | None) -> None:
        """A tier that surely holds ends the search, one that surely fails drops out."""
        facts: dict[str, object] = {} if serious is None else {"serious": serious}
        base = Tier(id="base", fine=scale("100", "200"))
        found = fine_for(penal(SERIOUS, base, SMALL, facts=facts), None, ())
        expected = {
            True: (FineState.RANGE, "[200, 500]"),
            False: (FineState.RANGE, "[100, 200]"),
            None: (FineState.UNDETERMINED, "-"),
        }
        assert of(found) == expected[serious]
        assert len(found.alternatives) == (2 if serious is None else 0)

    def test_the_only_tier_in_doubt(self) -> None:
        """A single tier that may or may not apply is no settled range."""
        found = fine_for(penal(SERIOUS), None, ())
        assert of(found) == (FineState.UNDETERMINED, "-")
        assert [shown(one) for one in found.alternatives] == ["[200, 500]"]
        assert found.open_facts == ("serious",)
        assert found.modality is Modality.SHALL

    def test_no_tier(self) -> None:
        """If no tier fits there is no fine."""
        found = fine_for(penal(SERIOUS, facts={"serious": False}), None, ())
        assert of(found) == (FineState.NONE, "-")
        assert found.citation == CITE

    def test_a_tier_without_fine(self) -> None:
        """A tier may carry no fine; then there is none in its case."""
        warned = Tier(id="warned", when=is_true("licensed"), label=text("licensed"))
        fined = Tier(id="fined", fine=scale("100", "200"))
        found = fine_for(penal(warned, fined, facts={"licensed": True}), None, ())
        assert of(found) == (FineState.NONE, "-")
        assert text("licensed").zh in found.text.zh
        open_still = fine_for(penal(warned, fined), None, ())
        assert open_still.state is FineState.UNDETERMINED
        assert [shown(one) for one in open_still.alternatives] == ["[100, 200]"]

    def test_an_unlabelled_tier_without_fine(self) -> None:
        """A tier without label is not called by its id, which is nothing to an officer."""
        tiers = (Tier(id="nil", when=is_true("licensed")), SERIOUS)
        found = fine_for(penal(*tiers, facts={"licensed": True}), None, ())
        assert found.text.zh == "该罚则没有规定罚款"

    def test_citation_and_modality(self) -> None:
        """A tier may stand elsewhere, and may leave it to the authority whether to fine."""
        elsewhere = Citation("食品安全法", "125")
        tier = Tier(id="t", fine=scale("100", "200"), modality=Modality.MAY, citation=elsewhere)
        found = fine_for(penal(tier), None, ())
        assert (found.citation, found.modality) == (elsewhere, Modality.MAY)

    @pytest.mark.parametrize("tiers", [(), (Tier(id="t"),)])
    def test_no_fine_at_all(self, tiers: tuple[Tier, ...]) -> None:
        """A provision without any fine gives none, whatever the grade."""
        for grade in (*Grade, None):
            assert fine_for(penal(*tiers), grade, ()).state is FineState.NONE

    def test_no_provision(self) -> None:
        """A violation without provision has no range."""
        given = attrs.evolve(penal(), provision=None)
        found = fine_for(given, O, ())
        assert (found.state, found.citation) == (FineState.NONE, None)
        assert other_kinds(given, O, ()) == ()


class TestPreconditions:
    """逾期不改正的，处罚款: before the precondition is met there is no fine to waive."""

    condition = is_true("order_not_obeyed")

    @pytest.mark.parametrize("grade", [*Grade, None])
    def test_not_yet(self, grade: Grade | None) -> None:
        """Before the order is disobeyed there is no fine in any grade."""
        given = penal(
            scale("100", "200"), only_after=self.condition, facts={"order_not_obeyed": False}
        )
        assert of(fine_for(given, grade, ())) == (FineState.NOT_YET, "-")

    @pytest.mark.parametrize(
        ("grade", "expected"), [(L, "[100, 130]"), (E, "[0, 0]"), (None, "[100, 200]")]
    )
    def test_met(self, grade: Grade | None, expected: str) -> None:
        """Once it is disobeyed the range is that of the grade."""
        given = penal(
            scale("100", "200"), only_after=self.condition, facts={"order_not_obeyed": True}
        )
        assert shown(fine_for(given, grade, ()).range) == expected

    def test_unknown(self) -> None:
        """While it is unknown the range is only an alternative, and the fact is asked for."""
        found = fine_for(penal(scale("100", "200"), only_after=self.condition), L, ())
        assert of(found) == (FineState.UNDETERMINED, "-")
        assert [shown(one) for one in found.alternatives] == ["[100, 130]"]
        assert found.open_facts == ("order_not_obeyed",)
        assert found.modality is Modality.SHALL

    def test_unknown_with_open_tiers(self) -> None:
        """Precondition, tier and base may all be missing at once."""
        found = fine_for(penal(SERIOUS, LARGE, only_after=self.condition), L, ())
        assert found.open_facts == ("goods_value", "order_not_obeyed", "serious")
        assert len(found.alternatives) == 2
        # Words tell a precondition that is missing from a tier that is.
        tiers_only = fine_for(penal(SERIOUS, LARGE), L, ())
        assert found.text.zh != tiers_only.text.zh
        assert found.text.zh.startswith("罚款的前提")

    def test_exempt_all_the_same(self) -> None:
        """An exemption waives the fine even while the precondition is unknown."""
        found = fine_for(penal(scale("100", "200"), only_after=self.condition), E, ())
        assert found.state is FineState.WAIVED
