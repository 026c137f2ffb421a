"""JSON Schemas of the documents, for editors and for other programs.

They are made from the document classes, so that format and schema cannot part. A schema says what
may stand where; whether names are known and conditions make sense, only loading can say.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from importlib import resources
from pathlib import Path
from types import NoneType
from typing import Any, Final, TypeAlias, get_args, get_origin

import attrs

from bizrules._structure import Raw
from bizrules.conditions import Op
from bizrules.documents import FORMAT, KINDS
from bizrules.facts import CODED, Fact, Kind, Vocabulary
from bizrules.grammar import FITTING

Schema: TypeAlias = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ATTRIBUTE: Final = re.compile(r"^    (?P<name>\w+): (?P<text>.*(?:\n     +.*)*)", re.MULTILINE)

# Editors give unquoted scalars a type before the schema does, so text may look like another kind.
_SCALARS: Final[Mapping[type, Schema]] = {
    str: {"type": ["string", "number", "boolean"]},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: {"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    date: {"type": "string", "pattern": _DAY},
    Raw: {"$ref": "#/$defs/condition"},
}
_OBJECT_OF: Final = ("object", "additionalProperties")


def schema_for(kind: str, vocabulary: Vocabulary | None = None) -> Schema:
    """The JSON Schema (draft 2020-12) of a kind of document.

    Args:
        kind: `vocabulary`, `violations`, `ruleset`, `cases` or `golden`.
        vocabulary: Facts that editors shall offer by name; without it any name will do.

    Raises:
        KeyError: If there is no such kind; carries it.
    """
    cls = KINDS[kind]
    builder = _Builder(vocabulary)
    schema = builder.object_of(cls)
    schema["properties"]["format"] = {"enum": [int(FORMAT), FORMAT]}
    schema["properties"]["document"] = {"const": kind}
    defs = {**_fixed_parts(vocabulary), **builder.defs}
    if kind == "cases":
        for key in ("expect", "official"):
            del defs["case"]["properties"][key]
        del defs["matter"]["properties"]["expect"]
    if kind in ("cases", "golden"):
        schema["anyOf"] = [{"required": [key]} for key in ("cases", "matters")]
    return {
        "$schema": _DIALECT,
        "$id": f"urn:bizrules:schema:{kind}:{FORMAT}",
        "title": f"bizrules {kind}",
        **schema,
        "$defs": {name: defs[name] for name in sorted(_used(schema, defs))},
    }


def _used(schema: Schema, defs: Mapping[str, Schema]) -> set[str]:
    """Names of the definitions that the schema needs, directly or not."""
    found: set[str] = set()
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_references(defs[name]))
    return found


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        target = schema.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix("#/$defs/")
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


@attrs.frozen(eq=False)
class _Builder:
    """Collects the schemas of the classes that a document class mentions."""

    vocabulary: Vocabulary | None
    defs: dict[str, Schema] = attrs.field(factory=dict)

    def object_of(self, cls: type) -> Schema:
        """A mapping with the keys of the class and no others."""
        docs = _attribute_docs(cls)
        fields = [field for field in attrs.fields(attrs.resolve_types(cls)) if field.init]
        properties = {}
        for field in fields:
            key = field.name.removesuffix("_")
            described = {"description": docs[field.name]} if field.name in docs else {}
            properties[key] = {**described, **self.field(field)}
        required = [f.name.removesuffix("_") for f in fields if f.default is attrs.NOTHING]
        schema: Schema = {"type": "object", "description": _summary(cls), "properties": properties}
        if required:
            schema["required"] = required
        return {**schema, "additionalProperties": False}

    def field(self, field: "attrs.Attribute[Any]") -> Schema:
        """What may stand under the key of the field."""
        part = field.metadata.get("schema")
        if part is not None:
            return {"$ref": f"#/$defs/{part}"}
        entry = field.metadata.get("item")
        if entry is None:
            return self.of(field.type)
        kind, key = ("array", "items") if get_origin(field.type) is tuple else _OBJECT_OF
        return {"type": kind, key: self.reference(entry)}

    def of(self, cls: Any) -> Schema:  # noqa: ANN401 - a type form
        """What may stand for the type."""
        args = [arg for arg in get_args(cls) if arg is not NoneType]
        if len(args) < len(get_args(cls)):
            return {"anyOf": [self.of(args[0]), {"type": "null"}]}
        origin = get_origin(cls)
        if origin is tuple:
            return {"type": "array", "items": self.of(args[0])}
        if origin is not None:
            return {"type": "object", "additionalProperties": self.of(args[1])}
        if issubclass(cls, Enum):
            return {"enum": _members(cls)}
        if attrs.has(cls) and cls is not Raw:
            return self.reference(cls)
        return dict(_SCALARS[cls])

    def reference(self, cls: type) -> Schema:
        """The name under which the class is described once."""
        name = cls.__name__.removesuffix("Document").lower()
        if name not in self.defs:
            self.defs[name] = {}
            self.defs[name] = self.object_of(cls)
        return {"$ref": f"#/$defs/{name}"}


def _members(cls: type[Enum]) -> list[object]:
    if issubclass(cls, IntEnum):
        return [member.name.lower() for member in cls]
    return [member.value for member in cls]


def _summary(cls: type) -> str:
    return (cls.__doc__ or "").split("\n", 1)[0]


def _attribute_docs(cls: type) -> dict[str, str]:
    """What the docstrings of the class and those above it say about each attribute."""
    docs: dict[str, str] = {}
    for one in reversed(cls.__mro__):
        _, _, section = (one.__doc__ or "").partition("Attributes:\n")
        lines = "\n".join(line.removeprefix("    ") for line in section.split("\n"))
        docs |= {m["name"]: " ".join(m["text"].split()) for m in _ATTRIBUTE.finditer(lines)}
    return docs


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _mapping(properties: Schema, *required: str, **more: object) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        **({"required": list(required)} if required else {}),
        "additionalProperties": False,
        **more,
    }


def _fixed_parts(vocabulary: Vocabulary | None) -> Mapping[str, Schema]:
    """Definitions that no class describes: conditions, values and days."""
    day = {"type": ["string", "integer"], "pattern": r"^[0-9]{4}(-[0-9]{2}){0,2}$"}
    one_day = dict(_SCALARS[date])
    facts: Schema = {"type": "object", "additionalProperties": _ref("value")}
    if vocabulary is not None:
        facts = _mapping({name: _fact_value(one) for name, one in vocabulary.facts.items()})
    return {
        "day": {"anyOf": [day, _mapping({"earliest": one_day, "latest": one_day})]},
        "act": {"anyOf": [_ref("day"), _mapping({"from": _ref("day"), "to": _ref("day")}, "from")]},
        "scalar": {"type": ["string", "number", "boolean"]},
        "value": {"anyOf": [_ref("scalar"), {"type": "array", "items": _ref("scalar")}]},
        "facts": facts,
        **_condition_parts(vocabulary),
    }


def _condition_parts(vocabulary: Vocabulary | None) -> Mapping[str, Schema]:
    """Conditions, as the page of the formats has them."""
    conditions = {"type": "array", "minItems": 1, "items": _ref("condition")}
    name = _fact_name(vocabulary)
    number = {"type": ["number", "string"]}
    facts = {"type": "array", "minItems": 1, "items": name}
    kinds = {"type": "object", "minProperties": 1, "additionalProperties": _ref("condition")}
    return {
        "condition": {
            "description": "A condition; all conditions of a list must hold.",
            "anyOf": [_name(vocabulary), *map(_ref, ("tests", "sum", "per")), _ref("conditions")],
        },
        "conditions": conditions,
        "switch": {"anyOf": [_ref("condition"), {"type": "array", "maxItems": 0}]},
        "tests": _tests(vocabulary),
        "sum": _mapping({"sum": facts, **_bounds()}, "sum", minProperties=2),
        "per": _mapping({"per": name, "kinds": kinds}, "per", "kinds"),
        "test": {"anyOf": [_ref("scalar"), _ref("bounds")]},
        "bounds": _mapping(_bounds(), minProperties=1),
        "share": _mapping({"times": number, "percent": number, "of": name}, "of", maxProperties=2),
    }


def _tests(vocabulary: Vocabulary | None) -> Schema:
    """A mapping of tests, counts and nested conditions."""
    known = () if vocabulary is None else vocabulary.facts.values()
    count = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "patternProperties": {"^[1-9][0-9]*$": _ref("conditions")},
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {
            "all": _ref("conditions"),
            "any": _ref("conditions"),
            "not": _ref("condition"),
            "at_least": count,
            **{fact.name: _fact_test(fact) for fact in known},
        },
        "propertyNames": {"not": {"enum": ["sum", "per", "kinds"]}},
        # With a vocabulary, what is no fact is the name of a definition, true or false.
        "additionalProperties": {"type": "boolean"} if known else _ref("test"),
    }


def _bounds(ops: Iterable[Op] = Op, value: Schema | None = None) -> Schema:
    """The operators with what may stand behind each."""
    one = value or _ref("scalar")
    several = {"type": "array", "minItems": 1, "items": one}
    ends = {"type": "array", "minItems": 2, "maxItems": 2, "items": one}
    lists = {Op.IN: several, Op.NOT_IN: several, Op.CONTAINS: several, Op.BETWEEN: ends}
    days = (Op.BEFORE, Op.ON_OR_AFTER)
    return {
        op.value: lists.get(op, one if op in days else {"anyOf": [one, _ref("share")]})
        for op in ops
    }


def _name(vocabulary: Vocabulary | None) -> Schema:
    """A boolean fact or a definition; the known facts are offered, other names are not refused."""
    if vocabulary is None:
        return {"type": "string"}
    booleans = [name for name, fact in vocabulary.facts.items() if fact.kind is Kind.BOOLEAN]
    return {"anyOf": [{"enum": booleans}, {"type": "string"}]}


def _fact_name(vocabulary: Vocabulary | None) -> Schema:
    return {"type": "string"} if vocabulary is None else {"enum": list(vocabulary.facts)}


def _fact_value(fact: Fact) -> Schema:
    value = _one_value(fact)
    described = {"description": f"{fact.label.zh} / {fact.label.en}"}
    if fact.kind is Kind.SET:
        return {**described, "type": "array", "items": value}
    return {**described, **value}


def _fact_test(fact: Fact) -> Schema:
    value = _one_value(fact)
    bounds = _mapping(_bounds(FITTING[fact.kind], value), minProperties=1)
    described = {"description": f"{fact.label.zh} / {fact.label.en}"}
    return {**described, "anyOf": [bounds] if fact.kind is Kind.SET else [value, bounds]}


def _one_value(fact: Fact) -> Schema:
    """One value of the fact; a number may carry its unit."""
    if fact.kind in CODED:
        return {"enum": [choice.code for choice in fact.choices]}
    if fact.kind is Kind.BOOLEAN:
        return {"type": "boolean"}
    if fact.kind is Kind.DATE:
        return dict(_SCALARS[date])
    return {"type": "string"} if fact.kind is Kind.TEXT else {"type": ["number", "string"]}


def render(kind: str) -> str:
    """The schema as it is shipped."""
    return json.dumps(schema_for(kind), ensure_ascii=False, indent=2) + "\n"


def shipped(kind: str) -> str:
    """The schema that comes with the library, as text."""
    folder = resources.files("bizrules") / "data" / "schemas"
    return (folder / f"{kind}.json").read_text(encoding="utf-8")


def write_schemas(folder: Path) -> None:
    """Write the schema of every kind of document into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        (folder / f"{kind}.json").write_text(render(kind), encoding="utf-8")
