"""The pages of a small engine: what stands in their heads, tables and index."""

import re
from functools import cache
from pathlib import Path

import pytest

from bizrules.engine import Engine
from bizrules.rulebook import INDEX, rulebook_pages

CITED = "cite: [{law: 清单, unverified: {zh: 测试, en: test}}]"
PENALTY_LAW = "{law: 行政处罚法, article: 33}"

VIOLATIONS = """
format: 1
document: violations
id: own.violations
violations:
  own.stall:
    title: {zh: 占道摆摊, en: a stall}
    department: urban_management
    field: city_appearance
    provisions:
      - id: "60"
        cite: {law: 行政处罚法, article: 60, paragraph: 1}
        tiers: [{id: all, fine: {max: 200}}]
        checked: by hand
  own.ended:
    title: {zh: 旧行为, en: a matter of old}
    department: urban_management
    field: city_appearance
    provisions:
      - id: "61"
        cite: {law: 行政处罚法, article: 61}
        in_force: {until: 2001-01-01}
        tiers: [{id: all, fine: {max: 200}}]
        checked: by hand
  own.noise:
    title: {zh: 噪声, en: noise}
    department: ecology_environment
    field: noise_pollution
    no_provision: {zh: 罚则尚未查录, en: the provision was not looked up}
  own.dust:
    title: {zh: 扬尘, en: dust}
    department: ecology_environment
    field: air_pollution
    no_provision: {zh: 罚则见《行政处罚法》第三十三条，数额未录, en: "see art. 33"}
"""

RULE = """
  - id: {id}
    title: {{zh: 第{id}项, en: entry {id}}}
    ground: listed
    {given}
    cite: [{cite}]
"""

HEAD = """
format: 1
document: ruleset
id: {id}
version: "1"
title: {{zh: 清单{id}, en: list {id}}}
region: "{region}"
instrument: {{name: 清单, level: document, kind: {kind}{issued}}}
{more}
lists:
  exempt: {{name: {{zh: 不予处罚, en: exempt}}, effect: exempt}}
  free: {{name: {{zh: 不予强制, en: no compulsion}}, effect: no_compulsion}}
rules:
"""

OWN = '{law: 清单, entry: "%s", unverified: {zh: 测试, en: test}}'
EXEMPT = "list: exempt\n    modality: may"
STALL = f"{EXEMPT}\n    violations: [own.stall]"


def rule(name: str, given: str, *cited: str) -> str:
    """An entry that cites its list and more."""
    return RULE.format(id=name, given=given, cite=", ".join((OWN % name, *cited)))


def ruleset(
    name: str,
    *rules: str,
    kind: str = "list",
    issued: str = "",
    region: str = "000000",
    more: str = "in_force: {from: 2020-01-01}",
) -> str:
    """A ruleset of the entries."""
    head = HEAD.format(
        id=name, kind=kind, region=region, more=more, issued=issued and f", issued: {issued}"
    )
    return head + "".join(rules)


DOCUMENTS = {
    "violations": VIOLATIONS,
    "one": ruleset(
        "own.one",
        rule("1", STALL, "{law: 行政处罚法, article: 60}", PENALTY_LAW),
        rule("2", f"{EXEMPT}\n    violations: [own.ended]"),
        issued="2019-12-01",
        more="in_force: {from: 2020-01-01}\nchecked_on: 2026-11-22\n"
        "first_violation: {same: violation, cite: [" + PENALTY_LAW + "]}",
    ),
    "several": ruleset(
        "own.several",
        rule("1", f"{EXEMPT}\n    violations: [own.noise]"),
        rule("2", STALL),
        rule("3", EXEMPT),
        rule("4", f"{EXEMPT}\n    violations: [own.noise]", PENALTY_LAW),
        rule("6", f"{EXEMPT}\n    violations: [own.dust]", PENALTY_LAW),
        rule("5", "list: free\n    axis: compulsion\n    modality: may"),
        more="",
    ),
    "shared": ruleset(
        "own.shared",
        rule("1", f"{STALL}\n    when: [licensed]\n    unless: [incident]"),
        rule("2", f"{STALL}\n    when: [licensed]\n    unless: [incident]"),
        region="530103",
    ),
    "excluded": ruleset(
        "own.excluded",
        rule("1", f"{STALL}\n    unless: [incident]"),
        rule("2", f"{STALL}\n    when: [licensed]\n    unless: [incident]"),
        region="530103",
    ),
    "draft": ruleset("own.draft", rule("1", STALL), kind="draft", issued="2024-04-10"),
    "undated": ruleset("own.undated", rule("1", STALL), kind="draft", more=""),
    "vocabulary": """
format: 1
document: vocabulary
id: own.facts
facts:
  licensed: {kind: boolean, label: {zh: 已经领证, en: licensed}}
  incident: {kind: boolean, label: {zh: 发生事故, en: incident}}
""",
}


