"""Documents become the model, linked with one another."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules._tree import Document
from bizrules._yaml import read_file, read_yaml
from bizrules.cases import Act, Case, Party, PartyKind, Prior, Priors
from bizrules.conditions import ALWAYS, AllOf, Condition, Defined, Not, Op, facts_read
from bizrules.conditions import Test as FactTest
from bizrules.errors import CaseError, DocumentError, Problem
from bizrules.facts import Vocabulary
from bizrules.history import Anchor, Area, Identity, PriorResult, Window, WindowUnit
from bizrules.loading import (
    Expect,
    ExpectedFine,
    ExpectedLaw,
    Knowledge,
    case_from_plain,
    case_to_plain,
    check_case,
    default_regions,
    load_cases,
    load_documents,
    load_each_case,
    load_golden,
    load_ruleset,
    load_violations,
    load_vocabulary,
)
from bizrules.outcomes import FineState, LawBasis, LawChoice, Verdict
from bizrules.penalties import Band, Grade, Modality, PenaltyKind, Shape
from bizrules.provenance import InstrumentKind, NormLevel, Status, Text
from bizrules.rules import (
    Axis,
    CalendarKind,
    Combination,
    Deadline,
    Ground,
    Measure,
    Rule,
    Violation,
)
from bizrules.values import DateSpan, Interval, Money
from strategies import VOCABULARY, cases, priors

GOOD = Path(__file__).parents[1] / "documents" / "good"
NAMES = ("vocabulary", "violations", "ruleset", "golden", "shapes")
MINOR = "facts: {minor: {kind: boolean, label: {zh: 轻微, en: minor}}}"


HEAD = """format: 1
document: ruleset
id: {name}
version: "1"
title: {{zh: 规则集, en: ruleset}}
region: {region}
instrument: {{name: 示例, level: rule, kind: illustration}}
{head}
{body}
"""


def document(text: str, name: str = "test.yaml") -> Document:
    """The YAML text as a document."""
    return read_yaml(text.encode(), name)


def vocabulary(text: str = MINOR, *, name: str = "facts") -> Document:
    """A vocabulary with what the text declares."""
    return document(f"format: 1\ndocument: vocabulary\nid: {name}\n{text}\n", f"{name}.yaml")


def ruleset(name: str, body: str = "", region: str = "national", head: str = "") -> Document:
    """A ruleset with the body under its head."""
    return document(HEAD.format(name=name, region=region, head=head, body=body), f"{name}.yaml")


def rules(*entries: str) -> str:
    """Rules with the given keys beside the required ones."""
    text = "rules:\n"
    for number, entry in enumerate(entries, 1):
        text += (
            f"  - {{id: r{number}, title: {{zh: 条目, en: entry}}, ground: listed, modality: may,"
            f" cite: [{{law: 行政处罚法, article: 33}}], {entry}}}\n"
        )
    return text


def only_rule(knowledge: Knowledge, name: str) -> Rule:
    """The single rule of a ruleset."""
    (found,) = (one.rules[0] for one in knowledge.rulesets if one.id == name)
    return found


def problems(
    *documents: Document, base: Knowledge | None = None, plugin: str = "bizrules"
) -> list[Problem]:
    """What loading refuses."""
    with pytest.raises(DocumentError) as caught:
        load_documents(documents, base=base, plugin=plugin)
    return list(caught.value.problems)


def codes(found: list[Problem]) -> list[str]:
    """The codes of problems."""
    return [problem.code for problem in found]


@pytest.fixture(scope="module")
def good() -> Knowledge:
    """Everything that the good documents declare."""
    return load_documents([GOOD / f"{name}.yaml" for name in NAMES])


class TestVocabularies:
    """Facts and groups."""

    def test_a_fact_has_all_its_parts(self, good: Knowledge) -> None:
        """Everything written about a fact is in its declaration."""
        fact = good.vocabulary["penalised_within_year"]
        assert fact.question is not None
        assert fact.evidence is not None
        assert [one.value for one in fact.answered_by] == ["officer", "register"]
        assert fact.group == "aggravation"
        assert fact.location is not None
        assert fact.location.source.endswith("vocabulary.yaml")

    def test_choices_keep_their_order(self, good: Knowledge) -> None:
        """The choices of a level are numbered from the lowest."""
        assert dict(good.vocabulary["harm"].ranks) == {"none": 0, "slight": 1, "serious": 2}

    def test_a_cure_names_a_value(self, good: Knowledge) -> None:
        """The value that can be reached is kept as documents write it."""
        cure = good.vocabulary["undertaking"].cure
        assert cure is not None
        assert cure.to == "true"

    def test_a_group_may_be_declared_in_another_document(self) -> None:
        """The order of vocabularies has no meaning for groups."""
        one = vocabulary(MINOR.replace("boolean", "boolean, group: fault"), name="one")
        two = vocabulary("groups: {fault: {zh: 过错, en: fault}}", name="two")
        assert load_documents([one, two]).vocabulary["minor"].group == "fault"

    def test_a_package_needs_a_prefix(self) -> None:
        """Outside the core a vocabulary without prefix is refused."""
        assert codes(problems(vocabulary(), plugin="panlong")) == ["missing-key"]

    def test_a_package_declares_under_its_prefix(self) -> None:
        """Facts of a package carry its prefix."""
        text = "prefix: panlong\n" + MINOR.replace("minor:", "panlong.minor:")
        found = load_documents([vocabulary(text)], plugin="panlong")
        assert "panlong.minor" in found.vocabulary

    def test_one_vocabulary_alone(self) -> None:
        """A single vocabulary is read on top of another."""
        found = load_vocabulary(vocabulary(), base=Vocabulary({}))
        assert list(found.facts) == ["minor"]

    def test_other_faults_wait_for_the_facts(self) -> None:
        """Without all facts conditions are not judged, but shapes are."""
        broken = vocabulary("facts: {minor: {kind: flag, label: {zh: 甲, en: A}}}")
        other = ruleset("r", rules("permits: [exempt], when: [minor], more: 1"))
        assert codes(problems(broken, other)) == ["not-in-choices", "unknown-key"]


class TestViolations:
    """The violation catalogue."""

    def test_a_violation_has_all_its_parts(self, good: Knowledge) -> None:
        """Norms broken and provisions in their versions are read."""
        found = good.violations["sample.expired-food"]
        assert found.department == "market_regulation"
        assert found.broken[0].article == "34"
        assert found.broken[0].item == 10
        assert found.broken[0].location is not None
        assert [one.in_force for one in found.provisions] == [
            Interval(date(2015, 10, 1), date(2030, 1, 1), date(2029, 6, 28)),
            Interval(date(2030, 1, 1)),
        ]

    def test_amounts_are_exact(self, good: Knowledge) -> None:
        """Yuan become fen, times stay times, percent become a share."""
        small, large = good.violations["sample.expired-food"].provisions[0].tiers
        (all_,) = good.violations["sample.expired-food"].provisions[1].tiers
        assert small.fine is not None
        assert (small.fine.low, small.fine.high) == (Fraction(5000000), Fraction(10000000))
        assert large.fine is not None
        assert (large.fine.low, large.fine.base) == (Fraction(10), "goods_value")
        assert large.fine.base_floor == 1000000
        assert all_.fine is not None
        assert (all_.fine.low, all_.fine.high) == (Fraction(1, 100), Fraction(55, 1000))

    def test_a_fine_may_come_only_after_an_order(self, good: Knowledge) -> None:
        """The condition before which there is no fine is read; an empty list is none."""
        late, food = (good.violations[f"sample.{n}"] for n in ("late-filing", "expired-food"))
        assert facts_read(late.provisions[0].only_after) == {"corrected"}
        assert food.provisions[0].only_after == ALWAYS
        assert late.limitation is not None
        assert late.limitation.months == 60

    def test_national_definitions_are_visible(self) -> None:
        """The switch of a tier may use a definition of a national ruleset."""
        text = """format: 1
