"""A new package of rules, in Chinese."""

from typing import Final

SCAFFOLD: Final[dict[str, str]] = {}
