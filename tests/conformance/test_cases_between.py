"""Library and reference agree on the cases between those of the suite too."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from conformance import library, reference, suite

Facts: TypeAlias = dict[str, Any]

ITEMS = [item for item in suite.items() if item.cases]
SINGLE = [item for item in ITEMS if not item.is_matter]
CROWDED = ("resolution-rows", "settledness")
"""Topics with so many rules that the library asks some facts only after others."""


def _stated() -> Mapping[str, list[tuple[str, object]]]:
    """The facts that the cases of each topic state."""
    found: dict[str, list[tuple[str, object]]] = {}
    for item in ITEMS:
        own = found.setdefault(item.topic, [])
        own.extend(pair for case in item.cases for pair in case.get("facts", {}).items())
    return found


STATED = _stated()
DAYS = [f"{year}-{end}" for year in range(2020, 2025) for end in ("01-01", "02-28", "03-01")]


def agree(item: suite.Item) -> None:
    """Asserts that both find the same, and that each refuses what the other one does."""
    found = library.evaluate(item)
    expected = reference.answer(item.world, item.cases, is_matter=item.is_matter, **item.options)
    if item.topic in CROWDED:
        expected.pop("questions", None)
    assert list(suite.differences(expected, found)) == []


def _lent(draw: st.DrawFn, item: suite.Item, case: suite.Data) -> Facts:
    """The facts of a case, some taken away and others of its topic lent."""
    facts: Facts = dict(case.get("facts", {}))
    for name in draw(st.sets(st.sampled_from(sorted(facts)))) if facts else ():
        del facts[name]
    declared = {name for document in item.world for name in document.get("facts", {})}
    lent = [(name, value) for name, value in STATED[item.topic] if name in declared]
    if lent:
        facts.update(draw(st.lists(st.sampled_from(lent), max_size=4)))
    return facts


@st.composite
def between(draw: st.DrawFn) -> suite.Item:
    """A case of the suite from which facts are taken, and to which others of its topic are lent."""
    item = draw(st.sampled_from(SINGLE))
    case = dict(item.cases[0])
    if draw(st.booleans()):
        case["examined"] = []
    if draw(st.booleans()):
        case["measures"] = ["sealing"]
    case["facts"] = _lent(draw, item, case)
    return suite.Item(**{**vars(item), "cases": (case,)})


def _of(topic: str) -> list[suite.Item]:
    return [item for item in ITEMS if item.topic == topic]


def _some(draw: st.DrawFn, pool: Mapping[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Some of the keys, each with a value."""
    return {key: draw(pool[key]) for key in draw(st.sets(st.sampled_from(sorted(pool))))}


PERIODS = st.one_of(
    st.builds(lambda n: {"months": n}, st.sampled_from([6, 12, 24])),
    st.builds(lambda n: {"days": n}, st.sampled_from([30, 365])),
    st.builds(lambda n: {"calendar_years": n}, st.sampled_from([1, 2])),
)
STEPS = ("committed", "discovered", "decided")
RESULTS = ("exempted", "warned", "penalised", "pending")
VIOLATIONS = ("t.one", "t.two", "t.same-article", "t.item", "t.far", "t.field")
REGISTERS = st.lists(st.sampled_from(["case_system", "credit_china"]), min_size=1, unique=True)
DEFINITION: Mapping[str, st.SearchStrategy[Any]] = {
    "window": PERIODS,
    "search": PERIODS,
    "since": st.sampled_from(DAYS),
    "anchor": st.sampled_from(STEPS),
    "counted_by": st.sampled_from(STEPS),
    "same": st.sampled_from(["violation", "article", "law", "field", "department", "any"]),
    "area": st.sampled_from(["anywhere", "province", "prefecture", "region", "authority"]),
    "results": st.lists(st.sampled_from(RESULTS), min_size=1, unique=True),
    "unhandled": st.booleans(),
    "registers": REGISTERS,
}
PRIOR: Mapping[str, st.SearchStrategy[Any]] = {
    "authority": st.sampled_from(["甲局", "乙局"]),
    "region": st.sampled_from(["530103", "530102", "530302", "530000", "310101"]),
    "violation": st.sampled_from(VIOLATIONS),
    "field": st.sampled_from(["trade", "fire_safety"]),
    "department": st.sampled_from(["market_regulation", "fire"]),
    "result": st.sampled_from(RESULTS),
}


@st.composite
def prior(draw: st.DrawFn) -> dict[str, Any]:
    """A record whose steps follow each other; one not yet dealt with has no day of decision."""
    found = _some(draw, PRIOR)
    days = sorted(draw(st.lists(st.sampled_from(DAYS), max_size=3)))
    steps = STEPS[:2] if found.get("result") == "pending" else STEPS
    names = sorted(draw(st.permutations(steps))[: len(days)], key=STEPS.index)
    return {**found, **dict(zip(names, days, strict=False))}


