"""Rows that go one by one: read column by column, each as it would be read alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.case_columns import batch_of
from batch.test_batch_laws import check_equal
from bizrules.batch import BatchEngine, BatchInputError, _engine, evaluate_table
from bizrules.batch._case_columns import read_cases
from bizrules.batch._cases import CaseRow, Row, rows_of
from bizrules.batch._plain_route import yuan
from bizrules.conditions import Op
from bizrules.engine import Engine
from bizrules.history import FirstViolation, Window
from bizrules.penalties import Grade
from bizrules.values import Interval
from property.worlds import (
    BORDERS,
    DISTRICT,
    FACTS,
    ONE,
    check,
    engine,
    fine_tier,
    is_true,
    provision,
    rule,
    violation,
)

TEXTS = (None, "", "乙", "none", "leaf", "2022-03-01", "2022-03", "2022-02-30", "66.50")
DAYS = (None, "2022-03-01", "2022-03", "2022", "2022-02-30", "yesterday")
LISTS: Sequence[list[str | None] | None] = (
    None,
    [],
    ["seizure"],
    ["seizure", None],
    ["aggravation"],
    ["case_system"],
    ["attic"],
)
OF_ROW: Mapping[str, tuple[pa.DataType, Sequence[Any]]] = {
    "id": (pa.string(), ("a", "b", "c", None)),
    "region": (pa.dictionary(pa.int8(), pa.string()), (DISTRICT, DISTRICT, "999999", None)),
    "violation": (pa.large_string(), (ONE, ONE, "test.oen", None)),
    "committed": (pa.string(), DAYS),
    "committed_from": (pa.string(), DAYS),
    "discovered": (pa.date32(), (None, 19000, -800_000, 4_000_000)),
    "decided": (pa.date32(), (None, date(2022, 5, 20), 4_000_000)),
    "authority": (pa.string(), TEXTS),
    "party_kind": (pa.string(), (None, "individual", "enterprise", "robot")),
    "party_age": (pa.int8(), (None, 17, -3)),
    "birth_date": (pa.string(), DAYS),
    "measures": (pa.list_(pa.string()), LISTS),
    "examined": (pa.list_(pa.dictionary(pa.int8(), pa.string())), LISTS),
    "searched_since": (pa.string(), DAYS),
    "registers": (pa.list_(pa.string()), LISTS),
    "recalled": (pa.bool_(), (None, True, False)),
    "harm": (pa.dictionary(pa.int32(), pa.string()), (None, "none", "heavy")),
    "goods_kind": (pa.string(), TEXTS),
    "staff": (pa.uint64(), (None, 3, 2**64 - 1)),
    "blocked_width": (pa.decimal128(10, 3), (None, Decimal("20.500"), Decimal(-1))),
    "goods_value": (
        pa.decimal128(38, 2),
        (None, Decimal("66.50"), Decimal(-1), Decimal(10) ** 30, Decimal(10**16)),
    ),
    "test.gains": (pa.decimal128(10, 3), (None, Decimal("66.500"), Decimal("0.001"))),
    "ordered_on": (pa.date32(), (None, date(2022, 1, 1), 4_000_000)),
    "days_late": (pa.int16(), (None, 15, -1)),
    "licence_class": (pa.null(), (None,)),
    "exits": (pa.list_(pa.string()), (None, [], ["north"], ["up"])),
}
"""Types of columns and values for them, some of which do not fit."""

PRIORS: Mapping[str, tuple[Any, ...]] = {
    "committed": (None, date(2021, 3, 1), "2021-03-01", "2021"),
    "decided": (None, date(2021, 6, 1), 4_000_000),
    "region": (None, DISTRICT),
    "violation": (None, ONE, "test.oen"),
    "result": (None, "penalised", "let_off"),
}


def _array(kind: pa.DataType, values: Sequence[Any]) -> pa.Array:
    if pa.types.is_date32(kind):
        days = [(one - date(1970, 1, 1)).days if isinstance(one, date) else one for one in values]
        return pa.array(days, pa.int32()).view(kind)
    return pa.array(values).cast(kind) if pa.types.is_dictionary(kind) else pa.array(values, kind)


@st.composite
def batches(draw: st.DrawFn) -> pa.RecordBatch:
    """Rows of some columns, the first three always."""
    count = draw(st.integers(1, 6))
    further = draw(st.sets(st.sampled_from(list(OF_ROW)[3:]), max_size=5))
    columns = {
        name: _array(kind, draw(st.lists(st.sampled_from(values), min_size=count, max_size=count)))
        for name, (kind, values) in OF_ROW.items()
        if name in further or name in ("id", "region", "violation")
    }
    whole = pa.RecordBatch.from_pydict(columns)
    return whole.slice(draw(st.integers(0, count - 1)))


PRIOR = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in PRIORS.items()})


class TestReading:
    """A row is the same case, with the same problems, among others and alone."""

    @given(batches(), st.dictionaries(st.sampled_from("abc"), st.lists(PRIOR, max_size=2)))
    def test_rows(self, batch: pa.RecordBatch, priors: dict[str, list[Row]]) -> None:
        """Columns of every type, with values that fit and values that do not."""
        found = read_cases(batch, FACTS, lambda row: priors.get(str(row["id"]), ()))
        rows = rows_of(batch)
        for (name, case, problems), row in zip(found, rows, strict=True):
            reader = CaseRow(row, priors.get(str(row["id"]), ()))
            assert (name, case) == (row["id"], reader.case())
            assert list(problems) == reader.problems

    @pytest.mark.parametrize(
        ("row", "prior"),
        [
            ({"committed": None, "committed_from": "2022-03"}, {}),
            ({"committed": "yesterday", "committed_from": "2022-03"}, {}),
            ({"committed": "2022-03-01", "committed_from": "2022-02-01"}, {}),
            ({"searched_since": date(2015, 1, 1), "registers": None}, {"decided": "2021-06-01"}),
            ({"searched_since": None, "registers": ["case_system"]}, {"decided": "2021"}),
            ({"party_kind": "individual", "party_age": 17, "birth_date": date(2004, 5, 1)}, {}),
        ],
    )
    def test_row(self, row: dict[str, Any], prior: dict[str, Any]) -> None:
        """What stands in several columns is put together as it is for a row alone."""
        named = {"id": "a", "region": DISTRICT, "violation": ONE, **row}
        bare = {"id": "b", "region": DISTRICT, "violation": ONE}
        batch = batch_of(_first(), [named, bare])
        (_, case, problems), _ = read_cases(batch, FACTS, lambda _: [prior] if prior else [])
        reader = CaseRow(rows_of(batch)[0], [prior] if prior else [])
        assert case == reader.case()
        assert list(problems) == reader.problems

    def test_days_beyond_the_calendar(self) -> None:
        """A day that no calendar has leaves the days of other rows what they are."""
        built = engine(rule("r.national/1", Grade.EXEMPT, is_true("minor")))
        batch = batch_of(built, [{"id": one, "region": DISTRICT, "violation": ONE} for one in "ab"])
        days = pa.array([4_000_000, 8_000], pa.int32()).view(pa.date32())
        batch = batch.append_column("committed", days).append_column("ordered_on", days)
        assert rows_of(batch)[1]["committed"] == date(1991, 11, 27)
        bad, good = BatchEngine(built).evaluate(batch).to_pylist()
        assert [one["path"] for one in bad["problems"]] == ["committed", "facts.ordered_on"]
        assert (good["problems"], good["settled"]) == ([], False)


def _first() -> Engine:
    """An engine that asks whether it is the first violation of two years."""
    first = FirstViolation(window=Window(24), ruleset="r.national")
    return engine(
        rule("r.national/1", Grade.EXEMPT, is_true("first_violation")), first_violation=first
    )


def _cases(*ids: str | None) -> pa.Table:
    count = len(ids)
    return pa.table(
        {
            "id": pa.array(ids, pa.string()),
            "region": [DISTRICT] * count,
            "violation": [ONE] * count,
            "committed": [date(2022, 3, 1)] * count,
            "decided": [date(2022, 5, 20)] * count,
            "searched_since": [date(2015, 1, 1)] * count,
        }
    )


class TestPriors:
    """Earlier violations belong to the case that they name."""

    def test_without_a_case(self) -> None:
        """Of whom nobody knows whose violation it is, none is taken for a first offender."""
        priors = pa.table({"case": ["a", None, *[None] * 9], "violation": [ONE] * 11})
        with pytest.raises(BatchInputError) as caught:
            evaluate_table(_cases("a", "b"), _first(), priors)
        found = [(one.code, str(one.location)) for one in caught.value.problems]
        assert found[0] == ("missing-key", "priors $[1].case")
        assert len(found) == 5

    def test_row_without_an_id(self) -> None:
        """A case without an id has no earlier violations, not even of a case named `None`."""
        priors = pa.table({"case": ["None"], "violation": [ONE], "decided": [date(2021, 6, 1)]})
        nameless, named, other = evaluate_table(
            _cases(None, "None", "a"), _first(), priors
        ).to_pylist()
        assert [one["code"] for one in nameless["problems"]] == ["missing-key"]
        assert (named["grade"], other["grade"]) == ("ordinary", "exempt")


def _turning() -> Engine:
    """An engine of a law that changes on the first day of 2022, with a fine that does too."""
    versions = (
        provision(fine_tier(5_000_000, 10_000_000), in_force=Interval(until=BORDERS[1])),
        provision(fine_tier(1, 5, base="goods_value"), in_force=Interval(BORDERS[1])),
    )
    rules = [
        rule("r.national/1", Grade.EXEMPT, is_true("minor"), in_force=Interval(BORDERS[1])),
        rule("r.national/2", Grade.LIGHTER, check("staff", Op.BELOW, 4)),
        rule("r.national/3", Grade.HEAVIER, is_true("sold"), in_force=Interval(until=BORDERS[1])),
    ]
    return engine(*rules, violations=(violation(ONE, *versions),))


def _crossing(count: int) -> pa.RecordBatch:
    """Cases under two laws, some with a day in doubt."""
    rows = [
        {
            "id": f"{at}",
            "region": DISTRICT,
            "violation": ONE,
            "committed": ("2021-12-31", "2021", "2021-06", "2022-03-01")[at % 4],
            "decided": "2022-05-20",
            "minor": (True, False, None)[at % 3],
            "sold": (None, True, False, True, None)[at % 5],
            "staff": (3, 4, None, 3)[at // 2 % 4],
            "goods_value": (Decimal("66.50"), None)[at % 2],
        }
        for at in range(count)
    ]
    return batch_of(_turning(), rows)


class TestRoute:
    """Rows that the compiled loops leave are evaluated alone, and stand where they stood."""

    def test_two_laws(self) -> None:
        """Old law or new, in every column what one evaluation answers."""
        runner = check_equal(_turning(), _crossing(120))
        assert runner.counts.one_by_one > 0
        assert runner.counts.problems == 0

    def test_pieces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """However few rows stand in memory at once, the outcomes are the same."""
        wanted = BatchEngine(_turning()).evaluate(_crossing(50))
        monkeypatch.setattr(_engine, "_PIECE", 7)
        assert BatchEngine(_turning()).evaluate(_crossing(50)).equals(wanted)

    def test_a_fine_beyond_its_column(self) -> None:
        """A fine that its column cannot hold is a problem of its row, and stops no other."""
        tier = fine_tier(1, 10**18, base="goods_value")
        one = engine(violations=[violation(ONE, provision(tier))])
        row = {"region": DISTRICT, "violation": ONE, "decided": "2022-05-20"}
        values = (Decimal("66.50"), Decimal(10) ** 20)
        batch = batch_of(one, [{**row, "id": str(v), "goods_value": v} for v in values])
        small, large = BatchEngine(one).evaluate(batch).to_pylist()
        assert (small["problems"], small["fine_low"]) == ([], Decimal("66.50"))
        assert [problem["code"] for problem in large["problems"]] == ["fine-beyond"]
        assert large["settled"] is None

    @pytest.mark.parametrize("fen", [0, 1, -1, 6650, 10**18 - 1, 10**18, -(10**18), 10**40 + 7])
    def test_amounts(self, fen: int) -> None:
        """An amount is written in yuan to the fen, however long it is."""
        digits = tuple(map(int, str(abs(fen))))
        assert yuan(Fraction(fen)) == Decimal((int(fen < 0), digits, -2))
