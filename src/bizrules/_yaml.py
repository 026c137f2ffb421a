"""Documents as text: YAML and JSON become plain data that knows where it was written.

Nothing is given a type here. An unquoted scalar stays the text it is, marked `Plain`, and the
schema decides later what it means.
"""

import json
import re
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, TypeAlias

import attrs
import yaml

from bizrules._tree import (
    DEFAULT_LIMITS,
    Builder,
    DataPath,
    Document,
    Limits,
    Source,
    UnreadableError,
    render_path,
    shown,
)
from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location
from bizrules.values import Plain

__all__ = [
    "DEFAULT_LIMITS",
    "DataPath",
    "Document",
    "Kind",
    "Limits",
    "read_bytes",
    "read_file",
    "read_json",
    "read_json_lines",
    "read_yaml",
    "render_path",
]

Kind: TypeAlias = Literal["yaml", "json", "jsonl"]

# Where both parsers read a text they find the same data in it; over tabs outside of quotes and
# comments right after `|` they differ. The one in C is some ten times faster.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_SUFFIXES: Final[Mapping[str, Kind]] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_OTHER_BOMS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# YAML 1.1, section 5.1: what a stream may hold; a byte order mark stands only at its start.
_NOT_YAML: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MOST_TAG_DIRECTIVES: Final = 50
_NULLS: Final = frozenset({"", "~", "null"})
_JSON_DECODER: Final = json.JSONDecoder()
_JSON_BLANKS: Final = " \t\n\r"
_JSON_SPACE: Final = re.compile(r"[ \t\n\r]*")
_JSON_LITERAL: Final = re.compile(
    r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null"
)


def _index(event: yaml.Event) -> int:
    """Where the event starts; both parsers give every event they find in a text a mark."""
    return event.start_mark.index if event.start_mark else 0


def _feed_scalar(builder: Builder, event: yaml.ScalarEvent) -> None:
    """Scalar = plain text | text in quotes or in a block; empty, `null` and `~` are no value."""
    # An unquoted scalar has no style: an empty one in C, None in Python.
    text, style, index = event.value, event.style, _index(event)
    if event.tag is not None:
        builder.refuse("tag-refused", index, tag=shown(event.tag))
    if style and not text.isascii() and _SURROGATE.search(text):
        builder.stop("yaml-syntax", index, reason_phrase="reason.surrogate")
    if builder.top.wants_key:
        builder.key(text if text or style else None, index)
    elif style:
        builder.scalar(text, index, event.anchor)
    else:
        builder.scalar(None if text in _NULLS else Plain(text), index, event.anchor)


def _feed_collection(
    builder: Builder, event: yaml.MappingStartEvent | yaml.SequenceStartEvent
) -> None:
    index = _index(event)
    if event.tag is not None:
        builder.refuse("tag-refused", index, tag=shown(event.tag))
    mapping = isinstance(event, yaml.MappingStartEvent)
    builder.open(index, mapping=mapping, anchor=event.anchor)


def _feed_alias(builder: Builder, event: yaml.AliasEvent) -> None:
    if builder.wants_key():
        builder.key(None, _index(event))
    else:
        builder.alias(event.anchor or "", _index(event))


def _feed_start(builder: Builder, event: yaml.DocumentStartEvent) -> None:
    if builder.nodes:
        builder.stop("multiple-documents", _index(event))


def _feed_end(builder: Builder, _: yaml.Event) -> None:
    builder.close()


def _feed_nothing(_: Builder, __: yaml.Event) -> None:
    """Ends of documents and of the text say nothing."""


# Every event is of one of these very classes.
_FEEDS: Final[Mapping[type[yaml.Event], Callable[[Builder, Any], None]]] = {
    yaml.ScalarEvent: _feed_scalar,
    yaml.MappingStartEvent: _feed_collection,
    yaml.SequenceStartEvent: _feed_collection,
    yaml.MappingEndEvent: _feed_end,
    yaml.SequenceEndEvent: _feed_end,
    yaml.AliasEvent: _feed_alias,
    yaml.DocumentStartEvent: _feed_start,
    yaml.DocumentEndEvent: _feed_nothing,
    yaml.StreamStartEvent: _feed_nothing,
    yaml.StreamEndEvent: _feed_nothing,
}


def _feed_events(builder: Builder, loader: yaml.SafeLoader | yaml.CSafeLoader) -> None:
    """Pass every event of the parser on to the builder."""
    try:
        # There is no event after the last one.
        for event in iter(loader.get_event, None):
            _FEEDS[type(event)](builder, event)
    finally:
        loader.dispose()


