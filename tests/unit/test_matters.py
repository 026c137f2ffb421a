"""The records of joint outcomes: what is drawn together from the parts."""

import json
from decimal import Decimal
from typing import Any

import attrs
import pytest

from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.errors import DocumentError
from bizrules.evaluation import Answer
from bizrules.explanation import EXPLANATION_FORMS, explain, explain_matter
from bizrules.loading import ExpectedAct, ExpectMatter, GoldenMatter
from bizrules.matters import Basis, MatterOutcome, Role
from bizrules.outcomes import CHANGES, Question
from bizrules.penalties import Grade, OtherKind, PenaltyKind, Provision
from bizrules.plain import matter_from_plain, matter_to_plain, outcome_from_plain, to_plain
from bizrules.questions import question_about
from bizrules.report import report, report_matter
from bizrules.rules import Duty, Trigger
from bizrules.testing import run_matter, run_matters
from bizrules.truth import Truth
from bizrules.values import Interval
from bizrules.wording import phrase
from property.worlds import (
    BORDERS,
    CITE,
    case,
    engine,
    fine_tier,
    is_true,
    provision,
    rule,
    violation,
)
from strategies import text

LOW = violation(
    "test.low",
    provision(fine_tier(100_000, 500_000), kinds=(OtherKind(kind=PenaltyKind.CONFISCATION),)),
)
HIGH = violation("test.high", provision(fine_tier(200_000, 1_000_000)))
TWIN = attrs.evolve(LOW, id="test.twin")
OPEN_ENDED = violation("test.open-ended", provision(fine_tier(200_000, None)))
GOODS = violation("test.goods", provision(fine_tier(10, 20, base="goods_value")))
DUTIES = (
    Duty(
        id="r.national/a-inform",
        ruleset="r.national",
        text=text("inform"),
        trigger=Trigger.ALWAYS,
        citations=(CITE,),
    ),
    Duty(
        id="r.national/transfer",
        ruleset="r.national",
        text=text("transfer"),
        trigger=Trigger.CRIME,
        citations=(CITE,),
    ),
)
RULES = (
    rule("e", when=is_true("recalled"), violations=frozenset({HIGH.id})),
    rule("h", Grade.HEAVIER, is_true("incident")),
)
ENGINE: Engine = engine(*RULES, violations=(LOW, HIGH, TWIN, OPEN_ENDED, GOODS), duties=DUTIES)


def suspends(fact: str, days: Interval) -> Provision:
    """A version whose suspension depends on a fact."""
    suspension = OtherKind(kind=PenaltyKind.SUSPENSION, when=is_true(fact))
    return provision(fine_tier(100_000, 500_000), kinds=(suspension,), in_force=days)


CHANGED = (
    suspends("sold", Interval(until=BORDERS[1])),
    suspends("recalled", Interval(BORDERS[1])),
)
VERSIONS: Engine = engine(
    violations=[violation(f"test.{name}", *CHANGED) for name in ("old", "new")]
)
DATED = {"committed": BORDERS[0], "decided": BORDERS[1]}
KNOWN = {"recalled": False, "incident": False, "crime_suspected": False}


def of(name: str, **changes: Any) -> Case:  # noqa: ANN401 - any field
    """A case of a violation, settled unless it is changed."""
    return case(**{"id": name, "violation": f"test.{name}", "facts": KNOWN, **changes})


def joint(*cases: Case) -> MatterOutcome:
    """The joint outcome of the cases."""
    return ENGINE.evaluate_matter(cases, name="m")


ACT_AND_MORE = joint(
    of("low", act="x"), of("high", act="x"), of("goods"), of("open-ended", facts={})
)


