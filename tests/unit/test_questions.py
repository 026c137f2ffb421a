"""What is still missing, in the order in which to ask."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

import attrs
import pytest

from bizrules.cases import Party, PartyKind
from bizrules.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
)
from bizrules.engine import Engine
from bizrules.facts import Answerer, Kind, Value, Vocabulary
from bizrules.matching import comparable
from bizrules.outcomes import FineState, Question
from bizrules.penalties import Grade, Modality, PenaltyKind
from bizrules.provenance import Instrument, InstrumentKind, NormLevel
from bizrules.questions import representative_answers
from bizrules.rules import Measure, Reach, Rule, RuleEffect
from bizrules.selection import Candidate, Moment
from bizrules.tracing import open_facts
from bizrules.values import DateSpan, Interval, Money, Unit
from property.worlds import (
    DISTRICT,
    FACTS,
    ONE,
    case,
    check,
    engine,
    fine_tier,
    is_false,
    is_true,
    knowledge,
    measure_rule,
    provision,
    rule,
    ruleset,
    violation,
)
from strategies import fact, text

SOLD, MINOR, RECALLED = is_true("sold"), is_true("minor"), is_true("recalled")


def waiting(condition: Condition, facts: Mapping[str, Value]) -> set[str]:
    """Facts on which the truth of a condition waits."""
    view = {name: comparable(FACTS[name], value) for name, value in facts.items()}
    return set(open_facts(condition, FACTS, view, {}))


class TestOpenFacts:
    """A condition waits only for facts that can still change its truth."""

    @pytest.mark.parametrize(
        ("condition", "facts", "names"),
        [
            (SOLD, {}, {"sold"}),
            (SOLD, {"sold": True}, set()),
            (AllOf((SOLD, MINOR)), {}, {"sold", "minor"}),
            (AllOf((SOLD, MINOR)), {"sold": True}, {"minor"}),
            (AllOf((SOLD, MINOR)), {"sold": False}, set()),
            (AnyOf((SOLD, MINOR)), {"sold": True}, set()),
            (AnyOf((SOLD, AllOf((MINOR, RECALLED)))), {"minor": False}, {"sold"}),
            (Not(SOLD), {}, {"sold"}),
            (AtLeast(2, (SOLD, MINOR, RECALLED)), {"sold": True}, {"minor", "recalled"}),
            (AtLeast(2, (SOLD, MINOR, RECALLED)), {"sold": True, "minor": True}, set()),
            (Defined("t#d", text("d"), MINOR), {}, {"minor"}),
            (
                check("blocked_width", Op.AT_MOST, Share("passage_width")),
                {"blocked_width": Decimal(1)},
                {"passage_width"},
            ),
            (
                check(("goods_value", "test.gains"), Op.BELOW, Money(5)),
                {},
                {"goods_value", "test.gains"},
            ),
        ],
    )
    def test_conditions(
        self, condition: Condition, facts: Mapping[str, Value], names: set[str]
    ) -> None:
        """What is decided already waits for nothing, whatever else is unknown."""
        assert waiting(condition, facts) == names

    PER_KIND = PerKind("goods_kind", (("leaf", SOLD), ("cigarettes", MINOR)))
    PER_LEVEL = PerKind("harm", (("none", SOLD), ("slight", MINOR)))

    @pytest.mark.parametrize(
        ("condition", "facts", "names"),
        [
            (PER_KIND, {}, {"goods_kind", "sold", "minor"}),
            (PER_KIND, {"sold": False}, {"goods_kind", "minor"}),
            (PER_KIND, {"goods_kind": "leaf"}, {"sold"}),
            (PER_KIND, {"goods_kind": "other"}, set()),
            (PER_LEVEL, {"harm": "slight"}, {"minor"}),
            (PER_LEVEL, {"harm": "serious"}, set()),
        ],
    )
    def test_per_kind(
        self, condition: Condition, facts: Mapping[str, Value], names: set[str]
    ) -> None:
        """Only the branches of kinds that are still possible are asked about."""
        assert waiting(condition, facts) == names

    def test_another_name(self) -> None:
        """What stands under another name in the view is known."""
        first = is_true("first_violation")
        names = {"first_violation": "first_violation@r"}
        assert open_facts(first, FACTS, {"first_violation@r": True}, names) == set()
        assert open_facts(first, FACTS, {}, names) == {"first_violation"}


def asked(built: Engine, **changes: object) -> list[str]:
    """Names of the facts that are asked for, in order."""
    return [question.fact for question in built.evaluate(case(**changes)).questions]


class TestWhatIsAsked:
    """Only what can still change the outcome is asked."""

    def test_a_settled_outcome_asks_nothing(self) -> None:
        """An unknown rule that cannot change the result is nobody's question."""
        binding = rule("r.national/1", modality=Modality.SHALL)
        built = engine(binding, rule("r.national/2", Grade.HEAVIER, SOLD))
        assert asked(built) == []

    def test_rules_that_change_nothing_are_passed_over(self) -> None:
        """Of two unknown rules only the one that matters is asked about."""
        built = engine(
            rule("r.national/1", Grade.MITIGATED),
            rule("r.national/2", Grade.MITIGATED, MINOR),
            rule("r.national/3", Grade.HEAVIER, SOLD),
        )
        assert asked(built) == ["sold"]

    def test_a_rule_may_matter_with_another(self) -> None:
        """A rule that changes nothing alone is asked about if it does with another one."""
        document = Instrument(name="list", level=NormLevel.DOCUMENT, kind=InstrumentKind.LIST)
        shall = Modality.SHALL
        listed = ruleset("r.list", [rule("r.list/1", modality=shall)], instrument=document)
        law = [
            rule("r.law/1", Grade.LIGHTER, MINOR, modality=shall),
            rule("r.law/2", Grade.HEAVIER, SOLD),
        ]
        built = Engine(knowledge=knowledge([listed, ruleset("r.law", law)]))
        assert asked(built) == ["sold", "minor"]
        assert asked(built, facts={"sold": False}) == []
        assert asked(built, facts={"sold": True}) == ["minor"]

    def test_the_fine_is_asked_about_last(self) -> None:
        """What only the fine waits for comes after what the grade waits for."""
        built = engine(
            rule("r.national/1", Grade.LIGHTER, SOLD),
            violations=[violation(ONE, provision(fine_tier(1, 5, base="goods_value")))],
        )
        questions = built.evaluate(case()).questions
        assert [(q.fact, q.changes) for q in questions] == [
            ("sold", ("grade",)),
            ("goods_value", ("fine",)),
        ]
        assert (questions[1].rules, questions[1].settles) == ((), Fraction(0))

    def test_one_fact_may_change_several_things(self) -> None:
        """A question names all that it can change, and every rule that waits."""
        built = engine(
            rule("r.national/1", Grade.LIGHTER, SOLD),
            rule("r.national/2", Grade.MITIGATED, is_false("sold")),
            measure_rule("r.national/3", None, SOLD),
            violations=[violation(ONE, provision(fine_tier(1, 5, SOLD), fine_tier(6, 7)))],
        )
        (question,) = built.evaluate(case(measures=("seizure",))).questions
        assert question.changes == ("grade", "compulsion", "fine")
        assert question.rules == ("r.national/1", "r.national/2", "r.national/3")
        assert question.settles == 1

    def test_both_laws_are_asked_about(self) -> None:
        """While old law and new are open, the questions of both are put."""
        border = date(2022, 1, 1)
        built = engine(
            rule("r.national/1", Grade.EXEMPT, SOLD, in_force=Interval(until=border)),
            rule("r.national/2", Grade.LIGHTER, MINOR, in_force=Interval(border)),
        )
        spanning = {"committed": date(2021, 12, 31), "decided": date(2022, 6, 1)}
        assert set(asked(built, **spanning)) == {"sold", "minor"}
        assert asked(built, **spanning, facts={"minor": False}) == ["sold"]

    def test_derived_facts_are_not_asked_for(self) -> None:
        """What the case itself yields is known."""
        built = engine(rule("r.national/1", when=check("age_at_act", Op.BELOW, 18)))
        assert asked(built) == ["age_at_act"]
        assert asked(built, party=Party(kind=PartyKind.INDIVIDUAL, age=17)) == []


