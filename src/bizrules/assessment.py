"""One case against the law of one time: facts read, rules matched, result and settledness."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from difflib import get_close_matches
from functools import cache, cached_property
from itertools import product
from typing import Final, TypeAlias

import attrs

from bizrules.cases import Case
from bizrules.derivation import Derivation, Known, decision_span, search_start
from bizrules.errors import CaseError, Problem
from bizrules.facts import Fact, Kind, Value, Vocabulary, plain_value
from bizrules.fines import Penal, fine_for, fine_of_versions
from bizrules.history import Counting
from bizrules.matching import Comparable, UnreadableError, comparable, reader, value_of
from bizrules.outcomes import Fine, FineState, MeasureOutcome, Verdict
from bizrules.penalties import BandTable, Grade, Modality, Provision
from bizrules.provenance import Location
from bizrules.regions import ancestors
from bizrules.resolution import LAWFUL, Resolution, is_settled, possible_results, resolve
from bizrules.rules import Axis, Measure, RuleEffect, Violation
from bizrules.selection import Candidate, Moment, Selector, Step, Stretch
from bizrules.values import DateSpan
from bizrules.weights import Class, Weight, alike
from bizrules.wording import phrase

MEASURES: Final = frozenset(measure.value for measure in Measure)
_NOT_FOUND: Final[Mapping[Kind, bool | int]] = {Kind.BOOLEAN: False, Kind.INTEGER: 0}
_Reader: TypeAlias = Callable[[object], Comparable]


def near_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Known names close to a name, at most five."""
    return tuple(get_close_matches(name, list(known), n=5, cutoff=0.6))


