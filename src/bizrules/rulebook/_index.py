"""Where the page of a ruleset stands, and the page that leads to all of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from bizrules import phrases
from bizrules.regions import NATIONAL, RegionTable
from bizrules.rulebook._markdown import cell, marked_down, table
from bizrules.rules import Ruleset
from bizrules.wording import name_of, say_date

INDEX: Final = "README.md"
"""Name of the index."""

_GENERAL: Final = "general"


def folder_of(ruleset: Ruleset, regions: RegionTable) -> tuple[str, str]:
    """Part of the book, and the department or province under it."""
    if ruleset.region == NATIONAL:
        return "national", ruleset.department or _GENERAL
    return "places", _province(ruleset.region, regions)


def path_of(ruleset: Ruleset, regions: RegionTable) -> str:
    """Path of the page in the book."""
    return "/".join((*folder_of(ruleset, regions), f"{ruleset.id}.md"))


def _province(region: str, regions: RegionTable) -> str:
    """The ancestor just below the whole country, or the region itself."""
    line = {region, *regions.ancestors(region)} - {NATIONAL}
    return next((code for code in sorted(line) if code.endswith("0000")), region)


def index_page(rulesets: Sequence[Ruleset], regions: RegionTable, lang: str) -> str:
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
    for one in sorted(rulesets, key=lambda one: (folder_of(one, regions), one.region, one.id)):
        groups.setdefault(folder_of(one, regions), []).append(one)
    parts = Counter(part for part, _ in groups)
    for (part, name), members in groups.items():
        if part in parts:
            lines += ["", f"## {phrases.say(f'rulebook.part.{part}', lang)}"]
            del parts[part]
        lines += ["", f"### {_group_name(part, name, regions, lang)}", ""]
        lines += _group(members, regions, lang)
    return "\n".join(lines) + "\n"


def _group_name(part: str, name: str, regions: RegionTable, lang: str) -> str:
    if part == "places":
        return marked_down(regions.name(name))
    if name == _GENERAL:
        return phrases.say("rulebook.general", lang)
    return name_of("department", name).in_(lang)


def _group(members: Sequence[Ruleset], regions: RegionTable, lang: str) -> Iterator[str]:
    heads = [phrases.say(f"rulebook.head.{name}", lang) for name in _heads(members)]
    yield from table(heads, (_row(one, regions, lang) for one in members))


def _heads(members: Sequence[Ruleset]) -> tuple[str, ...]:
    if members[0].region == NATIONAL:
        return ("ruleset", "kind", "from", "rules")
    return ("ruleset", "region", "kind", "from", "rules")


def _row(one: Ruleset, regions: RegionTable, lang: str) -> list[str]:
    kind = phrases.say(f"rulebook.kind.{one.instrument.kind.value}", lang)
    link = f"[{marked_down(one.title.in_(lang))}]({path_of(one, regions)})"
    place = [] if one.region == NATIONAL else [cell([regions.name(one.region)])]
    start = one.in_force.start
    day = "" if start is None else say_date(start, lang)
    return [link, *place, kind, day, str(len(one.rules))]
