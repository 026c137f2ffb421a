from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import attrs
import pytest

from bizrules.cases import Act, Case, DayInput, Party, PartyKind, Prior, Priors
from bizrules.derivation import (
    CORE_DERIVATIONS,
    Derivation,
    act_span,
    age_at_act,
    days_to_correct,
    decision_span,
    discovery,
    limitation_run_out,
    ordinary_limitation_run_out,
    party_is_minor,
    party_kind,
    repeat_derivation,
    violation_months,
)
from bizrules.facts import Value
from bizrules.history import Anchor, Area, RepeatCount, Window
from bizrules.values import DateSpan
from records import CASE, known


class Watched:
    """A case that notes which parts of it are read."""

    def __init__(self, case: Case) -> None:
        """Watch the case."""
        self.case = case
        self.seen: set[str] = set()

    def __getattr__(self, name: str) -> object:
        """A part of the case."""
        self.seen.add(name)
        return getattr(self.case, name)


class TestParty:
    """What kind of party it is, and how old."""

    @pytest.mark.parametrize("kind", [None, *PartyKind])
    def test_kind(self, kind: PartyKind | None) -> None:
        """The kind of party is what the case says; what it does not say is unknown."""
        about = known(attrs.evolve(CASE, party=Party(kind=kind)))
        assert party_kind(about) == (kind.value if kind else None)

    @pytest.mark.parametrize(
        ("birth", "act", "age"),
        [
            # 周岁 begins on the day after the birthday.
            (date(2008, 3, 1), "2022-02-28", 13),
            (date(2008, 3, 1), "2022-03-01", 13),
            (date(2008, 3, 1), "2022-03-02", 14),
            (date(2004, 3, 1), "2022-03-01", 17),
            (date(2004, 3, 1), "2022-03-02", 18),
            # Born on 29 February: in other years the birthday is the last day of the month.
            (date(2008, 2, 29), "2022-02-27", 13),
            (date(2008, 2, 29), "2022-02-28", 13),
            (date(2008, 2, 29), "2022-03-01", 14),
            (date(2008, 2, 29), "2024-02-29", 15),
            (date(2008, 2, 29), "2024-03-01", 16),
            (date(2008, 12, 31), "2022-12-31", 13),
            (date(2008, 12, 31), "2023-01-01", 14),
        ],
    )
    def test_age(self, birth: date, act: str, age: int) -> None:
        """On the birthday itself a year of age is not yet completed."""
        about = known(attrs.evolve(CASE, committed=act, party=Party(birth_date=birth)))
        assert age_at_act(about) == age

    @pytest.mark.parametrize(
        ("committed", "age"),
        [
            ("2022-02", 13),
            ("2022-03", None),
            ("2022-04", 14),
            ("2022", None),
            (DateSpan(None, date(2022, 2, 1)), None),
            (DateSpan(date(2022, 4, 1), None), None),
            (None, None),
            (Act(began="2022-01-01", ended="2022-03-02"), 14),
        ],
    )
    def test_age_on_a_rough_date(self, committed: Act | DayInput, age: int | None) -> None:
        """The age is known if it is the same on every possible day on which the act ended."""
        party = Party(birth_date=date(2008, 3, 1))
        assert age_at_act(known(attrs.evolve(CASE, committed=committed, party=party))) == age

    @pytest.mark.parametrize(
        ("party", "age"),
        [
            (Party(age=17, kind=PartyKind.INDIVIDUAL), 17),
            (Party(age=17), 17),
            (Party(kind=PartyKind.INDIVIDUAL), None),
            (Party(age=17, kind=PartyKind.ENTERPRISE), None),
        ],
    )
    def test_stated_age(self, party: Party, age: int | None) -> None:
        """An age that is given needs no birth date; an organisation has none."""
        about = known(attrs.evolve(CASE, committed="2022-03-01", party=party))
        assert age_at_act(about) == age

    @pytest.mark.parametrize(
        ("party", "stated", "minor"),
        [
            (Party(age=17), {}, True),
            (Party(age=18), {}, False),
            (Party(age=0, kind=PartyKind.INDIVIDUAL), {}, True),
            (Party(kind=PartyKind.ENTERPRISE), {}, False),
            (Party(), {}, None),
            (Party(kind=PartyKind.INDIVIDUAL), {"age_at_act": 17}, True),
            (Party(kind=PartyKind.INDIVIDUAL), {"age_at_act": 18}, False),
            (Party(kind=PartyKind.ENTERPRISE), {"age_at_act": 17}, False),
        ],
    )
    def test_minor(self, party: Party, stated: Mapping[str, Value], minor: bool | None) -> None:
        """Under eighteen is minor; an organisation never is, whatever was stated."""
        assert party_is_minor(known(attrs.evolve(CASE, party=party), stated)) is minor


