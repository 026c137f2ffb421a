"""What is still to be asked, in which order, and which leniency was missed by how little."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from conformance.reference.conditions import (
    Count,
    Data,
    Facts,
    Node,
    Not,
    Test,
    answers,
    open_facts,
    opposite,
    reads,
    truth,
    value,
)
from conformance.reference.days import span
from conformance.reference.evaluation import Applied, Assessed, waiting_facts
from conformance.reference.fines import compare, number
from conformance.reference.history import Definition
from conformance.reference.worlds import GRADES, Rule, World

ORDER = ("choice", "grade", "compulsion", "fine", "kinds")
MOST_MISSES, MOST_NEAR = 2, 8
DATES = ("committed", "decided")


@dataclass
class Need:
    """What waits for a fact, and what it can change."""

    rules: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)


def questions(world: World, applied: Applied) -> list[dict[str, Any]]:
    """The questions of an outcome, the most useful first."""
    found = []
    for name, need in _needs(applied).items():
        fact = world.facts.get(name, {"kind": "date"})
        if name.endswith("#unexpressed"):
            fact = {"kind": "boolean", "judgement": True}
        settles = Fraction(0)
        if need.rules and name not in DATES:
            settles = _share_that_settles(applied, name, fact)
        changes = [one for one in ORDER if one in need.changes]
        since = _search_from(world, applied, name, need)
        found.append({**_question(name, fact, changes, need, settles), "since": since})
    return sorted(found, key=rank)


def rank(question: Data) -> tuple[Any, ...]:
    """Where a question stands among others."""
    return (
        "choice" not in question["changes"],
        question["changes"] == ["fine"],
        question["group"] is not None,
        question["group"] or "",
        -question["settles"],
        -len(question["rules"]),
        question["fact"],
    )


def _search_from(world: World, applied: Applied, name: str, need: Need) -> str | None:
    """How far back the register must be searched to answer a question about the past."""
    fact = world.facts.get(name, {})
    if "counts" in fact:
        days = [Definition(fact["counts"], applied.case, world.violations).record().since]
    elif name in ("first_violation", "prior_count"):
        rules = [rule for rule in applied.main.law.rules if rule.id in need.rules]
        days = [rule.history.since for rule in rules if rule.history is not None]
    else:
        return None
    return min((str(one) for one in days if one is not None), default=None)


def _question(
    name: str, fact: Data, changes: list[str], need: Need, settles: Fraction
) -> dict[str, Any]:
    return {
        "fact": name,
        "kind": fact["kind"],
        "changes": changes,
        "rules": sorted(need.rules),
        "settles": number(settles),
        "group": fact.get("group"),
        "judgement": bool(fact.get("judgement", False)),
        "answered_by": fact.get("answered_by", ["officer"]),
    }


def ask_for_choice(world: World, name: str) -> dict[str, Any]:
    """The question for a fact on which only the choice of a norm waits."""
    fact = world.facts.get(name, {"kind": "date"})
    return {**_question(name, fact, ["choice"], Need(), Fraction(0)), "since": None}


def _needs(applied: Applied) -> dict[str, Need]:
    needs: dict[str, Need] = {}

    def note(name: str, *changes: str, rule: str | None = None) -> None:
        need = needs.setdefault(name, Need())
        need.changes.update(changes)
        need.rules.update([rule] if rule else [])

    for one in applied.laws:
        for rule, name in ((r, n) for r in one.deciding for n in waiting_facts(one, r)):
            note(name, "grade", rule=rule.id)
        if one.law.is_violation is None and not one.settled:
            moment = one.law.moment
            note("decided" if moment.law == moment.decision else "committed", "grade")
    for rule, name in _waiting_measures(applied):
        note(name, "compulsion", rule=rule.id)
    decides = not applied.settled and all(one.settled for one in applied.laws)
    for name in _fine_facts(applied):
        note(name, "fine", *(["grade"] if decides else []))
    for name in _tie_facts(applied):
        note(name, "grade" if decides else "kinds")
    return needs


def _waiting_measures(applied: Applied) -> Iterator[tuple[Rule, str]]:
    """Rules for which the verdict about a measure waits, each with its facts."""
    for _, verdict, _, waiting in applied.measures():
        for rule in waiting if verdict == "open" else []:
            for name in waiting_facts(applied.current, rule):
                yield rule, name


def _fine_facts(applied: Applied) -> Iterator[str]:
    """Facts that leave the fine open; of both laws while the choice waits for their fines."""
    yield from applied.main.fine(settled=applied.settled).open_facts
    other = applied.other
    if applied.choice == "open" and other and applied.main.settled and other.settled:
        yield from other.fine().open_facts


def _tie_facts(applied: Applied) -> Iterator[str]:
    """Facts on which the other kinds wait, where only they can tell two laws apart."""
    other = applied.other
    if applied.choice != "open" or other is None:
        return
    laws = (applied.main, other)
    if all(one.settled for one in laws) and compare(*(one.fine() for one in laws)) == 0:
        for one in laws:
            for provision in one.law.provisions[:1]:
                for kind in provision.get("kinds", []):
                    yield from open_facts(one.law.reader.read(kind.get("when", [])), one.facts)


def _share_that_settles(applied: Applied, name: str, fact: Data) -> Fraction:
    main = applied.main
    nodes = [rule.node for rule in main.law.rules if name in reads(rule.node)]
    given = answers(fact, nodes, name)

    def settles(told: Any) -> bool:  # noqa: ANN401 - a value of any kind
        facts = {**main.facts, name: told}
        trial = Assessed(main.law, facts)
        current = Assessed(applied.current.law, facts)
        return Applied(applied.case, trial, current, "", trial.settled).is_settled

    return Fraction(sum(map(settles, given)), len(given)) if given else Fraction(0)


def near_misses(world: World, applied: Applied) -> list[dict[str, Any]]:
    """Lenient rules that failed by at most two conditions, curable ones first."""
    main, case = applied.main, applied.case
    best = min(main.base.permitted)
    found = []
    for rule in main.law.penalty:
        facts = rule.facts(main.facts)
        if truth(rule.node, facts) is not False or min(rule.permits) >= best:
            continue
        missing = _repair(world, rule.node, facts)
        if not missing or len(missing) > MOST_MISSES:
            continue
        curable = all(_is_curable(world, test) for test in missing)
        days = span(case["decided"]) if "decided" in case else (date.min, date.max)
        exact = days[0] if days[0] == days[1] else None
        near = {
            "rule": rule.id,
            "permits": [GRADES[grade] for grade in rule.permits],
            "curable": curable,
            "until": str(exact) if curable and exact else None,
            "misses": [{"facts": sorted(reads(test))} for test in missing],
        }
        found.append(((not curable, len(missing), min(rule.permits), rule.id), near))
    return [near for _, near in sorted(found, key=lambda one: one[0])][:MOST_NEAR]


def _repair(world: World, node: Node, facts: Facts) -> list[Test] | None:
    """The fewest failed tests that would have to pass; None if no single tests would do."""
    if truth(node, facts) is not False:
        return []
    if isinstance(node, Test):
        return [node]
    if isinstance(node, Not):
        turned = opposite(node.part, lambda name: str(world.facts[name]["kind"]))
        return None if turned is None else _repair(world, turned, facts)
    repairs = [_repair(world, part, facts) for part in node.parts]
    possible = sorted((one for one in repairs if one is not None), key=len)
    if len(possible) < node.need:
        return None
    chosen = [one for one in repairs if one is not None] if _is_all(node) else possible
    return list(dict.fromkeys(test for one in chosen[: node.need] for test in one))


def _is_all(node: Count) -> bool:
    return node.need == len(node.parts)


def _is_curable(world: World, test: Test) -> bool:
    """Whether the value that the party can still reach passes the test."""
    name = test.facts[0]
    fact = world.facts.get(name, {})
    if "cure" not in fact or len(test.facts) > 1 or test.of is not None:
        return False
    reached = fact["cure"]["to"]
    told = reached is True if fact["kind"] == "boolean" else value(fact, reached)
    return truth(test, {name: told}) is True