class TestMerged:
    """Questions and duties of all parts, each once."""

    def test_duties(self) -> None:
        """A duty of two cases is one duty; what a suspected crime demands comes first."""
        matter = joint(of("low"), of("high", facts={**KNOWN, "crime_suspected": True}))
        assert [duty.duty for duty in matter.duties] == [
            "r.national/transfer",
            "r.national/a-inform",
        ]

    def test_duties_of_a_displaced_case(self) -> None:
        """A displaced case has no duties but those about the crime."""
        special = attrs.evolve(LOW, special_to=frozenset({HIGH.id}))
        found = engine(violations=(special, HIGH), duties=DUTIES).evaluate_matter(
            [of("low", act="x"), of("high", act="x", facts={"crime_suspected": True})]
        )
        assert found.duties[0].duty == "r.national/transfer"
        assert [part.role for part in found.parts] == [Role.APPLIED, Role.DISPLACED]

    def test_questions(self) -> None:
        """A fact two cases ask for is asked once, with the rules of both."""
        matter = joint(of("low", facts={}), of("high", facts={}))
        asked = {question.fact: question for question in matter.questions}
        assert set(asked) == {"recalled", "incident"}
        assert asked["incident"].rules == ("h",)
        assert len(matter.questions) == 2

    def test_fine_of_another(self) -> None:
        """What only the fine of a case waits for is not asked if another one is imposed."""
        twice = violation("test.twice", provision(fine_tier(1, 2, base="goods_value")))
        fixed = violation("test.fixed", provision(fine_tier(1, None)))
        found = engine(violations=(twice, fixed)).evaluate_matter(
            [of("twice", act="x", facts={}), of("fixed", act="x", facts={})]
        )
        assert [part.role for part in found.parts] == [Role.FINED_ELSEWHERE, Role.APPLIED]
        assert found.questions == ()

    def test_asked_by_the_choice_alone(self) -> None:
        """A fact that only the choice waits for has a question too."""
        [act] = joint(of("low", act="x"), of("goods", act="x")).acts
        fact = ENGINE.vocabulary["goods_value"]
        more = Question(
            fact="extra", kind=fact.kind, ask=fact.label, label=fact.label, changes=("choice",)
        )
        found = MatterOutcome(acts=(attrs.evolve(act, asked=(more,)),))
        assert [question.fact for question in found.questions] == ["extra", "goods_value"]

    @pytest.mark.parametrize("name", ["committed", "goods_value", "exits"])
    def test_question_of_the_choice(self, name: str) -> None:
        """Dates of the case and facts alike can be asked for the sake of the choice."""
        answer = joint(of("low")).parts[0].outcome.source
        assert isinstance(answer, Answer)
        question = question_about(
            name, answer.evaluator.assessor, answer, changes=("choice", "fine")
        )
        assert (question.fact, question.changes) == (name, ("choice", "fine"))
        assert question.text("zh")

    def test_kinds_asked_by_two(self) -> None:
        """A fact on which the other kinds of penalty of two cases wait is asked once."""
        found = [
            VERSIONS.evaluate_matter([of(one, facts={}, **DATED) for one in names]).questions
            for names in (("old", "new"), ("old",))
        ]
        asked = {question.fact: question.changes for question in found[0]}
        assert asked == {"recalled": ("kinds",), "sold": ("kinds",)}
        assert [question.fact for question in found[1]] == ["recalled", "sold"]

    def test_every_change_has_a_name(self) -> None:
        """What a question can change is one list, and each has its words."""
        for change in CHANGES:
            assert phrase(f"change.{change}").zh

    def test_citations(self) -> None:
        """Article 29 is cited where norms compete, and only there."""
        assert "29" in [citation.article for citation in ACT_AND_MORE.citations]
        assert "29" not in [citation.article for citation in joint(of("low")).citations]

    def test_sum_without_an_end(self) -> None:
        """A range without an upper end leaves the sum without one."""
        found = joint(of("low"), of("open-ended")).fine.range
        assert found is not None
        assert found.low == 300_000
        assert found.high is None
        assert joint(of("goods")).fine.range is None

    def test_states(self) -> None:
        """A matter is settled if all its acts are, contested if one is."""
        assert joint(of("low"), of("high")).settled
        assert not joint(of("low"), of("high", facts={})).settled
        facts = {"recalled": True, "incident": True}
        assert joint(of("low"), of("high", facts=facts)).contested
        assert joint(of("low", facts={}), of("high")).crime_suspected is Truth.UNKNOWN
        assert "；" in ACT_AND_MORE.text.zh
        assert [c.id for c in ACT_AND_MORE.cases] == ["low", "high", "goods", "open-ended"]


