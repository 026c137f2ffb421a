"""One layout for documents, which keeps what people wrote in them.

Keys come in the order of the model, brackets that do not fit in a line are opened and long texts
are folded. Everything else stays: comments, blank lines between entries, anchors, quotes, and the
order of entries. What a document says never changes.
"""

from bizrules.formatting._files import Formatted, format_file, is_document, write
from bizrules.formatting._formatting import format_text
from bizrules.formatting._layout import WIDTH
from bizrules.formatting._wiring import SCHEMA_FOLDER, schema_header, schema_path, wired

__all__ = [
    "SCHEMA_FOLDER",
    "WIDTH",
    "Formatted",
    "format_file",
    "format_text",
    "is_document",
    "schema_header",
    "schema_path",
    "wired",
    "write",
]
