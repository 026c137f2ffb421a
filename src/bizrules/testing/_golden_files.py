"""Golden files on disk, each with the engine that has the rules beside it."""

from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Final

import attrs

from bizrules._tree import Document
from bizrules._yaml import read_file
from bizrules.engine import Engine, core_rulesets, default_engine
from bizrules.loading import (
    load_documents,
    load_golden,
    load_golden_matters,
)
from bizrules.provenance import Location
from bizrules.testing._goldens import GoldenResult, run_golden
from bizrules.testing._matters import MatterResult, run_matter

FOLDER: Final = "cases"
"""Name of the folder, beside the rules, in which golden files lie."""

_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
_HEAD: Final = 4096


@attrs.frozen(kw_only=True)
class GoldenTest:
    """A golden case or matter of a file, to be run.

    Attributes:
        name: Its id.
        location: Where it stands.
        run: Runs it.
    """

    name: str
    location: Location | None
    run: Callable[[], GoldenResult | MatterResult]


def is_golden_file(path: Path, root: Path) -> bool:
    """Whether the file lies in a folder `cases` and says that it is a golden document.

    Args:
        path: The file.
        root: The folder of the project; what lies above it has no say.
    """
    inside = path.relative_to(root) if path.is_relative_to(root) else path
    if path.suffix.lower() not in (".yaml", ".yml") or FOLDER not in inside.parent.parts:
        return False
    with path.open("rb") as file:
        lines = file.read(_HEAD).splitlines()
    return any(line.split(b"#")[0].split() == [b"document:", b"golden"] for line in lines)


def read_golden_file(path: Path) -> tuple[GoldenTest, ...]:
    """The golden cases of a file, then its matters.

    Rules that lie beside it and are not installed are loaded too.

    Args:
        path: The file, in a folder `cases`.

    Raises:
        DocumentError: With every problem of the file, or of the rules beside it.
    """
    engine = _engine_beside(_rules_folder(path))
    found: list[GoldenTest] = []
    for document in read_file(path):
        for one in load_golden(document, engine.knowledge):
            run = partial(run_golden, engine, one)
            found.append(GoldenTest(name=one.case.id, location=one.location, run=run))
        for several in load_golden_matters(document, engine.knowledge):
            joint = partial(run_matter, engine, several)
            found.append(GoldenTest(name=several.id, location=several.location, run=joint))
    return tuple(found)


def _rules_folder(path: Path) -> Path:
    """The folder that holds the nearest `cases` above the file."""
    return next(folder.parent for folder in path.parents if folder.name == FOLDER)


@lru_cache
def _engine_beside(folder: Path) -> Engine:
    """The default engine, with the documents of the folder that it does not have yet."""
    engine = default_engine()
    known = _known_content()
    files = [file for file in sorted(folder.rglob("*")) if file.suffix.lower() in _SUFFIXES]
    shown = [file for file in files if not _is_hidden(file.relative_to(folder))]
    new = [file for file in shown if _content(file) not in known]
    further = [document for file in new for document in read_file(file) if _is_rules(document)]
    if not further:
        return engine
    return attrs.evolve(engine, knowledge=load_documents(further, base=engine.knowledge))


def _is_hidden(path: Path) -> bool:
    """Whether it lies in a folder that is not the project's, such as an environment."""
    return any(part.startswith(".") for part in path.parts)


def _is_rules(document: Document) -> bool:
    data = document.data
    kind = data.get("document") if isinstance(data, dict) else None
    return str(kind) in ("vocabulary", "violations", "ruleset")


@lru_cache
def _known_content() -> frozenset[str]:
    """What the files of the library and of the installed packages hold, wherever they lie."""
    plugins = default_engine().plugins
    folders = [core_rulesets(), *(path for plugin in plugins for path in plugin.documents)]
    files = (file for one in folders for file in (one.rglob("*") if one.is_dir() else [one]))
    return frozenset(_content(file) for file in files if file.suffix.lower() in _SUFFIXES)


def _content(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
