"""The text of a document: where its scalars and comments stand."""

import re
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

import attrs
from ruamel.yaml import YAML
from ruamel.yaml.events import AliasEvent, ScalarEvent
from ruamel.yaml.nodes import Node

# Characters without a meaning of their own: more of them than any text has.
_PRIVATE: Final = range(0xE000, 0xF900)
_MARK: Final = re.compile(r"(?:^|(?<=\s))#")


def compose(text: str) -> Node | None:
    """The nodes of the text, each with its place."""
    node: Node | None = YAML(typ="safe", pure=True).compose(StringIO(text))
    return node


def without_aliases(text: str) -> tuple[str, str]:
    """The text with plain scalars in place of aliases, and the mark with which these begin.

    The library that lays out loses or moves comments behind aliases. Nothing else changes its
    place: the mark is one character, as the asterisk is.
    """
    mark = next(chr(code) for code in _PRIVATE if chr(code) not in text)
    parts, at = [], 0
    for event in YAML(typ="safe", pure=True).parse(StringIO(text)) if "*" in text else ():
        if isinstance(event, AliasEvent):
            start = event.start_mark.index
            parts += [text[at:start], mark]
            at = start + 1
    return "".join([*parts, text[at:]]), mark


@attrs.frozen
class Comment:
    """A comment.

    Attributes:
        line: Its line, from 0.
        column: Its column, from 0.
        text: What it says, with the mark.
        alone: Whether nothing stands before it on its line.
    """

    line: int
    column: int
    text: str
    alone: bool


@attrs.frozen
class _Span:
    """Where a scalar stands: its first line and column, its last line and the column behind it.

    `inner` are the lines of which it has the beginning.
    """

    line: int
    column: int
    last: int
    end: int
    inner: range

    def covers(self, line: int, column: int) -> bool:
        """Whether the character belongs to the scalar."""
        return (self.line, self.column) <= (line, column) < (self.last, self.end)


def _spans(text: str, lines: list[str]) -> Iterator[_Span]:
    """The spans of all scalars; what follows the head of a block stands on lines of its own."""
    for event in YAML(typ="safe", pure=True).parse(StringIO(text)):
        if not isinstance(event, ScalarEvent):
            continue
        start, end = event.start_mark, event.end_mark
        if event.style not in ("|", ">"):
            inner = range(start.line + 1, end.line + 1)
            yield _Span(start.line, start.column, end.line, end.column, inner)
            continue
        last = end.line - 1 if end.column == 0 else end.line
        keeps = "+" in lines[start.line][start.column :].partition("#")[0]
        while last > start.line and not keeps and not lines[last].strip():
            last -= 1
        if last > start.line:
            inner = range(start.line + 1, last + 1)
            yield _Span(start.line + 1, 0, last, len(lines[last]) + 1, inner)


def _comment(number: int, line: str, spans: Iterable[_Span]) -> int | None:
    """The column at which the comment of the line begins."""
    for found in _MARK.finditer(line):
        column = found.end() - 1
        if not any(span.covers(number, column) for span in spans):
            return column
    return None


@attrs.frozen(eq=False)
class Source:
    """The lines of a text, what on them is a comment, and what goes on from the line above.

    Attributes:
        lines: The lines without their ends.
        inner: Lines on which a scalar begun above goes on.
        comments: All comments, in their order.
    """

    lines: list[str]
    inner: frozenset[int]
    comments: tuple[Comment, ...]

    @classmethod
    def of(cls, text: str) -> "Source":
        """The source with this text."""
        lines = text.split("\n")
        spans = list(_spans(text, lines))
        inner = {line for span in spans for line in span.inner}
        by_line: dict[int, list[_Span]] = {}
        for span in spans:
            for at in range(span.line, span.last + 1):
                by_line.setdefault(at, []).append(span)
        comments = []
        for number, line in enumerate(lines):
            column = _comment(number, line, by_line.get(number, ())) if "#" in line else None
            if column is not None:
                alone = not line[:column].strip()
                comments.append(Comment(number, column, line[column:].rstrip(), alone))
        return cls(lines, frozenset(inner), tuple(comments))

    def indent(self, line: int) -> int:
        """How far the line is indented."""
        return len(self.lines[line]) - len(self.lines[line].lstrip(" "))
