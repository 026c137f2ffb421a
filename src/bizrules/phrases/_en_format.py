"""The layout of documents, and watching them, in English."""

from typing import Final

FORMAT: Final[dict[str, str]] = {}
