"""The scoreboard of published cases."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

import pytest

from bizrules.cases import Case, FactInput
from bizrules.engine import Engine
from bizrules.loading import GoldenCase, Official
from bizrules.penalties import Grade
from bizrules.testing import Standing, judge, scoreboard
from cli.running import small_knowledge

Facts: TypeAlias = Mapping[str, FactInput]

ENGINE = Engine(knowledge=small_knowledge())
KNOWN: Facts = {
    "harm": "none",
    "minor": False,
    "obstructed": False,
    "goods_value": "66",
    "channel": "online",
}


def case(
    facts: Facts,
    *,
    violation: str = "stall.street",
    region: str = "530103",
    measures: tuple[str, ...] = (),
) -> Case:
    """A case of the small rules."""
    return Case(
        id="c",
        region=region,
        violation=violation,
        committed="2022-03-01",
        decided="2022-05-20",
        facts=facts,
        measures=measures,
    )


def official(
    grade: Grade | None = None,
    *,
    fine: Decimal | None = None,
    compulsion: Mapping[str, str] | None = None,
    complete: bool = False,
) -> Official:
    """What was decided."""
    return Official(
        grade=grade, fine=fine, compulsion=compulsion, complete=complete, quality="gold"
    )


@pytest.mark.parametrize(
    ("facts", "grade", "standing"),
    [
        ({**KNOWN, "minor": True}, Grade.EXEMPT, Standing.AGREED),
        ({**KNOWN, "minor": True}, Grade.LIGHTER, Standing.DISAGREED),
        ({**KNOWN, "corrected": True}, Grade.EXEMPT, Standing.AGREED),
        ({**KNOWN, "corrected": True}, Grade.LIGHTER, Standing.CHOICE),
        ({**KNOWN, "corrected": True, "obstructed": True}, Grade.EXEMPT, Standing.CONTESTED),
        ({"harm": "none"}, Grade.EXEMPT, Standing.OPEN),
        ({**KNOWN, "corrected": False}, Grade.HEAVIER, Standing.DISAGREED),
    ],
)
def test_standing_of_grades(facts: Facts, grade: Grade, standing: Standing) -> None:
    """First agreement, then dispute, openness, choice and disagreement."""
    assert judge(ENGINE, case(facts), official(grade)).standing is standing


def test_open_case_with_one_way_out() -> None:
    """An open case says whether it can lead to the decided grade only."""
    facts: Facts = {"harm": "none", "corrected": True, "goods_value": "66", "obstructed": False}
    judgement = judge(ENGINE, case(facts), official(Grade.EXEMPT))
    assert judgement.standing is Standing.OPEN
    assert judgement.only_official
    assert [question.fact for question in judgement.questions] == ["minor"]
    assert not judge(ENGINE, case(facts), official(Grade.LIGHTER)).only_official


def test_reasons_of_a_disagreement() -> None:
    """A judgement carries the library's own reason."""
    judgement = judge(ENGINE, case({**KNOWN, "minor": True}), official(Grade.HEAVIER))
    assert judgement.reason is not None
    assert judgement.reason.determining == ("small.law/minor",)
    assert judgement.grade is Grade.EXEMPT
    assert judgement.questions == ()


@pytest.mark.parametrize(
    ("facts", "fine", "standing"),
    [
        ({**KNOWN, "corrected": False}, "500", Standing.RANGE_OK),
        ({**KNOWN, "corrected": False}, "1000", Standing.RANGE_OK),
        ({**KNOWN, "corrected": False}, "1000.01", Standing.RANGE_DIFFERS),
        ({**KNOWN, "corrected": False}, "499.99", Standing.RANGE_DIFFERS),
        ({"goods_value": "20000"}, "40000", Standing.RANGE_OK),
        ({"goods_value": "20000"}, "100001", Standing.RANGE_DIFFERS),
        ({"harm": "none"}, "600", Standing.RANGE_UNKNOWN),
        ({**KNOWN, "minor": True}, "600", Standing.RANGE_UNKNOWN),
    ],
)
def test_ranges(facts: Facts, fine: str, standing: Standing) -> None:
    """A record without a grade is checked against the statutory range, ends included."""
    assert judge(ENGINE, case(facts), official(fine=Decimal(fine))).standing is standing


