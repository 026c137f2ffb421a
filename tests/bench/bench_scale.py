"""What a country's rules and a hundred million cases cost: pieces measured, and their sum.

Nobody has either at hand. So each piece is measured on a part of the country, in a process of its
own, and the sum is taken on paper; both are written to `docs/explanation/scale.md`.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from case_table import columns
from results import machine, read, write
from workload import build

from bizrules.engine import Engine
from java_runtime import find_java

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parents[1] / "docs" / "explanation" / "scale.md"
RESULTS: Final = HERE / "scale.json"
DISTRICTS: Final = 3000
CASES: Final = 100_000_000
CORES: Final = 64
WHOLE: Final = DISTRICTS * 590
"""So many rules: those of one batch in every district."""

MEBIBYTE: Final = 2**20
GIGABYTE: Final = 1e9
# Parts of the country: how many times 1,769 rules, over how many districts, and how many cases.
LARGE: Final = (100, 300, 300_000)
SMALL: Final = (10, 30, 200_000)
PRIORS: Final = 0.3
RUNS: Final = (
    "read",
    "through Python",
    "evaluated",
    "sorted by place",
    "sorted by place, evaluated",
    "with earlier violations",
)


def _plain(table: pa.Table) -> pa.Table:
    """The table as other systems write it, without dictionaries."""
    coded = pa.types.is_dictionary
    fields = [(f.name, f.type.value_type if coded(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(fields))


def _priors(cases: pa.Table) -> pa.Table:
    """Earlier violations of every third case or so, one each."""
    rng = np.random.default_rng(1)
    some = cases.filter(pa.array(rng.random(len(cases)) < PRIORS))
    day = pa.scalar(cases.column("committed")[0].as_py().replace(year=2020), pa.date32())
    return pa.table(
        {
            "case": some.column("id"),
            "violation": some.column("violation"),
            "region": some.column("region"),
            "decided": pa.repeat(day, len(some)),
        }
    )


def _prepare(folder: Path, scale: int, districts: int, count: int) -> dict[str, float]:
    """Write rules, cases and earlier violations; how large the rules are."""
    work = build(scale, cases=0, districts=districts)
    begin = perf_counter()
    bundle = work.engine.bundle()
    made = perf_counter() - begin
    (folder / "rules.bundle").write_bytes(bundle)
    cases = _plain(columns(work, count))
    pq.write_table(cases, folder / "cases.parquet", compression="zstd", row_group_size=100_000)
    pq.write_table(_priors(cases), folder / "priors.parquet", compression="zstd")
    rules = sum(len(ruleset.rules) for ruleset in work.engine.rulesets)
    return {"rules": rules, "bundle_bytes": len(bundle), "making_seconds": made}


def _published() -> dict[str, float]:
    """The rules that come with the library, as large as published lists make them."""
    engine = Engine.load()
    rules = sum(len(ruleset.rules) for ruleset in engine.rulesets)
    return {"rules": rules, "bundle_bytes": len(engine.bundle())}


def _run(script: str, *words: str) -> Any:  # noqa: ANN401 - plain data
    own = [str(HERE.parent), str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(own)}
    done = subprocess.run(
        [sys.executable, str(HERE / script), *words],
        stdout=subprocess.PIPE,
        check=True,
        env=env,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _pieces(folder: Path) -> dict[str, Any]:
    large, small = folder / "large", folder / "small"
    large.mkdir()
    small.mkdir()
    found: dict[str, Any] = {"machine": machine(), "published": _published()}
    found["large"] = _prepare(large, *LARGE)
    found["small"] = _prepare(small, *SMALL)
    # The first run compiles the loops for the machine, unless that was done before.
    _run("scale_pieces.py", "start", str(small))
    for name in ("start", "rate", "districts"):
        found["large"][name] = _run("scale_pieces.py", name, str(large))
        found["small"][name] = _run("scale_pieces.py", name, str(small))
    found["small"]["sizes"] = _run("scale_pieces.py", "sizes", str(small))
    found["spark"] = [_run("spark_pieces.py", str(small), str(cores)) for cores in (1, 2)]
    return found


def _no_spark() -> str | None:
    """Why Spark cannot run here."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed: pip install 'bizrules[spark]'"
    java = find_java()
    return java if isinstance(java, str) else None


