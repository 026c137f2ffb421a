"""Laws of place, over the rules of the library and of every installed package."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules.cases import Case
from bizrules.derivation import CORE_DERIVATIONS, Derivation
from bizrules.engine import Engine, add_plugins, default_engine
from bizrules.errors import CaseError
from bizrules.plugins import Plugin
from bizrules.regions import Region
from property.test_outcome_laws import everything
from strategies import values

PANLONG: Final = "530103"
NEIGHBOUR: Final = "530102"
ZONE: Final = Region("530103901", "盘龙试验园区", "zone", PANLONG)
OTHER_ZONE: Final = Region("530103902", "盘龙试验新区", "zone", PANLONG)


@cache
def regions() -> tuple[str, ...]:
    """Places with rulesets of their own, places below and beside them, and places without."""
    known = default_engine().regions
    own = sorted({one.region for one in default_engine().rulesets})
    found = {PANLONG, NEIGHBOUR, "530100", "310101", "440103", "350102", "510104", *own}
    return tuple(sorted(code for code in found if code in known))


@cache
def stock() -> tuple[Case, ...]:
    """The golden and published cases of the rulesets."""
    return tuple(one.case for one in default_engine().knowledge.goldens)


@st.composite
def moved_cases(draw: st.DrawFn, places: Sequence[str] | None = None) -> Case:
    """A case of the stock in another place, perhaps of another violation, with facts changed."""
    engine = default_engine()
    one = draw(st.sampled_from(stock()))
    names = draw(st.lists(st.sampled_from(sorted(engine.vocabulary.facts)), max_size=4))
    facts = {**one.facts, **{name: draw(values(engine.vocabulary[name])) for name in names}}
    kept = draw(st.sets(st.sampled_from(sorted(facts)))) if facts else set()
    facts = facts if draw(st.booleans()) else {name: facts[name] for name in sorted(kept)}
    other = draw(st.booleans()) and draw(st.sampled_from(sorted(engine.violations)))
    return attrs.evolve(
        one,
        region=draw(st.sampled_from(places or regions())),
        violation=other or one.violation,
        facts=facts,
        measures=draw(st.sampled_from((one.measures, ("seizure", "sealing")))),
    )


def result(engine: Engine, one: Case) -> object:
    """All that can be read of the outcome but the digest of the knowledge, or the problems."""
    try:
        found = engine.evaluate(one)
    except CaseError as error:
        return tuple((problem.code, dict(problem.details)) for problem in error.problems)
    return everything(found), attrs.evolve(found.receipt, knowledge="")


@cache
def on_the_line(region: str) -> Engine:
    """The default engine without the rulesets of every place that is not on the region's line."""
    engine = default_engine()
    line = engine.regions.ancestors(region)
    kept = tuple(one for one in engine.rulesets if one.region in line)
    return Engine(
        knowledge=attrs.evolve(engine.knowledge, rulesets=kept),
        plugins=engine.plugins,
        derivations=engine.derivations,
    )


class TestLine:
    """Only the rulesets on the line of the case's region have a say."""

    def test_there_is_something_to_leave_out(self) -> None:
        """The rulesets lie in many places, and an installed package is among them."""
        engine = default_engine()
        assert len({one.region for one in engine.rulesets}) > 10
        assert {one.plugin for one in engine.rulesets} > {"bizrules"}
        assert len(on_the_line(PANLONG).rulesets) < len(engine.rulesets)

    @given(moved_cases())
    def test_others_may_be_left_out(self, one: Case) -> None:
        """Without all other rulesets the outcome is the same in every part."""
        assert result(on_the_line(one.region), one) == result(default_engine(), one)

    @pytest.mark.parametrize("region", [PANLONG, "310101"])
    def test_every_stored_case(self, region: str) -> None:
        """So it is for every golden and published case, wherever it is moved."""
        for one in stock():
            moved = attrs.evolve(one, region=region)
            assert result(on_the_line(region), moved) == result(default_engine(), moved)


VOCABULARY: Final = """\
    format: 1
    document: vocabulary
    id: foreign
    prefix: foreign
    facts:
      foreign.sorry:
        kind: boolean
        label: {zh: 当事人深表歉意, en: the party is very sorry}
        question: {zh: 当事人是否致歉？, en: Did the party apologise?}
        group: aggravation
      foreign.old:
        kind: boolean
        label: {zh: 当事人年迈, en: the party is old}
        derived: foreign.old
    """
VIOLATIONS: Final = """\
    format: 1
    document: violations
    id: foreign.violations
    violations:
      foreign.loud-market:
        title: {zh: 市场喧哗, en: noise in a market}
        department: market_regulation
        field: foreign
    """
