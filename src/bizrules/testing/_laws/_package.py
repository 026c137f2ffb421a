"""A package of rules under test: its engine, and the engines that differ from it in one thing."""

from collections.abc import Collection, Iterable
from functools import cached_property, lru_cache
from typing import Final

import attrs

from bizrules.conditions import ALWAYS, facts_read
from bizrules.engine import CORE, Engine, add_plugins, core_rulesets, default_engine
from bizrules.errors import UnknownNameError
from bizrules.facts import Vocabulary
from bizrules.loading import Knowledge, load_documents
from bizrules.nearness import nearest
from bizrules.penalties import Grade, Modality
from bizrules.plugins import Plugin, installed_plugins
from bizrules.provenance import Citation, Instrument, InstrumentKind, NormLevel, Text
from bizrules.regions import NATIONAL
from bizrules.rules import Ground, Rule, Ruleset

_CITE = Citation("行政处罚法", "33", 1, sentence=1)
_MANY: Final = 8
_TEXT = Text(zh="试加的规则", en="a rule added on trial")
ADDED = "law.added"
"""Id of a ruleset that a law adds on trial."""


@attrs.frozen(eq=False)
class Package:
    """A package of rules under test.

    Attributes:
        name: Name of the distribution; `bizrules` for the rules that come with the library.
        engine: The engine that evaluates: those rules, the package, and whatever else is there.
    """

    name: str
    engine: Engine

    @cached_property
    def rulesets(self) -> tuple[Ruleset, ...]:
        """The rulesets of the package."""
        return tuple(one for one in self.engine.rulesets if one.plugin == self.name)

    @cached_property
    def rules(self) -> frozenset[str]:
        """Ids of its rules."""
        return frozenset(rule.id for one in self.rulesets for rule in one.rules)

    @cached_property
    def plugin(self) -> Plugin | None:
        """The package as a plugin; None for the rules that come with the library."""
        return next((one for one in self.engine.plugins if one.name == self.name), None)

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Places for which the package has rulesets, and its own."""
        own = {self.plugin.region} if self.plugin is not None else set()
        return tuple(sorted(own | {ruleset.region for ruleset in self.rulesets}))

    @cached_property
    def facts(self) -> frozenset[str]:
        """Facts that the package declares, the library's own excepted."""
        if self.plugin is None:
            return frozenset()
        origins = self.engine.knowledge.origins
        return frozenset(
            name
            for name in self.engine.vocabulary.facts
            if (found := origins.get(f"fact {name}")) is not None and found.plugin == self.name
        )

    @cached_property
    def _variants(self) -> dict[object, Engine]:
        return {}

    def _kept(self, key: object, knowledge: Knowledge) -> Engine:
        """An engine of other knowledge, kept under the key."""
        return self._variants.setdefault(key, attrs.evolve(self.engine, knowledge=knowledge))

    def only(self, rulesets: Collection[str]) -> Engine:
        """The engine with these rulesets alone.

        Args:
            rulesets: Their ids.
        """
        key = frozenset(rulesets)
        if key in self._variants:
            return self._variants[key]
        kept = tuple(one for one in self.engine.rulesets if one.id in key)
        return self._kept(key, attrs.evolve(self.engine.knowledge, rulesets=kept))

    @cached_property
    def removed(self) -> Engine:
        """The engine without the package: its rulesets, derived facts, and facts of its own.

        Its violations stay, so that a case under one of them can be compared.
        """
        known, engine = self.engine.knowledge, self.engine
        kept = tuple(one for one in known.rulesets if one.plugin != self.name)
        gone = self.facts - _facts_of(kept, known)
        facts = {name: fact for name, fact in known.vocabulary.facts.items() if name not in gone}
        return attrs.evolve(
            engine,
            knowledge=attrs.evolve(
                known, rulesets=kept, vocabulary=Vocabulary(facts, known.vocabulary.groups)
            ),
            derivations=tuple(one for one in engine.derivations if one.name not in gone),
        )

    @cached_property
    def turned(self) -> Engine:
        """The engine with everything in reverse: files of the package, packages, rules.

        The files are read anew, the last one first, where they lie on this machine.
        """
        engine = self.engine
        rulesets = (*(one for one in engine.rulesets if one.plugin != self.name), *self._reread())
        turned = tuple(
            attrs.evolve(one, rules=one.rules[::-1], duties=one.duties[::-1])
            for one in sorted(rulesets, key=lambda one: one.id, reverse=True)
        )
        violations = dict(reversed(list(engine.violations.items())))
        return attrs.evolve(
            engine,
            knowledge=attrs.evolve(engine.knowledge, rulesets=turned, violations=violations),
            plugins=engine.plugins[::-1],
        )

    def _reread(self) -> tuple[Ruleset, ...]:
        """The rulesets of the package, read from its files in reverse order."""
        if self.plugin is not None and self.plugin.documents:
            base, sources = self._base, self.plugin.documents
        elif self.name == CORE and self.rulesets == _core_rulesets():
            base, sources = Knowledge(regions=self.engine.regions), (core_rulesets(),)
        else:
            return self.rulesets
        files = [file for source in sources for file in sorted(source.rglob("*.*")) or [source]]
        documents = [file for file in files if file.suffix.lower() in (".yaml", ".yml", ".json")]
        found = load_documents(reversed(documents), base=base, plugin=self.name)
        return tuple(one for one in found.rulesets if one.plugin == self.name)

    @cached_property
    def _base(self) -> Knowledge:
        """What is known without the package's documents, for reading them again."""
        known, origins = self.removed.knowledge, self.engine.knowledge.origins
        own = {key for key, origin in origins.items() if origin.plugin == self.name}
        return attrs.evolve(
            known,
            violations={
                name: one
                for name, one in known.violations.items()
                if f"violation {name}" not in own
            },
            goldens=(),
            golden_matters=(),
            origins={key: origin for key, origin in origins.items() if key not in own},
        )

    @cached_property
    def with_leniency(self) -> Engine:
        """The engine with one more entry, of the lowest rank, that may be followed: LIGHTER."""
        return self._with(_added((Grade.LIGHTER,), Modality.MAY, NormLevel.DOCUMENT, self._place))

    @cached_property
    def with_exemption(self) -> Engine:
        """The engine with one more ground of law, which binds to exempt every case."""
        return self._with(_added((Grade.EXEMPT,), Modality.SHALL, NormLevel.LAW, NATIONAL))

    @property
    def _place(self) -> str:
        return self.plugin.region if self.plugin is not None else NATIONAL

    def _with(self, added: Ruleset) -> Engine:
        known = self.engine.knowledge
        rulesets = sorted((*known.rulesets, added), key=lambda one: one.id)
        knowledge = attrs.evolve(known, rulesets=tuple(rulesets))
        return attrs.evolve(self.engine, knowledge=knowledge)

    def without_entry(self, rule: Rule) -> Engine:
        """The engine without one entry.

        Args:
            rule: The entry.
        """
        if rule.id in self._variants:
            return self._variants[rule.id]
        rulesets = tuple(
            attrs.evolve(one, rules=tuple(r for r in one.rules if r.id != rule.id))
            if one.id == rule.ruleset
            else one
            for one in self.engine.rulesets
        )
        return self._kept(rule.id, attrs.evolve(self.engine.knowledge, rulesets=rulesets))


