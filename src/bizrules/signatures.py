"""How all tests of a condition turn out, as one number.

Whatever can be said of a condition depends on the case only by how its tests turn out and by the
values of their facts. So what was worked out for a signature holds for every case that has it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

import attrs

from bizrules.compiling import Compiler
from bizrules.conditions import Condition, Not, Op, Share, Test
from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.matching import (
    Names,
    View,
    compile_condition,
    limit_of,
    parts_of,
    predicate_of,
)
from bizrules.written_code import SIGNS, CodeWriter

Signature: TypeAlias = Callable[[View], int]
"""How the tests of a condition turn out over a view: bit `2n` says that test `n` holds, bit
`2n + 1` that it cannot be told. Equal tests are one."""

Failures: TypeAlias = Callable[[View], tuple[int, ...]]
"""What keeps each of some conditions from holding over a view: a number for each of them.

Bit `n` of a number says that part `n` of `failing_parts` fails. Where it is 0, the condition does
not fail; where it is not, the other parts may still let it hold.
"""

_MEMBERSHIPS: Final = {Op.IN: "in", Op.NOT_IN: "not in"}


def compiled_tests(condition: Condition) -> Iterator[Test]:
    """Every test that a condition is compiled to, those for the kinds of goods among them."""
    if isinstance(condition, Test):
        yield condition
    else:
        for part in parts_of(condition):
            yield from compiled_tests(part)


def failing_parts(condition: Condition) -> tuple[tuple[Test, bool], ...]:
    """The tests by whose failing a condition fails, negations moved down to them.

    Returns:
        Each test once, with whether it fails where it is false; under a negation it fails where it
        is true.
    """
    return tuple(dict.fromkeys(_failing(condition, is_plain=True)))


def _failing(condition: Condition, *, is_plain: bool) -> Iterator[tuple[Test, bool]]:
    if isinstance(condition, Test):
        yield condition, is_plain
    elif isinstance(condition, Not):
        yield from _failing(condition.part, is_plain=not is_plain)
    else:
        for part in parts_of(condition):
            yield from _failing(part, is_plain=is_plain)


def failures_of(conditions: Iterable[tuple[Condition, Names]], vocabulary: Vocabulary) -> Failures:
    """How the tests of several conditions fail, as one function.

    Args:
        conditions: Each with the names of the view under which some of its facts are read.
        vocabulary: Declarations of the facts.
    """
    return _BlockWriter(vocabulary, {}).failures(tuple(conditions))


def _signature(condition: Condition, vocabulary: Vocabulary, names: Names) -> Signature:
    return _Writer(vocabulary, names).signature(condition)


@attrs.define
class _Writer(CodeWriter):
    """Writes the code of a signature."""

    vocabulary: Vocabulary
    names: Names

    def signature(self, condition: Condition) -> Signature:
        """The signature of a condition."""
        lines = ["def signature(view):", "  found, get = 0, view.get"]
        for number, test in enumerate(dict.fromkeys(compiled_tests(condition))):
            lines += self._lines(test, 1 << 2 * number)
        made: Signature = self._made([*lines, "  return found"], "signature")
        return made

    def _lines(self, test: Test, held: int) -> Iterator[str]:
        """The lines that tell how a test turns out."""
        fact = self.vocabulary[test.facts[0]]
        if len(test.facts) > 1 or isinstance(test.operand, Share):
            match = compile_condition(test, self.vocabulary, self.names)
            yield f"  value = {self._called(match)}(view)"
            holds = "value"
        else:
            yield f"  value = get({self._entry(self.names.get(fact.name, fact.name))})"
            holds = self._holds(fact, test)
        yield f"  if value is None: found |= {held << 1}"
        yield f"  elif {holds}: found |= {held}"

    def _holds(self, fact: Fact, test: Test, value: str = "value") -> str:
        """Whether the value of a fact that is known passes a test, in code."""
        if fact.kind is Kind.BOOLEAN and test.op is Op.IS:
            return value if test.operand is True else f"not {value}"
        if test.op in SIGNS:
            return f"{value} {SIGNS[test.op]} {self._entry(limit_of(fact, test))}"
        if test.op in _MEMBERSHIPS:
            codes = frozenset(limit_of(fact, test))
            return f"{value} {_MEMBERSHIPS[test.op]} {self._entry(codes)}"
        return f"{self._called(predicate_of(fact, test))}({value})"


_OFTEN: Final = 2
"""A fact that so many tests of several conditions read is looked up once, ahead of them."""


@attrs.define
class _BlockWriter(_Writer):
    """Writes the code of what keeps several conditions from holding."""

    def failures(self, conditions: Sequence[tuple[Condition, Names]]) -> Failures:
        """The function for these conditions."""
        parts = [(failing_parts(condition), names) for condition, names in conditions]
        counted = Counter(
            names.get(test.facts[0], test.facts[0])
            for tests, names in parts
            for test, _ in tests
            if self._is_simple(test)
        )
        often = {
            key: f"f{place}"
            for place, (key, count) in enumerate(counted.items())
            if count >= _OFTEN
        }
        lines = ["def signature(view):", "  get = view.get"]
        lines += [f"  {local} = get({self._entry(key)})" for key, local in often.items()]
        for number, (tests, self.names) in enumerate(parts):
            lines.append(f"  n{number} = 0")
            for place, (test, is_plain) in enumerate(tests):
                lines += self._failure(test, often, f"n{number} |= {1 << place}", is_plain)
        found = "".join(f"n{number}, " for number in range(len(parts)))
        made: Failures = self._made([*lines, f"  return ({found})"], "signature")
        return made

    @staticmethod
    def _is_simple(test: Test) -> bool:
        return len(test.facts) == 1 and not isinstance(test.operand, Share)

    def _failure(
        self, test: Test, often: Mapping[str, str], note: str, is_plain: bool
    ) -> Iterator[str]:
        """The lines that note where a test fails."""
        value, holds = "value", "value"
        if self._is_simple(test):
            fact = self.vocabulary[test.facts[0]]
            key = self.names.get(fact.name, fact.name)
            if key in often:
                value = often[key]
            else:
                yield f"  value = get({self._entry(key)})"
            holds = self._holds(fact, test, value)
        else:
            match = compile_condition(test, self.vocabulary, self.names)
            yield f"  value = {self._called(match)}(view)"
        fails = f"not ({holds})" if is_plain else holds
        yield f"  if {value} is not None and {fails}: {note}"


SIGNATURES: Final[Compiler[Signature]] = Compiler(_signature)
"""Signatures of conditions."""

MOST_KEPT: Final = 64
"""For so many signatures of a condition is kept what was said."""

_Said = TypeVar("_Said")


@attrs.define(eq=False)
class SignatureCache(Generic[_Said]):
    """What a function says of a view, asked once for each signature.

    The code of the signature is written when something is asked a second time: who asks but once
    does not wait for it. Safe for threads: two that ask at once may both ask the function.

    Attributes:
        say: A function of how the tests of the condition turn out over a view.
        condition: The condition.
        vocabulary: Declarations of its facts.
        names: Names of the view under which some facts are read.
    """

    say: Callable[[View], _Said]
    condition: Condition
    vocabulary: Vocabulary
    names: Names
    _signature: Signature | None = attrs.field(default=None, init=False)
    _known: dict[int, _Said] = attrs.field(factory=dict, init=False)
    _is_first: bool = attrs.field(default=True, init=False)

    def said(self, view: View) -> _Said:
        """What the function says of the view."""
        signature = self._signature
        if signature is None:
            if self._is_first:
                self._is_first = False
                return self.say(view)
            signature = SIGNATURES(self.condition, self.vocabulary, self.names)
            self._signature = signature
        number = signature(view)
        known = self._known
        if number in known:
            return known[number]
        found = self.say(view)
        if len(known) < MOST_KEPT:
            known[number] = found
        return found
