"""The laws of stretches of time, written for the compiled loops."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

import attrs
import numpy as np

from bizrules.batch._arrays import Growing
from bizrules.batch._columns import Columns, UnsupportedError
from bizrules.batch._derived import computes
from bizrules.batch._fines import FineBook
from bizrules.batch._loops import Laws
from bizrules.batch._program import Programs
from bizrules.engine import Engine
from bizrules.history import FirstViolation
from bizrules.penalties import Grade, Modality
from bizrules.provenance import InstrumentKind
from bizrules.rules import Axis, Combination, Measure, Ruleset
from bizrules.selection import Candidate, Stretch
from bizrules.verdicts import Verdicts, rank_of
from bizrules.weights import Weight

_BEGINNING: Final = frozenset({InstrumentKind.LIST, InstrumentKind.BENCHMARK})

_WIDTH: Final = 5
_ENTRY: Final = 4

Step: TypeAlias = tuple[str, int, FirstViolation]
"""A derived fact: its name, the column it goes to, and the definition it is computed with."""

Plan: TypeAlias = tuple[Step, ...]

MeasureSort: TypeAlias = tuple[frozenset[Measure] | None, Modality]
"""What tells rules about measures apart: which they are for, and whether they bind."""


@attrs.define
class LawBook:
    """Every law met.

    Attributes:
        engine: The engine.
        columns: The columns of rows.
        programs: The conditions.
        fines: The provisions.
        verdicts: Numbers of weights.
        combinations: Ways in which rules combine, by number.
        sorts: A rule of each sort about measures.
        undated: Rulesets that nobody knows the beginning of.
        plans: What is derived in a law; nothing in the first.
        stretches: The laws.
    """

    engine: Engine
    columns: Columns
    programs: Programs
    fines: FineBook
    verdicts: Verdicts = attrs.field(factory=Verdicts)
    combinations: list[Combination] = attrs.field(factory=list)
    sorts: list[Candidate] = attrs.field(factory=list)
    undated: list[Ruleset] = attrs.field(factory=list)
    plans: list[Plan] = attrs.field(factory=lambda: [()])
    stretches: list[Stretch] = attrs.field(factory=list)
    plan_of: Growing = attrs.field(factory=Growing)
    fine_of: Growing = attrs.field(factory=Growing)
    rule_of: Growing = attrs.field(factory=Growing)
    _numbers: dict[int, int | None] = attrs.field(factory=dict)
    _kept: list[Stretch] = attrs.field(factory=list)
    _rules: dict[tuple[object, ...], int] = attrs.field(factory=dict)
    _general: dict[int, tuple[int, Candidate]] = attrs.field(factory=dict)
    _sort_numbers: dict[MeasureSort, int] = attrs.field(factory=dict)
    _rule_numbers: Mapping[str, int] = attrs.field(init=False)
    _heads: Growing = attrs.field(factory=lambda: Growing(np.int64))
    _entries: Growing = attrs.field(factory=Growing)
    _table: Growing = attrs.field(factory=lambda: Growing(np.int64))

    @_rule_numbers.default
    def _number_rules(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(sorted(self.engine.rules))}

    @property
    def rule_names(self) -> list[str]:
        """Ids of all rules, by number."""
        return list(self._rule_numbers)

    def number(self, stretch: Stretch) -> int | None:
        """The number of a law; None for one whose cases go one by one."""
        if id(stretch) not in self._numbers:
            # Kept, so that its identity stays its own.
            self._kept.append(stretch)
            try:
                self._numbers[id(stretch)] = self._add(stretch)
            except UnsupportedError:
                self._numbers[id(stretch)] = None
        return self._numbers[id(stretch)]

    @property
    def laws(self) -> Laws:
        """What the compiled loops read."""
        return Laws(
            self._heads.values.reshape(-1, 5),
            self._entries.values.reshape(-1, _ENTRY),
            self._table.values.reshape(-1, _WIDTH),
        )

    def _add(self, stretch: Stretch) -> int:
        _refuse_doubt(stretch)
        names = self._names(stretch)
        plan = tuple(self._steps(stretch, names))
        speaking = sorted((*stretch.penalty, *stretch.compulsion), key=lambda one: one.rule.id)
        rules = [self._rule(one, names) for one in speaking]
        fine = self.fines.add(next(iter(stretch.provisions), None), stretch.bands[0])
        ranked = sorted(
            (self._rank(one.weight, rules[place]), place) for place, one in enumerate(speaking)
        )
        if plan not in self.plans:
            self.plans.append(plan)
        if stretch.combinations[0] not in self.combinations:
            self.combinations.append(stretch.combinations[0])
        self.plan_of.append(self.plans.index(plan))
        self.fine_of.append(fine)
        first = len(self._entries) // _ENTRY
        for _, place in ranked:
            rule = rules[place]
            token = int(self._table.values[_WIDTH * rule + 1])
            self._entries.extend([rule, place, token, int(self.rule_of.values[rule])])
        way = self.combinations.index(stretch.combinations[0])
        undated = any(self._undated_ruleset(one) >= 0 for one in speaking)
        measured = bool(stretch.compulsion)
        self._heads.extend([first, first + len(rules), way, undated, measured])
        self.stretches.append(stretch)
        return len(self.stretches) - 1

    def _rank(self, weight: Weight | None, rule: int) -> tuple[object, ...]:
        """Heavier rules stand in front by sort, lenient ones as resolution ranks them."""
        if weight is None:
            return (2,)
        if self._table.values[_WIDTH * rule + 2]:
            return (0, int(self._table.values[_WIDTH * rule + 1]))
        return (1, rank_of(weight))

    def _names(self, stretch: Stretch) -> Mapping[str, int]:
        """The column of every key that depends on a definition."""
        copies: dict[str, int] = {}
        found = {}
        for step in stretch.plan:
            if step.others:
                raise UnsupportedError(step.name)
            if step.key != step.name:
                copies[step.name] = copies.get(step.name, 0) + 1
                found[step.key] = self.columns.column(step.name, copies[step.name])
        return found

    def _steps(self, stretch: Stretch, names: Mapping[str, int]) -> Iterator[Step]:
        facts = self.engine.vocabulary
        for step in stretch.plan:
            if not computes(facts[step.name], self.engine.derivations):
                raise UnsupportedError(step.name)
            yield step.name, names.get(step.key, self.columns.column(step.name)), step.first

    def _rule(self, candidate: Candidate, names: Mapping[str, int]) -> int:
        """The number of a rule as it speaks under a law; one for all violations is met by many."""
        read = {fact: names[key] for fact, key in candidate.names.items() if key in names}
        if read or not candidate.rule.is_general:
            return self._numbered(candidate, read)
        known = self._general.get(id(candidate))
        if known is None:
            # Kept, so that its identity stays its own.
            known = self._general[id(candidate)] = self._numbered(candidate, read), candidate
        return known[0]

    def _numbered(self, candidate: Candidate, read: Mapping[str, int]) -> int:
        code = self.programs.add(candidate.condition, read)
        rule = candidate.rule
        token = -1 if candidate.weight is None else self.verdicts.number(_sort(candidate.weight))
        undated = self._undated_ruleset(candidate)
        key = (rule.id, code, token, undated)
        known = self._rules.get(key)
        if known is None:
            known = self._rules[key] = len(self.rule_of)
            is_heavier = int(token >= 0 and rule.permits[0] is Grade.HEAVIER)
            sort = self._measure_sort(candidate)
            self._table.extend([code, token, is_heavier, undated, sort])
            self.rule_of.append(self._rule_numbers[rule.id])
        return known

    def _undated_ruleset(self, candidate: Candidate) -> int:
        ruleset = candidate.ruleset
        dated = candidate.rule.in_force.start is not None
        if dated or ruleset.instrument.kind not in _BEGINNING:
            return -1
        for number, one in enumerate(self.undated):
            if one is ruleset:
                return number
        self.undated.append(ruleset)
        return len(self.undated) - 1

    def _measure_sort(self, candidate: Candidate) -> int:
        if candidate.rule.axis is not Axis.COMPULSION:
            return -1
        sort = (candidate.rule.measures, candidate.rule.modality)
        known = self._sort_numbers.get(sort)
        if known is None:
            known = self._sort_numbers[sort] = len(self.sorts)
            self.sorts.append(candidate)
        return known


def _sort(weight: Weight) -> Weight:
    """The weight, of a heavier rule without its rank: among these the order has no meaning."""
    if weight.permits[0] is not Grade.HEAVIER:
        return weight
    return attrs.evolve(weight, precedence=(), specificity=(), of_law=False)


def _refuse_doubt(stretch: Stretch) -> None:
    """Leave laws of which a date in doubt decides something to the plain route."""
    several = max(len(stretch.combinations), len(stretch.bands), len(stretch.provisions))
    doubtful = stretch.doubtful or any(
        candidate.others for candidate in (*stretch.penalty, *stretch.compulsion)
    )
    if several > 1 or doubtful or stretch.lacks_provision or stretch.is_violation is not True:
        raise UnsupportedError("in doubt")
