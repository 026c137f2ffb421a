from datetime import date
from decimal import Decimal

import pytest

from bizrules.values import (
    UNITS,
    DateSpan,
    Interval,
    Money,
    Plain,
    Unit,
    add_days,
    add_months,
    format_decimal,
    month_end,
    parse_date,
    parse_decimal,
    parse_integer,
)


def day(text: str | None) -> date | None:
    """The day written in ISO form; None stays None."""
    return None if text is None else date.fromisoformat(text)


class TestMoney:
    """Money is exact, in fen, and mixes with nothing else."""

    @pytest.mark.parametrize(
        ("amount", "fen"),
        [
            ("66", 6600),
            ("66.5", 6650),
            ("0.01", 1),
            ("0", 0),
            ("-1.20", -120),
            ("1.500", 150),
            (66, 6600),
            (Decimal("66.50"), 6650),
            ("1234567890123456789012", 123456789012345678901200),
        ],
    )
    def test_from_yuan(self, amount: str | int | Decimal, fen: int) -> None:
        """Yuan become fen exactly."""
        assert Money.from_yuan(amount) == Money(fen)

    @pytest.mark.parametrize(
        "amount",
        ["0.001", "66.505", Decimal("0.009"), Decimal("12345678901234567890123456789.001")],
    )
    def test_no_fraction_of_a_fen(self, amount: str | Decimal) -> None:
        """An amount below one fen is refused, not rounded, however long the number is."""
        with pytest.raises(ValueError, match=f"^`{amount}` has more than two decimals$"):
            Money.from_yuan(amount)

    @pytest.mark.parametrize("amount", ["", "1,000", "1e3", "０", "+5", "五百", "1.", ".5", " 1"])
    def test_only_plain_decimals(self, amount: str) -> None:
        """Text of another form is no amount."""
        with pytest.raises(ValueError, match="is not a decimal number"):
            Money.from_yuan(amount)

    @pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity")])
    def test_no_such_number(self, amount: Decimal) -> None:
        """What is no number is no amount."""
        with pytest.raises((ValueError, OverflowError)):
            Money.from_yuan(amount)

    def test_fen_are_whole(self) -> None:
        """An amount in fen is an integer; a float is refused."""
        with pytest.raises(TypeError):
            Money(1.5)  # type: ignore[arg-type]

    def test_adds_and_subtracts(self) -> None:
        """Amounts are added to and taken from each other."""
        assert Money(150) + Money(50) == Money(200)
        assert Money(150) - Money(200) == Money(-50)
        assert Money(150) * 3 == Money(450)

    @pytest.mark.parametrize("other", [1, Decimal(1), True, "1"])
    def test_mingles_with_nothing(self, other: object) -> None:
        """Money plus or minus anything but money is a type error."""
        with pytest.raises(TypeError):
            Money(1) + other  # type: ignore[operator]
        with pytest.raises(TypeError):
            Money(1) - other  # type: ignore[operator]

    @pytest.mark.parametrize("factor", [Money(2), True, Decimal(2), 1.5])
    def test_is_multiplied_by_whole_numbers_only(self, factor: object) -> None:
        """Money times money, a boolean or a fraction is a type error."""
        with pytest.raises(TypeError):
            Money(1) * factor  # type: ignore[operator]

    @pytest.mark.parametrize(
        ("fen", "text"),
        [(6600, "66"), (6650, "66.5"), (1, "0.01"), (0, "0"), (100000, "1000"), (-120, "-1.2")],
    )
    def test_shows_yuan(self, fen: int, text: str) -> None:
        """An amount is shown in yuan without trailing zeros, and read back."""
        assert str(Money(fen)) == text
        assert Money.from_yuan(text) == Money(fen)
        assert Money(fen).yuan * 100 == fen

    def test_is_ordered(self) -> None:
        """Amounts compare by size."""
        assert sorted([Money(2), Money(1)]) == [Money(1), Money(2)]
        assert Money(1) < Money(2) <= Money(2)


