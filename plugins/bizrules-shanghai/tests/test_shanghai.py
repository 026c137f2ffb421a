"""The package as an installed plugin: Shanghai (上海市)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestShanghai(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-shanghai"
    REGION = "310000"
    RULESETS = 18
    COUNTS: ClassVar = {
        "exempt": 20,
        "mitigated": 1,
        "lighter": 3,
        "heavier": 3,
        "no_compulsion": 9,
    }
    HOLDS = ("shanghai.business-environment-17-holds", "shanghai.business-environment/17")
