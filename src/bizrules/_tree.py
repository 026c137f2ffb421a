"""Documents as plain data that remembers where it was written.

Readers hand the parts of a text to a `Builder` in the order in which they find them.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn, TypeAlias

import attrs

from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location

DataPath: TypeAlias = tuple[str | int, ...]
"""The way from the root to a value: keys of mappings and indexes of lists."""

_BARE_KEY: Final = re.compile(r"[\w-]+")
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_SHOWN: Final = 60
_MOST_REMEMBERED: Final = 256


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
    return "$" + "".join(map(_render_step, path))


@lru_cache(maxsize=1024)
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
        place = self.places.get(path)
        if place is not None:
            return place
        for length in range(len(path) - 1, -1, -1):
            place = self.places.get(path[:length])
            if place is not None:
                return _renamed(place, path)
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

    def place(self, index: int, path: str) -> Location:
        """The place of the character at the index, under a path as people read it."""
        line = bisect_right(self.starts, index)
        return Location(self.name, line, index - self.starts[line - 1] + 1, path)


Mark: TypeAlias = "int | _Branch"
"""Where a value starts; of a mapping or list also where everything in it does."""


@attrs.define(eq=False)
class _Branch:
    """A mapping or list: where it starts, and the marks of what it contains.

    The use of an alias is a branch of its own, which shares its contents with that of the anchor.
    So marks take as much memory as the file, however much its aliases expand to.

    Attributes:
        index: Where it starts.
        fields: A mapping as it was read; None for a list.
        marks: Of a list the marks of its items; of a mapping those of its values, each after
            the index of its key.
    """

    index: int
    fields: dict[str, object] | None
    marks: list[Mark]
    _order: dict[str, int] | None = attrs.field(default=None, init=False)

    def step(self, step: str | int) -> tuple[Mark, Mark] | None:
        """The marks of the key and of the value one step down; None if nothing is there."""
        if self.fields is None:
            if not isinstance(step, int) or not 0 <= step < len(self.marks):
                return None
            return self.marks[step], self.marks[step]
        # Few of the mappings of a document are asked for one of their places.
        if self._order is None:
            self._order = {key: 2 * at for at, key in enumerate(self.fields)}
        at = self._order.get(step) if isinstance(step, str) else None
        return None if at is None else (self.marks[at], self.marks[at + 1])

    def steps(self) -> Iterator[tuple[str | int, Mark]]:
        """Everything one step down: key or number, and the mark of the value."""
        return (
            enumerate(self.marks)
            if self.fields is None
            else zip(self.fields, self.marks[1::2], strict=True)
        )


def _start(mark: Mark) -> int:
    return mark if isinstance(mark, int) else mark.index


def _walk(path: DataPath, mark: Mark) -> Iterator[DataPath]:
    """The path and all paths below it, in the order of the file."""
    yield path
    if isinstance(mark, _Branch):
        for step, inner in mark.steps():
            yield from _walk((*path, step), inner)


@attrs.frozen(eq=False)
class _Places(Mapping[DataPath, Location]):
    """The places of all values, or of all keys, worked out when asked for."""

    source: Source
    root: Mark
    of_keys: bool
    # Places are asked for side by side: mappings and lists met last, and their paths in words.
    _last: dict[DataPath, tuple[_Branch, str]] = attrs.field(factory=dict, init=False)

    def __getitem__(self, path: DataPath) -> Location:
        """The place of the value or key at the path.

        Raises:
            KeyError: If the document has nothing there.
        """
        found: Location | None = self.get(path)
        if found is None:
            raise KeyError(path)
        return found

    def get(self, path: DataPath, default: Any = None) -> Any:  # noqa: ANN401 - as of mappings
        """The place of the value or key at the path; the default if there is nothing."""
        if not path:
            return self.source.place(_start(self.root), "$")
        above, last = path[:-1], path[-1]
        branch = self._last.get(above) or self._reach(above)
        found = None if branch is None else branch[0].step(last)
        if branch is None or found is None:
            return default
        mark = found[not self.of_keys]
        index = mark if isinstance(mark, int) else mark.index
        return self.source.place(index, branch[1] + _render_step(last))

    def _reach(self, path: DataPath) -> tuple[_Branch, str] | None:
        """The mapping or list at the path, and the path in words."""
        mark, text = self.root, "$"
        if path:
            branch = self._last.get(path[:-1]) or self._reach(path[:-1])
            found = None if branch is None else branch[0].step(path[-1])
            if branch is None or found is None:
                return None
            mark, text = found[1], branch[1] + _render_step(path[-1])
        if isinstance(mark, int):
            return None
        if len(self._last) >= _MOST_REMEMBERED:
            self._last.clear()
        self._last[path] = mark, text
        return mark, text

    def __iter__(self) -> Iterator[DataPath]:
        """All paths in the order of the file."""
        return _walk((), self.root)

    def __len__(self) -> int:
        """The number of values."""
        return sum(1 for _ in self)


class UnreadableError(Exception):
    """Reading cannot go on after the problem that was noted last."""


@attrs.define(eq=False)
class _Frame:
    """A mapping or list that is being read.

    Attributes:
        index: Where it starts.
        fields: The values of a mapping so far; None for a list.
        items: The items of a list so far; empty for a mapping.
        anchor: Its anchor.
        nodes_before: How many values were read before it.
        wants_key: Whether the next part is a key.
        marks: As those of a branch.
        height: Mappings and lists inside one another, itself included.
        key: The key whose value comes next; None if that value is dropped.
        key_index: Where the key starts.
    """

    index: int
    fields: dict[str, object] | None
    items: list[object]
    anchor: str | None
    nodes_before: int
    wants_key: bool
    marks: list[Mark] = attrs.field(factory=list)
    height: int = 1
    key: str | None = None
    key_index: int = 0


@attrs.frozen(eq=False)
class _Anchored:
    """What an alias stands for."""

    data: object
    mark: Mark
    nodes: int
    height: int


@attrs.define(eq=False)
class Builder:
    """Builds the data of one document from the parts in which a reader finds them.

    INVARIANT: the first frame is a list that receives the root, so `frames` is never empty;
    `top` is the last of them.
    """

    source: Source
    limits: Limits
    frames: list[_Frame] = attrs.field(init=False)
    top: _Frame = attrs.field(init=False)
    anchors: dict[str, _Anchored] = attrs.field(factory=dict, init=False)
    problems: list[Problem] = attrs.field(factory=list, init=False)
    nodes: int = attrs.field(default=0, init=False)
    aliases: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Start outside the root."""
        self.top = _Frame(0, None, [], None, 0, wants_key=False)
        self.frames = [self.top]

    def refuse(self, code: str, index: int, **details: str) -> None:
        """Note a problem and go on."""
        place = self.source.place(index, render_path(self._path()))
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
        return self.top.wants_key

    def key(self, text: str | None, index: int) -> None:
        """Take a key; the value under one that stands twice, or is no text (None), is dropped."""
        frame = self.top
        frame.wants_key, frame.key = False, None
        if text is None:
            self.refuse("key-not-scalar", index)
        elif frame.fields is not None and text in frame.fields:
            at = 2 * list(frame.fields).index(text)
            first = self.source.place(_start(frame.marks[at]), "$").line
            self.refuse("duplicate-key", index, key=shown(text), first=str(first))
        else:
            frame.key, frame.key_index = text, index

    def scalar(self, value: str | None, index: int, anchor: str | None = None) -> None:
        """Take a single value."""
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            self._count(0, index)
        if anchor is not None:
            self.anchors[anchor] = _Anchored(value, index, 1, 0)
        self._deliver(value, index)

    def open(self, index: int, *, mapping: bool, anchor: str | None = None) -> None:
        """Begin a mapping or a list."""
        if self.top.wants_key:
            # It stays in the place of the key until it is closed and dropped.
            self.refuse("key-not-scalar", index)
            self.top.key = None
        self._bound_depth(1, index)
        if anchor is not None:
            # Inside itself the new anchor has no value yet, and the old one is gone.
            self.anchors.pop(anchor, None)
        fields: dict[str, object] | None = {} if mapping else None
        frame = _Frame(index, fields, [], anchor, self.nodes, mapping)
        self._count(1, index)
        self.frames.append(frame)
        self.top = frame

    def close(self) -> None:
        """End the innermost mapping or list."""
        frame = self.frames.pop()
        self.top = self.frames[-1]
        data: object = frame.items if frame.fields is None else frame.fields
        mark = _Branch(frame.index, frame.fields, frame.marks)
        if frame.anchor is not None:
            nodes = self.nodes - frame.nodes_before
            self.anchors[frame.anchor] = _Anchored(data, mark, nodes, frame.height)
        self._raise(frame.height)
        self._deliver(data, mark)

    def alias(self, name: str, index: int) -> None:
        """Take what the alias stands for."""
        self.aliases += 1
        if self.aliases > self.limits.aliases:
            self.stop("too-many-aliases", index, limit=str(self.limits.aliases))
        target = self.anchors.get(name)
        if target is None:
            self.refuse("unknown-alias", index, name=shown(name))
            self._deliver(None, index)
            return
        self._count(target.nodes, index)
        self._bound_depth(target.height, index)
        mark = target.mark
        if isinstance(mark, _Branch):
            mark = _Branch(index, mark.fields, mark.marks)
        self._raise(target.height)
        self._deliver(target.data, index if isinstance(mark, int) else mark)

    def finish(self) -> Document:
        """The document.

        Raises:
            DocumentError: With every problem noted; or that there is nothing in it.
        """
        root = self.frames[0]
        if not self.problems and root.items in ([], [None]):
            self.refuse("document-empty", _start(root.marks[0]) if root.marks else 0)
        if self.problems:
            raise DocumentError(self.problems)
        mark = root.marks[0]
        return Document(
            self.source.name,
            root.items[0],
            _Places(self.source, mark, of_keys=False),
            _Places(self.source, mark, of_keys=True),
        )

    def _raise(self, height: int) -> None:
        """Note that what is being read contains something of the height."""
        self.top.height = max(self.top.height, height + 1)

    def _deliver(self, data: object, mark: Mark) -> None:
        frame = self.top
        if frame.fields is None:
            frame.items.append(data)
            frame.marks.append(mark)
            return
        if frame.key is not None:
            frame.fields[frame.key] = data
            frame.marks += (frame.key_index, mark)
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
            if frame.fields is None:
                steps.append(len(frame.items))
            elif frame.key is not None:
                steps.append(frame.key)
        return tuple(steps)


def shown(text: str) -> str:
    """The text as a message quotes it: on one line, its end left out if it is long."""
    line = " ".join(text.split()) if _BREAKS.search(text) else text
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
