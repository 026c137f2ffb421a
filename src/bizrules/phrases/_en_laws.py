"""Laws that hold for every package of rules, in English."""

from typing import Final

LAWS: Final[dict[str, str]] = {}
