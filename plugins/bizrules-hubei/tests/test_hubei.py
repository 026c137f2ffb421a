"""The package as an installed plugin: Hubei (湖北省)."""

from typing import ClassVar

import attrs
import pytest

from bizrules.cases import Case
from bizrules.engine import Engine, default_engine
from bizrules.penalties import Grade
from shipped_package import ShippedPackage, own_golden, own_rulesets

PLUGIN = "bizrules-hubei"
ZONE = "420113-whkfq"


@pytest.fixture(scope="module", name="engine")
def installed() -> Engine:
    """The library with every installed package."""
    return default_engine()


class TestHubei(ShippedPackage):
    """What the package ships."""

    PLUGIN = PLUGIN
    REGION = "420000"
    RULESETS = 9
    COUNTS: ClassVar = {"exempt": 16, "lighter": 2, "heavier": 2, "no_compulsion": 2}
    HOLDS = ("hubei.construction-1-轻-holds", "hubei.construction/1-轻")


def rulesets_of(engine: Engine, case: Case) -> set[str]:
    """Rulesets of this package on which the outcome of a case draws."""
    own = {ruleset.id for ruleset in own_rulesets(engine, PLUGIN)}
    return own & {stamp.id for stamp in engine.evaluate(case).receipt.rulesets}


def test_the_zone_hears_the_list_of_its_district(engine: Engine) -> None:
    """A list issued for the zone and Hannan decides in both, and nowhere else in Wuhan."""
    golden = own_golden(engine, PLUGIN, "hannan.culture-2021-1-holds")
    assert golden.case.region == "420113"
    in_zone = attrs.evolve(golden.case, region=ZONE)
    elsewhere = attrs.evolve(golden.case, region="420106")
    assert "hannan.culture-2021" in rulesets_of(engine, in_zone)
    assert rulesets_of(engine, in_zone) == rulesets_of(engine, golden.case)
    assert "hannan.culture-2021" not in rulesets_of(engine, elsewhere)
    assert engine.evaluate(in_zone).grade is Grade.EXEMPT


def test_the_zone_lies_in_its_province(engine: Engine) -> None:
    """The zone names its district, and the line goes on from there."""
    assert engine.regions.ancestors(ZONE) == (ZONE, "420113", "420100", "420000", "000000")
    assert engine.regions.name(ZONE) == "湖北省武汉市汉南区武汉经济技术开发区"
