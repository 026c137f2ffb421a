"""The package as an installed plugin: Shaanxi (陕西省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestShaanxi(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-shaanxi"
    REGION = "610000"
    RULESETS = 7
    COUNTS: ClassVar = {"exempt": 5, "lighter": 4, "heavier": 16}
    HOLDS = ("shaanxi.ecology-1-holds", "shaanxi.ecology/1")
