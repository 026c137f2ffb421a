"""The package as an installed plugin: Hebei (河北省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestHebei(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-hebei"
    REGION = "130000"
    RULESETS = 6
    COUNTS: ClassVar = {"exempt": 13, "lighter": 2, "heavier": 2}
    HOLDS = ("hebei.urban-1-holds", "hebei.urban/1")
