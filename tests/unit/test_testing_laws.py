"""Laws that run over packages of rules: each catches an engine that breaks it, in words."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from importlib.metadata import entry_points
from itertools import count
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

import attrs
import pytest
from hypothesis import settings

from bizrules._yaml import read_yaml
from bizrules.cases import Case, Party, Prior, Priors
from bizrules.conditions import AtLeast, Op
from bizrules.conditions import Test as FactTest
from bizrules.derivation import Derivation
from bizrules.engine import Engine, add_plugins, default_engine
from bizrules.errors import UnknownNameError
from bizrules.facts import Kind
from bizrules.loading import GoldenCase, load_golden
from bizrules.outcomes import Fine, FineRange, FineState, Outcome, OutcomeSource, Question
from bizrules.penalties import Grade
from bizrules.plugins import Plugin
from bizrules.provenance import Text
from bizrules.testing import run_golden
from bizrules.testing._golden_text import golden_text
from bizrules.testing.laws import (
    LAWS,
    LawBrokenError,
    Package,
    UnreachedError,
    law,
    package_laws,
    package_of,
)
from bizrules.testing.pytest_plugin import PROFILES
from bizrules.truth import Truth
from bizrules.wording import phrase

pytest_plugins = ["pytester"]

PACKAGE: Final = "bizrules-panlong"
Bend = Callable[["Crooked", Outcome], Outcome]


class Bent:
    """The source of an outcome, with some parts replaced."""

    def __init__(self, source: OutcomeSource, **parts: object) -> None:
        """Replace the parts."""
        self.source = source
        self.parts = parts

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any part
        """The part, replaced or as it was."""
        if name in self.parts:
            return lambda: self.parts[name]
        return getattr(self.source, name)


def bent(outcome: Outcome, **parts: object) -> Outcome:
    """The outcome with parts replaced that are worked out when they are read."""
    source: Any = Bent(outcome.source, **parts)
    return attrs.evolve(outcome, source=source)


@attrs.frozen(kw_only=True, eq=False)
class Crooked(Engine):
    """An engine whose outcomes are bent."""

    bend: Bend

    def evaluate(self, case: Case) -> Outcome:
        """The outcome, bent."""
        return self.bend(self, Engine.evaluate(self, case))


def crooked(bend: Bend) -> Crooked:
    """The default engine with bent outcomes."""
    engine = default_engine()
    return Crooked(
        knowledge=engine.knowledge,
        plugins=engine.plugins,
        derivations=engine.derivations,
        bend=bend,
    )


HEAVY: Final[dict[str, Any]] = {
    "grade": Grade.HEAVIER,
    "permitted": (Grade.HEAVIER,),
    "modality": None,
}


def forgets_what_is_settled(_: Crooked, outcome: Outcome) -> Outcome:
    """All is settled from the start, and whatever is learnt makes the penalty heavier."""
    settled = attrs.evolve(outcome, grade=Grade.ORDINARY, settled=True)
    return attrs.evolve(settled, **HEAVY) if outcome.case.facts else settled


def heeds_the_order(engine: Crooked, outcome: Outcome) -> Outcome:
    """Whichever ruleset comes first decides."""
    return attrs.evolve(outcome, **HEAVY) if engine.rulesets[0].id < "n" else outcome


def heeds_anything(_: Crooked, outcome: Outcome) -> Outcome:
    """Whoever says anything at all is punished more heavily."""
    return attrs.evolve(outcome, **HEAVY) if outcome.case.facts else outcome


def resents_leniency(_: Crooked, outcome: Outcome) -> Outcome:
    """Where a lenient rule holds, the penalty is heavier."""
    lenient = any(Grade.LIGHTER in finding.permits for finding in outcome.held)
    return attrs.evolve(outcome, **HEAVY) if lenient else outcome


def defies_the_law(_: Crooked, outcome: Outcome) -> Outcome:
    """What binds to exempt is contested."""
    exempt = outcome.permitted == (Grade.EXEMPT,)
    return attrs.evolve(outcome, contested=True) if exempt else outcome


def fines_too_much(_: Crooked, outcome: Outcome) -> Outcome:
    """The fine is twice the statutory maximum."""
    fine = outcome.fine
    if fine.range is None or fine.range.high is None or fine.statutory is None:
        return outcome
    high = fine.range.high * 2 + 1
    return bent(outcome, fine=attrs.evolve(fine, range=attrs.evolve(fine.range, high=high)))


def hears_of_elsewhere(engine: Crooked, outcome: Outcome) -> Outcome:
    """Wherever there is a rule for Panlong, everybody is punished more heavily."""
    near = any(ruleset.plugin == PACKAGE for ruleset in engine.rulesets)
    return attrs.evolve(outcome, **HEAVY) if near else outcome


def reads_differently(_: Crooked, outcome: Outcome) -> Outcome:
    """The permitted grades are no tuple, and are not read back as one."""
    permitted: Any = list(outcome.permitted)
    return attrs.evolve(outcome, permitted=permitted)


def changes_its_mind() -> Bend:
    """Every other time the outcome is heavier."""
    times = count()

    def bend(_: Crooked, outcome: Outcome) -> Outcome:
        return attrs.evolve(outcome, **HEAVY) if next(times) % 2 else outcome

    return bend


def rests_on_nothing(_: Crooked, outcome: Outcome) -> Outcome:
    """The reason names a rule that does not hold."""
    reason = attrs.evolve(outcome.reason, determining=("none/1",))
    return bent(outcome, reason=reason)


def asks_again(_: Crooked, outcome: Outcome) -> Outcome:
    """Whatever was said is asked again."""
    again = tuple(
        Question(fact=name, kind=Kind.BOOLEAN, ask=phrase("law.said.open"), label=TEXT)
        for name in outcome.case.facts
    )
    return bent(outcome, questions=(*outcome.questions, *again))


def asks_nothing(_: Crooked, outcome: Outcome) -> Outcome:
    """Nothing is asked, however much is open."""
    return bent(outcome, questions=())


TEXT: Final = Text(zh="事实", en="a fact")
BENDS: Final[dict[str, Callable[[], Bend]]] = {
    "learning": lambda: forgets_what_is_settled,
    "order": lambda: heeds_the_order,
    "irrelevance": lambda: heeds_anything,
    "leniency": lambda: resents_leniency,
    "exemption": lambda: defies_the_law,
    "fines": lambda: fines_too_much,
    "place": lambda: hears_of_elsewhere,
    "writing": lambda: reads_differently,
    "replay": changes_its_mind,
    "citation": lambda: rests_on_nothing,
    "answers": lambda: asks_again,
    "completion": lambda: asks_nothing,
}
UNSAID: Final = {"leniency", "exemption", "writing", "replay", "citation", "answers"}
"""Laws whose breach golden cases have no key for, or that put in a rule on trial."""
CROOKED_EXPECTATIONS: Final = {"learning", "completion"}
"""Laws that expect what the bent engine should have said, which is not what is right."""


def broken(name: str, engine: Engine) -> LawBrokenError:
    """What the law says of the engine."""
    tests = package_laws(PACKAGE, engine=engine, laws=[name], examples=500)
    with pytest.raises(LawBrokenError) as caught:
        getattr(tests(), f"test_{name}")()
    return caught.value


def reloaded(text: str) -> GoldenCase:
    """The golden case of a document, read as any file is."""
    document = read_yaml(text.encode(), "pasted.yaml")
    (golden,) = load_golden(document, default_engine().knowledge)
    return golden


class TestEveryLawCanFail:
    """A law that no engine breaks would be none."""

    def test_every_law_has_an_engine_that_breaks_it(self) -> None:
        """No law is left out below."""
        assert set(BENDS) == {one.name for one in LAWS}

    @pytest.mark.parametrize("name", BENDS)
    def test_it_is_caught_and_can_be_pasted(self, name: str) -> None:
        """The law fails; what it prints is read as a golden case, with which it fails again."""
        engine = crooked(BENDS[name]())
        error = broken(name, engine)
        golden = reloaded(str(error))
        assert golden.case == error.case
        with pytest.raises(LawBrokenError, match=name):
            law(name).check(package_of(PACKAGE, engine), golden.case)
        law(name).check(package_of(PACKAGE), golden.case)
        if name not in UNSAID:
            assert golden.expect is not None
            assert not run_golden(engine, golden).passed
            straight = run_golden(default_engine(), golden).passed
            assert straight is (name not in CROOKED_EXPECTATIONS)

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_it_says_what_went_wrong(self, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Above the case stand the law, the package, its sentence and what was found."""
        monkeypatch.setenv("BIZRULES_LANG", lang)
        error = broken("learning", crooked(forgets_what_is_settled))
        head, sentence, found, *rest = str(error).splitlines()
        assert "learning" in head
        assert PACKAGE in head
        assert sentence == f"# {law('learning').sentence.in_(lang)}"
        assert found == f"# {error.breach.said.in_(lang)}"
        assert rest[:3] == ["format: 1", "document: golden", "cases:"]

    def test_the_case_is_the_smallest(self) -> None:
        """Nothing is printed that the failure does not need."""
        case = broken("answers", crooked(asks_again)).case
        assert len(case.facts) == 1
        assert not case.measures
        assert not case.examined
        assert case.priors is None

    def test_a_condition_that_cannot_be_read_back(self) -> None:
        """A package with a condition that no document can hold is caught too."""
        engine = default_engine()
        three = AtLeast(3, (FactTest(("sold",), Op.IS, True), FactTest(("recalled",), Op.IS, True)))
        rulesets = tuple(
            attrs.evolve(
                one, rules=tuple(attrs.evolve(rule, condition=three) for rule in one.rules)
            )
            if one.id == "national.penalty-law"
            else one
            for one in engine.rulesets
        )
        knowledge = attrs.evolve(engine.knowledge, rulesets=rulesets)
        error = broken("writing", attrs.evolve(engine, knowledge=knowledge))
        assert "national.penalty-law/" in error.breach.said.en


