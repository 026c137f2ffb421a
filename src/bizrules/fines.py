"""The fine that is open: tier, base, band, exact ends, and how they came about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Final

import attrs

from bizrules import phrases, wording
from bizrules.conditions import AnyOf, Condition
from bizrules.facts import Vocabulary
from bizrules.implication import implies
from bizrules.matching import View, compile_condition
from bizrules.outcomes import Fine, FineRange, FineState, KindOutcome
from bizrules.penalties import (
    Band,
    BandTable,
    FineEffect,
    FineScale,
    Grade,
    Modality,
    OtherKind,
    PenaltyKind,
    Provision,
    Shape,
    Tier,
)
from bizrules.provenance import Text
from bizrules.rules import RuleEffect
from bizrules.tracing import open_facts, residual
from bizrules.truth import Truth
from bizrules.wording import phrase


@attrs.frozen(kw_only=True)
class Penal:
    """What the fine is computed from.

    Attributes:
        provision: The provision in force; None if the violation has none.
        bands: Band tables, the nearest first.
        vocabulary: Declarations of facts.
        view: Known facts.
        names: Names of the view under which some facts are read.
    """

    provision: Provision | None
    bands: tuple[BandTable, ...]
    vocabulary: Vocabulary
    view: View
    names: Mapping[str, str]

    def truth(self, condition: Condition) -> Truth:
        """Truth of a switch condition."""
        return Truth.of(compile_condition(condition, self.vocabulary, self.names)(self.view))

    def residual(self, condition: Condition) -> Condition:
        """What is left to tell of a switch condition."""
        return residual(condition, self.vocabulary, self.view, self.names)

    def open_facts(self, condition: Condition) -> tuple[str, ...]:
        """Unknown facts that can still change a switch condition."""
        return tuple(sorted(open_facts(condition, self.vocabulary, self.view, self.names)))


WITHOUT_FINE: Final = frozenset({FineState.NONE, FineState.NOT_YET, FineState.WAIVED})
"""States in which there is no fine."""


def fine_for(penal: Penal, grade: Grade | None, effects: Iterable[RuleEffect]) -> Fine:
    """The fine that is open for a grade.

    Args:
        penal: Provision, bands and facts.
        grade: The grade; None where the outcome is open or contested: then the statutory range.
        effects: What the supporting rules order; without a grade they order nothing yet.
    """
    provision = penal.provision
    ordered = tuple(effects) if grade is not None else ()
    if provision is None:
        return Fine(state=FineState.NONE, text=phrase("fine.no-provision"))
    if all(tier.fine is None for tier in provision.tiers):
        text = phrase("fine.none")
        return Fine(state=FineState.NONE, text=text, citation=provision.citation)
    ready = penal.truth(provision.only_after)
    if ready is Truth.FALSE:
        text = phrase("fine.not-yet")
        return Fine(state=FineState.NOT_YET, text=text, citation=provision.citation)
    waiting = penal.open_facts(provision.only_after) if ready is Truth.UNKNOWN else ()
    if _is_waived(PenaltyKind.FINE, grade, ordered) or any(e.instead for e in ordered):
        return Fine(
            state=FineState.WAIVED,
            range=FineRange(low=Fraction(0), high=Fraction(0)),
            text=phrase("fine.waived"),
            citation=provision.citation,
        )
    return _fine_of_tiers(penal, provision, grade, ordered, waiting)


def fine_of_versions(fines: Sequence[Fine], date: str) -> Fine:
    """The fine where several versions of a provision are in force on the possible days.

    Args:
        fines: The fine under each version.
        date: Name of the date of the case that decides between them.
    """
    first = fines[0]
    if all(
        (f.state, f.range, f.alternatives) == (first.state, first.range, first.alternatives)
        for f in fines
    ):
        return first
    ranges = [r for f in fines for r in ((f.range,) if f.range else f.alternatives)]
    said = wording.both(lambda lang: wording.join((f.text.in_(lang) for f in fines), lang, "or"))
    return Fine(
        state=FineState.UNDETERMINED,
        alternatives=tuple(ranges),
        text=phrase("fine.versions", ranges=said),
        may_be_none=any(f.may_be_none or f.state in WITHOUT_FINE for f in fines),
        steps=tuple(step for f in fines for step in f.steps),
        citation=fines[-1].citation,
        open_facts=tuple(sorted({date, *(name for f in fines for name in f.open_facts)})),
    )


def _fine_of_tiers(
    penal: Penal,
    provision: Provision,
    grade: Grade | None,
    effects: tuple[RuleEffect, ...],
    waiting: tuple[str, ...],
) -> Fine:
    tiers, open_facts = _possible_tiers(penal, provision)
    found = [fine_of_tier(penal, provision, tier, grade, effects) for tier in tiers]
    if not found:
        text = phrase("fine.no-tier")
        return Fine(state=FineState.NONE, text=text, citation=provision.citation)
    if len(found) == 1 and not waiting and not open_facts:
        return found[0]
    certain = any(penal.truth(tier.when) is Truth.TRUE for tier in tiers)
    missing = tuple(sorted({*waiting, *open_facts, *(f for one in found for f in one.open_facts)}))
    ranges = tuple(fine.range for fine in found if fine.range is not None)
    parts = wording.both(lambda lang: wording.join((f.text.in_(lang) for f in found), lang, "or"))
    key = "fine.waiting" if waiting else "fine.undetermined"
    return Fine(
        state=FineState.UNDETERMINED,
        alternatives=ranges,
        may_be_none=bool(waiting) or not certain or any(f.state in WITHOUT_FINE for f in found),
        text=phrase(key, ranges=parts),
        steps=tuple(step for fine in found for step in fine.steps),
        citation=provision.citation,
        open_facts=missing,
        modality=found[0].modality if len(found) == 1 else None,
    )


def _possible_tiers(penal: Penal, provision: Provision) -> tuple[list[Tier], tuple[str, ...]]:
    """Tiers that may apply: up to and including the first whose switch surely holds.

    One whose switch holds only if that of an earlier one does can never be the first.
    """
    possible: list[Tier] = []
    missing: set[str] = set()
    for tier in provision.tiers:
        truth = penal.truth(tier.when)
        if truth is Truth.FALSE or (truth is Truth.UNKNOWN and _is_taken(penal, tier, possible)):
            continue
        possible.append(tier)
        if truth is Truth.TRUE:
            break
        missing.update(penal.open_facts(tier.when))
    return possible, tuple(sorted(missing))


def _is_taken(penal: Penal, tier: Tier, earlier: list[Tier]) -> bool:
    """Whether an earlier tier is taken wherever this one's switch holds."""
    own = penal.residual(tier.when)
    taken = AnyOf(tuple(penal.residual(one.when) for one in earlier))
    return implies(own, taken, penal.vocabulary, names=penal.names)


