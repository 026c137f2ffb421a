"""Earlier violations in columns: which of them count, as `derivation` says of one case."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias

import attrs
import numpy as np

from bizrules.batch._calendar import add_days, add_months, year_start
from bizrules.batch._cases import Row, prior_of
from bizrules.batch._kernel import NULL, Array
from bizrules.batch._rows import Rows
from bizrules.batch._spans import AFTER_ALL, BEFORE_ALL, Spans
from bizrules.cases import Case, Prior
from bizrules.derivation import Known, same_area, same_identity
from bizrules.engine import Engine
from bizrules.history import Anchor, Counting, PriorResult, RepeatCount, Window, WindowUnit
from bizrules.regions import NATIONAL

_NO, _YES, _OPEN = range(3)
_RESULTS: Final = tuple(PriorResult)
_TRUTHS: Final[Mapping[bool | None, int]] = {False: _NO, True: _YES, None: _OPEN}

_Pair: TypeAlias = tuple[Prior, str, str | None]
"""An earlier violation as far as it is compared; the case's violation, or region and authority."""


@attrs.frozen(eq=False)
class Earlier:
    """The earlier violations found for rows.

    Attributes:
        engine: Knows the violations and the places.
        rows: For each the row of its case.
        days: For each what is known of its days; `NULL` where nothing is.
        results: How each was dealt with.
        matters: For each a number among `of_matters`.
        places: For each a number among `of_places`.
        of_matters: Who broke what, then and now.
        of_places: Where and by whom it was dealt with, then and now.
    """

    engine: Engine
    rows: Array
    days: Mapping[Anchor, Array]
    results: Array
    matters: Array
    places: Array
    of_matters: Sequence[_Pair]
    of_places: Sequence[_Pair]

    @classmethod
    def of(cls, rows: Rows, engine: Engine, decided: Spans) -> "Earlier":
        """What was found for the rows; a row with something that does not fit goes one by one.

        Args:
            rows: The rows.
            engine: Knows the violations and the places.
            decided: When the cases were decided; none of it can be later.
        """
        reader = _Reader()
        for row, values in rows.with_priors():
            given = [prior_of(one) for one in rows.priors_of(values)]
            known = [one for one in given if one is not None]
            named = {one.violation for one in known} - {None}
            unfit = len(known) < len(given) or not named <= engine.violations.keys()
            rows.odd[row] |= unfit
            if not unfit and values["violation"] in engine.violations:
                reader.add(row, values, known)
        found = reader.earlier(engine)
        for days in found.days.values():
            rows.odd[found.rows[days > decided.last[found.rows]]] = True
        return found

    def at(self, rows: Array, count: int) -> "Earlier":
        """Those of some rows out of so many."""
        places = np.full(count, -1)
        places[rows] = np.arange(len(rows))
        mine = places[self.rows] >= 0
        return attrs.evolve(
            self,
            rows=places[self.rows[mine]],
            days={anchor: days[mine] for anchor, days in self.days.items()},
            results=self.results[mine],
            matters=self.matters[mine],
            places=self.places[mine],
        )

    def counted(self, first: Counting, days: "Days") -> tuple[Array, Array]:
        """How many count in each row, and how many more may.

        Args:
            first: Which count.
            days: The days of the rows.
        """
        parts = (
            self._same_matters(first)[self.matters],
            self._same_places(first)[self.places],
            np.array([int(one in first.results) for one in _RESULTS])[self.results],
            self._earlier(days),
            self._in_window(first, days),
        )
        refused = np.logical_or.reduce([part == _NO for part in parts])
        is_open = ~refused & np.logical_or.reduce([part == _OPEN for part in parts])
        sure = self.rows[~refused & ~is_open]
        return (
            np.bincount(sure, minlength=days.count),
            np.bincount(self.rows[is_open], minlength=days.count),
        )

    def _same_matters(self, first: Counting) -> Array:
        """Whether the same was violated, as the derivation says of each pair."""
        known = (
            (prior, self._known(first, Case(id="", region=NATIONAL, violation=violation)))
            for prior, violation, _ in self.of_matters
        )
        return _truths(same_identity(prior, one) for prior, one in known)

    def _same_places(self, first: Counting) -> Array:
        """Whether it was dealt with where it counts, as the derivation says of each pair."""
        any_ = next(iter(self.engine.violations))
        cases = (
            (prior, Case(id="", region=region, violation=any_, authority=authority))
            for prior, region, authority in self.of_places
        )
        return _truths(same_area(prior, self._known(first, case)) for prior, case in cases)

    def _known(self, first: Counting, case: Case) -> Known:
        assessor = self.engine.assessor
        return Known(
            case=case,
            stated={},
            violation=assessor.violations[case.violation],
            first=first,
            violations=assessor.violations,
            line=assessor.line,
        )

    def _earlier(self, days: "Days") -> Array:
        """Whether it was committed before the act ended; see `derivation`."""
        act = days.of(Anchor.COMMITTED, self.rows)
        committed = self.days[Anchor.COMMITTED]
        steps = _least(self.days[Anchor.DISCOVERED], self.days[Anchor.DECIDED])
        has_begun = act.first != BEFORE_ALL
        undated = np.where(has_begun & (steps != NULL) & (act.first < steps), _OPEN, _YES)
        dated = np.where(has_begun & (committed < act.first), _YES, _OPEN)
        dated = np.where(committed > act.last, _NO, dated)
        dated = np.where((act.last == AFTER_ALL) | (committed == act.first), _YES, dated)
        return np.where(committed == NULL, undated, dated)

    def _in_window(self, first: Counting, days: "Days") -> Array:
        anchor, has_window, start = days.window(first, self.rows)
        day = self.days[first.counted_by]
        since = NULL if first.since is None else first.since.toordinal()
        before = _before_anchor(first, anchor, day)
        inside = np.where((start.last == AFTER_ALL) | (day < start.last), _OPEN, before)
        inside = np.where((start.first != BEFORE_ALL) & (day < start.first), _NO, inside)
        found = np.where(has_window, inside, before)
        unknown = np.where(has_window | (since != NULL), _OPEN, _YES)
        found = np.where(day == NULL, unknown, found)
        found = np.where((day != NULL) & (day < since), _NO, found)
        found = np.where((day == NULL) & self._surely_before(first, start, since), _NO, found)
        pending = self.results == _RESULTS.index(PriorResult.PENDING)
        if first.unhandled:
            return np.where(pending, _YES, found)
        if first.counted_by is Anchor.DECIDED:
            return np.where(pending, np.where(has_window, _NO, _OPEN), found)
        return found

    def _surely_before(self, first: Counting, start: Spans, since: int) -> Array:
        """Whether a step without a day lies before the window, as a later step of it does."""
        later = np.full(len(self.rows), NULL)
        for anchor in list(Anchor)[list(Anchor).index(first.counted_by) + 1 :]:
            later = _least(later, self.days[anchor])
        begins = np.maximum(np.where(start.first == BEFORE_ALL, NULL, start.first), since)
        return np.asarray((later != NULL) & (begins != NULL) & (later < begins))


