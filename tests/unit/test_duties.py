from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest

from bizrules.cases import Case
from bizrules.conditions import Op
from bizrules.conditions import Test as FactTest
from bizrules.duties import Situation, accrued, capped_on, due_duties
from bizrules.facts import Kind
from bizrules.outcomes import DueDuty, Fine, FineState
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Citation
from bizrules.rules import Accrual, CalendarKind, Deadline, Duty, Ground, Trigger
from bizrules.truth import Truth
from bizrules.values import Money
from bizrules.workdays import OfficialCalendar
from strategies import fact, text, vocabulary_of

VOCABULARY = vocabulary_of(
    [fact("hearing_due", Kind.BOOLEAN), fact("ordered_on", Kind.DATE), fact("staff", Kind.INTEGER)]
)
CASE = Case(
    id="7",
    region="530103",
    violation="food.label",
    committed="2022-03-01",
    discovered="2022-03-02",
    filed="2022-03-05",
    notified="2022-05-10",
    decided="2022-05-20",
)


class Weekdays:
    """A calendar that knows the year 2022 and no holidays but weekends."""

    def is_workday(self, day: date) -> bool | None:
        """Whether the day is Monday to Friday; None outside 2022."""
        return day.isoweekday() < 6 if day.year == 2022 else None


def situation(
    grade: Grade | None = Grade.LIGHTER,
    state: FineState = FineState.RANGE,
    **changes: Any,  # noqa: ANN401 - any field
) -> Situation:
    """An outcome, as far as duties depend on it."""
    base = Situation(
        case=CASE,
        grade=grade,
        contested=False,
        grounds=frozenset({("law", Ground.REMEDY)}),
        fine=Fine(state=state, text=text("fine")),
        crime=Truth.UNKNOWN,
        vocabulary=VOCABULARY,
        view={},
    )
    return attrs.evolve(base, **changes)


def duty(trigger: Trigger = Trigger.ALWAYS, **changes: Any) -> Duty:  # noqa: ANN401 - any field
    """A duty on a kind of outcome."""
    base = Duty(
        id="set/1",
        ruleset="set",
        text=text("educate"),
        trigger=trigger,
        citations=(Citation("行政处罚法", "33", 3),),
    )
    return attrs.evolve(base, **changes)


def due(*duties: Duty, at: Situation | None = None, official: bool = False) -> tuple[DueDuty, ...]:
    """The duties that follow, by the calendar of weekdays unless the official one is wanted."""
    calendar = OfficialCalendar() if official else Weekdays()
    return due_duties(duties, at or situation(), calendar)


def running(
    length: int, after: str = "filed", *, working: bool = False, hours: bool = False
) -> Duty:
    """A duty with a period."""
    kind = CalendarKind.WORKING if working else CalendarKind.CALENDAR
    return duty(deadline=Deadline(length=length, kind=kind, anchor=after, hours=hours))


