"""The package as an installed plugin: Shanxi (山西省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestShanxi(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-shanxi"
    REGION = "140000"
    RULESETS = 4
    COUNTS: ClassVar = {"exempt": 6}
    HOLDS = ("shanxi.ecology-2023-轻微1-holds", "shanxi.ecology-2023/轻微1")
