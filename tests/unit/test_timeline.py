from datetime import date
from functools import cache

import pytest

from bizrules._yaml import read_yaml
from bizrules.cases import Act, Prior, Priors
from bizrules.derivation import limitation_end, limitation_months
from bizrules.engine import Engine
from bizrules.loading import load_documents
from bizrules.outcomes import LawChoice
from bizrules.plain import outcome_from_plain, to_plain
from bizrules.timeline import ItemKind, Lane, plain_timeline, render_text, timeline_of
from bizrules.timeline._days import length_between, short_span
from bizrules.timeline._measuring import cells, ems, shorten, wrap
from bizrules.values import DateSpan
from records import CASE, known
from timeline_samples import (
    JOINT,
    LAW,
    LIST,
    MET,
    OLD,
    REACHING,
    VIOLATIONS,
    VOCABULARY,
    case,
    engine,
    engine_with,
    labelled,
    notes,
    of_kind,
    timeline,
)


@cache
def national() -> Engine:
    """The engine of the national rulesets."""
    return Engine.load(plugins=False)


def on(year: int, month: int, day: int) -> DateSpan:
    """The span of one day."""
    return DateSpan.on(date(year, month, day))


class TestEvents:
    """What happened stands on its day."""

    def test_the_steps_of_a_case_stand_in_order(self) -> None:
        """Act, discovery, filing, order, notice and decision follow each other."""
        found = [
            (item.label.en, item.on.exact)
            for item in timeline().items
            if item.kind in (ItemKind.ACT, ItemKind.EVENT)
        ]
        assert found == [
            ("act committed", date(2024, 3, 1)),
            ("act discovered", date(2024, 3, 5)),
            ("case filed", date(2024, 3, 6)),
            ("day of the order to correct", date(2024, 3, 7)),
            ("party told of the intended penalty", date(2024, 5, 10)),
            ("decision", date(2024, 5, 20)),
        ]

    def test_a_continuing_act_lasts(self) -> None:
        """An act that went on stands from its first to its last day."""
        act = Act(ended=date(2024, 3, 1), began=date(2023, 12, 1))
        item = labelled(timeline(committed=act), "act continued")
        assert (item.since, item.on) == (on(2023, 12, 1), on(2024, 3, 1))

    def test_missing_dates_are_named(self) -> None:
        """A step whose date is not known stands at the end."""
        found = timeline(committed=None, notified=None)
        undated = [item.label.en for item in found.undated]
        assert undated[:2] == ["act committed", "party told of the intended penalty"]

    def test_a_month_stays_a_month(self) -> None:
        """Of a month that is all that is known, no day is invented."""
        item = labelled(timeline(committed="2024-02"), "act committed")
        assert item.on == DateSpan(date(2024, 2, 1), date(2024, 2, 29))
        assert "2024-02  " in render_text(timeline(committed="2024-02"))


