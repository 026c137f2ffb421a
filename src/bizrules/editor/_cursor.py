"""Where in a document a position stands, also while the document is not yet valid.

A document that is being written can rarely be parsed. Its lines still tell enough: indentation,
dashes, keys, and on the line itself the brackets.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

Step: TypeAlias = str | None
"""A key of a mapping, or None for a point of a list."""

_KEY: Final = re.compile(r"""("[^"]*"|'[^']*'|[^\s#\[\]{},"'&*-][^#\[\]{},]*?):(?:\s+|$)""")
_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
_ANCHOR: Final = re.compile(r"&\S+\s+")
_DELIMITERS: Final = frozenset(" \t,[]{}\"'#:")


@attrs.frozen
class Word:
    """A word of a line.

    Attributes:
        text: The word.
        start: Column at which it begins, from 0, in characters.
        end: Column behind it.
    """

    text: str
    start: int
    end: int


@attrs.frozen
class Cursor:
    """Where a position stands.

    Attributes:
        path: The way from the root to the mapping, list or value the position is in.
        at_value: Whether a value is expected; else a key, or in a list a point of either kind.
        is_point: Whether a point of a list begins there.
        typed: What of the value, or of the key, stands before the position.
        siblings: The other entries of the mapping, as far as they are scalars.
    """

    path: tuple[Step, ...]
    at_value: bool
    is_point: bool
    typed: str
    siblings: Mapping[str, str]


@attrs.define
class _Bracket:
    """A bracket that is still open: its last key, if it waits for a value, and what is typed."""

    mapping: bool
    key: str | None = None
    typed: str = ""
    entries: dict[str, str] = attrs.field(factory=dict)
    implied: bool = False

    def end_entry(self) -> None:
        """The entry is complete."""
        if self.key is not None:
            self.entries[self.key] = unquoted(self.typed)
        self.key, self.typed = None, ""


def unquoted(text: str) -> str:
    """The text without blanks and quotes around it."""
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else text


def word_at(line: str, column: int) -> Word:
    """The word at the column of the line; empty if there is none."""
    start = end = min(column, len(line))
    while start > 0 and line[start - 1] not in _DELIMITERS:
        start -= 1
    while end < len(line) and line[end] not in _DELIMITERS:
        end += 1
    return Word(line[start:end], start, end)


def cursor_at(lines: Sequence[str], line: int, column: int) -> Cursor:
    """Where the position stands.

    Args:
        lines: The lines of the document.
        line: The line, from 0.
        column: The column, from 0, in characters.
    """
    text = lines[line] if line < len(lines) else ""
    before = text[:column]
    marks = list(_marks(before))
    indent = marks[0][0] if marks else len(before) - len(before.lstrip())
    path = [*_ancestors(lines, line, indent), *(step for _, step, _ in marks)]
    at = marks[-1][2] if marks else len(before) - len(before.lstrip())
    key = marks[-1][1] if marks else None
    brackets = _open_brackets(_ANCHOR.sub("", before[at:]))
    for bracket in brackets:
        if not bracket.mapping:
            path.append(None)
        elif bracket.key is not None:
            path.append(bracket.key)
    if brackets:
        last = brackets[-1]
        rest = _entries(text[column:]) if last.mapping else {}
        at_value = last.mapping and last.key is not None
        siblings = {**last.entries, **rest}
        return Cursor(tuple(path), at_value, not last.mapping, last.typed.strip(), siblings)
    start = next((where for where, step, _ in reversed(marks) if step is not None), at)
    siblings = _block_siblings(lines, line, start)
    is_point = bool(marks) and key is None
    return Cursor(tuple(path), key is not None, is_point, before[at:].strip(), siblings)


def _marks(line: str) -> Iterator[tuple[int, Step, int]]:
    """Dashes and the key of a line: column, step, and where what follows begins."""
    at = len(line) - len(line.lstrip())
    while line[at:].startswith("- ") or line[at:] == "-":
        end = at + 1 + len(line[at + 1 :]) - len(line[at + 1 :].lstrip())
        yield at, None, end
        at = end
    found = _KEY.match(line, at)
    if found is not None:
        yield at, unquoted(found[1]), found.end()


def _ancestors(lines: Sequence[str], line: int, indent: int) -> list[Step]:
    """The steps that lead to what stands at the indentation of the line."""
    path: list[Step] = []
    limit = indent
    was_dash = lines[line].lstrip().startswith("-") if line < len(lines) else False
    for above in range(min(line, len(lines)) - 1, -1, -1):
        text = _COMMENT.sub("", lines[above])
        if not text.strip():
            continue
        for column, step, _ in reversed(list(_marks(text))):
            # The dashes of a list may stand below the first letter of its key.
            if column < limit or (column == limit and was_dash and step is not None):
                path.append(step)
                limit, was_dash = column, step is None
        if limit == 0 and not was_dash:
            break
    return path[::-1]


def _open_brackets(text: str) -> list[_Bracket]:
    """The brackets that are still open at the end of the text."""
    stack: list[_Bracket] = []
    quote = ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
            stack[-1].typed += char
        elif char in "{[":
            stack.append(_Bracket(mapping=char == "{"))
        elif not stack:
            continue
        elif char in "}]":
            _close(stack)
        elif char == ",":
            _next_entry(stack)
        elif char == ":" and text[at + 1 : at + 2] in ("", " "):
            _take_key(stack)
        else:
            quote = char if char in "\"'" and not stack[-1].typed.strip() else ""
            stack[-1].typed += char
    return stack


def _close(stack: list[_Bracket]) -> None:
    if stack[-1].implied:
        stack.pop()
    if stack:
        stack.pop()


def _next_entry(stack: list[_Bracket]) -> None:
    if stack[-1].implied:
        stack.pop()
    stack[-1].end_entry()


def _take_key(stack: list[_Bracket]) -> None:
    """What was typed is a key; in a list it begins a mapping of one entry."""
    last = stack[-1]
    if last.key is None:
        typed, last.typed = unquoted(last.typed), ""
        if last.mapping:
            last.key = typed
        else:
            stack.append(_Bracket(mapping=True, key=typed, implied=True))


def _entries(rest: str) -> dict[str, str]:
    """The scalar entries that follow in the same brackets, once the current one is complete."""
    depth, kept = 0, ""
    for char in rest:
        if char in "}]":
            depth -= 1
            if depth < 0:
                break
        depth += char in "{["
        kept += char
    bracket = _open_brackets(f"{{x: {kept}")[0]
    bracket.end_entry()
    return {key: value for key, value in bracket.entries.items() if key != "x"}


def _block_siblings(lines: Sequence[str], line: int, column: int) -> dict[str, str]:
    """The scalar entries of the block mapping whose keys stand at the column."""
    found: dict[str, str] = {}
    for step in (-1, 1):
        at = line
        while 0 <= at < len(lines):
            marks = list(_marks(lines[at]))
            keys = [mark for mark in marks if mark[0] == column and mark[1] is not None]
            has_dash = bool(marks) and marks[0][1] is None and marks[0][0] < column
            indent = len(lines[at]) - len(lines[at].lstrip())
            ends = bool(lines[at].strip()) and indent < column and not (has_dash and keys)
            if at != line and (ends or (step == 1 and has_dash and indent < column)):
                break
            for _, key, start in keys:
                value = unquoted(_COMMENT.sub("", lines[at][start:]))
                if key is not None and value and at != line:
                    found.setdefault(key, value)
            if step == -1 and has_dash and keys:
                break
            at += step
    return found
