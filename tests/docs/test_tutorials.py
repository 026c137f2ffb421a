from pathlib import Path

import pytest

from walkthrough import blocks, new_reader

TUTORIALS = sorted((Path(__file__).parents[2] / "docs" / "tutorials").glob("*.md"))


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_works_from_an_empty_directory(path: Path, tmp_path: Path) -> None:
    """Who does what the page says, and has nothing but the library, sees what the page shows."""
    new_reader(tmp_path).follow(path.read_text(encoding="utf-8"))


PAGE = """# A page

```console
$ mkdir made && cd made
$ echo one; echo two
two
```

```text title="note.txt"
kept
```

```console
$ cat note.txt
kept
…
```
"""


def test_a_reader_writes_files_and_stays_where_they_went(tmp_path: Path) -> None:
    """Files land in the directory into which the reader changed."""
    reader = new_reader(tmp_path)
    reader.follow(PAGE)
    assert (tmp_path / "empty" / "made" / "note.txt").read_text(encoding="utf-8") == "kept\n"
    assert [block.kind for block in blocks(PAGE)] == ["console", "text", "console"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("$ echo one\ntwo", "line 3: not printed: two"),
        ("$ false", r"line 2: \$ false"),
        ("$ bizrules nothing", "line 2"),
    ],
)
def test_what_does_not_happen_is_noticed(typed: str, message: str, tmp_path: Path) -> None:
    """A command that fails, or does not print what is shown, is an error with its line."""
    with pytest.raises(AssertionError, match=message):
        new_reader(tmp_path).follow(f"```console\n{typed}\n```\n")
