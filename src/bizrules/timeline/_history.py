"""Earlier violations, and the windows in which they count."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from bizrules.cases import Case, Prior
from bizrules.derivation import anchor_span, search_start, window_start
from bizrules.history import Counting, RepeatCount
from bizrules.history_wording import counting_text
from bizrules.provenance import Text
from bizrules.timeline._items import Item, ItemKind
from bizrules.timeline._law import LawOfCase
from bizrules.values import DateSpan
from bizrules.wording import both, phrase, say_date

_DATES: Final = ("decided", "discovered", "committed")


def earlier(law: LawOfCase) -> Iterator[Item]:
    """The earlier violations on record, each on the day by which the law applied counts it.

    Where that day is not known, it stands on the latest that is; its other days are said.

    Args:
        law: The case and the law.
    """
    priors = law.case.priors
    counted = (counting.counted_by.value for counting in _countings(law))
    order = tuple(dict.fromkeys((*counted, *_DATES)))
    for prior in priors.found if priors else ():
        dates = {name: day for name in order if (day := getattr(prior, name)) is not None}
        drawn = next(iter(dates), None)
        notes = [] if drawn is None else [phrase(f"timeline.prior.{drawn}")]
        notes.append(phrase(f"timeline.result.{prior.result.value}"))
        notes += [_other(name, day) for name, day in dates.items() if name != drawn]
        yield Item(
            kind=ItemKind.PRIOR,
            on=DateSpan() if drawn is None else DateSpan.on(dates[drawn]),
            label=phrase("timeline.prior", title=_title(prior, law)),
            notes=tuple(notes),
        )


def _other(name: str, day: date) -> Text:
    label = phrase(f"timeline.prior.{name}")
    return phrase("timeline.prior.other", label=label, day=both(partial(say_date, day)))


def _title(prior: Prior, law: LawOfCase) -> Text:
    entry = law.engine.violations.get(prior.violation or "")
    if entry is not None:
        return entry.title
    named = prior.violation or prior.field
    return Text(zh=named, en=named) if named else phrase("timeline.prior.unnamed")


def _countings(law: LawOfCase) -> tuple[Counting, ...]:
    """The definitions of earlier violations that the law applied reads."""
    assessor = law.engine.assessor
    found = (
        counting
        for stretch in law.applied
        for step in stretch.plan
        for counting in assessor.countings(step.name, stretch)
    )
    return tuple(dict.fromkeys(found))


def windows(law: LawOfCase) -> Iterator[Item]:
    """For each definition that the law applied reads, the window in which violations count."""
    seen: set[Item] = set()
    for counting in _countings(law):
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
        notes=(
            counting_text(counting, law.violation.id),
            phrase(f"timeline.window.by.{counting.counted_by.value}"),
            _search(case, reach),
        ),
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