def fine_of_tier(
    penal: Penal,
    provision: Provision,
    tier: Tier,
    grade: Grade | None,
    effects: tuple[RuleEffect, ...],
) -> Fine:
    """The fine of a tier.

    Args:
        penal: Bands and facts.
        provision: Its provision.
        tier: The tier.
        grade: The grade; None where the outcome is open or contested.
        effects: What the supporting rules order.
    """
    citation = tier.citation or provision.citation
    if tier.fine is None:
        text = phrase("fine.none")
        if tier.label is not None:
            text = phrase("fine.none-in-tier", tier=tier.label)
        return Fine(state=FineState.NONE, text=text, citation=citation)
    statutory, steps, missing = _statutory(penal, tier, tier.fine)
    graded, how = _graded(penal, tier.fine, statutory, grade, effects)
    state = FineState.SYMBOLIC if graded.base is not None else FineState.RANGE
    return Fine(
        state=state,
        range=_to_fen(graded),
        statutory=_to_fen(statutory),
        modality=tier.modality,
        text=range_text(_to_fen(graded), penal.vocabulary),
        steps=(*steps, *how),
        citation=citation,
        open_facts=missing,
    )


def _statutory(
    penal: Penal, tier: Tier, scale: FineScale
) -> tuple[FineRange, tuple[Text, ...], tuple[str, ...]]:
    """The range of the provision, multiplied out where the base is known."""
    low = scale.low if scale.low is not None else Fraction(0)
    # A fine below a maximum is more than nothing.
    low_closed = scale.low is not None
    raw = FineRange(low=low, high=scale.high, low_closed=low_closed, base=scale.base, tier=tier.id)
    said = range_text(raw, penal.vocabulary)
    step = (
        phrase("fine.step.tier", tier=tier.label, range=said)
        if tier.label
        else phrase("fine.step.range", range=said)
    )
    if scale.base is None:
        return raw, (step,), ()
    amount = penal.view.get(penal.names.get(scale.base, scale.base))
    if amount is None:
        return raw, (step,), (scale.base,)
    base = penal.vocabulary[scale.base].label
    known, computed = _multiplied(raw, scale, amount, base, penal.vocabulary)
    return known, (step, computed), ()


