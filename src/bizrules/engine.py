"""The engine: vocabulary, rulesets and plugins, frozen together."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property, partial
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import attrs

from bizrules import loading
from bizrules.assessment import Assessor
from bizrules.bundles import (
    BundleSource,
    KeyFile,
    Making,
    PackageEntry,
    bundle_of,
    cut,
    kept,
    naming,
    open_bundle,
)
from bizrules.cases import Case, to_day
from bizrules.catalogue import LawCatalogue, parse_catalogue
from bizrules.concurrence import evaluate_matter as evaluate_together
from bizrules.derivation import CORE_DERIVATIONS, Derivation, repeat_derivation
from bizrules.errors import (
    BundleError,
    DocumentError,
    NotInForceError,
    PluginError,
    Problem,
    UnknownNameError,
)
from bizrules.evaluation import Evaluator, Knowing
from bizrules.facts import Vocabulary
from bizrules.loading import Knowledge
from bizrules.matters import MatterOutcome
from bizrules.near_misses import near_misses_of
from bizrules.nearness import nearest
from bizrules.outcomes import Outcome
from bizrules.plugins import Plugin, installed_plugin, installed_plugins
from bizrules.provenance import Location
from bizrules.questions import questions_for
from bizrules.regions import RegionTable
from bizrules.rules import Rule, RulesById, Ruleset, Violation
from bizrules.selection import Selector
from bizrules.workdays import OfficialCalendar

CORE: Final = "bizrules"


def core_version() -> str:
    """Version of the library; `0` in a tree that is not installed."""
    try:
        return version(CORE)
    except PackageNotFoundError:
        return "0"


def core_rulesets() -> Path:
    """Folder of the rulesets that come with the library.

    A wheel carries them inside the package; a development checkout beside `src`.
    """
    inside = Path(str(resources.files(CORE))) / "rulesets"
    return inside if inside.is_dir() else Path(str(resources.files(CORE))).parents[1] / "rulesets"


@cache
def law_catalogue() -> LawCatalogue:
    """The law catalogue that comes with the library."""
    text = (resources.files(CORE) / "data" / "laws.json").read_text(encoding="utf-8")
    return parse_catalogue(text)


@attrs.frozen(kw_only=True, eq=False)
class Engine:
    """Knowledge ready to evaluate cases; immutable, safe to share between threads.

    Build it with `Engine.load`.

    Attributes:
        knowledge: Vocabulary, violations, rulesets, regions.
        plugins: Plugins whose documents are part of it.
        as_known_on: Only rules published by that day are used; None for all.
        drafts: Whether rulesets of drafts (征求意见稿) decide cases too; they are listed anyway.
        derivations: Derived facts, those of plugins after those of the core.
    """

    knowledge: Knowledge
    plugins: tuple[Plugin, ...] = ()
    as_known_on: date | None = attrs.field(default=None, converter=to_day)
    drafts: bool = False
    derivations: tuple[Derivation, ...] = CORE_DERIVATIONS
    _evaluator: Evaluator = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compile what does not depend on a case."""
        knowledge = self.knowledge
        derivations = (*self.derivations, *_repeats(knowledge.vocabulary))
        selector = Selector(
            vocabulary=knowledge.vocabulary,
            rulesets=tuple(r for r in knowledge.rulesets if self.drafts or not r.is_draft),
            violations=knowledge.violations,
            regions=knowledge.regions,
            derived={d.name: d.by_ruleset for d in derivations},
            as_known_on=self.as_known_on,
        )
        assessor = Assessor(
            vocabulary=knowledge.vocabulary,
            violations=knowledge.violations,
            derivations=derivations,
            selector=selector,
        )
        evaluator = Evaluator(
            assessor=assessor,
            regions=knowledge.regions,
            calendar=OfficialCalendar(),
            knowing=Knowing(version=core_version(), digest=knowledge.digest, drafts=self.drafts),
            ask=partial(questions_for, assessor),
            spot=near_misses_of,
        )
        object.__setattr__(self, "_evaluator", evaluator)

    @classmethod
    def load(
        cls,
        *paths: Path | str,
        national: bool = True,
        plugins: bool = True,
        as_known_on: date | str | None = None,
        drafts: bool = False,
    ) -> "Engine":
        """An engine of the rulesets that come with the library, plugins and further documents.

        Args:
            paths: Files and folders with further documents.
            national: Whether to take the rulesets that come with the library.
            plugins: Whether to take the installed plugins.
            as_known_on: Only rules published by that day, a date or text such as `2024-09-30`;
                None for all.
            drafts: Whether drafts (征求意见稿) decide cases too.

        Raises:
            ValueError: If `as_known_on` is no date.
            DocumentError: If a document has problems; all are carried.
            PluginError: If a plugin is not fit.
        """
        known = to_day(as_known_on)
        found = installed_plugins() if plugins else ()
        knowledge = _loaded(paths, found, national=national)
        return cls(
            knowledge=knowledge,
            plugins=found,
            as_known_on=known,
            drafts=drafts,
            derivations=_derivations(found, knowledge),
        )

    @classmethod
    def load_bundle(
        cls,
        source: BundleSource,
        *,
        key: KeyFile | None = None,
        as_known_on: date | str | None = None,
        drafts: bool = False,
    ) -> "Engine":
        """The engine of which `bundle` made a file: it gives the same outcomes and receipts.

        Every digest of the bundle is checked before anything is used. Rules are read when a case
        first asks for them. No code comes from a bundle: facts that a package derives in Python
        are derived by the installed package of that version.

        Args:
            source: The file, or its bytes.
            key: Ed25519 public key in PEM, or the name of its file: the bundle must be signed
                with it. None takes a bundle unsigned too.
            as_known_on: Only rules published by that day, as in `load`.
            drafts: Whether drafts (征求意见稿) decide cases too.

        Raises:
            ValueError: If `as_known_on` is no date.
            BundleError: If the bundle is damaged, not signed as required, of a format or for a
                version that does not fit, or needs a package that is not installed.
            PluginError: If that package is not fit.
        """
        known = to_day(as_known_on)
        bundle = open_bundle(source, version=core_version(), key=key)
        found = tuple(_bundled(entry) for entry in bundle.manifest.packages)
        return cls(
            knowledge=bundle.knowledge,
            plugins=found,
            as_known_on=known,
            drafts=drafts,
            derivations=_derivations(found, bundle.knowledge),
        )

    def bundle(
        self, *, region: str | None = None, goldens: bool = False, key: KeyFile | None = None
    ) -> bytes:
        """All that the engine knows in one file, which `load_bundle` reads.

        The same knowledge is the same bytes, on whatever machine. What this engine was asked to
        leave aside (`as_known_on`, `drafts`) is no part of it.

        Args:
            region: GB/T 2260 code of a place: only what speaks about cases there; cases of other
                places are then refused. None for the whole country.
            goldens: Whether golden cases go with it.
            key: Ed25519 private key in PEM, or the name of its file, to sign the bundle with.

        Raises:
            UnknownNameError: If there is no such region.
            BundleError: If the engine derives facts in Python that no package ships, or the key
                cannot be used.
        """
        if region is not None and region not in self.regions:
            near = tuple(f"{one.code} {one.zh}" for one in self.regions.near(region))
            raise UnknownNameError("region", region, near)
        knowledge = self.knowledge if region is None else cut(self.knowledge, region)
        plugins = [one for one in self.plugins if one.region in knowledge.regions]
        roots = {str(path): one.name for one in self.plugins for path in one.documents}
        making = Making(
            version=core_version(),
            packages=tuple(map(_package, plugins)),
            goldens=goldens,
            region=region,
            named=naming(knowledge, {**roots, str(core_rulesets()): CORE}),
            key=key,
        )
        self._refuse_unshipped()
        return bundle_of(knowledge, making)

    def _refuse_unshipped(self) -> None:
        """A bundle can only name derived facts that somebody can install."""
        names = {one.name for one in CORE_DERIVATIONS}
        names |= {one.name for plugin in self.plugins for one in plugin.derivations}
        odd = sorted(one.name for one in self.derivations if one.name not in names)
        if odd:
            raise BundleError("bundle-unshipped", facts=", ".join(odd))

    @cached_property
    def with_drafts(self) -> "Engine":
        """The same engine, in which drafts decide cases too."""
        return self if self.drafts else attrs.evolve(self, drafts=True)

    @property
    def assessor(self) -> Assessor:
        """What finds and reads the law, for those who show more of it than an outcome does."""
        return self._evaluator.assessor

    @property
    def vocabulary(self) -> Vocabulary:
        """Declared facts."""
        return self.knowledge.vocabulary

    @property
    def violations(self) -> Mapping[str, Violation]:
        """The violation catalogue."""
        return self.knowledge.violations

    @property
    def rulesets(self) -> tuple[Ruleset, ...]:
        """All rulesets, by id."""
        return self.knowledge.rulesets

    @cached_property
    def draft_ids(self) -> frozenset[str]:
        """Ids of the rulesets that are drafts (征求意见稿)."""
        return frozenset(ruleset.id for ruleset in self.rulesets if ruleset.is_draft)

    @property
    def regions(self) -> RegionTable:
        """Known regions."""
        return self.knowledge.regions

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """All rules, by id."""
        return RulesById(self.rulesets)

    def rule(self, rule_id: str) -> Rule:
        """A rule by its full id.

        Raises:
            UnknownNameError: If there is none; names near it are carried.
        """
        if rule_id not in self.rules:
            raise UnknownNameError("rule", rule_id, nearest(rule_id, self.rules))
        return self.rules[rule_id]

    def is_in_force(self, rule: Rule, day: date) -> bool:
        """Whether the rule is in force on the day, as far as the engine knows it."""
        known = self.as_known_on
        if known is not None:
            ruleset = next(one for one in self.rulesets if one.id == rule.ruleset)
            published = rule.published or ruleset.published or ruleset.instrument.issued
            if published is not None and known < published:
                return False
        return rule.in_force.as_known_on(known).contains(day)

    def rule_on(self, rule_id: str, day: date | str) -> Rule:
        """The version of a rule that is in force on the day: itself, an earlier or a later one.

        Raises:
            ValueError: If the text is no day.
            TypeError: If the day is neither a date nor text.
            UnknownNameError: If there is no such rule; names near it are carried.
            NotInForceError: If no version is in force that day; it carries when the last one
                before ended and when the next one begins.
        """
        on = to_day(day)
        if on is None:
            msg = "a day is a date or text such as `2024-09-30`, not None"
            raise TypeError(msg)
        versions = list(_versions(self.rule(rule_id), self.rules))
        for one in versions:
            if self.is_in_force(one, on):
                return one
        days = {one.id: one.in_force.as_known_on(self.as_known_on) for one in versions}
        raise NotInForceError.among("rule", rule_id, on, days)

    def evaluate(self, case: Case) -> Outcome:
        """The outcome of a case; see `Outcome`.

        Raises:
            CaseError: If the case names a region, violation, measure, group or fact that nobody
                declared, or a value does not fit; all such problems are carried.
        """
        return self._evaluator.evaluate(case)

    def evaluate_matter(self, cases: Iterable[Case], *, name: str = "") -> MatterOutcome:
        """The joint outcome of several cases of one party; see `MatterOutcome`.

        Args:
            cases: The cases; those with the same `act` are one act (同一违法行为).
            name: What to call the matter.

        Raises:
            CaseError: As `evaluate`, for every case; and if there is no case, an id occurs twice,
                the parties differ, or the cases of an act contradict each other.
            TypeError: If a single case is given.
        """
        if isinstance(cases, Case):
            msg = "`evaluate_matter` takes several cases; give a single one as `[case]`"
            raise TypeError(msg)
        return evaluate_together(self._evaluator, cases, name=name)


