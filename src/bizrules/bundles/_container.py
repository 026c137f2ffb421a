"""The file of a bundle: a ZIP archive that says one thing only.

Any tool opens it, but not everything such tools accept is one: its entries are stored, lie one
behind the other in the order of the directory, and nothing lies before, between or behind them. So
no two readers can see different entries in the same file.
"""

import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import Final

from bizrules.errors import BundleError

MOST_BYTES: Final = 1 << 31
"""Length of a bundle. *Unit*: bytes."""

MOST_ENTRIES: Final = 100_000

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_MODE: Final = 0o644 << 16
_LOCAL: Final = 30
_CENTRAL: Final = 46
_END: Final = 22


def joined(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """The file with the entries, in their order; the same entries are the same bytes.

    Raises:
        BundleError: If they are too long for a bundle.
    """
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system, info.external_attr = _UNIX, _MODE
            if file.tell() + len(data) >= MOST_BYTES:
                raise BundleError("bundle-too-large", place=name, limit=str(MOST_BYTES))
            archive.writestr(info, data)
    return file.getvalue()


def parted(data: bytes) -> dict[str, memoryview]:
    """The entries of a file by name, in their order.

    Raises:
        BundleError: If the file is no bundle, or says anything besides.
    """
    if len(data) > MOST_BYTES:
        raise BundleError("bundle-too-large", place="", limit=str(MOST_BYTES))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos, start, comment = archive.infolist(), archive.start_dir, archive.comment
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise BundleError("bundle-not-one", reason=str(error)) from None
    if len(infos) > MOST_ENTRIES:
        raise BundleError("bundle-too-large", place="", limit=str(MOST_ENTRIES))
    view, found, at = memoryview(data), {}, 0
    for info in infos:
        first = at + _LOCAL + len(info.filename)
        after = first + info.file_size
        if not _is_plain(info, at) or after > start or info.filename in found:
            raise BundleError("bundle-not-one", reason=info.filename)
        if not _names(view[at:first], info):
            raise BundleError("bundle-not-one", reason=info.filename)
        found[info.filename] = view[first:after]
        at = after
    ends = start + sum(_CENTRAL + len(info.filename) for info in infos) + _END
    if at != start or ends != len(data) or comment:
        raise BundleError("bundle-not-one", reason="ZIP")
    return found


def _is_plain(info: zipfile.ZipInfo, at: int) -> bool:
    """Whether the entry is stored as it is, where the one before ends."""
    return (
        info.compress_type == zipfile.ZIP_STORED
        and info.file_size == info.compress_size
        and info.header_offset == at
        and not info.flag_bits
        and not info.extra
        and not info.comment
        and info.filename.isascii()
    )


def _names(header: memoryview, info: zipfile.ZipInfo) -> bool:
    """Whether the header in front of an entry says what the directory says."""
    sizes = int.from_bytes(header[18:22], "little"), int.from_bytes(header[22:26], "little")
    lengths = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    return (
        bytes(header[:4]) == b"PK\x03\x04"
        and bytes(header[_LOCAL:]) == info.orig_filename.encode()
        and not int.from_bytes(header[6:10], "little")
        and sizes == (info.file_size, info.file_size)
        and lengths == (len(info.filename), 0)
    )
