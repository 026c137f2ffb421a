"""Which rulesets speak where: the line of a region, supplements, zones, and whose definition."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

import attrs
import pytest

from bizrules.cases import Case, Prior, Priors
from bizrules.conditions import Op
from bizrules.conditions import Test as FactTest
from bizrules.engine import Engine, add_plugins
from bizrules.errors import CaseError
from bizrules.explanation import explain
from bizrules.history import FirstViolation, Window
from bizrules.loading import load_documents
from bizrules.outcomes import Outcome
from bizrules.penalties import Band, BandTable, Grade, Modality
from bizrules.plugins import Plugin
from bizrules.provenance import Instrument, InstrumentKind, NormLevel
from bizrules.regions import Region
from bizrules.rules import Combination, Duty, Effect, ListKind, Rule, Ruleset, Trigger
from bizrules.values import Money
from property.worlds import (
    CITE,
    ONE,
    TWO,
    case,
    engine,
    fine_tier,
    is_true,
    knowledge,
    provision,
    rule,
    ruleset,
    violation,
)
from strategies import text

COUNTRY, PROVINCE, CITY, DISTRICT = "000000", "530000", "530100", "530103"
SIBLING, ELSEWHERE = "530102", "350100"
RESORT, PARK = "530171", "530172"
ZONES: Final = (
    Region(RESORT, "滇池旅游度假区", "zone", CITY),
    Region(PARK, "盘龙工业园区", "zone", DISTRICT),
)
PLACES: Final = {
    "country": COUNTRY,
    "province": PROVINCE,
    "city": CITY,
    "district": DISTRICT,
    "sibling": SIBLING,
    "elsewhere": ELSEWHERE,
    "resort": RESORT,
    "park": PARK,
}
EXEMPT_LIST: Final = {"exempt": ListKind(id="exempt", name=text("exempt"), effect=Effect.EXEMPT)}


def issued(name: str, *rules: Rule, **changes: Any) -> Ruleset:  # noqa: ANN401 - any field
    """A published list of the place of its name, or of the region it is given."""
    given = {"region": PLACES.get(name, DISTRICT), "lists": EXEMPT_LIST, **changes}
    instrument = Instrument(name=name, level=NormLevel.DOCUMENT, kind=InstrumentKind.LIST)
    return ruleset(name, rules, **{"instrument": instrument, **given})


def entry(
    name: str,
    permits: Grade | Iterable[Grade] = Grade.EXEMPT,
    **changes: Any,  # noqa: ANN401 - any field
) -> Rule:
    """An entry of a list for the usual violation, under an id of its own."""
    given: dict[str, Any] = {"violations": frozenset({ONE}), "list": "exempt", **changes}
    return rule(name, permits, **given)


def place(*rulesets: Ruleset) -> Engine:
    """An engine of the rulesets that knows the zones; the fine is 10,000 to 20,000 yuan."""
    fined = violation(ONE, provision(fine_tier(1_000_000, 2_000_000)))
    known = knowledge(rulesets, [fined, violation(TWO)])
    return Engine(knowledge=attrs.evolve(known, regions=known.regions.with_zones(ZONES)))


def holding(found: Outcome) -> set[str]:
    """Rules that hold."""
    return {one.rule for one in found.findings if one.truth.value == "true"}


class TestLine:
    """A case is judged by the rules of its own line, and of no other."""

    everywhere = tuple(issued(name, entry(f"{name}/1")) for name in PLACES)

    @pytest.mark.parametrize(
        ("region", "speaking"),
        [
            (COUNTRY, {"country"}),
            (PROVINCE, {"country", "province"}),
            (CITY, {"country", "province", "city"}),
            (DISTRICT, {"country", "province", "city", "district"}),
            (SIBLING, {"country", "province", "city", "sibling"}),
            (ELSEWHERE, {"country", "elsewhere"}),
            (RESORT, {"country", "province", "city", "resort"}),
            (PARK, {"country", "province", "city", "district", "park"}),
        ],
    )
    def test_own_line(self, region: str, speaking: set[str]) -> None:
        """From the country down to the place itself; a zone stands under the parent it names."""
        found = place(*self.everywhere).evaluate(case(region=region))
        assert holding(found) == {f"{name}/1" for name in speaking}
        assert {one.id for one in found.receipt.rulesets} == speaking

    @pytest.mark.parametrize("region", [PARK, SIBLING])
    def test_everything_else_follows_the_line(self, region: str) -> None:
        """Bands, duties, combinations and definitions are those of the line as well."""
        duty = Duty(
            id="district/report",
            ruleset="district",
            text=text("report"),
            trigger=Trigger.ALWAYS,
            citations=(CITE,),
        )
        local = issued(
            "district",
            bands=(BandTable(id="own", bands={Grade.LIGHTER: Band(low=0, high=0)}),),  # type: ignore[arg-type]  # whole shares
            duties=(duty,),
            combination=Combination.LENIENT,
            first_violation=FirstViolation(window=Window(24), ruleset="district"),
        )
        rules = (entry("a", Grade.LIGHTER), entry("b", Grade.HEAVIER))
        found = place(issued("country", *rules), local).evaluate(case(region=region))
        inside = region == PARK
        assert found.contested is not inside
        assert [one.duty for one in found.duties] == (["district/report"] if inside else [])
        assert found.fine.range is not None
        assert found.fine.range.high == (1_000_000 if inside else 2_000_000)


class TestSupplements:
    """A ruleset that only supplements is silent where a list above it speaks (福州 2023)."""

    local = issued("district", entry("district/1", Grade.LIGHTER), supplements=True)

    @pytest.mark.parametrize(
        ("superior", "speaks"),
        [
            (issued("city", entry("city/1")), False),
            (issued("province", entry("province/1", when=is_true("sold"))), False),
            (issued("country", entry("country/1")), False),
            (issued("city", entry("city/1", violations=frozenset({TWO}))), True),
            (issued("city", entry("city/1", violations=None)), True),
            (issued("city", entry("city/1", list=None)), True),
            (issued("sibling", entry("sibling/1")), True),
            (issued("beside", entry("beside/1")), True),
        ],
    )
    def test_silence(self, superior: Ruleset, speaks: bool) -> None:
        """It is silent where a superior list has an entry for the matter, met or not."""
        found = place(superior, self.local).evaluate(case(facts={"sold": False}))
        assert ("district/1" in holding(found)) is speaks

    def test_of_a_zone(self) -> None:
        """The list of the district is superior to the supplement of a zone in it."""
        zone = issued("park", entry("park/1", Grade.LIGHTER), supplements=True)
        superior = issued("district", entry("district/1"))
        for region, rules in ((PARK, {"district/1"}), (DISTRICT, {"district/1"})):
            assert holding(place(superior, zone).evaluate(case(region=region))) == rules
        assert holding(place(zone).evaluate(case(region=PARK))) == {"park/1"}


def exempting(name: str, limit: int) -> Ruleset:
    """A list that exempts up to a value of goods."""
    below = FactTest(("goods_value",), Op.AT_MOST, Money(limit))
    return issued(name, entry(f"{name}/1", when=below))


class TestSuperior:
    """What a superior list grants, an inferior one does not take away."""

    @pytest.mark.parametrize(
        ("value", "holds"),
        [
            ("500", {"city/1", "district/1"}),
            ("500.01", {"city/1"}),
            ("1000", {"city/1"}),
            ("1000.01", set()),
        ],
    )
    def test_narrowed(self, value: str, holds: set[str]) -> None:
        """Where the district asks for more, the entry of the city still exempts."""
        built = place(exempting("city", 100_000), exempting("district", 50_000))
        found = built.evaluate(case(facts={"goods_value": value}))
        assert holding(found) == holds
        assert found.grade is (Grade.EXEMPT if holds else Grade.ORDINARY)

    @pytest.mark.parametrize(("value", "holds"), [("500", 2), ("1000", 1), ("1001", 0)])
    def test_widened(self, value: str, holds: int) -> None:
        """Where the district goes further, its own entry speaks beyond; a check reports it."""
        built = place(exempting("city", 50_000), exempting("district", 100_000))
        found = built.evaluate(case(facts={"goods_value": value}))
        assert len(holding(found)) == holds
        assert found.grade is (Grade.EXEMPT if holds else Grade.ORDINARY)

    def test_refined(self) -> None:
        """Within what the superior entry leaves open the nearer one makes the proposal."""
        both = (Grade.LIGHTER, Grade.MITIGATED)
        city = issued("city", entry("city/1", both, modality=Modality.SHALL))
        district = issued("district", entry("district/1", Grade.MITIGATED))
        found = place(city, district).evaluate(case())
        assert (found.grade, found.permitted) == (Grade.MITIGATED, (Grade.MITIGATED, Grade.LIGHTER))
        assert place(city).evaluate(case()).grade is Grade.LIGHTER

    def test_contradicted(self) -> None:
        """Of two entries that bind and exclude each other the superior one is followed."""
        city = issued("city", entry("city/1", Grade.LIGHTER, modality=Modality.SHALL))
        district = issued("district", entry("district/1", Grade.MITIGATED, modality=Modality.SHALL))
        found = place(city, district).evaluate(case())
        assert found.permitted == (Grade.LIGHTER,)
        assert found.reason.left_aside == ("district/1",)


class TestOnePlace:
    """In one place what a department lays down goes before what is for all."""

    def test_bands(self) -> None:
        """The department's own table is used, whatever the order of the ids."""
        tables = {
            name: BandTable(id=name, bands={Grade.LIGHTER: Band(low=0, high=high)})  # type: ignore[arg-type]  # whole shares
            for name, high in (("all", 1), ("own", 0))
        }
        general = issued("a", bands=(tables["all"],))
        own = issued("b", bands=(tables["own"],), department="market_regulation")
        lighter = issued("country", entry("country/1", Grade.LIGHTER))
        found = place(lighter, general, own).evaluate(case())
        assert found.fine.range is not None
        assert found.fine.range.high == 1_000_000

    def test_combination(self) -> None:
        """The same is so for how lenient and heavier rules combine."""
        sides = issued("country", entry("x", Grade.LIGHTER), entry("y", Grade.HEAVIER))
        general = issued("a", combination=Combination.HEAVIER)
        own = issued("b", combination=Combination.LENIENT, department="market_regulation")
        assert place(sides, general, own).evaluate(case()).grade is Grade.LIGHTER
        assert place(sides, general).evaluate(case()).grade is Grade.HEAVIER


