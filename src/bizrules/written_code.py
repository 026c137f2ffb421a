"""Functions written as Python and compiled once.

What is written holds nothing but identifiers made here and whole numbers: names of facts, codes,
amounts and days stand in a table whose entries take their places once it is compiled. So no text
of a document ever becomes code.
"""

from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any, Final

import attrs

from bizrules.conditions import Op

SIGNS: Final = {
    Op.IS: "==",
    Op.BELOW: "<",
    Op.AT_MOST: "<=",
    Op.AT_LEAST: ">=",
    Op.ABOVE: ">",
    Op.BEFORE: "<",
    Op.ON_OR_AFTER: ">=",
}
"""Tests that are one comparison in code."""


@attrs.define
class CodeWriter:
    """Writes functions, and keeps what stands in them.

    Attributes:
        table: Values that the code compares with, by the identifiers made for them.
        functions: Functions that it calls, likewise.
    """

    table: dict[object, Any] = attrs.field(factory=dict, init=False)
    functions: dict[str, Any] = attrs.field(factory=dict, init=False)

    def _made(self, lines: Iterable[str], name: str) -> Any:  # noqa: ANN401 - what is written tells
        """The function of this name that the lines define."""
        # INVARIANT: the source is made of identifiers and numbers of those who write it alone.
        compiled = compile("\n".join(lines), f"<{name}>", "exec")
        exec(self._filled(compiled), self.functions)  # noqa: S102
        return self.functions[name]

    def _filled(self, code: CodeType) -> CodeType:
        """The code with the entries of the table in the places that were kept for them."""
        constants = (
            self._filled(one) if isinstance(one, CodeType) else self.table.get(one, one)
            for one in code.co_consts
        )
        return code.replace(co_consts=tuple(constants))

    def _entry(self, value: object) -> str:
        """The place that is kept in the code for a value: the text of an identifier."""
        name = f"c{len(self.table)}"
        self.table[name] = value
        return f"'{name}'"

    def _called(self, function: Callable[..., object]) -> str:
        """The name under which the code calls a function."""
        name = f"p{len(self.functions)}"
        self.functions[name] = function
        return name