class TestTriggers:
    """A duty follows the kind of outcome that it names."""

    outcomes = (
        ("open", situation(None)),
        ("contested", situation(None, contested=True)),
        ("exempt", situation(Grade.EXEMPT, FineState.WAIVED)),
        ("mitigated", situation(Grade.MITIGATED)),
        ("lighter", situation(Grade.LIGHTER, FineState.SYMBOLIC)),
        ("ordinary", situation(Grade.ORDINARY, FineState.UNDETERMINED)),
        ("heavier", situation(Grade.HEAVIER, FineState.NONE)),
        ("not yet", situation(Grade.ORDINARY, FineState.NOT_YET)),
        ("warned", situation(Grade.MITIGATED, FineState.WAIVED)),
    )

    @pytest.mark.parametrize(
        ("trigger", "expected"),
        [
            (Trigger.ALWAYS, [name for name, _ in outcomes]),
            (Trigger.EXEMPT, ["exempt"]),
            (
                Trigger.PENALTY,
                ["contested", "mitigated", "lighter", "ordinary", "heavier", "not yet", "warned"],
            ),
            (Trigger.FINE, ["contested", "mitigated", "lighter", "ordinary"]),
            (Trigger.MITIGATED, ["mitigated", "warned"]),
            (Trigger.CONTESTED, ["contested"]),
            (Trigger.CRIME, []),
            (Trigger.MEASURE, []),
            (Trigger.EXECUTION, []),
        ],
    )
    def test_outcome(self, trigger: Trigger, expected: Iterable[str]) -> None:
        """Only the outcomes of that kind carry the duty."""
        found = [name for name, at in self.outcomes if due(duty(trigger), at=at)]
        assert found == list(expected)

    @pytest.mark.parametrize(
        ("crime", "follows"), [(Truth.TRUE, True), (Truth.FALSE, False), (Truth.UNKNOWN, False)]
    )
    def test_crime(self, crime: Truth, follows: bool) -> None:
        """A transfer follows a suspicion, not the lack of knowledge."""
        assert bool(due(duty(Trigger.CRIME), at=situation(crime=crime))) is follows

    @pytest.mark.parametrize(
        ("measures", "measure", "execution"),
        [
            ((), False, False),
            (("seizure",), True, False),
            (("additional_fine",), False, True),
            (("sealing", "auction"), True, True),
        ],
    )
    def test_measures(self, measures: tuple[str, ...], measure: bool, execution: bool) -> None:
        """Measures and execution have duties of their own."""
        at = situation(case=attrs.evolve(CASE, measures=measures))
        assert bool(due(duty(Trigger.MEASURE), at=at)) is measure
        assert bool(due(duty(Trigger.EXECUTION), at=at)) is execution

    @pytest.mark.parametrize(
        ("wanted", "carried", "follows"),
        [
            ({Ground.AGE}, {("law", Ground.AGE)}, True),
            (
                {Ground.AGE, Ground.INCAPACITY},
                {("law", Ground.INCAPACITY), ("law", Ground.MINOR)},
                True,
            ),
            ({Ground.AGE}, {("law", Ground.MINOR)}, False),
            ({Ground.AGE}, set(), False),
            (set(), {("law", Ground.AGE)}, False),
            # What a list orders follows its own entries, not those of another list.
            ({Ground.LISTED}, {("set", Ground.LISTED)}, True),
            ({Ground.LISTED}, {("other", Ground.LISTED)}, False),
            ({Ground.LISTED, Ground.AGE}, {("other", Ground.LISTED)}, False),
            (
                {Ground.LISTED, Ground.AGE},
                {("other", Ground.LISTED), ("law", Ground.AGE)},
                True,
            ),
        ],
    )
    def test_grounds(
        self, wanted: set[Ground], carried: set[tuple[str, Ground]], follows: bool
    ) -> None:
        """One of the grounds named must have carried the outcome."""
        at = situation(grounds=frozenset(carried))
        asked = duty(Trigger.GROUND, grounds=frozenset(wanted))
        assert bool(due(asked, at=at)) is follows


class TestConditions:
    """A duty may depend on a fact besides."""

    @pytest.mark.parametrize(
        ("view", "certain"),
        [({"hearing_due": True}, True), ({}, False), ({"hearing_due": False}, None)],
    )
    def test_certain(self, view: dict[str, object], certain: bool | None) -> None:
        """While the fact is unknown the duty is named, but not as certain."""
        asked = duty(when=FactTest(("hearing_due",), Op.IS, True))
        found = due(asked, at=situation(view=view))
        assert [one.certain for one in found] == ([] if certain is None else [certain])

    def test_content(self) -> None:
        """Text, modality and citations are those declared."""
        (found,) = due(duty(modality=Modality.MAY))
        assert found == DueDuty(
            duty="set/1",
            text=text("educate"),
            modality=Modality.MAY,
            citations=(Citation("行政处罚法", "33", 3),),
        )
        assert (found.due, found.period, found.verified, found.certain) == (None, None, True, True)


