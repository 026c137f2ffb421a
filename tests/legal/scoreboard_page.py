"""The part of `docs/explanation/scoreboard.md` on which published cases are settled, and why.

`make coverage` writes it anew; a test says whether it is up to date.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.phrases import say
from bizrules.regions import NATIONAL
from bizrules.rules import Rule, Ruleset
from bizrules.testing import Judgement, Scoreboard, ScoreRow, Standing, scoreboard
from legal.encoded import ROOT, engine

PAGE: Final = ROOT / "docs" / "explanation" / "scoreboard.md"
BEGIN: Final = "<!-- from here on written by `make coverage` -->\n"
END: Final = "<!-- up to here -->\n"
WHY: Final = {
    "place": "no list of that place or of a region above it is encoded",
    "violation": "lists of the place are encoded, none of them with an entry for the violation",
    "day": "the place has an entry for the violation, which was not in force",
    "condition": "an entry of the place is for it, and the account is silent on its conditions",
}
_SETTLED: Final = frozenset({Standing.AGREED, Standing.CHOICE, Standing.DISAGREED})


@cache
def cases() -> dict[str, Case]:
    """The published cases, by id."""
    return {one.case.id: one.case for one in engine().knowledge.goldens if one.official}


@cache
def board() -> Scoreboard:
    """Where the published cases stand under all rulesets."""
    return scoreboard(engine(), engine().knowledge.goldens)


def open_rows() -> tuple[ScoreRow, ...]:
    """The cases that are not settled, their account taken as complete where it is."""
    return tuple(row for row in board().rows if row.complete.standing is Standing.OPEN)


def settled_by_packages() -> list[str]:
    """The cases that stand differently without the packages."""
    alone = Engine.load(plugins=False)
    known = [one for one in engine().knowledge.goldens if one.case.violation in alone.violations]
    without = {row.case: row for row in scoreboard(alone, known).rows}
    return [
        row.case
        for row in board().rows
        if row.case not in without or _standings(row) != _standings(without[row.case])
    ]


def _standings(row: ScoreRow) -> tuple[Standing, Standing]:
    return row.published.standing, row.complete.standing


def why_no_place_settles(name: str) -> str:
    """Why no list of its place settles a case: the key of a reason in `WHY`."""
    case = cases()[name]
    above = frozenset(engine().regions.ancestors(case.region)) - {NATIONAL}
    local = [one for one in engine().rulesets if one.region in above and not one.is_draft]
    rules = {rule.id for one in local for rule in one.rules if _is_about(rule, one, case)}
    if not local:
        return "place"
    if not rules:
        return "violation"
    found = {finding.rule for finding in engine().evaluate(case).findings}
    return "condition" if found & rules else "day"


def _is_about(rule: Rule, ruleset: Ruleset, case: Case) -> bool:
    if rule.violations is not None:
        return case.violation in rule.violations
    department = engine().violations[case.violation].department
    return department in (rule.departments or {ruleset.department or department})


def section() -> str:
    """The text between the marks."""
    return "\n".join([*_settled(), "", *_packages(), "", *_open()]) + "\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    names = list(heads)
    for row in (names, ["---"] * len(names), *rows):
        yield f"| {' | '.join(map(str, row))} |"


def _settled() -> Iterator[str]:
    rows = [row for row in board().rows if row.complete.standing in _SETTLED]
    published = sum(row.published.standing in _SETTLED for row in rows)
    yield "## Which are settled"
    yield ""
    yield (
        f"{published} cases are settled as published, and {len(rows) - published} more "
        "with a complete account taken as such."
    )
    yield ""
    heads = ("case", "decided", "as published", "taken as complete", "rules that settle it")
    yield from _table(heads, (_settled_row(row) for row in rows))


def _settled_row(row: ScoreRow) -> tuple[str, ...]:
    official = row.official
    if official.grade is not None:
        decided = say(f"grade.{official.grade.code}", "en")
    else:
        decided = ", ".join(
            say(f"verdict.{verdict}", "en", measure=say(f"measure.{one}", "en"))
            for one, verdict in (official.compulsion or {}).items()
        )
    words = (_standing(one) for one in (row.published, row.complete))
    return (f"`{row.case}`", decided, *words, _deciding(row))


def _standing(judgement: Judgement) -> str:
    return say(f"score.{judgement.standing.value}", "en").partition(" (")[0]


def _deciding(row: ScoreRow) -> str:
    if row.complete.measures:
        verdicts = engine().evaluate(cases()[row.case]).compulsion
        rules = dict.fromkeys(rule for one in verdicts for rule in one.rules)
    else:
        rules = dict.fromkeys(row.complete.reason.determining if row.complete.reason else ())
    return ", ".join(f"`{rule}`" for rule in rules) or "no rule holds"


def _packages() -> Iterator[str]:
    moved = settled_by_packages()
    yield "## Why lists of places settle no more"
    yield ""
    if moved:
        named = ", ".join(f"`{name}`" for name in moved)
        yield f"Without the packages of places these cases would stand differently: {named}."
    else:
        yield "Without the packages of places every case would stand as it does."
    yield "They cannot settle a case that is not theirs; of the open cases:"
    yield ""
    reasons = {row.case: why_no_place_settles(row.case) for row in open_rows()}
    rows = [
        (why, len(names), ", ".join(f"`{name}`" for name in names))
        for key, why in WHY.items()
        if (names := [name for name, reason in reasons.items() if reason == key])
    ]
    yield from _table(("why", "cases", "which"), rows)


def _open() -> Iterator[str]:
    yield "## What the open ones lack"
    yield ""
    yield "The fact that is asked for first, with a complete account taken as such."
    yield ""
    counted = Counter(_first(row) for row in open_rows())
    rows = (
        (
            fact,
            count,
            ", ".join(f"`{row.case}`" for row in open_rows() if _first(row) == fact),
        )
        for fact, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    )
    yield from _table(("first missing fact", "cases", "which"), rows)


def _first(row: ScoreRow) -> str:
    question = row.complete.questions[0]
    return f"{question.label.en} (`{question.fact}`)"


def with_section(text: str) -> str:
    """The page with the section as it should be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{section()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_section(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
