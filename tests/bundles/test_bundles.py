"""An engine of a bundle is the engine of the documents."""

import json
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from gzip import decompress
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bizrules.bundles import Making, bundle_of, open_bundle, read_all
from bizrules.bundles._lazy import Rules
from bizrules.cases import Case
from bizrules.derivation import Derivation
from bizrules.engine import Engine, core_version
from bizrules.errors import BundleError, CaseError, UnknownNameError
from bizrules.loading import Knowledge
from bizrules.plain import to_plain
from bizrules.plugins import Plugin
from bizrules.provenance import Instrument, InstrumentKind, NormLevel, Text
from bizrules.report import report
from bizrules.rules import Rule, Ruleset
from bundles.drawn import drawn


@pytest.fixture(scope="module")
def real() -> Engine:
    """The engine of the library and all packages."""
    return Engine.load()


@pytest.fixture(scope="module")
def packed(real: Engine) -> bytes:
    """A bundle of it."""
    return real.bundle(goldens=True)


@pytest.fixture(scope="module")
def bundled(packed: bytes) -> Engine:
    """The same engine, of the bundle."""
    return Engine.load_bundle(packed)


@pytest.fixture(scope="module")
def of_yunnan(real: Engine) -> Engine:
    """An engine of a bundle cut down to one province."""
    return Engine.load_bundle(real.bundle(region="530000", goldens=True))


def reopened(knowledge: Knowledge) -> Knowledge:
    """The knowledge by way of a bundle."""
    made = bundle_of(knowledge, Making(version="1", goldens=True))
    return open_bundle(made, version="1").knowledge


def without_places(data: Any) -> Any:  # noqa: ANN401 - plain data
    """Plain data without the places in documents, whose folders differ."""
    if isinstance(data, dict):
        return {key: without_places(one) for key, one in data.items() if key != "location"}
    return [without_places(one) for one in data] if isinstance(data, list) else data


class TestEverythingComesBack:
    """All that the library and its packages declare comes back from a bundle."""

    def test_rulesets(self, real: Engine, bundled: Engine) -> None:
        """Rulesets, rules and duties are equal, with the places of their documents."""
        assert bundled.rulesets == real.rulesets
        assert hash(bundled.rulesets[0]) == hash(real.rulesets[0])
        for mine, theirs in zip(bundled.rules.values(), real.rules.values(), strict=True):
            assert mine.location is not None
            assert theirs.location is not None
            assert Path(theirs.location.source).name == Path(mine.location.source).name
            place = attrs.evolve(theirs.location, source=mine.location.source)
            assert mine.location == place

    def test_the_rest(self, real: Engine, bundled: Engine) -> None:
        """Facts, groups, violations, regions, digests and golden cases are equal."""
        assert bundled.vocabulary == real.vocabulary
        assert dict(bundled.violations) == dict(real.violations)
        assert bundled.regions == real.regions
        assert bundled.knowledge.goldens == tuple(real.knowledge.goldens)
        assert bundled.knowledge.golden_matters == tuple(real.knowledge.golden_matters)
        assert dict(bundled.knowledge.digests) == dict(real.knowledge.digests)
        assert list(bundled.knowledge.origins) == list(real.knowledge.origins)
        assert [one.name for one in bundled.derivations] == [one.name for one in real.derivations]
        assert [attrs.evolve(one, documents=()) for one in real.plugins] == list(bundled.plugins)

    def test_outcomes(self, real: Engine, bundled: Engine) -> None:
        """Golden cases have the same outcomes, receipts included."""
        for golden in real.knowledge.goldens[::40]:
            expected, found = real.evaluate(golden.case), bundled.evaluate(golden.case)
            assert without_places(to_plain(found)) == without_places(to_plain(expected))
            assert report(found) == report(expected)

    def test_every_record(self, packed: bytes) -> None:
        """A bundle of everything is proved record by record."""
        opened = open_bundle(packed, version=core_version())
        assert read_all(opened) > opened.manifest.rules

    def test_the_same_bytes(self, bundled: Engine, packed: bytes) -> None:
        """Built of documents or of its own engine, a bundle is the same bytes."""
        assert bundled.bundle(goldens=True) == packed

    def test_nothing_of_the_machine(self, packed: bytes) -> None:
        """No line of a bundle tells where the documents lay when it was built."""
        home = str(Path(__file__).parents[2])
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                text = (decompress(content) if name.endswith(".gz") else content).decode()
                assert home not in text


