"""Suggested cases as the text of a golden file, for a person to confirm."""

from collections.abc import Iterable, Iterator
from typing import Final

from bizrules.phrases import say
from bizrules.testing._golden_text import expectation, golden_text
from bizrules.testing._proof._suggestions import Suggestion
from bizrules.truth import Truth

_HEAD: Final = 3
"""Lines of a golden document before its first case."""


def suggestion_text(suggestions: Iterable[Suggestion], lang: str) -> str:
    """A golden file with the cases; what they expect is a comment until somebody confirms it.

    Args:
        suggestions: The cases.
        lang: Language of the comments.
    """
    lines = [f"# {line}".rstrip() for line in say("proof.file", lang).splitlines()]
    lines += ["format: 1", "document: golden", "cases:"]
    for one in suggestions:
        lines += ["", *_remarks(one, lang), *_case(one)]
    return "\n".join(lines) + "\n"


def _remarks(one: Suggestion, lang: str) -> Iterator[str]:
    rule = one.rule
    title = rule.title.in_(lang)
    yield _comment(say("proof.for-rule", lang, rule=title, id=rule.id))
    for point in one.points:
        # Of what it happens to show besides, only what belongs to the same rule.
        if rule.id in point.rules:
            yield _comment(say("proof.shows", lang, text=point.text.in_(lang)))
    others = sum(rule.id not in point.rules for point in one.points)
    if others:
        yield _comment(say("proof.shows-others", lang, count=others))
    if one.origin is None:
        yield _comment(say("proof.built", lang))
    else:
        facts = say("proof.changed-mark", lang).join(text.in_(lang) for text in one.changed)
        yield _comment(say("proof.changed", lang, case=one.origin, facts=facts))


def _comment(text: str) -> str:
    return f"  # {' '.join(text.split())}"


def _case(one: Suggestion) -> Iterator[str]:
    """The case, and as comments what it would expect."""
    expect = expectation(one.outcome)
    named = dict.fromkeys(name for point in one.points for name in point.rules)
    found = {finding.rule: finding.truth for finding in one.outcome.findings}
    for key, truth in (("holds", Truth.TRUE), ("fails", Truth.FALSE)):
        rules = [name for name in named if found.get(name) is truth]
        if rules:
            expect[key] = rules
    bare = golden_text(one.case).splitlines()
    whole = golden_text(one.case, expect).splitlines()
    yield from whole[_HEAD : len(bare)]
    for line in whole[len(bare) :]:
        yield f"    # {line.removeprefix('    ')}"
