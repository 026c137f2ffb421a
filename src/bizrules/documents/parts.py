"""What several documents have in common: citations and intervals."""

from datetime import date

import attrs

from bizrules.provenance import Text


@attrs.frozen(kw_only=True)
class CitationDocument:
    """A place in a law or in a normative document.

    Attributes:
        law: Name of the law, regulation, rule or document, without 《》.
        article: Article (条), `12-1` for 第十二条之一.
        paragraph: Paragraph (款), from 1.
        item: Item (项), from 1.
        sentence: Sentence (句) of the paragraph, from 1.
        entry: Number of a list entry as printed.
        number: Document number (文号).
        version: Date of the version cited.
        unverified: Why the citation could not be checked against the law catalogue.
    """

    law: str
    article: str | None = None
    paragraph: int | None = None
    item: int | None = None
    sentence: int | None = None
    entry: str | None = None
    number: str | None = None
    version: date | None = None
    unverified: Text | None = None


@attrs.frozen(kw_only=True)
class IntervalDocument:
    """Days on which something is in force.

    Attributes:
        from_: First day in force; leave out for always.
        until: First day no longer in force; leave out for no end.
        end_published: Day from which the end was known.
    """

    from_: date | None = None
    until: date | None = None
    end_published: date | None = None
