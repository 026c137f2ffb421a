"""Hypothesis strategies made of a vocabulary and rules: facts, cases and rulesets.

What they draw lies where rules turn: values at and beside the thresholds of the conditions, days
about the borders of validity, facts unknown as often as known. They shrink towards a case of which
nothing is known, of the first violation, on an ordinary day.

The strategies need the extra `testing` of the library.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

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
from bizrules.values import DateSpan, month_end

__all__ = ["answered", "cases", "facts", "ruleset_documents", "rulesets", "values"]

CASE_ID: Final = "smallest"
_LONG: Final = timedelta(days=60)
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
    """

    regions: tuple[str, ...]
    violations: tuple[str, ...]
    favoured: frozenset[str] = frozenset()


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

    Facts are drawn so that some of the rules hold, fail by a little or wait for a fact; days lie
    about the borders of validity; priors, party and measures are known or not.

    Args:
        engine: The engine.
        package: Name of a package of rules: cases in its places and about them, under its
            violations; None for all.
        regions: Places to draw from instead.
        violations: Violations to draw from instead.
    """
    scope = scope_of(engine, package)
    if regions is not None:
        scope = attrs.evolve(scope, regions=tuple(regions))
    if violations is not None:
        scope = attrs.evolve(scope, violations=tuple(violations))
    return cases_in(engine, scope)


def cases_in(engine: Engine, scope: Scope) -> st.SearchStrategy[Case]:
    """Cases of a scope; see `cases`."""

    # Without arguments: hypothesis would show all that the engine knows.
    @st.composite
    def smallest_first(draw: st.DrawFn) -> Case:
        return _draw_case(draw, engine, scope)

    return smallest_first()


def _draw_case(draw: st.DrawFn, engine: Engine, scope: Scope) -> Case:
    scene = scene_of(
        engine, draw(st.sampled_from(scope.regions)), draw(st.sampled_from(scope.violations))
    )
    targets = _targets(draw, scene, scope)
    bare = Case(
        id=CASE_ID,
        region=scene.region,
        violation=scene.violation.id,
        facts=dict(_facts_about(draw, scene, targets)),
        party=draw(_PARTIES),
        examined=draw(_groups(scene)),
        measures=draw(_measures(scene)),
    )
    dated = _dated(draw, bare, scene)
    priors = draw(st.none() | _priors(dated))
    found = attrs.evolve(dated, priors=priors)
    return found if in_order(found) else attrs.evolve(dated, priors=None)


def _targets(draw: st.DrawFn, scene: Scene, scope: Scope) -> list[Rule]:
    """At most three rules to aim at, those of the favoured rulesets as often as all others."""
    own = [rule for rule in scene.rules if rule.ruleset in scope.favoured]
    pools = [pool for pool in (own, scene.rules) if pool]
    if not pools:
        return []
    one = st.one_of([st.sampled_from(pool) for pool in pools])
    return draw(st.lists(one, max_size=3))


def _facts_about(draw: st.DrawFn, scene: Scene, targets: Sequence[Rule]) -> Mapping[str, Value]:
    """Facts that let the targets hold, some of them withheld or changed, and a few others."""
    vocabulary, found = scene.vocabulary, dict[str, Value]()
    by_id = {one.rule.id: one for one in scene.candidates}
    for rule in targets:
        wanted = draw(st.integers(0, 7)) > 0
        aim(draw, by_id[rule.id].condition, vocabulary, found, wanted=wanted)
    kept = {name: value for name, value in found.items() if draw(st.integers(0, 7)) > 0}
    others = [st.sampled_from(scene.facts)] if scene.facts else []
    anything = st.sampled_from(sorted(vocabulary.facts)) if vocabulary.facts else st.nothing()
    for name in draw(st.lists(st.one_of(*others, anything), max_size=3)):
        kept[name] = draw(_value(vocabulary, name, scene.near.get(name, ())))
    return kept


def _dated(draw: st.DrawFn, case: Case, scene: Scene) -> Case:
    """The case with days about the borders of what is in force, exact, rough or not known."""
    day = st.sampled_from((DAY, *scene.days))
    decided = draw(st.sampled_from(scene.decision_days))
    committed = min(decided, draw(st.sampled_from((decided - _LONG, decided)) | day))
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
    return st.builds(Party, kind=st.just(kind), age=st.sampled_from((None, 40, 13, 14, 17, 18)))


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
    value = draw(_value(scene.vocabulary, name, scene.near.get(name, ())))
    return attrs.evolve(case, facts={**case.facts, name: value})


def _date_answered(draw: st.DrawFn, case: Case, name: str, scene: Scene) -> Case:
    in_force = scene.violation.in_force
    days = [
        day
        for day in (DAY, *scene.days, *_ends(case))
        if in_order(_on(case, name, day)) and (name == "committed" or in_force.contains(day))
    ]
    if not days:
        return case
    return _on(case, name, draw(st.sampled_from(days)))


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