@attrs.frozen(kw_only=True, eq=False)
class Reading:
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
class Assessment:
    """One case under the law of one time.

    Attributes:
        vocabulary: Declarations of facts.
        case: The case.
        stretch: The law.
        on: Days of the law.
        reading: The facts.
        held: Rules on the penalty axis that hold.
        unknown: Those that cannot be told.
        base: Result of the rules that hold.
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
    base: Resolution
    settled: bool
    measures: tuple[MeasureOutcome, ...] = ()
    waiting: tuple[Candidate, ...] = ()
    holding: tuple[Candidate, ...] = ()

    @property
    def grade(self) -> Grade | None:
        """Grade proposed, unless open or contested."""
        return self.base.grade if self.settled else None

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
        return self.base.effects

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
        laws = product(self.stretch.provisions or (None,), self.stretch.bands)
        found = (fine_for(self.penal(*law), self.grade, self.effects()) for law in laws)
        fines = list(dict.fromkeys(found))
        return fine_of_versions(fines, self.date)

    def penals(self) -> tuple[Penal, ...]:
        """What the penalty is computed from, under each version of the provision."""
        return tuple(self.penal(provision) for provision in self.stretch.provisions or (None,))

    @property
    def date(self) -> str:
        """The date of the case that says which law it is."""
        return "decided" if self.on == decision_span(self.case) else "committed"

    @cached_property
    def trials(self) -> "Trials":
        """The same law with one more fact known."""
        return Trials.of(self)


def _written(value: Value) -> str:
    """The value as documents write it, the same in every language."""
    plain = plain_value(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return ", ".join(plain) if isinstance(plain, list) else str(plain)


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


def _result(held: list[Weight], unknown: list[Weight], stretch: Stretch) -> tuple[Resolution, bool]:
    """The result of the rules that hold, and whether neither an answer nor a date can change it."""
    first, *others = stretch.combinations
    base = resolve(held, first)
    if any(resolve(held, other) != base for other in others):
        return base, False
    if stretch.is_violation is None and base.permitted != LAWFUL.permitted:
        return base, False
    if not unknown:
        return base, True
    return base, all(is_settled(held, unknown, base, one) for one in stretch.combinations)


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


@attrs.frozen(kw_only=True, eq=False)
class Trials:
    """The law of an assessment, tried with one more fact known.

    Rules that do not read the fact stay as they were found, and a result that was seen once is not
    worked out again.

    Attributes:
        law: The assessment.
        classes: The class of every rule on the penalty axis, by its weight.
        readers: Candidates of both axes that read a fact, by its name.
        held: How many rules of each class hold.
        unknown: How many of each class cannot be told.
    """

    law: Assessment
    classes: Mapping[Weight, Class]
    readers: Mapping[str, list[Candidate]]
    held: Counter[Class]
    unknown: Counter[Class]
    _known: dict[tuple[frozenset[Class], frozenset[Class]], bool] = attrs.field(
        factory=dict, init=False
    )
    _samples: Mapping[Class, Weight] = attrs.field(init=False)

    @_samples.default
    def _one_of_each(self) -> Mapping[Class, Weight]:
        return {found: weight for weight, found in self.classes.items()}

    @classmethod
    def of(cls, law: Assessment) -> "Trials":
        """Nothing tried yet."""
        classes = alike(weights(law.stretch.penalty))
        readers: dict[str, list[Candidate]] = {}
        for candidate in (*law.stretch.penalty, *law.stretch.compulsion):
            for name in candidate.reads:
                readers.setdefault(name, []).append(candidate)
        return cls(
            law=law,
            classes=classes,
            readers=readers,
            held=Counter(classes[weight] for weight in weights(law.held)),
            unknown=Counter(classes[weight] for weight in weights(law.unknown)),
        )

    def deciding(self) -> frozenset[Class]:
        """Classes of unknown rules that can change the result, alone or with others.

        One is tried alone, beside every other one, and, where no rule of its class is among them,
        beside all the others.
        """
        held, unknown = frozenset(self.held), frozenset(self.unknown)

        @cache
        def results(classes: frozenset[Class]) -> tuple[Resolution, ...]:
            found = [self._samples[one] for one in held | classes]
            return tuple(resolve(found, one) for one in self.law.stretch.combinations)

        def trials(own: Class) -> Iterator[frozenset[Class]]:
            yield frozenset()
            if self.unknown[own] == 1:
                yield unknown - {own}
            yield from (frozenset({other}) for other in unknown - {own})

        def decides(own: Class) -> bool:
            return any(results(trial) != results(trial | {own}) for trial in trials(own))

        return frozenset(filter(decides, unknown - held))

    def settles(self, name: str, value: Comparable) -> bool:
        """Whether nothing would be open any more if the fact had the value."""
        law, readers = self.law, self.readers.get(name, [])
        keys = {name, *(c.names.get(name, name) for c in readers)}
        view = {**law.reading.view, **dict.fromkeys(keys, value)}
        return self._settles_penalty(readers, view) and not self._leaves_measures(readers, view)

    def _settles_penalty(
        self, readers: Iterable[Candidate], view: Mapping[str, Comparable]
    ) -> bool:
        stretch = self.law.stretch
        if stretch.is_violation is False:
            return True
        speaking = [candidate for candidate in readers if candidate.rule.axis is Axis.PENALTY]
        before = match_all(speaking, stretch.doubtful, self.law.reading.view)
        after = match_all(speaking, stretch.doubtful, view)
        key = (
            self._with(self.held, before[0], after[0]),
            self._with(self.unknown, before[1], after[1]),
        )
        if key not in self._known:
            held, unknown = ([self._samples[one] for one in found] for found in key)
            self._known[key] = _result(held, unknown, stretch)[1]
        return self._known[key]

    def _with(
        self, counted: Counter[Class], before: list[Candidate], after: list[Candidate]
    ) -> frozenset[Class]:
        """Classes that are there once some rules are no longer and others are."""
        gone = Counter(self.classes[weight] for weight in weights(before))
        last = [found for found, count in gone.items() if count == counted[found]]
        return (
            frozenset(counted).difference(last).union(self.classes[one] for one in weights(after))
        )

    def _leaves_measures(
        self, readers: Iterable[Candidate], view: Mapping[str, Comparable]
    ) -> bool:
        """Whether the verdict about a measure would be open."""
        law = self.law
        speaking = [candidate for candidate in readers if candidate.rule.axis is Axis.COMPULSION]
        if not speaking or not law.case.measures:
            return law.has_open_measure
        ids = {candidate.rule.id for candidate in speaking}
        held, unknown = match_all(speaking, law.stretch.doubtful, view)
        held += (one for one in law.holding if one.rule.id not in ids)
        unknown += (one for one in law.waiting if one.rule.id not in ids)
        found = (judge_measure(Measure(one), held, unknown) for one in law.case.measures)
        return any(one.verdict is Verdict.OPEN for one in found)


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
    _readers: dict[str, _Reader] = attrs.field(init=False, repr=False)
    _groups: dict[str, dict[str, bool | int]] = attrs.field(init=False, repr=False)
    _derivations: dict[str, Derivation] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compile a reader for every fact."""
        facts = self.vocabulary.facts.values()
        self._readers = {fact.name: reader(fact) for fact in facts}
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

    def fact_problems(self, case: Case) -> list[Problem]:
        """Every stated fact that is not declared or has a value that does not fit."""
        problems = []
        for name, raw in case.facts.items():
            place = Location(f"case {case.id}", path=f"$.facts.{name}")
            if name not in self._readers:
                near = ", ".join(near_names(name, self._readers))
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
        inputs: dict[int, Known] = {}
        for step in stretch.plan:
            value = self._computed(case, step, view, inputs)
            if step.name in stated.stated:
                view[step.key] = view[step.name]
                problems += self._contradictions(case, step.name, value, view)
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

    def _in_doubt(self, step: Step, inputs: Mapping[int, Known]) -> bool:
        """Whether what is known speaks for a fact that an examination did not mention."""
        doubt = self._derivations[step.name].in_doubt
        return doubt is not None and any(doubt(inputs[id(first)]) for first in step.definitions)

    def _comparable(self, name: str, value: Value) -> Comparable:
        if value is True or value is False:
            return value
        return comparable(self.vocabulary[name], value)

    def _computed(
        self,
        case: Case,
        step: Step,
        view: Mapping[str, Comparable],
        inputs: dict[int, Known],
    ) -> Value | None:
        """The value of a derived fact; None where definitions that may be in force differ."""
        values = []
        for first in step.definitions:
            # By identity, since a definition is long to hash and the law keeps it alive.
            known = inputs.get(id(first))
            if known is None:
                known = inputs[id(first)] = Known(
                    case=case,
                    stated=StatedFacts(view, self.vocabulary),
                    violation=self.violations[case.violation],
                    first=first,
                    violations=self.violations,
                    line=self._line,
                )
            values.append(self._derivations[step.name].compute(known))
        return values[0] if values.count(values[0]) == len(values) else None

    def _line(self, region: str) -> tuple[str, ...]:
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
        self,
        case: Case,
        name: str,
        value: Value | None,
        view: Mapping[str, Comparable],
    ) -> list[Problem]:
        fact = self.vocabulary[name]
        if value is None or comparable(fact, value) == view[name]:
            return []
        place = Location(f"case {case.id}", path=f"$.facts.{fact.name}")
        details = {
            "fact": fact.name,
            "stated": _written(value_of(fact, view[fact.name])),
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
        base, settled = LAWFUL, True
        if stretch.is_violation is not False:
            base, settled = _result(weights(held), weights(unknown), stretch)
        measures: tuple[MeasureOutcome, ...] = ()
        holding: list[Candidate] = []
        waiting: list[Candidate] = []
        if case.measures:
            holding, waiting = match_all(stretch.compulsion, stretch.doubtful, reading.view)
            measures = tuple(judge_measure(Measure(m), holding, waiting) for m in case.measures)
        return Assessment(
            vocabulary=self.vocabulary,
            case=case,
            stretch=stretch,
            on=on,
            reading=reading,
            held=held,
            unknown=unknown,
            base=base,
            settled=settled,
            measures=measures,
            waiting=tuple(waiting),
            holding=tuple(holding),
        )
