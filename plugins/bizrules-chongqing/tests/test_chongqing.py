"""The package as an installed plugin: Chongqing (重庆市)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestChongqing(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-chongqing"
    REGION = "500000"
    RULESETS = 7
    COUNTS: ClassVar = {"exempt": 8, "heavier": 4}
    HOLDS = ("chongqing.gambling-regulation-11-1-holds", "chongqing.gambling-regulation/11-1")
