"""The fines that provisions lead to, worked out once for every place where a search may end."""

from fractions import Fraction
from functools import cached_property
from typing import Final, TypeAlias

import attrs
import numpy as np

from bizrules.batch._arrays import Growing
from bizrules.batch._columns import LARGEST, Columns
from bizrules.batch._kernel import Array
from bizrules.batch._loops import (
    AMOUNTS,
    BY_CASE,
    MULTIPLES,
    NO_RANGE,
    ONLY_MULTIPLES,
    Fines,
)
from bizrules.batch._plain_route import multiple
from bizrules.batch._program import Programs
from bizrules.batch._sequences import NODE, ZERO
from bizrules.conditions import ALWAYS, NEVER
from bizrules.fines import Penal, fine_for
from bizrules.matching import View
from bizrules.outcomes import Fine, FineRange, FineState
from bizrules.penalties import BandTable, FineScale, Grade, Provision, Tier
from bizrules.rules import RuleEffect

Result: TypeAlias = tuple[Grade | None, tuple[RuleEffect, ...]]
"""What a fine is computed from on the side of the rules."""

STATES: Final = tuple(FineState)


@attrs.frozen
class _Node:
    """A place where the search for the fine may end."""

    provision: Provision | None
    bands: tuple[BandTable, ...]
    tier: Tier | None = None
    is_before: bool = False

    @cached_property
    def decided(self) -> Provision | None:
        """The provision with its search decided."""
        provision = self.provision
        if provision is None:
            return None
        if self.tier is not None:
            # The others stay: whether there is a fine at all depends on every tier.
            tiers = tuple(
                attrs.evolve(tier, when=ALWAYS if tier is self.tier else NEVER)
                for tier in provision.tiers
            )
            return attrs.evolve(provision, only_after=ALWAYS, tiers=tiers)
        never = tuple(attrs.evolve(tier, when=NEVER) for tier in provision.tiers)
        return attrs.evolve(provision, only_after=NEVER if self.is_before else ALWAYS, tiers=never)


