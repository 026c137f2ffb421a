"""Rules of Hubei (湖北省, 420000) and its cities and districts."""

from importlib import resources
from pathlib import Path

from bizrules import hookimpl
from bizrules.regions import Region


@hookimpl
def bizrules_format() -> int:
    """Format of the documents."""
    return 1


@hookimpl
def bizrules_region() -> str:
    """GB/T 2260 code of Hubei."""
    return "420000"


@hookimpl
def bizrules_documents() -> tuple[Path, ...]:
    """The folder with the documents of the province and the places in it."""
    return (Path(str(resources.files("bizrules_hubei"))) / "rulesets",)


@hookimpl
def bizrules_zones() -> tuple[Region, ...]:
    """The zone that is one administration with Hannan District (武汉经开区（汉南区）).

    Its list of 2021 is issued for both, so that what is encoded for the district holds in the
    zone too.
    """
    return (Region("420113-whkfq", "武汉经济技术开发区", "zone", "420113"),)
