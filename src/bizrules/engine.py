"""The engine: vocabulary, rulesets and plugins, frozen together."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, cached_property, partial
from hashlib import sha256
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import attrs

from bizrules.assessment import Assessor, near_names
from bizrules.cases import Case, to_day
from bizrules.catalogue import LawCatalogue, parse_catalogue
from bizrules.concurrence import evaluate_matter as evaluate_together
from bizrules.derivation import CORE_DERIVATIONS, Derivation, repeat_derivation
from bizrules.errors import (
    DocumentError,
    NotInForceError,
    PluginError,
    Problem,
    UnknownNameError,
)
from bizrules.evaluation import Evaluator, Knowing
from bizrules.facts import Vocabulary
from bizrules.loading import Knowledge, load_documents
from bizrules.matters import MatterOutcome
from bizrules.near_misses import near_misses_of
from bizrules.outcomes import Outcome
from bizrules.plugins import Plugin, installed_plugins
from bizrules.provenance import Location
from bizrules.questions import questions_for
from bizrules.regions import RegionTable
from bizrules.rules import Rule, Ruleset, Violation
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
    _rules: Mapping[str, Rule] = attrs.field(init=False, repr=False)

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
            knowing=Knowing(version=core_version(), digest=_digest(knowledge), drafts=self.drafts),
            ask=partial(questions_for, assessor),
            spot=near_misses_of,
        )
        rules = {rule.id: rule for ruleset in knowledge.rulesets for rule in ruleset.rules}
        object.__setattr__(self, "_evaluator", evaluator)
        object.__setattr__(self, "_rules", rules)

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

    @property
    def rules(self) -> Mapping[str, Rule]:
        """All rules, by id."""
        return self._rules

    def rule(self, rule_id: str) -> Rule:
        """A rule by its full id.

        Raises:
            UnknownNameError: If there is none; names near it are carried.
        """
        if rule_id not in self._rules:
            raise UnknownNameError("rule", rule_id, near_names(rule_id, self._rules))
        return self._rules[rule_id]

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
        versions = list(_versions(self.rule(rule_id), self._rules))
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


def _digest(knowledge: Knowledge) -> str:
    text = "\n".join(f"{name} {value}" for name, value in sorted(knowledge.digests.items()))
    return sha256(text.encode()).hexdigest()


@cache
def _core_knowledge() -> Knowledge:
    return load_documents([core_rulesets()])


def _loaded(paths: Iterable[Path | str], plugins: Iterable[Plugin], *, national: bool) -> Knowledge:
    """What the library brings, if it is wanted, with plugins and further documents on top."""
    core = _core_knowledge() if national else load_documents(())
    knowledge = add_plugins(core, plugins)
    further = [Path(path) for path in paths]
    return load_documents(further, base=knowledge) if further else knowledge


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
            loaded = load_documents(plugin.documents, base=zoned, plugin=plugin.name)
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
        near = ", ".join(region.code for region in zoned.near(plugin.region))
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
