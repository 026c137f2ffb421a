"""Many documents into one body of knowledge, every name linked and every problem reported."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

import attrs

from bizrules._structure import Raw, structure
from bizrules._tree import Document
from bizrules._yaml import read_file
from bizrules.cases import Case
from bizrules.documents import (
    FORMAT,
    KINDS,
    AnyDocument,
    CasesDocument,
    GoldenDocument,
    RulesetDocument,
    ViolationDocument,
    ViolationsDocument,
    VocabularyDocument,
)
from bizrules.errors import DocumentError, Problem, sort_problems
from bizrules.facts import Vocabulary
from bizrules.loading._cases import golden_keys, read_case
from bizrules.loading._definitions import DefinitionTable, Holder
from bizrules.loading._gathering import Gathering, digest
from bizrules.loading._goldens import GoldenReader
from bizrules.loading._knowledge import (
    CaseReading,
    GoldenCase,
    GoldenMatter,
    Knowledge,
    MatterReading,
    read_only,
)
from bizrules.loading._matters import GoldenMatterReader, not_a_case, read_matter, reading_of
from bizrules.loading._pausing import PAUSE
from bizrules.loading._rulesets import RulesetReader, region_code
from bizrules.loading._violations import ViolationReader
from bizrules.loading._vocabularies import CORE, check_counts, read_vocabularies
from bizrules.provenance import Location
from bizrules.regions import NATIONAL
from bizrules.rules import Ruleset, Violation
from bizrules.values import Interval

T = TypeVar("T")

Source: TypeAlias = "Path | str | Document"
"""A file, a folder of files, or a document that was read already."""

_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})


@attrs.frozen
class Opened:
    """A document whose kind is known.

    Attributes:
        kind: What `document:` says.
        raw: Its root.
    """

    kind: str
    raw: Raw


def open_document(document: Document) -> Opened:
    """The document with its kind, from `format:` and `document:` alone.

    Raises:
        DocumentError: If it says another format, no kind or an unknown one.
    """
    raw = Raw(document, (), document.data)
    if not isinstance(raw.data, dict):
        found = "shape.sequence" if isinstance(raw.data, list) else "shape.scalar"
        details = {"expected_phrase": "shape.mapping", "found_phrase": found}
        raise DocumentError([Problem("wrong-shape", raw.location, details)])
    problems = []
    if "format" not in raw.data:
        problems.append(Problem("format-missing", raw.location))
    elif str(raw.data["format"]) != FORMAT:
        details = {"found": str(raw.data["format"]), "known": FORMAT}
        problems.append(Problem("format-unknown", raw.at("format").location, details))
    kind = str(raw.data.get("document", "cases"))
    if kind not in KINDS:
        details = {"found": kind, "known": ", ".join(f"`{name}`" for name in KINDS)}
        problems.append(Problem("document-unknown", raw.at("document").location, details))
    if problems:
        raise DocumentError(problems)
    return Opened(kind, raw)


def _opened(sources: Iterable[Source], gathering: Gathering) -> Iterator[Opened]:
    """Every document of the sources; problems are gathered, and the rest goes on."""
    for source in chain.from_iterable(map(_each, sources)):
        try:
            found = (source,) if isinstance(source, Document) else read_file(source)
            yield from [open_document(document) for document in found]
        except DocumentError as error:
            gathering.problems.extend(error.problems)


def _each(source: Source) -> Iterable[Path | Document]:
    """The source itself, or every file in it if it is a folder.

    Hidden files and folders, and folders whose names begin with `_`, are passed over.
    """
    if isinstance(source, Document):
        return (source,)
    path = Path(source)
    if not path.is_dir():
        return (path,)
    return sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in _SUFFIXES
        and not file.name.startswith(".")
        and not any(part[0] in "_." for part in file.relative_to(path).parts[:-1])
    )


@attrs.define(eq=False)
class _Linker:
    """Links the documents of one package on top of what is known."""

    base: Knowledge
    gathering: Gathering
    documents: list[Opened]
    vocabulary: Vocabulary
    violations: dict[str, Violation]
    digests: dict[str, str]
    names: set[str] = attrs.field(init=False)
    written_vocabularies: list[tuple[VocabularyDocument, Raw]] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        """Names of violations include those that could not be read."""
        self.names = set(self.violations)

    def written(self, kind: str, cls: type[T]) -> list[tuple[T, Raw]]:
        """The documents of a kind as they are written; those of wrong shape are reported."""
        found = []
        for opened in self.documents:
            if opened.kind == kind:
                given = self.gathering.structured(opened.raw, cls)
                if given is None:
                    self._check_entries_of(opened.raw, cls)
                else:
                    found.append((given, opened.raw))
        return found

    def check_entries(self, *written: tuple[AnyDocument, Raw]) -> None:
        """Report which entries of the documents have a wrong shape."""
        for given, raw in written:
            self._check_entries_of(raw, type(given))

    def _check_entries_of(self, raw: Raw, cls: type) -> None:
        data = raw.data if isinstance(raw.data, dict) else {}
        for field in attrs.fields(cls):
            entry = field.metadata.get("item")
            inside = data.get(field.name) if entry is not None else None
            listed = range(len(inside)) if isinstance(inside, list) else ()
            steps: Iterable[str | int] = inside if isinstance(inside, dict) else listed
            for step in steps:
                self.gathering.structured(raw.at(field.name, step), entry)

    def declare(self, name: str, raw: Raw) -> bool:
        """Note the id of a document."""
        place = raw.at("id").location
        self.gathering.identifier(name, place)
        self.digests.setdefault(name, digest(raw.data))
        return self.gathering.declare("document", name, place)

    def vocabularies(self) -> None:
        """First pass: every fact and group."""
        self.written_vocabularies = self.written("vocabulary", VocabularyDocument)
        for given, raw in self.written_vocabularies:
            self.declare(given.id, raw)
        self.vocabulary = read_vocabularies(
            self.written_vocabularies, self.vocabulary, self.gathering
        )

    def violation_catalogues(
        self, written: list[tuple[ViolationsDocument, Raw]], definitions: DefinitionTable
    ) -> None:
        """Second pass: every violation."""
        reader = ViolationReader(
            vocabulary=self.vocabulary,
            scope=definitions.national_scope(),
            gathering=self.gathering,
        )
        related: list[tuple[str, ViolationDocument, Raw]] = []
        for given, raw in written:
            self.declare(given.id, raw)
            self.names.update(given.violations)
            entries = given.violations.values()
            for entry, place in self.gathering.entries(entries, ViolationDocument):
                name = str(place.path[-1])
                self.gathering.identifier(name, place.key_location)
                if self.gathering.declare("violation", name, place.key_location):
                    self.violations[name] = reader.violation(name, entry, place)
                    related.append((name, entry, place))
        for name, entry, place in related:
            self._check_related(name, entry, place)
        for vocabulary, _ in self.written_vocabularies:
            check_counts(vocabulary, self.names, self.gathering)

    def _check_related(self, own: str, given: ViolationDocument, raw: Raw) -> None:
        """The violations that an entry absorbs, or is special to, are known and others."""
        for key in ("absorbs", "special_to"):
            names: tuple[str, ...] = getattr(given, key)
            for index, name in enumerate(names):
                place = raw.at(key, index).location
                if name == own:
                    self.gathering.refuse("own-relation", place, found=name)
                self.gathering.known("unknown-violation", name, self.names, place)

    def rulesets(
        self, written: list[tuple[RulesetDocument, Raw]], definitions: DefinitionTable
    ) -> list[Ruleset]:
        """Third pass: every ruleset, its definitions found from wherever they are used."""
        reader = RulesetReader(
            vocabulary=self.vocabulary,
            violations=self.names,
            regions=self.base.regions,
            definitions=definitions,
            gathering=self.gathering,
            digests=self.digests,
        )
        found = [reader.ruleset(given, raw) for given, raw in written]
        self._check_refined(found)
        facts = {**self.vocabulary.facts, **reader.judgements}
        self.vocabulary = Vocabulary(read_only(facts), self.vocabulary.groups)
        return found

    def _check_refined(self, found: list[Ruleset]) -> None:
        """The entries that others refine are known and stand in a superior ruleset."""
        refining = [rule for ruleset in found for rule in ruleset.rules if rule.refines is not None]
        # Those of the base were checked when it was read; few refine anything.
        known = [*self.base.rulesets, *found] if refining else []
        rules = {rule.id: rule for ruleset in known for rule in ruleset.rules}
        for rule in refining:
            place = rule.location or Location(rule.id)
            refined = rule.refines or ""
            if self.gathering.known("unknown-entry", refined, rules, place):
                above = rules[refined].region
                if rule.region not in self.base.regions or rule.region == above:
                    continue
                if not self.base.regions.is_within(rule.region, above):
                    self.gathering.refuse(
                        "not-superior", place, rule=rule.id, other=refined, region=above
                    )

    def definitions(self, written: list[tuple[RulesetDocument, Raw]]) -> DefinitionTable:
        """The definitions of all rulesets, none of them read yet."""
        table = DefinitionTable(self.vocabulary, self.base.regions, self.gathering)
        for ruleset in self.base.rulesets:
            if ruleset.definitions:
                table.holders[ruleset.id] = Holder.of(ruleset)
                self._check_new_facts(ruleset)
        for given, raw in written:
            # A fault in the days is reported where the ruleset itself is read.
            days = Gathering(self.gathering.plugin).interval(given.in_force, raw)
            table.holders[given.id] = Holder(
                given.id,
                region_code(given.region),
                given.department,
                days,
                given.published or given.instrument.issued,
                given.define,
            )
        self._check_national(table)
        return table

    def _check_national(self, table: DefinitionTable) -> None:
        """A national concept has one definition on a day: every ruleset sees it."""
        seen: dict[tuple[str, str | None], list[tuple[Interval, Location]]] = {}
        for holder in table.holders.values():
            if holder.region != NATIONAL:
                continue
            for name in sorted(holder.names):
                days, place = table.days(holder.ruleset, name), holder.place(name)
                earlier = seen.setdefault((name, holder.department), [])
                for other, first in earlier:
                    if days.overlaps(other):
                        self.gathering.refuse("duplicate-id", place, id=name, first=str(first))
                earlier.append((days, place))

    def _check_new_facts(self, ruleset: Ruleset) -> None:
        """A new fact may not take the name of a definition that was known before."""
        for name in ruleset.definitions:
            if name in self.vocabulary and name not in self.base.vocabulary:
                place = self.vocabulary[name].location or Location(name)
                self.gathering.refuse("name-clash", place, name=name)

    def goldens(
        self, heads: list[tuple[GoldenDocument, Raw]], knowledge: Knowledge
    ) -> list[GoldenCase]:
        """Last pass: golden cases, once everything they may name is known."""
        reader = GoldenReader(knowledge)
        found = [reader.golden(raw) for head, _ in heads for raw in head.cases]
        self.gathering.problems.extend(reader.problems)
        return [golden for golden in found if golden is not None]

    def golden_matters(
        self, heads: list[tuple[GoldenDocument, Raw]], knowledge: Knowledge
    ) -> list[GoldenMatter]:
        """Golden matters, which come with the golden cases."""
        reader = GoldenMatterReader(knowledge)
        found = [reader.golden(raw) for head, _ in heads for raw in head.matters]
        self.gathering.problems.extend(reader.problems)
        for head, raw in heads:
            if not head.cases and not head.matters:
                self.gathering.refuse("no-case", raw.location)
        return [golden for golden in found if golden is not None]


def load_documents(
    sources: Iterable[Source],
    *,
    base: Knowledge | None = None,
    vocabulary: Vocabulary | None = None,
    plugin: str = CORE,
) -> Knowledge:
    """Everything that the documents declare, on top of what is known already.

    Args:
        sources: Files, folders (with all their YAML and JSON files) or documents.
        base: What is known already, such as the documents of the core for those of a plugin.
        vocabulary: Facts to take instead of those of the base.
        plugin: The package that ships the documents.

    Raises:
        DocumentError: With every problem of every document.
    """
    with PAUSE.hold():
        return _loaded(sources, base or Knowledge(), vocabulary, plugin)


def _loaded(
    sources: Iterable[Source], known: Knowledge, vocabulary: Vocabulary | None, plugin: str
) -> Knowledge:
    gathering = Gathering(plugin, origins=_copy(known.origins))
    linker = _Linker(
        base=known,
        gathering=gathering,
        documents=list(_opened(sources, gathering)),
        vocabulary=vocabulary or known.vocabulary,
        violations=_copy(known.violations),
        digests=_copy(known.digests),
    )
    linker.vocabularies()
    knowledge = _link(linker)
    if gathering.problems:
        raise DocumentError(gathering.problems)
    return knowledge


def _copy(given: Mapping[str, T]) -> dict[str, T]:
    """A copy; that of a read-only view is made in one go, not name by name."""
    return given.copy() if isinstance(given, MappingProxyType) else dict(given)


def _link(linker: _Linker) -> Knowledge:
    gathering = linker.gathering
    facts_are_known = not gathering.problems
    violations = linker.written("violations", ViolationsDocument)
    rulesets = linker.written("ruleset", RulesetDocument)
    heads = linker.written("golden", GoldenDocument)
    for opened in linker.documents:
        if opened.kind == "cases":
            gathering.refuse("document-unexpected", opened.raw.location)
    # Without all facts, nearly every condition would be reported for a fault that is not its own.
    if not facts_are_known:
        linker.check_entries(*violations, *rulesets, *heads)
        return linker.base
    unique = [(given, raw) for given, raw in rulesets if linker.declare(given.id, raw)]
    definitions = linker.definitions(unique)
    linker.violation_catalogues(violations, definitions)
    found = linker.rulesets(unique, definitions)
    knowledge = Knowledge(
        vocabulary=linker.vocabulary,
        violations=MappingProxyType(linker.violations),
        rulesets=tuple(sorted((*linker.base.rulesets, *found), key=lambda one: one.id)),
        regions=linker.base.regions,
        goldens=linker.base.goldens,
        golden_matters=linker.base.golden_matters,
        digests=MappingProxyType(linker.digests),
        origins=MappingProxyType(gathering.origins),
    )
    if gathering.problems:
        return knowledge
    cases = (*knowledge.goldens, *linker.goldens(heads, knowledge))
    matters = (*knowledge.golden_matters, *linker.golden_matters(heads, knowledge))
    return attrs.evolve(knowledge, goldens=cases, golden_matters=matters)


def load_vocabulary(
    document: Document, *, base: Vocabulary | None = None, plugin: str = CORE
) -> Vocabulary:
    """The facts of a vocabulary, on top of those of the base.

    Raises:
        DocumentError: With every problem of the document.
    """
    return load_documents([document], vocabulary=base, plugin=plugin).vocabulary


def load_violations(document: Document, knowledge: Knowledge) -> Mapping[str, Violation]:
    """The violations of a catalogue by id.

    Raises:
        DocumentError: With every problem of the document.
    """
    found = load_documents([document], base=knowledge).violations
    return {name: found[name] for name in found if name not in knowledge.violations}


def load_ruleset(document: Document, knowledge: Knowledge) -> Ruleset:
    """The ruleset of a document, linked with what is known.

    Raises:
        DocumentError: With every problem of the document.
    """
    known = {ruleset.id for ruleset in knowledge.rulesets}
    found = load_documents([document], base=knowledge).rulesets
    return next(ruleset for ruleset in found if ruleset.id not in known)


def load_golden(document: Document, knowledge: Knowledge) -> tuple[GoldenCase, ...]:
    """The golden cases of a document.

    Raises:
        DocumentError: With every problem of the document.
    """
    before = len(knowledge.goldens)
    return tuple(load_documents([document], base=knowledge).goldens[before:])


def load_golden_matters(document: Document, knowledge: Knowledge) -> tuple[GoldenMatter, ...]:
    """The golden matters of a document.

    Raises:
        DocumentError: With every problem of the document.
    """
    before = len(knowledge.golden_matters)
    return tuple(load_documents([document], base=knowledge).golden_matters[before:])


def load_each_matter(document: Document, knowledge: Knowledge) -> tuple[MatterReading, ...]:
    """Each matter of a case file; the cases that stand outside of one are one matter together.

    Raises:
        DocumentError: If the file is no case file, or what stands around the cases is wrong.
    """
    opened, head = _case_file(document)
    alone = (reading_of(head.cases, knowledge, opened.raw),) if head.cases else ()
    golden = opened.kind == "golden"
    return (*alone, *(read_matter(raw, knowledge, golden=golden) for raw in head.matters))


def _case_file(document: Document) -> tuple[Opened, CasesDocument]:
    """The document as a case file, which a file of golden cases is too."""
    opened = open_document(document)
    if opened.kind not in ("cases", "golden"):
        raise DocumentError([Problem("document-unexpected", opened.raw.location)])
    head = structure(document, CasesDocument)
    if not head.cases and not head.matters:
        data = opened.raw.data
        is_empty = isinstance(data, dict) and "cases" in data
        place = opened.raw.at("cases") if is_empty else opened.raw
        raise DocumentError([Problem("no-case", place.location)])
    return opened, head


def load_each_case(document: Document, knowledge: Knowledge) -> tuple[CaseReading, ...]:
    """Each case of a case file, or what is wrong with it; a bad case never stops the rest.

    A matter is no case: evaluated one by one its cases would be fined more than once.

    Raises:
        DocumentError: If the file is no case file, or what stands around the cases is wrong.
    """
    opened, head = _case_file(document)
    golden = opened.kind == "golden"
    cases = (_reading(raw, knowledge, golden=golden) for raw in head.cases)
    return (*cases, *map(not_a_case, head.matters))


def _reading(raw: Raw, knowledge: Knowledge, *, golden: bool) -> CaseReading:
    _, case, reader = read_case(raw, knowledge)
    problems = list(reader.problems)
    if not golden:
        problems.extend(golden_keys(raw))
    name = raw.data.get("id") if isinstance(raw.data, dict) else None
    return CaseReading(
        id=str(name) if isinstance(name, str) else None,
        case=None if problems else case,
        problems=sort_problems(problems),
        location=raw.location,
    )


def load_cases(document: Document, knowledge: Knowledge) -> tuple[Case, ...]:
    """All cases of a case file.

    Raises:
        DocumentError: With every problem of every case.
    """
    readings = load_each_case(document, knowledge)
    problems = [problem for reading in readings for problem in reading.problems]
    if problems:
        raise DocumentError(problems)
    return tuple(reading.case for reading in readings if reading.case is not None)
