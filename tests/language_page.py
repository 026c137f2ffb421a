"""The reference page of the language of rules, written from the model and its schemas."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from bizrules import phrases
from bizrules.conditions import Op
from bizrules.documents import KINDS
from bizrules.facts import Kind
from bizrules.grammar import FITTING
from bizrules.schemas import Schema, schema_for
from bizrules.values import Unit

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "language.md"

_VALUES: Final[Mapping[Kind, str]] = {
    Kind.BOOLEAN: "`true` or `false`",
    Kind.CHOICE: "one of its codes",
    Kind.LEVEL: "one of its codes, which are ordered, the lowest first",
    Kind.INTEGER: "a whole number, in the unit of the fact",
    Kind.NUMBER: "a decimal number, exact, in the unit of the fact",
    Kind.MONEY: "yuan with at most two decimals; kept in fen",
    Kind.DATE: "a day, `2022-03-01`",
    Kind.DAYS: "a whole number of days",
    Kind.TEXT: "text",
    Kind.SET: "several of its codes",
}
_TESTS: Final[Mapping[Op, tuple[str, str]]] = {
    Op.IS: ("is it", "是"),
    Op.IN: ("is one of them", "属于"),
    Op.NOT_IN: ("is none of them", "不属于"),
    Op.BELOW: ("less; the number itself does not qualify", "不满、不足、低于"),
    Op.AT_MOST: ("not more; the number itself qualifies", "以下、以内、不超过"),
    Op.AT_LEAST: ("not less; the number itself qualifies", "以上、不少于"),
    Op.ABOVE: ("more; the number itself does not qualify", "超过"),
    Op.BETWEEN: ("both ends qualify", "……以上……以下"),
    Op.CONTAINS: ("has all of them", "包括"),
    Op.BEFORE: ("earlier; the day itself does not qualify", "之前"),
    Op.ON_OR_AFTER: ("on the day or later", "自……起"),
}


_WRITTEN: Final[Mapping[str, str]] = {
    "condition": "[condition](#conditions)",
    "facts": "mapping of facts to values",
    "switch": "[condition](#conditions), or `[]`",
    "day": "date, month, year or `{earliest: …, latest: …}`",
    "act": "date, month, year, `{earliest: …, latest: …}` or `{from: …, to: …}`",
}
_CONDITIONS: Final = (
    ("`[…]`", "all parts hold"),
    ("`fact`", "a boolean fact is true, or a definition holds"),
    ("`fact: value`", "short for `fact: {is: value}`"),
    ("`fact: {test: value}`", "one test; several tests of one fact must all hold"),
    ("`fact: {test: {times: 1/3, of: other}}`", "a share or multiple of another fact"),
    ("`fact: {test: {percent: 20, of: other}}`", "a percentage of another fact"),
    ("`sum: [facts]` and a test", "the facts added"),
    ("`per: fact` and `kinds: {code: condition}`", "for each kind its own condition"),
    ("`all: […]`", "every part holds"),
    ("`any: […]`", "some part holds"),
    ("`not: condition`", "the part does not hold"),
    ("`at_least: {2: […]}`", "so many of the parts hold"),
)


def page() -> str:
    """The page as it should stand in the documentation."""
    parts = (_head(), _kinds(), _tests(), _units(), _conditions(), _documents(), _problems())
    return "\n".join(line for part in parts for line in part)


def _head() -> Iterator[str]:
    yield "# The language of rules\n"
    yield "Every key, value, test and unit of the documents, and every problem that is reported."
    yield "This page is written by `make reference` from the model that reads the documents."
    yield "[The formats](formats.md) show the same in examples;"
    yield "[the semantics](../explanation/semantics.md) say what it means.\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(head)
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _code(word: object) -> str:
    return f"`{word}`"


def _kinds() -> Iterator[str]:
    yield "## Kinds of facts\n"
    rows = (
        (_code(kind.value), _VALUES[kind], " ".join(_code(op.value) for op in FITTING[kind]))
        for kind in Kind
    )
    yield from _table(("kind", "value", "tests that fit"), rows)
    yield "A fact that is not stated is unknown, never false and never zero.\n"


def _tests() -> Iterator[str]:
    yield "## Tests\n"
    rows = ((_code(op.value), *_TESTS[op]) for op in Op)
    yield from _table(("test", "true if the fact", "in Chinese texts"), rows)


def _units() -> Iterator[str]:
    yield "## Units\n"
    yield " ".join(_code(unit.value) for unit in Unit) + "\n"


def _conditions() -> Iterator[str]:
    yield "## Conditions\n"
    yield from _table(("written", "true if"), _CONDITIONS)
    yield "A part that rests on an unknown fact is unknown, and so is the whole if that matters:"
    yield "false and unknown is false, true or unknown is true.\n"


def _documents() -> Iterator[str]:
    schemas = {kind: schema_for(kind) for kind in KINDS}
    yield "## Documents\n"
    for kind, schema in schemas.items():
        yield f"### {kind}\n"
        yield from _mapping(schema)
    yield "## Mappings in documents\n"
    defs = {name: part for schema in schemas.values() for name, part in schema["$defs"].items()}
    for name in sorted(defs):
        if "properties" in defs[name] and defs[name].get("description"):
            yield f"### {_title(name)}\n"
            yield from _mapping(defs[name])


def _title(name: str) -> str:
    return name.replace("$", "")


def _mapping(schema: Schema) -> Iterator[str]:
    yield f"{schema['description']}\n"
    required = schema.get("required", [])
    rows = (
        (
            _code(key),
            _type(part),
            "yes" if key in required else "",
            part.get("description", ""),
        )
        for key, part in schema["properties"].items()
    )
    yield from _table(("key", "value", "required", "meaning"), rows)


def _type(part: Mapping[str, Any]) -> str:
    """What may stand there, in words: a link to a mapping, the words to choose from, or a kind."""
    if "$ref" in part:
        return _link(part["$ref"].removeprefix("#/$defs/"))
    if "anyOf" in part:
        said = dict.fromkeys(map(_type, part["anyOf"]))
        return " or ".join(one for one in said if one != "`null`")
    words = [part["const"]] if "const" in part else part.get("enum")
    if words is not None:
        return " ".join(_code(word) for word in dict.fromkeys(map(str, words)))
    return _collection(part)


def _collection(part: Mapping[str, Any]) -> str:
    if part.get("type") == "array":
        return f"list of {_type(part['items'])}" if "items" in part else "list"
    if part.get("type") == "object":
        return f"mapping to {_type(part['additionalProperties'])}"
    return _scalar(part)


def _scalar(part: Mapping[str, Any]) -> str:
    kind = part.get("type")
    if "pattern" in part:
        return "date" if kind == "string" else "number"
    if isinstance(kind, list):
        return "text"
    return {"string": "text", "integer": "whole number", "null": "`null`"}.get(str(kind), str(kind))


def _link(name: str) -> str:
    return _WRITTEN.get(name, f"[{name}](#{name})")


def _problems() -> Iterator[str]:
    yield "## Problems\n"
    yield "What is found wrong is reported all at once, with file, line, column and code."
    yield "Words in braces are filled in.\n"
    codes = sorted(
        key.removeprefix("problem.")
        for key in phrases.keys("en")
        if re.fullmatch(r"problem\.[a-z0-9-]+", key)
    )
    rows = ((_code(code), _text(f"problem.{code}"), _help(code)) for code in codes)
    yield from _table(("code", "message", "help"), rows)


def _help(code: str) -> str:
    key = f"problem.{code}.help"
    text = _text(key) if phrases.has(key) else ""
    return "" if text.startswith("{") else text


def _text(key: str) -> str:
    return phrases.template(key, "en")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
