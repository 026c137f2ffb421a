"""Parts that come more than once in the records of a table: found when it is written.

Rules of one ruleset share their preamble, concepts and citations. Each such part is written once,
and its number stands where it comes. A part holds only parts of lower numbers, so nothing holds
itself.
"""

import json
from collections.abc import Callable
from typing import Final

import attrs

# Of what is shorter than this, a number would save nothing.
_WORTH: Final = 24
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class _Part(int):
    """The number of a part among all parts of the table, in place of the part."""

    __slots__ = ()


@attrs.define(eq=False)
class _Counted:
    """A part, how often it stands in others and in records, and about how long it is."""

    data: object
    count: int = 0
    length: int = 0
    number: int | None = None


def text_of(data: object) -> str:
    """JSON in one line."""
    return _ENCODER.encode(data)


@attrs.define(eq=False)
class Parts:
    """Receives the objects of all records of a table.

    Args:
        named: What a document is called in the bundle, by its name here.
    """

    named: Callable[[str], str] = str
    _parts: list[_Counted] = attrs.field(factory=list, init=False)
    _known: dict[tuple[type, str], _Part] = attrs.field(factory=dict, init=False)
    _seen: dict[int, tuple[object, _Part]] = attrs.field(factory=dict, init=False)
    _records: list[object] = attrs.field(factory=list, init=False)
    _inside: list[_Part] = attrs.field(factory=list, init=False)

    def take(self, obj: object, cls: type, write: Callable[[], object]) -> object:
        """The number of the object among the parts; equal parts have one number."""
        seen = self._seen.get(id(obj))
        if seen is None:
            around, self._inside = self._inside, []
            data = write()
            # The object is kept, or another one might come to have its identity.
            seen = self._seen[id(obj)] = (obj, self._number(cls, data))
            self._inside = around
        self._inside.append(seen[1])
        return seen[1]

    def _number(self, cls: type, data: object) -> "_Part":
        """The number of the part with this data; `_inside` are those that stand in it."""
        # Not by equality: places are no part of it, and True equals 1.
        key = (cls, repr(data))
        part = self._known.get(key)
        if part is None:
            part = self._known[key] = _Part(len(self._parts))
            counted = _Counted(data, length=len(key[1]))
            for number in self._inside:
                self._parts[number].count += 1
                counted.length += self._parts[number].length
            self._parts.append(counted)
        return part

    def source(self, name: str) -> str:
        """What the document is called in the bundle."""
        return self.named(name)

    def add(self, data: object) -> None:
        """Take one record, just written."""
        self._records.append(data)
        for number in self._inside:
            self._parts[number].count += 1
        self._inside = []

    def lines(self) -> tuple[list[str], list[str]]:
        """The shared parts and the records as lines of JSON."""
        shared: list[str] = []
        for part in self._parts:
            if part.count > 1 and part.length >= _WORTH:
                part.number = len(shared)
                shared.append(text_of(self._spelled(part.data)))
        records = [text_of(self._spelled(self._inlined(one))) for one in self._records]
        return shared, records

    def _inlined(self, data: object) -> object:
        """A record is never only a number."""
        return self._parts[data].data if type(data) is _Part else data

    def _spelled(self, data: object) -> object:
        """The data with the parts that are not shared in full."""
        if type(data) is _Part:
            part = self._parts[data]
            return self._spelled(part.data) if part.number is None else part.number
        if isinstance(data, dict):
            return {key: self._spelled(one) for key, one in data.items()}
        if isinstance(data, list):
            return [self._spelled(one) for one in data]
        return data
