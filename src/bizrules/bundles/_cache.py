"""The cache: what documents say, kept as a bundle under a digest of all that it depends on.

A cache changes nothing but the time. What is kept is found under a digest over the bytes and names
of the documents, the code that reads them and the packages they belong to; documents with problems
are never kept. What cannot be read, written or proved is as if it were not there.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version as installed_version
from itertools import accumulate
from pathlib import Path
from stat import S_IWGRP, S_IWOTH
from time import time
from typing import Final

import attrs

from bizrules.bundles._manifest import FORMAT
from bizrules.bundles._reading import open_bundle
from bizrules.bundles._writing import Making, bundle_of
from bizrules.errors import BundleError
from bizrules.loading import Knowledge

MOST_ENTRIES: Final = 24
MOST_BYTES: Final = 200_000_000

_SUFFIX: Final = ".bundle"
_UNFINISHED: Final = ".part"
_ABANDONED: Final = 3600
# Packages that only use what was read.
_USERS: Final = frozenset(
    {"analysis", "batch", "cli", "editor", "formatting", "rulebook", "scaffold", "testing"}
    | {"timeline", "explanation", "__pycache__"}
)


@attrs.frozen
class Documents:
    """The documents under some roots, with all that what they say depends on.

    Attributes:
        key: Digest over it.
        names: What each document is called in the cache, by its name here.
    """

    key: str
    names: Mapping[str, str]


def kept(
    roots: Sequence[Path], *, about: Iterable[str], version: str, load: Callable[[], Knowledge]
) -> Knowledge:
    """What the documents say: from the cache, or as `load` reads them, and then kept.

    Args:
        roots: Files and folders of documents, in the order in which they are read.
        about: What else the result depends on.
        version: Version of the library.
        load: Reads the documents.
    """
    folder = cache_folder()
    if folder is None or not (read := documents_in(roots, about, version)):
        return load()
    file = folder / f"{read.key}{_SUFFIX}"
    found = _read(file, read, version)
    if found is not None:
        return found
    knowledge = load()
    # A document may have been changed while it was read.
    if documents_in(roots, about, version) == read:
        _write(file, knowledge, read, version)
    return knowledge


def cache_folder() -> Path | None:
    """The folder of the cache; None if there is to be none, or others can write to it.

    `BIZRULES_CACHE_DIR` names it, `BIZRULES_NO_CACHE` does without.
    """
    if os.environ.get("BIZRULES_NO_CACHE", "0") not in ("", "0"):
        return None
    named = os.environ.get("BIZRULES_CACHE_DIR")
    if named:
        folder = Path(named)
    else:
        from platformdirs import user_cache_path  # noqa: PLC0415 - keeps the import light

        folder = user_cache_path("bizrules", appauthor=False)
    try:
        # Made here, it is nobody else's, whatever the umask.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return None
    # Whoever can write there could say what the law is.
    is_own = not hasattr(os, "geteuid") or (
        status.st_uid == os.geteuid() and not status.st_mode & (S_IWGRP | S_IWOTH)
    )
    return folder if is_own else None


def documents_in(roots: Iterable[Path], about: Iterable[str], version: str) -> Documents | None:
    """What is under the roots; None if something cannot be read."""
    digest = sha256(f"{FORMAT} {version} {_reader()}\n".encode())
    for one in about:
        digest.update(f"{one}\n".encode())
    names: dict[str, str] = {}
    try:
        for number, root in enumerate(roots):
            for name, path in _files(root):
                content = sha256(path.read_bytes()).hexdigest()
                digest.update(f"{number}/{name} {content}\n".encode())
                names[str(path)] = f"{number}/{name}"
    except OSError:
        return None
    return Documents(digest.hexdigest(), names)


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    """Every file below the root by its name there, more than are documents; or the root."""
    if not root.is_dir():
        yield "", root
        return
    for folder, inside, files in os.walk(root, onerror=_raise):
        inside.sort()
        for file in sorted(files):
            path = Path(folder) / file
            yield path.relative_to(root).as_posix(), path


def _raise(error: OSError) -> None:
    raise error


@cache
def _reader() -> str:
    """Digest over the code that makes knowledge of documents, and of what it is built on."""
    digest = sha256()
    home = Path(__file__).parents[1]
    for folder, inside, files in os.walk(home):
        inside[:] = sorted(set(inside) - _USERS)
        for file in sorted(files):
            if file.endswith((".py", ".csv")):
                digest.update(f"{file}\n".encode())
                digest.update(Path(folder, file).read_bytes())
    for name in ("attrs", "cattrs", "pyyaml"):
        digest.update(f"{name} {installed_version(name)}\n".encode())
    return digest.hexdigest()


def _read(file: Path, documents: Documents, version: str) -> Knowledge | None:
    """What is kept in the file; None if it is not there or does not hold, and then it goes."""
    here = {kept_as: name for name, kept_as in documents.names.items()}
    try:
        if not file.is_file():
            return None
        bundle = open_bundle(file, version=version, shown=lambda name: here.get(name, name))
    except BundleError:
        _remove(file)
        return None
    except OSError:
        return None
    if bundle.manifest.made_of != documents.key:
        _remove(file)
        return None
    with suppress(OSError):
        os.utime(file)
    return bundle.knowledge


def _write(file: Path, knowledge: Knowledge, documents: Documents, version: str) -> None:
    """Keep what was read; whoever reads meanwhile finds the whole file or none."""
    named = documents.names
    try:
        making = Making(
            version=version, goldens=True, named=named.__getitem__, made_of=documents.key
        )
        data = bundle_of(knowledge, making)
    except (BundleError, KeyError):  # what stands in no file cannot be found again
        return
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - keeps the import light

    unfinished: Path | None = None
    try:
        with NamedTemporaryFile(dir=file.parent, suffix=_UNFINISHED, delete=False) as part:
            unfinished = Path(part.name)
            part.write(data)
        unfinished.replace(file)
    except OSError:
        if unfinished is not None:
            _remove(unfinished)
    _prune(file.parent)


def _prune(folder: Path) -> None:
    """Keep the entries that were used last, and only so many and so much."""
    try:
        found = [(one, one.stat()) for one in folder.iterdir()]
    except OSError:  # another process prunes too
        return
    entries = sorted(
        ((status.st_mtime, status.st_size, one) for one, status in found if one.suffix == _SUFFIX),
        reverse=True,
    )
    sums = accumulate(size for _, size, _ in entries)
    for rank, ((_, _, one), together) in enumerate(zip(entries, sums, strict=True)):
        if rank >= MOST_ENTRIES or together > MOST_BYTES:
            _remove(one)
    for one, status in found:
        if one.suffix == _UNFINISHED and status.st_mtime < time() - _ABANDONED:
            _remove(one)


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink()
