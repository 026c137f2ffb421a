"""What the command line says, in Chinese."""

from collections.abc import Mapping
from typing import Final

CLI: Final[Mapping[str, str]] = {}
