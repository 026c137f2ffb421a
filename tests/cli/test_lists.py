"""`bizrules rules`, `show`, `violations`, `facts`, `plugins`, `coverage`: what is loaded."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bizrules import engine as engines
from bizrules.cli import main
from bizrules.loading import Knowledge
from bizrules.plugins import Plugin
from cli.running import SMALL, Call, Result, small_knowledge


def first_column(result: Result) -> list[str]:
    """The first cell of each row after the head."""
    return [line.split("\t")[0] for line in result.lines[1:]]


ALL = [
    "small.district/first",
    "small.district/seizure",
    "small.district/worse",
    "small.law/minor",
    "small.law/signs",
    "small.province/ended",
    "small.province/lasting",
]


def test_rules_are_cut_by_tabs(call: Call) -> None:
    """A pipe gets plain rows, one rule each, and nothing that `cut` trips over."""
    result = call("rules", "--lang", "en")
    assert first_column(result) == ALL
    assert {line.count("\t") for line in result.lines} == {7}
    assert result.lines[0].split("\t")[0] == "rule"
    assert result.status == 0


def test_rows_name_list_grade_and_modality(call: Call) -> None:
    """A row says on which list a rule stands, to what it leads and whether that binds."""
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in call("rules").lines}
    assert rows["small.district/worse"][:3] == ["从重清单", "从重处罚", "应当"]
    assert rows["small.district/worse"][3] == "叫卖噪声；擅自设置招牌；占道摆摊"
    assert rows["small.law/signs"][:4] == ["法定事由", "减轻处罚或者从轻处罚", "应当", "不限"]
    assert rows["small.district/seizure"][1] == "行政强制"


def test_long_lists_of_violations_are_cut_short(call: Call, tmp_path: Path) -> None:
    """A table shows three violations and how many more there are."""
    names = ("stall.a", "stall.b", "stall.c", "stall.d", "stall.e")
    entries = "".join(
        f"  {name}: {{title: {{zh: 甲, en: a}}, department: d, field: f}}\n" for name in names
    )
    more = tmp_path / "more.yaml"
    more.write_text(
        f"format: 1\ndocument: violations\nid: more\nviolations:\n{entries}", encoding="utf-8"
    )
    rules = tmp_path / "rules.yaml"
    text = (SMALL / "law.yaml").read_text(encoding="utf-8").replace("small.law", "more.law")
    rules.write_text(
        text.replace("violations: [stall.street]", f"violations: [{', '.join(names)}]"),
        encoding="utf-8",
    )
    result = call("rules", "--rulesets", tmp_path)
    row = next(line for line in result.lines if line.startswith("more.law/minor"))
    assert row.split("\t")[4] == "甲；甲；甲 +2"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--region", "530000"], ALL[3:]),
        (["--region", "530103"], ALL),
        (["--violation", "stall.street"], [*ALL[:4], *ALL[5:]]),
        (["--violation", "stall.sign"], [*ALL[1:3], ALL[4], ALL[6]]),
        (["--list", "heavier"], ["small.district/worse"]),
        (["--list", "不予处罚清单"], ["small.district/first", *ALL[5:]]),
        (["--department", "elsewhere"], [ALL[1], ALL[2], ALL[4]]),
        (["--department", "urban_management"], [*ALL[:4], *ALL[5:]]),
        (["--on", "2020-06-01"], ALL),
        (["--on", "2015-06-01"], ALL[3:5]),
        (["--on", "2022-06-01"], [*ALL[:5], ALL[6]]),
        (["--status", "illustration"], ["small.district/worse"]),
        (["--status", "draft"], []),
    ],
)
def test_filters(call: Call, options: list[str], expected: list[str]) -> None:
    """Each filter keeps the rules that fit, general ones included."""
    assert first_column(call("rules", *options)) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--region", "530104"], "there is no region `530104`; did you mean"),
        (["--violation", "stall.stret"], "there is no violation `stall.stret`; did you mean"),
        (["--list", "heavyer"], "there is no list `heavyer`; did you mean `heavier`"),
        (["--department", "urban"], "there is no department `urban`"),
        (["--department", "elsewere"], "`elsewere`; did you mean `elsewhere`?"),
    ],
)
def test_unknown_names_in_filters(call: Call, options: list[str], message: str) -> None:
    """A filter by a name that nobody declared is an error, not an empty table."""
    result = call("rules", *options, "--lang", "en")
    assert result.status == 1
    assert message in result.err


def test_rules_as_json(call: Call) -> None:
    """JSON has every detail but the conditions."""
    found = json.loads(call("rules", "--list", "exempt", "--format", "json").out)
    assert [one["id"] for one in found] == ["small.district/first", *ALL[5:]]
    assert found[0]["permits"] == ["exempt"]
    assert found[0]["list_name"]["en"] == "exemptions"
    assert found[0]["violations"] == ["stall.street"]
    assert found[2]["in_force"] == {"from": "2020-01-01", "until": None}


def test_rules_of_compulsion_and_departments_as_json(call: Call) -> None:
    """Measures and departments are sorted codes, None where all are meant."""
    found = {one["id"]: one for one in json.loads(call("rules", "--format", "json").out)}
    assert found["small.district/seizure"]["measures"] == ["seizure"]
    assert found["small.law/signs"]["departments"] == ["elsewhere"]
    assert found["small.law/signs"]["list_name"] is None


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_show(call: Call, lang: str, form: str) -> None:
    """A rule is shown as an entry of its list."""
    result = call("show", "small.district/first", "--lang", lang, "--format", form)
    assert {"zh": "轻微占道", "en": "a small stall"}[lang] in result.out
    assert result.status == 0


def test_show_as_json(call: Call) -> None:
    """The condition is in the written form of documents."""
    found = json.loads(call("show", "small.law/minor", "--format", "json").out)
    assert found["when"] == ["minor", {"harm": "none"}]


@pytest.fixture(name="show")
def show_of_two_batches(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `bizrules show` says of an entry of the list in two batches."""
    path = Path(__file__).parents[2] / "docs" / "examples" / "list-in-two-batches.yaml"

    def run(entry: str, *more: str) -> str:
        rule = f"example.two-batches/{entry}"
        main(["show", rule, "--rulesets", str(path), "--no-plugins", "--lang", "en", *more])
        found = capsys.readouterr()
        return found.out or found.err

    return run


