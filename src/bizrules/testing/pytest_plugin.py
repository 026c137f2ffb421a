"""The plugin of pytest: golden cases as tests, an engine to test with, laws without a test file.

Nothing of the library is imported before a test needs it, so that other projects pay nothing and
the coverage of the library itself is measured from its first line.
"""

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from bizrules.engine import Engine
    from bizrules.testing._golden_files import GoldenTest
    from bizrules.testing.laws import Law, Package

PROFILES: Final = {"bizrules-fast": 10, "bizrules-thorough": 1000}
"""Profiles of hypothesis that the plugin adds, with the number of cases for each law."""

_PROFILE: Final = "--hypothesis-profile"


class GoldenFailedError(AssertionError):
    """A golden case that is not as expected; its text says in what."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup("bizrules", "rules of bizrules")
    group.addoption(
        "--bizrules-package",
        action="append",
        default=[],
        metavar="PACKAGE",
        help="run the laws over this installed package of rules; may be repeated",
    )
    group.addoption(
        "--bizrules-no-goldens",
        action="store_true",
        help="do not collect golden cases",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make the profiles known before the plugin of hypothesis loads the one asked for."""
    if config.getoption(_PROFILE, default=None) in PROFILES:
        from hypothesis import settings  # noqa: PLC0415 - only where it is asked for

        for name, examples in PROFILES.items():
            settings.register_profile(name, max_examples=examples, deadline=None)


@pytest.fixture(scope="session")
def engine() -> "Engine":
    """The engine of the library's rules and every installed package."""
    from bizrules.engine import default_engine  # noqa: PLC0415 - only where it is asked for

    return default_engine()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Golden documents in a folder `cases`; each of their cases is a test."""
    if "cases" not in file_path.parts or parent.config.getoption("bizrules_no_goldens"):
        return None
    from bizrules.testing._golden_files import is_golden_file  # noqa: PLC0415 - as above

    if not is_golden_file(file_path, parent.config.rootpath):
        return None
    found: pytest.Collector = GoldenDocument.from_parent(parent, path=file_path)
    return found


class GoldenDocument(pytest.File):
    """A golden document."""

    def collect(self) -> Iterator[pytest.Item]:
        """Its cases and matters."""
        from bizrules.errors import DocumentError  # noqa: PLC0415 - as above
        from bizrules.testing._golden_files import read_golden_file  # noqa: PLC0415 - as above
        from bizrules.testing._laws._breach import language  # noqa: PLC0415 - as above

        try:
            found = read_golden_file(self.path)
        except DocumentError as error:
            lines = [problem.render(language()) for problem in error.problems]
            raise self.CollectError("\n".join(lines)) from error
        for one in found:
            yield GoldenItem.from_parent(self, name=one.name, golden=one)


class GoldenItem(pytest.Item):
    """A golden case, or a golden matter."""

    def __init__(self, *, golden: "GoldenTest", **given: Any) -> None:  # noqa: ANN401 - pytest's
        """Keep the golden case."""
        super().__init__(**given)
        self.golden = golden

    def runtest(self) -> None:
        """Evaluate it.

        Raises:
            GoldenFailedError: If its outcome is not as expected.
        """
        from bizrules.testing._laws._breach import language  # noqa: PLC0415 - as above

        result = self.golden.run()
        if not result.passed:
            lang = language()
            lines = (f"  {difference.text.in_(lang)}" for difference in result.differences)
            raise GoldenFailedError("\n".join(lines))

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ANN401 - pytest's
    ) -> Any:  # noqa: ANN401 - pytest's
        """The differences, without the machinery that found them."""
        if isinstance(excinfo.value, GoldenFailedError):
            return f"{self.golden.location}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the case stands."""
        line = self.golden.location.line - 1 if self.golden.location is not None else None
        return self.path, line, self.name


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the laws of the packages asked for, unless a test file has them."""
    covered = {getattr(getattr(item, "cls", None), "package", None) for item in items}
    for name in dict.fromkeys(config.getoption("bizrules_package")):
        if name not in covered:
            items.extend(_laws_of(name, session))


def _laws_of(name: str, session: pytest.Session) -> Iterable[pytest.Item]:
    try:
        from bizrules.testing.laws import LAWS, package_of  # noqa: PLC0415 - as above
    except ImportError as error:
        msg = "laws need hypothesis: pip install 'bizrules[testing]'"
        raise pytest.UsageError(msg) from error
    from bizrules.errors import UnknownNameError  # noqa: PLC0415 - as above

    try:
        package = package_of(name)
    except UnknownNameError as error:
        raise pytest.UsageError(str(error)) from error
    parent = PackageCollector.from_parent(session, name=name, nodeid=name)
    return [LawItem.from_parent(parent, name=one.name, law=one, package=package) for one in LAWS]


class PackageCollector(pytest.Collector):
    """A package whose laws are run without a test file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Nothing of its own: the laws are added to what the files hold."""
        yield from ()


class LawItem(pytest.Item):
    """A law, run over a package without a test file."""

    def __init__(self, *, law: "Law", package: "Package", **given: Any) -> None:  # noqa: ANN401 - pytest's
        """Keep the law and the package."""
        super().__init__(**given)
        self.law = law
        self.package = package

    def runtest(self) -> None:
        """Run the law.

        Raises:
            LawBrokenError: If it does not hold.
        """
        from bizrules.testing.laws import package_laws  # noqa: PLC0415 - as above

        tests = package_laws(self.package.name, engine=self.package.engine, laws=[self.law.name])
        getattr(tests(), f"test_{self.law.name}")()

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The package and the law."""
        return self.config.rootpath, None, f"{self.package.name}::{self.name}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show of a broken law the golden case alone, so that it can be pasted as it is."""
    report = yield
    error = call.excinfo.value if call.excinfo is not None else None
    if hasattr(error, "breach") and hasattr(error, "law"):
        report.longrepr = str(error)
    return report
