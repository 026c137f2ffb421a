from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest

from bizrules.conditions import ALWAYS, AllOf, AnyOf, AtLeast, Not, Op, PerKind
from bizrules.conditions import Test as FactTest
from bizrules.errors import Problem
from bizrules.explanation import explain_rule
from bizrules.outcomes import (
    DueDuty,
    Fine,
    FineState,
    KindOutcome,
    NearMiss,
    Outcome,
    Trace,
)
from bizrules.penalties import Band, FineEffect, Modality, PenaltyKind
from bizrules.plain import RecordedFinding, record_of
from bizrules.provenance import Citation, InstrumentKind, Location, Status, Text
from bizrules.rules import Rule, RuleEffect
from bizrules.truth import Truth
from bizrules.values import Interval
from bizrules.wording import phrase
from outcome_samples import KNOWN, case, changed, engine, outcome, outcomes, part


def _held_finding() -> RecordedFinding:
    """The finding that carries the heavier sample."""
    found = record_of(outcome("heavier")).findings
    return next(finding for finding in found if finding.truth is Truth.TRUE)


DAY = date(2022, 5, 31)
PERIOD = Text(zh="七日内", en="within seven days")
LATE = Text(zh="逾期", en="late")


class TestLists:
    """Measures, duties, questions, near misses, problems, citations, receipt."""

    def test_measures(self) -> None:
        """A measure names the facts and the norm on which it may be left out."""
        assert part(outcome("measure"), "compulsion") == (
            "- 扣押财物：可以不采取\n- 违法情节显著轻微（《行政强制法》第十六条第二款）"
        )

    def test_what_replaces_the_fine_is_said_once(self) -> None:
        """A kind ordered in place of the fine is not listed as one of the provision besides."""
        warning, order = PenaltyKind.WARNING, PenaltyKind.ORDER
        kinds = tuple(
            KindOutcome(kind=kind, truth=Truth.TRUE, modality=Modality.MAY, waived=False, text=text)
            for kind, text in (
                (warning, Text(zh="警告（与罚款择一）：可以适用", en="warning: may be imposed")),
                (order, Text(zh="责令改正", en="order to correct")),
                (warning, phrase("kind.instead", kind=phrase("kind.warning"))),
            )
        )
        assert part(changed("heavier", other_kinds=kinds), "kinds") == (
            "- 责令改正\n- 警告：代替罚款（仍属行政处罚，不等于不予处罚）"
        )
        assert part(changed("heavier", other_kinds=kinds[:2]), "kinds").startswith("- 警告（与")

    def test_only_the_fine_is_left_out(self) -> None:
        """Where only the fine is left out, the reasons say that the party is not let off."""
        waived = Fine(state=FineState.WAIVED, text=phrase("fine.waived"))
        warning = KindOutcome(
            kind=PenaltyKind.WARNING,
            truth=Truth.TRUE,
            modality=Modality.SHALL,
            waived=False,
            text=phrase("kind.instead", kind=phrase("kind.warning")),
        )
        text = part(changed("heavier", fine=waived), "reasoning")
        assert text.endswith("罚款不予适用；其他种类的处罚不因此免除。")
        assert "不予行政处罚" not in text
        text = part(changed("heavier", fine=waived, other_kinds=(warning,)), "reasoning")
        assert text.endswith("以警告代替罚款。")
        assert "罚款" not in part(changed("exempt", fine=waived), "reasoning")

    def test_duties(self) -> None:
        """A duty with a date says by when; one that is not certain says so."""
        text = part(outcome("heavier"), "duties")
        assert "2022年5月31日前（含当日）：送达决定书" in text
        assert "以有关情形成立为前提，尚待查明" in text
        duty = DueDuty(
            duty="x", text=Text(zh="送达", en="serve"), modality=Modality.SHALL, verified=False
        )
        text = part(changed("heavier", duties=(duty,)), "duties")
        assert "该期间的工作日安排尚未公布，到期日未推算" in text

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"due": DAY}, "2022年5月31日前（含当日）：送达"),
            # Hours end at the hour, not with the day.
            ({"due": DAY, "same_hour": True}, "2022年5月31日的同一时刻前：送达"),
            ({"opens": DAY}, "自2022年5月31日起方可：送达"),
            # The period stands where there is no day; with a day it would say the same twice.
            ({"period": PERIOD}, "应当；七日内"),
            ({"due": DAY, "late": LATE}, "应当；逾期"),
            ({"due": DAY, "late": LATE, "prolonged": PERIOD}, "应当；逾期"),
            ({"due": DAY, "prolonged": LATE}, "应当；逾期"),
        ],
    )
    def test_days_of_duties(self, given: dict[str, Any], said: str) -> None:
        """A duty says by when it must be done, or from when on it may be, and whether it was."""
        duty = DueDuty(duty="x", text=Text(zh="送达", en="serve"), modality=Modality.SHALL, **given)
        assert said in part(changed("heavier", duties=(duty,)), "duties")

    def test_a_period_is_said_once(self) -> None:
        """Where the day is given, the period is not."""
        duty = DueDuty(
            duty="x",
            text=Text(zh="送达", en="serve"),
            modality=Modality.SHALL,
            due=DAY,
            period=PERIOD,
            late=LATE,
            certain=False,
        )
        text = part(changed("heavier", duties=(duty,)), "duties")
        assert "七日内" not in text
        assert "逾期" not in text

    def test_questions(self) -> None:
        """A question says what evidences it, who answers, and what it can change."""
        text = part(outcome("open"), "questions")
        assert "违法行为是否轻微？" in text
        assert (
            "证据：现场笔录；由办案人员或者当事人回答；需要判断，规定没有量化标准；"
            "影响：处罚档次（关系到1条规定）"
        ) in text
        assert "可选：未改正／期限内改正／当场改正" in text
        assert part(outcome("exempt"), "questions") == ""

    def test_many_questions(self) -> None:
        """Only the ten most useful questions are put unless all are asked for."""
        (first, *_) = outcome("open").questions
        many = tuple(
            attrs.evolve(first, fact=f"f{number}", unit="m2", answered_by=())
            for number in range(12)
        )
        found = changed("open", questions=many)
        text = part(found, "questions")
        assert "11. " not in text
        assert text.endswith("另有2项，影响较小，未列出；需要时可以全部列出。")
        assert "12. " in part(found, "questions", full=True)
        assert "单位：平方米" in text

    def test_near_misses(self) -> None:
        """A near miss says what is missing, by how much, and how to cure it by when."""
        text = part(outcome("lenient"), "near-misses")
        assert text == (
            "- 少量过期食品：可以不予行政处罚（sample.list/3）\n"
            "- 尚缺：货值金额不足500元（本案：800元；相差300元）"
        )
        facts = {**KNOWN, "harm": "none", "first_violation": True}
        found = engine().evaluate(case("ordinary", facts=facts))
        text = part(found, "near-misses")
        assert (
            "初次违法的：可以不予行政处罚（sample.law/first；在2022年5月20日作出决定之前补救）"
            in text
        )
        assert "可以补救：在责令期限内改正" in text

    def test_what_was_not_near(self) -> None:
        """A rule of which nothing holds was not narrowly missed."""
        (near, *_) = outcome("lenient").near_misses
        far = attrs.evolve(
            near,
            rule="sample.law/repeat",
            misses=tuple(attrs.evolve(miss, gap=None) for miss in near.misses),
        )
        nowhere = NearMiss(rule="gone", title=near.title, permits=(), misses=(), curable=True)
        assert part(changed("lenient", near_misses=(far, nowhere)), "near-misses") == ""

    def test_problems(self) -> None:
        """Problems of the case are told with their help."""
        problem = Problem(
            "contradiction",
            Location("case x"),
            {"fact": "a", "stated": "是", "derived": "否", "reads": "priors"},
        )
        text = part(changed("exempt", problems=(problem,)), "problems")
        assert text == "- `a` 载明为是，而由案件本身得出否\n- 请更正该事实或其依据：priors"

    def test_citations_by_law(self) -> None:
        """The basis is told law by law, with a remark where a citation could not be checked."""
        assert part(outcome("listed"), "citations").split("\n") == [
            "- 《轻微违法行为清单》（样〔2022〕1号）序号3",
            "- 未经法条目录核对：规范性文件",
            "- 《行政处罚法》第三十三条第一款、第六十条和第三十三条第三款",
            "- 《食品安全法》第一百二十四条第一款第五项",
        ]

    def test_receipt(self) -> None:
        """The receipt names the rulesets with version and digest, and the state of knowledge."""
        receipt = attrs.evolve(outcome("exempt").receipt, as_known_on=date(2022, 6, 1))
        text = part(changed("exempt", receipt=receipt), "receipt")
        assert "规则集：sample.list，版本1，摘要" in text
        assert "只使用截至该日公布的规定：2022年6月1日" in text

    def test_case(self) -> None:
        """A case shows what is known of it, and its codes where nobody named them."""
        text = part(outcomes()["partial"], "case")
        assert "违法行为时间：2022年1月" in text
        assert "当事人" not in text
        assert "连续或者继续状态" in part(outcomes()["old-law"], "case")
        assert "主管部门：own.department" in part(outcomes()["not-yet"], "case")
        assert part(changed("exempt", labels={}), "case").startswith("违法行为发生地：530103\n")


