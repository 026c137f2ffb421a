"""Hypothesis strategies that the tests share: vocabularies, conditions, facts and cases.

`VOCABULARY` has facts of every kind. New features join the strategies here, so that they meet.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final

import attrs
from hypothesis import strategies as st

from bizrules.cases import Act, Case, Party, PartyKind, Prior, Priors
from bizrules.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Share,
    Test,
    tests_of,
)
from bizrules.facts import NUMERIC, Choice, Cure, Fact, Group, Kind, Value, Vocabulary
from bizrules.grammar import unit_of
from bizrules.history import PriorResult
from bizrules.provenance import Text
from bizrules.rules import Definition, Measure
from bizrules.values import DateSpan, Money, Unit

START: Final = date(2020, 1, 1)
END: Final = date(2026, 12, 31)
REGIONS: Final = ("530103", "530102", "530100", "530000")
VIOLATIONS: Final = ("test.one", "test.two")
_ORDERS: Final = (Op.BELOW, Op.AT_MOST, Op.AT_LEAST, Op.ABOVE)
_MOST: Final = 1_000_000


def text(word: str) -> Text:
    """A text for people."""
    return Text(zh=f"〔{word}〕", en=f"[{word}]")


def fact(name: str, kind: Kind, *codes: str, unit: Unit | None = None) -> Fact:
    """A fact with labels made of its name and codes."""
    return Fact(
        name=name,
        kind=kind,
        label=text(name),
        unit=unit,
        choices=tuple(Choice(code=code, label=text(code)) for code in codes),
        question=text(f"{name}?"),
    )


def vocabulary_of(facts: Sequence[Fact]) -> Vocabulary:
    """A vocabulary of the facts, with a group of circumstances."""
    group = Group(code="aggravation", label=text("aggravation"))
    return Vocabulary({one.name: one for one in facts}, {group.code: group})


VOCABULARY: Final = vocabulary_of(
    [
        attrs.evolve(
            fact("recalled", Kind.BOOLEAN), cure=Cure(to="true", how=text("recall the goods"))
        ),
        attrs.evolve(fact("sold", Kind.BOOLEAN), denial=text("not sold")),
        attrs.evolve(fact("incident", Kind.BOOLEAN), group="aggravation"),
        attrs.evolve(fact("minor", Kind.BOOLEAN), judgement=True),
        fact("goods_kind", Kind.CHOICE, "cigarettes", "leaf", "other"),
        fact("harm", Kind.LEVEL, "none", "slight", "serious"),
        fact("corrected", Kind.LEVEL, "no", "by_deadline", "on_the_spot", "on_own_initiative"),
        fact("prior_times", Kind.INTEGER, unit=Unit.OCCASION),
        fact("staff", Kind.INTEGER, unit=Unit.PERSON),
        fact("blocked_width", Kind.NUMBER, unit=Unit.CM),
        fact("passage_width", Kind.NUMBER, unit=Unit.CM),
        fact("area", Kind.NUMBER, unit=Unit.M2),
        fact("goods_value", Kind.MONEY),
        fact("test.gains", Kind.MONEY),
        fact("ordered_on", Kind.DATE),
        fact("days_late", Kind.DAYS),
        fact("days_allowed", Kind.DAYS),
        fact("licence_class", Kind.TEXT),
        fact("exits", Kind.SET, "north", "south", "east"),
    ]
)
"""Facts of every kind, with pairs of the same measure."""

DEFINITIONS: Final[Mapping[str, Definition]] = {
    "timely": Definition(
        name="timely",
        ruleset="test",
        label=text("timely"),
        condition=Test(("corrected",), Op.AT_LEAST, "by_deadline"),
    ),
    "small_and_recalled": Definition(
        name="small_and_recalled",
        ruleset="test",
        label=text("small and recalled"),
        condition=AllOf(
            (
                Test(("goods_value",), Op.BELOW, Money.from_yuan(500)),
                Test(("recalled",), Op.IS, True),
            )
        ),
    ),
}
"""Definitions over `VOCABULARY`, as a scope."""


def moneys(low: int = 0, high: int = _MOST) -> st.SearchStrategy[Money]:
    """Amounts in fen, round ones as often as others."""
    return st.one_of(
        st.integers(low, high).map(Money), st.integers(low // 100, high // 100).map(_yuan)
    )


def _yuan(amount: int) -> Money:
    return Money.from_yuan(amount)


def decimals(low: int = 0) -> st.SearchStrategy[Decimal]:
    """Exact numbers with at most three decimals."""
    return st.integers(low * 1000, _MOST).map(lambda number: Decimal(number) / 1000)


def dates(first: date = START, last: date = END) -> st.SearchStrategy[date]:
    """Days of the years in which the tests happen."""
    return st.dates(first, last)


def values(declared: Fact) -> st.SearchStrategy[Value]:
    """Any value of the fact."""
    codes = [choice.code for choice in declared.choices]
    by_kind: Mapping[Kind, st.SearchStrategy[Value]] = {
        Kind.BOOLEAN: st.booleans(),
        Kind.CHOICE: st.sampled_from(codes or [""]),
        Kind.LEVEL: st.sampled_from(codes or [""]),
        Kind.INTEGER: st.integers(0, 200),
        Kind.NUMBER: decimals(),
        Kind.MONEY: moneys(),
        Kind.DATE: dates(),
        Kind.DAYS: st.integers(0, 200),
        Kind.TEXT: st.text("ABC甲乙12 ", min_size=1, max_size=4),
        Kind.SET: st.frozensets(st.sampled_from(codes or [""])),
    }
    return by_kind[declared.kind]


@st.composite
def vocabularies(draw: st.DrawFn, *, most: int = 8) -> Vocabulary:
    """Vocabularies with facts of drawn kinds; a boolean is always among them."""
    kinds = draw(st.lists(st.sampled_from(Kind), max_size=most))
    facts = [fact("f_first", Kind.BOOLEAN)]
    for index, kind in enumerate(kinds):
        unit = draw(st.sampled_from((Unit.M2, Unit.PERSON, Unit.DAY)))
        coded = kind in (Kind.CHOICE, Kind.LEVEL, Kind.SET)
        codes = [f"c{number}" for number in range(draw(st.integers(1, 4)))] if coded else []
        numbers = kind in (Kind.INTEGER, Kind.NUMBER)
        facts.append(fact(f"f{index}", kind, *codes, unit=unit if numbers else None))
    return vocabulary_of(facts)


def _of_kind(vocabulary: Vocabulary, *kinds: Kind) -> list[Fact]:
    return [one for one in vocabulary.facts.values() if one.kind in kinds]


def tests(vocabulary: Vocabulary) -> st.SearchStrategy[Test]:
    """Tests of one fact that some value passes."""
    kinds = st.sampled_from(sorted({one.kind for one in vocabulary.facts.values()}, key=str))
    return kinds.flatmap(lambda kind: st.sampled_from(_of_kind(vocabulary, kind)).flatmap(_test_of))


def _test_of(declared: Fact) -> st.SearchStrategy[Test]:
    names = (declared.name,)
    plain = values(declared).map(lambda value: Test(names, Op.IS, value))
    if declared.kind is Kind.SET:
        return _several(declared).map(lambda codes: Test(names, Op.CONTAINS, codes))
    if declared.kind is Kind.BOOLEAN:
        return plain
    if declared.kind in (Kind.CHOICE, Kind.TEXT):
        return st.one_of(plain, _membership(declared))
    if declared.kind is Kind.DATE:
        ops = st.sampled_from((Op.BEFORE, Op.ON_OR_AFTER))
        return st.one_of(
            plain,
            st.builds(lambda op, day: Test(names, op, day), ops, values(declared)),
            _between(declared),
        )
    if declared.kind is Kind.LEVEL:
        return st.one_of(plain, _membership(declared), _level_order(declared), _between(declared))
    return st.one_of(plain, number_tests(names, declared), _between(declared))


def _several(declared: Fact) -> st.SearchStrategy[tuple[Value, ...]]:
    codes = [choice.code for choice in declared.choices]
    return st.lists(st.sampled_from(codes), min_size=1, unique=True).map(tuple)


def _membership(declared: Fact) -> st.SearchStrategy[Test]:
    """`in` and `not_in`; the latter leaves at least one choice."""
    names = (declared.name,)
    if declared.kind is Kind.TEXT:
        some = st.lists(values(declared), min_size=1, max_size=3, unique=True).map(tuple)
        return st.builds(
            lambda op, found: Test(names, op, found), st.sampled_from((Op.IN, Op.NOT_IN)), some
        )
    wanted = _several(declared).map(lambda codes: Test(names, Op.IN, codes))
    if len(declared.choices) == 1:
        return wanted
    last = len(declared.choices) - 1
    refused = _several(declared).map(lambda codes: Test(names, Op.NOT_IN, codes[:last]))
    return st.one_of(wanted, refused)


def _level_order(declared: Fact) -> st.SearchStrategy[Test]:
    """Comparisons of a level that its lowest or highest choice does not make impossible."""
    codes = [choice.code for choice in declared.choices]
    limits = {Op.AT_MOST: codes, Op.AT_LEAST: codes, Op.BELOW: codes[1:], Op.ABOVE: codes[:-1]}
    possible = [Test((declared.name,), op, code) for op in limits for code in limits[op]]
    return st.sampled_from(possible)


def _between(declared: Fact) -> st.SearchStrategy[Test]:
    names = (declared.name,)

    def order(ends: tuple[Value, Value]) -> Test:
        rank = declared.ranks.__getitem__ if declared.kind is Kind.LEVEL else None
        low, high = sorted(ends, key=rank)  # type: ignore[arg-type]  # of one kind
        return Test(names, Op.BETWEEN, (low, high))

    return st.tuples(values(declared), values(declared)).map(order)


def _positive(declared: Fact) -> st.SearchStrategy[Value]:
    if declared.kind is Kind.MONEY:
        return moneys(100)
    return decimals(1) if declared.kind is Kind.NUMBER else st.integers(1, 200)


def number_tests(names: tuple[str, ...], declared: Fact) -> st.SearchStrategy[Test]:
    """Comparisons of an amount, or of a sum of amounts, with a limit above zero."""
    return st.builds(
        lambda op, limit: Test(names, op, limit), st.sampled_from(_ORDERS), _positive(declared)
    )


def same_measure(vocabulary: Vocabulary) -> list[tuple[Fact, ...]]:
    """Groups of two or more facts whose amounts may be compared and added."""
    groups: dict[object, list[Fact]] = {}
    for one in vocabulary.facts.values():
        if one.kind in NUMERIC:
            groups.setdefault((one.kind is Kind.MONEY, unit_of(one)), []).append(one)
    return [tuple(group) for group in groups.values() if len(group) > 1]


@st.composite
def sums_and_shares(draw: st.DrawFn, vocabulary: Vocabulary) -> Test:
    """Tests that read several facts: their sum, or one against a share of another."""
    group = draw(st.sampled_from(same_measure(vocabulary)))
    names = tuple(one.name for one in draw(st.permutations(group)))
    if draw(st.booleans()):
        decimal = next((one for one in group if one.kind is Kind.NUMBER), group[0])
        return draw(number_tests(names, decimal))
    count = draw(st.integers(1, len(names) - 1))
    times = draw(st.one_of(st.just(Fraction(1)), st.fractions(0, 20, max_denominator=1000)))
    op = draw(st.sampled_from((*_ORDERS, Op.IS)))
    return Test(names[:count], op, Share(names[-1], times))


def leaves(
    vocabulary: Vocabulary, definitions: Mapping[str, Definition]
) -> st.SearchStrategy[Condition]:
    """Conditions without parts: tests and definitions."""
    found: list[st.SearchStrategy[Condition]] = [tests(vocabulary)]
    if same_measure(vocabulary):
        found.append(sums_and_shares(vocabulary))
    if definitions:
        found.append(st.sampled_from([defined(one) for one in definitions.values()]))
    return st.one_of(found)


def defined(definition: Definition) -> Defined:
    """The use of a definition in a condition."""
    return Defined(
        name=f"{definition.ruleset}#{definition.name}",
        label=definition.label,
        condition=definition.condition,
        citations=definition.citations,
    )


def conditions(
    vocabulary: Vocabulary = VOCABULARY,
    *,
    definitions: Mapping[str, Definition] | None = None,
    most: int = 8,
) -> st.SearchStrategy[Condition]:
    """Conditions that a document may hold, of bounded size.

    Args:
        vocabulary: The facts they read.
        definitions: The definitions they may use; those here over `VOCABULARY`, else none.
        most: At most about so many tests.
    """
    if definitions is None:
        definitions = DEFINITIONS if vocabulary is VOCABULARY else {}
    return st.recursive(
        leaves(vocabulary, definitions),
        lambda inner: _nested(inner, vocabulary),
        max_leaves=most,
    )


def _nested(
    inner: st.SearchStrategy[Condition], vocabulary: Vocabulary
) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=4).map(tuple)
    nested: list[st.SearchStrategy[Condition]] = [
        parts.map(AllOf),
        parts.map(AnyOf),
        inner.map(Not),
        parts.flatmap(
            lambda some: st.integers(1, len(some)).map(lambda count: AtLeast(count, some))
        ),
    ]
    coded = _of_kind(vocabulary, Kind.CHOICE, Kind.LEVEL)
    if coded:
        nested.append(st.sampled_from(coded).flatmap(lambda one: _per_kind(one, inner)))
    return st.one_of(nested)


def _per_kind(declared: Fact, inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    codes = [choice.code for choice in declared.choices]
    branches = st.dictionaries(st.sampled_from(codes), inner, min_size=1)
    return branches.map(lambda found: PerKind(declared.name, tuple(found.items())))


def thresholds(condition: Condition) -> dict[str, list[Value]]:
    """For each fact the values at which a test of the condition may change its mind."""
    found: dict[str, list[Value]] = {}
    for test in tests_of(condition):
        for name in test.facts:
            found.setdefault(name, []).extend(_around(test))
    return found


def _around(test: Test) -> Iterator[Value]:
    """The operand and its nearest neighbours."""
    if isinstance(test.operand, Share):
        return
    if test.op is Op.CONTAINS and isinstance(test.operand, tuple):
        yield frozenset(str(code) for code in test.operand)
        return
    for value in test.operand if isinstance(test.operand, tuple) else (test.operand,):
        yield value
        if isinstance(value, Money):
            yield from (Money(value.fen + step) for step in (-1, 1) if value.fen + step >= 0)
        elif isinstance(value, date):
            yield from (value + timedelta(days=step) for step in (-1, 1))
        elif isinstance(value, Decimal):
            yield from (value + Decimal(step) / 1000 for step in (-1, 1) if value >= 1)
        elif isinstance(value, int) and not isinstance(value, bool):
            yield from (value + step for step in (-1, 1) if value + step >= 0)


@st.composite
def assignments(
    draw: st.DrawFn,
    vocabulary: Vocabulary = VOCABULARY,
    condition: Condition | None = None,
    *,
    unknown: bool = True,
) -> dict[str, Value]:
    """Values of facts by name; what is left out is unknown.

    Args:
        draw: Given by hypothesis.
        vocabulary: The facts.
        condition: Values lie at its thresholds as often as elsewhere.
        unknown: Whether facts may be unknown.
    """
    limits = thresholds(condition) if condition is not None else {}
    found: dict[str, Value] = {}
    for name, declared in vocabulary.facts.items():
        if unknown and draw(st.integers(0, 2)) == 0:
            continue
        limit = limits.get(name)
        some = values(declared)
        found[name] = draw(st.one_of(st.sampled_from(limit), some) if limit else some)
    return found


def spans(day: date) -> st.SearchStrategy[DateSpan]:
    """Spans around a day: the day itself, its month, its year, open at one end."""
    year = DateSpan(date(day.year, 1, 1), date(day.year, 12, 31))
    first = date(day.year, day.month, 1)
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return st.sampled_from(
        (
            DateSpan.on(day),
            DateSpan(first, following - timedelta(days=1)),
            year,
            DateSpan(None, day),
            DateSpan(day, None),
            DateSpan(day - timedelta(days=3), day),
        )
    )


@st.composite
def cases(
    draw: st.DrawFn,
    vocabulary: Vocabulary = VOCABULARY,
    *,
    regions: Sequence[str] = REGIONS,
    violations: Sequence[str] = VIOLATIONS,
    condition: Condition | None = None,
) -> Case:
    """Cases whose dates are in order, with facts known and unknown.

    Args:
        draw: Given by hypothesis.
        vocabulary: The facts.
        regions: Regions to draw from.
        violations: Violations to draw from.
        condition: Facts lie at its thresholds as often as elsewhere.
    """
    days = sorted(draw(st.lists(dates(), min_size=6, max_size=6)))
    began, ended, *later = (DateSpan.on(day) for day in days)
    act = draw(st.sampled_from((Act(ended=ended), Act(ended=ended, began=began), None)))
    known = [draw(st.sampled_from((span, None))) for span in later]
    return Case(
        id=draw(st.text("AB甲-0123456789", min_size=1, max_size=6)),
        region=draw(st.sampled_from(regions)),
        violation=draw(st.sampled_from(violations)),
        committed=act,
        discovered=known[0],
        filed=known[1],
        notified=known[2],
        decided=known[3],
        party=draw(parties()),
        facts=dict(draw(assignments(vocabulary, condition))),
        examined=draw(st.frozensets(st.sampled_from(sorted(vocabulary.groups) or [""]))),
        priors=draw(
            st.none()
            | priors(
                regions=regions, violations=violations, until=known[3].latest if known[3] else None
            )
        ),
        measures=draw(st.lists(st.sampled_from([m.value for m in Measure]), max_size=2)),
    )


def parties() -> st.SearchStrategy[Party]:
    """Parties of every kind, with and without age."""
    return st.builds(
        Party,
        kind=st.none() | st.sampled_from(PartyKind),
        age=st.none() | st.integers(8, 90),
        birth_date=st.none() | dates(date(1940, 1, 1), date(2015, 1, 1)),
    )


def priors(
    *,
    regions: Sequence[str] = REGIONS,
    violations: Sequence[str] = VIOLATIONS,
    until: date | None = None,
) -> st.SearchStrategy[Priors]:
    """Searches of the records, with what they found; nothing in it lies after `until`."""
    days = dates() if until is None else dates().map(partial(min, until))
    prior = st.builds(
        Prior,
        committed=st.none() | days,
        decided=st.none() | days,
        region=st.none() | st.sampled_from(regions),
        violation=st.none() | st.sampled_from(violations),
        result=st.sampled_from(PriorResult),
    )
    return st.builds(
        Priors, searched_since=st.none() | dates(), found=st.lists(prior, max_size=3).map(tuple)
    )
