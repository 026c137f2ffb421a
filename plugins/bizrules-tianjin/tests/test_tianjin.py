"""The package as an installed plugin: Tianjin (天津市)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestTianjin(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-tianjin"
    REGION = "120000"
    RULESETS = 2
    COUNTS: ClassVar = {"exempt": 4}
    HOLDS = ("tianjin.labour-1-holds", "tianjin.labour/1")
