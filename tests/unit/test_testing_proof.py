"""What golden cases show of rules."""

import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest

from bizrules._tree import Document
from bizrules._yaml import read_bytes
from bizrules.cases import Case, FactInput
from bizrules.conditions import (
    ALWAYS,
    AllOf,
    Condition,
    Op,
    Share,
)
from bizrules.engine import Engine, default_engine
from bizrules.loading import Expect, ExpectMatter, GoldenCase, GoldenMatter, load_golden
from bizrules.penalties import Grade
from bizrules.rules import Rule
from bizrules.testing import (
    GoldenResult,
    Proof,
    Suggestions,
    prove,
    run_goldens,
    run_matters,
    suggest,
)
from bizrules.testing._proof import (
    PARTS,
    Shows,
    junit_text,
    proof_data,
    proof_page,
    suggestion_text,
)
from bizrules.testing._proof._forms import form_of
from bizrules.testing._proof._points import Count
from bizrules.values import Money
from cli.running import small_knowledge
from property.worlds import check, engine, is_true, rule
from strategies import text

ENGINE = Engine(knowledge=small_knowledge())
EXPECTED = Expect()
STALL = Case(
    id="stall",
    region="530103",
    violation="stall.street",
    committed="2022-03-01",
    decided="2022-05-20",
)
A, B, C = is_true("sold"), is_true("minor"), is_true("recalled")


def ruled(condition: Condition) -> Rule:
    """A rule with the condition."""
    return rule("r", Grade.EXEMPT, condition)


def golden(name: str, **facts: FactInput) -> GoldenCase:
    """A golden case about a stall that expects something."""
    case = attrs.evolve(STALL, id=name, facts=facts)
    return GoldenCase(case=case, expect=EXPECTED)


def shown(*goldens: GoldenCase, ruleset: str = "small.district") -> Proof:
    """What golden cases show of a ruleset."""
    return prove(ENGINE, run_goldens(ENGINE, goldens), rulesets=[ruleset])


def told(proof: Proof) -> set[str]:
    """What is shown, in words."""
    return {one.point.text.en for one in proof.points if one.by}


def lacking(proof: Proof) -> set[str]:
    """What is missing, in words."""
    return {one.point.text.en for one in proof.missing}


CHEAP = "“value of the goods: less than 500 yuan”"
HELD = golden("held", harm="slight", corrected=True, goods_value=Money(49_999))


