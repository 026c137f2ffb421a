"""Where the page of a ruleset stands, and the page that leads to all of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bizrules import phrases
from bizrules.engine import Engine
from bizrules.regions import NATIONAL, RegionTable
from bizrules.rulebook._markdown import cell, marked_down, table
from bizrules.rules import Rule, Ruleset, Violation
from bizrules.wording import name_of, say_date

INDEX: Final = "README.md"
"""Name of the index."""

_GENERAL: Final = "general"


def folder_of(ruleset: Ruleset, engine: Engine) -> tuple[str, str]:
    """Part of the book, and the department or province under it."""
    if ruleset.region == NATIONAL:
        return "national", department_of(ruleset, engine.violations) or _GENERAL
    return "places", _province(ruleset.region, engine.regions)


def path_of(ruleset: Ruleset, engine: Engine) -> str:
    """Path of the page in the book."""
    return "/".join((*folder_of(ruleset, engine), f"{ruleset.id}.md"))


def department_of(ruleset: Ruleset, violations: Mapping[str, Violation]) -> str | None:
    """The one department that all its rules are for; None if they are for several or for all."""
    if ruleset.department is not None:
        return ruleset.department
    found = {code for rule in ruleset.rules for code in _departments(rule, violations)}
    return found.pop() if len(found) == 1 else None


def _departments(rule: Rule, violations: Mapping[str, Violation]) -> frozenset[str | None]:
    """Departments it names, else those of its violations; None stands for all."""
    if rule.departments is not None:
        return frozenset(rule.departments)
    if rule.violations is None:
        return frozenset({None})
    return frozenset(violations[name].department for name in rule.violations)


def _province(region: str, regions: RegionTable) -> str:
    """The ancestor just below the whole country, or the region itself."""
    line = {region, *regions.ancestors(region)} - {NATIONAL}
    return next((code for code in sorted(line) if code.endswith("0000")), region)


def index_page(rulesets: Sequence[Ruleset], engine: Engine, lang: str) -> str:
    """The index, with how many rules stand on each page."""
    rules = sum(len(one.rules) for one in rulesets)
    lines = [
        f"# {phrases.say('rulebook.title', lang)}",
        "",
        phrases.say("rulebook.intro", lang, pages=len(rulesets), rules=rules),
        "",
        phrases.say("rulebook.caution", lang),
    ]
    groups: dict[tuple[str, str], list[Ruleset]] = {}
    for one in sorted(rulesets, key=lambda one: (folder_of(one, engine), one.region, one.id)):
        groups.setdefault(folder_of(one, engine), []).append(one)
    parts = Counter(part for part, _ in groups)
    for (part, name), members in groups.items():
        if part in parts:
            lines += ["", f"## {phrases.say(f'rulebook.part.{part}', lang)}"]
            del parts[part]
        lines += ["", f"### {_group_name(part, name, engine.regions, lang)}", ""]
        lines += _group(members, engine, lang)
    return "\n".join(lines) + "\n"


def _group_name(part: str, name: str, regions: RegionTable, lang: str) -> str:
    if part == "places":
        return marked_down(regions.name(name))
    if name == _GENERAL:
        return phrases.say("rulebook.general", lang)
    return name_of("department", name).in_(lang)


def _group(members: Sequence[Ruleset], engine: Engine, lang: str) -> Iterator[str]:
    heads = [phrases.say(f"rulebook.head.{name}", lang) for name in _heads(members)]
    yield from table(heads, (_row(one, engine, lang) for one in members))


def _heads(members: Sequence[Ruleset]) -> tuple[str, ...]:
    if members[0].region == NATIONAL:
        return ("ruleset", "kind", "from", "rules")
    return ("ruleset", "region", "kind", "from", "rules")


def _row(one: Ruleset, engine: Engine, lang: str) -> list[str]:
    kind = phrases.say(f"rulebook.kind.{one.instrument.kind.value}", lang)
    link = f"[{marked_down(one.title.in_(lang))}]({path_of(one, engine)})"
    place = [] if one.region == NATIONAL else [cell([engine.regions.name(one.region)])]
    return [link, *place, kind, _first_day(one, lang), str(len(one.rules))]


def _first_day(one: Ruleset, lang: str) -> str:
    """From when it is in force; a draft never is, so when it was put out."""
    day = one.put_out if one.is_draft else one.in_force.start
    if day is None:
        return phrases.say("span.unknown", lang)
    said = say_date(day, lang)
    return phrases.say("rule.published", lang, day=said) if one.is_draft else said