class TestCorrection:
    """Days from the order to the correction."""

    @pytest.mark.parametrize(
        ("ordered", "corrected", "days"),
        [
            (date(2022, 3, 1), date(2022, 3, 16), 15),
            (date(2022, 3, 1), date(2022, 3, 1), 0),
            (date(2022, 3, 1), date(2022, 2, 1), 0),
            (date(2024, 2, 28), date(2024, 3, 1), 2),
            (None, date(2022, 3, 1), None),
            (date(2022, 3, 1), None, None),
        ],
    )
    def test_days(self, ordered: date | None, corrected: date | None, days: int | None) -> None:
        """Who corrected before the order took no day at all."""
        given = {"ordered_on": ordered, "corrected_on": corrected}
        stated = {name: value for name, value in given.items() if value is not None}
        assert days_to_correct(known(CASE, stated)) == days


class TestDuration:
    """Full months for which an act went on."""

    @pytest.mark.parametrize(
        ("began", "ended", "months"),
        [
            ("2022-01-15", "2022-04-14", 2),
            ("2022-01-15", "2022-04-15", 3),
            ("2022-01-15", "2022-04-16", 3),
            ("2022-01-31", "2022-02-27", 0),
            ("2022-01-31", "2022-02-28", 1),
            ("2021-12-01", "2023-12-01", 24),
            ("2022-01-15", "2022-01-15", 0),
            ("2022-01-15", "2022-01-14", None),
            ("2022-01", "2022-04-15", None),
            ("2022-01-15", "2022-04", None),
            (None, "2022-04-15", None),
        ],
    )
    def test_months(self, began: str | None, ended: str, months: int | None) -> None:
        """A month is full on the corresponding day; rough and reversed dates tell nothing."""
        case = attrs.evolve(CASE, committed=Act(began=began, ended=ended))
        assert violation_months(known(case)) == months

    def test_no_act(self) -> None:
        """A case without a date of the act tells nothing."""
        assert violation_months(known(CASE)) is None


def dated(committed: DayInput, discovered: DayInput) -> Case:
    """The case with an act and its discovery."""
    return attrs.evolve(CASE, committed=committed, discovered=discovered)