class TestProving:
    """What counts as shown."""

    def test_a_rule_that_holds(self) -> None:
        """A case in which a rule holds shows that, its conditions, and the borders it lies at."""
        found = told(shown(HELD))
        assert found == {
            "“a small stall” applies",
            "“harm: ‘none at all’ or ‘slight’” is met, and that decides",
            "border case: harm slight, which just meets “harm: ‘none at all’ or ‘slight’”",
            "“corrected” is met, and that decides",
            "“value of the goods: less than 500 yuan” is met, and that decides",
            f"border case: value of the goods 499.99 yuan, which just meets {CHEAP}",
        }

    def test_a_rule_that_fails_for_one_reason(self) -> None:
        """A case in which one condition is not met shows that it decides, and nothing of others."""
        one = golden("fails", harm="none", corrected=True, goods_value=Money(50_000))
        assert told(shown(one)) == {
            "“a small stall” does not apply",
            "“value of the goods: less than 500 yuan” is not met, and that decides",
            f"border case: value of the goods 500 yuan, which just misses {CHEAP}",
        }

    def test_a_border_where_nothing_is_decided(self) -> None:
        """A case at a border shows it only where the condition decides: here another one does."""
        for value in (Money(49_999), Money(50_000)):
            one = golden("fails", harm="none", corrected=False, goods_value=value)
            assert not {text for text in told(shown(one)) if text.startswith("border case")}

    def test_two_reasons_decide_nothing(self) -> None:
        """Where two conditions fail, neither of them decides."""
        one = golden("fails", harm="none", corrected=False, goods_value=Money(90_000))
        assert told(shown(one)) == {"“a small stall” does not apply"}

    @pytest.mark.parametrize(
        "one",
        [
            attrs.evolve(HELD, expect=None),
            attrs.evolve(HELD, expect=Expect(settled=True, no_grade=True)),
            golden("open", harm="none", corrected=True),
            attrs.evolve(HELD, case=attrs.evolve(HELD.case, committed=None, decided="2019-05-01")),
            attrs.evolve(HELD, case=attrs.evolve(HELD.case, region="110000")),
        ],
    )
    def test_what_shows_nothing(self, one: GoldenCase) -> None:
        """Nothing is shown by a case that expects nothing, fails, is open, or lies elsewhere."""
        proof = shown(one)
        assert not told(proof)
        assert proof.count().shown == 0

    def test_the_second_axis(self) -> None:
        """Rules about measures are shown by cases with measures."""
        bare = golden("bare", minor=True)
        seized = attrs.evolve(bare, case=attrs.evolve(bare.case, measures=["seizure"]))
        assert "“no seizure” applies" not in told(shown(bare))
        assert "“no seizure” applies" in told(shown(seized))

    def test_matters(self) -> None:
        """Every case of a golden matter that comes out as expected shows what it does alone."""
        matter = GoldenMatter(id="m", cases=(HELD.case,), expect=ExpectMatter())
        results = run_matters(ENGINE, [matter, attrs.evolve(matter, id="n", expect=None)])
        proof = prove(ENGINE, results, rulesets=["small.district"])
        assert told(proof) == told(shown(HELD))
        assert {name for one in proof.points for name in one.by} == {"m"}

    def test_counts(self) -> None:
        """The points of rules, conditions and borders are counted apart and together."""
        proof = shown(HELD)
        assert [proof.count(part) for part in PARTS] == [
            Count(shown=1, total=6),
            Count(shown=3, total=10),
            Count(shown=2, total=4),
        ]
        assert proof.count().percent == "30.0"
        assert Count(shown=1999, total=2000).percent == "99.9"
        assert Count().share == Fraction(1)

    def test_cases_are_named(self) -> None:
        """Every point names up to three of the cases that show it."""
        copies = [attrs.evolve(HELD, case=attrs.evolve(HELD.case, id=f"c{n}")) for n in range(5)]
        proof = shown(HELD, *copies)
        first = proof.by_subject["small.district/first"][0]
        assert first.point.shows is Shows.HOLDS
        assert first.by == ("held", "c0", "c1")
        assert proof.cases == 6

    def test_every_ruleset(self) -> None:
        """Without a choice all rulesets are looked at."""
        proof = prove(ENGINE, [])
        assert set(proof.rulesets) == {one.id for one in ENGINE.rulesets}
        assert set(proof.by_ruleset) == set(proof.rulesets)
        assert set(proof.by_subject) == set(ENGINE.rules)
        assert proof.count().shown == 0


class TestPossible:
    """Only what some case can show has to be shown."""

    @staticmethod
    def unshowable(condition: Condition) -> set[tuple[Shows, int]]:
        """What no case can show of a rule with the condition, by number of the leaf."""
        proof = prove(engine(ruled(condition)), [])
        form = form_of(condition, next(iter(proof.rules.values())))
        return {
            (one.point.shows, form.leaves.index(one.point.leaf) if one.point.leaf else -1)
            for one in proof.points
            if not one.possible
        }

    def test_a_rule_without_conditions(self) -> None:
        """What always holds never fails."""
        assert self.unshowable(ALWAYS) == {(Shows.FAILS, -1)}

    def test_a_condition_within_another(self) -> None:
        """A limit within a narrower one never decides against the rule."""
        wide, narrow = (check("goods_value", Op.BELOW, Money(fen)) for fen in (50_000, 10_000))
        never = {Shows.NOT_MET, Shows.BORDER_MET, Shows.BORDER_NOT_MET}
        assert self.unshowable(AllOf((wide, narrow))) == {(shows, 0) for shows in never}

    def test_a_contradiction(self) -> None:
        """What contradicts itself never holds."""
        found = self.unshowable(AllOf((A, check("sold", Op.IS, False))))
        assert (Shows.HOLDS, -1) in found
        assert (Shows.MET, 0) in found

    def test_shares_can_be_met(self) -> None:
        """A share of another fact can be met and missed on the spot."""
        share = Share("passage_width", Fraction(1, 5))
        assert self.unshowable(check("blocked_width", Op.AT_MOST, share)) == set()


