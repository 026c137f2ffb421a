"""Cases in every form in which a file may hold them, and what they lead to one by one."""

import json
import multiprocessing
import os
import signal
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from bizrules.batch import _workers
from bizrules.batch._parts import Chunk, evaluate_chunk
from bizrules.batch._plain_route import columns_of, outcome_batch, refused
from bizrules.batch._schema import OUTCOME_SCHEMA
from bizrules.batch._sinks import plain_schema
from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.loading import case_from_plain, load_documents
from cli.running import SMALL

Row = Mapping[str, Any]

REPEATS: Final = Path(__file__).parent / "repeats"

SCHEMA: Final = pa.schema(
    [
        ("id", pa.string()),
        ("region", pa.string()),
        ("violation", pa.string()),
        ("committed", pa.date32()),
        ("decided", pa.date32()),
        ("party_kind", pa.string()),
        ("harm", pa.string()),
        ("minor", pa.bool_()),
        ("corrected", pa.bool_()),
        ("obstructed", pa.bool_()),
        ("channel", pa.string()),
        ("goods_value", pa.decimal128(12, 2)),
        ("measures", pa.list_(pa.string())),
        ("searched_since", pa.date32()),
    ]
)
"""Columns of cases over the small documents of the command line."""

DAYS: Final = {"committed": date(2022, 3, 1), "decided": date(2022, 5, 20)}
EXEMPT: Final = {"harm": "none", "minor": True, "goods_value": Decimal("66.00")}
OPEN: Final = {"harm": "none", "corrected": True, "goods_value": Decimal("66.50")}
CONTESTED: Final = {
    **OPEN,
    "minor": False,
    "obstructed": True,
    "channel": "online",
    "party_kind": "enterprise",
}
WRONG: Final = {"harm": "huge", "goods_value": Decimal("-1.00")}
KINDS: Final[Sequence[Row]] = (
    EXEMPT,
    OPEN,
    CONTESTED,
    WRONG,
    {**OPEN, "measures": ["seizure"], "searched_since": date(2019, 1, 1)},
    {**EXEMPT, "committed": date(2023, 1, 1)},
    {"region": "999999", "violation": "stall.stret"},
    {},
)


@cache
def small_engine() -> Engine:
    """The engine of the small documents and a rule that reads earlier violations."""
    return Engine(knowledge=load_documents([SMALL, REPEATS]))


def case_rows(count: int) -> list[Row]:
    """Cases that are settled, open, contested, or wrong in one way or several."""
    base = {"region": "530103", "violation": "stall.street", **DAYS}
    rows = [{"id": f"案-{at}", **base, **KINDS[at % len(KINDS)]} for at in range(count)]
    return [{name: row.get(name) for name in SCHEMA.names} for row in rows]


def table_of(rows: Sequence[Row]) -> pa.Table:
    """The rows as columns."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=SCHEMA)


def nested(row: Row) -> dict[str, Any]:
    """A row as a case file has it; numbers are given as text."""
    own = {"id", "region", "violation", "committed", "decided", "measures"}
    plain = {name: _said(row[name]) for name in row if name in own and row[name] is not None}
    facts = {
        name: _said(value)
        for name, value in row.items()
        if name not in {*own, "party_kind", "searched_since"} and value is not None
    }
    if facts:
        plain["facts"] = facts
    if row["party_kind"] is not None:
        plain["party"] = {"kind": row["party_kind"]}
    if row["searched_since"] is not None:
        plain["priors"] = {"searched_since": _said(row["searched_since"])}
    return plain


def flat(row: Row) -> dict[str, Any]:
    """A row as a line of JSON has its columns."""
    return {name: _said(value) for name, value in row.items() if value is not None}


def _said(value: object) -> object:
    return str(value) if isinstance(value, date | Decimal) else value


def write(rows: Sequence[Row], path: Path) -> Path:
    """The rows in a file, in the form that its name says; `nested` in the name nests them."""
    table = table_of(rows)
    form, packed = path.name.partition(".")[2].split(".")[0], path.suffix in (".gz", ".zst")
    compression = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix) if packed else None
    if form == "parquet":
        pq.write_table(table, path, row_group_size=7)
    elif form in ("arrow", "arrows"):
        opened = pa.ipc.new_file if form == "arrow" else pa.ipc.new_stream
        with pa.OSFile(str(path), "wb") as file, opened(file, SCHEMA) as writer:
            writer.write_table(table, max_chunksize=5)
    elif form == "csv":
        lists = [None if row["measures"] is None else ";".join(row["measures"]) for row in rows]
        at = SCHEMA.get_field_index("measures")
        with pa.output_stream(path, compression=compression) as stream:
            pacsv.write_csv(table.set_column(at, "measures", pa.array(lists, pa.string())), stream)
    elif form == "jsonl":
        said = nested if "nested" in path.name else flat
        text = "".join(json.dumps(said(row), ensure_ascii=False) + "\n" for row in rows)
        with pa.output_stream(path, compression=compression) as stream:
            stream.write(text.encode())
    else:
        data = {"format": "1", "cases": [nested(row) for row in rows]}
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def one_by_one(rows: Sequence[Row], priors: Sequence[Row] = ()) -> Sequence[Row]:
    """What `evaluate` answers to each row, in columns."""
    engine = small_engine()
    made = []
    for row in rows:
        data = nested(row)
        found = [_known(one) for one in priors if one["case"] == row["id"]]
        if found:
            data["priors"] = {**data.get("priors", {}), "found": found}
        try:
            made.append(columns_of(engine.evaluate(case_from_plain(data, engine.knowledge)), "en"))
        except CaseError as error:
            made.append(refused({"id": row["id"]}, error.problems, "en"))
    return comparable(pa.Table.from_batches([outcome_batch(made)]))


def _known(prior: Row) -> dict[str, Any]:
    known = {key: _said(value) for key, value in prior.items() if value is not None}
    return {key: value for key, value in known.items() if key != "case"}


def comparable(outcomes: pa.Table) -> Sequence[Row]:
    """Rows of outcomes; of problems their codes, whose order and places the forms may differ in."""
    rows: list[dict[str, Any]] = outcomes.cast(plain_schema(OUTCOME_SCHEMA)).to_pylist()
    for row in rows:
        row["problems"] = sorted(one["code"] for one in row["problems"])
    return rows


def read(path: Path) -> pa.Table:
    """The outcomes in a Parquet file."""
    return pq.read_table(path)


def in_child() -> bool:
    """Whether this is a process of a crew."""
    return multiprocessing.parent_process() is not None


def dying_engine() -> Engine:
    """The small engine; in a process of a crew, one with which the third part is death."""
    if in_child():
        plain_route = evaluate_chunk

        def die(runner: Any, chunk: Chunk, lang: str) -> Any:  # noqa: ANN401 - passed on
            if chunk.number == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return plain_route(runner, chunk, lang)

        vars(_workers)["evaluate_chunk"] = die
    return small_engine()


def failing_engine() -> Engine:
    """The small engine; in a process of a crew it cannot be loaded."""
    if in_child():
        msg = "no engine here"
        raise RuntimeError(msg)
    return small_engine()
