"""Outcomes and rules explained to people, in Chinese and in English (说明理由).

One page is made of the outcome; text, Markdown, HTML and plain data are only its forms. Whatever
it says of facts comes from the traces of the findings.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from bizrules.explanation._matter import matter_page
from bizrules.explanation._page import (
    Item,
    Items,
    Page,
    Pairs,
    Paragraph,
    Speaker,
    page_data,
)
from bizrules.explanation._provision import provision_items
from bizrules.explanation._rendering import FORMS
from bizrules.explanation._rule import RuleContext, rule_page, say_orders
from bizrules.explanation._sections import outcome_page
from bizrules.facts import Vocabulary
from bizrules.history import FirstViolation
from bizrules.matters import MatterOutcome
from bizrules.outcomes import Outcome
from bizrules.phrases import LANGUAGES
from bizrules.provenance import Text
from bizrules.regions import RegionTable
from bizrules.rules import Rule, RuleEffect, Ruleset, Violation
from bizrules.wording import both, join_clauses

__all__ = [
    "EXPLANATION_FORMS",
    "Item",
    "Items",
    "Page",
    "Pairs",
    "Paragraph",
    "RuleContext",
    "explain",
    "explain_matter",
    "explain_rule",
    "explanation_data",
    "orders_text",
    "provision_items",
    "rule_page",
]

EXPLANATION_FORMS: Final = tuple(FORMS)
"""Forms of an explanation: `text`, `markdown`, `html`."""


def explain(outcome: Outcome, *, lang: str = "zh", form: str = "text", full: bool = False) -> str:
    """The outcome as an officer reads it.

    Args:
        outcome: The outcome.
        lang: `zh` or `en`.
        form: `text`, `markdown` or `html`; the last is one element without scripts.
        full: Whether to list every rule that fails, and the whole trace of every open one.

    Raises:
        ValueError: If there is no such language or form.
    """
    _check(lang, form)
    return FORMS[form](outcome_page(outcome, lang, full=full))


def explain_matter(
    matter: MatterOutcome, *, lang: str = "zh", form: str = "text", full: bool = False
) -> str:
    """The joint outcome of several cases as an officer reads it.

    Args:
        matter: The joint outcome.
        lang: `zh` or `en`.
        form: `text`, `markdown` or `html`; the last is one element without scripts.
        full: Whether to list every question.

    Raises:
        ValueError: If there is no such language or form.
    """
    _check(lang, form)
    return FORMS[form](matter_page(matter, lang, full=full))


def explanation_data(
    outcome: Outcome, lang: str = "zh", *, full: bool = False
) -> dict[str, object]:
    """What `explain` says, as plain data: sections of paragraphs, pairs and lists.

    Args:
        outcome: The outcome.
        lang: `zh` or `en`.
        full: As in `explain`.

    Raises:
        ValueError: If there is no such language.
    """
    _check(lang, "text")
    return page_data(outcome_page(outcome, lang, full=full))


def explain_rule(  # noqa: PLR0913 - one argument for each thing the page may tell of
    rule: Rule,
    vocabulary: Vocabulary,
    *,
    ruleset: Ruleset | None = None,
    violations: Mapping[str, Violation] | None = None,
    regions: RegionTable | None = None,
    first_violation: FirstViolation | None = None,
    examples: Iterable[tuple[str, bool]] = (),
    lang: str = "zh",
    form: str = "text",
) -> str:
    """A rule as an entry of a list: matter, conditions, exclusions, effect, penalty, basis.

    Args:
        rule: The rule.
        vocabulary: Declarations of the facts it reads.
        ruleset: Its ruleset, for the printed name of its list, its batches and other versions.
        violations: The catalogue, for the names of the violations it is for.
        regions: The regions, for the name of its own.
        first_violation: What counts as first for it.
        examples: Golden cases that show it: the name of each, and whether it holds there.
        lang: `zh` or `en`.
        form: `text`, `markdown` or `html`.

    Raises:
        ValueError: If there is no such language or form.
    """
    _check(lang, form)
    context = RuleContext(
        vocabulary=vocabulary,
        ruleset=ruleset,
        violations=violations or {},
        regions=regions,
        first_violation=first_violation,
        examples=tuple(examples),
    )
    return FORMS[form](rule_page(rule, context, lang))


def orders_text(effect: RuleEffect) -> Text:
    """What a rule orders beyond the grade, in words; empty if nothing.

    Args:
        effect: The effect of the rule.
    """
    return both(lambda lang: join_clauses(say_orders(effect, Speaker(lang)), lang))


def _check(lang: str, form: str) -> None:
    for given, known in ((lang, LANGUAGES), (form, EXPLANATION_FORMS)):
        if given not in known:
            msg = f"`{given}` is none of {', '.join(known)}"
            raise ValueError(msg)
