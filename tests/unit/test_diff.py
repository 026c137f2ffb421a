"""What became of the entries of a ruleset, entry by entry and part by part."""

import re
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from string import Formatter
from typing import Any

import attrs
import pytest

import bizrules
from bizrules.analysis import (
    Change,
    ChangeKind,
    Direction,
    LegalDiff,
    Part,
    View,
    diff_data,
    diff_rulesets,
    render_diff,
    view_on,
)
from bizrules.analysis._differences import compare_grades
from bizrules.analysis._fines import compare_effects
from bizrules.analysis._general import compare_bands
from bizrules.analysis._windows import is_wider, rises
from bizrules.conditions import AllOf, Condition, Defined, Not, Op, Operand, Share
from bizrules.conditions import Test as FactTest
from bizrules.engine import Engine
from bizrules.errors import NotInForceError, UnknownNameError
from bizrules.facts import Kind, Vocabulary
from bizrules.history import (
    Anchor,
    FirstViolation,
    Identity,
    Register,
    SpecialWindow,
    Window,
    WindowUnit,
)
from bizrules.loading import Knowledge
from bizrules.penalties import (
    GRADES,
    Band,
    BandTable,
    FineEffect,
    Grade,
    Modality,
    PenaltyKind,
    Shape,
)
from bizrules.phrases._en_diff import DIFF as ENGLISH
from bizrules.phrases._zh_diff import DIFF as CHINESE
from bizrules.provenance import Citation, NormLevel, Text
from bizrules.rules import (
    Accrual,
    Axis,
    CalendarKind,
    Combination,
    Deadline,
    Definition,
    Duty,
    Effect,
    Ground,
    ListKind,
    Measure,
    Reach,
    Rule,
    RuleEffect,
    Ruleset,
    Trigger,
    Unexpressed,
)
from bizrules.values import Interval, Money
from rulebook import FIRE, FOOD, duty, rule, ruleset
from strategies import VOCABULARY as PLAIN
from strategies import fact, text

VOCABULARY = Vocabulary(
    {
        **PLAIN.facts,
        "first_violation": fact("first_violation", Kind.BOOLEAN),
        "prior_count": fact("prior_count", Kind.INTEGER),
        "list/a#unexpressed": fact("list/a#unexpressed", Kind.BOOLEAN),
        "list/b#unexpressed": fact("list/b#unexpressed", Kind.BOOLEAN),
    }
)
CATALOGUE = {FOOD.id: FOOD, FIRE.id: FIRE}
LISTS = {
    "exempt": ListKind(id="exempt", name=text("exempt"), effect=Effect.EXEMPT),
    "lighter": ListKind(id="lighter", name=text("lighter"), effect=Effect.LIGHTER),
    "spared": ListKind(id="spared", name=text("spared"), effect=Effect.EXEMPT),
}
EXEMPT, MITIGATED, LIGHTER, HEAVIER = Grade.EXEMPT, Grade.MITIGATED, Grade.LIGHTER, Grade.HEAVIER
MARCH, JUNE = date(2022, 3, 1), date(2022, 6, 1)
OLD_DAYS, NEW_DAYS = Interval(date(2022, 1, 1), JUNE), Interval(JUNE)


def of(name: str, op: Op = Op.IS, operand: Operand | None = None) -> FactTest:
    """A test of one fact; without an operand, that it is true."""
    return FactTest((name,), op, True if operand is None else operand)


def value(op: Op, yuan: int) -> FactTest:
    """A test of the value of the goods."""
    return of("goods_value", op, Money.from_yuan(yuan))


def view(held: Ruleset, rules: Iterable[Rule] | None = None, day: date = MARCH) -> View:
    """A view of the ruleset with all its rules, or some."""
    shown = held.rules if rules is None else tuple(rules)
    return View(ruleset=held, day=day, rules=shown, vocabulary=VOCABULARY, violations=CATALOGUE)


def amended(old: Rule, new: Rule) -> Change | None:
    """What became of an entry whose later version replaces the earlier one."""
    before = attrs.evolve(old, id="a", in_force=OLD_DAYS)
    after = attrs.evolve(new, id="b", in_force=NEW_DAYS, replaces="list/a")
    held = ruleset("list", lists=LISTS, rules=(before, after))
    found = diff_rulesets(view(held, held.rules[:1]), view(held, held.rules[1:], JUNE))
    assert len(found.changes) + found.unchanged == 1
    return found.changes[0] if found.changes else None


def lenient(name: str = "1", **changes: Any) -> Rule:  # noqa: ANN401 - any field
    """An entry that may exempt where goods are worth less than 500 yuan."""
    return rule(name, **{"condition": value(Op.BELOW, 500), "list": "exempt", **changes})


def heavier(**changes: Any) -> Rule:  # noqa: ANN401 - any field
    """A ground that must make it heavier where goods are worth 500 yuan or more."""
    given = {"condition": value(Op.AT_LEAST, 500), "permits": (HEAVIER,)}
    return rule(**{**given, "modality": Modality.SHALL, **changes})


def spared(name: str = "1", **changes: Any) -> Rule:  # noqa: ANN401 - any field
    """An entry of the second axis."""
    return rule(name, **{"axis": Axis.COMPULSION, "permits": (), **changes})