LOCAL: Final = """\
    format: 1
    document: ruleset
    id: {name}
    version: "1"
    title: {{zh: 试点规定·{name}, en: pilot of {name}}}
    region: "{region}"
    department: market_regulation
    instrument: {{name: 试点规定, level: document, kind: illustration}}
    checked_on: 2026-11-22
    status: illustration
    """
FIRST: Final = """\
    first_violation:
      window: {{months: {months}}}
      cite: [{{law: 试点规定, article: 3, unverified: {{zh: 虚构, en: invented}}}}]
    """
TIMELY: Final = """\
    define:
      {concept}:
        label: {{zh: 及时整改, en: put right in time}}
        when: [corrected: {{at_least: {level}}}]
        cite: [{{law: 试点规定, article: 4, unverified: {{zh: 虚构, en: invented}}}}]
    """
ASKING: Final = """\
    lists:
      exempt: {{name: {{zh: 免罚清单, en: exempt}}, effect: exempt}}
    rules:
      - id: "1"
        title: {{zh: 首次且及时, en: first and in time}}
        list: exempt
        ground: listed
        modality: may
        when: [first_violation, {concept}]
        cite: [{{law: 试点规定, entry: "1", unverified: {{zh: 虚构, en: invented}}}}]
    """


@pytest.fixture(scope="module", name="national")
def national_engine() -> Engine:
    """The rulesets of the library, with no plugin."""
    return Engine.load(plugins=False)


