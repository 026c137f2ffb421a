from collections.abc import Sequence
from datetime import date

import pytest

from bizrules import phrases, resolution
from bizrules.penalties import FineEffect, Grade, Modality, PenaltyKind
from bizrules.provenance import Citation, NormLevel
from bizrules.resolution import (
    LAWFUL,
    ROWS,
    TABLE,
    Resolution,
    is_settled,
    possible_results,
    resolve,
    sides,
)
from bizrules.rules import Combination, Ground, Rule, RuleEffect
from bizrules.values import Interval
from bizrules.weights import Weight, weigh
from strategies import text

E, M, L, O, H = (  # noqa: E741 - the five grades, as short as the tables need them
    Grade.EXEMPT,
    Grade.MITIGATED,
    Grade.LIGHTER,
    Grade.ORDINARY,
    Grade.HEAVIER,
)
SHALL, MAY = Modality.SHALL, Modality.MAY
KEEPS = RuleEffect(keeps=frozenset({PenaltyKind.CONFISCATION}))
WARNS = RuleEffect(instead=PenaltyKind.WARNING)
WAIVES = RuleEffect(waives=frozenset({PenaltyKind.SUSPENSION}))
CORRECTS = RuleEffect(waives=frozenset({PenaltyKind.FINE, PenaltyKind.ORDER}))
FIXES = RuleEffect(keeps=frozenset({PenaltyKind.FINE}), fine=FineEffect(amount=5_000))
ALL = frozenset(PenaltyKind) - {PenaltyKind.ORDER}


def weight(
    name: str,
    *permits: Grade,
    modality: Modality = SHALL,
    level: NormLevel = NormLevel.LAW,
    special: bool = False,
    depth: int = 0,
    start: date | None = None,
    effect: RuleEffect | None = None,
) -> Weight:
    """The weight of a rule of the country, of law and for all violations unless said otherwise."""
    rule = Rule(
        id=name,
        ruleset="set",
        title=text(name),
        ground=Ground.LISTED,
        permits=permits,
        modality=modality,
        violations=frozenset({"v"}) if special else None,
        citations=(Citation("行政处罚法", "33"),),
        level=level,
        region="000000",
        in_force=Interval(start),
        effect=effect or RuleEffect(),
    )
    return weigh(rule, depth=depth)


MINOR = weight("33-1a", E)
FIRST = weight("33-1b", E, modality=MAY)
REMEDY = weight("32-1", L, M)
WEAK = weight("31-c", L, M, modality=MAY)
EMERGENCY = weight("49", H)
HEAVIER_ENTRY = weight("heavier", H, modality=MAY, level=NormLevel.DOCUMENT, special=True)
LIST_EXEMPT = weight("list-exempt", E, level=NormLevel.DOCUMENT, special=True, depth=3)
LIST_MAY_EXEMPT = weight(
    "list-may", E, modality=MAY, level=NormLevel.DOCUMENT, special=True, depth=3
)
LIST_LIGHTER = weight("list-lighter", L, level=NormLevel.DOCUMENT, special=True, depth=3)
LIST_MITIGATED = weight("list-mitigated", M, level=NormLevel.DOCUMENT, special=True, depth=3)
MITIGATED_OR_NONE = weight("special-law", M, E)


