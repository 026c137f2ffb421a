"""The parts of an outcome, worked out from the laws looked at when they are read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import attrs

from bizrules.assessment import Assessment, Assessor, Derived
from bizrules.cases import Case, format_span
from bizrules.compiled_assessment import CompiledAssessment, assessed
from bizrules.compiled_law import CompiledLaw, Told, form_of, stamps_of
from bizrules.derivation import decision_span
from bizrules.duties import Situation, due_duties
from bizrules.errors import Problem, Severity
from bizrules.facts import Value
from bizrules.fines import other_kinds
from bizrules.intertemporal import Applied, articles_of_choice, other_law, rank
from bizrules.multiples import Multiple
from bizrules.outcome_parts import (
    OF_CASE,
    FindingForm,
    Parts,
    findings_of,
    outcome_of,
    receipt_of,
)
from bizrules.outcomes import (
    DueDuty,
    Finding,
    Fine,
    KindOutcome,
    LawApplied,
    LawChoice,
    MeasureOutcome,
    NearMiss,
    Outcome,
    Question,
    Reason,
    Trace,
)
from bizrules.penalties import Grade, Tier
from bizrules.provenance import InstrumentKind, Location, Text
from bizrules.receipts import Receipt, RulesetStamp
from bizrules.regions import RegionTable
from bizrules.resolution import ROWS
from bizrules.rule_traces import trace_rule
from bizrules.selection import Candidate
from bizrules.shared_records import draft_of
from bizrules.truth import Truth
from bizrules.wording import name_of, phrase
from bizrules.workdays import WorkCalendar

_BEGINNING: Final = frozenset({InstrumentKind.LIST, InstrumentKind.BENCHMARK})
"""Instruments that began on some day within the life of the law that they fill in."""


@attrs.frozen(kw_only=True)
class Knowing:
    """What identifies the knowledge of an engine.

    Attributes:
        version: Version of the library.
        digest: Digest over vocabulary, violations and rulesets.
        drafts: Whether rulesets of drafts decide cases too.
    """

    version: str
    digest: str
    drafts: bool = False


@attrs.define(kw_only=True)
class Means:
    """What an outcome is worked out with.

    Attributes:
        assessor: Reads and assesses.
        regions: Known regions.
        calendar: Official working days.
        knowing: What identifies the knowledge.
        ask: Works out the questions of an open outcome.
        spot: Works out near misses.
    """

    assessor: Assessor
    regions: RegionTable
    calendar: WorkCalendar
    knowing: Knowing
    ask: "Callable[[Answer], tuple[Question, ...]]"
    spot: Callable[[Assessment], tuple[NearMiss, ...]]

    def gaps(self, applied: Applied) -> Iterator[Problem]:
        """Laws of which the catalogue does not hold the penalty provision."""
        laws = (applied.main, applied.other)
        for law in (law for law in laws if law is not None and law.stretch.lacks_provision):
            provisions = self.assessor.violations[law.case.violation].provisions
            starts = [one.in_force.start for one in provisions if one.in_force.start is not None]
            details = {
                "violation": law.case.violation,
                "start": f"{min(starts) if starts else '…'}",
                "on": format_span(law.on),
            }
            place = Location(f"case {law.case.id}", path="$.violation")
            yield Problem("provision-not-on-record", place, details, Severity.WARNING)

    def undated(self, applied: Applied) -> Iterator[Problem]:
        """Lists and benchmarks that bear on the outcome though nobody knows since when they do."""
        main, current = applied.main, applied.current
        bearing = [*main.held, *main.unknown]
        if main.case.measures:
            bearing += (*current.holding, *current.waiting)
        found = {one.ruleset.id: one.ruleset for one in bearing if _is_undated(one)}
        for name, ruleset in sorted(found.items()):
            details = {"ruleset": name, "instrument": ruleset.instrument.name}
            place = Location(f"case {main.case.id}", path="$.region")
            yield Problem("ruleset-undated", place, details, Severity.WARNING)

    def receipt_parts(
        self, stamps: tuple[RulesetStamp, ...], elements: frozenset[str]
    ) -> Mapping[str, object]:
        """What a receipt says, but for the case."""
        return {
            **OF_CASE,
            "engine": self.knowing.version,
            "rulesets": stamps,
            "knowledge": self.knowing.digest,
            "as_known_on": self.assessor.selector.as_known_on,
            "drafts": self.knowing.drafts,
            "elements": tuple(sorted(elements)),
        }


def _is_undated(candidate: Candidate) -> bool:
    """Whether an entry of a list or benchmark has no first day, of its own or of its ruleset."""
    kind = candidate.ruleset.instrument.kind
    return candidate.rule.in_force.start is None and kind in _BEGINNING


@attrs.define(eq=False)
class Answer:
    """Works out the parts of an outcome when they are read."""

    evaluator: Means
    applied: Applied
    elements: frozenset[str] = frozenset()

    @property
    def main(self) -> Assessment:
        """Assessment under the law applied."""
        return self.applied.main

    def crime_suspected(self) -> Truth:
        """Whether a crime is suspected."""
        crime = self.main.reading.view.get("crime_suspected")
        return Truth.of(crime if isinstance(crime, bool) else None)

    def problems(self) -> tuple[Problem, ...]:
        """Problems of the case that did not prevent its evaluation."""
        applied, evaluator = self.applied, self.evaluator
        gaps, undated = evaluator.gaps(applied), evaluator.undated(applied)
        return (*dict.fromkeys(self.misread()), *gaps, *undated)

    def misread(self) -> Iterable[Problem]:
        """Problems with the facts: the law applied may not read what the other one does."""
        applied = self.applied
        laws = (applied.main, applied.other, applied.current)
        return [problem for law in laws if law is not None for problem in law.reading.problems]

    @property
    def grade(self) -> Grade | None:
        """Grade proposed, unless open or contested."""
        return self.main.result.grade if self.applied.settled else None

    def findings(self) -> tuple[Finding, ...]:
        """All candidates of the law applied, and those about measures of today, by rule id."""
        main, current = self.main, self.applied.current
        speaking = main.stretch.penalty
        if main.case.measures:
            both = (*speaking, *current.stretch.compulsion)
            speaking = tuple(sorted(both, key=lambda c: c.rule.id))
        held = {c.rule.id for c in (*main.held, *current.holding)}
        unknown = {c.rule.id for c in (*main.unknown, *current.waiting)}

        def truth(rule: str) -> Truth:
            return Truth.of(rule in held or (None if rule in unknown else False))

        return findings_of([form_of(c, truth(c.rule.id)) for c in speaking], self)

    def trace(self, rule: str) -> Trace:
        """Why a rule holds, fails or cannot be told."""
        return trace_rule(rule, self.main, self.applied.current, self.evaluator.assessor)

    def row(self) -> str:
        """Code of the row that applied; `open` while the result is."""
        result = self.main.result
        return result.row if self.applied.settled or result.contested else "open"

    def reason(self) -> Reason:
        """The row that applied, in words."""
        base, told = self.main.base, self.row()
        settled = self.applied.settled
        row = ROWS.get(base.row)
        return Reason(
            row=told,
            text=phrase(f"row.{told}"),
            citations=row.citations if row and settled else (),
            determining=base.determining,
            opposing=base.opposing,
            left_aside=base.left_aside,
        )

    def possible(self) -> tuple[Grade, ...]:
        """Grades still possible; of two laws the more lenient result counts."""
        found, other = self.main.possible(), self.applied.other
        if other is not None and not self.applied.settled:
            pairs = [(one, two) for one in found for two in other.possible()]
            # Where neither is more lenient by its grade, both are possible.
            found = frozenset(
                grade
                for pair in pairs
                for grade in pair
                if rank(grade) is min(rank(one) for one in pair)
            )
        return tuple(sorted(grade for grade in found if grade is not None))

    def fine(self) -> Fine:
        """The fine for the grade."""
        settled = self.applied.settled
        if settled == self.main.settled:
            return self.main.fine()
        return attrs.evolve(self.main, settled=settled).fine()

    def other_kinds(self) -> tuple[KindOutcome, ...]:
        """What happens to the other kinds of penalty."""
        return other_kinds(self.main.penal(), self.grade, self.main.effects())

    def compulsion(self) -> tuple[MeasureOutcome, ...]:
        """The second axis, under the law of the decision."""
        return self.applied.current.measures

    def duties(self) -> tuple[DueDuty, ...]:
        """The duties that follow."""
        main = self.main
        # While the grade is open no rule has carried anything yet.
        is_told = self.grade is not None or main.result.contested
        carried = set(main.base.determining if is_told else ())
        crime = main.reading.view.get("crime_suspected")
        situation = Situation(
            case=main.case,
            grade=self.grade,
            contested=main.result.contested,
            grounds=frozenset(
                (c.rule.ruleset, c.rule.ground) for c in main.held if c.rule.id in carried
            ),
            fine=self.fine(),
            crime=Truth.of(crime if isinstance(crime, bool) else None),
            vocabulary=main.vocabulary,
            view=self.applied.current.reading.view,
        )
        stretch = self.applied.current.stretch
        found = due_duties(stretch.duties, situation, self.evaluator.calendar)
        doubtful = stretch.doubtful_duties
        return tuple(attrs.evolve(d, certain=False) if d.duty in doubtful else d for d in found)

    def questions(self) -> tuple[Question, ...]:
        """The questions."""
        return self.evaluator.ask(self)

    def near_misses(self) -> tuple[NearMiss, ...]:
        """The near misses."""
        return self.evaluator.spot(self.main)

    def law_applied(self) -> LawApplied:
        """Which law was applied, and why."""
        choice, other = self.applied.choice, self.applied.other
        basis = self.applied.basis
        key = f"law.{choice.value}.{basis.value}" if basis else f"law.{choice.value}"
        return LawApplied(
            choice=choice,
            basis=basis,
            on=format_span(self.main.on),
            text=phrase(key),
            other=other_law(other) if other else None,
            citations=articles_of_choice(self.applied),
        )

    def receipt(self) -> Receipt:
        """What is needed to compute the outcome again."""
        other = self.applied.other
        laws = (self.main,) if other is None else (self.main, other)
        used = {r.id: r for law in laws for r in law.stretch.rulesets}
        said = self.evaluator.receipt_parts(stamps_of(tuple(used.values())), self.elements)
        return receipt_of(self.main.case, said)

    def labels(self) -> Mapping[str, Text]:
        """Names of region, violation, department and party kind, and of the facts stated."""
        case = self.main.case
        entry = self.evaluator.assessor.violations[case.violation]
        name = self.evaluator.regions.name(case.region)
        labels = {
            "region": Text(zh=name, en=name),
            "violation": entry.title,
            "department": name_of("department", entry.department),
        }
        if case.party.kind is not None:
            labels["party"] = phrase(f"party.{case.party.kind.value}")
        return labels


_AppliedDraft: Final = draft_of(Applied)
_LAWS: Final = frozenset({"applied", "assessment"})


class CompiledAnswer(Answer):
    """Works out the same parts, most of them from what the compiled law knows already."""

    __slots__ = ("assessment", "case", "derived", "law", "told", "values")
    assessment: CompiledAssessment
    case: Case
    derived: Derived
    law: CompiledLaw
    told: Told
    values: Mapping[str, Value]

    if not TYPE_CHECKING:  # Any name would be taken for an attribute.

        def __getattr__(self, name: str) -> object:
            """The laws looked at: old and new are the same; assessed when that is first read."""
            if name not in _LAWS:
                msg = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(msg)
            facts, on = (self.values, self.derived), decision_span(self.case)
            main = assessed(self.evaluator.assessor, self.case, self.law, self.told, facts, on)
            found = _AppliedDraft()
            found.main = found.current = main
            found.other = found.basis = None
            found.choice, found.settled = LawChoice.SAME, main.settled
            found.__class__ = Applied
            self.assessment, self.applied = main, found
            return main if name == "assessment" else found

    def with_measures(self) -> Outcome:
        """The outcome of a case that proposes measures."""
        grade, permitted, modality, contested, settled = self.told.form
        return Outcome(
            case=self.case,
            grade=grade,
            permitted=permitted,
            modality=modality,
            contested=contested,
            settled=settled and not self.applied.current.has_open_measure,
            crime_suspected=self.crime_suspected(),
            problems=self.problems(),
            source=self,
        )

    def crime_suspected(self) -> Truth:
        """Whether a crime is suspected."""
        crime = self.values.get("crime_suspected")
        return Truth.of(crime if isinstance(crime, bool) else None)

    def misread(self) -> Iterable[Problem]:
        """Problems with the facts."""
        return self.derived[1]

    def findings(self) -> tuple[Finding, ...]:
        """All candidates, by rule id."""
        forms = self.told.findings
        if self.case.measures:
            # Those about measures are of the law of the decision.
            forms = sorted((*forms, *_forms_of_measures(self.applied.current)), key=itemgetter(0))
        return findings_of(forms, self)

    def fine(self) -> Fine:
        """The fine for the grade."""
        at_hand = self.law.fine_at_hand(self.told, self.values, self)
        return at_hand or self.law.fine(self.told, self.values.get, self)

    @property
    def date(self) -> str:
        """The date of the case that says which law it is."""
        return self.assessment.date

    def plain_fine(self) -> Fine:
        """The fine, worked out from the facts."""
        return self.assessment.plain_fine()

    def multiple(self, tier: Tier) -> Multiple | None:
        """The fine of a tier whatever its base may be, if it grows with the base."""
        return self.assessment.multiple(tier)

    def receipt(self) -> Receipt:
        """What is needed to compute the outcome again."""
        return receipt_of(self.case, self.law.receipt)


def _forms_of_measures(law: Assessment) -> Iterator[FindingForm]:
    """The forms of the findings about measures under a law."""
    held = {candidate.rule.id for candidate in law.holding}
    unknown = {candidate.rule.id for candidate in law.waiting}
    for candidate in law.stretch.compulsion:
        rule = candidate.rule.id
        yield form_of(candidate, Truth.of(rule in held or (None if rule in unknown else False)))


class ChosenAnswer(CompiledAnswer):
    """Works out the parts after a choice between two compiled laws."""

    __slots__ = ("stamped",)
    stamped: Parts

    def misread(self) -> Iterable[Problem]:
        """Problems with the facts, each once: one law may not read what the other one does."""
        applied = self.applied
        return [
            problem
            for law in (applied.main, applied.other)
            if isinstance(law, CompiledAssessment)
            for problem in law.derived[1]
        ]

    def receipt(self) -> Receipt:
        """What is needed to compute the outcome again."""
        return receipt_of(self.case, self.stamped)


def chosen_outcome(
    evaluator: Means, elements: frozenset[str], applied: Applied, receipt: Parts
) -> Outcome:
    """The outcome after a choice between two compiled laws.

    Args:
        evaluator: Works out what is read later.
        elements: As in `Answer`.
        applied: The choice.
        receipt: The parts of its receipt.
    """
    source, law = ChosenAnswer.__new__(ChosenAnswer), applied.main
    assert isinstance(law, CompiledAssessment)  # noqa: S101 - both laws are compiled
    # INVARIANT: a choice is settled only for a law that is. While it is open, that law proposes
    # no grade, settled or not.
    if law.settled and not applied.settled:
        law = law.opened()
    told = law.told
    assert told is not None  # noqa: S101 - only copies have none
    source.evaluator, source.elements, source.applied = evaluator, elements, applied
    source.assessment, source.case, source.law = law, law.case, law.law
    source.told, source.values, source.derived = told, law.values, law.derived
    source.stamped = receipt
    if law.case.measures:
        return source.with_measures()
    fine = law.law.fine_at_hand(told, law.values, law)
    return outcome_of(law.case, told.form, fine, told.standing, told.holding, receipt, source)
