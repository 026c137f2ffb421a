"""A page as text, Markdown or HTML."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Final

from bizrules import phrases
from bizrules.explanation._page import Block, Item, Items, Page, Pairs, Paragraph

MARKS: Final[Mapping[str, str]] = {"true": "✓", "false": "✗", "unknown": "?"}
_COLOURS: Final[Mapping[str, str]] = {"true": "#1a7f37", "false": "#b42318", "unknown": "#9a6700"}
_HTML_LANGUAGES: Final[Mapping[str, str]] = {"zh": "zh-CN"}
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>|~&])")
_MARKDOWN_START: Final = re.compile(r"^(?:([#+-])|([0-9]+)([.)]))(?=\s|$)")


def _numbering(block: Items) -> Iterator[tuple[str, Item]]:
    for number, item in enumerate(block.items, start=1):
        yield (f"{number}." if block.numbered else "-"), item


def as_text(page: Page) -> str:
    """The page as plain text."""
    lines = [page.title]
    for section in page.sections:
        lines += ["", phrases.say("section.heading", page.lang, title=section.title)]
        for block in section.blocks:
            lines += _text_block(block, page.lang)
    return "\n".join(lines) + "\n"


def _text_block(block: Block, lang: str) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield f"  {block.text}"
    elif isinstance(block, Pairs):
        for pair in block.pairs:
            yield "  " + phrases.say("pair", lang, label=pair.label, value=pair.value)
    else:
        indent = "  "
        if block.heading:
            yield f"  {block.heading}"
            indent = "    "
        for number, item in _numbering(block):
            yield from _text_item(item, number, indent)


def _text_item(item: Item, bullet: str, indent: str) -> Iterator[str]:
    bullet = MARKS[item.mark] if item.mark else bullet
    yield f"{indent}{bullet} {item.text}"
    for child in item.children:
        yield from _text_item(child, "-", indent + " " * (len(bullet) + 1))


def as_markdown(page: Page) -> str:
    """The page as Markdown."""
    lines = [f"# {_marked_down(page.title)}"]
    for section in page.sections:
        lines += ["", f"## {_marked_down(section.title)}"]
        for block in section.blocks:
            lines += ["", *_markdown_block(block, page.lang)]
    return "\n".join(lines) + "\n"


def _marked_down(text: str) -> str:
    """The text with every character escaped that means something to Markdown."""
    escaped = _MARKDOWN.sub(r"\\\1", text)
    return _MARKDOWN_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", escaped)


def _markdown_block(block: Block, lang: str) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _marked_down(block.text)
    elif isinstance(block, Pairs):
        for pair in block.pairs:
            label, value = f"**{_marked_down(pair.label)}**", _marked_down(pair.value)
            yield "- " + phrases.say("pair", lang, label=label, value=value)
    else:
        if block.heading:
            yield from (f"**{_marked_down(block.heading)}**", "")
        for number, item in _numbering(block):
            yield from _markdown_item(item, number, "")


def _markdown_item(item: Item, bullet: str, indent: str) -> Iterator[str]:
    mark = f"{MARKS[item.mark]} " if item.mark else ""
    yield f"{indent}{bullet} {mark}{_marked_down(item.text)}"
    for child in item.children:
        yield from _markdown_item(child, "-", indent + " " * (len(bullet) + 1))


def as_html(page: Page) -> str:
    """The page as one HTML element, without scripts and without anything from elsewhere."""
    lang = _HTML_LANGUAGES.get(page.lang, page.lang)
    lines = [
        f'<article class="bizrules" lang="{escape(lang)}" style="max-width:48em;line-height:1.6">',
        f"<h1>{escape(page.title)}</h1>",
    ]
    for section in page.sections:
        lines += [
            f'<section data-part="{escape(section.key)}">',
            f"<h2>{escape(section.title)}</h2>",
        ]
        for block in section.blocks:
            lines += _html_block(block, page.lang)
        lines.append("</section>")
    return "\n".join([*lines, "</article>"]) + "\n"


def _html_block(block: Block, lang: str) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield f"<p>{escape(block.text)}</p>"
    elif isinstance(block, Pairs):
        yield "<dl>"
        for pair in block.pairs:
            yield f"<dt>{escape(pair.label)}</dt><dd>{escape(pair.value)}</dd>"
        yield "</dl>"
    else:
        if block.heading:
            yield f"<h3>{escape(block.heading)}</h3>"
        yield from _html_list(block.items, "ol" if block.numbered else "ul", lang)


def _html_list(items: tuple[Item, ...], tag: str, lang: str) -> Iterator[str]:
    plain = ' style="list-style:none"' if all(item.mark for item in items) else ""
    yield f"<{tag}{plain}>"
    for item in items:
        text = _html_mark(item, lang) + escape(item.text)
        if not item.children:
            yield f"<li>{text}</li>"
            continue
        yield f"<li>{text}"
        yield from _html_list(item.children, "ul", lang)
        yield "</li>"
    yield f"</{tag}>"


def _html_mark(item: Item, lang: str) -> str:
    if item.mark is None:
        return ""
    said = escape(phrases.say(f"truth.{item.mark}", lang))
    colour = _COLOURS[item.mark]
    return f'<span title="{said}" style="color:{colour}">{MARKS[item.mark]}</span> '


FORMS: Final[Mapping[str, Callable[[Page], str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "html": as_html,
}