def test_show_says_where_a_rule_came_from_and_what_ended_it(show: Callable[..., str]) -> None:
    """An entry names its region, its batch, its other versions and the batch that repealed it."""
    first = show("1")
    assert "云南省昆明市盘龙区 (530103)" in first
    assert "Batch: 1 (published on 20 December 2021)" in first
    assert "Later version: example.two-batches/1-2022-06" in first
    assert "Earlier version: example.two-batches/1\n" in show("1-2022-06")
    assert "Repealed by batch: 2 (published on 10 May 2022)" in show("3")
    data = json.loads(show("3", "--format", "json"))
    assert (data["batch"], data["repealed_by"], data["replaced_by"]) == ("1", "2", None)
    assert json.loads(show("1", "--format", "json"))["replaced_by"].endswith("/1-2022-06")


def test_show_on_a_day_after_the_end(show: Callable[..., str]) -> None:
    """For a day after the end the last version is named."""
    said = show("3", "--on", "2023-01-01")
    assert "`example.two-batches/3` is in force on 2023-01-01; it ended on 2022-06-01" in said


def test_show_unknown(call: Call) -> None:
    """Names near the one asked for are told, in either language."""
    result = call("show", "small.law/minir", "--lang", "en")
    assert result.status == 1
    assert "[unknown-rule] there is no rule `small.law/minir`; did you mean" in result.err
    assert "没有规则 `x`\n" in call("show", "x").err


def test_violations(call: Call) -> None:
    """The catalogue is a table too."""
    result = call("violations")
    assert first_column(result) == ["stall.noise", "stall.sign", "stall.street"]
    assert "城市管理部门" in result.lines[1]
    assert "\telsewhere\t" in result.lines[2]


