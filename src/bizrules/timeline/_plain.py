"""The timeline as plain data, for JSON."""

from bizrules.timeline._items import Item, Timeline
from bizrules.values import DateSpan
from bizrules.wording import say_citation


def plain_timeline(timeline: Timeline, lang: str) -> dict[str, object]:
    """The timeline as plain data, its texts in one language.

    Args:
        timeline: The timeline.
        lang: `zh` or `en`.
    """
    return {
        "case": timeline.case,
        "title": timeline.title.in_(lang),
        "law": None if timeline.law is None else timeline.law.in_(lang),
        "items": [_item(item, lang) for item in timeline.items],
        "undated": [_item(item, lang) for item in timeline.undated],
    }


def _item(item: Item, lang: str) -> dict[str, object]:
    return {
        "kind": item.kind.value,
        "lane": item.kind.lane.value,
        "on": _span(item.on),
        "since": None if item.since is None else _span(item.since),
        "label": item.label.in_(lang),
        "notes": [note.in_(lang) for note in item.notes],
        "citations": [say_citation(citation, lang) for citation in item.citations],
        "overdue": item.overdue,
        "certain": item.certain,
        "verified": item.verified,
    }


def _span(span: DateSpan) -> dict[str, str | None]:
    return {
        "earliest": None if span.earliest is None else span.earliest.isoformat(),
        "latest": None if span.latest is None else span.latest.isoformat(),
    }
