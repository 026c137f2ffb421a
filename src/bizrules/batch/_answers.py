"""What sequences lead to: each is worked out once, by the engine's own functions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs
import numpy as np

from bizrules.assessment import judge_measure
from bizrules.batch._arrays import Growing
from bizrules.batch._fines import RangeBook
from bizrules.batch._kernel import Array
from bizrules.batch._laws import LawBook
from bizrules.batch._outcomes import MEASURES as MEASURE_CODES
from bizrules.batch._outcomes import MODALITIES, ROW_CODES, VERDICTS
from bizrules.batch._plain_route import problem_data
from bizrules.batch._sequences import MEASURES, MOST_TOKENS, UNDATED, VERDICT
from bizrules.errors import Problem, Severity
from bizrules.outcomes import MeasureOutcome, Verdict
from bizrules.penalties import Modality
from bizrules.provenance import Location
from bizrules.resolution import Resolution, resolve
from bizrules.rules import Combination, Measure
from bizrules.selection import Candidate
from bizrules.verdicts import UNTOLD

_NONE: Final = -1


@attrs.define
class AnswerBook:
    """What every sequence leads to, by its number.

    Attributes:
        laws: The laws.
        ranges: The fines.
        measures: Lists of measures, by number; none in the first.
        lang: Language of the problems.
    """

    laws: LawBook
    ranges: RangeBook
    measures: list[tuple[str, ...]]
    lang: str
    grades: Growing = attrs.field(factory=lambda: Growing(np.int8))
    modalities: Growing = attrs.field(factory=lambda: Growing(np.int8))
    rows: Growing = attrs.field(factory=lambda: Growing(np.int8))
    settled: Growing = attrs.field(factory=lambda: Growing(np.bool_))
    contested: Growing = attrs.field(factory=lambda: Growing(np.bool_))
    permitted_starts: Growing = attrs.field(factory=lambda: Growing(np.int64, (0,)))
    permitted: Growing = attrs.field(factory=lambda: Growing(np.int8))
    results: Growing = attrs.field(factory=Growing)
    deciding: Growing = attrs.field(factory=lambda: Growing(np.int64))
    list_starts: Growing = attrs.field(factory=lambda: Growing(np.int64, (0,)))
    listed: Growing = attrs.field(factory=Growing)
    problems: list[dict[str, str]] = attrs.field(factory=list)
    _resolved: dict[tuple[Combination, tuple[int, ...]], Resolution] = attrs.field(factory=dict)

    def add(self, sequence: Array) -> None:
        """Work out what the next number leads to."""
        kind, given = int(sequence[0]), sequence[1:].tolist()
        if kind != UNDATED and len(given) > MOST_TOKENS + 1:
            # Its rows go one by one.
            self._no_verdict()
        elif kind == VERDICT:
            self._add_verdict(given)
        elif kind == MEASURES:
            self._add_measures(given)
        else:
            self._add_undated(given)
        self.list_starts.append(len(self.listed))
        self.permitted_starts.append(len(self.permitted))

    def _no_verdict(self, *, settled: bool = True, deciding: int = 0) -> None:
        for codes in (self.grades, self.modalities, self.rows):
            codes.append(_NONE)
        self.settled.append(settled)
        self.contested.append(0)
        self.results.append(0)
        self.deciding.append(deciding)

    def _add_verdict(self, sequence: list[int]) -> None:
        combination, key = self.laws.combinations[sequence[0]], tuple(sequence[1:])
        trials = _Trials(self, combination, key)
        base, settled = trials.result(trials.held), trials.settled
        grade = base.grade if settled else None
        modality = base.modality if settled else None
        row = base.row if settled or base.contested else "open"
        self.grades.append(_NONE if grade is None else int(grade))
        self.modalities.append(_NONE if modality is None else MODALITIES.index(modality.value))
        self.rows.append(ROW_CODES.index(row))
        self.settled.append(settled)
        self.contested.append(base.contested)
        self.permitted.extend([int(one) for one in base.permitted])
        effects = base.effects if grade is not None else ()
        self.results.append(self.ranges.book.result(grade, effects))
        self.deciding.append(0 if settled else _bits(trials.deciding()))

    def resolved(self, combination: Combination, tokens: tuple[int, ...]) -> Resolution:
        """The result of the rules named, if they hold."""
        known = self._resolved.get((combination, tokens))
        if known is None:
            found = resolve(self.laws.verdicts.samples(tokens)[0], combination)
            known = self._resolved[combination, tokens] = found
        return known

    def _add_measures(self, sequence: list[int]) -> None:
        measures = [Measure(one) for one in self.measures[sequence[0]]]
        tokens = sequence[1:]
        sorts = self.laws.sorts
        held = [sorts[token >> 1] for token in tokens if not token & UNTOLD]
        unknown = [sorts[token >> 1] for token in tokens if token & UNTOLD]
        found = [judge_measure(measure, held, unknown) for measure in measures]
        for one in found:
            code = MEASURE_CODES.index(one.measure.value) * len(VERDICTS)
            self.listed.append(code + VERDICTS.index(one.verdict.value))
        waits = {
            place
            for place, token in enumerate(tokens)
            if token & UNTOLD and _can_change(sorts[token >> 1], found, held)
        }
        is_open = any(one.verdict is Verdict.OPEN for one in found)
        self._no_verdict(settled=not is_open, deciding=_bits(waits))

    def _add_undated(self, rulesets: Sequence[int]) -> None:
        """Warnings about rulesets that nobody knows the beginning of, by their ids."""
        found = sorted((self.laws.undated[one] for one in rulesets), key=lambda one: one.id)
        for ruleset in found:
            details = {"ruleset": ruleset.id, "instrument": ruleset.instrument.name}
            place = Location("case", path="$.region")
            problem = Problem("ruleset-undated", place, details, Severity.WARNING)
            data = problem_data(problem, self.lang)
            if data not in self.problems:
                self.problems.append(data)
            self.listed.append(self.problems.index(data))
        self._no_verdict()


class _Trials:
    """The rules of a key, tried with some of those that cannot be told; sets of places are bits."""

    def __init__(self, book: AnswerBook, combination: Combination, key: tuple[int, ...]) -> None:
        """Nothing tried yet."""
        self._book, self._combination, self._key = book, combination, key
        self._known: dict[int, Resolution] = {}
        self._untold = [place for place, token in enumerate(key) if token & UNTOLD]
        self.held = ((1 << len(key)) - 1) & ~_bits(self._untold)

    def result(self, places: int) -> Resolution:
        """The result if just the rules at the places hold."""
        known = self._known.get(places)
        if known is None:
            chosen = tuple(
                token & ~UNTOLD for place, token in enumerate(self._key) if places >> place & 1
            )
            known = self._known[places] = self._book.resolved(self._combination, chosen)
        return known

    @property
    def settled(self) -> bool:
        """Whether the result stays whichever of the others holds; see `resolution.is_settled`."""
        base = self.result(self.held)
        return all(self.result(self.held | 1 << own) == base for own in self._untold)

    def deciding(self) -> Iterator[int]:
        """Places of rules that can change the result, alone or with others.

        One is tried alone, beside every other one, and, where no other of its sort is beside it,
        beside all the others; as `Trials.deciding` does for one case.
        """
        every = _bits(self._untold)
        for own in self._untold:
            bit = 1 << own
            trials = [0, *(1 << other for other in self._untold if other != own)]
            if self._key[own] not in (
                *self._key[max(own - 1, 0) : own],
                *self._key[own + 1 : own + 2],
            ):
                trials.append(every & ~bit)
            if any(self._changes(self.held | trial, bit) for trial in trials):
                yield own

    def _changes(self, places: int, bit: int) -> bool:
        return self.result(places) != self.result(places | bit)


def _bits(places: Iterable[int]) -> int:
    return sum(1 << place for place in places)


def _can_change(
    rule: Candidate, found: Sequence[MeasureOutcome], held: Sequence[Candidate]
) -> bool:
    """Whether the verdict about a measure waits for a rule that cannot be told.

    What is allowed already, only a rule that binds can still change.
    """

    def speaks(candidate: Candidate, measure: Measure) -> bool:
        return candidate.rule.measures is None or measure in candidate.rule.measures

    waiting = {one.measure for one in found if one.verdict is Verdict.OPEN}
    if rule.rule.modality is not Modality.SHALL:
        waiting = {one for one in waiting if not any(speaks(other, one) for other in held)}
    return any(speaks(rule, measure) for measure in waiting)
