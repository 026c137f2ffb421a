"""The statement of reasons (说明理由), made from the verified traces and from nothing else."""

from collections.abc import Iterable, Iterator

from bizrules.explanation._page import Speaker
from bizrules.explanation._traces import established, unique
from bizrules.outcomes import (
    Finding,
    FineState,
    KindOutcome,
    LawChoice,
    Outcome,
    Question,
)
from bizrules.penalties import Grade, Modality, PenaltyKind
from bizrules.provenance import Text
from bizrules.rules import Axis
from bizrules.truth import Truth
from bizrules.wording import join, join_clauses, phrase, quoted, say_citations

_MOST_MISSING = 6


def opinion_clause(outcome: Outcome, grade: Grade, speaker: Speaker) -> str:
    """What the authority shall or may do, as a clause.

    Where the norm binds the authority to several grades, the choice is named, not one of them.
    """
    modality = outcome.modality
    if modality is None:
        return speaker.say("opinion.plain")
    if modality is Modality.SHALL and len(outcome.permitted) > 1:
        choice = say_grades(outcome.permitted, speaker)
        return speaker.say("opinion.choice", grades=choice, grade=speaker.name("grade", grade.code))
    return speaker.say(f"opinion.{modality.value}.{grade.code}")


def say_grades(grades: Iterable[Grade], speaker: Speaker) -> str:
    """Grades to choose from."""
    return join((speaker.name("grade", grade.code) for grade in grades), speaker.lang, "or")


def reasoning(outcome: Outcome, speaker: Speaker) -> tuple[str, ...]:
    """The sentences of the paragraph."""
    said = [speaker.say("why.crime")] if outcome.crime_suspected is Truth.TRUE else []
    if outcome.contested:
        said += _contested(outcome, speaker)
    elif outcome.grade is None:
        said += _open(outcome, speaker)
    else:
        said += _decided(outcome, outcome.grade, speaker)
    said += _beside(outcome, speaker)
    if outcome.settled and outcome.law_applied.choice in (LawChoice.OLD, LawChoice.NEW):
        said.append(speaker.sentence(speaker.text(outcome.law_applied.text)))
    return tuple(said)


def _intro(outcome: Outcome, speaker: Speaker) -> str:
    violation = _label(outcome, "violation", outcome.case.violation, speaker)
    party = _label(outcome, "party", "", speaker)
    if party:
        return speaker.say("why.intro-party", violation=violation, party=party)
    return speaker.say("why.intro", violation=violation)


def _label(outcome: Outcome, name: str, otherwise: str, speaker: Speaker) -> str:
    label = outcome.labels.get(name)
    return speaker.text(label) if label is not None else otherwise


def _decided(outcome: Outcome, grade: Grade, speaker: Speaker) -> Iterator[str]:
    opinion = opinion_clause(outcome, grade, speaker)
    reason = outcome.reason
    if reason.determining and reason.opposing:
        yield _sides(outcome, speaker)
        yield speaker.say("why.set-off", opinion=opinion)
        return
    clauses = _clauses(_named(outcome, reason.determining), speaker)
    if clauses:
        said = join_sentences(clauses, speaker)
        yield speaker.say("why.found", intro=_intro(outcome, speaker), clauses=said)
        yield speaker.say("why.conclusion", opinion=opinion)
        yield from _without_fine(outcome, grade, speaker)
        return
    yield _nothing_holds(outcome, opinion, speaker)


def _without_fine(outcome: Outcome, grade: Grade, speaker: Speaker) -> Iterator[str]:
    """That only the fine is left out, where the party is not let off: other penalties stay."""
    if outcome.fine.state is not FineState.WAIVED or grade is Grade.EXEMPT:
        return
    kinds = [speaker.name("kind", kind.value) for kind in instead_of_fine(outcome)]
    if kinds:
        said = speaker.say("rule.instead", kind=join(kinds, speaker.lang))
        yield speaker.sentence(said)
    else:
        yield speaker.say("why.no-fine")


def instead_of_fine(outcome: Outcome) -> tuple[PenaltyKind, ...]:
    """The kinds of penalty that rules order in place of the fine."""
    return tuple(kind.kind for kind in outcome.other_kinds if is_instead(kind))


def is_instead(kind: KindOutcome) -> bool:
    """Whether what is said of a kind is that it takes the place of the fine."""
    return kind.text == phrase("kind.instead", kind=phrase(f"kind.{kind.kind.value}"))


def _nothing_holds(outcome: Outcome, opinion: str, speaker: Speaker) -> str:
    intro = _intro(outcome, speaker)
    checked = [f for f in outcome.failed if f.axis is Axis.PENALTY]
    norms = say_citations(outcome.reason.citations, speaker.lang)
    if not checked or not norms:
        return speaker.say("why.ordinary-none", intro=intro, opinion=opinion)
    return speaker.say(
        "why.ordinary", intro=intro, opinion=opinion, count=len(checked), norms=norms
    )


