"""The fine that is open: tier, base, band, ends; and the other kinds of penalty."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

from conformance.reference.conditions import (
    Data,
    Facts,
    Node,
    Truth,
    answers,
    every_answer,
    open_facts,
    reads,
    truth,
    value,
)
from conformance.reference.resolution import EXEMPT, KINDS, Result
from conformance.reference.worlds import GRADES, Law

ZERO = Fraction(0)
MITIGATED = 1
WITHOUT_FINE = ("none", "not_yet", "waived")


@dataclass(frozen=True)
class Range:
    """Ends in fen, or multiples of a base that is not known."""

    low: Fraction
    high: Fraction | None
    low_closed: bool = True
    high_closed: bool = True
    base: str | None = None
    tier: str = ""

    @property
    def empty(self) -> bool:
        """Whether no amount lies in it."""
        if self.high is None or self.low < self.high:
            return False
        return self.low > self.high or not (self.low_closed and self.high_closed)

    def fen(self) -> "Range":
        """The ends moved inward to whole fen, unless nothing would be left."""
        if self.base is not None:
            return self
        moved = self
        if self.low.denominator != 1:
            moved = replace(moved, low=Fraction(ceil(self.low)), low_closed=True)
        if self.high is not None and self.high.denominator != 1:
            moved = replace(moved, high=Fraction(floor(self.high)), high_closed=True)
        return self if moved.empty else moved


@dataclass(frozen=True)
class Fine:
    """What can be said of the fine."""

    state: str
    range: Range | None = None
    statutory: Range | None = None
    modality: str | None = None
    alternatives: tuple[Range, ...] = ()
    may_be_none: bool = False
    open_facts: tuple[str, ...] = ()

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Everything that it may turn out to be; none if nothing is known."""
        nothing = Range(ZERO, ZERO)
        if self.state == "undetermined" and not self.alternatives:
            return ()
        found = self.alternatives or (self.range or nothing,)
        return (*found, nothing) if self.may_be_none else found


def fine_for(law: Law, facts: Facts, result: Result | None) -> Fine:
    """The fine of a result; without one that is settled, the statutory range."""
    grade = None if result is None else result.grade
    if law.lacks_provision and grade != EXEMPT:
        return Fine("undetermined")
    return _fine(law, law.provisions[0] if law.provisions else None, facts, result)


def _fine(law: Law, provision: Data | None, facts: Facts, result: Result | None) -> Fine:
    graded = result if result is not None and result.grade is not None else None
    if provision is None or all("fine" not in tier for tier in provision.get("tiers", [])):
        return Fine("none")
    ready = law.reader.read(provision.get("only_after", []))
    if truth(ready, facts) is False:
        return Fine("not_yet")
    if graded is not None and is_waived("fine", graded):
        return Fine("waived", Range(ZERO, ZERO))
    tiers, missing = _possible_tiers(law, provision, facts)
    found = [_of_tier(law, tier, facts, graded) for tier in tiers]
    waiting = open_facts(ready, facts)
    if not found:
        return Fine("none")
    if len(found) == 1 and not waiting and not missing:
        return found[0]
    certain = any(truth(_switch(law, tier), facts) for tier in tiers)
    return Fine(
        "undetermined",
        alternatives=tuple(one.range for one in found if one.range is not None),
        may_be_none=bool(waiting) or not certain or any(f.state == "none" for f in found),
        modality=found[0].modality if len(found) == 1 else None,
        open_facts=tuple(sorted(waiting | missing | {n for f in found for n in f.open_facts})),
    )


def is_waived(kind: str, result: Result) -> bool:
    """Whether a penalty is left out."""
    if result.waiver is not None:
        return kind in result.waiver.waived or (kind == "fine" and bool(result.waiver.instead))
    if result.grade == EXEMPT:
        return kind in KINDS
    return any(
        kind in effect.get("waives", []) or (kind == "fine" and "instead" in effect)
        for effect in result.effects
    )


def _switch(law: Law, tier: Data) -> Node:
    return law.reader.read(tier.get("when", []))


