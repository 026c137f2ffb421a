"""Conditions, values and citations in words, from the vocabulary and the phrases."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

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
from bizrules.values import FEN_PER_YUAN, DateSpan, Money, Unit, format_decimal, month_end

_MOST_LEVELS: Final = 3
_TIME_UNITS: Final = frozenset(
    {Unit.MINUTE, Unit.HOUR, Unit.DAY, Unit.WORKING_DAY, Unit.MONTH, Unit.YEAR}
)
_LEVEL_TESTS: Final = frozenset({Op.BELOW, Op.AT_MOST, Op.AT_LEAST, Op.ABOVE, Op.BETWEEN})
_OPPOSITE: Final = {
    Op.BELOW: Op.AT_LEAST,
    Op.AT_LEAST: Op.BELOW,
    Op.AT_MOST: Op.ABOVE,
    Op.ABOVE: Op.AT_MOST,
    Op.BEFORE: Op.ON_OR_AFTER,
    Op.ON_OR_AFTER: Op.BEFORE,
    Op.IN: Op.NOT_IN,
    Op.NOT_IN: Op.IN,
}


def both(build: Callable[[str], str]) -> Text:
    """A text built for each language when it is read in it."""
    return Text.said_by(build)


def phrase(key: str, /, **details: Text | str | int) -> Text:
    """A phrase in both languages; details that are texts are taken in the same language."""
    return both(
        lambda lang: phrases.say(
            key,
            lang,
            **{name: d.in_(lang) if isinstance(d, Text) else d for name, d in details.items()},
        )
    )


_INNER: Final = str.maketrans("“”", "‘’")


def quoted(text: Text) -> Text:
    """The text in quotation marks; those inside it become single ones."""
    return phrase("quoted", text=both(lambda lang: text.in_(lang).translate(_INNER)))


def name_of(what: str, code: str) -> Text:
    """What a code is called; the code itself where the phrases have no `<what>.<code>`.

    A plugin may use codes that the library does not know, such as a department of its own.
    """
    key = f"{what}.{code}"
    return phrase(key) if phrases.has(key) else Text(zh=code, en=code)


def join(parts: Iterable[str], lang: str, word: str = "and") -> str:
    """Parts of a sentence joined by the language's list mark and a last `and` or `or`."""
    return _joined(parts, lang, "list.mark", f"list.{word}")


def join_clauses(parts: Iterable[str], lang: str, word: str = "and") -> str:
    """Clauses joined by the language's clause mark and a last `and` or `or`."""
    return _joined(parts, lang, "clause.mark", f"clause.{word}")


def _joined(parts: Iterable[str], lang: str, mark: str, last: str) -> str:
    items = list(parts)
    if len(items) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(items)
    return phrases.say(mark, lang).join(items[:-1]) + phrases.say(last, lang) + items[-1]


def say_date(day: date, lang: str) -> str:
    """A day as written in the language."""
    month = phrases.say(f"month.{day.month}", lang)
    return phrases.say("date", lang, year=day.year, month=month, day=day.day)


def say_span(span: DateSpan, lang: str) -> str:
    """A day, month or year, or between which days the day lies."""
    first, last = span.earliest, span.latest
    if first is None:
        if last is None:
            return phrases.say("span.unknown", lang)
        return phrases.say("span.until", lang, day=say_date(last, lang))
    if last is None:
        return phrases.say("span.from", lang, day=say_date(first, lang))
    return _say_days(first, last, lang)


def _say_days(first: date, last: date, lang: str) -> str:
    if first == last:
        return say_date(first, lang)
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return phrases.say("span.year", lang, year=first.year)
    if first.day == 1 and last == month_end(first):
        month = phrases.say(f"month.{first.month}", lang)
        return phrases.say("span.month", lang, year=first.year, month=month)
    return phrases.say("span.between", lang, low=say_date(first, lang), high=say_date(last, lang))


def say_yuan(fen: int | Fraction, lang: str) -> str:
    """An amount of money; a fraction of a fen is shown to four decimals of a yuan."""
    exact = Fraction(fen) / FEN_PER_YUAN
    if lang == "zh":
        return phrases.say("money", lang, amount=_in_wan(exact))
    return phrases.say("money", lang, amount=_grouped(_decimal(exact), lang))