class TestOwnRules:
    """Where a rule of the package itself is concerned the golden case says it."""

    def test_an_entry_of_the_package(self) -> None:
        """A lenient entry with which the penalty is heavier fails as a golden case too."""
        engine, name = crooked(resents_leniency), "bizrules-hunan"
        package = package_of(name, engine)
        own = {rule.id for ruleset in package.rulesets for rule in ruleset.rules}
        goldens = (one for one in engine.knowledge.goldens if one.case.region[:2] == "43")
        found = (law("leniency").finds(package, golden.case) for golden in goldens)
        breach = next(one for one in found if one and any(r in one.said.en for r in own))
        pasted = reloaded(golden_text(breach.case, breach.expect))
        assert not run_golden(engine, pasted).passed

    def test_a_ground_of_law(self) -> None:
        """A ground of law that is defeated fails as a golden case, and holds in a straight one."""
        child = plain_case(party=Party(kind="individual", age=13), committed="2024-01-02")
        engine = crooked(defies_the_law)
        breach = law("exemption").finds(package_of(PACKAGE, engine), child)
        assert breach is not None
        pasted = reloaded(golden_text(breach.case, breach.expect))
        assert not run_golden(engine, pasted).passed
        assert run_golden(default_engine(), pasted).passed


GAP: Final = Case(
    id="a",
    region="530112",
    violation="fire.escape-route-blocked",
    committed="1996-08-02",
    decided="1996-10-01",
    party=Party(kind="enterprise"),
    facts={
        "coerced_or_deceived": True,
        "corrected": "by_deadline",
        "evidence_insufficient": False,
        "harm": "none",
        "harm_remedied_voluntarily": True,
        "meritorious": True,
        "only_deceived": True,
        "other_statutory_lenient_ground": True,
        "violation_minor": False,
        "violation_not_established": False,
    },
)


