"""The package as an installed plugin: Guizhou (贵州省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestGuizhou(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-guizhou"
    REGION = "520000"
    RULESETS = 2
    COUNTS: ClassVar = {"exempt": 6, "lighter": 1, "heavier": 2}
    HOLDS = ("anshun.highway-2023-1-轻微-holds", "anshun.highway-2023/1-轻微")