BORDER = date(2022, 7, 1)
PARTLY = rule("r.national/1", in_force=Interval(BORDER))
UNTIL = rule("r.national/1", in_force=Interval(until=BORDER))


class TestDates:
    """A date that is known only roughly is asked for where the law changed in between."""

    @pytest.mark.parametrize(
        ("committed", "decided", "fact"),
        [
            (None, None, "decided"),
            (None, "2022", "decided"),
            ("2022-03-01", None, "decided"),
            ("2022-03-01", "2022", "decided"),
            ("2022", "2022-12-31", "committed"),
            (None, "2022-12-31", "committed"),
            ("2022", "2022", "decided"),
        ],
    )
    def test_the_date_in_doubt(self, committed: str | None, decided: str | None, fact: str) -> None:
        """The question is for the date that leaves the rule in doubt."""
        questions = engine(PARTLY).evaluate(case(committed=committed, decided=decided)).questions
        assert [question.fact for question in questions] == [fact]
        (question,) = questions
        assert (question.kind, question.changes) == (Kind.DATE, ("grade",))
        assert question.rules == ("r.national/1",)
        assert question.answered_by == ("officer",)
        assert question.text("zh")
        assert question.text("en")

    def test_the_other_date_is_not_in_doubt(self) -> None:
        """Where the law of the act is known and only the decision is open, that is asked."""
        questions = engine(UNTIL).evaluate(case(committed="2022", decided="2022-12-31")).questions
        assert [question.fact for question in questions] == ["committed"]

    def test_a_rule_that_may_be_silenced(self) -> None:
        """Whether a superior entry that never reaches back speaks, the day of the act says."""
        since = Interval(start=date(2021, 7, 15))
        entry = rule("r.national/1", violations=frozenset({ONE}), list="exempt", in_force=since)
        superior = ruleset("r.national", [entry], reach=Reach.NEVER)
        own = rule("r.district/1", list="exempt", modality=Modality.SHALL)
        inferior = ruleset("r.district", [own], region=DISTRICT, supplements=True)
        built = Engine(knowledge=knowledge([superior, inferior]))
        questions = built.evaluate(case(committed=None, decided="2022-12-31")).questions
        assert [question.fact for question in questions] == ["committed"]

    TURN = DateSpan(date(2022, 6, 1), date(2022, 7, 31))

    @pytest.mark.parametrize(
        ("committed", "decided", "fact"),
        [("2022-05-01", TURN, "decided"), (TURN, "2022-12-31", "committed")],
    )
    def test_a_provision_in_two_versions(
        self, committed: DateSpan | str, decided: DateSpan | str, fact: str
    ) -> None:
        """Where the fine changed in between, the date is asked for because of the fine."""
        versions = (
            provision(fine_tier(100, 500), in_force=Interval(until=BORDER)),
            provision(fine_tier(100, 400), in_force=Interval(BORDER)),
        )
        built = engine(violations=[violation(ONE, *versions)])
        outcome = built.evaluate(case(committed=committed, decided=decided))
        assert outcome.settled
        assert outcome.fine.state is FineState.UNDETERMINED
        assert [found.high for found in outcome.fine.alternatives] == [500, 400]
        assert [(q.fact, q.changes) for q in outcome.questions] == [(fact, ("fine",))]

    def test_a_fact_of_that_name(self) -> None:
        """A vocabulary that declares a fact `decided` is asked about that fact."""
        own = fact("decided", Kind.DATE)
        vocabulary = attrs.evolve(FACTS, facts={**FACTS.facts, "decided": own})
        built = engine(PARTLY, vocabulary=vocabulary)
        (question,) = built.evaluate(case(committed=None, decided=None)).questions
        assert question.label == own.label


