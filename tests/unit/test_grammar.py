"""The written form of conditions: what each form means, and what is refused."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bizrules._structure import Raw
from bizrules._tree import Document
from bizrules._yaml import read_yaml
from bizrules.conditions import (
    ALWAYS,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
)
from bizrules.conditions import (
    Test as FactTest,
)
from bizrules.errors import Problem
from bizrules.facts import Kind
from bizrules.grammar import (
    FITTING,
    RESERVED,
    combine,
    fact_value,
    parse_condition,
    parse_exclusion,
    parse_ratio,
    parse_share,
    print_condition,
    print_ratio,
    unit_of,
)
from bizrules.penalties import Band
from bizrules.values import Money, Unit
from strategies import DEFINITIONS, VOCABULARY, defined, fact

RECALLED = FactTest(("recalled",), Op.IS, True)
SOLD = FactTest(("sold",), Op.IS, True)
TIMELY = defined(DEFINITIONS["timely"])


def raw_of(text: str) -> Raw:
    """The YAML text as something not read yet."""
    document = read_yaml(text.encode(), "test.yaml")
    return Raw(document, (), document.data)


def read(text: str) -> Condition:
    """The condition, which must be without fault."""
    condition, problems = parse_condition(raw_of(text), VOCABULARY, DEFINITIONS)
    assert problems == []
    return condition


def faults(text: str) -> list[tuple[str, int, int]]:
    """Codes and places of what is wrong with the condition."""
    _, problems = parse_condition(raw_of(text), VOCABULARY, DEFINITIONS)
    return [(one.code, one.location.line, one.location.column) for one in problems]


FORMS: dict[str, Condition] = {
    "recalled": RECALLED,
    "sold: false": FactTest(("sold",), Op.IS, False),
    "sold: {is: true}": SOLD,
    "[recalled]": RECALLED,
    "[recalled, sold]": AllOf((RECALLED, SOLD)),
    "all: [recalled]": AllOf((RECALLED,)),
    "any: [recalled, sold]": AnyOf((RECALLED, SOLD)),
    "not: recalled": Not(RECALLED),
    "not: [recalled, sold]": Not(AllOf((RECALLED, SOLD))),
    "at_least: {2: [recalled, sold, timely]}": AtLeast(2, (RECALLED, SOLD, TIMELY)),
    "timely": TIMELY,
    "timely: true": TIMELY,
    "timely: false": Not(TIMELY),
    "harm: slight": FactTest(("harm",), Op.IS, "slight"),
    "harm: {at_most: slight}": FactTest(("harm",), Op.AT_MOST, "slight"),
    "harm: {between: [none, slight]}": FactTest(("harm",), Op.BETWEEN, ("none", "slight")),
    "corrected: {in: [by_deadline, on_the_spot]}": FactTest(
        ("corrected",), Op.IN, ("by_deadline", "on_the_spot")
    ),
    "goods_kind: {not_in: [leaf]}": FactTest(("goods_kind",), Op.NOT_IN, ("leaf",)),
    "goods_value: {below: 500}": FactTest(("goods_value",), Op.BELOW, Money(50000)),
    "goods_value: {below: 500 yuan}": FactTest(("goods_value",), Op.BELOW, Money(50000)),
    'goods_value: {below: "500.50"}': FactTest(("goods_value",), Op.BELOW, Money(50050)),
    "area: {at_most: 5 m2}": FactTest(("area",), Op.AT_MOST, Decimal(5)),
    'area: {at_most: "5 m2"}': FactTest(("area",), Op.AT_MOST, Decimal(5)),
    "area: {at_most: 0.5}": FactTest(("area",), Op.AT_MOST, Decimal("0.5")),
    "staff: {above: 3}": FactTest(("staff",), Op.ABOVE, 3),
    "days_late: {at_most: 5 day}": FactTest(("days_late",), Op.AT_MOST, 5),
    "prior_times: {between: [1, 3]}": FactTest(("prior_times",), Op.BETWEEN, (1, 3)),
    "exits: {contains: [north]}": FactTest(("exits",), Op.CONTAINS, ("north",)),
    "ordered_on: {before: 2022-03-01}": FactTest(("ordered_on",), Op.BEFORE, date(2022, 3, 1)),
    "ordered_on: {on_or_after: 2022-03-01}": FactTest(
        ("ordered_on",), Op.ON_OR_AFTER, date(2022, 3, 1)
    ),
    "licence_class: A1": FactTest(("licence_class",), Op.IS, "A1"),
    "licence_class: 010": FactTest(("licence_class",), Op.IS, "010"),
    "area: {at_least: 2, below: 5}": AllOf(
        (FactTest(("area",), Op.AT_LEAST, Decimal(2)), FactTest(("area",), Op.BELOW, Decimal(5)))
    ),
    "{recalled: true, harm: none}": AllOf((RECALLED, FactTest(("harm",), Op.IS, "none"))),
    "{any: [recalled, sold], timely: true}": AllOf((AnyOf((RECALLED, SOLD)), TIMELY)),
    "blocked_width: {at_most: {percent: 20, of: passage_width}}": FactTest(
        ("blocked_width",), Op.AT_MOST, Share("passage_width", Fraction(1, 5))
    ),
    "goods_value: {above: {times: 2.5, of: test.gains}}": FactTest(
        ("goods_value",), Op.ABOVE, Share("test.gains", Fraction(5, 2))
    ),
    "goods_value: {above: {times: 1/3, of: test.gains}}": FactTest(
        ("goods_value",), Op.ABOVE, Share("test.gains", Fraction(1, 3))
    ),
    "goods_value: {is: {of: test.gains}}": FactTest(("goods_value",), Op.IS, Share("test.gains")),
    "{sum: [goods_value, test.gains], at_most: 10000}": FactTest(
        ("goods_value", "test.gains"), Op.AT_MOST, Money(1000000)
    ),
    "{per: goods_kind, kinds: {leaf: [recalled], other: {sold: true}}}": PerKind(
        "goods_kind", (("leaf", RECALLED), ("other", SOLD))
    ),
    "[any: [[recalled, sold], timely]]": AnyOf((AllOf((RECALLED, SOLD)), TIMELY)),
}


@pytest.mark.parametrize("text", FORMS)
def test_each_form_means_what_it_says(text: str) -> None:
    """A written form is read as the condition that it stands for."""
    assert read(text) == FORMS[text]


@pytest.mark.parametrize("text", FORMS)
def test_each_form_is_read_back(text: str) -> None:
    """What a form is read as is printed so that it is read the same."""
    data = print_condition(read(text))
    raw = Raw(Document("printed", data), (), data)
    assert parse_condition(raw, VOCABULARY, DEFINITIONS) == (FORMS[text], [])


FAULTS: dict[str, list[tuple[str, int, int]]] = {
    "frist: true": [("unknown-fact", 1, 1)],
    "harm": [("wrong-kind", 1, 1)],
    "harm: {contains: [none]}": [("wrong-kind", 1, 8)],
    "exits: north": [("wrong-kind", 1, 8)],
    "harm: {}": [("empty-condition", 1, 7)],
    "{}": [("empty-condition", 1, 1)],
    "timely: maybe": [("not-a-boolean", 1, 9)],
    "harm: {between: [slight, none]}": [("empty-interval", 1, 7)],
    "harm: {below: none}": [("empty-interval", 1, 7)],
    "harm: {is: none, at_least: slight}": [("empty-interval", 1, 7)],
    "harm: {in: [none, serious], at_least: slight, at_most: slight}": [("impossible-tests", 1, 7)],
    "goods_kind: {is: leaf, not_in: [leaf, other]}": [("impossible-tests", 1, 13)],
    "licence_class: {is: A1, not_in: [A1]}": [("impossible-tests", 1, 16)],
    "goods_value: {above: 5, below: 5.01}": [("empty-interval", 1, 14)],
    "{sum: [area, area], above: 5, at_most: 5}": [("empty-interval", 1, 1)],
    "{sum: [area], wieght: 5}": [("unknown-test", 1, 15)],
    "ordered_on: {on_or_after: 2022-01-02, before: 2022-01-02}": [("empty-interval", 1, 13)],
    "staff: {above: 3, below: 4}": [("empty-interval", 1, 8)],
    "area: {at_most: {of: staff}}": [("kinds-differ", 1, 22)],
    "ordered_on: {is: {of: ordered_on}}": [("kinds-differ", 1, 23)],
    "area: {between: {of: area}}": [("wrong-shape", 1, 17)],
    "area: {in: [1]}": [("wrong-kind", 1, 8)],
    "staff: {at_most: 1.5}": [("not-an-integer", 1, 18)],
    "staff: {at_most: 5 persons}": [("unknown-unit", 1, 18)],
    "recalled: {is: yes}": [("not-a-boolean", 1, 16)],
    "at_least: {2: [recalled, wrong]}": [("unknown-fact", 1, 26)],
    "any: [wrong, [also_wrong]]": [("unknown-fact", 1, 7), ("unknown-fact", 1, 15)],
    "{per: goods_kind, kinds: {leaf: [wrong]}, more: 1}": [
        ("unknown-key", 1, 43),
        ("unknown-fact", 1, 34),
    ],
    "{per: wrong, kinds: {leaf: [recalled]}}": [("unknown-fact", 1, 7)],
    "{per: [a], kinds: {leaf: [recalled]}}": [("wrong-shape", 1, 7)],
}


@pytest.mark.parametrize("text", FAULTS)
def test_each_fault_has_its_code_and_place(text: str) -> None:
    """What is wrong is reported with its code, line and column."""
    assert faults(text) == FAULTS[text]


def test_tests_of_one_mapping_may_touch() -> None:
    """Bounds that leave a single value are no contradiction."""
    assert faults("area: {at_least: 5, at_most: 5}") == []
    assert faults("goods_value: {above: 5, below: 5.02}") == []
    assert faults("licence_class: {in: [A1, B1], not_in: [A1]}") == []
    assert faults("licence_class: {not_in: [A1]}") == []


def test_an_unknown_fact_may_have_been_a_definition() -> None:
    """Near names come from facts and definitions alike."""
    _, (problem,) = parse_condition(raw_of("timly"), VOCABULARY, DEFINITIONS)
    assert problem.details["near_names"] == "timely"
    assert problem.help("en") == "did you mean `timely`?"
    assert "`timely`" in problem.help("zh")


def test_some_kinds_imply_their_unit() -> None:
    """Money is in yuan and days are days; a level has no unit."""
    assert unit_of(VOCABULARY["goods_value"]) is Unit.YUAN
    assert unit_of(VOCABULARY["days_late"]) is Unit.DAY
    assert unit_of(VOCABULARY["harm"]) is None


def test_a_number_without_unit_takes_none() -> None:
    """A unit behind a number that has none is refused."""
    bare = fact("ratio", Kind.NUMBER)
    found = fact_value(bare, raw_of("5 m2"))
    assert isinstance(found, Problem)
    assert found.code == "unit-unexpected"
    unknown = fact_value(bare, raw_of("5 pieces"))
    assert isinstance(unknown, Problem)
    assert unknown.code == "unknown-unit"


@pytest.mark.parametrize("data", [5, 1.5, True])
def test_python_data_that_are_no_condition_are_refused(data: object) -> None:
    """A number is no condition."""
    _, problems = parse_condition(Raw(Document("p", data), (), data), VOCABULARY, {})
    assert [problem.code for problem in problems] == ["wrong-shape"]


def test_nothing_is_no_condition() -> None:
    """A `when` without value is a fault, not a condition that always holds."""
    _, problems = parse_condition(Raw(Document("p", None), (), None), VOCABULARY, {})
    assert [problem.code for problem in problems] == ["value-missing"]


def test_a_scope_may_hold_definitions_in_use() -> None:
    """A scope of `Defined` nodes works like one of definitions."""
    found, problems = parse_condition(raw_of("timely"), VOCABULARY, {"timely": TIMELY})
    assert (found, problems) == (TIMELY, [])
    assert isinstance(found, Defined)
    assert found.location is not None


def test_any_part_of_a_list_excludes() -> None:
    """A list under `unless` is a disjunction; one part stands for itself."""
    assert parse_exclusion(raw_of("[recalled, sold]"), VOCABULARY, {}) == (
        AnyOf((RECALLED, SOLD)),
        [],
    )
    assert parse_exclusion(raw_of("[recalled]"), VOCABULARY, {}) == (RECALLED, [])
    assert parse_exclusion(raw_of("recalled"), VOCABULARY, {}) == (RECALLED, [])


def test_combining_keeps_order_and_negates_what_excludes() -> None:
    """Preamble first, then the rule's own conditions, then one negation of all exclusions."""
    both = combine(RECALLED, AllOf((SOLD, TIMELY)), SOLD, AnyOf((TIMELY, RECALLED)))
    excluded = Not(AnyOf((SOLD, TIMELY, RECALLED)))
    assert both == AllOf((RECALLED, SOLD, TIMELY, excluded))
    assert combine(None, None, None, None) == ALWAYS
    assert combine(None, None, None, SOLD) == Not(SOLD)


