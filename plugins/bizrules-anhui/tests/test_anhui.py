"""The package as an installed plugin: Anhui (安徽省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestAnhui(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-anhui"
    REGION = "340000"
    RULESETS = 4
    COUNTS: ClassVar = {"exempt": 4, "lighter": 2, "heavier": 1, "no_compulsion": 6}
    HOLDS = ("anhui.ecology-2022-1-holds", "anhui.ecology-2022/1")
