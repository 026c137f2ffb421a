"""`bizrules evaluate` and `bizrules explain`: outcomes of the cases in files."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal, TypeAlias

import attrs
import click

from bizrules._yaml import Kind
from bizrules.cli._commands import (
    OPEN,
    PROBLEMS,
    SETTLED,
    Command,
    Sources,
    bundle_options,
    engine_options,
    lang_option,
    option,
)
from bizrules.cli._inputs import Entry, pick, read_entries
from bizrules.cli._page import page
from bizrules.cli._plain import problem_data
from bizrules.cli._screen import Screen
from bizrules.cli._words import official_text
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.explanation import explain as explained
from bizrules.outcomes import Outcome
from bizrules.report import report

Form: TypeAlias = Literal["text", "json", "jsonl", "markdown"]

_RULE: Final = "-" * 72


@attrs.frozen(kw_only=True)
class Answer:
    """A case of the input with its outcome, or with its problems only."""

    entry: Entry
    outcome: Outcome | None = None

    @property
    def status(self) -> int:
        """The exit status if it were the only case."""
        problems = self.outcome.problems if self.outcome is not None else ()
        if self.outcome is None or any(not problem.is_warning for problem in problems):
            return PROBLEMS
        return SETTLED if self.outcome.settled and not self.outcome.contested else OPEN


def answers(
    files: tuple[str, ...], engine: Engine, *, kind: Kind, wanted: tuple[str, ...]
) -> Iterator[Answer]:
    """Every case wanted, evaluated.

    Args:
        files: Paths; `-` is the standard input.
        engine: What evaluates them.
        kind: What the standard input holds.
        wanted: Ids; none means all.

    Raises:
        UnknownNameError: If an id is found nowhere.
    """
    for entry in pick(read_entries(files, engine.knowledge, kind=kind), wanted):
        if entry.case is None:
            yield Answer(entry=entry)
            continue
        try:
            yield Answer(entry=entry, outcome=engine.evaluate(entry.case))
        except CaseError as error:
            yield Answer(entry=attrs.evolve(entry, problems=error.problems))


def worst(statuses: set[int]) -> int:
    """The exit status of a run: problems before open cases before settled ones."""
    return next((status for status in (PROBLEMS, OPEN) if status in statuses), SETTLED)


def input_options(function: Callable[..., int]) -> Callable[..., int]:
    """The options that say which cases to read."""
    wrapped = option("--case", "wanted", multiple=True, metavar="ID", text="cli.option.case")(
        function
    )
    return option(
        "--input",
        "kind",
        type=click.Choice(("yaml", "json", "jsonl")),
        default="yaml",
        text="cli.option.input",
    )(wrapped)


@click.command("evaluate", cls=Command, help="cli.evaluate")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "jsonl", "markdown")),
    default="text",
    text="cli.option.form",
)
@option("--full", is_flag=True, text="cli.option.full")
@input_options
@engine_options
@bundle_options
@lang_option
@click.pass_obj
def evaluate(
    screen: Screen,
    *,
    files: tuple[str, ...],
    form: Form,
    full: bool,
    kind: Kind,
    wanted: tuple[str, ...],
    sources: Sources,
) -> int:
    """Outcomes of the cases."""
    found = answers(files, sources.engine(), kind=kind, wanted=wanted)
    if form in ("json", "jsonl"):
        return _print_data(found, screen, indent=False if form == "jsonl" else None)
    return _print_texts(found, screen, form="markdown" if form == "markdown" else "text", full=full)


@click.command("explain", cls=Command, help="cli.explain")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@option("--html", is_flag=True, text="cli.option.html")
@input_options
@engine_options
@bundle_options
@lang_option
@click.pass_obj
def explain(
    screen: Screen,
    *,
    files: tuple[str, ...],
    html: bool,
    kind: Kind,
    wanted: tuple[str, ...],
    sources: Sources,
) -> int:
    """Outcomes of the cases with every step."""
    found = answers(files, sources.engine(), kind=kind, wanted=wanted)
    if html:
        return _print_page(found, screen)
    return _print_texts(found, screen, form="text", full=True)


def _print_data(found: Iterator[Answer], screen: Screen, *, indent: bool | None) -> int:
    statuses = set()
    for answer in found:
        statuses.add(answer.status)
        if answer.outcome is None:
            screen.data(_problems_data(answer.entry, screen.lang), indent=indent)
        else:
            screen.data(report(answer.outcome, screen.lang), indent=indent)
    return worst(statuses)


def _problems_data(entry: Entry, lang: str) -> Mapping[str, object]:
    return {
        "case": entry.id,
        "file": entry.source,
        "problems": [problem_data(problem, lang) for problem in entry.problems],
    }


def _print_texts(
    found: Iterator[Answer], screen: Screen, *, form: Literal["text", "markdown"], full: bool
) -> int:
    statuses = set()
    is_first = True
    for answer in found:
        statuses.add(answer.status)
        _note_problems(answer, screen)
        if answer.outcome is None:
            continue
        if not is_first:
            screen.write(f"\n{_RULE}\n")
        is_first = False
        screen.write(explained(answer.outcome, lang=screen.lang, form=form, full=full).rstrip())
        if answer.entry.official is not None:
            screen.write("\n" + official_text(answer.entry.official, screen.lang))
    return worst(statuses)


def _print_page(found: Iterator[Answer], screen: Screen) -> int:
    statuses = set()
    parts = []
    for answer in found:
        statuses.add(answer.status)
        _note_problems(answer, screen)
        if answer.outcome is not None:
            parts.append(explained(answer.outcome, lang=screen.lang, form="html", full=True))
    screen.write(page(parts, screen.lang))
    return worst(statuses)


def _note_problems(answer: Answer, screen: Screen) -> None:
    """Why there is no outcome; problems beside an outcome stand in its explanation."""
    if answer.outcome is None:
        screen.out.flush()
        if answer.entry.id is not None:
            screen.note(screen.say("cli.evaluate.bad-case", case=answer.entry.id))
        screen.problems(answer.entry.problems)