def _core_rulesets() -> tuple[Ruleset, ...]:
    return tuple(one for one in default_engine().rulesets if one.plugin == CORE)


def _facts_of(rulesets: Iterable[Ruleset], known: Knowledge) -> frozenset[str]:
    """Facts that the rulesets, or any violation, still read."""
    conditions = [rule.condition for one in rulesets for rule in one.rules]
    conditions += [duty.when for one in rulesets for duty in one.duties]
    found: set[str] = set()
    for entry in known.violations.values():
        found |= entry.elements
        for provision in entry.provisions:
            conditions += [provision.only_after, *(kind.when for kind in provision.kinds)]
            conditions += [tier.when for tier in provision.tiers]
            found |= {tier.fine.base for tier in provision.tiers if tier.fine and tier.fine.base}
    return frozenset(found).union(*map(facts_read, conditions))


def _added(
    permits: tuple[Grade, ...], modality: Modality, level: NormLevel, region: str
) -> Ruleset:
    rule = Rule(
        id=f"{ADDED}/1",
        ruleset=ADDED,
        title=_TEXT,
        ground=Ground.SPECIAL,
        permits=permits,
        modality=modality,
        condition=ALWAYS,
        citations=(_CITE,),
        level=level,
        region=region,
    )
    return Ruleset(
        id=ADDED,
        version="1",
        title=_TEXT,
        region=region,
        instrument=Instrument(name=_TEXT.zh, level=level, kind=InstrumentKind.ILLUSTRATION),
        rules=(rule,),
        plugin=ADDED,
    )


def package_of(name: str, engine: Engine | None = None, *, alone: bool = False) -> Package:
    """The package of that name; drafts among its rulesets decide cases too.

    Args:
        name: Name of the distribution; `bizrules` for the rules that come with the library.
        engine: What evaluates; the default engine unless given.
        alone: Whether packages of other places are left out, those of superior ones excepted.

    Raises:
        UnknownNameError: If the engine has no such package; the names near it are carried.
    """
    found = _engine_alone(name) if alone and engine is None else engine or default_engine()
    if alone and engine is not None:
        found = _without_others(name, engine)
    known = {CORE, *(one.plugin for one in found.rulesets), *(one.name for one in found.plugins)}
    if name not in known:
        raise _unknown(name, known)
    drafts = any(one.is_draft for one in found.rulesets if one.plugin == name)
    return Package(name, found.with_drafts if drafts else found)


def _unknown(name: str, known: Collection[str]) -> UnknownNameError:
    return UnknownNameError("package", name, nearest(name, known))


@lru_cache(maxsize=_MANY)
def _engine_alone(name: str) -> Engine:
    """The library, the installed package, and those of superior places; no other is loaded."""
    plain = Engine.load(plugins=False)
    installed = installed_plugins() if name != CORE else ()
    own = next((one for one in installed if one.name == name), None)
    if own is None:
        if name != CORE:
            raise _unknown(name, {CORE, *(one.name for one in installed)})
        return plain
    line = plain.regions.with_zones(own.zones).ancestors(own.region)
    kept = tuple(one for one in installed if one is own or one.region in line[1:])
    return attrs.evolve(
        plain,
        knowledge=add_plugins(plain.knowledge, kept),
        plugins=kept,
        derivations=(*plain.derivations, *(each for one in kept for each in one.derivations)),
    )


def _without_others(name: str, engine: Engine) -> Engine:
    """The engine without the rulesets of packages of other places that are not superior."""
    own = next((one for one in engine.plugins if one.name == name), None)
    line = engine.regions.ancestors(own.region) if own is not None else ()
    kept = {CORE, name, *(one.name for one in engine.plugins if one.region in line[1:])}
    rulesets = tuple(one for one in engine.rulesets if one.plugin in kept)
    return attrs.evolve(
        engine,
        knowledge=attrs.evolve(engine.knowledge, rulesets=rulesets),
        plugins=tuple(one for one in engine.plugins if one.name in kept),
    )
