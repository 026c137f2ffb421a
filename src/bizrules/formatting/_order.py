"""Which key follows which: the order of the model, and where documents have one of their own."""

from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import Any, Final, get_args, get_origin

import attrs

from bizrules._structure import Raw
from bizrules.documents import (
    CaseDocument,
    CitationDocument,
    ExpectDocument,
    FactDocument,
    ViolationDocument,
)
from bizrules.provenance import Text

Shape = Any
"""What may stand at a place: a document class, a text, a list or mapping of these."""

# What is read first stands first: the kind of a fact before its words, a party before the
# authority, the rules a golden case is about before what they lead to. Keys not named follow in
# the order of the model.
_OWN_ORDER: Final[Mapping[type, tuple[str, ...]]] = {
    FactDocument: ("kind", "unit", "group", "judgement", "label", "denial", "choices"),
    ViolationDocument: ("title", "department", "field", "special_to", "no_provision"),
    CaseDocument: (
        *("id", "act", "region", "violation", "committed", "discovered", "filed", "notified"),
        *("decided", "party", "facts", "examined", "authority"),
    ),
    ExpectDocument: (
        *("holds", "fails", "compulsion", "grade", "law", "settled", "modality", "permitted"),
    ),
}
# Text that other YAML programs would take for a number or a day, and that people quote for that;
# articles and versions of the format are never quoted.
_CODES: Final = frozenset({"id", "version", "region", "entry", "batch", "replaces", "number"})


def _bare(shape: Shape) -> Shape:
    """The shape without “or nothing”."""
    args = [arg for arg in get_args(shape) if arg is not NoneType]
    return args[0] if args and len(args) < len(get_args(shape)) else shape


def is_mapping_of_keys(shape: Shape) -> bool:
    """Whether the keys at the place are those of the format, not names that authors give."""
    bare = _bare(shape)
    return isinstance(bare, type) and bool(attrs.has(bare)) and bare is not Raw


@cache
def _fields(cls: type) -> Mapping[str, Shape]:
    """What stands under each key, in canonical order."""
    fields = {
        field.name.removesuffix("_"): field for field in attrs.fields(attrs.resolve_types(cls))
    }
    first = _OWN_ORDER.get(cls, ())
    ordered = [*first, *(name for name in fields if name not in first)]
    return {name: _under(fields[name]) for name in ordered}


def _under(field: "attrs.Attribute[Any]") -> Shape:
    entry: Any = field.metadata.get("item")
    if entry is None:
        return field.type
    holder: Any = get_origin(field.type)
    return holder[entry, ...] if holder is tuple else holder[str, entry]


def rank(shape: Shape, key: str) -> int:
    """The place of the key in its mapping; names that authors give are all alike."""
    if not is_mapping_of_keys(shape):
        return 0
    names = list(_fields(_bare(shape)))
    return names.index(key) if key in names else len(names)


def inside(shape: Shape, key: str | None) -> Shape:
    """What may stand one step down: under the key, or in a list."""
    bare = _bare(shape)
    if is_mapping_of_keys(bare):
        return None if key is None else _fields(bare).get(key)
    origin: Any = get_origin(bare)
    args = get_args(bare)
    if origin is tuple and key is None:
        return args[0]
    return args[1] if origin not in (None, tuple) and key is not None else None


def is_text(holder: Shape, key: str, shape: Shape) -> bool:
    """Whether the value under the key is text for people, or a code that people quote."""
    bare = _bare(holder)
    if bare is Text:
        return True
    return _bare(shape) is str and key in _CODES and bare is not CitationDocument
