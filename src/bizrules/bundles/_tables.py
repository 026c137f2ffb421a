"""Tables: records of one class in lines of JSON, compressed in blocks and read one by one.

A table is a series of gzip members, so that `zcat` shows it. The first holds one line, the head:
where the blocks lie and what the records are called. The others hold the shared parts and then the
records, a line each. Only the head is read at first; a block is unpacked when a record of it is
asked for, and never to more than its head says.
"""

import gzip
import json
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any, Final, Generic, TypeVar, cast

import attrs

from bizrules.bundles._codec import Fault, Read, reader, writer, wrong
from bizrules.bundles._sharing import Parts, text_of
from bizrules.errors import BundleError

T = TypeVar("T")

MOST_HEAD: Final = 1 << 26
"""Length to which a head is unpacked. *Unit*: bytes."""

MOST_BLOCK: Final = 1 << 24
"""Length to which a block is unpacked. *Unit*: bytes."""

# A record of more objects is no rule that documents could have written.
_MOST_OBJECTS: Final = 200_000
_LINES: Final = 32
_CONTENT: Final = 1 << 14
_GZIP: Final = 31
_KEPT: Final = 4
_HALVES: Final = ("\\ud", "\\uD")


@attrs.frozen
class Block:
    """Some lines of a table, packed together.

    Attributes:
        packed: Its length in the table.
        content: Its length unpacked.
        lines: How many lines it has.
    """

    packed: int
    content: int
    lines: int


@attrs.frozen(kw_only=True)
class Head:
    """What stands at the head of a table.

    Attributes:
        blocks: Its blocks, in order.
        shared: How many of its first lines are shared parts.
        names: What its records are called; empty if they have no names.
        about: Rules by the violations they name: numbers of records.
        general: Numbers of the rules for all violations.
    """

    blocks: tuple[Block, ...] = ()
    shared: int = 0
    names: tuple[str, ...] = ()
    about: Mapping[str, tuple[int, ...]] = attrs.field(factory=dict)
    general: tuple[int, ...] = ()


@attrs.frozen
class Packed:
    """A table as it is written.

    Attributes:
        data: Its bytes.
        head: Length of its head, packed.
        content: Length of all its blocks, unpacked.
        records: How many records it has.
    """

    data: bytes
    head: int
    content: int
    records: int


def pack(
    cls: Any,  # noqa: ANN401 - a type form
    records: Iterable[object],
    *,
    named: Callable[[str], str] = str,
    names: Iterable[str] = (),
    about: Mapping[str, tuple[int, ...]] | None = None,
    general: Iterable[int] = (),
) -> Packed:
    """A table of the records.

    Args:
        cls: The class of the records.
        records: The records, in order.
        named: What a document is called in the bundle, by its name here.
        names: What the records are called.
        about: Rules by the violations they name.
        general: Rules for all violations.

    Raises:
        BundleError: If a record holds what a bundle cannot.
    """
    names, parts, write = tuple(names), Parts(named), writer(cls)
    if len(set(names)) < len(names):
        raise BundleError("bundle-twice", name=max(names, key=names.count), place="")
    for number, one in enumerate(records):
        try:
            parts.add(write(one, parts))
        except Fault as fault:
            raise BundleError(fault.code, place=f"{number}{fault.path}", **fault.details) from None
    shared, lines = parts.lines()
    blocks, packed = _packed_blocks([*shared, *lines], cls.__name__)
    head = Head(
        blocks=blocks,
        shared=len(shared),
        names=names,
        about=about or {},
        general=tuple(general),
    )
    first = _packed(f"{text_of(writer(Head)(head, _PLAIN))}\n".encode())
    content_length = sum(block.content for block in blocks)
    return Packed(b"".join((first, *packed)), len(first), content_length, len(lines))


def _packed_blocks(lines: list[str], place: str) -> tuple[tuple[Block, ...], list[bytes]]:
    """The blocks of a table, and the bytes of each; a problem names the place."""
    blocks, packed = [], []
    for block in _blocks(lines):
        content = "".join(f"{line}\n" for line in block).encode()
        if len(content) > MOST_BLOCK:
            raise BundleError("bundle-too-large", place=place, limit=str(MOST_BLOCK))
        packed.append(_packed(content))
        blocks.append(Block(len(packed[-1]), len(content), len(block)))
    return tuple(blocks), packed


