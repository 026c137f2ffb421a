"""Problems with a place, a code and help; the exceptions that carry them."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Final

import attrs

from bizrules import phrases
from bizrules.provenance import Location
from bizrules.values import Interval


class Severity(Enum):
    """Whether a problem stops the work, deserves attention, or is only worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


def _read_only(given: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(given))


@attrs.frozen
class Problem:
    """One thing wrong with a document, a case or a plugin.

    Details are the same in every language, but for those the phrases word themselves:

    - `<name>_phrase` is the key of a phrase, which the message mentions as `<name>`;
    - `near_names` (separated by commas, perhaps empty) becomes `near`: did you mean …;
    - `choices` (separated by commas) becomes `near` if no name is near: write one of …;
    - `tests` (separated by commas) becomes `allowed`: tests that fit ….

    Attributes:
        code: Stable code such as `unknown-fact`; the phrases are kept under it.
        location: Where it is.
        details: What the message mentions, by name.
        severity: Error, warning or note.
    """

    code: str
    location: Location
    details: Mapping[str, str] = attrs.field(factory=dict, converter=_read_only, hash=False)
    severity: Severity = Severity.ERROR

    @property
    def is_warning(self) -> bool:
        """Whether it only warns."""
        return self.severity is not Severity.ERROR

    def text(self, lang: str = "en") -> str:
        """The message: one sentence without final period."""
        return phrases.say(f"problem.{self.code}", lang, **_worded(self.details, lang))

    def help(self, lang: str = "en") -> str:
        """Advice on how to mend it."""
        return phrases.say(f"problem.{self.code}.help", lang, **_worded(self.details, lang))

    def render(self, lang: str = "en") -> str:
        """Place, severity, code, message and help in two lines."""
        label = phrases.say(f"severity.{self.severity.value}", lang)
        help_label = phrases.say("severity.help", lang)
        return (
            f"{self.location}: {label} [{self.code}] {self.text(lang)}\n"
            f"    {help_label}{self.help(lang)}"
        )

    def __str__(self) -> str:
        """The problem in English."""
        return self.render("en")


_MOST_NAMES: Final = 5


def _worded(details: Mapping[str, str], lang: str) -> dict[str, str]:
    """The details, with those that depend on the language in its words."""
    worded = {
        name.removesuffix("_phrase"): phrases.say(value, lang)
        for name, value in details.items()
        if name.endswith("_phrase")
    }
    if details.get("near_names"):
        worded["near"] = _hint("hint.did-you-mean", "hint.or", details["near_names"], lang)
    elif details.get("choices"):
        worded["near"] = _hint("hint.one-of", "hint.comma", details["choices"], lang)
    else:
        worded["near"] = phrases.say("hint.none", lang)
    if "tests" in details:
        worded["allowed"] = _hint("hint.tests", "hint.comma", details["tests"], lang)
    return {**worded, **details}


