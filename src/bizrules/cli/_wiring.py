"""Schemas beside the documents that use them, and the line that says so."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from bizrules._yaml import read_file
from bizrules.cli._commands import PROBLEMS, SETTLED, Sources
from bizrules.cli._inputs import files_in
from bizrules.cli._screen import Screen
from bizrules.documents import KINDS
from bizrules.engine import Engine, core_rulesets
from bizrules.errors import DocumentError
from bizrules.facts import Vocabulary
from bizrules.formatting import (
    SCHEMA_FOLDER,
    is_document,
    schema_header,
    schema_path,
    wired,
    write,
)
from bizrules.plugins import installed_plugins
from bizrules.schemas import schema_for


def wire(screen: Screen, paths: Sequence[Path], folder: Path | None, sources: Sources) -> int:
    """Write all schemas and name them in the documents.

    Args:
        screen: Where to tell what was done.
        paths: Files and folders of documents.
        folder: Where the schemas go; None for beside the nearest `pyproject.toml`.
        sources: What the documents rest on.

    Returns:
        The exit status.

    Raises:
        DocumentError: If a vocabulary has problems, or a file cannot be written.
        PluginError: If a plugin is not fit.
    """
    files = [file for path in paths for file in files_in(path) if file.suffix.lower() in _YAML]
    documents, refused = _kinds(screen, files)
    home = folder or _project(paths[0]) / SCHEMA_FOLDER
    vocabulary = _vocabulary(documents, sources)
    home.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        text = json.dumps(schema_for(kind, vocabulary), ensure_ascii=False, indent=2)
        write(schema_path(home, kind), f"{text}\n")
    changed = 0
    for file, kind in documents.items():
        before = file.read_text(encoding="utf-8")
        after = wired(before, schema_header(file, schema_path(home, kind)))
        if after != before:
            write(file, after)
            changed += 1
    screen.write(screen.say("format.wired", folder=home, files=len(documents), changed=changed))
    return PROBLEMS if refused else SETTLED


_YAML = frozenset({".yaml", ".yml"})


def _kinds(screen: Screen, files: Iterable[Path]) -> tuple[dict[Path, str], bool]:
    """What each file says it is; whether some file cannot be read."""
    kinds: dict[Path, str] = {}
    refused = False
    for file in files:
        try:
            (document,) = read_file(file)
        except DocumentError as error:
            screen.problems(error.problems)
            refused = True
            continue
        data = document.data
        kind = str(data.get("document", "cases")) if isinstance(data, dict) else ""
        if kind in KINDS and is_document(file):
            kinds[file] = kind
    return kinds, refused


def _project(path: Path) -> Path:
    """The nearest folder with a `pyproject.toml`, or that of the documents itself."""
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    above = (folder, *folder.parents)
    return next((one for one in above if (one / "pyproject.toml").is_file()), folder.parent)


def _vocabulary(documents: dict[Path, str], sources: Sources) -> Vocabulary:
    """All facts, with those of the vocabularies among the documents."""
    known = [core_rulesets()]
    if not sources.no_plugins:
        known += [folder for plugin in installed_plugins() for folder in plugin.documents]
    homes = [folder.resolve() for folder in known]
    fresh = [
        file
        for file, kind in documents.items()
        if kind == "vocabulary" and not any(file.resolve().is_relative_to(home) for home in homes)
    ]
    given = [Path(path) for path in sources.rulesets]
    return Engine.load(*given, *fresh, plugins=not sources.no_plugins).vocabulary