_WAN: Final = 10_000
_YI: Final = 100_000_000


def _in_wan(yuan: Fraction) -> str:
    """Round amounts as an officer writes them: 5万, 1.5万, 2亿; others in plain digits."""
    for unit, name in ((_YI, "亿"), (_WAN, "万")):
        # At most one decimal: 12,345 yuan is clearer as it stands.
        if yuan >= unit and (yuan * 10 / unit).denominator == 1:
            return format_decimal(_decimal(yuan / unit)) + name
    return format_decimal(_decimal(yuan))


def _decimal(number: Fraction) -> Decimal:
    """The number, rounded to four decimals where it has more."""
    if (number * _WAN).denominator == 1:
        return Decimal(int(number * _WAN)).scaleb(-4)
    return Decimal(round(number * _WAN)).scaleb(-4)


def _grouped(number: Decimal, lang: str) -> str:
    text = format_decimal(number)
    if lang == "zh":
        return text
    whole, _, rest = text.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.removeprefix('-')):,}" + (f".{rest}" if rest else "")


def say_number(number: int | Decimal, unit: Unit | None, lang: str) -> str:
    """A number with its unit."""
    text = _grouped(Decimal(number), lang)
    return text if unit is None else _with_unit(text, unit.value, lang)


def _with_unit(text: str, unit: str, lang: str) -> str:
    one = f"unit.{unit}.one"
    key = one if text == "1" and phrases.has(one) else f"unit.{unit}"
    return phrases.say(key, lang, n=text)


def say_unit(unit: str, label: Text, lang: str) -> str:
    """The unit in which an amount is asked for: 平方米, 周岁."""
    key = f"unit.{_counted_in(unit, label)}"
    return phrases.say(key, lang, n="").strip() if phrases.has(key) else unit


# Words that a number of plants, appliances and so on is counted with in Chinese.
_COUNTERS: Final = {"件": "item", "株": "plant", "具": "appliance", "单": "order"}


def _counted_in(unit: str, label: Text) -> str:
    # Years of age are 周岁, other years 年.
    if unit == Unit.YEAR.value and label.zh.endswith("年龄"):
        return "age"
    if unit == Unit.ITEM.value and label.zh.endswith("数"):
        return _COUNTERS.get(label.zh[-2:-1], "piece")
    return unit


def say_value(fact: Fact, value: Value, lang: str) -> str:
    """A value of a fact, with label or unit."""
    if isinstance(value, bool):
        return phrases.say("value.true" if value else "value.false", lang)
    if isinstance(value, Money):
        return say_yuan(value.fen, lang)
    if isinstance(value, date):
        return say_date(value, lang)
    if isinstance(value, (str, frozenset)):
        return _say_words(fact, value, lang)
    unit = _unit(fact)
    text = say_number(value, None, lang)
    return text if unit is None else _with_unit(text, _counted_in(unit.value, fact.label), lang)


def _say_words(fact: Fact, value: str | frozenset[str], lang: str) -> str:
    if isinstance(value, str):
        return fact.choice_label(value, lang) if fact.kind in CODED else value
    if not value:
        return phrases.say("value.empty", lang)
    chosen = sorted(value, key=lambda code: fact.ranks.get(code, 0))
    return join((fact.choice_label(code, lang) for code in chosen), lang)


def _unit(fact: Fact) -> Unit | None:
    return Unit.DAY if fact.kind is Kind.DAYS and fact.unit is None else fact.unit


def say_share(share: Fraction, lang: str) -> str:
    """A part of a whole as a percentage, or as a fraction where no percentage is exact."""
    if (share * _WAN * 100).denominator != 1:
        return _fraction(share, lang)
    return phrases.say("unit.percent", lang, n=_ratio(share * 100, lang))


def say_factor(factor: Fraction, lang: str) -> str:
    """A factor of something, as a percentage below one, else as a multiple: 5%, 1倍, 1.5倍."""
    if factor < 1:
        return phrases.say("factor.percent", lang, n=_ratio(factor * 100, lang))
    one = "factor.times.one" if factor == 1 else "factor.times"
    return phrases.say(one, lang, n=_ratio(factor, lang))


def say_times(factor: Fraction, lang: str) -> str:
    """A factor as a multiple, in the range of a fine: 10倍, or 10 in English."""
    return phrases.say("fine.times-end", lang, n=_ratio(factor, lang))