class TestPlain:
    """Joint outcomes as plain data."""

    def test_round_trip(self) -> None:
        """What was recorded reads back and says the same."""
        plain = json.loads(json.dumps(matter_to_plain(ACT_AND_MORE)))
        back = matter_from_plain(plain)
        assert matter_to_plain(back) == plain
        for form in EXPLANATION_FORMS:
            assert explain_matter(back, form=form) == explain_matter(ACT_AND_MORE, form=form)

    def test_other_format(self) -> None:
        """Another format is refused."""
        plain = {**matter_to_plain(ACT_AND_MORE), "format": 9}
        with pytest.raises(DocumentError) as caught:
            matter_from_plain(plain)
        assert caught.value.problems[0].code == "format-unknown"

    def test_report(self) -> None:
        """A program finds case, role and outcome of each part."""
        data: Any = json.loads(json.dumps(report_matter(ACT_AND_MORE, "en")))
        act = data["acts"][0]
        assert (data["matter"], act["act"], act["applied"]) == ("m", "x", "high")
        assert [(part["case"], part["role"], part["by"]) for part in act["parts"]] == [
            ("low", "fined_elsewhere", "high"),
            ("high", "applied", None),
        ]
        assert act["parts"][0]["outcome"]["grade"] == "ordinary"
        assert data["fine"]["open"] == [3]
        assert data["fine"]["symbolic"][0]["act"] == 2
        assert data["fine"]["high"] == 10_000


class TestReceipt:
    """The receipt of a part of a joint act says what was taken out for the sake of the act."""

    def test_elements(self) -> None:
        """It differs from that of the case alone, in plain data, report and explanation."""
        other = attrs.evolve(HIGH, elements=frozenset({"sold", "incident"}))
        world = engine(*RULES, violations=(LOW, other))
        cases = [of(name, act="x") for name in ("low", "high")]
        low, high = (part.outcome for part in world.evaluate_matter(cases).parts)
        alone = world.evaluate(cases[0])
        assert (low.receipt.elements, high.receipt.elements) == (("incident", "sold"), ())
        assert attrs.evolve(low.receipt, elements=()) == alone.receipt
        assert outcome_from_plain(to_plain(low)).receipt == low.receipt
        data: Any = report(low)
        assert data["receipt"]["elements"] == ["incident", "sold"]
        assert "同一行为其他违法行为的构成要件" in explain(low)
        assert "同一行为其他违法行为的构成要件" not in explain(alone)

    def test_without_elements(self) -> None:
        """A receipt recorded before there were any reads as that of a case alone."""
        plain: Any = json.loads(json.dumps(to_plain(joint(of("low")).parts[0].outcome)))
        del plain["receipt"]["elements"]
        assert outcome_from_plain(plain).receipt.elements == ()


