"""Which earlier violations count: definitions of *first* and of repeats."""

from collections.abc import Collection
from typing import Any, Final

from bizrules._structure import Raw
from bizrules.conditions import Condition, facts_read
from bizrules.documents import (
    CountingDocument,
    FirstViolationDocument,
    RepeatCountDocument,
    WindowDocument,
)
from bizrules.facts import Vocabulary
from bizrules.history import (
    BY_DEFINITION,
    FirstViolation,
    PriorResult,
    RepeatCount,
    SpecialWindow,
    Window,
    WindowUnit,
)
from bizrules.loading._gathering import Gathering, by_index, citations

_WINDOWS: Final = ("days", "months", "calendar_years")


def read_first_violation(
    given: FirstViolationDocument,
    raw: Raw,
    ruleset: str,
    violations: Collection[str],
    gathering: Gathering,
) -> FirstViolation:
    """The definition of a first violation of a ruleset."""
    check_special_windows(given, raw, violations, gathering)
    return FirstViolation(ruleset=ruleset, **_counting(given, raw, gathering))


def read_repeat_count(given: RepeatCountDocument, raw: Raw, gathering: Gathering) -> RepeatCount:
    """How a fact counts repeats."""
    return RepeatCount(includes_present=given.includes_present, **_counting(given, raw, gathering))


def refuse_first(
    condition: Condition, raw: Raw, vocabulary: Vocabulary, gathering: Gathering
) -> None:
    """Refuse a condition outside rules whose truth depends on the definition of a ruleset.

    A penalty provision belongs to no ruleset, and a duty follows an outcome of several.
    """
    for name in sorted(facts_read(condition)):
        if name in vocabulary and vocabulary[name].derived in BY_DEFINITION:
            gathering.refuse("first-not-here", raw.location, fact=name)


def _counting(given: CountingDocument, raw: Raw, gathering: Gathering) -> dict[str, Any]:
    specials = []
    for one, place in by_index(given.special_windows, raw, "special_windows"):
        window = _window(one.window, place, "window", gathering)
        if window is not None:
            specials.append(SpecialWindow(violations=frozenset(one.violations), window=window))
    return {
        "window": _window(given.window, raw, "window", gathering),
        "special_windows": tuple(specials),
        "since": given.since,
        "search": _window(given.search, raw, "search", gathering),
        "anchor": given.anchor,
        "counted_by": given.counted_by,
        "identity": given.same,
        "area": given.area,
        "results": frozenset(PriorResult if given.results is None else given.results),
        "unhandled": given.unhandled,
        "registers": given.registers,
        "citations": citations(given.cite, raw),
    }


def check_special_windows(
    given: CountingDocument, raw: Raw, violations: Collection[str], gathering: Gathering
) -> None:
    """The violations that have a window of their own are known."""
    for one, place in by_index(given.special_windows, raw, "special_windows"):
        for index, name in enumerate(one.violations):
            at = place.at("violations", index).location
            gathering.known("unknown-violation", name, violations, at)


def _window(
    given: WindowDocument | None, raw: Raw, key: str, gathering: Gathering
) -> Window | None:
    """Exactly one unit, and a length above zero."""
    if given is None:
        return None
    place = raw.at(key)
    unit = gathering.exclusive(place, _WINDOWS)
    if unit is None:
        return None
    length = gathering.positive(int(getattr(given, unit)), place, unit)
    return Window(length, WindowUnit(unit))
