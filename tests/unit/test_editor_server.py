"""The language server as editors run it: a real process, asked by a client."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import attrs
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from bizrules.editor import Workspace, _server
from bizrules.editor._workspace import Reading
from bizrules.errors import Problem
from bizrules.provenance import Location

PATIENCE = 60
# The second character of the title takes two units of UTF-16.
TEXT = """\
format: 1
cases:
  - id: a
    region: "530103"
    act: 甲𠮷乙
    violation: food.past-shelf-life
    facts: {harm: none}
"""
VOCABULARY = "format: 1\ndocument: vocabulary\nid: more\nprefix: more\nfacts:\n"


@attrs.define(eq=False)
class Editor:
    """An editor with one open document."""

    client: LanguageClient
    uri: str
    problems: "asyncio.Queue[lsp.PublishDiagnosticsParams]"
    version: int = 1

    @property
    def document(self) -> lsp.TextDocumentIdentifier:
        """The document."""
        return lsp.TextDocumentIdentifier(self.uri)

    def write(self, text: str) -> None:
        """Put the text in place of the document."""
        self.version += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri),
                [lsp.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def found(self) -> list[lsp.Diagnostic]:
        """The problems of the present version, awaited for a minute at most."""
        while True:
            given = await asyncio.wait_for(self.problems.get(), PATIENCE)
            if given.version == self.version:
                return list(given.diagnostics)


@asynccontextmanager
async def started(path: "Path | str") -> AsyncIterator[Editor]:
    """An editor that has opened the document, of this path or address."""
    client = LanguageClient("test", "1")
    problems: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
    def received(params: lsp.PublishDiagnosticsParams) -> None:
        problems.put_nowait(params)

    command = ("-m", "bizrules", "editor", "--no-plugins", "--lang", "en")
    await client.start_io(sys.executable, *command)
    await client.initialize_async(lsp.InitializeParams(capabilities=lsp.ClientCapabilities()))
    client.initialized(lsp.InitializedParams())
    uri = path.as_uri() if isinstance(path, Path) else path
    one = Editor(client, uri, problems)
    item = lsp.TextDocumentItem(one.uri, "yaml", one.version, TEXT)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
    try:
        yield one
    finally:
        await client.stop()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def editor(path: "Path | str") -> AsyncIterator[Editor]:
    """An editor that has opened the document, until it says goodbye."""
    async with started(path) as one:
        try:
            yield one
        finally:
            await one.client.shutdown_async(None)
            one.client.exit(None)


def run(path: "Path | str", work: Callable[[Editor], Awaitable[None]]) -> None:
    """Let an editor work on the document."""

    async def main() -> None:
        async with editor(path) as one:
            await work(one)

    asyncio.run(main())


def test_an_editor_at_work(tmp_path: Path) -> None:
    """Problems while writing, completion, hover, definition and outline, in units of UTF-16."""
    run(tmp_path / "案件.yaml", _work)


def test_the_exit_status(tmp_path: Path) -> None:
    """An editor that says goodbye ends the server well, and one that just leaves does not."""
    path = tmp_path / "a.yaml"
    ended = []

    async def work(one: Editor, *, says_goodbye: bool) -> None:
        if says_goodbye:
            await one.client.shutdown_async(None)
        one.client.exit(None)
        server = one.client._server
        assert server is not None
        ended.append(await asyncio.wait_for(server.wait(), PATIENCE))

    async def main(*, says_goodbye: bool) -> None:
        async with started(path) as one:
            await work(one, says_goodbye=says_goodbye)

    asyncio.run(main(says_goodbye=True))
    asyncio.run(main(says_goodbye=False))
    assert ended == [0, 1]


@attrs.define(eq=False)
class Slow:
    """A workspace that finds a fault in every text, and meanwhile something happens."""

    happens: Callable[[], object]

    def read(self, path: Path, _texts: Mapping[Path, str]) -> Reading:
        """One problem."""
        self.happens()
        return Reading((Problem("no-case", Location(str(path), 1, 1)),))


@attrs.define(eq=False)
class Client:
    """What the server would send, and the documents it knows to be open."""

    text_documents: dict[str, TextDocument]
    sent: list[lsp.PublishDiagnosticsParams] = attrs.field(factory=list)

    @property
    def workspace(self) -> "Client":
        """The documents."""
        return self

    def text_document_publish_diagnostics(self, params: lsp.PublishDiagnosticsParams) -> None:
        """Keep what is sent."""
        self.sent.append(params)


def test_a_check_that_comes_too_late() -> None:
    """What was found in a text is not shown once the text was changed or the document closed."""
    uri = "untitled:Untitled-1"

    def shown(happens: Callable[[TextDocument, Client], object]) -> int:
        document = TextDocument(uri, TEXT, 1)
        client = Client({uri: document})
        slow = Slow(lambda: happens(document, client))
        answers = _server._Answers(cast("Workspace", slow), "en")
        asyncio.run(answers.check(cast("LanguageServer", client), uri, 0))
        return len(client.sent)

    assert shown(lambda _document, _client: None) == 1
    assert shown(lambda document, _client: setattr(document, "version", 2)) == 0
    assert shown(lambda _document, client: client.text_documents.clear()) == 0
    again = TextDocument(uri, "", 1)
    assert shown(lambda _document, client: client.text_documents.update({uri: again})) == 0


def test_a_closed_document_waits_for_no_check(tmp_path: Path) -> None:
    """A check that waits for a pause is given up when the document is closed."""
    path = tmp_path / "a.yaml"

    async def work(one: Editor) -> None:
        await one.found()
        one.write("[")
        one.client.text_document_did_close(lsp.DidCloseTextDocumentParams(one.document))
        given = await asyncio.wait_for(one.problems.get(), PATIENCE)
        assert (given.version, list(given.diagnostics)) == (None, [])
        await asyncio.sleep(2 * _server.DELAY)
        assert one.problems.empty()

    run(path, work)


def test_a_document_without_a_file() -> None:
    """A document that was never saved is checked, and leads to what it declares itself."""

    async def work(one: Editor) -> None:
        assert await one.found() == []
        one.write(f"{VOCABULARY}  more.sold: {{kind: boolean, label: {{zh: 甲, en: a}}}}\n")
        assert await one.found() == []
        found = await one.client.text_document_definition_async(
            lsp.DefinitionParams(one.document, lsp.Position(5, 4))
        )
        assert isinstance(found, lsp.Location)
        assert found.uri == one.uri

    run("untitled:Untitled-1", work)


async def _work(one: Editor) -> None:
    assert await one.found() == []
    await _mistake(one)
    await _completion(one)
    await _hover_and_definition(one)
    symbols = await one.client.text_document_document_symbol_async(
        lsp.DocumentSymbolParams(one.document)
    )
    assert [symbol.name for symbol in symbols or ()] == ["a"]


async def _mistake(one: Editor) -> None:
    """A mistake behind a character of two units is marked at its units; the last text counts."""
    line = '  - {id: a, act: 甲𠮷乙, region: "530103", violation: food.past-shelf}\n'
    one.write(f"format: 1\ncases:\n{line}".replace("past-shelf", "past"))
    one.write(f"format: 1\ncases:\n{line}")
    (problem,) = await one.found()
    before = line.partition("food.")[0]
    start = len(before.encode("utf-16-le")) // 2
    assert start == len(before) + 1
    assert problem.code == "unknown-violation"
    assert problem.severity is lsp.DiagnosticSeverity.Error
    assert problem.range == lsp.Range(
        lsp.Position(2, start), lsp.Position(2, start + len("food.past-shelf"))
    )


async def _completion(one: Editor) -> None:
    """What is offered replaces the word that was begun, and is explained when asked for."""
    line = "  - {act: 甲𠮷乙, violation: food.pa"
    one.write(f"format: 1\ncases:\n{line}")
    column = len(line.encode("utf-16-le")) // 2
    found = await one.client.text_document_completion_async(
        lsp.CompletionParams(one.document, lsp.Position(2, column))
    )
    assert isinstance(found, lsp.CompletionList)
    item = next(one for one in found.items if one.label == "food.past-shelf-life")
    assert item.detail == "selling food past its shelf life"
    begun = lsp.Range(lsp.Position(2, column - len("food.pa")), lsp.Position(2, column))
    assert item.text_edit == lsp.TextEdit(begun, "food.past-shelf-life")
    resolved = await one.client.completion_item_resolve_async(item)
    assert isinstance(resolved.documentation, lsp.MarkupContent)
    assert "Food Safety Law" in resolved.documentation.value


async def _hover_and_definition(one: Editor) -> None:
    """A fact is explained, and leads to its vocabulary."""
    one.write(TEXT)
    place = lsp.Position(6, TEXT.split("\n")[6].index("harm") + 2)
    hover = await one.client.text_document_hover_async(lsp.HoverParams(one.document, place))
    assert hover is not None
    assert isinstance(hover.contents, lsp.MarkupContent)
    assert "**harm caused**" in hover.contents.value
    nothing = lsp.HoverParams(one.document, lsp.Position(0, 0))
    assert await one.client.text_document_hover_async(nothing) is None
    declared = await one.client.text_document_definition_async(
        lsp.DefinitionParams(one.document, place)
    )
    assert isinstance(declared, lsp.Location)
    assert declared.uri.endswith("/national/vocabulary.yaml")
