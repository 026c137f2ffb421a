"""Mutants: the rules with one thing changed, and what golden cases notice of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules._yaml import read_bytes
from bizrules.conditions import Condition, Defined, walk
from bizrules.conditions import Test as Leaf
from bizrules.engine import Engine
from bizrules.grammar import print_condition
from bizrules.loading import Knowledge, load_documents
from bizrules.matching import comparable, compile_condition
from bizrules.penalties import FineEffect
from bizrules.rules import Rule
from bizrules.testing import (
    Change,
    Fate,
    Mutant,
    MutantResult,
    MutationRun,
    MutationScore,
    mutants_of,
    run_golden,
    run_matter,
    sample_of,
    with_rules,
)
from bizrules.testing._alterations import alterations
from bizrules.testing._mutation import is_equivalent
from bizrules.values import FEN_PER_YUAN
from cli.running import small_knowledge
from strategies import VOCABULARY, assignments, conditions

HEAD = """\
format: 1
document: ruleset
id: own
version: "1"
title: {zh: 本地清单, en: own lists}
region: "530103"
instrument: {name: 本地清单, level: document, kind: list}
in_force: {from: 2020-01-01}
lists:
  exempt: {name: {zh: 不予, en: exempt}, effect: exempt}
  mitigated: {name: {zh: 减轻, en: mitigated}, effect: mitigated}
  lighter: {name: {zh: 从轻, en: lighter}, effect: lighter}
  heavier: {name: {zh: 从重, en: heavier}, effect: heavier}
  no_compulsion: {name: {zh: 免予强制, en: no compulsion}, effect: no_compulsion}
"""
CITE = "cite: [{law: 本地清单, unverified: {zh: 测试, en: test}}]"
TITLE = "title: {zh: 条目, en: entry}"
GOLDEN = """\
format: 1
document: golden
"""


@cache
def base() -> Knowledge:
    """The small vocabulary and catalogue, without rules and golden cases."""
    return attrs.evolve(small_knowledge(), rulesets=(), goldens=(), golden_matters=())


def rule(name: str, more: str, *, kind: str = "exempt", modality: str = "may") -> str:
    """One rule of a list; `more` are further keys."""
    head = f"{{id: {name}, list: {kind}, modality: {modality}, {TITLE}, {CITE}, "
    return f"  - {head}{more}}}\n"


def golden(name: str, facts: str, expect: str, more: str = "") -> str:
    """One golden case about a stall in the street."""
    days = "committed: 2022-03-01, decided: 2022-05-20"
    return (
        f'  - {{id: {name}, region: "530103", violation: stall.street, {more or days}, '
        f"facts: {{{facts}}}, expect: {{{expect}}}}}\n"
    )


def engine_of(rules: str, *goldens: str, head: str = "", matters: str = "") -> Engine:
    """An engine of the rules and golden cases."""
    written = [f"{HEAD}{head}rules:\n{rules}"]
    if goldens:
        written.append(f"{GOLDEN}cases:\n{''.join(goldens)}")
    if matters:
        written.append(f"{GOLDEN}matters:\n{matters}")
    documents = [
        document
        for at, text in enumerate(written)
        for document in read_bytes(text.encode(), f"{at}.yaml", kind="yaml")
    ]
    return Engine(knowledge=load_documents(documents, base=base()))


def all_of(engine: Engine) -> tuple[Mutant, ...]:
    """Every mutant of the engine."""
    return mutants_of(engine.rulesets, engine.vocabulary)


def run_of(engine: Engine) -> MutationRun:
    """A run of the engine's own golden cases."""
    own = engine.knowledge
    return MutationRun(engine=engine, goldens=own.goldens, matters=own.golden_matters)


def results_of(engine: Engine) -> tuple[MutantResult, ...]:
    """What becomes of every mutant."""
    return tuple(run_of(engine).results(all_of(engine)))


def condition_of(when: str) -> Condition:
    """The condition of a rule with the keys."""
    return engine_of(rule("one", when)).rule("own/one").condition