document: violations
id: v
violations:
  v.one:
    title: {zh: 甲, en: A}
    department: tax
    field: tax
    provisions:
      - {id: "1", cite: {law: 税收征收管理法, article: 62}, tiers: [{id: a, when: [light]}]}
"""
        define = "define: {light: {label: {zh: 轻, en: light}, when: [minor]}}"
        found = load_documents([document(text), vocabulary(), ruleset("r", define)])
        tier = found.violations["v.one"].provisions[0].tiers[0]
        assert isinstance(tier.when, Defined)
        assert tier.when.name == "r#light"

    def test_a_violation_that_cannot_be_read_is_still_known(self) -> None:
        """A fault in one violation is reported once, not again by every rule about it."""
        text = "format: 1\ndocument: violations\nid: v\nviolations: {v.one: {title: {zh: 甲}}}\n"
        body = rules("permits: [exempt], violations: [v.one]")
        found = problems(document(text), ruleset("r", body))
        assert set(codes(found)) == {"missing-key"}

    def test_one_catalogue_alone(self, good: Knowledge) -> None:
        """A single catalogue yields only its own violations."""
        text = (
            "format: 1\ndocument: violations\nid: more\nviolations:\n"
            "  more.one: {title: {zh: 甲, en: A}, department: tax, field: tax}\n"
        )
        assert list(load_violations(document(text), good)) == ["more.one"]


class TestRulesets:
    """What stands at the head of a ruleset."""

    def test_the_head_has_all_its_parts(self, good: Knowledge) -> None:
        """Every key of the head is read."""
        found = next(one for one in good.rulesets if one.id == "sample.list")
        assert found.region == "530103"
        assert found.instrument.level is NormLevel.DOCUMENT
        assert found.instrument.kind is InstrumentKind.ILLUSTRATION
        assert found.in_force == Interval(date(2022, 1, 1), date(2027, 1, 1))
        assert found.published == date(2021, 12, 20)
        assert found.checked_on == date(2022, 2, 1)
        assert found.supplements
        assert found.combination is Combination.CONTEST
        assert found.status is Status.ILLUSTRATION
        assert list(found.lists) == ["exempt", "heavier", "no_compulsion"]
        assert found.plugin == "bizrules"
        assert found.batches[0].published == date(2021, 12, 1)
        assert found.batches[0].counts == {"exempt": 2, "heavier": 1}

    def test_a_first_violation_is_defined(self, good: Knowledge) -> None:
        """The definition of a first violation names its ruleset."""
        found = next(one for one in good.rulesets if one.id == "sample.list").first_violation
        assert found is not None
        assert found.window == Window(24, WindowUnit.MONTHS)
        assert found.ruleset == "sample.list"
        assert found.identity is Identity.FIELD
        assert found.area is Area.PREFECTURE
        assert found.anchor is Anchor.COMMITTED
        assert found.results == frozenset(PriorResult) - {PriorResult.EXEMPTED}

    def test_bands_are_exact(self, good: Knowledge) -> None:
        """Bands are shares of the span with open or closed ends."""
        (table,) = next(one for one in good.rulesets if one.id == "sample.list").bands
        assert table.shapes == {Shape.RANGE}
        assert table.bands[Grade.LIGHTER] == Band(low=Fraction(0), high=Fraction(3, 10))
        assert table.bands[Grade.HEAVIER].low == Fraction(2, 3)

    def test_national_is_the_whole_country(self, good: Knowledge) -> None:
        """The word `national` is the code of the whole country."""
        assert next(one for one in good.rulesets if one.id == "sample.shapes").region == "000000"

    def test_rulesets_are_sorted(self, good: Knowledge) -> None:
        """Rulesets come in the order of their ids."""
        ids = [one.id for one in good.rulesets]
        assert ids == sorted(ids)

    def test_the_digest_is_that_of_the_content(self) -> None:
        """Comments and the order of keys do not count, content does."""
        body = rules("permits: [exempt], when: [minor]")
        first = load_documents([vocabulary(), ruleset("r", body)])
        second = load_documents([vocabulary(), ruleset("r", f"# a comment\n{body}")])
        third = load_documents([vocabulary(), ruleset("r", body.replace("33", "32"))])
        digests = [one.rulesets[0].digest for one in (first, second, third)]
        assert digests[0] == digests[1] != digests[2]
        assert first.digests == {"facts": first.digests["facts"], "r": digests[0]}

    def test_one_ruleset_alone(self, good: Knowledge) -> None:
        """A single ruleset is linked with what is known."""
        found = load_ruleset(ruleset("more", rules("permits: [exempt], when: [minor]")), good)
        assert found.id == "more"

    def test_a_fault_in_one_rule_does_not_hide_the_next(self) -> None:
        """Every rule is read on its own."""
        body = rules(
            "permits: [exempt], when: [minr]", "permits: [exempt], wen: [x]", "when: [minor]"
        )
        found = problems(vocabulary(), ruleset("r", body))
        assert codes(found) == ["unknown-fact", "unknown-key", "missing-key"]


class TestRules:
    """Rules and duties."""

    def test_a_rule_has_all_its_parts(self, good: Knowledge) -> None:
        """Every key of a rule is read."""
        rule = next(r for one in good.rulesets for r in one.rules if r.id.endswith("首违1"))
        assert rule.id == "sample.list/首违1"
        assert rule.ruleset == "sample.list"
        assert rule.permits == (Grade.EXEMPT, Grade.LIGHTER)
        assert rule.ground is Ground.FIRST
        assert rule.modality is Modality.MAY
        assert rule.violations == frozenset({"sample.expired-food"})
        assert rule.effect.waives == {PenaltyKind.FINE, PenaltyKind.WARNING}
        assert rule.effect.fine is not None
        assert rule.effect.fine.band == Band(low=Fraction(0), high=Fraction(1, 5))
        assert rule.citations[0].sentence == 2
        assert rule.entry == "3"
        assert rule.location is not None
        assert rule.location.path == "$.rules[0]"

    def test_a_rule_inherits_from_its_ruleset(self, good: Knowledge) -> None:
        """Rank, region, publication, department and missing ends of validity come from above."""
        rule = next(r for one in good.rulesets for r in one.rules if r.id.endswith("首违1"))
        assert rule.level is NormLevel.DOCUMENT
        assert rule.region == "530103"
        assert rule.published == date(2021, 12, 20)
        assert rule.in_force == Interval(date(2022, 5, 1), date(2027, 1, 1))
        other = next(r for one in good.rulesets for r in one.rules if r.id.endswith("heavier-1"))
        assert other.departments == frozenset({"market_regulation"})
        assert other.status is Status.ILLUSTRATION
        assert other.permits == (Grade.HEAVIER,)
        assert other.effect.fine is not None
        assert (other.effect.fine.low, other.effect.fine.high) == (6000000, 10000000)

    def test_a_list_of_no_compulsion_is_the_second_axis(self, good: Knowledge) -> None:
        """A rule on such a list permits no grade and names its measures."""
        rule = next(r for one in good.rulesets for r in one.rules if r.id.endswith("nc-1"))
        assert rule.axis is Axis.COMPULSION
        assert rule.permits == ()
        assert rule.measures == frozenset({Measure.SEALING, Measure.SEIZURE})

    def test_preamble_and_exclusions_are_in_the_condition(self, good: Knowledge) -> None:
        """The condition of a rule is complete: preamble, conditions, exclusions, judgement."""
        rule = next(r for one in good.rulesets for r in one.rules if r.id.endswith("heavier-1"))
        assert isinstance(rule.condition, AllOf)
        *wanted, excluded = rule.condition.parts
        assert facts_read(AllOf(tuple(wanted))) == {"minor", "evidence_destroyed"}
        assert isinstance(excluded, Not)
        assert facts_read(excluded) == {"dishonest_listed"}

    def test_what_could_not_be_expressed_is_judged(self, good: Knowledge) -> None:
        """Such a rule waits for a judgement that nothing else can settle."""
        name = "sample.list/首违1#unexpressed"
        fact = good.vocabulary[name]
        assert fact.judgement
        assert fact.label == Text(zh="其他应当综合考虑的情形", en="other matters to be weighed")
        assert fact.question is not None
        assert "其他应当综合考虑的情形" in fact.question.zh
        rule = next(r for one in good.rulesets for r in one.rules if r.id.endswith("首违1"))
        assert isinstance(rule.condition, AllOf)
        assert rule.condition.parts[-1] == FactTest((name,), Op.IS, True)

    def test_a_rule_of_nothing_but_a_judgement(self) -> None:
        """A rule that could not be expressed at all holds when a person says so."""
        text = "unexpressed: [{text: {zh: 甲, en: A}, reason: {zh: 乙, en: B}}]"
        found = load_documents([ruleset("r", rules(f"permits: [exempt], {text}"))])
        condition = only_rule(found, "r").condition
        assert facts_read(condition) == {"r/r1#unexpressed"}

    def test_duties_have_deadlines(self, good: Knowledge) -> None:
        """Working days, calendar days and the date from which they run."""
        ruleset_ = next(one for one in good.rulesets if one.id == "sample.list")
        educate, recheck = ruleset_.duties
        assert educate.deadline is not None
        assert educate.deadline.kind is CalendarKind.WORKING
        assert educate.deadline.length == 7
        assert educate.grounds == {Ground.FIRST, Ground.MINOR}
        assert educate.departments == frozenset({"market_regulation"})
        assert recheck.deadline is not None
        assert (recheck.deadline.anchor, recheck.deadline.hours) == ("acted_on", False)
        assert recheck.in_force == ruleset_.in_force

    def test_hours_are_no_days(self) -> None:
        """A period in hours says so."""
        body = (
            "duties: [{id: d, text: {zh: 甲, en: A}, on: always,"
            " cite: [{law: 行政处罚法, article: 33}], deadline: {hours: 24, after: filed}}]"
        )
        deadline = load_documents([ruleset("r", body)]).rulesets[0].duties[0].deadline
        assert deadline is not None
        assert (deadline.length, deadline.hours) == (24, True)
        assert not deadline.waits

    def test_months_and_waiting(self) -> None:
        """A period may be of months, and the act may have to wait until it is over."""
        body = (
            "duties: [{id: d, text: {zh: 甲, en: A}, on: exempt, except_grounds: [not_established],"
            " cite: [{law: 行政处罚法, article: 33}],"
            " deadline: {months: 3, after: filed, waits: true}}]"
        )
        duty = load_documents([ruleset("r", body)]).rulesets[0].duties[0]
        assert duty.except_grounds == {Ground.NOT_ESTABLISHED}
        assert duty.deadline == Deadline(
            length=3, kind=CalendarKind.MONTHS, anchor="filed", waits=True
        )

    @pytest.mark.parametrize(
        ("fine", "field", "value"),
        [
            ("{amount: 500.50}", "amount", 50050),
            ("{high: 500}", "high", 50000),
            ("{floor: 0.1}", "floor", Fraction(1, 10)),
        ],
    )
    def test_a_rule_may_fix_the_fine(self, fine: str, field: str, value: object) -> None:
        """Amounts are in fen, floors are exact shares."""
        text = f"permits: [mitigated], effect: {{fine: {fine}}}"
        effect = only_rule(load_documents([ruleset("r", rules(text))]), "r").effect
        assert effect.fine is not None
        assert getattr(effect.fine, field) == value


LIGHT = "define: {light: {label: {zh: 轻, en: light}, when: [%s]}}"
USES_LIGHT = rules("permits: [exempt], when: [light]")


class TestDefinitions:
    """Definitions are found from the nearest place."""

    FACTS = vocabulary(
        "facts: {a: &b {kind: boolean, label: {zh: 甲, en: A}}, b: *b, c: *b}", name="abc"
    )

    def light(self, *documents: Document) -> Condition:
        """What `light` means in the ruleset `user`."""
        found = only_rule(load_documents([self.FACTS, *documents]), "user").condition
        assert isinstance(found, Defined)
        return found

    def test_the_own_definition_comes_first(self) -> None:
        """A ruleset's own definition wins over those above it."""
        own = ruleset("user", LIGHT % "a" + "\n" + USES_LIGHT, '"530103"')
        above = ruleset("above", LIGHT % "b", '"530100"')
        assert facts_read(self.light(own, above)) == {"a"}

    def test_the_nearest_superior_one_comes_next(self) -> None:
        """Without an own definition the nearest region above is asked."""
        user = ruleset("user", USES_LIGHT, '"530103"')
        city = ruleset("z.city", LIGHT % "b", '"530100"')
        province = ruleset("a.province", LIGHT % "c", '"530000"')
        found = self.light(user, province, city)
        assert facts_read(found) == {"b"}
        assert isinstance(found, Defined)
        assert found.name == "z.city#light"

    def test_another_ruleset_of_the_place_may_define(self) -> None:
        """Rulesets of one region share their definitions, the same department first."""
        user = ruleset("user", USES_LIGHT, '"530103"', head="department: tax")
        other = ruleset("a", LIGHT % "b", '"530103"', head="department: fire")
        same = ruleset("b", LIGHT % "c", '"530103"', head="department: tax")
        assert facts_read(self.light(user, other, same)) == {"c"}

    def test_a_place_beside_is_not_asked(self) -> None:
        """Definitions of another district are not in scope."""
        user = ruleset("user", USES_LIGHT, '"530103"')
        beside = ruleset("beside", LIGHT % "a", '"530102"')
        assert codes(problems(self.FACTS, user, beside)) == ["unknown-fact"]

    def test_a_definition_of_the_base_is_in_scope(self) -> None:
        """A package uses the definitions that were loaded before."""
        base = load_documents([self.FACTS, ruleset("core", LIGHT % "a")])
        user = ruleset("user", USES_LIGHT, '"530103"')
        found = load_documents([user], base=base, plugin="panlong")
        assert facts_read(only_rule(found, "user").condition) == {"a"}
        assert {one.id: one.plugin for one in found.rulesets} == {
            "core": "bizrules",
            "user": "panlong",
        }

    def test_a_new_fact_may_not_hide_a_definition(self) -> None:
        """A fact that takes the name of a definition loaded before is refused."""
        base = load_documents([self.FACTS, ruleset("core", LIGHT % "a")])
        (problem,) = problems(vocabulary(MINOR.replace("minor:", "light:")), base=base)
        assert (problem.code, problem.location.source) == ("name-clash", "facts.yaml")

    def test_a_definition_may_exclude(self) -> None:
        """A definition has conditions and exclusions."""
        define = "define: {light: {label: {zh: 轻, en: light}, when: [a], unless: [b]}}"
        found = self.light(ruleset("user", f"{define}\n{USES_LIGHT}"))
        assert facts_read(found) == {"a", "b"}

    def test_two_national_definitions_clash(self) -> None:
        """A national name means one thing."""
        found = problems(self.FACTS, ruleset("one", LIGHT % "a"), ruleset("two", LIGHT % "b"))
        assert codes(found) == ["duplicate-id"]
        assert found[0].details["first"] == "one.yaml:9:10"

    def test_a_definition_that_cannot_be_read_is_still_known(self) -> None:
        """A fault in a definition is reported once, not again where it is used."""
        define = "define: {light: {when: [a]}}"
        assert codes(problems(self.FACTS, ruleset("user", f"{define}\n{USES_LIGHT}"))) == [
            "missing-key"
        ]


