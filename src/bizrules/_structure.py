"""Plain data into attrs classes and back: strict, and every problem with its place.

Two vocabularies of scalars share one structure. `structure` reads what people write, where the
type of an unquoted scalar comes from the class. `from_plain` reads what `unstructure` wrote,
which is JSON. Neither makes one type out of another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, IntEnum
from functools import cache, lru_cache
from itertools import repeat
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, NoReturn, TypeVar, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter

from bizrules._scalars import (
    DOCUMENT_GLANCES,
    DOCUMENT_SCALARS,
    MISSED,
    PLAIN_GLANCES,
    PLAIN_SCALARS,
    WRITES,
    FaultsError,
    Glance,
    Raw,
    Read,
    check_shape,
    fault,
    no_rule,
    shape_of,
    shown_value,
)
from bizrules._tree import DataPath, Document, shown
from bizrules.errors import DocumentError, Problem, ProblemsError
from bizrules.nearness import near_names
from bizrules.provenance import Location
from bizrules.values import Money

__all__ = ["Raw", "from_plain", "structure", "unstructure"]

T = TypeVar("T")


def structure(document: Document, cls: type[T], path: DataPath = ()) -> T:
    """The part of the document at the path as an instance of the class.

    A field is found under its name without trailing underscore, or under `metadata["key"]`.
    A field of type `Raw` is left for later, one of type `Location` receives the place of the
    mapping. Every other key is refused.

    Args:
        document: What was read.
        cls: An attrs class, or any type its fields may have.
        path: Which part of the document.

    Raises:
        DocumentError: With one problem for each fault.
        LookupError: If the document has nothing at the path.
        TypeError: If the class has fields of a type that documents cannot hold.
    """
    return _read(_DOCUMENTS, Raw(document, (), document.data).at(*path), cls)


def from_plain(data: object, cls: type[T], *, name: str = "data") -> T:
    """The object of which `unstructure` made the data.

    Args:
        data: Plain data.
        cls: The class of the object.
        name: What to call the data in problems.

    Raises:
        DocumentError: With one problem for each fault.
        TypeError: If plain data cannot tell the types of the fields apart.
    """
    return _read(_PLAIN, Raw(Document(name, data), (), data), cls)


def unstructure(obj: object) -> Any:  # noqa: ANN401 - JSON has no better type
    """The object as JSON-able data, from which `from_plain` makes it again.

    Dates are ISO text, money is yuan and decimals are digits in text, fractions `n/d`; members
    of an `IntEnum` are lower-case names, other members their values; sets are sorted.

    Raises:
        TypeError: If the object holds something else.
    """
    return _PLAIN.unstructure(obj)


def _read(converter: Converter, node: Raw, cls: type[T]) -> T:
    try:
        return converter.structure(node, cls)
    except FaultsError as error:
        raise DocumentError(error.problems) from None


def _choices(cls: type[Enum]) -> dict[object, Enum]:
    if issubclass(cls, IntEnum):
        return {member.name.lower(): member for member in cls}
    return {member.value: member for member in cls}


@cache
def _member_reader(cls: type[Enum]) -> Read:
    choices = _choices(cls)
    names = [str(choice) for choice in choices]

    def read(node: Raw) -> Enum:
        """Member = one of the choices, quoted or not."""
        data = node.data
        if isinstance(data, cls):
            return data
        # Only text and whole numbers: True is no 1.
        member = choices.get(data) if isinstance(data, str) or type(data) is int else None
        if member is not None:
            return member
        check_shape(node, "scalar")
        raise fault(
            node,
            "not-in-choices",
            found=shown_value(data),
            what=f"`{_last_key(node.path)}`",
            near_names=_near(str(data), frozenset(names)),
            choices=",".join(names),
        )

    return read


def _last_key(path: DataPath) -> str:
    return shown(next((step for step in reversed(path) if isinstance(step, str)), "$"))


@lru_cache(maxsize=1024)
def _near(name: str, names: frozenset[str]) -> str:
    return near_names(name, names)


def _read_items(node: Raw, reads: Iterable[Read]) -> list[Any]:
    """The items, each read by its reader; problems of all of them."""
    items: list[Any] = []
    problems: list[Problem] = []
    document, path = node.document, node.path
    for index, (data, read) in enumerate(zip(_items(node), reads, strict=False)):
        try:
            items.append(read(Raw(document, (*path, index), data)))
        except FaultsError as error:
            problems.extend(error.problems)
    if problems:
        raise FaultsError(problems)
    return items


def _items(node: Raw) -> Sequence[object]:
    if not isinstance(node.data, list):
        check_shape(node, "sequence")
    return cast("Sequence[object]", node.data)


def _fields(node: Raw) -> Mapping[str, object]:
    if not isinstance(node.data, dict):
        check_shape(node, "mapping")
    return cast("Mapping[str, object]", node.data)


def _sequence_reader(cls: Any, types: "_Types") -> Read:  # noqa: ANN401 - a type form
    """Reader of `tuple[X, ...]`, `tuple[X, Y]`, `frozenset[X]` and, as a tuple, `Iterable[X]`."""
    args = get_args(cls)
    if get_origin(cls) is tuple and args[-1] is not Ellipsis:
        reads = [types.reader(arg) for arg in args]

        def read_fixed(node: Raw) -> object:
            if len(_items(node)) != len(reads):
                found = str(len(_items(node)))
                raise fault(node, "wrong-length", expected=str(len(reads)), found=found)
            return tuple(_read_items(node, reads))

        return read_fixed
    read, glance = types.reader(args[0]), types.glance(args[0])
    collect = frozenset if get_origin(cls) is frozenset else tuple

    def read_all(node: Raw) -> object:
        if glance is not None:
            found = [glance(data) for data in _items(node)]
            if MISSED not in found:
                return collect(found)
        return collect(_read_items(node, repeat(read)))

    return read_all


def _mapping_reader(cls: Any, types: "_Types") -> Read:  # noqa: ANN401 - a type form
    """Reader of `Mapping[str, X]`; the order of the document is kept."""
    key_type, value_type = get_args(cls)
    if key_type is not str:
        raise no_rule(cls)
    read = types.reader(value_type)

    def read_mapping(node: Raw) -> object:
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for key, data in _fields(node).items():
            try:
                values[key] = read(Raw(node.document, (*node.path, key), data))
            except FaultsError as error:
                problems.extend(error.problems)
        if problems:
            raise FaultsError(problems)
        return values

    return read_mapping


def _key_of(field: "attrs.Attribute[Any]") -> str:
    return str(field.metadata.get("key") or field.name.removesuffix("_"))


def _is_place(annotation: object) -> bool:
    return annotation is Location or set(get_args(annotation)) == {Location, NoneType}


@attrs.frozen
class _Field:
    """How a field of a class is read.

    Attributes:
        name: Name of the argument.
        glance: What the value is at first sight; None if it always takes a closer look.
        read: Its reader.
    """

    name: str
    glance: Glance | None
    read: Read


@attrs.frozen
class _Table:
    """The fields of a class.

    Attributes:
        fields: Each field by its key.
        needed: Keys that may not be left out.
        places: Names of the arguments that receive the place of the mapping.
    """

    fields: Mapping[str, _Field]
    needed: tuple[str, ...]
    places: tuple[str, ...]

    @classmethod
    def of(cls, read: type, types: "_Types") -> "_Table":
        """The fields of an attrs class."""
        fields: dict[str, _Field] = {}
        needed, places = [], []
        for field in attrs.fields(attrs.resolve_types(read)):
            if not field.init:
                continue
            if types.fill_places and _is_place(field.type):
                places.append(field.alias)
                continue
            key = _key_of(field)
            fields[key] = _Field(field.alias, types.glance(field.type), types.reader(field.type))
            if field.default is attrs.NOTHING:
                needed.append(key)
        return cls(fields, tuple(needed), tuple(places))


def _class_reader(cls: type, types: "_Types") -> Read:
    """Reader of an attrs class; with `places`, fields for locations are filled in."""

    # Not before it is needed: a class may have fields of its own type.
    @cache
    def table() -> _Table:
        return _Table.of(cls, types)

    def read(node: Raw) -> object:
        fields = table()
        given: dict[str, Any] = {}
        problems = _read_fields(node, fields, given)
        if not problems:
            if fields.places:
                given.update(dict.fromkeys(fields.places, node.location))
            try:
                return cls(**given)
            except ValueError as error:
                problems.extend(_value_problems(node, error))
        raise FaultsError(problems)

    return read


def _read_fields(node: Raw, table: _Table, given: dict[str, Any]) -> list[Problem]:
    """Read every field into the arguments for the class; what is wrong with them."""
    problems: list[Problem] = []
    data, document, path = _fields(node), node.document, node.path
    for key, value in data.items():
        field = table.fields.get(key)
        if field is None:
            problems.append(_unknown_key(node, key, table))
            continue
        if field.glance is not None:
            found = field.glance(value)
            if found is not MISSED:
                given[field.name] = found
                continue
        try:
            given[field.name] = field.read(Raw(document, (*path, key), value))
        except FaultsError as error:
            problems.extend(error.problems)
        except ValueError as error:
            problems.extend(_value_problems(node, error))
    missing = [key for key in table.needed if key not in data]
    return [*problems, *(Problem("missing-key", node.location, {"key": key}) for key in missing)]


def _value_problems(node: Raw, error: ValueError) -> Iterable[Problem]:
    """Why a class refuses its values."""
    if isinstance(error, ProblemsError):
        return error.problems
    return [Problem("bad-value", node.location, {"reason": shown(str(error))})]


def _unknown_key(node: Raw, key: str, table: _Table) -> Problem:
    free = frozenset(table.fields) - {*_fields(node)}
    details = {"key": shown(str(key)), "near_names": _near(str(key), free)}
    return Problem("unknown-key", node.document.locate_key((*node.path, key)), details)


def _union_reader(cls: Any, types: "_Types", *, by_shape: bool) -> Read:  # noqa: ANN401 - a type form
    """Reader of `X | None`; by shape also of types that plain data tells apart."""
    members = [member for member in get_args(cls) if member is not NoneType]
    optional = len(members) < len(get_args(cls))
    if len(members) == 1:
        reads = {"": types.reader(members[0])}
    elif by_shape:
        reads = {shape: types.reader(member) for shape, member in _by_shape(cls, members).items()}
    else:
        raise no_rule(cls)
    default = next(iter(reads.values()))

    def read(node: Raw) -> object:
        if node.data is None and optional:
            return None
        one = default if len(reads) == 1 else reads.get(_plain_shape(node.data), default)
        return one(node)

    return read


def _by_shape(cls: object, members: Iterable[Any]) -> dict[str, Any]:
    """The members by how plain data shows them; `str` stands for all that become text."""
    shapes: dict[str, Any] = {}
    for member in members:
        shape = _shape_of_type(member)
        if shape not in shapes or member is str:
            shapes[shape] = member
        elif shapes[shape] is not str:
            raise no_rule(cls)
    return shapes


def _shape_of_type(cls: Any) -> str:  # noqa: ANN401 - a type form
    origin = get_origin(cls) or cls
    if origin in (bool, int):
        return str(origin.__name__)
    if origin in _SEQUENCES:
        return "sequence"
    if origin is Mapping or (attrs.has(origin) and origin is not Money):
        return "mapping"
    if issubclass(origin, Enum):
        return type(next(iter(_choices(origin)))).__name__
    return "str"


def _plain_shape(data: object) -> str:
    shape = shape_of(data)
    return type(data).__name__ if shape == "scalar" else shape


def _write_fields(cls: type, converter: Converter) -> Callable[[Any], dict[str, Any]]:
    keys = [(field.name, _key_of(field)) for field in attrs.fields(cls) if field.init]
    write = converter.unstructure
    return lambda obj: {key: write(getattr(obj, name)) for name, key in keys}


def _write_mapping(given: Mapping[Any, Any], converter: Converter) -> dict[str, Any]:
    if not all(isinstance(key, str) for key in given):
        raise no_rule("Mapping with keys that are not text")
    return {str(key): converter.unstructure(value) for key, value in given.items()}


_SEQUENCES: Final = (tuple, frozenset, Sequence, Iterable)
_NEVER: Final[tuple[type, ...]] = (bytes, float, Path)


def _refuse(cls: object) -> NoReturn:
    raise no_rule(cls)


@attrs.frozen(eq=False)
class _Hook:
    """A reader as a hook; cattrs asks the one of a class for subclasses too.

    Attributes:
        read: The reader.
        cls: The class it reads; None if it was made for the very type it is asked for.
    """

    read: Read
    cls: type | None = None

    def __call__(self, node: Raw, given: Any) -> Any:  # noqa: ANN401 - as cattrs defines hooks
        """The value; a `datetime` is no date."""
        return self.reader(given)(node)

    def reader(self, given: Any) -> Read:  # noqa: ANN401 - a type form
        """The reader of the type."""
        if self.cls is None or given is self.cls:
            return self.read
        return _member_reader(given) if issubclass(given, Enum) else _refuse(given)


@attrs.frozen(eq=False)
class _Types:
    """The readers of all types of one vocabulary of scalars.

    Attributes:
        scalars: Readers of scalars.
        glances: What scalars are at first sight.
        fill_places: Whether fields for locations are filled in.
        converter: Finds the reader of a type.
    """

    scalars: Mapping[type, Read]
    glances: Mapping[type, Glance]
    fill_places: bool
    converter: Converter = attrs.field(factory=lambda: Converter(forbid_extra_keys=True))

    def reader(self, cls: Any) -> Read:  # noqa: ANN401 - a type form
        """The reader of a type."""
        hook = self.converter.get_structure_hook(cls)
        return hook.reader(cls) if isinstance(hook, _Hook) else lambda node: hook(node, cls)

    def glance(self, cls: Any) -> Glance | None:  # noqa: ANN401 - a type form
        """What a value of the type, which may be optional, is at first sight."""
        members = [member for member in get_args(cls) if member is not NoneType]
        if get_origin(cls) in (Union, UnionType) and len(members) == 1:
            cls = members[0]
        if isinstance(cls, type) and issubclass(cls, Enum):
            return _member_glance(cls)
        return self.glances.get(cls) if isinstance(cls, type) else None


@cache
def _member_glance(cls: type[Enum]) -> Glance:
    choices = _choices(cls)
    return lambda data: choices.get(data, MISSED) if isinstance(data, str) else MISSED


def _make_converter(types: _Types, *, plain: bool) -> Converter:
    """A converter of nodes (`Raw`) that knows the scalars, and nothing that cattrs coerces."""
    converter = types.converter

    def add(fits: Callable[[Any], bool], make: Callable[[Any], Read]) -> None:
        converter.register_structure_hook_factory(fits, lambda cls: _Hook(make(cls)))

    # The hook that was added last is asked first: all those of cattrs come after `_refuse`.
    add(lambda _: True, _refuse)
    for cls in _NEVER:
        converter.register_structure_hook(cls, lambda _, cls: _refuse(cls))
    for cls, read in types.scalars.items():
        converter.register_structure_hook(cls, _Hook(read, cls))
    add(attrs.has, lambda cls: _class_reader(cls, types))
    add(lambda cls: isinstance(cls, type) and issubclass(cls, Enum), _member_reader)
    add(lambda cls: get_origin(cls) in _SEQUENCES, lambda cls: _sequence_reader(cls, types))
    add(lambda cls: get_origin(cls) is Mapping, lambda cls: _mapping_reader(cls, types))
    add(
        lambda cls: get_origin(cls) in (Union, UnionType),
        lambda cls: _union_reader(cls, types, by_shape=plain),
    )
    if plain:
        _add_writers(converter)
    return converter


def _add_writers(converter: Converter) -> None:
    """Teach the converter to write; it asks for the class of the object, never for annotations."""

    def add(fits: Callable[[Any], bool], make: Callable[[Any], Callable[[Any], Any]]) -> None:
        converter.register_unstructure_hook_factory(fits, make)

    add(lambda _: True, _refuse)
    for cls in _NEVER:
        converter.register_unstructure_hook(cls, lambda obj: _refuse(type(obj)))
    for cls, write in WRITES.items():
        converter.register_unstructure_hook(cls, write)
    add(attrs.has, lambda cls: _write_fields(cls, converter))
    add(
        lambda cls: issubclass(cls, tuple | list),
        lambda _: lambda items: [converter.unstructure(item) for item in items],
    )
    add(
        lambda cls: issubclass(cls, frozenset),
        lambda _: lambda items: sorted(converter.unstructure(item) for item in items),
    )
    add(
        lambda cls: issubclass(cls, Mapping),
        lambda _: lambda given: _write_mapping(given, converter),
    )


_DOCUMENTS: Final = _make_converter(
    _Types(DOCUMENT_SCALARS, DOCUMENT_GLANCES, fill_places=True), plain=False
)
_PLAIN: Final = _make_converter(_Types(PLAIN_SCALARS, PLAIN_GLANCES, fill_places=False), plain=True)