def _multiplied(
    raw: FineRange, scale: FineScale, amount: int, base: Text, vocabulary: Vocabulary
) -> tuple[FineRange, Text]:
    """The range with its base known, and how it was computed."""
    counted = max(amount, scale.base_floor or 0)
    known = attrs.evolve(
        raw,
        low=(scale.low or Fraction(0)) * counted,
        high=None if scale.high is None else scale.high * counted,
        low_closed=raw.low_closed or counted == 0,
        base=None,
    )
    computed = phrase(
        "fine.step.base-floor" if counted != amount else "fine.step.base",
        base=base,
        amount=wording.both(lambda lang: wording.say_yuan(amount, lang)),
        counted=wording.both(lambda lang: wording.say_yuan(counted, lang)),
        range=range_text(_to_fen(known), vocabulary),
    )
    return known, computed


def shape_of(scale: FineScale) -> Shape:
    """Shape of a statutory range."""
    if scale.low is None:
        return Shape.MAX_ONLY
    return Shape.MIN_ONLY if scale.high is None else Shape.RANGE


def _graded(
    penal: Penal,
    scale: FineScale,
    statutory: FineRange,
    grade: Grade | None,
    effects: tuple[RuleEffect, ...],
) -> tuple[FineRange, tuple[Text, ...]]:
    """The part of the statutory range that belongs to the grade, and why."""
    if grade is None:
        return statutory, (phrase("fine.step.no-grade"),)
    fixed = _fixed(penal, statutory, grade, effects)
    if fixed is not None:
        return fixed
    if grade is Grade.MITIGATED:
        return _mitigated(scale, statutory, effects)
    table = next((t for t in penal.bands if shape_of(scale) in t.shapes), None)
    band = table.bands.get(grade) if table else None
    if band is None or statutory.high is None:
        return statutory, (phrase("fine.step.whole", grade=phrase(f"grade.{grade.code}")),)
    graded = _cut(statutory, statutory.high, band)
    step = phrase(
        "fine.step.band-at" if band.low == band.high else "fine.step.band",
        grade=phrase(f"grade.{grade.code}"),
        low=_percent(band.low),
        high=_percent(band.high),
        range=range_text(_to_fen(graded), penal.vocabulary),
    )
    return graded, (step,)


def _percent(share: Fraction) -> Text:
    return wording.both(lambda lang: wording.say_share(share, lang))


def _cut(statutory: FineRange, high: Fraction, band: Band) -> FineRange:
    """The band of the range that ends at `high`."""
    low = statutory.low or Fraction(0)
    span = high - low
    low_closed = band.low_closed and (band.low > 0 or statutory.low_closed)
    high_closed = band.high_closed and (band.high < 1 or statutory.high_closed)
    return attrs.evolve(
        statutory,
        low=low + span * band.low,
        high=low + span * band.high,
        low_closed=low_closed,
        high_closed=high_closed,
    )


