"""Rules of Jiangsu (江苏省, 320000) and its cities and districts."""

from importlib import resources
from pathlib import Path

from bizrules import hookimpl
from bizrules.derivation import Derivation
from bizrules_jiangsu.derivations import DERIVATIONS


@hookimpl
def bizrules_format() -> int:
    """Format of the documents."""
    return 1


@hookimpl
def bizrules_region() -> str:
    """GB/T 2260 code of Jiangsu."""
    return "320000"


@hookimpl
def bizrules_documents() -> tuple[Path, ...]:
    """The folder with the documents of the province and the places in it."""
    return (Path(str(resources.files("bizrules_jiangsu"))) / "rulesets",)


@hookimpl
def bizrules_derivations() -> tuple[Derivation, ...]:
    """The amount taken a head, which the province's list of labour violations reads."""
    return DERIVATIONS
