"""Packages written by copier from the template."""

import json
from importlib import resources
from pathlib import Path
from shutil import which
from typing import Final

import attrs
from copier import run_copy
from copier.errors import CopierError

from bizrules._yaml import read_file
from bizrules.documents import KINDS
from bizrules.engine import CORE, Engine, core_version
from bizrules.errors import DocumentError, ScaffoldError
from bizrules.scaffold._answers import Answers, fitting_versions, read_answers
from bizrules.schemas import schema_for

ANSWERS: Final = ".copier-answers.yml"
SCHEMAS: Final = ".schemas"


def template_folder() -> Path:
    """Folder of the template.

    A wheel carries it inside the package; a development checkout among the packages of rules.
    """
    package = Path(str(resources.files(CORE)))
    inside = package / "_template"
    return inside if inside.is_dir() else package.parents[1] / "plugins" / "_template"


def create_package(answers: Answers, folder: Path) -> None:
    """Write a new package.

    Args:
        answers: What it is called and for which place it is.
        folder: Where; it is made if need be.

    Raises:
        ScaffoldError: If the folder holds something already, or cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise ScaffoldError("folder-is-file", folder=str(folder))
    if folder.is_dir() and any(folder.iterdir()):
        raise ScaffoldError("folder-not-empty", folder=str(folder))
    _render(answers, folder)


def update_package(folder: Path) -> Answers:
    """Renew what the template looks after, and leave alone what the place wrote.

    Args:
        folder: The package.

    Returns:
        The answers it was made with.

    Raises:
        ScaffoldError: If it was not made from the template, or cannot be written.
    """
    path = folder / ANSWERS
    if not path.is_file():
        raise ScaffoldError("not-from-template", folder=str(folder), file=ANSWERS)
    try:
        (document,) = read_file(path)
    except DocumentError:
        raise ScaffoldError("answers-unreadable", key=ANSWERS) from None
    given = document.data if isinstance(document.data, dict) else {}
    answers = read_answers(given)
    renewed = attrs.evolve(answers, core=fitting_versions(core_version()))
    _render(renewed, folder)
    return renewed


def _render(answers: Answers, folder: Path) -> None:
    if which("git") is None:
        raise ScaffoldError("git-missing")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        run_copy(
            str(template_folder()),
            folder,
            data=attrs.asdict(answers),
            defaults=True,
            overwrite=True,
            quiet=True,
        )
        _write_schemas(folder, folder / "src" / f"bizrules_{answers.name.replace('-', '_')}")
    except (CopierError, OSError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise ScaffoldError("package-unwritable", folder=str(folder), reason=reason) from error


def _write_schemas(folder: Path, module: Path) -> None:
    """The schemas that the first lines of the documents name, with all facts known there."""
    vocabulary = Engine.load(module / "rulesets", plugins=False).vocabulary
    (folder / SCHEMAS).mkdir(exist_ok=True)
    for kind in KINDS:
        text = json.dumps(schema_for(kind, vocabulary), ensure_ascii=False)
        (folder / SCHEMAS / f"{kind}.json").write_text(f"{text}\n", encoding="utf-8")
