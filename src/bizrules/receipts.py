"""Receipts: what is needed to compute an outcome again (留痕)."""

from datetime import date

import attrs

from bizrules.shared_records import Shared


@attrs.frozen(kw_only=True)
class RulesetStamp:
    """Ruleset used, with what identifies its content."""

    id: str
    version: str
    digest: str
    plugin: str = "bizrules"


@attrs.frozen(kw_only=True)
class Receipt(Shared):
    """What is needed to compute the same outcome again (留痕).

    Attributes:
        engine: Version of the library.
        rulesets: Rulesets from which candidates were taken, by id.
        knowledge: Digest over vocabulary, violations and all rulesets of the engine.
        case: Digest of the case as given.
        as_known_on: Day whose knowledge was used; None for all that is published.
        drafts: Whether drafts (征求意见稿) decided too.
        elements: Elements of the other violations of the act, which aggravate nothing; by name.
    """

    engine: str
    rulesets: tuple[RulesetStamp, ...]
    knowledge: str
    case: str
    as_known_on: date | None = None
    drafts: bool = False
    elements: tuple[str, ...] = ()
