"""The page `rulesets/COVERAGE.md`: what became of each item read from published lists.

`make coverage` writes it anew; a test says whether it is up to date.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final

import attrs

from bizrules.provenance import InstrumentKind
from bizrules.regions import NATIONAL
from legal.encoded import ROOT, engine, read

PAGE: Final = ROOT / "rulesets" / "COVERAGE.md"
LISTS: Final = ("exempt", "lighter", "mitigated", "heavier", "no_compulsion")
KINDS: Final = {
    "list": "published list",
    "benchmark": "discretion benchmark",
    "statute": "statute",
}
REASONS: Final = {
    "partial": "its conditions were not seen",
    "superseded": "no longer law",
    "region_unknown": "the page does not say whose list it is",
    "no_provision": "no penalty provision could be found",
    "not_expressible": "the language cannot say it",
}


@attrs.frozen(kw_only=True)
class Record:
    """An item read from an instrument, and what became of it.

    Attributes:
        id: Its id.
        list: Which of the five lists.
        department: Department code.
        region: GB/T 2260 code; None where the page does not say.
        instrument: Name of the instrument.
        number: Its document number.
        kind: List, benchmark or statute.
        rules: Rules that encode it.
        of: Rule that encoded the same norm already.
        reason: Why it is not encoded.
        shape: What the language lacks.
        note: A remark.
    """

    id: str
    list: str
    department: str
    region: str | None
    instrument: str
    number: str | None
    kind: str
    rules: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    of: str | None = None
    reason: str | None = None
    shape: str | None = None
    note: str | None = None

    @property
    def is_encoded(self) -> bool:
        """Whether some rule says what it says."""
        return bool(self.rules) or self.of is not None


@cache
def records() -> tuple[Record, ...]:
    """All items, in the order of the file."""
    return tuple(
        Record(
            id=name,
            region=group["region"],
            instrument=group["instrument"],
            number=group.get("number"),
            kind=group["kind"],
            **given,
        )
        for group in read("records.yaml")
        for name, given in group["records"].items()
    )


def page() -> str:
    """The text of the page."""
    parts = [
        _head(),
        _not_found(),
        _published(),
        *_tables(),
        "## Items that are not encoded\n",
        *_not_encoded(),
    ]
    return "\n".join(parts)


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(heads)
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _head() -> str:
    found = records()
    entries = sum(1 for one in found if one.rules)
    known = sum(1 for one in found if one.of)
    rules = {rule for one in found for rule in one.rules}
    reasons = Counter(one.reason for one in found if not one.is_encoded)
    rows: list[tuple[str, int]] = [
        ("encoded as entries", entries),
        ("the same norm encoded already", known),
        *((f"not encoded: {why}", reasons[key]) for key, why in REASONS.items()),
        ("all", len(found)),
    ]
    return (
        "# Coverage\n\n"
        f"{len(found)} items were read from published lists, discretion benchmarks and statutes.\n"
        f"{entries + known} of them are encoded: {entries} as {len(rules)} entries, since an item "
        f"with alternatives becomes several,\nand {known} by rules that say the same norm.\n"
        "Every other item is named below with the reason.\n\n"
        "This page is written by `make coverage` from `tests/legal/records.yaml`.\n"
        "`bizrules coverage --by department` counts all rules that are loaded, which are more: "
        f"{len(engine().rules)}.\n"
        f"{_of_drafts()} of those are entries of drafts (征求意见稿) and decide no case.\n"
        f"{_unnamed()}\n\n"
    ) + _table(("items", "number"), rows)


def _unnamed() -> str:
    """How many lists and benchmarks lack what names an instrument."""
    kinds = {InstrumentKind.LIST, InstrumentKind.BENCHMARK}
    found = [one for one in engine().rulesets if one.rules and one.instrument.kind in kinds]
    unnumbered = sum(one.instrument.number is None for one in found)
    undated = sum(one.instrument.issued is None for one in found)
    unknown = sum(one.in_force.start is None for one in found)
    return (
        f"Of the {len(found)} lists and benchmarks encoded, {unnumbered} have no document number "
        f"and {undated} no day of issue, because their records have none;\n"
        f"of {unknown} the first day in force is not known, "
        "and an outcome that rests on one of them says so."
    )


def _of_drafts() -> int:
    return sum(len(ruleset.rules) for ruleset in engine().rulesets if ruleset.is_draft)


def _not_found() -> str:
    """What is widely used and could not be encoded, because nobody recorded its items."""
    (market,) = (one for one in engine().rulesets if one.id == "national.market-list-2025")
    items = sum(count for batch in market.batches for count in batch.counts.values())
    return (
        "## Widely used, and not here\n\n"
        "Of these no record of the items was found, so an authority that uses them "
        "has to encode them itself:\n\n"
        "- Yunnan's list of lenient enforcement in forestry: "
        "only its benchmark is known, from two published decisions, and no item of a list.\n"
        "- Sichuan's lists in ecology, which keep 不予处罚 (12 items) "
        "and 免予处罚 (35 items) apart: their counts are known, their items are not.\n"
        f"- {market.instrument.name}（{market.instrument.number}）: "
        f"{len(market.rules)} of its {items} items is known, from a published case.\n"
    )


def _published() -> str:
    """Published counts beside what is encoded, for every ruleset that tells of batches."""
    rows: list[tuple[object, ...]] = []
    for ruleset in engine().rulesets:
        counts: Counter[str] = Counter()
        for batch in ruleset.batches:
            counts.update(batch.counts)
        encoded = Counter(rule.list for rule in ruleset.rules)
        for name, count in counts.items():
            printed = ruleset.lists[name].name.zh if name in ruleset.lists else name
            rows.append((ruleset.title.zh, printed, count, encoded[name]))
    return "## Published counts\n\n" + _table(("instrument", "list", "published", "encoded"), rows)


def _tables() -> Iterator[str]:
    yield _count("list", "By list", lambda one: one.list, dict.fromkeys(LISTS))
    departments = sorted({one.department for one in records()})
    yield _count("department", "By department", lambda o: o.department, dict.fromkeys(departments))
    yield _count("province", "By province", _province, _provinces())
    yield _count("instrument", "By kind of instrument", lambda one: one.kind, KINDS)


def _province(record: Record) -> str | None:
    return None if record.region is None else f"{record.region[:2]}0000"


def _provinces() -> Mapping[str | None, str | None]:
    """The codes that occur, with their names; the country first, what is not known last."""
    codes = {_province(record) for record in records()}
    known = sorted(code for code in codes if code is not None)
    names: dict[str | None, str | None] = {code: engine().regions.name(code) for code in known}
    return names | ({None: "not known"} if None in codes else {})


def _count(
    head: str,
    title: str,
    key: Callable[[Record], str | None],
    names: Mapping[str, str | None] | Mapping[str | None, str | None],
) -> str:
    groups: Counter[str | None] = Counter(map(key, records()))
    encoded = Counter(key(one) for one in records() if one.is_encoded)
    rows = [
        (_name(code, name), groups[code], encoded[code], groups[code] - encoded[code])
        for code, name in names.items()
    ]
    return f"## {title}\n\n" + _table((head, "items", "encoded", "not encoded"), rows)


def _name(code: str | None, name: str | None) -> str:
    if code == NATIONAL:
        return "the whole country"
    return name if name is not None else f"`{code}`"


def _not_encoded() -> Iterator[str]:
    for reason, why in REASONS.items():
        rows = [
            (
                f"`{one.id}`",
                f"`{one.list}`",
                one.instrument + (f"（{one.number}）" if one.number else ""),
                one.shape or one.note or "",
            )
            for one in records()
            if one.reason == reason
        ]
        if rows:
            yield f"### {why[0].upper()}{why[1:]}\n"
            yield _table(("item", "list", "instrument", "remark"), rows)
    yield "## Items whose norm was encoded already\n"
    yield (
        _table(
            ("item", "list", "rule"),
            ((f"`{one.id}`", f"`{one.list}`", f"`{one.of}`") for one in records() if one.of),
        ).rstrip("\n")
        + "\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
