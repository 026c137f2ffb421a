from fractions import Fraction

import pytest

from bizrules.penalties import (
    GRADES,
    Band,
    BandTable,
    FineScale,
    Grade,
    PenaltyKind,
    Provision,
    Shape,
    Tier,
)
from bizrules.provenance import Citation, Location


class TestGrades:
    """Grades rank from exemption to the heavier penalty."""

    def test_order(self) -> None:
        """不予, 减轻, 从轻, 一般, 从重: each is more severe than the one before."""
        assert sorted(Grade) == [
            Grade.EXEMPT,
            Grade.MITIGATED,
            Grade.LIGHTER,
            Grade.ORDINARY,
            Grade.HEAVIER,
        ]

    @pytest.mark.parametrize("grade", list(Grade))
    def test_codes(self, grade: Grade) -> None:
        """Every grade has a code under which it is found again."""
        assert GRADES[grade.code] is grade
        assert grade.code == grade.code.lower()


class TestKinds:
    """An order to correct accompanies a penalty and is none."""

    def test_orders_are_no_penalty(self) -> None:
        """Of all kinds only the order is no penalty."""
        assert [kind for kind in PenaltyKind if not kind.is_penalty] == [PenaltyKind.ORDER]


class TestData:
    """Provisions and bands are plain data with plain defaults."""

    def test_bands_include_their_ends(self) -> None:
        """A band is closed unless it says otherwise."""
        band = Band(low=Fraction(0), high=Fraction(3, 10))
        assert (band.low_closed, band.high_closed) == (True, True)

    def test_tables_are_for_every_shape(self) -> None:
        """A table that names no shape applies to all of them."""
        assert BandTable(id="default").shapes == frozenset(Shape)
        assert hash(BandTable(id="default")) == hash(BandTable(id="default"))

    def test_location_is_no_part(self) -> None:
        """The same provision written elsewhere is the same provision."""
        cite = Citation("食品安全法", "124")
        tiers = (Tier(id="t", fine=FineScale(low=Fraction(100))),)
        one, other = (
            Provision(id="124", citation=cite, tiers=tiers, location=Location("v.yaml", line))
            for line in (1, 2)
        )
        assert one == other
