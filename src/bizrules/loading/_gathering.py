"""Gathering problems, names and small parts while documents become the model."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal, TypeVar

import attrs

from bizrules._structure import Raw, structure
from bizrules.cases import to_span
from bizrules.conditions import Condition
from bizrules.documents import CitationDocument, IntervalDocument
from bizrules.errors import DocumentError, Problem
from bizrules.facts import Vocabulary
from bizrules.grammar import RESERVED, Scope, parse_condition, parse_exclusion
from bizrules.loading._knowledge import Knowledge, Origin
from bizrules.nearness import near_names
from bizrules.provenance import Citation, Location
from bizrules.values import DateSpan, Interval, Money

T = TypeVar("T")

_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*")
_ENTRY_ID: Final = re.compile(r"[^\s/#`,]+")


@attrs.define(eq=False)
class Gathering:
    """Problems found so far, and every id declared so far with its place.

    Attributes:
        plugin: The package whose documents are read.
        problems: What was found.
        origins: Where each id was declared, by what it names and the id.
    """

    plugin: str
    problems: list[Problem] = attrs.field(factory=list)
    origins: dict[str, Origin] = attrs.field(factory=dict)

    def refuse(self, code: str, location: Location, **details: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(code, location, details))

    def structured(self, raw: Raw, cls: type[T]) -> T | None:
        """What stands at the place; None, and problems, if its shape is wrong."""
        try:
            return structure(raw.document, cls, raw.path)
        except DocumentError as error:
            self.problems.extend(error.problems)
            return None

    def entries(self, given: Iterable[Raw], cls: type[T]) -> Iterator[tuple[T, Raw]]:
        """The entries that have the right shape, with their places; problems of the others."""
        for raw in given:
            read = self.structured(raw, cls)
            if read is not None:
                yield read, raw

    def declare(self, what: str, name: str, location: Location) -> bool:
        """Note an id; False, and a problem, if it was declared before."""
        key = f"{what} {name}"
        first = self.origins.get(key)
        if first is None:
            self.origins[key] = Origin(location=location, plugin=self.plugin)
            return True
        details = {"id": name, "first": str(first.location), "owner": first.plugin}
        self.refuse("duplicate-id", location, **details)
        return False

    def identifier(self, name: str, location: Location) -> None:
        """Check the form of an id."""
        if not _IDENTIFIER.fullmatch(name):
            self.refuse("bad-identifier", location, found=name)

    def word(self, name: str, location: Location) -> None:
        """Check the form of a name that conditions use."""
        self.identifier(name, location)
        if name in RESERVED:
            self.refuse("reserved-name", location, found=name)

    def entry_id(self, name: str, location: Location) -> None:
        """Check the form of the id of an entry, which may be in any script."""
        if not _ENTRY_ID.fullmatch(name):
            self.refuse("bad-entry-id", location, found=name)

    def known(self, code: str, name: str, names: Iterable[str], location: Location) -> bool:
        """Whether the name is one of the names; a problem if not."""
        if name in names:
            return True
        self.refuse(code, location, found=name, near_names=near_names(name, names))
        return False

    def exclusive(self, raw: Raw, keys: Iterable[str], *, needed: bool = True) -> str | None:
        """The one of the keys that the mapping has; a problem if it has several, or none."""
        found = [key for key in keys if _data(raw, key) is not None]
        if len(found) > 1:
            place = raw.at(found[1]).key_location
            self.refuse("keys-exclude", place, key=found[1], other=found[0])
        elif not found and needed:
            self.refuse("missing-one-of", raw.location, choices=",".join(keys))
        return found[0] if len(found) == 1 else None

    def condition(self, raw: Raw | None, vocabulary: Vocabulary, scope: Scope) -> Condition | None:
        """The condition under a `when`; None if there is none."""
        return self._parsed(parse_condition, raw, vocabulary, scope)

    def exclusion(self, raw: Raw | None, vocabulary: Vocabulary, scope: Scope) -> Condition | None:
        """The condition under an `unless`; None if there is none."""
        return self._parsed(parse_exclusion, raw, vocabulary, scope)

    def _parsed(
        self,
        parse: Callable[[Raw, Vocabulary, Scope], tuple[Condition, list[Problem]]],
        raw: Raw | None,
        vocabulary: Vocabulary,
        scope: Scope,
    ) -> Condition | None:
        if raw is None:
            return None
        found, problems = parse(raw, vocabulary, scope)
        self.problems.extend(problems)
        return found

    def interval(
        self, given: IntervalDocument | None, raw: Raw, default: Interval | None = None
    ) -> Interval:
        """The days in force; an end that is not written is that of the default."""
        default = default or Interval()
        if given is None:
            return default
        start = default.start if given.from_ is None else given.from_
        until = default.until if given.until is None else given.until
        if start is not None and until is not None and until <= start:
            place = raw.at("in_force").location
            self.refuse("empty-interval", place, low=start.isoformat(), high=until.isoformat())
        known = default.end_known if given.until is None else given.end_published
        return Interval(start, until, known)

    def fen(self, amount: Decimal | None, raw: Raw, key: str) -> int | None:
        """The amount under the key in fen."""
        if amount is None:
            return None
        try:
            fen = Money.from_yuan(amount).fen
        except ValueError:
            self.refuse("not-money", raw.at(key).location, found=str(amount))
            return None
        if fen < 0:
            self.refuse("negative-money", raw.at(key).location, found=str(amount))
        return fen

    def ratio(self, number: Decimal | None, raw: Raw, key: str) -> Fraction | None:
        """The number under the key, exactly and not below zero."""
        if number is None:
            return None
        if number < 0:
            self.refuse("negative-count", raw.at(key).location, fact=key, found=str(number))
        return Fraction(number)

    def positive(self, number: int, raw: Raw, key: str) -> int:
        """The number under the key, at least one."""
        if number < 1:
            self.refuse("not-positive", raw.at(key).location, key=key, found=str(number))
        return number


@attrs.frozen(eq=False)
class Ids(Collection[str]):
    """Ids of all rules or all duties.

    Whether an id is one of them is mostly known without a look at any rule.

    Attributes:
        knowledge: What has them.
        what: `rule` or `duty`.
    """

    knowledge: Knowledge
    what: Literal["rule", "duty"]

    def __contains__(self, name: object) -> bool:
        """Whether something has the id."""
        return f"{self.what} {name}" in self.knowledge.origins or name in self._all

    def __iter__(self) -> Iterator[str]:
        """All ids."""
        return iter(self._all)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._all)

    @cached_property
    def _all(self) -> frozenset[str]:
        rulesets = self.knowledge.rulesets
        if self.what == "duty":
            return frozenset(duty.id for ruleset in rulesets for duty in ruleset.duties)
        return frozenset(rule.id for ruleset in rulesets for rule in ruleset.rules)


def _data(raw: Raw, key: str) -> object:
    return raw.data.get(key) if isinstance(raw.data, dict) else None


def citation(given: CitationDocument, location: Location) -> Citation:
    """The citation, with its place."""
    return Citation(
        law=given.law,
        article=given.article,
        paragraph=given.paragraph,
        item=given.item,
        sentence=given.sentence,
        entry=given.entry,
        number=given.number,
        version=given.version,
        unverified=given.unverified,
        location=location,
    )


def citations(
    given: tuple[CitationDocument, ...], raw: Raw, key: str = "cite"
) -> tuple[Citation, ...]:
    """The citations under the key, with their places."""
    path = (*raw.path, key)
    return tuple(
        citation(one, raw.document.locate((*path, index))) for index, one in enumerate(given)
    )


def digest(data: object) -> str:
    """SHA-256 of plain data: neither comments nor the order of keys count."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def shown_interval(interval: Interval) -> tuple[str, str]:
    """Both ends as texts."""

    def shown(day: date | None) -> str:
        return "…" if day is None else day.isoformat()

    return shown(interval.start), shown(interval.until)


def by_key(given: Mapping[str, T], raw: Raw, key: str) -> Iterator[tuple[str, T, Raw]]:
    """The entries of the mapping under the key: name, what is written, and its place."""
    for name, value in given.items():
        yield name, value, raw.at(key, name)


def by_index(given: tuple[T, ...], raw: Raw, key: str) -> Iterator[tuple[T, Raw]]:
    """The items of the list under the key: what is written, and its place."""
    for index, value in enumerate(given):
        yield value, raw.at(key, index)


def read_span(text: str) -> DateSpan | str:
    """The days meant by a day, month or year; or the code of the problem with it."""
    try:
        return to_span(text) or DateSpan()
    except ValueError as error:
        return "not-a-date" if "not a date" in str(error) else "no-such-date"
