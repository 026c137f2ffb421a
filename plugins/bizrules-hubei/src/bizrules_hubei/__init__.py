"""Rules of Hubei (湖北省, 420000) and its cities and districts."""

from importlib import resources
from pathlib import Path

from bizrules import hookimpl


@hookimpl
def bizrules_region() -> str:
    """GB/T 2260 code of Hubei."""
    return "420000"


@hookimpl
def bizrules_documents() -> tuple[Path, ...]:
    """The folder with the documents of the province and the places in it."""
    return (Path(str(resources.files("bizrules_hubei"))) / "rulesets",)
