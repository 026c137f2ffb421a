"""Text and tables in Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bizrules import phrases
from bizrules.explanation import Item

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~&])")
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def marked_down(text: str) -> str:
    """The text with every character escaped that means something to Markdown."""
    return _SPECIAL.sub(r"\\\1", text)


def cell(lines: Iterable[str]) -> str:
    """Lines of plain text in one cell of a table."""
    return "<br>".join(marked_down(" ".join(line.split())) for line in lines if line)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of finished cells."""
    for row in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(row)} |"


def numbered(items: Sequence[Item], lang: str, depth: int = 0) -> Iterator[str]:
    """Points one a line, numbered as a Chinese norm numbers them: 1. （1） ①.

    A single point has no number; a single part of a point stands on its line.
    """
    for at, item in enumerate(items, 1):
        text, children = item.text, item.children
        while children:
            text = phrases.say("rulebook.opening", lang, text=text)
            if len(children) > 1:
                break
            text, children = text + children[0].text, children[0].children
        yield text if len(items) == 1 else _number(at, depth, lang) + text
        yield from numbered(children, lang, depth + 1)


def _number(at: int, depth: int, lang: str) -> str:
    if depth > 1 and at <= len(_CIRCLED):
        return _CIRCLED[at - 1]
    return phrases.say(f"rulebook.number.{min(depth, 1)}", lang, n=at)
