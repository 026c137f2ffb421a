"""`bizrules rulebook`: the rulesets as pages to read."""

from pathlib import Path

import click

from bizrules.cli._commands import SETTLED, Command, Sources, engine_options, lang_option
from bizrules.cli._screen import Screen
from bizrules.cli._yaml_writer import make_folder, write_text
from bizrules.rulebook import INDEX, rulebook_pages


@click.command("rulebook", cls=Command, help="cli.rulebook")
@click.argument("folder", metavar="DIR")
@engine_options
@lang_option
@click.pass_obj
def rulebook(screen: Screen, *, folder: str, sources: Sources) -> int:
    """Pages of all rulesets that have rules."""
    engine = sources.engine()
    pages = rulebook_pages(engine, screen.lang)
    for path, text in pages.items():
        target = Path(folder, path)
        make_folder(target.parent)
        write_text(target, text.removesuffix("\n"))
    rules = sum(len(one.rules) for one in engine.rulesets)
    screen.write(
        screen.say(
            "cli.rulebook.written", index=Path(folder, INDEX), pages=len(pages) - 1, rules=rules
        )
    )
    return SETTLED