def _fraction(share: Fraction, lang: str) -> str:
    whole, part = (
        chinese_number(number) if lang == "zh" else str(number)
        for number in (share.denominator, share.numerator)
    )
    return phrases.say("unit.fraction", lang, whole=whole, part=part)


def _ratio(number: Fraction, lang: str) -> str:
    """The number in decimals, or as a fraction where decimals would not be exact."""
    if (number * _WAN).denominator != 1:
        return f"{number.numerator}/{number.denominator}"
    return _grouped(_decimal(number), lang)


def say_citation(citation: Citation, lang: str) -> str:
    """A citation as an officer writes it: 《行政处罚法》第三十三条第一款."""
    return phrases.say("cite.mark", lang).join(_pieces(citation, lang))


def say_citations(citations: Iterable[Citation], lang: str) -> str:
    """Citations in a row; law and article that one shares with the one before are said once."""
    said: list[str] = []
    before: list[str] = []
    for citation in citations:
        pieces = _pieces(citation, lang)
        if pieces != before:
            shared = _shared(pieces, before)
            said.append(phrases.say("cite.mark", lang).join(pieces[shared:]))
        before = pieces
    *front, last = said or [""]
    if not front:
        return last
    return phrases.say("cite.list", lang).join(front) + phrases.say("cite.list-last", lang) + last


def _shared(pieces: list[str], before: list[str]) -> int:
    """How many pieces need not be said again; the article must, where all of it is meant."""
    if pieces[:1] != before[:1] or len(pieces) == 1:
        return 0
    same_article = pieces[:2] == before[:2]
    within = len(pieces) > 2 and pieces[2:] != before[2 : len(pieces)]  # noqa: PLR2004 - below it
    return 2 if same_article and within else 1


def _pieces(citation: Citation, lang: str) -> list[str]:
    name = citation.law
    if citation.article is not None:
        name = name.removeprefix("中华人民共和国")
    pieces = [_law(name, lang)]
    if citation.number:
        pieces[0] += phrases.say("cite.number", lang, number=citation.number)
    if citation.article is not None:
        pieces.append(_article(citation.article, lang))
    for part in ("paragraph", "item", "sentence"):
        number = getattr(citation, part)
        if number is not None:
            said = chinese_number(number) if lang == "zh" else number
            pieces.append(phrases.say(f"cite.{part}", lang, n=said))
    if citation.entry is not None:
        pieces.append(phrases.say("cite.entry", lang, n=citation.entry))
    return pieces


def _law(name: str, lang: str) -> str:
    # Inside book title marks the single ones stand (GB/T 15834-2011, 4.15).
    inner = name.replace("《", "〈").replace("》", "〉")
    said = phrases.say("cite.law", lang, name=inner)
    translated = f"law-name.{name.removeprefix('中华人民共和国')}"
    if lang == "zh" or not phrases.has(translated):
        return said
    return f"{phrases.say(translated, lang)} {said}"


def _article(article: str, lang: str) -> str:
    main, _, suffix = article.partition("-")
    if lang != "zh" or not (main.isascii() and main.isdecimal()):
        return phrases.say("cite.article", lang, n=article)
    text = phrases.say("cite.article", lang, n=chinese_number(int(main)))
    if suffix.isascii() and suffix.isdecimal():
        text += phrases.say("cite.article-suffix", lang, n=chinese_number(int(suffix)))
    return text


_DIGITS: Final = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """A number in Chinese numerals, as articles are counted: 一百二十四; from 10,000 in digits."""
    if not 0 <= number < _WAN:
        return str(number)
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
    test = _spelt_out(test, fact)
    if len(test.facts) == 1:
        said = _say_nothing(test, fact, lang)
        if said is not None:
            return said
        name = fact.label.in_(lang)
    else:
        labels = join((vocabulary[other].label.in_(lang) for other in test.facts), lang)
        name = phrases.say("test.sum", lang, names=labels)
    operand = _operand(test, fact, vocabulary, lang)
    key = _op_key(test, fact)
    if _is_number_of_days(test, fact) and phrases.has(f"test.period_{key}"):
        name, key = _PERIOD_NUMBER.sub("", name), f"period_{key}"
    return phrases.say(f"test.{key}", lang, name=name, **operand)


