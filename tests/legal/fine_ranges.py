"""Fine ranges as the encoded provisions have them, beside those of the two tables of ranges."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeAlias

import attrs

from bizrules.penalties import FineScale, Provision, Tier
from bizrules.provenance import Citation
from bizrules.values import FEN_PER_YUAN
from legal.encoded import HERE, engine, read

Ends: TypeAlias = tuple[Fraction | None, Fraction | None, str]

BASES: Final[Mapping[str, str]] = {
    "上一年年收入": "previous_year_income",
    "土地复垦费": "reclamation_fee",
    "工程造价": "construction_cost",
    "广告费用": "ad_cost",
    "应纳税款": "smuggled_duty",
    "恢复费用": "restoration_cost",
    "林木价值": "timber_value",
    "漏缴税款": "tax_evaded",
    "税款": "tax_evaded",
    "耕地开垦费": "cultivation_fee",
    "货值金额": "goods_value",
    "违法所得": "illegal_gains",
    "违法经营额": "illegal_turnover",
    "项目总投资额": "total_investment",
}
"""Facts that are the bases of fines, by the words of the tables."""

_PREFIX: Final = "中华人民共和国"
_REMARK: Final = re.compile("（.*）")


@attrs.frozen(kw_only=True)
class Row:
    """A fine range of a table, read from the text of the law.

    Attributes:
        place: Law and article.
        version: Date of the text.
        paragraph: Paragraph; empty where the table names none.
        item: Item; empty where the table names none.
        ends: Least and most, and what they count.
        base: What a multiple or share is taken of, as the table words it; empty where it does not.
        modality: Whether the fine must or may be imposed.
    """

    place: tuple[str, str]
    version: str
    paragraph: str
    item: str
    ends: Ends
    base: str
    modality: str


@attrs.frozen(kw_only=True, order=True)
class Difference:
    """A range of a provision that the tables do not show so.

    Attributes:
        violation: The violation.
        cite: Law and article of the range.
        tier: The tier.
        part: `no_row` where neither table knows the article; else the first that no row of the
            article shows: the `amount`, its `base`, the `version`, the `place` (paragraph and
            item) or the `modality`.
    """

    violation: str
    cite: str
    tier: str
    part: str


@attrs.frozen(kw_only=True, order=True)
class Omission:
    """A range that the tables show at the very place which a provision cites, and no tier has.

    Attributes:
        violation: The violation.
        cite: Place and version.
        range: The range, as `10000-50000 yuan`; an end that is missing is left out.
    """

    violation: str
    cite: str
    range: str


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
        base=_REMARK.sub("", given.get("base", "")),
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
    """Every encoded range that the tables do not show, or show otherwise or elsewhere."""
    for violation, provision, tier, scale in ranges():
        cite = tier.citation or provision.citation
        part = _differs(cite, provision, tier, scale)
        if part is not None:
            version = "" if cite.version is None else f" ({cite.version})"
            said = f"{cite.law} {cite.article or '-'}{version}"
            yield Difference(violation=violation, cite=said, tier=tier.id, part=part)


def _differs(cite: Citation, provision: Provision, tier: Tier, scale: FineScale) -> str | None:
    """What no row of the article shows together with all that comes before it."""
    found = rows().get(place(cite.law, cite.article or ""), ())
    if not found:
        return None if provision.unverified else "no_row"
    tests: tuple[tuple[str, Callable[[Row], bool]], ...] = (
        ("amount", lambda row: row.ends == ends_of(scale)),
        ("base", lambda row: _has_base(row, scale)),
        ("version", lambda row: cite.version is None or row.version == str(cite.version)),
        ("place", lambda row: _is_at(row, cite)),
        ("modality", lambda row: row.modality == tier.modality.value),
    )
    for part, fits in tests:
        found = tuple(filter(fits, found))
        if not found:
            return part
    return None


def _has_base(row: Row, scale: FineScale) -> bool:
    """Whether the range is taken of what the row names; a row that names nothing fits."""
    return not row.base or BASES.get(row.base) == scale.base


def _is_at(row: Row, cite: Citation) -> bool:
    """Whether the range stands in the paragraph and item cited, as far as the row names them."""
    in_paragraph = cite.paragraph is None or row.paragraph in ("", str(cite.paragraph))
    return in_paragraph and (cite.item is None or row.item in ("", str(cite.item)))


def omissions() -> Iterator[Omission]:
    """Every range of the tables at a place that a provision cites and that no tier of it has."""
    for violation, provision in _fining():
        scales = [tier.fine for tier in provision.tiers if tier.fine is not None]
        cites = {tier.citation or provision.citation for tier in provision.tiers if tier.fine}
        for cite in cites:
            for row in _in_version(cite):
                if not any(row.ends == ends_of(one) and _has_base(row, one) for one in scales):
                    yield Omission(violation=violation, cite=_said(cite, row), range=_range(row))


def _fining() -> Iterator[tuple[str, Provision]]:
    """Every provision with a fine, with its violation."""
    for name, violation in sorted(engine().violations.items()):
        for provision in violation.provisions:
            if any(tier.fine is not None for tier in provision.tiers):
                yield name, provision


def _in_version(cite: Citation) -> tuple[Row, ...]:
    """The rows at the place cited, in the version cited or else in the newest that has any."""
    known = rows().get(place(cite.law, cite.article or ""), ())
    here = [row for row in known if _is_at(row, cite)]
    newest = max((row.version for row in here), default="")
    version = newest if cite.version is None else str(cite.version)
    return tuple(row for row in here if row.version == version)


def _said(cite: Citation, row: Row) -> str:
    parts = [cite.law, cite.article, cite.paragraph, cite.item]
    return f"{' '.join(str(part) for part in parts if part is not None)} ({row.version})"


def _range(row: Row) -> str:
    low, high, unit = row.ends
    return f"{'' if low is None else low}-{'' if high is None else high} {unit}"
