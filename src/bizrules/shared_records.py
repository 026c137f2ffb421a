"""Frozen records that are quick to build, and of which many share what they say.

A frozen record pays for each field that it is given. So one that every case needs is begun as a
draft, of a subclass that adds nothing but is not frozen, and turned frozen once it has its fields.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final


class Drafted:
    """A record with slots that may be begun as a draft."""

    __slots__ = ("__weakref__",)


def draft_of(cls: type[Drafted]) -> Any:  # noqa: ANN401 - its fields are those of the class
    """The class of the drafts of a record: `draft.__class__ = cls` makes them frozen."""
    # INVARIANT: with no slot of its own the layout is that of the record at a glance; two lists of
    # slots would be compared name by name whenever a draft turns frozen.
    plain = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    return type(f"_{cls.__name__}Draft", (cls,), {"__slots__": (), **plain})


class FromGiven:
    """Stands among the parts of a record for what each works out from what it alone was given."""

    __slots__ = ("work_out",)

    def __init__(self, work_out: Callable[[Any], object]) -> None:
        """Remember how it is worked out."""
        self.work_out = work_out


_OWN: Final = frozenset({"_given", "_parts"})
_NOTHING: Final[Mapping[str, Any]] = {}


class Shared(Drafted):
    """A record with slots of which many share what they say.

    A field that was not given to the record is found among its parts.
    """

    __slots__ = ("_given", "_parts")
    _given: object
    _parts: Mapping[str, Any]

    if not TYPE_CHECKING:  # Any name would be taken for an attribute.

        def __getattr__(self, name: str) -> object:
            """A field that was not given."""
            parts = _NOTHING if name in _OWN else self._parts
            if name not in parts:
                msg = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(msg)
            found = parts[name]
            if type(found) is FromGiven:
                found = found.work_out(self._given)
            object.__setattr__(self, name, found)
            return found