_RULESET = Ruleset(
    id="r",
    version="1",
    title=Text("甲", "a"),
    region="530103",
    instrument=Instrument(name="甲", level=NormLevel.DOCUMENT, kind=InstrumentKind.LIST),
)


# Each example is a whole bundle; the codec is tested with more.
FEWER = settings(max_examples=settings().max_examples // 4)


class TestDrawnRules:
    """What holds for rules of any kind, those no document would write among them."""

    @FEWER
    @given(st.lists(drawn(Rule), max_size=6))
    def test_by_violation(self, rules: list[Rule]) -> None:
        """The rules about a violation are those that a look at every rule finds, in order."""
        named = [attrs.evolve(rule, id=f"r/{at}") for at, rule in enumerate(rules)]
        ruleset = attrs.evolve(_RULESET, rules=tuple(named))
        (found,) = reopened(Knowledge(rulesets=(ruleset,))).rulesets
        assert isinstance(found.rules, Rules)
        names = {one for rule in named for one in rule.violations or ()} | {"other"}
        for name in names:
            plain = tuple(r for r in named if r.violations is None or name in r.violations)
            assert found.rules_on(name) == plain
            assert ruleset.rules_on(name) == plain
        assert found == ruleset

    @FEWER
    @given(drawn(Ruleset))
    def test_heads(self, ruleset: Ruleset) -> None:
        """Whatever stands at the head of a ruleset comes back."""
        ruleset = attrs.evolve(ruleset, rules=())
        (found,) = reopened(Knowledge(rulesets=(ruleset,))).rulesets
        assert found == ruleset


class TestRulesAsASequence:
    """Rules that are read when asked for behave as the tuple of them."""

    def test_sequence(self, small: Engine, bundle: bytes) -> None:
        """Length, places, stretches, order, equality and hash are those of the tuple."""
        ruleset = max(Engine.load_bundle(bundle).rulesets, key=lambda one: len(one.rules))
        plain = next(one.rules for one in small.rulesets if one.id == ruleset.id)
        lazy = ruleset.rules
        assert len(plain) > 2
        assert (len(lazy), lazy[0], lazy[-1]) == (len(plain), plain[0], plain[-1])
        assert (lazy[1:], lazy[::-1]) == (plain[1:], plain[::-1])
        assert [*lazy] == [*plain]
        assert (lazy == plain, plain == lazy) == (True, True)
        assert lazy != [*plain]
        assert hash(lazy) == hash(plain)
        assert lazy.index(plain[1]) == 1
        assert attrs.evolve(ruleset, rules=(*lazy, *lazy)).rules == (*plain, *plain)
        with pytest.raises(IndexError):
            lazy[len(plain)]
        with pytest.raises(IndexError):
            lazy[-len(plain) - 1]

    def test_only_what_is_asked_for(self, real: Engine, packed: bytes) -> None:
        """Loading reads no rule, and a case reads those that may speak about it."""
        engine = Engine.load_bundle(packed)
        tables: list[Any] = [ruleset.rules._table for ruleset in engine.rulesets]  # type: ignore[attr-defined]
        assert not any(table._records for table in tables)
        engine.evaluate(real.knowledge.goldens[0].case)
        read = sum(len(table._records) for table in tables)
        assert 0 < read < sum(len(table) for table in tables)

    def test_one_rule(self, real: Engine, packed: bytes) -> None:
        """A rule asked for by its id is read without the others."""
        engine = Engine.load_bundle(packed)
        name = list(real.rules)[-1]
        assert engine.rule(name) == real.rule(name)
        tables: list[Any] = [ruleset.rules._table for ruleset in engine.rulesets]  # type: ignore[attr-defined]
        assert sum(len(table._records) for table in tables) == 1
        assert (len(engine.rules), list(engine.rules)) == (len(real.rules), list(real.rules))
        assert dict(engine.rules) == dict(real.rules)
        assert "none" not in engine.rules

    def test_threads(self, bundle: bytes) -> None:
        """Threads that share a cold engine read the same rules."""
        engine = Engine.load_bundle(bundle)
        plain = Engine.load_bundle(bundle)
        cases = [golden.case for golden in plain.knowledge.goldens]
        before = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            with ThreadPoolExecutor(8) as pool:
                found = list(pool.map(lambda case: to_plain(engine.evaluate(case)), cases * 4))
        finally:
            sys.setswitchinterval(before)
        assert found == [to_plain(plain.evaluate(case)) for case in cases] * 4


class TestOfOnePlace:
    """A bundle cut down to a place speaks about that place alone."""

    def test_inside(self, real: Engine, of_yunnan: Engine) -> None:
        """Cases of the place have the outcomes of the whole."""
        engine = of_yunnan
        assert {one.region for one in engine.rulesets} <= {
            one.code for one in engine.regions.regions
        }
        assert len(engine.rulesets) < len(real.rulesets)
        cases = [one.case for one in engine.knowledge.goldens if one.case.region == "530103"]
        for case in cases[::10]:
            found, expected = engine.evaluate(case), real.evaluate(case)
            assert (found.grade, found.permitted, found.fine) == (
                expected.grade,
                expected.permitted,
                expected.fine,
            )
            assert found.receipt.rulesets == expected.receipt.rulesets
            assert found.receipt.knowledge != expected.receipt.knowledge

    def test_outside(self, real: Engine, of_yunnan: Engine) -> None:
        """A case of another place is refused, not judged by the rules of the country alone."""
        elsewhere = Case(id="x", region="110105", violation=next(iter(real.violations)))
        with pytest.raises(CaseError) as caught:
            of_yunnan.evaluate(elsewhere)
        assert [problem.code for problem in caught.value.problems] == ["unknown-region"]

    def test_unknown(self, small: Engine) -> None:
        """A place that is not known is refused, with those near it."""
        with pytest.raises(UnknownNameError) as caught:
            small.bundle(region="530130")
        assert caught.value.near


def _plugin(version: str = "1", *names: str) -> Plugin:
    derivations = tuple(Derivation(name=name, reads=(), compute=lambda _: None) for name in names)
    return Plugin(name="bizrules-x", version=version, region="530103", derivations=derivations)


class TestDerivedInPython:
    """No code comes from a bundle: the package that derives a fact has to be there."""

    def packed(self, engine: Engine) -> bytes:
        """A bundle of an engine with a package that derives a fact."""
        plugin = _plugin("1", "x.fact")
        derivations = (*engine.derivations, *plugin.derivations)
        return attrs.evolve(engine, plugins=(plugin,), derivations=derivations).bundle()

    @pytest.mark.parametrize(
        ("installed", "code"),
        [
            (None, "bundle-plugin-missing"),
            (_plugin("2", "x.fact"), "bundle-plugin-version"),
            (_plugin("1"), "bundle-plugin-version"),
        ],
    )
    def test_refused(
        self,
        small: Engine,
        installed: Plugin | None,
        code: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Without the package, or with another version of it, the bundle is refused."""
        monkeypatch.setattr("bizrules.engine.installed_plugin", lambda _: installed)
        with pytest.raises(BundleError) as caught:
            Engine.load_bundle(self.packed(small))
        assert caught.value.code == code
        assert caught.value.details["facts"] == "x.fact"
        assert "bizrules-x==1" in caught.value.text("zh")

    def test_nobody_ships_it(self, small: Engine) -> None:
        """What no package derives cannot be named in a bundle."""
        own = attrs.evolve(small, derivations=(*small.derivations, *_plugin("1", "y").derivations))
        with pytest.raises(BundleError) as caught:
            own.bundle()
        assert caught.value.code == "bundle-unshipped"


def test_options(small: Engine, bundle: bytes, tmp_path: Path) -> None:
    """What an engine leaves aside is said where it is loaded, as with documents."""
    file = tmp_path / "small.bundle"
    file.write_bytes(bundle)
    engine = Engine.load_bundle(str(file), as_known_on="2022-01-01", drafts=True)
    assert (engine.as_known_on, engine.drafts) == (
        attrs.evolve(small, as_known_on="2022-01-01").as_known_on,
        True,
    )
    with pytest.raises(ValueError, match="not a date"):
        Engine.load_bundle(bundle, as_known_on="soon")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """What cannot be read is told with its name."""
    with pytest.raises(BundleError) as caught:
        Engine.load_bundle(tmp_path / "none")
    assert caught.value.code == "bundle-unreadable"
    assert "none" in caught.value.details["place"]


def test_the_manifest_says_what_is_there(small: Engine, bundle: bytes) -> None:
    """Whoever unpacks the file reads who built it, and each ruleset with its digest."""
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["built_by"] == core_version()
    assert manifest["knowledge"] == small.knowledge.digest
    assert {one["id"]: one["digest"] for one in manifest["rulesets"]} == {
        one.id: one.digest for one in small.rulesets
    }
