"""The line that tells an editor which schema a document has."""

import os
import re
from pathlib import Path
from typing import Final

SCHEMA_FOLDER: Final = ".schemas"
"""Name of the folder with the schemas of a project."""

_HEADER: Final = re.compile(r"\A(?:#[^\n]*\n)*?(?P<line>#[ \t]*yaml-language-server:[^\n]*\n)")


def schema_path(folder: Path, kind: str) -> Path:
    """The file of the schema of a kind of document."""
    return folder / f"{kind}.json"


def schema_header(document: Path, schema: Path) -> str:
    """The line for a document, with the way from it to its schema.

    Args:
        document: The file of the document.
        schema: The file of the schema.
    """
    way = Path(os.path.relpath(schema.resolve(), document.resolve().parent)).as_posix()
    return f"# yaml-language-server: $schema={way}"


def wired(text: str, header: str) -> str:
    """The text with the line at its top, in place of one that was among its first comments.

    Args:
        text: A document.
        header: The line, without its end.
    """
    text = text.removeprefix("\ufeff")
    found = _HEADER.match(text)
    if found is not None:
        text = text[: found.start("line")] + text[found.end("line") :]
    return f"{header}\n{text}"
