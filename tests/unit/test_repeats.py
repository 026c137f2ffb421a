"""Repeats: counted as a fact says, wherever it is read, and what places ask besides."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import attrs
import pytest

from bizrules._yaml import read_yaml
from bizrules.cases import Case, Prior, Priors
from bizrules.engine import Engine
from bizrules.history import Identity, PriorResult, RepeatCount, Window
from bizrules.loading import Knowledge, load_documents
from bizrules.outcomes import FineState, Outcome
from bizrules.penalties import PenaltyKind
from bizrules.truth import Truth

VOCABULARY: Final = """
format: 1
document: vocabulary
id: repeats
facts:
  repeats:
    kind: integer
    label: {zh: 两年内的违法次数, en: violations within two years}
    counts: {window: {months: 24}, same: violation, includes_present: true}
"""
VIOLATIONS: Final = """
format: 1
document: violations
id: repeats.violations
violations:
  shop.blocked:
    title: {zh: 堵塞, en: blocking}
    department: urban_management
    field: urban
    provisions:
      - id: "1"
        cite: {law: 示例, unverified: {zh: 示例, en: a sample}}
        only_after: [repeats: {at_least: 2}]
        tiers:
          - {id: graver, when: [repeats: {at_least: 3}], fine: {min: 500, max: 1000}}
          - {id: basic, fine: {min: 100, max: 500}}
        kinds:
          - {kind: revocation, modality: may, when: [repeats: {at_least: 4}]}
"""
RULESET: Final = """
format: 1
document: ruleset
id: repeats.list
version: "1"
title: {zh: 清单, en: list}
region: "530103"
instrument: {name: 清单, level: document, kind: list}
in_force: {from: 2010-01-01}
rules:
  - id: heavier
    title: {zh: 屡犯, en: repeated}
    ground: repeat
    permits: [heavier]
    modality: may
    when: [repeats: {above: 4}]
    cite: [{law: 示例, unverified: {zh: 示例, en: a sample}}]
duties:
  - id: visit
    text: {zh: 回访, en: visit again}
    on: always
    when: [repeats: {at_least: 2}]
    cite: [{law: 示例, unverified: {zh: 示例, en: a sample}}]
