"""A small body of law with everything that a timeline shows, and a case under it."""

from datetime import date
from functools import cache
from typing import Any, Final

from bizrules._yaml import read_yaml
from bizrules.cases import Case, Party, PartyKind, Prior, Priors
from bizrules.engine import Engine
from bizrules.loading import load_documents
from bizrules.timeline import Item, ItemKind, Timeline, timeline_of

VOCABULARY: Final = """
format: 1
document: vocabulary
id: sample
facts:
  minor: {kind: boolean, label: {zh: 违法行为轻微, en: the violation is minor}}
  disobeyed: {kind: boolean, label: {zh: 逾期不改正, en: the order was not obeyed}}
  harm:
    kind: level
    label: {zh: 危害后果, en: harm caused}
    choices: {none: {zh: 没有, en: none}, slight: {zh: 轻微, en: slight}}
  life_health_finance: {kind: boolean, label: {zh: 涉及生命健康安全, en: life and health}}
  limitation_run_out:
    {kind: boolean, derived: limitation_run_out,
     label: {zh: 追究时效已过, en: limitation has run out}}
  ordinary_limitation_run_out:
    {kind: boolean, derived: ordinary_limitation_run_out,
     label: {zh: 二年时效已过, en: two years have run out}}
  first_violation:
    {kind: boolean, derived: first_violation, label: {zh: 初次违法, en: first violation}}
  fines_in_a_year:
    kind: integer
    label: {zh: 一年内受罚次数, en: fines within a year}
    counts: {window: {months: 12}, same: field, results: [penalised],
             cite: [{law: 食品安全法, article: 134}]}
  ordered_on: {kind: date, label: {zh: 责令改正之日, en: day of the order to correct}}
  hearing_on: {kind: date, label: {zh: 举行听证之日, en: day of the hearing}}
  decision_served_on: {kind: date, label: {zh: 决定书送达之日, en: day of service}}
  fine_paid_on: {kind: date, label: {zh: 缴纳罚款之日, en: day of payment}}
  fine_decided: {kind: money, label: {zh: 罚款数额, en: fine imposed}}
  days_not_counted: {kind: days, label: {zh: 不计入的天数, en: days that do not count}}
"""

VIOLATIONS: Final = """
format: 1
document: violations
id: sample-violations
violations:
  food.stale:
    title: {zh: 经营<过期>食品 & 饮料, en: selling <stale> food & drink}
    department: market_regulation
    field: food
    provisions:
      - id: "124"
        cite: {law: 食品安全法, article: 124, paragraph: 1, item: 5}
        in_force: {from: 2015-10-01, until: 2021-04-29}
        tiers: [{id: all, fine: {min: 1000, max: 5000}}]
      - id: "124"
        cite: {law: 食品安全法, article: 124, paragraph: 1}
        in_force: {from: 2021-04-29}
        tiers: [{id: all, fine: {min: 2000, max: 5000}}]
  tax.return:
    title: {zh: 未申报, en: no return}
    department: taxation
    field: tax
    limitation: {months: 60, cite: [{law: 税收征收管理法, article: 86}]}
  stall.street:
    title: {zh: 占道经营, en: a stall in the street}
    department: urban_management
    field: street
    in_force: {from: 2020-06-01, until: 2021-06-01}
"""

OLD: Final = """
format: 1
document: ruleset
id: national.penalty-law-2017
version: "1"
title: {zh: 旧法, en: old law}
region: national
instrument: {name: 中华人民共和国行政处罚法（2017年修正）, level: law, kind: statute}
in_force: {until: 2021-07-15}
rules:
  - id: "29"
    title: {zh: 超过二年的, en: after two years}
    ground: limitation
    permits: [exempt]
    modality: shall
    when: [ordinary_limitation_run_out]
    cite: [{law: 行政处罚法, article: 36}]
"""

LAW: Final = """
format: 1
document: ruleset
id: national.penalty-law
version: "1"
title: {zh: 新法, en: new law}
region: national
instrument: {name: 中华人民共和国行政处罚法, level: law, kind: statute}
in_force: {from: 2021-07-15}
first_violation: {search: {months: 24}, same: violation,
                  cite: [{law: 行政处罚法, article: 33, paragraph: 1}]}
rules:
  - id: minor
    title: {zh: 轻微的, en: minor}
    ground: minor
    permits: [exempt]
    modality: shall
    when: [minor, first_violation]
    cite: [{law: 行政处罚法, article: 33, paragraph: 1}]
  - id: "36"
    title: {zh: 超过时效的, en: limitation}
    ground: limitation
    permits: [exempt]
    modality: shall
    when: [limitation_run_out]
    cite: [{law: 行政处罚法, article: 36, paragraph: 1}]
  - id: repeat
    title: {zh: 一年内再次受罚的, en: fined again}
    ground: repeat
    permits: [heavier]
    modality: shall
    when: [fines_in_a_year: {at_least: 3}]
    cite: [{law: 食品安全法, article: 134}]
duties:
  - {id: decide-within-90-days, text: {zh: 作出决定, en: decide}, on: always,
     deadline: {days: 90, after: filed, extended_by: [days_not_counted]}, met_by: decided,
     cite: [{law: 行政处罚法, article: 60}]}
  - {id: serve, text: {zh: 送达决定书, en: serve the decision}, on: always,
     deadline: {working_days: 7, after: decided}, met_by: decision_served_on,
     cite: [{law: 行政处罚法, article: 61}]}
  - {id: hearing-notice, text: {zh: 通知听证, en: give notice of the hearing}, on: always,
     modality: may, when: [disobeyed],
     deadline: {days: 7, before: hearing_on}, cite: [{law: 行政处罚法, article: 64}]}
  - {id: pay, text: {zh: 缴纳罚款, en: pay the fine}, on: always,
     deadline: {days: 15, after: decision_served_on}, accrues: {rate: 0.03, cap: 1},
     met_by: fine_paid_on, cite: [{law: 行政处罚法, article: 67}]}
  - {id: educate, text: {zh: 教育当事人, en: educate the party}, on: always,
     cite: [{law: 行政处罚法, article: 6}]}
"""

