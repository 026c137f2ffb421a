"""The law made ready for many cases: what is kept, what is shared, and how much of it."""

from datetime import date
from fractions import Fraction
from typing import cast

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bizrules import compiled_law, verdicts
from bizrules.answers import ChosenAnswer
from bizrules.cases import Case
from bizrules.compiled_law import LawsMet
from bizrules.conditions import Defined, Op
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.evaluation import Answer, CompiledAnswer
from bizrules.outcomes import FineState, LawBasis, LawChoice, Outcome
from bizrules.penalties import Band, BandTable, FineEffect, FineScale, Grade, Shape
from bizrules.plain import to_plain
from bizrules.rules import Rule, RuleEffect, Ruleset
from bizrules.values import DateSpan, Interval, Money
from property.worlds import (
    BORDERS,
    DISTRICT,
    ONE,
    SIBLING,
    TWO,
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
from strategies import text

MINOR = rule("r.national/minor", Grade.EXEMPT, is_true("minor"))
SOLD = rule("r.national/sold", Grade.HEAVIER, is_true("sold"))
OF_ONE = attrs.evolve(
    rule("r.national/one", Grade.LIGHTER, is_true("recalled")), violations=frozenset({ONE})
)
FACTS: tuple[dict[str, bool], ...] = (
    {},
    {"minor": True},
    {"sold": True},
    {"sold": True, "minor": False},
    {"recalled": True, "sold": False},
)


def answer(built: Engine, one: Case) -> CompiledAnswer:
    """What computes the parts of an outcome whose law was met before."""
    for _ in range(2):
        built.evaluate(one)
    source = built.evaluate(one).source
    assert isinstance(source, CompiledAnswer)
    return source


class TestSharing:
    """What several laws have in common is compiled once."""

    def test_general_rules(self) -> None:
        """Rules for all violations are one block, and one candidate each, at all places."""
        built = engine(MINOR, SOLD, OF_ONE)
        one, two = (answer(built, case(violation=name)) for name in (ONE, TWO))
        assert one.law.general is two.law.general
        assert one.law.own is not two.law.own
        by_id = {candidate.rule.id: candidate for candidate in one.law.stretch.penalty}
        assert all(by_id[other.rule.id] is other for other in two.law.stretch.penalty)

    def test_elements_of_an_offence(self) -> None:
        """A rule from which an element was taken out is another candidate."""
        entries = [violation(ONE, elements=frozenset({"sold"})), violation(TWO)]
        built = engine(SOLD, violations=entries)
        one, two = (
            built.evaluate(case(violation=name, facts={"sold": True})) for name in (ONE, TWO)
        )
        assert (one.grade, two.grade) == (Grade.ORDINARY, Grade.HEAVIER)

    def test_verdicts(self) -> None:
        """What rules of the same weight lead to is worked out once for all violations."""
        built = engine(MINOR, SOLD)
        one, two = (
            answer(built, case(violation=name, facts={"minor": True})) for name in (ONE, TWO)
        )
        assert one.told is not two.told
        assert one.told.verdict is two.told.verdict


class TestKeeping:
    """What is kept has a limit, beyond which an outcome says the same."""

    @pytest.mark.parametrize(
        ("module", "limit"),
        [
            (compiled_law, "MOST_FINES"),
            (compiled_law, "MOST_PATTERNS"),
            (compiled_law, "MOST_LAWS"),
            (verdicts, "MOST_KEPT"),
        ],
    )
    def test_nothing_kept(
        self, monkeypatch: pytest.MonkeyPatch, module: object, limit: str
    ) -> None:
        """Without room for anything every outcome is what it is with room."""
        cases = [case(facts=facts) for facts in FACTS]
        wanted = [to_plain(engine(MINOR, SOLD).evaluate(one)) for one in cases]
        monkeypatch.setattr(module, limit, 0)
        built = engine(MINOR, SOLD)
        for _ in range(3):
            assert [to_plain(built.evaluate(one)) for one in cases] == wanted

    def test_patterns(self) -> None:
        """Which rules hold and which cannot be told is put together once."""
        built = engine(MINOR, SOLD)
        one = case(facts={"minor": True})
        assert answer(built, one).told is answer(built, attrs.evolve(one, id="b")).told


class TestLawsMet:
    """A law is compiled once it was asked for twice."""

    def test_days(self) -> None:
        """Days in the same stretches of time have the same law."""
        met = LawsMet((date(2022, 1, 1),))
        before, after = DateSpan.on(date(2021, 12, 31)), DateSpan.on(date(2022, 1, 1))
        days, law = met.law_on(before, after)
        assert (days, law) == ((0, 0, 1, 1), None)
        assert days is not None
        assert (met.is_first(days), met.is_first(days)) == (True, False)
        met.keep(days, None)
        assert met.law_on(before, after) == (None, None)
        assert met.law_on(before, before) == ((0, 0, 0, 0), None)

    def test_open_ends(self) -> None:
        """An end that nobody knows lies before or beyond all borders."""
        met = LawsMet((date(2022, 1, 1), date(2023, 1, 1)))
        since = DateSpan(date(2022, 1, 1), None)
        assert met.law_on(DateSpan(), since) == ((0, 2, 1, 2), None)

    def test_borders_of_a_rule(self) -> None:
        """On the first day of a rule another law is found than on the day before."""
        later = attrs.evolve(MINOR, in_force=Interval(BORDERS[1]))
        built = engine(later)
        day_before = BORDERS[1].replace(year=BORDERS[1].year - 1, month=12, day=31)
        found = [
            [
                built.evaluate(case(committed=day, decided=day, facts={"minor": True})).grade
                for day in (day_before, BORDERS[1])
            ]
            for _ in range(4)
        ]
        assert found == [[Grade.ORDINARY, Grade.EXEMPT]] * 4

    def test_places(self) -> None:
        """Each place has its own law."""
        local = [
            ruleset(f"r.{region}", [attrs.evolve(MINOR, id=f"r.{region}/1")], region=region)
            for region in (DISTRICT, SIBLING)
        ]
        built = Engine(knowledge=knowledge(local))
        for _ in range(3):
            found = [
                [f.rule for f in built.evaluate(case(region=region)).findings]
                for region in (DISTRICT, SIBLING)
            ]
            assert found == [[f"r.{DISTRICT}/1"], [f"r.{SIBLING}/1"]]


FIXED = (
    None,
    FineEffect(floor=Fraction(1, 3)),
    FineEffect(amount=0),
    FineEffect(amount=1_000),
    FineEffect(low=50),
    FineEffect(band=Band(low=Fraction(1, 9), high=Fraction(4, 9), low_closed=False)),
)
BANDS = BandTable(
    id="third",
    shapes=frozenset(Shape),
    bands={
        Grade.LIGHTER: Band(low=Fraction(0), high=Fraction(1, 3)),
        Grade.HEAVIER: Band(low=Fraction(2, 3), high=Fraction(1), low_closed=False),
    },
    citations=(),
)


def banded(rules: list[Rule]) -> Ruleset:
    """A ruleset of the whole country with a table of bands."""
    return attrs.evolve(ruleset("r.national", rules), bands=(BANDS,))


def plainly(built: Engine, one: Case) -> Outcome:
    """The outcome of a case by the plain way."""
    return built._evaluator.evaluate_plainly(one)


SMALL = check("goods_value", Op.BELOW, Money.from_yuan(100))


NEW = attrs.evolve(MINOR, in_force=Interval(BORDERS[1]))
OLD = attrs.evolve(SOLD, id="r.national/old", in_force=Interval(until=BORDERS[1]))
BEFORE = BORDERS[1].replace(year=BORDERS[1].year - 1, month=12, day=31)
IN_DOUBT = DateSpan(date(2021, 12, 1), date(2022, 1, 31))
"""Days before and after the border."""
VERSIONS = (
    provision(fine_tier(1_000, 5_000), in_force=Interval(until=BORDERS[1])),
    provision(fine_tier(2, 10, base="goods_value"), in_force=Interval(BORDERS[1])),
)


def chosen(built: Engine, one: Case) -> ChosenAnswer:
    """What computes the parts after a choice between two laws that were met before."""
    source = answer(built, one)
    assert isinstance(source, ChosenAnswer)
    assert to_plain(built.evaluate(one)) == to_plain(plainly(built, one))
    return source


def crossing(**facts: bool | int) -> Case:
    """A case decided under a law that was not in force when the act was committed."""
    return case(committed=BEFORE, facts=facts)


class TestTwoLaws:
    """Old law or new: both are compiled, and the choice is made between what they lead to."""

    @pytest.mark.parametrize(
        ("facts", "choice", "basis"),
        [
            ({"minor": True, "sold": False}, LawChoice.NEW, LawBasis.GRADE),
            ({"minor": False, "sold": False}, LawChoice.OLD, LawBasis.EQUAL),
            ({"minor": False, "sold": True}, LawChoice.NEW, LawBasis.GRADE),
            ({}, LawChoice.OPEN, None),
        ],
    )
    def test_choices(
        self, facts: dict[str, bool], choice: LawChoice, basis: LawBasis | None
    ) -> None:
        """The more lenient law is applied, and until it is known which that is the choice is open.

        *Source*: 行政处罚法 37.
        """
        applied = chosen(engine(NEW, OLD), crossing(**facts)).applied
        assert (applied.choice, applied.basis) == (choice, basis)

    def test_law_that_waits_for_a_fine(self) -> None:
        """While the fines of two settled laws cannot be compared no grade is proposed."""
        built = engine(OLD, violations=[violation(ONE, *VERSIONS)])
        source = chosen(built, crossing(sold=True))
        assert source.applied.choice is LawChoice.OPEN
        assert (source.applied.main.settled, source.told.form[0]) == (True, None)
        assert source.told is chosen(built, crossing(sold=True)).told

    def test_days_in_doubt(self) -> None:
        """A rule that may not be in force cannot be told where it would hold."""
        built = engine(NEW, SOLD)
        one = case(committed=IN_DOUBT, facts={"minor": True, "sold": True})
        old = chosen(built, one).applied.main
        assert [[c.rule.id for c in side] for side in (old.held, old.unknown)] == [
            [SOLD.id],
            [NEW.id],
        ]

    def test_versions_in_doubt(self) -> None:
        """Of a provision in two possible versions the fine is worked out for each case."""
        built = engine(SOLD, violations=[violation(ONE, *VERSIONS)])
        found = [
            chosen(built, case(committed=IN_DOUBT, facts={"sold": True, "goods_value": value}))
            for value in (10, 1_000)
        ]
        texts = [one.applied.main.fine().text.zh for one in found]
        assert texts[0] != texts[1]

    def test_bands_in_doubt(self) -> None:
        """Bands in two possible versions are named with the date that decides."""
        later = attrs.evolve(banded([SOLD]), in_force=Interval(BORDERS[1]))
        always = ruleset("r.other", [])
        known = knowledge([later, always], [violation(ONE, provision(fine_tier(1_000, 5_000)))])
        built = Engine(knowledge=known)
        both = case(committed=IN_DOUBT, decided=IN_DOUBT, facts={"sold": True})
        source = chosen(built, both)
        assert source.law.has_versions
        assert source.fine() == plainly(built, both).fine

    def test_measures(self) -> None:
        """Measures follow the law of the decision, whichever law the penalty follows."""
        may = measure_rule("r.national/m", None, is_true("minor"), in_force=Interval(BORDERS[1]))
        built = engine(NEW, OLD, may)
        one = attrs.evolve(crossing(sold=False), measures=("seizure",))
        outcomes = [built.evaluate(one) for _ in range(4)]
        assert isinstance(outcomes[-1].source, ChosenAnswer)
        assert [to_plain(other) for other in outcomes] == [to_plain(plainly(built, one))] * 4

    def test_changed_copy(self) -> None:
        """A copy of an assessment says what an assessment says that was never compiled."""
        built = engine(NEW, OLD, violations=[violation(ONE, provision(fine_tier(1_000, 5_000)))])
        law = chosen(built, crossing(minor=True, sold=True)).applied.main
        plain = cast("Answer", plainly(built, crossing(minor=True, sold=True)).source).main
        for one in (law, attrs.evolve(law, settled=False)):
            assert one.possible() == plain.possible()
        opened = [attrs.evolve(one, settled=False).fine() for one in (law, plain)]
        assert opened[0] == opened[1]

    def test_what_is_no_violation(self) -> None:
        """An act that neither law forbids is refused, however often it was met."""
        gone = violation(ONE, in_force=Interval(until=date(2021, 1, 1)))
        for built in [engine(NEW, violations=[gone])] * 3:
            with pytest.raises(CaseError, match="violation-not-in-force"):
                built.evaluate(crossing())

    def test_definitions_in_doubt(self) -> None:
        """Where a date leaves open what a rule says, the case goes the plain way."""
        versions = tuple(
            Defined(
                name="r.national#kind",
                label=text("kind"),
                condition=is_true(name),
                citations=(),
                in_force=days,
            )
            for name, days in (
                ("minor", Interval(until=BORDERS[1])),
                ("sold", Interval(BORDERS[1])),
            )
        )
        built = engine(
            rule("r.national/kind", Grade.EXEMPT, attrs.evolve(versions[0], others=versions[1:]))
        )
        one = case(committed=IN_DOUBT, facts={"minor": True})
        outcomes = [built.evaluate(one) for _ in range(3)]
        assert type(outcomes[-1].source) is Answer


class TestFines:
    """A fine is kept where nothing but the switches of its provision moves it."""

    def test_one_amount(self) -> None:
        """A range on no condition is worked out once for each grade."""
        built = engine(MINOR, violations=[violation(ONE, provision(fine_tier(1_000, 5_000)))])
        one, two = (answer(built, case(id=name)) for name in "ab")
        assert one.fine() is two.fine()
        assert built.evaluate(case(id="c")).fine is one.fine()
        assert answer(built, case(facts={"minor": True})).fine().state is FineState.WAIVED

    def test_switches(self) -> None:
        """Tiers follow their switches, case by case; what is unknown is worked out each time."""
        tiers = fine_tier(1_000, 5_000, SMALL), fine_tier(2_000, 9_000)
        built = engine(violations=[violation(ONE, provision(*tiers))])
        found = []
        for facts in ({"goods_value": 99}, {"goods_value": 100}, {}, {"goods_value": 99}):
            fine = answer(built, case(facts=facts)).fine()
            found.append((fine.state, fine.range and fine.range.high))
        assert found[0] == found[3]
        assert [state for state, _ in found[:3]] == [
            FineState.RANGE,
            FineState.RANGE,
            FineState.UNDETERMINED,
        ]
        assert found[0] != found[1]

    def test_multiples(self) -> None:
        """A multiple follows its base, case by case."""
        tier = fine_tier(2, 10, base="goods_value")
        built = engine(violations=[violation(ONE, provision(tier))])
        ranges = [
            answer(built, case(facts={"goods_value": value})).fine().range for value in (10, 20)
        ]
        assert [found and found.high for found in ranges] == [10_000, 20_000]

    @given(
        values=st.lists(st.integers(0, 30_000) | st.none(), min_size=1, max_size=4),
        least=st.integers(0, 3) | st.none(),
        most=st.integers(3, 9) | st.none(),
        floor=st.sampled_from((None, 0, 700, 10_001)),
        effect=st.sampled_from(FIXED),
        grade=st.sampled_from((Grade.LIGHTER, Grade.MITIGATED, Grade.HEAVIER)),
    )
    def test_multiples_as_worked_out(
        self,
        values: list[int | None],
        least: int | None,
        most: int | None,
        floor: int | None,
        effect: FineEffect | None,
        grade: Grade,
    ) -> None:
        """Multiplied for any base, a fine is in every part what it is when worked out anew."""
        assume(least is not None or most is not None)
        graded = attrs.evolve(rule("r.national/graded", grade), effect=RuleEffect(fine=effect))
        scale = FineScale(
            low=None if least is None else Fraction(least, 3),
            high=None if most is None else Fraction(most, 7),
            base="goods_value",
            base_floor=floor,
        )
        assume(least is None or most is None or Fraction(least, 3) <= Fraction(most, 7))
        penal = provision(attrs.evolve(fine_tier(1, 2), fine=scale))
        built = Engine(knowledge=knowledge([banded([graded])], violations=[violation(ONE, penal)]))
        for value in [5, 5, *values, *values]:
            facts = {} if value is None else {"goods_value": Money(value)}
            found, plain = built.evaluate(case(facts=facts)), plainly(built, case(facts=facts))
            assert found.fine == plain.fine
            assert found.fine.text.zh == plain.fine.text.zh

    def test_precondition(self) -> None:
        """Before what has to come first there is no fine, whatever the tiers say."""
        penal = provision(fine_tier(2, 10, base="goods_value"), only_after=is_true("incident"))
        built = engine(violations=[violation(ONE, penal)])
        states = [
            answer(built, case(facts={"incident": value, "goods_value": 10})).fine().state
            for value in (False, False, True)
        ]
        assert states == [FineState.NOT_YET, FineState.NOT_YET, FineState.RANGE]

    def test_no_tier_fits(self) -> None:
        """Where no switch holds there is no fine."""
        built = engine(violations=[violation(ONE, provision(fine_tier(1, 2, SMALL)))])
        one = case(facts={"goods_value": 100})
        assert [answer(built, one).fine().state for _ in range(2)] == [FineState.NONE] * 2
