"""Plain data of what the command line lists, for `--format json`."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from bizrules.conditions import ALWAYS, Condition, facts_read
from bizrules.errors import Problem
from bizrules.facts import Fact, Vocabulary
from bizrules.grammar import print_condition
from bizrules.history import FirstViolation
from bizrules.history_wording import counted_text, counting_text
from bizrules.penalties import FineEffect, FineScale, Provision, Tier
from bizrules.provenance import Text
from bizrules.report import citation_data, citations_data
from bizrules.rules import Rule, RuleEffect, Ruleset, Violation
from bizrules.values import FEN_PER_YUAN, Interval
from bizrules.wording import say_condition

# What these facts count is fixed by rulesets, of all others by the vocabulary.
COUNTED_BY_RULESETS: Final = frozenset({"first_violation", "prior_count"})


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


def _number(number: Fraction | int | None, *, unit: int = 1) -> int | float | None:
    """The number in the unit, a float only where it is not whole."""
    if number is None:
        return None
    found = Fraction(number) / unit
    return int(found) if found.denominator == 1 else float(found)


def _switch_data(condition: Condition, vocabulary: Vocabulary, lang: str) -> str | None:
    """A condition in words; null where it always holds."""
    return None if condition == ALWAYS else say_condition(condition, vocabulary, lang)


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
        "draft": ruleset.is_draft,
        "citations": citations_data(rule.citations, lang),
    }


def full_rule_data(rule: Rule, ruleset: Ruleset, lang: str) -> Mapping[str, object]:
    """A rule with its condition, what else it does, and what it leaves unexpressed."""
    later, ended = ruleset.successor(rule), ruleset.repealing(rule)
    return {
        **rule_data(rule, ruleset, lang),
        "batch": rule.batch,
        "replaces": rule.replaces,
        "replaced_by": None if later is None else later.id,
        "repealed_by": None if ended is None else ended.id,
        "refines": rule.refines,
        "when": print_condition(rule.condition),
        "effect": _effect_data(rule.effect),
        "note": text_data(rule.note),
        "unexpressed": [
            {"text": text_data(one.text), "reason": text_data(one.reason)}
            for one in rule.unexpressed
        ],
    }


def countings_data(
    rule: Rule, first: FirstViolation, vocabulary: Vocabulary, lang: str
) -> list[Mapping[str, object]]:
    """Which earlier violations count, for each fact of the rule that asks for that.

    Args:
        rule: The rule.
        first: What counts as a first violation for it.
        vocabulary: Declarations of the facts it reads.
        lang: Language of the citations.
    """
    found: list[Mapping[str, object]] = []
    violation = min(rule.violations or ("",))
    for name in sorted(facts_read(rule.condition)):
        counting = first if name in COUNTED_BY_RULESETS else vocabulary[name].counts
        if counting is not None:
            found.append(
                {
                    "fact": name,
                    "text": text_data(counted_text(counting, violation)),
                    "citations": citations_data(counting.citations, lang),
                }
            )
    return found


def threats_data(
    rule: Rule, violations: Mapping[str, Violation], vocabulary: Vocabulary, lang: str
) -> Mapping[str, object]:
    """The penalty provisions of each violation that the rule is for, by the id of the violation."""
    return {
        name: [_provision_data(one, vocabulary, lang) for one in violations[name].provisions]
        for name in sorted(rule.violations or ())
        if name in violations
    }


def _effect_data(effect: RuleEffect) -> Mapping[str, object]:
    return {
        "waives": sorted(kind.value for kind in effect.waives),
        "keeps": sorted(kind.value for kind in effect.keeps),
        "instead": None if effect.instead is None else effect.instead.value,
        "fine": None if effect.fine is None else _fine_effect_data(effect.fine),
    }


def _fine_effect_data(fine: FineEffect) -> Mapping[str, object]:
    """What a rule fixes about the fine; amounts in yuan, shares from 0 to 1."""
    band = fine.band
    return {
        "amount": _number(fine.amount, unit=FEN_PER_YUAN),
        "low": _number(fine.low, unit=FEN_PER_YUAN),
        "high": _number(fine.high, unit=FEN_PER_YUAN),
        "band": None
        if band is None
        else {
            "low": _number(band.low),
            "high": _number(band.high),
            "low_closed": band.low_closed,
            "high_closed": band.high_closed,
        },
        "floor": _number(fine.floor),
    }


def violation_data(violation: Violation, vocabulary: Vocabulary, lang: str) -> Mapping[str, object]:
    """A violation with its provisions."""
    return {
        "id": violation.id,
        "title": text_data(violation.title),
        "department": violation.department,
        "field": violation.field,
        "broken": citations_data(violation.broken, lang),
        "provisions": [
            _provision_data(provision, vocabulary, lang) for provision in violation.provisions
        ],
        "elements": sorted(violation.elements),
        "in_force": interval_data(violation.in_force),
    }


def _provision_data(
    provision: Provision, vocabulary: Vocabulary, lang: str
) -> Mapping[str, object]:
    return {
        "id": provision.id,
        "citation": citation_data(provision.citation, lang),
        "in_force": interval_data(provision.in_force),
        "only_after": _switch_data(provision.only_after, vocabulary, lang),
        "tiers": [_tier_data(tier, vocabulary, lang) for tier in provision.tiers],
        "kinds": [
            {
                "kind": kind.kind.value,
                "modality": kind.modality.value,
                "when": _switch_data(kind.when, vocabulary, lang),
                "note": text_data(kind.note),
            }
            for kind in provision.kinds
        ],
        "checked": provision.checked,
        "unverified": text_data(provision.unverified),
    }


def _tier_data(tier: Tier, vocabulary: Vocabulary, lang: str) -> Mapping[str, object]:
    """A tier; its ends are yuan, or with a base what the base is multiplied by."""
    fine = tier.fine or FineScale()
    unit = FEN_PER_YUAN if fine.base is None else 1
    return {
        "id": tier.id,
        "label": text_data(tier.label),
        "when": _switch_data(tier.when, vocabulary, lang),
        "fined": tier.fine is not None,
        "low": _number(fine.low, unit=unit),
        "high": _number(fine.high, unit=unit),
        "base": fine.base,
        "base_floor": _number(fine.base_floor, unit=FEN_PER_YUAN),
        "modality": tier.modality.value,
        "citation": None if tier.citation is None else citation_data(tier.citation, lang),
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
        "counts": None if fact.counts is None else text_data(counting_text(fact.counts, "")),
        "cure": None
        if fact.cure is None
        else {"to": fact.cure.to, "how": text_data(fact.cure.how)},
    }
