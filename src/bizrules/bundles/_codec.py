"""Values of the model as JSON data and back, told by the annotations of their classes.

Nothing is listed by hand: a new field of a class, or a new member of an enumeration, is written and
read without a change here, and a type that has no rule is refused when the bundle is built.

An object is a JSON object of the fields that differ from their defaults, or the number of a shared
part that stands elsewhere. What may be of several types carries the name of its type, unless it is
text, a whole number or a boolean: these JSON tells apart.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Protocol, TypeAlias, Union, get_args, get_origin

import attrs

from bizrules.provenance import Location, Text
from bizrules.regions import Region
from bizrules.values import Money

# A number of more digits than documents may write is no number of theirs.
_MOST_DIGITS: Final = 48
_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FRACTION: Final = re.compile(r"-?[0-9]+/[1-9][0-9]*")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LIMIT: Final = 10**_MOST_DIGITS
_BARE: Final = (bool, int, str)
# Small classes that come often: a list of all their fields, whatever the defaults.
_LISTED: Final = frozenset({Location, Text, Region})


class Fault(Exception):  # noqa: N818 - caught here and worded by `BundleError`
    """A value that is not what the model has in its place.

    Attributes:
        code: Code of the problem.
        details: What its message mentions.
        steps: The way from the value up to the record, innermost first.
    """

    def __init__(self, code: str, **details: str) -> None:
        """Carry the code and what the message mentions."""
        super().__init__(code)
        self.code = code
        self.details = details
        self.steps: list[str | int] = []

    @property
    def path(self) -> str:
        """The way from the record to the value: `$.condition.parts[1]`."""
        steps = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in self.steps[::-1])
        return "$" + "".join(steps)


class Shelf(Protocol):
    """Where shared parts are kept, and what a place was called when it was written."""

    def shared(self, number: int, cls: type, read: "Read") -> object:
        """The shared part of that number, an object of the class."""

    def spend(self) -> None:
        """Count one more object of the record."""

    def source(self, name: str) -> str:
        """The name of a document as messages show it."""


class Press(Protocol):
    """What takes the parts of a record while it is written."""

    def take(self, obj: object, cls: type, write: "Callable[[], object]") -> object:
        """What stands for the object, in place of the data that `write` gives."""

    def source(self, name: str) -> str:
        """The name of a document as the bundle keeps it."""


Read: TypeAlias = Callable[[Any, Shelf], Any]
Write: TypeAlias = Callable[[Any, Press], Any]


def wrong(data: object, expected: str) -> Fault:
    """The refusal of a value."""
    shown = repr(data)
    return Fault("bundle-bad-value", found=shown[:60], expected=expected)


def _name(cls: Any) -> str:  # noqa: ANN401 - a type form
    return str(getattr(get_origin(cls) or cls, "__name__", cls))


def _no_rule(cls: object) -> TypeError:
    return TypeError(f"a bundle has no rule for `{cls}`")


def reader(cls: Any) -> Read:  # noqa: ANN401 - a type form
    """What makes values of the type out of JSON data.

    Raises:
        TypeError: If bundles cannot hold the type.
    """
    known = _READERS.get(cls)
    if known is None:
        made = _SCALARS[cls][0] if cls in _SCALARS else _form_of(cls)[0](cls)
        known = _READERS.setdefault(cls, made)
    return known


def writer(cls: Any) -> Write:  # noqa: ANN401 - a type form
    """What makes JSON data out of values of the type; it refuses values of another type.

    Raises:
        TypeError: If bundles cannot hold the type.
    """
    known = _WRITERS.get(cls)
    if known is None:
        made = _SCALARS[cls][1] if cls in _SCALARS else _form_of(cls)[1](cls)
        known = _WRITERS.setdefault(cls, made)
    return known


# By type, of which there are as many as the model has.
_READERS: Final[dict[Any, Read]] = {}
_WRITERS: Final[dict[Any, Write]] = {}

_Form: TypeAlias = tuple[Callable[[Any], Read], Callable[[Any], Write]]


def _form_of(cls: Any) -> _Form:  # noqa: ANN401 - a type form
    form = _FORMS.get(get_origin(cls))
    if form is not None:
        return form
    if isinstance(cls, type) and issubclass(cls, Enum):
        return _enum_reader, _enum_writer
    if cls in _LISTED:
        return _listed_reader, _listed_writer
    if isinstance(cls, type) and attrs.has(cls):
        return _class_reader, _class_writer
    raise _no_rule(cls)


def _items(cls: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a type form
    args = get_args(cls)
    return (*args, Ellipsis) if get_origin(cls) is Sequence else args


# Of what type a value is must be certain: to Python, True is 1 and a moment is a date.


def _exactly(kind: type) -> tuple[Read, Write]:
    def read(data: object, _: Shelf) -> object:
        if type(data) is kind:
            return data
        raise wrong(data, kind.__name__)

    def write(value: object, _: Press) -> object:
        if type(value) is kind:
            return value
        # Such as text that remembers that it was written without quotes.
        if kind is str and isinstance(value, str) and not isinstance(value, Enum):
            return str(value)
        raise wrong(value, kind.__name__)

    return read, write


def _read_integer(data: object, _: Shelf) -> int:
    if type(data) is int and -_LIMIT < data < _LIMIT:
        return data
    raise wrong(data, "int")


def _read_money(data: object, shelf: Shelf) -> Money:
    return Money(_read_integer(data, shelf))


def _textual(kind: type, pattern: re.Pattern[str], make: Callable[[str], object]) -> Read:
    def read(data: object, _: Shelf) -> object:
        if type(data) is str and len(data) <= 2 * _MOST_DIGITS and pattern.fullmatch(data):
            try:
                return make(data)
            except ValueError:  # a day that does not exist
                pass
        raise wrong(data, kind.__name__)

    return read


def _written(kind: type, text: Callable[[Any], object]) -> Write:
    def write(value: object, _: Press) -> object:
        if type(value) is kind:
            return text(value)
        raise wrong(value, kind.__name__)

    return write


def _decimal_text(number: Decimal) -> str:
    if not number.is_finite():
        raise wrong(number, "Decimal")
    return f"{number:f}"


_SCALARS: Final[Mapping[Any, tuple[Read, Write]]] = {
    bool: _exactly(bool),
    int: (_read_integer, _exactly(int)[1]),
    str: _exactly(str),
    date: (_textual(date, _DATE, date.fromisoformat), _written(date, date.isoformat)),
    Decimal: (_textual(Decimal, _DECIMAL, Decimal), _written(Decimal, _decimal_text)),
    Fraction: (
        _textual(Fraction, _FRACTION, Fraction),
        _written(Fraction, lambda one: f"{one.numerator}/{one.denominator}"),
    ),
    Money: (_read_money, _written(Money, lambda one: one.fen)),
}


def _codes(cls: type[Enum]) -> dict[object, Enum]:
    if issubclass(cls, IntEnum):
        return {member.name.lower(): member for member in cls}
    return {member.value: member for member in cls}


def _enum_reader(cls: type[Enum]) -> Read:
    return _choice_reader(_codes(cls), cls.__name__)


def _enum_writer(cls: type[Enum]) -> Write:
    return _choice_writer({member: code for code, member in _codes(cls).items()})


def _literal_reader(cls: Any) -> Read:  # noqa: ANN401 - a type form
    return _choice_reader({one: one for one in get_args(cls)}, "Literal")


def _literal_writer(cls: Any) -> Write:  # noqa: ANN401 - a type form
    return _choice_writer({one: one for one in get_args(cls)})


def _choice_reader(choices: Mapping[object, object], name: str) -> Read:
    def read(data: object, _: Shelf) -> object:
        if type(data) is str:
            found = choices.get(data)
            if found is not None:
                return found
        raise wrong(data, name)

    return read


def _choice_writer(codes: Mapping[object, object]) -> Write:
    def write(value: object, _: Press) -> object:
        if value in codes:
            return codes[value]
        raise wrong(value, ", ".join(str(one) for one in codes))

    return write


def _read_all(data: Iterable[object], read: Read, shelf: Shelf) -> list[object]:
    made: list[object] = []
    try:
        for one in data:
            made.append(read(one, shelf))  # noqa: PERF401 - the place is told where it fails
    except Fault as fault:
        fault.steps.append(len(made))
        raise
    return made


def _items_reader(cls: Any, collect: Callable[[Iterable[object]], object]) -> Read:  # noqa: ANN401 - a type form
    read_one: list[Read] = []

    def read(data: object, shelf: Shelf) -> object:
        if type(data) is not list:
            raise wrong(data, "list")
        if not read_one:  # not before, because conditions hold conditions
            read_one.append(reader(cls))
        return collect(_read_all(data, read_one[0], shelf))

    return read


def _set_reader(cls: Any) -> Read:  # noqa: ANN401 - a type form
    return _items_reader(get_args(cls)[0], frozenset)


def _tuple_reader(cls: Any) -> Read:  # noqa: ANN401 - a type form
    args = _items(cls)
    if args[-1] is Ellipsis:
        return _items_reader(args[0], tuple)

    def read(data: object, shelf: Shelf) -> object:
        if type(data) is not list or len(data) != len(args):
            raise wrong(data, "list")
        return tuple(reader(cls)(one, shelf) for cls, one in zip(args, data, strict=True))

    return read


def _tuple_writer(cls: Any) -> Write:  # noqa: ANN401 - a type form
    args = _items(cls)

    def write(value: object, press: Press) -> object:
        if not isinstance(value, tuple | list):
            raise wrong(value, "tuple")
        if args[-1] is Ellipsis:
            put = writer(args[0])
            return [put(one, press) for one in value]
        return [writer(cls)(one, press) for cls, one in zip(args, value, strict=True)]

    return write


def _set_writer(cls: Any) -> Write:  # noqa: ANN401 - a type form
    def write(value: object, press: Press) -> object:
        if not isinstance(value, frozenset):
            raise wrong(value, "frozenset")
        put = writer(get_args(cls)[0])
        # The order of a set is another in every process.
        return sorted((put(one, press) for one in value), key=repr)

    return write


def _mapping_reader(cls: Any) -> Read:  # noqa: ANN401 - a type form
    keys, values = get_args(cls)

    def read(data: object, shelf: Shelf) -> object:
        if type(data) is not dict:
            raise wrong(data, "dict")
        read_key, read_value = reader(keys), reader(values)
        made = {}
        key = ""
        try:
            for key, one in data.items():
                made[read_key(key, shelf)] = read_value(one, shelf)
        except Fault as fault:
            fault.steps.append(key)
            raise
        return made

    return read


def _mapping_writer(cls: Any) -> Write:  # noqa: ANN401 - a type form
    keys, values = get_args(cls)

    def write(value: object, press: Press) -> object:
        if not isinstance(value, Mapping):
            raise wrong(value, "Mapping")
        put_key, put = writer(keys), writer(values)
        return {put_key(key, press): put(one, press) for key, one in value.items()}

    return write


def _members(cls: Any) -> tuple[dict[str, Any], bool]:  # noqa: ANN401 - a type form
    """The members of a union by the name of their type, and whether None is one of them."""
    given = get_args(cls)
    members: dict[str, Any] = {}
    for one in given:
        # What a caller may give as any iterable is kept as a set or as a tuple.
        forms = (
            {"frozenset": frozenset[get_args(one)[0]], "tuple": tuple[get_args(one)[0], ...]}  # type: ignore[misc]
            if get_origin(one) is Iterable
            else {_name(one): one}
        )
        if forms.keys() & members.keys():
            raise _no_rule(cls)
        members |= {} if one is NoneType else forms
    return members, NoneType in given


def _union_reader(cls: Any) -> Read:  # noqa: ANN401 - a type form
    members, optional = _members(cls)
    if len(members) == 1:
        (only,) = members.values()
        read_only = reader(only)
        return lambda data, shelf: None if data is None else read_only(data, shelf)
    bare = {one: _SCALARS[one][0] for one in _BARE if one in members.values()}
    named = {name: one for name, one in members.items() if one not in _BARE}

    def read(data: object, shelf: Shelf) -> object:
        if data is None and optional:
            return None
        kind: Any = type(data)
        if kind in bare:
            return bare[kind](data, shelf)
        if type(data) is not dict or len(data) != 1:
            raise wrong(data, " | ".join(members))
        ((name, inside),) = data.items()
        if name not in named:
            raise wrong(name, " | ".join(named))
        return reader(named[name])(inside, shelf)

    return read


def _union_writer(cls: Any) -> Write:  # noqa: ANN401 - a type form
    members, optional = _members(cls)
    if len(members) == 1:
        (only,) = members.values()
        put_only = writer(only)
        return lambda value, press: None if value is None else put_only(value, press)

    def write(value: object, press: Press) -> object:
        if value is None and optional:
            return None
        name = type(value).__name__
        if name not in members:
            name = "str" if isinstance(value, str) else name
        if name not in members:
            raise wrong(value, " | ".join(members))
        data = writer(members[name])(value, press)
        return data if members[name] in _BARE else {name: data}

    return write


@attrs.frozen
class _Field:
    """A field of a class: the argument it is given as, its type, and whether it must be there."""

    name: str
    alias: str
    type: Any
    required: bool


@cache
def _fields(cls: type) -> Mapping[str, _Field]:
    found = (field for field in attrs.fields(attrs.resolve_types(cls)) if field.init)
    return {
        one.name: _Field(one.name, one.alias, one.type, one.default is attrs.NOTHING)
        for one in found
    }


def _make(cls: type, given: Mapping[str, object]) -> object:
    try:
        return cls(**given)
    except (TypeError, ValueError) as error:
        raise wrong(str(error), cls.__name__) from None


def _class_reader(cls: type) -> Read:
    fields = _fields(cls)
    required = frozenset(one.name for one in fields.values() if one.required)
    reads: dict[str, tuple[str, Read]] = {}

    def read(data: object, shelf: Shelf) -> object:
        if type(data) is int:
            return shelf.shared(data, cls, read)
        if type(data) is not dict:
            raise wrong(data, cls.__name__)
        shelf.spend()
        if not reads:  # not before, because conditions hold conditions
            reads.update({one.name: (one.alias, reader(one.type)) for one in fields.values()})
        given: dict[str, object] = {}
        key = ""
        try:
            for key, one in data.items():
                alias, read_one = reads[key]
                given[alias] = read_one(one, shelf)
        except KeyError:
            raise Fault("bundle-unknown-key", key=key) from None
        except Fault as fault:
            fault.steps.append(key)
            raise
        if not required <= data.keys():
            raise Fault("bundle-missing-key", key=", ".join(sorted(required - data.keys())))
        return _make(cls, given)

    return read


def _class_writer(cls: type) -> Write:
    fields = tuple(_fields(cls).values())
    # What has no default, or one that depends on the object, is written whatever it is.
    defaults = {one.name: _default(one.default) for one in attrs.fields(cls)}

    puts: list[tuple[str, object, Write]] = []

    def write(value: object, press: Press) -> object:
        if type(value) is not cls:
            raise wrong(value, cls.__name__)
        if not puts:  # not before, because conditions hold conditions
            puts.extend((one.name, defaults[one.name], writer(one.type)) for one in fields)

        def data() -> object:
            written: dict[str, object] = {}
            for name, default, put in puts:
                one = getattr(value, name)
                if one is not default and not _same(one, default):
                    written[name] = put(one, press)
            return written

        return press.take(value, cls, data)

    return write


def _default(given: Any) -> object:  # noqa: ANN401 - as attrs has it
    if isinstance(given, _Factory):
        return attrs.NOTHING if given.takes_self else given.factory()
    return given


_Factory: Final[Any] = type(attrs.Factory(dict))
_PLACELESS: Final = (bool, int, str, date, Decimal, Fraction, Money, Enum, frozenset)


def _same(one: object, default: object) -> bool:
    """Whether the value is the default, its places included: these are no part of equality."""
    if one is None or default is None or type(one) is not type(default):
        return False
    if isinstance(one, _PLACELESS):
        return one == default
    # Of what may hold places only what is empty is certain to be the same.
    return isinstance(one, tuple | Mapping) and not one and not default


def _listed_reader(cls: type) -> Read:
    fields = tuple(_fields(cls).values())
    reads = [reader(one.type) for one in fields]
    is_place = cls is Location

    def read(data: object, shelf: Shelf) -> object:
        if type(data) is int:
            return shelf.shared(data, cls, read)
        if type(data) is not list or len(data) != len(reads):
            raise wrong(data, cls.__name__)
        shelf.spend()
        given = [read_one(one, shelf) for read_one, one in zip(reads, data, strict=True)]
        if is_place:
            given[0] = shelf.source(given[0])
        return cls(*given)

    return read


def _listed_writer(cls: type) -> Write:
    puts = [(one.name, writer(one.type)) for one in _fields(cls).values()]
    is_place = cls is Location

    def write(value: object, press: Press) -> object:
        if type(value) is not cls:
            raise wrong(value, cls.__name__)

        def data() -> object:
            written = [put(getattr(value, name), press) for name, put in puts]
            if is_place:
                written[0] = press.source(written[0])
            return written

        return press.take(value, cls, data)

    return write


_FORMS: Final[Mapping[Any, _Form]] = {
    Union: (_union_reader, _union_writer),
    UnionType: (_union_reader, _union_writer),
    Literal: (_literal_reader, _literal_writer),
    tuple: (_tuple_reader, _tuple_writer),
    Sequence: (_tuple_reader, _tuple_writer),
    frozenset: (_set_reader, _set_writer),
    Mapping: (_mapping_reader, _mapping_writer),
}
