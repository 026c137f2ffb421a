from fractions import Fraction
from pathlib import Path

import attrs
import pytest

from bizrules.cases import Case
from bizrules.explanation import explain, explain_rule
from bizrules.outcomes import (
    FineRange,
    LawApplied,
    LawChoice,
    OtherLaw,
    Reason,
    Trace,
)
from bizrules.penalties import Grade
from bizrules.plain import RecordedFinding, outcome_of, record_of
from bizrules.provenance import Text
from bizrules.truth import Truth
from bizrules.wording import phrase
from outcome_samples import KNOWN, OTHER_REGION, case, changed, engine, outcome, outcomes, part

PAGES = Path(__file__).parents[1] / "explanations"


def page(name: str) -> str:
    """A page as it must read."""
    return (PAGES / f"{name}.txt").read_text(encoding="utf-8")


class TestWholePages:
    """A few pages as they are read; what is cut off holds digests and versions."""

    def test_an_exemption_in_chinese(self) -> None:
        """An exemption that binds, with its reasons, in Chinese."""
        text = explain(outcome("exempt"))
        assert text.partition("\n【留痕】")[0] == page("exempt.zh")

    def test_a_contested_case_in_english(self) -> None:
        """A contested case begins with the crime and proposes no grade."""
        text = explain(outcome("contested"), lang="en")
        assert text.partition("\nFine\n")[0] == page("contested.en")

    def test_a_rule(self) -> None:
        """A rule reads like an entry of the printed list."""
        sample = engine()
        rulesets = {ruleset.id: ruleset for ruleset in sample.rulesets}
        text = explain_rule(
            sample.rule("sample.list/3"),
            sample.vocabulary,
            ruleset=rulesets["sample.list"],
            violations=sample.violations,
        )
        assert text == page("rule.zh")


class TestOpinion:
    """The recommendation says what binds, what is permitted, and what is open."""

    @pytest.mark.parametrize(
        ("name", "zh"),
        [
            ("exempt", "应当不予行政处罚。"),
            (
                "may-exempt",
                "可以不予行政处罚。依照有关规定，也可以选择减轻处罚、从轻处罚或者一般处罚，由行政机关裁量。",
            ),
            ("lenient", "应当减轻处罚或者从轻处罚（由行政机关选择），建议从轻处罚。"),
            ("heavier", "应当从重处罚。"),
            ("ordinary", "按一般情形，在法定种类和幅度内处罚。"),
            (
                "set-off",
                "可以按一般情形处罚。依照有关规定，也可以选择从轻处罚或者从重处罚，由行政机关裁量。",
            ),
            (
                "open",
                "尚不能提出处罚档次：有7项事实待查明。查明后仍有可能的档次：不予行政处罚、从轻处罚、一般处罚或者从重处罚。",
            ),
        ],
    )
    def test_sentences(self, name: str, zh: str) -> None:
        """Where the norm leaves a choice, the choice is named."""
        assert part(outcomes()[name], "opinion").split("\n")[0] == zh

    def test_contested_and_open(self) -> None:
        """A contested case that is still open says so, and counts what can change the grade."""
        text = part(outcome("contested-open"), "opinion")
        assert text.endswith("另有4项事实待查明，可能改变上述结果。")

    def test_one_grade_left(self) -> None:
        """Where only one grade can be proposed but not yet how, this is said."""
        text = part(changed("open", possible=(Grade.EXEMPT,)), "opinion")
        assert "无论查明结果如何，可以建议的档次只有不予行政处罚" in text

    def test_no_grade_left(self) -> None:
        """Where every answer leads to a contest, no grade is named."""
        text = part(changed("open", possible=()), "opinion")
        assert text == "尚不能提出处罚档次：有7项事实待查明。"

    def test_crime_comes_first(self) -> None:
        """A suspected crime stands before the recommendation; else the section is left out."""
        text = explain(outcome("contested"))
        assert text.index("【涉嫌犯罪】") < text.index("【处理意见】")
        assert "【涉嫌犯罪】" not in explain(outcome("ordinary"))


