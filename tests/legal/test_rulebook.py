"""The pages of the encoded rules say what the rules say."""

import re
from pathlib import Path

import pytest

from bizrules.rulebook import rulebook_pages
from legal.encoded import ROOT, engine

BOOK = ROOT / "docs/rulebook"
CELL = re.compile(r"(?<!\\)\|")


def committed() -> dict[str, str]:
    """The pages as they lie in the documentation, by path."""
    return {
        Path(path).relative_to(BOOK).as_posix(): path.read_text(encoding="utf-8")
        for path in BOOK.rglob("*.md")
    }


def test_the_pages_are_up_to_date() -> None:
    """`make rulebook` would write nothing else, and leave no page out."""
    pages = rulebook_pages(engine())
    found = committed()
    assert found.keys() == pages.keys()
    assert [path for path, text in pages.items() if found[path] != text] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_row_has_the_cells_of_its_table(lang: str) -> None:
    """No text breaks a table: each row has as many cells as the rule under the heads."""
    wrong = []
    for path, text in rulebook_pages(engine(), lang).items():
        width = 0
        for line in text.splitlines():
            count = len(CELL.findall(line)) if line.startswith("|") else 0
            if count != width and width and count:
                wrong.append((path, line))
            width = count
    assert wrong == []


def test_every_rule_has_a_row() -> None:
    """Each ruleset has as many rows as rules."""
    pages = rulebook_pages(engine())
    for ruleset in engine().rulesets:
        if ruleset.rules:
            (page,) = (text for path, text in pages.items() if path.endswith(f"/{ruleset.id}.md"))
            lists = {rule.list for rule in ruleset.rules}
            rows = [line for line in page.splitlines() if line.startswith("| ")]
            assert len(rows) == len(ruleset.rules) + 2 * len(lists), ruleset.id


def test_there_are_two_languages() -> None:
    """Another language is refused."""
    with pytest.raises(ValueError, match="no such language"):
        rulebook_pages(engine(), "fr")