"""
EXAMINED: Final = frozenset(
    {"aggravation", "capacity", "leniency", "fault", "emergency", "crime", "validity"}
)


def documents(*texts: str, base: Knowledge | None = None) -> Knowledge:
    """What the texts declare."""
    found = [read_yaml(text.encode(), f"{i}.yaml") for i, text in enumerate(texts)]
    return load_documents(found, base=base)


@pytest.fixture(scope="module")
def small() -> Engine:
    """One violation whose every part reads the number of repeats."""
    return Engine(knowledge=documents(VOCABULARY, VIOLATIONS, RULESET))


@pytest.fixture(scope="module")
def national() -> Knowledge:
    """The rulesets of the library and of the installed packages."""
    return Engine.load().knowledge


def repeated(times: int, **changes: object) -> Case:
    """A case with so many earlier violations of the same kind."""
    found = [Prior(decided=date(2023, 1 + n, 1), violation="shop.blocked") for n in range(times)]
    case = Case(
        id="7",
        region="530103",
        violation="shop.blocked",
        committed="2024-06-01",
        decided="2024-08-01",
        priors=Priors(searched_since=date(2020, 1, 1), found=found),
    )
    return attrs.evolve(case, **changes)  # type: ignore[arg-type]  # names of fields


def truths(outcome: Outcome) -> Mapping[str, Truth]:
    """The truth of every rule."""
    return {finding.rule: finding.truth for finding in outcome.findings}


def graver(outcome: Outcome) -> set[Truth]:
    """Whether suspension and revocation are open."""
    kinds = {PenaltyKind.SUSPENSION, PenaltyKind.REVOCATION}
    return {one.truth for one in outcome.other_kinds if one.kind in kinds}


class TestWhereItIsRead:
    """A fact that counts is computed for rules, tiers, kinds, the bar before a fine, and duties."""

    @pytest.mark.parametrize(
        ("times", "state", "low", "kinds", "duties", "heavier"),
        [
            (0, FineState.NOT_YET, None, Truth.FALSE, 0, Truth.FALSE),
            (1, FineState.RANGE, 10_000, Truth.FALSE, 1, Truth.FALSE),
            (2, FineState.RANGE, 50_000, Truth.FALSE, 1, Truth.FALSE),
            (3, FineState.RANGE, 50_000, Truth.TRUE, 1, Truth.FALSE),
            (4, FineState.RANGE, None, Truth.TRUE, 1, Truth.TRUE),
        ],
    )
    def test_computed(
        self,
        small: Engine,
        times: int,
        state: FineState,
        low: int | None,
        kinds: Truth,
        duties: int,
        heavier: Truth,
    ) -> None:
        """Each step counts one more, the act of the case included."""
        outcome = small.evaluate(repeated(times))
        assert outcome.fine.state is state
        if low is not None:
            assert outcome.fine.range is not None
            assert outcome.fine.range.low == low
        assert graver(outcome) == {kinds}
        assert len(outcome.duties) == duties
        assert truths(outcome) == {"repeats.list/heavier": heavier}
        assert outcome.problems == ()

    def test_unknown_without_search(self, small: Engine) -> None:
        """Without a search nothing is computed, and the number is asked for."""
        outcome = small.evaluate(repeated(0, priors=None))
        assert truths(outcome) == {"repeats.list/heavier": Truth.UNKNOWN}
        assert "repeats" in {question.fact for question in outcome.questions}
        assert [duty.certain for duty in outcome.duties] == [False]

    def test_stated_without_search(self, small: Engine) -> None:
        """What an officer states stands where no search says otherwise."""
        outcome = small.evaluate(repeated(0, priors=None, facts={"repeats": 5}))
        assert truths(outcome) == {"repeats.list/heavier": Truth.TRUE}
        assert outcome.problems == ()

    def test_contradiction(self, small: Engine) -> None:
        """A stated number that the record contradicts is reported and not overridden."""
        outcome = small.evaluate(repeated(0, facts={"repeats": 5}))
        assert truths(outcome) == {"repeats.list/heavier": Truth.TRUE}
        assert len(outcome.problems) == 1

    def test_engine_of_a_plugin(self) -> None:
        """A fact of a package is counted like one of the core."""
        words = VOCABULARY.replace("id: repeats", "id: local\nprefix: local")
        words = words.replace("  repeats:", "  local.repeats:")
        rules = RULESET.replace("[repeats:", "[local.repeats:")
        provisions = VIOLATIONS.replace("[repeats:", "[local.repeats:")
        engine = Engine(knowledge=documents(words, provisions, rules))
        assert truths(engine.evaluate(repeated(4))) == {"repeats.list/heavier": Truth.TRUE}


class TestSameLaw:
    """违反本法规定: whatever breaks the law, or is punished by it, counts."""

    @pytest.mark.parametrize(
        ("prior", "counted"),
        [
            (Prior(violation="food.past-shelf-life"), Truth.TRUE),
            (Prior(violation="food.no-licence"), Truth.TRUE),
            (Prior(violation="food.three-penalties-in-a-year"), Truth.TRUE),
            (Prior(violation="advertising.superlative"), Truth.FALSE),
            (Prior(field="food_safety"), Truth.UNKNOWN),
            (Prior(), Truth.UNKNOWN),
        ],
    )
    def test_food(self, national: Knowledge, prior: Prior, counted: Truth) -> None:
        """Two fields of one law count together; a record without its violation does not tell."""
        found = [attrs.evolve(prior, decided=date(2024, 1, day)) for day in (1, 2, 3)]
        case = repeated(
            0,
            violation="food.three-penalties-in-a-year",
            priors=Priors(searched_since=date(2020, 1, 1), found=found),
            examined=EXAMINED,
        )
        outcome = Engine(knowledge=national).evaluate(case)
        assert graver(outcome) == {counted}

    def test_nothing_cited(self, small: Engine) -> None:
        """A violation that names no law is of no law."""
        bare = attrs.evolve(small.violations["shop.blocked"], provisions=())
        knowledge = attrs.evolve(
            small.knowledge,
            violations={"shop.blocked": bare, "shop.other": attrs.evolve(bare, id="shop.other")},
        )
        fact = attrs.evolve(
            small.vocabulary["repeats"],
            counts=RepeatCount(window=Window(24), identity=Identity.LAW),
        )
        vocabulary = attrs.evolve(small.vocabulary, facts={"repeats": fact})
        engine = Engine(knowledge=attrs.evolve(knowledge, vocabulary=vocabulary))
        other = Prior(decided=date(2024, 1, 1), violation="shop.other")
        case = repeated(0, priors=Priors(searched_since=date(2020, 1, 1), found=[other]))
        assert truths(engine.evaluate(case)) == {"repeats.list/heavier": Truth.UNKNOWN}


class TestGraverKinds:
    """Suspension and revocation that the law opens only after so many penalties in a year."""

    @pytest.mark.parametrize(
        ("violation", "earlier", "needed"),
        [
            ("food.three-penalties-in-a-year", "food.no-licence", 3),
            ("appraisal.three-penalties-in-a-year", "appraisal.three-penalties-in-a-year", 3),
            ("highway.overloaded-repeatedly", "highway.overloaded-repeatedly", 3),
        ],
    )
    def test_number(self, national: Knowledge, violation: str, earlier: str, needed: int) -> None:
        """The last that is needed opens the graver kind, one fewer or one too old does not."""
        engine = Engine(knowledge=national)
        days = [date(2024, 1, 1 + n) for n in range(needed - 1)]
        for border, opens in (
            (date(2023, 2, 27), False),
            (date(2023, 2, 28), True),
            (date(2023, 3, 1), True),
        ):
            found = [Prior(committed=d, decided=d, violation=earlier) for d in (*days, border)]
            case = repeated(
                0,
                violation=violation,
                committed="2024-02-29",
                priors=Priors(searched_since=date(2020, 1, 1), found=found),
                examined=EXAMINED,
            )
            assert graver(engine.evaluate(case)) == {Truth.of(opens)}

    def test_decisions_not_to_penalise(self, national: Knowledge) -> None:
        """Three decisions not to penalise are no penalties."""
        found = [
            Prior(
                decided=date(2024, 1, 1 + n),
                violation="food.no-licence",
                result=PriorResult.EXEMPTED,
            )
            for n in range(3)
        ]
        case = repeated(
            0,
            violation="food.three-penalties-in-a-year",
            priors=Priors(searched_since=date(2020, 1, 1), found=found),
        )
        assert graver(Engine(knowledge=national).evaluate(case)) == {Truth.FALSE}


LIST: Final = """
format: 1
document: ruleset
id: place.list
version: "1"
title: {zh: 清单, en: list}
region: "%s"
department: %s
instrument: {name: 清单, level: document, kind: list}
rules:
  - id: spared
    title: {zh: 首违不罚, en: spared}
    ground: listed
    permits: [exempt]
    modality: may
    violations: [%s]
    when: [%s]
    cite: [{law: 示例, unverified: {zh: 示例, en: a sample}}]
