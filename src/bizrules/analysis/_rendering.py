"""A legal diff as text, as Markdown and as plain data."""

from collections.abc import Iterator
from typing import Final, Literal

from bizrules.analysis._changes import (
    Change,
    ChangeKind,
    Difference,
    Direction,
    LegalDiff,
    Part,
)
from bizrules.analysis._views import View
from bizrules.analysis._words import Words
from bizrules.explanation._page import Item, Items, Page, Paragraph, Section, Speaker
from bizrules.explanation._rendering import FORMS
from bizrules.provenance import Text
from bizrules.rules import Rule
from bizrules.wording import say_date

# Parts short enough to be told on one line.
_SHORT: Final = frozenset(
    {
        Part.LIST,
        Part.GROUND,
        Part.LEVEL,
        Part.MODALITY,
        Part.GRADES,
        Part.ENTRY,
        Part.DAYS,
        Part.COMBINATION,
        Part.SUPPLEMENTS,
        Part.REACH,
    }
)


def render_diff(
    diff: LegalDiff, *, lang: str = "zh", form: Literal["text", "markdown"] = "text"
) -> str:
    """The diff as an officer reads it.

    Args:
        diff: The diff.
        lang: `zh` or `en`.
        form: `text` or `markdown`.
    """
    return FORMS[form](_page(diff, Speaker(lang)))


def diff_data(diff: LegalDiff) -> dict[str, object]:
    """The diff as plain data, texts in both languages.

    Args:
        diff: The diff.
    """
    return {
        "old": _view_data(diff.old),
        "new": _view_data(diff.new),
        "counts": {kind.value: len(diff.of_kind(kind)) for kind in ChangeKind},
        "unchanged": diff.unchanged,
        "general": [_difference_data(one) for one in diff.general],
        "changes": [_change_data(change, diff) for change in diff.changes],
    }


def _view_data(view: View) -> dict[str, object]:
    return {
        "ruleset": view.ruleset.id,
        "title": _text_data(view.ruleset.title),
        "day": view.day.isoformat(),
        "rules": len(view.rules),
    }


def _text_data(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _change_data(change: Change, diff: LegalDiff) -> dict[str, object]:
    return {
        "kind": change.kind.value,
        "direction": change.direction.value,
        "old": None if change.old is None else _rule_data(change.old, diff.old),
        "new": None if change.new is None else _rule_data(change.new, diff.new),
        "differences": [_difference_data(one) for one in change.differences],
    }


def _difference_data(found: Difference) -> dict[str, object]:
    return {
        "part": found.part.value,
        "of": None if found.of is None else _text_data(found.of),
        "change": None if found.change is None else found.change.value,
        "direction": found.direction.value,
        "old": _text_data(found.old),
        "new": _text_data(found.new),
    }


def _rule_data(rule: Rule, view: View) -> dict[str, object]:
    words = Words(view.vocabulary, view.violations)
    days = rule.in_force
    return {
        "id": rule.id,
        "title": _text_data(rule.title),
        "list": rule.list,
        "entry": rule.entry,
        "ground": rule.ground.value,
        "level": rule.level.name.lower(),
        "permits": [grade.code for grade in rule.permits],
        "modality": rule.modality.value,
        "condition": _text_data(words.condition(rule)),
        "in_force": {
            "from": None if days.start is None else days.start.isoformat(),
            "until": None if days.until is None else days.until.isoformat(),
        },
    }


def _page(diff: LegalDiff, speaker: Speaker) -> Page:
    title = speaker.say("diff.title", old=_view(diff.old, speaker), new=_view(diff.new, speaker))
    return Page(speaker.lang, title, tuple(_sections(diff, speaker)))


def _view(view: View, speaker: Speaker) -> str:
    day = say_date(view.day, speaker.lang)
    return speaker.say("diff.view", title=view.ruleset.title, day=day)


def _sections(diff: LegalDiff, speaker: Speaker) -> Iterator[Section]:
    counts = [
        speaker.say("diff.count", kind=speaker.say(f"diff.kind.{kind.value}"), count=len(found))
        for kind in ChangeKind
        if (found := diff.of_kind(kind))
    ]
    if not counts:
        counts.append(speaker.say("diff.none"))
    counts.append(speaker.say("diff.unchanged", count=diff.unchanged))
    summary = Paragraph(speaker.say("note.mark").join(counts))
    yield Section("summary", speaker.say("diff.summary"), (summary,))
    if diff.general:
        items = tuple(_difference(one, speaker) for one in diff.general)
        yield Section("general", speaker.say("diff.general"), (Items(items),))
    for kind in ChangeKind:
        found = diff.of_kind(kind)
        if found:
            items = tuple(_item(change, diff, speaker) for change in found)
            title = speaker.say(f"diff.kind.{kind.value}")
            yield Section(kind.value, title, (Items(items),))


def _item(change: Change, diff: LegalDiff, speaker: Speaker) -> Item:
    if change.new is None or change.old is None:
        sides = ((change.old, diff.old), (change.new, diff.new))
        return next(_single(rule, view, speaker) for rule, view in sides if rule is not None)
    name = change.new.id
    if change.old.id != name:
        name = speaker.say("diff.versions", old=change.old.id, new=name)
    text = _named(change.new, name, speaker)
    if change.kind is ChangeKind.MOVED:
        text = _directed(text, change.direction, speaker)
    return Item(text, None, tuple(_difference(one, speaker) for one in change.differences))


def _single(rule: Rule, view: View, speaker: Speaker) -> Item:
    """An entry added or repealed, with what it says."""
    words = Words(view.vocabulary, view.violations)
    stated = (
        (Part.LIST, words.list_name(rule, view.ruleset)),
        (Part.GROUND, words.ground(rule)),
        (Part.MODALITY, words.modality(rule)),
        (Part.GRADES, words.grades(rule)),
        (Part.CONDITION, words.condition(rule)),
        (Part.DAYS, words.days(rule)),
    )
    children = (
        Item(speaker.say("diff.stated", part=_part(part, speaker), text=text))
        for part, text in stated
    )
    return Item(_named(rule, rule.id, speaker), None, tuple(children))


def _named(rule: Rule, name: str, speaker: Speaker) -> str:
    notes = [name]
    if rule.entry is not None:
        notes.append(speaker.say("diff.entry-number", entry=rule.entry))
    return speaker.noted(speaker.text(rule.title), notes)


def _difference(found: Difference, speaker: Speaker) -> Item:
    part = _part(found.part, speaker)
    if found.part in _SHORT:
        text = speaker.say("diff.part", part=part, old=found.old, new=found.new)
        return Item(_directed(text, found.direction, speaker))
    if found.of is not None:
        part = speaker.say("diff.stated", part=part, text=found.of)
    if found.change is not None:
        held = found.new if found.change is ChangeKind.ADDED else found.old
        kind = speaker.say(f"diff.kind.{found.change.value}")
        return Item(speaker.noted(part, [kind]), None, (Item(speaker.text(held)),))
    children = tuple(
        Item(speaker.say(f"diff.{key}", text=text))
        for key, text in (("old", found.old), ("new", found.new))
    )
    return Item(_directed(part, found.direction, speaker), None, children)


def _directed(text: str, direction: Direction, speaker: Speaker) -> str:
    if direction is Direction.NEUTRAL:
        return text
    said = speaker.say(f"diff.direction.{direction.value}")
    return speaker.noted(text, [said])


def _part(part: Part, speaker: Speaker) -> str:
    return speaker.say(f"diff.part.{part.value}")
