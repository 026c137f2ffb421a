"""The files of the suite as data, and the comparison of what is expected with what is found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Data: TypeAlias = Mapping[str, Any]

TOPICS = Path(__file__).parent / "topics"
LEVELS = ("core", "fines", "time", "history", "duties", "matters", "checks")


@dataclass(frozen=True)
class Item:
    """One case of the suite.

    Attributes:
        topic: Name of its file.
        level: Level of conformance that it belongs to.
        id: Its id inside the file.
        shows: The law it shows, in one sentence.
        world: The documents it is evaluated with.
        cases: The case, or the cases of a matter; empty if only the documents are looked at.
        is_matter: Whether the cases are a matter.
        options: How the world is known: `as_known_on`, `drafts`.
        expect: What must be found.
    """

    topic: str
    level: str
    id: str
    shows: str
    world: tuple[Data, ...]
    cases: tuple[Data, ...]
    is_matter: bool
    options: Data
    expect: Data

    @property
    def name(self) -> str:
        """Topic, id and sentence."""
        return f"{self.topic}/{self.id}: {self.shows}"


# The parser in C finds the same and is some ten times faster.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def read(path: Path) -> Any:  # noqa: ANN401 - the plain data of a file
    """A file of the suite as plain data."""
    return yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 - a safe loader either way


def topics() -> list[Path]:
    """All files of the suite."""
    return sorted(TOPICS.glob("*.yaml"))


def items_of(path: Path) -> Iterator[Item]:
    """The cases of a file."""
    topic = read(path)
    base = topic.get("base", {})
    for given in topic["cases"]:
        matter = given.get("matter")
        written = matter if matter is not None else [given["case"]] if "case" in given else []
        yield Item(
            topic=path.stem,
            level=given.get("level", topic["level"]),
            id=given["id"],
            shows=given["shows"],
            world=(*topic["world"], *given.get("with", [])),
            cases=tuple({"id": given["id"], **base, **case} for case in written),
            is_matter=matter is not None,
            options=given.get("options", {}),
            expect=given["expect"],
        )


def items() -> list[Item]:
    """All cases of the suite."""
    return [item for path in topics() for item in items_of(path)]


def differences(expected: object, found: object, path: str = "$") -> Iterator[str]:
    """Where what is found is not as expected.

    Of a mapping only the keys that are expected count. A list must have as many entries as are
    expected, in their order. Anything else must be equal, true and 1 not being the same.
    """
    if isinstance(expected, dict):
        for key, inside in expected.items():
            if not isinstance(found, dict) or key not in found:
                yield f"{path}.{key}: expected {inside!r}, found nothing"
            else:
                yield from differences(inside, found[key], f"{path}.{key}")
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            yield f"{path}: expected {expected!r}, found {found!r}"
        else:
            for at, (one, other) in enumerate(zip(expected, found, strict=True)):
                yield from differences(one, other, f"{path}[{at}]")
    elif expected != found or isinstance(expected, bool) is not isinstance(found, bool):
        yield f"{path}: expected {expected!r}, found {found!r}"
