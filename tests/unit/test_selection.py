from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest

from bizrules.conditions import ALWAYS, NEVER, AllOf, Condition, Not
from bizrules.history import FirstViolation, Window
from bizrules.penalties import Band, BandTable, Grade, Provision
from bizrules.regions import Region
from bizrules.rules import Axis, Combination, Ground, Reach, Ruleset
from bizrules.selection import Moment
from bizrules.values import DateSpan, Interval
from rulebook import (
    CITE,
    DAY,
    FIRE,
    FOOD,
    KUNMING,
    NATIONAL,
    PANLONG,
    YUNNAN,
    duty,
    holds,
    ids,
    rule,
    ruleset,
    selector,
    since,
    stretch,
)


class TestPlaces:
    """Rules of the place and of what lies above it speak, others do not."""

    everywhere = tuple(
        ruleset(name, region, rules=(rule(),))
        for name, region in (
            ("country", NATIONAL),
            ("province", YUNNAN),
            ("city", KUNMING),
            ("district", PANLONG),
            ("neighbour", "530102"),
            ("elsewhere", "110105"),
        )
    )

    @pytest.mark.parametrize(
        ("region", "speaking"),
        [
            (PANLONG, ["city/1", "country/1", "district/1", "province/1"]),
            (KUNMING, ["city/1", "country/1", "province/1"]),
            ("530302", ["country/1", "province/1"]),
            ("110105", ["country/1", "elsewhere/1"]),
            (NATIONAL, ["country/1"]),
        ],
    )
    def test_line(self, region: str, speaking: list[str]) -> None:
        """The candidates are those of the line up to the country, by id."""
        found = stretch(*self.everywhere, region=region)
        assert ids(found.penalty) == speaking
        assert [one.id for one in found.rulesets] == [name.split("/")[0] for name in speaking]

    def test_zone(self) -> None:
        """A zone stands under the parent that it names."""
        resort = Region("530171", "滇池旅游度假区", "zone", KUNMING)
        own = ruleset("resort", "530171", rules=(rule(),))
        made = selector(*self.everywhere, own, zones=[resort])
        found = made.stretch("530171", "food", Moment.on(DAY))
        assert ids(found.penalty) == ["city/1", "country/1", "province/1", "resort/1"]

    def test_unknown_region(self) -> None:
        """A code that is not listed is a KeyError."""
        with pytest.raises(KeyError, match="539999"):
            stretch(region="539999")

    def test_depth_weighs(self) -> None:
        """The nearer place is the more special one, the superior one comes first in a conflict."""
        found = {c.rule.id: c.weight for c in stretch(*self.everywhere).penalty}
        district, country = found["district/1"], found["country/1"]
        assert district is not None
        assert country is not None
        assert district.specificity > country.specificity
        assert country.precedence < district.precedence


class TestMatters:
    """A rule speaks about its violations and its department."""

    @pytest.mark.parametrize(
        ("department", "rule_departments", "speaks"),
        [
            (None, None, True),
            ("market_regulation", None, True),
            ("fire_rescue", None, False),
            (None, {"market_regulation", "drugs"}, True),
            (None, {"drugs"}, False),
            # What the rule says of departments takes the place of what its ruleset says.
            ("fire_rescue", {"market_regulation"}, True),
            ("market_regulation", {"fire_rescue"}, False),
        ],
    )
    def test_departments(
        self, department: str | None, rule_departments: set[str] | None, speaks: bool
    ) -> None:
        """The department is that of the violation."""
        departments = frozenset(rule_departments) if rule_departments else None
        own = ruleset("set", department=department, rules=(rule(departments=departments),))
        assert bool(stretch(own).penalty) is speaks

    @pytest.mark.parametrize(
        ("violations", "speaks"),
        [(None, True), ({"food"}, True), ({"food", "fire"}, True), ({"fire"}, False), ((), False)],
    )
    def test_violations(self, violations: Iterable[str] | None, speaks: bool) -> None:
        """A rule that names violations is for these only."""
        named = None if violations is None else frozenset(violations)
        assert bool(stretch(ruleset("set", rules=(rule(violations=named),))).penalty) is speaks

    def test_displaced_grounds(self) -> None:
        """A special law displaces the general ground, not an entry written for the violation."""
        displacing = attrs.evolve(FOOD, displaces=frozenset({Ground.NO_FAULT}))
        rules = (
            rule("general", ground=Ground.NO_FAULT),
            rule("entry", ground=Ground.NO_FAULT, violations=frozenset({"food"})),
            rule("other", ground=Ground.MINOR),
        )
        own = ruleset("set", rules=rules)
        assert ids(stretch(own, violation=displacing).penalty) == ["set/entry", "set/other"]
        assert len(stretch(own).penalty) == 3

    def test_axes(self) -> None:
        """Rules about measures stand apart and weigh nothing on the penalty."""
        rules = (rule("a"), rule("b", axis=Axis.COMPULSION, permits=()))
        found = stretch(ruleset("set", rules=rules))
        assert ids(found.penalty) == ["set/a"]
        assert ids(found.compulsion) == ["set/b"]
        assert found.penalty[0].weight is not None
        assert found.compulsion[0].weight is None


