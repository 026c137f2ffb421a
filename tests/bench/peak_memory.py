"""How much memory a batch needs beyond its input and output, in a process of its own.

Run as `python peak_memory.py cases.parquet`: outcomes go to another file beside it, as with the
command. Prints JSON.
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
ROWS: Final = 131_072
"""Rows of a group of the file."""


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
        writer.write_table(plain, row_group_size=ROWS)
    assert writer is not None
    writer.close()


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if isinstance(kind, pa.DictionaryType) else kind


def _measure(work: Workload, source: Path, target: Path) -> dict[str, float]:
    """Evaluate a file into another; what the peak was, and a chunk in and out."""
    before = _status("VmRSS")
    # What is imported and compiled counts.
    from bizrules.batch import BatchEngine  # noqa: PLC0415
    from bizrules.batch.files import CHUNK, evaluate_file  # noqa: PLC0415

    few = columns(work, 1000).combine_chunks().to_batches()[0]
    BatchEngine(work.engine).evaluate(few)
    ready = _status("VmRSS")
    evaluate_file(source, target, engine=work.engine)
    peak = _status("VmHWM")
    chunk = next(pq.ParquetFile(source).iter_batches(CHUNK))
    buffers = chunk.nbytes + BatchEngine(work.engine).evaluate(chunk).nbytes
    return {
        "before_mib": before / MEBIBYTE,
        "ready_mib": ready / MEBIBYTE,
        "peak_mib": peak / MEBIBYTE,
        "buffers_mib": buffers / MEBIBYTE,
        "beyond_mib": (peak - ready - buffers) / MEBIBYTE,
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