class TestNumbers:
    """Numbers have one written form each."""

    @pytest.mark.parametrize("text", ["0", "-0", "10", "0.50", "-3.25", "9" * 24])
    def test_decimal(self, text: str) -> None:
        """A decimal number is read as it stands."""
        assert parse_decimal(text) == Decimal(text)

    @pytest.mark.parametrize(
        "text", ["010", "00", "1e5", "1.", ".1", "1_000", "0x1", "NaN", "", "٣", "9" * 25, "1\n"]
    )
    def test_not_a_decimal(self, text: str) -> None:
        """Leading zeros, exponents, other digits and more than 24 digits are refused."""
        with pytest.raises(ValueError, match="is not a decimal number"):
            parse_decimal(text)

    @pytest.mark.parametrize(
        ("text", "number"), [("0", 0), ("-7", -7), ("120", 120), ("9" * 24, 10**24 - 1)]
    )
    def test_integer(self, text: str, number: int) -> None:
        """A whole number is read as it stands."""
        assert parse_integer(text) == number

    @pytest.mark.parametrize("text", ["010", "1.0", "1 ", "", "+1", "一", "9" * 25])
    def test_not_an_integer(self, text: str) -> None:
        """Anything but a plain whole number is refused."""
        with pytest.raises(ValueError, match="is not an integer"):
            parse_integer(text)

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (Decimal("1.50"), "1.5"),
            (Decimal(100), "100"),
            (Decimal("1E+3"), "1000"),
            (Decimal("0.00"), "0"),
            (Decimal("-2.0"), "-2"),
            (1000, "1000"),
        ],
    )
    def test_format(self, number: Decimal | int, text: str) -> None:
        """Trailing zeros go after the point only, and there is never an exponent."""
        assert format_decimal(number) == text

    def test_plain_text_is_text(self) -> None:
        """An unquoted scalar equals the same text but can be told from it."""
        assert Plain("true") == "true"
        assert isinstance(Plain("true"), str)
        assert not isinstance("true", Plain)

    def test_units_by_name(self) -> None:
        """Every unit is found under the name that documents write."""
        assert UNITS["m2"] is Unit.M2
        assert set(UNITS.values()) == set(Unit)


class TestDates:
    """Dates are days that exist; months are counted as the law counts them."""

    def test_parse(self) -> None:
        """A date in ISO form is read."""
        assert parse_date("2024-02-29") == date(2024, 2, 29)

    @pytest.mark.parametrize("text", ["2024-2-9", "20240209", "2024-02", "2024/02/09", "", "x"])
    def test_other_forms(self, text: str) -> None:
        """A date in another form is called no date."""
        with pytest.raises(ValueError, match="is not a date"):
            parse_date(text)

    @pytest.mark.parametrize("text", ["2023-02-29", "2024-13-01", "2024-04-31", "0000-01-01"])
    def test_days_that_do_not_exist(self, text: str) -> None:
        """A day that does not exist is refused with another message."""
        with pytest.raises(ValueError, match=r"^(?!.*is not a date)"):
            parse_date(text)

    @pytest.mark.parametrize(
        ("start", "months", "expected"),
        [
            ("2022-03-15", 24, "2024-03-15"),
            ("2022-03-15", -24, "2020-03-15"),
            ("2022-01-31", 1, "2022-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2024-03-31", -1, "2024-02-29"),
            ("2020-02-29", 12, "2021-02-28"),
            ("2020-02-29", 48, "2024-02-29"),
            ("2020-02-29", -24, "2018-02-28"),
            ("2021-12-31", 2, "2022-02-28"),
            ("2021-12-01", 1, "2022-01-01"),
            ("2022-01-01", -1, "2021-12-01"),
            ("2022-05-20", 0, "2022-05-20"),
            ("2000-02-29", -1200, "1900-02-28"),
        ],
    )
    def test_add_months(self, start: str, months: int, expected: str) -> None:
        """A period of months ends on the same day, or on the last day of a shorter month."""
        assert add_months(date.fromisoformat(start), months) == day(expected)

    @pytest.mark.parametrize(
        ("start", "months", "expected"),
        [
            (date(9999, 12, 31), 0, date.max),
            (date(9998, 6, 15), 24, date.max),
            (date(2, 1, 31), -24, date.min),
            (date(1, 2, 1), -1, date(1, 1, 1)),
            (date(1, 3, 15), 1, date(1, 4, 15)),
            (date(9998, 12, 31), 12, date.max),
            (date(9999, 10, 31), 1, date(9999, 11, 30)),
        ],
    )
    def test_months_at_the_ends_of_time(self, start: date, months: int, expected: date) -> None:
        """Beyond the years 1 to 9999 there is no error but the first or the last day."""
        assert add_months(start, months) == expected

    @pytest.mark.parametrize(
        ("start", "days", "expected"),
        [
            (date(2024, 2, 28), 1, date(2024, 2, 29)),
            (date(2023, 2, 28), 1, date(2023, 3, 1)),
            (date(2022, 3, 1), -1, date(2022, 2, 28)),
            (date(2022, 3, 5), 90, date(2022, 6, 3)),
            (date(9999, 12, 1), 31, date.max),
            (date(1, 1, 2), -2, date.min),
        ],
    )
    def test_add_days(self, start: date, days: int, expected: date) -> None:
        """Days are calendar days and stop at the ends of the years 1 to 9999."""
        assert add_days(start, days) == expected

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            (date(2024, 2, 1), date(2024, 2, 29)),
            (date(2023, 2, 28), date(2023, 2, 28)),
            (date(2022, 4, 30), date(2022, 4, 30)),
            (date(9999, 12, 1), date.max),
        ],
    )
    def test_month_end(self, start: date, end: date) -> None:
        """The end of a month is its last day, in the last month there is too."""
        assert month_end(start) == end


