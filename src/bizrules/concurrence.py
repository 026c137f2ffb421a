"""Several cases of one party together: which provision an act is fined by (竞合).

Of the norms that one act broke, special provisions displace general ones, then violations absorb
those that merge into them; among the rest the higher statutory fine is applied. Several acts stay
apart: each is decided by itself.

*Source*: 行政处罚法 27, 29.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from bizrules.assessment import Assessor
from bizrules.cases import Act, Case, format_span
from bizrules.contenders import Contender, Selected, contender_of, lone, select
from bizrules.errors import CaseError, Problem
from bizrules.evaluation import Evaluator
from bizrules.facts import Vocabulary
from bizrules.matters import ARTICLE_29, ActOutcome, Basis, MatterOutcome, Part, Role
from bizrules.outcomes import CHOICE, Outcome, Question
from bizrules.penalties import Grade
from bizrules.provenance import Location, Text
from bizrules.questions import question_about
from bizrules.rules import Violation
from bizrules.statutory import Grid
from bizrules.truth import Truth
from bizrules.wording import both, join, phrase, quoted, say_citation

_MOST_DOUBTFUL: Final = 8
"""So many norms of which it is open whether they take the place of others are looked at."""


@attrs.frozen(kw_only=True, eq=False)
class Taken:
    """The contenders whose norms give way to others.

    Attributes:
        parts: Their parts, by place.
        open: Those of which it is open, by place, with the contender to which they may give way.
        facts: Facts for which that waits.
    """

    parts: Mapping[int, Part]
    open: Mapping[int, Contender]
    facts: tuple[str, ...]


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


def _act(act: str | None, outcomes: tuple[Outcome, ...], evaluator: Evaluator) -> ActOutcome:
    contenders = tuple(contender_of(outcome, evaluator) for outcome in outcomes)
    taken = _taken_parts(contenders)
    standing = [at for at in range(len(contenders)) if at not in taken.parts]
    rest = tuple(contenders[at] for at in standing)
    basis = Basis.REMAINS if taken.parts else Basis.LONE
    selected = select(rest) if len(rest) > 1 else lone(rest, basis)
    if taken.open:
        selected = _doubtful(selected, taken.facts)
    own = {
        at: _standing(number, rest, selected, taken.open.get(at))
        for number, at in enumerate(standing)
    }
    parts = tuple({**taken.parts, **own}[at] for at in range(len(contenders)))
    asked = {q.fact for part in parts if part.role.stands for q in part.outcome.questions}
    missing = [name for name in selected.open_facts if name not in asked]
    assessor = evaluator.assessor
    if selected.basis is Basis.REMAINS:
        said = _remains_text(rest[0], taken.parts.values())
    else:
        said = _text(selected, rest, assessor.vocabulary)
    return ActOutcome(
        act=act,
        parts=parts,
        basis=selected.basis,
        text=said,
        citations=(ARTICLE_29,) if len(selected.fined) > 1 else (),
        open_facts=selected.open_facts,
        asked=tuple(_question(name, rest, assessor) for name in missing),
        chosen=selected.chosen,
    )


def _doubtful(selected: Selected, facts: tuple[str, ...]) -> Selected:
    """No choice yet: it is open which norms stand."""
    return Selected(
        basis=Basis.OPEN, fined=selected.fined, open_facts=facts, chosen=False, doubtful=True
    )


def _taken_parts(contenders: tuple[Contender, ...]) -> Taken:
    """The parts whose norms do not stand, for every way in which the others may be established."""
    names = {contender.violation.id for contender in contenders}
    doubtful = [
        at
        for at, one in enumerate(contenders)
        if one.established is Truth.UNKNOWN
        and not names.isdisjoint(one.violation.special_to | one.violation.absorbs)
    ]
    sure = frozenset(at for at, one in enumerate(contenders) if one.established is Truth.TRUE)
    if len(doubtful) > _MOST_DOUBTFUL:
        found = [_given_way(contenders, sure.union(doubtful)), {}]
        deciding = doubtful
    else:
        grid = Grid({str(at): (True, False) for at in doubtful})
        ways = [frozenset(at for at in doubtful if told[str(at)] is True) for told in grid]
        found = [_given_way(contenders, sure | way) for way in ways]
        results = [frozenset((at, role) for at, (role, _) in one.items()) for one in found]
        deciding = [int(name) for name in grid.deciding(results)]
    # In the last way only those stand that surely do.
    last = found[-1]
    alike = {
        at for at, (role, _) in last.items() if all(one.get(at, ("",))[0] is role for one in found)
    }
    waiting = {at: by for one in found for at, (_, by) in one.items() if at not in alike}
    return Taken(
        parts={at: _part(contenders[at], last[at][0], contenders[last[at][1]]) for at in alike},
        open={at: contenders[by] for at, by in waiting.items()},
        facts=tuple(sorted({name for at in deciding for name in contenders[at].waits})),
    )


def _given_way(
    contenders: tuple[Contender, ...], established: frozenset[int]
) -> dict[int, tuple[Role, int]]:
    """Who gives way, in which role and to whom; displaced ones first, then those absorbed."""
    found: dict[int, tuple[Role, int]] = {}
    for relation, role in (("special_to", Role.DISPLACED), ("absorbs", Role.ABSORBED)):
        places = [at for at in range(len(contenders)) if at not in found]
        reach = {
            at: _reached(contenders[at].violation, [contenders[one] for one in places], relation)
            for at in places
            if at in established
        }
        found.update({at: (role, by) for at, by in _taken(contenders, places, reach).items()})
    return found


def _taken(
    contenders: tuple[Contender, ...], places: list[int], reach: Mapping[int, frozenset[str]]
) -> dict[int, int]:
    """Which contenders others take the place of, by place: who is taken, and by whom.

    The relation reaches on: what is special to a special provision is special to the general one.
    Two that name each other leave one another alone.
    """
    return {
        at: by
        for by in sorted(reach, reverse=True)
        for at in places
        if contenders[at].violation.id in reach[by]
        and contenders[by].violation.id not in reach.get(at, frozenset())
    }


def _reached(start: Violation, contenders: Iterable[Contender], relation: str) -> frozenset[str]:
    known = {c.violation.id: c.violation for c in contenders}
    found: set[str] = set()
    waiting = [start]
    while waiting:
        named: frozenset[str] = getattr(waiting.pop(), relation)
        fresh = (named & known.keys()) - found
        found |= fresh
        waiting += [known[name] for name in sorted(fresh)]
    return frozenset(found)


def _standing(
    at: int, rest: tuple[Contender, ...], selected: Selected, over: Contender | None
) -> Part:
    """A part whose norm stands, or may: then `over` is the contender to which it may give way."""
    own = rest[at]
    winner = None if selected.winner is None else rest[selected.winner]
    if own.outcome.grade is Grade.EXEMPT and own.penalised is Truth.FALSE:
        return _part(own, Role.EXEMPT)
    if over is not None:
        text = phrase("part.doubtful", over=_quoted(over))
        return attrs.evolve(_part(own, Role.UNDETERMINED), text=text)
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
    return quoted(contender.violation.title)


def _remains_text(one: Contender, taken: Iterable[Part]) -> Text:
    """How one norm came to remain: the others were displaced, or absorbed, or some of each."""
    roles = {part.role for part in taken}
    key = next(iter(roles)).value if len(roles) == 1 else "both"
    return phrase(f"basis.remains.{key}", one=_quoted(one))


def _text(selected: Selected, rest: tuple[Contender, ...], vocabulary: Vocabulary) -> Text:
    """How the provision was chosen, in words, with the ranges that were compared."""
    fined = [rest[at] for at in sorted(selected.equals or selected.fined)] or list(rest)
    mark = phrase("basis.mark")
    said = both(lambda lang: mark.in_(lang).join(_range_text(one).in_(lang) for one in fined))
    if selected.idle_facts:
        labels = [vocabulary[n].label for n in selected.idle_facts if n in vocabulary]
        facts = both(lambda lang: join((label.in_(lang) for label in labels), lang))
        idle = phrase("basis.idle", facts=facts)
        said = Text(zh=said.zh + idle.zh, en=said.en + idle.en)
    one = _quoted(rest[selected.winner or 0])
    norm = both(lambda lang: say_citation(ARTICLE_29, lang))
    key = "doubtful" if selected.doubtful else selected.basis.value
    return phrase(f"basis.{key}", ranges=said, one=one, norm=norm)


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


def _question(name: str, rest: tuple[Contender, ...], assessor: Assessor) -> Question:
    """The question for a fact on which only the choice waits, put in the case that waits for it."""
    one = next((contender for contender in rest if contender.asks(name)), rest[0])
    return question_about(name, assessor, one.answer, changes=(CHOICE,))
