"""NumPy as a programmer would write it: columns grouped by violation, conditions as masks."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
import pyarrow as pa
from case_table import CODES, FIRST_DAY
from workload import FACTS

from bizrules.rules import Rule

from .forms import Every, Form, Leaf, sure

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
Column: TypeAlias = np.ndarray[Any, np.dtype[Any]]
CHUNK: Final = 65_536


def arrays(table: pa.Table) -> dict[str, Column]:
    """The facts as arrays in which no comparison is true of what is unknown.

    Flags are 1, 0 or -1, choices their place among the codes or the place after them, amounts,
    counts and days numbers or NaN.
    """
    return {name: _array(name, table[name].combine_chunks()) for name in FACTS}


def _array(name: str, column: pa.Array) -> Column:
    kind = name.split("_", 1)[0]
    known = column.is_valid().to_numpy(zero_copy_only=False)
    if kind == "flag":
        found = column.fill_null(False).to_numpy(zero_copy_only=False).astype(np.int8)
        return np.where(known, found, np.int8(-1))
    if kind == "choice":
        return np.asarray(column.indices.fill_null(len(CODES)), dtype=np.int8)
    if kind == "amount":
        wide = np.frombuffer(column.buffers()[1], dtype=np.int64)[: 2 * len(column) : 2]
        return np.where(known, wide.astype(np.float64), np.nan)
    if kind == "day":
        first = FIRST_DAY.toordinal() - (FIRST_DAY - EPOCH).days
        return _with_gaps(column.cast(pa.int32()), known) + np.float32(first)
    return _with_gaps(column, known)


EPOCH: Final = type(FIRST_DAY)(1970, 1, 1)


def _with_gaps(column: pa.Array, known: Mask) -> Column:
    found = column.fill_null(0).to_numpy().astype(np.float32)
    return np.where(known, found, np.float32(np.nan))


def compare(leaf: Leaf, column: Column) -> Mask:
    """Where the column passes the test; nowhere where it is unknown."""
    limit = leaf.limit
    if isinstance(limit, tuple):
        # The last place is that of what is unknown: true of no test.
        wanted = [(code in limit) is (leaf.op == "in") for code in CODES]
        return np.array([*wanted, False]).take(column)
    return _COMPARE[leaf.op](column, limit)


_COMPARE: Final[Mapping[str, Callable[[Column, int], Mask]]] = {
    "==": np.equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def mask(form: Form, columns: Mapping[str, Column], rows: slice | Column) -> Mask:
    """Where the form holds among the rows."""
    if isinstance(form, Leaf):
        return compare(form, columns[form.fact][rows])
    join = np.logical_and if isinstance(form, Every) else np.logical_or
    parts = (mask(part, columns, rows) for part in form.parts)
    return reduce(lambda one, two: join(one, two, out=one), parts)


@attrs.frozen
class Group:
    """Truths of some rules for some rows.

    Attributes:
        rules: Their ids.
        rows: Numbers of the rows.
        holds: For each rule a mask over the rows.
        fails: The same for where it surely does not hold; empty if only matches are looked for.
    """

    rules: tuple[str, ...]
    rows: slice | Column
    holds: list[Mask]
    fails: list[Mask]

    @property
    def unknown(self) -> list[Mask]:
        """For each rule where it neither surely holds nor surely fails."""
        return [~(holds | fails) for holds, fails in zip(self.holds, self.fails, strict=True)]


@attrs.frozen
class Block:
    """Rules written out: where each surely holds and, if that is asked for, surely fails."""

    rules: tuple[str, ...]
    holds: tuple[Form, ...]
    fails: tuple[Form, ...]

    @classmethod
    def of(cls, rules: Sequence[Rule], *, three: bool) -> "Block":
        """The rules written out."""
        return cls(
            rules=tuple(rule.id for rule in rules),
            holds=tuple(sure(rule.condition) for rule in rules),
            fails=tuple(sure(rule.condition, holds=False) for rule in rules) if three else (),
        )

    def match(self, columns: Mapping[str, Column], rows: slice | Column) -> "Group":
        """Truths of the rules for the rows."""
        return Group(
            rules=self.rules,
            rows=rows,
            holds=[mask(form, columns, rows) for form in self.holds],
            fails=[mask(form, columns, rows) for form in self.fails],
        )


@attrs.frozen
class Written:
    """The rules of a workload written out.

    Attributes:
        own: For each violation, by its number, its rules without the general ones.
        general: Rules for all violations.
    """

    own: Sequence[Block]
    general: Block

    def match(self, violations: Column, columns: Mapping[str, Column]) -> list[Group]:
        """Truths of every rule for each of its rows, group by group."""
        count = len(violations)
        order = np.argsort(violations, kind="stable")
        bounds = np.searchsorted(violations[order], np.arange(len(self.own) + 1))
        # The general rules in chunks that stay in the cache.
        found = [
            self.general.match(columns, slice(start, min(start + CHUNK, count)))
            for start in range(0, count, CHUNK)
        ]
        for block, start, stop in zip(self.own, bounds, bounds[1:], strict=False):
            if block.rules and start < stop:
                found.append(block.match(columns, order[start:stop]))
        return found