RULESET: Final = """\
    format: 1
    document: ruleset
    id: foreign.list
    version: "1"
    title: {{zh: 外地清单, en: a foreign list}}
    region: "{region}"
    instrument: {{name: 外地清单, level: local_regulation, kind: illustration}}
    in_force: {{from: 2015-01-01}}
    checked_on: 2026-11-22
    status: illustration
    reach_back: always
    combination: lenient
    lists:
      exempt: {{name: {{zh: 免罚, en: exempt}}, effect: exempt}}
      no_compulsion: {{name: {{zh: 免强制, en: no compulsion}}, effect: no_compulsion}}
    first_violation:
      window: {{days: 1}}
      cite: &cite [{{law: 外地清单, entry: "1", unverified: {{zh: 虚构, en: invented}}}}]
    bands:
      - id: default
        grades: {{lighter: "[0, 0]", ordinary: "[0, 0]", heavier: "[1, 1]"}}
        cite: *cite
    define:
      foreign_timely:
        label: {{zh: 已改正, en: corrected}}
        when: [corrected: {{at_least: before_decision}}]
        cite: *cite
    rules:
      - id: everything
        title: {{zh: 一概不罚, en: nothing is punished}}
        list: exempt
        ground: listed
        modality: shall
        when: [any: [foreign_timely, first_violation, foreign.sorry, crime_suspected: false]]
        cite: *cite
      - id: anything
        title: {{zh: 一律不罚, en: never punished}}
        list: exempt
        ground: listed
        modality: may
        when: [not: foreign.sorry]
        cite: *cite
      - id: measures
        title: {{zh: 不采取强制措施, en: no measures}}
        list: no_compulsion
        ground: listed
        axis: compulsion
        modality: shall
        when: [any: [foreign.old, foreign.old: false]]
        cite: *cite
    duties:
      - id: report
        text: {{zh: 报告, en: report}}
        on: always
        modality: shall
        cite: *cite
    """


@cache
def foreign(region: str) -> Engine:
    """The default engine and a package of another place that uses every hook."""
    engine = default_engine()
    old = Derivation(name="foreign.old", reads=("party",), compute=lambda _known: True)
    with TemporaryDirectory() as folder:
        documents = {"vocabulary": VOCABULARY, "violations": VIOLATIONS, "list": RULESET}
        for name, content in documents.items():
            written = dedent(content).format(region=region) if name == "list" else dedent(content)
            (Path(folder) / f"{name}.yaml").write_text(written, encoding="utf-8")
        plugin = Plugin(
            name="foreign",
            version="1",
            region=region,
            documents=(Path(folder),),
            derivations=(old,),
            zones=(ZONE, OTHER_ZONE),
        )
        knowledge = add_plugins(engine.knowledge, [plugin])
    return Engine(
        knowledge=knowledge,
        plugins=(*engine.plugins, plugin),
        derivations=(*engine.derivations, old),
    )


def outside(region: str) -> list[str]:
    """Places whose line does not touch the region."""
    known = foreign(region).regions
    return [code for code in regions() if not known.is_within(code, region)]


class TestForeignPackage:
    """A package of another district changes nothing, whatever it brings."""

    def test_it_speaks_at_home(self) -> None:
        """The package is no dummy: at home it changes the outcome."""
        at_home = attrs.evolve(stock()[0], region=NEIGHBOUR)
        assert result(foreign(NEIGHBOUR), at_home) != result(default_engine(), at_home)

    @given(st.data(), st.sampled_from((NEIGHBOUR, "310101", "530100", ZONE.code)))
    def test_it_is_silent_elsewhere(self, data: st.DataObject, region: str) -> None:
        """Rules, bands, definitions, duties, facts and derived facts stay where they belong."""
        one = data.draw(moved_cases(outside(region)))
        assert result(foreign(region), one) == result(default_engine(), one)

    @given(moved_cases([OTHER_ZONE.code, PANLONG]))
    def test_a_zone_of_its_own(self, one: Case) -> None:
        """A package of a zone touches neither the zones beside it nor the district above it."""
        engine = foreign(ZONE.code)
        without = engine.knowledge.rulesets
        kept = tuple(ruleset for ruleset in without if ruleset.id != "foreign.list")
        bare = Engine(
            knowledge=attrs.evolve(engine.knowledge, rulesets=kept),
            plugins=engine.plugins,
            derivations=engine.derivations,
        )
        assert result(engine, one) == result(bare, one)


class TestDerivations:
    """Derived facts belong to the package that declares them."""

    def test_the_core_is_the_same_everywhere(self) -> None:
        """No package adds to or takes from what the library derives."""
        names = {one.name for one in CORE_DERIVATIONS}
        assert names <= {one.name for one in foreign(NEIGHBOUR).derivations}