ALTERED: Sequence[tuple[str, Sequence[tuple[str, object]]]] = (
    ("when: [corrected]", [("dropped", {"all": []}), ("negated", {"corrected": False})]),
    (
        "when: [goods_value: {below: 500}]",
        [
            ("dropped", {"all": []}),
            ("border", {"goods_value": {"at_most": "500"}}),
            ("threshold", {"goods_value": {"below": "499.99"}}),
        ],
    ),
    (
        "when: [stall_area: {at_least: 2.5}]",
        [
            ("dropped", {"all": []}),
            ("border", {"stall_area": {"above": "2.5"}}),
            ("threshold", {"stall_area": {"at_least": "2.49"}}),
            ("threshold", {"stall_area": {"at_least": "2.51"}}),
        ],
    ),
    (
        "when: [prior_count: {between: [1, 1]}]",
        [
            ("dropped", {"all": []}),
            ("threshold", {"prior_count": {"between": [0, 1]}}),
            ("threshold", {"prior_count": {"between": [1, 2]}}),
        ],
    ),
    ("when: [prior_count: 0]", [("dropped", {"all": []}), ("threshold", {"prior_count": 1})]),
    (
        "when: [harm: {at_most: slight}]",
        [
            ("dropped", {"all": []}),
            ("threshold", {"harm": {"at_most": "none"}}),
            ("threshold", {"harm": {"at_most": "serious"}}),
        ],
    ),
    (
        "when: [ordered_on: {before: 2022-03-01}]",
        [
            ("dropped", {"all": []}),
            ("threshold", {"ordered_on": {"before": "2022-02-28"}}),
            ("threshold", {"ordered_on": {"before": "2022-03-02"}}),
        ],
    ),
    (
        "when: [channel: market]",
        [("dropped", {"all": []}), ("negated", {"channel": {"not_in": ["market"]}})],
    ),
    (
        "when: [channel: {in: [market, online]}]",
        [
            ("dropped", {"all": []}),
            ("code", {"channel": {"in": ["online"]}}),
            ("code", {"channel": {"in": ["market"]}}),
        ],
    ),
    ("when: [remark: 小摊]", [("dropped", {"all": []})]),
    (
        "when: [exits: {contains: [north, south]}]",
        [
            ("dropped", {"all": []}),
            ("code", {"exits": {"contains": ["south"]}}),
            ("code", {"exits": {"contains": ["north"]}}),
        ],
    ),
    (
        "when: [goods_value: {at_most: {percent: 20, of: goods_value}}]",
        [
            ("dropped", {"all": []}),
            ("border", {"goods_value": {"below": {"times": "0.2", "of": "goods_value"}}}),
            ("threshold", {"goods_value": {"at_most": {"times": "0.19", "of": "goods_value"}}}),
            ("threshold", {"goods_value": {"at_most": {"times": "0.21", "of": "goods_value"}}}),
        ],
    ),
    (
        "when: [corrected, minor]",
        [
            ("connective", {"any": ["corrected", "minor"]}),
            ("dropped", "minor"),
            ("negated", [{"corrected": False}, "minor"]),
            ("dropped", "corrected"),
            ("negated", ["corrected", {"minor": False}]),
        ],
    ),
    (
        "when: [any: [corrected, minor]]",
        [
            ("dropped", {"all": []}),
            ("connective", ["corrected", "minor"]),
            ("dropped", {"any": ["minor"]}),
            ("negated", {"any": [{"corrected": False}, "minor"]}),
            ("dropped", {"any": ["corrected"]}),
            ("negated", {"any": ["corrected", {"minor": False}]}),
        ],
    ),
    (
        "unless: [corrected, minor]",
        [
            ("connective", {"not": {"all": ["corrected", "minor"]}}),
            ("dropped", {"not": "minor"}),
            ("negated", {"not": {"any": [{"corrected": False}, "minor"]}}),
            ("dropped", {"not": "corrected"}),
            ("negated", {"not": {"any": ["corrected", {"minor": False}]}}),
        ],
    ),
    (
        "when: [not: corrected]",
        [
            ("dropped", {"all": []}),
            ("negated", "corrected"),
            ("negated", {"not": {"corrected": False}}),
        ],
    ),
    (
        "when: [at_least: {2: [corrected, minor, obstructed]}]",
        [
            ("dropped", {"all": []}),
            ("count", {"at_least": {"1": ["corrected", "minor", "obstructed"]}}),
            ("count", {"at_least": {"3": ["corrected", "minor", "obstructed"]}}),
            ("dropped", {"at_least": {"2": ["minor", "obstructed"]}}),
            ("negated", {"at_least": {"2": [{"corrected": False}, "minor", "obstructed"]}}),
            ("dropped", {"at_least": {"2": ["corrected", "obstructed"]}}),
            ("negated", {"at_least": {"2": ["corrected", {"minor": False}, "obstructed"]}}),
            ("dropped", {"at_least": {"2": ["corrected", "minor"]}}),
            ("negated", {"at_least": {"2": ["corrected", "minor", {"obstructed": False}]}}),
        ],
    ),
    (
        "when: [{per: channel, kinds: {market: [corrected], online: [minor]}}]",
        [
            ("dropped", {"all": []}),
            ("dropped", {"per": "channel", "kinds": {"online": "minor"}}),
            (
                "dropped",
                {"per": "channel", "kinds": {"market": {"all": []}, "online": "minor"}},
            ),
            (
                "negated",
                {"per": "channel", "kinds": {"market": {"corrected": False}, "online": "minor"}},
            ),
            ("dropped", {"per": "channel", "kinds": {"market": "corrected"}}),
            (
                "dropped",
                {"per": "channel", "kinds": {"market": "corrected", "online": {"all": []}}},
            ),
            (
                "negated",
                {"per": "channel", "kinds": {"market": "corrected", "online": {"minor": False}}},
            ),
        ],
    ),
)


