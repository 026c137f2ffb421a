import json
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest

from bizrules.errors import Problem
from bizrules.outcomes import Fine, FineRange, FineState
from bizrules.penalties import Modality
from bizrules.provenance import Citation, Location, Text
from bizrules.report import report
from outcome_samples import changed, engine, outcome, outcomes

ALL = sorted(outcomes())
KEYS = [
    "case",
    "grade",
    "permitted",
    "modality",
    "settled",
    "contested",
    "possible",
    "crime_suspected",
    "reason",
    "fine",
    "other_kinds",
    "compulsion",
    "findings",
    "questions",
    "near_misses",
    "duties",
    "citations",
    "law_applied",
    "receipt",
    "problems",
]


def first(data: object) -> Any:  # noqa: ANN401 - JSON
    """The first of a list."""
    assert isinstance(data, list)
    return data[0]


def inside(data: object, key: str) -> Any:  # noqa: ANN401 - JSON
    """What stands under the key."""
    assert isinstance(data, dict)
    return data[key]


def fine_of(found: FineRange) -> dict[str, object]:
    """The report of a fine with that range."""
    fine = Fine(state=FineState.RANGE, range=found, text=Text(zh="款", en="fine"))
    reported = report(changed("ordinary", fine=fine))["fine"]
    assert isinstance(reported, dict)
    return reported


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("lang", ["zh", "en"])
class TestEveryOutcome:
    """What holds of every report."""

    def test_it_is_json_in_a_fixed_order(self, name: str, lang: str) -> None:
        """The report is JSON as it stands, its keys always in the same order."""
        data = report(outcomes()[name], lang)
        assert list(data) == KEYS
        assert json.loads(json.dumps(data, allow_nan=False)) == data

    def test_it_is_the_same_each_time(self, name: str, lang: str) -> None:
        """The same case gives the same report, byte for byte."""
        found = outcomes()[name]
        again = engine().evaluate(found.case)
        assert json.dumps(report(found, lang)) == json.dumps(report(again, lang))

    def test_open_and_contested_cases_have_no_grade(self, name: str, lang: str) -> None:
        """A grade is reported only where there is one."""
        data = report(outcomes()[name], lang)
        assert (data["grade"] is None) == (data["contested"] is True or data["settled"] is False)


