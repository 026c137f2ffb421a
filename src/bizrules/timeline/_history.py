"""Earlier violations, and the windows in which they count."""

from collections.abc import Iterator, Mapping
from datetime import date

from bizrules.cases import Case, Prior
from bizrules.derivation import anchor_span, search_start, window_start
from bizrules.history import Counting, RepeatCount
from bizrules.history_wording import counting_text
from bizrules.provenance import Text
from bizrules.rules import Violation
from bizrules.timeline._items import Item, ItemKind
from bizrules.timeline._law import LawOfCase
from bizrules.values import DateSpan
from bizrules.wording import both, phrase, say_date

_DATES = ("decided", "discovered", "committed")


def earlier(case: Case, violations: Mapping[str, Violation]) -> Iterator[Item]:
    """The earlier violations on record, each on the day that tells most of it.

    Args:
        case: The case.
        violations: The catalogue, for what they are called.
    """
    for prior in case.priors.found if case.priors else ():
        name = next((name for name in _DATES if getattr(prior, name) is not None), None)
        day: date | None = None if name is None else getattr(prior, name)
        notes = [phrase(f"timeline.result.{prior.result.value}")]
        if name is not None:
            notes.insert(0, phrase(f"timeline.prior.{name}"))
        yield Item(
            kind=ItemKind.PRIOR,
            on=DateSpan.on(day) if day else DateSpan(),
            label=phrase("timeline.prior", title=_title(prior, violations)),
            notes=tuple(notes),
        )


def _title(prior: Prior, violations: Mapping[str, Violation]) -> Text:
    entry = violations.get(prior.violation or "")
    if entry is not None:
        return entry.title
    named = prior.violation or prior.field
    return Text(zh=named, en=named) if named else phrase("timeline.prior.unnamed")


def windows(law: LawOfCase) -> Iterator[Item]:
    """For each definition that the law applied reads, the window in which violations count."""
    assessor = law.engine.assessor
    countings = {
        counting: None
        for stretch in law.applied
        for step in stretch.plan
        for counting in assessor.countings(step.name, stretch)
    }
    seen: set[Item] = set()
    for counting in countings:
        item = _window(counting, law)
        if item not in seen:
            seen.add(item)
            yield item


def _window(counting: Counting, law: LawOfCase) -> Item:
    case = law.case
    reach = search_start(law.known(counting))
    window = counting.window_for(law.violation.id)
    start = DateSpan() if reach is None else DateSpan.on(reach)
    if window is not None and counting.since is None:
        start = window_start(case, counting, window)
    word = "repeat" if isinstance(counting, RepeatCount) else "first" if window else "search"
    return Item(
        kind=ItemKind.WINDOW,
        on=anchor_span(case, counting.anchor),
        since=start,
        label=phrase(f"timeline.window.{word}"),
        notes=(counting_text(counting, law.violation.id), _search(case, reach)),
        citations=counting.citations,
    )


def _search(case: Case, reach: date | None) -> Text:
    """How far back the registers must be searched, and how far they were."""
    if reach is None:
        return phrase("timeline.search.unknown")
    must = both(lambda lang: say_date(reach, lang))
    since = case.priors.searched_since if case.priors else None
    if since is None:
        return phrase("timeline.search.none", day=must)
    done = both(lambda lang: say_date(since, lang))
    word = "short" if since > reach else "done"
    return phrase(f"timeline.search.{word}", day=must, searched=done)
