"""`bizrules check` and `bizrules schema`: documents, before anybody relies on them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import attrs
import click

from bizrules._yaml import read_file
from bizrules.checking import check as check_knowledge
from bizrules.checking import default_catalogue
from bizrules.cli._commands import (
    PROBLEMS,
    SETTLED,
    Command,
    Sources,
    engine_options,
    json_option,
    lang_option,
    option,
)
from bizrules.cli._inputs import LINES, files_in, read_entries
from bizrules.cli._plain import problem_data
from bizrules.cli._screen import Screen
from bizrules.documents import KINDS
from bizrules.engine import CORE, core_rulesets
from bizrules.errors import DocumentError, Problem, Severity, sort_problems
from bizrules.loading import Knowledge, load_documents
from bizrules.plugins import Plugin, installed_plugins
from bizrules.schemas import schema_for

CASES: Final = "cases"


@attrs.define(eq=False)
class _Checker:
    """Checks files package by package, each on top of what it rests on.

    A file that belongs to the library, or to an installed plugin, is checked in its place there:
    otherwise all it declares would be there twice.

    Attributes:
        given: The files to be checked, by their real paths.
        knowledge: What is known so far.
        problems: What was found.
    """

    given: dict[Path, Path]
    knowledge: Knowledge = attrs.field(factory=Knowledge)
    problems: list[Problem] = attrs.field(factory=list)

    def package(self, folders: Iterable[Path], name: str) -> bool:
        """Check the documents of a package and go on from there; whether that is possible."""
        found = [file.resolve() for folder in folders for file in files_in(folder)]
        own = [self.given.pop(file) for file in found if file in self.given]
        others = [file for file in found if file not in {path.resolve() for path in own}]
        return self.documents(own, others, name)

    def documents(self, own: Sequence[Path], others: Sequence[Path], name: str) -> bool:
        """Check files among others and go on from there; whether that is possible."""
        try:
            known = load_documents([*own, *others], base=self.knowledge, plugin=name)
        except DocumentError as error:
            if not own:
                raise
            # A fault in one file may show in another.
            self.problems.extend(error.problems)
            return False
        if own:
            names = {str(file) for file in own}
            found = check_knowledge(known, default_catalogue(), base=self.knowledge)
            self.problems.extend(p for p in found if p.location.source in names)
        self.knowledge = known
        return True

    def cases(self, files: Iterable[Path]) -> None:
        """Check case files against what is known."""
        for entry in read_entries(map(str, files), self.knowledge):
            self.problems.extend(entry.problems)

    def zones(self, plugin: Plugin) -> None:
        """Take over the functional zones of a plugin."""
        regions = self.knowledge.regions.with_zones(plugin.zones)
        self.knowledge = attrs.evolve(self.knowledge, regions=regions)


def problems_of(files: Sequence[Path], sources: Sources) -> tuple[Problem, ...]:
    """Everything to say about the files, by place.

    Args:
        files: Documents and case files.
        sources: What they rest on besides the library.

    Raises:
        DocumentError: If what they rest on has problems itself.
        PluginError: If a plugin is not fit.
    """
    kinds = {file: _kind(file) for file in files}
    cases = [file for file, kind in kinds.items() if kind == CASES]
    checker = _Checker({file.resolve(): file for file in files if file not in cases})
    if _check_packages(checker, sources):
        further = [Path(path) for path in sources.rulesets]
        base = [file for path in further for file in files_in(path)]
        rest = [file for file in checker.given.values() if file not in base]
        if checker.documents(rest, base, CORE):
            checker.cases(cases)
    return sort_problems(checker.problems)


def _check_packages(checker: _Checker, sources: Sources) -> bool:
    """The library and the plugins; whether what rests on them can be checked too."""
    if not checker.package([core_rulesets()], CORE):
        return False
    for plugin in () if sources.no_plugins else installed_plugins():
        checker.zones(plugin)
        if not checker.package(plugin.documents, plugin.name):
            return False
    return True


def _kind(file: Path) -> str:
    """What the file says it is; a file that cannot be read is left to those who report it."""
    if file.suffix.lower() in LINES:
        return CASES
    try:
        data = read_file(file)[0].data
    except DocumentError:
        return ""
    return str(data.get("document", CASES)) if isinstance(data, dict) else ""


@click.command("check", cls=Command, help="cli.check")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@option("--strict", is_flag=True, text="cli.option.strict")
@json_option
@engine_options
@lang_option
@click.pass_obj
def check(
    screen: Screen, *, paths: tuple[str, ...], strict: bool, form: str, sources: Sources
) -> int:
    """Problems of documents and case files."""
    files = list(dict.fromkeys(file for path in paths for file in files_in(Path(path))))
    problems = problems_of(files, sources)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = sum(problem.severity is Severity.WARNING for problem in problems)
    if form == "json":
        listed = [problem_data(problem, screen.lang) for problem in problems]
        counts = {"files": len(files), "errors": errors, "warnings": warnings}
        screen.data({"problems": listed, **counts})
    else:
        for problem in problems:
            screen.write(problem.render(screen.lang))
        screen.write(screen.say("cli.checked", files=len(files), errors=errors, warnings=warnings))
    return PROBLEMS if errors or (strict and warnings) else SETTLED


@click.command("schema", cls=Command, help="cli.schema")
@click.argument("kind", type=click.Choice(tuple(KINDS)), metavar="KIND")
@option("--facts", is_flag=True, text="cli.option.schema-facts")
@engine_options
@lang_option
@click.pass_obj
def schema(screen: Screen, *, kind: str, facts: bool, sources: Sources) -> int:
    """The JSON Schema of a kind of document."""
    vocabulary = sources.engine().vocabulary if facts else None
    screen.data(schema_for(kind, vocabulary), indent=True)
    return SETTLED