class TestTable:
    """The table of the design, row by row."""

    @pytest.mark.parametrize(
        ("held", "row", "grade", "permitted", "modality"),
        [
            # 1: a binding ground of law to exempt; nothing defeats it.
            ([MINOR], "shall-exempt", E, (E,), SHALL),
            ([MINOR, EMERGENCY], "shall-exempt", E, (E,), SHALL),
            ([MINOR, FIRST, REMEDY, LIST_LIGHTER], "shall-exempt", E, (E,), SHALL),
            # 2: what may exempt leaves all lenient grades and the ordinary one open.
            ([FIRST], "may-exempt", E, (E, M, L, O), MAY),
            ([FIRST, LIST_MAY_EXEMPT], "may-exempt", E, (E, M, L, O), MAY),
            ([FIRST, REMEDY], "may-exempt", E, (E, M, L), MAY),
            ([FIRST, LIST_LIGHTER], "may-exempt", E, (E, M, L), MAY),
            ([FIRST, LIST_MITIGATED], "may-exempt", E, (E, M), MAY),
            # A list that binds to exempt binds, but is no ground of law.
            ([LIST_EXEMPT], "listed-exempt", E, (E,), SHALL),
            ([LIST_EXEMPT, FIRST, REMEDY], "listed-exempt", E, (E,), SHALL),
            # 3: lenient rules; the first grade that the most special one names.
            ([REMEDY], "lenient", L, (M, L), SHALL),
            ([WEAK], "lenient", L, (M, L, O), MAY),
            ([REMEDY, WEAK], "lenient", L, (M, L), SHALL),
            ([REMEDY, LIST_MITIGATED], "lenient", M, (M,), SHALL),
            ([REMEDY, LIST_LIGHTER], "lenient", L, (L,), SHALL),
            ([MITIGATED_OR_NONE], "lenient", M, (E, M), SHALL),
            ([MITIGATED_OR_NONE, REMEDY], "lenient", M, (M,), SHALL),
            ([LIST_LIGHTER, WEAK], "lenient", L, (M, L), SHALL),
            # 4: only heavier.
            ([EMERGENCY], "heavier", H, (H,), SHALL),
            ([HEAVIER_ENTRY], "heavier", H, (O, H), MAY),
            ([EMERGENCY, HEAVIER_ENTRY], "heavier", H, (H,), SHALL),
            # 6: nothing.
            ([], "ordinary", O, (O,), None),
        ],
    )
    def test_row(
        self,
        held: list[Weight],
        row: str,
        grade: Grade,
        permitted: tuple[Grade, ...],
        modality: Modality | None,
    ) -> None:
        """The first row that fits gives grade, permitted grades and modality."""
        found = resolve(held)
        assert (found.row, found.grade, found.permitted) == (row, grade, permitted)
        assert found.modality is modality
        assert not found.contested

    @pytest.mark.parametrize(
        ("held", "permitted"),
        [
            ([FIRST, EMERGENCY], (E, M, L, O, H)),
            ([FIRST, HEAVIER_ENTRY], (E, M, L, O, H)),
            ([REMEDY, EMERGENCY], (M, L, O, H)),
            ([REMEDY, FIRST, EMERGENCY], (E, M, L, O, H)),
            ([LIST_LIGHTER, HEAVIER_ENTRY], (L, O, H)),
            # A list that binds to exempt is no ground of law: a heavier one contests it.
            ([LIST_EXEMPT, EMERGENCY], (E, O, H)),
        ],
    )
    def test_contested(self, held: list[Weight], permitted: tuple[Grade, ...]) -> None:
        """5: where lenient and heavier meet no grade is proposed, both sides are named."""
        found = resolve(held)
        assert (found.row, found.grade, found.modality) == ("contested", None, None)
        assert found.contested
        assert found.permitted == permitted
        assert found.opposing == (held[-1].rule,)
        assert found.determining == tuple(sorted(one.rule for one in held[:-1]))
        assert found.effects == ()

    @pytest.mark.parametrize(
        ("held", "determining"),
        [
            ([MINOR, FIRST], ("33-1a",)),
            ([FIRST, REMEDY], ("33-1b",)),
            ([FIRST, LIST_MAY_EXEMPT, LIST_LIGHTER], ("33-1b", "list-may")),
            ([LIST_EXEMPT, FIRST], ("list-exempt",)),
            ([REMEDY, WEAK, LIST_MITIGATED], ("31-c", "32-1", "list-mitigated")),
            ([EMERGENCY, HEAVIER_ENTRY], ("49", "heavier")),
            ([], ()),
        ],
    )
    def test_determining(self, held: list[Weight], determining: tuple[str, ...]) -> None:
        """Only the rules that permit the grade proposed have carried it, by id."""
        assert resolve(held).determining == determining

    @pytest.mark.parametrize(
        ("row", "article", "paragraph"),
        [
            ("shall-exempt", "57", 1),
            ("contested", "57", 2),
            ("listed-exempt", "33", 1),
            ("may-exempt", "33", 1),
            ("lenient", "32", None),
            ("heavier", "5", 2),
            ("ordinary", "57", 1),
        ],
    )
    def test_citations(self, row: str, article: str, paragraph: int | None) -> None:
        """Each row rests on its article of the Administrative Penalty Law."""
        assert ROWS[row].citations == (Citation("行政处罚法", article, paragraph),)

    @pytest.mark.parametrize("level", [level for level in NormLevel if level.is_law])
    def test_any_norm_of_law_binds_to_exempt(self, level: NormLevel) -> None:
        """Not only a law: regulations and rules that bind to exempt are not contested either."""
        found = resolve([weight("x", E, level=level), EMERGENCY])
        assert (found.row, found.grade) == ("shall-exempt", E)

    def test_a_choice_is_no_binding_exemption(self) -> None:
        """A norm that leaves the choice between mitigating and exempting can be contested."""
        assert resolve([weight("x", E, M), EMERGENCY]).contested

    def test_no_row_is_left_out(self) -> None:
        """Every row has a code of its own, a citation and a reason in both languages."""
        assert list(ROWS) == [LAWFUL.row, *(row.code for row in TABLE)]
        for row in ROWS.values():
            assert row.citations
            assert phrases.has(f"row.{row.code}")
        assert TABLE[-1].fits(sides([])) is True

    def test_the_table_is_exhaustive(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A table without its last row would be noticed."""
        monkeypatch.setattr(resolution, "TABLE", ())
        with pytest.raises(AssertionError, match="fits everything"):
            resolve([])


class TestConflicts:
    """Among binding rules the higher norm comes first, and what leaves nothing is left aside."""

    @pytest.mark.parametrize(
        ("winner", "loser"),
        [
            (weight("a", M), weight("b", L, level=NormLevel.RULE, special=True)),
            (
                weight("b", M, level=NormLevel.DOCUMENT, special=True),
                weight("a", L, level=NormLevel.DOCUMENT),
            ),
            (weight("b", M, depth=1), weight("a", L, depth=2)),
            (weight("b", M, start=date(2022, 1, 1)), weight("a", L, start=date(2021, 1, 1))),
            (weight("a", M), weight("b", L)),
        ],
    )
    def test_precedence(self, winner: Weight, loser: Weight) -> None:
        """Higher, more special, superior, later; between equals the id keeps it the same."""
        found = resolve([loser, winner])
        assert (found.grade, found.permitted, found.modality) == (M, (M,), SHALL)
        assert found.determining == (winner.rule,)
        assert found.left_aside == (loser.rule,)

    def test_three_sets(self) -> None:
        """A set that leaves something narrows, one that leaves nothing is left aside."""
        rules = [
            weight("law", E, M, L),
            weight("rule", L, M, level=NormLevel.RULE),
            weight("doc-a", L, level=NormLevel.DOCUMENT, special=True),
            weight("doc-b", M, level=NormLevel.DOCUMENT),
        ]
        found = resolve(rules)
        assert found.permitted == (L,)
        assert found.left_aside == ("doc-b",)
        assert found.determining == ("doc-a", "law", "rule")

    def test_an_option_below_the_mandate(self) -> None:
        """What may be more lenient than the binding grade stays open, what is harsher does not."""
        option = weight("option", M, modality=MAY, special=True, depth=3)
        found = resolve([weight("law", L), option])
        assert (found.grade, found.permitted, found.modality) == (M, (M, L), MAY)
        harsher = weight("option", L, modality=MAY, special=True, depth=3)
        found = resolve([weight("law", M), harsher])
        assert (found.grade, found.permitted, found.modality) == (M, (M,), SHALL)

    def test_an_exemption_left_aside(self) -> None:
        """Where the only exemption falls to a higher norm, that norm's grade is proposed."""
        exemption = weight("doc", E, L, level=NormLevel.DOCUMENT, special=True)
        found = resolve([weight("law", M), exemption])
        assert (found.grade, found.permitted, found.modality) == (M, (M,), SHALL)
        assert found.left_aside == ("doc",)

    @pytest.mark.parametrize(
        ("special", "general"),
        [
            (
                weight("a", M, L, modality=MAY, special=True),
                weight("b", L, M, modality=MAY),
            ),
            (
                weight("a", M, L, modality=MAY, special=True, depth=3),
                weight("b", L, M, modality=MAY, special=True, depth=1),
            ),
            (weight("b", M, L, modality=MAY), weight("a", L, M, modality=MAY)),
        ],
    )
    def test_the_most_special_names_the_grade(self, special: Weight, general: Weight) -> None:
        """Both orders are permitted; the one that the most special rule names first is proposed."""
        for held in ([special, general], [general, special]):
            found = resolve(held)
            assert (found.grade, found.permitted) == (M, (M, L, O))
            assert found.determining == ("a", "b")


class TestEffects:
    """What rules order beyond the grade counts only if they carried the result."""

    @pytest.mark.parametrize(
        ("held", "effects"),
        [
            ([weight("a", E, effect=KEEPS)], {KEEPS}),
            ([weight("a", E), weight("b", E, modality=MAY, effect=KEEPS)], set()),
            ([weight("a", L, effect=KEEPS), weight("b", L, effect=WARNS)], {KEEPS, WARNS}),
            ([weight("a", M), weight("b", L, level=NormLevel.RULE, effect=KEEPS)], set()),
            (
                [weight("a", M, L, special=True), weight("b", L, modality=MAY, effect=KEEPS)],
                set(),
            ),
            ([weight("a", H, effect=KEEPS)], {KEEPS}),
            ([weight("a", L, effect=KEEPS), weight("b", H, effect=WARNS)], set()),
            ([weight("a", E, level=NormLevel.DOCUMENT, effect=KEEPS)], {KEEPS}),
            (
                [
                    weight("a", E, level=NormLevel.DOCUMENT, effect=KEEPS),
                    weight("b", E, modality=MAY, effect=WARNS),
                ],
                {KEEPS},
            ),
            # A second exemption takes nothing away from what the first one waives.
            ([MINOR, weight("b", E, effect=WAIVES)], set()),
            ([MINOR, weight("b", E, effect=WARNS)], set()),
            ([LIST_EXEMPT, weight("b", E, effect=WAIVES)], set()),
            ([weight("a", E, effect=WAIVES), FIRST], set()),
            ([weight("a", E, effect=WAIVES), weight("b", E, effect=KEEPS)], {KEEPS}),
            ([FIRST, weight("b", E, modality=MAY, effect=KEEPS)], {KEEPS}),
            ([weight("a", E, effect=WAIVES), weight("b", E, effect=FIXES)], {FIXES}),
            ([MINOR, weight("b", E, effect=FIXES)], set()),
            (
                [weight("a", E, effect=WAIVES), LIST_EXEMPT, EMERGENCY],
                {RuleEffect(keeps=ALL - {PenaltyKind.SUSPENSION})},
            ),
            ([weight("a", E, effect=FIXES)], {FIXES}),
            ([weight("a", E, effect=WARNS)], {WARNS}),
            ([weight("a", E, effect=CORRECTS)], {CORRECTS}),
        ],
    )
    def test_effects(self, held: list[Weight], effects: set[RuleEffect]) -> None:
        """Rules set aside, opposed or of another grade order nothing."""
        assert set(resolve(held).effects) == effects

    def test_equality(self) -> None:
        """Two results are the same if they order the same, whichever rules carried them."""
        one, other = resolve([weight("a", L)]), resolve([weight("b", L), weight("c", L)])
        assert one == other
        assert one != resolve([weight("a", L, effect=KEEPS)])


class TestCombination:
    """A ruleset may say how the two sides combine; otherwise they are contested."""

    @pytest.mark.parametrize(
        ("combination", "held", "grade", "permitted", "modality"),
        [
            (Combination.LENIENT, [REMEDY, EMERGENCY], L, (M, L), SHALL),
            (Combination.LENIENT, [FIRST, EMERGENCY], E, (E, M, L, O), MAY),
            (Combination.HEAVIER, [REMEDY, EMERGENCY], H, (H,), SHALL),
            (Combination.HEAVIER, [FIRST, HEAVIER_ENTRY], H, (O, H), MAY),
            (Combination.ORDINARY, [REMEDY, EMERGENCY], O, (L, O, H), MAY),
            # Nothing defeats a binding ground of law, and one side alone is no combination.
            (Combination.HEAVIER, [MINOR, EMERGENCY], E, (E,), SHALL),
            (Combination.ORDINARY, [MINOR, EMERGENCY], E, (E,), SHALL),
            (Combination.HEAVIER, [REMEDY], L, (M, L), SHALL),
            (Combination.LENIENT, [EMERGENCY], H, (H,), SHALL),
            (Combination.ORDINARY, [], O, (O,), None),
        ],
    )
    def test_combined(
        self,
        combination: Combination,
        held: list[Weight],
        grade: Grade,
        permitted: tuple[Grade, ...],
        modality: Modality | None,
    ) -> None:
        """The declared side prevails, or the two are set off against each other."""
        found = resolve(held, combination)
        assert (found.grade, found.permitted, found.modality) == (grade, permitted, modality)
        assert not found.contested

    def test_set_off_names_both_sides(self) -> None:
        """A set-off names what it set off, and has a reason to give."""
        found = resolve([REMEDY, EMERGENCY], Combination.ORDINARY)
        assert (found.row, found.determining, found.opposing) == ("set-off", ("32-1",), ("49",))
        assert phrases.has("row.set-off")


class TestSettled:
    """Settled means that no way the unknown rules could turn out changes anything."""

    @pytest.mark.parametrize(
        ("held", "unknown", "settled"),
        [
            ([MINOR], [EMERGENCY, FIRST, REMEDY], True),
            # What an entry keeps does not stand against an exemption that binds.
            ([MINOR], [weight("x", E, effect=KEEPS)], True),
            ([MINOR], [weight("x", E, effect=WARNS)], True),
            ([weight("x", E, effect=KEEPS)], [MINOR], False),
            ([weight("x", E, effect=KEEPS)], [FIRST], True),
            ([weight("x", E, effect=WAIVES)], [FIRST], False),
            ([weight("x", E, effect=WAIVES)], [LIST_EXEMPT], False),
            ([weight("x", E, effect=WAIVES), LIST_EXEMPT], [EMERGENCY], False),
            ([MINOR, LIST_EXEMPT], [EMERGENCY], True),
            ([MINOR], [weight("x", L, effect=KEEPS)], True),
            ([], [FIRST], False),
            ([], [EMERGENCY], False),
            ([], [], True),
            ([EMERGENCY], [weight("x", H)], True),
            ([HEAVIER_ENTRY], [EMERGENCY], False),
            ([EMERGENCY], [REMEDY], False),
            ([REMEDY], [WEAK], True),
            ([REMEDY], [LIST_MITIGATED], False),
            ([FIRST], [LIST_MAY_EXEMPT], True),
            ([FIRST, EMERGENCY], [HEAVIER_ENTRY, WEAK], True),
            ([FIRST, EMERGENCY], [MINOR], False),
        ],
    )
    def test_settled(self, held: list[Weight], unknown: list[Weight], settled: bool) -> None:
        """An unknown rule that would change nothing does not keep the outcome open."""
        assert is_settled(held, unknown, resolve(held)) is settled

    @pytest.mark.parametrize(
        ("combination", "settled"),
        [(Combination.CONTEST, False), (Combination.LENIENT, True), (Combination.ORDINARY, False)],
    )
    def test_under_a_combination(self, combination: Combination, settled: bool) -> None:
        """Where the lenient side prevails an unknown heavier rule changes nothing."""
        base = resolve([REMEDY], combination)
        assert is_settled([REMEDY], [EMERGENCY], base, combination) is settled

    @pytest.mark.parametrize(
        ("held", "unknown", "grades"),
        [
            ([], [], (O,)),
            ([], [FIRST], (E, O)),
            ([], [FIRST, EMERGENCY], (E, O, H)),
            ([EMERGENCY], [REMEDY], (H,)),
            ([EMERGENCY], [MINOR], (E, H)),
            ([REMEDY], [LIST_MITIGATED, LIST_LIGHTER], (M, L)),
            ([REMEDY, EMERGENCY], [], ()),
            # Mitigation follows only from two of the three together.
            ([], [weight("a", L, M), weight("b", E, M), MINOR], (E, M, L, O)),
            ([], [MINOR, weight("a", L, M), weight("b", E, M)], (E, M, L, O)),
        ],
    )
    def test_possible_grades(
        self, held: Sequence[Weight], unknown: Sequence[Weight], grades: tuple[Grade, ...]
    ) -> None:
        """The grades that some answer would propose; a contest proposes none."""
        assert possible_results(held, unknown) - {None} == set(grades)

    def test_possible_under_a_combination(self) -> None:
        """Where the two sides are set off against each other, their meeting is ordinary."""
        found = possible_results([EMERGENCY], [REMEDY], Combination.ORDINARY)
        assert found == {O, H}

    def test_results_are_values(self) -> None:
        """A result can be compared and stored."""
        assert hash(resolve([REMEDY])) == hash(resolve([REMEDY]))
        assert isinstance(resolve([REMEDY]), Resolution)