class TestHistory:
    """Earlier violations, and the windows in which they count."""

    def test_priors_say_what_and_how(self) -> None:
        """An earlier violation stands on its decision with its name and its result."""
        (item,) = of_kind(timeline(), ItemKind.PRIOR)
        assert item.on == on(2023, 9, 1)
        assert item.label.en == "earlier violation: selling <stale> food & drink"
        assert notes(item) == "day of the decision; penalised"

    @pytest.mark.parametrize(
        ("prior", "label", "first"),
        [
            (Prior(committed=date(2023, 1, 1), field="food"), "food", "day of the act"),
            (Prior(discovered=date(2023, 1, 1)), "not said which", "day of its discovery"),
            (Prior(field="food", result="pending"), "food", "not yet dealt with"),
        ],
    )
    def test_priors_known_in_part(self, prior: Prior, label: str, first: str) -> None:
        """What is not recorded of an earlier violation is not made up."""
        (item,) = of_kind(timeline(priors=Priors(found=[prior])), ItemKind.PRIOR)
        assert item.label.en == f"earlier violation: {label}"
        assert notes(item).startswith(first)

    def test_each_definition_has_its_window(self) -> None:
        """The law's search, the list's window and the repeats within a year stand side by side."""
        found = [(i.since, i.on, i.label.en) for i in of_kind(timeline(), ItemKind.WINDOW)]
        assert found == [
            (on(2022, 3, 1), on(2024, 3, 1), "window for a first violation"),
            (on(2022, 3, 1), on(2024, 3, 1), "period to search for a first violation"),
            (on(2023, 3, 1), on(2024, 3, 1), "window in which repeats count"),
        ]

    @pytest.mark.parametrize(
        ("priors", "said"),
        [
            (None, "searched back to 1 March 2022 and were not"),
            (Priors(searched_since=date(2022, 3, 2)), "searched back to 2 March 2022 only"),
            (Priors(searched_since=date(2022, 3, 1)), "and were searched back to 1 March 2022"),
        ],
    )
    def test_the_search_reaches_far_enough(self, priors: Priors | None, said: str) -> None:
        """The search is short if it begins a day after the window does."""
        item = labelled(timeline(priors=priors), "window for a first violation")
        assert notes(item).endswith(said)

    def test_windows_wait_for_their_anchor(self) -> None:
        """Without the day of the act no window has a date."""
        item = labelled(timeline(committed=None), "window for a first violation")
        assert item.days == ()
        assert "no period to search is set" in notes(item)


class TestLimitation:
    """The limitation period, as 行政处罚法 36 has it."""

    def test_both_periods_while_facts_are_open(self) -> None:
        """Two years and five stand until it is known whether life and health are touched."""
        two, five = of_kind(timeline(), ItemKind.LIMITATION)
        assert (two.on, five.on) == (on(2026, 3, 1), on(2029, 3, 1))
        assert not two.certain
        assert "discovered in time" in notes(two)

    @pytest.mark.parametrize(
        ("facts", "months"),
        [
            ({"life_health_finance": False}, 24),
            ({"harm": "none"}, 24),
            ({"life_health_finance": True, "harm": "slight"}, 60),
        ],
    )
    def test_facts_settle_the_period(self, facts: dict[str, object], months: int) -> None:
        """Five years need life, health or finance touched, and harm."""
        (item,) = of_kind(timeline(facts=facts), ItemKind.LIMITATION)
        assert item.label.en == f"limitation period ({months // 12} years)"
        assert item.certain

    def test_a_special_law_sets_its_own(self) -> None:
        """Where a special law has a period, only that stands, with its article."""
        (item,) = of_kind(timeline(violation="tax.return"), ItemKind.LIMITATION)
        assert item.on == on(2029, 3, 1)
        assert item.citations[0].law == "税收征收管理法"

    @pytest.mark.parametrize(("day", "late"), [(date(2024, 3, 1), False), (date(2024, 3, 2), True)])
    def test_a_late_discovery_shows(self, day: date, late: bool) -> None:
        """A discovery on the last day is in time, one on the next day is not."""
        found = timeline(
            committed=date(2022, 3, 1), discovered=day, facts={"life_health_finance": False}
        )
        (item,) = of_kind(found, ItemKind.LIMITATION)
        assert item.overdue is late

    def test_ends_follow_the_act(self) -> None:
        """An act known only roughly leaves the end of the period as rough."""
        rough = known(case(committed="2020-02"), {"harm": "none"})
        assert limitation_end(rough) == {24: DateSpan(date(2022, 2, 1), date(2022, 2, 28))}
        assert limitation_end(known(CASE)) == {24: DateSpan(), 60: DateSpan()}
        assert limitation_months(known(CASE), extended=False) == (24,)
        assert limitation_months(known(CASE, months=6)) == (6,)


