"""Hypothesis strategies made of a vocabulary and rules: facts, cases and rulesets.

What they draw lies where rules turn: values at and beside the thresholds of the conditions, days
about the borders of validity, facts unknown as often as known. They shrink towards a case of which
nothing is known, of the first violation, on an ordinary day.

The strategies need the extra `testing` of the library.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, TypeVar

import attrs
from hypothesis import strategies as st

from bizrules.case_dates import in_order
from bizrules.cases import Act, Case, Party, PartyKind, Prior, Priors
from bizrules.engine import Engine
from bizrules.facts import Value, Vocabulary
from bizrules.history import PriorResult
from bizrules.regions import NATIONAL
from bizrules.rules import Rule, Ruleset
from bizrules.testing._aiming import DAY, aim, values
from bizrules.testing._drafting import drafted, ruleset_documents
from bizrules.testing._scene import Scene, near_all, scene_of
from bizrules.testing._targets import Target, days_about, pools, targets_of
from bizrules.values import DateSpan, month_end

__all__ = ["answered", "cases", "facts", "ruleset_documents", "rulesets", "values"]

_T = TypeVar("_T")
CASE_ID: Final = "smallest"
_GAPS: Final = tuple(timedelta(days=days) for days in (60, 0, 1, 14, 30, 90, 180, 300))
"""From the act to the decision, in most cases: no limitation period runs out."""
_ADULT: Final = 40
_AGES: Final = (None, _ADULT, _ADULT, _ADULT, _ADULT, _ADULT, _ADULT, _ADULT, 18, 17, 14, 13)
_NATURAL: Final = (PartyKind.INDIVIDUAL, PartyKind.INDIVIDUAL_BUSINESS)
_SEARCHED: Final = DAY - timedelta(days=3650)
_MANY: Final = 256


def facts(
    known: Vocabulary | Engine, *, names: Iterable[str] | None = None, unknown: bool = True
) -> st.SearchStrategy[dict[str, Value]]:
    """Values of facts by name; what is left out is unknown.

    Args:
        known: A vocabulary, or an engine: then values lie at the thresholds of its rules as
            often as elsewhere.
        names: The facts to draw; all of the vocabulary unless given.
        unknown: Whether facts may be left out.
    """
    vocabulary = known if isinstance(known, Vocabulary) else known.vocabulary
    near = {} if isinstance(known, Vocabulary) else _near_rules(known)
    chosen = sorted(vocabulary.facts) if names is None else list(names)
    drawn = {name: _value(vocabulary, name, near.get(name, ())) for name in chosen}
    return st.fixed_dictionaries({}, optional=drawn) if unknown else st.fixed_dictionaries(drawn)


@lru_cache(maxsize=_MANY)
def _near_rules(engine: Engine) -> Mapping[str, tuple[Value, ...]]:
    """Values at the thresholds of all rules of an engine."""
    return near_all((rule.condition for rule in engine.rules.values()), engine.vocabulary)


def _value(vocabulary: Vocabulary, name: str, near: Sequence[Value]) -> st.SearchStrategy[Value]:
    anything = values(vocabulary[name])
    return st.one_of(st.sampled_from(near), anything) if near else anything


@attrs.frozen(kw_only=True)
class Scope:
    """Where and about what cases are drawn.

    Attributes:
        regions: The places; one that stands there twice is drawn more often.
        violations: Ids of the violations, likewise.
        favoured: Ids of rulesets whose rules the facts aim at first.
        targets: Rules from which two of three cases take violation, days and facts.
        at_home: Whether those cases also lie in the places of the rule, where there are any.
    """

    regions: tuple[str, ...]
    violations: tuple[str, ...]
    favoured: frozenset[str] = frozenset()
    targets: tuple[Target, ...] = ()
    at_home: bool = True


def scope_of(engine: Engine, package: str | None = None) -> Scope:
    """The scope of a package of rules: its places and those about them, and its violations.

    Args:
        engine: The engine.
        package: Name of the package; None for everything that the engine knows.
    """
    own = [one for one in engine.rulesets if package in (None, one.plugin)]
    places = sorted({one.region for one in own}) or [NATIONAL]
    regions = [place for place in places for _ in range(4)]
    for place in places:
        regions += _about(engine, place)
    named = {
        violation
        for one in own
        for rule in one.rules
        for violation in rule.violations or ()
        if violation in engine.violations
    }
    return Scope(
        regions=tuple(regions),
        violations=tuple(sorted(named)) or tuple(sorted(engine.violations)),
        favoured=frozenset(one.id for one in own),
        targets=targets_of(engine, package),
    )


def _about(engine: Engine, place: str) -> list[str]:
    """A place inside, the one above and one beside, as far as there are any."""
    known = engine.regions
    region = known.get(place)
    if region is None or region.parent is None:
        return ["530103"] if "530103" in known else []
    inside, beside = _relatives(engine, place)
    return [*inside, region.parent, *beside]


@lru_cache(maxsize=_MANY)
def _relatives(engine: Engine, place: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    regions = engine.regions.regions
    own = engine.regions.get(place)
    inside = [one.code for one in regions if one.parent == place]
    beside = [one.code for one in regions if own and one.parent == own.parent and one.code != place]
    return tuple(inside[:1]), tuple(beside[:1])


def cases(
    engine: Engine,
    *,
    package: str | None = None,
    regions: Iterable[str] | None = None,
    violations: Iterable[str] | None = None,
) -> st.SearchStrategy[Case]:
    """Cases that the engine can evaluate, near the borders of its rules.

    Two of three cases are drawn for a rule of the package: where, under what and when it speaks.
    Facts are drawn so that some of the rules hold, fail by a little or wait for a fact; days lie
    inside what is in force or about its borders; priors, party and measures are known or not.

    Args:
        engine: The engine.
        package: Name of a package of rules: cases in its places and about them, under its
            violations; None for all.
        regions: Places to draw from instead.
        violations: Violations to draw from instead.
    """
    scope = scope_of(engine, package)
    if regions is not None:
        scope = _placed(engine, scope, tuple(regions))
    if violations is not None:
        scope = _narrowed(scope, tuple(violations))
    return cases_in(engine, scope)


def _placed(engine: Engine, scope: Scope, regions: tuple[str, ...]) -> Scope:
    """The scope in these places alone."""
    line = {above for one in regions for above in engine.regions.ancestors(one)}
    targets = tuple(one for one in scope.targets if one.rule.region in line)
    return attrs.evolve(scope, regions=regions, targets=targets)


def _narrowed(scope: Scope, violations: tuple[str, ...]) -> Scope:
    """The scope under these violations alone."""
    kept = (
        attrs.evolve(one, violations=tuple(v for v in one.violations if v in violations))
        for one in scope.targets
    )
    targets = tuple(one for one in kept if one.violations)
    return attrs.evolve(scope, violations=violations, targets=targets)


def cases_in(engine: Engine, scope: Scope) -> st.SearchStrategy[Case]:
    """Cases of a scope; see `cases`."""

    # Without arguments: hypothesis would show all that the engine knows.
    @st.composite
    def smallest_first(draw: st.DrawFn) -> Case:
        # The smallest case is aimed at no rule.
        if scope.targets and draw(st.sampled_from((False, True, True))):
            target = draw(st.sampled_from(scope.targets))
            places = _places(engine, scope, target.rule.region)
            region, violation = st.sampled_from(places), st.sampled_from(target.violations)
            scene = scene_of(engine, draw(region), draw(violation))
            return _draw_case(draw, scene, scope, target.rule)
        region, violation = st.sampled_from(scope.regions), st.sampled_from(scope.violations)
        return _draw_case(draw, scene_of(engine, draw(region), draw(violation)), scope, None)

    return smallest_first()


def _places(engine: Engine, scope: Scope, region: str) -> tuple[str, ...]:
    """Places of the scope inside a region; all of them if there is none, or it is not wanted."""
    return (_inside(engine, scope.regions, region) if scope.at_home else ()) or scope.regions


@lru_cache(maxsize=_MANY)
def _inside(engine: Engine, regions: tuple[str, ...], region: str) -> tuple[str, ...]:
    return tuple(one for one in regions if engine.regions.is_within(one, region))


def _draw_case(draw: st.DrawFn, scene: Scene, scope: Scope, target: Rule | None) -> Case:
    found = _facts_about(draw, scene, scope, target)
    bare = Case(
        id=CASE_ID,
        region=scene.region,
        violation=scene.violation.id,
        facts=found,
        party=_agreeing(draw(_PARTIES), found),
        examined=draw(_groups(scene)),
        measures=draw(_measures(scene)),
    )
    days = scene.decision_days if target is None else days_about(target, scene)
    dated = _dated(draw, bare, scene, days)
    priors = draw(st.none() | _priors(dated))
    # What a search tells contradicts what is stated more often than not.
    stated = _TOLD_BY_PRIORS & found.keys() and draw(st.integers(0, 3)) < 3  # noqa: PLR2004
    complete = attrs.evolve(dated, priors=None if stated else priors)
    return complete if in_order(complete) else attrs.evolve(dated, priors=None)


_TOLD_BY_PRIORS: Final = frozenset({"first_violation", "prior_count"})


def _agreeing(party: Party, facts: Mapping[str, Value]) -> Party:
    """The party, of which nothing is said that the facts say as well."""
    kind = None if "party_kind" in facts else party.kind
    age = None if {"age_at_act", "party_is_minor"} & facts.keys() else party.age
    return attrs.evolve(party, kind=kind, age=age)


def _facts_about(
    draw: st.DrawFn, scene: Scene, scope: Scope, target: Rule | None
) -> dict[str, Value]:
    """Facts that let the targets hold, or just fail; some withheld or changed; a few others."""
    vocabulary, found = scene.vocabulary, dict[str, Value]()
    by_id = {one.rule.id: one.condition for one in scene.candidates}
    first = [] if target is None else [target]
    for rule in (*first, *_further(draw, scene, scope)):
        wanted = draw(st.integers(0, 7)) > 0
        aim(draw, by_id.get(rule.id, rule.condition), vocabulary, found, wanted=wanted)
    kept = {name: value for name, value in found.items() if draw(st.integers(0, 15)) > 0}
    others = [st.sampled_from(scene.facts)] if scene.facts else []
    anything = st.sampled_from(sorted(vocabulary.facts)) if vocabulary.facts else st.nothing()
    for name in draw(st.lists(st.one_of(*others, anything), max_size=3)):
        kept[name] = draw(_plausible(scene, name))
    return kept


def _further(draw: st.DrawFn, scene: Scene, scope: Scope) -> list[Rule]:
    """At most two rules to aim at besides, of every kind as often as of any other."""
    own = [one for one in scene.candidates if one.rule.ruleset in scope.favoured]
    chosen = [pool for some in (own, scene.candidates) for pool in pools(some)]
    if not chosen:
        return []
    one = st.sampled_from(range(len(chosen))).flatmap(lambda drawn: st.sampled_from(chosen[drawn]))
    return draw(st.lists(one, max_size=2))


def _plausible(scene: Scene, name: str) -> st.SearchStrategy[Value]:
    """A value of the fact; seldom the one on which an exemption that binds turns."""
    drawn = _value(scene.vocabulary, name, scene.near.get(name, ()))
    usual = scene.usual.get(name, ())
    return _mostly(st.sampled_from(usual), drawn, times=15) if usual else drawn


def _mostly(
    usual: st.SearchStrategy[_T], other: st.SearchStrategy[_T], *, times: int = 7
) -> st.SearchStrategy[_T]:
    """The first strategy so many times as often as the other."""
    # A choice of strategies would draw from the same one no more often for standing there twice.
    return st.integers(0, times).flatmap(lambda drawn: usual if drawn < times else other)


def _dated(draw: st.DrawFn, case: Case, scene: Scene, days: Sequence[date]) -> Case:
    """The case, decided on one of the days; dates are exact, rough or not known."""
    decided = draw(st.sampled_from(days))
    near = st.sampled_from([decided - gap for gap in _GAPS])
    day = st.sampled_from((DAY, *scene.days))
    committed = min(decided, draw(_mostly(near, day)))
    act = draw(st.sampled_from((0, 0, 0, 0, 1, 2, 3)))
    acts = (
        Act(ended=DateSpan.on(committed)),
        Act(ended=_month(committed)),
        Act(began=DateSpan.on(committed), ended=DateSpan.on(decided)),
        None,
    )
    between = DateSpan.on(max(committed, decided - timedelta(days=30)))
    known = draw(st.sets(st.sampled_from(("discovered", "filed", "notified"))))
    # Nine of ten are decided on a known day.
    is_decided = draw(st.integers(0, 9)) < 9  # noqa: PLR2004 - as said
    return attrs.evolve(
        case,
        committed=acts[act],
        discovered=between if "discovered" in known else None,
        filed=between if "filed" in known else None,
        notified=between if "notified" in known else None,
        decided=DateSpan.on(decided) if is_decided else None,
    )


def _month(day: date) -> DateSpan:
    first = day.replace(day=1)
    return DateSpan(first, month_end(first))


def _ages(kind: PartyKind | None) -> st.SearchStrategy[Party]:
    if kind not in _NATURAL:
        return st.just(Party(kind=kind))
    return st.builds(Party, kind=st.just(kind), age=st.sampled_from(_AGES))


_PARTIES: Final = st.sampled_from((None, *PartyKind)).flatmap(_ages)


def _groups(scene: Scene) -> st.SearchStrategy[frozenset[str]]:
    groups = sorted(scene.vocabulary.groups)
    some = st.frozensets(st.sampled_from(groups), max_size=2) if groups else st.just(frozenset())
    return st.one_of(st.just(frozenset[str]()), some, st.just(frozenset(groups)))


def _measures(scene: Scene) -> st.SearchStrategy[tuple[str, ...]]:
    if not scene.measures:
        return st.just(())
    return st.lists(st.sampled_from(scene.measures), max_size=2, unique=True).map(tuple)


def _priors(case: Case) -> st.SearchStrategy[Priors]:
    """Searches of the records, with earlier violations at and beside the ends of usual windows."""
    decided = case.decided.latest if case.decided and case.decided.latest else DAY
    days = [decided - timedelta(days=days) for days in (1, 300, 365, 366, 730, 731, 1900)]
    prior = st.builds(
        Prior,
        committed=st.none(),
        decided=st.none() | st.sampled_from(days),
        region=st.sampled_from((case.region, None)),
        violation=st.just(case.violation),
        result=st.sampled_from((PriorResult.PENALISED, *PriorResult)),
    )
    return st.builds(
        Priors,
        searched_since=st.sampled_from((_SEARCHED, None, *days[3:])),
        found=st.lists(prior, max_size=2).map(tuple),
    )


def answered(
    engine: Engine, base: st.SearchStrategy[Case], *, rounds: int = 12
) -> st.SearchStrategy[Case]:
    """The cases of a strategy, with every question answered, round after round.

    Args:
        engine: What asks.
        base: The cases, such as those of `cases`.
        rounds: How often to ask at most.
    """

    # As in `cases_in`.
    @st.composite
    def with_answers(draw: st.DrawFn) -> Case:
        return _draw_answers(draw, draw(base), engine, rounds)

    return with_answers()


def _draw_answers(draw: st.DrawFn, case: Case, engine: Engine, rounds: int) -> Case:
    for _ in range(rounds):
        questions = engine.evaluate(case).questions
        if not questions:
            break
        scene = scene_of(engine, case.region, case.violation)
        for question in questions:
            case = _answer(draw, case, question.fact, scene)
    return case


def _answer(draw: st.DrawFn, case: Case, name: str, scene: Scene) -> Case:
    """The case with an answer to a question, at a threshold as often as elsewhere."""
    if name in ("committed", "decided") and name not in scene.vocabulary:
        return _date_answered(draw, case, name, scene)
    value = draw(_plausible(scene, name))
    return attrs.evolve(case, facts={**case.facts, name: value})


def _date_answered(draw: st.DrawFn, case: Case, name: str, scene: Scene) -> Case:
    in_force = scene.violation.in_force
    ends = _ends(case)
    beside = (end + sign * gap for end in ends for gap in _GAPS for sign in (-1, 1))

    def fits(day: date) -> bool:
        return in_order(_on(case, name, day)) and (name == "committed" or in_force.contains(day))

    near = list(filter(fits, (*ends, *beside)))
    far = list(filter(fits, (DAY, *scene.days)))
    if not near and not far:
        return case
    found = _mostly(st.sampled_from(near or far), st.sampled_from(far or near))
    return _on(case, name, draw(found))


def _ends(case: Case) -> tuple[date, ...]:
    """Days of the case itself, of which one at least follows the others."""
    spans = (
        case.committed.ended if case.committed else None,
        case.discovered,
        case.filed,
        case.notified,
        case.decided,
    )
    found = (day for span in spans if span for day in (span.earliest, span.latest))
    return tuple(day for day in found if day is not None)


def _on(case: Case, name: str, day: date) -> Case:
    span = DateSpan.on(day)
    if name == "decided":
        return attrs.evolve(case, decided=span)
    began = case.committed.began if case.committed else None
    return attrs.evolve(case, committed=Act(ended=span, began=began))


def rulesets(
    known: Vocabulary | Engine,
    *,
    region: str = NATIONAL,
    violations: Iterable[str] | None = None,
    most: int = 4,
) -> st.SearchStrategy[Ruleset]:
    """Rulesets that were written as documents and load without a problem.

    Args:
        known: The facts that conditions may read; with an engine also its violations.
        region: GB/T 2260 code of the place.
        violations: Ids of the violations rules may name; those of the engine unless given.
        most: At most so many rules.
    """
    return ruleset_documents(known, region=region, violations=violations, most=most).map(
        lambda document: drafted(document, known)
    )
