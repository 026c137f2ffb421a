"""From the rules that hold to the grade: one table, first row that fits.

The table is `TABLE` below; a lawyer reads its rows with the reasons kept in the phrases under
`row.<code>`, a programmer reads the functions beside them.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Final

import attrs

from bizrules.penalties import Grade, Modality, PenaltyKind
from bizrules.provenance import Citation
from bizrules.rules import Combination, RuleEffect
from bizrules.weights import Weight

LENIENT: Final = frozenset({Grade.EXEMPT, Grade.MITIGATED, Grade.LIGHTER})


@attrs.frozen(kw_only=True)
class Resolution:
    """What the rules that hold lead to.

    Attributes:
        row: Code of the row of the table.
        grade: Grade proposed; None if contested.
        permitted: Grades left open, most lenient first.
        modality: SHALL or MAY for the grade; None for ORDINARY and where there is no grade.
        contested: Whether lenient and heavier grounds meet.
        effects: What the supporting rules order beyond the grade, by rule; those of an exemption
            taken together, as `_exempting` does. Their order is no part of equality.
        determining: Rules that carried the result; no part of equality.
        opposing: Rules on the heavier side of a contest; no part of equality.
        left_aside: Rules set aside for a higher or more special one; no part of equality.
    """

    row: str = attrs.field(eq=False)
    grade: Grade | None
    permitted: tuple[Grade, ...]
    modality: Modality | None
    contested: bool = False
    effects: tuple[RuleEffect, ...] = attrs.field(default=(), eq=frozenset)
    determining: tuple[str, ...] = attrs.field(default=(), eq=False)
    opposing: tuple[str, ...] = attrs.field(default=(), eq=False)
    left_aside: tuple[str, ...] = attrs.field(default=(), eq=False)


@attrs.frozen
class Sides:
    """The rules that hold, sorted by what they do."""

    binding_exemptions: Sequence[Weight]
    exemptions: Sequence[Weight]
    lenient: Sequence[Weight]
    heavier: Sequence[Weight]


def sides(held: Iterable[Weight]) -> Sides:
    """Sort the rules that hold; exemptions are lenient too."""
    binding, exemptions, lenient, heavier = [], [], [], []
    for weight in held:
        named = weight.permits[0]
        if named is Grade.HEAVIER:
            heavier.append(weight)
            continue
        lenient.append(weight)
        if named is Grade.EXEMPT:
            exemptions.append(weight)
            if weight.of_law and _binds(weight):
                binding.append(weight)
    return Sides(binding, exemptions, lenient, heavier)


def _binds(weight: Weight) -> bool:
    """Whether it must be followed and leaves nothing but exemption."""
    return weight.shall and weight.permits == (Grade.EXEMPT,)


@attrs.frozen
class _Mandate:
    """Grades to which the binding lenient rules narrow the choice."""

    grades: frozenset[Grade] | None
    accepted: tuple[Weight, ...]
    left_aside: tuple[Weight, ...]


def _narrow(lenient: Sequence[Weight]) -> _Mandate:
    """Intersect the binding sets, higher norms first; one that leaves nothing is left aside."""
    grades: frozenset[Grade] | None = None
    accepted, aside = [], []
    for weight in sorted((w for w in lenient if w.shall), key=lambda w: (w.precedence, w.rule)):
        narrowed = frozenset(weight.permits) if grades is None else grades & set(weight.permits)
        if narrowed:
            grades = narrowed
            accepted.append(weight)
        else:
            aside.append(weight)
    return _Mandate(grades, tuple(accepted), tuple(aside))


def _permitted(mandate: _Mandate, lenient: Sequence[Weight]) -> frozenset[Grade]:
    optional = frozenset(grade for w in lenient if not w.shall for grade in _choice(w))
    if mandate.grades is None:
        return optional | {Grade.ORDINARY}
    ceiling = max(mandate.grades)
    return mandate.grades | {grade for grade in optional if grade < ceiling}


def _choice(weight: Weight) -> frozenset[Grade]:
    # Who may exempt may also stop at a lesser leniency.
    return LENIENT if weight.is_exemption else frozenset(weight.permits)


def _proposal(
    lenient: Sequence[Weight], permitted: frozenset[Grade]
) -> tuple[Grade, Weight | None]:
    for weight in sorted(lenient, key=lambda w: (w.specificity, w.rule), reverse=True):
        for grade in weight.permits:
            if grade in permitted:
                return grade, weight
    return max(permitted), None


def _shall_exempt(found: Sides) -> Resolution:
    return _must_exempt(found, "shall-exempt", found.binding_exemptions)


def _must_exempt(found: Sides, row: str, binding: Sequence[Weight]) -> Resolution:
    """EXEMPT, with what every exemption that holds waives; only law speaks against heavier ones."""
    others = [w for w in found.lenient if Grade.EXEMPT in w.permits]
    exemptions = found.binding_exemptions if found.heavier else others
    effects = _exempting(exemptions)
    alone = binding == exemptions or set(_exempting(binding)) == set(effects)
    return Resolution(
        row=row,
        grade=Grade.EXEMPT,
        permitted=(Grade.EXEMPT,),
        modality=Modality.SHALL,
        effects=effects,
        determining=_ids(binding if alone else exemptions),
    )


def _lenient(found: Sides, row: str, candidates: Sequence[Weight]) -> Resolution:
    mandate = _narrow(found.lenient)
    permitted = _permitted(mandate, found.lenient)
    grade, _ = _proposal(candidates, permitted)
    bound = mandate.grades is not None and grade in mandate.grades
    supporting = [w for w in found.lenient if grade in w.permits and w not in mandate.left_aside]
    return Resolution(
        row=row,
        grade=grade,
        permitted=tuple(sorted(permitted)),
        modality=Modality.SHALL if bound else Modality.MAY,
        effects=_effects(supporting, grade),
        determining=_ids(supporting),
        left_aside=_ids(mandate.left_aside),
    )


def _listed_exempt(found: Sides) -> Resolution:
    return _must_exempt(found, "listed-exempt", [w for w in found.exemptions if _binds(w)])


def _heavier(found: Sides) -> Resolution:
    shall = any(w.shall for w in found.heavier)
    return Resolution(
        row="heavier",
        grade=Grade.HEAVIER,
        permitted=(Grade.HEAVIER,) if shall else (Grade.ORDINARY, Grade.HEAVIER),
        modality=Modality.SHALL if shall else Modality.MAY,
        effects=_effects(found.heavier, Grade.HEAVIER),
        determining=_ids(found.heavier),
    )


def _contested(found: Sides) -> Resolution:
    mandate = _narrow(found.lenient)
    permitted = _permitted(mandate, found.lenient) | {Grade.ORDINARY, Grade.HEAVIER}
    return Resolution(
        row="contested",
        grade=None,
        permitted=tuple(sorted(permitted)),
        modality=None,
        contested=True,
        determining=_ids(found.lenient),
        opposing=_ids(found.heavier),
        left_aside=_ids(mandate.left_aside),
    )


def _ordinary(_found: Sides) -> Resolution:
    return Resolution(
        row="ordinary", grade=Grade.ORDINARY, permitted=(Grade.ORDINARY,), modality=None
    )


def _ids(weights: Iterable[Weight]) -> tuple[str, ...]:
    return tuple(sorted(weight.rule for weight in weights))


def _effects(weights: Iterable[Weight], grade: Grade) -> tuple[RuleEffect, ...]:
    if grade is Grade.EXEMPT:
        return _exempting(weights)
    ordered = sorted(weights, key=lambda w: w.rule)
    return tuple(w.effect for w in ordered if w.effect is not None and grade in w.permits)


_PENALTIES: Final = frozenset(kind for kind in PenaltyKind if kind.is_penalty)


def _exempting(weights: Iterable[Weight]) -> tuple[RuleEffect, ...]:
    """What exemptions order together; nothing where they waive every penalty and no more.

    Waived is what any of them waives. What one keeps stands against those that may be left, but
    not against one that binds: nothing defeats it, and a second lenient ground never does harm.
    Likewise a penalty ordered in place of the fine falls if another that binds waives it.
    """
    ordered = sorted(weights, key=lambda w: w.rule)
    if ordered and all(w.effect is None for w in ordered):
        return ()
    effects = [w.effect or RuleEffect() for w in ordered]
    binding = [effect for w, effect in zip(ordered, effects, strict=True) if _binds(w)]
    kept = frozenset(kind for effect in effects for kind in effect.keeps)
    waived = _waived(binding) | (_waived(effects) - kept)
    fallen = {i for e in effects if (i := e.instead) and i in _waived(_without(i, binding))}
    instead = dict.fromkeys(e.instead for e in effects if e.instead and e.instead not in fallen)
    stays = RuleEffect(keeps=_PENALTIES - waived)
    if not waived <= _PENALTIES:
        stays = RuleEffect(waives=waived)
    if instead:
        return tuple(attrs.evolve(stays, instead=kind) for kind in instead)
    fines = dict.fromkeys(e.fine for e in effects if e.fine and PenaltyKind.FINE not in waived)
    if fines:
        return tuple(attrs.evolve(stays, fine=fine) for fine in fines)
    return () if stays == RuleEffect() else (stays,)


def _without(instead: PenaltyKind, effects: Iterable[RuleEffect]) -> list[RuleEffect]:
    return [effect for effect in effects if effect.instead is not instead]


def _waived(effects: Iterable[RuleEffect]) -> frozenset[PenaltyKind]:
    """Kinds that some exemption waives: those that it names, or all but those that it keeps."""
    found = (effect.waives or _PENALTIES - effect.keeps for effect in effects)
    return frozenset(kind for kinds in found for kind in kinds)


@attrs.frozen(kw_only=True)
class Row:
    """A row of the table.

    Attributes:
        code: Its code; the reason is the phrase `row.<code>`.
        fits: Whether it fits the rules that hold.
        result: What it leads to.
        citations: Where it rests.
    """

    code: str
    fits: Callable[[Sides], bool]
    result: Callable[[Sides], Resolution]
    citations: tuple[Citation, ...] = ()


def _apl(article: str, paragraph: int | None = None, sentence: int | None = None) -> Citation:
    return Citation("行政处罚法", article, paragraph, None, sentence)


TABLE: Final[tuple[Row, ...]] = (
    Row(
        code="shall-exempt",
        fits=lambda found: bool(found.binding_exemptions),
        result=_shall_exempt,
        citations=(_apl("57", 1),),
    ),
    Row(
        code="contested",
        fits=lambda found: bool(found.lenient and found.heavier),
        result=_contested,
        citations=(_apl("57", 2),),
    ),
    Row(
        code="listed-exempt",
        fits=lambda found: any(map(_binds, found.exemptions)),
        result=_listed_exempt,
        citations=(_apl("33", 1),),
    ),
    Row(
        code="may-exempt",
        fits=lambda found: bool(found.exemptions),
        result=lambda found: _lenient(found, "may-exempt", found.exemptions),
        citations=(_apl("33", 1),),
    ),
    Row(
        code="lenient",
        fits=lambda found: bool(found.lenient),
        result=lambda found: _lenient(found, "lenient", found.lenient),
        citations=(_apl("32"),),
    ),
    Row(
        code="heavier",
        fits=lambda found: bool(found.heavier),
        result=_heavier,
        citations=(_apl("5", 2),),
    ),
    Row(
        code="ordinary",
        fits=lambda _found: True,
        result=_ordinary,
        citations=(_apl("57", 1),),
    ),
)
LAWFUL: Final = Resolution(
    row="lawful", grade=Grade.EXEMPT, permitted=(Grade.EXEMPT,), modality=Modality.SHALL
)
"""The result under a law that does not regard the act as a violation; before every row.

