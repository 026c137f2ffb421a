import pytest

from bizrules.history import FirstViolation, PriorResult, Window
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Citation, NormLevel
from bizrules.rules import Axis, Ground, Measure, Rule, RuleEffect
from strategies import text


def rule(*permits: Grade, violations: frozenset[str] | None = None) -> Rule:
    """A rule that permits the grades."""
    return Rule(
        id="set/1",
        ruleset="set",
        title=text("rule"),
        ground=Ground.LISTED,
        permits=permits,
        modality=Modality.MAY,
        violations=violations,
        citations=(Citation("行政处罚法", "33"),),
        level=NormLevel.LAW,
        region="000000",
    )


class TestRules:
    """What a rule is follows from the grades it permits."""

    @pytest.mark.parametrize(
        ("permits", "lenient", "heavier", "exemption"),
        [
            ((Grade.EXEMPT,), True, False, True),
            ((Grade.EXEMPT, Grade.LIGHTER), True, False, True),
            ((Grade.LIGHTER, Grade.MITIGATED, Grade.EXEMPT), True, False, False),
            ((Grade.MITIGATED,), True, False, False),
            ((Grade.HEAVIER,), False, True, False),
            ((Grade.ORDINARY,), False, False, False),
            ((), False, False, False),
        ],
    )
    def test_sides(
        self, permits: tuple[Grade, ...], lenient: bool, heavier: bool, exemption: bool
    ) -> None:
        """An exemption is a rule that names EXEMPT first, not one that merely allows it."""
        found = rule(*permits)
        assert (found.is_lenient, found.is_heavier, found.is_exemption) == (
            lenient,
            heavier,
            exemption,
        )

    def test_general(self) -> None:
        """A rule that names no violation is for all; an empty set names none."""
        assert rule(Grade.EXEMPT).is_general
        assert not rule(Grade.EXEMPT, violations=frozenset({"food.past-shelf-life"})).is_general
        assert not rule(Grade.EXEMPT, violations=frozenset()).is_general

    def test_defaults(self) -> None:
        """A rule is about the penalty and orders nothing besides its grade."""
        assert rule(Grade.EXEMPT).axis is Axis.PENALTY
        assert rule(Grade.EXEMPT).effect == RuleEffect()


class TestMeasures:
    """Measures and execution are two chapters of the Administrative Compulsion Law."""

    def test_execution(self) -> None:
        """Sealing, seizing and freezing are measures; surcharges and auctions are not."""
        assert {measure for measure in Measure if not measure.is_execution} == {
            Measure.RESTRAINT,
            Measure.SEALING,
            Measure.SEIZURE,
            Measure.FREEZING,
            Measure.OTHER_MEASURE,
        }


class TestDefinitions:
    """A definition of a first violation that says nothing looks back without limit."""

    def test_defaults(self) -> None:
        """No window, the same violation, anywhere, and earlier exemptions count."""
        first = FirstViolation()
        assert first.window is None
        assert first.search is None
        assert first.results == frozenset(PriorResult)
        assert (first.identity.value, first.area.value) == ("violation", "anywhere")
        assert (first.anchor.value, first.counted_by.value) == ("committed", "decided")

    def test_windows_are_months(self) -> None:
        """A bare window is counted in months."""
        assert Window(24).unit.value == "months"
