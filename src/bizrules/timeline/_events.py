"""What happened in the case: the act, its discovery, the steps of the authority, dated facts."""

from collections.abc import Iterator, Mapping
from datetime import date

from bizrules.case_dates import DATES
from bizrules.cases import Case
from bizrules.facts import Kind, Value, Vocabulary
from bizrules.timeline._items import Item, ItemKind
from bizrules.values import DateSpan
from bizrules.wording import phrase


def events(case: Case, facts: Mapping[str, Value], vocabulary: Vocabulary) -> Iterator[Item]:
    """The events of a case; those of the case itself also where their date is not known.

    Args:
        case: The case.
        facts: Facts that it states.
        vocabulary: Their declarations.
    """
    yield _act(case)
    for name in DATES:
        span: DateSpan | None = getattr(case, name)
        label = phrase(f"timeline.event.{name}")
        yield Item(kind=ItemKind.EVENT, on=span or DateSpan(), label=label)
    for fact in vocabulary.facts.values():
        value = facts.get(fact.name) if fact.kind is Kind.DATE else None
        if isinstance(value, date):
            yield Item(kind=ItemKind.EVENT, on=DateSpan.on(value), label=fact.label)


def _act(case: Case) -> Item:
    act = case.committed
    if act is None:
        return Item(kind=ItemKind.ACT, on=DateSpan(), label=phrase("timeline.event.committed"))
    lasting = act.began is not None
    return Item(
        kind=ItemKind.ACT,
        on=act.ended,
        since=act.began,
        label=phrase("timeline.event.continuing" if lasting else "timeline.event.committed"),
    )
