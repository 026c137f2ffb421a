"""How much memory a batch needs beyond its input and output, in a process of its own.

Run as `python peak_memory.py cases.parquet`: cases come from the file batch by batch, outcomes go
to another beside it, as with the command. Prints JSON.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from case_table import columns
from workload import Workload, build

MEBIBYTE: Final = 2**20
CHUNK: Final = 131_072


def _status(name: str) -> int:
    """A figure of this process. *Unit*: bytes."""
    text = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(rf"{name}:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1]) * 1024


def _write(work: Workload, count: int, path: Path) -> None:
    """Write the cases a million at a time, so that any number fits."""
    writer = None
    for start in range(0, count, 1_000_000):
        part = columns(work, min(1_000_000, count - start), seed=start)
        plain = part.cast(pa.schema([(f.name, _plain(f.type)) for f in part.schema]))
        writer = writer or pq.ParquetWriter(path, plain.schema)
        writer.write_table(plain, row_group_size=CHUNK)
    assert writer is not None
    writer.close()


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if isinstance(kind, pa.DictionaryType) else kind


def _measure(work: Workload, source: Path, target: Path) -> dict[str, float]:
    """Evaluate a file into another; what the peak was, and the largest batch in and out."""
    before = _status("VmRSS")
    from bizrules.batch import BatchEngine  # noqa: PLC0415 - what it imports counts

    runner = BatchEngine(work.engine)
    first = next(iter(pq.ParquetFile(source).iter_batches(1000)))
    runner.evaluate(first)
    ready = _status("VmRSS")
    largest, writer = 0, None
    for batch in pq.ParquetFile(source).iter_batches(CHUNK):
        found = runner.evaluate(batch)
        largest = max(largest, batch.nbytes + found.nbytes)
        writer = writer or pq.ParquetWriter(target, found.schema)
        writer.write_batch(found)
    assert writer is not None
    writer.close()
    peak = _status("VmHWM")
    return {
        "before_mib": before / MEBIBYTE,
        "ready_mib": ready / MEBIBYTE,
        "peak_mib": peak / MEBIBYTE,
        "buffers_mib": largest / MEBIBYTE,
        "beyond_mib": (peak - before - largest) / MEBIBYTE,
    }


def measured(count: int) -> dict[str, float]:
    """The figures for so many cases, taken in a process of its own."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "cases.parquet"
        _write(build(cases=0), count, source)
        done = subprocess.run(
            [sys.executable, __file__, str(source)], capture_output=True, check=True
        )
    found: dict[str, float] = json.loads(done.stdout)
    return {"cases": count, **found}


if __name__ == "__main__":
    given = Path(sys.argv[1])
    print(json.dumps(_measure(build(cases=0), given, given.with_name("outcomes.parquet"))))
