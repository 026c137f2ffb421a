"""`bizrules check` and `bizrules schema`: documents, before anybody relies on them."""

from collections.abc import Iterable, Iterator, Sequence
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
from bizrules.cli._extras import load
from bizrules.cli._inputs import LINES, files_in, read_entries
from bizrules.cli._plain import problem_data
from bizrules.cli._screen import Screen
from bizrules.derivation import Derivation
from bizrules.documents import KINDS
from bizrules.engine import CORE, Engine, core_rulesets
from bizrules.errors import DocumentError, Problem, Severity, sort_problems
from bizrules.loading import Knowledge, load_documents, load_each_matter
from bizrules.plugins import Plugin, installed_plugins
from bizrules.schemas import schema_for

CASES: Final = "cases"
_IS_MATTER: Final = "matter-not-case"
# No package is called so.
_ALL: Final = "*"


@attrs.define(eq=False)
class _Checker:
    """Checks files package by package, each on top of what it rests on.

    A file that belongs to the library, or to an installed plugin, is checked in its place there:
    otherwise all it declares would be there twice.

    Attributes:
        given: The files to be checked, by their real paths.
        knowledge: What is known so far.
        problems: What was found.
        derivations: Derived facts of the packages asked so far.
        rested_on: What was known with each package that none of the files belongs to, kept from
            one check to the next.
    """

    given: dict[Path, Path]
    knowledge: Knowledge = attrs.field(factory=Knowledge)
    problems: list[Problem] = attrs.field(factory=list)
    derivations: list[Derivation] = attrs.field(factory=list)
    rested_on: dict[str, Knowledge] = attrs.field(factory=dict, kw_only=True)
    _own: set[str] = attrs.field(factory=set, init=False)

    def package(self, folders: Iterable[Path], name: str) -> bool:
        """Check the documents of a package and go on from there; whether that is possible."""
        found = [file.resolve() for folder in folders for file in files_in(folder)]
        own = [self.given.pop(file) for file in found if file in self.given]
        self._own |= {str(file) for file in own}
        if not self._own and name in self.rested_on:
            self.knowledge = self.rested_on[name]
            return True
        others = [file for file in found if file not in {path.resolve() for path in own}]
        is_sound = self.documents(own, others, name)
        if is_sound and not self._own:
            self.rested_on[name] = self.knowledge
        return is_sound

    def has_any_in(self, folders: Iterable[Path]) -> bool:
        """Whether one of the files lies in the folders of packages."""
        return any(file.resolve() in self.given for one in folders for file in files_in(one))

    def rest_on(self, plugins: Sequence[Plugin]) -> None:
        """Go on from the library and the plugins, to none of which any of the files belongs."""
        if _ALL not in self.rested_on:
            self.rested_on[_ALL] = Engine.load(plugins=bool(plugins)).knowledge
        self.knowledge = self.rested_on[_ALL]
        self.derivations += (one for plugin in plugins for one in plugin.derivations)

    def foreign(self, plugin: Plugin) -> None:
        """Rulesets of a package for places outside its region, which would stop every run."""
        regions = self.knowledge.regions
        for ruleset in self.knowledge.rulesets:
            place = ruleset.location
            if ruleset.plugin != plugin.name or place is None or place.source not in self._own:
                continue
            if not regions.is_within(ruleset.region, plugin.region):
                details = {"region": ruleset.region, "own": plugin.region, "plugin": plugin.name}
                self.problems.append(Problem("foreign-region", place, details))

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
            found = check_knowledge(
                known, default_catalogue(), base=self.knowledge, derivations=self.derivations
            )
            self.problems.extend(p for p in found if p.location.source in names)
        self.knowledge = known
        return True

    def cases(self, files: Iterable[Path]) -> None:
        """Check case files against what is known: their cases, and their matters."""
        for file in files:
            for entry in read_entries([str(file)], self.knowledge):
                self.problems.extend(one for one in entry.problems if one.code != _IS_MATTER)
            self.problems.extend(self._matter_problems(file))

    def _matter_problems(self, file: Path) -> Iterator[Problem]:
        try:
            documents = () if file.suffix.lower() in LINES else read_file(file)
            for document in documents:
                found = load_each_matter(document, self.knowledge)
                # The cases outside of a matter would come first, taken together.
                outside = isinstance(document.data, dict) and bool(document.data.get(CASES))
                for matter in found[outside:]:
                    yield from matter.problems
        except DocumentError:
            return  # told of with the cases

    def hooks(self, plugin: Plugin) -> None:
        """Take over the derived facts and functional zones of a plugin."""
        self.derivations += plugin.derivations
        regions = self.knowledge.regions.with_zones(plugin.zones)
        self.knowledge = attrs.evolve(self.knowledge, regions=regions)


