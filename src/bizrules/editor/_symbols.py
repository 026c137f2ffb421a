"""The entries of a document, for an outline."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from bizrules._tree import Document
from bizrules.editor._workspace import read_text

_SECTIONS: Final = ("define", "facts", "violations", "rules", "duties", "cases", "matters")


@attrs.frozen
class Symbol:
    """An entry of a document.

    Attributes:
        name: Its id.
        title: What it is called.
        section: The key under which it stands.
        line: Its first line, from 0.
        column: The column of its name, from 0, in characters.
        last: The last line before the next entry.
    """

    name: str
    title: str
    section: str
    line: int
    column: int
    last: int


def symbols_of(path: Path, text: str, lang: str) -> list[Symbol]:
    """The entries of a document, in their order; none if it cannot be read.

    Args:
        path: The file of the document.
        text: The document.
        lang: Language of the titles.
    """
    document = read_text(path, text)
    if not isinstance(document, Document) or not isinstance(document.data, dict):
        return []
    found = sorted(_entries(document, document.data, lang), key=lambda one: one.line)
    if not found:
        return []
    ends = [one.line - 1 for one in found[1:]] + [text.count("\n")]
    return [
        attrs.evolve(one, last=max(one.line, end)) for one, end in zip(found, ends, strict=True)
    ]


def _entries(document: Document, data: dict[str, object], lang: str) -> Iterator[Symbol]:
    for section in _SECTIONS:
        entries = data.get(section)
        steps: Iterator[str | int] = iter(())
        if isinstance(entries, dict):
            steps = iter(entries)
        elif isinstance(entries, list):
            steps = iter(range(len(entries)))
        for step in steps:
            entry = entries[step]  # type: ignore[index]  # one of the two fits
            place = document.locate_key((section, step))
            name = step if isinstance(step, str) else _text(entry, "id") or str(step + 1)
            title = _title(entry, lang)
            line, column = max(place.line - 1, 0), max(place.column - 1, 0)
            yield Symbol(name, title, section, line, column, line)


def _text(entry: object, key: str) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else ""


def _title(entry: object, lang: str) -> str:
    """What the entry is called, where it says so."""
    if isinstance(entry, dict):
        for key in ("title", "label", "text"):
            title = _text(entry.get(key), lang)
            if title:
                return title
    return ""
