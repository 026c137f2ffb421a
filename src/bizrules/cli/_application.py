"""The program `bizrules`: all its commands, and how errors are shown."""

import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from bizrules.cli._ask import ask
from bizrules.cli._batch import batch
from bizrules.cli._bundle import bundle
from bizrules.cli._catalogue import facts, violations
from bizrules.cli._check import check, schema
from bizrules.cli._commands import (
    PROBLEMS,
    SETTLED,
    USAGE,
    Group,
    lang_option,
    option,
    screen_of,
    usage_text,
)
from bizrules.cli._coverage import coverage, plugins
from bizrules.cli._diff import diff
from bizrules.cli._editor import editor
from bizrules.cli._evaluate import evaluate, explain
from bizrules.cli._fmt import fmt
from bizrules.cli._golden import test
from bizrules.cli._matter import matter
from bizrules.cli._mutate import mutate
from bizrules.cli._new import new
from bizrules.cli._rulebook import rulebook
from bizrules.cli._rules import rules, show
from bizrules.cli._screen import Screen, prepare
from bizrules.cli._timeline import timeline
from bizrules.engine import core_version
from bizrules.errors import BizrulesError

NAME: Final = "bizrules"
NO_READER: Final = 141


@click.command("version", cls=Group.command_class, help="cli.version")
@lang_option
@click.pass_obj
def version(screen: Screen) -> int:
    """The version of the library."""
    screen.write(f"{NAME} {core_version()}")
    return SETTLED


def _show_version(context: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        screen_of(context).write(f"{NAME} {core_version()}")
        context.exit(SETTLED)


@click.group(
    NAME,
    cls=Group,
    help="cli.program",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@lang_option
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    text="cli.version",
)
@click.pass_context
def program(context: click.Context) -> int:
    """All commands; without one, the help."""
    if context.invoked_subcommand is None:
        screen_of(context).note(context.get_help())
        return USAGE
    return SETTLED


for _command in (
    evaluate,
    explain,
    matter,
    timeline,
    ask,
    batch,
    check,
    fmt,
    editor,
    rules,
    show,
    diff,
    violations,
    facts,
    plugins,
    coverage,
    rulebook,
    bundle,
    new,
    test,
    mutate,
    schema,
    version,
):
    program.add_command(_command)


def run(args: Sequence[str], lang: str) -> int:
    """Run the program; no error of the library is shown as a stack trace.

    Args:
        args: What follows the name of the program.
        lang: Language of everything it says.

    Returns:
        The exit status.
    """
    prepare(sys.stdout)
    prepare(sys.stderr)
    screen = Screen(lang)
    try:
        status = _run(args, screen)
        screen.flush()
    except BrokenPipeError:
        _let_go()
        return NO_READER
    return status


def _run(args: Sequence[str], screen: Screen) -> int:
    # Not `program.main`: it has its own idea of a broken pipe.
    try:
        with program.make_context(NAME, list(args), obj=screen) as context:
            status = program.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        screen.note(usage_text(error, screen))
        return USAGE
    except BizrulesError as error:
        screen.error(error)
        return PROBLEMS
    return status if isinstance(status, int) else SETTLED


def _let_go() -> None:
    """Send the rest to nowhere, so that Python does not complain about the pipe at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
