"""The language server as editors run it: a real process, asked by a client."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import attrs
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

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
async def editor(path: Path) -> AsyncIterator[Editor]:
    """An editor that has opened the document, until it says goodbye."""
    client = LanguageClient("test", "1")
    problems: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
    def received(params: lsp.PublishDiagnosticsParams) -> None:
        problems.put_nowait(params)

    command = ("-m", "bizrules", "editor", "--no-plugins", "--lang", "en")
    await client.start_io(sys.executable, *command)
    await client.initialize_async(lsp.InitializeParams(capabilities=lsp.ClientCapabilities()))
    client.initialized(lsp.InitializedParams())
    one = Editor(client, path.as_uri(), problems)
    item = lsp.TextDocumentItem(one.uri, "yaml", one.version, TEXT)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
    try:
        yield one
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()  # type: ignore[no-untyped-call]


def run(path: Path, work: Callable[[Editor], Awaitable[None]]) -> None:
    """Let an editor work on the document."""

    async def main() -> None:
        async with editor(path) as one:
            await work(one)

    asyncio.run(main())


def test_an_editor_at_work(tmp_path: Path) -> None:
    """Problems while writing, completion, hover, definition and outline, in units of UTF-16."""
    run(tmp_path / "案件.yaml", _work)


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