class TestReasoning:
    """The statement of reasons claims what the traces show, and no more."""

    def test_list_entries_name_their_list(self) -> None:
        """An entry of a list is cited as one."""
        assert part(outcome("listed"), "reasoning") == (
            "当事人（个体工商户）涉嫌经营超过保质期的食品一案，经查，货值金额不足500元（经查为499.99元），"
            "没有“屡次违法”的情形，未发生安全事故，且社会影响较小，属于“免于行政处罚清单”所列情形"
            "（《轻微违法行为清单》（样〔2022〕1号）序号3）。据此，依法可以不予行政处罚。"
        )

    def test_nothing_applies(self) -> None:
        """An ordinary case says how many rules were checked in vain."""
        assert part(outcome("ordinary"), "reasoning") == (
            "当事人（个体工商户）涉嫌经营超过保质期的食品一案，经逐项核对从宽、从重规定5条，均不成立。"
            "据此，依照《行政处罚法》第五十七条第一款，按一般情形，在法定种类和幅度内处罚。"
        )

    def test_nothing_to_check(self) -> None:
        """Where no rule could apply at all, none is said to have been checked."""
        text = part(changed("ordinary", findings=()), "reasoning")
        assert text.endswith(
            "一案，没有可供适用的从宽、从重规定。据此，按一般情形，在法定种类和幅度内处罚。"
        )

    def test_open(self) -> None:
        """An open case names what is missing and proposes nothing."""
        assert part(outcome("base"), "reasoning") == (
            "当事人（个体工商户）涉嫌经营超过保质期的食品一案，目前没有已经查明成立的从宽或者从重情形。"
            "尚未查明：“货值金额”和“社会影响较小”。在查明之前，不提出处罚档次。"
        )
        assert "等7项。" in part(outcome("open"), "reasoning")

    def test_open_with_something_held(self) -> None:
        """What is already established is said before what is missing."""
        facts = {**KNOWN, "recalled": True}
        del facts["minor"]
        facts |= {"harm": "none", "corrected": "on_the_spot"}
        text = part(engine().evaluate(case("open", facts=facts)), "reasoning")
        assert "目前已查明：已经召回，符合《行政处罚法》第三十二条第一项的规定。" in text
        assert text.endswith("尚未查明：“违法行为轻微”。在查明之前，不提出处罚档次。")

    def test_open_without_questions(self) -> None:
        """An open outcome without a question says only that nothing is proposed yet."""
        text = part(changed("open", questions=()), "reasoning")
        assert text.endswith("目前没有已经查明成立的从宽或者从重情形。在查明之前，不提出处罚档次。")

    def test_rules_set_aside_and_beside(self) -> None:
        """Rules that hold but did not carry the result are named."""
        facts = {**KNOWN, "minor": True, "harm": "none", "corrected": "on_the_spot"}
        found = engine().evaluate(case("exempt", facts={**facts, "recalled": True}))
        text = part(found, "reasoning")
        assert text.endswith(
            "另有“主动召回的”（《行政处罚法》第三十二条第一项）的情形成立，不改变上述结论。"
        )
        reason = attrs.evolve(found.reason, left_aside=("sample.law/remedy",))
        aside = attrs.evolve(record_of(found), reason=reason)
        text = part(outcome_of(aside), "reasoning")
        assert text.endswith("因与效力更高或者更具体的规定不能并用，未予采用。")

    def test_a_rule_without_conditions(self) -> None:
        """A rule that needs no fact is applied without inventing one."""
        (finding, *_) = record_of(outcome("lenient")).findings
        trace = Trace(node="all", truth=Truth.TRUE, text=Text(zh="不附条件", en="no condition"))
        bare = attrs.evolve(finding, truth=Truth.TRUE, trace=trace)
        reason = Reason(row="lenient", text=Text(zh="。", en="."), determining=(bare.rule,))
        found = changed("lenient", findings=(bare,), reason=reason)
        assert "经查，符合《行政处罚法》第三十三条第一款第二句的规定。" in part(found, "reasoning")
        listed = attrs.evolve(bare, list=Text(zh="甲", en="A"))
        found = changed("lenient", findings=(listed,), reason=reason)
        assert "经查，属于“甲清单”所列情形（" in part(found, "reasoning")
        tier = attrs.evolve(bare, list=Text(zh="从轻处罚档", en="lighter penalty"))
        found = changed("lenient", findings=(tier,), reason=reason)
        assert "经查，属于“从轻处罚档”所列情形（" in part(found, "reasoning")

    def test_several_facts_of_one_test(self) -> None:
        """Where a test compares facts, what each of them is stands behind it."""
        (finding, *_) = record_of(outcome("lenient")).findings
        trace = Trace(
            node="test",
            truth=Truth.TRUE,
            text=Text(zh="宽度在总宽度的20%以下", en="width"),
            found=Text(zh="宽度为2米，总宽度为10米", en="2 of 10"),
            facts=("total", "width"),
        )
        bare = attrs.evolve(finding, truth=Truth.TRUE, trace=trace)
        reason = Reason(row="lenient", text=Text(zh="。", en="."), determining=(bare.rule,))
        found = changed("lenient", findings=(bare,), reason=reason)
        said = "宽度在总宽度的20%以下（经查，宽度为2米，总宽度为10米），符合"
        assert said in part(found, "reasoning")

    def test_facts_are_said_once(self) -> None:
        """A fact that carries two rules is told with the first of them only."""
        facts = {**KNOWN, "harm": "none", "corrected": "on_the_spot", "first_violation": True}
        facts |= {"goods_value": 66, "sample.list/3#unexpressed": True}
        text = part(engine().evaluate(case("listed", facts=facts)), "reasoning")
        assert text.count("未发生安全事故") == 1
        assert text.count("符合《行政处罚法》第三十三条第一款第二句的规定；") == 1

    def test_english_sentences_begin_with_a_capital(self) -> None:
        """Where clauses become sentences, each begins like one."""
        facts = {**KNOWN, "harm": "none", "corrected": "on_the_spot", "first_violation": True}
        facts |= {"goods_value": 66, "sample.list/3#unexpressed": True}
        text = part(engine().evaluate(case("listed", facts=facts)), "reasoning", "en")
        assert "sentence 2. Value of the goods: less than 500 yuan (established: 66 yuan)" in text

    def test_set_off(self) -> None:
        """Where a local rule sets both sides off, both are named before the result."""
        found = engine().evaluate(case("contested", region=OTHER_REGION))
        text = part(found, "reasoning")
        assert "一方面，已经召回，" in text
        assert text.endswith("按照当地关于情节并存的规定相互抵消，依法可以按一般情形处罚。")

    def test_without_party_and_names(self) -> None:
        """Without a kind of party, and without names, the sentence still stands."""
        text = part(outcomes()["partial"], "reasoning")
        assert text.startswith("当事人涉嫌经营超过保质期的食品一案，经查，")
        assert part(changed("exempt", labels={}), "reasoning").startswith(
            "当事人涉嫌food.stale一案，经查，"
        )

    def test_counted_and_alternative_conditions(self) -> None:
        """Of alternatives only those that hold are claimed."""
        leaf = Text(zh="甲成立", en="A holds")
        yes = Trace(node="test", truth=Truth.TRUE, text=leaf, facts=("a",))
        no = Trace(node="test", truth=Truth.FALSE, text=Text(zh="乙成立", en="B holds"))
        element = Trace(node="element", truth=Truth.TRUE, text=Text(zh="要件", en="element"))
        concept = Trace(node="defined", truth=Truth.TRUE, text=leaf, children=(yes,))
        trace = Trace(
            node="all",
            truth=Truth.TRUE,
            text=Text(zh="全部", en="all"),
            children=(
                Trace(node="any", truth=Truth.TRUE, text=leaf, children=(no, yes)),
                concept,
                element,
            ),
        )
        finding = attrs.evolve(_held_finding(), trace=trace)
        text = part(changed("heavier", findings=(finding,)), "reasoning")
        assert "经查，甲成立，符合《行政处罚法》第四十九条的规定。" in text
        assert "乙" not in text


