"""What became of each rule, and which lenient ones were narrowly missed."""

from collections.abc import Iterable, Iterator
from typing import Final

from bizrules.explanation._page import Block, Item, Items, Speaker
from bizrules.explanation._reasoning import say_grades
from bizrules.explanation._traces import conditions_met, lacking, missing, telling, tree, unique
from bizrules.outcomes import Finding, Miss, NearMiss, Outcome
from bizrules.penalties import Grade, Modality
from bizrules.rules import Axis
from bizrules.wording import join_clauses, say_citations, say_date

_FEW: Final = 5
_FEW_CLAUSES: Final = 3


def say_effect(axis: Axis, modality: Modality, permits: Iterable[Grade], speaker: Speaker) -> str:
    """What a rule permits or demands."""
    if axis is Axis.COMPULSION:
        return speaker.say(f"effect.no-compulsion.{modality.value}")
    grades = say_grades(permits, speaker)
    return speaker.say(
        "effect.of", modality=speaker.say(f"modality.{modality.value}"), grades=grades
    )


def findings(outcome: Outcome, speaker: Speaker, *, full: bool) -> Iterator[Block]:
    """Findings that hold, with their traces; those that cannot be told; those that fail.

    Long lists are cut short unless everything is asked for.
    """
    held, unknown, failed = outcome.held, outcome.unknown, outcome.failed
    if held:
        items = [_whole(finding, speaker) for finding in held]
        yield _titled("held", items, speaker)
    if unknown:
        show = _whole if full or len(unknown) <= _FEW else _waiting
        items = [show(finding, speaker) for finding in unknown]
        if outcome.settled and show is _waiting:
            items = [Item(speaker.say("finding.unknown-short"))]
        yield _titled("unknown", items, speaker, count=len(unknown))
    if failed:
        if full or len(failed) <= _FEW:
            items = [_failed(finding, speaker) for finding in failed]
        else:
            items = [Item(speaker.say("finding.failed-short"))]
        yield _titled("failed", items, speaker, count=len(failed))


def _titled(
    key: str, items: Iterable[Item], speaker: Speaker, *, count: int | None = None
) -> Block:
    found = tuple(items)
    heading = speaker.say(f"finding.{key}", count=len(found) if count is None else count)
    return Items(found, heading=heading)


def _title(finding: Finding, speaker: Speaker) -> str:
    notes = [say_effect(finding.axis, finding.modality, finding.permits, speaker)]
    if finding.list is not None:
        notes.append(speaker.say("finding.list", list=finding.list))
    notes.append(say_citations(finding.citations, speaker.lang))
    notes.append(finding.rule)
    return speaker.noted(speaker.text(finding.title), notes)


def _whole(finding: Finding, speaker: Speaker) -> Item:
    return Item(_title(finding, speaker), finding.truth.value, tree(finding.trace, speaker))


def _waiting(finding: Finding, speaker: Speaker) -> Item:
    facts = _some(unique(missing(finding.trace, speaker)), speaker)
    child = Item(speaker.say("finding.missing", facts=facts))
    return Item(_title(finding, speaker), finding.truth.value, (child,))


def _failed(finding: Finding, speaker: Speaker) -> Item:
    clauses = unique(lacking(finding.trace, speaker))
    children = (
        (Item(speaker.say("finding.lacking", facts=_some(clauses, speaker))),) if clauses else ()
    )
    return Item(_title(finding, speaker), finding.truth.value, children)


def _some(clauses: tuple[str, ...], speaker: Speaker) -> str:
    shown = list(clauses[:_FEW_CLAUSES])
    if len(clauses) > _FEW_CLAUSES:
        shown.append("…")
        return speaker.say("clause.mark").join(shown)
    return join_clauses(shown, speaker.lang)


def near_misses(outcome: Outcome, speaker: Speaker) -> Block | None:
    """Lenient rules that failed by few conditions: which, by how much, and how to cure them.

    What can be cured is always told, and what was missed by an amount. Otherwise a rule was
    narrowly missed only if more of its conditions are met than not.
    """
    by_rule = {finding.rule: finding for finding in outcome.findings}
    items = tuple(
        _near_miss(near, finding, speaker)
        for near in outcome.near_misses
        if (finding := by_rule.get(near.rule)) and (near.curable or _is_near(near, finding))
    )
    return Items(items) if items else None


def _is_near(near: NearMiss, finding: Finding) -> bool:
    return any(miss.gap for miss in near.misses) or (
        conditions_met(finding.trace) > len(near.misses)
    )


def _near_miss(near: NearMiss, finding: Finding, speaker: Speaker) -> Item:
    effect = say_effect(finding.axis, finding.modality, near.permits, speaker)
    text = speaker.say("miss.rule", title=near.title, effect=effect)
    notes = [near.rule]
    if near.until is not None:
        notes.append(speaker.say("miss.until", date=say_date(near.until, speaker.lang)))
    children = tuple(_miss(miss, speaker) for miss in near.misses)
    return Item(speaker.noted(text, notes), None, children)


def _miss(miss: Miss, speaker: Speaker) -> Item:
    notes = []
    found = telling(miss.found)
    if found is not None:
        notes.append(speaker.say("miss.found", found=found))
    if miss.gap is not None:
        notes.append(speaker.text(miss.gap))
    text = speaker.noted(speaker.say("miss.missing", text=miss.text), notes)
    cure = () if miss.cure is None else (Item(speaker.say("miss.cure", how=miss.cure)),)
    return Item(text, None, cure)
