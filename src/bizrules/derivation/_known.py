"""What a derivation may read, and the dates of a case as days that are possible."""

from collections.abc import Callable, Mapping

import attrs

from bizrules.cases import Act, Case
from bizrules.facts import Value
from bizrules.history import Counting
from bizrules.regions import ancestors
from bizrules.rules import Violation
from bizrules.values import DateSpan


@attrs.frozen(kw_only=True)
class Known:
    """What a derivation may read.

    Attributes:
        case: The case.
        stated: Facts stated in the case, as typed values.
        violation: Entry of the catalogue.
        first: Definition of a first violation in force for the rule that asks.
        violations: The catalogue, for the fields and departments of priors.
        line: A region and the regions above it, nearest first.
    """

    case: Case
    stated: Mapping[str, Value]
    violation: Violation
    first: Counting
    violations: Mapping[str, Violation] = attrs.field(factory=dict)
    line: Callable[[str], tuple[str, ...]] = ancestors


@attrs.frozen(kw_only=True)
class Derivation:
    """A derived fact.

    Attributes:
        name: Name of the fact.
        reads: What it reads: facts, or parts of the case such as `party`, `committed`, `priors`.
        compute: Its value from what is known, or None.
        by_ruleset: Whether it depends on the ruleset's definition of a first violation.
        in_doubt: Whether what is known speaks for it though it does not tell: then an examination
            that does not mention it does not rule it out.
    """

    name: str
    reads: tuple[str, ...]
    compute: Callable[[Known], Value | None]
    by_ruleset: bool = False
    in_doubt: Callable[[Known], bool] | None = None


def act_span(case: Case) -> DateSpan:
    """Days on which the act may have ended; open where nothing is known."""
    act: Act | None = case.committed
    return act.ended if act else DateSpan()


def decision_span(case: Case) -> DateSpan:
    """Days on which the decision may fall: its date, or any day from the last known event on."""
    if case.decided is not None:
        return case.decided
    events = (case.notified, case.filed, case.discovered, act_span(case))
    starts = [span.earliest for span in events if span is not None and span.earliest is not None]
    return DateSpan(max(starts) if starts else None, None)


def discovery(case: Case) -> DateSpan:
    """When the act was discovered; without a date, some day from the act to filing or decision."""
    if case.discovered is not None:
        return case.discovered
    later = [span.latest for span in (case.filed, case.notified, case.decided) if span is not None]
    known = [day for day in later if day is not None]
    earliest = case.committed.ended.earliest if case.committed else None
    return DateSpan(earliest, min(known) if known else None)
