"""The phrases of the command line and its source fit each other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from bizrules import cli, phrases, testing
from bizrules.phrases._en_cli import CLI as ENGLISH
from bizrules.phrases._zh_cli import CLI as CHINESE

FOLDERS = (Path(cli.__file__).parent, Path(testing.__file__).parent)
# Problems are said by their code; heads of tables and kinds of names by the last word.
PROBLEMS = {"no-group", "not-golden", "file-unwritable"}
FAMILIES = ("cli.head", "cli.what", "score")


def texts() -> Iterator[str]:
    """Every text in the source, and every f-string with `*` for what is filled in."""
    for folder in FOLDERS:
        for path in sorted(folder.glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
                elif isinstance(node, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "*"
                        for part in node.values
                    )


def fields_of(text: str) -> set[str]:
    """Names of the details that a phrase mentions."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_languages_fit() -> None:
    """Both languages have the same keys and mention the same details."""
    assert CHINESE.keys() == ENGLISH.keys()
    assert [key for key in CHINESE if fields_of(CHINESE[key]) != fields_of(ENGLISH[key])] == []
    assert not [key for key in ENGLISH if re.search(r"[\u4e00-\u9fff]", ENGLISH[key])]


def test_every_key_exists() -> None:
    """What is written like a key of the command line is one."""
    written = {text for text in texts() if re.fullmatch(r"(cli|score|golden)(\.[a-z-]+)+", text)}
    families = {key.rpartition(".")[0] for key in CHINESE}
    assert sorted(written - phrases.keys("zh") - families) == []


def test_no_phrase_is_unused() -> None:
    """Every phrase of the command line is said somewhere."""
    written = set(texts())
    unused = []
    for key in CHINESE:
        family, _, name = key.rpartition(".")
        is_said = key in written or name in PROBLEMS or name == "help"
        in_family = f"{family}.*" in written or family in written
        if not is_said and not (in_family and (family not in FAMILIES or name in written)):
            unused.append(key)
    assert unused == []
    assert written >= PROBLEMS


def test_unknown_names_have_words() -> None:
    """Each kind of name that can be unknown has its word."""
    kinds = {"rule", "case", "violation", "fact", "region", "list", "department"}
    assert all(phrases.has(f"cli.what.{kind}") for kind in kinds)