HELD = measure_rule("r.national/held", [Measure.SEALING])


class TestMeasures:
    """Rules of the second axis are asked about where the verdict waits for them."""

    MAY = measure_rule("r.national/may", [Measure.SEIZURE, Measure.SEALING], SOLD)

    @pytest.mark.parametrize(
        ("others", "measures", "facts"),
        [
            ([], ("seizure",), ["sold"]),
            ([], ("freezing",), []),
            ([], (), []),
            ([measure_rule("r.national/held", None)], ("seizure",), []),
            (
                [measure_rule("r.national/held", [Measure.SEALING])],
                ("seizure", "sealing"),
                ["sold"],
            ),
            (
                [measure_rule("r.national/all", None, MINOR, modality=Modality.SHALL)],
                ("seizure",),
                ["minor", "sold"],
            ),
            # What waits for another measure, or cannot change a verdict, is not asked.
            ([measure_rule("r.national/f", [Measure.FREEZING], MINOR)], ("freezing",), ["minor"]),
            (
                [
                    measure_rule("r.national/f", [Measure.FREEZING], MINOR),
                    measure_rule("r.national/s", [Measure.SEIZURE], modality=Modality.SHALL),
                    measure_rule(
                        "r.national/t", [Measure.SEIZURE], RECALLED, modality=Modality.SHALL
                    ),
                ],
                ("freezing", "seizure"),
                ["minor"],
            ),
            # One measure waits for both rules, the other only for the one that binds.
            (
                [
                    HELD,
                    measure_rule(
                        "r.national/shall", [Measure.SEALING], MINOR, modality=Modality.SHALL
                    ),
                ],
                ("seizure", "sealing"),
                ["minor", "sold"],
            ),
        ],
    )
    def test_measures(
        self, others: list[Rule], measures: tuple[str, ...], facts: list[str]
    ) -> None:
        """What may be left out already waits only for a rule that binds, measure by measure."""
        questions = engine(self.MAY, *others).evaluate(case(measures=measures)).questions
        assert [question.fact for question in questions] == facts
        assert all(question.changes == ("compulsion",) for question in questions)


