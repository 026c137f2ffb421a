from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
)
from bizrules.conditions import (
    Test as FactTest,
)
from bizrules.facts import Choice, Fact, Kind, Vocabulary
from bizrules.matching import comparable, compile_condition
from bizrules.provenance import Citation, Text
from bizrules.values import DateSpan, Money, Unit
from bizrules.wording import (
    chinese_number,
    condition_text,
    join,
    join_clauses,
    name_of,
    negated,
    numbered_parts,
    phrase,
    say_citation,
    say_citations,
    say_condition,
    say_date,
    say_factor,
    say_number,
    say_share,
    say_span,
    say_unit,
    say_value,
    say_yuan,
)
from strategies import VOCABULARY, assignments, conditions


def fact(name: str, kind: Kind, zh: str, en: str, **more: Any) -> Fact:  # noqa: ANN401 - fields
    """A declared fact."""
    return attrs.evolve(Fact(name=name, kind=kind, label=Text(zh=zh, en=en)), **more)


def choices(**labels: str) -> tuple[Choice, ...]:
    """Choices named by their codes in English."""
    return tuple(Choice(code=code, label=Text(zh=zh, en=code)) for code, zh in labels.items())


FACTS = (
    fact("recalled", Kind.BOOLEAN, "已经召回", "the goods were recalled"),
    fact(
        "sold",
        Kind.BOOLEAN,
        "已经销售",
        "the goods were sold",
        denial=Text(zh="未销售", en="nothing was sold"),
    ),
    fact(
        "harm",
        Kind.LEVEL,
        "危害后果",
        "harm",
        choices=choices(none="没有", slight="轻微", some="一般", serious="较重", grave="严重"),
    ),
    fact("goods", Kind.CHOICE, "商品", "goods", choices=choices(cigarettes="卷烟", leaf="烟叶")),
    fact("exits", Kind.SET, "出口", "exits", choices=choices(north="北门", south="南门")),
    fact("value", Kind.MONEY, "货值金额", "value of the goods"),
    fact("other", Kind.MONEY, "违法所得", "illegal gains"),
    fact("area", Kind.NUMBER, "面积", "area", unit=Unit.M2),
    fact("times", Kind.INTEGER, "次数", "occurrences", unit=Unit.OCCASION),
    fact("age", Kind.INTEGER, "行为时年龄", "age at the act", unit=Unit.YEAR),
    fact("days", Kind.DAYS, "改正用时", "time to correct"),
    fact("day", Kind.DATE, "责令改正之日", "day of the order"),
    fact("place", Kind.TEXT, "地点", "place"),
)
WORDS = Vocabulary({one.name: one for one in FACTS})


def said(condition: Condition) -> tuple[str, str]:
    """The condition in Chinese and in English."""
    text = condition_text(condition, WORDS)
    return text.zh, text.en


class TestLists:
    """Parts of a sentence are joined as each language joins them."""

    @pytest.mark.parametrize(
        ("parts", "zh", "en"),
        [
            ([], "", ""),
            (["a"], "a", "a"),
            (["a", "b"], "a和b", "a and b"),
            (["a", "b", "c"], "a、b和c", "a, b and c"),
        ],
    )
    def test_nouns(self, parts: list[str], zh: str, en: str) -> None:
        """Names are joined by marks and a last word."""
        assert (join(parts, "zh"), join(parts, "en")) == (zh, en)

    def test_alternatives(self) -> None:
        """The last word may be “or”."""
        assert join(["a", "b"], "zh", "or") == "a或者b"
        assert join(["a", "b"], "en", "or") == "a or b"

    def test_clauses(self) -> None:
        """Clauses are set apart more clearly than names."""
        assert join_clauses(["a", "b", "c"], "zh") == "a，b，且c"
        assert join_clauses(["a", "b", "c"], "en", "or") == "a; b; or c"