def test_a_text_that_is_not_on_record_is_no_missing_answer() -> None:
    """No answer helps where the texts of two laws cannot be compared, and the outcome says so."""
    package = package_of(PACKAGE)
    outcome = package.engine.evaluate(GAP)
    assert not outcome.settled
    assert outcome.questions == ()
    assert "provision-not-on-record" in {problem.code for problem in outcome.problems}
    assert law("completion").finds(package, GAP) is None
    silent = attrs.evolve(package, engine=crooked(lambda _, one: attrs.evolve(one, problems=())))
    assert law("completion").finds(silent, GAP) is not None


class TestFineLaw:
    """Waived and mitigated fines have limits of their own."""

    @pytest.mark.parametrize(
        ("minimum", "low", "high", "closed", "holds"),
        [
            (100, 0, 100, False, True),
            (100, 0, 100, True, False),  # the minimum itself is no mitigation
            (100, 100, 500, True, False),  # nor is the whole statutory range
            (100, 0, 500, True, False),
            (100, 0, 60, False, False),
            (100, 0, 501, False, False),
            (0, 0, 500, True, True),  # without a minimum nothing lies below it
            (0, 0, 60, True, False),
        ],
    )
    def test_a_mitigated_fine_ends_below_the_minimum(
        self, minimum: int, low: int, high: int, *, closed: bool, holds: bool
    ) -> None:
        """A mitigated range goes up to the statutory minimum without it, unless a rule fixes it."""
        fine = Fine(
            state=FineState.RANGE,
            range=FineRange(low=Fraction(low), high=Fraction(high), high_closed=closed),
            statutory=FineRange(low=Fraction(minimum), high=Fraction(500)),
            text=TEXT,
        )
        assert self.is_lawful(fine, Grade.MITIGATED) is holds

    @pytest.mark.parametrize(
        ("low_closed", "high_closed", "holds"),
        [(False, False, True), (True, False, False), (False, True, False)],
    )
    def test_an_open_end_stays_open(
        self, *, low_closed: bool, high_closed: bool, holds: bool
    ) -> None:
        """What the statutory range leaves out at its ends no grade takes in."""
        ends = FineRange(low=Fraction(0), high=Fraction(500), low_closed=False, high_closed=False)
        found = attrs.evolve(ends, low_closed=low_closed, high_closed=high_closed)
        fine = Fine(state=FineState.RANGE, range=found, statutory=ends, text=TEXT)
        assert self.is_lawful(fine, Grade.LIGHTER) is holds

    @pytest.mark.parametrize(("more", "holds"), [(0, True), (1, False)])
    def test_every_range_left_open_is_compared(self, more: int, *, holds: bool) -> None:
        """While the tier is open each range must lie in that of its tier."""
        tiers = default_engine().violations["food.past-shelf-life"].provisions[-1].tiers
        ranges = [
            FineRange(low=tier.fine.low, high=tier.fine.high, base=tier.fine.base, tier=tier.id)
            for tier in tiers
            if tier.fine is not None and tier.fine.low is not None
        ]
        last = ranges[-1]
        assert last.high is not None
        ranges[-1] = attrs.evolve(last, high=last.high + more)
        fine = Fine(state=FineState.UNDETERMINED, alternatives=tuple(ranges), text=TEXT)
        assert self.is_lawful(fine, Grade.ORDINARY) is holds

    def is_lawful(self, fine: Fine, grade: Grade) -> bool:
        """Whether the law lets the fine pass for the grade."""

        def bend(_: Crooked, outcome: Outcome) -> Outcome:
            reason = attrs.evolve(outcome.reason, determining=())
            return bent(attrs.evolve(outcome, grade=grade), fine=fine, reason=reason)

        package = package_of(PACKAGE, crooked(bend))
        return law("fines").finds(package, plain_case()) is None

    def test_only_an_exemption_waives_the_fine(self) -> None:
        """An ordinary outcome without its fine is broken."""

        def bend(_: Crooked, outcome: Outcome) -> Outcome:
            ordinary = attrs.evolve(outcome, grade=Grade.ORDINARY)
            return bent(ordinary, fine=Fine(state=FineState.WAIVED, text=TEXT))

        breach = law("fines").finds(package_of(PACKAGE, crooked(bend)), plain_case())
        assert breach is not None
        assert breach.expect == {}