class TestDeadlines:
    """The day of the event does not count, the last day does."""

    @pytest.mark.parametrize(
        ("length", "after", "last"),
        [
            (90, "filed", date(2022, 6, 3)),
            (1, "filed", date(2022, 3, 6)),
            (60, "committed", date(2022, 4, 30)),
            (10, "discovered", date(2022, 3, 12)),
            (15, "notified", date(2022, 5, 25)),
            (365, "decided", date(2023, 5, 20)),
            (20, "ordered_on", date(2022, 3, 23)),
        ],
    )
    def test_calendar_days(self, length: int, after: str, last: date) -> None:
        """Calendar days run over weekends, from a date of the case or from a fact."""
        at = situation(view={"ordered_on": date(2022, 3, 3)})
        (found,) = due(running(length, after), at=at)
        assert (found.due, found.verified) == (last, True)
        assert found.period is not None
        assert str(length) in found.period.zh

    @pytest.mark.parametrize(
        ("length", "notified", "last"),
        [
            (5, "2022-05-10", date(2022, 5, 17)),
            (5, "2022-05-13", date(2022, 5, 20)),
            (7, "2022-05-14", date(2022, 5, 24)),
            (2, "2022-05-20", date(2022, 5, 24)),
        ],
    )
    def test_working_days(self, length: int, notified: str, last: date) -> None:
        """Working days pass over weekends."""
        at = situation(case=attrs.evolve(CASE, notified=notified))
        (found,) = due(running(length, "notified", working=True), at=at)
        assert (found.due, found.verified) == (last, True)

    @pytest.mark.parametrize(
        ("length", "notified", "last"),
        [
            # The Saturday and the Sunday after National Day 2022 were working days.
            (2, "2022-09-30", date(2022, 10, 9)),
            (5, "2022-09-30", date(2022, 10, 12)),
            # 4 and 18 February 2024 were working Sundays around the Spring Festival.
            (5, "2024-02-02", date(2024, 2, 8)),
            (7, "2024-02-09", date(2024, 2, 26)),
        ],
    )
    def test_official_working_days(self, length: int, notified: str, last: date) -> None:
        """Around the holidays the published make-up days count."""
        at = situation(case=attrs.evolve(CASE, notified=notified))
        (found,) = due(running(length, "notified", working=True), at=at, official=True)
        assert found.due == last

    @pytest.mark.parametrize("notified", ["2022-12-29", "2021-12-30", "2035-03-01"])
    def test_unknown_year(self, notified: str) -> None:
        """A period that runs into a year whose working days nobody published gets no date."""
        at = situation(case=attrs.evolve(CASE, notified=notified))
        (found,) = due(running(5, "notified", working=True), at=at)
        assert (found.due, found.verified) == (None, False)
        assert found.period is not None

    @pytest.mark.parametrize(
        ("after", "change"),
        [
            ("filed", {"filed": None}),
            ("filed", {"filed": "2022-03"}),
            ("committed", {"committed": None}),
            ("committed", {"committed": "2022"}),
            ("ordered_on", {}),
        ],
    )
    def test_no_start(self, after: str, change: dict[str, Any]) -> None:
        """Without the exact day from which it runs a period has no last day."""
        at = situation(case=attrs.evolve(CASE, **change))
        for working in (False, True):
            (found,) = due(running(10, after, working=working), at=at)
            assert (found.due, found.verified) == (None, True)

    def test_start_that_is_no_date(self) -> None:
        """A fact that is no date starts no period."""
        (found,) = due(running(10, "staff"), at=situation(view={"staff": 5}))
        assert found.due is None

    @pytest.mark.parametrize(
        ("hours", "last"),
        [(1, date(2022, 3, 6)), (24, date(2022, 3, 6)), (25, date(2022, 3, 7))],
    )
    def test_hours(self, hours: int, last: date) -> None:
        """A period of hours is due on the day on which the last hour ends, and has words."""
        (found,) = due(running(hours, "filed", hours=True))
        assert (found.due, found.verified) == (last, True)
        assert found.period is not None
        assert str(hours) in found.period.en

    @pytest.mark.parametrize(
        ("deadline", "last"),
        [
            (Deadline(length=7, anchor="ordered_on", before=True), date(2022, 5, 13)),
            (
                Deadline(length=7, anchor="ordered_on", before=True, kind=CalendarKind.WORKING),
                date(2022, 5, 11),
            ),
            (
                Deadline(length=25, anchor="ordered_on", before=True, hours=True),
                date(2022, 5, 18),
            ),
        ],
    )
    def test_ahead_of_a_day(self, deadline: Deadline, last: date) -> None:
        """A notice ahead of a day is due so long before it, and its words say so."""
        at = situation(view={"ordered_on": date(2022, 5, 20)})
        (found,) = due(duty(deadline=deadline), at=at)
        (after,) = due(duty(deadline=attrs.evolve(deadline, before=False)), at=at)
        assert found.due == last
        assert found.period != after.period

    @pytest.mark.parametrize(
        ("view", "last"),
        [
            ({}, date(2022, 4, 4)),
            ({"staff": 10}, date(2022, 4, 14)),
            ({"staff": 0}, date(2022, 4, 4)),
        ],
    )
    def test_extended(self, view: dict[str, object], last: date) -> None:
        """The days that a test took are added to the period."""
        deadline = Deadline(length=30, anchor="filed", extended_by=("staff",))
        (found,) = due(duty(deadline=deadline), at=situation(view=view))
        assert found.due == last

    def test_words(self) -> None:
        """Calendar days, working days and hours, and what they run from, read differently."""
        given = [
            running(5),
            running(5, working=True),
            running(5, hours=True),
            running(5, "decided"),
            running(5, "ordered_on"),
        ]
        periods = [found.period for one in given for found in due(one)]
        assert len({period.zh for period in periods if period}) == len(given)
        assert len({period.en for period in periods if period}) == len(given)

    def test_end_of_time(self) -> None:
        """A date entered as a stand-in does not stop the computation."""
        at = situation(case=attrs.evolve(CASE, filed="9999-12-31"))
        assert due(running(90), at=at)[0].due == date.max
        assert due(running(5, working=True), at=at)[0].due is None


