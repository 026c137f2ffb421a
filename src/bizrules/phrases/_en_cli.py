"""What the command line says, in English."""

from collections.abc import Mapping
from typing import Final

CLI: Final[Mapping[str, str]] = {}