def _repeats(vocabulary: Vocabulary) -> Iterator[Derivation]:
    """A derivation for every fact that counts repeats, by name."""
    for name, fact in sorted(vocabulary.facts.items()):
        if fact.counts is not None:
            yield repeat_derivation(name, fact.counts)


def _versions(rule: Rule, rules: Mapping[str, Rule]) -> Iterator[Rule]:
    """All versions of the entry that the rule is one of, each once."""
    later = {one.replaces: one for one in rules.values() if one.replaces is not None}
    found = {rule.id: rule}
    waiting = [rule]
    while waiting:
        one = waiting.pop()
        yield one
        for other in (rules.get(one.replaces or ""), later.get(one.id)):
            if other is not None and other.id not in found:
                found[other.id] = other
                waiting.append(other)


@cache
def _core_knowledge() -> Knowledge:
    return loading.load_documents([core_rulesets()])


def _loaded(paths: Iterable[Path | str], plugins: Sequence[Plugin], *, national: bool) -> Knowledge:
    """What the library brings, if it is wanted, with plugins and further documents on top.

    What was read before, of the same documents, comes from the cache.
    """
    further = [Path(path) for path in paths]
    roots = [core_rulesets()] if national else []
    roots += [path for plugin in plugins for path in plugin.documents]
    about = [f"{national} {len(further)}", *(repr(_contribution(one)) for one in plugins)]

    def without_further() -> Knowledge:
        return kept(
            roots,
            about=about,
            version=core_version(),
            load=lambda: add_plugins(
                _core_knowledge() if national else loading.load_documents(()), plugins
            ),
        )

    if not further:
        return without_further()
    return kept(
        [*roots, *further],
        about=about,
        version=core_version(),
        load=lambda: loading.load_documents(further, base=without_further()),
    )


