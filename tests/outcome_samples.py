"""A small body of law and cases under it that between them reach every kind of outcome."""

from datetime import date
from functools import cache
from typing import Any, Final

import attrs

from bizrules import phrases
from bizrules._yaml import read_yaml
from bizrules.cases import Act, Case, Party, PartyKind, Priors
from bizrules.engine import Engine
from bizrules.explanation import explain
from bizrules.loading import load_documents
from bizrules.outcomes import Outcome
from bizrules.plain import outcome_of, record_of

REGION: Final = "530103"
OTHER_REGION: Final = "530102"

VOCABULARY: Final = """
format: 1
document: vocabulary
id: sample
groups:
  aggravation: {zh: 从重情节, en: aggravating circumstances}
facts:
  minor:
    {kind: boolean, judgement: true, label: {zh: 违法行为轻微, en: the violation is minor},
     question: {zh: 违法行为是否轻微？, en: Is the violation minor?},
     evidence: {zh: 现场笔录, en: inspection record}, answered_by: [officer, party]}
  harm:
    kind: level
    label: {zh: 危害后果, en: harm caused}
    choices:
      none: {zh: 没有, en: none}
      slight: {zh: 轻微, en: slight}
      serious: {zh: 较重, en: serious}
  corrected:
    kind: level
    label: {zh: 改正情况, en: correction}
    choices:
      no: {zh: 未改正, en: none}
      by_deadline: {zh: 期限内改正, en: by the deadline}
      on_the_spot: {zh: 当场改正, en: on the spot}
    cure: {to: by_deadline, how: {zh: 在责令期限内改正, en: correct it by the deadline}}
  first_violation:
    {kind: boolean, label: {zh: 初次违法, en: first violation}, derived: first_violation}
  recalled: {kind: boolean, label: {zh: 已经召回, en: the goods were recalled},
    denial: {zh: 未召回, en: the goods were not recalled}}
  incident: {kind: boolean, group: aggravation,
    label: {zh: 发生安全事故, en: there was an accident},
    denial: {zh: 未发生安全事故, en: there was no accident}}
  repeated: {kind: boolean, group: aggravation,
    label: {zh: 屡次违法, en: the party is a repeat offender}}
  crime_suspected: {kind: boolean, label: {zh: 涉嫌犯罪, en: a crime is suspected}}
  goods_value: {kind: money, label: {zh: 货值金额, en: value of the goods}}
  disobeyed: {kind: boolean, label: {zh: 逾期不改正, en: the order was not obeyed}}
  spared: {kind: boolean, label: {zh: 违法情节显著轻微, en: the circumstances are markedly minor}}
  served_on: {kind: date, label: {zh: 送达之日, en: day of service}}
"""

VIOLATIONS: Final = """
format: 1
document: violations
id: sample-violations
violations:
  food.stale:
    title: {zh: 经营超过保质期的食品, en: selling stale food}
    department: market_regulation
    field: food
    provisions:
      - id: "124"
        cite: {law: 食品安全法, article: 124, paragraph: 1, item: 5}
        tiers:
          - id: small
            label: {zh: 货值金额不足一万元, en: "goods worth less than 10,000 yuan"}
            when: [goods_value: {below: 10000}]
            fine: {min: 50000, max: 100000}
          - {id: large, fine: {min: 10, max: 20, times: goods_value}}
        kinds:
          - {kind: confiscation, note: {zh: 没收违法所得, en: confiscation of illegal gains}}
          - {kind: revocation, when: [incident]}
          - {kind: order}
  street.stall:
    title: {zh: 占道经营, en: trading in the street}
    department: own.department
    field: street
    provisions:
      - id: "1"
        cite: {law: 城市市容条例, article: 30, unverified: {zh: 不在目录, en: not in the catalogue}}
        only_after: [disobeyed]
        tiers: [{id: all, fine: {max: 500}, modality: may}]
"""