def _packed(content: bytes) -> bytes:
    # Without the time of day: the same content is the same bytes.
    return gzip.compress(content, 9, mtime=0)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] = []
    length = 0
    for line in lines:
        if block and (len(block) == _LINES or length + len(line) > _CONTENT):
            yield block
            block, length = [], 0
        block.append(line)
        length += len(line)
    if block:
        yield block


class _Plain:
    """Writes and reads what shares nothing: heads and manifests."""

    def take(self, _obj: object, _cls: type, write: Callable[[], object]) -> object:
        return write()

    def source(self, name: str) -> str:
        return name

    def shared(self, number: int, cls: type, _read: object) -> object:
        raise wrong(number, cls.__name__)

    def spend(self) -> None:
        """A head is as long as its table."""


_PLAIN: Final = _Plain()


def plain_data(obj: object) -> object:
    """An object that shares nothing as JSON data."""
    return writer(type(obj))(obj, _PLAIN)


def read_plain(data: object, cls: type[T], place: str) -> T:
    """The object that `plain_data` wrote.

    Raises:
        BundleError: If the data is something else.
    """
    try:
        return cast("T", reader(cls)(data, _PLAIN))
    except (Fault, RecursionError) as fault:
        raise refused(fault, place) from None


def refused(fault: Fault | RecursionError, place: str) -> BundleError:
    """The fault as an error that names its place."""
    if isinstance(fault, RecursionError):
        return BundleError("bundle-too-deep", place=place)
    return BundleError(fault.code, place=f"{place} {fault.path}", **fault.details)


def parsed(text: str, place: str) -> object:
    """JSON data.

    Raises:
        BundleError: If the text is no JSON, or holds what is no text.
    """
    try:
        found = json.loads(text)
        if any(escape in text for escape in _HALVES):
            # Half a character can be escaped, but not be written again.
            text_of(found).encode()
    except RecursionError as error:
        raise refused(error, place) from None
    except ValueError as error:
        raise BundleError("bundle-bad-json", place=place, reason=str(error)) from None
    return found


def unpacked(packed: memoryview, most: int, place: str) -> str:
    """The text of one gzip member, no longer than allowed and nothing behind it.

    Raises:
        BundleError: If it is something else.
    """
    unpack = zlib.decompressobj(_GZIP)
    try:
        content = unpack.decompress(packed, most + 1)
        text = content.decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise BundleError("bundle-damaged", place=place, reason=str(error)) from None
    if len(content) > most:
        raise BundleError("bundle-too-large", place=place, limit=str(most))
    if not unpack.eof or unpack.unused_data:
        raise BundleError("bundle-damaged", place=place, reason="gzip")
    return text