STRICTER, LOOSER = Direction.STRICTER, Direction.LOOSER
NEUTRAL, UNTOLD = Direction.NEUTRAL, Direction.UNTOLD
FOOD_ONLY, BOTH = frozenset({"food"}), frozenset({"food", "fire"})


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        (lenient(), lenient(condition=value(Op.BELOW, 499)), Part.CONDITION),
        (heavier(), heavier(condition=value(Op.AT_LEAST, 499)), Part.CONDITION),
        (spared(), spared(condition=of("recalled")), Part.CONDITION),
        (lenient(modality=Modality.SHALL), lenient(), Part.MODALITY),
        (heavier(modality=Modality.MAY), heavier(), Part.MODALITY),
        (lenient(), lenient(permits=(LIGHTER,)), Part.GRADES),
        (lenient(), heavier(list="exempt", condition=value(Op.BELOW, 500), modality=Modality.MAY),
         Part.GRADES),
        (lenient(violations=BOTH), lenient(violations=FOOD_ONLY), Part.VIOLATIONS),
        (lenient(), lenient(violations=FOOD_ONLY), Part.VIOLATIONS),
        (heavier(violations=FOOD_ONLY), heavier(violations=BOTH), Part.VIOLATIONS),
        (heavier(violations=FOOD_ONLY), heavier(), Part.VIOLATIONS),
        (lenient(), lenient(departments=frozenset({"fire_rescue"})), Part.DEPARTMENTS),
        (spared(), spared(measures=frozenset({Measure.SEALING})), Part.MEASURES),
        (lenient(), lenient(effect=RuleEffect(instead=PenaltyKind.WARNING)), Part.EFFECT),
    ],
)  # fmt: skip
def test_one_difference_has_one_direction(old: Rule, new: Rule, part: Part) -> None:
    """What takes from the party is stricter, and looser the other way round."""
    there, back = amended(old, new), amended(new, old)
    assert there is not None
    assert back is not None
    assert there.kind is ChangeKind.STRICTER
    assert back.kind is ChangeKind.LOOSER
    assert (there.direction, back.direction) == (STRICTER, LOOSER)
    assert [one.part for one in there.differences] == [part, Part.DAYS]
    for found in (*there.differences, *back.differences):
        assert found.old != found.new
        assert found.old.zh
        assert found.new.en


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (lenient(), lenient(condition=value(Op.AT_LEAST, 500))),
        (lenient(), lenient(condition=value(Op.BELOW, 499), modality=Modality.SHALL)),
        (lenient(violations=FOOD_ONLY), lenient(violations=frozenset({"fire"}))),
        (lenient(), lenient(condition=value(Op.BELOW, 600), permits=(LIGHTER,))),
        (lenient(permits=(Grade.ORDINARY,)),
         lenient(permits=(Grade.ORDINARY,), condition=value(Op.BELOW, 499))),
        (lenient(), lenient(effect=RuleEffect(fine=FineEffect(amount=100)))),
    ],
)  # fmt: skip
def test_what_goes_both_ways_is_changed(old: Rule, new: Rule) -> None:
    """A change of which neither can be told, or both, has no direction."""
    change = amended(old, new)
    assert change is not None
    assert change.kind is ChangeKind.CHANGED
    assert change.direction is UNTOLD


def test_other_words_for_the_same() -> None:
    """Another title, another basis or another way to say the condition changes no case."""
    old = lenient(condition=of("staff", Op.BELOW, 5))
    for new, part in (
        (attrs.evolve(old, title=text("other")), Part.TITLE),
        (attrs.evolve(old, citations=(Citation("行政处罚法", "32"),)), Part.CITATIONS),
        (attrs.evolve(old, condition=of("staff", Op.AT_MOST, 4)), Part.CONDITION),
    ):
        change = amended(old, new)
        assert change is not None
        assert change.kind is ChangeKind.REWORDED
        assert [one.part for one in change.differences] == [part, Part.DAYS]


def test_a_version_with_other_days_and_number_only_is_no_change() -> None:
    """That an entry was published anew under another number changes nothing."""
    assert amended(lenient(entry="1"), lenient(entry="2")) is None
    nested = AllOf((AllOf((value(Op.BELOW, 500),)),))
    assert amended(lenient(), lenient(condition=nested)) is None


def test_moved_between_lists() -> None:
    """An entry on another list is moved, whatever else; its direction is told too."""
    change = amended(lenient(), lenient(list="lighter", permits=(LIGHTER,), entry="4"))
    assert change is not None
    assert change.kind is ChangeKind.MOVED
    assert change.direction is STRICTER
    parts = [one.part for one in change.differences]
    assert parts == [Part.LIST, Part.GRADES, Part.ENTRY, Part.DAYS]
    assert change.differences[0].new == text("lighter")
    off = amended(lenient(), lenient(list=None))
    assert off is not None
    assert off.kind is ChangeKind.MOVED
    assert off.differences[0].new == Text(zh="法定事由", en="ground of law")


def test_what_could_not_be_expressed_is_the_same_with_the_same_words() -> None:
    """Two versions that leave the same thing unexpressed are compared without it."""

    def left(name: str, word: str, *more: Condition) -> Rule:
        one = Unexpressed(text=text(word), reason=text("no standard"))
        condition = AllOf((*more, of(f"list/{name}#unexpressed")))
        return lenient(condition=condition, unexpressed=(one,))

    same = amended(left("a", "x"), left("b", "x", of("recalled")))
    assert same is not None
    assert same.kind is ChangeKind.STRICTER
    other = amended(left("a", "x"), left("b", "y", of("recalled")))
    assert other is not None
    assert other.kind is ChangeKind.CHANGED


def test_definitions_count_with_their_content() -> None:
    """A concept with the same name and another meaning makes a difference, and is explained."""

    def timely(code: str) -> Rule:
        inner = of("corrected", Op.AT_LEAST, code)
        return lenient(condition=Defined(name="d#t", label=text("timely"), condition=inner))

    change = amended(timely("on_the_spot"), timely("by_deadline"))
    assert change is not None
    assert change.kind is ChangeKind.LOOSER
    found = change.differences[0]
    assert found.old.en.startswith("[timely] (“[timely]” means: [corrected]")
    assert found.old != found.new