def confirmed(suggestions: Suggestions, known: Engine) -> tuple[GoldenResult, ...]:
    """The suggested cases as a person confirms them, run."""
    written = suggestion_text(suggestions.cases, "zh")
    bare = [one for each in read(written) for one in load_golden(each, known.knowledge)]
    assert all(one.expect is None for one in bare)
    lines = (re.sub(r"^    # (expect:|  )", r"    \1", line) for line in written.splitlines())
    goldens = [one for each in read("\n".join(lines)) for one in load_golden(each, known.knowledge)]
    return run_goldens(known, goldens)


def read(written: str) -> tuple[Document, ...]:
    """The documents of a text."""
    return read_bytes(written.encode(), "suggested.yaml", kind="yaml")


class TestSuggestions:
    """Every suggested case, once confirmed, closes the gaps it names."""

    @pytest.mark.parametrize("kept", range(8))
    def test_gaps_are_closed(self, kept: int) -> None:
        """Whatever golden cases there are, those suggested for the rest complete them."""
        goldens = [
            HELD,
            golden("late", harm="none", corrected=False, goods_value=100),
            golden("dear", harm="none", corrected=True, goods_value=500),
        ]
        results = run_goldens(ENGINE, [one for at, one in enumerate(goldens) if kept & 1 << at])
        proof = prove(ENGINE, results)
        found = suggest(ENGINE, proof, results)
        assert found.unreached == ()
        done = confirmed(found, ENGINE)
        assert [one.id for one in done if not one.passed or not one.counts] == []
        assert prove(ENGINE, [*results, *done]).missing == ()

    def test_each_closes_what_it_names(self) -> None:
        """A case shows what its note says, on its own."""
        proof = prove(ENGINE, [])
        found = suggest(ENGINE, proof, [])
        for one, result in zip(found.cases, confirmed(found, ENGINE), strict=True):
            alone = prove(ENGINE, [result])
            closed = {point.point.key for point in alone.points if point.by}
            assert {point.key for point in one.points} <= closed

    def test_few_facts_change(self) -> None:
        """A border is shown by the case that comes nearest, with one fact changed."""
        results = run_goldens(ENGINE, [HELD])
        proof = prove(ENGINE, results, rulesets=["small.district"])
        found = suggest(ENGINE, proof, results).cases
        dear = next(one for one in found if "500 yuan" in one.points[0].text.en)
        assert dear.origin == "held"
        assert [change.en for change in dear.changed] == ["value of the goods: 500 yuan"]
        assert dear.case.facts == {**HELD.case.facts, "goods_value": Money(50_000)}

    def test_ids_are_new(self) -> None:
        """No suggested case has the id of a golden case, or of another."""
        taken = attrs.evolve(HELD, case=attrs.evolve(HELD.case, id="small.district-first-1"))
        results = run_goldens(ENGINE, [taken])
        found = suggest(ENGINE, prove(ENGINE, results), results)
        names = [one.case.id for one in found.cases] + [taken.case.id]
        assert len(set(names)) == len(names)

    def test_what_cannot_be_reached_is_told(self) -> None:
        """A rule that is never law in any case is named, and no case is made up for it."""
        never = attrs.evolve(ruled(A), departments=frozenset({"nobody"}))
        known = engine(never)
        proof = prove(known, [])
        found = suggest(known, proof, [])
        assert found.cases == ()
        assert {one.subject for one in found.unreached} == {never.id}

    def test_notes_say_what_is_shown(self) -> None:
        """Above each case stands its rule, what it shows and how it came about, one line each."""
        results = run_goldens(ENGINE, [HELD])
        found = suggest(ENGINE, prove(ENGINE, results, rulesets=["small.district"]), results)
        written = suggestion_text(found.cases[:1], "en")
        assert "  # Rule “a small stall” (small.district/first)\n" in written
        assert "  # Shows: “a small stall” does not apply\n" in written
        assert "  # Golden case held with this changed: " in written
        built = suggest(ENGINE, prove(ENGINE, [], rulesets=["small.district"]), [])
        assert "  # Built from the rule" in suggestion_text(built.cases, "en")


