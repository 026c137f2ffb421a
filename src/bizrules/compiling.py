"""Conditions compiled once for each reading of them: why they hold, what they wait for or miss."""

from collections.abc import Callable
from copy import copy
from typing import Final, Generic, TypeAlias, TypeVar

from bizrules.conditions import Condition
from bizrules.facts import Vocabulary
from bizrules.matching import Names
from bizrules.remembering import Remembered

_Compiled = TypeVar("_Compiled")
_Kept: TypeAlias = list[tuple[Vocabulary, Names, _Compiled]]

_MOST_KEPT: Final = 4


class Compiler(Generic[_Compiled]):
    """Compiles conditions, each once for a vocabulary and the names it is read under.

    What was compiled is kept for as long as the condition lives, and for the last few
    vocabularies: engines that share rules have their own.
    """

    def __init__(self, build: Callable[[Condition, Vocabulary, Names], _Compiled]) -> None:
        """Compile by a function."""
        self._build = build
        self._known: Remembered[Condition, _Kept[_Compiled]] = Remembered(lambda _: [])

    def __call__(self, condition: Condition, vocabulary: Vocabulary, names: Names) -> _Compiled:
        """The condition, compiled."""
        known = self._known(condition)
        for words, keys, compiled in known:
            if words is vocabulary and (keys is names or keys == names):
                return compiled
        # What is compiled may hold the copy; the condition itself it must not hold.
        compiled = self._build(copy(condition), vocabulary, names)
        known[:] = [(vocabulary, names, compiled), *known[: _MOST_KEPT - 1]]
        return compiled
