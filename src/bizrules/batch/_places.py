"""Which law is that of a row: by its place, its violation and its dates."""

from collections.abc import Mapping
from typing import Final

import attrs
import numpy as np
import pyarrow as pa

from bizrules.batch._arrays import Growing, Keys
from bizrules.batch._compiling import compiled
from bizrules.batch._kernel import Array
from bizrules.batch._laws import LawBook
from bizrules.batch._loops import HARD
from bizrules.batch._spans import Spans
from bizrules.engine import Engine
from bizrules.outcomes import LawChoice
from bizrules.selection import Moment

CHOICES: Final = tuple(LawChoice)
_MOST_BORDERS: Final = 1000
_BITS: Final = 10
_MOST_PLACES: Final = 1 << 62 - 4 * _BITS - 2


@attrs.frozen(eq=False)
class Situations:
    """What decides which law a row comes under.

    Attributes:
        regions: Number of the region; negative for one that nobody knows.
        violations: The same of the violation.
        act: When the act ended; where that is not known, any day up to its discovery.
        decision: When it is decided, or any day from the last known event on.
        undated: 1 where the act has no date, 2 where the decision has none either.
    """

    regions: Array
    violations: Array
    act: Spans
    decision: Spans
    undated: Array


@compiled
def _bucket(borders: Array, first: int, last: int, day: int) -> int:
    """How many of the borders are not after the day."""
    low, high = first, last
    while low < high:
        middle = (low + high) >> 1
        if borders[middle] <= day:
            low = middle + 1
        else:
            high = middle
    return low - first


@compiled
def _law_keys(
    places: Array, starts: Array, borders: Array, days: Array, undated: Array, out: Array
) -> None:
    """The place of every row, with the stretches of time in which its days lie, as one number."""
    for row in range(len(places)):
        place = places[row]
        if place < 0:
            out[row] = -1
            continue
        key = np.int64(place) * 4 + undated[row]
        for one in range(4):
            found = _bucket(borders, starts[place], starts[place + 1], days[one, row])
            key = (key << _BITS) | found
        out[row] = key


@attrs.define
class Places:
    """Every place and violation met, and the laws that speak there.

    Attributes:
        engine: Knows them.
        laws: Laws made ready.
        law_of: For each key the number of its law, `HARD` where a row goes one by one.
        choice_of: For each key which law it is.
        regions: Numbers of the regions met.
        violations: Numbers of all violations.
        names: The violations in the order of their numbers.
    """

    engine: Engine
    laws: LawBook
    law_of: Growing = attrs.field(factory=Growing)
    choice_of: Growing = attrs.field(factory=lambda: Growing(np.int8))
    regions: dict[str, int] = attrs.field(factory=dict)
    violations: Mapping[str, int] = attrs.field(init=False)
    _region_names: list[str] = attrs.field(factory=list)
    _places: Keys = attrs.field(factory=Keys)
    _keys: Keys = attrs.field(factory=Keys)
    _starts: Growing = attrs.field(factory=lambda: Growing(np.int64, (0,)))
    _borders: Growing = attrs.field(factory=lambda: Growing(np.int64))
    _too_many: Growing = attrs.field(factory=lambda: Growing(np.bool_))
    names: pa.Array = attrs.field(init=False)
    _violation_names: list[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Number the violations."""
        self._violation_names = list(self.engine.violations)
        self.violations = {name: number for number, name in enumerate(self._violation_names)}
        self.names = pa.array(self._violation_names, pa.string())

    def region(self, code: str) -> int:
        """The number of a region; -1 for one that nobody knows."""
        if code not in self.engine.regions:
            return -1
        known = self.regions.get(code)
        if known is None:
            known = self.regions[code] = len(self._region_names)
            self._region_names.append(code)
        return known

    def find(self, given: Situations) -> tuple[Array, Array]:
        """Law and choice of law of every row; `HARD` for rows that go one by one."""
        places = self._place_numbers(given)
        days = np.stack(
            [given.act.first, given.act.last, given.decision.first, given.decision.last]
        )
        keys = np.empty(len(places), dtype=np.int64)
        _law_keys(places, self._starts.values, self._borders.values, days, given.undated, keys)
        numbers = self._keys.numbers(keys)
        missing = np.flatnonzero((numbers < 0) & (keys >= 0))
        if len(missing):
            fresh, rows = np.unique(keys[missing], return_index=True)
            self._keys.add(fresh)
            for key, row in zip(fresh.tolist(), missing[rows].tolist(), strict=True):
                self._add(given, row, key)
            numbers = self._keys.numbers(keys)
        there = np.maximum(numbers, 0)
        if not len(self.law_of):
            return np.full(len(keys), HARD, np.int32), np.zeros(len(keys), np.int8)
        found = np.where(numbers < 0, HARD, self.law_of.values[there])
        return found.astype(np.int32), self.choice_of.values[there]

    def _place_numbers(self, given: Situations) -> Array:
        keys = (given.regions.astype(np.int64) << 32) | given.violations.astype(np.int64)
        unknown = (given.regions < 0) | (given.violations < 0)
        keys[unknown] = -1
        numbers = self._places.numbers(keys)
        missing = np.flatnonzero((numbers < 0) & ~unknown)
        if len(missing):
            fresh = np.unique(keys[missing])
            for key in fresh.tolist():
                region = self._region_names[key >> 32]
                found = self._borders_of(region, self._violation_names[key & 0xFFFFFFFF])
                # What has no room in a key goes one by one: very many borders, or places.
                room = len(self._too_many) < _MOST_PLACES and len(found) <= _MOST_BORDERS
                self._too_many.append(not room)
                self._borders.extend(found)
                self._starts.append(len(self._borders))
            self._places.add(fresh)
            numbers = self._places.numbers(keys)
        if len(self._too_many):
            numbers[self._too_many.values[np.maximum(numbers, 0)]] = -1
        return numbers

    def _borders_of(self, region: str, violation: str) -> list[int]:
        """Days on which the law of the place about the violation may change."""
        place = self.engine.assessor.selector.place(region, violation)
        return [day.toordinal() for day in place.borders]

    def _add(self, given: Situations, row: int, key: int) -> None:
        """Find the law of a row, which is that of all with its key."""
        region = self._region_names[int(given.regions[row])]
        violation = self._violation_names[int(given.violations[row])]
        acted, decided = given.act.span(row), given.decision.span(row)
        undated = int(given.undated[row])
        stretch = self.engine.assessor.selector.stretch
        new = stretch(region, violation, Moment(decided, acted, decided))
        law: int | None = None
        # Between the same borders the law is the same.
        if (
            undated == 2  # noqa: PLR2004 - no date at all
            or _borders_passed(key, 0) == _borders_passed(key, 1)
            or stretch(region, violation, Moment(acted, acted, decided)).same_law(new)
        ):
            law = self.laws.number(new)
        self.law_of.append(HARD if law is None else law)
        choice = (LawChoice.SAME, LawChoice.DECISION_ONLY, LawChoice.UNDATED)[undated]
        self.choice_of.append(CHOICES.index(choice))


def _borders_passed(key: int, one: int) -> int:
    """How many borders lie before the first and the last day of the act, or of the decision (1)."""
    return key >> 2 * _BITS * (1 - one) & (1 << 2 * _BITS) - 1
