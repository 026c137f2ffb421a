"""The written form of conditions: plain data into a tree, and back.

Every form stands on the page of the document formats. Each parse function has its production as
its docstring; `word` is a name of the vocabulary or of a definition in scope. Whatever is wrong is
collected with its place, so that one reading shows all of it.
"""

from typing import Final

from bizrules.grammar._bounds import contradictions
from bizrules.grammar._operands import (
    fact_value,
    parse_ratio,
    parse_share,
    print_ratio,
    print_share,
    unit_of,
)
from bizrules.grammar._reading import FITTING, OPS, Scope, parse_condition, parse_exclusion
from bizrules.grammar._writing import Written, combine, print_condition

__all__ = [
    "FITTING",
    "OPS",
    "RESERVED",
    "Scope",
    "Written",
    "combine",
    "contradictions",
    "fact_value",
    "parse_condition",
    "parse_exclusion",
    "parse_ratio",
    "parse_share",
    "print_condition",
    "print_ratio",
    "print_share",
    "unit_of",
]

RESERVED: Final = frozenset(
    {"all", "any", "not", "sum", "per", "kinds", "of", "times", "percent", *OPS}
)
"""Words of the language; no fact and no definition may have one as its name."""
