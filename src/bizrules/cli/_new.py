"""`bizrules new`: a package of rules for a place, ready to be tested and installed."""

from pathlib import Path
from typing import Final

import click

from bizrules.cli._commands import SETTLED, Command, lang_option, option
from bizrules.cli._extras import load
from bizrules.cli._screen import Screen
from bizrules.loading import load_documents

EXTRA: Final = "kit"


@click.command("new", cls=Command, help="scaffold.command")
@click.argument("name", metavar="[NAME]", required=False)
@option("--region", metavar="REGION", text="scaffold.option.region")
@option("--output", metavar="DIR", text="scaffold.option.output")
@option("--english", metavar="TEXT", text="scaffold.option.english")
@option("--author", metavar="TEXT", text="scaffold.option.author")
@option("--update", metavar="DIR", text="scaffold.option.update")
@lang_option
@click.pass_context
def new(context: click.Context, /, update: str | None, **given: str | None) -> int:
    """A new package of rules, or one that is brought up to date."""
    screen: Screen = context.obj
    scaffold = load("bizrules.scaffold", EXTRA)
    if update is not None:
        if any(given.values()):
            raise click.UsageError(screen.say("scaffold.usage.update"), context)
        answers = scaffold.update_package(Path(update))
        told = screen.say(
            "scaffold.updated", package=answers.package, folder=update, core=answers.core
        )
        screen.write(told)
        return SETTLED
    name, region = given["name"], given["region"]
    if name is None or region is None:
        raise click.UsageError(screen.say("scaffold.usage.missing"), context)
    answers = scaffold.answers_for(
        name,
        region,
        load_documents(()).regions,
        english=given["english"],
        author=given["author"],
    )
    folder = Path(given["output"] or answers.package)
    scaffold.create_package(answers, folder)
    place = f"{answers.region} {answers.place_zh}"
    screen.write(
        screen.say("scaffold.created", package=answers.package, place=place, folder=folder)
    )
    return SETTLED
