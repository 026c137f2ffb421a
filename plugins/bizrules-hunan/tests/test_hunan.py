"""The package as an installed plugin: Hunan (湖南省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestHunan(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-hunan"
    REGION = "430000"
    RULESETS = 11
    COUNTS: ClassVar = {"exempt": 20, "lighter": 15, "heavier": 1}
    HOLDS = ("hunan.ecology-2023-1-holds", "hunan.ecology-2023/1")