def test_one_violation(call: Call) -> None:
    """One entry shows norms, provisions, tiers with their switches, and other kinds."""
    out = call("violations", "stall.street").out
    assert "追究时效：6个月" in out
    assert "构成要件：出口" in out
    assert "货值不足一万元：处500元以上1000元以下罚款（货值金额不足1万元）" in out
    assert "罚款：处货值金额的2倍以上" in out
    assert "排除的法定事由：无主观过错" in out
    assert "核对依据：by hand" in out
    assert "第六十条  自2015-10-01起施行\n" in out
    assert "没收摊位" in out
    assert "（阻碍检查）" in out


def test_one_violation_in_english(call: Call) -> None:
    """Maximum only, minimum only, shares and tiers without a fine read as English."""
    out = call("violations", "stall.sign", "--lang", "en").out
    assert "fine only after: order not obeyed" in out
    assert "not verified: for tests only" in out
    assert "fine of up to 50,000 yuan, optional" in out
    assert "fine of 100 yuan or more" in out
    assert "fine: fine of 1% to 5% of the value of the goods" in out
    assert "fine: no fine" in out
    assert "  no longer from 2030-01-01" in out


@pytest.mark.parametrize(
    ("checked", "zh"),
    [
        ("penalty_provisions 2017-08-06", "罚则表（2017年8月6日文本）"),
        (
            "fine_provisions 2020-10-17 and 2024-04-26",
            "罚款幅度表（2020年10月17日和2024年4月26日文本）",
        ),
        ("law text ['2018-12-29', '2021-01-15']", "法律文本（2018年12月29日和2021年1月15日文本）"),
        ("law text", "law text"),
        ("our table 2021-01-15", "our table 2021-01-15"),
    ],
)
def test_what_a_provision_was_compared_with(
    call: Call, tmp_path: Path, checked: str, zh: str
) -> None:
    """A known table and the day of the text are said in words, anything else as it stands."""
    text = (SMALL / "violations.yaml").read_text(encoding="utf-8")
    (tmp_path / "more.yaml").write_text(
        text.replace("stall.", "more.")
        .replace("small.violations", "more")
        .replace("field: streets", "field: tobacco")
        .replace("checked: by hand", f'checked: "{checked}"'),
        encoding="utf-8",
    )
    out = call("violations", "more.street", "--rulesets", tmp_path).out
    assert f"  核对依据：{zh}\n" in out
    assert "  领域：烟草专卖\n" in out


def test_violations_as_json(call: Call) -> None:
    """The list and the single entry have the same form."""
    found = json.loads(call("violations", "--format", "json").out)
    (one,) = [entry for entry in found if entry["id"] == "stall.street"]
    assert json.loads(call("violations", "stall.street", "--format", "json").out) == one
    assert one["elements"] == ["exits"]


def test_json_of_a_violation_has_its_provisions(call: Call) -> None:
    """Tiers with their switches in words, ends in yuan or times the base, and other kinds."""
    args = ("violations", "stall.street", "--format", "json", "--lang", "en")
    (provision,) = json.loads(call(*args).out)["provisions"]
    small, large = provision["tiers"]
    assert (small["low"], small["high"], small["base"]) == (500, 1000, None)
    assert small["when"].startswith("value of the goods")
    assert (large["low"], large["high"], large["base"]) == (2, 5, "goods_value")
    assert (large["when"], large["modality"], large["fined"]) == (None, "shall", True)
    assert [kind["kind"] for kind in provision["kinds"]] == ["confiscation", "revocation"]
    assert provision["kinds"][1]["when"] == "obstructed the inspection"
    assert provision["citation"]["article"] == "60"
    assert (provision["checked"], provision["unverified"]) == ("by hand", None)
    sign = json.loads(call("violations", "stall.sign", "--format", "json", "--lang", "en").out)
    assert sign["provisions"][0]["only_after"] == "order not obeyed"
    assert sign["provisions"][0]["tiers"][2]["high"] == 0.05
    assert sign["provisions"][0]["tiers"][3]["fined"] is False


def test_kind_with_a_note_is_said_once(call: Call) -> None:
    """A note names what is confiscated; the name of the kind before it would say it twice."""
    assert "  应当没收摊位" in call("violations", "stall.street").lines
    out = call("violations", "stall.street", "--lang", "en").lines
    assert "  must confiscate the stall" in out
    assert "  revocation of a licence: may (if obstructed the inspection)" in out


