"""Which provision an act is fined by."""

from collections.abc import Iterable
from typing import Any

import attrs
import pytest

from bizrules import evaluation, selection
from bizrules.cases import Act, Case, Party, PartyKind, Prior, Priors
from bizrules.conditions import ALWAYS, AnyOf, Condition, Op
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.facts import Kind, Vocabulary
from bizrules.history import RepeatCount, Window
from bizrules.matters import ActOutcome, Basis, Role
from bizrules.outcomes import FineState
from bizrules.penalties import Grade, Modality, OtherKind, PenaltyKind, Provision
from bizrules.provenance import Text
from bizrules.rules import Ground, RuleEffect, Violation
from bizrules.truth import Truth
from bizrules.values import DateSpan, Interval, Money
from property.worlds import (
    BORDERS,
    FACTS,
    FIRST,
    case,
    check,
    engine,
    fine_tier,
    is_true,
    provision,
    rule,
    violation,
)
from strategies import fact

LOW = violation("test.low", provision(fine_tier(100_000, 500_000)))
HIGH = violation("test.high", provision(fine_tier(200_000, 1_000_000)))
GOODS = violation("test.goods", provision(fine_tier(10, 20, base="goods_value")))
TWICE = violation("test.twice", provision(fine_tier(None, 2, base="goods_value")))
GAINS = violation("test.gains", provision(fine_tier(1, 5, base="test.gains")))
SWITCH = violation(
    "test.switch",
    provision(
        fine_tier(5_000_000, 10_000_000, check("goods_value", Op.BELOW, Money(1_000_000))),
        fine_tier(10, 20, base="goods_value"),
    ),
)
LATE = violation("test.late", provision(fine_tier(1, 9_000_000), only_after=is_true("sold")))
NOTHING = violation("test.nothing", provision(kinds=(OtherKind(kind=PenaltyKind.WARNING),)))


def fined(kind: PenaltyKind, when: Condition = ALWAYS) -> Provision:
    """A fine of 1000 to 2000 fen, and another kind of penalty."""
    return provision(fine_tier(1000, 2000), kinds=(OtherKind(kind=kind, when=when),))


REVOKES_OR_SUSPENDS = (
    violation("test.revokes", fined(PenaltyKind.REVOCATION, is_true("sold"))),
    violation("test.suspends", fined(PenaltyKind.SUSPENSION)),
)


def world(*entries: Violation, rules: Iterable[Any] = ()) -> Engine:
    """An engine of the violations and rules."""
    return engine(*rules, violations=entries, first_violation=FIRST)


def one_act(*entries: Violation, rules: Iterable[Any] = (), **facts: Any) -> ActOutcome:  # noqa: ANN401 - any facts
    """One act that broke the norms, all facts the same."""
    cases = [case(id=e.id, violation=e.id, act="x", facts=facts) for e in entries]
    [act] = world(*entries, rules=rules).evaluate_matter(cases).acts
    return act


def roles(act: ActOutcome) -> dict[str, str]:
    """What became of each case."""
    return {part.case.id.removeprefix("test."): part.role.value for part in act.parts}


