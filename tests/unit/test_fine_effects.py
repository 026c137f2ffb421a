from collections.abc import Iterable
from fractions import Fraction

import attrs
import pytest

from bizrules.fines import fine_for, other_kinds, range_text
from bizrules.outcomes import FineRange, FineState
from bizrules.penalties import FineScale, Grade, Modality, OtherKind, PenaltyKind
from bizrules.rules import RuleEffect
from bizrules.truth import Truth
from provisions import (
    CITE,
    VOCABULARY,
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


class TestEffects:
    """What a rule fixes stays inside the statutory range, unless it mitigates."""

    @pytest.mark.parametrize(
        ("effects", "expected"),
        [
            ([fixing(amount=yuan("120"))], "[120, 120]"),
            ([fixing(amount=yuan("100"))], "[100, 100]"),
            ([fixing(low=yuan("110"), high=yuan("140"))], "[110, 140]"),
            ([fixing(low=yuan("150"))], "[150, 200]"),
            ([fixing(high=yuan("150"))], "[100, 150]"),
            ([fixing(band=band("0", "0.2"))], "[100, 120]"),
            ([fixing(band=band("0", "0.2", "()"))], "(100, 120)"),
            # Beyond the range: cut to it, or void if nothing is left.
            ([fixing(low=yuan("50"), high=yuan("140"))], "[100, 140]"),
            ([fixing(low=yuan("150"), high=yuan("900"))], "[150, 200]"),
            ([fixing(amount=yuan("50"))], "[100, 130]"),
            ([fixing(amount=yuan("200.01"))], "[100, 130]"),
            # A floor speaks about mitigation only, and some effects say nothing of the fine.
            ([fixing(floor=Fraction(1, 10))], "[100, 130]"),
            ([RuleEffect(keeps=frozenset({PenaltyKind.CONFISCATION}))], "[100, 130]"),
            # Several: their common part, or the first where they have none.
            (
                [fixing(low=yuan("110"), high=yuan("150")), fixing(high=yuan("140"))],
                "[110, 140]",
            ),
            ([fixing(band=band("0", "0.5", "[)")), fixing(high=yuan("150"))], "[100, 150)"),
            ([fixing(high=yuan("150")), fixing(band=band("0", "0.5", "[)"))], "[100, 150)"),
            ([fixing(band=band("0.2", "1", "(]")), fixing(low=yuan("120"))], "(120, 200]"),
            ([fixing(band=band("0", "0.5", "[)")), fixing(high=yuan("140"))], "[100, 140]"),
            ([fixing(amount=yuan("110")), fixing(amount=yuan("120"))], "[110, 110]"),
            (
                [fixing(band=band("0", "0.2", "[)")), fixing(band=band("0.2", "1"))],
                "[100, 120)",
            ),
        ],
    )
    def test_fixed(self, effects: Iterable[RuleEffect], expected: str) -> None:
        """LIGHTER between 100 and 200 yuan, the band being 100 to 130."""
        assert of(fine_for(penal(scale("100", "200")), L, effects)) == (FineState.RANGE, expected)

    @pytest.mark.parametrize(
        ("statutory", "effect", "expected"),
        [
            (scale(high="200"), fixing(low=0, high=yuan("50")), "(0, 50]"),
            (scale(high="200"), fixing(amount=0), "(0, 60]"),
            (scale("100"), fixing(low=yuan("150")), "[150, oo]"),
            (scale("100"), fixing(band=band("0", "0.2")), "[100, oo]"),
        ],
    )
    def test_open_ranges(self, statutory: FineScale, effect: RuleEffect, expected: str) -> None:
        """A maximum alone excludes nothing but zero; a minimum alone has no bands."""
        assert shown(fine_for(penal(statutory), L, [effect]).range) == expected

    def test_with_an_unknown_base(self) -> None:
        """An amount can be fixed whatever the base; a band of multiples stays symbolic."""
        given = penal(scale("10", "20", times="goods_value"))
        assert of(fine_for(given, L, [fixing(amount=yuan("500"))])) == (
            FineState.RANGE,
            "[500, 500]",
        )
        assert of(fine_for(given, L, [fixing(band=band("0", "0.1"))])) == (
            FineState.SYMBOLIC,
            "[10, 11] x goods_value",
        )

    @pytest.mark.parametrize("grade", [L, M, O])
    @pytest.mark.parametrize(
        "effect",
        [
            RuleEffect(instead=PenaltyKind.WARNING),
            RuleEffect(waives=frozenset({PenaltyKind.FINE})),
        ],
    )
    def test_no_fine(self, grade: Grade, effect: RuleEffect) -> None:
        """A warning instead of the fine, or a waiver of the fine alone, leaves no fine."""
        found = fine_for(penal(scale("100", "200")), grade, [effect])
        assert of(found) == (FineState.WAIVED, "[0, 0]")
        assert found.citation == CITE

    @pytest.mark.parametrize(
        ("effects", "state"),
        [
            ([], FineState.WAIVED),
            ([RuleEffect(keeps=frozenset({PenaltyKind.CONFISCATION}))], FineState.WAIVED),
            ([RuleEffect(waives=frozenset({PenaltyKind.FINE}))], FineState.WAIVED),
            ([RuleEffect(keeps=frozenset({PenaltyKind.FINE}))], FineState.RANGE),
            ([RuleEffect(waives=frozenset({PenaltyKind.SUSPENSION}))], FineState.RANGE),
        ],
    )
    def test_exempt(self, effects: Iterable[RuleEffect], state: FineState) -> None:
        """An exemption waives the fine, unless the rule says what it waives or keeps."""
        assert fine_for(penal(scale("100", "200")), E, effects).state is state


CONFISCATION = OtherKind(kind=PenaltyKind.CONFISCATION, note=text("confiscate gains"))
WARNING = OtherKind(kind=PenaltyKind.WARNING, modality=Modality.MAY)
ORDER = OtherKind(kind=PenaltyKind.ORDER)
REVOCATION = OtherKind(kind=PenaltyKind.REVOCATION, when=is_true("serious"))


class TestOtherKinds:
    """What the grade does to the penalties besides the fine."""

    @pytest.mark.parametrize(
        ("grade", "effects", "waived"),
        [
            (O, [], set()),
            (L, [], set()),
            (H, [], set()),
            (M, [], set()),
            (None, [], set()),
            # An exemption waives every penalty, but not the order to correct.
            (E, [], {"confiscation", "warning", "revocation"}),
            (
                E,
                [RuleEffect(keeps=frozenset({PenaltyKind.CONFISCATION}))],
                {"warning", "revocation"},
            ),
            # A rule that names what it waives leaves the rest standing.
            (
                E,
                [RuleEffect(waives=frozenset({PenaltyKind.FINE, PenaltyKind.WARNING}))],
                {"warning"},
            ),
            (M, [RuleEffect(waives=frozenset({PenaltyKind.REVOCATION}))], {"revocation"}),
            (E, [RuleEffect(waives=frozenset({PenaltyKind.ORDER}))], {"order"}),
            # While the outcome is open nothing is ordered yet.
            (None, [RuleEffect(waives=frozenset({PenaltyKind.WARNING}))], set()),
        ],
    )
    def test_waived(
        self, grade: Grade | None, effects: Iterable[RuleEffect], waived: set[str]
    ) -> None:
        """Each kind is waived by the grade or by what the rules order."""
        given = penal(kinds=(CONFISCATION, WARNING, ORDER, REVOCATION), facts={"serious": True})
        found = other_kinds(given, grade, effects)
        assert {one.kind.value for one in found if one.waived} == waived
        assert [one.kind for one in found] == [
            PenaltyKind.CONFISCATION,
            PenaltyKind.WARNING,
            PenaltyKind.ORDER,
            PenaltyKind.REVOCATION,
        ]

    @pytest.mark.parametrize(
        ("facts", "truth"),
        [({"serious": True}, Truth.TRUE), ({"serious": False}, Truth.FALSE), ({}, Truth.UNKNOWN)],
    )
    def test_opened(self, facts: dict[str, object], truth: Truth) -> None:
        """情节严重的 opens a kind only where that is established."""
        (found,) = other_kinds(penal(kinds=(REVOCATION,), facts=facts), O, ())
        assert (found.truth, found.modality, found.waived) == (truth, Modality.SHALL, False)

    def test_texts_differ(self) -> None:
        """What happens to a kind is said in words of its own for each case."""
        shall = OtherKind(kind=PenaltyKind.WARNING)
        cases: list[tuple[OtherKind, Grade, dict[str, object]]] = [
            (shall, O, {}),
            (WARNING, O, {}),
            (shall, M, {}),
            (shall, E, {}),
            (ORDER, O, {}),
            (REVOCATION, O, {"serious": False}),
            (REVOCATION, O, {}),
        ]
        said = [other_kinds(penal(kinds=(k,), facts=f), g, ())[0].text for k, g, f in cases]
        assert len({one.zh for one in said}) == len(cases)
        assert len({one.en for one in said}) == len(cases)

    @pytest.mark.parametrize(
        ("modality", "word"), [(Modality.SHALL, "应当"), (Modality.MAY, "可以")]
    )
    def test_modality_in_words(self, modality: Modality, word: str) -> None:
        """应当 and 可以 are not mixed up."""
        kind = OtherKind(kind=PenaltyKind.WARNING, modality=modality)
        (found,) = other_kinds(penal(kinds=(kind,)), L, ())
        assert found.modality is modality
        assert word in found.text.zh

    def test_mitigation_keeps_confiscation(self) -> None:
        """A mitigated penalty may leave out a kind, but illegal gains stay confiscated."""
        confiscated, warned = (
            [other_kinds(penal(kinds=(kind,)), grade, ())[0].text for grade in (L, M)]
            for kind in (CONFISCATION, OtherKind(kind=PenaltyKind.WARNING))
        )
        assert confiscated[0] == confiscated[1]
        assert warned[0] != warned[1]

    def test_note(self) -> None:
        """What precisely is confiscated is said if the catalogue notes it."""
        (found,) = other_kinds(penal(kinds=(CONFISCATION,)), O, ())
        assert text("confiscate gains").zh in found.text.zh

    def test_instead(self) -> None:
        """What is ordered in place of the fine is named once, however many rules order it."""
        warned = RuleEffect(instead=PenaltyKind.WARNING)
        again = attrs.evolve(warned, keeps=frozenset({PenaltyKind.CONFISCATION}))
        other = RuleEffect(instead=PenaltyKind.CRITICISM)
        found = other_kinds(penal(kinds=(CONFISCATION,)), M, [warned, again, RuleEffect(), other])
        assert [(one.kind, one.waived) for one in found] == [
            (PenaltyKind.CONFISCATION, False),
            (PenaltyKind.WARNING, False),
            (PenaltyKind.CRITICISM, False),
        ]
        assert [one.modality for one in found] == [Modality.SHALL] * 3
        assert other_kinds(penal(kinds=()), None, [warned]) == ()


class TestWords:
    """以上 and 以下 include the number, 超过 and 不足 do not."""

    @pytest.mark.parametrize(
        ("found", "zh"),
        [
            (FineRange(low=Fraction(100), high=Fraction(200)), "1元以上2元以下"),
            (FineRange(low=Fraction(100), high=Fraction(100)), "1元"),
            (FineRange(low=Fraction(0), high=Fraction(200), low_closed=False), "2元以下"),
            (
                FineRange(low=Fraction(0), high=Fraction(200), low_closed=False, high_closed=False),
                "低于2元",
            ),
            (FineRange(low=Fraction(100), high=None), "1元以上"),
            (
                FineRange(low=Fraction(100), high=Fraction(200), high_closed=False),
                "1元以上、不足2元",
            ),
            (
                FineRange(low=Fraction(100), high=Fraction(200), low_closed=False),
                "超过1元、2元以下",
            ),
            (
                FineRange(
                    low=Fraction(100), high=Fraction(200), low_closed=False, high_closed=False
                ),
                "超过1元、不足2元",
            ),
            (FineRange(low=None, high=Fraction(200)), "2元以下"),
        ],
    )
    def test_range(self, found: FineRange, zh: str) -> None:
        """Each pair of ends has its own wording."""
        assert range_text(found, VOCABULARY).zh == zh

    @pytest.mark.parametrize(
        ("low", "high", "zh"),
        [
            ("10", "20", "10倍以上20倍以下"),
            ("1/2", "2", "0.5倍以上2倍以下"),
            ("1/2", "1", "0.5倍以上1倍以下"),
            ("1/20", "99/100", "5%以上99%以下"),
            ("2", None, "2倍以上"),
        ],
    )
    def test_shares_and_multiples(self, low: str, high: str | None, zh: str) -> None:
        """A range below the base is told in percent, any other in multiples."""
        end = None if high is None else Fraction(high)
        found = FineRange(low=Fraction(low), high=end, base="goods_value")
        said = range_text(found, VOCABULARY)
        assert zh in said.zh
        assert text("goods_value").en in said.en

    def test_multiples(self) -> None:
        """A symbolic range names its base once."""
        found = FineRange(low=Fraction(10), high=Fraction(20), base="goods_value")
        said = range_text(found, VOCABULARY)
        assert said.zh.count(text("goods_value").zh) == 1
        assert said.en.count(text("goods_value").en) == 1
