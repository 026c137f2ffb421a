from collections.abc import Callable
from datetime import date

import pytest

from bizrules._yaml import read_yaml
from bizrules.errors import DocumentError, Problem
from bizrules.history import (
    Anchor,
    Area,
    FirstViolation,
    Identity,
    PriorResult,
    Register,
    RepeatCount,
    SpecialWindow,
    Window,
    WindowUnit,
)
from bizrules.loading import Knowledge, load_documents

VIOLATIONS = """format: 1
document: violations
id: acts
violations:
  t.one: {title: {zh: 甲, en: A}, department: tax, field: tax}
  t.two: {title: {zh: 乙, en: B}, department: tax, field: tax}
"""
RULESET = """format: 1
document: ruleset
id: set
version: "1"
title: {zh: 规则集, en: ruleset}
region: national
instrument: {name: 示例, level: rule, kind: illustration}
"""
VOCABULARY = """format: 1
document: vocabulary
id: facts
facts:
  repeats:
    kind: integer
    label: {zh: 次数, en: times}
"""
EVERYTHING = """
  window: {days: 90}
  special_windows:
    - {violations: [t.one, t.two], window: {months: 60}}
    - {violations: [t.two], window: {calendar_years: 2}}
  since: 2022-01-01
  search: {months: 12}
  anchor: decided
  counted_by: committed
  same: article
  area: authority
  results: [penalised, pending]
  unhandled: true
  registers: [tax_system, case_system]
  cite: [{law: 行政处罚法, article: 33}]
"""
"""Every key of a definition, none with its default."""


def load(first: str = "", counts: str = "") -> Knowledge:
    """Knowledge with a definition of a first violation, and of a fact that counts repeats."""
    ruleset = RULESET + (f"first_violation:{first}" if first else "")
    vocabulary = VOCABULARY
    if counts:
        vocabulary += "    counts:" + counts.replace("\n  ", "\n      ")
    given = {"acts.yaml": VIOLATIONS, "set.yaml": ruleset, "facts.yaml": vocabulary}
    return load_documents([read_yaml(text.encode(), name) for name, text in given.items()])


def first_of(text: str) -> FirstViolation:
    """The definition of a first violation."""
    found = load(first=text).rulesets[0].first_violation
    assert found is not None
    return found


def count_of(text: str) -> RepeatCount:
    """How the fact counts repeats."""
    found = load(counts=text).vocabulary["repeats"].counts
    assert found is not None
    return found


def refused(first: str = "", counts: str = "") -> list[Problem]:
    """What is wrong with it."""
    with pytest.raises(DocumentError) as caught:
        load(first, counts)
    return list(caught.value.problems)


class TestDefinitions:
    """A definition says which earlier violations count."""

    @pytest.mark.parametrize("read", [first_of, count_of])
    def test_every_key(self, read: Callable[[str], FirstViolation | RepeatCount]) -> None:
        """Of a first violation and of repeats everything written is read."""
        found = read(EVERYTHING)
        assert found.window == Window(90, WindowUnit.DAYS)
        assert found.special_windows == (
            SpecialWindow(violations=frozenset({"t.one", "t.two"}), window=Window(60)),
            SpecialWindow(
                violations=frozenset({"t.two"}), window=Window(2, WindowUnit.CALENDAR_YEARS)
            ),
        )
        assert (found.since, found.search) == (date(2022, 1, 1), Window(12))
        assert (found.anchor, found.counted_by) == (Anchor.DECIDED, Anchor.COMMITTED)
        assert (found.identity, found.area) == (Identity.ARTICLE, Area.AUTHORITY)
        assert found.results == {PriorResult.PENALISED, PriorResult.PENDING}
        assert found.unhandled
        assert found.registers == (Register.TAX_SYSTEM, Register.CASE_SYSTEM)
        assert [citation.article for citation in found.citations] == ["33"]

    def test_defaults(self) -> None:
        """What a definition leaves out is as the classes have it; its ruleset is known."""
        assert first_of(" {}") == FirstViolation(ruleset="set")
        assert count_of(" {}") == RepeatCount()

    def test_results(self) -> None:
        """Without results all count; an empty list lets none count."""
        assert first_of(" {}").results == frozenset(PriorResult)
        assert first_of(" {results: []}").results == frozenset()

    def test_the_present_act(self) -> None:
        """A count may include the act of the case; a first violation cannot."""
        assert count_of(" {includes_present: true}").includes_present
        (problem,) = refused(first=" {includes_present: true}")
        assert problem.code == "unknown-key"

    def test_nothing_said(self) -> None:
        """A ruleset without a definition has none, a fact that counts nothing neither."""
        found = load()
        assert found.rulesets[0].first_violation is None
        assert found.vocabulary["repeats"].counts is None


class TestWindows:
    """A window has one unit and a length."""

    @pytest.mark.parametrize(
        ("window", "code"),
        [
            ("{months: 0}", "not-positive"),
            ("{months: 1, days: 1}", "keys-exclude"),
            ("{}", "missing-one-of"),
        ],
    )
    @pytest.mark.parametrize("key", ["window", "search"])
    def test_refused(self, key: str, window: str, code: str) -> None:
        """None, several, or a length of nothing are refused."""
        assert [problem.code for problem in refused(first=f" {{{key}: {window}}}")] == [code]
        assert [problem.code for problem in refused(counts=f" {{{key}: {window}}}")] == [code]

    def test_special_windows_are_checked(self) -> None:
        """A special window is a window like any other, for violations that are known."""
        special = " {special_windows: [{violations: [t.three], window: {}}]}"
        assert {problem.code for problem in refused(first=special)} == {
            "missing-one-of",
            "unknown-violation",
        }

    @pytest.mark.parametrize(
        ("violation", "window"),
        [("t.one", Window(60)), ("t.two", Window(60)), ("t.three", Window(90, WindowUnit.DAYS))],
    )
    def test_window_for(self, violation: str, window: Window) -> None:
        """The first special window for a violation is taken, else the general one."""
        assert first_of(EVERYTHING).window_for(violation) == window


class TestFacts:
    """Only a number of violations can be counted."""

    @pytest.mark.parametrize("kind", ["boolean", "number", "money", "days", "date", "text"])
    def test_other_kinds(self, kind: str) -> None:
        """A fact of another kind counts nothing."""
        text = VOCABULARY.replace("integer", kind) + "    counts: {}\n"
        with pytest.raises(DocumentError) as caught:
            load_documents([read_yaml(text.encode(), "facts.yaml")])
        assert [problem.code for problem in caught.value.problems] == ["key-not-fitting"]
