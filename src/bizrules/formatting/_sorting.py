"""Putting keys in order, and quotes where other programs need them, as changes of the text.

An entry moves with everything that belongs to it: the comments and blank lines above it, and the
lines below it that are indented further.
"""

import re
from typing import Final

import attrs
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

from bizrules.formatting._order import Shape, inside, is_text, rank
from bizrules.formatting._source import compose

_OLD_YAML: Final = VersionedResolver(version=(1, 1))
_NULLS: Final = ("", "~", "null")
_ALIAS: Final = re.compile(r"\s*:\s*\*[^\s,\[\]{}]+")
_TEXT_TAG: Final = "tag:yaml.org,2002:str"


def sorted_text(text: str, shape: Shape) -> str:
    """The text with the keys of every mapping of the format in order.

    Args:
        text: A document without comments inside brackets.
        shape: The class of the document.
    """
    node = compose(text)
    if node is None:
        return text
    start, end = node.start_mark.index, len(text)
    return text[:start] + _Sorter(text).node(node, shape, end)


@attrs.frozen
class _Entry:
    """An entry of a mapping: what stands above its key, and the entry itself."""

    rank: int
    above: str
    body: str


@attrs.frozen(eq=False)
class _Sorter:
    """Writes the parts of a text again, in order."""

    text: str

    def node(self, node: Node, shape: Shape, end: int) -> str:
        """The text from the beginning of the node to `end`, where the next part begins."""
        if isinstance(node, MappingNode):
            return self._mapping(node, shape, end)
        if isinstance(node, SequenceNode):
            return self._sequence(node, shape, end)
        return self.text[node.start_mark.index : end]

    def _sequence(self, node: SequenceNode, shape: Shape, end: int) -> str:
        at, parts = node.start_mark.index, []
        written = [item for item in node.value if item.start_mark.index >= at]
        ends = [end] * len(written)
        if not node.flow_style:
            ends[:-1] = [item.start_mark.index for item in written[1:]]
        for item, until in zip(written, ends, strict=True):
            begin = item.start_mark.index
            stop = min(until, item.end_mark.index) if node.flow_style else until
            parts += [self.text[at:begin], self.node(item, inside(shape, None), stop)]
            at = stop
        return "".join(parts) + self.text[at:end]

    def _mapping(self, node: MappingNode, shape: Shape, end: int) -> str:
        cuts = self._flow_cuts(node) if node.flow_style else self._block_cuts(node, end)
        entries = []
        for (key, value), (above, begin, stop) in zip(node.value, cuts, strict=True):
            body = self._body(key, value, shape, stop)
            entries.append(_Entry(rank(shape, key.value), self.text[above:begin], body))
        head = self.text[node.start_mark.index : cuts[0][0]] if cuts else ""
        tail = self.text[cuts[-1][2] if cuts else node.start_mark.index : end]
        ordered = sorted(entries, key=lambda entry: entry.rank)
        if node.flow_style:
            # What stands between entries is only commas and blanks, and stays where it is.
            whole = (old.above + new.body for old, new in zip(entries, ordered, strict=True))
            return head + "".join(whole) + tail
        return head + self._joined(entries, ordered, node) + tail

    def _joined(self, entries: list[_Entry], ordered: list[_Entry], node: MappingNode) -> str:
        """The entries of a block in their new order."""
        if ordered and ordered[0] is not entries[0]:
            column = node.start_mark.column
            line_start = self.text.rfind("\n", 0, node.start_mark.index) + 1
            behind_dash = bool(self.text[line_start : node.start_mark.index].strip())
            above = ordered[0].above
            if behind_dash and above.strip():
                ordered = entries  # a comment cannot stand between a dash and the first key
            else:
                first = attrs.evolve(ordered[0], above=above.lstrip())
                moved = attrs.evolve(entries[0], above=" " * column)
                ordered = [moved if one is entries[0] else one for one in (first, *ordered[1:])]
        return "".join(entry.above + entry.body for entry in ordered)

    def _body(self, key: Node, value: Node, shape: Shape, stop: int) -> str:
        begin, at = key.start_mark.index, value.start_mark.index
        if at < key.end_mark.index:  # an alias: its node stands elsewhere
            return self.text[begin:stop]
        under = inside(shape, key.value)
        written = self.node(value, under, stop)
        if isinstance(value, ScalarNode) and is_text(shape, key.value, under):
            written = self._quoted(value) + self.text[value.end_mark.index : stop]
        return self.text[begin:at] + written

    def _quoted(self, node: ScalarNode) -> str:
        """The scalar, in quotes if it has none and YAML 1.1 would not take it for text."""
        written = self.text[node.start_mark.index : node.end_mark.index]
        tag = _OLD_YAML.resolve(ScalarNode, node.value, (True, False))
        if written != node.value or tag == _TEXT_TAG or written in _NULLS:
            return written
        return f'"{written}"'

    def _flow_cuts(self, node: MappingNode) -> list[tuple[int, int, int]]:
        cuts: list[tuple[int, int, int]] = []
        at = node.start_mark.index
        for key, value in node.value:
            begin, stop = key.start_mark.index, value.end_mark.index
            if value.start_mark.index < key.end_mark.index:
                found = _ALIAS.match(self.text, key.end_mark.index)
                stop = key.end_mark.index if found is None else found.end()
            cuts.append((at if cuts else begin, begin, stop))
            at = stop
        return cuts

    def _block_cuts(self, node: MappingNode, end: int) -> list[tuple[int, int, int]]:
        column = node.start_mark.column
        begins = [key.start_mark.index for key, _ in node.value]
        above = [begins[0], *(self._above(begin, column) for begin in begins[1:])]
        ends = [*above[1:], self._content_end(begins[-1], end, column)]
        return list(zip(above, begins, ends, strict=True))

    def _above(self, begin: int, column: int) -> int:
        """Where the comments and blank lines begin that stand right above an entry."""
        at = first = self.text.rfind("\n", 0, begin) + 1
        while at > 0:
            before = self.text.rfind("\n", 0, at - 1) + 1
            line = self.text[before : at - 1]
            if line.strip() and not (
                line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= column
            ):
                break
            at = before
            first = at
        return first

    def _content_end(self, begin: int, end: int, column: int) -> int:
        """Where the last entry of a block ends; comments indented less belong to what follows."""
        return self._above(end, column) if end > begin else end