def test_grades() -> None:
    """The grade named first decides, then what may be chosen beside it."""
    assert compare_grades((EXEMPT,), (LIGHTER, EXEMPT)) is STRICTER
    assert compare_grades((EXEMPT,), (EXEMPT, LIGHTER)) is STRICTER
    assert compare_grades((LIGHTER, MITIGATED), (LIGHTER,)) is STRICTER
    assert compare_grades((LIGHTER,), (LIGHTER, MITIGATED)) is LOOSER
    assert compare_grades((MITIGATED,), (MITIGATED, LIGHTER, EXEMPT)) is UNTOLD
    assert compare_grades((MITIGATED, LIGHTER, EXEMPT), (MITIGATED, EXEMPT, LIGHTER)) is NEUTRAL
    assert compare_grades((), (EXEMPT,)) is UNTOLD


FINE, WARNING = frozenset({PenaltyKind.FINE}), frozenset({PenaltyKind.WARNING})


def band(low: int, high: int, *, closed: bool = True) -> FineEffect:
    """A band of the span in percent."""
    share = Band(low=Fraction(low, 100), high=Fraction(high, 100), high_closed=closed)
    return FineEffect(band=share)


@pytest.mark.parametrize(
    ("old", "new", "exempts", "direction"),
    [
        (RuleEffect(waives=FINE | WARNING), RuleEffect(waives=FINE), False, STRICTER),
        (RuleEffect(), RuleEffect(waives=FINE), True, STRICTER),
        (RuleEffect(), RuleEffect(waives=FINE), False, LOOSER),
        (RuleEffect(waives=WARNING), RuleEffect(waives=FINE), False, UNTOLD),
        (RuleEffect(), RuleEffect(keeps=FINE), True, STRICTER),
        (RuleEffect(instead=PenaltyKind.WARNING), RuleEffect(), True, LOOSER),
        (RuleEffect(), RuleEffect(instead=PenaltyKind.WARNING), False, LOOSER),
        (RuleEffect(instead=PenaltyKind.WARNING), RuleEffect(instead=PenaltyKind.CRITICISM),
         False, STRICTER),
        (RuleEffect(fine=FineEffect(amount=100)), RuleEffect(fine=FineEffect(amount=101)),
         False, STRICTER),
        (RuleEffect(fine=FineEffect(amount=100)), RuleEffect(fine=FineEffect(low=50, high=90)),
         False, UNTOLD),
        (RuleEffect(fine=band(0, 30)), RuleEffect(fine=band(0, 20)), False, LOOSER),
        (RuleEffect(fine=band(10, 30)), RuleEffect(fine=band(0, 40)), False, UNTOLD),
        (RuleEffect(fine=band(0, 30)), RuleEffect(fine=band(0, 30, closed=False)), False, UNTOLD),
        (RuleEffect(fine=band(0, 30)), RuleEffect(), False, UNTOLD),
        (RuleEffect(), RuleEffect(), True, NEUTRAL),
    ],
)  # fmt: skip
def test_effects(old: RuleEffect, new: RuleEffect, exempts: bool, direction: Direction) -> None:
    """Less waived, more kept and higher amounts are stricter; the reverse is the opposite."""
    assert compare_effects(old, new, exempts=exempts) is direction
    opposite = {STRICTER: LOOSER, LOOSER: STRICTER}.get(direction, direction)
    assert compare_effects(new, old, exempts=exempts) is opposite


class TestPairing:
    """Which entry is which."""

    def kinds(self, found: LegalDiff) -> list[tuple[str, str | None, str | None]]:
        """The changes with the ids before and after."""
        return [
            (
                one.kind.value,
                one.old.id if one.old else None,
                one.new.id if one.new else None,
            )
            for one in found.changes
        ]

    def test_chain_of_replacements(self) -> None:
        """A version is paired with any earlier one of the same chain, and with none beside."""
        rules = (
            lenient("a"),
            lenient("b", replaces="set/a"),
            lenient("c", replaces="set/b", condition=value(Op.BELOW, 100)),
            lenient("d"),
        )
        held = ruleset("set", lists=LISTS, rules=rules)
        one, _, third, other = held.rules
        found = diff_rulesets(view(held, [one, other]), view(held, [third]))
        assert self.kinds(found) == [("repealed", "set/d", None), ("stricter", "set/a", "set/c")]
        back = diff_rulesets(view(held, [third]), view(held, [one, other]))
        assert self.kinds(back) == [("added", None, "set/d"), ("looser", "set/c", "set/a")]

    def test_a_circle_of_replacements_ends(self) -> None:
        """Versions that replace each other are compared like any others."""
        rules = (lenient("a", replaces="set/b"), lenient("b", replaces="set/a"))
        held = ruleset("set", lists=LISTS, rules=rules)
        assert diff_rulesets(view(held), view(held)).unchanged == 2

    def test_between_rulesets(self) -> None:
        """Title, local id, origin, and printed number with violations pair entries, in turn."""
        old = ruleset(
            "old",
            lists=LISTS,
            rules=(
                lenient("1", title=text("t")),
                lenient("x"),
                lenient("n", entry="7", violations=FOOD_ONLY),
                lenient("m", entry="8"),
                lenient("o"),
            ),
        )
        new = ruleset(
            "new",
            lists=LISTS,
            rules=(
                lenient("2", title=text("t"), modality=Modality.SHALL),
                lenient("x", title=text("y")),
                lenient("9", entry="7", violations=FOOD_ONLY, list="spared"),
                lenient("8", entry="8"),
                lenient("o", title=text("first")),
                lenient("o-2", title=text("second"), replaces="new/o"),
            ),
        )
        shown = [one for one in new.rules if one.id != "new/o"]
        found = diff_rulesets(view(old), view(new, shown))
        assert self.kinds(found) == [
            ("added", None, "new/8"),
            ("repealed", "old/m", None),
            ("looser", "old/1", "new/2"),
            ("reworded", "old/x", "new/x"),
            ("reworded", "old/n", "new/9"),
            ("reworded", "old/o", "new/o-2"),
        ]

    def test_a_number_printed_twice_pairs_nothing(self) -> None:
        """Where a number with violations occurs twice, it does not say which entry is meant."""
        pair = [lenient(name, entry="7", violations=FOOD_ONLY) for name in ("a", "b")]
        old = ruleset("old", lists=LISTS, rules=tuple(pair))
        one = lenient("c", entry="7", violations=FOOD_ONLY)
        new = ruleset("new", lists=LISTS, rules=(one,))
        found = diff_rulesets(view(old), view(new))
        assert [one.kind for one in found.changes] == [
            ChangeKind.ADDED,
            ChangeKind.REPEALED,
            ChangeKind.REPEALED,
        ]

    def test_a_list_of_other_effect_is_another_list(self) -> None:
        """Between two rulesets lists are the same by id, or by effect."""
        old = ruleset("old", lists=LISTS, rules=(lenient("a"),))
        for name, kinds in (("spared", []), ("lighter", ["moved"])):
            new = ruleset("new", lists=LISTS, rules=(lenient("a", list=name),))
            found = diff_rulesets(view(old), view(new))
            assert [one.kind.value for one in found.changes] == kinds

    def test_own_instruments_are_not_compared(self) -> None:
        """That each list cites itself is no difference between two rulesets."""
        old = ruleset("old", rules=(rule("a", citations=(Citation("old", entry="1"),)),))
        new = ruleset("new", rules=(rule("a", citations=(Citation("new", entry="2"),)),))
        assert diff_rulesets(view(old), view(new)).unchanged == 1