def _held_finding() -> RecordedFinding:
    """The finding that carries the heavier sample."""
    found = record_of(outcome("heavier")).findings
    return next(finding for finding in found if finding.truth is Truth.TRUE)


class TestFine:
    """The fine, and what it would be while no grade is proposed."""

    def test_range_with_modality(self) -> None:
        """A range says whether a fine must be imposed, and how it came about."""
        assert part(outcome("lenient"), "fine").split("\n") == [
            "应当处罚款：5万元以上6.5万元以下。",
            "- 罚则：《食品安全法》第一百二十四条第一款第五项",
            "- 罚则规定：货值金额不足一万元的，处5万元以上10万元以下",
            "- 从轻处罚取法定幅度的0%至30%：5万元以上6.5万元以下",
        ]

    def test_open_grade(self) -> None:
        """Without a grade the statutory range is only what a fine would be."""
        assert part(outcome("open"), "fine").startswith(
            "法定罚款幅度（如予处罚）：5万元以上10万元以下。"
        )
        assert part(outcome("open"), "kinds").startswith("如予处罚：")
        text = part(outcome("base"), "fine")
        assert "或者" in text.split("\n")[0]
        assert text.count("处罚档次未定，以上为法定幅度") == 1

    def test_precondition(self) -> None:
        """A fine that has to wait for its precondition says so."""
        assert part(outcomes()["not-yet"], "fine").startswith("罚款的前提")
        assert part(outcomes()["waiting"], "fine").startswith("罚款的前提尚待查明；前提具备的，")

    def test_nothing_to_compute(self) -> None:
        """Without provision and steps only the reason stands."""
        fine = attrs.evolve(outcome("lenient").fine, steps=(), citation=None)
        text = part(changed("lenient", fine=fine), "fine")
        assert text == "应当处罚款：5万元以上6.5万元以下。"


