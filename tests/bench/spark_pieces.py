"""What Spark adds to the evaluation of cases, on this machine alone, in a process of its own.

Run as `python spark_pieces.py FOLDER CORES`: prints what it found as JSON. The folder has the rules
as `rules.bundle`, the cases as `cases.parquet` and their earlier violations as `priors.parquet`.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from bizrules.batch.spark import evaluate_dataframe
from java_runtime import find_java, home_for_spark

ROUNDS: Final = 2


def _session(scratch: Path, cores: int) -> SparkSession:
    java = find_java()
    if isinstance(java, str):
        raise SystemExit(java)
    os.environ["JAVA_HOME"] = str(home_for_spark(java, scratch / "java"))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    (scratch / "events").mkdir()
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "3g",
        "spark.eventLog.compress": "false",
        "spark.eventLog.dir": (scratch / "events").as_uri(),
        "spark.eventLog.enabled": "true",
        "spark.eventLog.rolling.enabled": "false",
        "spark.local.dir": str(scratch / "local"),
        "spark.log.level": "ERROR",
        # As it would be for tables too large for one node.
        "spark.sql.autoBroadcastJoinThreshold": "-1",
        "spark.sql.files.maxPartitionBytes": "16m",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(f"local[{cores}]").appName("bizrules")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _unchanged(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from batches


def _runs(spark: SparkSession, folder: Path) -> Mapping[str, Callable[[], DataFrame]]:
    """What is timed: reading alone, through Python and back unchanged, evaluated."""
    cases = spark.read.parquet(str(folder / "cases.parquet"))
    priors = spark.read.parquet(str(folder / "priors.parquet"))
    bundle = folder / "rules.bundle"
    sorted_ = cases.repartitionByRange(4, "region")
    return {
        "read": lambda: cases,
        "through Python": lambda: cases.mapInArrow(_unchanged, cases.schema),
        "evaluated": lambda: evaluate_dataframe(cases, bundle),
        "sorted by place": lambda: sorted_,
        "sorted by place, evaluated": lambda: evaluate_dataframe(sorted_, bundle),
        "with earlier violations": lambda: evaluate_dataframe(cases, bundle, priors=priors),
    }


def _seconds(df: DataFrame) -> float:
    begin = perf_counter()
    df.write.format("noop").mode("overwrite").save()
    return perf_counter() - begin


def _shuffled(scratch: Path) -> Mapping[str, int]:
    """Bytes that each named run wrote for other tasks, from the log of events."""
    found: dict[str, int] = {}
    names: dict[int, str] = {}
    for file in (scratch / "events").iterdir():
        for line in file.read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            if event["Event"] == "SparkListenerJobStart":
                name = (event.get("Properties") or {}).get("spark.job.description", "")
                names.update(dict.fromkeys(event["Stage IDs"], name))
            elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                written = event["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                name = names.get(event["Stage ID"], "")
                found[name] = found.get(name, 0) + written
    return found


def measured(folder: Path, cores: int) -> dict[str, Any]:
    """The seconds of each run in several rounds, and what it shuffled."""
    with TemporaryDirectory() as scratch:
        spark = _session(Path(scratch), cores)
        runs = _runs(spark, folder)
        count = runs["read"]().count()
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for number in range(ROUNDS + 1):
            for name, run in runs.items():
                spark.sparkContext.setJobDescription(name if number == 1 else "")
                seconds[name].append(_seconds(run()))
        spark.stop()
        shuffled = _shuffled(Path(scratch))
    return {
        "cases": count,
        "cores": cores,
        "first": {name: times[0] for name, times in seconds.items()},
        "seconds": {name: min(times[1:]) for name, times in seconds.items()},
        "shuffled": {name: shuffled.get(name, 0) for name in runs},
    }


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]), int(sys.argv[2]))))
