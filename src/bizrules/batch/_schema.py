"""Columns of cases and of outcomes: names, types, and what is refused."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

import pyarrow as pa
from pyarrow import types

from bizrules.engine import Engine
from bizrules.errors import Problem, ProblemsError
from bizrules.facts import Kind
from bizrules.nearness import near_names
from bizrules.provenance import Location

Fits: TypeAlias = Callable[[pa.DataType], bool]
"""Whether a column of the type can hold what is meant."""

DATES: Final = ("committed", "committed_from", "discovered", "filed", "notified", "decided")
"""Columns of the dates of a case."""

NAMES: Final = ("id", "region", "violation")
"""Columns without which there is no case."""

CODE: Final = pa.dictionary(pa.int8(), pa.string())
"""Type of a column of codes."""

NAMED: Final = pa.dictionary(pa.int32(), pa.string())
"""Type of a column of names out of a long list: rules, facts."""

AMOUNT: Final = pa.decimal128(38, 2)
"""Type of an amount of money. *Unit*: yuan."""

MEASURE: Final = pa.struct([("measure", CODE), ("verdict", CODE)])
PROBLEM: Final = pa.struct(
    [("code", pa.string()), ("text", pa.string()), ("severity", pa.string()), ("path", pa.string())]
)

OUTCOME_SCHEMA: Final = pa.schema(
    [
        ("case", pa.string()),
        ("grade", CODE),
        ("permitted", pa.list_(CODE)),
        ("modality", CODE),
        ("settled", pa.bool_()),
        ("contested", pa.bool_()),
        ("crime_suspected", pa.bool_()),
        ("row", CODE),
        ("fine_state", CODE),
        ("fine_low", AMOUNT),
        ("fine_high", AMOUNT),
        ("fine_low_closed", pa.bool_()),
        ("fine_high_closed", pa.bool_()),
        ("fine_base", NAMED),
        ("fine_low_times", pa.string()),
        ("fine_high_times", pa.string()),
        ("held", pa.list_(NAMED)),
        ("unknown", pa.list_(NAMED)),
        ("questions", pa.list_(NAMED)),
        ("compulsion", pa.list_(MEASURE)),
        ("law", CODE),
        ("problems", pa.list_(PROBLEM)),
    ]
)
"""The columns of outcomes."""


class BatchInputError(ProblemsError):
    """Columns that cannot be read as cases; all problems are carried."""


def is_text(found: pa.DataType) -> bool:
    """Whether the type is text, also one that is kept as numbers into a dictionary."""
    if types.is_dictionary(found):
        found = found.value_type
    return bool(
        types.is_string(found) or types.is_large_string(found) or types.is_string_view(found)
    )


def is_texts(found: pa.DataType) -> bool:
    """Whether the type is a list of texts."""
    lists = (types.is_list, types.is_large_list, types.is_fixed_size_list)
    return any(one(found) for one in lists) and (
        is_text(found.value_type) or types.is_null(found.value_type)
    )


def _is_amount(found: pa.DataType) -> bool:
    return bool(types.is_integer(found) or types.is_decimal(found)) or is_text(found)


def _is_date(found: pa.DataType) -> bool:
    return bool(types.is_date32(found)) or is_text(found)


_OF_KIND: Final[Mapping[Kind, tuple[Fits, str, pa.DataType]]] = {
    Kind.BOOLEAN: (types.is_boolean, "bool", pa.bool_()),
    Kind.CHOICE: (is_text, "string", NAMED),
    Kind.LEVEL: (is_text, "string", NAMED),
    Kind.TEXT: (is_text, "string", pa.string()),
    Kind.INTEGER: (types.is_integer, "int", pa.int64()),
    Kind.DAYS: (types.is_integer, "int", pa.int64()),
    Kind.NUMBER: (_is_amount, "decimal, int, string", pa.decimal128(38, 6)),
    Kind.MONEY: (_is_amount, "decimal, int, string", AMOUNT),
    Kind.DATE: (_is_date, "date32, string", pa.date32()),
    Kind.SET: (is_texts, "list<string>", pa.list_(pa.string())),
}
_TEXT: Final[tuple[Fits, str, pa.DataType]] = (is_text, "string", pa.string())
_DATE: Final = _OF_KIND[Kind.DATE]
_TEXTS: Final = _OF_KIND[Kind.SET]
_OF_CASE: Final[Mapping[str, tuple[Fits, str, pa.DataType]]] = {
    **dict.fromkeys(NAMES, _TEXT),
    **dict.fromkeys(DATES, _DATE),
    "authority": _TEXT,
    "party_kind": _TEXT,
    "party_age": _OF_KIND[Kind.INTEGER],
    "birth_date": _DATE,
    "measures": _TEXTS,
    "examined": _TEXTS,
    "searched_since": _DATE,
    "registers": _TEXTS,
}
_OF_PRIOR: Final[Mapping[str, tuple[Fits, str, pa.DataType]]] = {
    "case": _TEXT,
    **dict.fromkeys(("committed", "discovered", "decided"), _DATE),
    **dict.fromkeys(("authority", "region", "violation", "field", "department", "result"), _TEXT),
}


def case_schema(engine: Engine) -> pa.Schema:
    """The columns a case may have, each in the type that is read fastest.

    Every column but `id`, `region` and `violation` may be left out, and other types are read too:
    text in place of dates and amounts, integers in place of amounts, texts with a dictionary.
    """
    facts = engine.vocabulary.facts.values()
    columns = {name: kept for name, (_, _, kept) in _OF_CASE.items()}
    columns.update(
        (fact.name, _OF_KIND[fact.kind][2]) for fact in facts if fact.name not in columns
    )
    return pa.schema(list(columns.items()))


def check_cases(schema: pa.Schema, engine: Engine) -> None:
    """Refuse columns that cannot be read as cases.

    Raises:
        BatchInputError: If a column is unknown, missing, doubled or of a wrong type.
    """
    facts = engine.vocabulary.facts
    expected = {name: _OF_KIND[fact.kind] for name, fact in facts.items()} | dict(_OF_CASE)
    _refuse([*_problems(schema, expected, "cases"), *_missing(schema, NAMES, "cases")])


def check_priors(schema: pa.Schema) -> None:
    """Refuse columns that cannot be read as earlier violations.

    Raises:
        BatchInputError: If a column is unknown, missing, doubled or of a wrong type.
    """
    _refuse([*_problems(schema, _OF_PRIOR, "priors"), *_missing(schema, ("case",), "priors")])


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise BatchInputError(problems)


def _problems(
    schema: pa.Schema, expected: Mapping[str, tuple[Fits, str, pa.DataType]], source: str
) -> Iterator[Problem]:
    seen: set[str] = set()
    for field in schema:
        place = Location(source, path=f"$.{field.name}")
        if field.name in seen:
            yield Problem("double-column", place, {"found": field.name})
        seen.add(field.name)
        if field.name not in expected:
            near = near_names(field.name, expected)
            yield Problem("unknown-column", place, {"found": field.name, "near_names": near})
            continue
        fits, said, _ = expected[field.name]
        if not types.is_null(field.type) and not fits(field.type):
            details = {"column": field.name, "found": str(field.type), "expected": said}
            yield Problem("column-type", place, details)


def _missing(schema: pa.Schema, names: Iterable[str], source: str) -> Iterator[Problem]:
    for name in names:
        if name not in schema.names:
            yield Problem("missing-column", Location(source), {"column": name})