class TestLinking:
    """Many documents together."""

    def test_a_duplicate_names_the_first_place_and_its_package(self) -> None:
        """The second declaration of an id says where the first one stands."""
        base = load_documents([vocabulary()], base=Knowledge())
        (problem, other) = problems(vocabulary(name="again"), vocabulary(name="facts"), base=base)[
            :2
        ]
        assert {problem.code, other.code} == {"duplicate-id"}
        assert problem.details["first"] == "facts.yaml:4:9"
        assert problem.details["owner"] == "bizrules"

    def test_what_is_passed_over_in_a_folder(self, tmp_path: Path) -> None:
        """Hidden files and folders and those of templates are passed over unless named."""
        broken = [tmp_path / name for name in (".a.yaml", ".git/a.yaml", "_old/b/c.yaml")]
        for path in broken:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("format: [", encoding="utf-8")
        assert load_documents([tmp_path]).rulesets == load_documents(()).rulesets
        for path in broken:
            with pytest.raises(DocumentError):
                load_documents([path])
        (tmp_path / "_a.yaml").write_text("format: [", encoding="utf-8")
        with pytest.raises(DocumentError):
            load_documents([tmp_path])

    def test_problems_of_all_files_come_together(self, tmp_path: Path) -> None:
        """A file that cannot be read does not hide what is wrong with the others."""
        (tmp_path / "a.yaml").write_text("format: [", encoding="utf-8")
        (tmp_path / "b.yaml").write_text("format: 1\ndocument: none\n", encoding="utf-8")
        (tmp_path / "c.yaml").write_text("format: 1\ndocument: ruleset\n", encoding="utf-8")
        with pytest.raises(DocumentError) as caught:
            load_documents([tmp_path])
        assert {Path(one.location.source).name for one in caught.value.problems} == {
            "a.yaml",
            "b.yaml",
            "c.yaml",
        }

    def test_cases_are_no_knowledge(self) -> None:
        """A case file among rules is refused."""
        assert codes(problems(document("format: 1\ncases: []\n"))) == ["document-unexpected"]

    def test_goldens_wait_until_everything_is_right(self, good: Knowledge) -> None:
        """Golden cases are judged only against complete knowledge."""
        broken = ruleset("broken", rules("permits: [exempt], when: [nothing]"))
        golden = document("format: 1\ndocument: golden\ncases: [{id: x, region: nowhere}]\n")
        assert codes(problems(broken, golden, base=good)) == ["unknown-fact"]

    def test_a_region_from_the_base_is_known(self) -> None:
        """Zones that the base knows may have rulesets."""
        region = attrs.evolve(
            default_regions().regions[-1],
            code="530199",
            zh="示例度假区",
            level="zone",
            parent="530100",
        )
        base = Knowledge(regions=default_regions().with_zones([region]))
        found = load_documents([ruleset("zone", region='"530199"')], base=base)
        assert found.rulesets[0].region == "530199"
        assert codes(problems(ruleset("zone", region='"530199"'))) == ["unknown-region"]

    def test_nothing_is_known_of_no_documents(self) -> None:
        """Without documents there are only regions."""
        found = load_documents(())
        assert (found.rulesets, dict(found.violations), found.goldens) == ((), {}, ())
        assert "530103" in found.regions

    def test_knowledge_cannot_be_changed(self, good: Knowledge) -> None:
        """The mappings of what was loaded are read-only."""
        with pytest.raises(TypeError):
            good.violations["x"] = good.violations["sample.late-filing"]  # type: ignore[index]
        with pytest.raises(TypeError):
            good.vocabulary.facts["x"] = good.vocabulary["harm"]  # type: ignore[index]