def with_rulesets(national: Engine, folder: Path, **written: str) -> Engine:
    """The engine with further rulesets, written by name."""
    for name, content in written.items():
        (folder / f"{name}.yaml").write_text(dedent(content), encoding="utf-8")
    return Engine(knowledge=load_documents([folder], base=national.knowledge))


def local(name: str, region: str, *parts: str, **given: object) -> str:
    """A ruleset of a place."""
    return "".join(dedent(one).format(name=name, region=region, **given) for one in (LOCAL, *parts))


class TestWhose:
    """A rule is read by its own ruleset's definitions, else the nearest superior one's."""

    asking = local("t.asking", DISTRICT, ASKING, concept="timely_corrected")
    record = Priors(
        searched_since=date(2000, 1, 1),
        found=(Prior(decided=date(2023, 9, 1), violation="food.past-shelf-life"),),
    )

    def finding(self, built: Engine, lang: str) -> tuple[str, str]:
        """Truth of the local entry, and the explanation of the case."""
        found = built.evaluate(
            Case(
                id="a",
                region=DISTRICT,
                violation="food.past-shelf-life",
                committed=date(2025, 3, 1),
                decided=date(2025, 5, 20),
                priors=self.record,
                facts={"corrected": "by_deadline"},
            )
        )
        (one,) = (one for one in found.findings if one.rule == "t.asking/1")
        return one.truth.value, explain(found, lang=lang, full=True)

    def texts(self, national: Engine, folder: Path, lang: str, **others: str) -> tuple[str, str]:
        """The same with the local entry and other rulesets."""
        built = with_rulesets(national, folder, asking=self.asking, **others)
        return self.finding(built, lang)

    def test_of_the_law(self, national: Engine, tmp_path: Path) -> None:
        """Without local definitions those of the law apply, which goes without saying."""
        for lang, whose in (("zh", "所用口径"), ("en", "as defined by")):
            truth, said = self.texts(national, tmp_path, lang)
            assert truth == "false"
            assert whose not in said

    @pytest.mark.parametrize(
        ("months", "region", "truth"),
        [
            (12, CITY, "true"),
            (60, CITY, "false"),
            (12, PROVINCE, "true"),
            (12, DISTRICT, "true"),
            (12, SIBLING, "false"),
        ],
    )
    def test_first(
        self, national: Engine, tmp_path: Path, months: int, region: str, truth: str
    ) -> None:
        """A definition above the entry decides which earlier violations count, and is named."""
        lender = local("t.lender", region, FIRST, months=months)
        found, said = self.texts(national, tmp_path, "zh", lender=lender)
        assert found == truth
        assert ("所用口径：试点规定·t.lender" in said) is (region != SIBLING)
        assert region == SIBLING or f"前{months}个月内" in said

    def test_the_nearest(self, national: Engine, tmp_path: Path) -> None:
        """Of two superior definitions the nearer one is taken."""
        near = local("t.near", CITY, FIRST, months=12)
        far = local("t.far", PROVINCE, FIRST, months=60)
        truth, said = self.texts(national, tmp_path, "en", near=near, far=far)
        assert truth == "true"
        assert "as defined by: pilot of t.near" in said
        assert "t.far" not in said

    @pytest.mark.parametrize(
        ("level", "truth"), [("by_deadline", "true"), ("on_the_spot", "false")]
    )
    def test_timely(self, national: Engine, tmp_path: Path, level: str, truth: str) -> None:
        """A concept is that of the nearest ruleset that defines it, and the explanation says so."""
        lender = local(
            "t.lender", CITY, FIRST, TIMELY, months=12, concept="pilot_timely", level=level
        )
        asking = local("t.asking", DISTRICT, ASKING, concept="pilot_timely")
        built = with_rulesets(national, tmp_path, asking=asking, lender=lender)
        for lang, words in (
            ("zh", "所用口径：试点规定·t.lender；《试点规定》第四条"),
            ("en", "as defined by: pilot of t.lender; 《试点规定》, art. 4"),
        ):
            found, said = self.finding(built, lang)
            assert found == truth
            assert words in said

    def test_own_department_first(self, national: Engine, tmp_path: Path) -> None:
        """In one place a department's definition goes before the one for all."""
        general = local("t.a", CITY, FIRST, months=60).replace(
            "department: market_regulation\n", ""
        )
        own = local("t.b", CITY, FIRST, months=12)
        truth, said = self.texts(national, tmp_path, "zh", general=general, own=own)
        assert truth == "true"
        assert "试点规定·t.b" in said