@attrs.frozen(eq=False)
class Days:
    """The days of rows from which windows run back.

    Attributes:
        count: How many rows there are.
        spans: Dates by name.
        violations: Numbers of the violations.
        numbers: Number of a violation by its id.
    """

    count: int
    spans: Mapping[str, Spans]
    violations: Array
    numbers: Mapping[str, int]

    def of(self, anchor: Anchor, rows: Array | None = None) -> Spans:
        """The days of an anchor, in some rows or in all."""
        span = self.spans[anchor.value]
        return span if rows is None else Spans(span.first[rows], span.last[rows])

    def window(
        self, first: Counting, rows: Array | None = None, search: Window | None = None
    ) -> tuple[Spans, Array, Spans]:
        """The days of the anchor; where there is a window; and its first day.

        Args:
            first: The windows.
            rows: Which rows; all if left out.
            search: The window where none is fixed.
        """
        anchor = self.of(first.anchor, rows)
        violations = self.violations if rows is None else self.violations[rows]
        usual = first.window or search
        has_window = np.full(len(violations), usual is not None)
        start = _back(anchor, usual)
        for special in reversed(first.special_windows):
            known = [self.numbers[one] for one in special.violations if one in self.numbers]
            mine = np.isin(violations, known)
            has_window |= mine
            own = _back(anchor, special.window)
            start = Spans(
                np.where(mine, own.first, start.first), np.where(mine, own.last, start.last)
            )
        return anchor, has_window, start


