"""Objects of the model with every field drawn, by the annotations of their classes.

So a new field is drawn, and must come back from a bundle, without anybody thinking of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin

import attrs
from hypothesis import strategies as st

from bizrules.conditions import AllOf, AnyOf, AtLeast, Defined, Not, PerKind
from bizrules.values import Money

_TEXTS: Final = st.text(st.sampled_from('ab1 "\\\n甲，\u2028😀'), max_size=6)
_INTEGERS: Final = st.integers(-(10**20), 10**20) | st.integers(0, 1)
_SCALARS: Final[Mapping[Any, st.SearchStrategy[Any]]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: _INTEGERS,
    str: _TEXTS,
    date: st.dates(),
    Decimal: st.decimals(-(10**9), 10**9, allow_nan=False, places=2),
    Fraction: st.fractions(),
    Money: st.builds(Money, _INTEGERS),
}
_NESTED: Final = (AllOf, AnyOf, Not, AtLeast, PerKind, Defined)
_DEEPEST: Final = 2


@cache
def drawn(cls: Any, depth: int = 0) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type form
    """Any value of the type; conditions are nested only so deep."""
    return st.deferred(lambda: _drawn(cls, depth))


def _drawn(cls: Any, depth: int) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type form
    if cls in _SCALARS:
        return _SCALARS[cls]
    make = _FORMS.get(get_origin(cls))
    if make is not None:
        return make(get_args(cls), depth)
    return st.sampled_from(cls) if issubclass(cls, Enum) else _built(cls, depth)


_Args: TypeAlias = tuple[Any, ...]


def _any_of(args: _Args, depth: int) -> st.SearchStrategy[Any]:
    """A member of a union; deep inside only one that holds no more conditions."""
    reached = [one for one in args if depth < _DEEPEST or one not in _NESTED]
    return st.one_of(*(drawn(one, depth) for one in reached))


def _tuples(args: _Args, depth: int) -> st.SearchStrategy[Any]:
    if args[-1] is Ellipsis or len(args) == 1:
        return st.lists(drawn(args[0], depth), max_size=2).map(tuple)
    return st.tuples(*(drawn(one, depth) for one in args))


def _sets(args: _Args, depth: int) -> st.SearchStrategy[Any]:
    return st.frozensets(drawn(args[0], depth), max_size=3)


def _mappings(args: _Args, depth: int) -> st.SearchStrategy[Any]:
    return st.dictionaries(drawn(args[0], depth), drawn(args[1], depth), max_size=2)


_FORMS: Final[Mapping[Any, Callable[[_Args, int], st.SearchStrategy[Any]]]] = {
    Union: _any_of,
    UnionType: _any_of,
    Literal: lambda args, _: st.sampled_from(args),
    tuple: _tuples,
    Sequence: _tuples,
    Iterable: _tuples,
    frozenset: _sets,
    Mapping: _mappings,
}


def _built(cls: type, depth: int) -> st.SearchStrategy[Any]:
    """An object, some of whose optional fields are given; deep inside, none."""
    fields = [one for one in attrs.fields(attrs.resolve_types(cls)) if one.init]
    deeper = depth + (cls in _NESTED)
    given = {one.alias: drawn(one.type, deeper) for one in fields}
    needed = {one.alias for one in fields if one.default is attrs.NOTHING}
    required = {name: given[name] for name in sorted(needed)}
    rest = {name: given[name] for name in sorted(given.keys() - needed)} if depth < _DEEPEST else {}
    arguments = st.fixed_dictionaries(required, optional=rest)
    return arguments.map(lambda chosen: cls(**chosen))