*Source*: 行政处罚法 4, 37.
"""

_LAWFUL_ROW: Final = Row(
    code="lawful",
    fits=lambda _found: False,
    result=lambda _found: LAWFUL,
    citations=(_apl("4"), _apl("37")),
)
ROWS: Final = {row.code: row for row in (_LAWFUL_ROW, *TABLE)}


def resolve(held: Iterable[Weight], combination: Combination = Combination.CONTEST) -> Resolution:
    """The result of the first row that fits the rules that hold.

    Args:
        held: Rules on the penalty axis that hold.
        combination: How lenient and heavier rules combine, if a ruleset in force says so.
    """
    found = sides(held)
    if combination is not Combination.CONTEST and found.lenient and found.heavier:
        combined = _combined(found, combination)
        if combined is not None:
            return combined
    for row in TABLE:
        if row.fits(found):
            return row.result(found)
    msg = "the last row fits everything"
    raise AssertionError(msg)


def _combined(found: Sides, combination: Combination) -> Resolution | None:
    if found.binding_exemptions:
        return None
    if combination is Combination.LENIENT:
        return resolve(found.lenient)
    if combination is Combination.HEAVIER:
        return resolve(found.heavier)
    return Resolution(
        row="set-off",
        grade=Grade.ORDINARY,
        permitted=(Grade.LIGHTER, Grade.ORDINARY, Grade.HEAVIER),
        modality=Modality.MAY,
        determining=_ids(found.lenient),
        opposing=_ids(found.heavier),
    )


def is_settled(
    held: Sequence[Weight],
    unknown: Iterable[Weight],
    base: Resolution,
    combination: Combination = Combination.CONTEST,
) -> bool:
    """Whether the result is the same for every way the unknown rules could turn out.

    INVARIANT: if no single unknown rule changes the result, no set of them does. Each part of a
    result is either a row that a single rule of the right side switches, a union to which every
    rule adds its own share (what exemptions waive, less what they keep, is one of those), a greedy
    narrowing in a fixed order (a set that leaves the result alone either contains it or is already
    disjoint, and stays so), or the proposal of the most special rule.
    `docs/explanation/resolution.md` gives the proof; property tests compare with the enumeration
    of all sets.
    """
    waives_all = base.row == "shall-exempt" and not base.effects
    if waives_all and any(w.effect is None for w in sides(held).binding_exemptions):
        # Nothing defeats an exemption of law that waives every penalty.
        unknown = [weight for weight in unknown if weight.effect is not None]
    return all(resolve((*held, weight), combination) == base for weight in unknown)


_MOST_ENUMERATED: Final = 10


def possible_results(
    held: Sequence[Weight],
    unknown: Sequence[Weight],
    combination: Combination = Combination.CONTEST,
) -> frozenset[Grade | None]:
    """Grades that some way of the unknown rules would propose; None for a contested result.

    Rules that weigh the same count as one. Up to ten different ones are enumerated, which is
    exact; of more, every three are tried with and without all the others.
    """
    different = list({attrs.evolve(weight, rule=""): weight for weight in unknown}.values())
    if len(different) <= _MOST_ENUMERATED:
        sizes: Iterable[int] = range(len(different) + 1)
    else:
        sizes = (0, 1, 2, 3, len(different))
    trials = (chosen for size in sizes for chosen in combinations(different, size))
    return frozenset(resolve((*held, *chosen), combination).grade for chosen in trials)
