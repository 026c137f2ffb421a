"""Rules of Hunan (湖南省, 430000) and its cities and districts."""

from importlib import resources
from pathlib import Path

from bizrules import hookimpl


@hookimpl
def bizrules_format() -> int:
    """Format of the documents."""
    return 1


@hookimpl
def bizrules_region() -> str:
    """GB/T 2260 code of Hunan."""
    return "430000"


@hookimpl
def bizrules_documents() -> tuple[Path, ...]:
    """The folder with the documents of the province and the places in it."""
    return (Path(str(resources.files("bizrules_hunan"))) / "rulesets",)