class TestAmounts:
    """Money, numbers and units, exactly."""

    @pytest.mark.parametrize(
        ("fen", "zh", "en"),
        [
            (0, "0元", "0 yuan"),
            (6650, "66.5元", "66.5 yuan"),
            (1, "0.01元", "0.01 yuan"),
            (999_999, "9999.99元", "9,999.99 yuan"),
            (1_000_000, "1万元", "10,000 yuan"),
            (6_500_000, "6.5万元", "65,000 yuan"),
            (6_540_000, "65400元", "65,400 yuan"),
            (1_000_001, "10000.01元", "10,000.01 yuan"),
            (20_000_000_000, "2亿元", "200,000,000 yuan"),
            (Fraction(1, 2), "0.005元", "0.005 yuan"),
            (Fraction(100, 3), "0.3333元", "0.3333 yuan"),
            (-123_456_700, "-1234567元", "-1,234,567 yuan"),
        ],
    )
    def test_money(self, fen: int | Fraction, zh: str, en: str) -> None:
        """Round amounts are written in 万 and 亿 in Chinese, others in digits."""
        assert (say_yuan(fen, "zh"), say_yuan(fen, "en")) == (zh, en)

    @given(st.integers(min_value=0, max_value=10**15))
    def test_no_fen_is_lost(self, fen: int) -> None:
        """The amount can be read back from the words."""
        text = say_yuan(fen, "zh").removesuffix("元")
        scale = {"万": 10_000, "亿": 100_000_000}.get(text[-1], 1)
        assert Decimal(text.rstrip("万亿")) * scale * 100 == fen

    @pytest.mark.parametrize(
        ("number", "unit", "zh", "en"),
        [
            (5, Unit.M2, "5平方米", "5 m²"),
            (1, Unit.DAY, "1日", "1 day"),
            (2, Unit.DAY, "2日", "2 days"),
            (1, Unit.M, "1米", "1 m"),
            (1500, None, "1500", "1,500"),
            (Decimal("12.50"), Unit.KG, "12.5千克", "12.5 kg"),
        ],
    )
    def test_units(self, number: int | Decimal, unit: Unit | None, zh: str, en: str) -> None:
        """A number takes its unit, in English in the singular for one."""
        assert (say_number(number, unit, "zh"), say_number(number, unit, "en")) == (zh, en)

    def test_unit_asked_for(self) -> None:
        """The unit stands alone where an amount is asked for; an unknown one is its own name."""
        label = Text(zh="行为时年龄", en="age")
        assert say_unit("year", label, "zh") == "周岁"
        assert say_unit("year", Text(zh="年数", en="years"), "zh") == "年"
        assert say_unit("m2", label, "en") == "m²"
        assert say_unit("item", Text(zh="灭火器具数", en="extinguishers"), "zh") == "具"
        assert say_unit("item", Text(zh="灭火器具数", en="extinguishers"), "en") == "items"
        assert say_unit("furlong", label, "en") == "furlong"

    @pytest.mark.parametrize(
        ("factor", "zh", "en"),
        [
            (Fraction(1, 20), "5%", "5% of"),
            (Fraction(1), "1倍", "once"),
            (Fraction(3, 2), "1.5倍", "1.5 times"),
            (Fraction(10), "10倍", "10 times"),
            (Fraction(4, 3), "4/3倍", "4/3 times"),
        ],
    )
    def test_factors(self, factor: Fraction, zh: str, en: str) -> None:
        """A factor below one is a percentage; a third is never rounded."""
        assert (say_factor(factor, "zh"), say_factor(factor, "en")) == (zh, en)

    def test_shares(self) -> None:
        """A share of a span is a percentage, the whole of it included."""
        assert say_share(Fraction(3, 10), "zh") == "30%"
        assert say_share(Fraction(1), "zh") == "100%"
        assert say_share(Fraction(1, 8), "en") == "12.5%"

    def test_shares_without_an_exact_percentage(self) -> None:
        """A share that no percentage says exactly is a fraction."""
        assert say_share(Fraction(5, 6), "zh") == "六分之五"
        assert say_share(Fraction(5, 6), "en") == "5/6"


