"""Two outcomes side by side: in which of their parts they differ."""

from collections.abc import Collection
from typing import Final

import attrs

from bizrules.outcomes import Outcome
from bizrules.plain import RecordedOutcome, record_of
from bizrules.provenance import Text
from bizrules.wording import both, join, phrase

_PARTS: Final = tuple(field.name for field in attrs.fields(RecordedOutcome))
_MOST: Final = 4

SAID: Final = ("grade", "permitted", "modality", "contested", "settled", "compulsion")
"""What an outcome says of penalty and measures, without amounts and reasons."""


def differing(one: Outcome, other: Outcome, *, ignoring: Collection[str] = ()) -> tuple[str, ...]:
    """Names of the parts in which two outcomes differ, traces included.

    Args:
        one: An outcome.
        other: Another.
        ignoring: Parts that may differ.
    """
    first, second = record_of(one), record_of(other)
    return tuple(
        name
        for name in _PARTS
        if name not in ignoring and getattr(first, name) != getattr(second, name)
    )


def differing_in_what_is_said(one: Outcome, other: Outcome) -> tuple[str, ...]:
    """Names of the parts of `SAID` in which two outcomes differ; citations do not count."""
    return tuple(name for name in SAID if _said(one, name) != _said(other, name))


def _said(outcome: Outcome, name: str) -> object:
    if name == "compulsion":
        return tuple((one.measure, one.verdict) for one in outcome.compulsion)
    return getattr(outcome, name)


def named(parts: Collection[str]) -> Text:
    """The parts, by the keys that outcomes have for them; at most four."""
    listed = [f"`{part}`" for part in parts]
    shown = [*listed[:_MOST], *(["…"] if len(listed) > _MOST else [])]
    return both(lambda lang: join(shown, lang))


def told(outcome: Outcome) -> Text:
    """What the outcome proposes, in a few words."""
    if outcome.grade is not None:
        return phrase(f"grade.{outcome.grade.code}")
    return phrase("law.said.contested" if outcome.contested else "law.said.open")
