"""One case against the law of one time: facts read, rules matched, result and settledness."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypedDict

import attrs

from bizrules.cases import Case
from bizrules.derivation import Derivation, Known, decision_span, search_start
from bizrules.errors import CaseError, Problem
from bizrules.facts import Fact, Kind, Value, Vocabulary, parse_value, plain_value
from bizrules.fines import Penal, fine_for, fine_of_versions
from bizrules.history import Counting, FirstViolation
from bizrules.matching import (
    Comparable,
    Turn,
    UnreadableError,
    comparable,
    reader,
    turns_of,
    value_of,
)
from bizrules.nearness import near_names
from bizrules.outcomes import Fine, FineState, MeasureOutcome, Verdict
from bizrules.penalties import BandTable, Grade, Modality, Provision
from bizrules.provenance import Location
from bizrules.regions import ancestors
from bizrules.resolution import LAWFUL, Resolution, possible_results, resolve
from bizrules.rules import Measure, RuleEffect, Violation
from bizrules.selection import Candidate, Moment, Selector, Step, Stretch
from bizrules.shared_records import Drafted
from bizrules.values import DateSpan, Money
from bizrules.verdicts import Verdicts, judge_penalty
from bizrules.weights import Weight
from bizrules.wording import phrase

MEASURES: Final = frozenset(measure.value for measure in Measure)
_NOT_FOUND: Final[Mapping[Kind, bool | int]] = {Kind.BOOLEAN: False, Kind.INTEGER: 0}
Derived: TypeAlias = tuple[frozenset[str], tuple[Problem, ...]]
"""Names of facts that were computed, and where they contradict what is stated."""
_NOWHERE: Final = Location("case")
_Names: TypeAlias = frozenset[str]
_Kinds: TypeAlias = tuple[_Names, _Names, _Names, _Names, Mapping[str, _Names]]
"""Facts that are booleans, money, counts and dates; and the codes of choices and levels."""
_Reader: TypeAlias = Callable[[object], Comparable]


@attrs.frozen(kw_only=True, eq=False)
class Reading(Drafted):
    """The facts of a case, read.

    Attributes:
        view: Known facts by name, comparable.
        stated: Names of facts that the case states.
        derived: Names of facts that were computed.
        problems: Problems that did not prevent the evaluation.
    """

    view: dict[str, Comparable]
    stated: AbstractSet[str] = frozenset()
    derived: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


class StatedFacts(Mapping[str, Value]):
    """Facts of a view as typed values."""

    def __init__(self, view: Mapping[str, Comparable], vocabulary: Vocabulary) -> None:
        """Show the view's declared facts."""
        self._view = view
        self._vocabulary = vocabulary

    def __getitem__(self, name: str) -> Value:
        """The value of a fact."""
        return value_of(self._vocabulary[name], self._view[name])

    def __iter__(self) -> Iterator[str]:
        """Names of the facts."""
        return (name for name in self._view if name in self._vocabulary)

    def __len__(self) -> int:
        """How many facts there are."""
        return sum(1 for _ in self)


