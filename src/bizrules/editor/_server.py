"""The language server: what editors ask for, answered by what is known."""

import asyncio
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import attrs
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import TextDocument

from bizrules.editor._cursor import word_at
from bizrules.editor._offers import Offer, OfferKind, Offers
from bizrules.editor._symbols import Symbol, symbols_of
from bizrules.editor._workspace import Workspace
from bizrules.engine import core_version
from bizrules.errors import BizrulesError, Problem, Severity
from bizrules.provenance import Location

NAME: Final = "bizrules"
DELAY: Final = 0.3
"""Seconds without typing after which a document is checked."""

_FILE: Final = "file:"
_SEVERITIES: Final = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
_ITEM_KINDS: Final = {
    OfferKind.KEY: lsp.CompletionItemKind.Property,
    OfferKind.VALUE: lsp.CompletionItemKind.EnumMember,
    OfferKind.FACT: lsp.CompletionItemKind.Variable,
    OfferKind.DEFINITION: lsp.CompletionItemKind.Function,
    OfferKind.VIOLATION: lsp.CompletionItemKind.Class,
    OfferKind.RULE: lsp.CompletionItemKind.Reference,
    OfferKind.LAW: lsp.CompletionItemKind.Module,
    OfferKind.ARTICLE: lsp.CompletionItemKind.Value,
}
_SYMBOL_KINDS: Final = {
    "rules": lsp.SymbolKind.Function,
    "duties": lsp.SymbolKind.Event,
    "define": lsp.SymbolKind.Constant,
    "facts": lsp.SymbolKind.Variable,
    "violations": lsp.SymbolKind.Class,
    "cases": lsp.SymbolKind.Object,
    "matters": lsp.SymbolKind.Object,
}


@attrs.define(eq=False)
class _Answers:
    """What the server knows, and the checks that are under way.

    Attributes:
        workspace: The packages and further documents.
        lang: Language of everything shown.
        offers: What each document was last known with.
        waiting: The check that each document waits for.
        one_at_a_time: Two checks at once would both be slow.
    """

    workspace: Workspace
    lang: str
    offers: dict[Path, Offers] = attrs.field(factory=dict)
    waiting: dict[str, "asyncio.Task[None]"] = attrs.field(factory=dict)
    one_at_a_time: asyncio.Lock = attrs.field(factory=asyncio.Lock)
    _base: Offers | None = None

    def offers_for(self, path: Path) -> Offers:
        """What the document was last known with, or else every package.

        Raises:
            BizrulesError: If an installed package is not fit.
        """
        if path in self.offers:
            return self.offers[path]
        if self._base is None:
            self._base = Offers(self.workspace.base, self.lang)
        return self._base

    async def check(self, server: LanguageServer, uri: str, delay: float) -> None:
        """Check a document once its writer pauses, and show what is wrong with it."""
        await asyncio.sleep(delay)
        async with self.one_at_a_time:
            documents = _open_documents(server)
            if uri not in documents:
                return
            document, path = documents[uri], _path(uri)
            texts = {_path(other): one.source for other, one in documents.items()}
            version = document.version
            try:
                reading = await asyncio.to_thread(self.workspace.read, path, texts)
            except BizrulesError as error:
                server.window_show_message(
                    lsp.ShowMessageParams(lsp.MessageType.Error, f"bizrules: {error}")
                )
                return
            current = _open_documents(server).get(uri)
            if current is not document or current.version != version:
                return  # closed, or written on: another check is on its way
            if reading.knowledge is not None:
                self.offers[path] = Offers(reading.knowledge, self.lang)
            found = [_diagnostic(one, document, self.lang) for one in reading.problems]
            params = lsp.PublishDiagnosticsParams(uri=uri, diagnostics=found, version=version)
            server.text_document_publish_diagnostics(params)

    def check_soon(self, server: LanguageServer, uri: str, delay: float = DELAY) -> None:
        """Check a document after a while, in place of the check it waits for."""
        self.give_up(uri)
        task = asyncio.get_running_loop().create_task(self.check(server, uri, delay))
        task.add_done_callback(_report)
        self.waiting[uri] = task

    def give_up(self, uri: str) -> None:
        """Wait for no check of the document any more."""
        earlier = self.waiting.pop(uri, None)
        if earlier is not None:
            earlier.cancel()