LIST: Final = """
format: 1
document: ruleset
id: sample.list
version: "1"
title: {zh: 清单, en: list}
region: "530103"
instrument: {name: 轻微违法行为清单, level: document, kind: list}
in_force: {from: 2022-01-01}
first_violation: {window: {months: 24}, same: violation,
                  cite: [{law: 清单, unverified: {zh: 规范性文件, en: a normative document}}]}
lists:
  exempt: {name: {zh: 免于行政处罚, en: exempt from penalty}, effect: exempt}
rules:
  - id: "3"
    title: {zh: 少量过期食品, en: a little stale food}
    list: exempt
    ground: listed
    modality: may
    violations: [food.stale]
    when: [first_violation, harm: none]
    cite: [{law: 清单, unverified: {zh: 规范性文件, en: a normative document}}]
"""


REACHING: Final = """
format: 1
document: ruleset
id: sample.reaching
version: "1"
title: {{zh: 另一清单, en: another list}}
region: "530103"
instrument: {{name: 另一清单, level: document, kind: list}}
in_force: {{from: 2023-01-01, until: 2024-01-01}}
reach_back: {reach}
rules:
  - id: "1"
    title: {{zh: 少量, en: a little}}
    ground: listed
    permits: [exempt]
    modality: may
    when: [harm: none]
    cite: [{{law: 清单, unverified: {{zh: 规范性文件, en: a normative document}}}}]
"""

JOINT: Final = """
format: 1
document: violations
id: sample-joint
violations:
  food.repeated:
    title: {zh: 屡次销售过期食品, en: selling stale food again and again}
    department: market_regulation
    field: food
    elements: [fines_in_a_year]
    provisions:
      - id: "134"
        cite: {law: 食品安全法, article: 134}
        tiers: [{id: all, fine: {min: 1000, max: 2000}}]
"""

MET: Final = """
format: 1
document: ruleset
id: sample.met
version: "1"
title: {{zh: 停止违法行为, en: stopping}}
region: "530103"
instrument: {{name: 示例, level: document, kind: illustration}}
duties:
  - {{id: stop, text: {{zh: 停止违法行为, en: stop it}}, on: always, met_by: {name},
     deadline: {{days: 30, after: ordered_on}}, cite: [{{law: 行政处罚法, article: 28}}]}}
"""


@cache
def engine() -> Engine:
    """The engine of the sample law."""
    return engine_with()


@cache
def engine_with(*more: str) -> Engine:
    """The engine of the sample law and of further documents."""
    texts = (VOCABULARY, VIOLATIONS, OLD, LAW, LIST, *more)
    documents = [read_yaml(text.encode(), f"{at}.yaml") for at, text in enumerate(texts)]
    return Engine(knowledge=load_documents(documents))


PRIOR: Final = Prior(decided=date(2023, 9, 1), violation="food.stale")


def case(**changes: Any) -> Case:  # noqa: ANN401 - fields of a case
    """A case from the act to the payment, with other fields where given."""
    given: dict[str, Any] = {
        "id": "2024-7",
        "region": "530103",
        "violation": "food.stale",
        "committed": date(2024, 3, 1),
        "discovered": date(2024, 3, 5),
        "filed": date(2024, 3, 6),
        "notified": date(2024, 5, 10),
        "decided": date(2024, 5, 20),
        "party": Party(kind=PartyKind.ENTERPRISE),
        "facts": {"ordered_on": date(2024, 3, 7)},
        "priors": Priors(searched_since=date(2020, 1, 1), found=[PRIOR]),
    }
    return Case(**{**given, **changes})


def timeline(**changes: Any) -> Timeline:  # noqa: ANN401 - fields of a case
    """The timeline of the case."""
    return timeline_of(engine().evaluate(case(**changes)), engine())


def of_kind(found: Timeline, kind: ItemKind) -> list[Item]:
    """The items of a kind, those without a date last."""
    return [item for item in (*found.items, *found.undated) if item.kind is kind]


def labelled(found: Timeline, label: str) -> Item:
    """The one item whose English label begins so."""
    every = (*found.items, *found.undated)
    (item,) = (item for item in every if item.label.en.startswith(label))
    return item


def notes(item: Item) -> str:
    """Its notes in English."""
    return "; ".join(note.en for note in item.notes)
