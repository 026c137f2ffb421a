"""Every rule is shown to hold and to fail by golden cases that lie beside it."""

from collections.abc import Iterable

from bizrules.truth import Truth
from legal.encoded import engine, named, results


def _rules_without(truth: Truth) -> Iterable[str]:
    """Rules that no golden case which names them shows with the truth."""
    for rule, cases in sorted(named().items()):
        if not any(finding.truth is truth for _, finding in cases):
            yield rule


def test_every_golden_case_is_as_expected() -> None:
    """No outcome differs from what the golden case beside the rules expects."""
    assert [result.id for result in results() if not result.passed] == []
    assert len(results()) > len(engine().rules)


def test_every_rule_has_a_case_in_which_it_holds() -> None:
    """For each rule there is a golden case that says it holds."""
    assert list(_rules_without(Truth.TRUE)) == []


def test_every_rule_has_a_case_in_which_it_fails() -> None:
    """For each rule with a condition there is a golden case in which it is examined and fails."""
    assert list(_rules_without(Truth.FALSE)) == []
