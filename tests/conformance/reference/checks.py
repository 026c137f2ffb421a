"""What is refused: documents that can mean nothing, and cases that contradict themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from conformance.reference.conditions import AMOUNTS, Data, Reader, Test, truth, value
from conformance.reference.days import Span, act_span, day, span
from conformance.reference.matters import acts_of
from conformance.reference.worlds import World

ORDER = ("below", "at_most", "at_least", "above", "between")
TESTS: Mapping[str, tuple[str, ...]] = {
    "boolean": ("is",),
    "choice": ("is", "in", "not_in"),
    "text": ("is", "in", "not_in"),
    "level": ("is", "in", "not_in", *ORDER),
    "date": ("is", "before", "on_or_after", "between"),
    "set": ("is", "contains"),
    **dict.fromkeys(AMOUNTS, ("is", *ORDER)),
}
"""The tests that fit each kind of fact."""
KNOWN = {test for tests in TESTS.values() for test in tests}
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)
"""The first two digits of a code of GB/T 2260."""
CASE_DATES = ("discovered", "filed", "notified", "decided")


def document_problems(documents: Sequence[Data]) -> list[str]:
    """The codes of what is wrong with the documents, in their order."""
    world = World(tuple(documents))
    concepts = {name for one in documents for name in one.get("define", {})}
    check = Check(world.facts, concepts)
    found: list[str] = []
    for document in documents:
        found += check.violations(document.get("violations", {}))
        found += check.ruleset(document, world.violations)
    return found


@dataclass(frozen=True)
class Check:
    """Looks at conditions with the facts and concepts that are declared."""

    facts: Mapping[str, Data]
    concepts: set[str]

    def violations(self, violations: Mapping[str, Data]) -> Iterator[str]:
        """What is wrong with the conditions of a catalogue."""
        for provision in (p for v in violations.values() for p in v.get("provisions", [])):
            yield from self.condition(provision.get("only_after", []))
            for part in (*provision.get("tiers", []), *provision.get("kinds", [])):
                yield from self.condition(part.get("when", []))

    def ruleset(self, document: Data, violations: Mapping[str, Data]) -> Iterator[str]:
        """What is wrong with the rules, definitions and duties of a ruleset."""
        parts = [document.get("preamble", {}), *document.get("define", {}).values()]
        for part in (*parts, *document.get("duties", [])):
            yield from self._conditions(part)
        seen = set()
        for rule in document.get("rules", []):
            if rule["id"] in seen:
                yield "duplicate-id"
            seen.add(rule["id"])
            if not rule.get("cite"):
                yield "missing-citation"
            if "heavier" in rule.get("permits", []) and len(set(rule["permits"])) > 1:
                yield "mixed-permits"
            unknown = set(rule.get("violations", [])) - violations.keys()
            yield from ("unknown-violation" for _ in unknown)
            yield from self._conditions(rule)

    def _conditions(self, part: Data) -> Iterator[str]:
        for key in ("when", "unless"):
            yield from self.condition(part.get(key, []))

    def condition(self, given: Any) -> Iterator[str]:  # noqa: ANN401 - a condition of any shape
        """What is wrong with a condition."""
        if isinstance(given, str):
            yield from self._entry(given, bare=True, given=True)
        elif isinstance(given, list):
            for part in given:
                yield from self.condition(part)
        elif "sum" in given:
            tests = {op: operand for op, operand in given.items() if op != "sum"}
            yield from self._tests(given["sum"], tests)
        elif "per" in given:
            if self.facts.get(given["per"], {"kind": "choice"})["kind"] != "choice":
                yield "wrong-kind"
                return
            for code, inside in given["kinds"].items():
                yield from self._tests([given["per"]], {"is": code})
                yield from self.condition(inside)
        else:
            for key, inside in given.items():
                yield from self._entry(key, bare=False, given=inside)

    def _entry(self, key: str, *, bare: bool, given: Any) -> Iterator[str]:  # noqa: ANN401
        if key == "at_least":
            ((need, parts),) = given.items()
            if int(need) > len(parts):
                yield "impossible-count"
            if int(need) < 1:
                yield "empty-condition"
            yield from self.condition(parts)
        elif given == []:
            yield "empty-condition"
        elif key in ("all", "any", "not"):
            yield from self.condition(given)
        elif key in self.concepts:
            if not isinstance(given, bool):
                yield "wrong-kind"
        elif key not in self.facts:
            yield "unknown-fact"
        elif bare and self.facts[key]["kind"] != "boolean":
            yield "wrong-kind"
        else:
            yield from self._tests([key], given if isinstance(given, dict) else {"is": given})

    def _tests(self, names: Sequence[str], tests: Data) -> Iterator[str]:
        """What is wrong with the tests of a fact, or of a sum of facts."""
        unknown = [name for name in names if name not in self.facts]
        if unknown:
            yield from ("unknown-fact" for _ in unknown)
            return
        fact = self.facts[names[0]]
        if any(_measure(self.facts[name]) != _measure(fact) for name in names):
            yield "kinds-differ"
            return
        found = [code for op, operand in tests.items() for code in self._test(fact, op, operand)]
        yield from found
        if not found:
            yield from self._together(names, tests)

    def _test(self, fact: Data, op: str, operand: Any) -> Iterator[str]:  # noqa: ANN401
        if op not in TESTS[fact["kind"]]:
            yield "wrong-kind" if op in KNOWN else "unknown-test"
        elif isinstance(operand, dict):
            other = self.facts.get(operand["of"])
            if other is None:
                yield "unknown-fact"
            elif _measure(other) != _measure(fact):
                yield "kinds-differ"
        elif operand == []:
            yield "empty-condition"
        else:
            several = isinstance(operand, list) and fact["kind"] != "set"
            for raw in operand if several else [operand]:
                yield from value_problem(fact, raw)

    def _together(self, names: Sequence[str], tests: Data) -> Iterator[str]:
        """Tests that no value can pass together."""
        fact = self.facts[names[0]]
        fixed = {op: one for op, one in tests.items() if not isinstance(one, dict)}
        node = Reader(self.facts, lambda _: Test((), "", None)).read({names[0]: fixed})
        if fact["kind"] in ("choice", "level"):
            codes = [value(fact, code) for code in fact["choices"]]
            if not any(truth(node, {names[0]: code}) for code in codes):
                ordered = fact["kind"] == "level" and not {"in", "not_in"} & fixed.keys()
                yield "empty-interval" if ordered else "impossible-tests"
        elif fact["kind"] in (*AMOUNTS, "date") and _is_empty(fact, fixed):
            yield "empty-interval"


def _measure(fact: Data) -> tuple[str, object]:
    """What must be the same of two facts that are compared or added."""
    return fact["kind"], fact.get("unit")


def _is_empty(fact: Data, tests: Data) -> bool:
    """Whether no amount, or day, passes all tests."""
    whole = fact["kind"] != "number"
    low, high = (Fraction(0), True), (Fraction(10**18), True)
    for op, operand in tests.items():
        ends = [_place(fact, raw) for raw in (operand if op == "between" else [operand])]
        if op in ("is", "between", "at_least", "on_or_after"):
            low = max(low, (ends[0], True), key=lambda end: (end[0], not end[1]))
        if op in ("is", "between", "at_most"):
            high = min(high, (ends[-1], True))
        if op == "above":
            strict = (ends[0] + 1, True) if whole else (ends[0], False)
            low = max(low, strict, key=lambda end: (end[0], not end[1]))
        if op in ("below", "before"):
            high = min(high, (ends[0] - 1, True) if whole else (ends[0], False))
    return low[0] > high[0] or (low[0] == high[0] and not (low[1] and high[1]))


def _place(fact: Data, raw: object) -> Fraction:
    found = value(fact, raw)
    return Fraction(found.toordinal() if isinstance(found, date) else found)


def value_problem(fact: Data, raw: Any) -> Iterator[str]:  # noqa: ANN401 - a value of any kind
    """What is wrong with a written value."""
    kind = fact["kind"]
    if kind == "boolean":
        yield from () if isinstance(raw, bool) else ("not-a-boolean",)
    elif kind in ("choice", "level"):
        yield from () if raw in fact["choices"] else ("not-in-choices",)
    elif kind == "set":
        codes = raw if isinstance(raw, list) else [raw]
        yield from ("not-in-choices" for code in codes if code not in fact["choices"])
    elif kind == "date":
        yield from _day_problem(str(raw))
    elif kind in AMOUNTS:
        yield from _amount_problem(kind, raw)


def _day_problem(text: str) -> Iterator[str]:
    parts = text.split("-")
    if [len(part) for part in parts] != [4, 2, 2] or not "".join(parts).isdigit():
        yield "not-a-date"
        return
    try:
        day(text)
    except ValueError:
        yield "no-such-date"


def _amount_problem(kind: str, raw: object) -> Iterator[str]:
    codes = {"money": "not-money", "number": "not-a-number"}
    try:
        amount = Fraction(str(raw).partition(" ")[0])
    except ValueError:
        yield codes.get(kind, "not-an-integer")
        return
    steps = {"money": 100, "number": amount.denominator}.get(kind, 1)
    if isinstance(raw, bool) or (amount * steps).denominator != 1:
        yield codes.get(kind, "not-an-integer")
    elif amount < 0:
        yield "negative-money" if kind == "money" else "negative-count"


def case_problems(world: World, case: Data) -> list[str]:
    """The codes of what is wrong with a case, in the order of its keys."""
    found = [(key, code) for key, codes in _wrong_values(world, case) for code in codes]
    found += [(key, "dates-out-of-order") for key in _out_of_order(case)]
    keys = list(case)
    return [code for _, code in sorted(found, key=lambda one: keys.index(one[0]))]


def _wrong_values(world: World, case: Data) -> Iterator[tuple[str, Iterable[str]]]:
    """What is wrong with single values, each with the key under which they stand."""
    region = str(case["region"])
    if region != "national" and (len(region) != 6 or region[:2] not in PROVINCES):
        yield "region", ["unknown-region"]
    if case["violation"] not in world.violations:
        yield "violation", ["unknown-violation"]
    for name, raw in case.get("facts", {}).items():
        known = name in world.facts
        yield "facts", value_problem(world.facts[name], raw) if known else ["unknown-fact"]


def _out_of_order(case: Data) -> Iterator[str]:
    """Keys of dates that certainly lie before one that they must follow."""
    seen: list[Span] = []
    given = case.get("committed")
    if given is not None:
        began = given.get("from") if isinstance(given, dict) else None
        seen.append(span(began) if began else act_span(case))
        if act_span(case)[1] < seen[0][0]:
            yield "committed"
    for name in (name for name in CASE_DATES if name in case):
        own = span(case[name])
        if any(own[1] < one[0] for one in seen):
            yield name
        seen.append(own)
    decided = span(case["decided"])[1] if "decided" in case else date.max
    for prior in case.get("priors", {}).get("found", []):
        if any(day(prior[one]) > decided for one in prior if one in _STEPS):
            yield "priors"


_STEPS = ("committed", "discovered", "decided")


def matter_problems(cases: Sequence[Data]) -> list[str]:
    """The codes of what keeps cases from being a matter, or cases from being one act."""
    found: list[str] = []
    ids = [case["id"] for case in cases]
    found += ["matter-duplicate-case" for at, one in enumerate(ids) if one in ids[:at]]
    for case in cases:
        mine, first = case.get("party", {}), cases[0].get("party", {})
        found += ["matter-parties" for key in mine if mine[key] != first.get(key, mine[key])]
    for own in acts_of(cases):
        found += _act_problems(own)
    return found


def _act_problems(cases: Sequence[Data]) -> Iterable[str]:
    dated = next((case for case in cases if "committed" in case), cases[0])
    for at, case in enumerate(cases):
        if case["region"] != cases[0]["region"]:
            yield "act-regions"
        if "committed" in case and case["committed"] != dated["committed"]:
            yield "act-dates"
        if case["violation"] in [one["violation"] for one in cases[:at]]:
            yield "act-violation-twice"