class TestElements:
    """An element of the offence cannot make it heavier again."""

    violation = attrs.evolve(FOOD, elements=frozenset({"incident"}))

    @pytest.mark.parametrize(
        ("condition", "left"),
        [
            (holds("incident"), NEVER),
            (AllOf((holds("incident"), holds("recalled"))), AllOf((NEVER, holds("recalled")))),
            (Not(holds("incident")), Not(ALWAYS)),
            (holds("recalled"), None),
        ],
    )
    def test_heavier(self, condition: Condition, left: Condition | None) -> None:
        """Tests of the element are taken out of a heavier rule, and the candidate says so."""
        own = ruleset("set", rules=(rule(permits=(Grade.HEAVIER,), condition=condition),))
        (found,) = stretch(own, violation=self.violation).penalty
        assert found.condition == (condition if left is None else left)
        assert found.has_elements is (left is not None)
        assert found.match({"incident": True, "recalled": True}) is (left is None)
        assert "incident" not in found.reads

    def test_lenient(self) -> None:
        """A lenient rule reads the element as any other fact."""
        own = ruleset("set", rules=(rule(condition=holds("incident")),))
        (found,) = stretch(own, violation=self.violation).penalty
        assert found.match({"incident": True}) is True
        assert not found.has_elements


class TestDates:
    """The law is that of the day; where the day is uncertain, some rules are doubtful."""

    start, until = date(2022, 1, 1), date(2023, 1, 1)
    own = ruleset("set", rules=(rule(in_force=Interval(start, until)), rule("always")))

    @pytest.mark.parametrize(
        ("day", "speaks"),
        [
            (date(2021, 12, 31), False),
            (date(2022, 1, 1), True),
            (date(2022, 12, 31), True),
            (date(2023, 1, 1), False),
        ],
    )
    def test_day(self, day: date, speaks: bool) -> None:
        """A rule speaks from its first day to the day before it expires."""
        found = stretch(self.own, on=DateSpan.on(day))
        assert ("set/1" in ids(found.penalty)) is speaks
        assert found.doubtful == frozenset()

    @pytest.mark.parametrize(
        ("on", "present", "doubtful"),
        [
            (DateSpan(date(2022, 1, 1), date(2022, 12, 31)), True, False),
            (DateSpan(date(2021, 12, 31), date(2022, 1, 1)), True, True),
            (DateSpan(date(2022, 12, 31), date(2023, 1, 1)), True, True),
            (DateSpan(date(2021, 1, 1), date(2021, 12, 31)), False, False),
            (DateSpan(date(2022, 6, 1), None), True, True),
            (DateSpan(date(2023, 1, 1), None), False, False),
            (DateSpan(None, date(2021, 12, 31)), False, False),
            (DateSpan(None, date(2022, 6, 1)), True, True),
            (DateSpan(), True, True),
        ],
    )
    def test_rough_date(self, on: DateSpan, present: bool, doubtful: bool) -> None:
        """A rule in force on only some of the possible days is a candidate in doubt."""
        found = stretch(self.own, on=on)
        assert ("set/1" in ids(found.penalty)) is present
        assert found.doubtful == (frozenset({"set/1"}) if doubtful else frozenset())

    def test_law_is_kept(self) -> None:
        """Days between two changes share one law; a change of the law makes another."""
        made = selector(self.own)
        spans = [date(2022, 1, 1), date(2022, 12, 31), date(2023, 1, 1), date(2021, 12, 31)]
        first, second, later, before = (
            made.stretch(PANLONG, "food", Moment.on(DateSpan.on(day))) for day in spans
        )
        whole = made.stretch(PANLONG, "food", Moment.on(DateSpan(spans[0], spans[1])))
        assert first is second is whole
        assert first.same_law(second)
        assert not first.same_law(later)
        assert later is not before
        assert later.same_law(before)

    @pytest.mark.parametrize(
        "spans",
        [
            [DateSpan(date(2021, 6, 1), None), DateSpan(date(2021, 12, 31), None)],
            [DateSpan(date(2022, 1, 1), None), DateSpan(date(2022, 12, 31), None)],
            [DateSpan(date(2023, 1, 1), None), DateSpan(date(2024, 1, 1), date(2025, 1, 1))],
            [DateSpan(None, date(2022, 1, 1)), DateSpan(date(2021, 1, 1), date(2022, 12, 31))],
            [DateSpan(), DateSpan(date(2021, 1, 1), date(2023, 1, 1))],
        ],
    )
    def test_rough_law_is_kept(self, spans: list[DateSpan]) -> None:
        """Spans that begin and end between the same changes share one law, open ends too."""
        made = selector(self.own)
        one, two = (made.stretch(PANLONG, "food", Moment.on(span)) for span in spans)
        assert one is two

    @pytest.mark.parametrize(
        "spans",
        [
            [DateSpan(date(2021, 12, 31), None), DateSpan(date(2022, 1, 1), None)],
            [DateSpan(None, date(2022, 12, 31)), DateSpan(None, date(2023, 1, 1))],
            [DateSpan(date(2021, 12, 31), date(2022, 1, 1)), DateSpan.on(date(2022, 1, 1))],
        ],
    )
    def test_rough_law_changes_at_a_border(self, spans: list[DateSpan]) -> None:
        """A span that reaches over a change of the law has another law than one that does not."""
        made = selector(self.own)
        one, two = (made.stretch(PANLONG, "food", Moment.on(span)) for span in spans)
        assert one is not two

    @pytest.mark.parametrize(
        ("reach", "act", "decision"),
        [(Reach.IF_MORE_LENIENT, 1, 1), (Reach.NEVER, 2, 1), (Reach.ALWAYS, 1, 2)],
    )
    def test_kept_by_reach(self, reach: Reach, act: int, decision: int) -> None:
        """Days of the act and the decision tell laws apart only where a list reaches that far."""
        year = Interval(date(2022, 1, 1), date(2023, 1, 1))
        own = ruleset("set", rules=(rule(reach=reach),), in_force=year, reach=reach)
        made = selector(own)
        before, within = DateSpan.on(date(2021, 12, 31)), DateSpan(date(2022, 1, 1), None)
        acts = [Moment(within, day, within) for day in (before, within)]
        decisions = [Moment(within, within, day) for day in (before, within)]
        for moments, count in ((acts, act), (decisions, decision)):
            assert len({id(made.stretch(PANLONG, "food", one)) for one in moments}) == count

    @pytest.mark.parametrize(
        "changing",
        [
            ruleset("late", bands=(BandTable(id="b"),), in_force=since(date(2022, 7, 1))),
            ruleset("late", combination=Combination.LENIENT, in_force=since(date(2022, 7, 1))),
            ruleset("late", rules=(rule(),), in_force=since(date(2022, 7, 1))),
        ],
    )
    def test_other_law(self, changing: Ruleset) -> None:
        """New bands, a new way to combine, or a new rule are other law."""
        made = selector(self.own, changing)
        old = made.stretch(PANLONG, "food", Moment.on(DateSpan.on(date(2022, 6, 30))))
        new = made.stretch(PANLONG, "food", Moment.on(DateSpan.on(date(2022, 7, 1))))
        assert not old.same_law(new)
        assert not new.same_law(old)

    def test_doubt_is_other_law(self) -> None:
        """The same rules, surely and perhaps in force, are not the same law."""
        made = selector(self.own)
        sure = made.stretch(PANLONG, "food", Moment.on(DAY))
        unsure = made.stretch(
            PANLONG, "food", Moment.on(DateSpan(date(2021, 6, 1), date(2022, 6, 1)))
        )
        assert ids(sure.penalty) == ids(unsure.penalty)
        assert not sure.same_law(unsure)


