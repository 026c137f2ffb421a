"""Several cases of one party together: which provision an act is fined by (竞合).

Of the norms that one act broke, special provisions displace general ones, then violations absorb
those that merge into them; among the rest the higher statutory fine is applied. Several acts stay
apart: each is decided by itself.

*Source*: 行政处罚法 27, 29.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, cast

import attrs

from bizrules.assessment import Assessment
from bizrules.cases import Act, Case, format_span
from bizrules.comparison import KindWeights, Order, compare_ranges, weigh_kinds
from bizrules.derivation import decision_span
from bizrules.errors import CaseError, Problem
from bizrules.evaluation import Answer, Evaluator
from bizrules.facts import Kind, Vocabulary
from bizrules.fines import other_kinds
from bizrules.matters import ARTICLE_29, CHOICE, ActOutcome, Basis, MatterOutcome, Part, Role
from bizrules.outcomes import Fine, FineRange, FineState, LawChoice, Outcome, Question
from bizrules.penalties import Grade, PenaltyKind
from bizrules.provenance import Location, Text
from bizrules.resolution import LAWFUL
from bizrules.rules import Ground, Trigger, Violation
from bizrules.statutory import Threat, answers_to, threat_of
from bizrules.truth import Truth
from bizrules.wording import both, join, phrase, say_citation

_DATES: Final = ("committed", "decided")
Found: TypeAlias = frozenset[int] | None
"""Contenders that may be applied under some answers; None if that is open even then."""


@attrs.frozen(kw_only=True, eq=False)
class Contender:
    """One case of an act, with what decides between it and the others.

    Attributes:
        outcome: Its outcome.
        law: The law applied to it.
        violation: Its entry in the catalogue.
        threat: The statutory fine.
        statutory: The same, for people.
        kinds: The other kinds of penalty that the provision opens.
        penalised: Whether its outcome leads to a fine where the provision threatens one.
        crime_duties: Its duties that follow from the suspicion of a crime.
    """

    outcome: Outcome
    law: Assessment
    violation: Violation
    threat: Threat
    statutory: Fine
    kinds: KindWeights
    penalised: Truth
    crime_duties: frozenset[str]

    @property
    def case(self) -> Case:
        """The case."""
        return self.outcome.case

    @property
    def is_established(self) -> bool:
        """Whether the violation may stand at all, so that it can take the place of others."""
        if self.law.base is LAWFUL:
            return False
        carried = self.law.base.determining
        grounds = {c.rule.ground for c in self.law.held if c.rule.id in carried}
        return Ground.NOT_ESTABLISHED not in grounds


@attrs.frozen(kw_only=True, eq=False)
class Selected:
    """Which of the contenders is applied.

    Attributes:
        basis: What chose it.
        winner: Its place among the contenders; None if there is none, or not yet.
        fined: Places of those that may be fined.
        open_facts: Facts for which the choice waits.
        idle_facts: Unknown facts that cannot change it.
        chosen: Whether nothing can change it.
    """

    basis: Basis
    winner: int | None = None
    fined: frozenset[int] = frozenset()
    open_facts: tuple[str, ...] = ()
    idle_facts: tuple[str, ...] = ()
    chosen: bool = True


def evaluate_matter(
    evaluator: Evaluator, cases: Iterable[Case], *, name: str = ""
) -> MatterOutcome:
    """The joint outcome of several cases of one party.

    Args:
        evaluator: Evaluates each case.
        cases: The cases; those with the same `act` are one act.
        name: What the caller calls the matter.

    Raises:
        CaseError: If there is no case, an id occurs twice, the cases have different parties, the
            cases of one act differ in region or date or name one violation twice; and with
            everything that is wrong with a single case.
    """
    given = tuple(cases)
    problems = list(matter_problems(given))
    acts: list[tuple[str | None, tuple[Outcome, ...]]] = []
    for act, own in acts_of(given):
        outcomes = []
        elements = _elements(own, evaluator.assessor.violations)
        for case in own:
            try:
                outcomes.append(evaluator.evaluate(case, elements[case.violation]))
            except CaseError as error:
                problems += error.problems
        acts.append((act, tuple(outcomes)))
    if problems:
        raise CaseError(problems)
    found = tuple(_act(act, outcomes, evaluator) for act, outcomes in acts)
    return MatterOutcome(id=name, acts=found)


def acts_of(cases: Iterable[Case]) -> tuple[tuple[str | None, tuple[Case, ...]], ...]:
    """The cases act by act, in the order in which the acts first appear."""
    named: dict[object, list[Case]] = {}
    for at, case in enumerate(cases):
        named.setdefault(at if case.act is None else case.act, []).append(case)
    return tuple((own[0].act, tuple(own)) for own in named.values())


def _elements(
    cases: Iterable[Case], violations: Mapping[str, Violation]
) -> dict[str, frozenset[str]]:
    """For each violation of an act the elements of the others: they aggravate none of them."""
    names = [case.violation for case in cases]
    own = {n: violations[n].elements if n in violations else frozenset() for n in names}
    joint: frozenset[str] = frozenset().union(*own.values())
    return {name: joint - own[name] for name in names}


def matter_problems(cases: tuple[Case, ...]) -> Iterator[Problem]:
    """What is wrong with the cases together."""
    if not cases:
        yield Problem("matter-empty", Location("matter", path="$.cases"))
        return
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            yield _problem("matter-duplicate-case", case, "id")
        seen.add(case.id)
        for part in ("kind", "age", "birth_date"):
            mine, first = getattr(case.party, part), getattr(cases[0].party, part)
            if None not in (mine, first) and mine != first:
                yield _problem("matter-parties", case, "party", first=cases[0].id, part=part)
    for act, own in acts_of(cases):
        if act is not None:
            yield from _act_problems(act, own)


def _act_problems(act: str, cases: tuple[Case, ...]) -> Iterator[Problem]:
    """What keeps the cases from being one act; what is not known agrees with anything."""
    first = cases[0]
    dated = next((case for case in cases if case.committed is not None), first)
    seen: dict[str, str] = {}
    for case in cases:
        if case.region != first.region:
            found = {"found": case.region, "other": first.region}
            yield _problem("act-regions", case, "region", act=act, first=first.id, **found)
        if case.committed is not None and case.committed != dated.committed:
            found = {"found": _said(case.committed), "other": _said(dated.committed)}
            yield _problem("act-dates", case, "committed", act=act, first=dated.id, **found)
        if case.violation in seen:
            found = {"first": seen[case.violation], "violation": case.violation}
            yield _problem("act-violation-twice", case, "violation", act=act, **found)
        seen.setdefault(case.violation, case.id)


def _said(act: Act | None) -> str:
    if act is None:
        return ""
    ended = format_span(act.ended)
    return ended if act.began is None else f"{format_span(act.began)}..{ended}"


def _problem(code: str, case: Case, key: str, **details: str) -> Problem:
    place = case.location or Location(f"case {case.id}", path=f"$.{key}")
    return Problem(code, place, {"case": case.id, **details})


def _contender(outcome: Outcome, evaluator: Evaluator) -> Contender:
    # INVARIANT: the outcomes of an evaluator answer from an `Answer`.
    answer = cast("Answer", outcome.source)
    law, applied = answer.main, answer.applied
    provisions = dict.fromkeys(law.stretch.provisions)
    if applied.choice is LawChoice.OPEN and applied.other is not None:
        # Either law may come to apply.
        provisions |= dict.fromkeys(applied.other.stretch.provisions)
    date = "decided" if law.on == decision_span(law.case) else "committed"
    crime = outcome.crime_suspected is Truth.TRUE
    duties = applied.current.stretch.duties if crime else ()
    return Contender(
        outcome=outcome,
        law=law,
        violation=evaluator.assessor.violations[outcome.case.violation],
        threat=threat_of(tuple(provisions), law.vocabulary, law.reading.view, date),
        statutory=attrs.evolve(law, settled=False).fine(),
        kinds=weigh_kinds(other_kinds(law.penal(), None, ())),
        penalised=_penalised(outcome, answer),
        crime_duties=frozenset(d.id for d in duties if d.trigger is Trigger.CRIME),
    )


def _penalised(outcome: Outcome, answer: Answer) -> Truth:
    """Whether the grade leads to a fine, if the provision threatens one."""
    if outcome.grade is not None:
        exempt = outcome.grade is Grade.EXEMPT
        return Truth.of(not exempt and outcome.fine.state is not FineState.WAIVED)
    laws = [law for law in (answer.main, answer.applied.other) if law is not None]
    grades = {grade for law in laws for grade in law.possible()} | set(outcome.permitted)
    waived = any(
        c.rule.effect.instead is not None or PenaltyKind.FINE in c.rule.effect.waives
        for law in laws
        for c in (*law.held, *law.unknown)
    )
    # A result that may still be contested (None) may leave the exemption open.
    is_open = waived or Grade.EXEMPT in grades or (None in grades and not outcome.contested)
    return Truth.UNKNOWN if is_open else Truth.TRUE


def _act(act: str | None, outcomes: tuple[Outcome, ...], evaluator: Evaluator) -> ActOutcome:
    contenders = tuple(_contender(outcome, evaluator) for outcome in outcomes)
    taken = _taken_parts(contenders)
    standing = [at for at in range(len(contenders)) if at not in taken]
    rest = tuple(contenders[at] for at in standing)
    basis = Basis.REMAINS if taken else Basis.LONE
    selected = _select(rest) if len(rest) > 1 else _lone(rest, basis)
    own = {at: _standing(number, rest, selected) for number, at in enumerate(standing)}
    parts = tuple({**taken, **own}[at] for at in range(len(contenders)))
    asked = {question.fact for part in parts for question in part.outcome.questions}
    vocabulary = evaluator.assessor.vocabulary
    missing = [name for name in selected.open_facts if name not in asked]
    return ActOutcome(
        act=act,
        parts=parts,
        basis=selected.basis,
        text=_text(selected, rest, vocabulary),
        citations=(ARTICLE_29,) if len(selected.fined) > 1 else (),
        open_facts=selected.open_facts,
        asked=tuple(_question(name, vocabulary) for name in missing),
        chosen=selected.chosen,
    )


def _taken_parts(contenders: tuple[Contender, ...]) -> dict[int, Part]:
    """The parts whose norms do not stand: displaced ones first, of the rest those absorbed."""
    found: dict[int, Part] = {}
    for relation, role in (("special_to", Role.DISPLACED), ("absorbs", Role.ABSORBED)):
        places = [at for at in range(len(contenders)) if at not in found]
        left = tuple(contenders[at] for at in places)
        for at, by in _taken(left, relation).items():
            found[places[at]] = _part(left[at], role, left[by])
    return found


def _taken(contenders: tuple[Contender, ...], relation: str) -> dict[int, int]:
    """Which contenders others take the place of, by place: who is taken, and by whom.

    The relation reaches on: what is special to a special provision is special to the general one.
    Two that name each other leave one another alone.
    """
    reach = {
        at: _reached(contender.violation, contenders, relation)
        for at, contender in enumerate(contenders)
        if contender.is_established
    }
    return {
        at: by
        for by in sorted(reach, reverse=True)
        for at, contender in enumerate(contenders)
        if contender.violation.id in reach[by]
        and contenders[by].violation.id not in reach.get(at, frozenset())
    }


def _reached(start: Violation, contenders: tuple[Contender, ...], relation: str) -> frozenset[str]:
    known = {c.violation.id: c.violation for c in contenders}
    found: set[str] = set()
    waiting = [start]
    while waiting:
        named: frozenset[str] = getattr(waiting.pop(), relation)
        fresh = (named & known.keys()) - found
        found |= fresh
        waiting += [known[name] for name in sorted(fresh)]
    return frozenset(found)


def _lone(rest: tuple[Contender, ...], basis: Basis) -> Selected:
    """An act of which one norm stands: there is nothing to choose."""
    fined = _select(rest).fined
    winner = 0 if fined and rest[0].penalised is Truth.TRUE else None
    return Selected(basis=basis, winner=winner, fined=fined)


def _select(rest: tuple[Contender, ...]) -> Selected:
    """The contender to be applied, under every answer to what is not known."""
    able = [at for at, c in enumerate(rest) if c.penalised is not Truth.FALSE]
    threats = [rest[at].threat for at in able]
    unknown = tuple(sorted({name for threat in threats for name in threat.unknown()}))
    grid = answers_to(threats, rest[0].law.vocabulary)
    if grid is None:
        return _unanswered(rest, able, unknown)
    ranges = [{at: rest[at].threat.range(answers) for at in able} for answers in grid]
    fined = frozenset(at for found in ranges for at, one in found.items() if one is not None)
    if not fined:
        return Selected(basis=Basis.NO_FINE)
    results = [_best(rest, found) for found in ranges]
    common = _common(results)
    if common:
        winner = min(common)
        basis = _basis(winner, rest, ranges)
        return Selected(basis=basis, winner=winner, fined=fined, idle_facts=unknown)
    open_facts = grid.deciding(results)
    waits = bool(open_facts) or any(
        rest[at].penalised is Truth.UNKNOWN and not rest[at].outcome.settled for at in fined
    )
    return Selected(
        basis=Basis.OPEN if waits else Basis.DISCRETION,
        fined=fined,
        open_facts=open_facts,
        chosen=not waits,
    )


def _common(results: Iterable[Found]) -> frozenset[int]:
    """The contenders that may be applied under every answer under which there is a fine at all."""
    found = [result for result in results if result is None or result]
    sure = [result for result in found if result is not None]
    return frozenset.intersection(*sure) if sure and len(sure) == len(found) else frozenset()


def _unanswered(rest: tuple[Contender, ...], able: list[int], unknown: tuple[str, ...]) -> Selected:
    """Where there are too many answers to look at, all facts are asked, unless one norm is left."""
    fined = frozenset(able)
    if len(able) == 1 and rest[able[0]].penalised is Truth.TRUE:
        return Selected(basis=Basis.SOLE, winner=able[0], fined=fined)
    return Selected(basis=Basis.OPEN, fined=fined, open_facts=unknown, chosen=False)


def _best(rest: tuple[Contender, ...], ranges: Mapping[int, FineRange | None]) -> Found:
    """The contenders with the highest fine and the heaviest other kinds; equals are all named.

    None if one of them may yet go without a fine: the next one would then take its place.
    """
    fined = {at: found for at, found in ranges.items() if found is not None}
    top = frozenset(
        at
        for at in fined
        if all(_order(at, other, rest, fined) is not Order.LIGHTER for other in fined)
    )
    sure = frozenset(at for at in top if rest[at].penalised is Truth.TRUE)
    return sure if sure or not top else None


def _order(
    one: int, other: int, rest: tuple[Contender, ...], fined: Mapping[int, FineRange]
) -> Order:
    order = compare_ranges(fined[one], fined[other])
    if order is Order.EQUAL:
        mine, theirs = rest[one].kinds, rest[other].kinds
        order = Order.EQUAL if mine == theirs else Order(1 if mine > theirs else -1)
    # INVARIANT: under answers to all facts no range multiplies an unknown amount.
    return cast("Order", order)


def _basis(
    winner: int, rest: tuple[Contender, ...], ranges: Iterable[Mapping[int, FineRange | None]]
) -> Basis:
    """What set the winner apart: the fine under some answers, else the other kinds."""
    found = Basis.SOLE
    for answer in ranges:
        own = answer[winner]
        for at, other in answer.items():
            if at == winner or own is None or other is None:
                continue
            if compare_ranges(own, other) is Order.HEAVIER:
                return Basis.HIGHER_FINE
            if rest[winner].kinds > rest[at].kinds:
                found = Basis.KINDS
            elif found is Basis.SOLE:
                found = Basis.EQUAL
    return found


def _standing(at: int, rest: tuple[Contender, ...], selected: Selected) -> Part:
    """A part whose norm stands."""
    own = rest[at]
    winner = None if selected.winner is None else rest[selected.winner]
    if own.outcome.grade is Grade.EXEMPT:
        return _part(own, Role.EXEMPT)
    if at == selected.winner:
        return _part(own, Role.APPLIED)
    if own.penalised is Truth.FALSE or at not in selected.fined:
        is_open = own.penalised is Truth.UNKNOWN and not own.outcome.settled
        return _part(own, Role.UNDETERMINED if is_open else Role.WITHOUT_FINE)
    if winner is None or own.penalised is Truth.UNKNOWN:
        return _part(own, Role.UNDETERMINED)
    return _part(own, Role.FINED_ELSEWHERE, winner)


def _part(own: Contender, role: Role, by: Contender | None = None) -> Part:
    citation = own.statutory.citation
    provision = (
        own.violation.title if citation is None else both(lambda lang: say_citation(citation, lang))
    )
    details: dict[str, Text] = {"provision": provision} if role is Role.APPLIED else {}
    if by is not None:
        details["by"] = _quoted(by)
    return Part(
        outcome=own.outcome,
        role=role,
        by=None if by is None else by.case.id,
        text=phrase(f"part.{role.value}", **details),
        statutory=own.statutory,
        crime_duties=own.crime_duties,
    )


def _quoted(contender: Contender) -> Text:
    return phrase("quoted", text=contender.violation.title)


def _text(selected: Selected, rest: tuple[Contender, ...], vocabulary: Vocabulary) -> Text:
    """How the provision was chosen, in words, with the ranges that were compared."""
    fined = [rest[at] for at in sorted(selected.fined)] or list(rest)
    mark = phrase("basis.mark")
    said = both(lambda lang: mark.in_(lang).join(_range_text(one).in_(lang) for one in fined))
    if selected.idle_facts:
        labels = [vocabulary[n].label for n in selected.idle_facts if n in vocabulary]
        facts = both(lambda lang: join((label.in_(lang) for label in labels), lang))
        idle = phrase("basis.idle", facts=facts)
        said = Text(zh=said.zh + idle.zh, en=said.en + idle.en)
    one = _quoted(rest[selected.winner or 0])
    norm = both(lambda lang: say_citation(ARTICLE_29, lang))
    return phrase(f"basis.{selected.basis.value}", ranges=said, one=one, norm=norm)


def _range_text(contender: Contender) -> Text:
    fine = contender.statutory
    if fine.citation is None:
        return phrase("basis.range-uncited", violation=_quoted(contender), range=fine.text)
    citation = fine.citation
    return phrase(
        "basis.range",
        violation=_quoted(contender),
        citation=both(lambda lang: say_citation(citation, lang)),
        range=fine.text,
    )


def _question(name: str, vocabulary: Vocabulary) -> Question:
    """The question for a fact on which only the choice waits."""
    if name in _DATES and name not in vocabulary:
        ask, label = phrase(f"ask.{name}"), phrase(f"after.{name}")
        return Question(fact=name, kind=Kind.DATE, ask=ask, label=label, changes=(CHOICE,))
    fact = vocabulary[name]
    return Question(
        fact=name,
        kind=fact.kind,
        ask=fact.question or phrase("ask.fact", label=fact.label),
        label=fact.label,
        choices=tuple((choice.code, choice.label) for choice in fact.choices),
        unit="yuan" if fact.kind is Kind.MONEY else fact.unit.value if fact.unit else None,
        evidence=fact.evidence,
        answered_by=tuple(who.value for who in fact.answered_by),
        judgement=fact.judgement,
        group=fact.group,
        changes=(CHOICE,),
    )