class TestLaw:
    """Changes of the law between act and decision."""

    def test_changes_stand_on_their_days(self) -> None:
        """A new version of the provision, a new law for an old one, a new list."""
        found = timeline(committed=date(2021, 4, 1), discovered=date(2022, 1, 5))
        said = [(i.on.exact, i.label.zh) for i in of_kind(found, ItemKind.LAW)]
        assert said == [
            (date(2021, 4, 29), "罚则变更"),
            (date(2021, 7, 15), "《行政处罚法》开始适用"),
            (date(2021, 7, 15), "《行政处罚法（2017年修正）》不再适用"),
            (date(2022, 1, 1), "《轻微违法行为清单》开始适用"),
        ]

    @pytest.mark.parametrize(
        ("committed", "decided", "count"),
        [
            (date(2021, 4, 28), date(2021, 4, 29), 1),
            (date(2021, 4, 29), date(2021, 4, 30), 0),
            (date(2021, 4, 1), date(2021, 4, 28), 0),
        ],
    )
    def test_only_what_changed_in_between(self, committed: date, decided: date, count: int) -> None:
        """A change on the day of the act is old, one on the day of the decision counts."""
        found = timeline(
            committed=committed,
            discovered=None,
            filed=None,
            notified=None,
            decided=decided,
            facts={},
            priors=None,
        )
        assert len(of_kind(found, ItemKind.LAW)) == count

    def test_an_undecided_case_runs_to_its_last_event(self) -> None:
        """Without a decision, changes up to the latest known step are shown."""
        early = {"discovered": date(2021, 8, 1), "filed": None, "notified": None, "decided": None}
        found = timeline(committed=date(2021, 6, 1), **early)
        assert len(of_kind(found, ItemKind.LAW)) == 2
        assert not of_kind(timeline(committed=None), ItemKind.LAW)

    @pytest.mark.parametrize(
        ("reach", "days"),
        [
            ("if_more_lenient", [(2022, 1, 1), (2023, 1, 1), (2024, 1, 1)]),
            ("never", [(2022, 1, 1)]),
            ("always", [(2022, 1, 1)]),
        ],
    )
    def test_only_days_on_which_a_list_decides(
        self, reach: str, days: list[tuple[int, int, int]]
    ) -> None:
        """A list for the day of the act, or of the decision, changes nothing in between."""
        held = engine_with(REACHING.format(reach=reach))
        acted = case(committed=date(2021, 8, 1), discovered=date(2022, 1, 5))
        found = timeline_of(held.evaluate(acted), held)
        assert [i.on.exact for i in of_kind(found, ItemKind.LAW)] == [date(*day) for day in days]

    def test_the_law_of_the_outcome_is_shown(self) -> None:
        """Elements of the other offence of a joint act are read by no window."""
        held = engine_with(JOINT)
        cases = [case(id=name, violation=name, act="1") for name in ("food.stale", "food.repeated")]
        alone = held.evaluate(cases[0])
        joint = held.evaluate_matter(cases).parts[0].outcome
        shown = [len(of_kind(timeline_of(one, held), ItemKind.WINDOW)) for one in (alone, joint)]
        assert shown == [3, 2]

    def test_an_outcome_read_back_has_its_timeline(self) -> None:
        """Of a recorded outcome the law is the one that the engine finds."""
        found = engine().evaluate(case())
        recorded = outcome_from_plain(to_plain(found))
        assert timeline_of(recorded, engine()) == timeline_of(found, engine())

    def test_an_act_may_cease_to_be_a_violation(self) -> None:
        """That the act was a violation only for a time is shown."""
        day = {"discovered": None, "filed": None, "notified": None}
        found = timeline(violation="stall.street", committed=date(2021, 5, 1), **day)
        item = labelled(found, "from this day on the act is no")
        assert item.on == on(2021, 6, 1)
        assert found.law is not None

    def test_the_choice_of_law_is_said(self) -> None:
        """Where old and new law differ, which is applied stands at the top."""
        outcome = engine().evaluate(case(committed=date(2021, 4, 1)))
        assert outcome.law_applied.choice is not LawChoice.SAME
        found = timeline(committed=date(2021, 4, 1))
        assert found.law == outcome.law_applied.text
        assert timeline().law is None
        assert "Law applied: " in render_text(found, "en")


