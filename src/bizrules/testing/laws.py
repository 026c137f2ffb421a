"""Laws that hold for every package of rules, run with one import.

In a test file of the package:

    from bizrules.testing.laws import package_laws

    TestPanlong = package_laws("bizrules-panlong")

Each law is a test of that class, drawn cases its examples; `test_reach` says whether the cases
come to the rules of the package at all. A class is what pytest collects from a
module, names, selects and repeats by itself: nothing is registered, and `-k place` runs one law.

The laws need the extra `testing` of the library.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final, TypeAlias

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bizrules.cases import Case
from bizrules.engine import Engine
from bizrules.errors import UnknownNameError
from bizrules.provenance import Text
from bizrules.testing._laws import _learning, _reaching, _standing, _weighing
from bizrules.testing._laws._breach import Breach, LawBrokenError, language
from bizrules.testing._laws._package import Package, package_of
from bizrules.testing._laws._reaching import UnreachedError
from bizrules.testing.strategies import Scope, answered, cases_in, scope_of
from bizrules.wording import phrase

__all__ = [
    "LAWS",
    "Breach",
    "Law",
    "LawBrokenError",
    "Package",
    "UnreachedError",
    "law",
    "package_laws",
    "package_of",
]

Check: TypeAlias = Callable[[Package, Case], Breach | None]

LEAST_REACH: Final = 50
"""At least so many cases are drawn before no rule of a package counts as reached."""

_FAR: Final = ("110101", "310101", "440103", "530103", "650102")


@attrs.frozen(kw_only=True)
class Law:
    """A law that must hold in every case.

    Attributes:
        name: Its name.
        finds: What it finds wrong with a case in a package; None if it holds there.
        cases: The cases in which it is tried, for a package.
    """

    name: str
    finds: Check
    cases: Callable[[Package], st.SearchStrategy[Case]]

    @property
    def sentence(self) -> Text:
        """What it says."""
        return phrase(f"law.{self.name}")

    def check(self, package: Package, case: Case) -> None:
        """Try the law on one case, such as one that was printed when it failed.

        Args:
            package: The package.
            case: The case.

        Raises:
            LawBrokenError: If it does not hold.
        """
        breach = self.finds(package, case)
        if breach is not None:
            raise LawBrokenError(self.name, package.name, breach)


def _scope(package: Package) -> Scope:
    return scope_of(package.engine, package.name)


def _cases(package: Package) -> st.SearchStrategy[Case]:
    """Cases in the places of the package and about them, a third of them with every answer."""
    drawn = cases_in(package.engine, _scope(package))
    return st.one_of(drawn, drawn, answered(package.engine, drawn))


def _answered(package: Package) -> st.SearchStrategy[Case]:
    """Cases with every question answered."""
    return answered(package.engine, cases_in(package.engine, _scope(package)))


def _partly_answered(package: Package) -> st.SearchStrategy[Case]:
    """Cases as they are, with questions answered once, or once more."""
    drawn = cases_in(package.engine, _scope(package))
    return st.one_of(drawn, *(answered(package.engine, drawn, rounds=n) for n in (1, 2)))


def _elsewhere(package: Package) -> st.SearchStrategy[Case]:
    """Cases near the places of the package, in them, and far away."""
    scope = _scope(package)
    known = package.engine.regions
    about = [code for code in scope.regions if code not in package.regions]
    far = [code for code in _FAR if code in known]
    return cases_in(
        package.engine,
        attrs.evolve(scope, regions=(*about, *far, *package.regions), at_home=False),
    )


def _law(check: Check, cases: Callable[[Package], st.SearchStrategy[Case]] = _cases) -> Law:
    return Law(name=check.__name__, finds=check, cases=cases)


LAWS: Final = (
    _law(_learning.learning),
    _law(_standing.order),
    _law(_learning.irrelevance),
    _law(_weighing.leniency),
    _law(_weighing.exemption),
    _law(_weighing.fines),
    _law(_standing.place, _elsewhere),
    _law(_standing.writing),
    _law(_standing.replay),
    _law(_weighing.citation),
    _law(_learning.answers, _partly_answered),
    _law(_learning.completion, _answered),
)
"""Every law, in the order in which they are run."""


def law(name: str) -> Law:
    """The law of that name.

    Raises:
        UnknownNameError: If there is none.
    """
    for one in LAWS:
        if one.name == name:
            return one
    raise UnknownNameError("law", name, tuple(one.name for one in LAWS))


def package_laws(
    package: str,
    *,
    engine: Engine | Callable[[], Engine] | None = None,
    laws: Iterable[str] | None = None,
    examples: int | None = None,
    alone: bool = False,
) -> type:
    """A class of tests, one for each law, for a package of rules.

    With all laws there is one more test, `test_reach`: whether the cases drawn come to the rules
    of the package at all.

    Args:
        package: Name of the distribution, such as `bizrules-panlong`; `bizrules` for the rules
            that come with the library.
        engine: What evaluates, or what builds it when the first test runs; the default engine,
            with every installed package, unless given.
        laws: Names of the laws to run; all of `LAWS` unless given.
        examples: Cases for each law; as many as the hypothesis profile says unless given.
        alone: Whether only the library, this package and those of superior places take part, so
            that no other package can make its tests fail; others are not even loaded, unless
            there is an engine.

    Raises:
        UnknownNameError: If there is no law of a name. If there is no such package, the tests
            raise it.
    """
    chosen = LAWS if laws is None else tuple(map(law, laws))

    @cache
    def subject() -> Package:
        return package_of(package, engine() if callable(engine) else engine, alone=alone)

    body: dict[str, Any] = {
        "__doc__": f"Laws of the package `{package}`.",
        "package": package,
    }
    for one in chosen:
        body[f"test_{one.name}"] = _test(one, package, subject, examples)
    if laws is None:
        body["test_reach"] = _reach_test(package, subject, examples)
    return type("PackageLaws", (), body)


def _test(
    one: Law, package: str, subject: Callable[[], Package], examples: int | None
) -> Callable[..., None]:
    """The law as a test method."""

    def test(_self: object, case: Case) -> None:
        __tracebackhide__ = True
        one.check(subject(), case)

    test.__name__ = f"test_{one.name}"
    test.__qualname__ = f"PackageLaws[{package}].{test.__name__}"
    test.__doc__ = one.sentence.en
    drawn = st.deferred(lambda: one.cases(subject()))
    plain: Callable[..., None] = given(case=drawn)(test)
    return settings(
        max_examples=settings().max_examples if examples is None else examples,
        deadline=None,  # time depends on the machine, not on the law
        suppress_health_check=list(HealthCheck),
        # Without the phase that explains: a smallest case explains itself.
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
    )(plain)


def _reach_test(
    package: str, subject: Callable[[], Package], examples: int | None
) -> Callable[..., None]:
    """Whether rules of the package are candidates and hold, as a test method."""

    def test(_self: object) -> None:
        __tracebackhide__ = True
        found = subject()
        if not found.rules:
            pytest.skip(phrase("law.reach.none", package=package).in_(language()))
        count = settings().max_examples if examples is None else examples
        _reaching.require_reach(found, _cases(found), max(count, LEAST_REACH))

    test.__name__ = "test_reach"
    test.__qualname__ = f"PackageLaws[{package}].test_reach"
    test.__doc__ = phrase("law.reach").en
    return test
