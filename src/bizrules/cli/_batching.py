"""A run of `bizrules batch`: its progress, its summary, its exit status."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from bizrules.batch.files import BatchSummary, Form, Progress, evaluate_file, parts_folder
from bizrules.cli._commands import OPEN, PROBLEMS, SETTLED
from bizrules.cli._evaluate import worst
from bizrules.cli._screen import Screen, is_terminal

_MINUTE: Final = 60
_HOUR: Final = 3600
_NOT_UTF_8: Final = "row-encoding"


def run(
    screen: Screen,
    *,
    source: Path,
    target: Path,
    forms: tuple[str | None, str | None],
    summary: str | None,
    load: Any,  # noqa: ANN401 - the engine is loaded by whoever evaluates
    **given: Any,  # noqa: ANN401 - arguments of `evaluate_file`
) -> int:
    """Evaluate the file, and say what came of it.

    Args:
        screen: Where to say it.
        source: The cases.
        target: Where the outcomes go.
        forms: Forms of both, where their suffixes do not say them.
        summary: `text` or `json`; None says nothing.
        load: Loads the engine.
        given: The other arguments of `evaluate_file`.

    Returns:
        The exit status.
    """
    try:
        with _shown(screen, quiet=summary is None) as report:
            found = evaluate_file(
                source,
                target,
                engine=load,
                forms=(_form(forms[0]), _form(forms[1])),
                progress=report,
                lang=screen.lang,
                **given,
            )
    except KeyboardInterrupt:
        folder = parts_folder(target)
        if folder.exists():
            screen.note(screen.say("files.stopped", folder=folder))
        raise
    if summary == "json":
        screen.data(_data(found))
    elif summary == "text":
        _write(found, screen, is_utf_8=given["encoding"] == "utf-8")
    return _status(found)


def _form(name: str | None) -> Form | None:
    return None if name is None else Form(name)


def _status(found: BatchSummary) -> int:
    """The exit status, as if the cases had been evaluated one by one."""
    counts = {SETTLED: found.settled, OPEN: found.open, PROBLEMS: found.bad}
    return worst({status for status, count in counts.items() if count})


def _data(found: BatchSummary) -> dict[str, object]:
    return {**attrs.asdict(found), "seconds": round(found.seconds, 3), "rate": round(found.rate)}


def _write(found: BatchSummary, screen: Screen, *, is_utf_8: bool) -> None:
    def line(key: str, **details: object) -> None:
        screen.write(screen.say(f"files.summary.{key}", **details))

    line(
        "cases",
        rows=_number(found.rows),
        seconds=f"{found.seconds:.1f}",
        rate=_number(round(found.rate)),
    )
    if found.kept:
        line("kept", kept=_number(found.kept))
    line("settled", count=_number(found.settled))
    line("open", count=_number(found.open), contested=_number(found.contested))
    line("bad", count=_number(found.bad))
    if found.priors is not None:
        line("priors", rows=_number(found.priors.rows), stray=_number(found.priors.stray))
        if found.priors.examples:
            line("examples", names=", ".join(f"`{name}`" for name in found.priors.examples))
    for code, count in found.problems.items():
        line("problem", code=code, count=_number(count))
    if _NOT_UTF_8 in found.problems and is_utf_8:
        line("encoding")
    for route, count in found.routes.items():
        line("route", route=screen.say(f"files.route.{route}"), count=_number(count))


def _number(count: int) -> str:
    return f"{count:,}"


class _Report:
    """Shows on a bar how far a run is."""

    def __init__(self, bar: Bar, screen: Screen) -> None:
        self._bar = bar
        self._screen = screen
        self._task: TaskID = bar.add_task(screen.say("files.bar.start"), total=None)

    def __call__(self, progress: Progress) -> None:
        """Show it."""
        if not progress.rows:
            return
        words = {
            "rows": _number(progress.rows),
            "rate": _number(round(progress.rate)),
            "remaining": _span(progress.remaining),
        }
        if progress.total is None:
            text = self._screen.say("files.bar.unknown", **words)
        else:
            text = self._screen.say("files.bar.known", total=_number(progress.total), **words)
        self._bar.update(
            self._task,
            description=text,
            total=None if progress.share is None else 1.0,
            completed=progress.share or 0.0,
        )


def _span(seconds: float | None) -> str:
    """A span of time as clocks show it."""
    if seconds is None:
        return "…"
    whole = round(seconds)
    hours, rest = divmod(whole, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@contextmanager
def _shown(screen: Screen, *, quiet: bool) -> Iterator[_Report | None]:
    """A bar at a terminal; nothing elsewhere."""
    if quiet or not is_terminal(screen.err):
        yield None
        return
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
    # It goes when the run is over: what came of it stands in the summary.
    with Bar(*columns, console=Console(file=screen.err), transient=True) as bar:
        yield _Report(bar, screen)