class TestDeadlines:
    """Duties with their days."""

    def test_deadlines_stand_on_their_last_day(self) -> None:
        """Ninety days from the filing; seven working days from the decision."""
        found = timeline()
        assert labelled(found, "decide").on == on(2024, 6, 4)
        assert labelled(found, "serve").on == on(2024, 5, 29)
        assert labelled(found, "pay the fine").days == ()

    def test_years_without_calendar_give_no_date(self) -> None:
        """Working days of a year that nobody published are by calendar, not verified."""
        item = labelled(timeline(decided=date(2103, 5, 20)), "serve")
        assert item.days == ()
        assert not item.verified
        assert "by calendar, not verified" in notes(item)

    @pytest.mark.parametrize(("day", "missed"), [(4, False), (5, True)])
    def test_a_late_decision_is_missed(self, day: int, missed: bool) -> None:
        """A decision on the ninetieth day is in time; the day after is too late."""
        found = timeline(decided=date(2024, 6, day), facts={"days_not_counted": 0})
        item = labelled(found, "decide")
        assert item.overdue is missed
        assert ("missed: done only on 5 June 2024" in notes(item)) is missed

    def test_days_that_may_not_count_leave_it_open(self) -> None:
        """While it is unknown whether days do not count, nothing is called missed."""
        item = labelled(timeline(decided=date(2024, 6, 5)), "decide")
        assert not item.overdue
        assert "missed unless days are added (days that do not count)" in notes(item)

    def test_a_rough_decision_is_not_missed(self) -> None:
        """A decision that may have been in time did not certainly miss its deadline."""
        facts = {"days_not_counted": 0}
        item = labelled(timeline(decided="2024-06", facts=facts), "decide")
        assert not item.overdue

    def test_what_may_be_done_is_never_missed(self) -> None:
        """A deadline of a right that may not be there is uncertain, and runs back."""
        item = labelled(timeline(facts={"hearing_on": date(2024, 5, 15)}), "give notice")
        assert item.on == on(2024, 5, 8)
        assert not item.certain

    def test_late_payment_costs(self) -> None:
        """Three per cent a day from the day after the deadline, and where it ends."""
        facts = {"decision_served_on": date(2024, 5, 22), "fine_paid_on": date(2024, 6, 16)}
        found = timeline(facts=facts)
        assert labelled(found, "pay the fine").overdue
        assert labelled(found, "paid 10 days late").label.en.endswith(
            "30% of the fine may be added"
        )
        assert labelled(found, "what may be added").on == on(2024, 7, 10)
        fined = timeline(facts={**facts, "fine_decided": "2000"})
        assert labelled(fined, "paid 10 days late").label.zh == "逾期10日缴纳，可以加处罚款600元"

    @pytest.mark.parametrize(
        ("day", "late", "amount"),
        [(date(2024, 7, 9), 33, "1,980"), (date(2024, 7, 10), 34, "2,000"),
         (date(2024, 7, 11), 35, "2,000")],
    )  # fmt: skip
    def test_the_surcharge_is_capped(self, day: date, late: int, amount: str) -> None:
        """The day before the cap it is ninety-nine per cent; on it and after it, the fine."""
        served = {"decision_served_on": date(2024, 5, 22), "fine_decided": "2000"}
        found = timeline(facts={**served, "fine_paid_on": day})
        item = labelled(found, f"paid {late} days late")
        assert item.on.exact == day
        assert (
            item.label.en == f"paid {late} days late: up to {amount} yuan may be added to the fine"
        )

    @pytest.mark.parametrize(
        ("paid", "said"),
        [
            (date(2022, 12, 5), "逾期33日缴纳，可以加处罚款9900元"),
            (date(2022, 12, 6), "逾期34日缴纳，可以加处罚款1万元"),
            (date(2022, 12, 7), "逾期35日缴纳，可以加处罚款1万元"),
        ],
    )
    def test_the_national_surcharge(self, paid: date, said: str) -> None:
        """Three per cent a day of the fine imposed, up to the fine itself (行政处罚法 72)."""
        law = national()
        given = case(
            violation="fire.lane-blocked",
            committed=date(2022, 9, 5),
            discovered=date(2022, 9, 6),
            filed=date(2022, 9, 7),
            notified=date(2022, 9, 29),
            decided=date(2022, 10, 14),
            facts={
                "harm": "slight",
                "corrected": "no",
                "violation_minor": False,
                "first_violation": False,
                "markedly_minor": False,
                "no_evident_social_harm": False,
                "social_harm_small": False,
                "decision_served_on": date(2022, 10, 18),
                "fine_decided": "10000",
                "fine_paid_on": paid,
            },
            examined=frozenset(law.vocabulary.groups),
            priors=None,
        )
        outcome = law.evaluate(given)
        met = {one.duty.partition("/")[2]: one.met for one in outcome.duties}
        assert met["decide-within-90-days"] == date(2022, 10, 14)
        assert met["serve"] == date(2022, 10, 18)
        assert met["pay"] == met["late-payment"] == paid
        labels = [i.label.zh for i in of_kind(timeline_of(outcome, law), ItemKind.SURCHARGE)]
        assert sorted(labels) == sorted(["加处罚款达到上限", said])

    @pytest.mark.parametrize(
        ("committed", "met", "missed"),
        [
            (date(2024, 3, 31), date(2024, 3, 31), False),
            (date(2024, 4, 1), date(2024, 4, 1), True),
            ("2024-04", None, True),
            ("2024-03", None, False),
        ],
    )
    def test_the_act_may_show_that_a_duty_was_done(
        self, committed: date | str, met: date | None, missed: bool
    ) -> None:
        """A duty is done by any date of the case, and missed only if that is certain."""
        held = engine_with(MET.format(name="committed"))
        facts = {"ordered_on": date(2024, 3, 1)}
        given = case(committed=committed, discovered=date(2024, 5, 2), filed=None, facts=facts)
        outcome = held.evaluate(given)
        (found,) = (one for one in outcome.duties if one.duty == "sample.met/stop")
        assert found.met == met
        assert labelled(timeline_of(outcome, held), "stop it").overdue is missed

    def test_payment_in_time_costs_nothing(self) -> None:
        """On the fifteenth day nothing is late."""
        facts = {"decision_served_on": date(2024, 5, 22), "fine_paid_on": date(2024, 6, 6)}
        found = timeline(facts=facts)
        assert not labelled(found, "pay the fine").overdue
        assert len(of_kind(found, ItemKind.SURCHARGE)) == 1


