import re

from bizrules.conditions import Op
from bizrules.facts import Kind
from bizrules.grammar import FITTING
from language_page import PAGE, page


def test_the_page_is_up_to_date() -> None:
    """`make reference` would write nothing else."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_link_of_the_page_leads_somewhere() -> None:
    """A link inside the page names one of its headings."""
    text = page()
    heads = {head.lower() for head in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= heads


def test_every_kind_is_listed_with_its_tests() -> None:
    """The row of each kind of fact names the tests that fit it and no others."""
    text = page()
    for kind in Kind:
        row = re.search(rf"^\| `{kind.value}` \|[^|]*\|(.*)\|$", text, flags=re.MULTILINE)
        assert row is not None
        named = set(re.findall(r"`(\w+)`", row[1]))
        assert named == {op.value for op in FITTING[kind]} <= {op.value for op in Op}