def test_another_definition_of_a_first_violation() -> None:
    """It is told for the ruleset, and for each entry that rests on it."""
    entry = rule("a", condition=of("first_violation"))
    old = ruleset("old", first_violation=FirstViolation(window=Window(24)), rules=(entry,))
    new = ruleset("new", rules=(entry, rule("b")))
    found = diff_rulesets(view(old), view(new))
    assert [one.part for one in found.general] == [Part.FIRST_VIOLATION]
    changed = found.of_kind(ChangeKind.CHANGED)
    assert [one.part for one in changed[0].differences] == [Part.FIRST_VIOLATION]
    assert "24" in changed[0].differences[0].old.en
    same = ruleset("new", first_violation=FirstViolation(window=Window(24), ruleset="new"))
    assert diff_rulesets(view(old, []), view(same)).general == ()


class TestForms:
    """The diff as text, Markdown and data."""

    @pytest.fixture
    def diff(self) -> LegalDiff:
        """A diff with a change of most kinds."""
        old = ruleset(
            "old",
            lists=LISTS,
            first_violation=FirstViolation(),
            rules=(
                lenient("1", entry="1", violations=FOOD_ONLY),
                lenient("2", list="exempt"),
                spared("3", measures=frozenset({Measure.SEALING})),
                lenient("5", violations=frozenset({"nobody-knows"})),
            ),
        )
        effect = RuleEffect(waives=FINE)
        new = ruleset(
            "new",
            lists=LISTS,
            in_force=NEW_DAYS,
            rules=(
                lenient("1", entry="2", violations=FOOD_ONLY, effect=effect),
                lenient("2", list="lighter", permits=(LIGHTER,)),
                spared("4"),
                lenient("5", violations=FOOD_ONLY, departments=frozenset({"elsewhere"})),
            ),
        )
        return diff_rulesets(view(old), view(new, day=JUNE))

    @pytest.mark.parametrize("form", ["text", "markdown"])
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_texts(self, diff: LegalDiff, lang: str, form: Any) -> None:  # noqa: ANN401 - parameter
        """Every change is told with its entry; nothing is left in the other language."""
        out = render_diff(diff, lang=lang, form=form)
        for name in ("new/1", "new/2", "old/3", "new/4"):
            assert name in out
        assert ("废止" in out) is (lang == "zh")
        assert out.startswith("# ") is (form == "markdown")

    def test_english(self, diff: LegalDiff) -> None:
        """Counts come first, then each kind of change with old and new."""
        lines = [line.strip() for line in render_diff(diff, lang="en").splitlines()]
        assert lines[0] == "Rulesets compared: [old] (1 March 2022) and [new] (1 June 2022)"
        assert lines[3] == "Added: 1; Repealed: 1; Moved: 1; Stricter: 1; Changed: 1; Unchanged: 0"
        assert "- list: [exempt] → [lighter]" in lines
        assert "- [2] (old/2 → new/2) (stricter for the party)" in lines
        assert "- before: nothing" in lines
        assert "- now: waives: fine" in lines
        assert "- printed number: 1 → 2" in lines
        assert "- in force: without limit → from 1 June 2022" in lines
        assert "- grades: no grade of penalty" in lines
        assert "- before: nobody-knows" in lines
        assert "- before: all" in lines

    def test_nothing(self) -> None:
        """That nothing has changed is said."""
        held = ruleset("set", rules=(rule("a"),))
        out = render_diff(diff_rulesets(view(held), view(held)), lang="en")
        assert "No entry has changed; Unchanged: 1" in out

    def test_data(self, diff: LegalDiff) -> None:
        """Data has both languages, counts of every kind, and null for what is not there."""
        data: Any = diff_data(diff)
        assert data["old"] == {
            "ruleset": "old", "title": {"zh": "〔old〕", "en": "[old]"}, "day": "2022-03-01",
            "rules": 4,
        }  # fmt: skip
        assert data["counts"] == {
            "added": 1, "repealed": 1, "moved": 1, "stricter": 1, "looser": 0, "changed": 1,
            "reworded": 0,
        }  # fmt: skip
        added, repealed, moved, *_ = data["changes"]
        assert (added["old"], repealed["new"]) == (None, None)
        assert added["new"]["in_force"] == {"from": "2022-06-01", "until": None}
        assert moved["direction"] == "stricter"
        assert moved["differences"][0]["part"] == "list"
        assert [one["part"] for one in data["general"]] == ["first_violation"]


