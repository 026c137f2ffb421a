"""Laws that hold for every package of rules, in Chinese."""

from typing import Final

LAWS: Final[dict[str, str]] = {}