def version(name: str, start: date | None, until: date | None = None, **changes: Any) -> Provision:  # noqa: ANN401 - any field
    """A version of a provision, told from others by its label of verification."""
    base = Provision(id="124", citation=CITE, in_force=Interval(start, until), checked=name)
    return attrs.evolve(base, **changes)


class TestProvisions:
    """Of several versions of the provision the one in force is taken."""

    violation = attrs.evolve(
        FOOD,
        provisions=(
            version("2015", date(2015, 10, 1), date(2021, 4, 29)),
            version("2021", date(2021, 4, 29)),
        ),
    )

    @pytest.mark.parametrize(
        ("on", "taken"),
        [
            (DateSpan.on(date(2015, 9, 30)), []),
            (DateSpan.on(date(2015, 10, 1)), ["2015"]),
            (DateSpan.on(date(2021, 4, 28)), ["2015"]),
            (DateSpan.on(date(2021, 4, 29)), ["2021"]),
            (DateSpan(date(2021, 4, 29), None), ["2021"]),
            # In doubt both.
            (DateSpan(date(2021, 4, 28), date(2021, 4, 29)), ["2015", "2021"]),
            (DateSpan(date(2015, 9, 30), date(2015, 10, 1)), ["2015"]),
        ],
    )
    def test_version(self, on: DateSpan, taken: list[str]) -> None:
        """On the day of change the new version applies; on days of both, neither is certain."""
        found = stretch(violation=self.violation, on=on).provisions
        assert [provision.checked for provision in found] == taken

    def test_another_version_is_other_law(self) -> None:
        """A change of the provision is a change of the law."""
        made = selector(violation=self.violation)
        old, new = (
            made.stretch(PANLONG, "food", Moment.on(DateSpan.on(date(2021, 4, day))))
            for day in (28, 29)
        )
        assert not old.same_law(new)

    def test_doubt_is_not_the_same_law(self) -> None:
        """While the version is in doubt, two stretches are not the same law."""
        moment = Moment.on(DateSpan(date(2021, 4, 28), date(2021, 4, 29)))
        one, two = (
            selector(violation=self.violation).stretch(PANLONG, "food", moment) for _ in range(2)
        )
        assert one is not two
        assert not one.same_law(two)

    def test_doubt_that_is_kept_is_not_the_same_law(self) -> None:
        """While the version is in doubt, a stretch is not even the same law as itself."""
        made = selector(violation=self.violation)
        moment = Moment.on(DateSpan(date(2021, 4, 28), date(2021, 4, 29)))
        one, two = (made.stretch(PANLONG, "food", moment) for _ in range(2))
        assert one is two
        assert not one.same_law(two)


