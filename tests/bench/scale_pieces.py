"""Pieces of what a country's rules and very many cases cost, each in a process of its own.

Run as `python scale_pieces.py PIECE FOLDER`: prints what it found as JSON. `bench_scale.py` makes
the folder, with the rules as `rules.bundle` and the cases as `cases.parquet`, and adds them up.
"""

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS: Final = 131_072
ROUNDS: Final = 2
MEBIBYTE: Final = 2**20


def _resident() -> float:
    """Memory of this process. *Unit*: MiB."""
    text = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1]) / 1024


def _batches(folder: Path) -> list[pa.RecordBatch]:
    table: pa.Table = pq.read_table(folder / "cases.parquet")
    return list(table.combine_chunks().to_batches(max_chunksize=ROWS))


def start(folder: Path) -> dict[str, float]:
    """A worker from nothing to its first outcome."""
    before, begin = _resident(), perf_counter()
    from bizrules.batch import BatchEngine  # noqa: PLC0415 - what importing costs is measured
    from bizrules.engine import Engine  # noqa: PLC0415 - same

    imported, imported_at = _resident(), perf_counter()
    runner = BatchEngine(Engine.load_bundle(folder / "rules.bundle"))
    loaded, loaded_at = _resident(), perf_counter()
    first = next(pq.ParquetFile(folder / "cases.parquet").iter_batches(1))
    first = first.filter(pc.is_valid(first.column("id")))
    runner.evaluate(first)
    answered, answered_at = _resident(), perf_counter()
    return {
        "bare_mib": before,
        "import_seconds": imported_at - begin,
        "import_mib": imported - before,
        "load_seconds": loaded_at - imported_at,
        "load_mib": loaded - imported,
        "first_seconds": answered_at - loaded_at,
        "first_mib": answered - loaded,
    }


def districts(folder: Path) -> list[dict[str, float]]:
    """What a worker holds and reads as its cases come from more and more districts."""
    from bizrules.batch import BatchEngine  # noqa: PLC0415 - as above
    from bizrules.engine import Engine  # noqa: PLC0415 - as above

    runner = BatchEngine(Engine.load_bundle(folder / "rules.bundle"))
    cases: pa.Table = pq.read_table(folder / "cases.parquet").sort_by("region")
    regions = cases.column("region").to_pylist()
    ends = [at for at in range(1, len(regions)) if regions[at] != regions[at - 1]]
    found, done = [], 0
    for number, end in enumerate(ends, start=1):
        part = cases.slice(done, min(end - done, ROWS)).combine_chunks().to_batches()[0]
        done = end
        first, again = (_timed(runner.evaluate, part) for _ in range(2))
        found.append({"districts": number, "mib": _resident(), "seconds": first - again})
    return found


def _timed(call: Callable[[Any], object], given: object) -> float:
    begin = perf_counter()
    call(given)
    return perf_counter() - begin


def rate(folder: Path) -> dict[str, float]:
    """Cases a second of one core, whole outcome columns, what was compiled is there."""
    from bizrules.batch import BatchEngine  # noqa: PLC0415 - as above
    from bizrules.engine import Engine  # noqa: PLC0415 - as above

    runner = BatchEngine(Engine.load_bundle(folder / "rules.bundle"))
    batches = _batches(folder)
    times = []
    for _ in range(ROUNDS + 1):
        begin = perf_counter()
        for batch in batches:
            runner.evaluate(batch)
        times.append(perf_counter() - begin)
    return {"cases": sum(map(len, batches)), "rate": sum(map(len, batches)) / min(times[1:])}


def sizes(folder: Path) -> dict[str, float]:
    """Bytes of a case and of an outcome, in memory and in a file."""
    from bizrules.batch.bundled import BundledEngine  # noqa: PLC0415 - as above

    cases = pa.Table.from_batches(_batches(folder))
    outcomes = BundledEngine(folder / "rules.bundle")(cases)
    pq.write_table(outcomes, folder / "outcomes.parquet", compression="zstd")
    count = len(cases)
    return {
        "case_bytes": cases.nbytes / count,
        "case_file_bytes": (folder / "cases.parquet").stat().st_size / count,
        "outcome_bytes": outcomes.nbytes / count,
        "outcome_file_bytes": (folder / "outcomes.parquet").stat().st_size / count,
    }


PIECES: Final[Mapping[str, Callable[[Path], Any]]] = {
    "start": start,
    "districts": districts,
    "rate": rate,
    "sizes": sizes,
}

if __name__ == "__main__":
    print(json.dumps(PIECES[sys.argv[1]](Path(sys.argv[2]))))
