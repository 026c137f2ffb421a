"""Codes of the model in words, as tables and lines of the command line show them."""

from collections.abc import Iterable

from bizrules import phrases
from bizrules.facts import Vocabulary
from bizrules.fines import range_text
from bizrules.loading import Official
from bizrules.outcomes import FineRange
from bizrules.penalties import FineScale, Grade
from bizrules.provenance import Citation
from bizrules.regions import RegionTable
from bizrules.rules import Rule, Ruleset
from bizrules.values import FEN_PER_YUAN, Interval
from bizrules.wording import join, say_citation, say_yuan


def grade_word(grade: Grade | None, lang: str) -> str:
    """The grade, or that none is proposed."""
    return phrases.say("cli.no-grade" if grade is None else f"grade.{grade.code}", lang)


def grade_words(grades: Iterable[Grade], lang: str) -> str:
    """Grades, the last two joined by *or*."""
    return join((grade_word(grade, lang) for grade in grades), lang, "or")


def coded(family: str, code: str, lang: str) -> str:
    """The phrase of a code in its family, or the code itself where there is none."""
    key = f"{family}.{code}"
    return phrases.say(key, lang) if phrases.has(key) else code


def list_word(rule: Rule, ruleset: Ruleset, lang: str) -> str:
    """Printed name of the list a rule stands on; for a ground of law, that it is one."""
    kind = ruleset.lists.get(rule.list) if rule.list else None
    return phrases.say("cli.ground-of-law", lang) if kind is None else kind.name.in_(lang)


def interval_words(interval: Interval, lang: str) -> str:
    """Days in force: the first, and the first one no longer; nothing if there are neither."""
    parts = []
    if interval.start is not None:
        parts.append(phrases.say("cli.since", lang, start=interval.start))
    if interval.until is not None:
        parts.append(phrases.say("cli.until", lang, until=interval.until))
    return phrases.say("cli.interval-mark", lang).join(parts)


def region_word(code: str, regions: RegionTable) -> str:
    """Code and name of a region."""
    return f"{code} {regions.name(code)}" if code in regions else code


def citation_words(citations: Iterable[Citation], lang: str) -> str:
    """Citations one after the other."""
    return join((say_citation(citation, lang) for citation in citations), lang)


def scale_words(scale: FineScale, vocabulary: Vocabulary, lang: str) -> str:
    """A statutory range as the provision writes it."""
    found = FineRange(
        low=scale.low, high=scale.high, low_closed=scale.low is not None, base=scale.base
    )
    return range_text(found, vocabulary).in_(lang)


def official_text(official: Official, lang: str) -> str:
    """What the authority decided in a published case, on one line, with the source's remark."""
    parts = []
    if official.grade is not None:
        parts.append(grade_word(official.grade, lang))
    # An exemption without a fine goes without saying.
    if official.fine or (official.fine is not None and official.grade is None):
        amount = say_yuan(int(official.fine * FEN_PER_YUAN), lang)
        parts.append(phrases.say("cli.official.fine", lang, amount=amount))
    for measure, result in (official.compulsion or {}).items():
        name = coded("measure", measure, lang)
        key = f"verdict.{result}"
        if phrases.has(key):
            parts.append(phrases.say(key, lang, measure=name))
        else:
            parts.append(phrases.say("cli.official.measure", lang, measure=name, result=result))
    mark = phrases.say("clause.mark", lang)
    said = mark.join(parts) or phrases.say("cli.official.none", lang)
    details = [official.authority] if official.authority else []
    details.append(coded("cli.quality", official.quality, lang))
    if official.contested:
        details.append(phrases.say("cli.official.contested", lang))
    text = phrases.say("cli.official", lang, decided=said, details=mark.join(details))
    if official.note is None:
        return text
    return f"{text}\n{phrases.say('cli.official.note', lang, note=official.note.in_(lang))}"
