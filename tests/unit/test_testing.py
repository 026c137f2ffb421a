"""Golden cases, run."""

from collections.abc import Sequence
from decimal import Decimal

import attrs
import pytest

from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.loading import Expect, ExpectedFine, GoldenCase
from bizrules.outcomes import FineState, Verdict
from bizrules.penalties import Grade, Modality
from bizrules.rules import Measure
from bizrules.testing import GoldenResult, run_golden, run_goldens
from bizrules.values import Money
from cli.running import small_knowledge

ENGINE = Engine(knowledge=small_knowledge())
EXEMPT = Case(
    id="c",
    region="530103",
    violation="stall.street",
    committed="2022-03-01",
    decided="2022-05-20",
    facts={"harm": "none", "minor": True, "goods_value": Money.from_yuan(66)},
)
WORSE = "small.district/worse"
ORDINARY = attrs.evolve(
    EXEMPT,
    facts={"harm": "serious", "minor": False, "obstructed": False, "goods_value": "66"},
)


def run(case: Case, expect: Expect | None) -> GoldenResult:
    """A golden case, run over the small rules."""
    return run_golden(ENGINE, GoldenCase(case=case, expect=expect))


def told(result: GoldenResult) -> Sequence[tuple[str, str, str]]:
    """What differs."""
    return [(one.part, one.expected, one.found) for one in result.differences]


SOUND = (
    Expect(),
    Expect(grade=Grade.EXEMPT, permitted=(Grade.EXEMPT,), modality=Modality.SHALL),
    Expect(settled=True, contested=False, holds=("small.law/minor",), asks=()),
    Expect(fine=ExpectedFine(low=Decimal(0), high=Decimal(0), state=FineState.WAIVED)),
    Expect(fine=ExpectedFine()),
    Expect(fails=("small.province/ended", "nowhere/at-all")),
)


@pytest.mark.parametrize("expect", SOUND)
def test_what_is_as_expected_passes(expect: Expect) -> None:
    """Only what the expectation says is compared; a rule that is no candidate does not hold."""
    result = run(EXEMPT, expect)
    assert result.passed
    assert result.counts
    assert result.outcome is not None


@pytest.mark.parametrize(
    ("expect", "expected"),
    [
        (Expect(grade=Grade.LIGHTER), ("grade", "lighter", "exempt")),
        (Expect(no_grade=True), ("grade", "-", "exempt")),
        (
            Expect(permitted=(Grade.LIGHTER, Grade.EXEMPT)),
            ("permitted", "exempt, lighter", "exempt"),
        ),
        (Expect(modality=Modality.MAY), ("modality", "may", "shall")),
        (Expect(settled=False), ("settled", "false", "true")),
        (Expect(contested=True), ("contested", "true", "false")),
        (Expect(fine=ExpectedFine(low=Decimal("0.5"))), ("fine.low", "0.5", "0")),
        (Expect(fine=ExpectedFine(state=FineState.RANGE)), ("fine.state", "range", "waived")),
        (Expect(compulsion={Measure.SEIZURE: Verdict.OPEN}), ("compulsion.seizure", "open", "-")),
        (Expect(asks=("obstructed",)), ("asks obstructed", "true", "false")),
        (
            Expect(holds=("small.district/worse",)),
            ("holds small.district/worse", "true", "unknown"),
        ),
        (Expect(holds=("nowhere/at-all",)), ("holds nowhere/at-all", "true", "-")),
        (Expect(fails=("small.law/minor",)), ("fails small.law/minor", "false", "true")),
    ],
)
def test_each_part_is_compared(expect: Expect, expected: tuple[str, str, str]) -> None:
    """What differs is told as data, in the codes of documents."""
    result = run(EXEMPT, expect)
    assert told(result) == [expected]
    assert not result.passed


def test_difference_in_words() -> None:
    """A difference reads in both languages."""
    (one,) = run(EXEMPT, Expect(grade=Grade.LIGHTER)).differences
    assert one.text.en == "grade: expected lighter, found exempt"
    assert one.text.zh == "grade：应为 lighter，实为 exempt"


def test_open_rule_neither_holds_nor_fails() -> None:
    """A rule that cannot be told yet passes for neither."""
    rule = "small.district/worse"
    result = run(EXEMPT, Expect(holds=(rule,), fails=(rule,)))
    assert [found for _, _, found in told(result)] == ["unknown", "unknown"]


def test_no_grade_where_none_is_expected() -> None:
    """`grade: null` expects that nothing is proposed."""
    bare = attrs.evolve(EXEMPT, facts={})
    assert run(bare, Expect(no_grade=True, settled=False)).passed
    assert told(run(bare, Expect(modality=Modality.MAY))) == [("modality", "may", "-")]


def test_ends_of_a_range() -> None:
    """The fine is compared in yuan, to the fen."""
    fine = ExpectedFine(low=Decimal(500), high=Decimal("1000.00"), state=FineState.RANGE)
    assert run(ORDINARY, Expect(fine=fine)).passed
    (one,) = run(ORDINARY, Expect(fine=ExpectedFine(high=Decimal("1000.01")))).differences
    assert (one.part, one.found) == ("fine.high", "1000")


def test_range_without_money_is_no_money() -> None:
    """While the base is unknown the ends are multiples, which no amount equals."""
    sign = attrs.evolve(
        ORDINARY,
        violation="stall.street",
        facts={"harm": "serious", "minor": False, "obstructed": False},
    )
    (one,) = run(sign, Expect(fine=ExpectedFine(low=Decimal(2)))).differences
    assert one.found == "-"


def test_measures_are_compared() -> None:
    """The second axis is compared measure by measure."""
    seized = attrs.evolve(EXEMPT, measures=("seizure",))
    assert run(seized, Expect(compulsion={Measure.SEIZURE: Verdict.MAY_OMIT})).passed


def test_case_with_problems_fails() -> None:
    """A case that cannot be evaluated fails with its problems, whatever is expected."""
    result = run(attrs.evolve(EXEMPT, region="999999"), None)
    assert not result.passed
    assert result.counts
    assert result.outcome is None
    assert result.differences[0].part == "case"
    assert result.differences[0].text.en == "unknown region `999999`"


def test_nothing_expected_does_not_count() -> None:
    """A case without expectations is run, but neither passed nor failed."""
    result = run(EXEMPT, None)
    assert result.passed
    assert not result.counts


def test_all_are_run_in_order() -> None:
    """The results come in the order of the cases."""
    goldens = [GoldenCase(case=attrs.evolve(EXEMPT, id=name)) for name in ("b", "a")]
    assert [result.golden.case.id for result in run_goldens(ENGINE, goldens)] == ["b", "a"]
