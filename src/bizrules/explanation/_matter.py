"""The joint outcome of several cases of one party, in the order in which an officer reads it."""

from collections.abc import Iterator
from typing import Final

from bizrules import phrases
from bizrules.explanation._page import (
    Block,
    Item,
    Items,
    Page,
    Pair,
    Pairs,
    Paragraph,
    Section,
    Speaker,
)
from bizrules.explanation._reasoning import opinion_clause
from bizrules.explanation._sections import (
    CRIME_NORMS,
    citation_list,
    duty_list,
    not_replaced,
    question_list,
)
from bizrules.facts import Vocabulary
from bizrules.fines import range_text
from bizrules.matters import ActOutcome, MatterOutcome, Part, Role
from bizrules.provenance import Text
from bizrules.truth import Truth
from bizrules.wording import join, quoted, say_citation, say_citations, say_span

_NO_FACTS: Final = Vocabulary({})
_FINED: Final = frozenset({Role.APPLIED, Role.UNDETERMINED})


def matter_page(matter: MatterOutcome, lang: str, *, full: bool) -> Page:
    """The explanation of a joint outcome."""
    speaker = Speaker(lang)
    sections = [
        *speaker.section("matter", [_cases(matter, speaker)]),
        *speaker.section("crime", [_crime(matter, speaker)]),
        *speaker.section("matter-opinion", [speaker.paragraph(_opinion(matter, speaker))]),
        *(_act(act, number, speaker) for number, act in enumerate(matter.acts, start=1)),
        *speaker.section("sum", _sum(matter, speaker)),
        *speaker.section("duties", [duty_list(matter, speaker)]),
        *speaker.section("questions", question_list(matter, speaker, full=full)),
        *speaker.section("citations", [citation_list(matter, speaker)]),
    ]
    named = speaker.say("page.matter-named", matter=matter.id)
    return Page(lang, named if matter.id else speaker.say("page.matter"), tuple(sections))


def _cases(matter: MatterOutcome, speaker: Speaker) -> Block:
    pairs = []
    for part in matter.parts:
        notes = []
        if part.case.committed is not None:
            notes.append(say_span(part.case.committed.ended, speaker.lang))
        region = part.outcome.labels.get("region")
        if region is not None:
            notes.append(speaker.text(region))
        pairs.append(Pair(part.case.id, speaker.noted(_violation(part, speaker), notes)))
    return Pairs(tuple(pairs))


def _violation(part: Part, speaker: Speaker) -> str:
    label = part.outcome.labels.get("violation")
    return part.case.violation if label is None else speaker.text(label)


def _crime(matter: MatterOutcome, speaker: Speaker) -> Block | None:
    suspected = [p.case.id for p in matter.parts if p.outcome.crime_suspected is Truth.TRUE]
    if not suspected:
        return None
    norms = say_citations(CRIME_NORMS, speaker.lang)
    cases = join((speaker.say("quoted", text=name) for name in suspected), speaker.lang)
    return Paragraph(speaker.say("matter.crime", cases=cases, norms=norms))


def _opinion(matter: MatterOutcome, speaker: Speaker) -> Iterator[str]:
    acts, cases = len(matter.acts), len(matter.parts)
    yield speaker.say("matter.counts", acts=acts, cases=cases)
    if acts > 1:
        yield speaker.say("matter.several")
    else:
        yield speaker.say("matter.one-act" if cases > 1 else "matter.lone")
    yield speaker.say("matter.settled" if matter.settled else "matter.open")
    if matter.contested:
        yield speaker.say("matter.contested")
    for number, act in enumerate(matter.acts, start=1):
        if act.settled:
            name = _named(act, number, speaker)
            results = speaker.say("basis.mark").join(_results(act, speaker))
            yield speaker.say("matter.act-result", act=_capital(name), results=results)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _results(act: ActOutcome, speaker: Speaker) -> Iterator[str]:
    """Each standing part with its grade, and the one fine."""
    for part in act.standing:
        grade = part.outcome.grade
        violation = _quoted(part, speaker)
        if grade is None:
            yield speaker.say("matter.act-part-contested", violation=violation)
        else:
            opinion = opinion_clause(part.outcome, grade, speaker)
            yield speaker.say("matter.act-part", violation=violation, opinion=opinion)
    if act.fine_is_open:
        yield speaker.say("matter.act-fine-open")
    elif act.fine is None or act.fine.citation is None:
        yield speaker.say("matter.act-no-fine")
    else:
        yield speaker.say("matter.act-fine", range=act.fine.text)