class TestViews:
    """A ruleset on one day, as an engine knows it."""

    def engine(self, known_on: date | None = None) -> Engine:
        """An engine with one entry in two versions, amended in June and announced in May."""
        ended = Interval(date(2022, 1, 1), JUNE, date(2022, 5, 1))
        rules = (
            rule("a", in_force=ended, published=date(2021, 12, 1)),
            rule("b", in_force=NEW_DAYS, published=date(2022, 5, 1), replaces="set/a"),
            rule("c", in_force=Interval(date(2022, 1, 1), date(2022, 2, 1))),
        )
        days = Interval(date(2022, 1, 1), date(2024, 1, 1))
        held = ruleset("set", rules=rules, in_force=days)
        knowledge = Knowledge(vocabulary=VOCABULARY, rulesets=(held,))
        return Engine(knowledge=knowledge, as_known_on=known_on)

    def test_the_version_of_the_day(self) -> None:
        """A view has the versions in force that day."""
        engine = self.engine()
        for day, ids in ((MARCH, ["set/a"]), (date(2022, 5, 31), ["set/a"]), (JUNE, ["set/b"])):
            assert [one.id for one in view_on(engine, "set", day).rules] == ids

    def test_as_known_on(self) -> None:
        """Before it was announced, an amendment is not known, nor the end of what it amends."""
        known = self.engine(date(2022, 4, 30))
        assert [one.id for one in view_on(known, "set", JUNE).rules] == ["set/a"]
        assert known.rule_on("set/b", JUNE).id == "set/a"

    def test_unknown_or_not_in_force(self) -> None:
        """An unknown ruleset is named with those near it; an ended one with its end."""
        with pytest.raises(UnknownNameError, match="unknown ruleset `sett`; did you mean `set`"):
            view_on(self.engine(), "sett", MARCH)
        with pytest.raises(NotInForceError, match="it ended on 2024-01-01") as ended:
            view_on(self.engine(), "set", date(2024, 1, 1))
        assert (ended.value.code, ended.value.ended) == (
            "ruleset-not-in-force",
            date(2024, 1, 1),
        )
        with pytest.raises(NotInForceError, match="it begins on 2022-01-01") as early:
            view_on(self.engine(), "set", date(2021, 12, 31))
        assert (early.value.ended, early.value.begins) == (None, date(2022, 1, 1))

    def test_rule_on(self) -> None:
        """Any version leads to the one in force that day, or to when the last one ended."""
        engine = self.engine()
        for name in ("set/a", "set/b"):
            assert engine.rule_on(name, MARCH).id == "set/a"
            assert engine.rule_on(name, date(2022, 5, 31)).id == "set/a"
            assert engine.rule_on(name, JUNE).id == "set/b"
        with pytest.raises(NotInForceError, match=r"no version of the rule `set/c` .*2022-02-01"):
            engine.rule_on("set/c", date(2022, 2, 1))
        with pytest.raises(UnknownNameError):
            engine.rule_on("set/z", JUNE)

    def test_the_last_version_is_named(self) -> None:
        """The error names the version that ended last before the day, in both languages."""
        days = {"a": Interval(None, date(2020, 1, 1)), "b": Interval(date(2021, 1, 1), MARCH)}
        error = NotInForceError.among("rule", "a", JUNE, days)
        assert (error.last, error.ended, error.begins) == ("b", MARCH, None)
        assert str(error).endswith("its last version, `b`, ended on 2022-03-01")
        assert error.text("zh").endswith("最后版本 `b` 已自2022-03-01起失效")
        between = NotInForceError.among("rule", "a", date(2020, 6, 1), days)
        assert (between.last, between.begins) == ("a", date(2021, 1, 1))


class TestPhrases:
    """The texts about differences fit each other and the source."""

    def test_languages_fit(self) -> None:
        """Both languages have the same keys and mention the same details."""
        assert CHINESE.keys() == ENGLISH.keys()
        for key, said in CHINESE.items():
            assert fields_of(said) == fields_of(ENGLISH[key]), key
            assert not re.search(r"[\u4e00-\u9fff，。；：（）]", ENGLISH[key]), key

    def test_every_part_kind_and_direction_has_a_name(self) -> None:
        """What a diff can hold can be said; a neutral difference needs no word."""
        for family, members in (("part", Part), ("kind", ChangeKind), ("direction", Direction)):
            codes = {member.value for member in members} - {"neutral"}
            named = {key.rpartition(".")[2] for key in CHINESE if key.startswith(f"diff.{family}.")}
            assert named == codes

    def test_no_phrase_is_unused(self) -> None:
        """Every text is said somewhere in the source, by its key or by its family."""
        source = "".join(
            path.read_text(encoding="utf-8")
            for path in Path(bizrules.__file__).parent.rglob("*.py")
            if path.parent.name != "phrases"
        )
        families = {
            "diff.part",
            "diff.kind",
            "diff.direction",
            "diff.combination",
            "diff.counting.by",
            "diff.reach",
            "diff.shape",
            "diff.share",
            "diff.supplements",
            "diff.trigger",
            "ground",
            "refinement",
            "cli.what",
            "severity",
        }
        unused = [
            key
            for key in CHINESE
            if f'"{key}"' not in source
            and key.rpartition(".")[0] not in families
            and not key.startswith("problem.")
            and key not in {"diff.old", "diff.new"}
        ]
        assert unused == []


