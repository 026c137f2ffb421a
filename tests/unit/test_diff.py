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
from bizrules.analysis._differences import compare_effects, compare_grades
from bizrules.conditions import AllOf, Condition, Defined, Op, Operand
from bizrules.conditions import Test as FactTest
from bizrules.engine import Engine
from bizrules.errors import NotInForceError, UnknownNameError
from bizrules.facts import Kind, Vocabulary
from bizrules.history import FirstViolation, Window
from bizrules.loading import Knowledge
from bizrules.penalties import Band, FineEffect, Grade, Modality, PenaltyKind
from bizrules.phrases._en_diff import DIFF as ENGLISH
from bizrules.phrases._zh_diff import DIFF as CHINESE
from bizrules.provenance import Citation, Text
from bizrules.rules import Axis, Effect, ListKind, Measure, Rule, RuleEffect, Ruleset, Unexpressed
from bizrules.values import Interval, Money
from rulebook import FIRE, FOOD, rule, ruleset
from strategies import VOCABULARY as PLAIN
from strategies import fact, text

VOCABULARY = Vocabulary(
    {
        **PLAIN.facts,
        "first_violation": fact("first_violation", Kind.BOOLEAN),
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
