"""Every shape of condition met in published lists: it can be written, and it means what it says."""

from collections.abc import Mapping
from pathlib import Path

import pytest

import reference
from bizrules._structure import Raw
from bizrules._tree import Document
from bizrules.errors import Problem
from bizrules.facts import Value, parse_value
from bizrules.grammar import parse_condition, print_condition
from bizrules.loading import Knowledge, load_documents
from bizrules.matching import comparable, compile_condition
from bizrules.provenance import Location
from bizrules.rules import Rule
from bizrules.truth import Truth

GOOD = Path(__file__).parents[1] / "documents" / "good"

Given = dict[str, object]

# For each shape: facts with which the condition just holds, and facts with which it just fails.
# What the second leaves out is as in the first.
SHAPES: Mapping[str, tuple[Given, Given]] = {
    "1": ({"first_violation": True}, {"first_violation": False}),
    "2": ({"first_violation": True}, {"first_violation": False}),
    "3": ({"first_found": True}, {"first_found": False}),
    "4": ({"prior_count": 2}, {"prior_count": 1}),
    "5": ({"prior_count": 2}, {"prior_count": 3}),
    "6": ({"penalised_within_year": True}, {"penalised_within_year": False}),
    "7": ({"accident_free": True, "dishonest_listed": False}, {"dishonest_listed": True}),
    "8": ({"corrected": "on_the_spot"}, {"corrected": "by_deadline"}),
    "9": ({"days_to_correct": 5}, {"days_to_correct": 6}),
    "10": ({"working_days_to_correct": 5}, {"working_days_to_correct": 6}),
    "11": ({"hours_to_correct": "24", "meets_standard": True}, {"hours_to_correct": "24.01"}),
    "12": ({"corrected": "before_decision"}, {"corrected": "by_deadline"}),
    "13": ({"corrected": "by_deadline"}, {"corrected": "before_decision"}),
    "14": ({"days_late": 15}, {"days_late": 0}),
    "15": ({"before_printing_ends": True}, {"before_printing_ends": False}),
    "16": ({"area": "5", "breach_days": 2}, {"area": "5.01"}),
    "17": ({"places": 3, "heads": 9}, {"heads": 10}),
    "18": (
        {"faulty_per_floor": "2", "wages_per_head": "200", "heads": 4},
        {"wages_per_head": "200.01"},
    ),
    "19": ({"blocked_width": "20", "passage_width": "100"}, {"blocked_width": "20.1"}),
    "20": (
        {"exceedance": "0.099", "factors_exceeded": 1, "exceedance_hours": "4"},
        {"exceedance": "0.1"},
    ),
    "21": ({"ph": "4.9", "noise_over": "2", "boiler": "10"}, {"boiler": "1"}),
    "22": ({"goods_value": "499.99", "turnover": "10000.50"}, {"goods_value": "500"}),
    "23": ({"illegal_gains": "0"}, {"illegal_gains": "0.01"}),
    "24": ({"tax_underpaid": "600000", "tax_due": "6000000"}, {"tax_due": "5999999"}),
    "25": ({"clothes": 6, "things": 0, "volume": "0.5", "area": "3"}, {"volume": "0.6"}),
    "26": ({"goods_kind": "leaf", "weight": "12.5"}, {"goods_kind": "drugs"}),
    "27": ({"breach_months": "3"}, {"breach_months": "3.5"}),
    "28": ({"overload": "20"}, {"overload": "20.5"}),
    "29": ({"machines": 20}, {"machines": 51}),
    "30": ({"minor": True, "harm": "none", "corrected": "by_deadline"}, {"harm": "slight"}),
    "31": (
        {"minor": True, "harm": "slight", "first_violation": True, "confessed": True},
        {"confessed": False},
    ),
    "32": ({"traffic_affected": False}, {"traffic_affected": True}),
    "33": (
        {
            "minor": True,
            "corrected": "by_deadline",
            "harm": "slight",
            "first_violation": True,
            "no_fault_proved": False,
        },
        {"first_violation": False},
    ),
    "34": (
        {
            "evidence_destroyed": True,
            "inspection_resisted": True,
            "alert": True,
            "penalised_within_year": False,
        },
        {"alert": False},
    ),
    "35": ({"minor": True, "trade": "C01"}, {"trade": "A01"}),
    "36": ({"party_type": "individual", "age": 14, "staff": 100}, {"age": 18}),
    "37": (
        {"vehicle_class": "small_car", "local_vehicle": False, "goods_kind": "leaf"},
        {"goods_kind": "drugs"},
    ),
    "38": ({"alert": False, "acted_on": "2022-01-01"}, {"acted_on": "2022-03-01"}),
    "39": ({"zones": ["dwelling", "plateau"]}, {"zones": ["dwelling", "farmland"]}),
    "40": (
        {"unaware": True, "purchase_checked": True, "source_disclosed": True},
        {"source_disclosed": False},
    ),
    "41": (
        {"disclosed_months": "3", "confessed": False, "coerced": False},
        {"disclosed_months": "4"},
    ),
    "42": (
        {"evidence_destroyed": False, "inspection_resisted": True},
        {"inspection_resisted": False},
    ),
    "43": ({"permit_held": False, "applied": True}, {"applied": False}),
    "44": ({"undertaking": True, "training": True}, {"training": False}),
    "45": ({"lesser_means": True, "other_lawful_use": True}, {"other_lawful_use": False}),
    "46": ({"necessities": True}, {"necessities": False}),
    "47": ({"night_or_holiday": True, "urgent": False}, {"urgent": True}),
    "48": ({"wages_owed": "9999.99", "compensation_owed": "0.01"}, {"compensation_owed": "0.02"}),
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules with one condition of each shape."""
    return load_documents([GOOD / "vocabulary.yaml", GOOD / "shapes.yaml"])


def rule_of(knowledge: Knowledge, number: str) -> Rule:
    """The rule with the shape."""
    rules = {rule.id: rule for rule in knowledge.rulesets[0].rules}
    return rules[f"sample.shapes/{number}"]


def typed(knowledge: Knowledge, given: Given) -> dict[str, Value]:
    """The facts as typed values."""
    found = {}
    for name, raw in given.items():
        value = parse_value(knowledge.vocabulary[name], raw, Location("test"))
        assert not isinstance(value, Problem)
        found[name] = value
    return found


def truth_of(knowledge: Knowledge, rule: Rule, given: Given) -> Truth:
    """The truth of the rule's condition, in which matching and reference agree."""
    facts = typed(knowledge, given)
    vocabulary = knowledge.vocabulary
    view = {name: comparable(vocabulary[name], value) for name, value in facts.items()}
    found = Truth.of(compile_condition(rule.condition, vocabulary)(view))
    assert found is reference.truth(rule.condition, facts, vocabulary)
    return found


@pytest.mark.parametrize("number", SHAPES)
def test_a_shape_holds_and_fails_at_its_threshold(number: str, knowledge: Knowledge) -> None:
    """The condition holds on one side of its threshold and fails on the other."""
    holding, failing = SHAPES[number]
    rule = rule_of(knowledge, number)
    assert truth_of(knowledge, rule, holding) is Truth.TRUE
    assert truth_of(knowledge, rule, {**holding, **failing}) is Truth.FALSE


@pytest.mark.parametrize("number", SHAPES)
def test_a_shape_is_unknown_while_nothing_is_known(number: str, knowledge: Knowledge) -> None:
    """Without facts the condition is neither true nor false."""
    assert truth_of(knowledge, rule_of(knowledge, number), {}) is Truth.UNKNOWN


@pytest.mark.parametrize("number", SHAPES)
def test_a_shape_is_printed_and_read_back(number: str, knowledge: Knowledge) -> None:
    """The condition survives printing and parsing."""
    rule = rule_of(knowledge, number)
    data = print_condition(rule.condition)
    raw = Raw(Document("printed", data), (), data)
    scope = knowledge.rulesets[0].definitions
    assert parse_condition(raw, knowledge.vocabulary, scope) == (rule.condition, [])


def test_every_shape_is_tested(knowledge: Knowledge) -> None:
    """The table names every rule of the document, in its order."""
    rules = knowledge.rulesets[0].rules
    assert [rule.id.removeprefix("sample.shapes/") for rule in rules] == list(SHAPES)
