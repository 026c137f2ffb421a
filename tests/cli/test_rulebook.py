"""`bizrules rulebook` writes a page for each ruleset, and their index."""

from pathlib import Path

from cli.running import Call


def test_pages_are_written_to_the_folder(call: Call, tmp_path: Path) -> None:
    """The folder is made; the index leads to every page, and every page back to it."""
    book = tmp_path / "new" / "book"
    result = call("rulebook", book, "--lang", "en")
    assert result.status == 0
    pages = sorted(path for path in book.rglob("*.md") if path.name != "README.md")
    index = (book / "README.md").read_text(encoding="utf-8")
    assert pages
    assert f"{len(pages)}, with" in result.out
    assert str(book / "README.md") in result.out
    for page in pages:
        assert f"({page.relative_to(book).as_posix()})" in index
        assert page.read_text(encoding="utf-8").endswith("[Index](../../README.md)\n")


def test_other_files_are_left_alone(call: Call, tmp_path: Path) -> None:
    """What else lies in the folder stays."""
    other = tmp_path / "other.md"
    other.write_text("kept", encoding="utf-8")
    assert call("rulebook", tmp_path).status == 0
    assert other.read_text(encoding="utf-8") == "kept"


def test_a_folder_that_cannot_be_made_is_a_problem(call: Call, tmp_path: Path) -> None:
    """Where a file is in the way, that is said and nothing more."""
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    result = call("rulebook", taken)
    assert result.status == 1
    assert "Traceback" not in result.err
    assert "taken" in result.err
