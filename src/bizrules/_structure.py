"""Plain data into attrs classes and back: strict, and every problem with its place.

Two vocabularies of scalars share one structure. `structure` reads what people write, where the
type of an unquoted scalar comes from the class. `from_plain` reads what `unstructure` wrote,
which is JSON. Neither makes one type out of another.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, IntEnum
from functools import cache, lru_cache
from itertools import repeat
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, NoReturn, TypeVar, Union, cast, get_args, get_origin

import attrs
from cattrs import ClassValidationError, Converter, ForbiddenExtraKeysError
from cattrs.errors import AttributeValidationNote
from cattrs.gen import make_dict_structure_fn, override

from bizrules._scalars import (
    DOCUMENT_SCALARS,
    PLAIN_SCALARS,
    WRITES,
    FaultsError,
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
from bizrules.provenance import Location
from bizrules.values import Money

__all__ = ["Raw", "from_plain", "structure", "unstructure"]

T = TypeVar("T")

# Under this key a class finds its own place; it is no key of documents.
_PLACE: Final = "$place"


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
    # Comparing takes time in proportion to both lengths, and the name may be a whole file.
    longest = 2 * max(map(len, names), default=0)
    return ",".join(difflib.get_close_matches(name, sorted(names))) if len(name) <= longest else ""


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
    check_shape(node, "sequence")
    return cast("Sequence[object]", node.data)


def _fields(node: Raw) -> Mapping[str, object]:
    check_shape(node, "mapping")
    return cast("Mapping[str, object]", node.data)


def _sequence_reader(cls: Any, reader: Callable[[Any], Read]) -> Read:  # noqa: ANN401 - a type form
    """Reader of `tuple[X, ...]`, `tuple[X, Y]`, `frozenset[X]` and, as a tuple, `Iterable[X]`."""
    args = get_args(cls)
    if get_origin(cls) is tuple and args[-1] is not Ellipsis:
        reads = [reader(arg) for arg in args]

        def read_fixed(node: Raw) -> object:
            if len(_items(node)) != len(reads):
                found = str(len(_items(node)))
                raise fault(node, "wrong-length", expected=str(len(reads)), found=found)
            return tuple(_read_items(node, reads))

        return read_fixed
    read = reader(args[0])
    collect = frozenset if get_origin(cls) is frozenset else tuple
    return lambda node: collect(_read_items(node, repeat(read)))


def _mapping_reader(cls: Any, reader: Callable[[Any], Read]) -> Read:  # noqa: ANN401 - a type form
    """Reader of `Mapping[str, X]`; the order of the document is kept."""
    key_type, value_type = get_args(cls)
    if key_type is not str:
        raise no_rule(cls)
    read = reader(value_type)

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


def _class_reader(cls: type, converter: Converter, *, places: bool) -> Read:
    """Reader of an attrs class; with `places`, fields for locations are filled in."""
    fields = [field for field in attrs.fields(attrs.resolve_types(cls)) if field.init]
    keys = {
        field.name: _PLACE if places and _is_place(field.type) else _key_of(field)
        for field in fields
    }
    overrides: dict[str, Any] = {name: override(rename=key) for name, key in keys.items()}
    build: Callable[..., Any] = make_dict_structure_fn(
        cls, converter, _cattrs_use_linecache=False, **overrides
    )
    has_place = _PLACE in keys.values()

    def read(node: Raw) -> object:
        document, path = node.document, node.path
        inside = {key: Raw(document, (*path, key), data) for key, data in _fields(node).items()}
        problems: list[Problem] = []
        if has_place:
            if _PLACE in inside:
                problems.append(_unknown_key(node, _PLACE, keys))
            inside[_PLACE] = node
        try:
            built = build(inside, cls)
        except ClassValidationError as error:
            problems.extend(_class_problems(node, error, keys))
        else:
            if not problems:
                return built
        raise FaultsError(problems)

    return read


def _class_problems(
    node: Raw, error: ClassValidationError, keys: Mapping[str, str]
) -> list[Problem]:
    """What is wrong with the mapping and below it.

    Raises:
        Exception: What is no fault of the document, as it is.
    """
    problems: list[Problem] = []
    for cause in error.exceptions:
        if isinstance(cause, FaultsError | ProblemsError):
            problems.extend(cause.problems)
        elif isinstance(cause, ForbiddenExtraKeysError):
            problems.extend(_unknown_key(node, key, keys) for key in cause.extra_fields)
        elif isinstance(cause, KeyError) and (name := _missing(cause)):
            problems.append(Problem("missing-key", node.location, {"key": keys[name]}))
        elif isinstance(cause, ValueError):
            problems.append(Problem("bad-value", node.location, {"reason": shown(str(cause))}))
        else:
            raise cause
    return problems


def _missing(error: KeyError) -> str | None:
    """Name of the field for whose key cattrs looked in vain."""
    notes = getattr(error, "__notes__", ())
    return next((note.name for note in notes if isinstance(note, AttributeValidationNote)), None)


def _unknown_key(node: Raw, key: str, keys: Mapping[str, str]) -> Problem:
    free = frozenset(keys.values()) - {*_fields(node), _PLACE}
    details = {"key": shown(str(key)), "near_names": _near(str(key), free)}
    return Problem("unknown-key", node.document.locate_key((*node.path, key)), details)


def _union_reader(cls: Any, reader: Callable[[Any], Read], *, by_shape: bool) -> Read:  # noqa: ANN401 - a type form
    """Reader of `X | None`; by shape also of types that plain data tells apart."""
    members = [member for member in get_args(cls) if member is not NoneType]
    optional = len(members) < len(get_args(cls))
    if len(members) == 1:
        reads = {"": reader(members[0])}
    elif by_shape:
        reads = {shape: reader(member) for shape, member in _by_shape(cls, members).items()}
    else:
        raise no_rule(cls)
    default = next(iter(reads.values()))

    def read(node: Raw) -> object:
        if node.data is None and optional:
            return None
        return reads.get(_plain_shape(node.data), default)(node)

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


def _exactly(cls: type, read: Read) -> Callable[[Raw, Any], Any]:
    """The reader as a hook; cattrs asks it for subclasses too, but a `datetime` is no date."""

    def hook(node: Raw, given: Any) -> Any:  # noqa: ANN401 - as cattrs defines hooks
        if given is cls:
            return read(node)
        return _member_reader(given)(node) if issubclass(given, Enum) else _refuse(given)

    return hook


def _hook(read: Read) -> Callable[[Raw, Any], Any]:
    return lambda node, _: read(node)


def _make_converter(scalars: Mapping[type, Read], *, plain: bool) -> Converter:
    """A converter of nodes (`Raw`) that knows the scalars, and nothing that cattrs coerces."""
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)

    def reader(cls: Any) -> Read:  # noqa: ANN401 - a type form
        hook = converter.get_structure_hook(cls)
        return lambda node: hook(node, cls)

    def add(fits: Callable[[Any], bool], make: Callable[[Any], Read]) -> None:
        converter.register_structure_hook_factory(fits, lambda cls: _hook(make(cls)))

    # The hook that was added last is asked first: all those of cattrs come after `_refuse`.
    add(lambda _: True, _refuse)
    for cls in _NEVER:
        converter.register_structure_hook(cls, lambda _, cls: _refuse(cls))
    for cls, read in scalars.items():
        converter.register_structure_hook(cls, _exactly(cls, read))
    add(attrs.has, lambda cls: _class_reader(cls, converter, places=not plain))
    add(lambda cls: isinstance(cls, type) and issubclass(cls, Enum), _member_reader)
    add(lambda cls: get_origin(cls) in _SEQUENCES, lambda cls: _sequence_reader(cls, reader))
    add(lambda cls: get_origin(cls) is Mapping, lambda cls: _mapping_reader(cls, reader))
    add(
        lambda cls: get_origin(cls) in (Union, UnionType),
        lambda cls: _union_reader(cls, reader, by_shape=plain),
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


_DOCUMENTS: Final = _make_converter(DOCUMENT_SCALARS, plain=False)
_PLAIN: Final = _make_converter(PLAIN_SCALARS, plain=True)
