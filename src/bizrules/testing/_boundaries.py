"""The boundaries of a condition: where the truth of a test turns, one grain apart (临界值).

The grain of a kind is the least step that its values take here: one fen, one day, one choice of a
level, one of what is counted; for a decimal number one hundredth, or its last decimal if a
threshold is written with more. Text, choices without order, sets and statements have no
boundary.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import attrs

from bizrules.conditions import Condition, Op, Share, Test, tests_of
from bizrules.facts import ORDERED, Fact, Kind, Value, Vocabulary
from bizrules.matching import Comparable, Names, View, comparable, value_of

HUNDREDTH: Final = Fraction(1, 100)
_RISE: Final = frozenset({Op.AT_LEAST, Op.ABOVE})
# The border of these lies just below the number itself, that of the others just above it.
_TURN_BELOW_NUMBER: Final = frozenset({Op.AT_LEAST, Op.BELOW})


@attrs.frozen(kw_only=True)
class Boundary:
    """A border at which the truth of a test turns.

    Attributes:
        test: The test.
        fact: The fact that is tested; of a sum, the one whose kind holds the sum.
        grain: How far the two sides are apart. *Unit*: fen, days, choices, or the unit of the fact.
        rising: Whether the test becomes true as the amount rises.
        holds: The value nearest to the border with which the test is true, of the sum where there
            is one; None where it depends on another fact.
        fails: The nearest value on the other side; None likewise.
    """

    test: Test
    fact: Fact
    grain: Fraction
    rising: bool
    holds: Value | None = None
    fails: Value | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts whose sum is tested; one fact in most cases."""
        return self.test.facts

    @property
    def share(self) -> Share | None:
        """The share of another fact at which the test turns; None where it turns at a value."""
        return self.test.operand if isinstance(self.test.operand, Share) else None

    def sides(self, base: Value | None = None) -> tuple[Value, Value] | None:
        """The nearest values with which the test is true and false, in this order.

        Args:
            base: Value of the fact whose share is the border; not needed for a border at a value.

        Returns:
            None if the border depends on a base that is not given, or no value below it is left.
        """
        if self.holds is not None and self.fails is not None:
            return self.holds, self.fails
        if self.share is None or base is None:
            return None
        low = _below_share(self, self.share, _number(comparable(self.fact, base)))
        if low is None:
            return None
        ends = (_value(self.fact, low), _value(self.fact, low + self.grain))
        if ends[0] is None or ends[1] is None:
            return None
        return (ends[1], ends[0]) if self.rising else (ends[0], ends[1])


def boundaries(condition: Condition, vocabulary: Vocabulary) -> tuple[Boundary, ...]:
    """Every border of every test in the condition, in order of writing, lower borders first.

    A test that all values of its fact pass, or none, has no border.

    Args:
        condition: A condition checked against the vocabulary.
        vocabulary: Declarations of its facts.
    """
    return tuple(one for test in tests_of(condition) for one in boundaries_of(test, vocabulary))


def boundaries_of(test: Test, vocabulary: Vocabulary) -> tuple[Boundary, ...]:
    """The borders of one test; none for a test without order.

    Args:
        test: A test checked against the vocabulary.
        vocabulary: Declarations of its facts.
    """
    facts = [vocabulary[name] for name in test.facts]
    fact = next((one for one in facts if one.kind is Kind.NUMBER), facts[0])
    if fact.kind not in ORDERED:
        return ()
    if isinstance(test.operand, Share):
        return tuple(_of_share(test, fact))
    return tuple(_of_values(test, fact))


def grain_of(fact: Fact, operand: object = None) -> Fraction:
    """The least step between two values of a fact of an ordered kind.

    Args:
        fact: The fact.
        operand: What it is tested against; decimals beyond the second make the step finer.
    """
    if fact.kind is not Kind.NUMBER:
        return Fraction(1)
    written = operand if isinstance(operand, tuple) else (operand,)
    decimals = [one.as_tuple().exponent for one in written if isinstance(one, Decimal)]
    finest = min((one for one in decimals if isinstance(one, int)), default=0)
    return min(HUNDREDTH, Fraction(10) ** finest)


