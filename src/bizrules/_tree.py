"""Documents as plain data that remembers where it was written.

Readers hand the parts of a text to a `Builder` in the order in which they find them.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NoReturn, TypeAlias

import attrs

from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location

DataPath: TypeAlias = tuple[str | int, ...]
"""The way from the root to a value: keys of mappings and indexes of lists."""

_BARE_KEY: Final = re.compile(r"[\w-]+")
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_SHOWN: Final = 60


@attrs.frozen
class Limits:
    """How much one file may hold.

    Attributes:
        size: Bytes.
        depth: Mappings and lists inside one another.
        nodes: Values, those that aliases repeat counted each time.
        aliases: Uses of aliases.
    """

    size: int = 16 * 1024 * 1024
    depth: int = 40
    nodes: int = 1_000_000
    aliases: int = 50


DEFAULT_LIMITS: Final = Limits()


def render_path(path: DataPath) -> str:
    """The path as people read it: `$.rules[1].list`, `$.facts["food.sold"]`."""
    return "$" + "".join(_render_step(step) for step in path)


def _render_step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _BARE_KEY.fullmatch(step):
        return f".{step}"
    return f"[{json.dumps(step, ensure_ascii=False)}]"


@attrs.frozen
class Document:
    """A document that was read, or data passed in from Python.

    Attributes:
        name: File name or other name of the source.
        data: Mappings, lists, `str` (quoted), `Plain` (unquoted) and None.
        places: Where each value stands, by path.
        key_places: Where the key of a value stands, by the path of the value.
    """

    name: str
    data: object
    places: Mapping[DataPath, Location] = attrs.field(factory=dict, eq=False, repr=False)
    key_places: Mapping[DataPath, Location] = attrs.field(factory=dict, eq=False, repr=False)

    def locate(self, path: DataPath) -> Location:
        """The place of the value, or of its nearest ancestor whose place is known."""
        for length in range(len(path), -1, -1):
            place = self.places.get(path[:length])
            if place is not None:
                return place if length == len(path) else _renamed(place, path)
        return Location(self.name, path=render_path(path))

    def locate_key(self, path: DataPath) -> Location:
        """The place of the key under which the value stands, or else that of the value."""
        place = self.key_places.get(path)
        return self.locate(path) if place is None else place


def _renamed(place: Location, path: DataPath) -> Location:
    return attrs.evolve(place, path=render_path(path))


@attrs.frozen
class Source:
    """The name of a text and where its lines start."""

    name: str
    starts: list[int]

    @classmethod
    def of(cls, name: str, text: str) -> "Source":
        """The source with this text."""
        return cls(name, [0, *(found.end() for found in re.finditer("\n", text))])

    def place(self, index: int, path: DataPath) -> Location:
        """The place of the character at the index."""
        line = bisect_right(self.starts, index)
        return Location(self.name, line, index - self.starts[line - 1] + 1, render_path(path))


@attrs.define(eq=False)
class _Mark:
    """Where a value starts, and the marks of what it contains.

    The use of an alias has its own mark, which shares its contents with that of the anchor.
    So marks take as much memory as the file, however much its aliases expand to.
    """

    index: int
    fields: "dict[str, tuple[int, _Mark]] | None" = None
    items: "list[_Mark] | None" = None

    def step(self, step: str | int) -> "tuple[int, _Mark]":
        """The index of the key and the mark of the value one step down.

        Raises:
            KeyError: If there is nothing.
        """
        if self.fields is not None and isinstance(step, str):
            return self.fields[step]
        if self.items is not None and isinstance(step, int) and 0 <= step < len(self.items):
            item = self.items[step]
            return item.index, item
        raise KeyError(step)

    def walk(self, path: DataPath) -> "Iterator[tuple[DataPath, int, _Mark]]":
        """Everything inside: path, index of the key, mark."""
        steps: Iterable[tuple[str | int, tuple[int, _Mark]]] = ()
        if self.fields is not None:
            steps = self.fields.items()
        elif self.items is not None:
            steps = ((at, (item.index, item)) for at, item in enumerate(self.items))
        for step, (key_index, mark) in steps:
            yield (*path, step), key_index, mark
            yield from mark.walk((*path, step))


@attrs.frozen(eq=False)
class _Places(Mapping[DataPath, Location]):
    """The places of all values, or of all keys, worked out when asked for."""

    source: Source
    root: _Mark
    of_keys: bool

    def __getitem__(self, path: DataPath) -> Location:
        """The place of the value or key at the path.

        Raises:
            KeyError: If the document has nothing there.
        """
        key_index, mark = self.root.index, self.root
        for step in path:
            key_index, mark = mark.step(step)
        return self.source.place(key_index if self.of_keys else mark.index, path)

    def __iter__(self) -> Iterator[DataPath]:
        """All paths in the order of the file."""
        yield ()
        for path, _, _ in self.root.walk(()):
            yield path

    def __len__(self) -> int:
        """The number of values."""
        return sum(1 for _ in self)


class UnreadableError(Exception):
    """Reading cannot go on after the problem that was noted last."""


@attrs.define(eq=False)
class _Frame:
    """A mapping or list that is being read."""

    index: int
    is_mapping: bool
    anchor: str | None = None
    nodes_before: int = 0
    fields: dict[str, object] = attrs.field(factory=dict)
    field_marks: dict[str, tuple[int, _Mark]] = attrs.field(factory=dict)
    items: list[object] = attrs.field(factory=list)
    item_marks: list[_Mark] = attrs.field(factory=list)
    height: int = 1
    wants_key: bool = False
    key: str | None = None
    key_index: int = 0


@attrs.frozen(eq=False)
class _Anchored:
    """What an alias stands for."""

    data: object
    mark: _Mark
    nodes: int
    height: int


@attrs.define(eq=False)
class Builder:
    """Builds the data of one document from the parts in which a reader finds them.

    INVARIANT: the first frame is a list that receives the root, so `frames` is never empty.
    """

    source: Source
    limits: Limits
    frames: list[_Frame] = attrs.field(init=False)
    anchors: dict[str, _Anchored] = attrs.field(factory=dict, init=False)
    problems: list[Problem] = attrs.field(factory=list, init=False)
    nodes: int = attrs.field(default=0, init=False)
    aliases: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Start outside the root."""
        self.frames = [_Frame(0, is_mapping=False)]

    def refuse(self, code: str, index: int, **details: str) -> None:
        """Note a problem and go on."""
        place = self.source.place(index, self._path())
        self.problems.append(Problem(code, place, details))

    def stop(self, code: str, index: int, **details: str) -> NoReturn:
        """Note a problem after which reading cannot go on.

        Raises:
            UnreadableError: Always.
        """
        self.refuse(code, index, **details)
        raise UnreadableError

    def wants_key(self) -> bool:
        """Whether the next part is the key of a mapping."""
        return self.frames[-1].wants_key

    def key(self, text: str | None, index: int) -> None:
        """Take a key; the value under one that stands twice, or is no text (None), is dropped."""
        frame = self.frames[-1]
        frame.wants_key, frame.key = False, None
        if text is None:
            self.refuse("key-not-scalar", index)
        elif text in frame.field_marks:
            first = self.source.place(frame.field_marks[text][0], ()).line
            self.refuse("duplicate-key", index, key=shown(text), first=str(first))
        else:
            frame.key, frame.key_index = text, index

    def scalar(self, value: str | None, index: int, anchor: str | None = None) -> None:
        """Take a single value."""
        self._count(1, index)
        mark = _Mark(index)
        if anchor is not None:
            self.anchors[anchor] = _Anchored(value, mark, 1, 0)
        self._deliver(value, mark, 0)

    def open(self, index: int, *, mapping: bool, anchor: str | None = None) -> None:
        """Begin a mapping or a list."""
        if self.wants_key():
            # It stays in the place of the key until it is closed and dropped.
            self.refuse("key-not-scalar", index)
            self.frames[-1].key = None
        self._bound_depth(1, index)
        if anchor is not None:
            # Inside itself the new anchor has no value yet, and the old one is gone.
            self.anchors.pop(anchor, None)
        frame = _Frame(index, mapping, anchor, self.nodes, wants_key=mapping)
        self._count(1, index)
        self.frames.append(frame)

    def close(self) -> None:
        """End the innermost mapping or list."""
        frame = self.frames.pop()
        data: object = frame.items
        mark = _Mark(frame.index, items=frame.item_marks)
        if frame.is_mapping:
            data, mark = frame.fields, _Mark(frame.index, fields=frame.field_marks)
        if frame.anchor is not None:
            nodes = self.nodes - frame.nodes_before
            self.anchors[frame.anchor] = _Anchored(data, mark, nodes, frame.height)
        self._deliver(data, mark, frame.height)

    def alias(self, name: str, index: int) -> None:
        """Take what the alias stands for."""
        self.aliases += 1
        if self.aliases > self.limits.aliases:
            self.stop("too-many-aliases", index, limit=str(self.limits.aliases))
        target = self.anchors.get(name)
        if target is None:
            self.refuse("unknown-alias", index, name=shown(name))
            self._deliver(None, _Mark(index), 0)
            return
        self._count(target.nodes, index)
        self._bound_depth(target.height, index)
        mark = _Mark(index, target.mark.fields, target.mark.items)
        self._deliver(target.data, mark, target.height)

    def finish(self) -> Document:
        """The document.

        Raises:
            DocumentError: With every problem noted; or that there is nothing in it.
        """
        root = self.frames[0]
        if not self.problems and root.items in ([], [None]):
            self.refuse("document-empty", root.item_marks[0].index if root.item_marks else 0)
        if self.problems:
            raise DocumentError(self.problems)
        mark = root.item_marks[0]
        return Document(
            self.source.name,
            root.items[0],
            _Places(self.source, mark, of_keys=False),
            _Places(self.source, mark, of_keys=True),
        )

    def _deliver(self, data: object, mark: _Mark, height: int) -> None:
        frame = self.frames[-1]
        frame.height = max(frame.height, height + 1)
        if not frame.is_mapping:
            frame.items.append(data)
            frame.item_marks.append(mark)
            return
        if frame.key is not None:
            frame.fields[frame.key] = data
            frame.field_marks[frame.key] = (frame.key_index, mark)
        # What stood in the place of a key is followed by its value.
        frame.wants_key, frame.key = not frame.wants_key, None

    def _count(self, nodes: int, index: int) -> None:
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            self.stop("too-many-nodes", index, limit=str(self.limits.nodes))

    def _bound_depth(self, levels: int, index: int) -> None:
        if len(self.frames) - 1 + levels > self.limits.depth:
            self.stop("too-deep", index, limit=str(self.limits.depth))

    def _path(self) -> DataPath:
        steps: list[str | int] = []
        for frame in self.frames[1:]:
            if not frame.is_mapping:
                steps.append(len(frame.items))
            elif frame.key is not None:
                steps.append(frame.key)
        return tuple(steps)


def shown(text: str) -> str:
    """The text as a message quotes it: on one line, its end left out if it is long."""
    line = " ".join(text.split()) if _BREAKS.search(text) else text
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
