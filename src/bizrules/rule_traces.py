"""Why a rule holds for a case, with whose definitions told."""

from collections.abc import Iterable
from typing import Final

import attrs

from bizrules.assessment import Assessment, Assessor, Reading
from bizrules.conditions import Defined, Test, facts_read, walk
from bizrules.facts import Vocabulary
from bizrules.history import Counting, FirstViolation
from bizrules.history_wording import counting_text
from bizrules.matching import View
from bizrules.outcomes import Trace
from bizrules.provenance import Text
from bizrules.regions import NATIONAL
from bizrules.remembering import Remembered
from bizrules.rules import Ruleset
from bizrules.selection import Candidate, Stretch
from bizrules.signatures import SignatureCache
from bizrules.tracing import FORMERS, PLAIN, Definition, Telling, TraceForm, traced
from bizrules.truth import Truth
from bizrules.wording import both, condition_text, join_clauses, phrase


def trace_rule(rule: str, main: Assessment, current: Assessment, assessor: Assessor) -> Trace:
    """Why a rule holds, fails or cannot be told.

    Args:
        rule: Its id.
        main: The law applied, with the rules on the penalty axis.
        current: The law of the decision, with the rules about measures.
        assessor: Knows the definitions.
    """
    law, known = main, _KNOWN(main.stretch)
    told = known.penalty.get(rule)
    if told is None:
        candidate = _find(rule, main.stretch.penalty)
        if candidate is not None:
            told = known.penalty.setdefault(rule, _Words.of(law, assessor).told(candidate))
        else:
            law, told = current, _KNOWN(current.stretch).compulsion.get(rule)
            told = told or _tell_measure(rule, current, assessor)
    reading = law.reading
    return traced(told.form(reading), reading.view)


def _tell_measure(rule: str, current: Assessment, assessor: Assessor) -> "_Told":
    """What is told of a rule about measures that was not asked about before."""
    (candidate,) = (c for c in current.stretch.compulsion if c.rule.id == rule)
    told = _Words.of(current, assessor).told(candidate)
    return _KNOWN(current.stretch).compulsion.setdefault(rule, told)


def _find(rule: str, candidates: Iterable[Candidate]) -> Candidate | None:
    return next((candidate for candidate in candidates if candidate.rule.id == rule), None)


@attrs.frozen(kw_only=True, eq=False)
class _Told:
    """What is told of a candidate under the law of a stretch, whatever the case.

    Attributes:
        candidate: The candidate.
        vocabulary: Declarations of its facts.
        telling: What is told besides, but for the facts that were computed.
        notes: What bears on it besides its condition.
    """

    candidate: Candidate
    vocabulary: Vocabulary
    telling: Telling
    notes: tuple[TraceForm, ...]
    _forms: SignatureCache[TraceForm] = attrs.field(init=False)
    _derived: dict[frozenset[str], SignatureCache[TraceForm]] = attrs.field(
        factory=dict, init=False
    )

    def form(self, reading: Reading) -> TraceForm:
        """The form of its trace for a case."""
        derived = reading.derived
        if derived:
            derived &= self.candidate.reads
        if not derived:
            return self._forms.said(reading.view)
        forms = self._derived.get(derived)
        if forms is None:
            forms = self._derived.setdefault(derived, self._formed(derived))
        return forms.said(reading.view)

    @_forms.default
    def _formed(self, derived: frozenset[str] = frozenset()) -> SignatureCache[TraceForm]:
        """The forms of its trace where these facts were computed."""
        law = self.candidate.condition, self.vocabulary, self.candidate.names
        former, telling = FORMERS(*law), attrs.evolve(self.telling, derived=derived)
        if not self.notes:
            return SignatureCache(lambda view: former(view, telling), *law)
        said = {**PLAIN, "node": "all", "text": condition_text(*law[:2])}

        def with_notes(view: View) -> TraceForm:
            why = former(view, telling)
            truth = why.truth & self.notes[-1].truth
            return TraceForm.branch(truth, said, (why, *self.notes))

        return SignatureCache(with_notes, *law)


