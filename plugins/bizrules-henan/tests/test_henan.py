"""The package as an installed plugin: Henan (河南省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestHenan(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-henan"
    REGION = "410000"
    RULESETS = 10
    COUNTS: ClassVar = {"exempt": 8, "mitigated": 4, "lighter": 5, "heavier": 4, "no_compulsion": 1}
    HOLDS = ("henan.medical-insurance-2022-1a-holds", "henan.medical-insurance-2022/1a")
