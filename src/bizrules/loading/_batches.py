"""Batches of a published list: what each brought, amended and repealed."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import attrs

from bizrules._structure import Raw
from bizrules.documents import BatchDocument, RuleDocument, RulesetDocument
from bizrules.loading._gathering import Gathering, by_index, read_span
from bizrules.rules import Batch, Rule
from bizrules.values import DateSpan, Interval

_PLACE: Final = "batches"


def read_batches(given: RulesetDocument, raw: Raw, gathering: Gathering) -> tuple[Batch, ...]:
    """The batches of a ruleset in the order in which they are written."""
    found: dict[str, Batch] = {}
    for one, place in by_index(given.batches, raw, _PLACE):
        if one.id in found:
            at = place.at("id").location
            gathering.refuse("duplicate-id", at, id=one.id, first=str(raw.at(_PLACE).location))
        found[one.id] = _batch(one, place, given.id, gathering)
    return tuple(found.values())


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
    begun = {rule.id: _begin(rule, given, place, by_id, gathering) for rule, given, place in rules}
    ends = dict(_ends(begun, rules, gathering))
    for number, batch in enumerate(batches):
        for index, name in enumerate(batch.repeals):
            place = raw.at(_PLACE, number, "repeals", index).location
            if gathering.known("unknown-entry", name, begun, place):
                ends[name] = (batch.in_force or batch.published, batch.published)
    places = {rule.id: place for rule, _, place in rules}
    return tuple(
        _ended(rule, ends.get(rule.id), places[rule.id], gathering) for rule in begun.values()
    )


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


def _ends(
    rules: Mapping[str, Rule],
    written: list[tuple[Rule, RuleDocument, Raw]],
    gathering: Gathering,
) -> Iterator[tuple[str, tuple[date | None, date | None]]]:
    """Rules that another version replaces, each with when it ends and since when that is known."""
    replaced: dict[str, str] = {}
    for rule, _, raw in written:
        if rule.replaces is None:
            continue
        place = raw.at("replaces").location
        if not gathering.known("unknown-entry", rule.replaces, rules, place):
            continue
        if rule.replaces in replaced or rule.replaces == rule.id:
            gathering.refuse("replaced-twice", place, id=rule.replaces, other=rule.id)
            continue
        replaced[rule.replaces] = rule.id
        now = rules[rule.id]
        yield rule.replaces, (now.in_force.start, now.published)


def _ended(
    rule: Rule, end: tuple[date | None, date | None] | None, raw: Raw, gathering: Gathering
) -> Rule:
    until, known = end or (None, None)
    if until is None:
        return rule
    days = rule.in_force
    if days.until is not None and days.until <= until:
        return rule
    if days.start is not None and until <= days.start:
        low, high = days.start.isoformat(), until.isoformat()
        gathering.refuse("empty-interval", raw.location, low=low, high=high)
        return rule
    return attrs.evolve(rule, in_force=Interval(days.start, until, known))