class TestWhatTheCaseSays:
    """The laws about knowledge take in all that a case says, not its facts alone."""

    @pytest.mark.parametrize(
        "said",
        [
            {"priors": Priors(searched_since="2010-01-01")},
            {"party": Party(kind="enterprise")},
            {"party": Party(age=40)},
            {"party": Party(birth_date="1980-01-01")},
            {"committed": "2024-04-04"},
            {"discovered": "2024-05-05"},
            {"filed": "2024-05-05"},
            {"notified": "2024-05-05"},
            {"examined": ["fault"]},
        ],
    )
    def test_whatever_is_learnt_changes_nothing_settled(self, said: dict[str, Any]) -> None:
        """Priors, party, dates and examined groups are forgotten one by one."""
        plain = plain_case()

        def bend(_: Crooked, outcome: Outcome) -> Outcome:
            less = attrs.evolve(outcome.case, location=None) == plain
            settled = attrs.evolve(outcome, grade=Grade.ORDINARY, settled=True)
            return settled if less else attrs.evolve(settled, **HEAVY)

        package = package_of(PACKAGE, crooked(bend))
        assert law("learning").finds(package, attrs.evolve(plain, **said)) is not None
        assert law("learning").finds(package_of(PACKAGE), attrs.evolve(plain, **said)) is None

    @pytest.mark.parametrize(
        ("name", "said", "since"),
        [
            ("committed", {"committed": "2024-04-04"}, None),
            ("decided", {"decided": "2024-06-03"}, None),
            ("discovered", {"discovered": "2024-05-05"}, None),
            ("filed", {"filed": "2024-05-05"}, None),
            ("notified", {"notified": "2024-05-05"}, None),
            ("party_kind", {"party": Party(kind="enterprise")}, None),
            ("party_is_minor", {"party": Party(kind="enterprise")}, None),
            ("party_is_minor", {"party": Party(age=40)}, None),
            ("age_at_act", {"party": Party(age=40)}, None),
            (
                "age_at_act",
                {"party": Party(birth_date="1980-01-01"), "committed": "2024-04-04"},
                None,
            ),
            ("first_violation", {"priors": Priors(searched_since="2020-01-01")}, "2022-06-03"),
            ("prior_count", {"priors": Priors(searched_since="2022-06-03")}, "2022-06-03"),
        ],
    )
    def test_what_the_case_says_is_not_asked(
        self, name: str, said: dict[str, Any], since: str | None
    ) -> None:
        """A question that the party, a date or a search of the records answers breaks the law."""
        day = date.fromisoformat(since) if since else None
        question = Question(fact=name, kind=Kind.TEXT, ask=TEXT, label=TEXT, since=day)

        def bend(_: Crooked, outcome: Outcome) -> Outcome:
            return bent(outcome, questions=(question,))

        package = package_of(PACKAGE, crooked(bend))
        assert law("answers").finds(package, plain_case(**said)) is not None
        assert law("answers").finds(package, plain_case()) is None

    @pytest.mark.parametrize(
        "searched",
        [
            Priors(searched_since="2023-01-01"),
            Priors(searched_since="2020-01-01", registers=["credit_china"]),
            Priors(searched_since="2020-01-01", found=[Prior()]),
        ],
    )
    def test_a_search_that_falls_short_may_be_asked_for(self, searched: Priors) -> None:
        """What was searched too little, elsewhere, or found unclear is no answer."""
        question = Question(
            fact="first_violation",
            kind=Kind.BOOLEAN,
            ask=TEXT,
            label=TEXT,
            since=date(2022, 6, 3),
            registers=(TEXT,),
        )

        def bend(_: Crooked, outcome: Outcome) -> Outcome:
            return bent(outcome, questions=(question,))

        package = package_of(PACKAGE, crooked(bend))
        assert law("answers").finds(package, plain_case(priors=searched)) is None