@pytest.mark.parametrize(("when", "expected"), ALTERED, ids=[when for when, _ in ALTERED])
def test_every_part_of_a_condition_is_changed(
    when: str, expected: Sequence[tuple[str, object]]
) -> None:
    """One thing at a time, of every kind that the part allows; what means the same comes once."""
    found = alterations(condition_of(when), base().vocabulary)
    assert [(one.change.value, print_condition(one.whole)) for one in found] == expected


class TestAlterationLaws:
    """A condition with one thing changed is another condition that can be matched."""

    @given(conditions(most=3))
    def test_none_equals_the_original_or_another(self, condition: Condition) -> None:
        """Each is different from the condition and from every other."""
        found = [one.whole for one in alterations(condition, VOCABULARY)]
        assert condition not in found
        assert len(set(found)) == len(found)

    @given(st.data())
    def test_each_can_be_matched(self, data: st.DataObject) -> None:
        """A changed condition is as well formed as the one it is made of."""
        condition = data.draw(conditions(most=3))
        facts = data.draw(assignments(VOCABULARY, condition))
        view = {name: comparable(VOCABULARY[name], value) for name, value in facts.items()}
        for one in alterations(condition, VOCABULARY):
            assert compile_condition(one.whole, VOCABULARY)(view) in (True, False, None)

    @given(conditions(most=3))
    def test_only_what_is_said_is_changed(self, condition: Condition) -> None:
        """A test that is changed stood in the condition, and stands there once less."""
        for one in alterations(condition, VOCABULARY):
            if isinstance(one.old, Leaf) and isinstance(one.new, Leaf):
                before, after = list(walk(condition)), list(walk(one.whole))
                assert before.count(one.old) == after.count(one.old) + 1
                assert after.count(one.new) == before.count(one.new) + 1


EFFECTS = """\
  - id: fine
    list: exempt
    permits: [exempt, mitigated]
    modality: shall
    title: {zh: 条目, en: entry}
    cite: [{law: 本地清单, unverified: {zh: 测试, en: test}}]
    when: [corrected]
    effect:
      waives: [fine, warning]
      keeps: [confiscation]
      instead: warning
      fine: {low: 100, high: 500}
"""


def test_what_a_rule_orders_is_left_out_or_moved() -> None:
    """Every order is left out once; an amount is one fen off on either side."""
    found = {one.text.en for one in all_of(engine_of(EFFECTS)) if one.change is Change.EFFECT}
    after = {text.rpartition(" → ")[2] for text in found}
    assert len(after) == len(found) == 9
    assert any("99.99 yuan to 500 yuan" in text for text in after)
    assert any("100 yuan to 500.01 yuan" in text for text in after)


@pytest.mark.parametrize(
    ("fine", "expected"),
    [
        ("{amount: 0}", [FineEffect(amount=1)]),
        ("{low: 5, high: 5}", [FineEffect(low=499, high=500), FineEffect(low=500, high=501)]),
        ("{floor: 1}", [FineEffect(floor=Fraction(99, 100))]),
        ("{floor: 0.1}", [FineEffect(floor=Fraction(share, 100)) for share in (9, 11)]),
    ],
)
def test_amounts_and_floors_move_inside_their_limits(
    fine: str, expected: Sequence[FineEffect]
) -> None:
    """No amount falls below nothing, no range is turned round, no share leaves nought to one."""
    engine = engine_of(rule("one", f"when: [corrected], effect: {{fine: {fine}}}", kind="lighter"))
    found = [one.rules[0].effect.fine for one in all_of(engine) if one.change is Change.EFFECT]
    assert found == [None, *expected]


