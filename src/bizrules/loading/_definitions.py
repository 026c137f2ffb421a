"""Definitions of all rulesets: which are in scope where, each read when first used."""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from bizrules._structure import Raw
from bizrules.conditions import NEVER
from bizrules.documents import DefinitionDocument
from bizrules.facts import Vocabulary
from bizrules.grammar import combine
from bizrules.loading._gathering import Gathering, citations
from bizrules.provenance import Text
from bizrules.regions import NATIONAL, RegionTable
from bizrules.rules import Definition, Ruleset


@attrs.frozen(eq=False)
class Holder:
    """A ruleset as far as its definitions go.

    Attributes:
        ruleset: Its id.
        region: Its region.
        department: Its department; None for all.
        written: Places of definitions not read yet.
        read: Definitions read before.
    """

    ruleset: str
    region: str
    department: str | None
    written: Mapping[str, Raw] = attrs.field(factory=dict)
    read: Mapping[str, Definition] = attrs.field(factory=dict)

    @classmethod
    def of(cls, ruleset: Ruleset) -> "Holder":
        """The definitions of a ruleset that is linked already."""
        read = ruleset.definitions
        return cls(ruleset.id, ruleset.region, ruleset.department, read=read)

    @property
    def names(self) -> frozenset[str]:
        """Names of all its definitions."""
        return frozenset(self.written) | frozenset(self.read)


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
            self._scopes[ruleset] = self._scope([own, *self._visible(own)])
        return self._scopes[ruleset]

    def national_scope(self) -> "DefinitionScope":
        """The definitions that everything may use: those of the national rulesets."""
        return self._scope(self._visible(Holder("", NATIONAL, None)))

    def _scope(self, holders: Iterable[Holder]) -> "DefinitionScope":
        found: dict[str, str] = {}
        for holder in holders:
            for name in holder.names:
                found.setdefault(name, holder.ruleset)
        return DefinitionScope(self, found)

    def _visible(self, own: Holder) -> Iterable[Holder]:
        """Holders at the place and above it, nearest first."""
        chain = self.regions.ancestors(own.region) if own.region in self.regions else (NATIONAL,)
        depth = {region: index for index, region in enumerate(chain)}
        visible = [holder for holder in self.holders.values() if holder.region in depth]
        return sorted(
            visible,
            key=lambda holder: (
                depth[holder.region],
                holder.department != own.department,
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
        )

    def _refuse_cycle(self, key: tuple[str, str], raw: Raw) -> None:
        names = [name for _, name in self._open[self._open.index(key) :]]
        circle = " → ".join([*names, names[0]])
        self.gathering.refuse("definition-cycle", raw.key_location, found=key[1], circle=circle)


@attrs.frozen(eq=False)
class DefinitionScope(Mapping[str, Definition]):
    """Definitions in scope by name; each is read when first used."""

    table: DefinitionTable
    found: Mapping[str, str]

    def __getitem__(self, name: str) -> Definition:
        """The definition.

        Raises:
            KeyError: If none of that name is in scope.
        """
        return self.table.get(self.found[name], name)

    def __iter__(self) -> Iterator[str]:
        """Names in scope, in order."""
        return iter(sorted(self.found))

    def __len__(self) -> int:
        """How many are in scope."""
        return len(self.found)