class TestReach:
    """A run of the laws that says nothing about the rules of a package is told."""

    def test_rules_are_reached(self, tmp_path: Path) -> None:
        """The only rule of a package holds in some of the cases, and the test passes."""
        engine = with_xishan(tmp_path, when="{harm: none}")
        package_laws("xishan", engine=engine, examples=1)().test_reach()

    def test_a_draft_is_reached(self, tmp_path: Path) -> None:
        """Of a package that is only a draft the laws look at the draft."""
        engine = with_xishan(tmp_path, when="{harm: none}", kind="draft")
        assert "xishan.list" in engine.draft_ids
        assert package_of("xishan", engine).engine.drafts
        assert not package_of(PACKAGE, engine).engine.drafts
        package_laws("xishan", engine=engine, examples=1)().test_reach()

    @pytest.mark.parametrize(("spoken", "said"), [(False, "was a candidate"), (True, "held")])
    def test_a_rule_that_is_not_reached(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, spoken: bool, said: str
    ) -> None:
        """Whether it never speaks or never holds: the rule is named."""
        monkeypatch.setenv("BIZRULES_LANG", "en")

        def bend(_: Crooked, outcome: Outcome) -> Outcome:
            failed = [attrs.evolve(one, truth=Truth.FALSE) for one in outcome.findings]
            return bent(outcome, findings=tuple(failed) if spoken else ())

        xishan = with_xishan(tmp_path)
        engine = attrs.evolve(
            crooked(bend),
            knowledge=xishan.knowledge,
            plugins=xishan.plugins,
            derivations=xishan.derivations,
        )
        with pytest.raises(UnreachedError, match=said) as caught:
            package_laws("xishan", engine=engine, examples=1)().test_reach()
        assert caught.value.rules == ("xishan.list/one",)
        assert "xishan.list/one" in str(caught.value)

    def test_a_package_without_rules_is_passed_over(self) -> None:
        """Panlong has places and bands, no entries: its run is skipped with a sentence."""
        with pytest.raises(pytest.skip.Exception, match=PACKAGE):
            package_laws(PACKAGE, examples=1)().test_reach()

    def test_it_is_left_out_with_chosen_laws(self) -> None:
        """Whoever names laws gets those."""
        assert not hasattr(package_laws(PACKAGE, laws=["fines"]), "test_reach")


class TestAlone:
    """A package may be tried without those of other places."""

    def test_only_superior_places_stay(self) -> None:
        """Panlong stands beside the library and Yunnan, and no other province."""
        package = package_of(PACKAGE, alone=True)
        names = {one.name for one in package.engine.plugins}
        assert names == {PACKAGE, "bizrules-yunnan"}
        assert {one.plugin for one in package.engine.rulesets} <= {*names, "bizrules"}
        given = package_of(PACKAGE, default_engine(), alone=True)
        assert {one.id for one in given.engine.rulesets} == {
            one.id for one in package.engine.rulesets
        }

    def test_the_library_is_alone_without_packages(self) -> None:
        """Alone, the rules of the library have no package beside them."""
        assert package_of("bizrules", alone=True).engine.plugins == ()

    def test_an_unknown_package(self) -> None:
        """A name that is no package is refused, with those near it."""
        with pytest.raises(UnknownNameError, match=PACKAGE):
            package_of("bizrules-panlon", alone=True)

    def test_the_laws_hold(self) -> None:
        """The laws run over such an engine."""
        package_laws(PACKAGE, laws=["citation"], examples=1, alone=True)().test_citation()


