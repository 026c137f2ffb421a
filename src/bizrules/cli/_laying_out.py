"""What `bizrules fmt` does with its files."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bizrules.cli._commands import PROBLEMS, SETTLED
from bizrules.cli._inputs import files_in
from bizrules.cli._screen import Screen
from bizrules.errors import DocumentError
from bizrules.formatting import Formatted, format_file, is_document, write

_MARK: Final = "\ufeff"
_SUFFIXES: Final = frozenset({".yaml", ".yml"})


def lay_out(screen: Screen, paths: Sequence[Path], *, check: bool, diff: bool) -> int:
    """Lay out every document; with `check` or `diff` nothing is written.

    Args:
        screen: Where to tell what was done.
        paths: Files and folders.
        check: Whether to name the files that are not in the layout, and fail if there are any.
        diff: Whether to show what would change.

    Returns:
        The exit status.
    """
    files = list(dict.fromkeys(_documents(paths)))
    changed = refused = 0
    for file in files:
        try:
            found = format_file(file)
            if found.changed and not (check or diff):
                write(file, found.after)
        except DocumentError as error:
            screen.problems(error.problems)
            refused += 1
            continue
        changed += found.changed
        _tell(screen, [found] if found.changed else [], check=check, diff=diff)
    key = "format.would" if check or diff else "format.done"
    screen.note(screen.say(key, files=len(files), changed=changed, refused=refused))
    return PROBLEMS if refused or (check and changed) else SETTLED


def _tell(screen: Screen, found: Iterable[Formatted], *, check: bool, diff: bool) -> None:
    for one in found:
        if diff:
            for key in _unseen(one):
                screen.write(screen.say(f"format.unseen.{key}", file=one.path))
            shown = list(_difference(one))
            if shown:
                screen.write("\n".join(shown))
        else:
            screen.write(
                screen.say("format.not-laid-out" if check else "format.laid-out", file=one.path)
            )


def _difference(found: Formatted) -> Iterator[str]:
    names = (f"{found.path}", f"{found.path}")
    lines = (found.before.removeprefix(_MARK).splitlines(), found.after.splitlines())
    return difflib.unified_diff(*lines, *names, lineterm="")


def _unseen(found: Formatted) -> Iterator[str]:
    """What changes without a line that a difference could show."""
    if found.before.startswith(_MARK):
        yield "mark"
    if "\r" in found.before:
        yield "line-ends"
    if not found.before.endswith(("\n", "\r")):
        yield "last-line"


def _documents(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and in folders every document written in YAML."""
    for path in paths:
        if path.is_dir():
            found = (file for file in files_in(path) if file.suffix.lower() in _SUFFIXES)
            yield from filter(is_document, found)
        else:
            yield path