class TestHigherFine:
    """行政处罚法 29: the provision with the higher statutory fine is applied."""

    def test_fixed_ranges(self) -> None:
        """The higher upper end wins, and there is one fine."""
        act = one_act(LOW, HIGH)
        assert roles(act) == {"low": "fined_elsewhere", "high": "applied"}
        assert (act.basis, act.chosen, act.settled) == (Basis.HIGHER_FINE, True, True)
        assert act.applied is not None
        assert act.fine == act.applied.outcome.fine
        assert act.parts[0].by == "test.high"

    def test_statutory_not_graded(self) -> None:
        """A grade that lowers the fine does not change which provision is applied."""
        lighter = rule("l", Grade.MITIGATED, violations=frozenset({HIGH.id}))
        act = one_act(LOW, HIGH, rules=[lighter])
        assert roles(act) == {"low": "fined_elsewhere", "high": "applied"}
        assert act.fine is not None
        assert act.fine.range is not None
        assert act.fine.range.high == 200_000

    def test_one_unknown_base(self) -> None:
        """Multiples of one amount compare whatever the amount."""
        act = one_act(TWICE, GOODS)
        assert roles(act) == {"twice": "fined_elsewhere", "goods": "applied"}
        assert act.chosen
        assert "goods" in act.text.en

    def test_unknown_bases_are_asked(self) -> None:
        """Multiples of two amounts, or of one and money, wait for the amounts."""
        act = one_act(GAINS, GOODS)
        assert roles(act) == {"gains": "undetermined", "goods": "undetermined"}
        assert act.open_facts == ("goods_value", "test.gains")
        assert one_act(HIGH, GOODS).open_facts == ("goods_value",)

    def test_switch_bounds_the_base(self) -> None:
        """A multiple that applies only from an amount on is above what is below it."""
        act = one_act(HIGH, SWITCH)
        assert roles(act) == {"high": "fined_elsewhere", "switch": "applied"}
        act = one_act(attrs.evolve(SWITCH, id="test.other"), SWITCH)
        assert act.basis is Basis.EQUAL

    def test_base_floor_bounds_the_base(self) -> None:
        """A base that counts as so much at least is above a fixed range below that."""
        floored = violation(
            "test.floored",
            provision(fine_tier(15, 30, base="goods_value", base_floor=10_000_000)),
        )
        assert roles(one_act(HIGH, floored))["floored"] == "applied"

    def test_two_bounded_bases(self) -> None:
        """Two unknown amounts compare if their bounds keep them apart."""
        floored = violation(
            "test.floored", provision(fine_tier(15, 30, base="goods_value", base_floor=10_000_000))
        )
        small = violation(
            "test.small",
            provision(
                fine_tier(1, 2, check("test.gains", Op.BELOW, Money(100)), base="test.gains"),
                fine_tier(1, 9),
            ),
        )
        assert roles(one_act(small, floored))["floored"] == "applied"

    def test_kinds_break_the_tie(self) -> None:
        """Equal fines leave it to the other kinds of penalty."""
        twin = violation(
            "test.twin",
            provision(
                fine_tier(200_000, 1_000_000), kinds=(OtherKind(kind=PenaltyKind.REVOCATION),)
            ),
        )
        act = one_act(HIGH, twin)
        assert (act.basis, roles(act)["twin"]) == (Basis.KINDS, "applied")
        assert one_act(twin, HIGH).basis is Basis.KINDS

    def test_equals_above_a_third(self) -> None:
        """Two equal ones above a third are equal, and only the two are said to be."""
        act = one_act(LOW, HIGH, attrs.evolve(HIGH, id="test.twin"))
        assert (act.basis, roles(act)["high"]) == (Basis.EQUAL, "applied")
        assert "1000元以上" not in act.text.zh

    def test_open_kinds_are_asked(self) -> None:
        """Where equal fines leave it to other kinds that are not told, what tells them is asked."""
        act = one_act(*REVOKES_OR_SUSPENDS)
        assert (act.basis, act.chosen, act.open_facts) == (Basis.OPEN, False, ("sold",))
        assert [(q.fact, q.changes) for q in act.asked] == [("sold", ("choice",))]
        assert act.asked[0].answered_by
        assert roles(one_act(*REVOKES_OR_SUSPENDS, sold=True))["revokes"] == "applied"
        assert roles(one_act(*REVOKES_OR_SUSPENDS, sold=False))["suspends"] == "applied"

    def test_kinds_open_alike(self) -> None:
        """Kinds that wait for the same fact alike leave nothing to ask."""
        revokes, _ = REVOKES_OR_SUSPENDS
        act = one_act(revokes, attrs.evolve(revokes, id="test.twin"))
        assert (act.basis, act.chosen, act.open_facts) == (Basis.EQUAL, True, ())
        assert "sold" in act.text.en

    def test_surely_heavier_kinds(self) -> None:
        """What is surely open outweighs what at most is; nothing is asked."""
        _, suspends = REVOKES_OR_SUSPENDS
        maybe = attrs.evolve(
            suspends, id="test.maybe", provisions=(fined(PenaltyKind.WARNING, is_true("sold")),)
        )
        act = one_act(maybe, suspends)
        assert (act.basis, roles(act)["suspends"]) == (Basis.KINDS, "applied")

    def test_kinds_of_lower_fines(self) -> None:
        """Other kinds do not matter where the fines differ."""
        revokes, _ = REVOKES_OR_SUSPENDS
        act = one_act(revokes, attrs.evolve(HIGH, provisions=(provision(fine_tier(1, 10**9)),)))
        assert (act.basis, act.chosen, act.open_facts) == (Basis.HIGHER_FINE, True, ())

    def test_kinds_of_versions(self) -> None:
        """While a date leaves the version open, the kinds of both are looked at."""
        days = (Interval(until=BORDERS[1]), Interval(BORDERS[1]))
        kinds = (PenaltyKind.WARNING, PenaltyKind.REVOCATION)
        changed = violation(
            "test.changed",
            *(attrs.evolve(fined(k), in_force=d) for k, d in zip(kinds, days, strict=True)),
        )
        span = DateSpan(BORDERS[0], BORDERS[2])
        entries = (REVOKES_OR_SUSPENDS[1], changed)
        cases = [
            case(id=e.id, violation=e.id, act="x", committed=Act(ended=span), decided=span)
            for e in entries
        ]
        [act] = world(*entries).evaluate_matter(cases).acts
        assert not act.chosen
        assert set(act.open_facts) == {"decided"}

    def test_law_open(self) -> None:
        """Where old and new law are open, what tells them is asked, not a date that is known."""
        days = (Interval(until=BORDERS[1]), Interval(BORDERS[1]))
        changed = violation(
            "test.changed",
            *(
                attrs.evolve(fined(PenaltyKind.REVOCATION, is_true(name)), in_force=d)
                for name, d in zip(("sold", "recalled"), days, strict=True)
            ),
        )
        entries = (REVOKES_OR_SUSPENDS[1], changed)
        dates = {"committed": BORDERS[0], "decided": BORDERS[1]}
        cases = [case(id=e.id, violation=e.id, act="x", **dates) for e in entries]
        [act] = world(*entries).evaluate_matter(cases).acts
        assert (act.chosen, act.open_facts) == (False, ("recalled", "sold"))

    def test_kinds_that_cannot_be_answered(self) -> None:
        """Kinds whose facts cannot be answered one by one are asked for all the same."""
        summed = check(("goods_value", "test.gains"), Op.BELOW, Money(5))
        entry = violation("test.sum", fined(PenaltyKind.REVOCATION, summed))
        act = one_act(entry, REVOKES_OR_SUSPENDS[1])
        assert (act.basis, act.open_facts) == (Basis.OPEN, ("goods_value", "test.gains"))

    def test_register_is_searched(self) -> None:
        """A fact that earlier violations tell is asked with the search that tells it."""
        times = attrs.evolve(
            fact("test.times", Kind.INTEGER), counts=RepeatCount(window=Window(24))
        )
        known = Vocabulary({**FACTS.facts, times.name: times}, FACTS.groups)
        revokes = violation(
            "test.first", fined(PenaltyKind.REVOCATION, check(times.name, Op.ABOVE, 2))
        )
        entries = (revokes, REVOKES_OR_SUSPENDS[1])
        cases = [case(id=e.id, violation=e.id, act="x") for e in entries]
        [act] = engine(violations=entries, vocabulary=known).evaluate_matter(cases).acts
        [question] = act.asked
        assert (question.fact, question.changes) == (times.name, ("choice",))
        assert question.since == BORDERS[0].replace(year=2020, month=3, day=1)

    def test_order_given_is_last(self) -> None:
        """Where nothing tells them apart the first is applied, and it is said so."""
        twin = attrs.evolve(HIGH, id="test.twin")
        act = one_act(twin, HIGH)
        assert (act.basis, roles(act)["twin"]) == (Basis.EQUAL, "applied")
        assert "无轻重之分" in act.text.zh

    def test_switch_facts_are_asked(self) -> None:
        """Only facts that decide are asked, by a question that says so."""
        entries = (HIGH, LATE)
        cases = [case(id=e.id, violation=e.id, act="x") for e in entries]
        matter = world(*entries).evaluate_matter(cases)
        assert matter.acts[0].open_facts == ("sold",)
        assert matter.questions[0].changes[0] == "choice"
        assert not matter.settled

    def test_no_fine_yet(self) -> None:
        """A provision that fines only after something has no fine before it."""
        act = one_act(HIGH, LATE, sold=False)
        assert (roles(act), act.basis) == (
            {"high": "applied", "late": "without_fine"},
            Basis.SOLE,
        )
        assert one_act(LATE, NOTHING, sold=False).basis is Basis.NO_FINE
        assert roles(one_act(NOTHING, attrs.evolve(NOTHING, id="test.b"))) == {
            "nothing": "without_fine",
            "b": "without_fine",
        }

    def test_versions_of_a_provision(self) -> None:
        """While a date leaves the version open, both are looked at."""
        changed = violation(
            "test.changed",
            provision(fine_tier(1, 100), in_force=Interval(until=BORDERS[1])),
            provision(fine_tier(1, 9_000_000), in_force=Interval(BORDERS[1])),
        )
        span = DateSpan(BORDERS[0], BORDERS[2])
        cases = [
            case(id=e.id, violation=e.id, act="x", committed=Act(ended=span), decided=span)
            for e in (HIGH, changed)
        ]
        [act] = world(HIGH, changed).evaluate_matter(cases).acts
        assert not act.chosen
        assert set(act.open_facts) <= {"committed", "decided"}
        higher = attrs.evolve(HIGH, provisions=(provision(fine_tier(200_000, 10_000_000)),))
        [act] = world(higher, changed).evaluate_matter(cases).acts
        assert act.chosen

    def test_too_many_answers(self) -> None:
        """Where the facts add up or are too many, all of them are asked."""
        summed = violation(
            "test.sum",
            provision(
                fine_tier(1, 2, check(("goods_value", "test.gains"), Op.BELOW, Money(5))),
                fine_tier(1, 9_000_000),
            ),
        )
        act = one_act(HIGH, summed)
        assert act.open_facts == ("goods_value", "test.gains")
        assert act.basis is Basis.OPEN
        bars: list[Condition] = [
            is_true(n) for n in ("recalled", "sold", "incident", "minor", "first_violation")
        ]
        more = [check("harm", Op.AT_MOST, "slight"), check("staff", Op.AT_MOST, 3)]
        many = violation(
            "test.many", provision(fine_tier(1, 9_000_000), only_after=AnyOf((*bars, *more)))
        )
        assert one_act(GAINS, many, GOODS).basis is Basis.OPEN

    def test_too_many_answers_about_one(self) -> None:
        """One norm that is left needs no answers."""
        summed = violation(
            "test.sum",
            provision(fine_tier(1, 2, check(("goods_value", "test.gains"), Op.BELOW, Money(5)))),
        )
        exempt = rule("e", violations=frozenset({HIGH.id}), modality=Modality.SHALL)
        act = one_act(HIGH, summed, rules=[exempt])
        assert (roles(act), act.basis) == ({"high": "exempt", "sum": "applied"}, Basis.SOLE)