LAW: Final = """
format: 1
document: ruleset
id: sample.law
version: "1"
title: {zh: 样例法, en: sample law}
region: national
instrument: {name: 中华人民共和国行政处罚法, level: law, kind: statute}
in_force: {from: 2020-01-01}
first_violation: {window: {months: 24}}
bands:
  - {id: default, grades: {lighter: "[0, 0.3]", heavier: "[0.7, 1]"}}
define:
  timely:
    label: {zh: 及时改正, en: corrected in time}
    when: [corrected: {at_least: by_deadline}]
    cite: [{law: 行政处罚法, article: 33, paragraph: 1}]
rules:
  - id: minor
    title: {zh: 轻微并及时改正的, en: 'minor, and corrected in time'}
    ground: minor
    permits: [exempt]
    modality: shall
    when: [minor, timely, harm: none]
    cite: [{law: 行政处罚法, article: 33, paragraph: 1, sentence: 1}]
  - id: first
    title: {zh: 初次违法的, en: a first violation}
    ground: first
    permits: [exempt]
    modality: may
    when: [first_violation, timely, harm: {at_most: slight}]
    unless: [incident]
    cite: [{law: 行政处罚法, article: 33, paragraph: 1, sentence: 2}]
  - id: remedy
    title: {zh: 主动召回的, en: goods recalled}
    ground: remedy
    permits: [lighter, mitigated]
    modality: shall
    when: [recalled]
    cite: [{law: 行政处罚法, article: 32, item: 1}]
  - id: repeat
    title: {zh: 屡次违法的, en: repeat offender}
    ground: repeat
    permits: [heavier]
    modality: shall
    when: [repeated]
    cite: [{law: 行政处罚法, article: 49}]
  - id: spared
    title: {zh: 情节显著轻微的, en: markedly minor}
    ground: minor
    axis: compulsion
    modality: may
    measures: [seizure]
    when: [spared]
    cite: [{law: 行政强制法, article: 16, paragraph: 2}]
duties:
  - {id: educate, text: {zh: 教育当事人, en: educate the party}, on: exempt,
     cite: [{law: 行政处罚法, article: 33, paragraph: 3}]}
  - {id: decide, text: {zh: 作出决定, en: decide}, on: always, deadline: {days: 90, after: filed},
     cite: [{law: 行政处罚法, article: 60}]}
  - {id: serve, text: {zh: 送达决定书, en: serve the decision}, on: penalty,
     deadline: {working_days: 7, after: decided}, cite: [{law: 行政处罚法, article: 61}]}
  - {id: pay, text: {zh: 缴纳罚款, en: pay the fine}, on: fine, modality: may, when: [disobeyed],
     deadline: {days: 15, after: served_on}, cite: [{law: 行政处罚法, article: 67}]}
"""

LIST: Final = """
format: 1
document: ruleset
id: sample.list
version: "1"
title: {zh: 样例清单, en: sample list}
region: "530103"
department: market_regulation
instrument: {name: 轻微违法行为清单, number: 样〔2022〕1号, level: document, kind: list}
in_force: {from: 2022-01-01}
lists:
  exempt: {name: {zh: 免于行政处罚, en: exempt from penalty}, effect: exempt}
rules:
  - id: "3"
    entry: "3"
    title: {zh: 少量过期食品, en: a little stale food}
    list: exempt
    ground: listed
    modality: may
    violations: [food.stale]
    when: [goods_value: {below: 500}, {not: repeated}]
    unless: [incident]
    effect: {waives: [fine], keeps: [confiscation]}
    cite:
      - {law: 轻微违法行为清单, number: 样〔2022〕1号, entry: "3",
         unverified: {zh: 规范性文件, en: a normative document}}
    status: partial
    note: {zh: 仅限首批, en: first batch only}
    unexpressed:
      - {text: {zh: 社会影响较小, en: little stir}, reason: {zh: 没有标准, en: no standard}}
"""

SET_OFF: Final = """
format: 1
document: ruleset
id: sample.set-off
version: "1"
title: {zh: 样例裁量基准, en: sample benchmark}
region: "530102"
instrument: {name: 裁量基准, level: rule, kind: benchmark}
in_force: {from: 2020-01-01}
combination: ordinary
"""