def _mitigated(
    scale: FineScale, statutory: FineRange, effects: tuple[RuleEffect, ...]
) -> tuple[FineRange, tuple[Text, ...]]:
    """Below the statutory minimum, down to the highest floor that a rule declares."""
    if scale.low is None or statutory.low == 0:
        return statutory, (phrase("fine.step.no-minimum"),)
    minimum = statutory.low or Fraction(0)
    floors = [e.fine.floor for e in effects if e.fine is not None and e.fine.floor is not None]
    share = max(floors, default=None)
    graded = attrs.evolve(
        statutory,
        low=minimum * share if share is not None else Fraction(0),
        high=minimum,
        low_closed=share is not None,
        high_closed=False,
    )
    if share is None:
        return graded, (phrase("fine.step.mitigated"),)
    return graded, (phrase("fine.step.mitigated-floor", share=_percent(share)),)


def _fixed(
    penal: Penal, statutory: FineRange, grade: Grade, effects: tuple[RuleEffect, ...]
) -> tuple[FineRange, tuple[Text, ...]] | None:
    """What the rules fix: an amount, a range or a share; several are intersected where possible.

    A mitigation lies below the statutory minimum, every other grade inside the range: what is
    fixed elsewhere is void.
    """
    result: FineRange | None = None
    for effect in effects:
        part = _part(statutory, effect.fine) if effect.fine is not None else None
        if part is not None:
            result = part if result is None else _meet(result, part) or result
    if result is not None:
        below = attrs.evolve(statutory, low=Fraction(0), high=statutory.low, high_closed=False)
        mitigates = grade is Grade.MITIGATED and bool(statutory.low)
        result = _meet(result, below if mitigates else statutory)
    if result is None:
        return None
    said = range_text(_to_fen(result), penal.vocabulary)
    return result, (phrase("fine.step.fixed", range=said),)


def _part(statutory: FineRange, fine: FineEffect) -> FineRange | None:
    """What one rule fixes."""
    if fine.band is not None and statutory.high is not None:
        return _cut(statutory, statutory.high, fine.band)
    if fine.amount is not None:
        amount = Fraction(fine.amount)
        return FineRange(low=amount, high=amount, tier=statutory.tier)
    if fine.low is None and fine.high is None:
        return None
    high = None if fine.high is None else Fraction(fine.high)
    return FineRange(low=Fraction(fine.low or 0), high=high, tier=statutory.tier)


def _meet(one: FineRange, two: FineRange) -> FineRange | None:
    """The common part of two ranges; the first while the base of either is unknown."""
    if one.base != two.base:
        return one
    # The inner end counts; of equal ends the open one.
    low, low_open = max((r.low or Fraction(0), not r.low_closed) for r in (one, two))
    ends = [(r.high, r.high_closed) for r in (one, two) if r.high is not None]
    high, high_closed = min(ends, default=(None, True))
    met = attrs.evolve(one, low=low, high=high, low_closed=not low_open, high_closed=high_closed)
    return None if is_empty(met) else met


def is_empty(found: FineRange) -> bool:
    """Whether nothing lies in a range."""
    low, high = found.low or Fraction(0), found.high
    if high is None or low < high:
        return False
    return low > high or not (found.low_closed and found.high_closed)


def _to_fen(found: FineRange) -> FineRange:
    """Ends moved inward to whole fen, so that no rounding leaves the range.

    A range with no whole fen inside stays as it is.
    """
    if found.base is not None:
        return found
    low, high = found.low, found.high
    if all(end is None or end.denominator == 1 for end in (low, high)):
        return found
    low_closed, high_closed = found.low_closed, found.high_closed
    if low is not None and low.denominator != 1:
        low, low_closed = Fraction(ceil(low)), True
    if high is not None and high.denominator != 1:
        high, high_closed = Fraction(floor(high)), True
    moved = attrs.evolve(found, low=low, high=high, low_closed=low_closed, high_closed=high_closed)
    return found if is_empty(moved) else moved


def range_text(found: FineRange, vocabulary: Vocabulary) -> Text:
    """A range in words; 以上 and 以下 include the number, 超过 and 不满 do not."""
    return wording.both(lambda lang: _say_range(found, vocabulary, lang))