def _possible_tiers(law: Law, provision: Data, facts: Facts) -> tuple[list[Data], frozenset[str]]:
    """Tiers that are the first to hold under some answer to what is not known."""
    tiers = provision["tiers"]
    switches = [_switch(law, tier) for tier in tiers]
    unknown = {name for node in switches for name in reads(node)} - facts.keys()
    given = {name: answers(law.reader.facts[name], switches, name) for name in sorted(unknown)}
    possible = set()
    for chosen in every_answer(given):
        told = [truth(node, {**facts, **chosen}) for node in switches]
        possible.add(told.index(True) if True in told else len(tiers))
    places = [at for at in range(len(tiers)) if at in possible]
    missing = frozenset().union(*(open_facts(switches[at], facts) for at in places))
    return [tiers[at] for at in places], missing


def _of_tier(law: Law, tier: Data, facts: Facts, result: Result | None) -> Fine:
    if "fine" not in tier:
        return Fine("none")
    scale = tier["fine"]
    statutory, missing = _statutory(tier, facts)
    graded = _graded(law, scale, statutory, result)
    return Fine(
        "symbolic" if graded.base else "range",
        graded.fen(),
        statutory.fen(),
        tier.get("modality", "shall"),
        open_facts=missing,
    )


def _statutory(tier: Data, facts: Facts) -> tuple[Range, tuple[str, ...]]:
    """The range of the provision, multiplied out where its base is known."""
    scale = tier["fine"]
    base = scale.get("times", scale.get("percent"))
    unit = Fraction(1, 100) if "percent" in scale else Fraction(1 if base else 100)
    low = Fraction(str(scale.get("min", 0))) * unit
    high = Fraction(str(scale["max"])) * unit if "max" in scale else None
    found = Range(low, high, low_closed="min" in scale, base=base, tier=tier["id"])
    if base is None or base not in facts:
        return found, (() if base is None else (base,))
    amount = max(facts[base], Fraction(str(scale.get("base_floor", 0))) * 100)
    return replace(
        found,
        low=low * amount,
        high=None if high is None else high * amount,
        low_closed=found.low_closed or amount == 0,
        base=None,
    ), ()


def _graded(law: Law, scale: Data, statutory: Range, result: Result | None) -> Range:
    """The part of the range that belongs to the grade."""
    if result is None or result.grade is None:
        return statutory
    fixed = _fixed(statutory, result)
    if fixed is not None:
        return fixed
    if result.grade == MITIGATED:
        return _mitigated(scale, statutory, result)
    shape = "max_only" if "min" not in scale else "range" if "max" in scale else "min_only"
    tables = (table for table in law.bands if shape in table.get("shapes", [shape]))
    table = next(tables, None)
    band = None if table is None else table["grades"].get(GRADES[result.grade])
    return statutory if band is None or statutory.high is None else _cut(statutory, band)


def _cut(statutory: Range, band: str) -> Range:
    low, high = (Fraction(part.strip()) for part in band.strip("[]()").split(","))
    span = (statutory.high or ZERO) - statutory.low
    return replace(
        statutory,
        low=statutory.low + span * low,
        high=statutory.low + span * high,
        low_closed=band[0] == "[" and (low > 0 or statutory.low_closed),
        high_closed=band[-1] == "]" and (high < 1 or statutory.high_closed),
    )


def _mitigated(scale: Data, statutory: Range, result: Result) -> Range:
    """Below the minimum, down to the highest floor; a maximum alone has no minimum."""
    if "min" not in scale or statutory.low == 0:
        return statutory
    floors = [e["fine"]["floor"] for e in result.effects if "floor" in e.get("fine", {})]
    share = max((Fraction(str(one)) for one in floors), default=None)
    return replace(
        statutory,
        low=ZERO if share is None else statutory.low * share,
        high=statutory.low,
        low_closed=share is not None,
        high_closed=False,
    )