class TestDates:
    """Days as each language writes them."""

    def test_days(self) -> None:
        """A day is written in full."""
        assert say_date(date(2022, 3, 1), "zh") == "2022年3月1日"
        assert say_date(date(2022, 3, 1), "en") == "1 March 2022"

    @pytest.mark.parametrize(
        ("span", "zh", "en"),
        [
            (DateSpan.on(date(2022, 3, 1)), "2022年3月1日", "1 March 2022"),
            (DateSpan(date(2024, 2, 1), date(2024, 2, 29)), "2024年2月", "February 2024"),
            (DateSpan(date(2024, 1, 1), date(2024, 12, 31)), "2024年", "2024"),
            (
                DateSpan(date(2024, 1, 2), date(2024, 1, 31)),
                "2024年1月2日至2024年1月31日之间",
                "between 2 January 2024 and 31 January 2024",
            ),
            (DateSpan(date(2024, 1, 2), None), "不早于2024年1月2日", "on or after 2 January 2024"),
            (DateSpan(None, date(2024, 1, 2)), "不晚于2024年1月2日", "on or before 2 January 2024"),
            (DateSpan(), "不详", "not known"),
        ],
    )
    def test_spans(self, span: DateSpan, zh: str, en: str) -> None:
        """A span is a day, month or year where it is one, else its ends."""
        assert (say_span(span, "zh"), say_span(span, "en")) == (zh, en)


class TestValues:
    """Values of facts with label or unit."""

    @pytest.mark.parametrize(
        ("name", "value", "zh", "en"),
        [
            ("recalled", True, "是", "yes"),
            ("recalled", False, "否", "no"),
            ("value", Money(6600), "66元", "66 yuan"),
            ("day", date(2022, 3, 1), "2022年3月1日", "1 March 2022"),
            ("harm", "slight", "轻微", "slight"),
            ("place", "路口", "路口", "路口"),
            ("exits", frozenset(), "无", "none"),
            ("exits", frozenset({"south", "north"}), "北门和南门", "north and south"),
            ("days", 7, "7日", "7 days"),
            ("age", 13, "13周岁", "13 years"),
            ("times", 1, "1次", "1 occasion"),
        ],
    )
    def test_each_kind(self, name: str, value: object, zh: str, en: str) -> None:
        """Every kind of value has words."""
        declared = WORDS[name]
        assert say_value(declared, value, "zh") == zh  # type: ignore[arg-type]
        assert say_value(declared, value, "en") == en  # type: ignore[arg-type]


class TestCitations:
    """Citations as lawyers write them."""

    @pytest.mark.parametrize(
        ("citation", "zh", "en"),
        [
            (
                Citation("中华人民共和国行政处罚法", "33", 1, None, 2),
                "《行政处罚法》第三十三条第一款第二句",
                "Administrative Penalty Law 《行政处罚法》, art. 33, para. 1, sentence 2",
            ),
            (Citation("样例条例", "12-1", None, 3), "《样例条例》第十二条之一第三项", None),
            (
                Citation("中华人民共和国行政处罚法"),
                "《中华人民共和国行政处罚法》",
                "Administrative Penalty Law 《中华人民共和国行政处罚法》",
            ),
            (
                Citation("样例清单", number="样〔2022〕1号", entry="3"),
                "《样例清单》（样〔2022〕1号）序号3",
                "《样例清单》 (样〔2022〕1号), entry 3",
            ),
            (Citation("样例办法", "附则"), "《样例办法》第附则条", "《样例办法》, art. 附则"),
            (Citation("样例办法", "12-a"), "《样例办法》第十二条", "《样例办法》, art. 12-a"),
            (Citation("《样例条例》裁量基准", entry="1"), "《〈样例条例〉裁量基准》序号1", None),
        ],
    )
    def test_parts(self, citation: Citation, zh: str, en: str | None) -> None:
        """Every part of a citation is said in its place."""
        assert say_citation(citation, "zh") == zh
        if en is not None:
            assert say_citation(citation, "en") == en

    def test_shared_parts_are_said_once(self) -> None:
        """Law and article are not repeated where the next citation stays within them."""
        row = [
            Citation("行政处罚法", "36", 1),
            Citation("行政处罚法", "36", 2),
            Citation("行政处罚法", "60"),
            Citation("食品安全法", "124"),
        ]
        assert (
            say_citations(row, "zh")
            == "《行政处罚法》第三十六条第一款、第二款、第六十条和《食品安全法》第一百二十四条"
        )
        assert say_citations(row[:3], "en") == (
            "Administrative Penalty Law 《行政处罚法》, art. 36, para. 1; para. 2; art. 60"
        )

    def test_a_wider_citation_names_its_article(self) -> None:
        """After one sentence of a paragraph, the whole paragraph is cited with its article."""
        row = [Citation("行政处罚法", "33", 1, None, 2), Citation("行政处罚法", "33", 1)]
        assert say_citations(row, "zh") == "《行政处罚法》第三十三条第一款第二句和第三十三条第一款"

    def test_repetitions_and_nothing(self) -> None:
        """The same citation twice is said once; none is an empty text."""
        same = [Citation("行政处罚法", "5"), Citation("行政处罚法", "5")]
        assert say_citations(same, "zh") == "《行政处罚法》第五条"
        assert say_citations([], "zh") == ""
        assert say_citations([Citation("甲法"), Citation("甲法", "1")], "zh") == "《甲法》和第一条"
        assert say_citations([Citation("甲法", "1"), Citation("甲法")], "zh") == (
            "《甲法》第一条和《甲法》"
        )

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (0, "零"),
            (5, "五"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (101, "一百零一"),
            (110, "一百一十"),
            (124, "一百二十四"),
            (1001, "一千零一"),
            (1260, "一千二百六十"),
            (9999, "九千九百九十九"),
            (10_000, "10000"),
            (-1, "-1"),
        ],
    )
    def test_chinese_numbers(self, number: int, text: str) -> None:
        """Articles are counted in Chinese numerals, as statutes print them."""
        assert chinese_number(number) == text


