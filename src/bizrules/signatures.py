"""How all tests of a condition turn out, as one number.

Whatever can be said of a condition depends on the case only by how its tests turn out and by the
values of their facts. So what was worked out for a signature holds for every case that has it.
"""

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from bizrules.compiling import Compiler
from bizrules.conditions import Condition, Op, Share, Test
from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.matching import (
    Names,
    View,
    compile_condition,
    limit_of,
    parts_of,
    predicate_of,
)

Signature: TypeAlias = Callable[[View], int]
"""How the tests of a condition turn out over a view: bit `2n` says that test `n` holds, bit
`2n + 1` that it cannot be told. Equal tests are one."""

_SIGNS: Final = {
    Op.IS: "==",
    Op.BELOW: "<",
    Op.AT_MOST: "<=",
    Op.AT_LEAST: ">=",
    Op.ABOVE: ">",
    Op.BEFORE: "<",
    Op.ON_OR_AFTER: ">=",
}


def compiled_tests(condition: Condition) -> Iterator[Test]:
    """Every test that a condition is compiled to, those for the kinds of goods among them."""
    if isinstance(condition, Test):
        yield condition
    else:
        for part in parts_of(condition):
            yield from compiled_tests(part)


def _signature(condition: Condition, vocabulary: Vocabulary, names: Names) -> Signature:
    return _Writer(vocabulary, names).signature(condition)


@attrs.define
class _Writer:
    """Writes the code of a signature.

    What is written holds nothing but identifiers made here and whole numbers: names of facts, codes
    and limits stand in a table whose entries take their places once it is compiled.
    """

    vocabulary: Vocabulary
    names: Names
    table: dict[object, Any] = attrs.field(factory=dict, init=False)
    functions: dict[str, Any] = attrs.field(factory=dict, init=False)

    def signature(self, condition: Condition) -> Signature:
        """The signature of a condition."""
        lines = ["def signature(view):", "  found, get = 0, view.get"]
        for number, test in enumerate(dict.fromkeys(compiled_tests(condition))):
            lines += self._lines(test, 1 << 2 * number)
        source = "\n".join([*lines, "  return found"])
        # INVARIANT: the source is made of identifiers and numbers of this module alone.
        exec(self._filled(compile(source, "<signature>", "exec")), self.functions)  # noqa: S102
        made: Signature = self.functions["signature"]
        return made

    def _filled(self, code: CodeType) -> CodeType:
        """The code with the entries of the table in the places that were kept for them."""
        constants = [
            self._filled(one) if isinstance(one, CodeType) else self.table.get(one, one)
            for one in code.co_consts
        ]
        return code.replace(co_consts=tuple(constants))

    def _entry(self, value: object) -> str:
        """The place that is kept for a value: the text of an identifier."""
        name = f"c{len(self.table)}"
        self.table[name] = value
        return f"'{name}'"

    def _called(self, function: Callable[..., object]) -> str:
        """The name under which a function is called."""
        name = f"p{len(self.functions)}"
        self.functions[name] = function
        return name

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

    def _holds(self, fact: Fact, test: Test) -> str:
        if fact.kind is Kind.BOOLEAN and test.op is Op.IS:
            return "value" if test.operand is True else "not value"
        if test.op in _SIGNS:
            return f"value {_SIGNS[test.op]} {self._entry(limit_of(fact, test))}"
        return f"{self._called(predicate_of(fact, test))}(value)"


SIGNATURES: Final[Compiler[Signature]] = Compiler(_signature)
"""Signatures of conditions."""

MOST_KEPT: Final = 64
"""For so many signatures of a condition is kept what was said."""

_Said = TypeVar("_Said")


def once_a_signature(
    say: Callable[[View], _Said], condition: Condition, vocabulary: Vocabulary, names: Names
) -> Callable[[View], _Said]:
    """What a function says of a view, asked once for each signature.

    The code of the signature is written when the function is asked a second time: who asks but
    once does not wait for it.

    Args:
        say: A function of how the tests of the condition turn out over a view.
        condition: The condition.
        vocabulary: Declarations of its facts.
        names: Names of the view under which some facts are read.
    """
    known: dict[int, _Said] = {}
    signature: Signature | None = None
    is_first = True

    def said(view: View) -> _Said:
        nonlocal is_first, signature
        if signature is None:
            if is_first:
                is_first = False
                return say(view)
            signature = SIGNATURES(condition, vocabulary, names)
        number = signature(view)
        if number in known:
            return known[number]
        found = say(view)
        if len(known) < MOST_KEPT:
            known[number] = found
        return found

    return said