def test_a_band_is_moved_and_its_borders_are_opened() -> None:
    """Each end moves by a hundredth inside the span; a closed end is opened and the reverse."""
    more = 'when: [corrected], effect: {fine: {band: "[0, 0.3)"}}'
    engine = engine_of(rule("one", more, kind="lighter"))
    found = [one.rules[0].effect.fine for one in all_of(engine) if one.change is Change.EFFECT]
    bands = [fine.band for fine in found if fine is not None]
    shown = [(b.low, b.high, b.low_closed, b.high_closed) for b in bands if b is not None]
    low, high, step = Fraction(0), Fraction(3, 10), Fraction(1, 100)
    assert shown == [
        (low + step, high, True, False),
        (low, high - step, True, False),
        (low, high + step, True, False),
        (low, high, False, False),
        (low, high, True, True),
    ]


@pytest.mark.parametrize(
    ("kind", "permits", "expected"),
    [
        ("exempt", "", [("mitigated", ["mitigated"])]),
        ("mitigated", "", [("exempt", ["exempt"]), ("lighter", ["lighter"])]),
        ("lighter", "", [("mitigated", ["mitigated"]), ("heavier", ["heavier"])]),
        ("heavier", "", [("lighter", ["lighter"])]),
        ("no_compulsion", "", []),
        (
            "lighter",
            "permits: [lighter, mitigated], ",
            [
                ("lighter", ["mitigated"]),
                ("lighter", ["lighter"]),
                ("lighter", ["mitigated", "lighter"]),
            ],
        ),
    ],
)
def test_the_list_is_changed_to_its_neighbour(
    kind: str, permits: str, expected: Sequence[tuple[str, Sequence[str]]]
) -> None:
    """A rule moves to the next list; of several grades one is left out, or the order turned."""
    engine = engine_of(rule("one", f"{permits}when: [corrected]", kind=kind))
    found = [one.rules[0] for one in all_of(engine) if one.change is Change.PERMITS]
    assert [(one.list, [grade.code for grade in one.permits]) for one in found] == expected


def test_a_list_that_is_not_there_stays() -> None:
    """Where the ruleset has no neighbouring list, the grade alone is changed."""
    engine = Engine(knowledge=small_knowledge())
    found = [
        one.rules[0]
        for one in all_of(engine)
        if one.change is Change.PERMITS and one.rule == "small.district/first"
    ]
    assert [(one.list, str(one.permits[0])) for one in found] == [("exempt", "mitigated")]


SHARED = """\
preamble: {when: [corrected, minor], unless: [obstructed]}
define:
  little:
    label: {zh: 少量, en: little}
    when: [goods_value: {below: 500}]
    cite: [{law: 行政处罚法, article: 33}]
"""
TWO = (
    rule("one", "when: [little, harm: none]")
    + rule("two", "when: [little], unless: [sold_out], in_force: {from: 2021-05-01}").replace(
        "sold_out", "channel: online"
    )
    + rule("three", "when: [harm: slight]")
)


def shared(change: Change) -> list[Mutant]:
    """Mutants of that kind that are of no single rule."""
    found = all_of(engine_of(TWO, head=SHARED))
    return [one for one in found if one.rule is None and one.change is change]


def test_the_preamble_is_changed_for_all_rules_at_once() -> None:
    """A condition of the preamble is written once, so that it is left out of every rule."""
    found = [one for one in shared(Change.DROPPED) if one.definition is None]
    assert [one.text.en for one in found] == [
        "left out: corrected",
        "left out: minor",
        "left out: obstructed the inspection",
    ]
    for one in found:
        assert [new.id for new in one.rules] == ["own/one", "own/two", "own/three"]
        assert one.ruleset == "own"
        assert one.location is not None
        assert one.location.path.startswith("$.preamble")


