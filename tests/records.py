"""A small catalogue and a case with a record of earlier violations, as derivations read them."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import attrs

from bizrules.cases import Case, Prior, Priors
from bizrules.derivation import Known, first_violation, prior_count
from bizrules.facts import Value
from bizrules.history import FirstViolation
from bizrules.provenance import Citation
from bizrules.rules import LimitationPeriod, Violation
from strategies import text


def _violation(name: str, field: str, department: str) -> Violation:
    return Violation(id=name, title=text(name), department=department, field=field)


CATALOGUE: Final[Mapping[str, Violation]] = {
    entry.id: entry
    for entry in (
        _violation("food.label", "food", "market_regulation"),
        _violation("food.shelf-life", "food", "market_regulation"),
        _violation("ad.claim", "advertising", "market_regulation"),
        _violation("fire.exit", "fire", "fire_rescue"),
    )
}
"""Two violations of one field, one of another field, one of another department."""

CASE: Final = Case(id="7", region="530103", violation="food.label")
"""A case that says nothing but where and what."""

SEARCHED: Final = date(2000, 1, 1)
"""A search of the records that goes back further than any window here."""


def known(
    case: Case,
    stated: Mapping[str, Value] | None = None,
    *,
    first: FirstViolation | None = None,
    months: int | None = None,
) -> Known:
    """What a derivation may read of the case.

    Args:
        case: The case.
        stated: Facts that it states.
        first: The definition of a first violation; one that says nothing if left out.
        months: Limitation period of a special law.
    """
    entry = CATALOGUE["food.label"]
    if months is not None:
        period = LimitationPeriod(months=months, citations=(Citation("税收征收管理法", "86"),))
        entry = attrs.evolve(entry, limitation=period)
    return Known(
        case=case,
        stated=stated or {},
        violation=entry,
        first=first or FirstViolation(),
        violations=CATALOGUE,
    )


def recorded(*found: Prior, since: date | None = SEARCHED, case: Case = CASE) -> Case:
    """The case, committed on 1 March 2022 if it has no date, with what a search found."""
    if case.committed is None:
        case = attrs.evolve(case, committed="2022-03-01")
    return attrs.evolve(case, priors=Priors(searched_since=since, found=found))


def counts(case: Case, first: FirstViolation) -> tuple[Value | None, Value | None]:
    """Whether it is a first violation by the definition, and how many earlier ones count."""
    about = known(case, first=first)
    return first_violation(about), prior_count(about)