def plain_case(**changes: Any) -> Case:  # noqa: ANN401 - any field
    """A case in Panlong of which nothing is known."""
    given = {"id": "a", "region": "530103", "violation": "food.past-shelf-life", "decided": "2024"}
    return Case(**{**given, **changes})


class TestLaws:
    """Laws by name, and the class of tests made of them."""

    def test_names_are_looked_up(self) -> None:
        """A name that is no law is refused, with those that are."""
        assert law("place").name == "place"
        with pytest.raises(UnknownNameError, match="learning"):
            law("gravity")
        with pytest.raises(UnknownNameError):
            package_laws(PACKAGE, laws=["gravity"])

    def test_a_package_must_be_known(self) -> None:
        """A name that is no package is refused when the laws run, with those near it."""
        tests = package_laws("bizrules-panlon", laws=["fines"], examples=1)
        with pytest.raises(UnknownNameError, match=PACKAGE):
            tests().test_fines()

    def test_each_law_is_a_test_with_a_sentence(self) -> None:
        """The class has a test for each law, which says it."""
        tests = vars(package_laws(PACKAGE, examples=1))
        for one in LAWS:
            test = tests[f"test_{one.name}"]
            assert test.__doc__ == one.sentence.en
            assert one.sentence.zh != one.sentence.en

    def test_the_page_lists_every_law(self) -> None:
        """The page of the reference has a row for each law, in its words, in this order."""
        page = Path(__file__).parents[2] / "docs" / "reference" / "testing.md"
        rows = [f"| `{one.name}` | {one.sentence.en} |" for one in LAWS]
        assert "\n".join(rows) in page.read_text(encoding="utf-8")

    def test_the_engine_may_be_built_late(self) -> None:
        """A function that builds the engine is called when the first test runs, once."""
        built: list[Engine] = []

        def build() -> Engine:
            built.append(default_engine())
            return built[-1]

        tests = package_laws(PACKAGE, engine=build, laws=["fines", "citation"], examples=1)
        assert built == []
        for name in ("fines", "citation"):
            getattr(tests(), f"test_{name}")()
        assert len(built) == 1

    def test_the_profile_says_how_many_cases(self) -> None:
        """Unless told, there are as many examples as the profile of hypothesis says."""
        test: Any = vars(package_laws(PACKAGE))["test_fines"]
        assert test._hypothesis_internal_use_settings.max_examples == settings().max_examples


class TestPackage:
    """A package under test, and the engines that differ from it in one thing."""

    def test_a_package_is_taken_out_whole(self, tmp_path: Path) -> None:
        """Its rulesets, facts and derived facts go, everything else stays."""
        package = package_of("xishan", with_xishan(tmp_path))
        assert package.regions == ("530112",)
        assert package.facts == {"xishan.lakeside"}
        removed, plain = package.removed, default_engine()
        assert removed.rulesets == plain.rulesets
        assert removed.vocabulary.facts.keys() == plain.vocabulary.facts.keys()
        assert removed.derivations == plain.derivations
        assert removed.violations.keys() == plain.violations.keys()

    def test_a_fact_of_a_package_means_nothing_elsewhere(self, tmp_path: Path) -> None:
        """In a case outside its places a package and its facts are left out together."""
        package = package_of("xishan", with_xishan(tmp_path))
        elsewhere = plain_case(facts={"xishan.lakeside": True})
        assert law("place").finds(package, elsewhere) is None
        assert law("place").finds(package, attrs.evolve(elsewhere, region="530112")) is None

    def test_files_are_read_in_reverse(self, tmp_path: Path) -> None:
        """The files of a package are read anew, the last one first, and say the same."""
        package = package_of("xishan", with_xishan(tmp_path))
        turned = {one.id: one for one in package.turned.rulesets}
        assert turned["xishan.list"].digest == package.rulesets[0].digest

    @pytest.mark.parametrize("name", ["bizrules", PACKAGE])
    def test_everything_is_turned(self, name: str) -> None:
        """Rulesets, rules and files come in reverse, and are the same."""
        package = package_of(name)
        turned = package.turned
        assert [one.id for one in turned.rulesets] == [
            one.id for one in reversed(package.engine.rulesets)
        ]
        assert {one.id: one.digest for one in turned.rulesets} == {
            one.id: one.digest for one in package.engine.rulesets
        }
        assert turned.rules == package.engine.rules

    def test_an_entry_is_taken_out_alone(self) -> None:
        """Without an entry all others stay."""
        package: Package = package_of("bizrules")
        rule = package.rulesets[0].rules[0]
        assert package.engine.rules.keys() - package.without_entry(rule).rules == {rule.id}
        assert package.without_entry(rule) is package.without_entry(rule)


