"""Every condition is shown to decide both ways, and every number from both of its sides."""

import pytest

from bizrules.testing import prove
from legal.encoded import engine, results

PROOF = prove(engine(), results())
SUPERFLUOUS = {
    # A minor is under eighteen by the law on minors; the article says the age all the same.
    "national.penalty-law/30-b",
    "national.penalty-law-2017/25-b",
    # The list asks for the correction in each of two ways, and once more for both.
    "zhuhai.education-2025/440202003000",
}
"""Rules with a condition that no case can turn on, and why they have it."""


@pytest.mark.parametrize("part", ["rules", "conditions", "borders"])
def test_golden_cases_show_everything_that_can_be_shown(part: str) -> None:
    """Each rule and condition is met and missed, each border of a number touched on both sides."""
    missing = [
        (shown.point.subject, shown.point.shows.value, shown.point.text.en)
        for shown in PROOF.points
        if shown.point.shows.part == part and shown.possible and not shown.by
    ]
    assert missing == []
    assert PROOF.count(part).total > len(engine().rules)


def test_a_condition_on_which_nothing_can_turn_is_explained() -> None:
    """Only in the rules named above does a condition follow from the others."""
    found = {shown.point.subject for shown in PROOF.points if not shown.possible}
    assert found == SUPERFLUOUS
