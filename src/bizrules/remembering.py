"""What was worked out once about an object, kept for as long as the object lives."""

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import ref

_One = TypeVar("_One")
_Found = TypeVar("_Found")


class Remembered(Generic[_One, _Found]):
    """Works something out about an object once, and tells it again as long as the object lives.

    Objects are told apart by identity, so that neither equality nor a hash is needed. What is
    worked out must not hold the object, or it would live for ever. What it takes besides the
    object must be the same whenever that object is asked about.

    Safe for threads: two that ask at once may both work it out, and find the same.
    """

    def __init__(self, work_out: Callable[..., _Found]) -> None:
        """Nothing worked out yet."""
        self._work_out = work_out
        self._kept: dict[int, tuple[ref[_One], _Found]] = {}

    def __call__(self, one: _One, *besides: object) -> _Found:
        """What there is to tell about the object."""
        kept = self._kept.get(id(one))
        if kept is not None and kept[0]() is one:
            return kept[1]
        found = self._work_out(one, *besides)
        number = id(one)

        def forget(_gone: "ref[_One]") -> None:
            # Called before the object is gone, so that its number is still its own.
            self._kept.pop(number, None)

        self._kept[number] = ref(one, forget), found
        return found

    def __len__(self) -> int:
        """About how many objects something is kept."""
        return len(self._kept)