def test_label_that_says_the_condition(call: Call, tmp_path: Path) -> None:
    """A tier called after its condition does not give the condition again."""
    text = (SMALL / "violations.yaml").read_text(encoding="utf-8")
    text = text.replace("small.violations", "more").replace("stall.", "more.")
    text = text.replace("goods below 10,000 yuan", "obstructed the inspection")
    path = tmp_path / "more.yaml"
    path.write_text(
        text.replace(
            "when: [goods_value: {below: 10000}]\n            fine: {min: 500",
            "when: [obstructed]\n            fine: {min: 500",
        ),
        encoding="utf-8",
    )
    out = call("violations", "more.street", "--rulesets", path, "--lang", "en").lines
    (line,) = (line for line in out if line.startswith("  obstructed the inspection: "))
    assert line.count("obstructed") == 1


def test_regions_have_names(call: Call) -> None:
    """The code of a region stands beside its name."""
    rows = {line.split("\t")[0]: line.split("\t") for line in call("rules").lines}
    assert rows["small.district/first"][5] == "530103 云南省昆明市盘龙区"


EFFECT = """
format: 1
document: ruleset
id: more.effect
version: "1"
title: {zh: 甲, en: a}
region: national
instrument: {name: 行政处罚法, level: law, kind: statute}
rules:
  - id: plain
    title: {zh: 甲, en: a}
    ground: minor
    permits: [exempt]
    modality: may
    when: [minor]
    cite: [{law: 行政处罚法, article: 33}]
  - id: banded
    title: {zh: 乙, en: b}
    ground: special
    permits: [lighter]
    modality: may
    when: [corrected]
    effect: {fine: {band: "[0, 0.3)"}}
    note: {zh: 说明, en: remark}
    unexpressed: [{text: {zh: 其他情形, en: other}, reason: {zh: 无法表达, en: not expressible}}]
    cite: [{law: 行政处罚法, article: 32}]
"""