@attrs.frozen(eq=False)
class _Known:
    """What was told of the candidates of a stretch, by id; a rule may be told under two laws."""

    penalty: dict[str, _Told] = attrs.field(factory=dict, init=False)
    compulsion: dict[str, _Told] = attrs.field(factory=dict, init=False)


# INVARIANT: a stretch is the law of one violation at one place, known to one assessor.
_KNOWN: Final[Remembered[Stretch, _Known]] = Remembered(lambda _: _Known())


def _note(node: str, truth: Truth, key: str) -> TraceForm:
    return TraceForm.always(Trace(node=node, truth=truth, text=phrase(key)))


_ELEMENT: Final = _note("element", Truth.TRUE, "trace.element")
_JOINT: Final = _note("element", Truth.TRUE, "trace.element-joint")
_IN_DOUBT: Final = _note("in_force", Truth.UNKNOWN, "trace.in-force")


@attrs.frozen(eq=False)
class _Words:
    """Words for what bears on the candidates of a stretch."""

    stretch: Stretch
    violation: str
    near: tuple[Ruleset, ...]
    assessor: Assessor

    @classmethod
    def of(cls, law: Assessment, assessor: Assessor) -> "_Words":
        """Words under the law of a case."""
        near = assessor.selector.near(law.case.region)
        return cls(law.stretch, law.case.violation, near, assessor)

    def told(self, candidate: Candidate) -> _Told:
        """What is told of a candidate."""
        definitions, whose = {}, {}
        for node in walk(candidate.condition):
            if isinstance(node, Test):
                facts = tuple(sorted(facts_read(node)))
                definition = self._definition(facts, candidate)
                if definition is not None:
                    definitions[facts] = definition
            elif isinstance(node, Defined):
                local = self._whose(node.name)
                if local is not None:
                    whose[node.name] = local
        notes = (
            (candidate.has_elements, _ELEMENT),
            (candidate.has_joint_elements, _JOINT),
            (candidate.rule.id in self.stretch.doubtful, _IN_DOUBT),
        )
        return _Told(
            candidate=candidate,
            vocabulary=self.assessor.vocabulary,
            telling=Telling(definitions=definitions, whose=whose),
            notes=tuple(note for bears, note in notes if bears),
        )

    def _definition(self, facts: tuple[str, ...], candidate: Candidate) -> Definition | None:
        """By whose definition a test tells which earlier violations count; None for others."""
        found = (self._countings(fact, candidate) for fact in facts)
        countings = tuple(dict.fromkeys(counting for some in found for counting in some))
        if not countings:
            return None
        texts = [self._counting_text(counting) for counting in countings]
        said = both(lambda lang: join_clauses((one.in_(lang) for one in texts), lang, "or"))
        cited = dict.fromkeys(citation for one in countings for citation in one.citations)
        return said, tuple(cited)

    def _countings(self, fact: str, candidate: Candidate) -> tuple[Counting, ...]:
        """Which earlier violations a fact counts, as the candidate reads it."""
        key = candidate.names.get(fact)
        if key is None:
            return self.assessor.countings(fact, self.stretch)
        plan = self.stretch.plan
        return tuple(one for step in plan if step.key == key for one in step.definitions)

    def _counting_text(self, counting: Counting) -> Text:
        """Which earlier violations count, and by whose definition if that is not the law's."""
        said = counting_text(counting, self.violation)
        whose = self._whose(counting.ruleset) if isinstance(counting, FirstViolation) else None
        return said if whose is None else phrase("whose.counting", counting=said, whose=whose)

    def _whose(self, name: str) -> Text | None:
        """The local ruleset that defines something, by its id or the name of a definition."""
        ruleset = name.partition("#")[0]
        found = next((r for r in self.near if r.id == ruleset and r.region != NATIONAL), None)
        return phrase("whose", ruleset=found.title) if found is not None else None
