"""Entries beside those of superior places: what goes beyond, narrows, or cannot be compared."""

from datetime import date
from typing import Any

import pytest

from bizrules.conditions import AllOf, Op
from bizrules.conditions import Test as FactTest
from bizrules.errors import Severity
from bizrules.facts import Kind, Vocabulary
from bizrules.history import FirstViolation, Window
from bizrules.penalties import Grade
from bizrules.refinement import Refinements
from bizrules.rules import Axis, Measure, Rule, Ruleset
from bizrules.values import Interval
from rulebook import NATIONAL, PANLONG, REGIONS, YUNNAN, rule, ruleset
from strategies import VOCABULARY as PLAIN
from strategies import fact

VOCABULARY = Vocabulary({**PLAIN.facts, "first_violation": fact("first_violation", Kind.BOOLEAN)})
RECALLED = FactTest(("recalled",), Op.IS, True)
SOLD = FactTest(("sold",), Op.IS, True)
FIRST = FactTest(("first_violation",), Op.IS, True)
FOOD = frozenset({"food"})


def listed(name: str = "1", **changes: Any) -> Rule:  # noqa: ANN401 - any field
    """An entry of a list for food."""
    return rule(name, **{"list": "exempt", "violations": FOOD, "condition": RECALLED, **changes})


def findings(*rulesets: Ruleset) -> list[tuple[str, str, str]]:
    """Code, entry and superior entry of everything said about the ruleset `own`."""
    by_id = {one.id: one for one in rulesets}
    found = Refinements(rulesets=by_id, vocabulary=VOCABULARY, regions=REGIONS)
    problems = list(found.problems({"own"}))
    for one in problems:
        assert one.text("zh")
        assert one.help("en")
        note = one.code != "widens-superior"
        assert one.severity is (Severity.NOTE if note else Severity.WARNING)
    return [(one.code, one.details["rule"], one.details["other"]) for one in problems]


def beside(own: Rule, superior: Rule, **changes: Any) -> list[str]:  # noqa: ANN401 - any field
    """The codes of what is said of a district's entry beside one of the province."""
    above = ruleset("above", YUNNAN, rules=(superior,))
    found = findings(ruleset("own", PANLONG, rules=(own,), **changes), above)
    return [code for code, _, _ in found]


MORE = AllOf((RECALLED, SOLD))
EXEMPT, LIGHTER, HEAVIER = (Grade.EXEMPT,), (Grade.LIGHTER,), (Grade.HEAVIER,)


@pytest.mark.parametrize(
    ("own", "superior", "expected"),
    [
        (listed(), listed(condition=MORE), ["widens-superior"]),
        (listed(permits=HEAVIER), listed(permits=HEAVIER, condition=MORE), ["widens-superior"]),
        (listed(), listed(permits=LIGHTER), ["widens-superior"]),
        (listed(condition=MORE), listed(permits=LIGHTER), ["widens-superior"]),
        (listed(), listed(), []),
        (listed(condition=MORE), listed(), []),
        (listed(permits=LIGHTER), listed(), []),
        (listed(condition=SOLD), listed(), []),
        (listed(permits=HEAVIER), listed(condition=MORE), []),
        (listed(violations=frozenset({"fire"})), listed(condition=MORE), []),
        (listed(violations=None), listed(condition=MORE), []),
        (listed(), listed(condition=MORE, violations=None), []),
        (listed(), listed(condition=MORE, list=None), []),
        (listed(list=None), listed(condition=MORE), []),
        (listed(departments=frozenset({"a"})),
         listed(condition=MORE, departments=frozenset({"b"})), []),
        (listed(in_force=Interval(date(2022, 1, 1))),
         listed(condition=MORE, in_force=Interval(None, date(2022, 1, 1))), []),
        (listed(in_force=Interval(date(2022, 1, 1))),
         listed(condition=MORE, in_force=Interval(None, date(2022, 1, 2))), ["widens-superior"]),
        (listed(axis=Axis.COMPULSION, permits=(), measures=frozenset({Measure.SEALING})),
         listed(axis=Axis.COMPULSION, permits=(), condition=MORE), ["widens-superior"]),
    ],
)  # fmt: skip
def test_listed_entries(own: Rule, superior: Rule, expected: list[str]) -> None:
    """A listed entry is compared with superior ones for the same matter and time."""
    assert beside(own, superior) == expected


def test_an_entry_of_the_second_axis_has_no_grades_to_go_beyond() -> None:
    """Where measures are spared, only the cases count."""
    spared: dict[str, Any] = {"axis": Axis.COMPULSION, "permits": ()}
    assert beside(listed(**spared, condition=MORE), listed(**spared)) == []


def test_an_entry_that_one_superior_entry_covers_is_fine() -> None:
    """What goes beyond one entry of the superior list may rest on another."""
    entries = (listed("1", condition=MORE), listed("2"))
    above = ruleset("above", YUNNAN, rules=entries)
    assert findings(ruleset("own", PANLONG, rules=(listed(),)), above) == []


def test_the_nearest_superior_is_named() -> None:
    """Of several places above, the nearest one beyond which it goes is told, once."""
    near = ruleset("near", YUNNAN, rules=(listed(condition=MORE),))
    far = ruleset("far", NATIONAL, rules=(listed(condition=MORE),))
    own = ruleset("own", PANLONG, rules=(listed(),))
    assert findings(own, far, near) == [("widens-superior", "own/1", "near/1")]


def test_places_beside_and_unknown_are_not_superior() -> None:
    """Only a place above counts, and a place that is not known has none."""
    wide = listed(condition=MORE)
    assert findings(ruleset("own", YUNNAN, rules=(listed(),)),
                    ruleset("below", PANLONG, rules=(wide,))) == []  # fmt: skip
    assert findings(ruleset("own", "999999", rules=(listed(),)),
                    ruleset("above", NATIONAL, rules=(wide,))) == []  # fmt: skip


@pytest.mark.parametrize(
    ("own", "superior", "expected"),
    [
        ({}, {}, []),
        ({"condition": MORE}, {}, ["narrows-superior"]),
        ({}, {"condition": MORE}, ["widens-superior"]),
        ({"condition": SOLD}, {}, ["cannot-compare"]),
        ({"permits": HEAVIER}, {}, ["cannot-compare"]),
        ({}, {"permits": LIGHTER}, ["widens-superior"]),
        ({}, {"permits": LIGHTER, "condition": MORE}, ["widens-superior", "widens-superior"]),
        ({"permits": HEAVIER}, {"permits": (Grade.HEAVIER, Grade.ORDINARY)}, []),
    ],
)
def test_entries_that_say_what_they_refine(
    own: dict[str, Any], superior: dict[str, Any], expected: list[str]
) -> None:
    """A rule that names a superior entry is compared with it, listed or not."""
    refining = rule("1", **{"condition": RECALLED, "refines": "above/1", **own})
    assert beside(refining, rule("1", **{"condition": RECALLED, **superior})) == expected


def test_an_own_definition_of_a_first_violation_cannot_be_compared() -> None:
    """A district that counts otherwise neither widens nor narrows by the words alone."""
    superior = rule("1", condition=AllOf((FIRST, RECALLED)))
    for own, expected in (
        (rule("1", condition=FIRST, refines="above/1"), "cannot-compare"),
        (rule("1", condition=RECALLED, refines="above/1"), "widens-superior"),
    ):
        counting = FirstViolation(window=Window(24))
        assert beside(own, superior, first_violation=counting) == [expected]
        assert beside(own, superior) == ["widens-superior"]
