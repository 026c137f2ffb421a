"""A case with other facts: stated where they are stated, and where they come from otherwise."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Final

import attrs

from bizrules.cases import Act, Case, FactInput, Party, PartyKind
from bizrules.derivation import EXTENDED_LIMITATION_MONTHS, ORDINARY_LIMITATION_MONTHS
from bizrules.facts import Value, Vocabulary
from bizrules.matching import value_of
from bizrules.testing._proof._search import Change
from bizrules.values import DateSpan, add_months

_ADULT: Final = 18
_NATURAL: Final = (PartyKind.INDIVIDUAL, PartyKind.INDIVIDUAL_BUSINESS)
_DAY: Final = timedelta(days=1)


def altered(case: Case, change: Change, vocabulary: Vocabulary) -> Iterator[Case]:
    """The case with the facts changed, in the ways in which it may be said; the plainest first.

    A fact that follows from the party, the dates or the records is changed there; what else it
    follows from is left out. Not every way need be free of contradictions.

    Args:
        case: The case.
        change: New values of facts.
        vocabulary: Declarations of the facts.
    """
    values = {name: value_of(vocabulary[name], change[name]) for name in sorted(change)}
    stated = _with_facts(case, values)
    sources = {name: source for name in values if (source := _source(name, vocabulary))}
    found = [case]
    for name, source in sources.items():
        found = [other for one in found for other in source(one, values[name])]
    rest = {name: value for name, value in values.items() if name not in sources}
    yield from (_with_facts(one, rest) for one in found)
    yield stated
    for one in found:
        yield _with_facts(one, values)


def _with_facts(case: Case, values: Mapping[str, Value]) -> Case:
    facts: dict[str, FactInput] = {**case.facts, **values}
    return attrs.evolve(case, facts=facts)


_Source = Callable[[Case, Value], Iterator[Case]]


def _source(name: str, vocabulary: Vocabulary) -> _Source | None:
    """What changes a case so that a derived fact has another value."""
    fact = vocabulary[name]
    if fact.counts is not None:
        return partial(_without_records, name)
    derived = fact.derived or ""
    if derived in ("first_violation", "prior_count"):
        return partial(_without_records, name)
    return _SOURCES.get(derived)


def _without_records(name: str, case: Case, value: Value) -> Iterator[Case]:
    """Nothing is said of the records but what they come to."""
    yield _with_facts(attrs.evolve(case, priors=None), {name: value})


def _of_kind(case: Case, value: Value) -> Iterator[Case]:
    kind = PartyKind(value)
    kept = case.party if kind in _NATURAL else Party()
    yield attrs.evolve(case, party=attrs.evolve(kept, kind=kind))


def _of_age(case: Case, value: Value) -> Iterator[Case]:
    if isinstance(value, int):
        kind = case.party.kind if case.party.kind in _NATURAL else PartyKind.INDIVIDUAL
        yield attrs.evolve(case, party=Party(kind=kind, age=value))


def _of_majority(case: Case, value: Value) -> Iterator[Case]:
    yield from _of_age(case, _ADULT - 1 if value is True else _ADULT)


def _for_months(case: Case, value: Value) -> Iterator[Case]:
    ended = case.committed.ended.exact if case.committed else None
    if ended is not None and isinstance(value, int):
        began = add_months(ended, -value)
        yield attrs.evolve(case, committed=Act(ended=ended, began=began))


def _after_days(case: Case, value: Value) -> Iterator[Case]:
    ordered = case.facts.get("ordered_on")
    if isinstance(ordered, date) and isinstance(value, int):
        yield _with_facts(case, {"corrected_on": ordered + value * _DAY})


def _discovered(case: Case, value: Value) -> Iterator[Case]:
    """A discovery on the day of the act, or the day after the period has run out."""
    acted = case.committed.ended.exact if case.committed else None
    if acted is None:
        return
    if value is not True:
        yield attrs.evolve(case, discovered=DateSpan.on(acted))
        return
    for months in (ORDINARY_LIMITATION_MONTHS, EXTENDED_LIMITATION_MONTHS):
        found = add_months(acted, months) + _DAY
        yield _later(case, found)
        first = next((one for one in (case.discovered, case.filed, case.decided) if one), None)
        if first is not None and first.earliest is not None:
            act = Act(ended=add_months(first.earliest, -months) - _DAY)
            yield attrs.evolve(case, committed=act, discovered=DateSpan.on(first.earliest))


def _later(case: Case, found: date) -> Case:
    """The case discovered on the day, with nothing after it any earlier."""

    def no_earlier(span: DateSpan | None) -> DateSpan | None:
        if span is None:
            return None
        day = span.exact
        return DateSpan.on(found if day is None or day < found else day)

    return attrs.evolve(
        case,
        discovered=DateSpan.on(found),
        filed=no_earlier(case.filed),
        notified=no_earlier(case.notified),
        decided=no_earlier(case.decided),
    )


_SOURCES: Final[Mapping[str, _Source]] = {
    "party_kind": _of_kind,
    "age_at_act": _of_age,
    "party_is_minor": _of_majority,
    "violation_months": _for_months,
    "days_to_correct": _after_days,
    "limitation_run_out": _discovered,
    "ordinary_limitation_run_out": _discovered,
}
