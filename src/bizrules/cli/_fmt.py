"""`bizrules fmt`: documents in one layout."""

from pathlib import Path
from typing import Final

import click

from bizrules.cli._commands import Command, lang_option, option
from bizrules.cli._extras import load
from bizrules.cli._screen import Screen

EXTRA: Final = "kit"


@click.command("fmt", cls=Command, help="format.command")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@option("--check", is_flag=True, text="format.option.check")
@option("--diff", is_flag=True, text="format.option.diff")
@lang_option
@click.pass_obj
def fmt(screen: Screen, *, paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """Files in the layout, or the names of those that are not."""
    run = load("bizrules.cli._laying_out", EXTRA).lay_out
    status: int = run(screen, [Path(path) for path in paths or (".",)], check=check, diff=diff)
    return status
