"""A rule as an officer reads an entry of a list."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import attrs

from bizrules.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    PerKind,
    facts_read,
)
from bizrules.explanation._findings import say_effect
from bizrules.explanation._page import (
    Item,
    Items,
    Page,
    Pair,
    Pairs,
    Paragraph,
    Section,
    Speaker,
)
from bizrules.explanation._provision import provision_items
from bizrules.facts import Vocabulary
from bizrules.fines import range_text
from bizrules.history import Counting, FirstViolation
from bizrules.history_wording import counted_text
from bizrules.outcomes import FineRange
from bizrules.penalties import Band, FineEffect, PenaltyKind
from bizrules.provenance import Status
from bizrules.regions import RegionTable
from bizrules.rules import Batch, Rule, RuleEffect, Ruleset, Violation
from bizrules.values import Interval
from bizrules.wording import (
    join,
    numbered_parts,
    say_citation,
    say_citations,
    say_condition,
    say_date,
    say_share,
    say_yuan,
)


@attrs.frozen(kw_only=True)
class RuleContext:
    """What a rule refers to.

    Attributes:
        vocabulary: Declarations of the facts it reads.
        ruleset: Its ruleset, for the printed name of its list; None if not at hand.
        violations: The catalogue, for the names of the violations it is for.
        regions: The regions, for the name of its own; None if not at hand.
        first_violation: What counts as first for it; None if not at hand.
        examples: Golden cases that show it: the name of each, and whether it holds there.
    """

    vocabulary: Vocabulary
    ruleset: Ruleset | None = None
    violations: Mapping[str, Violation] = attrs.field(factory=dict)
    regions: RegionTable | None = None
    first_violation: FirstViolation | None = None
    examples: tuple[tuple[str, bool], ...] = ()


# More provisions than these would hide the entry.
_MOST_PROVISIONS = 3
_MOST_VIOLATIONS = 10
_MOST_EXAMPLES = 10
_FIRST = frozenset({"first_violation", "prior_count"})


def rule_page(rule: Rule, context: RuleContext, lang: str) -> Page:
    """The page of a rule."""
    speaker = Speaker(lang)
    title = speaker.noted(speaker.text(rule.title), [rule.id])
    return Page(lang, title, tuple(_sections(rule, context, speaker)))


def _sections(rule: Rule, context: RuleContext, speaker: Speaker) -> Iterator[Section]:
    parts = list(numbered_parts(rule.condition))
    wanted = [part for part in parts if not isinstance(part, Not)]
    excluded = [part.part for part in parts if isinstance(part, Not)]
    excluded = [one for part in excluded for one in _alternatives(part)]
    yield from speaker.section("entry", [Pairs(tuple(_entry(rule, context, speaker)))])
    conditions = _conditions(wanted, context, speaker)
    always = Paragraph(speaker.sentence(speaker.say("condition.always")))
    yield from speaker.section("conditions", [conditions or always])
    yield from speaker.section("exclusions", [_conditions(excluded, context, speaker)])
    yield from speaker.section("first", [_listed(_countings(rule, context, speaker))])
    yield from speaker.section("effect", [_listed(_effects(rule, speaker))])
    yield from speaker.section("penalty", [_penalties(rule, context, speaker)])
    unexpressed = (
        speaker.say("rule.unexpressed", text=one.text, reason=one.reason)
        for one in rule.unexpressed
    )
    yield from speaker.section("unexpressed", [_listed(unexpressed)])
    cited = (say_citation(citation, speaker.lang) for citation in rule.citations)
    yield from speaker.section("citations", [_listed(cited)])
    note = Paragraph(speaker.text(rule.note)) if rule.note is not None else None
    yield from speaker.section("note", [note])
    yield from speaker.section("examples", [_listed(_examples(context, speaker))])


def _countings(rule: Rule, context: RuleContext, speaker: Speaker) -> Iterator[str]:
    """Which earlier violations count, where the conditions ask for that."""
    read = facts_read(rule.condition)
    first = context.first_violation
    violation = min(rule.violations or ("",))

    def said(label: str, counting: Counting) -> str:
        text = speaker.text(counted_text(counting, violation))
        cited = say_citations(counting.citations, speaker.lang)
        return speaker.say("format.counted", label=label, said=speaker.noted(text, [cited]))

    if first is not None and not _FIRST.isdisjoint(read):
        yield said(speaker.text(context.vocabulary[min(_FIRST & read)].label), first)
    for name in sorted(read):
        fact = context.vocabulary[name]
        if fact.counts is not None:
            yield said(speaker.text(fact.label), fact.counts)


def _penalties(rule: Rule, context: RuleContext, speaker: Speaker) -> Items | None:
    """What the law threatens for what the entry is about."""
    known = [context.violations.get(code) for code in sorted(rule.violations or ())]
    found = [one for one in known if one is not None]
    items = []
    for violation in found[:_MOST_VIOLATIONS]:
        provisions = provision_items(violation, context.vocabulary, speaker.lang)
        if len(found) > _MOST_PROVISIONS:
            provisions = tuple(Item(one.text) for one in provisions)
        items.append(Item(speaker.text(violation.title), None, provisions))
    if len(found) == 1:
        items = list(items[0].children)
    if len(found) > _MOST_VIOLATIONS:
        items.append(Item(speaker.say("format.more", count=len(found) - _MOST_VIOLATIONS)))
    return Items(tuple(items)) if items else None


def _examples(context: RuleContext, speaker: Speaker) -> Iterator[str]:
    for name, holds in context.examples[:_MOST_EXAMPLES]:
        yield speaker.say(f"format.example.{'holds' if holds else 'fails'}", name=name)
    further = len(context.examples) - _MOST_EXAMPLES
    if further > 0:
        yield speaker.say("format.more", count=further)


def _alternatives(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, AnyOf) else (condition,)


def _listed(texts: Iterable[str]) -> Items | None:
    items = tuple(Item(text) for text in texts)
    return Items(items) if items else None


def _entry(rule: Rule, context: RuleContext, speaker: Speaker) -> Iterator[Pair]:
    for key, value in _entry_values(rule, context, speaker):
        if value:
            yield Pair(speaker.say(f"rule.{key}"), value)


def _entry_values(
    rule: Rule, context: RuleContext, speaker: Speaker
) -> Iterator[tuple[str, str | None]]:
    ruleset = context.ruleset
    kind = ruleset.lists.get(rule.list or "") if ruleset is not None else None
    yield "entry", rule.entry
    yield "list", speaker.text(kind.name) if kind is not None else rule.list
    yield "matters", _matters(rule, context, speaker)
    measures = sorted(measure.value for measure in rule.measures or ())
    yield "measures", join((speaker.name("measure", code) for code in measures), speaker.lang)
    departments = sorted(rule.departments or ())
    yield "departments", join((speaker.name("department", d) for d in departments), speaker.lang)
    yield "region", _region(rule, context, speaker)
    yield "level", speaker.say(f"level.{rule.level.name.lower()}")
    if ruleset is not None and ruleset.is_draft:
        yield from _draft(rule, ruleset, speaker)
    else:
        issued = None if ruleset is None else ruleset.instrument.issued
        yield "issued", None if issued is None else say_date(issued, speaker.lang)
        yield "in-force", _in_force(rule.in_force, speaker)
        yield from _versions(rule, ruleset, speaker)
        yield "status", speaker.say(f"status.{rule.status.value}")
    checked = None if ruleset is None else ruleset.checked_on
    yield "checked", None if checked is None else say_date(checked, speaker.lang)
    yield "ruleset", speaker.text(ruleset.title) if ruleset is not None else rule.ruleset


def _draft(rule: Rule, ruleset: Ruleset, speaker: Speaker) -> Iterator[tuple[str, str | None]]:
    """When a draft was put out, and that it decides no case; it is in force on no day."""
    day = ruleset.put_out
    yield "put-out", None if day is None else say_date(day, speaker.lang)
    yield from _versions(rule, ruleset, speaker)
    if rule.status is not Status.CONFIRMED:
        yield "status", speaker.say(f"status.{rule.status.value}")
    yield "draft", speaker.say("rule.draft-value")


def _region(rule: Rule, context: RuleContext, speaker: Speaker) -> str:
    named, regions = speaker.name("region", rule.region), context.regions
    if named != rule.region or regions is None or rule.region not in regions:
        return named
    name = regions.name(rule.region)
    return speaker.say("case.region-value", name=name, code=rule.region)


def _versions(
    rule: Rule, ruleset: Ruleset | None, speaker: Speaker
) -> Iterator[tuple[str, str | None]]:
    """The batch with which it came, what stood before and after it, and what ended it."""
    batches = () if ruleset is None else ruleset.batches
    came = next((one for one in batches if one.id == rule.batch), None)
    yield "batch", rule.batch if came is None else _batch(came, speaker)
    yield "replaces", rule.replaces
    later = None if ruleset is None else ruleset.successor(rule)
    yield "replaced-by", None if later is None else later.id
    ended = None if ruleset is None else ruleset.repealing(rule)
    yield "repealed-by", None if ended is None else _batch(ended, speaker)
    yield "refines", rule.refines


def _batch(batch: Batch, speaker: Speaker) -> str:
    if batch.published is None:
        return batch.id
    day = say_date(batch.published, speaker.lang)
    return speaker.noted(batch.id, [speaker.say("rule.published", day=day)])


def _matters(rule: Rule, context: RuleContext, speaker: Speaker) -> str:
    if rule.violations is None:
        return speaker.say("rule.matters-all")
    named = []
    for code in sorted(rule.violations):
        known = context.violations.get(code)
        named.append(speaker.text(known.title) if known is not None else code)
    return join(named, speaker.lang)


def _in_force(days: Interval, speaker: Speaker) -> str:
    said = []
    if days.start is not None:
        said.append(speaker.say("rule.from", day=say_date(days.start, speaker.lang)))
    if days.until is not None:
        said.append(speaker.say("rule.until", day=say_date(days.until, speaker.lang)))
    return speaker.say("list.mark").join(said)


def _conditions(
    conditions: Iterable[Condition], context: RuleContext, speaker: Speaker
) -> Items | None:
    items = tuple(_condition(condition, context, speaker) for condition in conditions)
    return Items(items, numbered=True) if items else None


def _condition(condition: Condition, context: RuleContext, speaker: Speaker) -> Item:
    """A condition as a point; what it is made of stands under it where one line would be hard."""
    if isinstance(condition, Defined):
        cited = say_citations(condition.citations, speaker.lang)
        inner = numbered_parts(condition.condition)
        return _group(
            speaker.noted(speaker.text(condition.label), [cited]), inner, context, speaker
        )
    if isinstance(condition, (AllOf, AnyOf)) and len(condition.parts) > 1:
        head = speaker.say("trace.all" if isinstance(condition, AllOf) else "trace.any")
        return _group(head, condition.parts, context, speaker)
    if isinstance(condition, AtLeast):
        head = speaker.say("rule.at-least", count=condition.count)
        return _group(head, condition.parts, context, speaker)
    if isinstance(condition, PerKind):
        branches = (
            PerKind(condition.fact, (branch,), condition.location) for branch in condition.branches
        )
        lines = (say_condition(one, context.vocabulary, speaker.lang) for one in branches)
        return Item(speaker.say("trace.per_kind"), None, tuple(Item(line) for line in lines))
    return Item(say_condition(condition, context.vocabulary, speaker.lang))


def _group(head: str, parts: Iterable[Condition], context: RuleContext, speaker: Speaker) -> Item:
    return Item(head, None, tuple(_condition(part, context, speaker) for part in parts))


def _effects(rule: Rule, speaker: Speaker) -> Iterator[str]:
    yield say_effect(rule.axis, rule.modality, rule.permits, speaker)
    yield from say_orders(rule.effect, speaker)


def say_orders(effect: RuleEffect, speaker: Speaker) -> Iterator[str]:
    """What a rule orders beyond the grade."""
    for key, kinds in (("waives", effect.waives), ("keeps", effect.keeps)):
        if kinds:
            yield speaker.say(f"rule.{key}", kinds=_kinds(kinds, speaker))
    if effect.instead is not None:
        yield speaker.say("rule.instead", kind=speaker.name("kind", effect.instead.value))
    if effect.fine is not None:
        yield from _fine_effects(effect.fine, speaker)


def _kinds(kinds: Iterable[PenaltyKind], speaker: Speaker) -> str:
    ordered = (kind for kind in PenaltyKind if kind in frozenset(kinds))
    return join((speaker.name("kind", kind.value) for kind in ordered), speaker.lang)


def _band(band: Band, speaker: Speaker) -> str:
    known: Mapping[tuple[Fraction, Fraction], str] = {
        (Fraction(0), Fraction(1)): "whole",
        (Fraction(0), Fraction(0)): "low",
        (Fraction(1), Fraction(1)): "high",
    }
    key = known.get((band.low, band.high))
    if key is not None:
        return speaker.say(f"rule.fine.band-{key}")
    low, high = say_share(band.low, speaker.lang), say_share(band.high, speaker.lang)
    if low == high:
        return speaker.say("rule.fine.band-at", share=low)
    return speaker.say("rule.fine.band", low=low, high=high)


def _fine_effects(fine: FineEffect, speaker: Speaker) -> Iterator[str]:
    lang = speaker.lang
    if fine.amount is not None:
        yield speaker.say("rule.fine.amount", amount=say_yuan(fine.amount, lang))
    if fine.low is not None or fine.high is not None:
        # A missing lower end is nothing, and nothing is no fine.
        found = FineRange(
            low=Fraction(fine.low or 0),
            high=None if fine.high is None else Fraction(fine.high),
            low_closed=bool(fine.low),
        )
        yield speaker.say("rule.fine.range", range=range_text(found, Vocabulary({})))
    if fine.band is not None:
        yield _band(fine.band, speaker)
    if fine.floor is not None:
        yield speaker.say("rule.fine.floor", share=say_share(fine.floor, lang))
