"""`bizrules rules` and `bizrules show`: the rules of the loaded documents."""

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

import attrs
import click

from bizrules import phrases
from bizrules.cli._commands import (
    SETTLED,
    Command,
    Sources,
    bundle_options,
    day_option,
    engine_options,
    json_option,
    lang_option,
    option,
)
from bizrules.cli._examples import examples_of
from bizrules.cli._names import known_department, known_list, known_region, known_violation
from bizrules.cli._plain import countings_data, full_rule_data, rule_data, threats_data
from bizrules.cli._screen import Screen
from bizrules.cli._words import coded, grade_words, list_word, region_word
from bizrules.engine import Engine
from bizrules.explanation import explain_rule
from bizrules.provenance import Status
from bizrules.rules import Rule, Ruleset
from bizrules.values import DateSpan

_MOST: Final = 3
_DRAFT: Final = "draft"
# Columns that a narrow terminal can do without, the first to go first.
_SPARE: Final = ("status", "modality", "region", "violations", "list")


@attrs.frozen(kw_only=True)
class Filter:
    """Which rules to list; what is None does not matter.

    Attributes:
        region: Rules that apply there: its own and those of every region above it.
        violation: Rules for the violation, those for all violations included.
        list: Id, effect or printed name of a list.
        department: Rules for the department, those for all departments included.
        on: Rules in force on that day.
        status: How well they are attested; `draft` for those of drafts.
    """

    region: str | None = None
    violation: str | None = None
    list: str | None = None
    department: str | None = None
    on: date | None = None
    status: str | None = None

    def select(self, engine: Engine) -> Iterator[tuple[Rule, Ruleset]]:
        """The rules that fit, by id.

        Raises:
            UnknownNameError: If the region, violation, list or department is not known.
        """
        if self.violation is not None:
            known_violation(engine, self.violation)
        if self.list is not None:
            known_list(engine, self.list)
        if self.department is not None:
            known_department(engine, self.department)
        places = None
        if self.region is not None:
            places = frozenset(engine.regions.ancestors(known_region(engine, self.region)))
        found = (
            (rule, ruleset)
            for ruleset in engine.rulesets
            for rule in ruleset.rules
            if (places is None or rule.region in places) and self._fits(rule, ruleset, engine)
        )
        yield from sorted(found, key=lambda pair: pair[0].id)

    def _fits(self, rule: Rule, ruleset: Ruleset, engine: Engine) -> bool:
        return (
            (self.violation is None or self._is_for_violation(rule, ruleset, engine))
            and (self.list is None or self.list in _list_names(rule, ruleset))
            and (self.department is None or _is_for(rule, ruleset, self.department, engine))
            and (self.on is None or engine.is_in_force(rule, self.on))
            and (self.status is None or self.status == _status(rule, ruleset))
        )

    def _is_for_violation(self, rule: Rule, ruleset: Ruleset, engine: Engine) -> bool:
        name = str(self.violation)
        if rule.violations is not None:
            return name in rule.violations
        return _is_for(rule, ruleset, engine.violations[name].department, engine)


def _status(rule: Rule, ruleset: Ruleset) -> str:
    """How well a rule is attested; of a draft, that it is one."""
    return _DRAFT if ruleset.is_draft else rule.status.value


def _list_names(rule: Rule, ruleset: Ruleset) -> tuple[str, ...]:
    kind = ruleset.lists.get(rule.list) if rule.list else None
    return () if kind is None else (kind.id, kind.effect.value, kind.name.zh, kind.name.en)


def _is_for(rule: Rule, ruleset: Ruleset, department: str, engine: Engine) -> bool:
    if rule.departments is not None:
        return department in rule.departments
    if rule.violations is not None:
        return any(engine.violations[name].department == department for name in rule.violations)
    return ruleset.department in (None, department)


@click.command("rules", cls=Command, help="cli.rules")
@option("--region", metavar="CODE", text="cli.option.region")
@option("--violation", metavar="ID", text="cli.option.violation")
@option("--list", "list_", metavar="LIST", text="cli.option.list")
@option("--department", metavar="CODE", text="cli.option.department")
@day_option("--on", text="cli.option.on")
@option(
    "--status",
    type=click.Choice([*(status.value for status in Status), _DRAFT]),
    text="cli.option.status",
)
@json_option
@engine_options
@bundle_options
@lang_option
@click.pass_obj
def rules(  # noqa: PLR0913 - one argument an option
    screen: Screen,
    *,
    region: str | None,
    violation: str | None,
    list_: str | None,
    department: str | None,
    on: date | None,
    status: str | None,
    form: str,
    sources: Sources,
) -> int:
    """All rules that fit."""
    engine = sources.engine()
    chosen = Filter(
        region=region,
        violation=violation,
        list=list_,
        department=department,
        on=on,
        status=status,
    )
    found = list(chosen.select(engine))
    if form == "json":
        screen.data([rule_data(rule, ruleset, screen.lang) for rule, ruleset in found])
        return SETTLED
    heads = ("rule", "list", "grade", "modality", "violations", "region", "status", "title")
    screen.table(
        [screen.say(f"cli.head.{head}") for head in heads],
        [_rule_row(rule, ruleset, engine, screen.lang) for rule, ruleset in found],
        spare=[heads.index(head) for head in _SPARE],
    )
    return SETTLED


def _rule_row(rule: Rule, ruleset: Ruleset, engine: Engine, lang: str) -> tuple[str, ...]:
    names = [engine.violations[code].title.in_(lang) for code in sorted(rule.violations or ())]
    mark = phrases.say("cli.names-mark", lang)
    shown = mark.join(names[:_MOST]) + (f" +{len(names) - _MOST}" if len(names) > _MOST else "")
    return (
        rule.id,
        list_word(rule, ruleset, lang),
        grade_words(rule.permits, lang) or coded("cli.axis", rule.axis.value, lang),
        coded("modality", rule.modality.value, lang),
        shown or phrases.say("cli.all", lang),
        region_word(rule.region, engine.regions),
        coded("status", _status(rule, ruleset), lang),
        rule.title.in_(lang),
    )


@click.command("show", cls=Command, help="cli.show")
@click.argument("rule_id", metavar="RULE")
@day_option("--on", text="diff.option.show-on")
@option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown", "json")),
    default="text",
    text="cli.option.form",
)
@engine_options
@bundle_options
@lang_option
@click.pass_obj
def show(
    screen: Screen,
    *,
    rule_id: str,
    on: date | None,
    form: Literal["text", "markdown", "json"],
    sources: Sources,
) -> int:
    """One rule in full."""
    engine = sources.engine()
    rule = engine.rule(rule_id) if on is None else engine.rule_on(rule_id, on)
    ruleset = next(one for one in engine.rulesets if one.id == rule.ruleset)
    first = engine.assessor.selector.first_violations(ruleset, DateSpan(on, on))[0]
    examples = examples_of(rule, engine)
    if form == "json":
        data = full_rule_data(rule, ruleset, screen.lang)
        counts = countings_data(rule, first, engine.vocabulary, screen.lang)
        threats = threats_data(rule, engine.violations, engine.vocabulary, screen.lang)
        shown = [{"case": name, "holds": holds} for name, holds in examples]
        screen.data({**data, "counts": counts, "provisions": threats, "examples": shown})
        return SETTLED
    text = explain_rule(
        rule,
        engine.vocabulary,
        ruleset=ruleset,
        violations=engine.violations,
        regions=engine.regions,
        first_violation=first,
        examples=examples,
        lang=screen.lang,
        form=form,
    )
    screen.write(text.rstrip())
    return SETTLED
