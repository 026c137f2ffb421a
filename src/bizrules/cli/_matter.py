"""`bizrules matter`: several cases of one party together."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

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
from bizrules.cli._evaluate import worst
from bizrules.cli._inputs import read_source
from bizrules.cli._plain import problem_data
from bizrules.cli._screen import Screen
from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.explanation import explain_matter
from bizrules.loading import load_each_matter
from bizrules.matters import MatterOutcome
from bizrules.report import report_matter

Form: TypeAlias = Literal["text", "json", "markdown"]

_RULE = "-" * 72


@attrs.frozen(kw_only=True)
class Joint:
    """A matter of the input with its joint outcome, or with its problems.

    Attributes:
        id: Its name; None if it has none, or that could not be read.
        outcome: The joint outcome; None if there are problems.
        problems: What is wrong with it.
    """

    id: str | None
    outcome: MatterOutcome | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def status(self) -> int:
        """The exit status if it were the only matter."""
        if self.outcome is None or any(part.outcome.problems for part in self.outcome.parts):
            return PROBLEMS
        return SETTLED if self.outcome.settled and not self.outcome.contested else OPEN


@click.command("matter", cls=Command, help="cli.matter")
@click.argument("file", metavar="FILE")
@option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown", "json")),
    default="text",
    text="cli.option.matter-form",
)
@option("--full", is_flag=True, text="cli.option.matter-full")
@option(
    "--input",
    "kind",
    type=click.Choice(("yaml", "json")),
    default="yaml",
    text="cli.option.input",
)
@engine_options
@bundle_options
@lang_option
@click.pass_obj
def matter(
    screen: Screen, *, file: str, form: Form, full: bool, kind: Kind, sources: Sources
) -> int:
    """Joint outcomes of the matters."""
    statuses = set()
    for number, joint in enumerate(_joints(file, kind, sources.engine())):
        statuses.add(joint.status)
        if form == "json":
            screen.data(_data(joint, screen.lang))
        elif joint.outcome is None:
            _note_problems(joint, screen)
        else:
            if number:
                screen.write(f"\n{_RULE}\n")
            shown = "markdown" if form == "markdown" else "text"
            text = explain_matter(joint.outcome, lang=screen.lang, form=shown, full=full)
            screen.write(text.rstrip())
    return worst(statuses)


def _joints(file: str, kind: Kind, engine: Engine) -> Iterator[Joint]:
    """Every matter of the file; one with problems never stops the rest.

    Raises:
        DocumentError: If the file cannot be read, or what stands around the matters is wrong.
    """
    for document in read_source(file, kind=kind):
        for reading in load_each_matter(document, engine.knowledge):
            if reading.problems:
                yield Joint(id=reading.id, problems=reading.problems)
                continue
            try:
                outcome = engine.evaluate_matter(reading.cases, name=reading.id or "")
            except CaseError as error:
                yield Joint(id=reading.id, problems=error.problems)
            else:
                yield Joint(id=reading.id, outcome=outcome)


def _data(joint: Joint, lang: str) -> dict[str, object]:
    if joint.outcome is not None:
        return report_matter(joint.outcome, lang)
    problems = [problem_data(problem, lang) for problem in joint.problems]
    return {"matter": joint.id, "problems": problems}


def _note_problems(joint: Joint, screen: Screen) -> None:
    screen.out.flush()
    if joint.id is None:
        screen.note(screen.say("cli.matter.bad-unnamed"))
    else:
        screen.note(screen.say("cli.matter.bad", matter=joint.id))
    screen.problems(joint.problems)