@attrs.frozen(kw_only=True, eq=False)
class Assessment(Drafted):
    """One case under the law of one time.

    Attributes:
        vocabulary: Declarations of facts.
        case: The case.
        stretch: The law.
        on: Days of the law.
        reading: The facts.
        held: Rules on the penalty axis that hold.
        unknown: Those that cannot be told.
        result: Result of the rules that hold; which rules carried it, `base` says.
        settled: Whether the unknown rules of the penalty axis can change nothing.
        measures: The second axis.
        waiting: Rules of the second axis that cannot be told.
        holding: Rules of the second axis that hold.
    """

    vocabulary: Vocabulary
    case: Case
    stretch: Stretch
    on: DateSpan
    reading: Reading
    held: list[Candidate]
    unknown: list[Candidate]
    result: Resolution
    settled: bool
    measures: tuple[MeasureOutcome, ...] = ()
    waiting: tuple[Candidate, ...] = ()
    holding: tuple[Candidate, ...] = ()

    @cached_property
    def base(self) -> Resolution:
        """Result of the rules that hold, with those that carried it."""
        if self.stretch.is_violation is False:
            return LAWFUL
        return resolve(weights(self.held), self.stretch.combinations[0])

    @property
    def grade(self) -> Grade | None:
        """Grade proposed, unless open or contested."""
        return self.result.grade if self.settled else None

    @property
    def has_open_measure(self) -> bool:
        """Whether the verdict about a measure is open."""
        return any(measure.verdict is Verdict.OPEN for measure in self.measures)

    def possible(self) -> frozenset[Grade | None]:
        """Grades that some way of the unknown rules would propose; None for a contested result."""
        held, unknown = weights(self.held), weights(self.unknown)
        results = (possible_results(held, unknown, one) for one in self.stretch.combinations)
        found = frozenset[Grade | None]().union(*results)
        if self.stretch.is_violation is None:
            return found | {Grade.EXEMPT}
        return found if self.stretch.is_violation else frozenset({LAWFUL.grade})

    def effects(self) -> tuple[RuleEffect, ...]:
        """What the supporting rules order beyond the grade, by rule id."""
        return self.result.effects

    def penal(
        self, provision: Provision | None = None, bands: tuple[BandTable, ...] | None = None
    ) -> Penal:
        """What the fine is computed from, under one version of the provision and of the bands."""
        return Penal(
            provision=provision or next(iter(self.stretch.provisions), None),
            bands=self.stretch.bands[0] if bands is None else bands,
            vocabulary=self.vocabulary,
            view=self.reading.view,
            names={},
        )

    def fine(self) -> Fine:
        """The fine for the grade; the statutory range where there is no grade.

        Where the catalogue does not hold the provision of these days, nothing is said of it:
        that is a gap of knowledge, not an act without a fine.
        """
        if self.stretch.lacks_provision and self.grade is not Grade.EXEMPT:
            return Fine(state=FineState.UNDETERMINED, text=phrase("fine.gap"))
        laws = list(product(self.stretch.provisions or (None,), self.stretch.bands))
        fines = [fine_for(self.penal(*law), self.grade, self.effects()) for law in laws]
        first, *others = [(one.state, one.range, one.alternatives) for one in fines]
        if all(one == first for one in others):  # Not hashed: that would say them in words.
            return fines[0]
        return fine_of_versions(list(dict.fromkeys(fines)), self.date)

    def penals(self) -> tuple[Penal, ...]:
        """What the penalty is computed from, under each version of the provision."""
        return tuple(self.penal(provision) for provision in self.stretch.provisions or (None,))

    @property
    def date(self) -> str:
        """The date of the case that says which law it is."""
        return "decided" if self.on == decision_span(self.case) else "committed"


