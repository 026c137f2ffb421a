"""`bizrules coverage` and `bizrules plugins`: what is encoded, and by whom."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import attrs
import click

from bizrules.cli._commands import (
    SETTLED,
    Command,
    Sources,
    day_option,
    engine_options,
    json_option,
    lang_option,
    option,
)
from bizrules.cli._plain import text_data
from bizrules.cli._screen import Screen
from bizrules.cli._tally import print_tallies, tallies_of, tally_data
from bizrules.cli._words import region_word
from bizrules.engine import Engine
from bizrules.plugins import Plugin
from bizrules.provenance import InstrumentKind, Text
from bizrules.regions import NATIONAL
from bizrules.rules import Rule, Ruleset


@attrs.frozen(kw_only=True)
class Coverage:
    """How much of a published list is encoded.

    Attributes:
        ruleset: The ruleset that carries the batches its issuer published.
        published: Items published, by list; None where the issuer gave no figure.
        encoded: Rules encoded, by list.
        total: Items published in all.
        superior: Entries of lists of superior regions that apply in its region too.
    """

    ruleset: Ruleset
    published: Mapping[str, int | None]
    encoded: Mapping[str, int]
    total: int
    superior: int

    @property
    def rules(self) -> int:
        """Rules encoded in all."""
        return sum(self.encoded.values())

    @property
    def notes(self) -> tuple[Text, ...]:
        """Remarks on the batches, each once."""
        return tuple(dict.fromkeys(b.note for b in self.ruleset.batches if b.note is not None))


def coverage_of(engine: Engine, on: date | None) -> Iterator[Coverage]:
    """The coverage of every ruleset whose issuer published batches.

    Args:
        engine: What is loaded.
        on: Day on which superior entries must be in force; None takes those without an end.
    """
    for ruleset in engine.rulesets:
        if not ruleset.batches:
            continue
        counts: Counter[str] = Counter()
        for batch in ruleset.batches:
            counts.update(batch.counts)
        totals = [batch.total for batch in ruleset.batches if batch.total is not None]
        encoded = Counter(rule.list for rule in ruleset.rules if rule.list is not None)
        names = dict.fromkeys((*ruleset.lists, *counts))
        yield Coverage(
            ruleset=ruleset,
            published={name: counts.get(name) for name in names},
            encoded={name: encoded[name] for name in names},
            total=sum(totals) if totals else counts.total(),
            superior=sum(1 for rule in _superior(engine, ruleset) if _is_in_force(rule, on)),
        )


def _superior(engine: Engine, ruleset: Ruleset) -> Iterator[Rule]:
    """Entries of published lists of the regions above."""
    above = set(engine.regions.ancestors(ruleset.region)) - {ruleset.region}
    for other in engine.rulesets:
        if other.region in above and other.instrument.kind is InstrumentKind.LIST:
            yield from (rule for rule in other.rules if rule.list is not None)


def _is_in_force(rule: Rule, on: date | None) -> bool:
    return rule.in_force.until is None if on is None else rule.in_force.contains(on)


@click.command("coverage", cls=Command, help="cli.coverage")
@option(
    "--by",
    type=click.Choice(("department", "list", "region", "instrument")),
    text="cli.option.coverage-by",
)
@day_option("--on", text="cli.option.coverage-on")
@json_option
@engine_options
@lang_option
@click.pass_obj
def coverage(
    screen: Screen, *, by: str | None, on: date | None, form: str, sources: Sources
) -> int:
    """Published items beside encoded rules."""
    engine = sources.engine()
    if by is not None:
        tallies = tallies_of(engine, by, on)
        if form == "json":
            screen.data(tally_data(tallies, by))
        else:
            print_tallies(tallies, by, engine, screen)
        return SETTLED
    found = list(coverage_of(engine, on))
    if form == "json":
        screen.data([_coverage_data(one) for one in found])
        return SETTLED
    if not found:
        screen.write(screen.say("cli.coverage.none"))
    for at, one in enumerate(found):
        if at:
            screen.write()
        _print_coverage(one, engine, screen)
    return SETTLED


def _coverage_data(one: Coverage) -> Mapping[str, object]:
    lists = one.ruleset.lists
    return {
        "ruleset": one.ruleset.id,
        "title": text_data(one.ruleset.title),
        "region": one.ruleset.region,
        "published": one.total,
        "encoded": one.rules,
        "lists": [
            {
                "list": name,
                "name": text_data(lists[name].name) if name in lists else None,
                "published": count,
                "encoded": one.encoded[name],
            }
            for name, count in one.published.items()
        ],
        "superior_entries": one.superior,
        "notes": [text_data(note) for note in one.notes],
    }


def _print_coverage(one: Coverage, engine: Engine, screen: Screen) -> None:
    lang, ruleset = screen.lang, one.ruleset
    place = engine.regions.name(ruleset.region)
    screen.write(f"{ruleset.title.in_(lang)} ({region_word(ruleset.region, engine.regions)})")
    rows: list[tuple[object, ...]] = [
        (
            ruleset.lists[name].name.in_(lang) if name in ruleset.lists else name,
            screen.say("cli.unknown") if count is None else count,
            one.encoded[name],
        )
        for name, count in one.published.items()
    ]
    rows.append((screen.say("cli.total"), one.total, one.rules))
    heads = ("list", "published", "encoded")
    screen.table([screen.say(f"cli.head.{head}") for head in heads], rows)
    total = f"{one.total:,}" if lang == "en" else str(one.total)
    if one.rules == 0:
        screen.write(screen.say("cli.coverage.not-stored", place=place, total=total))
    else:
        screen.write(screen.say("cli.coverage.partly", place=place, total=total, rules=one.rules))
    if ruleset.region != NATIONAL:
        screen.write(screen.say("cli.coverage.superior", place=place, count=one.superior))
    for note in one.notes:
        screen.write(screen.say("cli.coverage.note", note=note.in_(lang)))


@click.command("plugins", cls=Command, help="cli.plugins")
@json_option
@engine_options
@lang_option
@click.pass_obj
def plugins(screen: Screen, *, form: str, sources: Sources) -> int:
    """Installed packages of rules."""
    engine = sources.engine()
    found = [(plugin, _own(plugin, engine)) for plugin in engine.plugins]
    if form == "json":
        screen.data([_plugin_data(plugin, own) for plugin, own in found])
    elif not found:
        screen.write(screen.say("cli.plugins.none"))
    else:
        heads = ("plugin", "version", "fits", "format", "region", "hooks", "rulesets", "rules")
        screen.table(
            [screen.say(f"cli.head.{head}") for head in heads],
            [_plugin_row(plugin, own, engine) for plugin, own in found],
        )
    return SETTLED


def _own(plugin: Plugin, engine: Engine) -> tuple[Ruleset, ...]:
    return tuple(ruleset for ruleset in engine.rulesets if ruleset.plugin == plugin.name)


def _plugin_data(plugin: Plugin, own: tuple[Ruleset, ...]) -> Mapping[str, object]:
    return {
        "name": plugin.name,
        "version": plugin.version,
        "fits": plugin.fits,
        "format": plugin.format,
        "region": plugin.region,
        "hooks": list(plugin.hooks),
        "rulesets": [ruleset.id for ruleset in own],
        "rules": sum(len(ruleset.rules) for ruleset in own),
    }


def _plugin_row(plugin: Plugin, own: tuple[Ruleset, ...], engine: Engine) -> tuple[object, ...]:
    return (
        plugin.name,
        plugin.version,
        plugin.fits,
        plugin.format,
        region_word(plugin.region, engine.regions),
        ", ".join(plugin.hooks),
        len(own),
        sum(len(ruleset.rules) for ruleset in own),
    )
