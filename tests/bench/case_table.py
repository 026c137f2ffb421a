"""Cases as Arrow columns, by the million, and any of them as an object."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
from workload import COMMITTED, DECIDED, FACTS, UNKNOWN, Workload

from bizrules.cases import Case, FactInput, Party
from bizrules.values import Money

Rng = np.random.Generator
MONEY: Final = pa.decimal128(18, 2)
CODES: Final = [f"c{i}" for i in range(5)]
FIRST_DAY: Final = date(2024, 1, 1)


def columns(
    work: Workload,
    count: int,
    *,
    unknown: float = UNKNOWN,
    seed: int = 365,
    ordered: bool = False,
) -> pa.Table:
    """Cases about the violations of a workload, as the cases of `build` are drawn.

    Args:
        work: Whose violations and regions.
        count: How many cases.
        unknown: Probability that a case lacks a fact.
        seed: What they are drawn from.
        ordered: Whether they come by violation, as a register may; else in random order.
    """
    rng = np.random.default_rng(seed)
    names = list(work.regions)
    chosen = rng.integers(0, len(names), count, dtype=np.int32)
    if ordered:
        chosen.sort()
    places = list(dict.fromkeys(work.regions.values()))
    place_of = np.array([places.index(work.regions[name]) for name in names], dtype=np.int32)
    made = {
        "id": pa.array(np.arange(count)).cast(pa.string()),
        "region": _coded(place_of[chosen], places),
        "violation": _coded(chosen, names),
        "committed": _repeated(COMMITTED, count),
        "decided": _repeated(DECIDED, count),
        "party_kind": _coded(np.zeros(count, dtype=np.int32), ["enterprise"]),
    }
    for name in FACTS:
        made[name] = _fact(rng, name, count, unknown)
    return pa.table(made)


def _coded(codes: "np.ndarray[tuple[int], np.dtype[np.int32]]", names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names, pa.string()))


def _repeated(day: date, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(day, pa.date32()), count)


def _fact(rng: Rng, name: str, count: int, unknown: float) -> pa.Array:
    missing = rng.random(count, dtype=np.float32) < unknown
    kind = name.split("_", 1)[0]
    if kind == "flag":
        return pa.array(rng.integers(0, 2, count, dtype=np.int8).astype(bool), mask=missing)
    if kind == "choice":
        codes = pa.array(rng.integers(0, len(CODES), count, dtype=np.int8), mask=missing)
        return pa.DictionaryArray.from_arrays(codes, pa.array(CODES))
    if kind == "amount":
        return _money(rng.integers(100, 2_000_000, count), missing)
    if kind == "count":
        return pa.array(rng.integers(0, 20, count), mask=missing)
    first = (FIRST_DAY - date(1970, 1, 1)).days
    days = rng.integers(first, first + 300, count, dtype=np.int32)
    return pa.array(days, pa.int32(), mask=missing).cast(pa.date32())


def _money(
    fen: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    missing: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> pa.Array:
    """Amounts in fen as decimals in yuan: 128 bits each, the upper half empty."""
    wide = np.zeros((len(fen), 2), dtype=np.int64)
    wide[:, 0] = fen
    bits = np.packbits(~missing, bitorder="little")
    buffers = [pa.py_buffer(bits.tobytes()), pa.py_buffer(wide.tobytes())]
    return pa.Array.from_buffers(MONEY, len(fen), buffers)


def case_of(table: pa.Table | pa.RecordBatch, row: int) -> Case:
    """The case of a row as an object."""
    found: Mapping[str, object] = table.slice(row, 1).to_pylist()[0]
    facts = {name: _input(found[name]) for name in FACTS if found[name] is not None}
    return Case(
        id=str(found["id"]),
        region=str(found["region"]),
        violation=str(found["violation"]),
        committed=_day(found["committed"]),
        decided=_day(found["decided"]),
        party=Party(kind="enterprise"),
        facts=facts,
    )


def _day(found: object) -> date:
    assert isinstance(found, date)
    return found


def _input(found: object) -> FactInput:
    if isinstance(found, Decimal):
        return Money.from_yuan(found)
    assert isinstance(found, (bool, int, str, date))
    return found
