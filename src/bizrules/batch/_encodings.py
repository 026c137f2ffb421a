"""Files of text in whichever encoding, read as UTF-8."""

import codecs
import re
from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from bizrules.errors import DocumentError, Problem
from bizrules.nearness import near_names
from bizrules.provenance import Location

UTF_8: Final = "utf-8"
"""The encoding of a file of text unless it is said to have another."""

_SHOWN: Final = ("utf-8", "gb18030", "gbk", "big5", "utf-16")
# Encodings of Python for other things than files.
_NOT_OF_FILES: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
)
MARK: Final = "\U0010ffff"
"""Stands, with what follows it, for a byte that is not of the encoding; it is no character."""

_MARKED: Final = "bizrules-mark"
_AFTER_MARK: Final = 0x100
# What stands in Chinese files: ideographs, their punctuation, full-width forms, quotes and dashes.
_CHINESE: Final = re.compile(
    r"[\x00-\x7f\u00a5\u00b7\u00d7\u2010-\u2027\u2030\u2103\u2460-\u249b"
    r"\u3000-\u303f\u3400-\u9fff\uff00-\uffef]*"
)

_IDEOGRAPH: Final = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


def _mark(error: UnicodeError) -> tuple[str, int]:
    """What stands for bytes that are not of the encoding."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(f"{MARK}{chr(_AFTER_MARK + byte)}" for byte in bad), error.end


codecs.register_error(_MARKED, _mark)


def encoding_named(name: str, place: Path) -> str:
    """The one name of an encoding that may have several.

    Args:
        name: One of them, in upper or lower case, with hyphens, spaces or without.
        place: The file that is said to have it.

    Raises:
        DocumentError: If there is no such encoding of text.
    """
    for given in (name, re.sub(r"[\s_-]", "", name)):
        try:
            "id".encode(given)
            found = codecs.lookup(given).name
        except (LookupError, ValueError):
            continue
        if found.replace("_", "-") not in _NOT_OF_FILES:
            return UTF_8 if found == "utf-8-sig" else found
    near = near_names(name.lower(), _SHOWN)
    details = {"found": name, "near_names": near, "choices": ",".join(_SHOWN)}
    raise DocumentError([Problem("unknown-encoding", Location(str(place)), details)])


def as_utf_8(pieces: Iterator[bytes], encoding: str) -> Generator[bytes, None, None]:
    """Text as UTF-8, piece by piece; none of the pieces is empty.

    Marks stand where it is not of the encoding. A text with the byte order mark of UTF-8 is UTF-8,
    whatever it is said to be.

    Args:
        pieces: The bytes of the text.
        encoding: The one name of its encoding.
    """
    first = b""
    while len(first) < len(codecs.BOM_UTF8) and (piece := next(pieces, b"")):
        first += piece
    whole = chain([first], pieces)
    if encoding == UTF_8 or first.startswith(codecs.BOM_UTF8):
        yield from filter(None, _marked_utf_8(whole))
        return
    decoder = codecs.getincrementaldecoder(encoding)(_MARKED)
    for piece in whole:
        if text := decoder.decode(piece):
            yield text.encode()
    if text := decoder.decode(b"", final=True):
        yield text.encode()


def _marked_utf_8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """UTF-8 with marks where it is not; what is right is passed on as it is."""
    rest = b""
    for piece in pieces:
        if not rest and piece.isascii():
            yield piece
            continue
        given = rest + piece
        text, used = codecs.utf_8_decode(given, _MARKED, False)
        rest = given[used:]
        yield text.encode() if MARK in text else given[:used]
    if rest:
        yield codecs.utf_8_decode(rest, _MARKED, True)[0].encode()


def is_rather_utf_8(raw: bytes, encoding: str) -> bool:
    """Whether text that is said to have another encoding is Chinese in UTF-8.

    In the other encoding it would read as other Chinese, without any error.

    Args:
        raw: The beginning of the text.
        encoding: The one name of the encoding it is said to have.
    """
    if encoding.startswith("utf") or raw.startswith(codecs.BOM_UTF8):
        return False
    try:
        text = codecs.getincrementaldecoder(UTF_8)().decode(raw)
    except UnicodeDecodeError:
        return False
    return _IDEOGRAPH.search(text) is not None


def not_in_encoding(code: str, place: Location, text: str, encoding: str) -> Problem:
    """The problem of text that is not of its encoding; it says if it may be GB 18030.

    Args:
        code: Code of the problem.
        place: Where it stands.
        text: The text, with marks.
        encoding: The one name of the encoding that it should have.
    """
    kind = "gb18030" if encoding == UTF_8 and _is_chinese(_unmarked(text)) else "other"
    details = {"encoding": encoding.upper(), "seems_phrase": f"encoding.seems.{kind}"}
    return Problem(code, place, details)


def _unmarked(text: str) -> bytes:
    """The bytes that were read as UTF-8."""
    plain, *marked = text.split(MARK)
    raw = [plain.encode()]
    for one in marked:
        byte = ord(one[0]) - _AFTER_MARK if one else -1
        # The file itself may have what marks are made of.
        is_mark = 0 <= byte < _AFTER_MARK
        raw += [bytes([byte]), one[1:].encode()] if is_mark else [f"{MARK}{one}".encode()]
    return b"".join(raw)


def _is_chinese(raw: bytes) -> bool:
    """Whether it reads well as GB 18030."""
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return _CHINESE.fullmatch(text) is not None