class TestOpenGrades:
    """A grade that is open keeps the choice open only where it could change it."""

    def test_higher_may_be_exempt(self) -> None:
        """The higher fine may yet fall away, so the choice is open."""
        maybe = rule("e", when=is_true("recalled"), violations=frozenset({HIGH.id}))
        act = one_act(LOW, HIGH, rules=[maybe])
        assert (act.basis, act.chosen) == (Basis.OPEN, False)
        assert set(roles(act).values()) == {"undetermined"}

    def test_lower_may_be_exempt(self) -> None:
        """The higher is settled as fined; what becomes of the lower changes nothing."""
        maybe = rule("e", when=is_true("recalled"), violations=frozenset({LOW.id}))
        act = one_act(LOW, HIGH, rules=[maybe])
        assert roles(act) == {"low": "undetermined", "high": "applied"}
        assert act.chosen
        assert not act.settled

    def test_equal_may_be_exempt(self) -> None:
        """Of two equals the one that is surely fined is applied."""
        maybe = rule("e", when=is_true("recalled"), violations=frozenset({HIGH.id}))
        act = one_act(HIGH, attrs.evolve(HIGH, id="test.twin"), rules=[maybe])
        assert roles(act) == {"high": "undetermined", "twin": "applied"}
        assert (act.basis, act.chosen) == (Basis.EQUAL, True)

    def test_without_a_provision(self) -> None:
        """A violation that no provision penalises calls for no fine."""
        act = one_act(NOTHING, violation("test.bare"))
        assert (act.basis, roles(act)["bare"]) == (Basis.NO_FINE, "without_fine")

    def test_waiver_may_come(self) -> None:
        """A rule that may order a warning in place of the fine keeps the choice open."""
        warn = rule(
            "w",
            Grade.LIGHTER,
            is_true("recalled"),
            effect=RuleEffect(instead=PenaltyKind.WARNING),
            violations=frozenset({HIGH.id}),
        )
        assert not one_act(LOW, HIGH, rules=[warn]).chosen
        act = one_act(LOW, HIGH, rules=[warn], recalled=True)
        assert roles(act) == {"low": "applied", "high": "without_fine"}

    def test_exempt(self) -> None:
        """What is exempt is not fined; the lower provision is applied."""
        exempt = rule("e", violations=frozenset({HIGH.id}))
        act = one_act(LOW, HIGH, rules=[exempt])
        assert (roles(act), act.basis) == ({"low": "applied", "high": "exempt"}, Basis.SOLE)

    def test_exempt_but_fined(self) -> None:
        """A rule that waives the warning alone leaves the fine, and the fine is that of the act."""
        warned = violation(
            "test.warned",
            provision(fine_tier(1, 9_000_000), kinds=(OtherKind(kind=PenaltyKind.WARNING),)),
        )
        waives = rule(
            "w",
            modality=Modality.SHALL,
            violations=frozenset({warned.id}),
            effect=RuleEffect(waives=frozenset({PenaltyKind.WARNING})),
        )
        alone = one_act(warned, rules=[waives])
        assert alone.applied is not None
        assert alone.applied.outcome.grade is Grade.EXEMPT
        assert (roles(alone), alone.basis) == ({"warned": "applied"}, Basis.LONE)
        act = one_act(LOW, warned, rules=[waives])
        assert roles(act) == {"low": "fined_elsewhere", "warned": "applied"}
        assert act.fine == alone.fine

    def test_contested(self) -> None:
        """Whether a contested case is fined is for the authority; nothing is asked."""
        both = [
            rule("e", violations=frozenset({HIGH.id})),
            rule("h", Grade.HEAVIER, violations=frozenset({HIGH.id})),
        ]
        act = one_act(LOW, HIGH, rules=both)
        assert (act.basis, act.chosen, act.contested) == (Basis.DISCRETION, True, True)
        assert act.fine_is_open


