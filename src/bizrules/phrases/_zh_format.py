"""The layout of documents, and watching them, in Chinese."""

from typing import Final

FORMAT: Final[dict[str, str]] = {}