class TestTests:
    """Tests in words: 以上、以下、以内 include the number; 不足、不满、超过 do not."""

    @pytest.mark.parametrize(
        ("test", "zh", "en"),
        [
            (FactTest(("recalled",), Op.IS, True), "已经召回", "the goods were recalled"),
            (
                FactTest(("recalled",), Op.IS, False),
                "没有“已经召回”的情形",
                "it is not so that the goods were recalled",
            ),
            (FactTest(("sold",), Op.IS, False), "未销售", "nothing was sold"),
            (FactTest(("harm",), Op.IS, "slight"), "危害后果为“轻微”", "harm: “slight”"),
            (
                FactTest(("harm",), Op.AT_MOST, "slight"),
                "危害后果为“没有”或者“轻微”",
                "harm: “none” or “slight”",
            ),
            (FactTest(("harm",), Op.ABOVE, "serious"), "危害后果为“严重”", "harm: “grave”"),
            (
                FactTest(("harm",), Op.BETWEEN, ("slight", "some")),
                "危害后果为“轻微”或者“一般”",
                "harm: “slight” or “some”",
            ),
            (FactTest(("harm",), Op.BELOW, "grave"), "危害后果未达到“严重”", "harm: below “grave”"),
            (FactTest(("harm",), Op.ABOVE, "none"), "危害后果超过“没有”", "harm: above “none”"),
            (
                FactTest(("harm",), Op.AT_LEAST, "slight"),
                "危害后果达到“轻微”",
                "harm: at least “slight”",
            ),
            (
                FactTest(("harm",), Op.AT_MOST, "serious"),
                "危害后果不超过“较重”",
                "harm: at most “serious”",
            ),
            (
                FactTest(("harm",), Op.BETWEEN, ("none", "serious")),
                "危害后果达到“没有”且不超过“较重”",
                "harm: at least “none” and at most “serious”",
            ),
            (
                FactTest(("goods",), Op.IN, ("cigarettes", "leaf")),
                "商品为“卷烟”或者“烟叶”",
                "goods: “cigarettes” or “leaf”",
            ),
            (FactTest(("goods",), Op.NOT_IN, ("leaf",)), "商品不是“烟叶”", "goods: not “leaf”"),
            (
                FactTest(("exits",), Op.CONTAINS, ("north", "south")),
                "出口包括“北门”和“南门”",
                "exits: includes “north” and “south”",
            ),
            (
                FactTest(("exits",), Op.IS, frozenset({"south", "north"})),
                "出口为“北门”或者“南门”",
                "exits: “north” or “south”",
            ),
            (
                FactTest(("value",), Op.BELOW, Money(50_000)),
                "货值金额不足500元",
                "value of the goods: less than 500 yuan",
            ),
            (
                FactTest(("value",), Op.AT_MOST, Money(50_000)),
                "货值金额在500元以下",
                "value of the goods: 500 yuan or less",
            ),
            (
                FactTest(("value",), Op.AT_LEAST, Money(50_000)),
                "货值金额在500元以上",
                "value of the goods: 500 yuan or more",
            ),
            (
                FactTest(("value",), Op.ABOVE, Money(50_000)),
                "货值金额超过500元",
                "value of the goods: more than 500 yuan",
            ),
            (
                FactTest(("times",), Op.BETWEEN, (1, 3)),
                "次数在1次以上3次以下",
                "occurrences: 1 occasion to 3 occasions, both included",
            ),
            (
                FactTest(("days",), Op.AT_MOST, 7),
                "改正用时在7日以内",
                "time to correct: 7 days or less",
            ),
            (
                FactTest(("age",), Op.BELOW, 14),
                "行为时年龄不满14周岁",
                "age at the act: less than 14 years",
            ),
            (
                FactTest(("day",), Op.BEFORE, date(2022, 3, 1)),
                "责令改正之日早于2022年3月1日",
                "day of the order: before 1 March 2022",
            ),
            (
                FactTest(("day",), Op.ON_OR_AFTER, date(2022, 3, 1)),
                "责令改正之日不早于2022年3月1日",
                "day of the order: on or after 1 March 2022",
            ),
            (FactTest(("place",), Op.IS, "路口"), "地点为“路口”", "place: “路口”"),
            (
                FactTest(("value",), Op.AT_MOST, Share("other", Fraction(1, 5))),
                "货值金额在违法所得的20%以下",
                "value of the goods: 20% of the illegal gains or less",
            ),
            (
                FactTest(("value",), Op.ABOVE, Share("other")),
                "货值金额超过违法所得",
                "value of the goods: more than illegal gains",
            ),
            (
                FactTest(("value", "other"), Op.AT_MOST, Money(1_000_000)),
                "货值金额和违法所得合计在1万元以下",
                "the sum of value of the goods and illegal gains: 10,000 yuan or less",
            ),
        ],
    )
    def test_words(self, test: FactTest, zh: str, en: str) -> None:
        """Every test has words that say which end it includes."""
        assert said(test) == (zh, en)


