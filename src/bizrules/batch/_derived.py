"""Derived facts in columns: what `derivation` computes for one case, for many rows at once."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import attrs
import numpy as np

from bizrules.batch._calendar import add_months, full_months, full_years
from bizrules.batch._columns import coded
from bizrules.batch._earlier import Days, Earlier
from bizrules.batch._kernel import NULL, Array
from bizrules.batch._spans import AFTER_ALL, BEFORE_ALL, Spans
from bizrules.cases import PartyKind
from bizrules.derivation import (
    CORE_DERIVATIONS,
    EXTENDED_LIMITATION_MONTHS,
    ORDINARY_LIMITATION_MONTHS,
    Derivation,
)
from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.history import Counting, FirstViolation, Register
from bizrules.matching import comparable

KINDS: Final = tuple(PartyKind)
_NATURAL: Final = (
    NULL,
    KINDS.index(PartyKind.INDIVIDUAL),
    KINDS.index(PartyKind.INDIVIDUAL_BUSINESS),
)
_MAJORITY: Final = 18
_KINDS_OF_VALUES: Final = frozenset(
    {Kind.BOOLEAN, Kind.INTEGER, Kind.DAYS, Kind.CHOICE, Kind.LEVEL}
)
_CORE: Final = {derivation.name: derivation for derivation in CORE_DERIVATIONS}


@attrs.frozen(kw_only=True, eq=False)
class Givens:
    """What derivations read of the rows.

    Attributes:
        vocabulary: Declarations of facts.
        violations: Numbers of the violations.
        spans: Dates by name; open where they are not known.
        began: When a continuing act began.
        kinds: Number of the kind of party.
        ages: Age of the party.
        births: Date of birth.
        since: Day back to which the registers were searched.
        registers: The registers searched, as bits; `NULL` where the case does not say which.
        numbers: Number of a violation by its id.
        earlier: Earlier violations found.
        limitations: Limitation period of each violation, by its number; 0 for the ordinary one.
        fact: The values of a fact as far as they are known by then.
    """

    vocabulary: Vocabulary
    violations: Array
    spans: Mapping[str, Spans]
    began: Spans
    kinds: Array
    ages: Array
    births: Array
    since: Array
    registers: Array
    numbers: Mapping[str, int]
    earlier: Earlier
    limitations: Array
    fact: Callable[[str], Array]

    def at(self, rows: Array) -> "Givens":
        """The same of some of the rows."""

        def part(found: Spans) -> Spans:
            return Spans(found.first[rows], found.last[rows])

        return attrs.evolve(
            self,
            violations=self.violations[rows],
            spans={name: part(span) for name, span in self.spans.items()},
            began=part(self.began),
            kinds=self.kinds[rows],
            ages=self.ages[rows],
            births=self.births[rows],
            since=self.since[rows],
            registers=self.registers[rows],
            earlier=self.earlier.at(rows, len(self.violations)),
            fact=lambda name: self.fact(name)[rows],
        )

    @property
    def act(self) -> Spans:
        """When the act ended."""
        return self.spans["committed"]

    @property
    def days(self) -> Days:
        """The days from which windows run back."""
        return Days(len(self.violations), self.spans, self.violations, self.numbers)

    @property
    def is_natural(self) -> Array:
        """Whether the party is a natural person, or nobody said what it is."""
        return np.isin(self.kinds, _NATURAL)

    def discovery(self) -> Spans:
        """When the act was discovered, as `derivation.discovery` says."""
        known = self.spans["discovered"].first != BEFORE_ALL
        later = [self.spans[name].last for name in ("filed", "notified", "decided")]
        return Spans(
            np.where(known, self.spans["discovered"].first, self.act.first),
            np.where(known, self.spans["discovered"].last, np.minimum.reduce(later)),
        )


def computes(fact: Fact, derivations: Iterable[Derivation]) -> bool:
    """Whether a fact is derived in columns: by the core, or as a count of repeats.

    Args:
        fact: The fact.
        derivations: The derivations of the engine.
    """
    if fact.kind not in _KINDS_OF_VALUES:
        return False
    own = next((one for one in derivations if one.name == fact.name), None)
    return fact.counts is not None or (own is not None and _CORE.get(fact.name) is own)


def derive(name: str, first: FirstViolation, given: Givens) -> tuple[Array, Array | None]:
    """The values of a derived fact, and where what is known speaks for it without telling it.

    Args:
        name: The fact.
        first: Definition of a first violation to compute it with.
        given: What it reads.
    """
    fact = given.vocabulary.facts.get(name)
    if fact is not None and fact.counts is not None:
        counted, _ = _counted(fact.counts, given)
        present = int(fact.counts.includes_present)
        return np.where(counted == NULL, NULL, counted + present), None
    if name == "first_violation":
        counted, least = _counted(first, given)
        return np.where(least > 0, 0, np.where(counted == NULL, NULL, counted == 0)), None
    if name == "prior_count":
        return _counted(first, given)[0], None
    if name == "limitation_run_out":
        return _limitation(given, extended=True)
    if name == "ordinary_limitation_run_out":
        return _limitation(given, extended=False)[0], None
    return _SIMPLE[name](given), None


def _party_kind(given: Givens) -> Array:
    fact = given.vocabulary["party_kind"]
    codes = [NULL if kind.value not in fact.ranks else _code(given, kind) for kind in KINDS]
    return np.where(given.kinds == NULL, NULL, np.array(codes)[np.maximum(given.kinds, 0)])


def _code(given: Givens, kind: PartyKind) -> int:
    fact = given.vocabulary["party_kind"]
    found = coded(fact, comparable(fact, kind.value))
    return NULL if found is None else found


def _age_at_act(given: Givens) -> Array:
    known = (given.births != NULL) & (given.act.first != BEFORE_ALL) & (given.act.last != AFTER_ALL)
    births = np.where(known, given.births, 1)
    first = full_years(births, np.where(known, given.act.first, 1))
    last = full_years(births, np.where(known, given.act.last, 1))
    computed = np.where(known & (first == last), first, NULL)
    return np.where(given.is_natural, np.where(given.ages != NULL, given.ages, computed), NULL)


def _party_is_minor(given: Givens) -> Array:
    stated = given.fact("age_at_act") if "age_at_act" in given.vocabulary else None
    age = _age_at_act(given)
    if stated is not None:
        age = np.where(stated != NULL, stated, age)
    minor = np.where(age == NULL, NULL, age < _MAJORITY)
    return np.where(given.is_natural, minor, 0)


def _violation_months(given: Givens) -> Array:
    first, last = given.began, given.act
    known = (first.first == first.last) & (last.first == last.last) & (last.first >= first.first)
    months = full_months(np.where(known, first.first, 1), np.where(known, last.first, 1))
    return np.where(known, months, NULL)


def _days_to_correct(given: Givens) -> Array:
    ordered, corrected = given.fact("ordered_on"), given.fact("corrected_on")
    known = (ordered != NULL) & (corrected != NULL)
    return np.where(known, np.maximum(corrected - ordered, 0), NULL)


_SIMPLE: Final[Mapping[str, Callable[[Givens], Array]]] = {
    "party_kind": _party_kind,
    "age_at_act": _age_at_act,
    "party_is_minor": _party_is_minor,
    "violation_months": _violation_months,
    "days_to_correct": _days_to_correct,
}


def _limitation(given: Givens, *, extended: bool) -> tuple[Array, Array]:
    """Whether limitation has run out, and whether one of the periods left open certainly has."""
    special = given.limitations[np.maximum(given.violations, 0)]
    ordinary = np.where(special > 0, special, ORDINARY_LIMITATION_MONTHS)
    short = _run_out(given, ordinary)
    if not extended:
        return short, short == 1
    touched, harm = given.fact("life_health_finance"), given.fact("harm")
    fact = given.vocabulary.facts.get("harm")
    none = NULL if fact is None else fact.ranks.get("none", NULL)
    is_short = (special > 0) | (touched == 0) | ((harm == none) & (harm != NULL))
    is_long = ~is_short & (touched == 1) & (harm != NULL)
    long = _run_out(given, np.full(len(ordinary), EXTENDED_LIMITATION_MONTHS))
    both = np.where(short == long, short, NULL)
    doubt = np.where(is_short, short == 1, np.where(is_long, long == 1, (short == 1) | (long == 1)))
    return np.where(is_short, short, np.where(is_long, long, both)), doubt


def _run_out(given: Givens, months: Array) -> Array:
    act, found = given.act, given.discovery()
    first_known, last_known = act.first != BEFORE_ALL, act.last != AFTER_ALL
    in_time = add_months(np.where(first_known, act.first, 1), months)
    too_late = add_months(np.where(last_known, act.last, 1), months)
    is_told = given.spans["discovered"].first != BEFORE_ALL
    early = first_known & (found.last != AFTER_ALL) & (found.last <= in_time)
    late = last_known & is_told & (found.first != BEFORE_ALL) & (found.first > too_late)
    return np.where(first_known, np.where(early, 0, np.where(late, 1, NULL)), NULL)


def _counted(first: Counting, given: Givens) -> tuple[Array, Array]:
    """How many earlier violations count, as far as that is known; and how many certainly do."""
    searched = _searched(first, given)
    if not len(given.earlier.rows):
        return np.where(searched, 0, NULL), np.zeros(len(searched), dtype=np.int64)
    sure, more = given.earlier.counted(first, given.days)
    return np.where(searched & (more == 0), sure, NULL), sure


def _searched(first: Counting, given: Givens) -> Array:
    """Whether the registers were searched far enough, and all that have to be."""
    needed = sum(1 << list(Register).index(register) for register in set(first.registers))
    named = (given.registers == NULL) | ((given.registers & needed) == needed)
    start = _search_start(first, given)
    found = (given.since != NULL) & named & (start != NULL) & (given.since <= start)
    return np.asarray(found)


def _search_start(first: Counting, given: Givens) -> Array:
    """Day back to which the registers must be searched; see `derivation.search_start`."""
    _, _, window = given.days.window(first, search=first.search)
    start = np.where(window.first == BEFORE_ALL, NULL, window.first)
    if first.since is not None:
        start = np.maximum(start, first.since.toordinal())
    return np.asarray(start)
