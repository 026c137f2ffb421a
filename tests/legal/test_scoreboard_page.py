"""What the page of the scoreboard says of the published cases is so."""

from legal.scoreboard_page import (
    BEGIN,
    END,
    PAGE,
    WHY,
    open_rows,
    why_no_place_settles,
    with_section,
)


def test_the_section_is_up_to_date() -> None:
    """`make coverage` would write nothing else, and the marks stand once each."""
    text = PAGE.read_text(encoding="utf-8")
    assert (text.count(BEGIN), text.count(END)) == (1, 1)
    assert with_section(text) == text


def test_every_open_case_is_explained() -> None:
    """Each case that stays open lacks a fact, and has a reason why no place settles it."""
    assert all(row.complete.questions for row in open_rows())
    assert {why_no_place_settles(row.case) for row in open_rows()} <= WHY.keys()
