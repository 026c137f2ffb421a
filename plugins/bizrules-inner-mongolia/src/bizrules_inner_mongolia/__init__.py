"""Rules of Inner Mongolia (内蒙古自治区, 150000) and its cities and districts."""

from importlib import resources
from pathlib import Path

from bizrules import hookimpl


@hookimpl
def bizrules_format() -> int:
    """Format of the documents."""
    return 1


@hookimpl
def bizrules_region() -> str:
    """GB/T 2260 code of Inner Mongolia."""
    return "150000"


@hookimpl
def bizrules_documents() -> tuple[Path, ...]:
    """The folder with the documents of the province and the places in it."""
    return (Path(str(resources.files("bizrules_inner_mongolia"))) / "rulesets",)
