"""Days, spans and lengths of time in few characters."""

from datetime import date

from bizrules import phrases
from bizrules.cases import format_span
from bizrules.provenance import Text
from bizrules.timeline._items import Item, ItemKind
from bizrules.values import DateSpan, add_months
from bizrules.wording import both, phrase, say_span

_MONTHS_A_YEAR = 12
_MONTHS_BY_DAYS = 3


def is_rough(span: DateSpan) -> bool:
    """Whether something is known of a day, but not which it is."""
    return span.exact is None and (span.earliest is not None or span.latest is not None)


def short_span(span: DateSpan) -> str:
    """A day, a month, a year, or between which days: `2022-03-01~2022-03-05`, `≥2022-03-01`."""
    if span.earliest is None:
        return f"≤{span.latest}" if span.latest else "?"
    if span.latest is None:
        return f"≥{span.earliest}"
    return format_span(span).replace("..", "~")


def days_of(item: Item, lang: str) -> list[str]:
    """The day of an item, or the first and the last one, each on its own."""
    if item.since is None:
        return [short_span(item.on)]
    return [short_span(item.since), phrases.say("timeline.to", lang, day=short_span(item.on))]


def said_days(item: Item, lang: str) -> str:
    """The day of an item, or from when to when it lasts, in one piece."""
    if item.since is None:
        return short_span(item.on)
    first, last = short_span(item.since), short_span(item.on)
    return phrases.say("timeline.lasting", lang, first=first, last=last)


def marked(item: Item, lang: str) -> str:
    """What an item is called, with a word in front where its last day was missed or is over."""
    label = item.label.in_(lang)
    if not item.overdue:
        return label
    word = "expired" if item.kind is ItemKind.LIMITATION else "mark"
    return f"{phrases.say(f'timeline.{word}', lang)}{label}"


def uncertain(item: Item) -> Text | None:
    """Between which days the day of an item lies, unless it is a month or a year as a whole."""
    span = item.on
    if item.since is not None or not is_rough(span) or len(short_span(span)) <= len("2022-03"):
        return None
    return phrase("timeline.uncertain", span=both(lambda lang: say_span(span, lang)))


def length_between(first: date, last: date, lang: str) -> str:
    """How long it is from one day to another: days, or about how many months and years."""
    months = (last.year - first.year) * _MONTHS_A_YEAR + last.month - first.month
    if months and add_months(first, months) > last:
        months -= 1
    if months < _MONTHS_BY_DAYS:
        return phrases.say("timeline.gap.days", lang, n=(last - first).days)
    years, rest = divmod(months, _MONTHS_A_YEAR)
    said = _months(years, rest, lang)
    if add_months(first, months) == last:
        return said
    return phrases.say("timeline.gap.about", lang, length=said)


def _months(years: int, rest: int, lang: str) -> str:
    if not years:
        return phrases.say("timeline.gap.months", lang, n=rest)
    if not rest:
        return phrases.say("timeline.gap.years", lang, n=years)
    return phrases.say("timeline.gap.years-months", lang, years=years, months=rest)
