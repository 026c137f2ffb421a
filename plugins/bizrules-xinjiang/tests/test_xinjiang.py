"""The package as an installed plugin: Xinjiang (新疆维吾尔自治区)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestXinjiang(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-xinjiang"
    REGION = "650000"
    RULESETS = 2
    COUNTS: ClassVar = {"exempt": 3, "lighter": 4, "heavier": 8}
    HOLDS = ("wuqia.fertiliser-2024-1-较轻-gains-holds", "wuqia.fertiliser-2024/1-较轻-gains")
