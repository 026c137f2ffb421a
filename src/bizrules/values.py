"""Values of facts: scalars as written, money, units, uncertain dates, ranges."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import MAXYEAR, MINYEAR, date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Self, TypeAlias

import attrs

Exact: TypeAlias = int | Fraction
"""An exact rational number; amounts of money are in fen."""

_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]*)")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MAX_SIGNS: Final = 24
"""A number has at most so many signs in plain digits, its point and its minus among them."""

FEN_PER_YUAN: Final = 100
_IN_EVERY_MONTH: Final = 28


class Plain(str):
    """A scalar written without quotes in a document: its type comes from the schema.

    Quoted text is an ordinary `str`, so `true` may be a boolean where `"true"` may not.
    """

    __slots__ = ()


@attrs.frozen(order=True)
class Money:
    """An amount of money (金额).

    Attributes:
        fen: The amount. *Unit*: fen, 1/100 yuan.
    """

    fen: int = attrs.field(validator=attrs.validators.instance_of(int))

    @classmethod
    def from_yuan(cls, amount: str | int | Decimal) -> "Money":
        """The amount given in yuan, exactly.

        Raises:
            ValueError: If the text is no decimal number or has more than two decimals.
        """
        number = parse_decimal(amount) if isinstance(amount, str) else Decimal(amount)
        # Not by multiplying: a decimal context rounds long numbers.
        numerator, denominator = number.as_integer_ratio()
        fen, rest = divmod(numerator * FEN_PER_YUAN, denominator)
        if rest:
            msg = f"`{amount}` has more than two decimals"
            raise ValueError(msg)
        return cls(fen)

    @property
    def yuan(self) -> Decimal:
        """The amount. *Unit*: yuan."""
        return Decimal(self.fen) / FEN_PER_YUAN

    def __add__(self, other: "Money") -> "Money":
        """Sum of two amounts."""
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: "Money") -> "Money":
        """Difference of two amounts."""
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __mul__(self, factor: int) -> "Money":
        """The amount taken `factor` times; money times money is a type error."""
        if isinstance(factor, bool) or not isinstance(factor, int):
            return NotImplemented
        return Money(self.fen * factor)

    def __str__(self) -> str:
        """The amount in yuan, without trailing zeros: `66`, `66.5`."""
        return format_decimal(self.yuan)


def parse_decimal(text: str) -> Decimal:
    """Decimal = ["-"] ("0" | digit1-9 digits) ["." digits].

    Raises:
        ValueError: If the text has another form (leading zeros, exponents) or over 24 digits.
    """
    if not _DECIMAL.fullmatch(text) or len(text) > MAX_SIGNS:
        msg = f"`{text}` is not a decimal number"
        raise ValueError(msg)
    return Decimal(text)


def parse_integer(text: str) -> int:
    """Integer = ["-"] ("0" | digit1-9 digits).

    Raises:
        ValueError: If the text has another form or over 24 digits.
    """
    if not _INTEGER.fullmatch(text) or len(text) > MAX_SIGNS:
        msg = f"`{text}` is not an integer"
        raise ValueError(msg)
    return int(text)


def parse_date(text: str) -> date:
    """Date = YYYY-MM-DD, a day that exists.

    Raises:
        ValueError: If the text has another form or the day does not exist.
    """
    if not _DATE.fullmatch(text):
        msg = f"`{text}` is not a date"
        raise ValueError(msg)
    return date.fromisoformat(text)


def format_decimal(number: Decimal | int) -> str:
    """The number in plain digits without trailing zeros."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Unit(Enum):
    """Unit of a number; the value is how documents write it."""

    YUAN = "yuan"
    PERCENT = "percent"
    TIMES = "times"
    PERSON = "person"
    ITEM = "item"
    PLACE = "place"
    OCCASION = "occasion"
    VEHICLE = "vehicle"
    PER_FLOOR = "per_floor"
    M = "m"
    CM = "cm"
    KM = "km"
    M2 = "m2"
    M3 = "m3"
    MU = "mu"
    HECTARE = "hectare"
    KG = "kg"
    G = "g"
    TONNE = "t"
    TONNE_PER_HOUR = "t/h"
    LITRE = "l"
    DB = "dB"
    PH = "pH"
    KM_PER_HOUR = "km/h"
    STICK = "stick"
    CARTON = "carton"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"


UNITS: Final[Mapping[str, Unit]] = MappingProxyType({unit.value: unit for unit in Unit})


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (earlier if negative), or the month's last day.

    What would lie beyond the years 1 to 9999 is the first or the last day of these.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return date.min if year < MINYEAR else date.max
    if day.day <= _IN_EVERY_MONTH:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """The day `days` later (earlier if negative); not beyond the years 1 to 9999."""
    ordinal = max(day.toordinal() + days, date.min.toordinal())
    return date.fromordinal(min(ordinal, date.max.toordinal()))


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


@attrs.frozen
class DateSpan:
    """A date known to lie between two days, both included; None is an open end.

    An exact date is a span of one day; a date nobody knows is open at both ends.
    """

    earliest: date | None = None
    latest: date | None = None

    @classmethod
    def on(cls, day: date) -> Self:
        """The span of exactly one day."""
        return cls(day, day)

    @property
    def exact(self) -> date | None:
        """The day, if it is known exactly."""
        return self.earliest if self.earliest == self.latest else None


@attrs.frozen
class Interval:
    """Days on which something is in force (施行期间).

    Attributes:
        start: First day in force; None for always.
        until: First day no longer in force; None for no end.
        end_known: Day from which the end was known; None if it was known from the start.
    """

    start: date | None = None
    until: date | None = None
    end_known: date | None = None

    def as_known_on(self, day: date | None) -> "Interval":
        """The interval as it was known on a day: without an end announced only later."""
        if day is None or self.end_known is None or self.end_known <= day:
            return self
        return Interval(self.start)

    def contains(self, day: date) -> bool:
        """Whether the day lies in the interval."""
        return (self.start is None or self.start <= day) and (
            self.until is None or day < self.until
        )

    def covers(self, span: DateSpan) -> bool | None:
        """Whether every day of the span lies in the interval; None if only some do."""
        if self._misses(span):
            return False
        starts = self.start is None or (span.earliest is not None and self.start <= span.earliest)
        lasts = self.until is None or (span.latest is not None and span.latest < self.until)
        return True if starts and lasts else None

    def _misses(self, span: DateSpan) -> bool:
        before = self.start is not None and span.latest is not None and span.latest < self.start
        after = self.until is not None and span.earliest is not None and self.until <= span.earliest
        return before or after

    def overlaps(self, other: "Interval") -> bool:
        """Whether some day lies in both intervals."""
        starts = self.until is None or other.start is None or other.start < self.until
        ends = other.until is None or self.start is None or self.start < other.until
        return starts and ends

    def gap(self, parts: "Iterable[Interval]") -> "Interval | None":
        """The first days of this interval that lie in none of the parts; None if all do."""
        reached, until = self.start or date.min, self.until
        for part in sorted(parts, key=lambda one: one.start or date.min):
            if until is not None and until <= reached:
                break
            if (part.start or date.min) > reached:
                until = part.start if until is None else min(until, part.start or until)
                break
            if part.until is None:
                return None
            reached = max(reached, part.until)
        if until is not None and until <= reached:
            return None
        return Interval(None if reached == date.min else reached, until)

    def within(self, other: "Interval") -> bool:
        """Whether every day of this interval lies in the other."""
        starts = other.start is None or (self.start is not None and other.start <= self.start)
        ends = other.until is None or (self.until is not None and self.until <= other.until)
        return starts and ends