def counted(zh: str, en: str, unit: Unit, kind: Kind = Kind.INTEGER) -> Vocabulary:
    """A fact `n` that is counted in the unit."""
    return Vocabulary({"n": fact("n", kind, zh, en, unit=unit)})


class TestNumbersOfThings:
    """A label that names the number of something does not stand where that thing belongs."""

    @pytest.mark.parametrize(
        ("op", "amount", "zh", "en"),
        [
            (Op.IS, 0, "没有违法所得", "no illegal gains"),
            (Op.AT_MOST, 0, "没有违法所得", "no illegal gains"),
            (Op.ABOVE, 0, "有违法所得", "some illegal gains"),
            (Op.BELOW, 0, "违法所得不足0元", "illegal gains: less than 0 yuan"),
            (Op.ABOVE, 1, "违法所得超过0.01元", "illegal gains: more than 0.01 yuan"),
        ],
    )
    def test_none_and_some(self, op: Op, amount: int, zh: str, en: str) -> None:
        """That there is none of something, or some, is said without a number."""
        assert said(FactTest(("other",), op, Money(amount))) == (zh, en)

    @pytest.mark.parametrize(
        ("label", "op", "zh", "en"),
        [
            ("计入的既往违法次数", Op.IS, "没有计入的既往违法", "no things"),
            ("伤亡人数", Op.AT_MOST, "没有伤亡", "no things"),
            ("培训学时不足的人数", Op.IS, "没有培训学时不足的人", "no things"),
            ("消防行政案件数", Op.IS, "没有消防行政案件", "no things"),
            ("受处罚的次数", Op.IS, "受处罚的次数为0次", "number of things: 0 occasions"),
            ("次数", Op.AT_MOST, "次数在0次以下", "no things"),
            ("超员人数", Op.ABOVE, "超员人数在1次以上", "number of things: 1 occasion or more"),
        ],
    )
    def test_no_things(self, label: str, op: Op, zh: str, en: str) -> None:
        """Of what is counted there is none, or at least one."""
        facts = counted(label, "number of things", Unit.OCCASION)
        assert condition_text(FactTest(("n",), op, 0), facts) == Text(zh=zh, en=en)

    @pytest.mark.parametrize(
        ("label", "unit", "op", "operand", "zh"),
        [
            ("责令改正至改正完成的天数", Unit.DAY, Op.AT_MOST, 5, "责令改正至改正完成不超过5日"),
            ("检查至改正的工作日数", Unit.WORKING_DAY, Op.AT_MOST, 5, "检查至改正不超过5个工作日"),
            ("逾期月数", Unit.MONTH, Op.BELOW, 2, "逾期不满2个月"),
            ("违法行为持续的整月数", Unit.MONTH, Op.AT_LEAST, 3, "违法行为持续3个月以上"),
            ("违法行为持续时间", Unit.MONTH, Op.AT_MOST, 6, "违法行为持续不超过6个月"),
            ("公路中断小时数", Unit.HOUR, Op.ABOVE, 1, "公路中断超过1小时"),
            ("公路中断小时数", Unit.HOUR, Op.ABOVE, 0, "有公路中断"),
            ("逾期天数", Unit.DAY, Op.BETWEEN, (3, 5), "逾期3日以上5日以下"),
            ("逾期天数", Unit.DAY, Op.IS, 3, "逾期天数为3日"),
            ("逾期天数", Unit.DAY, Op.ABOVE, Share("n", Fraction(1)), "逾期天数超过逾期天数"),
            ("所用时间", Unit.HOUR, Op.AT_MOST, 24, "所用时间在24小时以内"),
            ("天数", Unit.DAY, Op.AT_MOST, 5, "天数在5日以内"),
            ("损坏缺失的灭火器具数", Unit.ITEM, Op.AT_MOST, 1, "损坏缺失的灭火器具数在1具以下"),
            ("超标因子数", Unit.ITEM, Op.IS, 1, "超标因子数为1个"),
            ("接单数", Unit.ITEM, Op.AT_MOST, 28, "接单数在28单以下"),
            ("植物株数", Unit.ITEM, Op.BELOW, 500, "植物株数不足500株"),
            ("晾晒衣物件数", Unit.ITEM, Op.AT_LEAST, 11, "晾晒衣物件数在11件以上"),
            ("书籍", Unit.ITEM, Op.AT_LEAST, 11, "书籍在11件以上"),
        ],
    )
    def test_periods_and_counters(
        self,
        label: str,
        unit: Unit,
        op: Op,
        operand: Any,  # noqa: ANN401 - of any kind
        zh: str,
    ) -> None:
        """A period is said as a period, and what is counted takes its own word in Chinese."""
        facts = counted(label, "label", unit, Kind.NUMBER if unit is Unit.HOUR else Kind.INTEGER)
        assert condition_text(FactTest(("n",), op, operand), facts).zh == zh