def test_record_without_anything() -> None:
    """A record that tells neither grade nor fine cannot be checked."""
    assert judge(ENGINE, case(KNOWN), official()).standing is Standing.RANGE_UNKNOWN


@pytest.mark.parametrize(
    ("goods", "fine", "standing"),
    [
        ("50", "50000", Standing.RANGE_OK),
        ("50", "50000.01", Standing.RANGE_DIFFERS),
        ("500", "1000000", Standing.RANGE_OK),
        ("500", "99", Standing.RANGE_DIFFERS),
        ("5000", "250", Standing.RANGE_OK),
        ("50000", "1", Standing.RANGE_UNKNOWN),
    ],
)
def test_ranges_with_one_end(goods: str, fine: str, standing: Standing) -> None:
    """A maximum only, a minimum only, a share of a base, and a tier without a fine."""
    facts: Facts = {"goods_value": goods, "order_not_obeyed": True}
    given = case(facts, violation="stall.sign")
    assert judge(ENGINE, given, official(fine=Decimal(fine))).standing is standing


def test_open_tiers() -> None:
    """While tiers are open, an amount outside of all of them lies in none."""
    given = case({"order_not_obeyed": True}, violation="stall.sign")
    assert judge(ENGINE, given, official(fine=Decimal(60))).standing is Standing.RANGE_UNKNOWN


@pytest.mark.parametrize(
    ("minor", "decided", "standing"),
    [
        (True, "lifted", Standing.AGREED),
        (True, "may_omit", Standing.AGREED),
        (True, "taken", Standing.CHOICE),
        (False, "no_ground", Standing.AGREED),
        (False, "lifted", Standing.DISAGREED),
        (None, "lifted", Standing.OPEN),
    ],
)
def test_measures(minor: bool | None, decided: str, standing: Standing) -> None:
    """A record about a measure is compared with the second axis."""
    facts: Facts = {} if minor is None else {"minor": minor}
    given = case(facts, measures=("seizure",))
    found = judge(ENGINE, given, official(compulsion={"seizure": decided}))
    assert found.standing is standing
    assert set(found.measures) == {"seizure"}


def test_worst_measure_decides() -> None:
    """Among several measures the worst standing is that of the case; one not named is open."""
    given = case({"minor": True}, measures=("seizure", "sealing"))
    decided = official(compulsion={"seizure": "lifted", "sealing": "lifted"})
    assert judge(ENGINE, given, decided).standing is Standing.DISAGREED
    decided = official(compulsion={"seizure": "lifted", "freezing": "lifted"})
    assert judge(ENGINE, given, decided).standing is Standing.OPEN


def test_unfit_case() -> None:
    """A case that cannot be evaluated is told apart."""
    judgement = judge(ENGINE, case({}, region="999999"), official(Grade.EXEMPT))
    assert judgement.standing is Standing.UNFIT
    assert judgement.problems[0].code == "unknown-region"
    assert judgement.reason is None


def test_both_computations() -> None:
    """Only a complete account has all groups added to what was examined."""
    facts: Facts = {"harm": "slight", "corrected": True, "goods_value": "66", "minor": False}
    goldens = [
        GoldenCase(case=case(facts), official=official(Grade.EXEMPT, complete=complete))
        for complete in (True, False)
    ]
    board = scoreboard(ENGINE, [*goldens, GoldenCase(case=case(facts))])
    assert len(board.rows) == 2
    complete, partial = board.rows
    assert complete.published.standing is Standing.OPEN
    assert complete.complete.standing is Standing.AGREED
    assert partial.published.standing is partial.complete.standing is Standing.OPEN
    assert board.counts() == {"gold": {Standing.OPEN: 2}}
    assert board.counts(complete=True) == {"gold": {Standing.AGREED: 1, Standing.OPEN: 1}}
