"""`bizrules test`: golden cases, and the scoreboard of published ones."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

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
    json_option,
    lang_option,
    option,
)
from bizrules.cli._inputs import BadGolden, FoundGoldens, files_in, read_goldens
from bizrules.cli._plain import problem_data
from bizrules.cli._screen import Screen
from bizrules.engine import Engine, core_rulesets
from bizrules.errors import DocumentError, Problem
from bizrules.loading import GoldenCase, GoldenMatter, load_documents
from bizrules.testing import (
    GoldenResult,
    MatterResult,
    Scoreboard,
    run_goldens,
    run_matters,
    scoreboard,
)

GOLDEN = "golden"
CASES = "cases"


@attrs.frozen(kw_only=True)
class Gathered:
    """What the paths hold.

    Attributes:
        engine: The engine, with the rules that lie beside the golden cases.
        goldens: Golden cases that can be run.
        matters: Golden matters that can be run.
        bad: Golden cases and matters that cannot.
        problems: What is wrong with whole files; each of them counts as failed.
    """

    engine: Engine
    goldens: tuple[GoldenCase, ...] = ()
    matters: tuple[GoldenMatter, ...] = ()
    bad: tuple[BadGolden, ...] = ()
    problems: tuple[tuple[Problem, ...], ...] = ()

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
        is_known = _content(file) in known
        documents += [one for one in found if _kind(one) == GOLDEN or not is_known]
    return _gathered(documents, unread, engine)


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


@click.command("test", cls=Command, help="cli.test")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@option("--scoreboard", "board", is_flag=True, text="cli.option.scoreboard")
@json_option
@engine_options
@lang_option
@click.pass_obj
def test(
    screen: Screen, *, paths: tuple[str, ...], board: bool, form: str, sources: Sources
) -> int:
    """Golden cases, run."""
    gathered = gather(paths, sources.engine())
    engine = gathered.engine
    run: tuple[GoldenResult | MatterResult, ...] = (
        *run_goldens(engine, gathered.goldens),
        *run_matters(engine, gathered.matters),
    )
    results = [result for result in run if result.counts]
    passed = sum(result.passed for result in results)
    failed = len(results) - passed + gathered.failures
    scores = scoreboard(engine, gathered.goldens) if board else None
    if form == "json":
        screen.data(_data(gathered, results, scores, screen.lang) | _counts(passed, failed))
    else:
        _print(gathered, results, screen)
        if scores is not None:
            print_board(scores, screen)
        screen.write(f"{passed} passed, {failed} failed")
    return PROBLEMS if failed else SETTLED


def _counts(passed: int, failed: int) -> dict[str, object]:
    return {"passed": passed, "failed": failed}


def _data(
    gathered: Gathered,
    results: Iterable[GoldenResult | MatterResult],
    scores: Scoreboard | None,
    lang: str,
) -> dict[str, object]:
    cases = [_result_data(result, lang) for result in results]
    cases += [
        {"case": bad.id, "passed": False, "problems": _problems_data(bad.problems, lang)}
        for bad in gathered.bad
    ]
    data: dict[str, object] = {
        "cases": cases,
        "files": [_problems_data(problems, lang) for problems in gathered.problems],
    }
    if scores is not None:
        data["scoreboard"] = board_data(scores, lang)
    return data


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


def _print(
    gathered: Gathered, results: Iterable[GoldenResult | MatterResult], screen: Screen
) -> None:
    for problems in gathered.problems:
        screen.problems(problems)
    for bad in gathered.bad:
        screen.write(screen.say("cli.test.failed", case=bad.id or "?", place=""))
        screen.problems(bad.problems)
    for result in results:
        if not result.passed:
            golden = result.golden
            place = "" if golden.location is None else f"  {golden.location}"
            screen.write(screen.say("cli.test.failed", case=result.id, place=place))
            for one in result.differences:
                screen.write(f"    {one.text.in_(screen.lang)}")