class TestParts:
    """Each part of the report."""

    def test_the_recommendation(self) -> None:
        """Grade, choice and reason are codes and words."""
        data = report(outcome("lenient"))
        assert data["grade"] == "lighter"
        assert data["permitted"] == ["mitigated", "lighter"]
        assert data["modality"] == "shall"
        assert data["crime_suspected"] == "false"
        assert data["reason"] == {
            "row": "lenient",
            "text": "具备从轻或者减轻处罚的情形，在有关规定允许的档次内处罚。",
            "citations": [
                {"text": "《行政处罚法》第三十二条", "law": "行政处罚法", "article": "32"}
            ],
            "determining": ["sample.law/remedy"],
            "opposing": [],
            "left_aside": [],
        }

    def test_the_fine(self) -> None:
        """A fine is exact numbers of yuan, with the statutory range beside it."""
        statutory = {
            "low": 50000,
            "high": 100000,
            "low_closed": True,
            "high_closed": True,
            "unit": "yuan",
            "base": None,
            "tier": "small",
        }
        assert report(outcome("lenient"), "en")["fine"] == {
            "state": "range",
            **statutory,
            "high": 65000,
            "text": "50,000 yuan to 65,000 yuan",
            "modality": "shall",
            "statutory": statutory,
            "alternatives": [],
            "steps": [
                "statutory range (goods worth less than 10,000 yuan): 50,000 yuan to 100,000 yuan",
                "a lighter penalty: 0% to 30% of the statutory span, 50,000 yuan to 65,000 yuan",
            ],
            "citation": {
                "text": "Food Safety Law 《食品安全法》, art. 124, para. 1, item 5",
                "law": "食品安全法",
                "article": "124",
                "paragraph": 1,
                "item": 5,
            },
            "open_facts": [],
        }

    def test_a_fine_that_depends_on_facts(self) -> None:
        """While the tier is open, its ranges are alternatives; multiples name their base."""
        fine = report(outcome("base"))["fine"]
        assert isinstance(fine, dict)
        assert (fine["state"], fine["low"], fine["high"], fine["unit"]) == (
            "undetermined",
            None,
            None,
            None,
        )
        assert fine["open_facts"] == ["goods_value"]
        assert [(one["low"], one["high"], one["unit"]) for one in fine["alternatives"]] == [
            (50000, 100000, "yuan"),
            (10, 20, "goods_value"),
        ]

    @pytest.mark.parametrize(
        ("fen", "yuan"),
        [(Fraction(0), 0), (Fraction(6650), 66.5), (Fraction(1), 0.01), (Fraction(10**14), 10**12)],
    )
    def test_money_prints_exactly(self, fen: Fraction, yuan: float) -> None:
        """Whole yuan are integers; others print exactly to the fen."""
        fine = fine_of(FineRange(low=fen, high=None))
        assert fine["low"] == yuan
        assert type(fine["low"]) is type(yuan)
        assert fine["high"] is None
        assert fine["tier"] is None

    def test_shares_of_a_base(self) -> None:
        """A percentage of a base stays a number of times the base."""
        fine = fine_of(FineRange(low=None, high=Fraction(1, 20), base="total_investment"))
        assert (fine["low"], fine["high"], fine["unit"]) == (None, 0.05, "total_investment")
        assert fine["base"] == "total_investment"

    def test_kinds_and_measures(self) -> None:
        """Other kinds say what becomes of them, measures which rules speak for leaving them out."""
        data = report(outcome("measure"), "en")
        assert first(data["other_kinds"]) == {
            "kind": "confiscation",
            "truth": "true",
            "modality": "shall",
            "waived": False,
            "text": "confiscation of illegal gains: must be imposed",
        }
        assert data["compulsion"] == [
            {
                "measure": "seizure",
                "verdict": "may_omit",
                "rules": ["sample.law/spared"],
                "citations": [
                    {
                        "text": "Administrative Compulsion Law 《行政强制法》, art. 16, para. 2",
                        "law": "行政强制法",
                        "article": "16",
                        "paragraph": 2,
                    }
                ],
            }
        ]

    def test_findings(self) -> None:
        """A finding carries everything but its trace."""
        findings = report(outcome("listed"))["findings"]
        assert isinstance(findings, list)
        assert [finding["rule"] for finding in findings] == sorted(f["rule"] for f in findings)
        assert findings[-1] == {
            "rule": "sample.list/3",
            "title": "少量过期食品",
            "list": "免于行政处罚",
            "truth": "true",
            "axis": "penalty",
            "ground": "listed",
            "permits": ["exempt"],
            "modality": "may",
            "level": "document",
            "measures": [],
            "citations": [
                {
                    "text": "《轻微违法行为清单》（样〔2022〕1号）序号3",
                    "law": "轻微违法行为清单",
                    "entry": "3",
                    "number": "样〔2022〕1号",
                    "unverified": "规范性文件",
                }
            ],
        }

    def test_questions(self) -> None:
        """A question carries all that a form needs to put it."""
        question = first(report(outcome("open"), "en")["questions"])
        assert question == {
            "fact": "corrected",
            "kind": "level",
            "text": "Please establish: correction",
            "label": "correction",
            "changes": ["grade"],
            "choices": [
                {"code": "no", "label": "none"},
                {"code": "by_deadline", "label": "by the deadline"},
                {"code": "on_the_spot", "label": "on the spot"},
            ],
            "unit": None,
            "rules": ["sample.law/first", "sample.law/minor"],
            "evidence": None,
            "answered_by": ["officer"],
            "judgement": False,
            "group": None,
            "settles": 0,
            "since": None,
            "registers": [],
        }

    def test_near_misses(self) -> None:
        """A near miss says what was missed and by how much."""
        assert report(outcome("lenient"))["near_misses"] == [
            {
                "rule": "sample.list/3",
                "title": "少量过期食品",
                "permits": ["exempt"],
                "curable": False,
                "until": None,
                "misses": [
                    {
                        "facts": ["goods_value"],
                        "text": "货值金额不足500元",
                        "found": "800元",
                        "gap": "相差300元",
                        "cure": None,
                    }
                ],
            }
        ]

    def test_duties(self) -> None:
        """A duty carries its date and its period."""
        duty = first(report(outcome("heavier"))["duties"])
        assert duty == {
            "duty": "sample.law/serve",
            "text": "送达决定书",
            "modality": "shall",
            "due": "2022-05-31",
            "opens": None,
            "same_hour": False,
            "period": "自作出决定之日起7个工作日内",
            "since": "2022-05-20",
            "accrual": None,
            "capped_on": None,
            "met": None,
            "prolonged": None,
            "late": None,
            "overdue": False,
            "verified": True,
            "certain": True,
            "citations": [
                {"text": "《行政处罚法》第六十一条", "law": "行政处罚法", "article": "61"}
            ],
        }

    def test_law_applied(self) -> None:
        """The other law's result stands beside the choice."""
        law = report(outcomes()["old-law"])["law_applied"]
        assert isinstance(law, dict)
        assert (law["choice"], law["on"]) == ("new", "2022-05-20")
        other = law["other"]
        assert (other["on"], other["grade"], other["permitted"]) == (
            "2021-12-31",
            "ordinary",
            ["ordinary"],
        )
        assert (other["settled"], other["contested"]) == (True, False)
        assert other["fine"]["high"] == 100000

    def test_law_without_dates(self) -> None:
        """Where no date is known, none is reported; an open other law has no grade."""
        assert inside(report(outcomes()["undated"])["law_applied"], "on") is None
        law = outcomes()["old-law"].law_applied
        assert law.other is not None
        other = attrs.evolve(law.other, on="", grade=None, fine=None)
        data = report(changed("exempt", law_applied=attrs.evolve(law, other=other)))
        reported = inside(data["law_applied"], "other")
        assert (reported["on"], reported["grade"], reported["fine"]) == (None, None, None)

    def test_receipt(self) -> None:
        """The receipt names every ruleset with its digest."""
        receipt = attrs.evolve(outcome("exempt").receipt, as_known_on=date(2022, 6, 1))
        data = report(changed("exempt", receipt=receipt))["receipt"]
        assert isinstance(data, dict)
        assert [stamp["id"] for stamp in data["rulesets"]] == ["sample.law", "sample.list"]
        assert all(len(stamp["digest"]) == 64 for stamp in data["rulesets"])
        assert {stamp["plugin"] for stamp in data["rulesets"]} == {"bizrules"}
        assert data["as_known_on"] == "2022-06-01"

    def test_problems(self) -> None:
        """A problem carries code, place, message and help."""
        details = {"fact": "a", "stated": "是", "derived": "否", "reads": "priors"}
        problem = Problem("contradiction", Location("case x", path="$.facts.a"), details)
        data = report(changed("exempt", problems=(problem,)), "zh")
        assert data["problems"] == [
            {
                "code": "contradiction",
                "severity": "error",
                "location": "case x $.facts.a",
                "text": "`a` 载明为是，而由案件本身得出否",
                "help": "请更正该事实或其依据：priors",
            }
        ]

    def test_citations(self) -> None:
        """Every part of a citation that is known is reported, under its own name."""
        citation = Citation("甲法", "3-1", 1, 2, 3, version=date(2021, 1, 22))
        fine = Fine(
            state=FineState.NONE,
            text=Text(zh="无", en="none"),
            citation=citation,
            modality=Modality.MAY,
        )
        data = report(changed("ordinary", fine=fine))["fine"]
        assert isinstance(data, dict)
        assert data["citation"] == {
            "text": "《甲法》第三条之一第一款第二项第三句",
            "law": "甲法",
            "article": "3-1",
            "paragraph": 1,
            "item": 2,
            "sentence": 3,
            "version": "2021-01-22",
        }
        assert data["statutory"] is None
        assert data["modality"] == "may"