BANDS: dict[str, Band] = {
    "[0, 0.3]": Band(low=Fraction(0), high=Fraction(3, 10)),
    "(0.3, 0.7)": Band(
        low=Fraction(3, 10), high=Fraction(7, 10), low_closed=False, high_closed=False
    ),
    "[2/3, 1]": Band(low=Fraction(2, 3), high=Fraction(1)),
    "( 0,1 ]": Band(low=Fraction(0), high=Fraction(1), low_closed=False),
    "[0.5, 0.5]": Band(low=Fraction(1, 2), high=Fraction(1, 2)),
}


@pytest.mark.parametrize("text", BANDS)
def test_a_band_has_two_exact_ends(text: str) -> None:
    """A band is read with its ends, open or closed."""
    assert parse_share(text) == BANDS[text]


@pytest.mark.parametrize(
    "text", ["", "0, 1", "[0 1]", "[0.7, 0.3]", "[0, 1.1]", "[-1, 0]", "(0.5, 0.5]", "[0, 1/0]"]
)
def test_what_is_no_band_is_refused(text: str) -> None:
    """Text of another form, ends out of order and empty bands are refused."""
    with pytest.raises(ValueError, match="`"):
        parse_share(text)


@pytest.mark.parametrize("text", ["-1", "1/0", "a", "1.", "01", "1e3"])
def test_what_is_no_ratio_is_refused(text: str) -> None:
    """Ratios are plain and not below zero."""
    with pytest.raises(ValueError, match="`"):
        parse_ratio(text)


