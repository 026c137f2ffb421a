"""Single values: as people write them in documents, and as plain data carries them.

A reader takes a node and returns its value, or says what is wrong with it. Those for documents
also take a Python value that is of the type already, because callers pass data too.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from types import NoneType
from typing import Any, Final, TypeAlias

import attrs

from bizrules._tree import DataPath, Document, shown
from bizrules.errors import Problem
from bizrules.provenance import Location
from bizrules.values import (
    FEN_PER_YUAN,
    Money,
    Plain,
    parse_date,
    parse_decimal,
    parse_integer,
)

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FRACTION: Final = re.compile(r"-?[0-9]+/[1-9][0-9]*")
_YUAN: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]{1,2}))?")
_SHORT: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,9})")
_BOOLEANS: Final = {"true": True, "false": False}


@attrs.frozen
class Raw:
    """A value that is not read yet, and where it stands, which is no part of equality.

    Attributes:
        document: The document.
        path: The way from the root of the document to the value.
        data: The value.
    """

    document: Document = attrs.field(eq=False, repr=False)
    path: DataPath = attrs.field(eq=False)
    data: object

    @property
    def location(self) -> Location:
        """The place of the value."""
        return self.document.locate(self.path)

    @property
    def key_location(self) -> Location:
        """The place of the key of the value."""
        return self.document.locate_key(self.path)

    def at(self, *more: str | int) -> "Raw":
        """The value further down.

        Raises:
            LookupError: If there is none.
        """
        data = self.data
        for step in more:
            if isinstance(data, Mapping) or (isinstance(data, list) and isinstance(step, int)):
                data = data[step]  # type: ignore[index]  # one of the two fits
            else:
                raise LookupError(step)
        return Raw(self.document, (*self.path, *more), data)


Read: TypeAlias = Callable[[Raw], Any]
"""Reads a node into a value, or raises `FaultsError`."""


Glance: TypeAlias = Callable[[object], Any]
"""What a value is at first sight, or `MISSED`: then a reader looks closer and says what is wrong.

Most values are what they should be, and need neither a node nor a place.
"""

MISSED: Final = object()
"""The answer of a glance that saw nothing it knows."""


class FaultsError(Exception):
    """What is wrong below a node; a `DocumentError` only once all of it is known."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


def fault(node: Raw, code: str, **details: str) -> FaultsError:
    """The refusal of a value."""
    return FaultsError([Problem(code, node.location, details)])


def shape_of(data: object) -> str:
    """Mapping, sequence or scalar."""
    # Most by far is text, and asking an abstract class takes long.
    if isinstance(data, str):
        return "scalar"
    if isinstance(data, dict | Mapping):
        return "mapping"
    return "sequence" if isinstance(data, list | tuple) else "scalar"


def shown_value(data: object) -> str:
    """The value as a message quotes it."""
    if isinstance(data, bool):
        return str(data).lower()
    return shown(str(data))


def check_shape(node: Raw, expected: str) -> None:
    """Refuse a value that is missing, or a mapping, sequence or scalar out of place."""
    found = shape_of(node.data)
    if node.data is None:
        raise fault(node, "value-missing")
    if found != expected:
        raise fault(
            node,
            "wrong-shape",
            expected_phrase=f"shape.{expected}",
            found_phrase=f"shape.{found}",
        )


def _read_boolean(node: Raw) -> bool:
    """Boolean = "true" | "false", unquoted."""
    data = node.data
    if isinstance(data, bool):
        return data
    if isinstance(data, Plain) and data in _BOOLEANS:
        return _BOOLEANS[data]
    check_shape(node, "scalar")
    raise fault(node, "not-a-boolean", found=shown_value(data))


def _read_integer(node: Raw) -> int:
    """Integer = ["-"] ("0" | digit1-9 digits), unquoted."""
    data = node.data
    if type(data) is int:
        return data
    check_shape(node, "scalar")
    try:
        return parse_integer(data if isinstance(data, Plain) else "")
    except ValueError:
        raise fault(node, "not-an-integer", found=shown_value(data)) from None


def _read_decimal(node: Raw) -> Decimal:
    """Number = ["-"] ("0" | digit1-9 digits) ["." digits], quoted or not."""
    data = node.data
    if type(data) is int or (isinstance(data, Decimal) and data.is_finite()):
        return Decimal(data)
    check_shape(node, "scalar")
    try:
        return parse_decimal(data if isinstance(data, str) else "")
    except ValueError:
        raise fault(node, "not-a-number", found=shown_value(data)) from None


def _read_money(node: Raw) -> Money:
    """Money = number, at most two decimals, not below zero. *Unit*: yuan."""
    data = node.data
    if not isinstance(data, Money):
        check_shape(node, "scalar")
        try:
            data = Money.from_yuan(_digits(data))
        except ValueError:
            raise fault(node, "not-money", found=shown_value(data)) from None
    if data.fen < 0:
        raise fault(node, "negative-money", found=shown_value(data))
    return data


def _digits(data: object) -> str:
    """The number as text; a Decimal in full, because arithmetic would round it."""
    if isinstance(data, Decimal):
        return f"{data:f}"
    return str(data) if isinstance(data, str) or type(data) is int else ""


