"""A bundle into knowledge: everything is proved first, and read when it is asked for."""

from collections.abc import Callable, Mapping
from functools import cache
from os import fstat
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

import attrs

from bizrules.bundles._container import MOST_BYTES, joined, parted
from bizrules.bundles._lazy import NamedRecords, Records, Rules
from bizrules.bundles._manifest import (
    FORMAT,
    KIND,
    MANIFEST,
    SIGNATURE,
    Manifest,
    Section,
    digest_of,
    is_sealed,
    needed,
)
from bizrules.bundles._signing import KeyFile, Signature, check_signature, read_signature, signed
from bizrules.bundles._tables import MOST_HEAD, Table, parsed, read_plain
from bizrules.bundles._texts import unique
from bizrules.errors import BundleError
from bizrules.facts import Fact, Group, Vocabulary
from bizrules.loading import GoldenCase, GoldenMatter, Knowledge, Origin
from bizrules.regions import RegionTable
from bizrules.rules import Rule, Ruleset, Violation, rule_places

T = TypeVar("T")

BundleSource: TypeAlias = Path | str | bytes
"""A bundle, or the name of its file."""

MOST_CONTENT: Final = 1 << 33
"""Length to which all records together may unpack. *Unit*: bytes."""


@attrs.frozen(kw_only=True, eq=False)
class Bundle:
    """An open bundle, every digest of which holds.

    Attributes:
        manifest: What it says of itself.
        signature: Its signature, if it has one; checked only where a key was given.
        knowledge: What it holds.
        bytes: Length of the file.
    """

    manifest: Manifest
    signature: Signature | None
    knowledge: Knowledge = attrs.field(repr=False)
    bytes: int


def file_bytes(source: BundleSource) -> bytes:
    """The bytes of a bundle.

    Raises:
        BundleError: If the file cannot be read or is too long.
    """
    if isinstance(source, bytes):
        return source
    try:
        with Path(source).open("rb") as file:
            if fstat(file.fileno()).st_size > MOST_BYTES:
                raise BundleError("bundle-too-large", place=str(source), limit=str(MOST_BYTES))
            return file.read()
    except OSError as error:
        reason = error.strerror or str(error)
        raise BundleError("bundle-unreadable", place=str(source), reason=reason) from None


def open_bundle(
    source: BundleSource,
    *,
    version: str,
    key: KeyFile | None = None,
    shown: Callable[[str], str] = str,
) -> Bundle:
    """The bundle, once its container, manifest, signature and every digest are found to hold.

    Args:
        source: The file, or its bytes.
        version: Version of the library that reads it.
        key: Public key with which it must be signed; None takes it unsigned too.
        shown: What a document is called in messages, by its name in the bundle.

    Raises:
        BundleError: If anything does not hold.
    """
    data = file_bytes(source)
    entries = parted(data)
    first = bytes(entries.pop(MANIFEST, b""))
    last = entries.pop(SIGNATURE, None)
    signature = None if last is None else read_signature(last)
    if key is not None:
        check_signature(first, signature, key)
    manifest = _manifest(first, version)
    _check_sections(manifest, entries)
    knowledge = _Reading(manifest, entries, cache(shown)).knowledge()
    if knowledge.digest != manifest.knowledge:
        raise BundleError("bundle-damaged", place=MANIFEST, reason="knowledge")
    return Bundle(manifest=manifest, signature=signature, knowledge=knowledge, bytes=len(data))


def signed_anew(data: bytes, key: KeyFile, *, version: str) -> bytes:
    """The bundle with a signature, in place of one that it may have.

    Raises:
        BundleError: If the bundle does not hold, or the key cannot be used.
    """
    open_bundle(data, version=version)
    entries = parted(data)
    entries.pop(SIGNATURE, None)
    kept = [(name, bytes(entry)) for name, entry in entries.items()]
    return joined([*kept, (SIGNATURE, signed(bytes(entries[MANIFEST]), key))])


def _manifest(data: bytes, version: str) -> Manifest:
    """The manifest, if this library can read what it describes."""
    if not data or len(data) > MOST_HEAD:
        raise BundleError("bundle-not-one", reason=MANIFEST)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BundleError("bundle-bad-json", place=MANIFEST, reason=str(error)) from None
    plain = parsed(text, MANIFEST)
    # First these two: another format may have another manifest.
    if not isinstance(plain, dict) or plain.get("kind") != KIND:
        raise BundleError("bundle-not-one", reason=MANIFEST)
    if type(plain.get("format")) is not int or plain["format"] != FORMAT:
        found, by = str(plain.get("format")), str(plain.get("built_by"))
        raise BundleError("bundle-format", found=found[:20], by=by[:40], known=str(FORMAT))
    needs = plain.get("needs")
    if isinstance(needs, str) and not _fits(needs, version):
        raise BundleError("bundle-needs", needs=needs[:60], version=version)
    if not is_sealed(data):
        raise BundleError("bundle-damaged", place=MANIFEST, reason="SHA-256")
    unique(text, MANIFEST)
    return read_plain(plain, Manifest, MANIFEST)


def _fits(needs: str, version: str) -> bool:
    # A tree that is not installed has no version to compare.
    if version == "0" or needs == needed(version):
        return True
    # Imported here: it costs more than opening a bundle, and the version is mostly the same.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - as said

    try:
        return SpecifierSet(needs).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False