class TestAccrual:
    """What accrues after a deadline grows day by day up to its cap."""

    daily = Accrual(rate=Fraction(3, 100))

    @pytest.mark.parametrize(
        ("days", "amount"),
        [(-1, 0), (0, 0), (1, 300), (33, 9_900), (34, 10_000), (35, 10_000)],
    )
    def test_amount(self, days: int, amount: int) -> None:
        """At 3 per cent a day the whole amount is reached on the 34th day, and not exceeded."""
        assert accrued(Money(10_000), days, self.daily) == Money(amount)

    def test_parts_of_a_fen(self) -> None:
        """What is less than a fen is not charged."""
        assert accrued(Money(99), 1, self.daily) == Money(2)

    @pytest.mark.parametrize(
        ("cap", "day"),
        [
            (Fraction(1), date(2022, 4, 23)),
            (Fraction(3, 100), date(2022, 3, 21)),
            (Fraction(1, 1000), date(2022, 3, 21)),
        ],
    )
    def test_capped(self, cap: Fraction, day: date) -> None:
        """The day on which the cap is reached is told, with the rate and the cap."""
        growing = attrs.evolve(running(15), accrues=attrs.evolve(self.daily, cap=cap))
        (found,) = due(growing)
        assert (found.due, found.capped_on) == (date(2022, 3, 20), day)
        assert found.capped_on == capped_on(date(2022, 3, 20), attrs.evolve(self.daily, cap=cap))
        assert found.accrual is not None
        assert "3%" in found.accrual.en

    def test_without_a_day(self) -> None:
        """Without the day from which it runs only rate and cap are told."""
        growing = attrs.evolve(running(15, "ordered_on"), accrues=self.daily)
        (found,) = due(growing)
        assert (found.due, found.capped_on) == (None, None)
        assert found.accrual is not None

    def test_nothing_accrues(self) -> None:
        """A duty after which nothing accrues says nothing of it."""
        (found,) = due(running(15))
        assert (found.accrual, found.capped_on) == (None, None)


class TestOrder:
    """Duties with a date come first, by date; the others by id."""

    def test_order(self) -> None:
        """The order does not depend on how the duties were declared."""
        declared = [
            duty(id="set/c"),
            attrs.evolve(running(90), id="set/b"),
            duty(id="set/a"),
            attrs.evolve(running(10), id="set/z"),
            attrs.evolve(running(10), id="set/y"),
        ]
        for given in (declared, list(reversed(declared))):
            assert [one.duty for one in due(*given)] == [
                "set/y",
                "set/z",
                "set/b",
                "set/a",
                "set/c",
            ]