def _open_documents(server: LanguageServer) -> dict[str, TextDocument]:
    """The open documents by the address the editor gave; the library keeps another spelling."""
    return {one.uri: one for one in server.workspace.text_documents.values()}


def _report(task: "asyncio.Task[None]") -> None:
    """A fault of the server itself is logged: nobody waits for the task."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        logging.getLogger(__name__).error("a check failed", exc_info=error)


def _path(uri: str) -> Path:
    """The real path of a document; of one that is not in a file its address, which is no path."""
    name = to_fs_path(uri) if uri.startswith(_FILE) else None
    return Path(uri) if name is None else Path(name).resolve()


def _diagnostic(problem: Problem, document: TextDocument, lang: str) -> lsp.Diagnostic:
    """A problem as editors show it: the word at its place is marked."""
    line = max(problem.location.line - 1, 0)
    column = max(problem.location.column - 1, 0)
    text = document.lines[line].rstrip("\r\n") if line < len(document.lines) else ""
    end = next((at for at in range(column, len(text)) if text[at] in " ,]}:#"), len(text))
    return lsp.Diagnostic(
        range=_range(document, line, column, max(end, column + 1)),
        message=f"{problem.text(lang)}\n{problem.help(lang)}",
        severity=_SEVERITIES[problem.severity],
        code=problem.code,
        source=NAME,
    )


def _range(document: TextDocument, line: int, start: int, end: int) -> lsp.Range:
    """A range in characters as a range in the units of the editor."""
    return document.position_codec.range_to_client_units(
        document.lines, lsp.Range(lsp.Position(line, start), lsp.Position(line, end))
    )


def build_server(workspace: Workspace, lang: str) -> LanguageServer:
    """The server with all it answers.

    Args:
        workspace: The packages and further documents.
        lang: `zh` or `en`.
    """
    server = LanguageServer(NAME, core_version())
    answers = _Answers(workspace, lang)
    _add_checks(server, answers)
    _add_questions(server, answers)
    _add_ways(server, answers)
    return server


def _add_checks(server: LanguageServer, answers: _Answers) -> None:
    """Let documents be checked when they are opened, written and saved."""

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(ls: LanguageServer, params: lsp.DidOpenTextDocumentParams) -> None:
        answers.check_soon(ls, params.text_document.uri, 0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(ls: LanguageServer, params: lsp.DidChangeTextDocumentParams) -> None:
        answers.check_soon(ls, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(ls: LanguageServer, params: lsp.DidSaveTextDocumentParams) -> None:
        answers.workspace.forget(_path(params.text_document.uri))
        # What was saved may be named in any other open document.
        for uri in _open_documents(ls):
            answers.check_soon(ls, uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(ls: LanguageServer, params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        answers.give_up(uri)
        answers.offers.pop(_path(uri), None)
        ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))


def _add_questions(server: LanguageServer, answers: _Answers) -> None:
    """Answer what editors ask about a position or a document."""

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=[" ", "[", "{", ":"], resolve_provider=True),
    )
    def complete(ls: LanguageServer, params: lsp.CompletionParams) -> lsp.CompletionList:
        document, position = _asked(ls, params)
        offers = answers.offers_for(_path(document.uri))
        found = offers.at(document.source, position.line, position.character)
        edit = _word_range(document, position)
        items = [_item(one, edit, document.uri) for one in found]
        return lsp.CompletionList(is_incomplete=False, items=items)

    @server.feature(lsp.COMPLETION_ITEM_RESOLVE)
    def resolve(_ls: LanguageServer, item: lsp.CompletionItem) -> lsp.CompletionItem:
        kind, name, uri = item.data or ("key", "", "")
        page = answers.offers_for(_path(uri)).page_of(OfferKind(kind), name)
        if page:
            item.documentation = lsp.MarkupContent(lsp.MarkupKind.Markdown, page)
        return item

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(ls: LanguageServer, params: lsp.HoverParams) -> lsp.Hover | None:
        document, position = _asked(ls, params)
        offers = answers.offers_for(_path(document.uri))
        page = offers.page_at(document.source, position.line, position.character)
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, page)) if page else None


def _add_ways(server: LanguageServer, answers: _Answers) -> None:
    """Show where a name is declared, and what a document holds."""

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def define(ls: LanguageServer, params: lsp.DefinitionParams) -> lsp.Location | None:
        document, position = _asked(ls, params)
        offers = answers.offers_for(_path(document.uri))
        place = offers.declared_at(document.source, position.line, position.character)
        return None if place is None else _location(ls, place)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(ls: LanguageServer, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        document = ls.workspace.get_text_document(params.text_document.uri)
        found = symbols_of(_path(document.uri), document.source, answers.lang)
        return [_symbol(one, document) for one in found]


def _asked(
    server: LanguageServer,
    params: lsp.CompletionParams | lsp.HoverParams | lsp.DefinitionParams,
) -> tuple[TextDocument, lsp.Position]:
    """The document, and the position in characters; editors count in UTF-16 or as agreed."""
    document = server.workspace.get_text_document(params.text_document.uri)
    found = document.position_codec.position_from_client_units(document.lines, params.position)
    return document, lsp.Position(found.line, found.character)


def _word_range(document: TextDocument, position: lsp.Position) -> lsp.Range:
    """The part of the word at the position that is replaced: what stands before it."""
    lines = document.lines
    text = lines[position.line].rstrip("\r\n") if position.line < len(lines) else ""
    word = word_at(text, position.character)
    return _range(document, position.line, word.start, position.character)


def _item(offer: Offer, edit: lsp.Range, uri: str) -> lsp.CompletionItem:
    return lsp.CompletionItem(
        label=offer.name,
        kind=_ITEM_KINDS[offer.kind],
        detail=offer.label or None,
        # People who write Chinese look a fact up by its label too.
        filter_text=f"{offer.name} {offer.label}".strip(),
        text_edit=lsp.TextEdit(edit, offer.text),
        data=[offer.kind.value, offer.name, uri],
    )


def _location(server: LanguageServer, place: Location) -> lsp.Location:
    open_here = {str(_path(uri)): uri for uri in _open_documents(server)}
    uri = open_here.get(place.source)
    if uri is None:
        uri = from_fs_path(str(Path(place.source).resolve())) or place.source
    document = server.workspace.get_text_document(uri)
    line, column = max(place.line - 1, 0), max(place.column - 1, 0)
    return lsp.Location(uri, _range(document, line, column, column))


def _symbol(symbol: Symbol, document: TextDocument) -> lsp.DocumentSymbol:
    end = (
        len(document.lines[symbol.last].rstrip("\r\n")) if symbol.last < len(document.lines) else 0
    )
    start = _range(document, symbol.line, symbol.column, symbol.column).start
    stop = _range(document, symbol.last, end, end).end
    return lsp.DocumentSymbol(
        name=symbol.name,
        detail=symbol.title,
        kind=_SYMBOL_KINDS[symbol.section],
        range=lsp.Range(start, stop),
        selection_range=lsp.Range(start, start),
    )


def serve(rulesets: Iterable[str], *, plugins: bool, lang: str) -> int:
    """Serve one editor over the standard streams, until it says goodbye.

    Args:
        rulesets: Further files and folders that documents rest on.
        plugins: Whether the installed packages count.
        lang: `zh` or `en`.

    Returns:
        0; 1 if the editor left without saying that it would.
    """
    # The standard output is the wire; what the server has to say goes to the standard error.
    logging.basicConfig(level=logging.WARNING)
    workspace = Workspace(tuple(Path(path) for path in rulesets), plugins=plugins)
    server = build_server(workspace, lang)
    is_expected = False

    @server.feature(lsp.SHUTDOWN)
    def shut_down(_params: None) -> None:
        nonlocal is_expected
        is_expected = True

    # The server closes its wire at the end; the standard output stays open for the program.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as wire:
        server.start_io(stdout=wire)
    return 0 if is_expected else 1