def test_a_definition_is_changed_for_all_rules_that_use_it() -> None:
    """A threshold inside a definition moves in every rule that uses it, and in no other."""
    (found,) = shared(Change.THRESHOLD)
    assert found.definition == "own#little"
    assert [new.id for new in found.rules] == ["own/one", "own/two"]
    assert all(
        print_condition(node.condition) == {"goods_value": {"below": "499.99"}}
        for new in found.rules
        for node in walk(new.condition)
        if isinstance(node, Defined)
    )


def test_a_definition_is_changed_only_with_the_ruleset_that_holds_it() -> None:
    """A definition that others use belongs to its own ruleset."""
    engine = engine_of(TWO, head=SHARED)
    assert all(
        one.definition is None for one in mutants_of(engine.rulesets, engine.vocabulary, only=())
    )
    assert not mutants_of(engine.rulesets, engine.vocabulary, only=("other",))


def test_days_are_moved_where_they_are_written() -> None:
    """The first day that rules have in common moves for all of them; one of its own alone."""
    found = [one for one in all_of(engine_of(TWO, head=SHARED)) if one.change is Change.DAYS]
    assert [(one.rule, len(one.rules), one.text.en) for one in found] == [
        (None, 2, "one day off: from 1 January 2020 → from 31 December 2019"),
        (None, 2, "one day off: from 1 January 2020 → from 2 January 2020"),
        ("own/two", 1, "one day off: from 1 May 2021 → from 30 April 2021"),
        ("own/two", 1, "one day off: from 1 May 2021 → from 2 May 2021"),
    ]


def test_a_mutant_differs_in_one_thing() -> None:
    """No changed rule equals its original, and one of its own changes no other rule."""
    for one in all_of(engine_of(TWO + EFFECTS, head=SHARED)):
        assert len(one.originals) == len(one.rules)
        for old, new in zip(one.originals, one.rules, strict=True):
            changed = [
                f.name for f in attrs.fields(Rule) if getattr(old, f.name) != getattr(new, f.name)
            ]
            assert old.id == new.id
            assert changed in (
                ["condition"],
                ["in_force"],
                ["modality"],
                ["effect"],
                ["permits"],
                ["list", "permits"],
            )
        if one.rule is not None:
            assert [new.id for new in one.rules] == [one.rule]


def test_what_is_changed_is_said_in_both_languages() -> None:
    """The text names the part; before and after are the points of the rule that differ."""
    engine = engine_of(rule("one", "when: [corrected, any: [minor, harm: none]]"))
    found = {one.text.en: one for one in all_of(engine)}
    part = found["left out: harm: “none at all”"]
    assert part.text.zh == "删去：危害后果为“没有”"
    assert part.is_part
    assert part.before.en == "minor; or harm: “none at all”"
    assert part.after.en == "minor"
    whole = found["left out: corrected"]
    assert not whole.is_part
    assert (whole.before.en, whole.after.en) == ("corrected", "–")
    assert found["must or may: may → must"].before.zh == "可以"


LIST = (
    rule(
        "small",
        "violations: [stall.street], when: [goods_value: {below: 500}, harm: {at_most: slight}]",
    )
    + rule(
        "few", "when: [at_least: {2: [corrected, minor, obstructed]}], unless: [channel: online]"
    )
    + rule("worse", "when: [any: [obstructed, prior_count: {at_least: 2}]]", kind="heavier")
    + rule("seizure", "measures: [seizure], when: [minor]", kind="no_compulsion")
    + rule(
        "fixed", "when: [channel: {in: [market]}], effect: {fine: {amount: 700}}", kind="lighter"
    )
    + rule(
        "late",
        "when: [corrected, first_violation: true], in_force: {from: 2022-03-01, until: 2022-05-20}",
        kind="mitigated",
        modality="shall",
    ).replace("first_violation: true", "ordered_on: {before: 2022-03-05}")
)
FACTS = (
    "goods_value: 499.99, harm: slight, corrected: true, minor: true, obstructed: false, "
    "channel: market, prior_count: 0, ordered_on: 2022-03-06"
)
GOLDENS = (
    golden("held", FACTS, "grade: exempt, modality: may, holds: [own/small, own/few]"),
    golden("not-below", FACTS.replace("499.99", "500"), "fails: [own/small]"),
    golden("too-bad", FACTS.replace("slight", "serious"), "fails: [own/small], grade: exempt"),
    golden("asked", "minor: true, goods_value: 66", "settled: false, asks: [harm, corrected]"),
    golden(
        "priors",
        "prior_count: 2, harm: serious",
        "holds: [own/worse], permitted: [ordinary, heavier]",
    ),
    golden(
        "market",
        FACTS.replace("499.99", "900").replace("true", "false"),
        "fine: {low: 700, high: 700}, holds: [own/fixed]",
    ),
    golden("ordered", "corrected: true, ordered_on: 2022-03-04", "holds: [own/late]"),
    golden("undated", FACTS, "holds: [own/small]", "decided: 2022-05-20"),
    golden(
        "measured",
        "minor: true",
        "compulsion: {seizure: may_omit}",
        "committed: 2022-03-01, decided: 2022-05-20, measures: [seizure]",
    ),
    golden("elsewhere", FACTS, "grade: ordinary").replace("530103", "530102"),
    golden("signs", "obstructed: true", "holds: [own/worse]").replace("stall.street", "stall.sign"),
    golden("published", FACTS, ""),
)
MATTER = """\
  - id: both
    cases:
      - id: "1"
        act: both
        region: "530103"
        violation: stall.street
        committed: 2022-03-01
        decided: 2022-05-20
        facts: {goods_value: 500, harm: none}
      - id: "2"
        act: both
        region: "530103"
        violation: stall.noise
        committed: 2022-03-01
        decided: 2022-05-20
        facts: {obstructed: true}
    expect: {holds: {"2": [own/worse]}, fails: {"1": [own/small]}}
"""