XISHAN: Final = {
    "vocabulary": """\
        format: 1
        document: vocabulary
        id: xishan
        prefix: xishan
        facts:
          xishan.lakeside:
            kind: boolean
            label: {zh: 在滇池边, en: beside the lake}
            derived: xishan.lakeside
        """,
    "list": """\
        format: 1
        document: ruleset
        id: xishan.list
        version: "1"
        title: {zh: 清单, en: list}
        region: "530112"
        instrument: {name: 清单, level: document, kind: illustration}
        status: illustration
        rules:
          - id: one
            title: {zh: 条目, en: entry}
            ground: special
            permits: [lighter]
            modality: may
            when: [xishan.lakeside]
            cite: [{law: 行政处罚法, article: 32}]
        """,
}


def with_xishan(
    folder: Path, *, when: str = "xishan.lakeside", kind: str = "illustration"
) -> Engine:
    """The default engine and a package of another district, with a derived fact of its own."""
    for name, text in XISHAN.items():
        written = dedent(text).replace("[xishan.lakeside]", f"[{when}]")
        written = written.replace("kind: illustration", f"kind: {kind}")
        (folder / f"{name}.yaml").write_text(written, encoding="utf-8")
    derived = Derivation(name="xishan.lakeside", reads=("party",), compute=lambda _known: None)
    plugin = Plugin(
        name="xishan", version="1", region="530112", documents=(folder,), derivations=(derived,)
    )
    engine = default_engine()
    return attrs.evolve(
        engine,
        knowledge=add_plugins(engine.knowledge, [plugin]),
        plugins=(*engine.plugins, plugin),
        derivations=(*engine.derivations, derived),
    )


class TestGoldenText:
    """A golden case written as a document is read back the same."""

    def test_every_stored_case(self) -> None:
        """Every golden case of the library and of the packages survives being written."""
        stored = default_engine().knowledge.goldens[::25]
        for golden in stored:
            assert reloaded(golden_text(golden.case)).case == golden.case

    def test_remarks_stand_above(self) -> None:
        """Remarks are comments, line by line."""
        text = golden_text(plain_case(), {"grade": None}, remarks=["one\ntwo", "three"])
        assert text.splitlines()[:4] == ["# one", "# two", "# three", "format: 1"]
        expect = reloaded(text).expect
        assert expect is not None
        assert expect.no_grade


def plugin_arguments() -> tuple[str, ...]:
    """What makes pytest load the plugin where the library was installed before it had one."""
    known = {entry.value for entry in entry_points(group="pytest11")}
    module = "bizrules.testing.pytest_plugin"
    return () if module in known else ("-p", module)


GOLDEN: Final = """\
    format: 1
    document: golden
    cases:
      - id: known
        region: "530103"
        violation: food.past-shelf-life
        decided: 2024-06-03
        expect: {grade: null, settled: false}
      - id: wrong
        region: "530103"
        violation: food.past-shelf-life
        decided: 2024-06-03
        expect: {settled: true}
    matters:
      - id: several
        cases:
          - {id: "1", region: "530103", violation: food.past-shelf-life, decided: 2024-06-03}
        expect: {settled: false}
    """


