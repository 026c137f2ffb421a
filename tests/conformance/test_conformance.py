"""Every case of the suite, by the library and by the reference, and the files themselves."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bizrules._yaml import read_file
from bizrules.values import Plain
from conformance import library, reference, suite

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
PAGES = (ROOT / "docs/reference/conformance.md", ROOT / "docs/explanation/semantics.md")
ITEMS = suite.items()
VALIDATOR = jsonschema.Draft202012Validator(
    json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_library(item: suite.Item) -> None:
    """The library finds what the case of the suite expects."""
    found = library.evaluate(item)
    assert not list(suite.differences(item.expect, found)), item.shows


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_reference(item: suite.Item) -> None:
    """The reference finds what the case of the suite expects."""
    found = reference.answer(item.world, item.cases, is_matter=item.is_matter, **item.options)
    assert not list(suite.differences(item.expect, found)), item.shows


class TestFiles:
    """The files can be read, and mean the same, without our code."""

    @pytest.mark.parametrize("path", suite.topics(), ids=lambda path: path.stem)
    def test_schema(self, path: Path) -> None:
        """A file of the suite is valid by its schema, and its topic is its name."""
        data = suite.read(path)
        VALIDATOR.validate(data)
        assert data["topic"] == path.stem

    @pytest.mark.parametrize("path", suite.topics(), ids=lambda path: path.stem)
    def test_one_meaning(self, path: Path) -> None:
        """What one reader of YAML takes for a date or a truth value, no other takes for text.

        The library's reader gives no types; an unquoted scalar must look like the JSON it is.
        """
        (document,) = read_file(path)
        assert as_json(document.data) == suite.read(path)

    def test_schema_is_one(self) -> None:
        """The schema is a schema."""
        VALIDATOR.check_schema(VALIDATOR.schema)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"level": "everything"},
            {"cases": []},
            {"world": [{"format": 1, "document": "cases", "id": "x"}]},
            {
                "cases": [
                    {"id": "x", "shows": "no full stop", "case": {}, "expect": {"grade": None}}
                ]
            },
            {"cases": [{"id": "x", "shows": "A.", "case": {}, "expect": {"grades": "exempt"}}]},
            {"cases": [{"id": "x", "shows": "A.", "case": {}, "matter": [{}], "expect": {}}]},
            {"cases": [{"id": "x", "shows": "A.", "expect": {"grade": "exempt"}}]},
        ],
    )
    def test_schema_refuses(self, wrong: dict[str, Any]) -> None:
        """The schema refuses what no runner could compare."""
        good = suite.read(suite.TOPICS / "reach.yaml")
        assert not VALIDATOR.is_valid({**good, **wrong})

    def test_each_shows_something_else(self) -> None:
        """Every case has its own sentence, and its own id within the file."""
        sentences = Counter(item.shows for item in ITEMS)
        names = Counter((item.topic, item.id) for item in ITEMS)
        assert [name for name, count in (*sentences.items(), *names.items()) if count > 1] == []
        assert len(ITEMS) >= 300

    def test_levels(self) -> None:
        """Every level has cases, and the reference covers all of them."""
        assert {item.level for item in ITEMS} == set(suite.LEVELS) == reference.LEVELS


class TestReference:
    """The reference owes nothing to the library."""

    def test_imports(self) -> None:
        """It imports the standard library, the official calendar and itself."""
        own = FOLDER / "reference"
        imported = {name for path in own.glob("*.py") for name in _imports(path)}
        assert {name.partition(".")[0] for name in imported} <= {*_STANDARD, *_ITS_OWN}
        ours = {name for name in imported if name.startswith("conformance")}
        assert all(name.startswith("conformance.reference") for name in ours)

    def test_notices(self) -> None:
        """A case with another expectation fails by both: the comparison compares."""
        item = next(one for one in ITEMS if one.id == "shall-exempt")
        wrong = {**item.expect, "grade": "ordinary"}
        for found in (
            library.evaluate(item),
            reference.evaluate(list(item.world), item.cases[0]),
        ):
            (difference,) = suite.differences(wrong, found)
            assert difference == "$.grade: expected 'ordinary', found 'exempt'"


class TestComparison:
    """Of a mapping only what is expected counts; a list counts as a whole."""

    @pytest.mark.parametrize(
        ("expected", "found", "same"),
        [
            ({"a": 1}, {"a": 1, "b": 2}, True),
            ({"a": 1}, {"b": 1}, False),
            ({"a": {"b": []}}, {"a": {"b": []}}, True),
            ([{"a": 1}], [{"a": 1, "b": 2}], True),
            ([{"a": 1}], [{"a": 1}, {"a": 1}], False),
            ([1, 2], [2, 1], False),
            ([], None, False),
            ({"a": None}, {"a": None}, True),
            ({"a": None}, {}, False),
            (1, True, False),
            (0.5, 0.5, True),
            (1, 1.0, True),
        ],
    )
    def test_differences(self, expected: object, found: object, same: bool) -> None:
        """As the format page says."""
        assert (list(suite.differences(expected, found)) == []) is same


class TestPages:
    """The pages name cases that are there."""

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
    def test_cases_named(self, page: Path) -> None:
        """Every `topic/case` on the page is one of the suite."""
        names = {f"{item.topic}/{item.id}" for item in ITEMS}
        topics = "|".join(path.stem for path in suite.topics())
        named = set(re.findall(rf"`((?:{topics})/[a-z0-9-]+)`", page.read_text(encoding="utf-8")))
        assert named
        assert named <= names

    def test_every_topic_is_explained(self) -> None:
        """Every topic is named on the page about the semantics, and on that about the format."""
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            assert [path.stem for path in suite.topics() if path.stem not in text] == []


_ITS_OWN = ("chinese_calendar", "conformance")
_STANDARD = frozenset(
    [
        "collections",
        "dataclasses",
        "datetime",
        "fractions",
        "functools",
        "itertools",
        "math",
        "typing",
    ]
)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def as_json(data: object) -> Any:  # noqa: ANN401 - JSON has no better type
    """The data in which each unquoted scalar is the JSON that it looks like."""
    if isinstance(data, dict):
        return {str(key): as_json(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_json(value) for value in data]
    if isinstance(data, Plain):
        try:
            return json.loads(data)
        except json.JSONDecodeError:
            return str(data)
    return data
