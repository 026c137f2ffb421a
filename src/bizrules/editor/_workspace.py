"""What documents rest on, and what is wrong with one that is being written."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

import attrs

from bizrules._tree import Document
from bizrules._yaml import Kind, read_bytes
from bizrules.checking import check, default_catalogue
from bizrules.engine import CORE, core_rulesets
from bizrules.errors import DocumentError, Problem
from bizrules.loading import Knowledge, load_documents, load_each_case, load_each_matter
from bizrules.plugins import installed_plugins
from bizrules.regions import Region

_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
_CASES: Final = "cases"
_IS_MATTER: Final = "matter-not-case"
_KNOWLEDGE: Final = frozenset({"vocabulary", "violations", "ruleset"})


@attrs.frozen
class _Package:
    """Documents that are shipped together, and the zones they name."""

    name: str
    folders: tuple[Path, ...]
    zones: tuple[Region, ...] = ()

    def has(self, path: Path) -> bool:
        """Whether the file belongs to the package."""
        return any(path.is_relative_to(folder) for folder in self.folders)

    def files(self) -> Iterator[Path]:
        """Every document of the package."""
        for folder in self.folders:
            yield from documents_in(folder)


def documents_in(folder: Path) -> Iterator[Path]:
    """The documents in a folder and below it, but for hidden ones and folders named `_…`."""
    for file in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
        inner = file.relative_to(folder).parts[:-1] if folder.is_dir() else ()
        is_hidden = folder.is_dir() and file.name.startswith(".")
        if file.suffix.lower() in _SUFFIXES and not (
            is_hidden or any(part[0] in "._" for part in inner)
        ):
            yield file


@attrs.frozen
class Reading:
    """A document as it stands.

    Attributes:
        problems: What is wrong with it.
        knowledge: What is known with it; None if it cannot be loaded.
    """

    problems: tuple[Problem, ...]
    knowledge: Knowledge | None = None


@attrs.frozen(eq=False, slots=False)
class Workspace:
    """The packages that are installed, each on top of those before it, and further documents.

    Attributes:
        rulesets: Further files and folders that documents rest on.
        plugins: Whether the installed packages count.
    """

    rulesets: tuple[Path, ...] = ()
    plugins: bool = True

    @cached_property
    def _packages(self) -> tuple[_Package, ...]:
        core = _Package(CORE, (core_rulesets().resolve(),))
        found = installed_plugins() if self.plugins else ()
        shipped = (
            _Package(one.name, tuple(path.resolve() for path in one.documents), one.zones)
            for one in found
        )
        return (core, *shipped)

    @cached_property
    def _levels(self) -> tuple[Knowledge, ...]:
        """What is known before each package, with its zones, and at the end.

        A package with problems adds nothing: they are shown where they are, in its own documents.
        """
        known, levels = Knowledge(), []
        for package in self._packages:
            known = attrs.evolve(known, regions=known.regions.with_zones(package.zones))
            levels.append(known)
            with suppress(DocumentError):
                known = load_documents(package.files(), base=known, plugin=package.name)
        return (*levels, known)

    def forget(self, path: Path) -> None:
        """Read the packages again, if the file that was written belongs to one."""
        if any(package.has(path) for package in self._packages):
            self.__dict__.pop("_levels", None)

    @property
    def base(self) -> Knowledge:
        """What is known with every package.

        Raises:
            PluginError: If a plugin is not fit.
        """
        return self._levels[-1]

    def read(self, path: Path, texts: Mapping[Path, str]) -> Reading:
        """A document as it stands in the editor, with those it is read with.

        Args:
            path: The real path of the document; of one that is not in a file its address.
            texts: Documents as they stand in the editor, by their real paths.

        Raises:
            PluginError: If a plugin is not fit.
        """
        package, base = self._place(path)
        own = read_text(path, texts[path])
        if isinstance(own, tuple):
            return Reading(own)
        beside = [one for one in self._beside(path, package) if one != path]
        sources = [*_documents(beside, texts)]
        name = CORE if package is None else package.name
        is_case_file = _kind(own) == _CASES
        try:
            known = load_documents(
                sources if is_case_file else [own, *sources], base=base, plugin=name
            )
        except DocumentError as error:
            # Of a case file nothing can be said while the rules beside it are faulty.
            return Reading(_of(own, error.problems))
        if is_case_file:
            return Reading(tuple(case_problems(own, known)), known)
        return Reading(_of(own, check(known, default_catalogue(), base=base)), known)

    def _place(self, path: Path) -> tuple[_Package | None, Knowledge]:
        """The package of the file, and what is known before it."""
        for package, level in zip(self._packages, self._levels, strict=False):
            if package.has(path):
                return package, level
        return None, self.base

    def _beside(self, path: Path, package: _Package | None) -> Iterable[Path]:
        """The files that are read with the file: its package, or those in its folder.

        Golden cases mostly lie in a folder `cases` beside the rules they test. Beside a document
        that is not in a file, or not yet in a folder, there is nothing.
        """
        if package is not None:
            return package.files()
        home = path.parent.parent if path.parent.name == _CASES else path.parent
        has_home = path.is_absolute() and home.is_dir()
        near = (file for file in home.iterdir() if _is_beside(file)) if has_home else ()
        further = (file.resolve() for one in self.rulesets for file in documents_in(one))
        return sorted({*near, *further})


def _is_beside(file: Path) -> bool:
    return file.suffix.lower() in _SUFFIXES and not file.name.startswith(".")


def read_text(path: Path, text: str) -> Document | tuple[Problem, ...]:
    """The document, or what makes it unreadable."""
    kind: Kind = "json" if path.suffix.lower() == ".json" else "yaml"
    try:
        # Half of a pair of UTF-16 is no character, and reported like bytes that are none.
        raw = text.encode(errors="surrogatepass")
        (document,) = read_bytes(raw, str(path), kind=kind)
    except DocumentError as error:
        return error.problems
    return document


def _documents(files: Iterable[Path], texts: Mapping[Path, str]) -> Iterator[Document]:
    """The files as they stand in the editor or on the disk; cases and faulty ones are left out."""
    for file in files:
        try:
            text = texts[file] if file in texts else file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        found = read_text(file, text)
        if isinstance(found, Document) and _kind(found) in _KNOWLEDGE:
            yield found


def _kind(document: Document) -> str:
    data = document.data
    return str(data.get("document", _CASES)) if isinstance(data, dict) else ""


def _of(document: Document, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(one for one in problems if one.location.source == document.name)


def case_problems(document: Document, knowledge: Knowledge) -> Iterator[Problem]:
    """What is wrong with the cases and matters of a document.

    Args:
        document: A case file.
        knowledge: What its cases may name.
    """
    try:
        cases = load_each_case(document, knowledge)
        matters = load_each_matter(document, knowledge)
    except DocumentError as error:
        yield from error.problems
        return
    for case in cases:
        yield from (one for one in case.problems if one.code != _IS_MATTER)
    # The cases outside of a matter would come first, taken together.
    outside = isinstance(document.data, dict) and bool(document.data.get(_CASES))
    for matter in matters[outside:]:
        yield from matter.problems
