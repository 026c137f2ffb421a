"""The elements of the drawing, escaped."""

import re
from typing import Final
from xml.sax.saxutils import escape

_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_LIGHT: Final = {
    "page": "#ffffff",
    "label": "#1f2328",
    "note": "#57606a",
    "rule": "#d0d7de",
    "axis": "#6e7781",
    "act": "#0550ae",
    "priors": "#953800",
    "law": "#6639ba",
    "deadlines": "#116329",
    "missed": "#cf222e",
}
_DARK: Final = {
    "page": "#0d1117",
    "label": "#e6edf3",
    "note": "#9198a1",
    "rule": "#30363d",
    "axis": "#8b949e",
    "act": "#79c0ff",
    "priors": "#ffa657",
    "law": "#d2a8ff",
    "deadlines": "#7ee787",
    "missed": "#ff7b72",
}


def _colours(of: dict[str, str]) -> str:
    page = of["page"]
    rules = [
        f".page{{fill:{page}}}",
        f"text{{stroke:{page}}}",
        f".title,.label,.lane{{fill:{of['label']}}}",
        f".note{{fill:{of['note']}}}",
        f".rule,.guide{{stroke:{of['rule']}}}",
        f".axis{{stroke:{of['axis']}}}",
        f".hollow{{fill:{page}}}",
    ]
    for name in ("act", "priors", "law", "deadlines", "missed"):
        colour = of[name]
        rules.append(f"text.{name}{{fill:{colour}}}")
        rules.append(f".{name} .mark,.{name} .bar{{stroke:{colour};fill:{colour}}}")
        rules.append(f".{name} .hollow{{fill:{page}}}")
    rules.append(f".missed .label{{fill:{of['missed']}}}")
    return "".join(rules)


STYLE: Final = (
    "text{font-family:system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',"
    "'Noto Sans CJK SC',sans-serif;paint-order:stroke;stroke-width:3px;stroke-linejoin:round}"
    ".title{font-size:18px;font-weight:600}.label,.lane{font-size:12px}.lane{font-weight:600}"
    ".left{text-anchor:end}"
    ".note{font-size:11px}.rule{stroke-width:1px}.guide{stroke-width:1px;stroke-dasharray:2 3}"
    ".axis{stroke-width:1.5px}.mark{stroke-width:1.5px}.bar{stroke-width:1px;fill-opacity:.75}"
    ".bar.hollow{stroke-dasharray:3 2}"
    f"{_colours(_LIGHT)}@media (prefers-color-scheme:dark){{{_colours(_DARK)}}}"
)
"""The style of the drawing: fonts of the system, colours for light and dark pages."""


def clean(said: str) -> str:
    """A text that may stand in XML; characters that XML has no form for are replaced."""
    return escape(_FORBIDDEN.sub("\ufffd", said))


def number(value: float) -> str:
    """A number with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, said: str, style: str) -> str:
    """One line of text that begins at a place."""
    return f'<text class="{style}" x="{number(x)}" y="{number(y)}">{clean(said)}</text>'


def title(said: str) -> str:
    """What a pointer shows over a group."""
    return f"<title>{clean(said)}</title>"


def line(style: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """A straight line."""
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line class="{style}" {ends}/>'
