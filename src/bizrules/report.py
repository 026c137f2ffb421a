"""An outcome as a program reads it: one JSON object."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from bizrules.errors import Problem
from bizrules.matters import ActOutcome, MatterOutcome, Part
from bizrules.outcomes import (
    DueDuty,
    Finding,
    Fine,
    FineRange,
    KindOutcome,
    LawApplied,
    MeasureOutcome,
    NearMiss,
    Outcome,
    Question,
    Reason,
)
from bizrules.penalties import Grade, Modality
from bizrules.provenance import Citation, Text
from bizrules.receipts import Receipt
from bizrules.values import FEN_PER_YUAN
from bizrules.wording import say_citation


def report(outcome: Outcome, lang: str = "zh") -> dict[str, object]:
    """The outcome as JSON-able data, in a fixed order.

    Grades, kinds, measures and facts are codes as documents write them; texts are in the language.
    Amounts of money are numbers of yuan. `grade` is null where the outcome is open or contested.

    Args:
        outcome: The outcome.
        lang: `zh` or `en`.
    """
    return {
        "case": outcome.case.id,
        "grade": outcome.grade.code if outcome.grade is not None else None,
        "permitted": _grades(outcome.permitted),
        "modality": _modality(outcome.modality),
        "settled": outcome.settled,
        "contested": outcome.contested,
        "possible": _grades(outcome.possible),
        "crime_suspected": outcome.crime_suspected.value,
        "reason": _reason(outcome.reason, lang),
        "fine": _fine(outcome.fine, lang),
        "other_kinds": [_other_kind(kind, lang) for kind in outcome.other_kinds],
        "compulsion": [_measure(measure, lang) for measure in outcome.compulsion],
        "findings": [_finding(finding, lang) for finding in outcome.findings],
        "questions": [_question(question, lang) for question in outcome.questions],
        "near_misses": [_near_miss(near, lang) for near in outcome.near_misses],
        "duties": [_duty(duty, lang) for duty in outcome.duties],
        "citations": citations_data(outcome.citations, lang),
        "law_applied": _law(outcome.law_applied, lang),
        "receipt": _receipt(outcome.receipt),
        "problems": [_problem(problem, lang) for problem in outcome.problems],
    }


def _reason(reason: Reason, lang: str) -> dict[str, object]:
    return {
        "row": reason.row,
        "text": reason.text.in_(lang),
        "citations": citations_data(reason.citations, lang),
        "determining": list(reason.determining),
        "opposing": list(reason.opposing),
        "left_aside": list(reason.left_aside),
    }


def _other_kind(kind: KindOutcome, lang: str) -> dict[str, object]:
    return {
        "kind": kind.kind.value,
        "truth": kind.truth.value,
        "modality": kind.modality.value,
        "waived": kind.waived,
        "text": kind.text.in_(lang),
    }


def report_matter(matter: MatterOutcome, lang: str = "zh") -> dict[str, object]:
    """The joint outcome as JSON-able data, each part with its case, role and whole outcome.

    Args:
        matter: The joint outcome.
        lang: `zh` or `en`.
    """
    found = matter.fine
    return {
        "matter": matter.id or None,
        "crime_suspected": matter.crime_suspected.value,
        "settled": matter.settled,
        "contested": matter.contested,
        "acts": [_act(act, lang) for act in matter.acts],
        "fine": {
            **_range(found.range),
            "symbolic": [
                {"act": number, **_range(fine.range), "text": fine.text.in_(lang)}
                for number, fine in found.symbolic
            ],
            "open": list(found.open),
        },
        "questions": [_question(question, lang) for question in matter.questions],
        "duties": [
            {**_duty(duty, lang), "cases": list(matter.cases_of(duty))} for duty in matter.duties
        ],
        "citations": citations_data(matter.citations, lang),
    }


def _act(act: ActOutcome, lang: str) -> dict[str, object]:
    return {
        "act": act.act,
        "applied": None if act.applied is None else act.applied.case.id,
        "basis": act.basis.value,
        "text": act.text.in_(lang),
        "chosen": act.chosen,
        "settled": act.settled,
        "contested": act.contested,
        "open_facts": list(act.open_facts),
        "fine": None if act.fine is None else _fine(act.fine, lang),
        "parts": [_part(part, lang) for part in act.parts],
    }


def _part(part: Part, lang: str) -> dict[str, object]:
    return {
        "case": part.case.id,
        "role": part.role.value,
        "by": part.by,
        "text": part.text.in_(lang),
        "statutory": _fine(part.statutory, lang),
        "outcome": report(part.outcome, lang),
    }


def _grades(grades: Iterable[Grade]) -> list[str]:
    return [grade.code for grade in grades]


def _modality(modality: Modality | None) -> str | None:
    return modality.value if modality is not None else None


def _text(text: Text | None, lang: str) -> str | None:
    return text.in_(lang) if text is not None else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _number(number: Fraction) -> int | float:
    """The number, a float only where it is not whole.

    An amount of fen has at most two decimals of a yuan, and a float prints those exactly.
    """
    return int(number) if number.denominator == 1 else float(number)


def citations_data(citations: Iterable[Citation], lang: str) -> list[dict[str, object]]:
    """Citations one after the other, as `citation_data`."""
    return [citation_data(citation, lang) for citation in citations]


def citation_data(citation: Citation, lang: str) -> dict[str, object]:
    """The citation in words and in parts; parts that it does not name are left out."""
    parts: dict[str, object] = {
        "text": say_citation(citation, lang),
        "law": citation.law,
        "article": citation.article,
        "paragraph": citation.paragraph,
        "item": citation.item,
        "sentence": citation.sentence,
        "entry": citation.entry,
        "number": citation.number,
        "version": _day(citation.version),
        "unverified": _text(citation.unverified, lang),
    }
    return {key: value for key, value in parts.items() if value is not None}


def _fine(fine: Fine, lang: str) -> dict[str, object]:
    return {
        "state": fine.state.value,
        **_range(fine.range),
        "text": fine.text.in_(lang),
        "modality": _modality(fine.modality),
        "statutory": _range(fine.statutory) if fine.statutory is not None else None,
        "alternatives": [_range(found) for found in fine.alternatives],
        "steps": [step.in_(lang) for step in fine.steps],
        "citation": citation_data(fine.citation, lang) if fine.citation is not None else None,
        "open_facts": list(fine.open_facts),
    }


def _range(found: FineRange | None) -> dict[str, object]:
    """A range; where there is none its ends are null.

    The unit is `yuan`, or the fact whose amount the numbers multiply.
    """
    if found is None:
        ends = dict.fromkeys(("low", "high", "low_closed", "high_closed", "unit", "base", "tier"))
        return dict(ends)
    scale = FEN_PER_YUAN if found.base is None else 1
    low, high = found.low, found.high
    return {
        "low": _number(low / scale) if low is not None else None,
        "high": _number(high / scale) if high is not None else None,
        "low_closed": found.low_closed,
        "high_closed": found.high_closed,
        "unit": found.base or "yuan",
        "base": found.base,
        "tier": found.tier or None,
    }


def _measure(found: MeasureOutcome, lang: str) -> dict[str, object]:
    return {
        "measure": found.measure.value,
        "verdict": found.verdict.value,
        "rules": list(found.rules),
        "citations": citations_data(found.citations, lang),
    }


def _finding(finding: Finding, lang: str) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "title": finding.title.in_(lang),
        "list": _text(finding.list, lang),
        "truth": finding.truth.value,
        "axis": finding.axis.value,
        "ground": finding.ground.value,
        "permits": _grades(finding.permits),
        "modality": finding.modality.value,
        "level": finding.level.name.lower(),
        "measures": [measure.value for measure in finding.measures],
        "citations": citations_data(finding.citations, lang),
    }


def _question(question: Question, lang: str) -> dict[str, object]:
    return {
        "fact": question.fact,
        "kind": question.kind.value,
        "text": question.text(lang),
        "label": question.label.in_(lang),
        "changes": list(question.changes),
        "choices": [{"code": code, "label": label.in_(lang)} for code, label in question.choices],
        "unit": question.unit,
        "rules": list(question.rules),
        "evidence": _text(question.evidence, lang),
        "answered_by": list(question.answered_by),
        "judgement": question.judgement,
        "group": question.group,
        "settles": _number(question.settles),
        "since": _day(question.since),
        "registers": [register.in_(lang) for register in question.registers],
    }


def _near_miss(near: NearMiss, lang: str) -> dict[str, object]:
    return {
        "rule": near.rule,
        "title": near.title.in_(lang),
        "permits": _grades(near.permits),
        "curable": near.curable,
        "until": _day(near.until),
        "misses": [
            {
                "facts": list(miss.facts),
                "text": miss.text.in_(lang),
                "found": _text(miss.found, lang),
                "gap": _text(miss.gap, lang),
                "cure": _text(miss.cure, lang),
            }
            for miss in near.misses
        ],
    }


def _duty(duty: DueDuty, lang: str) -> dict[str, object]:
    return {
        "duty": duty.duty,
        "text": duty.text.in_(lang),
        "modality": duty.modality.value,
        "due": _day(duty.due),
        "opens": _day(duty.opens),
        "same_hour": duty.same_hour,
        "period": _text(duty.period, lang),
        "since": _day(duty.since),
        "accrual": _text(duty.accrual, lang),
        "capped_on": _day(duty.capped_on),
        "met": _day(duty.met),
        "prolonged": _text(duty.prolonged, lang),
        "late": _text(duty.late, lang),
        "overdue": duty.overdue and duty.certain,
        "verified": duty.verified,
        "certain": duty.certain,
        "citations": citations_data(duty.citations, lang),
    }


def _law(law: LawApplied, lang: str) -> dict[str, object]:
    other = law.other
    return {
        "choice": law.choice.value,
        "basis": law.basis.value if law.basis is not None else None,
        "on": law.on or None,
        "text": law.text.in_(lang),
        "citations": citations_data(law.citations, lang),
        "other": None
        if other is None
        else {
            "on": other.on or None,
            "grade": other.grade.code if other.grade is not None else None,
            "permitted": _grades(other.permitted),
            "settled": other.settled,
            "contested": other.contested,
            "fine": _range(other.fine) if other.fine is not None else None,
            "kinds": [kind.value for kind in other.kinds],
        },
    }


def _receipt(receipt: Receipt) -> dict[str, object]:
    return {
        "engine": receipt.engine,
        "rulesets": [
            {
                "id": stamp.id,
                "version": stamp.version,
                "digest": stamp.digest,
                "plugin": stamp.plugin,
            }
            for stamp in receipt.rulesets
        ],
        "knowledge": receipt.knowledge,
        "case": receipt.case,
        "as_known_on": _day(receipt.as_known_on),
        "drafts": receipt.drafts,
        "elements": list(receipt.elements),
    }


def _problem(problem: Problem, lang: str) -> dict[str, object]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "location": str(problem.location),
        "text": problem.text(lang),
        "help": problem.help(lang),
    }
