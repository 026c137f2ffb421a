import copy
import pickle
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from bizrules.cases import (
    Act,
    Case,
    DayInput,
    FactInput,
    Party,
    PartyKind,
    Prior,
    Priors,
    fingerprint,
    format_span,
    plain_facts,
    to_span,
)
from bizrules.history import PriorResult
from bizrules.provenance import Location
from bizrules.values import DateSpan, Money, Plain

DAY = date(2022, 3, 1)
CASE = Case(id="7", region="530103", violation="food.past-shelf-life")


def with_facts(facts: Mapping[str, FactInput]) -> Case:
    """The case with these facts."""
    return attrs.evolve(CASE, facts=facts)


class TestSpans:
    """A date may be known to the day, the month or the year."""

    @pytest.mark.parametrize(
        ("given", "earliest", "latest"),
        [
            (DAY, DAY, DAY),
            ("2022-03-01", DAY, DAY),
            ("2024-09", date(2024, 9, 1), date(2024, 9, 30)),
            ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
            ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
            ("2022-12", date(2022, 12, 1), date(2022, 12, 31)),
            ("2024", date(2024, 1, 1), date(2024, 12, 31)),
            ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
            ("9999", date(9999, 1, 1), date(9999, 12, 31)),
            (DateSpan(DAY, None), DAY, None),
        ],
    )
    def test_span(self, given: DayInput, earliest: date, latest: date | None) -> None:
        """What is known is the span from the first to the last possible day."""
        assert to_span(given) == DateSpan(earliest, latest)

    def test_nothing_known(self) -> None:
        """None stays None: nobody said anything of the date."""
        assert to_span(None) is None

    @pytest.mark.parametrize(
        "given", ["2024-13", "2024-00", "2023-02-29", "24-09", "2024-9", "", "0000", "二〇二四"]
    )
    def test_refused(self, given: str) -> None:
        """Text of another form, and days that do not exist, are refused."""
        with pytest.raises(ValueError, match=r".+"):
            to_span(given)

    def test_a_moment_is_no_date(self) -> None:
        """A date with a time is refused here, before it meets a plain date."""
        with pytest.raises(ValueError, match="is not a date"):
            attrs.evolve(CASE, decided=datetime(2022, 3, 1, 8, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("span", "text"),
        [
            (DateSpan.on(DAY), "2022-03-01"),
            (DateSpan(date(2024, 9, 1), date(2024, 9, 30)), "2024-09"),
            (DateSpan(date(2024, 1, 1), date(2024, 12, 31)), "2024"),
            (DateSpan(date(2024, 2, 1), date(2024, 2, 29)), "2024-02"),
            (DateSpan(date(2024, 2, 1), date(2024, 2, 28)), "2024-02-01..2024-02-28"),
            (DateSpan(date(2024, 9, 2), date(2024, 9, 30)), "2024-09-02..2024-09-30"),
            (DateSpan(date(2021, 11, 20), date(2021, 12, 5)), "2021-11-20..2021-12-05"),
            (DateSpan(date(2024, 1, 1), date(2024, 12, 30)), "2024-01-01..2024-12-30"),
            (DateSpan(date(2024, 1, 2), date(2024, 12, 31)), "2024-01-02..2024-12-31"),
            (DateSpan(date(2023, 1, 1), date(2024, 12, 31)), "2023-01-01..2024-12-31"),
            (DateSpan(DAY, None), "2022-03-01.."),
            (DateSpan(None, DAY), "..2022-03-01"),
            (DateSpan(), ""),
        ],
    )
    def test_format(self, span: DateSpan, text: str) -> None:
        """Only a whole month is written as a month, and a whole year as a year."""
        assert format_span(span) == text

    @pytest.mark.parametrize("text", ["2022-03-01", "2024-09", "2024", "9999-12", "9999"])
    def test_there_and_back(self, text: str) -> None:
        """A day, a month and a year are read and written the same."""
        span = to_span(text)
        assert span is not None
        assert format_span(span) == text


class TestActs:
    """An act ends, and a continuing one began before."""

    @pytest.mark.parametrize("given", [DAY, "2022-03-01", DateSpan.on(DAY), Act(ended=DAY)])
    def test_an_act_of_one_moment(self, given: Act | DayInput) -> None:
        """A bare date says when the act happened."""
        committed = attrs.evolve(CASE, committed=given).committed
        assert committed == Act(ended=DateSpan.on(DAY), began=None)

    def test_a_continuing_act(self) -> None:
        """Both ends of a continuing act may be known roughly."""
        act = Act(began="2021", ended="2022-03")
        assert act.began == to_span("2021")
        assert act.ended == to_span("2022-03")

    def test_an_act_that_goes_on(self) -> None:
        """An act whose end nobody knows is open at both ends."""
        assert Act(ended=None).ended == DateSpan()

    def test_no_date(self) -> None:
        """A case may not say when the act was committed."""
        assert CASE.committed is None


class TestParties:
    """Codes become members; wrong ones are refused."""

    def test_kind(self) -> None:
        """A kind of party is given by code or by member, or is not known."""
        assert Party(kind="enterprise").kind is PartyKind.ENTERPRISE
        assert Party(kind=PartyKind.INDIVIDUAL).kind is PartyKind.INDIVIDUAL
        assert Party().kind is None
        with pytest.raises(ValueError, match="company"):
            Party(kind="company")

    def test_priors(self) -> None:
        """A prior counts as penalised unless another result is stated."""
        assert Prior().result is PriorResult.PENALISED
        assert Prior(result="exempted").result is PriorResult.EXEMPTED
        assert Priors(found=[Prior()]).found == (Prior(),)

    def test_days(self) -> None:
        """Days of priors and of birth are dates, or text that is one."""
        assert Prior(decided="2024-01-01", committed=DAY).decided == date(2024, 1, 1)
        assert Priors(searched_since="2020-01-01").searched_since == date(2020, 1, 1)
        assert Party(birth_date="2010-02-28").birth_date == date(2010, 2, 28)

    @pytest.mark.parametrize("given", ["2024", "2023-02-29", datetime(2024, 1, 1, 0, 0)])  # noqa: DTZ001 - the point
    def test_no_day(self, given: str | datetime) -> None:
        """Part of a date, a day that does not exist and a moment are refused."""
        for build in (lambda: Prior(decided=given), lambda: Priors(searched_since=given)):
            with pytest.raises(ValueError, match=f"`{re.escape(str(given))}` is not a date"):
                build()
        with pytest.raises(TypeError, match="not int"):
            Prior(decided=2024)  # type: ignore[arg-type]  # the point

    def test_codes_are_named(self) -> None:
        """What is refused names the field and what may stand there."""
        with pytest.raises(
            ValueError, match=r"`result`: `fined` is none of `exempted`, .*`pending`"
        ):
            Prior(result="fined")
        with pytest.raises(ValueError, match="`registers`: `x` is none of `case_system`, "):
            Priors(registers=["x"])
        with pytest.raises(TypeError, match="`registers`: `case_system` is text"):
            Priors(registers="case_system")
        with pytest.raises(TypeError, match="`region`: 530103 is not text"):
            Prior(region=530103)  # type: ignore[arg-type]  # the point


class TestCases:
    """A case is a value: frozen, comparable, with a fingerprint."""

    def test_collections_are_kept_safe(self) -> None:
        """What was given is copied, and the copy cannot be changed."""
        facts: dict[str, FactInput] = {"recalled": True}
        case = Case(
            id="7",
            region="530103",
            violation="v",
            facts=facts,
            measures=["seizure"],
            examined=["fault"],
        )
        facts["recalled"] = False
        assert case.facts["recalled"] is True
        assert case.measures == ("seizure",)
        assert case.examined == frozenset({"fault"})
        with pytest.raises(TypeError):
            case.facts["recalled"] = False  # type: ignore[index]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"goods_value": "66"}, {"goods_value": 66}),
            ({"goods_value": "66"}, {"goods_value": Money(6600)}),
            ({"goods_value": Decimal("66.0")}, {"goods_value": Money(6600)}),
            ({"ordered_on": DAY}, {"ordered_on": "2022-03-01"}),
            ({"exits": ["south", "north"]}, {"exits": frozenset({"north", "south"})}),
            ({"harm": Plain("none")}, {"harm": "none"}),
            ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ],
    )
    def test_equal_facts(
        self, one: Mapping[str, FactInput], other: Mapping[str, FactInput]
    ) -> None:
        """Facts are equal however they were given, and so are the fingerprints."""
        first, second = with_facts(one), with_facts(other)
        assert first == second
        assert hash(first) == hash(second)
        assert fingerprint(first) == fingerprint(second)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"recalled": True}, {"recalled": 1}),
            ({"recalled": False}, {"recalled": 0}),
            ({"recalled": True}, {}),
            ({"goods_value": "66"}, {"goods_value": "66.01"}),
            ({"a": 1}, {"b": 1}),
        ],
    )
    def test_other_facts(
        self, one: Mapping[str, FactInput], other: Mapping[str, FactInput]
    ) -> None:
        """Other facts make another case; a boolean is no number."""
        first, second = with_facts(one), with_facts(other)
        assert first != second
        assert fingerprint(first) != fingerprint(second)

    @pytest.mark.parametrize(
        "change",
        [
            {"id": "8"},
            {"region": "530102"},
            {"violation": "food.other"},
            {"committed": DAY},
            {"committed": Act(ended=DAY, began="2021")},
            {"discovered": DAY},
            {"filed": DAY},
            {"decided": DAY},
            {"notified": DAY},
            {"party": Party(kind=PartyKind.ENTERPRISE)},
            {"party": Party(age=17)},
            {"examined": ["fault"]},
            {"priors": Priors()},
            {"priors": Priors(searched_since=DAY, found=[Prior(decided=DAY)])},
            {"measures": ["seizure"]},
        ],
    )
    def test_every_part_counts(self, change: dict[str, object]) -> None:
        """Whatever is changed in a case changes its fingerprint."""
        changed = attrs.evolve(CASE, **change)  # type: ignore[arg-type]
        assert changed != CASE
        assert fingerprint(changed) != fingerprint(CASE)

    def test_location_is_no_part(self) -> None:
        """Where the case was written changes nothing."""
        placed = attrs.evolve(CASE, location=Location("cases.yaml", 4, 3))
        assert placed == CASE
        assert fingerprint(placed) == fingerprint(CASE)

    def test_order_of_groups_is_no_part(self) -> None:
        """The fingerprint does not depend on the order in which a set happens to be walked."""
        groups = [f"group{number}" for number in range(300)]
        one, other = (
            attrs.evolve(CASE, examined=names) for names in (groups, list(reversed(groups)))
        )
        assert list(one.examined) != list(other.examined)
        assert fingerprint(one) == fingerprint(other)

    def test_plain_facts(self) -> None:
        """Facts in plain form are sorted by name and JSON-able."""
        facts: dict[str, FactInput] = {"b": Money(6650), "a": True, "c": DAY, "d": {"y", "x"}}
        assert list(plain_facts(facts).items()) == [
            ("a", True),
            ("b", "66.5"),
            ("c", "2022-03-01"),
            ("d", ["x", "y"]),
        ]