class TestOneNormOverAnother:
    """Special provisions displace general ones; violations absorb others."""

    def test_special(self) -> None:
        """The special provision is applied though its fine is lower."""
        special = attrs.evolve(LOW, special_to=frozenset({HIGH.id}))
        act = one_act(HIGH, special)
        assert roles(act) == {"high": "displaced", "low": "applied"}
        assert (act.basis, act.parts[0].by) == (Basis.REMAINS, "test.low")

    def test_special_reaches_on(self) -> None:
        """What is special to the special is special to the general."""
        middle = attrs.evolve(GOODS, special_to=frozenset({HIGH.id}))
        special = attrs.evolve(LOW, special_to=frozenset({GOODS.id}))
        act = one_act(HIGH, middle, special)
        assert roles(act) == {"high": "displaced", "goods": "displaced", "low": "applied"}

    def test_absorbed(self) -> None:
        """An absorbed violation is not penalised by itself."""
        act = one_act(HIGH, attrs.evolve(LOW, absorbs=frozenset({HIGH.id})))
        assert roles(act) == {"high": "absorbed", "low": "applied"}

    @pytest.mark.parametrize(
        ("relations", "said", "unsaid"),
        [
            ({"special_to": {HIGH.id}}, "一般规定让位于特别规定", "吸收"),
            ({"absorbs": {HIGH.id}}, "其他违法行为已被吸收", "特别规定"),
            (
                {"special_to": {HIGH.id}, "absorbs": {GOODS.id}},
                "有的一般规定让位于特别规定，有的违法行为已被吸收",
                "或者",
            ),
        ],
    )
    def test_what_happened_is_said(
        self, relations: dict[str, set[str]], said: str, unsaid: str
    ) -> None:
        """The text says which of the two happened: displacement, absorption, or some of each."""
        given = {name: frozenset(ids) for name, ids in relations.items()}
        one = attrs.evolve(LOW, **given)  # type: ignore[arg-type]  # one of its relations
        others = (HIGH, GOODS) if len(relations) > 1 else (HIGH,)
        text = one_act(*others, one, goods_value=Money(1)).text
        assert said in text.zh
        assert unsaid not in text.zh

    def test_marks_inside_marks(self) -> None:
        """Quotation marks inside a quoted title become single ones."""
        named = attrs.evolve(HIGH, title=Text(zh="使用“最佳”用语", en="using “best”"))
        text = one_act(LOW, named).text
        assert "“使用‘最佳’用语”" in text.zh
        assert "“using ‘best’”" in text.in_("en")

    def test_displaced_absorb_nothing(self) -> None:
        """What is displaced has no say any more."""
        special = attrs.evolve(LOW, special_to=frozenset({HIGH.id}))
        general = attrs.evolve(HIGH, absorbs=frozenset({GOODS.id}))
        act = one_act(general, special, GOODS, goods_value=Money(1))
        assert roles(act) == {"high": "displaced", "low": "applied", "goods": "fined_elsewhere"}

    def test_each_other(self) -> None:
        """Two that name each other leave one another alone."""
        one = attrs.evolve(LOW, special_to=frozenset({HIGH.id}))
        other = attrs.evolve(HIGH, special_to=frozenset({LOW.id}))
        assert roles(one_act(one, other)) == {"low": "fined_elsewhere", "high": "applied"}

    def test_not_established(self) -> None:
        """A violation that is not established displaces nothing."""
        special = attrs.evolve(LOW, special_to=frozenset({HIGH.id}))
        none = rule(
            "n",
            ground=Ground.NOT_ESTABLISHED,
            modality=Modality.SHALL,
            violations=frozenset({LOW.id}),
        )
        act = one_act(HIGH, special, rules=[none])
        assert roles(act) == {"high": "applied", "low": "exempt"}

    OPEN = rule(
        "n",
        when=is_true("incident"),
        ground=Ground.NOT_ESTABLISHED,
        modality=Modality.SHALL,
        violations=frozenset({LOW.id}),
    )
    MINOR = rule("m", modality=Modality.SHALL, violations=frozenset({LOW.id}))

    @pytest.mark.parametrize(
        "special",
        [
            attrs.evolve(LOW, special_to=frozenset({HIGH.id})),
            attrs.evolve(LOW, absorbs=frozenset({HIGH.id})),
        ],
    )
    def test_perhaps_not_established(self, special: Violation) -> None:
        """While it is open whether the special violation is established, so is the displacement."""
        act = one_act(HIGH, special, rules=[self.OPEN, self.MINOR])
        assert roles(act) == {"high": "undetermined", "low": "exempt"}
        assert (act.basis, act.chosen, act.settled) == (Basis.OPEN, False, False)
        assert act.open_facts == ("incident",)
        assert [question.changes for question in act.asked] == [("choice",)]
        assert "能否成立" in act.text.zh
        assert "能否成立" in act.parts[0].text.zh
        act = one_act(HIGH, special, rules=[self.OPEN, self.MINOR], incident=True)
        assert roles(act) == {"high": "applied", "low": "exempt"}
        act = one_act(HIGH, special, rules=[self.OPEN, self.MINOR], incident=False)
        assert act.chosen
        assert roles(act)["high"] in ("displaced", "absorbed")

    def test_perhaps_not_established_and_asked(self) -> None:
        """What the special case asks by itself is asked for the sake of the choice too."""
        special = attrs.evolve(LOW, special_to=frozenset({HIGH.id}))
        cases = [case(id=e.id, violation=e.id, act="x") for e in (HIGH, special)]
        matter = world(HIGH, special, rules=[self.OPEN]).evaluate_matter(cases)
        assert [q.changes for q in matter.questions] == [("choice", "grade")]
        assert set(roles(matter.acts[0]).values()) == {"undetermined"}

    def test_displaced_in_any_case(self) -> None:
        """What another norm displaces anyway waits for nothing."""
        special = attrs.evolve(LOW, special_to=frozenset({HIGH.id}))
        other = attrs.evolve(GOODS, special_to=frozenset({HIGH.id, LOW.id}))
        act = one_act(HIGH, special, other, rules=[self.OPEN], goods_value=Money(1))
        assert roles(act) == {"high": "displaced", "low": "displaced", "goods": "applied"}
        assert act.chosen
        assert act.parts[0].by == GOODS.id

    def test_not_established_by_a_list(self) -> None:
        """A ground of a list carries the result like one of law, until something outweighs it."""
        special = attrs.evolve(LOW, special_to=frozenset({HIGH.id}))
        listed = attrs.evolve(self.OPEN, modality=Modality.MAY, condition=ALWAYS)
        assert roles(one_act(HIGH, special, rules=[listed]))["high"] == "applied"
        heavier = rule("h", Grade.HEAVIER, is_true("sold"), violations=frozenset({LOW.id}))
        act = one_act(HIGH, special, rules=[listed, heavier])
        assert roles(act)["high"] == "undetermined"
        assert not act.chosen

    def test_perhaps_not_yet_law(self) -> None:
        """A violation that may not have been one on the day displaces nothing for sure."""
        new = attrs.evolve(LOW, special_to=frozenset({HIGH.id}), in_force=Interval(BORDERS[1]))
        span = DateSpan(BORDERS[0], BORDERS[2])
        cases = [
            case(id=e.id, violation=e.id, act="x", committed=Act(ended=span), decided=BORDERS[2])
            for e in (HIGH, new)
        ]
        [act] = world(HIGH, new).evaluate_matter(cases).acts
        assert not act.chosen
        assert act.open_facts == ("committed",)

    def test_many_perhaps_not_established(self) -> None:
        """Where too many are open to look at every way, nothing is displaced for sure."""
        names = [f"test.v{n}" for n in range(10)]
        chain = [
            violation(one, provision(fine_tier(1, 2)), special_to=frozenset({two}))
            for one, two in zip(names, [*names[1:], HIGH.id], strict=True)
        ]
        maybe = attrs.evolve(self.OPEN, violations=None)
        act = one_act(HIGH, *chain, rules=[maybe])
        assert act.open_facts == ("incident",)
        assert set(roles(act).values()) == {"undetermined"}

    def test_not_yet_law(self) -> None:
        """Nor does one that a more lenient law does not know."""
        new = attrs.evolve(LOW, special_to=frozenset({HIGH.id}), in_force=Interval(BORDERS[1]))
        cases = [case(id=e.id, violation=e.id, act="x", committed=BORDERS[0]) for e in (HIGH, new)]
        [act] = world(HIGH, new).evaluate_matter(cases).acts
        assert roles(act) == {"high": "applied", "low": "exempt"}


