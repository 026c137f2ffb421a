"""`bizrules check` and `bizrules schema`."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from bizrules import engine as engines
from bizrules.cli import _check
from bizrules.plugins import Plugin
from cli.running import BAD, EXEMPT, SMALL, Call, case_file

RULES = """
format: 1
document: ruleset
id: {id}
version: "1"
title: {zh: 规则, en: rules}
region: "530103"
instrument: {name: 行政处罚法, level: law, kind: statute}
rules:
  - id: "1"
    title: {zh: 甲, en: a}
    ground: minor
    permits: [exempt]
    modality: may
    departments: [{department}]
    when: [{fact}]
    cite: [{law: 行政处罚法, article: {article}}]
"""


@pytest.fixture
def rules(tmp_path: Path) -> Callable[..., Path]:
    """Writes a ruleset, sound unless told otherwise."""

    def write(
        name: str = "rules.yaml",
        *,
        folder: Path | None = None,
        fact: str = "minor",
        article: str = "33",
        department: str = "elsewhere",
    ) -> Path:
        path = (folder or tmp_path) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = RULES.replace("{id}", f"more.{path.stem}").replace("{fact}", fact)
        text = text.replace("{article}", article).replace("{department}", department)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_sound_document(call: Call, rules: Callable[..., Path]) -> None:
    """Nothing to say is one line and status 0."""
    result = call("check", rules(), "--lang", "en")
    assert result.out == "files checked: 1; errors: 0; warnings: 0\n"
    assert result.status == 0


def test_errors(call: Call, rules: Callable[..., Path]) -> None:
    """What loading refuses has its place, its code and help, in either language."""
    path = rules(fact="minir")
    result = call("check", path, "--lang", "en")
    assert f"{path}:16:12: error [unknown-fact] unknown fact `minir`" in result.out
    assert "help: did you mean `minor`?" in result.out
    assert result.lines[-1] == "files checked: 1; errors: 1; warnings: 0"
    assert result.status == 1
    assert "未知的事实" in call("check", path).out


def test_citations_are_checked(call: Call, rules: Callable[..., Path]) -> None:
    """An article that the law does not have is an error."""
    result = call("check", rules(article="999"))
    assert "[no-such-article]" in result.out
    assert result.status == 1


def test_warnings_fail_only_when_strict(call: Call, rules: Callable[..., Path]) -> None:
    """A department that no violation names deserves attention."""
    path = rules(department="nowhere")
    result = call("check", path, "--lang", "en")
    assert "warning [unknown-department]" in result.out
    assert result.status == 0
    assert call("check", path, "--strict").status == 1


def test_json(call: Call, rules: Callable[..., Path]) -> None:
    """JSON carries the problems and the counts."""
    result = call("check", rules(fact="minir"), "--format", "json", "--lang", "en")
    found = json.loads(result.out)
    assert (found["files"], found["errors"], found["warnings"]) == (1, 1, 0)
    (problem,) = found["problems"]
    assert (problem["code"], problem["line"], problem["column"]) == ("unknown-fact", 16, 12)
    assert problem["text"] == "unknown fact `minir`"
    assert problem["help"] == "did you mean `minor`?"
    assert result.status == 1


def test_case_files(call: Call, tmp_path: Path) -> None:
    """Case files are checked against what is known, also those with a case a line."""
    path = tmp_path / "cases.yaml"
    path.write_text(case_file(EXEMPT, BAD), encoding="utf-8")
    lines = tmp_path / "cases.jsonl"
    lines.write_text('{"id": "l", "region": "999999", "violation": "stall.street"}')
    result = call("check", path, lines, "--lang", "en")
    assert "[negative-money]" in result.out
    assert "[unknown-region]" in result.out
    assert result.lines[-1] == "files checked: 2; errors: 3; warnings: 0"


def test_cases_rest_on_rules_beside_them(call: Call, rules: Callable[..., Path]) -> None:
    """All files of a folder are checked together."""
    path = rules()
    (path.parent / "cases.yaml").write_text(case_file(EXEMPT), encoding="utf-8")
    (path.parent / "_template").mkdir()
    (path.parent / "_template" / "bad.yaml").write_text("{", encoding="utf-8")
    (path.parent / "notes.txt").write_text("no document", encoding="utf-8")
    assert call("check", path.parent, "--lang", "en").lines[-1].startswith("files checked: 2;")


def test_what_is_no_document(call: Call, tmp_path: Path) -> None:
    """A missing file and a list are problems, not accidents."""
    path = tmp_path / "list.yaml"
    path.write_text("[1]", encoding="utf-8")
    result = call("check", path, tmp_path / "none.yaml", "--lang", "en")
    assert "[wrong-shape]" in result.out
    assert "[file-unreadable]" in result.out
    assert result.status == 1


def test_documents_of_the_library(call: Call) -> None:
    """Its own documents are checked in their place instead of being there twice."""
    result = call("check", SMALL, "--lang", "en")
    assert result.lines[-1].startswith("files checked: 6; errors: 0;")
    assert "[duplicate-id]" not in result.out
    (warned,) = [line for line in call("check", SMALL / "violations.yaml").lines if "[" in line]
    assert "[unchecked-fine]" in warned
    assert call("check", SMALL / "vocabulary.yaml", "--strict").status == 0


def test_broken_document_of_the_library(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in one document is reported wherever it shows."""
    for file in SMALL.iterdir():
        text = file.read_text(encoding="utf-8").replace("  minor:\n", "  minir:\n")
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(_check, "core_rulesets", lambda: tmp_path)
    result = call("check", tmp_path / "vocabulary.yaml", "--lang", "en")
    assert "law.yaml" in result.out
    assert "[unknown-fact]" in result.out
    assert result.status == 1


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installed package."""
    folder = tmp_path / "package"
    plugin = Plugin(name="package", version="1", region="530103", documents=(folder,))
    for module in (engines, _check):
        monkeypatch.setattr(module, "installed_plugins", lambda: (plugin,))
    return folder


def test_a_ruleset_for_another_place(call: Call, rules: Callable[..., Path], package: Path) -> None:
    """A ruleset outside the region of its package is named with its place."""
    path = rules("own.yaml", folder=package)
    path.write_text(path.read_text(encoding="utf-8").replace('"530103"', '"530112"'), "utf-8")
    result = call("check", package, "--lang", "en")
    assert result.status == 1
    assert "error [foreign-region] the ruleset is for 530112, outside the region" in result.out
    assert f"{path}:" in result.out


def test_documents_of_a_package(call: Call, rules: Callable[..., Path], package: Path) -> None:
    """Those of an installed package are checked as its own."""
    path = rules("own.yaml", folder=package)
    vocabulary = package / "facts.yaml"
    text = "format: 1\ndocument: vocabulary\nid: package.facts\nprefix: package\nfacts:\n"
    one = "  package.seen: {kind: boolean, label: {zh: 见过, en: seen}}\n"
    vocabulary.write_text(text + one, encoding="utf-8")
    result = call("check", path, "--lang", "en")
    assert result.out == "files checked: 1; errors: 0; warnings: 0\n"
    assert "[unread-fact]" in call("check", package).out


def test_broken_package(call: Call, rules: Callable[..., Path], package: Path) -> None:
    """What rests on a broken package is not checked."""
    path = rules("own.yaml", folder=package, fact="minir")
    other = rules(article="999")
    result = call("check", path, other)
    assert "[unknown-fact]" in result.out
    assert "[no-such-article]" not in result.out
    assert "[no-such-article]" in call("check", other, "--no-plugins").out


def test_package_that_is_not_asked_about(
    call: Call, rules: Callable[..., Path], package: Path
) -> None:
    """A broken package that others need is an error of its own."""
    rules("own.yaml", folder=package, fact="minir")
    result = call("check", rules(), "--lang", "en")
    assert result.status == 1
    assert "[unknown-fact]" in result.err


def test_rulesets_to_rest_on(call: Call, rules: Callable[..., Path], tmp_path: Path) -> None:
    """`--rulesets` are known, but not checked unless they are given too."""
    base = rules("base.yaml", folder=tmp_path / "base", article="999")
    other = rules()
    assert call("check", other, "--rulesets", base).status == 0
    cases = tmp_path / "cases.yaml"
    cases.write_text(case_file(EXEMPT), encoding="utf-8")
    assert call("check", cases, "--rulesets", base.parent).status == 0


@pytest.mark.parametrize("kind", ["vocabulary", "violations", "ruleset", "cases", "golden"])
def test_schema(call: Call, kind: str) -> None:
    """Each kind of document has a schema that is one."""
    schema = json.loads(call("schema", kind).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["document"] == {"const": kind}


def test_schema_names_facts(call: Call) -> None:
    """With `--facts` an editor can offer every name."""
    assert "stall_area" not in call("schema", "ruleset").out
    assert "stall_area" in call("schema", "ruleset", "--facts").out


def test_what_documents_rest_on_comes_from_the_cache(
    call: Call, rules: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library is not read again for a document outside of it, and problems say the same."""
    path = rules(folder=tmp_path / "mine", fact="minro")
    expected = call("check", path)
    monkeypatch.setenv("BIZRULES_NO_CACHE", "0")
    monkeypatch.setenv("BIZRULES_CACHE_DIR", str(tmp_path / "cache"))
    assert call("check", path) == expected

    def read_again() -> None:
        pytest.fail("the library was read again")

    monkeypatch.setattr(engines, "_core_knowledge", read_again)
    assert call("check", path) == expected
    assert "minor" in expected.out
    twice = tmp_path / "mine" / "twice.yaml"
    (own,) = [
        one for one in SMALL.rglob("*.yaml") if "document: vocabulary" in one.read_text("utf-8")
    ]
    twice.write_bytes(own.read_bytes())
    assert str(own) in call("check", twice).out