def problems_of(
    files: Sequence[Path], sources: Sources, rested_on: dict[str, Knowledge] | None = None
) -> tuple[Problem, ...]:
    """Everything to say about the files, by place.

    Args:
        files: Documents and case files.
        sources: What they rest on besides the library.
        rested_on: What an earlier check left for the next one: packages as they were then.

    Raises:
        DocumentError: If what they rest on has problems itself.
        PluginError: If a plugin is not fit.
    """
    kinds = {file: _kind(file) for file in files}
    cases = [file for file, kind in kinds.items() if kind == CASES]
    given = {file.resolve(): file for file in files if file not in cases}
    checker = _Checker(given, rested_on={} if rested_on is None else rested_on)
    if _check_packages(checker, sources):
        further = [Path(path) for path in sources.rulesets]
        base = [file for path in further for file in files_in(path)]
        rest = [file for file in checker.given.values() if file not in base]
        if checker.documents(rest, base, CORE):
            checker.cases(cases)
    return sort_problems(checker.problems)


def _check_packages(checker: _Checker, sources: Sources) -> bool:
    """The library and the plugins; whether what rests on them can be checked too."""
    plugins = () if sources.no_plugins else installed_plugins()
    folders = [core_rulesets(), *(one for plugin in plugins for one in plugin.documents)]
    if not checker.has_any_in(folders):
        checker.rest_on(plugins)
        return True
    if not checker.package([core_rulesets()], CORE):
        return False
    for plugin in plugins:
        checker.hooks(plugin)
        if not checker.package(plugin.documents, plugin.name):
            return False
        checker.foreign(plugin)
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


@attrs.frozen(kw_only=True)
class Task:
    """What to check, and how to say what was found.

    Attributes:
        paths: Files and folders.
        strict: Whether warnings fail.
        form: `text` or `json`.
        sources: What the files rest on besides the library.
        rested_on: What one run leaves for the next.
    """

    paths: tuple[Path, ...]
    strict: bool
    form: str
    sources: Sources
    rested_on: dict[str, Knowledge] = attrs.field(factory=dict)

    def run(self, screen: Screen) -> int:
        """Check everything and say what was found; the exit status.

        Raises:
            DocumentError: If what the files rest on has problems itself.
            PluginError: If a plugin is not fit.
        """
        files = list(dict.fromkeys(file for path in self.paths for file in files_in(path)))
        problems = problems_of(files, self.sources, self.rested_on)
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        warnings = sum(problem.severity is Severity.WARNING for problem in problems)
        counts = {"files": len(files), "errors": errors, "warnings": warnings}
        if self.form == "json":
            listed = [problem_data(problem, screen.lang) for problem in problems]
            screen.data({"problems": listed, **counts})
        else:
            for problem in problems:
                screen.write(problem.render(screen.lang))
            screen.write(screen.say("cli.checked", **counts))
        return PROBLEMS if errors or (self.strict and warnings) else SETTLED


@click.command("check", cls=Command, help="cli.check")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@option("--strict", is_flag=True, text="cli.option.strict")
@option("--watch", is_flag=True, text="format.option.watch")
@json_option
@engine_options
@lang_option
@click.pass_obj
def check(
    screen: Screen,
    *,
    paths: tuple[str, ...],
    strict: bool,
    watch: bool,
    form: str,
    sources: Sources,
) -> int:
    """Problems of documents and case files."""
    task = Task(paths=tuple(map(Path, paths)), strict=strict, form=form, sources=sources)
    if not watch:
        return task.run(screen)
    further = tuple(Path(path) for path in sources.rulesets)
    again = load("bizrules.cli._watching", "kit").watch
    status: int = again(screen, (*task.paths, *further), task.run)
    return status


@click.command("schema", cls=Command, help="cli.schema")
@click.argument("kind", type=click.Choice(tuple(KINDS)), metavar="KIND", required=False)
@option("--facts", is_flag=True, text="cli.option.schema-facts")
@option("--wire", multiple=True, metavar="PATH", text="format.option.wire")
@option("--into", metavar="DIR", text="format.option.into")
@engine_options
@lang_option
@click.pass_obj
def schema(
    screen: Screen,
    *,
    kind: str | None,
    facts: bool,
    wire: tuple[str, ...],
    into: str | None,
    sources: Sources,
) -> int:
    """The JSON Schema of a kind of document, or all of them beside the documents that use them."""
    if (kind is None) == (not wire):
        raise click.UsageError(screen.say("format.schema-kind"))
    if wire:
        folder = None if into is None else Path(into)
        run = load("bizrules.cli._wiring", "kit").wire
        status: int = run(screen, [Path(path) for path in wire], folder, sources)
        return status
    vocabulary = sources.engine().vocabulary if facts else None
    screen.data(schema_for(str(kind), vocabulary), indent=True)
    return SETTLED
