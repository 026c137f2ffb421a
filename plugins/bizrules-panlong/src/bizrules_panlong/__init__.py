"""Rules of Panlong District, Kunming (昆明市盘龙区, 530103)."""

from importlib import resources
from pathlib import Path

from bizrules import hookimpl


@hookimpl
def bizrules_format() -> int:
    """Format of the documents."""
    return 1


@hookimpl
def bizrules_region() -> str:
    """GB/T 2260 code of Panlong District."""
    return "530103"


@hookimpl
def bizrules_documents() -> tuple[Path, ...]:
    """The folder with the district's documents."""
    return (Path(str(resources.files("bizrules_panlong"))) / "rulesets",)