def _parse_yaml(builder: Builder, text: str) -> None:
    """Document = any YAML 1.1 value without tags, on its own in the file.

    Raises:
        UnreadableError: If the text cannot be read to its end; the builder knows why.
    """
    strange = _NOT_YAML.search(text)
    if strange:
        builder.stop("document-binary", strange.start())
    if text.count("%TAG") > _MOST_TAG_DIRECTIVES:
        # The parser compares each of them with all before it.
        builder.stop("tag-refused", text.index("%TAG"), tag="%TAG")
    try:
        _feed_events(builder, _LOADER(text))
    except yaml.MarkedYAMLError as error:
        index = error.problem_mark.index if error.problem_mark else 0
        builder.stop("yaml-syntax", min(index, len(text)), reason=shown(error.problem or ""))
    except (ValueError, OverflowError):
        # The parser in Python trips over numbers of a directive or an escape that are too large.
        builder.stop("yaml-syntax", 0, reason_phrase="reason.number-size")


@attrs.frozen(eq=False)
class _JsonParser:
    """Reads one JSON text; `offset` is where it starts in its file."""

    builder: Builder
    text: str
    offset: int = 0

    def document(self) -> None:
        """Text = ws [value] ws.

        Raises:
            UnreadableError: If the text cannot be read to its end; the builder knows why.
        """
        start = self._skip(0)
        if start < len(self.text):
            end = self._skip(self._value(start))
            if end < len(self.text):
                self._fault("json-end", end)

    def _value(self, at: int) -> int:
        """Value = object | array | string | number | "true" | "false" | "null"."""
        first = self.text[at : at + 1]
        if first == '"':
            value, end = self._string(at)
            self.builder.scalar(value, self.offset + at)
            return end
        if first == "{":
            return self._object(at)
        if first == "[":
            return self._array(at)
        found = _JSON_LITERAL.match(self.text, at)
        if not found:
            self._fault("json-value", at)
        word = found.group()
        self.builder.scalar(None if word == "null" else Plain(word), self.offset + at)
        return found.end()

    def _object(self, at: int) -> int:
        """Object = "{" [string ":" value *("," string ":" value)] "}"."""
        self.builder.open(self.offset + at, mapping=True)
        at = self._skip(at + 1)
        more = self.text[at : at + 1] != "}"
        while more:
            if self.text[at : at + 1] != '"':
                self._fault("json-key", at)
            key, end = self._string(at)
            self.builder.key(key, self.offset + at)
            end = self._skip(end)
            if self.text[end : end + 1] != ":":
                self._fault("json-colon", end)
            at, more = self._after_value(self._value(self._skip(end + 1)), "}")
        self.builder.close()
        return at + 1

    def _array(self, at: int) -> int:
        """Array = "[" [value *("," value)] "]"."""
        self.builder.open(self.offset + at, mapping=False)
        at = self._skip(at + 1)
        more = self.text[at : at + 1] != "]"
        while more:
            at, more = self._after_value(self._value(at), "]")
        self.builder.close()
        return at + 1

    def _after_value(self, at: int, closing: str) -> tuple[int, bool]:
        """Where the next part stands, and whether it is one more value or the end."""
        at = self._skip(at)
        found = self.text[at : at + 1]
        if found == ",":
            return self._skip(at + 1), True
        if found != closing:
            self._fault("json-comma", at)
        return at, False

    def _string(self, at: int) -> tuple[str, int]:
        """String = '"' *(character | escape) '"', as in RFC 8259 section 7."""
        try:
            value, end = _JSON_DECODER.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            self._fault("json-string", error.pos)
        if _SURROGATE.search(value):
            self._fault("surrogate", at)
        return value, end

    def _skip(self, at: int) -> int:
        """Ws = *(" " | tab | line feed | carriage return)."""
        found = _JSON_SPACE.match(self.text, at)
        return found.end() if found else at

    def _fault(self, reason: str, at: int) -> NoReturn:
        self.builder.stop("json-syntax", self.offset + at, reason_phrase=f"reason.{reason}")


def _decode(raw: bytes, name: str, limits: Limits) -> str:
    """The text of the file.

    Raises:
        DocumentError: If it is too large, binary or not UTF-8.
    """
    if len(raw) > limits.size:
        details = {"size": str(len(raw)), "limit": str(limits.size)}
        raise DocumentError([Problem("document-too-large", Location(name), details)])
    if raw.startswith(_OTHER_BOMS):
        raise DocumentError([_byte_problem("document-encoding", raw, name, 0)])
    control = _CONTROL.search(raw)
    if control:
        raise DocumentError([_byte_problem("document-binary", raw, name, control.start())])
    body = raw.removeprefix(_UTF8_BOM)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        offset = error.start + len(raw) - len(body)
        raise DocumentError([_byte_problem("document-encoding", raw, name, offset)]) from None


