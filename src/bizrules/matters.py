"""Matters: several cases of one party, and what is answered about them together (案件合并).

Plain records, like outcomes. What is drawn together from the parts is computed when it is read.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import Final

import attrs

from bizrules.cases import Case
from bizrules.outcomes import (
    CHANGES,
    CHOICE,
    DueDuty,
    Fine,
    FineRange,
    FineState,
    Outcome,
    Question,
)
from bizrules.provenance import Citation, Text
from bizrules.truth import Truth

__all__ = [
    "ActOutcome",
    "Basis",
    "FineSum",
    "MatterOutcome",
    "Part",
    "Role",
]

ARTICLE_29: Final = Citation("行政处罚法", "29", sentence=2)
"""One act that breaks several norms is fined once, by the provision with the higher fine."""


class Role(Enum):
    """What becomes of a case in the act to which it belongs.

    APPLIED: its fine is the fine of the act; FINED_ELSEWHERE: another one is, only its other kinds
    of penalty stay; WITHOUT_FINE: it carries no fine as things stand; DISPLACED by a special
    provision; ABSORBED by another violation; EXEMPT; UNDETERMINED: one of these, not yet told.
    """

    APPLIED = "applied"
    FINED_ELSEWHERE = "fined_elsewhere"
    WITHOUT_FINE = "without_fine"
    DISPLACED = "displaced"
    ABSORBED = "absorbed"
    EXEMPT = "exempt"
    UNDETERMINED = "undetermined"

    @property
    def stands(self) -> bool:
        """Whether the norm of the case has a say at all."""
        return self not in (Role.DISPLACED, Role.ABSORBED)


class Basis(Enum):
    """What chose the provision of an act.

    LONE: one norm only; REMAINS: one remains beside those displaced or absorbed; NO_FINE: none
    calls for a fine; SOLE: only one does; HIGHER_FINE, KINDS, EQUAL: the higher statutory fine,
    else the heavier other kinds, else the order given; OPEN: facts are missing; DISCRETION:
    whether there is a penalty is the authority's choice.
    """

    LONE = "lone"
    REMAINS = "remains"
    NO_FINE = "no_fine"
    SOLE = "sole"
    HIGHER_FINE = "higher_fine"
    KINDS = "kinds"
    EQUAL = "equal"
    OPEN = "open"
    DISCRETION = "discretion"


@attrs.frozen(kw_only=True, eq=False)
class Part:
    """One case of a matter.

    Attributes:
        outcome: Its own outcome.
        role: What becomes of it in its act.
        by: Id of the case that displaces or absorbs it, or under which the fine is imposed.
        text: The role in words.
        statutory: The statutory fine, before any grade.
        crime_duties: Its duties that follow from the suspicion of a crime.
    """

    outcome: Outcome
    role: Role
    by: str | None = None
    text: Text
    statutory: Fine
    crime_duties: frozenset[str] = frozenset()

    @property
    def case(self) -> Case:
        """The case as given."""
        return self.outcome.case


@attrs.frozen(kw_only=True, eq=False)
class ActOutcome:
    """What is answered about one act.

    Attributes:
        act: Its name; None for a case that is an act of its own.
        parts: Its cases, in the order given.
        basis: What chose the provision.
        text: The choice in words.
        citations: Where the choice rests.
        open_facts: Facts for which the choice waits.
        asked: Questions about those facts that no part asks by itself.
        chosen: Whether nothing can change the choice of the provision any more.
    """

    act: str | None = None
    parts: tuple[Part, ...]
    basis: Basis
    text: Text
    citations: tuple[Citation, ...] = ()
    open_facts: tuple[str, ...] = ()
    asked: tuple[Question, ...] = ()
    chosen: bool

    @property
    def standing(self) -> tuple[Part, ...]:
        """Parts that are neither displaced nor absorbed."""
        return tuple(part for part in self.parts if part.role.stands)

    @property
    def applied(self) -> Part | None:
        """The part whose fine is imposed; None if there is none, or it is open which."""
        return next((part for part in self.parts if part.role is Role.APPLIED), None)

    @property
    def settled(self) -> bool:
        """Whether neither the choice nor the result of a standing part can still change."""
        return self.chosen and all(part.outcome.settled for part in self.standing)

    @property
    def contested(self) -> bool:
        """Whether lenient and heavier grounds meet in a standing part."""
        return any(part.outcome.contested for part in self.standing)

    @property
    def fine(self) -> Fine | None:
        """The one fine of the act; None if there is none or it is open which."""
        return None if self.applied is None else self.applied.outcome.fine

    @property
    def fine_is_open(self) -> bool:
        """Whether the amount, or whether there is a fine, is not yet told."""
        applied = self.applied
        if applied is None:
            return any(part.role is Role.UNDETERMINED for part in self.parts)
        fine = applied.outcome.fine
        return applied.outcome.grade is None or fine.state is FineState.UNDETERMINED


@attrs.frozen(kw_only=True)
class FineSum:
    """The fines of the acts, to be executed together (合并执行).

    Attributes:
        range: Sum of the ranges that are money; None if there is none. *Unit*: fen.
        symbolic: Acts whose range multiplies an unknown amount, by number from 1, with the fine.
        open: Acts whose fine is not yet told, by number from 1.
    """

    range: FineRange | None = None
    symbolic: tuple[tuple[int, Fine], ...] = ()
    open: tuple[int, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class MatterOutcome:
    """What `evaluate_matter` returns. It recommends; the authority decides.

    The types of its parts are public in `bizrules.matters`: `ActOutcome`, `Part`, `Role`, `Basis`
    and `FineSum`.

    Attributes:
        id: What the caller calls the matter; empty if nothing.
        acts: The acts, in the order in which they first appear.
    """

    id: str = ""
    acts: tuple[ActOutcome, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts, act by act."""
        return tuple(part for act in self.acts for part in act.parts)

    @property
    def cases(self) -> tuple[Case, ...]:
        """All cases, act by act."""
        return tuple(part.case for part in self.parts)

    @property
    def crime_suspected(self) -> Truth:
        """Whether a crime is suspected in any case: TRUE comes before everything else."""
        found = {part.outcome.crime_suspected for part in self.parts}
        return next(t for t in (Truth.TRUE, Truth.UNKNOWN, Truth.FALSE) if t in found)

    @property
    def settled(self) -> bool:
        """Whether the result of every act is settled."""
        return all(act.settled for act in self.acts)

    @property
    def contested(self) -> bool:
        """Whether some act is contested."""
        return any(act.contested for act in self.acts)

    @cached_property
    def fine(self) -> FineSum:
        """The fines of all acts, what is exact added up."""
        return _sum_of(self.acts)

    @cached_property
    def duties(self) -> tuple[DueDuty, ...]:
        """The duties of all parts, each once; what a suspected crime demands comes first."""
        first = frozenset(name for part in self.parts for name in part.crime_duties)
        found = {
            (duty.duty, duty.due, duty.opens): duty
            for part in self.parts
            for duty in sorted(part.outcome.duties, key=lambda duty: duty.certain)
            if part.role.stands or duty.duty in first
        }
        return tuple(sorted(found.values(), key=lambda duty: _duty_rank(duty, first)))

    def cases_of(self, duty: DueDuty) -> tuple[str, ...]:
        """Ids of the cases from which one of the duties follows."""
        key = (duty.duty, duty.due, duty.opens)
        return tuple(
            part.case.id
            for part in self.parts
            if (part.role.stands or duty.duty in part.crime_duties)
            and any((own.duty, own.due, own.opens) == key for own in part.outcome.duties)
        )

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What can still change the result, each fact once, most useful first."""
        return _merged(self.acts)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every article the result rests on, each once."""
        found: dict[Citation, None] = {}
        for act in self.acts:
            found.update(dict.fromkeys(act.citations))
            for part in act.standing:
                found.update(dict.fromkeys(part.outcome.citations))
        return tuple(found)

    @property
    def text(self) -> Text:
        """How the provision of each act was chosen, in words."""
        texts = [act.text for act in self.acts]
        return Text(zh="".join(t.zh for t in texts), en=" ".join(t.in_("en") for t in texts))


