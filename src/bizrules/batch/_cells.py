"""Cells of files: the type of a column, text into columns, rows as case files write them."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

import attrs
import pyarrow as pa
import pyarrow.compute as pc

from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.values import Plain

NEEDED: Final = ("id", "region", "violation")
DAYS: Final = ("committed", "committed_from", "discovered", "filed", "notified", "decided")
PRIOR_DAYS: Final = ("committed", "discovered", "decided")
PRIOR_FIELDS: Final = (
    *PRIOR_DAYS,
    "authority",
    "region",
    "violation",
    "field",
    "department",
    "result",
)
_TEXTS: Final = pa.list_(pa.string())
OWN_TYPES: Final[Mapping[str, pa.DataType]] = {
    **dict.fromkeys(NEEDED, pa.string()),
    **dict.fromkeys(DAYS, pa.date32()),
    "authority": pa.string(),
    "party_kind": pa.string(),
    "party_age": pa.int64(),
    "birth_date": pa.date32(),
    "measures": _TEXTS,
    "examined": _TEXTS,
    "searched_since": pa.date32(),
    "registers": _TEXTS,
}
"""The columns of a case that are no facts, with their types."""

PRIOR_SCHEMA: Final = pa.schema(
    [("case", pa.string()), *((name, pa.string()) for name in PRIOR_FIELDS)]
)
"""Earlier violations as text, each with the id of its case."""

# Money in yuan. Longer numbers are read one by one, and refused from the 25th sign on.
MONEY: Final = pa.decimal128(22, 2)
NUMBER: Final = pa.decimal128(22, 12)
_FACT_TYPES: Final[Mapping[Kind, pa.DataType]] = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.CHOICE: pa.string(),
    Kind.LEVEL: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: NUMBER,
    Kind.MONEY: MONEY,
    Kind.DATE: pa.date32(),
    Kind.DAYS: pa.int64(),
    Kind.TEXT: pa.string(),
    Kind.SET: _TEXTS,
}

_OFTEN: Final = 4
_INTEGER: Final = r"^(0|[1-9][0-9]{0,17})$"
# There is no year 0.
_DAY: Final = r"^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}$"
_DIGITS: Final[Mapping[pa.DataType, str]] = {
    MONEY: r"^(0|[1-9][0-9]{0,19})(\.[0-9]{1,2})?$",
    NUMBER: r"^(0|[1-9][0-9]{0,9})(\.[0-9]{1,12})?$",
}

Read: TypeAlias = tuple[pa.Array, pa.Array]
"""A column, and in which rows its text is another than that of a plain value."""


def fact_type(fact: Fact) -> pa.DataType:
    """The type of the column of a fact in files of text."""
    return _FACT_TYPES[fact.kind]


def column_types(vocabulary: Vocabulary) -> dict[str, pa.DataType]:
    """The type of every column that a file of cases may have."""
    facts = {name: fact_type(fact) for name, fact in vocabulary.facts.items()}
    return {**facts, **OWN_TYPES}


def read_texts(given: pa.Array, wanted: pa.DataType) -> Read:
    """Text as a column of the type; null where there is none, or no plain value.

    Args:
        given: The text of each row; null where nothing stands.
        wanted: The type of the column.
    """
    if wanted == pa.string():
        return given, pa.repeat(pa.scalar(value=False), len(given))
    read = _READERS[wanted]
    coded = given.dictionary_encode()
    if len(coded.dictionary) * _OFTEN > len(given):
        return read(given, wanted)
    # What stands in many rows is read once.
    values, odd = read(coded.dictionary, wanted)
    return values.take(coded.indices), pc.fill_null(odd.take(coded.indices), fill_value=False)


def _fitting(given: pa.Array, pattern: str) -> tuple[pa.Array, pa.Array]:
    """The texts that have the form, null for the others; and where there are others."""
    fits = pc.match_substring_regex(given, pattern)
    odd = pc.fill_null(pc.invert(fits), fill_value=False)
    return pc.if_else(fits, given, None), odd


def _read_booleans(given: pa.Array, _wanted: pa.DataType) -> Read:
    """Boolean = true | false, in upper or lower case."""
    lower = pc.ascii_lower(given)
    yes, no = pc.equal(lower, "true"), pc.equal(lower, "false")
    odd = pc.fill_null(pc.invert(pc.or_(yes, no)), fill_value=False)
    return pc.if_else(odd, pa.scalar(None, pa.bool_()), yes), odd


def _read_integers(given: pa.Array, wanted: pa.DataType) -> Read:
    fitting, odd = _fitting(given, _INTEGER)
    return pc.cast(fitting, wanted), odd


def _read_decimals(given: pa.Array, wanted: pa.DataType) -> Read:
    fitting, odd = _fitting(given, _DIGITS[wanted])
    return pc.cast(fitting, wanted), odd


def _read_days(given: pa.Array, wanted: pa.DataType) -> Read:
    """Date = YYYY-MM-DD, a day that exists; months and years are left to the reader of cases."""
    fitting, odd = _fitting(given, _DAY)
    moments = pc.strptime(fitting, format="%Y-%m-%d", unit="s", error_is_null=True)
    # 2022-02-30 becomes another day.
    same = pc.equal(pc.strftime(moments, format="%Y-%m-%d"), fitting)
    exists = pc.fill_null(same, fill_value=False)
    missing = pc.and_(pc.is_valid(fitting), pc.invert(exists))
    return pc.cast(pc.if_else(exists, moments, None), wanted), pc.or_(odd, missing)


def _read_lists(given: pa.Array, wanted: pa.DataType) -> Read:
    """List = item {";" item} | JSON."""
    texts = given.to_pylist()
    lists = [None if text is None else list_of(text) for text in texts]
    bad = [text is not None and one is None for text, one in zip(texts, lists, strict=True)]
    return pa.array(lists, wanted), pa.array(bad, pa.bool_())


def list_of(text: str) -> list[str] | None:
    """The items of a cell; None if it is no list of texts."""
    if not text.startswith("["):
        return [item.strip() for item in text.split(";")]
    try:
        found = json.loads(text)
    except ValueError:
        return None
    is_list = isinstance(found, list) and all(isinstance(item, str) for item in found)
    return found if is_list else None


_READERS: Final[Mapping[pa.DataType, Callable[[pa.Array, pa.DataType], Read]]] = {
    pa.bool_(): _read_booleans,
    pa.int64(): _read_integers,
    MONEY: _read_decimals,
    NUMBER: _read_decimals,
    pa.date32(): _read_days,
    _TEXTS: _read_lists,
}


@attrs.frozen(eq=False)
class RowWriter:
    """Writes rows of columns as case files write them, for the reader of cases.

    Attributes:
        vocabulary: The facts that a row may name.
    """

    vocabulary: Vocabulary

    def from_texts(self, row: Mapping[str, str | None]) -> dict[str, object]:
        """A row of a file of text; a cell without text is not known."""
        return self.from_values(
            {name: self._cell(name, text) for name, text in row.items() if text is not None}
        )

    def _cell(self, name: str, text: str) -> object:
        wanted = OWN_TYPES.get(name)
        fact = None if wanted is not None else self.vocabulary.facts.get(name)
        if wanted == _TEXTS or (fact is not None and fact.kind is Kind.SET):
            items = list_of(text)
            return text if items is None else items
        if fact is not None and fact.kind is Kind.BOOLEAN:
            return Plain(text.lower() if text.lower() in ("true", "false") else text)
        return Plain(text)

    def from_values(self, row: Mapping[str, object]) -> dict[str, object]:
        """A row by its columns, in which `party`, `facts` and `priors` may stand as in case files.

        What is null is not known. What has no place stays where it is, for the reader to refuse.
        """
        plain = _known(row)
        inner: dict[str, object] = {key: plain.pop(key) for key in _INNER if key in plain}
        _put(plain, inner, "party", _PARTY)
        _put(plain, inner, "priors", _SEARCH)
        facts = {name: name for name in plain if self._is_fact(name)}
        _put(plain, inner, "facts", facts)
        if "committed_from" in plain and not isinstance(plain.get("committed"), dict):
            began = plain.pop("committed_from")
            ended = {"to": plain["committed"]} if "committed" in plain else {}
            plain["committed"] = {"from": began, **ended}
        return {**plain, **inner}

    def _is_fact(self, name: str) -> bool:
        return name not in OWN_TYPES and name in self.vocabulary.facts


_PARTY: Final = {"party_kind": "kind", "party_age": "age", "birth_date": "birth_date"}
_SEARCH: Final = {"searched_since": "searched_since", "registers": "registers"}


def _known(row: Mapping[str, object]) -> dict[str, object]:
    """What is not null, one level down too."""
    return {
        key: _known(value) if isinstance(value, dict) and key in _INNER else value
        for key, value in row.items()
        if value is not None
    }


_INNER: Final[tuple[str, ...]] = ("party", "facts", "priors")


def _put(
    plain: dict[str, object], inner: dict[str, object], key: str, names: Mapping[str, str]
) -> None:
    """Move columns into the mapping they belong to, unless it says them itself."""
    own = inner.get(key, {})
    if not isinstance(own, dict):
        return
    moved = {to: plain.pop(name) for name, to in names.items() if name in plain and to not in own}
    if moved or key in inner:
        inner[key] = {**own, **moved}


def with_priors(row: Mapping[str, object], priors: Iterable[Mapping[str, object]]) -> object:
    """The row of a case with earlier violations added to those it names itself.

    Args:
        row: The case as case files write it.
        priors: Earlier violations as rows of `PRIOR_SCHEMA`.
    """
    found = [
        {key: value for key, value in prior.items() if value is not None and key != "case"}
        for prior in priors
    ]
    own = row.get("priors", {})
    if not found or not isinstance(own, dict):
        return row
    named = own.get("found", [])
    if not isinstance(named, list):
        return row
    return {**row, "priors": {**own, "found": [*named, *found]}}
