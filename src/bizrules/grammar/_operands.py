"""What stands on the right of a test: values with units, shares of other facts, bands."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import attrs

from bizrules._structure import Raw
from bizrules.errors import Problem
from bizrules.facts import NUMERIC, Fact, Kind, Value, parse_value
from bizrules.nearness import near_names
from bizrules.penalties import Band
from bizrules.provenance import Location
from bizrules.values import UNITS, Plain, Unit, parse_decimal

_IMPLIED_UNITS: Final[Mapping[Kind, Unit]] = {Kind.MONEY: Unit.YUAN, Kind.DAYS: Unit.DAY}
_BAND: Final = re.compile(r"([\[(])\s*([0-9./]+)\s*,\s*([0-9./]+)\s*([\])])")
_RATIO: Final = re.compile(r"([0-9]{1,18})/([1-9][0-9]{0,17})")
_MOST_DECIMALS: Final = 6
_NOWHERE: Final = Location("value")


def fact_value(fact: Fact, raw: Raw) -> Value | Problem:
    """Value = scalar | "[" scalar {"," scalar} "]" | number unit, as the kind of the fact asks.

    A unit is taken only if it is that of the fact. A number with a unit may stand in quotes, since
    JSON cannot write it otherwise.
    """
    found = _fact_value(fact, raw.data)
    # Hardly any value is wrong, and the place of the others is of no interest.
    return attrs.evolve(found, location=raw.location) if isinstance(found, Problem) else found


def _fact_value(fact: Fact, data: object) -> Value | Problem:
    """The value, or what is wrong with it, wherever it stands."""
    location = _NOWHERE
    if data is None:
        return Problem("value-missing", location)
    if isinstance(data, dict | list) and not (isinstance(data, list) and fact.kind is Kind.SET):
        expected = "sequence" if fact.kind is Kind.SET else "scalar"
        shape = "sequence" if isinstance(data, list) else "mapping"
        details = {"expected_phrase": f"shape.{expected}", "found_phrase": f"shape.{shape}"}
        return Problem("wrong-shape", location, details)
    if isinstance(data, str) and " " in data and fact.kind in NUMERIC:
        amount, _, unit = data.partition(" ")
        problem = _unit_problem(fact, unit.strip(), location)
        if problem is not None:
            return problem
        data = Plain(amount)
    found = parse_value(fact, data, location)
    if isinstance(found, Problem) and found.code == "not-in-choices":
        return not_in_choices(fact, data, location)
    return found


def not_in_choices(fact: Fact, data: object, location: Location) -> Problem:
    """The problem of a code that the fact does not have."""
    members = data if isinstance(data, list) else [data]
    wrong = next((member for member in members if str(member) not in fact.ranks), data)
    details = {
        "found": str(wrong),
        "what": f"`{fact.name}`",
        "near_names": near_names(str(wrong), fact.ranks),
        "choices": ",".join(fact.ranks),
    }
    return Problem("not-in-choices", location, details)


def unit_of(fact: Fact) -> Unit | None:
    """The unit of a fact, also where its kind implies it."""
    return fact.unit or _IMPLIED_UNITS.get(fact.kind)


def _unit_problem(fact: Fact, written: str, location: Location) -> Problem | None:
    unit = unit_of(fact)
    found = UNITS.get(written)
    if found is None:
        details = {"found": written, "near_names": near_names(written, UNITS)}
        if unit is not None:
            details["choices"] = unit.value
        return Problem("unknown-unit", location, details)
    if found is unit:
        return None
    details = {"fact": fact.name, "found": written}
    if unit is None:
        return Problem("unit-unexpected", location, details)
    return Problem("unit-mismatch", location, {**details, "unit": unit.value})


def widest(facts: tuple[Fact, ...]) -> Fact:
    """The fact whose kind holds the sum of all: a decimal number if any of them is one."""
    return next((fact for fact in facts if fact.kind is Kind.NUMBER), facts[0])


def same_measure(one: Fact, other: Fact) -> bool:
    """Whether amounts of the two facts may be compared and added."""
    if one.kind not in NUMERIC or other.kind not in NUMERIC:
        return False
    same_money = (one.kind is Kind.MONEY) == (other.kind is Kind.MONEY)
    return same_money and unit_of(one) is unit_of(other)


def parse_ratio(text: str) -> Fraction:
    """Ratio = number | integer "/" integer, not below zero.

    Raises:
        ValueError: If the text has another form; the message shows it.
    """
    found = _RATIO.fullmatch(text)
    ratio = Fraction(int(found[1]), int(found[2])) if found else Fraction(parse_decimal(text))
    if ratio < 0:
        msg = f"`{text}` is below zero"
        raise ValueError(msg)
    return ratio


def print_ratio(ratio: Fraction) -> str:
    """The ratio as `parse_ratio` reads it back: decimal where that is exact."""
    for decimals in range(_MOST_DECIMALS + 1):
        scaled = ratio * 10**decimals
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(decimals + 1, "0")
            whole, rest = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
            return f"{whole}.{rest}" if rest else whole
    return f"{ratio.numerator}/{ratio.denominator}"


def parse_share(text: str) -> Band:
    """Band = ("[" | "(") ratio "," ratio ("]" | ")"), shares of a span between 0 and 1.

    A bracket includes the end, a parenthesis does not.

    Raises:
        ValueError: If the text has another form, an end lies outside, or nothing lies between.
    """
    found = _BAND.fullmatch(text)
    if found is None:
        msg = f"`{text}` is not a band"
        raise ValueError(msg)
    low, high = parse_ratio(found[2]), parse_ratio(found[3])
    band = Band(low=low, high=high, low_closed=found[1] == "[", high_closed=found[4] == "]")
    point = low == high and not (band.low_closed and band.high_closed)
    if not low <= high <= 1 or point:
        msg = f"`{text}` holds no share"
        raise ValueError(msg)
    return band


def print_share(band: Band) -> str:
    """The band as `parse_share` reads it back."""
    opening, closing = "[" if band.low_closed else "(", "]" if band.high_closed else ")"
    return f"{opening}{print_ratio(band.low)}, {print_ratio(band.high)}{closing}"
