"""The language of rules, and its server for editors, in Chinese."""

from typing import Final

LANGUAGE: Final[dict[str, str]] = {}
