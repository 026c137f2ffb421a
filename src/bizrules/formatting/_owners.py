"""Which entry of a document each comment is about."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, TypeAlias

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, SequenceNode

from bizrules.formatting._source import Source, compose, without_aliases

Steps: TypeAlias = tuple[str | int, ...]
Owned: TypeAlias = tuple[str, Steps, bool]
"""What a comment says, the way to the entry it is about, and whether it stands behind it."""

# What begins a point of a list, or the document, is nothing that a comment could stand behind.
_NOTHING: Final = re.compile(r"(---)?[\s-]*")


def owned_comments(text: str) -> list[Owned]:
    """All comments, sorted by what they say and then by the entries they are about.

    A comment behind something is about the entry that begins last before it, any other about the
    entry that begins next. What stands in brackets is part of the entry that has them.
    """
    if "#" not in text:
        return []
    text, _ = without_aliases(text)
    source = Source.of(text)
    entries = list(_entries(compose(text), ()))
    places = [(line, column) for line, column, _ in entries]
    found: list[Owned] = []
    for one in source.comments:
        is_behind = _NOTHING.fullmatch(source.lines[one.line][: one.column]) is None
        at = bisect_left(places, (one.line, one.column)) - is_behind
        steps = entries[at][2] if 0 <= at < len(entries) else ()
        found.append((one.text, steps, is_behind))
    return sorted(found, key=lambda one: (one[0], [str(step) for step in one[1]]))


def _entries(node: Node | None, steps: Steps) -> Iterator[tuple[int, int, Steps]]:
    """Line, column and way of every entry outside of brackets, in order of writing."""
    if not isinstance(node, CollectionNode) or node.flow_style:
        return
    parts: list[tuple[str | int, Node, Node]] = []
    if isinstance(node, MappingNode):
        parts = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, SequenceNode):
        parts = [(at, item, item) for at, item in enumerate(node.value)]
    for step, begin, value in parts:
        mark = begin.start_mark
        yield mark.line, mark.column, (*steps, step)
        yield from _entries(value, (*steps, step))


def keeps_owners(before: str, after: str) -> bool:
    """Whether every comment says the same, and each behind something is about the same entry.

    Brackets that are opened give the comment an entry further inside, or above it.

    Args:
        before: A text without comments inside brackets.
        after: Its layout.
    """
    old, new = owned_comments(before), owned_comments(after)
    return len(old) == len(new) and all(
        was == now and (not is_behind or _is_near(steps, others))
        for (was, steps, is_behind), (now, others, _) in zip(old, new, strict=True)
    )


def _is_near(steps: Steps, others: Steps) -> bool:
    """Whether one of the entries is the other, or part of it."""
    common = min(len(steps), len(others))
    return steps[:common] == others[:common]
