"""Where something stands: in a file, in a law, in an instrument."""

import re
from collections.abc import Callable
from datetime import date
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final

import attrs


@attrs.frozen
class Location:
    """A place in a document.

    Attributes:
        source: File name or other name of the document.
        line: Line, from 1; 0 if the document has no lines (data passed in from Python).
        column: Column, from 1.
        path: Path of the node, such as `$.rules[1].list`.
    """

    source: str
    line: int = 0
    column: int = 0
    path: str = "$"

    def __str__(self) -> str:
        """`source:line:column`, or `source path` without lines."""
        if self.line:
            return f"{self.source}:{self.line}:{self.column}"
        return f"{self.source} {self.path}" if self.path != "$" else self.source


_FOLD: Final = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef“”])\s+(?=[\u3000-\u9fff\uff00-\uffef“”])"
)


def _unfolded(text: str) -> str:
    return _FOLD.sub("", text) if " " in text else text


_new, _set = object.__new__, object.__setattr__


class _Sayable:
    """What is said in a language when that language is first read."""

    __slots__ = ("_say",)
    _say: Callable[[str], str]

    if not TYPE_CHECKING:  # Any name would be taken for an attribute.

        def __getattr__(self, name: str) -> str:
            """The text in a language that was not said yet."""
            if name not in ("zh", "en"):
                msg = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(msg)
            said = self._say(name)
            said = _unfolded(said) if name == "zh" else said
            object.__setattr__(self, name, said)
            return said


@attrs.frozen
class Text(_Sayable):
    """A text for people, in each language the library speaks.

    Between Chinese characters the Chinese text has no spaces: a text folded over several lines
    of a document leaves some, and they are taken out.
    """

    zh: str = attrs.field(converter=_unfolded)
    en: str

    @classmethod
    def said_by(cls, say: Callable[[str], str]) -> "Text":
        """The text that a function says, asked for each language when it is first read."""
        text = _new(cls)
        _set(text, "_say", say)
        return text

    def in_(self, lang: str) -> str:
        """The text in the language `zh` or `en`."""
        return self.zh if lang == "zh" else self.en


class NormLevel(IntEnum):
    """Rank of a norm (效力位阶), lowest first.

    *Source*: 立法法 99, 100, 102. Departmental and local government rules rank equal.
    """

    DOCUMENT = 1
    RULE = 2
    LOCAL_REGULATION = 3
    ADMINISTRATIVE_REGULATION = 4
    LAW = 5

    @property
    def is_law(self) -> bool:
        """Whether it is a law, regulation or rule (法律、法规、规章), not a normative document."""
        return self is not NormLevel.DOCUMENT


class InstrumentKind(Enum):
    """What an instrument is; one kind is never presented as another."""

    STATUTE = "statute"
    LIST = "list"
    BENCHMARK = "benchmark"
    DRAFT = "draft"
    ILLUSTRATION = "illustration"


class Status(Enum):
    """How well the legal content is attested."""

    CONFIRMED = "confirmed"
    RECALLED = "recalled"
    PARTIAL = "partial"
    ILLUSTRATION = "illustration"


@attrs.frozen
class Citation:
    """A place in a law or in a normative document (法条引用).

    Attributes:
        law: Name of the law, regulation, rule or document, without 《》.
        article: Article (条), `12-1` for 第十二条之一; None cites the whole instrument.
        paragraph: Paragraph (款), from 1.
        item: Item (项), from 1.
        sentence: Sentence (句) of the paragraph, from 1.
        entry: Number of a list entry as printed (清单序号).
        number: Document number (文号).
        version: Date of the version cited.
        unverified: Why the citation could not be checked against the law catalogue.
        location: Where it was written; no part of equality.
    """

    law: str
    article: str | None = None
    paragraph: int | None = None
    item: int | None = None
    sentence: int | None = None
    entry: str | None = None
    number: str | None = None
    version: date | None = None
    unverified: Text | None = attrs.field(default=None, kw_only=True)
    location: Location | None = attrs.field(default=None, eq=False, repr=False, kw_only=True)


@attrs.frozen(kw_only=True)
class Instrument:
    """The document that carries rules (规范依据).

    Attributes:
        name: Name as issued.
        number: Document number (文号), if it has one.
        issued: Day it was issued.
        level: Rank as a norm.
        kind: Statute, list, benchmark, draft or illustration.
    """

    name: str
    number: str | None = None
    issued: date | None = None
    level: NormLevel
    kind: InstrumentKind
