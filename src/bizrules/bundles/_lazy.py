"""Tables of a bundle as the collections they stand for, read as far as they are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar, overload

from bizrules.bundles._tables import Table
from bizrules.errors import BundleError
from bizrules.rules import Rule, RuleTable

T = TypeVar("T")


class Records(Sequence[T], Generic[T]):
    """The records of a table as a sequence, equal to the tuple of them."""

    __slots__ = ("_table",)

    def __init__(self, table: Table[T]) -> None:
        """Stand for the records of the table."""
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        """The record at a place, or those of a stretch."""
        if isinstance(at, slice):
            return tuple(self._table[one] for one in range(*at.indices(len(self))))
        return self._table[at + len(self) if at < 0 else at]

    def __iter__(self) -> Iterator[T]:
        return (self._table[one] for one in range(len(self._table)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, tuple | Records):
            return tuple(self) == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


class NamedRecords(Mapping[str, T], Generic[T]):
    """The records of a table by their names."""

    __slots__ = ("_numbers", "_table")

    def __init__(self, table: Table[T]) -> None:
        """Stand for the records of the table."""
        self._table = table
        self._numbers = {name: number for number, name in enumerate(table.head.names)}

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __contains__(self, name: object) -> bool:
        return name in self._numbers

    def __getitem__(self, name: str) -> T:
        """The record of that name."""
        return self._table[self._numbers[name]]

    def __hash__(self) -> int:
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        return repr(dict(self))


class Rules(Records[Rule], RuleTable):
    """The rules of a ruleset: those about a violation are found without reading the others."""

    __slots__ = ()

    def about(self, violation: str) -> tuple[Rule, ...]:
        """The rules that name the violation and those for all, in the order of the ruleset.

        Raises:
            BundleError: If the index of the bundle says what its rules do not.
        """
        head = self._table.head
        numbers = sorted((*head.about.get(violation, ()), *head.general))
        found = tuple(self._table[number] for number in numbers)
        for number, rule in zip(numbers, found, strict=True):
            speaks = rule.violations is None or violation in rule.violations
            if not speaks or head.names[number] != rule.id:
                raise BundleError("bundle-damaged", place=self._table.place, reason=rule.id)
        return found

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids, in their order; no rule is read for them."""
        return self._table.head.names

    def is_indexed(self, general: tuple[int, ...], about: Mapping[str, tuple[int, ...]]) -> bool:
        """Whether the index finds the rules where they are, under their ids."""
        head = self._table.head
        same = head.general == general and head.about == about
        return same and head.names == tuple(rule.id for rule in self)