def fields_of(said: str) -> set[str]:
    """Names of the details that a phrase mentions."""
    return {name for _, name, _, _ in Formatter().parse(said) if name is not None}


def general(old: Ruleset, new: Ruleset) -> list[tuple[Part, Direction]]:
    """What is different for all entries, with its direction."""
    found = diff_rulesets(view(old), view(new))
    return [(one.part, one.direction) for one in found.general]


class TestGround:
    """Through which door an entry goes, and how high its norm ranks."""

    def test_another_ground_is_a_change(self) -> None:
        """A listed entry that becomes a ground of law has another effect, but no direction."""
        change = amended(lenient(), lenient(ground=Ground.MINOR))
        assert change is not None
        assert (change.kind, change.direction) == (ChangeKind.CHANGED, UNTOLD)
        (found, _) = change.differences
        assert (found.part, found.old.zh, found.new.zh) == (Part.GROUND, "清单条目", "轻微不罚")

    def test_another_rank_is_a_change(self) -> None:
        """A ground of a law that becomes one of a document no longer binds in the same way."""
        change = amended(lenient(level=NormLevel.LAW), lenient(level=NormLevel.DOCUMENT))
        assert change is not None
        assert (change.kind, change.direction) == (ChangeKind.CHANGED, UNTOLD)
        (found, _) = change.differences
        assert (found.part, found.old.zh, found.new.zh) == (Part.LEVEL, "法律", "规范性文件")

    def test_every_ground_has_a_name(self) -> None:
        """Each ground is named in both languages."""
        named = {key.partition(".")[2] for key in CHINESE if key.startswith("ground.")}
        assert named == {ground.value for ground in Ground}


class TestGeneral:
    """What a ruleset says for all its entries."""

    @pytest.mark.parametrize(
        ("old", "new", "direction"),
        [
            (Combination.LENIENT, Combination.HEAVIER, STRICTER),
            (Combination.ORDINARY, Combination.LENIENT, LOOSER),
            (Combination.CONTEST, Combination.LENIENT, UNTOLD),
            (None, Combination.HEAVIER, UNTOLD),
        ],
    )
    def test_combination(
        self, old: Combination | None, new: Combination | None, direction: Direction
    ) -> None:
        """It is stricter if the heavier side gains; a contest or silence proposes nothing."""
        found = general(ruleset("set", combination=old), ruleset("set", combination=new))
        assert found == [(Part.COMBINATION, direction)]

    def test_reach_and_supplements(self) -> None:
        """How far a list reaches back, and whether it only supplements, is told."""
        new = ruleset("set", reach=Reach.ALWAYS, supplements=True)
        found = diff_rulesets(view(ruleset("set")), view(new))
        said = [(one.part, one.old.zh, one.new.zh) for one in found.general]
        assert said == [
            (Part.SUPPLEMENTS, "与上级规定并用", "仅作补充，上级已有规定的从其规定"),
            (Part.REACH, "从旧兼从轻", "适用于施行期间作出决定的全部案件"),
        ]

    def banded(self, *shapes: Shape, **shares: tuple[int, int]) -> BandTable:
        """A band table with shares in percent."""
        bands = {GRADES[code]: _band(*share) for code, share in shares.items()}
        return BandTable(id="1", shapes=frozenset(shapes or Shape), bands=bands)

    def test_bands(self) -> None:
        """A band that rises is stricter; each grade is told with its share."""
        low, high = self.banded(lighter=(0, 30)), self.banded(lighter=(10, 30))
        assert compare_bands((low,), (high,)) is STRICTER
        assert compare_bands((high,), (low,)) is LOOSER
        assert compare_bands((low,), (self.banded(),)) is STRICTER
        assert compare_bands((low,), ()) is UNTOLD
        assert compare_bands((low,), (self.banded(Shape.RANGE, lighter=(0, 30)),)) is UNTOLD
        mixed = self.banded(lighter=(0, 40), heavier=(60, 100))
        assert compare_bands((self.banded(lighter=(0, 30), heavier=(70, 100)),), (mixed,)) is UNTOLD
        old, new = ruleset("set", bands=(low,)), ruleset("set", bands=(high,))
        (found,) = diff_rulesets(view(old), view(new)).general
        assert (found.part, found.direction) == (Part.BANDS, STRICTER)
        assert found.old.zh == "从轻处罚为法定幅度的0%至30%"
        assert found.new.en == "a lighter penalty 10% to 30% of the statutory span"
        renamed = ruleset("set", bands=(attrs.evolve(low, id="2", citations=()),))
        assert general(old, renamed) == []

    def test_open_ends_of_bands(self) -> None:
        """An end that does not belong to the band is said; which is stricter is not."""
        closed = self.banded(Shape.MAX_ONLY, lighter=(0, 30))
        open_ended = attrs.evolve(closed.bands[LIGHTER], high_closed=False)
        opened = attrs.evolve(closed, bands={LIGHTER: open_ended})
        old, new = ruleset("set", bands=(closed,)), ruleset("set", bands=(opened,))
        (found,) = diff_rulesets(view(old), view(new)).general
        assert found.direction is UNTOLD
        assert found.new.zh == "只有上限的罚款：从轻处罚为法定幅度的0%至30%（不含）"


def _band(low: int, high: int) -> Band:
    """A band of the span in percent, both ends included."""
    return Band(low=Fraction(low, 100), high=Fraction(high, 100))


