"""Rulesets: what stands at their head, and with it their rules and duties."""

from collections.abc import Collection, Mapping

import attrs

from bizrules._structure import Raw
from bizrules.documents import (
    BandTableDocument,
    DutyDocument,
    InstrumentDocument,
    RuleDocument,
    RulesetDocument,
)
from bizrules.facts import Fact, Vocabulary
from bizrules.history import FirstViolation
from bizrules.loading._batches import apply_batches, read_batches
from bizrules.loading._definitions import DefinitionTable, check_concepts
from bizrules.loading._gathering import Gathering, by_index, by_key, citations
from bizrules.loading._histories import read_first_violation
from bizrules.loading._rules import RuleReader, read_band
from bizrules.nearness import near_names
from bizrules.penalties import GRADES, Band, BandTable, Grade, Shape
from bizrules.provenance import Instrument
from bizrules.regions import NATIONAL, RegionTable
from bizrules.rules import ListKind, Ruleset


def region_code(written: str) -> str:
    """The code of a region as a ruleset writes it: `national` or a code."""
    return NATIONAL if written == "national" else written


def check_region(code: str, raw: Raw, regions: RegionTable, gathering: Gathering) -> None:
    """Note a problem if the region is not known, with those that were perhaps meant."""
    if code not in regions:
        near = ",".join(f"{region.code} {region.zh}" for region in regions.near(code))
        gathering.refuse("unknown-region", raw.location, found=code, near_names=near)


@attrs.frozen(eq=False, kw_only=True)
class RulesetReader:
    """Reads rulesets once all vocabularies and violations are known.

    Attributes:
        vocabulary: Declared facts.
        violations: Ids of known violations.
        regions: Known regions.
        definitions: Definitions of all rulesets.
        gathering: Receives the problems.
        digests: The digest of each document.
        judgements: Receives the facts that stand for what could not be expressed.
    """

    vocabulary: Vocabulary
    violations: Collection[str]
    regions: RegionTable
    definitions: DefinitionTable
    gathering: Gathering
    digests: Mapping[str, str]
    judgements: dict[str, Fact] = attrs.field(factory=dict)

    def ruleset(self, given: RulesetDocument, raw: Raw) -> Ruleset:
        """The ruleset with its rules and duties."""
        head = self._head(given, raw)
        scope = self.definitions.scope(given.id)
        when = unless = None
        if given.preamble is not None:
            when = self.gathering.condition(given.preamble.when, self.vocabulary, scope)
            unless = self.gathering.exclusion(given.preamble.unless, self.vocabulary, scope)
        reader = RuleReader(
            ruleset=head,
            vocabulary=self.vocabulary,
            scope=scope,
            violations=self.violations,
            preamble_when=when,
            preamble_unless=unless,
            gathering=self.gathering,
            judgements=self.judgements,
        )
        written = [
            (reader.rule(rule, place), rule, place)
            for rule, place in self.gathering.entries(given.rules, RuleDocument)
        ]
        rules = apply_batches(written, head.batches, raw, self.gathering)
        entries = self.gathering.entries(given.duties, DutyDocument)
        duties = tuple(reader.duty(duty, place) for duty, place in entries)
        for rule in rules:
            place = rule.location or raw.location
            check_concepts(rule.condition, rule.in_force, place, self.gathering)
        for duty in duties:
            place = duty.location or raw.location
            check_concepts(duty.when, duty.in_force, place, self.gathering)
        return attrs.evolve(head, rules=rules, duties=duties)

    def _head(self, given: RulesetDocument, raw: Raw) -> Ruleset:
        gathering = self.gathering
        region = region_code(given.region)
        check_region(region, raw.at("region"), self.regions, gathering)
        return Ruleset(
            id=given.id,
            version=given.version,
            title=given.title,
            region=region,
            department=given.department,
            instrument=_instrument(given.instrument),
            in_force=gathering.interval(given.in_force, raw),
            published=given.published,
            reach=given.reach_back,
            checked_on=given.checked_on,
            status=given.status,
            supplements=given.supplements,
            lists=self._lists(given, raw),
            definitions=self.definitions.read_all(given.id),
            first_violation=self._first_violation(given, raw),
            bands=self._bands(given, raw),
            combination=given.combination,
            batches=read_batches(given, raw, gathering),
            digest=self.digests[given.id],
            plugin=gathering.plugin,
            location=raw.location,
        )

    def _lists(self, given: RulesetDocument, raw: Raw) -> Mapping[str, ListKind]:
        lists = {}
        for name, one, place in by_key(given.lists, raw, "lists"):
            self.gathering.entry_id(name, place.key_location)
            lists[name] = ListKind(id=name, name=one.name, effect=one.effect)
        return lists

    def _first_violation(self, given: RulesetDocument, raw: Raw) -> FirstViolation | None:
        written = given.first_violation
        if written is None:
            return None
        place = raw.at("first_violation")
        return read_first_violation(written, place, given.id, self.violations, self.gathering)

    def _bands(self, given: RulesetDocument, raw: Raw) -> tuple[BandTable, ...]:
        for one, place in by_index(given.bands, raw, "bands"):
            self.gathering.declare("bands", f"{given.id}/{one.id}", place.at("id").location)
        return tuple(self._band_table(one, at) for one, at in by_index(given.bands, raw, "bands"))

    def _band_table(self, given: BandTableDocument, raw: Raw) -> BandTable:
        bands: dict[Grade, Band] = {}
        for name, text, place in by_key(given.grades, raw, "grades"):
            band = read_band(text, place, self.gathering)
            if name not in GRADES:
                self._refuse_grade(name, place)
            elif band is not None:
                bands[GRADES[name]] = band
        return BandTable(
            id=given.id,
            shapes=frozenset(Shape if given.shapes is None else given.shapes),
            bands=bands,
            citations=citations(given.cite, raw),
        )

    def _refuse_grade(self, name: str, raw: Raw) -> None:
        self.gathering.refuse(
            "not-in-choices",
            raw.key_location,
            found=name,
            what="`grades`",
            near_names=near_names(name, GRADES),
            choices=",".join(GRADES),
        )


def _instrument(given: InstrumentDocument) -> Instrument:
    return Instrument(
        name=given.name,
        number=given.number,
        issued=given.issued,
        level=given.level,
        kind=given.kind,
    )