class TestOrder:
    """What settles most comes first; groups of circumstances come after the rest."""

    def test_what_settles_more_comes_first(self) -> None:
        """A fact with more answers that settle the outcome is asked before the others."""
        built = engine(
            rule("r.national/1", Grade.LIGHTER, AllOf((MINOR, SOLD))),
            rule("r.national/2", Grade.MITIGATED, AllOf((MINOR, RECALLED))),
        )
        questions = built.evaluate(case()).questions
        assert [(q.fact, q.settles) for q in questions] == [
            ("minor", Fraction(1, 2)),
            ("recalled", Fraction(0)),
            ("sold", Fraction(0)),
        ]

    def test_more_rules_come_first(self) -> None:
        """Of facts that settle as much, the one for which more rules wait is asked first."""
        built = engine(
            rule("r.national/1", Grade.LIGHTER, AllOf((RECALLED, SOLD))),
            rule("r.national/2", Grade.MITIGATED, AllOf((is_false("recalled"), SOLD))),
            rule("r.national/3", Grade.HEAVIER, AllOf((MINOR, SOLD))),
            rule("r.national/4", Grade.HEAVIER, AllOf((MINOR, is_false("sold")))),
        )
        questions = built.evaluate(case()).questions
        assert [(q.fact, len(q.rules)) for q in questions] == [
            ("sold", 4),
            ("minor", 2),
            ("recalled", 2),
        ]

    def test_examined_groups_come_last(self) -> None:
        """One look at the file answers a group, so its facts stand together at the end."""
        built = engine(
            rule("r.national/1", Grade.HEAVIER, is_true("crime_suspected")),
            rule("r.national/2", Grade.HEAVIER, is_true("incident")),
            rule("r.national/3", Grade.EXEMPT, AllOf((MINOR, SOLD))),
        )
        questions = built.evaluate(case()).questions
        assert [(q.fact, q.group) for q in questions] == [
            ("minor", None),
            ("sold", None),
            ("incident", "aggravation"),
            ("crime_suspected", "crime"),
        ]

    @pytest.mark.parametrize(
        "when",
        [
            check("ordered_on", Op.BEFORE, date(2022, 1, 1)),
            check("licence_class", Op.IS, "A"),
            check("blocked_width", Op.AT_MOST, Share("passage_width")),
        ],
    )
    def test_answers_that_cannot_be_tried(self, when: Condition) -> None:
        """Where no single answer can be tried, none is known to settle anything."""
        questions = engine(rule("r.national/1", Grade.LIGHTER, when)).evaluate(case()).questions
        assert {question.settles for question in questions} == {Fraction(0)}

    def test_settling_on_both_axes(self) -> None:
        """An answer settles only if nothing is open on the second axis either."""
        built = engine(
            rule("r.national/1", Grade.LIGHTER, SOLD), measure_rule("r.national/2", None, MINOR)
        )
        questions = built.evaluate(case(measures=("seizure",))).questions
        assert [question.settles for question in questions] == [0, 0]

    def test_settling_through_a_name_of_a_ruleset(self) -> None:
        """An answer is an answer for every ruleset's meaning of a first violation."""
        built = engine(rule("r.national/1", Grade.LIGHTER, is_true("first_violation")))
        (question,) = built.evaluate(case()).questions
        assert (question.fact, question.settles) == ("first_violation", Fraction(1))


