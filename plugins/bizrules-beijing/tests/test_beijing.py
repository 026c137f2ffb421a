"""The package as an installed plugin: Beijing (北京市)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestBeijing(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-beijing"
    REGION = "110000"
    RULESETS = 12
    COUNTS: ClassVar = {"exempt": 13, "lighter": 3, "heavier": 12}
    HOLDS = ("beijing.ambulance-regulation-37-holds", "beijing.ambulance-regulation/37")