def _contribution(plugin: Plugin) -> tuple[object, ...]:
    """What of a plugin decides how its documents are read, besides these."""
    derived = tuple(one.name for one in plugin.derivations)
    return plugin.name, plugin.region, plugin.zones, len(plugin.documents), derived


def add_plugins(core: Knowledge, plugins: Iterable[Plugin]) -> Knowledge:
    """The knowledge with the documents of plugins on top.

    Raises:
        PluginError: If a plugin's region or zones are not known or its documents have problems,
            add nothing, repeat an id of another package, or speak for a region outside its own.
    """
    knowledge = core
    zones: dict[str, str] = {}
    for plugin in plugins:
        zoned = attrs.evolve(knowledge, regions=_with_zones(knowledge.regions, plugin, zones))
        try:
            loaded = loading.load_documents(plugin.documents, base=zoned, plugin=plugin.name)
        except DocumentError as error:
            raise _plugin_error(plugin, error.problems) from error
        if loaded.digests == knowledge.digests and not plugin.derivations:
            raise PluginError("plugin-empty", plugin=plugin.name)
        _refuse_foreign(plugin, loaded, {ruleset.id for ruleset in knowledge.rulesets})
        knowledge = loaded
    return knowledge


def _with_zones(regions: RegionTable, plugin: Plugin, owners: dict[str, str]) -> RegionTable:
    """The regions with the zones of the plugin, whose own region must be among them."""
    for zone in plugin.zones:
        first = owners.setdefault(zone.code, plugin.name)
        if first != plugin.name:
            raise PluginError("plugin-duplicate", id=zone.code, first=first, second=plugin.name)
    try:
        zoned = regions.with_zones(plugin.zones)
    except ValueError as error:
        raise _broken(plugin, "bizrules_zones", str(error)) from error
    if plugin.region not in zoned:
        near = ",".join(region.code for region in zoned.near(plugin.region))
        problem = Problem(
            "unknown-region", Location(plugin.name), {"found": plugin.region, "near_names": near}
        )
        raise _broken(plugin, "bizrules_region", f"{problem.text()}; {problem.help()}")
    return zoned


