"""Rows together: numbers in, compiled loops over them, columns out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import attrs
import numpy as np
import pyarrow as pa

from bizrules.batch import _asking as asking
from bizrules.batch import _loops as loops
from bizrules.batch import _matching as matching
from bizrules.batch import _sequences as sequences
from bizrules.batch._answers import AnswerBook
from bizrules.batch._arrays import Numbering, Scratch
from bizrules.batch._blocks import Order, judge_laws, judge_provisions, new_room, sort_by_law
from bizrules.batch._cases import CaseRow, Row
from bizrules.batch._columns import Columns
from bizrules.batch._derived import Givens, derive
from bizrules.batch._earlier import Earlier
from bizrules.batch._facts import Facts
from bizrules.batch._filling import REFUSED
from bizrules.batch._fines import FineBook, RangeBook
from bizrules.batch._kernel import NULL, Array, Program, Values, new_stack
from bizrules.batch._laws import LawBook
from bizrules.batch._outcomes import (
    MEASURES,
    STATES,
    VERDICTS,
    Dictionaries,
    amounts,
    booleans,
    lists,
    problem_lists,
    question_names,
)
from bizrules.batch._places import Places, Situations
from bizrules.batch._program import Programs
from bizrules.batch._rows import Rows, listed
from bizrules.batch._schema import MEASURE, OUTCOME_SCHEMA
from bizrules.batch._shared import SharedTruths, shared_rules
from bizrules.batch._spans import AFTER_ALL, BEFORE_ALL, Spans
from bizrules.case_dates import DATES
from bizrules.cases import PartyKind
from bizrules.engine import Engine
from bizrules.history import Register
from bizrules.matching import View

_New: TypeAlias = tuple[Array, int]
"""A sequence that was not met before, and the place of a row that has it."""

_ROOM: Final = 8
_RANGE: Final = STATES.index("range")
_KINDS: Final = {kind.value: number for number, kind in enumerate(PartyKind)}


@attrs.define(eq=False)
class Batch:
    """What is known of a batch while it is worked on."""

    rows: Rows
    cases: loops.Cases
    order: Order
    program: Program
    choices: Array
    crime: Array


@attrs.frozen(eq=False)
class _Stated:
    """What the rows say besides facts: dates, the party, what the registers said."""

    spans: Mapping[str, Spans]
    began: Spans
    kinds: Array
    ages: Array
    births: Array
    since: Array
    registers: Array
    earlier: Earlier


class Together:
    """Evaluates rows by compiled loops, as far as these know their laws."""

    def __init__(self, engine: Engine, dictionaries: Dictionaries, lang: str) -> None:
        """Know no law yet."""
        self._engine = engine
        self._dictionaries = dictionaries
        self._columns = Columns(engine.vocabulary, question_names(engine))
        self._programs = Programs(self._columns)
        self._fines = FineBook(self._columns, self._programs)
        self._laws = LawBook(engine, self._columns, self._programs, self._fines)
        self._ranges = RangeBook(self._fines)
        self._measures: dict[int, int] = {0: 0}
        self._measure_lists: list[tuple[str, ...]] = [()]
        self._answers = AnswerBook(self._laws, self._ranges, self._measure_lists, lang)
        self._places = Places(engine, self._laws)
        self._sequences, self._searches = Numbering(), Numbering()
        self._stack = new_stack()
        self._scratch = Scratch()
        self._masks = tuple(np.empty((2, 0, 1), dtype=np.int64))
        self._line_of = np.empty(0, dtype=np.int32)
        self._lines = matching.Lines(*np.empty((2, 0, 0), dtype=np.int64))

    def evaluate(self, rows: Rows) -> tuple[pa.RecordBatch, Array]:
        """The outcomes of the rows that could be evaluated together, and which these are."""
        given, dates = self._situations(rows)
        laws, choices = self._places.find(given)
        if not (laws >= 0).any():
            return self._dictionaries.batch([]), np.empty(0, dtype=np.int64)
        facts = self._facts(rows, laws, (given, dates))
        batch = self._read(rows, facts, laws, choices)
        found = self._match(batch)
        chosen = self._choose(batch, found)
        ends = self._ends(batch, chosen, found)
        questions = self._ask(batch, found, chosen, ends)
        kept = np.flatnonzero(~found.odd)
        out = self._columns_of(batch, found, chosen, ends, questions)
        if len(kept) < len(found.odd):
            out = out.take(pa.array(kept))
        return out, batch.cases.rows[kept]

    def _facts(self, rows: Rows, laws: Array, dated: "tuple[Situations, _Stated]") -> Facts:
        """The facts stated, examined and derived."""
        facts = Facts.of(rows, self._columns, self._needed(laws, rows), self._scratch)
        self._derive(rows, facts, laws, dated)
        return facts

    def _read(self, rows: Rows, facts: Facts, laws: Array, choices: Array) -> Batch:
        measures = self._measure_numbers(rows)
        program = self._programs.kernel(facts.slots)
        known = self._laws.laws
        there = np.flatnonzero((laws >= 0) & ~rows.odd)
        order = Order(*sort_by_law(there, laws, len(known.heads)))
        shared = self._shared(program, facts.values, laws[there], rows)
        cases = loops.Cases(there, facts.values, laws, measures, *shared)
        judge_laws(program, known, cases, order, new_room(rows.odd), cases.truths)
        if rows.odd[there].any():
            cases = cases._replace(rows=there[~rows.odd[there]])
        return Batch(rows, cases, order, program, choices, facts.column("crime_suspected"))

    def _needed(self, laws: Array, rows: Rows) -> list[int]:
        """Columns that have to be there although no column is given: what is derived."""
        plans = _present(self._laws.plan_of.values[_present(laws[laws >= 0])])
        steps = [step for plan in plans.tolist() for step in self._laws.plans[plan]]
        found = {column for _, column, _ in steps}
        found |= {self._columns.column(name) for name, _, _ in steps}
        if rows.column("examined") is not None:
            names = (one.name for one in self._engine.vocabulary.facts.values() if one.group)
            found |= {self._columns.column(name) for name in names}
        return sorted(found)

    def _derive(
        self, rows: Rows, facts: Facts, laws: Array, dated: "tuple[Situations, _Stated]"
    ) -> None:
        """Compute the facts that follow from the case, law by law that does it otherwise."""
        stated = {name: facts.column(name).copy() for name in facts.derived(self._laws.plans)}
        facts.examine(rows)
        plans = np.where(laws >= 0, self._laws.plan_of.values[np.maximum(laws, 0)], 0)
        found = _present(plans[~rows.odd])
        if not found.any():
            return
        given = self._givens(facts, *dated)
        for plan in found[found > 0].tolist():
            mine = np.flatnonzero((plans == plan) & ~rows.odd)
            some = given.at(mine)
            for name, column, first in self._laws.plans[plan]:
                value, doubt = derive(name, first, some)
                own, said = facts.column(name)[mine], stated[name][mine]
                if doubt is not None:
                    own = np.where(doubt, NULL, own)
                computed = np.where(value != NULL, value, own)
                facts.line(column)[mine] = np.where(said != NULL, said, computed)
                # What is stated counts; that it contradicts is said one by one.
                rows.odd[mine] |= (said != NULL) & (value != NULL) & (said != value)

    def _givens(self, facts: Facts, given: Situations, dates: "_Stated") -> Givens:
        engine = self._engine
        periods = [one.limitation for one in engine.violations.values()]
        return Givens(
            vocabulary=engine.vocabulary,
            violations=given.violations,
            spans=dates.spans,
            began=dates.began,
            kinds=dates.kinds,
            ages=dates.ages,
            births=dates.births,
            since=dates.since,
            registers=dates.registers,
            numbers=self._places.violations,
            earlier=dates.earlier,
            limitations=np.array([0 if one is None else one.months for one in periods]),
            fact=facts.column,
        )

    def _shared(
        self, program: Program, values: Values, laws: Array, rows: Rows
    ) -> tuple[Array, Array, int]:
        """The truths of rules that speak in many rows; the lines and the number of these."""
        known = self._laws.laws
        chosen = shared_rules(laws, known.heads, known.entries, len(known.rules))
        # Rules about measures are looked at only where a case has any.
        chosen = chosen[known.rules[chosen, 1] >= 0]
        lines = np.full(len(known.rules), -1, dtype=np.int32)
        lines[chosen] = np.arange(len(chosen))
        told = self._scratch.lines("told rules", len(chosen), len(rows), np.int8)
        found = SharedTruths(program, values, self._stack, rows.odd)
        found.write(known.rules[chosen, 0], told[:, : len(rows)])
        words = self._placed(lines, len(chosen)).masks.shape[1]
        truths = self._scratch.lines("truths", words, len(rows), np.int64)
        matching.pack(told[:, : len(rows)], truths[:, : len(rows)])
        return truths, lines, len(chosen)

    def _placed(self, lines: Array, shared: int) -> matching.Lines:
        """Where the rules of all laws stand among the truths of a row."""
        laws = self._laws.laws
        if len(self._lines.masks) != len(laws.heads) or (lines != self._line_of).any():
            most = int((laws.heads[:, 1] - laws.heads[:, 0]).max(initial=1))
            words = -(-(shared + most) // loops.PER_WORD)
            self._line_of = lines
            self._lines = matching.Lines(
                np.zeros((len(laws.heads), loops.PER_WORD * words), dtype=np.int32),
                np.empty((len(laws.heads), words), dtype=np.int64),
            )
            matching.place_rules(laws, lines, shared, self._lines)
        return self._lines

    def _situations(self, rows: Rows) -> "tuple[Situations, _Stated]":
        regions = rows.codes("region", self._places.region)
        violations = rows.places_among("violation", self._places.names)
        spans = {name: rows.span(name) for name in ("committed", *DATES)}
        began = rows.span("committed_from")
        rows.odd |= rows.disordered(spans, began)
        rows.odd |= (spans["committed"].first == BEFORE_ALL) & (began.first != BEFORE_ALL)
        kinds = rows.codes("party_kind", lambda code: _KINDS.get(code, REFUSED))
        act, decided = spans["committed"], spans["decided"]
        has_act, is_decided = act.first != BEFORE_ALL, decided.first != BEFORE_ALL
        decision, acted = decided, act
        if not is_decided.all():
            events = [spans[name].first for name in ("notified", "filed", "discovered")]
            start = np.maximum.reduce([*events, act.first])
            decision = Spans(np.where(is_decided, decided.first, start), decided.last)
        undated = np.zeros(len(rows), dtype=np.int64)
        if not has_act.all():
            later = [spans[name].last for name in ("filed", "notified", "decided")]
            known = spans["discovered"].first != BEFORE_ALL
            found = np.where(known, spans["discovered"].last, np.minimum.reduce(later))
            acted = Spans(act.first, np.where(has_act, act.last, found))
            open_ = (decision.first == BEFORE_ALL) & (decision.last == AFTER_ALL)
            undated = np.where(has_act, 0, np.where(open_, 2, 1))
        situations = Situations(regions, violations, acted, decision, undated)
        return situations, _Stated(
            spans,
            began,
            kinds,
            ages=rows.numbers("party_age"),
            births=rows.days("birth_date"),
            since=rows.days("searched_since"),
            registers=rows.sets("registers", [one.value for one in Register]),
            earlier=Earlier.of(rows, self._engine, spans["decided"]),
        )

    def _measure_numbers(self, rows: Rows) -> Array:
        if rows.column("measures") is None:
            return np.zeros(len(rows), dtype=np.int32)
        codes = rows.lists("measures", {code: number for number, code in enumerate(MEASURES)})
        fresh = [one for one in np.unique(codes).tolist() if one not in self._measures]
        for one in fresh:
            self._measures[one] = len(self._measure_lists)
            self._measure_lists.append(listed(one, MEASURES))
        if len(self._measures) == 1:
            return np.zeros(len(codes), dtype=np.int32)
        known = np.array(sorted(self._measures), dtype=np.int64)
        numbers = np.array([self._measures[one] for one in known.tolist()], dtype=np.int32)
        return numbers[np.searchsorted(known, codes)]

    def _match(self, batch: Batch) -> loops.Found:
        laws, cases = self._laws.laws, batch.cases
        count = len(cases.rows)
        sizes = (
            (laws.heads[:, 1] - laws.heads[:, 0])[cases.laws[cases.rows]] if count else np.zeros(1)
        )
        room = int(sizes.sum()) + 1
        # One more is written behind the last.
        found = loops.Found(
            np.empty(count + 1, dtype=np.int32),
            self._scratch.array("held", (room,), np.int32),
            np.empty(count + 1, dtype=np.int32),
            self._scratch.array("found rules", (room,), np.int32),
            self._scratch.array("found places", (room,), np.int32),
            np.empty(count, dtype=np.int32),
            np.empty(count, dtype=np.int32),
            np.empty(count, dtype=np.int32),
            np.zeros(count, dtype=np.bool_),
        )
        most = int(sizes.max()) + 6 if count else 6
        news = self._room(3 * count * most)
        table = self._sequences.table
        lines = self._placed(cases.lines, cases.shared)
        work = matching.new_room(lines.entries.shape[1]), news
        matching.match(laws, lines, cases, table, work, found)

        def add(fresh: Sequence[_New]) -> None:
            for sequence, _ in fresh:
                self._answers.add(sequence)

        outs = found.verdicts, found.measures, found.undated
        self._learn(news, self._sequences, add, outs)
        return found

    def _room(self, size: int) -> Array:
        """Room for sequences without a number; the first number says where the next one goes."""
        news = self._scratch.array("news", (size + 2,), np.int32)
        news[0] = 1
        return news

    def _learn(
        self,
        news: Array,
        numbering: Numbering,
        add: Callable[[Sequence[_New]], None],
        outs: tuple[Array, Array, Array],
    ) -> None:
        """Give every new sequence its number, and work out what it leads to."""
        if news[0] == 1:
            return
        firsts, kinds = sequences.first_of_each(news)
        numbers, fresh = [], []
        for at in firsts.tolist():
            sequence = news[at + 2 : at + 2 + news[at + 1]].copy()
            number, is_new = numbering.number(sequence)
            numbers.append(number)
            if is_new:
                fresh.append((sequence, int(news[at])))
        add(fresh)
        sequences.write_numbers(news, kinds, np.array(numbers, dtype=np.int32), outs)

    def _views(self, batch: Batch, places: Sequence[int]) -> dict[int, View]:
        """The facts of some rows as the engine reads them."""
        rows = batch.cases.rows[list(places)]
        return {
            place: self._view(values, int(batch.cases.laws[row]), batch.rows)
            for place, row, values in zip(places, rows, batch.rows.values(rows), strict=True)
        }

    def _view(self, values: Row, law: int, rows: Rows) -> View:
        case = CaseRow(values, rows.priors_of(values)).case()
        assessor = self._engine.assessor
        stretch = self._laws.stretches[law]
        return assessor.derive(case, stretch, assessor.read(case)).view

    def _choose(self, batch: Batch, found: loops.Found) -> Array:
        cases, fines = batch.cases, self._fines.fines
        results = self._answers.results.values[found.verdicts]
        chosen = np.empty(len(cases.rows), dtype=np.int32)
        most = int((fines.heads[:, 7] - fines.heads[:, 4]).max(initial=0)) + 8
        news = self._room(len(cases.rows) * most)
        tiers = fines.heads[:, 2] - fines.heads[:, 1]
        lines = int(tiers.max(initial=0)) + 1
        told = self._scratch.lines("told", lines, len(batch.rows), np.int8)
        room = new_room(batch.rows.odd)
        of_laws = self._laws.fine_of.values
        judge_provisions(batch.program, fines, of_laws, cases, batch.order, room, told)
        found.odd[:] |= batch.rows.odd[cases.rows]
        tokens = np.empty(len(fines.lists) + 3, dtype=np.int32)
        work = (told, results, chosen, found.odd, self._stack, tokens)
        loops.choose_fines(
            batch.program,
            fines,
            cases,
            self._laws.fine_of.values,
            self._searches.table,
            news,
            work,
        )

        def add(fresh: Sequence[_New]) -> None:
            waiting = [place for sequence, place in fresh if sequence[0] == sequences.OPEN]
            views = self._views(batch, waiting) if waiting else {}
            for sequence, place in fresh:
                self._ranges.add(sequence, views.get(place, {}))

        self._learn(news, self._searches, add, (chosen, chosen, chosen))
        return chosen

    def _ends(self, batch: Batch, chosen: Array, found: loops.Found) -> loops.Ends:
        count = len(chosen)
        ends = loops.Ends(
            np.empty(count, np.int64),
            np.empty(count, np.int64),
            np.empty(count, np.int8),
            np.empty(count, np.bool_),
            found.odd,
        )
        loops.compute_ends(batch.program.slots, self._ranges.table, batch.cases, chosen, ends)
        return ends

    def _ask(
        self, batch: Batch, found: loops.Found, chosen: Array, ends: loops.Ends
    ) -> tuple[Array, Array]:
        forms = self._ranges.table[:, loops.FORM].astype(np.int8)[chosen]
        owners = np.array(self._columns.owners, dtype=np.int32)
        asked = asking.Asked(
            self._answers.deciding.values,
            self._ranges.open_starts.values,
            self._ranges.open_names.values,
            (forms < loops.MULTIPLES) | ends.symbolic,
            owners,
        )
        count = len(chosen)
        starts = np.empty(count + 1, dtype=np.int32)
        room = _ROOM * count + len(owners) + 1
        columns = np.empty(len(owners) + 1, dtype=np.int64)
        gaps = self._gaps(batch)
        while True:
            names = np.empty(room, dtype=np.int32)
            work = (asked, gaps, self._stack, columns, np.empty(len(gaps.rows), dtype=np.int64))
            end = asking.ask(
                batch.program, self._laws.laws, batch.cases, found, chosen, work, (starts, names)
            )
            if end >= 0:
                return starts, names[:end]
            room *= 2

    def _gaps(self, batch: Batch) -> asking.Gaps:
        """Which columns are not known in the rows, and which of them the rules read."""
        rules, words = self._laws.laws.rules, len(self._columns.owners) // 64 + 1
        if self._masks[0].shape != (len(rules), words):
            self._masks = tuple(np.empty((2, len(rules), words), dtype=np.int64))
            asking.mask_rules(batch.program, rules, *self._masks)
        count = len(batch.rows)
        out = self._scratch.lines("gaps", words, count, np.int64)
        nowhere = np.empty(words, dtype=np.int64)
        asking.find_gaps(batch.program.slots, batch.cases.values, count, nowhere, out)
        return asking.Gaps(out, *self._masks)

    def _columns_of(
        self,
        batch: Batch,
        found: loops.Found,
        chosen: Array,
        ends: loops.Ends,
        questions: tuple[Array, Array],
    ) -> pa.RecordBatch:
        answers, coded = self._answers, self._dictionaries.coded
        # Numbers of other widths would be converted for each column anew.
        rows, verdicts = batch.cases.rows, found.verdicts.astype(np.intp)
        crime = batch.crime[rows]
        measured = answers.settled.values[np.maximum(found.measures, 0)] | (found.measures < 0)
        columns = {
            "case": _taken(batch.rows.batch.column("id"), rows),
            "grade": coded("grade", answers.grades.values[verdicts]),
            "permitted": self._permitted(found.verdicts),
            "modality": coded("modality", answers.modalities.values[verdicts]),
            "settled": booleans(answers.settled.values[verdicts] & measured),
            "contested": booleans(answers.contested.values[verdicts]),
            "crime_suspected": booleans(crime == 1, crime != NULL),
            "row": coded("row", answers.rows.values[verdicts]),
            **self._fine_columns(chosen, ends),
            "held": self._rules_of(found.held_starts, found.held[: found.held_starts[-1]].copy()),
            "unknown": self._rules_of(
                found.starts, self._laws.rule_of.values[found.rules[: found.starts[-1]]]
            ),
            "questions": lists(questions[0], coded("questions", questions[1])),
            "compulsion": self._compulsion(found.measures),
            "law": coded("law", batch.choices[rows]),
            "problems": self._problems(found.undated),
        }
        return pa.RecordBatch.from_arrays(
            [columns[name] for name in OUTCOME_SCHEMA.names], schema=OUTCOME_SCHEMA
        )

    def _permitted(self, verdicts: Array) -> pa.Array:
        starts, values = self._answers.permitted_starts.values, self._answers.permitted.values
        ends, out = _spread(verdicts, starts, values)
        return lists(ends, self._dictionaries.coded("permitted", out))

    def _compulsion(self, measures: Array) -> pa.Array:
        starts, values = self._answers.list_starts.values, self._answers.listed.values
        ends, out = _spread(measures, starts, values)
        parts = [
            self._dictionaries.coded("measure", (out // len(VERDICTS)).astype(np.int8)),
            self._dictionaries.coded("verdict", (out % len(VERDICTS)).astype(np.int8)),
        ]
        return lists(ends, pa.StructArray.from_arrays(parts, fields=list(MEASURE)))

    def _problems(self, undated: Array) -> pa.Array:
        starts, values = self._answers.list_starts.values, self._answers.listed.values
        ends, out = _spread(undated, starts, values)
        return problem_lists(ends, out, self._answers.problems)

    def _rules_of(self, starts: Array, rules: Array) -> pa.Array:
        return lists(starts, self._dictionaries.coded("held", rules))

    def _fine_columns(self, chosen: Array, ends: loops.Ends) -> dict[str, pa.Array]:
        kept = self._ranges
        chosen = chosen.astype(np.intp)
        forms = kept.table[:, loops.FORM].astype(np.int8)[chosen]
        has_range, symbolic = forms > 0, ends.symbolic
        # A fine that waits for the amount it multiplies turns into one of money once that is known.
        known = (forms >= loops.MULTIPLES) & ~symbolic
        states = np.where(known, _RANGE, kept.states.values[chosen]).astype(np.int8)
        is_amount = has_range & ~symbolic
        has_high = is_amount & (ends.high >= 0)
        bases = np.where(symbolic, kept.base_names.values[chosen], -1).astype(np.int32)
        times = pa.array(list(kept.times), pa.string())
        return {
            "fine_state": self._dictionaries.coded("fine_state", states),
            "fine_low": amounts(ends.low, is_amount),
            "fine_high": amounts(ends.high, has_high),
            "fine_low_closed": booleans(ends.closed & 1, has_range),
            "fine_high_closed": booleans(ends.closed & 2, has_range),
            "fine_base": self._dictionaries.coded("fine_base", bases),
            "fine_low_times": _times(times, np.where(symbolic, kept.low_times.values[chosen], -1)),
            "fine_high_times": _times(
                times, np.where(symbolic, kept.high_times.values[chosen], -1)
            ),
        }


def _present(numbers: Array) -> Array:
    """The numbers that occur, in order; none of them is negative."""
    return np.flatnonzero(np.bincount(numbers)) if len(numbers) else numbers


def _times(times: pa.Array, numbers: Array) -> pa.Array:
    if (numbers < 0).all():
        return pa.nulls(len(numbers), pa.string())
    return times.take(pa.array(numbers, mask=numbers < 0))


def _taken(ids: pa.Array, rows: Array) -> pa.Array:
    found = ids if len(rows) == len(ids) else ids.take(pa.array(rows))
    return found.cast(pa.string())


def _spread(numbers: Array, starts: Array, values: Array) -> tuple[Array, Array]:
    if (numbers < 0).all():
        return np.zeros(len(numbers) + 1, dtype=np.int32), values[:0]
    there = np.maximum(numbers, 0)
    sizes = np.where(numbers < 0, 0, starts[there + 1] - starts[there])
    ends = np.empty(len(numbers) + 1, dtype=np.int32)
    out = np.empty(int(sizes.sum()), dtype=values.dtype)
    loops.spread(numbers, starts, values, ends, out)
    return ends, out