class TestPlain:
    """The timeline as plain data."""

    def test_items_say_everything(self) -> None:
        """Kind, lane, days, words and articles of every item."""
        data = plain_timeline(timeline(), "en")
        items = data["items"]
        assert isinstance(items, list)
        assert len(items) == len(timeline().items)
        decide = next(item for item in items if item["label"] == "decide")
        assert decide["lane"] == Lane.DEADLINES.value
        assert decide["on"] == {"earliest": "2024-06-04", "latest": "2024-06-04"}
        assert decide["citations"] == ["Administrative Penalty Law 《行政处罚法》, art. 60"]


class TestText:
    """The timeline in the terminal."""

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_lines_fit(self, lang: str) -> None:
        """No line is wider than eighty columns, and none ends in blanks."""
        for line in render_text(timeline(), lang).splitlines():
            assert cells(line) <= 80
            assert line == line.rstrip()

    def test_rows_say_date_kind_and_label(self) -> None:
        """Date, mark, kind and label stand in columns; long gaps are named."""
        lines = render_text(timeline(), "zh").splitlines()
        assert lines[0] == "案件2024-7的时间线"
        assert "2024-06-04    ◆ 期限  作出决定" in lines
        assert "              ┊ 64日" in lines

    def test_missed_deadlines_stand_out(self) -> None:
        """A missed deadline has a mark and a word."""
        found = timeline(decided=date(2024, 6, 5), facts={"days_not_counted": 0})
        assert "✗ 期限  【逾期】作出决定" in render_text(found, "zh")
        assert "✗ deadline  MISSED: decide" in render_text(found, "en")

    def test_uncertain_days_take_two_lines(self) -> None:
        """Between which days the act lies stands in the column of dates and in words."""
        span = DateSpan(date(2024, 2, 27), date(2024, 3, 1))
        lines = render_text(timeline(committed=span), "en").splitlines()
        at = next(at for at, line in enumerate(lines) if "act committed" in line)
        assert lines[at].startswith("2024-02-27 ")
        assert lines[at + 1].startswith("~2024-03-01")
        assert "date: between 27 February 2024 and 1 March 2024" in lines[at + 1]

    def test_nothing_known_is_said(self) -> None:
        """A case without any date says so, and what is missing."""
        none = dict.fromkeys(("committed", "discovered", "filed", "notified", "decided"))
        said = render_text(timeline(**none, facts={}, priors=None), "en")
        assert "The case names no date." in said
        assert "? event     decision" in said