TEST_CASE = {"name", "classname", "file", "line"}
SUITE = {"name", "tests", "failures", "errors", "skipped"}
TOLD = {"message", "type"}


def parsed(written: str) -> ET.Element:
    """The document, with no attribute that CI servers do not know."""
    root = ET.fromstring(written)  # noqa: S314 - written by the library itself
    assert root.tag == "testsuites"
    assert set(root.attrib) == {"name", "tests", "failures", "errors"}
    for suite in root:
        assert (suite.tag, set(suite.attrib)) == ("testsuite", SUITE)
        for one in suite:
            assert one.tag == "testcase"
            assert {"name", "classname"} <= set(one.attrib) <= TEST_CASE
            assert all(told.tag in ("failure", "error", "skipped") for told in one)
            assert all({"message"} <= set(told.attrib) <= TOLD for told in one)
    return root


class TestJUnit:
    """What CI servers read."""

    def test_every_golden_case_and_every_rule(self) -> None:
        """One suite has a test for each golden case, the other one for each rule."""
        late = attrs.evolve(HELD, expect=Expect(grade=Grade.HEAVIER))
        results = run_goldens(ENGINE, [HELD, attrs.evolve(late, case=STALL)])
        proof = prove(ENGINE, results, rulesets=["small.district"])
        root = parsed(junit_text(results, "en", proof=proof))
        cases, rules = root
        assert [one.get("name") for one in cases] == ["held", "stall"]
        assert [one.get("name") for one in rules] == list(proof.rules)
        failure = cases[1].find("failure")
        assert failure is not None
        assert str(failure.text).startswith("grade: expected heavier, found open")
        assert failure.get("message") == str(failure.text).partition("\n")[0]
        assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("5", "1", "0")
        assert [one.get("skipped") for one in root] == ["0", "3"]

    def test_too_little_shown_fails(self) -> None:
        """Rules of which something is missing fail where less is shown than was asked for."""
        proof = shown(HELD)
        rules = parsed(junit_text([], "zh", proof=proof, enough=False))[1]
        failures = [one.find("failure") for one in rules]
        assert all(one is not None and one.get("type") == "coverage" for one in failures)
        assert rules.get("failures") == "3"
        assert failures[0] is not None
        assert failures[0].get("message") == "应验证12项，已验证6项"

    def test_what_is_complete_passes(self) -> None:
        """A rule of which everything is shown is a test without remarks."""
        proof = prove(ENGINE, [], rulesets=["small.district"])
        done = confirmed(suggest(ENGINE, proof, []), ENGINE)
        root = parsed(
            junit_text(done, "en", proof=prove(ENGINE, done, rulesets=["small.district"]))
        )
        assert [len(one) for suite in root for one in suite] == [0] * (len(done) + 3)

    def test_what_could_not_be_run(self) -> None:
        """Cases that could not be run are errors; what XML has no form for is replaced."""
        root = parsed(junit_text([], "en", broken=[("bad\x07", "first <&>\nsecond")]))
        (case,) = root[0]
        assert case.get("name") == "bad\ufffd"
        error = case.find("error")
        assert error is not None
        assert (error.get("message"), error.text) == ("first <&>", "first <&>\nsecond")


