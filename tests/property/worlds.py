"""Small worlds of law: a vocabulary, rulesets of four places, two violations, and their cases.

Tests of facts have few and fixed thresholds and the values of cases lie below, at and above them,
so that rules often meet: hold together, exclude each other, or wait for the same fact.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from bizrules.cases import Case, Party, PartyKind, Prior, Priors
from bizrules.conditions import (
    ALWAYS,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    Operand,
    PerKind,
    Share,
    Test,
)
from bizrules.derivation import CORE_DERIVATIONS
from bizrules.engine import Engine
from bizrules.facts import Group, Kind, Value, Vocabulary
from bizrules.grammar import print_condition
from bizrules.history import FirstViolation, Window
from bizrules.loading import Knowledge
from bizrules.penalties import (
    Band,
    BandTable,
    FineEffect,
    FineScale,
    Grade,
    Modality,
    OtherKind,
    PenaltyKind,
    Provision,
    Tier,
)
from bizrules.provenance import Citation, Instrument, InstrumentKind, NormLevel
from bizrules.rules import (
    Axis,
    Combination,
    Duty,
    Effect,
    Ground,
    ListKind,
    Measure,
    Reach,
    Rule,
    RuleEffect,
    Ruleset,
    Trigger,
    Violation,
)
from bizrules.values import DateSpan, Interval, Money, Unit
from strategies import VOCABULARY as ALL_FACTS
from strategies import fact, text

ONE: Final = "test.one"
TWO: Final = "test.two"
DEPARTMENTS: Final = {ONE: "market_regulation", TWO: "tax"}
NATIONAL: Final = "000000"
CITY: Final = "530100"
DISTRICT: Final = "530103"
SIBLING: Final = "530102"
CITE: Final = Citation("行政处罚法", "33")

_TAKEN: Final = (
    "recalled",
    "sold",
    "incident",
    "minor",
    "goods_kind",
    "harm",
    "staff",
    "blocked_width",
    "passage_width",
    "goods_value",
    "test.gains",
    "ordered_on",
    "days_late",
    "licence_class",
    "exits",
)

FACTS: Final = Vocabulary(
    {
        **{name: ALL_FACTS[name] for name in _TAKEN},
        "crime_suspected": attrs.evolve(fact("crime_suspected", Kind.BOOLEAN), group="crime"),
        "first_violation": attrs.evolve(
            fact("first_violation", Kind.BOOLEAN), derived="first_violation"
        ),
        "age_at_act": attrs.evolve(
            fact("age_at_act", Kind.INTEGER, unit=Unit.YEAR), derived="age_at_act"
        ),
    },
    {code: Group(code=code, label=text(code)) for code in ("aggravation", "crime")},
)
"""Facts of every kind; two are derived, two belong to groups."""


def check(name: str | tuple[str, ...], op: Op, operand: Operand) -> Test:
    """A test of one fact, or of the sum of several."""
    return Test((name,) if isinstance(name, str) else name, op, operand)


def is_true(name: str) -> Test:
    """The test that a boolean fact is true."""
    return check(name, Op.IS, True)


def is_false(name: str) -> Test:
    """The test that a boolean fact is false."""
    return check(name, Op.IS, False)


_TRUTHS: Final = ("recalled", "sold", "incident", "minor", "first_violation")
_AMOUNTS: Final = ("goods_value", "test.gains")

LEAVES: Final[Sequence[Condition]] = (
    *(is_true(name) for name in _TRUTHS),
    *(is_false(name) for name in _TRUTHS),
    check("harm", Op.AT_MOST, "slight"),
    check("harm", Op.ABOVE, "none"),
    check("goods_kind", Op.IN, ("cigarettes", "leaf")),
    check("staff", Op.BETWEEN, (3, 5)),
    check("blocked_width", Op.AT_MOST, Share("passage_width", Fraction(1, 5))),
    check("goods_value", Op.BELOW, Money(50_000)),
    check("goods_value", Op.AT_LEAST, Money(50_000)),
    check(_AMOUNTS, Op.AT_MOST, Money(100_000)),
    check("ordered_on", Op.BEFORE, date(2022, 1, 1)),
    check("days_late", Op.ABOVE, 15),
    check("age_at_act", Op.BELOW, 18),
    check("licence_class", Op.NOT_IN, ("A",)),
    check("exits", Op.CONTAINS, ("north", "south")),
    PerKind(
        "goods_kind",
        (("cigarettes", check("staff", Op.AT_MOST, 3)), ("leaf", is_true("recalled"))),
    ),
    Defined(
        name="r.national#small",
        label=text("small"),
        condition=check("goods_value", Op.AT_MOST, Money(50_000)),
        citations=(CITE,),
    ),
)
"""Tests of every kind of fact, and uses of definitions."""

VALUES: Final[Mapping[str, Sequence[Value]]] = {
    **dict.fromkeys((*_TRUTHS, "crime_suspected"), (True, False)),
    "goods_kind": ("cigarettes", "leaf", "other"),
    "harm": ("none", "slight", "serious"),
    "staff": (2, 3, 4, 5, 6),
    "blocked_width": (Decimal("19.9"), Decimal(20), Decimal("20.1")),
    "passage_width": (Decimal(100),),
    "goods_value": (Money(0), Money(49_999), Money(50_000), Money(50_001), Money(9_000_000)),
    "test.gains": (Money(49_999), Money(50_000), Money(50_001)),
    "ordered_on": (date(2021, 12, 31), date(2022, 1, 1)),
    "days_late": (15, 16),
    "age_at_act": (13, 14, 17, 18),
    "licence_class": ("A", "B"),
    "exits": (frozenset(), frozenset({"north"}), frozenset({"north", "south"})),
}
"""Values below, at and above every threshold of the leaves."""


def _nested(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        parts.map(AllOf),
        parts.map(AnyOf),
        inner.map(Not),
        st.builds(AtLeast, st.integers(1, 2), parts),
    )


CONDITIONS: Final[st.SearchStrategy[Condition]] = st.recursive(
    st.sampled_from((*[ALWAYS] * 9, *LEAVES)), _nested, max_leaves=4
)
"""Conditions of a few leaves; some hold always."""


BORDERS: Final = (date(2021, 7, 15), date(2022, 1, 1), date(2023, 1, 1))
_INTERVALS: Final = (
    Interval(),
    Interval(),
    Interval(),
    Interval(),
    Interval(BORDERS[0]),
    Interval(until=BORDERS[1]),
    Interval(BORDERS[1], BORDERS[2]),
    Interval(until=BORDERS[1], end_known=date(2021, 12, 1)),
)
_PERMITS: Final[Sequence[tuple[Grade, ...]]] = (
    (Grade.EXEMPT,),
    (Grade.LIGHTER,),
    (Grade.MITIGATED,),
    (Grade.LIGHTER, Grade.MITIGATED),
    (Grade.LIGHTER, Grade.MITIGATED, Grade.EXEMPT),
    (Grade.HEAVIER,),
    (Grade.HEAVIER,),
)
_EFFECTS: Final = (
    RuleEffect(),
    RuleEffect(),
    RuleEffect(instead=PenaltyKind.WARNING),
    RuleEffect(waives=frozenset({PenaltyKind.CONFISCATION})),
    RuleEffect(keeps=frozenset({PenaltyKind.CONFISCATION})),
    RuleEffect(fine=FineEffect(amount=6_000_000)),
    RuleEffect(fine=FineEffect(low=5_500_000, high=7_000_000)),
    RuleEffect(fine=FineEffect(band=Band(low=Fraction(0), high=Fraction(1, 5)))),
    RuleEffect(fine=FineEffect(floor=Fraction(1, 10))),
)
_GROUNDS: Final = (Ground.LISTED, Ground.MINOR, Ground.NO_FAULT, Ground.AGGRAVATION)
_LISTS: Final = {
    effect.value: ListKind(id=effect.value, name=text(effect.value), effect=effect)
    for effect in Effect
}


def rule(
    name: str,
    permits: Grade | Iterable[Grade] = Grade.EXEMPT,
    when: Condition = ALWAYS,
    **changes: Any,  # noqa: ANN401 - any field
) -> Rule:
    """A rule of the national law that may be changed in any part."""
    plain = Rule(
        id=name,
        ruleset="r.national",
        title=text(name),
        ground=Ground.LISTED,
        permits=(permits,) if isinstance(permits, Grade) else tuple(permits),
        modality=Modality.MAY,
        condition=when,
        citations=(Citation("行政处罚法", "33", entry=name),),
        level=NormLevel.LAW,
        region=NATIONAL,
    )
    return attrs.evolve(plain, **changes)


def measure_rule(
    name: str,
    measures: Iterable[Measure] | None,
    when: Condition = ALWAYS,
    **changes: Any,  # noqa: ANN401 - any field
) -> Rule:
    """A rule of the second axis; for all measures if none are named."""
    named = None if measures is None else frozenset(measures)
    return rule(name, (), when, axis=Axis.COMPULSION, measures=named, **changes)


def ruleset(name: str, rules: Iterable[Rule] = (), **changes: Any) -> Ruleset:  # noqa: ANN401 - any field
    """A ruleset whose rules take its region and the rank of its instrument."""
    plain = Ruleset(
        id=name,
        version="1",
        title=text(name),
        region=NATIONAL,
        instrument=Instrument(name=name, level=NormLevel.LAW, kind=InstrumentKind.STATUTE),
        lists=_LISTS,
        digest=f"digest of {name}",
    )
    changed = attrs.evolve(plain, **changes)
    placed = tuple(
        attrs.evolve(
            one,
            ruleset=name,
            region=changed.region,
            level=changed.instrument.level,
            reach=changed.reach,
        )
        for one in rules
    )
    return attrs.evolve(changed, rules=placed)


def violation(name: str = ONE, *provisions: Provision, **changes: Any) -> Violation:  # noqa: ANN401 - any field
    """An entry of the catalogue."""
    plain = Violation(
        id=name,
        title=text(name),
        department=DEPARTMENTS.get(name, "market_regulation"),
        field=name.partition(".")[0],
        provisions=provisions,
    )
    return attrs.evolve(plain, **changes)


def provision(*tiers: Tier, **changes: Any) -> Provision:  # noqa: ANN401 - any field
    """A penalty provision."""
    plain = Provision(id="p", citation=Citation("食品安全法", "124"), tiers=tiers)
    return attrs.evolve(plain, **changes)


def fine_tier(low: int | None, high: int | None, when: Condition = ALWAYS, **scale: Any) -> Tier:  # noqa: ANN401 - any field
    """A tier with a fine: fen, or multiples of a base."""
    ends = [None if end is None else Fraction(end) for end in (low, high)]
    plain = FineScale(low=ends[0], high=ends[1])
    return Tier(id=f"from-{low}", when=when, fine=attrs.evolve(plain, **scale))


PROVISIONS: Final[Sequence[tuple[Provision, ...]]] = (
    (),
    (provision(fine_tier(5_000_000, 10_000_000)),),
    (
        provision(
            attrs.evolve(fine_tier(1, 2, is_true("recalled")), fine=None),
            fine_tier(5_000_000, 10_000_000),
        ),
    ),
    (
        provision(
            fine_tier(5_000_000, 10_000_000, check("goods_value", Op.BELOW, Money(50_000))),
            fine_tier(10, 20, base="goods_value", base_floor=100),
            kinds=(
                OtherKind(kind=PenaltyKind.CONFISCATION),
                OtherKind(kind=PenaltyKind.REVOCATION, when=is_true("incident")),
            ),
        ),
    ),
    (provision(fine_tier(None, 5_000_033), only_after=is_true("sold")),),
    (
        provision(fine_tier(5_000_000, 10_000_000), in_force=Interval(until=BORDERS[1])),
        provision(fine_tier(5_000_000, 20_000_000), in_force=Interval(BORDERS[1])),
    ),
    (
        provision(fine_tier(5_000_000, 10_000_000), in_force=Interval(until=BORDERS[1])),
        provision(fine_tier(1, 5, base="goods_value"), in_force=Interval(BORDERS[1])),
    ),
)
"""Provisions of each shape: a range, tiers with an unknown base, a maximum, new versions."""


def _versions(
    maxima: tuple[int, int], kinds: tuple[tuple[OtherKind, ...], ...], published: date | None = None
) -> tuple[Provision, Provision]:
    """An old version, ended when the new one was promulgated, and the new one."""
    old, new = (provision(fine_tier(5_000_000, most)) for most in maxima)
    days = Interval(until=BORDERS[1], end_known=published)
    return (
        attrs.evolve(old, kinds=kinds[0], in_force=days),
        attrs.evolve(new, kinds=kinds[1], in_force=Interval(BORDERS[1]), published=published),
    )


_CONFISCATION, _REVOCATION, _WARNING = (
    OtherKind(kind=kind)
    for kind in (PenaltyKind.CONFISCATION, PenaltyKind.REVOCATION, PenaltyKind.WARNING)
)
_MAY_REVOKE = attrs.evolve(_REVOCATION, modality=Modality.MAY)
_SAME: Final = (10_000_000, 10_000_000)
PLAIN_PROVISIONS: Final[Sequence[tuple[Provision, ...]]] = (
    (),
    (provision(fine_tier(5_000_000, 10_000_000), kinds=(_CONFISCATION,)),),
    _versions((10_000_000, 20_000_000), ((_REVOCATION,), ())),
    _versions((20_000_000, 10_000_000), ((), (_REVOCATION,))),
    _versions(_SAME, ((_WARNING, _REVOCATION), (_WARNING, _MAY_REVOKE))),
    _versions(_SAME, ((_CONFISCATION,), (_REVOCATION,)), published=date(2021, 12, 1)),
)
"""Provisions in one version or two, which differ in the fine or in the other kinds only."""

BANDS: Final = BandTable(
    id="default",
    bands={
        Grade.LIGHTER: Band(low=Fraction(0), high=Fraction(3, 10)),
        Grade.HEAVIER: Band(low=Fraction(7, 10), high=Fraction(1)),
    },
)
_DUTIES: Final = (
    Duty(
        id="r.national/educate",
        ruleset="r.national",
        text=text("educate"),
        trigger=Trigger.EXEMPT,
        citations=(CITE,),
    ),
    Duty(
        id="r.national/discuss",
        ruleset="r.national",
        text=text("discuss"),
        trigger=Trigger.CONTESTED,
        when=is_true("incident"),
        citations=(CITE,),
    ),
)
FIRST: Final = FirstViolation(window=Window(24), ruleset="r.national")


def knowledge(
    rulesets: Iterable[Ruleset],
    violations: Iterable[Violation] = (),
    vocabulary: Vocabulary = FACTS,
) -> Knowledge:
    """Knowledge of the rulesets, with both violations unless others are given."""
    entries = tuple(violations) or (violation(ONE), violation(TWO))
    return Knowledge(
        vocabulary=vocabulary,
        violations={entry.id: entry for entry in entries},
        rulesets=tuple(sorted(rulesets, key=lambda one: one.id)),
        digests={one.id: one.digest for one in rulesets},
    )


def engine(
    *rules: Rule,
    violations: Iterable[Violation] = (),
    vocabulary: Vocabulary = FACTS,
    **changes: Any,  # noqa: ANN401 - any field
) -> Engine:
    """An engine of one national ruleset; the changes are its."""
    national = ruleset("r.national", rules, **changes)
    return Engine(knowledge=knowledge([national], violations, vocabulary))


def case(**changes: Any) -> Case:  # noqa: ANN401 - any field
    """A case of the district in the middle of 2022, with nothing known."""
    plain = Case(
        id="a",
        region=DISTRICT,
        violation=ONE,
        committed=date(2022, 3, 1),
        decided=date(2022, 5, 20),
    )
    return attrs.evolve(plain, **changes)


class World:
    """Knowledge with its engine, shown by what was drawn.

    Attributes:
        knowledge: The knowledge.
        known_on: Day as of which it is known; None for all.
        engine: An engine of it.
    """

    # No attrs class: hypothesis would show all fields of one.
    def __init__(
        self, knowledge: Knowledge, *, derived: bool = True, known_on: date | None = None
    ) -> None:
        """Build the engine, with or without the derivations of the core."""
        self.knowledge = knowledge
        self.derived = derived
        self.known_on = known_on
        derivations = CORE_DERIVATIONS if derived else ()
        self.engine = Engine(knowledge=knowledge, derivations=derivations, as_known_on=known_on)

    def anew(self) -> "World":
        """The same world, its engine not used yet."""
        return World(self.knowledge, derived=self.derived, known_on=self.known_on)

    def with_rulesets(self, rulesets: Iterable[Ruleset]) -> "World":
        """The same world with other rulesets."""
        found = attrs.evolve(self.knowledge, rulesets=tuple(rulesets))
        return World(found, derived=self.derived, known_on=self.known_on)

    def __repr__(self) -> str:
        """The rules and what else was drawn, one a line."""
        lines = [_shown(one) for ruleset in self.knowledge.rulesets for one in ruleset.rules]
        for one in self.knowledge.rulesets:
            drawn = (one.department, one.supplements, one.combination, one.reach)
            lines.append(f"{one.id}: department, supplements, combination, reach {drawn}")
        entry = self.knowledge.violations[ONE]
        lines.append(f"{entry.id}: elements {set(entry.elements)}, displaces {entry.displaces}")
        lines.append(f"  {entry.in_force}, known on {self.known_on}")
        lines += [f"  {one}" for one in entry.provisions]
        return "\n".join(lines)


def _shown(one: Rule) -> str:
    what = [grade.code for grade in one.permits] or one.measures
    drawn = (one.ground.value, one.violations, one.departments, one.list, one.in_force, one.effect)
    since = (one.published, one.replaces)
    when = print_condition(one.condition)
    return f"{one.id}: {one.modality.value} {what} {drawn} {since} when {when}"


def _draft(place: str, of_measures: Sequence[Measure] | bool | None, **drawn: Any) -> Rule:  # noqa: ANN401 - any field
    """A rule whose id says its place; on the penalty axis unless it is told of measures."""
    if of_measures is False:
        return rule(place, **drawn)
    kept = ("when", "modality", "violations", "list", "ground", "in_force", "published")
    unlike = {name: drawn[name] for name in kept}
    return measure_rule(place, None if of_measures is True else of_measures, **unlike)


def _drafts(
    places: Sequence[str],
    effects: Sequence[RuleEffect],
    intervals: Sequence[Interval] = _INTERVALS,
) -> st.SearchStrategy[Rule]:
    return st.builds(
        _draft,
        place=st.sampled_from(places),
        of_measures=st.sampled_from((*[False] * 6, True, (Measure.SEIZURE,), (Measure.SEALING,))),
        permits=st.sampled_from(_PERMITS),
        when=CONDITIONS,
        ground=st.sampled_from(_GROUNDS),
        modality=st.sampled_from(Modality),
        violations=st.sampled_from((None, frozenset({ONE}), frozenset({ONE, TWO}))),
        departments=st.sampled_from((None, None, frozenset(DEPARTMENTS.values()))),
        list=st.sampled_from((None, "exempt")),
        in_force=st.sampled_from(intervals),
        published=st.sampled_from((None, None, *_PUBLISHED)),
        effect=st.sampled_from(effects),
    )


_PUBLISHED: Final = (date(2021, 6, 1), date(2021, 12, 1))
_PLACES: Final = {
    "r.national": (NATIONAL, NormLevel.LAW),
    "r.city": (CITY, NormLevel.RULE),
    "r.district": (DISTRICT, NormLevel.DOCUMENT),
    "r.sibling": (SIBLING, NormLevel.DOCUMENT),
}
_OFTEN: Final = (*["r.national", "r.city", "r.district", "r.district"] * 2, "r.sibling")
RULES: Final = _drafts(("r.other",), _EFFECTS)
"""Rules of a ruleset outside the world, their ids still to be made distinct."""


def numbered(rules: Iterable[Rule]) -> list[Rule]:
    """The rules with distinct ids."""
    return [attrs.evolve(one, id=f"{one.id}/{index}") for index, one in enumerate(rules)]


def with_replaced(rules: Sequence[Rule]) -> list[Rule]:
    """The rules, the second a new version of the first where both may be on both sides."""
    if len(rules) < 2 or {rules[0].in_force, rules[1].in_force} != {Interval()}:
        return list(rules)
    border = BORDERS[1]
    old = attrs.evolve(rules[0], in_force=Interval(until=border, end_known=_PUBLISHED[1]))
    new = attrs.evolve(
        rules[1], in_force=Interval(border), published=_PUBLISHED[1], replaces=old.id
    )
    return [old, new, *rules[2:]]


def _places(*combinations: Combination | None) -> st.SearchStrategy[Mapping[str, Any]]:
    drawn = st.fixed_dictionaries(
        {
            "department": st.sampled_from((None, None, DEPARTMENTS[ONE])),
            "supplements": st.sampled_from((*[False] * 7, True)),
            "combination": st.sampled_from(combinations),
            "reach": st.sampled_from((*[Reach.IF_MORE_LENIENT] * 4, Reach.NEVER, Reach.ALWAYS)),
        }
    )
    return st.fixed_dictionaries(dict.fromkeys(_PLACES, drawn))


def _world(
    rules: list[Rule],
    places: Mapping[str, Mapping[str, Any]],
    provisions: Sequence[Provision],
    *,
    special: tuple[frozenset[str], frozenset[Ground]],
    days: Interval,
    known_on: date | None,
    derived: bool,
) -> World:
    found = []
    for name, (region, level) in _PLACES.items():
        national = region == NATIONAL
        drawn = {**places[name], "supplements": places[name]["supplements"] and not national}
        one = ruleset(
            name,
            with_replaced([one for one in numbered(rules) if one.id.startswith(name)]),
            region=region,
            instrument=Instrument(name=name, level=level, kind=InstrumentKind.LIST),
            **drawn,
        )
        if national:
            one = attrs.evolve(one, first_violation=FIRST, bands=(BANDS,), duties=_DUTIES)
        found.append(one)
    entry = violation(ONE, *provisions, elements=special[0], displaces=special[1], in_force=days)
    known = knowledge(found, (entry, violation(TWO)))
    return World(known, derived=derived, known_on=known_on)


def _several(rules: st.SearchStrategy[Rule]) -> st.SearchStrategy[list[Rule]]:
    return st.one_of(st.lists(rules, max_size=3), *[st.lists(rules, min_size=4, max_size=8)] * 2)


_SPECIAL: Final = st.sampled_from(
    (
        (frozenset(), frozenset()),
        (frozenset({"incident", "goods_value"}), frozenset()),
        (frozenset(), frozenset({Ground.NO_FAULT})),
    )
)


@st.composite
def _worlds(
    draw: st.DrawFn, parts: Mapping[str, st.SearchStrategy[Any]], *, derived: bool
) -> World:
    # Composite, so that a failure shows the world and not how it was built.
    return _world(**{name: draw(part) for name, part in parts.items()}, derived=derived)


WORLDS: Final = _worlds(
    {
        "rules": _several(_drafts(_OFTEN, _EFFECTS)),
        "places": _places(None, None, None, *Combination),
        "provisions": st.sampled_from(PROVISIONS),
        "special": _SPECIAL,
        "days": st.just(Interval()),
        "known_on": st.just(None),
    },
    derived=True,
)
"""Up to eight rules in the rulesets of the country, a city and two of its districts."""

TURNING_WORLDS: Final = _worlds(
    {
        "rules": _several(_drafts(_OFTEN, _EFFECTS, _INTERVALS[3:])),
        "places": _places(None, None, None, *Combination),
        "provisions": st.sampled_from((*PROVISIONS, *PLAIN_PROVISIONS)),
        "special": _SPECIAL,
        "days": st.sampled_from((*[Interval()] * 4, Interval(until=BORDERS[1]))),
        "known_on": st.just(None),
    },
    derived=True,
)
"""Worlds like the first, in which most rules begin or end on a border."""

_PLAIN: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "rules": _several(_drafts(_OFTEN, (RuleEffect(),))),
    "places": _places(None),
    "provisions": st.sampled_from(PLAIN_PROVISIONS),
    "special": _SPECIAL,
    "days": st.just(Interval()),
    "known_on": st.sampled_from((None, None, date(2021, 11, 30), date(2021, 12, 1))),
}
PLAIN_WORLDS: Final = _worlds(_PLAIN, derived=False)
"""Worlds without effects, combinations and derivations, which the reference lacks."""

CHANGING_WORLDS: Final = _worlds(
    {
        **_PLAIN,
        "days": st.sampled_from(
            (
                Interval(until=BORDERS[1]),
                Interval(BORDERS[1]),
                Interval(until=BORDERS[2], end_known=date(2021, 12, 1)),
            )
        ),
    },
    derived=False,
)
"""Plain worlds in which the act became a violation, or ceased to be one."""

DAYS: Final = (
    date(2021, 7, 14),
    date(2021, 7, 15),
    date(2021, 12, 31),
    date(2022, 1, 1),
    date(2022, 6, 1),
    date(2022, 12, 31),
    date(2023, 1, 1),
)
"""Days before, on and after the borders."""

_ROUGHLY: Final = (DateSpan(DAYS[3], DAYS[5]), DateSpan(date(2022, 12, 1), date(2023, 1, 31)))
_SPAN: Final = tuple(DateSpan.on(day) for day in DAYS)
_DATES: Final[Sequence[tuple[DateSpan | None, DateSpan | None]]] = (
    *[(one, two) for one in _SPAN for two in _SPAN if one.earliest <= two.earliest],  # type: ignore[operator]  # exact
    *[(one, two) for one in (_SPAN[0], *_ROUGHLY, None) for two in (*_ROUGHLY, _SPAN[-1], None)],
)


def _lies_between(one: DateSpan, border: date, two: DateSpan) -> bool:
    """Whether one day is before the border, and the other is not."""
    return (
        one.latest is not None and two.earliest is not None and one.latest < border <= two.earliest
    )


_ALL_FACTS: Final = {name: st.sampled_from(some) for name, some in VALUES.items()}
_FACTS: Final[st.SearchStrategy[dict[str, Value]]] = st.one_of(
    st.fixed_dictionaries(_ALL_FACTS),
    st.fixed_dictionaries({}, optional=_ALL_FACTS),
    st.just({}),
)


def _cases(
    dates: Sequence[tuple[DateSpan | None, DateSpan | None]], priors: Sequence[Priors | None]
) -> st.SearchStrategy[Case]:
    def build(days: tuple[DateSpan | None, DateSpan | None], **drawn: Any) -> Case:  # noqa: ANN401 - any field
        return case(committed=days[0], decided=days[1], **drawn)

    ages = (None, None, 17) if len(priors) > 1 else (None,)
    parties = [Party(kind=PartyKind.INDIVIDUAL if age else None, age=age) for age in ages]
    return st.builds(
        build,
        days=st.sampled_from(dates),
        region=st.sampled_from((*[DISTRICT] * 4, CITY, SIBLING)),
        violation=st.sampled_from((*[ONE] * 4, TWO)),
        facts=_FACTS,
        examined=st.frozensets(st.sampled_from(("aggravation", "crime"))),
        measures=st.sampled_from(((), (), ("seizure",), ("seizure", "sealing"))),
        party=st.sampled_from(parties),
        priors=st.sampled_from(priors),
    )


_PRIORS: Final = (
    None,
    Priors(searched_since=date(2010, 1, 1)),
    Priors(
        searched_since=date(2010, 1, 1), found=(Prior(decided=date(2021, 6, 1), violation=ONE),)
    ),
    Priors(found=(Prior(decided=date(2015, 6, 1), violation=ONE),)),
)
CASES: Final = _cases(_DATES, _PRIORS)
"""Cases with exact, rough and missing dates, parties and priors known and unknown."""

_TURNS: Final = [
    (one, two)
    for one in _SPAN
    for two in _SPAN
    for border in BORDERS
    if _lies_between(one, border, two)
]
TURNING_CASES: Final = _cases(_TURNS, _PRIORS)
"""Cases whose act and decision have a border of the law between them."""

ROUGHLY_TURNING_CASES: Final = _cases(
    [*_TURNS, *((one, two) for one in _ROUGHLY for two in (*_ROUGHLY, _SPAN[-1], None))], _PRIORS
)
"""The same, and cases of which it is not known on which side of a border a day lies."""

PLAIN_CASES: Final = _cases(_DATES, (None,))
"""Cases of which nothing can be derived."""

EXACT_CASES: Final = _cases([(day, day) for day in _SPAN], (None,))
"""Cases decided on the day of the act, of which nothing can be derived."""
