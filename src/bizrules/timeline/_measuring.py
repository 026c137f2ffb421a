"""How wide texts are, and where their lines break."""

import re
from collections.abc import Callable, Iterator
from typing import Final
from unicodedata import combining, east_asian_width

Width = Callable[[str], float]

_WIDE: Final = frozenset("WF")
_CAPITAL: Final = 0.72
_NARROW: Final = 0.58
_CLOSING: Final = frozenset("，。；：、）》”？！,.;:)!?％")
_OPENING: Final = frozenset("（《“(")
_PIECES: Final = re.compile(r"[^\S\n]+|[!-~]+|.", re.DOTALL)


def is_wide(char: str) -> bool:
    """Whether a character takes two cells of a terminal, as Chinese ones do."""
    return east_asian_width(char) in _WIDE


def cells(text: str) -> int:
    """Width of a text in a terminal. *Unit*: cells."""
    return sum(0 if combining(char) else 2 if is_wide(char) else 1 for char in text)


def ems(text: str) -> float:
    """Width of a text in a proportional font, rather too much than too little. *Unit*: em."""
    return sum(_em(char) for char in text)


def _em(char: str) -> float:
    if char.isascii():
        return _CAPITAL if char.isupper() or char in "mw@%" else _NARROW
    return 0.0 if combining(char) else 1.0


def wrap(text: str, limit: float, width: Width) -> list[str]:
    """The lines of a text: Chinese breaks anywhere but before closing marks, others at spaces.

    A word that is too long for a line is broken.
    """
    lines = [""]
    for piece in _pieces(text, limit, width):
        if lines[-1] and width(lines[-1] + piece.rstrip()) > limit:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def _pieces(text: str, limit: float, width: Width) -> Iterator[str]:
    """The parts of a text between which a line may break, none wider than a line."""
    held = ""
    for found in _PIECES.findall(" ".join(text.split())):
        if found[0] in _CLOSING or found.isspace() or (held and held[-1] in _OPENING):
            held += found
        else:
            yield from _cut(held, limit, width)
            held = found
    yield from _cut(held, limit, width)


def _cut(piece: str, limit: float, width: Width) -> Iterator[str]:
    part = ""
    for char in piece:
        if part and width(part + char) > limit and not char.isspace():
            yield part
            part = ""
        part += char
    if part:
        yield part


def shorten(lines: list[str], most: int, limit: float, width: Width) -> list[str]:
    """The first lines, with a mark of omission where more would follow."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(last + "…") > limit:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]
