"""Cases built in Python: types and the order of dates are checked as in documents."""

from datetime import date
from typing import Any

import pytest

from bizrules.case_dates import in_order, order_problems
from bizrules.cases import Act, Case, Prior, Priors
from bizrules.errors import CaseError
from bizrules.provenance import Location
from bizrules.values import DateSpan

MARCH, MAY = date(2022, 3, 1), date(2022, 5, 20)
MARCH_PRIOR = Prior(decided=MARCH)


def case(given: dict[str, Any]) -> Case:
    """A case with its names filled in."""
    return Case(**{"id": "c", "region": "530103", "violation": "food.label", **given})


def locate(*path: str | int) -> Location:
    """The place of a part."""
    return Location("case c", path=".".join(("$", *map(str, path))))


class TestTypes:
    """Types of what a caller gives."""

    @pytest.mark.parametrize(
        ("given", "path", "found"),
        [
            ({"region": 530103}, "$.region", "int"),
            ({"violation": None}, "$.violation", "NoneType"),
            ({"id": 7}, "$.id", "int"),
            ({"party": {"kind": "enterprise"}}, "$.party", "dict"),
            ({"priors": []}, "$.priors", "list"),
            ({"act": 1}, "$.act", "int"),
            ({"facts": {3: True}}, "$.facts.3", "int"),
            ({"examined": [1]}, "$.examined.1", "int"),
        ],
    )
    def test_a_wrong_type_is_named(self, given: dict[str, Any], path: str, found: str) -> None:
        """A value of a wrong type is refused with its place and both types."""
        with pytest.raises(CaseError) as caught:
            case(given)
        (problem,) = caught.value.problems
        assert (problem.code, problem.location.path) == ("wrong-type", path)
        assert problem.details["found"] == found

    def test_all_at_once(self) -> None:
        """Several wrong types are reported together."""
        with pytest.raises(CaseError) as caught:
            case({"region": 1, "violation": 2, "facts": {None: 1}})
        assert len(caught.value.problems) == 3

    def test_right_types_pass(self) -> None:
        """What is optional may be left out or given."""
        assert case({"priors": Priors(), "act": "a", "authority": "盘龙区"}).act == "a"


class TestOrder:
    """The order of dates."""

    @pytest.mark.parametrize(
        ("given", "ordered"),
        [
            ({"committed": MARCH, "decided": MARCH}, True),
            ({"committed": MARCH, "decided": MAY}, True),
            ({"committed": MAY, "decided": MARCH}, False),
            ({"committed": MAY, "discovered": MARCH}, False),
            ({"committed": MARCH, "discovered": MAY, "filed": MAY, "decided": MARCH}, False),
            ({"committed": Act(DateSpan.on(MAY), DateSpan.on(MARCH)), "discovered": MARCH}, True),
            ({"committed": Act(DateSpan.on(MARCH), DateSpan.on(MAY))}, False),
            ({"committed": "2022", "decided": MARCH}, True),
            ({"committed": "2023", "decided": MARCH}, False),
            ({"filed": "2022-06", "notified": "2022-05"}, False),
            ({}, True),
        ],
    )
    def test_what_must_follow(self, given: dict[str, Any], ordered: bool) -> None:
        """Only what is certainly out of order is refused, and both ways of looking agree."""
        found = case(given)
        assert in_order(found) is ordered
        assert (not list(order_problems(found, locate))) is ordered


class TestPriors:
    """Earlier violations lie before the decision."""

    @pytest.mark.parametrize(
        ("prior", "refused"),
        [
            (Prior(decided=MAY), False),
            (Prior(decided=date(2022, 5, 21)), True),
            (Prior(committed=date(2022, 5, 21)), True),
            (Prior(committed=MARCH, decided=date(2022, 5, 21)), True),
            (Prior(), False),
        ],
    )
    def test_after_the_decision(self, prior: Prior, refused: bool) -> None:
        """A register searched for the decision cannot hold what came after it."""
        found = case({"decided": MAY, "priors": Priors(found=[MARCH_PRIOR, prior])})
        assert in_order(found) is not refused
        paths = [problem.location.path for problem in order_problems(found, locate)]
        assert all("priors.found.1" in (path or "") for path in paths)
        assert bool(paths) is refused