DESCRIBED = Vocabulary(
    {
        "harm": attrs.evolve(
            fact("harm", Kind.LEVEL, "none", "slight"),
            evidence=text("report"),
            answered_by=(Answerer.EXPERT, Answerer.PARTY),
            judgement=True,
        ),
        "area": fact("area", Kind.NUMBER, unit=Unit.M2),
        "value": fact("value", Kind.MONEY),
        "late": attrs.evolve(fact("late", Kind.DAYS), question=None),
    }
)


class TestQuestion:
    """A question says all that is needed to put it."""

    def question(self, when: Condition) -> Question:
        """The only question about a rule with this condition."""
        built = engine(rule("r.national/1", when=when), vocabulary=DESCRIBED)
        (question,) = built.evaluate(case()).questions
        return question

    def test_a_level(self) -> None:
        """Choices, evidence and who can answer come from the vocabulary."""
        found = self.question(check("harm", Op.IS, "none"))
        assert (found.text(), found.text("en")) == ("〔harm?〕", "[harm?]")
        assert found.choices == (("none", text("none")), ("slight", text("slight")))
        assert found.evidence == text("report")
        assert found.answered_by == ("expert", "party")
        assert (found.judgement, found.unit, found.group) == (True, None, None)

    @pytest.mark.parametrize(
        ("name", "limit", "unit"),
        [("area", Decimal(5), "m2"), ("value", Money(5), "yuan"), ("late", 5, None)],
    )
    def test_units(self, name: str, limit: Value, unit: str | None) -> None:
        """A number is asked for in its unit, money in yuan."""
        assert self.question(check(name, Op.BELOW, limit)).unit == unit

    def test_a_fact_without_a_question(self) -> None:
        """Where the vocabulary has no question, the label makes one."""
        found = self.question(check("late", Op.BELOW, 5))
        assert "late" in found.text("zh")
        assert "late" in found.text("en")


def candidates(*conditions: Condition) -> list[Candidate]:
    """Rules with these conditions, compiled."""
    rules = [rule(f"r.national/{n}", when=when) for n, when in enumerate(conditions)]
    built = engine(*rules)
    case_ = case()
    assert case_.decided is not None
    selector = built._evaluator.assessor.selector
    moment = Moment.on(case_.decided)
    return list(selector.stretch(case_.region, case_.violation, moment).penalty)


