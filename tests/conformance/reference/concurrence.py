"""Which of the norms that one act broke the fine follows (行政处罚法 29)."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from conformance.reference.conditions import Data, every_answer, open_facts, reads, stretches
from conformance.reference.evaluation import Applied, Assessed
from conformance.reference.fines import (
    WITHOUT_FINE,
    Fine,
    compare,
    fine_for,
    other_kinds,
    weigh_kinds,
)
from conformance.reference.resolution import EXEMPT, LAWFUL

Point: TypeAlias = Mapping[Any, Any]
Threat: TypeAlias = tuple[Fine, list[tuple[int, bool]]]
Found: TypeAlias = frozenset[int] | None


@dataclass(frozen=True)
class Norm:
    """One case of an act, with what it leads to by itself."""

    case: Data
    violation: Data
    applied: Applied

    @property
    def laws(self) -> list[Assessed]:
        """The law applied; both while it is open which."""
        is_open = self.applied.choice == "open" and self.applied.other is not None
        both = [self.applied.main, self.applied.other]
        return [one for one in both[: 1 + is_open] if one is not None]

    @cached_property
    def statutory(self) -> Fine:
        """The fine of the law, before any grade."""
        return fine_for(self.applied.main.law, self.applied.main.facts, None)

    @cached_property
    def established(self) -> bool | None:
        """Whether the violation stands, and could take the place of others."""
        told = {_stands(law) for law in self.laws}
        return told.pop() if len(told) == 1 else None

    @property
    def waits(self) -> set[str]:
        """Facts that tell whether it stands."""
        return {
            name
            for law in self.laws
            for rule in law.told[1]
            if rule.ground == "not_established"
            for name in open_facts(rule.node, rule.facts(law.facts))
        }

    @cached_property
    def fined(self) -> bool | None:
        """Whether it leads to a fine where its provision threatens one; None if that is open."""
        result, applied = self.applied.result, self.applied
        if result is not None and result.grade == EXEMPT:
            return any(law.fine().state not in WITHOUT_FINE for law in self.laws)
        if result is not None and result.grade is not None:
            return applied.main.fine().state != "waived"
        laws = [applied.main, *([applied.other] if applied.other else [])]
        grades = {grade for law in laws for grade in law.possible()} | applied.main.base.permitted
        rules = [rule for law in laws for part in law.told for rule in part]
        waived = any("instead" in r.effect or "fine" in r.effect.get("waives", []) for r in rules)
        contested = applied.main.base.contested
        is_open = waived or EXEMPT in grades or (None in grades and not contested)
        return None if is_open else True

    @property
    def is_exempt(self) -> bool:
        """Whether it is exempt and no fine is left."""
        result = self.applied.result
        return result is not None and result.grade == EXEMPT and self.fined is False

    def unknown(self) -> dict[str, list[Any]]:
        """The unknown facts of its provision, each with the answers that matter."""
        law, facts = self.applied.main.law, self.applied.main.facts
        found: dict[str, list[Any]] = {}
        for provision in law.provisions:
            parts = [provision.get("only_after", [])]
            parts += [one.get("when", []) for one in provision.get("tiers", [])]
            parts += [one.get("when", []) for one in provision.get("kinds", [])]
            nodes = [law.reader.read(one) for one in parts]
            bases = list(_bases(provision))
            names = {name for node in nodes for name in reads(node)} | {n for n, _ in bases}
            for name in names - facts.keys():
                floors = [floor for base, floor in bases if base == name]
                found[name] = stretches(law.reader.facts[name], nodes, name, floors)
        return found

    def under(self, point: Point, place: int) -> Threat:
        """The statutory fine and the other kinds under some answers."""
        law = self.applied.main.law
        if ("version", place) in point:
            law = replace(law, provisions=(law.provisions[point["version", place]],))
        facts = {**point, **self.applied.main.facts}
        kinds = weigh_kinds(other_kinds(law, facts, None), certain=True)
        return fine_for(law, facts, None), kinds


def _stands(law: Assessed) -> bool | None:
    """Whether no rule says that the violation is not established, or none that carries."""
    base = law.base
    if base is LAWFUL:
        return False
    held = {rule.id for rule in law.told[0] if rule.ground == "not_established"}
    carries = base.permitted == {EXEMPT} or bool(held & set(base.determining))
    if held and carries and (law.settled or base.row == "shall-exempt"):
        return False
    doubts = any(rule.ground == "not_established" for rule in law.told[1])
    is_open = doubts or (held and not law.settled) or law.law.is_violation is None
    return None if is_open else True


def _bases(provision: Data) -> Iterator[tuple[str, Fraction]]:
    """Facts that fines multiply, each with the amount as which a smaller one counts."""
    for tier in provision.get("tiers", []):
        scale = tier.get("fine", {})
        base = scale.get("times", scale.get("percent"))
        if base is not None:
            yield base, Fraction(str(scale.get("base_floor", 0))) * 100


@dataclass(frozen=True)
class Choice:
    """Which norm of an act is applied.

    Attributes:
        basis: What chose it.
        winner: Its place among those that stand; None if there is none or it is open.
        fined: Places of those that may call for a fine.
        open_facts: What must be known before the choice can be made.
        chosen: Whether nothing can change it.
    """

    basis: str
    winner: int | None = None
    fined: Found = frozenset()
    open_facts: tuple[str, ...] = ()
    chosen: bool = True


def choose(norms: list[Norm]) -> Choice:
    """The norm that is applied under every answer to what is not known, or what to ask."""
    able = {at: norm for at, norm in enumerate(norms) if norm.fined is not False}
    told: dict[tuple[Any, ...], Found] = {}
    threats: list[dict[int, Threat]] = []
    grid = _grid(able)
    for point in every_answer(grid):
        found = {at: norm.under(point, at) for at, norm in able.items()}
        found = {at: one for at, one in found.items() if one[0].state not in WITHOUT_FINE}
        threats.append(found)
        told[tuple(point.values())] = _best(found, able)
    fined = frozenset(at for found in threats for at in found)
    if not fined:
        return Choice("no_fine")
    common = _common([one for one in told.values() if one is None or one])
    if common:
        winner = min(common)
        return Choice("equal" if len(common) > 1 else _basis(winner, threats), winner, fined)
    names = tuple(sorted({_asked(norms, key) for key in _deciding(grid, told)}))
    doubtful = any(able[at].fined is None and not able[at].applied.is_settled for at in fined)
    is_open = bool(names) or doubtful
    return Choice("open" if is_open else "discretion", None, fined, names, chosen=not is_open)


def _common(results: list[Found]) -> set[int]:
    """Those that are the best under every answer under which there is a fine at all."""
    sure = [set(one) for one in results if one is not None]
    return set.intersection(*sure) if len(sure) == len(results) else set()


def _grid(able: Mapping[int, Norm]) -> dict[Any, list[Any]]:
    """Everything unknown that the provisions read, with the answers that matter."""
    grid: dict[Any, list[Any]] = {}
    for at, norm in able.items():
        for name, answers in norm.unknown().items():
            grid[name] = [*dict.fromkeys([*grid.get(name, []), *answers])]
        versions = len(norm.applied.main.law.provisions)
        if versions > 1:
            grid["version", at] = list(range(versions))
    return {name: _between(answers) for name, answers in grid.items()}


def _between(answers: list[Any]) -> list[Any]:
    """With the middle of each stretch between two amounts."""
    if any(isinstance(one, bool | str | frozenset) for one in answers):
        return answers
    ordered = sorted(answers)
    middles = [(one + two) / 2 for one, two in itertools.pairwise(ordered)]
    return [*ordered, *middles]


def _best(found: Mapping[int, Threat], able: Mapping[int, Norm]) -> Found:
    """Those above which there is none; None if it is open whether one of them is fined."""
    top = [
        at
        for at, own in found.items()
        if not any(_is_above(other, own) for other in found.values())
    ]
    sure = frozenset(at for at in top if able[at].fined)
    return sure if sure or not top else None


def _is_above(one: Threat, other: Threat) -> bool:
    order = compare(one[0], other[0])
    return order == 1 or (order == 0 and one[1] > other[1])


def _basis(winner: int, threats: Iterable[Mapping[int, Threat]]) -> str:
    """What set the winner apart under any answers."""
    bases = ["higher_fine", "kinds", "equal", "sole"]
    found = {"sole"}
    for threat in threats:
        own = threat.get(winner)
        for at, other in threat.items() if own else ():
            if at != winner and own is not None:
                order = compare(own[0], other[0])
                kinds = "kinds" if own[1] > other[1] else "equal"
                found.add("higher_fine" if order == 1 else kinds)
    return min(found, key=bases.index)


def _deciding(grid: Iterable[Any], told: Mapping[tuple[Any, ...], object]) -> set[Any]:
    """The unknowns of which another answer, all else being equal, leads to another norm."""
    found = set()
    for place, name in enumerate(grid):
        apart: dict[tuple[Any, ...], set[object]] = {}
        for point, result in told.items():
            apart.setdefault(point[:place] + point[place + 1 :], set()).add(result)
        if any(len(results) > 1 for results in apart.values()):
            found.add(name)
    return found


def _asked(norms: list[Norm], key: Any) -> str:  # noqa: ANN401 - a fact, or a version in force
    """The fact that answers it: for a version the date that tells which one is in force."""
    if isinstance(key, str):
        return key
    moment = norms[key[1]].applied.main.law.moment
    return "decided" if moment.law == moment.decision else "committed"


Way: TypeAlias = Mapping[int, tuple[str, int]]


def giving_way(norms: list[Norm]) -> tuple[Way, Way, tuple[str, ...]]:
    """Who surely gives way, in which role and to whom; who may; and the facts that tell."""
    names = {norm.case["violation"] for norm in norms}
    doubtful = [
        at
        for at, norm in enumerate(norms)
        if norm.established is None
        and names & {*norm.violation.get("special_to", []), *norm.violation.get("absorbs", [])}
    ]
    sure = {at for at, norm in enumerate(norms) if norm.established}
    told = {}
    for answers in every_answer({at: [True, False] for at in doubtful}):
        told[tuple(answers.values())] = _way(norms, sure | {at for at in doubtful if answers[at]})
    last = told[tuple(False for _ in doubtful)]
    certain = {
        at: one
        for at, one in last.items()
        if all(way.get(at, ("", 0))[0] == one[0] for way in told.values())
    }
    perhaps = {at: one for way in told.values() for at, one in way.items() if at not in certain}
    roles = {point: frozenset((at, r) for at, (r, _) in way.items()) for point, way in told.items()}
    places = _deciding(doubtful, roles)
    return certain, perhaps, tuple(sorted({n for at in places for n in norms[at].waits}))


def _way(norms: list[Norm], standing: set[int]) -> dict[int, tuple[str, int]]:
    """Who gives way where those stand: first displaced by special ones, then absorbed."""
    found: dict[int, tuple[str, int]] = {}
    for relation, role in (("special_to", "displaced"), ("absorbs", "absorbed")):
        left = [at for at in range(len(norms)) if at not in found]
        reach = {at: _reach(norms, left, at, relation) for at in left if at in standing}
        for by in sorted(reach, reverse=True):
            taken = [at for at in reach[by] if by not in reach.get(at, ())]
            found.update(dict.fromkeys(taken, (role, by)))
    return found


def _reach(norms: list[Norm], left: list[int], start: int, relation: str) -> set[int]:
    """Those that a norm takes the place of, and those that they do."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        named = norms[waiting.pop()].violation.get(relation, [])
        fresh = {at for at in left if norms[at].case["violation"] in named} - found
        found |= fresh
        waiting += sorted(fresh)
    return found
