"""Which earlier violations count, in words."""

from collections.abc import Iterator
from functools import partial

from bizrules import phrases
from bizrules.history import Area, Counting, PriorResult, RepeatCount, Window, WindowUnit
from bizrules.provenance import Text
from bizrules.wording import both, phrase, say_date


def counting_text(counting: Counting, violation: str) -> Text:
    """Which earlier violations count for a violation, as one clause in both languages."""
    key = "counting.first"
    if isinstance(counting, RepeatCount):
        key = "counting.repeat.present" if counting.includes_present else "counting.repeat"
    return phrase(key, parts=counted_text(counting, violation))


def counted_text(counting: Counting, violation: str) -> Text:
    """Within what time, of what kind and so on they are, without saying that these count."""
    return both(lambda lang: phrases.say("list.mark", lang).join(_parts(counting, violation, lang)))


def window_text(counting: Counting, window: Window | None) -> Text:
    """A window that runs back from the anchor, in words."""
    return both(partial(_window, counting, window))


def _parts(counting: Counting, violation: str, lang: str) -> Iterator[str]:
    yield _window(counting, counting.window_for(violation), lang)
    if counting.since is not None:
        yield phrases.say("counting.since", lang, day=say_date(counting.since, lang))
    yield phrases.say(f"counting.same.{counting.identity.value}", lang)
    if counting.area is not Area.ANYWHERE:
        yield phrases.say(f"counting.area.{counting.area.value}", lang)
    for result in PriorResult:
        if result not in counting.results:
            yield phrases.say(f"counting.without.{result.value}", lang)
    if counting.unhandled:
        yield phrases.say("counting.unhandled", lang)


def _window(counting: Counting, window: Window | None, lang: str) -> str:
    if window is None:
        return phrases.say("counting.window.none", lang)
    anchor = phrases.say(f"after.{counting.anchor.value}", lang)
    if window.unit is WindowUnit.CALENDAR_YEARS and window.length > 1:
        return phrases.say("counting.window.years", lang, anchor=anchor, n=window.length - 1)
    return phrases.say(f"counting.window.{window.unit.value}", lang, anchor=anchor, n=window.length)
