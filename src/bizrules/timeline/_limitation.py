"""The limitation period of the case (追究时效)."""

from collections.abc import Iterator
from typing import Final

from bizrules.derivation import limitation_end
from bizrules.provenance import Citation, Text
from bizrules.selection import Stretch
from bizrules.timeline._items import Item, ItemKind
from bizrules.timeline._law import LawOfCase
from bizrules.values import DateSpan
from bizrules.wording import chinese_number, phrase

_EXTENDED: Final = {"limitation_run_out": True, "ordinary_limitation_run_out": False}
"""Facts about limitation that laws read, and whether the law knows the five years."""

_MONTHS_A_YEAR: Final = 12


def limitations(law: LawOfCase) -> Iterator[Item]:
    """The periods that the law applied sets and the facts leave open; none for an undated act."""
    case = law.case
    if case.committed is None:
        return
    ends: dict[int, tuple[DateSpan, tuple[Citation, ...]]] = {}
    for stretch in law.applied:
        for fact, extended in _EXTENDED.items():
            cited = _citations(stretch, fact)
            if not cited:
                continue
            for months, end in limitation_end(law.known(), extended=extended).items():
                ends.setdefault(months, (end, cited))
    special = law.violation.limitation
    if special is not None:
        end = limitation_end(law.known())[special.months]
        ends = {special.months: (end, special.citations)}
    for months, (end, cited) in sorted(ends.items()):
        yield _item(law, months, end, cited, is_only=len(ends) == 1)


def _citations(stretch: Stretch, fact: str) -> tuple[Citation, ...]:
    """Articles of the rules that read the fact."""
    rules = [c.rule for c in stretch.penalty if fact in c.reads]
    return tuple(dict.fromkeys(citation for rule in rules for citation in rule.citations))


def _item(
    law: LawOfCase, months: int, end: DateSpan, cited: tuple[Citation, ...], *, is_only: bool
) -> Item:
    case = law.case
    found = case.discovered
    is_late = (
        found is not None
        and found.earliest is not None
        and end.latest is not None
        and found.earliest > end.latest
    )
    in_time = (
        found is not None
        and found.latest is not None
        and end.earliest is not None
        and found.latest <= end.earliest
    )
    notes = []
    if not is_only:
        notes.append(phrase("timeline.limitation.open"))
    if is_late or in_time:
        notes.append(phrase(f"timeline.limitation.{'late' if is_late else 'in-time'}"))
    return Item(
        kind=ItemKind.LIMITATION,
        on=end,
        since=case.committed.ended if case.committed else None,
        label=_label(months),
        notes=tuple(notes),
        citations=cited,
        overdue=is_late and is_only,
        certain=is_only,
    )


def _label(months: int) -> Text:
    """What the period is called, with its length: in years where it is whole years."""
    years, rest = divmod(months, _MONTHS_A_YEAR)
    if rest or years == 1:
        return phrase("timeline.limitation", n=months)
    return phrase("timeline.limitation.years", n=Text(zh=chinese_number(years), en=str(years)))
