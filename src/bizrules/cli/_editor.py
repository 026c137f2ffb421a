"""`bizrules editor`: the language server that editors start."""

import click

from bizrules.cli._commands import Command, Sources, engine_options, lang_option
from bizrules.cli._extras import load
from bizrules.cli._screen import Screen


@click.command("editor", cls=Command, help="format.editor")
@engine_options
@lang_option
@click.pass_obj
def editor(screen: Screen, *, sources: Sources) -> int:
    """Serve an editor until it says goodbye."""
    serve = load("bizrules.editor", "editor").serve
    status: int = serve(sources.rulesets, plugins=not sources.no_plugins, lang=screen.lang)
    return status
