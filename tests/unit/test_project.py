"""The project keeps its own house rules."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {"src", "plugins", "rulesets", "docs", "tests"}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
MODULE_CEILING = 600
FUNCTION_CEILING = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _sources(*folders: str) -> list[Path]:
    """Every Python file under the given top-level folders, in a fixed order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _functions(source: str) -> Iterator[Function]:
    """Every function and method of a module, nested ones included."""
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))


def _length(function: Function) -> int:
    """The lines of a function from `def` to its end, its docstring left out."""
    assert function.end_lineno is not None
    length = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return length
    docstring = function.body[0]
    assert docstring.end_lineno is not None
    return length - (docstring.end_lineno - docstring.lineno + 1)


def test_length_leaves_out_the_docstring() -> None:
    """The length of a function counts its signature and body, not its docstring."""
    source = dedent('''
        @decorated
        def function(
            argument: int,
        ) -> int:
            """First.

            Last.
            """
            return argument
    ''')
    assert [_length(function) for function in _functions(source)] == [4]


def test_modules_keep_below_the_ceiling() -> None:
    """No module of the library or of a plugin is longer than the ceiling."""
    sizes = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for path in _sources("src", "plugins")
    }
    assert sizes
    assert {path: size for path, size in sizes.items() if size > MODULE_CEILING} == {}


def test_functions_keep_below_the_ceiling() -> None:
    """No function is longer than the ceiling, its docstring not counted."""
    too_long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in _sources("src", "plugins", "tests")
        for function in _functions(path.read_text(encoding="utf-8"))
        if _length(function) > FUNCTION_CEILING
    ]
    assert too_long == []


def test_modules_are_named_by_a_concept() -> None:
    """No module or package has a name that says nothing of what is in it."""
    banned = [
        path.relative_to(ROOT)
        for path in _sources("src", "plugins", "tests")
        if BANNED_NAMES & {part.strip("_") for part in path.relative_to(ROOT).with_suffix("").parts}
    ]
    assert banned == []


def test_top_level_folders_are_the_agreed_ones() -> None:
    """Nothing lies at the top but the agreed folders, dot-folders and build output."""
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."}
    assert folders - TOP_LEVEL - {"dist", "__pycache__"} == set()


def test_changelog_fragments_are_named_by_id_and_type() -> None:
    """Every fragment is named `<id>.<type>.md` with a type that the configuration knows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    types = "|".join(entry["directory"] for entry in project["tool"]["towncrier"]["type"])
    fragments = {path.name for path in (ROOT / "docs/changelog.d").iterdir()} - {"README.md"}
    assert {
        name for name in fragments if not re.fullmatch(rf"[a-z0-9-]+\.({types})\.md", name)
    } == set()