class TestLaw:
    """Old and new law."""

    def test_other_result(self) -> None:
        """The result under the other law is told in short."""
        assert part(outcomes()["old-law"], "law").split("\n") == [
            "违法行为发生时与作出决定时的规定不同；新规定的处罚档次较轻，适用新规定（《行政处罚法》第三十七条）。所适用规定的时点：2022年5月20日。",
            "另一时点（2021年12月31日）的规定：一般处罚（罚款5万元以上10万元以下）。",
        ]
        assert "新规定的处罚档次较轻" in part(outcomes()["old-law"], "reasoning")

    @pytest.mark.parametrize(
        ("on", "zh"),
        [
            ("2022", "2022年"),
            ("2022-03", "2022年3月"),
            ("2022-03-01..", "不早于2022年3月1日"),
            ("..2022-03-01", "不晚于2022年3月1日"),
            ("2021-11-20..2021-12-05", "2021年11月20日至2021年12月5日之间"),
        ],
    )
    def test_dates_known_in_part(self, on: str, zh: str) -> None:
        """A date of the law that is known only in part is told as far as it is known."""
        law = LawApplied(choice=LawChoice.SAME, on=on, text=Text(zh="同", en="same"))
        text = part(changed("exempt", law_applied=law), "law")
        assert text == f"同。所适用规定的时点：{zh}。"

    def test_undated(self) -> None:
        """Without dates no date is told."""
        assert part(outcomes()["undated"], "law") == (
            "案件没有载明日期，按现有全部规定认定；应当补充日期后重新认定。"
        )

    @pytest.mark.parametrize(
        ("changes", "zh"),
        [
            ({"contested": True}, "从宽、从重情节并存。"),
            ({"settled": False}, "结果未定。"),
            ({"grade": Grade.EXEMPT}, "不予行政处罚。"),
            (
                {"grade": Grade.EXEMPT, "fine": FineRange(low=Fraction(0), high=Fraction(0))},
                "不予行政处罚。",
            ),
            (
                {
                    "grade": Grade.HEAVIER,
                    "fine": FineRange(low=Fraction(1), high=Fraction(5), base="goods_value"),
                },
                "从重处罚。",
            ),
        ],
    )
    def test_other_results(self, changes: dict[str, object], zh: str) -> None:
        """Every kind of other result has words; a fine only where it is known in money."""
        whole = {"on": "", "grade": None, "permitted": (), "settled": True, "contested": False}
        other = OtherLaw(**{**whole, **changes})  # type: ignore[arg-type]
        law = LawApplied(choice=LawChoice.NEW, on="", text=Text(zh="新", en="new"), other=other)
        text = part(changed("exempt", law_applied=law), "law")
        assert text == f"新。\n另一时点（不详）的规定：{zh}"

    def test_choice_still_open(self) -> None:
        """While facts are missing, neither law is said to be the more lenient one."""
        chosen = outcomes()["old-law"].law_applied
        law = attrs.evolve(chosen, choice=LawChoice.OPEN, basis=None, text=phrase("law.open"))
        found = changed("open", law_applied=law)
        assert part(found, "law").startswith(
            "违法行为发生时与作出决定时的规定不同；哪一规定处罚较轻，"
        )
        assert "适用新规定" not in explain(found)


def test_samples_reach_every_state() -> None:
    """The samples are what they are called."""
    found = outcomes()
    assert isinstance(found["exempt"].case, Case)
    assert found["exempt"].reason.row == "shall-exempt"
    assert found["may-exempt"].reason.row == "may-exempt"
    assert found["lenient"].reason.row == "lenient"
    assert found["heavier"].reason.row == "heavier"
    assert found["contested"].reason.row == "contested"
    assert found["ordinary"].reason.row == "ordinary"
    assert found["set-off"].reason.row == "set-off"
    assert found["open"].reason.row == "open"
    assert found["old-law"].law_applied.choice is LawChoice.NEW
    assert found["undated"].law_applied.choice is LawChoice.UNDATED