def _byte_problem(code: str, raw: bytes, name: str, offset: int) -> Problem:
    before = raw[:offset].decode("utf-8-sig", errors="replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Problem(code, Location(name, line, column), {"offset": str(offset + 1)})


def _build(source: Source, limits: Limits, parse: Callable[[Builder], None]) -> Document:
    """The document that the parser finds.

    Raises:
        DocumentError: With every problem found.
    """
    builder = Builder(source, limits)
    with suppress(UnreadableError):
        parse(builder)
    return builder.finish()


def read_yaml(raw: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Document = any YAML 1.1 value without tags, on its own in the file.

    Args:
        raw: The file, in UTF-8.
        name: What to call it in problems.
        limits: How much it may hold.

    Raises:
        DocumentError: With every problem found.
    """
    text = _decode(raw, name, limits)
    return _build(Source.of(name, text), limits, lambda builder: _parse_yaml(builder, text))


def read_json(raw: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Document = any JSON value (RFC 8259), each key once in its object.

    Numbers, `true` and `false` become `Plain`, spelled as they were.

    Args:
        raw: The file, in UTF-8.
        name: What to call it in problems.
        limits: How much it may hold.

    Raises:
        DocumentError: With every problem found.
    """
    text = _decode(raw, name, limits)
    return _build(
        Source.of(name, text), limits, lambda builder: _JsonParser(builder, text).document()
    )


def read_json_lines(
    raw: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[Document, ...]:
    """Documents = *([json] line-feed); empty lines count as lines and say nothing.

    Args:
        raw: The file, in UTF-8.
        name: What to call it in problems.
        limits: How much it, and each line of it, may hold.

    Raises:
        DocumentError: With every problem of every line, or if all lines are empty.
    """
    text = _decode(raw, name, limits)
    source = Source.of(name, text)
    documents: list[Document] = []
    problems: list[Problem] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip(_JSON_BLANKS):
            parse = partial(_parse_line, line=line, offset=offset)
            try:
                documents.append(_build(source, limits, parse))
            except DocumentError as error:
                problems.extend(error.problems)
        offset += len(line) + 1
    if not documents and not problems:
        problems.append(Problem("document-empty", source.place(0, "$")))
    if problems:
        raise DocumentError(problems)
    return tuple(documents)


def _parse_line(builder: Builder, line: str, offset: int) -> None:
    _JsonParser(builder, line, offset).document()


def read_bytes(
    raw: bytes, name: str, *, kind: Kind, limits: Limits = DEFAULT_LIMITS
) -> tuple[Document, ...]:
    """The documents in a file of the kind; one, unless the kind is `jsonl`.

    Args:
        raw: The file, in UTF-8.
        name: What to call it in problems.
        kind: `yaml`, `json` or `jsonl`.
        limits: How much it may hold.

    Raises:
        DocumentError: With every problem found.
    """
    if kind == "jsonl":
        return read_json_lines(raw, name, limits=limits)
    read = read_json if kind == "json" else read_yaml
    return (read(raw, name, limits=limits),)


def read_file(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Document, ...]:
    """The documents in a file whose suffix tells its kind.

    Args:
        path: The file: `.yaml`, `.yml`, `.json`, `.jsonl` or `.ndjson`.
        limits: How much it may hold; a larger file is not even opened.

    Raises:
        DocumentError: With every problem found, also if the file cannot be read at all.
    """
    name = str(path)
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise _unreadable(name, "suffix")
    if "\0" in name:
        # Python takes such a name for a wrong argument, not for a file that is not there.
        raise _unreadable(name, "not-found")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _unreadable(name, "not-a-file")
        if status.st_size > limits.size:
            details = {"size": str(status.st_size), "limit": str(limits.size)}
            raise DocumentError([Problem("document-too-large", Location(name), details)])
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _unreadable(name, "not-found") from None
    except PermissionError:
        raise _unreadable(name, "permission") from None
    except OSError:
        raise _unreadable(name, "system") from None
    return read_bytes(raw, name, kind=kind, limits=limits)


def _unreadable(name: str, reason: str) -> DocumentError:
    details = {"reason_phrase": f"reason.{reason}"}
    return DocumentError([Problem("file-unreadable", Location(name), details)])
