"""Provisions and facts from which a fine is computed, in the notation of a textbook."""

from fractions import Fraction

from bizrules.conditions import ALWAYS, Condition, Op, Test
from bizrules.facts import Kind
from bizrules.fines import Penal
from bizrules.outcomes import Fine, FineRange, FineState
from bizrules.penalties import (
    Band,
    BandTable,
    FineEffect,
    FineScale,
    Grade,
    OtherKind,
    Provision,
    Tier,
)
from bizrules.provenance import Citation
from bizrules.rules import RuleEffect
from bizrules.values import Money
from strategies import fact, vocabulary_of

VOCABULARY = vocabulary_of(
    [
        fact("goods_value", Kind.MONEY),
        fact("gains", Kind.MONEY),
        fact("order_not_obeyed", Kind.BOOLEAN),
        fact("serious", Kind.BOOLEAN),
        fact("licensed", Kind.BOOLEAN),
    ]
)
CITE = Citation("食品安全法", "124", 1)
E, M, L, O, H = (  # noqa: E741 - the five grades, as short as the tables need them
    Grade.EXEMPT,
    Grade.MITIGATED,
    Grade.LIGHTER,
    Grade.ORDINARY,
    Grade.HEAVIER,
)


def yuan(amount: str) -> int:
    """The amount in fen."""
    return Money.from_yuan(amount).fen


def scale(
    low: str | None = None,
    high: str | None = None,
    *,
    times: str | None = None,
    base_floor: str | None = None,
) -> FineScale:
    """A range in yuan, or in multiples of a fact."""

    def end(number: str | None) -> Fraction | None:
        return None if number is None else Fraction(number) * (1 if times else 100)

    floor = None if base_floor is None else yuan(base_floor)
    return FineScale(low=end(low), high=end(high), base=times, base_floor=floor)


def band(low: str, high: str, ends: str = "[]") -> Band:
    """A band between two shares of the span."""
    closed = (ends[0] == "[", ends[1] == "]")
    return Band(low=Fraction(low), high=Fraction(high), low_closed=closed[0], high_closed=closed[1])


DEFAULT = BandTable(
    id="default",
    bands={L: band("0", "0.3"), O: band("0.3", "0.7", "()"), H: band("0.7", "1")},
)


def penal(
    *tiers: Tier | FineScale,
    bands: tuple[BandTable, ...] = (DEFAULT,),
    only_after: Condition = ALWAYS,
    kinds: tuple[OtherKind, ...] = (),
    facts: dict[str, object] | None = None,
) -> Penal:
    """What the fine is computed from; a bare range is a provision of one tier."""
    made = [one if isinstance(one, Tier) else Tier(id="only", fine=one) for one in tiers]
    provision = Provision(
        id="124", citation=CITE, tiers=tuple(made), kinds=kinds, only_after=only_after
    )
    return Penal(
        provision=provision, bands=bands, vocabulary=VOCABULARY, view=facts or {}, names={}
    )


def shown(found: FineRange | None) -> str:
    """A range in interval notation, in yuan or as multiples of its base."""
    if found is None:
        return "-"
    unit = 1 if found.base else 100
    low = "0" if found.low is None else str(float(found.low / unit)).removesuffix(".0")
    high = "oo" if found.high is None else str(float(found.high / unit)).removesuffix(".0")
    opening, closing = "[" if found.low_closed else "(", "]" if found.high_closed else ")"
    return f"{opening}{low}, {high}{closing}" + (f" x {found.base}" if found.base else "")


def fixing(**given: int | Band | Fraction) -> RuleEffect:
    """An effect that fixes something about the fine."""
    return RuleEffect(fine=FineEffect(**given))  # type: ignore[arg-type]  # names of fields


def is_true(name: str) -> Condition:
    """The condition that a boolean fact is true."""
    return Test((name,), Op.IS, True)


def of(found: Fine) -> tuple[FineState, str]:
    """State and range of a fine."""
    return found.state, shown(found.range)