def _read_date(node: Raw) -> date:
    """Date = YYYY-MM-DD, a day that exists, quoted or not."""
    data = node.data
    if type(data) is date:
        return data
    check_shape(node, "scalar")
    text = data if isinstance(data, str) else ""
    try:
        return parse_date(text)
    except ValueError:
        code = "no-such-date" if _DATE.fullmatch(text) else "not-a-date"
        raise fault(node, code, found=shown_value(data)) from None


def _read_text(node: Raw) -> str:
    """Text = any scalar."""
    data = node.data
    if isinstance(data, str):
        return str(data)
    if data is None:
        raise fault(node, "value-missing")
    shape = shape_of(data)
    if shape == "scalar":
        raise fault(node, "not-text", found=f"`{shown_value(data)}`")
    raise fault(node, "not-text", found_phrase=f"shape.{shape}")


def _load_boolean(node: Raw) -> bool:
    """Boolean = true | false."""
    if isinstance(node.data, bool):
        return node.data
    check_shape(node, "scalar")
    raise fault(node, "not-a-boolean", found=shown_value(node.data))


def _load_integer(node: Raw) -> int:
    """Integer = JSON number without fraction or exponent."""
    if type(node.data) is int:
        return node.data
    check_shape(node, "scalar")
    raise fault(node, "not-an-integer", found=shown_value(node.data))


def _load_decimal(node: Raw) -> Decimal:
    """Number = text: ["-"] digits ["." digits]."""
    return Decimal(_match(node, _DECIMAL, "not-a-number")[0])


def _load_fraction(node: Raw) -> Fraction:
    """Fraction = text: ["-"] digits "/" digits."""
    return Fraction(_match(node, _FRACTION, "not-a-number")[0])


def _load_money(node: Raw) -> Money:
    """Money = text: ["-"] digits ["." digit [digit]]. *Unit*: yuan."""
    found = _match(node, _YUAN, "not-money")
    fen = int(found[2]) * FEN_PER_YUAN + int((found[3] or "").ljust(2, "0"))
    return Money(-fen if found[1] else fen)


def _match(node: Raw, pattern: re.Pattern[str], code: str) -> re.Match[str]:
    check_shape(node, "scalar")
    found = pattern.fullmatch(node.data) if isinstance(node.data, str) else None
    if found is None:
        raise fault(node, code, found=shown_value(node.data))
    return found


def no_rule(cls: object) -> TypeError:
    """The refusal of a type that has no place in documents or plain data."""
    return TypeError(f"there is no rule for `{cls}`")


def _write_money(amount: Money) -> str:
    # Integers, because decimals are exact only up to the precision of their context.
    yuan, fen = divmod(abs(amount.fen), FEN_PER_YUAN)
    sign = "-" if amount.fen < 0 else ""
    return f"{sign}{yuan}.{fen:02}".rstrip("0").rstrip(".") if fen else f"{sign}{yuan}"


def _write_decimal(number: Decimal) -> str:
    if not number.is_finite():
        raise no_rule(number)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _write_date(day: date) -> str:
    if type(day) is not date:
        raise no_rule(type(day))
    return day.isoformat()


WRITES: Final[Mapping[type, Callable[[Any], object]]] = {
    NoneType: lambda _: None,
    bool: bool,
    int: int,
    # Without the subclass, such as `Plain`.
    str: str.__str__,
    Decimal: _write_decimal,
    Fraction: lambda number: f"{number.numerator}/{number.denominator}",
    Money: _write_money,
    date: _write_date,
    IntEnum: lambda member: member.name.lower(),
    Enum: lambda member: member.value,
}

DOCUMENT_SCALARS: Final[Mapping[type, Read]] = {
    bool: _read_boolean,
    int: _read_integer,
    str: _read_text,
    Decimal: _read_decimal,
    Money: _read_money,
    date: _read_date,
    Raw: lambda node: node,
    Location: lambda node: node.location,
}


def _glance_text(data: object) -> object:
    # Without the subclass, such as `Plain`.
    return str(data) if isinstance(data, str) else MISSED


def _glance_boolean(data: object) -> object:
    return _BOOLEANS.get(data, MISSED) if isinstance(data, Plain) else MISSED


def _glance_integer(data: object) -> object:
    # At most so many digits that none is refused for its length.
    return int(data) if isinstance(data, Plain) and _SHORT.fullmatch(data) else MISSED


def _glance_decimal(data: object) -> object:
    return Decimal(data) if isinstance(data, Plain) and _SHORT.fullmatch(data) else MISSED


def _glance_date(data: object) -> object:
    try:
        return parse_date(data) if isinstance(data, str) else MISSED
    except ValueError:
        return MISSED


DOCUMENT_GLANCES: Final[Mapping[type, Glance]] = {
    bool: _glance_boolean,
    int: _glance_integer,
    str: _glance_text,
    Decimal: _glance_decimal,
    date: _glance_date,
}
PLAIN_GLANCES: Final[Mapping[type, Glance]] = {
    bool: lambda data: data if isinstance(data, bool) else MISSED,
    int: lambda data: data if type(data) is int else MISSED,
    str: _glance_text,
    date: _glance_date,
}
PLAIN_SCALARS: Final[Mapping[type, Read]] = {
    bool: _load_boolean,
    int: _load_integer,
    str: _read_text,
    Decimal: _load_decimal,
    Fraction: _load_fraction,
    Money: _load_money,
    date: _read_date,
}
