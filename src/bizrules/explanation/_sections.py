"""The sections of an explanation, in the order in which an officer reads them."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from bizrules.case_dates import DATES
from bizrules.cases import Act, to_span
from bizrules.explanation._findings import findings, near_misses
from bizrules.explanation._page import (
    Block,
    Item,
    Items,
    Page,
    Pair,
    Pairs,
    Paragraph,
    Speaker,
)
from bizrules.explanation._reasoning import (
    deciding,
    instead_of_fine,
    is_instead,
    opinion_clause,
    reasoning,
    say_grades,
)
from bizrules.explanation._traces import established, unique
from bizrules.facts import Vocabulary
from bizrules.fines import range_text
from bizrules.matters import MatterOutcome
from bizrules.outcomes import (
    DueDuty,
    FineState,
    KindOutcome,
    MeasureOutcome,
    OtherLaw,
    Outcome,
    Question,
)
from bizrules.penalties import Modality
from bizrules.provenance import Citation
from bizrules.truth import Truth
from bizrules.values import DateSpan
from bizrules.wording import (
    join,
    join_clauses,
    say_citation,
    say_citations,
    say_date,
    say_span,
    say_unit,
)

CRIME_NORMS: Final = (
    Citation("行政处罚法", "27", 1),
    Citation("行政处罚法", "57", 1, 4),
)
_DIGEST: Final = 12
_MOST_QUESTIONS: Final = 10
_RANGED: Final = frozenset({FineState.RANGE, FineState.SYMBOLIC})
_FINED: Final = _RANGED | {FineState.UNDETERMINED}
_NO_FACTS: Final = Vocabulary({})


def outcome_page(outcome: Outcome, lang: str, *, full: bool) -> Page:
    """The explanation of an outcome."""
    speaker = Speaker(lang)
    sections = [
        *speaker.section("case", [_case(outcome, speaker)]),
        *speaker.section("crime", [_crime(outcome, speaker)]),
        *speaker.section("opinion", _opinion(outcome, speaker)),
        *speaker.section("reasoning", [speaker.paragraph(reasoning(outcome, speaker))]),
        *speaker.section("fine", _fine(outcome, speaker)),
        *speaker.section("kinds", [_kinds(outcome, speaker)]),
        *speaker.section("compulsion", [_compulsion(outcome, speaker)]),
        *speaker.section("law", _law(outcome, speaker)),
        *speaker.section("duties", [duty_list(outcome, speaker)]),
        *speaker.section("questions", question_list(outcome, speaker, full=full)),
        *speaker.section("near-misses", [near_misses(outcome, speaker)]),
        *speaker.section("findings", findings(outcome, speaker, full=full)),
        *speaker.section("problems", [_problems(outcome, speaker)]),
        *speaker.section("citations", [citation_list(outcome, speaker)]),
        *speaker.section("receipt", _receipt(outcome, speaker)),
    ]
    return Page(lang, speaker.say("page.outcome", case=outcome.case.id), tuple(sections))


def _case(outcome: Outcome, speaker: Speaker) -> Block:
    case, labels = outcome.case, outcome.labels
    found: list[tuple[str, str]] = []
    if "region" in labels:
        region = speaker.say("case.region-value", name=labels["region"], code=case.region)
    else:
        region = case.region
    found.append(("region", region))
    named = (name for name in ("violation", "department", "party") if name in labels)
    found += [(name, speaker.text(labels[name])) for name in named]
    if case.committed is not None:
        found.append(("committed", _say_act(case.committed, speaker)))
    for name in DATES:
        span: DateSpan | None = getattr(case, name)
        if span is not None:
            found.append((name, say_span(span, speaker.lang)))
    return Pairs(tuple(Pair(speaker.say(f"case.{name}"), value) for name, value in found))


def _say_act(act: Act, speaker: Speaker) -> str:
    ended = say_span(act.ended, speaker.lang)
    if act.began is None:
        return ended
    return speaker.say("act.continuing", began=say_span(act.began, speaker.lang), ended=ended)


def _crime(outcome: Outcome, speaker: Speaker) -> Block | None:
    if outcome.crime_suspected is not Truth.TRUE:
        return None
    norms = say_citations(CRIME_NORMS, speaker.lang)
    return Paragraph(speaker.say("crime.text", norms=norms))


def _opinion(outcome: Outcome, speaker: Speaker) -> Iterator[Block]:
    yield speaker.paragraph(_opinion_sentences(outcome, speaker))
    if outcome.grade is not None:
        yield Paragraph(speaker.text(outcome.reason.text))


def _opinion_sentences(outcome: Outcome, speaker: Speaker) -> Iterator[str]:
    grade = outcome.grade
    if grade is not None:
        yield speaker.sentence(opinion_clause(outcome, grade, speaker))
        others = [other for other in outcome.permitted if other is not grade]
        if others and outcome.modality is not Modality.SHALL:
            yield speaker.say("opinion.also", grades=say_grades(others, speaker))
        return
    if outcome.contested:
        yield speaker.text(outcome.reason.text)
        yield speaker.say("opinion.permitted", grades=say_grades(outcome.permitted, speaker))
        if not outcome.settled:
            yield speaker.say("opinion.contested-open", count=len(deciding(outcome)))
        return
    yield from _still_open(outcome, speaker)


def _still_open(outcome: Outcome, speaker: Speaker) -> Iterator[str]:
    yield speaker.say("opinion.open", count=len(deciding(outcome)))
    if outcome.possible:
        key = "possible" if len(outcome.possible) > 1 else "possible-one"
        yield speaker.say(f"opinion.{key}", grades=say_grades(outcome.possible, speaker))


def _fine(outcome: Outcome, speaker: Speaker) -> Iterator[Block]:
    fine = outcome.fine
    text = speaker.text(fine.text)
    if fine.state in _FINED and outcome.grade is None:
        text = speaker.say("fine.if-penalised", range=text)
    elif fine.state in _RANGED and fine.modality is not None:
        modality = speaker.say(f"fine.modality.{fine.modality.value}")
        text = speaker.say("fine.with-modality", modality=modality, range=text)
    yield Paragraph(speaker.sentence(text))
    steps = list(unique(speaker.text(step) for step in fine.steps))
    if fine.citation is not None:
        cited = say_citation(fine.citation, speaker.lang)
        steps.insert(0, speaker.say("fine.basis", citation=cited))
    if steps:
        yield Items(tuple(Item(step) for step in steps))


def _kinds(outcome: Outcome, speaker: Speaker) -> Block | None:
    items = tuple(Item(speaker.text(kind.text)) for kind in not_replaced(outcome))
    heading = "" if outcome.grade is not None else speaker.say("kind.if-penalised")
    return Items(items, heading=heading) if items else None


def not_replaced(outcome: Outcome) -> Iterator[KindOutcome]:
    """The kinds without those that a rule orders in place of the fine: it says more of them."""
    ordered = instead_of_fine(outcome)
    for kind in outcome.other_kinds:
        if kind.kind not in ordered or is_instead(kind):
            yield kind


def _compulsion(outcome: Outcome, speaker: Speaker) -> Block | None:
    items = tuple(_measure(measure, outcome, speaker) for measure in outcome.compulsion)
    return Items(items) if items else None


def _measure(found: MeasureOutcome, outcome: Outcome, speaker: Speaker) -> Item:
    said = speaker.say(
        f"verdict.{found.verdict.value}", measure=speaker.name("measure", found.measure.value)
    )
    rules = frozenset(found.rules)
    children = []
    for finding in outcome.findings:
        if finding.rule in rules:
            facts = unique(established(finding.trace, speaker))
            cited = say_citations(finding.citations, speaker.lang)
            text = join_clauses(facts, speaker.lang) or speaker.text(finding.title)
            children.append(Item(speaker.noted(text, [cited])))
    return Item(said, None, tuple(children))


def _law(outcome: Outcome, speaker: Speaker) -> Iterator[Block]:
    law = outcome.law_applied
    cited = say_citations(law.citations, speaker.lang)
    said = [speaker.sentence(speaker.noted(speaker.text(law.text), [cited]))]
    if law.on:
        on = speaker.say("law.on", date=_say_on(law.on, speaker))
        said.append(speaker.sentence(on))
    yield speaker.paragraph(said)
    if law.other is not None:
        date_said = _say_on(law.other.on, speaker)
        result = _other_result(law.other, speaker)
        yield Paragraph(speaker.sentence(speaker.say("law.other", date=date_said, result=result)))


def _say_on(on: str, speaker: Speaker) -> str:
    """The date of the law as `format_span` writes it: a day, a month, a year or another span."""
    first, dots, last = on.partition("..")
    if dots:
        return say_span(DateSpan(_day(first), _day(last)), speaker.lang)
    return say_span(to_span(on or None) or DateSpan(), speaker.lang)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _other_result(other: OtherLaw, speaker: Speaker) -> str:
    if other.contested:
        result = speaker.say("law.other.contested")
    elif other.grade is None:
        result = speaker.say("law.other.open")
    else:
        result = speaker.name("grade", other.grade.code)
    notes = []
    # Without the vocabulary only money can be put in words.
    if other.fine is not None and other.fine.base is None and other.fine.high != 0:
        amount = range_text(other.fine, _NO_FACTS)
        notes.append(speaker.say("law.other.fine", range=amount))
    return speaker.noted(result, notes)


def duty_list(outcome: Outcome | MatterOutcome, speaker: Speaker) -> Block | None:
    """The duties, each with its period and norm."""
    items = tuple(_duty(duty, speaker, _whose(duty, outcome)) for duty in outcome.duties)
    return Items(items) if items else None


def _whose(duty: DueDuty, outcome: Outcome | MatterOutcome) -> tuple[str, ...]:
    """The cases that a duty of a matter is for; nothing if it is for all of them."""
    if not isinstance(outcome, MatterOutcome):
        return ()
    found = outcome.cases_of(duty)
    return () if len(found) == len(outcome.parts) else found


def _duty(duty: DueDuty, speaker: Speaker, cases: tuple[str, ...]) -> Item:
    notes = [speaker.say("matter.duty-cases", cases=join(cases, speaker.lang))] if cases else []
    notes.append(speaker.say(f"modality.{duty.modality.value}"))
    dated = duty.due is not None or duty.opens is not None
    late = duty.late if duty.certain else None
    said = (late or duty.prolonged if dated else duty.period, duty.accrual)
    notes += [speaker.text(text) for text in said if text is not None]
    if not duty.verified:
        notes.append(speaker.say("duty.unverified"))
    if not duty.certain:
        notes.append(speaker.say("duty.uncertain"))
    notes.append(say_citations(duty.citations, speaker.lang))
    return Item(_dated(duty, speaker), None, (Item(speaker.say("note.mark").join(notes)),))


def _dated(duty: DueDuty, speaker: Speaker) -> str:
    """What has to be done, with the day by which, or from which on, it is."""
    text, day = speaker.text(duty.text), duty.opens or duty.due
    if day is None:
        return text
    word = "opens" if duty.opens is not None else "same-hour" if duty.same_hour else "dated"
    return speaker.say(f"duty.{word}", date=say_date(day, speaker.lang), text=text)


def question_list(
    outcome: Outcome | MatterOutcome, speaker: Speaker, *, full: bool
) -> Iterator[Block]:
    shown = outcome.questions if full else outcome.questions[:_MOST_QUESTIONS]
    if shown:
        items = tuple(_question(question, speaker) for question in shown)
        yield Items(items, numbered=True)
    left = len(outcome.questions) - len(shown)
    if left:
        yield Paragraph(speaker.say("question.more", count=left))


def _question(question: Question, speaker: Speaker) -> Item:
    lang = speaker.lang
    details = []
    if question.choices:
        labels = (speaker.text(label) for _, label in question.choices)
        details.append(
            speaker.say(
                "question.choices", choices=speaker.say("question.choice-mark").join(labels)
            )
        )
    if question.unit is not None and question.unit != "yuan":
        unit = say_unit(question.unit, question.label, lang)
        details.append(speaker.say("question.unit", unit=unit))
    if question.evidence is not None:
        details.append(speaker.say("question.evidence", evidence=question.evidence))
    who = join((speaker.name("who", who) for who in question.answered_by), lang, "or")
    if who:
        details.append(speaker.say("question.by", who=who))
    if question.judgement:
        details.append(speaker.say("question.judgement"))
    what = join((speaker.name("change", change) for change in question.changes), lang)
    waiting = speaker.say("question.rules", count=len(question.rules)) if question.rules else ""
    details.append(speaker.noted(speaker.say("question.changes", what=what), [waiting]))
    return Item(question.text(lang), None, (Item(speaker.say("note.mark").join(details)),))


def _problems(outcome: Outcome, speaker: Speaker) -> Block | None:
    items = tuple(
        Item(problem.text(speaker.lang), None, (Item(problem.help(speaker.lang)),))
        for problem in outcome.problems
    )
    return Items(items) if items else None


def citation_list(outcome: Outcome | MatterOutcome, speaker: Speaker) -> Block | None:
    """The articles law by law, with a remark where one could not be checked."""
    by_law: dict[tuple[str, str | None], list[Citation]] = {}
    for citation in outcome.citations:
        by_law.setdefault((citation.law, citation.number), []).append(citation)
    items = tuple(_law_item(citations, speaker) for citations in by_law.values())
    return Items(items) if items else None


def _law_item(citations: list[Citation], speaker: Speaker) -> Item:
    reasons = unique(speaker.text(c.unverified) for c in citations if c.unverified is not None)
    remarks = (Item(speaker.say("cite.unverified", reason=reason)) for reason in reasons)
    return Item(say_citations(citations, speaker.lang), None, tuple(remarks))


def _receipt(outcome: Outcome, speaker: Speaker) -> Iterator[Block]:
    receipt = outcome.receipt
    pairs = [Pair(speaker.say("receipt.engine"), f"bizrules {receipt.engine}")]
    for stamp in receipt.rulesets:
        value = speaker.say(
            "receipt.ruleset-value",
            id=stamp.id,
            version=stamp.version,
            digest=stamp.digest[:_DIGEST],
        )
        pairs.append(Pair(speaker.say("receipt.ruleset"), value))
    pairs.append(Pair(speaker.say("receipt.knowledge"), receipt.knowledge[:_DIGEST]))
    pairs.append(Pair(speaker.say("receipt.case"), receipt.case[:_DIGEST]))
    if receipt.elements:
        names = join(receipt.elements, speaker.lang)
        pairs.append(Pair(speaker.say("receipt.elements"), names))
    if receipt.as_known_on is not None:
        known = say_date(receipt.as_known_on, speaker.lang)
        pairs.append(Pair(speaker.say("receipt.as-known-on"), known))
    if receipt.drafts:
        pairs.append(Pair(speaker.say("receipt.drafts"), speaker.say("receipt.drafts-value")))
    yield Pairs(tuple(pairs))
    yield Paragraph(speaker.say("opinion.advisory"))