class TestSpans:
    """An uncertain date lies between two days."""

    def test_exact(self) -> None:
        """A span of one day is exact; a longer, open or empty one is not."""
        one = date(2022, 3, 1)
        assert DateSpan.on(one) == DateSpan(one, one)
        assert DateSpan.on(one).exact == one
        assert DateSpan(one, date(2022, 3, 2)).exact is None
        assert DateSpan(one, None).exact is None
        assert DateSpan(None, one).exact is None
        assert DateSpan().exact is None


class TestIntervals:
    """A norm is in force from its first day to the day before `until`."""

    @pytest.mark.parametrize(
        ("start", "until", "inside", "outside"),
        [
            ("2021-07-15", None, ["2021-07-15", "2030-01-01"], ["2021-07-14"]),
            (None, "2021-07-15", ["2000-01-01", "2021-07-14"], ["2021-07-15"]),
            ("2021-07-15", "2021-07-16", ["2021-07-15"], ["2021-07-14", "2021-07-16"]),
            (None, None, ["0001-01-01", "9999-12-31"], []),
        ],
    )
    def test_contains(
        self, start: str | None, until: str | None, inside: list[str], outside: list[str]
    ) -> None:
        """The first day belongs to the interval, the day of expiry does not."""
        interval = Interval(day(start), day(until))
        assert [interval.contains(date.fromisoformat(one)) for one in inside] == [True] * len(
            inside
        )
        assert not any(interval.contains(date.fromisoformat(one)) for one in outside)

    @pytest.mark.parametrize(
        ("known", "seen"),
        [(None, True), ("2021-05-31", False), ("2021-06-01", True), ("2021-06-02", True)],
    )
    def test_as_known_on(self, known: str | None, seen: bool) -> None:
        """An end is not seen before the day on which it was announced."""
        interval = Interval(date(2020, 1, 1), date(2021, 7, 15), date(2021, 6, 1))
        found = interval.as_known_on(day(known))
        assert found == (interval if seen else Interval(date(2020, 1, 1)))
        assert found.contains(date(2021, 7, 15)) is not seen

    def test_an_end_known_from_the_start(self) -> None:
        """Without a day of its own an end was always known."""
        interval = Interval(date(2020, 1, 1), date(2021, 7, 15))
        assert interval.as_known_on(date(1990, 1, 1)) is interval

    @pytest.mark.parametrize(
        ("earliest", "latest", "expected"),
        [
            ("2022-01-01", "2022-12-31", True),
            ("2022-01-01", "2022-01-01", True),
            ("2021-12-31", "2022-01-01", None),
            ("2021-12-30", "2021-12-31", False),
            ("2022-12-31", "2023-01-01", None),
            ("2023-01-01", "2023-01-02", False),
            ("2021-06-01", "2023-06-01", None),
            (None, "2021-12-31", False),
            (None, "2022-01-01", None),
            ("2023-01-01", None, False),
            ("2022-12-31", None, None),
            (None, None, None),
        ],
    )
    def test_covers(self, earliest: str | None, latest: str | None, expected: bool | None) -> None:
        """An uncertain date is covered if every day is, missed if none is, else doubtful."""
        interval = Interval(date(2022, 1, 1), date(2023, 1, 1))
        assert interval.covers(DateSpan(day(earliest), day(latest))) is expected

    @pytest.mark.parametrize(
        ("interval", "span", "expected"),
        [
            (Interval(), DateSpan(), True),
            (Interval(date(2022, 1, 1)), DateSpan(date(2022, 1, 1), None), True),
            (Interval(date(2022, 1, 1)), DateSpan(date(2021, 12, 31), None), None),
            (Interval(None, date(2022, 1, 1)), DateSpan(None, date(2021, 12, 31)), True),
            (Interval(None, date(2022, 1, 1)), DateSpan(None, date(2022, 1, 1)), None),
            (Interval(None, date(2022, 1, 1)), DateSpan(None, None), None),
        ],
    )
    def test_open_ends(self, interval: Interval, span: DateSpan, expected: bool | None) -> None:
        """An open end of the span needs an open end of the interval."""
        assert interval.covers(span) is expected

    @pytest.mark.parametrize(
        ("inner", "outer", "expected"),
        [
            (("2022-01-01", "2023-01-01"), ("2022-01-01", "2023-01-01"), True),
            (("2022-01-02", "2022-12-31"), ("2022-01-01", "2023-01-01"), True),
            (("2021-12-31", "2022-06-01"), ("2022-01-01", "2023-01-01"), False),
            (("2022-06-01", "2023-01-02"), ("2022-01-01", "2023-01-01"), False),
            ((None, "2023-01-01"), ("2022-01-01", "2023-01-01"), False),
            (("2022-01-01", None), ("2022-01-01", "2023-01-01"), False),
            (("2022-01-01", None), ("2022-01-01", None), True),
            ((None, None), (None, None), True),
        ],
    )
    def test_within(
        self,
        inner: tuple[str | None, str | None],
        outer: tuple[str | None, str | None],
        expected: bool,
    ) -> None:
        """An interval lies within another only with both its ends."""
        one, other = (Interval(day(start), day(until)) for start, until in (inner, outer))
        assert one.within(other) is expected