@st.composite
def histories(draw: st.DrawFn) -> suite.Item:
    """A case with a record of earlier violations, under some definition of what counts."""
    item = draw(st.sampled_from(_of("first-violation")))
    defined = _some(draw, DEFINITION)
    counted = {**_some(draw, DEFINITION), "includes_present": draw(st.booleans())}
    world = []
    for document in item.world:
        one = dict(document)
        if "first_violation" in one:
            one["first_violation"] = defined
        if "repeats" in one.get("facts", {}):
            repeats = {**one["facts"]["repeats"], "counts": counted}
            one["facts"] = {**one["facts"], "repeats": repeats}
        world.append(one)
    case = dict(item.cases[0])
    record = st.lists(prior(), max_size=2)
    pool = {"searched_since": st.sampled_from(DAYS), "found": record, "registers": REGISTERS}
    days = st.sampled_from(["2024-03-01", "2024-03", {"from": "2024-01-15", "to": "2024-03-01"}])
    case.update(
        violation=draw(st.sampled_from(VIOLATIONS)),
        committed=draw(days),
        priors=_some(draw, pool),
        **_some(draw, {"authority": st.just("甲局"), "discovered": st.just("2024-03-05")}),
    )
    case["decided"] = "2025-10-01"
    return suite.Item(**{**vars(item), "world": tuple(world), "cases": (case,)})


LENGTHS = st.one_of(
    *(
        st.builds(lambda n, unit=unit: {unit: n}, st.sampled_from([1, 3, 7, 30]))
        for unit in ("days", "working_days", "hours", "months")
    )
)
EVENTS = ("committed", "filed", "decided", "sealed_on")
ACCRUAL = st.sampled_from([{"rate": 0.03}, {"rate": 0.07, "cap": 0.5}])
MEASURES = st.lists(st.sampled_from(["sealing", "auction"]), unique=True)


@st.composite
def duties(draw: st.DrawFn) -> suite.Item:
    """A case in which a duty follows on some trigger, with some period."""
    item = draw(st.sampled_from([one for one in _of("duties") if "duties" in one.world[-1]]))
    duty = dict(item.world[-1]["duties"][0])
    anchor = {draw(st.sampled_from(["after", "before"])): draw(st.sampled_from(EVENTS))}
    more = {"extended_by": st.just(["testing"]), "waits": st.booleans()}
    duty["deadline"] = {**draw(LENGTHS), **anchor, **_some(draw, more)}
    modalities = st.sampled_from(["shall", "may"])
    met = st.sampled_from(["paid_on", "decided"])
    duty.update(_some(draw, {"accrues": ACCRUAL, "met_by": met, "modality": modalities}))
    reach = _some(draw, {"reach_back": st.sampled_from(["always", "never"])})
    ruleset = {**item.world[-1], **reach, "duties": [duty]}
    case = {**item.cases[0], "facts": _lent(draw, item, item.cases[0]), "measures": draw(MEASURES)}
    case.update(_some(draw, {"decided": st.just("2024-05"), "examined": st.just([])}))
    return suite.Item(**{**vars(item), "world": (*item.world[:-1], ruleset), "cases": (case,)})


@st.composite
def matters(draw: st.DrawFn) -> suite.Item:
    """Two or three violations in one act or several, with facts of the topic."""
    item = draw(st.sampled_from(_of("matters")))
    catalogue = sorted(item.world[1]["violations"])
    cases = []
    for number, name in enumerate(
        draw(st.lists(st.sampled_from(catalogue), max_size=3)) or ["t.low"]
    ):
        case = {**item.cases[0], "id": str(number), "violation": name}
        case.update(act=draw(st.sampled_from("aab")), facts=_lent(draw, item, case))
        cases.append({**case, "examined": draw(st.sampled_from([["all"], []]))})
    return suite.Item(**{**vars(item), "cases": tuple(cases)})


@given(item=between())
def test_agreement(item: suite.Item) -> None:
    """What the reference finds, the library finds, and what one refuses the other one does."""
    agree(item)


@given(item=histories())
def test_histories(item: suite.Item) -> None:
    """Both read the record of earlier violations alike, whatever counts."""
    agree(item)


@given(item=duties())
def test_duties(item: suite.Item) -> None:
    """Both let the same duties follow, with the same days."""
    agree(item)


@given(item=matters())
def test_matters(item: suite.Item) -> None:
    """Both choose the same norm for an act, add the same fines and ask the same."""
    agree(item)
