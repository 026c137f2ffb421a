"""Penalty provisions as laws write them: ranges, maxima, multiples of a base in tiers."""

import random
from fractions import Fraction
from typing import Final

from bizrules.conditions import ALWAYS, Condition, Op, Test
from bizrules.penalties import (
    Band,
    BandTable,
    FineScale,
    Grade,
    Modality,
    OtherKind,
    PenaltyKind,
    Provision,
    Shape,
    Tier,
)
from bizrules.provenance import Citation, Text
from bizrules.values import Money

CITATION: Final = Citation("食品安全法", "124", 1)
YUAN: Final = 100
RANGES: Final = (
    (1_000, 10_000),
    (2_000, 20_000),
    (5_000, 50_000),
    (10_000, 100_000),
    (50_000, 200_000),
)
MAXIMA: Final = (1_000, 5_000, 10_000, 30_000, 50_000)
MULTIPLES: Final = ((1, 3), (2, 10), (5, 10), (10, 20), (15, 30))

BANDS: Final = BandTable(
    id="default",
    shapes=frozenset({Shape.RANGE, Shape.MAX_ONLY}),
    bands={
        Grade.LIGHTER: Band(low=Fraction(0), high=Fraction(3, 10)),
        Grade.HEAVIER: Band(low=Fraction(7, 10), high=Fraction(1)),
    },
    citations=(CITATION,),
)


def provision(rng: random.Random) -> Provision:
    """A provision: nine in twenty a range, five a maximum, five multiples, one without a fine."""
    shape = rng.choices(("range", "maximum", "multiples", "none"), (9, 5, 5, 1))[0]
    return Provision(
        id="p",
        citation=CITATION,
        tiers=_tiers(rng, shape),
        kinds=_kinds(rng),
        only_after=_flag(rng) if rng.random() < 0.1 else ALWAYS,
    )


def maximum(rng: random.Random) -> Provision:
    """A provision that reads no fact: up to an amount."""
    fine = FineScale(high=Fraction(rng.choice(MAXIMA) * YUAN))
    return Provision(id="p", citation=CITATION, tiers=(Tier(id="t", fine=fine),))


def _tiers(rng: random.Random, shape: str) -> tuple[Tier, ...]:
    modality = rng.choice((Modality.SHALL, Modality.MAY))
    if shape == "none":
        return (Tier(id="t", modality=modality),)
    if shape == "maximum":
        fine = FineScale(high=Fraction(rng.choice(MAXIMA) * YUAN))
        return (Tier(id="t", fine=fine, modality=modality),)
    low, high = rng.choice(RANGES)
    span = FineScale(low=Fraction(low * YUAN), high=Fraction(high * YUAN))
    if shape == "range":
        return (Tier(id="t", fine=span, modality=modality),)
    # Below a value of ten thousand yuan a range, from there on multiples of the value.
    base = f"amount_{rng.randrange(8)}"
    least, most = rng.choice(MULTIPLES)
    times = FineScale(low=Fraction(least), high=Fraction(most), base=base)
    below = Test((base,), Op.BELOW, Money(10_000 * YUAN))
    from_there = Test((base,), Op.AT_LEAST, Money(10_000 * YUAN))
    return (
        Tier(id="below", when=below, fine=span, modality=modality),
        Tier(id="from", when=from_there, fine=times, modality=modality),
    )


def _kinds(rng: random.Random) -> tuple[OtherKind, ...]:
    found = [OtherKind(kind=PenaltyKind.ORDER)]
    if rng.random() < 0.4:
        note = Text("没收违法所得", "confiscation of illegal gains")
        found.append(OtherKind(kind=PenaltyKind.CONFISCATION, note=note))
    if rng.random() < 0.2:
        found.append(OtherKind(kind=PenaltyKind.SUSPENSION, modality=Modality.MAY, when=_flag(rng)))
    return tuple(found)


def _flag(rng: random.Random) -> Condition:
    return Test((f"flag_{rng.randrange(20)}",), Op.IS, operand=True)
