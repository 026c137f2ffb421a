"""The file of a bundle: a ZIP archive that says one thing only.

Any tool opens it, but not everything such tools accept is one: the same entries have one file, byte
for byte, and every other file is refused. So no two readers can see different entries in the same
file, and no bit of it can change unnoticed: what is not covered by the checksum of an entry, times,
attributes and the directory among it, has one value that it can have.
"""

from collections.abc import Iterable
from struct import Struct
from typing import Final
from zlib import crc32

import attrs

from bizrules.errors import BundleError

MOST_BYTES: Final = 1 << 31
"""Length of a bundle. *Unit*: bytes."""

MOST_ENTRIES: Final = (1 << 16) - 2
"""Of more, an archive would need the extensions of large ones."""

# In these three the fields follow each other as APPNOTE.TXT of the format has them (4.3.7, 4.3.12,
# 4.3.16).
_LOCAL: Final = Struct("<4s5H3I2H")
_CENTRAL: Final = Struct("<4s6H3I5H2I")
_END: Final = Struct("<4s4H2IH")
_VERSION: Final = 20
_UNIX: Final = 3 << 8
_MODE: Final = 0o644 << 16
_MIDNIGHT: Final = 0
_FIRST_DAY: Final = 1 << 5 | 1
# No flags, and stored as it is, at the first moment that the format knows.
_PLAIN: Final = (_VERSION, 0, 0, _MIDNIGHT, _FIRST_DAY)


@attrs.frozen
class _Entry:
    """What the archive says of an entry, here and in its directory."""

    name: bytes
    checksum: int
    size: int

    def header(self) -> bytes:
        """What stands in front of its bytes."""
        sizes = (self.checksum, self.size, self.size, len(self.name), 0)
        return _LOCAL.pack(b"PK\x03\x04", *_PLAIN, *sizes) + self.name

    def listed(self, at: int) -> bytes:
        """What the directory says of it, if its header begins there."""
        sizes = (self.checksum, self.size, self.size, len(self.name), 0, 0)
        about = (_UNIX | _VERSION, *_PLAIN, *sizes, 0, 0, _MODE, at)
        return _CENTRAL.pack(b"PK\x01\x02", *about) + self.name


def joined(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """The file with the entries, in their order; the same entries are the same bytes.

    Raises:
        BundleError: If they are too long or too many for a bundle.
    """
    pieces: list[bytes] = []
    listed: list[_Entry] = []
    length = _END.size
    for name, data in entries:
        entry = _Entry(name.encode("ascii"), crc32(data), len(data))
        header = entry.header()
        length += len(header) + len(data) + len(entry.listed(0))
        if length > MOST_BYTES:
            raise BundleError("bundle-too-large", place=name, limit=str(MOST_BYTES))
        if len(listed) == MOST_ENTRIES:
            raise BundleError("bundle-too-large", place=name, limit=str(MOST_ENTRIES))
        pieces += (header, data)
        listed.append(entry)
    return b"".join((*pieces, _directory(listed)))


def parted(data: bytes) -> dict[str, memoryview]:
    """The entries of a file by name, in their order.

    Raises:
        BundleError: If the file is not the one that `joined` makes of them.
    """
    if len(data) > MOST_BYTES:
        raise BundleError("bundle-too-large", place="", limit=str(MOST_BYTES))
    view, at = memoryview(data), 0
    found: dict[str, memoryview] = {}
    listed: list[_Entry] = []
    while data.startswith(b"PK\x03\x04", at):
        if len(listed) == MOST_ENTRIES:
            raise BundleError("bundle-too-large", place="", limit=str(MOST_ENTRIES))
        entry = _entry(view[at:])
        name = entry.name.decode("ascii")
        if name in found:
            raise BundleError("bundle-not-one", reason=name)
        first = at + _LOCAL.size + len(entry.name)
        at = first + entry.size
        found[name] = view[first:at]
        if crc32(found[name]) != entry.checksum:
            raise BundleError("bundle-damaged", place=name, reason="CRC-32")
        listed.append(entry)
    rest = _directory(listed)
    if not found or len(data) != at + len(rest) or not data.endswith(rest):
        raise BundleError("bundle-not-one", reason="ZIP")
    return found


def _entry(rest: memoryview) -> _Entry:
    """The entry whose header is here, with all its bytes behind it.

    Raises:
        BundleError: If the header is none that `joined` writes, or its bytes are not all there.
    """
    if len(rest) < _LOCAL.size:
        raise BundleError("bundle-not-one", reason="ZIP")
    *_, checksum, _, size, length, _ = _LOCAL.unpack_from(rest)
    first = _LOCAL.size + length
    entry = _Entry(bytes(rest[_LOCAL.size : first]), checksum, size)
    if rest[:first] != entry.header() or not entry.name.isascii() or len(rest) < first + size:
        reason = entry.name.decode("ascii", "backslashreplace")
        raise BundleError("bundle-not-one", reason=reason)
    return entry


def _directory(entries: list[_Entry]) -> bytes:
    """What stands behind the entries: where each is, and the end."""
    at, lines = 0, []
    for entry in entries:
        lines.append(entry.listed(at))
        at += _LOCAL.size + len(entry.name) + entry.size
    directory = b"".join(lines)
    counts = (0, 0, len(entries), len(entries))
    return directory + _END.pack(b"PK\x05\x06", *counts, len(directory), at, 0)