def test_a_ratio_is_decimal_where_that_is_short() -> None:
    """A ratio is printed as people would write it."""
    found = [print_ratio(Fraction(n, d)) for n, d in ((1, 5), (1, 3), (20, 1), (1, 128), (5, 4))]
    assert found == ["0.2", "1/3", "20", "1/128", "1.25"]


def test_every_kind_has_tests_that_fit() -> None:
    """No kind of fact is without tests, and no test is without kind."""
    assert set(FITTING) == set(Kind)
    assert {op for ops in FITTING.values() for op in ops} == set(Op)


def test_words_of_the_language_are_reserved() -> None:
    """The names of tests and connectives cannot be names of facts."""
    assert {op.value for op in Op} | {"all", "any", "not", "sum", "per"} <= RESERVED


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("goods_value", "66.5", Money(6650)),
        ("goods_value", "66.5 yuan", Money(6650)),
        ("exits", "[north, south]", frozenset({"north", "south"})),
        ("area", "2.5 m2", Decimal("2.5")),
        ("licence_class", "A1 B2", "A1 B2"),
    ],
)
def test_values_of_facts_are_typed(name: str, text: str, expected: object) -> None:
    """The value of a fact is read in the type of its kind, a unit being allowed."""
    assert fact_value(VOCABULARY[name], raw_of(text)) == expected


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("goods_value", "66.5 m2", "unit-mismatch"),
        ("exits", "[north, west]", "not-in-choices"),
        ("exits", "north", "not-a-list"),
        ("exits", "{a: b}", "wrong-shape"),
        ("harm", "[none]", "wrong-shape"),
        ("recalled", "yes", "not-a-boolean"),
    ],
)
def test_values_that_do_not_fit_are_problems(name: str, text: str, code: str) -> None:
    """A value that does not fit its fact is a problem with a code."""
    found = fact_value(VOCABULARY[name], raw_of(text))
    assert isinstance(found, Problem)
    assert found.code == code
