"""One case, evaluated: the law of its place and time, old or new, and the outcome.

What every reader needs is computed at once; the rest when the outcome is read.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import attrs

from bizrules.assessment import (
    Assessment,
    Assessor,
    Derived,
    Reading,
    judge_measures,
)
from bizrules.case_problems import problems_of
from bizrules.cases import Act, Case, format_span
from bizrules.compiled_law import (
    CompiledLaw,
    Days,
    LawCompiler,
    LawsMet,
    Told,
    form_of,
    stamps_of,
)
from bizrules.derivation import act_span, decision_span, discovery
from bizrules.duties import Situation, due_duties
from bizrules.errors import CaseError, Problem, Severity
from bizrules.facts import Value
from bizrules.fines import other_kinds
from bizrules.intertemporal import Applied, articles_of_choice, choose, other_law, rank
from bizrules.multiples import Multiple, multiple_of
from bizrules.outcome_parts import OF_CASE, findings_of, outcome_of, receipt_of
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
from bizrules.selection import Candidate, Moment
from bizrules.shared_records import draft_of
from bizrules.truth import Truth
from bizrules.values import DateSpan
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
class Evaluator:
    """Evaluates cases. It holds no state but what it compiled.

    Args:
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
    compiler: LawCompiler = attrs.field(init=False, repr=False)
    _paths: dict[tuple[str, frozenset[str]], dict[str, LawsMet]] = attrs.field(
        factory=dict, init=False, repr=False
    )

    @compiler.default
    def _new_compiler(self) -> LawCompiler:
        return LawCompiler(vocabulary=self.assessor.vocabulary, verdicts=self.assessor.verdicts)

    def evaluate(self, case: Case, elements: frozenset[str] = frozenset()) -> Outcome:
        """The outcome of a case.

        Args:
            case: The case.
            elements: Elements of other violations of the same act, as in `Selector.stretch`.

        Raises:
            CaseError: If the region, the violation, a measure, an examined group or a fact is not
                known, or a value does not fit; all such problems are carried.
        """
        law = self._known_law(case, elements)
        if law is None:
            return self.evaluate_plainly(case, elements)
        values, derived = self.assessor.values(case), _NOTHING_DERIVED
        if law.plan:
            values, derived = self.assessor.derive_values(case, law.plan, values)
        look = values.get
        pattern = law.general(look) | law.own(look) << law.shift
        told = law.patterns.get(pattern) or law.tell(pattern)
        # Begun without its fields, because every case pays for setting them by a call.
        source = CompiledAnswer.__new__(CompiledAnswer)
        source.evaluator, source.elements, source.case = self, elements, case
        source.law, source.told = law, told
        source.values, source.derived = values, derived
        if case.measures:
            return source.with_measures()
        fine = told.fine
        if fine is None:
            fine = law.fine_at_hand(told, values, source)
        standing, holding = told.standing, told.holding
        return outcome_of(case, told.form, fine, standing, holding, law.receipt, source)

    def evaluate_plainly(self, case: Case, elements: frozenset[str] = frozenset()) -> Outcome:
        """The outcome of a case, rule by rule: what `evaluate` returns, without its shortcuts.

        Args:
            case: The case.
            elements: As in `evaluate`.

        Raises:
            CaseError: As in `evaluate`.
        """
        problems = problems_of(case, self.assessor, self.regions)
        if problems:
            raise CaseError([*problems, *self.assessor.fact_problems(case)])
        reading = self.assessor.read(case)
        applied = self._apply(case, reading, elements)
        main = applied.main
        # The two axes never mix: an open measure leaves the penalty as it is.
        decided = applied.settled
        answer = Answer(self, applied, elements)
        return Outcome(
            case=case,
            grade=main.result.grade if decided else None,
            permitted=main.result.permitted,
            modality=main.result.modality if decided else None,
            contested=main.result.contested,
            settled=applied.is_settled,
            crime_suspected=answer.crime_suspected(),
            problems=answer.problems(),
            source=answer,
        )

    def _known_law(self, case: Case, elements: frozenset[str]) -> CompiledLaw | None:
        """The law of a sound case, if its dates tell one law that was met before.

        None leaves the case to the plain way, which says what is wrong with it, if anything is.
        """
        violation = case.violation
        paths = self._paths.get((case.region, elements))
        path = paths.get(violation) if paths is not None else None
        if path is None:
            path = self._new_path(case.region, violation, elements)
            if path is None:
                return None
        act, decided = case.committed, case.decided
        if act is None:
            return None
        if decided is not None:
            (first, until, law), ended = path.span, act.ended
            acted, day = ended.earliest, decided.latest
            # Two exact days in one stretch of time need no further look.
            if (
                acted is not None
                and day is not None
                and acted == ended.latest
                and day == decided.earliest
                and first <= acted <= day < until
            ):
                return law if not _says_more(case, act) or self._is_sound(case) else None
        return self._law_of(case, elements, path) if self._is_sound(case) else None

    def _is_sound(self, case: Case) -> bool:
        return not problems_of(case, self.assessor, self.regions)

    def _new_path(self, region: str, violation: str, elements: frozenset[str]) -> LawsMet | None:
        """What is kept of a violation at a place; None if nobody knows one of the two."""
        if violation not in self.assessor.violations or region not in self.regions:
            return None
        borders = self.assessor.selector.place(region, violation, elements).borders
        paths = self._paths.setdefault((region, elements), {})
        return paths.setdefault(violation, LawsMet(borders))

    def _law_of(self, case: Case, elements: frozenset[str], path: LawsMet) -> CompiledLaw | None:
        """The law of the stretches of time in which act and decision lie."""
        days, known = path.law_on(act_span(case), decision_span(case))
        return known if days is None else self._meet(case, elements, path, days)

    def _meet(
        self, case: Case, elements: frozenset[str], path: LawsMet, days: Days
    ) -> CompiledLaw | None:
        """The law of these days, once it has been asked for twice."""
        if path.is_first(days):
            return None
        decided, acted = decision_span(case), act_span(case)
        stretch = self.assessor.selector.stretch
        then, new = (
            stretch(case.region, case.violation, Moment(law, acted, decided), elements)
            for law in (acted, decided)
        )
        law = self.compiler.law(new) if then.same_law(new) else None
        if law is not None:
            # The elements are those of the place to which the law belongs.
            law.receipt = self.receipt_parts(law.stamps, elements)
        return path.keep(days, law)

    def _apply(self, case: Case, reading: Reading, elements: frozenset[str]) -> Applied:
        """Old law or new: the law of the act, unless the law of the decision is more lenient.

        An act of unknown date may lie on any day up to its discovery.
        """
        decided = decision_span(case)
        if case.committed is None:
            acted = DateSpan(None, discovery(case).latest or decided.latest)
            undated = decided.earliest is None and decided.latest is None
            same = LawChoice.UNDATED if undated else LawChoice.DECISION_ONLY
        else:
            acted, same = act_span(case), LawChoice.SAME
        assess, stretch = self.assessor.assess, self.assessor.selector.stretch
        then = stretch(case.region, case.violation, Moment(acted, acted, decided), elements)
        new = assess(case, reading, Moment(decided, acted, decided), elements)
        if then.is_violation is False and new.stretch.is_violation is False:
            raise CaseError([self._not_in_force(case)])
        # Without any date there are no two laws to choose between, only all that may apply.
        if same is LawChoice.UNDATED or then.same_law(new.stretch):
            return Applied(main=new, current=new, choice=same, settled=new.settled)
        return choose(assess(case, reading, Moment(acted, acted, decided), elements), new)

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

    def _not_in_force(self, case: Case) -> Problem:
        """Neither on the day of the act nor on that of the decision was it a violation."""
        days = self.assessor.violations[case.violation].in_force
        place = Location(f"case {case.id}", path="$.violation")
        details = {
            "found": case.violation,
            "start": f"{days.start or '…'}",
            "end": f"{days.until or '…'}",
        }
        return Problem("violation-not-in-force", place, details)