@attrs.define
class FineBook:
    """The provisions met, and the fines they led to."""

    columns: Columns
    programs: Programs
    results: list[Result] = attrs.field(factory=list)
    provisions: list[tuple[Provision | None, tuple[BandTable, ...]]] = attrs.field(factory=list)
    _numbers: dict[tuple[int, tuple[BandTable, ...]], int] = attrs.field(factory=dict)
    _result_numbers: dict[Result, int] = attrs.field(factory=dict)
    _nodes: list[_Node] = attrs.field(factory=list)
    _heads: Growing = attrs.field(factory=lambda: Growing(np.int64))
    _tiers: Growing = attrs.field(factory=lambda: Growing(np.int64))
    _lists: Growing = attrs.field(factory=lambda: Growing(np.int64))

    def result(self, grade: Grade | None, effects: tuple[RuleEffect, ...]) -> int:
        """The number of a result."""
        known = self._result_numbers.get((grade, effects))
        if known is None:
            known = self._result_numbers[grade, effects] = len(self.results)
            self.results.append((grade, effects))
        return known

    def add(self, provision: Provision | None, bands: tuple[BandTable, ...]) -> int:
        """The number of a provision under a table of bands."""
        key = (id(provision), bands)
        known = self._numbers.get(key)
        if known is None:
            programs = self._programs(provision)
            known = self._numbers[key] = len(self.provisions)
            self.provisions.append((provision, bands))
            self._write(provision, bands, programs)
        return known

    def _programs(self, provision: Provision | None) -> list[int]:
        if provision is None:
            return [self.programs.add(ALWAYS, {})]
        conditions = (provision.only_after, *(tier.when for tier in provision.tiers))
        return [self.programs.add(one, {}) for one in conditions]

    def _write(
        self, provision: Provision | None, bands: tuple[BandTable, ...], programs: list[int]
    ) -> None:
        ready, *switches = programs
        tiers = () if provision is None else provision.tiers
        before, first = len(self._nodes), len(self._tiers) // 4
        self._nodes += [_Node(provision, bands, is_before=True), _Node(provision, bands)]
        for tier, switch in zip(tiers, switches, strict=True):
            scale = tier.fine or FineScale()
            base = -1 if scale.base is None else self.columns.column(scale.base)
            self._tiers.extend([switch, len(self._nodes), base, scale.base_floor or 0])
            self._nodes.append(_Node(provision, bands, tier))
        tests = len(self._lists)
        for program in programs:
            self._lists.extend(self.programs.tests_of(program))
        reads = len(self._lists)
        read = () if provision is None else provision.facts_of_fine
        self._lists.extend(sorted(map(self.columns.column, read)))
        ends = (first, len(self._tiers) // 4, before, tests, reads, reads, len(self._lists))
        self._heads.extend([ready, *ends])

    @property
    def fines(self) -> Fines:
        """What the compiled loops read."""
        heads, tiers = self._heads.values.reshape(-1, 8), self._tiers.values.reshape(-1, 4)
        return Fines(heads, tiers, self._lists.values)

    def fine(self, sequence: Array, view: View) -> tuple[Fine, int]:
        """The fine that a sequence leads to, and what it multiplies: a place, or -1.

        Args:
            sequence: About a place where the search ended, or about all that a provision reads.
            view: The facts of a case with that sequence; read only for the latter.
        """
        kind, number, result = sequence[:3].tolist()
        grade, effects = self.results[result]
        if kind not in (NODE, ZERO):
            provision, bands = self.provisions[number]
            return self._fine(provision, bands, view, (grade, effects)), -1
        node = self._nodes[number]
        known: dict[str, int] = {}
        if kind == ZERO and node.tier is not None and node.tier.fine is not None:
            known[node.tier.fine.base or ""] = 0
        return self._fine(node.decided, node.bands, known, (grade, effects)), number

    def _fine(
        self,
        provision: Provision | None,
        bands: tuple[BandTable, ...],
        view: View,
        result: Result,
    ) -> Fine:
        penal = Penal(
            provision=provision,
            bands=bands,
            vocabulary=self.columns.vocabulary,
            view=view,
            names={},
        )
        return fine_for(penal, *result)

    def fixes(self, result: int) -> bool:
        """Whether a rule behind the result fixes something about the fine."""
        return any(effect.fine is not None for effect in self.results[result][1])

    def tier(self, number: int) -> Tier | None:
        """The tier of a place where a search ended."""
        return self._nodes[number].tier


@attrs.define
class RangeBook:
    """What fines look like, by the number of the sequence that led to them."""

    book: FineBook
    times: dict[str, int] = attrs.field(factory=dict)
    states: Growing = attrs.field(factory=lambda: Growing(np.int8))
    low_times: Growing = attrs.field(factory=Growing)
    high_times: Growing = attrs.field(factory=Growing)
    open_starts: Growing = attrs.field(factory=lambda: Growing(np.int64, (0,)))
    open_names: Growing = attrs.field(factory=Growing)
    base_names: Growing = attrs.field(factory=Growing)
    _table: Growing = attrs.field(factory=lambda: Growing(np.int64))

    @property
    def table(self) -> Array:
        """What the compiled loops read."""
        return self._table.values.reshape(-1, 10)

    def add(self, sequence: Array, view: View) -> None:
        """Work out the fine of the next number."""
        fine, node = self.book.fine(sequence, view)
        found = fine.range
        form = NO_RANGE if found is None else AMOUNTS
        if found is not None and found.base is not None:
            form = ONLY_MULTIPLES if self.book.fixes(int(sequence[2])) else MULTIPLES
        elif found is not None and node >= 0 and int(sequence[0]) == NODE:
            tier = self.book.tier(node)
            base = None if tier is None or tier.fine is None else tier.fine.base
            # An amount that a rule fixes meets the range of the provision once that is known.
            form = AMOUNTS if base is None or fine.state is not FineState.RANGE else BY_CASE
        if found is not None and (node < 0 and fine.state is not FineState.WAIVED):
            form = BY_CASE
        if found is not None and not _fits(found):
            form = BY_CASE
        self._add(fine, form, -1 if form != MULTIPLES else node)

    def _add(self, fine: Fine, form: int, node: int) -> None:
        found = fine.range
        self.states.append(STATES.index(fine.state))
        names = self.book.columns.names
        self.open_names.extend([names.index(name) for name in fine.open_facts])
        self.open_starts.append(len(self.open_names))
        closed = 0 if found is None else found.low_closed + 2 * found.high_closed
        if found is None or form in (NO_RANGE, BY_CASE):
            found = FineRange(low=None, high=None)
        is_amount = found.base is None
        low, high = found.low or Fraction(0), found.high
        fen = (int(low), -1 if high is None else int(high)) if is_amount else (0, -1)
        ratio = (0, 0) if high is None else high.as_integer_ratio()
        factors = (0, 0, 0, 0) if is_amount else (*low.as_integer_ratio(), *ratio)
        base = -1 if found.base is None else self.book.columns.column(found.base)
        self.base_names.append(-1 if found.base is None else names.index(found.base))
        tier = self.book.tier(node) if node >= 0 else None
        floor = 0 if tier is None or tier.fine is None else tier.fine.base_floor or 0
        self._table.extend([form, *fen, *factors, closed, base, floor])
        for kept, end in ((self.low_times, found.low), (self.high_times, found.high)):
            said = None if is_amount else multiple(end)
            kept.append(-1 if said is None else self.times.setdefault(said, len(self.times)))


def _fits(found: FineRange) -> bool:
    """Whether the compiled loops can hold the ends."""
    ends = [end for end in (found.low, found.high) if end is not None]
    if found.base is None and any(end.denominator != 1 for end in ends):
        return False
    return all(max(abs(end.numerator), end.denominator) < LARGEST for end in ends)
