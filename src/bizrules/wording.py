"""Conditions and values in words, from the vocabulary and the phrases."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bizrules import phrases
from bizrules.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
    Test,
)
from bizrules.facts import CODED, Fact, Kind, Value, Vocabulary
from bizrules.provenance import Citation, Text
from bizrules.values import Money, Unit, format_decimal


def both(build: Callable[[str], str]) -> Text:
    """A text built once for each language."""
    return Text(zh=build("zh"), en=build("en"))


def phrase(key: str, /, **details: Text | str | int) -> Text:
    """A phrase in both languages; details that are texts are taken in the same language."""
    return both(
        lambda lang: phrases.say(
            key,
            lang,
            **{name: d.in_(lang) if isinstance(d, Text) else d for name, d in details.items()},
        )
    )


def join(parts: Iterable[str], lang: str, word: str = "and") -> str:
    """Parts of a sentence joined by the language's list mark and a last `and` or `or`."""
    items = list(parts)
    if len(items) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(items)
    mark, last = phrases.say("list.mark", lang), phrases.say(f"list.{word}", lang)
    return mark.join(items[:-1]) + last + items[-1]


def say_date(day: date, lang: str) -> str:
    """A day as written in the language."""
    return phrases.say(
        "date", lang, year=day.year, month=day.month, day=day.day, iso=day.isoformat()
    )


def say_yuan(fen: int | Fraction, lang: str) -> str:
    """An amount of money; a fraction of a fen is shown to four decimals of a yuan."""
    exact = Fraction(fen) / 100
    yuan = Decimal(exact.numerator) / Decimal(exact.denominator)
    if exact.denominator not in (1, 2, 4, 5, 10, 20, 25, 50, 100):
        yuan = yuan.quantize(Decimal("0.0001"))
    return phrases.say("money", lang, amount=_grouped(yuan, lang))


def _grouped(number: Decimal, lang: str) -> str:
    text = format_decimal(number)
    if lang == "zh":
        return text
    whole, _, rest = text.partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")


def say_number(number: int | Decimal, unit: Unit | None, lang: str) -> str:
    """A number with its unit."""
    text = _grouped(Decimal(number), lang)
    return phrases.say(f"unit.{unit.value}", lang, n=text) if unit else text


def say_value(fact: Fact, value: Value, lang: str) -> str:
    """A value of a fact, with label or unit."""
    if isinstance(value, bool):
        return phrases.say("value.true" if value else "value.false", lang)
    if isinstance(value, Money):
        return say_yuan(value.fen, lang)
    if isinstance(value, date):
        return say_date(value, lang)
    if isinstance(value, frozenset):
        if not value:
            return phrases.say("value.empty", lang)
        return join((fact.choice_label(code, lang) for code in sorted(value)), lang)
    if isinstance(value, str):
        return fact.choice_label(value, lang) if fact.kind in CODED else value
    unit = Unit.DAY if fact.kind is Kind.DAYS and fact.unit is None else fact.unit
    return say_number(value, unit, lang)


def say_factor(factor: Fraction, lang: str) -> str:
    """A factor as a percentage below two, else as a multiple."""
    if factor < 2:  # noqa: PLR2004 - twice and more reads as a multiple
        percent = Decimal((factor * 100).numerator) / Decimal((factor * 100).denominator)
        return phrases.say("unit.percent", lang, n=format_decimal(percent))
    times = Decimal(factor.numerator) / Decimal(factor.denominator)
    return phrases.say("unit.times", lang, n=format_decimal(times))


def say_citation(citation: Citation, lang: str) -> str:
    """A citation as an officer writes it: 《行政处罚法》第三十三条第一款."""
    name = citation.law
    if lang == "zh" and citation.article is not None:
        name = name.removeprefix("中华人民共和国")
    parts = [phrases.say("cite.law", lang, name=name)]
    if citation.number:
        parts.append(phrases.say("cite.number", lang, number=citation.number))
    if citation.article is not None:
        parts.append(_article(citation.article, lang))
    for part in ("paragraph", "item", "sentence"):
        number = getattr(citation, part)
        if number is not None:
            said = chinese_number(number) if lang == "zh" else number
            parts.append(phrases.say(f"cite.{part}", lang, n=said))
    if citation.entry is not None:
        parts.append(phrases.say("cite.entry", lang, n=citation.entry))
    return "".join(parts)


def _article(article: str, lang: str) -> str:
    main, _, suffix = article.partition("-")
    if lang == "en" or not main.isdigit():
        return phrases.say("cite.article", lang, n=article)
    text = phrases.say("cite.article", lang, n=chinese_number(int(main)))
    if suffix.isdigit():
        text += phrases.say("cite.article-suffix", lang, n=chinese_number(int(suffix)))
    return text