class TestFactsOfACase:
    """Nobody changes the facts of a case once it is made."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda facts: facts.__setitem__("sold", False),
            lambda facts: facts.__delitem__("sold"),
            lambda facts: facts.__ior__({"sold": False}),
            lambda facts: facts.update(sold=False),
            lambda facts: facts.setdefault("minor", True),
            lambda facts: facts.pop("sold"),
            lambda facts: facts.popitem(),
            lambda facts: facts.clear(),
        ],
    )
    def test_refused(self, change: Callable[[Any], object]) -> None:
        """Each way to change a dictionary is refused, and the facts stay."""
        case = Case(id="a", region="530103", violation="v", facts={"sold": True})
        with pytest.raises(TypeError, match="cannot be changed"):
            change(case.facts)
        assert case.facts == {"sold": True}

    def test_own_copy(self) -> None:
        """What the caller does to the mapping it gave changes no case."""
        given = {"sold": True}
        case = Case(id="a", region="530103", violation="v", facts=given)
        given["sold"] = False
        assert case.facts == {"sold": True}

    def test_copied_and_sent(self) -> None:
        """A copy, and a case sent to another process, has the same facts."""
        case = Case(id="a", region="530103", violation="v", facts={"sold": True})
        for other in (copy.deepcopy(case), pickle.loads(pickle.dumps(case))):  # noqa: S301 - our own
            assert other == case
            assert other.facts == {"sold": True}