@cache
def listed() -> Engine:
    """The list with golden cases that notice much and not all."""
    return engine_of(LIST, *GOLDENS, matters=MATTER)


def fate_of(engine: Engine, text: str) -> Fate:
    """What becomes of the change."""
    (found,) = (one.fate for one in results_of(engine) if one.mutant.text.en == text)
    return found


BELOW = "value of the goods: less than 500 yuan"
NOTICED = (
    (f"left out: {BELOW}", "not-below"),
    (f"border open or closed: {BELOW} → value of the goods: 500 yuan or less", "not-below"),
    (f"threshold one step off: {BELOW} → value of the goods: less than 499.99 yuan", "held"),
)


@pytest.mark.parametrize(("text", "by"), NOTICED)
def test_a_change_is_noticed_by_the_case_at_the_border(text: str, by: str) -> None:
    """The golden case on the other side of the border fails, and that is the change noticed."""
    (found,) = (one for one in results_of(listed()) if one.mutant.text.en == text)
    assert found.fate is Fate.NOTICED
    assert found.noticed_by == by


@pytest.mark.parametrize(("text", "_by"), NOTICED)
def test_without_that_case_nobody_notices(text: str, _by: str) -> None:
    """Golden cases far from the border notice nothing of it."""
    engine = engine_of(LIST, golden("far", FACTS.replace("499.99", "66"), "grade: exempt"))
    assert fate_of(engine, text) is Fate.SURVIVED


KINDS = (
    (Change.COUNT, "corrected: true, minor: false, obstructed: false", "fails: [own/one]"),
    (Change.CONNECTIVE, "corrected: true, minor: false, obstructed: false", "fails: [own/two]"),
    (Change.NEGATED, "corrected: true, minor: true", "holds: [own/two]"),
    (Change.CODE, "channel: online, obstructed: true", "holds: [own/three]"),
    (Change.DAYS, "channel: online, obstructed: true", "holds: [own/three]"),
    (
        Change.PERMITS,
        "channel: online, obstructed: true, corrected: false, minor: false",
        "grade: exempt",
    ),
    (Change.MODALITY, "corrected: true, minor: true, obstructed: false", "modality: may"),
    (
        Change.EFFECT,
        "goods_value: 900, remark: 小摊, obstructed: false, corrected: false",
        "fine: {high: 700}",
    ),
)
KIND_RULES = (
    rule("one", "when: [at_least: {2: [corrected, minor, obstructed]}]")
    + rule("two", "when: [corrected, minor]")
    + rule(
        "three", "when: [channel: {in: [market, online]}, obstructed], in_force: {from: 2022-03-01}"
    )
    + rule("four", "when: [remark: 小摊], effect: {fine: {amount: 700}}", kind="lighter")
)