_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """A number below 10,000 in Chinese numerals, as articles are counted: 一百二十四."""
    if number < 10:  # noqa: PLR2004 - single digit
        return _DIGITS[number]
    text, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + name
            gap = False
        elif text:
            gap = True
    return text.removeprefix("一") if text.startswith("一十") else text


def say_test(test: Test, vocabulary: Vocabulary, lang: str) -> str:
    """A test in words."""
    fact = vocabulary[test.facts[0]]
    if fact.kind is Kind.BOOLEAN:
        return _say_boolean(fact, test.operand is True, lang)
    if len(test.facts) == 1:
        name = fact.label.in_(lang)
    else:
        labels = join((vocabulary[other].label.in_(lang) for other in test.facts), lang)
        name = phrases.say("test.sum", lang, names=labels)
    return phrases.say(
        f"test.{_op_key(test, fact)}", lang, name=name, **_operand(test, fact, vocabulary, lang)
    )


def _say_boolean(fact: Fact, wanted: bool, lang: str) -> str:  # noqa: FBT001 - the value
    if wanted:
        return fact.label.in_(lang)
    if fact.denial is not None:
        return fact.denial.in_(lang)
    return phrases.say("test.denied", lang, label=fact.label.in_(lang))


def _op_key(test: Test, fact: Fact) -> str:
    if fact.kind is Kind.LEVEL and test.op in (Op.AT_LEAST, Op.AT_MOST, Op.BELOW, Op.ABOVE):
        return f"level_{test.op.value}"
    return test.op.value


def _operand(test: Test, fact: Fact, vocabulary: Vocabulary, lang: str) -> dict[str, str]:
    operand = test.operand
    if isinstance(operand, Share):
        other = vocabulary[operand.fact].label.in_(lang)
        if operand.times == 1:
            return {"value": other}
        return {
            "value": phrases.say(
                "test.share", lang, name=other, factor=say_factor(operand.times, lang)
            )
        }
    if test.op is Op.BETWEEN and isinstance(operand, tuple):
        low, high = (say_value(fact, end, lang) for end in operand)
        return {"low": low, "high": high}
    if isinstance(operand, tuple):
        word = "and" if test.op is Op.CONTAINS else "or"
        quoted = (_quoted(fact, str(code), lang) for code in operand)
        return {"value": join(quoted, lang, word)}
    if fact.kind in CODED or fact.kind is Kind.TEXT:
        return {"value": _quoted(fact, str(operand), lang)}
    return {"value": say_value(fact, operand, lang)}


def _quoted(fact: Fact, code: str, lang: str) -> str:
    label = fact.choice_label(code, lang) if fact.kind in CODED else code
    return phrases.say("quoted", lang, text=label)


def say_condition(condition: Condition, vocabulary: Vocabulary, lang: str) -> str:
    """A condition in words, on one line."""
    if isinstance(condition, Test):
        return say_test(condition, vocabulary, lang)
    if isinstance(condition, Defined):
        return condition.label.in_(lang)
    if isinstance(condition, Not):
        inner = say_condition(condition.part, vocabulary, lang)
        return phrases.say("condition.not", lang, inner=inner)
    if isinstance(condition, PerKind):
        return _say_per_kind(condition, vocabulary, lang)
    parts = [_bracketed(part, vocabulary, lang) for part in condition.parts]
    if not parts:
        return phrases.say(
            f"condition.{'always' if isinstance(condition, AllOf) else 'never'}", lang
        )
    if isinstance(condition, AtLeast):
        inner = join(parts, lang)
        return phrases.say("condition.at_least", lang, count=condition.count, inner=inner)
    return join(parts, lang, "or" if isinstance(condition, AnyOf) else "and")


def _bracketed(part: Condition, vocabulary: Vocabulary, lang: str) -> str:
    said = say_condition(part, vocabulary, lang)
    if isinstance(part, (AllOf, AnyOf)) and len(part.parts) > 1:
        return phrases.say("condition.group", lang, inner=said)
    return said


def _say_per_kind(condition: PerKind, vocabulary: Vocabulary, lang: str) -> str:
    fact = vocabulary[condition.fact]
    branches = [
        phrases.say(
            "condition.branch",
            lang,
            kind=fact.choice_label(code, lang),
            inner=say_condition(branch, vocabulary, lang),
        )
        for code, branch in condition.branches
    ]
    return join(branches, lang, "or")


def condition_text(condition: Condition, vocabulary: Vocabulary) -> Text:
    """A condition in words, in both languages."""
    return both(lambda lang: say_condition(condition, vocabulary, lang))
