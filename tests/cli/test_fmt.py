"""`bizrules fmt` and `bizrules schema --wire`."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from bizrules.cli import _extras
from cli.running import EXEMPT, Call, case_file

ODD = "format: 1\ncases:\n- violation: stall.street\n  region: '530103'\n  id: a  # 甲\n"
EVEN = "format: 1\ncases:\n  - id: a  # 甲\n    region: '530103'\n    violation: stall.street\n"
BAD = "format: 1\ncases:\n  - id: a\n    regoin: '530103'\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A document out of the layout, one in it, one with problems, and other files."""
    for name, text in {
        "odd.yaml": ODD,
        "even.yaml": EVEN,
        "bad.yaml": BAD,
        "other.yaml": "steps: [a,    b]\n",
        "data.json": "{}",
        ".hidden/odd.yaml": ODD,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def texts(folder: Path) -> dict[str, str]:
    """The files of a folder with their texts."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(one.relative_to(folder)): one.read_text(encoding="utf-8") for one in files}


def test_fmt(call: Call, folder: Path) -> None:
    """What is out of the layout is changed, what has problems is told of and left alone."""
    before = texts(folder)
    result = call("fmt", folder, "--lang", "en")
    assert result.status == 1
    assert result.lines == [f"laid out: {folder / 'odd.yaml'}"]
    assert f"{folder / 'bad.yaml'}:4:5: error [unknown-key]" in result.err
    assert result.err.splitlines()[-1] == (
        "documents: 3; changed: 1; left alone because of problems: 1"
    )
    assert texts(folder) == {**before, "odd.yaml": EVEN}


def test_check_and_diff_write_nothing(call: Call, folder: Path) -> None:
    """`--check` names what is out of the layout and fails; `--diff` shows what would change."""
    (folder / "bad.yaml").unlink()
    before = texts(folder)
    result = call("fmt", "--check", folder, "--lang", "en")
    assert (result.status, result.lines) == (1, [f"not laid out: {folder / 'odd.yaml'}"])
    result = call("fmt", "--diff", folder, "--lang", "en")
    assert result.status == 0
    assert {"-- violation: stall.street", "+  - id: a  # 甲"} <= set(result.lines)
    assert texts(folder) == before
    assert call("fmt", "--check", folder / "even.yaml").status == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: "\ufeff" + text, "byte order mark"),
        (lambda text: text.replace("\n", "\r\n"), "line ends become"),
        (lambda text: text.rstrip("\n"), "last line gets"),
    ],
)
def test_differences_that_no_line_shows(
    call: Call, tmp_path: Path, change: Callable[[str], str], told: str
) -> None:
    """A file that is out of the layout by what cannot be seen is told of in words."""
    file = tmp_path / "a.yaml"
    file.write_bytes(change(EVEN).encode())
    result = call("fmt", "--diff", file, "--lang", "en")
    (line,) = result.lines
    assert line.startswith(f"{file}: ")
    assert told in line
    assert result.status == 0
    assert call("fmt", "--check", "--diff", file).status == 1
    call("fmt", file)
    assert file.read_text(encoding="utf-8") == EVEN
    assert call("fmt", "--diff", file).lines == []


def test_without_a_path(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path it is the current folder."""
    monkeypatch.chdir(folder)
    assert call("fmt", "--check").lines == ["版式不符：odd.yaml"]


def test_a_file_named_must_be_a_document(call: Call, folder: Path) -> None:
    """A file that is named is not passed over."""
    assert "[format-missing]" in call("fmt", folder / "other.yaml").err
    assert "[file-unreadable]" in call("fmt", folder / "data.json").err
    assert "[file-unreadable]" in call("fmt", folder / "nothing.yaml").err


def test_missing_extra(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who lacks the extra is told what to install; an error of ours is no missing extra."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(_extras, "import_module", lambda _name: missing("ruamel"))
    result = call("fmt", tmp_path, "--lang", "en")
    assert result.status == 1
    assert "pip install 'bizrules[kit]'" in result.err
    monkeypatch.setattr(_extras, "import_module", lambda _name: missing("bizrules.nothing"))
    with pytest.raises(ModuleNotFoundError):
        call("fmt", tmp_path)


def test_wire(call: Call, tmp_path: Path) -> None:
    """All schemas are written beside the project file, and every document names its own."""
    rulesets = tmp_path / "src" / "rulesets"
    rulesets.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    (rulesets / "cases.yaml").write_text(case_file(EXEMPT), encoding="utf-8")
    facts = "format: 1\ndocument: vocabulary\nid: more\nprefix: more\nfacts:\n"
    facts += "  more.sold: {kind: boolean, label: {zh: 已售出, en: sold}}\n"
    (rulesets / "facts.yaml").write_text(facts, encoding="utf-8")
    (rulesets / "other.yaml").write_text("a: 1\n", encoding="utf-8")
    result = call("schema", "--wire", rulesets, "--lang", "en")
    assert result.status == 0
    assert result.out.endswith("documents that name theirs: 2; changed: 2\n")
    schemas = tmp_path / ".schemas"
    assert sorted(one.name for one in schemas.iterdir()) == [
        "cases.json",
        "golden.json",
        "ruleset.json",
        "violations.json",
        "vocabulary.json",
    ]
    line = "# yaml-language-server: $schema=../../.schemas/{}.json\n"
    first = (rulesets / "facts.yaml").read_text(encoding="utf-8")
    assert first == line.format("vocabulary") + facts
    schema = json.loads((schemas / "cases.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "more.sold" in schema["$defs"]["facts"]["properties"]
    assert call("schema", "--wire", rulesets, "--lang", "en").out.endswith("changed: 0\n")


def test_wire_elsewhere(call: Call, tmp_path: Path) -> None:
    """The folder of the schemas can be named; files that cannot be read fail the run."""
    (tmp_path / "a.yaml").write_text(case_file(EXEMPT), encoding="utf-8")
    (tmp_path / "b.yaml").write_text("[", encoding="utf-8")
    result = call("schema", "--wire", tmp_path, "--into", tmp_path / "s")
    assert result.status == 1
    assert "b.yaml" in result.err
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8").startswith("# yaml-language-server: $")
    assert (tmp_path / "s" / "cases.json").is_file()


def test_schema_is_of_a_kind_or_of_documents(call: Call, tmp_path: Path) -> None:
    """One of the two has to be said, and not both."""
    assert call("schema").status == 2
    assert call("schema", "cases", "--wire", tmp_path).status == 2
