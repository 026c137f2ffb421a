"""Changes of rules that golden cases should notice, in Chinese."""

from typing import Final

MUTANTS: Final[dict[str, str]] = {}
