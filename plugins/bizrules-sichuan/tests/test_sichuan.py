"""The package as an installed plugin: Sichuan (四川省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestSichuan(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-sichuan"
    REGION = "510000"
    RULESETS = 9
    COUNTS: ClassVar = {"exempt": 23, "mitigated": 2}
    HOLDS = ("sichuan.fire-首违1-holds", "sichuan.fire/首违1")