class TestDefinitions:
    """Legal concepts, as they are defined on a day."""

    def defined(self, condition: Condition, *rules: Rule, name: str = "set") -> Ruleset:
        """A ruleset that defines `timely`, with rules."""
        concept = Definition(name="timely", ruleset=name, label=text("timely"), condition=condition)
        return ruleset(name, lists=LISTS, definitions={"timely": concept}, rules=rules)

    def use(self, condition: Condition, name: str = "set") -> Condition:
        """The use of the concept in a condition."""
        return Defined(name=f"{name}#timely", label=text("timely"), condition=condition)

    @pytest.mark.parametrize(
        ("denied", "heavy", "direction"),
        [
            (False, False, STRICTER),
            (True, False, LOOSER),
            (False, True, LOOSER),
            (True, True, STRICTER),
            (False, None, UNTOLD),
        ],
    )
    def test_a_narrower_concept(
        self, denied: bool, heavy: bool | None, direction: Direction
    ) -> None:
        """It is stricter for a lenient entry that needs it, looser for a heavier one."""

        def held(yuan: int) -> Ruleset:
            inner = value(Op.BELOW, yuan)
            used: Condition = Not(self.use(inner)) if denied else self.use(inner)
            entry = heavier(condition=used) if heavy else lenient(condition=used)
            return self.defined(inner, *([] if heavy is None else [entry]))

        found = general(held(500), held(400))
        assert found == [(Part.DEFINITIONS, direction)]

    def test_other_words_for_the_same_concept(self) -> None:
        """A concept said in other words is told without a direction, the same words are not."""
        old = self.defined(of("staff", Op.BELOW, 5))
        assert general(old, self.defined(of("staff", Op.AT_MOST, 4))) == [
            (Part.DEFINITIONS, NEUTRAL)
        ]
        assert general(old, self.defined(of("staff", Op.BELOW, 5))) == []

    def test_what_cannot_be_compared(self) -> None:
        """Between two conditions of which none implies the other nothing is told."""
        old, new = self.defined(of("recalled")), self.defined(of("sold"))
        assert general(old, new) == [(Part.DEFINITIONS, UNTOLD)]

    def test_added_and_gone(self) -> None:
        """A concept defined on only one side is added or repealed, and its meaning told."""
        old, new = ruleset("set"), self.defined(of("recalled"))
        there, back = diff_rulesets(view(old), view(new)), diff_rulesets(view(new), view(old))
        assert [one.change for one in (*there.general, *back.general)] == [
            ChangeKind.ADDED,
            ChangeKind.REPEALED,
        ]
        for found, word in ((there, "Added"), (back, "Repealed")):
            lines = [line.strip() for line in render_diff(found, lang="en").splitlines()]
            at = lines.index(f"- legal concept: [timely] ({word})")
            assert lines[at + 1] == "- [recalled]"

    def test_the_definition_of_the_day(self) -> None:
        """On each day the concept of that day counts, for the ruleset and for its entries."""
        other = self.defined(of("recalled"), name="other").definitions["timely"]
        other = attrs.evolve(other, in_force=Interval(None, JUNE))
        own = attrs.evolve(other, ruleset="set", condition=of("sold"), in_force=Interval(JUNE))
        used = Defined(
            name="set#timely",
            label=own.label,
            condition=own.condition,
            in_force=own.in_force,
            others=(
                Defined(
                    name="other#timely",
                    label=other.label,
                    condition=other.condition,
                    in_force=other.in_force,
                ),
            ),
        )
        held = ruleset("set", definitions={"timely": own}, rules=(rule("a", condition=used),))
        engine = Engine(knowledge=Knowledge(vocabulary=VOCABULARY, rulesets=(held,)))
        views = [view_on(engine, "set", day) for day in (date(2022, 5, 31), JUNE)]
        found = diff_rulesets(*views)
        assert [one.part for one in found.general] == [Part.DEFINITIONS]
        assert [one.kind for one in found.changes] == [ChangeKind.CHANGED]
        assert [one.part for one in found.changes[0].differences] == [Part.CONDITION]
        assert diff_rulesets(views[1], views[1]).general == ()


class TestDuties:
    """Duties that follow, in force on a day."""

    def held(self, *duties: Duty) -> Ruleset:
        """A ruleset with duties."""
        return ruleset("set", duties=duties)

    def serve(self, **changes: Any) -> Duty:  # noqa: ANN401 - any field
        """A duty to serve the decision within seven working days."""
        period = Deadline(length=7, kind=CalendarKind.WORKING, anchor="decided")
        return duty("set/serve", **{"deadline": period, **changes})

    def test_what_may_differ(self) -> None:
        """Text alone is a matter of words; modality, period and trigger are not."""
        old = self.serve()
        for new, direction in (
            (attrs.evolve(old, text=text("other")), NEUTRAL),
            (attrs.evolve(old, modality=Modality.MAY), UNTOLD),
            (attrs.evolve(old, deadline=Deadline(length=6, anchor="decided")), UNTOLD),
            (attrs.evolve(old, trigger=Trigger.FINE, text=text("other")), UNTOLD),
        ):
            assert general(self.held(old), self.held(new)) == [(Part.DUTIES, direction)]
        same = attrs.evolve(old, id="set/serve", citations=(Citation("行政处罚法", "61"),))
        assert general(self.held(old), self.held(same)) == []

    def test_added_and_gone(self) -> None:
        """A duty that is not in force on both days is added or repealed."""
        old = self.serve(in_force=Interval(None, JUNE))
        new = duty("set/publish", in_force=Interval(JUNE))
        held = self.held(old, new)
        found = diff_rulesets(view(held), view(held, day=JUNE))
        said = [(one.of and one.of.zh, one.change) for one in found.general]
        assert said == [("publish", ChangeKind.ADDED), ("serve", ChangeKind.REPEALED)]

    def test_words(self) -> None:
        """A duty is told with everything on which it depends."""
        growing = duty(
            "set/pay",
            trigger=Trigger.GROUND,
            grounds=frozenset({Ground.MINOR, Ground.FIRST}),
            measures=frozenset({Measure.SEALING}),
            departments=frozenset({"market_regulation"}),
            when=of("recalled"),
            deadline=Deadline(length=24, hours=True, anchor="filed", before=True),
            accrues=Accrual(rate=Fraction(3, 100)),
        )
        extended = self.serve(
            deadline=Deadline(length=15, anchor="staff", extended_by=("goods_value",))
        )
        found = diff_rulesets(view(ruleset("set")), view(self.held(growing, extended))).general
        assert found[0].new.en == (
            "[set/pay] (must; where the ground is: first violation or minor violation;"
            " sealing of premises, facilities or property; market regulation; [recalled];"
            " 24 hours ahead of the filing of the case;"
            " if late, 3% of the amount is added a day, up to 100% of it)"
        )
        assert found[1].new.zh == (
            "〔set/serve〕（应当；全部案件；自〔staff〕起15日内（另加〔goods_value〕））"
        )


