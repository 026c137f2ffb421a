"""Facts that follow from one another must agree: who is sixteen is under eighteen."""

from collections.abc import Callable, Iterator

from bizrules.assessment import StatedFacts
from bizrules.cases import Case
from bizrules.conditions import Condition, facts_read
from bizrules.derivation import Derivation, Known
from bizrules.engine import Engine
from bizrules.history import FirstViolation
from bizrules.matching import Comparable, View, comparable
from bizrules.regions import NATIONAL
from bizrules.testing._proof._search import Wanted


def agreements(condition: Condition, engine: Engine) -> Iterator[Wanted]:
    """For each derived fact that the condition reads with its sources: that it follows from them.

    Args:
        condition: The condition of a rule.
        engine: What derives facts.
    """
    reads = facts_read(condition)
    for derivation in engine.derivations:
        sources = reads & frozenset(derivation.reads)
        if derivation.name in reads and sources:
            yield Wanted(sources | {derivation.name}, _agrees(derivation, engine))


def _agrees(derivation: Derivation, engine: Engine) -> Callable[[View], bool]:
    vocabulary, violation = engine.vocabulary, next(iter(engine.violations.values()))
    case = Case(id=derivation.name, region=NATIONAL, violation=violation.id)

    def agrees(view: View) -> bool:
        stated: Comparable | None = view.get(derivation.name)
        sources = {name: found for name, found in view.items() if name in derivation.reads}
        known = Known(
            case=case,
            stated=StatedFacts(sources, vocabulary),
            violation=violation,
            first=FirstViolation(),
        )
        value = derivation.compute(known)
        if value is None or stated is None:
            return True
        return stated == comparable(vocabulary[derivation.name], value)

    return agrees
