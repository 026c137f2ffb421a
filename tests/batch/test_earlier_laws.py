"""Earlier violations joined to cases: columns count what the derivations count of one case."""

from collections.abc import Sequence
from datetime import date

import attrs
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from batch.case_columns import batch_of, prior_rows, row_of
from batch.test_batch_laws import check_equal
from bizrules.batch import BatchEngine
from bizrules.cases import Case, Prior, Priors
from bizrules.conditions import Op
from bizrules.engine import Engine
from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.history import (
    Anchor,
    Area,
    FirstViolation,
    Identity,
    PriorResult,
    Register,
    RepeatCount,
    SpecialWindow,
    Window,
    WindowUnit,
)
from bizrules.penalties import Grade
from bizrules.provenance import Citation
from bizrules.values import DateSpan
from property.worlds import check, engine, is_false, is_true, provision, rule
from records import CATALOGUE, recorded
from strategies import text

_DAYS = st.sampled_from([date(year, month, 1) for year in (2020, 2021) for month in (1, 2, 7)])
_MAYBE = st.none() | _DAYS
_WINDOWS = st.none() | st.sampled_from(
    [Window(6), Window(12), Window(1, WindowUnit.CALENDAR_YEARS), Window(31, WindowUnit.DAYS)]
)
_FIRST = st.builds(
    FirstViolation,
    window=_WINDOWS,
    since=st.none() | st.none() | _DAYS,
    search=_WINDOWS,
    anchor=st.sampled_from(Anchor),
    counted_by=st.sampled_from(Anchor),
    identity=st.just(Identity.ANY) | st.sampled_from(Identity),
    area=st.just(Area.ANYWHERE) | st.sampled_from(Area),
    results=st.just(frozenset(PriorResult)) | st.frozensets(st.sampled_from(PriorResult)),
    unhandled=st.booleans(),
    special_windows=st.just(())
    | st.builds(
        SpecialWindow,
        violations=st.sampled_from([frozenset({"food.label"}), frozenset({"fire.exit"})]),
        window=_WINDOWS.filter(lambda one: one is not None),
    ).map(lambda one: (one,)),
    registers=st.just(()) | st.just((Register.CASE_SYSTEM,)),
)
_REPEATS = st.builds(
    lambda one, present: RepeatCount(
        **attrs.asdict(one, recurse=False, filter=_is_of_counting), includes_present=present
    ),
    _FIRST,
    st.booleans(),
)
_FOUND = st.builds(
    Prior,
    committed=_MAYBE,
    discovered=_MAYBE,
    decided=_MAYBE,
    authority=st.sampled_from((None, "甲局", "乙局")),
    region=st.sampled_from((None, "530103", "530302", "110105", "000000")),
    violation=st.none() | st.sampled_from(tuple(CATALOGUE)),
    field=st.sampled_from((None, "food", "fire")),
    department=st.sampled_from((None, "market_regulation", "fire_rescue")),
    result=st.sampled_from(PriorResult),
)
_SEARCHES = st.builds(
    Priors,
    searched_since=st.just(date(2000, 1, 1)) | _MAYBE,
    registers=st.none() | st.frozensets(st.sampled_from(Register)),
    found=st.lists(_FOUND, min_size=1, max_size=2),
)
_SPANS = (
    st.none() | _DAYS.map(DateSpan.on) | st.just(DateSpan(date(2021, 1, 1), date(2021, 12, 31)))
)
_CASES = st.builds(
    Case,
    id=st.just("a"),
    region=st.just("530103"),
    violation=st.sampled_from(("food.label", "food.shelf-life")),
    committed=_SPANS,
    discovered=_SPANS,
    decided=st.none() | st.just(date(2021, 7, 1)),
    authority=st.sampled_from((None, "甲局")),
    priors=_SEARCHES,
)
_PRIORS = pa.schema(
    [("case", pa.string())]
    + [(name, pa.date32()) for name in ("committed", "discovered", "decided")]
    + [
        (name, pa.string())
        for name in ("authority", "region", "violation", "field", "department", "result")
    ]
)


def _is_of_counting(field: "attrs.Attribute[object]", _: object) -> bool:
    return field.name != "ruleset"


def _engine(first: FirstViolation, repeats: RepeatCount) -> Engine:
    """An engine of rules that read what follows from earlier violations, and nothing else."""
    facts = [
        Fact(name=name, kind=kind, label=text(name), derived=derived, counts=counts)
        for name, kind, derived, counts in (
            ("first_violation", Kind.BOOLEAN, "first_violation", None),
            ("prior_count", Kind.INTEGER, "prior_count", None),
            ("repeats", Kind.INTEGER, None, repeats),
        )
    ]
    rules = [
        rule("r.national/first", Grade.EXEMPT, is_true("first_violation")),
        rule("r.national/again", Grade.LIGHTER, is_false("first_violation")),
        rule("r.national/twice", Grade.HEAVIER, check("prior_count", Op.AT_LEAST, 2)),
        rule("r.national/never", Grade.MITIGATED, check("prior_count", Op.AT_MOST, 0)),
        rule("r.national/repeat", Grade.HEAVIER, check("repeats", Op.AT_LEAST, 2)),
        rule("r.national/once", Grade.LIGHTER, check("repeats", Op.BETWEEN, (1, 1))),
    ]
    law = Citation("食品安全法", "124", paragraph=1)
    violations = [
        attrs.evolve(one, provisions=(provision(),), broken=broken)
        for one, broken in zip(CATALOGUE.values(), ((law,), (law,), (), ()), strict=True)
    ]
    return engine(
        *rules,
        violations=violations,
        vocabulary=Vocabulary({one.name: one for one in facts}),
        first_violation=attrs.evolve(first, ruleset="r.national"),
    )


def _check(first: FirstViolation, repeats: RepeatCount, cases: Sequence[Case]) -> BatchEngine:
    numbered = [attrs.evolve(case, id=f"{number}") for number, case in enumerate(cases)]
    found = pa.Table.from_pylist(prior_rows(numbered), schema=_PRIORS)
    made = _engine(first, repeats)
    return check_equal(made, batch_of(made, map(row_of, numbered)), found)


@given(_FIRST, _REPEATS, st.lists(_CASES, min_size=20, max_size=40))
def test_what_counts(first: FirstViolation, repeats: RepeatCount, cases: list[Case]) -> None:
    """First violations, numbers of earlier ones and repeats are those of one case."""
    _check(first, repeats, cases)


def test_rows_with_earlier_violations_go_together() -> None:
    """What the registers told is joined to the rows; only what does not fit goes one by one."""
    dealt = Prior(decided=date(2021, 6, 1), violation="food.label")
    late = Prior(decided=date(2023, 1, 1), violation="food.label")
    found = [(dealt,), (dealt, dealt), (late,), (Prior(violation="unlisted.act"),), ()]
    decided = DateSpan.on(date(2022, 5, 20))
    cases = [attrs.evolve(recorded(*priors), decided=decided) for priors in found]
    twice = RepeatCount(window=Window(24))
    runner = _check(FirstViolation(window=Window(24)), twice, cases)
    assert attrs.astuple(runner.counts) == (3, 0, 2)
