from fractions import Fraction

import pytest

from bizrules.comparison import (
    NO_FINE,
    Order,
    compare_fines,
    compare_ranges,
    weigh_kinds,
)
from bizrules.outcomes import Fine, FineRange, FineState, KindOutcome
from bizrules.penalties import Modality, PenaltyKind
from bizrules.truth import Truth
from strategies import text

OPPOSITE = {Order.LIGHTER: Order.HEAVIER, Order.HEAVIER: Order.LIGHTER, Order.EQUAL: Order.EQUAL}


def between(low: int | None, high: int | None, base: str | None = None) -> FineRange:
    """A range in fen, or in multiples of a base."""
    ends = [None if end is None else Fraction(end) for end in (low, high)]
    return FineRange(low=ends[0], high=ends[1], base=base)


def fine(*ranges: FineRange) -> Fine:
    """A fine of one range, of several that are possible, or none."""
    if len(ranges) > 1:
        return Fine(state=FineState.UNDETERMINED, alternatives=ranges, text=text("open"))
    if not ranges:
        return Fine(state=FineState.NONE, text=text("none"))
    return Fine(state=FineState.RANGE, range=ranges[0], text=text("range"))


def kind(name: PenaltyKind, **changes: object) -> KindOutcome:
    """A penalty besides the fine that must be imposed."""
    whole = {"truth": Truth.TRUE, "modality": Modality.SHALL, "waived": False, "text": text("k")}
    return KindOutcome(kind=name, **{**whole, **changes})  # type: ignore[arg-type]  # names of fields


class TestRanges:
    """The higher upper end is heavier, then the higher lower end."""

    @pytest.mark.parametrize(
        ("one", "other", "order"),
        [
            (between(100, 500), between(100, 500), Order.EQUAL),
            (between(100, 500), between(100, 501), Order.LIGHTER),
            (between(100, 500), between(100, 499), Order.HEAVIER),
            (between(100, 500), between(101, 500), Order.LIGHTER),
            # The upper end comes first, however low the lower one is.
            (between(0, 501), between(499, 500), Order.HEAVIER),
            (between(None, 500), between(0, 500), Order.EQUAL),
            (between(100, None), between(100, 10**12), Order.HEAVIER),
            (between(100, None), between(101, None), Order.LIGHTER),
            (between(1, 5, "goods"), between(1, 5, "goods"), Order.EQUAL),
            (between(1, 5, "goods"), between(1, 6, "goods"), Order.LIGHTER),
            (between(1, 5, "goods"), between(1, 5, "gains"), None),
            (between(1, 5, "goods"), between(100, 500), None),
            (between(1, 5, "goods"), NO_FINE, Order.HEAVIER),
            (between(100, 500), NO_FINE, Order.HEAVIER),
            (NO_FINE, NO_FINE, Order.EQUAL),
        ],
    )
    def test_order(self, one: FineRange, other: FineRange, order: Order | None) -> None:
        """Each pair has its order, and the opposite one the other way round."""
        assert compare_ranges(one, other) is order
        assert compare_ranges(other, one) is (None if order is None else OPPOSITE[order])


class TestFines:
    """A fine that is not known compares only if all that is possible compares the same."""

    @pytest.mark.parametrize(
        ("one", "other", "order"),
        [
            (fine(), fine(), Order.EQUAL),
            (fine(), fine(between(1, 5)), Order.LIGHTER),
            (fine(between(1, 5)), fine(), Order.HEAVIER),
            (fine(between(1, 5)), fine(between(1, 6)), Order.LIGHTER),
            (fine(between(1, 5), between(1, 6)), fine(between(1, 7)), Order.LIGHTER),
            (fine(between(1, 5), between(1, 6)), fine(between(1, 6)), None),
            (fine(between(1, 5), between(1, 7)), fine(between(1, 6)), None),
            (fine(between(1, 5), between(1, 6)), fine(between(1, 5), between(1, 6)), None),
            (fine(between(1, 5), between(1, 6)), fine(between(7, 8), between(7, 9)), Order.LIGHTER),
            (fine(between(1, 5), between(1, 5, "goods")), fine(between(1, 6)), None),
            (fine(between(1, 5, "goods")), fine(), Order.HEAVIER),
        ],
    )
    def test_order(self, one: Fine, other: Fine, order: Order | None) -> None:
        """None where an unknown fact decides."""
        assert compare_fines(one, other) is order

    @pytest.mark.parametrize("state", [FineState.NONE, FineState.NOT_YET, FineState.WAIVED])
    def test_no_fine(self, state: FineState) -> None:
        """No fine, one not yet due and one waived count as nothing."""
        nothing = Fine(state=state, text=text("nothing"))
        assert compare_fines(nothing, fine()) is Order.EQUAL
        waived = Fine(state=FineState.WAIVED, range=NO_FINE, text=text("waived"))
        assert compare_fines(waived, nothing) is Order.EQUAL


class TestKinds:
    """The heaviest kind besides the fine decides first."""

    def test_order_of_the_law(self) -> None:
        """The kinds stand in the order of the law, from warning to detention."""
        found = [weigh_kinds([kind(name)]) for name in PenaltyKind if name.is_penalty]
        assert found == sorted(found)
        assert len(set(found)) == len(found)

    @pytest.mark.parametrize(
        ("lighter", "heavier"),
        [
            ([], [kind(PenaltyKind.WARNING)]),
            ([kind(PenaltyKind.WARNING)], [kind(PenaltyKind.CONFISCATION)]),
            (
                [kind(PenaltyKind.WARNING), kind(PenaltyKind.CONFISCATION)],
                [kind(PenaltyKind.REVOCATION)],
            ),
            (
                [kind(PenaltyKind.REVOCATION)],
                [kind(PenaltyKind.WARNING), kind(PenaltyKind.REVOCATION)],
            ),
            (
                [kind(PenaltyKind.REVOCATION, modality=Modality.MAY)],
                [kind(PenaltyKind.REVOCATION)],
            ),
            (
                [kind(PenaltyKind.SUSPENSION)],
                [kind(PenaltyKind.REVOCATION, modality=Modality.MAY)],
            ),
        ],
    )
    def test_heavier(self, lighter: list[KindOutcome], heavier: list[KindOutcome]) -> None:
        """The heaviest comes first, then whether it must be imposed, then the others."""
        assert weigh_kinds(lighter) < weigh_kinds(heavier)

    @pytest.mark.parametrize(
        "without",
        [
            kind(PenaltyKind.ORDER),
            kind(PenaltyKind.REVOCATION, waived=True),
            kind(PenaltyKind.REVOCATION, truth=Truth.FALSE),
        ],
    )
    def test_what_does_not_weigh(self, without: KindOutcome) -> None:
        """An order is no penalty; what is waived, or not open at all, weighs nothing."""
        assert weigh_kinds([without]) == ()

    def test_any_order(self) -> None:
        """The order in which a provision names its kinds has no meaning."""
        found = [kind(PenaltyKind.WARNING), kind(PenaltyKind.REVOCATION)]
        assert weigh_kinds(found) == weigh_kinds(reversed(found))
