"""The layout of a document: indentation, brackets and long lines, by a round-trip library."""

import re
from collections.abc import Iterator, Mapping
from io import StringIO
from textwrap import wrap
from typing import Any, Final, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import FoldedScalarString

from bizrules.formatting._source import without_aliases

WIDTH: Final = 120
"""Characters of a line beyond which brackets are opened and texts are folded."""

# The library breaks no line by itself: where to break is decided here.
_ENDLESS: Final = 1 << 30
_COMMENTED_DASH: Final = re.compile(r"^\s*(- +)+#", re.MULTILINE)
_NO_VALUE: Final = "null"
_TEXT_KEYS: Final = frozenset({"zh", "en"})


class _Resolver(VersionedResolver):
    """Gives no scalar a type: what has no quotes stays as it is written."""

    @property
    def versioned_resolver(self) -> Mapping[str, list[Any]]:
        """No types at all."""
        return {}


class _Constructor(RoundTripConstructor):
    """Writes out a value that is missing."""

    def construct_scalar(self, node: ScalarNode) -> Any:  # noqa: ANN401 - the library's own
        """The scalar with its quotes."""
        if not node.style and not node.value:
            node.value = _NO_VALUE
        return super().construct_scalar(node)


def laid_out(text: str) -> str:
    """The text in the layout, which is that of its own layout.

    Args:
        text: A document without comments inside brackets.
    """
    text, mark = without_aliases(text)
    text = _dump(_load(text))
    while True:
        long = {number for number, line in enumerate(text.split("\n")) if len(line) > WIDTH}
        data = _load(text) if long else None
        if data is None or not _shortened(data, long):
            return _above_points(text).replace(mark, "*")
        text = _dump(data)


def _above_points(text: str) -> str:
    """The text with a comment behind a mere dash, as opened brackets leave it, above the dash."""
    return _dump(_load(text)) if _COMMENTED_DASH.search(text) else text


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Resolver = _Resolver
    yaml.Constructor = _Constructor
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    yaml.width = _ENDLESS
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _load(text: str) -> object:
    data: object = _yaml().load(text)
    for one in _collections(data):
        if one.anchor.value is not None:
            one.anchor.always_dump = True
    return data


def _dump(data: object) -> str:
    stream = StringIO()
    _yaml().dump(data, stream)
    return stream.getvalue()


def _collections(data: object) -> Iterator[CommentedMap | CommentedSeq]:
    """Every mapping and list, those that aliases repeat once."""
    waiting, seen = [data], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, CommentedMap | CommentedSeq) and id(one) not in seen:
            seen.add(id(one))
            waiting.extend(one.values() if isinstance(one, CommentedMap) else one)
            yield one


def _shortened(data: object, long: set[int]) -> bool:
    """Open the brackets and fold the texts that stand on the long lines; whether there were any."""
    changed = False
    inner: set[int] = set()
    for one in list(_collections(data)):
        if one.fa.flow_style() or id(one) in inner:
            # What is inside brackets that are opened now may fit in a line of its own.
            inner.update(map(id, one.values() if isinstance(one, CommentedMap) else one))
        if id(one) in inner:
            continue
        if one and one.lc.line in long and one.fa.flow_style():
            one.fa.set_block_style()
            changed = True
        elif isinstance(one, CommentedMap) and not one.fa.flow_style():
            changed = _fold_texts(one, long) or changed
    return changed


def _fold_texts(holder: CommentedMap, long: set[int]) -> bool:
    changed = False
    for key in _TEXT_KEYS & holder.keys():
        line, column, *_ = holder.lc.data[key]
        text = holder[key]
        reaches = range(line, line + 1 + len(getattr(text, "fold_pos", ())) + 1)
        if isinstance(text, str) and not long.isdisjoint(reaches):
            folded = _folded(text, WIDTH - column - 2)
            if folded is not None:
                holder[key] = folded
                changed = True
    return changed


def _folded(text: str, room: int) -> FoldedScalarString | None:
    """The text with breaks where spaces are; None if that is how it is, or it cannot be broken."""
    lines = wrap(text, room, break_long_words=False, break_on_hyphens=False)
    if not text.isprintable() or " ".join(lines) != text or len(lines) == 1:
        return None
    places = [len(" ".join(lines[:count])) for count in range(1, len(lines))]
    if getattr(text, "fold_pos", None) == places:
        return None
    folded: Any = FoldedScalarString(text)
    folded.fold_pos = places
    return cast("FoldedScalarString", folded)