class TestRepresentativeAnswers:
    """One answer for each stretch of values that some test tells apart."""

    @pytest.mark.parametrize(
        ("name", "answers"),
        [
            ("sold", (True, False)),
            ("harm", (0, 1, 2)),
            ("goods_kind", ("cigarettes", "leaf", "other")),
            ("exits", (frozenset(), frozenset({"north", "south", "east"}))),
            ("licence_class", ()),
            ("ordered_on", ()),
            ("staff", ()),
        ],
    )
    def test_kinds(self, name: str, answers: tuple[object, ...]) -> None:
        """Choices are tried one by one; where no test names a limit there is nothing to try."""
        assert representative_answers(FACTS[name], candidates(SOLD)) == answers

    def test_limits(self) -> None:
        """Below, at and above every limit of every rule, each once and none below zero."""
        found = candidates(
            check("staff", Op.AT_MOST, 0),
            AllOf((check("days_late", Op.IS, 7), check("staff", Op.BETWEEN, (13, 14)))),
            check("goods_value", Op.BELOW, Money(5)),
        )
        assert representative_answers(FACTS["staff"], found) == (0, 1, 12, 13, 14, 15)
        assert representative_answers(FACTS["goods_value"], found) == (4, 5, 6)

    def test_decimals_and_dates(self) -> None:
        """Numbers are tried around their limits; days of dates are not compared so."""
        found = candidates(
            check("blocked_width", Op.AT_MOST, Decimal("1.5")),
            check("blocked_width", Op.AT_MOST, Share("passage_width")),
            check("ordered_on", Op.BEFORE, date(2022, 1, 1)),
        )
        wanted = (Decimal("0.5"), Decimal("1.5"), Decimal("2.5"))
        assert representative_answers(FACTS["blocked_width"], found) == wanted
        assert representative_answers(FACTS["ordered_on"], found) == ()

    def test_not_too_many(self) -> None:
        """At most a dozen answers are tried."""
        found = candidates(*[check("staff", Op.IS, 10 * number) for number in range(9)])
        assert len(representative_answers(FACTS["staff"], found)) == 12


def test_effects_are_asked_about_too() -> None:
    """A rule that changes only what is ordered besides the grade is asked about."""
    held = rule("r.national/1", Grade.LIGHTER, modality=Modality.SHALL)
    same = rule("r.national/2", Grade.LIGHTER, SOLD, modality=Modality.SHALL)
    assert asked(engine(held, same)) == []
    warning = RuleEffect(instead=PenaltyKind.WARNING)
    assert asked(engine(held, attrs.evolve(same, effect=warning))) == ["sold"]


class TestAskedAgain:
    """What was asked is asked again where the same leaves a case open."""

    SMALL = check("goods_value", Op.BELOW, Money(500))
    BUILT = engine(
        rule("r/1", Grade.LIGHTER, AllOf((SMALL, SOLD))),
        rule("r/2", (Grade.MITIGATED, Grade.LIGHTER), AllOf((MINOR, RECALLED))),
    )

    def asked(self, **facts: Value) -> tuple[Question, ...]:
        """The questions of a case."""
        return self.BUILT.evaluate(case(facts=facts)).questions

    def test_alike(self) -> None:
        """Cases whose tests turn out alike get the same questions, whatever their amounts."""
        *_, again = [self.asked(goods_value=Money(100), minor=False) for _ in range(3)]
        other = self.asked(goods_value=Money(200), minor=False)
        assert other is again
        assert [question.fact for question in other] == ["sold"]

    def test_unlike(self) -> None:
        """Where a test turns out otherwise, something else may be asked."""
        for _ in range(3):
            few = self.asked(goods_value=Money(100), minor=False)
            more = self.asked(goods_value=Money(100), minor=True)
            assert [question.fact for question in few] == ["sold"]
            assert {question.fact for question in more} == {"sold", "recalled"}
            assert self.asked(goods_value=Money(500), minor=False) == ()

    def test_what_holds(self) -> None:
        """What holds decides what is worth asking, so that is told apart too."""
        for _ in range(3):
            bare = self.asked(minor=True, recalled=False, goods_value=Money(100))
            held = self.asked(minor=True, recalled=True, goods_value=Money(100))
            assert [(question.fact, question.rules) for question in bare] == [("sold", ("r/1",))]
            assert held == ()

    def test_many_ways(self) -> None:
        """What is asked in more ways than are kept is asked all the same."""
        names = ("sold", "minor", "recalled", "incident")
        rules = [rule(f"r/{name}", Grade.LIGHTER, is_true(name)) for name in names]
        built = engine(*rules, rule("r/none", Grade.MITIGATED, check("staff", Op.BELOW, 3)))
        values = list(product((True, False, None), repeat=len(names)))
        for _ in range(3):
            for some in values:
                facts = {n: v for n, v in zip(names, some, strict=True) if v is not None}
                found = built.evaluate(case(facts=facts)).questions
                assert "staff" in {question.fact for question in found}
