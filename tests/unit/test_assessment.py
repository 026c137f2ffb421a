"""One case against the law of one time."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import attrs
import pytest

from bizrules.assessment import Assessment, Assessor, StatedFacts, judge_measure
from bizrules.cases import Case, Party, PartyKind, Prior, Priors
from bizrules.conditions import AllOf, Op
from bizrules.derivation import CORE_DERIVATIONS, Derivation, Known, decision_span
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.facts import Fact, Kind, Value, Vocabulary
from bizrules.history import FirstViolation, Window, WindowUnit
from bizrules.outcomes import FineState, Verdict
from bizrules.penalties import Grade, Modality, PenaltyKind
from bizrules.rules import Measure, Rule, RuleEffect, Ruleset
from bizrules.selection import Candidate, Moment
from bizrules.truth import Truth
from bizrules.values import DateSpan, Interval, Money
from property.worlds import (
    DISTRICT,
    FACTS,
    ONE,
    case,
    check,
    engine,
    fine_tier,
    is_true,
    knowledge,
    measure_rule,
    provision,
    rule,
    ruleset,
    violation,
)
from strategies import fact

SEIZURE = Measure.SEIZURE


def assessor_of(built: Engine) -> Assessor:
    """What reads and assesses inside an engine."""
    return built._evaluator.assessor


def assess(built: Engine, one: Case) -> Assessment:
    """The case under the law of its decision."""
    assessor = assessor_of(built)
    return assessor.assess(one, assessor.read(one), Moment.on(decision_span(one)))


def with_facts(*facts: Fact) -> Vocabulary:
    """The usual facts, with some replaced or added."""
    return attrs.evolve(FACTS, facts={**FACTS.facts, **{one.name: one for one in facts}})


class TestReading:
    """What a case states is read; what was looked for in vain is known not to be there."""

    def test_stated_facts(self) -> None:
        """Values are kept in the form in which they are compared."""
        reading = assessor_of(engine()).read(case(facts={"harm": "slight", "goods_value": "66"}))
        assert reading.view == {"harm": 1, "goods_value": 6600}
        assert set(reading.stated) == {"harm", "goods_value"}
        assert (reading.derived, reading.problems) == (frozenset(), ())

    def test_examined_groups(self) -> None:
        """Of an examined group booleans are false and counts zero, other kinds stay unknown."""
        grouped = [
            attrs.evolve(FACTS[name], group="aggravation")
            for name in ("minor", "staff", "goods_value", "harm")
        ]
        assessor = assessor_of(engine(vocabulary=with_facts(*grouped)))
        reading = assessor.read(case(examined={"aggravation"}))
        assert reading.view == {"incident": False, "minor": False, "staff": 0}
        assert set(reading.stated) == set()

    def test_a_statement_comes_before_an_examination(self) -> None:
        """What is stated counts, although its group was examined."""
        reading = assessor_of(engine()).read(
            case(facts={"incident": True}, examined={"aggravation", "crime"})
        )
        assert reading.view == {"incident": True, "crime_suspected": False}

    def test_all_problems_are_reported(self) -> None:
        """Every fact that is unknown or does not fit is reported, with its place."""
        facts = {"recaled": True, "harm": "awful", "staff": -1, "sold": False, "xyz": 1}
        with pytest.raises(CaseError) as caught:
            assessor_of(engine()).read(case(id="7", facts=facts))
        found = {p.location.path: p for p in caught.value.problems}
        assert {path: p.code for path, p in found.items()} == {
            "$.facts.recaled": "unknown-fact",
            "$.facts.harm": "not-in-choices",
            "$.facts.staff": "negative-count",
            "$.facts.xyz": "unknown-fact",
        }
        assert {p.location.source for p in caught.value.problems} == {"case 7"}
        assert found["$.facts.recaled"].help() == "did you mean `recalled`?"


class TestStatedFacts:
    """A derivation reads typed values."""

    def test_mapping(self) -> None:
        """Values come back in the type of their kind; other names of the view do not show."""
        view = {"harm": 1, "goods_value": 6600, "sold": False, "first_violation@r": True}
        stated = StatedFacts(view, FACTS)
        assert dict(stated) == {"harm": "slight", "goods_value": Money(6600), "sold": False}
        assert len(stated) == 3
        assert stated.get("recalled") is None


FIRST = is_true("first_violation")
MINOR = check("age_at_act", Op.BELOW, 18)
INDIVIDUAL = Party(kind=PartyKind.INDIVIDUAL, age=17)


def searched(*found: date) -> Priors:
    """Earlier violations decided on these days, from registers searched far back."""
    return Priors(
        searched_since=date(2000, 1, 1),
        found=tuple(Prior(decided=day, violation=ONE) for day in found),
    )


class TestDerivedFacts:
    """What nobody stated is computed, if the law that applies reads it."""

    def test_what_is_read_is_derived(self) -> None:
        """The age is computed for a rule that reads it."""
        found = assess(engine(rule("r.national/1", when=MINOR)), case(party=INDIVIDUAL))
        assert found.reading.view["age_at_act"] == 17
        assert found.reading.derived == {"age_at_act"}
        assert [one.rule.id for one in found.held] == ["r.national/1"]

    def test_what_is_not_read_is_not_derived(self) -> None:
        """Nothing is computed for nobody: the reading stays the same."""
        assessor = assessor_of(engine(rule("r.national/1")))
        one = case(party=INDIVIDUAL)
        reading = assessor.read(one)
        assert assessor.assess(one, reading, Moment.on(decision_span(one))).reading is reading

    def test_a_tier_reads_derived_facts(self) -> None:
        """What only the penalty provision reads is computed too."""
        provisions = provision(fine_tier(1, 2, MINOR), fine_tier(3, 4))
        built = engine(violations=[violation(ONE, provisions)])
        fine = assess(built, case(party=INDIVIDUAL)).fine()
        assert fine.state is FineState.RANGE
        assert fine.range is not None
        assert fine.range.high == 2

    def test_a_statement_is_not_overridden(self) -> None:
        """A stated fact counts; that the case itself says otherwise is a problem of the case."""
        built = engine(rule("r.national/1", when=MINOR))
        found = assess(built, case(party=INDIVIDUAL, facts={"age_at_act": 20}))
        assert found.reading.view["age_at_act"] == 20
        assert found.held == []
        (problem,) = found.reading.problems
        assert problem.code == "contradiction"
        assert problem.location.path == "$.facts.age_at_act"
        assert (problem.details["stated"], problem.details["derived"]) == ("20", "17")
        assert problem.details["reads"] == "party, committed"
        assert problem.text("en") == ("`age_at_act` is stated as 20, but the case itself yields 17")

    @pytest.mark.parametrize("party", [INDIVIDUAL, Party()])
    def test_a_statement_that_agrees(self, party: Party) -> None:
        """Neither the same value nor an unknown one contradicts a statement."""
        built = engine(rule("r.national/1", when=MINOR))
        found = assess(built, case(party=party, facts={"age_at_act": 17}))
        assert found.reading.problems == ()
        assert found.reading.derived == frozenset()

    def test_what_cannot_be_told_stays_unknown(self) -> None:
        """Without an age nothing is computed, and the rule waits."""
        found = assess(engine(rule("r.national/1", when=MINOR)), case())
        assert "age_at_act" not in found.reading.view
        assert [one.rule.id for one in found.unknown] == ["r.national/1"]

    @pytest.mark.parametrize(
        ("name", "stated", "value", "words"),
        [
            ("sold", True, False, ("true", "false")),
            ("goods_value", "66", Money(50), ("66", "0.5")),
            ("exits", ["south", "north"], frozenset(), ("north, south", "")),
        ],
    )
    def test_a_contradiction_is_worded_as_documents_are(
        self, name: str, stated: object, value: Value, words: tuple[str, str]
    ) -> None:
        """Both values are shown as a document would write them, in any language."""
        derivation = Derivation(name=name, reads=(), compute=lambda _known: value)
        national = ruleset("r.national", [rule("r.national/1", when=check(name, Op.IS, value))])
        built = Engine(knowledge=knowledge([national]), derivations=(derivation,))
        (problem,) = assess(built, case(facts={name: stated})).reading.problems
        assert (problem.details["stated"], problem.details["derived"]) == words

    def test_later_facts_use_earlier_ones(self) -> None:
        """A derivation reads what another one computed before."""

        def doubled(known: Known) -> Value | None:
            age = known.stated.get("age_at_act")
            return 2 * age if isinstance(age, int) else None

        twice = Derivation(name="staff", reads=("age_at_act",), compute=doubled)
        when = AllOf((MINOR, check("staff", Op.IS, 34)))
        national = ruleset("r.national", [rule("r.national/1", when=when)])
        built = Engine(knowledge=knowledge([national]), derivations=(*CORE_DERIVATIONS, twice))
        assert len(assess(built, case(party=INDIVIDUAL)).held) == 1

    @pytest.mark.parametrize(
        ("name", "value", "form"),
        [("goods_value", Money(6600), 6600), ("harm", "serious", 2), ("sold", False, False)],
    )
    def test_any_kind(self, name: str, value: Value, form: object) -> None:
        """A derivation answers in typed values of any kind."""
        derivation = Derivation(name=name, reads=(), compute=lambda _known: value)
        when = check(name, Op.IS, value)
        national = ruleset("r.national", [rule("r.national/1", when=when)])
        built = Engine(knowledge=knowledge([national]), derivations=(derivation,))
        found = assess(built, case())
        assert found.reading.view[name] == form
        assert len(found.held) == 1

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [("goods_value", Money(6600), "66 yuan"), ("harm", "serious", "[serious]")],
    )
    def test_any_kind_by_ruleset(self, name: str, value: Value, words: str) -> None:
        """What is computed by the definition of a ruleset is traced as it was matched."""
        derivation = Derivation(name=name, reads=(), compute=lambda _known: value, by_ruleset=True)
        when = AllOf((check(name, Op.IS, value), is_true("sold")))
        national = ruleset("r.national", [rule("r.national/1", when=when)], first_violation=LONG)
        built = Engine(knowledge=knowledge([national]), derivations=(derivation,))
        for _ in range(3):  # The law is compiled after it was met.
            (finding,) = built.evaluate(case()).findings
            assert finding.trace.truth is finding.truth is Truth.UNKNOWN
            computed = finding.trace.children[0]
            assert (computed.truth, computed.derived) == (Truth.TRUE, True)
            assert computed.found is not None
            assert computed.found.en == words


LONG = FirstViolation(window=Window(10, WindowUnit.CALENDAR_YEARS), ruleset="r.national")
SHORT = FirstViolation(window=Window(12), ruleset="r.district")


def two_places(**changes: object) -> Engine:
    """A country that looks ten years back and a district that looks back one."""
    vocabulary = FACTS
    if changes.get("grouped"):
        vocabulary = with_facts(attrs.evolve(FACTS["first_violation"], group="aggravation"))
    rulesets: Iterable[Ruleset] = (
        ruleset("r.national", [rule("r.national/1", when=FIRST)], first_violation=LONG),
        ruleset(
            "r.district",
            [rule("r.district/1", when=FIRST)],
            region=DISTRICT,
            first_violation=SHORT,
        ),
    )
    return Engine(knowledge=knowledge(rulesets, vocabulary=vocabulary))


def truths(found: Assessment) -> dict[str, bool | None]:
    """Truth of each rule."""
    held, unknown = ({c.rule.id for c in some} for some in (found.held, found.unknown))
    names = [candidate.rule.id for candidate in found.stretch.penalty]
    return {name: name in held or (None if name in unknown else False) for name in names}


class TestFirstViolation:
    """A rule that says first violation means what its own ruleset means."""

    def test_each_ruleset_has_its_own(self) -> None:
        """An offence of three years ago counts for the country, not for the district."""
        found = assess(two_places(), case(priors=searched(date(2019, 5, 1))))
        assert truths(found) == {"r.district/1": True, "r.national/1": False}
        assert found.reading.derived == {"first_violation"}

    def test_a_statement_is_for_all(self) -> None:
        """What is stated is stated of every definition, and each that disagrees says so."""
        one = case(priors=searched(date(2019, 5, 1)), facts={"first_violation": True})
        found = assess(two_places(), one)
        assert truths(found) == {"r.district/1": True, "r.national/1": True}
        assert [problem.code for problem in found.reading.problems] == ["contradiction"]

    @pytest.mark.parametrize(("examined", "truth"), [((), None), (("aggravation",), False)])
    def test_an_examined_group_answers(self, examined: tuple[str, ...], truth: bool | None) -> None:
        """What cannot be derived is what the examination of its group found, for all."""
        found = assess(two_places(grouped=True), case(examined=examined))
        assert truths(found) == {"r.district/1": truth, "r.national/1": truth}

    def test_a_derived_value_comes_before_an_examination(self) -> None:
        """A search of the register says more than a look at the file."""
        one = case(priors=searched(), examined={"aggravation"})
        found = assess(two_places(grouped=True), one)
        assert truths(found) == {"r.district/1": True, "r.national/1": True}


def speaking(*rules: Rule) -> list[Candidate]:
    """Rules of the second axis as candidates."""
    return list(assess(engine(*rules), case(measures=("seizure",))).holding)


MAY = measure_rule("r.national/may", [SEIZURE])
SHALL = measure_rule("r.national/shall", None, modality=Modality.SHALL)
OTHER = measure_rule("r.national/other", [Measure.SEALING], modality=Modality.SHALL)


class TestMeasures:
    """The second axis: a measure must be left out, may be, or waits for an answer."""

    @pytest.mark.parametrize(
        ("held", "unknown", "verdict", "rules"),
        [
            ([], [], Verdict.NO_GROUND, ()),
            ([OTHER], [OTHER], Verdict.NO_GROUND, ()),
            ([MAY], [], Verdict.MAY_OMIT, ("r.national/may",)),
            ([MAY, SHALL], [MAY], Verdict.MUST_OMIT, ("r.national/shall",)),
            ([], [MAY], Verdict.OPEN, ()),
            ([], [SHALL], Verdict.OPEN, ()),
            ([MAY], [MAY], Verdict.MAY_OMIT, ("r.national/may",)),
            ([MAY], [SHALL], Verdict.OPEN, ("r.national/may",)),
            ([SHALL], [SHALL], Verdict.MUST_OMIT, ("r.national/shall",)),
        ],
    )
    def test_verdicts(
        self, held: list[Rule], unknown: list[Rule], verdict: Verdict, rules: tuple[str, ...]
    ) -> None:
        """What binds prevails; what is unknown counts only if it can still change the verdict."""
        found = judge_measure(SEIZURE, speaking(*held), speaking(*unknown))
        assert (found.measure, found.verdict, found.rules) == (SEIZURE, verdict, rules)
        assert len(found.citations) == len(rules)

    def test_an_open_measure_keeps_the_case_open(self) -> None:
        """An outcome is settled only if the verdict on each of its measures is."""
        built = engine(measure_rule("r.national/1", [SEIZURE], is_true("minor")))
        assert assess(built, case()).settled
        found = assess(built, case(measures=("seizure",)))
        assert found.settled
        assert found.has_open_measure
        assert [one.rule.id for one in found.waiting] == ["r.national/1"]
        assert not assess(built, case(measures=("sealing",))).has_open_measure

    def test_without_measures_nobody_asks(self) -> None:
        """Rules about measures are not tried where no measure is in question."""
        found = assess(engine(MAY, SHALL), case())
        assert (found.measures, found.holding, found.waiting) == ((), (), ())


EFFECT = RuleEffect(instead=PenaltyKind.WARNING)


class TestAssessment:
    """Which rules hold, what they lead to, and whether that can still change."""

    def test_a_rule_in_force_on_some_of_the_days(self) -> None:
        """It cannot be told whether such a rule holds; where it fails it is no matter."""
        partly = Interval(date(2022, 6, 1))
        built = engine(
            rule("r.national/1", in_force=partly),
            rule("r.national/2", when=is_true("sold"), in_force=partly),
        )
        year = DateSpan(date(2022, 1, 1), date(2022, 12, 31))
        found = assess(built, case(decided=year, facts={"sold": False}))
        assert truths(found) == {"r.national/1": None, "r.national/2": False}

    def test_the_grade_waits_for_the_rules(self) -> None:
        """While a rule that matters is unknown there is no grade, though some hold."""
        built = engine(
            rule("r.national/1", Grade.LIGHTER),
            rule("r.national/2", Grade.HEAVIER, is_true("incident")),
        )
        found = assess(built, case())
        assert (found.base.grade, found.grade, found.settled) == (Grade.LIGHTER, None, False)
        assert found.possible() == {Grade.LIGHTER, None}
        settled = assess(built, case(facts={"incident": False}))
        assert (settled.grade, settled.settled) == (Grade.LIGHTER, True)

    def test_effects_of_the_rules_that_carry_the_result(self) -> None:
        """What a rule orders counts only if it supports the grade."""
        built = engine(
            rule("r.national/1", Grade.LIGHTER, modality=Modality.SHALL, effect=EFFECT),
            rule(
                "r.national/2",
                Grade.HEAVIER,
                is_true("incident"),
                effect=RuleEffect(waives=frozenset({PenaltyKind.FINE})),
            ),
        )
        assert assess(built, case(facts={"incident": False})).effects() == (EFFECT,)
        assert assess(built, case(facts={"incident": True})).effects() == ()

    def test_the_fine_without_a_grade(self) -> None:
        """Without a grade the fine is what the provision says."""
        effect = RuleEffect(waives=frozenset({PenaltyKind.FINE}))
        built = engine(
            rule("r.national/1", Grade.LIGHTER, effect=effect),
            rule("r.national/2", Grade.HEAVIER, is_true("incident")),
            violations=[violation(ONE, provision(fine_tier(100, 500)))],
        )
        fine = assess(built, case()).fine()
        assert fine.range is not None
        assert (fine.range.low, fine.range.high) == (Fraction(100), Fraction(500))
        assert assess(built, case(facts={"incident": False})).fine().state is FineState.WAIVED


def test_a_new_fact_of_every_kind_is_read() -> None:
    """An assessor reads facts of every kind that its vocabulary declares."""
    facts = [fact(f"f_{kind.value}", kind, "a", "b") for kind in Kind]
    assessor = assessor_of(engine(vocabulary=with_facts(*facts)))
    assert all(f"f_{kind.value}" in assessor._readers for kind in Kind)
