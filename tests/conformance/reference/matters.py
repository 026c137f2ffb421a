"""Several cases of one party: the acts, their fines together, and what to ask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.reference.asking import ask_for_choice, rank
from conformance.reference.concurrence import Choice, Norm, choose, giving_way
from conformance.reference.conditions import Data
from conformance.reference.evaluation import apply
from conformance.reference.fines import Range, ends
from conformance.reference.worlds import World

CHANGES = ("choice", "grade", "compulsion", "fine", "kinds")
TAKEN = ("displaced", "absorbed")


@dataclass(frozen=True)
class Part:
    """A case in its act: its role, to whom it gives way, and its own outcome."""

    norm: Norm
    role: str
    by: str | None
    outcome: dict[str, Any]

    @property
    def stands(self) -> bool:
        """Whether its norm has a say."""
        return self.role not in TAKEN


@dataclass(frozen=True)
class Act:
    """One act and its cases, in the order given."""

    name: str | None
    parts: tuple[Part, ...]
    choice: Choice

    @cached_property
    def standing(self) -> list[Part]:
        """Parts that are neither displaced nor absorbed."""
        return [part for part in self.parts if part.stands]

    @property
    def applied(self) -> Part | None:
        """The part whose fine is imposed."""
        return next((part for part in self.parts if part.role == "applied"), None)

    @property
    def settled(self) -> bool:
        """Whether neither the choice nor a standing part can change."""
        return self.choice.chosen and all(part.outcome["settled"] for part in self.standing)

    @property
    def contested(self) -> bool:
        """Whether a standing part is contested."""
        return any(part.outcome["contested"] for part in self.standing)

    @property
    def fine_is_open(self) -> bool:
        """Whether the amount, or whether there is a fine, is not told."""
        if self.applied is None:
            return any(part.role == "undetermined" for part in self.parts)
        outcome = self.applied.outcome
        return outcome["grade"] is None or outcome["fine"]["state"] == "undetermined"

    def report(self) -> dict[str, Any]:
        """The act as the JSON output writes it."""
        applied = self.applied
        return {
            "act": self.name,
            "applied": None if applied is None else applied.norm.case["id"],
            "basis": self.choice.basis,
            "chosen": self.choice.chosen,
            "settled": self.settled,
            "contested": self.contested,
            "open_facts": list(self.choice.open_facts),
            "parts": [
                {
                    "case": part.norm.case["id"],
                    "role": part.role,
                    "by": part.by,
                    "outcome": part.outcome,
                }
                for part in self.parts
            ],
        }


def joint(world: World, cases: Sequence[Data], outcome: Any) -> dict[str, Any]:  # noqa: ANN401
    """What the joint outcome of several cases says, as the JSON output writes it.

    Args:
        world: The world.
        cases: The cases; those with the same `act` are one act.
        outcome: Gives what the outcome of one case says.
    """
    acts = [_act(world, own, outcome) for own in acts_of(cases)]
    told = {part.outcome["crime_suspected"] for act in acts for part in act.parts}
    return {
        "crime_suspected": next(one for one in ("true", "unknown", "false") if one in told),
        "settled": all(act.settled for act in acts),
        "contested": any(act.contested for act in acts),
        "acts": [act.report() for act in acts],
        "fine": _sum(acts),
        "questions": _questions(world, acts),
        "duties": _duties(world, acts),
    }


def acts_of(cases: Sequence[Data]) -> list[list[Data]]:
    """The cases act by act; one without the name of an act is an act of its own."""
    found: dict[object, list[Data]] = {}
    for at, case in enumerate(cases):
        found.setdefault(case.get("act", at), []).append(case)
    return list(found.values())


def _act(world: World, cases: list[Data], outcome: Any) -> Act:  # noqa: ANN401
    violations = [world.violations[case["violation"]] for case in cases]
    elements = frozenset(name for one in violations for name in one.get("elements", []))
    norms = [
        Norm(case, violation, apply(world, case, elements))
        for case, violation in zip(cases, violations, strict=True)
    ]
    taken, perhaps, facts = giving_way(norms)
    places = [at for at in range(len(norms)) if at not in taken]
    rest = [norms[at] for at in places]
    choice = choose(rest) if len(rest) > 1 else _lone(rest[0], "remains" if taken else "lone")
    if perhaps:
        choice = Choice("open", None, choice.fined, facts, chosen=False)
    roles = {at: (role, norms[by].case["id"]) for at, (role, by) in taken.items()}
    for number, at in enumerate(places):
        roles[at] = _role(number, rest, choice, doubtful=at in perhaps)
    parts = tuple(
        Part(norm, *roles[at], outcome(world, norm.applied)) for at, norm in enumerate(norms)
    )
    return Act(cases[0].get("act"), parts, choice)


def _lone(norm: Norm, basis: str) -> Choice:
    """Of one norm there is nothing to choose."""
    fined = choose([norm]).fined
    return Choice(basis, 0 if fined and norm.fined else None, fined)


def _role(at: int, rest: list[Norm], choice: Choice, *, doubtful: bool) -> tuple[str, str | None]:
    """What becomes of a case whose norm stands, and under which case the fine is imposed."""
    own, winner = rest[at], choice.winner
    if own.is_exempt:
        return "exempt", None
    if doubtful:
        return "undetermined", None
    if at == winner:
        return "applied", None
    if own.fined is False or at not in (choice.fined or ()):
        is_open = own.fined is None and not own.applied.is_settled
        return ("undetermined" if is_open else "without_fine"), None
    if winner is None or own.fined is None:
        return "undetermined", None
    return "fined_elsewhere", rest[winner].case["id"]


def _sum(acts: list[Act]) -> dict[str, Any]:
    """The fines that are certain, added up; what is a multiple, and what is open, beside them."""
    ranges: list[Range] = []
    symbolic, waiting = [], []
    for number, act in enumerate(acts, start=1):
        applied = act.applied
        if act.fine_is_open:
            waiting.append(number)
        elif applied is not None:
            found = applied.norm.applied.main.fine(settled=applied.norm.applied.settled)
            if found.state == "symbolic":
                symbolic.append({"act": number, **ends(found.range)})
            elif found.state == "range" and found.range is not None:
                ranges.append(found.range)
    return {**ends(_added(ranges)), "symbolic": symbolic, "open": waiting}


def _added(ranges: list[Range]) -> Range | None:
    if not ranges:
        return None
    highs = [one.high for one in ranges if one.high is not None]
    return Range(
        low=sum((one.low for one in ranges), start=ranges[0].low * 0),
        high=sum(highs, start=ranges[0].low * 0) if len(highs) == len(ranges) else None,
        low_closed=all(one.low_closed for one in ranges),
        high_closed=all(one.high_closed for one in ranges),
    )


def _questions(world: World, acts: list[Act]) -> list[dict[str, Any]]:
    """Each fact once, with everything that it can change."""
    found: dict[str, dict[str, Any]] = {}
    for question in _asked(world, acts):
        known = found.setdefault(question["fact"], question)
        changes = {*known["changes"], *question["changes"]}
        found[question["fact"]] = {
            **known,
            "changes": [one for one in CHANGES if one in changes],
            "rules": sorted({*known["rules"], *question["rules"]}),
            "settles": max(known["settles"], question["settles"]),
        }
    return sorted(found.values(), key=rank)


def _asked(world: World, acts: list[Act]) -> Iterator[dict[str, Any]]:
    for act in acts:
        missing = dict.fromkeys(act.choice.open_facts)
        for part in act.standing:
            for question in part.outcome["questions"]:
                changes = question["changes"]
                if question["fact"] in act.choice.open_facts:
                    missing.pop(question["fact"], None)
                    yield {**question, "changes": ["choice", *changes]}
                elif part.role != "fined_elsewhere" or changes != ["fine"]:
                    yield question
        yield from (ask_for_choice(world, name) for name in missing)


def _duties(world: World, acts: list[Act]) -> list[dict[str, Any]]:
    """Each duty once; what a suspected crime demands comes first, and from every case."""
    first = {
        f"{ruleset['id']}/{duty['id']}"
        for ruleset in world.documents
        for duty in ruleset.get("duties", [])
        if duty["on"] == "crime"
    }
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    cases: dict[tuple[Any, ...], list[str]] = {}
    for part in (part for act in acts for part in act.parts):
        for duty in part.outcome["duties"]:
            if part.stands or duty["duty"] in first:
                key = (duty["duty"], duty["due"], duty["opens"])
                cases.setdefault(key, []).append(part.norm.case["id"])
                if key not in found or duty["certain"] >= found[key]["certain"]:
                    found[key] = duty

    def place(duty: Mapping[str, Any]) -> tuple[object, ...]:
        day = duty["due"] or duty["opens"]
        return duty["duty"] not in first, day is None, day or "", duty["duty"]

    given = [{**duty, "cases": cases[key]} for key, duty in found.items()]
    return sorted(given, key=place)
