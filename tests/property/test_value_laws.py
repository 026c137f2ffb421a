"""Laws of money, numbers, dates, periods and intervals."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from bizrules.cases import format_span, to_span
from bizrules.values import (
    DateSpan,
    Interval,
    Money,
    add_days,
    add_months,
    format_decimal,
    month_end,
    parse_date,
    parse_decimal,
    parse_integer,
)

amounts = st.integers(-(10**20), 10**20).map(Money)
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
ends = st.none() | days
steps = st.integers(-2400, 2400)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Intervals with at least one day, closed or open at either end."""
    start, until = draw(ends), draw(ends)
    if start is not None and until is not None:
        start, until = min(start, until), max(start, until) + timedelta(days=1)
    return Interval(start, until)


@st.composite
def short_spans(draw: st.DrawFn) -> DateSpan:
    """Spans of at most two weeks."""
    first = draw(days)
    return DateSpan(first, first + timedelta(days=draw(st.integers(0, 14))))


def days_of(span: DateSpan) -> list[date]:
    """Every day of a span with two ends."""
    assert span.earliest is not None
    assert span.latest is not None
    count = (span.latest - span.earliest).days + 1
    return [span.earliest + timedelta(days=step) for step in range(count)]


class TestMoney:
    """Amounts form an ordered group, and are written without loss."""

    @given(amounts, amounts, amounts)
    def test_group(self, a: Money, b: Money, c: Money) -> None:
        """Addition is associative, commutative, and undone by subtraction."""
        assert (a + b) + c == a + (b + c)
        assert a + b == b + a
        assert a + b - b == a

    @given(amounts, amounts, st.integers(-1000, 1000))
    def test_multiples(self, a: Money, b: Money, factor: int) -> None:
        """Multiples distribute over sums."""
        assert (a + b) * factor == a * factor + b * factor

    @given(amounts, amounts)
    def test_order(self, a: Money, b: Money) -> None:
        """Amounts are ordered as their fen are, and adding keeps the order."""
        assert (a < b) == (a.fen < b.fen)
        assert (a <= b) == (a + Money(1) <= b + Money(1))

    @given(amounts)
    def test_written_form(self, amount: Money) -> None:
        """An amount in yuan is read back as the same amount."""
        assert Money.from_yuan(str(amount)) == amount
        assert Money.from_yuan(amount.yuan) == amount


class TestNumbers:
    """Numbers are read back as they were written."""

    @given(st.integers(-(10**20), 10**20))
    def test_integers(self, number: int) -> None:
        """A whole number survives its text."""
        assert parse_integer(str(number)) == number
        assert parse_decimal(str(number)) == number

    @given(st.integers(-(10**18), 10**18), st.integers(0, 4))
    def test_decimals(self, digits: int, places: int) -> None:
        """A decimal number survives its text, which has no needless zero."""
        number = Decimal(digits) / 10**places
        text = format_decimal(number)
        assert parse_decimal(text) == number
        assert "e" not in text.lower()
        assert not text.endswith((".", "0")) or "." not in text

    @given(st.text(max_size=8))
    def test_nothing_else_is_a_number(self, text: str) -> None:
        """Text is either refused or means what it looks like."""
        try:
            number = parse_decimal(text)
        except ValueError:
            return
        assert Decimal(text) == number
        assert text.isascii()

    @given(days)
    def test_dates(self, day: date) -> None:
        """A date survives its text."""
        assert parse_date(day.isoformat()) == day