def _duty_rank(duty: DueDuty, first: frozenset[str]) -> tuple[object, ...]:
    day = duty.due or duty.opens
    return duty.duty not in first, day is None, day or date.max, duty.duty


def _sum_of(acts: Iterable[ActOutcome]) -> FineSum:
    ranges: list[FineRange] = []
    symbolic: list[tuple[int, Fine]] = []
    unknown: list[int] = []
    for number, act in enumerate(acts, start=1):
        fine = act.fine
        if act.fine_is_open:
            unknown.append(number)
        elif fine is not None and fine.state is FineState.SYMBOLIC:
            symbolic.append((number, fine))
        elif fine is not None and fine.state is FineState.RANGE and fine.range is not None:
            ranges.append(fine.range)
    return FineSum(range=_added(ranges), symbolic=tuple(symbolic), open=tuple(unknown))


def _added(ranges: list[FineRange]) -> FineRange | None:
    """The sum of ranges of money; it has an end only if all of them have."""
    if not ranges:
        return None
    highs = [found.high for found in ranges]
    return FineRange(
        low=sum((found.low or Fraction(0) for found in ranges), Fraction(0)),
        high=None if None in highs else sum((h for h in highs if h is not None), Fraction(0)),
        low_closed=all(found.low_closed for found in ranges),
        high_closed=all(found.high_closed for found in ranges),
    )


def _merged(acts: Iterable[ActOutcome]) -> tuple[Question, ...]:
    found: dict[str, Question] = {}
    for question in _asked(acts):
        known = found.get(question.fact)
        found[question.fact] = question if known is None else _joined(known, question)
    return tuple(sorted(found.values(), key=lambda question: question.rank))


def _asked(acts: Iterable[ActOutcome]) -> Iterator[Question]:
    for act in acts:
        waits = frozenset(act.open_facts)
        for part in act.standing:
            for question in part.outcome.questions:
                changes = question.changes
                if question.fact in waits:
                    changes = (CHOICE, *changes)
                elif part.role is Role.FINED_ELSEWHERE and changes == ("fine",):
                    continue
                yield attrs.evolve(question, changes=changes)
        yield from act.asked


def _joined(one: Question, other: Question) -> Question:
    changed = {*one.changes, *other.changes}
    return attrs.evolve(
        one,
        changes=tuple(change for change in CHANGES if change in changed),
        rules=tuple(sorted({*one.rules, *other.rules})),
        settles=max(one.settles, other.settles),
    )
