"""Good documents load; of bad ones every fault is reported with code and place."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest

from bizrules import documents
from bizrules._structure import structure
from bizrules._tree import Document
from bizrules._yaml import read_file
from bizrules.checking import check_paths
from bizrules.documents import KINDS
from bizrules.errors import DocumentError, Problem
from bizrules.loading import Knowledge, load_cases, load_documents
from bizrules.schemas import schema_for

FOLDER = Path(__file__).parents[1] / "documents"
GOOD = sorted(path for path in (FOLDER / "good").iterdir() if path.stem != "cases")
BAD = sorted(path for path in (FOLDER / "bad").iterdir() if ".expected" not in path.suffixes)


@pytest.fixture(scope="module")
def good() -> Knowledge:
    """Everything that the good documents declare."""
    return load_documents(GOOD)


def problems_of(path: Path, base: Knowledge) -> Iterator[Problem]:
    """Everything that reading and checking say about a file."""
    try:
        found = read_file(path)
    except DocumentError as error:
        yield from error.problems
        return
    for document in found:
        if isinstance(document.data, dict) and document.data.get("document", "cases") == "cases":
            try:
                load_cases(document, base)
            except DocumentError as error:
                yield from error.problems
        else:
            yield from check_paths([document], base)


@attrs.frozen(kw_only=True)
class Expected:
    """One problem that a bad document has."""

    code: str
    line: int
    column: int


def expected_of(path: Path) -> list[Expected]:
    """The problems expected of a bad document, from the file beside it."""
    (document,) = read_file(path.with_name(f"{path.stem}.expected.yaml"))
    return list(structure(document, tuple[Expected, ...]))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_fault_is_reported_with_code_and_place(path: Path, good: Knowledge) -> None:
    """A bad document yields the problems expected of it, at their line and column."""
    found = [
        Expected(code=problem.code, line=problem.location.line, column=problem.location.column)
        for problem in problems_of(path, good)
    ]
    assert found == expected_of(path)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_fault_has_a_message_and_help(path: Path, lang: str, good: Knowledge) -> None:
    """Each problem says in both languages what is wrong and what to do."""
    for problem in problems_of(path, good):
        for text in (problem.text(lang), problem.help(lang)):
            assert text.strip()
            assert "{" not in re.sub(r"`[^`]*`", "", text)
            assert "\n" not in text
        assert str(path) == problem.location.source


def test_every_bad_document_says_what_is_expected() -> None:
    """No expectation is without its document, and none is empty."""
    names = {path.stem for path in BAD}
    expectations = {path.name.partition(".")[0] for path in (FOLDER / "bad").glob("*.expected.*")}
    assert names == expectations
    assert all(expected_of(path) for path in BAD)


def test_good_documents_have_nothing_to_report() -> None:
    """The good documents load together without error and without warning."""
    assert check_paths(GOOD) == ()


@pytest.mark.parametrize("name", ["cases.yaml", "cases.json"])
def test_good_cases_are_read(name: str, good: Knowledge) -> None:
    """The good case files have cases and no problem."""
    (document,) = read_file(FOLDER / "good" / name)
    assert load_cases(document, good)


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    """A file of 50 MB is refused for its size."""
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    (problem,) = check_paths([path])
    assert problem.code == "document-too-large"
    assert problem.location.source == str(path)


def test_a_folder_is_read_with_everything_in_it(tmp_path: Path) -> None:
    """Of a folder all YAML and JSON files are read, whatever their depth; others are not."""
    (tmp_path / "deep").mkdir()
    text = "format: 1\ndocument: vocabulary\nid: %s\nfacts:\n  %s: {kind: text, label: %s}\n"
    label = "{zh: 甲, en: A}"
    (tmp_path / "one.yaml").write_text(text % ("one", "a", label), encoding="utf-8")
    (tmp_path / "deep" / "two.yml").write_text(text % ("two", "b", label), encoding="utf-8")
    (tmp_path / "README.md").write_text("# not a document", encoding="utf-8")
    assert set(load_documents([str(tmp_path)]).vocabulary.facts) == {"a", "b"}


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    """A path that leads nowhere is reported like any other fault."""
    (problem,) = check_paths([tmp_path / "none.yaml"])
    assert problem.code == "file-unreadable"


def test_the_order_of_documents_has_no_meaning() -> None:
    """Documents may come in any order."""
    forward, backward = load_documents(GOOD), load_documents(reversed(GOOD))
    assert forward.rulesets == backward.rulesets
    assert forward.violations == backward.violations
    assert dict(forward.vocabulary.facts) == dict(backward.vocabulary.facts)
    assert forward.digests == backward.digests


def _classes() -> list[type]:
    found = [cls for _, cls in inspect.getmembers(documents, inspect.isclass)]
    return [cls for cls in found if attrs.has(cls)]


@pytest.mark.parametrize("cls", _classes(), ids=lambda cls: cls.__name__)
def test_every_key_is_explained(cls: type[Any]) -> None:
    """Each document class, or the one it extends, has a line for every key, in order."""
    docs = "\n".join(base.__doc__ or "" for base in reversed(cls.__mro__) if attrs.has(base))
    named = re.findall(r"^        (\w+): ", docs, flags=re.MULTILINE)
    assert named == [field.name for field in attrs.fields(cls)]


def test_the_page_of_the_formats_names_every_key() -> None:
    """Every key of every document class stands on the page of the formats."""
    page = (FOLDER.parents[1] / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    keys = {field.name.rstrip("_") for cls in _classes() for field in attrs.fields(cls)}
    assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()


def test_the_page_of_the_formats_says_what_is_required() -> None:
    """Every mapping of the documents stands in the table with exactly the keys it must have."""
    page = (FOLDER.parents[1] / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+)[^|]*\| (`[^|;]*?)(?:;[^|]*)? \|$", page, flags=re.MULTILINE)
    said = {name: re.findall(r"`(\w+)`", keys) for name, keys in rows}
    known: dict[str, list[str]] = {}
    for kind in KINDS:
        schema = schema_for(kind)
        known |= {
            name: part["required"] for name, part in schema["$defs"].items() if "required" in part
        }
        known[kind] = schema["required"]
    # Conditions have their own section.
    for name in ("per", "share", "sum"):
        del known[name]
    assert {name: said.get(name) for name in known} == known


def test_every_kind_of_document_has_its_class() -> None:
    """The kinds are those of the union of documents."""
    assert set(KINDS.values()) == set(get_args(documents.AnyDocument))


@pytest.mark.parametrize("data", ["text", ["format"], None])
def test_data_that_are_no_mapping_are_refused(data: object) -> None:
    """A document from Python must be a mapping too."""
    with pytest.raises(DocumentError) as caught:
        load_documents([Document("python", data)])
    assert [problem.code for problem in caught.value.problems] == ["wrong-shape"]
