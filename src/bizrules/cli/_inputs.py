"""Case files as the command line reads them: a bad case never stops the rest."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from bizrules._tree import Document
from bizrules._yaml import Kind, read_bytes, read_file
from bizrules.cases import Case
from bizrules.documents import FORMAT
from bizrules.errors import CaseError, DocumentError, Problem, UnknownNameError
from bizrules.loading import (
    GoldenCase,
    GoldenMatter,
    Knowledge,
    Official,
    case_from_plain,
    load_each_case,
    load_golden,
    load_golden_matters,
)
from bizrules.nearness import nearest

STDIN: Final = "-"
STDIN_NAME: Final = "<stdin>"
LINES: Final = frozenset({".jsonl", ".ndjson"})
# Faults of a file as a whole; all others stand on a line, and the other lines can be read.
_WHOLE: Final = frozenset(
    {
        "file-unreadable",
        "document-empty",
        "document-too-large",
        "document-binary",
        "document-encoding",
    }
)
_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})


@attrs.frozen(kw_only=True)
class Entry:
    """One case of the input: the case, or what is wrong with it.

    Attributes:
        source: The file it comes from.
        id: What the case calls itself; None if that could not be read.
        case: The case; None if it has problems.
        problems: What is wrong with it, or with the whole file.
        official: What the authority decided, in a published case.
    """

    source: str
    id: str | None = None
    case: Case | None = None
    problems: tuple[Problem, ...] = ()
    official: Official | None = None


@attrs.frozen(kw_only=True)
class BadGolden:
    """A golden case that cannot be run."""

    id: str | None
    problems: tuple[Problem, ...]


def read_entries(
    files: Iterable[str], knowledge: Knowledge, *, kind: Kind = "yaml"
) -> Iterator[Entry]:
    """Every case of the files, in their order.

    Args:
        files: Paths; `-` is the standard input.
        knowledge: What the cases may name.
        kind: What the standard input holds.
    """
    for file in files:
        in_lines = kind == "jsonl" if file == STDIN else Path(file).suffix.lower() in LINES
        for found in _read(file, kind=kind, in_lines=in_lines):
            if isinstance(found, Entry):
                yield found
            else:
                yield from _entries(found, knowledge, in_lines=in_lines)


def _read(file: str, *, kind: Kind, in_lines: bool) -> Sequence[Document | Entry]:
    """The documents of the input; in place of what cannot be read, an entry that says why."""
    name = STDIN_NAME if file == STDIN else file
    raw = sys.stdin.buffer.read() if file == STDIN else None
    try:
        return read_file(Path(file)) if raw is None else read_bytes(raw, name, kind=kind)
    except DocumentError as error:
        problems = error.problems
    if not in_lines or any(problem.code in _WHOLE for problem in problems):
        return [Entry(source=name, problems=problems)]
    return _other_lines(Path(file).read_bytes() if raw is None else raw, name, problems)


def _other_lines(raw: bytes, name: str, problems: Iterable[Problem]) -> Sequence[Document | Entry]:
    """The lines without fault as documents, and those with problems as entries, in their order."""
    bad: dict[int, list[Problem]] = {}
    for problem in problems:
        bad.setdefault(problem.location.line, []).append(problem)
    # Blank lines keep the numbers of the others.
    kept = [b"" if at in bad else line for at, line in enumerate(raw.split(b"\n"), start=1)]
    found: dict[int, Document | Entry] = {
        line: Entry(source=name, problems=tuple(own)) for line, own in bad.items()
    }
    if any(line.strip() for line in kept):
        documents = read_bytes(b"\n".join(kept), name, kind="jsonl")
        found |= {document.locate(()).line: document for document in documents}
    return [found[line] for line in sorted(found)]


def read_source(file: str, *, kind: Kind = "yaml") -> tuple[Document, ...]:
    """The documents of a file or of the standard input.

    Args:
        file: A path; `-` is the standard input.
        kind: What the standard input holds.

    Raises:
        DocumentError: With every problem found.
    """
    if file == STDIN:
        return read_bytes(sys.stdin.buffer.read(), STDIN_NAME, kind=kind)
    return read_file(Path(file))


def _entries(document: Document, knowledge: Knowledge, *, in_lines: bool) -> Iterator[Entry]:
    if in_lines and isinstance(document.data, dict) and "cases" not in document.data:
        yield _line(document, document.data, knowledge)
        return
    try:
        readings = load_each_case(document, knowledge)
    except DocumentError as error:
        yield Entry(source=document.name, problems=error.problems)
        return
    for at, reading in enumerate(readings):
        golden = None if reading.case is None else _golden(document, at, knowledge)
        yield Entry(
            source=document.name,
            id=reading.id,
            case=reading.case,
            problems=reading.problems,
            official=golden.official if isinstance(golden, GoldenCase) else None,
        )


def _line(document: Document, data: dict[str, object], knowledge: Knowledge) -> Entry:
    """Line = case, in braces, on a line of its own; it may say its `format`."""
    place = document.locate(())
    given = {key: value for key, value in data.items() if key != "format"}
    found = data.get("id")
    name = found if isinstance(found, str) else None
    if str(data.get("format", FORMAT)) != FORMAT:
        details = {"found": str(data["format"]), "known": FORMAT}
        problem = Problem("format-unknown", document.locate(("format",)), details)
        return Entry(source=document.name, id=name, problems=(problem,))
    try:
        case = case_from_plain(given, knowledge, name=f"{document.name}:{place.line}")
    except CaseError as error:
        return Entry(source=document.name, id=name, problems=error.problems)
    return Entry(source=document.name, id=name, case=case)


@attrs.frozen(kw_only=True)
class FoundGoldens:
    """What a document of golden cases holds.

    Attributes:
        cases: Its golden cases.
        matters: Its golden matters.
        bad: Those of both that cannot be run.
    """

    cases: tuple[GoldenCase, ...] = ()
    matters: tuple[GoldenMatter, ...] = ()
    bad: tuple[BadGolden, ...] = ()


def read_goldens(document: Document, knowledge: Knowledge) -> FoundGoldens:
    """The golden cases and matters of a document, and those that cannot be run.

    Args:
        document: A document of the kind `golden`.
        knowledge: What the cases may name.

    Raises:
        DocumentError: If what stands around the cases is wrong.
    """
    try:
        matters = load_golden_matters(document, knowledge)
        return FoundGoldens(cases=load_golden(document, knowledge), matters=matters)
    except DocumentError as error:
        all_problems = error.problems
    data = document.data if isinstance(document.data, dict) else {}
    readings = load_each_case(document, knowledge)
    cases = len(data.get("cases", ()))
    good: list[GoldenCase | GoldenMatter] = []
    bad: list[BadGolden] = []
    for number, reading in enumerate(readings):
        key, at = ("cases", number) if number < cases else ("matters", number - cases)
        golden = _golden(document, at, knowledge, key)
        if isinstance(golden, tuple):
            path = f"$.{key}[{at}]"
            own = tuple(p for p in all_problems if _is_inside(p.location.path, path))
            bad.append(BadGolden(id=reading.id, problems=own or golden))
        else:
            # Alone in its document it stood elsewhere.
            good.append(attrs.evolve(golden, location=reading.location))
    return FoundGoldens(
        cases=tuple(one for one in good if isinstance(one, GoldenCase)),
        matters=tuple(one for one in good if isinstance(one, GoldenMatter)),
        bad=tuple(bad),
    )


def _is_inside(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))


def _golden(
    document: Document, at: int, knowledge: Knowledge, key: str = "cases"
) -> GoldenCase | GoldenMatter | tuple[Problem, ...]:
    """One entry of a golden document, or its problems; of any other document none."""
    data = document.data
    if not isinstance(data, dict) or data.get("document") != "golden":
        return ()
    alone = Document(document.name, {**data, "cases": [], "matters": [], key: [data[key][at]]})
    try:
        load = load_golden if key == "cases" else load_golden_matters
        return load(alone, knowledge)[0]
    except DocumentError as error:
        return error.problems


def pick(entries: Iterable[Entry], wanted: Sequence[str]) -> Iterator[Entry]:
    """The entries of the ids wanted, or all; files that cannot be read are always among them.

    Args:
        entries: All entries.
        wanted: Ids; none means all.

    Raises:
        UnknownNameError: If an id is found nowhere.
    """
    seen: set[str] = set()
    for entry in entries:
        if entry.id is not None:
            seen.add(entry.id)
        if not wanted or entry.id is None or entry.id in wanted:
            yield entry
    for name in wanted:
        if name not in seen:
            raise UnknownNameError("case", name, nearest(name, seen))


def files_in(path: Path) -> tuple[Path, ...]:
    """The documents of a folder and all below it, or the file itself.

    Folders whose names begin with `_` or `.` are templates and the like, and passed over; so are
    hidden files, such as the answers of a template.
    """
    if not path.is_dir():
        return (path,)
    return tuple(
        file
        for file in sorted(path.rglob("*"))
        if file.suffix.lower() in _SUFFIXES
        and file.is_file()
        and not file.name.startswith(".")
        and not any(part[0] in "_." for part in file.relative_to(path).parts[:-1])
    )
