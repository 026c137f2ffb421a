"""Rulesets drawn as documents, with conditions that the vocabulary allows."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from hypothesis import strategies as st

from bizrules._tree import Document
from bizrules.conditions import AllOf, AnyOf, AtLeast, Condition, Not, Op, PerKind, Share, Test
from bizrules.engine import Engine
from bizrules.facts import NUMERIC, Fact, Kind, Vocabulary
from bizrules.grammar import print_condition, unit_of
from bizrules.loading import Knowledge, load_ruleset
from bizrules.regions import NATIONAL
from bizrules.rules import Measure, Ruleset
from bizrules.testing._aiming import values
from bizrules.values import Money

_ORDERS: Final = (Op.BELOW, Op.AT_MOST, Op.AT_LEAST, Op.ABOVE)
_ID: Final = "drawn"
_CITE: Final = {"law": "行政处罚法", "article": "32"}
_PERMITS: Final = (
    ["lighter"],
    ["mitigated"],
    ["lighter", "mitigated"],
    ["exempt"],
    ["lighter", "mitigated", "exempt"],
    ["heavier"],
)
_STARTS: Final = ("2021-07-15", "2022-01-01", "2024-06-03")


def conditions(vocabulary: Vocabulary, *, most: int = 6) -> st.SearchStrategy[Condition]:
    """Conditions over the facts that a document may hold.

    Args:
        vocabulary: The facts; at least one.
        most: At most about so many tests.
    """
    facts = [fact for _, fact in sorted(vocabulary.facts.items())]
    leaf = st.sampled_from(facts).flatmap(tests)
    pairs = _pairs(facts)
    leaves = st.one_of(leaf, st.sampled_from(pairs).flatmap(_joint)) if pairs else leaf
    return st.recursive(leaves, lambda inner: _nested(inner, facts), max_leaves=most)


def _nested(
    inner: st.SearchStrategy[Condition], facts: Sequence[Fact]
) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    coded = [fact for fact in facts if fact.kind in (Kind.CHOICE, Kind.LEVEL)]
    nested: list[st.SearchStrategy[Condition]] = [
        parts.map(AllOf),
        parts.map(AnyOf),
        inner.map(Not),
        st.builds(AtLeast, st.integers(1, 2), parts),
    ]
    if coded:
        nested.append(st.sampled_from(coded).flatmap(lambda fact: _per_kind(fact, inner)))
    return st.one_of(nested)


def _per_kind(fact: Fact, inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    codes = st.sampled_from([choice.code for choice in fact.choices])
    branches = st.dictionaries(codes, inner, min_size=1, max_size=2)
    return branches.map(lambda found: PerKind(fact.name, tuple(found.items())))


def tests(fact: Fact) -> st.SearchStrategy[Test]:
    """Tests of one fact that some values pass and others do not.

    Args:
        fact: Its declaration.
    """
    names, codes = (fact.name,), [choice.code for choice in fact.choices]
    if fact.kind is Kind.SET:
        some = st.lists(st.sampled_from(codes), min_size=1, unique=True).map(tuple)
        return some.map(lambda found: Test(names, Op.CONTAINS, found))
    if fact.kind is Kind.LEVEL and len(codes) > 1:
        limits = [(op, code) for op in (Op.AT_MOST, Op.BELOW) for code in codes[1:]]
        limits = [(op, code) for op, code in limits if op is Op.BELOW or code != codes[-1]]
        limits += [(Op.AT_LEAST, code) for code in codes[1:]]
        return st.sampled_from(limits).map(lambda found: Test(names, found[0], found[1]))
    if fact.kind is Kind.DATE:
        ops = st.sampled_from((Op.BEFORE, Op.ON_OR_AFTER))
        return st.builds(lambda op, day: Test(names, op, day), ops, values(fact))
    if fact.kind in NUMERIC:
        return _limits(names, fact)
    return values(fact).map(lambda value: Test(names, Op.IS, value))


def _limits(names: tuple[str, ...], fact: Fact) -> st.SearchStrategy[Test]:
    """Comparisons with an amount above nothing, which always leaves something on both sides."""
    above = values(fact).filter(lambda value: value not in (0, Money(0)))
    return st.builds(lambda op, limit: Test(names, op, limit), st.sampled_from(_ORDERS), above)


def _pairs(facts: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    """Facts that may be added and compared: of one unit."""
    amounts = [fact for fact in facts if fact.kind in NUMERIC]
    return [
        (one, two)
        for one in amounts
        for two in amounts
        if one.name != two.name and (one.kind, unit_of(one)) == (two.kind, unit_of(two))
    ]


def _joint(pair: tuple[Fact, Fact]) -> st.SearchStrategy[Test]:
    """Tests of the sum of two facts, and of one against a share of the other."""
    one, two = pair
    factor = st.fractions(min_value=Fraction(1, 100), max_value=20, max_denominator=100)
    shares = factor.map(lambda times: Share(two.name, times))
    return st.one_of(
        _limits((one.name, two.name), one),
        st.builds(lambda op, share: Test((one.name,), op, share), st.sampled_from(_ORDERS), shares),
    )


def ruleset_documents(
    known: Vocabulary | Engine,
    *,
    region: str = NATIONAL,
    violations: Iterable[str] | None = None,
    most: int = 4,
) -> st.SearchStrategy[dict[str, object]]:
    """Rulesets as plain data, in the form in which documents are written.

    Args:
        known: The facts that conditions may read; with an engine also its violations.
        region: GB/T 2260 code of the place.
        violations: Ids of the violations rules may name; those of the engine unless given.
        most: At most so many rules.
    """
    vocabulary = known if isinstance(known, Vocabulary) else known.vocabulary
    if violations is None:
        violations = () if isinstance(known, Vocabulary) else known.violations
    rules = st.lists(_rules(vocabulary, tuple(sorted(violations))), max_size=most)
    return st.builds(_document, rules, st.just(region), st.sampled_from((None, *_STARTS)))


def _document(
    rules: Sequence[Mapping[str, object]], region: str, start: str | None
) -> dict[str, object]:
    document: dict[str, object] = {
        "format": "1",
        "document": "ruleset",
        "id": _ID,
        "version": "1",
        "title": _text("拟定的规则", "drawn rules"),
        "region": "national" if region == NATIONAL else region,
        "instrument": {"name": "拟定的规则", "level": "document", "kind": "illustration"},
        "status": "illustration",
        "rules": [{"id": f"{number}", **rule} for number, rule in enumerate(rules, start=1)],
    }
    if start is not None:
        document["in_force"] = {"from": start}
    return document


def _rules(
    vocabulary: Vocabulary, violations: Sequence[str]
) -> st.SearchStrategy[dict[str, object]]:
    when = conditions(vocabulary) if vocabulary.facts else st.nothing()
    named = st.lists(st.sampled_from(violations), min_size=1, max_size=2, unique=True)
    measures = st.sampled_from([measure.value for measure in Measure])
    return st.builds(
        _rule,
        when=st.none() | when,
        permits=st.sampled_from(_PERMITS),
        shall=st.booleans(),
        violations=st.none() | named if violations else st.none(),
        measures=st.one_of(*[st.none()] * 4, st.lists(measures, min_size=1, max_size=2)),
    )


def _rule(
    *,
    when: Condition | None,
    permits: list[str],
    shall: bool,
    violations: list[str] | None,
    measures: list[str] | None,
) -> dict[str, object]:
    of_penalty = {"ground": "special", "permits": permits}
    of_measures = {"ground": "necessity", "axis": "compulsion", "measures": measures}
    given: dict[str, Any] = {
        "title": _text("拟定的条目", "a drawn entry"),
        "modality": "shall" if shall else "may",
        **(of_penalty if measures is None else of_measures),
        "violations": violations,
        "when": None if when is None else [print_condition(when)],
        "cite": [_CITE],
    }
    if measures is not None:
        given["permits"] = []
    return {key: value for key, value in given.items() if value is not None}


def _text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def drafted(document: Mapping[str, object], known: Vocabulary | Engine) -> Ruleset:
    """The ruleset of a document of `ruleset_documents`.

    Args:
        document: The document.
        known: What it was drawn for.

    Raises:
        DocumentError: With every problem of the document.
    """
    knowledge = Knowledge(vocabulary=known) if isinstance(known, Vocabulary) else known.knowledge
    return load_ruleset(Document("drawn", dict(document)), knowledge)
