"""The column engine on cases written out: types of columns, bad values, routes, real rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

import attrs
import pyarrow as pa
import pytest
from case_table import columns
from workload import build

from batch.case_columns import batch_of, can_be_written, prior_rows, row_of
from batch.test_batch_laws import check_equal
from bizrules.batch import (
    OUTCOME_SCHEMA,
    BatchEngine,
    BatchInputError,
    _places,
    evaluate_table,
)
from bizrules.batch._answers import AnswerBook
from bizrules.batch._fines import RangeBook
from bizrules.batch._laws import LawBook
from bizrules.conditions import AllOf, Condition, Op, Share
from bizrules.engine import Engine, default_engine
from bizrules.penalties import Grade
from bizrules.provenance import Citation, NormLevel
from bizrules.values import Money
from property.worlds import (
    CITY,
    DISTRICT,
    NATIONAL,
    ONE,
    check,
    engine,
    fine_tier,
    is_true,
    provision,
    rule,
    violation,
)


@cache
def _engine() -> Engine:
    """An engine of rules about facts of every kind."""
    conditions: tuple[Condition, ...] = (
        is_true("recalled"),
        check("harm", Op.AT_MOST, "slight"),
        check("goods_kind", Op.IN, ("cigarettes", "leaf")),
        check("staff", Op.BETWEEN, (3, 5)),
        check("blocked_width", Op.AT_MOST, Share("passage_width")),
        check(("goods_value", "test.gains"), Op.BELOW, Money(100_000)),
        check("ordered_on", Op.BEFORE, date(2022, 1, 1)),
        check("licence_class", Op.NOT_IN, ("A",)),
        check("exits", Op.CONTAINS, ("north", "south")),
        AllOf((is_true("sold"), check("blocked_width", Op.ABOVE, Decimal("20.5")))),
    )
    grades = (Grade.EXEMPT, Grade.LIGHTER, Grade.MITIGATED, Grade.HEAVIER)
    rules = [rule(f"r.national/{i}", grades[i % 4], one) for i, one in enumerate(conditions)]
    scale = provision(
        fine_tier(100, 5_000, check("staff", Op.BELOW, 4)),
        fine_tier(3, 10, base="goods_value", base_floor=1_000),
    )
    return engine(*rules, violations=(violation(ONE, scale),))


def _batch(types: dict[str, pa.DataType] | None = None, **facts: Any) -> pa.RecordBatch:  # noqa: ANN401 - any column
    """One case for each value, everything else the same."""
    count = max(map(len, facts.values()))
    rows = [
        {
            "id": f"{number}",
            "region": DISTRICT,
            "violation": ONE,
            "committed": "2022-03-01",
            "decided": "2022-05-20",
            **{name: values[number % len(values)] for name, values in facts.items()},
        }
        for number in range(count)
    ]
    return batch_of(_engine(), rows, types)


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("recalled", pa.bool_(), [True, False, None]),
        ("harm", pa.string(), ["none", "serious", None]),
        ("harm", pa.large_string(), ["none", "serious", None]),
        ("harm", pa.dictionary(pa.int8(), pa.string()), ["slight", None, "serious"]),
        ("goods_kind", pa.string_view(), ["leaf", "other", None]),
        ("staff", pa.int8(), [2, 3, 5, 6, None]),
        ("staff", pa.uint64(), [2, 3, 5, 6, None]),
        ("staff", pa.uint64(), [2**53 + 1, 2**63 + 1, 2**64 - 1]),
        ("blocked_width", pa.decimal128(10, 1), [Decimal("20.5"), Decimal("20.6"), None]),
        ("blocked_width", pa.decimal256(50, 3), [Decimal("20.5"), Decimal("20.501"), None]),
        ("blocked_width", pa.string(), ["20.5", "20.5000001", None]),
        ("blocked_width", pa.int32(), [20, 21, None]),
        ("goods_value", pa.decimal128(18, 2), [Decimal("999.99"), Decimal(1000), None]),
        ("goods_value", pa.decimal128(18, 4), [Decimal("999.99"), Decimal(1000), None]),
        ("goods_value", pa.decimal128(38, 2), [Decimal(10) ** 23, Decimal(0), Decimal("0.01")]),
        ("goods_value", pa.int64(), [999, 1000, 10**17, None]),
        ("goods_value", pa.string(), ["999.99", "1000", "66.5", None]),
        ("ordered_on", pa.date32(), [date(2021, 12, 31), date(2022, 1, 1), None]),
        ("ordered_on", pa.string(), ["2021-12-31", "2022-01-01", None]),
        ("licence_class", pa.string(), ["A", "B", "乙", None]),
        ("exits", pa.list_(pa.string()), [[], ["north", "south"], ["east"], None]),
        ("exits", pa.large_list(pa.string()), [["south", "north"], ["north"], None]),
        ("exits", pa.list_(pa.dictionary(pa.uint8(), pa.string())), [["north"], [], None]),
        ("exits", pa.null(), [None]),
    ],
)
def test_types(name: str, kind: pa.DataType, values: list[object]) -> None:
    """A column may have any type that holds its values exactly, and is read the same."""
    gains = {} if name == "test.gains" else {"test.gains": [Decimal(0)]}
    width = {"passage_width": [Decimal("20.5")], "sold": [True]}
    given = _batch({name: kind}, **{name: values}, **gains, **width)
    assert given.schema.field(name).type == kind
    runner = check_equal(_engine(), given)
    assert runner.counts.problems == 0
    if max(map(_size, values)) < 10**18:
        assert runner.counts.kernel > 0


def _size(value: object) -> int | Decimal:
    return value if isinstance(value, (int, Decimal)) else 0


@pytest.mark.parametrize(
    ("column", "kind", "value", "code"),
    [
        ("harm", pa.string(), "heavy", "not-in-choices"),
        ("staff", pa.int64(), -1, "negative-count"),
        ("blocked_width", pa.string(), "1e3", "not-a-number"),
        ("goods_value", pa.string(), "0.001", "not-money"),
        ("goods_value", pa.decimal128(10, 3), Decimal("0.001"), "not-money"),
        ("goods_value", pa.decimal128(10, 2), Decimal(-1), "negative-money"),
        ("ordered_on", pa.string(), "2022-02-30", "no-such-date"),
        ("licence_class", pa.string(), "", "not-text"),
        ("exits", pa.list_(pa.string()), ["up"], "not-in-choices"),
        ("exits", pa.list_(pa.string()), [None], "not-in-choices"),
        ("region", pa.string(), "999999", "unknown-region"),
        ("region", pa.string(), None, "missing-key"),
        ("violation", pa.string(), "test.oen", "unknown-violation"),
        ("committed", pa.string(), "2023-05-21", "dates-out-of-order"),
        ("decided", pa.string(), "yesterday", "not-a-date"),
        ("committed_from", pa.string(), "2022-03-02", "dates-out-of-order"),
        ("party_kind", pa.string(), "robot", "not-in-choices"),
        ("party_age", pa.int64(), -3, "negative-count"),
        ("measures", pa.list_(pa.string()), ["tickle"], "unknown-measure"),
        ("examined", pa.list_(pa.string()), ["stars"], "unknown-group"),
        ("registers", pa.list_(pa.string()), ["attic"], "not-in-choices"),
        ("birth_date", pa.string(), "1990", "not-a-date"),
    ],
)
def test_bad_value(column: str, kind: pa.DataType, value: object, code: str) -> None:
    """A value that does not fit is a problem of its row; the rows beside it are evaluated."""
    good = {"region": DISTRICT, "violation": ONE, "committed": "2022-03-01"}.get(column)
    given = _batch({column: kind}, **{column: [value, good]})
    runner = BatchEngine(_engine(), lang="en")
    bad, other = runner.evaluate(given).to_pylist()
    assert [problem["code"] for problem in bad["problems"]] == [code]
    assert {bad[name] for name in ("grade", "settled", "fine_state", "law")} == {None}
    assert bad["case"] == "0"
    assert other["settled"] is not None
    assert runner.counts.problems == 1


def test_all_problems_of_a_row() -> None:
    """Everything that is wrong with a row is said at once, with the column."""
    given = _batch(
        {"staff": pa.int64(), "decided": pa.string()},
        staff=[-1],
        decided=["soon"],
        region=["999999"],
    )
    (row,) = BatchEngine(_engine()).evaluate(given).to_pylist()
    assert {problem["path"] for problem in row["problems"]} == {"facts.staff", "decided", "region"}


def test_wrong_columns() -> None:
    """Columns that cannot be read refuse the whole input, all named at once."""
    table = pa.table(
        {
            "id": ["1"],
            "region": [530103],
            "goods_valu": ["1"],
            "goods_value": [0.5],
            "ordered_on": pa.array([0], pa.timestamp("s")),
        }
    )
    with pytest.raises(BatchInputError) as caught:
        evaluate_table(table, _engine())
    assert [(one.code, one.location.path) for one in caught.value.problems] == [
        ("missing-column", "$"),
        ("unknown-column", "$.goods_valu"),
        ("column-type", "$.goods_value"),
        ("column-type", "$.ordered_on"),
        ("column-type", "$.region"),
    ]
    assert "goods_value" in caught.value.problems[1].help("en")


def test_nothing() -> None:
    """No rows lead to no outcomes, in the same columns."""
    out = BatchEngine(_engine()).evaluate(_batch(recalled=[True]).slice(0, 0))
    assert (out.num_rows, out.schema) == (0, OUTCOME_SCHEMA)


def test_slices() -> None:
    """A part of a larger batch is read from where it begins."""
    given = _batch(
        recalled=[True, False, None] * 7,
        goods_value=[Decimal(3), None],
        harm=["none", "serious", None, "slight"],
        exits=[["north"], None, []],
    )
    whole = BatchEngine(_engine()).evaluate(given).to_pylist()
    assert BatchEngine(_engine()).evaluate(given.slice(5, 11)).to_pylist() == whole[5:16]


def test_workload() -> None:
    """Cases of the benchmark take the compiled loops, and come out as each does alone."""
    work = build(cases=1)
    runner = check_equal(work.engine, columns(work, 1500).combine_chunks().to_batches()[0])
    assert runner.counts.kernel == 1500


def test_many_rows() -> None:
    """Where rules speak in many rows these are looked at by columns, which changes nothing."""
    work = build(cases=1)
    given = columns(work, 6000).combine_chunks().to_batches()[0]
    whole = BatchEngine(work.engine).evaluate(given)
    parts = BatchEngine(work.engine)
    assert whole.to_pylist() == [
        row
        for start in range(0, 6000, 500)
        for row in parts.evaluate(given.slice(start, 500)).to_pylist()
    ]


@pytest.mark.parametrize("rows", [200, 1100])
def test_many_rules(rows: int) -> None:
    """A violation may have any number of rules, whether they are looked at by columns or not."""
    grades = (Grade.EXEMPT, Grade.LIGHTER, Grade.MITIGATED, Grade.HEAVIER)
    rules = [
        rule(f"r.national/{i}", grades[i % 4], check("staff", Op.AT_LEAST, 10 * i))
        for i in range(70)
    ]
    many = engine(*rules, violations=(violation(ONE, provision(fine_tier(100, 5_000))),))
    runner = check_equal(many, _batch(staff=[7 * i if i % 9 else None for i in range(rows)]))
    assert runner.counts.kernel == rows


def test_a_tier_without_a_fine() -> None:
    """A provision of which some tier fines can be waived where another applies."""
    warned = attrs.evolve(fine_tier(1, 2, check("staff", Op.BELOW, 4)), fine=None)
    law = provision(warned, fine_tier(100, 5_000))
    one = engine(rule("r.national/0", Grade.EXEMPT), violations=(violation(ONE, law),))
    runner = check_equal(one, _batch(staff=[3, 4, None]))
    assert runner.counts.kernel == 3


@pytest.mark.parametrize("amount", [85 * 10**14, 8 * 10**15, 10**15])
def test_sums_near_the_largest(amount: int) -> None:
    """A sum is compared with a limit beyond any single value as it is one by one."""
    names = ("goods_value", "test.gains", "goods_value")
    limit = Money(100 * 26 * 10**15)
    one = engine(
        rule("r.national/0", Grade.EXEMPT, check(names, Op.AT_LEAST, limit)),
        rule("r.national/1", Grade.HEAVIER, check(names, Op.BELOW, limit)),
        violations=(violation(ONE, provision(fine_tier(100, 5_000))),),
    )
    gains: dict[str, Any] = {"test.gains": [Decimal(9 * 10**15)]}
    check_equal(one, _batch(goods_value=[Decimal(amount)], **gains))


def test_very_many_undecided_rules() -> None:
    """Rows under more undecided rules than a sequence may name go one by one."""
    grades = (Grade.EXEMPT, Grade.LIGHTER, Grade.MITIGATED, Grade.HEAVIER)
    rules = [
        rule(
            f"r.national/{i}",
            grades[i % 4],
            check("staff", Op.AT_LEAST, 10 * i),
            citations=(Citation("行政处罚法", "33", entry=f"{i}"),),
            level=tuple(NormLevel)[i // 4 % len(NormLevel)],
            region=(NATIONAL, CITY, DISTRICT)[i % 3],
        )
        for i in range(140)
    ]
    many = engine(*rules, violations=(violation(ONE, provision(fine_tier(100, 5_000))),))
    runner = check_equal(many, _batch(staff=[None, 5, 7000]))
    assert attrs.astuple(runner.counts) == (1, 2, 0)


def test_categories() -> None:
    """Codes of any width may stand for texts, as Polars and pandas write them."""
    given = _batch(staff=[1, 2, 3])
    whole = BatchEngine(_engine()).evaluate(given).to_pylist()
    for width in (pa.int8(), pa.uint8(), pa.uint32(), pa.int64()):
        coded = given
        for name in ("region", "violation"):
            at = given.schema.get_field_index(name)
            texts = given.column(at).cast(pa.string()).dictionary_encode()
            numbers = texts.indices.cast(width)
            kept = pa.DictionaryArray.from_arrays(numbers, texts.dictionary)
            coded = coded.set_column(at, name, kept)
        assert BatchEngine(_engine()).evaluate(coded).to_pylist() == whole


def test_interrupted() -> None:
    """An engine that was interrupted while it learnt answers as one that never was."""
    work = build(cases=1)
    given = columns(work, 400).combine_chunks().to_batches()[0]
    wanted = BatchEngine(work.engine).evaluate(given).to_pylist()
    for part, at in ((AnswerBook, 25), (RangeBook, 12), (LawBook, 9)):
        runner = BatchEngine(work.engine)
        with _interrupting(part, at), pytest.raises(KeyboardInterrupt):
            runner.evaluate(given)
        assert runner.evaluate(given).to_pylist() == wanted


@contextmanager
def _interrupting(part: type, at: int) -> Iterator[None]:
    """Interrupts what a part is asked to learn for the time numbered so."""
    name = "_add" if part is LawBook else "add"
    learn, calls = getattr(part, name), count(1)

    def interrupted(*given: object) -> object:
        if next(calls) == at:
            raise KeyboardInterrupt
        return learn(*given)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(part, name, interrupted)
        yield


def test_more_places_than_fit_into_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that has no room in the keys goes one by one."""
    monkeypatch.setattr(_places, "_MOST_PLACES", 0)
    runner = check_equal(_engine(), _batch(staff=[1, 2]))
    assert attrs.astuple(runner.counts) == (0, 2, 0)


def test_national_rules() -> None:
    """The golden cases of the national rulesets come out as each does alone."""
    engine = Engine.load(plugins=False)
    goldens = [golden.case for golden in engine.knowledge.goldens]
    cases = [
        attrs.evolve(case, id=f"{number}")
        for number, case in enumerate(filter(can_be_written, goldens))
    ]
    assert len(cases) > 100
    table = pa.Table.from_pylist(prior_rows(cases))
    runner = check_equal(engine, batch_of(engine, map(row_of, cases)), table)
    assert runner.counts.kernel > 100


def test_default_engine() -> None:
    """Without an engine the national rulesets and every installed package decide."""
    table = pa.table(
        {"id": ["1"], "region": ["530103"], "violation": [next(iter(default_engine().violations))]}
    )
    assert evaluate_table(table).column_names == OUTCOME_SCHEMA.names
