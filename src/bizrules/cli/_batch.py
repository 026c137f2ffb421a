"""`bizrules batch`: outcomes of all cases of a file, in another file."""

from pathlib import Path
from typing import Final, Literal, TypeAlias

import click

from bizrules.cli._commands import (
    Command,
    Sources,
    bundle_options,
    engine_options,
    lang_option,
    option,
)
from bizrules.cli._extras import load
from bizrules.cli._screen import Screen

Form: TypeAlias = Literal["text", "json"]

EXTRA: Final = "batch"
_FORMS: Final = ("parquet", "arrow", "csv", "jsonl")
_NUMBER: Final = click.IntRange(min=1)


@click.command("batch", cls=Command, help="files.command")
@click.argument("source", metavar="SOURCE")
@option("-o", "--output", "target", metavar="FILE", required=True, text="files.option.output")
@option("--priors", metavar="FILE", text="files.option.priors")
@option("--workers", type=_NUMBER, default=1, metavar="N", text="files.option.workers")
@option("--resume", is_flag=True, text="files.option.resume")
@option("--overwrite", is_flag=True, text="files.option.overwrite")
@option("--columns", default="", metavar="NAMES", text="files.option.columns")
@option("--problems", metavar="FILE", text="files.option.problems")
@option("--format", "form", type=click.Choice(_FORMS), text="files.option.form")
@option("--input", "kind", type=click.Choice((*_FORMS, "cases")), text="files.option.input")
@option("--encoding", default="utf-8", metavar="NAME", text="files.option.encoding")
@option("--chunk", type=_NUMBER, default=32_768, metavar="N", text="files.option.chunk")
@option(
    "--summary", type=click.Choice(("text", "json")), default="text", text="files.option.summary"
)
@option("-q", "--quiet", is_flag=True, text="files.option.quiet")
@engine_options
@bundle_options
@lang_option
@click.pass_obj
def batch(  # noqa: PLR0913 - one argument an option
    screen: Screen,
    *,
    source: str,
    target: str,
    priors: str | None,
    workers: int,
    resume: bool,
    overwrite: bool,
    columns: str,
    problems: str | None,
    form: str | None,
    kind: str | None,
    encoding: str,
    chunk: int,
    summary: Form,
    quiet: bool,
    sources: Sources,
) -> int:
    """Outcomes in a file, and a summary of them."""
    run = load("bizrules.cli._batching", EXTRA).run
    status: int = run(
        screen,
        source=Path(source),
        target=Path(target),
        priors=priors,
        workers=workers,
        resume=resume,
        overwrite=overwrite,
        columns=[name.strip() for name in columns.split(",") if name.strip()],
        problems=problems,
        forms=(kind, form),
        encoding=encoding,
        chunk=chunk,
        summary=None if quiet else summary,
        load=sources.engine,
    )
    return status
