"""A broken law: which, in which package, in which case, and what went wrong in words."""

import os
from collections.abc import Mapping
from typing import Final

import attrs

from bizrules.cases import Case
from bizrules.phrases import LANGUAGES
from bizrules.provenance import Text
from bizrules.testing._golden_text import golden_text
from bizrules.wording import phrase

VARIABLE: Final = "BIZRULES_LANG"


@attrs.frozen(kw_only=True)
class Breach:
    """What a law finds wrong with a case.

    Attributes:
        said: What went wrong, in words.
        case: The case.
        expect: What its outcome must be by the law, in document form, as far as golden cases can
            say it.
    """

    said: Text
    case: Case
    expect: Mapping[str, object] = attrs.field(factory=dict)


class LawBrokenError(AssertionError):
    """A law that does not hold for a package; its text is a golden case to paste.

    Attributes:
        law: Name of the law.
        package: Name of the package.
        breach: What went wrong.
    """

    def __init__(self, law: str, package: str, breach: Breach) -> None:
        """Carry what went wrong."""
        self.law = law
        self.package = package
        self.breach = breach
        super().__init__(self.text(language()))

    @property
    def case(self) -> Case:
        """The case, under the name that it has in the golden case."""
        return attrs.evolve(self.breach.case, id=f"{self.package}-{self.law}")

    def text(self, lang: str) -> str:
        """The golden case as a document, with what went wrong above it.

        Args:
            lang: `zh` or `en`.
        """
        head = phrase("law.broken", law=self.law, package=self.package)
        remarks = (head, phrase(f"law.{self.law}"), self.breach.said)
        words = [remark.in_(lang) for remark in remarks]
        return golden_text(self.case, self.breach.expect, remarks=words)


def language() -> str:
    """The language of what is printed: that of the variable `BIZRULES_LANG`, else Chinese."""
    wished = os.environ.get(VARIABLE, "").lower()[:2]
    return wished if wished in LANGUAGES else "zh"