@cache
def written(folder: Path) -> Engine:
    """The documents, read from files."""
    for name, text in DOCUMENTS.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Engine.load(folder, national=False, plugins=False)


@pytest.fixture(name="pages", scope="module")
def in_chinese(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages in Chinese, by name."""
    found = rulebook_pages(written(tmp_path_factory.mktemp("book")))
    return {Path(path).stem if path != INDEX else INDEX: text for path, text in found.items()}


def head(page: str) -> dict[str, str]:
    """The pairs above the lists."""
    return dict(re.findall(r"^- \*\*(.+?)\*\*：(.+)$", page, re.MULTILINE))


def basis(page: str, column: str = "处罚依据") -> list[str]:
    """The cells of a column, one a row."""
    lines = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    at = next(line.index(column) for line in lines if column in line)
    start = next(n for n, line in enumerate(lines) if column in line)
    return [line[at] for line in lines[start + 2 :] if len(line) > at]


class TestHead:
    """What is known of the instrument stands above its lists."""

    def test_dates(self, pages: dict[str, str]) -> None:
        """Issue, force and the last check are three dates; what is not known is not invented."""
        found = head(pages["own.one"])
        assert found["发文日期"] == "2019年12月1日"
        assert found["施行日期"] == "2020年1月1日"
        assert found["核对日期"] == "2026年11月22日"
        assert {"发文日期", "核对日期"}.isdisjoint(head(pages["own.several"]))
        assert head(pages["own.several"])["施行日期"] == "不详，适用前应当核实"

    def test_a_draft_was_put_out(self, pages: dict[str, str]) -> None:
        """A draft is in force on no day: the day on which it was put out stands there."""
        found = head(pages["own.draft"])
        assert found["公布日期"] == "2024年4月10日"
        assert {"施行日期", "发文日期"}.isdisjoint(found)
        assert head(pages["own.undated"])["公布日期"] == "不详"

    def test_the_department_of_its_rules(self, pages: dict[str, str]) -> None:
        """Where all rules are for one department, that is the department of the page."""
        assert head(pages["own.one"])["部门"] == "城市管理部门"
        assert "部门" not in head(pages["own.several"])

    def test_the_label_is_not_doubled(self, pages: dict[str, str]) -> None:
        """Which earlier violations count is said behind one label."""
        assert head(pages["own.one"])["初次违法"] == "不限期间、同一违法行为"


class TestBasis:
    """A list is no basis of a penalty: the provision of the violation is."""

    def test_provisions(self, pages: dict[str, str]) -> None:
        """An article whose paragraph is cited is not cited again."""
        first, ended = basis(pages["own.one"])
        assert first == "处罚：《行政处罚法》第六十条第一款<br>适用：《行政处罚法》第三十三条"
        assert ended == "不详"

    def test_without_a_provision(self, pages: dict[str, str]) -> None:
        """What is known of a provision that is missing is said; the list itself is not."""
        assert basis(pages["own.several"])[:5] == [
            "罚则尚未查录",
            "处罚：《行政处罚法》第六十条第一款",
            "依所涉违法行为的罚则",
            "罚则尚未查录<br>适用：《行政处罚法》第三十三条",
            "罚则见《行政处罚法》第三十三条，数额未录",
        ]
        assert basis(pages["own.several"], "设定依据") == ["依所涉强制措施的设定规定"]


class TestPreamble:
    """Conditions of all entries stand above the table, exclusions apart from them."""

    def test_both(self, pages: dict[str, str]) -> None:
        """What must hold and what must not have a sentence each."""
        page = pages["own.shared"]
        assert "\n本表各项均适用下列条件：\n\n已经领证\n" in page
        assert "\n本表各项，有下列情形的，不适用：\n\n发生事故\n" in page

    def test_exclusions_alone(self, pages: dict[str, str]) -> None:
        """Where only exclusions are shared, no condition is announced."""
        page = pages["own.excluded"]
        assert "均适用下列条件" not in page
        assert "\n本表各项，有下列情形的，不适用：\n\n发生事故\n" in page


class TestIndex:
    """The index leads to the pages, department by department."""

    def test_departments(self, pages: dict[str, str]) -> None:
        """A ruleset of one department stands under it, one of several under the general part."""
        index = pages[INDEX]
        assert "(national/urban_management/own.one.md)" in index
        assert "(national/general/own.several.md)" in index

    def test_days(self, pages: dict[str, str]) -> None:
        """A day that is not known is said to be unknown; a draft was put out on its day."""
        rows = {line.split("](")[0]: line for line in pages[INDEX].splitlines() if "](" in line}
        assert "| 2020年1月1日 |" in rows["| [清单own.one"]
        assert "| 不详 |" in rows["| [清单own.several"]
        assert "| 2024年4月10日公布 |" in rows["| [清单own.draft"]
        assert "| 不详 |" in rows["| [清单own.undated"]