class TestMonths:
    """Periods of months end on the corresponding day, or on the last of the month."""

    @given(days, steps)
    def test_corresponding_day(self, day: date, months: int) -> None:
        """The month is right, and the day is the same or the month's last."""
        found = add_months(day, months)
        assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
        assert found.day == min(day.day, month_end(found).day)

    @given(days, days, steps)
    def test_order(self, one: date, other: date, months: int) -> None:
        """Of two days the earlier one stays the earlier, or they become the same."""
        first, second = min(one, other), max(one, other)
        assert add_months(first, months) <= add_months(second, months)

    @given(days, st.integers(0, 1200), st.integers(0, 1200))
    def test_longer_is_later(self, day: date, months: int, more: int) -> None:
        """A longer period ends later."""
        assert add_months(day, months) < add_months(day, months + more + 1)

    @given(days, steps)
    def test_back(self, day: date, months: int) -> None:
        """There and back comes home, except from a day that the other month lacks."""
        assume(day.day <= 28)
        assert add_months(add_months(day, months), -months) == day

    @given(st.dates(), st.integers(-200_000, 200_000))
    def test_never_fails(self, day: date, months: int) -> None:
        """Whatever is added to whatever day, the result is a day."""
        assert date.min <= add_months(day, months) <= date.max
        assert date.min <= add_days(day, months * 31) <= date.max

    @given(days, st.integers(-30_000, 30_000))
    def test_days(self, day: date, count: int) -> None:
        """Days are added one by one."""
        assert (add_days(day, count) - day).days == count

    @given(days)
    def test_month_end(self, day: date) -> None:
        """The day after the end of a month is the first of the next."""
        following = month_end(day) + timedelta(days=1)
        assert following.day == 1
        assert add_months(day.replace(day=1), 1) == following


class TestIntervals:
    """An interval is the set of its days."""

    @given(intervals(), short_spans())
    def test_covers(self, interval: Interval, span: DateSpan) -> None:
        """A span is covered if all its days are in, missed if none is, else doubtful."""
        inside = {interval.contains(day) for day in days_of(span)}
        expected = inside.pop() if len(inside) == 1 else None
        assert interval.covers(span) is expected

    @given(intervals(), days)
    def test_one_day(self, interval: Interval, day: date) -> None:
        """An exact date is never doubtful."""
        assert interval.covers(DateSpan.on(day)) is interval.contains(day)

    @given(intervals(), intervals(), days)
    def test_within(self, inner: Interval, outer: Interval, day: date) -> None:
        """Every day of an interval is a day of what it lies within."""
        assume(inner.within(outer))
        assert outer.contains(day) or not inner.contains(day)

    @given(intervals())
    def test_within_is_reflexive(self, interval: Interval) -> None:
        """An interval lies within itself and within all time, and all time in no part of it."""
        assert interval.within(interval)
        assert interval.within(Interval())
        assert Interval().within(interval) is (interval == Interval())

    @given(intervals(), short_spans(), short_spans())
    def test_learning_the_date(self, interval: Interval, one: DateSpan, other: DateSpan) -> None:
        """A narrower span never contradicts what a wider one settled."""
        assert one.earliest is not None
        assert other.latest is not None
        wide = DateSpan(min(one.earliest, other.latest), max(one.earliest, other.latest))
        known = interval.covers(wide)
        for day in (wide.earliest, wide.latest):
            assert day is not None
            assert known in (None, interval.contains(day))


class TestSpans:
    """Days, months and years are written and read without loss."""

    @given(days, st.sampled_from(("%Y-%m-%d", "%Y-%m", "%Y")))
    def test_there_and_back(self, day: date, form: str) -> None:
        """What was read is written the same, and holds the day."""
        text = day.strftime(form)
        span = to_span(text)
        assert span is not None
        assert format_span(span) == text
        assert day in days_of(span)

    @given(short_spans() | st.builds(lambda day: DateSpan(day, None), days))
    def test_no_other_span_is_meant(self, span: DateSpan) -> None:
        """What reads as a day, a month or a year is just that; else both ends are written."""
        text = format_span(span)
        first, dots, last = text.partition("..")
        if dots:
            ends = (date.fromisoformat(end) if end else None for end in (first, last))
            assert DateSpan(*ends) == span
        else:
            assert to_span(text) == span
