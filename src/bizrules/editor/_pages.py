"""What an editor shows about a fact, a violation, a rule or an article, as Markdown."""

from collections.abc import Iterable, Iterator

from bizrules import phrases
from bizrules.catalogue import LawVersion
from bizrules.explanation import Item, explain_rule, provision_items
from bizrules.facts import Fact, Vocabulary
from bizrules.loading import Knowledge
from bizrules.provenance import Citation, Text
from bizrules.rules import Rule, Violation
from bizrules.wording import say_citation, say_citations


def fact_page(fact: Fact, lang: str) -> str:
    """Label, kind, unit, question, choices and evidence of a fact."""
    return "\n\n".join(_fact(fact, lang))


def _fact(fact: Fact, lang: str) -> Iterator[str]:
    kind = phrases.say(f"cli.kind.{fact.kind.value}", lang)
    unit = phrases.say(f"unit.{fact.unit.value}", lang, number="").strip() if fact.unit else ""
    head = phrases.say("list.mark", lang).join(filter(None, (kind, unit)))
    yield f"**{fact.label.in_(lang)}** (`{fact.name}`)\n\n{head}"
    if fact.judgement:
        yield phrases.say("cli.judgement", lang)
    for text in (fact.question, fact.evidence, fact.cure.how if fact.cure else None):
        if isinstance(text, Text):
            yield text.in_(lang)
    if fact.choices:
        yield "\n".join(f"- `{one.code}` {one.label.in_(lang)}" for one in fact.choices)


def violation_page(violation: Violation, vocabulary: Vocabulary, lang: str) -> str:
    """Title, norms broken and penalty provisions of a violation."""
    parts = [f"**{violation.title.in_(lang)}** (`{violation.id}`)"]
    if violation.broken:
        parts.append(say_citations(violation.broken, lang))
    provisions = provision_items(violation, vocabulary, lang)
    if provisions:
        parts.append("\n".join(_points(provisions, 0)))
    return "\n\n".join(parts)


def _points(items: Iterable[Item], depth: int) -> Iterator[str]:
    for item in items:
        yield f"{'  ' * depth}- {item.text}"
        yield from _points(item.children, depth + 1)


def rule_page(rule: Rule, knowledge: Knowledge, lang: str) -> str:
    """A rule as an officer reads it."""
    ruleset = next((one for one in knowledge.rulesets if one.id == rule.ruleset), None)
    return explain_rule(
        rule,
        knowledge.vocabulary,
        ruleset=ruleset,
        violations=knowledge.violations,
        regions=knowledge.regions,
        lang=lang,
        form="markdown",
    )


def article_page(law: LawVersion, article: str, lang: str) -> str:
    """How many paragraphs an article has, and how many items each of them; else the law alone."""
    version = "" if law.version is None else f" ({law.version.isoformat()})"
    parts = [f"**{law.name}**{version}"]
    if not law.has(article):
        parts.append(phrases.say("format.law.articles", lang, count=law.articles))
        return "\n\n".join(parts)
    parts.append(say_citation(Citation(law=law.name, article=article), lang))
    lines = []
    for paragraph in range(1, law.paragraphs(article) + 1):
        items = law.items(article, paragraph)
        key = "format.law.items" if items else "format.law.paragraph"
        lines.append("- " + phrases.say(key, lang, paragraph=paragraph, items=items))
    return "\n\n".join([*parts, "\n".join(lines)])
