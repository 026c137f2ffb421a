"""Worlds whose law changes in time, their cases, and how both are moved to other years.

Everything that may have dates has them: rules, rulesets, provisions, duties, definitions, bands,
and when each was published or its end announced.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, TypeVar

import attrs
from hypothesis import strategies as st

from bizrules.assessment import Assessment
from bizrules.cases import Case, Party, PartyKind, Prior, Priors
from bizrules.conditions import ALWAYS, Condition, Op
from bizrules.derivation import act_span, decision_span
from bizrules.engine import Engine
from bizrules.history import FirstViolation, Window, WindowUnit
from bizrules.loading import Knowledge
from bizrules.outcomes import Outcome
from bizrules.penalties import Band, BandTable, FineEffect, Grade, Modality, Provision
from bizrules.rules import (
    Combination,
    Deadline,
    Duty,
    Ground,
    Reach,
    Rule,
    RuleEffect,
    Ruleset,
    Trigger,
    Violation,
)
from bizrules.selection import Moment
from bizrules.values import DateSpan, Interval, Money, add_months
from property.worlds import (
    CITE,
    CITY,
    DISTRICT,
    NATIONAL,
    ONE,
    TWO,
    VALUES,
    World,
    case,
    check,
    fine_tier,
    is_false,
    is_true,
    knowledge,
    provision,
    rule,
    ruleset,
    violation,
)
from strategies import text

T = TypeVar("T")

BORDERS: Final = (date(2021, 7, 15), date(2022, 1, 1), date(2022, 7, 1), date(2023, 1, 1))
"""Days on which the law may change."""

ANNOUNCED: Final = (date(2021, 3, 1), date(2021, 12, 1), date(2022, 6, 1))
"""Days on which something may be published or an end announced."""

_DAYS: Final = sorted(
    {day + timedelta(days=step) for day in BORDERS for step in (-40, -1, 0, 1, 40)}
)
_PERMITS: Final[Sequence[tuple[Grade, ...]]] = (
    (Grade.EXEMPT,),
    (Grade.LIGHTER,),
    (Grade.MITIGATED,),
    (Grade.LIGHTER, Grade.MITIGATED),
    (Grade.HEAVIER,),
    (Grade.HEAVIER,),
)
_CONDITIONS: Final[Sequence[Condition]] = (
    ALWAYS,
    ALWAYS,
    is_true("sold"),
    is_true("first_violation"),
    is_false("first_violation"),
    check("ordered_on", Op.BEFORE, date(2022, 1, 1)),
    check("age_at_act", Op.BELOW, 18),
    check("goods_value", Op.BELOW, Money(50_000)),
)
_EFFECTS: Final = (
    RuleEffect(),
    RuleEffect(),
    RuleEffect(fine=FineEffect(amount=6_000_000)),
    RuleEffect(fine=FineEffect(floor=Fraction(1, 10))),
)
_DEFINITIONS: Final = (
    None,
    FirstViolation(window=Window(24)),
    FirstViolation(window=Window(12), since=date(2021, 1, 1)),
    FirstViolation(window=Window(2, WindowUnit.CALENDAR_YEARS)),
)


def _interval(start: date | None, until: date | None, known: date | None) -> Interval:
    if start is not None and until is not None and until <= start:
        start, until = (until, start) if until < start else (start, None)
    return Interval(start, until, known if until is not None else None)


def intervals() -> st.SearchStrategy[Interval]:
    """Days in force, open or closed at either end; the end may have been announced later."""
    ends = st.sampled_from((None, None, *BORDERS))
    return st.builds(_interval, ends, ends, st.sampled_from((None, None, *ANNOUNCED)))


def _rules(published: date | None) -> st.SearchStrategy[Rule]:
    later = [day for day in ANNOUNCED if published is None or day >= published]

    def build(**drawn: Any) -> Rule:  # noqa: ANN401 - any field
        return rule("", **drawn)

    return st.builds(
        build,
        permits=st.sampled_from(_PERMITS),
        when=st.sampled_from(_CONDITIONS),
        ground=st.sampled_from((Ground.LISTED, Ground.MINOR, Ground.AGGRAVATION)),
        modality=st.sampled_from(Modality),
        violations=st.sampled_from((None, frozenset({ONE}))),
        list=st.sampled_from((None, "exempt")),
        in_force=intervals(),
        published=st.sampled_from((None, None, *later)),
        effect=st.sampled_from(_EFFECTS),
    )


_DUTY: Final = Duty(
    id="",
    ruleset="",
    text=text("report"),
    trigger=Trigger.ALWAYS,
    deadline=Deadline(length=30, anchor="decided"),
    citations=(CITE,),
)


@st.composite
def _rulesets(draw: st.DrawFn, name: str, region: str, reaches: Sequence[Reach]) -> Ruleset:
    published = draw(st.sampled_from((None, None, *ANNOUNCED)))
    in_force, reach = draw(intervals()), draw(st.sampled_from(reaches))
    rules = draw(st.lists(_rules(published), max_size=3))
    definition = draw(st.sampled_from(_DEFINITIONS))
    bands = draw(st.sampled_from((None, None, "1/10", "1/2")))
    duty = attrs.evolve(_DUTY, id=f"{name}/report", ruleset=name, in_force=draw(intervals()))
    made = ruleset(
        name,
        [attrs.evolve(one, id=f"{name}/{i}", reach=reach) for i, one in enumerate(rules)],
        region=region,
        in_force=in_force,
        published=published,
        reach=reach,
        supplements=draw(st.sampled_from((False, False, region != NATIONAL))),
        combination=draw(st.sampled_from((None, None, None, *Combination))),
        first_violation=definition and attrs.evolve(definition, ruleset=name),
        duties=draw(st.sampled_from(((), (duty,)))),
    )
    return made if bands is None else attrs.evolve(made, bands=(band_table(name, bands),))


def band_table(name: str, high: str) -> BandTable:
    """A table that gives a lighter penalty the lower part of the range."""
    return BandTable(id=name, bands={Grade.LIGHTER: Band(low=Fraction(0), high=Fraction(high))})


_TIERS: Final = ((5_000_000, 10_000_000), (4_000_000, 10_000_000), (5_000_000, 20_000_000))


@st.composite
def violations(draw: st.DrawFn) -> Violation:
    """The violation, its provision in up to three versions without a gap between them."""
    days = sorted(draw(st.sets(st.sampled_from(BORDERS), max_size=2)))
    ends = [None, *days, None]
    versions: list[Provision] = []
    for start, until in pairwise(ends):
        low, high = draw(st.sampled_from(_TIERS))
        known = None if start is None else draw(st.sampled_from((None, start - timedelta(days=60))))
        versions.append(
            provision(
                fine_tier(low, high),
                in_force=Interval(start, until, until),
                published=known,
            )
        )
    return violation(ONE, *versions, in_force=draw(st.just(Interval()) | intervals()))


PLACES: Final = (("r.national", NATIONAL), ("r.city", CITY), ("r.district", DISTRICT))


@st.composite
def histories(draw: st.DrawFn, *, reaches: Sequence[Reach] = tuple(Reach)) -> World:
    """Three rulesets of one line and a violation, all of them changing in time."""
    rulesets = [draw(_rulesets(name, region, reaches)) for name, region in PLACES]
    return World(knowledge(rulesets, [draw(violations()), violation(TWO)]))


@st.composite
def dated_cases(draw: st.DrawFn, *, priors: bool = True) -> Case:
    """Cases of the district with exact dates in their order."""
    days = sorted(draw(st.sampled_from(_DAYS)) for _ in range(3))
    facts = {
        name: draw(st.sampled_from(VALUES[name]))
        for name in ("sold", "goods_value", "ordered_on")
        if draw(st.booleans())
    }
    found = draw(st.sampled_from((None, (), (date(2020, 1, 1),), (date(2021, 6, 1),))))
    record = None
    if priors and found is not None:
        listed = tuple(Prior(decided=day, violation=ONE) for day in found)
        record = Priors(searched_since=date(2010, 1, 1), found=listed)
    born = draw(st.sampled_from((None, date(2004, 1, 1)))) if priors else None
    return case(
        committed=days[0],
        discovered=days[1],
        decided=days[2],
        facts=facts,
        priors=record,
        party=Party(kind=PartyKind.INDIVIDUAL if born else None, birth_date=born),
    )


def moved(given: T, years: int) -> T:
    """The same with every date in it moved by whole years.

    Dates stand in rules, intervals, conditions, facts and records alike; the 29th of February
    becomes the 28th where the year has none.
    """
    found: Any = given
    if isinstance(given, date):
        found = add_months(given, 12 * years)
    elif attrs.has(type(given)):
        parts = {
            field.alias or field.name: moved(getattr(given, field.name), years)
            for field in attrs.fields(type(found))
            if field.init and field.name not in ("location", "regions")
        }
        found = attrs.evolve(found, **parts)
    elif isinstance(given, Mapping):
        found = {key: moved(value, years) for key, value in given.items()}
    elif isinstance(given, (tuple, frozenset)):
        found = type(given)(moved(one, years) for one in given)
    checked: T = found
    return checked


def forgotten(known: Knowledge, day: date) -> Knowledge:
    """The knowledge without what was published only after a day."""

    def until(interval: Interval) -> Interval:
        return interval.as_known_on(day)

    def is_known(published: date | None) -> bool:
        return published is None or published <= day

    rulesets = [
        attrs.evolve(
            one,
            in_force=until(one.in_force),
            rules=tuple(
                attrs.evolve(part, in_force=until(part.in_force))
                for part in one.rules
                if is_known(part.published)
            ),
            duties=tuple(attrs.evolve(part, in_force=until(part.in_force)) for part in one.duties),
        )
        for one in known.rulesets
        if is_known(one.published)
    ]
    entries = {
        code: attrs.evolve(
            entry,
            in_force=until(entry.in_force),
            provisions=tuple(
                attrs.evolve(part, in_force=until(part.in_force))
                for part in entry.provisions
                if is_known(part.published)
            ),
        )
        for code, entry in known.violations.items()
    }
    return attrs.evolve(known, rulesets=tuple(rulesets), violations=entries)


def gist(outcome: Outcome) -> tuple[object, ...]:
    """What the outcome says, its dates left out."""
    fine = outcome.fine
    law = outcome.law_applied
    return (
        (outcome.grade, outcome.permitted, outcome.modality, outcome.contested, outcome.settled),
        outcome.possible,
        [(one.rule, one.truth) for one in outcome.findings],
        (fine.state, fine.range, fine.alternatives, fine.open_facts),
        [(one.duty, one.certain) for one in outcome.duties],
        [(one.fact, one.changes, one.rules) for one in outcome.questions],
        [one.rule for one in outcome.near_misses],
        (law.choice, law.basis),
    )


def laws_of(engine: Engine, one: Case) -> tuple[Assessment, Assessment]:
    """The case under the law of the act, and under the law of the decision."""
    assessor = engine._evaluator.assessor
    acted, decided = act_span(one), decision_span(one)
    reading = assessor.read(one)
    old, new = (
        assessor.assess(one, reading, Moment(law, acted, decided)) for law in (acted, decided)
    )
    return old, new


def rough(day: date, borders: Iterable[date] = BORDERS) -> st.SearchStrategy[DateSpan]:
    """Spans that hold the day, most of them with a border inside."""
    steps = (0, 1, 45, 200, 400)
    ends = st.sampled_from(steps)
    around = st.builds(
        lambda back, on: DateSpan(day - timedelta(days=back), day + timedelta(days=on)), ends, ends
    )
    years = st.just(DateSpan(date(day.year, 1, 1), date(day.year, 12, 31)))
    ended = [DateSpan(min(day, one), max(day, one)) for one in borders]
    return st.one_of(around, years, st.sampled_from(ended))
