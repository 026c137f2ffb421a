"""`bizrules timeline`: dates and deadlines of cases, as text, as a drawing or as data."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

import attrs
import click

from bizrules.cli._commands import (
    PROBLEMS,
    SETTLED,
    USAGE,
    Command,
    Sources,
    bundle_options,
    engine_options,
    lang_option,
    option,
)
from bizrules.cli._inputs import Entry, pick, read_entries
from bizrules.cli._screen import Screen
from bizrules.cli._yaml_writer import check_writable, write_text
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.timeline import Timeline, plain_timeline, render_svg, render_text, timeline_of

Form: TypeAlias = Literal["text", "svg", "json"]

_RULE: Final = "-" * 72


@click.command("timeline", cls=Command, help="cli.timeline")
@click.argument("file", metavar="FILE")
@option("--case", "wanted", multiple=True, metavar="ID", text="cli.option.timeline-case")
@option(
    "--format",
    "form",
    type=click.Choice(("text", "svg", "json")),
    default="text",
    text="cli.option.timeline-form",
)
@option("-o", "--output", "target", metavar="FILE", text="cli.option.output")
@engine_options
@bundle_options
@lang_option
@click.pass_obj
def timeline(
    screen: Screen,
    *,
    file: str,
    wanted: tuple[str, ...],
    form: Form,
    target: str | None,
    sources: Sources,
) -> int:
    """Timelines of the cases."""
    if target is not None:
        check_writable(Path(target))
    engine = sources.engine()
    entries = list(pick(read_entries([file], engine.knowledge), wanted))
    if form == "svg" and len(entries) > 1:
        screen.note(
            screen.say(
                "cli.usage.error", message=screen.say("cli.timeline.one-case", count=len(entries))
            )
        )
        return USAGE
    found = list(_drawn(entries, engine, screen))
    if found:
        _write(found, form, screen, target)
    return SETTLED if len(found) == len(entries) else PROBLEMS


def _drawn(entries: Sequence[Entry], engine: Engine, screen: Screen) -> Iterator[Timeline]:
    """The timelines; of a case that has problems these are noted instead."""
    for entry in entries:
        one = entry
        if one.case is not None:
            try:
                yield timeline_of(engine.evaluate(one.case), engine)
            except CaseError as error:
                one = attrs.evolve(one, case=None, problems=error.problems)
        if one.case is None:
            if one.id is not None:
                screen.note(screen.say("cli.evaluate.bad-case", case=one.id))
            screen.problems(one.problems)


def _write(found: Sequence[Timeline], form: Form, screen: Screen, target: str | None) -> None:
    lang = screen.lang
    if form == "json" and target is None:
        for one in found:
            screen.data(plain_timeline(one, lang))
        return
    mark = f"\n{_RULE}\n\n"
    if form == "json":
        mark = ""
        texts = [json.dumps(plain_timeline(one, lang), ensure_ascii=False) + "\n" for one in found]
    elif form == "svg":
        texts = [render_svg(one, lang) for one in found]
    else:
        texts = [render_text(one, lang) for one in found]
    whole = mark.join(texts).removesuffix("\n")
    if target is None:
        screen.write(whole)
    else:
        write_text(Path(target), whole)
