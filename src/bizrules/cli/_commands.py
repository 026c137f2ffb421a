"""Commands of click whose help and usage errors come from the phrases, in either language.

The texts given to options and commands are keys of phrases, looked up when they are shown.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
import click

from bizrules import phrases
from bizrules.cli._screen import Screen
from bizrules.engine import Engine
from bizrules.nearness import nearest
from bizrules.values import parse_date

SETTLED: Final = 0
PROBLEMS: Final = 1
USAGE: Final = 2
OPEN: Final = 3

_Function = TypeVar("_Function", bound=Callable[..., Any])


def screen_of(context: click.Context) -> Screen:
    """The screen of the run."""
    screen = context.find_root().obj
    if not isinstance(screen, Screen):
        msg = "the context has no screen; start the command line with `bizrules.cli.main`"
        raise TypeError(msg)
    return screen


class Command(click.Command):
    """A command; its help is a key of a phrase."""

    def get_help(self, ctx: click.Context) -> str:
        """The help page."""
        return help_page(self, ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What follows the name of the command in the usage line."""
        self.options_metavar = screen_of(ctx).say("cli.metavar.options")
        return super().collect_usage_pieces(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and say in the language what is too much."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            ctx.fail(screen_of(ctx).say("cli.usage.extra", found=" ".join(ctx.args)))
        return rest


class Group(click.Group):
    """The program; its help is a key of a phrase."""

    command_class = Command

    def get_help(self, ctx: click.Context) -> str:
        """The help page with all commands."""
        return help_page(self, ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What follows the name of the program in the usage line."""
        screen = screen_of(ctx)
        self.options_metavar = screen.say("cli.metavar.options")
        self.subcommand_metavar = screen.say("cli.metavar.command")
        return super().collect_usage_pieces(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named first, or a usage error with names near it."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            screen = screen_of(ctx)
            text = screen.say("cli.usage.command", name=name)
            near = nearest(name, self.commands)
            hint = screen.say("hint.or").join(f"`{one}`" for one in near)
            if near:
                hint = screen.say("hint.did-you-mean", names=hint)
                text += screen.say("cli.near", hint=hint)
            ctx.fail(text)
        return super().resolve_command(ctx, args)


def help_page(command: click.Command, context: click.Context) -> str:
    """Usage, description, options and commands in the language of the run."""
    screen = screen_of(context)
    formatter = context.make_formatter()
    formatter.write(f"{_usage_line(command, context)}\n")
    for paragraph in screen.say(command.help or "").split("\n"):
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(paragraph)
    records = [record for one in command.get_params(context) if (record := _record(one, context))]
    _write_section(formatter, screen.say("cli.section.options"), records)
    if isinstance(command, click.Group):
        summaries = [(name, _summary(one, screen)) for name, one in command.commands.items()]
        _write_section(formatter, screen.say("cli.section.commands"), summaries)
        formatter.write_paragraph()
        formatter.write_text(screen.say("cli.exit-statuses"))
    return formatter.getvalue().rstrip("\n")


def _write_section(
    formatter: click.HelpFormatter, heading: str, records: Sequence[tuple[str, str]]
) -> None:
    formatter.write_paragraph()
    formatter.write(f"{heading}\n")
    with formatter.indentation():
        formatter.write_dl(records)


def _usage_line(command: click.Command, context: click.Context) -> str:
    line = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    return screen_of(context).say("cli.usage", line=line)


def _record(param: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    record = param.get_help_record(context)
    if record is None or not isinstance(param, click.Option):
        return None
    # Only the option that click adds has a text of its own, and that is how to get help.
    key = param.help if param.help and phrases.has(param.help) else "cli.option.help"
    return record[0], screen_of(context).say(key)


def _summary(command: click.Command, screen: Screen) -> str:
    """The first line of the description."""
    return screen.say(command.help or "").partition("\n")[0]


def usage_text(error: click.UsageError, screen: Screen) -> str:
    """What is wrong with the command line, and how to get help."""
    text = screen.say("cli.usage.error", message=_usage_message(error, screen))
    if error.ctx is None:
        return text
    hint = screen.say("cli.usage.hint", command=error.ctx.command_path)
    return f"{_usage_line(error.ctx.command, error.ctx)}\n{text}\n{hint}"


def _usage_message(error: click.UsageError, screen: Screen) -> str:
    if isinstance(error, click.NoSuchOption):
        near = screen.say("hint.or").join(f"`{name}`" for name in error.possibilities or ())
        hint = screen.say("cli.near", hint=screen.say("hint.did-you-mean", names=near))
        return screen.say("cli.usage.option", name=error.option_name) + (hint if near else "")
    if isinstance(error, click.MissingParameter):
        return screen.say("cli.usage.missing", name=_name(error))
    if isinstance(error, click.BadParameter):
        kind = None if error.param is None else error.param.type
        message = error.message
        if isinstance(kind, click.Choice):
            message = screen.say("cli.usage.choice", names=", ".join(map(str, kind.choices)))
        elif isinstance(kind, click.types.FuncParamType) and kind.func is _day:
            message = screen.say("problem.not-a-date", found=message)
        return screen.say("cli.usage.value", name=_name(error), message=message)
    if isinstance(error, click.BadOptionUsage):
        return screen.say("cli.usage.option-value", name=error.option_name)
    return error.message


def _name(error: click.BadParameter) -> str:
    if error.param is None or error.ctx is None:
        return ""
    if isinstance(error.param, click.Option):
        return error.param.opts[0]
    return error.param.make_metavar(error.ctx)


def _day(text: str) -> date:
    """The day; what is no day is named by the error, from where click takes its message."""
    try:
        return parse_date(text)
    except ValueError:
        raise ValueError(text) from None


def day_option(*names: str, text: str) -> Callable[[_Function], _Function]:
    """An option that takes a date, YYYY-MM-DD."""
    return option(*names, text=text, type=_day, metavar="DATE")


def option(*names: str, text: str, **settings: Any) -> Callable[[_Function], _Function]:  # noqa: ANN401 - click's own
    """An option whose help is the phrase under the key `text`."""
    return click.option(*names, help=text, **settings)


def lang_option(function: _Function) -> _Function:
    """`--lang`, which every command takes; it was read before the arguments were parsed."""
    return option(
        "--lang",
        type=click.Choice(phrases.LANGUAGES),
        expose_value=False,
        text="cli.option.lang",
    )(function)


def json_option(function: _Function) -> _Function:
    """`--format text|json`, for commands that list things."""
    return option(
        "--format",
        "form",
        type=click.Choice(("text", "json")),
        default="text",
        text="cli.option.form",
    )(function)


@attrs.frozen(kw_only=True)
class Sources:
    """Which documents an engine is built of, as the options say.

    Attributes:
        rulesets: Further documents.
        no_plugins: Whether the installed plugins are left out.
        as_known_on: Only rules published by that day.
        drafts: Whether drafts decide cases too.
        bundle: A bundle to take in place of documents; None for documents.
        public: Key with which the bundle must be signed; None takes it unsigned too.
    """

    rulesets: tuple[str, ...] = ()
    no_plugins: bool = False
    as_known_on: date | None = None
    drafts: bool = False
    bundle: str | None = None
    public: str | None = None

    def engine(self) -> Engine:
        """The engine.

        Raises:
            DocumentError: If a document has problems.
            PluginError: If a plugin is not fit.
            BundleError: If the bundle does not hold.
        """
        if self.bundle is not None:
            return Engine.load_bundle(
                Path(self.bundle),
                key=self.public,
                as_known_on=self.as_known_on,
                drafts=self.drafts,
            )
        return Engine.load(
            *map(Path, self.rulesets),
            plugins=not self.no_plugins,
            as_known_on=self.as_known_on,
            drafts=self.drafts,
        )


def engine_options(function: Callable[..., int]) -> Callable[..., int]:
    """The options that say which documents count; the command receives them as `sources`."""

    @wraps(function)
    def build(
        *args: object,
        rulesets: tuple[str, ...],
        no_plugins: bool,
        as_known_on: date | None,
        drafts: bool,
        **given: object,
    ) -> int:
        sources = Sources(
            rulesets=rulesets, no_plugins=no_plugins, as_known_on=as_known_on, drafts=drafts
        )
        return function(*args, sources=sources, **given)

    wrapped = option("--drafts", is_flag=True, text="cli.option.drafts")(build)
    wrapped = day_option("--as-known-on", text="cli.option.as-known-on")(wrapped)
    wrapped = option("--no-plugins", is_flag=True, text="cli.option.no-plugins")(wrapped)
    return option("--rulesets", multiple=True, metavar="PATH", text="cli.option.rulesets")(wrapped)


def bundle_options(function: Callable[..., int]) -> Callable[..., int]:
    """The options that take a bundle in place of documents, under `engine_options`."""

    @wraps(function)
    def build(
        *args: object,
        sources: Sources,
        bundle: str | None,
        public: str | None,
        **given: object,
    ) -> int:
        context = click.get_current_context()
        if bundle is None and public is not None:
            context.fail(screen_of(context).say("cli.bundle.public-alone"))
        if bundle is not None and (sources.rulesets or sources.no_plugins):
            context.fail(screen_of(context).say("cli.bundle.excludes"))
        return function(*args, sources=attrs.evolve(sources, bundle=bundle, public=public), **given)

    wrapped = option("--public", metavar="FILE", text="cli.option.public")(build)
    return option("--bundle", metavar="FILE", text="cli.option.bundle")(wrapped)