def is_touched(boundary: Boundary, view: View, names: Names) -> bool:
    """Whether a case touches the border: its amount is one of the two sides, or between them.

    Which side it touches is the truth of the test in the case.

    Args:
        boundary: The border.
        view: Known facts of the case, in comparable form.
        names: Names of the view under which some facts are read.
    """
    found = [view.get(names.get(name, name)) for name in boundary.facts]
    low = _low_end(boundary, view, names)
    if low is None or None in found:
        return False
    total = sum(_number(one) for one in found if one is not None)
    return low <= total <= low + boundary.grain


def _low_end(boundary: Boundary, view: View, names: Names) -> Fraction | None:
    share = boundary.share
    if share is not None:
        base = view.get(names.get(share.fact, share.fact))
        return None if base is None else _below_share(boundary, share, _number(base))
    end = boundary.fails if boundary.rising else boundary.holds
    return None if end is None else _number(comparable(boundary.fact, end))


def _below_share(boundary: Boundary, share: Share, base: Fraction) -> Fraction | None:
    """The last step before the border; None if there is none, or no step can be at the share."""
    limit, grain = base * share.times, boundary.grain
    steps = limit / grain
    if boundary.test.op is Op.IS and steps.denominator != 1:
        return None
    turns_below = boundary.test.op in _TURN_BELOW_NUMBER or (
        boundary.test.op is Op.IS and boundary.rising
    )
    low = grain * (math.ceil(steps) - 1 if turns_below else math.floor(steps))
    return None if low < 0 else low


def _of_share(test: Test, fact: Fact) -> Iterator[Boundary]:
    grain = grain_of(fact)
    turns = (True, False) if test.op is Op.IS else (test.op in _RISE,)
    for rising in turns:
        yield Boundary(test=test, fact=fact, grain=grain, rising=rising)


def _of_values(test: Test, fact: Fact) -> Iterator[Boundary]:
    grain = grain_of(fact, test.operand)
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    written = {_number(comparable(fact, one)) for one in operands if not isinstance(one, Share)}
    steps = sorted({at for one in written for at in (one - grain, one)})
    for low in steps:
        high = low + grain
        ends = (_value(fact, low), _value(fact, high))
        if ends[0] is None or ends[1] is None:
            continue
        below, above = (_passes(test.op, at, written) for at in (low, high))
        if below is not above:
            holds, fails = (ends[1], ends[0]) if above else ends
            yield Boundary(
                test=test, fact=fact, grain=grain, rising=above, holds=holds, fails=fails
            )


_PASSES: Final[Mapping[Op, Callable[[Fraction, Collection[Fraction]], bool]]] = {
    Op.IS: lambda found, written: found in written,
    Op.IN: lambda found, written: found in written,
    Op.NOT_IN: lambda found, written: found not in written,
    Op.BELOW: lambda found, written: found < min(written),
    Op.AT_MOST: lambda found, written: found <= min(written),
    Op.AT_LEAST: lambda found, written: found >= min(written),
    Op.ABOVE: lambda found, written: found > min(written),
    Op.BETWEEN: lambda found, written: min(written) <= found <= max(written),
    Op.BEFORE: lambda found, written: found < min(written),
    Op.ON_OR_AFTER: lambda found, written: found >= min(written),
}


def _passes(op: Op, found: Fraction, written: Collection[Fraction]) -> bool:
    return _PASSES[op](found, written)


def _number(found: Comparable) -> Fraction:
    """A value in comparable form as a number: the day of a date, the fen of money."""
    if isinstance(found, date):
        return Fraction(found.toordinal())
    if isinstance(found, (int, Decimal)):
        return Fraction(found)
    msg = f"`{found}` has no magnitude"
    raise TypeError(msg)


def _value(fact: Fact, number: Fraction) -> Value | None:
    """The value of the fact behind the number; None if it has none such."""
    if fact.kind is Kind.NUMBER:
        return None if number < 0 else Decimal(number.numerator) / Decimal(number.denominator)
    whole = number.numerator
    if fact.kind is Kind.DATE:
        return date.fromordinal(whole) if 0 < whole <= date.max.toordinal() else None
    if whole < 0 or (fact.kind is Kind.LEVEL and whole >= len(fact.choices)):
        return None
    return value_of(fact, whole)
