"""A new package of rules, in English."""

from typing import Final

SCAFFOLD: Final[dict[str, str]] = {}
