"""What deserves attention in documents that can be read."""

from datetime import date
from pathlib import Path

import attrs
import pytest

from bizrules._tree import Document
from bizrules._yaml import read_yaml
from bizrules.catalogue import LawCatalogue, LawVersion
from bizrules.checking import (
    check,
    check_paths,
    citations_of,
    citations_of_violation,
    default_catalogue,
    impossible_fact,
)
from bizrules.conditions import AllOf, AnyOf, Condition, Not, Op
from bizrules.conditions import Test as FactTest
from bizrules.errors import Problem, Severity
from bizrules.loading import Knowledge, load_documents
from bizrules.values import Money
from strategies import VOCABULARY

GOOD = Path(__file__).parents[1] / "documents" / "good"

HEAD = """format: 1
document: ruleset
id: {name}
version: "1"
title: {{zh: 规则集, en: ruleset}}
region: national
instrument: {{name: 示例, level: rule, kind: illustration}}
"""


def document(text: str, name: str = "test.yaml") -> Document:
    """The YAML text as a document."""
    return read_yaml(text.encode(), name)


def citing(*citations: str) -> Document:
    """A ruleset whose only rule rests on the citations."""
    rule = (
        "rules:\n  - {id: r, title: {zh: 条目, en: entry}, ground: listed, modality: may,"
        f" permits: [exempt], cite: [{', '.join(citations)}]}}\n"
    )
    return document(HEAD.format(name="citing") + rule)


CATALOGUE = LawCatalogue(
    [
        LawVersion(name="示例法", category="法律", version=date(2021, 1, 22), structure="0 3 00"),
        LawVersion(
            name="残缺法", category="法律", version=date(2020, 1, 1), structure="0", partial=True
        ),
    ]
)


def found(*citations: str) -> list[Problem]:
    """What checking says about the citations."""
    return list(check(load_documents([citing(*citations)]), CATALOGUE))


@pytest.mark.parametrize(
    "citation",
    [
        "{law: 示例法}",
        "{law: 示例法, article: 2, paragraph: 1, item: 3}",
        "{law: 示例法, article: 3, version: 2021-01-22}",
        "{law: 中华人民共和国示例法, article: 1}",
        "{law: 残缺法, article: 9}",
        "{law: 本地办法, article: 3, unverified: {zh: 未收录, en: not listed}}",
    ],
)
def test_what_the_catalogue_has_is_no_problem(citation: str) -> None:
    """Citations that the catalogue bears out, or that say why it cannot, pass."""
    assert found(citation) == []


@pytest.mark.parametrize(
    ("citation", "code"),
    [
        ("{law: 示列法, article: 1}", "law-not-in-catalogue"),
        ("{law: 本地办法}", "law-not-in-catalogue"),
        ("{law: 示例法, article: 1, version: 2020-01-22}", "no-such-version"),
        ("{law: 示例法, article: 4}", "no-such-article"),
        ("{law: 示例法, article: 1-1}", "no-such-article"),
        ("{law: 示例法, article: 3, paragraph: 3}", "no-such-paragraph"),
        ("{law: 示例法, article: 2, item: 4}", "no-such-item"),
        ("{law: 残缺法, article: 1, paragraph: 2}", "no-such-paragraph"),
    ],
)
def test_what_the_catalogue_lacks_is_an_error(citation: str, code: str) -> None:
    """A citation of something that does not exist is an error at its place."""
    (problem,) = found(citation)
    assert problem.code == code
    assert problem.severity is Severity.ERROR
    assert problem.location.path == "$.rules[0].cite[0]"
    assert problem.location.line == 9


def test_a_near_law_is_named() -> None:
    """A misspelt law is shown with those that were perhaps meant."""
    (problem,) = found("{law: 示列法, article: 1}")
    assert problem.details["near_names"] == "示例法"


def test_each_citation_has_its_own_place() -> None:
    """The same wrong citation is reported wherever it stands."""
    problems = found("{law: 示例法, article: 9}", "{law: 示例法, article: 9}")
    assert [problem.location.path for problem in problems] == [
        "$.rules[0].cite[0]",
        "$.rules[0].cite[1]",
    ]


def test_every_citation_of_a_document_is_checked() -> None:
    """Definitions, bands, first violations, duties, provisions and tiers cite too."""
    names = ("vocabulary", "violations", "ruleset")
    knowledge = load_documents([GOOD / f"{name}.yaml" for name in names])
    (ruleset,) = knowledge.rulesets
    places = {one.location.path for one in citations_of(ruleset) if one.location}
    assert places == {
        "$.first_violation.cite[0]",
        "$.bands[0].cite[0]",
        "$.define.timely.cite[0]",
        "$.rules[0].cite[0]",
        "$.rules[1].cite[0]",
        "$.rules[2].cite[0]",
        "$.duties[0].cite[0]",
        "$.duties[1].cite[0]",
    }
    cited = [
        one.location.path.removeprefix('$.violations["sample.')
        for violation in knowledge.violations.values()
        for one in citations_of_violation(violation)
        if one.location
    ]
    assert cited == [
        'expired-food"].broken[0]',
        'expired-food"].provisions[0].cite',
        'expired-food"].provisions[0].tiers[1].cite',
        'expired-food"].provisions[1].cite',
        'late-filing"].limitation.cite[0]',
        'late-filing"].provisions[0].cite',
    ]


