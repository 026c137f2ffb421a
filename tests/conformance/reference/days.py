"""Days, rough days, months and regions, as the documents write them."""

from datetime import date, timedelta
from typing import Any, TypeAlias

from conformance.reference.conditions import Data, Truth

Span: TypeAlias = tuple[date, date]


def day(raw: str, *, last: bool = False) -> date:
    """A day, or the first or last day of a month or year."""
    parts = [int(part) for part in raw.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = parts[0], parts[1] if len(parts) > 1 else (12 if last else 1)
    if not last:
        return date(year, month, 1)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def span(raw: Any) -> Span:  # noqa: ANN401 - a date, a rough date, or a pair of days
    """The first and the last day that a written date may be."""
    if isinstance(raw, dict):
        ends = raw.get("earliest"), raw.get("latest")
        return day(ends[0]) if ends[0] else date.min, day(ends[1]) if ends[1] else date.max
    return day(raw), day(raw, last=True)


def act_span(case: Data) -> Span:
    """Days on which the act may have ended."""
    given = case.get("committed")
    if isinstance(given, dict) and "from" in given:
        return span(given["to"]) if "to" in given else (span(given["from"])[0], date.max)
    return span(given) if given is not None else (date.min, date.max)


def covers(interval: Data, days: Span, known: date | None) -> Truth:
    """Whether something was in force on all of the days; None if only on some."""
    start = day(interval["from"]) if "from" in interval else date.min
    until = day(interval["until"]) if "until" in interval else date.max
    announced = interval.get("end_published")
    if known and announced and day(announced) > known:
        until = date.max
    if days[1] < start or (until <= days[0] and until != date.max):
        return False
    return True if start <= days[0] and (days[1] < until or until == date.max) else None


def months_later(start: date, months: int) -> date:
    """The same day of the month, or the month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(start.day, last))


def region_line(region: str) -> list[str]:
    """A region and those above it, nearest first."""
    if region == "national":
        return [region]
    codes = dict.fromkeys((region, region[:4] + "00", region[:2] + "0000"))
    return [*codes, "national"]
