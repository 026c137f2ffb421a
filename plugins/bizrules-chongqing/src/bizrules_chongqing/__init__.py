"""Rules of Chongqing (重庆市, 500000) and its cities and districts."""

from importlib import resources
from pathlib import Path

from bizrules import hookimpl


@hookimpl
def bizrules_format() -> int:
    """Format of the documents."""
    return 1


@hookimpl
def bizrules_region() -> str:
    """GB/T 2260 code of Chongqing."""
    return "500000"


@hookimpl
def bizrules_documents() -> tuple[Path, ...]:
    """The folder with the documents of the province and the places in it."""
    return (Path(str(resources.files("bizrules_chongqing"))) / "rulesets",)
