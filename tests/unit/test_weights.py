from datetime import date

import attrs
import pytest

from bizrules.penalties import Grade, Modality, PenaltyKind
from bizrules.provenance import Citation, NormLevel
from bizrules.rules import Ground, Rule, RuleEffect
from bizrules.values import Interval
from bizrules.weights import weigh
from strategies import text

RULE = Rule(
    id="set/1",
    ruleset="set",
    title=text("rule"),
    ground=Ground.LISTED,
    permits=(Grade.LIGHTER, Grade.MITIGATED),
    modality=Modality.SHALL,
    citations=(Citation("行政处罚法", "32"),),
    level=NormLevel.RULE,
    region="530000",
    in_force=Interval(date(2022, 1, 1)),
)
SPECIAL = attrs.evolve(RULE, violations=frozenset({"v"}))
LAW = attrs.evolve(RULE, level=NormLevel.LAW)
LATER = attrs.evolve(RULE, in_force=Interval(date(2023, 1, 1)))
UNDATED = attrs.evolve(RULE, in_force=Interval())


class TestWeights:
    """What a rule weighs follows from norm, violation, place and date, in that order."""

    def test_fields(self) -> None:
        """Permitted grades and modality are taken over."""
        found = weigh(RULE, depth=1)
        assert (found.rule, found.permits, found.shall) == ("set/1", RULE.permits, True)
        assert not weigh(attrs.evolve(RULE, modality=Modality.MAY), depth=1).shall

    @pytest.mark.parametrize("level", list(NormLevel))
    def test_law_and_documents(self, level: NormLevel) -> None:
        """A normative document is not law, whatever it orders."""
        found = weigh(attrs.evolve(RULE, level=level), depth=1)
        assert found.of_law is (level is not NormLevel.DOCUMENT)

    def test_exemptions(self) -> None:
        """The grade named first decides whether it exempts."""
        exempting = attrs.evolve(RULE, permits=(Grade.EXEMPT, Grade.LIGHTER))
        merely_allowing = attrs.evolve(RULE, permits=(Grade.LIGHTER, Grade.EXEMPT))
        assert weigh(exempting, depth=1).is_exemption
        assert not weigh(merely_allowing, depth=1).is_exemption

    @pytest.mark.parametrize(
        ("stronger", "weaker"),
        [
            ((LAW, 3), (SPECIAL, 0)),
            ((SPECIAL, 3), (RULE, 0)),
            ((RULE, 0), (LATER, 1)),
            ((LATER, 1), (RULE, 1)),
            ((RULE, 1), (UNDATED, 1)),
        ],
    )
    def test_conflicts(self, stronger: tuple[Rule, int], weaker: tuple[Rule, int]) -> None:
        """A higher norm comes first, then a special one, then a superior one, then a later one."""
        first, second = (weigh(rule, depth=depth) for rule, depth in (stronger, weaker))
        assert first.precedence < second.precedence

    @pytest.mark.parametrize(
        ("special", "general"),
        [
            ((SPECIAL, 0), (LAW, 3)),
            ((RULE, 3), (LAW, 2)),
            ((LAW, 2), (LATER, 2)),
            ((LATER, 2), (RULE, 2)),
        ],
    )
    def test_proposals(self, special: tuple[Rule, int], general: tuple[Rule, int]) -> None:
        """The most special rule names the grade: for the violation, then of the nearer place."""
        first, second = (weigh(rule, depth=depth) for rule, depth in (special, general))
        assert first.specificity > second.specificity

    def test_effects(self) -> None:
        """A rule that orders nothing beyond its grade has no effect."""
        effect = RuleEffect(keeps=frozenset({PenaltyKind.CONFISCATION}))
        assert weigh(RULE, depth=0).effect is None
        assert weigh(attrs.evolve(RULE, effect=effect), depth=0).effect == effect