class TestGoldens:
    """Golden and published cases."""

    def test_a_golden_case_has_all_its_parts(self, good: Knowledge) -> None:
        """Expectations and the official decision are read."""
        (golden,) = good.goldens
        assert golden.case.facts == {"goods_value": Money(6600), "harm": "none"}
        assert golden.expect == Expect(
            grade=None,
            no_grade=True,
            permitted=(Grade.EXEMPT, Grade.LIGHTER),
            modality=Modality.MAY,
            settled=False,
            contested=False,
            fine=ExpectedFine(low=Decimal(0), high=Decimal("500.5"), state=FineState.RANGE),
            compulsion={Measure.SEALING: Verdict.MAY_OMIT},
            asks=("corrected",),
            holds=("sample.list/nc-1",),
            fails=("sample.list/heavier-1",),
            law=ExpectedLaw(choice=LawChoice.SAME, basis=LawBasis.EQUAL),
            duties={"sample.list/educate": date(2022, 6, 10), "sample.list/recheck": None},
            no_duties=("sample.list/recheck",),
            capped={"sample.list/educate": date(2022, 7, 14)},
        )
        assert golden.official is not None
        assert golden.official.quality == "gold"
        assert golden.official.fine == 0
        assert golden.official.compulsion == {"sealing": "omitted"}
        assert golden.location is not None

    def test_what_is_not_expected_is_left_open(self, good: Knowledge) -> None:
        """A golden case may expect little, or nothing."""
        text = (
            "format: 1\ndocument: golden\ncases:\n"
            '  - {id: a, region: "530103", violation: sample.late-filing,'
            " expect: {settled: false}}\n"
            '  - {id: b, region: "530103", violation: sample.late-filing}\n'
        )
        one, other = load_golden(document(text), good)
        assert one.expect == Expect(settled=False)
        assert other.expect is None
        assert other.official is None