"""


class TestBesides:
    """What a place asks besides the first violation is a definition of its ruleset."""

    @pytest.mark.parametrize(
        ("region", "violation", "when", "facts", "spared"),
        [
            (
                "320102",
                "work-safety.exit-blocked",
                "first_violation, clean_safety_record",
                {"fatal_accident_within_three_years": fatal, "on_dishonesty_list": listed},
                not (fatal or listed),
            )
            for fatal in (False, True)
            for listed in (False, True)
        ]
        + [
            (
                "371002",
                "work-safety.exit-blocked",
                "first_violation, clean_accident_record, excluded_trade: false",
                {
                    "fatal_accident_within_three_years": False,
                    "serious_injury_accident_within_three_years": injury,
                    "on_dishonesty_list": False,
                    "high_risk_trade": trade,
                },
                not (injury or trade),
            )
            for injury in (False, True)
            for trade in (False, True)
        ]
        + [
            (
                "430102",
                "fire.lane-blocked",
                "first_violation, small_firm_without_case, few_causes_of_action",
                {"small_or_micro": small, "causes_of_action": causes},
                small and causes <= 2,
            )
            for small in (False, True)
            for causes in (1, 2, 3)
        ],
    )
    def test_conditions(
        self,
        national: Knowledge,
        region: str,
        violation: str,
        when: str,
        facts: Mapping[str, bool | int],
        spared: bool,
    ) -> None:
        """One condition that fails is enough to lose the exemption."""
        outcome = _place(national, region, violation, when, [], facts)
        assert truths(outcome)["place.list/spared"] is Truth.of(spared)

    @pytest.mark.parametrize(
        ("region", "violation", "when", "rows"),
        [
            # Hunan: a small firm with any fire safety case within one year.
            (
                "430102",
                "fire.lane-blocked",
                "small_firm_without_case",
                (("2024-02-27", True), ("2024-02-28", False), ("2024-02-29", False)),
            ),
            # Guangdong: the same article, paragraph and item within the recent one, two years.
            (
                "440306",
                "water.over-standard",
                "repeated_in_recent_year",
                (("2024-02-27", False), ("2024-02-28", True), ("2024-02-29", True)),
            ),
            (
                "440306",
                "water.over-standard",
                "repeated_in_recent_two_years",
                (("2023-02-27", False), ("2023-02-28", True), ("2023-03-01", True)),
            ),
        ],
    )
    def test_windows(
        self,
        national: Knowledge,
        region: str,
        violation: str,
        when: str,
        rows: tuple[tuple[str, bool], ...],
    ) -> None:
        """The window of a definition is exact on both sides of its first day."""
        for day, expected in rows:
            on = date.fromisoformat(day)
            prior = Prior(committed=on, decided=on, violation=violation)
            outcome = _place(national, region, violation, when, [prior], {"small_or_micro": True})
            assert truths(outcome)["place.list/spared"] is Truth.of(expected), day

    @pytest.mark.parametrize(
        ("penalties", "top", "next_step"),
        [(1, False, False), (2, True, False), (3, False, True), (4, False, True)],
    )
    def test_steps(self, national: Knowledge, penalties: int, top: bool, next_step: bool) -> None:
        """Jiangmen: two penalties within two years are the top of a step, three the next step."""
        violation = "water.over-standard"
        found = [
            Prior(decided=date(2023, 2, 28 - n), violation=violation, result=PriorResult.EXEMPTED)
            for n in range(2)
        ]
        found += [
            Prior(decided=date(2024, 1, 1 + n), violation=violation) for n in range(penalties)
        ]
        for name, expected in (("top_of_its_step", top), ("next_step_up", next_step)):
            outcome = _place(national, "440703", violation, name, found, {})
            assert truths(outcome)["place.list/spared"] is Truth.of(expected)


def _place(
    national: Knowledge,
    region: str,
    violation: str,
    when: str,
    found: list[Prior],
    facts: Mapping[str, bool | int],
) -> Outcome:
    department = national.violations[violation].department
    text = LIST % (region, department, violation, when)
    case = Case(
        id="7",
        region=region,
        violation=violation,
        committed="2025-02-28",
        discovered="2025-02-28",
        decided="2025-04-20",
        facts=facts,
        priors=Priors(searched_since=date(2015, 1, 1), found=found),
    )
    return Engine(knowledge=documents(text, base=national)).evaluate(case)