class TestFindings:
    """Findings with traces; long lists are cut short unless everything is asked for."""

    def many(self, truth: Truth) -> Outcome:
        """An outcome with six findings of one truth."""
        finding = next(
            f for f in record_of(outcome("open")).findings if f.rule == "sample.law/first"
        )
        trace = attrs.evolve(finding.trace, truth=truth)
        found = tuple(
            attrs.evolve(finding, rule=f"r{number}", truth=truth, trace=trace)
            for number in range(6)
        )
        return changed("open", findings=found)

    def test_failed_rules_are_counted(self) -> None:
        """Many failed rules are one line; in full they are all there."""
        found = self.many(Truth.FALSE)
        short = part(found, "findings")
        assert short == "不成立（6条）\n- 已逐条核对，均不具备适用条件；需要时可以列出全部条目。"
        assert "r5" in part(found, "findings", full=True)

    def test_open_rules_name_what_is_missing(self) -> None:
        """Many open rules name their missing facts; in full they show their traces."""
        found = self.many(Truth.UNKNOWN)
        short = part(found, "findings")
        assert "待查明：初次违法，改正情况为“期限内改正”或者“当场改正”，且发生安全事故" in short
        assert "尚未查明" not in short
        assert "? 初次违法（尚未查明；既往违法记录计入范围：" in part(found, "findings", full=True)

    def test_exclusions_are_named(self) -> None:
        """A rule that fails because of an exclusion names what excluded it."""
        facts = {**KNOWN, "incident": True, "goods_value": 800, "repeated": True}
        found = engine().evaluate(case("listed", facts=facts))
        text = part(found, "findings", full=True)
        assert (
            "不具备：货值金额不足500元（本案：800元），属于除外情形（屡次违法），"
            "且属于除外情形（发生安全事故）"
        ) in text

    def trace(self, *children: Trace, node: str = "all", truth: Truth = Truth.TRUE) -> Trace:
        """A trace with children."""
        text = Text(zh=f"〔{node}〕", en=f"[{node}]")
        return Trace(node=node, truth=truth, text=text, children=children)

    def leaf(self, name: str, truth: Truth = Truth.TRUE, **more: Any) -> Trace:  # noqa: ANN401 - fields of a trace
        """A test."""
        text = Text(zh=name, en=name)
        return attrs.evolve(Trace(node="test", truth=truth, text=text), **more)

    def shown(self, trace: Trace) -> str:
        """The findings section with the one finding of this trace."""
        finding = attrs.evolve(_held_finding(), trace=trace, truth=trace.truth)
        return part(changed("heavier", findings=(finding,)), "findings", full=True)

    def test_trees(self) -> None:
        """Alternatives, counts, kinds and nested lists have heads of their own."""
        both = self.trace(self.leaf("甲"), self.leaf("乙", derived=True))
        text = self.shown(
            self.trace(
                self.trace(both, self.leaf("丙", Truth.FALSE), node="any"),
                self.trace(self.leaf("丁"), node="at_least"),
                self.trace(both, node="per_kind"),
                self.trace(node="in_force"),
            )
        )
        assert text.split("\n")[2:] == [
            "✓ 以下各项具备其一即可",
            "✓ 以下各项均须具备",
            "✓ 甲",
            "✓ 乙（由案件材料得出）",
            "✗ 丙",
            "✓ 〔at_least〕",
            "✓ 丁",
            "✓ 按种类分别认定",
            "✓ 以下各项均须具备",
            "✓ 甲",
            "✓ 乙（由案件材料得出）",
            "✓ 〔in_force〕",
        ]

    def test_negated_alternatives_stand_side_by_side(self) -> None:
        """Under “none of these” the alternatives need no head of their own."""
        inner = self.trace(
            self.leaf("甲", Truth.FALSE),
            self.trace(
                self.leaf("乙", Truth.FALSE), self.leaf("丙", Truth.FALSE), truth=Truth.FALSE
            ),
            node="any",
            truth=Truth.FALSE,
        )
        text = self.shown(self.trace(inner, node="not"))
        assert text.split("\n")[2:] == [
            "✓ 不得有以下情形",
            "✗ 甲",
            "✗ 以下各项均须具备",
            "✗ 乙",
            "✗ 丙",
        ]

    def test_failed_alternatives_are_told_as_a_whole(self) -> None:
        """A failed choice is named as the choice it is; more than three reasons are cut."""
        choice = self.trace(self.leaf("甲", Truth.FALSE), node="any", truth=Truth.FALSE)
        negation = self.trace(self.trace(node="at_least"), node="not", truth=Truth.FALSE)
        many = [self.leaf(name, Truth.FALSE) for name in "甲乙丙"]
        assert "不具备：〔any〕，且〔not〕" in self.shown(
            self.trace(choice, negation, truth=Truth.FALSE)
        )
        assert "不具备：甲，乙，丙，…" in self.shown(self.trace(*many, choice, truth=Truth.FALSE))

    def test_a_rule_that_failed_without_a_reason(self) -> None:
        """Where no test failed by itself, nothing is invented."""
        text = self.shown(self.trace(truth=Truth.FALSE))
        assert "不具备" not in text

    def test_what_was_found_is_shown(self) -> None:
        """What the case says stands beside the test; a yes or no is not repeated."""
        found = Text(zh="66元", en="66 yuan")
        yes = Text(zh="是", en="yes")
        text = self.shown(
            self.trace(self.leaf("金额", found=found), self.leaf("召回", found=yes, derived=True))
        )
        assert "✓ 金额（本案：66元）" in text
        assert "✓ 召回（由案件材料得出）" in text

    def test_nothing_is_not_told_twice(self) -> None:
        """Where a test says that there is none, the zero beside it is left out; a sum is not."""
        zero, some = Text(zh="0元", en="0 yuan"), Text(zh="500元", en="500 yuan")
        text = self.shown(
            self.trace(
                self.leaf("没有违法所得", found=zero),
                self.leaf("没有财产损失", Truth.FALSE, found=some),
                self.leaf("货值金额不足500元", found=zero),
            )
        )
        assert "✓ 没有违法所得\n" in text
        assert "✗ 没有财产损失（本案：500元）" in text
        assert "✓ 货值金额不足500元（本案：0元）" in text


