"""Whether a run of the laws says anything: do the cases come to the rules of the package."""

from collections.abc import Iterable

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from bizrules.cases import Case
from bizrules.provenance import Text
from bizrules.testing._laws._breach import language
from bizrules.testing._laws._package import Package
from bizrules.wording import both, join, phrase

_SHOWN = 20


class UnreachedError(AssertionError):
    """No rule of a package was a candidate in the cases drawn, or none held.

    Attributes:
        package: Name of the package.
        rules: Ids of the rules that were not reached.
        said: What was found, in words.
    """

    def __init__(self, package: str, rules: Iterable[str], said: Text) -> None:
        """Carry what was not reached."""
        self.package = package
        self.rules = tuple(rules)
        self.said = said
        super().__init__(said.in_(language()))


def require_reach(package: Package, cases: st.SearchStrategy[Case], count: int) -> None:
    """Draw cases until a rule of the package holds in one.

    Args:
        package: The package; it has rules.
        cases: Where its laws are tried.
        count: So many at most.

    Raises:
        UnreachedError: If none does, or no rule of the package is so much as a candidate.
    """
    candidates: set[str] = set()

    def one_holds(case: Case) -> bool:
        outcome = package.engine.evaluate(case)
        candidates.update(one.rule for one in outcome.findings if one.rule in package.rules)
        return any(one.rule in package.rules for one in outcome.held)

    few = settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    try:
        find(cases, one_holds, settings=few)
    except NoSuchExample:
        raise _unreached(package, candidates, count) from None


def _unreached(package: Package, candidates: set[str], count: int) -> UnreachedError:
    """None ever held; those that were never a candidate are named, if there are any."""
    never = sorted(package.rules - candidates) or sorted(package.rules)
    more = ["…"] if len(never) > _SHOWN else []
    rules = both(lambda lang: join([f"`{one}`" for one in never[:_SHOWN]] + more, lang))
    key = "law.reach.unheld" if candidates else "law.reach.unspoken"
    said = phrase(key, package=package.name, count=str(count), rules=rules)
    return UnreachedError(package.name, never, said)
