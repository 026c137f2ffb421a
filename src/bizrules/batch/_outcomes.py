"""Outcomes as Arrow columns, from numbers or from rows; the same dictionaries in every batch."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import attrs
import numpy as np
import pyarrow as pa
from pyarrow import types

from bizrules.batch._kernel import Array
from bizrules.batch._schema import AMOUNT, CODE, MEASURE, NAMED, OUTCOME_SCHEMA, PROBLEM
from bizrules.case_dates import CASE_DATES
from bizrules.engine import Engine
from bizrules.outcomes import FineState, LawChoice, Verdict
from bizrules.penalties import Grade, Modality
from bizrules.resolution import ROWS
from bizrules.rules import Measure

GRADES: Final = tuple(grade.code for grade in Grade)
MODALITIES: Final = tuple(modality.value for modality in Modality)
ROW_CODES: Final = tuple(dict.fromkeys((*ROWS, "set-off", "open")))
STATES: Final = tuple(state.value for state in FineState)
CHOICES: Final = tuple(choice.value for choice in LawChoice)
MEASURES: Final = tuple(measure.value for measure in Measure)
VERDICTS: Final = tuple(verdict.value for verdict in Verdict)


_GRADES: Final = pa.array(GRADES, pa.string())
_MODALITIES: Final = pa.array(MODALITIES, pa.string())
_ROWS: Final = pa.array(ROW_CODES, pa.string())
_STATES: Final = pa.array(STATES, pa.string())
_CHOICES: Final = pa.array(CHOICES, pa.string())
_MEASURES: Final = pa.array(MEASURES, pa.string())
_VERDICTS: Final = pa.array(VERDICTS, pa.string())


def question_names(engine: Engine) -> tuple[str, ...]:
    """What questions may be about, by name: facts and dates."""
    return tuple(sorted({*engine.vocabulary.facts, *CASE_DATES}))


@attrs.frozen(eq=False)
class Dictionaries:
    """The names behind the numbers of columns, the same in every batch of an engine."""

    rules: pa.Array
    names: pa.Array
    _numbers: Mapping[str, Mapping[str, int]] = attrs.field(init=False)

    @classmethod
    def of(cls, engine: Engine) -> "Dictionaries":
        """The names of an engine."""
        rules = pa.array(sorted(engine.rules), pa.string())
        return cls(rules, pa.array(question_names(engine), pa.string()))

    @_numbers.default
    def _number_all(self) -> Mapping[str, Mapping[str, int]]:
        return {
            column: {name: number for number, name in enumerate(self.names_of(column).to_pylist())}
            for column in _DICTIONARIES
        }

    def names_of(self, column: str) -> pa.Array:
        """The names behind the numbers of a column."""
        return _DICTIONARIES[column](self)

    def coded(self, column: str, codes: Array) -> pa.Array:
        """Names by number; negative numbers are null."""
        names = self.names_of(column)
        kind = pa.int8() if codes.dtype == np.int8 else pa.int32()
        there = codes >= 0
        valid = None if there.all() else _bits(there)
        kept = np.ascontiguousarray(codes)
        numbers = pa.Array.from_buffers(kind, len(codes), [valid, pa.py_buffer(kept)])
        return pa.DictionaryArray.from_arrays(numbers, names)

    def batch(self, rows: Sequence[Mapping[str, object]]) -> pa.RecordBatch:
        """Rows of outcomes as columns."""
        columns = [
            self._column(field, [row[field.name] for row in rows]) for field in OUTCOME_SCHEMA
        ]
        return pa.RecordBatch.from_arrays(columns, schema=OUTCOME_SCHEMA)

    def _column(self, field: pa.Field, values: Sequence[object]) -> pa.Array:
        if field.type in (CODE, NAMED):
            return self._coded_list(field.name, field.type, values)
        if field.name == "compulsion":
            return self._measures(values)
        if types.is_list(field.type) and field.type.value_type in (CODE, NAMED):
            inner = self._coded_list(field.name, field.type.value_type, _joined(values))
            return _listed(values, inner)
        return pa.array(values, field.type)

    def _coded_list(self, column: str, kind: pa.DataType, names: Iterable[object]) -> pa.Array:
        numbers = self._numbers[column]
        codes = [None if name is None else numbers[str(name)] for name in names]
        return pa.DictionaryArray.from_arrays(
            pa.array(codes, kind.index_type), self.names_of(column)
        )

    def _measures(self, values: Sequence[object]) -> pa.Array:
        said = [one for one in _joined(values) if isinstance(one, dict)]
        parts = [
            self._coded_list(name, CODE, [one[name] for one in said])
            for name in ("measure", "verdict")
        ]
        return _listed(values, pa.StructArray.from_arrays(parts, fields=list(MEASURE)))


_DICTIONARIES: Final[Mapping[str, Callable[[Dictionaries], pa.Array]]] = {
    "grade": lambda _: _GRADES,
    "permitted": lambda _: _GRADES,
    "modality": lambda _: _MODALITIES,
    "row": lambda _: _ROWS,
    "fine_state": lambda _: _STATES,
    "law": lambda _: _CHOICES,
    "measure": lambda _: _MEASURES,
    "verdict": lambda _: _VERDICTS,
    "held": lambda known: known.rules,
    "unknown": lambda known: known.rules,
    "questions": lambda known: known.names,
    "fine_base": lambda known: known.names,
}


def _joined(values: Sequence[object]) -> list[object]:
    return [one for value in values if isinstance(value, list) for one in value]


def _listed(values: Sequence[object], inner: pa.Array) -> pa.Array:
    """The lists of a column, null where there is none."""
    sizes = [len(value) if isinstance(value, list) else 0 for value in values]
    ends = pa.array(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32))
    missing = pa.array([value is None for value in values], pa.bool_())
    return pa.ListArray.from_arrays(ends, inner, mask=missing)


def _bits(found: Array) -> pa.Buffer:
    return pa.py_buffer(np.packbits(found, bitorder="little"))


def amounts(fen: Array, there: Array) -> pa.Array:
    """Amounts of money, null where there is none."""
    words = np.zeros((len(fen), 2), dtype=np.int64)
    words[:, 0] = fen
    return pa.Array.from_buffers(AMOUNT, len(fen), [_bits(there), pa.py_buffer(words)])


def lists(ends: Array, inner: pa.Array) -> pa.Array:
    """Lists that begin where `ends` says."""
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), inner)


def booleans(found: Array, there: Array | None = None) -> pa.Array:
    """Booleans, null where there is none."""
    valid = None if there is None else _bits(there)
    return pa.Array.from_buffers(pa.bool_(), len(found), [valid, _bits(found)])


def problem_lists(ends: Array, numbers: Array, kept: Sequence[Mapping[str, str]]) -> pa.Array:
    """Lists of problems, each by its number among those kept."""
    every = pa.array([dict(one) for one in kept], PROBLEM)
    return lists(ends, every.take(pa.array(numbers, pa.int32())))
