"""The tables of `docs/explanation/performance.md`, written from the results of the last run."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

Results: TypeAlias = Mapping[str, Any]

PAGE: Final = Path(__file__).parents[2] / "docs" / "explanation" / "performance.md"
FULL: Final = 1_000_000
_BLOCK: Final = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

# What each contender answers; three values means that it tells unknown from false.
ANSWERS: Final[Mapping[str, str]] = {
    "bizrules, whole outcome": "the outcome, three values",
    "bizrules, with every finding": "the outcome and all rules by id, three values",
    "bizrules, with questions, near misses, traces": "the outcome and why, three values",
    "bizrules, all of it in words": "the same, in Chinese",
    "Python, a function a violation": "ids that hold",
    "Python, the general rules apart": "ids that hold",
    "Python, what is unknown told too": "ids that hold or are unknown",
    "Python, the truth of every condition": "truths of all conditions, three values",
    "zen-engine, expressions": "ids that hold; guarded tests",
    "zen-engine, decision tables": "ids that hold; guarded cells",
    "datalogic-py": "ids that hold; guarded tests",
    "rule-engine": "ids that hold; guarded tests",
    "cedarpy": "ids that hold; `context has` before each test",
    "bizrules.batch, whole outcome columns": "the outcome, three values",
    "NumPy by hand, what holds": "masks of what holds; no value passes an unknown's test",
    "NumPy by hand, what is unknown too": "masks, three values",
    "Polars by hand": "columns, three values by null",
    "DuckDB by hand": "columns, three values by NULL",
    "OpenFisca, grouped": "columns of what holds; no value passes an unknown's test",
}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """A table whose first columns are words, and the others figures."""
    lines = [head, [*(["---"] * words), *(["---:"] * (len(head) - words))], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _figure(value: float) -> str:
    """Three digits that count, with separators: 1,770,000, 12.3, 0.45."""
    rounded = float(f"{value:.3g}")
    digits = 0 if rounded >= 100 else 1 if rounded >= 10 else 2
    return f"{rounded:,.{digits}f}"


def _between(spread: Mapping[str, float]) -> str:
    ends = sorted((spread["best"], spread["worst"]))
    return f"{_figure(spread['middle'])} ({_figure(ends[0])}–{_figure(ends[1])})"


def machine(results: Results) -> str:
    """The machine and the versions, in words."""
    found, versions = results["machine"], results["versions"]
    said = ", ".join(f"{name} {number}" for name, number in versions.items())
    # A run on fewer cases than it takes is told apart.
    trial = "" if results["cases"] >= FULL else "A trial run, on few cases.\n"
    return trial + (
        f"{found['processor']}, {found['cores']} cores, {found['memory_gib']} GiB, "
        f"{found['system']}, {found['python']}; load {found['load']} at the start; "
        f"{found['day']}.\n{said}.\n"
    )


def one_case(results: Results) -> str:
    """One case at a time."""
    rows = [
        (
            row["name"],
            ANSWERS[row["name"]],
            _figure(row["micros"]["best"]),
            _between(row["times_floor"]),
            _figure(row["per_second"]),
            f"{row['compared']:,}",
        )
        for row in results["one_case"]
    ]
    return _table(
        ("", "answers", "p50, µs", "times the floor", "cases/s", "cases compared"), rows, words=2
    )


def many_cases(results: Results) -> str:
    """Many cases at once, at every size."""
    rows = [
        (
            row["name"],
            ANSWERS[row["name"]],
            f"{part['rules']:,}",
            _figure(row["per_second"]["best"] / 1e6),
            _between(row["times_numpy"]),
            f"{row['compared']:,}",
        )
        for part in results["many_cases"]
        for row in part["rows"]
    ]
    return _table(
        ("", "answers", "rules", "M cases/s", "times NumPy", "cases compared"), rows, words=2
    )


def memory(results: Results) -> str:
    """Peak memory of a batch."""
    rows = [
        (
            f"{row['cases']:,}",
            _figure(row["before_mib"]),
            _figure(row["ready_mib"]),
            _figure(row["peak_mib"]),
            _figure(row["buffers_mib"]),
            _figure(row["beyond_mib"]),
        )
        for row in results["memory"]
    ]
    return _table(
        ("cases", "before, MiB", "kernels ready", "peak", "one chunk in and out", "beyond"), rows
    )


def starting(results: Results) -> str:
    """Imports, documents and bundles."""
    rows = [
        (row["name"], f"{_figure(row['millis']['best'])} ms", row["beside"])
        for row in results["starting"]
    ]
    return _table(("", "best", "beside"), rows)


def _curve(at: str, figure: Callable[[Mapping[str, Any]], str], unit: str) -> Any:  # noqa: ANN401 - a writer of tables
    def written(rows: Sequence[Mapping[str, Any]], first: str) -> str:
        names = list(dict.fromkeys(row["name"] for row in rows))
        places = list(dict.fromkeys(row["at"] for row in rows))
        cells = {(row["name"], row["at"]): figure(row) for row in rows}
        lines = [(f"{place:,}", *(cells[name, place] for name in names)) for place in places]
        return _table((first, *(f"{name}, {unit}" for name in names)), lines)

    return lambda results, name=at: written(results["growth"][name], name.partition(" ")[2])


def _micros(row: Mapping[str, Any]) -> str:
    return f"{_figure(row['micros']['best'])} (×{row['growth']:.2f})"


def _rate(row: Mapping[str, Any]) -> str:
    return _figure(row["per_second"]["best"] / 1e6)


def _named(rows: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return next(row for row in rows if row["name"].startswith(name))


def aims(results: Results) -> str:
    """What was aimed at, and what was found."""
    return _table(
        ("", "aim", "found"), [*_aims_of_cases(results), *_aims_of_files(results)], words=3
    )


def _aims_of_cases(results: Results) -> list[Sequence[str]]:
    whole = _named(results["one_case"], "bizrules, whole outcome")
    read = _named(results["one_case"], "bizrules, with questions")
    grown = [row for row in results["growth"]["one rules"] if row["name"] == whole["name"]][-1]
    rows: list[Sequence[str]] = [
        (
            "one case, whole outcome",
            "3 times the floor, or 12 µs",
            f"{_between(whole['times_floor'])} times, {_figure(whole['micros']['best'])} µs",
        ),
        (
            "with questions, near misses and traces read",
            "60 µs",
            f"{_figure(read['micros']['best'])} µs",
        ),
        (
            f"growth from 1,769 to {int(grown['at']):,} rules",
            "1.5 times",
            f"{grown['growth']:.2f} times",
        ),
    ]
    for part, aim in zip(results["many_cases"], (1.5, 0.6, 0.3), strict=False):
        batch = _named(part["rows"], "bizrules.batch")
        found = f"{_figure(batch['per_second']['best'] / 1e6)} M cases/s"
        if aim == 1.5:
            said = f"{aim} M cases/s, or 0.9 times NumPy"
            found += f", {_between(batch['times_numpy'])} times NumPy"
        else:
            said = f"{aim} M cases/s"
        rows.append((f"batch, {part['rules']:,} rules", said, found))
    most = max(row["beyond_mib"] for row in results["memory"])
    return [*rows, ("batch, memory beyond input and output", "300 MB", f"{_figure(most)} MiB")]


def _aims_of_files(results: Results) -> list[Sequence[str]]:
    aims = {
        "`import bizrules`": "60 ms",
        "1,769 rules from YAML": "1 s",
        "the same from a bundle": "60 ms",
        "176,9": "3 s, 1 KB a rule",
    }
    rows: list[Sequence[str]] = []
    for name, aim in aims.items():
        for row in results["starting"]:
            if row["name"].startswith(name):
                found = f"{_figure(row['millis']['best'])} ms"
                beside = f" ({row['beside']})" if "a rule" in row["beside"] else ""
                rows.append((row["name"], aim, found + beside))
    return rows


TABLES: Final[Mapping[str, Callable[[Results], str]]] = {
    "aims": aims,
    "machine": machine,
    "one-case": one_case,
    "many-cases": many_cases,
    "memory": memory,
    "starting": starting,
    "rules": _curve("one rules", _micros, "µs"),
    "unknown": _curve("one unknown", _micros, "µs"),
    "conditions": _curve("one conditions", _micros, "µs"),
    "cases": _curve("many cases", _rate, "M/s"),
    "unknown-batch": _curve("many unknown", _rate, "M/s"),
    "conditions-batch": _curve("many conditions", _rate, "M/s"),
}


def refreshed(page: str, results: Results) -> str:
    """The page with every table written anew."""

    def written(block: re.Match[str]) -> str:
        return f"{block[1]}\n{TABLES[block[2]](results)}\n{block[3]}"

    return _BLOCK.sub(written, page)
