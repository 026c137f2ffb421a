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
from bizrules.provenance import Citation, Text
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

ENDED = date(2022, 8, 31)


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


def waiting(given: Duty) -> Duty:
    """The duty, open only once its period is over."""
    assert given.deadline is not None
    return attrs.evolve(given, deadline=attrs.evolve(given.deadline, waits=True))


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
        # An exemption that waives only other kinds.
        ("still fined", situation(Grade.EXEMPT, FineState.RANGE)),
        ("open fine", situation(None, FineState.SYMBOLIC)),
    )

    @pytest.mark.parametrize(
        ("trigger", "expected"),
        [
            (Trigger.ALWAYS, [name for name, _ in outcomes]),
            (Trigger.EXEMPT, ["exempt", "still fined"]),
            (
                Trigger.PENALTY,
                [
                    "contested",
                    "mitigated",
                    "lighter",
                    "ordinary",
                    "heavier",
                    "not yet",
                    "warned",
                    "still fined",
                ],
            ),
            (Trigger.FINE, ["contested", "mitigated", "lighter", "ordinary", "still fined"]),
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
                # Seven full working days lie between, the first of them 11 May.
                Deadline(length=7, anchor="ordered_on", before=True, kind=CalendarKind.WORKING),
                date(2022, 5, 10),
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

    @pytest.mark.parametrize(
        ("view", "zh", "en"),
        [
            (
                {},
                "自立案之日起90日内（另加〔staff〕）",
                "within 90 days after the filing of the case (plus [staff])",
            ),
            (
                {"staff": 10},
                "自立案之日起90日内（另加〔staff〕10日）",
                "within 90 days after the filing of the case (plus [staff]: 10)",
            ),
            ({"staff": 0}, "自立案之日起90日内", "within 90 days after the filing of the case"),
        ],
    )
    def test_extended_in_words(self, view: dict[str, object], zh: str, en: str) -> None:
        """The period says what is added to it, so that nobody takes its date for final."""
        deadline = Deadline(length=90, anchor="filed", extended_by=("staff",))
        (found,) = due(duty(deadline=deadline), at=situation(view=view))
        assert found.period == Text(zh=zh, en=en)

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

    @pytest.mark.parametrize(
        ("length", "before", "last"),
        [
            (3, False, date(2022, 11, 30)),
            (6, False, date(2023, 2, 28)),
            (3, True, date(2022, 5, 31)),
        ],
    )
    def test_months(self, length: int, before: bool, last: date) -> None:
        """A period of months ends on the same day of the month, or on the month's last one."""
        deadline = Deadline(
            length=length, anchor="ordered_on", kind=CalendarKind.MONTHS, before=before
        )
        (found,) = due(duty(deadline=deadline), at=situation(view={"ordered_on": ENDED}))
        assert found.due == last
        assert found.period is not None
        assert f"{length} months" in found.period.en

    def test_months_extended(self) -> None:
        """Days that are added to a period of months follow the months."""
        deadline = Deadline(
            length=3, anchor="ordered_on", kind=CalendarKind.MONTHS, extended_by=("staff",)
        )
        view = {"ordered_on": ENDED, "staff": 2}
        (found,) = due(duty(deadline=deadline), at=situation(view=view))
        assert found.due == date(2022, 12, 2)

    @pytest.mark.parametrize(
        ("working", "first"), [(False, date(2022, 3, 16)), (True, date(2022, 3, 19))]
    )
    def test_waiting(self, working: bool, first: date) -> None:
        """What is open only after a period has a first day and no last one (行政强制法 46, 54)."""
        (found,) = due(waiting(running(10, working=working)))
        assert (found.due, found.opens, found.verified) == (None, first, True)
        assert found.period is not None
        assert "only when 10" in found.period.en

    def test_waiting_without_a_start(self) -> None:
        """While the start of the period is unknown, nothing opens."""
        (found,) = due(waiting(running(10, "ordered_on")))
        assert (found.due, found.opens) == (None, None)

    def test_waiting_stands_by_its_day(self) -> None:
        """What opens stands among what is due by its day."""
        early, late = running(20), attrs.evolve(running(1), id="set/2")
        found = due(running(400), early, waiting(late))
        assert [one.due or one.opens for one in found] == [
            date(2022, 3, 7),
            date(2022, 3, 25),
            date(2023, 4, 9),
        ]

    @pytest.mark.parametrize(("hours", "same"), [(24, True), (48, True), (25, False)])
    def test_whole_days_of_hours(self, hours: int, same: bool) -> None:
        """Twenty-four hours end at the same hour on the next day, not with that day."""
        (found,) = due(running(hours, hours=True))
        assert found.same_hour is same
        (days,) = due(running(hours))
        assert not days.same_hour

    def test_end_of_time(self) -> None:
        """A date entered as a stand-in does not stop the computation."""
        at = situation(case=attrs.evolve(CASE, filed="9999-12-31"))
        assert due(running(90), at=at)[0].due == date.max
        assert due(running(5, working=True), at=at)[0].due is None


class TestExceptions:
    """A duty on an exemption may except grounds."""

    @pytest.mark.parametrize(
        ("carried", "follows"),
        [
            ({Ground.MINOR}, True),
            ({Ground.MINOR, Ground.NOT_ESTABLISHED}, True),
            ({Ground.NOT_ESTABLISHED}, False),
            # The law provides no penalty: nothing carried the result.
            (set(), False),
        ],
    )
    def test_grounds(self, carried: set[Ground], follows: bool) -> None:
        """Who did not break the law is not educated (行政处罚法 33)."""
        at = situation(Grade.EXEMPT, grounds=frozenset(("law", ground) for ground in carried))
        excepting = duty(Trigger.EXEMPT, except_grounds=frozenset({Ground.NOT_ESTABLISHED}))
        assert bool(due(excepting, at=at)) is follows
        assert due(duty(Trigger.EXEMPT), at=at)


class TestMissed:
    """A duty that was done after its last day is said to be late."""

    @pytest.mark.parametrize(
        ("decided", "late"),
        [
            ("2022-03-15", None),
            ("2022-03-16", "已于2022年3月16日完成，逾期"),
            ("2022-04", "已于2022年4月完成，逾期"),
            ("2022-03", None),
        ],
    )
    def test_done(self, decided: str, late: str | None) -> None:
        """Only a day that certainly lies after the last one is late."""
        at = situation(case=attrs.evolve(CASE, notified=None, decided=decided))
        (found,) = due(attrs.evolve(running(10), met_by="decided"), at=at)
        assert (found.late.zh if found.late else None) == late
        assert found.overdue is (late is not None)

    def test_days_may_be_added(self) -> None:
        """While days may still be added to the period, it is late only unless they are."""
        deadline = Deadline(length=10, anchor="filed", extended_by=("staff",))
        (found,) = due(duty(deadline=deadline, met_by="decided"))
        assert found.late is not None
        assert "unless days are added ([staff])" in found.late.en
        assert not found.overdue

    @pytest.mark.parametrize("modality", [Modality.SHALL, Modality.MAY])
    def test_what_may_be_done(self, modality: Modality) -> None:
        """What may be done has no deadline to miss."""
        (found,) = due(attrs.evolve(running(10), met_by="decided", modality=modality))
        assert found.overdue is (modality is Modality.SHALL)

    def test_condition_unknown(self) -> None:
        """What perhaps does not follow at all was not missed."""
        asked = FactTest(("hearing_due",), Op.IS, True)
        (found,) = due(attrs.evolve(running(10), met_by="decided", when=asked))
        assert (found.late, found.overdue) == (None, False)

    def test_waiting(self) -> None:
        """What waits for the end of a period is not late after it."""
        (found,) = due(attrs.evolve(waiting(running(10)), met_by="decided"))
        assert (found.late, found.overdue) == (None, False)


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
