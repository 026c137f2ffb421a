"""One case, evaluated: the law of its place and time, old or new, and the outcome.

What every reader needs is computed at once; the rest when the outcome is read.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

import attrs

from bizrules.assessment import MEASURES, Assessment, Assessor, Reading, near_names
from bizrules.case_dates import Locate, in_order, order_problems
from bizrules.cases import Case, fingerprint, format_span
from bizrules.derivation import act_span, decision_span, discovery
from bizrules.duties import Situation, due_duties
from bizrules.errors import CaseError, Problem, Severity
from bizrules.fines import other_kinds
from bizrules.history import Counting, FirstViolation
from bizrules.history_wording import counting_text
from bizrules.intertemporal import Applied, choose, rank
from bizrules.matching import trace
from bizrules.outcomes import (
    DueDuty,
    Finding,
    Fine,
    FineRange,
    KindOutcome,
    LawApplied,
    LawChoice,
    MeasureOutcome,
    NearMiss,
    OtherLaw,
    Outcome,
    Question,
    Reason,
    Trace,
)
from bizrules.penalties import Grade
from bizrules.provenance import Citation, InstrumentKind, Location, Text
from bizrules.receipts import Receipt, RulesetStamp
from bizrules.regions import NATIONAL, RegionTable
from bizrules.resolution import ROWS
from bizrules.selection import Candidate, Moment
from bizrules.truth import Truth
from bizrules.values import DateSpan
from bizrules.wording import both, join_clauses, name_of, phrase
from bizrules.workdays import WorkCalendar

ARTICLE_37: Final = Citation("行政处罚法", "37")
SINCE_37: Final = date(2021, 7, 15)
"""Day on which the law that has article 37 came into force."""

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

    def evaluate(self, case: Case, elements: frozenset[str] = frozenset()) -> Outcome:
        """The outcome of a case.

        Args:
            case: The case.
            elements: Elements of other violations of the same act, as in `Selector.stretch`.

        Raises:
            CaseError: If the region, the violation, a measure, an examined group or a fact is not
                known, or a value does not fit; all such problems are carried.
        """
        problems = self._problems(case)
        if problems:
            raise CaseError([*problems, *self.assessor.fact_problems(case)])
        reading = self.assessor.read(case)
        applied = self._apply(case, reading, elements)
        main = applied.main
        crime = main.reading.view.get("crime_suspected")
        # The two axes never mix: an open measure leaves the penalty as it is.
        decided = applied.settled
        return Outcome(
            case=case,
            grade=main.base.grade if decided else None,
            permitted=main.base.permitted,
            modality=main.base.modality if decided else None,
            contested=main.base.contested,
            settled=applied.is_settled,
            crime_suspected=Truth.of(crime if isinstance(crime, bool) else None),
            problems=(*_misread(applied), *self._gaps(applied), *self._undated(applied)),
            source=Answer(self, applied, elements),
        )

    def _problems(self, case: Case) -> list[Problem]:
        """Names in the case that nobody knows; empty for nearly every case."""
        violations, groups = self.assessor.violations, self.assessor.vocabulary.groups
        known = case.violation in violations and case.region in self.regions
        if case.priors is not None and case.priors.found:
            named = (prior.violation for prior in case.priors.found)
            known = known and all(name is None or name in violations for name in named)
        if known and MEASURES.issuperset(case.measures) and case.examined <= groups.keys():
            return [] if in_order(case) else list(order_problems(case, _locate(case)))
        return [*self._name_problems(case), *order_problems(case, _locate(case))]

    def _name_problems(self, case: Case) -> list[Problem]:
        def unknown(code: str, name: str, path: str, near: tuple[str, ...]) -> Problem:
            place = Location(f"case {case.id}", path=f"$.{path}")
            return Problem(code, place, {"found": name, "near_names": ", ".join(near)})

        problems = []
        violations = self.assessor.violations
        if case.violation not in violations:
            near = near_names(case.violation, violations)
            problems.append(unknown("unknown-violation", case.violation, "violation", near))
        for index, prior in enumerate(case.priors.found if case.priors is not None else ()):
            if prior.violation is not None and prior.violation not in violations:
                path = f"priors.found.{index}.violation"
                near = near_names(prior.violation, violations)
                problems.append(unknown("unknown-violation", prior.violation, path, near))
        if case.region not in self.regions:
            close = tuple(f"{r.code} {r.zh}" for r in self.regions.near(case.region))
            problems.append(unknown("unknown-region", case.region, "region", close))
        for measure in case.measures:
            if measure not in MEASURES:
                near = near_names(measure, MEASURES)
                problems.append(unknown("unknown-measure", measure, "measures", near))
        groups = self.assessor.vocabulary.groups
        for group in sorted(case.examined - groups.keys()):
            near = near_names(group, groups)
            problems.append(unknown("unknown-group", group, "examined", near))
        return problems

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

    def _gaps(self, applied: Applied) -> Iterator[Problem]:
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

    def _undated(self, applied: Applied) -> Iterator[Problem]:
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


@attrs.frozen(eq=False)
class Answer:
    """Works out the parts of an outcome when they are read."""

    evaluator: Evaluator
    applied: Applied
    elements: frozenset[str] = frozenset()

    @property
    def main(self) -> Assessment:
        """Assessment under the law applied."""
        return self.applied.main

    @property
    def grade(self) -> Grade | None:
        """Grade proposed, unless open or contested."""
        return self.main.base.grade if self.applied.settled else None

    def findings(self) -> tuple[Finding, ...]:
        """All candidates of the law applied, and those about measures of today, by rule id."""
        main, current = self.main, self.applied.current
        speaking = main.stretch.penalty
        if main.case.measures:
            both = (*speaking, *current.stretch.compulsion)
            speaking = tuple(sorted(both, key=lambda c: c.rule.id))
        held = {c.rule.id for c in (*main.held, *current.holding)}
        unknown = {c.rule.id for c in (*main.unknown, *current.waiting)}
        return tuple(self._finding(c, held, unknown) for c in speaking)

    def _finding(self, candidate: Candidate, held: set[str], unknown: set[str]) -> Finding:
        rule = candidate.rule
        truth = Truth.of(rule.id in held or (None if rule.id in unknown else False))
        kind = candidate.ruleset.lists.get(rule.list) if rule.list else None
        return Finding(
            rule=rule.id,
            title=rule.title,
            list=kind.name if kind else None,
            ground=rule.ground,
            axis=rule.axis,
            permits=rule.permits,
            modality=rule.modality,
            truth=truth,
            level=rule.level,
            citations=rule.citations,
            measures=tuple(sorted(rule.measures or (), key=lambda m: m.value)),
            source=self,
        )

    def trace(self, rule: str) -> Trace:
        """Why a rule holds, fails or cannot be told."""
        of_penalty = next((c for c in self.main.stretch.penalty if c.rule.id == rule), None)
        law = self.main if of_penalty is not None else self.applied.current
        stretch, reading = law.stretch, law.reading
        candidate = of_penalty or next(c for c in stretch.compulsion if c.rule.id == rule)
        why = trace(
            candidate.condition,
            law.vocabulary,
            reading.view,
            names=candidate.names,
            derived=reading.derived,
            whose=self._whose,
        )
        why = self._with_definitions(why, candidate, law)
        notes = []
        if candidate.has_elements:
            notes.append(Trace(node="element", truth=Truth.TRUE, text=phrase("trace.element")))
        if candidate.has_joint_elements:
            text = phrase("trace.element-joint")
            notes.append(Trace(node="element", truth=Truth.TRUE, text=text))
        if rule in stretch.doubtful:
            notes.append(Trace(node="in_force", truth=Truth.UNKNOWN, text=phrase("trace.in-force")))
        if not notes:
            return why
        truth = why.truth & notes[-1].truth
        return Trace(node="all", truth=truth, text=why.text, children=(why, *notes))

    def _with_definitions(self, found: Trace, candidate: Candidate, law: Assessment) -> Trace:
        """The trace with whose definition told which earlier violations count."""
        children = tuple(self._with_definitions(c, candidate, law) for c in found.children)
        countings = {
            counting: None
            for fact in (found.facts if found.node == "test" else ())
            for counting in self._countings(fact, candidate, law)
        }
        if not countings:
            return attrs.evolve(found, children=children) if children else found
        texts = [self._counting_text(counting) for counting in countings]
        said = both(lambda lang: join_clauses((one.in_(lang) for one in texts), lang, "or"))
        cited = dict.fromkeys(citation for one in countings for citation in one.citations)
        return attrs.evolve(found, definition=said, citations=tuple(cited))

    def _counting_text(self, counting: Counting) -> Text:
        """Which earlier violations count, and by whose definition if that is not the law's."""
        said = counting_text(counting, self.main.case.violation)
        whose = self._whose(counting.ruleset) if isinstance(counting, FirstViolation) else None
        return said if whose is None else phrase("whose.counting", counting=said, whose=whose)

    def _whose(self, name: str) -> Text | None:
        """The local ruleset that defines something, by its id or the name of a definition."""
        near = self.evaluator.assessor.selector.near(self.main.case.region)
        ruleset = name.partition("#")[0]
        found = next((one for one in near if one.id == ruleset and one.region != NATIONAL), None)
        return phrase("whose", ruleset=found.title) if found is not None else None

    def _countings(self, fact: str, candidate: Candidate, law: Assessment) -> tuple[Counting, ...]:
        key = candidate.names.get(fact)
        if key is None:
            return self.evaluator.assessor.countings(fact, law.stretch)
        return tuple(
            first for step in law.stretch.plan if step.key == key for first in step.definitions
        )

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
        is_told = self.grade is not None or main.base.contested
        carried = set(main.base.determining if is_told else ())
        crime = main.reading.view.get("crime_suspected")
        situation = Situation(
            case=main.case,
            grade=self.grade,
            contested=main.base.contested,
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
            other=_other_law(other) if other else None,
            citations=_articles_of_choice(self.applied),
        )

    def receipt(self) -> Receipt:
        """What is needed to compute the outcome again."""
        other = self.applied.other
        laws = (self.main,) if other is None else (self.main, other)
        used = {r.id: r for law in laws for r in law.stretch.rulesets}
        stamps = tuple(
            RulesetStamp(id=r.id, version=r.version, digest=r.digest, plugin=r.plugin)
            for r in sorted(used.values(), key=lambda r: r.id)
        )
        knowing = self.evaluator.knowing
        return Receipt(
            engine=knowing.version,
            rulesets=stamps,
            knowledge=knowing.digest,
            case=fingerprint(self.main.case),
            as_known_on=self.evaluator.assessor.selector.as_known_on,
            drafts=knowing.drafts,
            elements=tuple(sorted(self.elements)),
        )

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