class TestExplained:
    """Joint outcomes as an officer reads them."""

    def test_chinese(self) -> None:
        """Both ranges, the norm, what stays and the sum are said."""
        page = explain_matter(ACT_AND_MORE)
        for said in ("案件 m 合并处理意见", "分别裁量、合并执行", "1000元以上5000元以下"):
            assert said in page
        assert "《行政处罚法》第二十九条第二句" in page
        assert "另计：行为2，" in page
        assert "未定：行为3，待查明后计入" in page

    def test_results(self) -> None:
        """The recommendation says grade and fine of every settled act."""
        page = explain_matter(ACT_AND_MORE, lang="en")
        opinion = page.partition("Joint recommendation\n")[2].partition("\n\n")[0]
        assert "Act 1 (x): “[test.low]”, an ordinary penalty" in opinion
        assert "fine 2,000 yuan to 10,000 yuan." in opinion
        assert "Act 2: " in opinion
        # The third act is open.
        assert "Act 3" not in opinion

    def test_duties_of_some_cases(self) -> None:
        """A duty that does not follow from every case names those it follows from."""
        matter = joint(of("low"), of("high", facts={**KNOWN, "crime_suspected": True}))
        transfer, inform = matter.duties
        assert matter.cases_of(transfer) == ("high",)
        assert matter.cases_of(inform) == ("low", "high")
        for form in ("text", "markdown"):
            page = explain_matter(matter, lang="en", form=form)
            assert page.count("case high; ") == 1
            assert "case low" not in page
        said = report_matter(matter)["duties"]
        assert isinstance(said, list)
        assert [duty["cases"] for duty in said] == [["high"], ["low", "high"]]

    def test_said_once(self) -> None:
        """What follows for a case is said once, and equal fines are not called higher ones."""
        page = explain_matter(ACT_AND_MORE)
        assert page.count("罚款从高") == 1
        assert page.count("本项不再罚款") == 1
        assert "不另处罚款" not in page
        equal = explain_matter(joint(of("low", act="x"), of("twin", act="x")))
        assert "罚款相当，适用其一" in equal
        assert "罚款从高" not in equal

    def test_english(self) -> None:
        """The same in English, with the name of the act."""
        page = explain_matter(ACT_AND_MORE, lang="en", form="markdown")
        assert "## Act 1: x" in page
        assert "there is only one fine" in page

    def test_crime(self) -> None:
        """A suspected crime stands before the recommendation and names the case."""
        page = explain_matter(joint(of("low", facts={**KNOWN, "crime_suspected": True})))
        assert page.index("【涉嫌犯罪】") < page.index("【合并处理意见】")
        assert "“low”" in page

    def test_open_and_contested(self) -> None:
        """What cannot be told is said so, and no fine is named."""
        facts = {"recalled": True, "incident": True}
        matter = joint(of("low", act="x"), of("high", act="x", facts=facts))
        page = explain_matter(matter)
        assert matter.acts[0].basis is Basis.DISCRETION
        assert "该行为的罚款未定" in page
        assert "从宽、从重情节并存" in page
        facts = {**KNOWN, "recalled": True}
        assert "该行为没有罚款" in explain_matter(joint(of("high", facts=facts)))
        assert "没有能够确定数额的罚款" in explain_matter(
            joint(of("high", facts=facts), of("goods", act="a b"))
        )

    @pytest.mark.parametrize(("lang", "form"), [("fr", "text"), ("zh", "pdf")])
    def test_unknown_language_or_form(self, lang: str, form: str) -> None:
        """Other languages and forms are refused."""
        with pytest.raises(ValueError, match="is none of"):
            explain_matter(ACT_AND_MORE, lang=lang, form=form)


def golden(expect: ExpectMatter | None, *cases: Case) -> GoldenMatter:
    """A golden matter."""
    given = cases or (of("low", act="x"), of("high", act="x"))
    return GoldenMatter(id="g", cases=given, expect=expect)


class TestGoldens:
    """Golden matters, run."""

    def test_passes(self) -> None:
        """What is as expected passes; without expectations nothing counts."""
        act = ExpectedAct(act="x", applied="high", basis=Basis.HIGHER_FINE, settled=True)
        expect = ExpectMatter(
            acts=(act,), roles={"low": Role.FINED_ELSEWHERE}, crime=False, settled=True
        )
        [result] = run_matters(ENGINE, [golden(expect)])
        assert (result.passed, result.counts, result.id) == (True, True, "g")
        assert not run_matter(ENGINE, golden(None)).counts

    def test_differences(self) -> None:
        """Everything that differs is told."""
        expect = ExpectMatter(
            acts=(ExpectedAct(act="y", not_applied=True, basis=Basis.SOLE, settled=False),),
            roles={"low": Role.APPLIED},
            low=None,
            high=None,
            crime=True,
            settled=False,
            asks=("incident",),
            holds={"low": ("h",)},
            fails={"low": ("nowhere",)},
        )
        expect = attrs.evolve(expect, low=Decimal(1), high=Decimal(2))
        found = [one.part for one in run_matter(ENGINE, golden(expect)).differences]
        assert found == [
            "settled",
            "crime",
            "roles.low",
            "acts.y.act",
            "acts.y.applied",
            "acts.y.basis",
            "acts.y.settled",
            "fine.low",
            "fine.high",
            "asks incident",
            "holds low h",
        ]

    def test_no_sum(self) -> None:
        """Without a sum an expected one differs."""
        result = run_matter(ENGINE, golden(ExpectMatter(low=Decimal(1)), of("goods")))
        assert [one.found for one in result.differences] == ["-"]

    def test_unfit(self) -> None:
        """Problems of the cases are differences."""
        result = run_matter(ENGINE, golden(None, of("nope")))
        assert [one.found for one in result.differences] == ["unknown-violation"]
        assert result.counts
