"""Many cases at once on one core: whole outcomes in columns against matching by hand."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from case_table import case_of, columns
from peers import openfisca, written_numpy, written_polars, written_sql
from peers.frames import frame
from peers.written_numpy import Block, Column, arrays
from rounds import Spread, whole_runs
from workload import Workload, build, plain

from bizrules.batch import BatchEngine

WHOLE: Final = "bizrules.batch, whole outcome columns"
NUMPY: Final = "NumPy by hand, what holds"
NUMPY_3: Final = "NumPy by hand, what is unknown too"
POLARS: Final = "Polars by hand"
DUCKDB: Final = "DuckDB by hand"
OPENFISCA: Final = "OpenFisca, grouped"
CHUNK: Final = 131_072
GENERAL: Final = 12

Pairs: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
"""Which rule is true of which row: number of the row times the number of rules, plus its own."""


@attrs.frozen
class Input:
    """Cases in the form that each contender takes, made before the clock starts.

    Attributes:
        work: The workload.
        table: The cases as Arrow columns.
        arrays: The facts as NumPy arrays.
        violations: Number of each case's violation.
        numbers: Number of each rule by its id.
    """

    work: Workload
    table: pa.Table
    arrays: Mapping[str, Column]
    violations: Column
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, work: Workload, table: pa.Table) -> "Input":
        """The cases in every form."""
        ids = sorted({rule.id for rules in work.candidates.values() for rule in rules})
        return cls(
            work=work,
            table=table,
            arrays=arrays(table),
            violations=table["violation"].combine_chunks().indices.to_numpy(),
            numbers={rule: number for number, rule in enumerate(ids)},
        )

    @property
    def own(self) -> list[Sequence[Any]]:
        """For each violation, by its number, its rules without the general ones."""
        return [rules[:-GENERAL] for rules in self.work.candidates.values()]

    @property
    def general(self) -> Sequence[Any]:
        """Rules for all violations."""
        return next(iter(self.work.candidates.values()))[-GENERAL:]

    def pairs(self, rule: str, rows: Column) -> Pairs:
        """The rule is true of the rows."""
        return rows.astype(np.int64) * len(self.numbers) + self.numbers[rule]


@attrs.frozen
class Runner:
    """A contender.

    Attributes:
        run: Does all the work once.
        held: What the answer says that holds.
        unknown: What it says that cannot be told; None if it does not say it.
    """

    run: Callable[[], Any]
    held: Callable[[Any], Pairs]
    unknown: Callable[[Any], Pairs] | None = None


def library(given: Input) -> Runner:
    """The library: record batches in, record batches of whole outcomes out."""
    runner = BatchEngine(given.work.engine)
    batches = given.table.to_batches(max_chunksize=CHUNK)

    def run() -> pa.Table:
        return pa.Table.from_batches([runner.evaluate(batch) for batch in batches])

    return Runner(
        run,
        lambda table: _listed(given, table["held"]),
        lambda table: _listed(given, table["unknown"]),
    )


def _listed(given: Input, column: pa.ChunkedArray) -> Pairs:
    """Pairs of a column of lists of rule ids."""
    lists = column.combine_chunks()
    if isinstance(lists, pa.DictionaryArray):
        lists = lists.dictionary_decode()
    rows = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
    ids = pa.array(list(given.numbers))
    values = lists.flatten()
    if isinstance(values, pa.DictionaryArray):
        values = values.dictionary_decode()
    numbers = pc.index_in(values, ids).to_numpy().astype(np.int64)
    return np.sort(rows * len(given.numbers) + numbers)


def by_numpy(given: Input, *, three: bool) -> Runner:
    """NumPy: the rows of a violation together, the general rules in chunks."""
    written = written_numpy.Written(
        [Block.of(rules, three=three) for rules in given.own], Block.of(given.general, three=three)
    )

    def found(groups: list[written_numpy.Group], *, unknown: bool) -> Iterator[Pairs]:
        for group in groups:
            rows = group.rows
            where = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
            masks = group.unknown if unknown else group.holds
            for rule, mask in zip(group.rules, masks, strict=True):
                yield given.pairs(rule, where[mask])

    return Runner(
        lambda: written.match(given.violations, given.arrays),
        lambda groups: _sorted(found(groups, unknown=False)),
        (lambda groups: _sorted(found(groups, unknown=True))) if three else None,
    )


def _sorted(parts: Iterator[Pairs]) -> Pairs:
    return np.sort(np.concatenate(list(parts)))


def by_polars(given: Input) -> Runner:
    """Polars: a frame for each violation, three values by its nulls."""
    written = written_polars.Written.of(given.own, given.general)
    made = pl.from_arrow(frame(given.table))

    def found(answer: tuple[Any, list[Any]], *, unknown: bool) -> Iterator[Pairs]:
        general, own = answer
        for table in (general.with_row_index("row"), *own):
            rows = table["row"].to_numpy()
            for rule in table.columns:
                if rule != "row":
                    mask = table[rule].is_null() if unknown else table[rule].fill_null(value=False)
                    yield given.pairs(rule, rows[mask.to_numpy()])

    return Runner(
        lambda: written.match(made),
        lambda answer: _sorted(found(answer, unknown=False)),
        lambda answer: _sorted(found(answer, unknown=True)),
    )


def by_duckdb(given: Input) -> Runner:
    """DuckDB: sorted by violation, a query for each, three values by its nulls."""
    written = written_sql.Written.of(given.own, given.general)
    connection = written_sql.connect(frame(given.table))

    def found(answer: tuple[pa.Table, list[pa.Table]], *, unknown: bool) -> Iterator[Pairs]:
        general, own = answer
        every = general.append_column("row", pa.array(np.arange(len(general))))
        for table in (every, *own):
            rows = table["row"].to_numpy()
            for rule in table.column_names:
                if rule != "row":
                    column = table[rule]
                    mask = column.is_null() if unknown else column.fill_null(False)
                    yield given.pairs(rule, rows[mask.to_numpy()])

    return Runner(
        lambda: written.match(connection),
        lambda answer: _sorted(found(answer, unknown=False)),
        lambda answer: _sorted(found(answer, unknown=True)),
    )


def by_openfisca(given: Input) -> Runner:
    """OpenFisca: a simulation for the cases of each violation."""
    written = openfisca.Written.of(list(given.work.candidates.values()))

    def run() -> list[tuple[Column, Mapping[str, Column]]]:
        order = np.argsort(given.violations, kind="stable")
        bounds = np.searchsorted(given.violations[order], np.arange(len(written.own) + 1))
        groups = [order[a:b] for a, b in itertools.pairwise(bounds)]
        return [
            (rows, written.match(number, given.arrays, rows))
            for number, rows in enumerate(groups)
            if len(rows)
        ]

    def held(answer: list[tuple[Column, Mapping[str, Column]]]) -> Iterator[Pairs]:
        for rows, truths in answer:
            for rule, mask in truths.items():
                yield given.pairs(rule, rows[mask])

    return Runner(run, lambda answer: _sorted(held(answer)))


def reference(given: Input, rows: Sequence[int]) -> tuple[Pairs, Pairs]:
    """What holds and what cannot be told for some rows, by the plain loops."""
    found: tuple[list[int], list[int]] = ([], [])
    for row in rows:
        case = case_of(given.table, row)
        truths = given.work.loops[case.violation](plain(case))
        for pairs, ids in zip(found, truths, strict=True):
            pairs += [row * len(given.numbers) + given.numbers[rule] for rule in ids]
    held, unknown = (np.sort(np.array(pairs, dtype=np.int64)) for pairs in found)
    return held, unknown


def check(given: Input, runners: Mapping[str, Runner], sample: int) -> Mapping[str, int]:
    """Compare what every contender finds, before any time counts.

    The first is compared with the plain loops on the first rows, all others with it on every row.

    Returns:
        For each contender how many cases were compared, all of them equal.
    """
    names = list(runners)
    first = runners[names[0]]
    assert first.unknown is not None
    answer = first.run()
    held, unknown = first.held(answer), first.unknown(answer)
    end = sample * len(given.numbers)
    for found, expected in zip((held, unknown), reference(given, range(sample)), strict=True):
        assert np.array_equal(found[: np.searchsorted(found, end)], expected), names[0]
    for name in names[1:]:
        one = runners[name]
        answer = one.run()
        assert np.array_equal(one.held(answer), held), name
        if one.unknown is not None:
            assert np.array_equal(one.unknown(answer), unknown), name
    return dict.fromkeys(names, given.table.num_rows)


def against_peers(
    *, scale: int, cases: int, rounds: int, few: bool = False
) -> list[dict[str, object]]:
    """Everybody on the same rules and cases; rows of figures.

    Args:
        scale: How many times 1,769 rules.
        cases: How many cases.
        rounds: How many rounds count.
        few: Leave out what takes minutes at this scale.
    """
    work = build(scale=scale, cases=0)
    given = Input.of(work, columns(work, cases))
    runners = {
        NUMPY_3: by_numpy(given, three=True),
        WHOLE: library(given),
        NUMPY: by_numpy(given, three=False),
        POLARS: by_polars(given),
    }
    if not few:
        runners |= {DUCKDB: by_duckdb(given), OPENFISCA: by_openfisca(given)}
    compared = check(given, runners, min(cases, 2000))
    seconds = whole_runs({name: one.run for name, one in runners.items()}, rounds)
    return [_row(name, seconds, cases, compared[name]) for name in runners]


def _row(
    name: str, seconds: Mapping[str, tuple[float, ...]], cases: int, compared: int
) -> dict[str, object]:
    floor = seconds[NUMPY_3]
    return {
        "name": name,
        "compared": compared,
        "per_second": attrs.asdict(Spread.of_rates([cases / one for one in seconds[name]])),
        "times_numpy": attrs.asdict(
            Spread.of_rates([two / one for one, two in zip(seconds[name], floor, strict=True)])
        ),
    }


def growth_with_cases(counts: Sequence[int], *, rounds: int) -> list[dict[str, object]]:
    """More and more cases about 1,769 rules."""
    work = build(cases=0)
    table = columns(work, max(counts))
    tables = {count: (work, table.slice(0, count)) for count in counts}
    return _curve(tables, rounds)


def growth_with_unknown(
    shares: Sequence[float], *, cases: int, rounds: int
) -> list[dict[str, object]]:
    """Cases that lack more and more of the facts."""
    work = build(cases=0)
    tables = {share: (work, columns(work, cases, unknown=share)) for share in shares}
    return _curve(tables, rounds)


def growth_with_conditions(
    parts: Sequence[int], *, cases: int, rounds: int
) -> list[dict[str, object]]:
    """Rules of more and more conditions each."""
    tables = {}
    for count in parts:
        work = build(cases=0, parts=(count, count))
        tables[count] = (work, columns(work, cases))
    return _curve(tables, rounds)


def _curve(tables: Mapping[Any, tuple[Workload, pa.Table]], rounds: int) -> list[dict[str, object]]:
    runners: dict[tuple[str, Any], Callable[[], Any]] = {}
    for key, (work, table) in tables.items():
        given = Input.of(work, table)
        pair = {NUMPY_3: by_numpy(given, three=True), WHOLE: library(given)}
        check(given, pair, min(table.num_rows, 200))
        runners |= {(name, key): one.run for name, one in pair.items()}
    named = {f"{name} {key}": run for (name, key), run in runners.items()}
    seconds = whole_runs(named, rounds)
    return [
        {
            "at": key,
            "name": name,
            "per_second": attrs.asdict(
                Spread.of_rates([tables[key][1].num_rows / one for one in seconds[f"{name} {key}"]])
            ),
        }
        for name, key in sorted(runners, key=lambda pair: (pair[0], pair[1]))
    ]
