"""The package as an installed plugin: Guangdong (广东省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestGuangdong(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-guangdong"
    REGION = "440000"
    RULESETS = 17
    COUNTS: ClassVar = {"exempt": 16, "lighter": 7, "heavier": 20}
    HOLDS = ("guangdong.fire-measures-34-holds", "guangdong.fire-measures/34")