def _is_undated(candidate: Candidate) -> bool:
    """Whether an entry of a list or benchmark has no first day, of its own or of its ruleset."""
    kind = candidate.ruleset.instrument.kind
    return candidate.rule.in_force.start is None and kind in _BEGINNING


_NOTHING_DERIVED: Final[Derived] = (frozenset(), ())


@attrs.define(eq=False)
class Answer:
    """Works out the parts of an outcome when they are read."""

    evaluator: Evaluator
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
        return (*_misread(applied), *gaps, *undated)

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

    def reason(self) -> Reason:
        """The row that applied, in words."""
        base = self.main.base
        settled = self.applied.settled
        row = ROWS.get(base.row)
        key = f"row.{base.row}" if settled or base.contested else "row.open"
        return Reason(
            row=base.row if settled or base.contested else "open",
            text=phrase(key),
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


_ReadingDraft: Final = draft_of(Reading)
_AssessmentDraft: Final = draft_of(Assessment)
_AppliedDraft: Final = draft_of(Applied)


class CompiledAnswer(Answer):
    """Works out the same parts, most of them from what the compiled law knows already."""

    __slots__ = ("case", "derived", "law", "told", "values", "worked_out")
    case: Case
    derived: Derived
    law: CompiledLaw
    told: Told
    values: Mapping[str, Value]
    worked_out: Fine

    if not TYPE_CHECKING:  # Any name would be taken for an attribute.

        def __getattr__(self, name: str) -> object:
            """The laws looked at: old and new are the same; assessed when that is first read."""
            if name != "applied":
                msg = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(msg)
            main = self._assessment()
            found = _AppliedDraft()
            found.main = found.current = main
            found.other = found.basis = None
            found.choice, found.settled = LawChoice.SAME, main.settled
            found.__class__ = Applied
            self.applied = found
            return found

    def _assessment(self) -> Assessment:
        told, assessor, case = self.told, self.evaluator.assessor, self.case
        reading, found = _ReadingDraft(), _AssessmentDraft()
        reading.derived, reading.problems = self.derived
        reading.view, reading.stated = assessor.view_of(self.values), case.facts.keys()
        reading.__class__ = Reading
        found.vocabulary, found.case, found.stretch = assessor.vocabulary, case, self.law.stretch
        found.on, found.reading = decision_span(case), reading
        found.held, found.unknown = told.held, told.unknown
        found.result, found.settled = told.verdict.result, told.verdict.settled
        found.measures = found.waiting = found.holding = ()
        if case.measures:
            measured = judge_measures(case.measures, self.law.stretch, reading.view)
            found.measures, found.waiting = measured["measures"], measured["waiting"]
            found.holding = measured["holding"]
        found.__class__ = Assessment
        made: Assessment = found
        return made

    def with_measures(self) -> Outcome:
        """The outcome of a case that proposes measures."""
        grade, permitted, modality, contested, settled = self.told.form
        return Outcome(
            case=self.case,
            grade=grade,
            permitted=permitted,
            modality=modality,
            contested=contested,
            settled=settled and not self.main.has_open_measure,
            crime_suspected=self.crime_suspected(),
            problems=self.problems(),
            source=self,
        )

    def crime_suspected(self) -> Truth:
        """Whether a crime is suspected."""
        crime = self.values.get("crime_suspected")
        return Truth.of(crime if isinstance(crime, bool) else None)

    def findings(self) -> tuple[Finding, ...]:
        """All candidates, by rule id."""
        if self.case.measures:
            return super().findings()
        return findings_of(self.told.findings, self)

    def fine(self) -> Fine:
        """The fine for the grade."""
        at_hand = self.law.fine_at_hand(self.told, self.values, self)
        return at_hand or self.law.fine(self.told, self.values.get, self)

    def plain_fine(self) -> Fine:
        """The fine, worked out from the facts."""
        try:
            return self.worked_out
        except AttributeError:
            self.worked_out = found = super().fine()
            return found

    def multiple(self, tier: Tier) -> Multiple | None:
        """The fine of a tier whatever its base may be, if it grows with the base."""
        law = self.main
        return multiple_of(law.penal(), tier, law.grade, law.effects())

    def receipt(self) -> Receipt:
        """What is needed to compute the outcome again."""
        return receipt_of(self.case, self.law.receipt)


def _says_more(case: Case, act: Act) -> bool:
    """Whether it says anything that may be wrong besides place, violation, facts and two dates."""
    return (
        bool(case.measures)
        or case.priors is not None
        or case.discovered is not None
        or case.filed is not None
        or case.notified is not None
        or bool(case.examined)
        or act.began is not None
    )


def _misread(applied: Applied) -> tuple[Problem, ...]:
    """Problems with the facts, each once: the law applied may not read what the other one does."""
    laws = (applied.main, applied.other, applied.current)
    found = (problem for law in laws if law is not None for problem in law.reading.problems)
    return tuple(dict.fromkeys(found))
