"""The plots of the page on performance, drawn from the results of the last run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
OURS: Final = "#b3261e"
HAND: Final = "#5f6b7a"
THEIRS: Final = "#9db2c9"
_STYLE: Final = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 10,
    "savefig.facecolor": "white",
    "svg.hashsalt": "bizrules",
}


def _colour(name: str) -> str:
    if name.startswith("bizrules"):
        return OURS
    return HAND if "Python" in name or "by hand" in name else THEIRS


def _logarithmic(axis: Any) -> None:  # noqa: ANN401 - an axis of matplotlib
    """Ticks at 1, 2 and 5 of every power, written as plain numbers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())


def _saved(figure: Any, name: str, folder: Path) -> Path:  # noqa: ANN401 - a figure
    path = folder / name
    # Without the day, so that the same results give the same file.
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
    return path


def _bars(
    axes: Any,  # noqa: ANN401 - axes of matplotlib
    rows: Sequence[tuple[str, float, float, float]],
    label: str,
    said: str,
) -> None:
    """Bars from the best down, each with its range over the rounds."""
    names = [name for name, *_ in rows]
    middle = [figure for _, figure, _, _ in rows]
    lower = [figure - low for _, figure, low, _ in rows]
    upper = [high - figure for _, figure, _, high in rows]
    places = range(len(rows))
    axes.barh(
        places,
        middle,
        xerr=(lower, upper),
        color=[_colour(name) for name in names],
        error_kw={"ecolor": "#333333", "capsize": 2, "linewidth": 0.8},
    )
    for place, (_, figure, _, high) in zip(places, rows, strict=True):
        axes.text(high * 1.08, place, said.format(figure), va="center", fontsize=9)
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xscale("log")
    _logarithmic(axes.xaxis)
    axes.set_xlabel(label)
    axes.margins(x=0.15)
    axes.grid(axis="x", which="major", color="#e3e3e3")
    axes.set_axisbelow(True)


def one_case(results: Mapping[str, Any], folder: Path = IMAGES, suffix: str = "svg") -> Path:
    """Median time of a case as times the floor."""
    rows = [
        (row["name"], *(row["times_floor"][key] for key in ("middle", "best", "worst")))
        for row in sorted(results["one_case"], key=lambda row: row["times_floor"]["middle"])
    ]
    with mpl.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(9, 0.38 * len(rows) + 1), layout="constrained")
        _bars(axes, rows, "one case, median time, times the hand-written floor (log)", "{:.1f}")
        return _saved(figure, f"performance-one-case.{suffix}", folder)


def many_cases(results: Mapping[str, Any], folder: Path = IMAGES, suffix: str = "svg") -> Path:
    """Cases a second at every size."""
    parts = results["many_cases"]
    with mpl.rc_context(_STYLE):
        heights = [len(part["rows"]) + 1 for part in parts]
        figure, panels = plt.subplots(
            len(parts),
            1,
            figsize=(9, 0.42 * sum(heights) + 0.8),
            layout="constrained",
            height_ratios=heights,
            sharex=True,
            squeeze=False,
        )
        for part, axes in zip(parts, panels[:, 0], strict=True):
            rows = [
                (
                    row["name"],
                    *(row["per_second"][key] / 1e6 for key in ("middle", "worst", "best")),
                )
                for row in sorted(part["rows"], key=lambda row: -row["per_second"]["middle"])
            ]
            _bars(axes, rows, "", "{:.2f} M/s")
            axes.set_title(
                f"{part['rules']:,} rules, {part['violations']:,} violations, "
                f"{part['cases']:,} cases",
                loc="left",
                fontsize=10,
            )
        panels[-1, 0].set_xlabel("million cases a second on one core (log)")
        return _saved(figure, f"performance-many-cases.{suffix}", folder)


_PANELS: Final = (
    ("one rules", "rules", True, "one case, µs"),
    ("one unknown", "share of facts unknown", False, "one case, µs"),
    ("one conditions", "conditions a rule", False, "one case, µs"),
    ("many cases", "cases", True, "batch, million cases/s"),
    ("many unknown", "share of facts unknown", False, "batch, million cases/s"),
    ("many conditions", "conditions a rule", False, "batch, million cases/s"),
)
_MARKS: Final = "osD^v"


def growth(results: Mapping[str, Any], folder: Path = IMAGES, suffix: str = "svg") -> Path:
    """What more rules, cases, unknown facts and conditions cost."""
    with mpl.rc_context(_STYLE):
        figure, panels = plt.subplots(2, 3, figsize=(12, 7), layout="constrained")
        for axes, (name, below, is_log, beside) in zip(panels.flat, _PANELS, strict=True):
            _lines(axes, results["growth"][name])
            axes.set_xlabel(f"{below} (log)" if is_log else below)
            axes.set_ylabel(f"{beside} (log)")
            axes.set_yscale("log")
            _logarithmic(axes.yaxis)
            if is_log:
                axes.set_xscale("log")
                axes.set_xticks(places := sorted({row["at"] for row in results["growth"][name]}))
                axes.set_xticklabels([f"{place:,}" for place in places])
                axes.xaxis.set_minor_formatter(NullFormatter())
            axes.grid(which="major", color="#e3e3e3")
        return _saved(figure, f"performance-growth.{suffix}", folder)


def _lines(axes: Any, rows: Sequence[Mapping[str, Any]]) -> None:  # noqa: ANN401 - axes of matplotlib
    """A line for each contender, with its range over the rounds."""
    for mark, name in zip(_MARKS, dict.fromkeys(row["name"] for row in rows), strict=False):
        own = [row for row in rows if row["name"] == name]
        spreads = [row.get("micros") or _millions(row["per_second"]) for row in own]
        at = [row["at"] for row in own]
        axes.plot(
            at,
            [one["middle"] for one in spreads],
            marker=mark,
            label=name,
            color=_colour(name),
            markersize=4,
        )
        axes.fill_between(
            at,
            [min(one["best"], one["worst"]) for one in spreads],
            [max(one["best"], one["worst"]) for one in spreads],
            color=_colour(name),
            alpha=0.15,
            linewidth=0,
        )
    axes.legend(fontsize=7.5, frameon=False)


def _millions(spread: Mapping[str, float]) -> Mapping[str, float]:
    return {key: value / 1e6 for key, value in spread.items()}


def drawn(results: Mapping[str, Any], folder: Path = IMAGES, suffix: str = "svg") -> list[Path]:
    """Every plot."""
    return [draw(results, folder, suffix) for draw in (one_case, many_cases, growth)]
