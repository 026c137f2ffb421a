"""Kleene's three truth values: what is not known is neither true nor false."""

from enum import Enum
from typing import NoReturn, Self


class Truth(Enum):
    """Truth of a condition about one case (真、假、未知).

    Unknown is a member, not the absence of one, so a truth value refuses `bool()`:
    code has to say which of the three it means.
    """

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> "Truth":
        """The truth value of a Python boolean; None is unknown."""
        if value is None:
            return cls.UNKNOWN
        return cls.TRUE if value else cls.FALSE

    @property
    def flag(self) -> bool | None:
        """The value as True, False or None for unknown."""
        if self is Truth.UNKNOWN:
            return None
        return self is Truth.TRUE

    def __and__(self, other: "Truth") -> "Truth":
        """Conjunction: false wins, then unknown."""
        if Truth.FALSE in (self, other):
            return Truth.FALSE
        return Truth.UNKNOWN if Truth.UNKNOWN in (self, other) else Truth.TRUE

    def __or__(self, other: "Truth") -> "Truth":
        """Disjunction: true wins, then unknown."""
        if Truth.TRUE in (self, other):
            return Truth.TRUE
        return Truth.UNKNOWN if Truth.UNKNOWN in (self, other) else Truth.FALSE

    def __invert__(self) -> "Truth":
        """Negation: unknown stays unknown."""
        if self is Truth.UNKNOWN:
            return self
        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE

    def __bool__(self) -> NoReturn:
        """Refuse: a truth value is not a boolean.

        Raises:
            TypeError: Always.
        """
        msg = "a truth value is not a boolean; compare it with Truth.TRUE, FALSE or UNKNOWN"
        raise TypeError(msg)

    def __copy__(self) -> Self:
        """Members are unique."""
        return self