def _contested(outcome: Outcome, speaker: Speaker) -> Iterator[str]:
    yield _sides(outcome, speaker)
    yield speaker.say("why.contested", grades=say_grades(outcome.permitted, speaker))
    if not outcome.settled:
        yield _missing(outcome, speaker)
        yield speaker.say("why.may-change")


def _sides(outcome: Outcome, speaker: Speaker) -> str:
    lenient = _clauses(_named(outcome, outcome.reason.determining), speaker)
    heavier = _clauses(_named(outcome, outcome.reason.opposing), speaker)
    sides = speaker.say(
        "why.sides",
        lenient=join_sentences(lenient, speaker),
        heavier=join_sentences(heavier, speaker),
    ).removesuffix(speaker.say("sentence.end"))
    return speaker.say("why.found", intro=_intro(outcome, speaker), clauses=sides)


def _open(outcome: Outcome, speaker: Speaker) -> Iterator[str]:
    intro = _intro(outcome, speaker)
    clauses = _clauses(_named(outcome, outcome.reason.determining), speaker)
    if clauses:
        said = join_sentences(clauses, speaker)
        yield speaker.say("why.open-held", intro=intro, clauses=said)
    else:
        yield speaker.say("why.open", intro=intro)
    yield _missing(outcome, speaker)
    yield speaker.say("why.no-grade-yet")


def deciding(outcome: Outcome) -> tuple[Question, ...]:
    """The questions that can change more than the fine."""
    return tuple(question for question in outcome.questions if question.changes != ("fine",))


def _missing(outcome: Outcome, speaker: Speaker) -> str:
    labels = [speaker.text(quoted(question.label)) for question in deciding(outcome)]
    if not labels:
        return ""
    facts = join(labels[:_MOST_MISSING], speaker.lang)
    if len(labels) <= _MOST_MISSING:
        return speaker.say("why.missing", facts=facts)
    return speaker.say("why.missing-more", facts=facts, count=len(labels))


def _beside(outcome: Outcome, speaker: Speaker) -> Iterator[str]:
    """Rules that hold and did not carry the result, so that none is passed over in silence."""
    reason = outcome.reason
    said = {*reason.determining, *reason.opposing}
    aside = _named(outcome, reason.left_aside)
    if aside:
        yield speaker.say("why.left-aside", titles=_titles(aside, speaker))
    others = [
        f
        for f in outcome.held
        if f.axis is Axis.PENALTY and f.rule not in said and f.rule not in reason.left_aside
    ]
    if others and outcome.settled and not outcome.contested:
        yield speaker.say("why.others", titles=_titles(others, speaker))


def _titles(findings: Iterable[Finding], speaker: Speaker) -> str:
    named = (
        speaker.noted(speaker.text(quoted(f.title)), [say_citations(f.citations, speaker.lang)])
        for f in findings
    )
    return join(named, speaker.lang)


def _named(outcome: Outcome, rules: Iterable[str]) -> tuple[Finding, ...]:
    wanted = frozenset(rules)
    return tuple(finding for finding in outcome.findings if finding.rule in wanted)


def _clauses(findings: Iterable[Finding], speaker: Speaker) -> list[str]:
    """One clause a finding: its facts, those already said left out, and the norm they meet."""
    clauses = []
    seen: set[str] = set()
    for finding in findings:
        facts = [f for f in unique(established(finding.trace, speaker)) if f not in seen]
        seen.update(facts)
        clauses.append(_clause(finding, facts, speaker))
    return clauses


def _clause(finding: Finding, facts: list[str], speaker: Speaker) -> str:
    norms = say_citations(finding.citations, speaker.lang)
    key = "meets" if finding.list is None else "listed"
    details: dict[str, object] = {"norms": norms}
    if finding.list is not None:
        details["list"] = _list_name(finding.list, speaker)
    if not facts:
        return speaker.say(f"why.{key}-bare", **details)
    return speaker.say(f"why.{key}", facts=join_clauses(facts, speaker.lang), **details)


def _list_name(name: Text, speaker: Speaker) -> str:
    """The printed name of a list, the word for list added where the name lacks it.

    A tier of a benchmark (裁量档次) is no list.
    """
    printed = speaker.text(name)
    whole = speaker.say("why.list-name", list=printed)
    word = whole.removeprefix(printed)
    named = word and printed.endswith((word, speaker.say("why.list-tier")))
    return printed if named else whole


def join_sentences(clauses: Iterable[str], speaker: Speaker) -> str:
    """Clauses that could each be a sentence, in a row."""
    first, *rest = clauses
    mark = speaker.say("sentence.mark")
    if mark.strip() != speaker.say("sentence.end"):
        return mark.join([first, *rest])
    # Where the mark ends a sentence, the next one begins with a capital.
    return mark.join([first, *(clause[:1].upper() + clause[1:] for clause in rest)])
