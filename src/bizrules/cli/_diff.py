"""`bizrules diff`: what changed between two days, or between two rulesets."""

from datetime import date
from typing import Literal

import click

from bizrules.analysis import diff_data, diff_rulesets, render_diff, view_on
from bizrules.cli._commands import (
    SETTLED,
    Command,
    Sources,
    engine_options,
    lang_option,
    option,
    screen_of,
)
from bizrules.cli._screen import Screen
from bizrules.values import parse_date


class _ViewName(click.ParamType[tuple[str, date]]):
    """RULESET@DATE."""

    name = "view"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, date]:
        """The id of the ruleset and the day."""
        ruleset, mark, written = str(value).rpartition("@")
        if not mark or not ruleset:
            self.fail(_said(ctx, "diff.usage", str(value)), param, ctx)
        try:
            return ruleset, parse_date(written)
        except ValueError:
            self.fail(_said(ctx, "problem.not-a-date", written), param, ctx)


def _said(context: click.Context | None, key: str, found: str) -> str:
    return key if context is None else screen_of(context).say(key, found=found)


@click.command("diff", cls=Command, help="diff.command")
@click.argument("old", metavar="RULESET@DATE", type=_ViewName())
@click.argument("new", metavar="RULESET@DATE", type=_ViewName())
@option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown", "json")),
    default="text",
    text="cli.option.form",
)
@engine_options
@lang_option
@click.pass_obj
def diff(
    screen: Screen,
    *,
    old: tuple[str, date],
    new: tuple[str, date],
    form: Literal["text", "markdown", "json"],
    sources: Sources,
) -> int:
    """What became of each entry."""
    engine = sources.engine()
    found = diff_rulesets(view_on(engine, *old), view_on(engine, *new))
    if form == "json":
        screen.data(diff_data(found))
    else:
        screen.write(render_diff(found, lang=screen.lang, form=form).rstrip())
    return SETTLED
