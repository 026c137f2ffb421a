"""Fines that are a multiple of a fact (倍数罚款), ready for any amount."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final, Protocol

import attrs

from bizrules.facts import Value
from bizrules.fines import Penal, fine_of_tier, is_empty
from bizrules.outcomes import Fine, FineRange, FineState
from bizrules.penalties import Grade, Tier
from bizrules.rules import RuleEffect
from bizrules.shared_records import FromGiven, draft_of
from bizrules.values import Money


class FineSource(Protocol):
    """Works out the fine of a case whose rules were told."""

    @property
    def date(self) -> str:
        """The date of the case that says which law it is."""

    def plain_fine(self) -> Fine:
        """The fine, worked out from the facts."""

    def multiple(self, tier: Tier) -> "Multiple | None":
        """The fine of a tier whatever its base may be; None if it does not grow with the base."""


@attrs.frozen(eq=False)
class Multiple:
    """The fine of a tier that grows with its base (倍数罚款), for any base.

    Attributes:
        symbolic: The fine while the base is unknown.
        base: Name of the base.
        least: So much is counted at least. *Unit*: fen.
        low: Lower end times the base: numerator and denominator.
        high: Upper end likewise; None if the provision sets none.
    """

    symbolic: Fine
    base: str
    least: int
    low: tuple[int, int]
    high: tuple[int, int] | None
    _parts: Mapping[str, object]

    def times(self, values: Mapping[str, Value], source: FineSource) -> Fine | None:
        """The fine for the base of a case; None where it takes more than a multiplication.

        What is not an end of the range is worked out when it is read.

        Args:
            values: The facts.
            source: Works out what the fine says in words.
        """
        amount = values.get(self.base)
        if amount is None:
            return self.symbolic
        counted = max(amount.fen, self.least) if isinstance(amount, Money) else 0
        if counted <= 0:
            return None
        found = self._range(counted)
        if is_empty(found):
            return None
        fine = _FineDraft()
        fine.state = FineState.RANGE
        fine.range = found
        fine._parts = self._parts  # noqa: SLF001 - the record is begun here
        fine._given = source  # noqa: SLF001 - likewise
        fine.__class__ = Fine
        made: Fine = fine
        return made

    def _range(self, counted: int) -> FineRange:
        """The range of the grade, its ends moved inward to whole fen."""
        symbolic, found = self.symbolic.range, _FineRangeDraft()
        assert symbolic is not None  # noqa: S101 - a multiple has a range
        low, rest = divmod(self.low[0] * counted, self.low[1])
        found.low = Fraction(low + 1 if rest else low)
        found.low_closed = symbolic.low_closed or rest != 0
        found.high, found.high_closed = None, symbolic.high_closed
        if self.high is not None:
            high, rest = divmod(self.high[0] * counted, self.high[1])
            found.high = Fraction(high)
            found.high_closed = symbolic.high_closed or rest != 0
        found.base, found.tier = None, symbolic.tier
        found.__class__ = FineRange
        made: FineRange = found
        return made


_FineDraft: Final = draft_of(Fine)
_FineRangeDraft: Final = draft_of(FineRange)


def multiple_of(
    penal: Penal, tier: Tier, grade: Grade | None, effects: Iterable[RuleEffect]
) -> Multiple | None:
    """The fine of a tier, for any base; None if it does not grow with the base.

    Args:
        penal: What the fine is computed from.
        tier: The tier, which multiplies a base.
        grade: The grade; None where the outcome is open or contested.
        effects: What the supporting rules order.
    """
    provision, scale = penal.provision, tier.fine
    ordered = tuple(effects) if grade is not None else ()
    if provision is None or scale is None or scale.base is None or _has_amount(ordered):
        return None
    view = {name: value for name, value in penal.view.items() if name != scale.base}
    unknown = attrs.evolve(penal, view=view, names={})
    symbolic = fine_of_tier(unknown, provision, tier, grade, ordered)
    found = symbolic.range
    if found is None or found.low is None:
        return None
    parts = {
        "alternatives": (),
        "may_be_none": False,
        "modality": symbolic.modality,
        "citation": symbolic.citation,
        "open_facts": (),
        **{name: _worked_out(name) for name in ("statutory", "text", "steps")},
    }
    low = found.low.as_integer_ratio()
    high = None if found.high is None else found.high.as_integer_ratio()
    return Multiple(symbolic, scale.base, scale.base_floor or 0, low, high, parts)


def _has_amount(effects: Iterable[RuleEffect]) -> bool:
    """Whether a rule fixes an amount, which does not grow with any base."""
    fines = [effect.fine for effect in effects if effect.fine is not None]
    return any(end is not None for fine in fines for end in (fine.amount, fine.low, fine.high))


def _worked_out(name: str) -> FromGiven:
    """A field of the fine as it is worked out from the facts."""
    return FromGiven(lambda source: getattr(source.plain_fine(), name))