class TestRules:
    """Rules as entries of a list."""

    def rule(self, **changes: Any) -> Rule:  # noqa: ANN401 - fields of a rule
        """The sample entry, changed."""
        return attrs.evolve(engine().rule("sample.list/3"), **changes)

    def text(self, rule: Rule, lang: str = "zh") -> str:
        """The rule without its ruleset and catalogue."""
        return explain_rule(rule, engine().vocabulary, lang=lang)

    def test_without_its_ruleset(self) -> None:
        """Without ruleset and catalogue their codes stand for names."""
        text = self.text(self.rule())
        assert "清单（档次）：exempt" in text
        assert "事项：food.stale" in text
        assert "规则集：sample.list" in text

    def test_any_violation(self) -> None:
        """A ground of law is for every violation and the whole country."""
        text = self.text(engine().rule("sample.law/first"), "en")
        assert "Matter: any violation" in text
        assert "Region: nationwide" in text
        assert "Entry: " not in text

    def test_conditions_in_every_shape(self) -> None:
        """Alternatives, counts and kinds are taken apart; a single alternative is not."""
        small = FactTest(("harm",), Op.IS, "none")
        large = FactTest(("harm",), Op.IS, "serious")
        recalled = FactTest(("recalled",), Op.IS, True)
        condition = AllOf(
            (
                AnyOf((small, AllOf((large, recalled)))),
                AnyOf((recalled,)),
                AtLeast(1, (small, large)),
                PerKind("corrected", (("no", small), ("on_the_spot", large))),
                Not(small),
            )
        )
        text = self.text(self.rule(condition=condition, unexpressed=(), note=None))
        body = text.partition("【适用条件】\n")[2].partition("\n\n【处理】")[0]
        assert body.split("\n") == [
            "  1. 以下各项具备其一即可",
            "     - 危害后果为“没有”",
            "     - 以下各项均须具备",
            "       - 危害后果为“较重”",
            "       - 已经召回",
            "  2. 已经召回",
            "  3. 下列各项中至少1项",
            "     - 危害后果为“没有”",
            "     - 危害后果为“较重”",
            "  4. 按种类分别认定",
            "     - 属于未改正的，危害后果为“没有”",
            "     - 属于当场改正的，危害后果为“较重”",
            "",
            "【除外情形】",
            "  1. 危害后果为“没有”",
        ]

    def test_no_condition(self) -> None:
        """A rule without conditions says so."""
        assert "【适用条件】\n  不附条件。" in self.text(self.rule(condition=ALWAYS))

    def test_every_effect(self) -> None:
        """Everything that an effect fixes is told."""
        band = Band(low=Fraction(0), high=Fraction(1, 5))
        fine = FineEffect(amount=50_000, low=10_000, high=20_000, band=band, floor=Fraction(1, 10))
        text = self.text(self.rule(effect=RuleEffect(instead=PenaltyKind.WARNING, fine=fine)))
        effects = text.partition("【处理】\n")[2].partition("\n\n")[0]
        assert effects.split("\n")[1:] == [
            "  - 以警告代替罚款",
            "  - 罚款定为500元",
            "  - 罚款幅度为100元以上200元以下",
            "  - 罚款取法定幅度的0%至20%",
            "  - 减轻处罚不低于法定最低数额的10%",
        ]

    @pytest.mark.parametrize(
        ("low", "high", "zh"), [(None, 20_000, "200元以下"), (10_000, None, "100元以上")]
    )
    def test_fixed_ranges_with_one_end(self, low: int | None, high: int | None, zh: str) -> None:
        """A fixed range may have one end only."""
        effect = RuleEffect(fine=FineEffect(low=low, high=high))
        assert f"罚款幅度为{zh}" in self.text(self.rule(effect=effect))

    def test_a_band_alone(self) -> None:
        """An effect may fix nothing but a band."""
        band = Band(low=Fraction(0), high=Fraction(1, 5))
        text = self.text(self.rule(effect=RuleEffect(fine=FineEffect(band=band))))
        assert "【处理】\n  - 可以不予行政处罚\n  - 罚款取法定幅度的0%至20%\n\n" in text

    def test_a_band_of_one_point(self) -> None:
        """A share of the span that is one point is said once."""
        third = Fraction(1, 3)
        effect = RuleEffect(fine=FineEffect(band=Band(low=third, high=third)))
        assert "罚款取法定幅度的三分之一处\n" in self.text(self.rule(effect=effect))

    def test_dates_of_the_instrument(self) -> None:
        """Beside the days in force stand the date of issue and the day of the last check."""
        (given,) = (one for one in engine().rulesets if one.id == "sample.list")
        issued = attrs.evolve(given.instrument, issued=date(2021, 12, 1))
        ruleset = attrs.evolve(given, instrument=issued, checked_on=date(2026, 11, 22))
        text = explain_rule(self.rule(), engine().vocabulary, ruleset=ruleset)
        assert "发文日期：2021年12月1日\n  施行期间：" in text
        assert "核对日期：2026年11月22日\n" in text

    @pytest.mark.parametrize("status", [Status.CONFIRMED, Status.PARTIAL])
    def test_drafts(self, status: Status) -> None:
        """A draft was put out on a day and is in force on none; its text may still be partial."""
        (given,) = (one for one in engine().rulesets if one.id == "sample.list")
        draft = attrs.evolve(given.instrument, kind=InstrumentKind.DRAFT, issued=date(2021, 12, 1))
        ruleset = attrs.evolve(given, instrument=draft)
        text = explain_rule(self.rule(status=status), engine().vocabulary, ruleset=ruleset)
        assert "公布日期：2021年12月1日" in text
        assert "施行情况：征求意见稿，不作为处理依据" in text
        assert "施行期间" not in text
        assert "已核对" not in text
        assert ("核对状态：原文不全" in text) is (status is Status.PARTIAL)

    def test_measures_and_ended_rules(self) -> None:
        """Measures are named, and so is the day on which a rule ended."""
        rule = attrs.evolve(
            engine().rule("sample.law/spared"),
            in_force=Interval(date(2020, 1, 1), date(2021, 1, 1)),
            citations=(Citation("行政强制法", "16", 2),),
        )
        text = self.text(rule)
        assert "强制种类：扣押财物" in text
        assert "施行期间：自2020年1月1日起施行、自2021年1月1日起失效" in text
        assert "可以不采取行政强制" in text
        assert "施行期间" not in self.text(attrs.evolve(rule, in_force=Interval()))

    def test_html(self) -> None:
        """A rule can be rendered as HTML too."""
        sample = engine()
        html = explain_rule(sample.rule("sample.law/first"), sample.vocabulary, form="html")
        assert html.startswith('<article class="bizrules" lang="zh-CN"')
