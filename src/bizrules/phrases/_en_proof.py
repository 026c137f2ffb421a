"""What golden cases show of the rules, and what they leave out, in English."""

from typing import Final

PROOF: Final[dict[str, str]] = {}
