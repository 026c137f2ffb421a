"""Administrative regions of China and their codes (行政区划代码, GB/T 2260).

A code has six digits: two for the province, two for the prefecture, two for the
county. Its ancestors therefore follow from the code alone, except for a functional
zone (功能区, such as a 度假区 or a 开发区), which has no place in the standard and
names its parent.

Some middle digits only group counties and stand for no region: `90` (省直辖县级行政
区划, as in 仙桃市 429004), and `01` and `02` in the four municipalities (市辖区, 县, as
in 110105). They are left out of every chain, so that a parent is always a place with
a government of its own.

The table shipped as `data/regions.csv` is the list that the Ministry of Civil
Affairs (民政部) published for the end of 2024: 34 provinces, 333 prefectures and 2,846
counties. Added to it are the counties established since, up to October 2026: 两江新区
500157, 岑岭县 653132 and 草湖市 659013. 江北区 500105 and 渝北区 500112, abolished in
2025, stay, because older cases name them. Codes abolished before 2025 are not listed.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, TypeAlias

import attrs

NATIONAL: Final = "000000"
"""The code of the whole country (全国), which GB/T 2260 leaves unassigned."""

Level: TypeAlias = Literal["national", "province", "prefecture", "county", "zone"]
"""The rank of a region; a `zone` is a functional zone outside GB/T 2260."""

_CODE: Final = re.compile(r"000000|[1-9][0-9]{5}")
_LINE: Final = re.compile(r"([1-9][0-9]{5}),([^,\s]+)")
_HEADER: Final = "code,name"
# 北京, 天津, 上海 and 重庆 have no prefectures.
_MUNICIPALITIES: Final = frozenset({"11", "12", "31", "50"})
_DIGITS: Final = "0123456789"
# The search for near codes is quadratic in what somebody wrote; no name is half as long.
_LONGEST: Final = 40


def ancestors(code: str) -> tuple[str, ...]:
    """The code itself and every region above it, nearest first, by arithmetic.

    The result is right for any code of GB/T 2260, listed here or not, and knows
    nothing of functional zones: `RegionTable.ancestors` does.

    Args:
        code: A six-digit code, such as `"530103"`.

    Returns:
        For `"530103"`: `("530103", "530100", "530000", "000000")`.

    Raises:
        ValueError: The code does not have the form of GB/T 2260; the message
            carries it.
    """
    if not _CODE.fullmatch(code):
        msg = f"`{code}` is not a six-digit region code"
        raise ValueError(msg)
    chain = [code]
    while (parent := _parent(chain[-1])) is not None:
        chain.append(parent)
    return tuple(chain)


def _parent(code: str) -> str | None:
    """The next real region above a well-formed code; None above the country."""
    if code == NATIONAL:
        return None
    if code.endswith("0000"):
        return NATIONAL
    if code.endswith("00") or _only_groups(code[:2], code[2:4]):
        return f"{code[:2]}0000"
    return f"{code[:4]}00"


def _only_groups(province: str, middle: str) -> bool:
    """Whether the middle digits gather counties without being a prefecture."""
    if province in _MUNICIPALITIES:
        return True
    # `00` occurs below 香港 and 澳门, whose districts some maps number from 01.
    return middle in {"00", "90"}


def _level(code: str) -> Level:
    """The rank that the digits of a listed code give it."""
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


@attrs.frozen
class Region:
    """One region (行政区划) or functional zone (功能区).

    Attributes:
        code: Six digits of GB/T 2260; a zone may bring a code of another form.
        zh: The name, without the regions above it: 盘龙区.
        level: The rank.
        parent: The code of the region above; None for the country only.
    """

    code: str
    zh: str
    level: Level
    parent: str | None


def _by_code(regions: Iterable[Region]) -> tuple[Region, ...]:
    """The regions in the order of their codes, so that no other order can matter."""
    return tuple(sorted(regions, key=lambda region: region.code))


@attrs.frozen
class RegionTable:
    """Every region that a ruleset or a case may name.

    The regions are kept in the order of their codes. Two regions with one code, a
    parent that is not in the table, a chain of parents that never ends, and a region
    other than the country without a parent are refused with a `ValueError`.

    Attributes:
        regions: The regions, ordered by code.
    """

    regions: tuple[Region, ...] = attrs.field(converter=_by_code)
    # A plain dict, because a read-only view cannot be sent to another process.
    _index: Mapping[str, Region] = attrs.field(init=False, eq=False, repr=False)

    @_index.default
    def _build_index(self) -> Mapping[str, Region]:
        index: dict[str, Region] = {}
        for region in self.regions:
            if region.code in index:
                names = f"`{index[region.code].zh}` and `{region.zh}`"
                msg = f"region code `{region.code}` is declared twice: {names}"
                raise ValueError(msg)
            index[region.code] = region
        return index

    def __attrs_post_init__(self) -> None:
        """Follow every chain of parents to its end."""
        # INVARIANT: after this, `_climb` ends and raises nothing.
        ending: set[str] = set()
        for region in self.regions:
            seen: set[str] = set()
            for step in self._climb(region):
                if step.code in seen:
                    msg = f"region `{region.code}` is above itself"
                    raise ValueError(msg)
                if step.code in ending:
                    break
                seen.add(step.code)
            ending |= seen

    def _climb(self, region: Region) -> Iterator[Region]:
        """The region and the ones above it, up to the country."""
        yield region
        while region.code != NATIONAL:
            parent = self._index.get(region.parent or "")
            if parent is None:
                wanted = region.parent or "-"
                msg = f"region `{region.code}` ({region.zh}): no parent `{wanted}` in the table"
                raise ValueError(msg)
            region = parent
            yield region

    def __contains__(self, code: object) -> bool:
        """Whether the code is listed."""
        return code in self._index

    def get(self, code: str) -> Region | None:
        """The region with this code, or None."""
        return self._index.get(code)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The code itself and every region above it, nearest first.

        A zone stands under the parent it declares.

        Raises:
            KeyError: The code is not listed; carries the code.
        """
        return tuple(region.code for region in self._climb(self._index[code]))

    def is_within(self, code: str, ancestor: str) -> bool:
        """Whether the region is the other one, or lies under it.

        Raises:
            KeyError: `code` is not listed; carries the code. An `ancestor` that
                is not listed contains nothing.
        """
        return ancestor in self.ancestors(code)

    def name(self, code: str) -> str:
        """The full name from the province down: 云南省昆明市盘龙区.

        Raises:
            KeyError: The code is not listed; carries the code.
        """
        return self._full_name(self._index[code])

    def _full_name(self, region: Region) -> str:
        """The names of the chain, joined; the country is named only by itself."""
        if region.code == NATIONAL:
            return region.zh
        names = [step.zh for step in self._climb(region) if step.code != NATIONAL]
        return "".join(reversed(names))

    def near(self, code_or_name: str, *, limit: int = 5) -> tuple[Region, ...]:
        """The regions that were perhaps meant, the likeliest first.

        A text with a digit is read as a code: first the codes one slip away (a digit
        wrong, missing, too many, or two swapped), then the codes with the longest
        common beginning. Any other text is read as a name: first the regions that
        bear it, alone or with regions above it, then names that contain it, names it
        ends with, the same name of another kind (县 for 区), and names that look alike.

        Args:
            code_or_name: A code or a name, as somebody wrote it; the first 40
                characters count.
            limit: At most so many regions.
        """
        wanted = code_or_name.strip()[:_LONGEST]
        if any(char in _DIGITS for char in wanted):
            found = self._near_codes(wanted)
        elif wanted:
            found = self._near_names(wanted)
        else:
            found = []
        # A region may be found in several ways: its best place counts.
        return tuple(dict.fromkeys(found))[:limit]

    def _near_codes(self, wanted: str) -> list[Region]:
        """Codes one slip away, swapped digits first, then codes that begin alike."""
        swaps = {wanted, *_swaps(wanted)}
        slips = {*_slips(wanted)}

        def distance(region: Region) -> tuple[bool, bool, int, str]:
            code = region.code
            return code not in swaps, code not in slips, -_common_beginning(code, wanted), code

        found = [
            region
            for region in self.regions
            if region.code[:2] == wanted[:2] or region.code in swaps or region.code in slips
        ]
        return sorted(found, key=distance)

    def _near_names(self, wanted: str) -> list[Region]:
        """Regions whose name is, contains, ends or resembles the text."""
        ending = [region for region in self.regions if wanted.endswith(region.zh)]
        same = [region for region in ending if self._full_name(region).endswith(wanted)]
        containing = [region for region in self.regions if wanted in region.zh]
        slipped = [region for region in self.regions if _one_slip_apart(region.zh, wanted)]
        named: dict[str, list[Region]] = {}
        for region in self.regions:
            named.setdefault(region.zh, []).append(region)
        return [
            *sorted(same, key=lambda region: region.zh != wanted),
            *sorted(containing, key=lambda region: len(region.zh)),
            *sorted(ending, key=lambda region: -len(region.zh)),
            *slipped,
            *(region for zh in difflib.get_close_matches(wanted, named) for region in named[zh]),
        ]

    def with_zones(self, zones: Iterable[Region]) -> "RegionTable":
        """The table that has the functional zones (功能区) as well; itself if there are none.

        The order of the zones has no meaning; a zone may lie in another one.

        Args:
            zones: Regions of level `zone`, each naming its parent.

        Raises:
            ValueError: A code is there already (the message names both regions), a
                parent is unknown, the parents form a circle, or a region is no zone.
        """
        # Codes of the standard come from its list only: a plugin may not correct it.
        added = tuple(zones)
        if not added:
            return self
        for zone in added:
            if zone.level != "zone":
                msg = f"region `{zone.code}` ({zone.zh}) is no functional zone"
                raise ValueError(msg)
        return RegionTable((*self.regions, *added))