@cache
def engine() -> Engine:
    """The engine of the sample law."""
    texts = (VOCABULARY, VIOLATIONS, LAW, LIST, SET_OFF)
    documents = [
        read_yaml(text.encode(), f"sample-{number}.yaml") for number, text in enumerate(texts)
    ]
    return Engine(knowledge=load_documents(documents))


CLEAN: Final = {"incident": False, "repeated": False}
KNOWN: Final = {
    **CLEAN,
    "minor": False,
    "harm": "serious",
    "corrected": "no",
    "recalled": False,
    "first_violation": False,
    "goods_value": "800",
    "crime_suspected": False,
}
FACTS: Final[dict[str, dict[str, Any]]] = {
    "exempt": {**KNOWN, "minor": True, "harm": "none", "corrected": "on_the_spot"},
    "may-exempt": {**KNOWN, "harm": "slight", "corrected": "by_deadline"},
    "lenient": {**KNOWN, "recalled": True},
    "heavier": {**KNOWN, "repeated": True},
    "contested": {**KNOWN, "recalled": True, "repeated": True, "crime_suspected": True},
    "contested-open": {**CLEAN, "recalled": True, "repeated": True},
    "ordinary": {**KNOWN},
    "open": {"harm": "none", "goods_value": "66"},
    "listed": {
        **KNOWN,
        "goods_value": "499.99",
        "sample.list/3#unexpressed": True,
    },
    "base": {name: value for name, value in KNOWN.items() if name != "goods_value"},
    "measure": {**KNOWN, "spared": True},
}


def case(name: str, **changes: Any) -> Case:  # noqa: ANN401 - fields of a case
    """The case of that name, with other fields where given."""
    given: dict[str, Any] = {
        "id": f"2022-{name}",
        "region": REGION,
        "violation": "food.stale",
        "committed": date(2022, 3, 1),
        "filed": date(2022, 3, 5),
        "decided": date(2022, 5, 20),
        "party": Party(kind=PartyKind.INDIVIDUAL_BUSINESS),
        "facts": FACTS[name],
        "measures": ["seizure"] if name == "measure" else (),
    }
    if name == "may-exempt":
        facts = {k: v for k, v in FACTS[name].items() if k != "first_violation"}
        given |= {"facts": facts, "priors": Priors(searched_since=date(2019, 1, 1))}
    return Case(**{**given, **changes})


@cache
def outcome(name: str) -> Outcome:
    """The outcome of the case of that name."""
    return engine().evaluate(case(name))


def changed(name: str, **parts: Any) -> Outcome:  # noqa: ANN401 - parts of an outcome
    """The outcome of the case of that name, with parts changed."""
    return outcome_of(attrs.evolve(record_of(outcome(name)), **parts))


def further_cases() -> dict[str, Case]:
    """Cases that differ in place, violation or time, not in their facts."""
    continuing = Act(ended=date(2021, 12, 31), began=date(2021, 1, 1))
    return {
        "set-off": case("contested", region=OTHER_REGION),
        "not-yet": case("ordinary", violation="street.stall", facts={**KNOWN, "disobeyed": False}),
        "waiting": case("ordinary", violation="street.stall"),
        "old-law": case("listed", committed=continuing),
        "undated": case("ordinary", committed=None, filed=None, decided=None),
        "partial": case("listed", committed="2022-01", party=Party()),
    }


def outcomes() -> dict[str, Outcome]:
    """Every sample outcome by name."""
    found = {name: outcome(name) for name in FACTS}
    evaluate = engine().evaluate
    return found | {name: evaluate(one) for name, one in further_cases().items()}


def part(found: Outcome, key: str, lang: str = "zh", *, full: bool = False) -> str:
    """The text of one section, each line once, without indentation; empty if left out."""
    lines = explain(found, lang=lang, full=full).split("\n")
    heading = phrases.say("section.heading", lang, title=phrases.say(f"section.{key}", lang))
    if heading not in lines:
        return ""
    rest = lines[lines.index(heading) + 1 :]
    end = rest.index("") if "" in rest else len(rest)
    return "\n".join(line.strip() for line in rest[:end])