class Seen(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        """Read the page."""
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it, and whether it has to be closed; nothing may point elsewhere."""
        assert not {"src", "href", "onclick"} & {name for name, _ in attrs}
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Tags close in order."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note it."""
        self.texts.append(data.strip())


class TestPage:
    """The page that an officer reads."""

    def test_missing_things_come_first(self) -> None:
        """What is missing stands before the list of everything, each with its place."""
        proof = shown(HELD)
        seen = Seen(proof_page(proof, "zh"))
        assert seen.open == []
        assert "script" not in seen.tags
        headings = [one for one in seen.texts if one.startswith(("尚未验证", "全部验证点"))]
        assert headings == ["尚未验证（14项）", "全部验证点"]
        missing = seen.texts[: seen.texts.index("全部验证点")]
        assert "✗ “轻微占道”不成立" in missing
        assert any(re.search(r"district\.yaml:[0-9]+:[0-9]+$", one) for one in missing)
        assert "✓ “轻微占道”成立" not in missing
        assert "✓ “轻微占道”成立" in seen.texts
        assert "（案例：held）" in seen.texts

    def test_nothing_is_missing(self) -> None:
        """A page without gaps says so, and what cannot be shown is told apart."""
        known = engine(ruled(ALWAYS))
        proof = prove(known, [])
        done = confirmed(suggest(known, proof, []), known)
        seen = Seen(proof_page(prove(known, done), "en"))
        assert "Everything that can be shown is shown." in seen.texts
        assert "Cannot be shown: 1" in seen.texts
        assert any(re.fullmatch("– “.*” does not apply", one) for one in seen.texts)

    def test_texts_are_escaped(self) -> None:
        """Names that look like markup are text."""
        evil = attrs.evolve(ruled(A), title=text("<script>alert(1)</script>"))
        failed = run_goldens(ENGINE, [attrs.evolve(HELD, expect=Expect(grade=Grade.HEAVIER))])
        named = attrs.evolve(
            failed[0], golden=attrs.evolve(HELD, case=attrs.evolve(STALL, id="<b>&"))
        )
        seen = Seen(proof_page(prove(engine(evil), []), "en", failed=[named]))
        assert "script" not in seen.tags
        assert "b" not in seen.tags
        assert "<b>&" in seen.texts
        assert any(one.startswith("grade: expected heavier, found open") for one in seen.texts)
        assert any("<script>alert(1)</script>" in one for one in seen.texts)


def test_plain_data() -> None:
    """The data say for every point what it is, where it stands and which cases show it."""
    found: Any = json.loads(json.dumps(proof_data(shown(HELD), "en")))
    assert (found["cases"], found["percent"]) == (1, 30.0)
    assert found["parts"]["borders"] == {"shown": 2, "total": 4, "percent": 50.0}
    first = found["rules"][0]
    assert (first["rule"], first["ruleset"]) == ("small.district/first", "small.district")
    assert first["points"][0] == {
        "shows": "holds",
        "part": "rules",
        "text": "“a small stall” applies",
        "location": None,
        "path": None,
        "possible": True,
        "shown": True,
        "by": ["held"],
    }
    assert first["points"][2]["path"] == "$.rules[0].when[0].harm.at_most"


def test_shared_conditions_are_one_point() -> None:
    """A condition of the preamble is written once, and any of the rules may show it."""
    proof = prove(default_engine(), [], rulesets=["yunnan.fire-2024"])
    shared = proof.by_subject["yunnan.fire-2024"]
    assert len(shared) == 10
    assert {len(one.point.rules) for one in shared} == {7}
    found: Any = proof_data(proof, "en")["rules"]
    assert [one["ruleset"] for one in found if one["rule"] is None] == ["yunnan.fire-2024"]


@pytest.mark.parametrize(
    "ruleset",
    ["national.penalty-law", "national.compulsion-law", "yunnan.fire-2024", "shanghai.fire"],
)
def test_real_rules_can_be_shown_from_nothing(ruleset: str) -> None:
    """Without any golden case, the cases built from the rules of a ruleset show all of it."""
    known = default_engine()
    proof = prove(known, [], rulesets=[ruleset])
    found = suggest(known, proof, [])
    assert [(one.subject, one.text.en) for one in found.unreached] == []
    done = confirmed(found, known)
    assert [one.id for one in done if not one.passed] == []
    assert prove(known, done, rulesets=[ruleset]).missing == ()
