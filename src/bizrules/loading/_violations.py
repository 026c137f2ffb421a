"""Violation catalogues: norms broken and penalty provisions."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

import attrs

from bizrules._structure import Raw
from bizrules.conditions import ALWAYS, Condition
from bizrules.documents import (
    FineDocument,
    ProvisionDocument,
    TierDocument,
    ViolationDocument,
)
from bizrules.facts import Kind, Vocabulary
from bizrules.grammar import Scope
from bizrules.loading._gathering import Gathering, by_index, citation, citations
from bizrules.loading._histories import refuse_first
from bizrules.nearness import near_names
from bizrules.penalties import FineScale, OtherKind, Provision, Tier
from bizrules.rules import LimitationPeriod, Violation
from bizrules.values import FEN_PER_YUAN

_PERCENT: Final = 100


@attrs.frozen(eq=False, kw_only=True)
class ViolationReader:
    """Reads the entries of violation catalogues.

    Attributes:
        vocabulary: Declared facts.
        scope: Definitions in scope.
        gathering: Receives the problems.
    """

    vocabulary: Vocabulary
    scope: Scope
    gathering: Gathering

    def violation(self, name: str, given: ViolationDocument, raw: Raw) -> Violation:
        """One entry of a violation catalogue."""
        for index, fact in enumerate(given.elements):
            self.check_fact(fact, raw.at("elements", index))
        return Violation(
            id=name,
            title=given.title,
            department=given.department,
            field=given.field,
            broken=citations(given.broken, raw, "broken"),
            provisions=self.provisions(given, raw),
            no_provision=given.no_provision,
            elements=frozenset(given.elements),
            limitation=self._limitation(given, raw),
            displaces=frozenset(given.displaces),
            absorbs=frozenset(given.absorbs),
            special_to=frozenset(given.special_to),
            in_force=self.gathering.interval(given.in_force, raw),
            location=raw.key_location,
        )

    def _limitation(self, given: ViolationDocument, raw: Raw) -> LimitationPeriod | None:
        if given.limitation is None:
            return None
        place = raw.at("limitation")
        months = self.gathering.positive(given.limitation.months, place, "months")
        return LimitationPeriod(months=months, citations=citations(given.limitation.cite, place))

    def check_fact(self, name: str, raw: Raw) -> bool:
        """Whether the fact is declared; a problem if not."""
        if name in self.vocabulary:
            return True
        near = near_names(name, self.vocabulary.facts)
        self.gathering.refuse("unknown-fact", raw.location, fact=name, near_names=near)
        return False

    def provisions(self, given: ViolationDocument, raw: Raw) -> tuple[Provision, ...]:
        """The provisions in their versions, which may not overlap."""
        read = [
            (self.provision(p, at), at) for p, at in by_index(given.provisions, raw, "provisions")
        ]
        for index, (one, _) in enumerate(read):
            for other, place in read[index + 1 :]:
                if one.id == other.id and one.in_force.overlaps(other.in_force):
                    self.gathering.refuse("overlapping-versions", place.location, id=one.id)
        return tuple(_with_known_end(one, [p for p, _ in read]) for one, _ in read)

    def provision(self, given: ProvisionDocument, raw: Raw) -> Provision:
        """One version of a provision."""
        gathering, location = self.gathering, raw.location
        gathering.entry_id(given.id, location)
        tiers = [self.tier(tier, place) for tier, place in by_index(given.tiers, raw, "tiers")]
        _check_ids((tier.id for tier in tiers), raw, gathering)
        kinds = [
            OtherKind(
                kind=kind.kind,
                modality=kind.modality,
                when=self.when(kind.when),
                note=kind.note,
            )
            for kind in given.kinds
        ]
        return Provision(
            id=given.id,
            citation=citation(given.cite, raw.at("cite").location),
            tiers=tuple(tiers),
            kinds=tuple(kinds),
            only_after=self.when(given.only_after, may_be_empty=True),
            in_force=gathering.interval(given.in_force, raw),
            published=given.published,
            checked=given.checked,
            unverified=given.unverified,
            location=location,
        )

    def when(self, raw: Raw | None, *, may_be_empty: bool = False) -> Condition:
        """A switch condition; always true if there is none."""
        if raw is None or (may_be_empty and raw.data == []):
            return ALWAYS
        found = self.gathering.condition(raw, self.vocabulary, self.scope) or ALWAYS
        refuse_first(found, raw, self.vocabulary, self.gathering)
        return found

    def tier(self, given: TierDocument, raw: Raw) -> Tier:
        """One step of a provision."""
        return Tier(
            id=given.id,
            when=self.when(given.when),
            fine=self.fine(given.fine, raw.at("fine")) if given.fine else None,
            modality=given.modality,
            label=given.label,
            citation=citation(given.cite, raw.at("cite").location) if given.cite else None,
        )

    def fine(self, given: FineDocument, raw: Raw) -> FineScale:
        """A range in yuan, or in times or percent of a money fact."""
        gathering = self.gathering
        basis = gathering.exclusive(raw, ("times", "percent"), needed=False)
        base = given.times or given.percent
        if base is not None and self.check_fact(base, raw.at(basis or "times")):
            self._check_money(base, raw.at(basis or "times"))
        if base is None and given.base_floor is not None:
            gathering.refuse("missing-one-of", raw.location, choices="times,percent")
        if given.min is None and given.max is None:
            gathering.refuse("missing-one-of", raw.location, choices="min,max")
        low, high = gathering.ratio(given.min, raw, "min"), gathering.ratio(given.max, raw, "max")
        if low is not None and high is not None and low > high:
            gathering.refuse(
                "empty-interval", raw.location, low=str(given.min), high=str(given.max)
            )
        factor = Fraction(FEN_PER_YUAN) if base is None else Fraction(1)
        factor = factor / _PERCENT if basis == "percent" else factor
        return FineScale(
            low=None if low is None else low * factor,
            high=None if high is None else high * factor,
            base=base,
            base_floor=gathering.fen(given.base_floor, raw, "base_floor"),
        )

    def _check_money(self, name: str, raw: Raw) -> None:
        kind = self.vocabulary[name].kind
        if kind is not Kind.MONEY:
            phrase = f"kind.{kind.value}"
            self.gathering.refuse("not-a-base", raw.location, fact=name, kind_phrase=phrase)


def _with_known_end(one: Provision, versions: Iterable[Provision]) -> Provision:
    """The version, its end known from the day on which the next one was promulgated."""
    days = one.in_force
    if days.until is None or days.end_known is not None:
        return one
    after = (p for p in versions if p.id == one.id and p.in_force.start == days.until)
    known = next((p.published for p in after), None)
    return attrs.evolve(one, in_force=attrs.evolve(days, end_known=known))


def _check_ids(ids: Iterable[str], raw: Raw, gathering: Gathering) -> None:
    seen: dict[str, int] = {}
    for index, name in enumerate(ids):
        if name in seen:
            place, first = (raw.at("tiers", at).location for at in (index, seen[name]))
            gathering.refuse("duplicate-id", place, id=name, first=str(first))
        seen.setdefault(name, index)