def test_json_of_a_rule_has_what_it_does(call: Call, tmp_path: Path) -> None:
    """Effect, note, what is unexpressed, and citations in parts."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(EFFECT, encoding="utf-8")
    args = ("--rulesets", rules, "--format", "json", "--lang", "en")
    plain = json.loads(call("show", "more.effect/plain", *args).out)
    assert plain["effect"] == {"waives": [], "keeps": [], "instead": None, "fine": None}
    assert (plain["note"], plain["unexpressed"]) == (None, [])
    one = json.loads(call("show", "more.effect/banded", *args).out)
    assert one["effect"]["fine"]["band"] == {
        "low": 0,
        "high": 0.3,
        "low_closed": True,
        "high_closed": False,
    }
    assert one["note"] == {"zh": "说明", "en": "remark"}
    assert one["unexpressed"][0]["reason"] == {"zh": "无法表达", "en": "not expressible"}
    assert one["citations"][0]["article"] == "32"
    assert one["citations"][0]["text"]


def test_unknown_violation(call: Call) -> None:
    """An unknown id is an error."""
    assert "没有违法行为 `stall`" in call("violations", "stall").err


def test_facts(call: Call) -> None:
    """The vocabulary is sorted by name; units and groups have their columns."""
    result = call("facts", "--lang", "en")
    assert first_column(result) == sorted(small_knowledge().vocabulary.facts)
    rows = {line.split("\t")[0]: line.split("\t") for line in result.lines}
    assert rows["stall_area"] == ["stall_area", "number", "m2", "", "area"]
    assert rows["obstructed"][3] == "aggravation"


def test_one_fact(call: Call) -> None:
    """A fact shows its question, who answers and how it can be cured."""
    out = call("facts", "corrected", "--lang", "en").out
    assert "question: Was it corrected?" in out
    assert "answered by: " in out
    assert "cure: put it right" in out
    assert "denial: not corrected" in out
    harm = call("facts", "harm").out
    assert "  slight：轻微" in harm
    assert "证据：现场笔录" in harm
    assert "规定没有量化标准" in call("facts", "minor").out


def test_facts_say_what_they_count(call: Call, tmp_path: Path) -> None:
    """Of a number of earlier violations it is said which of them it counts."""
    file = tmp_path / "counting.yaml"
    file.write_text(
        "format: 1\ndocument: vocabulary\nid: counting\nfacts:\n"
        "  offences:\n    kind: integer\n    label: {zh: 次数, en: offences}\n"
        "    counts: {window: {months: 24}, same: field, includes_present: true}\n",
        encoding="utf-8",
    )
    said = call("facts", "offences", "--rulesets", file).out
    assert "  违法记录计入范围：违法行为终了之日前24个月内、同一领域，本次计入在内" in said
    options = ("offences", "--rulesets", file, "--lang", "en", "--format", "json")
    found = json.loads(call("facts", *options).out)
    assert found["counts"]["en"] == (
        "violations on record that count: in the 24 months before the end of the act, in the same"
        " field, the present one included"
    )
    assert json.loads(call("facts", "harm", "--format", "json").out)["counts"] is None


def test_facts_as_json(call: Call) -> None:
    """The list and the single fact have the same form."""
    found = json.loads(call("facts", "--format", "json").out)
    (one,) = [fact for fact in found if fact["name"] == "harm"]
    assert json.loads(call("facts", "harm", "--format", "json").out) == one
    assert [choice["code"] for choice in one["choices"]] == ["none", "slight", "serious"]


def test_json_of_a_fact_has_its_cure(call: Call) -> None:
    """How a fact can be cured stands in the JSON too."""
    found = json.loads(call("facts", "corrected", "--format", "json").out)
    assert found["cure"] == {"to": "true", "how": {"zh": "改正违法行为", "en": "put it right"}}
    assert json.loads(call("facts", "harm", "--format", "json").out)["cure"] is None


def test_unknown_fact(call: Call) -> None:
    """An unknown name is an error, with names near it."""
    result = call("facts", "hram", "--lang", "en")
    assert result.status == 1
    assert "there is no fact `hram`; did you mean `harm`?" in result.err


PACKAGE_RULES = """
format: 1
document: ruleset
id: package.rules
version: "1"
title: {zh: 包, en: package}
region: "530103"
instrument: {name: 行政处罚法, level: law, kind: statute}
rules:
  - id: "1"
    title: {zh: 甲, en: a}
    ground: minor
    permits: [exempt]
    modality: may
    when: [minor]
    cite: [{law: 行政处罚法, article: 33}]
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Installs a package of rules."""

    def install() -> None:
        (tmp_path / "rules.yaml").write_text(PACKAGE_RULES, encoding="utf-8")
        plugin = Plugin(
            name="bizrules-small",
            version="1.2",
            fits="<0.2,>=0.1",
            region="530103",
            documents=(tmp_path,),
            hooks=("bizrules_documents", "bizrules_region"),
        )
        monkeypatch.setattr(engines, "installed_plugins", lambda: (plugin,))

    return install


def test_no_plugins(call: Call) -> None:
    """Without packages a sentence says so."""
    assert call("plugins", "--lang", "en").out == "No package of rules is installed.\n"


def test_plugins(call: Call, package: Callable[[], None]) -> None:
    """Name, version, region, hooks and what the package brings."""
    package()
    result = call("plugins", "--lang", "en")
    assert result.lines[1].split("\t") == [
        "bizrules-small",
        "1.2",
        "<0.2,>=0.1",
        "1",
        "530103 云南省昆明市盘龙区",
        "bizrules_documents, bizrules_region",
        "1",
        "1",
    ]
    (one,) = json.loads(call("plugins", "--format", "json").out)
    assert one["rulesets"] == ["package.rules"]
    assert one["rules"] == 1
    assert (one["fits"], one["format"]) == ("<0.2,>=0.1", 1)
    assert json.loads(call("plugins", "--format", "json", "--no-plugins").out) == []


def test_coverage(call: Call) -> None:
    """Published counts stand beside what is encoded, with superior entries that apply."""
    result = call("coverage", "--lang", "en")
    assert result.lines == [
        "lists of the district (530103 云南省昆明市盘龙区)",
        "list\tpublished\tencoded",
        "exemptions\t1060\t1",
        "heavier penalties\t700\t1",
        "no compulsion\tnot known\t1",
        "total\t1769\t3",
        "云南省昆明市盘龙区 published lists of 1,769 items in all, of which 3 are encoded.",
        "Entries of superior lists that apply in 云南省昆明市盘龙区 too: 1.",
        "Note: first batch",
    ]


def test_coverage_on_a_day(call: Call) -> None:
    """Superior entries are counted as of the day."""
    assert "同样适用的条目：2 条" in call("coverage", "--on", "2020-06-01").out


def test_coverage_as_json(call: Call) -> None:
    """JSON says the same."""
    (one,) = json.loads(call("coverage", "--format", "json").out)
    assert (one["published"], one["encoded"], one["superior_entries"]) == (1769, 3, 1)
    assert one["lists"][2] == {
        "list": "no_compulsion",
        "name": {"zh": "免予强制清单", "en": "no compulsion"},
        "published": None,
        "encoded": 1,
    }


UNSTORED = """
format: 1
document: ruleset
id: more.unstored
version: "1"
title: {zh: 清单, en: lists}
region: {region}
instrument: {name: 清单, level: document, kind: list}
lists:
  exempt: {name: {zh: 不予处罚, en: exempt}, effect: exempt}
