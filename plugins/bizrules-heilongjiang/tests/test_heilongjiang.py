"""The package as an installed plugin: Heilongjiang (黑龙江省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestHeilongjiang(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-heilongjiang"
    REGION = "230000"
    RULESETS = 4
    COUNTS: ClassVar = {"exempt": 3, "mitigated": 5, "lighter": 3}
    HOLDS = ("heilongjiang.natural-resources-1-holds", "heilongjiang.natural-resources/1")
