"""The package as an installed plugin: Ningxia (宁夏回族自治区)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestNingxia(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-ningxia"
    REGION = "640000"
    RULESETS = 1
    COUNTS: ClassVar = {"exempt": 5}
    HOLDS = ("shizuishan.market-2021-1-holds", "shizuishan.market-2021/1")
