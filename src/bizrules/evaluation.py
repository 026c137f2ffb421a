"""One case, evaluated: the law of its place and time, old or new, and the outcome.

What every reader needs is computed at once; the rest when the outcome is read.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from bizrules.answers import Answer, CompiledAnswer, Knowing, Means, chosen_outcome
from bizrules.assessment import Derived, Reading
from bizrules.case_problems import problems_of
from bizrules.cases import Act, Case
from bizrules.compiled_assessment import CompiledAssessment, assessed
from bizrules.compiled_law import (
    CompiledLaw,
    Days,
    LawCompiler,
    LawMet,
    LawsMet,
    TwoLaws,
    stamps_of,
)
from bizrules.derivation import act_span, decision_span, discovery
from bizrules.errors import CaseError, Problem
from bizrules.facts import Value
from bizrules.intertemporal import Applied, choose
from bizrules.outcome_parts import outcome_of
from bizrules.outcomes import LawChoice, Outcome
from bizrules.provenance import Location
from bizrules.selection import MOST_JOINT, Moment, Stretch
from bizrules.values import DateSpan

__all__ = ["Answer", "CompiledAnswer", "Evaluator", "Knowing"]


@attrs.define(kw_only=True)
class Evaluator(Means):
    """Evaluates cases. It holds no state but what it compiled."""

    compiler: LawCompiler = attrs.field(init=False, repr=False)
    _paths: dict[tuple[str, frozenset[str]], dict[str, LawsMet]] = attrs.field(
        factory=dict, init=False, repr=False
    )

    _joint: int = attrs.field(default=0, init=False, repr=False)

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
        if isinstance(law, TwoLaws):
            return self._choose(case, law, values, elements)
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

    def _choose(
        self, case: Case, laws: TwoLaws, values: Mapping[str, Value], elements: frozenset[str]
    ) -> Outcome:
        """The outcome of a case under old law or new."""
        new = self._assess(case, laws.new, values, decision_span(case))
        facts = (new.values, new.derived) if laws.same_plan else None
        old = self._assess(case, laws.old, values, act_span(case), facts)
        return chosen_outcome(self, elements, choose(old, new), laws.receipt)

    def _assess(
        self,
        case: Case,
        law: CompiledLaw,
        values: Mapping[str, Value],
        on: DateSpan,
        facts: tuple[Mapping[str, Value], Derived] | None = None,
    ) -> CompiledAssessment:
        """The case under a compiled law.

        Args:
            case: The case.
            law: The law.
            values: The facts of the case.
            on: Days of the law.
            facts: What was computed of the facts, if it was.
        """
        if facts is None:
            plan, derive = law.plan, self.assessor.derive_values
            facts = derive(case, plan, values) if plan else (values, _NOTHING_DERIVED)
        pattern = law.match(facts[0].get)
        told = law.patterns.get(pattern) or law.tell(pattern)
        return assessed(self.assessor, case, law, told, facts, on)

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

    def _known_law(self, case: Case, elements: frozenset[str]) -> LawMet | None:
        """The law of a sound case, if its dates tell one law or two, met before.

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
            # Two exact days in stretches of time met last need no further look.
            if (
                acted is not None
                and day is not None
                and acted == ended.latest
                and day == decided.earliest
                and acted <= day
            ):
                is_met = first <= acted and day < until
                if not is_met:
                    begin, end, first, until, law = path.spans
                    is_met = begin <= acted < end and first <= day < until
                if is_met:
                    return law if not _says_more(case, act) or self._is_sound(case) else None
        return self._law_of(case, elements, path) if self._is_sound(case) else None

    def _is_sound(self, case: Case) -> bool:
        return not problems_of(case, self.assessor, self.regions)

    def _new_path(self, region: str, violation: str, elements: frozenset[str]) -> LawsMet | None:
        """What is kept of a violation at a place; None if nobody knows one of the two."""
        if violation not in self.assessor.violations or region not in self.regions:
            return None
        if elements:
            if self._joint >= MOST_JOINT:
                # Combinations of norms have no end; what is kept has.
                return None
            self._joint += 1
        borders = self.assessor.selector.place(region, violation, elements).borders
        paths = self._paths.setdefault((region, elements), {})
        return paths.setdefault(violation, LawsMet(borders))

    def _law_of(self, case: Case, elements: frozenset[str], path: LawsMet) -> LawMet | None:
        """The law of the stretches of time in which act and decision lie."""
        days, known = path.law_on(act_span(case), decision_span(case))
        return known if days is None else self._meet(case, elements, path, days)

    def _meet(
        self, case: Case, elements: frozenset[str], path: LawsMet, days: Days
    ) -> LawMet | None:
        """The law of these days, once it has been asked for twice."""
        if path.is_first(days):
            return None
        decided, acted = decision_span(case), act_span(case)
        stretch = self.assessor.selector.stretch
        then, new = (
            stretch(case.region, case.violation, Moment(law, acted, decided), elements)
            for law in (acted, decided)
        )
        # The elements are those of the place to which the law belongs.
        return path.keep(days, self._compiled(then, new, elements))

    def _compiled(self, then: Stretch, new: Stretch, elements: frozenset[str]) -> LawMet | None:
        """Old law and new, compiled; None where a date leaves open what either says."""
        if then.is_violation is new.is_violation is False:
            # The case is refused.
            return None
        law = self.compiler.law(new)
        if law is None:
            return None
        if then.same_law(new):
            law.receipt = self.receipt_parts(law.stamps, elements)
            return law
        old = self.compiler.law(then)
        if old is None:
            return None
        used = {one.id: one for one in (*then.rulesets, *new.rulesets)}
        receipt = self.receipt_parts(stamps_of(tuple(used.values())), elements)
        return TwoLaws(old, new=law, receipt=receipt)

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


_NOTHING_DERIVED: Final[Derived] = (frozenset(), ())


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
