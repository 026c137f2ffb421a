"""One case under a compiled law: what `Assessor.judge` finds, most of it worked out when read."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from bizrules.assessment import Assessment, Assessor, Derived, Reading, judge_measures
from bizrules.cases import Case
from bizrules.compiled_law import CompiledLaw, Told
from bizrules.facts import Value
from bizrules.matching import Comparable
from bizrules.multiples import Multiple, multiple_of
from bizrules.outcomes import Fine
from bizrules.penalties import Grade, Tier
from bizrules.shared_records import draft_of
from bizrules.values import DateSpan


class CompiledAssessment(Assessment):
    """One case under a compiled law; it works out its own fine.

    Attributes:
        assessor: Reads facts.
        law: The law, compiled.
        told: What follows from the rules; None for a changed copy, which is an assessment like any
            other.
        values: The facts.
        derived: What was computed of them.
    """

    __slots__ = ("assessor", "derived", "law", "told", "values", "worked_out")
    assessor: Assessor
    law: CompiledLaw
    told: Told | None
    values: Mapping[str, Value]
    derived: Derived
    worked_out: Fine

    if not TYPE_CHECKING:  # Any name would be taken for an attribute.

        def __getattr__(self, name: str) -> object:
            """A field that nobody read before."""
            work_out = _LATE.get(name)
            if work_out is None:
                return super().__getattr__(name)
            found = work_out(self)
            object.__setattr__(self, name, found)
            return found

    def possible(self) -> frozenset[Grade | None]:
        """Grades that some way of the unknown rules would propose; None for a contested result."""
        told = self.told
        if told is None:
            return super().possible()
        if told.possible is None:
            told.possible = super().possible()
        return told.possible

    def fine(self) -> Fine:
        """The fine for the grade; the statutory range where there is no grade."""
        told = self.told
        if told is None:
            return super().fine()
        at_hand = self.law.fine_at_hand(told, self.values, self)
        return at_hand or self.law.fine(told, self.values.get, self)

    def plain_fine(self) -> Fine:
        """The fine, worked out from the facts."""
        return self.worked_out

    def multiple(self, tier: Tier) -> Multiple | None:
        """The fine of a tier whatever its base may be, if it grows with the base."""
        return multiple_of(self.penal(), tier, self.grade, self.effects())

    def opened(self) -> "CompiledAssessment":
        """The same while it is open which law applies: no grade is proposed."""
        assert self.told is not None  # noqa: S101 - only copies have none
        given = self.assessor, self.case, self.law, self.told.opened
        return assessed(*given, (self.values, self.derived), self.on)


_AssessmentDraft: Final = draft_of(CompiledAssessment)
_ReadingDraft: Final = draft_of(Reading)


def assessed(
    assessor: Assessor,
    case: Case,
    law: CompiledLaw,
    told: Told,
    facts: tuple[Mapping[str, Value], Derived],
    on: DateSpan,
) -> CompiledAssessment:
    """A case under a compiled law.

    Args:
        assessor: Reads facts.
        case: The case.
        law: The law.
        told: What follows from the rules.
        facts: The facts of the case under the law, and what was computed of them.
        on: Days of the law.
    """
    found = _AssessmentDraft()
    found.assessor, found.case, found.law, found.told, found.on = assessor, case, law, told, on
    found.stretch, found.vocabulary = law.stretch, assessor.vocabulary
    found.values, found.derived = facts
    found.held, found.unknown = told.held, told.unknown
    verdict = told.verdict
    found.result, found.settled = verdict.result, told.form[-1]
    found.__class__ = CompiledAssessment
    made: CompiledAssessment = found
    return made


def _reading(law: CompiledAssessment) -> Reading:
    reading = _ReadingDraft()
    reading.derived, reading.problems = law.derived
    reading.view, reading.stated = _view(law), law.case.facts.keys()
    reading.__class__ = Reading
    made: Reading = reading
    return made


def _view(law: CompiledAssessment) -> dict[str, Comparable]:
    """The values in comparable form, under the names under which they are read."""
    values, turns = law.values, law.assessor.turns
    view: dict[str, Any] = dict(values)
    for name in values.keys() & turns.keys():
        view[name] = turns[name](values[name])
    for step in law.law.plan:
        if step.name in turns and step.key != step.name and step.key in values:
            view[step.key] = turns[step.name](values[step.key])
    return view


def _measured(name: str) -> Callable[[CompiledAssessment], object]:
    """A field of the second axis."""

    def found(law: CompiledAssessment) -> object:
        if not law.case.measures:
            return ()
        measured = judge_measures(law.case.measures, law.stretch, law.reading.view)
        for field, value in measured.items():
            object.__setattr__(law, field, value)
        return cast("Mapping[str, object]", measured)[name]

    return found


def _plain_fine(law: CompiledAssessment) -> Fine:
    return Assessment.fine(law)


_LATE: Final[Mapping[str, Callable[[Any], object]]] = {
    "reading": _reading,
    "measures": _measured("measures"),
    "waiting": _measured("waiting"),
    "holding": _measured("holding"),
    "worked_out": _plain_fine,
    "told": lambda _: None,
}
"""Fields that are worked out when they are first read."""
