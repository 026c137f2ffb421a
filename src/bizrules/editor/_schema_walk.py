"""What may stand at a place of a document, by its JSON Schema."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from bizrules.editor._cursor import Step
from bizrules.schemas import Schema

_PREFIX: Final = "#/$defs/"


@attrs.frozen(eq=False)
class SchemaWalk:
    """Goes down a schema along the path of a document.

    Attributes:
        root: The schema of the document.
    """

    root: Schema

    def at(self, path: Sequence[Step]) -> tuple[Schema, ...]:
        """Every schema that what stands at the path may have."""
        found = tuple(self._choices(self.root))
        for step in path:
            found = tuple(
                choice for one in found for way in _down(one, step) for choice in self._choices(way)
            )
        return found

    def _choices(self, schema: Schema) -> Iterator[Schema]:
        """The schema, or each of those it leaves the choice of, without references."""
        target = schema.get("$ref")
        if isinstance(target, str):
            described = {k: v for k, v in schema.items() if k == "description"}
            yield from self._choices(
                {**self.root["$defs"][target.removeprefix(_PREFIX)], **described}
            )
            return
        choices: list[Schema] = schema.get("anyOf", [])
        if choices and all("required" not in one or "type" in one for one in choices):
            for choice in choices:
                yield from self._choices(choice)
        else:
            yield schema


def _down(schema: Schema, step: Step) -> Iterator[Schema]:
    """The schemas one step down."""
    if step is None:
        items = schema.get("items")
        if isinstance(items, dict):
            yield items
        return
    known = schema.get("properties", {})
    if step in known:
        yield known[step]
        return
    yield from schema.get("patternProperties", {}).values()
    further = schema.get("additionalProperties")
    if isinstance(further, dict):
        yield further


def keys(schemas: Iterable[Schema]) -> dict[str, Schema]:
    """The keys that may stand there, with what each leads to."""
    found: dict[str, Schema] = {}
    for schema in schemas:
        for name, one in schema.get("properties", {}).items():
            found.setdefault(name, one)
    return found


def values(schemas: Iterable[Schema]) -> list[str]:
    """The values that may stand there, where there are only so many."""
    found: dict[str, None] = {}
    for schema in schemas:
        named: list[Any] = [
            *schema.get("enum", ()),
            *([schema["const"]] if "const" in schema else ()),
        ]
        if schema.get("type") == "boolean":
            named += ["true", "false"]
        found |= dict.fromkeys(str(one) for one in named)
    return list(found)