_Rows = Iterable[Sequence[str]]


def _table(head: Sequence[str], rows: _Rows) -> str:
    lines = [head, ["---", *(["---:"] * (len(head) - 1))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figure(value: float) -> str:
    """Two or three digits that count, with separators."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3
    return f"{float(f'{value:.3g}'):,.{digits}f}"


def _a_district(found: Mapping[str, Any]) -> tuple[float, float]:
    """What each further district costs a worker. *Unit*: MiB, seconds."""
    met = found["districts"]
    more = len(met) - 1
    return (
        (met[-1]["mib"] - met[0]["mib"]) / more,
        sum(one["seconds"] for one in met[1:]) / more,
    )


def _continued(found: Mapping[str, Any], values: Sequence[float]) -> float:
    """A figure for the whole country, in a straight line through those of the two parts."""
    small, large = found["small"]["rules"], found["large"]["rules"]
    slope = (values[1] - values[0]) / (large - small)
    whole: float = values[1] + slope * (WHOLE - large)
    return whole


def _rules(found: Mapping[str, Any]) -> str:
    """What rules cost, measured on two parts of the country and continued to the whole."""
    parts = [found["small"], found["large"]]
    names = [f"{one['rules']:,} rules" for one in parts]

    def row(name: str, values: Sequence[float], *, grows: bool = True) -> list[str]:
        last = _continued(found, values) if grows else values[1]
        return [name, *map(_figure, values), _figure(last)]

    sizes = [one["bundle_bytes"] / MEBIBYTE for one in parts]
    bytes_a_rule = [one["bundle_bytes"] / one["rules"] for one in parts]
    costs = [_a_district(one) for one in parts]
    return _table(
        ("", *names, f"the country: {WHOLE:,}, by calculation"),
        [
            row("bundle, MiB", sizes),
            row("bytes a rule", bytes_a_rule, grows=False),
            row("making it, seconds", [one["making_seconds"] for one in parts]),
            row("loading it, seconds", [one["start"]["load_seconds"] for one in parts]),
            row("loading it, MiB", [one["start"]["load_mib"] for one in parts]),
            row("each district met, MiB", [mib for mib, _ in costs], grows=False),
            row("each district met, seconds", [seconds for _, seconds in costs], grows=False),
        ],
    )


def _worker(found: Mapping[str, Any]) -> str:
    """A Python process from nothing to its first outcome."""
    got = found["small"]["start"]
    steps = {
        "importing": "import",
        f"loading {found['small']['rules']:,} rules": "load",
        "the first case": "first",
    }
    rows = [("Python and Arrow", "", _figure(got["bare_mib"]))]
    for name, key in steps.items():
        rows.append((name, _figure(got[f"{key}_seconds"]), _figure(got[f"{key}_mib"])))
    return _table(("", "seconds", "MiB"), rows)


def _cases(found: Mapping[str, Any]) -> str:
    """Cases a second of one core, and bytes of a case."""
    sizes = found["small"]["sizes"]
    return _table(
        ("", ""),
        [
            *(
                (
                    f"cases/s of a core, {found[part]['rules']:,} rules",
                    _figure(found[part]["rate"]["rate"]),
                )
                for part in ("small", "large")
            ),
            ("a case in Arrow, bytes", _figure(sizes["case_bytes"])),
            ("a case in Parquet, bytes", _figure(sizes["case_file_bytes"])),
            ("an outcome in Arrow, bytes", _figure(sizes["outcome_bytes"])),
            ("an outcome in Parquet, bytes", _figure(sizes["outcome_file_bytes"])),
        ],
    )


def _on_cores(found: Mapping[str, Any]) -> str:
    """What a case costs on Spark."""
    one, two = found["spark"]
    rows = []
    for name in RUNS:
        seconds = one["seconds"][name]
        micros = [1e6 * run["seconds"][name] / run["cases"] for run in (one, two)]
        shuffled = one["shuffled"][name] / one["cases"]
        gain = seconds / two["seconds"][name]
        rows.append((name, *map(_figure, micros), f"{gain:.1f}", f"{shuffled:.0f}"))
    head = ("", "one core, µs a case", "two cores, µs a case", "gain", "bytes shuffled a case")
    return _table(head, rows)


def _sum(found: Mapping[str, Any]) -> str:
    """The country on a cluster, from the pieces."""
    one = found["spark"][0]
    micros = {name: 1e6 * seconds / one["cases"] for name, seconds in one["seconds"].items()}
    shuffled = {name: size / one["cases"] for name, size in one["shuffled"].items()}
    sizes, large = found["small"]["sizes"], found["large"]
    mib, seconds = _a_district(large)
    share = DISTRICTS / CORES
    start = found["small"]["start"]
    base = start["bare_mib"] + start["import_mib"] + start["first_mib"]
    base += _continued(found, [found[part]["start"]["load_mib"] for part in ("small", "large")])

    def minutes(name: str) -> str:
        return _figure(micros[name] * CASES / 1e6 / CORES / 60)

    def gigabytes(size: float) -> str:
        return _figure(size * CASES / GIGABYTE)

    sorted_ = "sorted by place, evaluated"
    return _table(
        ("", "cases as they come", "sorted by place"),
        [
            ("evaluating, minutes", minutes("evaluated"), minutes(sorted_)),
            ("reading rules, minutes", *(_figure(n * seconds / 60) for n in (DISTRICTS, share))),
            ("memory of a process, MiB", *(_figure(base + n * mib) for n in (DISTRICTS, share))),
            ("shuffled, GB", gigabytes(shuffled["evaluated"]), gigabytes(shuffled[sorted_])),
            ("cases read, GB", *[gigabytes(sizes["case_file_bytes"])] * 2),
            ("outcomes written, GB", *[gigabytes(sizes["outcome_file_bytes"])] * 2),
            (
                "earlier violations: minutes more",
                *[_figure(_joining(micros) * CASES / 1e6 / CORES / 60)] * 2,
            ),
            ("earlier violations: GB more", *[gigabytes(shuffled["with earlier violations"])] * 2),
        ],
    )


def _joining(micros: Mapping[str, float]) -> float:
    return max(0.0, micros["with earlier violations"] - micros["evaluated"])


def _published_rules(found: Mapping[str, Any]) -> str:
    """How large rules are as they were published."""
    got = found["published"]
    size = got["bundle_bytes"] / got["rules"]
    return (
        f"The {got['rules']:,.0f} rules of the library and the installed packages, with the facts, "
        "violations and places they need, are a bundle of "
        f"{got['bundle_bytes'] / 1e6:.2f} MB: {size:,.0f} bytes a rule."
    )


def _machine(found: Mapping[str, Any]) -> str:
    got = found["machine"]
    return (
        f"{got['processor']}, {got['cores']} cores, {got['memory_gib']} GiB, {got['system']}, "
        f"{got['python']}; load {got['load']} at the start; {got['day']}."
    )


def tables(found: Mapping[str, Any]) -> dict[str, str]:
    """The blocks of the page by name."""
    return {
        "machine": _machine(found),
        "rules": _rules(found),
        "published": _published_rules(found),
        "worker": _worker(found),
        "cases": _cases(found),
        "spark": _on_cores(found),
        "sum": _sum(found),
    }


def filled(page: str, found: Mapping[str, Any]) -> str:
    """The page with its blocks written anew."""
    for name, block in tables(found).items():
        mark = re.escape(f"<!-- table: {name} -->")
        page, count = re.subn(
            f"({mark}\n).*?(<!-- end -->)", rf"\g<1>{block}\n\g<2>", page, flags=re.DOTALL
        )
        assert count == 1, name
    return page


def test_scale(tmp_path: Path) -> None:
    """Measure the pieces, add them up, and write the page."""
    why = _no_spark()
    if why is not None:
        pytest.skip(why)
    found = _pieces(tmp_path)
    write(found, RESULTS)
    text = PAGE.read_text(encoding="utf-8")
    found = read(RESULTS)
    PAGE.write_text(filled(text, found), encoding="utf-8")
    print("\n\n".join(["", *tables(found).values()]))
