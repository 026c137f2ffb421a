"""Plain data of what the command line lists, for `--format json`."""

from collections.abc import Iterable, Mapping

from bizrules.errors import Problem
from bizrules.facts import Fact
from bizrules.provenance import Citation, Text
from bizrules.rules import Rule, Ruleset, Violation
from bizrules.values import Interval
from bizrules.wording import say_citation


def problem_data(problem: Problem, lang: str) -> Mapping[str, object]:
    """A problem: code, place, message and help."""
    place = problem.location
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "location": str(place),
        "source": place.source,
        "line": place.line or None,
        "column": place.column or None,
        "path": place.path,
        "text": problem.text(lang),
        "help": problem.help(lang),
    }


def text_data(text: Text | None) -> Mapping[str, str] | None:
    """A text in both languages."""
    return None if text is None else {"zh": text.zh, "en": text.en}


def interval_data(interval: Interval) -> Mapping[str, str | None]:
    """Days in force."""
    return {
        "from": None if interval.start is None else interval.start.isoformat(),
        "until": None if interval.until is None else interval.until.isoformat(),
    }


def citation_data(citations: Iterable[Citation], lang: str) -> list[str]:
    """Citations as people write them."""
    return [say_citation(citation, lang) for citation in citations]


def rule_data(rule: Rule, ruleset: Ruleset, lang: str) -> Mapping[str, object]:
    """A rule without its conditions."""
    kind = ruleset.lists.get(rule.list) if rule.list else None
    return {
        "id": rule.id,
        "ruleset": rule.ruleset,
        "title": text_data(rule.title),
        "list": rule.list,
        "list_name": text_data(kind.name) if kind else None,
        "entry": rule.entry,
        "ground": rule.ground.value,
        "axis": rule.axis.value,
        "permits": [grade.code for grade in rule.permits],
        "modality": rule.modality.value,
        "violations": None if rule.violations is None else sorted(rule.violations),
        "departments": None if rule.departments is None else sorted(rule.departments),
        "measures": None if rule.measures is None else sorted(m.value for m in rule.measures),
        "region": rule.region,
        "in_force": interval_data(rule.in_force),
        "status": rule.status.value,
        "citations": citation_data(rule.citations, lang),
    }


def violation_data(violation: Violation, lang: str) -> Mapping[str, object]:
    """A violation without its tiers."""
    return {
        "id": violation.id,
        "title": text_data(violation.title),
        "department": violation.department,
        "field": violation.field,
        "broken": citation_data(violation.broken, lang),
        "provisions": [
            {
                "id": provision.id,
                "citation": say_citation(provision.citation, lang),
                "in_force": interval_data(provision.in_force),
                "checked": provision.checked,
                "unverified": text_data(provision.unverified),
            }
            for provision in violation.provisions
        ],
        "elements": sorted(violation.elements),
        "in_force": interval_data(violation.in_force),
    }


def fact_data(fact: Fact) -> Mapping[str, object]:
    """A declaration of a fact."""
    return {
        "name": fact.name,
        "kind": fact.kind.value,
        "label": text_data(fact.label),
        "unit": fact.unit.value if fact.unit else None,
        "choices": [
            {"code": choice.code, "label": text_data(choice.label)} for choice in fact.choices
        ],
        "question": text_data(fact.question),
        "evidence": text_data(fact.evidence),
        "answered_by": [who.value for who in fact.answered_by],
        "judgement": fact.judgement,
        "group": fact.group,
        "derived": fact.derived,
    }
