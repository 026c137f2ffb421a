"""The catalogue of laws against which citations are checked.

`data/laws.json` records, for 1,024 versions of 957 laws and administrative
regulations (法律、行政法规), which articles (条) they have, how many paragraphs (款) each
article has and how many items (项) each paragraph. It was read by machine from law
texts collected in April 2025. Ministry rules (部门规章) are mostly, and local
regulations (地方性法规) and the Criminal Law (刑法) altogether absent: a law that is not
in the catalogue may well exist.

The date of a version is the day it was promulgated or amended (公布、修改), not the day
it came into force (施行).
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any, Final

import attrs

_PREFIX: Final = "中华人民共和国"
_MARKS: Final = re.compile(r"[《》〈〉\s]")
_ARTICLE: Final = re.compile(
    r"(?:(?P<number>([1-9][0-9]*)(?:-[1-9][0-9]*)?):)?"
    r"(?P<counts>(?:[0-9]|\([0-9]+\))+)"
)
# Likeness takes time that grows with the text; the longest name has 47 characters.
_LONGEST: Final = 100
# The brackets first: otherwise `(12)` would read as 1 and 2.
_COUNT: Final = re.compile(r"(?<=\()[0-9]+(?=\))|[0-9]")


class CheckResult(Enum):
    """What became of looking up a citation."""

    FOUND = "found"
    NO_LAW = "no_law"
    NO_VERSION = "no_version"
    NO_ARTICLE = "no_article"
    NO_PARAGRAPH = "no_paragraph"
    NO_ITEM = "no_item"


@attrs.frozen(kw_only=True)
class Check:
    """The result of looking up one citation, with what the catalogue has instead.

    Attributes:
        result: Found, or the first part of the citation that is missing.
        name: The full name of the law; None if there is no such law.
        near: Full names that resemble the one asked for, if there is no such law.
        versions: The dates of the versions there are, oldest first.
        version: The date of the version looked into; None if none was, or if the
            catalogue does not know its date.
        partial: Whether the text behind that version was incomplete, so that a
            missing article proves nothing.
        articles: The number of articles of that version; None if none was looked into.
        paragraphs: The number of paragraphs of the article; None without an article.
        items: The number of items of the paragraph, or, if no paragraph was named,
            the most that any paragraph of the article has; None without a paragraph.
    """

    result: CheckResult
    name: str | None = None
    near: tuple[str, ...] = ()
    versions: tuple[date, ...] = ()
    version: date | None = None
    partial: bool = False
    articles: int | None = None
    paragraphs: int | None = None
    items: int | None = None

    @property
    def found(self) -> bool:
        """Whether everything cited is there."""
        return self.result is CheckResult.FOUND


@attrs.frozen(kw_only=True)
class LawVersion:
    """One version of a law: its outline, without its words.

    Articles are written as in a citation: `"12"`, and `"12-1"` for 第十二条之一.
    Paragraphs and items count from 1.

    Attributes:
        name: The full name.
        category: The kind of law as the collection files it, such as 行政法规.
        version: The day of promulgation or of the last amendment, not of entry into
            force; None if unknown.
        partial: Whether articles are missing because the text was incomplete.
        structure: The outline as written in the file: one word for each article, in
            it one number for each paragraph, which is the number of its items, in
            brackets from 10. An article that is not one more than the one before
            it is preceded by its number: `"0 300 12-1:0(11)"`.
    """

    name: str
    category: str
    version: date | None
    partial: bool = False
    structure: str = attrs.field(repr=False)

    @property
    def articles(self) -> int:
        """The number of articles, each 第…条之一 counted as one."""
        return len(self.structure.split())

    @cached_property
    def _outline(self) -> Mapping[str, tuple[int, ...]]:
        """Article to items of each paragraph, read when first asked for."""
        return dict(_outline(self.structure))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The articles as a citation writes them, in their order."""
        return tuple(self._outline)

    def paragraphs(self, article: str) -> int:
        """The number of paragraphs (款) of an article; 0 if it does not exist."""
        return len(self._outline.get(article, ()))

    def items(self, article: str, paragraph: int | None = None) -> int:
        """The number of items (项) of a paragraph; 0 if it does not exist.

        Without a paragraph, the most that any paragraph of the article has.
        """
        counts = self._outline.get(article, ())
        if paragraph is None:
            return max(counts, default=0)
        return counts[paragraph - 1] if 1 <= paragraph <= len(counts) else 0

    def has(self, article: str, paragraph: int | None = None, item: int | None = None) -> bool:
        """Whether the article, the paragraph in it and the item in that exist.

        An item without a paragraph exists if any paragraph has that many items.
        """
        return self.missing(article, paragraph, item) is CheckResult.FOUND

    def missing(
        self, article: str, paragraph: int | None = None, item: int | None = None
    ) -> CheckResult:
        """The first part that does not exist, or `FOUND`."""
        if article not in self._outline:
            return CheckResult.NO_ARTICLE
        if paragraph is not None and not 1 <= paragraph <= self.paragraphs(article):
            return CheckResult.NO_PARAGRAPH
        if item is not None and not 1 <= item <= self.items(article, paragraph):
            return CheckResult.NO_ITEM
        return CheckResult.FOUND


