"""Doing a thing again whenever a file changes."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from watchfiles import Change
from watchfiles import watch as changes_of

from bizrules.cli._commands import PROBLEMS, SETTLED
from bizrules.cli._inputs import LINES
from bizrules.cli._screen import Screen
from bizrules.errors import BizrulesError

_CLEAR: Final = "\x1b[2J\x1b[3J\x1b[H"
_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"}) | LINES
_PATIENCE: Final = 200
_SETTLING: Final = 100


def watch(screen: Screen, paths: Iterable[Path], run: Callable[[Screen], int]) -> int:
    """Run, and run again after every change of a document, until interrupted from the keyboard.

    Args:
        screen: Where to write; at a terminal it is cleared before each run.
        paths: Files and folders.
        run: What to do; errors of the library are shown and end nothing.

    Returns:
        The exit status of the last run.
    """
    watched = tuple(paths)
    # Many editors replace a file instead of writing to it, so its folder is watched; behind a link
    # that of the file it leads to as well.
    folders = {
        folder
        for path in watched
        for folder in (
            (path,) if path.is_dir() else (path.absolute().parent, path.resolve().parent)
        )
    }
    status = SETTLED
    started = False
    try:
        for changes in changes_of(
            *(folder for folder in folders if folder.is_dir()),
            watch_filter=_Filter(watched),
            debounce=_SETTLING * 4,
            step=_SETTLING,
            rust_timeout=_PATIENCE,
            yield_on_timeout=True,
        ):
            # The first turn comes without changes, once the folders are watched.
            if changes or not started:
                started = True
                status = _run(screen, run)
                # Said last: who interrupts now ends with this status.
                screen.note(screen.say("format.watching", paths=" ".join(map(str, watched))))
                screen.flush()
    except KeyboardInterrupt:
        screen.note("")
    return status


def _run(screen: Screen, run: Callable[[Screen], int]) -> int:
    if screen.shows_people:
        screen.ask(_CLEAR)
    try:
        return run(screen)
    except BizrulesError as error:
        screen.error(error)
        return PROBLEMS


class _Filter:
    """Lets through what was named, and documents in folders that were."""

    def __init__(self, watched: Iterable[Path]) -> None:
        """Take the files and folders that were named."""
        watched = tuple(watched)
        named = [path.resolve() for path in watched]
        places = (path.absolute().parent.resolve() / path.name for path in watched)
        self.files = frozenset(path for path in (*named, *places) if not path.is_dir())
        self.folders = tuple(path for path in named if path.is_dir())

    def __call__(self, _change: Change, name: str) -> bool:
        """Whether a change of the file matters."""
        path = Path(name)
        real = path.parent.resolve() / path.name
        if real in self.files:
            return True
        return path.suffix.lower() in _SUFFIXES and any(
            real.is_relative_to(folder)
            and not any(part[0] in "._" for part in real.relative_to(folder).parts[:-1])
            for folder in self.folders
        )
