"""What golden cases expect of the law applied and of the duties."""

from collections.abc import Mapping, Sequence
from datetime import date

import attrs
import pytest

from bizrules.cases import Case, FactInput
from bizrules.engine import Engine
from bizrules.loading import Expect, ExpectedLaw, GoldenCase
from bizrules.outcomes import LawBasis, LawChoice
from bizrules.penalties import Grade
from bizrules.testing import run_golden

PAY, LATE, EDUCATE = (f"national.penalty-law/{name}" for name in ("pay", "late-payment", "educate"))
CASE = Case(
    id="c",
    region="530103",
    violation="transport.unlicensed-passenger",
    committed="2023-07-19",
    decided="2023-08-01",
    facts={
        "harm": "slight",
        "corrected": "no",
        "violation_minor": False,
        "first_violation": False,
        "illegal_gains": "5000",
        "decision_served_on": date(2023, 8, 2),
    },
)


@pytest.fixture(scope="module", name="engine")
def national_engine() -> Engine:
    """The national rules alone."""
    return Engine.load(plugins=False)


def told(engine: Engine, expect: Expect) -> Sequence[tuple[str, str, str]]:
    """What differs, for a case in which every group of circumstances was examined."""
    case = attrs.evolve(CASE, examined=frozenset(engine.vocabulary.groups))
    result = run_golden(engine, GoldenCase(case=case, expect=expect))
    return [(one.part, one.expected, one.found) for one in result.differences]


@pytest.mark.parametrize(
    "expect",
    [
        Expect(law=ExpectedLaw()),
        Expect(law=ExpectedLaw(choice=LawChoice.NEW, basis=LawBasis.FINE)),
        # What opens only after a period is compared by the day on which it opens.
        Expect(duties={PAY: date(2023, 8, 17), LATE: date(2023, 8, 18)}),
        Expect(duties={"national.penalty-law/order-correction": None}),
        Expect(no_duties=(EDUCATE,)),
        Expect(capped={LATE: date(2023, 9, 20)}),
    ],
)
def test_what_is_as_expected_passes(engine: Engine, expect: Expect) -> None:
    """The law chosen and why, duties with and without a last day, duties that do not follow."""
    assert told(engine, expect) == []


@pytest.mark.parametrize(
    ("expect", "difference"),
    [
        (Expect(law=ExpectedLaw(choice=LawChoice.OLD)), ("law.choice", "old", "new")),
        (Expect(law=ExpectedLaw(basis=LawBasis.EQUAL)), ("law.basis", "equal", "fine")),
        (
            Expect(duties={PAY: date(2023, 8, 18)}),
            (f"duties {PAY}", "2023-08-18", "2023-08-17"),
        ),
        (Expect(duties={PAY: None}), (f"duties {PAY}", "-", "2023-08-17")),
        (Expect(duties={EDUCATE: None}), (f"duties {EDUCATE}", "-", "false")),
        (Expect(no_duties=(PAY,)), (f"no_duties {PAY}", "false", "true")),
        (
            Expect(capped={LATE: date(2023, 9, 21)}),
            (f"capped {LATE}", "2023-09-21", "2023-09-20"),
        ),
        (
            Expect(capped={EDUCATE: date(2023, 9, 21)}),
            (f"capped {EDUCATE}", "2023-09-21", "-"),
        ),
    ],
)
def test_what_differs_is_told(
    engine: Engine, expect: Expect, difference: tuple[str, str, str]
) -> None:
    """Each difference names its part, what was expected and what was found."""
    assert told(engine, expect) == [difference]


@pytest.mark.parametrize(
    ("facts", "expect", "zh", "en"),
    [
        ({}, Expect(grade=Grade.EXEMPT), "实为未定（尚待查明：", "found open; still unknown: "),
        (CASE.facts, Expect(no_grade=True), "应为未定，实为 ordinary", "expected open, found"),
        (CASE.facts, Expect(duties={EDUCATE: None}), "实为不产生该义务", "found does not follow"),
        (CASE.facts, Expect(duties={PAY: None}), "应为产生该义务，没有", "follows (without a day)"),
        (
            CASE.facts,
            Expect(no_duties=(PAY,)),
            "应为不产生该义务，实为产生该义务",
            "expected does not follow, found follows",
        ),
    ],
)
def test_what_differs_is_told_in_words(
    engine: Engine, facts: Mapping[str, FactInput], expect: Expect, zh: str, en: str
) -> None:
    """Nothing found is said in words: what is still unknown, and that a duty does not follow."""
    case = attrs.evolve(CASE, facts=facts, examined=frozenset(engine.vocabulary.groups))
    (difference,) = run_golden(engine, GoldenCase(case=case, expect=expect)).differences
    assert zh in difference.text.zh
    assert en in difference.text.in_("en")
