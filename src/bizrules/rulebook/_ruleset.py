"""The page of a ruleset: what holds for all entries, then its lists one after another."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import attrs

from bizrules import phrases
from bizrules.conditions import AllOf, Condition
from bizrules.engine import Engine
from bizrules.explanation import Item, Items, Page, Pairs, Paragraph, RuleContext, rule_page
from bizrules.history_wording import counted_text
from bizrules.provenance import Citation, Text
from bizrules.regions import NATIONAL
from bizrules.rulebook._index import department_of
from bizrules.rulebook._markdown import cell, marked_down, numbered, table
from bizrules.rules import Axis, Measure, Rule, Ruleset, Violation
from bizrules.wording import name_of, numbered_parts, say_citation, say_citations, say_date


def ruleset_page(ruleset: Ruleset, engine: Engine, lang: str) -> str:
    """The page."""
    context = RuleContext(
        vocabulary=engine.vocabulary, ruleset=ruleset, violations=engine.violations
    )
    lines = [f"# {marked_down(ruleset.title.in_(lang))}", ""]
    lines += (f"- {_pair(label, value, lang)}" for label, value in _head(ruleset, engine, lang))
    notes = dict.fromkeys(b.note.in_(lang) for b in ruleset.batches if b.note is not None)
    for note in notes:
        lines += ["", marked_down(note)]
    groups: dict[str | None, list[Rule]] = {}
    for rule in ruleset.rules:
        groups.setdefault(rule.list, []).append(rule)
    for name, rules in groups.items():
        lines += ["", f"## {_list_name(name, ruleset, lang)}", ""]
        lines += _list(rules, context, lang)
    index = phrases.say("rulebook.back", lang)
    return "\n".join([*lines, "", f"[{index}](../../README.md)"]) + "\n"


def _pair(label: str, value: str, lang: str) -> str:
    label = phrases.say(f"rulebook.label.{label}", lang)
    return phrases.say("pair", lang, label=f"**{label}**", value=marked_down(value))


def _head(ruleset: Ruleset, engine: Engine, lang: str) -> Iterator[tuple[str, str]]:
    instrument = ruleset.instrument
    cited = Citation(law=instrument.name, number=instrument.number)
    yield "instrument", say_citations([cited], lang)
    if instrument.issued is not None and not ruleset.is_draft:
        yield "issued", say_date(instrument.issued, lang)
    yield "kind", phrases.say(f"rulebook.kind.{instrument.kind.value}", lang)
    yield "level", phrases.say(f"level.{instrument.level.name.lower()}", lang)
    if ruleset.region != NATIONAL:
        yield "region", engine.regions.name(ruleset.region)
    department = department_of(ruleset, engine.violations)
    if department is not None:
        yield "department", name_of("department", department).in_(lang)
    yield from _days_of(ruleset, lang)
    if ruleset.first_violation is not None:
        yield "first", counted_text(ruleset.first_violation, "").in_(lang)
    status = "draft" if ruleset.is_draft else ruleset.status.value
    yield "status", phrases.say(f"status.{status}", lang)
    if ruleset.checked_on is not None:
        yield "checked", say_date(ruleset.checked_on, lang)
    yield "rules", str(len(ruleset.rules))


def _days_of(ruleset: Ruleset, lang: str) -> Iterator[tuple[str, str]]:
    """The days on which it is in force; of a draft, which never is, when it was put out."""
    days = ruleset.in_force
    if ruleset.is_draft:
        day = ruleset.put_out
        said = phrases.say("span.unknown", lang) if day is None else say_date(day, lang)
        yield "published", said
        return
    if days.start is not None:
        yield "from", say_date(days.start, lang)
    else:
        yield "from", phrases.say("rulebook.from.unknown", lang)
    if days.until is not None:
        yield "until", say_date(days.until, lang)


def _list_name(name: str | None, ruleset: Ruleset, lang: str) -> str:
    if name is None or name not in ruleset.lists:
        return phrases.say("rulebook.grounds", lang)
    return marked_down(ruleset.lists[name].name.in_(lang))


def _list(rules: Sequence[Rule], context: RuleContext, lang: str) -> Iterator[str]:
    """The conditions of all entries above the table, as a notice states them, then the table."""
    shared = _shared(rules)
    if shared:
        common = rule_page(_with_condition(rules[0], shared), context, lang)
        yield from _preamble(common, lang)
    heads, rows = _columns(rules, shared, context, lang)
    said = [phrases.say(f"rulebook.head.{head}", lang) for head in heads]
    yield from table(said, rows)


def _preamble(common: Page, lang: str) -> Iterator[str]:
    """What must hold for all entries, then what must not."""
    excluded = _lines(common, "exclusions", lang)
    parts = {"preamble": _wanted(common, lang), "preamble.exclusions": excluded}
    for key, lines in parts.items():
        if lines:
            yield phrases.say(f"rulebook.{key}", lang)
            yield ""
            yield cell(lines)
            yield ""


def _shared(rules: Sequence[Rule]) -> tuple[Condition, ...]:
    """Conditions that every one of several entries has, in the order of the first."""
    first, *others = (list(numbered_parts(rule.condition)) for rule in rules)
    if not others:
        return ()
    return tuple(part for part in first if all(part in other for other in others))


def _with_condition(rule: Rule, parts: Sequence[Condition]) -> Rule:
    return attrs.evolve(rule, condition=AllOf(tuple(parts)))


def _columns(
    rules: Sequence[Rule], shared: Sequence[Condition], context: RuleContext, lang: str
) -> tuple[list[str], list[list[str]]]:
    """Heads and rows; a column in which no entry has anything is left out."""
    rows = [_row(rule, shared, context, lang) for rule in rules]
    wanted = [head for head in rows[0] if any(row[head] for row in rows)]
    return wanted, [[row[head] for head in wanted] for row in rows]


def _row(
    rule: Rule, shared: Sequence[Condition], context: RuleContext, lang: str
) -> Mapping[str, str]:
    own = [part for part in numbered_parts(rule.condition) if part not in shared]
    page = rule_page(_with_condition(rule, own), context, lang)
    if own or not shared:
        conditions = list(_conditions(page, lang))
    else:
        conditions = [phrases.say("rulebook.as-above", lang)]
    return {
        "entry": cell([rule.entry or ""]),
        _head_for("matter", rule, context): cell(_matter(rule, context, lang)),
        "conditions": cell(conditions),
        _head_for("basis", rule, context): cell(_basis(rule, context, lang)),
        "effect": cell(_lines(page, "effect", lang)),
        "note": cell(_notes(rule, page, context, lang)),
    }


def _items(page: Page, key: str) -> tuple[Item, ...]:
    found: list[Item] = []
    for section in page.sections:
        if section.key != key:
            continue
        for block in section.blocks:
            if isinstance(block, Items):
                found += block.items
            elif isinstance(block, Paragraph):
                found.append(Item(block.text))
    return tuple(found)


def _lines(page: Page, key: str, lang: str) -> list[str]:
    return list(numbered(_items(page, key), lang))


def _conditions(page: Page, lang: str) -> Iterator[str]:
    """What must hold, then what must not; only exceptions need no word that nothing else must."""
    excluded = _lines(page, "exclusions", lang)
    yield from _wanted(page, lang) if excluded else _lines(page, "conditions", lang)
    if excluded:
        yield phrases.say("rulebook.exclusions", lang)
        yield from excluded


def _wanted(page: Page, lang: str) -> list[str]:
    """What must hold; nothing where only a sentence says that nothing must."""
    if all(isinstance(block, Paragraph) for block in _blocks(page, "conditions")):
        return []
    return _lines(page, "conditions", lang)


def _blocks(page: Page, key: str) -> Iterator[object]:
    for section in page.sections:
        if section.key == key:
            yield from section.blocks


def _head_for(name: str, rule: Rule, context: RuleContext) -> str:
    """Head of a column, which differs between lists of penalties, of measures, and the law."""
    entries = context.ruleset.rules if context.ruleset is not None else (rule,)
    if all(one.axis is Axis.COMPULSION for one in entries if one.list == rule.list):
        return f"{name}-compulsion"
    return f"{name}-ground" if rule.list is None else name


def _matter(rule: Rule, context: RuleContext, lang: str) -> Iterator[str]:
    title = rule.title.in_(lang)
    yield title
    names = [violation.title.in_(lang) for violation in _violations(rule, context)]
    if names and names != [title]:
        matters = phrases.say("rulebook.mark", lang).join(names)
        yield phrases.say("rulebook.matters", lang, matters=matters)
    if rule.measures:
        yield phrases.say("rulebook.measures", lang, measures=_measures(rule.measures, lang))


def _measures(measures: frozenset[Measure], lang: str) -> str:
    """The measures by name; all measures, or all ways of execution, in one word."""
    said = []
    for key, is_execution in (("all-measures", False), ("all-execution", True)):
        kinds = [one for one in Measure if one.is_execution is is_execution]
        if measures.issuperset(kinds):
            said.append(phrases.say(f"rulebook.{key}", lang))
        else:
            found = (one.value for one in kinds if one in measures)
            said += (name_of("measure", code).in_(lang) for code in found)
    return phrases.say("rulebook.mark", lang).join(said)


def _violations(rule: Rule, context: RuleContext) -> list[Violation]:
    known = context.violations
    return [known[code] for code in sorted(rule.violations or ()) if code in known]


def _basis(rule: Rule, context: RuleContext, lang: str) -> Iterator[str]:
    """Where the penalty or the measure stands, and where what the entry orders does."""
    applied = _foreign(rule, context)
    if rule.list is not None and rule.axis is Axis.PENALTY:
        yield from _penalty_basis(rule, applied, context, lang)
    elif applied:
        yield phrases.say("rulebook.ground", lang, cited=say_citations(applied, lang))
    else:
        yield from _unstated(rule, context, lang)


def _penalty_basis(
    rule: Rule, applied: Sequence[Citation], context: RuleContext, lang: str
) -> Iterator[str]:
    """The penalty provisions, and what else is applied; the same place is not named twice."""
    violations = _violations(rule, context)
    cited = list(dict.fromkeys(c for one in violations for c in _provisions(one, rule)))
    applied = [one for one in applied if not _is_said(one, cited)]
    if cited:
        yield phrases.say("rulebook.penalty", lang, cited=say_citations(cited, lang))
    else:
        yield from _unstated(rule, context, lang)
        reasons = [one.no_provision for one in violations if one.no_provision is not None]
        applied = [one for one in applied if not any(_names(reason, one) for reason in reasons)]
    if applied:
        yield phrases.say("rulebook.applied", lang, cited=say_citations(applied, lang))


def _is_said(citation: Citation, cited: Sequence[Citation]) -> bool:
    """Whether the place is cited already, itself or by a paragraph of the whole article."""
    whole = citation.paragraph is None and citation.article is not None
    return any(
        _plain(citation) == one
        or (whole and (one.law, one.article) == (citation.law, citation.article))
        for one in cited
    )


def _names(reason: Text, citation: Citation) -> bool:
    """Whether the reason for which no provision is at hand names the place already."""
    return say_citation(citation, "zh") in reason.zh


def _unstated(rule: Rule, context: RuleContext, lang: str) -> Iterator[str]:
    """What stands in place of a penalty provision that is not named: the list is none."""
    if rule.axis is Axis.COMPULSION or rule.violations is None:
        yield phrases.say(f"rulebook.basis.{rule.axis.value}", lang)
        return
    texts = (one.no_provision for one in _violations(rule, context))
    reasons = dict.fromkeys(text.in_(lang) for text in texts if text is not None)
    yield from reasons or [phrases.say("rulebook.basis.unknown", lang)]


def _provisions(violation: Violation, rule: Rule) -> list[Citation]:
    """Penalty provisions in force on the last day of the rule; without an end, those that last."""
    until = rule.in_force.until
    if until is None:
        valid = [one for one in violation.provisions if one.in_force.until is None]
    else:
        last = until - timedelta(days=1)
        valid = [one for one in violation.provisions if one.in_force.contains(last)]
    return list(dict.fromkeys(_plain(one.citation) for one in valid))


def _plain(citation: Citation) -> Citation:
    """The place cited, whatever the version and however well it was checked."""
    return attrs.evolve(citation, version=None, unverified=None)


def _foreign(rule: Rule, context: RuleContext) -> list[Citation]:
    """Citations of a rule; of an entry of a list, without that of the list itself."""
    ruleset = context.ruleset
    if ruleset is None or rule.list is None:
        return list(rule.citations)
    own = ruleset.instrument.name
    return [one for one in rule.citations if one.article is not None or not _is_own(one, own, rule)]


def _is_own(citation: Citation, own: str, rule: Rule) -> bool:
    # A later batch of a list has a name of its own; the number is then that of the entry.
    return citation.law == own or (citation.entry is not None and citation.entry == rule.entry)


def _notes(rule: Rule, page: Page, context: RuleContext, lang: str) -> Iterator[str]:
    ruleset = context.ruleset
    if rule.batch is not None and ruleset is not None and len(ruleset.batches) > 1:
        yield phrases.say("rulebook.batch", lang, batch=rule.batch)
    if ruleset is not None and rule.in_force != ruleset.in_force:
        yield from _days(page, lang)
    if ruleset is not None and rule.status is not ruleset.status:
        status = phrases.say(f"status.{rule.status.value}", lang)
        yield phrases.say("rulebook.status", lang, status=status)
    yield from (item.text for item in _items(page, "note"))
    unexpressed = _items(page, "unexpressed")
    if unexpressed:
        yield phrases.say("rulebook.unexpressed", lang)
        yield from numbered(unexpressed, lang)


def _days(page: Page, lang: str) -> Iterator[str]:
    label = phrases.say("rule.in-force", lang)
    for block in _blocks(page, "entry"):
        if isinstance(block, Pairs):
            yield from (pair.value for pair in block.pairs if pair.label == label)
