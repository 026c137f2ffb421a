"""Known names close to one that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

_MOST: Final = 5


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Known names close to a name, the closest first, at most five."""
    names = sorted(known)
    # Comparing takes time in proportion to both lengths, and the name may be a whole file. Where
    # it is so much longer less than six tenths of the two can be alike, the least that is near.
    longest = max(map(len, names), default=0) * 7 // 3
    return tuple(get_close_matches(name, names, n=_MOST)) if len(name) <= longest else ()


def near_names(name: str, known: Iterable[str]) -> str:
    """The same, separated by commas, for the detail `near_names` of a problem."""
    return ",".join(nearest(name, known))