@attrs.define(eq=False)
class Table(Generic[T]):
    """The records of a table, each read when it is first asked for, and then kept.

    Safe for threads: what was read is only ever added to.

    Args:
        cls: Class of the records.
        data: The table.
        place: What to call it in messages.
        head_length: Length of its head, packed.
        content: Length of its blocks together, unpacked.
        shown: What a document is called, by its name in the bundle.
    """

    cls: type[T]
    data: memoryview
    place: str
    head_length: int
    content: int
    count: int
    shown: Callable[[str], str] = str
    _head: Head | None = attrs.field(default=None, init=False)
    _firsts: tuple[list[int], list[int]] = attrs.field(factory=lambda: ([], []), init=False)
    _blocks: dict[int, list[object]] = attrs.field(factory=dict, init=False)
    _parts: dict[int, tuple[object, int]] = attrs.field(factory=dict, init=False)
    _records: dict[int, T] = attrs.field(factory=dict, init=False)

    def __len__(self) -> int:
        """How many records there are."""
        return self.count

    @property
    def head(self) -> Head:
        """Its head.

        Raises:
            BundleError: If the head does not fit the table.
        """
        if self._head is None:
            text = unpacked(self.data[: self.head_length], MOST_HEAD, self.place)
            head = read_plain(parsed(text, self.place), Head, self.place)
            self._check(head)
            blocks = head.blocks
            lines = list(accumulate((one.lines for one in blocks), initial=0))
            starts = list(accumulate((one.packed for one in blocks), initial=self.head_length))
            self._firsts = (lines, starts)
            self._head = head
        return self._head

    def _check(self, head: Head) -> None:
        blocks, count = head.blocks, self.count
        numbers = (*head.general, *(one for some in head.about.values() for one in some))
        fits = (
            all(min(one.packed, one.content, one.lines) > 0 for one in blocks)
            and max((one.content for one in blocks), default=0) <= MOST_BLOCK
            and self.head_length + sum(one.packed for one in blocks) == len(self.data)
            and sum(one.content for one in blocks) == self.content
            and sum(one.lines for one in blocks) == head.shared + count
            and head.shared >= 0
            and len(set(head.names)) == len(head.names)
            and len(head.names) in (0, count)
            and all(0 <= one < count for one in numbers)
        )
        if not fits:
            raise BundleError("bundle-damaged", place=self.place, reason="head")

    def __getitem__(self, number: int) -> T:
        """The record of that number.

        Raises:
            IndexError: If there is none.
            BundleError: If it is none of its class.
        """
        known = self._records.get(number)
        if known is not None:
            return known
        if not 0 <= number < self.count:
            raise IndexError(number)
        place = f"{self.place} [{number}]"
        try:
            record = _Record(self, place).read(self._line(self.head.shared + number), self.cls)
        except (Fault, RecursionError) as fault:
            raise refused(fault, place) from None
        return self._records.setdefault(number, cast("T", record))

    def _line(self, number: int) -> object:
        """The data of a line."""
        lines, starts = self._firsts
        at = bisect_right(lines, number) - 1
        block = self._blocks.get(at)
        if block is None:
            block = self._read_block(at, starts[at], starts[at + 1])
            # The last few are kept: their neighbours are often asked for next.
            if len(self._blocks) >= _KEPT:
                self._blocks = {}
            self._blocks[at] = block
        return block[number - lines[at]]

    def _read_block(self, at: int, start: int, end: int) -> list[object]:
        place, block = f"{self.place} block {at}", self.head.blocks[at]
        text = unpacked(self.data[start:end], block.content, place)
        # Read as one list: that is faster than line by line.
        found = parsed(f"[{text.rstrip().replace(chr(10), ',')}]", place)
        if not isinstance(found, list) or len(found) != block.lines:
            raise BundleError("bundle-damaged", place=place, reason="lines")
        return found

    def part(self, number: int, cls: type, read: Read) -> tuple[object, int]:
        """A shared part, and of how many objects it is made.

        Raises:
            Fault: If there is none, or none of the class.
        """
        known = self._parts.get(number)
        if known is None:
            if not 0 <= number < self.head.shared:
                raise wrong(number, cls.__name__)
            inside = _Record(self, self.place, below=number)
            made = read(self._line(number), inside)
            known = self._parts.setdefault(number, (made, inside.spent))
        if type(known[0]) is not cls:
            raise wrong(number, cls.__name__)
        return known


@attrs.define(eq=False)
class _Record:
    """One record while it is read.

    Args:
        table: The table.
        place: What to call the record.
        below: A part holds only parts of lower numbers; None for a record, which may hold any.
    """

    table: Table[Any]
    place: str
    below: int | None = None
    spent: int = 0

    def read(self, data: object, cls: type) -> object:
        return reader(cls)(data, self)

    def shared(self, number: int, cls: type, read: Read) -> object:
        if self.below is not None and number >= self.below:
            raise wrong(number, cls.__name__)
        made, spent = self.table.part(number, cls, read)
        self._count(spent)
        return made

    def spend(self) -> None:
        self._count(1)

    def _count(self, objects: int) -> None:
        # Parts that hold a part twice, which holds another twice, would be endless to walk.
        self.spent += objects
        if self.spent > _MOST_OBJECTS:
            raise Fault("bundle-too-deep")

    def source(self, name: str) -> str:
        return self.table.shown(name)