class TestFirstViolation:
    """Two definitions of a first violation that differ in their windows alone."""

    YEARS = WindowUnit.CALENDAR_YEARS

    @pytest.mark.parametrize(
        ("old", "new", "wider"),
        [
            (Window(24), Window(25), True),
            (Window(24), None, True),
            (Window(24), Window(24), True),
            (Window(730, WindowUnit.DAYS), Window(731, WindowUnit.DAYS), True),
            (Window(13), Window(395, WindowUnit.DAYS), None),
            (Window(12), Window(366, WindowUnit.DAYS), True),
            (Window(365, WindowUnit.DAYS), Window(12), True),
            (Window(12), Window(2, YEARS), True),
            (Window(13), Window(2, YEARS), None),
            (Window(1, YEARS), Window(12), True),
            (Window(1, YEARS), Window(11), None),
            (Window(27, WindowUnit.DAYS), Window(1), True),
            (Window(29, WindowUnit.DAYS), Window(1), None),
        ],
    )
    def test_windows(self, old: Window | None, new: Window | None, wider: bool | None) -> None:
        """One window contains the other only if it does so whatever the anchor."""
        one, other = FirstViolation(window=old), FirstViolation(window=new)
        assert is_wider(one, other, None) is wider
        if wider is True and old != new:
            assert is_wider(other, one, None) is False

    def test_the_rest_must_be_equal(self) -> None:
        """If anything else differs, or the search shrinks, nothing is told."""
        old = FirstViolation(window=Window(24))
        assert is_wider(old, attrs.evolve(old, identity=Identity.FIELD), None) is None
        assert is_wider(old, FirstViolation(search=Window(24)), None) is True
        assert is_wider(old, FirstViolation(search=Window(12)), None) is None
        assert is_wider(old, None, None) is None

    def test_special_windows(self) -> None:
        """A window for some violations counts for these, and for the ruleset as a whole."""
        special = SpecialWindow(violations=FOOD_ONLY, window=Window(60))
        old = FirstViolation(window=Window(24))
        new = attrs.evolve(old, special_windows=(special,))
        assert is_wider(old, new, None) is True
        assert is_wider(old, new, FOOD_ONLY) is True
        shorter = attrs.evolve(new, window=Window(12))
        assert is_wider(old, shorter, None) is None
        assert is_wider(old, shorter, FOOD_ONLY) is True
        assert is_wider(old, shorter, frozenset({"fire"})) is False

    @pytest.mark.parametrize(
        ("condition", "rising"),
        [
            (of("first_violation"), False),
            (of("first_violation", Op.IS, False), True),
            (Not(of("first_violation")), True),
            (of("prior_count", Op.AT_LEAST, 2), True),
            (of("prior_count", Op.BELOW, 2), False),
            (of("prior_count", Op.IS, 2), None),
            (AllOf((of("first_violation"), of("prior_count", Op.ABOVE, 2))), None),
            (of("staff", Op.AT_LEAST, Share("prior_count", Fraction(2))), None),
            (AllOf((of("recalled"), of("first_violation"))), False),
            (of("recalled"), None),
        ],
    )
    def test_what_a_condition_does_with_more_of_them(
        self, condition: Condition, rising: bool | None
    ) -> None:
        """More earlier violations make a first one rarer, and a repeated one more frequent."""
        assert rises(condition) is rising

    def test_a_wider_window_is_stricter(self) -> None:
        """For the ruleset, for an entry that needs a first violation, and for a repeat."""
        entries = (
            rule("a", condition=of("first_violation")),
            rule("b", condition=of("prior_count", Op.AT_LEAST, 1), permits=(HEAVIER,)),
        )
        old = ruleset("old", first_violation=FirstViolation(window=Window(24)), rules=entries)
        new = ruleset("new", first_violation=FirstViolation(window=Window(36)), rules=entries)
        assert general(old, new) == [(Part.FIRST_VIOLATION, STRICTER)]
        assert general(new, old) == [(Part.FIRST_VIOLATION, LOOSER)]
        found = diff_rulesets(view(old), view(new))
        assert [one.kind for one in found.changes] == [ChangeKind.STRICTER] * 2
        back = diff_rulesets(view(new), view(old))
        assert [one.kind for one in back.changes] == [ChangeKind.LOOSER] * 2

    def test_all_that_tells_two_definitions_apart_is_said(self) -> None:
        """Search, the date that counts, special windows and registers are told where they are."""
        given = FirstViolation(
            search=Window(24),
            counted_by=Anchor.COMMITTED,
            special_windows=(SpecialWindow(violations=FOOD_ONLY, window=Window(60)),),
            registers=(Register.CASE_SYSTEM,),
        )
        old, new = ruleset("old", first_violation=given), ruleset("new")
        (found,) = diff_rulesets(view(old), view(new)).general
        assert found.old.en == (
            "at any time, of the same kind; records searched in the 24 months before the end of the"
            " act; each counted on the day on which its act ended; [food]: in the 60 months before"
            " the end of the act; to be searched: the case management system"
        )