def _is_number_of_days(test: Test, fact: Fact) -> bool:
    """Whether a period is tested by its number of days, months and so on."""
    timed = _unit(fact) in _TIME_UNITS and not isinstance(test.operand, Share)
    return timed and len(test.facts) == 1 and bool(_PERIOD_NUMBER.search(fact.label.zh))


def say_known(values: Iterable[tuple[Fact, Value]], lang: str) -> str:
    """What a case says of several facts, one after the other."""
    said = (
        phrases.say("test.is", lang, name=fact.label.in_(lang), value=say_value(fact, value, lang))
        for fact, value in values
    )
    return phrases.say("clause.mark", lang).join(said)


# A number of days, months and so on; what it is the number of stands before.
_PERIOD_NUMBER: Final = re.compile(
    "(?<=.)(?:的?整?(?:工作日|天|月|年|小时)数|的时间|(?<=持续)时间)$"
)
# A count, with the word it is counted with, unless that belongs to what is counted.
_COUNT: Final = re.compile("(?:(?<!的)[次人个处株辆]|(?<![案的])件)?数$")


def _say_nothing(test: Test, fact: Fact, lang: str) -> str | None:
    """That there is none of something, or some, where a test asks no more than that."""
    if test.operand not in (Money(0), 0):
        return None
    is_count = fact.kind is Kind.INTEGER
    if test.op is Op.IS or (test.op is Op.AT_MOST and (is_count or fact.kind is Kind.MONEY)):
        said = _thing(fact, lang)
        return None if said is None else phrases.say("test.none", lang, name=said)
    if test.op is not Op.ABOVE:
        return None
    if is_count:
        return say_test(Test(test.facts, Op.AT_LEAST, 1), Vocabulary({fact.name: fact}), lang)
    return phrases.say("test.some", lang, name=_PERIOD_NUMBER.sub("", fact.label.in_(lang)))


def _thing(fact: Fact, lang: str) -> str | None:
    """What a fact tells the number or the amount of; None if its label cannot be cut."""
    label = fact.label.in_(lang)
    if fact.kind is Kind.MONEY:
        return label
    if fact.kind is not Kind.INTEGER or fact.label.zh.endswith("的次数"):
        return None
    return (_COUNT.sub("", label) if lang == "zh" else label.removeprefix("number of ")) or None


def _say_boolean(fact: Fact, wanted: bool, lang: str) -> str:
    if wanted:
        return fact.label.in_(lang)
    if fact.denial is not None:
        return fact.denial.in_(lang)
    return phrases.say("test.denied", lang, label=fact.label.in_(lang))


def _spelt_out(test: Test, fact: Fact) -> Test:
    """A test of a level as the few choices that pass it, which reads better than a rank."""
    if (
        fact.kind is not Kind.LEVEL
        or test.op not in _LEVEL_TESTS
        or isinstance(test.operand, Share)
    ):
        return test
    passing = tuple(choice.code for choice in fact.choices if _passes(test, fact, choice.code))
    if not 0 < len(passing) <= _MOST_LEVELS:
        return test
    return Test(test.facts, Op.IN, passing, test.location)


def _passes(test: Test, fact: Fact, code: str) -> bool:
    rank = fact.ranks[code]
    ends = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    limits = [fact.ranks[str(end)] for end in ends]
    return {
        Op.BELOW: rank < limits[0],
        Op.AT_MOST: rank <= limits[0],
        Op.AT_LEAST: rank >= limits[0],
        Op.ABOVE: rank > limits[0],
        Op.BETWEEN: limits[0] <= rank <= limits[-1],
    }[test.op]


def _op_key(test: Test, fact: Fact) -> str:
    if fact.kind is Kind.LEVEL and test.op in _LEVEL_TESTS:
        return f"level_{test.op.value}"
    if test.op in (Op.BELOW, Op.AT_MOST) and _unit(fact) in _TIME_UNITS:
        return f"time_{test.op.value}"
    return test.op.value


