import re

import pages
import pytest
import results


def test_tables() -> None:
    """The tables of the page on performance are those of the last full run."""
    page = pages.PAGE.read_text(encoding="utf-8")
    assert pages.refreshed(page, results.read()) == page, "run `make bench`"


def test_every_table() -> None:
    """The page has every table that is written, each once."""
    page = pages.PAGE.read_text(encoding="utf-8")
    assert sorted(re.findall(r"<!-- table: (\S+) -->", page)) == sorted(pages.TABLES)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1_234_567.0, "1,230,000"), (12.34, "12.3"), (0.456, "0.46"), (99.96, "100"), (4.0, "4.00")],
)
def test_figures(value: float, text: str) -> None:
    """Figures have three digits that count."""
    assert pages._figure(value) == text
