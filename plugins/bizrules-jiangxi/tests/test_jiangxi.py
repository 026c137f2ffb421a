"""The package as an installed plugin: Jiangxi (江西省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestJiangxi(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-jiangxi"
    REGION = "360000"
    RULESETS = 3
    COUNTS: ClassVar = {"exempt": 8}
    HOLDS = ("jiujiang.urban-2024-1-holds", "jiujiang.urban-2024/1")
