"""Traces in words: the facts that carry a finding, those it lacks, and the whole tree."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bizrules import phrases
from bizrules.explanation._page import Item, Speaker
from bizrules.outcomes import Trace
from bizrules.provenance import Text
from bizrules.truth import Truth
from bizrules.wording import join, join_clauses, phrase, say_citations

_YES, _NO = phrase("value.true"), phrase("value.false")
# Zero with its unit.
_NOTHING: Final = re.compile(r"0\D*")
_NOTES: Final = frozenset({"element", "in_force", "displaced"})
_GROUPS: Final = frozenset({"all", "any", "at_least", "per_kind"})


def established(trace: Trace, speaker: Speaker) -> Iterator[str]:
    """The facts by which a condition is true, each as a clause; nothing beyond the trace."""
    if trace.truth is not Truth.TRUE or trace.node in _NOTES:
        return
    if trace.node == "test":
        yield _fact(trace, speaker)
    elif trace.node == "defined":
        yield _concept(trace, speaker)
    elif trace.node == "not":
        yield speaker.text(trace.text)
    else:
        for child in trace.children:
            yield from established(child, speaker)


def _fact(trace: Trace, speaker: Speaker) -> str:
    """The test, with what was found where that says more than the test."""
    text = speaker.text(trace.text)
    found = _found(trace, speaker)
    if found is None:
        return text
    chosen = _with_choice(text, found, speaker)
    if chosen is not None:
        return chosen
    key = "why.facts" if len(trace.facts) > 1 else "why.fact"
    return speaker.say(key, text=text, found=found)


def _with_choice(text: str, found: str, speaker: Speaker) -> str | None:
    """The test with the choice that was found in place of all that would pass.

    None if the test does not end in choices, or what was found is none of them.
    """
    one = re.escape(speaker.say("quoted", text="\0")).replace(re.escape("\0"), r"[^“”]*")
    marks = (speaker.say(key) for key in ("list.mark", "list.or"))
    between = "|".join(re.escape(mark) for mark in marks)
    choices = re.search(f"(?:{one}(?:{between}))*{one}$", text)
    quoted = speaker.say("quoted", text=found)
    if choices is None or quoted not in choices[0]:
        return None
    return text[: choices.start()] + quoted


def telling(found: Text | None) -> Text | None:
    """What the case says; None for a yes or no, which the test itself says."""
    return None if found in (_YES, _NO) else found


def _found(trace: Trace, speaker: Speaker) -> str | None:
    """What the case says; None where the test itself says it: that there is none."""
    found = telling(trace.found)
    if found is None or (_is_nothing(found) and _says_none(trace.text)):
        return None
    return speaker.text(found)


def _is_nothing(found: Text) -> bool:
    """Whether an amount or a count is zero, whatever its unit."""
    return _NOTHING.fullmatch(found.zh) is not None


def _says_none(text: Text) -> bool:
    return text.zh.startswith(phrases.say("test.none", "zh", name=""))


def _concept(trace: Trace, speaker: Speaker) -> str:
    text = speaker.text(trace.text)
    inner = [f for child in trace.children for f in established(child, speaker) if f != text]
    if not inner:
        return text
    return speaker.say("why.concept", text=text, inner=join(inner, speaker.lang))


def lacking(trace: Trace, speaker: Speaker) -> Iterator[str]:
    """The conditions for want of which a condition is false, each as a clause."""
    if trace.truth is not Truth.FALSE:
        return
    if trace.node == "defined" and trace.definition is not None:
        # Whose concept it is matters most where the party does not meet it.
        inner = (clause for child in trace.children for clause in lacking(child, speaker))
        yield speaker.noted(speaker.text(trace.text), [*inner, *_whose(trace, speaker)])
        return
    if trace.node in ("all", "defined"):
        for child in trace.children:
            yield from lacking(child, speaker)
        return
    if trace.node == "not":
        facts = join_clauses(unique(_held(trace, speaker)), speaker.lang)
        yield speaker.say("finding.excluded", facts=facts) if facts else speaker.text(trace.text)
        return
    found = _found(trace, speaker) if trace.node == "test" else None
    notes = [] if found is None else [speaker.say("trace.found", found=found)]
    yield speaker.noted(speaker.text(trace.text), [*notes, *_whose(trace, speaker)])


def _held(negation: Trace, speaker: Speaker) -> Iterator[str]:
    for child in negation.children:
        yield from established(child, speaker)


def missing(trace: Trace, speaker: Speaker) -> Iterator[str]:
    """The tests that keep a condition from being told, each as a clause."""
    if trace.truth is not Truth.UNKNOWN:
        return
    if not trace.children:
        yield speaker.text(trace.text)
    for child in trace.children:
        yield from missing(child, speaker)


def unique(clauses: Iterable[str]) -> tuple[str, ...]:
    """The clauses, each once, in order."""
    return tuple(dict.fromkeys(clauses))


def tree(trace: Trace, speaker: Speaker) -> tuple[Item, ...]:
    """The trace as points; conditions that must all hold stand side by side."""
    if trace.node == "all":
        return tuple(item for child in trace.children for item in tree(child, speaker))
    mark = trace.truth.value
    if trace.node == "test":
        return (Item(_leaf(trace, speaker), mark),)
    children = tuple(item for child in trace.children for item in _branch(child, trace, speaker))
    return (Item(_head(trace, speaker), mark, children),)


def _branch(child: Trace, parent: Trace, speaker: Speaker) -> tuple[Item, ...]:
    """A part; several conditions that must all hold become one point where parts are counted."""
    items = tree(child, speaker)
    if child.node == "all" and len(items) > 1 and parent.node != "defined":
        return (Item(speaker.say("trace.all"), child.truth.value, items),)
    if parent.node == "not" and child.node == "any":
        return tuple(item for part in child.children for item in _branch(part, child, speaker))
    return items


def _leaf(trace: Trace, speaker: Speaker) -> str:
    notes = []
    text = speaker.text(trace.text)
    found = _found(trace, speaker)
    if found is not None and _with_choice(text, found, speaker) != text:
        notes.append(speaker.say("trace.found", found=found))
    if trace.truth is Truth.UNKNOWN:
        notes.append(speaker.say("trace.unknown"))
    elif trace.derived:
        notes.append(speaker.say("trace.derived"))
    return speaker.noted(text, [*notes, *_whose(trace, speaker)])


def _whose(trace: Trace, speaker: Speaker) -> Iterator[str]:
    """By whose definition it was told, where that is said, and where it stands."""
    if trace.definition is not None:
        yield speaker.text(trace.definition)
        yield say_citations(trace.citations, speaker.lang)


def conditions_met(trace: Trace) -> int:
    """How many conditions of the trace are met, a concept or an exclusion counting as one."""
    if trace.node in ("all", "any", "at_least", "per_kind"):
        return sum(conditions_met(child) for child in trace.children)
    return int(trace.truth is Truth.TRUE)


def _head(trace: Trace, speaker: Speaker) -> str:
    if trace.node == "defined":
        cited = say_citations(trace.citations, speaker.lang)
        notes = [cited] if trace.definition is None else _whose(trace, speaker)
        return speaker.noted(speaker.text(trace.text), notes)
    if trace.node in ("any", "not", "per_kind"):
        return speaker.say(f"trace.{trace.node}")
    return speaker.text(trace.text)