def _say_range(found: FineRange, vocabulary: Vocabulary, lang: str) -> str:
    if found.base is None:
        return _say_ends(found, lambda end: wording.say_yuan(end, lang), lang)
    base = vocabulary[found.base].label.in_(lang)
    is_share = found.high is not None and found.high < 1
    said = _say_ends(
        found,
        lambda end: wording.say_share(end, lang) if is_share else wording.say_times(end, lang),
        lang,
    )
    key = "fine.of-base.share" if is_share else "fine.of-base.times"
    return phrases.say(key, lang, base=base, range=said)


def _say_ends(found: FineRange, say: Callable[[Fraction], str], lang: str) -> str:
    low, high = found.low or Fraction(0), found.high
    if high is not None and low == high:
        return phrases.say("fine.exactly", lang, amount=say(low))
    if high is None:
        return phrases.say("fine.from", lang, low=say(low))
    # Nothing is no fine, whether the end counts or not.
    if low == 0:
        key = "fine.to" if found.high_closed else "fine.below"
        return phrases.say(key, lang, high=say(high))
    low_mark = "closed" if found.low_closed else "open"
    high_mark = "closed" if found.high_closed else "open"
    key = f"fine.range.{low_mark}-{high_mark}"
    return phrases.say(key, lang, low=say(low), high=say(high))


def other_kinds(
    penal: Penal, grade: Grade | None, effects: Iterable[RuleEffect]
) -> tuple[KindOutcome, ...]:
    """What the grade does to each penalty besides the fine that the provision carries."""
    if penal.provision is None:
        return ()
    ordered = tuple(effects) if grade is not None else ()
    found = [_kind(penal, kind, grade, ordered) for kind in penal.provision.kinds]
    found += [
        KindOutcome(
            kind=kind,
            truth=Truth.TRUE,
            modality=Modality.SHALL,
            waived=False,
            text=phrase("kind.instead", kind=phrase(f"kind.{kind.value}")),
        )
        for kind in dict.fromkeys(e.instead for e in ordered if e.instead is not None)
    ]
    return tuple(found)


def open_kind_facts(penal: Penal) -> frozenset[str]:
    """Unknown facts on which it depends whether a penalty besides the fine is open."""
    kinds = penal.provision.kinds if penal.provision is not None else ()
    return frozenset(name for kind in kinds for name in penal.open_facts(kind.when))


def _is_waived(kind: PenaltyKind, grade: Grade | None, effects: tuple[RuleEffect, ...]) -> bool:
    """Whether a kind is left out: as the grade does, or as some rule orders.

    An exemption that names what it waives leaves the rest standing, but takes nothing away from
    what another waives.
    """
    if any(kind in effect.waives for effect in effects):
        return True
    if grade is not Grade.EXEMPT or not kind.is_penalty:
        return False
    return not effects or any(not e.waives and kind not in e.keeps for e in effects)


def _kind(
    penal: Penal, kind: OtherKind, grade: Grade | None, effects: tuple[RuleEffect, ...]
) -> KindOutcome:
    truth = penal.truth(kind.when)
    waived = _is_waived(kind.kind, grade, effects)
    name = kind.note or phrase(f"kind.{kind.kind.value}")
    key = "kind.waived" if waived else f"kind.{_kind_state(kind, truth, grade)}"
    return KindOutcome(
        kind=kind.kind,
        truth=truth,
        modality=kind.modality,
        waived=waived,
        text=phrase(key, kind=name),
    )


def _kind_state(kind: OtherKind, truth: Truth, grade: Grade | None) -> str:
    if truth is Truth.FALSE:
        return "not-open"
    if truth is Truth.UNKNOWN:
        return "unknown"
    if kind.kind is PenaltyKind.ORDER:
        return "ordered"
    # Illegal gains have to be confiscated (行政处罚法 28(2)): mitigation does not reach them.
    if grade is Grade.MITIGATED and kind.kind is not PenaltyKind.CONFISCATION:
        return "mitigable"
    return "shall" if kind.modality is Modality.SHALL else "may"