class TestElements:
    """Elements of any violation of the act aggravate none of them."""

    HEAVIER = rule("h", Grade.HEAVIER, is_true("incident"))

    def test_joint(self) -> None:
        """An element of the other norm makes this one no heavier, and the trace says why."""
        other = attrs.evolve(LOW, elements=frozenset({"incident"}))
        act = one_act(HIGH, other, rules=[self.HEAVIER], incident=True)
        high, low = (part.outcome for part in act.parts)
        assert (high.grade, low.grade) == (Grade.ORDINARY, Grade.ORDINARY)
        notes = [
            [child.text.en for child in outcome.findings[0].trace.children[1:]]
            for outcome in (high, low)
        ]
        assert "another norm" in notes[0][0]
        assert "another norm" not in notes[1][0]

    @pytest.mark.parametrize("most", [0, 1])
    def test_kept_for_some(self, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """The law is kept for so many acts that break several norms; it is the same for others."""
        elements = [frozenset({name}) for name in ("incident", "recalled", "sold")]
        others = [
            attrs.evolve(LOW, id=f"test.o{n}", elements=one) for n, one in enumerate(elements)
        ]
        made = world(HIGH, *others, rules=[self.HEAVIER])
        monkeypatch.setattr(selection, "MOST_JOINT", most)
        monkeypatch.setattr(evaluation, "MOST_JOINT", most)
        matters = [
            [case(id=e.id, violation=e.id, act="x", facts={"incident": True}) for e in (HIGH, one)]
            for one in others
        ]
        grades = [
            [part.outcome.grade for part in made.evaluate_matter(matter).parts]
            for matter in 4 * matters
        ]
        assert grades == 4 * [
            [Grade.ORDINARY, Grade.ORDINARY],
            [Grade.HEAVIER, Grade.HEAVIER],
            [Grade.HEAVIER, Grade.HEAVIER],
        ]
        assert len(made.assessor.selector._joint) == most

    def test_own_act(self) -> None:
        """An element of a norm that another act broke does."""
        other = attrs.evolve(LOW, elements=frozenset({"incident"}))
        cases = [case(id=e.id, violation=e.id, facts={"incident": True}) for e in (HIGH, other)]
        matter = world(HIGH, other, rules=[self.HEAVIER]).evaluate_matter(cases)
        assert [part.outcome.grade for part in matter.parts] == [Grade.HEAVIER, Grade.ORDINARY]


class TestSeveralActs:
    """Several acts stay apart."""

    def test_sum(self) -> None:
        """Ranges of money are added; multiples and open fines are kept apart."""
        maybe = rule("e", when=is_true("recalled"), violations=frozenset({LATE.id}))
        entries = (LOW, HIGH, GOODS, LATE)
        cases = [case(id=e.id, violation=e.id, facts={"sold": True}) for e in entries]
        matter = world(*entries, rules=[maybe]).evaluate_matter(cases)
        found = matter.fine
        assert found.range is not None
        assert found.range.low == 300_000
        assert found.range.high == 1_500_000
        assert [(n, f.state) for n, f in found.symbolic] == [(3, FineState.SYMBOLIC)]
        assert found.open == (4,)

    def test_acts_are_no_priors(self) -> None:
        """An act of the matter is no prior of another unless it stands in the register."""
        exempt = rule("f", when=is_true("first_violation"))
        found = Priors(searched_since=BORDERS[0].replace(year=2010))
        cases = [case(id=e.id, violation=e.id, priors=found) for e in (LOW, HIGH)]
        matter = world(LOW, HIGH, rules=[exempt]).evaluate_matter(cases)
        assert {part.role for part in matter.parts} == {Role.EXEMPT}
        seen = attrs.evolve(found, found=(Prior(committed=BORDERS[0], violation=LOW.id),))
        again = [attrs.evolve(c, priors=seen) for c in cases]
        matter = world(LOW, HIGH, rules=[exempt]).evaluate_matter(again)
        assert {part.role for part in matter.parts} != {Role.EXEMPT}

    def test_crime_comes_first(self) -> None:
        """A crime suspected in one case is a crime suspected in the matter."""
        cases = [
            case(id="a", violation=LOW.id, facts={"crime_suspected": False}),
            case(id="b", violation=HIGH.id, facts={"crime_suspected": True}),
        ]
        assert world(LOW, HIGH).evaluate_matter(cases).crime_suspected is Truth.TRUE
        assert world(LOW).evaluate_matter(cases[:1]).crime_suspected is Truth.FALSE


BAD: list[tuple[list[Case], set[str]]] = [
    ([], {"matter-empty"}),
    ([case(violation=LOW.id), case(violation=HIGH.id)], {"matter-duplicate-case"}),
    (
        [
            case(id="a", violation=LOW.id, act="x", party=Party(kind=PartyKind.ENTERPRISE)),
            case(
                id="b",
                violation=LOW.id,
                act="x",
                region="530102",
                committed=Act(began=BORDERS[0], ended=BORDERS[1]),
                party=Party(kind=PartyKind.INDIVIDUAL),
            ),
        ],
        {"matter-parties", "act-regions", "act-dates", "act-violation-twice"},
    ),
    (
        [
            case(id="a", violation=LOW.id, facts={"nope": 1}),
            case(id="a", violation="test.nope", region="1", act="y"),
        ],
        {"unknown-fact", "matter-duplicate-case", "unknown-violation", "unknown-region"},
    ),
]


@pytest.mark.parametrize(("cases", "codes"), BAD)
def test_bad_input(cases: list[Case], codes: set[str]) -> None:
    """All problems of a matter are reported at once, and each can be said."""
    with pytest.raises(CaseError) as caught:
        world(LOW, HIGH).evaluate_matter(cases)
    assert {problem.code for problem in caught.value.problems} == codes
    for problem in caught.value.problems:
        for lang in ("zh", "en"):
            assert problem.render(lang)


def test_unknown_agrees_with_anything() -> None:
    """What a case does not say cannot contradict another."""
    cases = [
        case(id="a", violation=LOW.id, act="x", committed=None),
        case(id="b", violation=HIGH.id, act="x", party=Party(kind=PartyKind.ENTERPRISE)),
    ]
    assert len(world(LOW, HIGH).evaluate_matter(cases, name="m").acts) == 1