def _fixed(statutory: Range, result: Result) -> Range | None:
    """What rules fix, intersected where possible; void where the grade does not reach."""
    given = [effect["fine"] for effect in result.effects if "fine" in effect]
    if result.waiver is not None:
        given = list(result.waiver.fines)
    found: Range | None = None
    for one in given:
        part = _part(statutory, one)
        if part is not None:
            found = part if found is None else _meet(found, part) or found
    if found is None:
        return None
    if result.grade == MITIGATED and statutory.low:
        return _meet(found, replace(statutory, low=ZERO, high=statutory.low, high_closed=False))
    return _meet(found, statutory)


def _part(statutory: Range, fine: Data) -> Range | None:
    if "band" in fine and statutory.high is not None:
        return _cut(statutory, fine["band"])
    money = {"kind": "money"}
    low, high = fine.get("amount", fine.get("low")), fine.get("amount", fine.get("high"))
    if low is None and high is None:
        return None
    ends = [None if end is None else Fraction(value(money, end)) for end in (low, high)]
    return Range(ends[0] or ZERO, ends[1], tier=statutory.tier)


def _meet(one: Range, two: Range) -> Range | None:
    """The common part; the first while a base is not known."""
    if one.base != two.base:
        return one
    low, low_open = max((r.low, not r.low_closed) for r in (one, two))
    ends = [(r.high, r.high_closed) for r in (one, two) if r.high is not None]
    high, closed = min(ends, default=(None, True))
    met = replace(one, low=low, high=high, low_closed=not low_open, high_closed=closed)
    return None if met.empty else met


@dataclass(frozen=True)
class Kind:
    """What becomes of a penalty besides the fine."""

    kind: str
    truth: Truth
    shall: bool
    waived: bool


def other_kinds(law: Law, facts: Facts, result: Result | None) -> Iterator[Kind]:
    """The kinds that the provision carries, and those ordered in place of a fine."""
    graded = result if result is not None and result.grade is not None else None
    for one in law.provisions[0].get("kinds", []) if law.provisions else []:
        told = truth(law.reader.read(one.get("when", [])), facts)
        waived = graded is not None and is_waived(one["kind"], graded)
        yield Kind(one["kind"], told, one.get("modality", "shall") == "shall", waived)
    if graded is not None and law.provisions:
        instead = [e["instead"] for e in graded.effects if "instead" in e]
        if graded.waiver is not None:
            instead = sorted(graded.waiver.instead)
        for kind in dict.fromkeys(instead):
            yield Kind(kind, truth=True, shall=True, waived=False)


def weigh_kinds(kinds: Iterator[Kind], *, certain: bool) -> list[tuple[int, bool]]:
    """What stands open besides the fine, the heaviest first; an order is no penalty."""
    found = [
        (KINDS.index(one.kind), one.shall)
        for one in kinds
        if one.kind in KINDS
        and not one.waived
        and (one.truth is True or (one.truth is None and not certain))
    ]
    return sorted(found, reverse=True)


def compare(one: Fine, other: Fine) -> int | None:
    """-1, 0 or 1 as the first fine is lighter, equal or heavier; None if facts decide."""
    found = {_order(mine, theirs) for mine in one.ranges for theirs in other.ranges}
    return found.pop() if len(found) == 1 else None


def _order(one: Range, other: Range) -> int | None:
    """The higher upper end counts, then the higher lower one."""
    nothing = Range(ZERO, ZERO)
    if one.base != other.base:
        return 1 if other == nothing else -1 if one == nothing else None
    mine, theirs = ((r.high is None, r.high or ZERO, r.low) for r in (one, other))
    return (mine > theirs) - (mine < theirs)


def ends(found: Range | None) -> dict[str, Any]:
    """A range as the JSON output writes it; its ends in yuan."""
    keys = ("low", "high", "low_closed", "high_closed", "unit", "base", "tier")
    if found is None:
        return dict.fromkeys(keys)
    scale = 1 if found.base else 100
    high = None if found.high is None else number(found.high / scale)
    written = (number(found.low / scale), high, found.low_closed, found.high_closed)
    return dict(
        zip(keys, (*written, found.base or "yuan", found.base, found.tier or None), strict=True)
    )


def number(exact: Fraction) -> int | float:
    """The number, a float only where it is not whole."""
    return int(exact) if exact.denominator == 1 else float(exact)
