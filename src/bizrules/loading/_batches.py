"""Batches of a published list: what each brought, amended and repealed."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import attrs

from bizrules._structure import Raw
from bizrules.documents import BatchDocument, RuleDocument, RulesetDocument
from bizrules.loading._gathering import Gathering, by_index, read_span
from bizrules.provenance import Location
from bizrules.rules import Batch, Rule
from bizrules.values import DateSpan, Interval

_PLACE: Final = "batches"


def read_batches(given: RulesetDocument, raw: Raw, gathering: Gathering) -> tuple[Batch, ...]:
    """The batches of a ruleset in the order in which they are written."""
    seen: set[str] = set()
    found = []
    for one, place in by_index(given.batches, raw, _PLACE):
        if one.id in seen:
            at = place.at("id").location
            gathering.refuse("duplicate-id", at, id=one.id, first=str(raw.at(_PLACE).location))
        seen.add(one.id)
        found.append(_batch(one, place, given.id, gathering))
    return tuple(found)


def _batch(given: BatchDocument, raw: Raw, ruleset: str, gathering: Gathering) -> Batch:
    published: date | None = None
    if given.published is not None:
        span = read_span(given.published)
        if isinstance(span, DateSpan):
            published = span.earliest
        else:
            gathering.refuse(span, raw.at("published").location, found=given.published)
    return Batch(
        id=given.id,
        published=published,
        in_force=given.in_force,
        repeals=tuple(f"{ruleset}/{name}" for name in given.repeals),
        counts=given.counts,
        total=given.total,
        note=given.note,
    )


def apply_batches(
    rules: list[tuple[Rule, RuleDocument, Raw]],
    batches: tuple[Batch, ...],
    raw: Raw,
    gathering: Gathering,
) -> tuple[Rule, ...]:
    """The rules with the days that follow from their batches, amendments and repeals.

    A rule of a batch begins with it. A rule that another replaces, or a batch repeals, ends when
    that begins, and its end was known from when that was published.
    """
    by_id = {batch.id: batch for batch in batches}
    broken = _ids(raw) - {_local(rule.id) for rule, _, _ in rules}
    begun = {rule.id: _begin(rule, given, place, by_id, gathering) for rule, given, place in rules}
    ends: dict[str, _End] = {}
    for end in (
        *_replaced(begun, rules, broken, gathering),
        *_repealed(begun, batches, broken, raw, gathering),
    ):
        first = ends.setdefault(end.rule, end)
        if first is not end:
            gathering.refuse("ended-twice", end.place, id=_local(end.rule))
            ends[end.rule] = min(first, end, key=lambda one: one.day)
    return tuple(_ended(rule, ends.get(rule.id), gathering) for rule in begun.values())


@attrs.frozen
class _End:
    """When a rule ends, since when that is known, and where it is written.

    Attributes:
        by: Id of the batch that repeals it, or of the entry that replaces it.
        code: Code of the problem if the rule would end before it begins.
    """

    rule: str
    day: date
    known: date | None
    place: Location
    by: str
    code: str


def _local(name: str) -> str:
    """The id of an entry as its own document writes it."""
    return name.partition("/")[2]


def _ids(raw: Raw) -> frozenset[str]:
    """Ids of the entries as they are written, those with problems among them."""
    written = raw.data.get("rules") if isinstance(raw.data, Mapping) else None
    entries = written if isinstance(written, list) else []
    found = (entry.get("id") for entry in entries if isinstance(entry, Mapping))
    return frozenset(str(name) for name in found if isinstance(name, str))


def _known(
    name: str,
    rules: Mapping[str, Rule],
    broken: frozenset[str],
    place: Location,
    gathering: Gathering,
) -> bool:
    """Whether there is such a rule; an entry that could not be read is not blamed again."""
    if _local(name) in broken:
        return False
    return gathering.known("unknown-entry", _local(name), [*map(_local, rules)], place)


def _begin(
    rule: Rule,
    given: RuleDocument,
    raw: Raw,
    batches: Mapping[str, Batch],
    gathering: Gathering,
) -> Rule:
    if rule.batch is None:
        return rule
    if not gathering.known("unknown-batch", rule.batch, batches, raw.at("batch").location):
        return rule
    batch = batches[rule.batch]
    start = batch.in_force or batch.published
    written = given.in_force is not None and given.in_force.from_ is not None
    in_force = (
        rule.in_force if written or start is None else attrs.evolve(rule.in_force, start=start)
    )
    return attrs.evolve(rule, in_force=in_force, published=batch.published or rule.published)


def _replaced(
    rules: Mapping[str, Rule],
    written: list[tuple[Rule, RuleDocument, Raw]],
    broken: frozenset[str],
    gathering: Gathering,
) -> Iterator[_End]:
    """The ends of rules that another version replaces."""
    replaced: set[str] = set()
    for rule, _, raw in written:
        if rule.replaces is None:
            continue
        place, now = raw.at("replaces").location, rules[rule.id]
        if not _known(rule.replaces, rules, broken, place, gathering):
            continue
        if rule.replaces in replaced or rule.replaces == rule.id:
            gathering.refuse("replaced-twice", place, id=rule.replaces, other=rule.id)
            continue
        replaced.add(rule.replaces)
        if now.in_force.start is None:
            ids = {"id": _local(rule.id), "other": _local(rule.replaces)}
            gathering.refuse("replacement-undated", place, **ids)
            continue
        start, by = now.in_force.start, _local(rule.id)
        yield _End(rule.replaces, start, now.published, place, by, "replaced-before-begun")


def _repealed(
    rules: Mapping[str, Rule],
    batches: tuple[Batch, ...],
    broken: frozenset[str],
    raw: Raw,
    gathering: Gathering,
) -> Iterator[_End]:
    """The ends of rules that a batch repeals."""
    for number, batch in enumerate(batches):
        day = batch.in_force or batch.published
        if batch.repeals and day is None:
            place = raw.at(_PLACE, number, "repeals").key_location
            gathering.refuse("repeal-undated", place, id=batch.id)
        for index, name in enumerate(batch.repeals):
            place = raw.at(_PLACE, number, "repeals", index).location
            if _known(name, rules, broken, place, gathering) and day is not None:
                yield _End(name, day, batch.published, place, batch.id, "repealed-before-begun")


def _ended(rule: Rule, end: _End | None, gathering: Gathering) -> Rule:
    if end is None:
        return rule
    days = rule.in_force
    if days.until is not None and days.until <= end.day:
        return rule
    if days.start is not None and end.day <= days.start:
        found = {"id": _local(rule.id), "by": end.by}
        found |= {"start": days.start.isoformat(), "end": end.day.isoformat()}
        gathering.refuse(end.code, end.place, **found)
        return rule
    return attrs.evolve(rule, in_force=Interval(days.start, end.day, end.known))