class TestMeasuring:
    """Widths and line breaks."""

    def test_chinese_takes_two_cells(self) -> None:
        """A Chinese character is as wide as two others; a mark over a letter has no width."""
        assert cells("期限a，") == 7
        assert cells("e\u0301") == 1
        assert ems("期") == 1.0
        assert ems("\u0301") == 0.0
        assert ems("W") > ems("i")

    def test_lines_break_where_people_break_them(self) -> None:
        """Chinese breaks between characters, not before a comma; English at spaces."""
        assert wrap("违法行为，轻微", 8, cells) == ["违法行", "为，轻微"]
        assert wrap("of the act", 6, cells) == ["of the", "act"]
        assert wrap("违法行为《行政处罚法》", 10, cells) == ["违法行为", "《行政处罚", "法》"]
        assert wrap("abcdefgh", 3, cells) == ["abc", "def", "gh"]
        assert wrap("", 3, cells) == [""]

    def test_shortened_lines_say_so(self) -> None:
        """What is left out is marked, and the line still fits."""
        assert shorten(["abc", "def", "ghi"], 2, 3, cells) == ["abc", "de…"]
        assert shorten(["abc"], 2, 3, cells) == ["abc"]


class TestDays:
    """Days and lengths in few characters."""

    @pytest.mark.parametrize(
        ("first", "last", "said"),
        [
            (date(2024, 1, 1), date(2024, 2, 15), "45 d"),
            (date(2024, 1, 31), date(2024, 4, 30), "3 mo"),
            (date(2024, 1, 1), date(2024, 6, 2), "about 5 mo"),
            (date(2022, 3, 1), date(2024, 3, 1), "2 y"),
            (date(2022, 3, 1), date(2023, 5, 9), "about 1 y 2 mo"),
            (date(2022, 3, 9), date(2023, 3, 8), "about 11 mo"),
        ],
    )
    def test_lengths(self, first: date, last: date, said: str) -> None:
        """Days up to three months, then months and years, about where not to the day."""
        assert length_between(first, last, "en") == said

    @pytest.mark.parametrize(
        ("span", "said"),
        [
            (on(2024, 3, 1), "2024-03-01"),
            (DateSpan(date(2024, 3, 1), date(2024, 3, 31)), "2024-03"),
            (DateSpan(date(2024, 1, 1), date(2024, 12, 31)), "2024"),
            (DateSpan(date(2024, 3, 1), date(2024, 3, 30)), "2024-03-01~2024-03-30"),
            (DateSpan(date(2024, 3, 2), date(2025, 3, 1)), "2024-03-02~2025-03-01"),
            (DateSpan(date(2024, 3, 1), None), "≥2024-03-01"),
            (DateSpan(None, date(2024, 3, 1)), "≤2024-03-01"),
            (DateSpan(), "?"),
        ],
    )
    def test_spans(self, span: DateSpan, said: str) -> None:
        """A day, a month, a year, from when, until when."""
        assert short_span(span) == said


