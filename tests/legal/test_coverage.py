"""Every item read from published lists is accounted for, and the page about them is true."""

from collections import Counter

from bizrules.penalties import Grade, PenaltyKind
from bizrules.rules import Axis, Rule
from legal.coverage_page import KINDS, LISTS, PAGE, REASONS, Record, page, records
from legal.encoded import engine

ITEMS = 661
AIM = 500
GRADES = {
    "exempt": Grade.EXEMPT,
    "lighter": Grade.LIGHTER,
    "mitigated": Grade.MITIGATED,
    "heavier": Grade.HEAVIER,
}


def _rules(record: Record) -> list[Rule]:
    return [engine().rule(name) for name in (*record.rules, *([record.of] if record.of else []))]


def test_every_item_is_there_once() -> None:
    """All items are accounted for, each once."""
    assert len(records()) == ITEMS
    assert {name: n for name, n in Counter(one.id for one in records()).items() if n > 1} == {}


def test_every_item_is_encoded_or_says_why_not() -> None:
    """An item has rules, or exactly one reason; a duplicate names the rule, a shape is named."""
    wrong = [
        one.id
        for one in records()
        if bool(one.rules) == (one.reason is not None)
        or (one.reason == "duplicate") != (one.of is not None)
        or (one.reason == "not_expressible") != (one.shape is not None)
        or one.reason not in (None, "duplicate", *REASONS)
        or one.list not in LISTS
        or one.kind not in KINDS
    ]
    assert wrong == []


def test_enough_is_encoded() -> None:
    """At least five hundred items are encoded by entries of their own instrument."""
    assert sum(bool(one.rules) for one in records()) >= AIM


def test_every_named_rule_exists() -> None:
    """The rules named for an item are loaded."""
    named = {name for one in records() for name in (*one.rules, one.of) if name is not None}
    assert sorted(named - engine().rules.keys()) == []


def test_a_rule_leads_where_the_item_does() -> None:
    """The rule of an item permits the grade of its list, or bears on compulsion if that does.

    An item that waives only the fine is lighter, whatever its list is called: a warning stays.
    """
    wrong = [
        (one.id, rule.id)
        for one in records()
        for rule in _rules(one)
        if not (
            rule.axis is Axis.COMPULSION
            if one.list == "no_compulsion"
            else GRADES[one.list] in rule.permits
            or (one.list == "exempt" and PenaltyKind.FINE in (rule.effect.waives or ()))
        )
    ]
    assert wrong == []


def test_a_rule_applies_where_the_item_does() -> None:
    """An entry is for the region of its item; a rule with the same norm for it or one above."""
    regions = engine().regions
    wrong = [
        (one.id, rule.id)
        for one in records()
        for rule in _rules(one)
        if one.region is not None
        and rule.region != one.region
        and (one.rules or not regions.is_within(one.region, rule.region))
    ]
    assert wrong == []


def test_the_page_is_up_to_date() -> None:
    """`make coverage` would write nothing else."""
    assert PAGE.read_text(encoding="utf-8") == page()
