"""Derived facts: computed from the case when nobody stated them.

Every derivation is a pure function of the case that says what it reads. What it cannot tell is
None, unknown.
"""

from typing import Final

from bizrules.case_dates import CASE_DATES
from bizrules.derivation._case_facts import (
    EXTENDED_LIMITATION_MONTHS,
    ORDINARY_LIMITATION_MONTHS,
    age_at_act,
    days_to_correct,
    limitation_end,
    limitation_in_doubt,
    limitation_months,
    limitation_run_out,
    ordinary_limitation_run_out,
    party_is_minor,
    party_kind,
    violation_months,
)
from bizrules.derivation._known import Derivation, Known, act_span, decision_span, discovery
from bizrules.derivation._priors import (
    FIRST_READS,
    anchor_span,
    first_violation,
    missing_registers,
    prior_count,
    repeat_derivation,
    same_area,
    same_identity,
    search_start,
    window_start,
)

__all__ = [
    "CORE_DERIVATIONS",
    "EXTENDED_LIMITATION_MONTHS",
    "ORDINARY_LIMITATION_MONTHS",
    "Derivation",
    "Known",
    "act_span",
    "age_at_act",
    "anchor_span",
    "days_to_correct",
    "decision_span",
    "discovery",
    "first_violation",
    "limitation_end",
    "limitation_months",
    "limitation_run_out",
    "missing_registers",
    "ordinary_limitation_run_out",
    "party_is_minor",
    "party_kind",
    "prior_count",
    "repeat_derivation",
    "same_area",
    "same_identity",
    "search_start",
    "violation_months",
    "window_start",
]

CORE_DERIVATIONS: Final[tuple[Derivation, ...]] = (
    Derivation(name="party_kind", reads=("party",), compute=party_kind),
    Derivation(name="age_at_act", reads=("party", "committed"), compute=age_at_act),
    Derivation(
        name="party_is_minor", reads=("party", "committed", "age_at_act"), compute=party_is_minor
    ),
    Derivation(name="violation_months", reads=("committed",), compute=violation_months),
    Derivation(
        name="days_to_correct", reads=("ordered_on", "corrected_on"), compute=days_to_correct
    ),
    Derivation(
        name="limitation_run_out",
        reads=("violation", *CASE_DATES, "life_health_finance", "harm"),
        compute=limitation_run_out,
        in_doubt=limitation_in_doubt,
    ),
    Derivation(
        name="ordinary_limitation_run_out",
        reads=("violation", *CASE_DATES),
        compute=ordinary_limitation_run_out,
    ),
    Derivation(
        name="first_violation",
        reads=FIRST_READS,
        compute=first_violation,
        by_ruleset=True,
    ),
    Derivation(name="prior_count", reads=FIRST_READS, compute=prior_count, by_ruleset=True),
)