def _outline(structure: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Decode an outline article by article; the grammar is in `LawVersion`."""
    following = 1
    for word in structure.split():
        match = _ARTICLE.fullmatch(word)
        if match is None:
            msg = f"`{word}` is not the outline of an article"
            raise ValueError(msg)
        number = match["number"] or str(following)
        # 第十二条之一 is followed by 第十三条 unless the outline says otherwise.
        following = int(number.partition("-")[0]) + 1
        yield number, tuple(int(count) for count in _COUNT.findall(match["counts"]))


def _key(name: str) -> str:
    """The name without 《》, spaces and a leading 中华人民共和国."""
    return _MARKS.sub("", name).removeprefix(_PREFIX)


def _by_name_and_date(laws: Iterable[LawVersion]) -> tuple[LawVersion, ...]:
    """The versions ordered by short name, then by date, unknown dates first."""
    return tuple(sorted(laws, key=lambda law: (_key(law.name), law.version or date.min)))


@attrs.frozen
class LawCatalogue:
    """The laws whose outline is known.

    A law is found under its full name, without the leading 中华人民共和国, and with or
    without 《》. A name and date that come twice are refused with a `ValueError`.

    Attributes:
        laws: Every version of every law, ordered by name (without 中华人民共和国) and date.
    """

    laws: tuple[LawVersion, ...] = attrs.field(converter=_by_name_and_date)
    # A plain dict, because a read-only view cannot be sent to another process.
    _index: Mapping[str, tuple[LawVersion, ...]] = attrs.field(init=False, eq=False, repr=False)

    @_index.default
    def _build_index(self) -> Mapping[str, tuple[LawVersion, ...]]:
        grouped: dict[str, dict[date | None, LawVersion]] = {}
        for law in self.laws:
            versions = grouped.setdefault(_key(law.name), {})
            if law.version in versions:
                msg = f"`{law.name}` of {law.version} comes twice"
                raise ValueError(msg)
            versions[law.version] = law
        return {key: tuple(versions.values()) for key, versions in grouped.items()}

    def __contains__(self, name: object) -> bool:
        """Whether any version of a law of this name is known."""
        return isinstance(name, str) and _key(name) in self._index

    def versions(self, name: str) -> tuple[LawVersion, ...]:
        """The versions of a law, oldest first; empty if the law is not known."""
        return self._index.get(_key(name), ())

    def version_on(self, name: str, day: date) -> LawVersion | None:
        """The latest version promulgated or amended on or before the day, else None.

        Versions are dated by promulgation or amendment, not by entry into force: the
        version returned may not yet have been in force on the day. A version without
        a date is never returned, and versions older than the catalogue are missing.
        """
        known = [
            law for law in self.versions(name) if law.version is not None and law.version <= day
        ]
        return known[-1] if known else None

    def near(self, name: str, *, limit: int = 5) -> tuple[str, ...]:
        """Full names that resemble the name, the likeliest first."""
        keys = difflib.get_close_matches(_key(name)[:_LONGEST], self._index, n=limit)
        return tuple(self._index[key][-1].name for key in keys)

    def check(
        self,
        name: str,
        article: str,
        paragraph: int | None = None,
        item: int | None = None,
        version: date | None = None,
    ) -> Check:
        """Look up a citation (条、款、项).

        Args:
            name: The law, as `versions` takes it.
            article: `"12"`, or `"12-1"` for 第十二条之一.
            paragraph: From 1; None if the citation names none.
            item: From 1. Without a paragraph it is found if any paragraph of the
                article has that many items.
            version: The date of the version cited, to the day; a version of unknown
                date stands for any. None for the newest version.
        """
        versions = self.versions(name)
        if not versions:
            return Check(result=CheckResult.NO_LAW, near=self.near(name))
        # To the day: an older text must not vouch for a citation of a newer one.
        chosen = [law for law in versions if version in {None, law.version}]
        chosen = chosen or [law for law in versions if law.version is None]
        dates = tuple(law.version for law in versions if law.version is not None)
        if not chosen:
            return Check(result=CheckResult.NO_VERSION, name=versions[-1].name, versions=dates)
        return attrs.evolve(_look_into(chosen[-1], article, paragraph, item), versions=dates)


def _look_into(law: LawVersion, article: str, paragraph: int | None, item: int | None) -> Check:
    """The check of one version, with the counts as far as the citation leads."""
    result = law.missing(article, paragraph, item)
    has_article = result is not CheckResult.NO_ARTICLE
    has_paragraph = has_article and result is not CheckResult.NO_PARAGRAPH
    return Check(
        result=result,
        name=law.name,
        version=law.version,
        partial=law.partial,
        articles=law.articles,
        paragraphs=law.paragraphs(article) if has_article else None,
        items=law.items(article, paragraph) if has_paragraph else None,
    )


def parse_catalogue(text: str) -> LawCatalogue:
    """Parse the catalogue; the outline of a law is decoded when first asked for.

    The text is a JSON list of objects with `name`, `version` (a date or null),
    `category`, `structure` and, where the source was incomplete, `partial`.

    Args:
        text: The content of `data/laws.json`.

    Raises:
        ValueError: The text is not such a list, or a name and date come twice.
    """
    try:
        return LawCatalogue(_law(entry) for entry in json.loads(text))
    except (KeyError, TypeError) as error:
        msg = f"not a catalogue of laws: {error}"
        raise ValueError(msg) from error


def _law(entry: Mapping[str, Any]) -> LawVersion:
    """One version from its JSON object."""
    version = entry["version"]
    return LawVersion(
        name=entry["name"],
        category=entry["category"],
        version=None if version is None else date.fromisoformat(version),
        partial=entry.get("partial", False),
        structure=entry["structure"],
    )
