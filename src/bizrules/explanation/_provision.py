"""The penalty provisions of a violation as people read them: tiers, amounts, other penalties."""

from collections.abc import Iterator

from bizrules.conditions import ALWAYS, Condition
from bizrules.explanation._page import Item, Speaker
from bizrules.facts import Vocabulary
from bizrules.fines import range_text
from bizrules.outcomes import FineRange
from bizrules.penalties import OtherKind, Provision, Tier
from bizrules.rules import Violation
from bizrules.wording import say_citation, say_condition, say_date


def provision_items(violation: Violation, vocabulary: Vocabulary, lang: str) -> tuple[Item, ...]:
    """Each provision of a violation, as it reads without a known end.

    Args:
        violation: The violation.
        vocabulary: Declarations of the facts its provisions read.
        lang: `zh` or `en`.
    """
    speaker = Speaker(lang)
    current = [one for one in violation.provisions if one.in_force.until is None]
    shown = current or violation.provisions
    if not shown and violation.no_provision is not None:
        return (Item(speaker.text(violation.no_provision)),)
    return tuple(_provision(one, vocabulary, speaker) for one in shown)


def _provision(provision: Provision, vocabulary: Vocabulary, speaker: Speaker) -> Item:
    head = say_citation(provision.citation, speaker.lang)
    start = provision.in_force.start
    if start is not None:
        day = say_date(start, speaker.lang)
        head = speaker.noted(head, [speaker.say("rule.from", day=day)])
    lines = tuple(Item(line) for line in _lines(provision, vocabulary, speaker))
    return Item(head, None, lines)


def _lines(provision: Provision, vocabulary: Vocabulary, speaker: Speaker) -> Iterator[str]:
    if provision.only_after != ALWAYS:
        said = say_condition(provision.only_after, vocabulary, speaker.lang)
        yield speaker.say("format.tier.only-after", condition=said)
    for tier in provision.tiers:
        yield _tier(tier, vocabulary, speaker, alone=len(provision.tiers) == 1)
    for kind in provision.kinds:
        yield _kind(kind, vocabulary, speaker)


def _tier(tier: Tier, vocabulary: Vocabulary, speaker: Speaker, *, alone: bool) -> str:
    said = speaker.say("format.tier.none")
    if tier.fine is not None:
        fine = FineRange(
            low=tier.fine.low,
            high=tier.fine.high,
            low_closed=tier.fine.low is not None,
            base=tier.fine.base,
        )
        amount = speaker.text(range_text(fine, vocabulary))
        said = speaker.say(f"format.tier.{tier.modality.value}", range=amount)
    switch = _switch(tier.when, vocabulary, speaker)
    label = switch if tier.label is None else speaker.text(tier.label)
    if not label and not alone:
        label = speaker.say("format.tier.otherwise")
    return speaker.say("format.tier", label=label, said=said) if label else said


def _kind(kind: OtherKind, vocabulary: Vocabulary, speaker: Speaker) -> str:
    name = speaker.text(kind.note) if kind.note else speaker.name("kind", kind.kind.value)
    said = speaker.noted(name, [speaker.name("modality", kind.modality.value)])
    switch = _switch(kind.when, vocabulary, speaker)
    return speaker.say("format.tier", label=switch, said=said) if switch else said


def _switch(condition: Condition, vocabulary: Vocabulary, speaker: Speaker) -> str:
    """When a tier or a kind is open, unless it always is."""
    return "" if condition == ALWAYS else say_condition(condition, vocabulary, speaker.lang)
