"""The package as an installed plugin: Shandong (山东省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestShandong(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-shandong"
    REGION = "370000"
    RULESETS = 15
    COUNTS: ClassVar = {"exempt": 16, "lighter": 3, "heavier": 8, "no_compulsion": 1}
    HOLDS = ("shandong.competition-measures-29-holds", "shandong.competition-measures/29")
