"""The engine: vocabulary, rulesets and plugins, frozen together."""

from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import attrs
import pytest

from bizrules import engine as engine_module
from bizrules.cases import Case, Party, PartyKind
from bizrules.derivation import CORE_DERIVATIONS, Derivation, Known
from bizrules.engine import (
    Engine,
    add_plugins,
    core_rulesets,
    core_version,
    default_engine,
    evaluate,
    law_catalogue,
)
from bizrules.errors import DocumentError, PluginError, UnknownNameError
from bizrules.facts import Value
from bizrules.loading import Knowledge, load_documents
from bizrules.penalties import Grade
from bizrules.plugins import Plugin
from bizrules.regions import Region
from property.worlds import case, engine, knowledge, rule, ruleset

CORE_RULES = """
format: 1
document: ruleset
id: core
version: "1"
title: {zh: 核心, en: core}
region: national
instrument: {name: 中华人民共和国行政处罚法, level: law, kind: statute}
in_force: {from: 2021-07-15}
status: confirmed
rules:
  - id: minor
    title: {zh: 违法行为轻微, en: minor}
    ground: minor
    permits: [exempt]
    modality: may
    when: [minor]
    cite: [{law: 行政处罚法, article: 33}]
"""
CORE_FACTS = """
format: 1
document: vocabulary
id: core-facts
facts:
  minor: {kind: boolean, label: {zh: 违法行为轻微, en: the violation is minor}}
  given: {kind: boolean, label: {zh: 已经说明, en: reasons were given}, derived: given}
"""
CORE_VIOLATIONS = """
format: 1
document: violations
id: core-violations
violations:
  test.one:
    title: {zh: 测试, en: test}
    department: market_regulation
    field: test
    broken: [{law: 食品安全法, article: 34}]
    provisions:
      - id: "1"
        cite: {law: 食品安全法, article: 124}
        tiers: [{id: only, fine: {min: 100, max: 500}}]
        unverified: {zh: 示例, en: an example}
"""


def rules_of(name: str, region: str, fact: str = "minor") -> str:
    """A ruleset with one rule that binds to exempt."""
    return f"""
format: 1
document: ruleset
id: {name}
version: "1"
title: {{zh: 清单, en: list}}
region: "{region}"
instrument: {{name: 清单, level: document, kind: list}}
in_force: {{from: 2021-07-15}}
published: 2022-02-01
status: confirmed
rules:
  - id: "1"
    title: {{zh: 免于处罚, en: exempt}}
    ground: listed
    permits: [exempt]
    modality: shall
    when: [{fact}]
    cite: [{{law: 清单, unverified: {{zh: 示例, en: an example}}}}]
"""


