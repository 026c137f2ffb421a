"""Checks beyond loading: citations against the law catalogue, and what deserves attention.

Loading refuses what cannot be read. What can be read may still cite an article that does not
exist, or say something that no case will ever meet: that is found here, with its place.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import chain
from typing import Final

import attrs

from bizrules.catalogue import Check, CheckResult, LawCatalogue, parse_catalogue
from bizrules.conditions import AllOf, Condition, Defined, Not, Op, Test, facts_read
from bizrules.derivation import CORE_DERIVATIONS, Derivation
from bizrules.errors import DocumentError, Problem, Severity, sort_problems
from bizrules.facts import Vocabulary
from bizrules.grammar import contradictions
from bizrules.history import RepeatCount
from bizrules.loading import Knowledge, Source, load_documents
from bizrules.nearness import near_names
from bizrules.penalties import Provision
from bizrules.provenance import Citation, Location
from bizrules.refinement import Refinements
from bizrules.rules import Rule, Ruleset, Violation

CORE: Final = "bizrules"
_NOWHERE: Final = Location("rules")
_ARTICLE_CODES: Final[Mapping[CheckResult, str]] = {
    CheckResult.NO_ARTICLE: "no-such-article",
    CheckResult.NO_PARAGRAPH: "no-such-paragraph",
    CheckResult.NO_ITEM: "no-such-item",
}


@cache
def default_catalogue() -> LawCatalogue:
    """The law catalogue that comes with the library."""
    folder = resources.files("bizrules") / "data"
    return parse_catalogue((folder / "laws.json").read_text(encoding="utf-8"))


def check(
    knowledge: Knowledge,
    catalogue: LawCatalogue,
    *,
    base: Knowledge | None = None,
    derivations: Iterable[Derivation] = (),
) -> tuple[Problem, ...]:
    """Errors, warnings and notes about everything that loaded documents declare.

    Args:
        knowledge: What was loaded.
        catalogue: The laws against which citations are checked.
        base: What was known before and is not checked again.
        derivations: Derived facts of packages; what they read is in use.
    """
    fresh = _Fresh.of(knowledge, base or Knowledge())
    return sort_problems(
        chain(
            _citation_problems(fresh, catalogue),
            _violation_warnings(fresh),
            _rule_warnings(fresh, knowledge),
            _unread_facts(fresh, knowledge, derivations),
            _refinements(fresh, knowledge),
        )
    )


def check_paths(
    paths: Iterable[Source],
    base: Knowledge | None = None,
    *,
    catalogue: LawCatalogue | None = None,
    plugin: str = CORE,
) -> tuple[Problem, ...]:
    """Everything to say about documents: what loading refuses, or else what checking finds.

    Args:
        paths: Files, folders or documents.
        base: What is known already.
        catalogue: The laws against which citations are checked; those of the library by default.
        plugin: The package that ships the documents.
    """
    try:
        knowledge = load_documents(paths, base=base, plugin=plugin)
    except DocumentError as error:
        return error.problems
    return check(knowledge, catalogue or default_catalogue(), base=base)


@attrs.frozen(kw_only=True)
class _Fresh:
    """What is to be checked: what was not known before."""

    violations: tuple[Violation, ...]
    rulesets: tuple[Ruleset, ...]
    facts: frozenset[str]
    counts: tuple[RepeatCount, ...]

    @classmethod
    def of(cls, knowledge: Knowledge, base: Knowledge) -> "_Fresh":
        """What the knowledge has beyond the base."""
        known = {ruleset.id for ruleset in base.rulesets}
        violations = (
            violation
            for name, violation in knowledge.violations.items()
            if name not in base.violations
        )
        facts = [
            fact
            for name, fact in knowledge.vocabulary.facts.items()
            if name not in base.vocabulary.facts
        ]
        return cls(
            violations=tuple(violations),
            rulesets=tuple(one for one in knowledge.rulesets if one.id not in known),
            facts=frozenset(fact.name for fact in facts),
            counts=tuple(fact.counts for fact in facts if fact.counts is not None),
        )

    @property
    def rules(self) -> Iterator[Rule]:
        """All rules to be checked."""
        return chain.from_iterable(ruleset.rules for ruleset in self.rulesets)


def citations_of(ruleset: Ruleset) -> Iterator[Citation]:
    """Every citation of a ruleset: definitions, bands, rules, duties."""
    if ruleset.first_violation is not None:
        yield from ruleset.first_violation.citations
    for definition in ruleset.definitions.values():
        yield from definition.citations
    for table in ruleset.bands:
        yield from table.citations
    for rule in ruleset.rules:
        yield from rule.citations
    for duty in ruleset.duties:
        yield from duty.citations


def citations_of_violation(violation: Violation) -> Iterator[Citation]:
    """Every citation of an entry of the violation catalogue."""
    yield from violation.broken
    if violation.limitation is not None:
        yield from violation.limitation.citations
    for provision in violation.provisions:
        yield provision.citation
        yield from (tier.citation for tier in provision.tiers if tier.citation is not None)


def _citation_problems(fresh: _Fresh, catalogue: LawCatalogue) -> Iterator[Problem]:
    cited = chain(
        chain.from_iterable(map(citations_of_violation, fresh.violations)),
        chain.from_iterable(count.citations for count in fresh.counts),
        chain.from_iterable(map(citations_of, fresh.rulesets)),
    )
    look_up = _remembering(catalogue)
    for citation in cited:
        if citation.unverified is None:
            problem = _citation_problem(citation, look_up(citation))
            if problem is not None:
                yield problem


def _remembering(catalogue: LawCatalogue) -> Callable[[Citation], Check]:
    """Look up each citation only once, however many rules rest on it."""

    @cache
    def look_up(citation: Citation) -> Check:
        if citation.article is not None:
            return catalogue.check(
                citation.law,
                citation.article,
                citation.paragraph,
                citation.item,
                citation.version,
            )
        found = citation.law in catalogue
        near = () if found else catalogue.near(citation.law)
        return Check(result=CheckResult.FOUND if found else CheckResult.NO_LAW, near=near)

    return look_up


def _citation_problem(citation: Citation, found: Check) -> Problem | None:
    place = citation.location or _NOWHERE
    if found.found:
        return None
    if found.result is CheckResult.NO_LAW:
        details = {"law": citation.law, "near_names": ",".join(found.near)}
        return Problem("law-not-in-catalogue", place, details)
    if found.result is CheckResult.NO_VERSION:
        known = ", ".join(day.isoformat() for day in found.versions)
        details = {"law": citation.law, "found": str(citation.version), "known": known}
        return Problem("no-such-version", place, details)
    # Where the text behind the catalogue was incomplete, a missing article proves nothing.
    if found.partial and found.result is CheckResult.NO_ARTICLE:
        return None
    count = {
        CheckResult.NO_ARTICLE: found.articles,
        CheckResult.NO_PARAGRAPH: found.paragraphs,
        CheckResult.NO_ITEM: found.items,
    }[found.result]
    details = {
        "law": citation.law,
        "article": str(citation.article),
        "paragraph": str(citation.paragraph),
        "item": str(citation.item),
        "count": str(count or 0),
    }
    return Problem(_ARTICLE_CODES[found.result], place, details)


def _warning(code: str, location: Location | None, **details: str) -> Problem:
    return Problem(code, location or _NOWHERE, details, Severity.WARNING)


def _violation_warnings(fresh: _Fresh) -> Iterator[Problem]:
    for violation in fresh.violations:
        if not violation.provisions and violation.no_provision is None:
            yield _warning("no-provision", violation.location, id=violation.id)
        for provision in violation.provisions:
            fined = any(tier.fine is not None for tier in provision.tiers)
            if fined and provision.checked is None and provision.unverified is None:
                yield _warning("unchecked-fine", provision.location, id=provision.id)


def _rule_warnings(fresh: _Fresh, knowledge: Knowledge) -> Iterator[Problem]:
    departments = {violation.department for violation in knowledge.violations.values()}
    for rule in fresh.rules:
        fact = impossible_fact(rule.condition, knowledge.vocabulary)
        if fact is not None:
            yield _warning("never-holds", rule.location, rule=rule.id, fact=fact)
        for name in sorted((rule.departments or frozenset()) - departments):
            near = near_names(name, departments)
            yield _warning("unknown-department", rule.location, found=name, near_names=near)


def impossible_fact(condition: Condition, vocabulary: Vocabulary) -> str | None:
    """A fact no value of which passes all that the condition demands of it, if one is cheap to see.

    Seen is what every case must meet: tests joined by nothing but *and*, definitions included.
    """
    by_fact: dict[str, list[Test]] = {}
    for test in _demanded(condition):
        if len(test.facts) == 1:
            by_fact.setdefault(test.facts[0], []).append(test)
    for name, tests in by_fact.items():
        if len(tests) > 1 and contradictions((vocabulary[name],), tests, _NOWHERE):
            return name
    return None


def _demanded(condition: Condition) -> Iterator[Test]:
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, AllOf):
        for part in condition.parts:
            yield from _demanded(part)
    elif isinstance(condition, Defined):
        yield from _demanded(condition.condition)
    elif isinstance(condition, Not):
        part = condition.part
        part = part.condition if isinstance(part, Defined) else part
        if isinstance(part, Test) and part.op is Op.IS and isinstance(part.operand, bool):
            yield attrs.evolve(part, operand=not part.operand)


def _unread_facts(
    fresh: _Fresh, knowledge: Knowledge, derivations: Iterable[Derivation]
) -> Iterator[Problem]:
    """Facts that a package declares and nothing reads."""
    if not fresh.facts:
        return
    read = set(_facts_in_use(knowledge))
    read.update(name for derivation in derivations for name in derivation.reads)
    for name in sorted(fresh.facts - read):
        origin = knowledge.origins.get(f"fact {name}")
        if origin is not None and origin.plugin != CORE:
            yield _warning("unread-fact", origin.location, fact=name)


def _refinements(fresh: _Fresh, knowledge: Knowledge) -> Iterator[Problem]:
    """Entries that go beyond those of superior places, or cannot be compared with them."""
    compared = Refinements(
        rulesets={ruleset.id: ruleset for ruleset in knowledge.rulesets},
        vocabulary=knowledge.vocabulary,
        regions=knowledge.regions,
    )
    return compared.problems({ruleset.id for ruleset in fresh.rulesets})


def _facts_in_use(knowledge: Knowledge) -> Iterator[str]:
    """Names of all facts that something reads or that are computed; some more than once."""
    for derivation in CORE_DERIVATIONS:
        yield from derivation.reads
    yield from (fact.name for fact in knowledge.vocabulary.facts.values() if fact.derived)
    for violation in knowledge.violations.values():
        yield from violation.elements
        yield from _facts_of_provisions(violation.provisions)
    for ruleset in knowledge.rulesets:
        for condition in _conditions_of(ruleset):
            yield from facts_read(condition)
        yield from (duty.deadline.anchor for duty in ruleset.duties if duty.deadline is not None)


def _facts_of_provisions(provisions: Iterable[Provision]) -> Iterator[str]:
    for provision in provisions:
        switches = [tier.when for tier in provision.tiers]
        others = [kind.when for kind in provision.kinds]
        for condition in (provision.only_after, *switches, *others):
            yield from facts_read(condition)
        fines = [tier.fine for tier in provision.tiers if tier.fine is not None]
        yield from (fine.base for fine in fines if fine.base is not None)


def _conditions_of(ruleset: Ruleset) -> Iterator[Condition]:
    yield from (definition.condition for definition in ruleset.definitions.values())
    yield from (rule.condition for rule in ruleset.rules)
    yield from (duty.when for duty in ruleset.duties)
