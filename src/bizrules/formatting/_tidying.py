"""Comments and blank lines: where a library that lays out the rest does not decide."""

from itertools import chain

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node

from bizrules.formatting._source import Comment, Source, compose


def lifted(text: str) -> str:
    """The text with comments inside brackets moved above the entry that has the brackets."""
    if "#" not in text:
        return text
    source = Source.of(text)
    homes = _homes(compose(text))
    above: dict[int, list[str]] = {}
    cut: dict[int, int] = {}
    for comment in source.comments:
        home = next((s for s, end in homes if s < (comment.line, comment.column) < end), None)
        if home is not None:
            above.setdefault(home[0], []).append(comment.text)
            cut[comment.line] = comment.column
    lines: list[str] = []
    for number, line in enumerate(source.lines):
        lines += [" " * source.indent(number) + one for one in above.get(number, ())]
        kept = line[: cut[number]].rstrip() if number in cut else line
        if kept or number not in cut:
            lines.append(kept)
    return "\n".join(lines)


Place = tuple[int, int]


def _homes(node: Node | None) -> list[tuple[Place, Place]]:
    """Where the outermost brackets begin and end."""
    found: list[tuple[Place, Place]] = []
    waiting = [] if node is None else [node]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, CollectionNode) or id(one) in seen:
            continue
        seen.add(id(one))
        if one.flow_style:
            start, end = one.start_mark, one.end_mark
            found.append(((start.line, start.column), (end.line, end.column)))
        elif isinstance(one, MappingNode):
            waiting.extend(chain.from_iterable(one.value))
        else:
            waiting.extend(one.value)
    return found


def tidied(before: str, after: str) -> str:
    """The new layout with its comments indented like what they stood with in the old one.

    Blank lines come one at a time, and none at the beginning and the end. Two blanks at least stand
    before a comment behind something.
    """
    old, new = Source.of(before), Source.of(after)
    indents = _comment_indents(old, new)
    behind = {one.line: one for one in new.comments if not one.alone}
    lines: list[str] = []
    for number, written in enumerate(new.lines):
        line = _spaced(written, behind[number]) if number in behind else written
        if number in new.inner:
            lines.append(line)
        elif number in indents:
            lines.append(" " * indents[number] + line.lstrip(" "))
        elif line.strip() or (lines and lines[-1].strip()):
            lines.append(line.rstrip())
    return "\n".join(lines).strip("\n") + "\n"


def _spaced(line: str, comment: Comment) -> str:
    """The line with two blanks at least before the comment at its end."""
    before = line[: comment.column]
    kept = before if before.endswith("  ") else f"{before.rstrip()}  "
    return kept + comment.text


def _comment_indents(old: Source, new: Source) -> dict[int, int]:
    """The indentation of each comment that has its line to itself.

    A comment goes with the next line if it was indented like that, else with the line before; one
    that stood behind a dash or the beginning of the document goes with the next.
    """
    indents = {}
    pairs = zip(old.comments, new.comments, strict=False)
    for one, other in ((one, other) for one, other in pairs if other.alone):
        was, now = one.line, other.line
        if not one.alone:
            following = _neighbour(new, now, 1)
            indents[now] = 0 if following is None else new.indent(following)
            continue
        for step in (1, -1):
            neighbour, counterpart = _neighbour(old, was, step), _neighbour(new, now, step)
            if neighbour is None or counterpart is None:
                continue
            if old.indent(neighbour) == old.indent(was):
                indents[now] = new.indent(counterpart)
                break
    return indents


def _alone(source: Source) -> list[int]:
    return [comment.line for comment in source.comments if comment.alone]


def _neighbour(source: Source, line: int, step: int) -> int | None:
    """The nearest line in that direction that is neither blank, nor a comment, nor goes on."""
    alone = set(_alone(source))
    at = line + step
    while 0 <= at < len(source.lines):
        if source.lines[at].strip() and at not in alone and at not in source.inner:
            return at
        at += step
    return None