def _broken(plugin: Plugin, hook: str, reason: str) -> PluginError:
    return PluginError("plugin-broken", plugin=plugin.name, hook=hook, reason=reason)


def _plugin_error(plugin: Plugin, problems: tuple[Problem, ...]) -> PluginError:
    for problem in problems:
        first = problem.details.get("owner", "")
        if problem.code == "duplicate-id" and first and first != plugin.name:
            return PluginError(
                "plugin-duplicate", id=problem.details["id"], first=first, second=plugin.name
            )
    listed = "\n".join(problem.render("en") for problem in problems)
    return PluginError("plugin-invalid", plugin=plugin.name, problems=listed)


def _refuse_foreign(plugin: Plugin, loaded: Knowledge, earlier: Container[str]) -> None:
    for ruleset in loaded.rulesets:
        if ruleset.id not in earlier and not loaded.regions.is_within(
            ruleset.region, plugin.region
        ):
            raise PluginError(
                "plugin-foreign-region",
                plugin=plugin.name,
                ruleset=ruleset.id,
                region=ruleset.region,
                own=plugin.region,
            )


def _derivations(plugins: Iterable[Plugin], knowledge: Knowledge) -> tuple[Derivation, ...]:
    found = {derivation.name: (CORE, derivation) for derivation in CORE_DERIVATIONS}
    for plugin in plugins:
        for derivation in plugin.derivations:
            if derivation.name in found:
                raise PluginError(
                    "plugin-duplicate",
                    id=derivation.name,
                    first=found[derivation.name][0],
                    second=plugin.name,
                )
            # Who derives a fact of another package would change outcomes outside its own region.
            declared = knowledge.vocabulary.facts.get(derivation.name)
            origin = knowledge.origins.get(f"fact {derivation.name}")
            if (
                declared is None
                or declared.derived != derivation.name
                or origin is None
                or origin.plugin != plugin.name
            ):
                raise PluginError(
                    "plugin-unknown-derivation", plugin=plugin.name, fact=derivation.name
                )
            found[derivation.name] = (plugin.name, derivation)
    return tuple(derivation for _, derivation in found.values())


