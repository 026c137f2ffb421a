"""`bizrules test`: golden cases, what they show of the rules, and published ones compared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any, Final

import attrs
import click

from bizrules._tree import Document
from bizrules._yaml import read_file
from bizrules.cli._board import board_data, print_board
from bizrules.cli._commands import (
    PROBLEMS,
    SETTLED,
    Command,
    Sources,
    engine_options,
    lang_option,
    option,
    screen_of,
)
from bizrules.cli._inputs import BadGolden, FoundGoldens, files_in, read_goldens
from bizrules.cli._plain import problem_data
from bizrules.cli._proof import (
    STDOUT,
    is_enough,
    json_text,
    percentage,
    print_proof,
    put_suggestions,
    refuse_existing,
)
from bizrules.cli._screen import Screen
from bizrules.cli._yaml_writer import check_writable, write_text
from bizrules.engine import CORE, Engine, core_rulesets
from bizrules.errors import DocumentError, Problem, UnknownNameError
from bizrules.loading import GoldenCase, GoldenMatter, load_documents
from bizrules.nearness import nearest
from bizrules.testing import (
    GoldenResult,
    MatterResult,
    Scoreboard,
    run_goldens,
    run_matters,
    scoreboard,
)
from bizrules.testing._proof import Proof, junit_text, proof_data, proof_page, prove, suggest

GOLDEN: Final = "golden"
CASES: Final = "cases"
RULESET: Final = "ruleset"
FORMS: Final = ("text", "json", "junit", "html")


@attrs.frozen(kw_only=True)
class Gathered:
    """What the paths hold.

    Attributes:
        engine: The engine, with the rules that lie beside the golden cases.
        goldens: Golden cases that can be run.
        matters: Golden matters that can be run.
        bad: Golden cases and matters that cannot.
        problems: What is wrong with whole files; each of them counts as failed.
        rulesets: Ids of the rulesets among the files; None for all that are loaded.
    """

    engine: Engine
    goldens: Sequence[GoldenCase] = ()
    matters: Sequence[GoldenMatter] = ()
    bad: tuple[BadGolden, ...] = ()
    problems: tuple[tuple[Problem, ...], ...] = ()
    rulesets: frozenset[str] | None = None

    @property
    def failures(self) -> int:
        """How much cannot even be run."""
        return len(self.bad) + len(self.problems)


def gather(paths: Sequence[str], engine: Engine) -> Gathered:
    """The golden cases of files and folders; without any, those of the engine.

    Rules beside them that the engine does not have yet are loaded first.

    Args:
        paths: Files and folders.
        engine: What is loaded already.

    Raises:
        DocumentError: If the rules beside the golden cases have problems.
    """
    if not paths:
        own = engine.knowledge
        return Gathered(engine=engine, goldens=own.goldens, matters=own.golden_matters)
    documents: list[Document] = []
    rulesets: set[str] = set()
    unread: list[tuple[Problem, ...]] = []
    known = _known_content(engine)
    # Case files that lie in a folder beside golden ones are passed over, but not one asked for.
    named = {str(Path(path)) for path in paths}
    for file in dict.fromkeys(file for path in paths for file in files_in(Path(path))):
        try:
            found = read_file(file)
        except DocumentError as error:
            unread.append(error.problems)
            continue
        unread += [(_not_golden(one),) for one in found if str(file) in named and _is_plain(one)]
        rulesets.update(_ruleset_ids(found))
        is_known = _content(file) in known
        documents += [one for one in found if _kind(one) == GOLDEN or not is_known]
    return attrs.evolve(_gathered(documents, unread, engine), rulesets=frozenset(rulesets))


def package_paths(names: Iterable[str], engine: Engine) -> tuple[str, ...]:
    """Files and folders of installed packages; `bizrules` is the library itself.

    Args:
        names: Names of the packages.
        engine: What has them.

    Raises:
        UnknownNameError: If a package is not installed.
    """
    folders = {plugin.name: plugin.documents for plugin in engine.plugins}
    folders[CORE] = (core_rulesets(),)
    found: list[str] = []
    for name in names:
        if name not in folders:
            raise UnknownNameError("package", name, nearest(name, folders))
        found += map(str, folders[name])
    return tuple(found)


def _ruleset_ids(documents: Iterable[Document]) -> Iterator[str]:
    for one in documents:
        if _kind(one) == RULESET and isinstance(one.data, dict) and "id" in one.data:
            yield str(one.data["id"])


def _gathered(
    documents: Sequence[Document], unread: list[tuple[Problem, ...]], engine: Engine
) -> Gathered:
    further = [one for one in documents if _kind(one) not in (GOLDEN, CASES)]
    if further:
        knowledge = load_documents(further, base=engine.knowledge)
        engine = attrs.evolve(engine, knowledge=knowledge)
    found: list[FoundGoldens] = []
    for document in documents:
        if _kind(document) == GOLDEN:
            try:
                found.append(read_goldens(document, engine.knowledge))
            except DocumentError as error:
                unread.append(error.problems)
    return Gathered(
        engine=engine,
        goldens=tuple(one for each in found for one in each.cases),
        matters=tuple(one for each in found for one in each.matters),
        bad=tuple(one for each in found for one in each.bad),
        problems=tuple(unread),
    )


def _kind(document: Document) -> str:
    data = document.data
    return str(data.get("document", CASES)) if isinstance(data, dict) else CASES


def _is_plain(document: Document) -> bool:
    return _kind(document) == CASES


def _not_golden(document: Document) -> Problem:
    return Problem("not-golden", document.locate(()))


def _known_content(engine: Engine) -> frozenset[str]:
    """What the files of the library and of the plugins hold, wherever they lie."""
    folders = [core_rulesets(), *(path for plugin in engine.plugins for path in plugin.documents)]
    return frozenset(_content(file) for folder in folders for file in files_in(folder))


def _content(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


@attrs.frozen(kw_only=True)
class Wanted:
    """What is wanted besides the golden cases themselves.

    Attributes:
        form: Form of the results.
        target: File for the results; None for the standard output.
        board: Whether the published cases are compared.
        coverage: Whether to tell what the cases show of the rules.
        least: Percentage that must be shown; None for any.
        suggestions: New file for suggested cases, `-` for the standard output; None for none.
    """

    form: str
    target: str | None
    board: bool
    coverage: bool
    least: Decimal | None
    suggestions: str | None

    @property
    def proof(self) -> bool:
        """Whether it has to be worked out what the cases show."""
        asked = self.coverage or self.form == "html"
        return asked or self.least is not None or self.suggestions is not None

    @property
    def shows_text(self) -> bool:
        """Whether the screen shows text, and not a document for programs."""
        if self.suggestions == STDOUT:
            return False
        return self.form == "text" or self.target is not None


@click.command("test", cls=Command, help="cli.test")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@option("--package", "packages", multiple=True, metavar="NAME", text="cli.option.package")
@option("--scoreboard", "board", is_flag=True, text="cli.option.scoreboard")
@option("--coverage", is_flag=True, text="cli.option.test-coverage")
@option(
    "--fail-under",
    "least",
    metavar="PERCENT",
    callback=percentage,
    text="cli.option.fail-under",
)
@option(
    "--suggest",
    "suggestions",
    is_flag=False,
    flag_value=STDOUT,
    metavar="[FILE]",
    text="cli.option.suggest",
)
@option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default="text",
    text="cli.option.test-form",
)
@option("-o", "--output", "target", metavar="FILE", text="cli.option.test-output")
@engine_options
@lang_option
@click.pass_context
def test(
    context: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    packages: tuple[str, ...],
    sources: Sources,
    **given: Any,  # noqa: ANN401 - the fields of `Wanted`
) -> int:
    """Golden cases, run."""
    wanted, screen = Wanted(**given), screen_of(context)
    if wanted.suggestions == STDOUT and wanted.form != "text" and wanted.target is None:
        context.fail(screen.say("proof.suggest-alone"))
    if wanted.suggestions not in (None, STDOUT):
        refuse_existing(str(wanted.suggestions))
    if wanted.target is not None:
        check_writable(Path(wanted.target))
    engine = sources.engine()
    gathered = gather([*paths, *package_paths(packages, engine)], engine)
    return _report(_run(gathered, wanted), wanted, screen)


@attrs.frozen(kw_only=True)
class Run:
    """Golden cases and matters, run.

    Attributes:
        gathered: What was gathered.
        results: Every case and matter.
        proof: What they show of the rules, if that is wanted.
        scores: The published cases compared, if that is wanted.
    """

    gathered: Gathered
    results: tuple[GoldenResult | MatterResult, ...]
    proof: Proof | None = None
    scores: Scoreboard | None = None

    @property
    def counting(self) -> list[GoldenResult | MatterResult]:
        """Those of which something is expected."""
        return [result for result in self.results if result.counts]

    @property
    def passed(self) -> int:
        """How many came out as expected."""
        return sum(result.passed for result in self.counting)

    @property
    def failed(self) -> int:
        """How many did not, or could not be run."""
        return len(self.counting) - self.passed + self.gathered.failures


def _run(gathered: Gathered, wanted: Wanted) -> Run:
    engine = gathered.engine
    results: tuple[GoldenResult | MatterResult, ...] = (
        *run_goldens(engine, gathered.goldens),
        *run_matters(engine, gathered.matters),
    )
    return Run(
        gathered=gathered,
        results=results,
        proof=prove(engine, results, rulesets=gathered.rulesets) if wanted.proof else None,
        scores=scoreboard(engine, gathered.goldens) if wanted.board else None,
    )


def _report(run: Run, wanted: Wanted, screen: Screen) -> int:
    """Everything wanted, and the exit status."""
    enough = run.proof is None or is_enough(run.proof, wanted.least)
    if wanted.suggestions is not None and run.proof is not None:
        cases = [one for one in run.results if isinstance(one, GoldenResult)]
        found = suggest(run.gathered.engine, run.proof, cases)
        put_suggestions(found, wanted.suggestions, screen)
    if wanted.shows_text:
        _print(run, wanted, screen)
    if wanted.target is not None:
        write_text(Path(wanted.target), _document(run, wanted, screen, enough=enough))
    elif wanted.form == "json":
        screen.data(_data(run, screen.lang))
    elif wanted.form != "text":
        screen.write(_document(run, wanted, screen, enough=enough))
    if run.proof is not None and not run.proof.rules:
        screen.note(screen.say("proof.no-rules"))
        enough = enough and wanted.least is None
    elif run.proof is not None and not enough:
        percent = run.proof.count().percent
        screen.note(screen.say("proof.below", percent=percent, wanted=wanted.least))
    return PROBLEMS if run.failed or not enough else SETTLED


def _document(run: Run, wanted: Wanted, screen: Screen, *, enough: bool) -> str:
    """The results in the form, for a file or for the standard output."""
    lang = screen.lang
    if wanted.form == "json":
        return json_text(_data(run, lang))
    if wanted.form == "html" and run.proof is not None:
        failed = [result for result in run.counting if not result.passed]
        return proof_page(run.proof, lang, failed=failed).removesuffix("\n")
    if wanted.form == "junit":
        broken = list(_broken(run.gathered, lang))
        proof = run.proof if wanted.coverage or wanted.least is not None else None
        text = junit_text(run.counting, lang, proof=proof, enough=enough, broken=broken)
        return text.removesuffix("\n")
    paper = StringIO()
    _print(run, wanted, Screen(lang, out=paper, err=paper))
    return paper.getvalue().removesuffix("\n")


def _broken(gathered: Gathered, lang: str) -> Iterator[tuple[str, str]]:
    """What could not be run, by its name, with its problems."""
    for bad in gathered.bad:
        yield bad.id or "?", "\n".join(one.render(lang) for one in bad.problems)
    for problems in gathered.problems:
        yield problems[0].location.source, "\n".join(one.render(lang) for one in problems)


def _data(run: Run, lang: str) -> dict[str, object]:
    cases = [_result_data(result, lang) for result in run.counting]
    cases += [
        {"case": bad.id, "passed": False, "problems": _problems_data(bad.problems, lang)}
        for bad in run.gathered.bad
    ]
    data: dict[str, object] = {
        "cases": cases,
        "files": [_problems_data(problems, lang) for problems in run.gathered.problems],
    }
    if run.scores is not None:
        data["scoreboard"] = board_data(run.scores, lang)
    if run.proof is not None:
        data["coverage"] = proof_data(run.proof, lang)
    return data | {"passed": run.passed, "failed": run.failed}


def _result_data(result: GoldenResult | MatterResult, lang: str) -> dict[str, object]:
    return {
        "case": result.id,
        "passed": result.passed,
        "differences": [
            {
                "part": one.part,
                "expected": one.expected,
                "found": one.found,
                "text": one.text.in_(lang),
            }
            for one in result.differences
        ],
    }


def _problems_data(problems: Iterable[Problem], lang: str) -> list[Mapping[str, object]]:
    return [problem_data(problem, lang) for problem in problems]


def _print(run: Run, wanted: Wanted, screen: Screen) -> None:
    for problems in run.gathered.problems:
        screen.problems(problems)
    for bad in run.gathered.bad:
        screen.write(screen.say("cli.test.failed", case=bad.id or "?", place=""))
        screen.problems(bad.problems)
    for result in run.counting:
        if not result.passed:
            golden = result.golden
            place = "" if golden.location is None else f"  {golden.location}"
            screen.write(screen.say("cli.test.failed", case=result.id, place=place))
            for one in result.differences:
                screen.write(f"    {one.text.in_(screen.lang)}")
    if run.scores is not None:
        print_board(run.scores, screen)
    if run.proof is not None and (wanted.coverage or wanted.least is not None):
        print_proof(run.proof, screen)
    screen.write(f"{run.passed} passed, {run.failed} failed")
