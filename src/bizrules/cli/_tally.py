"""`bizrules coverage --by`: how many rules are loaded, beside what issuers say they published."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import attrs

from bizrules import phrases
from bizrules.cli._screen import Screen
from bizrules.cli._words import coded, region_word
from bizrules.engine import Engine
from bizrules.provenance import Instrument
from bizrules.rules import Rule, Ruleset

ALL: Final = ""
GROUND: Final = "ground_of_law"
# Lists in the order in which they are printed everywhere, then what stands on none.
_LISTS: Final = ("exempt", "mitigated", "lighter", "heavier", "no_compulsion", GROUND)


@attrs.frozen(kw_only=True)
class Tally:
    """Rules loaded for one department, list, region or instrument.

    Attributes:
        key: Its code, or the name of the instrument; empty for all departments.
        rules: Rules loaded.
        rulesets: Rulesets they stand in.
        published: Items its issuers say they published; None where they gave no figure.
    """

    key: str
    rules: int
    rulesets: int
    published: int | None


def tallies_of(engine: Engine, by: str, on: date | None) -> tuple[Tally, ...]:
    """How many rules are loaded, by department, list, region or instrument.

    A rule for several departments counts for each of them.

    Args:
        engine: What is loaded.
        by: `department`, `list`, `region` or `instrument`.
        on: Day on which the rules must be in force; None takes all.
    """
    rules: Counter[str] = Counter()
    homes: dict[str, set[str]] = {}
    published: Counter[str] = Counter()
    for ruleset in engine.rulesets:
        for rule in ruleset.rules:
            if on is None or engine.is_in_force(rule, on):
                for key in _keys(rule, ruleset, by, engine):
                    rules[key] += 1
                    homes.setdefault(key, set()).add(ruleset.id)
        for key, count in _published(ruleset, by):
            published[key] += count
    return tuple(
        Tally(
            key=key,
            rules=rules[key],
            rulesets=len(homes.get(key, ())),
            published=published.get(key),
        )
        for key in _ordered({*rules, *published}, by)
    )


def _keys(rule: Rule, ruleset: Ruleset, by: str, engine: Engine) -> Iterable[str]:
    if by == "department":
        return _departments(rule, engine)
    if by == "list":
        kind = ruleset.lists.get(rule.list) if rule.list else None
        return (GROUND if kind is None else kind.effect.value,)
    return (_home(ruleset, by),)


def _departments(rule: Rule, engine: Engine) -> Iterable[str]:
    """Departments it names, else those of its violations, else all of them."""
    if rule.departments:
        return rule.departments
    return {engine.violations[name].department for name in rule.violations or ()} or (ALL,)


def _home(ruleset: Ruleset, by: str) -> str:
    """Where a ruleset belongs as a whole."""
    if by == "department":
        return ruleset.department or ALL
    return ruleset.region if by == "region" else instrument_word(ruleset.instrument)


def _published(ruleset: Ruleset, by: str) -> Iterable[tuple[str, int]]:
    """What the issuer says it published, under the keys of what it is counted by."""
    if by == "list":
        return [
            (ruleset.lists[name].effect.value, count)
            for batch in ruleset.batches
            for name, count in batch.counts.items()
            if name in ruleset.lists
        ]
    totals = [
        sum(batch.counts.values()) if batch.total is None else batch.total
        for batch in ruleset.batches
        if batch.total is not None or batch.counts
    ]
    return [(_home(ruleset, by), sum(totals))] if totals else []


def _ordered(keys: Iterable[str], by: str) -> list[str]:
    return sorted(keys, key=_LISTS.index if by == "list" else None)


def instrument_word(instrument: Instrument) -> str:
    """Name and number of an instrument."""
    number = f"（{instrument.number}）" if instrument.number else ""
    return f"{instrument.name}{number}"


def _word(key: str, by: str, engine: Engine, lang: str) -> str:
    """What a row is about, in words."""
    if by == "department":
        return coded("department", key, lang) if key else phrases.say("cli.all", lang)
    if by == "list":
        return coded("cli.list", key, lang)
    return region_word(key, engine.regions) if by == "region" else key


def tally_data(tallies: Iterable[Tally], by: str) -> Mapping[str, object]:
    """The rows as plain data; the key is null for rules of all departments."""
    rows = [
        {
            by: one.key or None,
            "rulesets": one.rulesets,
            "rules": one.rules,
            "published": one.published,
        }
        for one in tallies
    ]
    return {"by": by, "rows": rows}


def print_tallies(tallies: Iterable[Tally], by: str, engine: Engine, screen: Screen) -> None:
    """The rows as a table."""
    heads = [screen.say(f"cli.head.{head}") for head in (by, "rulesets", "rules", "published")]
    screen.table(
        heads,
        [
            (
                _word(one.key, by, engine, screen.lang),
                one.rulesets,
                one.rules,
                screen.say("cli.unknown") if one.published is None else one.published,
            )
            for one in tallies
        ],
    )