def _written(value: Value) -> str:
    """The value as documents write it, the same in every language."""
    plain = plain_value(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return ", ".join(plain) if isinstance(plain, list) else str(plain)


def _kinds(facts: Collection[Fact]) -> _Kinds:
    def named(*kinds: Kind) -> frozenset[str]:
        return frozenset(fact.name for fact in facts if fact.kind in kinds)

    return (
        named(Kind.BOOLEAN),
        named(Kind.MONEY),
        named(Kind.INTEGER, Kind.DAYS),
        named(Kind.DATE),
        {f.name: frozenset(f.ranks) for f in facts if f.kind in (Kind.CHOICE, Kind.LEVEL)},
    )


def _is_in(fact: Fact, group: str) -> bool:
    return fact.group == group and fact.kind in _NOT_FOUND


def match_all(
    candidates: Iterable[Candidate], doubtful: frozenset[str], view: Mapping[str, Comparable]
) -> tuple[list[Candidate], list[Candidate]]:
    """The candidates that hold, and those that cannot be told."""
    held, unknown = [], []
    for candidate in candidates:
        truth = candidate.match(view)
        if truth is False:
            continue
        if truth is None or candidate.rule.id in doubtful:
            unknown.append(candidate)
        else:
            held.append(candidate)
    return held, unknown


def result_of(
    held: list[Weight], unknown: list[Weight], stretch: Stretch
) -> tuple[Resolution, bool]:
    """The result of the rules that hold, and whether neither an answer nor a date can change it."""
    return judge_penalty(held, unknown, stretch.combinations, stretch.is_violation)


def weights(candidates: Iterable[Candidate]) -> list[Weight]:
    """Weights of candidates on the penalty axis."""
    return [c.weight for c in candidates if c.weight is not None]


def judge_measure(
    measure: Measure, held: Iterable[Candidate], unknown: Iterable[Candidate]
) -> MeasureOutcome:
    """What the rules of the second axis say about one measure."""

    def speaks(candidate: Candidate) -> bool:
        return candidate.rule.measures is None or measure in candidate.rule.measures

    holding = [c.rule for c in held if speaks(c)]
    binding = [rule for rule in holding if rule.modality is Modality.SHALL]
    waiting = [c.rule for c in unknown if speaks(c)]
    rules = binding or holding
    if binding:
        verdict = Verdict.MUST_OMIT
    elif waiting and (not holding or any(r.modality is Modality.SHALL for r in waiting)):
        verdict = Verdict.OPEN
    else:
        verdict = Verdict.MAY_OMIT if holding else Verdict.NO_GROUND
    citations = dict.fromkeys(citation for rule in rules for citation in rule.citations)
    ids = tuple(rule.id for rule in rules)
    return MeasureOutcome(measure=measure, verdict=verdict, rules=ids, citations=tuple(citations))


class _Measured(TypedDict, total=False):
    """What an assessment says of the second axis."""

    measures: tuple[MeasureOutcome, ...]
    waiting: tuple[Candidate, ...]
    holding: tuple[Candidate, ...]


def judge_measures(
    measures: Iterable[str], stretch: Stretch, view: Mapping[str, Comparable]
) -> _Measured:
    """The second axis under the law of a stretch, as fields of an assessment.

    Args:
        measures: Measures proposed or taken, by code.
        stretch: The law.
        view: Known facts.
    """
    holding, waiting = match_all(stretch.compulsion, stretch.doubtful, view)
    found = tuple(judge_measure(Measure(one), holding, waiting) for one in measures)
    return {"measures": found, "waiting": tuple(waiting), "holding": tuple(holding)}


@attrs.define(kw_only=True)
class Assessor:
    """Reads and assesses cases; keeps only what it compiled.

    Args:
        vocabulary: Declarations of facts.
        violations: The catalogue.
        derivations: Derived facts.
        selector: Finds the candidates.
    """

    vocabulary: Vocabulary
    violations: Mapping[str, Violation]
    derivations: tuple[Derivation, ...]
    selector: Selector
    verdicts: Verdicts = attrs.field(factory=Verdicts, init=False, repr=False)
    # By name, what turns the values of a fact into comparable form, where they are not in it.
    turns: dict[str, Turn] = attrs.field(init=False, repr=False)
    _kinds: _Kinds = attrs.field(init=False, repr=False)
    _readers: dict[str, _Reader] = attrs.field(init=False, repr=False)
    _groups: dict[str, dict[str, bool | int]] = attrs.field(init=False, repr=False)
    _derivations: dict[str, Derivation] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compile a reader for every fact."""
        facts = self.vocabulary.facts.values()
        self._readers = {fact.name: reader(fact) for fact in facts}
        self.turns = turns_of(facts)
        self._kinds = _kinds(facts)
        self._groups = {
            code: {f.name: _NOT_FOUND[f.kind] for f in facts if _is_in(f, code)}
            for code in self.vocabulary.groups
        }
        self._derivations = {derivation.name: derivation for derivation in self.derivations}

    def read(self, case: Case) -> Reading:
        """The stated facts of a case, and the negations of what was examined and not found.

        Raises:
            CaseError: With every fact that is unknown or has a value that does not fit.
        """
        readers = self._readers
        view: dict[str, Comparable] = {}
        for group in case.examined:
            view.update(self._groups.get(group, {}))
        try:
            for name, raw in case.facts.items():
                view[name] = readers[name](raw)
        except (KeyError, UnreadableError):
            raise CaseError(self.fact_problems(case)) from None
        return Reading(view=view, stated=case.facts.keys())

    def values(self, case: Case) -> Mapping[str, Value]:
        """The same facts as `read` finds, as typed values.

        Raises:
            CaseError: As `read`.
        """
        # Where each is given in the type of its kind, these are the facts as they stand.
        found: Mapping[str, Any] = case.facts
        odd = self._odd(found)
        if odd:
            found = {**found, **self._parsed(case, odd)}
        for group in case.examined:
            found = {**self._groups.get(group, {}), **found}
        return found

    def _odd(self, facts: Mapping[str, Any]) -> list[str]:  # noqa: C901 - calls would cost more
        """Facts that are not given in the type of their kind, or that fit no kind."""
        booleans, moneys, counts, dates, codes = self._kinds
        odd = []
        for name, raw in facts.items():
            # By class, because to Python True is an integer, and a moment is a date.
            if raw is True or raw is False:
                if name in booleans:
                    continue
            elif (kind := type(raw)) is str:
                if name in codes and raw in codes[name]:
                    continue
            elif kind is Money:
                if raw.fen >= 0 and name in moneys:
                    continue
            elif kind is int:
                if raw >= 0 and name in counts:
                    continue
            elif kind is date and name in dates:
                continue
            odd.append(name)
        return odd

    def _parsed(self, case: Case, names: Iterable[str]) -> Mapping[str, Value]:
        """Values that are not given in the type of their kind."""
        found = {}
        for name in names:
            fact = self.vocabulary.facts.get(name)
            value = parse_value(fact, case.facts[name], _NOWHERE) if fact is not None else None
            if value is None or isinstance(value, Problem):
                raise CaseError(self.fact_problems(case))
            found[name] = value
        return found

    def fact_problems(self, case: Case) -> list[Problem]:
        """Every stated fact that is not declared or has a value that does not fit."""
        problems = []
        for name, raw in case.facts.items():
            place = Location(f"case {case.id}", path=f"$.facts.{name}")
            if name not in self._readers:
                near = near_names(name, self._readers)
                problems.append(Problem("unknown-fact", place, {"fact": name, "near_names": near}))
                continue
            try:
                self._readers[name](raw)
            except UnreadableError as error:
                problems.append(attrs.evolve(error.problem, location=place))
        return problems

    def derive(self, case: Case, stretch: Stretch, stated: Reading) -> Reading:
        """The facts with those computed that the law of the stretch reads."""
        if not stretch.plan:
            return stated
        view = dict(stated.view)
        derived: set[str] = set()
        problems: list[Problem] = []
        shown = StatedFacts(view, self.vocabulary)
        inputs: dict[int, Known] = {}
        for step in stretch.plan:
            value = self._computed(case, step, shown, inputs)
            if step.name in stated.stated:
                view[step.key] = view[step.name]
                problems += self._contradictions(case, step.name, value, shown[step.name])
            elif value is not None:
                view[step.key] = self._comparable(step.name, value)
                derived.add(step.name)
            elif step.name in view and self._in_doubt(step, inputs):
                del view[step.name]
            elif step.key != step.name and step.name in view:
                view[step.key] = view[step.name]
        return Reading(
            view=view,
            stated=stated.stated,
            derived=frozenset(derived),
            problems=(*stated.problems, *problems),
        )

    def derive_values(
        self, case: Case, plan: Iterable[Step], given: Mapping[str, Value]
    ) -> tuple[dict[str, Value], Derived]:
        """The same as `derive` finds, as typed values, and what comes with them.

        Args:
            case: The case.
            plan: Facts to compute, in order.
            given: Facts of the case.
        """
        values = dict(given)
        stated, shown = case.facts, MappingProxyType(values)
        # Names under which rulesets read are no facts: a derivation does not see them.
        renamed: dict[str, Value] = {}
        derived: list[str] = []
        problems: list[Problem] = []
        inputs: dict[int, Known] = {}
        for step in plan:
            name, key = step.name, step.key
            value = self._computed(case, step, shown, inputs)
            if name in stated:
                if key != name:
                    renamed[key] = values[name]
                if value is not None and value != values[name]:
                    problems += self._contradictions(case, name, value, values[name])
            elif value is not None:
                (values if key == name else renamed)[key] = self._typed(name, value)
                derived.append(name)
            elif name in values and self._in_doubt(step, inputs):
                del values[name]
            elif key != name and name in values:
                renamed[key] = values[name]
        found = {**values, **renamed} if renamed else values
        return found, (frozenset(derived), tuple(problems))

    def _in_doubt(self, step: Step, inputs: Mapping[int, Known]) -> bool:
        """Whether what is known speaks for a fact that an examination did not mention."""
        doubt = self._derivations[step.name].in_doubt
        return doubt is not None and any(doubt(inputs[id(first)]) for first in step.definitions)

    def _comparable(self, name: str, value: Value) -> Comparable:
        if value is True or value is False:
            return value
        return comparable(self.vocabulary[name], value)

    def _typed(self, name: str, value: Value) -> Value:
        if value is True or value is False:
            return value
        fact = self.vocabulary[name]
        return value_of(fact, comparable(fact, value))

    def _computed(
        self,
        case: Case,
        step: Step,
        stated: Mapping[str, Value],
        inputs: dict[int, Known],
    ) -> Value | None:
        """The value of a derived fact; None where definitions that may be in force differ."""
        compute = self._derivations[step.name].compute
        value = compute(self._known(case, step.first, stated, inputs))
        if not step.others:
            return value
        others = [compute(self._known(case, other, stated, inputs)) for other in step.others]
        return value if others.count(value) == len(others) else None

    def _known(
        self,
        case: Case,
        first: FirstViolation,
        stated: Mapping[str, Value],
        inputs: dict[int, Known],
    ) -> Known:
        """What a derivation may read under a definition."""
        # By identity, since a definition is long to hash and the law keeps it alive.
        known = inputs.get(id(first))
        if known is None:
            known = inputs[id(first)] = Known(
                case=case,
                stated=stated,
                violation=self.violations[case.violation],
                first=first,
                violations=self.violations,
                line=self.line,
            )
        return known

    def line(self, region: str) -> tuple[str, ...]:
        """The region and those above it; a code that is not listed stands by its digits."""
        regions = self.selector.regions
        return regions.ancestors(region) if region in regions else ancestors(region)

    def countings(self, name: str, stretch: Stretch) -> tuple[Counting, ...]:
        """Which earlier violations a fact counts in the law of a stretch; none for others."""
        own = self.vocabulary[name].counts if name in self.vocabulary else None
        if own is not None:
            return (own,)
        if not self.selector.derived.get(name):
            return ()
        return tuple(
            first for step in stretch.plan if step.name == name for first in step.definitions
        )

    def search_start(self, case: Case, counting: Counting) -> date | None:
        """Day back to which the registers must be searched; None if that is not known."""
        known = Known(
            case=case, stated={}, violation=self.violations[case.violation], first=counting
        )
        return search_start(known)

    def _contradictions(
        self, case: Case, name: str, value: Value | None, stated: Value
    ) -> list[Problem]:
        fact = self.vocabulary[name]
        if value is None or comparable(fact, value) == comparable(fact, stated):
            return []
        place = Location(f"case {case.id}", path=f"$.facts.{fact.name}")
        details = {
            "fact": fact.name,
            "stated": _written(stated),
            "derived": _written(value),
            "reads": ", ".join(self._derivations[name].reads),
        }
        return [Problem("contradiction", place, details)]

    def assess(
        self,
        case: Case,
        stated: Reading,
        moment: Moment,
        elements: frozenset[str] = frozenset(),
    ) -> Assessment:
        """The case under the law of those days.

        Args:
            case: The case.
            stated: Its facts.
            moment: The days.
            elements: Elements of other violations of the same act, as in `Selector.stretch`.
        """
        stretch = self.selector.stretch(case.region, case.violation, moment, elements)
        return self.judge(case, stretch, moment.law, self.derive(case, stretch, stated))

    def judge(self, case: Case, stretch: Stretch, on: DateSpan, reading: Reading) -> Assessment:
        """The case under the law of the stretch, with the facts as given."""
        held, unknown = match_all(stretch.penalty, stretch.doubtful, reading.view)
        result, settled = result_of(weights(held), weights(unknown), stretch)
        measured = judge_measures(case.measures, stretch, reading.view) if case.measures else {}
        return Assessment(
            vocabulary=self.vocabulary,
            case=case,
            stretch=stretch,
            on=on,
            reading=reading,
            held=held,
            unknown=unknown,
            result=result,
            settled=settled,
            **measured,
        )