def facts_of(prefix: str, **facts: str) -> str:
    """A vocabulary of booleans; a fact may be derived under a name."""
    lines = [f"format: 1\ndocument: vocabulary\nid: {prefix}-facts\nprefix: {prefix}\nfacts:"]
    for name, derived in facts.items():
        more = f", derived: {derived}" if derived else ""
        lines.append(f"  {prefix}.{name}: {{kind: boolean, label: {{zh: 甲, en: a}}{more}}}")
    return "\n".join(lines)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write documents into a folder of that name."""

    def folder(name: str, *texts: str) -> Path:
        path = tmp_path / name
        path.mkdir()
        for index, text in enumerate(texts):
            (path / f"{index}.yaml").write_text(text, encoding="utf-8")
        return path

    return folder


@pytest.fixture
def core(write: Callable[..., Path]) -> Knowledge:
    """A small core of one rule, two facts and one violation."""
    return load_documents([write("core", CORE_RULES, CORE_FACTS, CORE_VIOLATIONS)])


def plugin(name: str, *documents: Path, region: str = "530103", **changes: object) -> Plugin:
    """A plugin of the district, but for the changes."""
    plain = Plugin(name=name, version="1", region=region, documents=documents)
    return attrs.evolve(plain, **changes)  # type: ignore[arg-type]  # any field


def refusal(core: Knowledge, *plugins: Plugin) -> PluginError:
    """Why the plugins are refused."""
    with pytest.raises(PluginError) as caught:
        add_plugins(core, plugins)
    assert caught.value.text("zh")
    return caught.value


class TestAddingPlugins:
    """A plugin adds its own, and nothing outside its region."""

    def test_documents(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """The documents of every plugin come on top of the core."""
        one = plugin(
            "one", write("one", rules_of("one", "530103", "one.sold"), facts_of("one", sold=""))
        )
        two = plugin("two", write("two", rules_of("two", "530102")), region="530102")
        found = add_plugins(core, [one, two])
        assert [r.id for r in found.rulesets] == ["core", "one", "two"]
        assert {r.id: r.plugin for r in found.rulesets} == {
            "core": "bizrules",
            "one": "one",
            "two": "two",
        }
        assert "one.sold" in found.vocabulary

    def test_nothing_to_add(self, core: Knowledge) -> None:
        """Without plugins the core stays as it is."""
        assert add_plugins(core, []) is core

    def test_other_regions_keep_their_outcomes(
        self, core: Knowledge, write: Callable[..., Path]
    ) -> None:
        """A case of another district is decided as without the plugin."""
        added = add_plugins(core, [plugin("one", write("one", rules_of("one", "530103")))])
        facts = {"minor": True}
        inside, outside = case(facts=facts), case(facts=facts, region="530102")
        before, after = Engine(knowledge=core), Engine(knowledge=added)
        assert after.evaluate(inside).held != before.evaluate(inside).held
        assert after.evaluate(outside).findings == before.evaluate(outside).findings
        assert after.evaluate(outside).permitted == before.evaluate(outside).permitted

    def test_invalid_documents(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """Problems of the documents are listed, with their places."""
        folder = write("bad", rules_of("bad", "530103", "mnior"), rules_of("worse", "530103", "x"))
        error = refusal(core, plugin("bad", folder))
        assert (error.code, error.details["plugin"]) == ("plugin-invalid", "bad")
        assert "did you mean `minor`" in str(error)
        assert str(error).count("unknown-fact") == 2
        assert isinstance(error.__cause__, DocumentError)

    def test_a_missing_folder(self, core: Knowledge, tmp_path: Path) -> None:
        """A path that leads nowhere is a problem of the plugin."""
        assert refusal(core, plugin("one", tmp_path / "gone.yaml")).code == "plugin-invalid"

    def test_an_empty_folder(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """A plugin whose documents add nothing was installed for nothing."""
        error = refusal(core, plugin("one", write("one")))
        assert (error.code, error.details["plugin"]) == ("plugin-empty", "one")

    def test_facts_without_prefix(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """Facts of a plugin carry its prefix, so that no core fact is touched."""
        folder = write("one", facts_of("one", sold="").replace("prefix: one\n", ""))
        error = refusal(core, plugin("one", folder))
        assert error.code == "plugin-invalid"
        assert "`prefix`" in str(error)

    @pytest.mark.parametrize(
        ("text", "repeated"),
        [
            (rules_of("core", "530103"), "core"),
            (CORE_VIOLATIONS.replace("core-violations", "own"), "test.one"),
        ],
    )
    def test_an_id_of_the_core(
        self, core: Knowledge, write: Callable[..., Path], text: str, repeated: str
    ) -> None:
        """An id that the core has is refused, and both packages are named."""
        error = refusal(core, plugin("one", write("one", text)))
        assert error.code == "plugin-duplicate"
        assert dict(error.details) == {"id": repeated, "first": "bizrules", "second": "one"}

    def test_an_id_of_another_plugin(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """An id that another plugin has is refused, and both are named."""
        one = plugin("one", write("one", rules_of("same", "530103")))
        two = plugin("two", write("two", rules_of("same", "530103")))
        error = refusal(core, one, two)
        assert dict(error.details) == {"id": "same", "first": "one", "second": "two"}

    def test_an_id_twice_in_one_plugin(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """An id that a plugin repeats itself is a problem of its documents."""
        text = rules_of("same", "530103")
        assert refusal(core, plugin("one", write("one", text, text))).code == "plugin-invalid"

    @pytest.mark.parametrize("region", ["530102", "530100", "000000"])
    def test_a_foreign_region(
        self, core: Knowledge, write: Callable[..., Path], region: str
    ) -> None:
        """A ruleset for a place beside or above the plugin's own region is refused."""
        folder = write("one", rules_of("one", "530103"), rules_of("out", region))
        error = refusal(core, plugin("one", folder))
        assert error.code == "plugin-foreign-region"
        assert (error.details["ruleset"], error.details["own"]) == ("out", "530103")

    def test_places_inside(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """A city's plugin may speak for its districts."""
        folder = write("one", rules_of("one", "530103"), rules_of("all", "530100"))
        assert len(add_plugins(core, [plugin("one", folder, region="530100")]).rulesets) == 3

    @pytest.mark.parametrize("region", ["530130", "national", ""])
    def test_an_unknown_region(
        self, core: Knowledge, write: Callable[..., Path], region: str
    ) -> None:
        """A plugin has to name a region that there is."""
        folder = write("one", facts_of("one", sold=""))
        error = refusal(core, plugin("one", folder, region=region))
        assert (error.code, error.details["hook"]) == ("plugin-broken", "bizrules_region")
        assert f"`{region}`" in str(error)


ZONE = Region("530103901", "盘龙工业园区", "zone", "530103")


class TestZones:
    """A functional zone stands under the parent that it names."""

    def test_a_zone(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """Cases of the zone are decided by the rules of the zone and of its parents."""
        folder = write("one", rules_of("one", "530103"), rules_of("zone", ZONE.code))
        found = add_plugins(core, [plugin("one", folder, zones=(ZONE,))])
        outcome = Engine(knowledge=found).evaluate(case(region=ZONE.code, facts={"minor": True}))
        assert [f.rule for f in outcome.held] == ["core/minor", "one/1", "zone/1"]
        assert outcome.labels["region"].zh == "云南省昆明市盘龙区盘龙工业园区"

    def test_the_plugin_of_a_zone(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """A zone may have a plugin of its own, which speaks for the zone only."""
        zone = plugin(
            "zone", write("zone", rules_of("zone", ZONE.code)), region=ZONE.code, zones=(ZONE,)
        )
        assert ZONE.code in add_plugins(core, [zone]).regions
        foreign = write("out", rules_of("zone", ZONE.code), rules_of("out", "530103"))
        error = refusal(core, attrs.evolve(zone, documents=(foreign,)))
        assert error.code == "plugin-foreign-region"

    @pytest.mark.parametrize(
        "zone",
        [
            Region("530103901", "园区", "zone", "530199"),
            Region("530102", "园区", "zone", "530103"),
            Region("530103901", "园区", "county", "530103"),
        ],
    )
    def test_an_unfit_zone(self, core: Knowledge, write: Callable[..., Path], zone: Region) -> None:
        """A zone without parent, with a code that is taken, or that is no zone is refused."""
        folder = write("one", rules_of("one", "530103"))
        error = refusal(core, plugin("one", folder, zones=(zone,)))
        assert (error.code, error.details["hook"]) == ("plugin-broken", "bizrules_zones")
        assert zone.code in str(error)

    def test_a_zone_of_another_plugin(self, core: Knowledge, write: Callable[..., Path]) -> None:
        """A zone that two plugins declare is a duplicate, and both are named."""
        plugins = [
            plugin(name, write(name, rules_of(name, "530103")), zones=(ZONE,))
            for name in ("one", "two")
        ]
        error = refusal(core, *plugins)
        assert error.code == "plugin-duplicate"
        assert dict(error.details) == {"id": ZONE.code, "first": "one", "second": "two"}


def sold_by_companies(known: Known) -> Value | None:
    """A derivation that a plugin might bring."""
    kind = known.case.party.kind
    return None if kind is None else kind is PartyKind.ENTERPRISE


SOLD = Derivation(name="one.sold", reads=("party",), compute=sold_by_companies)


@pytest.fixture
def load(core: Knowledge, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Engine]:
    """Load an engine of the small core and of these plugins."""

    def build(*plugins: Plugin, paths: tuple[Path, ...] = ()) -> Engine:
        monkeypatch.setattr(engine_module, "_core_knowledge", lambda: core)
        monkeypatch.setattr(engine_module, "installed_plugins", lambda: plugins)
        return Engine.load(*paths)

    return build


class TestDerivations:
    """A plugin derives its own facts, and only these."""

    def test_a_derived_fact(self, load: Callable[..., Engine], write: Callable[..., Path]) -> None:
        """The plugin's rule reads what the plugin computes."""
        folder = write(
            "one", facts_of("one", sold="one.sold"), rules_of("one", "530103", "one.sold")
        )
        built = load(plugin("one", folder, derivations=(SOLD,)))
        assert built.derivations == (*CORE_DERIVATIONS, SOLD)
        outcome = built.evaluate(case(party=Party(kind=PartyKind.ENTERPRISE)))
        assert [finding.rule for finding in outcome.held] == ["one/1"]
        assert outcome.held[0].trace.derived

    def test_derivations_alone(
        self, load: Callable[..., Engine], write: Callable[..., Path]
    ) -> None:
        """A plugin whose facts are declared by its vocabulary needs no rules."""
        folder = write("one", facts_of("one", sold="one.sold"))
        assert load(plugin("one", folder, derivations=(SOLD,))).derivations[-1] is SOLD

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            (facts_of("one", bought=""), "one.sold"),
            (facts_of("one", sold=""), "one.sold"),
            (facts_of("one", sold="other"), "one.sold"),
            (facts_of("one", sold=""), "minor"),
            (facts_of("one", sold=""), "given"),
        ],
    )
    def test_a_fact_that_is_not_its_own(
        self, load: Callable[..., Engine], write: Callable[..., Path], text: str, name: str
    ) -> None:
        """Only a fact that the plugin itself declares as derived can be derived by it."""
        derivation = attrs.evolve(SOLD, name=name)
        with pytest.raises(PluginError) as caught:
            load(plugin("one", write("one", text), derivations=(derivation,)))
        assert caught.value.code == "plugin-unknown-derivation"
        assert dict(caught.value.details) == {"plugin": "one", "fact": name}

    def test_no_documents_at_all(self, load: Callable[..., Engine]) -> None:
        """A plugin that only derives cannot have declared its facts."""
        with pytest.raises(PluginError) as caught:
            load(plugin("one", derivations=(SOLD,)))
        assert caught.value.code == "plugin-unknown-derivation"

    def test_a_derivation_of_the_core(
        self, load: Callable[..., Engine], write: Callable[..., Path]
    ) -> None:
        """What the core derives, nobody else does."""
        derivation = attrs.evolve(SOLD, name="age_at_act")
        folder = write("one", facts_of("one", sold=""))
        with pytest.raises(PluginError) as caught:
            load(plugin("one", folder, derivations=(derivation,)))
        assert dict(caught.value.details) == {
            "id": "age_at_act",
            "first": "bizrules",
            "second": "one",
        }

    def test_a_derivation_of_another_plugin(
        self, load: Callable[..., Engine], write: Callable[..., Path]
    ) -> None:
        """Two plugins cannot derive the same fact."""
        one = plugin("one", write("one", facts_of("one", sold="one.sold")), derivations=(SOLD,))
        two = plugin("two", write("two", facts_of("two", sold="")), derivations=(SOLD,))
        with pytest.raises(PluginError) as caught:
            load(one, two)
        assert caught.value.code == "plugin-duplicate"
        assert (caught.value.details["first"], caught.value.details["second"]) == ("one", "two")


class TestLoading:
    """An engine is built of the core, plugins and further documents."""

    def test_further_documents(
        self, load: Callable[..., Engine], write: Callable[..., Path]
    ) -> None:
        """Files and folders come on top of everything else."""
        one = plugin("one", write("one", rules_of("one", "530103")))
        built = load(one, paths=(write("more", rules_of("more", "530102")),))
        assert [found.id for found in built.rulesets] == ["core", "more", "one"]
        assert built.plugins == (one,)
        assert list(built.rules) == ["core/minor", "more/1", "one/1"]

    def test_documents_alone(self, write: Callable[..., Path]) -> None:
        """Without core and plugins there is only what the documents declare."""
        folder = write("all", CORE_RULES, CORE_FACTS, CORE_VIOLATIONS)
        built = Engine.load(str(folder), national=False, plugins=False)
        assert (list(built.rules), list(built.violations)) == (["core/minor"], ["test.one"])
        assert (built.plugins, built.derivations) == ((), CORE_DERIVATIONS)
        assert set(built.vocabulary.facts) == {"minor", "given"}
        assert "530103" in built.regions
        assert built.evaluate(case(facts={"minor": True})).grade is Grade.EXEMPT

    def test_nothing_at_all(self) -> None:
        """An engine without documents knows no violation."""
        built = Engine.load(national=False, plugins=False)
        assert (built.rulesets, dict(built.violations), dict(built.rules)) == ((), {}, {})

    def test_documents_with_problems(self, write: Callable[..., Path]) -> None:
        """Problems of the documents are all carried."""
        with pytest.raises(DocumentError) as caught:
            Engine.load(write("bad", CORE_RULES), national=False, plugins=False)
        assert [problem.code for problem in caught.value.problems] == ["unknown-fact"]

    def test_as_known_on(self, write: Callable[..., Path]) -> None:
        """An engine may be asked for what was known on a day."""
        folder = write("all", CORE_FACTS, CORE_VIOLATIONS, rules_of("one", "530103"))
        facts = {"minor": True}
        for day, count in ((date(2022, 1, 31), 0), (date(2022, 2, 1), 1), (None, 1)):
            built = Engine.load(folder, national=False, plugins=False, as_known_on=day)
            outcome = built.evaluate(case(facts=facts))
            assert len(outcome.held) == count
            assert outcome.receipt.as_known_on == day

    def test_days_as_text(self, write: Callable[..., Path]) -> None:
        """A day may be text; what is no day is refused at once."""
        folder = write("all", CORE_FACTS, CORE_VIOLATIONS, rules_of("one", "530103"))
        built = Engine.load(folder, national=False, plugins=False, as_known_on="2022-06-01")
        assert built.as_known_on == date(2022, 6, 1)
        name = next(iter(built.rules))
        assert built.rule_on(name, "2022-06-01").id == name
        with pytest.raises(ValueError, match="2022-6"):
            Engine.load(folder, national=False, plugins=False, as_known_on="2022-6")
        with pytest.raises(ValueError, match="June"):
            built.rule_on(name, "June")
        for given in (None, 2022):
            with pytest.raises(TypeError, match="a day is a date or text"):
                built.rule_on(name, given)  # type: ignore[arg-type]  # the point

    def test_one_case_is_no_matter(self, write: Callable[..., Path]) -> None:
        """A matter wants several cases; a single one stands in a list."""
        folder = write("all", CORE_FACTS, CORE_VIOLATIONS, CORE_RULES)
        built = Engine.load(folder, national=False, plugins=False)
        with pytest.raises(TypeError, match=r"\[case\]"):
            built.evaluate_matter(case())  # type: ignore[arg-type]  # the point

    def test_the_rules_of_the_library(self) -> None:
        """The rulesets that come with the library load without plugins, and answer a case."""
        built = Engine.load(plugins=False)
        assert "national.penalty-law" in {found.id for found in built.rulesets}
        entry = next(iter(built.violations))
        outcome = built.evaluate(Case(id="a", region="530103", violation=entry))
        assert outcome.findings
        assert outcome.receipt.knowledge == Engine.load(plugins=False)._evaluator.knowing.digest


class TestEngine:
    """What an engine says of itself."""

    def test_rules_by_id(self) -> None:
        """A rule is found by its full id; for another id, those near it are named."""
        built = engine(rule("r.national/33-1"))
        assert built.rule("r.national/33-1").id == "r.national/33-1"
        with pytest.raises(UnknownNameError) as caught:
            built.rule("r.national/33-2")
        assert caught.value.near == ("r.national/33-1",)

    def test_it_cannot_be_changed(self) -> None:
        """An engine is frozen."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            engine().plugins = ()  # type: ignore[misc]  # the point

    def test_digest(self) -> None:
        """The digest of the knowledge depends on content, not on order."""
        one, two = ruleset("r.one"), ruleset("r.two")
        changed = attrs.evolve(two, digest="another")

        def digest(*rulesets: object) -> str:
            known = knowledge([r for r in (one, two, changed) if r in rulesets])
            return Engine(knowledge=known).evaluate(case()).receipt.knowledge

        assert digest(one, two) == digest(two, one)
        assert len({digest(one, two), digest(one, changed), digest(one), digest()}) == 4


class TestLibrary:
    """What comes with the library."""

    def test_version(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The version is that of the installed package, or none."""
        monkeypatch.setattr(engine_module, "version", lambda name: f"{name} 1.2")
        assert core_version() == "bizrules 1.2"

        def missing(name: str) -> str:
            raise PackageNotFoundError(name)

        monkeypatch.setattr(engine_module, "version", missing)
        assert core_version() == "0"

    def test_rulesets_inside_a_wheel(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A wheel has the rulesets inside the package, a checkout beside its source."""
        package = tmp_path / "src" / "bizrules"
        (package / "rulesets").mkdir(parents=True)
        monkeypatch.setattr("importlib.resources.files", lambda _name: package)
        assert core_rulesets() == package / "rulesets"
        (package / "rulesets").rmdir()
        assert core_rulesets() == tmp_path / "rulesets"

    def test_the_rulesets_are_there(self) -> None:
        """The folder of the national rules exists."""
        assert (core_rulesets() / "national").is_dir()

    def test_law_catalogue(self) -> None:
        """The catalogue is read once."""
        assert law_catalogue() is law_catalogue()


@pytest.fixture
def small_default(core: Knowledge, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The default engine is built of the small core."""
    monkeypatch.setattr(engine_module, "_core_knowledge", lambda: core)
    monkeypatch.setattr(engine_module, "installed_plugins", tuple)
    default_engine.cache_clear()
    yield
    default_engine.cache_clear()


@pytest.mark.usefixtures("small_default")
class TestDefaultEngine:
    """One engine serves everyone who asks for none."""

    def test_it_is_built_once(self) -> None:
        """The default engine is kept."""
        assert default_engine() is default_engine()
        assert list(default_engine().rules) == ["core/minor"]

    def test_evaluate(self) -> None:
        """A case is evaluated by the default engine."""
        outcome = evaluate(case(facts={"minor": True}))
        assert (outcome.grade, outcome.settled) == (Grade.EXEMPT, True)
        assert outcome.receipt.engine == core_version()