RECALLED, SOLD = FactTest(("recalled",), Op.IS, True), FactTest(("sold",), Op.IS, True)
MINOR = FactTest(("harm",), Op.IS, "slight")


class TestConditions:
    """Whole conditions on one line."""

    def test_conjunction_and_disjunction(self) -> None:
        """Alternatives inside a list stand in brackets."""
        condition = AllOf((RECALLED, AnyOf((SOLD, MINOR))))
        assert said(condition) == (
            "已经召回，且（已经销售，或者危害后果为“轻微”）",
            "the goods were recalled; and (the goods were sold; or harm: “slight”)",
        )

    def test_nothing_required_and_nothing_possible(self) -> None:
        """Empty lists have words of their own."""
        assert said(ALWAYS) == ("不附条件", "no condition")
        assert said(NEVER) == ("没有适用的情形", "nothing qualifies")

    def test_a_definition_goes_by_its_name(self) -> None:
        """A defined concept is named, not spelt out."""
        label = Text(zh="及时改正", en="corrected in time")
        assert said(Defined("law#timely", label, MINOR)) == ("及时改正", "corrected in time")

    def test_counting(self) -> None:
        """So many of a list."""
        assert said(AtLeast(2, (RECALLED, SOLD, MINOR)))[0] == (
            "下列各项中至少2项：已经召回，已经销售，且危害后果为“轻微”"
        )

    def test_per_kind(self) -> None:
        """Each kind with its own condition."""
        branches = (("cigarettes", FactTest(("times",), Op.AT_MOST, 1)), ("leaf", RECALLED))
        assert said(PerKind("goods", branches)) == (
            "属于卷烟的，次数在1次以下，或者属于烟叶的，已经召回",
            "for cigarettes, occurrences: 1 occasion or less; or for leaf, the goods were recalled",
        )


