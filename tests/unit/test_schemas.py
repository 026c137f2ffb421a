"""The JSON Schemas agree with the documents."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bizrules._yaml import read_file
from bizrules.documents import KINDS
from bizrules.errors import DocumentError
from bizrules.loading import Knowledge, load_documents
from bizrules.schemas import render, schema_for, shipped, write_schemas
from bizrules.values import Plain

FOLDER = Path(__file__).parents[1] / "documents"
GOOD = sorted((FOLDER / "good").iterdir())
# Bad documents whose fault is one of shape; the others need to know names and laws.
SHAPES = (
    "unknown-key",
    "missing-keys",
    "missing-format",
    "unknown-format",
    "vocabulary-shape",
    "violation-parts",
    "no-cases-key",
)


def as_editors_see_it(data: object) -> Any:  # noqa: ANN401 - JSON has no better type
    """Data in which unquoted scalars have the types that YAML 1.2 gives them."""
    if isinstance(data, dict):
        return {str(key): as_editors_see_it(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_editors_see_it(value) for value in data]
    if isinstance(data, Plain):
        if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", data):
            return json.loads(data)
        return {"true": True, "false": False}.get(data, str(data))
    return data


def validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """A validator of the schema, which must be one itself."""
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def data_of(path: Path) -> Any:  # noqa: ANN401 - JSON has no better type
    """The content of a document as an editor sees it."""
    (document,) = read_file(path)
    return as_editors_see_it(document.data)


@pytest.fixture(scope="module")
def good() -> Knowledge:
    """Everything that the good documents declare."""
    return load_documents([path for path in GOOD if path.stem != "cases"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_schema_is_up_to_date(kind: str) -> None:
    """The schema in the package is the one that the document classes yield.

    If not, `bizrules.schemas.write_schemas` writes it anew.
    """
    assert shipped(kind) == render(kind)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_documents_are_valid(path: Path) -> None:
    """Every good document is valid by the schema of its kind."""
    data = data_of(path)
    validator(schema_for(data.get("document", "cases"))).validate(data)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_documents_are_valid_with_a_vocabulary(path: Path, good: Knowledge) -> None:
    """They are valid too where the schema lists the facts."""
    data = data_of(path)
    schema = schema_for(data.get("document", "cases"), good.vocabulary)
    validator(schema).validate(data)


@pytest.mark.parametrize("name", SHAPES)
def test_documents_of_wrong_shape_are_not_valid(name: str) -> None:
    """What loading refuses for its shape the schema refuses too."""
    data = data_of(FOLDER / "bad" / f"{name}.yaml")
    kind = data.get("document", "cases")
    assert not validator(schema_for(kind)).is_valid(data)


@pytest.mark.parametrize(
    "when",
    [
        [],
        {},
        {"any": []},
        {"at_least": {"many": ["a"]}},
        {"at_least": {"2": ["a"], "3": ["b"]}},
        {"harm": {"at_mst": "slight"}},
        {"harm": {"between": [1]}},
        {"goods_value": {"below": {"times": 2}}},
        {"goods_value": {"below": {"times": 2, "percent": 3, "of": "x"}}},
        {"sum": ["a"]},
        {"per": "goods_kind"},
        {"per": "goods_kind", "kinds": {}},
        {"all": "minor"},
        5,
    ],
)
def test_conditions_of_wrong_shape_are_not_valid(when: object) -> None:
    """A condition that has no form of the page is refused."""
    schema = schema_for("ruleset")
    condition = {
        "$schema": schema["$schema"],
        "$ref": "#/$defs/condition",
        "$defs": schema["$defs"],
    }
    assert not validator(condition).is_valid(when)


@pytest.mark.parametrize(
    ("when", "valid"),
    [
        ("minor", True),
        ({"harm": "slight"}, True),
        ({"harm": "sligt"}, False),
        ({"harm": {"at_most": "slight"}}, True),
        ({"harm": {"contains": ["slight"]}}, False),
        ({"zones": {"contains": ["farmland"]}}, True),
        ({"zones": "farmland"}, False),
        ({"goods_value": {"below": 500}}, True),
        ({"goods_value": {"below": "500 yuan"}}, True),
        ({"timely": False}, True),
        ({"timely": "x"}, False),
        ({"sum": ["wages_owed", "wrong"], "below": 3}, False),
    ],
)
def test_a_vocabulary_sharpens_conditions(when: object, valid: bool, good: Knowledge) -> None:
    """With a vocabulary the schema knows the choices of facts and the tests that fit."""
    schema = schema_for("ruleset", good.vocabulary)
    condition = {
        "$schema": schema["$schema"],
        "$ref": "#/$defs/condition",
        "$defs": schema["$defs"],
    }
    assert validator(condition).is_valid(when) is valid


def test_only_golden_cases_expect() -> None:
    """A plain case may not say what must come out of it."""
    data = data_of(FOLDER / "good" / "golden.yaml")
    assert not validator(schema_for("cases")).is_valid({**data, "document": "cases"})


def test_keys_are_explained() -> None:
    """An editor can show what a key means."""
    schema = schema_for("ruleset")
    assert schema["properties"]["checked_on"]["description"] == (
        "Day on which its content was last compared with the source."
    )
    rule = schema["$defs"]["rule"]["properties"]
    assert "compulsion only" in rule["measures"]["description"]
    assert rule["modality"]["enum"] == ["shall", "may"]


def test_levels_are_written_in_words() -> None:
    """Ranked members are offered by the words that documents use."""
    level = schema_for("ruleset")["$defs"]["instrument"]["properties"]["level"]
    assert "administrative_regulation" in level["enum"]


def test_nothing_is_described_that_is_not_used() -> None:
    """A schema holds only the definitions it needs."""
    assert "condition" not in schema_for("vocabulary")["$defs"]
    assert "condition" not in schema_for("cases")["$defs"]


def test_schemas_are_written(tmp_path: Path) -> None:
    """All schemas are written into a folder, which is made if need be."""
    write_schemas(tmp_path / "schemas")
    assert {path.stem for path in (tmp_path / "schemas").iterdir()} == set(KINDS)


def test_other_kinds_have_no_schema() -> None:
    """Only kinds of documents have a schema."""
    with pytest.raises(KeyError):
        schema_for("nothing")


def test_wrong_shapes_are_refused_by_loading_too() -> None:
    """The documents taken for wrong shapes are refused by loading."""
    for name in ("unknown-key", "missing-keys", "vocabulary-shape"):
        with pytest.raises(DocumentError):
            load_documents([FOLDER / "bad" / f"{name}.yaml"])
