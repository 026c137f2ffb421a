"""`bizrules violations` and `bizrules facts`: the catalogue and the vocabulary."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import click

from bizrules.cli._commands import (
    SETTLED,
    Command,
    Sources,
    bundle_options,
    engine_options,
    json_option,
    lang_option,
)
from bizrules.cli._names import known_fact, known_violation
from bizrules.cli._plain import fact_data, violation_data
from bizrules.cli._screen import Screen
from bizrules.cli._words import citation_words, coded, interval_words, scale_words
from bizrules.conditions import ALWAYS, Condition
from bizrules.engine import Engine
from bizrules.facts import Fact
from bizrules.history_wording import counting_text
from bizrules.penalties import OtherKind, Provision
from bizrules.rules import Violation
from bizrules.wording import join, say_citation, say_condition, say_date

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@click.command("violations", cls=Command, help="cli.violations")
@click.argument("name", metavar="[ID]", required=False)
@json_option
@engine_options
@bundle_options
@lang_option
@click.pass_obj
def violations(screen: Screen, *, name: str | None, form: str, sources: Sources) -> int:
    """The violation catalogue, or one entry of it."""
    engine = sources.engine()
    lang = screen.lang
    if name is not None:
        violation = known_violation(engine, name)
        if form == "json":
            screen.data(violation_data(violation, engine.vocabulary, lang))
        else:
            for line in _violation_lines(violation, engine, screen):
                screen.write(line)
        return SETTLED
    found = [engine.violations[one] for one in sorted(engine.violations)]
    if form == "json":
        screen.data([violation_data(one, engine.vocabulary, lang) for one in found])
        return SETTLED
    screen.table(
        [
            screen.say(f"cli.head.{head}")
            for head in ("violation", "department", "provision", "title")
        ],
        [_violation_row(violation, lang) for violation in found],
        spare=[2, 1],
    )
    return SETTLED


def _violation_row(violation: Violation, lang: str) -> tuple[str, ...]:
    cited = dict.fromkeys(say_citation(p.citation, lang) for p in violation.provisions)
    return (
        violation.id,
        coded("department", violation.department, lang),
        "; ".join(cited),
        violation.title.in_(lang),
    )


def _violation_lines(violation: Violation, engine: Engine, screen: Screen) -> Iterator[str]:
    lang = screen.lang
    yield f"{violation.id}  {violation.title.in_(lang)}"
    rows: Mapping[str, str] = {
        "department": coded("department", violation.department, lang),
        "field": coded("field", violation.field, lang),
        "broken": citation_words(violation.broken, lang),
        "elements": ", ".join(
            engine.vocabulary[name].label.in_(lang) for name in sorted(violation.elements)
        ),
        "displaces": join(
            sorted(coded("ground", ground.value, lang) for ground in violation.displaces), lang
        ),
        "limitation": ""
        if violation.limitation is None
        else screen.say("cli.months", count=violation.limitation.months),
        "no-provision": violation.no_provision.in_(lang) if violation.no_provision else "",
    }
    yield from _lines(rows, screen)
    for provision in violation.provisions:
        yield from _provision_lines(provision, engine, screen)


def _lines(rows: Mapping[str, str], screen: Screen) -> Iterator[str]:
    for name, value in rows.items():
        if value:
            yield screen.say("cli.line", name=screen.say(f"cli.head.{name}"), value=value)


def _provision_lines(provision: Provision, engine: Engine, screen: Screen) -> Iterator[str]:
    lang, vocabulary = screen.lang, engine.vocabulary
    yield ""
    head = f"{say_citation(provision.citation, lang)}  {interval_words(provision.in_force, lang)}"
    yield head
    only_after = say_condition(provision.only_after, vocabulary, lang)
    rows = {
        "only-after": "" if provision.only_after == ALWAYS else only_after,
        "checked": _checked(provision.checked or "", screen),
        "unverified": provision.unverified.in_(lang) if provision.unverified else "",
    }
    yield from _lines(rows, screen)
    for tier in provision.tiers:
        label = tier.label.in_(lang) if tier.label else coded("kind", "fine", lang)
        fine = screen.say("cli.no-fine")
        if tier.fine is not None:
            fine = scale_words(tier.fine, vocabulary, lang)
            fine = screen.say(f"cli.fined.{tier.modality.value}", range=fine)
        yield screen.say(
            "cli.line", name=label, value=f"{fine}{_switch(tier.when, engine, screen, label)}"
        )
    for kind in provision.kinds:
        yield _kind_line(kind, engine, screen)


def _checked(text: str, screen: Screen) -> str:
    """With what a provision was compared, in words where it is a table and a day or two."""
    days = [date.fromisoformat(day) for day in _DAY.findall(text)]
    table = "_".join(re.findall("[a-z_]+", text.partition(" and ")[0]))
    name = coded("checked", table, screen.lang)
    if not days or name == table:
        return text
    said = join((say_date(day, screen.lang) for day in days), screen.lang)
    return screen.say("cli.checked-with", table=name, days=said)


def _kind_line(kind: OtherKind, engine: Engine, screen: Screen) -> str:
    """What is confiscated and so on, whether it must be, and when."""
    modality = coded("modality", kind.modality.value, screen.lang)
    switch = _switch(kind.when, engine, screen)
    if kind.note is not None:
        said = f"{kind.note.in_(screen.lang)}{switch}"
        return screen.say("cli.other-kind", modality=modality, said=said)
    name = coded("kind", kind.kind.value, screen.lang)
    return screen.say("cli.line", name=name, value=f"{modality}{switch}")


def _switch(condition: Condition, engine: Engine, screen: Screen, label: str = "") -> str:
    """When a tier or a kind is open, unless it always is, or its label says the same."""
    if condition == ALWAYS:
        return ""
    said = say_condition(condition, engine.vocabulary, screen.lang)
    if said == label:
        return ""
    return screen.say("cli.when", condition=said)


@click.command("facts", cls=Command, help="cli.facts")
@click.argument("name", metavar="[NAME]", required=False)
@json_option
@engine_options
@bundle_options
@lang_option
@click.pass_obj
def facts(screen: Screen, *, name: str | None, form: str, sources: Sources) -> int:
    """The vocabulary, or one fact of it."""
    engine = sources.engine()
    lang = screen.lang
    if name is not None:
        fact = known_fact(engine, name)
        if form == "json":
            screen.data(fact_data(fact))
        else:
            for line in _fact_lines(fact, screen):
                screen.write(line)
        return SETTLED
    found = [engine.vocabulary[one] for one in sorted(engine.vocabulary.facts)]
    if form == "json":
        screen.data([fact_data(fact) for fact in found])
        return SETTLED
    screen.table(
        [screen.say(f"cli.head.{head}") for head in ("fact", "kind", "unit", "group", "label")],
        [
            (
                fact.name,
                coded("cli.kind", fact.kind.value, lang),
                fact.unit.value if fact.unit else "",
                fact.group,
                fact.label.in_(lang),
            )
            for fact in found
        ],
        spare=[3, 2],
    )
    return SETTLED


def _fact_lines(fact: Fact, screen: Screen) -> Iterator[str]:
    lang = screen.lang
    yield f"{fact.name}  {fact.label.in_(lang)}"
    rows = {
        "kind": coded("cli.kind", fact.kind.value, lang),
        "unit": fact.unit.value if fact.unit else "",
        "denial": fact.denial.in_(lang) if fact.denial else "",
        "question": fact.question.in_(lang) if fact.question else "",
        "evidence": fact.evidence.in_(lang) if fact.evidence else "",
        "answered-by": ", ".join(coded("who", who.value, lang) for who in fact.answered_by),
        "judgement": screen.say("cli.judgement") if fact.judgement else "",
        "group": fact.group or "",
        "derived": fact.derived or "",
        "cure": fact.cure.how.in_(lang) if fact.cure else "",
    }
    yield from _lines(rows, screen)
    if fact.counts is not None:
        yield f"  {counting_text(fact.counts, '').in_(lang)}"
    for choice in fact.choices:
        yield screen.say("cli.line", name=choice.code, value=choice.label.in_(lang))