@pytest.mark.parametrize(("change", "facts", "expect"), KINDS)
def test_each_kind_of_change_is_noticed_by_who_expects_it(
    change: Change, facts: str, expect: str
) -> None:
    """A golden case that expects what the change touches fails; one that does not, passes."""

    def noticed(expected: str) -> int:
        day = "committed: 2022-03-01, decided: 2022-03-01"
        engine = engine_of(KIND_RULES, golden("case", facts, expected, day))
        fates = [one.fate for one in results_of(engine) if one.mutant.change is change]
        return fates.count(Fate.NOTICED)

    assert noticed(expect) > 0
    assert noticed("contested: false") == 0


def failing(engine: Engine) -> set[str]:
    """Golden cases and matters that fail, one after the other, without any shortcut."""
    own = engine.knowledge
    cases = [run_golden(engine, case) for case in own.goldens]
    matters = [run_matter(engine, matter) for matter in own.golden_matters]
    failed = {one.id for one in cases if not one.passed}
    return failed | {one.id for one in matters if not one.passed}


def test_only_what_a_change_cannot_touch_is_left_out() -> None:
    """Whatever golden case fails with the changed rules is among those that are run again."""
    engine = listed()
    assert failing(engine) == set()
    run = run_of(engine)
    untouched = 0
    for mutant in all_of(engine):
        touched = {trial.id for trial in run.touched(mutant)}
        failed = failing(with_rules(engine, mutant.rules))
        assert failed <= touched, mutant
        assert (run.result(mutant).fate is Fate.NOTICED) == bool(failed)
        untouched += len(GOLDENS) - len(touched)
    assert untouched > len(all_of(engine))


def written_rule(changed: Rule) -> dict[str, object]:
    """A rule as a document writes it, its condition printed whole."""
    fine = changed.effect.fine
    amount = None if fine is None or fine.amount is None else Decimal(fine.amount) / FEN_PER_YUAN
    days = changed.in_force
    given: dict[str, object] = {
        "id": changed.id.partition("/")[2],
        "title": {"zh": "条目", "en": "entry"},
        "list": changed.list,
        "permits": [grade.code for grade in changed.permits],
        "modality": changed.modality.value,
        "violations": sorted(changed.violations or ()),
        "measures": sorted(measure.value for measure in changed.measures or ()),
        "in_force": {
            "from": days.start and days.start.isoformat(),
            "until": days.until and days.until.isoformat(),
        },
        "effect": {"fine": {"amount": str(amount)}} if amount is not None else None,
        "cite": [{"law": "本地清单", "unverified": {"zh": "测试", "en": "test"}}],
    }
    if changed.condition != condition_of("entry: '1'"):
        given["when"] = print_condition(changed.condition)
    return dict(_present(given))