def _common_beginning(one: str, other: str) -> int:
    """The number of characters with which both texts begin."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _swaps(code: str) -> Iterator[str]:
    """The code with two neighbouring digits swapped, in every place."""
    for position in range(len(code) - 1):
        swapped = code[position + 1] + code[position]
        yield code[:position] + swapped + code[position + 2 :]


def _slips(code: str) -> Iterator[str]:
    """The code with one digit too many, missing or wrong, in every place."""
    for position in range(len(code) + 1):
        before, after = code[:position], code[position:]
        yield before + after[1:]
        for digit in _DIGITS:
            yield before + digit + after
            yield before + digit + after[1:]


def _one_slip_apart(name: str, other: str) -> bool:
    """Whether only the last character (区, 县, 市) or the order of the characters differs."""
    return name[:-1] == other[:-1] or sorted(name) == sorted(other)


def parse_regions(text: str) -> RegionTable:
    """Parse the list of regions: the table with the country and every line.

    `list = "code,name" { newline code "," name }`, where a code is six digits and a
    name has neither comma nor space. Parents and levels follow from the codes.

    Args:
        text: The content of `data/regions.csv`.

    Raises:
        ValueError: The first line is not the header, a line has another form, a code
            comes twice, or a region above one is missing; the message says where.
    """
    header, *lines = text.splitlines() or [""]
    if header != _HEADER:
        msg = f"line 1: expected `{_HEADER}`, found `{header}`"
        raise ValueError(msg)
    regions = [Region(NATIONAL, "全国", "national", None)]
    for number, line in enumerate(lines, start=2):
        match = _LINE.fullmatch(line)
        if match is None:
            msg = f"line {number}: expected a six-digit code and a name, found `{line}`"
            raise ValueError(msg)
        code, zh = match.groups()
        regions.append(Region(code, zh, _level(code), _parent(code)))
    return RegionTable(regions)
