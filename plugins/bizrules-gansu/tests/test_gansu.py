"""The package as an installed plugin: Gansu (甘肃省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestGansu(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-gansu"
    REGION = "620000"
    RULESETS = 3
    COUNTS: ClassVar = {"lighter": 2, "heavier": 4}
    HOLDS = ("gansu.road-transport-1.1-一般-holds", "gansu.road-transport/1.1-一般")