def plugin(name: str, folder: Path, region: str, *zones: Region, **written: str) -> Plugin:
    """A plugin with these documents."""
    home = folder / name
    home.mkdir()
    for document, content in written.items():
        (home / f"{document}.yaml").write_text(dedent(content), encoding="utf-8")
    return Plugin(name=name, version="1", region=region, documents=(home,), zones=zones)


def first_of(built: Engine, regions: Mapping[str, str]) -> dict[str, str | None]:
    """Truth of the rule `t.asking/1` for a case without priors in each region."""
    found = {}
    for name, region in regions.items():
        outcome = built.evaluate(
            Case(
                id="a",
                region=region,
                violation="food.past-shelf-life",
                committed=date(2025, 3, 1),
                decided=date(2025, 5, 20),
                priors=Priors(searched_since=date(2000, 1, 1)),
                facts={"corrected": "by_deadline"},
            )
        )
        truths = [one.truth.value for one in outcome.findings if one.rule == "t.asking/1"]
        found[name] = truths[0] if truths else None
    return found


class TestZonePlugin:
    """A package of a zone speaks in the zone, and not beside or above it."""

    zones = (
        Region(RESORT, "滇池旅游度假区", "zone", CITY),
        Region("530171001", "度假区海埂片区", "zone", RESORT),
        Region(PARK, "盘龙工业园区", "zone", DISTRICT),
    )

    def test_reach(self, national: Engine, tmp_path: Path) -> None:
        """The zone and what lies in it hear its rules; its parent and its siblings do not."""
        asking = local("t.asking", RESORT, ASKING, concept="timely_corrected")
        made = plugin("resort", tmp_path, RESORT, *self.zones, asking=asking)
        built = Engine(knowledge=add_plugins(national.knowledge, [made]))
        assert first_of(
            built,
            {"zone": RESORT, "inside": "530171001", "park": PARK, "city": CITY, "beside": DISTRICT},
        ) == {"zone": "true", "inside": "true", "park": None, "city": None, "beside": None}


def test_an_unknown_place() -> None:
    """A region that nobody listed is a problem of the case, not a place without rules."""
    with pytest.raises(CaseError, match="539999"):
        engine().evaluate(case(region="539999"))
