"""Files by name: what form the suffix says, compressed or not; digests; writing in one step."""

import hashlib
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Final

import attrs
import pyarrow as pa

from bizrules.batch._encodings import MARK, UTF_8, as_utf_8
from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location


class Form(Enum):
    """Form of a file of rows; the value is how it is called."""

    PARQUET = "parquet"
    ARROW = "arrow"
    CSV = "csv"
    JSONL = "jsonl"
    CASES = "cases"

    @property
    def is_text(self) -> bool:
        """Whether it is lines of text, which may be compressed as a whole."""
        return self in (Form.CSV, Form.JSONL)


ROWS: Final = (Form.PARQUET, Form.ARROW, Form.CSV, Form.JSONL)
"""Forms that can be written, too."""

_SUFFIXES: Final = {
    ".parquet": Form.PARQUET,
    ".pq": Form.PARQUET,
    ".arrow": Form.ARROW,
    ".arrows": Form.ARROW,
    ".feather": Form.ARROW,
    ".ipc": Form.ARROW,
    ".csv": Form.CSV,
    ".jsonl": Form.JSONL,
    ".ndjson": Form.JSONL,
    ".yaml": Form.CASES,
    ".yml": Form.CASES,
    ".json": Form.CASES,
}
_COMPRESSIONS: Final = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_SHOWN: Final = ".parquet,.csv,.jsonl,.arrow"
_STEP: Final = 1 << 20
_MARK: Final = MARK.encode()


@attrs.frozen
class File:
    """A file of rows and how it is written.

    Attributes:
        path: The file.
        form: Its form.
        compression: How a file of text is compressed; None if it is not.
        encoding: The one name of the encoding of a file of text.
    """

    path: Path
    form: Form
    compression: str | None = None
    encoding: str = UTF_8

    @property
    def name(self) -> str:
        """What problems call it."""
        return str(self.path)


def file_of(path: Path, *, form: Form | None = None, encoding: str = UTF_8) -> File:
    """The file with the form that its name says.

    Args:
        path: The file.
        form: Its form, whatever its name says.
        encoding: The one name of its encoding, if it is text.

    Raises:
        DocumentError: If neither says it.
    """
    compression = _COMPRESSIONS.get(path.suffix.lower())
    named = path.with_suffix("") if compression else path
    found = form or _SUFFIXES.get(named.suffix.lower())
    if found is None or (compression is not None and not found.is_text):
        suffix = "".join(path.suffixes[-2:]) if compression else path.suffix
        details = {"found": suffix, "choices": _SHOWN}
        raise DocumentError([Problem("batch-form", Location(str(path)), details)])
    return File(path, found, compression, encoding)


def unreadable(path: Path | str, error: Exception) -> Problem:
    """The problem of a file that cannot be read."""
    reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    details = {"reason": " ".join(reason.split())}
    return Problem("file-unreadable", Location(str(path)), details)


def unwritable(path: Path | str, error: OSError) -> DocumentError:
    """The refusal of a file that cannot be written."""
    details = {"reason": error.strerror or str(error)}
    return DocumentError([Problem("file-unwritable", Location(str(path)), details)])


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What cannot be written meanwhile is a problem of the file or folder.

    Raises:
        DocumentError: If something cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise unwritable(path, error) from None


def digest_of(path: Path) -> str:
    """SHA-256 of the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@attrs.define
class Position:
    """How far a file was read.

    Attributes:
        size: Bytes there are.
        at: Bytes read.
        has_marks: Whether something read was not of its encoding.
    """

    size: int
    at: int = 0
    has_marks: bool = False


def read_steps(file: File, position: Position) -> Generator[bytes, None, None]:
    """A file of text as UTF-8, piece by piece, no longer compressed.

    Marks stand for what is not of its encoding.

    Raises:
        OSError: If it cannot be read.
        pyarrow.ArrowException: If it is not compressed as its name says.
    """
    for piece in as_utf_8(raw_steps(file, position), file.encoding):
        # A piece ends where a character does.
        position.has_marks |= _MARK in piece
        yield piece


def raw_steps(file: File, position: Position) -> Generator[bytes, None, None]:
    """The bytes of a file of text, piece by piece, no longer compressed.

    Raises:
        OSError: If it cannot be read.
        pyarrow.ArrowException: If it is not compressed as its name says.
    """
    with file.path.open("rb") as raw:
        counted = pa.PythonFile(_Counting(raw, position), mode="r")
        stream = (
            pa.CompressedInputStream(counted, file.compression) if file.compression else counted
        )
        while piece := stream.read(_STEP):
            yield piece


class _Counting:
    """A file that says how far it was read."""

    def __init__(self, raw: object, position: Position) -> None:
        self._raw = raw
        self._position = position
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece: bytes = self._raw.read(size)  # type: ignore[attr-defined]
        self._position.at += len(piece)
        return piece

    def readable(self) -> bool:
        """It can be read."""
        return True

    def close(self) -> None:
        """The file is closed by who opened it."""
        self.closed = True


@contextmanager
def replacing(path: Path, through: Path | None = None) -> Iterator[Path]:
    """A file to write, which takes the place of the other in one step once it is whole.

    Whoever looks finds the old file or the new one, also after the machine has failed.

    Args:
        path: The file to replace; it need not be there.
        through: Where to write, on the same disk; beside the file if it does not matter.

    Yields:
        Where to write.

    Raises:
        DocumentError: If the file cannot be written.
    """
    draft = through or path.with_name(f".{path.name}.draft")
    try:
        with writing(path):
            yield draft
            sync(draft)
            draft.replace(path)
            sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Let the disk have what was written to a file, or which files a folder has."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