def _hint(key: str, last: str, names: str, lang: str) -> str:
    """The hint with at most five of the names, the last two joined by the phrase `last`."""
    quoted = [f"`{name.strip()}`" for name in names.split(",")]
    if len(quoted) > _MOST_NAMES:
        quoted, last = [*quoted[:_MOST_NAMES], "…"], "hint.comma"
    *front, end = quoted
    listed = phrases.say("hint.comma", lang).join(front)
    return phrases.say(key, lang, names=f"{listed}{phrases.say(last, lang)}{end}" if front else end)


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by source, line, column and code, each once."""
    unique = {
        (
            p.location.source,
            p.location.line,
            p.location.column,
            p.location.path,
            p.code,
            tuple(sorted(p.details.items())),
        ): p
        for p in problems
    }
    return tuple(unique[key] for key in sorted(unique))


class BizrulesError(Exception):
    """Root of every error the library raises on purpose."""


class ProblemsError(BizrulesError, ValueError):
    """Input with problems; all of those found are carried, not the first.

    Attributes:
        problems: The problems, sorted by place.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Carry the problems."""
        self.problems = sort_problems(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DocumentError(ProblemsError):
    """A document that cannot be read as what it says it is."""


class CaseError(ProblemsError):
    """A case that cannot be evaluated."""


class CodedError(BizrulesError):
    """An error with a code and what its message mentions, worded in either language.

    Attributes:
        code: Stable code such as `plugin-empty`.
        details: What the message mentions, by name.
    """

    def __init__(self, code: str, **details: str) -> None:
        """Carry the code and what the message mentions."""
        self.code = code
        self.details = MappingProxyType(details)
        super().__init__(self.text("en"))

    def text(self, lang: str = "en") -> str:
        """The message and its help."""
        details = _worded(self.details, lang)
        message = phrases.say(f"problem.{self.code}", lang, **details)
        advice = phrases.say(f"problem.{self.code}.help", lang, **details)
        return f"{message}; {advice}" if lang == "en" else f"{message}；{advice}"


class PluginError(CodedError):
    """A plugin that fits another version, contributes nothing, misspells a hook or is not valid."""


class BundleError(CodedError):
    """A bundle that is none, is damaged, is not signed as required, or needs what is not there."""


class ScaffoldError(CodedError):
    """A new package of rules that cannot be created, or one that cannot be brought up to date."""


class UnknownNameError(BizrulesError, KeyError):
    """A name that is not declared.

    Attributes:
        name: The name asked for.
        near: Declared names close to it, at most five.
    """

    def __init__(self, what: str, name: str, near: tuple[str, ...] = ()) -> None:
        """Carry the name and those near it."""
        self.what = what
        self.name = name
        self.near = near
        super().__init__(name)

    def __str__(self) -> str:
        """The message in English."""
        hint = (
            f"; did you mean {', '.join(f'`{name}`' for name in self.near)}?" if self.near else ""
        )
        return f"unknown {self.what} `{self.name}`{hint}"


class NotInForceError(BizrulesError, LookupError):
    """Something known that is not in force on the day asked for.

    Attributes:
        what: `rule` or `ruleset`.
        name: Its id.
        day: The day asked for.
        ended: First day out of force of the last version before, if there was one.
        begins: First day in force of the next version, if there is one.
        last: Id of the version that ended.
    """

    def __init__(
        self,
        what: str,
        name: str,
        day: date,
        *,
        ended: date | None = None,
        begins: date | None = None,
        last: str | None = None,
    ) -> None:
        """Carry what is not in force, and when it was or will be."""
        self.what = what
        self.name = name
        self.day = day
        self.ended = ended
        self.begins = begins
        self.last = last
        super().__init__(self.text("en"))

    @classmethod
    def among(
        cls, what: str, name: str, day: date, versions: Mapping[str, Interval]
    ) -> "NotInForceError":
        """The error for what has versions none of which is in force that day.

        Args:
            what: `rule` or `ruleset`.
            name: The id asked for.
            day: The day asked for.
            versions: Days in force of each version, by its id.
        """
        ends = [(days.until, one) for one, days in versions.items() if days.until is not None]
        starts = [days.start for days in versions.values() if days.start is not None]
        ended, last = max(((end, one) for end, one in ends if end <= day), default=(None, None))
        begins = min((start for start in starts if day < start), default=None)
        return cls(what, name, day, ended=ended, begins=begins, last=last)

    @property
    def code(self) -> str:
        """Stable code: `rule-not-in-force` or `ruleset-not-in-force`."""
        return f"{self.what}-not-in-force"

    def text(self, lang: str = "en") -> str:
        """The message: that it is not in force that day, when it ended and when it begins."""
        # Days stand in ISO form, as they were asked for.
        parts = [phrases.say(f"problem.{self.code}", lang, name=self.name, day=self.day)]
        if self.ended is not None:
            key = "not-in-force.ended" if self.last == self.name else "not-in-force.last"
            parts.append(phrases.say(key, lang, name=self.last, day=self.ended))
        if self.begins is not None:
            parts.append(phrases.say("not-in-force.begins", lang, day=self.begins))
        return phrases.say("note.mark", lang).join(parts)
