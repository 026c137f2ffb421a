"""From the rules that hold to the grade: the table of the rows, and every completion of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from conformance.reference.worlds import HEAVIER, ORDINARY, Rule

KINDS = (
    "warning",
    "criticism",
    "fine",
    "confiscation",
    "suspension",
    "revocation",
    "restriction",
    "detention",
)
EXEMPT, LENIENT = 0, frozenset({0, 1, 2})


@dataclass(frozen=True)
class Waiver:
    """What exemptions order together: what is waived, ordered instead of a fine, and fixed."""

    waived: frozenset[str]
    instead: frozenset[str]
    fines: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Result:
    """What a set of rules leads to; the row and the rules that carried it tell nothing apart."""

    row: str
    grade: int | None
    permitted: frozenset[int]
    shall: bool | None
    contested: bool = False
    waiver: Waiver | None = None
    effects: tuple[Any, ...] = ()
    determining: tuple[str, ...] = ()
    opposing: tuple[str, ...] = ()
    left_aside: tuple[str, ...] = ()

    @property
    def says(self) -> tuple[object, ...]:
        """What the authority is told."""
        effects = frozenset(map(repr, self.effects))
        return self.grade, self.permitted, self.shall, self.contested, self.waiver, effects


LAWFUL = Result("lawful", EXEMPT, frozenset({EXEMPT}), shall=True)


def resolve(held: Sequence[Rule], combination: str = "contest") -> Result:
    """The first row that fits the rules that hold."""
    heavier = [rule for rule in held if not rule.lenient]
    lenient = [rule for rule in held if rule.lenient]
    binding = [rule for rule in lenient if rule.permits == (EXEMPT,) and rule.shall]
    by_law = [rule for rule in binding if rule.level > 0]
    if by_law:
        return _exempt("shall-exempt", by_law, by_law if heavier else lenient)
    if lenient and heavier:
        return _both(lenient, heavier, combination)
    if binding:
        return _exempt("listed-exempt", binding, lenient)
    if lenient:
        named = [rule for rule in lenient if rule.permits[0] == EXEMPT]
        return _lenient("may-exempt" if named else "lenient", lenient, named or lenient)
    if heavier:
        shall = any(rule.shall for rule in heavier)
        permitted = frozenset({HEAVIER} if shall else {ORDINARY, HEAVIER})
        effects = tuple(rule.effect for rule in heavier if rule.effect)
        return Result(
            "heavier", HEAVIER, permitted, shall, effects=effects, determining=_ids(heavier)
        )
    return Result("ordinary", ORDINARY, frozenset({ORDINARY}), shall=None)


def _both(lenient: list[Rule], heavier: list[Rule], combination: str) -> Result:
    """Lenient and heavier rules meet: contested, unless a ruleset says how they combine."""
    if combination == "lenient":
        return resolve(lenient)
    if combination == "heavier":
        return resolve(heavier)
    grade, permitted = None, _permitted(lenient)[1] | {ORDINARY, HEAVIER}
    if combination == "ordinary":
        grade, permitted = ORDINARY, frozenset({2, ORDINARY, HEAVIER})
    contest = grade is None
    return Result(
        "contested" if contest else "set-off",
        grade,
        frozenset(permitted),
        shall=None if contest else False,
        contested=contest,
        determining=_ids(lenient),
        opposing=_ids(heavier),
        left_aside=_ids(_permitted(lenient)[2]) if contest else (),
    )


def _permitted(lenient: list[Rule]) -> tuple[frozenset[int] | None, frozenset[int], list[Rule]]:
    """The mandate of those that bind, what is permitted in all, and what is left aside."""
    mandate: frozenset[int] | None = None
    aside = []
    for rule in sorted((one for one in lenient if one.shall), key=lambda one: one.precedence):
        narrowed = frozenset(rule.permits) & (mandate or frozenset(rule.permits))
        if narrowed:
            mandate = narrowed
        else:
            aside.append(rule)
    optional: set[int] = set()
    for rule in lenient:
        if not rule.shall:
            optional |= LENIENT if rule.permits[0] == EXEMPT else set(rule.permits)
    if mandate is None:
        return None, frozenset(optional | {ORDINARY}), aside
    more = {grade for grade in optional if grade < max(mandate)}
    return mandate, mandate | more, aside


def _lenient(row: str, lenient: list[Rule], named: list[Rule]) -> Result:
    mandate, permitted, aside = _permitted(lenient)
    special = sorted(named, key=lambda rule: rule.speciality, reverse=True)
    proposals = (grade for rule in special for grade in rule.permits if grade in permitted)
    grade = next(proposals, max(permitted))
    carrying = [rule for rule in lenient if grade in rule.permits and rule not in aside]
    return Result(
        row,
        grade,
        permitted,
        shall=mandate is not None and grade in mandate,
        waiver=_waiver(carrying) if grade == EXEMPT else None,
        effects=()
        if grade == EXEMPT
        else tuple(rule.effect for rule in sorted(carrying, key=lambda r: r.id) if rule.effect),
        determining=_ids(carrying),
        left_aside=_ids(aside),
    )


def _exempt(row: str, binding: list[Rule], rules: list[Rule]) -> Result:
    exempting = [rule for rule in rules if EXEMPT in rule.permits]
    waiver = _waiver(exempting)
    carrying = binding if _waiver(binding) == waiver else exempting
    only = frozenset({EXEMPT})
    return Result(row, EXEMPT, only, shall=True, waiver=waiver, determining=_ids(carrying))


def _waiver(rules: list[Rule]) -> Waiver:
    """What any waives is waived; what one keeps stands, unless another that binds waives it."""
    binding = [rule for rule in rules if rule.shall and rule.permits == (EXEMPT,)]
    kept = frozenset(kind for rule in rules for kind in rule.effect.get("keeps", []))
    waived = _waives(binding) | (_waives(rules) - kept)
    ordered = {rule.effect["instead"] for rule in rules if "instead" in rule.effect}
    instead = frozenset(
        kind
        for kind in ordered
        if kind not in _waives([r for r in binding if r.effect.get("instead") != kind])
    )
    fines = [rule.effect["fine"] for rule in rules if "fine" in rule.effect]
    fixed = () if "fine" in waived or instead else tuple(fines)
    return Waiver(waived, instead, fixed)


def _waives(rules: list[Rule]) -> frozenset[str]:
    return frozenset(
        kind
        for rule in rules
        for kind in (
            rule.effect.get("waives") or [k for k in KINDS if k not in rule.effect.get("keeps", [])]
        )
    )


def _ids(rules: list[Rule]) -> tuple[str, ...]:
    return tuple(sorted(rule.id for rule in rules))


def subsets(rules: Sequence[Rule]) -> Iterator[tuple[Rule, ...]]:
    """Every way in which unknown rules could turn out."""
    for size in range(len(rules) + 1):
        yield from combinations(rules, size)


def deciding(held: list[Rule], unknown: list[Rule], combination: str) -> list[Rule]:
    """Unknown rules that change the result, alone or together with others."""

    def decides(rule: Rule) -> bool:
        others = [one for one in unknown if one is not rule]
        return any(
            resolve([*held, *way], combination).says
            != resolve([*held, *way, rule], combination).says
            for way in subsets(others)
        )

    return [rule for rule in unknown if decides(rule)]