def _quoted(part: Part, speaker: Speaker) -> str:
    code = part.case.violation
    label = part.outcome.labels.get("violation", Text(zh=code, en=code))
    return speaker.text(quoted(label))


def _act(act: ActOutcome, number: int, speaker: Speaker) -> Section:
    key = "section.act" if act.act is None else "section.act-named"
    title = speaker.say(key, number=number, act=act.act)
    parts = Items(tuple(_part(part, act, speaker) for part in act.parts))
    blocks: list[Block] = [Paragraph(speaker.text(act.text)), parts]
    blocks.append(Paragraph(_fine(act, speaker)))
    return Section(f"act-{number}", title, tuple(blocks))


def _fine(act: ActOutcome, speaker: Speaker) -> str:
    if act.fine_is_open:
        return speaker.say("matter.fine-open")
    fine = act.fine
    if fine is None or fine.citation is None:
        return speaker.say("matter.no-fine")
    citation = say_citation(fine.citation, speaker.lang)
    return speaker.say("matter.fine", range=fine.text, citation=citation)


def _part(part: Part, act: ActOutcome, speaker: Speaker) -> Item:
    violation = _violation(part, speaker)
    children = [Item(speaker.sentence(speaker.text(part.text)))]
    if part.role.stands:
        children += _result(part, speaker)
    text = speaker.say("matter.part", case=part.case.id, violation=violation)
    return Item(speaker.noted(text, _why(part, act, speaker)), None, tuple(children))


def _why(part: Part, act: ActOutcome, speaker: Speaker) -> Iterator[str]:
    """In a word, why another norm is applied; what follows from it the part says itself."""
    role = part.role.value
    key = f"role.{role}.{act.basis.value}" if part.role is Role.FINED_ELSEWHERE else f"role.{role}"
    if phrases.has(key):
        yield speaker.say(key)


def _result(part: Part, speaker: Speaker) -> Iterator[Item]:
    """The recommendation of a part whose norm stands: grade, fine, other kinds of penalty."""
    outcome = part.outcome
    if outcome.grade is not None:
        opinion = opinion_clause(outcome, outcome.grade, speaker)
        yield Item(speaker.say("matter.part-grade", opinion=opinion))
    else:
        key = "matter.part-contested" if outcome.contested else "matter.part-no-grade"
        yield Item(speaker.say(key))
    if part.role in _FINED:
        key = "fine.if-penalised" if outcome.grade is None else "matter.part-fine"
        yield Item(speaker.say(key, range=outcome.fine.text))
    for kind in not_replaced(outcome):
        if kind.truth is not Truth.FALSE and not kind.waived:
            yield Item(speaker.text(kind.text))


def _sum(matter: MatterOutcome, speaker: Speaker) -> Iterator[Block]:
    if len(matter.acts) == 1:
        return
    found = matter.fine
    if found.range is None:
        yield Paragraph(speaker.say("matter.sum-none"))
    else:
        yield Paragraph(speaker.say("matter.sum", range=range_text(found.range, _NO_FACTS)))
    for number, fine in found.symbolic:
        act = _named(matter.acts[number - 1], number, speaker)
        yield Paragraph(speaker.say("matter.sum-apart", act=act, range=fine.text))
    for number in found.open:
        act = _named(matter.acts[number - 1], number, speaker)
        yield Paragraph(speaker.say("matter.sum-open", act=act))


def _named(act: ActOutcome, number: int, speaker: Speaker) -> str:
    key = "matter.act-name" if act.act is None else "matter.act-name-named"
    return speaker.say(key, number=number, act=act.act)
