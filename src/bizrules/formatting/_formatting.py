"""A document in the layout, or what is wrong with it."""

from collections.abc import Iterator
from typing import Final

import attrs
from ruamel.yaml.error import YAMLError

from bizrules._structure import Raw, structure
from bizrules._tree import Document
from bizrules._yaml import read_yaml
from bizrules.documents import FORMAT, KINDS, AnyDocument
from bizrules.errors import DocumentError, Problem
from bizrules.formatting._layout import laid_out
from bizrules.formatting._order import Shape, inside, is_text
from bizrules.formatting._owners import keeps_owners
from bizrules.formatting._sorting import sorted_text
from bizrules.formatting._source import Source
from bizrules.formatting._tidying import lifted, tidied
from bizrules.values import Plain

_CASES: Final = "cases"


def format_text(raw: bytes, name: str) -> str:
    """The document in the layout.

    Args:
        raw: A document in UTF-8.
        name: What to call it in problems.

    Raises:
        DocumentError: If it cannot be read as what it says it is, with every problem found; or if
            no layout could be found that says the same.
    """
    document = read_yaml(raw, name)
    cls = _class_of(document)
    text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    text = text if text.endswith("\n") else text + "\n"
    try:
        free = lifted(text)
        ordered = sorted_text(free, cls)
        formatted = tidied(ordered, laid_out(ordered))
        if _says_the_same(document, read_yaml(formatted.encode(), name), cls) and (
            _comments(text) == _comments(free) and keeps_owners(free, formatted)
        ):
            return formatted
    except (YAMLError, DocumentError):
        # Another reading of YAML than that of the loader: what follows is said of it.
        pass
    raise DocumentError([Problem("layout-unsafe", document.locate(()))])


def _class_of(document: Document) -> type[AnyDocument]:
    """The class of the document, whose shape was checked with that of its entries."""
    data = document.data
    root = Raw(document, (), data)
    if not isinstance(data, dict):
        details = {"expected_phrase": "shape.mapping", "found_phrase": f"shape.{_shape(data)}"}
        raise DocumentError([Problem("wrong-shape", root.location, details)])
    if "format" not in data:
        raise DocumentError([Problem("format-missing", root.location)])
    if str(data["format"]) != FORMAT:
        details = {"found": str(data["format"]), "known": FORMAT}
        raise DocumentError([Problem("format-unknown", root.at("format").location, details)])
    kind = str(data.get("document", _CASES))
    if kind not in KINDS:
        details = {"found": kind, "known": ", ".join(f"`{one}`" for one in KINDS)}
        raise DocumentError([Problem("document-unknown", root.at("document").location, details)])
    problems = list(_problems(document, KINDS[kind]))
    if problems:
        raise DocumentError(problems)
    return KINDS[kind]


def _shape(data: object) -> str:
    return "sequence" if isinstance(data, list) else "scalar"


def _problems(document: Document, cls: type) -> Iterator[Problem]:
    """What is wrong with the shape of the document and of its entries."""
    places: list[tuple[type, tuple[str | int, ...]]] = [(cls, ())]
    while places:
        one, path = places.pop()
        data = Raw(document, (), document.data).at(*path).data
        try:
            structure(document, one, path)
        except DocumentError as error:
            yield from error.problems
        for field in attrs.fields(one):
            entry = field.metadata.get("item")
            under = data.get(field.name) if entry is not None and isinstance(data, dict) else None
            steps = list(under) if isinstance(under, dict) else range(len(_listed(under)))
            places += [(entry, (*path, field.name, step)) for step in steps]


def _listed(data: object) -> list[object]:
    return data if isinstance(data, list) else []


def _says_the_same(old: Document, new: Document, cls: type) -> bool:
    return _meaning(old.data, cls) == _meaning(new.data, cls)


def _meaning(data: object, shape: Shape, *, quotable: bool = False) -> object:
    """The data with whether each scalar has quotes, except where quotes say nothing."""
    if isinstance(data, dict):
        entries = ((key, value, inside(shape, key)) for key, value in data.items())
        return {
            key: _meaning(value, under, quotable=is_text(shape, key, under))
            for key, value, under in entries
        }
    if isinstance(data, list):
        return [_meaning(item, inside(shape, None)) for item in data]
    return data if data is None else (str(data), quotable or type(data) is Plain)


def _comments(text: str) -> list[str]:
    return sorted(comment.text for comment in Source.of(text).comments)
