"""Cases written as documents that people can read and go on with."""

import errno
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location

FORMAT: Final = 1
# Text that any reader of YAML takes for one scalar, and this library for text without quotes.
_BARE: Final = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w./-]*")
_TEXTS: Final = frozenset({"id", "region"})
_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT: Final = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")


def check_writable(path: Path) -> None:
    """Refuse a file that cannot be written, without touching it.

    Args:
        path: The file; it need not be there yet.

    Raises:
        DocumentError: If its folder is not there, it is a folder, or writing is not allowed.
    """
    if not path.parent.is_dir():
        raise _unwritable(path, os.strerror(errno.ENOENT))
    if path.is_dir():
        raise _unwritable(path, os.strerror(errno.EISDIR))
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise _unwritable(path, os.strerror(errno.EACCES))


def write_case(path: Path, case: Mapping[str, object]) -> None:
    """Write a case file: JSON if the suffix says so, else YAML.

    Args:
        path: The file; one that is there already is replaced.
        case: The case in document form.

    Raises:
        DocumentError: If the file cannot be written.
    """
    if path.suffix.lower() == ".json":
        document = {"format": FORMAT, "cases": [case]}
        text = json.dumps(document, ensure_ascii=False, indent=2)
    else:
        text = "\n".join(_document(case))
    write_text(path, text)


def write_text(path: Path, text: str) -> None:
    """Write a text and the end of its last line.

    Args:
        path: The file; one that is there already is replaced.
        text: The text.

    Raises:
        DocumentError: If the file cannot be written.
    """
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error.strerror or "") from None


def make_folder(path: Path) -> None:
    """Make the folder, and those above it, unless they are there.

    Raises:
        DocumentError: If that cannot be.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error.strerror or "") from None


def _unwritable(path: Path, reason: str) -> DocumentError:
    return DocumentError([Problem("file-unwritable", Location(str(path)), {"reason": reason})])


def _document(case: Mapping[str, object]) -> Iterator[str]:
    yield f"format: {FORMAT}"
    yield "cases:"
    for at, line in enumerate(_lines(case)):
        yield f"  - {line}" if at == 0 else f"    {line}"


def _lines(given: Mapping[str, object]) -> Iterator[str]:
    for key, value in given.items():
        if isinstance(value, Mapping) and value:
            yield f"{_scalar(key)}:"
            yield from (f"  {line}" for line in _lines(value))
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{_scalar(key)}:"
            for item in value:
                for at, line in enumerate(_lines(item)):
                    yield f"  - {line}" if at == 0 else f"    {line}"
        else:
            # Amounts are text in plain data; `id` and `region` stay text, whatever they look like.
            amount = isinstance(value, str) and key not in _TEXTS and _AMOUNT.fullmatch(value)
            yield f"{_scalar(key)}: {value if amount else _scalar(value)}"


def _scalar(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, str) and (_DAY.fullmatch(value) or _is_bare(value)):
        return value
    # JSON is YAML too: text in quotes, numbers, true, false.
    return json.dumps(value, ensure_ascii=False)


def _is_bare(text: str) -> bool:
    return bool(_BARE.fullmatch(text)) and text.lower() not in _WORDS
