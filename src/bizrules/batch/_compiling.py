"""Functions in machine code, compiled when first called and kept in the user's cache folder.

The folder is named after a digest of all that is compiled: code of another version is never run.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba
from platformdirs import user_cache_path

_F = TypeVar("_F", bound=Callable[..., Any])

_SOURCES: Final = (
    "_asking",
    "_blocks",
    "_columns",
    "_compiling",
    "_filling",
    "_kernel",
    "_loops",
    "_matching",
    "_places",
    "_rows",
    "_sequences",
    "_shared",
)


def _digest() -> str:
    here = Path(__file__).parent
    texts = [(here / f"{name}.py").read_bytes() for name in _SOURCES]
    return sha256(b"\0".join([numba.__version__.encode(), *texts])).hexdigest()[:16]


_FOLDER: Final = str(user_cache_path("bizrules") / "compiled" / _digest())


def _compile(function: _F, **options: Any) -> _F:  # noqa: ANN401 - as Numba declares them
    settings: Any = numba.config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = before or _FOLDER
    options |= {"nogil": True, "error_model": "numpy"}
    try:
        made = numba.njit(cache=True, **options)(function)
    except RuntimeError:
        # No folder can be written, as on some workers of clusters: each process compiles anew.
        made = numba.njit(**options)(function)
    finally:
        settings.CACHE_DIR = before
    return cast("_F", made)


def compiled(function: _F) -> _F:
    """The function in machine code; while it runs other threads may too.

    It makes no arrays: then nobody counts who refers to one, which costs more than most loops do.
    """
    return _compile(function, _nrt=False)


def making_arrays(function: _F) -> _F:
    """The function in machine code, which may make arrays."""
    return _compile(function)


def inlined(function: _F) -> _F:
    """The function in machine code, written into those that call it; it makes no arrays."""
    return _compile(function, inline="always", _nrt=False)