LENIENT_BAND = {Grade.LIGHTER: Band(low=Fraction(0), high=Fraction(1, 5))}


class TestDeclarations:
    """Bands, duties and combinations of the rulesets that are in force at the place."""

    def test_bands(self) -> None:
        """The nearest place comes first, and there the department's own before those for all."""
        made = [
            ruleset("a-country", NATIONAL, bands=(BandTable(id="country"),)),
            ruleset(
                "z-country-market",
                NATIONAL,
                department="market_regulation",
                bands=(BandTable(id="country market"),),
            ),
            ruleset("a-city", KUNMING, bands=(BandTable(id="city", bands=LENIENT_BAND),)),
            ruleset(
                "b-city",
                KUNMING,
                department="market_regulation",
                bands=(BandTable(id="city market 1"), BandTable(id="city market 2")),
            ),
            ruleset(
                "c-city", KUNMING, department="fire_rescue", bands=(BandTable(id="city fire"),)
            ),
            ruleset("other", "530102", bands=(BandTable(id="neighbour"),)),
        ]
        found = stretch(*made)
        (tables,) = found.bands
        assert [table.id for table in tables] == [
            "city market 1",
            "city market 2",
            "city",
            "country market",
            "country",
        ]
        (tables,) = stretch(*made, violation=FIRE).bands
        assert [table.id for table in tables] == [
            "city fire",
            "city",
            "country",
        ]

    @pytest.mark.parametrize(
        ("near", "far", "expected"),
        [
            (None, None, Combination.CONTEST),
            (None, Combination.ORDINARY, Combination.ORDINARY),
            (Combination.LENIENT, Combination.ORDINARY, Combination.LENIENT),
            (Combination.CONTEST, Combination.HEAVIER, Combination.CONTEST),
        ],
    )
    def test_combination(
        self, near: Combination | None, far: Combination | None, expected: Combination
    ) -> None:
        """The nearest ruleset that says how the sides combine is followed."""
        found = stretch(
            ruleset("a", NATIONAL, combination=far), ruleset("b", PANLONG, combination=near)
        )
        assert found.combinations == (expected,)

    def test_duties(self) -> None:
        """Duties of the department that are in force, by id."""
        declared = (
            duty("set/b"),
            duty("set/a", departments=frozenset({"market_regulation"})),
            duty("set/fire", departments=frozenset({"fire_rescue"})),
            duty("set/later", in_force=since(date(2022, 6, 2))),
            duty("set/today", in_force=since(date(2022, 6, 1))),
            duty("set/ended", in_force=Interval(None, date(2022, 6, 1))),
        )
        found = stretch(ruleset("set", duties=declared))
        assert [one.id for one in found.duties] == ["set/a", "set/b", "set/today"]

    def test_only_in_force(self) -> None:
        """What a ruleset declares begins and ends with it."""
        own = ruleset(
            "set",
            in_force=Interval(date(2022, 1, 1), date(2023, 1, 1)),
            bands=(BandTable(id="b"),),
            duties=(duty("set/a"),),
            combination=Combination.LENIENT,
        )
        for on in (
            DateSpan.on(date(2023, 1, 1)),
            DateSpan.on(date(2021, 12, 31)),
        ):
            found = stretch(own, on=on)
            assert (found.bands, found.duties, found.rulesets) == (((),), (), ())
            assert found.combinations == (Combination.CONTEST,)
        assert stretch(own).bands == (own.bands,)

    def test_contributing_rulesets(self) -> None:
        """Named are the rulesets from which something was taken, by id."""
        made = [
            ruleset("rules", NATIONAL, rules=(rule(),)),
            ruleset("bands", bands=(BandTable(id="b"),)),
            ruleset("duties", KUNMING, duties=(duty("duties/a"),)),
            ruleset("combines", combination=Combination.CONTEST),
            ruleset("defines", first_violation=FirstViolation()),
            ruleset("fire", department="fire_rescue", bands=(BandTable(id="f"),)),
        ]
        found = [one.id for one in stretch(*made).rulesets]
        assert found == ["bands", "combines", "duties", "rules"]


