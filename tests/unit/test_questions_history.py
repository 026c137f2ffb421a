"""A question about earlier violations says where to look, and how far back."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import attrs
import pytest

from bizrules._yaml import read_yaml
from bizrules.cases import Case, Prior, Priors
from bizrules.engine import Engine
from bizrules.loading import load_documents
from bizrules.outcomes import Question

VOCABULARY: Final = """
format: 1
document: vocabulary
id: words
facts:
  first_violation:
    kind: boolean
    derived: first_violation
    label: {zh: 初次违法, en: first violation}
    question: {zh: 当事人是否初次违法？, en: Is this the first violation?}
  minor: {kind: boolean, label: {zh: 轻微, en: minor}}
  repeats:
    kind: integer
    label: {zh: 一年内的违法次数, en: violations within one year}
    counts: {window: {months: 12}, anchor: decided, registers: [ecology_system]}
"""
VIOLATIONS: Final = """
format: 1
document: violations
id: acts
violations:
  shop.blocked:
    title: {zh: 堵塞, en: blocking}
    department: urban_management
    field: urban
"""
RULESET: Final = """
format: 1
document: ruleset
id: %s
version: "1"
title: {zh: 清单, en: list}
region: "530103"
instrument: {name: 清单, level: document, kind: list}
first_violation: %s
rules:
  - id: spared
    title: {zh: 首违, en: spared}
    ground: listed
    permits: [%s]
    modality: may
    when: [%s]
    cite: [{law: 示例, unverified: {zh: 示例, en: a sample}}]
"""
CASE: Final = Case(
    id="7",
    region="530103",
    violation="shop.blocked",
    committed="2024-02-29",
    decided="2024-06-15",
)


def engine(*definitions: str, when: str = "first_violation", permits: str = "exempt") -> Engine:
    """One rule for each definition of a first violation."""
    texts: Iterable[str] = (
        VOCABULARY,
        VIOLATIONS,
        *(RULESET % (f"list-{i}", one, permits, when) for i, one in enumerate(definitions)),
    )
    return Engine(
        knowledge=load_documents(read_yaml(text.encode(), f"{i}") for i, text in enumerate(texts))
    )


def asked(built: Engine, case: Case = CASE) -> dict[str, Question]:
    """The questions of the outcome, by fact."""
    return {question.fact: question for question in built.evaluate(case).questions}


class TestBackTo:
    """The day is the first of the window, of the search, or the day from which priors count."""

    @pytest.mark.parametrize(
        ("definition", "since"),
        [
            ("{window: {months: 12}}", date(2023, 2, 28)),
            ("{window: {months: 24}, anchor: decided}", date(2022, 6, 15)),
            ("{window: {calendar_years: 1}}", date(2024, 1, 1)),
            ("{window: {days: 365}}", date(2023, 3, 1)),
            ("{search: {months: 60}}", date(2019, 2, 28)),
            ("{since: 2021-12-01}", date(2021, 12, 1)),
            ("{since: 2021-12-01, window: {months: 12}}", date(2023, 2, 28)),
            (
                "{special_windows: [{violations: [shop.blocked], window: {months: 60}}]}",
                date(2019, 2, 28),
            ),
            # Neither a window nor a search, and a day of the case that is not known.
            ("{same: violation}", None),
            ("{window: {months: 12}, anchor: discovered}", None),
        ],
    )
    def test_since(self, definition: str, since: date | None) -> None:
        """The question names the day, in words too; where none can be told it names none."""
        question = asked(engine(definition))["first_violation"]
        assert question.since == since
        zh, en = question.text("zh"), question.text("en")
        assert zh.endswith("当事人是否初次违法？")
        assert en.endswith("Is this the first violation?")
        if since is not None:
            assert f"{since.year}年{since.month}月{since.day}日" in zh
            assert str(since.year) in en
        else:
            assert "以来" not in zh

    def test_rough_act(self) -> None:
        """An act known to the month calls for a search back from its first possible day."""
        case = attrs.evolve(CASE, committed="2024-03")
        question = asked(engine("{window: {months: 12}}"), case)["first_violation"]
        assert question.since == date(2023, 3, 1)

    def test_several_definitions(self) -> None:
        """Where two definitions wait, the search goes back to the earlier day."""
        built = engine("{window: {months: 12}}", "{window: {months: 36}}")
        assert asked(built)["first_violation"].since == date(2021, 2, 28)
        open_end = engine("{window: {months: 12}}", "{same: any}")
        assert asked(open_end)["first_violation"].since is None


class TestRegisters:
    """The registers that a definition names are named; without any the question stays general."""

    def test_named(self) -> None:
        """The names stand in the question, in the order of the definition."""
        definition = "{window: {months: 12}, registers: [enterprise_credit, case_system]}"
        question = asked(engine(definition))["first_violation"]
        names = ["国家企业信用信息公示系统", "行政执法办案系统"]
        assert [register.zh for register in question.registers] == names
        assert all(name in question.text("zh") for name in names)
        assert all(register.en in question.text("en") for register in question.registers)

    def test_not_named(self) -> None:
        """Where the source names none, none is made up as binding."""
        question = asked(engine("{window: {months: 12}}"))["first_violation"]
        assert question.registers == ()

    def test_of_both(self) -> None:
        """Registers that two definitions name stand once."""
        built = engine(
            "{window: {months: 12}, registers: [case_system, credit_china]}",
            "{window: {months: 12}, registers: [case_system]}",
        )
        found = [register.zh for register in asked(built)["first_violation"].registers]
        assert sorted(found) == sorted(["行政执法办案系统", "“信用中国”网站"])

    def test_one_left_out(self) -> None:
        """A search that left out a register named leaves the question standing."""
        built = engine("{window: {months: 12}, registers: [case_system, credit_china]}")
        record = Priors(searched_since=date(2020, 1, 1), registers=frozenset())
        assert "first_violation" in asked(built, attrs.evolve(CASE, priors=record))
        believed = attrs.evolve(CASE, priors=Priors(searched_since=date(2020, 1, 1)))
        assert "first_violation" not in asked(built, believed)


class TestCounts:
    """A fact that counts repeats asks by its own window."""

    def test_own_window(self) -> None:
        """The definition of the ruleset has no say in what an article counts."""
        built = engine("{window: {months: 60}}", when="repeats: {at_least: 2}", permits="heavier")
        question = asked(built)["repeats"]
        assert question.since == date(2023, 6, 15)
        assert [register.zh for register in question.registers] == ["生态环境执法系统"]

    def test_searched_too_short(self) -> None:
        """The question stands until the search reaches the day it names."""
        built = engine("{window: {months: 60}}", when="repeats: {at_least: 2}", permits="heavier")
        for since, open_still in ((date(2023, 6, 16), True), (date(2023, 6, 15), False)):
            case = attrs.evolve(CASE, priors=Priors(searched_since=since))
            assert ("repeats" in asked(built, case)) is open_still


class TestOthers:
    """Other facts are not looked up in registers of violations."""

    def test_neither(self) -> None:
        """A question about another fact names no day and no register."""
        question = asked(engine("{window: {months: 12}}", when="minor"))["minor"]
        assert question.since is None
        assert question.registers == ()

    def test_settled_by_one(self) -> None:
        """One earlier violation that counts answers the question, however short the search."""
        prior = Prior(decided=date(2024, 1, 1), violation="shop.blocked")
        record = Priors(searched_since=date(2024, 1, 1), found=[prior])
        built = engine("{window: {months: 12}}")
        assert asked(built, attrs.evolve(CASE, priors=record)) == {}
