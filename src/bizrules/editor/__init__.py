"""A language server for documents: completion, hover, problems as one writes, outline.

It speaks the Language Server Protocol over the standard streams, so that any editor can use it.
What it offers comes from the schemas, the vocabulary, the catalogues and the loaded rules; what it
finds wrong comes from the checker that `bizrules check` uses.
"""

from bizrules.editor._server import build_server, serve
from bizrules.editor._workspace import Workspace

__all__ = ["Workspace", "build_server", "serve"]