class TestNegations:
    """A negation is said directly where the language can."""

    @pytest.mark.parametrize(
        ("condition", "zh"),
        [
            (SOLD, "未销售"),
            (AnyOf((SOLD, RECALLED)), "未销售，且没有“已经召回”的情形"),
            (AllOf((SOLD, RECALLED)), "未销售，或者没有“已经召回”的情形"),
            (Not(SOLD), "已经销售"),
            (MINOR, "危害后果不是“轻微”"),
            (FactTest(("value",), Op.BELOW, Money(100)), "货值金额在1元以上"),
            (FactTest(("value",), Op.IS, Money(100)), "不属于下列情形：货值金额为1元"),
            (AtLeast(1, (SOLD,)), "不属于下列情形：下列各项中至少1项：已经销售"),
            (
                AnyOf((SOLD, AtLeast(1, (SOLD,)))),
                "未销售，且不属于下列情形：下列各项中至少1项：已经销售",
            ),
            (NEVER, "不属于下列情形：没有适用的情形"),
            (AnyOf((AtLeast(1, (SOLD,)),)), "不属于下列情形：下列各项中至少1项：已经销售"),
        ],
    )
    def test_words(self, condition: Condition, zh: str) -> None:
        """The opposite test is named; only what has none is denied as a whole."""
        assert said(Not(condition))[0] == zh

    def test_a_negated_list_inside_a_list_stands_in_brackets(self) -> None:
        """What becomes a list by negation is bracketed as lists are."""
        condition = AllOf((MINOR, Not(AllOf((SOLD, RECALLED))), Not(SOLD)))
        assert said(condition)[0] == (
            "危害后果为“轻微”，（未销售，或者没有“已经召回”的情形），且未销售"
        )

    @given(st.data())
    def test_the_opposite_is_the_opposite(self, data: st.DataObject) -> None:
        """What is said in place of a negation is true exactly where the condition is false."""
        condition = data.draw(conditions())
        opposite = negated(condition, VOCABULARY)
        values = data.draw(assignments(VOCABULARY, condition))
        view = {name: comparable(VOCABULARY[name], value) for name, value in values.items()}
        if opposite is not None:
            truth = compile_condition(condition, VOCABULARY)(view)
            found = compile_condition(opposite, VOCABULARY)(view)
            assert found is (None if truth is None else not truth)

    @given(conditions())
    def test_every_condition_has_words(self, condition: Condition) -> None:
        """No condition is without words in either language."""
        for lang in ("zh", "en"):
            assert say_condition(condition, VOCABULARY, lang)
            assert say_condition(Not(condition), VOCABULARY, lang)


class TestNames:
    """Phrases and names in both languages."""

    def test_texts_among_the_details_follow_the_language(self) -> None:
        """A text given as a detail is taken in the language of the phrase."""
        label = Text(zh="危害后果", en="harm")
        assert phrase("ask.fact", label=label) == Text(
            zh="请查明：危害后果", en="Please establish: harm"
        )

    def test_unknown_codes_are_their_own_name(self) -> None:
        """A department that the library does not know is named by its code."""
        assert name_of("department", "tax").zh == "税务机关"
        assert name_of("department", "own.office") == Text(zh="own.office", en="own.office")

    def test_conditions_taken_apart(self) -> None:
        """Nested lists of what must hold become one list."""
        condition = AllOf((AllOf((RECALLED, SOLD)), MINOR))
        assert list(numbered_parts(condition)) == [RECALLED, SOLD, MINOR]