WAITING = """
format: 1
document: ruleset
id: sample.waiting
version: "1"
title: {zh: 期满之后, en: after a period}
region: "530103"
instrument: {name: 示例, level: document, kind: illustration}
duties:
  - {id: execute, text: {zh: 强制执行, en: execute}, on: always, modality: may,
     met_by: fine_paid_on, accrues: {rate: 0.03},
     deadline: {days: 30, after: ordered_on, waits: true},
     cite: [{law: 行政强制法, article: 46, paragraph: 1}]}
  - {id: report, text: {zh: 报告, en: report}, on: always,
     deadline: {hours: 24, after: ordered_on}, cite: [{law: 行政强制法, article: 19}]}
"""


class TestOpenings:
    """What is open only once a period is over stands on the day on which it opens."""

    def test_it_is_no_deadline(self) -> None:
        """The day after the period is an opening, and nothing is missed after it."""
        held = engine_with(WAITING)
        found = timeline_of(held.evaluate(case(facts={"ordered_on": date(2024, 3, 7)})), held)
        (item,) = of_kind(found, ItemKind.OPENING)
        assert (item.on, item.kind.lane) == (on(2024, 4, 7), Lane.DEADLINES)
        assert notes(item).startswith("may; if late")
        assert "opens" in render_text(found, "en")

    def test_what_accrues_counts_from_it(self) -> None:
        """The day on which a surcharge opens is the first that counts."""
        held = engine_with(WAITING)
        facts = {"ordered_on": date(2024, 3, 7), "fine_paid_on": date(2024, 4, 7)}
        found = timeline_of(held.evaluate(case(facts=facts)), held)
        said = [i.label.en for i in of_kind(found, ItemKind.SURCHARGE)]
        assert "paid 1 days late: up to 3% of the fine may be added" in said

    def test_without_a_start(self) -> None:
        """While the start is unknown, the period is said in words."""
        held = engine_with(WAITING)
        item = labelled(timeline_of(held.evaluate(case(facts={})), held), "execute")
        assert item.days == ()
        assert "only when 30 days have passed" in notes(item)

    def test_hours_end_at_the_hour(self) -> None:
        """Twenty-four hours end at the same hour of the next day."""
        held = engine_with(WAITING)
        item = labelled(timeline_of(held.evaluate(case()), held), "report")
        assert item.on == on(2024, 3, 8)
        assert "up to the hour at which it began" in notes(item)


class TestCountedDay:
    """An earlier violation stands on the day by which the law counts it."""

    def test_the_other_days_are_said(self) -> None:
        """It stands on its decision, which the definitions count; the others are in its notes."""
        prior = Prior(
            committed=date(2023, 1, 5), discovered=date(2023, 2, 5), decided=date(2023, 9, 1)
        )
        (item,) = of_kind(timeline(priors=Priors(found=[prior])), ItemKind.PRIOR)
        assert item.on == on(2023, 9, 1)
        assert "day of its discovery: 5 February 2023; day of the act: 5 January 2023" in notes(
            item
        )

    def test_a_definition_may_count_the_act(self) -> None:
        """Where the definition counts the act, it stands on the day of the act."""
        texts = (VOCABULARY, VIOLATIONS, OLD, LAW, LIST)
        counted = [text.replace(" same: ", " counted_by: committed, same: ") for text in texts]
        documents = [read_yaml(text.encode(), f"{at}.yaml") for at, text in enumerate(counted)]
        held = Engine(knowledge=load_documents(documents))
        prior = Prior(committed=date(2023, 1, 5), decided=date(2023, 9, 1), violation="food.stale")
        found = timeline_of(held.evaluate(case(priors=Priors(found=[prior]))), held)
        for item in of_kind(found, ItemKind.WINDOW):
            assert "an earlier violation counts by the day of the act" in notes(item)
        (item,) = of_kind(found, ItemKind.PRIOR)
        assert item.on == on(2023, 1, 5)
        assert "day of the decision: 1 September 2023" in notes(item)

    def test_a_limitation_runs_out(self) -> None:
        """A limitation period is over; nobody missed it."""
        found = timeline(
            committed=date(2022, 3, 1),
            discovered=date(2024, 3, 2),
            facts={"life_health_finance": False},
        )
        assert "【届满】追究时效（二年）" in render_text(found, "zh")
        assert "RUN OUT: limitation period (2 years)" in render_text(found, "en")
