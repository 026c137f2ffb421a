"""The facts of a batch of rows as numbers, a line for each column."""

from collections.abc import Sequence
from typing import Final

import attrs
import numpy as np

from bizrules.batch._arrays import Scratch
from bizrules.batch._cases import OWN
from bizrules.batch._columns import MOST_CODES, Columns
from bizrules.batch._inputs import fill, is_narrow
from bizrules.batch._kernel import MISSING, NULL, Array, Values
from bizrules.batch._laws import Plan
from bizrules.batch._rows import Rows
from bizrules.facts import Kind

_COUNTED: Final = frozenset({Kind.BOOLEAN, Kind.INTEGER})


@attrs.frozen(eq=False)
class Facts:
    """The facts of the rows.

    Attributes:
        columns: The columns there may be.
        values: The values of every row, by slot.
        slots: For each column its slot, as in `Program`.
        count: How many rows there are.
    """

    columns: Columns
    values: Values
    slots: Array
    count: int

    @classmethod
    def of(cls, rows: Rows, columns: Columns, needed: Sequence[int], scratch: Scratch) -> "Facts":
        """What the rows state; columns that are needed besides are empty."""
        facts = columns.vocabulary.facts
        # A column of the case is none of a fact, should one have the same name.
        given = [name for name in rows.batch.schema.names if name in facts and name not in OWN]
        present = [name for name in given if rows.column(name) is not None]
        free = [name for name in present if columns.column(name) not in set(needed)]
        batch = rows.batch
        narrow = [one for one in free if is_narrow(facts[one], batch.schema.field(one).type)]
        wide = [name for name in present if name not in set(narrow)]
        stated = [columns.column(name) for name in wide]
        empty = [column for column in needed if column not in set(stated)]
        values = Values(
            scratch.lines("values", len(stated) + len(empty), len(rows), np.int64),
            scratch.lines("narrow values", len(narrow), len(rows), np.int8),
        )
        slots = np.full(len(columns.owners), -1, dtype=np.int32)
        slots[[*stated, *empty]] = np.arange(len(values.wide))
        slots[[columns.column(name) for name in narrow]] = -2 - np.arange(len(narrow))
        for names, lines in zip((wide, narrow), values, strict=True):
            for name, line in zip(names, lines, strict=False):
                fill(facts[name], batch.column(name), columns, line[: len(rows)], rows.odd)
        values.wide[len(stated) :] = NULL
        return cls(columns, values, slots, len(rows))

    def line(self, column: int) -> Array:
        """The values of a column of numbers that is there."""
        return np.asarray(self.values.wide[self.slots[column], : self.count])

    def column(self, name: str) -> Array:
        """The values of a fact; all unknown where it is not there."""
        slot = -1
        if name in self.columns.vocabulary:
            slot = int(self.slots[self.columns.column(name)])
        if slot == -1:
            return np.full(self.count, NULL)
        if slot >= 0:
            return self.line(self.columns.column(name))
        found = self.values.narrow[-2 - slot, : self.count]
        return np.where(found == MISSING, NULL, found.astype(np.int64))

    def derived(self, plans: Sequence[Plan]) -> set[str]:
        """Facts that some law computes."""
        return {name for plan in plans for name, _, _ in plan}

    def examine(self, rows: Rows) -> None:
        """Negate what was looked for and not found."""
        facts = self.columns.vocabulary.facts
        groups = sorted(self.columns.vocabulary.groups)
        found = rows.sets("examined", groups[:MOST_CODES])
        for name in facts:
            group = facts[name].group
            if group not in groups[:MOST_CODES] or facts[name].kind not in _COUNTED:
                continue
            bit = 1 << groups.index(group or "")
            column = self.column(name)
            looked = (found != NULL) & (found & bit != 0) & (column == NULL)
            if looked.any():
                column[looked] = 0
