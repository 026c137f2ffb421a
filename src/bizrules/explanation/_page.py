"""What an explanation says, before it has a form: sections of paragraphs, pairs and lists.

Every form is made from this one tree, so that all of them say the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import attrs

from bizrules import phrases
from bizrules.provenance import Text

# Chinese is written without spaces; a line folded in a document leaves one behind.
_FOLDED: Final = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uff5e]) (?=[\u3001-\u9fff\uff01-\uff5e])")


def clean(text: str) -> str:
    """The text on one line and without control characters.

    Names in a case are anybody's; none of them may break a line, a list or a terminal.
    """
    kept = "".join(" " if ch.isspace() else ch for ch in text if ch.isspace() or _is_visible(ch))
    return _FOLDED.sub("", " ".join(kept.split()))


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")


@attrs.frozen
class Item:
    """A point of a list.

    Attributes:
        text: What it says.
        mark: `true`, `false` or `unknown`, where the point is the answer to a condition.
        children: Points under it.
    """

    text: str = attrs.field(converter=clean)
    mark: str | None = None
    children: "tuple[Item, ...]" = ()


@attrs.frozen
class Paragraph:
    """Running text."""

    text: str = attrs.field(converter=clean)


@attrs.frozen
class Pair:
    """A label with its value."""

    label: str = attrs.field(converter=clean)
    value: str = attrs.field(converter=clean)


@attrs.frozen
class Pairs:
    """Labels with their values."""

    pairs: tuple[Pair, ...]


@attrs.frozen
class Items:
    """A list, perhaps numbered, perhaps with a heading of its own."""

    items: tuple[Item, ...]
    numbered: bool = False
    heading: str = attrs.field(default="", converter=clean)


Block: TypeAlias = Paragraph | Pairs | Items


@attrs.frozen
class Section:
    """A part of the page.

    Attributes:
        key: What it is about; the same in every language.
        title: Its heading.
        blocks: What it says.
    """

    key: str
    title: str = attrs.field(converter=clean)
    blocks: tuple[Block, ...]


@attrs.frozen
class Page:
    """A whole explanation."""

    lang: str
    title: str = attrs.field(converter=clean)
    sections: tuple[Section, ...]


def page_data(page: Page) -> dict[str, object]:
    """The page as plain data."""
    return {
        "lang": page.lang,
        "title": page.title,
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "blocks": [_block_data(block) for block in section.blocks],
            }
            for section in page.sections
        ],
    }


def _block_data(block: Block) -> dict[str, object]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text}
    if isinstance(block, Pairs):
        return {
            "kind": "pairs",
            "pairs": [{"label": pair.label, "value": pair.value} for pair in block.pairs],
        }
    items = [_item_data(item) for item in block.items]
    return {"kind": "items", "heading": block.heading, "numbered": block.numbered, "items": items}


def _item_data(item: Item) -> dict[str, object]:
    children = [_item_data(child) for child in item.children]
    return {"text": item.text, "mark": item.mark, "children": children}


@attrs.frozen
class Speaker:
    """Says things in one language.

    Attributes:
        lang: The language.
    """

    lang: str

    def say(self, key: str, /, **details: object) -> str:
        """The phrase in the language; texts among the details are taken in it too."""
        worded = {
            name: d.in_(self.lang) if isinstance(d, Text) else d for name, d in details.items()
        }
        return phrases.say(key, self.lang, **worded)

    def name(self, what: str, code: str) -> str:
        """What a code is called; the code itself where nobody named it."""
        key = f"{what}.{code}"
        return self.say(key) if phrases.has(key) else code

    def text(self, text: Text) -> str:
        """The text in the language."""
        return text.in_(self.lang)

    def noted(self, text: str, notes: Iterable[str]) -> str:
        """The text with notes in brackets."""
        found = [note for note in notes if note]
        if not found:
            return text
        return self.say("note.of", text=text, note=self.say("note.mark").join(found))

    def sentence(self, clause: str) -> str:
        """The clause as a sentence of its own."""
        return clause[:1].upper() + clause[1:] + self.say("sentence.end")

    def paragraph(self, sentences: Iterable[str]) -> Paragraph:
        """Sentences one after the other."""
        return Paragraph(self.say("sentence.space").join(s for s in sentences if s))

    def section(self, key: str, blocks: Iterable[Block | None]) -> Iterator[Section]:
        """The section, unless it has nothing to say."""
        found = tuple(block for block in blocks if block is not None)
        if found:
            yield Section(key, self.say(f"section.{key}"), found)
