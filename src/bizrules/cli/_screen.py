"""What the command line writes: for people at a terminal, plain for everything else."""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import Final, TextIO

import attrs
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text as RichText

from bizrules import phrases
from bizrules.errors import (
    BizrulesError,
    CodedError,
    NotInForceError,
    Problem,
    ProblemsError,
    UnknownNameError,
)

# Cells narrower than that are hard to read where they have more to say.
_LEGIBLE: Final = 16
_GAP: Final = 2
_BLANKS: Final = re.compile(r"[\t\r\n]+")
_STYLES: Final[Mapping[str, str]] = {
    r"✓": "green",
    r"✗": "red",
    r"(?m)^#+ .*$|^【.*】.*$": "bold",
    r": (error|错误) \[[^\]]+\]": "red",
    r": (warning|提醒) \[[^\]]+\]": "yellow",
    r": (note|说明) \[[^\]]+\]": "cyan",
}


def prepare(stream: TextIO) -> None:
    """Let a character that the terminal does not know be replaced instead of raising an error."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")


def is_terminal(stream: TextIO) -> bool:
    """Whether a person reads the stream."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _console(stream: TextIO) -> Console:
    wants_colour = is_terminal(stream) and not os.environ.get("NO_COLOR")
    return Console(
        file=stream,
        force_terminal=is_terminal(stream),
        color_system="auto" if wants_colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
    )


def _styled(text: str) -> RichText:
    styled = RichText(text)
    for pattern, style in _STYLES.items():
        styled.highlight_regex(pattern, Style.parse(style))
    return styled


@attrs.frozen(eq=False)
class Screen:
    """Where a command writes, and in which language.

    Attributes:
        lang: `zh` or `en`.
        out: Receives results.
        err: Receives problems and notes.
    """

    lang: str
    out: TextIO = attrs.field(factory=lambda: sys.stdout)
    err: TextIO = attrs.field(factory=lambda: sys.stderr)

    def say(self, key: str, /, **details: object) -> str:
        """A phrase in the language."""
        return phrases.say(key, self.lang, **details)

    @property
    def shows_people(self) -> bool:
        """Whether the results go to a terminal."""
        return is_terminal(self.out)

    def write(self, text: str = "") -> None:
        """One text and the end of its line."""
        self._write(self.out, text)

    def note(self, text: str) -> None:
        """A text beside the results."""
        self._write(self.err, text)

    def _write(self, stream: TextIO, text: str) -> None:
        if is_terminal(stream):
            _console(stream).print(_styled(text))
        else:
            stream.write(f"{text}\n")

    def ask(self, prompt: str) -> None:
        """A text after which the answer follows on the same line."""
        self.out.write(prompt)
        self.out.flush()

    def data(self, value: object, *, indent: bool | None = None) -> None:
        """A value as JSON: one line, but indented for people.

        Args:
            value: Plain data.
            indent: Whether to indent; None leaves it to who reads.
        """
        wide = self.shows_people if indent is None else indent
        # Escapes instead of question marks where the encoding lacks Chinese.
        is_utf = (self.out.encoding or "utf-8").lower().replace("-", "").startswith("utf")
        text = json.dumps(value, ensure_ascii=not is_utf, indent=2 if wide else None)
        self.out.write(f"{text}\n")

    def table(
        self, heads: Sequence[str], rows: Iterable[Sequence[object]], *, spare: Sequence[int] = ()
    ) -> None:
        """A table: with lines at a terminal, separated by tabs elsewhere.

        Args:
            heads: Names of the columns.
            rows: The cells, row by row.
            spare: Columns that a narrow terminal can do without, the first to go first.
        """
        cells = [[_cell(value) for value in row] for row in rows]
        if not self.shows_people:
            for row in ([*heads], *cells):
                self.out.write("\t".join(row) + "\n")
            return
        console = _console(self.out)
        shown = _columns([heads, *cells], spare, console.width)
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for at in shown:
            table.add_column(heads[at], overflow="fold")
        for row in cells:
            table.add_row(*(row[at] for at in shown))
        console.print(table, soft_wrap=False)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Problems with place, code and help."""
        for problem in problems:
            self.note(problem.render(self.lang))

    def error(self, error: BizrulesError) -> None:
        """An error of the library, as problems."""
        if isinstance(error, ProblemsError):
            self.problems(error.problems)
        elif isinstance(error, CodedError):
            self._coded(error.code, error.text(self.lang))
        elif isinstance(error, UnknownNameError):
            self._coded(f"unknown-{error.what}", unknown_name(error, self.lang))
        elif isinstance(error, NotInForceError):
            self._coded(error.code, error.text(self.lang))
        else:
            self._coded(type(error).__name__, str(error))

    def _coded(self, code: str, text: str) -> None:
        label = self.say("severity.error")
        self.note(f"bizrules: {label} [{code}] {text}")

    def flush(self) -> None:
        """Hand on what is still kept back; a reader who went away does not matter any more."""
        self.out.flush()
        with suppress(OSError):
            self.err.flush()


def unknown_name(error: UnknownNameError, lang: str) -> str:
    """The message of an unknown name in the language."""
    what = phrases.say(f"cli.what.{error.what}", lang)
    text = phrases.say("cli.unknown-name", lang, what=what, name=error.name)
    if not error.near:
        return text
    near = phrases.say("hint.or", lang).join(f"`{name}`" for name in error.near)
    return text + phrases.say(
        "cli.near", lang, hint=phrases.say("hint.did-you-mean", lang, names=near)
    )


def _columns(rows: Sequence[Sequence[str]], spare: Sequence[int], width: int) -> list[int]:
    """The columns to show: without spare ones as long as the others were squeezed too much."""
    needed = [
        min(max(cell_len(row[at]) for row in rows), _LEGIBLE) + _GAP for at in range(len(rows[0]))
    ]
    shown = list(range(len(needed)))
    for at in spare:
        if sum(needed[one] for one in shown) <= width:
            break
        shown.remove(at)
    return shown


def _cell(value: object) -> str:
    if value is None:
        return ""
    return _BLANKS.sub(" ", str(value)).strip()
