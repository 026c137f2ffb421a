"""The language of rules, and its server for editors, in English."""

from typing import Final

LANGUAGE: Final[dict[str, str]] = {}
