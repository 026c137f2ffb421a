"""What documents are called in a bundle, whose readers have other folders."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from os.path import commonpath
from pathlib import Path
from typing import Final

from bizrules.loading import Knowledge

_SEPARATORS: Final = ("/", "\\")


def naming(knowledge: Knowledge, roots: Mapping[str, str]) -> Callable[[str], str]:
    """A function from names of documents here to names in a bundle.

    A document below a root is named by what the root is called; of other full paths only what
    they do not have in common is kept, so that nothing tells of the machine.

    Args:
        knowledge: Whose documents.
        roots: What files and folders are called, by their paths.
    """
    known = sorted(roots.items(), reverse=True)
    others = {
        name
        for name in _sources(knowledge)
        if Path(name).is_absolute() and _below(name, known) is None
    }
    top = commonpath([str(Path(name).parent) for name in others]) if others else ""

    @cache
    def named(name: str) -> str:
        rooted = _below(name, known)
        if rooted is not None:
            return rooted
        path = Path(name)
        if top and path.is_relative_to(top):
            return path.relative_to(top).as_posix()
        return path.name if path.is_absolute() else name

    return named


def _below(name: str, roots: Iterable[tuple[str, str]]) -> str | None:
    """What the document is called, if it lies below a root or is one."""
    for root, called in roots:
        rest = name.removeprefix(root)
        if name.startswith(root) and rest[:1] in ("", *_SEPARATORS):
            return called + "/".join(("", *Path(rest.lstrip("/\\")).parts))
    return None


def _sources(knowledge: Knowledge) -> set[str]:
    """Names of the documents."""
    found = {origin.location.source for origin in knowledge.origins.values()}
    places = [golden.location for golden in knowledge.goldens]
    places += [golden.location for golden in knowledge.golden_matters]
    return found | {place.source for place in places if place is not None}