def test_the_base_is_not_checked_again() -> None:
    """Only what was not known before is checked."""
    base = load_documents([citing("{law: 示例法, article: 9}")])
    assert check(base, CATALOGUE, base=base) == ()
    assert len(check(base, CATALOGUE)) == 1


def test_loading_comes_before_checking() -> None:
    """What cannot be loaded is reported as loading reports it."""
    problems = check_paths([document("format: 1\ndocument: nothing\n")])
    assert [problem.code for problem in problems] == ["document-unknown"]


def test_the_catalogue_of_the_library_is_the_default() -> None:
    """Without another catalogue that of the library is asked."""
    (problem,) = check_paths([citing("{law: 行政处罚法, article: 100}")])
    assert problem.code == "no-such-article"
    assert "行政处罚法" in default_catalogue()


class TestWarnings:
    """Things that load but deserve attention."""

    PLUGIN = """format: 1
document: vocabulary
id: panlong
prefix: panlong
facts:
  panlong.read: {kind: boolean, label: {zh: 甲, en: A}}
  panlong.unread: {kind: boolean, label: {zh: 乙, en: B}}
  panlong.computed: {kind: boolean, derived: panlong.computed, label: {zh: 丙, en: C}}
"""
    RULE = (
        "duties: [{id: d, text: {zh: 教育, en: educate}, on: exempt, when: [panlong.read],"
        " cite: [{law: 示例法, article: 1}]}]\n"
    )

    def test_a_package_hears_of_facts_that_nothing_reads(self) -> None:
        """A fact that a package declares and no condition reads is reported."""
        sources = [document(self.PLUGIN), document(HEAD.format(name="p") + self.RULE)]
        (problem,) = check_paths(sources, catalogue=CATALOGUE, plugin="panlong")
        assert (problem.code, problem.details["fact"]) == ("unread-fact", "panlong.unread")
        assert problem.severity is Severity.WARNING

    def test_the_core_may_declare_facts_for_others(self) -> None:
        """Facts of the core are there for packages, so nobody is warned."""
        assert check_paths([document(self.PLUGIN)], catalogue=CATALOGUE) == ()

    def test_every_use_of_a_fact_counts(self) -> None:
        """Fines, switches, elements, definitions and deadlines read facts."""
        text = (
            self.PLUGIN
            + """  panlong.base: {kind: money, label: {zh: 丁, en: D}}
  panlong.day: {kind: date, label: {zh: 戊, en: E}}
  panlong.element: {kind: boolean, label: {zh: 己, en: F}}
"""
        )
        violations = """format: 1
document: violations
id: v
violations:
  v.one:
    title: {zh: 甲, en: A}
    department: tax
    field: tax
    elements: [panlong.element]
    provisions:
      - id: "1"
        cite: {law: 示例法, article: 1}
        tiers: [{id: a, when: [panlong.unread], fine: {min: 1, times: panlong.base}}]
        kinds: [{kind: revocation, when: [panlong.read]}]
        checked: today
"""
        duty = self.RULE.replace(
            "on: exempt", "on: exempt, deadline: {days: 3, after: panlong.day}"
        )
        sources = [document(text), document(violations), document(HEAD.format(name="p") + duty)]
        assert check_paths(sources, catalogue=CATALOGUE, plugin="panlong") == ()

    def test_a_violation_without_provision_is_named(self) -> None:
        """Without a provision there is no fine to compute."""
        text = (
            "format: 1\ndocument: violations\nid: v\nviolations:\n"
            "  v.one: {title: {zh: 甲, en: A}, department: tax, field: tax}\n"
        )
        (problem,) = check_paths([document(text)], catalogue=CATALOGUE)
        assert (problem.code, problem.location.line) == ("no-provision", 5)

    def test_a_reason_stands_for_the_provision(self) -> None:
        """Where the entry says why it has no provision there is nothing to warn of."""
        text = (
            "format: 1\ndocument: violations\nid: v\nviolations:\n"
            "  v.one: {title: {zh: 甲, en: A}, department: tax, field: tax,"
            " no_provision: {zh: 尚未查录, en: not looked up}}\n"
        )
        assert check_paths([document(text)], catalogue=CATALOGUE) == ()


SMALL = FactTest(("goods_value",), Op.BELOW, Money(500))
LARGE = FactTest(("goods_value",), Op.AT_LEAST, Money(500))
SOLD = FactTest(("sold",), Op.IS, True)


@pytest.mark.parametrize(
    ("condition", "fact"),
    [
        (AllOf((SMALL, LARGE)), "goods_value"),
        (AllOf((SMALL, AllOf((SOLD, LARGE)))), "goods_value"),
        (AllOf((SOLD, Not(SOLD))), "sold"),
        (AllOf((attrs.evolve(SOLD, operand=False), SOLD)), "sold"),
        (AllOf((SMALL, AnyOf((LARGE, SOLD)))), None),
        (AllOf((SMALL, Not(LARGE))), None),
        (AllOf((SMALL, SOLD)), None),
        (AnyOf((SMALL, LARGE)), None),
        (SMALL, None),
    ],
)
def test_a_condition_that_excludes_itself_is_seen(condition: Condition, fact: str | None) -> None:
    """What every case must meet is compared fact by fact; alternatives are left aside."""
    assert impossible_fact(condition, VOCABULARY) == fact


def test_nothing_is_to_be_said_of_nothing() -> None:
    """Empty knowledge has no problems."""
    assert check(Knowledge(), CATALOGUE) == ()
