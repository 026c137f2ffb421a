"""What stands in the columns of a row: facts as whole numbers that compare as their values do."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

import attrs

from bizrules.batch._kernel import NULL
from bizrules.facts import NUMERIC, Fact, Kind, Vocabulary
from bizrules.matching import Comparable

SCALE: Final = 1_000_000
"""Numbers with decimals are counted in millionths; a row with finer ones goes one by one."""

LARGEST: Final = 10**18
"""So large a value may be; a row with a larger one goes one by one."""

MOST_CODES: Final = 62
"""So many choices fit into the bits of a number."""

_BEYOND: Final = 5 * LARGEST
"""Beyond every value, and beyond every sum that is computed in columns."""

NOT_NAMED: Final = -1
"""A text that no condition names."""

IMPOSSIBLE: Final = NULL + 1
"""A value that no row has."""


class UnsupportedError(Exception):
    """A condition or law that only goes one by one."""


def scale_of(fact: Fact) -> int:
    """What an amount of the fact is multiplied with."""
    return SCALE if fact.kind is Kind.NUMBER else 1


@attrs.define
class Columns:
    """The columns that a row may have: one for every fact, and further ones for definitions.

    What depends on a ruleset's definition of a first violation has a column for each of the
    definitions that count in one law.

    Attributes:
        vocabulary: Declarations of facts.
        names: Facts and dates by name, as questions name them.
        owners: For each column the number of its fact among the names.
    """

    vocabulary: Vocabulary
    names: tuple[str, ...]
    owners: list[int] = attrs.field(factory=list)
    _numbers: dict[tuple[str, int], int] = attrs.field(factory=dict)
    _texts: dict[str, dict[str, int]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """A column for every fact."""
        for name in self.vocabulary.facts:
            self.column(name)

    def column(self, name: str, copy: int = 0) -> int:
        """The column of a fact; the first one stands for the fact itself."""
        known = self._numbers.get((name, copy))
        if known is None:
            known = self._numbers[name, copy] = len(self.owners)
            self.owners.append(self.names.index(name))
        return known

    def copies(self, name: str) -> Mapping[int, int]:
        """The columns of a fact that depend on definitions, by number of the definition."""
        return {copy: at for (one, copy), at in self._numbers.items() if one == name and copy}

    def texts(self, name: str) -> Mapping[str, int]:
        """Numbers of the texts of a fact that conditions name."""
        return self._texts.setdefault(name, {})

    def code(self, fact: Fact, value: Comparable) -> int:
        """The number that stands for a value in a condition.

        Raises:
            UnsupportedError: If no number can stand for it.
        """
        if fact.kind is Kind.TEXT:
            known = self._texts.setdefault(fact.name, {})
            return known.setdefault(str(value), len(known))
        found = coded(fact, value)
        if found is None:
            raise UnsupportedError(fact.name)
        return found


def coded(fact: Fact, value: Comparable) -> int | None:  # noqa: PLR0911 - one for each type
    """The number of a value other than text; None if no number can stand for it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, frozenset):
        if len(fact.choices) > MOST_CODES:
            return None
        return sum(1 << fact.ranks[one] for one in value)
    if isinstance(value, str):
        return fact.ranks[value]
    if isinstance(value, Decimal) or fact.kind in NUMERIC:
        exact = Fraction(value) * scale_of(fact)
        fits = exact.denominator == 1 and abs(exact) <= LARGEST
        return int(exact) if fits else None
    return int(value)


def at_least(limit: Fraction) -> int:
    """The least whole number that is not below the limit."""
    return _clipped(ceil(limit))


def at_most(limit: Fraction) -> int:
    """The greatest whole number that is not above the limit."""
    return _clipped(floor(limit))


def _clipped(limit: int) -> int:
    # A value ends at LARGEST; and a sum that could reach so far is left to one by one.
    return max(-_BEYOND, min(limit, _BEYOND))
