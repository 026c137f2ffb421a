"""The engine of a bundle, for tables of cases that carry their earlier violations."""

from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules.batch import BatchInputError, evaluate_table
from bizrules.batch._plain_route import evaluate_row, outcome_batch
from bizrules.batch.bundled import PLAIN_OUTCOME_SCHEMA, BundledEngine
from bizrules.engine import Engine

CASE = {
    "region": "530103",
    "violation": "food.past-shelf-life",
    "committed": date(2025, 3, 1),
    "decided": date(2025, 5, 20),
    "party_kind": "individual_business",
    "searched_since": date(2020, 1, 1),
    "goods_value": 66,
    "harm": "slight",
    "corrected": "by_deadline",
    "unaware_proved": False,
    "examined": ["aggravation", "capacity", "leniency", "fault", "emergency", "crime", "validity"],
}
PRIOR = pa.struct([("decided", pa.date32()), ("violation", pa.string()), ("result", pa.string())])
SCHEMA = pa.Table.from_pylist([{"id": "", **CASE}]).schema.append(
    pa.field("found", pa.list_(PRIOR))
)

ids = st.sampled_from(["a", "b", "c", None])
prior = st.fixed_dictionaries(
    {
        "decided": st.sampled_from([date(2024, 10, 8), date(2015, 1, 1), None]),
        "violation": st.sampled_from(["food.past-shelf-life", "of.nobody", None]),
        "result": st.sampled_from(["penalised", "exempt", "punished", None]),
    }
)
found = st.none() | st.lists(prior, max_size=2)


@cache
def national() -> Engine:
    """The rulesets that come with the library."""
    return Engine.load(plugins=False)


@cache
def bundle() -> bytes:
    """They in one file."""
    return national().bundle()


@cache
def nested() -> BundledEngine:
    """What a worker keeps, for cases that carry their earlier violations."""
    return BundledEngine(bundle(), priors="found")


def alone(row: dict[str, Any]) -> dict[str, Any]:
    """The outcome of a row by itself, one by one, with the earlier violations that stand in it."""
    case = {name: value for name, value in row.items() if name != "found"}
    # Without an id there is no case, and no earlier violation of one.
    earlier = (row["found"] or ()) if row["id"] is not None else ()
    made = outcome_batch([evaluate_row(national(), case, earlier, "zh")])
    outcome: dict[str, Any] = made.cast(PLAIN_OUTCOME_SCHEMA).to_pylist()[0]
    return outcome


class TestNested:
    """A case has the earlier violations that stand in its row, and no others."""

    @given(st.lists(st.tuples(ids, found), max_size=6), st.integers(0, 2))
    def test_each_row_is_as_alone(self, drawn: list[tuple[Any, Any]], skipped: int) -> None:
        """Also where an id occurs twice, where a list is null, and where a table is cut."""
        rows = [{"id": name, **CASE, "found": listed} for name, listed in drawn]
        table = pa.Table.from_pylist(rows, SCHEMA).slice(skipped)
        coded = table.set_column(0, "id", table.column("id").dictionary_encode())
        got = nested()(table)
        assert got.schema == PLAIN_OUTCOME_SCHEMA
        assert got.to_pylist() == [alone(row) for row in rows[skipped:]]
        assert nested()(coded).equals(got)

    def test_what_is_hidden_below_a_null_is_not_found(self) -> None:
        """A list that is null has nothing in it, whatever lies in memory below it."""
        rows = [
            {"id": name, **CASE, "found": [{"violation": "food.past-shelf-life"}]} for name in "ab"
        ]
        table = pa.Table.from_pylist(rows, SCHEMA)
        lists = table.column("found").combine_chunks()
        hidden = pa.ListArray.from_arrays(lists.offsets, lists.values, mask=pa.array([True, False]))
        table = table.set_column(table.num_columns - 1, "found", hidden)
        got = nested()(table).to_pylist()
        assert got == [alone({**rows[0], "found": []}), alone(rows[1])]
        assert got[0]["grade"] != got[1]["grade"]

    @pytest.mark.parametrize("kind", [pa.null(), pa.list_(pa.null()), pa.large_list(PRIOR)])
    def test_a_column_without_anything_has_any_width(self, kind: pa.DataType) -> None:
        """Where no case has any, some writers give the column no type."""
        table = pa.Table.from_pylist([{"id": "a", **CASE}])
        table = table.append_column("found", pa.nulls(1, kind))
        got = nested()(table).to_pylist()
        assert got == [alone({"id": "a", **CASE, "found": []})]

    @pytest.mark.parametrize(
        ("column", "code"),
        [
            (None, "missing-column"),
            (pa.array(["a"]), "column-type"),
            (pa.array([[{"culprit": "a"}]]), "unknown-column"),
            (pa.array([[{"decided": 1.5}]]), "column-type"),
        ],
    )
    def test_a_column_of_another_form_is_refused(self, column: pa.Array, code: str) -> None:
        """Earlier violations that cannot be read are never left aside."""
        table = pa.Table.from_pylist([{"id": "a", **CASE}])
        if column is not None:
            table = table.append_column("found", column)
        with pytest.raises(BatchInputError) as caught:
            nested()(table)
        assert [problem.code for problem in caught.value.problems] == [code]

    def test_without_an_id_the_columns_are_refused(self) -> None:
        """What is missing is told, not stumbled over."""
        table = pa.Table.from_pylist([{**CASE, "found": [{"violation": "food.past-shelf-life"}]}])
        with pytest.raises(BatchInputError) as caught:
            nested()(table)
        assert [problem.code for problem in caught.value.problems] == ["missing-column"]


class TestBundled:
    """Outcomes by a bundle are those by its engine."""

    def test_a_table_of_any_length_is_one_table(self) -> None:
        """None, few, or more cases than are evaluated at once: in their order."""
        one = pa.Table.from_pylist([{"id": "a", **CASE}])
        engine = BundledEngine(bundle())
        assert engine(one.slice(1)).to_pylist() == []
        expected = evaluate_table(one, national()).cast(PLAIN_OUTCOME_SCHEMA).to_pylist()
        assert engine(pa.concat_tables([one, one])).to_pylist() == expected * 2

    def test_no_column_has_a_dictionary(self) -> None:
        """Not every system reads dictionaries."""
        kinds = [field.type for field in PLAIN_OUTCOME_SCHEMA]
        kinds += [kind.value_type for kind in kinds if pa.types.is_list(kind)]
        kinds += [one.type for kind in kinds if pa.types.is_struct(kind) for one in kind]
        assert not any(map(pa.types.is_dictionary, kinds))

    def test_what_the_engine_leaves_aside_is_said_again(self) -> None:
        """A bundle does not know as of which day it is asked."""
        table = pa.Table.from_pylist([{"id": "a", **CASE}])
        early = Engine.load(plugins=False, as_known_on="2015-01-01")
        expected = evaluate_table(table, early).cast(PLAIN_OUTCOME_SCHEMA)
        assert BundledEngine(early.bundle(), as_known_on="2015-01-01")(table).equals(expected)
        assert not BundledEngine(early.bundle())(table).equals(expected)
