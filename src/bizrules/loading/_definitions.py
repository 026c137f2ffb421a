"""Definitions of all rulesets: which are in scope where, each read when first used."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from bizrules._structure import Raw
from bizrules.conditions import NEVER, Condition, Defined, walk
from bizrules.documents import DefinitionDocument, IntervalDocument
from bizrules.facts import Vocabulary
from bizrules.grammar import combine
from bizrules.loading._gathering import Gathering, citations, shown_interval
from bizrules.provenance import Location, Text
from bizrules.regions import NATIONAL, RegionTable
from bizrules.rules import Definition, Ruleset
from bizrules.values import Interval


@attrs.frozen(eq=False)
class Holder:
    """A ruleset as far as its definitions go.

    Attributes:
        ruleset: Its id.
        region: Its region.
        department: Its department; None for all.
        in_force: Days on which it is in force.
        published: Day from which it was known; None if not recorded.
        written: Places of definitions not read yet.
        read: Definitions read before.
    """

    ruleset: str
    region: str
    department: str | None
    in_force: Interval = Interval()
    published: date | None = None
    written: Mapping[str, Raw] = attrs.field(factory=dict)
    read: Mapping[str, Definition] = attrs.field(factory=dict)

    @classmethod
    def of(cls, ruleset: Ruleset) -> "Holder":
        """The definitions of a ruleset that is linked already."""
        return cls(
            ruleset.id,
            ruleset.region,
            ruleset.department,
            ruleset.in_force,
            ruleset.published or ruleset.instrument.issued,
            read=ruleset.definitions,
        )

    @property
    def names(self) -> frozenset[str]:
        """Names of all its definitions."""
        return frozenset(self.written) | frozenset(self.read)

    def place(self, name: str) -> Location:
        """Where a definition stands."""
        if name in self.written:
            return self.written[name].key_location
        return self.read[name].location or Location(self.ruleset)


@attrs.define(eq=False)
class DefinitionTable:
    """Finds a definition from where it is used, and reads each only once."""

    vocabulary: Vocabulary
    regions: RegionTable
    gathering: Gathering
    holders: dict[str, Holder] = attrs.field(factory=dict)
    _done: dict[tuple[str, str], Definition] = attrs.field(factory=dict, init=False)
    _scopes: "dict[str, DefinitionScope]" = attrs.field(factory=dict, init=False)
    _open: list[tuple[str, str]] = attrs.field(factory=list, init=False)

    def scope(self, ruleset: str) -> "DefinitionScope":
        """The definitions that the conditions of a ruleset may use.

        Its own come first, then those of other rulesets of its region, then of the regions above
        it, nearest first, and the national ones in the end. Of several rulesets of one region,
        those of the same department come first.
        """
        if ruleset not in self._scopes:
            own = self.holders[ruleset]
            self._scopes[ruleset] = self._scope([own, *self._visible(own)], own.in_force)
        return self._scopes[ruleset]

    def national_scope(self) -> "DefinitionScope":
        """The definitions that everything may use: those of the national rulesets."""
        return self._scope(self._visible(Holder("", NATIONAL, None)), Interval())

    def _scope(self, holders: Iterable[Holder], days: Interval) -> "DefinitionScope":
        found: dict[str, list[str]] = {}
        for holder in holders:
            for name in holder.names:
                held = found.setdefault(name, [])
                if holder.ruleset not in held:
                    held.append(holder.ruleset)
        return DefinitionScope(self, found, days)

    def days(self, ruleset: str, name: str) -> Interval:
        """Days on which a definition is in force, whether it was read yet or not."""
        holder = self.holders[ruleset]
        if name in holder.read:
            return holder.read[name].in_force
        raw = holder.written[name]
        if not isinstance(raw.data, dict) or "in_force" not in raw.data:
            return holder.in_force
        # A fault is reported where the definition itself is read.
        quiet = Gathering(self.gathering.plugin)
        given = quiet.structured(raw.at("in_force"), IntervalDocument)
        return quiet.interval(given, raw, holder.in_force)

    def _visible(self, own: Holder) -> Iterable[Holder]:
        """Holders at the place and above it, nearest first."""
        chain = self.regions.ancestors(own.region) if own.region in self.regions else (NATIONAL,)
        depth = {region: index for index, region in enumerate(chain)}
        visible = [
            holder
            for holder in self.holders.values()
            if holder.region in depth and holder.department in (None, own.department)
        ]
        return sorted(
            visible,
            key=lambda holder: (
                depth[holder.region],
                holder.department != own.department,
                -(holder.in_force.start or date.min).toordinal(),
                holder.ruleset,
            ),
        )

    def read_all(self, ruleset: str) -> dict[str, Definition]:
        """All definitions of a ruleset."""
        return {name: self.get(ruleset, name) for name in sorted(self.holders[ruleset].names)}

    def get(self, ruleset: str, name: str) -> Definition:
        """A definition of a ruleset, read now if it was not yet."""
        holder = self.holders[ruleset]
        if name in holder.read:
            return holder.read[name]
        key = (ruleset, name)
        if key in self._done:
            return self._done[key]
        raw = holder.written[name]
        empty = Definition(
            name=name,
            ruleset=ruleset,
            label=Text(zh=name, en=name),
            condition=NEVER,
            location=raw.key_location,
        )
        if key in self._open:
            self._refuse_cycle(key, raw)
            return empty
        self._open.append(key)
        self._done[key] = self._read(empty, raw)
        self._open.pop()
        return self._done[key]

    def _read(self, empty: Definition, raw: Raw) -> Definition:
        gathering, scope = self.gathering, self.scope(empty.ruleset)
        holder = self.holders[empty.ruleset]
        gathering.word(empty.name, raw.key_location)
        if empty.name in self.vocabulary:
            gathering.refuse("name-clash", raw.key_location, name=empty.name)
        given = gathering.structured(raw, DefinitionDocument)
        if given is None:
            return empty
        when = gathering.condition(given.when, self.vocabulary, scope)
        unless = gathering.exclusion(given.unless, self.vocabulary, scope)
        if when is None and unless is None:
            gathering.refuse("empty-condition", raw.key_location)
        return attrs.evolve(
            empty,
            label=given.label,
            condition=combine(None, when, None, unless),
            citations=citations(given.cite, raw),
            in_force=gathering.interval(given.in_force, raw, holder.in_force),
            published=holder.published,
        )

    def _refuse_cycle(self, key: tuple[str, str], raw: Raw) -> None:
        names = [name for _, name in self._open[self._open.index(key) :]]
        circle = " → ".join([*names, names[0]])
        self.gathering.refuse("definition-cycle", raw.key_location, found=key[1], circle=circle)


@attrs.frozen(eq=False)
class DefinitionScope(Mapping[str, Definition]):
    """Definitions in scope by name; each is read when first used.

    Attributes:
        table: All definitions.
        found: Rulesets that hold a definition of the name, nearest first.
        days: Days for which the definitions are wanted.
    """

    table: DefinitionTable
    found: Mapping[str, Sequence[str]]
    days: Interval = Interval()

    def __getitem__(self, name: str) -> Definition:
        """The nearest definition, with others for the days on which it is not in force.

        Raises:
            KeyError: If none of that name is in scope.
        """
        first, *farther = self.found[name]
        covered = [self.table.days(first, name)]
        others = []
        for ruleset in farther:
            if self.days.gap(covered) is None:
                break
            covered.append(self.table.days(ruleset, name))
            others.append(self.table.get(ruleset, name))
        return attrs.evolve(self.table.get(first, name), others=tuple(others))

    def __iter__(self) -> Iterator[str]:
        """Names in scope, in order."""
        return iter(sorted(self.found))

    def __len__(self) -> int:
        """How many are in scope."""
        return len(self.found)


def check_concepts(
    condition: Condition, days: Interval, place: Location, gathering: Gathering
) -> None:
    """Refuse a concept that is not defined on all the days on which a condition is in force.

    An entry that does not say since when it is in force is taken to begin with the concept.
    """
    for node in walk(condition):
        if not isinstance(node, Defined):
            continue
        versions = [one.in_force for one in (node, *node.others)]
        starts = [version.start for version in versions]
        begun = None if None in starts else min(start for start in starts if start)
        gap = Interval(days.start or begun, days.until).gap(versions)
        if gap is not None:
            start, end = shown_interval(gap)
            found = node.name.rpartition("#")[2]
            gathering.refuse("definition-not-in-force", place, found=found, start=start, end=end)
