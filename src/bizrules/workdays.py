"""Official working days (法定工作日), as the State Council publishes them year by year."""

from datetime import date, timedelta
from typing import Protocol


class WorkCalendar(Protocol):
    """Says which days are working days."""

    def is_workday(self, day: date) -> bool | None:
        """Whether the day is a working day; None if that year is not known."""


class OfficialCalendar:
    """The published calendar, from the package `chinesecalendar`; other years are not known."""

    def is_workday(self, day: date) -> bool | None:
        """Whether the day is a working day, make-up days (调休) included."""
        # Imported on first use: only working-day periods need it.
        import chinese_calendar  # noqa: PLC0415 - keeps the import of the library light

        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return None


def add_workdays(start: date, count: int, calendar: WorkCalendar) -> date | None:
    """The last of `count` working days after `start`, which itself does not count.

    A negative count runs back from `start`. None if a day on the way lies in a year whose calendar
    is not known: a guess could be wrong.
    """
    step = timedelta(days=-1 if count < 0 else 1)
    day, left, end = start, abs(count), date.min if count < 0 else date.max
    while left:
        if day == end:
            return None
        day += step
        working = calendar.is_workday(day)
        if working is None:
            return None
        left -= working
    return day
