"""Facts: typed, named data of a case, declared once in a vocabulary."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from bizrules.errors import Problem
from bizrules.history import RepeatCount
from bizrules.provenance import Location, Text
from bizrules.values import (
    MAX_SIGNS,
    Money,
    Plain,
    Unit,
    format_decimal,
    parse_date,
    parse_decimal,
    parse_integer,
)

Value: TypeAlias = bool | str | int | Decimal | Money | date | frozenset[str]
"""A known value of a fact, in the type of its kind."""

MAX_TEXT: Final = 2000


class Kind(Enum):
    """Kind of a fact; it fixes the type of its value and the tests that fit.

    Boolean: `bool`. Choice, level and text: `str` (a level's choices are ordered).
    Integer, days: `int`. Number: `Decimal`. Money: `Money`. Date: `date`. Set: `frozenset[str]`.
    """

    BOOLEAN = "boolean"
    CHOICE = "choice"
    LEVEL = "level"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DAYS = "days"
    TEXT = "text"
    SET = "set"


ORDERED: Final = frozenset(
    {Kind.LEVEL, Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.DAYS, Kind.DATE}
)
NUMERIC: Final = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.DAYS})
CODED: Final = frozenset({Kind.CHOICE, Kind.LEVEL, Kind.SET})


class Answerer(Enum):
    """Who can answer the question for a fact."""

    OFFICER = "officer"
    PARTY = "party"
    REGISTER = "register"
    EXPERT = "expert"
    OTHER_AUTHORITY = "other_authority"


@attrs.frozen(kw_only=True)
class Choice:
    """One value of a choice, level or set."""

    code: str
    label: Text


@attrs.frozen(kw_only=True)
class Cure:
    """How a party can still bring a fact about.

    Attributes:
        to: The value that can still be reached, as documents write it.
        how: What the party has to do.
    """

    to: str
    how: Text


@attrs.frozen(kw_only=True)
class Fact:
    """Declaration of a fact (事实).

    Attributes:
        name: Name, with the prefix of its package and a dot unless national.
        kind: Kind of value.
        label: Name for people; for a boolean, the statement that it makes when true.
        unit: Unit of a number.
        choices: Values of a choice, level (lowest first) or set.
        question: The question to put.
        evidence: What evidences it.
        answered_by: Who can answer.
        judgement: Whether a person judges it where the instrument gives no threshold.
        cure: How the party can still cure it, if it can.
        group: Group of circumstances that are examined together, if any.
        derived: Name of the derivation that computes it when nobody stated it.
        denial: For a boolean, the statement that it makes when false.
        counts: Which earlier violations it counts when nobody stated it.
    """

    name: str
    kind: Kind
    label: Text
    unit: Unit | None = None
    choices: tuple[Choice, ...] = ()
    question: Text | None = None
    evidence: Text | None = None
    answered_by: tuple[Answerer, ...] = (Answerer.OFFICER,)
    judgement: bool = False
    cure: Cure | None = None
    group: str | None = None
    derived: str | None = None
    denial: Text | None = None
    counts: RepeatCount | None = None
    location: Location | None = attrs.field(default=None, eq=False, repr=False)
    ranks: Mapping[str, int] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Number the choices in their order."""
        ranks = MappingProxyType({choice.code: i for i, choice in enumerate(self.choices)})
        object.__setattr__(self, "ranks", ranks)

    def choice_label(self, code: str, lang: str) -> str:
        """The label of a choice."""
        return self.choices[self.ranks[code]].label.in_(lang)


def _words(given: Iterable[str]) -> str:
    return ", ".join(given)


def _shown(raw: object) -> str:
    # Python refuses to write very long integers.
    text = str(Decimal(raw)) if type(raw) is int else str(raw)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - a line's worth


class _RefusedError(Exception):
    """A value that does not fit; carries the problem's code and details."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def _boolean(_fact: Fact, raw: object) -> bool:
    if raw is True or raw is False:
        return raw
    if isinstance(raw, Plain) and raw in ("true", "false"):
        return raw == "true"
    raise _RefusedError("not-a-boolean", found=_shown(raw))


def _coded(fact: Fact, raw: object) -> str:
    if isinstance(raw, str) and raw in fact.ranks:
        return str(raw)
    raise _RefusedError(
        "not-in-choices", found=_shown(raw), what=fact.name, choices=_words(fact.ranks)
    )


def _is_long(number: Decimal, decimals: int = 0) -> bool:
    """Whether a number has more signs in plain digits than a text may have.

    Zeros at its end do not count: they come from the type of a column.

    Args:
        number: The number; infinite ones are never long.
        decimals: So many of its last digits stand after the point besides.
    """
    sign, digits, exponent = number.as_tuple()
    if not number or not isinstance(exponent, int):
        return False
    exponent -= decimals
    zeros = len(digits) - len(bytes(digits).rstrip(b"\0"))
    after = max(-exponent - zeros, 0)
    before = max(len(digits) + exponent, 1)
    return sign + before + (after and after + 1) > MAX_SIGNS


def _integer(fact: Fact, raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool) and not _is_long(Decimal(raw)):
        number = raw
    elif isinstance(raw, Plain):
        try:
            number = parse_integer(raw)
        except ValueError:
            raise _RefusedError("not-an-integer", found=_shown(raw)) from None
    else:
        raise _RefusedError("not-an-integer", found=_shown(raw))
    if number < 0:
        raise _RefusedError("negative-count", fact=fact.name, found=_shown(raw))
    return number


def _number(fact: Fact, raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
        raise _RefusedError("not-a-number", found=_shown(raw))
    try:
        number = parse_decimal(raw) if isinstance(raw, str) else Decimal(raw)
    except ValueError:
        raise _RefusedError("not-a-number", found=_shown(raw)) from None
    if not number.is_finite() or _is_long(number):
        raise _RefusedError("not-a-number", found=_shown(raw))
    if number < 0:
        raise _RefusedError("negative-count", fact=fact.name, found=_shown(raw))
    return number


def _money(_fact: Fact, raw: object) -> Money:
    if isinstance(raw, Money):
        amount = raw
        is_long = _is_long(Decimal(raw.fen), 2)
    elif isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
        raise _RefusedError("not-money", found=_shown(raw))
    else:
        # Before the number is multiplied out: an exponent may stand for millions of digits.
        is_long = not isinstance(raw, str) and _is_long(Decimal(raw))
        try:
            amount = Money(0) if is_long else Money.from_yuan(raw)
        except (ValueError, ArithmeticError):
            raise _RefusedError("not-money", found=_shown(raw)) from None
    if is_long:
        raise _RefusedError("not-money", found=_shown(raw))
    if amount.fen < 0:
        raise _RefusedError("negative-money", found=_shown(raw))
    return amount


def _date(_fact: Fact, raw: object) -> date:
    # A moment is a date to Python, but cannot be compared with one.
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if not isinstance(raw, str):
        raise _RefusedError("not-a-date", found=_shown(raw))
    try:
        return parse_date(raw)
    except ValueError as error:
        code = "not-a-date" if "not a date" in str(error) else "no-such-date"
        raise _RefusedError(code, found=_shown(raw)) from None


def _text(_fact: Fact, raw: object) -> str:
    if isinstance(raw, str) and raw and len(raw) <= MAX_TEXT:
        return str(raw)
    raise _RefusedError("not-text", found=_shown(raw))


def _set(fact: Fact, raw: object) -> frozenset[str]:
    if isinstance(raw, str) or not isinstance(raw, Iterable):
        raise _RefusedError("not-a-list", found=_shown(raw))
    return frozenset(_coded(fact, member) for member in raw)


_PARSERS: Final[Mapping[Kind, Callable[[Fact, object], Value]]] = {
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _coded,
    Kind.LEVEL: _coded,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.DAYS: _integer,
    Kind.TEXT: _text,
    Kind.SET: _set,
}


def parse_value(fact: Fact, raw: object, location: Location) -> Value | Problem:
    """The value of a fact from what a document or a Python caller wrote.

    Text of a document arrives as `Plain` (unquoted) or `str` (quoted). Python callers pass the
    type of the kind; money also as yuan in `str`, `int` or `Decimal`, numbers and dates as text.
    Floats are refused: they are not exact.
    """
    try:
        return _PARSERS[fact.kind](fact, raw)
    except _RefusedError as refused:
        return Problem(refused.code, location, refused.details)


def plain_value(value: Value) -> bool | str | int | list[str]:
    """The value as plain data that `parse_value` reads back."""
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)


@attrs.frozen(kw_only=True)
class Group:
    """Circumstances that an officer examines together.

    A case may say that a group was examined: then those of its boolean facts that are not
    stated were looked for and not found.
    """

    code: str
    label: Text


@attrs.frozen
class Vocabulary:
    """All declared facts by name (事实表)."""

    facts: Mapping[str, Fact]
    groups: Mapping[str, Group] = attrs.field(factory=dict)

    def __contains__(self, name: object) -> bool:
        """Whether the fact is declared."""
        return name in self.facts

    def __getitem__(self, name: str) -> Fact:
        """The declaration of a fact.

        Raises:
            KeyError: If it is not declared.
        """
        return self.facts[name]