def _misread(applied: Applied) -> tuple[Problem, ...]:
    """Problems with the facts, each once: the law applied may not read what the other one does."""
    laws = (applied.main, applied.other, applied.current)
    found = (problem for law in laws if law is not None for problem in law.reading.problems)
    return tuple(dict.fromkeys(found))


def _locate(case: Case) -> Locate:
    """Places of the parts of a case that was built in Python."""

    def locate(*path: str | int) -> Location:
        return Location(f"case {case.id}", path=".".join(("$", *map(str, path))))

    return locate


def _articles_of_choice(applied: Applied) -> tuple[Citation, ...]:
    """行政处罚法 37, where there is a choice and it was in force on the day of the decision."""
    decided = applied.current.on.latest
    if applied.other is None or (decided is not None and decided < SINCE_37):
        return ()
    return (ARTICLE_37,)


def _other_law(other: Assessment) -> OtherLaw:
    found: FineRange | None = other.fine().range
    return OtherLaw(
        on=format_span(other.on),
        grade=other.grade,
        permitted=other.base.permitted,
        settled=other.settled,
        contested=other.base.contested,
        fine=found,
        kinds=tuple(one.kind for one in _open_kinds(other)),
    )


def _open_kinds(law: Assessment) -> list[KindOutcome]:
    """Penalties besides the fine that the law leaves open."""
    found = other_kinds(law.penal(), law.grade, law.effects())
    return [one for one in found if not one.waived and one.truth is not Truth.FALSE]