class TestLimitation:
    """行政处罚法 36: two years, five for life, health and finance with harm."""

    @pytest.mark.parametrize(
        ("committed", "discovered", "run_out"),
        [
            ("2020-03-01", "2022-02-28", False),
            ("2020-03-01", "2022-03-01", False),
            ("2020-03-01", "2022-03-02", True),
            # The day that is missing in February is replaced by the last one.
            ("2020-02-29", "2022-02-28", False),
            ("2020-02-29", "2022-03-01", True),
            ("2021-12-31", "2023-12-31", False),
            ("2021-12-31", "2024-01-01", True),
            ("2022-02-28", "2024-02-28", False),
            ("2022-02-28", "2024-02-29", True),
        ],
    )
    def test_two_years(self, committed: str, discovered: str, run_out: bool) -> None:
        """The day of the act does not count, the corresponding day is the last in time."""
        about = known(dated(committed, discovered), {"life_health_finance": False})
        assert limitation_run_out(about) is run_out
        assert ordinary_limitation_run_out(about) is run_out

    @pytest.mark.parametrize(
        ("discovered", "run_out"),
        [("2024-02-29", False), ("2025-02-28", False), ("2025-03-01", True)],
    )
    def test_five_years(self, discovered: str, run_out: bool) -> None:
        """From a leap day five years run to 28 February."""
        stated: dict[str, Value] = {"life_health_finance": True, "harm": "slight"}
        assert limitation_run_out(known(dated("2020-02-29", discovered), stated)) is run_out

    @pytest.mark.parametrize(
        ("stated", "run_out"),
        [
            ({"life_health_finance": True, "harm": "slight"}, False),
            ({"life_health_finance": True, "harm": "serious"}, False),
            ({"life_health_finance": True, "harm": "none"}, True),
            ({"life_health_finance": False, "harm": "serious"}, True),
            ({"life_health_finance": False}, True),
            ({"harm": "none"}, True),
            ({"life_health_finance": True}, None),
            ({"harm": "serious"}, None),
            ({}, None),
        ],
    )
    def test_between_two_and_five(self, stated: Mapping[str, Value], run_out: bool | None) -> None:
        """Between the two periods it needs both the interest touched and the harm."""
        about = known(dated("2020-03-01", "2023-03-01"), stated)
        assert limitation_run_out(about) is run_out

    @pytest.mark.parametrize(
        ("discovered", "run_out"), [("2021-01-01", False), ("2026-01-01", True)]
    )
    def test_nothing_else_needed(self, discovered: str, run_out: bool) -> None:
        """Within two years and after five the other facts do not matter."""
        assert limitation_run_out(known(dated("2020-03-01", discovered))) is run_out

    def test_old_law_knows_no_five_years(self) -> None:
        """Under the law before 2021 two years ran whatever was harmed."""
        stated: dict[str, Value] = {"life_health_finance": True, "harm": "serious"}
        about = known(dated("2020-03-01", "2023-03-01"), stated)
        assert limitation_run_out(about) is False
        assert ordinary_limitation_run_out(about) is True

    @pytest.mark.parametrize(
        ("months", "discovered", "run_out"),
        [
            (60, "2025-03-01", False),
            (60, "2025-03-02", True),
            (6, "2020-09-01", False),
            (6, "2020-09-02", True),
        ],
    )
    def test_special_law(self, months: int, discovered: str, run_out: bool) -> None:
        """A period of a special law takes the place of both, shorter or longer."""
        stated: dict[str, Value] = {"life_health_finance": True, "harm": "serious"}
        about = known(dated("2020-03-01", discovered), stated, months=months)
        assert limitation_run_out(about) is run_out
        assert ordinary_limitation_run_out(about) is run_out

    def test_a_continuing_act(self) -> None:
        """The period runs from the end of an act that went on."""
        act = Act(began="2018-01-01", ended="2020-03-01")
        case = attrs.evolve(CASE, committed=act, discovered="2022-03-01")
        assert limitation_run_out(known(case)) is False

    @pytest.mark.parametrize(
        ("committed", "discovered", "run_out"),
        [
            ("2020-03", "2022-03-01", False),
            ("2020-03", "2022-03-02", None),
            ("2020-03", "2022-03-31", None),
            ("2020-03", "2022-04-01", True),
            ("2020", "2022", None),
            (DateSpan(None, date(2020, 3, 1)), "2022-03-01", None),
            (DateSpan(None, date(2020, 3, 1)), "2022-03-02", True),
            (DateSpan(date(2020, 3, 1), None), "2022-03-01", False),
            (DateSpan(date(2020, 3, 1), None), "2022-03-02", None),
            ("2020-03-01", DateSpan(date(2022, 3, 2), None), True),
            ("2020-03-01", DateSpan(None, date(2022, 3, 1)), False),
            (None, "2022-03-01", None),
        ],
    )
    def test_rough_dates(
        self, committed: DayInput, discovered: DayInput, run_out: bool | None
    ) -> None:
        """With rough dates it is settled only if every possible day says the same."""
        stated: dict[str, Value] = {"life_health_finance": False}
        assert limitation_run_out(known(dated(committed, discovered), stated)) is run_out

    @pytest.mark.parametrize(
        ("dates", "run_out"),
        [
            ({"decided": "2022-03-01"}, False),
            ({"filed": "2022-03-01", "decided": "2023-01-01"}, False),
            ({"notified": "2022-02-01", "decided": "2023-01-01"}, False),
            # Discovered at an unknown day before the filing: perhaps in time, perhaps not.
            ({"filed": "2022-03-02", "decided": "2023-01-01"}, None),
            ({"decided": DateSpan(date(2021, 1, 1), None)}, None),
            ({}, None),
        ],
    )
    def test_discovery_not_recorded(self, dates: Mapping[str, Any], run_out: bool | None) -> None:
        """What happened later in the procedure proves that the act was discovered before."""
        case = attrs.evolve(CASE, committed="2020-03-01", **dates)
        assert ordinary_limitation_run_out(known(case)) is run_out

    @pytest.mark.parametrize(
        ("committed", "run_out"), [("9999-12-31", False), ("9999", False), ("0001-01-01", True)]
    )
    def test_dates_at_the_ends_of_time(self, committed: str, run_out: bool) -> None:
        """A date entered as a stand-in does not stop the computation."""
        assert limitation_run_out(known(dated(committed, "9999-12-31"))) is run_out


