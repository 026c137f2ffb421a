"""Changes of rules that golden cases should notice, in English."""

from typing import Final

MUTANTS: Final[dict[str, str]] = {}
