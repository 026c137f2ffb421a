from datetime import date, timedelta

import pytest

from bizrules.workdays import OfficialCalendar, add_workdays

OFFICIAL = OfficialCalendar()


class Weekdays:
    """A calendar that knows the year 2022 and no holidays but weekends."""

    def is_workday(self, day: date) -> bool | None:
        """Whether the day is Monday to Friday; None outside 2022."""
        return day.isoweekday() < 6 if day.year == 2022 else None


class TestCounting:
    """The day of the event does not count, the last working day does."""

    @pytest.mark.parametrize(
        ("start", "count", "last"),
        [
            ("2022-05-20", 0, "2022-05-20"),
            ("2022-05-20", 1, "2022-05-23"),
            ("2022-05-19", 1, "2022-05-20"),
            ("2022-05-20", 5, "2022-05-27"),
            ("2022-05-20", 7, "2022-05-31"),
            ("2022-05-21", 2, "2022-05-24"),
        ],
    )
    def test_last_day(self, start: str, count: int, last: str) -> None:
        """Weekends are passed over; a start on a Saturday counts from the Monday."""
        found = add_workdays(date.fromisoformat(start), count, Weekdays())
        assert found == date.fromisoformat(last)

    @pytest.mark.parametrize(
        ("start", "count", "first"),
        [
            ("2022-05-20", -1, "2022-05-19"),
            ("2022-05-23", -1, "2022-05-20"),
            ("2022-05-20", -7, "2022-05-11"),
            ("2022-05-21", -1, "2022-05-20"),
        ],
    )
    def test_backwards(self, start: str, count: int, first: str) -> None:
        """A negative number of days runs back from the day, which does not count."""
        found = add_workdays(date.fromisoformat(start), count, Weekdays())
        assert found == date.fromisoformat(first)

    def test_no_guess_backwards(self) -> None:
        """A period that runs back into a year nobody knows has no first day."""
        assert add_workdays(date(2022, 1, 3), -1, Weekdays()) is None
        assert add_workdays(date.min, -1, Weekdays()) is None

    @pytest.mark.parametrize(
        ("start", "count"), [("2022-12-30", 1), ("2022-12-27", 5), ("2021-12-30", 1)]
    )
    def test_no_guess(self, start: str, count: int) -> None:
        """A period that touches a year nobody knows has no last day."""
        assert add_workdays(date.fromisoformat(start), count, Weekdays()) is None

    def test_known_to_the_end(self) -> None:
        """A period that ends on the last day known is known."""
        assert add_workdays(date(2022, 12, 29), 1, Weekdays()) == date(2022, 12, 30)

    def test_end_of_time(self) -> None:
        """After the last day there is, there is no working day."""

        class Always:
            """A calendar without holidays."""

            def is_workday(self, day: date) -> bool | None:  # noqa: ARG002 - every day is one
                """Every day is worked."""
                return True

        assert add_workdays(date(9999, 12, 30), 1, Always()) == date.max
        assert add_workdays(date(9999, 12, 30), 2, Always()) is None


class TestOfficial:
    """The calendar that the State Council published, make-up days included."""

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            ("2022-09-30", True),
            ("2022-10-01", False),
            ("2022-10-07", False),
            ("2022-10-08", True),  # a Saturday that makes up
            ("2022-10-09", True),  # a Sunday that makes up
            ("2022-10-15", False),
            ("2024-02-04", True),  # a Sunday that makes up for the Spring Festival
            ("2024-02-09", True),
            ("2024-02-10", False),
            ("2024-02-17", False),
            ("2024-02-18", True),  # a Sunday that makes up
            ("2025-01-26", True),  # a Sunday that makes up
            ("2025-01-27", True),
            ("2025-01-28", False),
            ("2025-02-04", False),
            ("2025-02-08", True),  # a Saturday that makes up
        ],
    )
    def test_day(self, day: str, expected: bool) -> None:
        """Weekends may be worked and weekdays off around the holidays."""
        assert OFFICIAL.is_workday(date.fromisoformat(day)) is expected

    @pytest.mark.parametrize(
        ("start", "count", "last"),
        [
            ("2022-09-30", 1, "2022-10-08"),
            ("2022-09-30", 2, "2022-10-09"),
            ("2022-09-29", 5, "2022-10-11"),
            ("2022-10-01", 7, "2022-10-14"),
            ("2024-02-08", 2, "2024-02-18"),
            ("2024-02-09", 7, "2024-02-26"),
            ("2025-01-27", 3, "2025-02-07"),
            ("2025-01-27", 5, "2025-02-10"),
        ],
    )
    def test_periods_over_holidays(self, start: str, count: int, last: str) -> None:
        """Over National Day and the Spring Festival only the published working days count."""
        assert add_workdays(date.fromisoformat(start), count, OFFICIAL) == date.fromisoformat(last)

    @pytest.mark.parametrize("year", [1990, 2003, 2035])
    def test_other_years(self, year: int) -> None:
        """A year that is not published has no working days, and no weekends either."""
        days = [date(year, 3, 1) + timedelta(days=offset) for offset in range(7)]
        assert [OFFICIAL.is_workday(day) for day in days] == [None] * 7
        assert add_workdays(days[0], 1, OFFICIAL) is None

    def test_into_an_unknown_year(self) -> None:
        """A period that runs out of the published years has no last day."""
        years = range(2004, 2100)
        last = max(year for year in years if OFFICIAL.is_workday(date(year, 3, 1)) is not None)
        assert add_workdays(date(last, 12, 31), 1, OFFICIAL) is None
        assert add_workdays(date(last, 12, 1), 5, OFFICIAL) is not None
