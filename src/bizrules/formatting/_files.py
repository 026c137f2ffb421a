"""Documents in files: read, laid out, and written back in one step."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

import attrs

from bizrules._yaml import read_file
from bizrules.errors import DocumentError, Problem
from bizrules.formatting._formatting import format_text
from bizrules.provenance import Location

# What new files mostly have: a temporary file could be read by nobody else.
_MODE: Final = 0o644


@attrs.frozen
class Formatted:
    """A file and its text before and after.

    Attributes:
        path: The file.
        before: What stands in it.
        after: What it is in the layout.
    """

    path: Path
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the file is not in the layout."""
        return self.before != self.after


def is_document(path: Path) -> bool:
    """Whether a file found in a folder is one of ours: a mapping that says its format.

    A file that cannot be read is left to those who report it.
    """
    try:
        (document,) = read_file(path)
    except DocumentError:
        return True
    return isinstance(document.data, dict) and not document.data.keys().isdisjoint(
        ("format", "document")
    )


def format_file(path: Path) -> Formatted:
    """The file in the layout; nothing is written.

    Args:
        path: A YAML file.

    Raises:
        DocumentError: If it is no valid document, with every problem found.
    """
    if path.suffix.lower() not in (".yaml", ".yml"):
        details = {"reason_phrase": "reason.not-yaml"}
        raise DocumentError([Problem("file-unreadable", Location(str(path)), details)])
    read_file(path)  # says what is wrong with the file itself
    raw = path.read_bytes()
    return Formatted(path, raw.decode("utf-8"), format_text(raw, str(path)))


def write(path: Path, text: str) -> None:
    """Write the text in one step: whoever reads the file sees the old text or the new one.

    Args:
        path: The file; behind a link the file it leads to is replaced.
        text: The new text.

    Raises:
        DocumentError: If the file cannot be written.
    """
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(target.stat().st_mode & 0o7777 if target.exists() else _MODE)
        Path(name).replace(target)
    except OSError as error:
        with suppress(OSError):
            Path(name).unlink()
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> DocumentError:
    details = {"reason": error.strerror or ""}
    return DocumentError([Problem("file-unwritable", Location(str(path)), details)])