@pytest.fixture
def district(pytester: pytest.Pytester) -> pytest.Pytester:
    """The repository of a district, with golden cases beside its rules."""
    cases = pytester.path / "rulesets" / "cases"
    cases.mkdir(parents=True)
    (cases / "food.yaml").write_text(dedent(GOLDEN), encoding="utf-8")
    (pytester.path / "rulesets" / "not-golden.yaml").write_text("{}", encoding="utf-8")
    return pytester


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest in the folder, with the plugin."""
    return pytester.runpytest_inprocess(*plugin_arguments(), "-p", "no:cacheprovider", *arguments)


class TestPlugin:
    """The plugin of pytest."""

    def test_golden_cases_are_tests(self, district: pytest.Pytester) -> None:
        """Each golden case and matter is a test; a failure says in what it differs, and where."""
        result = run(district)
        result.assert_outcomes(passed=2, failed=1)
        result.stdout.fnmatch_lines(["*food.yaml:9:*", "*settled*"])
        result.stdout.no_fnmatch_line("*_golden*Error*")

    def test_golden_cases_may_be_left_out(self, district: pytest.Pytester) -> None:
        """With the option no golden case is collected."""
        run(district, "--bizrules-no-goldens").assert_outcomes()

    def test_a_faulty_document_is_reported_with_its_place(self, district: pytest.Pytester) -> None:
        """A golden document with problems is an error that names file, line and code."""
        path = district.path / "rulesets" / "cases" / "food.yaml"
        path.write_text(dedent(GOLDEN).replace("530103", "999999"), encoding="utf-8")
        result = run(district)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["*food.yaml:5:*unknown-region*"])

    def test_other_documents_are_left_alone(self, district: pytest.Pytester) -> None:
        """What is no golden document, or lies elsewhere, is not collected."""
        folder = district.path / "rulesets"
        (folder / "cases" / "plain.yaml").write_text("format: 1\ncases: []\n", encoding="utf-8")
        (folder / "elsewhere.yaml").write_text(dedent(GOLDEN), encoding="utf-8")
        (folder / "cases" / "food.yaml").unlink()
        run(district).assert_outcomes()

    def test_rules_beside_the_cases_are_loaded(self, district: pytest.Pytester) -> None:
        """Rules that are not installed decide the golden cases that lie beside them."""
        rules = """\
            format: 1
            document: ruleset
            id: beside.list
            version: "1"
            title: {zh: 清单, en: list}
            region: "530112"
            instrument: {name: 清单, level: document, kind: illustration}
            rules:
              - id: one
                title: {zh: 条目, en: entry}
                ground: special
                permits: [heavier]
                modality: shall
                cite: [{law: 行政处罚法, article: 5, paragraph: 2}]
            """
        case = """\
            format: 1
            document: golden
            cases:
              - id: own
                region: "530112"
                violation: food.past-shelf-life
                decided: 2024-06-03
                expect: {holds: [beside.list/one]}
            """
        folder = district.path / "rulesets"
        (folder / "list.yaml").write_text(dedent(rules), encoding="utf-8")
        (folder / "not-golden.yaml").unlink()
        (folder / "cases" / "food.yaml").write_text(dedent(case), encoding="utf-8")
        run(district).assert_outcomes(passed=1)

    def test_hidden_folders_are_not_searched(self, district: pytest.Pytester) -> None:
        """What lies in a hidden folder beside the cases, such as an environment, is not read."""
        hidden = district.path / "rulesets" / ".venv"
        hidden.mkdir()
        (hidden / "broken.yaml").write_text("a: [", encoding="utf-8")
        run(district).assert_outcomes(passed=2, failed=1)

    def test_the_engine_is_a_fixture(self, pytester: pytest.Pytester) -> None:
        """A test that asks for `engine` gets the one of all installed packages."""
        pytester.makepyfile(
            '''
            def test_it(engine):
                """The engine knows the national rules."""
                assert "national.penalty-law/33-1a" in engine.rules
            '''
        )
        run(pytester).assert_outcomes(passed=1)

    def test_laws_without_a_test_file(self, pytester: pytest.Pytester) -> None:
        """The option runs every law over a package."""
        result = run(
            pytester, "--bizrules-package", PACKAGE, "-k", "fines or place", "-v",
            "--hypothesis-profile", "bizrules-fast",
        )  # fmt: skip
        result.assert_outcomes(passed=2, deselected=len(LAWS) - 2)
        result.stdout.fnmatch_lines([f"*{PACKAGE}::fines PASSED*"])
        assert settings.get_profile("bizrules-fast").max_examples == PROFILES["bizrules-fast"]

    def test_an_unknown_package_is_refused(self, pytester: pytest.Pytester) -> None:
        """A package that is not installed stops the run, with names near it."""
        result = run(pytester, "--bizrules-package", "bizrules-panlon")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"*unknown package*{PACKAGE}*"])

    def test_laws_need_an_extra(
        self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without hypothesis the option says what to install."""
        monkeypatch.setitem(sys.modules, "bizrules.testing.laws", None)
        result = run(pytester, "--bizrules-package", PACKAGE)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*bizrules[[]testing[]]*"])

    def test_nothing_is_imported_before_it_is_needed(self) -> None:
        """Neither the plugin nor `bizrules.testing` loads hypothesis, nor the library itself."""
        code = (
            "import sys, bizrules.testing.pytest_plugin\n"
            "print([name for name in ('hypothesis', 'bizrules.engine') if name in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"

    def test_a_broken_law_prints_the_case_alone(self, pytester: pytest.Pytester) -> None:
        """What stands in the output can be pasted: no line is marked as an error."""
        pytester.makepyfile(
            """
            from unit_laws import asks_again, crooked

            from bizrules.testing.laws import package_laws

            TestPanlong = package_laws(
                "bizrules-panlong", engine=crooked(asks_again), laws=["answers"], examples=100
            )
            """,
            unit_laws=Path(__file__).read_text(encoding="utf-8"),
        )
        shown = run(pytester, "--bizrules-package", PACKAGE).stdout.str()
        assert f"{PACKAGE}::fines" not in shown
        text = shown[shown.index("format: 1") :]
        golden = reloaded(text[: text.index("=====")])
        assert golden.case.id == f"{PACKAGE}-answers"