def _check_sections(manifest: Manifest, entries: Mapping[str, memoryview]) -> None:
    """Every entry is a section, every section an entry, and every digest holds."""
    names = [section.name for section in manifest.sections]
    if names != list(entries):
        odd = sorted(set(names) ^ set(entries)) or names
        raise BundleError("bundle-damaged", place=MANIFEST, reason=odd[0] if odd else "sections")
    for section in manifest.sections:
        data = entries[section.name]
        if len(data) != section.bytes or digest_of(data) != section.sha256:
            raise BundleError("bundle-damaged", place=section.name, reason="SHA-256")
        if min(section.head, section.content, section.records) < 0:
            raise BundleError("bundle-damaged", place=MANIFEST, reason=section.name)
    if sum(section.content for section in manifest.sections) > MOST_CONTENT:
        raise BundleError("bundle-too-large", place=MANIFEST, limit=str(MOST_CONTENT))


@attrs.frozen(eq=False)
class _Reading:
    """Makes knowledge of the sections of a bundle."""

    manifest: Manifest
    entries: Mapping[str, memoryview]
    shown: Callable[[str], str]

    def table(self, name: str, cls: type[T]) -> Table[T]:
        """The section of that name."""
        found = next((one for one in self.manifest.sections if one.name == name), None)
        if found is None:
            raise BundleError("bundle-damaged", place=MANIFEST, reason=name)
        return self._table(found, cls)

    def _table(self, section: Section, cls: type[T]) -> Table[T]:
        return Table(
            cls=cls,
            data=self.entries[section.name],
            place=section.name,
            head_length=section.head,
            content=section.content,
            count=section.records,
            shown=self.shown,
        )

    def named(self, name: str, cls: type[T]) -> NamedRecords[T]:
        """The records of a section by their names."""
        return NamedRecords(self.table(f"{name}.jsonl.gz", cls))

    def listed(self, name: str, cls: type[T]) -> Records[T]:
        """The records of a section in their order."""
        return Records(self.table(f"{name}.jsonl.gz", cls))

    def knowledge(self) -> Knowledge:
        """Everything; only what every evaluation needs is read at once."""
        has_goldens = self.manifest.goldens
        return Knowledge(
            vocabulary=Vocabulary(self.named("facts", Fact), self.named("groups", Group)),
            violations=self.named("violations", Violation),
            rulesets=self.rulesets(),
            regions=self.regions(),
            goldens=self.listed("goldens", GoldenCase) if has_goldens else (),
            golden_matters=self.listed("golden-matters", GoldenMatter) if has_goldens else (),
            digests=self.manifest.digests,
            origins=self.named("origins", Origin),
        )

    def regions(self) -> RegionTable:
        """The regions; a bundle cut down to a place has no others."""
        found = self.listed("regions", RegionTable)
        if len(found) != 1:
            raise BundleError("bundle-damaged", place="regions.jsonl.gz", reason="records")
        return found[0]

    def rulesets(self) -> tuple[Ruleset, ...]:
        """The rulesets as the manifest names them, their rules not read yet."""
        heads = self.listed("rulesets", Ruleset)
        if len(heads) != len(self.manifest.rulesets):
            raise BundleError("bundle-damaged", place=MANIFEST, reason="rulesets")
        sections = {section.name: section for section in self.manifest.sections}
        found = []
        for entry, head in zip(self.manifest.rulesets, heads, strict=True):
            section = sections.get(entry.section)
            said = (entry.id, entry.version, entry.region, entry.department, entry.plugin)
            same = (head.id, head.version, head.region, head.department, head.plugin) == said
            digests = {head.digest, entry.digest, self.manifest.digests.get(entry.id, head.digest)}
            if section is None or not same or len(digests) > 1 or head.rules:
                raise BundleError("bundle-damaged", place=MANIFEST, reason=entry.id)
            if section.records != entry.rules:
                raise BundleError("bundle-damaged", place=MANIFEST, reason=entry.id)
            found.append(attrs.evolve(head, rules=Rules(self._table(section, Rule))))
        return tuple(found)


def read_all(bundle: Bundle) -> int:
    """Read every record of a bundle, and compare what its indexes say.

    Returns:
        How many records there are.

    Raises:
        BundleError: If one is not what it should be.
    """
    knowledge = bundle.knowledge
    vocabulary = knowledge.vocabulary
    called = [("facts", name, one.name) for name, one in vocabulary.facts.items()]
    called += [("groups", name, one.code) for name, one in vocabulary.groups.items()]
    called += [("violations", name, one.id) for name, one in knowledge.violations.items()]
    for section, name, own in called:
        if name != own:
            raise BundleError("bundle-damaged", place=f"{section} {name}", reason=own)
    count = len(called) + sum(1 for _ in knowledge.origins.values())
    for sequence in (knowledge.goldens, knowledge.golden_matters):
        count += sum(1 for _ in sequence)
    for ruleset in knowledge.rulesets:
        count += 1 + len(ruleset.rules)
        check_index(ruleset)
    return count


def check_index(ruleset: Ruleset) -> None:
    """Refuse a ruleset some rule of which would not be found by its violation."""
    rules = ruleset.rules
    general, about = rule_places(rules)
    if isinstance(rules, Rules) and not rules.is_indexed(general, about):
        raise BundleError("bundle-damaged", place=ruleset.id, reason="index")
