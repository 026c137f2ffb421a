"""What the benchmarks import comes with the extra that installs them."""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def brought(extra: str) -> set[str]:
    """Packages that the library brings with an extra, by their canonical names."""
    found: set[str] = set()
    waiting = [("bizrules", frozenset({"", extra}))]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        found.add(name)
        seen.add((name, extras))
        waiting += [one for one in needed(name, extras) if one not in seen]
    return found


def needed(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """What a package needs with its extras; nothing for one that is not installed."""
    try:
        needs = requires(name) or []
    except PackageNotFoundError:
        return
    for need in map(Requirement, needs):
        marker = need.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
            yield canonicalize_name(need.name), frozenset({"", *need.extras})


def imported(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_needs() -> None:
    """`make bench` finds all that is imported; the other engines, not installed here, aside."""
    shared = [ROOT / "conftest.py", ROOT / "tests" / "conftest.py"]
    files = [*shared, *HERE.glob("*.py"), *HERE.glob("peers/*.py")]
    names = set().union(*(imported(path) for path in files if not path.name.startswith("test_")))
    providers = packages_distributions()
    brings = brought("bench")
    lacking = {
        name
        for name in names - sys.stdlib_module_names
        if name in providers
        and brings.isdisjoint(canonicalize_name(one) for one in providers[name])
    }
    assert not lacking
    assert "pytest" in names