class TestCases:
    """Cases from documents and from Python."""

    def test_values_are_typed(self, good: Knowledge) -> None:
        """Facts, dates, party and priors of a case have the types of the model."""
        (document_,) = read_file(GOOD / "cases.yaml")
        case, bare = load_cases(document_, good)
        assert case.facts == {
            "goods_value": Money(6650),
            "harm": "none",
            "corrected": "by_deadline",
            "zones": frozenset({"dwelling"}),
            "acted_on": date(2022, 3, 1),
            "weight": Decimal("2.5"),
        }
        month = DateSpan(date(2022, 2, 1), date(2022, 2, 28))
        assert case.committed == Act(ended=DateSpan.on(date(2022, 3, 1)), began=month)
        assert case.party == Party(
            kind=PartyKind.INDIVIDUAL_BUSINESS, age=40, birth_date=date(1982, 1, 5)
        )
        assert case.priors is not None
        assert case.priors.found[0].result is PriorResult.WARNED
        assert case.measures == ("seizure",)
        assert case.location is not None
        assert bare.committed == Act(ended=DateSpan(date(2022, 1, 1), date(2022, 12, 31)))

    def test_a_bad_case_does_not_stop_the_rest(self, good: Knowledge) -> None:
        """Each case is read on its own, with its problems."""
        text = (
            "format: 1\ncases:\n"
            '  - {id: one, region: "530103", violation: sample.late-filing}\n'
            '  - {id: two, region: "000001", violation: sample.late-filing}\n'
            "  - text\n"
            '  - {id: [3], region: "530103", violation: sample.late-filing}\n'
        )
        readings = load_each_case(document(text), good)
        assert [reading.id for reading in readings] == ["one", "two", None, None]
        assert [reading.case is None for reading in readings] == [False, True, True, True]
        assert [len(reading.problems) for reading in readings] == [0, 1, 1, 1]
        assert [reading.location.line for reading in readings] == [3, 4, 5, 6]

    def test_a_ruleset_is_no_case_file(self, good: Knowledge) -> None:
        """Another kind of document has no cases."""
        with pytest.raises(DocumentError) as caught:
            load_each_case(ruleset("r"), good)
        assert codes(list(caught.value.problems)) == ["document-unexpected"]

    def test_a_continuing_act_may_go_on(self, good: Knowledge) -> None:
        """Without an end the act ended on some day after it began."""
        text = (
            "format: 1\ncases: [{id: a, region: '530103', violation: sample.late-filing,"
            " committed: {from: 2022-01-05}}]\n"
        )
        (case,) = load_cases(document(text), good)
        began = DateSpan.on(date(2022, 1, 5))
        assert case.committed == Act(ended=DateSpan(date(2022, 1, 5), None), began=began)

    def test_a_case_from_python_is_checked(self, good: Knowledge) -> None:
        """All problems of a case are found at once, each with the path of its part."""
        case = Case(
            id="x",
            region="530130",
            violation="sample.late",
            committed="2022-03-02",
            discovered="2022-03-01",
            party=Party(age=-1),
            facts={"harm": "sligt", "haarm": "none", "goods_value": -1},
            examined={"agravation"},
            measures=["seisure"],
        )
        found = {(one.code, one.location.path) for one in check_case(case, good)}
        assert found == {
            ("unknown-region", "$.region"),
            ("unknown-violation", "$.violation"),
            ("unknown-group", "$.examined"),
            ("unknown-measure", "$.measures"),
            ("negative-count", "$.party.age"),
            ("dates-out-of-order", "$.discovered"),
            ("not-in-choices", "$.facts.harm"),
            ("unknown-fact", "$.facts.haarm"),
            ("negative-money", "$.facts.goods_value"),
        }
        assert all(one.location.source == "case x" for one in check_case(case, good))
        assert all(one.help("zh") and one.help("en") for one in check_case(case, good))

    def test_a_right_case_has_no_problem(self, good: Knowledge) -> None:
        """A case that names only what is known passes."""
        case = Case(
            id="x",
            region="530103",
            violation="sample.late-filing",
            facts={"goods_value": "66.5", "zones": ["dwelling"]},
        )
        assert check_case(case, good) == ()

    def test_rough_dates_are_not_out_of_order(self, good: Knowledge) -> None:
        """Dates that may still be in order are no problem."""
        case = Case(
            id="x",
            region="530103",
            violation="sample.late-filing",
            committed="2022-03-05",
            discovered="2022-03",
            decided="2022",
        )
        assert check_case(case, good) == ()

    def test_plain_data_are_refused_with_every_problem(self, good: Knowledge) -> None:
        """What is wrong with plain data is reported like in a file."""
        data = {"id": "x", "region": "530130", "violation": "v", "expect": {"settled": True}}
        with pytest.raises(CaseError) as caught:
            case_from_plain(data, good, name="row 7")
        assert sorted(codes(list(caught.value.problems))) == [
            "expect-not-allowed",
            "unknown-region",
            "unknown-violation",
        ]
        assert {one.location.source for one in caught.value.problems} == {"row 7"}
        with pytest.raises(CaseError):
            case_from_plain(["no", "case"], good)

    def test_plain_data_leave_out_what_is_not_known(self) -> None:
        """A case of which little is known is short."""
        case = Case(id="x", region="530103", violation="v")
        assert case_to_plain(case) == {"id": "x", "region": "530103", "violation": "v"}