def _operand(test: Test, fact: Fact, vocabulary: Vocabulary, lang: str) -> dict[str, str]:
    operand = test.operand
    if isinstance(operand, Share):
        other = vocabulary[operand.fact].label.in_(lang)
        if operand.times == 1:
            return {"value": other}
        factor = say_factor(operand.times, lang)
        return {"value": phrases.say("test.share", lang, name=other, factor=factor)}
    if test.op is Op.BETWEEN and isinstance(operand, tuple):
        low, high = (_say_end(fact, end, lang) for end in operand)
        return {"low": low, "high": high}
    if isinstance(operand, (tuple, frozenset)):
        codes = sorted(operand) if isinstance(operand, frozenset) else operand
        word = "and" if test.op is Op.CONTAINS else "or"
        return {"value": join((_say_end(fact, code, lang) for code in codes), lang, word)}
    return {"value": _say_end(fact, operand, lang)}


def _say_end(fact: Fact, value: Value, lang: str) -> str:
    said = say_value(fact, value, lang)
    if fact.kind in CODED or fact.kind is Kind.TEXT:
        return phrases.say("quoted", lang, text=said)
    return said


def say_condition(condition: Condition, vocabulary: Vocabulary, lang: str) -> str:
    """A condition in words, on one line."""
    if isinstance(condition, Test):
        return say_test(condition, vocabulary, lang)
    if isinstance(condition, Defined):
        return condition.label.in_(lang)
    if isinstance(condition, Not):
        return _say_negation(condition, vocabulary, lang)
    if isinstance(condition, PerKind):
        return _say_per_kind(condition, vocabulary, lang)
    return _say_parts(condition, vocabulary, lang)


def _say_parts(condition: AllOf | AnyOf | AtLeast, vocabulary: Vocabulary, lang: str) -> str:
    parts = [_bracketed(part, vocabulary, lang) for part in condition.parts]
    if isinstance(condition, AtLeast):
        inner = join_clauses(parts, lang)
        return phrases.say("condition.at_least", lang, count=condition.count, inner=inner)
    if not parts:
        return phrases.say(
            f"condition.{'always' if isinstance(condition, AllOf) else 'never'}", lang
        )
    return join_clauses(parts, lang, "or" if isinstance(condition, AnyOf) else "and")


def _say_negation(condition: Not, vocabulary: Vocabulary, lang: str) -> str:
    """What is true where the part is false, said directly where the language can."""
    direct = negated(condition.part, vocabulary)
    if direct is not None:
        return say_condition(direct, vocabulary, lang)
    inner = say_condition(condition.part, vocabulary, lang)
    return phrases.say("condition.not", lang, inner=inner)


def negated(condition: Condition, vocabulary: Vocabulary) -> Condition | None:
    """The opposite of a condition without the word “not”; None if there is no such form."""
    if isinstance(condition, Test):
        return _opposite(condition, vocabulary[condition.facts[0]])
    if isinstance(condition, Not):
        return condition.part
    if isinstance(condition, (AllOf, AnyOf)) and condition.parts:
        parts = tuple(negated(part, vocabulary) or Not(part) for part in condition.parts)
        if all(isinstance(part, Not) for part in parts):
            return None
        return AnyOf(parts) if isinstance(condition, AllOf) else AllOf(parts)
    return None


def _opposite(test: Test, fact: Fact) -> Test | None:
    if fact.kind is Kind.BOOLEAN:
        return Test(test.facts, Op.IS, test.operand is not True, test.location)
    if test.op is Op.IS and fact.kind in CODED and isinstance(test.operand, str):
        return Test(test.facts, Op.NOT_IN, (test.operand,), test.location)
    opposite = _OPPOSITE.get(test.op)
    return Test(test.facts, opposite, test.operand, test.location) if opposite else None


def _bracketed(part: Condition, vocabulary: Vocabulary, lang: str) -> str:
    said = say_condition(part, vocabulary, lang)
    shown = (negated(part.part, vocabulary) or part) if isinstance(part, Not) else part
    if isinstance(shown, (AllOf, AnyOf)) and len(shown.parts) > 1:
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
    return join_clauses(branches, lang, "or")


def condition_text(condition: Condition, vocabulary: Vocabulary) -> Text:
    """A condition in words, in both languages."""
    return both(lambda lang: say_condition(condition, vocabulary, lang))


def numbered_parts(condition: Condition) -> Iterator[Condition]:
    """The conditions that must all hold, one by one, nested lists taken apart."""
    if isinstance(condition, AllOf):
        for part in condition.parts:
            yield from numbered_parts(part)
    else:
        yield condition
