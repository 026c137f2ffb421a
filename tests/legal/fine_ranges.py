"""Fine ranges as the encoded provisions have them, beside those of the two tables of ranges."""

import csv
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeAlias

import attrs

from bizrules.penalties import FineScale, Provision, Tier
from bizrules.provenance import Citation
from bizrules.values import FEN_PER_YUAN
from legal.encoded import HERE, engine, read

Ends: TypeAlias = tuple[Fraction | None, Fraction | None, str]

_PREFIX: Final = "中华人民共和国"


@attrs.frozen(kw_only=True)
class Row:
    """A fine range of a table, read from the text of the law.

    Attributes:
        place: Law and article.
        version: Date of the text.
        paragraph: Paragraph; empty where the table names none.
        item: Item; empty where the table names none.
        ends: Least and most, and what they count.
        modality: Whether the fine must or may be imposed.
    """

    place: tuple[str, str]
    version: str
    paragraph: str
    item: str
    ends: Ends
    modality: str


@attrs.frozen(kw_only=True, order=True)
class Difference:
    """A range of a provision that the tables do not show so.

    Attributes:
        violation: The violation.
        cite: Law and article of the range.
        tier: The tier.
        part: `amount`, `modality`, or `no_row` where neither table knows the article.
    """

    violation: str
    cite: str
    tier: str
    part: str


def place(law: str, article: str) -> tuple[str, str]:
    """Law and article; the name of the state at the front of a law is left out."""
    return law.removeprefix(_PREFIX), article


@cache
def rows() -> Mapping[tuple[str, str], tuple[Row, ...]]:
    """The ranges of both tables, by law and article."""
    with (HERE / "fine_provisions.csv").open(encoding="utf-8", newline="") as file:
        found = [_row(line) for line in csv.DictReader(file)]
    found += [_row(entry) for entry in read("penalty_provisions.yaml")]
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        grouped.setdefault(row.place, []).append(row)
    return {name: tuple(group) for name, group in grouped.items()}


def _row(line: Mapping[str, Any]) -> Row:
    given = {key: "" if value is None else str(value) for key, value in line.items()}
    return Row(
        place=place(given["law"], given["article"]),
        version=given["version"],
        paragraph=given.get("paragraph", ""),
        item=given.get("item", ""),
        ends=_same_units(_end(given.get("min")), _end(given.get("max")), given["unit"]),
        modality=given["modality"],
    )


def _end(number: str | None) -> Fraction | None:
    return Fraction(number) if number else None


def _same_units(low: Fraction | None, high: Fraction | None, unit: str) -> Ends:
    """Percents are hundredths of times; a minimum of nothing is none."""
    if unit == "percent":
        return (low and low / 100) or None, high and high / 100, "times"
    return low or None, high, unit


def ends_of(scale: FineScale) -> Ends:
    """Least and most of an encoded range, in yuan or times."""
    if scale.base is not None:
        return scale.low or None, scale.high, "times"
    low, high = (None if end is None else end / FEN_PER_YUAN for end in (scale.low, scale.high))
    return low or None, high, "yuan"


def ranges() -> Iterator[tuple[str, Provision, Tier, FineScale]]:
    """Every fine range: the violation, its provision, the tier and the range."""
    for name, violation in sorted(engine().violations.items()):
        for provision in violation.provisions:
            for tier in provision.tiers:
                if tier.fine is not None:
                    yield name, provision, tier, tier.fine


def differences() -> Iterator[Difference]:
    """Every encoded range that the tables do not show, or show with another modality."""
    for violation, provision, tier, scale in ranges():
        cite = tier.citation or provision.citation
        part = _differs(cite, provision, tier, scale)
        if part is not None:
            named = f"{cite.law} {cite.article or '-'}"
            version = "" if cite.version is None else f" ({cite.version})"
            yield Difference(violation=violation, cite=named + version, tier=tier.id, part=part)


def _differs(cite: Citation, provision: Provision, tier: Tier, scale: FineScale) -> str | None:
    known = rows().get(place(cite.law, cite.article or ""), ())
    if not known:
        return None if provision.unverified else "no_row"
    same = [row for row in known if row.ends == ends_of(scale)]
    if not same:
        return "amount"
    exact = [row for row in same if _is_at(row, cite)] or same
    return None if tier.modality.value in {row.modality for row in exact} else "modality"


def _is_at(row: Row, cite: Citation) -> bool:
    """Whether the range stands in the paragraph and item cited."""
    in_paragraph = cite.paragraph is None or row.paragraph == str(cite.paragraph)
    return in_paragraph and (cite.item is None or row.item in ("", str(cite.item)))
