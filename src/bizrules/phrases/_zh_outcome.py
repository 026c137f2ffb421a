"""What outcomes and explanations say, in Chinese."""

from collections.abc import Mapping
from typing import Final

OUTCOME: Final[Mapping[str, str]] = {}