class TestSpansOfACase:
    """When the act, its discovery and the decision may have been."""

    def test_discovery(self) -> None:
        """A recorded discovery stands; otherwise it lies between the act and the next step."""
        assert discovery(dated("2022-03-01", "2022-04")) == DateSpan(
            date(2022, 4, 1), date(2022, 4, 30)
        )
        case = attrs.evolve(CASE, committed="2022-03", filed="2022-05-02", notified="2022-05-01")
        assert discovery(case) == DateSpan(date(2022, 3, 1), date(2022, 5, 1))
        assert discovery(CASE) == DateSpan()

    @pytest.mark.parametrize(
        ("dates", "span"),
        [
            ({"decided": "2022-05"}, DateSpan(date(2022, 5, 1), date(2022, 5, 31))),
            ({"committed": "2022-03-01"}, DateSpan(date(2022, 3, 1), None)),
            (
                {"committed": "2022-03-01", "filed": "2022-04-01", "notified": "2022-03-20"},
                DateSpan(date(2022, 4, 1), None),
            ),
            ({"discovered": DateSpan(None, date(2022, 3, 1))}, DateSpan()),
            ({}, DateSpan()),
        ],
    )
    def test_decision(self, dates: Mapping[str, Any], span: DateSpan) -> None:
        """A decision to come falls on the last known event at the earliest."""
        assert decision_span(attrs.evolve(CASE, **dates)) == span

    def test_act(self) -> None:
        """The act ended on one of these days; nothing known is open at both ends."""
        assert act_span(attrs.evolve(CASE, committed="2022")) == DateSpan(
            date(2022, 1, 1), date(2022, 12, 31)
        )
        assert act_span(CASE) == DateSpan()


class TestTable:
    """The derivations that come with the library."""

    def test_each_is_named_once(self) -> None:
        """No two compute the same fact, and each says what it reads."""
        names = [derivation.name for derivation in CORE_DERIVATIONS]
        assert len(names) == len(set(names))
        assert all(derivation.reads for derivation in CORE_DERIVATIONS)

    @pytest.mark.parametrize("anchor", Anchor)
    @pytest.mark.parametrize("area", Area)
    @pytest.mark.parametrize("found", [True, False])
    def test_reads(self, anchor: Anchor, area: Area, *, found: bool) -> None:
        """Each reads no part of the case but those that it names, whatever counts as first."""
        place = {"region": "530103", "authority": "a", "violation": "food.label"}
        days = {step.value: date(2021, 5, 1) for step in Anchor}
        prior = Prior(**place, **days)  # type: ignore[arg-type]  # names of fields
        full = attrs.evolve(
            CASE,
            committed="2022-03-01",
            discovered="2022-03-02" if found else None,
            filed="2022-03-03",
            decided="2022-05-20",
            authority="a",
            party=Party(birth_date=date(2000, 1, 1)),
            priors=Priors(searched_since=date(2010, 1, 1), found=[prior]),
        )
        count = RepeatCount(window=Window(24), anchor=anchor, area=area)
        repeats = repeat_derivation("repeats", count)
        for derivation in (*CORE_DERIVATIONS, repeats):
            watched = Watched(full)
            about = attrs.evolve(known(full), case=cast("Case", watched), first=count)
            derivation.compute(about)
            assert watched.seen <= set(derivation.reads), derivation.name
        narrow = area is Area.ANYWHERE
        assert narrow is not bool({"region", "authority"} & set(repeats.reads))
        assert {"priors", "committed", anchor.value} <= set(repeats.reads)

    @pytest.mark.parametrize("derivation", CORE_DERIVATIONS, ids=lambda derivation: derivation.name)
    def test_nothing_known(self, derivation: Derivation) -> None:
        """From a case that says nothing nothing is derived."""
        assert derivation.compute(known(CASE)) is None

    def test_by_ruleset(self) -> None:
        """Only what counts priors depends on a definition."""
        assert {d.name for d in CORE_DERIVATIONS if d.by_ruleset} == {
            "first_violation",
            "prior_count",
        }