def _package(plugin: Plugin) -> PackageEntry:
    return PackageEntry(
        name=plugin.name,
        version=plugin.version,
        region=plugin.region,
        fits=plugin.fits,
        format=plugin.format,
        zones=plugin.zones,
        hooks=plugin.hooks,
        derivations=tuple(one.name for one in plugin.derivations),
    )


def _bundled(entry: PackageEntry) -> Plugin:
    """A package whose documents came in a bundle, with what only the package itself has."""
    derivations: tuple[Derivation, ...] = ()
    if entry.derivations:
        facts = ", ".join(entry.derivations)
        installed = installed_plugin(entry.name)
        details = {"plugin": entry.name, "version": entry.version, "facts": facts}
        if installed is None:
            raise BundleError("bundle-plugin-missing", **details)
        # Another version may compute something else.
        names = {one.name for one in installed.derivations}
        if installed.version != entry.version or not names >= set(entry.derivations):
            raise BundleError("bundle-plugin-version", found=installed.version, **details)
        derivations = tuple(one for one in installed.derivations if one.name in entry.derivations)
    return Plugin(
        name=entry.name,
        version=entry.version,
        region=entry.region,
        fits=entry.fits,
        format=entry.format,
        derivations=derivations,
        zones=entry.zones,
        hooks=entry.hooks,
    )


@cache
def default_engine() -> Engine:
    """The engine of the national rulesets and every installed plugin, built once."""
    return Engine.load()


def evaluate(case: Case) -> Outcome:
    """The outcome of a case under the default engine.

    Raises:
        CaseError: As `Engine.evaluate`.
        PluginError: If an installed plugin is not fit.
    """
    return default_engine().evaluate(case)


def evaluate_matter(cases: Iterable[Case], *, name: str = "") -> MatterOutcome:
    """The joint outcome of several cases of one party under the default engine.

    Args:
        cases: The cases; those with the same `act` are one act (同一违法行为).
        name: What to call the matter.

    Raises:
        CaseError: As `Engine.evaluate_matter`.
        PluginError: If an installed plugin is not fit.
    """
    return default_engine().evaluate_matter(cases, name=name)