def _present(given: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in given.items():
        inner = dict(_present(value)) if isinstance(value, dict) and key != "when" else value
        if inner not in (None, [], {}):
            yield key, inner


def reloaded(engine: Engine) -> Engine:
    """The engine of a document in which its rules are written out."""
    (ruleset,) = engine.rulesets
    (head,) = read_bytes(HEAD.encode(), "head.yaml", kind="yaml")
    assert isinstance(head.data, dict)
    # An entry may not be older than its ruleset, and a changed one may be by a day.
    document = head.data | {"rules": [written_rule(one) for one in ruleset.rules]}
    document["in_force"] = {"from": "2019-01-01"}
    documents = read_bytes(json.dumps(document).encode(), "again.json", kind="json")
    knowledge = load_documents(documents, base=base())
    own = engine.knowledge
    return Engine(
        knowledge=attrs.evolve(knowledge, goldens=own.goldens, golden_matters=own.golden_matters)
    )


def test_swapping_a_rule_agrees_with_loading_it_from_a_document() -> None:
    """What a mutant is, a document can say, and golden cases notice the same of it."""
    engine = listed()
    for mutant in all_of(engine):
        swapped = with_rules(engine, mutant.rules)
        again = reloaded(swapped)
        assert again.rules == swapped.rules, mutant
        assert failing(again) == failing(swapped), mutant


def test_a_derived_fact_that_is_no_longer_read_may_change_the_case() -> None:
    """A fact is derived only where a rule reads it, so such a case is run again."""
    case = golden("counted", "prior_count: 0, corrected: false", "fails: [own/one]")
    text = "left out: no earlier violations"
    other = rule("other", "when: [minor, prior_count: {at_most: 3}]")
    for rules, expected in (("", ["counted"]), (other, [])):
        engine = engine_of(rule("one", "when: [corrected, prior_count: 0]") + rules, case)
        (dropped,) = (one for one in all_of(engine) if one.text.en == text)
        assert [trial.id for trial in run_of(engine).touched(dropped)] == expected


def test_a_condition_that_follows_from_the_others_changes_nothing() -> None:
    """Where a proof shows that the changed rule says the same, it does not count."""
    engine = engine_of(rule("one", "when: [corrected, any: [corrected, minor]]"))
    fates = {one.mutant.text.en: one.fate for one in results_of(engine)}
    assert fates["left out: corrected; or minor"] is Fate.EQUIVALENT
    assert fates["left out: minor"] is Fate.EQUIVALENT
    assert fates["left out: corrected"] is Fate.SURVIVED


def test_an_element_of_the_offence_changes_nothing_of_a_heavier_rule() -> None:
    """What constitutes the offence does not aggravate it, whatever the rule says of it."""
    more = "violations: [stall.street], when: [minor, exits: {contains: [north, south]}]"
    for kind, expected in (("heavier", Fate.EQUIVALENT), ("lighter", Fate.SURVIVED)):
        fates = {
            one.fate
            for one in results_of(engine_of(rule("one", more, kind=kind)))
            if one.mutant.change is Change.CODE
        }
        assert fates == {expected}
    general = "when: [minor, exits: {contains: [north, south]}]"
    codes = [
        one.fate
        for one in results_of(engine_of(rule("one", general, kind="heavier")))
        if one.mutant.change is Change.CODE
    ]
    assert codes == [Fate.SURVIVED, Fate.SURVIVED]


def test_what_is_proved_equivalent_is_never_noticed() -> None:
    """No golden case fails on rules that are proved to say the same."""
    engine = listed()
    for mutant in all_of(engine):
        if is_equivalent(mutant, engine):
            assert not failing(with_rules(engine, mutant.rules))


def test_a_golden_case_that_fails_already_notices_nothing() -> None:
    """It is left aside and named; one that expects nothing is no golden case at all."""
    engine = engine_of(
        rule("one", "when: [corrected]"),
        golden("wrong", "corrected: true", "grade: heavier"),
        golden("right", "corrected: false", "fails: [own/one]"),
    )
    run = run_of(engine)
    fates = {one.mutant.text.en: one for one in run.results(all_of(engine))}
    assert run.failing == ("wrong",)
    assert fates["left out: corrected"].noticed_by == "right"
    assert fates["must or may: may → must"].fate is Fate.SURVIVED


def test_a_matter_notices_too() -> None:
    """A golden matter is run again when a rule of one of its cases changes."""
    engine = engine_of(LIST, matters=MATTER)
    by = {one.noticed_by for one in results_of(engine)}
    assert by == {"both", None}


def test_a_draft_is_changed_for_those_who_expect_something_of_it() -> None:
    """A golden case that names an entry of a draft is run with the drafts, changed or not."""
    text = f"{HEAD}rules:\n{rule('one', 'when: [corrected]')}".replace("kind: list", "kind: draft")
    cases = f"{GOLDEN}cases:\n{golden('named', 'corrected: true', 'holds: [own/one]')}"
    documents = [
        document
        for at, written in enumerate((text, cases))
        for document in read_bytes(written.encode(), f"{at}.yaml", kind="yaml")
    ]
    engine = Engine(knowledge=load_documents(documents, base=base()))
    noticed = {one.mutant.text.en for one in results_of(engine) if one.noticed_by == "named"}
    assert "the opposite: corrected → not corrected" in noticed


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    """So many of all, in their order; another seed takes others."""
    mutants = all_of(listed())
    first = sample_of(mutants, 10, 1)
    assert first == sample_of(mutants, 10, 1) != sample_of(mutants, 10, 2)
    assert len(first) == 10
    assert [one for one in mutants if one in first] == list(first)
    assert sample_of(mutants, 10_000) == mutants


def test_the_score_is_the_share_that_was_noticed() -> None:
    """Equivalent ones do not count; without any that counts there is no score."""
    score = MutationScore(tried=10, noticed=6, equivalent=2)
    assert (score.counted, score.survived, score.share) == (8, 2, Fraction(3, 4))
    assert MutationScore.of(()).share is None
    results = results_of(listed())
    counted = MutationScore.of(results)
    assert counted.tried == len(results) == counted.noticed + counted.survived + counted.equivalent