@pytest.fixture(scope="module")
def sample() -> Knowledge:
    """Knowledge of the facts and violations that generated cases use."""
    violation = Violation(id="", title=Text(zh="违法", en="violation"), department="d", field="f")
    return Knowledge(
        vocabulary=VOCABULARY,
        violations={name: attrs.evolve(violation, id=name) for name in ("test.one", "test.two")},
    )


class TestPlainCases:
    """case_from_plain ∘ case_to_plain = id, also through JSON."""

    @given(data=st.data())
    def test_a_case_is_read_back(self, data: st.DataObject, sample: Knowledge) -> None:
        """A case survives being written as plain data and JSON."""
        case = data.draw(cases())
        plain = json.loads(json.dumps(case_to_plain(case), ensure_ascii=False))
        assert case_from_plain(plain, sample) == case

    @given(found=priors(), day=st.dates())
    def test_priors_are_read_back(self, found: Priors, day: date, sample: Knowledge) -> None:
        """What a search of the records found survives, whatever is known of it."""
        more = Prior(discovered=day, authority="某局", field="f", department="d")
        case = Case(
            id="x",
            region="530103",
            violation="test.one",
            priors=attrs.evolve(found, found=(*found.found, more)),
        )
        assert case_from_plain(case_to_plain(case), sample) == case

    @pytest.mark.parametrize(
        "span",
        [
            DateSpan(),
            DateSpan(date(2022, 1, 1), None),
            DateSpan(None, date(2022, 1, 1)),
            DateSpan(date(2022, 1, 1), date(2022, 1, 3)),
            DateSpan(date(2022, 2, 1), date(2022, 2, 28)),
            DateSpan(date(2022, 1, 1), date(2022, 12, 31)),
        ],
    )
    def test_every_span_of_days_is_read_back(self, span: DateSpan, sample: Knowledge) -> None:
        """Dates known only roughly survive as they are."""
        case = Case(
            id="x",
            region="530103",
            violation="test.one",
            committed=Act(ended=span),
            discovered=span,
        )
        assert case_from_plain(case_to_plain(case), sample) == case


def test_a_full_list_is_read(tmp_path: Path) -> None:
    """A list of 1,769 entries is read whole."""
    entry = (
        "permits: [exempt, lighter], when: [minor, any: [minor, {minor: true}]],"
        " unless: [not: minor], entry: '1', note: {zh: 备注, en: note}"
    )
    path = tmp_path / "full.yaml"
    text = HEAD.format(name="full", region="national", head="", body=rules(*[entry] * 1769))
    path.write_text(text, encoding="utf-8")
    found = load_documents([vocabulary(), path])
    assert len(found.rulesets[0].rules) == 1769


def test_an_empty_vocabulary_is_the_default() -> None:
    """Knowledge of nothing has a vocabulary without facts."""
    assert Knowledge().vocabulary == Vocabulary({})