batches:
  - {id: "1", published: 2021-12, counts: {exempt: 12, other: 3}}
rules: []
"""


@pytest.mark.parametrize(("region", "superior"), [('"530102"', True), ("national", False)])
def test_coverage_of_an_unstored_list(
    call: Call, tmp_path: Path, region: str, superior: bool
) -> None:
    """A list of which no text is stored says so; above the country there is nothing."""
    path = tmp_path / "unstored.yaml"
    path.write_text(UNSTORED.replace("{region}", region), encoding="utf-8")
    out = call("coverage", "--rulesets", path, "--lang", "en").out
    assert "The text of none of them is publicly stored, so none is encoded." in out
    assert out.count("Entries of superior lists") == 1 + superior
    assert "total\t15\t0" in out
    assert "其中没有一项的文本可供公开查阅" in call("coverage", "--rulesets", path).out


def test_no_coverage(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without published batches there is nothing to compare."""
    monkeypatch.setattr(engines, "_core_knowledge", Knowledge)
    assert call("coverage", "--lang", "en").out == "No loaded ruleset tells of published batches.\n"


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        (
            "department",
            [
                "all\t1\t1\t1769",
                "elsewhere\t2\t2\tnot known",
                "urban management\t3\t5\tnot known",
            ],
        ),
        (
            "list",
            [
                "no penalty\t2\t3\t1060",
                "heavier\t1\t1\t700",
                "no compulsion\t1\t1\tnot known",
                "grounds of law\t1\t2\tnot known",
            ],
        ),
        (
            "region",
            [
                "000000 全国\t1\t2\tnot known",
                "530000 云南省\t1\t2\tnot known",
                "530103 云南省昆明市盘龙区\t1\t3\t1769",
            ],
        ),
        (
            "instrument",
            ["全省清单\t1\t2\tnot known", "小区清单\t1\t3\t1769", "行政处罚法\t1\t2\tnot known"],
        ),
    ],
)
def test_coverage_by(call: Call, by: str, rows: list[str]) -> None:
    """All loaded rules are counted by what is asked for, beside what was published."""
    result = call("coverage", "--by", by, "--lang", "en")
    assert result.lines[0] == f"{by}\trulesets\trules\tpublished"
    assert result.lines[1:] == rows


def test_coverage_by_on_a_day(call: Call) -> None:
    """With a day only the rules in force on it count; what was published is shown all the same."""
    lines = call("coverage", "--by", "region", "--on", "2015-01-01", "--lang", "en").lines
    assert lines[1:] == ["000000 全国\t1\t2\tnot known", "530103 云南省昆明市盘龙区\t0\t0\t1769"]


def test_coverage_by_as_json(call: Call) -> None:
    """JSON has the codes, and null for rules of every department."""
    found = json.loads(call("coverage", "--by", "department", "--format", "json").out)
    assert found["by"] == "department"
    assert found["rows"][0] == {"department": None, "rulesets": 1, "rules": 1, "published": 1769}
