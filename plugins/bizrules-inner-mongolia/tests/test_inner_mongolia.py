"""The package as an installed plugin: Inner Mongolia (内蒙古自治区)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestInnerMongolia(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-inner-mongolia"
    REGION = "150000"
    RULESETS = 2
    COUNTS: ClassVar = {"exempt": 9}
    HOLDS = ("inner-mongolia.ecology-2022-a-holds", "inner-mongolia.ecology-2022/a")