class _Reader:
    """Collects earlier violations."""

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._days: dict[Anchor, list[int]] = {anchor: [] for anchor in Anchor}
        self._results: list[int] = []
        self._matters: list[int] = []
        self._places: list[int] = []
        self._of_matters: dict[_Pair, int] = {}
        self._of_places: dict[_Pair, int] = {}

    def add(self, row: int, values: Row, priors: Sequence[Prior]) -> None:
        """Add what was found for a row."""
        violation, region = str(values["violation"]), str(values["region"])
        authority = values.get("authority")
        by = None if authority is None else str(authority)
        for prior in priors:
            self._rows.append(row)
            for anchor, into in self._days.items():
                day: date | None = getattr(prior, anchor.value)
                into.append(NULL if day is None else day.toordinal())
            self._results.append(_RESULTS.index(prior.result))
            what = Prior(violation=prior.violation, field=prior.field, department=prior.department)
            where = Prior(authority=prior.authority, region=prior.region)
            kept, placed = self._of_matters, self._of_places
            self._matters.append(kept.setdefault((what, violation, None), len(kept)))
            self._places.append(placed.setdefault((where, region, by), len(placed)))

    def earlier(self, engine: Engine) -> Earlier:
        """All that was added."""
        return Earlier(
            engine=engine,
            rows=np.array(self._rows, dtype=np.int64),
            days={anchor: np.array(days, dtype=np.int64) for anchor, days in self._days.items()},
            results=np.array(self._results, dtype=np.int64),
            matters=np.array(self._matters, dtype=np.int64),
            places=np.array(self._places, dtype=np.int64),
            of_matters=list(self._of_matters),
            of_places=list(self._of_places),
        )


def _truths(found: Iterable[bool | None]) -> Array:
    return np.array([_TRUTHS[one] for one in found], dtype=np.int64)


def _least(one: Array, two: Array) -> Array:
    """The lesser day where both are known, else the one that is."""
    return np.where(one == NULL, two, np.where(two == NULL, one, np.minimum(one, two)))


def _before_anchor(first: Counting, anchor: Spans, day: Array) -> Array:
    """Whether the step that counts lies before the anchor, as repeats want it."""
    if not isinstance(first, RepeatCount):
        return np.full(len(day), _YES)
    found = np.where((anchor.first != BEFORE_ALL) & (day <= anchor.first), _YES, _OPEN)
    return np.where((anchor.last != AFTER_ALL) & (anchor.last < day), _NO, found)


def _back(anchor: Spans, window: Window | None) -> Spans:
    """First days of the window, as exactly as the anchor is known; open where there is none."""
    if window is None:
        count = len(anchor.first)
        return Spans(np.full(count, BEFORE_ALL), np.full(count, AFTER_ALL))
    first, last = anchor.first != BEFORE_ALL, anchor.last != AFTER_ALL
    return Spans(
        np.where(first, _days_back(np.where(first, anchor.first, 1), window), BEFORE_ALL),
        np.where(last, _days_back(np.where(last, anchor.last, 1), window), AFTER_ALL),
    )


def _days_back(days: Array, window: Window) -> Array:
    if window.unit is WindowUnit.CALENDAR_YEARS:
        return add_months(year_start(days), -12 * (window.length - 1))
    if window.unit is WindowUnit.DAYS:
        return add_days(days, -window.length)
    return add_months(days, -window.length)
