"""The package as an installed plugin: Liaoning (辽宁省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestLiaoning(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-liaoning"
    REGION = "210000"
    RULESETS = 1
    COUNTS: ClassVar = {"lighter": 2, "heavier": 2}
    HOLDS = ("liaoning.trademark-2022-1a-holds", "liaoning.trademark-2022/1a")