class TestKnowledge:
    """An old receipt is replayed with what was published by then."""

    @pytest.mark.parametrize(
        ("own", "of_ruleset", "known_on", "speaks"),
        [
            (None, None, date(2000, 1, 1), True),
            (None, date(2022, 5, 1), None, True),
            (None, date(2022, 5, 1), date(2022, 5, 1), True),
            (None, date(2022, 5, 1), date(2022, 4, 30), False),
            # A batch of its own date.
            (date(2022, 7, 1), date(2022, 5, 1), date(2022, 6, 30), False),
            (date(2022, 7, 1), date(2022, 5, 1), date(2022, 7, 1), True),
            (date(2021, 12, 1), date(2022, 5, 1), date(2022, 4, 30), True),
        ],
    )
    def test_rules(
        self, own: date | None, of_ruleset: date | None, known_on: date | None, speaks: bool
    ) -> None:
        """A rule counts as known from its own day of publication, else from its ruleset's."""
        made = ruleset("set", published=of_ruleset, rules=(rule(published=own),))
        assert bool(stretch(made, known_on=known_on).penalty) is speaks

    @pytest.mark.parametrize(("known_on", "known"), [(date(2022, 4, 30), False), (None, True)])
    def test_declarations(self, known_on: date | None, known: bool) -> None:
        """Bands, duties, combinations and definitions become known with their ruleset."""
        made = ruleset(
            "set",
            published=date(2022, 5, 1),
            bands=(BandTable(id="b"),),
            duties=(duty("set/a"),),
            combination=Combination.LENIENT,
            first_violation=FirstViolation(window=Window(24)),
        )
        asking = ruleset("asking", rules=(rule(condition=holds("first_violation")),))
        found = stretch(made, asking, known_on=known_on)
        assert any(found.bands) is known
        assert bool(found.duties) is known
        assert (found.combinations == (Combination.LENIENT,)) is known
        assert (found.plan[0].first.window == Window(24)) is known
