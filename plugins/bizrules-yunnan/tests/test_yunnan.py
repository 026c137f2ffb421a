"""The package as an installed plugin: Yunnan (云南省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestYunnan(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-yunnan"
    REGION = "530000"
    RULESETS = 2
    COUNTS: ClassVar = {"exempt": 8}
    HOLDS = ("yunnan-emergency-three-years-first", "yunnan.emergency-2022/1")
