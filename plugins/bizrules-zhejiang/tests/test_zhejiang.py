"""The package as an installed plugin: Zhejiang (浙江省)."""

from typing import ClassVar

from shipped_package import ShippedPackage


class TestZhejiang(ShippedPackage):
    """What the package ships."""

    PLUGIN = "bizrules-zhejiang"
    REGION = "330000"
    RULESETS = 20
    COUNTS: ClassVar = {
        "exempt": 11,
        "mitigated": 2,
        "lighter": 8,
        "heavier": 13,
        "no_compulsion": 13,
    }
    HOLDS = ("zhejiang.caoe-river-regulation-35.2-holds", "zhejiang.caoe-river-regulation/35.2")
