"""The package as an installed plugin: Hainan (海南省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestHainan(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-hainan"
    REGION = "460000"
    RULESETS = 1
    COUNTS: ClassVar = {"exempt": 5}
    HOLDS = ("hainan.ecology-2021-1.1-holds", "hainan.ecology-2021/1.1")
