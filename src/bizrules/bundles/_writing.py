"""Knowledge into a bundle."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from bizrules.bundles._container import joined
from bizrules.bundles._manifest import (
    FORMAT,
    KIND,
    MANIFEST,
    SIGNATURE,
    Manifest,
    PackageEntry,
    RulesetEntry,
    Section,
    digest_of,
    needed,
    sealed,
)
from bizrules.bundles._signing import KeyFile, signed
from bizrules.bundles._tables import Packed, pack, plain_data
from bizrules.bundles._texts import pretty
from bizrules.errors import BundleError
from bizrules.facts import Fact, Group
from bizrules.loading import GoldenCase, GoldenMatter, Knowledge, Origin
from bizrules.regions import RegionTable
from bizrules.rules import Rule, Ruleset, Violation, rule_places


@attrs.frozen(kw_only=True)
class Making:
    """How a bundle is made.

    Attributes:
        version: Version of the library.
        packages: Packages whose documents are in the knowledge.
        goldens: Whether golden cases go in.
        region: What `cut` left of the country; None for all of it.
        made_of: Digest of the documents, for the cache.
        named: What a document is called in the bundle, by its name here.
        key: Private key to sign with; None to leave it unsigned.
    """

    version: str
    packages: tuple[PackageEntry, ...] = ()
    goldens: bool = False
    region: str | None = None
    made_of: str | None = None
    named: Callable[[str], str] = str
    key: KeyFile | None = None


def bundle_of(knowledge: Knowledge, making: Making) -> bytes:
    """The knowledge in one file; the same knowledge is the same bytes.

    Raises:
        BundleError: If the knowledge holds what a bundle cannot, or the key cannot be used.
    """
    tables = dict(_tables(knowledge, making))
    manifest = Manifest(
        kind=KIND,
        format=FORMAT,
        built_by=making.version,
        needs=needed(making.version),
        knowledge=knowledge.digest,
        region=making.region,
        goldens=making.goldens,
        made_of=making.made_of,
        digests=dict(sorted(knowledge.digests.items())),
        packages=making.packages,
        rulesets=tuple(
            _entry(ruleset, number) for number, ruleset in enumerate(knowledge.rulesets)
        ),
        sections=tuple(_section(name, packed) for name, packed in tables.items()),
    )
    first = sealed(pretty(plain_data(manifest)).encode())
    entries = [(MANIFEST, first), *((name, packed.data) for name, packed in tables.items())]
    if making.key is not None:
        entries.append((SIGNATURE, signed(first, making.key)))
    return joined(entries)


def _section(name: str, packed: Packed) -> Section:
    return Section(
        name=name,
        bytes=len(packed.data),
        sha256=digest_of(packed.data),
        head=packed.head,
        content=packed.content,
        records=packed.records,
    )


def rules_section(number: int) -> str:
    """Name of the section with the rules of a ruleset, by its number."""
    return f"rules/{number:04d}.jsonl.gz"


def _entry(ruleset: Ruleset, number: int) -> RulesetEntry:
    return RulesetEntry(
        id=ruleset.id,
        version=ruleset.version,
        region=ruleset.region,
        department=ruleset.department,
        plugin=ruleset.plugin,
        digest=ruleset.digest,
        rules=len(ruleset.rules),
        section=rules_section(number),
    )


def _tables(knowledge: Knowledge, making: Making) -> Iterator[tuple[str, Packed]]:
    def named(name: str, cls: Any, given: Mapping[str, Any]) -> tuple[str, Packed]:  # noqa: ANN401 - a type form
        packed = pack(cls, given.values(), names=given, named=making.named)
        return f"{name}.jsonl.gz", packed

    def listed(name: str, cls: Any, given: Iterable[object]) -> tuple[str, Packed]:  # noqa: ANN401 - a type form
        return f"{name}.jsonl.gz", pack(cls, given, named=making.named)

    yield named("facts", Fact, knowledge.vocabulary.facts)
    yield named("groups", Group, knowledge.vocabulary.groups)
    yield named("violations", Violation, knowledge.violations)
    yield listed("regions", RegionTable, [knowledge.regions])
    yield listed("rulesets", Ruleset, (attrs.evolve(r, rules=()) for r in knowledge.rulesets))
    yield named("origins", Origin, knowledge.origins)
    for number, ruleset in enumerate(knowledge.rulesets):
        yield rules_section(number), _rules(ruleset, making)
    if making.goldens:
        yield listed("goldens", GoldenCase, knowledge.goldens)
        yield listed("golden-matters", GoldenMatter, knowledge.golden_matters)


def _rules(ruleset: Ruleset, making: Making) -> Packed:
    general, about = rule_places(ruleset.rules)
    try:
        return pack(
            Rule,
            ruleset.rules,
            named=making.named,
            names=[rule.id for rule in ruleset.rules],
            about=dict(sorted(about.items())),
            general=general,
        )
    except BundleError as error:
        details = {**error.details, "place": f"{ruleset.id} {error.details['place']}"}
        raise BundleError(error.code, **details) from None


def cut(knowledge: Knowledge, region: str) -> Knowledge:
    """What can speak about a case of the place: nothing of other places is left.

    Other regions are gone too, so that a case of theirs is refused instead of being judged by the
    rules of the country alone.

    Args:
        knowledge: What is known.
        region: Code of the place; everything inside it and above it stays.
    """
    table = knowledge.regions
    kept = set(table.ancestors(region))
    kept |= {one.code for one in table.regions if table.is_within(one.code, region)}
    gone = {ruleset.id for ruleset in knowledge.rulesets if ruleset.region not in kept}

    def stays(key: str) -> bool:
        name = key.partition(" ")[2]
        return name not in gone and name.partition("/")[0].partition("#")[0] not in gone

    return attrs.evolve(
        knowledge,
        rulesets=tuple(one for one in knowledge.rulesets if one.id not in gone),
        regions=type(table)([one for one in table.regions if one.code in kept]),
        goldens=tuple(one for one in knowledge.goldens if one.case.region in kept),
        golden_matters=tuple(
            one for one in knowledge.golden_matters if {c.region for c in one.cases} <= kept
        ),
        digests={name: one for name, one in knowledge.digests.items() if name not in gone},
        origins={key: one for key, one in knowledge.origins.items() if stays(key)},
    )
