"""Why a condition has its truth, what is left to tell of it, and which facts would tell."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from operator import and_, or_
from typing import Any, Final, TypeAlias

import attrs

from bizrules import wording
from bizrules.compiling import Compiler
from bizrules.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Defined,
    Not,
    Op,
    PerKind,
    Test,
    facts_read,
)
from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.matching import (
    Comparable,
    Matcher,
    Names,
    View,
    compile_condition,
    parts_of,
    value_of,
)
from bizrules.outcomes import Trace
from bizrules.provenance import Citation, Text
from bizrules.shared_records import FromGiven, draft_of
from bizrules.signatures import SignatureCache, compiled_tests
from bizrules.truth import Truth

Definition: TypeAlias = tuple[Text, tuple[Citation, ...]]
"""Which earlier violations count for a fact, in words, and where that is laid down."""


@attrs.frozen
class Telling:
    """What a trace tells besides the condition and the facts.

    Attributes:
        derived: Facts that were computed, not stated.
        definitions: By the facts that a test reads, by which definition it is told which earlier
            violations count.
        whose: By its name, whose definition a defined concept is; not where it goes without saying.
    """

    derived: frozenset[str] = frozenset()
    definitions: Mapping[tuple[str, ...], Definition] = attrs.field(factory=dict)
    whose: Mapping[str, Text] = attrs.field(factory=dict)


NOTHING_BESIDES: Final = Telling()
Parts: TypeAlias = dict[str, Any]
"""Fields of a record by name; many records share them, and none changes them."""

_TraceDraft: Final = draft_of(Trace)


@attrs.frozen(eq=False)
class TraceForm:
    """The trace of a condition, for every view over which its tests turn out in the same way.

    What a case says of a fact is found when that is read.

    Attributes:
        truth: Truth of the condition.
        parts: What its trace says besides, by the names of its fields.
        inside: The forms of the parts of the condition.
        same: The trace, where it says the same of every such view.
    """

    truth: Truth
    parts: Parts
    inside: "tuple[TraceForm, ...]" = ()
    same: Trace | None = None

    @classmethod
    def always(cls, same: Trace) -> "TraceForm":
        """The form of a trace that says the same of every view."""
        return cls(same.truth, {}, same=same)

    @classmethod
    def branch(cls, truth: Truth, parts: Parts, inside: "tuple[TraceForm, ...]") -> "TraceForm":
        """The form of a condition of several parts; says the same where each of them does."""
        form = cls(truth, parts, inside)
        is_same = all(one.same is not None for one in inside)
        return attrs.evolve(form, same=traced(form, {})) if is_same else form


Former: TypeAlias = Callable[[View, Telling], TraceForm]
"""The form of the trace of a condition over a view."""


def trace(
    condition: Condition,
    vocabulary: Vocabulary,
    view: View,
    *,
    names: Names,
    telling: Telling = NOTHING_BESIDES,
) -> Trace:
    """Why the condition has its truth over the view, as a tree.

    Args:
        condition: The condition.
        vocabulary: Declarations of its facts.
        view: Known facts.
        names: Names of the view under which some facts are read.
        telling: What is told besides.
    """
    return traced(FORMERS(condition, vocabulary, names)(view, telling), view)


def traced(form: TraceForm, view: View) -> Trace:
    """The trace of a form over a view over which the tests turn out as they did for the form."""
    if form.same is not None:
        return form.same
    draft = _TraceDraft()
    draft._parts = form.parts  # noqa: SLF001 - the record is begun here
    draft._given = view  # noqa: SLF001 - likewise
    draft.truth = form.truth
    draft.children = tuple([one.same or traced(one, view) for one in form.inside])
    draft.__class__ = Trace
    made: Trace = draft
    return made


def _former(condition: Condition, vocabulary: Vocabulary, names: Names) -> Former:
    text = wording.condition_text(condition, vocabulary)
    if isinstance(condition, Test):
        return _test_former(condition, vocabulary, names, text)
    parts = tuple(_former(part, vocabulary, names) for part in parts_of(condition))
    if isinstance(condition, Defined):
        return _defined_former(condition, parts[0], text)
    said = {**PLAIN, "node": _NODE_NAMES[type(condition)], "text": text}
    combine = _combination(condition)

    def form(view: View, telling: Telling) -> TraceForm:
        inside = tuple([part(view, telling) for part in parts])
        return TraceForm.branch(combine([one.truth for one in inside]), said, inside)

    return form


_NODE_NAMES: Final[Mapping[type, str]] = {
    AllOf: "all",
    AnyOf: "any",
    Not: "not",
    AtLeast: "at_least",
    PerKind: "per_kind",
}
PLAIN: Final[Parts] = {
    "found": None,
    "facts": (),
    "derived": False,
    "citations": (),
    "definition": None,
}


def _defined_former(condition: Defined, inner: Former, text: Text) -> Former:
    name = condition.name
    said = {**PLAIN, "node": "defined", "text": text, "citations": condition.citations}

    def form(view: View, telling: Telling) -> TraceForm:
        meaning, whose = inner(view, telling), telling.whose.get(name)
        return TraceForm.branch(meaning.truth, {**said, "definition": whose}, (meaning,))

    return form


def _test_former(test: Test, vocabulary: Vocabulary, names: Names, text: Text) -> Former:
    read, match = tuple(sorted(facts_read(test))), compile_condition(test, vocabulary, names)
    found = FromGiven(finder(read, vocabulary, names))
    plain = {**PLAIN, "node": "test", "text": text, "found": found, "facts": read}
    shown = {flag: _shown_by_all(test, vocabulary, names, flag) for flag in (True, False, None)}

    def make(flag: bool | None, parts: Parts) -> TraceForm:
        form, view = TraceForm(Truth.of(flag), parts), shown[flag]
        return form if view is None else TraceForm.always(traced(form, view))

    by_truth = {flag: make(flag, plain) for flag in shown}

    def form(view: View, telling: Telling) -> TraceForm:
        flag, definition = match(view), telling.definitions.get(read)
        is_derived = not telling.derived.isdisjoint(read)
        if not is_derived and definition is None:
            return by_truth[flag]
        said, cited = definition or (None, ())
        return make(flag, {**plain, "derived": is_derived, "definition": said, "citations": cited})

    return form


def _shown_by_all(
    test: Test, vocabulary: Vocabulary, names: Names, truth: bool | None
) -> View | None:
    """What every view says of the fact of a test that has this truth; None if they may differ."""
    fact = vocabulary[test.facts[0]]
    if len(facts_read(test)) > 1:
        return None
    if truth is None:
        return {}
    if fact.kind is not Kind.BOOLEAN or test.op is not Op.IS:
        return None
    return {names.get(fact.name, fact.name): truth is (test.operand is True)}


def _combination(condition: Condition) -> Callable[[Sequence[Truth]], Truth]:
    """How the truths of its parts make that of a condition."""
    if isinstance(condition, AtLeast):
        return partial(_enough, condition.count)
    if isinstance(condition, Not):
        return lambda truths: ~truths[0]
    return _any if isinstance(condition, (AnyOf, PerKind)) else _all


def _all(truths: Sequence[Truth]) -> Truth:
    return reduce(and_, truths, Truth.TRUE)


def _any(truths: Sequence[Truth]) -> Truth:
    return reduce(or_, truths, Truth.FALSE)


def _enough(count: int, truths: Sequence[Truth]) -> Truth:
    certain = truths.count(Truth.TRUE)
    if certain >= count:
        return Truth.TRUE
    return Truth.UNKNOWN if certain + truths.count(Truth.UNKNOWN) >= count else Truth.FALSE


FORMERS: Final[Compiler[Former]] = Compiler(_former)
"""Formers of conditions."""


def finder(
    read: tuple[str, ...], vocabulary: Vocabulary, names: Names
) -> Callable[[View], Text | None]:
    """A function that says what a view knows of some facts; None if nothing."""
    keys = tuple((vocabulary[name], names.get(name, name)) for name in read)
    if len(keys) == 1:
        ((fact, key),) = keys

        def find(view: View) -> Text | None:
            found = view.get(key)
            return None if found is None else Text.said_by(partial(_say_value, fact, found))

        return find

    def find_all(view: View) -> Text | None:
        known = [(fact, found) for fact, key in keys if (found := view.get(key)) is not None]
        return Text.said_by(partial(_say_known, known)) if known else None

    return find_all


def _say_value(fact: Fact, found: Comparable, lang: str) -> str:
    return wording.say_value(fact, value_of(fact, found), lang)


def _say_known(known: Sequence[tuple[Fact, Comparable]], lang: str) -> str:
    return wording.say_known([(fact, value_of(fact, found)) for fact, found in known], lang)


def residual(condition: Condition, vocabulary: Vocabulary, view: View, names: Names) -> Condition:
    """What is left to tell of a condition: its parts that are known, replaced by their truth."""
    truth = _matchers(condition, vocabulary, names)(view)
    if truth is not None:
        return ALWAYS if truth else NEVER
    if isinstance(condition, Test):
        return condition
    if isinstance(condition, Not):
        return attrs.evolve(condition, part=residual(condition.part, vocabulary, view, names))
    if isinstance(condition, Defined):
        inner = residual(condition.condition, vocabulary, view, names)
        return attrs.evolve(condition, condition=inner)
    if isinstance(condition, PerKind):
        return AnyOf(tuple(residual(p, vocabulary, view, names) for p in parts_of(condition)))
    parts = tuple(residual(part, vocabulary, view, names) for part in condition.parts)
    return attrs.evolve(condition, parts=parts)


_matchers: Final[Compiler[Matcher]] = Compiler(compile_condition)

_Waiter: TypeAlias = Callable[[View], frozenset[str]]
"""Unknown facts that can still change the truth of a condition over a view."""


def open_facts(
    condition: Condition, vocabulary: Vocabulary, view: View, names: Names
) -> frozenset[str]:
    """Unknown facts that can still change the truth of a condition that cannot be told."""
    return _waiters(condition, vocabulary, names)(view)


def _waiter_once(condition: Condition, vocabulary: Vocabulary, names: Names) -> _Waiter:
    waiter = _waiter(condition, vocabulary, names)
    if any(len(facts_read(test)) > 1 for test in compiled_tests(condition)):
        # How a test of several facts turns out does not tell which of them are unknown.
        return waiter
    return SignatureCache(waiter, condition, vocabulary, names).said


def _waiter(condition: Condition, vocabulary: Vocabulary, names: Names) -> _Waiter:
    match = compile_condition(condition, vocabulary, names)
    if isinstance(condition, Test):
        keys = tuple((name, names.get(name, name)) for name in facts_read(condition))
        if len(keys) == 1:
            return _waiter_for_one(*keys[0])

        def unknown(view: View) -> frozenset[str]:
            if match(view) is not None:
                return _NOTHING
            return frozenset([name for name, key in keys if view.get(key) is None])

        return unknown
    parts = tuple(_waiter(part, vocabulary, names) for part in parts_of(condition))

    def waiting(view: View) -> frozenset[str]:
        if match(view) is not None:
            return _NOTHING
        return _NOTHING.union(*[part(view) for part in parts])

    return waiting


def _waiter_for_one(name: str, key: str) -> _Waiter:
    """The waiter of a test of one fact, which waits for it until it is known."""
    waited = frozenset({name})
    return lambda view: waited if view.get(key) is None else _NOTHING


_NOTHING: Final[frozenset[str]] = frozenset()
_waiters: Final = Compiler(_waiter_once)
