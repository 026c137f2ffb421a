"""Rows of columns as cases, with everything that is wrong with a row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Final, TypeAlias, TypeVar, cast

import attrs
import pyarrow as pa
from pyarrow import types

from bizrules.batch._filling import DAY_ZERO, LAST_DAY
from bizrules.batch._schema import DATES, NAMES
from bizrules.cases import Act, Case, FactInput, Party, PartyKind, Prior, Priors, to_day, to_span
from bizrules.errors import CaseError, Problem
from bizrules.facts import Fact, Kind, parse_value
from bizrules.history import PriorResult, Register
from bizrules.provenance import Location, Text
from bizrules.values import DateSpan

Row: TypeAlias = Mapping[str, object]
"""The values of a row by column; None where the column is null."""

_Code = TypeVar("_Code", bound=Enum)
_DAY: Final = Fact(name="day", kind=Kind.DATE, label=Text("日期", "date"))
OWN: Final = frozenset(
    {
        *NAMES,
        *DATES,
        "authority",
        "party_kind",
        "party_age",
        "birth_date",
        "measures",
        "examined",
        "searched_since",
        "registers",
    }
)


def rows_of(batch: pa.RecordBatch) -> list[Row]:
    """The rows as values; days beyond the calendar as the number of days since 1970."""
    columns = {name: _listed(batch.column(name)) for name in batch.schema.names}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def _listed(column: pa.Array) -> list[object]:
    if types.is_date32(column.type):
        try:
            return list(column.to_pylist())
        except (OverflowError, ValueError):
            days = column.cast(pa.int32()).to_pylist()
            return [None if day is None else day_or_number(day) for day in days]
    return list(column.to_pylist())


def day_or_number(days: int) -> date | int:
    """The day so many days after 1970 began; the number where no calendar has it.

    Args:
        days: How many. *Unit*: day.
    """
    ordinal = days + DAY_ZERO
    return date.fromordinal(ordinal) if 1 <= ordinal <= LAST_DAY else days


@attrs.define
class CaseRow:
    """One row, read into a case.

    Attributes:
        row: Its values.
        priors: Earlier violations found for it.
        problems: What is wrong with it, but for what evaluation itself finds.
    """

    row: Row
    priors: Sequence[Row] = ()
    problems: list[Problem] = attrs.field(factory=list, init=False)

    def case(self) -> Case:
        """The case; what could not be read is left out of it, and is among the problems."""
        return Case(
            id=self._name("id"),
            region=self._name("region"),
            violation=self._name("violation"),
            committed=self._act(),
            discovered=self._span("discovered"),
            filed=self._span("filed"),
            notified=self._span("notified"),
            decided=self._span("decided"),
            authority=self._text("authority"),
            party=Party(
                kind=self._code(PartyKind, self._text("party_kind"), "party_kind"),
                age=self._age(),
                birth_date=self._day(self.row.get("birth_date"), "birth_date"),
            ),
            facts=self._facts(),
            examined=self._texts("examined"),
            measures=self._texts("measures"),
            priors=self._priors(),
        )

    def _facts(self) -> dict[str, FactInput]:
        given = {name: self.row[name] for name in self.row if name not in OWN}
        # What a value is, evaluation looks at.
        return {name: cast("FactInput", one) for name, one in given.items() if one is not None}

    def _refuse(self, code: str, path: str, **details: str) -> None:
        place = Location(f"case {self.row.get('id') or ''}", path=f"$.{path}")
        self.problems.append(Problem(code, place, details))

    def _name(self, name: str) -> str:
        found = self._text(name)
        if found is None:
            self._refuse("missing-key", name, key=name)
        return found or ""

    def _text(self, name: str) -> str | None:
        found = self.row.get(name)
        return found if isinstance(found, str) else None

    def _texts(self, name: str) -> list[str]:
        found = self.row.get(name)
        listed = found if isinstance(found, list) else []
        if None in listed:
            self._refuse("not-text", name, found="null")
        return [one for one in listed if isinstance(one, str)]

    def _act(self) -> Act | None:
        ended, began = self._span("committed"), self._span("committed_from")
        if ended is None and began is not None:
            return Act(ended=DateSpan(began.earliest, None), began=began)
        return None if ended is None else Act(ended=ended, began=began)

    def _span(self, name: str) -> DateSpan | None:
        given = self.row.get(name)
        if given is None:
            return None
        try:
            return to_span(given if isinstance(given, date) else str(given))
        except ValueError:
            self._day(given, name)
            return None

    def _day(self, given: object, path: str) -> date | None:
        """The day; anything else is a problem."""
        if given is None:
            return None
        place = Location(f"case {self.row.get('id') or ''}", path=f"$.{path}")
        found = parse_value(_DAY, given, place)
        if isinstance(found, Problem):
            self.problems.append(found)
            return None
        return found if isinstance(found, date) else None

    def _age(self) -> int | None:
        found = self.row.get("party_age")
        if isinstance(found, int) and found < 0:
            self._refuse("negative-count", "party_age", fact="age", found=str(found))
            return None
        return found if isinstance(found, int) else None

    def _code(self, cls: type[_Code], given: str | None, path: str) -> _Code | None:
        if given is None:
            return None
        for one in cls:
            if one.value == given:
                return one
        choices = ", ".join(str(one.value) for one in cls)
        self._refuse("not-in-choices", path, found=given, what=path, choices=choices)
        return None

    def _priors(self) -> Priors | None:
        since = self._day(self.row.get("searched_since"), "searched_since")
        named = self.row.get("registers")
        if since is None and named is None and not self.priors:
            return None
        codes = (self._code(Register, one, "registers") for one in self._texts("registers"))
        registers = None if named is None else [one for one in codes if one is not None]
        found = [self._prior(one, index) for index, one in enumerate(self.priors)]
        return Priors(searched_since=since, registers=registers, found=found)

    def _prior(self, given: Row, index: int) -> Prior:
        path = f"priors.found[{index}]"
        result = _said(given, "result")
        code = self._code(PriorResult, result, f"{path}.result")
        return Prior(
            committed=self._day(given.get("committed"), f"{path}.committed"),
            discovered=self._day(given.get("discovered"), f"{path}.discovered"),
            decided=self._day(given.get("decided"), f"{path}.decided"),
            authority=_said(given, "authority"),
            region=_said(given, "region"),
            violation=_said(given, "violation"),
            field=_said(given, "field"),
            department=_said(given, "department"),
            result=code or PriorResult.PENALISED,
        )


_RESULTS: Final[Mapping[str | None, PriorResult]] = {
    None: PriorResult.PENALISED,
    **{one.value: one for one in PriorResult},
}
_PRIOR_DAYS: Final = ("committed", "discovered", "decided")
_PRIOR_TEXTS: Final = ("authority", "region", "violation", "field", "department")


def prior_of(given: Row) -> Prior | None:
    """The earlier violation of a row; None if a value does not fit."""
    result = _RESULTS.get(_said(given, "result"))
    days = [given.get(name) for name in _PRIOR_DAYS]
    if result is None or not all(day is None or isinstance(day, (date, str)) for day in days):
        return None
    texts = {name: _said(given, name) for name in _PRIOR_TEXTS}
    try:
        committed, discovered, decided = (to_day(cast("date | str | None", day)) for day in days)
    except ValueError:
        return None
    return Prior(
        committed=committed, discovered=discovered, decided=decided, result=result, **texts
    )


def _said(given: Row, name: str) -> str | None:
    found = given.get(name)
    return None if found is None else str(found)


def all_problems(problems: Iterable[Problem], error: CaseError | None) -> tuple[Problem, ...]:
    """What reading found and what evaluation refuses, each place once."""
    read = tuple(problems)
    places = {problem.location.path for problem in read}
    further = () if error is None else error.problems
    return (*read, *(one for one in further if one.location.path not in places))
